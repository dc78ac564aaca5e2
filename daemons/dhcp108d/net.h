/* SPDX-License-Identifier: GPL-2.0 */
/* One access network at run time: its interface, its gate, its server. */
#ifndef DHCP108D_NET_H
#define DHCP108D_NET_H

#include "server.h"
#include "udp4.h"

#include "../common/conf.h"
#include "../common/links.h"

#include <stdbool.h>
#include <stdint.h>

struct adoptfile;
struct event;
struct event_base;
struct gate;
struct keytab;
struct leasefile;
struct outbox;
struct xlat;

/**
 * struct world - what all networks share; outlives them
 * @base: event loop
 * @links: interfaces of the host
 * @xlat: the module
 * @state_dir: where leases and the count of devices are kept
 * @nets: the networks
 * @count: of @nets
 */
struct world {
	struct event_base *base;
	struct links *links;
	struct xlat *xlat;
	const char *state_dir;
	struct net **nets;
	unsigned int count;
};

/**
 * struct net - a network that is served
 * @conf: its section
 * @world: what it shares with others
 * @server: what it answers
 * @gate: may clients be sent to the translator
 * @told_up: what the log says of the gate
 * @told_reason: and why
 * @link: its interface, with ifindex 0 while there is none
 * @server_id: own identifier
 * @subnets: own IPv4 addresses
 * @nsubnets: entries of @subnets
 * @fd: packet socket, -1 while there is no interface
 * @readable: event of @fd
 * @arp_fd: the same for ARP, -1 where nothing is looked for
 * @arp_readable: event of @arp_fd
 * @echo_fd: the same for ICMP, through relays
 * @echo_readable: event of @echo_fd
 * @echo_id: identifier of its questions
 * @timer: when the server has something to do by itself
 * @outbox: answers that wait for the disk
 * @leasefile: leases on disk, NULL if there is none
 * @adoptfile: devices on disk, NULL if there is none
 * @save: when the devices are saved next
 * @rogues: servers that are not known
 * @packet_errors: packets that were not taken, by reason
 * @message_errors: messages that were not taken, by reason
 * @send_errors: answers that could not be sent
 * @store_errors: times that the disk did not take the leases
 * @told_empty: when the log said that the pool is empty
 * @told_relay: when it said that a relay is not known
 * @told_rogue: when the log spoke of another server, in seconds since 1970
 * @told_missing: the log says that the interface is missing
 */
struct net {
	struct conf_network conf;
	const struct world *world;
	struct server server;
	struct gate *gate;
	bool told_up;
	const char *told_reason;
	struct link_info link;
	struct in_addr server_id;
	struct links_addr4 subnets[SERVER_MAX_SUBNETS];
	unsigned int nsubnets;
	int fd;
	struct event *readable;
	int arp_fd;
	struct event *arp_readable;
	int echo_fd;
	struct event *echo_readable;
	uint16_t echo_id;
	struct event *timer;
	struct outbox *outbox;
	struct leasefile *leasefile;
	struct adoptfile *adoptfile;
	uint64_t save;
	struct keytab *rogues;
	uint64_t packet_errors[UDP4_ERRORS];
	uint64_t message_errors[DHCP4_ERRORS];
	uint64_t send_errors;
	uint64_t store_errors;
	uint64_t told_empty;
	uint64_t told_relay;
	uint64_t told_rogue;
	bool told_missing;
};

/**
 * net_new() - begin to serve a network
 * @conf: its section, copied
 * @world: what it shares with others
 *
 * Return: the network, NULL without memory.
 */
struct net *net_new(const struct conf_network *conf,
		    const struct world *world);
void net_free(struct net *n);

/* Takes changed settings; leases, who was seen and the counters stay. */
void net_configure(struct net *n, const struct conf_network *conf);

/* Looks at the interface again. */
void net_links_changed(struct net *n);

/* Looks at the translator again. */
void net_xlat_changed(struct net *n);

/* May clients be told to do without IPv4, and if not, why? */
bool net_granting(const struct net *n);
const char *net_reason(const struct net *n);

#endif
