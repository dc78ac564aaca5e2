// SPDX-License-Identifier: GPL-2.0
#include "way.h"

/**
 * nat64_way_set() - remember another route
 * @w: the way
 * @new: the route and what it was chosen by
 *
 * The route that it replaces may be in use by packets: dst_release() frees
 * after a grace period.
 *
 * Context: any, under the lock of struct nat64_state.
 */
void nat64_way_set(struct nat64_way *w, const struct nat64_way *new)
{
	struct dst_entry *old = w->dst;

	WRITE_ONCE(w->dst, NULL);
	/* whoever sees a member changed sees that @dst has been NULL */
	smp_wmb();
	WRITE_ONCE(w->cookie, new->cookie);
	WRITE_ONCE(w->gen, new->gen);
	WRITE_ONCE(w->mark, new->mark);
	WRITE_ONCE(w->iif, new->iif);
	WRITE_ONCE(w->tos, new->tos);
	WRITE_ONCE(w->seen, 0);
	dst_hold(new->dst);
	/* pairs with the acquire in nat64_way_dst() */
	smp_store_release(&w->dst, new->dst);
	dst_release(old);
}

/**
 * nat64_way_clear() - let go of the route
 * @w: the way, which nobody looks at any more
 *
 * Context: any.
 */
void nat64_way_clear(struct nat64_way *w)
{
	dst_release(w->dst);
	w->dst = NULL;
}
