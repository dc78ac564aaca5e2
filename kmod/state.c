// SPDX-License-Identifier: GPL-2.0
/* The life of the tables of an instance, and what goes through all of them. */
#include "session.h"

#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "config.h"
#include "net.h"
#include "netlink.h"
#include "session_table.h"

/* Sessions to look at before others get the CPU. */
#define WALK_BATCH	1024
/* What has expired keeps its port for at most about this long. */
#define GC_MAX		(8 * HZ)
#define GC_MIN		HZ
/* Pause between passes of the collector as a multiple of what one takes. */
#define GC_SHARE	10
/* Events of one kind are at least this far apart. */
#define QUIET		(2 * HZ)

static struct workqueue_struct *gc_wq;

/* Visit all of them, some more than once. Process context. */
static void for_all(struct nat64_state *st,
		    int (*fn)(struct nat64_session *s, void *arg), void *arg)
{
	struct nat64_cursor c = {};
	int ret;

	do {
		rcu_read_lock();
		ret = nat64_session_walk(st, &c, WALK_BATCH, fn, arg);
		rcu_read_unlock();
		cond_resched();
	} while (ret);
}

static bool in_prefix4(__be32 addr, __be32 prefix, u8 len)
{
	return !((addr ^ prefix) & inet_make_mask(len));
}

static bool filter_keys(const struct nat64_filter *f,
			const struct nat64_bib_key6 *k6,
			const struct nat64_bib_key4 *k4)
{
	if (f->has_proto && f->l4 != k6->l4)
		return false;
	if (f->has_port6 && f->port6 != k6->port)
		return false;
	if (f->has_port4 && f->port4 != k4->port)
		return false;
	return ipv6_prefix_equal(&f->addr6, &k6->addr, f->len6) &&
	       in_prefix4(k4->addr, f->addr4, f->len4);
}

/**
 * nat64_filter_bib() - whether a person asks for a binding
 * @f: filter
 * @b: binding
 *
 * Return: true if it matches. None does if the filter names a remote host: a
 * binding has none.
 */
bool nat64_filter_bib(const struct nat64_filter *f, const struct nat64_bib *b)
{
	return !f->remote_len && !f->has_remote_port &&
	       filter_keys(f, &b->key6, &b->key4);
}

/**
 * nat64_filter_session() - whether a person asks for a session
 * @f: filter
 * @s: session
 *
 * Context: under RCU.
 * Return: true if it matches.
 */
bool nat64_filter_session(const struct nat64_filter *f,
			  const struct nat64_session *s)
{
	/* the keys never change, and the binding outlives its last session by
	 * a grace period
	 */
	return filter_keys(f, &s->bib->key6, &s->bib->key4) &&
	       in_prefix4(s->t4.src, f->remote4, f->remote_len) &&
	       (!f->has_remote_port || f->remote_port == s->t4.sport);
}

struct del {
	struct nat64_state *st;
	const struct nat64_filter *filter;
	const struct nat64_config *cfg;
	u32 n;
};

static void del_one(struct del *del, struct nat64_session *s)
{
	spin_lock_bh(&del->st->lock);
	if (!s->dead) {
		nat64_session_destroy(del->st, s);
		del->n++;
	}
	spin_unlock_bh(&del->st->lock);
}

static int del_filtered(struct nat64_session *s, void *arg)
{
	struct del *del = arg;

	if (nat64_filter_session(del->filter, s))
		del_one(del, s);
	return 0;
}

/**
 * nat64_session_del() - delete sessions, and bindings left without one
 * @st: state of the instance
 * @f: which
 *
 * Context: process, takes the lock of @st.
 * Return: how many.
 */
u32 nat64_session_del(struct nat64_state *st, const struct nat64_filter *f)
{
	struct del del = { .st = st, .filter = f };

	for_all(st, del_filtered, &del);
	return del.n;
}

static int del_uncovered(struct nat64_session *s, void *arg)
{
	struct del *del = arg;

	if (!nat64_session_covered(del->cfg, &s->t6, s->t4.src))
		del_one(del, s);
	return 0;
}

/**
 * nat64_state_flush_prefix() - delete sessions that no prefix has place for
 * @st: state of the instance
 * @cfg: the configuration, already published
 *
 * Context: process, takes the lock of @st.
 */
void nat64_state_flush_prefix(struct nat64_state *st,
			      const struct nat64_config *cfg)
{
	struct del del = { .st = st, .cfg = cfg };

	/* whoever saw the old configuration last has made its session now */
	spin_lock_bh(&st->lock);
	spin_unlock_bh(&st->lock);
	for_all(st, del_uncovered, &del);
}

/**
 * struct pass - one look of the collector at every session
 * @st: state
 * @next: when the next session expires, as far as is known
 */
struct pass {
	struct nat64_state *st;
	unsigned long next;
};

static int collect(struct nat64_session *s, void *arg)
{
	struct pass *pass = arg;
	struct nat64_state *st = pass->st;
	unsigned long expires = READ_ONCE(s->expires);

	if (time_before(jiffies, expires)) {
		if (time_before(expires, pass->next))
			pass->next = expires;
		return 0;
	}
	spin_lock_bh(&st->lock);
	if (!s->dead)
		nat64_session_settle(st, s,
				     &rcu_dereference(st->xlat->cfg)->set);
	spin_unlock_bh(&st->lock);
	return 0;
}

/* Rests until something expires, and in proportion to the work it had. */
static void gc(struct work_struct *work)
{
	struct nat64_state *st = container_of(to_delayed_work(work),
					      struct nat64_state, gc);
	unsigned long start = jiffies;
	struct pass pass = { .st = st, .next = start + GC_MAX };
	long rest;

	for_all(st, collect, &pass);
	if (!atomic_read(&st->n_sessions))
		return;
	rest = max_t(long, pass.next - jiffies, (jiffies - start) * GC_SHARE);
	queue_delayed_work(gc_wq, &st->gc, clamp_t(long, rest, GC_MIN, GC_MAX));
}

/**
 * nat64_state_shortage() - something has run out
 * @st: state of the instance
 * @event: NAT64_EVENT_POOL_EXHAUSTED or NAT64_EVENT_LIMIT
 *
 * Context: caller holds the lock of @st.
 */
void nat64_state_shortage(struct nat64_state *st, enum nat64_event event)
{
	unsigned long *quiet = &st->quiet[event == NAT64_EVENT_LIMIT];

	lockdep_assert_held(&st->lock);
	if (time_before(jiffies, *quiet))
		return;
	*quiet = jiffies + QUIET;
	nat64_nl_event(st->xlat, event, NULL);
	mod_delayed_work(gc_wq, &st->gc, 0);
}

/**
 * nat64_state_wake() - there is a session to watch
 * @st: state of the instance
 *
 * Context: any.
 */
void nat64_state_wake(struct nat64_state *st)
{
	queue_delayed_work(gc_wq, &st->gc, GC_MIN);
}

/**
 * nat64_state_create() - empty tables for an instance
 * @xlat: the instance
 *
 * Context: process.
 * Return: the state, or NULL if there is no memory.
 */
struct nat64_state *nat64_state_create(struct nat64_xlat *xlat)
{
	struct nat64_state *st = kzalloc(sizeof(*st), GFP_KERNEL);

	if (!st)
		return NULL;
	st->xlat = xlat;
	spin_lock_init(&st->lock);
	INIT_DELAYED_WORK(&st->gc, gc);
	st->quiet[0] = jiffies;
	st->quiet[1] = jiffies;
	if (nat64_bib_tables_init(st))
		goto free_state;
	if (nat64_session_tables_init(st))
		goto destroy_bib;
	return st;

destroy_bib:
	nat64_bib_tables_destroy(st);
free_state:
	kfree(st);
	return NULL;
}

/**
 * nat64_state_destroy() - free the tables and everything in them
 * @st: state of an instance that no packet sees any more
 *
 * Context: process, after synchronize_net().
 */
void nat64_state_destroy(struct nat64_state *st)
{
	cancel_delayed_work_sync(&st->gc);
	nat64_session_free_all(st);
	nat64_bib_tables_destroy(st);
	kfree(st);
}

/**
 * nat64_state_init() - make the workqueue of the collectors
 *
 * Unbound, because a pass over a million sessions must not hold up the other
 * work of a CPU.
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int nat64_state_init(void)
{
	gc_wq = alloc_workqueue("nat64", WQ_UNBOUND, 0);
	return gc_wq ? 0 : -ENOMEM;
}

/**
 * nat64_state_exit() - undo nat64_state_init()
 *
 * Context: module exit, without any instance.
 */
void nat64_state_exit(void)
{
	destroy_workqueue(gc_wq);
}
