// SPDX-License-Identifier: GPL-2.0
#include "prom.h"

#include <event2/buffer.h>
#include <inttypes.h>

void prom_head(const struct prom *p, const char *type, const char *help)
{
	evbuffer_add_printf(p->out, "# HELP nat64_%s %s\n# TYPE nat64_%s %s\n",
			    p->name, help, p->name, type);
}

void prom_value(const struct prom *p, uint64_t v)
{
	evbuffer_add_printf(p->out, "nat64_%s{network=\"%s\"} %" PRIu64 "\n",
			    p->name, p->network, v);
}

void prom_label(const struct prom *p, const char *key, const char *label,
		uint64_t v)
{
	evbuffer_add_printf(p->out,
			    "nat64_%s{network=\"%s\",%s=\"%s\"} %" PRIu64 "\n",
			    p->name, p->network, key, label, v);
}
