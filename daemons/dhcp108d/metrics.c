// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include "adoption.h"
#include "lease.h"
#include "net.h"

#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>

static void begin(struct evbuffer *out, const char *name, const char *type,
		  const char *help)
{
	evbuffer_add_printf(out, "# HELP nat64_dhcp_%s %s\n"
			    "# TYPE nat64_dhcp_%s %s\n", name, help, name,
			    type);
}

/* Names of networks and labels need no escapes: confkey_name() sees to it. */
static void value(struct evbuffer *out, const char *name, const struct net *n,
		  const char *labels, uint64_t v)
{
	evbuffer_add_printf(out,
			    "nat64_dhcp_%s{network=\"%s\"%s} %" PRIu64 "\n",
			    name, n->conf.name, labels, v);
}

static void verdicts(struct evbuffer *out, const struct net *n)
{
	char label[64];
	unsigned int i;

	for (i = 0; i < SERVER_VERDICTS; i++) {
		snprintf(label, sizeof(label), ",verdict=\"%s\"",
			 server_verdict_name(i));
		value(out, "messages_total", n, label, n->server.counts[i]);
	}
}

static void malformed(struct evbuffer *out, const struct net *n)
{
	char label[64];
	unsigned int i;

	for (i = UDP4_OK + 1; i < UDP4_ERRORS; i++) {
		snprintf(label, sizeof(label), ",reason=\"%s\"",
			 udp4_error_name(i));
		value(out, "malformed_total", n, label, n->packet_errors[i]);
	}
	for (i = DHCP4_OK + 1; i < DHCP4_ERRORS; i++) {
		snprintf(label, sizeof(label), ",reason=\"%s\"",
			 dhcp4_error_name(i));
		value(out, "malformed_total", n, label, n->message_errors[i]);
	}
}

static void addresses(struct evbuffer *out, const struct net *n)
{
	char label[64];
	unsigned int i;

	for (i = 0; i < LEASE_STATES; i++) {
		snprintf(label, sizeof(label), ",state=\"%s\"",
			 lease_state_name(i));
		value(out, "addresses", n, label,
		      leases_count(n->server.leases, i));
	}
}

static void granting(struct evbuffer *out, const struct net *n)
{
	value(out, "granting", n, "", net_granting(n));
}

static void devices(struct evbuffer *out, const struct net *n)
{
	unsigned int all = adoption_devices(n->server.devices);
	unsigned int capable = adoption_capable(n->server.devices);

	value(out, "devices", n, ",capable=\"yes\"", capable);
	value(out, "devices", n, ",capable=\"no\"", all - capable);
}

static void conflicts(struct evbuffer *out, const struct net *n)
{
	value(out, "conflicts_total", n, "", n->server.conflicts);
}

static void store(struct evbuffer *out, const struct net *n)
{
	value(out, "store_failed_total", n, "", n->store_errors);
}

static const struct {
	const char *name;
	const char *type;
	const char *help;
	void (*print)(struct evbuffer *out, const struct net *n);
} families[] = {
	{ "granting", "gauge",
	  "Whether clients may be told to do without IPv4.", granting },
	{ "messages_total", "counter",
	  "Messages of clients by what became of them.", verdicts },
	{ "malformed_total", "counter",
	  "Packets that were not taken, by reason.", malformed },
	{ "addresses", "gauge", "Addresses to lease by state.", addresses },
	{ "devices", "gauge", "Devices seen.", devices },
	{ "conflicts_total", "counter",
	  "Addresses that were found in use before they were offered.",
	  conflicts },
	{ "store_failed_total", "counter",
	  "Times that leases could not be written to the disk.", store },
};

void metrics_all(struct net *const *nets, unsigned int count,
		 struct evbuffer *out)
{
	unsigned int f, i;

	for (f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		begin(out, families[f].name, families[f].type,
		      families[f].help);
		for (i = 0; i < count; i++)
			families[f].print(out, nets[i]);
	}
}
