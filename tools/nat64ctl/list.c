// SPDX-License-Identifier: GPL-2.0
/* Lists of the configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

/* A configuration that changes while it is read is read again. */
#define TRIES	5

struct filling {
	const struct ctl_list *list;
	struct table *table;
	struct ctl_mixed mixed;
};

static int fill(const struct nat64_entry *e, void *arg)
{
	struct filling *f = arg;

	table_row(f->table);
	f->list->row(f->table, e, &f->mixed);
	return 0;
}

static int note_mixed(const struct nat64_entry *e, void *arg)
{
	struct ctl_mixed *m = arg;
	struct nat64_prefix6 *p;

	if (e->prefix.p6.len != 96)
		return 0;
	p = realloc(m->p, (m->n + 1) * sizeof(*p));
	if (!p)
		return 0;
	m->p = p;
	m->p[m->n++] = e->prefix.p6;
	return 0;
}

/**
 * ctl_mixed_load() - learn which addresses are written in mixed notation
 * @ctl: the run, connected
 * @m: the result; what is missing in it is only written plainer. Free m->p.
 * Return: 0 or -errno
 */
int ctl_mixed_load(struct ctl *ctl, struct ctl_mixed *m)
{
	m->p = NULL;
	m->n = 0;
	return nat64_dump_prefixes(ctl->h, NULL, note_mixed, m);
}

/**
 * ctl_mixed_has() - tell how to write an address
 * @m: the /96 prefixes
 * @a: the address
 * Return: true for mixed notation
 */
bool ctl_mixed_has(const struct ctl_mixed *m, const struct in6_addr *a)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (nat64_prefix6_has(&m->p[i], a))
			return true;
	return false;
}

static int dump_once(struct ctl *ctl, struct filling *f, const char *instance,
		     const struct nat64_filter *filter)
{
	const struct ctl_list *list = f->list;

	table_free(f->table);
	f->table = table_new(list->name, list->columns, list->n, ctl->json);
	if (!f->table)
		return -ENOMEM;
	return nat64_dump(ctl->h, list->cmd, instance, filter, fill, f);
}

/**
 * ctl_list() - print a list
 * @ctl: the run, connected
 * @list: which
 * @instance: of one instance, NULL for all
 * @filter: for bindings and sessions; they come and go all the time, a list
 *	of them is not read again
 * Return: exit status
 */
int ctl_list(struct ctl *ctl, const struct ctl_list *list,
	     const char *instance, const struct nat64_filter *filter)
{
	struct filling f = { .list = list };
	int i, err = 0;

	if (filter)
		ctl_mixed_load(ctl, &f.mixed);
	for (i = 0; i < (filter ? 1 : TRIES); i++) {
		err = dump_once(ctl, &f, instance, filter);
		if (err != -EINTR)
			break;
	}
	free(f.mixed.p);
	if (err == -EINTR && filter)
		err = 0;
	if (err) {
		table_free(f.table);
		return ctl_done(ctl, err);
	}
	err = table_print(f.table, stdout);
	table_free(f.table);
	if (!err)
		return CTL_OK;
	ctl_fail(&ctl->cmd, "cannot print");
	return CTL_REFUSED;
}

static int simple_list(struct ctl *ctl, const struct ctl_list *list,
		       const char *instance)
{
	int ret = ctl_end(&ctl->cmd);

	if (!ret)
		ret = ctl_open(ctl);
	return ret ? ret : ctl_list(ctl, list, instance, NULL);
}

static const struct table_column instance_columns[] = {
	{ .name = "INSTANCE" }, { .name = "MODE" },
	{ .name = "USABLE", .type = TABLE_BOOL },
};

static void instance_row(struct table *t, const struct nat64_entry *e,
			 const struct ctl_mixed *mixed)
{
	(void)mixed;
	table_text(t, 0, e->instance);
	table_text(t, 1, nat64_mode_name(e->inst.mode));
	table_bool(t, 2, e->inst.usable);
}

static const struct ctl_list instances = {
	"instances", NAT64_CMD_INSTANCE_GET, instance_columns,
	N(instance_columns), instance_row,
};

/**
 * ctl_list_instances() - instance list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_instances(struct ctl *ctl)
{
	return simple_list(ctl, &instances, NULL);
}

static const struct table_column prefix_columns[] = {
	{ .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	{ .name = "PREFIX6" }, { .name = "V4" },
};

static void prefix_row(struct table *t, const struct nat64_entry *e,
		       const struct ctl_mixed *mixed)
{
	char buf[NAT64_ADDR_MAX];

	(void)mixed;
	table_text(t, 0, e->instance);
	table_text(t, 1, nat64_print_prefix6(buf, sizeof(buf), &e->prefix.p6));
	if (e->prefix.has_p4)
		table_text(t, 2, nat64_print_prefix4(buf, sizeof(buf),
						     &e->prefix.p4));
}

static const struct ctl_list prefixes = {
	"prefixes", NAT64_CMD_PREFIX_GET, prefix_columns, N(prefix_columns),
	prefix_row,
};

/**
 * ctl_list_prefixes() - prefix list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_prefixes(struct ctl *ctl)
{
	return simple_list(ctl, &prefixes, ctl->cmd.instance);
}

enum {
	P4_INSTANCE,
	P4_PREFIX,
	P4_PORTS,
	P4_MIN,
	P4_MAX,
	P4_PROTO,
	P4_MARK,
	P4_USED,
};

static const struct table_column pool4_columns[] = {
	[P4_INSTANCE] = { .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	[P4_PREFIX] = { .name = "PREFIX4" },
	[P4_PORTS] = { .name = "PORTS", .where = TABLE_ONLY_PEOPLE },
	[P4_MIN] = { "PORT_MIN", TABLE_NUMBER, TABLE_ONLY_JSON },
	[P4_MAX] = { "PORT_MAX", TABLE_NUMBER, TABLE_ONLY_JSON },
	[P4_PROTO] = { .name = "PROTO" },
	[P4_MARK] = { .name = "MARK", .type = TABLE_NUMBER },
	[P4_USED] = { .name = "USED", .type = TABLE_NUMBER },
};

static void pool4_row(struct table *t, const struct nat64_entry *e,
		      const struct ctl_mixed *mixed)
{
	const struct nat64_pool4 *p = &e->pool4;
	char buf[NAT64_ADDR_MAX];

	(void)mixed;
	table_text(t, P4_INSTANCE, e->instance);
	table_text(t, P4_PREFIX, nat64_print_prefix4(buf, sizeof(buf), &p->p4));
	ctl_print_ports(buf, sizeof(buf), p);
	table_text(t, P4_PORTS, buf);
	table_number(t, P4_MIN, p->port_min);
	table_number(t, P4_MAX, p->port_max);
	ctl_print_protos(buf, sizeof(buf), p->proto);
	table_text(t, P4_PROTO, buf);
	if (p->has_mark)
		table_number(t, P4_MARK, p->mark);
	table_number(t, P4_USED, p->used);
}

static const struct ctl_list pool4 = {
	"pool4", NAT64_CMD_POOL4_GET, pool4_columns, N(pool4_columns),
	pool4_row,
};

/**
 * ctl_list_pool4() - pool4 list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_pool4(struct ctl *ctl)
{
	return simple_list(ctl, &pool4, ctl->cmd.instance);
}

static const struct table_column eam_columns[] = {
	{ .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	{ .name = "PREFIX6" }, { .name = "PREFIX4" },
};

static void eam_row(struct table *t, const struct nat64_entry *e,
		    const struct ctl_mixed *mixed)
{
	char buf[NAT64_ADDR_MAX];

	(void)mixed;
	table_text(t, 0, e->instance);
	table_text(t, 1, nat64_print_prefix6(buf, sizeof(buf), &e->eam.p6));
	table_text(t, 2, nat64_print_prefix4(buf, sizeof(buf), &e->eam.p4));
}

static const struct ctl_list eam = {
	"eam", NAT64_CMD_EAM_GET, eam_columns, N(eam_columns), eam_row,
};

/**
 * ctl_list_eam() - eam list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_eam(struct ctl *ctl)
{
	return simple_list(ctl, &eam, ctl->cmd.instance);
}

static const struct table_column deny4_columns[] = {
	{ .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	{ .name = "PREFIX4" },
};

static void deny4_row(struct table *t, const struct nat64_entry *e,
		      const struct ctl_mixed *mixed)
{
	char buf[NAT64_ADDR_MAX];

	(void)mixed;
	table_text(t, 0, e->instance);
	table_text(t, 1, nat64_print_prefix4(buf, sizeof(buf), &e->deny4));
}

static const struct ctl_list deny4 = {
	"deny4", NAT64_CMD_DENY4_GET, deny4_columns, N(deny4_columns),
	deny4_row,
};

/**
 * ctl_list_deny4() - deny4 list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_deny4(struct ctl *ctl)
{
	return simple_list(ctl, &deny4, ctl->cmd.instance);
}
