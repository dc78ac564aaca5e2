// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever stands in the files of leases and devices, or comes as ARP: it is
 * read or refused, and what was read is written as what it is.
 */
#include "dhcp108d/adoptfile.h"
#include "dhcp108d/arp.h"
#include "dhcp108d/leasefile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct conf_dhcp conf = {
	.nsubnets = 1,
	.npools = 1,
	.pools = { { 0x0a00000a, 0x0a000011 } },
	.nhosts = 1,
	.hosts = { { .key = { 2 }, .len = 6, .addr = { 0x0c00000a } } },
};

static void must(int condition)
{
	if (!condition)
		abort();
}

/* Each entry is in one list, and one client has one that is not reserved. */
static void check_leases(struct leases *l, const struct lease_clock *at)
{
	char line[LEASEFILE_LINE_LEN];
	unsigned int state, sum = 0, i;
	struct lease *e;

	for (state = 0; state < LEASE_STATES; state++)
		sum += leases_count(l, state);
	must(sum == leases_total(l));
	for (i = 0; (e = leases_entry(l, i)); i++) {
		struct lease_owner who = { .key_len = e->key_len };

		leasefile_format(line, e, at);
		must(strlen(line) < sizeof(line) - 1);
		if (!e->key || e->reserved)
			continue;
		memcpy(who.key, e->key, e->key_len);
		must(leases_of(l, &who) == e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lease_clock at = { .now = 1000, .wall = 1000000 };
	struct adoption *a = adoption_new(4);
	struct leases *l = leases_new(&conf);
	char out[ADOPTFILE_LINE_LEN], *text, *line, *rest;
	struct adoption_device *d = NULL;
	struct in_addr addr;
	uint8_t mac[6];

	text = malloc(size + 1);
	must(a && l && text);
	memcpy(text, data, size);
	text[size] = '\0';
	arp_parse(data, size, &addr, mac);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		leasefile_parse(line, l, &at);
		adoptfile_parse(line, a, at.wall);
	}
	check_leases(l, &at);
	must(adoption_capable(a) <= adoption_devices(a));
	while ((d = adoption_next(a, d)))
		adoptfile_format(out, d);
	leases_free(l);
	adoption_free(a);
	free(text);
	return 0;
}
