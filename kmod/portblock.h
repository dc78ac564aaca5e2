/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of ports that are a subscriber's for as long as it uses any of them.
 *
 * Who logs which subscriber has had which port needs a line for a block and not
 * one for each binding (RFC 6888 REQ-14, L-03). A block is a stretch of ports
 * of one address, for all protocols.
 */
#ifndef NAT64_PORTBLOCK_H
#define NAT64_PORTBLOCK_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "hash.h"
#include "pool4.h"

#define NAT64_PORTBLOCK_MIN	64U
#define NAT64_PORTBLOCK_MAX	32768U

struct nat64_config;
struct nat64_portblock;
struct nat64_state;
struct nat64_sub;

/**
 * struct nat64_portblocks - the blocks of an instance
 * @hash: addresses that have blocks, with what is given away of them
 * @n: how many addresses
 * @lock: blocks, and the lists of them that subscribers have; BH off. Taken
 *	inside the lock of a binding. Inside: locks of @hash
 */
struct nat64_portblocks {
	struct nat64_hash hash;
	atomic_t n;
	spinlock_t lock;	/* blocks */
};

/* 0 or -ENOMEM. Destroy: no block is left. Process context. */
int nat64_portblocks_init(struct nat64_portblocks *pb);
void nat64_portblocks_destroy(struct nat64_portblocks *pb);

/**
 * struct nat64_grant - what a binding is given
 * @sub: its subscriber, or NULL
 * @block: the block that @port is of, or NULL
 * @port: IPv4 transport address
 */
struct nat64_grant {
	struct nat64_sub *sub;
	struct nat64_portblock *block;
	struct nat64_pool4_port port;
};

/* Who has it. */
struct nat64_sub *nat64_portblock_sub(const struct nat64_portblock *block);

/*
 * A port of a block of @g->sub, which gets another one if none has a free port:
 * 0; -ENOSPC; -ENOMEM. Under RCU, BH off.
 */
int nat64_portblock_alloc(struct nat64_state *st, const struct nat64_config *cfg,
			  const struct nat64_pool4_place *place,
			  const struct nat64_pool4_want *want,
			  struct nat64_grant *g);
/* One port less in use. Under RCU, BH off. */
void nat64_portblock_put(struct nat64_state *st, struct nat64_portblock *block);

#endif /* NAT64_PORTBLOCK_H */
