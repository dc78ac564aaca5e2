// SPDX-License-Identifier: GPL-2.0
/*
 * A range has a bitmap per address and protocol, made when it is first used
 * and freed with the range. A port is taken and given back by atomic bit
 * operations, without a lock. References to a range are one of every pool that
 * lists it and one of every port in use, so that a pool can be replaced while
 * ports of it are in use.
 */
#include "pool4_range.h"

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#define SYSTEM_PORTS	1024	/* RFC 4787 REQ-3: the lower class */
#define PROBES		8	/* random words before the search is in turn */

#if BITS_PER_LONG == 64
#define EVEN_PORTS	0x5555555555555555UL
#else
#define EVEN_PORTS	0x55555555UL
#endif

/**
 * struct nat64_block - the ports of one address and protocol
 * @used: number of ports in use
 * @map: bit 0 is the first port of the word that the first port of the range
 *	is in; bits outside of the range are set
 */
struct nat64_block {
	atomic_t used;
	unsigned long map[];
};

/* What a search may choose from; @lo to @hi are words of the bitmap. */
struct choice {
	unsigned int lo;
	unsigned int hi;
	unsigned long mask;
};

static unsigned int first_word(const struct nat64_pool4_spec *s)
{
	return s->port_min / BITS_PER_LONG;
}

static unsigned int n_words(const struct nat64_pool4_spec *s)
{
	return s->port_max / BITS_PER_LONG - first_word(s) + 1;
}

static unsigned int port_bit(const struct nat64_pool4_spec *s, u16 port)
{
	return port - first_word(s) * BITS_PER_LONG;
}

static u32 n_ports(const struct nat64_pool4_spec *s)
{
	return (u32)s->port_max - s->port_min + 1;
}

static void range_free(struct nat64_pool4_range *r)
{
	enum nat64_l4_idx l4;
	u32 i;

	for (l4 = 0; l4 < __NAT64_L4_IDX_MAX; l4++) {
		if (!r->blocks[l4])
			continue;
		for (i = 0; i < nat64_spec_addrs(&r->spec); i++)
			kfree(r->blocks[l4][i]);
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

	r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	refcount_set(&r->refs, 1);
	r->spec = *spec;
	for (l4 = 0; l4 < __NAT64_L4_IDX_MAX; l4++) {
		if (!(spec->proto & BIT(l4)))
			continue;
		r->blocks[l4] = kvcalloc(nat64_spec_addrs(spec), sizeof(struct nat64_block *),
					 GFP_KERNEL_ACCOUNT);
		if (!r->blocks[l4])
			goto free;
	}
	return r;

free:
	range_free(r);
	return NULL;
}

static struct nat64_block *block_create(const struct nat64_pool4_spec *s)
{
	unsigned int bits = n_words(s) * BITS_PER_LONG, end;
	struct nat64_block *b;

	b = kzalloc(struct_size(b, map, n_words(s)),
		    GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		return NULL;
	end = port_bit(s, s->port_max) + 1;
	bitmap_set(b->map, 0, port_bit(s, s->port_min));
	bitmap_set(b->map, end, bits - end);
	return b;
}

/* The block of an address of @r, made if there is none yet; NULL: no memory. */
static struct nat64_block *block_get(struct nat64_pool4_range *r,
				     enum nat64_l4_idx l4, __be32 addr)
{
	u32 i = ntohl(addr & ~inet_make_mask(r->spec.len));
	struct nat64_block **slot = &r->blocks[l4][i];
	struct nat64_block *b, *other;

	/* pairs with cmpxchg(): its bits outside of the range are set */
	b = smp_load_acquire(slot);
	if (b)
		return b;
	b = block_create(&r->spec);
	if (!b)
		return NULL;
	other = cmpxchg(slot, NULL, b);
	if (!other)
		return b;
	kfree(b);
	return other;
}

/* Take a random free port of one word: its bit, or -ENOSPC. */
static int take_from_word(struct nat64_block *b, unsigned int word,
			  unsigned long mask)
{
	unsigned int turn = get_random_u32() % BITS_PER_LONG, bit;
	unsigned long free;

	while ((free = ~READ_ONCE(b->map[word]) & mask)) {
		free = free >> turn | free << (-turn % BITS_PER_LONG);
		bit = word * BITS_PER_LONG +
		      (__ffs(free) + turn) % BITS_PER_LONG;
		if (!test_and_set_bit(bit, b->map))
			return bit;
	}
	return -ENOSPC;
}

/*
 * Random words first, so that ports next to a crowded stretch are not chosen
 * more often than others (RFC 6056 section 5, H-88); in turn only when that
 * fails, which takes 1024 words at most (H-95).
 */
static int take_from_block(struct nat64_block *b, const struct choice *c)
{
	unsigned int n = c->hi - c->lo, i, word;
	int bit;

	if (!n)
		return -ENOSPC;
	for (i = 0; i < PROBES; i++) {
		word = reciprocal_scale(get_random_u32(), n);
		bit = take_from_word(b, c->lo + word, c->mask);
		if (bit >= 0)
			return bit;
	}
	word = reciprocal_scale(get_random_u32(), n);
	for (i = 0; i < n; i++) {
		if (++word >= n)
			word = 0;
		if (!(~READ_ONCE(b->map[c->lo + word]) & c->mask))
			continue;
		bit = take_from_word(b, c->lo + word, c->mask);
		if (bit >= 0)
			return bit;
	}
	return -ENOSPC;
}

static unsigned int clamp_word(const struct nat64_pool4_spec *s, u32 port)
{
	unsigned int word = port / BITS_PER_LONG;

	return clamp(word, first_word(s), first_word(s) + n_words(s)) -
	       first_word(s);
}

/* False: the pass is not for this protocol. */
static bool set_choice(struct choice *c, enum nat64_pass pass,
		       const struct nat64_pool4_spec *s,
		       const struct nat64_pool4_want *want)
{
	u16 port = ntohs(want->port);

	c->lo = 0;
	c->hi = n_words(s);
	c->mask = ~0UL;
	if (pass == NAT64_PASS_ANY)
		return true;
	if (want->l4 == NAT64_L4_IDX_ICMP)
		return false;
	if (port < SYSTEM_PORTS)
		c->hi = clamp_word(s, SYSTEM_PORTS);
	else
		c->lo = clamp_word(s, SYSTEM_PORTS);
	if (pass == NAT64_PASS_CLASS)
		return true;
	c->mask = port & 1 ? ~EVEN_PORTS : EVEN_PORTS;
	return want->parity && want->l4 == NAT64_L4_IDX_UDP;
}

static void fill_port(struct nat64_pool4_port *out, struct nat64_block *b,
		      struct nat64_pool4_range *r, __be32 addr, u16 port)
{
	atomic_inc(&b->used);
	atomic_inc(&r->used);
	refcount_inc(&r->refs);
	out->range = r;
	out->addr = addr;
	out->port = htons(port);
}

int nat64_range_alloc(struct nat64_pool4_range *r, __be32 addr,
		      const struct nat64_pool4_want *want,
		      enum nat64_pass pass, struct nat64_pool4_port *out)
{
	struct choice c;
	struct nat64_block *b;
	int bit;

	if (!set_choice(&c, pass, &r->spec, want))
		return -ENOSPC;
	b = block_get(r, want->l4, addr);
	if (!b)
		return -ENOMEM;
	if (atomic_read(&b->used) >= n_ports(&r->spec))
		return -ENOSPC;
	bit = take_from_block(b, &c);
	if (bit < 0)
		return bit;
	fill_port(out, b, r, addr, first_word(&r->spec) * BITS_PER_LONG + bit);
	return 0;
}

int nat64_range_take(struct nat64_pool4_range *r, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out)
{
	struct nat64_block *b;

	b = block_get(r, l4, addr);
	if (!b)
		return -ENOMEM;
	if (test_and_set_bit(port_bit(&r->spec, ntohs(port)), b->map))
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
	clear_bit(port_bit(&r->spec, ntohs(p->port)), b->map);
	atomic_dec(&b->used);
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
