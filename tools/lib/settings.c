// SPDX-License-Identifier: GPL-2.0
/* The settings of an instance: words, attributes and how values are written. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nat64.h"

/* What rfc6791-len4 holds without a prefix. */
#define NO_PREFIX	255

static const char *const on_off[] = { "off", "on", NULL };
static const char *const traffic_class[] = { "copy", "zero", NULL };
static const char *const udp_zero[] = { "compute", "forward", "drop", NULL };
static const char *const drop_allow[] = { "drop", "allow", NULL };
static const char *const filtering[] = { "eif", "adf", NULL };

#define CHOICE(_word, _attr, _width, _choices) {			\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = _width, .kind = NAT64_SETTING_CHOICE, .choices = _choices }

#define DURATION(_word, _attr) {					\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = 4, .kind = NAT64_SETTING_DURATION, .max = UINT32_MAX }

#define NUMBER(_word, _attr, _min, _max) {				\
	.word = _word, .attr = NAT64_A_SETTINGS_##_attr,		\
	.width = 4, .kind = NAT64_SETTING_NUMBER, .min = _min, .max = _max }

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
	NUMBER("max-sessions", MAX_SESSIONS, 0, UINT32_MAX),
	NUMBER("max-bib", MAX_BIB, 0, UINT32_MAX),
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
	if (!nat64_parse_uint(word, s->max, val, why) && *val >= s->min)
		return 0;
	snprintf(text, sizeof(text), "must be a number from %u to %u%s%s",
		 s->min, s->max, s->special ? " or " : "",
		 s->special ? s->special : "");
	*why = text;
	return -EINVAL;
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

/**
 * nat64_setting_print() - write the value of a setting as people do
 * @s: the setting
 * @set: has its value
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * Return: @buf
 */
const char *nat64_setting_print(const struct nat64_setting *s,
				const struct nat64_settings *set, char *buf,
				size_t len)
{
	uint32_t val = set->val[s->attr];

	switch (s->kind) {
	case NAT64_SETTING_CHOICE:
		snprintf(buf, len, "%s", print_choice(s, val));
		break;
	case NAT64_SETTING_NUMBER:
		if (s->special && val == s->special_val)
			snprintf(buf, len, "%s", s->special);
		else
			snprintf(buf, len, "%u", val);
		break;
	case NAT64_SETTING_DURATION:
		nat64_print_duration(buf, len, val);
		break;
	case NAT64_SETTING_PREFIX4:
		print_prefix4(s, set, buf, len);
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

	if (s->kind == NAT64_SETTING_PREFIX4)
		return set->has & 1ULL << s->attr_len;
	return set->has & need;
}
