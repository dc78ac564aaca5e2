// SPDX-License-Identifier: GPL-2.0
#include "renumber.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static void drop(struct renumber *r, unsigned int i)
{
	r->count--;
	memmove(&r->moves[i], &r->moves[i + 1],
		(r->count - i) * sizeof(r->moves[0]));
}

int renumber_add(struct renumber *r, const struct xlat_prefix *from,
		 const struct xlat_prefix *to, uint64_t swap)
{
	unsigned int i;

	if (xlat_same(from, to))
		return -EINVAL;
	for (i = r->count; i-- > 0;)
		if (xlat_same(&r->moves[i].from, from) ||
		    xlat_same(&r->moves[i].from, to))
			drop(r, i);
	if (r->count == RENUMBER_MAX)
		return -ENOSPC;
	r->moves[r->count++] = (struct renumber_move){
		.from = *from,
		.to = *to,
		.swap = swap,
	};
	return 0;
}

static const struct renumber_move *move_of(const struct renumber *r,
					   const struct xlat_instance *x,
					   const struct xlat_prefix *p)
{
	unsigned int i;

	for (i = 0; i < r->count; i++)
		if (xlat_same(&r->moves[i].from, p) &&
		    xlat_has(x, &r->moves[i].to))
			return &r->moves[i];
	return NULL;
}

unsigned int renumber_apply(const struct renumber *r,
			    const struct xlat_instance *x, uint64_t now,
			    struct xlat_prefix *out)
{
	struct xlat_prefix last[XLAT_MAX_PREFIXES];
	unsigned int i, nlast = 0, n = 0;

	for (i = 0; i < x->nprefixes; i++) {
		const struct renumber_move *m = move_of(r, x, &x->prefixes[i]);

		if (!m)
			out[n++] = x->prefixes[i];
		else if (now < m->swap)
			last[nlast++] = x->prefixes[i];
	}
	memcpy(out + n, last, nlast * sizeof(last[0]));
	return n + nlast;
}

uint64_t renumber_next(const struct renumber *r, uint64_t now)
{
	uint64_t next = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < r->count; i++)
		if (r->moves[i].swap > now && r->moves[i].swap < next)
			next = r->moves[i].swap;
	return next;
}

static bool translated(const struct xlat_view *view,
		       const struct xlat_prefix *p)
{
	unsigned int i;

	for (i = 0; i < view->count; i++)
		if (xlat_has(&view->instances[i], p))
			return true;
	return false;
}

unsigned int renumber_forget(struct renumber *r, const struct xlat_view *view,
			     uint64_t now)
{
	unsigned int before = r->count;
	unsigned int i;

	for (i = r->count; view->loaded && i-- > 0;)
		if (now >= r->moves[i].swap + RENUMBER_KEEP_MS &&
		    !translated(view, &r->moves[i].from))
			drop(r, i);
	return before - r->count;
}
