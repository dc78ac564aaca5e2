// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "hdr.h"
#include "xlat_pkt.h"

static const struct nat64_hdr_opts copy = { .tos = NAT64_TOS_COPY };

static struct nat64_addrs addrs(void)
{
	return (struct nat64_addrs) {
		.src6 = a6(SRC6), .dst6 = a6(DST6),
		.src4 = a4(SRC4), .dst4 = a4(DST4),
	};
}

/* An unfragmented TCP packet of 40 + 20 + 6 octets */
static struct nat64_hdr plain(void)
{
	return (struct nat64_hdr) {
		.l4 = 40, .l4_len = 26, .tot_len = 66,
		.proto = IPPROTO_TCP, .tos = 0xb9, .ttl = 63,
	};
}

static struct iphdr hdr64(const struct nat64_hdr *h)
{
	struct nat64_addrs a = addrs();
	struct iphdr ip;

	memset(&ip, 0xff, sizeof(ip));
	nat64_hdr_64(&ip, h, &a, &copy, 0xbeef);
	EXPECT_EQ(ref_fold(ref_sum((u8 *)&ip, 20)), 0xffff);	/* C-24 */
	return ip;
}

/* The 48 octets behind are checked to be written only for a fragment. */
static void hdr46(u8 *out, const struct nat64_hdr *h)
{
	_Alignas(4) u8 buf[48];
	struct nat64_addrs a = addrs();

	memset(buf, 0xff, sizeof(buf));
	nat64_hdr_46((struct ipv6hdr *)buf, h, &a, &copy);
	memcpy(out, buf, sizeof(buf));
}

TEST(to_ipv4) /* C-01 C-02 C-03 C-04 C-08 C-10 C-17 C-18 C-24 */
{
	static const u8 want[20] = {
		0x45, 0xb9, 0x00, 0x2e, 0xbe, 0xef, 0x00, 0x00,
		0x3f, 0x06, 0xcf, 0xc5,
		192, 0, 2, 33, 198, 51, 100, 7,
	};
	struct nat64_hdr h = plain();
	struct iphdr ip = hdr64(&h);

	EXPECT_MEM(&ip, want, 20);
}

TEST(to_ipv4_options) /* C-05 */
{
	struct nat64_hdr_opts opts = { .tos = 0x10 };
	struct nat64_addrs a = addrs();
	struct nat64_hdr h = plain();
	struct iphdr ip;

	nat64_hdr_64(&ip, &h, &a, &opts, 1);
	EXPECT_EQ(ip.tos, 0x10);
	opts.tos = 0;
	nat64_hdr_64(&ip, &h, &a, &opts, 1);
	EXPECT_EQ(ip.tos, 0);
	EXPECT_EQ(ref_fold(ref_sum((u8 *)&ip, 20)), 0xffff);
}

TEST(df_by_size) /* C-07 D-40 */
{
	struct nat64_hdr h = plain();

	h.l4_len = 1240;
	EXPECT_EQ(ntohs(hdr64(&h).frag_off), 0);
	h.l4_len = 1241;
	EXPECT_EQ(ntohs(hdr64(&h).frag_off), 0x4000);
	h.l4_len = 65515;
	EXPECT_EQ(ntohs(hdr64(&h).tot_len), 65535);
	EXPECT_EQ(ntohs(hdr64(&h).frag_off), 0x4000);

	/* A super-packet is judged by its segments. */
	EXPECT_EQ(nat64_df_64(&h, 1260), false);
	EXPECT_EQ(nat64_df_64(&h, 1261), true);
}

TEST(fragment_to_ipv4) /* D-08 D-14 D-15 */
{
	struct nat64_hdr h = plain();
	struct iphdr ip;

	h.is_frag = 1;
	h.more = 1;
	h.frag_off = 1448;
	h.frag_id = 0xdeadcafe;
	h.l4_len = 1448;
	ip = hdr64(&h);
	EXPECT_EQ(ntohs(ip.id), 0xcafe);
	EXPECT_EQ(ntohs(ip.frag_off), 0x2000 | 181);
	EXPECT_EQ(ntohs(ip.tot_len), 1468);
	h.more = 0;
	h.frag_off = 65504;
	h.l4_len = 8;
	EXPECT_EQ(ntohs(hdr64(&h).frag_off), 8188);
}

TEST(atomic_fragment_to_ipv4) /* D-16 */
{
	struct nat64_hdr h = plain();
	struct iphdr ip;

	h.is_frag = 1;
	h.atomic = 1;
	h.frag_id = 0x00010002;
	h.l4_len = 1400;
	ip = hdr64(&h);
	EXPECT_EQ(ntohs(ip.id), 2);
	EXPECT_EQ(ntohs(ip.frag_off), 0);
	EXPECT_EQ(nat64_df_64(&h, 1420), false);
}

TEST(to_ipv6) /* B-01 B-03 B-06 B-07 B-10 B-11 B-24 D-03 */
{
	u8 want[48] = { 0x6b, 0x90, 0, 0, 0, 26, 6, 63 };
	struct nat64_hdr h = plain();
	struct in6_addr addr;
	u8 got[48];

	addr = a6(SRC6);
	memcpy(want + 8, &addr, 16);
	addr = a6(DST6);
	memcpy(want + 24, &addr, 16);
	memset(want + 40, 0xff, 8);

	h.l4 = 20;
	h.frag_id = 0x1234;
	hdr46(got, &h);
	EXPECT_MEM(got, want, 48);
	EXPECT_EQ(nat64_hdr_len_46(&h), 40);

	h.df = 1;
	hdr46(got, &h);
	EXPECT_MEM(got, want, 48);

	h.proto = IPPROTO_ICMP;
	hdr46(got, &h);
	EXPECT_EQ(got[6], 58);
}

TEST(to_ipv6_options) /* B-04 */
{
	struct nat64_hdr_opts opts = { .zero_tclass = true };
	struct nat64_addrs a = addrs();
	struct nat64_hdr h = plain();
	struct ipv6hdr ip6;

	nat64_hdr_46(&ip6, &h, &a, &opts);
	EXPECT_EQ(get32((u8 *)&ip6), 0x60000000);
}

TEST(fragment_to_ipv6) /* B-01 D-08 */
{
	static const u8 want[8] = {
		58, 0, 0x05, 0xa9, 0, 0, 0xbe, 0xef,
	};
	struct nat64_hdr h = plain();
	u8 got[48];

	h.proto = IPPROTO_ICMP;
	h.is_frag = 1;
	h.df = 1;
	h.more = 1;
	h.frag_off = 1448;
	h.frag_id = 0xbeef;
	h.l4_len = 1448;
	hdr46(got, &h);
	EXPECT_EQ(nat64_hdr_len_46(&h), 48);
	EXPECT_EQ(got[6], 44);
	EXPECT_EQ(get16(got + 4), 1456);
	EXPECT_MEM(got + 40, want, 8);

	h.more = 0;
	h.frag_off = 65504;
	h.l4_len = 8;
	hdr46(got, &h);
	EXPECT_EQ(get16(got + 42), 65504);
}

TEST(largest) /* B-21 */
{
	struct nat64_hdr h = plain();
	u8 got[48];

	h.l4_len = 65515;
	hdr46(got, &h);
	EXPECT_EQ(get16(got + 4), 65515);
	h.is_frag = 1;
	hdr46(got, &h);
	EXPECT_EQ(get16(got + 4), 65523);
}

TEST(protocols) /* B-06 C-10 C-21 */
{
	unsigned int proto;

	for (proto = 0; proto < 256; proto++) {
		EXPECT_EQ(nat64_proto_46((u8)proto), proto == 1 ? 58 : proto);
		EXPECT_EQ(nat64_proto_64((u8)proto), proto == 58 ? 1 : proto);
	}
}

TEST(protocols_that_stay) /* K-16 K-17 B-20 B-22 E-09 X-23 */
{
	static const u8 not46[] = { 0, 2, 43, 44, 58, 60, 135, 139, 140 };
	static const u8 not64[] = { 1, 2 };
	unsigned int proto, i;
	bool stays;

	for (proto = 0; proto < 256; proto++) {
		for (stays = false, i = 0; i < ARRAY_SIZE(not46); i++)
			stays |= not46[i] == proto;
		EXPECT_EQ(nat64_proto_crosses_46((u8)proto), !stays);
		for (stays = false, i = 0; i < ARRAY_SIZE(not64); i++)
			stays |= not64[i] == proto;
		EXPECT_EQ(nat64_proto_crosses_64((u8)proto), !stays);
	}
}

/* Of @n identifications, how many different steps lead to the next one. */
static unsigned int steps(const u16 *key, u16 from, unsigned int n)
{
	static u8 seen[65536];
	unsigned int i, found = 0;
	u16 step;

	memset(seen, 0, sizeof(seen));
	for (i = 1; i < n; i++) {
		step = nat64_id((u16)(from + i), key) -
		       nat64_id((u16)(from + i - 1), key);
		found += !seen[step];
		seen[step] = 1;
	}
	return found;
}

TEST(identifications) /* C-06 K-15 */
{
	static u8 seen[65536];
	u16 key[NAT64_ID_KEYS];
	unsigned int i, n, least = 200, all = 0;
	u64 rnd = 1;

	for (i = 0; i < 20000; i++) {
		for (n = 0; n < NAT64_ID_KEYS; n++) {
			rnd = rnd * 6364136223846793005ULL + 1442695040888963407ULL;
			key[n] = (u16)(rnd >> 48);
		}
		n = steps(key, (u16)(rnd >> 32), 200);
		least = n < least ? n : least;
		if (i % 1000)
			continue;
		memset(seen, 0, sizeof(seen));
		for (all = n = 0; n < 65536; n++) {
			all += !seen[nat64_id((u16)n, key)];
			seen[nat64_id((u16)n, key)] = 1;
		}
		EXPECT_EQ(all, 65536);
	}
	EXPECT(least > 190);
}

KTAP_MAIN()
