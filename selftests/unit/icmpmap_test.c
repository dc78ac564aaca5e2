// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "icmpmap.h"
#include "xlat_pkt.h"

/*
 * The network of these tests: a host SRC6 (SRC4 on the IPv4 side) had sent a
 * packet to DST6 (DST4). A router, R6 or R4, answers with an error.
 */
#define R6	"2001:db8:9::1"
#define R4	"203.0.113.9"
#define R6_OF_4	"64:ff9b::cb00:7109"
#define R4_OF_6	"192.0.2.99"

#define SPORT6	1111u	/* of the host on the IPv6 side */
#define SPORT4	40000u	/* of the same on the IPv4 side */
#define PEER	53u	/* the same on both */

static const struct nat64_hdr_opts copy = { .tos = NAT64_TOS_COPY };
static struct pkt p;
static struct nat64_pkt layout;
static struct nat64_icmp_ctx ctx;
static struct nat64_addrs outer, inner;
static _Alignas(4) u8 out[NAT64_ICMP6_MAX];
static int len;

static void set_addr6(u32 at, const char *text)
{
	struct in6_addr addr = a6(text);

	memcpy(p.data + at, &addr, 16);
}

static void set_addr4(u32 at, const char *text)
{
	__be32 addr = a4(text);

	memcpy(p.data + at, &addr, 4);
}

static void new_ctx(void)
{
	ctx = (struct nat64_icmp_ctx) {
		.pkt = &layout, .data = p.data, .outer = &outer,
		.inner = &inner, .opts = &copy, .mtu_in = 9000,
		.mtu_out = 9000, .id = 0x4242,
	};
}

/* An ICMPv6 error about a packet that came from IPv4: DST4 -> SRC4. */
static u32 error6(u8 type, u8 code, u32 word)
{
	u32 at;

	p.len = 0;
	at = ip6(&p, IPPROTO_ICMPV6);
	set_addr6(at + 8, R6);
	set_addr6(at + 24, DST6);
	at = icmp(&p, type, code, word) + 8;
	return at;
}

static u32 quote6(u8 proto)
{
	u32 at = ip6(&p, proto);

	set_addr6(at + 8, DST6);
	set_addr6(at + 24, SRC6);
	set8(&p, at + 7, 1);
	return at;
}

static u32 error4(u8 type, u8 code, u32 word)
{
	u32 at;

	p.len = 0;
	at = ip4(&p, IPPROTO_ICMP);
	set_addr4(at + 12, R4);
	set_addr4(at + 16, SRC4);
	return icmp(&p, type, code, word) + 8;
}

/* A quoted packet SRC4 -> DST4, which came from IPv6. */
static u32 quote4(u8 proto)
{
	u32 at = ip4(&p, proto);

	set8(&p, at + 8, 1);
	return at;
}

static int run64(void)
{
	end_ip6(&p, 0);
	end_l4(&p, 0, 40, IPPROTO_ICMPV6);
	len = parse6(&layout, &p);
	if (len)
		return len;
	new_ctx();
	outer = (struct nat64_addrs) { .src4 = a4(R4_OF_6), .dst4 = a4(DST4) };
	inner = (struct nat64_addrs) {
		.src6 = a6(DST6), .dst6 = a6(SRC6), .src4 = a4(DST4),
		.dst4 = a4(SRC4), .sport = htons(PEER), .dport = htons(SPORT4),
	};
	memset(out, 0xee, sizeof(out));
	len = nat64_icmp_error_64(&ctx, out, sizeof(out));
	return len;
}

static int run46(void)
{
	end_ip4(&p, 0);
	end_l4(&p, 0, 20, IPPROTO_ICMP);
	len = parse4(&layout, &p);
	if (len)
		return len;
	new_ctx();
	outer = (struct nat64_addrs) { .src6 = a6(R6_OF_4), .dst6 = a6(SRC6) };
	inner = (struct nat64_addrs) {
		.src6 = a6(SRC6), .dst6 = a6(DST6), .src4 = a4(SRC4),
		.dst4 = a4(DST4), .sport = htons(SPORT6), .dport = htons(PEER),
	};
	memset(out, 0xee, sizeof(out));
	len = nat64_icmp_error_46(&ctx, out, sizeof(out));
	return len;
}

/* What holds for every translated error. */
static void good4(void)
{
	EXPECT(len > 28);
	if (len <= 28)
		return;
	EXPECT_EQ(get16(out + 2), len);				/* F-09 */
	EXPECT_EQ(ref_fold(ref_sum(out, 20)), 0xffff);
	EXPECT_EQ(out[9], IPPROTO_ICMP);
	EXPECT_EQ(get32(out + 12), ntohl(outer.src4));
	EXPECT_EQ(get32(out + 16), ntohl(outer.dst4));
	EXPECT_EQ(ref_fold(ref_sum(out + 20, len - 20)), 0xffff);
	EXPECT_EQ(out[28], 0x45);
	EXPECT_EQ(ref_fold(ref_sum(out + 28, 20)), 0xffff);
	EXPECT_EQ(get32(out + 40), ntohl(inner.src4));
	EXPECT_EQ(get32(out + 44), ntohl(inner.dst4));
}

static void good6(void)
{
	EXPECT(len > 48);
	if (len <= 48)
		return;
	EXPECT_EQ(get16(out + 4), len - 40);			/* F-09 */
	EXPECT_EQ(out[6], IPPROTO_ICMPV6);
	EXPECT_MEM(out + 8, &outer.src6, 16);
	EXPECT_MEM(out + 24, &outer.dst6, 16);
	EXPECT_EQ(ref_l4_sum(out, out + 40, len - 40, IPPROTO_ICMPV6), 0xffff);
	EXPECT_EQ(out[48] >> 4, 6);
	EXPECT_MEM(out + 56, &inner.src6, 16);
	EXPECT_MEM(out + 72, &inner.dst6, 16);
}

/* A whole UDP packet, quoted with @payload octets and a right checksum. */
static u32 quoted_udp6(u32 payload)
{
	u32 at = quote6(IPPROTO_UDP), l4 = udp(&p, PEER, SPORT6, payload);

	end_ip6(&p, at);
	end_l4(&p, at, l4, IPPROTO_UDP);
	return at;
}

static u32 quoted_udp4(u32 payload)
{
	u32 at = quote4(IPPROTO_UDP), l4 = udp(&p, SPORT4, PEER, payload);

	end_ip4(&p, at);
	end_l4(&p, at, l4, IPPROTO_UDP);
	return at;
}

/* type and code by type and code; 255: dropped */
struct mapping {
	u8 type, code, to_type, to_code;
};

static const struct mapping map46[] = {
	/* F-01 F-02 */
	{ 3, 0, 1, 0 }, { 3, 1, 1, 0 }, { 3, 2, 4, 1 }, { 3, 3, 1, 4 },
	{ 3, 4, 2, 0 }, { 3, 5, 1, 0 }, { 3, 6, 1, 0 }, { 3, 7, 1, 0 },
	{ 3, 8, 1, 0 }, { 3, 9, 1, 1 }, { 3, 10, 1, 1 }, { 3, 11, 1, 0 },
	{ 3, 12, 1, 0 }, { 3, 13, 1, 1 }, { 3, 14, 255, 0 }, { 3, 15, 1, 1 },
	{ 3, 16, 255, 0 }, { 3, 255, 255, 0 },
	/* F-05 F-06 */
	{ 11, 0, 3, 0 }, { 11, 1, 3, 1 },
	{ 12, 0, 4, 0 }, { 12, 1, 255, 0 }, { 12, 2, 4, 0 }, { 12, 3, 255, 0 },
};

static const struct mapping map64[] = {
	/* F-30 */
	{ 1, 0, 3, 1 }, { 1, 1, 3, 10 }, { 1, 2, 3, 1 }, { 1, 3, 3, 1 },
	{ 1, 4, 3, 3 }, { 1, 5, 255, 0 }, { 1, 6, 255, 0 }, { 1, 255, 255, 0 },
	/* F-31 F-32 F-33 F-34 */
	{ 2, 0, 3, 4 }, { 2, 1, 3, 4 }, { 2, 255, 3, 4 },
	{ 3, 0, 11, 0 }, { 3, 1, 11, 1 },
	{ 4, 0, 12, 0 }, { 4, 1, 3, 2 }, { 4, 2, 255, 0 }, { 4, 3, 255, 0 },
};

TEST(types_46) /* F-01 F-05 F-06 X-07 */
{
	const struct mapping *m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(map46); i++) {
		m = &map46[i];
		error4(m->type, m->code, m->code == 4 ? 1400 : 0);
		quoted_udp4(100);
		run46();
		if (m->to_type == 255) {
			EXPECT_EQ(len, -NAT64_DROP_ICMP_TYPE);
			EXPECT_EQ(nat64_icmp_crosses_46(m->type, m->code),
				  -NAT64_DROP_ICMP_TYPE);
			continue;
		}
		good6();
		EXPECT_EQ(out[40], m->to_type);
		EXPECT_EQ(out[41], m->to_code);
		EXPECT_EQ(nat64_icmp_crosses_46(m->type, m->code), 0);
	}
}

TEST(types_64) /* F-30 F-31 F-32 F-33 F-34 */
{
	const struct mapping *m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(map64); i++) {
		m = &map64[i];
		error6(m->type, m->code, m->type == 2 ? 1400 : 0);
		quoted_udp6(100);
		run64();
		if (m->to_type == 255) {
			EXPECT_EQ(len, -NAT64_DROP_ICMP_TYPE);
			EXPECT_EQ(nat64_icmp_crosses_64(m->type, m->code),
				  -NAT64_DROP_ICMP_TYPE);
			continue;
		}
		good4();
		EXPECT_EQ(out[20], m->to_type);
		EXPECT_EQ(out[21], m->to_code);
		EXPECT_EQ(nat64_icmp_crosses_64(m->type, m->code), 0);
	}
}

TEST(types_that_stay) /* E-03 E-04 F-07 F-35 */
{
	unsigned int type;

	for (type = 0; type < 256; type++) {
		bool ok4 = type == 0 || type == 3 || type == 8 || type == 11 ||
			   type == 12;
		bool ok6 = (type >= 1 && type <= 4) || type == 128 ||
			   type == 129;

		EXPECT_EQ(nat64_icmp_crosses_46((u8)type, 0),
			  ok4 ? 0 : -NAT64_DROP_ICMP_TYPE);
		EXPECT_EQ(nat64_icmp_crosses_64((u8)type, 0),
			  ok6 ? 0 : -NAT64_DROP_ICMP_TYPE);
	}
}

TEST(pointers_46) /* F-06 F-08 */
{
	static const int want[] = {
		0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1, 8, 8, 8, 8,
		24, 24, 24, 24,
	};
	unsigned int ptr, code;

	for (ptr = 0; ptr < 256; ptr++)
		for (code = 0; code <= 2; code += 2) {
			/* octets 5 to 7 are not part of the pointer */
			error4(12, (u8)code, ptr << 24 | 0x00abcd);
			quoted_udp4(20);
			run46();
			if (ptr >= ARRAY_SIZE(want) || want[ptr] < 0) {
				EXPECT_EQ(len, -NAT64_DROP_ICMP_TYPE);
				continue;
			}
			good6();
			EXPECT_EQ(get32(out + 44), want[ptr]);
		}
}

TEST(pointers_64) /* F-33 F-08 */
{
	u32 ptr;
	int want;

	for (ptr = 0; ptr < 300; ptr++) {
		error6(4, 0, ptr);
		quoted_udp6(20);
		run64();
		want = ptr < 2 ? (int)ptr :
		       ptr == 4 || ptr == 5 ? 2 : ptr == 6 ? 9 : ptr == 7 ? 8 :
		       ptr >= 8 && ptr < 24 ? 12 :
		       ptr >= 24 && ptr < 40 ? 16 : -1;
		if (want < 0) {
			EXPECT_EQ(len, -NAT64_DROP_ICMP_TYPE);
			continue;
		}
		good4();
		EXPECT_EQ(get32(out + 24), (u32)want << 24);
	}
	/* as wide as it is */
	error6(4, 0, 0x10000);
	quoted_udp6(20);
	EXPECT_EQ(run64(), -NAT64_DROP_ICMP_TYPE);
	error6(4, 0, 0x80000006);
	quoted_udp6(20);
	EXPECT_EQ(run64(), -NAT64_DROP_ICMP_TYPE);
}

TEST(protocol_unreachable) /* F-02 F-34 F-08 */
{
	error4(3, 2, 0x00ff1234);
	quoted_udp4(20);
	run46();
	good6();
	EXPECT_EQ(get32(out + 44), 6);

	error6(4, 1, 6);
	quoted_udp6(20);
	run64();
	good4();
	EXPECT_EQ(get32(out + 24), 0);
}

TEST(nothing_leaks) /* F-08 */
{
	error4(3, 1, 0xffffffff);
	quoted_udp4(20);
	run46();
	good6();
	EXPECT_EQ(get32(out + 44), 0);
	error6(1, 0, 0x00ffffff);
	quoted_udp6(20);
	run64();
	good4();
	EXPECT_EQ(get32(out + 24), 0);
	/* F-05: the word of a fragmentation needed is the MTU alone */
	error4(3, 4, 0x55aa0000 | 1400);
	quoted_udp4(20);
	run46();
	EXPECT_EQ(get32(out + 44), 1420);
	error6(2, 0, 1400);
	quoted_udp6(20);
	run64();
	EXPECT_EQ(get32(out + 24), 1380);
}

static u32 mtu46(u32 mtu, u32 in, u32 mtu_out, u32 tot_len)
{
	u32 at;

	error4(3, 4, mtu);
	at = quoted_udp4(20);
	set16(&p, at + 2, tot_len);
	sum_ip4(&p, at);
	run46();
	ctx.mtu_in = in;
	ctx.mtu_out = mtu_out;
	len = nat64_icmp_error_46(&ctx, out, sizeof(out));
	good6();
	return get32(out + 44);
}

TEST(mtu_46) /* F-03 D-13 D-20 */
{
	EXPECT_EQ(mtu46(1400, 1500, 1500, 1500), 1420);
	EXPECT_EQ(mtu46(1500, 1500, 1500, 1500), 1500);
	EXPECT_EQ(mtu46(1480, 1500, 1500, 1500), 1500);
	EXPECT_EQ(mtu46(1480, 1450, 9000, 1500), 1470);
	EXPECT_EQ(mtu46(1480, 9000, 1400, 1500), 1400);
	EXPECT_EQ(mtu46(1260, 1500, 1500, 1500), 1280);
	EXPECT_EQ(mtu46(1259, 1500, 1500, 1500), 1280);
	EXPECT_EQ(mtu46(68, 1500, 1500, 1500), 1280);
	EXPECT_EQ(mtu46(1, 1500, 1500, 1500), 1280);
	EXPECT_EQ(mtu46(65535, 65535, 65575, 65535), 65555);
	EXPECT_EQ(mtu46(1400, 1500, 1280, 1500), 1280);
}

TEST(mtu_46_plateaus) /* F-04 X-04 */
{
	/* total length quoted, greatest plateau below it, + 20 */
	static const u16 want[][2] = {
		{ 65535, 32020 }, { 32001, 32020 }, { 32000, 17934 },
		{ 17914, 8186 }, { 8167, 8186 }, { 8166, 4372 },
		{ 4352, 2022 }, { 2002, 1512 }, { 1500, 1512 },
		{ 1493, 1512 }, { 1492, 1280 }, { 1000, 1280 }, { 48, 1280 },
	};
	static const u16 own[] = { 3000, 1300 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++)
		EXPECT_EQ(mtu46(0, 65535, 65575, want[i][0]), want[i][1]);
	EXPECT_EQ(mtu46(0, 1500, 1500, 4000), 1500);

	mtu46(0, 9000, 9000, 3500);
	ctx.plateaus = own;
	ctx.n_plateaus = 2;
	nat64_icmp_error_46(&ctx, out, sizeof(out));
	EXPECT_EQ(get32(out + 44), 3020);
}

static u32 mtu64(u32 mtu, u32 in, u32 mtu_out)
{
	error6(2, 0, mtu);
	quoted_udp6(20);
	run64();
	ctx.mtu_in = in;
	ctx.mtu_out = mtu_out;
	len = nat64_icmp_error_64(&ctx, out, sizeof(out));
	good4();
	EXPECT_EQ(get16(out + 24), 0);
	return get16(out + 26);
}

TEST(mtu_64) /* F-31 D-13 */
{
	EXPECT_EQ(mtu64(1400, 1500, 1500), 1380);
	EXPECT_EQ(mtu64(1500, 1500, 1500), 1480);
	EXPECT_EQ(mtu64(9000, 1500, 9000), 1480);
	EXPECT_EQ(mtu64(9000, 9000, 1400), 1400);
	EXPECT_EQ(mtu64(1280, 1500, 1500), 1260);
	EXPECT_EQ(mtu64(20, 1500, 1500), 0);
	EXPECT_EQ(mtu64(0, 1500, 1500), 0);
	EXPECT_EQ(mtu64(19, 1500, 1500), 0);
	EXPECT_EQ(mtu64(0x10000 + 1400, 1500, 1500), 1480);
	EXPECT_EQ(mtu64(0xffffffff, 0xffffffff, 0xffffffff), 65535);
}

TEST(mtu_64_of_fragment) /* F-31 X-05 */
{
	u32 at, l4;

	error6(2, 0, 1400);
	at = quote6(44);
	frag6(&p, IPPROTO_UDP, 0, true, 77);
	l4 = udp(&p, PEER, SPORT6, 24);
	end_ip6(&p, at);
	set16(&p, l4 + 4, 3000);
	run64();
	good4();
	EXPECT_EQ(get16(out + 26), 1372);
}

TEST(quoted_udp) /* F-09 F-10 F-15 H-60 H-65 */
{
	error4(3, 3, 0);
	quoted_udp4(33);
	run46();
	good6();
	EXPECT_EQ(len, 48 + 40 + 8 + 33);
	EXPECT_EQ(get16(out + 52), 41);
	EXPECT_EQ(out[54], IPPROTO_UDP);
	EXPECT_EQ(out[55], 1);			/* hop limit as it was */
	EXPECT_EQ(get32(out + 48), 0x6a500000);
	EXPECT_EQ(get16(out + 88), SPORT6);
	EXPECT_EQ(get16(out + 90), PEER);
	EXPECT_EQ(ref_l4_sum(out + 48, out + 88, 41, IPPROTO_UDP), 0xffff);
	EXPECT_MEM(out + 96, p.data + 56, 33);

	error6(1, 4, 0);
	quoted_udp6(33);
	run64();
	good4();
	EXPECT_EQ(len, 28 + 20 + 8 + 33);
	EXPECT_EQ(get16(out + 30), 61);
	EXPECT_EQ(out[29], 0xa5);
	EXPECT_EQ(out[36], 1);
	EXPECT_EQ(out[37], IPPROTO_UDP);
	EXPECT_EQ(get16(out + 34), 0);		/* small: no DF */
	EXPECT_EQ(get16(out + 48), PEER);
	EXPECT_EQ(get16(out + 50), SPORT4);
	EXPECT_EQ(ref_l4_sum(out + 28, out + 48, 41, IPPROTO_UDP), 0xffff);
	EXPECT_MEM(out + 56, p.data + 96, 33);
}

TEST(quoted_tcp) /* F-10 G-04 */
{
	u32 at, l4;

	error4(11, 0, 0);
	at = quote4(IPPROTO_TCP);
	l4 = tcp(&p, SPORT4, PEER, 0x02);
	put_fill(&p, 7);
	end_ip4(&p, at);
	end_l4(&p, at, l4, IPPROTO_TCP);
	run46();
	good6();
	EXPECT_EQ(get16(out + 88), SPORT6);
	EXPECT_EQ(ref_l4_sum(out + 48, out + 88, 27, IPPROTO_TCP), 0xffff);

	error6(3, 0, 0);
	at = quote6(IPPROTO_TCP);
	l4 = tcp(&p, PEER, SPORT6, 0x12);
	put_fill(&p, 7);
	end_ip6(&p, at);
	end_l4(&p, at, l4, IPPROTO_TCP);
	run64();
	good4();
	EXPECT_EQ(get16(out + 50), SPORT4);
	EXPECT_EQ(ref_l4_sum(out + 28, out + 48, 27, IPPROTO_TCP), 0xffff);
}

TEST(quoted_udp_checksums) /* F-12 */
{
	u32 at;

	error4(3, 3, 0);
	at = quoted_udp4(4);
	set16(&p, at + 26, 0);
	run46();
	good6();
	EXPECT_EQ(get16(out + 94), 0);

	/* a checksum that comes out as 0 */
	error6(1, 4, 0);
	at = quoted_udp6(4);
	run64();
	set16(&p, at + 48, get16(p.data + at + 48) - (0xffff - get16(out + 54)));
	end_l4(&p, at, at + 40, IPPROTO_UDP);
	EXPECT(ref_l4_sum(p.data + at, p.data + at + 40, 12, IPPROTO_UDP) ==
	       0xffff);
	run64();
	good4();
	EXPECT_EQ(ref_l4_sum(out + 28, out + 48, 12, IPPROTO_UDP), 0xffff);
	EXPECT(get16(out + 54) != 0);
}

TEST(quoted_df) /* F-15 */
{
	u32 at;

	error6(1, 4, 0);
	at = quoted_udp6(20);
	set16(&p, at + 4, 1240);	/* 1260 octets in IPv4 */
	run64();
	good4();
	EXPECT_EQ(get16(out + 34), 0);
	set16(&p, at + 4, 1241);
	run64();
	good4();
	EXPECT_EQ(get16(out + 34), 0x4000);
	EXPECT_EQ(get16(out + 30), 1261);
}

TEST(quoted_echo) /* F-14 H-64 */
{
	static const struct {
		u8 type4, type6;
	} types[] = { { 8, 128 }, { 0, 129 } };
	unsigned int i;
	u32 at, l4;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		error4(11, 0, 0);
		at = quote4(IPPROTO_ICMP);
		l4 = icmp(&p, types[i].type4, 0, SPORT4 << 16 | 7);
		put_fill(&p, 33);
		end_ip4(&p, at);
		end_l4(&p, at, l4, IPPROTO_ICMP);
		run46();
		good6();
		EXPECT_EQ(out[54], IPPROTO_ICMPV6);
		EXPECT_EQ(out[88], types[i].type6);
		EXPECT_EQ(get32(out + 92), SPORT6 << 16 | 7);
		EXPECT_EQ(ref_l4_sum(out + 48, out + 88, 41, IPPROTO_ICMPV6),
			  0xffff);

		error6(3, 0, 0);
		at = quote6(IPPROTO_ICMPV6);
		l4 = icmp(&p, types[i].type6, 0, SPORT6 << 16 | 7);
		put_fill(&p, 33);
		end_ip6(&p, at);
		end_l4(&p, at, l4, IPPROTO_ICMPV6);
		run64();
		good4();
		EXPECT_EQ(out[37], IPPROTO_ICMP);
		EXPECT_EQ(out[48], types[i].type4);
		EXPECT_EQ(get32(out + 52), PEER << 16 | 7);
		EXPECT_EQ(ref_l4_sum(out + 28, out + 48, 41, IPPROTO_ICMP),
			  0xffff);
	}
}

/* The checksum is that of the whole message, of which 8 octets are quoted. */
TEST(quoted_echo_truncated) /* F-11 F-14 */
{
	u8 rest[33];
	u32 at, l4;

	error4(11, 0, 0);
	at = quote4(IPPROTO_ICMP);
	l4 = icmp(&p, 8, 0, SPORT4 << 16 | 7);
	put_fill(&p, 33);
	memcpy(rest, p.data + l4 + 8, 33);
	end_ip4(&p, at);
	end_l4(&p, at, l4, IPPROTO_ICMP);
	p.len = l4 + 8;
	run46();
	good6();
	EXPECT_EQ(len, 96);
	EXPECT_EQ(get16(out + 52), 41);
	memcpy(out + 96, rest, 33);
	EXPECT_EQ(ref_l4_sum(out + 48, out + 88, 41, IPPROTO_ICMPV6), 0xffff);
}

TEST(truncated_quotes) /* F-11 */
{
	u32 at, n;

	for (n = 0; n <= 12; n++) {
		error4(11, 0, 0);
		at = quoted_udp4(200);
		p.len = at + 20 + n;
		run46();
		EXPECT_EQ(len, 88 + (int)n);
		EXPECT_EQ(get16(out + 52), 208);
		if (n >= 4)
			EXPECT_EQ(get16(out + 88), SPORT6);
		good6();

		error6(3, 0, 0);
		at = quoted_udp6(200);
		p.len = at + 40 + n;
		run64();
		EXPECT_EQ(len, 48 + (int)n);
		EXPECT_EQ(get16(out + 30), 228);
		if (n >= 4)
			EXPECT_EQ(get16(out + 50), SPORT4);
		if (n)
			good4();
	}
}

TEST(quoted_options_and_extensions) /* F-13 */
{
	static const u8 opts[8] = { 148, 4, 0, 0, 1, 1, 1, 0 };
	u32 at;

	error4(11, 0, 0);
	at = ip4_opts(&p, IPPROTO_UDP, opts, sizeof(opts));
	udp(&p, SPORT4, PEER, 5);
	end_ip4(&p, at);
	run46();
	good6();
	EXPECT_EQ(get16(out + 52), 13);
	EXPECT_EQ(get16(out + 88), SPORT6);
	EXPECT_EQ(len, 48 + 53);

	error6(3, 0, 0);
	at = quote6(60);
	ext6(&p, IPPROTO_UDP, 16);
	udp(&p, PEER, SPORT6, 5);
	end_ip6(&p, at);
	run64();
	good4();
	EXPECT_EQ(get16(out + 30), 33);
	EXPECT_EQ(get16(out + 50), SPORT4);
	EXPECT_EQ(len, 28 + 33);
}

TEST(quoted_fragments) /* F-16 */
{
	static const u8 fh[8] = { IPPROTO_UDP, 0, 0, 0x40, 0, 0, 0x12, 0x34 };
	u32 at;

	error4(11, 1, 0);
	at = quote4(IPPROTO_UDP);
	set16(&p, at + 6, 8);
	put_fill(&p, 24);
	end_ip4(&p, at);
	run46();
	good6();
	EXPECT_EQ(out[54], 44);
	EXPECT_EQ(get16(out + 52), 32);
	EXPECT_MEM(out + 88, fh, 8);
	EXPECT_MEM(out + 96, p.data + at + 20, 24);

	error6(3, 1, 0);
	at = quote6(44);
	frag6(&p, IPPROTO_UDP, 64, true, 0xabcd1234);
	put_fill(&p, 24);
	end_ip6(&p, at);
	run64();
	good4();
	EXPECT_EQ(get16(out + 30), 44);
	EXPECT_EQ(get16(out + 32), 0x1234);
	EXPECT_EQ(get16(out + 34), 0x2008);
	EXPECT_MEM(out + 48, p.data + at + 48, 24);
}

TEST(quoted_other_protocols) /* F-10 K-16 K-17 */
{
	u32 at;

	error4(3, 2, 0);
	at = quote4(132);
	put_fill(&p, 24);
	end_ip4(&p, at);
	run46();
	good6();
	EXPECT_EQ(out[54], 132);
	EXPECT_MEM(out + 88, p.data + at + 20, 24);

	error4(3, 2, 0);
	at = quote4(44);
	put_fill(&p, 24);
	end_ip4(&p, at);
	EXPECT_EQ(run46(), -NAT64_DROP_ICMP_QUOTE);
	error6(1, 0, 0);
	at = quote6(IPPROTO_ICMP);
	put_fill(&p, 24);
	end_ip6(&p, at);
	EXPECT_EQ(run64(), -NAT64_DROP_ICMP_QUOTE);
}

TEST(outer_header) /* C-04 B-03 C-06 */
{
	error6(1, 0, 0);
	quoted_udp6(20);
	run64();
	good4();
	EXPECT_EQ(out[1], 0xa5);
	EXPECT_EQ(out[8], 64);
	EXPECT_EQ(get16(out + 4), 0x4242);
	EXPECT_EQ(get16(out + 6), 0);
	error4(3, 0, 0);
	quoted_udp4(20);
	run46();
	good6();
	EXPECT_EQ(get32(out), 0x6a500000);
	EXPECT_EQ(out[7], 64);
}

TEST(longest_46) /* F-23 X-25 */
{
	error4(3, 3, 0);
	quoted_udp4(1204);	/* 1232 octets: 1280 with an IPv4 header less */
	run46();
	good6();
	EXPECT_EQ(len, 1280);

	error4(3, 3, 0);
	quoted_udp4(1184);
	run46();
	good6();
	EXPECT_EQ(len, 1280);
	error4(3, 3, 0);
	quoted_udp4(1183);
	run46();
	good6();
	EXPECT_EQ(len, 1279);
	error4(3, 3, 0);
	quoted_udp4(8000);
	run46();
	good6();
	EXPECT_EQ(len, 1280);
	EXPECT_EQ(get16(out + 52), 8008);
}

TEST(longest_64) /* F-24 X-25 */
{
	error6(1, 4, 0);
	quoted_udp6(1184);	/* an IPv6 error of 1280 octets */
	run64();
	good4();
	EXPECT_EQ(len, 1240);
	error6(1, 4, 0);
	quoted_udp6(8000);
	run64();
	good4();
	EXPECT_EQ(len, 1240);
}

TEST(no_room)
{
	error6(1, 4, 0);
	quoted_udp6(100);
	run64();
	EXPECT_EQ(nat64_icmp_error_64(&ctx, out, (unsigned int)len), len);
	EXPECT_EQ(nat64_icmp_error_64(&ctx, out, (unsigned int)len - 1),
		  -NAT64_DROP_NO_MEMORY);
	error4(3, 3, 0);
	quoted_udp4(100);
	run46();
	EXPECT_EQ(nat64_icmp_error_46(&ctx, out, (unsigned int)len), len);
	EXPECT_EQ(nat64_icmp_error_46(&ctx, out, (unsigned int)len - 1),
		  -NAT64_DROP_NO_MEMORY);
}

/* One MPLS label stack object (RFC 4950) behind the RFC 4884 header. */
static const u8 mpls[12] = {
	0x20, 0x00, 0x12, 0x34, 0x00, 0x08, 0x01, 0x01, 0x00, 0x01, 0x01, 0xff,
};

static bool zeros(const u8 *data, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (data[i])
			return false;
	return true;
}

TEST(extensions_46) /* F-25 F-26 F-29 */
{
	u32 at;

	/* 128 octets: 148 with the longer header, padded to 152 */
	error4(11, 0, 32 << 16);
	at = quoted_udp4(200);
	p.len = at + 128;
	put(&p, mpls, sizeof(mpls));
	run46();
	good6();
	EXPECT_EQ(get32(out + 44), 19u << 24);
	EXPECT_EQ(len, 48 + 152 + 12);
	EXPECT(zeros(out + 48 + 148, 4));
	EXPECT_MEM(out + 48 + 152, mpls, 12);

	/* a short packet that was padded to 128: padded again, not longer */
	error4(11, 0, 32 << 16);
	at = quoted_udp4(8);
	put_zero(&p, 128 - 36);
	put(&p, mpls, sizeof(mpls));
	run46();
	good6();
	EXPECT_EQ(get32(out + 44), 16u << 24);
	EXPECT_EQ(len, 48 + 128 + 12);
	EXPECT(zeros(out + 48 + 56, 128 - 56));
	EXPECT_MEM(out + 48 + 128, mpls, 12);
}

TEST(extensions_64) /* F-25 F-26 F-29 */
{
	u32 at;

	/* 128 octets shrink to 108 and are padded to 128 */
	error6(3, 0, 16u << 24);
	at = quoted_udp6(200);
	p.len = at + 128;
	put(&p, mpls, sizeof(mpls));
	run64();
	good4();
	EXPECT_EQ(get32(out + 24), 32 << 16);
	EXPECT_EQ(len, 28 + 128 + 12);
	EXPECT(zeros(out + 28 + 108, 20));
	EXPECT_MEM(out + 28 + 128, mpls, 12);

	/* 160 octets shrink to 140 */
	error6(1, 0, 20u << 24);
	at = quoted_udp6(200);
	p.len = at + 160;
	put(&p, mpls, sizeof(mpls));
	run64();
	good4();
	EXPECT_EQ(get32(out + 24), 35 << 16);
	EXPECT_EQ(len, 28 + 140 + 12);
	EXPECT_MEM(out + 28 + 140, mpls, 12);
}

TEST(extensions_removed) /* F-27 X-24 */
{
	static const struct mapping cases[] = {
		{ 3, 2, 4, 1 }, { 3, 4, 2, 0 }, { 12, 0, 4, 0 },
	};
	unsigned int i;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		error4(cases[i].type, cases[i].code, 32 << 16);
		at = quoted_udp4(200);
		p.len = at + 128;
		put(&p, mpls, sizeof(mpls));
		run46();
		good6();
		EXPECT_EQ(out[40], cases[i].to_type);
		EXPECT_EQ(len, 48 + 148);
		EXPECT_EQ(out[44], 0);
	}
}

TEST(extensions_and_the_limit) /* F-23 F-25 F-37 */
{
	u32 at, n;

	/* the quote gives way, the structure stays whole */
	error4(11, 0, 250u << 16);
	at = quoted_udp4(1500);
	p.len = at + 1000;
	at = put_fill(&p, 400);
	run46();
	good6();
	n = out[44] * 8u;
	EXPECT_EQ(n, (1280 - 48 - 400) / 8 * 8);
	EXPECT_EQ(len, 48 + (int)n + 400);
	EXPECT_MEM(out + 48 + n, p.data + at, 400);

	/* down to 128, then the structure goes */
	error4(11, 0, 250u << 16);
	at = quoted_udp4(1500);
	p.len = at + 1000;
	put_fill(&p, 1280 - 48 - 128);
	run46();
	good6();
	EXPECT_EQ(out[44], 16);
	EXPECT_EQ(len, 1280);
	put_fill(&p, 1);
	run46();
	good6();
	EXPECT_EQ(get32(out + 44), 0);
	EXPECT_EQ(len, 48 + 1020);

	/* 255 words of four octets are the most that IPv4 can say */
	error6(3, 0, 150u << 24);
	at = quoted_udp6(1500);
	p.len = at + 1200;
	put(&p, mpls, sizeof(mpls));
	run64();
	good4();
	EXPECT_EQ(out[25], 255);
	EXPECT_EQ(len, 28 + 1020 + 12);
	EXPECT_MEM(out + 28 + 1020, mpls, 12);
}

TEST(atomic_outer) /* D-16 */
{
	u32 at;

	p.len = 0;
	at = ip6(&p, 44);
	set_addr6(at + 8, R6);
	frag6(&p, IPPROTO_ICMPV6, 0, false, 0x00015678);
	icmp(&p, 1, 0, 0);
	quoted_udp6(20);
	end_ip6(&p, 0);
	EXPECT_EQ(parse6(&layout, &p), 0);
	new_ctx();
	len = nat64_icmp_error_64(&ctx, out, sizeof(out));
	good4();
	EXPECT_EQ(get16(out + 4), 0x5678);
	EXPECT_EQ(get16(out + 6), 0);
}

KTAP_MAIN()
