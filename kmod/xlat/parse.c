// SPDX-License-Identifier: GPL-2.0
#include "parse.h"
#include "bytes.h"

#define IP4_LEN		20
#define IP6_LEN		40
#define EXT_LEN		8	/* of the shortest IPv6 extension header */
#define ICMP_LEN	8	/* of the header in front of a quote */

/* octets that have to be there to translate a whole transport header */
#define TCP_LEN		20
#define TCP_CSUM_END	18	/* all that a first fragment must hold (D-26) */
#define UDP_LEN		8

/* RFC 4884 section 4: what the original datagram is padded to at least */
#define QUOTE_MIN	128

/*
 * No packet may reach past the largest that both families can express: an IPv4
 * header and 65515 octets (C-16, D-27).
 */
#define L4_MAX		(65535 - IP4_LEN)

/* what of a packet there is, and what of that can be read */
struct span {
	const u8 *data;
	u32 avail;
	u32 end;
};

enum icmp_kind {
	KIND_OTHER,
	KIND_QUERY,
	KIND_ERROR,
};

/* 0: octets up to @until are readable; otherwise what the parser returns. */
static int need(const struct span *s, u32 until)
{
	if (until > s->end)
		return -NAT64_DROP_TRUNCATED;
	return until > s->avail ? (int)until : 0;
}

/* A fragment in the strict sense: other fragments hold the rest. */
static bool is_part(const struct nat64_hdr *h)
{
	return h->is_frag && !h->atomic;
}

static enum icmp_kind icmp_kind6(u8 type)
{
	switch (type) {
	case ICMPV6_ECHO_REQUEST:
	case ICMPV6_ECHO_REPLY:
		return KIND_QUERY;
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_PKT_TOOBIG:
	case ICMPV6_TIME_EXCEED:
	case ICMPV6_PARAMPROB:
		return KIND_ERROR;
	default:
		return KIND_OTHER;
	}
}

static enum icmp_kind icmp_kind4(u8 type)
{
	switch (type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		return KIND_QUERY;
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return KIND_ERROR;
	default:
		return KIND_OTHER;
	}
}

/* The fields of an IPv6 header, as if no extension header followed. */
static void fields6(struct nat64_hdr *h, const u8 *ip, u32 l3)
{
	u32 payload = nat64_get16(ip + 4);

	*h = (struct nat64_hdr) {
		.l3 = l3,
		.l4 = l3 + IP6_LEN,
		.tot_len = payload + IP6_LEN,
		.l4_len = payload,
		.proto = ip[6],
		.tos = (u8)(nat64_get16(ip) >> 4),
		.ttl = ip[7],
	};
}

static void fields4(struct nat64_hdr *h, const u8 *ip, u32 l3)
{
	u32 hlen = (ip[0] & 0xf) * 4;
	u16 off = nat64_get16(ip + 6);

	*h = (struct nat64_hdr) {
		.l3 = l3,
		.l4 = l3 + hlen,
		.tot_len = nat64_get16(ip + 2),
		.l4_len = nat64_get16(ip + 2) - hlen,
		.frag_off = (off & IP_OFFSET) * 8,
		.frag_id = nat64_get16(ip + 4),
		.proto = ip[9],
		.tos = ip[1],
		.ttl = ip[8],
		.is_frag = !!(off & (IP_MF | IP_OFFSET)),
		.more = !!(off & IP_MF),
		.df = !!(off & IP_DF),
	};
}

static bool is_skipped(u8 nexthdr)
{
	return nexthdr == NEXTHDR_HOP || nexthdr == NEXTHDR_ROUTING ||
	       nexthdr == NEXTHDR_FRAGMENT || nexthdr == NEXTHDR_DEST;
}

/* Headers that may not follow a Fragment Header; ESP may (D-17). */
static bool is_ext(u8 nexthdr)
{
	return is_skipped(nexthdr) || nexthdr == NEXTHDR_AUTH ||
	       nexthdr == NEXTHDR_MOBILITY || nexthdr == NAT64_NEXTHDR_HIP ||
	       nexthdr == NAT64_NEXTHDR_SHIM6;
}

static void fragment_header(struct nat64_hdr *h, const u8 *fh)
{
	u16 off = nat64_get16(fh + 2);

	h->frag = h->l4;
	h->frag_off = off & IP6_OFFSET;
	h->frag_id = nat64_get32(fh + 4);
	h->is_frag = 1;
	h->more = !!(off & IP6_MF);
	h->atomic = !h->frag_off && !h->more;
}

/*
 * Step over the extension headers that @h->proto and @h->l4 start at. Their
 * number is bounded, so that nobody can buy much of our time with one packet;
 * their length is not, since it costs none (C-11). Segments left are no reason
 * to stop: who is told of them depends on what follows (F-43).
 */
static int extensions6(struct nat64_hdr *h, u32 *err_ptr, const struct span *s)
{
	const u8 *ext;
	u32 left = 0;
	unsigned int n;
	u8 type;
	int ret;

	for (n = 0; is_skipped(h->proto); n++) {
		if (n == NAT64_MAX_EXT_HDRS)
			return -NAT64_DROP_EXT_HDR;
		ret = need(s, h->l4 + EXT_LEN);
		if (ret)
			return ret > 0 ? ret : -NAT64_DROP_EXT_HDR;

		ext = s->data + h->l4;
		type = h->proto;
		if (type == NEXTHDR_ROUTING && ext[3] && !left)
			left = h->l4 - h->l3 + 3;
		if (type == NEXTHDR_FRAGMENT)
			fragment_header(h, ext);
		h->proto = ext[0];
		h->l4 += type == NEXTHDR_FRAGMENT ? EXT_LEN : (ext[1] + 1) * 8;
		if (h->l4 > s->end)
			return -NAT64_DROP_EXT_HDR;
		if (type == NEXTHDR_FRAGMENT)
			break;
	}
	if (left) {
		*err_ptr = left;
		return -NAT64_DROP_SEGMENTS_LEFT;
	}
	if (h->frag && is_ext(h->proto))
		return -NAT64_DROP_EXT_AFTER_FRAG;
	h->l4_len = h->tot_len - (h->l4 - h->l3);
	return 0;
}

/* Limits that hold for every fragment, whatever it carries. */
static int check_fragment(const struct nat64_hdr *h)
{
	if (!h->l4_len || (h->more && h->l4_len % 8) ||
	    h->frag_off + h->l4_len > L4_MAX)
		return -NAT64_DROP_BAD_FRAG;
	if (h->proto == IPPROTO_TCP && h->frag_off == 8)
		return -NAT64_DROP_BAD_FRAG;
	return 0;
}

static int parse_tcp(struct nat64_hdr *h, const struct span *s)
{
	u32 len = min_t(u32, h->l4_len, TCP_LEN);
	const u8 *tcp = s->data + h->l4;
	u32 doff;
	int ret;

	if (is_part(h) && len < TCP_CSUM_END)
		return -NAT64_DROP_BAD_FRAG;
	if (!is_part(h) && len < TCP_LEN)
		return -NAT64_DROP_TRUNCATED;
	ret = need(s, h->l4 + len);
	if (ret)
		return ret;

	doff = (tcp[12] >> 4) * 4;
	if (doff < TCP_LEN || (!is_part(h) && doff > h->l4_len))
		return -NAT64_DROP_BAD_L4;
	h->sport = nat64_get_be16(tcp);
	h->dport = nat64_get_be16(tcp + 2);
	h->tcp_flags = tcp[13];
	h->has_ports = 1;
	h->has_csum = 1;
	return 0;
}

static int parse_udp(struct nat64_hdr *h, const struct span *s)
{
	const u8 *udp = s->data + h->l4;
	u32 len;
	int ret;

	if (h->l4_len < UDP_LEN)
		return is_part(h) ? -NAT64_DROP_BAD_FRAG :
				    -NAT64_DROP_TRUNCATED;
	ret = need(s, h->l4 + UDP_LEN);
	if (ret)
		return ret;

	/* Octets behind the UDP length pass as they are (G-13). */
	len = nat64_get16(udp + 4);
	if (len < UDP_LEN || (!is_part(h) && len > h->l4_len))
		return -NAT64_DROP_BAD_L4;
	h->sport = nat64_get_be16(udp);
	h->dport = nat64_get_be16(udp + 2);
	h->has_ports = 1;
	h->has_csum = 1;
	return 0;
}

static int parse_icmp(struct nat64_hdr *h, const struct span *s, bool v6)
{
	const u8 *icmp = s->data + h->l4;
	enum icmp_kind kind;
	int ret;

	if (h->l4_len < ICMP_LEN)
		return -NAT64_DROP_TRUNCATED;
	ret = need(s, h->l4 + ICMP_LEN);
	if (ret)
		return ret;

	h->icmp_type = icmp[0];
	h->icmp_code = icmp[1];
	h->has_csum = 1;
	kind = v6 ? icmp_kind6(icmp[0]) : icmp_kind4(icmp[0]);
	if (kind == KIND_QUERY) {
		h->icmp_query = 1;
		h->has_ports = 1;
		h->sport = nat64_get_be16(icmp + 4);
		h->dport = h->sport;
	}
	h->icmp_error = kind == KIND_ERROR && !is_part(h);
	return 0;
}

/*
 * Protocols that are forwarded whatever they hold (B-20, C-23). DCCP and
 * UDP-Lite keep their checksum where UDP does.
 */
static int parse_other(struct nat64_hdr *h, const struct span *s)
{
	if ((h->proto != IPPROTO_DCCP && h->proto != IPPROTO_UDPLITE) ||
	    h->l4_len < UDP_LEN)
		return 0;
	h->has_csum = 1;
	return need(s, h->l4 + UDP_LEN);
}

static int parse_l4(struct nat64_hdr *h, const struct span *s, bool v6)
{
	if (h->frag_off)
		return 0;
	if (h->proto == IPPROTO_TCP)
		return parse_tcp(h, s);
	if (h->proto == IPPROTO_UDP)
		return parse_udp(h, s);
	if (h->proto == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return parse_icmp(h, s, v6);
	return parse_other(h, s);
}

/*
 * Find the end of the quoted datagram and what RFC 4884 appended to it. A
 * length attribute that is shorter than the standard allows, or that reaches
 * past the message, is noise in what used to be a reserved octet.
 */
static void find_extensions(struct nat64_pkt *pkt, const u8 *data, bool v6)
{
	const struct nat64_hdr *h = &pkt->outer;
	const u8 *icmp = data + h->l4;
	u32 start = h->l4 + ICMP_LEN;
	u32 len = 0;

	pkt->quote_end = h->tot_len;
	pkt->ext = 0;
	pkt->ext_len = 0;

	if (!v6)
		len = icmp[5] * 4;
	else if (h->icmp_type == ICMPV6_DEST_UNREACH ||
		 h->icmp_type == ICMPV6_TIME_EXCEED)
		len = icmp[4] * 8;
	if (len < QUOTE_MIN || start + len > h->tot_len)
		return;

	pkt->quote_end = start + len;
	/* An extension structure starts with a header of four octets. */
	if (h->tot_len - pkt->quote_end < 4)
		return;
	pkt->ext = pkt->quote_end;
	pkt->ext_len = h->tot_len - pkt->ext;
}

/* Only echo messages may be quoted: others have no state or no translation. */
static int quoted_icmp(struct nat64_hdr *h, const u8 *icmp, u32 len, bool v6)
{
	enum icmp_kind kind;

	if (len < 2)
		return -NAT64_DROP_ICMP_QUOTE;
	h->icmp_type = icmp[0];
	h->icmp_code = icmp[1];
	kind = v6 ? icmp_kind6(icmp[0]) : icmp_kind4(icmp[0]);
	if (kind != KIND_QUERY)
		return -NAT64_DROP_ICMP_QUOTE;

	h->icmp_query = 1;
	h->has_csum = len >= 4;
	if (len >= 6) {
		h->has_ports = 1;
		h->sport = nat64_get_be16(icmp + 4);
		h->dport = h->sport;
	}
	return 0;
}

/* As parse_l4(), of which any part may have been cut off (F-11). */
static int quoted_l4(struct nat64_pkt *pkt, const u8 *data, bool v6)
{
	struct nat64_hdr *h = &pkt->inner;
	const u8 *l4 = data + h->l4;
	u32 len;

	/* Behind the end of the original there is only padding. */
	pkt->quote_end = min(pkt->quote_end, h->l3 + h->tot_len);
	len = pkt->quote_end - h->l4;
	if (h->frag_off)
		return 0;
	if (h->proto == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return quoted_icmp(h, l4, len, v6);
	if (h->proto != IPPROTO_TCP && h->proto != IPPROTO_UDP)
		return 0;

	if (len >= 4) {
		h->has_ports = 1;
		h->sport = nat64_get_be16(l4);
		h->dport = nat64_get_be16(l4 + 2);
	}
	if (h->proto == IPPROTO_UDP) {
		h->has_csum = len >= UDP_LEN;
	} else {
		h->has_csum = len >= TCP_CSUM_END;
		h->tcp_flags = len > 13 ? l4[13] : 0;
	}
	return 0;
}

static int quoted6(struct nat64_pkt *pkt, const u8 *data)
{
	struct span s = { data, pkt->quote_end, pkt->quote_end };
	u32 l3 = pkt->outer.l4 + ICMP_LEN;
	struct nat64_hdr *h = &pkt->inner;
	u32 unused;

	if (l3 + IP6_LEN > s.end || data[l3] >> 4 != 6)
		return -NAT64_DROP_ICMP_QUOTE;
	fields6(h, data + l3, l3);
	/* What the quote does not hold cannot be read, but neither exist. */
	s.end = min(s.end, l3 + h->tot_len);
	if (extensions6(h, &unused, &s) || h->l4_len > L4_MAX)
		return -NAT64_DROP_ICMP_QUOTE;
	return quoted_l4(pkt, data, true);
}

static int quoted4(struct nat64_pkt *pkt, const u8 *data)
{
	u32 l3 = pkt->outer.l4 + ICMP_LEN;
	struct nat64_hdr *h = &pkt->inner;

	if (l3 + IP4_LEN > pkt->quote_end || data[l3] >> 4 != 4)
		return -NAT64_DROP_ICMP_QUOTE;
	fields4(h, data + l3, l3);
	if (h->l4 < l3 + IP4_LEN || h->l4 > pkt->quote_end ||
	    h->l4 > l3 + h->tot_len)
		return -NAT64_DROP_ICMP_QUOTE;
	return quoted_l4(pkt, data, false);
}

/* The message is short and its translation needs all of it anyway. */
static int parse_error(struct nat64_pkt *pkt, const struct span *s, bool v6)
{
	int ret = need(s, pkt->outer.tot_len);

	if (ret)
		return ret;
	find_extensions(pkt, s->data, v6);
	return v6 ? quoted6(pkt, s->data) : quoted4(pkt, s->data);
}

/**
 * nat64_parse6() - find out where everything is in an IPv6 packet
 * @pkt: what was found; see parse.h for what of it is valid
 * @data: the packet from its IP header on
 * @avail: bytes readable at @data
 * @total: bytes of the packet, at least @avail
 *
 * Checks everything that later steps rely on, so that they need not look again.
 * Payload length 0 with a payload, as in jumbograms, is refused.
 *
 * Return: 0; positive: call again with so many bytes readable; or the negative
 * of an enum nat64_drop. Any context. RFC 7915 section 5.1.
 */
int nat64_parse6(struct nat64_pkt *pkt, const u8 *data, unsigned int avail,
		 unsigned int total)
{
	struct span s = { data, avail, total };
	struct nat64_hdr *h = &pkt->outer;
	int ret;

	ret = need(&s, IP6_LEN);
	if (ret)
		return ret;
	if (data[0] >> 4 != 6)
		return -NAT64_DROP_BAD_HEADER;
	fields6(h, data, 0);
	if (h->tot_len > total)
		return -NAT64_DROP_TRUNCATED;
	if (!h->l4_len && total > IP6_LEN)
		return -NAT64_DROP_BAD_HEADER;

	s.end = h->tot_len;
	if (is_skipped(h->proto)) {
		ret = extensions6(h, &pkt->err_ptr, &s);
		if (ret)
			return ret;
	}
	if (h->l4_len > L4_MAX)
		return -NAT64_DROP_TOO_BIG;
	if (is_part(h)) {
		ret = check_fragment(h);
		if (ret)
			return ret;
	}
	ret = parse_l4(h, &s, true);
	if (ret || !h->icmp_error)
		return ret;
	return parse_error(pkt, &s, true);
}

/*
 * Look for a source route that is not used up (B-13). An option whose length is
 * impossible leaves the meaning of the rest open, so the packet is refused.
 */
static int check_options(const u8 *opt, const u8 *end)
{
	while (opt < end && *opt != IPOPT_END) {
		if (*opt == IPOPT_NOOP) {
			opt++;
			continue;
		}
		if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
			return -NAT64_DROP_BAD_OPTIONS;
		if (*opt == IPOPT_LSRR || *opt == IPOPT_SSRR) {
			if (opt[1] < 3)
				return -NAT64_DROP_BAD_OPTIONS;
			if (opt[2] <= opt[1])
				return -NAT64_DROP_SOURCE_ROUTE;
		}
		opt += opt[1];
	}
	return 0;
}

static int header4(struct nat64_hdr *h, const struct span *s)
{
	const u8 *ip = s->data;
	int ret;

	ret = need(s, IP4_LEN);
	if (ret)
		return ret;
	if (ip[0] >> 4 != 4 || (ip[0] & 0xf) < 5)
		return -NAT64_DROP_BAD_HEADER;
	fields4(h, ip, 0);
	if (h->tot_len < h->l4)
		return -NAT64_DROP_BAD_HEADER;
	if (h->tot_len > s->end)
		return -NAT64_DROP_TRUNCATED;
	ret = need(s, h->l4);
	if (ret)
		return ret;
	if (ip_fast_csum(ip, h->l4 / 4))
		return -NAT64_DROP_BAD_CSUM;
	return h->l4 > IP4_LEN ? check_options(ip + IP4_LEN, ip + h->l4) : 0;
}

/**
 * nat64_parse4() - find out where everything is in an IPv4 packet
 * @pkt: what was found; see parse.h for what of it is valid
 * @data: the packet from its IP header on
 * @avail: bytes readable at @data
 * @total: bytes of the packet, at least @avail
 *
 * Checks everything that later steps rely on, the header checksum included.
 *
 * Return: 0; positive: call again with so many bytes readable; or the negative
 * of an enum nat64_drop. Any context. RFC 7915 section 4.1.
 */
int nat64_parse4(struct nat64_pkt *pkt, const u8 *data, unsigned int avail,
		 unsigned int total)
{
	struct span s = { data, avail, total };
	struct nat64_hdr *h = &pkt->outer;
	int ret;

	ret = header4(h, &s);
	if (ret)
		return ret;
	s.end = h->tot_len;
	if (is_part(h)) {
		ret = check_fragment(h);
		if (ret)
			return ret;
	}
	ret = parse_l4(h, &s, false);
	if (ret || !h->icmp_error)
		return ret;
	return parse_error(pkt, &s, false);
}

/**
 * nat64_quote4_csum_ok() - check the IPv4 header that an ICMP error quotes
 * @pkt: layout of the error; @pkt->outer.icmp_error is set
 * @data: the packet, linear
 *
 * Some routers quote a header they had changed before, so whether this matters
 * is for the caller to say (F-19).
 *
 * Return: true if the header checksum is right.
 */
bool nat64_quote4_csum_ok(const struct nat64_pkt *pkt, const u8 *data)
{
	const struct nat64_hdr *h = &pkt->inner;

	return !ip_fast_csum(data + h->l3, (h->l4 - h->l3) / 4);
}
