// SPDX-License-Identifier: GPL-2.0
#include "keytab.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct slot {
	TAILQ_ENTRY(slot) age;
	const uint8_t *key;
	size_t len;
	_Alignas(max_align_t) uint8_t value[];
};

struct keytab {
	void *tree;
	TAILQ_HEAD(ages, slot) ages;	/* latest use first */
	size_t value_size;
	unsigned int count;
	unsigned int max;
	uint64_t evicted;
	void (*evict)(void *ctx, void *value);
	void *ctx;
};

static int compare(const void *x, const void *y)
{
	const struct slot *a = x;
	const struct slot *b = y;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->key, b->key, a->len);
}

struct keytab *keytab_new(size_t value_size, unsigned int max,
			  void (*evict)(void *ctx, void *value), void *ctx)
{
	struct keytab *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	TAILQ_INIT(&t->ages);
	t->value_size = value_size;
	t->max = max;
	t->evict = evict;
	t->ctx = ctx;
	return t;
}

static void drop(struct keytab *t, struct slot *e)
{
	tdelete(e, &t->tree, compare);
	TAILQ_REMOVE(&t->ages, e, age);
	t->count--;
	free(e);
}

void keytab_free(struct keytab *t)
{
	if (!t)
		return;
	while (!TAILQ_EMPTY(&t->ages))
		drop(t, TAILQ_FIRST(&t->ages));
	free(t);
}

static void make_room(struct keytab *t)
{
	struct slot *oldest = TAILQ_LAST(&t->ages, ages);

	if (t->count < t->max)
		return;
	if (t->evict)
		t->evict(t->ctx, oldest->value);
	drop(t, oldest);
	t->evicted++;
}

static struct slot *make(struct keytab *t, const void *key, size_t len)
{
	struct slot *e = calloc(1, sizeof(*e) + t->value_size + len);

	if (!e)
		return NULL;
	memcpy(e->value + t->value_size, key, len);
	e->key = e->value + t->value_size;
	e->len = len;
	make_room(t);
	if (!tsearch(e, &t->tree, compare)) {
		free(e);
		return NULL;
	}
	TAILQ_INSERT_HEAD(&t->ages, e, age);
	t->count++;
	return e;
}

static struct slot *find(const struct keytab *t, const void *key, size_t len)
{
	const struct slot probe = { .key = key, .len = len };
	struct slot **found = tfind(&probe, &t->tree, compare);

	return found ? *found : NULL;
}

void *keytab_get(struct keytab *t, const void *key, size_t len, bool *made)
{
	struct slot *e = find(t, key, len);

	*made = !e;
	if (e) {
		TAILQ_REMOVE(&t->ages, e, age);
		TAILQ_INSERT_HEAD(&t->ages, e, age);
		return e->value;
	}
	e = make(t, key, len);
	return e ? e->value : NULL;
}

void *keytab_find(const struct keytab *t, const void *key, size_t len)
{
	struct slot *e = find(t, key, len);

	return e ? e->value : NULL;
}

void keytab_del(struct keytab *t, const void *key, size_t len)
{
	struct slot *e = find(t, key, len);

	if (e)
		drop(t, e);
}

static struct slot *slot_of(const void *value)
{
	return (struct slot *)((uint8_t *)value - offsetof(struct slot, value));
}

const uint8_t *keytab_key(const void *value, size_t *len)
{
	*len = slot_of(value)->len;
	return slot_of(value)->key;
}

void *keytab_next(struct keytab *t, void *value)
{
	struct slot *e;

	if (!value)
		e = TAILQ_FIRST(&t->ages);
	else
		e = TAILQ_NEXT(slot_of(value), age);
	return e ? e->value : NULL;
}

void *keytab_prev(struct keytab *t, void *value)
{
	struct slot *e;

	if (!value)
		e = TAILQ_LAST(&t->ages, ages);
	else
		e = TAILQ_PREV(slot_of(value), ages, age);
	return e ? e->value : NULL;
}

unsigned int keytab_count(const struct keytab *t)
{
	return t->count;
}

uint64_t keytab_evicted(const struct keytab *t)
{
	return t->evicted;
}
