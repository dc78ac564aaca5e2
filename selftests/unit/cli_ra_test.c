// SPDX-License-Identifier: GPL-2.0
/* What a CLAT learns from a router advertisement. */
#include <arpa/inet.h>
#include <errno.h>

#include "clat.h"
#include "ktap.h"

/* Type, code, checksum, hop limit, flags, lifetime 1800, two timers. */
#define HEADER	134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0

#define SOURCE	1, 1, 2, 0, 0, 0, 0, 1

#define MTU(_hi, _lo)	5, 1, 0, 0, 0, 0, _hi, _lo

/* 2001:db8:1:_net::/_len, valid and preferred for so many seconds */
#define PREFIX2(_len, _flags, _valid, _preferred, _net)			\
	3, 4, _len, _flags, 0, 0, 0, _valid, 0, 0, 0, _preferred,	\
	0, 0, 0, 0,							\
	0x20, 1, 0x0d, 0xb8, 0, 1, 0, _net, 0, 0, 0, 0, 0, 0, 0, 0

#define PREFIX(_len, _flags, _life, _net)				\
	PREFIX2(_len, _flags, _life, _life, _net)

/* _hi_lo: lifetime in units of 8 s, and the code of the length */
#define PREF64(_hi, _lo, _last)						\
	38, 2, _hi, _lo, 0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 0, 0, 0, 0, _last

static struct clat_ra ra;

#define PARSE(...) ({							\
	const uint8_t ra_bytes[] __attribute__((aligned(8))) =		\
		{ __VA_ARGS__ };					\
									\
	clat_ra_parse(ra_bytes, sizeof(ra_bytes), &ra); })

static bool is(const struct in6_addr *a, const char *text)
{
	struct in6_addr want;

	inet_pton(AF_INET6, text, &want);
	return !memcmp(a, &want, 16);
}

TEST(whole)
{
	EXPECT_EQ(PARSE(HEADER, SOURCE, MTU(5, 0xdc), PREFIX(64, 0xc0, 9, 2),
			PREF64(0x07, 0x08, 0)), 0);
	EXPECT_EQ(ra.lifetime, 1800);
	EXPECT_EQ(ra.mtu, 1500);
	EXPECT(ra.has_prefix);
	EXPECT(is(&ra.prefix.addr, "2001:db8:1:2::"));
	EXPECT_EQ(ra.prefix.len, 64);
	EXPECT(ra.has_pref64);
	EXPECT(is(&ra.pref64.addr, "2001:db8:64::"));
	EXPECT_EQ(ra.pref64.len, 96);
}

TEST(nothing_but_header)
{
	EXPECT_EQ(PARSE(HEADER), 0);
	EXPECT(!ra.has_prefix);
	EXPECT(!ra.has_pref64);
	EXPECT_EQ(ra.mtu, 0);
}

/* RFC 8781, section 4: bits after the prefix are not part of it. */
TEST(pref64_lengths)
{
	static const uint8_t want[] = { 96, 64, 56, 48, 40, 32 };
	int plc;

	for (plc = 0; plc < 6; plc++) {
		EXPECT_EQ(PARSE(HEADER, PREF64(1, plc, 7)), 0);
		EXPECT(ra.has_pref64);
		EXPECT_EQ(ra.pref64.len, want[plc]);
	}
	EXPECT(is(&ra.pref64.addr, "2001:db8::"));
	PARSE(HEADER, PREF64(1, 0, 7));
	EXPECT(is(&ra.pref64.addr, "2001:db8:64::7:0:0"));
	EXPECT_EQ(PARSE(HEADER, PREF64(1, 6, 7)), 0);
	EXPECT(!ra.has_pref64);
}

/* Lifetime 0 withdraws; the next one is taken. */
TEST(pref64_withdrawn)
{
	EXPECT_EQ(PARSE(HEADER, PREF64(0, 0, 1), PREF64(0, 8, 2),
			PREF64(0, 8, 3)), 0);
	EXPECT(ra.has_pref64);
	EXPECT(is(&ra.pref64.addr, "2001:db8:64::2:0:0"));
	PARSE(HEADER, PREF64(0, 7, 1));
	EXPECT(!ra.has_pref64);
}

TEST(prefix_not_for_addresses)
{
	PARSE(HEADER, PREFIX(64, 0x80, 9, 1), PREFIX(48, 0xc0, 9, 1),
	      PREFIX(64, 0xc0, 0, 1));
	EXPECT(!ra.has_prefix);
	PARSE(HEADER, PREFIX(64, 0x80, 9, 1), PREFIX(64, 0xc0, 9, 2),
	      PREFIX(64, 0xc0, 9, 3));
	EXPECT(is(&ra.prefix.addr, "2001:db8:1:2::"));
	/* RFC 9096: it is about to go. RFC 4862: preferred beyond valid. */
	PARSE(HEADER, PREFIX2(64, 0xc0, 9, 0, 1), PREFIX2(64, 0xc0, 8, 9, 1));
	EXPECT(!ra.has_prefix);
}

/* RFC 4862, section 5.5.3 asks for the A flag alone, as RFC 8273 has it. */
TEST(prefix_off_link)
{
	PARSE(HEADER, PREFIX(64, 0x40, 9, 2));
	EXPECT(ra.has_prefix);
	EXPECT(is(&ra.prefix.addr, "2001:db8:1:2::"));
}

static struct clat_ra sum;

static void hear(const char *router)
{
	inet_pton(AF_INET6, router, &ra.router);
	clat_ra_merge(&sum, &ra);
}

/* RFC 4861, section 6.2.3: options that are too many for one message. */
TEST(options_in_two_messages)
{
	memset(&sum, 0, sizeof(sum));
	PARSE(HEADER, PREF64(1, 0, 7));
	hear("fe80::1");
	EXPECT(!sum.has_prefix);
	PARSE(HEADER, PREFIX(64, 0xc0, 9, 2), MTU(5, 0xdc));
	hear("fe80::1");
	EXPECT(sum.has_prefix && sum.has_pref64);
	EXPECT_EQ(sum.lifetime, 1800);
	EXPECT_EQ(sum.mtu, 1500);
	/* Whatever is in the others. */
	PARSE(HEADER, PREF64(1, 0, 7));
	hear("fe80::1");
	EXPECT_EQ(sum.mtu, 1500);
	EXPECT(sum.has_prefix && sum.has_pref64);
}

/* R50: PREF64 from another router than the prefix; that is the way to it. */
TEST(two_routers)
{
	memset(&sum, 0, sizeof(sum));
	PARSE(HEADER, PREFIX(64, 0xc0, 9, 2));
	hear("fe80::1");
	EXPECT(is(&sum.router, "fe80::1"));
	PARSE(HEADER, PREF64(1, 0, 7));
	hear("fe80::2");
	EXPECT(sum.has_prefix && sum.has_pref64);
	EXPECT(is(&sum.router, "fe80::2"));
	PARSE(HEADER, PREFIX(64, 0xc0, 9, 3));
	hear("fe80::1");
	EXPECT(is(&sum.router, "fe80::2"));
	EXPECT(is(&sum.prefix.addr, "2001:db8:1:2::"));
}

/* PREF64 of one that is no router leads nowhere. */
TEST(no_router)
{
	memset(&sum, 0, sizeof(sum));
	PARSE(134, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	      PREF64(1, 0, 7));
	hear("fe80::2");
	EXPECT(is(&sum.router, "fe80::2"));
	EXPECT(!sum.lifetime && !sum.has_pref64);
	PARSE(HEADER, PREFIX(64, 0xc0, 9, 2));
	hear("fe80::1");
	EXPECT(is(&sum.router, "fe80::1"));
	EXPECT_EQ(sum.lifetime, 1800);
}

TEST(mtu_too_small)
{
	PARSE(HEADER, MTU(4, 0xff));
	EXPECT_EQ(ra.mtu, 0);
}

TEST(malformed)
{
	static const uint8_t whole[] __attribute__((aligned(8))) = {
		HEADER, SOURCE, PREFIX(64, 0xc0, 9, 2), PREF64(7, 8, 0),
	};
	size_t len;

	/* Cut anywhere but between two options it has to be ignored. */
	for (len = 0; len < sizeof(whole); len++)
		EXPECT_EQ(clat_ra_parse(whole, len, &ra),
			  len == 16 || len == 24 || len == 56 ? 0 : -EINVAL);
	EXPECT_EQ(PARSE(HEADER, 1, 0, 0, 0, 0, 0, 0, 0), -EINVAL);
	EXPECT_EQ(PARSE(HEADER, 1, 2, 0, 0, 0, 0, 0, 0), -EINVAL);
	EXPECT_EQ(PARSE(133, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0),
		  -EINVAL);
	EXPECT_EQ(PARSE(134, 1, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0),
		  -EINVAL);
	/* Options that are too short for what they claim to be. */
	EXPECT_EQ(PARSE(HEADER, 38, 1, 7, 8, 0, 0, 0, 0, 3, 1, 64, 0xc0, 0, 0,
			0, 0), 0);
	EXPECT(!ra.has_pref64);
	EXPECT(!ra.has_prefix);
}

KTAP_MAIN()
