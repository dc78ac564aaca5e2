/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash tables that grow and shrink while packets use them.
 *
 * Objects hang in singly linked chains, so that an object pays one pointer for
 * being in a table. Whoever looks something up does so under RCU alone; a
 * change of a chain is made under the lock of a stretch of hashes, of which a
 * table has NAT64_HASH_LOCKS. These locks are leaves: nothing is called and no
 * other lock is taken under them.
 *
 * A table of another size is filled one bucket after the other while both are
 * in use. An object is in the chain of the new table before it leaves the old
 * one, but a chain may lead astray whoever walks it at that moment. What is
 * found is right all the same, and what is not found is looked for again under
 * the lock. New objects go to the new table at once.
 *
 * A bucket is a stretch of hashes, given by the upper bits. A lock covers whole
 * buckets whatever the size of the table is, and a walk knows by the hash alone
 * where it goes on.
 */
#ifndef NAT64_HASH_H
#define NAT64_HASH_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/in6.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#define NAT64_HASH_ORDER_MIN	9	/* no fewer buckets than locks */
#define NAT64_HASH_ORDER_MAX	26
#define NAT64_HASH_LOCK_ORDER	8
#define NAT64_HASH_LOCKS	BIT(NAT64_HASH_LOCK_ORDER)
#define NAT64_HASH_WORDS	8	/* of a key, at most; even */

/**
 * struct nat64_hash_key - what nobody outside knows, for the hashes
 * @word: one for each word of a key
 * @mix: odd
 */
struct nat64_hash_key {
	u32 word[NAT64_HASH_WORDS];
	u64 mix;
};

void nat64_hash_key_init(struct nat64_hash_key *key);

/**
 * nat64_hash_pair() - the share of two words in a hash
 * @key: secret of the table
 * @i: number of the pair
 * @a: word
 * @b: word
 *
 * The shares of a key's pairs are added up and given to nat64_hash_end(). This
 * is the hash NH of RFC 4418: whoever does not know the secret finds no two
 * keys whose sums are equal with more than a chance of 2^-32, whatever words he
 * may choose (K-15).
 *
 * Return: the share.
 */
static __always_inline u64 nat64_hash_pair(const struct nat64_hash_key *key,
					   unsigned int i, u32 a, u32 b)
{
	return (u64)(u32)(key->word[2 * i] + a) *
	       (u32)(key->word[2 * i + 1] + b);
}

/* The share of an IPv6 address, which is the pairs @i and @i + 1 of the key. */
static __always_inline u64 nat64_hash_addr6(const struct nat64_hash_key *key,
					    unsigned int i,
					    const struct in6_addr *addr)
{
	const u32 *word = (__force const u32 *)addr->s6_addr32;

	return nat64_hash_pair(key, i, word[0], word[1]) +
	       nat64_hash_pair(key, i + 1, word[2], word[3]);
}

/**
 * nat64_hash_end() - hash of a key
 * @key: secret of the table
 * @sum: of the shares of all pairs
 *
 * A sum grows evenly where one word does, as ports do. Stirred, such keys fall
 * into buckets at random.
 *
 * Return: the hash; a table goes by its upper bits.
 */
static __always_inline u32 nat64_hash_end(const struct nat64_hash_key *key,
					  u64 sum)
{
	sum = (sum ^ sum >> 32) * key->mix;
	sum = (sum ^ sum >> 29) * key->mix;
	return sum >> 32;
}

/* What an object has for each table that it is in; it never changes hands. */
struct nat64_node {
	struct nat64_node __rcu *next;
};

/**
 * struct nat64_buckets - one size of a table
 * @next: the size that objects move to; NULL: they stay. Set a grace period
 *	before the first of them moves
 * @shift: what a hash is shifted by to make an index
 * @head: the chains
 */
struct nat64_buckets {
	struct nat64_buckets __rcu *next;
	u32 shift;
	struct nat64_node __rcu *head[] ____cacheline_aligned_in_smp;
};

/**
 * struct nat64_hash - a table
 * @buckets: what it consists of; written under @resize
 * @key: what nobody outside knows, for the hashes
 * @grow_at: number of objects above which it is to grow
 * @hash_of: hash of an object in it
 * @n: number of objects; its users count
 * @work: gives it another size
 * @resize: held while objects move, and while objects are visited in turn
 * @lock: by the upper bits of the hash; BH off. They fill cache lines of their
 *	own: whoever inserts does not slow those down who look something up
 */
struct nat64_hash {
	struct nat64_buckets __rcu *buckets;
	struct nat64_hash_key key;
	u32 grow_at;
	u32 (*hash_of)(const struct nat64_node *node,
		       const struct nat64_hash_key *key);
	const atomic_t *n;
	struct work_struct work;
	struct mutex resize;	/* size, walks */
	/* chains */
	spinlock_t lock[NAT64_HASH_LOCKS] ____cacheline_aligned_in_smp;
};

/* what a lookup reads is one line, which no lock is in */
static_assert(offsetofend(struct nat64_hash, hash_of) <= 64);

/**
 * struct nat64_cursor - where a walk goes on; all zero: at the start
 * @hash: the next hash
 * @shift: size of the table in which @skip was counted
 * @skip: objects of the bucket of @hash that are done
 *
 * Plain data: a walk may be given up at any time, and the table may go away
 * between two steps.
 */
struct nat64_cursor {
	u64 hash;
	u32 shift;
	u32 skip;
};

/* Whether an object is the one that is looked for. */
typedef bool (*nat64_match_fn)(const struct nat64_node *node, const void *key);
/* Negative: stop, the same object comes first the next time. */
typedef int (*nat64_visit_fn)(struct nat64_node *node, void *arg);

struct nat64_node *nat64_hash_find_moving(struct nat64_hash *h, u32 hash,
					  const void *key,
					  nat64_match_fn match);

/**
 * nat64_hash_find() - look an object up
 * @h: the table
 * @hash: hash of @key
 * @key: what @match compares with
 * @match: tells whether an object has that key
 *
 * Inline, and to be inlined with @match: this is what an established flow is
 * found by.
 *
 * Context: under RCU.
 * Return: the object's node, or NULL.
 */
static __always_inline struct nat64_node *
nat64_hash_find(struct nat64_hash *h, u32 hash, const void *key,
		nat64_match_fn match)
{
	const struct nat64_buckets *b = rcu_dereference(h->buckets);
	struct nat64_node *n = rcu_dereference(b->head[hash >> b->shift]);

	for (; n; n = rcu_dereference(n->next))
		if (match(n, key))
			return n;
	if (likely(!rcu_access_pointer(b->next)))
		return NULL;
	return nat64_hash_find_moving(h, hash, key, match);
}

/* Under RCU, with BH off. An object is inserted once in its life. */
void nat64_hash_insert(struct nat64_hash *h, struct nat64_node *node, u32 hash);
void nat64_hash_remove(struct nat64_hash *h, struct nat64_node *node, u32 hash);

/* Process context, not under RCU. */
int nat64_hash_walk(struct nat64_hash *h, struct nat64_cursor *c,
		    unsigned int budget, nat64_visit_fn fn, void *arg);
/* There may be fewer objects by far than it has room for. Any context. */
void nat64_hash_trim(struct nat64_hash *h);

/* 0 or -ENOMEM. Process context. */
int nat64_hash_init(struct nat64_hash *h, const atomic_t *n,
		    u32 (*hash_of)(const struct nat64_node *node,
				   const struct nat64_hash_key *key));
/* Whatever is in it is the caller's. Process context. */
void nat64_hash_destroy(struct nat64_hash *h);

#endif /* NAT64_HASH_H */
