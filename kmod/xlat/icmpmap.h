/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP and ICMPv6 messages across the families, RFC 7915 sections 4.2, 5.2. */
#ifndef NAT64_XLAT_ICMPMAP_H
#define NAT64_XLAT_ICMPMAP_H

#include "internal.h"
#include "hdr.h"
#include "parse.h"

/* A translated error is at most this long (F-23, X-25). */
#define NAT64_ICMP6_MAX		1280
#define NAT64_ICMP4_MAX		1240

/**
 * enum nat64_object - what tells of the IPv6 address of a router (J-03, J-05)
 * @NAT64_OBJECT_NONE: nothing does
 * @NAT64_OBJECT_NODE: Node Identification Object, draft-ietf-intarea-
 *	extended-icmp-nodeid
 * @NAT64_OBJECT_INTERFACE: Interface Information Object, RFC 5837
 */
enum nat64_object {
	NAT64_OBJECT_NONE,
	NAT64_OBJECT_NODE,
	NAT64_OBJECT_INTERFACE,
};

/**
 * struct nat64_icmp_ctx - everything an ICMP error needs to be translated
 * @pkt: layout of the packet; @pkt->outer.ttl is written as it is
 * @data: the packet, linear, starting with its IP header
 * @outer: addresses of the message
 * @inner: addresses and ports of the quoted packet, as the receiver of the
 *	error knows it: the quoted packet went the other way. The addresses of
 *	the family the error came in are those of the quoted header, and both
 *	ports are set even where they do not change; an echo takes @sport
 * @opts: header options
 * @plateaus: MTUs to guess from where a router reports none, falling; NULL for
 *	those of RFC 1191
 * @n_plateaus: their number
 * @mtu_in: MTU of the next hop on the side the error came from, bytes
 * @mtu_out: MTU of the next hop on the side it goes to, bytes
 * @id: identification for an IPv4 header
 * @object: enum nat64_object, to IPv4: what to append about the IPv6 source
 */
struct nat64_icmp_ctx {
	const struct nat64_pkt *pkt;
	const u8 *data;
	const struct nat64_addrs *outer;
	const struct nat64_addrs *inner;
	const struct nat64_hdr_opts *opts;
	const u16 *plateaus;
	unsigned int n_plateaus;
	u32 mtu_in;
	u32 mtu_out;
	u16 id;
	u8 object;
};

/*
 * Translate a whole ICMP error, IP header included, into @out (@room bytes,
 * aligned to 4; NAT64_ICMP4_MAX or NAT64_ICMP6_MAX always suffice). Return the
 * length, or the negative of an enum nat64_drop. The checksums in the result
 * are complete, so the caller has verified the one that came in (F-20).
 * RFC 7915 sections 4.2, 4.3, 5.2, 5.3; RFC 4884.
 */
int nat64_icmp_error_64(const struct nat64_icmp_ctx *ctx, u8 *out,
			unsigned int room);
int nat64_icmp_error_46(const struct nat64_icmp_ctx *ctx, u8 *out,
			unsigned int room);

/*
 * Whether type and code have a counterpart: 0, or -NAT64_DROP_ICMP_TYPE. The
 * pointer of a parameter problem may still have none.
 */
int nat64_icmp_crosses_64(u8 type, u8 code);
int nat64_icmp_crosses_46(u8 type, u8 code);

/* Type of an echo message in the other family. */
u8 nat64_icmp_echo_64(u8 type);
u8 nat64_icmp_echo_46(u8 type);

/*
 * Delta of the checksum of an echo message, from @from_type/@from_id to the
 * other family's type and @to_id, with the ICMPv6 pseudo header gained or lost
 * (G-18). @len is the length of the whole ICMP message in bytes.
 */
__wsum nat64_icmp_delta_64(u8 type, __be16 from_id, __be16 to_id,
			   const struct in6_addr *src6,
			   const struct in6_addr *dst6, u32 len);
__wsum nat64_icmp_delta_46(u8 type, __be16 from_id, __be16 to_id,
			   const struct in6_addr *src6,
			   const struct in6_addr *dst6, u32 len);

#endif /* NAT64_XLAT_ICMPMAP_H */
