// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include "iface.h"
#include "others.h"

#include "../common/gate.h"
#include "../common/prom.h"

static void advertising(const struct prom *p, const struct iface *f)
{
	prom_value(p, !sched_stopped(&f->sched));
}

static void translating(const struct prom *p, const struct iface *f)
{
	prom_value(p, gate_up(f->gate));
}

static void health(const struct prom *p, const struct iface *f)
{
	prom_label(p, "reason", gate_reason(f->gate), 1);
}

static void prefixes(const struct prom *p, const struct iface *f)
{
	const struct ra_msg *msg = iface_says(f);
	unsigned int i, alive = 0;

	for (i = 0; i < msg->npref64; i++)
		alive += msg->pref64[i].lifetime > 0;
	prom_label(p, "state", "alive", alive);
	prom_label(p, "state", "withdrawn", msg->npref64 - alive);
}

static void sent(const struct prom *p, const struct iface *f)
{
	prom_label(p, "to", "all", f->sent_multicast);
	prom_label(p, "to", "host", f->sent_unicast);
}

static void send_failed(const struct prom *p, const struct iface *f)
{
	prom_value(p, f->send_errors);
}

static void solicited(const struct prom *p, const struct iface *f)
{
	prom_value(p, f->solicited);
}

static void malformed(const struct prom *p, const struct iface *f)
{
	unsigned int i;

	for (i = RA_OK + 1; i < RA_ERRORS; i++)
		prom_label(p, "reason", ra_error_name(i), f->errors[i]);
	prom_label(p, "reason", "bad_pref64", f->bad_pref64);
}

static void routers(const struct prom *p, const struct iface *f)
{
	unsigned int agree = 0, disagree = 0;
	const struct other *r = NULL;

	while ((r = others_next(f->others, r)))
		*(r->told[0] ? &disagree : &agree) += 1;
	prom_label(p, "agrees", "yes", agree);
	prom_label(p, "agrees", "no", disagree);
}

static const struct {
	const char *name;
	const char *type;
	const char *help;
	void (*print)(const struct prom *p, const struct iface *f);
} families[] = {
	{ "ra_advertising", "gauge", "Whether advertisements are sent.",
	  advertising },
	{ "ra_translating", "gauge",
	  "Whether hosts may be told of the translator.", translating },
	{ "ra_health_info", "gauge", "Why, or why not.", health },
	{ "ra_pref64", "gauge", "Translation prefixes that are advertised.",
	  prefixes },
	{ "ra_sent_total", "counter", "Advertisements.", sent },
	{ "ra_send_failed_total", "counter",
	  "Advertisements that could not be sent.", send_failed },
	{ "ra_solicitations_total", "counter", "Solicitations of hosts.",
	  solicited },
	{ "ra_malformed_total", "counter",
	  "Messages that were not taken, by reason.", malformed },
	{ "ra_other_routers", "gauge", "Other routers on the link.", routers },
};

void metrics_all(struct iface *const *ifaces, unsigned int count,
		 struct evbuffer *out)
{
	struct prom p = { .out = out };
	unsigned int f, i;

	for (f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		p.name = families[f].name;
		prom_head(&p, families[f].type, families[f].help);
		for (i = 0; i < count; i++) {
			p.network = ifaces[i]->conf.name;
			families[f].print(&p, ifaces[i]);
		}
	}
}
