// SPDX-License-Identifier: GPL-2.0
/* Can the translator serve: daemons/common/health.c. */
#include "ktap.h"

#include "common/clock.h"
#include "common/health.h"
#include "common/xlat.h"

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

KTAP_MAIN()
