// SPDX-License-Identifier: GPL-2.0
/* What module and daemons count, in the text format of Prometheus. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

/**
 * struct sample - a value of an instance
 * @instance: the instance
 * @name: of the counter; of those that count drops the reason
 * @counter: the rest of it; its texts are gone
 */
struct sample {
	char instance[NAT64_NAME_MAX + 1];
	char name[48];
	struct nat64_counter counter;
};

struct samples {
	struct sample *s;
	size_t n;
	size_t room;
};

static struct sample *add(struct samples *all, const char *instance)
{
	size_t room = all->room ? 2 * all->room : 128;
	struct sample *s = all->s;

	if (all->n == all->room) {
		s = realloc(s, room * sizeof(*s));
		if (!s)
			return NULL;
		all->s = s;
		all->room = room;
	}
	s += all->n++;
	memset(s, 0, sizeof(*s));
	snprintf(s->instance, sizeof(s->instance), "%s", instance);
	return s;
}

static int on_counter(const struct nat64_entry *e, void *arg)
{
	struct sample *s = add(arg, e->instance);

	if (!s)
		return -ENOMEM;
	s->counter = e->counter;
	snprintf(s->name, sizeof(s->name), "%s", e->counter.name);
	return 0;
}

static int on_instance(const struct nat64_entry *e, void *arg)
{
	struct sample *s = add(arg, e->instance);

	if (!s)
		return -ENOMEM;
	s->counter.value = e->inst.usable;
	s->counter.gauge = true;
	snprintf(s->name, sizeof(s->name), "usable");
	return 0;
}

static int load(struct ctl *ctl, struct samples *all)
{
	int err = nat64_dump(ctl->h, NAT64_CMD_INSTANCE_GET, NULL, NULL,
			     on_instance, all);

	if (!err || err == -EINTR)
		err = nat64_dump_stats(ctl->h, NULL, on_counter, all);
	return err == -EINTR ? 0 : err;
}

static bool same_family(const struct sample *a, const struct sample *b)
{
	return a->counter.drop == b->counter.drop &&
	       (a->counter.drop || !strcmp(a->name, b->name));
}

static void print_family(const struct sample *s)
{
	if (s->counter.drop)
		puts("# HELP nat64_drops_total Packets that were dropped, by reason.\n"
		     "# TYPE nat64_drops_total counter");
	else if (s->counter.gauge)
		printf("# TYPE nat64_%s gauge\n", s->name);
	else
		printf("# TYPE nat64_%s_total counter\n", s->name);
}

static void print_sample(const struct sample *s)
{
	if (s->counter.drop)
		printf("nat64_drops_total{instance=\"%s\",reason=\"%s\"}",
		       s->instance, s->name);
	else
		printf("nat64_%s%s{instance=\"%s\"}", s->name,
		       s->counter.gauge ? "" : "_total", s->instance);
	printf(" %" PRIu64 "\n", s->counter.value);
}

/* All of a family stand together, whatever instance they are of. */
static void print_all(struct samples *all)
{
	size_t i, j;

	for (i = 0; i < all->n; i++) {
		for (j = 0; j < i; j++)
			if (same_family(&all->s[j], &all->s[i]))
				break;
		if (j < i)
			continue;
		print_family(&all->s[i]);
		for (j = i; j < all->n; j++)
			if (same_family(&all->s[j], &all->s[i]))
				print_sample(&all->s[j]);
	}
}

/* A daemon that is not there has nothing to tell. */
static void print_daemon(const char *daemon)
{
	int err;
	char *text = ctl_ask(daemon, "metrics\n", &err);

	if (text)
		puts(text);
	free(text);
}

/**
 * ctl_metrics() - metrics
 * @ctl: the run
 * Return: exit status
 */
int ctl_metrics(struct ctl *ctl)
{
	struct samples all = { .n = 0 };
	int ret = ctl_end(&ctl->cmd);

	if (!ret && ctl->json)
		ret = ctl_fail(&ctl->cmd, "is text, there is no JSON of it (stats all has the counters)");
	if (ret)
		return ret;
	ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, load(ctl, &all));
	if (!ret)
		print_all(&all);
	/* Those of the daemons are worth having without the module's. */
	print_daemon("dhcp108d");
	print_daemon("pref64d");
	free(all.s);
	return ret;
}
