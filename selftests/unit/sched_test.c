// SPDX-License-Identifier: GPL-2.0
/* Timers of RFC 4861 under a clock of our own: daemons/pref64d/sched.c. */
#include "ktap.h"

#include "pref64d/sched.h"

#include <stdlib.h>

static struct sched s;
static uint64_t now;
static uint32_t chance;		/* what draw() gives, UINT32_MAX: anything */

static uint32_t draw(uint32_t max)
{
	if (chance == UINT32_MAX)
		return (uint32_t)random() % (max + 1);
	return chance < max ? chance : max;
}

static void start(uint32_t min_s, uint32_t max_s)
{
	memset(&s, 0, sizeof(s));
	s.random = draw;
	now = 1000000;
	sched_configure(&s, min_s, max_s, now);
	sched_start(&s, now);
}

/* Runs until the next advertisement and tells its kind. */
static enum sched_send next(void)
{
	struct in6_addr to;

	if (sched_next(&s) == SCHED_NEVER)
		return SCHED_NOTHING;
	if (sched_next(&s) > now)
		now = sched_next(&s);
	return sched_pop(&s, now, &to);
}

/* Time from now to the next multicast advertisement. */
static uint64_t interval(void)
{
	uint64_t before = now;

	EXPECT_EQ(next(), SCHED_MULTICAST);
	return now - before;
}

static struct in6_addr host(unsigned int n)
{
	return (struct in6_addr){
		.s6_addr = { 0xfe, 0x80, [14] = (uint8_t)(n >> 8),
			     [15] = (uint8_t)n },
	};
}

static const struct in6_addr nobody;

/* R5 R3 R4 C110: one at once, two more within 16 s, then at random. */
TEST(begins_quickly_and_slows_down)
{
	uint64_t t, least = UINT64_MAX, most = 0;
	unsigned int i;

	chance = UINT32_MAX;
	start(198, 600);
	EXPECT_EQ(interval(), 0);
	EXPECT_EQ(interval(), SCHED_INITIAL_INTERVAL);
	EXPECT_EQ(interval(), SCHED_INITIAL_INTERVAL);
	for (i = 0; i < 2000; i++) {
		t = interval();
		EXPECT(t >= 198000 && t <= 600000);
		least = t < least ? t : least;
		most = t > most ? t : most;
	}
	EXPECT(least < 210000 && most > 590000);
}

TEST(short_intervals_hold_from_the_start)
{
	chance = 0;
	start(3, 4);
	EXPECT_EQ(interval(), 0);
	EXPECT_EQ(interval(), 3000);
	EXPECT_EQ(interval(), 3000);
}

/* R3: a shorter interval holds from now on, a longer one from the next time. */
TEST(takes_a_shorter_interval_at_once)
{
	chance = UINT32_MAX;
	start(19800, 60000);
	interval();
	interval();
	interval();
	EXPECT(sched_next(&s) - now >= 19800000);
	sched_configure(&s, 3, 10, now);
	EXPECT(interval() <= 10000);
	sched_configure(&s, 19800, 60000, now);
	EXPECT(interval() <= 10000);
	EXPECT(interval() >= 19800000);

	/* Not sooner than is allowed. */
	start(198, 600);
	interval();
	sched_configure(&s, 3, 4, now);
	EXPECT(interval() >= SCHED_MIN_DELAY);
}

/* R8 R9 C101: to the asker alone, within half a second. */
TEST(answers_the_asker)
{
	const struct in6_addr h = host(7);
	struct in6_addr to;

	start(198, 600);
	next();
	now += 5000;
	chance = 300;
	sched_solicited(&s, now, &h);
	EXPECT_EQ(sched_next(&s), now + 300);
	EXPECT_EQ(sched_pop(&s, now + 299, &to), SCHED_NOTHING);
	EXPECT_EQ(sched_pop(&s, now + 300, &to), SCHED_UNICAST);
	EXPECT_MEM(&to, &h, sizeof(h));
	EXPECT_EQ(sched_pop(&s, now + 300, &to), SCHED_NOTHING);
	chance = UINT32_MAX;
	sched_solicited(&s, now + 10000, &h);
	EXPECT(sched_next(&s) <= now + 10000 + SCHED_MAX_RS_DELAY);
}

/* R9: repeated questions of one host get one answer in three seconds. */
TEST(limits_answers_to_one_host)
{
	const struct in6_addr h = host(7);
	unsigned int i, answers = 0;
	struct in6_addr to;

	chance = 0;
	start(600, 600);
	while (interval() < 600000)
		;
	for (i = 0; i < 3000; i++) {	/* 30 s, a question each 10 ms */
		now += 10;
		sched_solicited(&s, now, &h);
		while (sched_pop(&s, now, &to))
			answers++;
	}
	EXPECT(answers >= 9 && answers <= 10);
}

/* R6 C107: without an address, to all, but not more often than allowed. */
TEST(answers_those_without_address_to_all)
{
	unsigned int i, answers = 0;
	struct in6_addr to;

	chance = UINT32_MAX;
	start(198, 600);
	next();
	for (i = 0; i < 30000; i++) {	/* 30 s, 1000 questions a second */
		now += 1;
		sched_solicited(&s, now, &nobody);
		while (sched_pop(&s, now, &to))
			answers++;
	}
	EXPECT(answers >= 8 && answers <= 10);
}

/* C106 R9: a crowd of askers gets one answer for all. */
TEST(answers_a_crowd_together)
{
	unsigned int i, multicast = 0, unicast = 0;
	struct in6_addr to;
	enum sched_send kind;

	chance = UINT32_MAX;
	start(198, 600);
	next();
	now += 5000;
	for (i = 0; i < 3000; i++) {	/* 3 s, 1000 hosts a second */
		struct in6_addr h = host(i);

		sched_solicited(&s, now, &h);
		now += 1;
		while ((kind = sched_pop(&s, now, &to))) {
			multicast += kind == SCHED_MULTICAST;
			unicast += kind == SCHED_UNICAST;
		}
	}
	EXPECT(multicast >= 1 && multicast <= 2);
	EXPECT(unicast <= 3 * SCHED_MAX_UNICAST);
}

/* C109 */
TEST(lets_a_scheduled_one_answer)
{
	const struct in6_addr h = host(7);
	struct in6_addr to;
	uint64_t due;

	chance = 0;
	start(600, 600);
	next();
	next();
	next();
	due = sched_next(&s);
	sched_solicited(&s, due - 100, &h);
	sched_solicited(&s, due - 100, &nobody);
	EXPECT_EQ(sched_next(&s), due);
	EXPECT_EQ(sched_pop(&s, due, &to), SCHED_MULTICAST);
	EXPECT_EQ(sched_pop(&s, due, &to), SCHED_NOTHING);
}

/* A multicast one that comes in between answers everybody. */
TEST(drops_answers_that_all_have_got)
{
	const struct in6_addr h = host(7);
	struct in6_addr to;

	start(198, 600);
	next();
	now += 5000;
	chance = 400;
	sched_solicited(&s, now, &h);
	sched_changed(&s, now + 10);
	EXPECT_EQ(sched_pop(&s, now + 10, &to), SCHED_MULTICAST);
	EXPECT_EQ(sched_pop(&s, now + 500, &to), SCHED_NOTHING);
}

/* R36 C134: a change at once, and twice more three seconds apart. */
TEST(tells_changes_at_once)
{
	chance = UINT32_MAX;
	start(198, 600);
	next();
	next();
	next();
	now += 100000;
	sched_changed(&s, now);
	EXPECT_EQ(interval(), 0);
	EXPECT_EQ(interval(), SCHED_MIN_DELAY);
	EXPECT_EQ(interval(), SCHED_MIN_DELAY);
	EXPECT(interval() >= 198000);
}

/* Also right behind another one, which is paid for afterwards. */
TEST(changes_go_out_on_credit_once)
{
	chance = 0;
	start(198, 600);
	next();
	now += 100;
	sched_changed(&s, now);
	EXPECT_EQ(interval(), 0);
	/* 100 ms after the first: the next waits for both. */
	EXPECT_EQ(interval(), 2 * SCHED_MIN_DELAY - 100);

	start(198, 600);
	next();
	now += 100;
	sched_changed(&s, now);
	next();
	now += 100;
	sched_changed(&s, now);
	EXPECT_EQ(interval(), SCHED_MIN_DELAY - 200);
}

/* R6: a translator that flaps for a day cannot make a storm. */
TEST(keeps_the_rate_over_time)
{
	struct in6_addr to;
	uint64_t end;
	unsigned int sent = 0;

	chance = UINT32_MAX;
	start(198, 600);
	for (end = now + 86400000; now < end; now += 50) {
		sched_changed(&s, now);
		while (sched_pop(&s, now, &to))
			sent++;
	}
	EXPECT(sent <= 86400 / 3 + 2);
	EXPECT(sent >= 86400 / 3 - 500);
}

/* R11 */
TEST(says_farewell_twice)
{
	const struct in6_addr h = host(7);

	chance = UINT32_MAX;
	start(198, 600);
	next();
	now += 100000;
	sched_stop(&s, now);
	EXPECT(!sched_stopped(&s));
	sched_changed(&s, now);
	sched_solicited(&s, now, &h);
	EXPECT_EQ(interval(), 0);
	EXPECT(!sched_stopped(&s));
	EXPECT_EQ(interval(), SCHED_MIN_DELAY);
	EXPECT(sched_stopped(&s));
	EXPECT_EQ(next(), SCHED_NOTHING);
	sched_stop(&s, now);
	EXPECT(sched_stopped(&s));
}

/* R13: what is down says nothing, what comes up begins anew. */
TEST(halts_and_begins_again)
{
	const struct in6_addr h = host(7);

	chance = UINT32_MAX;
	start(198, 600);
	next();
	sched_halt(&s);
	sched_solicited(&s, now, &h);
	sched_changed(&s, now);
	EXPECT_EQ(sched_next(&s), SCHED_NEVER);
	/* A link that flaps does not flood. */
	now += 1;
	sched_start(&s, now);
	EXPECT_EQ(interval(), SCHED_MIN_DELAY - 1);
	EXPECT_EQ(interval(), SCHED_INITIAL_INTERVAL);
}

/* Days of ordinary life: gaps stay within bounds, whoever asks. */
TEST(lives_for_days)
{
	uint64_t last, t, gap;
	struct in6_addr h;
	unsigned int n = 0;

	chance = UINT32_MAX;
	start(200, 600);
	interval();
	interval();
	interval();
	last = now;
	while (now < 1000000 + 7ull * 86400000) {
		h = host((unsigned int)random() % 300);
		if (random() % 4 == 0)
			sched_solicited(&s, now, random() % 5 ? &h : &nobody);
		t = sched_next(&s);
		EXPECT(t != SCHED_NEVER);
		if (next() != SCHED_MULTICAST)
			continue;
		gap = now - last;
		last = now;
		n++;
		EXPECT(gap >= SCHED_MIN_DELAY && gap <= 600000);
	}
	EXPECT(n > 1000);
}

KTAP_MAIN()
