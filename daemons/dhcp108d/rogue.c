// SPDX-License-Identifier: GPL-2.0
#include "rogue.h"

#include "../common/keytab.h"

#include <string.h>

/* Seconds between lines of the log. */
#define QUIET 10

enum told {
	TOLD_NAME = 1,
	TOLD_PLACE = 2,
};

struct keytab *rogues_new(void)
{
	return keytab_new(sizeof(struct rogue), ROGUE_MAX, NULL, NULL);
}

static struct rogue *get(struct keytab *r, struct in_addr id, uint64_t now)
{
	struct rogue *e;
	bool made;

	if (!id.s_addr)
		return NULL;
	e = keytab_get(r, &id, sizeof(id), &made);
	if (!e)
		return NULL;
	if (made) {
		e->id = id;
		e->first = now;
	}
	e->last = now;
	return e;
}

struct rogue *rogues_answer(struct keytab *r, const struct dhcp4_msg *msg,
			    const uint8_t *mac, uint64_t now)
{
	struct rogue *e = get(r, msg->server_id, now);

	if (!e)
		return NULL;
	memcpy(e->mac, mac, sizeof(e->mac));
	e->v6only |= msg->has_v6only;
	e->answers++;
	return e;
}

struct rogue *rogues_chosen(struct keytab *r, struct in_addr id, uint64_t now)
{
	struct rogue *e = get(r, id, now);

	if (e)
		e->chosen++;
	return e;
}

bool rogue_tell(struct rogue *e, uint64_t *last)
{
	/* Until it answers clients only speak of it: its place is news too. */
	unsigned int news = e->answers ? TOLD_PLACE : TOLD_NAME;

	if (e->told >= news || (*last && e->last - *last < QUIET))
		return false;
	e->told = news;
	*last = e->last;
	return true;
}
