// SPDX-License-Identifier: GPL-2.0
#include "hash.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "gfp.h"

/* Buckets to deal with before others get the CPU. */
#define MOVE_BATCH	256
/* A table this many times too big shrinks. */
#define SPARE		8

/**
 * nat64_hash_key_init() - make up a secret
 * @key: where to put it
 *
 * Context: any.
 */
void nat64_hash_key_init(struct nat64_hash_key *key)
{
	get_random_bytes(key, sizeof(*key));
	key->mix |= 1;
}

static struct nat64_buckets *buckets_alloc(unsigned int order)
{
	struct nat64_buckets *b;

	b = kvzalloc(struct_size(b, head, 1UL << order), NAT64_GFP);
	if (b)
		b->shift = 32 - order;
	return b;
}

static unsigned int order_of(const struct nat64_buckets *b)
{
	return 32 - b->shift;
}

static spinlock_t *lock_of(struct nat64_hash *h, u32 hash)
{
	return &h->lock[hash >> (32 - NAT64_HASH_LOCK_ORDER)];
}

/* Where new objects of that hash go. Under the lock of the hash. */
static struct nat64_node __rcu **chain_of(struct nat64_hash *h, u32 hash)
{
	struct nat64_buckets *b = rcu_dereference(h->buckets);
	struct nat64_buckets *next = rcu_dereference(b->next);

	if (unlikely(next))
		b = next;
	return &b->head[hash >> b->shift];
}

static struct nat64_node *find_in(const struct nat64_buckets *b, u32 hash,
				  const void *key, nat64_match_fn match)
{
	struct nat64_node *n = rcu_dereference(b->head[hash >> b->shift]);

	for (; n; n = rcu_dereference(n->next))
		if (match(n, key))
			return n;
	return NULL;
}

/**
 * nat64_hash_find_moving() - look an object up while objects move
 * @h: the table
 * @hash: hash of @key
 * @key: what @match compares with
 * @match: tells whether an object has that key
 *
 * For nat64_hash_find() alone.
 *
 * Context: under RCU, holding no lock of @h.
 * Return: the object's node, or NULL.
 */
struct nat64_node *nat64_hash_find_moving(struct nat64_hash *h, u32 hash,
					  const void *key, nat64_match_fn match)
{
	const struct nat64_buckets *b, *next;
	struct nat64_node *n;

	spin_lock_bh(lock_of(h, hash));
	b = rcu_dereference(h->buckets);
	n = find_in(b, hash, key, match);
	next = rcu_dereference(b->next);
	if (!n && next)
		n = find_in(next, hash, key, match);
	spin_unlock_bh(lock_of(h, hash));
	return n;
}

/**
 * nat64_hash_insert() - let an object be found
 * @h: the table
 * @node: its node
 * @hash: its hash
 *
 * Whoever inserts objects of one key holds a lock of his own against others.
 *
 * Context: under RCU, BH off.
 */
void nat64_hash_insert(struct nat64_hash *h, struct nat64_node *node, u32 hash)
{
	struct nat64_node __rcu **chain;

	spin_lock(lock_of(h, hash));
	chain = chain_of(h, hash);
	RCU_INIT_POINTER(node->next, rcu_dereference(*chain));
	rcu_assign_pointer(*chain, node);
	spin_unlock(lock_of(h, hash));
	if (likely(atomic_read(h->n) <= READ_ONCE(h->grow_at)))
		return;
	WRITE_ONCE(h->grow_at, U32_MAX);
	queue_work(system_dfl_wq, &h->work);
}

static bool unlink_from(struct nat64_buckets *b, struct nat64_node *node,
			u32 hash)
{
	struct nat64_node __rcu **link = &b->head[hash >> b->shift];
	struct nat64_node *n;

	for (; (n = rcu_dereference(*link)); link = &n->next) {
		if (n != node)
			continue;
		/* whoever stands on it goes on to the rest */
		rcu_assign_pointer(*link, rcu_dereference(node->next));
		return true;
	}
	return false;
}

/**
 * nat64_hash_remove() - let an object be found no more
 * @h: the table
 * @node: its node
 * @hash: its hash
 *
 * Others may hold it until a grace period has passed.
 *
 * Context: under RCU, BH off.
 */
void nat64_hash_remove(struct nat64_hash *h, struct nat64_node *node, u32 hash)
{
	struct nat64_buckets *b, *next;

	spin_lock(lock_of(h, hash));
	b = rcu_dereference(h->buckets);
	next = rcu_dereference(b->next);
	if (!unlink_from(b, node, hash))
		WARN_ON_ONCE(!next || !unlink_from(next, node, hash));
	spin_unlock(lock_of(h, hash));
}

/* The new chain has the object before the old one loses it. */
static void move_bucket(struct nat64_hash *h, struct nat64_buckets *from,
			struct nat64_buckets *to, u32 i)
{
	spinlock_t *lock = lock_of(h, i << from->shift);
	struct nat64_node __rcu **chain;
	struct nat64_node *n, *rest;

	spin_lock_bh(lock);
	while ((n = rcu_dereference_protected(from->head[i], true))) {
		rest = rcu_dereference_protected(n->next, true);
		chain = &to->head[h->hash_of(n, &h->key) >> to->shift];
		rcu_assign_pointer(n->next,
				   rcu_dereference_protected(*chain, true));
		rcu_assign_pointer(*chain, n);
		rcu_assign_pointer(from->head[i], rest);
	}
	spin_unlock_bh(lock);
}

static void resize(struct nat64_hash *h, unsigned int order)
{
	struct nat64_buckets *old, *new;
	u32 i;

	lockdep_assert_held(&h->resize);
	old = rcu_dereference_protected(h->buckets, true);
	new = buckets_alloc(order);
	if (!new)
		return;
	rcu_assign_pointer(old->next, new);
	/* from now on nobody inserts into, or believes a miss of, the old */
	synchronize_rcu();
	for (i = 0; i < 1U << order_of(old); i++) {
		move_bucket(h, old, new, i);
		if (i % MOVE_BATCH == 0)
			cond_resched();
	}
	rcu_assign_pointer(h->buckets, new);
	synchronize_rcu();
	kvfree(old);
}

/* Room for as many objects as there are, and for twice that when it shrinks. */
static unsigned int good_order(const struct nat64_hash *h, unsigned int order)
{
	u32 n = atomic_read(h->n);

	if (n > 1U << order)
		order = order_base_2(n);
	else if (n < (1U << order) / SPARE)
		order = n ? order_base_2(n) + 1 : 0;
	return clamp_t(unsigned int, order, NAT64_HASH_ORDER_MIN,
		       NAT64_HASH_ORDER_MAX);
}

static void resize_work(struct work_struct *work)
{
	struct nat64_hash *h = container_of(work, struct nat64_hash, work);
	unsigned int order, want;

	mutex_lock(&h->resize);
	order = order_of(rcu_dereference_protected(h->buckets, true));
	want = good_order(h, order);
	if (want != order)
		resize(h, want);
	/* without memory for more it goes on with longer chains for a while */
	order = order_of(rcu_dereference_protected(h->buckets, true));
	WRITE_ONCE(h->grow_at, order < want ? 2U << want : 1U << order);
	mutex_unlock(&h->resize);
}

/**
 * nat64_hash_trim() - give a table that has become too big another size
 * @h: the table
 *
 * Context: any.
 */
void nat64_hash_trim(struct nat64_hash *h)
{
	unsigned int order;

	rcu_read_lock();
	order = order_of(rcu_dereference(h->buckets));
	rcu_read_unlock();
	if (good_order(h, order) < order)
		queue_work(system_dfl_wq, &h->work);
}

/* Number of objects visited, or what @fn returned. */
static int visit_bucket(const struct nat64_buckets *b, struct nat64_cursor *c,
			nat64_visit_fn fn, void *arg)
{
	struct nat64_node *n, *next;
	unsigned int i = 0;
	int ret;

	n = rcu_dereference(b->head[c->hash >> b->shift]);
	for (; n; n = next) {
		/* @fn may remove the object, or free it if nobody else can */
		next = rcu_dereference(n->next);
		if (i++ < c->skip)
			continue;
		ret = fn(n, arg);
		if (ret < 0) {
			c->skip = i - 1;
			return ret;
		}
	}
	c->skip = 0;
	return i;
}

static int walk(const struct nat64_buckets *b, struct nat64_cursor *c,
		unsigned int budget, nat64_visit_fn fn, void *arg)
{
	unsigned int used = 0;
	int n;

	/* after a change of size the bucket holds others: twice, but none not */
	if (c->shift != b->shift)
		c->skip = 0;
	c->shift = b->shift;
	while (used < budget) {
		if (c->hash >> 32)
			return 0;
		n = visit_bucket(b, c, fn, arg);
		if (n < 0)
			return n;
		c->hash = ((c->hash >> b->shift) + 1) << b->shift;
		used += n + 1;
	}
	return 1;
}

/**
 * nat64_hash_walk() - visit objects of a table
 * @h: the table
 * @c: where to go on, updated
 * @budget: about how many objects and buckets to visit
 * @fn: called for each; may remove the object it is given
 * @arg: handed to @fn
 *
 * An object that is in the table from the first step to the last is visited at
 * least once, whatever becomes of the size of the table, unless @fn stops the
 * walk: then one may be missed if others of its bucket are removed between two
 * steps.
 *
 * Context: process, may sleep. @fn is called under RCU, and may take locks that
 * insertion and removal are done under.
 * Return: 0 at the end; 1 if the budget is used up; otherwise what @fn returned.
 */
int nat64_hash_walk(struct nat64_hash *h, struct nat64_cursor *c,
		    unsigned int budget, nat64_visit_fn fn, void *arg)
{
	int ret;

	mutex_lock(&h->resize);
	rcu_read_lock();
	ret = walk(rcu_dereference(h->buckets), c, budget, fn, arg);
	rcu_read_unlock();
	mutex_unlock(&h->resize);
	return ret;
}

/**
 * nat64_hash_init() - an empty table
 * @h: the table
 * @n: where its user keeps the number of its objects
 * @hash_of: hash of an object that is in it
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nat64_hash_init(struct nat64_hash *h, const atomic_t *n,
		    u32 (*hash_of)(const struct nat64_node *node,
				   const struct nat64_hash_key *key))
{
	struct nat64_buckets *b = buckets_alloc(NAT64_HASH_ORDER_MIN);
	unsigned int i;

	if (!b)
		return -ENOMEM;
	nat64_hash_key_init(&h->key);
	h->grow_at = 1U << NAT64_HASH_ORDER_MIN;
	h->hash_of = hash_of;
	h->n = n;
	INIT_WORK(&h->work, resize_work);
	mutex_init(&h->resize);
	for (i = 0; i < NAT64_HASH_LOCKS; i++)
		spin_lock_init(&h->lock[i]);
	RCU_INIT_POINTER(h->buckets, b);
	return 0;
}

/**
 * nat64_hash_destroy() - free a table
 * @h: a table that nobody uses any more
 *
 * Context: process.
 */
void nat64_hash_destroy(struct nat64_hash *h)
{
	cancel_work_sync(&h->work);
	kvfree(rcu_dereference_protected(h->buckets, true));
}
