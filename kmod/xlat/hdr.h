/* SPDX-License-Identifier: GPL-2.0 */
/* IP headers of the other family, RFC 7915 sections 4.1 and 5.1. */
#ifndef NAT64_XLAT_HDR_H
#define NAT64_XLAT_HDR_H

#include "internal.h"
#include "parse.h"

#define NAT64_TOS_COPY		256
#define NAT64_DF_LIMIT		1260	/* RFC 7915 section 5.1 (C-07) */
#define NAT64_MIN_MTU6		1280

/**
 * struct nat64_addrs - addresses and ports of a translated packet
 * @src6: IPv6 source (46: to write; 64: as received)
 * @dst6: IPv6 destination
 * @src4: IPv4 source
 * @dst4: IPv4 destination
 * @sport: source port or ICMP identifier to write
 * @dport: destination port or ICMP identifier to write
 *
 * Stateless translation leaves the ports as they are.
 */
struct nat64_addrs {
	struct in6_addr src6;
	struct in6_addr dst6;
	__be32 src4;
	__be32 dst4;
	__be16 sport;
	__be16 dport;
};

/**
 * struct nat64_hdr_opts - what the operator may choose about headers
 * @tos: 0-255, or NAT64_TOS_COPY
 * @zero_tclass: send traffic class 0
 */
struct nat64_hdr_opts {
	u16 tos;
	bool zero_tclass;
};

/* next header and protocol numbers across the families (B-06, C-10) */
u8 nat64_proto_46(u8 proto);
u8 nat64_proto_64(u8 nexthdr);
bool nat64_proto_crosses_46(u8 proto);	/* K-16 */
bool nat64_proto_crosses_64(u8 nexthdr);	/* K-17 */

/* bytes of the IP header(s) that nat64_hdr_64/46 write */
#define NAT64_HDR_LEN_64	((unsigned int)sizeof(struct iphdr))
unsigned int nat64_hdr_len_46(const struct nat64_hdr *h);

/* DF of an IPv4 packet of @len4 bytes made from @h */
bool nat64_df_64(const struct nat64_hdr *h, u32 len4);

/*
 * Both write @h->ttl as it is: the caller decrements it for the packet itself,
 * and leaves it alone for a quoted one (F-15). Lengths follow @h->l4_len.
 */
void nat64_hdr_64(struct iphdr *ip, const struct nat64_hdr *h,
		  const struct nat64_addrs *a,
		  const struct nat64_hdr_opts *opts, u16 id);
void nat64_hdr_46(struct ipv6hdr *ip6, const struct nat64_hdr *h,
		  const struct nat64_addrs *a,
		  const struct nat64_hdr_opts *opts);

#define NAT64_ID_KEYS	4

/**
 * nat64_id() - identification for an IPv4 packet (RFC 7915 section 5.1, C-06)
 * @n: its number
 * @key: %NAT64_ID_KEYS random numbers that nobody outside knows
 *
 * A permutation of all 65536. The first factor is a fixed one, which leads
 * neighbours far apart: one in thirty pairs of factors of chance does not, and
 * few steps then lead from each identification to the next.
 *
 * Return: host byte order.
 */
static inline u16 nat64_id(u16 n, const u16 *key)
{
	u16 x = (u16)(n + key[0]) * 0x88b5U;

	x = (x ^ x >> 7) * (key[1] | 1U);
	x = (x ^ x >> 8) * (key[2] | 1U);
	return (x ^ x >> 9) + key[3];
}

#endif /* NAT64_XLAT_HDR_H */
