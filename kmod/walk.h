/* SPDX-License-Identifier: GPL-2.0 */
/* Visiting every object of a hash table, a few at a time. */
#ifndef NAT64_WALK_H
#define NAT64_WALK_H

#include <linux/rhashtable.h>
#include <linux/types.h>

/**
 * struct nat64_cursor - where a walk goes on; all zero: at the start
 * @seed: tells the generations of a table that grows apart
 * @bucket: the next bucket
 * @skip: objects of that bucket that are done
 *
 * Plain data: a walk may be given up at any time, and the table may go away
 * between two steps. That is what rhashtable_walk_enter() cannot offer, which
 * links the walker into the table.
 */
struct nat64_cursor {
	u32 seed;
	u32 bucket;
	u32 skip;
};

int nat64_walk(struct rhashtable *ht, struct nat64_cursor *c,
	       unsigned int budget, int (*fn)(void *obj, void *arg), void *arg);

#endif /* NAT64_WALK_H */
