/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers to clients: the server side of RFC 8925 on an IPv6-only or
 * IPv6-mostly network. Pure: the caller brings messages, time and the translator's state.
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

/* For how long an offered address waits for the client's request. */
#define SERVER_HOLD_MS 60000
/* An empty pool takes back what was offered so long ago. */
#define SERVER_HASTY_HOLD_MS 5000
/* For how long nobody gets an address that somebody else uses. */
#define SERVER_QUARANTINE_MS 600000
/* For how long the answer to a look by ARP is waited for. */
#define SERVER_PROBE_MS 300
#define SERVER_MAX_PROBES 4096
#define SERVER_MAX_TRIES 3
/* A client that asks again so soon does not settle without an address. */
#define SERVER_AGAIN_MS 60000

/* What became of a message, also the index of a counter. */
enum server_verdict {
	SERVER_OFFER,		/* told to do without IPv4 */
	SERVER_OFFER_ADDR,	/* the same, beside an address */
	SERVER_OFFER_AUTOCONF,	/* told not to make up an address */
	SERVER_OFFER_LEASE,
	SERVER_ACK,
	SERVER_NAK,
	SERVER_INFORMED,	/* other settings for one with an address */
	SERVER_PROBING,		/* answered later: is the address in use? */
	SERVER_DECLINED,
	SERVER_RELEASED,
	SERVER_NOT_ASKED,	/* does not ask for option 108 */
	SERVER_HELD_BACK,	/* may not do without IPv4, and gets none */
	SERVER_GATE_DOWN,	/* translator cannot serve */
	SERVER_POOL_EMPTY,
	SERVER_UNKNOWN,		/* has an address that is not from here */
	SERVER_OTHER_SERVER,	/* meant for another server */
	SERVER_RELAY_UNKNOWN,
	SERVER_RATE_LIMITED,
	SERVER_INFORM,		/* nothing is configured by INFORM here */
	SERVER_DECLINE,		/* no address was given that could be declined */
	SERVER_RELEASE,		/* or released */
	SERVER_NONSENSE,	/* REQUEST that names no address at all */
	SERVER_NO_MEMORY,
	SERVER_VERDICTS
};

struct adoption;
struct keytab;
struct lease;
struct leases;
struct probes;

/**
 * struct server - the service on one network
 * @conf: its configuration
 * @devices: who was seen
 * @macs: buckets of hardware addresses
 * @all: bucket of all together
 * @leases: addresses of the configuration
 * @probes: answers that wait for a look by ARP, or by ICMP through a relay
 * @changed: called with each lease that begins, goes on or ends, before the
 *	     answer is sent
 * @ctx: for @changed
 * @conflicts: addresses found in use
 * @mask: option 1 of the answer being made
 * @routers: its option 3
 * @counts: messages by verdict
 * @dropped_relay_info: answers in which option 82 found no room
 */
struct server {
	const struct conf_dhcp *conf;
	struct adoption *devices;
	struct keytab *macs;
	struct bucket all;
	struct leases *leases;
	struct probes *probes;
	void (*changed)(void *ctx, const struct lease *lease);
	void *ctx;
	uint64_t conflicts;
	struct in_addr mask;
	struct in_addr routers[CONF_MAX_ADDRS4];
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
	SERVER_L2_SENDER,	/* whoever sent the frame: the relay, a router */
};

struct server_dest {
	struct in_addr addr;
	uint16_t port;
	enum server_l2 l2;
};

/* @s->conf is set by the caller, before and whenever it changes. */
int server_init(struct server *s, uint64_t now);

/**
 * server_configure() - take the addresses of a changed configuration
 * @s: server, with the new @s->conf
 *
 * Leases that the new one has no place for end: their clients are refused
 * when they renew.
 *
 * Return: 0, or -ENOMEM: then the old ones stay.
 */
int server_configure(struct server *s);
void server_fini(struct server *s);

/**
 * server_answer() - decide about a message
 * @s: server
 * @env: world
 * @req: message
 * @reply: answer, if server_replies(); for SERVER_PROBING its yiaddr is the
 *	   address to look for
 *
 * RFC 8925, section 3.3; RFC 2131, section 4.3; RFC 2563, section 2.3;
 * RFC 4039, section 3.
 *
 * Return: what to do, counted.
 */
enum server_verdict server_answer(struct server *s,
				  const struct server_env *env,
				  const struct dhcp4_msg *req,
				  struct dhcp4_reply *reply);

/**
 * server_due() - the next answer that waited long enough for a look
 * @s: server
 * @env: world
 * @req: result: message that is answered
 * @reply: as of server_answer()
 * @v: result: verdict, counted
 *
 * Return: false when there is none; @req, @reply and @v are as they were.
 */
bool server_due(struct server *s, const struct server_env *env,
		struct dhcp4_msg *req, struct dhcp4_reply *reply,
		enum server_verdict *v);

/**
 * server_seen() - an address was seen in use
 * @s: server
 * @env: world
 * @addr: address
 * @mac: who uses it, NULL if that is not known
 *
 * Return: true when it was being looked for and is another's than the
 * client's that would have got it: that one gets another address, and
 * server_due() has something.
 */
bool server_seen(struct server *s, const struct server_env *env,
		 struct in_addr addr, const uint8_t *mac);

/* Ends leases and offers; call it now and then. */
void server_expire(struct server *s, const struct server_env *env);

/* When server_due() or server_expire() have something, CLOCK_NEVER if not. */
uint64_t server_next(const struct server *s);

/* Does the verdict come with an answer? */
bool server_replies(enum server_verdict v);

/* Where an answer goes: RFC 2131, section 4.1. */
struct server_dest server_route(const struct dhcp4_msg *req,
				const struct dhcp4_reply *reply);

const char *server_verdict_name(enum server_verdict v);

#endif
