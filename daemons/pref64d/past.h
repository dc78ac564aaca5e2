/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hosts may still hold of earlier advertisements: what is advertised no
 * more is withdrawn until the last of them has forgotten it. Pure: the caller
 * brings the time, in milliseconds.
 */
#ifndef PREF64D_PAST_H
#define PREF64D_PAST_H

#include "ra.h"

#include <stdbool.h>
#include <stdint.h>

/* All that can be configured at a time, and as much that was before. */
#define PAST_MAX 32

/* How long the longest lifetimes are remembered: 30 days. */
#define PAST_LONGEST_S 2592000

/*
 * How long a prefix that was read from the disk may be missing after the start
 * before it counts as gone, unless another one stands in its place: the
 * interface may get its address late.
 */
#define PAST_HOLD_MS 30000

enum past_kind {
	PAST_PREF64,
	PAST_PREFIX,
	PAST_ROUTE,
	PAST_DNS,
	PAST_SEARCH,
	PAST_KINDS
};

union past_item {
	struct ra_pref64 pref64;
	struct ra_prefix prefix;
	struct ra_route route;
	struct ra_dns dns;
	struct ra_search search;
};

/**
 * struct past_entry - something that was advertised
 * @item: as it was advertised last
 * @live: it still is
 * @until: when the last host has forgotten it
 */
struct past_entry {
	union past_item item;
	bool live;
	uint64_t until;
};

/**
 * struct past - all that was advertised on an interface
 * @entries: by kind
 * @count: entries of each kind
 * @hold: until when a missing prefix may still come: just started
 * @changes: grows when what is to be remembered changes
 */
struct past {
	struct past_entry entries[PAST_KINDS][PAST_MAX];
	unsigned int count[PAST_KINDS];
	uint64_t hold;
	unsigned int changes;
};

/**
 * past_take() - remember what is advertised, and add what is to be withdrawn
 * @p: the past
 * @msg: what is advertised; what is no longer is added with lifetime 0
 * @now: clock
 *
 * RFC 9096, section 3.3 has stale prefixes advertised with both lifetimes 0:
 * hosts stop using them at once, and by RFC 4862, section 5.5.3 keep them for
 * two hours at most.
 */
void past_take(struct past *p, struct ra_msg *msg, uint64_t now);

/* An advertisement goes out: hosts hold what lives from now on. */
void past_sent(struct past *p, uint64_t now);

/* What was advertised before the daemon started. */
void past_restore(struct past *p, enum past_kind kind,
		  const struct past_entry *old, uint64_t now);

/* Seconds for which hosts hold it. */
uint32_t past_lifetime(enum past_kind kind, const union past_item *item);
void past_set_lifetime(enum past_kind kind, union past_item *item,
		       uint32_t lifetime);

/* Until when those hold it that hear of it at @now, as far as is remembered. */
uint64_t past_end(enum past_kind kind, const union past_item *item,
		  uint64_t now);

/* When the next entry is forgotten, or nothing is held back any more. */
uint64_t past_next(const struct past *p, uint64_t now);

#endif
