// SPDX-License-Identifier: GPL-2.0
/* What the tables of sessions are; nobody else knows. */
#include "session_table.h"

#include <linux/jhash.h>
#include <net/ipv6.h>

#include "session.h"

/*
 * The kernel seeds the tables. No two words that a host chooses may meet before
 * the seed does, or it could fill one bucket (K-15): it has the low words of
 * its address, those of the destination that a prefix leaves it, and the ports.
 * The first word of the destination is that of a prefix.
 */
static u32 hash6(const void *data, u32 len, u32 seed)
{
	const struct nat64_tuple6 *t = data;
	const u32 *src = (__force const u32 *)t->src.s6_addr32;
	const u32 *dst = (__force const u32 *)t->dst.s6_addr32;
	u32 ports = (__force u32)t->sport << 16 | (__force u32)t->dport;

	seed = jhash_3words(src[0] ^ t->proto, src[1], src[2], seed);
	seed = jhash_3words(src[3], dst[1], dst[2], seed);
	return jhash_2words(dst[3], ports, seed);
}

static u32 hash4(const void *data, u32 len, u32 seed)
{
	const struct nat64_tuple4 *t = data;

	return jhash_3words((__force u32)t->src,
			    (__force u32)t->dst ^ t->proto << 8,
			    (__force u32)t->sport << 16 |
			    (__force u32)t->dport, seed);
}

static u32 hash_session6(const void *data, u32 len, u32 seed)
{
	const struct nat64_session *s = data;

	return hash6(&s->t6, len, seed);
}

static u32 hash_session4(const void *data, u32 len, u32 seed)
{
	const struct nat64_session *s = data;

	return hash4(&s->t4, len, seed);
}

/* Non-zero if the keys differ. Word by word, as both have no padding. */
static int differs6(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_tuple6 *a = arg->key;
	const struct nat64_tuple6 *b = &((const struct nat64_session *)obj)->t6;

	return !ipv6_addr_equal(&a->src, &b->src) ||
	       !ipv6_addr_equal(&a->dst, &b->dst) ||
	       a->sport != b->sport || a->dport != b->dport ||
	       a->proto != b->proto;
}

static int differs4(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_tuple4 *a = arg->key;
	const struct nat64_tuple4 *b = &((const struct nat64_session *)obj)->t4;

	return a->src != b->src || a->dst != b->dst || a->sport != b->sport ||
	       a->dport != b->dport || a->proto != b->proto;
}

static const struct rhashtable_params params6 = {
	.head_offset = offsetof(struct nat64_session, node6),
	.key_offset = offsetof(struct nat64_session, t6),
	.key_len = sizeof(struct nat64_tuple6),
	.hashfn = hash6,
	.obj_hashfn = hash_session6,
	.obj_cmpfn = differs6,
	.automatic_shrinking = true,
};

static const struct rhashtable_params params4 = {
	.head_offset = offsetof(struct nat64_session, node4),
	.key_offset = offsetof(struct nat64_session, t4),
	.key_len = sizeof(struct nat64_tuple4),
	.hashfn = hash4,
	.obj_hashfn = hash_session4,
	.obj_cmpfn = differs4,
	.automatic_shrinking = true,
};

/**
 * nat64_session_table_find6() - session by the tuple of its IPv6 side
 * @st: state of the instance
 * @t6: tuple
 *
 * Context: under RCU.
 * Return: the session, which may have expired, or NULL.
 */
struct nat64_session *
nat64_session_table_find6(struct nat64_state *st, const struct nat64_tuple6 *t6)
{
	return rhashtable_lookup(&st->sess6, t6, params6);
}

/**
 * nat64_session_table_find4() - session by the tuple of its IPv4 side
 * @st: state of the instance
 * @t4: tuple
 *
 * Context: under RCU.
 * Return: the session, which may have expired, or NULL.
 */
struct nat64_session *
nat64_session_table_find4(struct nat64_state *st, const struct nat64_tuple4 *t4)
{
	return rhashtable_lookup(&st->sess4, t4, params4);
}

/**
 * nat64_session_table_insert() - let packets find a session
 * @st: state of the instance
 * @s: the session
 *
 * Context: caller holds the lock of @st.
 * Return: 0, or -errno with the session in neither table.
 */
int nat64_session_table_insert(struct nat64_state *st, struct nat64_session *s)
{
	int err;

	lockdep_assert_held(&st->lock);
	err = rhashtable_lookup_insert_key(&st->sess6, &s->t6, &s->node6,
					   params6);
	if (err)
		return err;
	err = rhashtable_lookup_insert_key(&st->sess4, &s->t4, &s->node4,
					   params4);
	if (err)
		rhashtable_remove_fast(&st->sess6, &s->node6, params6);
	return err;
}

/**
 * nat64_session_table_remove() - let no packet find a session any more
 * @st: state of the instance
 * @s: the session
 *
 * Context: caller holds the lock of @st.
 */
void nat64_session_table_remove(struct nat64_state *st, struct nat64_session *s)
{
	lockdep_assert_held(&st->lock);
	rhashtable_remove_fast(&st->sess6, &s->node6, params6);
	rhashtable_remove_fast(&st->sess4, &s->node4, params4);
}

struct walk {
	int (*fn)(struct nat64_session *s, void *arg);
	void *arg;
};

static int walk_one(void *obj, void *arg)
{
	struct walk *w = arg;

	return w->fn(obj, w->arg);
}

/**
 * nat64_session_walk() - visit sessions
 * @st: state of the instance
 * @c: where to go on, updated
 * @budget: about how many to visit
 * @fn: called for each; negative: stop, the same comes first the next time
 * @arg: handed to @fn
 *
 * Context: under RCU.
 * Return: 0 at the end, 1 if the budget is used up, or what @fn returned.
 */
int nat64_session_walk(struct nat64_state *st, struct nat64_cursor *c,
		       unsigned int budget,
		       int (*fn)(struct nat64_session *s, void *arg),
		       void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };

	return nat64_walk(&st->sess6, c, budget, walk_one, &w);
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
	int err = rhashtable_init(&st->sess6, &params6);

	if (err)
		return err;
	err = rhashtable_init(&st->sess4, &params4);
	if (err)
		rhashtable_destroy(&st->sess6);
	return err;
}

/**
 * nat64_session_tables_destroy() - free all sessions, then the tables
 * @st: state of an instance that no packet sees
 * @free: frees a session
 *
 * Leaves the bindings with dangling lists: they are to be freed next.
 *
 * Context: process.
 */
void nat64_session_tables_destroy(struct nat64_state *st,
				  void (*free)(void *session, void *arg))
{
	rhashtable_destroy(&st->sess4);
	rhashtable_free_and_destroy(&st->sess6, free, NULL);
}
