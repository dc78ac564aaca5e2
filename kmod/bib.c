// SPDX-License-Identifier: GPL-2.0
#include "bib.h"

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "config.h"
#include "net.h"
#include "netlink.h"
#include "session.h"

/* Sessions to destroy before others get the lock and the CPU. */
#define KILL_BATCH	64
/* Objects to free before others get the CPU. */
#define FREE_BATCH	256

static struct kmem_cache *slab;

/* An IPv4 transport address: what the other table is keyed by. */
struct key4 {
	__be32 addr;
	__be16 port;
	u8 l4;
};

static u32 hash_key6(const struct nat64_bib_key6 *key,
		     const struct nat64_hash_key *k)
{
	u32 port = (__force u32)key->port << 16 | key->l4;

	return nat64_hash_end(k, nat64_hash_addr6(k, 0, &key->addr) +
				 nat64_hash_pair(k, 2, port, 0));
}

static u32 hash_key4(const struct key4 *key, const struct nat64_hash_key *k)
{
	u32 port = (__force u32)key->port << 16 | key->l4;

	return nat64_hash_end(k, nat64_hash_pair(k, 0, (__force u32)key->addr,
						 port));
}

static struct key4 key4_of(const struct nat64_bib *bib)
{
	return (struct key4) {
		.addr = bib->port.addr,
		.port = bib->port.port,
		.l4 = bib->key6.l4,
	};
}

static struct nat64_bib *bib_of6(const struct nat64_node *node)
{
	return container_of(node, struct nat64_bib, node6);
}

static struct nat64_bib *bib_of4(const struct nat64_node *node)
{
	return container_of(node, struct nat64_bib, node4);
}

static u32 hash_node6(const struct nat64_node *node,
		      const struct nat64_hash_key *k)
{
	return bib_of6(node)->hash6;
}

static u32 hash_node4(const struct nat64_node *node,
		      const struct nat64_hash_key *k)
{
	struct key4 key = key4_of(bib_of4(node));

	return hash_key4(&key, k);
}

static bool match6(const struct nat64_node *node, const void *arg)
{
	const struct nat64_bib_key6 *a = &bib_of6(node)->key6, *b = arg;

	return a->port == b->port && a->l4 == b->l4 &&
	       ipv6_addr_equal(&a->addr, &b->addr);
}

static bool match4(const struct nat64_node *node, const void *arg)
{
	const struct key4 a = key4_of(bib_of4(node)), *b = arg;

	return a.addr == b->addr && a.port == b->port && a.l4 == b->l4;
}

/* The tables of both sides: the five functions that know what they are. */
static struct nat64_bib *table_find6(struct nat64_state *st,
				     const struct nat64_bib_key6 *key,
				     u32 hash6)
{
	struct nat64_node *node;

	node = nat64_hash_find(&st->bib6, hash6, key, match6);
	return node ? bib_of6(node) : NULL;
}

static struct nat64_bib *table_find4(struct nat64_state *st,
				     const struct key4 *key)
{
	struct nat64_node *node;

	node = nat64_hash_find(&st->bib4, hash_key4(key, &st->bib4.key), key,
			       match4);
	return node ? bib_of4(node) : NULL;
}

static void table_insert(struct nat64_state *st, struct nat64_bib *bib)
{
	nat64_hash_insert(&st->bib6, &bib->node6, bib->hash6);
	nat64_hash_insert(&st->bib4, &bib->node4,
			  hash_node4(&bib->node4, &st->bib4.key));
}

static void table_remove(struct nat64_state *st, struct nat64_bib *bib)
{
	nat64_hash_remove(&st->bib6, &bib->node6, bib->hash6);
	nat64_hash_remove(&st->bib4, &bib->node4,
			  hash_node4(&bib->node4, &st->bib4.key));
}

struct walk {
	int (*fn)(struct nat64_bib *bib, void *arg);
	void *arg;
};

static int walk_one(struct nat64_node *node, void *arg)
{
	struct walk *w = arg;

	return w->fn(bib_of6(node), w->arg);
}

/**
 * nat64_bib_walk() - visit bindings
 * @st: state of the instance
 * @c: where to go on, updated
 * @budget: about how many to visit
 * @fn: called for each; negative: stop, the same comes first the next time
 * @arg: handed to @fn
 *
 * Context: process, not under RCU; @fn is called under it.
 * Return: 0 at the end, 1 if the budget is used up, or what @fn returned.
 */
int nat64_bib_walk(struct nat64_state *st, struct nat64_cursor *c,
		   unsigned int budget,
		   int (*fn)(struct nat64_bib *bib, void *arg), void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };

	return nat64_hash_walk(&st->bib6, c, budget, walk_one, &w);
}

static struct nat64_bib_key6 key6(enum nat64_l4_idx l4,
				  const struct in6_addr *addr, __be16 port)
{
	return (struct nat64_bib_key6) {
		.addr = *addr, .port = port, .l4 = l4, .pad = 0,
	};
}

/**
 * nat64_bib_hash6() - hash of an IPv6 transport address
 * @st: state of the instance
 * @l4: protocol
 * @addr: IPv6 host
 * @port: port or identifier, network byte order
 *
 * Context: any.
 * Return: what its binding is found by, and its lock.
 */
u32 nat64_bib_hash6(struct nat64_state *st, enum nat64_l4_idx l4,
		    const struct in6_addr *addr, __be16 port)
{
	struct nat64_bib_key6 key = key6(l4, addr, port);

	return hash_key6(&key, &st->bib6.key);
}

/**
 * nat64_bib_find6() - binding of an IPv6 transport address
 * @st: state of the instance
 * @l4: protocol
 * @addr: IPv6 host
 * @port: port or identifier, network byte order
 * @hash6: nat64_bib_hash6() of all that
 *
 * Context: under RCU.
 * Return: the binding, or NULL.
 */
struct nat64_bib *nat64_bib_find6(struct nat64_state *st, enum nat64_l4_idx l4,
				  const struct in6_addr *addr, __be16 port,
				  u32 hash6)
{
	struct nat64_bib_key6 key = key6(l4, addr, port);

	return table_find6(st, &key, hash6);
}

/**
 * nat64_bib_find4() - binding of an IPv4 transport address
 * @st: state of the instance
 * @l4: protocol
 * @addr: pool4 address, network byte order
 * @port: port or identifier, network byte order
 *
 * Context: under RCU.
 * Return: the binding, or NULL.
 */
struct nat64_bib *nat64_bib_find4(struct nat64_state *st, enum nat64_l4_idx l4,
				  __be32 addr, __be16 port)
{
	const struct key4 key = { .addr = addr, .port = port, .l4 = l4 };

	return table_find4(st, &key);
}

/* Bind @key to @g, which becomes the binding's only on success. */
static struct nat64_bib *bib_create(struct nat64_state *st,
				    const struct nat64_bib_key6 *key,
				    u32 hash6,
				    const struct nat64_grant *g,
				    bool is_static)
{
	struct nat64_bib *bib;

	lockdep_assert_held(nat64_bib_lock6(st, hash6));
	/* The pool4 of an old configuration may still serve a packet whose
	 * range nat64_state_flush_dead() has dealt with already.
	 */
	if (nat64_pool4_range_dead(g->port.range))
		return ERR_PTR(-NAT64_DROP_NO_POOL);
	bib = kmem_cache_zalloc(slab, GFP_ATOMIC | __GFP_NOWARN);
	if (!bib)
		return ERR_PTR(-NAT64_DROP_NO_MEMORY);
	bib->key6 = *key;
	bib->hash6 = hash6;
	bib->port = g->port;
	bib->sub = g->sub;
	if (unlikely(g->block)) {
		bib->block = g->block;
		bib->in_block = true;
	}
	bib->sessions = RB_ROOT;
	bib->is_static = is_static;
	nat64_note_peak(&st->peak_bib, atomic_inc_return(&st->n_bib));
	table_insert(st, bib);
	nat64_count(st->xlat->stats, NAT64_CNT_BIB_CREATED);
	/* a block has been told of as a whole */
	if (likely(!g->block))
		nat64_nl_event(st->xlat, NAT64_EVENT_BIB_NEW, bib);
	return bib;
}

static noinline void alarm(struct nat64_state *st, u32 event, const struct nat64_bib *bib)
{
	nat64_count(st->xlat->stats, NAT64_CNT_PORT_ALARMS);
	nat64_nl_event(st->xlat, event, bib);
}

static void check_alarms(struct nat64_state *st,
			 const struct nat64_settings *set,
			 const struct nat64_bib *bib, struct nat64_sub *sub)
{
	if (unlikely(bib->port.alarm))
		alarm(st, NAT64_EVENT_PORT_ALARM, bib);
	if (unlikely(sub) && nat64_sub_alarm(sub, set))
		alarm(st, NAT64_EVENT_SUBSCRIBER_ALARM, bib);
}

static enum nat64_drop alloc_port(struct nat64_state *st,
				  const struct nat64_config *cfg,
				  const struct nat64_pool4_want *want,
				  struct nat64_pool4_place *place,
				  struct nat64_grant *g)
{
	int err = 0;

	if (!place->known)
		err = nat64_pool4_place(cfg->pool4, want, place);
	if (!err && cfg->set.port_blocks)
		err = nat64_portblock_alloc(st, cfg, place, want, g);
	else if (!err)
		err = nat64_pool4_alloc(cfg->pool4, place, want, &g->port);

	switch (err) {
	case 0:
		return NAT64_DROP_NONE;
	case -ENOENT:
		return NAT64_DROP_NO_POOL;
	case -ENOSPC:
		nat64_state_shortage(st, NAT64_DROP_POOL_EXHAUSTED);
		return NAT64_DROP_POOL_EXHAUSTED;
	default:
		return NAT64_DROP_NO_MEMORY;
	}
}

/**
 * nat64_bib_get_or_create() - binding of a packet's source
 * @st: state of the instance
 * @cfg: configuration that the packet sees
 * @want: source of the packet and what else the choice of a port depends on
 * @place: where in pool4 the host belongs, looked up if it is not known yet
 * @hash6: nat64_bib_hash6() of the source
 *
 * One that is new and gets no session is to be given to nat64_bib_release().
 *
 * RFC 6146 section 3.5.1.1 and 3.5.2.3.
 *
 * Context: under RCU, caller holds the lock of the binding.
 * Return: the binding, or ERR_PTR() of the negative of an enum nat64_drop.
 */
struct nat64_bib *nat64_bib_get_or_create(struct nat64_state *st,
					  const struct nat64_config *cfg,
					  const struct nat64_pool4_want *want,
					  struct nat64_pool4_place *place,
					  u32 hash6)
{
	struct nat64_bib_key6 key = key6(want->l4, want->host, want->port);
	struct nat64_bib *bib = table_find6(st, &key, hash6);
	struct nat64_grant g = {};
	enum nat64_drop drop;

	lockdep_assert_held(nat64_bib_lock6(st, hash6));
	if (bib)
		return bib;
	if (atomic_read(&st->n_bib) >= cfg->set.max_bib) {
		nat64_state_shortage(st, NAT64_DROP_MAX_BIB);
		return ERR_PTR(-NAT64_DROP_MAX_BIB);
	}
	if (nat64_sub_needed(&cfg->set))
		g.sub = nat64_sub_get(&st->subs, &cfg->set, want->host);
	if (IS_ERR(g.sub)) {
		nat64_state_shortage(st, -PTR_ERR(g.sub));
		return ERR_CAST(g.sub);
	}
	drop = alloc_port(st, cfg, want, place, &g);
	if (drop) {
		nat64_sub_put(&st->subs, g.sub);
		return ERR_PTR(-(long)drop);
	}
	bib = bib_create(st, &key, hash6, &g, false);
	if (IS_ERR(bib)) {
		nat64_pool4_free(&g.port, want->l4);
		if (g.block)
			nat64_portblock_put(st, g.block);
		nat64_sub_put(&st->subs, g.sub);
		return bib;
	}
	check_alarms(st, &cfg->set, bib, g.sub);
	return bib;
}

/* Nobody finds it any more; its sessions go on until they are destroyed. */
static void bib_unlink(struct nat64_state *st, struct nat64_bib *bib)
{
	lockdep_assert_held(nat64_bib_lock(st, bib));
	WRITE_ONCE(bib->dead, true);
	table_remove(st, bib);
}

static void hold_port(struct nat64_state *st, struct nat64_bib *bib)
{
	nat64_hold_add(&st->hold, &bib->port, bib->key6.l4);
	/* there may have been no session to watch */
	nat64_state_wake(st);
}

/* Whoever has it next is to get nothing that is meant for this host (H-93). */
static void free_port(struct nat64_state *st, struct nat64_bib *bib)
{
	unsigned long time = rcu_dereference(st->xlat->cfg)->set.port_hold;

	if (!time || bib->key6.l4 == NAT64_L4_IDX_TCP)
		nat64_pool4_free(&bib->port, bib->key6.l4);
	else
		hold_port(st, bib);
}

/* Whoever has the binding has one less. */
static void put_owner(struct nat64_state *st, struct nat64_bib *bib)
{
	struct nat64_sub *sub = nat64_bib_sub(bib);

	if (bib->in_block)
		nat64_portblock_put(st, bib->block);
	nat64_sub_put(&st->subs, sub);
}

/* Its port can be bound again, at once or in a while. */
static void bib_finish(struct nat64_state *st, struct nat64_bib *bib)
{
	lockdep_assert_held(nat64_bib_lock(st, bib));
	atomic_dec(&st->n_bib);
	nat64_count(st->xlat->stats, NAT64_CNT_BIB_REMOVED);
	if (!bib->in_block)
		nat64_nl_event(st->xlat, NAT64_EVENT_BIB_DEL, bib);
	free_port(st, bib);
	put_owner(st, bib);
	if (llist_add(&bib->free, &st->dead_bibs))
		nat64_state_reap(st);
}

/**
 * nat64_bib_release() - destroy a binding that nothing needs
 * @st: state of the instance
 * @bib: a binding that has lost a session, or did not get one
 *
 * Context: under RCU, caller holds the lock of the binding.
 */
void nat64_bib_release(struct nat64_state *st, struct nat64_bib *bib)
{
	lockdep_assert_held(nat64_bib_lock(st, bib));
	/* a dead one is finished by whoever unlinked it */
	if (bib->n_sessions || bib->is_static || bib->dead)
		return;
	bib_unlink(st, bib);
	bib_finish(st, bib);
}

/*
 * Destroy the sessions of a binding that the caller has unlinked, then the
 * binding. As it is dead it gets no new ones, and nobody else finishes it.
 */
static void bib_kill(struct nat64_state *st, struct nat64_bib *bib)
{
	spinlock_t *lock = nat64_bib_lock(st, bib);
	struct rb_node *node;
	unsigned int n;

	do {
		rcu_read_lock();
		spin_lock_bh(lock);
		for (n = 0; n < KILL_BATCH; n++) {
			node = rb_first(&bib->sessions);
			if (!node)
				break;
			nat64_session_destroy(st, rb_entry(node,
							   struct nat64_session,
							   bib_node));
		}
		if (!node)
			bib_finish(st, bib);
		spin_unlock_bh(lock);
		rcu_read_unlock();
		cond_resched();
	} while (node);
}

static u32 hash_of_spec(struct nat64_state *st,
			const struct nat64_bib_spec *spec)
{
	return nat64_bib_hash6(st, spec->l4, &spec->addr6, spec->port6);
}

static int add_static(struct nat64_state *st, const struct nat64_config *cfg,
		      const struct nat64_bib_spec *spec, u32 hash6)
{
	struct nat64_bib_key6 key = key6(spec->l4, &spec->addr6, spec->port6);
	struct nat64_grant g = {};
	struct nat64_bib *bib;
	int err;

	lockdep_assert_held(nat64_bib_lock6(st, hash6));
	if (!cfg->pool4)
		return -ENOENT;
	err = nat64_pool4_take(cfg->pool4, spec->l4, spec->addr4, spec->port4,
			       &g.port);
	/* the operator knows whom the port is for now */
	if (err == -EBUSY && nat64_hold_take(&st->hold, spec->l4, spec->addr4,
					     spec->port4, &g.port))
		err = 0;
	if (err)
		return err == -EBUSY ? -EEXIST : err;
	bib = bib_create(st, &key, hash6, &g, true);
	if (!IS_ERR(bib))
		return 0;
	nat64_pool4_free(&g.port, spec->l4);
	return PTR_ERR(bib) == -NAT64_DROP_NO_POOL ? -ENOENT : -ENOMEM;
}

/**
 * nat64_bib_add_static() - bind two transport addresses for good
 * @st: state of the instance
 * @cfg: configuration whose pool4 the IPv4 address comes from
 * @spec: the binding
 *
 * RFC 6146 section 3.1 (H-03).
 *
 * Context: process, takes locks of @st.
 * Return: 0; 1 if it was bound dynamically and has become static; -EEXIST one
 * of the two is bound already, -ENOENT the IPv4 address or port is not in
 * pool4, -ENOMEM.
 */
int nat64_bib_add_static(struct nat64_state *st, const struct nat64_config *cfg,
			 const struct nat64_bib_spec *spec)
{
	u32 hash6 = hash_of_spec(st, spec);
	spinlock_t *lock = nat64_bib_lock6(st, hash6);
	struct nat64_bib *b6, *b4;
	int err;

	rcu_read_lock();
	spin_lock_bh(lock);
	b6 = nat64_bib_find6(st, spec->l4, &spec->addr6, spec->port6, hash6);
	b4 = nat64_bib_find4(st, spec->l4, spec->addr4, spec->port4);
	if (!b6 && !b4) {
		err = add_static(st, cfg, spec, hash6);
	} else if (b6 == b4 && !b6->is_static) {
		b6->is_static = true;
		err = 1;
	} else {
		err = -EEXIST;
	}
	spin_unlock_bh(lock);
	rcu_read_unlock();
	return err;
}

static struct nat64_bib *find_spec(struct nat64_state *st,
				   const struct nat64_bib_spec *spec)
{
	struct nat64_bib *b6, *b4;

	b6 = nat64_bib_find6(st, spec->l4, &spec->addr6, spec->port6,
			     hash_of_spec(st, spec));
	b4 = nat64_bib_find4(st, spec->l4, spec->addr4, spec->port4);
	return b6 == b4 ? b6 : NULL;
}

/**
 * nat64_bib_find_spec() - whether two transport addresses are bound
 * @st: state of the instance
 * @spec: the binding, static or not
 *
 * Context: any.
 * Return: 0 if they are bound to each other, otherwise -ENOENT.
 */
int nat64_bib_find_spec(struct nat64_state *st,
			const struct nat64_bib_spec *spec)
{
	bool is_there;

	rcu_read_lock();
	is_there = find_spec(st, spec);
	rcu_read_unlock();
	return is_there ? 0 : -ENOENT;
}

/**
 * nat64_bib_undo_static() - take nat64_bib_add_static() back
 * @st: state of the instance
 * @spec: what it was given
 * @promoted: it returned 1
 *
 * Context: process, takes locks of @st.
 */
void nat64_bib_undo_static(struct nat64_state *st,
			   const struct nat64_bib_spec *spec, bool promoted)
{
	spinlock_t *lock = nat64_bib_lock6(st, hash_of_spec(st, spec));
	struct nat64_bib *bib;

	if (!promoted) {
		nat64_bib_del(st, spec);
		return;
	}
	rcu_read_lock();
	spin_lock_bh(lock);
	bib = find_spec(st, spec);
	if (bib) {
		bib->is_static = false;
		nat64_bib_release(st, bib);
	}
	spin_unlock_bh(lock);
	rcu_read_unlock();
}

/**
 * nat64_bib_del() - delete a binding and its sessions
 * @st: state of the instance
 * @spec: the binding, static or not
 *
 * Context: process, takes locks of @st.
 * Return: 0, or -ENOENT.
 */
int nat64_bib_del(struct nat64_state *st, const struct nat64_bib_spec *spec)
{
	spinlock_t *lock = nat64_bib_lock6(st, hash_of_spec(st, spec));
	struct nat64_bib *bib;

	rcu_read_lock();
	spin_lock_bh(lock);
	bib = find_spec(st, spec);
	if (bib)
		bib_unlink(st, bib);
	spin_unlock_bh(lock);
	rcu_read_unlock();
	if (!bib)
		return -ENOENT;
	bib_kill(st, bib);
	return 0;
}

struct flush {
	struct nat64_state *st;
	struct nat64_bib *bib;
};

static int unlink_if_dead(struct nat64_bib *bib, void *arg)
{
	struct flush *fl = arg;
	spinlock_t *lock;	/* of the binding */

	if (!nat64_pool4_range_dead(bib->port.range))
		return 0;
	lock = nat64_bib_lock(fl->st, bib);
	spin_lock_bh(lock);
	if (!bib->dead) {
		bib_unlink(fl->st, bib);
		fl->bib = bib;
	}
	spin_unlock_bh(lock);
	return fl->bib ? -EINTR : 0;
}

/**
 * nat64_state_flush_dead() - delete bindings that pool4 has no place for
 * @st: state of the instance
 *
 * For after nat64_pool4_retire(). Deletes static bindings, too.
 *
 * Context: process, takes locks of @st.
 */
void nat64_state_flush_dead(struct nat64_state *st)
{
	struct nat64_cursor c = {};
	int ret;

	/* whoever found the range alive has bound its port after this */
	nat64_state_settle_writers(st);
	do {
		struct flush fl = { .st = st };

		ret = nat64_bib_walk(st, &c, 1024, unlink_if_dead, &fl);
		if (fl.bib)
			bib_kill(st, fl.bib);
		/* the bucket has changed: look at all of it again */
		c.skip = 0;
		cond_resched();
	} while (ret);
}

/**
 * nat64_bib_tables_init() - empty tables
 * @st: state of the instance
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_tables_init(struct nat64_state *st)
{
	int err = nat64_hash_init(&st->bib6, &st->n_bib, hash_node6);

	if (err)
		return err;
	err = nat64_hash_init(&st->bib4, &st->n_bib, hash_node4);
	if (err)
		nat64_hash_destroy(&st->bib6);
	return err;
}

static int free_one(struct nat64_bib *bib, void *arg)
{
	struct nat64_state *st = arg;

	local_bh_disable();
	put_owner(st, bib);
	local_bh_enable();
	nat64_pool4_free(&bib->port, bib->key6.l4);
	kmem_cache_free(slab, bib);
	return 0;
}

/**
 * nat64_bib_tables_destroy() - free all bindings, then the tables
 * @st: state of an instance that no packet sees, without sessions
 *
 * Context: process.
 */
void nat64_bib_tables_destroy(struct nat64_state *st)
{
	struct nat64_cursor c = {};

	while (nat64_bib_walk(st, &c, 1024, free_one, st))
		cond_resched();
	nat64_hash_destroy(&st->bib4);
	nat64_hash_destroy(&st->bib6);
}

/**
 * nat64_bib_free_dead() - free bindings that nobody can hold any more
 * @dead: list of them
 *
 * Context: process, a grace period after they were unlinked.
 */
void nat64_bib_free_dead(struct llist_node *dead)
{
	struct nat64_bib *bib, *next;
	unsigned int n = 0;

	llist_for_each_entry_safe(bib, next, dead, free) {
		kmem_cache_free(slab, bib);
		if (++n % FREE_BATCH == 0)
			cond_resched();
	}
}

/**
 * nat64_bib_init() - make the slab of bindings
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_init(void)
{
	slab = KMEM_CACHE(nat64_bib, 0);
	return slab ? 0 : -ENOMEM;
}

/**
 * nat64_bib_exit() - destroy the slab of bindings
 *
 * Context: module exit, without any instance.
 */
void nat64_bib_exit(void)
{
	kmem_cache_destroy(slab);
}
