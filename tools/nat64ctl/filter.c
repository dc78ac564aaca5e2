// SPDX-License-Identifier: GPL-2.0
/* Reads a FILTER. */
#include <string.h>

#include "ctl.h"

struct key {
	const char *word;
	uint16_t attr;
	int (*parse)(const char *word, struct nat64_filter *f,
		     const char **why);
};

static int parse_proto(const char *word, struct nat64_filter *f,
		       const char **why)
{
	*why = "must be one of tcp, udp, icmp";
	return nat64_parse_proto(word, &f->proto);
}

static int parse_addr6(const char *word, struct nat64_filter *f,
		       const char **why)
{
	return nat64_parse_prefix6(word, &f->p6, why);
}

static int parse_addr4(const char *word, struct nat64_filter *f,
		       const char **why)
{
	return nat64_parse_prefix4(word, &f->p4, why);
}

static int parse_remote(const char *word, struct nat64_filter *f,
			const char **why)
{
	return nat64_parse_prefix4(word, &f->remote, why);
}

static int parse_port(const char *word, uint16_t *port, const char **why)
{
	uint32_t val;
	int err = nat64_parse_uint(word, 65535, &val, why);

	*why = "the port must be a number from 0 to 65535";
	if (!err)
		*port = val;
	return err;
}

static int parse_port6(const char *word, struct nat64_filter *f,
		       const char **why)
{
	return parse_port(word, &f->port6, why);
}

static int parse_port4(const char *word, struct nat64_filter *f,
		       const char **why)
{
	return parse_port(word, &f->port4, why);
}

static int parse_remote_port(const char *word, struct nat64_filter *f,
			     const char **why)
{
	return parse_port(word, &f->remote_port, why);
}

static const struct key keys[] = {
	{ "proto", NAT64_A_FILTER_PROTO, parse_proto },
	{ "addr6", NAT64_A_FILTER_ADDR6, parse_addr6 },
	{ "port6", NAT64_A_FILTER_PORT6, parse_port6 },
	{ "addr4", NAT64_A_FILTER_ADDR4, parse_addr4 },
	{ "port4", NAT64_A_FILTER_PORT4, parse_port4 },
	{ "remote", NAT64_A_FILTER_REMOTE4, parse_remote },
	{ "remote-port", NAT64_A_FILTER_REMOTE_PORT, parse_remote_port },
	{ NULL, 0, NULL }
};

static bool is_remote(const struct key *k)
{
	return k->attr == NAT64_A_FILTER_REMOTE4 ||
	       k->attr == NAT64_A_FILTER_REMOTE_PORT;
}

static int parse_one(struct ctl_cmd *cmd, const char *word,
		     struct nat64_filter *f)
{
	const struct key *k;
	const char *value, *why;

	for (k = keys; k->word && strcmp(k->word, word); k++)
		;
	if (!k->word)
		return ctl_wrong(cmd, word,
				 "proto, addr6, port6, addr4, port4, remote or remote-port is expected here");
	if (is_remote(k) && !strcmp(cmd->verb->object, "bib"))
		return ctl_wrong(cmd, word, "a binding has no remote host");
	if (f->has & 1 << k->attr)
		return ctl_wrong(cmd, word, "is given twice");
	value = ctl_next(cmd);
	if (!value)
		return ctl_wrong(cmd, word, "the value is missing");
	ctl_origin(cmd, NAT64_A_FILTER, k->attr, value);
	if (k->parse(value, f, &why))
		return ctl_wrong(cmd, value, why);
	f->has |= 1 << k->attr;
	return CTL_OK;
}

/**
 * ctl_parse_filter() - read the rest of a command as filter
 * @cmd: the command, of bindings or sessions
 * @filter: the result
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_parse_filter(struct ctl_cmd *cmd, struct nat64_filter *filter)
{
	const char *word;

	memset(filter, 0, sizeof(*filter));
	while ((word = ctl_next(cmd))) {
		int ret = parse_one(cmd, word, filter);

		if (ret)
			return ret;
	}
	return CTL_OK;
}
