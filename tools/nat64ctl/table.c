// SPDX-License-Identifier: GPL-2.0
/* libsmartcols, with its errors kept until the table is printed. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols.h>

#include "table.h"

/**
 * struct table - a table
 * @tb: the table of libsmartcols
 * @line: row that is being filled
 * @json: for programs
 * @err: first error, -errno
 * @columns: what they are
 * @n: how many
 * @cols: the same to libsmartcols, NULL for those not shown
 */
struct table {
	struct libscols_table *tb;
	struct libscols_line *line;
	bool json;
	int err;
	const struct table_column *columns;
	unsigned int n;
	struct libscols_column *cols[];
};

static void keep(struct table *t, int err)
{
	if (err && !t->err)
		t->err = err;
}

static int json_type(enum table_type type)
{
	switch (type) {
	case TABLE_NUMBER:
		return SCOLS_JSON_NUMBER;
	case TABLE_BOOL:
		return SCOLS_JSON_BOOLEAN;
	default:
		return SCOLS_JSON_STRING;
	}
}

static struct libscols_column *add_column(struct table *t,
					  const struct table_column *c)
{
	int flags = c->type == TABLE_NUMBER ? SCOLS_FL_RIGHT : 0;
	struct libscols_column *col;

	if (c->where == (t->json ? TABLE_ONLY_PEOPLE : TABLE_ONLY_JSON))
		return NULL;
	col = scols_table_new_column(t->tb, c->name, 0, flags);
	if (!col)
		keep(t, -ENOMEM);
	else
		keep(t, scols_column_set_json_type(col, json_type(c->type)));
	return col;
}

/**
 * table_new() - make an empty table
 * @name: of the array in JSON
 * @columns: the columns
 * @n: how many
 * @json: for programs
 * Return: the table, NULL without memory
 */
struct table *table_new(const char *name, const struct table_column *columns,
			unsigned int n, bool json)
{
	struct table *t = calloc(1, sizeof(*t) + n * sizeof(*t->cols));
	unsigned int i;

	if (!t)
		return NULL;
	t->json = json;
	t->columns = columns;
	t->n = n;
	t->tb = scols_new_table();
	if (!t->tb) {
		free(t);
		return NULL;
	}
	keep(t, scols_table_enable_json(t->tb, json));
	keep(t, scols_table_set_name(t->tb, name));
	/* A row is a line, however narrow the terminal: lines can be searched. */
	keep(t, scols_table_set_termforce(t->tb, SCOLS_TERMFORCE_NEVER));
	for (i = 0; i < n; i++)
		t->cols[i] = add_column(t, &columns[i]);
	return t;
}

/**
 * table_free() - free a table
 * @t: the table, or NULL
 */
void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->tb);
	free(t);
}

/**
 * table_row() - begin a row
 * @t: the table
 */
void table_row(struct table *t)
{
	t->line = scols_table_new_line(t->tb, NULL);
	if (!t->line)
		keep(t, -ENOMEM);
}

/**
 * table_text() - fill a cell of the row
 * @t: the table
 * @col: column
 * @text: its text, for JSON already of the type of the column
 */
void table_text(struct table *t, unsigned int col, const char *text)
{
	if (t->line && t->cols[col])
		keep(t, scols_line_set_column_data(t->line, t->cols[col],
						   strdup(text)));
}

/**
 * table_number() - fill a cell of the row with a number
 * @t: the table
 * @col: column
 * @val: the number
 */
void table_number(struct table *t, unsigned int col, uint64_t val)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, val);
	table_text(t, col, buf);
}

/**
 * table_bool() - fill a cell of the row with yes or no, in JSON true or false
 * @t: the table
 * @col: column
 * @val: the value
 */
void table_bool(struct table *t, unsigned int col, bool val)
{
	/* libsmartcols takes 0 for false, and the word false for true. */
	if (t->json)
		table_text(t, col, val ? "1" : "0");
	else
		table_text(t, col, val ? "yes" : "no");
}

static bool is_filled(const struct table *t, struct libscols_column *col)
{
	struct libscols_iter *it = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_cell *cell;
	struct libscols_line *line;
	bool filled = !it;

	while (!filled && !scols_table_next_line(t->tb, it, &line)) {
		cell = scols_line_get_column_cell(line, col);
		filled = cell && scols_cell_get_data(cell);
	}
	scols_free_iter(it);
	return filled;
}

static void leave_out_empty(struct table *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->columns[i].where == TABLE_IF_FILLED &&
		    !is_filled(t, t->cols[i]))
			keep(t, scols_column_set_flags(t->cols[i],
						       SCOLS_FL_HIDDEN));
}

/**
 * table_print() - write a table
 * @t: the table
 * @to: where to
 * Return: 0 or -errno
 */
int table_print(struct table *t, FILE *to)
{
	if (!t->json && !t->err)
		leave_out_empty(t);
	if (t->err)
		return t->err;
	scols_table_set_stream(t->tb, to);
	return scols_print_table(t->tb);
}

/**
 * table_members() - the JSON of a table without the braces around it
 * @t: the table
 * Return: text to be freed; NULL without memory
 */
char *table_members(struct table *t)
{
	char *text = NULL, *from, *end;

	if (t->err || scols_print_table_to_string(t->tb, &text) || !text)
		return NULL;
	from = strchr(text, '{');
	end = strrchr(text, '}');
	if (!from || !end) {
		free(text);
		return NULL;
	}
	*end = 0;
	memmove(text, from + 1, strlen(from + 1) + 1);
	return text;
}
