// SPDX-License-Identifier: GPL-2.0
/* Router advertisements that a CLAT listens to. */
#include <stdlib.h>
#include <string.h>

#include "clat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool zero_after(const struct nat64_prefix6 *p)
{
	size_t i;

	for (i = p->len / 8; i < 16; i++)
		if (p->addr.s6_addr[i])
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own, so that reading past the end is seen. */
	uint8_t *copy = malloc(size ? size : 1);
	struct clat_ra ra;

	memcpy(copy, data, size);
	if (!clat_ra_parse(copy, size, &ra)) {
		if (ra.mtu && ra.mtu < 1280)
			abort();
		if (ra.has_prefix && (ra.prefix.len != 64 ||
				      !zero_after(&ra.prefix)))
			abort();
		if (ra.has_pref64 && (ra.pref64.len < 32 ||
				      ra.pref64.len > 96 ||
				      !zero_after(&ra.pref64)))
			abort();
	}
	free(copy);
	return 0;
}
