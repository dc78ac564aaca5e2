/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to answer to whom: the server side of RFC 8925 on an IPv6-only
 * network. Pure: the caller brings messages, time and the translator's state.
 */
#ifndef DHCP108D_SERVER_H
#define DHCP108D_SERVER_H

#include "dhcp4.h"

#include "../common/bucket.h"
#include "../common/conf.h"
#include "../common/links.h"

#include <stdbool.h>
#include <stdint.h>

/* Answers to one hardware address: 8 at once, then one a second. */
#define SERVER_MAC_BURST 8
#define SERVER_MAC_RATE 1
#define SERVER_MAX_MACS 8192
/* Answers to all of them. */
#define SERVER_ALL_BURST 4000
#define SERVER_ALL_RATE 4000

#define SERVER_MAX_SUBNETS 8

/*
 * Server identifier of an interface without any IPv4 address: the IPv4 dummy
 * address (RFC 7600). It belongs to no host, so that nobody is disturbed when
 * a client that takes no address all the same sends to it, and the clients
 * that know option 108 accept it.
 */
#define SERVER_DUMMY_ID 0xc0000008u	/* 192.0.0.8 */

/* What became of a message, also the index of a counter. */
enum server_verdict {
	SERVER_OFFER,		/* told to do without IPv4 */
	SERVER_OFFER_AUTOCONF,	/* told not to make up an address */
	SERVER_NAK,
	SERVER_NOT_ASKED,	/* does not ask for option 108 */
	SERVER_GATE_DOWN,	/* translator cannot serve */
	SERVER_OTHER_SERVER,	/* meant for another server */
	SERVER_RELAY_UNKNOWN,
	SERVER_RATE_LIMITED,
	SERVER_INFORM,		/* nothing is configured by INFORM here */
	SERVER_DECLINE,		/* no address was given that could be declined */
	SERVER_RELEASE,		/* or released */
	SERVER_NONSENSE,	/* REQUEST that names no address at all */
	SERVER_VERDICTS
};

struct adoption;
struct keytab;

/**
 * struct server - the service on one network
 * @conf: its configuration
 * @devices: who was seen
 * @macs: buckets of hardware addresses
 * @all: bucket of all together
 * @counts: messages by verdict
 * @dropped_relay_info: answers in which option 82 found no room
 */
struct server {
	const struct conf_dhcp *conf;
	struct adoption *devices;
	struct keytab *macs;
	struct bucket all;
	uint64_t counts[SERVER_VERDICTS];
	uint64_t dropped_relay_info;
};

/**
 * struct server_env - the world at the time of a message
 * @serving: the translator can serve
 * @server_id: own identifier, network byte order
 * @subnets: own IPv4 addresses with their prefix lengths
 * @nsubnets: entries of @subnets
 * @now: clock in milliseconds
 * @wall: seconds since 1970
 */
struct server_env {
	bool serving;
	struct in_addr server_id;
	struct links_addr4 subnets[SERVER_MAX_SUBNETS];
	unsigned int nsubnets;
	uint64_t now;
	uint64_t wall;
};

/* Where the frame of an answer goes. */
enum server_l2 {
	SERVER_L2_BROADCAST,
	SERVER_L2_CLIENT,	/* chaddr */
	SERVER_L2_SENDER,	/* whoever sent the frame: the relay */
};

struct server_dest {
	struct in_addr addr;
	uint16_t port;
	enum server_l2 l2;
};

/* @s->conf is set by the caller, before and whenever it changes. */
int server_init(struct server *s, uint64_t now);
void server_fini(struct server *s);

/**
 * server_answer() - decide about a message
 * @s: server
 * @env: world
 * @req: message
 * @reply: answer, for SERVER_OFFER, SERVER_OFFER_AUTOCONF and SERVER_NAK
 *
 * RFC 8925, section 3.3; RFC 2131, section 4.3; RFC 2563, section 2.3.
 *
 * Return: what to do, counted.
 */
enum server_verdict server_answer(struct server *s,
				  const struct server_env *env,
				  const struct dhcp4_msg *req,
				  struct dhcp4_reply *reply);

/* Does the verdict come with an answer? */
bool server_replies(enum server_verdict v);

/* Where an answer goes: RFC 2131, section 4.1. */
struct server_dest server_route(const struct dhcp4_msg *req,
				const struct dhcp4_reply *reply);

const char *server_verdict_name(enum server_verdict v);

#endif
