// SPDX-License-Identifier: GPL-2.0
#include "gate.h"

#include "clock.h"
#include "conf.h"
#include "health.h"
#include "loop.h"
#include "ping.h"
#include "route4.h"
#include "xlat.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

/*
 * Routes are asked for and not followed: a router of the Internet sees more
 * changes of routes in a second than a daemon wants to hear of.
 */
#define ROUTE_INTERVAL_MS 500

struct gate {
	struct conf_health conf;
	char instance[CONF_NAME_LEN];
	const struct xlat *xlat;
	struct event *timer;
	struct event *readable;	/* answers to probes */
	struct route4 *route;
	struct ping *ping;
	struct health health;
	struct health_probe probe;
	uint64_t look_again;
	void (*changed)(void *ctx);
	void *ctx;
};

static const struct xlat_instance *instance(const struct gate *g)
{
	return xlat_find(xlat_view(g->xlat), g->instance);
}

static const char *judge(struct gate *g)
{
	const char *problem;

	problem = health_judge(xlat_view(g->xlat), g->instance);
	if (!problem && g->conf.route.s_addr && g->route)
		problem = route4_problem(g->route, g->conf.route);
	if (!problem)
		problem = g->probe.problem;
	return problem;
}

static void look(struct gate *g, uint64_t now)
{
	g->look_again = health_update(&g->health, judge(g), now);
	if (g->conf.route.s_addr && g->look_again > now + ROUTE_INTERVAL_MS)
		g->look_again = now + ROUTE_INTERVAL_MS;
	loop_at(g->timer, g->look_again < g->probe.next ? g->look_again :
							  g->probe.next);
}

/* Without a prefix there is nothing to ask through. */
static void ask(struct gate *g, uint64_t now)
{
	const struct xlat_instance *x;

	if (!health_probe_due(&g->probe, now))
		return;
	x = instance(g);
	if (x && x->nprefixes)
		ping_send(g->ping, &x->prefixes[0], g->conf.probe,
			  g->probe.seq);
}

static void look_and_tell(struct gate *g)
{
	uint64_t now = clock_now_ms();
	const char *reason = g->health.reason;
	bool up = g->health.up;

	ask(g, now);
	look(g, now);
	if (up != g->health.up || reason != g->health.reason)
		g->changed(g->ctx);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look_and_tell(arg);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct gate *g = arg;
	uint16_t seq;

	(void)fd;
	(void)what;
	while (ping_receive(g->ping, &seq))
		health_probe_answered(&g->probe, seq);
	look_and_tell(g);
}

static void probe_off(struct gate *g)
{
	if (g->readable)
		event_free(g->readable);
	g->readable = NULL;
	ping_close(g->ping);
	g->ping = NULL;
}

static void probe_on(struct gate *g)
{
	if (ping_open(&g->ping))
		return;
	g->readable = event_new(event_get_base(g->timer), ping_fd(g->ping),
				EV_READ | EV_PERSIST, on_readable, g);
	if (g->readable)
		event_add(g->readable, NULL);
}

static bool same_probe(const struct conf_health *a, const struct conf_health *b)
{
	return a->probe.s_addr == b->probe.s_addr &&
	       a->probe_interval == b->probe_interval;
}

void gate_configure(struct gate *g, const struct conf_network *conf)
{
	bool same = same_probe(&g->conf, &conf->health) &&
		    !strcmp(g->instance, conf->instance);

	g->conf = conf->health;
	strcpy(g->instance, conf->instance);
	if (!same) {
		probe_off(g);
		if (g->conf.probe.s_addr)
			probe_on(g);
		health_probe_init(&g->probe, g->conf.probe.s_addr ?
				  g->conf.probe_interval * 1000 : 0,
				  clock_now_ms());
		/* Nobody loses IPv4 because a probe has been configured. */
		if (g->health.up)
			g->probe.problem = NULL;
	}
	gate_look(g);
}

struct gate *gate_new(const struct conf_network *conf, struct event_base *base,
		      const struct xlat *xlat, void (*changed)(void *ctx),
		      void *ctx)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->xlat = xlat;
	g->changed = changed;
	g->ctx = ctx;
	health_init(&g->health);
	health_probe_init(&g->probe, 0, 0);
	g->timer = evtimer_new(base, on_timer, g);
	if (!g->timer || route4_open(&g->route)) {
		gate_free(g);
		return NULL;
	}
	gate_configure(g, conf);
	return g;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	probe_off(g);
	route4_close(g->route);
	if (g->timer)
		event_free(g->timer);
	free(g);
}

void gate_look(struct gate *g)
{
	uint64_t now = clock_now_ms();

	ask(g, now);
	look(g, now);
}

bool gate_up(const struct gate *g)
{
	return g->health.up;
}

bool gate_unsure(const struct gate *g)
{
	return health_probe_unsure(&g->probe) &&
	       g->health.reason == g->probe.problem;
}

const char *gate_reason(const struct gate *g)
{
	return g->health.reason;
}
