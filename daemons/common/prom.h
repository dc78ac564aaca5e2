/* SPDX-License-Identifier: GPL-2.0 */
/* Metrics in the text format of Prometheus. */
#ifndef NAT64D_PROM_H
#define NAT64D_PROM_H

#include <stdint.h>

struct evbuffer;

/**
 * struct prom - values of one name
 * @out: where they go
 * @name: without nat64_
 * @network: whose they are. Names of networks and labels need no escapes:
 *	     confkey_name() sees to it
 */
struct prom {
	struct evbuffer *out;
	const char *name;
	const char *network;
};

/* What comes before the values: @type is "counter" or "gauge". */
void prom_head(const struct prom *p, const char *type, const char *help);

/* A value, and one with a label more. */
void prom_value(const struct prom *p, uint64_t v);
void prom_label(const struct prom *p, const char *key, const char *label,
		uint64_t v);

#endif
