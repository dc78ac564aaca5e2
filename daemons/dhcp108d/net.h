/* SPDX-License-Identifier: GPL-2.0 */
/* One access network at run time: its interface, its gate, its server. */
#ifndef DHCP108D_NET_H
#define DHCP108D_NET_H

#include "server.h"
#include "udp4.h"

#include "../common/conf.h"
#include "../common/health.h"
#include "../common/links.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;
struct xlat_view;

/**
 * struct net - a network that is served
 * @conf: its section
 * @base: event loop
 * @links: interfaces of the host
 * @server: what it answers
 * @health: may clients be sent to the translator
 * @link: its interface, with ifindex 0 while there is none
 * @server_id: own identifier
 * @subnets: own IPv4 addresses
 * @nsubnets: entries of @subnets
 * @fd: packet socket, -1 while there is no interface
 * @readable: event of @fd
 * @packet_errors: packets that were not taken, by reason
 * @message_errors: messages that were not taken, by reason
 * @send_errors: answers that could not be sent
 * @told_missing: the log says that the interface is missing
 */
struct net {
	struct conf_network conf;
	struct event_base *base;
	struct links *links;
	struct server server;
	struct health health;
	struct link_info link;
	struct in_addr server_id;
	struct links_addr4 subnets[SERVER_MAX_SUBNETS];
	unsigned int nsubnets;
	int fd;
	struct event *readable;
	uint64_t packet_errors[UDP4_ERRORS];
	uint64_t message_errors[DHCP4_ERRORS];
	uint64_t send_errors;
	bool told_missing;
};

/**
 * net_new() - begin to serve a network
 * @conf: its section, copied
 * @base: event loop
 * @links: interfaces of the host; outlives the network
 *
 * Return: the network, NULL without memory.
 */
struct net *net_new(const struct conf_network *conf, struct event_base *base,
		    struct links *links);
void net_free(struct net *n);

/* Takes changed settings; who was seen and the counters stay. */
void net_configure(struct net *n, const struct conf_network *conf);

/* Looks at the interface again. */
void net_links_changed(struct net *n);

/**
 * net_xlat_changed() - look at the translator again
 * @n: network
 * @view: state of the module
 *
 * Return: when to look again without a change, CLOCK_NEVER if not.
 */
uint64_t net_xlat_changed(struct net *n, const struct xlat_view *view);

#endif
