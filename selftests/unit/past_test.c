// SPDX-License-Identifier: GPL-2.0
/*
 * What is withdrawn, and for how long: daemons/pref64d/past.c and renumber.c;
 * at the end weeks of a router's life under a clock of our own.
 */
#include "ktap.h"

#include "pref64d/advert.h"
#include "pref64d/past.h"
#include "pref64d/renumber.h"
#include "pref64d/sched.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

static struct past past;
static struct ra_msg m;

static struct in6_addr ip6(const char *text)
{
	struct in6_addr a;

	inet_pton(AF_INET6, text, &a);
	return a;
}

static void say_nothing(void)
{
	memset(&m, 0, sizeof(m));
}

static void say_prefix(const char *text, uint32_t valid)
{
	m.prefixes[m.nprefixes++] = (struct ra_prefix){
		.addr = ip6(text),
		.len = 64,
		.onlink = true,
		.autonomous = true,
		.valid = valid,
		.preferred = valid / 2,
	};
}

/* R22 C143 RFC 9096 3.3: withdrawn for as long as it was valid. */
TEST(withdraws_a_prefix_that_went)
{
	memset(&past, 0, sizeof(past));
	say_nothing();
	say_prefix("2001:db8:1::", 1000);
	past_take(&past, &m, 0);
	EXPECT_EQ(m.nprefixes, 1);
	EXPECT_EQ(past_next(&past, 0), UINT64_MAX);
	past_sent(&past, 5000);

	say_nothing();
	say_prefix("2001:db8:2::", 1000);
	past_take(&past, &m, 6000);
	EXPECT_EQ(m.nprefixes, 2);
	EXPECT_EQ(m.prefixes[1].addr.s6_addr[5], 1);
	EXPECT_EQ(m.prefixes[1].valid, 0);
	EXPECT_EQ(m.prefixes[1].preferred, 0);
	EXPECT(m.prefixes[1].onlink && m.prefixes[1].autonomous);
	EXPECT_EQ(past_next(&past, 6000), 1005000);

	say_nothing();
	say_prefix("2001:db8:2::", 1000);
	past_take(&past, &m, 1004999);
	EXPECT_EQ(m.nprefixes, 2);
	say_nothing();
	say_prefix("2001:db8:2::", 1000);
	past_take(&past, &m, 1005000);
	EXPECT_EQ(m.nprefixes, 1);
}

static void say_pref64(const char *text, uint32_t lifetime)
{
	m.pref64[m.npref64++] = (struct ra_pref64){ ip6(text), 96, lifetime };
}

/* R36 C134: the live ones first, the dead ones last, with lifetime 0. */
TEST(withdraws_pref64_behind_the_live_ones)
{
	memset(&past, 0, sizeof(past));
	say_nothing();
	say_pref64("2001:db8:a::", 1800);
	past_take(&past, &m, 0);
	past_sent(&past, 1000);
	say_nothing();
	say_pref64("2001:db8:b::", 1800);
	past_take(&past, &m, 2000);
	EXPECT_EQ(m.npref64, 2);
	EXPECT_EQ(m.pref64[0].addr.s6_addr[5], 0xb);
	EXPECT_EQ(m.pref64[0].lifetime, 1800);
	EXPECT_EQ(m.pref64[1].addr.s6_addr[5], 0xa);
	EXPECT_EQ(m.pref64[1].len, 96);
	EXPECT_EQ(m.pref64[1].lifetime, 0);
	/* It stays withdrawn until nobody can hold it, then it is gone. */
	EXPECT_EQ(past_next(&past, 2000), 1801000);
	say_nothing();
	past_take(&past, &m, 1800999);
	EXPECT_EQ(m.npref64, 2);
	say_nothing();
	say_pref64("2001:db8:b::", 1800);
	past_take(&past, &m, 1801000);
	EXPECT_EQ(m.npref64, 1);
	/* C145: what comes back lives. */
	say_nothing();
	say_pref64("2001:db8:a::", 1800);
	past_take(&past, &m, 1802000);
	EXPECT_EQ(m.npref64, 2);
	EXPECT_EQ(m.pref64[0].lifetime, 1800);
}

/* R22 R36: one that slept holds what it heard, for as long as it was told. */
TEST(heeds_a_lifetime_that_became_shorter)
{
	memset(&past, 0, sizeof(past));
	say_nothing();
	say_pref64("2001:db8:a::", 9000);
	past_take(&past, &m, 0);
	past_sent(&past, 0);
	say_nothing();
	say_pref64("2001:db8:a::", 8);
	past_take(&past, &m, 1000);
	EXPECT_EQ(past.changes, 2);
	past_sent(&past, 1000);
	say_nothing();
	past_take(&past, &m, 8999999);
	EXPECT_EQ(m.npref64, 1);
	say_nothing();
	past_take(&past, &m, 9000000);
	EXPECT_EQ(m.npref64, 0);
}

/* C145: what comes back is not withdrawn any more. */
TEST(revives_a_prefix)
{
	unsigned int i;

	memset(&past, 0, sizeof(past));
	for (i = 0; i < 10; i++) {
		say_nothing();
		say_prefix("2001:db8:1::", 1000);
		past_take(&past, &m, i * 100);
		EXPECT_EQ(past.changes, 2 * i + 1);
		EXPECT_EQ(m.nprefixes, 1);
		EXPECT_EQ(m.prefixes[0].valid, 1000);
		say_nothing();
		past_take(&past, &m, i * 100 + 50);
		EXPECT_EQ(past.changes, 2 * i + 2);
		EXPECT_EQ(m.nprefixes, 1);
		EXPECT_EQ(m.prefixes[0].valid, 0);
	}
}

/* R27 R24: so it is with name servers, domains and routes. */
TEST(withdraws_all_else_that_hosts_hold)
{
	memset(&past, 0, sizeof(past));
	say_nothing();
	m.ndns = 2;
	m.dns[0] = (struct ra_dns){ ip6("2001:db8::1"), 600 };
	m.dns[1] = (struct ra_dns){ ip6("2001:db8::2"), 600 };
	m.nsearch = 1;
	m.search[0] = (struct ra_search){ "example.net", 600 };
	m.nroutes = 1;
	m.routes[0] = (struct ra_route){ ip6("2001:db8:5::"), 48, 1, 600 };
	past_take(&past, &m, 0);
	say_nothing();
	m.ndns = 1;
	m.dns[0] = (struct ra_dns){ ip6("2001:db8::2"), 600 };
	past_take(&past, &m, 1000);
	EXPECT_EQ(m.ndns, 2);
	EXPECT_EQ(m.dns[0].lifetime, 600);
	EXPECT_EQ(m.dns[1].addr.s6_addr[15], 1);
	EXPECT_EQ(m.dns[1].lifetime, 0);
	EXPECT_EQ(m.nsearch, 1);
	EXPECT_STR(m.search[0].name, "example.net");
	EXPECT_EQ(m.search[0].lifetime, 0);
	EXPECT_EQ(m.nroutes, 1);
	EXPECT_EQ(m.routes[0].lifetime, 0);
	EXPECT_EQ(m.routes[0].len, 48);
	say_nothing();
	past_take(&past, &m, 601000);
	EXPECT_EQ(m.ndns + m.nsearch + m.nroutes, 0);
}

TEST(remembers_a_bounded_number)
{
	unsigned int i;

	memset(&past, 0, sizeof(past));
	for (i = 0; i < 100; i++) {
		say_nothing();
		say_prefix("2001:db8:1::", 1000);
		m.prefixes[0].addr.s6_addr[7] = (uint8_t)i;
		past_take(&past, &m, i);
		EXPECT(m.nprefixes <= PAST_MAX);
		EXPECT_EQ(m.prefixes[0].valid, 1000);
	}
	EXPECT_EQ(past.count[PAST_PREFIX], PAST_MAX);
	/* An endless lifetime is remembered for 30 days. */
	memset(&past, 0, sizeof(past));
	say_nothing();
	say_prefix("2001:db8:1::", RA_INFINITE);
	past_take(&past, &m, 0);
	say_nothing();
	past_take(&past, &m, PAST_LONGEST_S * 1000ull - 1);
	EXPECT_EQ(m.nprefixes, 1);
	say_nothing();
	past_take(&past, &m, PAST_LONGEST_S * 1000ull);
	EXPECT_EQ(m.nprefixes, 0);
}

static void say_many(unsigned int count, uint8_t kind)
{
	unsigned int i;

	say_nothing();
	for (i = 0; i < count; i++) {
		say_prefix("2001:db8::", 1000);
		m.prefixes[i].addr.s6_addr[4] = kind;
		m.prefixes[i].addr.s6_addr[7] = (uint8_t)i;
	}
}

/* R22 C143: all change at once, as many as can be configured. */
TEST(withdraws_all_that_went)
{
	unsigned int i, gone = 0;

	memset(&past, 0, sizeof(past));
	say_many(CONF_MAX_PREFIXES, 1);
	past_take(&past, &m, 0);
	say_many(CONF_MAX_PREFIXES, 2);
	past_take(&past, &m, 1000);
	EXPECT_EQ(m.nprefixes, 2 * CONF_MAX_PREFIXES);
	for (i = 0; i < m.nprefixes; i++)
		gone += m.prefixes[i].addr.s6_addr[4] == 1 &&
			!m.prefixes[i].valid;
	EXPECT_EQ(gone, CONF_MAX_PREFIXES);
}

/* C145: what has no room is what went long ago, not what lives. */
TEST(remembers_the_living)
{
	unsigned int i, changes;

	memset(&past, 0, sizeof(past));
	for (i = 0; i < 100; i++) {
		say_many(PAST_MAX - 2, 1);
		say_prefix("2001:db8:1::", 1000);
		m.prefixes[PAST_MAX - 2].addr.s6_addr[7] = (uint8_t)i;
		past_take(&past, &m, i * 10);
		changes = past.changes;
		say_many(PAST_MAX - 2, 1);
		past_take(&past, &m, i * 10 + 5);
		EXPECT_EQ(past.changes, changes + 1);
	}
}

/* R22: a prefix from before the start is gone when another one is there. */
TEST(withdraws_what_was_restored)
{
	const struct past_entry old = {
		.item.prefix = {
			.addr = ip6("2001:db8:1::"), .len = 64, .valid = 1000,
		},
		.until = 1000000,
	};

	memset(&past, 0, sizeof(past));
	past_restore(&past, PAST_PREFIX, &old, 0);
	/* The interface has no address yet: nobody knows. */
	say_nothing();
	past_take(&past, &m, 10);
	EXPECT_EQ(m.nprefixes, 0);
	EXPECT_EQ(past_next(&past, 10), PAST_HOLD_MS);
	say_nothing();
	say_prefix("2001:db8:2::", 1000);
	past_take(&past, &m, 20);
	EXPECT_EQ(m.nprefixes, 2);
	EXPECT_EQ(m.prefixes[1].valid, 0);

	memset(&past, 0, sizeof(past));
	past_restore(&past, PAST_PREFIX, &old, 0);
	say_nothing();
	past_take(&past, &m, PAST_HOLD_MS);
	EXPECT_EQ(m.nprefixes, 1);
	EXPECT_EQ(m.prefixes[0].valid, 0);
}

/* R27 R36: of all else it is known at once, whatever the interface has. */
TEST(withdraws_the_rest_that_was_restored)
{
	struct past_entry old = { .until = 1000000 };

	memset(&past, 0, sizeof(past));
	old.item.pref64 = (struct ra_pref64){ ip6("2001:db8:a::"), 96, 1800 };
	past_restore(&past, PAST_PREF64, &old, 0);
	old.item.route = (struct ra_route){ ip6("2001:db8:5::"), 48, 1, 600 };
	past_restore(&past, PAST_ROUTE, &old, 0);
	old.item.dns = (struct ra_dns){ ip6("2001:db8::1"), 600 };
	past_restore(&past, PAST_DNS, &old, 0);
	old.item.search = (struct ra_search){ "example.net", 600 };
	past_restore(&past, PAST_SEARCH, &old, 0);
	old.item.prefix = (struct ra_prefix){ .addr = ip6("2001:db8:1::") };
	past_restore(&past, PAST_PREFIX, &old, 0);
	say_nothing();
	past_take(&past, &m, 10);
	EXPECT_EQ(m.nprefixes, 0);
	EXPECT(m.npref64 == 1 && !m.pref64[0].lifetime);
	EXPECT(m.nroutes == 1 && !m.routes[0].lifetime);
	EXPECT(m.ndns == 1 && !m.dns[0].lifetime);
	EXPECT(m.nsearch == 1 && !m.search[0].lifetime);
}

static struct xlat_prefix pref(const char *text)
{
	return (struct xlat_prefix){ .addr = ip6(text), .len = 96 };
}

static struct renumber moves;
static struct xlat_instance x;
static struct xlat_prefix got[XLAT_MAX_PREFIXES];

static bool is(unsigned int i, const struct xlat_prefix *p)
{
	return got[i].len == p->len && !memcmp(&got[i].addr, &p->addr, 16);
}

/* R36: overlap, swap, withdraw. */
TEST(moves_clients)
{
	const struct xlat_prefix a = pref("2001:db8:a::");
	const struct xlat_prefix b = pref("2001:db8:b::");
	const struct xlat_prefix c = pref("2001:db8:c::");

	memset(&moves, 0, sizeof(moves));
	x.nprefixes = 2;
	x.prefixes[0] = a;
	x.prefixes[1] = c;
	EXPECT_EQ(renumber_add(&moves, &a, &a, 0), -EINVAL);
	EXPECT_EQ(renumber_add(&moves, &a, &b, 1000), 0);
	EXPECT_EQ(renumber_next(&moves, 0), 1000);
	/* The new one is not there: the old one stays. */
	EXPECT_EQ(renumber_apply(&moves, &x, 5000, got), 2);
	EXPECT(is(0, &a) && is(1, &c));
	x.nprefixes = 3;
	x.prefixes[2] = b;
	EXPECT_EQ(renumber_apply(&moves, &x, 999, got), 3);
	EXPECT(is(0, &c) && is(1, &b) && is(2, &a));
	EXPECT_EQ(renumber_apply(&moves, &x, 1000, got), 2);
	EXPECT(is(0, &c) && is(1, &b));
	EXPECT_EQ(renumber_next(&moves, 1000), UINT64_MAX);
}

/* However they are combined, one prefix is left. */
TEST(moves_in_circles)
{
	const struct xlat_prefix p[3] = {
		pref("2001:db8:a::"), pref("2001:db8:b::"),
		pref("2001:db8:c::"),
	};
	unsigned int i;

	memset(&moves, 0, sizeof(moves));
	x.nprefixes = 3;
	memcpy(x.prefixes, p, sizeof(p));
	for (i = 0; i < 1000; i++) {
		const struct xlat_prefix *from = &p[random() % 3];
		const struct xlat_prefix *to = &p[random() % 3];

		if (renumber_add(&moves, from, to, 0))
			continue;
		EXPECT(renumber_apply(&moves, &x, 1, got) >= 1);
		EXPECT(moves.count <= 2);
	}
	renumber_add(&moves, &p[0], &p[1], 0);
	renumber_add(&moves, &p[1], &p[0], 0);
	EXPECT(renumber_apply(&moves, &x, 1, got) >= 1);
	EXPECT(is(0, &p[0]));
}

TEST(forgets_moves_that_are_over)
{
	const struct xlat_prefix a = pref("2001:db8:a::");
	const struct xlat_prefix b = pref("2001:db8:b::");
	static struct xlat_view view;

	memset(&moves, 0, sizeof(moves));
	renumber_add(&moves, &a, &b, 0);
	EXPECT_EQ(renumber_forget(&moves, &view, RENUMBER_KEEP_MS), 0);
	view.loaded = true;
	view.count = 1;
	view.instances[0].nprefixes = 1;
	view.instances[0].prefixes[0] = a;
	EXPECT_EQ(renumber_forget(&moves, &view, RENUMBER_KEEP_MS), 0);
	view.instances[0].prefixes[0] = b;
	EXPECT_EQ(renumber_forget(&moves, &view, RENUMBER_KEEP_MS - 1), 0);
	EXPECT_EQ(renumber_forget(&moves, &view, RENUMBER_KEEP_MS), 1);
	EXPECT_EQ(moves.count, 0);
}

/*
 * Six weeks in which the provider changes the prefix now and then. The host
 * below does what RFC 4862 has hosts do.
 */
struct host {
	uint64_t prefix_until[256];	/* preferred until, by prefix */
	uint64_t pref64_until[256];
};

static struct sched sched;
static struct host host;
static uint64_t now;

static uint32_t draw(uint32_t max)
{
	return (uint32_t)random() % (max + 1);
}

static void hear(void)
{
	unsigned int i;

	for (i = 0; i < m.nprefixes; i++)
		host.prefix_until[m.prefixes[i].addr.s6_addr[7]] =
			now + m.prefixes[i].preferred * 1000ull;
	for (i = 0; i < m.npref64; i++)
		host.pref64_until[m.pref64[i].addr.s6_addr[5]] =
			now + m.pref64[i].lifetime * 1000ull;
}

static void compose(struct advert_input *in, uint8_t number,
		    struct ra_msg *out)
{
	in->nonlink = 1;
	in->onlink[0].addr = ip6("2001:db8::");
	in->onlink[0].addr.s6_addr[7] = number;
	in->onlink[0].len = 64;
	in->past = &past;
	advert_make(in, out);
	past_take(&past, out, now);
}

static unsigned int others_in_use(const uint64_t *until, uint8_t number)
{
	unsigned int i, n = 0;

	for (i = 0; i < 256; i++)
		n += i != number && until[i] > now;
	return n;
}

/* R4 R5 R6 R15 R22 R33 R36 */
TEST(lives_for_weeks)
{
	static struct conf_ra conf = {
		.on = true, .router_lifetime = 1800, .pref64_lifetime = 1800,
		.nprefixes = 1,
		.prefixes[0] = { .valid = 2592000, .preferred = 604800 },
	};
	static struct link_info link = { .mtu = 1500 };
	static struct advert_pref64 set;
	struct advert_input in = {
		.conf = &conf, .link = &link, .router = true, .pref64 = &set,
	};
	struct xlat_prefix live = pref("2001:db8:1::");
	unsigned int sent = 0, changes = 0;
	uint64_t change, settled = 0, end;
	uint8_t number = 1;
	struct in6_addr to;
	struct ra_msg next;

	memset(&past, 0, sizeof(past));
	sched.random = draw;
	sched_configure(&sched, 198, 600, 0);
	now = 1000;
	end = now + 42ull * 86400000;
	change = now + 86400000;
	advert_pref64_set(&set, &live, 1);
	compose(&in, number, &m);
	sched_start(&sched, now);
	while (now < end) {
		now = sched_next(&sched) < change ? sched_next(&sched) : change;
		if (now == change) {
			number++;
			live.addr.s6_addr[5] = number;
			changes++;
			advert_pref64_set(&set, &live, 1);
			change = now + draw(3 * 86400) * 1000ull + 1;
			compose(&in, number, &next);
			EXPECT(!advert_same(&m, &next));
			m = next;
			sched_changed(&sched, now);
			settled = now + 1;
		}
		while (sched_pop(&sched, now, &to)) {
			compose(&in, number, &next);
			EXPECT(advert_same(&m, &next));
			m = next;
			past_sent(&past, now);
			hear();
			sent++;
			if (now < settled)
				continue;
			/* The host uses what lives, and nothing else. */
			EXPECT(host.prefix_until[number] > now);
			EXPECT(host.pref64_until[number] > now);
			EXPECT_EQ(others_in_use(host.prefix_until, number), 0);
			EXPECT_EQ(others_in_use(host.pref64_until, number), 0);
		}
	}
	EXPECT(changes > 20);
	/* 400 seconds apart on average, and three for each change. */
	EXPECT(sent > 42 * 86400 / 600 && sent < 42 * 86400 / 198);
}

KTAP_MAIN()
