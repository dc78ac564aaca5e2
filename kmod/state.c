// SPDX-License-Identifier: GPL-2.0
/* The life of the tables of an instance, and what goes through all of them. */
#include "session.h"

#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "config.h"
#include "gfp.h"
#include "net.h"
#include "netlink.h"
#include "probe.h"
#include "session_table.h"
#include "syn.h"

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
		ret = nat64_session_walk(st, &c, WALK_BATCH, fn, arg);
		cond_resched();
	} while (ret);
}

static bool in_prefix4(__be32 addr, __be32 prefix, u8 len)
{
	return !((addr ^ prefix) & inet_make_mask(len));
}

static bool filter_keys(const struct nat64_filter *f,
			const struct nat64_bib *b)
{
	if (f->has_proto && f->l4 != b->key6.l4)
		return false;
	if (f->has_port6 && f->port6 != b->key6.port)
		return false;
	if (f->has_port4 && f->port4 != b->port.port)
		return false;
	return ipv6_prefix_equal(&f->addr6, &b->key6.addr, f->len6) &&
	       in_prefix4(b->port.addr, f->addr4, f->len4);
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
	       filter_keys(f, b);
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
	return filter_keys(f, s->bib) &&
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
	spinlock_t *lock = nat64_bib_lock(del->st, s->bib);

	spin_lock_bh(lock);
	if (!s->dead) {
		nat64_session_destroy(del->st, s);
		del->n++;
	}
	spin_unlock_bh(lock);
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
	nat64_state_settle_writers(st);
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
	const struct nat64_settings *set = &rcu_dereference(st->xlat->cfg)->set;
	unsigned long expires = READ_ONCE(s->expires);
	bool probe = false;
	spinlock_t *lock;	/* of the binding */
	u8 was;

	if (time_before(jiffies, expires)) {
		if (time_before(expires, pass->next))
			pass->next = expires;
		return 0;
	}
	lock = nat64_bib_lock(st, s->bib);
	spin_lock_bh(lock);
	if (!s->dead) {
		was = s->state;
		probe = nat64_session_settle(st, s, set) && set->est_probe &&
			was == NAT64_TCP_ESTABLISHED &&
			s->state == NAT64_TCP_TRANS;
	}
	spin_unlock(lock);
	if (probe)
		nat64_probe_send(st->xlat, &s->t6);
	local_bh_enable();
	return 0;
}

/* Rests until something expires, and in proportion to the work it had. */
static void gc(struct work_struct *work)
{
	struct nat64_state *st = container_of(to_delayed_work(work),
					      struct nat64_state, gc);
	unsigned long start = jiffies;
	struct pass pass = { .st = st, .next = start + GC_MAX };
	unsigned long hold;
	long rest;

	for_all(st, collect, &pass);
	nat64_hash_trim(&st->sess6);
	nat64_hash_trim(&st->sess4);
	nat64_hash_trim(&st->bib6);
	nat64_hash_trim(&st->bib4);
	nat64_hash_trim(&st->subs.hash);
	nat64_hash_trim(&st->blocks.hash);
	rcu_read_lock();
	hold = rcu_dereference(st->xlat->cfg)->set.port_hold;
	rcu_read_unlock();
	nat64_hold_release(&st->hold, hold);
	if (!atomic_read(&st->n_sessions) && !READ_ONCE(st->hold.n))
		return;
	rest = max_t(long, pass.next - jiffies, (jiffies - start) * GC_SHARE);
	queue_delayed_work(gc_wq, &st->gc, clamp_t(long, rest, GC_MIN, GC_MAX));
}

/*
 * Readers hold no reference, so a grace period is waited for; here and not in
 * a callback, which would have to be run between packets, many at a time.
 */
static void reap(struct work_struct *work)
{
	struct nat64_state *st = container_of(work, struct nat64_state, reap);
	struct llist_node *sessions = llist_del_all(&st->dead_sessions);
	struct llist_node *bibs = llist_del_all(&st->dead_bibs);

	synchronize_rcu();
	nat64_session_free_dead(sessions);
	nat64_bib_free_dead(bibs);
}

/**
 * nat64_state_reap() - there are dead objects to free
 * @st: state of the instance
 *
 * Context: any.
 */
void nat64_state_reap(struct nat64_state *st)
{
	queue_work(gc_wq, &st->reap);
}

/**
 * nat64_state_settle_writers() - wait for whoever changes bindings now
 * @st: state of the instance
 *
 * Context: process.
 */
void nat64_state_settle_writers(struct nat64_state *st)
{
	unsigned int i;

	for (i = 0; i < NAT64_STATE_LOCKS; i++) {
		spin_lock_bh(&st->lock[i]);
		spin_unlock_bh(&st->lock[i]);
	}
}

/**
 * nat64_state_shortage() - something has run out
 * @st: state of the instance
 * @reason: what a packet is refused for
 *
 * Context: any.
 */
void nat64_state_shortage(struct nat64_state *st, enum nat64_drop reason)
{
	bool limit = reason != NAT64_DROP_POOL_EXHAUSTED;
	unsigned long *quiet = &st->quiet[limit];
	unsigned long until = READ_ONCE(*quiet);

	if (time_before(jiffies, until) ||
	    cmpxchg(quiet, until, jiffies + QUIET) != until)
		return;
	nat64_nl_event_drop(st->xlat, limit ? NAT64_EVENT_LIMIT :
					      NAT64_EVENT_POOL_EXHAUSTED,
			    reason);
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
	struct nat64_state *st = kvzalloc(sizeof(*st), NAT64_GFP);
	unsigned int i;

	if (!st)
		return NULL;
	st->xlat = xlat;
	for (i = 0; i < NAT64_STATE_LOCKS; i++)
		spin_lock_init(&st->lock[i]);
	init_llist_head(&st->dead_bibs);
	init_llist_head(&st->dead_sessions);
	INIT_DELAYED_WORK(&st->gc, gc);
	INIT_WORK(&st->reap, reap);
	st->quiet[0] = jiffies;
	st->quiet[1] = jiffies;
	st->syns = nat64_syns_create(xlat);
	if (!st->syns)
		goto free_state;
	nat64_hold_init(&st->hold);
	if (nat64_subs_init(&st->subs))
		goto destroy_syns;
	if (nat64_portblocks_init(&st->blocks))
		goto destroy_subs;
	if (nat64_bib_tables_init(st))
		goto destroy_blocks;
	if (nat64_session_tables_init(st))
		goto destroy_bib;
	return st;

destroy_bib:
	nat64_bib_tables_destroy(st);
destroy_blocks:
	nat64_portblocks_destroy(&st->blocks);
destroy_subs:
	nat64_subs_destroy(&st->subs);
destroy_syns:
	nat64_syns_destroy(st->syns);
free_state:
	kvfree(st);
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
	nat64_syns_destroy(st->syns);
	cancel_delayed_work_sync(&st->gc);
	cancel_work_sync(&st->reap);
	reap(&st->reap);
	nat64_session_free_all(st);
	nat64_bib_tables_destroy(st);
	nat64_hold_release(&st->hold, 0);
	nat64_portblocks_destroy(&st->blocks);
	nat64_subs_destroy(&st->subs);
	kvfree(st);
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
