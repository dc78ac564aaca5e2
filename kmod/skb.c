// SPDX-License-Identifier: GPL-2.0
#include "skb.h"

#include <linux/cpumask.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "xlat/csum.h"
#include "xlat/tcp.h"

#define MAX_TCP_HEADER_LEN	60

/*
 * Queues of our own among those of conntrack: a fragment that conntrack holds
 * for a zone must not complete a packet of ours. The range of conntrack is
 * used because no ICMP error is sent for a packet that it leaves incomplete.
 */
#define DEFRAG_USER4	(IP_DEFRAG_CONNTRACK_IN + 0x6400)
#define DEFRAG_USER6	(IP6_DEFRAG_CONNTRACK_IN + 0x6400)

typedef int (*parse_fn)(struct nat64_pkt *pkt, const u8 *data,
			unsigned int avail, unsigned int total);

static int parse(struct sk_buff *skb, struct nat64_pkt *pkt, parse_fn fn)
{
	int ret;

	while ((ret = fn(pkt, skb->data, skb_headlen(skb), skb->len)) > 0) {
		if (WARN_ON_ONCE(ret <= skb_headlen(skb)) ||
		    !pskb_may_pull(skb, ret))
			return -NAT64_DROP_TRUNCATED;
	}
	if (ret)
		return ret;
	if (pskb_trim_rcsum(skb, pkt->outer.tot_len))
		return -NAT64_DROP_NO_MEMORY;
	skb_set_transport_header(skb, pkt->outer.l4);
	return 0;
}

/**
 * nat64_skb_parse6() - find out the layout of an IPv6 packet
 * @skb: the packet; its data starts with the IPv6 header
 * @pkt: where to put the layout
 *
 * Context: any, the packet is not shared.
 * Return: 0, or the negative of an enum nat64_drop.
 */
int nat64_skb_parse6(struct sk_buff *skb, struct nat64_pkt *pkt)
{
	/* A payload length of 0 is a jumbogram, or GRO's packet past 65535 */
	if (!ipv6_hdr(skb)->payload_len && skb->len > sizeof(struct ipv6hdr))
		return -NAT64_DROP_TOO_BIG;
	return parse(skb, pkt, nat64_parse6);
}

/**
 * nat64_skb_parse4() - find out the layout of an IPv4 packet
 * @skb: the packet; its data starts with the IPv4 header
 * @pkt: where to put the layout
 *
 * Context: any, the packet is not shared.
 * Return: 0, or the negative of an enum nat64_drop.
 */
int nat64_skb_parse4(struct sk_buff *skb, struct nat64_pkt *pkt)
{
	if (!ip_hdr(skb)->tot_len && skb_is_gso(skb))
		return -NAT64_DROP_TOO_BIG;
	return parse(skb, pkt, nat64_parse4);
}

int nat64_skb_defrag6(struct net *net, struct sk_buff *skb)
{
	int ret = nf_ct_frag6_gather(net, skb, DEFRAG_USER6);

	if (ret == -EINPROGRESS)
		return ret;
	return ret ? -EINVAL : 0;
}

int nat64_skb_defrag4(struct net *net, struct sk_buff *skb)
{
	int ret;

	/* ip_defrag() frees what it can not keep */
	local_bh_disable();
	ret = ip_defrag(net, skb, DEFRAG_USER4);
	local_bh_enable();
	if (ret)
		return -EINPROGRESS;

	/*
	 * The header of a reassembled packet comes without a checksum. It has
	 * DF if its longest fragment had; but that fits where all of it does
	 * not, and what came in fragments may leave in fragments (D-30).
	 */
	ip_hdr(skb)->frag_off = 0;
	ip_send_check(ip_hdr(skb));
	skb->ignore_df = 1;
	return 0;
}

bool nat64_skb_may_fragment6(const struct sk_buff *skb, bool local)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (local && dst)
		return !skb_is_gso(skb) && skb->len > dst_mtu(dst);
	return IP6CB(skb)->frag_max_size;
}

struct sk_buff *nat64_skb_segment(struct sk_buff *skb)
{
	struct sk_buff *segs = skb_gso_segment(skb, 0);

	return segs ?: ERR_PTR(-EINVAL);
}

/* @skb has become @len bytes of UDP, the header included; sums are partial. */
static void set_udp_len(struct sk_buff *skb, u32 l4, u16 len)
{
	struct udphdr *uh = (void *)(skb->data + l4);

	uh->check = (__force __sum16)
		csum16_add(csum16_sub((__force __sum16)uh->check, uh->len),
			   htons(len));
	uh->len = htons(len);
	ipv6_hdr(skb)->payload_len = htons(l4 - sizeof(struct ipv6hdr) + len);
}

/* The headers of @skb, @hlen bytes, and its last @len bytes. */
static struct sk_buff *copy_tail(const struct sk_buff *skb, u32 hlen, u32 len)
{
	unsigned int room = skb_headroom(skb);
	struct sk_buff *tail = alloc_skb(room + hlen + len, GFP_ATOMIC);

	if (!tail)
		return NULL;
	/* as far in as in @skb, for the offsets that are copied */
	skb_reserve(tail, room);
	memcpy(tail->head, skb->head, room);
	skb_put(tail, hlen + len);
	skb_copy_header(tail, skb);
	skb_gso_reset(tail);
	if (!skb_copy_bits(skb, 0, tail->data, hlen) &&
	    !skb_copy_bits(skb, skb->len - len, tail->data + hlen, len))
		return tail;
	kfree_skb(tail);
	return NULL;
}

struct sk_buff *nat64_skb_cut_tail(struct sk_buff *skb,
				   const struct nat64_hdr *h)
{
	u32 size = skb_shinfo(skb)->gso_size, l4 = h->l4;
	u32 hlen = l4 + sizeof(struct udphdr);
	u32 len = (skb->len - hlen) % size;
	struct sk_buff *tail;

	if (!nat64_skb_sums_at(skb, l4, offsetof(struct udphdr, check)) ||
	    skb->ip_summed != CHECKSUM_PARTIAL || skb_ensure_writable(skb, hlen))
		return nat64_skb_segment(skb);
	tail = copy_tail(skb, hlen, len);
	if (!tail || pskb_trim(skb, skb->len - len)) {
		kfree_skb(tail);
		return ERR_PTR(-ENOMEM);
	}
	set_udp_len(tail, l4, sizeof(struct udphdr) + len);
	set_udp_len(skb, l4, skb->len - l4);
	skb_shinfo(skb)->gso_segs = (skb->len - hlen) / size;
	if (skb_shinfo(skb)->gso_segs == 1)
		skb_gso_reset(skb);
	skb->next = tail;
	return skb_get(skb);
}

/* Length of the headers that each segment has behind its IP header. */
static u32 seg_l4_len(const struct sk_buff *skb, const struct nat64_hdr *h)
{
	u32 hlen = sizeof(struct udphdr);

	if (h->proto == IPPROTO_TCP)
		hlen = __tcp_hdrlen((const struct tcphdr *)(skb->data + h->l4));
	return hlen + skb_shinfo(skb)->gso_size;
}

static u32 longest(const struct sk_buff *skb, const struct nat64_hdr *h)
{
	return skb_is_gso(skb) ? seg_l4_len(skb, h) : h->l4_len;
}

u32 nat64_skb_len4(const struct sk_buff *skb, const struct nat64_hdr *h)
{
	return sizeof(struct iphdr) + longest(skb, h);
}

bool nat64_skb_fits4(const struct sk_buff *skb, const struct nat64_hdr *h,
		     u32 mtu)
{
	return nat64_skb_len4(skb, h) <= mtu;
}

bool nat64_skb_fits6(const struct sk_buff *skb, const struct nat64_hdr *h,
		     u32 mtu)
{
	return nat64_hdr_len_46(h) + longest(skb, h) <= mtu;
}

bool nat64_skb_icmp_valid(struct sk_buff *skb, const struct nat64_hdr *h,
			  bool local)
{
	/* Our own messages are right, or will be when the device fills it in */
	if (local)
		return skb->ip_summed != CHECKSUM_PARTIAL ||
		       !skb_checksum_help(skb);
	if (h->proto == IPPROTO_ICMPV6)
		return !nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, h->l4,
					IPPROTO_ICMPV6);
	return !nf_ip_checksum(skb, NF_INET_PRE_ROUTING, h->l4, IPPROTO_ICMP);
}

/* Bytes up to which a translation writes: with an MSS all options of TCP. */
static unsigned int write_len(const struct nat64_rewrite *rw)
{
	u32 len = rw->mss ? MAX_TCP_HEADER_LEN : sizeof(struct tcphdr);

	return rw->h->l4 + min_t(u32, rw->h->l4_len, len);
}

/* Headroom for @grow more bytes and the link header of @dst, all writable. */
static int make_room(struct sk_buff *skb, unsigned int grow,
		     const struct nat64_rewrite *rw)
{
	unsigned int ll = rw->dst ? LL_RESERVED_SPACE(dst_dev(rw->dst)) :
				    LL_MAX_HEADER;
	unsigned int write = write_len(rw);
	int missing = grow + ll - skb_headroom(skb);

	if (!pskb_may_pull(skb, write))
		return -ENOMEM;
	/* the sum of all that is there will not be true any more */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	if (missing <= 0 &&
	    (!skb_cloned(skb) || skb_clone_writable(skb, write)))
		return 0;
	return pskb_expand_head(skb, SKB_DATA_ALIGN(max(missing, 0)), 0,
				GFP_ATOMIC);
}

/* Where the checksum of a transport header is; 0: none that we know. */
static unsigned int csum_offset(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		return offsetof(struct udphdr, check);
	default:
		return 0;
	}
}

/* Towards IPv4, of the addresses alone */
static __wsum addr_delta(const struct nat64_addrs *a)
{
	return nat64_csum_delta_64(&a->src6, &a->dst6, a->src4, a->dst4);
}

static void fix_csum(struct sk_buff *skb, const struct nat64_rewrite *rw,
		     bool to4)
{
	__wsum delta = to4 ? rw->delta64 : ~rw->delta64;
	u8 proto = rw->h->proto;
	__sum16 *field = (__sum16 *)(skb_transport_header(skb) +
				     csum_offset(proto));

	/* The seed covers the pseudo header only; ports are summed later */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		delta = to4 ? addr_delta(rw->a) : ~addr_delta(rw->a);
		*field = nat64_csum_update_seed(*field, delta);
	} else if (proto == IPPROTO_TCP || proto == IPPROTO_DCCP) {
		*field = nat64_csum_update(*field, delta);
	} else {
		*field = nat64_csum_update_udp(*field, delta);
	}
}

static void clamp_mss(struct sk_buff *skb, u16 mss)
{
	struct tcphdr *th = tcp_hdr(skb);
	__wsum delta = nat64_tcp_clamp_mss((u8 *)th, th->doff * 4, mss);

	/* a partial checksum is still to be summed over the options */
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		th->check = nat64_csum_update(th->check, delta);
}

static void write_ports(struct sk_buff *skb, const struct nat64_addrs *a)
{
	__be16 *ports = (__be16 *)skb_transport_header(skb);

	ports[0] = a->sport;
	ports[1] = a->dport;
}

/* A first fragment or a whole packet: its transport header is there. */
static bool has_l4(const struct nat64_hdr *h)
{
	return !h->frag_off;
}

static void fix_echo(struct sk_buff *skb, const struct nat64_rewrite *rw,
		     bool to4)
{
	struct icmphdr *icmp = (struct icmphdr *)skb_transport_header(skb);
	__be16 id = rw->ports ? rw->a->sport : rw->h->sport;
	__wsum delta;

	if (to4)
		delta = nat64_icmp_delta_64(rw->h->icmp_type, rw->h->sport, id,
					    &rw->a->src6, &rw->a->dst6,
					    rw->h->l4_len);
	else
		delta = nat64_icmp_delta_46(rw->h->icmp_type, rw->h->sport, id,
					    &rw->a->src6, &rw->a->dst6,
					    rw->h->l4_len);
	icmp->type = to4 ? nat64_icmp_echo_64(rw->h->icmp_type) :
			   nat64_icmp_echo_46(rw->h->icmp_type);
	icmp->un.echo.id = id;
	icmp->checksum = nat64_csum_update(icmp->checksum, delta);
}

static __wsum udp_sum(const struct sk_buff *skb, const struct nat64_hdr *h)
{
	const struct udphdr *uh = udp_hdr(skb);

	return skb_checksum(skb, skb_transport_offset(skb),
			    min_t(u32, ntohs(uh->len), h->l4_len), 0);
}

/* RFC 7915 section 4.5: an IPv4 UDP packet without checksum (G-05, G-13) */
static void compute_udp(struct sk_buff *skb, const struct nat64_rewrite *rw)
{
	struct udphdr *uh = udp_hdr(skb);

	uh->check = csum_ipv6_magic(&rw->a->src6, &rw->a->dst6, ntohs(uh->len),
				    IPPROTO_UDP, udp_sum(skb, rw->h));
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

static void fix_l4(struct sk_buff *skb, const struct nat64_rewrite *rw,
		   bool to4)
{
	if (!has_l4(rw->h))
		return;
	if (rw->h->icmp_query) {
		fix_echo(skb, rw, to4);
		return;
	}
	/* of a protocol without ports the field may be cut off */
	if (!csum_offset(rw->h->proto) || !rw->h->has_csum)
		return;
	if (rw->ports)
		write_ports(skb, rw->a);
	if (rw->mss)
		clamp_mss(skb, rw->mss);
	if (rw->udp_compute)
		compute_udp(skb, rw);
	else
		fix_csum(skb, rw, to4);
}

/**
 * struct ids - where a CPU takes identifications from
 * @next: number of the next one
 * @key: what nobody outside knows
 */
struct ids {
	u32 next;
	u16 key[NAT64_ID_KEYS];
};

static DEFINE_PER_CPU(struct ids, ids);

/**
 * nat64_skb_init() - have secrets for identifications
 *
 * Context: module init.
 */
void __init nat64_skb_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		get_random_bytes(per_cpu_ptr(&ids, cpu), sizeof(ids));
}

/**
 * nat64_skb_ip_id() - identification for an IPv4 packet (C-06)
 * @skb: the packet, of which a super-packet takes one for each segment
 *
 * Each CPU counts for itself, through a permutation of its own that nobody
 * outside knows: no number tells the next, none comes twice in 65536 packets of
 * a CPU, which has all those of a flow, and CPUs do not walk side by side.
 * Unlike the generator of the stack it costs no hash, no atomic operation, and
 * no memory that other CPUs write to.
 *
 * Context: any; who changes the CPU meanwhile has a number of neither.
 * Return: host byte order.
 */
u16 nat64_skb_ip_id(const struct sk_buff *skb)
{
	u32 n = skb_shinfo(skb)->gso_segs ?: 1;
	u16 first = this_cpu_add_return(ids.next, n) - n;

	return nat64_id(first, raw_cpu_ptr(&ids)->key);
}

/* Identification and DF, RFC 7915 section 5.1 (C-06, C-07, D-40). */
static void finish_ip(struct sk_buff *skb, const struct nat64_rewrite *rw,
		      u32 seg4)
{
	struct iphdr *ip = ip_hdr(skb);

	if (rw->h->is_frag)
		return;
	ip->frag_off = 0;
	if (!rw->no_df && nat64_df_64(rw->h, seg4))
		ip->frag_off = htons(IP_DF);
	ip->id = htons(nat64_skb_ip_id(skb));
	ip_send_check(ip);
}

/**
 * nat64_skb_own_csum() - have no other checksum partial than that we know
 * @skb: the packet
 * @h: its headers
 *
 * A tunnel leaves the checksum of what it carries to the device, and a guest
 * may ask for any place: one that our shorter header takes away would be in
 * front of the packet. ICMP has a pseudo header in one family only, so it can
 * not stay partial. What the sender wants is done before anything is decided.
 *
 * Return: false if the packet is of no use.
 */
bool nat64_skb_own_csum(struct sk_buff *skb, const struct nat64_hdr *h)
{
	unsigned int field = csum_offset(h->proto);

	if (skb->ip_summed != CHECKSUM_PARTIAL || skb_csum_is_sctp(skb) ||
	    (field && nat64_skb_sums_at(skb, h->l4, field)))
		return true;
	return !skb_is_gso(skb) && !skb_checksum_help(skb);
}

/**
 * nat64_skb_64() - rewrite an IPv6 packet into an IPv4 packet, in place
 * @skb: the packet; its data starts with the IPv6 header
 * @rw: what is to become of it
 *
 * RFC 7915 section 5.1. Context: any; the packet is not shared.
 * Return: 0, or -ENOMEM with the packet as it was.
 */
int nat64_skb_64(struct sk_buff *skb, const struct nat64_rewrite *rw)
{
	u32 seg4 = nat64_skb_len4(skb, rw->h);
	struct iphdr ip;

	if (make_room(skb, 0, rw))
		return -ENOMEM;

	nat64_hdr_64(&ip, rw->h, rw->a, rw->opts, 0);
	__skb_pull(skb, rw->h->l4);
	skb_reset_transport_header(skb);
	__skb_push(skb, sizeof(ip));
	skb_reset_network_header(skb);
	*ip_hdr(skb) = ip;
	fix_l4(skb, rw, true);
	nat64_skb_convert_gso(skb, SKB_GSO_TCPV6, SKB_GSO_TCPV4);
	nat64_skb_shed(skb, htons(ETH_P_IP));
	nat64_skb_init_cb4(skb);
	skb->priority = skb->priority ?: rt_tos2priority(ip.tos);
	finish_ip(skb, rw, seg4);
	return 0;
}

/**
 * nat64_skb_46() - rewrite an IPv4 packet into an IPv6 packet, in place
 * @skb: the packet; its data starts with the IPv4 header
 * @rw: what is to become of it
 *
 * RFC 7915 section 4.1. Context: any; the packet is not shared.
 * Return: 0, or -ENOMEM with the packet as it was.
 */
int nat64_skb_46(struct sk_buff *skb, const struct nat64_rewrite *rw)
{
	unsigned int hlen = nat64_hdr_len_46(rw->h);
	unsigned int grow = hlen > rw->h->l4 ? hlen - rw->h->l4 : 0;

	if (make_room(skb, grow, rw))
		return -ENOMEM;

	__skb_pull(skb, rw->h->l4);
	skb_reset_transport_header(skb);
	__skb_push(skb, hlen);
	skb_reset_network_header(skb);
	nat64_hdr_46(ipv6_hdr(skb), rw->h, rw->a, rw->opts);
	fix_l4(skb, rw, false);
	nat64_skb_convert_gso(skb, SKB_GSO_TCPV4, SKB_GSO_TCPV6);
	nat64_skb_shed(skb, htons(ETH_P_IPV6));
	nat64_skb_init_cb6(skb);
	return 0;
}

static struct sk_buff *error_alloc(const struct sk_buff *skb, unsigned int room)
{
	struct sk_buff *nskb = alloc_skb(LL_MAX_HEADER + room, GFP_ATOMIC);

	if (!nskb)
		return NULL;
	skb_reserve(nskb, LL_MAX_HEADER);
	nskb->dev = skb->dev;
	nskb->skb_iif = skb->skb_iif;
	nskb->mark = skb->mark;
	nskb->priority = skb->priority;
	skb_reset_network_header(nskb);
	skb_reset_mac_header(nskb);
	nat64_skb_untrack(nskb);
	return nskb;
}

/**
 * nat64_skb_error_64() - translate an ICMPv6 error
 * @skb: the message, linear; stays as it is
 * @ctx: what becomes of it; data and id are filled in here
 *
 * RFC 7915 sections 5.2 and 5.3. Context: any.
 * Return: the ICMP message, or ERR_PTR of the negative of an enum nat64_drop.
 */
struct sk_buff *nat64_skb_error_64(const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx)
{
	struct sk_buff *nskb = error_alloc(skb, NAT64_ICMP4_MAX);
	int len;

	if (!nskb)
		return ERR_PTR(-NAT64_DROP_NO_MEMORY);
	ctx->id = nat64_skb_ip_id(nskb);
	ctx->data = skb->data;
	len = nat64_icmp_error_64(ctx, nskb->data, NAT64_ICMP4_MAX);
	if (len < 0) {
		kfree_skb(nskb);
		return ERR_PTR(len);
	}
	skb_put(nskb, len);
	skb_set_transport_header(nskb, sizeof(struct iphdr));
	nskb->protocol = htons(ETH_P_IP);
	nat64_skb_init_cb4(nskb);
	return nskb;
}

/**
 * nat64_skb_error_46() - translate an ICMP error
 * @skb: the message, linear; stays as it is
 * @ctx: what becomes of it; data is filled in here
 *
 * RFC 7915 sections 4.2 and 4.3. Context: any.
 * Return: the ICMPv6 message, or ERR_PTR of the negative of an enum nat64_drop.
 */
struct sk_buff *nat64_skb_error_46(const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx)
{
	struct sk_buff *nskb = error_alloc(skb, NAT64_ICMP6_MAX);
	int len;

	if (!nskb)
		return ERR_PTR(-NAT64_DROP_NO_MEMORY);
	ctx->data = skb->data;
	len = nat64_icmp_error_46(ctx, nskb->data, NAT64_ICMP6_MAX);
	if (len < 0) {
		kfree_skb(nskb);
		return ERR_PTR(len);
	}
	skb_put(nskb, len);
	skb_set_transport_header(nskb, sizeof(struct ipv6hdr));
	nskb->protocol = htons(ETH_P_IPV6);
	nat64_skb_init_cb6(nskb);
	return nskb;
}
