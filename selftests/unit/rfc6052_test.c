// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "rfc6052.h"
#include "xlat_pkt.h"

static struct nat64_prefix prefix(const char *text, u8 len)
{
	return (struct nat64_prefix) { .addr = a6(text), .len = len };
}

/* RFC 6052 section 2.4, tables 1 and 2, all for 192.0.2.33 */
static const struct {
	const char *prefix;
	u8 len;
	const char *addr6;
} table1[] = {
	{ "2001:db8::", 32, "2001:db8:c000:221::" },
	{ "2001:db8:100::", 40, "2001:db8:1c0:2:21::" },
	{ "2001:db8:122::", 48, "2001:db8:122:c000:2:2100::" },
	{ "2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::" },
	{ "2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::" },
	{ "2001:db8:122:344::", 96, "2001:db8:122:344::192.0.2.33" },
	{ "64:ff9b::", 96, "64:ff9b::192.0.2.33" },
};

TEST(lengths) /* A-01 A-21 */
{
	unsigned int len;

	for (len = 0; len < 300; len++) {
		bool valid = len == 32 || len == 40 || len == 48 ||
			     len == 56 || len == 64 || len == 96;

		EXPECT_EQ(nat64_prefix_len_valid(len), valid);
	}
}

TEST(valid) /* A-01 A-04 */
{
	struct nat64_prefix p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table1); i++) {
		p = prefix(table1[i].prefix, table1[i].len);
		EXPECT(nat64_prefix_valid(&p));
	}
	p = prefix("2001:db8::", 33);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("2001:db8::", 128);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("2001:db8:1::", 32);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("2001:db8::1", 96);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("2001:db8:0:0:100::", 96);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("2001:db8:0:0:1::", 96);
	EXPECT(nat64_prefix_valid(&p));
	p = prefix("ff00::", 32);
	EXPECT(!nat64_prefix_valid(&p));
	p = prefix("fe80::", 64);
	EXPECT(!nat64_prefix_valid(&p));
}

TEST(embed_table1) /* */
{
	struct in6_addr got, want;
	struct nat64_prefix p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table1); i++) {
		p = prefix(table1[i].prefix, table1[i].len);
		want = a6(table1[i].addr6);
		memset(&got, 0xff, sizeof(got));
		nat64_prefix_embed(&p, a4("192.0.2.33"), &got);
		EXPECT_MEM(&got, &want, sizeof(got));
	}
}

TEST(extract_table1) /* */
{
	struct nat64_prefix p;
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table1); i++) {
		p = prefix(table1[i].prefix, table1[i].len);
		addr = a6(table1[i].addr6);
		EXPECT(nat64_prefix_match(&p, &addr));
		EXPECT_EQ(ntohl(nat64_prefix_extract(&p, &addr)), 0xc0000221);
	}
}

TEST(round_trip) /* A-03 A-20 */
{
	struct nat64_prefix p;
	struct in6_addr addr;
	unsigned int i, n;
	u32 host = 1;

	for (i = 0; i < ARRAY_SIZE(table1); i++) {
		p = prefix(table1[i].prefix, table1[i].len);
		for (n = 0; n < 20000; n++) {
			host = host * 1664525 + 1013904223;
			nat64_prefix_embed(&p, htonl(host), &addr);
			if (!nat64_prefix_match(&p, &addr) || addr.s6_addr[8] ||
			    ntohl(nat64_prefix_extract(&p, &addr)) != host) {
				EXPECT_EQ(host, ~host);
				break;
			}
		}
	}
}

TEST(u_octet_and_suffix_ignored) /* A-05 A-06 */
{
	struct nat64_prefix p;
	struct in6_addr addr;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(table1); i++) {
		p = prefix(table1[i].prefix, table1[i].len);
		if (p.len == 96)
			continue;
		addr = a6(table1[i].addr6);
		addr.s6_addr[8] = 0xff;
		for (j = p.len / 8 + 5; j < 16; j++)
			addr.s6_addr[j] = 0xee;
		EXPECT_EQ(ntohl(nat64_prefix_extract(&p, &addr)), 0xc0000221);
	}
}

TEST(match)
{
	struct nat64_prefix p = prefix("2001:db8:122:300::", 56);
	struct in6_addr addr = a6("2001:db8:122:3ff:ffff::");

	EXPECT(nat64_prefix_match(&p, &addr));
	addr = a6("2001:db8:122:200::");
	EXPECT(!nat64_prefix_match(&p, &addr));
	addr = a6("2001:db8:123:300::");
	EXPECT(!nat64_prefix_match(&p, &addr));

	/* the address of host 0.0.0.0/32-style, all zero suffix */
	p = prefix("2001:db8::", 32);
	addr = a6("2001:db8::");
	EXPECT(nat64_prefix_match(&p, &addr));
}

TEST(well_known_prefix) /* A-11 A-12 */
{
	struct nat64_prefix p = prefix("64:ff9b::", 96);
	struct in6_addr addr = a6("64:ff9b:1::c000:221");

	EXPECT(nat64_prefix_is_wkp(&p));
	EXPECT(!nat64_prefix_match(&p, &addr));
	p = prefix("64:ff9b::", 64);
	EXPECT(!nat64_prefix_is_wkp(&p));
	p = prefix("64:ff9b:1::", 96);
	EXPECT(!nat64_prefix_is_wkp(&p));
	p = prefix("64:ff9b:1::", 48);
	EXPECT(!nat64_prefix_is_wkp(&p));
	p = prefix("64:ff9b:0:0:0:1::", 96);
	EXPECT(!nat64_prefix_is_wkp(&p));
	p = prefix("2001:db8::", 96);
	EXPECT(!nat64_prefix_is_wkp(&p));
}

/* First, last, and the neighbours outside of each block; "" is none. */
static const char *const nonglobal[][4] = {	/* A-09 A-30 */
	{ "", "0.0.0.0", "0.255.255.255", "1.0.0.0" },
	{ "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
	{ "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
	{ "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
	{ "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
	{ "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
	{ "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0" },
	{ "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0" },
	{ "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0" },
	{ "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
	{ "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0" },
	{ "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0" },
	{ "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0" },
	{ "223.255.255.255", "224.0.0.0", "255.255.255.255", "" },
	{ "", "239.255.255.255", "240.0.0.0", "" },
	{ "", "192.0.0.170", "192.0.0.171", "" },
};

TEST(nonglobal_addresses) /* A-09 A-10 */
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nonglobal); i++) {
		const char *const *r = nonglobal[i];

		EXPECT(!*r[0] || !nat64_addr4_nonglobal(a4(r[0])));
		EXPECT(nat64_addr4_nonglobal(a4(r[1])));
		EXPECT(nat64_addr4_nonglobal(a4(r[2])));
		EXPECT(!*r[3] || !nat64_addr4_nonglobal(a4(r[3])));
	}
	EXPECT(!nat64_addr4_nonglobal(a4("8.8.8.8")));
}

TEST(illegal_addresses4) /* A-15 A-17 A-25 A-31 */
{
	static const char *const bad[] = {
		"0.0.0.0", "0.1.2.3", "0.255.255.255", "127.0.0.0",
		"127.0.0.1", "127.255.255.255", "224.0.0.0", "224.0.0.1",
		"239.255.255.255", "240.0.0.0", "255.255.255.254",
		"255.255.255.255",
	};
	static const char *const good[] = {
		"1.0.0.0", "10.0.0.1", "126.255.255.255", "128.0.0.0",
		"169.254.1.1", "192.0.0.1", "192.0.0.9", "192.168.1.1",
		"223.255.255.255",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT(nat64_addr4_illegal_src(a4(bad[i])));
		EXPECT(nat64_addr4_illegal_dst(a4(bad[i])));
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT(!nat64_addr4_illegal_src(a4(good[i])));
		EXPECT(!nat64_addr4_illegal_dst(a4(good[i])));
	}
	/* J-09 */
	EXPECT(!nat64_addr4_illegal_src(a4("192.0.0.8")));
	EXPECT(nat64_addr4_illegal_dst(a4("192.0.0.8")));
}

TEST(illegal_addresses6) /* A-16 A-32 */
{
	static const char *const bad[] = {
		"::", "::1", "ff02::1", "ff0e::1", "fe80::1", "febf::1",
		"::ffff:192.0.2.1", "::ffff:0:0",
	};
	static const char *const good[] = {
		"::2", "::1:0:0", "::fffe:192.0.2.1", "::1:ffff:192.0.2.1",
		"fec0::1", "fe7f::1", "fd00::1", "2001:db8::", "64:ff9b::1",
		"0:0:1::1",
	};
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		addr = a6(bad[i]);
		EXPECT(nat64_addr6_illegal_src(&addr));
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		addr = a6(good[i]);
		EXPECT(!nat64_addr6_illegal_src(&addr));
	}
}

KTAP_MAIN()
