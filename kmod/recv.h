/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet on its way through the translator.
 *
 * recv6.c and recv4.c tell the two stories: find, decide, rewrite, send. With
 * recv.c, which has what the stories share, they are the only place where
 * tables and packets meet.
 */
#ifndef NAT64_RECV_H
#define NAT64_RECV_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "config.h"
#include "net.h"
#include "output.h"
#include "prefix.h"
#include "session.h"
#include "xlat/drop.h"
#include "xlat/hdr.h"
#include "xlat/icmpmap.h"
#include "xlat/parse.h"
#include "xlat/rfc6052.h"

/**
 * struct nat64_rx - everything that is decided about a packet; on the stack
 * @net: namespace
 * @table: instances of the namespace, as this packet sees them
 * @gen: generation of all that is not of this packet alone, of any instance
 * @way_gen: the same of this instance
 * @xlat: the instance that translates it
 * @cfg: its configuration, as this packet sees it
 * @skb: the packet; its data starts with the IP header
 * @local: the packet comes from a process of this host
 * @hairpin: the packet makes a U-turn, and has been counted as a hop already
 * @no_df: the packet was put together from fragments
 * @udp_compute: the packet is to get the UDP checksum that it lacks
 * @pkt: layout
 * @addrs: addresses and ports of the packet
 * @inner: addresses and ports of the packet that an ICMP error quotes
 * @delta64: checksum delta of addresses and ports towards IPv4
 * @session: the session, or NULL
 * @back: the instance that an IPv6 packet comes back in by, at its U-turn
 * @route: where the translated packet goes
 * @object: enum nat64_object, for an ICMP error to IPv4
 * @info: what an ICMP error about the packet has to say (MTU, pointer)
 */
struct nat64_rx {
	struct net *net;
	const struct nat64_table *table;
	u32 gen;
	u32 way_gen;
	struct nat64_xlat *xlat;
	const struct nat64_config *cfg;
	struct sk_buff *skb;
	bool local;
	bool hairpin;
	bool no_df;
	bool udp_compute;
	struct nat64_pkt pkt;
	struct nat64_addrs addrs;
	struct nat64_addrs inner;
	__wsum delta64;
	struct nat64_session *session;
	struct nat64_xlat *back;
	struct nat64_route route;
	u8 object;
	u32 info;
};

typedef enum nat64_drop (*nat64_recv_fn)(struct nat64_rx *rx);
typedef bool (*nat64_error_fn)(struct net *net, struct sk_buff *skb,
			       const struct nat64_hdr *h,
			       enum nat64_drop reason, u32 info);

/*
 * Which instance a packet belongs to, or NULL. Under RCU. These are the only
 * steps for traffic that is not ours.
 */
struct nat64_xlat *nat64_find6_of(const struct nat64_table *t,
				  const struct sk_buff *skb, bool local);
struct nat64_xlat *nat64_find4(const struct nat64_table *t, struct net *net,
			       const struct sk_buff *skb, bool local);

/**
 * nat64_find6() - the instance that an IPv6 packet belongs to
 * @t: the instances
 * @skb: the packet
 * @local: it comes from a process of this host
 *
 * Most namespaces have one instance, and it has one prefix.
 *
 * Context: under RCU.
 * Return: the instance, or NULL.
 */
static inline struct nat64_xlat *
nat64_find6(const struct nat64_table *t, const struct sk_buff *skb, bool local)
{
	const struct nat64_reach *r;

	if (t->n == 1) {
		r = &rcu_dereference(t->xlat[0]->cfg)->reach;
		if (!nat64_reach_has(r, &ipv6_hdr(skb)->daddr))
			return NULL;
		if (r->whole)
			return t->xlat[0];
	}
	return nat64_find6_of(t, skb, local);
}

/* The stateful instance that has @addr in its pool4, or NULL. Under RCU. */
struct nat64_xlat *nat64_find_pool(const struct nat64_table *t, __be32 addr);

/*
 * Translate and send. Under RCU. NAT64_DROP_NONE: the packet is consumed.
 * NAT64_DROP_PASS: it is not ours and for the stack to go on with. Otherwise
 * the reason to free it; an ICMP error that is due has been sent.
 */
enum nat64_drop nat64_recv6(struct nat64_rx *rx);
enum nat64_drop nat64_recv4(struct nat64_rx *rx);

/* recv.c */
void nat64_rx_init(struct nat64_rx *rx, struct nat64_xlat *xlat,
		   struct sk_buff *skb);
void nat64_drop(struct nat64_rx *rx, enum nat64_drop reason);
enum nat64_drop nat64_recv_segments(struct nat64_rx *rx, struct sk_buff *segs,
				    nat64_recv_fn recv);
enum nat64_drop nat64_recv_end(struct nat64_rx *rx, enum nat64_drop reason,
			       nat64_error_fn tell);
enum nat64_drop nat64_spend_hop(struct nat64_rx *rx);
enum nat64_drop nat64_map_64(const struct nat64_config *cfg,
			     const struct in6_addr *addr6, __be32 *addr4);
enum nat64_drop nat64_map_46(const struct nat64_config *cfg, __be32 addr4,
			     bool eam, struct in6_addr *addr6);
enum nat64_drop nat64_embed_check(const struct nat64_config *cfg,
				  const struct nat64_prefix *p, __be32 addr4);
const struct nat64_prefix_entry *
nat64_prefix_of4(const struct nat64_config *cfg, __be32 addr4);
int nat64_udp_zero(const struct nat64_rx *rx);
void nat64_keep_way(const struct nat64_rx *rx, enum nat64_side from,
		    u32 cookie);
u16 nat64_mss(const struct nat64_rx *rx, u32 mtu6, u32 mtu4);
bool nat64_wants_mss(const struct nat64_rx *rx);
void nat64_icmp_ctx(const struct nat64_rx *rx, struct nat64_icmp_ctx *ctx,
		    u32 mtu_in);

#endif /* NAT64_RECV_H */
