/* SPDX-License-Identifier: GPL-2.0 */
/* The IPv6 prefixes of an instance (pool6), and IPv4 destinations it denies. */
#ifndef NAT64_PREFIX_H
#define NAT64_PREFIX_H

#include <linux/types.h>
#include <net/ipv6.h>

#include "xlat/rfc6052.h"

struct netlink_ext_ack;

/**
 * struct nat64_prefix_entry - a prefix and what it stands for
 * @p: the prefix
 * @addr4: mode siit: IPv4 addresses outside of @addr4/@len4 do not map
 * @len4: 0 for all of IPv4
 */
struct nat64_prefix_entry {
	struct nat64_prefix p;
	__be32 addr4;
	u8 len4;
};

/**
 * struct nat64_prefix_set - prefixes, the longest first; never changes
 * @n: number of entries
 * @order: indices into @e in the order of configuration; IPv4 sources are
 *	embedded in the first where no session says otherwise
 * @e: the entries
 *
 * Part of a struct nat64_config, replaced whole; freed by kfree().
 */
struct nat64_prefix_set {
	unsigned int n;
	u16 *order;
	struct nat64_prefix_entry e[];
};

#define NAT64_PREFIX_SET_MAX	1024

/**
 * nat64_prefix_find() - find the prefix that an IPv6 address lies in
 * @set: prefixes, or NULL
 * @addr: network byte order
 *
 * Inline, because it is what a packet pays that is not ours.
 *
 * Return: the longest prefix, or NULL. Any context, under RCU.
 */
static inline const struct nat64_prefix_entry *
nat64_prefix_find(const struct nat64_prefix_set *set,
		  const struct in6_addr *addr)
{
	unsigned int i;

	if (!set)
		return NULL;
	for (i = 0; i < set->n; i++)
		if (ipv6_prefix_equal(&set->e[i].p.addr, addr, set->e[i].p.len))
			return &set->e[i];
	return NULL;
}

/**
 * struct nat64_reach - where the destinations of an instance lie in IPv6
 * @addr: the bits that all of them have in common
 * @mask: which bits these are
 * @whole: what has these bits is a destination of the instance, and no more
 *	is to be asked
 */
struct nat64_reach {
	struct in6_addr addr;
	struct in6_addr mask;
	bool whole;
};

/* Whether @addr may be a destination. Any context. */
static inline bool nat64_reach_has(const struct nat64_reach *r,
				   const struct in6_addr *addr)
{
	return !ipv6_masked_addr_cmp(addr, &r->mask, &r->addr);
}

void nat64_reach_set(struct nat64_reach *r, const struct nat64_prefix_set *set);

const struct nat64_prefix_entry *
nat64_prefix_for4(const struct nat64_prefix_set *set, __be32 addr4, bool wkp);

bool nat64_prefix_has(const struct nat64_prefix_set *set,
		      const struct nat64_prefix *p);
const struct nat64_prefix_entry *
nat64_prefix_at(const struct nat64_prefix_set *set, unsigned int i);

/**
 * nat64_prefix_check() - tell whether an entry makes sense by itself
 * @e: the entry
 * @extack: says what would be right
 *
 * RFC 6052 section 2.2, RFC 6146 section 3.5.4.
 *
 * Return: 0, or the NAT64_A_PREFIX_ attribute at fault.
 */
int nat64_prefix_check(const struct nat64_prefix_entry *e,
		       struct netlink_ext_ack *extack);

struct nat64_prefix_set *
nat64_prefix_set_add(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack);
struct nat64_prefix_set *
nat64_prefix_set_del(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack);

/**
 * struct nat64_deny4_entry - an IPv4 prefix
 * @addr: network byte order, bits past @len are zero
 * @len: bits of @addr
 * @up: how many entries before this one the next prefix stands that encloses
 *	it, 0 if none does; kept by the table
 */
struct nat64_deny4_entry {
	__be32 addr;
	u8 len;
	u32 up;
};

#define NAT64_DENY4_MAX		4096

/**
 * struct nat64_deny4 - IPv4 destinations that are never translated
 * @n: number of entries
 * @e: sorted by address, the shorter first; never changes, replaced whole;
 *	freed by kvfree()
 */
struct nat64_deny4 {
	unsigned int n;
	struct nat64_deny4_entry e[];
};

bool nat64_deny4_match(const struct nat64_deny4 *d, __be32 addr);
int nat64_deny4_check(const struct nat64_deny4_entry *e,
		      struct netlink_ext_ack *extack);
struct nat64_deny4 *nat64_deny4_add(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack);
struct nat64_deny4 *nat64_deny4_del(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack);

#endif /* NAT64_PREFIX_H */
