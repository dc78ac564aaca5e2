// SPDX-License-Identifier: GPL-2.0
/* Whole configurations: save and restore. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ctl.h"

/* A configuration that changes while it is read is read again. */
#define TRIES		50

/**
 * struct script - changes, and the commands they were read from
 * @changes: the changes
 * @cmds: the command of each, for messages
 * @n: how many
 * @room: how many there is room for
 */
struct script {
	struct nat64_change *changes;
	struct ctl_cmd *cmds;
	size_t n;
	size_t room;
};

static struct nat64_change *add_change(struct script *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	void *p;

	if (s->n == s->room) {
		p = realloc(s->changes, room * sizeof(*s->changes));
		if (!p)
			return NULL;
		s->changes = p;
		p = realloc(s->cmds, room * sizeof(*s->cmds));
		if (!p)
			return NULL;
		s->cmds = p;
		s->room = room;
	}
	memset(&s->changes[s->n], 0, sizeof(*s->changes));
	memset(&s->cmds[s->n], 0, sizeof(*s->cmds));
	return &s->changes[s->n++];
}

static void free_script(struct script *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->cmds[i].argv);
	free(s->changes);
	free(s->cmds);
}

/**
 * struct saving - a dump turned into changes
 * @script: gets the changes
 * @cmd: command of the changes
 */
struct saving {
	struct script *script;
	uint32_t cmd;
};

/*
 * What was accepted once has to be accepted again, whatever its guard would
 * advise: hence force.
 */
static int save_entry(const struct nat64_entry *e, void *arg)
{
	struct saving *s = arg;
	struct nat64_change *c;

	if (s->cmd == NAT64_CMD_BIB_ADD && !e->bib.is_static)
		return 0;
	c = add_change(s->script);
	if (!c)
		return -ENOMEM;
	c->cmd = s->cmd;
	snprintf(c->instance, sizeof(c->instance), "%s", e->instance);
	switch (s->cmd) {
	case NAT64_CMD_INSTANCE_ADD:
		c->mode = e->inst.mode;
		break;
	case NAT64_CMD_SETTINGS_SET:
		c->settings = e->settings;
		c->force = true;
		break;
	case NAT64_CMD_PREFIX_ADD:
		c->prefix = e->prefix;
		c->force = true;
		break;
	case NAT64_CMD_POOL4_ADD:
		c->pool4 = e->pool4;
		c->force = true;
		break;
	case NAT64_CMD_EAM_ADD:
		c->eam = e->eam;
		c->force = true;
		break;
	case NAT64_CMD_DENY4_ADD:
		c->deny4 = e->deny4;
		break;
	case NAT64_CMD_BIB_ADD:
		c->bib = e->bib;
		break;
	}
	return 0;
}

static int read_config(struct ctl *ctl, struct script *script)
{
	/* In the order in which it can be made again. */
	static const struct {
		uint8_t get;
		uint32_t add;
	} parts[] = {
		{ NAT64_CMD_INSTANCE_GET, NAT64_CMD_INSTANCE_ADD },
		{ NAT64_CMD_SETTINGS_GET, NAT64_CMD_SETTINGS_SET },
		{ NAT64_CMD_PREFIX_GET, NAT64_CMD_PREFIX_ADD },
		{ NAT64_CMD_POOL4_GET, NAT64_CMD_POOL4_ADD },
		{ NAT64_CMD_EAM_GET, NAT64_CMD_EAM_ADD },
		{ NAT64_CMD_DENY4_GET, NAT64_CMD_DENY4_ADD },
		{ NAT64_CMD_BIB_GET, NAT64_CMD_BIB_ADD },
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct saving s = { .script = script, .cmd = parts[i].add };
		int err = nat64_dump(ctl->h, parts[i].get, NULL, NULL,
				     save_entry, &s);

		/* Bindings of users come and go, those saved here do not. */
		if (err == -EINTR && s.cmd == NAT64_CMD_BIB_ADD)
			err = 0;
		if (err)
			return err;
	}
	return 0;
}

static int by_binding(const void *a, const void *b)
{
	const struct nat64_change *x = a, *y = b;
	int diff = strcmp(x->instance, y->instance);

	if (!diff)
		diff = x->bib.proto - y->bib.proto;
	if (!diff)
		diff = memcmp(&x->bib.src6.addr, &y->bib.src6.addr,
			      sizeof(x->bib.src6.addr));
	return diff ? diff : x->bib.src6.port - y->bib.src6.port;
}

static int note_seq(const struct nat64_entry *e, void *arg)
{
	*(uint64_t *)arg = e->inst.seq;
	return 0;
}

/* All of one moment: nothing has changed between its parts. */
static int read_steady(struct ctl *ctl, struct script *script)
{
	uint64_t before, after;
	int i, err = -EINTR;

	for (i = 0; err == -EINTR && i < TRIES; i++) {
		script->n = 0;
		before = after = UINT64_MAX;	/* there is no instance */
		err = nat64_dump_instances(ctl->h, note_seq, &before);
		if (!err)
			err = read_config(ctl, script);
		if (!err)
			err = nat64_dump_instances(ctl->h, note_seq, &after);
		if (!err && (before != after ||
			     (before == UINT64_MAX && script->n)))
			err = -EINTR;
	}
	return err;
}

/* They stand last, in the order of a hash table: two files would differ. */
static void sort_bindings(struct script *script)
{
	size_t first = script->n;

	while (first && script->changes[first - 1].cmd == NAT64_CMD_BIB_ADD)
		first--;
	qsort(script->changes + first, script->n - first,
	      sizeof(*script->changes), by_binding);
}

static int print_script(const struct ctl *ctl, const struct script *script)
{
	size_t n;

	if (ctl->json)
		fputs("{\"commands\": [", stdout);
	for (n = 0; n < script->n; n++) {
		char *text = ctl_command(&script->changes[n]);

		if (!text)
			return -ENOMEM;
		if (ctl->json) {
			fputs(n ? ",\n   " : "\n   ", stdout);
			ctl_json_string(stdout, text);
		} else {
			puts(text);
		}
		free(text);
	}
	if (ctl->json)
		puts("\n]}");
	return 0;
}

/**
 * ctl_save() - save
 * @ctl: the run
 * Return: exit status
 */
int ctl_save(struct ctl *ctl)
{
	struct script script = { .n = 0 };
	int err, ret = ctl_end(&ctl->cmd);

	if (!ret)
		ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = read_steady(ctl, &script);
	sort_bindings(&script);
	if (!err)
		err = print_script(ctl, &script);
	free_script(&script);
	return ctl_done(ctl, err);
}

/*
 * Cuts a line into words, of which it has no more than one for every two
 * characters; a # at the start of a word begins a comment. The words stay in
 * one piece of memory with the array, which cmd->argv is.
 */
static int split(struct ctl_cmd *cmd, const char *line)
{
	size_t size = (strlen(line) / 2 + 1) * sizeof(char *);
	char *text, *save = NULL, *word;

	cmd->argv = malloc(size + strlen(line) + 1);
	if (!cmd->argv)
		return ctl_fail(cmd, "out of memory");
	text = (char *)cmd->argv + size;
	strcpy(text, line);
	for (word = strtok_r(text, " \t\r\n", &save); word;
	     word = strtok_r(NULL, " \t\r\n", &save)) {
		if (*word == '#')
			break;
		cmd->argv[cmd->argc++] = word;
	}
	return CTL_OK;
}

static int read_command(struct ctl_cmd *cmd, struct nat64_change *change)
{
	int ret;

	if (ctl_accept(cmd, "-i")) {
		cmd->instance = ctl_take(cmd, "INSTANCE");
		if (!cmd->instance)
			return CTL_USAGE;
	}
	ret = ctl_find(cmd);
	if (ret)
		return ret;
	if (!cmd->verb->parse)
		return ctl_fail(cmd, "is not a change of the configuration");
	return ctl_parse_change(cmd, change);
}

static int read_line(struct ctl_cmd *cmd, struct script *script,
		     const char *line)
{
	struct nat64_change change;
	int ret = split(cmd, line);

	if (!ret && cmd->argc)
		ret = read_command(cmd, &change);
	if (ret || !cmd->argc) {
		free(cmd->argv);
		return ret;
	}
	if (!add_change(script)) {
		free(cmd->argv);
		return ctl_fail(cmd, "out of memory");
	}
	script->changes[script->n - 1] = change;
	script->cmds[script->n - 1] = *cmd;
	return CTL_OK;
}

/* Reads to the end, so that one run tells all that is wrong. */
static int read_script(struct script *script, FILE *from, const char *name)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	int ret = CTL_OK;

	while (getline(&line, &size, from) >= 0) {
		struct ctl_cmd cmd = {
			.file = name, .line = ++number,
			.instance = NAT64_DEFAULT,
		};

		if (read_line(&cmd, script, line))
			ret = CTL_REFUSED;
	}
	free(line);
	return ret;
}

/**
 * ctl_check_commands() - read a file of commands and forget it
 * @from: text
 * @name: of the file
 * Return: CTL_OK, or CTL_REFUSED, with all that is wrong told
 */
int ctl_check_commands(FILE *from, const char *name)
{
	struct script script = { .n = 0 };
	int ret = read_script(&script, from, name);

	free_script(&script);
	return ret;
}

static int delete_instance(const struct nat64_entry *e, void *arg)
{
	struct nat64_change *c = add_change(arg);

	if (!c)
		return -ENOMEM;
	c->cmd = NAT64_CMD_INSTANCE_DEL;
	snprintf(c->instance, sizeof(c->instance), "%s", e->instance);
	return 0;
}

/*
 * What makes a configuration that of @script, in its place: it is asked for what
 * is there as late as can be.
 */
static int replacing(struct ctl *ctl, struct script *script)
{
	struct script whole = { .n = 0 };
	int err = nat64_dump_instances(ctl->h, delete_instance, &whole);
	size_t i;

	for (i = 0; !err && i < script->n; i++) {
		struct nat64_change *c = add_change(&whole);

		if (!c) {
			err = -ENOMEM;
			break;
		}
		*c = script->changes[i];
		whole.cmds[whole.n - 1] = script->cmds[i];
		script->cmds[i].argv = NULL;
	}
	free_script(script);
	*script = whole;
	return err;
}

static int commit(struct ctl *ctl, struct script *script)
{
	const struct nat64_refusal *r = nat64_refusal(ctl->h);
	int err;

	if (!script->n)
		return CTL_OK;
	err = nat64_apply_all(ctl->h, script->changes, script->n);
	if (!err || r->item < 0 || (size_t)r->item >= script->n ||
	    !script->cmds[r->item].file)
		return ctl_done(ctl, err);
	return ctl_refused(&script->cmds[r->item], r);
}

/*
 * Nothing is changed by a transaction that ends with what is always refused,
 * an instance that cannot be; up to there it is judged as any other.
 */
static int rehearse(struct ctl *ctl, struct script *script)
{
	const struct nat64_refusal *r = nat64_refusal(ctl->h);
	struct nat64_change *c = add_change(script);
	int err;

	if (!c)
		return ctl_done(ctl, -ENOMEM);
	c->cmd = NAT64_CMD_INSTANCE_DEL;
	strcpy(c->instance, "-");
	err = nat64_apply_all(ctl->h, script->changes, script->n);
	if (err == -ENOENT && r->item >= 0 && (size_t)r->item == script->n - 1)
		return CTL_OK;
	if (!err || r->item < 0 || (size_t)r->item >= script->n ||
	    !script->cmds[r->item].file)
		return ctl_done(ctl, err);
	return ctl_refused(&script->cmds[r->item], r);
}

static int read_file(struct ctl *ctl, struct script *script, const char *name)
{
	FILE *from = stdin;
	int ret;

	if (strcmp(name, "-"))
		from = fopen(name, "re");
	if (!from) {
		ctl_wrong(&ctl->cmd, name, strerror(errno));
		return CTL_REFUSED;
	}
	ret = read_script(script, from, name);
	if (!ret && ferror(from)) {
		ctl_fail(&ctl->cmd, "%s: %s", name, strerror(errno));
		ret = CTL_REFUSED;
	}
	if (from != stdin)
		fclose(from);
	return ret;
}

static int from_file(struct ctl *ctl, const char *name,
		     int (*fn)(struct ctl *ctl, struct script *script))
{
	struct script script = { .n = 0 };
	int ret = ctl_open(ctl);

	if (!ret)
		ret = read_file(ctl, &script, name);
	if (!ret)
		ret = ctl_done(ctl, replacing(ctl, &script));
	if (!ret)
		ret = fn(ctl, &script);
	free_script(&script);
	return ret;
}

/**
 * ctl_restore() - restore: one transaction, or nothing
 * @ctl: the run
 * Return: exit status
 */
int ctl_restore(struct ctl *ctl)
{
	const char *name = ctl_take(&ctl->cmd, "FILE");
	int ret;

	if (!name)
		return CTL_USAGE;
	ret = ctl_end(&ctl->cmd);
	return ret ? ret : from_file(ctl, name, commit);
}

static int go_back(struct script *old)
{
	struct ctl ctl = { .h = NULL };
	int err = nat64_open(&ctl.h, 0);

	if (!err)
		err = replacing(&ctl, old);
	if (!err && old->n)
		err = nat64_apply_all(ctl.h, old->changes, old->n);
	nat64_close(ctl.h);
	return err;
}

/* In the background: until somebody confirms, or the time is over. */
static void watch_over(struct ctl *ctl, struct script *old, int ms)
{
	bool confirmed = ctl_confirm_wait(ctl->confirm_fd, ms);
	int err = confirmed ? 0 : go_back(old);

	openlog("nat64ctl", 0, LOG_DAEMON);
	if (err)
		syslog(LOG_ERR, "apply: not confirmed, and cannot go back: %s",
		       strerror(-err));
	else if (!confirmed)
		syslog(LOG_WARNING, "apply: not confirmed: the former configuration is back");
}

static int commit_for_now(struct ctl *ctl, struct script *script)
{
	struct script old = { .n = 0 };
	int ret = ctl_done(ctl, read_steady(ctl, &old));
	pid_t pid;

	if (!ret)
		ret = commit(ctl, script);
	if (ret)
		goto out;
	pid = fork();
	if (!pid) {
		ctl_confirm_detach();
		watch_over(ctl, &old, ctl->confirm_ms);
		_exit(0);
	}
	if (pid < 0) {
		go_back(&old);
		ctl_fail(&ctl->cmd, "%s; nothing is changed", strerror(errno));
		ret = CTL_REFUSED;
	}
out:
	free_script(&old);
	return ret;
}

static int parse_seconds(struct ctl *ctl)
{
	const char *why, *word = ctl_take(&ctl->cmd, "SECONDS");
	uint32_t s;

	if (!word)
		return CTL_USAGE;
	if (nat64_parse_uint(word, 86400, &s, &why) || !s)
		return ctl_wrong(&ctl->cmd, word,
				 "must be a number of seconds from 1 to 86400");
	ctl->confirm_ms = s * 1000;
	return CTL_OK;
}

/**
 * ctl_apply() - apply
 * @ctl: the run
 * Return: exit status
 */
int ctl_apply(struct ctl *ctl)
{
	bool check = ctl_accept(&ctl->cmd, "--check");
	bool confirm = !check && ctl_accept(&ctl->cmd, "--confirm");
	const char *name;
	int ret = confirm ? parse_seconds(ctl) : CTL_OK;

	name = ret ? NULL : ctl_take(&ctl->cmd, "FILE");
	if (!name)
		return CTL_USAGE;
	ret = ctl_end(&ctl->cmd);
	if (!ret && confirm)
		ret = ctl_confirm_listen(ctl);
	if (ret)
		return ret;
	return from_file(ctl, name, check ? rehearse :
				    confirm ? commit_for_now : commit);
}
