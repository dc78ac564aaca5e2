// SPDX-License-Identifier: GPL-2.0
#include "probe.h"

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "net.h"
#include "output.h"
#include "skb.h"
#include "xlat/tuple.h"

static void fill(struct sk_buff *skb, const struct nat64_tuple6 *t6, u8 hops)
{
	struct ipv6hdr *ip6;
	struct tcphdr *th;

	skb_reset_network_header(skb);
	ip6 = skb_put_zero(skb, sizeof(*ip6));
	skb_set_transport_header(skb, sizeof(*ip6));
	th = skb_put_zero(skb, sizeof(*th));

	ip6_flow_hdr(ip6, 0, 0);
	ip6->payload_len = htons(sizeof(*th));
	ip6->nexthdr = IPPROTO_TCP;
	ip6->hop_limit = hops;
	ip6->saddr = t6->dst;
	ip6->daddr = t6->src;
	/* both numbers are 0: the answer tells the right ones */
	th->source = t6->dport;
	th->dest = t6->sport;
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
	th->check = csum_ipv6_magic(&ip6->saddr, &ip6->daddr, sizeof(*th),
				    IPPROTO_TCP,
				    csum_partial(th, sizeof(*th), 0));
}

void nat64_probe_send(const struct nat64_xlat *xlat,
		      const struct nat64_tuple6 *t6)
{
	const struct nat64_hdr h = { .proto = IPPROTO_TCP };
	const struct nat64_addrs a = { .src6 = t6->dst, .dst6 = t6->src };
	const struct nat64_out out = {};
	struct nat64_route route;
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + sizeof(struct ipv6hdr) +
			sizeof(struct tcphdr), GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return;
	skb_reserve(skb, LL_MAX_HEADER);
	if (nat64_route6(xlat->net, skb, &a, &h, &route)) {
		kfree_skb(skb);
		return;
	}
	fill(skb, t6, ip6_dst_hoplimit(route.dst));
	skb->protocol = htons(ETH_P_IPV6);
	nat64_skb_init_cb6(skb);
	nat64_skb_untrack(skb);
	nat64_xmit6(xlat->net, skb, &route, &out);
}
