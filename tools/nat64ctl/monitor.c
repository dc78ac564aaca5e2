// SPDX-License-Identifier: GPL-2.0
/* Tells of changes and events as they come. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"

struct monitor {
	struct ctl *ctl;
	struct ctl_mixed mixed;
};

static void print_time(FILE *to, uint64_t ns)
{
	time_t t = ns / 1000000000;
	char buf[32];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to, "%s.%03uZ", buf, (unsigned int)(ns / 1000000 % 1000));
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void print_bib(struct monitor *m, const struct nat64_bib *b)
{
	bool mixed = ctl_mixed_has(&m->mixed, &b->src6.addr);
	char src6[NAT64_ADDR_MAX], src4[NAT64_ADDR_MAX];

	printf(" %s %s %s", nat64_proto_name(b->proto),
	       nat64_print_taddr6(src6, sizeof(src6), &b->src6, mixed),
	       nat64_print_taddr4(src4, sizeof(src4), &b->src4));
}

static void print_block(const struct nat64_block *b)
{
	char p6[NAT64_ADDR_MAX], a4[NAT64_ADDR_MAX];

	printf(" %s %s %u-%u",
	       nat64_print_prefix6(p6, sizeof(p6), &b->subscriber),
	       nat64_print_addr4(a4, sizeof(a4), &b->addr4), b->port_min,
	       b->port_max);
}

static void print_text(struct monitor *m, const struct nat64_note *n)
{
	char *text;

	print_time(stdout, n->time ? n->time : now());
	switch (n->type) {
	case NAT64_NOTE_CONFIG:
		text = ctl_command(&n->change);
		printf(" config %s", text ? text : "");
		free(text);
		break;
	case NAT64_NOTE_EVENT:
		printf(" event %s %s", n->change.instance,
		       nat64_event_name(n->event));
		if (n->has_bib)
			print_bib(m, &n->change.bib);
		if (n->has_block)
			print_block(&n->block);
		if (n->has_counter)
			printf(" %s %" PRIu64, n->counter.name,
			       n->counter.value);
		break;
	case NAT64_NOTE_LOST:
		if (n->lost)
			printf(" lost %u notifications", n->lost);
		else
			printf(" lost notifications");
		break;
	case NAT64_NOTE_LOADED:
		printf(" module loaded");
		break;
	case NAT64_NOTE_UNLOADED:
		printf(" module unloaded");
		break;
	}
	putchar('\n');
}

static void json_member(const char *key, const char *text)
{
	printf(", \"%s\": ", key);
	ctl_json_string(stdout, text);
}

static void json_bib(struct monitor *m, const struct nat64_bib *b)
{
	bool mixed = ctl_mixed_has(&m->mixed, &b->src6.addr);
	char buf[NAT64_ADDR_MAX];

	json_member("proto", nat64_proto_name(b->proto));
	json_member("addr6", nat64_print_addr6(buf, sizeof(buf), &b->src6.addr,
					       mixed));
	printf(", \"port6\": %u", b->src6.port);
	json_member("addr4", nat64_print_addr4(buf, sizeof(buf),
					       &b->src4.addr));
	printf(", \"port4\": %u", b->src4.port);
}

static void json_block(const struct nat64_block *b)
{
	char buf[NAT64_ADDR_MAX];

	json_member("subscriber", nat64_print_prefix6(buf, sizeof(buf),
						      &b->subscriber));
	json_member("addr4", nat64_print_addr4(buf, sizeof(buf), &b->addr4));
	printf(", \"port_min\": %u, \"port_max\": %u", b->port_min,
	       b->port_max);
}

static void json_config(const struct nat64_note *n)
{
	char *text = ctl_command(&n->change);

	printf(", \"seq\": %u", n->seq);
	json_member("instance", n->change.instance);
	json_member("change", nat64_cmd_name(n->change.cmd));
	json_member("command", text ? text : "");
	free(text);
}

static void json_event(struct monitor *m, const struct nat64_note *n)
{
	printf(", \"seq\": %u", n->seq);
	json_member("instance", n->change.instance);
	json_member("event", nat64_event_name(n->event));
	if (n->has_bib)
		json_bib(m, &n->change.bib);
	if (n->has_block)
		json_block(&n->block);
	if (!n->has_counter)
		return;
	json_member("counter", n->counter.name);
	printf(", \"value\": %" PRIu64, n->counter.value);
}

static void print_json(struct monitor *m, const struct nat64_note *n)
{
	static const char *const types[] = {
		[NAT64_NOTE_CONFIG] = "config",
		[NAT64_NOTE_EVENT] = "event",
		[NAT64_NOTE_LOST] = "lost",
		[NAT64_NOTE_LOADED] = "loaded",
		[NAT64_NOTE_UNLOADED] = "unloaded",
	};

	printf("{\"type\": \"%s\", \"time\": \"", types[n->type]);
	print_time(stdout, n->time ? n->time : now());
	putchar('"');
	if (n->type == NAT64_NOTE_CONFIG)
		json_config(n);
	else if (n->type == NAT64_NOTE_EVENT)
		json_event(m, n);
	else if (n->type == NAT64_NOTE_LOST && n->lost)
		printf(", \"count\": %u", n->lost);
	printf("}\n");
}

static void on_note(const struct nat64_note *n, void *arg)
{
	struct monitor *m = arg;
	bool prefix = n->change.cmd == NAT64_CMD_PREFIX_ADD ||
		      n->change.cmd == NAT64_CMD_PREFIX_DEL;

	if (prefix || n->type == NAT64_NOTE_LOADED ||
	    n->type == NAT64_NOTE_LOST) {
		free(m->mixed.p);
		ctl_mixed_load(m->ctl, &m->mixed);
	}
	if (m->ctl->json)
		print_json(m, n);
	else
		print_text(m, n);
}

/* Until nobody reads what is written. */
static int watch(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = nat64_fd(m->ctl->h), .events = POLLIN },
		{ .fd = fileno(stdout) },
	};
	int err = 0;

	while (!err && !fflush(stdout)) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			return 0;
		err = nat64_receive(m->ctl->h, on_note, m);
	}
	return err;
}

static int parse_groups(struct ctl *ctl, unsigned int *groups)
{
	const char *word;

	*groups = 0;
	while ((word = ctl_next(&ctl->cmd))) {
		if (!strcmp(word, "config"))
			*groups |= NAT64_GROUP_CONFIG;
		else if (!strcmp(word, "event"))
			*groups |= NAT64_GROUP_EVENT;
		else
			return ctl_wrong(&ctl->cmd, word,
					 "must be one of config, event");
	}
	if (!*groups)
		*groups = NAT64_GROUP_CONFIG | NAT64_GROUP_EVENT;
	if (*groups & NAT64_GROUP_CONFIG)
		*groups |= NAT64_GROUP_BINDING;
	return CTL_OK;
}

/**
 * ctl_monitor() - monitor
 * @ctl: the run
 * Return: exit status
 */
int ctl_monitor(struct ctl *ctl)
{
	struct monitor m = { .ctl = ctl };
	unsigned int groups;
	int err, ret = parse_groups(ctl, &groups);

	if (!ret)
		ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, nat64_subscribe(ctl->h, groups));
	if (ret)
		return ret;
	ctl_mixed_load(ctl, &m.mixed);
	err = watch(&m);
	free(m.mixed.p);
	if (!err)
		return CTL_OK;
	ctl_fail(&ctl->cmd, "%s", strerror(-err));
	return CTL_REFUSED;
}
