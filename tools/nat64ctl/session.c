// SPDX-License-Identifier: GPL-2.0
/* Bindings and sessions. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "list.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

enum {
	B_INSTANCE,
	B_PROTO,
	B_SRC6,
	B_ADDR6,
	B_PORT6,
	B_SRC4,
	B_ADDR4,
	B_PORT4,
	B_STATIC,
	B_SESSIONS,
};

static const struct table_column bib_columns[] = {
	[B_INSTANCE] = { .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	[B_PROTO] = { .name = "PROTO" },
	[B_SRC6] = { .name = "ADDR6#PORT", .where = TABLE_ONLY_PEOPLE },
	[B_ADDR6] = { .name = "ADDR6", .where = TABLE_ONLY_JSON },
	[B_PORT6] = { "PORT6", TABLE_NUMBER, TABLE_ONLY_JSON },
	[B_SRC4] = { .name = "ADDR4#PORT", .where = TABLE_ONLY_PEOPLE },
	[B_ADDR4] = { .name = "ADDR4", .where = TABLE_ONLY_JSON },
	[B_PORT4] = { "PORT4", TABLE_NUMBER, TABLE_ONLY_JSON },
	[B_STATIC] = { .name = "STATIC", .type = TABLE_BOOL },
	[B_SESSIONS] = { .name = "SESSIONS", .type = TABLE_NUMBER },
};

static void addr6_cells(struct table *t, unsigned int col,
			const struct nat64_taddr6 *a,
			const struct ctl_mixed *mixed)
{
	bool mix = ctl_mixed_has(mixed, &a->addr);
	char buf[NAT64_ADDR_MAX];

	table_text(t, col, nat64_print_taddr6(buf, sizeof(buf), a, mix));
	table_text(t, col + 1,
		   nat64_print_addr6(buf, sizeof(buf), &a->addr, mix));
	table_number(t, col + 2, a->port);
}

static void addr4_cells(struct table *t, unsigned int col,
			const struct nat64_taddr4 *a)
{
	char buf[NAT64_ADDR_MAX];

	table_text(t, col, nat64_print_taddr4(buf, sizeof(buf), a));
	table_text(t, col + 1, nat64_print_addr4(buf, sizeof(buf), &a->addr));
	table_number(t, col + 2, a->port);
}

static void bib_row(struct table *t, const struct nat64_entry *e,
		    const struct ctl_mixed *mixed)
{
	const struct nat64_bib *b = &e->bib;

	table_text(t, B_INSTANCE, e->instance);
	table_text(t, B_PROTO, nat64_proto_name(b->proto));
	addr6_cells(t, B_SRC6, &b->src6, mixed);
	addr4_cells(t, B_SRC4, &b->src4);
	table_bool(t, B_STATIC, b->is_static);
	table_number(t, B_SESSIONS, b->sessions);
}

static const struct ctl_list bib = {
	"bib", NAT64_CMD_BIB_GET, bib_columns, N(bib_columns), bib_row,
};

enum {
	S_INSTANCE,
	S_PROTO,
	S_SRC6,
	S_SRC6_ADDR,
	S_SRC6_PORT,
	S_DST6,
	S_DST6_ADDR,
	S_DST6_PORT,
	S_SRC4,
	S_SRC4_ADDR,
	S_SRC4_PORT,
	S_DST4,
	S_DST4_ADDR,
	S_DST4_PORT,
	S_STATE,
	S_EXPIRES,
	S_EXPIRES_MS,
	S_PACKETS_64,
	S_BYTES_64,
	S_PACKETS_46,
	S_BYTES_46,
};

static const struct table_column session_columns[] = {
	[S_INSTANCE] = { .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	[S_PROTO] = { .name = "PROTO" },
	[S_SRC6] = { .name = "SRC6", .where = TABLE_ONLY_PEOPLE },
	[S_SRC6_ADDR] = { .name = "SRC6", .where = TABLE_ONLY_JSON },
	[S_SRC6_PORT] = { "SRC6_PORT", TABLE_NUMBER, TABLE_ONLY_JSON },
	[S_DST6] = { .name = "DST6", .where = TABLE_ONLY_PEOPLE },
	[S_DST6_ADDR] = { .name = "DST6", .where = TABLE_ONLY_JSON },
	[S_DST6_PORT] = { "DST6_PORT", TABLE_NUMBER, TABLE_ONLY_JSON },
	[S_SRC4] = { .name = "SRC4", .where = TABLE_ONLY_PEOPLE },
	[S_SRC4_ADDR] = { .name = "SRC4", .where = TABLE_ONLY_JSON },
	[S_SRC4_PORT] = { "SRC4_PORT", TABLE_NUMBER, TABLE_ONLY_JSON },
	[S_DST4] = { .name = "DST4", .where = TABLE_ONLY_PEOPLE },
	[S_DST4_ADDR] = { .name = "DST4", .where = TABLE_ONLY_JSON },
	[S_DST4_PORT] = { "DST4_PORT", TABLE_NUMBER, TABLE_ONLY_JSON },
	[S_STATE] = { .name = "STATE" },
	[S_EXPIRES] = { .name = "EXPIRES", .where = TABLE_ONLY_PEOPLE },
	[S_EXPIRES_MS] = { "EXPIRES_MS", TABLE_NUMBER, TABLE_ONLY_JSON },
	[S_PACKETS_64] = { "PACKETS_64", TABLE_NUMBER, TABLE_IF_FILLED },
	[S_BYTES_64] = { "BYTES_64", TABLE_NUMBER, TABLE_IF_FILLED },
	[S_PACKETS_46] = { "PACKETS_46", TABLE_NUMBER, TABLE_IF_FILLED },
	[S_BYTES_46] = { "BYTES_46", TABLE_NUMBER, TABLE_IF_FILLED },
};

static void session_row(struct table *t, const struct nat64_entry *e,
			const struct ctl_mixed *mixed)
{
	const struct nat64_session *s = &e->session;
	char buf[NAT64_ADDR_MAX];

	table_text(t, S_INSTANCE, e->instance);
	table_text(t, S_PROTO, nat64_proto_name(s->proto));
	addr6_cells(t, S_SRC6, &s->src6, mixed);
	addr6_cells(t, S_DST6, &s->dst6, mixed);
	addr4_cells(t, S_SRC4, &s->src4);
	addr4_cells(t, S_DST4, &s->dst4);
	if (s->proto == IPPROTO_TCP)
		table_text(t, S_STATE, nat64_state_name(s->state));
	/* People do not need the milliseconds. */
	nat64_print_duration(buf, sizeof(buf), s->expires / 1000 * 1000);
	table_text(t, S_EXPIRES, buf);
	table_number(t, S_EXPIRES_MS, s->expires);
	if (!s->counted)
		return;
	table_number(t, S_PACKETS_64, s->packets64);
	table_number(t, S_BYTES_64, s->bytes64);
	table_number(t, S_PACKETS_46, s->packets46);
	table_number(t, S_BYTES_46, s->bytes46);
}

static const struct ctl_list sessions = {
	"sessions", NAT64_CMD_SESSION_GET, session_columns, N(session_columns),
	session_row,
};

static int filtered_list(struct ctl *ctl, const struct ctl_list *list)
{
	struct nat64_filter filter;
	int ret = ctl_parse_filter(&ctl->cmd, &filter);

	if (!ret)
		ret = ctl_open(ctl);
	return ret ? ret : ctl_list(ctl, list, ctl->cmd.instance, &filter);
}

/**
 * ctl_list_bib() - bib list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_bib(struct ctl *ctl)
{
	return filtered_list(ctl, &bib);
}

/**
 * ctl_list_sessions() - session list
 * @ctl: the run
 * Return: exit status
 */
int ctl_list_sessions(struct ctl *ctl)
{
	return filtered_list(ctl, &sessions);
}

static void print_count(const struct ctl *ctl, const char *key, uint64_t n)
{
	if (ctl->json)
		printf("{\"%s\": %" PRIu64 "}\n", key, n);
	else
		printf("%" PRIu64 "\n", n);
}

/**
 * ctl_session_del() - session del
 * @ctl: the run
 * Return: exit status
 */
int ctl_session_del(struct ctl *ctl)
{
	struct nat64_filter filter;
	uint32_t count = 0;
	int ret = ctl_parse_filter(&ctl->cmd, &filter);

	if (!ret && !filter.has)
		ret = ctl_fail(&ctl->cmd, "FILTER is missing");
	if (!ret)
		ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, nat64_session_del(ctl->h,
						      ctl->cmd.instance,
						      &filter, &count));
	if (!ret)
		print_count(ctl, "deleted", count);
	return ret;
}

static int count_one(const struct nat64_entry *e, void *arg)
{
	uint64_t *n = arg;

	(void)e;
	(*n)++;
	return 0;
}

/**
 * ctl_session_count() - session count
 * @ctl: the run
 * Return: exit status
 */
int ctl_session_count(struct ctl *ctl)
{
	struct nat64_filter filter;
	uint64_t n = 0;
	int err, ret = ctl_parse_filter(&ctl->cmd, &filter);

	if (!ret)
		ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = nat64_dump(ctl->h, NAT64_CMD_SESSION_GET, ctl->cmd.instance,
			 &filter, count_one, &n);
	if (err && err != -EINTR)
		return ctl_done(ctl, err);
	print_count(ctl, "sessions", n);
	return CTL_OK;
}

/* "ADDR4[#PORT] [PROTO]" */
static int parse_whom(struct ctl_cmd *cmd, struct nat64_filter *f)
{
	const char *why, *word = ctl_take(cmd, "ADDR4[#PORT]");
	struct nat64_taddr4 t;

	if (!word)
		return CTL_USAGE;
	f->has = 1 << NAT64_A_FILTER_ADDR4;
	if (strpbrk(word, "#:")) {
		if (nat64_parse_taddr4(word, &t, &why))
			return ctl_wrong(cmd, word, why);
		f->p4 = (struct nat64_prefix4){ .addr = t.addr, .len = 32 };
		f->port4 = t.port;
		f->has |= 1 << NAT64_A_FILTER_PORT4;
	} else if (nat64_parse_prefix4(word, &f->p4, &why)) {
		return ctl_wrong(cmd, word, why);
	}
	word = ctl_next(cmd);
	if (!word)
		return CTL_OK;
	if (nat64_parse_proto(word, &f->proto))
		return ctl_wrong(cmd, word, "must be one of tcp, udp, icmp");
	f->has |= 1 << NAT64_A_FILTER_PROTO;
	return ctl_end(cmd);
}

/**
 * ctl_whois() - whois: in all instances
 * @ctl: the run
 * Return: exit status
 */
int ctl_whois(struct ctl *ctl)
{
	struct nat64_filter filter = { .has = 0 };
	uint64_t n = 0;
	int err, ret = parse_whom(&ctl->cmd, &filter);

	if (!ret)
		ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = nat64_dump(ctl->h, NAT64_CMD_BIB_GET, NULL, &filter, count_one,
			 &n);
	if (err && err != -EINTR)
		return ctl_done(ctl, err);
	if (n)
		return ctl_list(ctl, &bib, NULL, &filter);
	ctl_fail(&ctl->cmd, "nobody has it now");
	return CTL_REFUSED;
}
