// SPDX-License-Identifier: GPL-2.0
/*
 * From a route to its neighbour, without the output functions of IP between.
 *
 * ip_output() and ip6_output() call the hooks of POST_ROUTING, cut what is too
 * long, make room for the link's header, count, and find the neighbour. A
 * packet of the fast path is known to fit and to have room, so that it takes
 * hooks, counters and neighbour from here. Whatever else a route can ask for
 * (IPsec, an encapsulation, an output function of its own), or a hook has made
 * of the packet meanwhile, is left to those functions, which skip the hooks of
 * a packet that is marked as rerouted.
 */
#include "emit.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/preempt.h>
#include <linux/skbuff.h>
#include <net/arp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/route.h>

/* Neighbours are looked up under the RCU of softirqs in older kernels. */
static __always_inline bool may_give(const struct dst_entry *dst,
				     const struct sk_buff *skb)
{
	return in_softirq() && (skb->len <= READ_ONCE(dst_dev(dst)->mtu) ||
				skb_is_gso(skb));
}

static __always_inline int give(struct neighbour *neigh, struct sk_buff *skb, bool is_v6gw)
{
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, is_v6gw);
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_CREATEFAIL);
	return PTR_ERR(neigh);
}

/**
 * nat64_give4() - give a packet to the neighbour that its route leads to
 * @skb: IPv4 packet with a route by ip_output() and room for the link's
 *	header; taken
 *
 * Context: RCU read side, in a softirq.
 * Return: as dst_output().
 */
int nat64_give4(struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);
	struct neighbour *neigh;
	bool is_v6gw = false;

	skb->dev = dst_dev(&rt->dst);
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	return give(neigh, skb, is_v6gw);
}

/**
 * nat64_give6() - give a packet to the neighbour that its route leads to
 * @skb: IPv6 packet with a route by ip6_output() and room for the link's
 *	header; taken
 *
 * Context: RCU read side, in a softirq.
 * Return: as dst_output().
 */
int nat64_give6(struct sk_buff *skb)
{
	struct rt6_info *rt = container_of(skb_dst(skb), struct rt6_info, dst);

	skb->dev = dst_dev(&rt->dst);
	return give(ip_neigh_gw6(skb->dev,
				 rt6_nexthop(rt, &ipv6_hdr(skb)->daddr)),
		    skb, false);
}

static int finish4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);

	if (likely(nat64_emit_is_plain(&rt->dst, ip_output, skb) &&
		   rt->rt_type == RTN_UNICAST && may_give(&rt->dst, skb))) {
		IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, skb->len);
		return nat64_give4(skb);
	}
	IPCB(skb)->flags |= IPSKB_REROUTED;
	return dst_output(net, sk, skb);
}

static int finish6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);

	if (likely(nat64_emit_is_plain(dst, ip6_output, skb) &&
		   !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr) &&
		   may_give(dst, skb))) {
		IP6_UPD_PO_STATS(net, ip6_dst_idev(dst), IPSTATS_MIB_OUT,
				 skb->len);
		return nat64_give6(skb);
	}
	IP6CB(skb)->flags |= IP6SKB_REROUTED;
	return dst_output(net, sk, skb);
}

/**
 * nat64_emit4() - send an IPv4 packet that is passed on where its route leads
 * @net: network namespace
 * @sk: NULL; what a function that hooks go on with is called with
 * @skb: whole packet of at most the MTU, with its route; taken
 *
 * Context: RCU read side.
 * Return: as dst_output().
 */
int nat64_emit4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	struct net_device *in = skb->dev;

	if (dst->output != ip_output)
		return dst_output(net, sk, skb);
	skb->dev = dst_dev(dst);
	return NF_HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, net, sk, skb, in,
		       skb->dev, finish4);
}

/**
 * nat64_emit6() - send an IPv6 packet that is passed on where its route leads
 * @net: network namespace
 * @sk: NULL; what a function that hooks go on with is called with
 * @skb: whole packet of at most the MTU, with its route; taken
 *
 * Context: RCU read side.
 * Return: as dst_output().
 */
int nat64_emit6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct inet6_dev *idev = ip6_dst_idev(dst);
	struct net_device *in = skb->dev;

	if (dst->output != ip6_output ||
	    !idev || READ_ONCE(idev->cnf.disable_ipv6))
		return dst_output(net, sk, skb);
	skb->dev = dst_dev(dst);
	return NF_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, sk, skb, in,
		       skb->dev, finish6);
}
