/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports that nobody gets for a while.
 *
 * An IPv4 host may go on sending to a port of UDP or an identifier of ICMP
 * after its binding has gone; whoever had it next would get that (RFC 6888
 * REQ-8, H-93). TCP knows its connections.
 */
#ifndef NAT64_HOLD_H
#define NAT64_HOLD_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "pool4.h"

/* Above it the ports held longest are let go. */
#define NAT64_HOLD_MAX	65536

/**
 * struct nat64_hold - the ports of an instance that are held
 * @lock: BH off; a leaf
 * @n: how many; read without the lock
 * @fifo: the one to let go first comes first
 */
struct nat64_hold {
	spinlock_t lock;	/* all below */
	unsigned int n;
	struct list_head fifo;
};

void nat64_hold_init(struct nat64_hold *hold);
/*
 * In place of nat64_pool4_free(): keep @port until nat64_hold_release(). Softirq
 * or process context.
 */
void nat64_hold_add(struct nat64_hold *hold, struct nat64_pool4_port *port,
		    enum nat64_l4_idx l4);
/*
 * A port that is held, for whom the operator wants to have it: false if it is
 * not. @out is the allocation. Looks at all of them. Any context.
 */
bool nat64_hold_take(struct nat64_hold *hold, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out);
/* Let those go that have been held for @time jiffies. Process context. */
void nat64_hold_release(struct nat64_hold *hold, unsigned long time);

#endif /* NAT64_HOLD_H */
