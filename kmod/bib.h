/* SPDX-License-Identifier: GPL-2.0 */
/* The Binding Information Base, RFC 6146 section 3.1. */
#ifndef NAT64_BIB_H
#define NAT64_BIB_H

#include <linux/build_bug.h>
#include <linux/llist.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "hash.h"
#include "pool4.h"
#include "portblock.h"
#include "xlat/drop.h"
#include "xlat/tuple.h"

struct nat64_config;
struct nat64_state;
struct nat64_sub;

/**
 * struct nat64_bib_spec - a binding as a person gives it
 * @addr6: IPv6 host
 * @addr4: pool4 address, network byte order
 * @port6: port or identifier, network byte order
 * @port4: port or identifier, network byte order
 * @l4: protocol
 */
struct nat64_bib_spec {
	struct in6_addr addr6;
	__be32 addr4;
	__be16 port6;
	__be16 port4;
	enum nat64_l4_idx l4;
};

struct nat64_bib_key6 {
	struct in6_addr addr;
	__be16 port;
	u8 l4;
	u8 pad;
};

/**
 * struct nat64_bib - a binding
 * @node6: in the table of IPv6 transport addresses, by @key6
 * @node4: in the table of IPv4 transport addresses, by @port and the protocol
 * @key6: IPv6 transport address
 * @n_sessions: length of @sessions
 * @port: IPv4 transport address, as an allocation of pool4
 * @sub: without @in_block: its subscriber, NULL if nothing is known of that
 * @block: with @in_block: what @port is of
 * @sessions: sessions on it in the order of their remote transport address
 * @is_static: configured; stays without sessions (H-03)
 * @dead: unlinked; no session may be added
 * @in_block: its subscriber gets ports in blocks
 * @hash6: hash of @key6, which also chooses the lock
 * @free: once it is unlinked: waits for readers, who may hold it until a grace
 *	period has passed
 *
 * Created, changed and destroyed under nat64_bib_lock(), which whoever makes it
 * takes by the transport address that is to be bound; found without.
 */
struct nat64_bib {
	struct nat64_node node6;
	struct nat64_node node4;
	struct nat64_bib_key6 key6;
	u32 n_sessions;
	struct nat64_pool4_port port;
	union {
		struct nat64_sub *sub;
		struct nat64_portblock *block;
	};
	struct rb_root sessions;
	struct llist_node free;
	bool is_static;
	bool dead;
	bool in_block;
	u32 hash6;
};

static_assert(sizeof(struct nat64_bib) <= 88);

/* Its subscriber, or NULL. */
static inline struct nat64_sub *nat64_bib_sub(const struct nat64_bib *bib)
{
	return bib->in_block ? nat64_portblock_sub(bib->block) : bib->sub;
}

/* Hash of an IPv6 transport address; also chooses its lock. */
u32 nat64_bib_hash6(struct nat64_state *st, enum nat64_l4_idx l4,
		    const struct in6_addr *addr, __be16 port);

/* Find: under RCU, any context. NULL: no such binding. */
struct nat64_bib *nat64_bib_find6(struct nat64_state *st, enum nat64_l4_idx l4,
				  const struct in6_addr *addr, __be16 port,
				  u32 hash6);
struct nat64_bib *nat64_bib_find4(struct nat64_state *st, enum nat64_l4_idx l4,
				  __be32 addr, __be16 port);

/*
 * Find the binding of @want->host/@want->port, which @hash6 is the hash of, or
 * create it. Caller holds its lock (lockdep). Returns the binding or
 * ERR_PTR(-enum nat64_drop).
 * A new one without session is to be destroyed by the caller if no session
 * follows. RFC 6146 section 3.5.1.1 (H-10, H-11, H-23, H-96).
 */
struct nat64_bib *nat64_bib_get_or_create(struct nat64_state *st,
					  const struct nat64_config *cfg,
					  const struct nat64_pool4_want *want,
					  struct nat64_pool4_place *place,
					  u32 hash6);
/*
 * A session is gone from @bib, or did not come: destroy it if it was the last
 * and the binding is dynamic (H-04). Caller holds its lock.
 */
void nat64_bib_release(struct nat64_state *st, struct nat64_bib *bib);

/*
 * Static bindings (H-03). Process context. 0; 1 a dynamic
 * binding said so already and is static now; -EEXIST one of the two transport
 * addresses is bound; -ENOENT not in pool4; -ENOMEM.
 */
int nat64_bib_add_static(struct nat64_state *st, const struct nat64_config *cfg,
			 const struct nat64_bib_spec *spec);
/* Take that back. @promoted: it returned 1. */
void nat64_bib_undo_static(struct nat64_state *st,
			   const struct nat64_bib_spec *spec, bool promoted);
/* 0 if exactly that binding exists, otherwise -ENOENT. Any context. */
int nat64_bib_find_spec(struct nat64_state *st,
			const struct nat64_bib_spec *spec);
/* Delete a binding and its sessions: 0 or -ENOENT. Process context. */
int nat64_bib_del(struct nat64_state *st, const struct nat64_bib_spec *spec);
/* Delete every binding whose pool4 range is dead, with its sessions (H-117). */
void nat64_state_flush_dead(struct nat64_state *st);

/* As nat64_hash_walk(), over the bindings. */
int nat64_bib_walk(struct nat64_state *st, struct nat64_cursor *c,
		   unsigned int budget,
		   int (*fn)(struct nat64_bib *bib, void *arg), void *arg);

/* For state.c, which owns struct nat64_state. */
int nat64_bib_tables_init(struct nat64_state *st);
void nat64_bib_tables_destroy(struct nat64_state *st);
void nat64_bib_free_dead(struct llist_node *dead);
int nat64_bib_init(void);
void nat64_bib_exit(void);

#endif /* NAT64_BIB_H */
