/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moving clients from one translation prefix to another while the module
 * translates both. Pure: the caller brings the time, in milliseconds.
 */
#ifndef PREF64D_RENUMBER_H
#define PREF64D_RENUMBER_H

#include "../common/xlat.h"

#include <stdint.h>

#define RENUMBER_MAX 8

/* As long as a client may hold the prefix (RFC 8781: 65528 s). */
#define RENUMBER_KEEP_MS 65528000ull

/**
 * struct renumber_move - a prefix that clients leave
 * @from: the prefix
 * @to: where to
 * @swap: until then both are advertised, @to first; later @from is withdrawn
 */
struct renumber_move {
	struct xlat_prefix from;
	struct xlat_prefix to;
	uint64_t swap;
};

struct renumber {
	struct renumber_move moves[RENUMBER_MAX];
	unsigned int count;
};

/**
 * renumber_add() - begin to move clients
 * @r: moves
 * @from: prefix they leave
 * @to: prefix they take
 * @swap: when @from is withdrawn
 *
 * A move to a prefix ends the move away from it, so there is always one left.
 *
 * Return: 0, -EINVAL when both are the same, -ENOSPC.
 */
int renumber_add(struct renumber *r, const struct xlat_prefix *from,
		 const struct xlat_prefix *to, uint64_t swap);

/**
 * renumber_apply() - what is to be advertised of the module's prefixes
 * @r: moves
 * @x: an instance
 * @now: clock
 * @out: result, room for XLAT_MAX_PREFIXES
 *
 * Where the new prefix is not there, the old one stays: no client is left
 * without.
 *
 * Return: entries of @out.
 */
unsigned int renumber_apply(const struct renumber *r,
			    const struct xlat_instance *x, uint64_t now,
			    struct xlat_prefix *out);

/* When renumber_apply() has another result, UINT64_MAX for never. */
uint64_t renumber_next(const struct renumber *r, uint64_t now);

/*
 * Forgets moves that are over, from prefixes that the module has no more;
 * returns how many. A module that is configured anew is given time.
 */
unsigned int renumber_forget(struct renumber *r, const struct xlat_view *view,
			     uint64_t now);

#endif
