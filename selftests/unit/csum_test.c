// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "csum.h"
#include "icmpmap.h"
#include "xlat_pkt.h"

static u32 seed = 1;

static u32 rnd(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8 ^ seed << 13;
}

static struct in6_addr rnd6(void)
{
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < 4; i++)
		addr.s6_addr32[i] = htonl(rnd() & 3 ? rnd() : 0xffffffff);
	return addr;
}

/* A field is right if the folded sum over everything is 0xffff. */
static u16 sum6(const struct in6_addr *src, const struct in6_addr *dst,
		const u8 *l4, u32 len, u8 proto)
{
	u32 sum = ref_sum(src->s6_addr, 16) + ref_sum(dst->s6_addr, 16);

	return ref_fold(ref_fold(sum + len + proto) + ref_fold(ref_sum(l4, len)));
}

static u16 sum4(__be32 src, __be32 dst, const u8 *l4, u32 len, u8 proto)
{
	u32 sum = ref_sum((u8 *)&src, 4) + ref_sum((u8 *)&dst, 4);

	return ref_fold(ref_fold(sum + len + proto) + ref_fold(ref_sum(l4, len)));
}

static __sum16 field(const u8 *p)
{
	__sum16 v;

	memcpy(&v, p, 2);
	return v;
}

static void set_field(u8 *p, __sum16 v)
{
	memcpy(p, &v, 2);
}

struct flow {
	struct in6_addr src6, dst6;
	__be32 src4, dst4;
	u8 msg[64];
	u32 len;
};

static struct flow rnd_flow(void)
{
	struct flow f = {
		.src6 = rnd6(), .dst6 = rnd6(),
		.src4 = htonl(rnd()), .dst4 = htonl(rnd()),
		.len = 20 + rnd() % 45,
	};
	u32 i;

	for (i = 0; i < f.len; i++)
		f.msg[i] = (u8)(rnd() & 3 ? rnd() : 0);
	return f;
}

static __wsum rewrite_ports(struct flow *f, __wsum delta)
{
	__be16 from, to;
	unsigned int i;

	for (i = 0; i < 4; i += 2) {
		memcpy(&from, f->msg + i, 2);
		to = htons((u16)rnd());
		memcpy(f->msg + i, &to, 2);
		delta = csum_add(delta, nat64_csum_delta16(from, to));
	}
	return delta;
}

TEST(tcp_64_46) /* G-01 G-04 G-14 B-02 */
{
	struct flow f;
	__wsum delta;
	u16 sum;
	int n;

	for (n = 0; n < 50000; n++) {
		f = rnd_flow();
		set_field(f.msg + 16, 0);
		sum = (u16)~sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_TCP);
		set_field(f.msg + 16, htons(sum));

		delta = nat64_csum_delta_64(&f.src6, &f.dst6, f.src4, f.dst4);
		delta = rewrite_ports(&f, delta);
		set_field(f.msg + 16, nat64_csum_update(field(f.msg + 16), delta));
		EXPECT_EQ(sum4(f.src4, f.dst4, f.msg, f.len, IPPROTO_TCP), 0xffff);
		EXPECT(field(f.msg + 16) != 0xffff);

		delta = nat64_csum_delta_46(f.src4, f.dst4, &f.src6, &f.dst6);
		delta = rewrite_ports(&f, delta);
		set_field(f.msg + 16, nat64_csum_update(field(f.msg + 16), delta));
		EXPECT_EQ(sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_TCP), 0xffff);
		EXPECT(field(f.msg + 16) != 0xffff);
		if (ktap_failed)
			return;
	}
}

TEST(udp_64_46) /* G-02 G-03 */
{
	struct flow f;
	__wsum delta;
	u16 sum;
	int n;

	for (n = 0; n < 50000; n++) {
		f = rnd_flow();
		set_field(f.msg + 6, 0);
		sum = (u16)~sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_UDP);
		set_field(f.msg + 6, htons(sum ? sum : 0xffff));

		delta = nat64_csum_delta_64(&f.src6, &f.dst6, f.src4, f.dst4);
		set_field(f.msg + 6, nat64_csum_update_udp(field(f.msg + 6), delta));
		EXPECT_EQ(sum4(f.src4, f.dst4, f.msg, f.len, IPPROTO_UDP), 0xffff);
		EXPECT(field(f.msg + 6) != 0);

		delta = nat64_csum_delta_46(f.src4, f.dst4, &f.src6, &f.dst6);
		set_field(f.msg + 6, nat64_csum_update_udp(field(f.msg + 6), delta));
		EXPECT_EQ(sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_UDP), 0xffff);
		EXPECT(field(f.msg + 6) != 0);
		if (ktap_failed)
			return;
	}
}

/* Sums whose carries carry again. */
TEST(addresses6)
{
	static const u32 words[][8] = {
		{ 0xffffffff, 0xffffffff, 1 },
		{ 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
		  0xffffffff, 0xffffffff, 0xffffffff },
		{ 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 3 },
		{ 0xfffffffe, 1, 0x80000000, 0x80000000 },
		{ 0 },
	};
	struct in6_addr addr[2];
	unsigned int i;
	u16 got;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		memcpy(addr, words[i], sizeof(addr));
		got = ~ntohs(csum_fold(nat64_csum_addr6(&addr[0], &addr[1])));
		EXPECT_EQ(got % 0xffff,
			  ref_fold(ref_sum(addr[0].s6_addr, 32)) % 0xffff);
	}
}

TEST(zero_results) /* G-03 G-04 */
{
	/* Field 0x0001 means a sum of 0xfffe; one more makes it 0xffff. */
	__wsum one = nat64_csum_delta16(htons(0), htons(1));

	EXPECT_EQ(ntohs(nat64_csum_update(htons(1), one)), 0);
	EXPECT_EQ(ntohs(nat64_csum_update_udp(htons(1), one)), 0xffff);
	/* An incoming 0xffff is a checksum, an incoming 0 is none. */
	EXPECT_EQ(ntohs(nat64_csum_update_udp(htons(0xffff), one)), 0xfffe);
	EXPECT_EQ(nat64_csum_update_udp(0, one), 0);
	/* Nothing changes: nothing changes, but for the two zeros. */
	EXPECT_EQ(ntohs(nat64_csum_update(htons(0x1234), 0)), 0x1234);
	EXPECT_EQ(ntohs(nat64_csum_update_udp(htons(0xffff), 0)), 0xffff);
}

TEST(wrong_stays_wrong) /* G-09 E-08 */
{
	struct flow f;
	u16 sum;
	int n;

	for (n = 0; n < 20000; n++) {
		f = rnd_flow();
		set_field(f.msg + 16, htons((u16)rnd()));
		sum = sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_TCP);
		set_field(f.msg + 16,
			  nat64_csum_update(field(f.msg + 16),
					    nat64_csum_delta_64(&f.src6, &f.dst6,
								f.src4, f.dst4)));
		/* The same error, as one's complement numbers go. */
		EXPECT_EQ(sum4(f.src4, f.dst4, f.msg, f.len, IPPROTO_TCP) % 0xffff,
			  sum % 0xffff);
		if (ktap_failed)
			return;
	}
}

TEST(checksum_partial) /* G-16 */
{
	struct flow f;
	u16 seed6, seed4, got;
	u32 sum;
	int n;

	for (n = 0; n < 50000; n++) {
		f = rnd_flow();
		sum = ref_sum(f.src6.s6_addr, 16) + ref_sum(f.dst6.s6_addr, 16);
		seed6 = ref_fold(sum + f.len + IPPROTO_TCP);
		sum = ref_sum((u8 *)&f.src4, 4) + ref_sum((u8 *)&f.dst4, 4);
		seed4 = ref_fold(sum + f.len + IPPROTO_TCP);

		got = ntohs(nat64_csum_update_seed(htons(seed6),
				nat64_csum_delta_64(&f.src6, &f.dst6, f.src4,
						    f.dst4)));
		EXPECT_EQ(got % 0xffff, seed4 % 0xffff);
		got = ntohs(nat64_csum_update_seed(htons(seed4),
				nat64_csum_delta_46(f.src4, f.dst4, &f.src6,
						    &f.dst6)));
		EXPECT_EQ(got % 0xffff, seed6 % 0xffff);
		if (ktap_failed)
			return;
	}
}

TEST(checksum_neutral) /* */
{
	/* 64:ff9b::/96 sums to 0xffff, 2001:db8::/96 does not. */
	struct in6_addr src = a6("64:ff9b::c000:221");
	struct in6_addr dst = a6("64:ff9b::c633:6407");
	__be32 s4 = a4("192.0.2.33"), d4 = a4("198.51.100.7");
	__wsum delta = nat64_csum_delta_64(&src, &dst, s4, d4);
	unsigned int v;

	for (v = 0; v < 0xffff; v++)
		EXPECT_EQ(ntohs(nat64_csum_update(htons((u16)v), delta)), v);
	delta = nat64_csum_delta_46(s4, d4, &src, &dst);
	for (v = 0; v < 0xffff; v++)
		EXPECT_EQ(ntohs(nat64_csum_update(htons((u16)v), delta)), v);

	src = a6("2001:db8::c000:221");
	delta = nat64_csum_delta_64(&src, &dst, s4, d4);
	EXPECT(ntohs(nat64_csum_update(htons(0x1234), delta)) != 0x1234);
}

static void echo(u8 type6, u8 type4)
{
	struct flow f = rnd_flow();
	__be16 id6 = htons((u16)rnd()), id4 = htons((u16)rnd());
	__wsum delta;

	f.msg[0] = type6;
	f.msg[1] = 0;
	memcpy(f.msg + 4, &id6, 2);
	set_field(f.msg + 2, 0);
	set_field(f.msg + 2, htons((u16)~sum6(&f.src6, &f.dst6, f.msg, f.len,
					      IPPROTO_ICMPV6)));

	EXPECT_EQ(nat64_icmp_echo_64(type6), type4);
	EXPECT_EQ(nat64_icmp_echo_46(type4), type6);
	delta = nat64_icmp_delta_64(type6, id6, id4, &f.src6, &f.dst6, f.len);
	f.msg[0] = type4;
	memcpy(f.msg + 4, &id4, 2);
	set_field(f.msg + 2, nat64_csum_update(field(f.msg + 2), delta));
	EXPECT_EQ(ref_fold(ref_sum(f.msg, f.len)), 0xffff);

	delta = nat64_icmp_delta_46(type4, id4, id6, &f.src6, &f.dst6, f.len);
	f.msg[0] = type6;
	memcpy(f.msg + 4, &id6, 2);
	set_field(f.msg + 2, nat64_csum_update(field(f.msg + 2), delta));
	EXPECT_EQ(sum6(&f.src6, &f.dst6, f.msg, f.len, IPPROTO_ICMPV6), 0xffff);
}

TEST(echo_64_46) /* E-01 E-02 E-05 E-06 G-18 */
{
	int n;

	for (n = 0; n < 20000 && !ktap_failed; n++) {
		echo(128, 8);
		echo(129, 0);
	}
}

KTAP_MAIN()
