// SPDX-License-Identifier: GPL-2.0
#include "journal.h"

#include "syncdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM_LEN 9	/* a blank and eight digits */
#define MAX_ASIDE 1000
#define FILE_MODE 0640

/**
 * struct journal - a file
 * @path: its name
 * @title: its first line
 * @fd: for appending, -1 while it cannot be opened
 * @waiting: lines not written yet
 * @used: bytes of @waiting
 * @cap: room at @waiting
 * @lines: in the file and waiting
 * @lost: lines that found no memory: the file has to be written anew
 */
struct journal {
	char *path;
	char *title;
	int fd;
	char *waiting;
	size_t used;
	size_t cap;
	unsigned int lines;
	bool lost;
};

/* CRC-32 of IEEE 802.3; a line is too short for a table to pay. */
static uint32_t crc32(const char *text, size_t len)
{
	uint32_t crc = UINT32_MAX;
	unsigned int bit;

	while (len--) {
		crc ^= (uint8_t)*text++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Cuts the checksum off; false when it is wrong. */
static bool check_line(char *line, size_t len)
{
	char want[SUM_LEN + 1];

	if (len < SUM_LEN || strlen(line) != len)
		return false;
	len -= SUM_LEN;
	snprintf(want, sizeof(want), " %08x", crc32(line, len));
	if (strcmp(line + len, want))
		return false;
	line[len] = '\0';
	return true;
}

static void read_lines(struct journal *j, FILE *in, struct journal_load *load,
		       void (*take)(void *ctx, const char *line), void *ctx)
{
	char *line = NULL;
	size_t cap = 0;
	bool first = true;
	ssize_t n;

	while ((n = getline(&line, &cap, in)) > 0) {
		bool whole = line[n - 1] == '\n';

		if (whole)
			line[--n] = '\0';
		if (!whole || !check_line(line, (size_t)n)) {
			/* Half a last line: the crash came while writing. */
			load->damaged += whole || first;
		} else if (first && strcmp(line, j->title)) {
			load->damaged++;
			break;
		} else if (!first) {
			load->lines++;
			take(ctx, line);
		}
		first = false;
	}
	free(line);
}

/* Gives the file a second name that nobody has yet. */
static void set_aside(struct journal *j, struct journal_load *load)
{
	unsigned int i;

	for (i = 1; i < MAX_ASIDE; i++) {
		snprintf(load->aside, sizeof(load->aside), "%s.damaged-%u",
			 j->path, i);
		if (!link(j->path, load->aside))
			return;
		if (errno != EEXIST)
			break;
	}
	load->aside[0] = '\0';
}

static int open_append(struct journal *j)
{
	j->fd = open(j->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
		     FILE_MODE);
	return j->fd < 0 ? -errno : 0;
}

struct journal *journal_open(const char *path, const char *title,
			     void (*take)(void *ctx, const char *line),
			     void *ctx, struct journal_load *load)
{
	struct journal *j = calloc(1, sizeof(*j));
	FILE *in;

	memset(load, 0, sizeof(*load));
	if (!j)
		return NULL;
	j->fd = -1;
	j->path = strdup(path);
	j->title = strdup(title);
	if (!j->path || !j->title)
		goto err;
	in = fopen(path, "re");
	if (!in && errno != ENOENT)
		goto err;
	if (in) {
		read_lines(j, in, load, take, ctx);
		fclose(in);
		if (load->damaged)
			set_aside(j, load);
		if (load->damaged && !load->aside[0])
			goto err;
	}
	j->lines = load->lines;
	return j;
err:
	journal_close(j);
	return NULL;
}

void journal_close(struct journal *j)
{
	int saved = errno;

	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->waiting);
	free(j->path);
	free(j->title);
	free(j);
	errno = saved;
}

static bool make_room(struct journal *j, size_t len)
{
	size_t cap = j->cap ? j->cap : 4096;
	char *bigger;

	while (cap < j->used + len)
		cap *= 2;
	if (cap == j->cap)
		return true;
	bigger = realloc(j->waiting, cap);
	if (!bigger)
		return false;
	j->waiting = bigger;
	j->cap = cap;
	return true;
}

void journal_append(struct journal *j, const char *line)
{
	size_t len = strlen(line);

	if (!make_room(j, len + SUM_LEN + 2)) {
		j->lost = true;
		return;
	}
	j->used += (size_t)sprintf(j->waiting + j->used, "%s %08x\n", line,
				   crc32(line, len));
	j->lines++;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return fdatasync(fd) ? -errno : 0;
}

int journal_sync(struct journal *j)
{
	off_t end;
	int err;

	if (!j->used)
		return 0;
	if (j->fd < 0)
		return -EBADF;
	end = lseek(j->fd, 0, SEEK_END);
	err = write_all(j->fd, j->waiting, j->used);
	if (!err)
		j->used = 0;
	/* Half a line must not stay in front of the next try. */
	else if (end < 0 || ftruncate(j->fd, end))
		j->lost = true;
	return err;
}

bool journal_ready(const struct journal *j)
{
	return j->fd >= 0;
}

unsigned int journal_lines(const struct journal *j)
{
	return j->lost ? UINT_MAX : j->lines;
}

static int replace(struct journal *j)
{
	char fresh[PATH_MAX];
	int fd, err;

	snprintf(fresh, sizeof(fresh), "%s.new", j->path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return -errno;
	err = write_all(fd, j->waiting, j->used);
	if (!err && rename(fresh, j->path))
		err = -errno;
	close(fd);
	if (err) {
		unlink(fresh);
		return err;
	}
	syncdir(j->path);
	if (j->fd >= 0)
		close(j->fd);
	return open_append(j);
}

int journal_rewrite(struct journal *j, void (*emit)(void *ctx), void *ctx)
{
	unsigned int lines = j->lines;
	int err;

	j->used = 0;
	j->lines = 0;
	j->lost = false;
	journal_append(j, j->title);
	emit(ctx);
	j->lines--;
	err = j->lost ? -ENOMEM : replace(j);
	j->used = 0;
	if (err) {
		/* What was waiting is in @emit's view: try again as a whole. */
		j->lines = lines;
		j->lost = true;
	}
	return err;
}
