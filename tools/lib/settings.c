// SPDX-License-Identifier: GPL-2.0
/* The settings of an instance: words, attributes and how values are written. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nat64.h"

/* What rfc6791-len4 holds without a prefix. */
#define NO_PREFIX	255

#define DETERMINISTIC	"deterministic "

#define LIMIT_MAX	67108864

static const char *const on_off[] = { "off", "on", NULL };
static const char *const traffic_class[] = { "copy", "zero", NULL };
static const char *const udp_zero[] = { "compute", "forward", "drop", NULL };
static const char *const drop_allow[] = { "drop", "allow", NULL };
static const char *const filtering[] = { "eif", "adf", "adf-tcp",
					 "adf-udp", NULL };
static const char *const eam_hairpin[] = { "intrinsic", "simple", "off", NULL };
static const char *const node_id[] = { "on", "off", "rfc5837", NULL };
static const char *const fast_path[] = { "hook", "ingress", NULL };
static const char *const accept_drop[] = { "accept", "drop", NULL };

#define CHOICE(_word, _attr, _width, _choices) {			\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = _width, .kind = NAT64_SETTING_CHOICE, .choices = _choices }

#define DURATION(_word, _attr) {					\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = 4, .kind = NAT64_SETTING_DURATION, .max = UINT32_MAX }

#define NUMBER(_word, _attr, _min, _max) {				\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = 4, .kind = NAT64_SETTING_NUMBER, .min = _min, .max = _max }

#define LIMIT(_word, _attr) {						\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = 4, .kind = NAT64_SETTING_NUMBER, .min = 1,		\
	.max = LIMIT_MAX, .special = "none", .special_val = 0 }

const struct nat64_setting nat64_settings_table[] = {
	CHOICE("enabled", ENABLED, 1, on_off),
	{ .word = "lowest-ipv6-mtu", .attr = NAT64_A_SETTINGS_LOWEST_IPV6_MTU,
	  .width = 4, .kind = NAT64_SETTING_NUMBER, .min = 1280, .max = 65535,
	  .special = "auto", .special_val = 0 },
	CHOICE("traffic-class", TRAFFIC_CLASS_ZERO, 1, traffic_class),
	{ .word = "tos", .attr = NAT64_A_SETTINGS_TOS,
	  .width = 4, .kind = NAT64_SETTING_NUMBER, .min = 0, .max = 255,
	  .special = "copy", .special_val = 256 },
	CHOICE("udp-zero-checksum", UDP_ZERO_CHECKSUM, 4, udp_zero),
	CHOICE("wkp-nonglobal", WKP_NONGLOBAL, 1, drop_allow),
	CHOICE("filtering", FILTERING, 4, filtering),
	CHOICE("icmp-errors", ICMP_ERRORS, 1, on_off),
	{ .word = "rfc6791-prefix4", .attr = NAT64_A_SETTINGS_RFC6791_ADDR4,
	  .attr_len = NAT64_A_SETTINGS_RFC6791_LEN4, .width = 4,
	  .kind = NAT64_SETTING_PREFIX4 },
	DURATION("udp-timeout", UDP_TIMEOUT),
	DURATION("tcp-est-timeout", TCP_EST_TIMEOUT),
	DURATION("tcp-trans-timeout", TCP_TRANS_TIMEOUT),
	DURATION("icmp-timeout", ICMP_TIMEOUT),
	CHOICE("refresh-inbound", REFRESH_INBOUND, 1, on_off),
	CHOICE("port-parity", PORT_PARITY, 1, on_off),
	CHOICE("forward-hook", FORWARD_HOOK, 1, on_off),
	NUMBER("max-sessions", MAX_SESSIONS, 1, LIMIT_MAX),
	NUMBER("max-bib", MAX_BIB, 1, LIMIT_MAX),
	CHOICE("eam-hairpin", EAM_HAIRPIN, 4, eam_hairpin),
	{ .word = "rfc6791-prefix6", .attr = NAT64_A_SETTINGS_RFC6791_ADDR6,
	  .attr_len = NAT64_A_SETTINGS_RFC6791_LEN6,
	  .kind = NAT64_SETTING_PREFIX6 },
	CHOICE("icmp-node-id", ICMP_NODE_ID, 4, node_id),
	CHOICE("icmp-info", ICMP_INFO_DROP, 1, accept_drop),
	{ .word = "mtu-plateaus", .attr = NAT64_A_SETTINGS_MTU_PLATEAUS,
	  .kind = NAT64_SETTING_MTUS, .min = 68, .max = 65535 },
	{ .word = "mss-clamp", .attr = NAT64_A_SETTINGS_MSS_CLAMP,
	  .width = 4, .kind = NAT64_SETTING_NUMBER, .min = 536, .max = 65535,
	  .special = "off", .special_val = 0,
	  .special2 = "pmtu", .special2_val = 1 },
	{ .word = "udp-zero-ports", .attr = NAT64_A_SETTINGS_UDP_ZERO_PORTS,
	  .kind = NAT64_SETTING_PORTS, .choices = udp_zero },
	DURATION("tcp-syn-timeout", TCP_SYN_TIMEOUT),
	CHOICE("external-tcp", EXTERNAL_TCP_DROP, 1, accept_drop),
	CHOICE("est-probe", EST_PROBE, 1, on_off),
	{ .word = "subscriber-prefix-len",
	  .attr = NAT64_A_SETTINGS_SUBSCRIBER_PREFIX_LEN, .width = 1,
	  .kind = NAT64_SETTING_NUMBER, .min = 1, .max = 128 },
	LIMIT("subscriber-max-sessions", SUBSCRIBER_MAX_SESSIONS),
	LIMIT("subscriber-max-ports", SUBSCRIBER_MAX_PORTS),
	LIMIT("subscriber-rate", SUBSCRIBER_RATE),
	DURATION("port-hold", PORT_HOLD),
	{ .word = "port-blocks", .attr = NAT64_A_SETTINGS_PORT_BLOCKS,
	  .attr_len = NAT64_A_SETTINGS_PORT_BLOCKS_DETERMINISTIC,
	  .width = 4, .kind = NAT64_SETTING_BLOCKS, .min = 64, .max = 32768,
	  .special = "off", .special_val = 0 },
	CHOICE("fast-path", FAST_PATH, 4, fast_path),
	{ .word = "port-alarm", .attr = NAT64_A_SETTINGS_PORT_ALARM,
	  .width = 4, .kind = NAT64_SETTING_NUMBER, .min = 1, .max = 100,
	  .special = "off", .special_val = 0 },
	CHOICE("session-counters", SESSION_COUNTERS, 1, on_off),
	{ .word = NULL }
};

static int parse_choice(const struct nat64_setting *s, const char *word,
			uint32_t *val, const char **why)
{
	static _Thread_local char text[64];
	size_t len = 0;
	uint32_t i;

	for (i = 0; s->choices[i]; i++) {
		if (!strcmp(s->choices[i], word)) {
			*val = i;
			return 0;
		}
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				i ? ", " : "must be one of ", s->choices[i]);
	}
	*why = text;
	return -EINVAL;
}

static int parse_number(const struct nat64_setting *s, const char *word,
			uint32_t *val, const char **why)
{
	static _Thread_local char text[64];

	if (s->special && !strcmp(word, s->special)) {
		*val = s->special_val;
		return 0;
	}
	if (s->special2 && !strcmp(word, s->special2)) {
		*val = s->special2_val;
		return 0;
	}
	if (!nat64_parse_uint(word, s->max, val, why) && *val >= s->min)
		return 0;
	snprintf(text, sizeof(text), "must be a number from %u to %u%s%s%s%s",
		 s->min, s->max, s->special2 ? ", " : "",
		 s->special2 ? s->special2 : "", s->special ? " or " : "",
		 s->special ? s->special : "");
	*why = text;
	return -EINVAL;
}

static int parse_blocks(const struct nat64_setting *s, const char *word,
			struct nat64_settings *set, const char **why)
{
	uint32_t *val = &set->val[s->attr];
	bool fixed = !strncmp(word, DETERMINISTIC, strlen(DETERMINISTIC));

	if (parse_number(s, fixed ? word + strlen(DETERMINISTIC) : word, val,
			 why))
		return -EINVAL;
	if (fixed && !*val) {
		*why = "has no size";
		return -EINVAL;
	}
	set->val[s->attr_len] = fixed;
	set->has |= 1ULL << s->attr_len;
	return 0;
}

/* A list with commas: @fn reads one element. */
static int parse_list(const struct nat64_setting *s, const char *word,
		      struct nat64_settings *set, const char **why,
		      int (*fn)(const struct nat64_setting *s, const char *word,
				struct nat64_settings *set, const char **why))
{
	const char *end;
	char part[32];
	int err = 0;

	set->val[s->attr] = 0;
	if (!strcmp(word, "none"))
		return 0;
	for (; !err; word = end + 1) {
		end = strchrnul(word, ',');
		if (set->val[s->attr] == NAT64_LIST_MAX) {
			*why = "has more than 16 elements";
			return -EINVAL;
		}
		if (end - word >= (int)sizeof(part)) {
			*why = "has an element that is too long";
			return -EINVAL;
		}
		snprintf(part, sizeof(part), "%.*s", (int)(end - word), word);
		err = fn(s, part, set, why);
		if (!*end)
			break;
	}
	return err;
}

static int parse_mtu(const struct nat64_setting *s, const char *word,
		     struct nat64_settings *set, const char **why)
{
	uint32_t *n = &set->val[s->attr];
	uint32_t mtu;

	if (nat64_parse_uint(word, s->max, &mtu, why) || mtu < s->min ||
	    (*n && mtu >= set->mtu_plateaus[*n - 1])) {
		*why = "must be falling numbers of 68 to 65535 with commas between";
		return -EINVAL;
	}
	set->mtu_plateaus[(*n)++] = mtu;
	return 0;
}

static const struct nat64_setting *find_setting(int attr)
{
	const struct nat64_setting *s = nat64_settings_table;

	while (s->attr != attr)
		s++;
	return s;
}

static int append_port(const struct nat64_setting *s, const char *action,
		       const char *port, struct nat64_settings *set,
		       const char **why)
{
	uint32_t number, val = NAT64_UDP_ZERO_INHERIT;
	uint32_t *n = &set->val[s->attr];

	if (nat64_parse_uint(port, 65535, &number, why) || !number) {
		*why = "must be a port of 1 to 65535";
		return -ERANGE;
	}
	if (strcmp(action, "default") && parse_choice(s, action, &val, why))
		return -EINVAL;
	if (*n == NAT64_LIST_MAX) {
		*why = "is more than 16 ports at once";
		return -ERANGE;
	}
	set->udp_zero_ports[(*n)++] = number << 16 | val;
	return 0;
}

/**
 * nat64_setting_port() - give one port its own udp-zero-checksum
 * @action: compute, forward, drop or default, which is what all ports have
 * @port: the port
 * @set: the list that it is appended to
 * @why: what is wrong
 * Return: 0, -EINVAL for the action or -ERANGE for the port
 */
int nat64_setting_port(const char *action, const char *port,
		       struct nat64_settings *set, const char **why)
{
	const struct nat64_setting *s;
	int err;

	s = find_setting(NAT64_A_SETTINGS_UDP_ZERO_PORTS);
	err = append_port(s, action, port, set, why);
	if (!err)
		set->has |= 1ULL << s->attr;
	return err;
}

static int parse_port(const struct nat64_setting *s, const char *word,
		      struct nat64_settings *set, const char **why)
{
	char port[8];
	const char *colon = strchr(word, ':');

	if (!colon || colon - word >= (int)sizeof(port)) {
		*why = "must be PORT:ACTION with commas between, or none";
		return -EINVAL;
	}
	snprintf(port, sizeof(port), "%.*s", (int)(colon - word), word);
	return append_port(s, colon + 1, port, set, why) ? -EINVAL : 0;
}

static int parse_prefix6(const struct nat64_setting *s, const char *word,
			 struct nat64_settings *set, const char **why)
{
	struct nat64_prefix6 p = { .len = NO_PREFIX };
	int err = 0;

	if (strcmp(word, "none"))
		err = nat64_parse_prefix6(word, &p, why);
	if (err)
		return err;
	set->rfc6791_addr6 = p.addr;
	set->val[s->attr_len] = p.len;
	set->has |= 1ULL << s->attr_len;
	return 0;
}

static int parse_prefix4(const struct nat64_setting *s, const char *word,
			 struct nat64_settings *set, const char **why)
{
	struct nat64_prefix4 p = { .len = NO_PREFIX };
	int err = 0;

	if (strcmp(word, "none"))
		err = nat64_parse_prefix4(word, &p, why);
	if (err)
		return err;
	set->val[s->attr] = p.addr.s_addr;
	set->val[s->attr_len] = p.len;
	set->has |= 1ULL << s->attr_len;
	return 0;
}

/**
 * nat64_setting_parse() - read the value of a setting
 * @s: the setting
 * @word: its value as people write it
 * @set: gets the value, what it has of others stays
 * @why: what is wrong, valid until the next call
 * Return: 0 or -EINVAL
 */
int nat64_setting_parse(const struct nat64_setting *s, const char *word,
			struct nat64_settings *set, const char **why)
{
	uint32_t *val = &set->val[s->attr];
	int err = -EINVAL;

	switch (s->kind) {
	case NAT64_SETTING_CHOICE:
		err = parse_choice(s, word, val, why);
		break;
	case NAT64_SETTING_NUMBER:
		err = parse_number(s, word, val, why);
		break;
	case NAT64_SETTING_DURATION:
		err = nat64_parse_duration(word, val, why);
		break;
	case NAT64_SETTING_PREFIX4:
		err = parse_prefix4(s, word, set, why);
		break;
	case NAT64_SETTING_PREFIX6:
		err = parse_prefix6(s, word, set, why);
		break;
	case NAT64_SETTING_MTUS:
		err = parse_list(s, word, set, why, parse_mtu);
		break;
	case NAT64_SETTING_PORTS:
		err = parse_list(s, word, set, why, parse_port);
		break;
	case NAT64_SETTING_BLOCKS:
		err = parse_blocks(s, word, set, why);
		break;
	}
	if (!err)
		set->has |= 1ULL << s->attr;
	return err;
}

static const char *print_choice(const struct nat64_setting *s, uint32_t val)
{
	uint32_t i;

	for (i = 0; s->choices[i]; i++)
		if (i == val)
			return s->choices[i];
	return "?";
}

static void print_prefix4(const struct nat64_setting *s,
			  const struct nat64_settings *set, char *buf,
			  size_t len)
{
	struct nat64_prefix4 p = {
		.addr.s_addr = set->val[s->attr],
		.len = set->val[s->attr_len],
	};

	if (p.len > 32)
		snprintf(buf, len, "none");
	else
		nat64_print_prefix4(buf, len, &p);
}

static void print_prefix6(const struct nat64_setting *s,
			  const struct nat64_settings *set, char *buf,
			  size_t len)
{
	struct nat64_prefix6 p = {
		.addr = set->rfc6791_addr6,
		.len = set->val[s->attr_len],
	};

	if (p.len > 128)
		snprintf(buf, len, "none");
	else
		nat64_print_prefix6(buf, len, &p);
}

static void print_number(const struct nat64_setting *s, uint32_t val, char *buf,
			 size_t len)
{
	if (s->special && val == s->special_val)
		snprintf(buf, len, "%s", s->special);
	else if (s->special2 && val == s->special2_val)
		snprintf(buf, len, "%s", s->special2);
	else
		snprintf(buf, len, "%u", val);
}

static const char *port_action(uint32_t val)
{
	return val == NAT64_UDP_ZERO_INHERIT ? "default" :
	       val > NAT64_UDP_ZERO_DROP ? "?" : udp_zero[val];
}

static void print_list(const struct nat64_setting *s,
		       const struct nat64_settings *set, char *buf, size_t len)
{
	uint32_t i, word, n = set->val[s->attr];
	int at = 0;

	snprintf(buf, len, "none");
	for (i = 0; i < n && at >= 0 && (size_t)at < len; i++) {
		word = set->udp_zero_ports[i];
		if (s->kind == NAT64_SETTING_MTUS)
			at += snprintf(buf + at, len - at, "%s%u",
				       i ? "," : "", set->mtu_plateaus[i]);
		else
			at += snprintf(buf + at, len - at, "%s%u:%s",
				       i ? "," : "", word >> 16,
				       port_action(word & 0xffff));
	}
}

/**
 * nat64_setting_print() - write the value of a setting as people do
 * @s: the setting
 * @set: has its value
 * @buf: gets the text
 * @len: size of @buf, NAT64_SETTING_MAX is enough
 * Return: @buf
 */
const char *nat64_setting_print(const struct nat64_setting *s,
				const struct nat64_settings *set, char *buf,
				size_t len)
{
	uint32_t val = set->val[s->attr];
	int at;

	switch (s->kind) {
	case NAT64_SETTING_CHOICE:
		snprintf(buf, len, "%s", print_choice(s, val));
		break;
	case NAT64_SETTING_NUMBER:
		print_number(s, val, buf, len);
		break;
	case NAT64_SETTING_DURATION:
		nat64_print_duration(buf, len, val);
		break;
	case NAT64_SETTING_PREFIX4:
		print_prefix4(s, set, buf, len);
		break;
	case NAT64_SETTING_PREFIX6:
		print_prefix6(s, set, buf, len);
		break;
	case NAT64_SETTING_MTUS:
	case NAT64_SETTING_PORTS:
		print_list(s, set, buf, len);
		break;
	case NAT64_SETTING_BLOCKS:
		at = snprintf(buf, len, "%s", set->val[s->attr_len] ?
			      DETERMINISTIC : "");
		print_number(s, val, buf + at, len - at);
		break;
	}
	return buf;
}

/**
 * nat64_setting_given() - tell whether a value is there
 * @s: the setting
 * @set: values
 * Return: true where @set has a value of @s
 */
bool nat64_setting_given(const struct nat64_setting *s,
			 const struct nat64_settings *set)
{
	uint64_t need = 1ULL << s->attr;

	if (s->kind == NAT64_SETTING_PREFIX4 ||
	    s->kind == NAT64_SETTING_PREFIX6)
		return set->has & 1ULL << s->attr_len;
	return set->has & need;
}
