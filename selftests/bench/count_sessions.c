// SPDX-License-Identifier: GPL-2.0
/* Read all sessions and print how many there are: the least that a list costs. */
#include <stdio.h>
#include <string.h>

#include "nat64.h"

static int count(const struct nat64_entry *e, void *arg)
{
	unsigned long *n = arg;

	(void)e;
	(*n)++;
	return 0;
}

int main(void)
{
	const struct nat64_filter all = {};
	unsigned long n = 0;
	struct nat64 *h;
	int err;

	err = nat64_open(&h, 0);
	if (err) {
		fprintf(stderr, "count_sessions: %s\n", strerror(-err));
		return 1;
	}
	err = nat64_dump(h, NAT64_CMD_SESSION_GET, NULL, &all, count, &n);
	nat64_close(h);
	if (err) {
		fprintf(stderr, "count_sessions: %s\n", strerror(-err));
		return 1;
	}
	printf("%lu\n", n);
	return 0;
}
