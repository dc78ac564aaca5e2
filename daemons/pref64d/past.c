// SPDX-License-Identifier: GPL-2.0
#include "past.h"

#include <string.h>

/**
 * struct kind - how a kind stands in an advertisement
 * @get: item number @i, false behind the last one
 * @same: are these the same thing, whatever their lifetimes?
 * @lifetime: seconds for which hosts hold it
 * @withdraw: adds it with lifetime 0, if there is room
 */
struct kind {
	bool (*get)(const struct ra_msg *msg, unsigned int i,
		    union past_item *out);
	bool (*same)(const union past_item *a, const union past_item *b);
	uint32_t (*lifetime)(const union past_item *item);
	void (*withdraw)(struct ra_msg *msg, const union past_item *item);
};

static bool same_prefix(const struct in6_addr *a, unsigned int alen,
			const struct in6_addr *b, unsigned int blen)
{
	return alen == blen && !memcmp(a, b, sizeof(*a));
}

static bool pref64_get(const struct ra_msg *msg, unsigned int i,
		       union past_item *out)
{
	if (i < msg->npref64)
		out->pref64 = msg->pref64[i];
	return i < msg->npref64;
}

static bool pref64_same(const union past_item *a, const union past_item *b)
{
	return same_prefix(&a->pref64.addr, a->pref64.len,
			   &b->pref64.addr, b->pref64.len);
}

static uint32_t pref64_lifetime(const union past_item *item)
{
	return item->pref64.lifetime;
}

/*
 * Behind those that live: some clients look at the first alone, others take a
 * new one only when the old one is dead already.
 */
static void pref64_withdraw(struct ra_msg *msg, const union past_item *item)
{
	if (msg->npref64 == RA_MAX_PREF64)
		return;
	msg->pref64[msg->npref64] = item->pref64;
	msg->pref64[msg->npref64++].lifetime = 0;
}

static bool prefix_get(const struct ra_msg *msg, unsigned int i,
		       union past_item *out)
{
	if (i < msg->nprefixes)
		out->prefix = msg->prefixes[i];
	return i < msg->nprefixes;
}

static bool prefix_same(const union past_item *a, const union past_item *b)
{
	return same_prefix(&a->prefix.addr, a->prefix.len,
			   &b->prefix.addr, b->prefix.len);
}

static uint32_t prefix_lifetime(const union past_item *item)
{
	return item->prefix.valid;
}

static void prefix_withdraw(struct ra_msg *msg, const union past_item *item)
{
	struct ra_prefix *p = &msg->prefixes[msg->nprefixes];

	if (msg->nprefixes == RA_MAX_PREFIXES)
		return;
	*p = item->prefix;
	p->countdown = false;
	p->valid = 0;
	p->preferred = 0;
	msg->nprefixes++;
}

static bool route_get(const struct ra_msg *msg, unsigned int i,
		      union past_item *out)
{
	if (i < msg->nroutes)
		out->route = msg->routes[i];
	return i < msg->nroutes;
}

static bool route_same(const union past_item *a, const union past_item *b)
{
	return same_prefix(&a->route.addr, a->route.len,
			   &b->route.addr, b->route.len);
}

static uint32_t route_lifetime(const union past_item *item)
{
	return item->route.lifetime;
}

static void route_withdraw(struct ra_msg *msg, const union past_item *item)
{
	if (msg->nroutes == RA_MAX_ROUTES)
		return;
	msg->routes[msg->nroutes] = item->route;
	msg->routes[msg->nroutes++].lifetime = 0;
}

static bool dns_get(const struct ra_msg *msg, unsigned int i,
		    union past_item *out)
{
	if (i < msg->ndns)
		out->dns = msg->dns[i];
	return i < msg->ndns;
}

static bool dns_same(const union past_item *a, const union past_item *b)
{
	return !memcmp(&a->dns.addr, &b->dns.addr, sizeof(a->dns.addr));
}

static uint32_t dns_lifetime(const union past_item *item)
{
	return item->dns.lifetime;
}

static void dns_withdraw(struct ra_msg *msg, const union past_item *item)
{
	if (msg->ndns == RA_MAX_DNS)
		return;
	msg->dns[msg->ndns] = item->dns;
	msg->dns[msg->ndns++].lifetime = 0;
}

static bool search_get(const struct ra_msg *msg, unsigned int i,
		       union past_item *out)
{
	if (i < msg->nsearch)
		out->search = msg->search[i];
	return i < msg->nsearch;
}

static bool search_same(const union past_item *a, const union past_item *b)
{
	return !strcmp(a->search.name, b->search.name);
}

static uint32_t search_lifetime(const union past_item *item)
{
	return item->search.lifetime;
}

static void search_withdraw(struct ra_msg *msg, const union past_item *item)
{
	if (msg->nsearch == RA_MAX_SEARCH)
		return;
	msg->search[msg->nsearch] = item->search;
	msg->search[msg->nsearch++].lifetime = 0;
}

static const struct kind kinds[PAST_KINDS] = {
	[PAST_PREF64] = { pref64_get, pref64_same, pref64_lifetime,
		pref64_withdraw },
	[PAST_PREFIX] = { prefix_get, prefix_same, prefix_lifetime,
		prefix_withdraw },
	[PAST_ROUTE] = { route_get, route_same, route_lifetime,
		route_withdraw },
	[PAST_DNS] = { dns_get, dns_same, dns_lifetime, dns_withdraw },
	[PAST_SEARCH] = { search_get, search_same, search_lifetime,
		search_withdraw },
};

uint32_t past_lifetime(enum past_kind kind, const union past_item *item)
{
	return kinds[kind].lifetime(item);
}

static uint64_t end_of(uint32_t lifetime, uint64_t now)
{
	if (lifetime > PAST_LONGEST_S)
		lifetime = PAST_LONGEST_S;
	return now + (uint64_t)lifetime * 1000;
}

static void remove_entry(struct past *p, enum past_kind k, unsigned int i)
{
	p->count[k]--;
	memmove(&p->entries[k][i], &p->entries[k][i + 1],
		(p->count[k] - i) * sizeof(p->entries[k][0]));
	p->changes++;
}

/* What went longest ago; when all live, what has lived longest. */
static void make_room(struct past *p, enum past_kind k)
{
	unsigned int i = PAST_MAX;

	if (p->count[k] < PAST_MAX)
		return;
	while (i && p->entries[k][i - 1].live)
		i--;
	remove_entry(p, k, (i ? i : PAST_MAX) - 1);
}

/* Entry for @item, made if there is none. */
static struct past_entry *entry_for(struct past *p, enum past_kind k,
				    const union past_item *item)
{
	struct past_entry *e;
	unsigned int i;

	for (i = 0; i < p->count[k]; i++)
		if (kinds[k].same(&p->entries[k][i].item, item))
			return &p->entries[k][i];
	make_room(p, k);
	memmove(&p->entries[k][1], &p->entries[k][0],
		p->count[k] * sizeof(p->entries[k][0]));
	p->count[k]++;
	e = &p->entries[k][0];
	memset(e, 0, sizeof(*e));
	return e;
}

static bool still_there(const struct ra_msg *msg, enum past_kind k,
			const union past_item *item)
{
	union past_item other;
	unsigned int i;

	for (i = 0; kinds[k].get(msg, i, &other); i++)
		if (kinds[k].same(item, &other))
			return true;
	return false;
}

static void judge_old(struct past *p, enum past_kind k,
		      const struct ra_msg *msg, uint64_t now)
{
	unsigned int i;

	for (i = p->count[k]; i-- > 0;) {
		struct past_entry *e = &p->entries[k][i];
		bool live = still_there(msg, k, &e->item);

		p->changes += e->live != live;
		e->live = live;
		if (!live && e->until <= now)
			remove_entry(p, k, i);
	}
}

/* One that slept may hold what it heard before a lifetime became shorter. */
static void lengthen(struct past_entry *e, enum past_kind k, uint64_t now)
{
	uint64_t end = end_of(kinds[k].lifetime(&e->item), now);

	if (e->until < end)
		e->until = end;
}

/* Is it news for the disk? Not that a lifetime which ends has become less. */
static bool is_news(enum past_kind k, const struct past_entry *e,
		    const union past_item *item)
{
	uint32_t was = kinds[k].lifetime(&e->item);
	uint32_t is = kinds[k].lifetime(item);

	if (!e->live)
		return true;
	return is > was || (is < was && !(k == PAST_PREFIX &&
					  item->prefix.countdown));
}

static void note_new(struct past *p, enum past_kind k,
		     const struct ra_msg *msg, uint64_t now)
{
	union past_item item;
	struct past_entry *e;
	unsigned int i;

	for (i = 0; kinds[k].get(msg, i, &item); i++) {
		e = entry_for(p, k, &item);
		p->changes += is_news(k, e, &item);
		e->live = true;
		e->item = item;
		lengthen(e, k, now);
	}
}

static void withdraw_old(const struct past *p, enum past_kind k,
			 struct ra_msg *msg)
{
	unsigned int i;

	for (i = 0; i < p->count[k]; i++)
		if (!p->entries[k][i].live)
			kinds[k].withdraw(msg, &p->entries[k][i].item);
}

void past_take(struct past *p, struct ra_msg *msg, uint64_t now)
{
	unsigned int k;

	if (now >= p->hold || msg->nprefixes)
		p->hold = 0;
	for (k = 0; k < PAST_KINDS; k++) {
		judge_old(p, k, msg, now);
		note_new(p, k, msg, now);
		if (k != PAST_PREFIX || !p->hold)
			withdraw_old(p, k, msg);
	}
}

void past_sent(struct past *p, uint64_t now)
{
	unsigned int i, k;

	for (k = 0; k < PAST_KINDS; k++)
		for (i = 0; i < p->count[k]; i++) {
			struct past_entry *e = &p->entries[k][i];

			if (e->live)
				lengthen(e, k, now);
		}
}

void past_restore(struct past *p, enum past_kind kind,
		  const struct past_entry *old, uint64_t now)
{
	struct past_entry *e = entry_for(p, kind, &old->item);

	e->item = old->item;
	e->until = old->until;
	if (kind == PAST_PREFIX)
		p->hold = now + PAST_HOLD_MS;
}

uint64_t past_next(const struct past *p, uint64_t now)
{
	uint64_t next = p->hold > now ? p->hold : UINT64_MAX;
	unsigned int i, k;

	for (k = 0; k < PAST_KINDS; k++)
		for (i = 0; i < p->count[k]; i++)
			if (!p->entries[k][i].live &&
			    p->entries[k][i].until < next)
				next = p->entries[k][i].until;
	return next;
}
