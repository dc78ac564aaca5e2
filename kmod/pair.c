// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "gfp.h"

/**
 * nat64_pairs_create() - room for what the CPUs remember
 *
 * Context: process.
 * Return: the room, or NULL.
 */
struct nat64_pairs __percpu *nat64_pairs_create(void)
{
	struct nat64_pairs __percpu *pairs;
	struct nat64_pair_table *t;
	int cpu;

	pairs = alloc_percpu_gfp(struct nat64_pairs, NAT64_GFP);
	if (!pairs)
		return NULL;
	for_each_possible_cpu(cpu) {
		t = kvzalloc_node(sizeof(*t), NAT64_GFP,
				  cpu_to_node(cpu));
		if (!t) {
			nat64_pairs_destroy(pairs);
			return NULL;
		}
		nat64_hash_key_init(&t->key);
		per_cpu_ptr(pairs, cpu)->table = t;
	}
	return pairs;
}

static void forget(struct nat64_pair *p, unsigned int n)
{
	while (n--)
		nat64_way_clear(&p[n].way);
}

/**
 * nat64_pairs_destroy() - forget the pairs
 * @pairs: of the namespace; no packet looks at them any more. NULL is fine
 *
 * Context: process.
 */
void nat64_pairs_destroy(struct nat64_pairs __percpu *pairs)
{
	struct nat64_pair_table *t;
	int cpu;

	if (!pairs)
		return;
	for_each_possible_cpu(cpu) {
		t = per_cpu_ptr(pairs, cpu)->table;
		if (!t)
			continue;
		forget(t->from6[0], NAT64_PAIR_WAYS << NAT64_PAIR_BITS);
		forget(t->from4[0], NAT64_PAIR_WAYS << NAT64_PAIR_BITS);
		kvfree(t);
	}
	free_percpu(pairs);
}

/* Where to keep a pair for which @found is what is known of it already. */
static struct nat64_pair *place(struct nat64_pair_table *t,
				struct nat64_pair *row,
				struct nat64_pair *found)
{
	unsigned int i;

	if (found)
		return found;
	for (i = 0; i < NAT64_PAIR_WAYS; i++)
		if (!row[i].way.dst)
			return &row[i];
	return &row[t->turn++ % NAT64_PAIR_WAYS];
}

static void keep(struct nat64_pair *p, const struct nat64_pair *new)
{
	struct dst_entry *old = p->way.dst;

	*p = *new;
	dst_hold(new->way.dst);
	dst_release(old);
}

/**
 * nat64_pair_keep64() - remember what becomes of a pair that came as IPv6
 * @pairs: of the namespace
 * @new: the pair, with its route
 *
 * Context: softirq, or BH off.
 */
void nat64_pair_keep64(struct nat64_pairs __percpu *pairs,
		       const struct nat64_pair *new)
{
	struct nat64_pair_table *t = this_cpu_read(pairs->table);

	keep(place(t, nat64_pair_row64(t, &new->src6, &new->dst6, new->proto),
		   nat64_pair_find64(pairs, &new->src6, &new->dst6,
				     new->proto)), new);
}

/**
 * nat64_pair_keep46() - remember what becomes of a pair that came as IPv4
 * @pairs: of the namespace
 * @new: the pair, with its route
 *
 * Context: softirq, or BH off.
 */
void nat64_pair_keep46(struct nat64_pairs __percpu *pairs,
		       const struct nat64_pair *new)
{
	struct nat64_pair_table *t = this_cpu_read(pairs->table);

	keep(place(t, nat64_pair_row46(t, new->src4, new->dst4, new->proto),
		   nat64_pair_find46(pairs, new->src4, new->dst4,
				     new->proto)), new);
}
