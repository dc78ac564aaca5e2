/* SPDX-License-Identifier: GPL-2.0 */
/* The route that one direction of a session took last. */
#ifndef NAT64_WAY_H
#define NAT64_WAY_H

#include <linux/jiffies.h>
#include <linux/types.h>
#include <net/dst.h>

/**
 * struct nat64_way - a route and what it was chosen by
 * @dst: the route, holds a reference; NULL: none yet. Packets use it under RCU
 *	without a reference of their own: what drops ours does so before a grace
 *	period
 * @cookie: tells with @dst whether the route is still valid
 * @gen: configuration under which the packet was judged
 * @mark: firewall mark that chose the route
 * @iif: interface that the packet came in by
 * @tos: TOS or traffic class that chose the route, without ECN
 * @seen: nat64_way_clock() when the hooks last let a packet go this way; 0: not
 *	yet. Kept where packets may pass by them; any packet writes it
 *
 * Written under the lock of struct nat64_state, @dst last and, where something
 * else changes, set to NULL first. Whoever reads without the lock reads @dst
 * before and after the others.
 */
struct nat64_way {
	struct dst_entry *dst;
	u32 cookie;
	u32 gen;
	u32 mark;
	int iif;
	u8 tos;
	u16 seen;
};

/* Quarters of a second, as far as 16 bits go, but never 0. */
static inline u16 nat64_way_clock(void)
{
	return (u16)(jiffies / (HZ / 4)) ?: 1;
}

/*
 * The hooks have let a packet go this way within a second. The clock comes around
 * in four and a half hours: one packet of a flow that was silent for just that
 * long may pass by.
 */
static inline bool nat64_way_seen(const struct nat64_way *w)
{
	u16 seen = READ_ONCE(w->seen);

	return seen && (u16)(nat64_way_clock() - seen) < 4;
}

/*
 * The hooks have let a packet go this way just now. That is written down once a
 * second, as other CPUs read it.
 */
static inline void nat64_way_saw(struct nat64_way *w)
{
	if (!nat64_way_seen(w))
		WRITE_ONCE(w->seen, nat64_way_clock());
}

/**
 * nat64_way_dst() - the route, if a new decision would come to the same
 * @w: the way
 * @now: what the packet at hand has to choose by; its dst and cookie are unused
 *
 * Context: under RCU, which is what keeps the route.
 * Return: the route or NULL.
 */
static inline struct dst_entry *nat64_way_dst(const struct nat64_way *w,
					      const struct nat64_way *now)
{
	/* pairs with the release in nat64_way_set() */
	struct dst_entry *dst = smp_load_acquire(&w->dst);

	if (!dst || READ_ONCE(w->gen) != now->gen ||
	    READ_ONCE(w->mark) != now->mark ||
	    READ_ONCE(w->iif) != now->iif || READ_ONCE(w->tos) != now->tos ||
	    !dst_check(dst, READ_ONCE(w->cookie)))
		return NULL;
	/* the members above before @dst again, see nat64_way_set() */
	smp_rmb();
	return READ_ONCE(w->dst) == dst ? dst : NULL;
}

/* @new: takes a reference of its own. Under the lock of struct nat64_state. */
void nat64_way_set(struct nat64_way *w, const struct nat64_way *new);
/* Nobody looks at it any more. */
void nat64_way_clear(struct nat64_way *w);

#endif /* NAT64_WAY_H */
