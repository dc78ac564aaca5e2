/* SPDX-License-Identifier: GPL-2.0 */
/* Can the translator of a network serve clients? Pure. */
#ifndef NAT64D_HEALTH_H
#define NAT64D_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

struct xlat_view;

/*
 * A translator that comes back soon after it failed has to stay well this
 * long before clients are sent to it again, in milliseconds.
 */
#define HEALTH_HOLD_MS 3000
#define HEALTH_FLAP_MS 30000

/**
 * struct health - gate of one network
 * @up: clients may be sent to the translator
 * @reason: why it is down, or what it holds on
 * @well_since: since when the translator has been well, CLOCK_NEVER if not
 * @down_at: when the gate closed last, CLOCK_NEVER if it never was open
 */
struct health {
	bool up;
	const char *reason;
	uint64_t well_since;
	uint64_t down_at;
};

void health_init(struct health *h);

/**
 * health_judge() - what keeps an instance from serving
 * @view: state of the module
 * @instance: name of the instance
 *
 * A stateful instance needs a prefix and a pool (RFC 6146, section 3), a
 * stateless one a prefix or an explicit mapping.
 *
 * Return: NULL when it can serve, otherwise the reason in words.
 */
const char *health_judge(const struct xlat_view *view, const char *instance);

/**
 * health_update() - tell the gate what was found
 * @h: gate
 * @problem: result of health_judge()
 * @now: clock in milliseconds
 *
 * The gate closes at once. It opens at once too, unless it closed within
 * HEALTH_FLAP_MS: then the translator must stay well for HEALTH_HOLD_MS.
 *
 * Return: when to call again without a change, CLOCK_NEVER if not.
 */
uint64_t health_update(struct health *h, const char *problem, uint64_t now);

/*
 * A probe that is lost counts little; so many in a row mean that nothing is
 * answered any more, and so many answers in a row that it is again.
 */
#define HEALTH_PROBE_LOST 3
#define HEALTH_PROBE_BACK 2
#define HEALTH_PROBE_TIMEOUT_MS 1000

/**
 * struct health_probe - questions to a host behind the translator
 * @interval: time between two of them, 0 to ask none
 * @sent: when the last one was asked
 * @next: when something is to be done next
 * @seq: number of the last question
 * @waiting: it has not been answered yet
 * @lost: unanswered ones in a row
 * @answered: answered ones in a row
 * @problem: nothing was answered last, or not yet
 */
struct health_probe {
	uint64_t interval;
	uint64_t sent;
	uint64_t next;
	uint16_t seq;
	bool waiting;
	unsigned int lost;
	unsigned int answered;
	const char *problem;
};

/* Begins to ask each @interval_ms, at once; 0: never. */
void health_probe_init(struct health_probe *p, uint64_t interval_ms,
		       uint64_t now);

/* Time to ask? Then @p->seq is the number to send; @p->next is set anew. */
bool health_probe_due(struct health_probe *p, uint64_t now);

/*
 * Nothing was answered yet, and it is too early to say that nothing will be:
 * a few questions may get lost, but not all of the first ones.
 */
bool health_probe_unsure(const struct health_probe *p);

/* An answer came; one that was not waited for changes nothing. */
void health_probe_answered(struct health_probe *p, uint16_t seq);

#endif
