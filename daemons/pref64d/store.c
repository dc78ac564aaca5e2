// SPDX-License-Identifier: GPL-2.0
#include "store.h"

#include "../common/clock.h"
#include "../common/confval.h"
#include "../common/log.h"
#include "../common/syncdir.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "pref64d.state"
#define FIRST_LINE "pref64d 1\n"
#define LINE_LEN 512
#define WHAT_LEN 254
#define HOW_LEN 4

/*
 * In the file times are seconds of the calendar; in memory they belong to a
 * clock that only grows. A calendar that jumps moves them, but never beyond
 * the longest time for which anything is remembered.
 */
static uint64_t calendar_ms(void)
{
	return (uint64_t)time(NULL) * 1000;
}

static uint64_t from_calendar(uint64_t seconds)
{
	uint64_t longest = (uint64_t)PAST_LONGEST_S * 1000;
	uint64_t now = calendar_ms();
	uint64_t left;

	if (seconds > UINT64_MAX / 1000 || seconds * 1000 <= now)
		return clock_now_ms();
	left = seconds * 1000 - now;
	return clock_now_ms() + (left < longest ? left : longest);
}

static uint64_t to_calendar(uint64_t ms)
{
	uint64_t now = clock_now_ms();

	return (calendar_ms() + (ms > now ? ms - now : 0) + 999) / 1000;
}

static bool add_row(struct store *s, const struct store_row *row)
{
	struct store_row *more;

	if (s->count == STORE_MAX_ROWS)
		return true;	/* bounded, and no damage */
	more = realloc(s->rows, (s->count + 1) * sizeof(*more));
	if (!more)
		return false;
	s->rows = more;
	s->rows[s->count++] = *row;
	return true;
}

/**
 * struct kind - how a kind of things stands in the file
 * @name: first word of its lines
 * @read: takes what it is, and how it is advertised; false if they are wrong
 * @write: the reverse
 */
struct kind {
	const char *name;
	bool (*read)(const char *what, const char *how, union past_item *item);
	void (*write)(const union past_item *item, char *what, char *how);
};

static void prefix_text(const struct in6_addr *addr, unsigned int len,
			char *out)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof(text));
	snprintf(out, WHAT_LEN, "%s/%u", text, len);
}

static bool read_pref64(const char *what, const char *how,
			union past_item *item)
{
	(void)how;
	return confval_prefix6(what, &item->pref64.addr, &item->pref64.len) &&
	       ra_pref64_len(item->pref64.len);
}

static void write_pref64(const union past_item *item, char *what, char *how)
{
	(void)how;
	prefix_text(&item->pref64.addr, item->pref64.len, what);
}

static bool read_prefix(const char *what, const char *how,
			union past_item *item)
{
	item->prefix.onlink = strchr(how, 'L');
	item->prefix.autonomous = strchr(how, 'A');
	return confval_prefix6(what, &item->prefix.addr, &item->prefix.len);
}

static void write_prefix(const union past_item *item, char *what, char *how)
{
	prefix_text(&item->prefix.addr, item->prefix.len, what);
	snprintf(how, HOW_LEN, "%s%s-", item->prefix.onlink ? "L" : "",
		 item->prefix.autonomous ? "A" : "");
}

static bool read_route(const char *what, const char *how,
		       union past_item *item)
{
	uint32_t preference;

	if (!confval_number(how, 0, 3, &preference))
		return false;
	item->route.preference = (uint8_t)preference;
	return confval_prefix6(what, &item->route.addr, &item->route.len);
}

static void write_route(const union past_item *item, char *what, char *how)
{
	prefix_text(&item->route.addr, item->route.len, what);
	snprintf(how, HOW_LEN, "%u", item->route.preference & 3u);
}

static bool read_dns(const char *what, const char *how, union past_item *item)
{
	(void)how;
	return confval_addr6(what, &item->dns.addr);
}

static void write_dns(const union past_item *item, char *what, char *how)
{
	(void)how;
	inet_ntop(AF_INET6, &item->dns.addr, what, WHAT_LEN);
}

static bool read_search(const char *what, const char *how,
			union past_item *item)
{
	(void)how;
	return confval_domain(what, item->search.name);
}

static void write_search(const union past_item *item, char *what, char *how)
{
	(void)how;
	snprintf(what, WHAT_LEN, "%s", item->search.name);
}

static const struct kind kinds[PAST_KINDS] = {
	[PAST_PREF64] = { "pref64", read_pref64, write_pref64 },
	[PAST_PREFIX] = { "prefix", read_prefix, write_prefix },
	[PAST_ROUTE] = { "route", read_route, write_route },
	[PAST_DNS] = { "dns", read_dns, write_dns },
	[PAST_SEARCH] = { "search", read_search, write_search },
};

/* KIND INTERFACE WHAT HOW LIFETIME UNTIL, 0 for one that lives */
static bool read_row(struct store *s, const char *text)
{
	char kind[8], what[WHAT_LEN], how[HOW_LEN];
	struct store_row row = { 0 };
	uint32_t lifetime;
	uint64_t until;
	int end = 0;

	if (sscanf(text, "%7s %15s %253s %3s %" SCNu32 " %" SCNu64 "%n", kind,
		   row.interface, what, how, &lifetime, &until, &end) != 6 ||
	    text[end])
		return false;
	while (strcmp(kinds[row.kind].name, kind))
		if (++row.kind == PAST_KINDS)
			return false;
	past_set_lifetime(row.kind, &row.item, lifetime);
	row.until = until ? from_calendar(until) : STORE_LIVE;
	return kinds[row.kind].read(what, how, &row.item) && add_row(s, &row);
}

/* move OLD/LENGTH NEW/LENGTH SWAP */
static bool read_move(struct store *s, const char *text)
{
	struct xlat_prefix from, to;
	char a[64], b[64];
	uint64_t swap;
	int end = 0;

	if (sscanf(text, "move %63s %63s %" SCNu64 "%n", a, b, &swap,
		   &end) != 3 || text[end] ||
	    !confval_prefix6(a, &from.addr, &from.len) ||
	    !confval_prefix6(b, &to.addr, &to.len))
		return false;
	return !renumber_add(&s->moves, &from, &to, from_calendar(swap));
}

/* The last line counts the others: a file that was cut shows it. */
static bool read_lines(struct store *s, FILE *in)
{
	char line[LINE_LEN];
	unsigned int n = 0, end;

	if (!fgets(line, sizeof(line), in) || strcmp(line, FIRST_LINE))
		return false;
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "end %u", &end) == 1)
			return end == n && fgetc(in) == EOF;
		if (!read_row(s, line) && !read_move(s, line))
			return false;
		n++;
	}
	return false;
}

static void set_aside(const char *path)
{
	char aside[PATH_MAX];

	snprintf(aside, sizeof(aside), "%s.damaged", path);
	if (rename(path, aside))
		log_err("%s is damaged and cannot be renamed: %s", path,
			strerror(errno));
	else
		log_err("%s is damaged: set aside as %s", path, aside);
}

static void read_file(struct store *s)
{
	FILE *in = fopen(s->path, "re");

	if (!in) {
		if (errno != ENOENT)
			log_err("%s: %s", s->path, strerror(errno));
		return;
	}
	if (!read_lines(s, in))
		set_aside(s->path);
	fclose(in);
}

int store_open(struct store *s, const char *dir)
{
	memset(s, 0, sizeof(*s));
	if (asprintf(&s->path, "%s/%s", dir, FILE_NAME) < 0) {
		s->path = NULL;
		return -ENOMEM;
	}
	if (mkdir(dir, 0755) && errno != EEXIST)
		log_warn("%s: %s", dir, strerror(errno));
	read_file(s);
	return 0;
}

void store_close(struct store *s)
{
	free(s->path);
	free(s->rows);
	s->path = NULL;
	s->rows = NULL;
	s->count = 0;
}

/*
 * What lived when the file was written was renewed by each advertisement, the
 * last of which nobody knows: it counts as if it went out now.
 */
static uint64_t end_of(const struct store_row *row, uint64_t now)
{
	if (row->until != STORE_LIVE)
		return row->until;
	return past_end(row->kind, &row->item, now);
}

/* The last one first, as the first one is to be the latest. */
void store_restore(const struct store *s, const char *interface,
		   struct past *past)
{
	uint64_t now = clock_now_ms();
	unsigned int i;

	for (i = s->count; i-- > 0;) {
		const struct store_row *row = &s->rows[i];
		const struct past_entry old = {
			.item = row->item,
			.until = end_of(row, now),
		};

		if (row->until > now && !strcmp(row->interface, interface))
			past_restore(past, row->kind, &old, now);
	}
}

static void drop_rows(struct store *s, const char *interface)
{
	uint64_t now = clock_now_ms();
	unsigned int i, n = 0;

	for (i = 0; i < s->count; i++)
		if (s->rows[i].until > now &&
		    strcmp(s->rows[i].interface, interface))
			s->rows[n++] = s->rows[i];
	s->count = n;
}

void store_take(struct store *s, const char *interface,
		const struct past *past)
{
	struct store_row row;
	unsigned int i, k;

	drop_rows(s, interface);
	for (k = 0; k < PAST_KINDS; k++)
		for (i = 0; i < past->count[k]; i++) {
			const struct past_entry *e = &past->entries[k][i];

			memset(&row, 0, sizeof(row));
			strcpy(row.interface, interface);
			row.kind = k;
			row.item = e->item;
			row.until = e->live ? STORE_LIVE : e->until;
			add_row(s, &row);
		}
}

static void write_row(const struct store_row *r, FILE *out)
{
	char what[WHAT_LEN], how[HOW_LEN] = "-";

	kinds[r->kind].write(&r->item, what, how);
	fprintf(out, "%s %s %s %s %" PRIu32 " %" PRIu64 "\n",
		kinds[r->kind].name, r->interface, what, how,
		past_lifetime(r->kind, &r->item),
		r->until == STORE_LIVE ? 0 : to_calendar(r->until));
}

static void write_lines(const struct store *s, FILE *out)
{
	char from[WHAT_LEN], to[WHAT_LEN];
	unsigned int i;

	fputs(FIRST_LINE, out);
	for (i = 0; i < s->count; i++)
		write_row(&s->rows[i], out);
	for (i = 0; i < s->moves.count; i++) {
		const struct renumber_move *m = &s->moves.moves[i];

		prefix_text(&m->from.addr, m->from.len, from);
		prefix_text(&m->to.addr, m->to.len, to);
		fprintf(out, "move %s %s %" PRIu64 "\n", from, to,
			to_calendar(m->swap));
	}
	fprintf(out, "end %u\n", s->count + s->moves.count);
}

static int write_new(const struct store *s, const char *path)
{
	FILE *out = fopen(path, "we");
	int err = 0;

	if (!out)
		return -errno;
	write_lines(s, out);
	if (fflush(out) || ferror(out) || fsync(fileno(out)))
		err = -errno;
	if (fclose(out) && !err)
		err = -errno;
	return err;
}

int store_save(const struct store *s)
{
	char fresh[PATH_MAX];
	int err;

	snprintf(fresh, sizeof(fresh), "%s.new", s->path);
	err = write_new(s, fresh);
	if (!err && rename(fresh, s->path))
		err = -errno;
	if (!err)
		err = syncdir(s->path);
	if (err)
		log_err("%s: cannot be written: %s", s->path, strerror(-err));
	return err;
}
