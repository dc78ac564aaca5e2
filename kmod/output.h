/* SPDX-License-Identifier: GPL-2.0 */
/* Routes of translated packets, and their hand-over to the stack. */
#ifndef NAT64_OUTPUT_H
#define NAT64_OUTPUT_H

#include <linux/netfilter.h>
#include <linux/percpu.h>
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

/*
 * Rules of FORWARD are at work on a translated packet, or its sender is told of
 * one that makes a U-turn.
 */
DECLARE_PER_CPU(bool, nat64_forwarding);

/**
 * nat64_in_forward() - whether a translated packet is judged
 *
 * Return: true if what this host sends now is what is said to the packet, by
 * rules such as reject or by this module. Context: a hook.
 */
static inline bool nat64_in_forward(void)
{
	return this_cpu_read(nat64_forwarding);
}

/**
 * nat64_forward() - have the FORWARD hook look at a translated packet
 * @net: network namespace
 * @skb: the packet, with its route
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6, which it leaves with
 * @dev: device that it leaves by
 * @finish: where a hook that keeps it goes on
 *
 * Context: softirq or process with BH off.
 * Return: 1 if the caller goes on with the packet; otherwise it is taken.
 */
static __always_inline int
nat64_forward(struct net *net, struct sk_buff *skb, u8 family,
	      struct net_device *dev,
	      int (*finish)(struct net *net, struct sock *sk,
			    struct sk_buff *skb))
{
	int ret;

	this_cpu_write(nat64_forwarding, true);
	ret = nf_hook(family, NF_INET_FORWARD, net, NULL, skb, skb->dev, dev,
		      finish);
	this_cpu_write(nat64_forwarding, false);
	return ret;
}

#endif /* NAT64_OUTPUT_H */
