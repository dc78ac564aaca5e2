// SPDX-License-Identifier: GPL-2.0
/* What sessions are kept in: memory and tables; nobody else knows. */
#include "session_table.h"

#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>

/* Objects to free before others get the CPU. */
#define FREE_BATCH	256

/* Without counters, and with. */
static struct kmem_cache *slabs[2];

static u32 hash_node6(const struct nat64_node *node,
		      const struct nat64_hash_key *k)
{
	return nat64_tuple6_hash(&nat64_session_of6(node)->t6, k);
}

static u32 hash_node4(const struct nat64_node *node,
		      const struct nat64_hash_key *k)
{
	return nat64_tuple4_hash(&nat64_session_of4(node)->t4, k);
}

/**
 * nat64_session_table_insert() - let packets find a session
 * @st: state of the instance
 * @s: the session
 * @hash6: nat64_session_hash6() of its tuple
 * @hash4: nat64_session_hash4() of its tuple
 *
 * Context: under RCU, caller holds the lock of its binding.
 */
void nat64_session_table_insert(struct nat64_state *st, struct nat64_session *s,
				u32 hash6, u32 hash4)
{
	lockdep_assert_held(nat64_bib_lock(st, s->bib));
	nat64_hash_insert(&st->sess6, &s->node6, hash6);
	nat64_hash_insert(&st->sess4, &s->node4, hash4);
}

/**
 * nat64_session_table_remove() - let no packet find a session any more
 * @st: state of the instance
 * @s: the session
 *
 * Context: under RCU, caller holds the lock of its binding.
 */
void nat64_session_table_remove(struct nat64_state *st, struct nat64_session *s)
{
	lockdep_assert_held(nat64_bib_lock(st, s->bib));
	nat64_hash_remove(&st->sess6, &s->node6,
			  nat64_session_hash6(st, &s->t6));
	nat64_hash_remove(&st->sess4, &s->node4,
			  nat64_session_hash4(st, &s->t4));
}

struct walk {
	int (*fn)(struct nat64_session *s, void *arg);
	void *arg;
};

static int walk_one(struct nat64_node *node, void *arg)
{
	struct walk *w = arg;

	return w->fn(nat64_session_of6(node), w->arg);
}

/**
 * nat64_session_walk() - visit sessions
 * @st: state of the instance
 * @c: where to go on, updated
 * @budget: about how many to visit
 * @fn: called for each; negative: stop, the same comes first the next time
 * @arg: handed to @fn
 *
 * Context: process, not under RCU; @fn is called under it.
 * Return: 0 at the end, 1 if the budget is used up, or what @fn returned.
 */
int nat64_session_walk(struct nat64_state *st, struct nat64_cursor *c,
		       unsigned int budget,
		       int (*fn)(struct nat64_session *s, void *arg),
		       void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };

	return nat64_hash_walk(&st->sess6, c, budget, walk_one, &w);
}

/**
 * nat64_session_tables_init() - empty tables
 * @st: state of the instance
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nat64_session_tables_init(struct nat64_state *st)
{
	int err = nat64_hash_init(&st->sess6, &st->n_sessions, hash_node6);

	if (err)
		return err;
	err = nat64_hash_init(&st->sess4, &st->n_sessions, hash_node4);
	if (err)
		nat64_hash_destroy(&st->sess6);
	return err;
}

/**
 * nat64_session_new() - memory for a session
 * @counted: with counters
 *
 * Context: any.
 * Return: a session that is all zero but for @counted, or NULL.
 */
struct nat64_session *nat64_session_new(bool counted)
{
	struct nat64_session *s;

	s = kmem_cache_zalloc(slabs[counted], GFP_ATOMIC | __GFP_NOWARN);
	if (s)
		s->counted = counted;
	return s;
}

static void session_free(struct nat64_session *s)
{
	nat64_way_clear(&s->way64);
	nat64_way_clear(&s->way46);
	kmem_cache_free(slabs[s->counted], s);
}

/**
 * nat64_session_free_dead() - free sessions that nobody can hold any more
 * @dead: list of them
 *
 * Context: process, a grace period after they were unlinked.
 */
void nat64_session_free_dead(struct llist_node *dead)
{
	struct nat64_session *s, *next;
	unsigned int n = 0;

	llist_for_each_entry_safe(s, next, dead, free) {
		session_free(s);
		if (++n % FREE_BATCH == 0)
			cond_resched();
	}
}

static int free_one(struct nat64_session *s, void *arg)
{
	session_free(s);
	return 0;
}

/**
 * nat64_session_free_all() - free all sessions and their tables
 * @st: state of an instance that no packet sees
 *
 * Leaves the bindings with dangling lists: they are to be freed next.
 *
 * Context: process.
 */
void nat64_session_free_all(struct nat64_state *st)
{
	struct nat64_cursor c = {};

	while (nat64_session_walk(st, &c, 1024, free_one, NULL))
		cond_resched();
	nat64_hash_destroy(&st->sess4);
	nat64_hash_destroy(&st->sess6);
}

static void destroy_slabs(void)
{
	kmem_cache_destroy(slabs[1]);
	kmem_cache_destroy(slabs[0]);
}

static int create_slabs(void)
{
	slabs[0] = KMEM_CACHE(nat64_session, SLAB_HWCACHE_ALIGN);
	slabs[1] = kmem_cache_create("nat64_session_counted",
				     sizeof(struct nat64_session) +
				     sizeof(struct nat64_tally), 0,
				     SLAB_HWCACHE_ALIGN, NULL);
	if (slabs[0] && slabs[1])
		return 0;
	destroy_slabs();
	return -ENOMEM;
}

/**
 * nat64_session_init() - prepare for instances with state
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int nat64_session_init(void)
{
	int err = nat64_bib_init();

	if (err)
		return err;
	err = create_slabs();
	if (err)
		goto exit_bib;
	err = nat64_state_init();
	if (err)
		goto destroy;
	return 0;

destroy:
	destroy_slabs();
exit_bib:
	nat64_bib_exit();
	return err;
}

/**
 * nat64_session_exit() - undo nat64_session_init()
 *
 * Context: module exit, without any instance.
 */
void nat64_session_exit(void)
{
	nat64_state_exit();
	destroy_slabs();
	nat64_bib_exit();
}
