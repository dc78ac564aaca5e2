// SPDX-License-Identifier: GPL-2.0
/* Router Advertisements: what pref64d says, and moving clients. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define DAEMON		"pref64d"

/* Long enough for every awake host to have heard of the new prefix. */
#define OVERLAP_MS	30000

/**
 * struct move - clients that are to leave a prefix
 * @from: the prefix
 * @to: the one to take
 * @overlap_ms: for how long both are advertised
 * @has_from: the instance has the one
 * @has_to: and the other
 */
struct move {
	struct nat64_prefix6 from;
	struct nat64_prefix6 to;
	uint32_t overlap_ms;
	bool has_from;
	bool has_to;
};

/**
 * ctl_ra_list() - ra list
 * @ctl: the run
 * Return: exit status
 */
int ctl_ra_list(struct ctl *ctl)
{
	int err, ret = ctl_end(&ctl->cmd);
	char *text;

	if (ret)
		return ret;
	text = ctl_ask(DAEMON, ctl->json ? "status\n" : "status text\n", &err);
	if (!text)
		return ctl_silent(ctl, DAEMON, err);
	puts(text);
	free(text);
	return CTL_OK;
}

static int take_prefix(struct ctl_cmd *cmd, const char *name,
		       struct nat64_prefix6 *p)
{
	const char *word = ctl_take(cmd, name);
	const char *why;

	if (!word)
		return CTL_USAGE;
	return nat64_parse_prefix6(word, p, &why) ? ctl_wrong(cmd, word, why) :
						    CTL_OK;
}

static int take_overlap(struct ctl_cmd *cmd, uint32_t *ms)
{
	const char *word, *why;

	*ms = OVERLAP_MS;
	if (!ctl_accept(cmd, "overlap"))
		return CTL_OK;
	word = ctl_take(cmd, "TIME");
	if (!word)
		return CTL_USAGE;
	return nat64_parse_duration(word, ms, &why) ?
	       ctl_wrong(cmd, word, why) : CTL_OK;
}

static int parse(struct ctl_cmd *cmd, struct move *m)
{
	int ret = take_prefix(cmd, "OLD", &m->from);

	if (!ret)
		ret = take_prefix(cmd, "NEW", &m->to);
	if (!ret)
		ret = take_overlap(cmd, &m->overlap_ms);
	return ret ? ret : ctl_end(cmd);
}

static bool same(const struct nat64_prefix6 *a, const struct nat64_prefix6 *b)
{
	return a->len == b->len && !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

static int on_prefix(const struct nat64_entry *e, void *arg)
{
	struct move *m = arg;

	m->has_from |= same(&e->prefix.p6, &m->from);
	m->has_to |= same(&e->prefix.p6, &m->to);
	return 0;
}

static int translate(struct ctl *ctl, uint32_t cmd,
		     const struct nat64_prefix6 *p)
{
	struct nat64_change change = { .cmd = cmd };

	snprintf(change.instance, sizeof(change.instance), "%s",
		 ctl->cmd.instance);
	change.prefix.p6 = *p;
	return ctl_done(ctl, nat64_apply(ctl->h, &change));
}

static int tell_daemon(const struct ctl *ctl, const struct move *m)
{
	char from[64], to[64], request[160];
	char *text;
	int err;

	nat64_print_prefix6(from, sizeof(from), &m->from);
	nat64_print_prefix6(to, sizeof(to), &m->to);
	snprintf(request, sizeof(request), "renumber %s %s %u\n", from, to,
		 m->overlap_ms / 1000);
	text = ctl_ask(DAEMON, request, &err);
	if (!text)
		return ctl_silent(ctl, DAEMON, err);
	if (strcmp(text, "ok")) {
		ctl_fail(&ctl->cmd, DAEMON ": %s", text);
		free(text);
		return CTL_REFUSED;
	}
	free(text);
	printf("Hosts are told to use %s. %s is withdrawn in %u s and goes on being translated.\n"
	       "When no session uses it any more: nat64ctl -i %s prefix del %s\n",
	       to, from, m->overlap_ms / 1000, ctl->cmd.instance, from);
	return CTL_OK;
}

/* The new prefix is there before hosts hear of it, and gone if they do not. */
static int move(struct ctl *ctl, const struct move *m)
{
	int ret = CTL_OK;

	if (!m->has_to)
		ret = translate(ctl, NAT64_CMD_PREFIX_ADD, &m->to);
	if (ret)
		return ret;
	ret = tell_daemon(ctl, m);
	if (ret && !m->has_to)
		translate(ctl, NAT64_CMD_PREFIX_DEL, &m->to);
	return ret;
}

/**
 * ctl_ra_renumber() - ra renumber OLD NEW [overlap TIME]
 * @ctl: the run
 * Return: exit status
 */
int ctl_ra_renumber(struct ctl *ctl)
{
	struct move m = { .has_from = false };
	int ret = parse(&ctl->cmd, &m);

	if (!ret)
		ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, nat64_dump_prefixes(ctl->h,
							ctl->cmd.instance,
							on_prefix, &m));
	if (ret)
		return ret;
	if (!m.has_from) {
		ctl_fail(&ctl->cmd, "instance %s has no such prefix to leave",
			 ctl->cmd.instance);
		return CTL_REFUSED;
	}
	return move(ctl, &m);
}
