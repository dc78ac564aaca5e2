/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of libnat64 share. */
#ifndef NAT64_TOOLS_INTERNAL_H
#define NAT64_TOOLS_INTERNAL_H

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include "nat64.h"

/**
 * struct nat64_sub - a subscription
 * @sk: its socket; separate, so that replies and notifications do not mix
 * @groups: NAT64_GROUP_… that were asked for
 * @next: the expected number per group
 * @synced: @next holds
 * @bindings: changes of bindings come whole, beside what all are told of them
 */
struct nat64_sub {
	struct nl_sock *sk;
	unsigned int groups;
	uint32_t next[2];
	bool synced[2];
	bool bindings;
};

/**
 * struct nat64 - a connection to the module
 * @sk: socket of requests
 * @family: id of the family, 0 while the module is not loaded
 * @refusal: why the last request failed
 * @sub: notifications, @sub.sk is NULL without
 */
struct nat64 {
	struct nl_sock *sk;
	int family;
	struct nat64_refusal refusal;
	struct nat64_sub sub;
};

/* Attributes: attr.c */
int nat64_put_change(struct nl_msg *msg, const struct nat64_change *c);
int nat64_put_filter(struct nl_msg *msg, const struct nat64_filter *f);
int nat64_get_entry(uint8_t cmd, struct nlattr **tb, struct nat64_entry *e);
void nat64_get_change(struct nlattr **tb, struct nat64_change *c);
void nat64_get_block(struct nlattr **tb, struct nat64_block *b);
void nat64_get_bib(const struct nlattr *nest, struct nat64_bib *b);
void nat64_get_counter(const struct nlattr *nest, struct nat64_counter *c);
uint32_t nat64_get_u32(const struct nlattr *a);
uint64_t nat64_get_u64(const struct nlattr *a);
const char *nat64_get_string(const struct nlattr *a);
void nat64_locate(const struct nlmsghdr *nlh, uint32_t offset,
		  struct nat64_refusal *r);

/* nat64.c */
int nat64_refuse(struct nat64 *h, int error, const char *text);
int nat64_errno(int nlerr);

#endif
