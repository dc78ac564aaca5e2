/* SPDX-License-Identifier: GPL-2.0 */
/* Token buckets, one for each sender and one for all of them. Pure. */
#ifndef NAT64D_BUCKET_H
#define NAT64D_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct bucket - tokens of one sender
 * @milli: thousandths of a token
 * @filled: when they were counted, in milliseconds
 */
struct bucket {
	uint64_t milli;
	uint64_t filled;
};

/* A full bucket that holds @burst tokens. */
static inline void bucket_init(struct bucket *b, unsigned int burst,
			       uint64_t now)
{
	b->milli = (uint64_t)burst * 1000;
	b->filled = now;
}

/**
 * bucket_take() - take a token
 * @b: bucket
 * @burst: most tokens it holds
 * @rate: tokens that come back in a second
 * @now: clock in milliseconds
 *
 * Return: false when there is none.
 */
static inline bool bucket_take(struct bucket *b, unsigned int burst,
			       unsigned int rate, uint64_t now)
{
	uint64_t full = (uint64_t)burst * 1000;
	uint64_t gone = now - b->filled;

	b->filled = now;
	if (gone >= full)
		b->milli = full;
	else
		b->milli += gone * rate;
	if (b->milli > full)
		b->milli = full;
	if (b->milli < 1000)
		return false;
	b->milli -= 1000;
	return true;
}

#endif
