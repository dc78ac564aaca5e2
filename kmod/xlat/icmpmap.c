// SPDX-License-Identifier: GPL-2.0
#include "icmpmap.h"
#include "bytes.h"
#include "csum.h"

#define ICMP_LEN	8	/* of the header in front of a quote */
#define QUOTE_MIN	128	/* RFC 4884 section 4 */
#define PTR6_NEXTHDR	6	/* offset of Next Header in an IPv6 header */
#define HDR_DIFF	20	/* IPv6 header longer than IPv4 header */
#define FRAG_DIFF	28	/* the same with a Fragment Header */

enum dir {
	DIR_64 = 1,
	DIR_46 = 2,
	DIR_BOTH = DIR_64 | DIR_46,
};

/* what the second word of a message is about */
enum word {
	WORD_UNUSED,
	WORD_MTU,
	WORD_POINTER,
	WORD_NEXTHDR,	/* to IPv6: a pointer to Next Header; to IPv4: unused */
};

#define ANY_CODE	0x1	/* the code that arrives does not matter */
#define KEEP_CODE	0x2	/* the code that arrives is the one to send */

/**
 * struct rule - how one message looks in the other family
 * @type4: ICMP type
 * @code4: ICMP code
 * @type6: ICMPv6 type
 * @code6: ICMPv6 code
 * @dirs: directions the rule serves, of enum dir
 * @word: enum word
 * @flags: ANY_CODE, KEEP_CODE
 */
struct rule {
	u8 type4;
	u8 code4;
	u8 type6;
	u8 code6;
	u8 dirs;
	u8 word;
	u8 flags;
};

/* RFC 7915 sections 4.2 and 5.2. What is not here is dropped. */
static const struct rule rules[] = {
	{ 3, 0, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 1, 1, 0, DIR_BOTH, WORD_UNUSED, 0 },
	{ 3, 2, 4, 1, DIR_BOTH, WORD_NEXTHDR, 0 },
	{ 3, 3, 1, 4, DIR_BOTH, WORD_UNUSED, 0 },
	{ 3, 4, 2, 0, DIR_46, WORD_MTU, 0 },
	{ 3, 4, 2, 0, DIR_64, WORD_MTU, ANY_CODE },
	{ 3, 5, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 6, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 7, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 8, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 9, 1, 1, DIR_46, WORD_UNUSED, 0 },
	{ 3, 10, 1, 1, DIR_BOTH, WORD_UNUSED, 0 },
	{ 3, 11, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 12, 1, 0, DIR_46, WORD_UNUSED, 0 },
	{ 3, 13, 1, 1, DIR_46, WORD_UNUSED, 0 },
	{ 3, 15, 1, 1, DIR_46, WORD_UNUSED, 0 },
	{ 3, 1, 1, 2, DIR_64, WORD_UNUSED, 0 },
	{ 3, 1, 1, 3, DIR_64, WORD_UNUSED, 0 },
	{ 11, 0, 3, 0, DIR_BOTH, WORD_UNUSED, ANY_CODE | KEEP_CODE },
	{ 12, 0, 4, 0, DIR_BOTH, WORD_POINTER, 0 },
	{ 12, 2, 4, 0, DIR_46, WORD_POINTER, 0 },
	{ 8, 0, 128, 0, DIR_BOTH, WORD_UNUSED, ANY_CODE | KEEP_CODE },
	{ 0, 0, 129, 0, DIR_BOTH, WORD_UNUSED, ANY_CODE | KEEP_CODE },
};

/*
 * RFC 7915 figures 3 and 6: octets of the headers that mean the same. A pointer
 * into a range becomes the start of the other family's range.
 */
static const struct {
	u8 first4;
	u8 last4;
	u8 first6;
	u8 last6;
} pointers[] = {
	{ 0, 0, 0, 0 },		/* version */
	{ 1, 1, 1, 1 },		/* type of service, traffic class */
	{ 2, 3, 4, 5 },		/* length */
	{ 8, 8, 7, 7 },		/* time to live, hop limit */
	{ 9, 9, 6, 6 },		/* protocol, next header */
	{ 12, 15, 8, 23 },	/* source */
	{ 16, 19, 24, 39 },	/* destination */
};

/* RFC 1191 section 7, as far as IPv6 can use them. */
static const u16 plateaus1191[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492,
};

/* octets of a translated message behind the ICMP header */
struct quote {
	u32 hdr;	/* IP headers of the quoted packet */
	u32 body;	/* what follows them */
	u32 pad;	/* zeros to the boundary RFC 4884 wants */
	u32 ext;	/* extension structure */
	u32 obj;	/* of that, what is appended */
};

#define EXT_HDR_LEN	4	/* in front of the objects, RFC 4884 section 7 */
#define EXT_VERSION	0x20
#define OBJ_LEN		24	/* header, family, reserved, IPv6 address */
#define AFI_IPV6	2

/* Class and C-Type by enum nat64_object; both have an address and no more. */
static const u8 objects[][2] = {
	[NAT64_OBJECT_NODE] = { 5, 0x04 },
	[NAT64_OBJECT_INTERFACE] = { 2, 0x04 },
};

static const struct rule *find_rule(enum dir dir, u8 type, u8 code)
{
	const struct rule *r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		r = &rules[i];
		if (!(r->dirs & dir))
			continue;
		if (type != (dir == DIR_64 ? r->type6 : r->type4))
			continue;
		if ((r->flags & ANY_CODE) ||
		    code == (dir == DIR_64 ? r->code6 : r->code4))
			return r;
	}
	return NULL;
}

/**
 * nat64_icmp_crosses_64() - whether an ICMPv6 message has an ICMP counterpart
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 *
 * Return: 0, or -NAT64_DROP_ICMP_TYPE. RFC 7915 section 5.2.
 */
int nat64_icmp_crosses_64(u8 type, u8 code)
{
	return find_rule(DIR_64, type, code) ? 0 : -NAT64_DROP_ICMP_TYPE;
}

/**
 * nat64_icmp_crosses_46() - whether an ICMP message has an ICMPv6 counterpart
 * @type: ICMP type
 * @code: ICMP code
 *
 * Return: 0, or -NAT64_DROP_ICMP_TYPE. RFC 7915 section 4.2.
 */
int nat64_icmp_crosses_46(u8 type, u8 code)
{
	return find_rule(DIR_46, type, code) ? 0 : -NAT64_DROP_ICMP_TYPE;
}

/**
 * nat64_icmp_echo_64() - type of an echo message in IPv4
 * @type: ICMPV6_ECHO_REQUEST or ICMPV6_ECHO_REPLY
 *
 * Return: ICMP type.
 */
u8 nat64_icmp_echo_64(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
}

/**
 * nat64_icmp_echo_46() - type of an echo message in IPv6
 * @type: ICMP_ECHO or ICMP_ECHOREPLY
 *
 * Return: ICMPv6 type.
 */
u8 nat64_icmp_echo_46(u8 type)
{
	return type == ICMP_ECHO ? ICMPV6_ECHO_REQUEST : ICMPV6_ECHO_REPLY;
}

static __wsum echo_delta(u8 from_type, u8 to_type, __be16 from_id, __be16 to_id)
{
	/* The type is the upper half of the first word. */
	return csum_add(nat64_csum_delta16(htons(from_type << 8),
					   htons(to_type << 8)),
			nat64_csum_delta16(from_id, to_id));
}

/* RFC 4443 section 2.3: length and next header are 32 bits wide. */
static __wsum pseudo6(const struct in6_addr *src6, const struct in6_addr *dst6,
		      u32 len)
{
	__wsum sum = nat64_csum_addr6(src6, dst6);

	sum = csum_add(sum, (__force __wsum)htonl(len));
	return csum_add(sum, (__force __wsum)htonl(IPPROTO_ICMPV6));
}

/**
 * nat64_icmp_delta_64() - what the sum of an echo message gains to IPv4
 * @type: ICMPv6 type as received
 * @from_id: identifier as received, network byte order
 * @to_id: identifier to send
 * @src6: as received
 * @dst6: as received
 * @len: bytes of the whole ICMP message
 *
 * Return: delta for nat64_csum_update(). RFC 7915 section 5.2.
 */
__wsum nat64_icmp_delta_64(u8 type, __be16 from_id, __be16 to_id,
			   const struct in6_addr *src6,
			   const struct in6_addr *dst6, u32 len)
{
	return csum_sub(echo_delta(type, nat64_icmp_echo_64(type), from_id,
				   to_id),
			pseudo6(src6, dst6, len));
}

/**
 * nat64_icmp_delta_46() - what the sum of an echo message gains to IPv6
 * @type: ICMP type as received
 * @from_id: identifier as received, network byte order
 * @to_id: identifier to send
 * @src6: as sent
 * @dst6: as sent
 * @len: bytes of the whole ICMP message
 *
 * Return: delta for nat64_csum_update(). RFC 7915 section 4.2.
 */
__wsum nat64_icmp_delta_46(u8 type, __be16 from_id, __be16 to_id,
			   const struct in6_addr *src6,
			   const struct in6_addr *dst6, u32 len)
{
	return csum_add(echo_delta(type, nat64_icmp_echo_46(type), from_id,
				   to_id),
			pseudo6(src6, dst6, len));
}

/* Pointers are compared as wide as they arrive, 32 bits in ICMPv6 (F-33). */
static int map_pointer(enum dir dir, u32 ptr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		if (dir == DIR_64 && ptr >= pointers[i].first6 &&
		    ptr <= pointers[i].last6)
			return pointers[i].first4;
		if (dir == DIR_46 && ptr >= pointers[i].first4 &&
		    ptr <= pointers[i].last4)
			return pointers[i].first6;
	}
	return -NAT64_DROP_ICMP_TYPE;
}

/* Greatest plateau below @len that IPv6 can use; 0 if there is none. */
static u32 plateau(const struct nat64_icmp_ctx *ctx, u32 len)
{
	const u16 *mtus = ctx->plateaus ? ctx->plateaus : plateaus1191;
	unsigned int n = ctx->plateaus ? ctx->n_plateaus :
					 ARRAY_SIZE(plateaus1191);
	unsigned int i;

	for (i = 0; i < n; i++)
		if (mtus[i] < len && mtus[i] >= NAT64_MIN_MTU6)
			return mtus[i];
	return 0;
}

static u32 mtu_46(const struct nat64_icmp_ctx *ctx, u32 mtu)
{
	if (!mtu)
		mtu = plateau(ctx, ctx->pkt->inner.tot_len);
	mtu = min(mtu, ctx->mtu_in) + HDR_DIFF;
	return max_t(u32, min(mtu, ctx->mtu_out), NAT64_MIN_MTU6);
}

static u32 mtu_64(const struct nat64_icmp_ctx *ctx, u32 mtu)
{
	u32 diff = ctx->pkt->inner.is_frag ? FRAG_DIFF : HDR_DIFF;
	u32 in = ctx->mtu_in > HDR_DIFF ? ctx->mtu_in - HDR_DIFF : 0;

	mtu = mtu > diff ? mtu - diff : 0;
	return min3(mtu, min(ctx->mtu_out, in), 65535u);
}

/*
 * Write the first eight octets of an ICMP message, checksum 0. Everything that
 * is not set here is zero, so that nothing of the old header leaks (F-08).
 */
static int icmp_header_64(const struct nat64_icmp_ctx *ctx,
			  const struct rule *r, u8 *out)
{
	const u8 *in = ctx->data + ctx->pkt->outer.l4;
	int ptr;

	memset(out, 0, ICMP_LEN);
	out[0] = r->type4;
	out[1] = r->flags & KEEP_CODE ? in[1] : r->code4;
	if (r->word == WORD_MTU) {
		nat64_put_be16(out + 6,
			       htons((u16)mtu_64(ctx, nat64_get32(in + 4))));
	} else if (r->word == WORD_POINTER) {
		ptr = map_pointer(DIR_64, nat64_get32(in + 4));
		if (ptr < 0)
			return ptr;
		out[4] = (u8)ptr;
	}
	return 0;
}

static int icmp_header_46(const struct nat64_icmp_ctx *ctx,
			  const struct rule *r, u8 *out)
{
	const u8 *in = ctx->data + ctx->pkt->outer.l4;
	u32 word = 0;
	int ptr;

	if (r->word == WORD_MTU) {
		word = mtu_46(ctx, nat64_get16(in + 6));
	} else if (r->word == WORD_NEXTHDR) {
		word = PTR6_NEXTHDR;
	} else if (r->word == WORD_POINTER) {
		ptr = map_pointer(DIR_46, in[4]);
		if (ptr < 0)
			return ptr;
		word = ptr;
	}
	memset(out, 0, ICMP_LEN);
	out[0] = r->type6;
	out[1] = r->flags & KEEP_CODE ? in[1] : r->code6;
	nat64_put_be32(out + 4, htonl(word));
	return 0;
}

/*
 * Lay out the quote in at most @room octets. The quote is cut from its end; if
 * it would fall below what RFC 4884 needs beside extensions, they go first
 * (F-37). @unit is that of the length attribute, 0 if the new type has none and
 * can carry no extensions (F-27). @obj: octets of an object to append.
 */
static struct quote fit(const struct nat64_pkt *pkt, u32 hdr, u32 room,
			u32 unit, u32 obj)
{
	struct quote q = {
		.hdr = hdr,
		.body = pkt->quote_end - pkt->inner.l4,
	};
	u32 len, ext = pkt->ext_len;

	if (obj && pkt->ext_len + EXT_HDR_LEN + obj + QUOTE_MIN <= room) {
		ext = (pkt->ext ? ext : EXT_HDR_LEN) + obj;
		q.obj = obj;
	}
	if (!unit || !ext || ext + QUOTE_MIN > room) {
		q.body = min(q.body, room - hdr);
		q.obj = 0;
		return q;
	}

	q.ext = ext;
	/* The length attribute is one octet wide. */
	len = min((room - q.ext) / unit, 255u) * unit;
	q.body = min(q.body, len - hdr);
	len = max_t(u32, round_up(q.hdr + q.body, unit), QUOTE_MIN);
	q.pad = len - q.hdr - q.body;
	return q;
}

static u32 quote_len(const struct quote *q)
{
	return q->hdr + q->body + q->pad;
}

/* At the end of an extension structure, which may have to be made first. */
static void append_object(const struct nat64_icmp_ctx *ctx,
			  const struct quote *q, u8 *ext)
{
	u8 *obj = ext + q->ext - OBJ_LEN;

	memset(ext, 0, EXT_HDR_LEN);
	ext[0] = EXT_VERSION;
	nat64_put_be16(obj, htons(OBJ_LEN));
	obj[2] = objects[ctx->object][0];
	obj[3] = objects[ctx->object][1];
	nat64_put_be32(obj + 4, htonl(AFI_IPV6 << 16));
	memcpy(obj + 8, &ctx->outer->src6, sizeof(ctx->outer->src6));
	nat64_put_csum(ext + 2, csum_fold(csum_partial(ext, q->ext, 0)));
}

/* Everything behind the quoted IP header. */
static void copy_quote(const struct nat64_icmp_ctx *ctx, const struct quote *q,
		       u8 *out)
{
	const struct nat64_pkt *pkt = ctx->pkt;

	memcpy(out, ctx->data + pkt->inner.l4, q->body);
	memset(out + q->body, 0, q->pad);
	out += q->body + q->pad;
	if (q->ext)
		memcpy(out, ctx->data + pkt->ext, pkt->ext_len);
	if (q->obj)
		append_object(ctx, q, out);
}

/* Ports and checksum of a quoted packet, as far as the quote holds them. */
static void quoted_ports(const struct nat64_icmp_ctx *ctx, u8 *l4,
			 __wsum delta)
{
	const struct nat64_hdr *h = &ctx->pkt->inner;
	const struct nat64_addrs *a = ctx->inner;
	__sum16 sum;
	u8 *csum;

	if (!h->has_ports)
		return;
	nat64_put_be16(l4, a->sport);
	nat64_put_be16(l4 + 2, a->dport);
	if (!h->has_csum)
		return;

	delta = csum_add(delta, nat64_csum_delta16(h->sport, a->sport));
	delta = csum_add(delta, nat64_csum_delta16(h->dport, a->dport));
	csum = l4 + (h->proto == IPPROTO_UDP ? 6 : 16);
	sum = nat64_get_csum(csum);
	sum = h->proto == IPPROTO_UDP ? nat64_csum_update_udp(sum, delta) :
					nat64_csum_update(sum, delta);
	nat64_put_csum(csum, sum);
}

static void quoted_echo(const struct nat64_icmp_ctx *ctx, u8 *l4, enum dir dir)
{
	const struct nat64_hdr *h = &ctx->pkt->inner;
	const struct nat64_addrs *a = ctx->inner;
	__be16 id = h->has_ports ? a->sport : h->sport;
	__wsum delta;
	__sum16 sum;

	if (dir == DIR_64) {
		l4[0] = nat64_icmp_echo_64(h->icmp_type);
		delta = nat64_icmp_delta_64(h->icmp_type, h->sport, id,
					    &a->src6, &a->dst6, h->l4_len);
	} else {
		l4[0] = nat64_icmp_echo_46(h->icmp_type);
		delta = nat64_icmp_delta_46(h->icmp_type, h->sport, id,
					    &a->src6, &a->dst6, h->l4_len);
	}
	if (h->has_csum) {
		sum = nat64_get_csum(l4 + 2);
		nat64_put_csum(l4 + 2, nat64_csum_update(sum, delta));
	}
	if (h->has_ports)
		nat64_put_be16(l4 + 4, id);
}

/* The transport header that a quote starts with, if it is a first fragment. */
static void quoted_l4(const struct nat64_icmp_ctx *ctx, u8 *l4, enum dir dir)
{
	const struct nat64_hdr *h = &ctx->pkt->inner;
	const struct nat64_addrs *a = ctx->inner;

	if (h->frag_off)
		return;
	if (h->icmp_query)
		quoted_echo(ctx, l4, dir);
	else if (dir == DIR_64)
		quoted_ports(ctx, l4, nat64_csum_delta_64(&a->src6, &a->dst6,
							  a->src4, a->dst4));
	else
		quoted_ports(ctx, l4, nat64_csum_delta_46(a->src4, a->dst4,
							  &a->src6, &a->dst6));
}

/**
 * nat64_icmp_error_64() - translate an ICMPv6 error message to ICMP
 * @ctx: the message
 * @out: where to, aligned to 4 bytes
 * @room: bytes at @out
 *
 * Return: length of the IPv4 packet in bytes, or the negative of an enum
 * nat64_drop. Any context. RFC 7915 sections 5.2 and 5.3.
 */
int nat64_icmp_error_64(const struct nat64_icmp_ctx *ctx, u8 *out,
			unsigned int room)
{
	const u32 before = NAT64_HDR_LEN_64 + ICMP_LEN;
	struct nat64_hdr outer = ctx->pkt->outer;
	const struct nat64_hdr *inner = &ctx->pkt->inner;
	u8 *icmp = out + NAT64_HDR_LEN_64, *quote = out + before;
	const struct rule *r;
	struct quote q;
	int ret;

	r = find_rule(DIR_64, outer.icmp_type, outer.icmp_code);
	if (!r)
		return -NAT64_DROP_ICMP_TYPE;
	if (!nat64_proto_crosses_64(inner->proto))
		return -NAT64_DROP_ICMP_QUOTE;
	/* Every type of ICMP error has a length attribute. */
	q = fit(ctx->pkt, NAT64_HDR_LEN_64, NAT64_ICMP4_MAX - before, 4,
		ctx->object && r->type4 != ICMP_PARAMETERPROB ? OBJ_LEN : 0);
	outer.l4_len = ICMP_LEN + quote_len(&q) + q.ext;
	if (outer.l4_len + NAT64_HDR_LEN_64 > room)
		return -NAT64_DROP_NO_MEMORY;
	ret = icmp_header_64(ctx, r, icmp);
	if (ret)
		return ret;

	if (q.ext)
		icmp[5] = (u8)(quote_len(&q) / 4);
	nat64_hdr_64((struct iphdr *)out, &outer, ctx->outer, ctx->opts,
		     ctx->id);
	nat64_hdr_64((struct iphdr *)quote, inner, ctx->inner, ctx->opts, 0);
	copy_quote(ctx, &q, quote + q.hdr);
	quoted_l4(ctx, quote + q.hdr, DIR_64);
	nat64_put_csum(icmp + 2, csum_fold(csum_partial(icmp, outer.l4_len,
							0)));
	return outer.l4_len + NAT64_HDR_LEN_64;
}

/**
 * nat64_icmp_error_46() - translate an ICMP error message to ICMPv6
 * @ctx: the message
 * @out: where to, aligned to 4 bytes
 * @room: bytes at @out
 *
 * Return: length of the IPv6 packet in bytes, or the negative of an enum
 * nat64_drop. Any context. RFC 7915 sections 4.2 and 4.3.
 */
int nat64_icmp_error_46(const struct nat64_icmp_ctx *ctx, u8 *out,
			unsigned int room)
{
	const u32 before = sizeof(struct ipv6hdr) + ICMP_LEN;
	struct nat64_hdr outer = ctx->pkt->outer;
	const struct nat64_hdr *inner = &ctx->pkt->inner;
	u8 *icmp = out + sizeof(struct ipv6hdr), *quote = out + before;
	const struct rule *r;
	struct quote q;
	int ret;

	r = find_rule(DIR_46, outer.icmp_type, outer.icmp_code);
	if (!r)
		return -NAT64_DROP_ICMP_TYPE;
	if (!nat64_proto_crosses_46(inner->proto))
		return -NAT64_DROP_ICMP_QUOTE;
	/* Where the second word means something, no length fits in. */
	q = fit(ctx->pkt, nat64_hdr_len_46(inner), NAT64_ICMP6_MAX - before,
		r->word == WORD_UNUSED ? 8 : 0, 0);
	outer.l4_len = ICMP_LEN + quote_len(&q) + q.ext;
	if (outer.l4_len + sizeof(struct ipv6hdr) > room)
		return -NAT64_DROP_NO_MEMORY;
	ret = icmp_header_46(ctx, r, icmp);
	if (ret)
		return ret;

	if (q.ext)
		icmp[4] = (u8)(quote_len(&q) / 8);
	nat64_hdr_46((struct ipv6hdr *)out, &outer, ctx->outer, ctx->opts);
	nat64_hdr_46((struct ipv6hdr *)quote, inner, ctx->inner, ctx->opts);
	copy_quote(ctx, &q, quote + q.hdr);
	quoted_l4(ctx, quote + q.hdr, DIR_46);
	nat64_put_csum(icmp + 2,
		       csum_ipv6_magic(&ctx->outer->src6, &ctx->outer->dst6,
				       outer.l4_len, IPPROTO_ICMPV6,
				       csum_partial(icmp, outer.l4_len, 0)));
	return outer.l4_len + sizeof(struct ipv6hdr);
}
