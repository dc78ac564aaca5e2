/* SPDX-License-Identifier: GPL-2.0 */
/* A range of pool4: addresses, and which of their ports are in use. */
#ifndef NAT64_POOL4_RANGE_H
#define NAT64_POOL4_RANGE_H

#include <linux/inetdevice.h>
#include <linux/refcount.h>

#include "pool4.h"

struct nat64_block;

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
	struct nat64_block **blocks[__NAT64_L4_IDX_MAX];
};

/*
 * What is tried in turn: ports of the class and parity of the host's port
 * (UDP), of its class (TCP and UDP), any (H-80 to H-82).
 */
enum nat64_pass {
	NAT64_PASS_PARITY,
	NAT64_PASS_CLASS,
	NAT64_PASS_ANY,
	__NAT64_PASS_MAX,
};

static inline u32 nat64_spec_addrs(const struct nat64_pool4_spec *s)
{
	return 1U << (32 - s->len);
}

static inline bool nat64_spec_covers(const struct nat64_pool4_spec *s,
				     __be32 addr)
{
	return !((s->addr ^ addr) & inet_make_mask(s->len));
}

/* With one reference, or NULL without memory. Process context. */
struct nat64_pool4_range *
nat64_range_create(const struct nat64_pool4_spec *spec);
void nat64_range_put(struct nat64_pool4_range *r);

/*
 * Allocate a port of an address of the range, or take a given one: 0; -ENOSPC
 * none free that the pass allows; -EBUSY in use; -ENOMEM. With @out comes a
 * reference. The caller holds one too or is under RCU. Softirq or process
 * context.
 */
int nat64_range_alloc(struct nat64_pool4_range *r, __be32 addr,
		      const struct nat64_pool4_want *want,
		      enum nat64_pass pass, struct nat64_pool4_port *out);
int nat64_range_take(struct nat64_pool4_range *r, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out);

#endif /* NAT64_POOL4_RANGE_H */
