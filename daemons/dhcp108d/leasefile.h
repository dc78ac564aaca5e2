/* SPDX-License-Identifier: GPL-2.0 */
/* Leases on disk: a line for each that begins, goes on or ends. */
#ifndef DHCP108D_LEASEFILE_H
#define DHCP108D_LEASEFILE_H

#include "lease.h"

#include <stdbool.h>
#include <stdint.h>

#define LEASEFILE_LINE_LEN 640

/**
 * struct lease_clock - one moment on two clocks
 * @now: in milliseconds; begins anew with each start of the machine
 * @wall: seconds since 1970; may jump
 */
struct lease_clock {
	uint64_t now;
	uint64_t wall;
};

struct leasefile;

/**
 * leasefile_open() - read leases and begin to keep them
 * @path: of the file
 * @l: table they go into
 * @at: now
 *
 * Damage is reported to the log, and the damaged file set aside.
 *
 * Return: the file, NULL with errno.
 */
struct leasefile *leasefile_open(const char *path, struct leases *l,
				 const struct lease_clock *at);
void leasefile_close(struct leasefile *f);

/* Notes how a lease is now; safe after leasefile_sync(). */
void leasefile_note(struct leasefile *f, const struct lease *lease,
		    const struct lease_clock *at);

/**
 * leasefile_sync() - force all notes to the disk
 * @f: file
 * @l: the table, for when the whole is written anew
 * @at: now
 *
 * Return: 0 or -errno; the next call tries again.
 */
int leasefile_sync(struct leasefile *f, struct leases *l,
		   const struct lease_clock *at);

/**
 * leasefile_format() - write a lease as a line
 * @out: room for LEASEFILE_LINE_LEN bytes
 * @lease: the lease
 * @at: now
 *
 * "ADDRESS STATE UNTIL WRITTEN KEY HARDWARE": the times in seconds since
 * 1970, the rest in hexadecimal, "-" for none.
 */
void leasefile_format(char *out, const struct lease *lease,
		      const struct lease_clock *at);

/**
 * leasefile_parse() - put a line into a table
 * @line: of leasefile_format()
 * @l: table
 * @at: now
 *
 * The time that was left when the line was written is the most that is left
 * now: a clock that was set back makes no lease longer.
 *
 * Return: false when it is no such line, or has no place in the table.
 */
bool leasefile_parse(const char *line, struct leases *l,
		     const struct lease_clock *at);

#endif
