// SPDX-License-Identifier: GPL-2.0
/* A packet that arrives as IPv6, RFC 7915 section 5 and RFC 6146 section 3.5. */
#include "recv.h"

#include <linux/inetdevice.h>
#include <linux/random.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "config.h"
#include "eam.h"
#include "icmp.h"
#include "net.h"
#include "pool4.h"
#include "prefix.h"
#include "skb.h"
#include "xlat/csum.h"

/* Longer than any prefix: an explicit mapping always wins. */
#define EAM_RANK	129

static unsigned int rank_prefix(const struct nat64_config *cfg,
				const struct ipv6hdr *ip6)
{
	const struct nat64_prefix_entry *e;

	e = nat64_prefix_find(cfg->prefixes, &ip6->daddr);
	return e ? e->p.len : 0;
}

static bool source_maps(const struct nat64_config *cfg,
			const struct ipv6hdr *ip6, bool eam)
{
	__be32 addr4;

	return nat64_eam_64(cfg->eam, &ip6->saddr, &addr4) ||
	       (eam && nat64_prefix_find(cfg->prefixes, &ip6->saddr));
}

/*
 * Apart, so that a stateful instance pays nothing for it.
 *
 * A host must not lose its own IPv6 to its own translator, nor one with an
 * explicit mapping what others send to it by IPv6: both addresses have to map.
 * Errors come from anywhere; what they are about is seen later.
 */
static noinline unsigned int rank_siit(const struct nat64_config *cfg,
				       const struct ipv6hdr *ip6, bool local)
{
	__be32 addr4;
	bool eam = nat64_eam_64(cfg->eam, &ip6->daddr, &addr4);

	if ((local || eam) && !source_maps(cfg, ip6, eam) &&
	    (local || ip6->nexthdr != IPPROTO_ICMPV6))
		return 0;
	return eam ? EAM_RANK : rank_prefix(cfg, ip6);
}

static unsigned int rank6(const struct nat64_xlat *xlat,
			  const struct ipv6hdr *ip6, bool local)
{
	const struct nat64_config *cfg = rcu_dereference(xlat->cfg);

	if (!cfg->set.enabled)
		return 0;
	if (xlat->mode == NAT64_MODE_SIIT)
		return rank_siit(cfg, ip6, local);
	return rank_prefix(cfg, ip6);
}

/**
 * nat64_find6_of() - which of several instances an IPv6 packet belongs to
 * @t: the instances
 * @skb: the packet
 * @local: it comes from a process of this host
 *
 * Context: under RCU.
 * Return: the instance with the longest match of the destination, or NULL.
 */
struct nat64_xlat *nat64_find6_of(const struct nat64_table *t,
				  const struct sk_buff *skb, bool local)
{
	struct nat64_xlat *best = NULL;
	unsigned int i, rank, max = 0;

	for (i = 0; i < t->n; i++) {
		rank = rank6(t->xlat[i], ipv6_hdr(skb), local);
		if (rank > max) {
			max = rank;
			best = t->xlat[i];
		}
	}
	return best;
}

static enum nat64_drop parse(struct nat64_rx *rx)
{
	int ret = nat64_skb_parse6(rx->skb, &rx->pkt);

	if (ret == -NAT64_DROP_SEGMENTS_LEFT)
		rx->info = rx->pkt.err_ptr;
	return -ret;
}

/* Stateful translation works on whole packets (D-30, D-37). */
static enum nat64_drop reassemble(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	int ret;

	if (!h->is_frag || h->atomic)
		return NAT64_DROP_NONE;
	ret = nat64_skb_defrag6(rx->net, rx->skb);
	if (ret == -EINPROGRESS) {
		rx->skb = NULL;
		return NAT64_DROP_NONE;
	}
	return ret ? NAT64_DROP_BAD_FRAG : parse(rx);
}

/* Where an IPv4 packet may go at all (A-09, A-17, L-09). */
static enum nat64_drop check_dst4(const struct nat64_rx *rx)
{
	__be32 dst = rx->addrs.dst4;

	if (nat64_addr4_illegal_dst(dst))
		return NAT64_DROP_ADDR_DST;
	if (nat64_deny4_match(rx->cfg->deny4, dst))
		return NAT64_DROP_DENIED;
	return NAT64_DROP_NONE;
}

/* The IPv4 destination of a stateful instance, from the prefix alone. */
static enum nat64_drop extract_dst(struct nat64_rx *rx)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(rx->skb);
	const struct nat64_prefix_entry *e;
	enum nat64_drop reason;

	if (nat64_prefix_find(rx->cfg->prefixes, &ip6->saddr))
		return NAT64_DROP_PREFIX_SRC;
	e = nat64_prefix_find(rx->cfg->prefixes, &ip6->daddr);
	if (!e)
		return NAT64_DROP_UNMAPPED_DST;
	rx->addrs.dst4 = nat64_prefix_extract(&e->p, &ip6->daddr);
	reason = nat64_embed_check(rx->cfg, &e->p, rx->addrs.dst4);
	return reason ?: check_dst4(rx);
}

/* Too big for the link of the route (D-18, D-19, C-16). */
static enum nat64_drop check_mtu(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	bool df = !rx->no_df && nat64_df_64(h, nat64_skb_len4(rx->skb, h));

	if (sizeof(struct iphdr) + h->l4_len > IP_MAX_MTU) {
		rx->info = rx->route.mtu + 20;
		return NAT64_DROP_TOO_BIG;
	}
	if (!df || nat64_skb_fits4(rx->skb, h, rx->route.mtu))
		return NAT64_DROP_NONE;
	rx->info = max_t(u32, rx->route.mtu + 20, NAT64_MIN_MTU6);
	return NAT64_DROP_TOO_BIG;
}

static enum nat64_drop route(struct nat64_rx *rx)
{
	return -nat64_route4(rx->net, rx->skb, &rx->addrs, &rx->pkt.outer,
			     &rx->route);
}

/*
 * A packet that can not be sent on makes no state (B-09), so the route of a new
 * flow comes before it, for the address that the state is going to have.
 */
static enum nat64_drop route_first(struct nat64_rx *rx, struct nat64_flow *f)
{
	enum nat64_drop reason = nat64_session_source(rx->xlat->state, f);

	if (reason || rx->back)
		return reason;
	rx->addrs.src4 = f->t4.dst;
	return route(rx) ?: check_mtu(rx);
}

static enum nat64_drop find_or_create(struct nat64_rx *rx, struct nat64_flow *f)
{
	struct nat64_state *st = rx->xlat->state;
	enum nat64_drop reason = NAT64_DROP_NONE;

	switch (nat64_session_look64(st, f)) {
	case NAT64_FOUND_ALL:
		return NAT64_DROP_NONE;
	case NAT64_FOUND_NOTHING:
		reason = route_first(rx, f);
		break;
	case NAT64_FOUND_CHANGE:
		break;
	}
	reason = reason ?: nat64_session_64(st, f);
	/* bound to another address in the meantime */
	if (rx->route.dst && rx->addrs.src4 != f->t4.dst)
		nat64_route_put(&rx->route);
	return reason;
}

static enum nat64_drop lookup(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	struct nat64_flow f = {
		.cfg = rx->cfg,
		.mark = rx->skb->mark,
		.t6 = {
			.src = rx->addrs.src6,
			.dst = rx->addrs.dst6,
			.sport = h->sport,
			.dport = h->dport,
			.proto = h->proto,
		},
		.t4.src = rx->addrs.dst4,
		.tcp_flags = h->tcp_flags,
		.l4 = nat64_l4_index(h->proto),
	};
	enum nat64_drop reason;

	if (f.l4 == __NAT64_L4_IDX_MAX)
		return NAT64_DROP_UNKNOWN_PROTO;
	rx->back = nat64_find_pool(rx->table, rx->addrs.dst4);
	reason = find_or_create(rx, &f);
	if (reason)
		return reason;
	rx->addrs.src4 = f.t4.dst;
	rx->addrs.sport = f.t4.dport;
	rx->addrs.dport = f.t4.sport;
	rx->delta64 = f.delta64;
	rx->session = f.session;
	return NAT64_DROP_NONE;
}

static void take_addrs6(struct nat64_rx *rx)
{
	rx->addrs.src6 = ipv6_hdr(rx->skb)->saddr;
	rx->addrs.dst6 = ipv6_hdr(rx->skb)->daddr;
}

static enum nat64_drop check_l4(const struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	int udp_zero;

	if (!nat64_proto_crosses_64(h->proto))
		return NAT64_DROP_BAD_PROTO;
	if (h->proto == IPPROTO_ICMPV6 && !h->icmp_query && !h->icmp_error &&
	    !h->frag_off)
		return NAT64_DROP_ICMP_TYPE;
	if (h->icmp_query && rx->cfg->set.icmp_info_drop)
		return NAT64_DROP_ICMP_INFO;
	udp_zero = nat64_udp_zero(rx);
	if (udp_zero < 0)
		return NAT64_DROP_NONE;
	if (udp_zero != NAT64_UDP_ZERO_FORWARD)
		return NAT64_DROP_UDP_ZERO6;
	nat64_count(rx->xlat->stats, NAT64_CNT_UDP_ZERO_FORWARDED);
	return NAT64_DROP_NONE;
}

static struct nat64_out output_opts(const struct nat64_rx *rx)
{
	return (struct nat64_out) {
		.local = rx->local,
		.forward_hook = rx->cfg->set.forward_hook,
	};
}

/* A pool address may be this host's own, with services on the other ports. */
static enum nat64_drop to_host(struct nat64_rx *rx)
{
	struct nat64_out out = output_opts(rx);
	enum nat64_drop reason = route(rx);

	if (reason)
		return reason;
	nat64_xmit4(rx->net, rx->skb, &rx->route, &out);
	return NAT64_DROP_NONE;
}

/* A U-turn: in again on the IPv4 side, RFC 6146 section 3.8 (K-09). */
static void hairpin(struct nat64_rx *rx, struct nat64_xlat *xlat)
{
	enum nat64_drop reason;

	nat64_count(rx->xlat->stats, NAT64_CNT_HAIRPIN);
	nat64_rx_init(rx, xlat, rx->skb);
	rx->hairpin = true;
	reason = nat64_recv4(rx);
	if (reason == NAT64_DROP_PASS)
		reason = to_host(rx);
	if (reason)
		nat64_drop(rx, reason);
}

static enum nat64_drop rewrite(struct nat64_rx *rx)
{
	struct nat64_rewrite rw = {
		.h = &rx->pkt.outer,
		.a = &rx->addrs,
		.opts = &rx->cfg->set.hdr,
		.delta64 = rx->delta64,
		.dst = rx->route.dst,
		.ports = rx->xlat->state,
		.no_df = rx->no_df,
	};

	if (nat64_wants_mss(rx))
		rw.mss = nat64_mss(rx, nat64_mtu6(rx->net, rx->skb,
						  &rx->addrs.src6),
				   rx->route.dst ? rx->route.mtu : IP_MAX_MTU);

	nat64_count_packet(rx->xlat->stats, nat64_session_tally(rx->session),
			   NAT64_SIDE_V6, rx->skb);
	return nat64_skb_64(rx->skb, &rw) ? NAT64_DROP_NO_MEMORY :
						     NAT64_DROP_NONE;
}

/*
 * RFC 7757 section 4.2.2: a prefix has made an IPv4 address of the destination,
 * and of an error that of who sent the quoted packet, which belongs to a host
 * with an explicit mapping.
 */
static bool is_eam_hairpin(const struct nat64_rx *rx)
{
	const struct nat64_addrs *a = &rx->addrs;
	const struct in6_addr *to6 = &a->dst6;
	__be32 to4 = a->dst4, unused4;
	struct in6_addr unused6;

	if (rx->pkt.outer.icmp_error) {
		to6 = &rx->inner.src6;
		to4 = rx->inner.src4;
	}
	return !nat64_eam_64(rx->cfg->eam, to6, &unused4) &&
	       nat64_eam_46(rx->cfg->eam, to4, &unused6);
}

/* The instance to come in at again, or NULL. */
static struct nat64_xlat *turns_to(const struct nat64_rx *rx)
{
	struct nat64_xlat *back;

	back = nat64_find_pool(rx->table, rx->addrs.dst4);
	if (back || rx->xlat->state || !rx->cfg->eam ||
	    rx->cfg->set.eam_hairpin != NAT64_EAM_HAIRPIN_INTRINSIC)
		return back;
	return is_eam_hairpin(rx) ? rx->xlat : NULL;
}

/* Everything is decided but the way out. */
static enum nat64_drop send(struct nat64_rx *rx)
{
	struct nat64_out out = output_opts(rx);
	enum nat64_drop reason;

	if (skb_is_gso(rx->skb) &&
	    nat64_skb_df_differs(rx->skb, rx->pkt.outer.l4_len)) {
		if (rx->route.dst)
			nat64_route_put(&rx->route);
		return nat64_recv_segments(rx,
					   nat64_skb_cut_tail(rx->skb,
							      &rx->pkt.outer),
					   nat64_recv6);
	}
	if (!rx->back && !rx->route.dst) {
		reason = route(rx);
		if (reason)
			return reason;
	}
	reason = nat64_spend_hop(rx);
	if (!reason && !rx->back)
		reason = check_mtu(rx);
	if (reason)
		return reason;
	if (!rx->back)
		nat64_keep_way(rx, NAT64_SIDE_V6, 0);
	reason = rewrite(rx);
	if (reason)
		return reason;
	if (rx->back)
		hairpin(rx, rx->back);
	else
		nat64_xmit4(rx->net, rx->skb, &rx->route, &out);
	return NAT64_DROP_NONE;
}

/* The addresses a quoted packet has in the state table (H-64, H-65, H-68). */
static enum nat64_drop lookup_quote(struct nat64_rx *rx)
{
	const struct nat64_hdr *in = &rx->pkt.inner;
	const struct ipv6hdr *ip6 = (const void *)(rx->skb->data + in->l3);
	struct nat64_flow f = {
		.cfg = rx->cfg,
		.t6 = {
			.src = ip6->daddr,
			.dst = ip6->saddr,
			.sport = in->dport,
			.dport = in->sport,
			.proto = in->proto,
		},
		.l4 = nat64_l4_index(in->proto),
	};
	enum nat64_drop reason;

	if (!in->has_ports || f.l4 == __NAT64_L4_IDX_MAX)
		return NAT64_DROP_ICMP_QUOTE;
	reason = nat64_session_find64(rx->xlat->state, &f);
	if (reason)
		return reason;
	rx->inner = (struct nat64_addrs) {
		.src6 = ip6->saddr,
		.dst6 = ip6->daddr,
		.src4 = f.t4.src,
		.dst4 = f.t4.dst,
		.sport = f.t4.sport,
		.dport = f.t4.dport,
	};
	/* whoever complains hides behind the pool address */
	rx->addrs.src4 = f.t4.dst;
	return NAT64_DROP_NONE;
}

/*
 * What an ICMP error is to tell of a router without an IPv4 address: addresses
 * of a pool are told about in the way of RFC 5837 alone (J-03, X-13).
 */
static u8 object_of(const struct nat64_rx *rx)
{
	const struct nat64_settings *set = &rx->cfg->set;

	switch (set->node_id) {
	case NAT64_NODE_ID_RFC5837:
		return NAT64_OBJECT_INTERFACE;
	case NAT64_NODE_ID_ON:
		return set->rfc6791_len4 > 32 ? NAT64_OBJECT_NODE :
						NAT64_OBJECT_NONE;
	default:
		return NAT64_OBJECT_NONE;
	}
}

/* Source of an ICMP error from a router without an IPv4 address (J-02, J-05) */
static __be32 dummy_src(const struct nat64_rx *rx)
{
	const struct nat64_settings *set = &rx->cfg->set;
	u32 host;

	if (set->rfc6791_len4 > 32)
		return htonl(NAT64_ADDR4_DUMMY);
	host = get_random_u32() & ~ntohl(inet_make_mask(set->rfc6791_len4));
	return set->rfc6791_addr4 | htonl(host);
}

/*
 * An address that no host can have is as good as none. What must not be under
 * the well-known prefix is no reason for a stand-in, but to drop.
 */
static enum nat64_drop map_error_src(struct nat64_rx *rx)
{
	enum nat64_drop reason;

	rx->object = NAT64_OBJECT_NONE;
	reason = nat64_map_64(rx->cfg, &rx->addrs.src6, &rx->addrs.src4);
	if (reason == NAT64_DROP_WKP_NONGLOBAL)
		return reason;
	if (!reason && !nat64_addr4_illegal_src(rx->addrs.src4))
		return NAT64_DROP_NONE;
	rx->addrs.src4 = dummy_src(rx);
	rx->object = object_of(rx);
	return NAT64_DROP_NONE;
}

static enum nat64_drop map_quote(struct nat64_rx *rx)
{
	const struct nat64_hdr *in = &rx->pkt.inner;
	const struct ipv6hdr *ip6 = (const void *)(rx->skb->data + in->l3);

	rx->inner.src6 = ip6->saddr;
	rx->inner.dst6 = ip6->daddr;
	rx->inner.sport = in->sport;
	rx->inner.dport = in->dport;
	if (nat64_map_64(rx->cfg, &ip6->saddr, &rx->inner.src4) ||
	    nat64_map_64(rx->cfg, &ip6->daddr, &rx->inner.dst4))
		return NAT64_DROP_ICMP_QUOTE;
	return map_error_src(rx);
}

/* An ICMPv6 error: its addresses and those of what it quotes are known. */
static enum nat64_drop send_error(struct nat64_rx *rx)
{
	struct nat64_out out = output_opts(rx);
	struct nat64_icmp_ctx ctx;
	enum nat64_drop reason;
	struct sk_buff *skb;

	rx->back = turns_to(rx);
	rx->route.mtu = IP_MAX_MTU;
	reason = rx->back ? NAT64_DROP_NONE : route(rx);
	reason = reason ?: nat64_spend_hop(rx);
	if (reason)
		return reason;
	nat64_icmp_ctx(rx, &ctx, nat64_mtu6(rx->net, rx->skb,
					    &rx->addrs.src6));
	skb = nat64_skb_error_64(rx->skb, &ctx);
	if (IS_ERR(skb))
		return -PTR_ERR(skb);
	nat64_count(rx->xlat->stats, NAT64_CNT_ICMP_ERRORS_64);
	consume_skb(rx->skb);
	rx->skb = skb;
	if (rx->back)
		hairpin(rx, rx->back);
	else
		nat64_xmit4(rx->net, skb, &rx->route, &out);
	return NAT64_DROP_NONE;
}

static enum nat64_drop check_error(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	if (!nat64_skb_icmp_valid(rx->skb, h, rx->local))
		return NAT64_DROP_BAD_CSUM;
	return -nat64_icmp_crosses_64(h->icmp_type, h->icmp_code);
}

static enum nat64_drop stateful(struct nat64_rx *rx)
{
	enum nat64_drop reason = reassemble(rx);

	if (reason || !rx->skb)
		return reason;
	rx->no_df = nat64_skb_may_fragment6(rx->skb, rx->local);
	reason = check_l4(rx) ?: extract_dst(rx);
	if (reason)
		return reason;
	if (rx->pkt.outer.icmp_error) {
		reason = check_error(rx) ?: lookup_quote(rx);
		return reason ?: send_error(rx);
	}
	if (rx->pkt.outer.ttl <= 1 && !rx->local)
		return NAT64_DROP_HOP_LIMIT;
	return lookup(rx) ?: send(rx);
}

/* ICMPv6 to a host with an explicit mapping that has nothing to do with it. */
static bool is_native(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	__be32 addr4;

	if (h->proto != IPPROTO_ICMPV6 ||
	    !nat64_eam_64(rx->cfg->eam, &rx->addrs.dst6, &addr4) ||
	    nat64_map_64(rx->cfg, &rx->addrs.src6, &addr4) != NAT64_DROP_UNMAPPED_DST)
		return false;
	return !h->icmp_error || map_quote(rx);
}

static enum nat64_drop stateless(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	enum nat64_drop reason;

	if (is_native(rx))
		return NAT64_DROP_PASS;
	reason = check_l4(rx);
	if (reason)
		return reason;
	if (h->proto == IPPROTO_ICMPV6 && h->is_frag && !h->atomic)
		return NAT64_DROP_ICMP_FRAG;
	reason = nat64_map_64(rx->cfg, &rx->addrs.dst6, &rx->addrs.dst4) ?:
		 check_dst4(rx);
	if (reason)
		return reason;
	if (h->icmp_error) {
		reason = check_error(rx) ?: map_quote(rx);
		return reason ?: send_error(rx);
	}
	reason = nat64_map_64(rx->cfg, &rx->addrs.src6, &rx->addrs.src4);
	if (reason == NAT64_DROP_UNMAPPED_DST)
		return NAT64_DROP_UNMAPPED_SRC;
	if (reason)
		return reason;
	if (nat64_addr4_illegal_src(rx->addrs.src4))
		return NAT64_DROP_ADDR_SRC;
	rx->no_df = nat64_skb_may_fragment6(rx->skb, rx->local);
	rx->back = turns_to(rx);
	rx->delta64 = nat64_csum_delta_64(&rx->addrs.src6, &rx->addrs.dst6,
					  rx->addrs.src4, rx->addrs.dst4);
	return send(rx);
}

/*
 * No source to translate. On its own link one with a mapping is like any host;
 * what goes to a prefix would be forwarded as it is.
 */
static enum nat64_drop refuse_src(const struct nat64_rx *rx)
{
	__be32 addr4;

	if (ipv6_addr_type(&rx->addrs.src6) & IPV6_ADDR_LINKLOCAL &&
	    nat64_eam_64(rx->cfg->eam, &rx->addrs.dst6, &addr4))
		return NAT64_DROP_PASS;
	return NAT64_DROP_ADDR_SRC;
}

static enum nat64_drop decide(struct nat64_rx *rx)
{
	enum nat64_drop reason;

	/* a CLAT's multicast, or a link that floods */
	if (rx->skb->pkt_type != PACKET_HOST && !rx->local)
		return NAT64_DROP_LINK_MULTICAST;
	reason = parse(rx);
	if (reason)
		return reason;
	if (!nat64_skb_own_csum(rx->skb, &rx->pkt.outer))
		return NAT64_DROP_BAD_CSUM;
	take_addrs6(rx);
	if (nat64_addr6_illegal_src(&rx->addrs.src6))
		return refuse_src(rx);
	return rx->xlat->state ? stateful(rx) : stateless(rx);
}

/**
 * nat64_recv6() - translate an IPv6 packet and send it
 * @rx: the packet
 *
 * Context: under RCU, softirq or process.
 * Return: see recv.h.
 */
enum nat64_drop nat64_recv6(struct nat64_rx *rx)
{
	if (nat64_skb_must_segment(rx->skb))
		return nat64_recv_segments(rx, nat64_skb_segment(rx->skb),
					   nat64_recv6);
	return nat64_recv_end(rx, decide(rx), nat64_icmp6_error);
}
