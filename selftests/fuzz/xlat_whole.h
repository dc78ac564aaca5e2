/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole packets through the translation core, put together from its functions
 * the way the module does it, without the module: stateless, between addresses
 * in one prefix of 96 bits.
 */
#ifndef NAT64_SELFTEST_XLAT_WHOLE_H
#define NAT64_SELFTEST_XLAT_WHOLE_H

#include <stdio.h>

#include "csum.h"
#include "hdr.h"
#include "icmpmap.h"
#include "rfc6052.h"
#include "xlat_pkt.h"

#define MUST(cond)							\
	do {								\
		if (!(cond)) {						\
			fprintf(stderr, "%s:%d: %s\n", __FILE__,	\
				__LINE__, #cond);			\
			abort();					\
		}							\
	} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* what the first octet of an input says about the rest */
#define FIX_LENGTH	0x01	/* make the IP length right */
#define FIX_L4		0x02	/* make the transport checksum right */
#define FIX_UDP		0x04	/* make the UDP length right */
#define IN_PREFIX	0x08	/* move IPv6 addresses into the prefix */

static const struct nat64_prefix prefix = {
	.addr = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, 0x64 } },
	.len = 96,
};

static const struct nat64_hdr_opts whole_opts = { .tos = NAT64_TOS_COPY };

static inline void addrs_64(struct nat64_addrs *a, const struct nat64_hdr *h,
			    const u8 *ip)
{
	memset(a, 0, sizeof(*a));
	memcpy(&a->src6, ip + 8, 16);
	memcpy(&a->dst6, ip + 24, 16);
	a->src4 = nat64_prefix_extract(&prefix, &a->src6);
	a->dst4 = nat64_prefix_extract(&prefix, &a->dst6);
	a->sport = h->sport;
	a->dport = h->dport;
}

static inline void addrs_46(struct nat64_addrs *a, const struct nat64_hdr *h,
			    const u8 *ip)
{
	memset(a, 0, sizeof(*a));
	memcpy(&a->src4, ip + 12, 4);
	memcpy(&a->dst4, ip + 16, 4);
	nat64_prefix_embed(&prefix, a->src4, &a->src6);
	nat64_prefix_embed(&prefix, a->dst4, &a->dst6);
	a->sport = h->sport;
	a->dport = h->dport;
}

static inline void fix_l4(u8 *l4, const struct nat64_hdr *h,
			  const struct nat64_addrs *a, bool to4)
{
	__wsum delta = to4 ? nat64_csum_delta_64(&a->src6, &a->dst6, a->src4,
						 a->dst4) :
			     nat64_csum_delta_46(a->src4, a->dst4, &a->src6,
						 &a->dst6);
	u32 at = csum_at(h->proto);
	__sum16 field;

	if (!h->has_csum)
		return;
	if (h->icmp_query) {
		delta = to4 ? nat64_icmp_delta_64(h->icmp_type, h->sport,
						  h->sport, &a->src6, &a->dst6,
						  h->l4_len) :
			      nat64_icmp_delta_46(h->icmp_type, h->sport,
						  h->sport, &a->src6, &a->dst6,
						  h->l4_len);
		l4[0] = to4 ? nat64_icmp_echo_64(h->icmp_type) :
			      nat64_icmp_echo_46(h->icmp_type);
	}
	memcpy(&field, l4 + at, 2);
	field = h->proto == IPPROTO_UDP ? nat64_csum_update_udp(field, delta) :
					  nat64_csum_update(field, delta);
	memcpy(l4 + at, &field, 2);
}

static inline int whole_error(const struct nat64_pkt *pkt, const u8 *in,
			      struct pkt *out, bool to4)
{
	static _Alignas(4) u8 room[NAT64_ICMP6_MAX];
	struct nat64_addrs outer, inner;
	struct nat64_icmp_ctx ctx = {
		.pkt = pkt, .data = in, .outer = &outer, .inner = &inner,
		.opts = &whole_opts, .mtu_in = 1500, .mtu_out = 1500,
		.id = 0x4242,
	};
	int len;

	if (to4) {
		addrs_64(&outer, &pkt->outer, in);
		addrs_64(&inner, &pkt->inner, in + pkt->inner.l3);
		len = nat64_icmp_error_64(&ctx, room, sizeof(room));
	} else {
		addrs_46(&outer, &pkt->outer, in);
		addrs_46(&inner, &pkt->inner, in + pkt->inner.l3);
		len = nat64_icmp_error_46(&ctx, room, sizeof(room));
	}
	out->len = 0;
	if (len > 0)
		put(out, room, (u32)len);
	return len;
}

/* What the receivers of the module refuse before they rewrite. */
static inline int whole_refuse(const struct nat64_hdr *h, bool to4)
{
	u8 icmp_proto = to4 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	if (!(to4 ? nat64_proto_crosses_64(h->proto) :
		    nat64_proto_crosses_46(h->proto)))
		return -NAT64_DROP_BAD_PROTO;
	if (h->proto != icmp_proto)
		return 0;
	if (h->is_frag && !h->atomic)
		return -NAT64_DROP_ICMP_FRAG;
	if (!h->icmp_query && !h->icmp_error)
		return -NAT64_DROP_ICMP_TYPE;
	return to4 ? nat64_icmp_crosses_64(h->icmp_type, h->icmp_code) :
		     nat64_icmp_crosses_46(h->icmp_type, h->icmp_code);
}

/**
 * whole() - translate a packet
 * @pkt: its layout, found on the way
 * @in: the packet
 * @len: its length in bytes
 * @out: the result
 * @to4: it is an IPv6 packet
 *
 * Return: 0, or the negative of an enum nat64_drop.
 */
static inline int whole(struct nat64_pkt *pkt, const u8 *in, u32 len,
			struct pkt *out, bool to4)
{
	_Alignas(4) u8 room[48];
	struct nat64_addrs a;
	int ret;

	ret = parse_steps(to4 ? nat64_parse6 : nat64_parse4, pkt, in, len);
	if (!ret)
		ret = whole_refuse(&pkt->outer, to4);
	if (ret)
		return ret;
	if (pkt->outer.icmp_error) {
		ret = whole_error(pkt, in, out, to4);
		return ret < 0 ? ret : 0;
	}

	out->len = 0;
	if (to4) {
		addrs_64(&a, &pkt->outer, in);
		nat64_hdr_64((struct iphdr *)room, &pkt->outer, &a,
			     &whole_opts, 0x4242);
		put(out, room, 20);
	} else {
		addrs_46(&a, &pkt->outer, in);
		nat64_hdr_46((struct ipv6hdr *)room, &pkt->outer, &a,
			     &whole_opts);
		put(out, room, nat64_hdr_len_46(&pkt->outer));
	}
	fix_l4(out->data + put(out, in + pkt->outer.l4, pkt->outer.l4_len),
	       &pkt->outer, &a, to4);
	return 0;
}

/*
 * Where the transport header of a packet of either family is, without the
 * parser: good enough for what repair() is asked to make.
 */
static inline u32 rough_l4(const struct pkt *p)
{
	return p->data[0] >> 4 == 6 ? 40 : (p->data[0] & 15) * 4u;
}

/* Make a packet of an input, and as right as its first octet asks for. */
static inline bool repair(struct pkt *p, const u8 *data, size_t size, bool v6)
{
	u32 l4;
	u8 proto;

	if (size < 1 || size - 1 > sizeof(p->data))
		return false;
	p->len = 0;
	put(p, data + 1, (u32)(size - 1));
	if (p->len < (v6 ? 40u : 20u))
		return true;

	set8(p, 0, v6 ? 0x60 | (p->data[0] & 15) :
		   0x40 | (p->data[0] & 15));
	if (data[0] & FIX_LENGTH)
		set16(p, v6 ? 4 : 2, p->len - (v6 ? 40 : 0));
	if (v6 && data[0] & IN_PREFIX) {
		memcpy(p->data + 8, &prefix.addr, 12);
		memcpy(p->data + 24, &prefix.addr, 12);
	}
	l4 = rough_l4(p);
	proto = p->data[v6 ? 6 : 9];
	if (data[0] & FIX_UDP && proto == IPPROTO_UDP && p->len >= l4 + 8)
		set16(p, l4 + 4, p->len - l4);
	if (data[0] & FIX_L4 && p->len >= l4 + 20 &&
	    (proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	     proto == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)))
		end_l4(p, 0, l4, proto);
	if (!v6 && l4 >= 20 && p->len >= l4)
		sum_ip4(p, 0);
	return true;
}

/* Octets that the transport checksum covers. */
static inline u32 covered(const struct nat64_hdr *h, const u8 *l4)
{
	return h->proto == IPPROTO_UDP ? get16(l4 + 4) : h->l4_len;
}

/* The error of a transport checksum, 0 if it is right, as residue. */
static inline u32 csum_error(const u8 *ip, const struct nat64_hdr *h,
			     const u8 *l4)
{
	return ref_l4_sum(ip, l4, covered(h, l4), h->proto) % 0xffff;
}

/*
 * An authenticated fragment goes to IPv6 and would not come back: RFC 7915
 * translates it in one direction only (D-17, X-26).
 */
static inline bool one_way(const struct nat64_hdr *h)
{
	return h->is_frag && h->proto == NEXTHDR_AUTH;
}

/*
 * A quote that is cut off in front of its transport header, but followed by
 * extensions, is shorter in IPv4 and padded with zeros to the 128 octets of
 * RFC 4884 section 4 (F-37). Nothing tells a reader that they are no ports.
 */
static inline bool ports_of_padding(const struct nat64_pkt *out,
				    const struct nat64_pkt *in)
{
	return out->ext && !in->inner.has_ports &&
	       in->quote_end < in->inner.l4 + 4;
}

/* Everything that must hold between a packet and its translation. */
static inline void check_whole(const struct nat64_pkt *pkt, const struct pkt *in,
			       const struct pkt *out, bool to4)
{
	const struct nat64_hdr *h = &pkt->outer, *g;
	struct nat64_pkt layout;
	u32 changed;

	if (one_way(h) || (h->icmp_error && one_way(&pkt->inner)))
		return;
	MUST(parse_steps(to4 ? nat64_parse4 : nat64_parse6, &layout, out->data,
			 out->len) == 0);
	g = &layout.outer;
	MUST(g->tot_len == out->len);
	MUST(g->ttl == h->ttl && g->tos == h->tos);
	MUST(g->proto == (to4 ? nat64_proto_64(h->proto) :
				nat64_proto_46(h->proto)));
	MUST(g->icmp_error == h->icmp_error);
	if (h->icmp_error) {
		MUST(csum_error(out->data, g, out->data + g->l4) == 0);
		MUST(layout.inner.l4_len == pkt->inner.l4_len);
		MUST(layout.inner.has_ports == pkt->inner.has_ports ||
		     ports_of_padding(&layout, pkt));
		MUST(layout.inner.sport == pkt->inner.sport);
		MUST(layout.inner.dport == pkt->inner.dport);
		MUST(layout.ext_len == 0 || layout.ext_len == pkt->ext_len);
		MUST(!layout.ext || !memcmp(out->data + layout.ext,
					    in->data + pkt->ext, pkt->ext_len));
		return;
	}

	MUST(g->l4_len == h->l4_len);
	MUST(g->sport == h->sport && g->dport == h->dport);
	MUST(g->has_ports == h->has_ports);
	MUST(g->frag_off == h->frag_off && g->more == h->more);
	if (h->is_frag)
		MUST(g->frag_id == (h->frag_id & 0xffff));
	changed = h->has_csum ? 20 : 0;	/* where fields may have changed */
	changed = min(changed, h->l4_len);
	MUST(!memcmp(out->data + g->l4 + changed, in->data + h->l4 + changed,
		     h->l4_len - changed));
	if (!h->has_csum || (h->is_frag && !h->atomic))
		return;
	if (h->proto == IPPROTO_UDP && !get16(in->data + h->l4 + 6))
		MUST(!get16(out->data + g->l4 + 6));
	else
		MUST(csum_error(in->data, h, in->data + h->l4) ==
		     csum_error(out->data, g, out->data + g->l4));
}

#endif /* NAT64_SELFTEST_XLAT_WHOLE_H */
