/* SPDX-License-Identifier: GPL-2.0 */
/* Tells once that much of something is in use, and again after it was not. */
#ifndef NAT64_ALARM_H
#define NAT64_ALARM_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * nat64_alarm() - tell whether to tell
 * @rearm: 0 while the alarm may be given; how many have to be left in use for
 *	it to be given again
 * @used: how many are in use, one more than before
 * @of: how many there are
 * @percent: of them that are to be told of; 0: none
 *
 * Return: true for one of those that ask while the alarm may be given. Any
 * context.
 */
static inline bool nat64_alarm(u32 *rearm, u32 used, u32 of, u32 percent)
{
	if (likely(!percent || (u64)used * 100 < (u64)of * percent))
		return false;
	return !READ_ONCE(*rearm) &&
	       !cmpxchg(rearm, 0, used > of / 10 ? used - of / 10 : 1);
}

/**
 * nat64_alarm_less() - less is in use
 * @rearm: as above
 * @used: how many are left
 *
 * Context: any.
 */
static inline void nat64_alarm_less(u32 *rearm, u32 used)
{
	if (unlikely(READ_ONCE(*rearm)) && used < READ_ONCE(*rearm))
		WRITE_ONCE(*rearm, 0);
}

#endif /* NAT64_ALARM_H */
