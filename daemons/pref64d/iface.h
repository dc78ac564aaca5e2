/* SPDX-License-Identifier: GPL-2.0 */
/* One access network at run time: its interface and what is advertised. */
#ifndef PREF64D_IFACE_H
#define PREF64D_IFACE_H

#include "advert.h"
#include "past.h"
#include "ra.h"
#include "sched.h"
#include "store.h"

#include "../common/conf.h"
#include "../common/links.h"
#include "../common/xlat.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;
struct gate;
struct others;
struct port_packet;

/**
 * struct iface_world - what all networks share
 * @links: interfaces of the host
 * @xlat: the translator
 * @store: what survives
 * @save: fires when @store has changed
 * @fd: ICMPv6 socket
 */
struct iface_world {
	struct links *links;
	struct xlat *xlat;
	struct store *store;
	struct event *save;
	int fd;
};

/**
 * struct iface - a network that is advertised on
 * @conf: its section
 * @world: what all networks share
 * @gate: does the translator serve
 * @told: the gate's reason that the log has
 * @was_up: and its state
 * @since: when the configuration was taken
 * @link: its interface, with ifindex 0 while there is none
 * @joined: ifindex on which solicitations are heard, 0 for none
 * @source: link-local address it advertises from
 * @own: the one it took of those of the interface
 * @forwarding: the interface forwards
 * @told_no_forwarding: the log says that it does not
 * @told_mtu: the MTU of the link for which the log says that ours is too large
 * @told_send: the error of the last advertisement to all, which the log has
 * @told_wkp: the log says what the Well-Known Prefix is not for
 * @state: what it does or waits for, in words
 * @pref64: translation prefixes
 * @past: what was advertised
 * @msg: what is advertised
 * @msg_known: so it is, or would be if another router had not @source
 * @sched: when
 * @timer: fires at the next thing to do
 * @others: other routers on the link
 * @ending: the network is to go, final advertisements are on their way
 * @sent_multicast: advertisements to all
 * @sent_unicast: advertisements to one host
 * @send_errors: advertisements that could not be sent
 * @solicited: valid solicitations
 * @errors: messages that were not taken, by reason
 * @bad_pref64: PREF64 options of others that were passed over
 */
struct iface {
	struct conf_network conf;
	const struct iface_world *world;
	struct gate *gate;
	const char *told;
	bool was_up;
	uint64_t since;
	struct link_info link;
	int joined;
	struct in6_addr source;
	struct in6_addr own;
	bool forwarding;
	bool told_no_forwarding;
	unsigned int told_mtu;
	int told_send;
	bool told_wkp;
	const char *state;
	struct advert_pref64 pref64;
	struct past past;
	struct ra_msg msg;
	bool msg_known;
	struct sched sched;
	struct event *timer;
	struct others *others;
	bool ending;
	uint64_t sent_multicast;
	uint64_t sent_unicast;
	uint64_t send_errors;
	uint64_t solicited;
	uint64_t errors[RA_ERRORS];
	uint64_t bad_pref64;
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

/* Takes changed settings; statistics stay. One that was ending goes on. */
void iface_configure(struct iface *f, const struct conf_network *conf);

/* Looks at interface and translator again. */
void iface_update(struct iface *f);

/* The module changed. */
void iface_xlat_changed(struct iface *f);

/* Sends the final advertisements; iface_ended() tells when they are out. */
void iface_end(struct iface *f);
bool iface_ended(const struct iface *f);

/* What hosts are told now: nothing while it does not advertise. */
const struct ra_msg *iface_says(const struct iface *f);

/* A message arrived on its interface. */
void iface_receive(struct iface *f, const struct port_packet *p);

#endif
