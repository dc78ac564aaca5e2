// SPDX-License-Identifier: GPL-2.0
#include "sched.h"

#include <string.h>

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Time to the next multicast advertisement, drawn anew after each. */
static uint64_t draw_interval(struct sched *s)
{
	uint64_t t = s->min + s->random((uint32_t)(s->max - s->min));

	if (!s->burst)
		return t;
	return t < s->burst_interval ? t : s->burst_interval;
}

void sched_configure(struct sched *s, uint32_t min_s, uint32_t max_s,
		     uint64_t now)
{
	s->min = (uint64_t)min_s * 1000;
	s->max = (uint64_t)max_s * 1000;
	if (s->running && s->next > now + s->max)
		s->next = later(now + draw_interval(s), s->not_before);
}

static void burst(struct sched *s, uint64_t interval)
{
	s->burst = SCHED_INITIAL_COUNT;
	s->burst_interval = interval;
}

void sched_start(struct sched *s, uint64_t now)
{
	s->running = true;
	s->stopping = false;
	s->urgent = false;
	s->nunicast = 0;
	burst(s, SCHED_INITIAL_INTERVAL);
	/* A link that flaps must not flood: @not_before stays. */
	s->next = later(now, s->not_before);
}

void sched_halt(struct sched *s)
{
	s->running = false;
	s->stopping = false;
	s->next = SCHED_NEVER;
	s->nunicast = 0;
}

void sched_stop(struct sched *s, uint64_t now)
{
	if (!s->running || s->stopping)
		return;
	s->stopping = true;
	s->nunicast = 0;
	s->burst = SCHED_FINAL_COUNT;
	s->burst_interval = SCHED_MIN_DELAY;
	s->next = now;
}

bool sched_stopped(const struct sched *s)
{
	return !s->running;
}

/* Credit is given once: not while the time of an earlier one is unpaid. */
static uint64_t urgent_time(const struct sched *s, uint64_t now)
{
	return s->not_before > now + SCHED_MIN_DELAY ?
	       s->not_before - SCHED_MIN_DELAY : now;
}

void sched_changed(struct sched *s, uint64_t now)
{
	if (!s->running || s->stopping)
		return;
	burst(s, SCHED_MIN_DELAY);
	s->urgent = true;
	s->next = urgent_time(s, now);
}

static void answer_all(struct sched *s, uint64_t at)
{
	at = later(at, s->not_before);
	if (at < s->next)
		s->next = at;
}

static bool same(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Forgets answers that were sent long enough ago to be given again. */
static void forget_old(struct sched *s, uint64_t now)
{
	unsigned int i = 0;

	while (i < s->nunicast) {
		struct sched_unicast *u = &s->unicast[i];

		if (u->at == SCHED_NEVER && now - u->sent >= SCHED_MIN_DELAY)
			*u = s->unicast[--s->nunicast];
		else
			i++;
	}
}

void sched_solicited(struct sched *s, uint64_t now,
		     const struct in6_addr *src)
{
	uint64_t at = now + s->random(SCHED_MAX_RS_DELAY);
	unsigned int i;

	if (!s->running || s->stopping ||
	    s->next <= now + SCHED_MAX_RS_DELAY)
		return;
	if (IN6_IS_ADDR_UNSPECIFIED(src)) {
		answer_all(s, at);
		return;
	}
	forget_old(s, now);
	for (i = 0; i < s->nunicast; i++)
		if (same(&s->unicast[i].to, src))
			return;
	if (s->nunicast == SCHED_MAX_UNICAST) {
		answer_all(s, at);
		return;
	}
	s->unicast[s->nunicast++] = (struct sched_unicast){
		.to = *src,
		.at = at,
	};
}

uint64_t sched_next(const struct sched *s)
{
	uint64_t next = s->next;
	unsigned int i;

	if (!s->running)
		return SCHED_NEVER;
	for (i = 0; i < s->nunicast; i++)
		if (s->unicast[i].at < next)
			next = s->unicast[i].at;
	return next;
}

static void sent_multicast(struct sched *s, uint64_t now)
{
	if (s->burst)
		s->burst--;
	s->not_before = (s->urgent || s->stopping ?
			 later(now, s->not_before) : now) + SCHED_MIN_DELAY;
	s->urgent = false;
	s->nunicast = 0;	/* all have it now */
	if (s->stopping && !s->burst)
		sched_halt(s);
	else
		s->next = later(now + draw_interval(s), s->not_before);
}

enum sched_send sched_pop(struct sched *s, uint64_t now, struct in6_addr *to)
{
	unsigned int i;

	if (!s->running)
		return SCHED_NOTHING;
	if (s->next <= now) {
		sent_multicast(s, now);
		return SCHED_MULTICAST;
	}
	for (i = 0; i < s->nunicast; i++) {
		if (s->unicast[i].at > now)
			continue;
		*to = s->unicast[i].to;
		s->unicast[i].at = SCHED_NEVER;
		s->unicast[i].sent = now;
		return SCHED_UNICAST;
	}
	return SCHED_NOTHING;
}
