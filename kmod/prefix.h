/* SPDX-License-Identifier: GPL-2.0 */
/* The IPv6 prefixes of an instance (pool6), and IPv4 destinations it denies. */
#ifndef NAT64_PREFIX_H
#define NAT64_PREFIX_H

#include <linux/types.h>

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
 * @first: entry that was configured first: IPv4 sources are embedded in it
 *	where no session says otherwise
 * @e: the entries
 *
 * Part of a struct nat64_config, replaced whole.
 */
struct nat64_prefix_set {
	unsigned int n;
	unsigned int first;
	struct nat64_prefix_entry e[];
};

/* The longest prefix that @addr lies in, or NULL. Any context, under RCU. */
const struct nat64_prefix_entry *
nat64_prefix_find(const struct nat64_prefix_set *set,
		  const struct in6_addr *addr);
/* The prefix that @addr4 is embedded in, or NULL. Any context, under RCU. */
const struct nat64_prefix_entry *
nat64_prefix_for4(const struct nat64_prefix_set *set, __be32 addr4);

/*
 * A copy of @old (NULL: empty) with or without @e; ERR_PTR with extack text:
 * -EINVAL bad prefix, -EEXIST there already, -ENOENT not there, -ENOMEM.
 * Process context.
 */
struct nat64_prefix_set *
nat64_prefix_set_add(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack);
struct nat64_prefix_set *
nat64_prefix_set_del(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack);

struct nat64_deny4_entry {
	__be32 addr;
	u8 len;
};

/**
 * struct nat64_deny4 - IPv4 destinations that are never translated
 * @n: number of entries
 * @e: sorted by address; never changes, replaced whole
 */
struct nat64_deny4 {
	unsigned int n;
	struct nat64_deny4_entry e[];
};

bool nat64_deny4_match(const struct nat64_deny4 *d, __be32 addr);
struct nat64_deny4 *nat64_deny4_add(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack);
struct nat64_deny4 *nat64_deny4_del(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack);

#endif /* NAT64_PREFIX_H */
