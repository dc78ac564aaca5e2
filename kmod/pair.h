/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stateless translation has made of pairs of addresses lately.
 *
 * Mapping two addresses and finding the route depends on the pair, on little
 * else of the packet, and on the configuration. Each CPU remembers its own
 * answers, in rows that the pair chooses by a secret hash: nobody waits for
 * anybody, and there is nothing to expire. Pairs that find their row full take
 * the long way, and then somebody else's place.
 */
#ifndef NAT64_PAIR_H
#define NAT64_PAIR_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <net/ipv6.h>

#include "hash.h"
#include "way.h"

struct nat64_xlat;

#define NAT64_PAIR_BITS	8
#define NAT64_PAIR_WAYS	4

/**
 * struct nat64_pair - source and destination of a packet, in both families
 * @src6: IPv6 source
 * @dst6: IPv6 destination
 * @src4: IPv4 source
 * @dst4: IPv4 destination
 * @delta64: checksum delta of these towards IPv4
 * @proto: transport protocol as received, which may choose a route
 * @xlat: the instance; only looked at while @way is valid
 * @way: the route; its generation is that of configuration and IPv4 routes, among
 *	which the addresses of this host are
 */
struct nat64_pair {
	struct in6_addr src6;
	struct in6_addr dst6;
	__be32 src4;
	__be32 dst4;
	__wsum delta64;
	struct nat64_xlat *xlat;
	struct nat64_way way;
	u8 proto;
};

/**
 * struct nat64_pair_table - what one CPU remembers
 * @key: secret of the hash
 * @turn: chooses who makes place in a full row
 * @from6: pairs that came as IPv6
 * @from4: pairs that came as IPv4
 *
 * Written and read by that CPU alone, with BH off. A route stays referenced
 * until its place is needed again or the namespace goes.
 */
struct nat64_pair_table {
	struct nat64_hash_key key;
	u32 turn;
	struct nat64_pair from6[1 << NAT64_PAIR_BITS][NAT64_PAIR_WAYS];
	struct nat64_pair from4[1 << NAT64_PAIR_BITS][NAT64_PAIR_WAYS];
};

/**
 * struct nat64_pairs - what a namespace remembers, per CPU
 * @table: what this CPU remembers
 */
struct nat64_pairs {
	struct nat64_pair_table *table;
};

/* Of a namespace. NULL: no memory. Process context. */
struct nat64_pairs __percpu *nat64_pairs_create(void);
/* No packet looks any more. NULL is fine. */
void nat64_pairs_destroy(struct nat64_pairs __percpu *pairs);
/* Remember a pair; takes a reference of its own to the route. BH off. */
void nat64_pair_keep64(struct nat64_pairs __percpu *pairs,
		       const struct nat64_pair *new);
void nat64_pair_keep46(struct nat64_pairs __percpu *pairs,
		       const struct nat64_pair *new);

/* The protocol is one more number behind the sum that the secret makes. */
static inline u32 nat64_pair_row(const struct nat64_pair_table *t, u64 sum,
				 u8 proto)
{
	return nat64_hash_end(&t->key, sum + proto) >> (32 - NAT64_PAIR_BITS);
}

static inline struct nat64_pair *
nat64_pair_row64(struct nat64_pair_table *t, const struct in6_addr *src,
		 const struct in6_addr *dst, u8 proto)
{
	u64 sum = nat64_hash_addr6(&t->key, 0, src) +
		  nat64_hash_addr6(&t->key, 2, dst);

	return t->from6[nat64_pair_row(t, sum, proto)];
}

static inline struct nat64_pair *
nat64_pair_row46(struct nat64_pair_table *t, __be32 src, __be32 dst, u8 proto)
{
	u64 sum = nat64_hash_pair(&t->key, 0, (__force u32)src,
				  (__force u32)dst);

	return t->from4[nat64_pair_row(t, sum, proto)];
}

static inline bool nat64_pair_is64(const struct nat64_pair *p,
				   const struct in6_addr *src,
				   const struct in6_addr *dst, u8 proto)
{
	return p->proto == proto && ipv6_addr_equal(&p->src6, src) &&
	       ipv6_addr_equal(&p->dst6, dst);
}

static inline bool nat64_pair_is46(const struct nat64_pair *p, __be32 src,
				   __be32 dst, u8 proto)
{
	return p->proto == proto && p->src4 == src && p->dst4 == dst;
}

/**
 * nat64_pair_find64() - what became of a pair that comes as IPv6
 * @pairs: of the namespace
 * @src: source
 * @dst: destination
 * @proto: transport protocol
 *
 * Context: under RCU, BH off.
 * Return: the pair, whose way the caller checks before anything else, or NULL.
 */
static inline struct nat64_pair *
nat64_pair_find64(struct nat64_pairs __percpu *pairs,
		  const struct in6_addr *src, const struct in6_addr *dst,
		  u8 proto)
{
	struct nat64_pair *p, *end;

	p = nat64_pair_row64(this_cpu_read(pairs->table), src, dst, proto);
	for (end = p + NAT64_PAIR_WAYS; p < end; p++)
		if (nat64_pair_is64(p, src, dst, proto))
			return p;
	return NULL;
}

/**
 * nat64_pair_find46() - what became of a pair that comes as IPv4
 * @pairs: of the namespace
 * @src: source
 * @dst: destination
 * @proto: transport protocol
 *
 * Context: under RCU, BH off.
 * Return: the pair, whose way the caller checks before anything else, or NULL.
 */
static inline struct nat64_pair *
nat64_pair_find46(struct nat64_pairs __percpu *pairs, __be32 src, __be32 dst,
		  u8 proto)
{
	struct nat64_pair *p, *end;

	p = nat64_pair_row46(this_cpu_read(pairs->table), src, dst, proto);
	for (end = p + NAT64_PAIR_WAYS; p < end; p++)
		if (nat64_pair_is46(p, src, dst, proto))
			return p;
	return NULL;
}

#endif /* NAT64_PAIR_H */
