/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of lines that survives kill -9 and loss of power: lines are appended
 * and forced to the disk; from time to time the whole is written anew and
 * takes the place of the old in one step. Each line carries a checksum.
 */
#ifndef NAT64D_JOURNAL_H
#define NAT64D_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JOURNAL_LINE_LEN 2048

struct journal;

/**
 * struct journal_load - what was found in a file
 * @lines: good ones
 * @damaged: bad ones, apart from the last when it is only half there, which
 *	     is how a file looks after a crash
 * @aside: where the damaged file was put, empty if there was no damage
 */
struct journal_load {
	unsigned int lines;
	unsigned int damaged;
	char aside[256];
};

/**
 * journal_open() - read a file and prepare to append to it
 * @path: of the file; it need not be there, its directory has to
 * @title: its first line: what it holds, and in which format
 * @take: called with each good line
 * @ctx: for @take
 * @load: what was found
 *
 * A damaged file stays under another name, beside what could be read of it.
 * So does one with another title. The caller then writes the whole anew.
 *
 * Return: the journal, NULL with errno.
 */
struct journal *journal_open(const char *path, const char *title,
			     void (*take)(void *ctx, const char *line),
			     void *ctx, struct journal_load *load);
void journal_close(struct journal *j);

/* Adds a line; it is safe after journal_sync(). */
void journal_append(struct journal *j, const char *line);

/**
 * journal_sync() - force what was added to the disk
 *
 * Return: 0 or -errno; what could not be written is tried again next time.
 */
int journal_sync(struct journal *j);

/* Was the file written since it was opened, so that lines can be added? */
bool journal_ready(const struct journal *j);

/* Lines in the file: those that count no more as well. */
unsigned int journal_lines(const struct journal *j);

/**
 * journal_rewrite() - replace the whole file
 * @j: journal
 * @emit: calls journal_append() for each line that counts
 * @ctx: for @emit
 *
 * Return: 0, or -errno: then the old file is still there and in use.
 */
int journal_rewrite(struct journal *j, void (*emit)(void *ctx), void *ctx);

#endif
