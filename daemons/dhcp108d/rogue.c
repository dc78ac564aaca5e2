// SPDX-License-Identifier: GPL-2.0
#include "rogue.h"

#include "../common/keytab.h"

#include <string.h>

struct keytab *rogues_new(void)
{
	return keytab_new(sizeof(struct rogue), ROGUE_MAX, NULL, NULL);
}

static struct rogue *get(struct keytab *r, struct in_addr id, uint64_t now,
			 bool *news)
{
	struct rogue *e;

	*news = false;
	if (!id.s_addr)
		return NULL;
	e = keytab_get(r, &id, sizeof(id), news);
	if (!e)
		return NULL;
	if (*news) {
		e->id = id;
		e->first = now;
	}
	e->last = now;
	return e;
}

struct rogue *rogues_answer(struct keytab *r, const struct dhcp4_msg *msg,
			    const uint8_t *mac, uint64_t now, bool *news)
{
	struct rogue *e = get(r, msg->server_id, now, news);

	if (!e)
		return NULL;
	/* Until now clients only spoke of it: its place is news too. */
	*news |= !e->answers;
	memcpy(e->mac, mac, sizeof(e->mac));
	e->v6only |= msg->has_v6only;
	e->answers++;
	return e;
}

struct rogue *rogues_chosen(struct keytab *r, struct in_addr id, uint64_t now,
			    bool *news)
{
	struct rogue *e = get(r, id, now, news);

	if (e)
		e->chosen++;
	return e;
}
