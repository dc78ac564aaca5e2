/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hosts of one IPv6 prefix, a subscriber, may have at most.
 *
 * Subscribers are known while they have bindings, and only where a limit, or
 * blocks of ports, were set when these were made. Each limit refuses what is
 * new and takes nothing away (RFC 6888 REQ-4, REQ-5; H-91, H-92, K-05).
 */
#ifndef NAT64_SUBSCRIBER_H
#define NAT64_SUBSCRIBER_H

#include <linux/in6.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "config.h"
#include "hash.h"
#include "xlat/drop.h"

struct nat64_sub;

/**
 * struct nat64_subs - subscribers of an instance
 * @hash: by prefix
 * @n: how many
 * @lock: held to make one, so that there are no two of a prefix; BH off. Inside:
 *	locks of @hash
 */
struct nat64_subs {
	struct nat64_hash hash;
	atomic_t n;
	spinlock_t lock;	/* creation */
};

/* 0 or -ENOMEM; process context. Destroy: none is left. */
int nat64_subs_init(struct nat64_subs *subs);
void nat64_subs_destroy(struct nat64_subs *subs);

/* Whether bindings are to have their subscriber. */
static inline bool nat64_sub_needed(const struct nat64_settings *set)
{
	return set->subscriber_max_sessions | set->subscriber_max_ports |
	       set->subscriber_rate | set->port_blocks;
}

/*
 * One more binding of the subscriber of @host, where nat64_sub_needed(): the
 * subscriber, or ERR_PTR(-enum nat64_drop). Under RCU, BH off.
 */
struct nat64_sub *nat64_sub_get(struct nat64_subs *subs,
				const struct nat64_settings *set,
				const struct in6_addr *host);
/* One less. @sub may be NULL. BH off. */
void nat64_sub_put(struct nat64_subs *subs, struct nat64_sub *sub);

/* Whether to tell that a binding, a new one, is one of the last (L-08). */
bool nat64_sub_alarm(struct nat64_sub *sub, const struct nat64_settings *set);

/* One more session, if there may be, and one less. @sub may be NULL. */
enum nat64_drop nat64_sub_session(struct nat64_sub *sub,
				  const struct nat64_settings *set);
void nat64_sub_session_end(struct nat64_sub *sub);

void nat64_sub_prefix(const struct nat64_sub *sub, struct in6_addr *addr,
		      u8 *len);
/* Its blocks of ports; a list that portblock.c owns, under its lock. */
struct list_head *nat64_sub_blocks(struct nat64_sub *sub);

#endif /* NAT64_SUBSCRIBER_H */
