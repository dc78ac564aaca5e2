/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of nat64ctl share. */
#ifndef NAT64CTL_H
#define NAT64CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nat64.h"

struct ctl_verb;

/* Exit status; functions that return int return one of these. */
enum {
	CTL_OK = 0,
	CTL_REFUSED = 1,
	CTL_USAGE = 2,
	CTL_NO_ACCESS = 3,
};

/* More attributes than one command can name, settings included. */
#define CTL_ORIGINS	64

/**
 * struct ctl_origin - the word an attribute was made of
 * @attr: NAT64_A_…
 * @sub: attribute within it, 0 for the whole
 * @word: what the user typed
 */
struct ctl_origin {
	uint16_t attr;
	uint16_t sub;
	const char *word;
};

/**
 * struct ctl_cmd - a command in work
 * @file: file it was read from, NULL for the command line
 * @line: line of @file, counted from 1
 * @verb: which command of the grammar it is
 * @what: its object and verb, for messages
 * @argv: words after object and verb
 * @argc: how many
 * @at: the next of them
 * @instance: name of the instance, "default" if not given
 * @origins: where the attributes came from
 * @n_origins: how many
 */
struct ctl_cmd {
	const char *file;
	unsigned int line;
	const struct ctl_verb *verb;
	char what[32];
	char **argv;
	int argc;
	int at;
	const char *instance;
	struct ctl_origin origins[CTL_ORIGINS];
	unsigned int n_origins;
};

/**
 * struct ctl - a run of the program
 * @h: connection to the module, NULL until ctl_open()
 * @json: write JSON
 * @confirm_fd: where who confirms a configuration comes, with apply --confirm
 * @confirm_ms: for how long it waits for that
 * @cmd: the command of the command line
 */
struct ctl {
	struct nat64 *h;
	bool json;
	int confirm_fd;
	int confirm_ms;
	struct ctl_cmd cmd;
};

/**
 * struct ctl_verb - a command of the grammar
 * @object: first word
 * @verb: second word, NULL where there is none
 * @args: what follows
 * @help: what it does, one line
 * @run: does it
 * @cmd: of a change its NAT64_CMD_…, else 0
 * @parse: of a change reads the words after the verb
 */
struct ctl_verb {
	const char *object;
	const char *verb;
	const char *args;
	const char *help;
	int (*run)(struct ctl *ctl);
	uint32_t cmd;
	int (*parse)(struct ctl_cmd *cmd, struct nat64_change *change);
};

/* Grammar: grammar.c */
extern const struct ctl_verb ctl_verbs[];
int ctl_find(struct ctl_cmd *cmd);
int ctl_help(struct ctl *ctl);
void ctl_usage(FILE *to);

/* Words and messages: words.c */
const char *ctl_next(struct ctl_cmd *cmd);
const char *ctl_take(struct ctl_cmd *cmd, const char *name);
bool ctl_accept(struct ctl_cmd *cmd, const char *word);
int ctl_end(struct ctl_cmd *cmd);
int ctl_wrong(const struct ctl_cmd *cmd, const char *word, const char *why);
int ctl_fail(const struct ctl_cmd *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ctl_origin(struct ctl_cmd *cmd, uint16_t attr, uint16_t sub,
		const char *word);
int ctl_refused(const struct ctl_cmd *cmd, const struct nat64_refusal *r);
int ctl_done(const struct ctl *ctl, int err);
int ctl_open(struct ctl *ctl);

/* Changes: change.c reads them, print.c writes them as commands */
int ctl_parse_instance_add(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_instance_del(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_prefix(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_pool4(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_eam(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_deny4(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_bib(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_parse_set(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_check_instance(const struct ctl_cmd *cmd);
int ctl_parse_change(struct ctl_cmd *cmd, struct nat64_change *change);
int ctl_change(struct ctl *ctl);
void ctl_print_change(FILE *to, const struct nat64_change *change);
char *ctl_command(const struct nat64_change *change);
void ctl_print_ports(char *buf, size_t len, const struct nat64_pool4 *p);
void ctl_print_protos(char *buf, size_t len, uint32_t mask);

/* Filters: filter.c */
int ctl_parse_filter(struct ctl_cmd *cmd, struct nat64_filter *filter);

/**
 * struct ctl_mixed - the /96 prefixes, whose addresses are written mixed
 * @p: the prefixes
 * @n: how many
 */
struct ctl_mixed {
	struct nat64_prefix6 *p;
	size_t n;
};

int ctl_mixed_load(struct ctl *ctl, struct ctl_mixed *m);
bool ctl_mixed_has(const struct ctl_mixed *m, const struct in6_addr *a);

/* Lists: list.c, session.c, stats.c */
int ctl_list_instances(struct ctl *ctl);
int ctl_list_prefixes(struct ctl *ctl);
int ctl_list_pool4(struct ctl *ctl);
int ctl_list_eam(struct ctl *ctl);
int ctl_list_deny4(struct ctl *ctl);
int ctl_map(struct ctl *ctl);
int ctl_list_bib(struct ctl *ctl);
int ctl_list_sessions(struct ctl *ctl);
int ctl_session_del(struct ctl *ctl);
int ctl_session_count(struct ctl *ctl);
int ctl_get(struct ctl *ctl);
int ctl_stats(struct ctl *ctl);

/* Whole configurations: config.c, confirm.c */
int ctl_save(struct ctl *ctl);
int ctl_restore(struct ctl *ctl);
int ctl_apply(struct ctl *ctl);
int ctl_confirm(struct ctl *ctl);
int ctl_confirm_listen(struct ctl *ctl);
bool ctl_confirm_wait(int fd, int ms);
void ctl_confirm_detach(void);
int ctl_check_commands(FILE *from, const char *name);

/* monitor.c, status.c, metrics.c, clat.c */
int ctl_metrics(struct ctl *ctl);
int ctl_whois(struct ctl *ctl);
int ctl_monitor(struct ctl *ctl);
int ctl_status(struct ctl *ctl);
int ctl_adoption(struct ctl *ctl);
int ctl_clat_up(struct ctl *ctl);
int ctl_clat_down(struct ctl *ctl);
int ctl_clat_show(struct ctl *ctl);

/* The access networks: advert.c, checkconf.c */
int ctl_ra_list(struct ctl *ctl);
int ctl_ra_renumber(struct ctl *ctl);
int ctl_check_config(struct ctl *ctl);

/* Daemons: daemon.c */
char *ctl_ask(const char *daemon, const char *request, int *err);
const char *ctl_silence(int err);
int ctl_silent(const struct ctl *ctl, const char *daemon, int err);

/* JSON text: json.c */
void ctl_json_string(FILE *to, const char *s);

#endif
