// SPDX-License-Identifier: GPL-2.0
/* Writes changes as the commands that make them. */
#include <string.h>

#include "ctl.h"

/**
 * ctl_print_ports() - write a range of ports
 * @buf: gets "LO-HI"
 * @len: size of @buf
 * @p: has the range
 */
void ctl_print_ports(char *buf, size_t len, const struct nat64_pool4 *p)
{
	snprintf(buf, len, "%u-%u", p->port_min, p->port_max);
}

/**
 * ctl_print_protos() - write the protocols of a pool
 * @buf: gets "all", or names with commas between
 * @len: size of @buf
 * @mask: mask of enum nat64_l4, 0 is all
 */
void ctl_print_protos(char *buf, size_t len, uint32_t mask)
{
	const uint32_t all = NAT64_L4_TCP | NAT64_L4_UDP | NAT64_L4_ICMP;

	if (!mask || mask == all) {
		snprintf(buf, len, "all");
		return;
	}
	snprintf(buf, len, "%s%s%s%s%s", mask & NAT64_L4_TCP ? "tcp" : "",
		 mask & NAT64_L4_TCP && mask != NAT64_L4_TCP ? "," : "",
		 mask & NAT64_L4_UDP ? "udp" : "",
		 mask & NAT64_L4_UDP && mask & NAT64_L4_ICMP ? "," : "",
		 mask & NAT64_L4_ICMP ? "icmp" : "");
}

static void print_prefix(FILE *to, const struct nat64_prefix *p)
{
	char buf[NAT64_ADDR_MAX];

	fprintf(to, " %s", nat64_print_prefix6(buf, sizeof(buf), &p->p6));
	if (p->has_p4)
		fprintf(to, " v4 %s",
			nat64_print_prefix4(buf, sizeof(buf), &p->p4));
}

static void print_pool4(FILE *to, const struct nat64_pool4 *p)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} protos[] = {
		{ NAT64_L4_TCP, "tcp" },
		{ NAT64_L4_UDP, "udp" },
		{ NAT64_L4_ICMP, "icmp" },
	};
	char buf[NAT64_ADDR_MAX];
	size_t i;

	fprintf(to, " %s", nat64_print_prefix4(buf, sizeof(buf), &p->p4));
	if (p->port_max)
		fprintf(to, " ports %u-%u", p->port_min, p->port_max);
	ctl_print_protos(buf, sizeof(buf), p->proto);
	if (!strcmp(buf, "all"))
		fprintf(to, " proto all");
	else
		for (i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
			if (p->proto & protos[i].bit)
				fprintf(to, " proto %s", protos[i].name);
	if (p->has_mark)
		fprintf(to, " mark %u", p->mark);
}

static void print_eam(FILE *to, const struct nat64_eam *e)
{
	char p6[NAT64_ADDR_MAX], p4[NAT64_ADDR_MAX];

	fprintf(to, " %s %s", nat64_print_prefix6(p6, sizeof(p6), &e->p6),
		nat64_print_prefix4(p4, sizeof(p4), &e->p4));
}

static void print_deny4(FILE *to, const struct nat64_prefix4 *p)
{
	char buf[NAT64_ADDR_MAX];

	fprintf(to, " %s", nat64_print_prefix4(buf, sizeof(buf), p));
}

static void print_bib(FILE *to, const struct nat64_bib *b)
{
	char src6[NAT64_ADDR_MAX], src4[NAT64_ADDR_MAX];

	/* a notification to one who may not know of bindings has none */
	if (!b->proto)
		return;
	fprintf(to, " %s %s %s", nat64_proto_name(b->proto),
		nat64_print_taddr6(src6, sizeof(src6), &b->src6, false),
		nat64_print_taddr4(src4, sizeof(src4), &b->src4));
}

static void print_settings(FILE *to, const struct nat64_settings *set)
{
	const struct nat64_setting *s;
	char buf[NAT64_SETTING_MAX];

	for (s = nat64_settings_table; s->word; s++)
		if (nat64_setting_given(s, set))
			fprintf(to, " %s %s", s->word,
				nat64_setting_print(s, set, buf, sizeof(buf)));
}

static void print_object(FILE *to, const struct nat64_change *c)
{
	switch (c->cmd) {
	case NAT64_CMD_PREFIX_ADD:
	case NAT64_CMD_PREFIX_DEL:
		print_prefix(to, &c->prefix);
		break;
	case NAT64_CMD_POOL4_ADD:
	case NAT64_CMD_POOL4_DEL:
		print_pool4(to, &c->pool4);
		break;
	case NAT64_CMD_EAM_ADD:
	case NAT64_CMD_EAM_DEL:
		print_eam(to, &c->eam);
		break;
	case NAT64_CMD_DENY4_ADD:
	case NAT64_CMD_DENY4_DEL:
		print_deny4(to, &c->deny4);
		break;
	case NAT64_CMD_BIB_ADD:
	case NAT64_CMD_BIB_DEL:
		print_bib(to, &c->bib);
		break;
	case NAT64_CMD_SETTINGS_SET:
		print_settings(to, &c->settings);
		break;
	}
}

/**
 * ctl_print_change() - write a change as the command that makes it
 * @to: where to; no newline at the end
 * @c: the change
 */
void ctl_print_change(FILE *to, const struct nat64_change *c)
{
	bool whole = c->cmd == NAT64_CMD_INSTANCE_ADD ||
		     c->cmd == NAT64_CMD_INSTANCE_DEL;

	if (!whole && strcmp(c->instance, NAT64_DEFAULT))
		fprintf(to, "-i %s ", c->instance);
	fprintf(to, "%s", nat64_cmd_name(c->cmd));
	if (whole)
		fprintf(to, " %s", c->instance);
	if (c->cmd == NAT64_CMD_INSTANCE_ADD)
		fprintf(to, " mode %s", nat64_mode_name(c->mode));
	print_object(to, c);
	if (c->force)
		fprintf(to, " force");
}

/**
 * ctl_command() - a change as the command that makes it
 * @c: the change
 * Return: text to be freed; NULL without memory
 */
char *ctl_command(const struct nat64_change *c)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	ctl_print_change(f, c);
	fclose(f);
	return text;
}
