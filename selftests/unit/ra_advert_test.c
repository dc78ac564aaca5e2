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
static struct past past;
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
	link.mtu = 1500;
	in.conf = &conf;
	in.link = &link;
	in.router = true;
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
	advert_pref64_set(&set, ab, 3);
	advert_make(&in, &m);
	EXPECT_EQ(m.npref64, 2);
	expect_pref64(&m, 0, &ab[0], 1800);
	expect_pref64(&m, 1, &ab[1], 1800);
	EXPECT_EQ(m.router_lifetime, 1800);
	EXPECT_EQ(m.lladdr_len, 6);
}

/* R10 C115 */
TEST(is_no_router_without_forwarding)
{
	struct ra_msg m;

	reset();
	in.router = false;
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
	advert_pref64_set(&set, &a, 1);
	advert_make(&in, &m);
	EXPECT_EQ(m.nprefixes, 2);
	EXPECT_EQ(m.prefixes[0].valid, 3600);
	EXPECT_EQ(m.prefixes[0].preferred, 1800);
	EXPECT(m.prefixes[0].onlink && m.prefixes[0].autonomous);
	EXPECT(m.prefixes[1].onlink && !m.prefixes[1].autonomous);

	/* Nor are they those of a prefix that is withdrawn. */
	advert_pref64_set(&set, NULL, 0);
	memset(&past, 0, sizeof(past));
	past_take(&past, &m, 0);
	in.past = &past;
	advert_make(&in, &m);
	EXPECT_EQ(m.nprefixes, 2);
	in.past = NULL;
	advert_pref64_set(&set, &a, 1);

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
	advert_pref64_set(&set, &a, 1);
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
	advert_pref64_set(&set, &a, 1);
	memset(&one, 0x11, sizeof(one));
	memset(&two, 0x22, sizeof(two));
	advert_make(&in, &one);
	advert_pref64_set(&set, &a, 1);
	advert_make(&in, &two);
	EXPECT_MEM(&one, &two, sizeof(one));
}

/* R29 C152: never more than the link has, which hosts would not take. */
TEST(limits_the_mtu_to_the_link)
{
	struct ra_msg m;

	reset();
	advert_make(&in, &m);
	EXPECT_EQ(m.mtu, 0);
	conf.mtu = 9000;
	advert_make(&in, &m);
	EXPECT_EQ(m.mtu, 1500);
	conf.mtu = 1280;
	advert_make(&in, &m);
	EXPECT_EQ(m.mtu, 1280);
}

/* R14 RFC 4861 9: no larger than the MTU that hosts are told. */
TEST(fits_into_the_mtu)
{
	struct ra_msg m;

	reset();
	advert_make(&in, &m);
	EXPECT_EQ(advert_room(&m, 1500), 1460);
	EXPECT_EQ(advert_room(&m, 9000), 8960);
	EXPECT_EQ(advert_room(&m, 1000), 1240);
	conf.mtu = 1400;
	advert_make(&in, &m);
	EXPECT_EQ(advert_room(&m, 1500), 1360);
	link.mtu = 1300;
	advert_make(&in, &m);
	EXPECT_EQ(advert_room(&m, 1300), 1260);
}

/* R21: both flags can be switched off. */
TEST(obeys_prefix_flags)
{
	struct ra_msg m;

	reset();
	in.nonlink = 1;
	inet_pton(AF_INET6, "2001:db8:1::", &in.onlink[0].addr);
	in.onlink[0].len = 64;
	conf.prefixes[0].offlink = true;
	advert_make(&in, &m);
	EXPECT(!m.prefixes[0].onlink && m.prefixes[0].autonomous);
	conf.prefixes[0].offlink = false;
	conf.prefixes[0].noauto = true;
	advert_make(&in, &m);
	EXPECT(m.prefixes[0].onlink && !m.prefixes[0].autonomous);
}

/* C155: lifetimes that end; PREF64 and name servers do not fall with them. */
TEST(counts_lifetimes_down)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	struct ra_msg first, m;

	reset();
	inet_pton(AF_INET6, "2001:db8:1::", &conf.prefixes[0].addr);
	conf.prefixes[0].len = 64;
	conf.prefixes[0].countdown = true;
	conf.ndns = 1;
	EXPECT(advert_counts(&conf));
	advert_pref64_set(&set, &a, 1);
	advert_make(&in, &first);
	EXPECT_EQ(first.prefixes[0].valid, 3600);
	EXPECT_EQ(first.prefixes[0].preferred, 1800);
	in.age = 600;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 3000);
	EXPECT_EQ(m.prefixes[0].preferred, 1200);
	EXPECT_EQ(m.pref64[0].lifetime, 1800);
	EXPECT_EQ(m.dns[0].lifetime, 1800);
	EXPECT(advert_same(&first, &m));
	in.age = 1800;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 1800);
	EXPECT_EQ(m.prefixes[0].preferred, 0);
	EXPECT(!advert_same(&first, &m));
	in.age = 100000;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 0);
	EXPECT_EQ(m.nprefixes, 1);

	/* Those of the interface end with its address. */
	memset(&conf.prefixes[0].addr, 0, 16);
	conf.prefixes[0].len = 0;
	in.nonlink = 1;
	inet_pton(AF_INET6, "2001:db8:1::", &in.onlink[0].addr);
	in.onlink[0].len = 64;
	in.onlink[0].valid = 100;
	in.onlink[0].preferred = UINT32_MAX;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 100);
	EXPECT_EQ(m.prefixes[0].preferred, 1800);
	in.onlink[0].preferred = 50;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 100);
	EXPECT_EQ(m.prefixes[0].preferred, 50);
	/* An address that stays sets no end: the configuration does. */
	in.onlink[0].valid = UINT32_MAX;
	in.onlink[0].preferred = UINT32_MAX;
	in.age = 600;
	advert_make(&in, &m);
	EXPECT_EQ(m.prefixes[0].valid, 3000);
	EXPECT_EQ(m.prefixes[0].preferred, 1200);
	conf.prefixes[0].countdown = false;
	EXPECT(!advert_counts(&conf));
}

/* R50 C157: a way to IPv4 beside the default router. */
TEST(stands_beside_another_router)
{
	const struct xlat_prefix a = pref("2001:db8:a::", 96);
	struct ra_msg m;

	reset();
	conf.sidecar = true;
	conf.preference = CONF_PREF_HIGH;
	in.nonlink = 1;
	inet_pton(AF_INET6, "2001:db8:1::", &in.onlink[0].addr);
	in.onlink[0].len = 64;
	advert_pref64_set(&set, &a, 1);
	advert_make(&in, &m);
	EXPECT_EQ(m.router_lifetime, 1800);
	EXPECT_EQ(m.preference, 3);
	EXPECT_EQ(m.nprefixes, 0);
	EXPECT_EQ(m.nroutes, 1);
	EXPECT_EQ(m.routes[0].len, 96);
	EXPECT_EQ(m.routes[0].preference, 1);
	EXPECT_EQ(m.routes[0].lifetime, 1800);
	EXPECT_MEM(&m.routes[0].addr, &a.addr, 16);
	expect_pref64(&m, 0, &a, 1800);

	/* R24 C146: a route that is configured as well stands there once. */
	conf.nroutes = 1;
	conf.routes[0] = (struct conf_route){
		.addr = a.addr, .len = 96, .lifetime = 100,
	};
	advert_make(&in, &m);
	EXPECT_EQ(m.nroutes, 1);
	EXPECT_EQ(m.routes[0].lifetime, 100);
}

/* R42 R46 */
TEST(adds_portal_and_raw_options)
{
	struct ra_msg m;

	reset();
	strcpy(conf.captive_portal, "https://portal.example");
	conf.noptions = 1;
	conf.options[0] = (struct conf_ra_option){ 200, 2, { 7, 8 } };
	advert_make(&in, &m);
	EXPECT_STR(m.captive_portal, "https://portal.example");
	EXPECT_EQ(m.nraw, 1);
	EXPECT_MEM(&m.raw[0], "\xc8\2\7\x8", 4);
}

static struct others *others;
static struct in6_addr router = { .s6_addr = { 0xfe, 0x80 } };
static struct ra_msg ours, theirs;
static struct others_news news = {
	.src = &router, .theirs = &theirs, .ours = &ours,
};

/* What is told of them now, ten seconds after the last time. */
static const char *heard(void)
{
	news.now += 10000;
	return others_heard(others, &news) ? news.text : "";
}

/* R40 C137: each change once, and not in a flood. */
TEST(tells_of_routers_that_disagree)
{
	others = others_new();
	EXPECT_STR(heard(), "");		/* both have none */
	theirs.npref64 = 1;
	inet_pton(AF_INET6, "64:ff9b::", &theirs.pref64[0].addr);
	theirs.pref64[0].len = 96;
	theirs.pref64[0].lifetime = 8;
	EXPECT_STR(heard(), "PREF64: theirs 64:ff9b::/96, ours none");
	EXPECT_STR(heard(), "");
	theirs.pref64[0].lifetime = 0;
	news.now -= 10000;
	EXPECT(!others_heard(others, &news));	/* too soon */
	EXPECT_STR(heard(), "PREF64: theirs 64:ff9b::/96 (withdrawn), ours none");
	ours = theirs;
	ours.pref64[0].lifetime = 8;
	theirs.pref64[0].lifetime = 8;
	EXPECT_STR(heard(), "");		/* agrees now */
	EXPECT_STR(others_next(others, NULL)->told, "");
	EXPECT_STR(others_next(others, NULL)->pref64, "64:ff9b::/96");
}

static void say(struct ra_msg *m, uint8_t last, uint32_t lifetime)
{
	struct ra_pref64 *p = &m->pref64[m->npref64++];

	memset(p, 0, sizeof(*p));
	inet_pton(AF_INET6, "64:ff9b::", &p->addr);
	p->addr.s6_addr[11] = last;
	p->len = 96;
	p->lifetime = lifetime;
}

/* R40 RFC 8781 5.2: they are sets, and ours of the past is nobody's fault. */
TEST(compares_pref64_as_sets)
{
	memset(&theirs, 0, sizeof(theirs));
	memset(&ours, 0, sizeof(ours));
	say(&ours, 1, 1800);
	say(&ours, 2, 1800);
	say(&ours, 3, 0);
	say(&theirs, 2, 600);
	say(&theirs, 1, 600);
	EXPECT_STR(heard(), "");
	/* In which order does not matter, but all of them do. */
	theirs.npref64 = 1;
	EXPECT_STR(heard(), "PREF64: theirs 64:ff9b::2:0:0/96, ours 64:ff9b::1:0:0/96, 64:ff9b::2:0:0/96");
	/* What we withdraw lives there. */
	say(&theirs, 1, 600);
	say(&theirs, 3, 600);
	EXPECT_STR(heard(), "PREF64: theirs 64:ff9b::2:0:0/96, 64:ff9b::1:0:0/96, 64:ff9b::3:0:0/96, ours 64:ff9b::1:0:0/96, 64:ff9b::2:0:0/96, 64:ff9b::3:0:0/96 (withdrawn)");
	theirs.pref64[2].lifetime = 0;
	EXPECT_STR(heard(), "");		/* both withdraw it */
	/* What lives with us is withdrawn there. */
	theirs.pref64[0].lifetime = 0;
	EXPECT_STR(heard(), "PREF64: theirs 64:ff9b::2:0:0/96 (withdrawn), 64:ff9b::1:0:0/96, 64:ff9b::3:0:0/96 (withdrawn), ours 64:ff9b::1:0:0/96, 64:ff9b::2:0:0/96, 64:ff9b::3:0:0/96 (withdrawn)");
}

/* R40 RFC 4861 6.2.3: options may be spread over several messages. */
TEST(waits_for_pref64_in_another_message)
{
	memset(&theirs, 0, sizeof(theirs));
	memset(&ours, 0, sizeof(ours));
	say(&ours, 1, 1800);
	say(&theirs, 1, 600);
	EXPECT_STR(heard(), "");
	theirs.npref64 = 0;
	EXPECT_STR(heard(), "");
	EXPECT_STR(others_next(others, NULL)->pref64, "64:ff9b::1:0:0/96");
	/* No host holds it any more. */
	news.now += 590000;
	EXPECT_STR(heard(), "PREF64: theirs none, ours 64:ff9b::1:0:0/96");
	EXPECT_STR(others_next(others, NULL)->pref64, "none");
	theirs = ours;
	EXPECT_STR(heard(), "");
}

/* R40: what RFC 4861, section 6.2.7 names, as far as both name it. */
TEST(compares_all_that_routers_must_agree_on)
{
	struct ra_prefix p = { .len = 64, .valid = 100, .preferred = 50 };

	others_free(others);
	others = others_new();
	memset(&theirs, 0, sizeof(theirs));
	memset(&ours, 0, sizeof(ours));
	theirs.hop_limit = 32;
	EXPECT_STR(heard(), "");		/* ours leaves it open */
	ours.hop_limit = 64;
	EXPECT_STR(heard(), "hop limit: theirs 32, ours 64");
	theirs.hop_limit = 64;
	theirs.reachable = 1;
	ours.reachable = 2;
	theirs.retrans = 3;
	ours.retrans = 4;
	theirs.mtu = 1280;
	ours.mtu = 1500;
	EXPECT_STR(heard(), "reachable time: theirs 1, ours 2; retrans timer: theirs 3, ours 4; MTU: theirs 1280, ours 1500");
	theirs = ours;
	theirs.managed = true;
	theirs.other = true;
	EXPECT_STR(heard(), "managed: theirs 1, ours 0; other-config: theirs 1, ours 0");
	theirs = ours;
	inet_pton(AF_INET6, "2001:db8:1::", &p.addr);
	ours.prefixes[0] = p;
	ours.nprefixes = 1;
	EXPECT_STR(heard(), "");		/* theirs does not name it */
	p.valid = 90;
	p.autonomous = true;
	theirs.prefixes[0] = p;
	theirs.nprefixes = 1;
	EXPECT_STR(heard(), "lifetimes of 2001:db8:1::/64: theirs 90 50, ours 100 50; flags of 2001:db8:1::/64: theirs A, ours ");
	p.addr.s6_addr[15] = 1;
	theirs.prefixes[0] = p;
	EXPECT_STR(heard(), "");
	others_free(others);
}

KTAP_MAIN()
