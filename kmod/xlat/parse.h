/* SPDX-License-Identifier: GPL-2.0 */
/* Finding out where everything is in a packet, once, before anything else. */
#ifndef NAT64_XLAT_PARSE_H
#define NAT64_XLAT_PARSE_H

#include "internal.h"
#include "drop.h"

/* More extension headers than this are an attack or a mistake (C-20). */
#define NAT64_MAX_EXT_HDRS	16

/* Next headers that the kernel has no name for. */
#define NAT64_NEXTHDR_HIP	139
#define NAT64_NEXTHDR_SHIM6	140

/**
 * struct nat64_hdr - layout of one IP packet, outer or quoted
 * @l3: offset of the IP header from the start of the outer packet, bytes
 * @l4: offset of the transport header from the start of the outer packet
 * @frag: offset of the IPv6 Fragment Header, 0 where there is none
 * @tot_len: length of the whole IP packet as its header says; for a quoted
 *	packet that of the original, not of what the error carries
 * @l4_len: bytes from the transport header on, as the IP header says
 * @frag_off: fragment offset in bytes
 * @frag_id: identification, host byte order; 16 bits in IPv4
 * @sport: source port, or identifier of an ICMP query, network byte order
 * @dport: destination port, or identifier of an ICMP query
 * @proto: protocol of the transport header as this family numbers it
 * @tos: type of service or traffic class
 * @ttl: time to live or hop limit
 * @tcp_flags: byte 13 of a TCP header
 * @icmp_type: ICMP type of either family
 * @icmp_code: ICMP code
 * @is_frag: MF or an offset, or a Fragment Header (an atomic one included)
 * @more: more fragments follow
 * @atomic: Fragment Header of an unfragmented packet (D-16)
 * @df: IPv4 don't fragment
 * @has_ports: @sport and @dport are valid
 * @has_csum: the checksum field of TCP, UDP, ICMP, DCCP or UDP-Lite is there,
 *	not cut off (of DCCP and UDP-Lite: outer packet only, G-11, G-12)
 * @icmp_query: echo request or reply
 * @icmp_error: error message of a type that RFC 7915 translates, with a usable
 *	quote (outer packet only). Never set on a fragment of a message, whose
 *	quote is incomplete: @proto and @is_frag tell
 */
struct nat64_hdr {
	u32 l3;
	u32 l4;
	u32 frag;
	u32 tot_len;
	u32 l4_len;
	u32 frag_off;
	u32 frag_id;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 tos;
	u8 ttl;
	u8 tcp_flags;
	u8 icmp_type;
	u8 icmp_code;
	u8 is_frag:1,
	   more:1,
	   atomic:1,
	   df:1,
	   has_ports:1,
	   has_csum:1,
	   icmp_query:1,
	   icmp_error:1;
};

/**
 * struct nat64_pkt - layout of a packet
 * @outer: the packet itself
 * @inner: the packet an ICMP error quotes; valid if @outer.icmp_error
 * @quote_end: end of the quoted packet, offset from the start of the outer
 *	packet; padding, RFC 4884 extensions or the end of the message follow
 * @ext: offset of the RFC 4884 extension structure, 0 where there is none
 * @ext_len: its length in bytes, 0 where there is none
 * @err_ptr: for parameter problems, the offset of the offending octet that an
 *	error about this packet has to point at (C-13)
 */
struct nat64_pkt {
	struct nat64_hdr outer;
	struct nat64_hdr inner;
	u32 quote_end;
	u32 ext;
	u32 ext_len;
	u32 err_ptr;
};

/*
 * Both return 0 when the layout is known, a positive number of bytes that must
 * be readable at @data before it can be known, or the negative of an enum
 * nat64_drop. @avail bytes are readable at @data, which starts with the IP
 * header; the packet has @total bytes in all. What lies behind the length in
 * the IP header is ignored: the caller trims it. @pkt is undefined unless 0 is
 * returned, but for @err_ptr with -NAT64_DROP_SEGMENTS_LEFT.
 */
int nat64_parse6(struct nat64_pkt *pkt, const u8 *data, unsigned int avail,
		 unsigned int total);
int nat64_parse4(struct nat64_pkt *pkt, const u8 *data, unsigned int avail,
		 unsigned int total);

/* Whether the header of the IPv4 packet that an ICMP error quotes is intact. */
bool nat64_quote4_csum_ok(const struct nat64_pkt *pkt, const u8 *data);

#endif /* NAT64_XLAT_PARSE_H */
