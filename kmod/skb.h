/* SPDX-License-Identifier: GPL-2.0 */
/* Geometry, checksum state and offload metadata of packets. */
#ifndef NAT64_SKB_H
#define NAT64_SKB_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "xlat/hdr.h"
#include "xlat/icmpmap.h"
#include "xlat/parse.h"

/**
 * struct nat64_rewrite - what becomes of a packet that is translated in place
 * @h: its layout, with the hop limit to write
 * @a: addresses and ports
 * @opts: header options
 * @delta64: checksum delta of addresses and ports towards IPv4
 * @dst: route, for the headroom its device needs; NULL: not known yet
 * @ports: the ports are to be rewritten
 * @udp_compute: give the UDP packet the checksum it lacks
 * @no_df: it came in fragments, so that its sender may be told of no MTU
 */
struct nat64_rewrite {
	const struct nat64_hdr *h;
	const struct nat64_addrs *a;
	const struct nat64_hdr_opts *opts;
	__wsum delta64;
	const struct dst_entry *dst;
	bool ports;
	bool udp_compute;
	bool no_df;
};

/*
 * Find out the layout: 0, or the negative of an enum nat64_drop. Pulls as much
 * as the layout needs into the linear part and cuts off link padding.
 */
int nat64_skb_parse6(struct sk_buff *skb, struct nat64_pkt *pkt);
int nat64_skb_parse4(struct sk_buff *skb, struct nat64_pkt *pkt);

/*
 * Collect the fragments of a packet with the kernel's own queues, and so within
 * its limits of memory and time. 0: @skb is the whole packet; -EINPROGRESS: it
 * was kept or freed; -EINVAL: it is to be dropped.
 */
int nat64_skb_defrag6(struct net *net, struct sk_buff *skb);
int nat64_skb_defrag4(struct net *net, struct sk_buff *skb);
/*
 * An IPv6 packet that came, or would have left this host, in fragments: as an
 * IPv4 packet it may be fragmented.
 */
bool nat64_skb_may_fragment6(const struct sk_buff *skb, bool local);

/* An offload that does not survive a change of family. */
bool nat64_skb_must_segment(const struct sk_buff *skb);
/* Its segments, a list; @skb stays. ERR_PTR. */
struct sk_buff *nat64_skb_segment(struct sk_buff *skb);

/* Whether the packet, or each of its segments, fits once it is translated. */
bool nat64_skb_fits4(const struct sk_buff *skb, const struct nat64_hdr *h,
		     u32 mtu);
bool nat64_skb_fits6(const struct sk_buff *skb, const struct nat64_hdr *h,
		     u32 mtu);
/* Length as an IPv4 packet of the packet or of its longest segment. */
u32 nat64_skb_len4(const struct sk_buff *skb, const struct nat64_hdr *h);

/* Checksum of an ICMP error: false if it is wrong. */
bool nat64_skb_icmp_valid(struct sk_buff *skb, const struct nat64_hdr *h,
			  bool local);

/* Rewrite in place: 0 or -ENOMEM, then the packet is as it was. */
int nat64_skb_64(struct net *net, struct sk_buff *skb,
		 const struct nat64_rewrite *rw);
int nat64_skb_46(struct sk_buff *skb, const struct nat64_rewrite *rw);

/* The translated ICMP error, a new skb; or ERR_PTR(-enum nat64_drop). */
struct sk_buff *nat64_skb_error_64(struct net *net, const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx);
struct sk_buff *nat64_skb_error_46(const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx);

#endif /* NAT64_SKB_H */
