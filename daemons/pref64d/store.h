/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What pref64d must know after it was ended, killed or cut from power: what
 * hosts may hold of its advertisements, and the prefixes that clients are
 * leaving.
 */
#ifndef PREF64D_STORE_H
#define PREF64D_STORE_H

#include "past.h"
#include "renumber.h"

#include <net/if.h>
#include <stdint.h>

#define STORE_MAX_ROWS 4096
#define STORE_LIVE UINT64_MAX

/**
 * struct store_row - something that was advertised
 * @interface: on which
 * @kind: what it is
 * @item: the thing, with its lifetime
 * @until: when the last host has forgotten it, in milliseconds of the clock;
 *	   STORE_LIVE: it was still advertised
 */
struct store_row {
	char interface[IFNAMSIZ];
	enum past_kind kind;
	union past_item item;
	uint64_t until;
};

/**
 * struct store - the file
 * @path: of the file
 * @rows: what was advertised
 * @count: entries of @rows
 * @moves: prefixes that clients are leaving
 */
struct store {
	char *path;
	struct store_row *rows;
	unsigned int count;
	struct renumber moves;
};

/**
 * store_open() - read what was kept
 * @s: result
 * @dir: where the file is; made if it is missing
 *
 * A file that is damaged is renamed to end in ".damaged", and what could be
 * read of it counts. Without a file nothing was kept.
 *
 * Return: 0, or -ENOMEM.
 */
int store_open(struct store *s, const char *dir);
void store_close(struct store *s);

/* Gives an interface back what it had advertised. */
void store_restore(const struct store *s, const char *interface,
		   struct past *past);

/* Takes what is advertised on an interface in place of what it had been. */
void store_take(struct store *s, const char *interface,
		const struct past *past);

/* Writes it all to the disk, all or nothing. Return: 0 or -errno. */
int store_save(const struct store *s);

#endif
