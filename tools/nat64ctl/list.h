/* SPDX-License-Identifier: GPL-2.0 */
/* Lists that are dumps of the module turned into tables. */
#ifndef NAT64CTL_LIST_H
#define NAT64CTL_LIST_H

#include "ctl.h"
#include "table.h"

/**
 * struct ctl_list - a list
 * @name: of the array in JSON
 * @cmd: the dump
 * @columns: its columns
 * @n: how many
 * @row: fills a row of the table for an entry
 */
struct ctl_list {
	const char *name;
	uint8_t cmd;
	const struct table_column *columns;
	unsigned int n;
	void (*row)(struct table *t, const struct nat64_entry *e,
		    const struct ctl_mixed *mixed);
};

int ctl_list(struct ctl *ctl, const struct ctl_list *list,
	     const char *instance, const struct nat64_filter *filter);

#endif
