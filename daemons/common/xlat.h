/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the daemons know of the translator: a copy of its instances, taken
 * from the kernel module and renewed whenever the module tells of a change.
 */
#ifndef NAT64D_XLAT_H
#define NAT64D_XLAT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define XLAT_NAME_LEN 32
#define XLAT_MAX_PREFIXES 16
#define XLAT_MAX_INSTANCES 1024	/* as many as the module takes */

struct xlat_prefix {
	struct in6_addr addr;
	uint8_t len;
};

static inline bool xlat_same(const struct xlat_prefix *a,
			     const struct xlat_prefix *b)
{
	return a->len == b->len && !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/**
 * struct xlat_instance - one translator
 * @name: of the instance
 * @siit: stateless, otherwise stateful
 * @enabled: it translates
 * @prefixes: its translation prefixes in the module's order
 * @nprefixes: entries of @prefixes
 * @npool4: how many ranges of IPv4 addresses it has
 * @neam: how many explicit address mappings it has
 */
struct xlat_instance {
	char name[XLAT_NAME_LEN];
	bool siit;
	bool enabled;
	struct xlat_prefix prefixes[XLAT_MAX_PREFIXES];
	unsigned int nprefixes;
	unsigned int npool4;
	unsigned int neam;
};

/**
 * struct xlat_view - the module in a namespace
 * @loaded: the module answers
 * @instances: its translators
 * @count: entries of @instances
 */
struct xlat_view {
	bool loaded;
	struct xlat_instance instances[XLAT_MAX_INSTANCES];
	unsigned int count;
};

/* The instance called @name, NULL when there is none. */
const struct xlat_instance *xlat_find(const struct xlat_view *view,
				      const char *name);

/* Does it translate this prefix? */
bool xlat_has(const struct xlat_instance *x, const struct xlat_prefix *p);

struct event_base;
struct xlat;

/**
 * xlat_open() - begin to follow the module
 * @base: event loop
 * @changed: called from the loop when the view may have changed
 * @ctx: for @changed
 * @result: the follower
 *
 * The view is there when this returns. Works without the module as well: the
 * view then says so, until the module comes.
 *
 * Return: 0 or -errno.
 */
int xlat_open(struct event_base *base, void (*changed)(void *ctx), void *ctx,
	      struct xlat **result);
void xlat_close(struct xlat *x);

/* Reads the module again now, without waiting to be told of a change. */
void xlat_reread(struct xlat *x);

/* The module as it was found last; valid until the loop runs again. */
const struct xlat_view *xlat_view(const struct xlat *x);

#endif
