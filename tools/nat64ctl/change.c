// SPDX-License-Identifier: GPL-2.0
/* Reads the commands that change the configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static const char given_twice[] = "is given twice";

/* Where the parts of a prefix go, so that a refusal finds the word. */
struct place {
	uint16_t attr;
	uint16_t addr;
	uint16_t len;
};

static void remember(struct ctl_cmd *cmd, const struct place *to,
		     const char *word)
{
	ctl_origin(cmd, to->attr, to->addr, word);
	ctl_origin(cmd, to->attr, to->len, word);
}

static int take_prefix6(struct ctl_cmd *cmd, const struct place *to,
			struct nat64_prefix6 *p)
{
	const char *word = ctl_take(cmd, "PREFIX6");
	const char *why;

	if (!word)
		return CTL_USAGE;
	remember(cmd, to, word);
	if (nat64_parse_prefix6(word, p, &why))
		return ctl_wrong(cmd, word, why);
	return CTL_OK;
}

static int take_prefix4(struct ctl_cmd *cmd, const struct place *to,
			struct nat64_prefix4 *p)
{
	const char *word = ctl_take(cmd, "PREFIX4");
	const char *why;

	if (!word)
		return CTL_USAGE;
	remember(cmd, to, word);
	if (nat64_parse_prefix4(word, p, &why))
		return ctl_wrong(cmd, word, why);
	return CTL_OK;
}

static bool accept_force(struct ctl_cmd *cmd, struct nat64_change *change)
{
	if (!ctl_accept(cmd, "force"))
		return false;
	change->force = true;
	ctl_origin(cmd, NAT64_A_FORCE, 0, "force");
	return true;
}

static bool name_fits(const char *name)
{
	return *name && strlen(name) <= NAT64_NAME_MAX;
}

/**
 * ctl_check_instance() - see that the option -i can name an instance
 * @cmd: the command
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_check_instance(const struct ctl_cmd *cmd)
{
	if (name_fits(cmd->instance))
		return CTL_OK;
	return ctl_wrong(cmd, cmd->instance,
			 "the name of an instance has 1 to 31 bytes");
}

static int take_name(struct ctl_cmd *cmd, struct nat64_change *change)
{
	const char *word = ctl_take(cmd, "NAME");

	if (!word)
		return CTL_USAGE;
	if (!name_fits(word))
		return ctl_wrong(cmd, word, "must be 1 to 31 bytes long");
	strcpy(change->instance, word);
	ctl_origin(cmd, NAT64_A_INSTANCE, 0, word);
	return CTL_OK;
}

/**
 * ctl_parse_instance_add() - read "NAME mode nat64|siit"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_instance_add(struct ctl_cmd *cmd, struct nat64_change *change)
{
	const char *word;
	int ret = take_name(cmd, change);

	if (ret)
		return ret;
	word = ctl_take(cmd, "mode nat64|siit");
	if (!word)
		return CTL_USAGE;
	if (strcmp(word, "mode"))
		return ctl_wrong(cmd, word, "mode nat64|siit is expected here");
	word = ctl_take(cmd, "nat64|siit");
	if (!word)
		return CTL_USAGE;
	ctl_origin(cmd, NAT64_A_MODE, 0, word);
	if (!strcmp(word, "nat64"))
		change->mode = NAT64_MODE_NAT64;
	else if (!strcmp(word, "siit"))
		change->mode = NAT64_MODE_SIIT;
	else
		return ctl_wrong(cmd, word, "must be one of nat64, siit");
	return ctl_end(cmd);
}

/**
 * ctl_parse_instance_del() - read "NAME"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_instance_del(struct ctl_cmd *cmd, struct nat64_change *change)
{
	int ret = take_name(cmd, change);

	return ret ? ret : ctl_end(cmd);
}

/**
 * ctl_parse_prefix() - read "PREFIX6 [v4 PREFIX4] [force]"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_prefix(struct ctl_cmd *cmd, struct nat64_change *change)
{
	static const struct place p6 = {
		NAT64_A_PREFIX, NAT64_A_PREFIX_ADDR, NAT64_A_PREFIX_LEN,
	};
	static const struct place p4 = {
		NAT64_A_PREFIX, NAT64_A_PREFIX_ADDR4, NAT64_A_PREFIX_LEN4,
	};
	int ret = take_prefix6(cmd, &p6, &change->prefix.p6);

	if (!ret && ctl_accept(cmd, "v4")) {
		change->prefix.has_p4 = true;
		ret = take_prefix4(cmd, &p4, &change->prefix.p4);
	}
	if (!ret && change->cmd == NAT64_CMD_PREFIX_ADD)
		accept_force(cmd, change);
	return ret ? ret : ctl_end(cmd);
}

static int parse_ports(struct ctl_cmd *cmd, struct nat64_pool4 *p)
{
	const char *word = ctl_take(cmd, "LO-HI");
	const char *dash, *why;
	uint32_t lo, hi;
	char first[8];

	if (!word)
		return CTL_USAGE;
	if (p->port_max)
		return ctl_wrong(cmd, "ports", given_twice);
	ctl_origin(cmd, NAT64_A_POOL4, NAT64_A_POOL4_PORT_MIN, word);
	ctl_origin(cmd, NAT64_A_POOL4, NAT64_A_POOL4_PORT_MAX, word);
	dash = strchr(word, '-');
	if (!dash || dash - word >= (int)sizeof(first))
		return ctl_wrong(cmd, word,
				 "is not a range of ports, as in 1024-65535");
	memcpy(first, word, dash - word);
	first[dash - word] = 0;
	if (nat64_parse_uint(first, 65535, &lo, &why) ||
	    nat64_parse_uint(dash + 1, 65535, &hi, &why))
		return ctl_wrong(cmd, word,
				 "the ports must be numbers from 0 to 65535");
	if (lo > hi || !hi)
		return ctl_wrong(cmd, word,
				 "the last port is less than the first or 0");
	p->port_min = lo;
	p->port_max = hi;
	return CTL_OK;
}

/* May be given again: "proto tcp proto udp" serves both. */
static int parse_l4(struct ctl_cmd *cmd, struct nat64_pool4 *p)
{
	const char *word = ctl_take(cmd, "tcp|udp|icmp|all");

	if (!word)
		return CTL_USAGE;
	ctl_origin(cmd, NAT64_A_POOL4, NAT64_A_POOL4_PROTO, word);
	if (!strcmp(word, "tcp"))
		p->proto |= NAT64_L4_TCP;
	else if (!strcmp(word, "udp"))
		p->proto |= NAT64_L4_UDP;
	else if (!strcmp(word, "icmp"))
		p->proto |= NAT64_L4_ICMP;
	else if (!strcmp(word, "all"))
		p->proto |= NAT64_L4_TCP | NAT64_L4_UDP | NAT64_L4_ICMP;
	else
		return ctl_wrong(cmd, word,
				 "must be one of tcp, udp, icmp, all");
	return CTL_OK;
}

static int parse_mark(struct ctl_cmd *cmd, struct nat64_pool4 *p)
{
	const char *word = ctl_take(cmd, "mark N");
	unsigned long long mark;
	char *end;

	if (!word)
		return CTL_USAGE;
	if (p->has_mark)
		return ctl_wrong(cmd, "mark", given_twice);
	ctl_origin(cmd, NAT64_A_POOL4, NAT64_A_POOL4_MARK, word);
	mark = strtoull(word, &end, 0);
	if (*word < '0' || *word > '9' || *end || mark > UINT32_MAX)
		return ctl_wrong(cmd, word,
				 "is not a number of 32 bits, as in 7 or 0x100");
	p->has_mark = true;
	p->mark = mark;
	return CTL_OK;
}

static int parse_pool4_option(struct ctl_cmd *cmd, struct nat64_pool4 *p)
{
	if (ctl_accept(cmd, "ports"))
		return parse_ports(cmd, p);
	if (ctl_accept(cmd, "proto"))
		return parse_l4(cmd, p);
	if (ctl_accept(cmd, "mark"))
		return parse_mark(cmd, p);
	return ctl_wrong(cmd, ctl_next(cmd),
			 "ports, proto, mark or force is expected here");
}

/**
 * ctl_parse_pool4() - read "PREFIX4 [ports LO-HI] [proto L4] [mark N] [force]"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_pool4(struct ctl_cmd *cmd, struct nat64_change *change)
{
	static const struct place p4 = {
		NAT64_A_POOL4, NAT64_A_POOL4_ADDR, NAT64_A_POOL4_LEN,
	};
	int ret = take_prefix4(cmd, &p4, &change->pool4.p4);

	while (!ret && cmd->at < cmd->argc)
		if (!accept_force(cmd, change))
			ret = parse_pool4_option(cmd, &change->pool4);
	return ret;
}

/**
 * ctl_parse_eam() - read "PREFIX6 PREFIX4 [force]", either order
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_eam(struct ctl_cmd *cmd, struct nat64_change *change)
{
	static const struct place p6 = {
		NAT64_A_EAM, NAT64_A_EAM_ADDR6, NAT64_A_EAM_LEN6,
	};
	static const struct place p4 = {
		NAT64_A_EAM, NAT64_A_EAM_ADDR4, NAT64_A_EAM_LEN4,
	};
	bool six_first = cmd->at < cmd->argc &&
			 strchr(cmd->argv[cmd->at], ':');
	int ret = CTL_OK;

	if (six_first)
		ret = take_prefix6(cmd, &p6, &change->eam.p6);
	if (!ret)
		ret = take_prefix4(cmd, &p4, &change->eam.p4);
	if (!ret && !six_first)
		ret = take_prefix6(cmd, &p6, &change->eam.p6);
	if (!ret)
		accept_force(cmd, change);
	return ret ? ret : ctl_end(cmd);
}

/**
 * ctl_parse_deny4() - read "PREFIX4"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_deny4(struct ctl_cmd *cmd, struct nat64_change *change)
{
	static const struct place p4 = {
		NAT64_A_DENY4, NAT64_A_DENY4_ADDR, NAT64_A_DENY4_LEN,
	};
	int ret = take_prefix4(cmd, &p4, &change->deny4);

	return ret ? ret : ctl_end(cmd);
}

static int take_proto(struct ctl_cmd *cmd, struct nat64_bib *b)
{
	const char *word = ctl_take(cmd, "tcp|udp|icmp");

	if (!word)
		return CTL_USAGE;
	ctl_origin(cmd, NAT64_A_BIB, NAT64_A_BIB_PROTO, word);
	if (nat64_parse_proto(word, &b->proto))
		return ctl_wrong(cmd, word, "must be one of tcp, udp, icmp");
	return CTL_OK;
}

static int take_taddr6(struct ctl_cmd *cmd, struct nat64_bib *b)
{
	const char *word = ctl_take(cmd, "ADDR6#PORT");
	const char *why;

	if (!word)
		return CTL_USAGE;
	ctl_origin(cmd, NAT64_A_BIB, NAT64_A_BIB_ADDR6, word);
	ctl_origin(cmd, NAT64_A_BIB, NAT64_A_BIB_PORT6, word);
	if (nat64_parse_taddr6(word, &b->src6, &why))
		return ctl_wrong(cmd, word, why);
	return CTL_OK;
}

static int take_taddr4(struct ctl_cmd *cmd, struct nat64_bib *b)
{
	const char *word = ctl_take(cmd, "ADDR4#PORT");
	const char *why;

	if (!word)
		return CTL_USAGE;
	ctl_origin(cmd, NAT64_A_BIB, NAT64_A_BIB_ADDR4, word);
	ctl_origin(cmd, NAT64_A_BIB, NAT64_A_BIB_PORT4, word);
	if (nat64_parse_taddr4(word, &b->src4, &why))
		return ctl_wrong(cmd, word, why);
	return CTL_OK;
}

/**
 * ctl_parse_bib() - read "PROTO ADDR6#PORT ADDR4#PORT"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_bib(struct ctl_cmd *cmd, struct nat64_change *change)
{
	int ret = take_proto(cmd, &change->bib);

	if (!ret)
		ret = take_taddr6(cmd, &change->bib);
	if (!ret)
		ret = take_taddr4(cmd, &change->bib);
	return ret ? ret : ctl_end(cmd);
}

static const struct nat64_setting *find_setting(const char *word)
{
	const struct nat64_setting *s;

	for (s = nat64_settings_table; s->word; s++)
		if (!strcmp(s->word, word))
			return s;
	return NULL;
}

/* "udp-zero-checksum VALUE port N": of one port, as often as there are some */
static int parse_zero_port(struct ctl_cmd *cmd, struct nat64_settings *set)
{
	const char *action = ctl_next(cmd), *port, *why;
	int err;

	ctl_next(cmd);
	port = ctl_next(cmd);
	if (!port)
		return ctl_wrong(cmd, "port", "the number is missing");
	ctl_origin(cmd, NAT64_A_SETTINGS, NAT64_A_SETTINGS_UDP_ZERO_PORTS,
		   port);
	err = nat64_setting_port(action, port, set, &why);
	if (err)
		return ctl_wrong(cmd, err == -ERANGE ? port : action, why);
	return CTL_OK;
}

static bool is_zero_port(const struct ctl_cmd *cmd, const char *key)
{
	return !strcmp(key, "udp-zero-checksum") && cmd->at + 1 < cmd->argc &&
	       !strcmp(cmd->argv[cmd->at + 1], "port");
}

/* "port-blocks deterministic SIZE" is one value of two words. */
static bool has_size(const struct nat64_setting *s, const char *value)
{
	return s->kind == NAT64_SETTING_BLOCKS &&
	       !strcmp(value, "deterministic");
}

static int parse_setting(struct ctl_cmd *cmd, const char *key,
			 struct nat64_settings *set)
{
	const struct nat64_setting *s = find_setting(key);
	const char *value, *why, *whole;
	char both[32];

	if (!s)
		return ctl_wrong(cmd, key,
				 "is not a setting (\"get\" lists them)");
	if (is_zero_port(cmd, key))
		return parse_zero_port(cmd, set);
	if (nat64_setting_given(s, set))
		return ctl_wrong(cmd, key, given_twice);
	value = ctl_next(cmd);
	if (!value)
		return ctl_wrong(cmd, key, "the value is missing");
	whole = value;
	if (has_size(s, value)) {
		value = ctl_next(cmd);
		if (!value)
			return ctl_wrong(cmd, whole, "the size is missing");
		if (snprintf(both, sizeof(both), "%s %s", whole, value) >=
		    (int)sizeof(both))
			return ctl_wrong(cmd, value, "is too long a number");
		whole = both;
	}
	ctl_origin(cmd, NAT64_A_SETTINGS, s->attr, value);
	if (s->attr_len)
		ctl_origin(cmd, NAT64_A_SETTINGS, s->attr_len, value);
	if (nat64_setting_parse(s, whole, set, &why))
		return ctl_wrong(cmd, value, why);
	return CTL_OK;
}

/**
 * ctl_parse_set() - read "KEY VALUE [KEY VALUE]… [force]"
 * @cmd: the command
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_set(struct ctl_cmd *cmd, struct nat64_change *change)
{
	int ret = CTL_OK;

	if (cmd->at == cmd->argc)
		return ctl_fail(cmd, "KEY VALUE is missing");
	while (!ret && cmd->at < cmd->argc)
		if (!accept_force(cmd, change))
			ret = parse_setting(cmd, ctl_next(cmd),
					    &change->settings);
	return ret;
}

/**
 * ctl_parse_change() - read a command that changes the configuration
 * @cmd: the command; its verb has been found
 * @change: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_change(struct ctl_cmd *cmd, struct nat64_change *change)
{
	memset(change, 0, sizeof(*change));
	change->cmd = cmd->verb->cmd;
	if (ctl_check_instance(cmd))
		return CTL_USAGE;
	strcpy(change->instance, cmd->instance);
	if (cmd->verb->parse(cmd, change))
		return CTL_USAGE;
	/* After those of the words, of which one may name the instance. */
	ctl_origin(cmd, NAT64_A_INSTANCE, 0, cmd->instance);
	return CTL_OK;
}

/**
 * ctl_change() - make the change of the command line
 * @ctl: the run
 * Return: exit status
 */
int ctl_change(struct ctl *ctl)
{
	struct nat64_change change;
	int ret = ctl_parse_change(&ctl->cmd, &change);

	if (!ret)
		ret = ctl_open(ctl);
	if (ret)
		return ret;
	return ctl_done(ctl, nat64_apply(ctl->h, &change));
}
