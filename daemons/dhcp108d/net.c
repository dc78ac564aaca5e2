// SPDX-License-Identifier: GPL-2.0
#include "net.h"

#include "adoption.h"
#include "port.h"

#include "../common/clock.h"
#include "../common/log.h"
#include "../common/xlat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Frames taken in one go, so that timers and the control socket get a turn. */
#define BATCH 64

static void choose_server_id(struct net *n)
{
	unsigned int i;

	n->nsubnets = links_addrs4(n->links, n->link.ifindex, n->subnets,
				   SERVER_MAX_SUBNETS);
	n->server_id = n->conf.dhcp.server_id;
	for (i = 0; i < n->nsubnets && !n->server_id.s_addr; i++)
		n->server_id = n->subnets[i].addr;
	if (!n->server_id.s_addr)
		n->server_id.s_addr = htonl(SERVER_DUMMY_ID);
}

static void make_env(const struct net *n, struct server_env *env)
{
	env->serving = n->health.up;
	env->server_id = n->server_id;
	memcpy(env->subnets, n->subnets, sizeof(env->subnets));
	env->nsubnets = n->nsubnets;
	env->now = clock_now_ms();
	env->wall = (uint64_t)time(NULL);
}

static void send_reply(struct net *n, const struct port_frame *f,
		       const struct dhcp4_msg *req, struct dhcp4_reply *reply)
{
	struct server_dest to = server_route(req, reply);
	uint8_t packet[UDP4_HEADERS + DHCP4_MAX_LEN];
	const uint8_t *mac = NULL;
	size_t len;
	int err;

	if (to.l2 == SERVER_L2_CLIENT)
		mac = req->chaddr;
	else if (to.l2 == SERVER_L2_SENDER)
		mac = f->from;
	len = dhcp4_build(packet + UDP4_HEADERS, req, reply);
	n->server.dropped_relay_info += reply->dropped_relay_info;
	len = udp4_wrap(packet, len, n->server_id, to.addr, to.port);
	err = port_send(n->fd, n->link.ifindex, mac, packet, len);
	if (!err)
		return;
	n->send_errors++;
	log_debug("[%s] cannot answer on %s: %s", n->conf.name,
		  n->conf.interface, strerror(-err));
}

static void take_frame(struct net *n, const struct port_frame *f)
{
	struct dhcp4_reply reply;
	struct udp4_packet p;
	struct server_env env;
	struct dhcp4_msg req;
	enum server_verdict v;
	unsigned int err;

	err = udp4_parse(f->data, f->len, f->sum_missing, &p);
	n->packet_errors[err]++;
	if (err)
		return;
	err = dhcp4_parse(p.data, p.len, &req);
	n->message_errors[err]++;
	if (err) {
		log_debug("[%s] message ignored: %s", n->conf.name,
			  dhcp4_error_name(err));
		return;
	}
	make_env(n, &env);
	v = server_answer(&n->server, &env, &req, &reply);
	log_debug("[%s] message %u: %s", n->conf.name, req.type,
		  server_verdict_name(v));
	if (server_replies(v))
		send_reply(n, f, &req, &reply);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct port_frame f;
	struct net *n = arg;
	int got = 1;
	int i;

	(void)what;
	for (i = 0; i < BATCH && got > 0; i++) {
		got = port_receive(fd, &f);
		if (got > 0)
			take_frame(n, &f);
	}
	if (got < 0 && got != -ENETDOWN)
		log_warn("[%s] %s: %s", n->conf.name, n->conf.interface,
			 strerror(-got));
}

static void stop_listening(struct net *n)
{
	if (n->readable)
		event_free(n->readable);
	n->readable = NULL;
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

static void listen_on(struct net *n)
{
	n->fd = port_open(n->link.ifindex);
	if (n->fd < 0) {
		log_err("[%s] cannot listen on %s: %s", n->conf.name,
			n->conf.interface, strerror(-n->fd));
		n->fd = -1;
		return;
	}
	n->readable = event_new(n->base, n->fd, EV_READ | EV_PERSIST,
				on_readable, n);
	if (!n->readable || event_add(n->readable, NULL)) {
		log_err("[%s] out of memory", n->conf.name);
		stop_listening(n);
		return;
	}
	log_info("[%s] serving on %s", n->conf.name, n->conf.interface);
}

void net_links_changed(struct net *n)
{
	struct link_info link = { 0 };

	if (!links_find(n->links, n->conf.interface, &link) &&
	    !n->told_missing) {
		log_warn("[%s] waiting for interface %s, which does not exist",
			 n->conf.name, n->conf.interface);
		n->told_missing = true;
	}
	if (link.ifindex)
		n->told_missing = false;
	if (link.ifindex != n->link.ifindex)
		stop_listening(n);
	n->link = link;
	if (link.ifindex && n->fd < 0)
		listen_on(n);
	choose_server_id(n);
}

uint64_t net_xlat_changed(struct net *n, const struct xlat_view *view)
{
	const char *problem = health_judge(view, n->conf.instance);
	const char *reason = n->health.reason;
	bool up = n->health.up;
	uint64_t again;

	again = health_update(&n->health, problem, clock_now_ms());
	if (up != n->health.up || reason != n->health.reason)
		log_info("[%s] option 108 is %s: instance %s: %s",
			 n->conf.name, n->health.up ? "granted" : "withheld",
			 n->conf.instance, n->health.reason);
	return again;
}

struct net *net_new(const struct conf_network *conf, struct event_base *base,
		    struct links *links)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->conf = *conf;
	n->server.conf = &n->conf.dhcp;
	n->base = base;
	n->links = links;
	n->fd = -1;
	health_init(&n->health);
	if (server_init(&n->server, clock_now_ms())) {
		free(n);
		return NULL;
	}
	net_links_changed(n);
	return n;
}

void net_free(struct net *n)
{
	stop_listening(n);
	server_fini(&n->server);
	free(n);
}

void net_configure(struct net *n, const struct conf_network *conf)
{
	bool moved = strcmp(n->conf.interface, conf->interface);

	n->conf = *conf;
	if (moved) {
		stop_listening(n);
		n->told_missing = false;
	}
	net_links_changed(n);
}
