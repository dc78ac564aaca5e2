// SPDX-License-Identifier: GPL-2.0
/* A packet that arrives as IPv4, RFC 7915 section 4 and RFC 6146 section 3.5. */
#include "recv.h"

#include <linux/random.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "config.h"
#include "eam.h"
#include "icmp.h"
#include "net.h"
#include "pool4.h"
#include "prefix.h"
#include "skb.h"
#include "syn.h"
#include "xlat/csum.h"

/* An explicit mapping wins over a pool address, and that over a prefix. */
enum { RANK_NONE, RANK_PREFIX, RANK_POOL, RANK_EAM };

/* Neither this host's own nor excluded, so that a prefix may stand for it. */
static bool mappable_dst(const struct nat64_config *cfg, struct net *net,
			 __be32 addr)
{
	return !nat64_addr4_illegal_dst(addr) &&
	       !nat64_deny4_match(cfg->deny4, addr) &&
	       nat64_prefix_for4(cfg->prefixes, addr, true) &&
	       inet_addr_type(net, addr) == RTN_UNICAST;
}

static int rank4_siit(const struct nat64_config *cfg, struct net *net,
		      const struct iphdr *ip, bool local)
{
	struct in6_addr addr6;

	/* what is nothing but a source goes nowhere by a mapping either (J-09) */
	if (ip->daddr == htonl(NAT64_ADDR4_DUMMY))
		return RANK_NONE;
	/*
	 * What a host says to itself stays with it, be the address a CLAT's: its
	 * sockets wait for IPv4, errors about their own packets included (I-22).
	 */
	if (nat64_eam_46(cfg->eam, ip->daddr, &addr6))
		return local && inet_addr_type(net, ip->daddr) == RTN_LOCAL ?
		       RANK_NONE : RANK_EAM;
	if (!mappable_dst(cfg, net, ip->daddr))
		return RANK_NONE;
	if (nat64_eam_46(cfg->eam, ip->saddr, &addr6))
		return RANK_PREFIX;
	/* a host must not lose its own IPv4 to its own translator */
	if (local || !nat64_prefix_for4(cfg->prefixes, ip->saddr, true))
		return RANK_NONE;
	return RANK_PREFIX;
}

static int rank4(const struct nat64_xlat *xlat, struct net *net,
		 const struct iphdr *ip, bool local)
{
	const struct nat64_config *cfg = rcu_dereference(xlat->cfg);

	if (!cfg->set.enabled)
		return RANK_NONE;
	if (xlat->mode == NAT64_MODE_SIIT)
		return rank4_siit(cfg, net, ip, local);
	return nat64_pool4_owns_addr(cfg->pool4, ip->daddr) ? RANK_POOL :
							     RANK_NONE;
}

/**
 * nat64_find4() - the instance that an IPv4 packet belongs to
 * @t: the instances
 * @net: namespace
 * @skb: the packet
 * @local: it comes from a process of this host
 *
 * Context: under RCU.
 * Return: the instance, or NULL.
 */
struct nat64_xlat *nat64_find4(const struct nat64_table *t, struct net *net,
			       const struct sk_buff *skb, bool local)
{
	struct nat64_xlat *best = NULL;
	int rank, max = RANK_NONE;
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		rank = rank4(t->xlat[i], net, ip_hdr(skb), local);
		if (rank > max) {
			max = rank;
			best = t->xlat[i];
		}
	}
	return best;
}

struct nat64_xlat *nat64_find_pool(const struct nat64_table *t, __be32 addr)
{
	const struct nat64_config *cfg;
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		cfg = rcu_dereference(t->xlat[i]->cfg);
		if (cfg->set.enabled && nat64_pool4_owns_addr(cfg->pool4, addr))
			return t->xlat[i];
	}
	return NULL;
}

static enum nat64_drop parse(struct nat64_rx *rx)
{
	return -nat64_skb_parse4(rx->skb, &rx->pkt);
}

/* Stateful translation works on whole packets (D-30, D-33, D-37). */
static enum nat64_drop reassemble(struct nat64_rx *rx)
{
	int ret;

	if (!rx->pkt.outer.is_frag)
		return NAT64_DROP_NONE;
	ret = nat64_skb_defrag4(rx->net, rx->skb);
	if (ret == -EINPROGRESS) {
		rx->skb = NULL;
		return NAT64_DROP_NONE;
	}
	return ret ? NAT64_DROP_BAD_FRAG : parse(rx);
}

static enum nat64_drop check_l4(const struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	if (!nat64_proto_crosses_46(h->proto))
		return NAT64_DROP_BAD_PROTO;
	if (h->proto == IPPROTO_ICMP && !h->icmp_query && !h->icmp_error &&
	    !h->frag_off)
		return NAT64_DROP_ICMP_TYPE;
	if (h->icmp_query && rx->cfg->set.icmp_info_drop)
		return NAT64_DROP_ICMP_INFO;
	return NAT64_DROP_NONE;
}

/* UDP without checksum, RFC 7915 section 4.5 (G-05, G-07, G-10, X-15) */
static enum nat64_drop check_udp_zero(struct nat64_rx *rx)
{
	int todo = nat64_udp_zero(rx);

	if (todo < 0)
		return NAT64_DROP_NONE;
	/* there is no choice where RFC 6146 section 3.4 says to compute it */
	if (rx->xlat->state)
		todo = NAT64_UDP_ZERO_COMPUTE;
	if (todo == NAT64_UDP_ZERO_FORWARD) {
		nat64_count(rx->xlat->stats, NAT64_CNT_UDP_ZERO_FORWARDED);
		return NAT64_DROP_NONE;
	}
	if (todo == NAT64_UDP_ZERO_DROP || rx->pkt.outer.is_frag)
		return NAT64_DROP_UDP_ZERO4;
	rx->udp_compute = true;
	nat64_count(rx->xlat->stats, NAT64_CNT_UDP_ZERO_COMPUTED);
	return NAT64_DROP_NONE;
}

static enum nat64_drop route(struct nat64_rx *rx)
{
	return -nat64_route6(rx->net, rx->skb, &rx->addrs, &rx->pkt.outer,
			     &rx->route);
}

/*
 * Longest IPv6 packet that a sender who lets us fragment gets (D-01, D-02). A
 * process of this host has left it to the stack, which knows the path MTU.
 */
static u32 frag_limit(const struct nat64_rx *rx)
{
	const struct dst_entry *dst = skb_dst(rx->skb);
	u32 limit = rx->cfg->set.lowest_ipv6_mtu ?: IP_MAX_MTU;

	if (rx->local && dst)
		limit = min(limit, max_t(u32, dst_mtu(dst) + 20, NAT64_MIN_MTU6));
	return min(limit, rx->route.mtu);
}

/*
 * Too big for the link of the route, and not to be fragmented (D-05, D-07).
 * What conntrack has put together came in fragments, and may leave in some: its
 * DF was about those, and their sender can not make them smaller for an MTU
 * that they had (D-48).
 */
static enum nat64_drop check_mtu(struct nat64_rx *rx)
{
	struct nat64_hdr *h = &rx->pkt.outer;
	u32 mtu = rx->route.mtu;

	if (!h->df || nat64_skb_fits6(rx->skb, h, mtu))
		return NAT64_DROP_NONE;
	if (IPCB(rx->skb)->frag_max_size) {
		h->df = 0;
		return NAT64_DROP_NONE;
	}
	rx->info = mtu - (nat64_hdr_len_46(h) - sizeof(struct iphdr));
	return NAT64_DROP_TOO_BIG;
}

static void set_fragmentation(struct nat64_rx *rx, struct nat64_out *out)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	u32 limit = frag_limit(rx);

	out->frag_limit = 0;
	if (h->df || rx->route.local || nat64_skb_fits6(rx->skb, h, limit))
		return;
	out->frag_limit = limit;
	out->frag_id = h->frag_id;
	nat64_count_add(rx->xlat->stats, NAT64_CNT_FRAGMENTS_MADE,
			DIV_ROUND_UP(h->l4_len, (limit - 48) & ~7U));
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
		.udp_compute = rx->udp_compute,
	};

	if (nat64_wants_mss(rx))
		rw.mss = nat64_mss(rx, rx->route.mtu, rx->hairpin ? IP_MAX_MTU :
				   nat64_mtu4(rx->net, rx->skb,
					      rx->addrs.src4));

	nat64_count_packet(rx->xlat->stats, nat64_session_tally(rx->session),
			   NAT64_SIDE_V4, rx->skb);
	return nat64_skb_46(rx->skb, &rw) ? NAT64_DROP_NO_MEMORY :
					    NAT64_DROP_NONE;
}

static struct nat64_out output_opts(const struct nat64_rx *rx)
{
	return (struct nat64_out) {
		.local = rx->local && !rx->hairpin,
		.forward_hook = rx->cfg->set.forward_hook,
	};
}

/* Everything is decided but the way out. */
static enum nat64_drop send(struct nat64_rx *rx)
{
	struct nat64_out out = output_opts(rx);
	enum nat64_drop reason;

	reason = route(rx);
	if (reason)
		return reason;
	/* a super-packet is fragmented as the packets it stands for */
	if (skb_is_gso(rx->skb) && !rx->pkt.outer.df &&
	    !nat64_skb_fits6(rx->skb, &rx->pkt.outer, frag_limit(rx))) {
		nat64_route_put(&rx->route);
		return nat64_recv_segments(rx, nat64_skb_segment(rx->skb),
					   nat64_recv4);
	}
	reason = nat64_spend_hop(rx) ?: check_mtu(rx);
	if (reason)
		return reason;
	nat64_keep_way(rx, NAT64_SIDE_V4,
		       rt6_get_cookie(dst_rt6_info(rx->route.dst)));
	set_fragmentation(rx, &out);
	reason = rewrite(rx);
	if (reason)
		return reason;
	nat64_xmit6(rx->net, rx->skb, &rx->route, &out);
	return NAT64_DROP_NONE;
}

static void take_addrs4(struct nat64_rx *rx)
{
	rx->addrs.src4 = ip_hdr(rx->skb)->saddr;
	rx->addrs.dst4 = ip_hdr(rx->skb)->daddr;
}

/*
 * What nobody asked for: the host's own services may be meant if the address
 * is the host's own. Otherwise it would only go around in circles (H-12, K-23).
 */
static enum nat64_drop pass_or(const struct nat64_rx *rx,
			       enum nat64_drop reason)
{
	if (inet_addr_type(rx->net, rx->addrs.dst4) == RTN_LOCAL)
		return NAT64_DROP_PASS;
	return reason;
}

/* The IPv4 host as an IPv6 address: of its session, or one for a new one. */
static enum nat64_drop embed_src(const struct nat64_rx *rx,
				 struct nat64_flow *f, bool new)
{
	const struct nat64_prefix_entry *e;

	if (!new)
		f->t6.dst = f->session->t6.dst;
	e = new ? nat64_prefix_of4(rx->cfg, rx->addrs.src4) :
		  nat64_prefix_find(rx->cfg->prefixes, &f->t6.dst);
	if (!e)
		return NAT64_DROP_NO_POOL;
	if (new)
		nat64_prefix_embed(&e->p, rx->addrs.src4, &f->t6.dst);
	return nat64_embed_check(rx->cfg, &e->p, rx->addrs.src4);
}

/* What must not even keep a session alive. */
static enum nat64_drop check_46(const struct nat64_rx *rx)
{
	if (rx->local || rx->hairpin)
		return NAT64_DROP_NONE;
	if (nat64_pool4_owns_addr(rx->cfg->pool4, rx->addrs.src4))
		return NAT64_DROP_POOL_SRC;
	return rx->pkt.outer.ttl <= 1 ? NAT64_DROP_HOP_LIMIT : NAT64_DROP_NONE;
}

/* A connection that an IPv4 host opens */
static bool is_syn(const struct nat64_flow *f)
{
	return f->l4 == NAT64_L4_IDX_TCP &&
	       nat64_tcp_event(f->tcp_flags) == NAT64_TCP_EV_SYN;
}

/*
 * It may not come in, but nobody is told so yet: the IPv6 host may be about to
 * open the same connection (H-31, H-32).
 */
static enum nat64_drop keep_syn(struct nat64_rx *rx, const struct nat64_flow *f,
				enum nat64_drop reason)
{
	if (!is_syn(f) || rx->local || rx->hairpin ||
	    !nat64_pool4_owns(rx->cfg->pool4, f->l4, f->t4.dst, f->t4.dport))
		return reason;
	if (rx->cfg->set.external_tcp_drop)
		return NAT64_DROP_EXTERNAL_TCP;
	reason = nat64_syn_store(rx->xlat->state->syns, &f->t4, rx->skb,
				 &rx->cfg->set);
	if (reason == NAT64_DROP_SYN_LIMIT)
		nat64_state_shortage(rx->xlat->state, reason);
	if (reason)
		return reason;
	consume_skb(rx->skb);
	rx->skb = NULL;
	return NAT64_DROP_NONE;
}

/* Nobody has the port. */
static enum nat64_drop unbound(struct nat64_rx *rx, const struct nat64_flow *f)
{
	enum nat64_drop reason = pass_or(rx, NAT64_DROP_NO_BIB);

	return reason == NAT64_DROP_PASS ? reason : keep_syn(rx, f, reason);
}

static bool is_bound(const struct nat64_rx *rx, const struct nat64_flow *f)
{
	return nat64_pool4_owns(rx->cfg->pool4, f->l4, f->t4.dst,
				f->t4.dport) &&
	       nat64_bib_find4(rx->xlat->state, f->l4, f->t4.dst, f->t4.dport);
}

static enum nat64_drop lookup(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	struct nat64_flow f = {
		.cfg = rx->cfg,
		.mark = rx->skb->mark,
		.t4 = {
			.src = rx->addrs.src4,
			.dst = rx->addrs.dst4,
			.sport = h->sport,
			.dport = h->dport,
			.proto = h->proto,
		},
		.tcp_flags = h->tcp_flags,
		.l4 = nat64_l4_index(h->proto),
	};
	enum nat64_found found = NAT64_FOUND_NOTHING;
	enum nat64_drop reason;

	if (f.l4 == __NAT64_L4_IDX_MAX)
		return pass_or(rx, NAT64_DROP_UNKNOWN_PROTO);
	reason = check_46(rx);
	if (!reason)
		found = nat64_session_look46(rx->xlat->state, &f);
	if (found == NAT64_FOUND_NOTHING && !is_bound(rx, &f))
		return reason ? pass_or(rx, NAT64_DROP_NO_BIB) :
				unbound(rx, &f);
	if (reason)
		return reason;
	if (found == NAT64_FOUND_NOTHING && is_syn(&f) &&
	    rx->cfg->set.external_tcp_drop)
		return NAT64_DROP_EXTERNAL_TCP;
	reason = embed_src(rx, &f, found == NAT64_FOUND_NOTHING);
	if (!reason && found != NAT64_FOUND_ALL)
		reason = nat64_session_46(rx->xlat->state, &f);
	if (reason == NAT64_DROP_FILTERED)
		return keep_syn(rx, &f, reason);
	if (reason)
		return reason;
	rx->addrs.src6 = f.t6.dst;
	rx->addrs.dst6 = f.t6.src;
	rx->addrs.sport = f.t6.dport;
	rx->addrs.dport = f.t6.sport;
	rx->delta64 = f.delta64;
	rx->session = f.session;
	return NAT64_DROP_NONE;
}

static const struct iphdr *quoted_ip(const struct nat64_rx *rx)
{
	return (const void *)(rx->skb->data + rx->pkt.inner.l3);
}

/* The addresses a quoted packet has in the state table (H-60, H-61, H-68). */
static enum nat64_drop lookup_quote(struct nat64_rx *rx)
{
	const struct nat64_hdr *in = &rx->pkt.inner;
	const struct iphdr *ip = quoted_ip(rx);
	struct nat64_flow f = {
		.cfg = rx->cfg,
		.t4 = {
			.src = ip->daddr,
			.dst = ip->saddr,
			.sport = in->dport,
			.dport = in->sport,
			.proto = in->proto,
		},
		.l4 = nat64_l4_index(in->proto),
	};
	const struct nat64_prefix_entry *e;
	enum nat64_drop reason;

	if (!in->has_ports || f.l4 == __NAT64_L4_IDX_MAX)
		return pass_or(rx, NAT64_DROP_ICMP_QUOTE);
	if (!nat64_quote4_csum_ok(&rx->pkt, rx->skb->data))
		return NAT64_DROP_BAD_CSUM;
	reason = nat64_session_find46(rx->xlat->state, &f);
	if (reason)
		return pass_or(rx, reason);
	rx->inner = (struct nat64_addrs) {
		.src6 = f.t6.src,
		.dst6 = f.t6.dst,
		.src4 = ip->saddr,
		.dst4 = ip->daddr,
		.sport = f.t6.sport,
		.dport = f.t6.dport,
	};
	/* the router that complains, not the host it complains about */
	e = nat64_prefix_find(rx->cfg->prefixes, &f.t6.dst);
	if (!e)
		return NAT64_DROP_NO_POOL;
	nat64_prefix_embed(&e->p, rx->addrs.src4, &rx->addrs.src6);
	rx->addrs.dst6 = f.t6.src;
	return nat64_embed_check(rx->cfg, &e->p, rx->addrs.src4);
}

/*
 * Packets between hosts with explicit mappings come by, for which RFC 7757
 * section 4.2.1 says where such mappings do not count. An error about one that
 * made a U-turn is this host's own.
 */
static bool hairpins(const struct nat64_rx *rx)
{
	switch (rx->cfg->set.eam_hairpin) {
	case NAT64_EAM_HAIRPIN_SIMPLE:
		return true;
	case NAT64_EAM_HAIRPIN_INTRINSIC:
		return rx->hairpin || (rx->local && rx->pkt.outer.icmp_error);
	default:
		return false;
	}
}

static enum nat64_drop map_quote(struct nat64_rx *rx)
{
	const struct nat64_hdr *in = &rx->pkt.inner;
	const struct iphdr *ip = quoted_ip(rx);

	rx->inner.src4 = ip->saddr;
	rx->inner.dst4 = ip->daddr;
	rx->inner.sport = in->sport;
	rx->inner.dport = in->dport;
	/* rule 2 of RFC 7757 section 4.2.1 */
	if (nat64_map_46(rx->cfg, ip->saddr, true, &rx->inner.src6) ||
	    nat64_map_46(rx->cfg, ip->daddr, !hairpins(rx), &rx->inner.dst6))
		return NAT64_DROP_ICMP_QUOTE;
	return NAT64_DROP_NONE;
}

/*
 * Any of the addresses for routers without an IPv6 form, RFC 6791; or that of
 * this host, so that no packet too big is lost for want of a setting (D-13).
 */
static bool stand_in6(const struct nat64_rx *rx, enum nat64_drop reason,
		      struct in6_addr *addr6)
{
	const struct nat64_settings *set = &rx->cfg->set;

	if (set->rfc6791_len6 > 128)
		return reason == NAT64_DROP_UNMAPPED_DST &&
		       nat64_own_addr6(rx->net, rx->skb, &rx->addrs.dst6,
				       addr6);
	get_random_bytes(addr6, sizeof(*addr6));
	ipv6_addr_prefix_copy(addr6, &set->rfc6791_addr6, set->rfc6791_len6);
	return true;
}

static enum nat64_drop map_src(struct nat64_rx *rx)
{
	bool error = rx->pkt.outer.icmp_error;
	enum nat64_drop reason;
	bool eam;

	/* rules 1 and 3 of RFC 7757 section 4.2.1 */
	eam = !hairpins(rx) ||
	      (error && quoted_ip(rx)->daddr != rx->addrs.src4);
	reason = nat64_map_46(rx->cfg, rx->addrs.src4, eam, &rx->addrs.src6);
	if (reason && error && stand_in6(rx, reason, &rx->addrs.src6))
		return NAT64_DROP_NONE;
	return reason == NAT64_DROP_UNMAPPED_DST ? NAT64_DROP_UNMAPPED_SRC :
						   reason;
}

/* An ICMP error: its addresses and those of what it quotes are known. */
static enum nat64_drop send_error(struct nat64_rx *rx)
{
	struct nat64_out out = output_opts(rx);
	struct nat64_icmp_ctx ctx;
	enum nat64_drop reason;
	struct sk_buff *skb;

	reason = route(rx) ?: nat64_spend_hop(rx);
	if (reason)
		return reason;
	/* a U-turn is no way over an IPv4 link */
	nat64_icmp_ctx(rx, &ctx, rx->hairpin ? IP_MAX_MTU :
		       nat64_mtu4(rx->net, rx->skb, rx->addrs.src4));
	skb = nat64_skb_error_46(rx->skb, &ctx);
	if (IS_ERR(skb))
		return -PTR_ERR(skb);
	nat64_count(rx->xlat->stats, NAT64_CNT_ICMP_ERRORS_46);
	consume_skb(rx->skb);
	rx->skb = skb;
	nat64_xmit6(rx->net, skb, &rx->route, &out);
	return NAT64_DROP_NONE;
}

static enum nat64_drop check_error(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	if (!nat64_skb_icmp_valid(rx->skb, h, rx->local))
		return NAT64_DROP_BAD_CSUM;
	return -nat64_icmp_crosses_46(h->icmp_type, h->icmp_code);
}

static bool has_port(const struct nat64_xlat *xlat, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port)
{
	const struct nat64_config *cfg = rcu_dereference(xlat->cfg);

	return cfg->set.enabled && nat64_pool4_owns(cfg->pool4, l4, addr, port);
}

/*
 * Instances may have different ports of the same address: the one that has this
 * port takes the packet, whichever it has been found for (M-05).
 */
static void find_owner(struct nat64_rx *rx)
{
	const struct nat64_table *t = rx->table;
	const struct nat64_hdr *h = &rx->pkt.outer;
	__be32 addr = rx->addrs.dst4;
	__be16 port = h->dport;
	enum nat64_l4_idx l4;
	unsigned int i = 0;

	if (h->icmp_error) {
		h = &rx->pkt.inner;
		addr = quoted_ip(rx)->saddr;
		port = h->sport;
	}
	l4 = nat64_l4_index(h->proto);
	if (!h->has_ports || l4 == __NAT64_L4_IDX_MAX)
		return;
	while (i < t->n && !has_port(t->xlat[i], l4, addr, port))
		i++;
	if (i == t->n)
		return;
	rx->xlat = t->xlat[i];
	rx->cfg = rcu_dereference(rx->xlat->cfg);
	/* before any route is asked for, see native.c */
	rx->way_gen = smp_load_acquire(&rx->cfg->gen);
}

static enum nat64_drop stateful(struct nat64_rx *rx)
{
	enum nat64_drop reason = reassemble(rx);

	if (reason || !rx->skb)
		return reason;
	if (rx->table->n > 1)
		find_owner(rx);
	reason = check_l4(rx);
	if (reason)
		return pass_or(rx, reason);
	if (rx->pkt.outer.icmp_error) {
		reason = lookup_quote(rx) ?: check_error(rx);
		return reason ?: send_error(rx);
	}
	if (nat64_addr4_illegal_src(rx->addrs.src4))
		return NAT64_DROP_ADDR_SRC;
	reason = lookup(rx);
	/* none: it has been stored */
	if (reason || !rx->skb)
		return reason;
	return check_udp_zero(rx) ?: send(rx);
}

static enum nat64_drop stateless(struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;
	enum nat64_drop reason = check_l4(rx) ?: check_udp_zero(rx);

	if (reason)
		return reason;
	if (h->proto == IPPROTO_ICMP && h->is_frag)
		return NAT64_DROP_ICMP_FRAG;
	if (!h->icmp_error && nat64_addr4_illegal_src(rx->addrs.src4))
		return NAT64_DROP_ADDR_SRC;
	reason = nat64_map_46(rx->cfg, rx->addrs.dst4, true, &rx->addrs.dst6) ?:
		 map_src(rx);
	if (reason)
		return reason;
	if (h->icmp_error) {
		reason = check_error(rx) ?: map_quote(rx);
		return reason ?: send_error(rx);
	}
	rx->delta64 = nat64_csum_delta_64(&rx->addrs.src6, &rx->addrs.dst6,
					  rx->addrs.src4, rx->addrs.dst4);
	return send(rx);
}

static enum nat64_drop decide(struct nat64_rx *rx)
{
	enum nat64_drop reason = parse(rx);

	if (reason)
		return reason;
	if (!nat64_skb_own_csum(rx->skb, &rx->pkt.outer))
		return NAT64_DROP_BAD_CSUM;
	take_addrs4(rx);
	/* routers of some networks have no other address to complain from */
	if (ipv4_is_linklocal_169(rx->addrs.src4) && !rx->pkt.outer.icmp_error)
		return NAT64_DROP_PASS;
	return rx->xlat->state ? stateful(rx) : stateless(rx);
}

/**
 * nat64_recv4() - translate an IPv4 packet and send it
 * @rx: the packet
 *
 * Context: under RCU, softirq or process.
 * Return: see recv.h.
 */
enum nat64_drop nat64_recv4(struct nat64_rx *rx)
{
	if (nat64_skb_must_segment(rx->skb))
		return nat64_recv_segments(rx, nat64_skb_segment(rx->skb),
					   nat64_recv4);
	return nat64_recv_end(rx, decide(rx), nat64_icmp4_error);
}
