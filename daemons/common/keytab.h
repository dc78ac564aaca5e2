/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded table keyed by bytes: what was used longest ago makes room for
 * what is new, so that strangers cannot make it grow. Pure.
 */
#ifndef NAT64D_KEYTAB_H
#define NAT64D_KEYTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keytab;

/**
 * keytab_new() - make a table
 * @value_size: bytes of each value
 * @max: most entries, at least 1
 * @evict: called with a value that must make room; may be NULL
 * @ctx: for @evict
 *
 * The tree behind it is balanced: no choice of keys makes it slow.
 *
 * Return: the table, NULL without memory.
 */
struct keytab *keytab_new(size_t value_size, unsigned int max,
			  void (*evict)(void *ctx, void *value), void *ctx);
void keytab_free(struct keytab *t);

/**
 * keytab_get() - find or make an entry
 * @t: table
 * @key: bytes of the key
 * @len: how many, at most UINT16_MAX
 * @made: set to whether the entry is new; its value is all zero then
 *
 * Return: the value, NULL without memory. Valid until the next call.
 */
void *keytab_get(struct keytab *t, const void *key, size_t len, bool *made);

/* The value of an entry that is there, NULL if it is not; no use of it. */
void *keytab_find(const struct keytab *t, const void *key, size_t len);

/* Removes an entry, if it is there. */
void keytab_del(struct keytab *t, const void *key, size_t len);

/* The key of an entry and its length. */
const uint8_t *keytab_key(const void *value, size_t *len);

/* The entry used before @value, the latest for NULL; NULL at the end. */
void *keytab_next(struct keytab *t, void *value);

/* The other way round: the entry used after @value, the oldest for NULL. */
void *keytab_prev(struct keytab *t, void *value);

unsigned int keytab_count(const struct keytab *t);
uint64_t keytab_evicted(const struct keytab *t);

#endif
