// SPDX-License-Identifier: GPL-2.0
#include "probe.h"

#include "../common/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct probe {
	TAILQ_ENTRY(probe) list;
	uint64_t until;
	struct probe_end end;
};

/* Sorted by @until: all wait equally long. */
struct probes {
	TAILQ_HEAD(, probe) list;
	unsigned int count;
	unsigned int max;
};

struct probes *probes_new(unsigned int max)
{
	struct probes *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	TAILQ_INIT(&p->list);
	p->max = max;
	return p;
}

static void drop(struct probes *p, struct probe *e)
{
	TAILQ_REMOVE(&p->list, e, list);
	p->count--;
	free(e);
}

void probes_free(struct probes *p)
{
	if (!p)
		return;
	while (!TAILQ_EMPTY(&p->list))
		drop(p, TAILQ_FIRST(&p->list));
	free(p);
}

bool probes_add(struct probes *p, struct in_addr addr, uint64_t until,
		const struct dhcp4_msg *req, unsigned int tries)
{
	struct probe *e = p->count < p->max ? malloc(sizeof(*e)) : NULL;

	if (!e)
		return false;
	e->until = until;
	e->end.addr = addr;
	e->end.req = *req;
	e->end.tries = tries;
	TAILQ_INSERT_TAIL(&p->list, e, list);
	p->count++;
	return true;
}

static struct probe *find(const struct probes *p, struct in_addr addr)
{
	struct probe *e;

	TAILQ_FOREACH(e, &p->list, list)
		if (e->end.addr.s_addr == addr.s_addr)
			break;
	return e;
}

void probes_renew(struct probes *p, struct in_addr addr,
		  const struct dhcp4_msg *req)
{
	struct probe *e = find(p, addr);

	if (e)
		e->end.req = *req;
}

bool probes_hit(struct probes *p, struct in_addr addr, const uint8_t *mac)
{
	struct probe *e = find(p, addr);

	if (!e || (mac && !memcmp(e->end.req.chaddr, mac, 6)))
		return false;
	e->until = 0;
	e->end.tries++;
	TAILQ_REMOVE(&p->list, e, list);
	TAILQ_INSERT_HEAD(&p->list, e, list);
	return true;
}

bool probes_take(struct probes *p, uint64_t now, struct probe_end *out)
{
	struct probe *e = TAILQ_FIRST(&p->list);

	if (!e || e->until > now)
		return false;
	*out = e->end;
	drop(p, e);
	return true;
}

uint64_t probes_next(const struct probes *p)
{
	const struct probe *e = TAILQ_FIRST(&p->list);

	return e ? e->until : CLOCK_NEVER;
}

unsigned int probes_count(const struct probes *p)
{
	return p->count;
}
