// SPDX-License-Identifier: GPL-2.0
/* The pool of IPv4 transport addresses: which range serves whom. */
#include "pool4.h"

#include <linux/err.h>
#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>

#include "config.h"
#include "gfp.h"
#include "hash.h"
#include "pool4_range.h"
#include "uapi/linux/nat64.h"
#include "xlat/rfc6052.h"

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
	bool has_marks;
	struct nat64_pool4_range **ranges;	/* as configured */
	struct nat64_pool4_range **sorted;	/* by address and length */
	struct group *groups;
	struct interval *intervals;		/* sorted and disjoint */
};

static struct nat64_hash_key pair_key __read_mostly;

/**
 * nat64_pool4_init() - have a secret by which hosts get their addresses
 *
 * Context: module init.
 */
void __init nat64_pool4_init(void)
{
	nat64_hash_key_init(&pair_key);
}

/**
 * nat64_l4_index() - index of a protocol
 * @proto: IPPROTO_ of either family
 *
 * Return: the index, or __NAT64_L4_IDX_MAX if it has no ports.
 */
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

static bool owns_port(const struct nat64_pool4_range *r, enum nat64_l4_idx l4,
		      __be32 addr, u16 port)
{
	const struct nat64_pool4_spec *s = &r->spec;

	return s->proto & BIT(l4) && port >= s->port_min &&
	       port <= s->port_max && nat64_spec_covers(s, addr);
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

	if (!pool->has_marks)
		return false;
	for (i = 0; i < pool->n; i++)
		if (serves(pool->ranges[i], true, want))
			return true;
	return false;
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
			return nat64_spec_addrs(group_spec(pool, g));
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

/* The last 32 bits of the prefix that a host is in. */
static u32 prefix_number(const struct in6_addr *prefix, u8 len)
{
	const __be32 *a = prefix->s6_addr32;
	u64 hi = (u64)ntohl(a[0]) << 32 | ntohl(a[1]);
	u64 lo = (u64)ntohl(a[2]) << 32 | ntohl(a[3]);

	if (len <= 64)
		return hi >> (64 - len);
	return len == 128 ? lo : hi << (len - 64) | lo >> (128 - len);
}

/* A number below @n that is always the same for a host. */
static __always_inline u32 host_point(const struct in6_addr *host, u32 n)
{
	u64 sum = nat64_hash_addr6(&pair_key, 0, host);

	return reciprocal_scale(nat64_hash_end(&pair_key, sum), n);
}

/* One that is the same for all hosts of a subscriber. */
static noinline u32 shared_point(const struct nat64_pool4_want *want, u32 n,
				 struct nat64_pool4_place *place)
{
	u8 len = want->set->subscriber_prefix_len;
	struct in6_addr prefix;
	u32 number;

	if (want->set->port_blocks_fixed) {
		number = prefix_number(want->host, len);
		place->turn = number / n;
		return number % n;
	}
	ipv6_addr_prefix(&prefix, want->host, len);
	return host_point(&prefix, n);
}

static __always_inline u32 point_of(const struct nat64_pool4_want *want, u32 n,
				    struct nat64_pool4_place *place)
{
	return unlikely(want->set->port_blocks) ?
	       shared_point(want, n, place) : host_point(want->host, n);
}

/*
 * The point does not depend on the protocol, so that a host has one address
 * for all of them wherever the ranges allow it (H-83).
 */
static bool find_point(const struct nat64_pool4 *pool,
		       const struct nat64_pool4_want *want,
		       struct nat64_pool4_place *place, u32 *group, u32 *offset)
{
	bool marked = place->marked;
	u32 total = 0, point, weight;
	unsigned int i;

	for (i = 0; i < pool->n_groups; i++)
		total += group_weight(pool, &pool->groups[i], marked,
				      want->mark);
	if (!total)
		return false;

	point = point_of(want, total, place);
	for (i = 0; i < pool->n_groups; i++) {
		weight = group_weight(pool, &pool->groups[i], marked,
				      want->mark);
		if (point < weight)
			break;
		point -= weight;
	}
	*group = i;
	*offset = point;
	return true;
}

static void fill_place(struct nat64_pool4_place *place,
		       const struct nat64_pool4 *pool, u32 group, u32 offset)
{
	const struct nat64_pool4_spec *spec;

	spec = group_spec(pool, &pool->groups[group]);
	place->addr = spec->addr |
		      htonl(offset & (nat64_spec_addrs(spec) - 1));
	place->group = group;
	place->known = true;
}

/* As most pools are: of one prefix, and no marks. */
static int place_in_only(const struct nat64_pool4 *pool,
			 const struct nat64_pool4_want *want,
			 struct nat64_pool4_place *place)
{
	u32 n = nat64_spec_addrs(group_spec(pool, pool->groups));

	if (!group_serves(pool, pool->groups, false, want))
		return -ENOENT;
	place->marked = false;
	fill_place(place, pool, 0, point_of(want, n, place));
	return 0;
}

/**
 * nat64_pool4_place() - where in a pool a host belongs
 * @pool: the pool, or NULL
 * @want: the host, and what it wants
 * @place: where to write the answer
 *
 * The address follows from the host alone (H-83).
 *
 * Return: 0; -ENOENT if no range serves protocol and mark. Any context, under
 * RCU.
 */
int nat64_pool4_place(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_place *place)
{
	u32 group, offset, i;

	if (!pool)
		return -ENOENT;
	if (pool->n_groups == 1 && !pool->has_marks)
		return place_in_only(pool, want, place);
	place->marked = has_marked(pool, want);
	if (!find_point(pool, want, place, &group, &offset))
		return -ENOENT;
	for (i = 0; i < pool->n_groups; i++, group++) {
		if (group == pool->n_groups)
			group = 0;
		if (!group_serves(pool, &pool->groups[group], place->marked,
				  want))
			continue;
		fill_place(place, pool, group, offset);
		return 0;
	}
	return -ENOENT;
}

static bool take_same(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_place *place,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_port *out)
{
	const struct nat64_pool4_stretch *within = want->within;
	struct nat64_pool4_range *r;
	u16 port = ntohs(want->port);

	if (within && (port < within->first || port > within->last))
		return false;
	r = find_range(pool, want->l4, place->addr, port);
	return r && serves(r, place->marked, want) &&
	       !nat64_range_take(r, want->l4, place->addr, want->port, out);
}

/**
 * nat64_pool4_ports() - ports that a place has
 * @pool: the pool
 * @place: what nat64_pool4_place() has found in it
 * @min: the least of them
 * @max: the last
 *
 * There may be gaps between ranges. Any context, under RCU.
 */
void nat64_pool4_ports(const struct nat64_pool4 *pool,
		       const struct nat64_pool4_place *place, u16 *min,
		       u16 *max)
{
	const struct group *g = &pool->groups[place->group];
	const struct nat64_pool4_spec *spec;
	unsigned int i;

	*min = U16_MAX;
	*max = 0;
	for (i = 0; i < g->n; i++) {
		spec = &pool->sorted[g->first + i]->spec;
		*min = min(*min, spec->port_min);
		*max = max(*max, spec->port_max);
	}
}

/**
 * nat64_pool4_alloc() - allocate a transport address
 * @pool: the pool
 * @place: what nat64_pool4_place() has found in it
 * @want: what for
 * @out: the allocation; holds a reference to its range
 *
 * RFC 6146 sections 3.5.1.1 and 3.5.2.3, RFC 6056. The address follows from the
 * host alone; if it is exhausted the allocation fails (H-84).
 *
 * Return: 0; -ENOSPC exhausted; -ENOMEM. Softirq or process context, under RCU.
 */
int nat64_pool4_alloc(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_place *place,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_port *out)
{
	const struct group *g = &pool->groups[place->group];
	unsigned int i, start = 0;
	struct nat64_pool4_range *r;
	enum nat64_pass pass;
	int err;

	if (want->same && take_same(pool, place, want, out))
		return 0;
	if (g->n > 1)
		start = reciprocal_scale(get_random_u32(), g->n);
	for (pass = 0; pass < __NAT64_PASS_MAX; pass++) {
		for (i = 0; i < g->n; i++) {
			r = pool->sorted[g->first + (start + i) % g->n];
			if (!serves(r, place->marked, want))
				continue;
			err = nat64_range_alloc(r, place->addr, want, pass,
						out);
			if (err != -ENOSPC)
				return err;
		}
	}
	return -ENOSPC;
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

	r = pool ? find_range(pool, l4, addr, ntohs(port)) : NULL;
	return r ? nat64_range_take(r, l4, addr, port, out) : -ENOENT;
}

/**
 * nat64_pool4_count() - how many ranges a pool has
 * @pool: the pool, or NULL
 */
unsigned int nat64_pool4_count(const struct nat64_pool4 *pool)
{
	return pool ? pool->n : 0;
}

/**
 * nat64_pool4_at() - a range of a pool
 * @pool: the pool
 * @i: which, in the order of configuration
 * @spec: where to write the range
 * @used: where to write how many of its ports are in use
 */
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
	       (nat64_spec_covers(a, b->addr) || nat64_spec_covers(b, a->addr));
}

/**
 * nat64_pool4_overlaps() - tell whether a range overlaps any of a pool
 * @pool: the pool, or NULL
 * @spec: the range
 *
 * Return: true if both have some transport address.
 */
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
	u32 lo = ntohl(s->addr), hi = lo + nat64_spec_addrs(s) - 1;
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
		pool->has_marks |= pool->sorted[i]->spec.has_mark;
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

/*
 * Every packet from IPv4 reads them: memory of such a size shares no cache line
 * with what some other part of the kernel writes to.
 */
static struct interval *intervals_alloc(unsigned int n)
{
	size_t size = max_t(size_t, array_size(n, sizeof(struct interval)),
			    SMP_CACHE_BYTES);

	return kvzalloc(roundup_pow_of_two(size), NAT64_GFP);
}

static struct nat64_pool4 *pool_alloc(unsigned int n)
{
	struct nat64_pool4 *pool;

	pool = kzalloc(sizeof(*pool), NAT64_GFP);
	if (!pool)
		return NULL;
	pool->ranges = kvcalloc(n, sizeof(*pool->ranges), NAT64_GFP);
	pool->sorted = kvcalloc(n, sizeof(*pool->sorted), NAT64_GFP);
	pool->groups = kvcalloc(n, sizeof(*pool->groups), NAT64_GFP);
	pool->intervals = intervals_alloc(n);
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

/**
 * nat64_pool4_add() - copy a pool and add a range
 * @old: the pool, NULL if empty
 * @spec: the range, which passed nat64_pool4_check()
 * @extack: says what is wrong
 *
 * Return: the copy, with the same ranges and their ports; ERR_PTR() of -EEXIST
 * if the range overlaps another, -ENOSPC, -ENOMEM. Process context.
 */
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
	r = nat64_range_create(spec);
	if (!r)
		return ERR_PTR(-ENOMEM);
	pool = pool_alloc(n + 1);
	if (!pool) {
		nat64_range_put(r);
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

/**
 * nat64_pool4_del() - copy a pool without a range
 * @old: the pool, NULL if empty
 * @spec: the range as it was added
 * @extack: says what is wrong
 *
 * Return: the copy, NULL if it is empty; ERR_PTR() of -ENOENT, -ENOMEM. Process
 * context.
 */
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

/**
 * nat64_pool4_retire() - mark ranges that no pool has any more
 * @old: pool whose ranges to mark, or NULL
 * @a: pool, or NULL
 * @b: pool, or NULL
 *
 * Ranges of @old that neither @a nor @b has are dead from now on (H-117).
 * Process context.
 */
void nat64_pool4_retire(const struct nat64_pool4 *old,
			const struct nat64_pool4 *a,
			const struct nat64_pool4 *b)
{
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		if (!lists(a, old->ranges[i]) && !lists(b, old->ranges[i]))
			WRITE_ONCE(old->ranges[i]->dead, true);
}

/**
 * nat64_pool4_put() - drop a pool that no packet sees
 * @pool: the pool, or NULL
 *
 * Its ranges live on while ports of them are in use. Any context.
 */
void nat64_pool4_put(struct nat64_pool4 *pool)
{
	unsigned int i;

	if (!pool)
		return;
	for (i = 0; i < pool->n; i++)
		nat64_range_put(pool->ranges[i]);
	pool_free(pool);
}
