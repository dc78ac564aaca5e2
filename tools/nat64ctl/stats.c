// SPDX-License-Identifier: GPL-2.0
/* Counters and settings of an instance. */
#include <errno.h>
#include <string.h>

#include "list.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

static const struct table_column stats_columns[] = {
	{ .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	{ .name = "NAME" },
	{ .name = "VALUE", .type = TABLE_NUMBER },
	{ .name = "KIND", .where = TABLE_ONLY_PEOPLE },
	{ "DROP", TABLE_BOOL, TABLE_ONLY_JSON },
	{ "GAUGE", TABLE_BOOL, TABLE_ONLY_JSON },
	{ .name = "MEANING" },
};

static const char *kind(const struct nat64_counter *c)
{
	if (c->drop)
		return "drop";
	return c->gauge ? "gauge" : "count";
}

struct stats {
	struct table *table;
	bool all;
};

static int stats_row(const struct nat64_entry *e, void *arg)
{
	const struct nat64_counter *c = &e->counter;
	struct stats *s = arg;

	if (!s->all && !c->value)
		return 0;
	table_row(s->table);
	table_text(s->table, 0, e->instance);
	table_text(s->table, 1, c->name);
	table_number(s->table, 2, c->value);
	table_text(s->table, 3, kind(c));
	table_bool(s->table, 4, c->drop);
	table_bool(s->table, 5, c->gauge);
	if (*c->text)
		table_text(s->table, 6, c->text);
	return 0;
}

static int print_table(struct ctl *ctl, struct table *t)
{
	int err = table_print(t, stdout);

	table_free(t);
	if (!err)
		return CTL_OK;
	ctl_fail(&ctl->cmd, "cannot print: %s", strerror(-err));
	return CTL_REFUSED;
}

/**
 * ctl_stats() - stats
 * @ctl: the run
 * Return: exit status
 */
int ctl_stats(struct ctl *ctl)
{
	struct stats s = { .all = ctl_accept(&ctl->cmd, "all") };
	int err, ret = ctl_end(&ctl->cmd);

	if (!ret)
		ret = ctl_open(ctl);
	if (ret)
		return ret;
	s.table = table_new("stats", stats_columns, N(stats_columns),
			    ctl->json);
	if (!s.table)
		return ctl_done(ctl, -ENOMEM);
	err = nat64_dump_stats(ctl->h, ctl->cmd.instance, stats_row, &s);
	if (!err)
		return print_table(ctl, s.table);
	table_free(s.table);
	return ctl_done(ctl, err);
}

static int copy_settings(const struct nat64_entry *e, void *arg)
{
	*(struct nat64_settings *)arg = e->settings;
	return 0;
}

static bool is_switch(const struct nat64_setting *s)
{
	return s->kind == NAT64_SETTING_CHOICE && !strcmp(s->choices[0], "off");
}

/* A number stands for itself, the word that may stand for it is text. */
static enum table_type json_type(const struct nat64_setting *s,
				 const struct nat64_settings *set)
{
	if (is_switch(s))
		return TABLE_BOOL;
	if (s->kind == NAT64_SETTING_NUMBER &&
	    !(s->special && set->val[s->attr] == s->special_val) &&
	    !(s->special2 && set->val[s->attr] == s->special2_val))
		return TABLE_NUMBER;
	return TABLE_TEXT;
}

static bool wanted(const struct nat64_setting *s, const char *key,
		   const struct nat64_settings *set)
{
	return nat64_setting_given(s, set) && (!key || !strcmp(key, s->word));
}

static void json_key(char *key, const char *word)
{
	for (; *word; word++)
		*key++ = *word == '-' ? '_' : *word;
	*key = 0;
}

/* One row with a column per setting. */
static struct table *settings_json(const struct ctl *ctl, const char *key,
				   const struct nat64_settings *set)
{
	struct table_column columns[NAT64_A_SETTINGS_MAX + 1];
	char names[NAT64_A_SETTINGS_MAX + 1][32];
	const struct nat64_setting *s;
	char buf[NAT64_SETTING_MAX];
	struct table *t;
	unsigned int n = 0;

	columns[n++] = (struct table_column){ .name = "INSTANCE" };
	for (s = nat64_settings_table; s->word; s++) {
		if (!wanted(s, key, set))
			continue;
		json_key(names[n], s->word);
		columns[n].name = names[n];
		columns[n].type = json_type(s, set);
		columns[n++].where = TABLE_BOTH;
	}
	t = table_new("settings", columns, n, true);
	if (!t)
		return NULL;
	table_row(t);
	table_text(t, 0, ctl->cmd.instance);
	for (n = 1, s = nat64_settings_table; s->word; s++) {
		if (!wanted(s, key, set))
			continue;
		if (is_switch(s))
			table_bool(t, n++, set->val[s->attr]);
		else
			table_text(t, n++, nat64_setting_print(s, set, buf,
							       sizeof(buf)));
	}
	return t;
}

static struct table *settings_table(const char *key,
				    const struct nat64_settings *set)
{
	static const struct table_column columns[] = {
		{ .name = "SETTING" }, { .name = "VALUE" },
	};
	struct table *t = table_new("settings", columns, N(columns), false);
	const struct nat64_setting *s;
	char buf[NAT64_SETTING_MAX];

	for (s = nat64_settings_table; t && s->word; s++) {
		if (!wanted(s, key, set))
			continue;
		table_row(t);
		table_text(t, 0, s->word);
		table_text(t, 1, nat64_setting_print(s, set, buf, sizeof(buf)));
	}
	return t;
}

static int check_key(struct ctl *ctl, const char *key)
{
	const struct nat64_setting *s;

	for (s = nat64_settings_table; key && s->word; s++)
		if (!strcmp(s->word, key))
			return CTL_OK;
	return key ? ctl_wrong(&ctl->cmd, key, "is not a setting") : CTL_OK;
}

/**
 * ctl_get() - get
 * @ctl: the run
 * Return: exit status
 */
int ctl_get(struct ctl *ctl)
{
	struct nat64_settings set = { .has = 0 };
	const char *key = ctl_next(&ctl->cmd);
	struct table *t;
	int ret = check_key(ctl, key);

	if (!ret)
		ret = ctl_end(&ctl->cmd);
	if (!ret)
		ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, nat64_dump_settings(ctl->h,
							ctl->cmd.instance,
							copy_settings, &set));
	if (ret)
		return ret;
	t = ctl->json ? settings_json(ctl, key, &set) :
			settings_table(key, &set);
	return t ? print_table(ctl, t) : ctl_done(ctl, -ENOMEM);
}
