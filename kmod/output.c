// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "routes.h"

static int master_ifindex(const struct sk_buff *skb)
{
	return skb->dev ? l3mdev_master_ifindex_rcu(skb->dev) : 0;
}

static struct rtable *lookup4(struct net *net, const struct sk_buff *skb,
			      __be32 saddr, __be32 daddr, u8 proto, u8 tos)
{
	const struct nat64_question q = {
		.net = net,
		.saddr = saddr,
		.daddr = daddr,
		.mark = skb->mark,
		.oif = master_ifindex(skb),
		.proto = proto,
		.tos = tos,
	};

	return nat64_routes_lookup(&q);
}

/* @fl6: destination, and whatever else is known */
static struct dst_entry *lookup6(struct net *net, const struct sk_buff *skb,
				 struct flowi6 *fl6)
{
	int flags = ipv6_addr_any(&fl6->saddr) ? 0 : RT6_LOOKUP_F_HAS_SADDR;

	fl6->flowi6_mark = skb->mark;
	if (!skb->dev)
		return ip6_route_output(net, NULL, fl6);
	fl6->flowi6_iif = skb->dev->ifindex;
	/* not the packet: it is IPv4 yet, and would be read as IPv6 */
	return ip6_route_input_lookup(net, skb->dev, fl6, NULL, flags);
}

/**
 * nat64_route4() - route of a translated packet
 * @net: namespace
 * @skb: the packet, for its mark and where it came from
 * @a: addresses; src4 may be 0 where it is not known yet
 * @h: layout of the packet as received
 * @rt: where to put the route; holds a reference on success
 *
 * Context: any, under RCU.
 * Return: 0 or -NAT64_DROP_NO_ROUTE.
 */
int nat64_route4(struct net *net, const struct sk_buff *skb,
		 const struct nat64_addrs *a, const struct nat64_hdr *h,
		 struct nat64_route *rt)
{
	struct rtable *r = lookup4(net, skb, a->src4, a->dst4,
				   nat64_proto_64(h->proto), h->tos);

	if (IS_ERR(r))
		return -NAT64_DROP_NO_ROUTE;
	if (r->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(r);
		return -NAT64_DROP_ADDR_DST;
	}
	rt->dst = &r->dst;
	rt->local = r->rt_flags & RTCF_LOCAL;
	rt->mtu = dst_mtu(&r->dst);
	return 0;
}

/**
 * nat64_route6() - route of a translated packet
 * @net: namespace
 * @skb: the packet, for its mark and where it came from
 * @a: addresses
 * @h: layout of the packet as received
 * @rt: where to put the route; holds a reference on success
 *
 * Context: any, under RCU.
 * Return: 0 or -NAT64_DROP_NO_ROUTE.
 */
int nat64_route6(struct net *net, const struct sk_buff *skb,
		 const struct nat64_addrs *a, const struct nat64_hdr *h,
		 struct nat64_route *rt)
{
	struct flowi6 fl6 = {
		.saddr = a->src6,
		.daddr = a->dst6,
		.flowi6_proto = nat64_proto_46(h->proto),
		.flowlabel = ip6_make_flowinfo(h->tos, 0),
	};
	struct dst_entry *dst = lookup6(net, skb, &fl6);

	if (dst->error) {
		dst_release(dst);
		return -NAT64_DROP_NO_ROUTE;
	}
	rt->dst = dst;
	rt->local = dst_rt6_info(dst)->rt6i_flags & RTF_LOCAL;
	rt->mtu = dst_mtu(dst);
	return 0;
}

void nat64_route_put(struct nat64_route *rt)
{
	dst_release(rt->dst);
	rt->dst = NULL;
}

u32 nat64_mtu4(struct net *net, const struct sk_buff *skb, __be32 addr)
{
	struct rtable *r = lookup4(net, skb, 0, addr, IPPROTO_ICMP, 0);
	u32 mtu = IP_MAX_MTU;

	if (!IS_ERR(r)) {
		mtu = dst_mtu(&r->dst);
		ip_rt_put(r);
	}
	return mtu;
}

u32 nat64_mtu6(struct net *net, const struct sk_buff *skb,
	       const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr, .flowi6_proto = IPPROTO_ICMPV6 };
	struct dst_entry *dst = lookup6(net, skb, &fl6);
	u32 mtu = IP_MAX_MTU;

	if (!dst->error)
		mtu = dst_mtu(dst);
	dst_release(dst);
	return mtu;
}

bool nat64_own_addr6(struct net *net, const struct sk_buff *skb,
		     const struct in6_addr *to, struct in6_addr *own)
{
	struct flowi6 fl6 = { .daddr = *to, .flowi6_proto = IPPROTO_ICMPV6 };
	struct dst_entry *dst = lookup6(net, skb, &fl6);
	bool ok = !dst->error && !ipv6_dev_get_saddr(net, dst_dev(dst), to, 0,
						     own);

	dst_release(dst);
	return ok && !(ipv6_addr_type(own) & IPV6_ADDR_LINKLOCAL);
}

/* What has to be remembered of an IPv6 packet until it is past FORWARD. */
struct frag_cb {
	struct inet6_skb_parm parm;
	u16 limit;
	u32 id;
};

#define FRAG_CB(skb)	((struct frag_cb *)(skb)->cb)

/**
 * struct splitter - cutting one IPv6 packet into fragments
 * @skb: the packet
 * @hlen: bytes in front of its payload: header and its own Fragment Header
 * @offset: offset of its payload in the original packet
 * @id: identification of all pieces, network byte order (D-10)
 * @nexthdr: of the payload
 * @more: the packet was not the last fragment itself (D-04)
 */
struct splitter {
	struct sk_buff *skb;
	unsigned int hlen;
	unsigned int offset;
	__be32 id;
	u8 nexthdr;
	bool more;
};

static void split_init(struct splitter *s, struct sk_buff *skb)
{
	const struct frag_hdr *fh = (const void *)(ipv6_hdr(skb) + 1);

	*s = (struct splitter) {
		.skb = skb,
		.hlen = sizeof(struct ipv6hdr),
		.id = htonl(FRAG_CB(skb)->id),
		.nexthdr = ipv6_hdr(skb)->nexthdr,
	};
	if (s->nexthdr != IPPROTO_FRAGMENT)
		return;
	s->hlen += sizeof(*fh);
	s->offset = ntohs(fh->frag_off) & IP6_OFFSET;
	s->more = fh->frag_off & htons(IP6_MF);
	s->id = fh->identification;
	s->nexthdr = fh->nexthdr;
}

/* The piece with @len bytes of payload from @pos on. */
static struct sk_buff *split_piece(const struct splitter *s, unsigned int pos,
				   unsigned int len, bool last)
{
	struct dst_entry *dst = skb_dst(s->skb);
	unsigned int ll = LL_RESERVED_SPACE(dst_dev(dst));
	struct frag_hdr *fh;
	struct ipv6hdr *ip6;
	struct sk_buff *skb;

	skb = alloc_skb(ll + sizeof(*ip6) + sizeof(*fh) + len, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, ll);
	skb_reset_network_header(skb);
	ip6 = skb_put(skb, sizeof(*ip6));
	fh = skb_put(skb, sizeof(*fh));
	skb_set_transport_header(skb, sizeof(*ip6) + sizeof(*fh));

	*ip6 = *ipv6_hdr(s->skb);
	ip6->nexthdr = IPPROTO_FRAGMENT;
	ip6->payload_len = htons(sizeof(*fh) + len);
	fh->nexthdr = s->nexthdr;
	fh->reserved = 0;
	fh->frag_off = htons((s->offset + pos) |
			     (!last || s->more ? IP6_MF : 0));
	fh->identification = s->id;
	if (skb_copy_bits(s->skb, s->hlen + pos, skb_put(skb, len), len)) {
		kfree_skb(skb);
		return NULL;
	}
	skb->dev = s->skb->dev;
	skb->mark = s->skb->mark;
	skb->priority = s->skb->priority;
	skb->protocol = s->skb->protocol;
	skb->skb_iif = s->skb->skb_iif;
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
	skb_dst_set(skb, dst_clone(dst));
	return skb;
}

/* RFC 7915 section 4.1: as fragments of at most the limit (D-01, D-12). */
static int split(struct net *net, struct sk_buff *skb, unsigned int limit)
{
	unsigned int max, pos, len, payload;
	struct sk_buff *piece;
	struct splitter s;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		goto out;
	split_init(&s, skb);
	payload = skb->len - s.hlen;
	max = (limit - sizeof(struct ipv6hdr) - sizeof(struct frag_hdr)) & ~7U;
	for (pos = 0; pos < payload; pos += len) {
		len = min(max, payload - pos);
		piece = split_piece(&s, pos, len, pos + len == payload);
		if (!piece)
			goto out;
		dst_output(net, NULL, piece);
	}
	consume_skb(skb);
	return 0;
out:
	kfree_skb(skb);
	return -ENOMEM;
}

static int finish6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	unsigned int limit = FRAG_CB(skb)->limit;

	if (limit && !skb_is_gso(skb))
		return split(net, skb, limit);
	return dst_output(net, sk, skb);
}

static int finish4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return dst_output(net, sk, skb);
}

/* This CPU is in the FORWARD hook with a translated packet; BH are off. */
DEFINE_PER_CPU(bool, nat64_forwarding);

static void xmit(struct net *net, struct sk_buff *skb, u8 family,
		 const struct nat64_out *out,
		 int (*finish)(struct net *net, struct sock *sk,
			       struct sk_buff *skb))
{
	struct net_device *dev = dst_dev(skb_dst(skb));

	if (out->local)
		NF_HOOK(family, NF_INET_LOCAL_OUT, net, skb->sk, skb, NULL, dev,
			finish);
	else if (!out->forward_hook ||
		 nat64_forward(net, skb, family, dev, finish) == 1)
		finish(net, NULL, skb);
}

/*
 * To this host from outside. The socket of a packet that some process of ours
 * sent would be taken for the one that receives it.
 */
static bool deliver(struct sk_buff *skb, const struct nat64_route *rt,
		    const struct nat64_out *out)
{
	if (!rt->local || out->local || !skb->dev)
		return false;
	skb_orphan(skb);
	dst_input(skb);
	return true;
}

void nat64_xmit4(struct net *net, struct sk_buff *skb, struct nat64_route *rt,
		 const struct nat64_out *out)
{
	skb_dst_set(skb, rt->dst);
	rt->dst = NULL;
	if (!deliver(skb, rt, out))
		xmit(net, skb, NFPROTO_IPV4, out, finish4);
}

void nat64_xmit6(struct net *net, struct sk_buff *skb, struct nat64_route *rt,
		 const struct nat64_out *out)
{
	BUILD_BUG_ON(sizeof(struct frag_cb) > sizeof(skb->cb));

	skb_dst_set(skb, rt->dst);
	rt->dst = NULL;
	FRAG_CB(skb)->limit = out->frag_limit;
	FRAG_CB(skb)->id = out->frag_id;
	if (!deliver(skb, rt, out))
		xmit(net, skb, NFPROTO_IPV6, out, finish6);
}
