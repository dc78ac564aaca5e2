// SPDX-License-Identifier: GPL-2.0
#include "walk.h"

/*
 * The generation of the table that the cursor is in. One that has been freed
 * had moved all it held to the next one, so starting over there misses nothing.
 */
static struct bucket_table *find_generation(struct rhashtable *ht,
					    struct nat64_cursor *c)
{
	struct bucket_table *first = rht_dereference_rcu(ht->tbl, ht);
	struct bucket_table *tbl = first;

	while (tbl && tbl->hash_rnd != c->seed)
		tbl = rht_dereference_rcu(tbl->future_tbl, ht);
	if (tbl)
		return tbl;
	c->seed = first->hash_rnd;
	c->bucket = 0;
	c->skip = 0;
	return first;
}

/* Number of objects visited, or what @fn returned. */
static int walk_bucket(struct rhashtable *ht, struct bucket_table *tbl,
		       struct nat64_cursor *c, int (*fn)(void *obj, void *arg),
		       void *arg)
{
	struct rhash_head *pos;
	unsigned int n = 0;
	int ret;

	rht_for_each_rcu(pos, tbl, c->bucket) {
		if (n++ < c->skip)
			continue;
		ret = fn((void *)pos - ht->p.head_offset, arg);
		if (ret) {
			c->skip = n - 1;
			return ret;
		}
	}
	c->skip = 0;
	return n;
}

/**
 * nat64_walk() - visit objects of a table
 * @ht: the table
 * @c: where to go on, updated
 * @budget: about how many objects and buckets to visit
 * @fn: called for each; may remove the object it is given. Negative: stop, the
 *	same object comes first the next time
 * @arg: handed to @fn
 *
 * An object that is in the table from the first step to the last is visited at
 * least once, also while the table is resized, unless @fn stops the walk: then
 * one may be missed if others of its bucket are removed between two steps.
 *
 * A resize moves the last object of a bucket to the head of one in the next
 * generation. Standing on it, the loop runs on there: some are seen twice, but
 * none is missed as there was none behind it.
 *
 * Context: under RCU.
 * Return: 0 at the end; 1 if the budget is used up; otherwise what @fn returned.
 */
int nat64_walk(struct rhashtable *ht, struct nat64_cursor *c,
	       unsigned int budget, int (*fn)(void *obj, void *arg), void *arg)
{
	struct bucket_table *tbl = find_generation(ht, c);
	unsigned int used = 0;
	int n;

	while (used < budget) {
		if (c->bucket >= tbl->size) {
			tbl = rht_dereference_rcu(tbl->future_tbl, ht);
			if (!tbl)
				return 0;
			c->seed = tbl->hash_rnd;
			c->bucket = 0;
		}
		n = walk_bucket(ht, tbl, c, fn, arg);
		if (n < 0)
			return n;
		c->bucket++;
		used += n + 1;
	}
	return 1;
}
