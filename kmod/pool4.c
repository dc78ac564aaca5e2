// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of IPv4 transport addresses.
 *
 * A range has a bitmap per address and protocol, made when it is first used
 * and freed with the range. A port is taken and given back by atomic bit
 * operations, without a lock. Ranges count references: one of every pool that
 * lists it and one of every allocated port, so that a pool can be replaced
 * while ports of it are in use.
 */
#include "pool4.h"

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "uapi/linux/nat64.h"
#include "xlat/rfc6052.h"

#define SYSTEM_PORTS	1024	/* RFC 4787 REQ-3: the lower class */
#define PROBES		8	/* random words before the search is in turn */

#if BITS_PER_LONG == 64
#define EVEN_PORTS	0x5555555555555555UL
#else
#define EVEN_PORTS	0x55555555UL
#endif

/**
 * struct block - the ports of one address and protocol
 * @used: number of ports in use
 * @map: bit 0 is the first port of the word that the first port of the range
 *	is in; bits outside of the range are set
 */
struct block {
	atomic_t used;
	unsigned long map[];
};

/**
 * struct nat64_pool4_range - a range as configured
 * @refs: pools that list it and ports in use
 * @used: ports in use
 * @dead: in no pool any more
 * @spec: what it serves
 * @blocks: per protocol one per address; made on demand
 */
struct nat64_pool4_range {
	refcount_t refs;
	atomic_t used;
	bool dead;
	struct nat64_pool4_spec spec;
	struct block **blocks[__NAT64_L4_IDX_MAX];
};

/* Ranges of the same addresses: @n from @first on in the sorted array. */
struct group {
	unsigned int first;
	unsigned int n;
};

/* Addresses of the pool, host byte order. */
struct interval {
	u32 lo;
	u32 hi;
};

struct nat64_pool4 {
	unsigned int n;
	unsigned int n_groups;
	unsigned int n_intervals;
	struct nat64_pool4_range **ranges;	/* as configured */
	struct nat64_pool4_range **sorted;	/* by address and length */
	struct group *groups;
	struct interval *intervals;		/* sorted and disjoint */
};

/* What a search may choose from; @lo to @hi are words of the bitmap. */
struct choice {
	unsigned int lo;
	unsigned int hi;
	unsigned long mask;
};

static siphash_key_t pair_key __read_mostly;

enum nat64_l4_idx nat64_l4_index(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return NAT64_L4_IDX_TCP;
	case IPPROTO_UDP:
		return NAT64_L4_IDX_UDP;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return NAT64_L4_IDX_ICMP;
	default:
		return __NAT64_L4_IDX_MAX;
	}
}

static u32 n_addrs(const struct nat64_pool4_spec *s)
{
	return 1U << (32 - s->len);
}

static bool covers(const struct nat64_pool4_spec *s, __be32 addr)
{
	return !((s->addr ^ addr) & inet_make_mask(s->len));
}

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
		for (i = 0; i < n_addrs(&r->spec); i++)
			kfree(r->blocks[l4][i]);
		kvfree(r->blocks[l4]);
	}
	kfree(r);
}

/*
 * When the last reference goes no packet can see the range: pools drop theirs
 * after a grace period.
 */
static void range_put(struct nat64_pool4_range *r)
{
	if (refcount_dec_and_test(&r->refs))
		range_free(r);
}

static struct nat64_pool4_range *
range_create(const struct nat64_pool4_spec *spec)
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
		r->blocks[l4] = kvcalloc(n_addrs(spec), sizeof(struct block *),
					 GFP_KERNEL_ACCOUNT);
		if (!r->blocks[l4])
			goto free;
	}
	return r;

free:
	range_free(r);
	return NULL;
}

static struct block *block_create(const struct nat64_pool4_spec *s)
{
	unsigned int bits = n_words(s) * BITS_PER_LONG, end;
	struct block *b;

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
static struct block *block_get(struct nat64_pool4_range *r,
			       enum nat64_l4_idx l4, __be32 addr)
{
	u32 i = ntohl(addr & ~inet_make_mask(r->spec.len));
	struct block **slot = &r->blocks[l4][i];
	struct block *b, *other;

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

static bool owns_port(const struct nat64_pool4_range *r, enum nat64_l4_idx l4,
		      __be32 addr, u16 port)
{
	const struct nat64_pool4_spec *s = &r->spec;

	return s->proto & BIT(l4) && port >= s->port_min &&
	       port <= s->port_max && covers(s, addr);
}

static struct nat64_pool4_range *find_range(const struct nat64_pool4 *pool,
					    enum nat64_l4_idx l4, __be32 addr,
					    u16 port)
{
	unsigned int i;

	for (i = 0; i < pool->n; i++)
		if (owns_port(pool->ranges[i], l4, addr, port))
			return pool->ranges[i];
	return NULL;
}

/**
 * nat64_pool4_owns_addr() - tell whether an address is in the pool
 * @pool: the pool, or NULL
 * @addr: network byte order
 *
 * Return: true if any range has it. Any context, under RCU.
 */
bool nat64_pool4_owns_addr(const struct nat64_pool4 *pool, __be32 addr)
{
	unsigned int lo = 0, hi, mid;
	u32 host = ntohl(addr);

	if (!pool)
		return false;
	for (hi = pool->n_intervals; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		if (host < pool->intervals[mid].lo)
			hi = mid;
		else if (host > pool->intervals[mid].hi)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

/**
 * nat64_pool4_owns() - tell whether a transport address is in the pool
 * @pool: the pool, or NULL
 * @l4: protocol
 * @addr: network byte order
 * @port: port or identifier, network byte order
 *
 * Return: true if it is, in use or not. Any context, under RCU.
 */
bool nat64_pool4_owns(const struct nat64_pool4 *pool, enum nat64_l4_idx l4,
		      __be32 addr, __be16 port)
{
	return nat64_pool4_owns_addr(pool, addr) &&
	       find_range(pool, l4, addr, ntohs(port));
}

/* Take a random free port of one word: its bit, or -ENOSPC. */
static int take_from_word(struct block *b, unsigned int word,
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
static int take_from_block(struct block *b, const struct choice *c)
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

/*
 * What is tried in turn: ports of the class and parity of the host's port
 * (UDP), of its class (TCP and UDP), any (H-80 to H-82). False: not to be
 * tried for this protocol.
 */
enum pass { PASS_PARITY, PASS_CLASS, PASS_ANY, __PASS_MAX };

static bool set_choice(struct choice *c, enum pass pass,
		       const struct nat64_pool4_spec *s,
		       const struct nat64_pool4_want *want)
{
	u16 port = ntohs(want->port);

	c->lo = 0;
	c->hi = n_words(s);
	c->mask = ~0UL;
	if (pass == PASS_ANY)
		return true;
	if (want->l4 == NAT64_L4_IDX_ICMP)
		return false;
	if (port < SYSTEM_PORTS)
		c->hi = clamp_word(s, SYSTEM_PORTS);
	else
		c->lo = clamp_word(s, SYSTEM_PORTS);
	if (pass == PASS_CLASS)
		return true;
	c->mask = port & 1 ? ~EVEN_PORTS : EVEN_PORTS;
	return want->parity && want->l4 == NAT64_L4_IDX_UDP;
}

static void fill_port(struct nat64_pool4_port *out, struct block *b,
		      struct nat64_pool4_range *r, __be32 addr, u16 port)
{
	atomic_inc(&b->used);
	atomic_inc(&r->used);
	refcount_inc(&r->refs);
	out->range = r;
	out->addr = addr;
	out->port = htons(port);
}

static int alloc_from_range(struct nat64_pool4_range *r, __be32 addr,
			    const struct nat64_pool4_want *want,
			    enum pass pass, struct nat64_pool4_port *out)
{
	struct choice c;
	struct block *b;
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

/* Whether the range is for packets that carry the mark, or for all others. */
static bool serves_mark(const struct nat64_pool4_range *r, bool marked,
			u32 mark)
{
	return r->spec.has_mark == marked &&
	       (!marked || r->spec.mark == mark);
}

static bool serves(const struct nat64_pool4_range *r, bool marked,
		   const struct nat64_pool4_want *want)
{
	return r->spec.proto & BIT(want->l4) &&
	       serves_mark(r, marked, want->mark);
}

/* Only ranges without mark serve a packet whose mark no range asks for. */
static bool has_marked(const struct nat64_pool4 *pool,
		       const struct nat64_pool4_want *want)
{
	unsigned int i;

	for (i = 0; i < pool->n; i++)
		if (serves(pool->ranges[i], true, want))
			return true;
	return false;
}

static int alloc_from_group(const struct nat64_pool4 *pool,
			    const struct group *g, bool marked, __be32 addr,
			    const struct nat64_pool4_want *want,
			    struct nat64_pool4_port *out)
{
	unsigned int i, start = reciprocal_scale(get_random_u32(), g->n);
	struct nat64_pool4_range *r;
	enum pass pass;
	int err;

	for (pass = 0; pass < __PASS_MAX; pass++) {
		for (i = 0; i < g->n; i++) {
			r = pool->sorted[g->first + (start + i) % g->n];
			if (!serves(r, marked, want))
				continue;
			err = alloc_from_range(r, addr, want, pass, out);
			if (err != -ENOSPC)
				return err;
		}
	}
	return -ENOSPC;
}

static const struct nat64_pool4_spec *group_spec(const struct nat64_pool4 *pool,
						 const struct group *g)
{
	return &pool->sorted[g->first]->spec;
}

/* Number of addresses that hosts of the mark are spread over, by group. */
static u32 group_weight(const struct nat64_pool4 *pool, const struct group *g,
			bool marked, u32 mark)
{
	unsigned int i;

	for (i = 0; i < g->n; i++)
		if (serves_mark(pool->sorted[g->first + i], marked, mark))
			return n_addrs(group_spec(pool, g));
	return 0;
}

static bool group_serves(const struct nat64_pool4 *pool, const struct group *g,
			 bool marked, const struct nat64_pool4_want *want)
{
	unsigned int i;

	for (i = 0; i < g->n; i++)
		if (serves(pool->sorted[g->first + i], marked, want))
			return true;
	return false;
}

/**
 * struct place - where in the pool a host belongs
 * @group: index of the group
 * @offset: of the address in the group
 */
struct place {
	unsigned int group;
	u32 offset;
};

/*
 * The place does not depend on the protocol, so that a host has one address
 * for all of them wherever the ranges allow it (H-83).
 */
static bool find_place(const struct nat64_pool4 *pool, bool marked,
		       const struct nat64_pool4_want *want, struct place *p)
{
	u32 total = 0, point, weight;
	unsigned int i;

	for (i = 0; i < pool->n_groups; i++)
		total += group_weight(pool, &pool->groups[i], marked,
				      want->mark);
	if (!total)
		return false;

	net_get_random_once(&pair_key, sizeof(pair_key));
	point = siphash(want->host, sizeof(*want->host), &pair_key);
	point = reciprocal_scale(point, total);
	for (i = 0; i < pool->n_groups; i++) {
		weight = group_weight(pool, &pool->groups[i], marked,
				      want->mark);
		if (point < weight)
			break;
		point -= weight;
	}
	p->group = i;
	p->offset = point;
	return true;
}

/**
 * nat64_pool4_alloc() - allocate a transport address
 * @pool: the pool, or NULL
 * @want: what for
 * @out: the allocation; holds a reference to its range
 *
 * RFC 6146 sections 3.5.1.1 and 3.5.2.3, RFC 6056. The address follows from the
 * host alone; if it is exhausted the allocation fails (H-84).
 *
 * Return: 0; -ENOENT no range serves protocol and mark; -ENOSPC exhausted;
 * -ENOMEM. Softirq or process context, under RCU.
 */
int nat64_pool4_alloc(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_port *out)
{
	const struct nat64_pool4_spec *spec;
	struct place p;
	unsigned int i;
	bool marked;
	__be32 addr;

	if (!pool)
		return -ENOENT;
	marked = has_marked(pool, want);
	if (!find_place(pool, marked, want, &p))
		return -ENOENT;
	for (i = 0; i < pool->n_groups; i++) {
		const struct group *g = &pool->groups[p.group];

		if (group_serves(pool, g, marked, want)) {
			spec = group_spec(pool, g);
			addr = spec->addr | htonl(p.offset % n_addrs(spec));
			return alloc_from_group(pool, g, marked, addr, want,
						out);
		}
		p.group = (p.group + 1) % pool->n_groups;
	}
	return -ENOENT;
}

/**
 * nat64_pool4_take() - take a given transport address
 * @pool: the pool, or NULL
 * @l4: protocol
 * @addr: network byte order
 * @port: port or identifier, network byte order
 * @out: the allocation; holds a reference to its range
 *
 * Return: 0; -ENOENT not in the pool; -EBUSY in use; -ENOMEM. Softirq or
 * process context, under RCU or with the pool held otherwise.
 */
int nat64_pool4_take(const struct nat64_pool4 *pool, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out)
{
	struct nat64_pool4_range *r;
	struct block *b;

	r = pool ? find_range(pool, l4, addr, ntohs(port)) : NULL;
	if (!r)
		return -ENOENT;
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
	struct block *b;

	p->range = NULL;
	b = block_get(r, l4, p->addr);
	if (WARN_ON_ONCE(!b))
		return;
	clear_bit(port_bit(&r->spec, ntohs(p->port)), b->map);
	atomic_dec(&b->used);
	atomic_dec(&r->used);
	range_put(r);
}

bool nat64_pool4_range_dead(const struct nat64_pool4_range *r)
{
	return READ_ONCE(r->dead);
}

unsigned int nat64_pool4_count(const struct nat64_pool4 *pool)
{
	return pool ? pool->n : 0;
}

void nat64_pool4_at(const struct nat64_pool4 *pool, unsigned int i,
		    struct nat64_pool4_spec *spec, u32 *used)
{
	*spec = pool->ranges[i]->spec;
	*used = atomic_read(&pool->ranges[i]->used);
}

int nat64_pool4_check(const struct nat64_pool4_spec *s,
		      struct netlink_ext_ack *extack)
{
	if (s->len < NAT64_POOL4_MIN_LEN) {
		NL_SET_ERR_MSG(extack, "prefix is too short: /16 is the shortest, add several");
		return NAT64_A_POOL4_LEN;
	}
	if (s->addr & ~inet_make_mask(s->len)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set past its length");
		return NAT64_A_POOL4_ADDR;
	}
	if (nat64_addr4_illegal_src(s->addr)) {
		NL_SET_ERR_MSG(extack, "no packet can come from this address: it is loopback, multicast or reserved");
		return NAT64_A_POOL4_ADDR;
	}
	if (!s->proto) {
		NL_SET_ERR_MSG(extack, "at least one protocol must be served");
		return NAT64_A_POOL4_PROTO;
	}
	if (s->port_max < s->port_min) {
		NL_SET_ERR_MSG(extack, "last port is below the first");
		return NAT64_A_POOL4_PORT_MAX;
	}
	if (!s->port_min && s->proto != BIT(NAT64_L4_IDX_ICMP)) {
		NL_SET_ERR_MSG(extack, "port 0 cannot be used by TCP and UDP: begin with 1 or more");
		return NAT64_A_POOL4_PORT_MIN;
	}
	return 0;
}

static bool overlap(const struct nat64_pool4_spec *a,
		    const struct nat64_pool4_spec *b)
{
	return a->proto & b->proto && a->port_min <= b->port_max &&
	       b->port_min <= a->port_max &&
	       (covers(a, b->addr) || covers(b, a->addr));
}

bool nat64_pool4_overlaps(const struct nat64_pool4 *pool,
			  const struct nat64_pool4_spec *spec)
{
	unsigned int i;

	for (i = 0; pool && i < pool->n; i++)
		if (overlap(&pool->ranges[i]->spec, spec))
			return true;
	return false;
}

static bool same(const struct nat64_pool4_spec *a,
		 const struct nat64_pool4_spec *b)
{
	return a->addr == b->addr && a->len == b->len &&
	       a->port_min == b->port_min && a->port_max == b->port_max &&
	       a->proto == b->proto && a->has_mark == b->has_mark &&
	       (!a->has_mark || a->mark == b->mark);
}

static int cmp_ranges(const void *a, const void *b)
{
	const struct nat64_pool4_range *const *x = a, *const *y = b;
	const struct nat64_pool4_spec *s = &(*x)->spec, *t = &(*y)->spec;

	if (s->addr != t->addr)
		return ntohl(s->addr) < ntohl(t->addr) ? -1 : 1;
	if (s->len != t->len)
		return s->len - t->len;
	return s->port_min - t->port_min;
}

static void add_to_groups(struct nat64_pool4 *pool, unsigned int i)
{
	const struct nat64_pool4_spec *s = &pool->sorted[i]->spec, *last;
	struct group *g;

	if (pool->n_groups) {
		g = &pool->groups[pool->n_groups - 1];
		last = group_spec(pool, g);
		if (last->addr == s->addr && last->len == s->len) {
			g->n++;
			return;
		}
	}
	g = &pool->groups[pool->n_groups++];
	g->first = i;
	g->n = 1;
}

static void add_to_intervals(struct nat64_pool4 *pool, unsigned int i)
{
	const struct nat64_pool4_spec *s = &pool->sorted[i]->spec;
	u32 lo = ntohl(s->addr), hi = lo + n_addrs(s) - 1;
	struct interval *last;

	/* prefixes nest or are disjoint */
	last = pool->n_intervals ? &pool->intervals[pool->n_intervals - 1] :
				   NULL;
	if (last && lo <= last->hi)
		return;
	pool->intervals[pool->n_intervals++] = (struct interval) { lo, hi };
}

static void index_ranges(struct nat64_pool4 *pool)
{
	unsigned int i;

	memcpy(pool->sorted, pool->ranges, pool->n * sizeof(*pool->sorted));
	sort(pool->sorted, pool->n, sizeof(*pool->sorted), cmp_ranges, NULL);
	for (i = 0; i < pool->n; i++) {
		add_to_groups(pool, i);
		add_to_intervals(pool, i);
	}
}

static void pool_free(struct nat64_pool4 *pool)
{
	kvfree(pool->ranges);
	kvfree(pool->sorted);
	kvfree(pool->groups);
	kvfree(pool->intervals);
	kfree(pool);
}

static struct nat64_pool4 *pool_alloc(unsigned int n)
{
	struct nat64_pool4 *pool;

	pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;
	pool->ranges = kvcalloc(n, sizeof(*pool->ranges), GFP_KERNEL_ACCOUNT);
	pool->sorted = kvcalloc(n, sizeof(*pool->sorted), GFP_KERNEL_ACCOUNT);
	pool->groups = kvcalloc(n, sizeof(*pool->groups), GFP_KERNEL_ACCOUNT);
	pool->intervals = kvcalloc(n, sizeof(*pool->intervals),
				   GFP_KERNEL_ACCOUNT);
	if (pool->ranges && pool->sorted && pool->groups && pool->intervals)
		return pool;
	pool_free(pool);
	return NULL;
}

static void append_range(struct nat64_pool4 *pool, struct nat64_pool4_range *r)
{
	refcount_inc(&r->refs);
	pool->ranges[pool->n++] = r;
}

struct nat64_pool4 *nat64_pool4_add(const struct nat64_pool4 *old,
				    const struct nat64_pool4_spec *spec,
				    struct netlink_ext_ack *extack)
{
	unsigned int n = nat64_pool4_count(old), i;
	struct nat64_pool4_range *r;
	struct nat64_pool4 *pool;

	if (nat64_pool4_overlaps(old, spec)) {
		NL_SET_ERR_MSG(extack, "another range of the instance has some of these addresses and ports");
		return ERR_PTR(-EEXIST);
	}
	if (n == NAT64_POOL4_MAX) {
		NL_SET_ERR_MSG(extack, "the instance has as many ranges as it can hold");
		return ERR_PTR(-ENOSPC);
	}
	r = range_create(spec);
	if (!r)
		return ERR_PTR(-ENOMEM);
	pool = pool_alloc(n + 1);
	if (!pool) {
		range_put(r);
		return ERR_PTR(-ENOMEM);
	}
	for (i = 0; i < n; i++)
		append_range(pool, old->ranges[i]);
	pool->ranges[pool->n++] = r;
	index_ranges(pool);
	return pool;
}

static int find_same(const struct nat64_pool4 *pool,
		     const struct nat64_pool4_spec *spec)
{
	unsigned int i;

	for (i = 0; pool && i < pool->n; i++)
		if (same(&pool->ranges[i]->spec, spec))
			return i;
	return -ENOENT;
}

struct nat64_pool4 *nat64_pool4_del(const struct nat64_pool4 *old,
				    const struct nat64_pool4_spec *spec,
				    struct netlink_ext_ack *extack)
{
	int gone = find_same(old, spec);
	struct nat64_pool4 *pool;
	unsigned int i;

	if (gone < 0) {
		if (nat64_pool4_overlaps(old, spec))
			NL_SET_ERR_MSG(extack, "the instance has no such range, but one that overlaps: give prefix, ports, proto and mark as they were added");
		else
			NL_SET_ERR_MSG(extack, "the instance has no such range");
		return ERR_PTR(-ENOENT);
	}
	if (old->n == 1)
		return NULL;
	pool = pool_alloc(old->n - 1);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < old->n; i++)
		if (i != gone)
			append_range(pool, old->ranges[i]);
	index_ranges(pool);
	return pool;
}

static bool lists(const struct nat64_pool4 *pool,
		  const struct nat64_pool4_range *r)
{
	unsigned int i;

	for (i = 0; pool && i < pool->n; i++)
		if (pool->ranges[i] == r)
			return true;
	return false;
}

void nat64_pool4_retire(const struct nat64_pool4 *old,
			const struct nat64_pool4 *new)
{
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		if (!lists(new, old->ranges[i]))
			WRITE_ONCE(old->ranges[i]->dead, true);
}

void nat64_pool4_put(struct nat64_pool4 *pool)
{
	unsigned int i;

	if (!pool)
		return;
	for (i = 0; i < pool->n; i++)
		range_put(pool->ranges[i]);
	pool_free(pool);
}
