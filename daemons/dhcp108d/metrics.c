// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include "adoption.h"
#include "lease.h"
#include "net.h"

#include "../common/prom.h"

static void verdicts(const struct prom *p, const struct net *n)
{
	unsigned int i;

	for (i = 0; i < SERVER_VERDICTS; i++)
		prom_label(p, "verdict", server_verdict_name(i),
			   n->server.counts[i]);
}

static void malformed(const struct prom *p, const struct net *n)
{
	unsigned int i;

	for (i = UDP4_OK + 1; i < UDP4_ERRORS; i++)
		prom_label(p, "reason", udp4_error_name(i),
			   n->packet_errors[i]);
	for (i = DHCP4_OK + 1; i < DHCP4_ERRORS; i++)
		prom_label(p, "reason", dhcp4_error_name(i),
			   n->message_errors[i]);
}

static void addresses(const struct prom *p, const struct net *n)
{
	unsigned int i;

	for (i = 0; i < LEASE_STATES; i++)
		prom_label(p, "state", lease_state_name(i),
			   leases_count(n->server.leases, i));
}

static void granting(const struct prom *p, const struct net *n)
{
	prom_value(p, net_granting(n));
}

static void health(const struct prom *p, const struct net *n)
{
	prom_label(p, "reason", net_reason(n), 1);
}

static void devices(const struct prom *p, const struct net *n)
{
	unsigned int all = adoption_devices(n->server.devices);
	unsigned int capable = adoption_capable(n->server.devices);

	prom_label(p, "capable", "yes", capable);
	prom_label(p, "capable", "no", all - capable);
}

static void conflicts(const struct prom *p, const struct net *n)
{
	prom_value(p, n->server.conflicts);
}

static void store(const struct prom *p, const struct net *n)
{
	prom_value(p, n->store_errors);
}

static const struct {
	const char *name;
	const char *type;
	const char *help;
	void (*print)(const struct prom *p, const struct net *n);
} families[] = {
	{ "dhcp_granting", "gauge",
	  "Whether clients may be told to do without IPv4.", granting },
	{ "dhcp_health_info", "gauge", "Why, or why not.", health },
	{ "dhcp_messages_total", "counter",
	  "Messages of clients by what became of them.", verdicts },
	{ "dhcp_malformed_total", "counter",
	  "Packets that were not taken, by reason.", malformed },
	{ "dhcp_addresses", "gauge", "Addresses to lease by state.",
	  addresses },
	{ "dhcp_devices", "gauge", "Devices seen.", devices },
	{ "dhcp_conflicts_total", "counter",
	  "Addresses that were found in use before they were offered.",
	  conflicts },
	{ "dhcp_store_failed_total", "counter",
	  "Times that leases could not be written to the disk.", store },
};

void metrics_all(struct net *const *nets, unsigned int count,
		 struct evbuffer *out)
{
	struct prom p = { .out = out };
	unsigned int f, i;

	for (f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		p.name = families[f].name;
		prom_head(&p, families[f].type, families[f].help);
		for (i = 0; i < count; i++) {
			p.network = nets[i]->conf.name;
			families[f].print(&p, nets[i]);
		}
	}
}
