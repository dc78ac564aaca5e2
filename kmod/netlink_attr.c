// SPDX-License-Identifier: GPL-2.0
#include "netlink_attr.h"

#include <linux/jiffies.h>
#include <net/netlink.h>

#include "bib.h"
#include "config.h"
#include "eam.h"
#include "guard.h"
#include "netlink_gen.h"
#include "pool4.h"
#include "prefix.h"
#include "session.h"

#define DEFAULT_PORT_MIN	1024
#define ALL_PROTOS		(NAT64_L4_TCP | NAT64_L4_UDP | NAT64_L4_ICMP)

/* A policy ends with the last attribute that a request may have. */
#define ASSERT_POLICY(policy, max)					\
	static_assert(ARRAY_SIZE(nat64_##policy##_nl_policy) == (max) + 1)

ASSERT_POLICY(prefix, NAT64_A_PREFIX_MAX);
ASSERT_POLICY(pool4, NAT64_A_POOL4_MAX);
ASSERT_POLICY(eam, NAT64_A_EAM_MAX);
ASSERT_POLICY(deny4, NAT64_A_DENY4_MAX);
ASSERT_POLICY(bib, NAT64_A_BIB_MAX);
ASSERT_POLICY(filter, NAT64_A_FILTER_MAX);
ASSERT_POLICY(settings, NAT64_A_SETTINGS_MAX);

static int require(struct nlattr **tb, const struct nlattr *nest, int attr,
		   struct netlink_ext_ack *extack)
{
	if (tb[attr])
		return 0;
	NL_SET_ERR_ATTR_MISS(extack, (struct nlattr *)nest, attr);
	NL_SET_ERR_MSG_ATTR(extack, nest, "a required attribute is missing");
	return -EINVAL;
}

/* For the result of a nat64_..._check(), which has set the text. */
static int point_at(struct nlattr **tb, const struct nlattr *nest, int attr,
		    struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	NL_SET_BAD_ATTR(extack, tb[attr] ?: nest);
	return -EINVAL;
}

static u8 get_len(const struct nlattr *attr, u8 otherwise)
{
	return attr ? nla_get_u8(attr) : otherwise;
}

int nat64_get_prefix(struct nat64_prefix_entry *e, const struct nlattr *nest,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_PREFIX_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_A_PREFIX_MAX, nest,
			       nat64_prefix_nl_policy, extack);
	err = err ?: require(tb, nest, NAT64_A_PREFIX_ADDR, extack);
	err = err ?: require(tb, nest, NAT64_A_PREFIX_LEN, extack);
	if (!err && tb[NAT64_A_PREFIX_LEN4])
		err = require(tb, nest, NAT64_A_PREFIX_ADDR4, extack);
	if (err)
		return err;

	*e = (struct nat64_prefix_entry) {};
	e->p.addr = nla_get_in6_addr(tb[NAT64_A_PREFIX_ADDR]);
	e->p.len = nla_get_u8(tb[NAT64_A_PREFIX_LEN]);
	if (tb[NAT64_A_PREFIX_ADDR4]) {
		e->addr4 = nla_get_be32(tb[NAT64_A_PREFIX_ADDR4]);
		e->len4 = get_len(tb[NAT64_A_PREFIX_LEN4], 32);
	}
	return point_at(tb, nest, nat64_prefix_check(e, extack), extack);
}

int nat64_get_pool4(struct nat64_pool4_spec *s, const struct nlattr *nest,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_POOL4_MAX + 1];
	int err;

	BUILD_BUG_ON(BIT(NAT64_L4_IDX_TCP) != NAT64_L4_TCP);
	BUILD_BUG_ON(BIT(NAT64_L4_IDX_UDP) != NAT64_L4_UDP);
	BUILD_BUG_ON(BIT(NAT64_L4_IDX_ICMP) != NAT64_L4_ICMP);

	err = nla_parse_nested(tb, NAT64_A_POOL4_MAX, nest,
			       nat64_pool4_nl_policy, extack);
	err = err ?: require(tb, nest, NAT64_A_POOL4_ADDR, extack);
	if (err)
		return err;

	*s = (struct nat64_pool4_spec) {
		.addr = nla_get_be32(tb[NAT64_A_POOL4_ADDR]),
		.len = get_len(tb[NAT64_A_POOL4_LEN], 32),
		.port_min = DEFAULT_PORT_MIN,
		.port_max = U16_MAX,
		.proto = ALL_PROTOS,
		.has_mark = tb[NAT64_A_POOL4_MARK],
	};
	if (tb[NAT64_A_POOL4_PORT_MIN])
		s->port_min = nla_get_u16(tb[NAT64_A_POOL4_PORT_MIN]);
	if (tb[NAT64_A_POOL4_PORT_MAX])
		s->port_max = nla_get_u16(tb[NAT64_A_POOL4_PORT_MAX]);
	if (tb[NAT64_A_POOL4_PROTO])
		s->proto = nla_get_u32(tb[NAT64_A_POOL4_PROTO]);
	if (tb[NAT64_A_POOL4_MARK])
		s->mark = nla_get_u32(tb[NAT64_A_POOL4_MARK]);
	return point_at(tb, nest, nat64_pool4_check(s, extack), extack);
}

int nat64_get_eam(struct nat64_eam *e, const struct nlattr *nest,
		  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_EAM_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_A_EAM_MAX, nest, nat64_eam_nl_policy,
			       extack);
	err = err ?: require(tb, nest, NAT64_A_EAM_ADDR6, extack);
	err = err ?: require(tb, nest, NAT64_A_EAM_ADDR4, extack);
	if (err)
		return err;

	*e = (struct nat64_eam) {
		.addr6 = nla_get_in6_addr(tb[NAT64_A_EAM_ADDR6]),
		.addr4 = nla_get_be32(tb[NAT64_A_EAM_ADDR4]),
		.len6 = get_len(tb[NAT64_A_EAM_LEN6], 128),
		.len4 = get_len(tb[NAT64_A_EAM_LEN4], 32),
	};
	return point_at(tb, nest, nat64_eam_check(e, extack), extack);
}

int nat64_get_deny4(struct nat64_deny4_entry *e, const struct nlattr *nest,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_DENY4_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_A_DENY4_MAX, nest,
			       nat64_deny4_nl_policy, extack);
	err = err ?: require(tb, nest, NAT64_A_DENY4_ADDR, extack);
	if (err)
		return err;

	*e = (struct nat64_deny4_entry) {
		.addr = nla_get_be32(tb[NAT64_A_DENY4_ADDR]),
		.len = get_len(tb[NAT64_A_DENY4_LEN], 32),
	};
	return point_at(tb, nest, nat64_deny4_check(e, extack), extack);
}

static int get_l4(enum nat64_l4_idx *l4, const struct nlattr *attr,
		  struct netlink_ext_ack *extack)
{
	*l4 = nat64_l4_index(nla_get_u8(attr));
	if (*l4 != __NAT64_L4_IDX_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "protocol must be TCP, UDP or ICMP");
	return -EINVAL;
}

/* ICMP has an identifier 0, TCP and UDP have no port 0. */
static int check_port(const struct nlattr *attr, enum nat64_l4_idx l4,
		      struct netlink_ext_ack *extack)
{
	if (nla_get_u16(attr) || l4 == NAT64_L4_IDX_ICMP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "port must be 1 to 65535");
	return -EINVAL;
}

int nat64_get_bib(struct nat64_bib_spec *s, const struct nlattr *nest,
		  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_BIB_MAX + 1];
	int err, attr;

	err = nla_parse_nested(tb, NAT64_A_BIB_MAX, nest, nat64_bib_nl_policy,
			       extack);
	for (attr = NAT64_A_BIB_PROTO; attr <= NAT64_A_BIB_PORT4; attr++)
		err = err ?: require(tb, nest, attr, extack);
	if (err)
		return err;

	*s = (struct nat64_bib_spec) {
		.addr6 = nla_get_in6_addr(tb[NAT64_A_BIB_ADDR6]),
		.port6 = htons(nla_get_u16(tb[NAT64_A_BIB_PORT6])),
		.addr4 = nla_get_be32(tb[NAT64_A_BIB_ADDR4]),
		.port4 = htons(nla_get_u16(tb[NAT64_A_BIB_PORT4])),
	};
	err = get_l4(&s->l4, tb[NAT64_A_BIB_PROTO], extack);
	err = err ?: check_port(tb[NAT64_A_BIB_PORT6], s->l4, extack);
	err = err ?: check_port(tb[NAT64_A_BIB_PORT4], s->l4, extack);
	if (err)
		return err;
	if (nat64_addr6_illegal_src(&s->addr6)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NAT64_A_BIB_ADDR6],
				    "no packet can come from this address: it is loopback, multicast or link-local");
		return -EINVAL;
	}
	return 0;
}

static void get_filter_addrs(struct nat64_filter *f, struct nlattr **tb)
{
	if (tb[NAT64_A_FILTER_ADDR6]) {
		f->addr6 = nla_get_in6_addr(tb[NAT64_A_FILTER_ADDR6]);
		f->len6 = get_len(tb[NAT64_A_FILTER_LEN6], 128);
	}
	if (tb[NAT64_A_FILTER_ADDR4]) {
		f->addr4 = nla_get_be32(tb[NAT64_A_FILTER_ADDR4]);
		f->len4 = get_len(tb[NAT64_A_FILTER_LEN4], 32);
	}
	if (tb[NAT64_A_FILTER_REMOTE4]) {
		f->remote4 = nla_get_be32(tb[NAT64_A_FILTER_REMOTE4]);
		f->remote_len = get_len(tb[NAT64_A_FILTER_REMOTE_LEN], 32);
	}
}

static void get_filter_port(__be16 *port, bool *has, const struct nlattr *attr)
{
	*has = attr;
	if (attr)
		*port = htons(nla_get_u16(attr));
}

int nat64_get_filter(struct nat64_filter *f, const struct nlattr *nest,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_FILTER_MAX + 1];
	int err;

	*f = (struct nat64_filter) {};
	if (!nest)
		return 0;
	err = nla_parse_nested(tb, NAT64_A_FILTER_MAX, nest,
			       nat64_filter_nl_policy, extack);
	if (err)
		return err;

	get_filter_addrs(f, tb);
	get_filter_port(&f->port6, &f->has_port6, tb[NAT64_A_FILTER_PORT6]);
	get_filter_port(&f->port4, &f->has_port4, tb[NAT64_A_FILTER_PORT4]);
	get_filter_port(&f->remote_port, &f->has_remote_port,
			tb[NAT64_A_FILTER_REMOTE_PORT]);
	f->has_proto = tb[NAT64_A_FILTER_PROTO];
	if (!f->has_proto)
		return 0;
	return get_l4(&f->l4, tb[NAT64_A_FILTER_PROTO], extack);
}

/* How a setting is kept: _A_B is type A in the message and B in the struct. */
enum kind {
	KIND_U8_BOOL,
	KIND_U8_U8,
	KIND_U32_U8,
	KIND_U32_U16,
	KIND_U32_U32,
	KIND_BE32_BE32,
	KIND_MSEC_JIFFIES,
	KIND_ADDR6_ADDR6,
	KIND_LIST_PLATEAUS,
	KIND_LIST_PORTS,
};

static const struct field {
	u16 offset;
	u8 kind;
} fields[] = {
#define FIELD(attr, kind, member)					\
	[NAT64_A_SETTINGS_##attr] = {					\
		offsetof(struct nat64_settings, member), KIND_##kind	\
	}
	FIELD(ENABLED, U8_BOOL, enabled),
	FIELD(LOWEST_IPV6_MTU, U32_U32, lowest_ipv6_mtu),
	FIELD(TRAFFIC_CLASS_ZERO, U8_BOOL, hdr.zero_tclass),
	FIELD(TOS, U32_U16, hdr.tos),
	FIELD(UDP_ZERO_CHECKSUM, U32_U8, udp_zero),
	FIELD(WKP_NONGLOBAL, U8_BOOL, wkp_nonglobal),
	FIELD(FILTERING, U32_U8, filtering),
	FIELD(ICMP_ERRORS, U8_BOOL, icmp_errors),
	FIELD(RFC6791_ADDR4, BE32_BE32, rfc6791_addr4),
	FIELD(RFC6791_LEN4, U8_U8, rfc6791_len4),
	FIELD(UDP_TIMEOUT, MSEC_JIFFIES, udp_timeout),
	FIELD(TCP_EST_TIMEOUT, MSEC_JIFFIES, tcp_est_timeout),
	FIELD(TCP_TRANS_TIMEOUT, MSEC_JIFFIES, tcp_trans_timeout),
	FIELD(ICMP_TIMEOUT, MSEC_JIFFIES, icmp_timeout),
	FIELD(REFRESH_INBOUND, U8_BOOL, refresh_inbound),
	FIELD(PORT_PARITY, U8_BOOL, port_parity),
	FIELD(FORWARD_HOOK, U8_BOOL, forward_hook),
	FIELD(MAX_SESSIONS, U32_U32, max_sessions),
	FIELD(MAX_BIB, U32_U32, max_bib),
	FIELD(EAM_HAIRPIN, U32_U8, eam_hairpin),
	FIELD(RFC6791_ADDR6, ADDR6_ADDR6, rfc6791_addr6),
	FIELD(RFC6791_LEN6, U8_U8, rfc6791_len6),
	FIELD(ICMP_NODE_ID, U32_U8, node_id),
	FIELD(ICMP_INFO_DROP, U8_BOOL, icmp_info_drop),
	FIELD(MTU_PLATEAUS, LIST_PLATEAUS, plateaus),
	FIELD(MSS_CLAMP, U32_U32, mss_clamp),
	FIELD(TCP_SYN_TIMEOUT, MSEC_JIFFIES, tcp_syn_timeout),
	FIELD(EXTERNAL_TCP_DROP, U8_BOOL, external_tcp_drop),
	FIELD(SUBSCRIBER_PREFIX_LEN, U8_U8, subscriber_prefix_len),
	FIELD(SUBSCRIBER_MAX_SESSIONS, U32_U32, subscriber_max_sessions),
	FIELD(SUBSCRIBER_MAX_PORTS, U32_U32, subscriber_max_ports),
	FIELD(SUBSCRIBER_RATE, U32_U32, subscriber_rate),
	FIELD(PORT_HOLD, MSEC_JIFFIES, port_hold),
	FIELD(PORT_BLOCKS, U32_U32, port_blocks),
	FIELD(PORT_BLOCKS_DETERMINISTIC, U8_BOOL, port_blocks_fixed),
	FIELD(EST_PROBE, U8_BOOL, est_probe),
	FIELD(UDP_ZERO_PORTS, LIST_PORTS, udp_zero_ports),
	FIELD(FAST_PATH, U32_U8, fast_path),
	FIELD(PORT_ALARM, U32_U8, port_alarm),
	FIELD(SESSION_COUNTERS, U8_BOOL, session_counters),
#undef FIELD
};

static void get_field(void *p, enum kind kind, const struct nlattr *attr)
{
	switch (kind) {
	case KIND_U8_BOOL:
		*(bool *)p = nla_get_u8(attr);
		break;
	case KIND_U8_U8:
		*(u8 *)p = nla_get_u8(attr);
		break;
	case KIND_U32_U8:
		*(u8 *)p = nla_get_u32(attr);
		break;
	case KIND_U32_U16:
		*(u16 *)p = nla_get_u32(attr);
		break;
	case KIND_U32_U32:
		*(u32 *)p = nla_get_u32(attr);
		break;
	case KIND_BE32_BE32:
		*(__be32 *)p = nla_get_be32(attr);
		break;
	case KIND_MSEC_JIFFIES:
		*(unsigned long *)p = msecs_to_jiffies(nla_get_u32(attr));
		break;
	case KIND_ADDR6_ADDR6:
		*(struct in6_addr *)p = nla_get_in6_addr(attr);
		break;
	case KIND_LIST_PLATEAUS:
	case KIND_LIST_PORTS:
		break;
	}
}

static int get_plateaus(struct nat64_settings *set, const struct nlattr *attr)
{
	if (!attr)
		return 0;
	set->n_plateaus = nla_len(attr) / sizeof(*set->plateaus);
	memcpy(set->plateaus, nla_data(attr),
	       set->n_plateaus * sizeof(*set->plateaus));
	return nla_len(attr) % sizeof(*set->plateaus) ? -EINVAL : 0;
}

/* One change: of a port that has its own setting, one that gets it or loses */
static int set_udp_zero(struct nat64_settings *set, u16 port, u8 action)
{
	struct nat64_udp_zero_port *p = set->udp_zero_ports;
	struct nat64_udp_zero_port *end = p + set->n_udp_zero;

	while (p < end && p->port != port)
		p++;
	if (action == NAT64_UDP_ZERO_INHERIT) {
		if (p < end) {
			*p = end[-1];
			set->n_udp_zero--;
		}
		return 0;
	}
	if (action > NAT64_UDP_ZERO_DROP || !port)
		return -EINVAL;
	if (p == end) {
		if (set->n_udp_zero == NAT64_UDP_ZERO_PORTS_MAX)
			return -ENOSPC;
		set->n_udp_zero++;
	}
	p->port = port;
	p->action = action;
	return 0;
}

static int get_udp_zero(struct nat64_settings *set, const struct nlattr *attr)
{
	unsigned int i, n = attr ? nla_len(attr) / sizeof(u32) : 0;
	int err = attr && nla_len(attr) % sizeof(u32) ? -EINVAL : 0;
	u32 word;

	for (i = 0; i < n && !err; i++) {
		memcpy(&word, nla_data(attr) + i * sizeof(word), sizeof(word));
		err = set_udp_zero(set, word >> 16, min(word & 0xffff, 255U));
	}
	return err;
}

static int get_lists(struct nat64_settings *set, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *ports = tb[NAT64_A_SETTINGS_UDP_ZERO_PORTS];
	const struct nlattr *mtus = tb[NAT64_A_SETTINGS_MTU_PLATEAUS];
	int err = get_plateaus(set, mtus);

	if (err) {
		NL_SET_ERR_MSG_ATTR(extack, mtus, "must be falling numbers of 68 to 65535");
		return err;
	}
	if (ports && !nla_len(ports))
		set->n_udp_zero = 0;
	err = get_udp_zero(set, ports);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(extack, ports, "as many ports as there can be have their own setting already");
	else if (err)
		NL_SET_ERR_MSG_ATTR(extack, ports, "must be ports of 1 to 65535, each with compute, forward, drop or default");
	return err;
}

static int put_udp_zero(struct sk_buff *skb, const struct nat64_settings *set)
{
	u32 words[NAT64_UDP_ZERO_PORTS_MAX];
	unsigned int i;

	for (i = 0; i < set->n_udp_zero; i++)
		words[i] = (u32)set->udp_zero_ports[i].port << 16 |
			   set->udp_zero_ports[i].action;
	return nla_put(skb, NAT64_A_SETTINGS_UDP_ZERO_PORTS, i * sizeof(*words),
		       words);
}

static int put_field(struct sk_buff *skb, int attr, enum kind kind,
		     const void *p)
{
	switch (kind) {
	case KIND_U8_BOOL:
		return nla_put_u8(skb, attr, *(const bool *)p);
	case KIND_U8_U8:
		return nla_put_u8(skb, attr, *(const u8 *)p);
	case KIND_U32_U8:
		return nla_put_u32(skb, attr, *(const u8 *)p);
	case KIND_U32_U16:
		return nla_put_u32(skb, attr, *(const u16 *)p);
	case KIND_U32_U32:
		return nla_put_u32(skb, attr, *(const u32 *)p);
	case KIND_BE32_BE32:
		return nla_put_be32(skb, attr, *(const __be32 *)p);
	case KIND_MSEC_JIFFIES:
		return nla_put_u32(skb, attr,
				   jiffies_to_msecs(*(const unsigned long *)p));
	case KIND_ADDR6_ADDR6:
		return nla_put_in6_addr(skb, attr, p);
	case KIND_LIST_PLATEAUS:
	case KIND_LIST_PORTS:
		return 0;
	}
	return -EINVAL;
}

static int complete_rfc6791_6(struct nat64_settings *set, struct nlattr **tb,
			      const struct nlattr *nest,
			      struct netlink_ext_ack *extack)
{
	if (tb[NAT64_A_SETTINGS_RFC6791_ADDR6])
		return require(tb, nest, NAT64_A_SETTINGS_RFC6791_LEN6, extack);
	if (!tb[NAT64_A_SETTINGS_RFC6791_LEN6])
		return 0;
	if (set->rfc6791_len6 != NAT64_RFC6791_NONE)
		return require(tb, nest, NAT64_A_SETTINGS_RFC6791_ADDR6,
			       extack);
	set->rfc6791_addr6 = in6addr_any;
	return 0;
}

/* Address and length of the RFC 6791 pool come together, or length "none". */
static int complete_rfc6791(struct nat64_settings *set, struct nlattr **tb,
			    const struct nlattr *nest,
			    struct netlink_ext_ack *extack)
{
	if (tb[NAT64_A_SETTINGS_RFC6791_ADDR4])
		return require(tb, nest, NAT64_A_SETTINGS_RFC6791_LEN4, extack);
	if (!tb[NAT64_A_SETTINGS_RFC6791_LEN4])
		return 0;
	if (set->rfc6791_len4 != NAT64_RFC6791_NONE)
		return require(tb, nest, NAT64_A_SETTINGS_RFC6791_ADDR4,
			       extack);
	set->rfc6791_addr4 = 0;
	return 0;
}

int nat64_get_settings(struct nat64_settings *set, const struct nlattr *nest,
		       bool force, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_A_SETTINGS_MAX + 1];
	struct nat64_settings old = *set;
	int err, attr;

	BUILD_BUG_ON(ARRAY_SIZE(fields) != NAT64_A_SETTINGS_MAX + 1);

	err = nla_parse_nested(tb, NAT64_A_SETTINGS_MAX, nest,
			       nat64_settings_nl_policy, extack);
	if (err)
		return err;
	for (attr = 1; attr <= NAT64_A_SETTINGS_MAX; attr++)
		if (tb[attr])
			get_field((void *)set + fields[attr].offset,
				  fields[attr].kind, tb[attr]);
	err = get_lists(set, tb, extack) ?:
	      complete_rfc6791(set, tb, nest, extack) ?:
	      complete_rfc6791_6(set, tb, nest, extack);
	if (err)
		return err;
	attr = nat64_settings_check(&old, set, force, extack);
	if (!attr && tb[NAT64_A_SETTINGS_RFC6791_ADDR4] && !force)
		nat64_guard_rfc6791(set, extack);
	return point_at(tb, nest, attr, extack);
}

static int end_nest(struct sk_buff *skb, struct nlattr *nest, int err)
{
	if (err) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int nat64_put_prefix(struct sk_buff *skb, const struct nat64_prefix_entry *e)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_PREFIX);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_in6_addr(skb, NAT64_A_PREFIX_ADDR, &e->p.addr) ?:
	      nla_put_u8(skb, NAT64_A_PREFIX_LEN, e->p.len);
	if (!err && e->len4)
		err = nla_put_be32(skb, NAT64_A_PREFIX_ADDR4, e->addr4) ?:
		      nla_put_u8(skb, NAT64_A_PREFIX_LEN4, e->len4);
	return end_nest(skb, nest, err);
}

int nat64_put_pool4(struct sk_buff *skb, const struct nat64_pool4_spec *s,
		    u32 used)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_POOL4);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_be32(skb, NAT64_A_POOL4_ADDR, s->addr) ?:
	      nla_put_u8(skb, NAT64_A_POOL4_LEN, s->len) ?:
	      nla_put_u16(skb, NAT64_A_POOL4_PORT_MIN, s->port_min) ?:
	      nla_put_u16(skb, NAT64_A_POOL4_PORT_MAX, s->port_max) ?:
	      nla_put_u32(skb, NAT64_A_POOL4_PROTO, s->proto) ?:
	      nla_put_u32(skb, NAT64_A_POOL4_USED, used);
	if (!err && s->has_mark)
		err = nla_put_u32(skb, NAT64_A_POOL4_MARK, s->mark);
	return end_nest(skb, nest, err);
}

int nat64_put_eam(struct sk_buff *skb, const struct nat64_eam *e)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_EAM);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_in6_addr(skb, NAT64_A_EAM_ADDR6, &e->addr6) ?:
	      nla_put_u8(skb, NAT64_A_EAM_LEN6, e->len6) ?:
	      nla_put_be32(skb, NAT64_A_EAM_ADDR4, e->addr4) ?:
	      nla_put_u8(skb, NAT64_A_EAM_LEN4, e->len4);
	return end_nest(skb, nest, err);
}

int nat64_put_deny4(struct sk_buff *skb, const struct nat64_deny4_entry *e)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_DENY4);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_be32(skb, NAT64_A_DENY4_ADDR, e->addr) ?:
	      nla_put_u8(skb, NAT64_A_DENY4_LEN, e->len);
	return end_nest(skb, nest, err);
}

/* The protocol as both families of the interface call it. */
static u8 proto_of(u8 proto)
{
	return proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP : proto;
}

static u8 proto_of_l4(enum nat64_l4_idx l4)
{
	static const u8 protos[] = {
		[NAT64_L4_IDX_TCP] = IPPROTO_TCP,
		[NAT64_L4_IDX_UDP] = IPPROTO_UDP,
		[NAT64_L4_IDX_ICMP] = IPPROTO_ICMP,
	};

	return protos[l4];
}

int nat64_put_bib(struct sk_buff *skb, const struct nat64_bib *bib)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_BIB);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u8(skb, NAT64_A_BIB_PROTO, proto_of_l4(bib->key6.l4)) ?:
	      nla_put_in6_addr(skb, NAT64_A_BIB_ADDR6, &bib->key6.addr) ?:
	      nla_put_u16(skb, NAT64_A_BIB_PORT6, ntohs(bib->key6.port)) ?:
	      nla_put_be32(skb, NAT64_A_BIB_ADDR4, bib->port.addr) ?:
	      nla_put_u16(skb, NAT64_A_BIB_PORT4, ntohs(bib->port.port)) ?:
	      nla_put_u32(skb, NAT64_A_BIB_SESSIONS,
			  READ_ONCE(bib->n_sessions));
	if (!err && READ_ONCE(bib->is_static))
		err = nla_put_flag(skb, NAT64_A_BIB_STATIC);
	return end_nest(skb, nest, err);
}

int nat64_put_counter(struct sk_buff *skb, const char *name, u64 value,
		      int flag, const char *text)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_COUNTER);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_string(skb, NAT64_A_COUNTER_NAME, name) ?:
	      nla_put_u64_64bit(skb, NAT64_A_COUNTER_VALUE, value,
				NAT64_A_COUNTER_PAD);
	if (!err && flag)
		err = nla_put_flag(skb, flag);
	if (!err && text)
		err = nla_put_string(skb, NAT64_A_COUNTER_TEXT, text);
	return end_nest(skb, nest, err);
}

static int put_tally(struct sk_buff *skb, const struct nat64_tally *t)
{
	static const struct {
		enum nat64_side side;
		int packets, bytes;
	} attrs[] = {
		{ NAT64_SIDE_V6, NAT64_A_SESSION_PACKETS_64,
		  NAT64_A_SESSION_BYTES_64 },
		{ NAT64_SIDE_V4, NAT64_A_SESSION_PACKETS_46,
		  NAT64_A_SESSION_BYTES_46 },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(attrs) && !err; i++)
		err = nla_put_u64_64bit(skb, attrs[i].packets,
					atomic64_read(&t->packets[attrs[i].side]),
					NAT64_A_SESSION_PAD) ?:
		      nla_put_u64_64bit(skb, attrs[i].bytes,
					atomic64_read(&t->bytes[attrs[i].side]),
					NAT64_A_SESSION_PAD);
	return err;
}

int nat64_put_session(struct sk_buff *skb, const struct nat64_session *s,
		      const struct nat64_session_view *view)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_SESSION);
	int err;

	BUILD_BUG_ON((int)NAT64_TCP_TRANS != (int)NAT64_TCP_STATE_TRANS);

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u8(skb, NAT64_A_SESSION_PROTO, proto_of(s->t4.proto)) ?:
	      nla_put_in6_addr(skb, NAT64_A_SESSION_SRC6, &s->t6.src) ?:
	      nla_put_u16(skb, NAT64_A_SESSION_SPORT6, ntohs(s->t6.sport)) ?:
	      nla_put_in6_addr(skb, NAT64_A_SESSION_DST6, &s->t6.dst) ?:
	      nla_put_u16(skb, NAT64_A_SESSION_DPORT6, ntohs(s->t6.dport)) ?:
	      nla_put_be32(skb, NAT64_A_SESSION_SRC4, s->t4.dst) ?:
	      nla_put_u16(skb, NAT64_A_SESSION_SPORT4, ntohs(s->t4.dport)) ?:
	      nla_put_be32(skb, NAT64_A_SESSION_DST4, s->t4.src) ?:
	      nla_put_u16(skb, NAT64_A_SESSION_DPORT4, ntohs(s->t4.sport)) ?:
	      nla_put_u32(skb, NAT64_A_SESSION_EXPIRES, view->left_ms);
	if (!err && s->t4.proto == IPPROTO_TCP)
		err = nla_put_u32(skb, NAT64_A_SESSION_STATE, view->state);
	if (!err && s->counted)
		err = put_tally(skb, nat64_session_tally(s));
	return end_nest(skb, nest, err);
}

int nat64_put_settings(struct sk_buff *skb, const struct nat64_settings *set)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_SETTINGS);
	int err = 0, attr;

	if (!nest)
		return -EMSGSIZE;
	for (attr = 1; attr <= NAT64_A_SETTINGS_MAX; attr++)
		err = err ?: put_field(skb, attr, fields[attr].kind,
				       (void *)set + fields[attr].offset);
	err = err ?: nla_put(skb, NAT64_A_SETTINGS_MTU_PLATEAUS,
			     set->n_plateaus * sizeof(*set->plateaus),
			     set->plateaus);
	err = err ?: put_udp_zero(skb, set);
	return end_nest(skb, nest, err);
}
