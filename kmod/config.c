// SPDX-License-Identifier: GPL-2.0
/*
 * Settings, and who owns what in a configuration.
 *
 * A new configuration starts as a copy of the one it is to replace and shares
 * its members. A member that is changed is replaced in the copy: if the copy is
 * published it goes with the old configuration (nat64_config.drop), if not with
 * the copy.
 */
#include "config.h"

#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "eam.h"
#include "gfp.h"
#include "pool4.h"
#include "portblock.h"
#include "prefix.h"
#include "xlat/rfc6052.h"

#define LIMIT_MIN	1U
#define LIMIT_MAX	67108864U

/* 24 days in milliseconds just fit an int, which jiffies have to do with */
#define TIMEOUT_MAX	(24UL * 24 * 3600 * HZ)

/*
 * Room for a million sessions takes some hundred MB: a small machine gets as
 * many as fit into a sixteenth of its memory.
 */
static u32 default_limit(void)
{
	u64 bytes = (u64)totalram_pages() << PAGE_SHIFT;

	return rounddown_pow_of_two(clamp_t(u64, bytes / 16 / 512, SZ_16K,
					    SZ_1M));
}

/**
 * nat64_settings_default() - settings of a new instance
 * @set: where to write them
 */
void nat64_settings_default(struct nat64_settings *set)
{
	/* RFC 1191 section 7 */
	static const u16 plateaus[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68,
	};

	BUILD_BUG_ON(ARRAY_SIZE(plateaus) > NAT64_PLATEAUS_MAX);

	*set = (struct nat64_settings) {
		.hdr = { .tos = NAT64_TOS_COPY },
		.lowest_ipv6_mtu = NAT64_MIN_MTU6,
		.udp_zero = NAT64_UDP_ZERO_COMPUTE,
		.filtering = NAT64_FILTERING_EIF,
		.enabled = true,
		.icmp_errors = true,
		.refresh_inbound = true,
		.port_parity = true,
		.forward_hook = true,
		.rfc6791_len4 = NAT64_RFC6791_NONE,
		.udp_timeout = 5 * 60 * HZ,
		.tcp_est_timeout = 2 * 3600 * HZ,
		.tcp_trans_timeout = 4 * 60 * HZ,
		.icmp_timeout = 60 * HZ,
		.tcp_syn_timeout = 6 * HZ,
		.est_probe = true,
		.port_hold = 2 * 60 * HZ,
		.port_alarm = 90,
		.subscriber_prefix_len = 64,
		.max_sessions = default_limit(),
		.max_bib = default_limit(),
		.eam_hairpin = NAT64_EAM_HAIRPIN_INTRINSIC,
		.node_id = NAT64_NODE_ID_ON,
		.rfc6791_len6 = NAT64_RFC6791_NONE,
		.n_plateaus = ARRAY_SIZE(plateaus),
	};
	memcpy(set->plateaus, plateaus, sizeof(plateaus));
}

/**
 * nat64_settings_udp_zero() - what becomes of a packet without UDP checksum
 * @set: settings
 * @sport: its source port, host byte order
 * @dport: its destination port
 *
 * Return: enum nat64_udp_zero, of the first port that has its own.
 */
u8 nat64_settings_udp_zero(const struct nat64_settings *set, u16 sport,
			   u16 dport)
{
	const struct nat64_udp_zero_port *p = set->udp_zero_ports;
	unsigned int i;

	for (i = 0; i < set->n_udp_zero; i++, p++)
		if (p->port == sport || p->port == dport)
			return p->action;
	return set->udp_zero;
}

/**
 * nat64_settings_adf() - whether only hosts that were sent to may answer (H-27)
 * @set: settings
 * @l4: protocol
 *
 * Return: true for address-dependent filtering, false for none.
 */
bool nat64_settings_adf(const struct nat64_settings *set, enum nat64_l4_idx l4)
{
	switch (set->filtering) {
	case NAT64_FILTERING_ADF_TCP:
		return l4 == NAT64_L4_IDX_TCP;
	case NAT64_FILTERING_ADF_UDP:
		return l4 != NAT64_L4_IDX_TCP;
	default:
		return set->filtering == NAT64_FILTERING_ADF;
	}
}

/* The timeouts and how short the RFCs let them be. */
static const struct {
	size_t offset;
	int attr;
	unsigned long min;
} timeouts[] = {
	{
		.offset = offsetof(struct nat64_settings, udp_timeout),
		.attr = NAT64_A_SETTINGS_UDP_TIMEOUT,
		.min = 120UL * HZ,
	}, {
		.offset = offsetof(struct nat64_settings, tcp_est_timeout),
		.attr = NAT64_A_SETTINGS_TCP_EST_TIMEOUT,
		.min = 7200UL * HZ,
	}, {
		.offset = offsetof(struct nat64_settings, tcp_trans_timeout),
		.attr = NAT64_A_SETTINGS_TCP_TRANS_TIMEOUT,
		.min = 240UL * HZ,
	}, {
		.offset = offsetof(struct nat64_settings, icmp_timeout),
		.attr = NAT64_A_SETTINGS_ICMP_TIMEOUT,
		.min = 60UL * HZ,
	}, {
		.offset = offsetof(struct nat64_settings, tcp_syn_timeout),
		.attr = NAT64_A_SETTINGS_TCP_SYN_TIMEOUT,
		.min = 6UL * HZ,
	},
};

static unsigned long timeout(const struct nat64_settings *set, size_t i)
{
	return *(const unsigned long *)((const void *)set +
					timeouts[i].offset);
}

static void explain_min(int attr, struct netlink_ext_ack *extack)
{
	switch (attr) {
	case NAT64_A_SETTINGS_UDP_TIMEOUT:
		NL_SET_ERR_MSG(extack, "RFC 6146 asks for 2m at least; force sets it anyway");
		break;
	case NAT64_A_SETTINGS_TCP_EST_TIMEOUT:
		NL_SET_ERR_MSG(extack, "RFC 6146 asks for 2h at least; force sets it anyway");
		break;
	case NAT64_A_SETTINGS_TCP_TRANS_TIMEOUT:
		NL_SET_ERR_MSG(extack, "RFC 6146 asks for 4m at least; force sets it anyway");
		break;
	case NAT64_A_SETTINGS_TCP_SYN_TIMEOUT:
		NL_SET_ERR_MSG(extack, "RFC 6146 asks for 6s at least; force sets it anyway");
		break;
	default:
		NL_SET_ERR_MSG(extack, "RFC 5508 asks for 1m at least; force sets it anyway");
		break;
	}
}

static int check_timeouts(const struct nat64_settings *old,
			  const struct nat64_settings *new, bool force,
			  struct netlink_ext_ack *extack)
{
	unsigned long value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(timeouts); i++) {
		value = timeout(new, i);
		if (value == timeout(old, i))
			continue;
		if (value > TIMEOUT_MAX) {
			NL_SET_ERR_MSG(extack, "must be at most 24 days");
			return timeouts[i].attr;
		}
		if (value < HZ) {
			NL_SET_ERR_MSG(extack, "must be at least 1s");
			return timeouts[i].attr;
		}
		if (value < timeouts[i].min && !force) {
			explain_min(timeouts[i].attr, extack);
			return timeouts[i].attr;
		}
	}
	return 0;
}

static bool limit_valid(u32 limit)
{
	return limit >= LIMIT_MIN && limit <= LIMIT_MAX;
}

static int check_rfc6791_6(const struct nat64_settings *set,
			   struct netlink_ext_ack *extack)
{
	struct in6_addr net;

	if (set->rfc6791_len6 == NAT64_RFC6791_NONE)
		return 0;
	if (set->rfc6791_len6 > 128) {
		NL_SET_ERR_MSG(extack, "prefix length must be at most 128, or 255 for none");
		return NAT64_A_SETTINGS_RFC6791_LEN6;
	}
	ipv6_addr_prefix(&net, &set->rfc6791_addr6, set->rfc6791_len6);
	if (!ipv6_addr_equal(&net, &set->rfc6791_addr6)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set past its length");
		return NAT64_A_SETTINGS_RFC6791_ADDR6;
	}
	if (nat64_addr6_illegal_src(&set->rfc6791_addr6)) {
		NL_SET_ERR_MSG(extack, "no packet can come from this address: it is loopback, multicast or link-local");
		return NAT64_A_SETTINGS_RFC6791_ADDR6;
	}
	return 0;
}

static int check_mtus(const struct nat64_settings *set,
		      struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (set->lowest_ipv6_mtu && (set->lowest_ipv6_mtu < NAT64_MIN_MTU6 ||
				     set->lowest_ipv6_mtu > U16_MAX)) {
		NL_SET_ERR_MSG(extack, "must be 1280 to 65535, or auto");
		return NAT64_A_SETTINGS_LOWEST_IPV6_MTU;
	}
	if (set->mss_clamp > U16_MAX || (set->mss_clamp > NAT64_MSS_ROUTE &&
					 set->mss_clamp < NAT64_MSS_MIN)) {
		NL_SET_ERR_MSG(extack, "must be off, pmtu or 536 to 65535");
		return NAT64_A_SETTINGS_MSS_CLAMP;
	}
	for (i = 0; i < set->n_plateaus; i++)
		if (set->plateaus[i] < 68 ||
		    (i && set->plateaus[i] >= set->plateaus[i - 1])) {
			NL_SET_ERR_MSG(extack, "must be falling numbers of 68 to 65535");
			return NAT64_A_SETTINGS_MTU_PLATEAUS;
		}
	return 0;
}

static int check_rfc6791(const struct nat64_settings *set,
			 struct netlink_ext_ack *extack)
{
	if (set->rfc6791_len4 == NAT64_RFC6791_NONE)
		return 0;
	if (set->rfc6791_len4 > 32) {
		NL_SET_ERR_MSG(extack, "prefix length must be at most 32, or 255 for none");
		return NAT64_A_SETTINGS_RFC6791_LEN4;
	}
	if (set->rfc6791_addr4 & ~inet_make_mask(set->rfc6791_len4)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set past its length");
		return NAT64_A_SETTINGS_RFC6791_ADDR4;
	}
	if (nat64_addr4_illegal_src(set->rfc6791_addr4)) {
		NL_SET_ERR_MSG(extack, "no packet can come from this address: it is loopback, multicast or reserved");
		return NAT64_A_SETTINGS_RFC6791_ADDR4;
	}
	return 0;
}

static int check_blocks(const struct nat64_settings *set,
			struct netlink_ext_ack *extack)
{
	if (!set->port_blocks ||
	    (is_power_of_2(set->port_blocks) &&
	     set->port_blocks >= NAT64_PORTBLOCK_MIN &&
	     set->port_blocks <= NAT64_PORTBLOCK_MAX))
		return 0;
	NL_SET_ERR_MSG(extack, "must be a power of two from 64 to 32768");
	return NAT64_A_SETTINGS_PORT_BLOCKS;
}

int nat64_settings_check(const struct nat64_settings *old,
			 const struct nat64_settings *new, bool force,
			 struct netlink_ext_ack *extack)
{
	int attr;

	attr = check_mtus(new, extack) ?: check_blocks(new, extack);
	if (attr)
		return attr;
	if (new->port_hold > TIMEOUT_MAX) {
		NL_SET_ERR_MSG(extack, "must be at most 24 days");
		return NAT64_A_SETTINGS_PORT_HOLD;
	}
	if (!new->subscriber_prefix_len) {
		NL_SET_ERR_MSG(extack, "must be 1 to 128");
		return NAT64_A_SETTINGS_SUBSCRIBER_PREFIX_LEN;
	}
	if (new->subscriber_max_sessions > LIMIT_MAX ||
	    new->subscriber_max_ports > LIMIT_MAX ||
	    new->subscriber_rate > LIMIT_MAX) {
		NL_SET_ERR_MSG(extack, "must be at most 67108864");
		return new->subscriber_max_sessions > LIMIT_MAX ?
		       NAT64_A_SETTINGS_SUBSCRIBER_MAX_SESSIONS :
		       new->subscriber_max_ports > LIMIT_MAX ?
		       NAT64_A_SETTINGS_SUBSCRIBER_MAX_PORTS :
		       NAT64_A_SETTINGS_SUBSCRIBER_RATE;
	}
	if (!limit_valid(new->max_sessions)) {
		NL_SET_ERR_MSG(extack, "must be 1 to 67108864");
		return NAT64_A_SETTINGS_MAX_SESSIONS;
	}
	if (!limit_valid(new->max_bib)) {
		NL_SET_ERR_MSG(extack, "must be 1 to 67108864");
		return NAT64_A_SETTINGS_MAX_BIB;
	}
	attr = check_rfc6791(new, extack) ?: check_rfc6791_6(new, extack);
	return attr ?: check_timeouts(old, new, force, extack);
}

/**
 * nat64_config_usable() - tell whether an instance can translate
 * @cfg: its configuration
 * @mode: enum nat64_mode
 *
 * RFC 6146 section 3. Any context.
 *
 * Return: true if it is enabled and has what the mode needs.
 */
bool nat64_config_usable(const struct nat64_config *cfg, u32 mode)
{
	if (!cfg->set.enabled)
		return false;
	if (mode == NAT64_MODE_NAT64)
		return cfg->prefixes && cfg->pool4;
	return cfg->prefixes || cfg->eam;
}

/**
 * nat64_config_next_gen() - number for a configuration
 *
 * Sessions remember it, and are judged anew under another one. 2^32 changes
 * between two packets of a session do not happen.
 *
 * Context: any.
 */
u32 nat64_config_next_gen(void)
{
	static atomic_t gen;

	return atomic_inc_return(&gen);
}

/**
 * nat64_config_create() - make the configuration of a new instance
 *
 * Return: default settings and nothing else, or NULL without memory. Process
 * context.
 */
struct nat64_config *nat64_config_create(void)
{
	struct nat64_config *cfg;

	cfg = kzalloc(sizeof(*cfg), NAT64_GFP);
	if (!cfg)
		return NULL;
	cfg->gen = nat64_config_next_gen();
	nat64_settings_default(&cfg->set);
	return cfg;
}

/**
 * nat64_config_seal() - note down what packets would have to find out
 * @cfg: a configuration that changes no more
 * @mode: of its instance, enum nat64_mode
 *
 * Any context.
 */
void nat64_config_seal(struct nat64_config *cfg, u32 mode)
{
	nat64_reach_set(&cfg->reach,
			cfg->set.enabled ? cfg->prefixes : NULL);
	if (mode == NAT64_MODE_NAT64)
		return;
	/* sources count, too, and mappings may lie anywhere */
	cfg->reach.whole = false;
	if (cfg->eam && cfg->set.enabled)
		memset(&cfg->reach, 0, sizeof(cfg->reach));
}

/**
 * nat64_config_free_members() - free some members of a configuration
 * @cfg: the configuration
 * @members: mask of NAT64_MEMBER_
 *
 * Nobody may look at them any more. Any context.
 */
void nat64_config_free_members(struct nat64_config *cfg, u8 members)
{
	if (members & NAT64_MEMBER_PREFIXES)
		kfree(cfg->prefixes);
	if (members & NAT64_MEMBER_EAM)
		nat64_eam_free(cfg->eam);
	if (members & NAT64_MEMBER_DENY4)
		kvfree(cfg->deny4);
	if (members & NAT64_MEMBER_POOL4)
		nat64_pool4_put(cfg->pool4);
}

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct nat64_config *cfg = container_of(rcu, struct nat64_config, rcu);

	nat64_config_free_members(cfg, cfg->drop);
	kfree(cfg);
}

/**
 * nat64_config_retire() - free a configuration once no packet sees it
 * @cfg: the configuration, replaced by another; with it go the members in
 *	@cfg->drop
 * @now: no packet does already
 */
void nat64_config_retire(struct nat64_config *cfg, bool now)
{
	if (now)
		free_rcu_cb(&cfg->rcu);
	else
		call_rcu(&cfg->rcu, free_rcu_cb);
}

/**
 * nat64_config_destroy() - free a configuration and all its members
 * @cfg: the configuration; no packet sees it. Process context
 */
void nat64_config_destroy(struct nat64_config *cfg)
{
	nat64_config_free_members(cfg, NAT64_MEMBERS);
	kfree(cfg);
}
