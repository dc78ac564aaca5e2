// SPDX-License-Identifier: GPL-2.0
/*
 * A range has ports per address and protocol, made when they are first used and
 * freed with the range; they are taken and given back without a lock.
 * References to a range are one of every pool that lists it and one of every
 * port in use, so that a pool can be replaced while ports of it are in use.
 */
#include "pool4_range.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "alarm.h"
#include "config.h"
#include "gfp.h"
#include "xlat/ports.h"

#define SYSTEM_PORTS	1024	/* RFC 4787 REQ-3: the lower class */

/**
 * struct nat64_block - the ports of one address and protocol
 * @used: number of ports in use
 * @rearm: of nat64_alarm()
 * @ports: which
 */
struct nat64_block {
	atomic_t used;
	u32 rearm;
	struct nat64_ports ports;
};

static u32 n_ports(const struct nat64_pool4_spec *s)
{
	return (u32)s->port_max - s->port_min + 1;
}

static void block_free(struct nat64_block *b)
{
	if (b)
		kfree(b->ports.map);
	kfree(b);
}

static void range_free(struct nat64_pool4_range *r)
{
	enum nat64_l4_idx l4;
	u32 i;

	for (l4 = 0; l4 < __NAT64_L4_IDX_MAX; l4++) {
		if (!r->blocks[l4])
			continue;
		for (i = 0; i < nat64_spec_addrs(&r->spec); i++)
			block_free(r->blocks[l4][i]);
		kvfree(r->blocks[l4]);
	}
	kfree(r);
}

/*
 * When the last reference goes no packet can see the range: pools drop theirs
 * after a grace period.
 */
void nat64_range_put(struct nat64_pool4_range *r)
{
	if (refcount_dec_and_test(&r->refs))
		range_free(r);
}

struct nat64_pool4_range *
nat64_range_create(const struct nat64_pool4_spec *spec)
{
	struct nat64_pool4_range *r;
	enum nat64_l4_idx l4;

	r = kzalloc(sizeof(*r), NAT64_GFP);
	if (!r)
		return NULL;
	refcount_set(&r->refs, 1);
	r->spec = *spec;
	for (l4 = 0; l4 < __NAT64_L4_IDX_MAX; l4++) {
		if (!(spec->proto & BIT(l4)))
			continue;
		r->blocks[l4] = kvcalloc(nat64_spec_addrs(spec), sizeof(struct nat64_block *),
					 NAT64_GFP);
		if (!r->blocks[l4])
			goto free;
	}
	return r;

free:
	range_free(r);
	return NULL;
}

/* The bitmap apart: together they would be a little more than a power of two. */
static struct nat64_block *block_create(const struct nat64_pool4_spec *s)
{
	struct nat64_block *b;
	unsigned long *map;

	b = kmalloc(sizeof(*b), GFP_ATOMIC | __GFP_NOWARN);
	map = kcalloc(nat64_ports_words(s->port_min, s->port_max), sizeof(*map),
		      GFP_ATOMIC | __GFP_NOWARN);
	if (!b || !map) {
		kfree(map);
		kfree(b);
		return NULL;
	}
	atomic_set(&b->used, 0);
	b->rearm = 0;
	nat64_ports_init(&b->ports, map, s->port_min, s->port_max);
	return b;
}

/* The block of an address of @r, made if there is none yet; NULL: no memory. */
static struct nat64_block *block_get(struct nat64_pool4_range *r,
				     enum nat64_l4_idx l4, __be32 addr)
{
	u32 i = ntohl(addr & ~inet_make_mask(r->spec.len));
	struct nat64_block **slot = &r->blocks[l4][i];
	struct nat64_block *b, *other;

	/* pairs with cmpxchg(): it is complete */
	b = smp_load_acquire(slot);
	if (b)
		return b;
	b = block_create(&r->spec);
	if (!b)
		return NULL;
	other = cmpxchg(slot, NULL, b);
	if (!other)
		return b;
	block_free(b);
	return other;
}

/* False: the pass is not for this protocol. */
static bool set_choice(struct nat64_ports_choice *c, enum nat64_pass pass,
		       const struct nat64_pool4_want *want)
{
	u16 port = ntohs(want->port);

	*c = (struct nat64_ports_choice) {
		.max = U16_MAX, .parities = NAT64_PORTS_ANY,
	};
	if (unlikely(want->within)) {
		c->min = want->within->first;
		c->max = want->within->last;
	}
	if (pass == NAT64_PASS_ANY)
		return true;
	if (want->l4 == NAT64_L4_IDX_ICMP)
		return false;
	if (port < SYSTEM_PORTS)
		c->max = min_t(u16, c->max, SYSTEM_PORTS - 1);
	else
		c->min = max_t(u16, c->min, SYSTEM_PORTS);
	if (pass == NAT64_PASS_CLASS)
		return true;
	c->parities = port & 1 ? NAT64_PORTS_ODD : NAT64_PORTS_EVEN;
	return want->set->port_parity && want->l4 == NAT64_L4_IDX_UDP;
}

/* How many ports of the block are in use now. */
static u32 fill_port(struct nat64_pool4_port *out, struct nat64_block *b,
		     struct nat64_pool4_range *r, __be32 addr, u16 port)
{
	u32 used = atomic_inc_return(&b->used);

	atomic_inc(&r->used);
	refcount_inc(&r->refs);
	out->range = r;
	out->addr = addr;
	out->port = htons(port);
	return used;
}

int nat64_range_alloc(struct nat64_pool4_range *r, __be32 addr,
		      const struct nat64_pool4_want *want,
		      enum nat64_pass pass, struct nat64_pool4_port *out)
{
	struct nat64_ports_choice c;
	u32 n = n_ports(&r->spec), used;
	struct nat64_block *b;
	int port;

	if (!set_choice(&c, pass, want))
		return -ENOSPC;
	b = block_get(r, want->l4, addr);
	if (!b)
		return -ENOMEM;
	if (atomic_read(&b->used) >= n)
		return -ENOSPC;
	port = nat64_ports_pick(&b->ports, &c, get_random_u16());
	if (port < 0)
		return -ENOSPC;
	used = fill_port(out, b, r, addr, port);
	out->alarm = nat64_alarm(&b->rearm, used, n, want->set->port_alarm);
	return 0;
}

int nat64_range_take(struct nat64_pool4_range *r, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out)
{
	struct nat64_block *b;

	b = block_get(r, l4, addr);
	if (!b)
		return -ENOMEM;
	if (!nat64_ports_take(&b->ports, ntohs(port)))
		return -EBUSY;
	fill_port(out, b, r, addr, ntohs(port));
	return 0;
}

/**
 * nat64_pool4_free() - give a transport address back
 * @p: the allocation; its reference goes with it
 * @l4: protocol it was allocated for
 *
 * Softirq or process context.
 */
void nat64_pool4_free(struct nat64_pool4_port *p, enum nat64_l4_idx l4)
{
	struct nat64_pool4_range *r = p->range;
	struct nat64_block *b;

	p->range = NULL;
	b = block_get(r, l4, p->addr);
	if (WARN_ON_ONCE(!b))
		return;
	nat64_ports_free(&b->ports, ntohs(p->port));
	nat64_alarm_less(&b->rearm, atomic_dec_return(&b->used));
	atomic_dec(&r->used);
	nat64_range_put(r);
}

/**
 * nat64_pool4_park() - count a transport address as free that nobody gets yet
 * @p: the allocation, which stays the caller's
 *
 * Any context.
 */
void nat64_pool4_park(const struct nat64_pool4_port *p)
{
	atomic_dec(&p->range->used);
}

/**
 * nat64_pool4_unpark() - take nat64_pool4_park() back
 * @p: the allocation
 *
 * Any context.
 */
void nat64_pool4_unpark(const struct nat64_pool4_port *p)
{
	atomic_inc(&p->range->used);
}

/**
 * nat64_pool4_range_dead() - tell whether a range is in no pool any more
 * @r: the range; the caller holds a reference
 *
 * Return: true if bindings on it have to go (H-117). Any context.
 */
bool nat64_pool4_range_dead(const struct nat64_pool4_range *r)
{
	return READ_ONCE(r->dead);
}
