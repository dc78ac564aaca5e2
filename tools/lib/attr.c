// SPDX-License-Identifier: GPL-2.0
/* Structures to attributes and back. */
#include <string.h>

#include <netlink/genl/genl.h>

#include "internal.h"

static bool fits(const struct nlattr *a, size_t len)
{
	return a && (size_t)nla_len(a) >= len;
}

static uint8_t get_u8(const struct nlattr *a)
{
	return fits(a, 1) ? nla_get_u8(a) : 0;
}

static uint16_t get_u16(const struct nlattr *a)
{
	return fits(a, 2) ? nla_get_u16(a) : 0;
}

/**
 * nat64_get_u32() - value of an attribute
 * @a: attribute or NULL
 * Return: the value, 0 where it is missing or too short
 */
uint32_t nat64_get_u32(const struct nlattr *a)
{
	return fits(a, 4) ? nla_get_u32(a) : 0;
}

/**
 * nat64_get_u64() - value of an attribute
 * @a: attribute or NULL
 * Return: the value, 0 where it is missing or too short
 */
uint64_t nat64_get_u64(const struct nlattr *a)
{
	return fits(a, 8) ? nla_get_u64(a) : 0;
}

/**
 * nat64_get_string() - text of an attribute
 * @a: attribute or NULL
 * Return: the text, "" where it is missing or not terminated
 */
const char *nat64_get_string(const struct nlattr *a)
{
	if (!a || !memchr(nla_data(a), 0, nla_len(a)))
		return "";
	return nla_data(a);
}

static struct in6_addr get_addr6(const struct nlattr *a)
{
	struct in6_addr addr = IN6ADDR_ANY_INIT;

	if (fits(a, sizeof(addr)))
		memcpy(&addr, nla_data(a), sizeof(addr));
	return addr;
}

static struct in_addr get_addr4(const struct nlattr *a)
{
	return (struct in_addr){ .s_addr = nat64_get_u32(a) };
}

static int parse(struct nlattr **tb, int max, const struct nlattr *nest)
{
	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (!nest)
		return -1;
	return nla_parse_nested(tb, max, (struct nlattr *)nest, NULL);
}

static int put_addr6(struct nl_msg *msg, int attr, const struct in6_addr *a)
{
	return nla_put(msg, attr, sizeof(*a), a);
}

static int put_prefix6(struct nl_msg *msg, int attr, int attr_len,
		       const struct nat64_prefix6 *p)
{
	int err = put_addr6(msg, attr, &p->addr);

	return err ? err : nla_put_u8(msg, attr_len, p->len);
}

static int put_prefix4(struct nl_msg *msg, int attr, int attr_len,
		       const struct nat64_prefix4 *p)
{
	int err = nla_put_u32(msg, attr, p->addr.s_addr);

	return err ? err : nla_put_u8(msg, attr_len, p->len);
}

static int put_prefix(struct nl_msg *msg, const struct nat64_prefix *p)
{
	int err = put_prefix6(msg, NAT64_A_PREFIX_ADDR, NAT64_A_PREFIX_LEN,
			      &p->p6);

	if (err || !p->has_p4)
		return err;
	return put_prefix4(msg, NAT64_A_PREFIX_ADDR4, NAT64_A_PREFIX_LEN4,
			   &p->p4);
}

static int put_pool4(struct nl_msg *msg, const struct nat64_pool4 *p)
{
	int err = put_prefix4(msg, NAT64_A_POOL4_ADDR, NAT64_A_POOL4_LEN,
			      &p->p4);

	if (!err && p->port_max)
		err = nla_put_u16(msg, NAT64_A_POOL4_PORT_MIN, p->port_min);
	if (!err && p->port_max)
		err = nla_put_u16(msg, NAT64_A_POOL4_PORT_MAX, p->port_max);
	if (!err && p->proto)
		err = nla_put_u32(msg, NAT64_A_POOL4_PROTO, p->proto);
	if (!err && p->has_mark)
		err = nla_put_u32(msg, NAT64_A_POOL4_MARK, p->mark);
	return err;
}

static int put_eam(struct nl_msg *msg, const struct nat64_eam *e)
{
	int err = put_prefix6(msg, NAT64_A_EAM_ADDR6, NAT64_A_EAM_LEN6, &e->p6);

	return err ? err : put_prefix4(msg, NAT64_A_EAM_ADDR4,
				       NAT64_A_EAM_LEN4, &e->p4);
}

static int put_bib(struct nl_msg *msg, const struct nat64_bib *b)
{
	int err = nla_put_u8(msg, NAT64_A_BIB_PROTO, b->proto);

	if (!err)
		err = put_addr6(msg, NAT64_A_BIB_ADDR6, &b->src6.addr);
	if (!err)
		err = nla_put_u16(msg, NAT64_A_BIB_PORT6, b->src6.port);
	if (!err)
		err = nla_put_u32(msg, NAT64_A_BIB_ADDR4, b->src4.addr.s_addr);
	if (!err)
		err = nla_put_u16(msg, NAT64_A_BIB_PORT4, b->src4.port);
	return err;
}

static uint8_t settings_width(int attr)
{
	const struct nat64_setting *s;

	for (s = nat64_settings_table; s->word; s++) {
		if (s->attr == attr)
			return s->width;
		if (s->attr_len == attr)
			return 1;
	}
	return 0;
}

/* Where what is no number has its place, and how long it is or can be. */
static void *settings_data(struct nat64_settings *set, int attr, size_t *len)
{
	switch (attr) {
	case NAT64_A_SETTINGS_RFC6791_ADDR6:
		*len = sizeof(set->rfc6791_addr6);
		return &set->rfc6791_addr6;
	case NAT64_A_SETTINGS_MTU_PLATEAUS:
		*len = sizeof(*set->mtu_plateaus);
		return set->mtu_plateaus;
	case NAT64_A_SETTINGS_UDP_ZERO_PORTS:
		*len = sizeof(*set->udp_zero_ports);
		return set->udp_zero_ports;
	default:
		*len = 0;
		return NULL;
	}
}

static int put_data(struct nl_msg *msg, struct nat64_settings *set, int attr)
{
	size_t len;
	void *data = settings_data(set, attr, &len);

	if (attr != NAT64_A_SETTINGS_RFC6791_ADDR6)
		len *= set->val[attr];
	return nla_put(msg, attr, len, data);
}

static int put_settings(struct nl_msg *msg, struct nat64_settings set)
{
	int attr, err = 0;

	for (attr = 1; attr <= NAT64_A_SETTINGS_MAX && !err; attr++) {
		if (!(set.has & 1ULL << attr))
			continue;
		if (!settings_width(attr))
			err = put_data(msg, &set, attr);
		else if (settings_width(attr) == 1)
			err = nla_put_u8(msg, attr, set.val[attr]);
		else
			err = nla_put_u32(msg, attr, set.val[attr]);
	}
	return err;
}

/* The attribute that holds the object of a command, 0 for none. */
static int object_attr(uint32_t cmd)
{
	switch (cmd) {
	case NAT64_CMD_PREFIX_ADD:
	case NAT64_CMD_PREFIX_DEL:
		return NAT64_A_PREFIX;
	case NAT64_CMD_POOL4_ADD:
	case NAT64_CMD_POOL4_DEL:
		return NAT64_A_POOL4;
	case NAT64_CMD_EAM_ADD:
	case NAT64_CMD_EAM_DEL:
		return NAT64_A_EAM;
	case NAT64_CMD_DENY4_ADD:
	case NAT64_CMD_DENY4_DEL:
		return NAT64_A_DENY4;
	case NAT64_CMD_BIB_ADD:
	case NAT64_CMD_BIB_DEL:
		return NAT64_A_BIB;
	case NAT64_CMD_SETTINGS_SET:
		return NAT64_A_SETTINGS;
	default:
		return 0;
	}
}

static int put_object(struct nl_msg *msg, const struct nat64_change *c)
{
	switch (object_attr(c->cmd)) {
	case NAT64_A_PREFIX:
		return put_prefix(msg, &c->prefix);
	case NAT64_A_POOL4:
		return put_pool4(msg, &c->pool4);
	case NAT64_A_EAM:
		return put_eam(msg, &c->eam);
	case NAT64_A_DENY4:
		return put_prefix4(msg, NAT64_A_DENY4_ADDR, NAT64_A_DENY4_LEN,
				   &c->deny4);
	case NAT64_A_BIB:
		return put_bib(msg, &c->bib);
	default:
		return put_settings(msg, c->settings);
	}
}

/**
 * nat64_put_change() - write the attributes of a change
 * @msg: message, or an item of a batch that has been started in it
 * @c: the change
 * Return: 0 or -NLE_NOMEM
 */
int nat64_put_change(struct nl_msg *msg, const struct nat64_change *c)
{
	int attr = object_attr(c->cmd);
	struct nlattr *nest;
	int err;

	err = nla_put_string(msg, NAT64_A_INSTANCE, c->instance);
	if (!err && c->cmd == NAT64_CMD_INSTANCE_ADD)
		err = nla_put_u32(msg, NAT64_A_MODE, c->mode);
	if (!err && c->force)
		err = nla_put_flag(msg, NAT64_A_FORCE);
	if (err || !attr)
		return err;

	nest = nla_nest_start(msg, attr | NLA_F_NESTED);
	if (!nest)
		return -NLE_NOMEM;
	err = put_object(msg, c);
	nla_nest_end(msg, nest);
	return err;
}

static int put_filter(struct nl_msg *msg, const struct nat64_filter *f)
{
	int err = 0;

	if (f->has & 1 << NAT64_A_FILTER_PROTO)
		err = nla_put_u8(msg, NAT64_A_FILTER_PROTO, f->proto);
	if (!err && f->has & 1 << NAT64_A_FILTER_ADDR6)
		err = put_prefix6(msg, NAT64_A_FILTER_ADDR6,
				  NAT64_A_FILTER_LEN6, &f->p6);
	if (!err && f->has & 1 << NAT64_A_FILTER_PORT6)
		err = nla_put_u16(msg, NAT64_A_FILTER_PORT6, f->port6);
	if (!err && f->has & 1 << NAT64_A_FILTER_ADDR4)
		err = put_prefix4(msg, NAT64_A_FILTER_ADDR4,
				  NAT64_A_FILTER_LEN4, &f->p4);
	if (!err && f->has & 1 << NAT64_A_FILTER_PORT4)
		err = nla_put_u16(msg, NAT64_A_FILTER_PORT4, f->port4);
	if (!err && f->has & 1 << NAT64_A_FILTER_REMOTE4)
		err = put_prefix4(msg, NAT64_A_FILTER_REMOTE4,
				  NAT64_A_FILTER_REMOTE_LEN, &f->remote);
	if (!err && f->has & 1 << NAT64_A_FILTER_REMOTE_PORT)
		err = nla_put_u16(msg, NAT64_A_FILTER_REMOTE_PORT,
				  f->remote_port);
	return err;
}

/**
 * nat64_put_filter() - write a filter
 * @msg: message
 * @f: filter, NULL or one without fields writes nothing
 * Return: 0 or -NLE_NOMEM
 */
int nat64_put_filter(struct nl_msg *msg, const struct nat64_filter *f)
{
	struct nlattr *nest;
	int err;

	if (!f || !f->has)
		return 0;
	nest = nla_nest_start(msg, NAT64_A_FILTER | NLA_F_NESTED);
	if (!nest)
		return -NLE_NOMEM;
	err = put_filter(msg, f);
	nla_nest_end(msg, nest);
	return err;
}

static void get_prefix(const struct nlattr *nest, struct nat64_prefix *p)
{
	struct nlattr *tb[NAT64_A_PREFIX_MAX + 1];

	parse(tb, NAT64_A_PREFIX_MAX, nest);
	p->p6.addr = get_addr6(tb[NAT64_A_PREFIX_ADDR]);
	p->p6.len = get_u8(tb[NAT64_A_PREFIX_LEN]);
	p->has_p4 = tb[NAT64_A_PREFIX_LEN4];
	p->p4.addr = get_addr4(tb[NAT64_A_PREFIX_ADDR4]);
	p->p4.len = get_u8(tb[NAT64_A_PREFIX_LEN4]);
}

static void get_pool4(const struct nlattr *nest, struct nat64_pool4 *p)
{
	struct nlattr *tb[NAT64_A_POOL4_MAX + 1];

	parse(tb, NAT64_A_POOL4_MAX, nest);
	p->p4.addr = get_addr4(tb[NAT64_A_POOL4_ADDR]);
	p->p4.len = get_u8(tb[NAT64_A_POOL4_LEN]);
	p->port_min = get_u16(tb[NAT64_A_POOL4_PORT_MIN]);
	p->port_max = get_u16(tb[NAT64_A_POOL4_PORT_MAX]);
	p->proto = nat64_get_u32(tb[NAT64_A_POOL4_PROTO]);
	p->has_mark = tb[NAT64_A_POOL4_MARK];
	p->mark = nat64_get_u32(tb[NAT64_A_POOL4_MARK]);
	p->used = nat64_get_u32(tb[NAT64_A_POOL4_USED]);
}

/**
 * nat64_get_block() - read the block of ports that an event tells of
 * @tb: attributes of the message
 * @b: the result
 */
void nat64_get_block(struct nlattr **tb, struct nat64_block *b)
{
	struct nat64_prefix prefix;
	struct nat64_pool4 pool4;

	get_prefix(tb[NAT64_A_PREFIX], &prefix);
	get_pool4(tb[NAT64_A_POOL4], &pool4);
	b->subscriber = prefix.p6;
	b->addr4 = pool4.p4.addr;
	b->port_min = pool4.port_min;
	b->port_max = pool4.port_max;
}

static void get_eam(const struct nlattr *nest, struct nat64_eam *e)
{
	struct nlattr *tb[NAT64_A_EAM_MAX + 1];

	parse(tb, NAT64_A_EAM_MAX, nest);
	e->p6.addr = get_addr6(tb[NAT64_A_EAM_ADDR6]);
	e->p6.len = get_u8(tb[NAT64_A_EAM_LEN6]);
	e->p4.addr = get_addr4(tb[NAT64_A_EAM_ADDR4]);
	e->p4.len = get_u8(tb[NAT64_A_EAM_LEN4]);
}

static void get_deny4(const struct nlattr *nest, struct nat64_prefix4 *p)
{
	struct nlattr *tb[NAT64_A_DENY4_MAX + 1];

	parse(tb, NAT64_A_DENY4_MAX, nest);
	p->addr = get_addr4(tb[NAT64_A_DENY4_ADDR]);
	p->len = get_u8(tb[NAT64_A_DENY4_LEN]);
}

/**
 * nat64_get_bib() - read a binding
 * @nest: NAT64_A_BIB
 * @b: the result
 */
void nat64_get_bib(const struct nlattr *nest, struct nat64_bib *b)
{
	struct nlattr *tb[NAT64_A_BIB_MAX + 1];

	parse(tb, NAT64_A_BIB_MAX, nest);
	b->proto = get_u8(tb[NAT64_A_BIB_PROTO]);
	b->src6.addr = get_addr6(tb[NAT64_A_BIB_ADDR6]);
	b->src6.port = get_u16(tb[NAT64_A_BIB_PORT6]);
	b->src4.addr = get_addr4(tb[NAT64_A_BIB_ADDR4]);
	b->src4.port = get_u16(tb[NAT64_A_BIB_PORT4]);
	b->is_static = tb[NAT64_A_BIB_STATIC];
	b->sessions = nat64_get_u32(tb[NAT64_A_BIB_SESSIONS]);
}

static void get_session(const struct nlattr *nest, struct nat64_session *s)
{
	struct nlattr *tb[NAT64_A_SESSION_MAX + 1];

	parse(tb, NAT64_A_SESSION_MAX, nest);
	s->proto = get_u8(tb[NAT64_A_SESSION_PROTO]);
	s->src6.addr = get_addr6(tb[NAT64_A_SESSION_SRC6]);
	s->src6.port = get_u16(tb[NAT64_A_SESSION_SPORT6]);
	s->dst6.addr = get_addr6(tb[NAT64_A_SESSION_DST6]);
	s->dst6.port = get_u16(tb[NAT64_A_SESSION_DPORT6]);
	s->src4.addr = get_addr4(tb[NAT64_A_SESSION_SRC4]);
	s->src4.port = get_u16(tb[NAT64_A_SESSION_SPORT4]);
	s->dst4.addr = get_addr4(tb[NAT64_A_SESSION_DST4]);
	s->dst4.port = get_u16(tb[NAT64_A_SESSION_DPORT4]);
	s->state = nat64_get_u32(tb[NAT64_A_SESSION_STATE]);
	s->expires = nat64_get_u32(tb[NAT64_A_SESSION_EXPIRES]);
	s->counted = tb[NAT64_A_SESSION_PACKETS_64];
	s->packets64 = nat64_get_u64(tb[NAT64_A_SESSION_PACKETS_64]);
	s->bytes64 = nat64_get_u64(tb[NAT64_A_SESSION_BYTES_64]);
	s->packets46 = nat64_get_u64(tb[NAT64_A_SESSION_PACKETS_46]);
	s->bytes46 = nat64_get_u64(tb[NAT64_A_SESSION_BYTES_46]);
}

static void get_data(const struct nlattr *nla, struct nat64_settings *set,
		     int attr)
{
	size_t len, n = 1;
	void *data = settings_data(set, attr, &len);

	if (!data)
		return;
	if (attr != NAT64_A_SETTINGS_RFC6791_ADDR6) {
		n = nla_len((struct nlattr *)nla) / len;
		if (n > NAT64_LIST_MAX)
			n = NAT64_LIST_MAX;
		set->val[attr] = n;
	}
	nla_memcpy(data, nla, n * len);
}

static void get_settings(const struct nlattr *nest, struct nat64_settings *set)
{
	struct nlattr *tb[NAT64_A_SETTINGS_MAX + 1];
	int attr;

	memset(set, 0, sizeof(*set));
	parse(tb, NAT64_A_SETTINGS_MAX, nest);
	for (attr = 1; attr <= NAT64_A_SETTINGS_MAX; attr++) {
		if (!tb[attr])
			continue;
		set->has |= 1ULL << attr;
		if (!settings_width(attr))
			get_data(tb[attr], set, attr);
		else if (settings_width(attr) == 1)
			set->val[attr] = get_u8(tb[attr]);
		else
			set->val[attr] = nat64_get_u32(tb[attr]);
	}
}

/**
 * nat64_get_counter() - read a counter
 * @nest: NAT64_A_COUNTER
 * @c: the result; its texts live as long as the message
 */
void nat64_get_counter(const struct nlattr *nest, struct nat64_counter *c)
{
	struct nlattr *tb[NAT64_A_COUNTER_MAX + 1];

	parse(tb, NAT64_A_COUNTER_MAX, nest);
	c->name = nat64_get_string(tb[NAT64_A_COUNTER_NAME]);
	c->value = nat64_get_u64(tb[NAT64_A_COUNTER_VALUE]);
	c->drop = tb[NAT64_A_COUNTER_DROP];
	c->gauge = tb[NAT64_A_COUNTER_GAUGE];
	c->text = nat64_get_string(tb[NAT64_A_COUNTER_TEXT]);
}

static void get_instance(struct nlattr **tb, struct nat64_instance *i)
{
	i->mode = nat64_get_u32(tb[NAT64_A_MODE]);
	i->usable = tb[NAT64_A_USABLE];
	i->seq = nat64_get_u32(tb[NAT64_A_SEQ]);
	snprintf(i->version, sizeof(i->version), "%s",
		 nat64_get_string(tb[NAT64_A_VERSION]));
}

/**
 * nat64_get_entry() - read an entry of a dump
 * @cmd: command of the dump; of all but NAT64_CMD_STATS_GET
 * @tb: attributes of the message
 * @e: the result
 * Return: 0, or -1 where the message holds no such entry
 */
int nat64_get_entry(uint8_t cmd, struct nlattr **tb, struct nat64_entry *e)
{
	int attr = 0;

	e->instance = nat64_get_string(tb[NAT64_A_INSTANCE]);
	switch (cmd) {
	case NAT64_CMD_INSTANCE_GET:
		get_instance(tb, &e->inst);
		return 0;
	case NAT64_CMD_PREFIX_GET:
		attr = NAT64_A_PREFIX;
		get_prefix(tb[attr], &e->prefix);
		break;
	case NAT64_CMD_POOL4_GET:
		attr = NAT64_A_POOL4;
		get_pool4(tb[attr], &e->pool4);
		break;
	case NAT64_CMD_EAM_GET:
	case NAT64_CMD_MAP_GET:
		attr = NAT64_A_EAM;
		get_eam(tb[attr], &e->eam);
		break;
	case NAT64_CMD_DENY4_GET:
		attr = NAT64_A_DENY4;
		get_deny4(tb[attr], &e->deny4);
		break;
	case NAT64_CMD_BIB_GET:
		attr = NAT64_A_BIB;
		nat64_get_bib(tb[attr], &e->bib);
		break;
	case NAT64_CMD_SESSION_GET:
		attr = NAT64_A_SESSION;
		get_session(tb[attr], &e->session);
		break;
	case NAT64_CMD_SETTINGS_GET:
		attr = NAT64_A_SETTINGS;
		get_settings(tb[attr], &e->settings);
		break;
	}
	return tb[attr] ? 0 : -1;
}

/**
 * nat64_get_change() - read what a notification tells of
 * @tb: attributes of the message
 * @c: the result
 */
void nat64_get_change(struct nlattr **tb, struct nat64_change *c)
{
	memset(c, 0, sizeof(*c));
	c->cmd = nat64_get_u32(tb[NAT64_A_CMD]);
	c->mode = nat64_get_u32(tb[NAT64_A_MODE]);
	snprintf(c->instance, sizeof(c->instance), "%s",
		 nat64_get_string(tb[NAT64_A_INSTANCE]));
	switch (object_attr(c->cmd)) {
	case NAT64_A_PREFIX:
		get_prefix(tb[NAT64_A_PREFIX], &c->prefix);
		break;
	case NAT64_A_POOL4:
		get_pool4(tb[NAT64_A_POOL4], &c->pool4);
		break;
	case NAT64_A_EAM:
		get_eam(tb[NAT64_A_EAM], &c->eam);
		break;
	case NAT64_A_DENY4:
		get_deny4(tb[NAT64_A_DENY4], &c->deny4);
		break;
	case NAT64_A_BIB:
		nat64_get_bib(tb[NAT64_A_BIB], &c->bib);
		break;
	case NAT64_A_SETTINGS:
		get_settings(tb[NAT64_A_SETTINGS], &c->settings);
		break;
	}
}

static struct nlattr *find(struct nlattr *head, int len, const void *at,
			   int *items)
{
	struct nlattr *a;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		if (nla_type(a) == NAT64_A_ITEM)
			(*items)++;
		if (at >= (void *)a && at < (void *)((char *)a + a->nla_len))
			return a;
	}
	return NULL;
}

/**
 * nat64_locate() - which attribute a refusal points to
 * @nlh: the request
 * @offset: bytes from the start of @nlh, NLMSGERR_ATTR_OFFS
 * @r: item, attr and sub are set as far as they are found
 */
void nat64_locate(const struct nlmsghdr *nlh, uint32_t offset,
		  struct nat64_refusal *r)
{
	const void *at = (const char *)nlh + offset;
	const struct genlmsghdr *gh = nlmsg_data(nlh);
	struct nlattr *a;
	int items = 0;

	a = find(genlmsg_attrdata(gh, 0), genlmsg_attrlen(gh, 0), at, &items);
	if (a && nla_type(a) == NAT64_A_ITEM) {
		r->item = items - 1;
		a = find(nla_data(a), nla_len(a), at, &items);
	}
	if (!a)
		return;
	r->attr = nla_type(a);
	if (!(a->nla_type & NLA_F_NESTED))
		return;
	a = find(nla_data(a), nla_len(a), at, &items);
	if (a)
		r->sub = nla_type(a);
}
