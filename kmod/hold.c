// SPDX-License-Identifier: GPL-2.0
#include "hold.h"

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>

/**
 * struct held - a port that is held
 * @list: in the order of arrival
 * @port: the allocation
 * @l4: protocol
 * @since: jiffies
 */
struct held {
	struct list_head list;
	struct nat64_pool4_port port;
	enum nat64_l4_idx l4;
	unsigned long since;
};

void nat64_hold_init(struct nat64_hold *hold)
{
	spin_lock_init(&hold->lock);
	INIT_LIST_HEAD(&hold->fifo);
}

static void let_go(struct held *held)
{
	nat64_pool4_unpark(&held->port);
	nat64_pool4_free(&held->port, held->l4);
	kfree(held);
}

static struct held *pop(struct nat64_hold *hold)
{
	struct held *held;

	lockdep_assert_held(&hold->lock);
	held = list_first_entry_or_null(&hold->fifo, struct held, list);
	if (held) {
		list_del(&held->list);
		WRITE_ONCE(hold->n, hold->n - 1);
	}
	return held;
}

void nat64_hold_add(struct nat64_hold *hold, struct nat64_pool4_port *port,
		    enum nat64_l4_idx l4)
{
	struct held *held, *oldest = NULL;

	held = kmalloc(sizeof(*held), GFP_ATOMIC | __GFP_NOWARN);
	if (!held) {
		nat64_pool4_free(port, l4);
		return;
	}
	held->port = *port;
	held->l4 = l4;
	held->since = jiffies;
	nat64_pool4_park(port);
	spin_lock_bh(&hold->lock);
	list_add_tail(&held->list, &hold->fifo);
	WRITE_ONCE(hold->n, hold->n + 1);
	if (hold->n > NAT64_HOLD_MAX)
		oldest = pop(hold);
	spin_unlock_bh(&hold->lock);
	if (oldest)
		let_go(oldest);
}

static bool is_it(const struct held *held, enum nat64_l4_idx l4, __be32 addr,
		  __be16 port)
{
	return held->l4 == l4 && held->port.addr == addr &&
	       held->port.port == port &&
	       !nat64_pool4_range_dead(held->port.range);
}

bool nat64_hold_take(struct nat64_hold *hold, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out)
{
	struct held *held, *found = NULL;

	spin_lock_bh(&hold->lock);
	list_for_each_entry(held, &hold->fifo, list) {
		if (!is_it(held, l4, addr, port))
			continue;
		list_del(&held->list);
		WRITE_ONCE(hold->n, hold->n - 1);
		found = held;
		break;
	}
	spin_unlock_bh(&hold->lock);
	if (!found)
		return false;
	nat64_pool4_unpark(&found->port);
	*out = found->port;
	kfree(found);
	return true;
}

/* The setting counts as it is now, so that they go in the order they came. */
static struct held *pop_due(struct nat64_hold *hold, unsigned long time)
{
	struct held *held;

	spin_lock_bh(&hold->lock);
	held = list_first_entry_or_null(&hold->fifo, struct held, list);
	if (held && time_after_eq(jiffies, held->since + time))
		held = pop(hold);
	else
		held = NULL;
	spin_unlock_bh(&hold->lock);
	return held;
}

void nat64_hold_release(struct nat64_hold *hold, unsigned long time)
{
	struct held *held;

	while ((held = pop_due(hold, time))) {
		let_go(held);
		cond_resched();
	}
}
