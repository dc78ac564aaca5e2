/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes to objects and back. Reading refuses what makes no sense by
 * itself; it returns 0 or -errno, with extack text that points at the attribute
 * at fault. Writing returns 0 or -EMSGSIZE and leaves nothing half written.
 * Reading is for process context, writing for any.
 */
#ifndef NAT64_NETLINK_ATTR_H
#define NAT64_NETLINK_ATTR_H

#include <linux/types.h>

struct nat64_bib;
struct nat64_bib_spec;
struct nat64_deny4_entry;
struct nat64_eam;
struct nat64_filter;
struct nat64_pool4_spec;
struct nat64_prefix_entry;
struct nat64_session;
struct nat64_session_view;
struct nat64_settings;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

int nat64_get_prefix(struct nat64_prefix_entry *e, const struct nlattr *nest,
		     struct netlink_ext_ack *extack);
int nat64_get_pool4(struct nat64_pool4_spec *s, const struct nlattr *nest,
		    struct netlink_ext_ack *extack);
int nat64_get_eam(struct nat64_eam *e, const struct nlattr *nest,
		  struct netlink_ext_ack *extack);
int nat64_get_deny4(struct nat64_deny4_entry *e, const struct nlattr *nest,
		    struct netlink_ext_ack *extack);
int nat64_get_bib(struct nat64_bib_spec *s, const struct nlattr *nest,
		  struct netlink_ext_ack *extack);
/* @nest may be NULL: everything passes. */
int nat64_get_filter(struct nat64_filter *f, const struct nlattr *nest,
		     struct netlink_ext_ack *extack);
/* Changes those of @set that @nest has. */
int nat64_get_settings(struct nat64_settings *set, const struct nlattr *nest,
		       bool force, struct netlink_ext_ack *extack);

int nat64_put_prefix(struct sk_buff *skb, const struct nat64_prefix_entry *e);
int nat64_put_pool4(struct sk_buff *skb, const struct nat64_pool4_spec *s,
		    u32 used);
int nat64_put_eam(struct sk_buff *skb, const struct nat64_eam *e);
int nat64_put_deny4(struct sk_buff *skb, const struct nat64_deny4_entry *e);
int nat64_put_bib(struct sk_buff *skb, const struct nat64_bib *bib);
/* @flag: NAT64_A_COUNTER_DROP or _GAUGE, or 0; @text: what it means, or NULL */
int nat64_put_counter(struct sk_buff *skb, const char *name, u64 value,
		      int flag, const char *text);
int nat64_put_session(struct sk_buff *skb, const struct nat64_session *s,
		      const struct nat64_session_view *view);
int nat64_put_settings(struct sk_buff *skb, const struct nat64_settings *set);

#endif /* NAT64_NETLINK_ATTR_H */
