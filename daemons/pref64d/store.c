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
#define LINE_LEN 256

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

/* prefix INTERFACE PREFIX/LENGTH FLAGS VALID UNTIL, 0 for one that lives */
static bool read_prefix(struct store *s, const char *text)
{
	char prefix[64], flags[4];
	struct store_row row = { 0 };
	uint64_t until;
	int end = 0;

	if (sscanf(text, "prefix %15s %63s %3s %" SCNu32 " %" SCNu64 "%n",
		   row.interface, prefix, flags, &row.prefix.valid, &until,
		   &end) != 5 || text[end] ||
	    !confval_prefix6(prefix, &row.prefix.addr, &row.prefix.len))
		return false;
	row.prefix.onlink = strchr(flags, 'L');
	row.prefix.autonomous = strchr(flags, 'A');
	row.until = until ? from_calendar(until) : STORE_LIVE;
	return add_row(s, &row);
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
		if (!read_prefix(s, line) && !read_move(s, line))
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
	uint32_t valid = row->prefix.valid;

	if (row->until != STORE_LIVE)
		return row->until;
	return now + 1000ull * (valid < PAST_LONGEST_S ? valid :
							 PAST_LONGEST_S);
}

void store_restore(const struct store *s, const char *interface,
		   struct past *past)
{
	uint64_t now = clock_now_ms();
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (s->rows[i].until > now &&
		    !strcmp(s->rows[i].interface, interface))
			past_restore(past, &s->rows[i].prefix,
				     end_of(&s->rows[i], now), now);
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
	unsigned int i;

	drop_rows(s, interface);
	for (i = 0; i < past->count[PAST_PREFIX]; i++) {
		const struct past_entry *e = &past->entries[PAST_PREFIX][i];

		memset(&row, 0, sizeof(row));
		strcpy(row.interface, interface);
		row.prefix = e->item.prefix;
		row.until = e->live ? STORE_LIVE : e->until;
		add_row(s, &row);
	}
}

static const char *prefix_text(const struct in6_addr *addr, unsigned int len,
			       char *out)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof(text));
	snprintf(out, 64, "%s/%u", text, len);
	return out;
}

static void write_lines(const struct store *s, FILE *out)
{
	char a[64], b[64];
	unsigned int i;

	fputs(FIRST_LINE, out);
	for (i = 0; i < s->count; i++) {
		const struct store_row *r = &s->rows[i];

		fprintf(out, "prefix %s %s %s%s- %" PRIu32 " %" PRIu64 "\n",
			r->interface,
			prefix_text(&r->prefix.addr, r->prefix.len, a),
			r->prefix.onlink ? "L" : "",
			r->prefix.autonomous ? "A" : "", r->prefix.valid,
			r->until == STORE_LIVE ? 0 : to_calendar(r->until));
	}
	for (i = 0; i < s->moves.count; i++) {
		const struct renumber_move *m = &s->moves.moves[i];

		fprintf(out, "move %s %s %" PRIu64 "\n",
			prefix_text(&m->from.addr, m->from.len, a),
			prefix_text(&m->to.addr, m->to.len, b),
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
