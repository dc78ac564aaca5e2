/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 routes that were asked for lately.
 *
 * A flow that is new needs a route, which costs as much as any other thing that
 * is done for it. Hosts talk to the same few others, several flows at a time,
 * so each CPU remembers some answers with all that was asked. The stack knows
 * of each route whether it is still what it would answer.
 */
#ifndef NAT64_ROUTES_H
#define NAT64_ROUTES_H

#include <linux/types.h>
#include <net/route.h>

/**
 * struct nat64_question - all that a route depends on
 * @net: namespace
 * @saddr: source, or 0
 * @daddr: destination
 * @mark: firewall mark
 * @oif: device that the route has to belong to, as a VRF has it; or 0
 * @proto: protocol
 * @tos: TOS
 */
struct nat64_question {
	struct net *net;
	__be32 saddr;
	__be32 daddr;
	u32 mark;
	int oif;
	u8 proto;
	u8 tos;
};

struct rtable *nat64_routes_lookup(const struct nat64_question *q);
/* No packet asks any more. Process context. */
void nat64_routes_exit(void);

#endif /* NAT64_ROUTES_H */
