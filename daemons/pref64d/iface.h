/* SPDX-License-Identifier: GPL-2.0 */
/* One access network at run time: its interface and what is advertised. */
#ifndef PREF64D_IFACE_H
#define PREF64D_IFACE_H

#include "advert.h"
#include "ra.h"
#include "sched.h"

#include "../common/conf.h"
#include "../common/health.h"
#include "../common/links.h"
#include "../common/xlat.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;
struct others;
struct port_packet;

/**
 * struct iface_world - what all networks share
 * @links: interfaces of the host
 * @xlat: the translator
 * @fd: ICMPv6 socket
 */
struct iface_world {
	struct links *links;
	struct xlat *xlat;
	int fd;
};

/**
 * struct iface - a network that is advertised on
 * @conf: its section
 * @world: what all networks share
 * @health: does the translator serve
 * @look_again: when the gate wants to be looked at, CLOCK_NEVER if not
 * @link: its interface, with ifindex 0 while there is none
 * @source: link-local address it advertises from
 * @forwarding: the interface forwards
 * @told_no_forwarding: the log says that it does not
 * @state: what it does or waits for, in words
 * @pref64: translation prefixes
 * @msg: what is advertised
 * @sched: when
 * @timer: fires at the next thing to do
 * @others: other routers on the link
 * @ending: the network is to go, final advertisements are on their way
 * @sent_multicast: advertisements to all
 * @sent_unicast: advertisements to one host
 * @send_errors: advertisements that could not be sent
 * @solicited: valid solicitations
 * @errors: messages that were not taken, by reason
 */
struct iface {
	struct conf_network conf;
	const struct iface_world *world;
	struct health health;
	uint64_t look_again;
	struct link_info link;
	struct in6_addr source;
	bool forwarding;
	bool told_no_forwarding;
	const char *state;
	struct advert_pref64 pref64;
	struct ra_msg msg;
	struct sched sched;
	struct event *timer;
	struct others *others;
	bool ending;
	uint64_t sent_multicast;
	uint64_t sent_unicast;
	uint64_t send_errors;
	uint64_t solicited;
	uint64_t errors[RA_ERRORS];
};

/**
 * iface_new() - begin to advertise on a network
 * @conf: its section, copied
 * @base: event loop
 * @world: what all networks share; outlives the network
 *
 * Return: the network, NULL without memory.
 */
struct iface *iface_new(const struct conf_network *conf,
			struct event_base *base,
			const struct iface_world *world);
void iface_free(struct iface *f);

/* Takes changed settings; statistics stay. */
void iface_configure(struct iface *f, const struct conf_network *conf);

/* Looks at interface and translator again. */
void iface_update(struct iface *f);

/* Sends the final advertisements; iface_ended() tells when they are out. */
void iface_end(struct iface *f);
bool iface_ended(const struct iface *f);

/* A message arrived on its interface. */
void iface_receive(struct iface *f, const struct port_packet *p);

#endif
