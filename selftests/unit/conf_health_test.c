// SPDX-License-Identifier: GPL-2.0
/* Can the translator serve: daemons/common/health.c. */
#include "ktap.h"

#include "common/clock.h"
#include "common/health.h"
#include "common/ping.h"
#include "common/xlat.h"

#include <arpa/inet.h>

static struct xlat_view view;

static void good(void)
{
	memset(&view, 0, sizeof(view));
	view.loaded = true;
	view.count = 2;
	strcpy(view.instances[0].name, "other");
	strcpy(view.instances[1].name, "default");
	view.instances[1].enabled = true;
	view.instances[1].nprefixes = 1;
	view.instances[1].npool4 = 1;
}

/* A-19 R37 */
TEST(wants_all_that_a_translator_needs)
{
	struct xlat_instance *x = &view.instances[1];

	good();
	EXPECT(!health_judge(&view, "default"));
	EXPECT_STR(health_judge(&view, "other"), "instance is switched off");
	EXPECT_STR(health_judge(&view, "gone"), "instance does not exist");
	x->npool4 = 0;
	EXPECT_STR(health_judge(&view, "default"), "instance has no IPv4 pool");
	x->nprefixes = 0;
	EXPECT_STR(health_judge(&view, "default"), "instance has no prefix");
	good();
	x->enabled = false;
	EXPECT_STR(health_judge(&view, "default"), "instance is switched off");
	good();
	view.loaded = false;
	EXPECT_STR(health_judge(&view, "default"), "module not loaded");
}

TEST(knows_what_a_stateless_one_needs)
{
	struct xlat_instance *x = &view.instances[1];

	good();
	x->siit = true;
	x->npool4 = 0;
	EXPECT(!health_judge(&view, "default"));
	x->nprefixes = 0;
	EXPECT_STR(health_judge(&view, "default"),
		   "instance has no prefix and no mapping");
	x->neam = 1;
	EXPECT(!health_judge(&view, "default"));
}

TEST(opens_and_closes_at_once)
{
	struct health h;

	health_init(&h);
	EXPECT(!h.up);
	EXPECT_EQ(health_update(&h, "broken", 0), CLOCK_NEVER);
	EXPECT(!h.up);
	EXPECT_STR(h.reason, "broken");
	EXPECT_EQ(health_update(&h, NULL, 10), CLOCK_NEVER);
	EXPECT(h.up);
	EXPECT_EQ(health_update(&h, "broken", 20), CLOCK_NEVER);
	EXPECT(!h.up);
}

TEST(waits_after_a_failure)
{
	struct health h;

	health_init(&h);
	health_update(&h, NULL, 1000);
	health_update(&h, "broken", 2000);
	EXPECT_EQ(health_update(&h, NULL, 2500), 2500 + HEALTH_HOLD_MS);
	EXPECT(!h.up);
	/* It fails again while it is watched: the wait begins anew. */
	health_update(&h, "broken", 3000);
	EXPECT_EQ(health_update(&h, NULL, 4000), 4000 + HEALTH_HOLD_MS);
	EXPECT_EQ(health_update(&h, NULL, 4000 + HEALTH_HOLD_MS - 1),
		  4000 + HEALTH_HOLD_MS);
	EXPECT(!h.up);
	EXPECT_EQ(health_update(&h, NULL, 4000 + HEALTH_HOLD_MS), CLOCK_NEVER);
	EXPECT(h.up);
	/* After a long time of failure there is nothing to wait for. */
	health_update(&h, "broken", 100000);
	EXPECT_EQ(health_update(&h, NULL, 100000 + HEALTH_FLAP_MS), CLOCK_NEVER);
	EXPECT(h.up);
}

static struct health_probe probe;

/* Runs up to @end; answers if told so. Returns how many were asked. */
static unsigned int ask_until(uint64_t end, bool answer)
{
	unsigned int n = 0;

	while (probe.next <= end) {
		uint64_t now = probe.next;

		if (!health_probe_due(&probe, now))
			break;
		n++;
		if (answer)
			health_probe_answered(&probe, probe.seq);
	}
	return n;
}

/* R37: a host behind the translator that must answer. */
TEST(probes_the_translator)
{
	health_probe_init(&probe, 0, 1000);
	EXPECT(!probe.problem);
	EXPECT(!health_probe_due(&probe, UINT64_MAX - 1));

	health_probe_init(&probe, 5000, 1000);
	EXPECT_STR(probe.problem, "no probe was answered yet");
	EXPECT(!health_probe_due(&probe, 999));
	EXPECT(health_probe_due(&probe, 1000));
	health_probe_answered(&probe, (uint16_t)(probe.seq + 1));
	EXPECT(probe.problem);
	health_probe_answered(&probe, probe.seq);
	EXPECT(!probe.problem);
	EXPECT_EQ(probe.next, 6000);
	EXPECT_EQ(ask_until(100000, true), 19);
}

/* One that is lost is asked again at once; three of them count. */
TEST(bears_lost_probes)
{
	health_probe_init(&probe, 5000, 0);
	ask_until(0, true);
	EXPECT_EQ(ask_until(5000, false), 1);
	EXPECT_EQ(probe.next, 6000);
	EXPECT_EQ(ask_until(7000, false), 2);
	EXPECT(!probe.problem);		/* two are lost, the third is open */
	health_probe_answered(&probe, probe.seq);
	EXPECT_EQ(probe.lost, 0);
	EXPECT_EQ(probe.next, 12000);
	EXPECT_EQ(ask_until(14000, false), 3);
	EXPECT(!probe.problem);
	EXPECT_EQ(ask_until(15000, false), 1);
	EXPECT_STR(probe.problem,
		   "probes through the translator are not answered");
	/* It is back after two answers. */
	EXPECT_EQ(ask_until(16000, true), 1);
	EXPECT(probe.problem);
	EXPECT_EQ(ask_until(17000, true), 1);
	EXPECT(!probe.problem);
}

/* RFC 6052, section 2.4: its table of examples. */
/* R37: who has just begun does not know for a moment, and no longer. */
TEST(is_unsure_for_a_moment)
{
	unsigned int i;

	health_probe_init(&probe, 0, 0);
	EXPECT(!health_probe_unsure(&probe));
	health_probe_init(&probe, 5000, 0);
	EXPECT(health_probe_unsure(&probe));
	ask_until(0, true);
	EXPECT(!health_probe_unsure(&probe));

	health_probe_init(&probe, 5000, 0);
	ask_until(2000, false);
	EXPECT(health_probe_unsure(&probe));
	ask_until(3000, false);
	EXPECT(!health_probe_unsure(&probe));
	EXPECT(probe.problem);

	/* Each second one gets lost. */
	health_probe_init(&probe, 1000, 0);
	for (i = 0; i < 5; i++) {
		ask_until(i * 1000, i & 1);
		EXPECT(health_probe_unsure(&probe));
	}
	ask_until(5000, true);
	EXPECT(!health_probe_unsure(&probe));
	EXPECT(probe.problem);
}

TEST(addresses_the_probe)
{
	static const struct {
		uint8_t len;
		const char *prefix;
		const char *want;
	} cases[] = {
		{ 32, "2001:db8::", "2001:db8:c000:221::" },
		{ 40, "2001:db8:100::", "2001:db8:1c0:2:21::" },
		{ 48, "2001:db8:122::", "2001:db8:122:c000:2:2100::" },
		{ 56, "2001:db8:122:300::", "2001:db8:122:3c0:0:221::" },
		{ 64, "2001:db8:122:344::", "2001:db8:122:344:c0:2:2100::" },
		{ 96, "2001:db8:122:344::", "2001:db8:122:344::192.0.2.33" },
	};
	struct xlat_prefix p = { 0 };
	struct in6_addr got, want;
	struct in_addr host;
	unsigned int i;

	inet_pton(AF_INET, "192.0.2.33", &host);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p.len = cases[i].len;
		inet_pton(AF_INET6, cases[i].prefix, &p.addr);
		inet_pton(AF_INET6, cases[i].want, &want);
		ping_embed(&p, host, &got);
		EXPECT_MEM(&got, &want, sizeof(got));
	}
}

KTAP_MAIN()
