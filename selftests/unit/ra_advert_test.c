// SPDX-License-Identifier: GPL-2.0
/* What is advertised, and what other routers say: daemons/pref64d. */
#include "ktap.h"

#include "pref64d/advert.h"
#include "pref64d/others.h"

#include <arpa/inet.h>
#include <net/if_arp.h>

static struct xlat_prefix pref(const char *text, uint8_t len)
{
	struct xlat_prefix p = { .len = len };

	inet_pton(AF_INET6, text, &p.addr);
	return p;
}

static struct advert_pref64 set;
static struct conf_ra conf;
static struct link_info link;
static struct advert_input in;

static void reset(void)
{
	memset(&set, 0, sizeof(set));
	memset(&conf, 0, sizeof(conf));
	memset(&link, 0, sizeof(link));
	memset(&in, 0, sizeof(in));
	conf.router_lifetime = 1800;
	conf.pref64_lifetime = 1800;
	conf.dns_lifetime = 1800;
	conf.hop_limit = 64;
	conf.nprefixes = 1;
	conf.prefixes[0].valid = 3600;
	conf.prefixes[0].preferred = 1800;
	link.arptype = ARPHRD_ETHER;
	link.mac_len = 6;
	in.conf = &conf;
	in.link = &link;
	in.forwarding = true;
	in.pref64 = &set;
}

static void expect_pref64(const struct ra_msg *m, unsigned int i,
			  const struct xlat_prefix *p, uint32_t lifetime)
{
	EXPECT(m->npref64 > i);
	EXPECT_EQ(m->pref64[i].len, p->len);
	EXPECT_MEM(&m->pref64[i].addr, &p->addr, 16);
	EXPECT_EQ(m->pref64[i].lifetime, lifetime);
}

/* R35 C133: several, in the module's order. */
TEST(advertises_live_prefixes_in_order)
{
	const struct xlat_prefix ab[] = {
		pref("2001:db8:b::", 96), pref("64:ff9b::", 96),
		pref("2001:db8:c::", 95),
	};
	struct ra_msg m;

	reset();
	advert_pref64_set(&set, ab, 3, 0, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 2);
	expect_pref64(&m, 0, &ab[0], 1800);
	expect_pref64(&m, 1, &ab[1], 1800);
	EXPECT_EQ(m.router_lifetime, 1800);
	EXPECT_EQ(m.lladdr_len, 6);
}

/* R36 C134: the live ones first, the dead ones last, with lifetime 0. */
TEST(withdraws_behind_the_live_ones)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	const struct xlat_prefix b = pref("2001:db8:b::", 96);
	struct ra_msg m;

	reset();
	advert_pref64_set(&set, &a, 1, 0, 1800);
	advert_pref64_set(&set, &b, 1, 1000, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 2);
	expect_pref64(&m, 0, &b, 1800);
	expect_pref64(&m, 1, &a, 0);

	/* It stays withdrawn until nobody can hold it, then it is gone. */
	advert_pref64_expire(&set, 1800999);
	EXPECT_EQ(set.ngone, 1);
	advert_pref64_expire(&set, 1801000);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 1);
	expect_pref64(&m, 0, &b, 1800);
}

/* C145 for PREF64: what comes back is live and no longer withdrawn. */
TEST(revives_a_prefix)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	struct ra_msg m;

	reset();
	advert_pref64_set(&set, &a, 1, 0, 1800);
	advert_pref64_set(&set, NULL, 0, 10, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 1);
	expect_pref64(&m, 0, &a, 0);
	advert_pref64_set(&set, &a, 1, 20, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 1);
	expect_pref64(&m, 0, &a, 1800);
}

TEST(remembers_a_bounded_number)
{
	struct xlat_prefix p = pref("2001:db8::", 96);
	unsigned int i;

	reset();
	for (i = 0; i < 100; i++) {
		p.addr.s6_addr[5] = (uint8_t)i;
		advert_pref64_set(&set, &p, 1, i, 1800);
	}
	EXPECT_EQ(set.ngone, ADVERT_MAX_GONE);
	EXPECT_EQ(set.gone[0].prefix.addr.s6_addr[5], 98);
}

/* R10 C115 */
TEST(is_no_router_without_forwarding)
{
	struct ra_msg m;

	reset();
	in.forwarding = false;
	advert_make(&in, &m);
	EXPECT_EQ(m.router_lifetime, 0);
}

/* R23: the interface's prefixes; R21: A only where hosts can use it */
TEST(follows_the_interface)
{
	const struct xlat_prefix a = pref("2001:db8:64::", 96);
	struct ra_msg m;

	reset();
	in.nonlink = 3;
	inet_pton(AF_INET6, "2001:db8:1::", &in.onlink[0].addr);
	in.onlink[0].len = 64;
	inet_pton(AF_INET6, "2001:db8:2::", &in.onlink[1].addr);
	in.onlink[1].len = 56;
	inet_pton(AF_INET6, "2001:db8:64::", &in.onlink[2].addr);
	in.onlink[2].len = 120;
	advert_pref64_set(&set, &a, 1, 0, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.nprefixes, 2);
	EXPECT_EQ(m.prefixes[0].valid, 3600);
	EXPECT_EQ(m.prefixes[0].preferred, 1800);
	EXPECT(m.prefixes[0].onlink && m.prefixes[0].autonomous);
	EXPECT(m.prefixes[1].onlink && !m.prefixes[1].autonomous);

	/* A prefix that is configured as well stands there once. */
	conf.prefixes[1] = conf.prefixes[0];
	conf.prefixes[0].addr = in.onlink[0].addr;
	conf.prefixes[0].len = 64;
	conf.prefixes[0].valid = 100;
	conf.nprefixes = 2;
	advert_make(&in, &m);
	EXPECT_EQ(m.nprefixes, 2);
	EXPECT_EQ(m.prefixes[0].valid, 100);
	conf.nprefixes = 0;
	advert_make(&in, &m);
	EXPECT_EQ(m.nprefixes, 0);
}

/* R11 R27 C116 */
TEST(finishes)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	struct ra_msg m;

	reset();
	conf.nroutes = 1;
	conf.routes[0].lifetime = 100;
	conf.ndns = 1;
	advert_pref64_set(&set, &a, 1, 0, 1800);
	advert_make(&in, &m);
	EXPECT_EQ(m.dns[0].lifetime, 1800);
	EXPECT_EQ(m.routes[0].lifetime, 100);
	advert_finish(&m);
	EXPECT_EQ(m.router_lifetime, 0);
	EXPECT_EQ(m.dns[0].lifetime, 0);
	EXPECT_EQ(m.routes[0].lifetime, 0);
	expect_pref64(&m, 0, &a, 0);
	EXPECT_EQ(m.ndns, 1);
}

/* R15 */
TEST(is_stable)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	struct ra_msg one, two;

	reset();
	advert_pref64_set(&set, &a, 1, 0, 1800);
	memset(&one, 0x11, sizeof(one));
	memset(&two, 0x22, sizeof(two));
	advert_make(&in, &one);
	advert_pref64_set(&set, &a, 1, 99999, 1800);
	advert_make(&in, &two);
	EXPECT_MEM(&one, &two, sizeof(one));
}

/* R40 C137: each change once, and not in a flood. */
TEST(tells_of_routers_that_disagree)
{
	struct others *o = others_new();
	struct in6_addr src = { .s6_addr = { 0xfe, 0x80 } };
	struct ra_msg ours, theirs;
	struct others_news news = {
		.src = &src, .theirs = &theirs, .ours = &ours, .now = 0,
	};

	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	EXPECT(!others_heard(o, &news));	/* both have none */
	theirs.npref64 = 1;
	inet_pton(AF_INET6, "64:ff9b::", &theirs.pref64[0].addr);
	theirs.pref64[0].len = 96;
	theirs.pref64[0].lifetime = 8;
	EXPECT(others_heard(o, &news));
	EXPECT_STR(news.text, "64:ff9b::/96");
	EXPECT(!others_heard(o, &news));
	theirs.pref64[0].lifetime = 0;
	EXPECT(!others_heard(o, &news));	/* too soon */
	news.now = 10000;
	EXPECT(others_heard(o, &news));
	EXPECT_STR(news.text, "64:ff9b::/96 (withdrawn)");
	ours = theirs;
	ours.pref64[0].lifetime = theirs.pref64[0].lifetime = 8;
	news.now = 30000;
	EXPECT(!others_heard(o, &news));	/* agrees now */
	others_free(o);
}

KTAP_MAIN()
