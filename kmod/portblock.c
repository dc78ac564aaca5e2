// SPDX-License-Identifier: GPL-2.0
#include "portblock.h"

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "config.h"
#include "net.h"
#include "netlink.h"
#include "prefix.h"
#include "session.h"
#include "subscriber.h"

/* Blocks of different sizes, from before and after a change, do not overlap. */
#define UNIT	NAT64_PORTBLOCK_MIN
#define UNITS	(65536 / UNIT)

#define SYSTEM_PORTS	1024

/**
 * struct shared - an address that has blocks
 * @node: in the table; it goes with the last block
 * @rcu: a table that changes its size may look at it until then
 * @addr: network byte order
 * @given: stretches of UNIT ports that belong to blocks
 */
struct shared {
	struct nat64_node node;
	struct rcu_head rcu;
	__be32 addr;
	DECLARE_BITMAP(given, UNITS);
};

/**
 * struct nat64_portblock - a block
 * @list: of the subscriber's blocks
 * @sub: the subscriber, who stays as long as one of its bindings does
 * @of: the address
 * @ports: its own
 * @n_ports: in use; it goes with the last
 * @own: it follows from the subscriber's prefix, and so is not told of
 */
struct nat64_portblock {
	struct list_head list;
	struct nat64_sub *sub;
	struct shared *of;
	struct nat64_pool4_stretch ports;
	u32 n_ports;
	bool own;
};

static u32 hash_addr(__be32 addr, const struct nat64_hash_key *k)
{
	return nat64_hash_end(k, nat64_hash_pair(k, 0, (__force u32)addr, 0));
}

static struct shared *shared_of(const struct nat64_node *node)
{
	return container_of(node, struct shared, node);
}

static u32 hash_node(const struct nat64_node *node,
		     const struct nat64_hash_key *k)
{
	return hash_addr(shared_of(node)->addr, k);
}

static bool match(const struct nat64_node *node, const void *addr)
{
	return shared_of(node)->addr == *(const __be32 *)addr;
}

int nat64_portblocks_init(struct nat64_portblocks *pb)
{
	spin_lock_init(&pb->lock);
	return nat64_hash_init(&pb->hash, &pb->n, hash_node);
}

void nat64_portblocks_destroy(struct nat64_portblocks *pb)
{
	nat64_hash_destroy(&pb->hash);
}

struct nat64_sub *nat64_portblock_sub(const struct nat64_portblock *block)
{
	return block->sub;
}

static struct shared *get_shared(struct nat64_portblocks *pb, __be32 addr)
{
	u32 hash = hash_addr(addr, &pb->hash.key);
	struct nat64_node *node;
	struct shared *s;

	lockdep_assert_held(&pb->lock);
	node = nat64_hash_find(&pb->hash, hash, &addr, match);
	if (node)
		return shared_of(node);
	s = kzalloc(sizeof(*s), GFP_ATOMIC | __GFP_NOWARN);
	if (!s)
		return NULL;
	s->addr = addr;
	atomic_inc(&pb->n);
	nat64_hash_insert(&pb->hash, &s->node, hash);
	return s;
}

static void put_shared(struct nat64_portblocks *pb, struct shared *s)
{
	lockdep_assert_held(&pb->lock);
	if (!bitmap_empty(s->given, UNITS))
		return;
	nat64_hash_remove(&pb->hash, &s->node, hash_node(&s->node,
							 &pb->hash.key));
	atomic_dec(&pb->n);
	kfree_rcu(s, rcu);
}

static void tell(struct nat64_state *st, u32 event,
		 const struct nat64_portblock *b)
{
	const struct nat64_pool4_spec spec = {
		.addr = b->of->addr,
		.len = 32,
		.port_min = b->ports.first,
		.port_max = b->ports.last,
		.proto = BIT(__NAT64_L4_IDX_MAX) - 1,
	};
	struct nat64_prefix_entry e = {};

	if (b->own)
		return;
	nat64_sub_prefix(b->sub, &e.p.addr, &e.p.len);
	nat64_nl_event_block(st->xlat, event, &e, &spec);
}

/* What is looked for: the arguments of nat64_portblock_alloc(). */
struct search {
	struct nat64_state *st;
	const struct nat64_config *cfg;
	const struct nat64_pool4_place *place;
	const struct nat64_pool4_want *want;
	struct nat64_grant *g;
};

static int take_port(const struct search *s, const struct nat64_portblock *b)
{
	struct nat64_pool4_want want = *s->want;

	want.within = &b->ports;
	return nat64_pool4_alloc(s->cfg->pool4, s->place, &want, &s->g->port);
}

/* Block @i of an address, if it is nobody's and has a free port: 0 or -errno */
static int try_place(const struct search *s, struct nat64_portblock *b,
		     unsigned int i)
{
	unsigned int n = s->cfg->set.port_blocks / UNIT, at = i * n;

	if (find_next_bit(b->of->given, at + n, at) < at + n)
		return -ENOSPC;
	b->ports.first = at * UNIT;
	b->ports.last = (at + n) * UNIT - 1;
	return take_port(s, b);
}

/* Ports that blocks may have; never system ports where most are foreseen (L-06). */
static void get_ports(const struct search *s, u32 *min, u32 *max)
{
	u16 lo, hi;

	nat64_pool4_ports(s->cfg->pool4, s->place, &lo, &hi);
	*min = s->cfg->set.port_blocks_fixed ? max_t(u32, lo, SYSTEM_PORTS) :
					       lo;
	*max = hi;
}

/*
 * RFC 7422 section 2: the block that follows from the subscriber's turn. Past
 * the last one the first is meant again.
 */
static int try_own(const struct search *s, struct nat64_portblock *b)
{
	u32 size = s->cfg->set.port_blocks, min, max, first, end;

	get_ports(s, &min, &max);
	first = DIV_ROUND_UP(min, size);
	end = (max + 1) / size;
	if (first >= end)
		return -ENOSPC;
	b->own = true;
	return try_place(s, b, first + s->place->turn % (end - first));
}

/* Any block: from a random one on, or from the last where most are foreseen. */
static int try_any(const struct search *s, struct nat64_portblock *b)
{
	u32 size = s->cfg->set.port_blocks, min, max, n, start = 0, i;
	int err = -ENOSPC;

	get_ports(s, &min, &max);
	if (min > max)
		return -ENOSPC;
	n = max / size - min / size + 1;
	if (!s->cfg->set.port_blocks_fixed)
		start = reciprocal_scale(get_random_u32(), n);
	b->own = false;
	for (i = 0; i < n && err == -ENOSPC; i++)
		err = try_place(s, b, max / size - (start + i) % n);
	return err;
}

static bool has_own(const struct search *s)
{
	const struct nat64_portblock *b;

	list_for_each_entry(b, nat64_sub_blocks(s->g->sub), list)
		if (b->own)
			return true;
	return false;
}

static int find_place(const struct search *s, struct nat64_portblock *b)
{
	int err = -ENOSPC;

	if (s->cfg->set.port_blocks_fixed && !has_own(s))
		err = try_own(s, b);
	return err == -ENOSPC ? try_any(s, b) : err;
}

static unsigned int n_units(const struct nat64_portblock *b)
{
	return (b->ports.last - b->ports.first + 1) / UNIT;
}

static int create(const struct search *s)
{
	struct nat64_portblocks *pb = &s->st->blocks;
	struct nat64_portblock *b;
	int err = -ENOMEM;

	lockdep_assert_held(&pb->lock);
	b = kzalloc(sizeof(*b), GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		return -ENOMEM;
	b->sub = s->g->sub;
	b->n_ports = 1;
	b->of = get_shared(pb, s->place->addr);
	if (!b->of)
		goto free_block;
	err = find_place(s, b);
	if (err)
		goto put_addr;
	bitmap_set(b->of->given, b->ports.first / UNIT, n_units(b));
	list_add(&b->list, nat64_sub_blocks(b->sub));
	s->g->block = b;
	tell(s->st, NAT64_EVENT_BLOCK_NEW, b);
	return 0;

put_addr:
	put_shared(pb, b->of);
free_block:
	kfree(b);
	return err;
}

int nat64_portblock_alloc(struct nat64_state *st, const struct nat64_config *cfg,
			  const struct nat64_pool4_place *place,
			  const struct nat64_pool4_want *want,
			  struct nat64_grant *g)
{
	const struct search s = { st, cfg, place, want, g };
	struct nat64_portblock *b;
	int err = -ENOSPC;

	spin_lock_bh(&st->blocks.lock);
	list_for_each_entry(b, nat64_sub_blocks(g->sub), list) {
		if (b->of->addr != place->addr)
			continue;
		err = take_port(&s, b);
		if (err != -ENOSPC)
			break;
	}
	if (!err) {
		b->n_ports++;
		g->block = b;
	} else if (err == -ENOSPC) {
		err = create(&s);
	}
	spin_unlock_bh(&st->blocks.lock);
	return err;
}

void nat64_portblock_put(struct nat64_state *st, struct nat64_portblock *block)
{
	bool last;

	spin_lock_bh(&st->blocks.lock);
	last = !--block->n_ports;
	if (last) {
		bitmap_clear(block->of->given, block->ports.first / UNIT,
			     n_units(block));
		list_del(&block->list);
		tell(st, NAT64_EVENT_BLOCK_DEL, block);
		put_shared(&st->blocks, block->of);
	}
	spin_unlock_bh(&st->blocks.lock);
	if (last)
		kfree(block);
}
