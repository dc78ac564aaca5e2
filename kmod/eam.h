/* SPDX-License-Identifier: GPL-2.0 */
/* Explicit address mappings, RFC 7757. */
#ifndef NAT64_EAM_H
#define NAT64_EAM_H

#include <linux/types.h>

#include "xlat/internal.h"

struct netlink_ext_ack;

/**
 * struct nat64_eam - one mapping
 * @addr6: IPv6 prefix, bits past @len6 are zero
 * @addr4: IPv4 prefix, network byte order, bits past @len4 are zero
 * @len6: bits of @addr6
 * @len4: bits of @addr4; 32 - @len4 <= 128 - @len6 (I-03)
 */
struct nat64_eam {
	struct in6_addr addr6;
	__be32 addr4;
	u8 len6;
	u8 len4;
};

struct nat64_eam_table;

/* Number of mappings, and the @i-th in a stable order for dumps. */
unsigned int nat64_eam_count(const struct nat64_eam_table *t);
const struct nat64_eam *nat64_eam_at(const struct nat64_eam_table *t,
				     unsigned int i);

/*
 * Longest prefix match in each direction in a bounded number of steps
 * (RFC 7757 section 3.3; I-04 to I-07, I-11, I-19). True and the mapped
 * address, or false. Any context, under RCU; @t may be NULL.
 */
bool nat64_eam_46(const struct nat64_eam_table *t, __be32 addr4,
		  struct in6_addr *addr6);
bool nat64_eam_64(const struct nat64_eam_table *t, const struct in6_addr *addr6,
		  __be32 *addr4);

/*
 * A new table that differs from @old (NULL: empty) by @n mappings; ERR_PTR
 * with extack text: -EINVAL, -EEXIST same IPv4 or IPv6 prefix there already
 * (I-13), -ENOENT, -ENOMEM. Process context.
 */
struct nat64_eam_table *nat64_eam_add(const struct nat64_eam_table *old,
				      const struct nat64_eam *e, unsigned int n,
				      struct netlink_ext_ack *extack);
struct nat64_eam_table *nat64_eam_del(const struct nat64_eam_table *old,
				      const struct nat64_eam *e,
				      struct netlink_ext_ack *extack);
void nat64_eam_free(struct nat64_eam_table *t);

#endif /* NAT64_EAM_H */
