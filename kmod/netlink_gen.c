// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/nat64.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make uapi KSRC=... */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/nat64.h>

/* Common nested types */
const struct nla_policy nat64_bib_nl_policy[NAT64_A_BIB_SESSIONS + 1] = {
	[NAT64_A_BIB_PROTO] = { .type = NLA_U8, },
	[NAT64_A_BIB_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NAT64_A_BIB_PORT6] = { .type = NLA_U16, },
	[NAT64_A_BIB_ADDR4] = { .type = NLA_BE32, },
	[NAT64_A_BIB_PORT4] = { .type = NLA_U16, },
	[NAT64_A_BIB_STATIC] = { .type = NLA_FLAG, },
	[NAT64_A_BIB_SESSIONS] = { .type = NLA_U32, },
};

const struct nla_policy nat64_deny4_nl_policy[NAT64_A_DENY4_LEN + 1] = {
	[NAT64_A_DENY4_ADDR] = { .type = NLA_BE32, },
	[NAT64_A_DENY4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

const struct nla_policy nat64_eam_nl_policy[NAT64_A_EAM_LEN4 + 1] = {
	[NAT64_A_EAM_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NAT64_A_EAM_LEN6] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_A_EAM_ADDR4] = { .type = NLA_BE32, },
	[NAT64_A_EAM_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
};

const struct nla_policy nat64_filter_nl_policy[NAT64_A_FILTER_REMOTE_PORT + 1] = {
	[NAT64_A_FILTER_PROTO] = { .type = NLA_U8, },
	[NAT64_A_FILTER_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NAT64_A_FILTER_LEN6] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_A_FILTER_PORT6] = { .type = NLA_U16, },
	[NAT64_A_FILTER_ADDR4] = { .type = NLA_BE32, },
	[NAT64_A_FILTER_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_A_FILTER_PORT4] = { .type = NLA_U16, },
	[NAT64_A_FILTER_REMOTE4] = { .type = NLA_BE32, },
	[NAT64_A_FILTER_REMOTE_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_A_FILTER_REMOTE_PORT] = { .type = NLA_U16, },
};

const struct nla_policy nat64_item_nl_policy[NAT64_A_CMD + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[NAT64_A_PREFIX] = NLA_POLICY_NESTED(nat64_prefix_nl_policy),
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_nl_policy),
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_nl_policy),
	[NAT64_A_DENY4] = NLA_POLICY_NESTED(nat64_deny4_nl_policy),
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_nl_policy),
	[NAT64_A_SETTINGS] = NLA_POLICY_NESTED(nat64_settings_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
	[NAT64_A_CMD] = { .type = NLA_U32, },
};

const struct nla_policy nat64_pool4_nl_policy[NAT64_A_POOL4_USED + 1] = {
	[NAT64_A_POOL4_ADDR] = { .type = NLA_BE32, },
	[NAT64_A_POOL4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_A_POOL4_PORT_MIN] = { .type = NLA_U16, },
	[NAT64_A_POOL4_PORT_MAX] = { .type = NLA_U16, },
	[NAT64_A_POOL4_PROTO] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[NAT64_A_POOL4_MARK] = { .type = NLA_U32, },
	[NAT64_A_POOL4_USED] = { .type = NLA_U32, },
};

const struct nla_policy nat64_prefix_nl_policy[NAT64_A_PREFIX_LEN4 + 1] = {
	[NAT64_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[NAT64_A_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_A_PREFIX_ADDR4] = { .type = NLA_BE32, },
	[NAT64_A_PREFIX_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
};

const struct nla_policy nat64_settings_nl_policy[NAT64_A_SETTINGS_SESSION_COUNTERS + 1] = {
	[NAT64_A_SETTINGS_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_LOWEST_IPV6_MTU] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_TRAFFIC_CLASS_ZERO] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_TOS] = NLA_POLICY_MAX(NLA_U32, 256),
	[NAT64_A_SETTINGS_UDP_ZERO_CHECKSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[NAT64_A_SETTINGS_WKP_NONGLOBAL] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_FILTERING] = NLA_POLICY_MAX(NLA_U32, 3),
	[NAT64_A_SETTINGS_ICMP_ERRORS] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_RFC6791_ADDR4] = { .type = NLA_BE32, },
	[NAT64_A_SETTINGS_RFC6791_LEN4] = { .type = NLA_U8, },
	[NAT64_A_SETTINGS_UDP_TIMEOUT] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_TCP_EST_TIMEOUT] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_TCP_TRANS_TIMEOUT] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_ICMP_TIMEOUT] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_REFRESH_INBOUND] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_PORT_PARITY] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_FORWARD_HOOK] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_MAX_SESSIONS] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_MAX_BIB] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_EAM_HAIRPIN] = NLA_POLICY_MAX(NLA_U32, 2),
	[NAT64_A_SETTINGS_RFC6791_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NAT64_A_SETTINGS_RFC6791_LEN6] = { .type = NLA_U8, },
	[NAT64_A_SETTINGS_ICMP_NODE_ID] = NLA_POLICY_MAX(NLA_U32, 2),
	[NAT64_A_SETTINGS_ICMP_INFO_DROP] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_MTU_PLATEAUS] = NLA_POLICY_MAX_LEN(32),
	[NAT64_A_SETTINGS_MSS_CLAMP] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_UDP_ZERO_PORTS] = NLA_POLICY_MAX_LEN(64),
	[NAT64_A_SETTINGS_TCP_SYN_TIMEOUT] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_EXTERNAL_TCP_DROP] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_EST_PROBE] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_SUBSCRIBER_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_A_SETTINGS_SUBSCRIBER_MAX_SESSIONS] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_SUBSCRIBER_MAX_PORTS] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_SUBSCRIBER_RATE] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_PORT_HOLD] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_PORT_BLOCKS] = { .type = NLA_U32, },
	[NAT64_A_SETTINGS_PORT_BLOCKS_DETERMINISTIC] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_SETTINGS_FAST_PATH] = NLA_POLICY_MAX(NLA_U32, 1),
	[NAT64_A_SETTINGS_PORT_ALARM] = NLA_POLICY_MAX(NLA_U32, 100),
	[NAT64_A_SETTINGS_SESSION_COUNTERS] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* NAT64_CMD_INSTANCE_ADD - do */
static const struct nla_policy nat64_instance_add_nl_policy[NAT64_A_MODE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* NAT64_CMD_INSTANCE_DEL - do */
static const struct nla_policy nat64_instance_del_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_PREFIX_ADD - do */
static const struct nla_policy nat64_prefix_add_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_PREFIX] = NLA_POLICY_NESTED(nat64_prefix_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_PREFIX_DEL - do */
static const struct nla_policy nat64_prefix_del_nl_policy[NAT64_A_PREFIX + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_PREFIX] = NLA_POLICY_NESTED(nat64_prefix_nl_policy),
};

/* NAT64_CMD_PREFIX_GET - dump */
static const struct nla_policy nat64_prefix_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_POOL4_ADD - do */
static const struct nla_policy nat64_pool4_add_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_POOL4_DEL - do */
static const struct nla_policy nat64_pool4_del_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_POOL4_GET - dump */
static const struct nla_policy nat64_pool4_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_EAM_ADD - do */
static const struct nla_policy nat64_eam_add_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_EAM_DEL - do */
static const struct nla_policy nat64_eam_del_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_EAM_GET - dump */
static const struct nla_policy nat64_eam_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_DENY4_ADD - do */
static const struct nla_policy nat64_deny4_add_nl_policy[NAT64_A_DENY4 + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_DENY4] = NLA_POLICY_NESTED(nat64_deny4_nl_policy),
};

/* NAT64_CMD_DENY4_DEL - do */
static const struct nla_policy nat64_deny4_del_nl_policy[NAT64_A_DENY4 + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_DENY4] = NLA_POLICY_NESTED(nat64_deny4_nl_policy),
};

/* NAT64_CMD_DENY4_GET - dump */
static const struct nla_policy nat64_deny4_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_BIB_ADD - do */
static const struct nla_policy nat64_bib_add_nl_policy[NAT64_A_BIB + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_nl_policy),
};

/* NAT64_CMD_BIB_DEL - do */
static const struct nla_policy nat64_bib_del_nl_policy[NAT64_A_BIB + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_nl_policy),
};

/* NAT64_CMD_BIB_GET - dump */
static const struct nla_policy nat64_bib_get_nl_policy[NAT64_A_FILTER + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_nl_policy),
};

/* NAT64_CMD_SESSION_DEL - do */
static const struct nla_policy nat64_session_del_nl_policy[NAT64_A_FILTER + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_nl_policy),
};

/* NAT64_CMD_SESSION_GET - dump */
static const struct nla_policy nat64_session_get_nl_policy[NAT64_A_FILTER + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_nl_policy),
};

/* NAT64_CMD_SETTINGS_SET - do */
static const struct nla_policy nat64_settings_set_nl_policy[NAT64_A_FORCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_SETTINGS] = NLA_POLICY_NESTED(nat64_settings_nl_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG, },
};

/* NAT64_CMD_SETTINGS_GET - dump */
static const struct nla_policy nat64_settings_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_STATS_GET - dump */
static const struct nla_policy nat64_stats_get_nl_policy[NAT64_A_INSTANCE + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
};

/* NAT64_CMD_BATCH - do */
static const struct nla_policy nat64_batch_nl_policy[NAT64_A_ITEM + 1] = {
	[NAT64_A_ITEM] = NLA_POLICY_NESTED(nat64_item_nl_policy),
};

/* NAT64_CMD_MAP_GET - dump */
static const struct nla_policy nat64_map_get_nl_policy[NAT64_A_FILTER + 1] = {
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX, },
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_nl_policy),
};

/* Ops table for nat64 */
static const struct genl_split_ops nat64_nl_ops[] = {
	{
		.cmd		= NAT64_CMD_INSTANCE_ADD,
		.doit		= nat64_nl_instance_add_doit,
		.policy		= nat64_instance_add_nl_policy,
		.maxattr	= NAT64_A_MODE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_INSTANCE_DEL,
		.doit		= nat64_nl_instance_del_doit,
		.policy		= nat64_instance_del_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= NAT64_CMD_INSTANCE_GET,
		.dumpit	= nat64_nl_instance_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_PREFIX_ADD,
		.doit		= nat64_nl_prefix_add_doit,
		.policy		= nat64_prefix_add_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_PREFIX_DEL,
		.doit		= nat64_nl_prefix_del_doit,
		.policy		= nat64_prefix_del_nl_policy,
		.maxattr	= NAT64_A_PREFIX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_PREFIX_GET,
		.dumpit		= nat64_nl_prefix_get_dumpit,
		.policy		= nat64_prefix_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_POOL4_ADD,
		.doit		= nat64_nl_pool4_add_doit,
		.policy		= nat64_pool4_add_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_POOL4_DEL,
		.doit		= nat64_nl_pool4_del_doit,
		.policy		= nat64_pool4_del_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_POOL4_GET,
		.dumpit		= nat64_nl_pool4_get_dumpit,
		.policy		= nat64_pool4_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_EAM_ADD,
		.doit		= nat64_nl_eam_add_doit,
		.policy		= nat64_eam_add_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_EAM_DEL,
		.doit		= nat64_nl_eam_del_doit,
		.policy		= nat64_eam_del_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_EAM_GET,
		.dumpit		= nat64_nl_eam_get_dumpit,
		.policy		= nat64_eam_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_DENY4_ADD,
		.doit		= nat64_nl_deny4_add_doit,
		.policy		= nat64_deny4_add_nl_policy,
		.maxattr	= NAT64_A_DENY4,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_DENY4_DEL,
		.doit		= nat64_nl_deny4_del_doit,
		.policy		= nat64_deny4_del_nl_policy,
		.maxattr	= NAT64_A_DENY4,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_DENY4_GET,
		.dumpit		= nat64_nl_deny4_get_dumpit,
		.policy		= nat64_deny4_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_BIB_ADD,
		.doit		= nat64_nl_bib_add_doit,
		.policy		= nat64_bib_add_nl_policy,
		.maxattr	= NAT64_A_BIB,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_BIB_DEL,
		.doit		= nat64_nl_bib_del_doit,
		.policy		= nat64_bib_del_nl_policy,
		.maxattr	= NAT64_A_BIB,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_BIB_GET,
		.dumpit		= nat64_nl_bib_get_dumpit,
		.policy		= nat64_bib_get_nl_policy,
		.maxattr	= NAT64_A_FILTER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_SESSION_DEL,
		.doit		= nat64_nl_session_del_doit,
		.policy		= nat64_session_del_nl_policy,
		.maxattr	= NAT64_A_FILTER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_SESSION_GET,
		.dumpit		= nat64_nl_session_get_dumpit,
		.policy		= nat64_session_get_nl_policy,
		.maxattr	= NAT64_A_FILTER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_SETTINGS_SET,
		.doit		= nat64_nl_settings_set_doit,
		.policy		= nat64_settings_set_nl_policy,
		.maxattr	= NAT64_A_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_SETTINGS_GET,
		.dumpit		= nat64_nl_settings_get_dumpit,
		.policy		= nat64_settings_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_STATS_GET,
		.dumpit		= nat64_nl_stats_get_dumpit,
		.policy		= nat64_stats_get_nl_policy,
		.maxattr	= NAT64_A_INSTANCE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAT64_CMD_BATCH,
		.doit		= nat64_nl_batch_doit,
		.policy		= nat64_batch_nl_policy,
		.maxattr	= NAT64_A_ITEM,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAT64_CMD_MAP_GET,
		.dumpit		= nat64_nl_map_get_dumpit,
		.policy		= nat64_map_get_nl_policy,
		.maxattr	= NAT64_A_FILTER,
		.flags		= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group nat64_nl_mcgrps[] = {
	[NAT64_NLGRP_CONFIG] = { "config", },
	[NAT64_NLGRP_EVENT] = { "event", .flags = GENL_MCAST_CAP_NET_ADMIN, },
	[NAT64_NLGRP_BINDING] = { "binding", .flags = GENL_MCAST_CAP_NET_ADMIN, },
};

struct genl_family nat64_nl_family __ro_after_init = {
	.name		= NAT64_FAMILY_NAME,
	.version	= NAT64_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= nat64_nl_ops,
	.n_split_ops	= ARRAY_SIZE(nat64_nl_ops),
	.mcgrps		= nat64_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(nat64_nl_mcgrps),
};
