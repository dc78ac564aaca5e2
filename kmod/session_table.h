/* SPDX-License-Identifier: GPL-2.0 */
/* Finding sessions by either of their tuples. */
#ifndef NAT64_SESSION_TABLE_H
#define NAT64_SESSION_TABLE_H

#include "session.h"

/*
 * The first words are those of prefixes: that of the source is no host's to
 * choose, and goes together with the protocol; that of the destination is the
 * same for most.
 */
static inline u32 nat64_tuple6_hash(const struct nat64_tuple6 *t,
				    const struct nat64_hash_key *k)
{
	const u32 *src = (__force const u32 *)t->src.s6_addr32;
	const u32 *dst = (__force const u32 *)t->dst.s6_addr32;
	u32 ports = (__force u32)t->sport << 16 | (__force u32)t->dport;

	return nat64_hash_end(k, nat64_hash_pair(k, 0, src[0] ^ t->proto,
						 src[1]) +
				 nat64_hash_pair(k, 1, src[2], src[3]) +
				 nat64_hash_pair(k, 2, dst[1], dst[2]) +
				 nat64_hash_pair(k, 3, dst[3], ports));
}

static inline u32 nat64_tuple4_hash(const struct nat64_tuple4 *t,
				    const struct nat64_hash_key *k)
{
	u32 ports = (__force u32)t->sport << 16 | (__force u32)t->dport;

	return nat64_hash_end(k, nat64_hash_pair(k, 0, (__force u32)t->src,
						 (__force u32)t->dst) +
				 nat64_hash_pair(k, 1, ports, t->proto));
}

/* Hashes of the keys, with what is secret of the tables. */
static inline u32 nat64_session_hash6(const struct nat64_state *st,
				      const struct nat64_tuple6 *t6)
{
	return nat64_tuple6_hash(t6, &st->sess6.key);
}

static inline u32 nat64_session_hash4(const struct nat64_state *st,
				      const struct nat64_tuple4 *t4)
{
	return nat64_tuple4_hash(t4, &st->sess4.key);
}

static inline struct nat64_session *
nat64_session_of6(const struct nat64_node *node)
{
	return container_of(node, struct nat64_session, node6);
}

static inline struct nat64_session *
nat64_session_of4(const struct nat64_node *node)
{
	return container_of(node, struct nat64_session, node4);
}

/* Word by word, as both have no padding in between; what differs most first. */
static inline bool nat64_session_match6(const struct nat64_node *node,
					const void *key)
{
	const struct nat64_tuple6 *a = &nat64_session_of6(node)->t6, *b = key;

	return a->sport == b->sport && a->dport == b->dport &&
	       ipv6_addr_equal(&a->src, &b->src) &&
	       ipv6_addr_equal(&a->dst, &b->dst) && a->proto == b->proto;
}

static inline bool nat64_session_match4(const struct nat64_node *node,
					const void *key)
{
	const struct nat64_tuple4 *a = &nat64_session_of4(node)->t4, *b = key;

	return a->dport == b->dport && a->sport == b->sport &&
	       a->src == b->src && a->dst == b->dst && a->proto == b->proto;
}

/**
 * nat64_session_table_find6() - session by the tuple of its IPv6 side
 * @st: state of the instance
 * @t6: tuple
 * @hash: nat64_session_hash6() of it
 *
 * Context: under RCU.
 * Return: the session, which may have expired, or NULL.
 */
static inline struct nat64_session *
nat64_session_table_find6(struct nat64_state *st, const struct nat64_tuple6 *t6,
			  u32 hash)
{
	struct nat64_node *node;

	node = nat64_hash_find(&st->sess6, hash, t6, nat64_session_match6);
	return node ? nat64_session_of6(node) : NULL;
}

/**
 * nat64_session_table_find4() - session by the tuple of its IPv4 side
 * @st: state of the instance
 * @t4: tuple
 * @hash: nat64_session_hash4() of it
 *
 * Context: under RCU.
 * Return: the session, which may have expired, or NULL.
 */
static inline struct nat64_session *
nat64_session_table_find4(struct nat64_state *st, const struct nat64_tuple4 *t4,
			  u32 hash)
{
	struct nat64_node *node;

	node = nat64_hash_find(&st->sess4, hash, t4, nat64_session_match4);
	return node ? nat64_session_of4(node) : NULL;
}

void nat64_session_table_insert(struct nat64_state *st, struct nat64_session *s,
				u32 hash6, u32 hash4);
void nat64_session_table_remove(struct nat64_state *st,
				struct nat64_session *s);

struct nat64_session *nat64_session_new(bool counted);
int nat64_session_tables_init(struct nat64_state *st);

#endif /* NAT64_SESSION_TABLE_H */
