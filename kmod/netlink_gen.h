/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/nat64.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make uapi KSRC=... */

#ifndef _LINUX_NAT64_GEN_H
#define _LINUX_NAT64_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/nat64.h>

/* Common nested types */
extern const struct nla_policy nat64_bib_nl_policy[NAT64_A_BIB_SESSIONS + 1];
extern const struct nla_policy nat64_deny4_nl_policy[NAT64_A_DENY4_LEN + 1];
extern const struct nla_policy nat64_eam_nl_policy[NAT64_A_EAM_LEN4 + 1];
extern const struct nla_policy nat64_filter_nl_policy[NAT64_A_FILTER_REMOTE_PORT + 1];
extern const struct nla_policy nat64_item_nl_policy[NAT64_A_CMD + 1];
extern const struct nla_policy nat64_pool4_nl_policy[NAT64_A_POOL4_USED + 1];
extern const struct nla_policy nat64_prefix_nl_policy[NAT64_A_PREFIX_LEN4 + 1];
extern const struct nla_policy nat64_settings_nl_policy[NAT64_A_SETTINGS_SESSION_COUNTERS + 1];

int nat64_nl_instance_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_instance_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_instance_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int nat64_nl_prefix_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_prefix_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_prefix_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int nat64_nl_pool4_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_pool4_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_pool4_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_eam_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_eam_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_eam_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_deny4_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_deny4_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_deny4_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_bib_add_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_bib_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_bib_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int nat64_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_settings_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int nat64_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_batch_doit(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	NAT64_NLGRP_CONFIG,
	NAT64_NLGRP_EVENT,
	NAT64_NLGRP_BINDING,
};

extern struct genl_family nat64_nl_family;

#endif /* _LINUX_NAT64_GEN_H */
