/* SPDX-License-Identifier: GPL-2.0 */
/* Tables for people and for programs out of one definition of the columns. */
#ifndef NAT64CTL_TABLE_H
#define NAT64CTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum table_type {
	TABLE_TEXT,
	TABLE_NUMBER,
	TABLE_BOOL,
};

/* In which of the two forms a column is shown. */
enum table_where {
	TABLE_BOTH,
	TABLE_ONLY_PEOPLE,
	TABLE_ONLY_JSON,
	TABLE_IF_FILLED,	/* to people only if a row has something there */
};

/**
 * struct table_column - a column
 * @name: heading, in capitals; in JSON the key, in lower case
 * @type: of its values in JSON
 * @where: where it is shown
 */
struct table_column {
	const char *name;
	enum table_type type;
	enum table_where where;
};

struct table;

struct table *table_new(const char *name, const struct table_column *columns,
			unsigned int n, bool json);
void table_free(struct table *t);
void table_row(struct table *t);
void table_text(struct table *t, unsigned int col, const char *text);
void table_number(struct table *t, unsigned int col, uint64_t val);
void table_bool(struct table *t, unsigned int col, bool val);
int table_print(struct table *t, FILE *to);
char *table_members(struct table *t);

#endif
