// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of a packet whose flow is known.
 *
 * Most packets are TCP or UDP, whole, without options or extension headers,
 * and belong to a session that they do not change. All that depends on more
 * than the packet has been decided for them before: the session has addresses,
 * ports, checksum delta and the route, with what each of these depended on.
 * Where there are no sessions, a pair of addresses has the same (pair.h).
 * What is left is to look that nothing of it has changed, and to rewrite. No
 * lock, no allocation, no reference count, and no write to memory that other
 * CPUs write to but the timer of the session, once a second.
 *
 * Whatever is unusual is left to the long way.
 */
#include "fast.h"

#include <linux/netfilter.h>
#include <linux/preempt.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "config.h"
#include "emit.h"
#include "net.h"
#include "output.h"
#include "pair.h"
#include "prefix.h"
#include "session.h"
#include "skb.h"
#include "xlat/csum.h"

#define TCP_FLAGS	13	/* offset of the octet in the header */

/**
 * struct quick - a packet while it is looked at
 * @l4: its transport header
 * @hlen: length of that with options, bytes
 * @l4_len: bytes from there to the end of the packet
 * @check: its checksum field
 * @tcp_flags: of TCP, otherwise 0
 */
struct quick {
	u8 *l4;
	u32 hlen;
	u32 l4_len;
	__sum16 *check;
	u8 tcp_flags;
};

/* A plain TCP or UDP packet that may be written to? @l3: length of IP header */
static __always_inline bool look(struct sk_buff *skb, unsigned int l3, u8 proto,
				 struct quick *q)
{
	unsigned int size = l3 + (proto == IPPROTO_TCP ?
				  sizeof(struct tcphdr) :
				  sizeof(struct udphdr));
	const struct udphdr *uh;
	const struct tcphdr *th;

	if (skb->pkt_type != PACKET_HOST || skb_headlen(skb) < size ||
	    (skb_cloned(skb) && !skb_clone_writable(skb, size)))
		return false;
	q->l4 = skb->data + l3;
	q->l4_len = skb->len - l3;
	if (proto == IPPROTO_TCP) {
		th = (void *)q->l4;
		q->hlen = th->doff * 4;
		q->check = (__sum16 *)&th->check;
		q->tcp_flags = q->l4[TCP_FLAGS];
		/* a SYN may have an MSS to lower */
		return q->hlen >= sizeof(*th) && q->hlen <= q->l4_len &&
		       !th->syn &&
		       nat64_skb_sums_at(skb, l3,
					 offsetof(struct tcphdr, check));
	}
	if (proto != IPPROTO_UDP)
		return false;
	uh = (void *)q->l4;
	q->hlen = sizeof(*uh);
	q->check = (__sum16 *)&uh->check;
	q->tcp_flags = 0;
	return ntohs(uh->len) >= sizeof(*uh) && ntohs(uh->len) <= q->l4_len &&
	       (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) &&
	       nat64_skb_sums_at(skb, l3, offsetof(struct udphdr, check));
}

/**
 * struct turn - what becomes of a packet
 * @xlat: the instance
 * @cfg: its configuration
 * @way: the route
 * @gen: what the generation of @way has to be
 * @src6: from IPv4: IPv6 source
 * @dst6: from IPv4: IPv6 destination
 * @src4: from IPv6: IPv4 source
 * @dst4: from IPv6: IPv4 destination
 * @delta: checksum delta of addresses and port alike
 * @port: of the IPv6 host, on the side that the packet goes to
 * @tally: counters of the session, or NULL
 * @direct: past the hooks
 */
struct turn {
	struct nat64_xlat *xlat;
	const struct nat64_config *cfg;
	struct nat64_way *way;
	u32 gen;
	const struct in6_addr *src6;
	const struct in6_addr *dst6;
	__be32 src4;
	__be32 dst4;
	__wsum delta;
	__be16 port;
	struct nat64_tally *tally;
	bool direct;
};

/* The route, unless something speaks for another one. */
static __always_inline struct dst_entry *
way_dst(const struct turn *t, const struct sk_buff *skb, u8 tos)
{
	struct nat64_way now = {
		.gen = t->gen,
		.mark = skb->mark,
		.iif = skb->dev->ifindex,
		.tos = tos & ~INET_ECN_MASK,
	};

	return nat64_way_dst(t->way, &now);
}

static u32 longest(const struct sk_buff *skb, const struct quick *q)
{
	return skb_is_gso(skb) ? q->hlen + skb_shinfo(skb)->gso_size :
				 q->l4_len;
}

/* The device decides, unless somebody has said something else of the route. */
static __always_inline bool fits4(const struct dst_entry *dst, u32 len)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	if (rt->rt_pmtu || dst->lwtstate || dst_metric_raw(dst, RTAX_MTU))
		return len <= dst_mtu(dst);
	return len <= READ_ONCE(dst_dev(dst)->mtu);
}

/* Every IPv6 link takes 1280 bytes. */
static __always_inline bool fits6(const struct dst_entry *dst, u32 len)
{
	return len <= IPV6_MIN_MTU || len <= dst_mtu(dst);
}

/* @delta: of addresses and @port_delta alike */
static __always_inline void fix_check(const struct sk_buff *skb, __sum16 *check,
				      u8 proto, __wsum delta,
				      __wsum port_delta)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		*check = nat64_csum_update_seed(*check,
						csum_sub(delta, port_delta));
	else if (proto == IPPROTO_TCP)
		*check = nat64_csum_update(*check, delta);
	else
		*check = nat64_csum_update_udp(*check, delta);
}

/*
 * By the hooks, whose consent counts for a second where packets may pass by
 * them. A queue that is full is not the hooks' doing.
 */
static __always_inline void send(struct net *net, const struct turn *t,
				 u8 family, struct sk_buff *skb,
				 int (*emit)(struct net *net, struct sock *sk,
					     struct sk_buff *skb))
{
	const struct nat64_settings *set = &t->cfg->set;
	int ret = 1;

	if (set->forward_hook)
		ret = nat64_forward(net, skb, family, dst_dev(skb_dst(skb)),
				    emit);
	if (ret != 1)
		return;
	ret = emit(net, NULL, skb);
	if (set->fast_path == NAT64_FAST_PATH_INGRESS && ret >= 0)
		nat64_way_saw(t->way);
}

/* VRFs have a say only in what goes by the output functions. */
static bool is_straight(const struct dst_entry *dst,
			int (*out)(struct net *, struct sock *,
				   struct sk_buff *),
			const struct sk_buff *skb)
{
	const struct net_device *dev = dst_dev(dst);

	return nat64_emit_is_plain(dst, out, skb) &&
	       !netif_is_l3_master(dev) && !netif_is_l3_slave(dev) &&
	       !netif_is_l3_slave(skb->dev);
}

/* The UDP header of a part of a list: out of sight, in front of its data. */
static struct udphdr *part_udp(const struct sk_buff *part)
{
	return (struct udphdr *)part->data - 1;
}

/* Once the list is cut, each part is said to be summed as the first is. */
static bool sums_as(const struct sk_buff *part, const struct sk_buff *skb)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return part->ip_summed != CHECKSUM_PARTIAL &&
		       part_udp(part)->check;
	return part->ip_summed == CHECKSUM_PARTIAL &&
	       nat64_skb_sums_at(part, -(int)sizeof(struct udphdr),
				 offsetof(struct udphdr, check));
}

/* Both ports at once. */
static u32 ports_of(const struct udphdr *uh)
{
	return *(const u32 *)&uh->source;
}

/*
 * Packets of a flow that GRO has made a list of. Each has kept its headers, out
 * of sight in front of its data, and gets them back when the list is cut: so
 * they have to be translated as well. @l3: length of the IP header
 */
static noinline bool is_list(const struct sk_buff *skb, unsigned int l3)
{
	unsigned int hlen = l3 + sizeof(struct udphdr);
	unsigned int least = skb_headroom(skb) + hlen;
	u32 ports = ports_of((void *)(skb->data + l3));
	const struct sk_buff *part;

	if (skb_shinfo(skb)->gso_type != (SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST) ||
	    skb_cloned(skb) || skb->encapsulation || skb->len > IP_MAX_MTU)
		return false;
	skb_walk_frags(skb, part) {
		unsigned int room = skb_headroom(part);

		if (skb_cloned(part) || skb_shared(part) || room < least ||
		    part->transport_header != room - sizeof(struct udphdr) ||
		    part->network_header != room - hlen ||
		    ports_of(part_udp(part)) != ports || !sums_as(part, skb))
			return false;
	}
	return true;
}

/**
 * struct list_l4 - what becomes of the UDP headers of a list
 * @ports: both
 * @delta: of addresses and ports alike; of a seed, of addresses alone
 * @seed: checksums are still to be completed
 */
struct list_l4 {
	u32 ports;
	__wsum delta;
	bool seed;
};

/* The first header has been translated, the others have the ports it had. */
static struct list_l4 list_l4(const struct sk_buff *skb, const struct turn *t)
{
	const struct udphdr *old = part_udp(skb_shinfo(skb)->frag_list);
	const struct udphdr *new = udp_hdr(skb);
	struct list_l4 l4 = {
		.ports = ports_of(new),
		.delta = t->delta,
		.seed = skb->ip_summed == CHECKSUM_PARTIAL,
	};

	if (l4.seed) {
		l4.delta = csum_sub(l4.delta, nat64_csum_delta16(old->source,
								 new->source));
		l4.delta = csum_sub(l4.delta, nat64_csum_delta16(old->dest,
								 new->dest));
	}
	return l4;
}

static __always_inline void list_part(struct sk_buff *part,
				      const struct list_l4 *l4)
{
	struct udphdr *uh = part_udp(part);

	uh->check = l4->seed ? nat64_csum_update_seed(uh->check, l4->delta) :
			       nat64_csum_update_udp(uh->check, l4->delta);
	*(u32 *)&uh->source = l4->ports;
}

static __always_inline bool was_list(const struct sk_buff *skb)
{
	return skb_is_gso(skb) &&
	       skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST;
}

/* The last part alone may be so short that it has no DF (D-43). */
static void list_last(const struct sk_buff *skb)
{
	struct sk_buff *part = skb_shinfo(skb)->frag_list;
	struct iphdr *ip;

	if (!nat64_skb_short_last(skb, skb->len - sizeof(*ip)))
		return;
	while (part->next)
		part = part->next;
	ip = (struct iphdr *)part_udp(part) - 1;
	csum_replace2(&ip->check, ip->frag_off, 0);
	ip->frag_off = 0;
}

static noinline void list_64(struct sk_buff *skb, const struct turn *t)
{
	const struct list_l4 l4 = list_l4(skb, t);
	struct iphdr first = *ip_hdr(skb), *ip;
	u16 id = ntohs(first.id);
	struct sk_buff *part;
	__wsum sum;

	first.tot_len = 0;
	first.id = 0;
	first.check = 0;
	sum = csum_partial(&first, sizeof(first), 0);
	skb_walk_frags(skb, part) {
		list_part(part, &l4);
		part->protocol = htons(ETH_P_IP);
		part->network_header += sizeof(struct ipv6hdr) - sizeof(*ip);
		ip = (struct iphdr *)part_udp(part) - 1;
		*ip = first;
		ip->tot_len = htons(sizeof(*ip) + sizeof(struct udphdr) +
				    part->len);
		ip->id = htons(++id);
		ip->check = csum_fold(csum_add(sum, (__force __wsum)
					       ((__force u32)ip->tot_len +
						(__force u32)ip->id)));
	}
	if (first.frag_off)
		list_last(skb);
}

static noinline void list_46(struct sk_buff *skb, const struct turn *t)
{
	const struct ipv6hdr first = *ipv6_hdr(skb);
	const struct list_l4 l4 = list_l4(skb, t);
	struct sk_buff *part;
	struct ipv6hdr *ip6;

	skb_walk_frags(skb, part) {
		list_part(part, &l4);
		part->protocol = htons(ETH_P_IPV6);
		part->network_header -= sizeof(*ip6) - sizeof(struct iphdr);
		ip6 = (struct ipv6hdr *)part_udp(part) - 1;
		*ip6 = first;
		ip6->payload_len = htons(sizeof(struct udphdr) + part->len);
	}
}

static __always_inline bool stays_whole(const struct sk_buff *skb,
					unsigned int l3)
{
	return !nat64_skb_must_segment(skb) || is_list(skb, l3);
}

static __always_inline bool look64(struct sk_buff *skb, struct quick *q)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	return skb->len == sizeof(*ip6) + ntohs(ip6->payload_len) &&
	       ip6->hop_limit > 1 && !IP6CB(skb)->frag_max_size &&
	       look(skb, sizeof(*ip6), ip6->nexthdr, q) &&
	       stays_whole(skb, sizeof(*ip6));
}

/* For both kinds of translation, and in line to cost neither more for it. */
static __always_inline bool go64(struct net *net, struct sk_buff *skb,
				 struct quick *q, const struct turn *t)
{
	const struct nat64_hdr_opts *opts = &t->cfg->set.hdr;
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	u8 tos = ipv6_get_dsfield(ip6), ttl = ip6->hop_limit;
	u8 proto = ip6->nexthdr;
	__be16 *sport = (__be16 *)q->l4;
	struct dst_entry *dst;
	struct iphdr *ip;
	u32 len4;

	dst = way_dst(t, skb, tos);
	len4 = sizeof(*ip) + q->l4_len;
	if (!dst || len4 > IP_MAX_MTU ||
	    !fits4(dst, sizeof(*ip) + longest(skb, q)) ||
	    (skb_is_gso(skb) && nat64_skb_df_differs(skb, q->l4_len)) ||
	    (t->direct && !(nat64_way_seen(t->way) &&
			    is_straight(dst, ip_output, skb))))
		return false;

	/* nothing can fail from here on */
	nat64_count_packet(t->xlat->stats, t->tally, NAT64_SIDE_V6, skb);
	fix_check(skb, q->check, proto, t->delta, nat64_csum_delta16(*sport, t->port));
	*sport = t->port;
	__skb_pull(skb, sizeof(*ip6) - sizeof(*ip));
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*ip));
	if (skb_is_gso(skb)) {
		nat64_skb_convert_gso(skb, SKB_GSO_TCPV6, SKB_GSO_TCPV4);
		len4 = sizeof(*ip) + q->hlen + skb_shinfo(skb)->gso_size;
	}

	ip = ip_hdr(skb);
	*(__be16 *)ip = htons(0x4500 | (opts->tos == NAT64_TOS_COPY ?
					tos : (u8)opts->tos));
	ip->tot_len = htons(skb->len);
	ip->id = htons(nat64_skb_ip_id(skb));
	ip->frag_off = len4 > NAT64_DF_LIMIT ? htons(IP_DF) : 0;
	ip->ttl = ttl - 1;
	ip->protocol = proto;
	ip->saddr = t->src4;
	ip->daddr = t->dst4;
	ip->check = 0;
	ip->check = ip_fast_csum(ip, sizeof(*ip) / 4);

	nat64_skb_shed(skb, htons(ETH_P_IP));
	if (was_list(skb))
		list_64(skb, t);
	nat64_skb_init_cb4(skb);
	skb->priority = skb->priority ?: rt_tos2priority(ip->tos);
	skb_dst_set_noref(skb, dst);
	if (t->direct) {
		skb_orphan(skb);
		nat64_give4(skb);
	} else {
		send(net, t, NFPROTO_IPV4, skb, nat64_emit4);
	}
	return true;
}

bool nat64_fast_64(struct net *net, struct nat64_xlat *xlat,
		   struct sk_buff *skb, bool direct)
{
	const struct nat64_config *cfg = rcu_dereference(xlat->cfg);
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct nat64_session *s;
	struct quick q;

	if (!look64(skb, &q))
		return false;
	s = nat64_session_hit64(xlat->state, &(struct nat64_tuple6) {
		.src = ip6->saddr,
		.dst = ip6->daddr,
		.sport = ((__be16 *)q.l4)[0],
		.dport = ((__be16 *)q.l4)[1],
		.proto = ip6->nexthdr,
	}, &cfg->set, q.tcp_flags);
	if (!s)
		return false;
	return go64(net, skb, &q, &(struct turn) {
		.xlat = xlat,
		.cfg = cfg,
		.way = &s->way64,
		.gen = READ_ONCE(cfg->gen),
		.src4 = s->t4.dst,
		.dst4 = s->t4.src,
		.delta = s->delta64,
		.port = s->t4.dport,
		.tally = nat64_session_tally(s),
		.direct = direct,
	});
}

bool nat64_fast_pair_64(struct net *net, struct nat64_pairs __percpu *pairs,
			u32 gen, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct nat64_pair *p;
	struct quick q;

	if (!in_softirq() || !look64(skb, &q))
		return false;
	p = nat64_pair_find64(pairs, &ip6->saddr, &ip6->daddr, ip6->nexthdr);
	/* what it says of the instance, and whether that exists */
	if (!p || p->way.gen != gen)
		return false;
	return go64(net, skb, &q, &(struct turn) {
		.xlat = p->xlat,
		.cfg = rcu_dereference(p->xlat->cfg),
		.way = &p->way,
		.gen = gen,
		.src4 = p->src4,
		.dst4 = p->dst4,
		.delta = p->delta64,
		.port = ((__be16 *)q.l4)[0],
	});
}

static __always_inline bool look46(struct sk_buff *skb, struct quick *q)
{
	const struct iphdr *ip = ip_hdr(skb);

	return *(u8 *)ip == 0x45 &&
	       !(ip->frag_off & htons(IP_MF | IP_OFFSET)) &&
	       skb->len == ntohs(ip->tot_len) && ip->ttl > 1 &&
	       look(skb, sizeof(*ip), ip->protocol, q) &&
	       stays_whole(skb, sizeof(*ip)) && !ip_fast_csum(ip, 5);
}

static __always_inline bool go46(struct net *net, struct sk_buff *skb,
				 struct quick *q, const struct turn *t)
{
	u32 lowest = t->cfg->set.lowest_ipv6_mtu;
	const struct iphdr *ip = ip_hdr(skb);
	u8 tos = ip->tos, ttl = ip->ttl, proto = ip->protocol;
	bool df = ip->frag_off & htons(IP_DF);
	__be16 *dport = (__be16 *)q->l4 + 1;
	struct dst_entry *dst;
	struct ipv6hdr *ip6;

	dst = way_dst(t, skb, tos);
	if (!dst || !fits6(dst, sizeof(*ip6) + longest(skb, q)) ||
	    skb_headroom(skb) < LL_RESERVED_SPACE(dst_dev(dst)) + 20 ||
	    (t->direct && !(nat64_way_seen(t->way) &&
			    is_straight(dst, ip6_output, skb))))
		return false;
	/* who lets us fragment gets no more than the limit (D-01) */
	if (!df && lowest && sizeof(*ip6) + longest(skb, q) > lowest)
		return false;

	/* nothing can fail from here on */
	nat64_count_packet(t->xlat->stats, t->tally, NAT64_SIDE_V4, skb);
	fix_check(skb, q->check, proto, t->delta, nat64_csum_delta16(*dport, t->port));
	*dport = t->port;
	__skb_push(skb, sizeof(*ip6) - sizeof(*ip));
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*ip6));
	nat64_skb_convert_gso(skb, SKB_GSO_TCPV4, SKB_GSO_TCPV6);

	ip6 = ipv6_hdr(skb);
	ip6_flow_hdr(ip6, t->cfg->set.hdr.zero_tclass ? 0 : tos, 0);
	ip6->payload_len = htons(q->l4_len);
	ip6->nexthdr = proto;
	ip6->hop_limit = ttl - 1;
	ip6->saddr = *t->src6;
	ip6->daddr = *t->dst6;

	nat64_skb_shed(skb, htons(ETH_P_IPV6));
	if (was_list(skb))
		list_46(skb, t);
	nat64_skb_init_cb6(skb);
	skb_dst_set_noref(skb, dst);
	if (t->direct) {
		skb_orphan(skb);
		nat64_give6(skb);
	} else {
		send(net, t, NFPROTO_IPV6, skb, nat64_emit6);
	}
	return true;
}

bool nat64_fast_46(struct net *net, struct nat64_xlat *xlat,
		   struct sk_buff *skb, bool direct)
{
	const struct nat64_config *cfg = rcu_dereference(xlat->cfg);
	const struct iphdr *ip = ip_hdr(skb);
	struct nat64_session *s;
	struct quick q;

	if (!look46(skb, &q))
		return false;
	s = nat64_session_hit46(xlat->state, &(struct nat64_tuple4) {
		.src = ip->saddr,
		.dst = ip->daddr,
		.sport = ((__be16 *)q.l4)[0],
		.dport = ((__be16 *)q.l4)[1],
		.proto = ip->protocol,
	}, &cfg->set, q.tcp_flags);
	if (!s)
		return false;
	return go46(net, skb, &q, &(struct turn) {
		.xlat = xlat,
		.cfg = cfg,
		.way = &s->way46,
		.gen = READ_ONCE(cfg->gen),
		.src6 = &s->t6.dst,
		.dst6 = &s->t6.src,
		.delta = ~s->delta64,
		.port = s->t6.sport,
		.tally = nat64_session_tally(s),
		.direct = direct,
	});
}

bool nat64_fast_pair_46(struct net *net, struct nat64_pairs __percpu *pairs,
			u32 gen, struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	struct nat64_pair *p;
	struct quick q;

	if (!in_softirq() || !look46(skb, &q))
		return false;
	p = nat64_pair_find46(pairs, ip->saddr, ip->daddr, ip->protocol);
	/* what it says of the instance, and whether that exists */
	if (!p || p->way.gen != gen)
		return false;
	return go46(net, skb, &q, &(struct turn) {
		.xlat = p->xlat,
		.cfg = rcu_dereference(p->xlat->cfg),
		.way = &p->way,
		.gen = gen,
		.src6 = &p->src6,
		.dst6 = &p->dst6,
		.delta = ~p->delta64,
		.port = ((__be16 *)q.l4)[1],
	});
}
