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

#define NAT64_EAM_MAX		2000000

unsigned int nat64_eam_count(const struct nat64_eam_table *t);
const struct nat64_eam *nat64_eam_at(const struct nat64_eam_table *t,
				     unsigned int i);

bool nat64_eam_46(const struct nat64_eam_table *t, __be32 addr4,
		  struct in6_addr *addr6);
bool nat64_eam_64(const struct nat64_eam_table *t, const struct in6_addr *addr6,
		  __be32 *addr4);

/* Bits of the mapping of an address, or -1. Any context, under RCU. */
int nat64_eam_len4(const struct nat64_eam_table *t, __be32 addr4);
int nat64_eam_len6(const struct nat64_eam_table *t,
		   const struct in6_addr *addr6);

/**
 * nat64_eam_check() - tell whether a mapping makes sense by itself
 * @e: the mapping
 * @extack: says what would be right
 *
 * RFC 7757 section 3.2 (I-03, I-07).
 *
 * Return: 0, or the NAT64_A_EAM_ attribute at fault.
 */
int nat64_eam_check(const struct nat64_eam *e, struct netlink_ext_ack *extack);

/* Any number of changes to a table before the new one is built in one go. */
struct nat64_eam_edit;

struct nat64_eam_edit *nat64_eam_edit_create(const struct nat64_eam_table *base);
int nat64_eam_edit_add(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack);
int nat64_eam_edit_del(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack);
struct nat64_eam_table *nat64_eam_edit_build(const struct nat64_eam_edit *edit);
void nat64_eam_edit_destroy(struct nat64_eam_edit *edit);

void nat64_eam_free(struct nat64_eam_table *t);

#endif /* NAT64_EAM_H */
