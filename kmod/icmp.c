// SPDX-License-Identifier: GPL-2.0
#include "icmp.h"

#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>

#include "xlat/rfc6052.h"

/**
 * struct told - what the sender of a dropped packet is told
 * @type4: ICMP type, 0 for nothing
 * @code4: ICMP code
 * @type6: ICMPv6 type, 0 for nothing
 * @code6: ICMPv6 code
 */
struct told {
	u8 type4;
	u8 code4;
	u8 type6;
	u8 code6;
};

#define UNREACH4	ICMP_DEST_UNREACH
#define UNREACH6	ICMPV6_DEST_UNREACH

/*
 * RFC 7915 sections 4.1, 4.4, 5.1 and 5.4; RFC 6146 section 3.5. Reasons that
 * are not here are silent.
 */
static const struct told told[__NAT64_DROP_MAX] = {
	[NAT64_DROP_TOO_BIG] = { UNREACH4, ICMP_FRAG_NEEDED,
				 ICMPV6_PKT_TOOBIG, 0 },
	[NAT64_DROP_HOP_LIMIT] = { ICMP_TIME_EXCEEDED, ICMP_EXC_TTL,
				   ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT },
	[NAT64_DROP_EXT_AFTER_FRAG] = { 0, 0, UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_SOURCE_ROUTE] = { UNREACH4, ICMP_SR_FAILED, 0, 0 },
	[NAT64_DROP_SEGMENTS_LEFT] = { 0, 0, ICMPV6_PARAMPROB,
				       ICMPV6_HDR_FIELD },
	[NAT64_DROP_UNKNOWN_PROTO] = { UNREACH4, ICMP_PROT_UNREACH,
				       UNREACH6, ICMPV6_PORT_UNREACH },
	[NAT64_DROP_NO_ROUTE] = { UNREACH4, ICMP_NET_UNREACH,
				  UNREACH6, ICMPV6_NOROUTE },
	[NAT64_DROP_UNMAPPED_SRC] = { UNREACH4, ICMP_PKT_FILTERED,
				      UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_UNMAPPED_DST] = { UNREACH4, ICMP_HOST_UNREACH,
				      UNREACH6, ICMPV6_ADDR_UNREACH },
	[NAT64_DROP_ADDR_DST] = { 0, 0, UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_WKP_NONGLOBAL] = { 0, 0, UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_DENIED] = { 0, 0, UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_UDP_ZERO4] = { UNREACH4, ICMP_PKT_FILTERED, 0, 0 },
	[NAT64_DROP_NO_BIB] = { UNREACH4, ICMP_HOST_UNREACH, 0, 0 },
	[NAT64_DROP_SYN_UNANSWERED] = { UNREACH4, ICMP_PORT_UNREACH, 0, 0 },
	[NAT64_DROP_FILTERED] = { UNREACH4, ICMP_PKT_FILTERED,
				  UNREACH6, ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_POOL_EXHAUSTED] = { 0, 0, UNREACH6, ICMPV6_ADDR_UNREACH },
	[NAT64_DROP_MAX_SESSIONS] = { 0, 0, UNREACH6, ICMPV6_ADDR_UNREACH },
	[NAT64_DROP_MAX_BIB] = { 0, 0, UNREACH6, ICMPV6_ADDR_UNREACH },
	[NAT64_DROP_SUBSCRIBER_SESSIONS] = { 0, 0, UNREACH6,
					     ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_SUBSCRIBER_PORTS] = { 0, 0, UNREACH6,
					  ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_SUBSCRIBER_RATE] = { 0, 0, UNREACH6,
					 ICMPV6_ADM_PROHIBITED },
	[NAT64_DROP_NO_POOL] = { 0, 0, UNREACH6, ICMPV6_ADDR_UNREACH },
};

/*
 * No default error about ICMPv6 itself, though router duties remain; and
 * none that has no MTU to tell.
 */
static bool silent6(const struct told *t, const struct nat64_hdr *h, u32 info)
{
	if (t->type6 == ICMPV6_PKT_TOOBIG)
		return !info;
	return t->type6 == UNREACH6 && t->code6 == ICMPV6_ADM_PROHIBITED &&
	       h->proto == IPPROTO_ICMPV6;
}

bool nat64_icmp6_error(struct net *net, struct sk_buff *skb,
		       const struct nat64_hdr *h, enum nat64_drop reason,
		       u32 info)
{
	const struct told *t = &told[reason];

	if (!t->type6 || h->frag_off || h->icmp_error || silent6(t, h, info) ||
	    nat64_addr6_illegal_src(&ipv6_hdr(skb)->saddr))
		return false;
	if (!skb->dev) {
		if (!skb_dst(skb))
			return false;
		skb->dev = dst_dev(skb_dst(skb));
	}
	icmpv6_send(skb, t->type6, t->code6, info);
	return true;
}

/*
 * Who pings a port that nobody has is told so (RFC 6146 section 3.5.3), who
 * probes it by TCP or UDP is not (H-12, H-34); and none without its MTU.
 */
static bool silent4(const struct nat64_hdr *h, enum nat64_drop reason, u32 info)
{
	if (reason == NAT64_DROP_TOO_BIG)
		return !info;
	return reason == NAT64_DROP_NO_BIB && !h->icmp_query;
}

/* icmp_send() wants a route on the packet; any that tells the namespace does */
static bool give_route(struct net *net, struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr = ip_hdr(skb)->saddr,
		.flowi4_mark = skb->mark,
	};
	struct rtable *rt;

	if (skb_dst(skb))
		return true;
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

bool nat64_icmp4_error(struct net *net, struct sk_buff *skb,
		       const struct nat64_hdr *h, enum nat64_drop reason,
		       u32 info)
{
	const struct told *t = &told[reason];

	if (!t->type4 || h->frag_off || h->icmp_error ||
	    silent4(h, reason, info) ||
	    nat64_addr4_illegal_src(ip_hdr(skb)->saddr) ||
	    !give_route(net, skb))
		return false;
	icmp_send(skb, t->type4, t->code4, htonl(info));
	return true;
}
