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

/*
 * Changes to a table, any number, before the new table is built in one go.
 * @base (NULL: empty) must outlive the edit. add: -EEXIST same IPv4 or IPv6
 * prefix there already (I-13), -ENOSPC, -ENOMEM; del: -ENOENT; both with extack
 * text. Process context.
 */
struct nat64_eam_edit;

struct nat64_eam_edit *nat64_eam_edit_create(const struct nat64_eam_table *base);
int nat64_eam_edit_add(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack);
int nat64_eam_edit_del(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack);
/* The new table, NULL if it is empty, or ERR_PTR(-ENOMEM). */
struct nat64_eam_table *nat64_eam_edit_build(const struct nat64_eam_edit *edit);
void nat64_eam_edit_destroy(struct nat64_eam_edit *edit);

/* Any context, once no packet can see it. @t may be NULL. */
void nat64_eam_free(struct nat64_eam_table *t);

#endif /* NAT64_EAM_H */
