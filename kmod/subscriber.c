// SPDX-License-Identifier: GPL-2.0
#include "subscriber.h"

#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "alarm.h"
#include "config.h"

/* What may come at once: as much as a second brings. */
#define BURST	NSEC_PER_SEC

struct sub_key {
	struct in6_addr addr;
	u32 len;
};

/**
 * struct nat64_sub - a subscriber
 * @node: in the table
 * @key: its prefix
 * @n_ports: bindings; it goes with the last
 * @rearm: of nat64_alarm(), about @n_ports
 * @n_sessions: sessions of these
 * @blocks: of ports, see portblock.h
 * @next: when the next session would come if they came evenly, nanoseconds
 * @rcu: readers may hold it until a grace period has passed
 */
struct nat64_sub {
	struct nat64_node node;
	struct sub_key key;
	atomic_t n_ports;
	u32 rearm;
	atomic_t n_sessions;
	struct list_head blocks;
	atomic64_t next;
	struct rcu_head rcu;
};

static u32 hash_key(const struct sub_key *key, const struct nat64_hash_key *k)
{
	return nat64_hash_end(k, nat64_hash_addr6(k, 0, &key->addr) +
				 nat64_hash_pair(k, 2, key->len, 0));
}

static struct nat64_sub *sub_of(const struct nat64_node *node)
{
	return container_of(node, struct nat64_sub, node);
}

static u32 hash_node(const struct nat64_node *node,
		     const struct nat64_hash_key *k)
{
	return hash_key(&sub_of(node)->key, k);
}

static bool match(const struct nat64_node *node, const void *arg)
{
	const struct sub_key *a = &sub_of(node)->key, *b = arg;

	return a->len == b->len && ipv6_addr_equal(&a->addr, &b->addr);
}

int nat64_subs_init(struct nat64_subs *subs)
{
	spin_lock_init(&subs->lock);
	return nat64_hash_init(&subs->hash, &subs->n, hash_node);
}

void nat64_subs_destroy(struct nat64_subs *subs)
{
	nat64_hash_destroy(&subs->hash);
}

/* With one more binding; NULL: there is none, or it is about to go. */
static struct nat64_sub *find(struct nat64_subs *subs, const struct sub_key *key)
{
	struct nat64_node *node;

	node = nat64_hash_find(&subs->hash, hash_key(key, &subs->hash.key), key,
			       match);
	if (!node || !atomic_inc_not_zero(&sub_of(node)->n_ports))
		return NULL;
	return sub_of(node);
}

static struct nat64_sub *create(struct nat64_subs *subs, const struct sub_key *key)
{
	struct nat64_sub *sub;

	lockdep_assert_held(&subs->lock);
	sub = find(subs, key);
	if (sub)
		return sub;
	sub = kzalloc(sizeof(*sub), GFP_ATOMIC | __GFP_NOWARN);
	if (!sub)
		return NULL;
	sub->key = *key;
	INIT_LIST_HEAD(&sub->blocks);
	atomic_set(&sub->n_ports, 1);
	atomic_inc(&subs->n);
	nat64_hash_insert(&subs->hash, &sub->node,
			  hash_key(key, &subs->hash.key));
	return sub;
}

/* When the session after this one may come; 0: this one may not. */
static u64 next_of(const struct nat64_sub *sub, u32 rate, u64 now)
{
	u64 next = max_t(u64, atomic64_read(&sub->next), now);

	return next - now > BURST - NSEC_PER_SEC / rate ? 0 :
	       next + NSEC_PER_SEC / rate;
}

static bool within_rate(const struct nat64_sub *sub,
			const struct nat64_settings *set)
{
	return !set->subscriber_rate ||
	       next_of(sub, set->subscriber_rate, ktime_get_ns());
}

static bool within_sessions(const struct nat64_sub *sub,
			    const struct nat64_settings *set)
{
	return !set->subscriber_max_sessions ||
	       atomic_read(&sub->n_sessions) < set->subscriber_max_sessions;
}

/* What a binding is refused for, its first session included. */
static enum nat64_drop check(const struct nat64_sub *sub,
			     const struct nat64_settings *set)
{
	if (set->subscriber_max_ports &&
	    atomic_read(&sub->n_ports) > set->subscriber_max_ports)
		return NAT64_DROP_SUBSCRIBER_PORTS;
	if (!within_sessions(sub, set))
		return NAT64_DROP_SUBSCRIBER_SESSIONS;
	return within_rate(sub, set) ? NAT64_DROP_NONE :
				       NAT64_DROP_SUBSCRIBER_RATE;
}

struct nat64_sub *nat64_sub_get(struct nat64_subs *subs,
				const struct nat64_settings *set,
				const struct in6_addr *host)
{
	struct sub_key key = { .len = set->subscriber_prefix_len };
	struct nat64_sub *sub;
	enum nat64_drop drop;

	ipv6_addr_prefix(&key.addr, host, key.len);
	sub = find(subs, &key);
	if (!sub) {
		spin_lock_bh(&subs->lock);
		sub = create(subs, &key);
		spin_unlock_bh(&subs->lock);
	}
	if (!sub)
		return ERR_PTR(-NAT64_DROP_NO_MEMORY);
	drop = check(sub, set);
	if (!drop)
		return sub;
	nat64_sub_put(subs, sub);
	return ERR_PTR(-(long)drop);
}

void nat64_sub_put(struct nat64_subs *subs, struct nat64_sub *sub)
{
	if (!sub)
		return;
	nat64_alarm_less(&sub->rearm, atomic_read(&sub->n_ports) - 1);
	if (!atomic_dec_and_test(&sub->n_ports))
		return;
	/* nobody has it any more, and find() gives it to nobody */
	nat64_hash_remove(&subs->hash, &sub->node,
			  hash_key(&sub->key, &subs->hash.key));
	atomic_dec(&subs->n);
	kfree_rcu(sub, rcu);
}

bool nat64_sub_alarm(struct nat64_sub *sub, const struct nat64_settings *set)
{
	return set->subscriber_max_ports &&
	       nat64_alarm(&sub->rearm, atomic_read(&sub->n_ports),
			   set->subscriber_max_ports, set->port_alarm);
}

static bool take_token(struct nat64_sub *sub, const struct nat64_settings *set)
{
	u64 now = ktime_get_ns(), next;
	s64 old;

	if (!set->subscriber_rate)
		return true;
	do {
		old = atomic64_read(&sub->next);
		next = next_of(sub, set->subscriber_rate, now);
		if (!next)
			return false;
	} while (atomic64_cmpxchg(&sub->next, old, next) != old);
	return true;
}

enum nat64_drop nat64_sub_session(struct nat64_sub *sub,
				  const struct nat64_settings *set)
{
	if (!sub)
		return NAT64_DROP_NONE;
	if (!take_token(sub, set))
		return NAT64_DROP_SUBSCRIBER_RATE;
	if (atomic_inc_return(&sub->n_sessions) <=
	    (set->subscriber_max_sessions ?: INT_MAX))
		return NAT64_DROP_NONE;
	atomic_dec(&sub->n_sessions);
	return NAT64_DROP_SUBSCRIBER_SESSIONS;
}

void nat64_sub_session_end(struct nat64_sub *sub)
{
	if (sub)
		atomic_dec(&sub->n_sessions);
}

void nat64_sub_prefix(const struct nat64_sub *sub, struct in6_addr *addr,
		      u8 *len)
{
	*addr = sub->key.addr;
	*len = sub->key.len;
}

struct list_head *nat64_sub_blocks(struct nat64_sub *sub)
{
	return &sub->blocks;
}
