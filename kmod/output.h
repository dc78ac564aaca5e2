/* SPDX-License-Identifier: GPL-2.0 */
/* Routes of translated packets, and their hand-over to the stack. */
#ifndef NAT64_OUTPUT_H
#define NAT64_OUTPUT_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "xlat/hdr.h"
#include "xlat/parse.h"

/**
 * struct nat64_route - where a translated packet goes
 * @dst: holds a reference
 * @mtu: of the next hop, bytes
 * @local: to this host
 */
struct nat64_route {
	struct dst_entry *dst;
	u32 mtu;
	bool local;
};

/**
 * struct nat64_out - how to hand a translated packet over
 * @local: it comes from a process of this host
 * @forward_hook: let it pass the FORWARD hook
 * @frag_limit: IPv6: split it into fragments of at most this many bytes; 0: it
 *	fits
 * @frag_id: IPv6: identification of these fragments, host byte order
 */
struct nat64_out {
	bool local;
	bool forward_hook;
	u16 frag_limit;
	u32 frag_id;
};

/*
 * Route of a packet with the addresses of @a, as forwarding would choose it:
 * by destination, source, protocol, mark, TOS and incoming interface, and so by
 * no port. 0 or -NAT64_DROP_NO_ROUTE. Any context, under RCU.
 */
int nat64_route4(struct net *net, const struct sk_buff *skb,
		 const struct nat64_addrs *a, const struct nat64_hdr *h,
		 struct nat64_route *rt);
int nat64_route6(struct net *net, const struct sk_buff *skb,
		 const struct nat64_addrs *a, const struct nat64_hdr *h,
		 struct nat64_route *rt);
void nat64_route_put(struct nat64_route *rt);

/* MTU towards an address of the family of a received packet, bytes. */
u32 nat64_mtu4(struct net *net, const struct sk_buff *skb, __be32 addr);
u32 nat64_mtu6(struct net *net, const struct sk_buff *skb,
	       const struct in6_addr *addr);
/* Address of this host that @to can answer to: false if it has none. */
bool nat64_own_addr6(struct net *net, const struct sk_buff *skb,
		     const struct in6_addr *to, struct in6_addr *own);

/*
 * Hand a translated packet to the stack; consumes it and the route's
 * reference. Passes FORWARD (or LOCAL_OUT) of its new family, then
 * POST_ROUTING and the neighbour layer, or goes to local input.
 */
void nat64_xmit4(struct net *net, struct sk_buff *skb, struct nat64_route *rt,
		 const struct nat64_out *out);
void nat64_xmit6(struct net *net, struct sk_buff *skb, struct nat64_route *rt,
		 const struct nat64_out *out);

/* Rules of FORWARD are at work on a translated packet. */
bool nat64_in_forward(void);

#endif /* NAT64_OUTPUT_H */
