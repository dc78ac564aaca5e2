/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for tests of the translation core: built octet by octet and summed
 * by the definition, so that nothing under test takes part in what is expected
 * of it.
 */
#ifndef NAT64_SELFTEST_XLAT_PKT_H
#define NAT64_SELFTEST_XLAT_PKT_H

#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define SRC6	"2001:db8:1::21"
#define DST6	"64:ff9b::c633:6407"	/* 198.51.100.7 */
#define SRC4	"192.0.2.33"
#define DST4	"198.51.100.7"

struct pkt {
	u8 data[66000];
	u32 len;
};

static inline struct in6_addr a6(const char *text)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, text, &addr) != 1)
		abort();
	return addr;
}

static inline __be32 a4(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		abort();
	return addr.s_addr;
}

static inline void set8(struct pkt *p, u32 at, unsigned int v)
{
	p->data[at] = (u8)v;
}

static inline void set16(struct pkt *p, u32 at, unsigned int v)
{
	p->data[at] = (u8)(v >> 8);
	p->data[at + 1] = (u8)v;
}

static inline void set32(struct pkt *p, u32 at, u32 v)
{
	set16(p, at, v >> 16);
	set16(p, at + 2, v & 0xffff);
}

static inline u32 get16(const u8 *p)
{
	return (u32)p[0] << 8 | p[1];
}

static inline u32 get32(const u8 *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static inline u32 put(struct pkt *p, const void *data, u32 len)
{
	u32 at = p->len;

	if (at + len > sizeof(p->data))
		abort();
	memcpy(p->data + at, data, len);
	p->len += len;
	return at;
}

static inline u32 put_zero(struct pkt *p, u32 len)
{
	u32 at = p->len;

	if (at + len > sizeof(p->data))
		abort();
	memset(p->data + at, 0, len);
	p->len += len;
	return at;
}

/* Octets that differ from their neighbours and from zero. */
static inline u32 put_fill(struct pkt *p, u32 len)
{
	u32 at = put_zero(p, len), i;

	for (i = 0; i < len; i++)
		p->data[at + i] = (u8)(i % 251 + 1);
	return at;
}

/* Not folded sum of big-endian words, by RFC 1071. */
static inline u32 ref_sum(const u8 *p, u32 len)
{
	u32 sum = 0;

	for (; len > 1; len -= 2, p += 2)
		sum += get16(p);
	if (len)
		sum += (u32)p[0] << 8;
	return sum;
}

static inline u16 ref_fold(u32 sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)sum;
}

/*
 * What the sum over a transport message and its pseudo header folds to: 0xffff
 * if the checksum in it is right.
 */
static inline u16 ref_l4_sum(const u8 *ip, const u8 *l4, u32 len, u8 proto)
{
	u32 sum = ref_sum(l4, len);

	if (ip[0] >> 4 == 6)
		sum = ref_fold(sum) + ref_sum(ip + 8, 32) + proto + len;
	else if (proto != IPPROTO_ICMP)
		sum = ref_fold(sum) + ref_sum(ip + 12, 8) + proto + len;
	return ref_fold(sum);
}

static inline u32 csum_at(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_UDPLITE:
		return 6;
	default:
		return 2;	/* of ICMP in either family */
	}
}

/* Complete the checksum of the message at @l4 that ends with the packet. */
static inline void end_l4(struct pkt *p, u32 l3, u32 l4, u8 proto)
{
	u32 at = l4 + csum_at(proto);
	u16 sum;

	set16(p, at, 0);
	sum = ~ref_l4_sum(p->data + l3, p->data + l4, p->len - l4, proto);
	set16(p, at, proto == IPPROTO_UDP && !sum ? 0xffff : sum);
}

static inline u32 ip6(struct pkt *p, u8 nexthdr)
{
	struct in6_addr src = a6(SRC6), dst = a6(DST6);
	u32 at = put_zero(p, 8);

	set32(p, at, 6u << 28 | 0xa5 << 20 | 0x54321);
	set8(p, at + 6, nexthdr);
	set8(p, at + 7, 64);
	put(p, &src, 16);
	put(p, &dst, 16);
	return at;
}

static inline void end_ip6(struct pkt *p, u32 at)
{
	set16(p, at + 4, p->len - at - 40);
}

static inline void sum_ip4(struct pkt *p, u32 at)
{
	set16(p, at + 10, 0);
	set16(p, at + 10, (u16)~ref_fold(ref_sum(p->data + at,
						 (p->data[at] & 15) * 4u)));
}

static inline u32 ip4_opts(struct pkt *p, u8 proto, const u8 *opts, u32 len)
{
	__be32 src = a4(SRC4), dst = a4(DST4);
	u32 at = put_zero(p, 12);

	set8(p, at, 0x45 + len / 4);
	set8(p, at + 1, 0xa5);
	set16(p, at + 4, 0x1234);
	set16(p, at + 6, 0x4000);
	set8(p, at + 8, 64);
	set8(p, at + 9, proto);
	put(p, &src, 4);
	put(p, &dst, 4);
	put(p, opts, len);
	return at;
}

static inline u32 ip4(struct pkt *p, u8 proto)
{
	return ip4_opts(p, proto, (const u8 *)"", 0);
}

static inline void end_ip4(struct pkt *p, u32 at)
{
	set16(p, at + 2, p->len - at);
	sum_ip4(p, at);
}

/* An IPv6 extension header of @len octets. */
static inline u32 ext6(struct pkt *p, u8 nexthdr, u32 len)
{
	u32 at = put_zero(p, len);

	set8(p, at, nexthdr);
	set8(p, at + 1, len / 8 - 1);
	set8(p, at + 4, 1);	/* PadN over the rest */
	set8(p, at + 5, len - 8);
	return at;
}

static inline u32 frag6(struct pkt *p, u8 nexthdr, u32 off, bool more, u32 id)
{
	u32 at = put_zero(p, 8);

	set8(p, at, nexthdr);
	set16(p, at + 2, off | more);
	set32(p, at + 4, id);
	return at;
}

static inline u32 tcp(struct pkt *p, u32 sport, u32 dport, u8 flags)
{
	u32 at = put_zero(p, 20);

	set16(p, at, sport);
	set16(p, at + 2, dport);
	set32(p, at + 4, 0x01020304);
	set8(p, at + 12, 5 << 4);
	set8(p, at + 13, flags);
	set16(p, at + 14, 0x2000);
	return at;
}

static inline u32 udp(struct pkt *p, u32 sport, u32 dport, u32 payload)
{
	u32 at = put_zero(p, 8);

	set16(p, at, sport);
	set16(p, at + 2, dport);
	set16(p, at + 4, 8 + payload);
	put_fill(p, payload);
	return at;
}

static inline u32 icmp(struct pkt *p, u8 type, u8 code, u32 word)
{
	u32 at = put_zero(p, 8);

	set8(p, at, type);
	set8(p, at + 1, code);
	set32(p, at + 4, word);
	return at;
}

typedef int (*parse_fn)(struct nat64_pkt *pkt, const u8 *data,
			unsigned int avail, unsigned int total);

/*
 * Parse as a caller does that has as little as possible in linear memory: what
 * is readable is exactly what was asked for, so that one octet more is an error
 * that the address sanitizer sees. Asking must make progress.
 */
static inline int parse_steps(parse_fn fn, struct nat64_pkt *out, const u8 *data,
			      u32 total)
{
	unsigned int avail = 0;
	u8 *copy;
	int ret;

	for (;;) {
		copy = malloc(avail ? avail : 1);
		if (!copy)
			abort();
		memcpy(copy, data, avail);
		/* Fields a caller may read must not come from here. */
		memset(out, 0xa5, sizeof(*out));
		ret = fn(out, copy, avail, total);
		free(copy);
		if (ret <= 0)
			return ret;
		if ((unsigned int)ret <= avail || (unsigned int)ret > total)
			abort();
		avail = (unsigned int)ret;
	}
}

static inline int parse6(struct nat64_pkt *out, const struct pkt *p)
{
	return parse_steps(nat64_parse6, out, p->data, p->len);
}

static inline int parse4(struct nat64_pkt *out, const struct pkt *p)
{
	return parse_steps(nat64_parse4, out, p->data, p->len);
}

#endif /* NAT64_SELFTEST_XLAT_PKT_H */
