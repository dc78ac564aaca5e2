// SPDX-License-Identifier: GPL-2.0
#include "past.h"

#include <stddef.h>
#include <string.h>

/**
 * struct kind - where a kind of things stands in an advertisement
 * @same: are these the same thing, whatever their lifetimes?
 * @list: offset of the things in struct ra_msg
 * @count: offset of their number there
 * @max: how many there may be
 * @size: of one
 * @lifetime: offset of the seconds for which hosts hold it, in a thing
 */
struct kind {
	bool (*same)(const union past_item *a, const union past_item *b);
	size_t list;
	size_t count;
	unsigned int max;
	size_t size;
	size_t lifetime;
};

/* All that have a length have it in the same place. */
static bool same_prefix(const union past_item *a, const union past_item *b)
{
	return a->prefix.len == b->prefix.len &&
	       !memcmp(&a->prefix.addr, &b->prefix.addr, sizeof(a->prefix.addr));
}

static bool same_dns(const union past_item *a, const union past_item *b)
{
	return !memcmp(&a->dns.addr, &b->dns.addr, sizeof(a->dns.addr));
}

static bool same_search(const union past_item *a, const union past_item *b)
{
	return !strcmp(a->search.name, b->search.name);
}

#define MSG_LIST(member) (((struct ra_msg *)NULL)->member)
#define KIND(is_same, member, item, seconds) {				\
	.same = (is_same),						\
	.list = offsetof(struct ra_msg, member),			\
	.count = offsetof(struct ra_msg, n##member),			\
	.max = sizeof(MSG_LIST(member)) / sizeof(MSG_LIST(member)[0]),	\
	.size = sizeof(MSG_LIST(member)[0]),				\
	.lifetime = offsetof(struct ra_##item, seconds),		\
}

static const struct kind kinds[PAST_KINDS] = {
	[PAST_PREF64] = KIND(same_prefix, pref64, pref64, lifetime),
	[PAST_PREFIX] = KIND(same_prefix, prefixes, prefix, valid),
	[PAST_ROUTE] = KIND(same_prefix, routes, route, lifetime),
	[PAST_DNS] = KIND(same_dns, dns, dns, lifetime),
	[PAST_SEARCH] = KIND(same_search, search, search, lifetime),
};

/* Item number @i of an advertisement; false behind the last one. */
static bool get(const struct ra_msg *msg, enum past_kind k, unsigned int i,
		union past_item *out)
{
	const uint8_t *from = (const uint8_t *)msg;
	const unsigned int *count = (const void *)(from + kinds[k].count);

	if (i >= *count)
		return false;
	memcpy(out, from + kinds[k].list + i * kinds[k].size, kinds[k].size);
	return true;
}

/*
 * Add an item with lifetime 0, if there is room. It stands behind those that
 * live: of PREF64 some clients look at the first alone, others take a new one
 * only when the old one is dead already.
 */
static void withdraw(struct ra_msg *msg, enum past_kind k, union past_item item)
{
	uint8_t *to = (uint8_t *)msg;
	unsigned int *count = (void *)(to + kinds[k].count);

	if (*count == kinds[k].max)
		return;
	past_set_lifetime(k, &item, 0);
	if (k == PAST_PREFIX) {
		item.prefix.preferred = 0;
		item.prefix.countdown = false;
	}
	memcpy(to + kinds[k].list + (*count)++ * kinds[k].size, &item,
	       kinds[k].size);
}

uint32_t past_lifetime(enum past_kind kind, const union past_item *item)
{
	uint32_t lifetime;

	memcpy(&lifetime, (const uint8_t *)item + kinds[kind].lifetime,
	       sizeof(lifetime));
	return lifetime;
}

void past_set_lifetime(enum past_kind kind, union past_item *item,
		       uint32_t lifetime)
{
	memcpy((uint8_t *)item + kinds[kind].lifetime, &lifetime,
	       sizeof(lifetime));
}

uint64_t past_end(enum past_kind kind, const union past_item *item,
		  uint64_t now)
{
	uint32_t lifetime = past_lifetime(kind, item);

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

	for (i = 0; get(msg, k, i, &other); i++)
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
	uint64_t end = past_end(k, &e->item, now);

	if (e->until < end)
		e->until = end;
}

/* Is it news for the disk? Not that a lifetime which ends has become less. */
static bool is_news(enum past_kind k, const struct past_entry *e,
		    const union past_item *item)
{
	uint32_t was = past_lifetime(k, &e->item);
	uint32_t is = past_lifetime(k, item);

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

	for (i = 0; get(msg, k, i, &item); i++) {
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
			withdraw(msg, k, p->entries[k][i].item);
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
