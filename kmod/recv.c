// SPDX-License-Identifier: GPL-2.0
#include "recv.h"

#include <linux/inetdevice.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>

#include "config.h"
#include "eam.h"
#include "net.h"
#include "pair.h"
#include "prefix.h"
#include "skb.h"
#include "trace.h"

/**
 * nat64_rx_init() - begin with a packet
 * @rx: net, table, gen, local and hairpin are the caller's to fill in
 * @xlat: the instance that translates it
 * @skb: the packet
 *
 * Context: under RCU.
 */
void nat64_rx_init(struct nat64_rx *rx, struct nat64_xlat *xlat,
		   struct sk_buff *skb)
{
	rx->xlat = xlat;
	rx->cfg = rcu_dereference(xlat->cfg);
	/* before any route is asked for, see native.c */
	rx->way_gen = smp_load_acquire(&rx->cfg->gen);
	rx->skb = skb;
	rx->no_df = false;
	rx->udp_compute = false;
	rx->object = NAT64_OBJECT_NONE;
	rx->info = 0;
	rx->session = NULL;
	rx->back = NULL;
	rx->route.dst = NULL;
	rx->route.local = false;
	/* as the parser may refuse the packet before it gets that far */
	rx->pkt.outer.frag_off = 0;
	rx->pkt.outer.icmp_error = 0;
	rx->pkt.outer.has_ports = 0;
	rx->pkt.outer.proto = 0;
}

/*
 * What tools that know the kernel's own reasons alone are told. The kernel has
 * no place for those of a module; a rule of ours is one of netfilter's.
 */
static enum skb_drop_reason skb_reason(enum nat64_drop reason)
{
	static const enum skb_drop_reason known[__NAT64_DROP_MAX] = {
		[NAT64_DROP_TRUNCATED] = SKB_DROP_REASON_PKT_TOO_SMALL,
		[NAT64_DROP_BAD_HEADER] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_BAD_CSUM] = SKB_DROP_REASON_IP_CSUM,
		[NAT64_DROP_EXT_HDR] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_EXT_AFTER_FRAG] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_BAD_FRAG] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_BAD_OPTIONS] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_BAD_L4] = SKB_DROP_REASON_HDR_TRUNC,
		[NAT64_DROP_BAD_PROTO] = SKB_DROP_REASON_IP_NOPROTO,
		[NAT64_DROP_UNKNOWN_PROTO] = SKB_DROP_REASON_IP_NOPROTO,
		[NAT64_DROP_TOO_BIG] = SKB_DROP_REASON_PKT_TOO_BIG,
		[NAT64_DROP_HOP_LIMIT] = SKB_DROP_REASON_IP_INHDR,
		[NAT64_DROP_ADDR_SRC] = SKB_DROP_REASON_IP_INADDRERRORS,
		[NAT64_DROP_ADDR_DST] = SKB_DROP_REASON_IP_INADDRERRORS,
		[NAT64_DROP_UDP_ZERO4] = SKB_DROP_REASON_UDP_CSUM,
		[NAT64_DROP_UDP_ZERO6] = SKB_DROP_REASON_UDP_CSUM,
		[NAT64_DROP_LINK_MULTICAST] =
			SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST,
		[NAT64_DROP_NO_ROUTE] = SKB_DROP_REASON_IP_OUTNOROUTES,
		[NAT64_DROP_NO_MEMORY] = SKB_DROP_REASON_NOMEM,
	};

	return known[reason] ?: SKB_DROP_REASON_NETFILTER_DROP;
}

/**
 * nat64_drop() - count, trace and free a packet that is not translated
 * @rx: the packet
 * @reason: why
 */
void nat64_drop(struct nat64_rx *rx, enum nat64_drop reason)
{
	nat64_count_drop(rx->xlat->stats, reason);
	trace_nat64_drop(rx->xlat->name, rx->skb, &rx->pkt.outer,
			 nat64_drop_name(reason));
	kfree_skb_reason(rx->skb, skb_reason(reason));
}

/**
 * nat64_recv_segments() - translate a super-packet as the packets it stands for
 * @rx: the super-packet
 * @segs: these, from nat64_skb_segment() or nat64_skb_cut_tail()
 * @recv: nat64_recv6() or nat64_recv4()
 *
 * Return: NAT64_DROP_NONE, the super-packet is consumed; or the reason to drop.
 */
enum nat64_drop nat64_recv_segments(struct nat64_rx *rx, struct sk_buff *segs,
				    nat64_recv_fn recv)
{
	struct sk_buff *super = rx->skb;
	struct sk_buff *seg, *next;
	enum nat64_drop reason;

	if (IS_ERR(segs))
		return NAT64_DROP_NO_MEMORY;
	/* a list of packets is its own first segment, and shared until here */
	consume_skb(super);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		nat64_rx_init(rx, rx->xlat, seg);
		reason = recv(rx);
		if (reason == NAT64_DROP_PASS)
			reason = NAT64_DROP_NO_SESSION;
		if (reason)
			nat64_drop(rx, reason);
	}
	return NAT64_DROP_NONE;
}

/*
 * An error about a packet that makes a U-turn has to make one, too, whoever its
 * sender is: this host sends it, but it is about none of its own (D-48).
 */
static bool tell_back(struct nat64_rx *rx, enum nat64_drop reason,
		      nat64_error_fn tell)
{
	bool told, before;

	local_bh_disable();
	before = this_cpu_read(nat64_forwarding);
	this_cpu_write(nat64_forwarding, true);
	told = tell(rx->net, rx->skb, &rx->pkt.outer, reason, rx->info);
	this_cpu_write(nat64_forwarding, before);
	local_bh_enable();
	return told;
}

/**
 * nat64_recv_end() - what is due once the fate of a packet is known
 * @rx: the packet
 * @reason: its fate
 * @tell: nat64_icmp6_error() or nat64_icmp4_error()
 *
 * Return: @reason.
 */
enum nat64_drop nat64_recv_end(struct nat64_rx *rx, enum nat64_drop reason,
			       nat64_error_fn tell)
{
	if (rx->route.dst)
		nat64_route_put(&rx->route);
	if (reason <= NAT64_DROP_PASS || !rx->cfg->set.icmp_errors)
		return reason;
	if (rx->hairpin ? tell_back(rx, reason, tell) :
			  tell(rx->net, rx->skb, &rx->pkt.outer, reason,
			       rx->info))
		nat64_count(rx->xlat->stats, NAT64_CNT_ERRORS_SENT);
	return reason;
}

/**
 * nat64_spend_hop() - count the translator as a hop (B-07, C-08)
 * @rx: the packet, with its route
 *
 * A packet that begins or ends on this host does not cross it; one that makes
 * a U-turn crosses it once.
 *
 * Return: NAT64_DROP_NONE or NAT64_DROP_HOP_LIMIT.
 */
enum nat64_drop nat64_spend_hop(struct nat64_rx *rx)
{
	struct nat64_hdr *h = &rx->pkt.outer;

	if (rx->local || rx->hairpin || rx->route.local)
		return NAT64_DROP_NONE;
	if (h->ttl <= 1)
		return NAT64_DROP_HOP_LIMIT;
	h->ttl--;
	return NAT64_DROP_NONE;
}

static bool wkp_may_be(const struct nat64_config *cfg, __be32 addr4)
{
	return cfg->set.wkp_nonglobal || !nat64_addr4_nonglobal(addr4);
}

/**
 * nat64_embed_check() - whether a prefix may stand for an IPv4 address
 * @cfg: the configuration
 * @p: the prefix
 * @addr4: the address
 *
 * Return: NAT64_DROP_NONE or NAT64_DROP_WKP_NONGLOBAL.
 */
enum nat64_drop nat64_embed_check(const struct nat64_config *cfg,
				  const struct nat64_prefix *p, __be32 addr4)
{
	if (nat64_prefix_is_wkp(p) && !wkp_may_be(cfg, addr4))
		return NAT64_DROP_WKP_NONGLOBAL;
	return NAT64_DROP_NONE;
}

/**
 * nat64_prefix_of4() - the prefix that stands for an IPv4 address
 * @cfg: the configuration
 * @addr4: the address
 *
 * Where the well-known prefix must not, another may.
 *
 * Return: the prefix, which nat64_embed_check() may still object to; or NULL.
 * Any context, under RCU.
 */
const struct nat64_prefix_entry *
nat64_prefix_of4(const struct nat64_config *cfg, __be32 addr4)
{
	return nat64_prefix_for4(cfg->prefixes, addr4,
				 wkp_may_be(cfg, addr4)) ?:
	       nat64_prefix_for4(cfg->prefixes, addr4, true);
}

static bool in_prefix4(__be32 addr, __be32 net, u8 len)
{
	return !len || !((addr ^ net) & inet_make_mask(len));
}

/**
 * nat64_map_64() - stateless address mapping to IPv4, RFC 7915 section 6 (I-04)
 * @cfg: the configuration
 * @addr6: IPv6 address
 * @addr4: where to put the IPv4 address
 *
 * Return: NAT64_DROP_NONE; NAT64_DROP_UNMAPPED_DST if there is no mapping;
 * NAT64_DROP_WKP_NONGLOBAL.
 */
enum nat64_drop nat64_map_64(const struct nat64_config *cfg,
			     const struct in6_addr *addr6, __be32 *addr4)
{
	const struct nat64_prefix_entry *e;

	if (nat64_eam_64(cfg->eam, addr6, addr4))
		return NAT64_DROP_NONE;
	e = nat64_prefix_find(cfg->prefixes, addr6);
	if (!e)
		return NAT64_DROP_UNMAPPED_DST;
	*addr4 = nat64_prefix_extract(&e->p, addr6);
	if (!in_prefix4(*addr4, e->addr4, e->len4))
		return NAT64_DROP_UNMAPPED_DST;
	return nat64_embed_check(cfg, &e->p, *addr4);
}

/**
 * nat64_map_46() - stateless address mapping to IPv6, RFC 7915 section 6 (I-04)
 * @cfg: the configuration
 * @addr4: IPv4 address, network byte order
 * @eam: explicit mappings count
 * @addr6: where to put the IPv6 address
 *
 * Return: NAT64_DROP_NONE; NAT64_DROP_UNMAPPED_DST if there is no mapping;
 * NAT64_DROP_WKP_NONGLOBAL.
 */
enum nat64_drop nat64_map_46(const struct nat64_config *cfg, __be32 addr4,
			     bool eam, struct in6_addr *addr6)
{
	const struct nat64_prefix_entry *e;

	if (eam && nat64_eam_46(cfg->eam, addr4, addr6))
		return NAT64_DROP_NONE;
	e = nat64_prefix_of4(cfg, addr4);
	if (!e)
		return NAT64_DROP_UNMAPPED_DST;
	nat64_prefix_embed(&e->p, addr4, addr6);
	return nat64_embed_check(cfg, &e->p, addr4);
}

/**
 * nat64_udp_zero() - what becomes of a UDP packet that has no checksum
 * @rx: the packet, parsed
 *
 * Return: enum nat64_udp_zero, or -ENOENT for any other packet.
 */
int nat64_udp_zero(const struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	if (h->proto != IPPROTO_UDP || h->frag_off ||
	    rx->skb->ip_summed == CHECKSUM_PARTIAL || udp_hdr(rx->skb)->check)
		return -ENOENT;
	return nat64_settings_udp_zero(&rx->cfg->set, ntohs(h->sport),
				       ntohs(h->dport));
}

/* A pair of addresses is as good as a flow: the ports stay as they are. */
static void keep_pair(const struct nat64_rx *rx, enum nat64_side from,
		      const struct nat64_way *way)
{
	struct nat64_pair pair = {
		.src6 = rx->addrs.src6,
		.dst6 = rx->addrs.dst6,
		.src4 = rx->addrs.src4,
		.dst4 = rx->addrs.dst4,
		.delta64 = rx->delta64,
		.proto = rx->pkt.outer.proto,
		.xlat = rx->xlat,
		.way = *way,
	};

	pair.way.gen = rx->gen;
	if (from == NAT64_SIDE_V6)
		nat64_pair_keep64(rx->table->pairs, &pair);
	else
		nat64_pair_keep46(rx->table->pairs, &pair);
}

/* Whether the fast path would know what to do with another such packet. */
static bool worth_keeping(const struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	if (rx->local || rx->hairpin || rx->route.local || h->icmp_query)
		return false;
	if (rx->session)
		return true;
	/*
	 * Not in softirq: from NFQUEUE. A route through IPsec holds on to a
	 * device that is to go, and a pair is remembered without end.
	 */
	return !rx->xlat->state && in_softirq() && !h->is_frag &&
	       (h->proto == IPPROTO_TCP || h->proto == IPPROTO_UDP) &&
	       !dst_xfrm(rx->route.dst);
}

/**
 * nat64_keep_way() - remember the route for the packets of the flow to come
 * @rx: the packet, with everything decided
 * @from: side that it came from
 * @cookie: of the route
 *
 * What the route may have been chosen by goes with it. A packet that begins,
 * ends or turns around on this host takes the long way each time.
 */
void nat64_keep_way(const struct nat64_rx *rx, enum nat64_side from, u32 cookie)
{
	struct nat64_way way = {
		.dst = rx->route.dst,
		.cookie = cookie,
		.gen = rx->way_gen,
		.mark = rx->skb->mark,
		.tos = rx->pkt.outer.tos & ~INET_ECN_MASK,
	};

	if (!worth_keeping(rx))
		return;
	way.iif = rx->skb->dev->ifindex;
	if (rx->session)
		nat64_session_set_way(rx->xlat->state, rx->session, from, &way);
	else
		keep_pair(rx, from, &way);
}

/**
 * nat64_wants_mss() - whether a packet is one whose MSS may be lowered (D-46)
 * @rx: the packet
 *
 * Return: true for a whole SYN of TCP if mss-clamp is set.
 */
bool nat64_wants_mss(const struct nat64_rx *rx)
{
	const struct nat64_hdr *h = &rx->pkt.outer;

	return rx->cfg->set.mss_clamp && h->proto == IPPROTO_TCP &&
	       h->has_ports && !(h->is_frag && !h->atomic) &&
	       h->tcp_flags & NAT64_TCP_SYN;
}

/**
 * nat64_mss() - the most that a SYN may announce
 * @rx: the packet
 * @mtu6: of the IPv6 route, bytes
 * @mtu4: of the IPv4 route, bytes
 *
 * Return: the setting, or what leaves room for both headers on both routes.
 */
u16 nat64_mss(const struct nat64_rx *rx, u32 mtu6, u32 mtu4)
{
	u32 mss = rx->cfg->set.mss_clamp;

	if (mss != NAT64_MSS_ROUTE)
		return mss;
	return clamp_t(u32, min(mtu6 - 60, mtu4 - 40), NAT64_MSS_MIN, U16_MAX);
}

/**
 * nat64_icmp_ctx() - what translating an ICMP error needs to know
 * @rx: the message, with addresses and route
 * @ctx: where to put it
 * @mtu_in: MTU towards where the message came from, bytes
 */
void nat64_icmp_ctx(const struct nat64_rx *rx, struct nat64_icmp_ctx *ctx,
		    u32 mtu_in)
{
	*ctx = (struct nat64_icmp_ctx) {
		.pkt = &rx->pkt,
		.outer = &rx->addrs,
		.inner = &rx->inner,
		.opts = &rx->cfg->set.hdr,
		.plateaus = rx->cfg->set.plateaus,
		.n_plateaus = rx->cfg->set.n_plateaus,
		.mtu_in = mtu_in,
		.mtu_out = rx->route.mtu,
		.object = rx->object,
	};
}
