// SPDX-License-Identifier: GPL-2.0
/* Router Advertisements and Solicitations: daemons/pref64d/ra.c. */
#include "ktap.h"

#include "pref64d/ra.h"

#include <arpa/inet.h>

static struct in6_addr ip6(const char *text)
{
	struct in6_addr a;

	inet_pton(AF_INET6, text, &a);
	return a;
}

static struct ra_msg plain(void)
{
	return (struct ra_msg){
		.hop_limit = 64,
		.router_lifetime = 1800,
	};
}

static uint8_t out[2048];

static size_t build(const struct ra_msg *m)
{
	unsigned int next = 0;
	size_t len;

	memset(out, 0xee, sizeof(out));
	len = ra_build(out, sizeof(out), m, &next);
	EXPECT(ra_complete(m, next));
	return len;
}

/* R16 R17 R18 R19 R20 R29 */
TEST(builds_the_header)
{
	static const uint8_t want[] = {
		134, 0, 0, 0, 64, 0xc8, 0x07, 0x08,
		0x00, 0x00, 0x75, 0x30, 0x00, 0x00, 0x03, 0xe8,
		1, 1, 2, 0, 0, 0, 0, 1,
		5, 1, 0, 0, 0, 0, 0x05, 0xdc,
	};
	struct ra_msg m = plain();

	m.managed = true;
	m.other = true;
	m.preference = 1;
	m.reachable = 30000;
	m.retrans = 1000;
	m.mtu = 1500;
	m.lladdr_len = 6;
	memcpy(m.lladdr, "\x02\0\0\0\0\x01", 6);
	EXPECT_EQ(build(&m), sizeof(want));
	EXPECT_MEM(out, want, sizeof(want));
}

/* R19 RFC 4191 2.2: no preference without a lifetime. */
TEST(drops_preference_with_lifetime)
{
	struct ra_msg m = plain();

	m.preference = 3;
	build(&m);
	EXPECT_EQ(out[5], 0x18);
	m.router_lifetime = 0;
	build(&m);
	EXPECT_EQ(out[5], 0);
}

/* R30 R31 C125 C127 */
TEST(builds_pref64_of_all_lengths)
{
	static const uint8_t lens[] = { 96, 64, 56, 48, 40, 32 };
	struct ra_msg m = plain();
	uint8_t want[12];
	unsigned int i;

	memset(&m.pref64[0].addr, 0xff, 16);
	m.npref64 = 1;
	m.pref64[0].lifetime = 1800;
	for (i = 0; i < 6; i++) {
		m.pref64[0].len = lens[i];
		EXPECT(ra_pref64_len(lens[i]));
		EXPECT_EQ(build(&m), 32);
		EXPECT_EQ(out[16], 38);
		EXPECT_EQ(out[17], 2);
		EXPECT_EQ(out[18] << 8 | out[19], 225 << 3 | i);
		memset(want, 0, sizeof(want));
		memset(want, 0xff, lens[i] / 8);
		EXPECT_MEM(out + 20, want, 12);
	}
	EXPECT(!ra_pref64_len(65) && !ra_pref64_len(0) && !ra_pref64_len(128));
}

/* R32 */
TEST(scales_the_lifetime)
{
	static const struct {
		uint32_t seconds;
		unsigned int scaled;
	} cases[] = {
		{ 0, 0 }, { 1, 1 }, { 7, 1 }, { 8, 1 }, { 9, 2 }, { 12, 2 },
		{ 1800, 225 }, { 9000, 1125 }, { 65528, 8191 },
		{ 65529, 8191 }, { UINT32_MAX, 8191 },
	};
	struct ra_msg m = plain();
	unsigned int i;

	m.npref64 = 1;
	m.pref64[0].len = 96;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		m.pref64[0].lifetime = cases[i].seconds;
		build(&m);
		EXPECT_EQ(out[18] << 8 | out[19], cases[i].scaled << 3);
	}
}

/* R21 C142 */
TEST(builds_prefixes)
{
	static const uint8_t want[] = {
		3, 4, 64, 0xc0, 0xff, 0xff, 0xff, 0xff, 0, 9, 0x3a, 0x80,
		0, 0, 0, 0, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
	};
	struct ra_msg m = plain();

	m.nprefixes = 1;
	m.prefixes[0] = (struct ra_prefix){
		.addr = ip6("2001:db8:1::dead:beef"),
		.len = 64,
		.onlink = true,
		.autonomous = true,
		.valid = RA_INFINITE,
		.preferred = 604800,
	};
	EXPECT_EQ(build(&m), 48);
	EXPECT_MEM(out + 16, want, sizeof(want));
	m.prefixes[0].onlink = false;
	build(&m);
	EXPECT_EQ(out[19], 0x40);
}

/* R24 C146 */
TEST(builds_routes_as_short_as_they_can_be)
{
	static const struct {
		uint8_t len;
		uint8_t units;
	} cases[] = { { 0, 1 }, { 48, 2 }, { 64, 2 }, { 65, 3 }, { 128, 3 } };
	struct ra_msg m = plain();
	unsigned int i;

	m.nroutes = 1;
	memset(&m.routes[0].addr, 0xff, 16);
	m.routes[0].preference = 1;
	m.routes[0].lifetime = 0x01020304;
	for (i = 0; i < 5; i++) {
		m.routes[0].len = cases[i].len;
		EXPECT_EQ(build(&m), 16u + cases[i].units * 8u);
		EXPECT_EQ(out[16], 24);
		EXPECT_EQ(out[17], cases[i].units);
		EXPECT_EQ(out[18], cases[i].len);
		EXPECT_EQ(out[19], 0x08);
		EXPECT_MEM(out + 20, "\1\2\3\4", 4);
	}
	m.routes[0].len = 65;
	build(&m);
	EXPECT_MEM(out + 24, "\xff\xff\xff\xff\xff\xff\xff\xff\x80\0\0\0", 12);
}

/* R25 R28 C149 */
TEST(builds_dns_options)
{
	static const uint8_t want[] = {
		25, 5, 0, 0, 0, 0, 0x07, 0x08,
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		31, 3, 0, 0, 0, 0, 0x07, 0x08,
		1, 'a', 2, 'b', 'c', 0, 3, 'd',
		'e', 'f', 0, 0, 0, 0, 0, 0,
	};
	struct ra_msg m = plain();

	m.ndns = 2;
	m.dns[0] = (struct ra_dns){ ip6("2001:db8::53"), 1800 };
	m.dns[1] = (struct ra_dns){ ip6("fe80::1"), 1800 };
	m.nsearch = 2;
	m.search[0] = (struct ra_search){ "a.bc", 1800 };
	m.search[1] = (struct ra_search){ "def", 1800 };
	EXPECT_EQ(build(&m), 16 + sizeof(want));
	EXPECT_MEM(out + 16, want, sizeof(want));
}

/* R27: what is withdrawn has an option of its own, with lifetime 0. */
TEST(builds_dns_options_by_lifetime)
{
	static const uint8_t want[] = {
		25, 3, 0, 0, 0, 0, 0x07, 0x08,
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,
		25, 3, 0, 0, 0, 0, 0, 0,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		31, 2, 0, 0, 0, 0, 0, 9, 1, 'a', 0, 0, 0, 0, 0, 0,
		31, 2, 0, 0, 0, 0, 0, 0, 1, 'b', 0, 0, 0, 0, 0, 0,
	};
	struct ra_msg m = plain();

	m.ndns = 2;
	m.dns[0] = (struct ra_dns){ ip6("2001:db8::53"), 1800 };
	m.dns[1] = (struct ra_dns){ ip6("fe80::1"), 0 };
	m.nsearch = 2;
	m.search[0] = (struct ra_search){ "a", 9 };
	m.search[1] = (struct ra_search){ "b", 0 };
	EXPECT_EQ(build(&m), 16 + sizeof(want));
	EXPECT_MEM(out + 16, want, sizeof(want));
}

/* R42 C151: the URI, padded with zeros to whole units. */
TEST(builds_captive_portal)
{
	struct ra_msg m = plain();
	struct ra_msg got;
	const struct in6_addr src = ip6("fe80::1");

	strcpy(m.captive_portal, "https://a.b/cd");
	EXPECT_EQ(build(&m), 32);
	EXPECT_MEM(out + 16, "\x25\2https://a.b/cd", 16);
	strcat(m.captive_portal, "e");
	EXPECT_EQ(build(&m), 40);
	EXPECT_MEM(out + 16, "\x25\3https://a.b/cde\0\0\0\0\0\0\0", 24);
	EXPECT_EQ(ra_parse(out, 40, 255, &src, &got), RA_OK);
	EXPECT_STR(got.captive_portal, m.captive_portal);
	memset(m.captive_portal, 'x', RA_URI_LEN - 1);
	m.captive_portal[RA_URI_LEN - 1] = '\0';
	EXPECT_EQ(build(&m), 16 + 264);
	EXPECT_EQ(out[17], 33);
}

/* R46: what this daemon does not know can be given by its bytes. */
TEST(builds_raw_options)
{
	struct ra_msg m = plain();

	m.nraw = 1;
	m.raw[0] = (struct ra_raw){ 200, 3, { 1, 2, 3 } };
	EXPECT_EQ(build(&m), 24);
	EXPECT_MEM(out + 16, "\xc8\1\1\2\3\0\0\0", 8);
}

static void fill(struct ra_msg *m)
{
	unsigned int i;

	m->lladdr_len = 6;
	m->mtu = 1280;
	for (i = 0; i < RA_MAX_PREF64; i++) {
		m->pref64[i].len = 96;
		m->pref64[i].addr.s6_addr[0] = (uint8_t)i;
	}
	m->npref64 = RA_MAX_PREF64;
	for (i = 0; i < RA_MAX_PREFIXES; i++) {
		m->prefixes[i].len = 64;
		m->prefixes[i].addr.s6_addr[1] = (uint8_t)i;
	}
	m->nprefixes = RA_MAX_PREFIXES;
	for (i = 0; i < RA_MAX_ROUTES; i++) {
		m->routes[i].len = 128;
		m->routes[i].addr.s6_addr[2] = (uint8_t)i;
	}
	m->nroutes = RA_MAX_ROUTES;
	m->ndns = RA_MAX_DNS;
	m->nsearch = RA_MAX_SEARCH;
	for (i = 0; i < RA_MAX_SEARCH; i++) {
		memset(m->search[i].name, 'a', 253);
		m->search[i].name[63] = m->search[i].name[127] = '.';
		m->search[i].name[191] = '.';
		m->search[i].name[253] = '\0';
	}
}

/* R14: what is too much for one packet goes into several, PREF64 first. */
TEST(splits_what_does_not_fit)
{
	struct ra_msg m = plain(), got;
	const struct in6_addr src = ip6("fe80::1");
	unsigned int next = 0;
	unsigned int parts = 0;
	unsigned int sum = 0, prefixes = 0, names = 0;
	size_t len;

	fill(&m);
	while (!ra_complete(&m, next)) {
		len = ra_build(out, 1240, &m, &next);
		EXPECT(len > 16 && len <= 1240);
		EXPECT_EQ(ra_parse(out, len, 255, &src, &got), RA_OK);
		EXPECT_EQ(got.router_lifetime, 1800);
		if (!parts++)
			EXPECT_EQ(got.npref64, RA_MAX_PREF64);
		sum += got.npref64 + got.nroutes + got.ndns;
		prefixes += got.nprefixes;
		names += got.nsearch;
		if (parts > 10)
			break;
	}
	EXPECT(parts >= 3);
	EXPECT_EQ(sum, RA_MAX_PREF64 + RA_MAX_ROUTES + RA_MAX_DNS);
	EXPECT_EQ(prefixes, RA_MAX_PREFIXES);
	EXPECT_EQ(names, RA_MAX_SEARCH);

	next = 0;
	EXPECT_EQ(ra_build(out, 15, &m, &next), 0);
	EXPECT_EQ(ra_build(out, 20, &m, &next), 0);
}

/* R15 C154: the same content is the same bytes. */
TEST(is_stable)
{
	struct ra_msg m = plain();
	uint8_t first[1240];
	unsigned int next = 0;
	size_t len;

	fill(&m);
	len = ra_build(first, sizeof(first), &m, &next);
	next = 0;
	memset(out, 0x55, sizeof(out));
	EXPECT_EQ(ra_build(out, sizeof(first), &m, &next), len);
	EXPECT_MEM(out, first, len);
}

TEST(reads_what_it_builds)
{
	const struct in6_addr src = ip6("fe80::1");
	struct ra_msg m = plain(), got;
	size_t len;

	m.managed = true;
	m.preference = 3;
	m.mtu = 1400;
	m.npref64 = 2;
	m.pref64[0].addr = ip6("64:ff9b::");
	m.pref64[0].len = 96;
	m.pref64[0].lifetime = 1800;
	m.pref64[1].addr = ip6("2001:db8:64::");
	m.pref64[1].len = 48;
	m.nroutes = 1;
	m.routes[0].addr = ip6("2001:db8::");
	m.routes[0].len = 32;
	m.routes[0].preference = 3;
	m.ndns = 1;
	m.dns[0] = (struct ra_dns){ ip6("2001:db8::53"), 600 };
	m.nsearch = 1;
	m.search[0] = (struct ra_search){ "example.net", 600 };
	len = build(&m);
	EXPECT_EQ(ra_parse(out, len, 255, &src, &got), RA_OK);
	EXPECT_MEM(&got, &m, sizeof(m));
}

/* C139 */
TEST(passes_over_bad_options)
{
	static const uint8_t options[] = {
		38, 1, 0, 8, 0, 0, 0, 0,			/* short */
		38, 2, 0x0f, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		38, 3, 0x07, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,				/* long */
		3, 1, 0, 0, 0, 0, 0, 0,
		24, 1, 64, 0, 0, 0, 0, 0,
		25, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0,
		31, 2, 0, 0, 0, 0, 0, 9, 63, 'a', 'b', 'c', 'd', 'e', 'f', 0,
		250, 1, 1, 2, 3, 4, 5, 6,			/* unknown */
		5, 1, 0, 0, 0, 0, 5, 0,
	};
	const struct in6_addr src = ip6("fe80::1");
	struct ra_msg m = plain();
	size_t len = build(&m);

	memcpy(out + len, options, sizeof(options));
	EXPECT_EQ(ra_parse(out, len + sizeof(options), 255, &src, &m), RA_OK);
	EXPECT_EQ(m.npref64, 0);
	EXPECT_EQ(m.nprefixes, 0);
	EXPECT_EQ(m.nroutes, 0);
	EXPECT_EQ(m.ndns, 0);
	EXPECT_EQ(m.nsearch, 0);
	EXPECT_EQ(m.mtu, 1280);
}

/* A zero byte or a dot within a label would read as another name. */
TEST(passes_over_names_that_are_no_text)
{
	uint8_t dnssl[] = {
		31, 2, 0, 0, 0, 0, 0, 9, 3, 'a', 0, 'b', 0, 0, 0, 0,
	};
	const struct in6_addr src = ip6("fe80::1");
	struct ra_msg m = plain();
	size_t len = build(&m);

	memcpy(out + len, dnssl, sizeof(dnssl));
	ra_parse(out, len + sizeof(dnssl), 255, &src, &m);
	EXPECT_EQ(m.nsearch, 0);
	out[len + 10] = '.';
	ra_parse(out, len + sizeof(dnssl), 255, &src, &m);
	EXPECT_EQ(m.nsearch, 0);
	out[len + 10] = 'x';
	ra_parse(out, len + sizeof(dnssl), 255, &src, &m);
	EXPECT_EQ(m.nsearch, 1);
	EXPECT_STR(m.search[0].name, "axb");
}

/* R41 RFC 4861 6.1.2 */
TEST(refuses_invalid_advertisements)
{
	const struct in6_addr src = ip6("fe80::1");
	const struct in6_addr global = ip6("2001:db8::1");
	struct ra_msg m = plain();
	size_t len;

	m.mtu = 1500;
	len = build(&m);
	EXPECT_EQ(ra_parse(out, 15, 255, &src, &m), RA_SHORT);
	EXPECT_EQ(ra_parse(out, len, 254, &src, &m), RA_BAD_HOP_LIMIT);
	EXPECT_EQ(ra_parse(out, len, -1, &src, &m), RA_BAD_HOP_LIMIT);
	EXPECT_EQ(ra_parse(out, len, 255, &global, &m), RA_BAD_SOURCE);
	EXPECT_EQ(ra_parse(out, len - 1, 255, &src, &m), RA_OPTION_OVERRUN);
	EXPECT_EQ(ra_parse(out, 17, 255, &src, &m), RA_OPTION_OVERRUN);
	out[17] = 0;
	EXPECT_EQ(ra_parse(out, len, 255, &src, &m), RA_OPTION_ZERO);
	out[1] = 1;
	EXPECT_EQ(ra_parse(out, len, 255, &src, &m), RA_BAD_CODE);
	out[0] = 133;
	EXPECT_EQ(ra_parse(out, len, 255, &src, &m), RA_BAD_TYPE);
}

/* R7 C103 C104 C106 RFC 4861 6.1.1 */
TEST(judges_solicitations)
{
	uint8_t rs[] = { 133, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1 };
	const struct in6_addr ll = ip6("fe80::2");
	const struct in6_addr any = ip6("::");
	const struct in6_addr global = ip6("2001:db8::2");
	const struct in6_addr group = ip6("ff02::1");
	bool mac;

	EXPECT_EQ(rs_parse(rs, 8, 255, &ll, &mac), RA_OK);
	EXPECT(!mac);
	EXPECT_EQ(rs_parse(rs, 16, 255, &ll, &mac), RA_OK);
	EXPECT(mac);
	EXPECT_EQ(rs_parse(rs, 8, 255, &any, &mac), RA_OK);
	EXPECT_EQ(rs_parse(rs, 16, 255, &global, &mac), RA_OK);
	EXPECT_EQ(rs_parse(rs, 16, 255, &any, &mac), RA_BAD_SOURCE);
	EXPECT_EQ(rs_parse(rs, 16, 255, &group, &mac), RA_BAD_SOURCE);
	EXPECT_EQ(rs_parse(rs, 7, 255, &ll, &mac), RA_SHORT);
	EXPECT_EQ(rs_parse(rs, 15, 255, &ll, &mac), RA_OPTION_OVERRUN);
	EXPECT_EQ(rs_parse(rs, 9, 255, &ll, &mac), RA_OPTION_OVERRUN);
	EXPECT_EQ(rs_parse(rs, 16, 254, &ll, &mac), RA_BAD_HOP_LIMIT);
	rs[9] = 0;
	EXPECT_EQ(rs_parse(rs, 16, 255, &ll, &mac), RA_OPTION_ZERO);
	rs[1] = 1;
	EXPECT_EQ(rs_parse(rs, 8, 255, &ll, &mac), RA_BAD_CODE);
}

KTAP_MAIN()
