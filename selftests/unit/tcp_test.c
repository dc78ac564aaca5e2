// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "tcp.h"

#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define PSH	0x08
#define ACK	0x10
#define URG	0x20

/* RFC 6146 section 3.5.2.2 as text: "state timer" after each event. */
struct row {
	enum nat64_tcp state;
	const char *v6_syn;
	const char *v4_syn;
	const char *v6_fin;
	const char *v4_fin;
	const char *rst;
	const char *other;
};

static const struct row rows[] = {
	/* H-30 H-32 H-33 H-34 */
	{ NAT64_TCP_CLOSED, "v6init trans", "v4init trans", "closed -",
	  "closed -", "closed -", "closed -" },
	/* H-38 H-39 H-41 */
	{ NAT64_TCP_V6_INIT, "v6init trans", "est est", "v6init -",
	  "v6init -", "v6init -", "v6init -" },
	/* H-36 H-41 H-110 */
	{ NAT64_TCP_V4_INIT, "est est", "v4init -", "v4init -",
	  "v4init -", "v4init -", "v4init -" },
	/* H-42 H-43 H-44 H-45 */
	{ NAT64_TCP_ESTABLISHED, "est est", "est est", "v6fin -",
	  "v4fin -", "trans trans", "est est" },
	/* H-47 H-48 */
	{ NAT64_TCP_V4_FIN, "v4fin est", "v4fin est", "bothfin trans",
	  "v4fin est", "v4fin est", "v4fin est" },
	{ NAT64_TCP_V6_FIN, "v6fin est", "v6fin est", "v6fin est",
	  "bothfin trans", "v6fin est", "v6fin est" },
	{ NAT64_TCP_BOTH_FIN, "bothfin -", "bothfin -", "bothfin -",
	  "bothfin -", "bothfin -", "bothfin -" },
	/* H-102 H-112 */
	{ NAT64_TCP_TRANS, "est est", "est est", "est est",
	  "est est", "trans -", "est est" },
};

static const char *state_name(u8 state)
{
	static const char *const names[] = {
		[NAT64_TCP_CLOSED] = "closed",
		[NAT64_TCP_V6_INIT] = "v6init",
		[NAT64_TCP_V4_INIT] = "v4init",
		[NAT64_TCP_ESTABLISHED] = "est",
		[NAT64_TCP_V6_FIN] = "v6fin",
		[NAT64_TCP_V4_FIN] = "v4fin",
		[NAT64_TCP_BOTH_FIN] = "bothfin",
		[NAT64_TCP_TRANS] = "trans",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static const char *timer_name(u8 timer)
{
	static const char *const names[] = {
		[NAT64_TIMER_KEEP] = "-",
		[NAT64_TIMER_TRANS] = "trans",
		[NAT64_TIMER_EST] = "est",
	};

	return timer < ARRAY_SIZE(names) ? names[timer] : "?";
}

static void expect(enum nat64_tcp state, enum nat64_side side, u8 flags,
		   const char *want)
{
	struct nat64_tcp_step step = nat64_tcp_next(state, side, flags);
	char got[32];

	snprintf(got, sizeof(got), "%s %s", state_name(step.state),
		 timer_name(step.timer));
	EXPECT_STR(got, want);
}

TEST(table) /* Y */
{
	unsigned int i;

	EXPECT_EQ(ARRAY_SIZE(rows), __NAT64_TCP_MAX);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		expect(r->state, NAT64_SIDE_V6, SYN, r->v6_syn);
		expect(r->state, NAT64_SIDE_V4, SYN, r->v4_syn);
		expect(r->state, NAT64_SIDE_V4, SYN | ACK, r->v4_syn);
		expect(r->state, NAT64_SIDE_V6, FIN | ACK, r->v6_fin);
		expect(r->state, NAT64_SIDE_V4, FIN | ACK, r->v4_fin);
		expect(r->state, NAT64_SIDE_V6, RST, r->rst);
		expect(r->state, NAT64_SIDE_V4, RST | ACK, r->rst);
		expect(r->state, NAT64_SIDE_V6, ACK, r->other);
		expect(r->state, NAT64_SIDE_V4, ACK | PSH, r->other);
	}
}

TEST(events)
{
	EXPECT_EQ(nat64_tcp_event(SYN), NAT64_TCP_EV_SYN);
	EXPECT_EQ(nat64_tcp_event(SYN | ACK), NAT64_TCP_EV_SYN);
	EXPECT_EQ(nat64_tcp_event(SYN | 0xc0), NAT64_TCP_EV_SYN);
	EXPECT_EQ(nat64_tcp_event(FIN | ACK), NAT64_TCP_EV_FIN);
	EXPECT_EQ(nat64_tcp_event(RST), NAT64_TCP_EV_RST);
	EXPECT_EQ(nat64_tcp_event(RST | FIN), NAT64_TCP_EV_RST);
	EXPECT_EQ(nat64_tcp_event(ACK), NAT64_TCP_EV_OTHER);
}

TEST(nonsense_creates_nothing) /* H-115 K-27 */
{
	static const u8 flags[] = {
		0, SYN | FIN, SYN | RST, SYN | FIN | RST | ACK,
		FIN | PSH | URG, 0xff,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		expect(NAT64_TCP_CLOSED, NAT64_SIDE_V6, flags[i], "closed -");
		expect(NAT64_TCP_CLOSED, NAT64_SIDE_V4, flags[i], "closed -");
	}
}

TEST(every_step_is_known) /* K-27 */
{
	unsigned int state, side, flags;
	struct nat64_tcp_step step;

	for (state = 0; state < __NAT64_TCP_MAX; state++)
		for (side = 0; side < __NAT64_SIDE_MAX; side++)
			for (flags = 0; flags < 256; flags++) {
				step = nat64_tcp_next(state, side, (u8)flags);
				EXPECT(step.state < __NAT64_TCP_MAX);
				EXPECT(step.timer <= NAT64_TIMER_EST);
			}
}

/* The sum over a header is what the delta says it has become. */
TEST(clamp_mss) /* D-46 */
{
	static const struct {
		u8 opts[12];
		u16 mss;
		u16 want;	/* of the option behind */
		u8 at;
	} cases[] = {
		{ { 2, 4, 5, 0xb4, 1, 1, 1, 1, 1, 1, 1, 0 }, 1220, 1220, 22 },
		{ { 1, 2, 4, 5, 0xb4, 1, 1, 1, 1, 1, 1, 0 }, 1220, 1220, 23 },
		{ { 8, 3, 9, 2, 4, 0xff, 0xff, 0, 0, 0, 0, 0 }, 1220, 1220, 25 },
		/* never raised */
		{ { 2, 4, 4, 0, 1, 1, 1, 1, 1, 1, 1, 0 }, 1220, 1024, 22 },
		/* what is no MSS stays */
		{ { 0, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0, 0 }, 536, 1460, 23 },
		{ { 2, 3, 5, 0xb4, 0, 0, 0, 0, 0, 0, 0, 0 }, 536, 1460, 22 },
		{ { 8, 0, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0 }, 536, 1460, 24 },
		{ { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4 }, 536, 0x0204, 30 },
	};
	u8 tcp[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		__wsum before, delta;

		memset(tcp, 0x5a, 20);
		memcpy(tcp + 20, cases[i].opts, 12);
		before = csum_partial(tcp, sizeof(tcp), 0);
		delta = nat64_tcp_clamp_mss(tcp, sizeof(tcp), cases[i].mss);
		EXPECT_EQ(tcp[cases[i].at] << 8 | tcp[cases[i].at + 1],
			  cases[i].want);
		EXPECT_EQ(csum_fold(csum_add(before, delta)),
			  csum_fold(csum_partial(tcp, sizeof(tcp), 0)));
	}
}

KTAP_MAIN()
