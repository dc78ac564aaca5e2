/* SPDX-License-Identifier: GPL-2.0 */
/* Geometry, checksum state and offload metadata of packets. */
#ifndef NAT64_SKB_H
#define NAT64_SKB_H

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

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
 * @mss: most that a SYN may announce, 0: anything
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
	u16 mss;
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

/* Its segments, a list; @skb stays. ERR_PTR. */
struct sk_buff *nat64_skb_segment(struct sk_buff *skb);
/*
 * A super-packet of IPv6 and UDP, and its last datagram by itself: a list, of
 * which @skb is the first, with one reference more. Where it is not worth the
 * trouble, its segments; @skb stays. ERR_PTR.
 */
struct sk_buff *nat64_skb_cut_tail(struct sk_buff *skb,
				   const struct nat64_hdr *h);

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

/* Sums now what a device is to sum elsewhere: false if that can not be. */
bool nat64_skb_own_csum(struct sk_buff *skb, const struct nat64_hdr *h);

/* Rewrite in place: 0 or -ENOMEM, then the packet is as it was. */
int nat64_skb_64(struct sk_buff *skb, const struct nat64_rewrite *rw);
int nat64_skb_46(struct sk_buff *skb, const struct nat64_rewrite *rw);

/* The translated ICMP error, a new skb; or ERR_PTR(-enum nat64_drop). */
struct sk_buff *nat64_skb_error_64(const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx);
struct sk_buff *nat64_skb_error_46(const struct sk_buff *skb,
				   struct nat64_icmp_ctx *ctx);

void nat64_skb_init(void);
u16 nat64_skb_ip_id(const struct sk_buff *skb);

/* The rest is inline for the sake of the fast path. */

/* What TCP and UDP offloads we can carry over to the other family. */
#define NAT64_GSO_KEPT	(SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 | \
			 SKB_GSO_DODGY | SKB_GSO_TCP_ECN | \
			 SKB_GSO_TCP_FIXEDID | SKB_GSO_PARTIAL)

/* An offload that does not survive a change of family. */
static inline bool nat64_skb_must_segment(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	/* past 65535 bytes the length field of the other family overflows */
	return skb_is_gso(skb) &&
	       (type & ~NAT64_GSO_KEPT || skb->encapsulation ||
		!(type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4)) ||
		skb->len > IP_MAX_MTU);
}

/* Datagrams of UDP with so much in them or less leave without DF (C-07). */
#define NAT64_UDP_NO_DF	(NAT64_DF_LIMIT - sizeof(struct iphdr) - \
			 sizeof(struct udphdr))

/*
 * Whether the last datagram of a super-packet of UDP, of @len bytes in all, is
 * shorter than the rest and so short that it has no DF.
 */
static inline bool nat64_skb_short_last(const struct sk_buff *skb, u32 len)
{
	u32 last = (len - sizeof(struct udphdr)) % skb_shinfo(skb)->gso_size;

	return last && last <= NAT64_UDP_NO_DF;
}

/* Whether it has another DF than the rest and cannot have it by itself (D-43). */
static inline bool nat64_skb_df_differs(const struct sk_buff *skb, u32 len)
{
	return skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4 &&
	       !(skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST) &&
	       skb_shinfo(skb)->gso_size > NAT64_UDP_NO_DF &&
	       nat64_skb_short_last(skb, len);
}

/* Whether nothing but the checksum @field of the header at @l4 is partial. */
static inline bool nat64_skb_sums_at(const struct sk_buff *skb, int l4,
				     unsigned int field)
{
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       (skb_checksum_start_offset(skb) == l4 &&
		skb->csum_offset == field);
}

static inline void nat64_skb_convert_gso(struct sk_buff *skb, unsigned int from,
					 unsigned int to)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (!skb_is_gso(skb))
		return;
	if (shinfo->gso_type & from) {
		shinfo->gso_type &= ~(from | SKB_GSO_TCP_FIXEDID);
		shinfo->gso_type |= to;
	}
}

/*
 * Conntrack has seen the packet in neither family. Rules are to find it
 * untracked: what they drop as invalid is something else.
 */
static inline void nat64_skb_untrack(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	skb_set_nfct(skb, IP_CT_UNTRACKED);
}

/*
 * What must not follow a packet into the other family: its route, its
 * conntrack entry, its IPsec path, its flow hash, its time of arrival (a
 * queueing discipline would read it as a time of departure) and whatever the
 * old family kept in the control block.
 */
static inline void nat64_skb_shed(struct sk_buff *skb, __be16 protocol)
{
	skb->protocol = protocol;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb_dst_drop(skb);
	nat64_skb_untrack(skb);
	secpath_reset(skb);
	skb_clear_hash(skb);
	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
	skb->ignore_df = 0;
#ifdef CONFIG_NET_SWITCHDEV
	skb->offload_fwd_mark = 0;
	skb->offload_l3_fwd_mark = 0;
#endif
}

static inline void nat64_skb_init_cb4(struct sk_buff *skb)
{
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	/* not to be looked at again when it passes LOCAL_OUT (K-09) */
	IPCB(skb)->flags = IPSKB_FORWARDED;
}

static inline void nat64_skb_init_cb6(struct sk_buff *skb)
{
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
}

#endif /* NAT64_SKB_H */
