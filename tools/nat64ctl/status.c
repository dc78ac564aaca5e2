// SPDX-License-Identifier: GPL-2.0
/* What module and daemons say of themselves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "table.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

/**
 * struct instance - what is known of an instance
 */
struct instance {
	char name[NAT64_NAME_MAX + 1];
	char version[NAT64_VERSION_MAX + 1];
	uint32_t mode;
	bool usable;
	bool disabled;
	unsigned int prefixes;
	unsigned int pool4;
	unsigned int eam;
	uint64_t bib;
	uint64_t sessions;
};

struct status {
	struct instance *instances;
	size_t n;
	bool loaded;
};

static struct instance *find(struct status *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->instances[i].name, name))
			return &s->instances[i];
	return NULL;
}

static int on_instance(const struct nat64_entry *e, void *arg)
{
	struct status *s = arg;
	struct instance *i;

	i = realloc(s->instances, (s->n + 1) * sizeof(*i));
	if (!i)
		return -ENOMEM;
	s->instances = i;
	i += s->n++;
	memset(i, 0, sizeof(*i));
	snprintf(i->name, sizeof(i->name), "%s", e->instance);
	snprintf(i->version, sizeof(i->version), "%s", e->inst.version);
	i->mode = e->inst.mode;
	i->usable = e->inst.usable;
	return 0;
}

static int on_prefix(const struct nat64_entry *e, void *arg)
{
	struct instance *i = find(arg, e->instance);

	if (i)
		i->prefixes++;
	return 0;
}

static int on_pool4(const struct nat64_entry *e, void *arg)
{
	struct instance *i = find(arg, e->instance);

	if (i)
		i->pool4++;
	return 0;
}

static int on_eam(const struct nat64_entry *e, void *arg)
{
	struct instance *i = find(arg, e->instance);

	if (i)
		i->eam++;
	return 0;
}

static int on_settings(const struct nat64_entry *e, void *arg)
{
	struct instance *i = find(arg, e->instance);

	if (i && e->settings.has & 1 << NAT64_A_SETTINGS_ENABLED)
		i->disabled = !e->settings.val[NAT64_A_SETTINGS_ENABLED];
	return 0;
}

static int on_counter(const struct nat64_entry *e, void *arg)
{
	struct instance *i = find(arg, e->instance);

	if (!i || !e->counter.gauge)
		return 0;
	if (!strcmp(e->counter.name, "bib"))
		i->bib = e->counter.value;
	else if (!strcmp(e->counter.name, "sessions"))
		i->sessions = e->counter.value;
	return 0;
}

/* Entries that come or go meanwhile are not worth a second look. */
static int load(struct ctl *ctl, struct status *s)
{
	static const struct {
		uint8_t cmd;
		nat64_entry_fn fn;
	} dumps[] = {
		{ NAT64_CMD_INSTANCE_GET, on_instance },
		{ NAT64_CMD_SETTINGS_GET, on_settings },
		{ NAT64_CMD_PREFIX_GET, on_prefix },
		{ NAT64_CMD_POOL4_GET, on_pool4 },
		{ NAT64_CMD_EAM_GET, on_eam },
		{ NAT64_CMD_STATS_GET, on_counter },
	};
	size_t i;

	for (i = 0; i < N(dumps); i++) {
		int err = nat64_dump(ctl->h, dumps[i].cmd, NULL, NULL,
				     dumps[i].fn, s);

		if (err && err != -EINTR)
			return err;
	}
	return 0;
}

static const char *why_not(const struct instance *i)
{
	if (i->usable)
		return "";
	if (i->disabled)
		return "disabled";
	if (i->mode == NAT64_MODE_SIIT)
		return "no prefix and no EAM";
	if (!i->prefixes)
		return i->pool4 ? "no prefix" : "no prefix, no pool4";
	return "no pool4";
}

enum {
	C_NAME,
	C_MODE,
	C_USABLE,
	C_WHY,
	C_PREFIXES,
	C_POOL4,
	C_EAM,
	C_BIB,
	C_SESSIONS,
	C_VERSION,
};

static const struct table_column columns[] = {
	[C_NAME] = { .name = "INSTANCE" },
	[C_MODE] = { .name = "MODE" },
	[C_USABLE] = { .name = "USABLE", .type = TABLE_BOOL },
	[C_WHY] = { .name = "WHY_NOT" },
	[C_PREFIXES] = { .name = "PREFIXES", .type = TABLE_NUMBER },
	[C_POOL4] = { .name = "POOL4", .type = TABLE_NUMBER },
	[C_EAM] = { .name = "EAM", .type = TABLE_NUMBER },
	[C_BIB] = { .name = "BIB", .type = TABLE_NUMBER },
	[C_SESSIONS] = { .name = "SESSIONS", .type = TABLE_NUMBER },
	[C_VERSION] = { "VERSION", TABLE_TEXT, TABLE_ONLY_JSON },
};

static void row(struct table *t, const struct instance *i)
{
	table_row(t);
	table_text(t, C_NAME, i->name);
	table_text(t, C_MODE, nat64_mode_name(i->mode));
	table_bool(t, C_USABLE, i->usable);
	table_text(t, C_WHY, why_not(i));
	table_number(t, C_PREFIXES, i->prefixes);
	table_number(t, C_POOL4, i->pool4);
	table_number(t, C_EAM, i->eam);
	table_number(t, C_BIB, i->bib);
	table_number(t, C_SESSIONS, i->sessions);
	table_text(t, C_VERSION, i->version);
}

static void daemon_json(const char *daemon)
{
	int err;
	char *text = ctl_ask(daemon, "status\n", &err);

	printf(",\n   \"%s\": %s", daemon, text ? text : "null");
	free(text);
}

static void daemon_text(const char *daemon)
{
	int err;
	char *text = ctl_ask(daemon, "status text\n", &err);

	printf("\n%s: ", daemon);
	if (text)
		printf("%s%s\n", strchr(text, '\n') ? "\n" : "", text);
	else
		printf("%s\n", ctl_silence(err));
	free(text);
}

static int print_json(struct table *t)
{
	char *members = table_members(t);

	if (!members)
		return -ENOMEM;
	printf("{%s", members);
	free(members);
	daemon_json("dhcp108d");
	daemon_json("pref64d");
	printf("\n}\n");
	return 0;
}

static int print_text(struct table *t, const struct status *s)
{
	int err = 0;

	if (!s->loaded)
		printf("module nat64: not loaded\n");
	else if (s->n)
		printf("module nat64 %s\n", s->instances[0].version);
	else
		printf("module nat64: no instance in this network namespace\n");
	if (s->n)
		err = table_print(t, stdout);
	daemon_text("dhcp108d");
	daemon_text("pref64d");
	return err;
}

static int print(const struct ctl *ctl, const struct status *s)
{
	struct table *t = table_new("instances", columns, N(columns),
				    ctl->json);
	size_t i;
	int err;

	if (!t)
		return -ENOMEM;
	for (i = 0; i < s->n; i++)
		row(t, &s->instances[i]);
	err = ctl->json ? print_json(t) : print_text(t, s);
	table_free(t);
	return err;
}

/**
 * ctl_status() - status
 * @ctl: the run
 * Return: exit status
 */
int ctl_status(struct ctl *ctl)
{
	struct status s = { .n = 0 };
	int ret = ctl_end(&ctl->cmd);

	if (ret)
		return ret;
	ret = ctl_open(ctl);
	s.loaded = ret != CTL_NO_ACCESS;
	if (!ret)
		ret = ctl_done(ctl, load(ctl, &s));
	/* The daemons are there without the module, and say what they lack. */
	if ((!ret || !s.loaded) && print(ctl, &s)) {
		ctl_fail(&ctl->cmd, "cannot print");
		ret = CTL_REFUSED;
	}
	free(s.instances);
	return ret;
}

/**
 * ctl_adoption() - adoption
 * @ctl: the run
 * Return: exit status
 */
int ctl_adoption(struct ctl *ctl)
{
	bool leases = ctl_accept(&ctl->cmd, "leases");
	int err, ret = ctl_end(&ctl->cmd);
	char request[32], *text;

	if (ret)
		return ret;
	snprintf(request, sizeof(request), "%s%s\n",
		 leases ? "leases" : "adoption", ctl->json ? "" : " text");
	text = ctl_ask("dhcp108d", request, &err);
	if (text) {
		puts(text);
		free(text);
		return CTL_OK;
	}
	return ctl_silent(ctl, "dhcp108d", err);
}
