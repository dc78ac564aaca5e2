// SPDX-License-Identifier: GPL-2.0
#include "net.h"

#include "echo.h"
#include "lease.h"
#include "outbox.h"
#include "port.h"
#include "rogue.h"
#include "serve.h"

#include "../common/clock.h"
#include "../common/gate.h"
#include "../common/keytab.h"
#include "../common/log.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static void choose_server_id(struct net *n)
{
	unsigned int i;

	n->nsubnets = links_addrs4(n->world->links, n->link.ifindex, n->subnets,
				   SERVER_MAX_SUBNETS);
	n->server_id = n->conf.dhcp.server_id;
	for (i = 0; i < n->nsubnets && !n->server_id.s_addr; i++)
		n->server_id = n->subnets[i].addr;
	if (!n->server_id.s_addr)
		n->server_id.s_addr = htonl(SERVER_DUMMY_ID);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	serve_frames(arg);
}

static void on_arp(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	serve_arp(arg);
}

static void on_echo(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	serve_echo(arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	serve_timer(arg);
}

static void close_socket(int *fd, struct event **ev)
{
	if (*ev)
		event_free(*ev);
	*ev = NULL;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void stop_listening(struct net *n)
{
	close_socket(&n->fd, &n->readable);
	close_socket(&n->arp_fd, &n->arp_readable);
	close_socket(&n->echo_fd, &n->echo_readable);
}

/* Takes a new socket @fd, or says why there is none. */
static int listen_to(struct net *n, int fd, event_callback_fn heard,
		     struct event **ev)
{
	if (fd < 0) {
		log_err("[%s] cannot listen on %s: %s", n->conf.name,
			n->conf.interface, strerror(-fd));
		return -1;
	}
	*ev = event_new(n->world->base, fd, EV_READ | EV_PERSIST, heard, n);
	if (*ev && !event_add(*ev, NULL))
		return fd;
	log_err("[%s] out of memory", n->conf.name);
	close_socket(&fd, ev);
	return -1;
}

/* Only Ethernet has the ARP that is spoken here. */
static bool looks_by_arp(const struct net *n)
{
	return n->conf.dhcp.probe && leases_total(n->server.leases) &&
	       n->link.arptype == ARPHRD_ETHER && n->link.mac_len == 6;
}

static bool looks_by_echo(const struct net *n)
{
	return n->conf.dhcp.probe && leases_total(n->server.leases) &&
	       n->conf.dhcp.nrelays;
}

static void listen_for_users(struct net *n)
{
	if (!looks_by_arp(n))
		close_socket(&n->arp_fd, &n->arp_readable);
	else if (n->arp_fd < 0)
		n->arp_fd = listen_to(n, port_open(n->link.ifindex, true),
				      on_arp, &n->arp_readable);
	if (!looks_by_echo(n))
		close_socket(&n->echo_fd, &n->echo_readable);
	else if (n->echo_fd < 0)
		n->echo_fd = listen_to(n, echo_open(), on_echo,
				       &n->echo_readable);
}

static void listen_on(struct net *n)
{
	if (n->fd < 0) {
		n->fd = listen_to(n, port_open(n->link.ifindex, false),
				  on_readable, &n->readable);
		if (n->fd >= 0)
			log_info("[%s] serving on %s", n->conf.name,
				 n->conf.interface);
	}
	listen_for_users(n);
}

void net_links_changed(struct net *n)
{
	struct link_info link = { 0 };

	if (!links_find(n->world->links, n->conf.interface, &link) &&
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
	if (link.ifindex)
		listen_on(n);
	choose_server_id(n);
}

bool net_granting(const struct net *n)
{
	return n->conf.dhcp.elsewhere || gate_up(n->gate);
}

const char *net_reason(const struct net *n)
{
	return n->conf.dhcp.elsewhere ? "another machine translates" :
					gate_reason(n->gate);
}

static void tell_gate(struct net *n)
{
	bool up = net_granting(n);

	if (n->told_reason != net_reason(n) || n->told_up != up)
		log_info("[%s] option 108 is %s: instance %s: %s",
			 n->conf.name, up ? "granted" : "withheld",
			 n->conf.instance, net_reason(n));
	n->told_up = up;
	n->told_reason = net_reason(n);
}

static void on_gate(void *ctx)
{
	tell_gate(ctx);
}

void net_xlat_changed(struct net *n)
{
	gate_look(n->gate);
	tell_gate(n);
}

static bool make_parts(struct net *n)
{
	n->outbox = calloc(1, sizeof(*n->outbox));
	n->rogues = rogues_new();
	n->timer = evtimer_new(n->world->base, on_timer, n);
	n->gate = gate_new(&n->conf, n->world->base, n->world->xlat, on_gate,
			   n);
	return n->outbox && n->rogues && n->timer && n->gate &&
	       !server_init(&n->server, clock_now_ms());
}

struct net *net_new(const struct conf_network *conf, const struct world *world)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->conf = *conf;
	n->server.conf = &n->conf.dhcp;
	n->world = world;
	n->fd = -1;
	n->arp_fd = -1;
	n->echo_fd = -1;
	if (!make_parts(n) ||
	    getrandom(&n->echo_id, sizeof(n->echo_id), 0) < 0) {
		net_free(n);
		return NULL;
	}
	serve_open_files(n);
	net_links_changed(n);
	tell_gate(n);
	return n;
}

void net_free(struct net *n)
{
	stop_listening(n);
	if (n->server.leases)
		serve_close_files(n);
	server_fini(&n->server);
	if (n->gate)
		gate_free(n->gate);
	if (n->timer)
		event_free(n->timer);
	keytab_free(n->rogues);
	free(n->outbox);
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
	if (server_configure(&n->server))
		log_err("[%s] out of memory: the pools stay as they were",
			n->conf.name);
	gate_configure(n->gate, conf);
	serve_open_files(n);
	net_links_changed(n);
	tell_gate(n);
}
