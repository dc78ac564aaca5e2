// SPDX-License-Identifier: GPL-2.0
#include "health.h"

#include "clock.h"
#include "xlat.h"

#include <stddef.h>
#include <string.h>

const struct xlat_instance *xlat_find(const struct xlat_view *view,
				      const char *name)
{
	unsigned int i;

	for (i = 0; i < view->count; i++)
		if (!strcmp(view->instances[i].name, name))
			return &view->instances[i];
	return NULL;
}

bool xlat_has(const struct xlat_instance *x, const struct xlat_prefix *p)
{
	unsigned int i;

	for (i = 0; i < x->nprefixes; i++)
		if (xlat_same(&x->prefixes[i], p))
			return true;
	return false;
}

void health_init(struct health *h)
{
	h->up = false;
	h->reason = "not looked at yet";
	h->well_since = CLOCK_NEVER;
	h->down_at = CLOCK_NEVER;
}

const char *health_judge(const struct xlat_view *view, const char *instance)
{
	const struct xlat_instance *x;

	if (!view->loaded)
		return "module not loaded";
	x = xlat_find(view, instance);
	if (!x)
		return "instance does not exist";
	if (!x->enabled)
		return "instance is switched off";
	if (!x->nprefixes && (!x->siit || !x->neam))
		return x->siit ? "instance has no prefix and no mapping" :
				 "instance has no prefix";
	if (!x->siit && !x->npool4)
		return "instance has no IPv4 pool";
	return NULL;
}

static void close_gate(struct health *h, const char *problem, uint64_t now)
{
	h->reason = problem;
	h->well_since = CLOCK_NEVER;
	if (h->up)
		h->down_at = now;
	h->up = false;
}

uint64_t health_update(struct health *h, const char *problem, uint64_t now)
{
	if (problem) {
		close_gate(h, problem, now);
		return CLOCK_NEVER;
	}
	if (h->up)
		return CLOCK_NEVER;
	if (h->well_since == CLOCK_NEVER)
		h->well_since = now;
	if (h->down_at != CLOCK_NEVER && now - h->down_at < HEALTH_FLAP_MS &&
	    now - h->well_since < HEALTH_HOLD_MS) {
		h->reason = "waiting whether the translator stays well";
		return h->well_since + HEALTH_HOLD_MS;
	}
	h->up = true;
	h->reason = "translator can serve";
	return CLOCK_NEVER;
}

static const char not_yet[] = "no probe was answered yet";
static const char not_answered[] =
	"probes through the translator are not answered";

void health_probe_init(struct health_probe *p, uint64_t interval_ms,
		       uint64_t now)
{
	memset(p, 0, sizeof(*p));
	p->interval = interval_ms;
	p->next = interval_ms ? now : CLOCK_NEVER;
	p->problem = interval_ms ? not_yet : NULL;
}

bool health_probe_unsure(const struct health_probe *p)
{
	return p->problem == not_yet;
}

static void probe_lost(struct health_probe *p)
{
	p->waiting = false;
	p->answered = 0;
	if (++p->lost >= HEALTH_PROBE_LOST)
		p->problem = not_answered;
}

bool health_probe_due(struct health_probe *p, uint64_t now)
{
	if (now < p->next)
		return false;
	if (p->waiting)
		probe_lost(p);
	if (++p->seq > HEALTH_PROBE_LOST + HEALTH_PROBE_BACK &&
	    health_probe_unsure(p))
		p->problem = not_answered;
	p->waiting = true;
	p->sent = now;
	p->next = now + (p->interval < HEALTH_PROBE_TIMEOUT_MS ?
			 p->interval : HEALTH_PROBE_TIMEOUT_MS);
	return true;
}

void health_probe_answered(struct health_probe *p, uint16_t seq)
{
	if (!p->waiting || seq != p->seq)
		return;
	p->waiting = false;
	p->lost = 0;
	/* The very first one is enough: there is nothing to be unsure of. */
	if (++p->answered >= HEALTH_PROBE_BACK || p->seq == 1)
		p->problem = NULL;
	if (!p->problem)
		p->next = p->sent + p->interval;
}
