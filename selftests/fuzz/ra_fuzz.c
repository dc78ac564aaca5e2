// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a host or router sends is read without harm; what was read can be
 * built, and reading that gives the same again.
 */
#include "pref64d/ra.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct in6_addr src = { .s6_addr = { 0xfe, 0x80, [15] = 1 } };

static void must(int condition)
{
	if (!condition)
		abort();
}

static void rebuild(const struct ra_msg *msg)
{
	static struct ra_msg again;
	uint8_t buf[32768];
	unsigned int next = 0;
	size_t len;

	len = ra_build(buf, sizeof(buf), msg, &next);
	must(len && ra_complete(msg, next));
	must(ra_parse(buf, len, 255, &src, &again) == RA_OK);
	must(again.npref64 == msg->npref64 &&
	     again.nprefixes == msg->nprefixes &&
	     again.nroutes == msg->nroutes && again.ndns == msg->ndns &&
	     again.nsearch == msg->nsearch);
	must(!memcmp(again.pref64, msg->pref64, sizeof(msg->pref64)));
	must(!memcmp(again.prefixes, msg->prefixes, sizeof(msg->prefixes)));
	must(!memcmp(again.routes, msg->routes, sizeof(msg->routes)));
	must(!memcmp(again.dns, msg->dns, sizeof(msg->dns)));
	must(!strcmp(again.captive_portal, msg->captive_portal));
}

static void rebuild_small(const struct ra_msg *msg)
{
	unsigned int next = 0, before;
	uint8_t buf[1240];
	size_t len;

	while (!ra_complete(msg, next)) {
		before = next;
		len = ra_build(buf, sizeof(buf), msg, &next);
		must(len && len <= sizeof(buf) && next > before);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ra_msg msg;
	bool mac;

	rs_parse(data, size, 255, &src, &mac);
	if (ra_parse(data, size, 255, &src, &msg))
		return 0;
	rebuild(&msg);
	rebuild_small(&msg);
	return 0;
}
