/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has which address of a network's pools, and until when. Pure: the
 * caller brings the time and keeps what must survive.
 */
#ifndef DHCP108D_LEASE_H
#define DHCP108D_LEASE_H

#include "dhcp4.h"

#include "../common/conf.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum lease_state {
	LEASE_FREE,	/* perhaps with the memory of who had it */
	LEASE_OFFERED,	/* kept for a moment, for the client's request */
	LEASE_BOUND,
	LEASE_DECLINED,	/* somebody else uses it */
	LEASE_STATES
};

/**
 * struct lease - an address
 * @addr: the address
 * @state: enum lease_state
 * @reserved: for one client of the configuration alone
 * @pooled: of a pool, not only reserved
 * @unproved: nobody has looked yet whether it is in use
 * @until: clock in milliseconds at which @state ends; unused when free
 * @key: the client that has it, or had it last; NULL if there is none. Of a
 *	 @reserved one: the client that the configuration names
 * @key_len: bytes of @key
 * @holder: the key of that client itself where it is another one: who is named
 *	    by its hardware address may send an identifier
 * @holder_len: bytes of @holder
 * @mac: the client's hardware address
 * @mac_len: bytes of @mac
 * @list: others in the same state, the one that ends first at the head
 */
struct lease {
	struct in_addr addr;
	uint8_t state;
	bool reserved;
	bool pooled;
	bool unproved;
	uint64_t until;
	uint8_t *key;
	uint16_t key_len;
	uint8_t *holder;
	uint16_t holder_len;
	uint8_t mac[DHCP4_CHADDR_LEN];
	uint8_t mac_len;
	TAILQ_ENTRY(lease) list;
};

/**
 * struct lease_owner - a client, for the functions below
 * @key: what tells it from others (dhcp4_key())
 * @key_len: bytes of @key
 * @mac: its hardware address
 * @mac_len: bytes of @mac
 */
struct lease_owner {
	uint8_t key[DHCP4_KEY_LEN];
	uint16_t key_len;
	uint8_t mac[DHCP4_CHADDR_LEN];
	uint8_t mac_len;
};

struct leases;

/**
 * leases_new() - make a table of all addresses of a configuration
 * @conf: pools and reservations; not needed afterwards
 *
 * Return: the table, NULL without memory.
 */
struct leases *leases_new(const struct conf_dhcp *conf);
void leases_free(struct leases *l);

void lease_owner_of(struct lease_owner *who, const struct dhcp4_msg *msg);

/* Does @who have the lease, or had it last? */
bool lease_is_of(const struct lease *lease, const struct lease_owner *who);

/* The address as an entry, NULL when it is none of the table. */
struct lease *leases_at(struct leases *l, struct in_addr addr);

/*
 * Takes over what @from knows and @l has a place for. Of other leases it is
 * remembered until when they were given: the address may have a place again
 * in the next configuration, and until then its client is to be told.
 */
void leases_take_over(struct leases *l, struct leases *from);

/**
 * struct lease_lost - a lease that has no place
 * @addr: its address
 * @who: its client
 * @until: clock in milliseconds
 */
struct lease_lost {
	struct in_addr addr;
	struct lease_owner who;
	uint64_t until;
};

/* Remembers or forgets one; at @until in the past it is forgotten. */
void leases_lose(struct leases *l, const struct lease_lost *lost, uint64_t now);

/* Does @who have such a lease of the address? */
bool leases_lost(const struct leases *l, struct in_addr addr,
		 const struct lease_owner *who, uint64_t now);

/* Those there are, NULL behind the last. */
const struct lease_lost *leases_next_lost(struct leases *l,
					  const struct lease_lost *lost);

/* The client that has the address, or had it last. */
void lease_holder(const struct lease *lease, struct lease_owner *who);

/* The address reserved for a client, by its identifier or its hardware. */
struct lease *leases_reserved(struct leases *l, const struct lease_owner *who);

/* What a client has or had last, NULL if nothing is known. */
struct lease *leases_of(struct leases *l, const struct lease_owner *who);

/* Is the address reserved for @who, or has it, or had it last? */
bool lease_belongs_to(const struct lease *lease,
		      const struct lease_owner *who);

/* May the client have this address: it is free, or its own? */
bool lease_open_to(const struct lease *lease, const struct lease_owner *who);

/**
 * leases_pick() - choose an address for a client, without taking it
 * @l: table
 * @who: the client
 * @wish: address it would like, 0 for none
 * @subnet: only of this subnet, NULL for any
 *
 * In this order: the one reserved for it, its own or former one, @wish, one
 * that was never used, the one that was given back longest ago.
 *
 * Return: an entry, NULL when there is none.
 */
struct lease *leases_pick(struct leases *l, const struct lease_owner *who,
			  struct in_addr wish,
			  const struct conf_subnet *subnet);

/**
 * leases_take() - give an address to a client
 * @l: table
 * @lease: address; lease_open_to() said yes
 * @who: the client; what else it had becomes free
 * @state: LEASE_OFFERED or LEASE_BOUND
 * @unproved: nobody has looked yet whether it is in use
 * @until: clock in milliseconds
 *
 * Return: false without memory; nothing has changed then.
 */
bool leases_take(struct leases *l, struct lease *lease,
		 const struct lease_owner *who, enum lease_state state,
		 uint64_t until);

/* Frees an address; who had it is remembered. */
void leases_release(struct leases *l, struct lease *lease);

/*
 * Keeps everybody off an address until a time. When half of all addresses
 * are kept off like this the one that was so first is freed: nobody can
 * empty a pool by complaining.
 */
void leases_decline(struct leases *l, struct lease *lease, uint64_t until);

/* Frees what has ended; a call deals with @most at most. */
unsigned int leases_expire(struct leases *l, uint64_t now, unsigned int most);

/* Frees offers that end before @before, the oldest 64 at most. */
unsigned int leases_hasten(struct leases *l, uint64_t before);

/* When the next state ends, CLOCK_NEVER if none does. */
uint64_t leases_next(const struct leases *l);

/* How many addresses are in a state, and all together. */
unsigned int leases_count(const struct leases *l, enum lease_state state);
unsigned int leases_total(const struct leases *l);

/* The entries in the order of their addresses; NULL behind the last. */
struct lease *leases_entry(struct leases *l, unsigned int i);

const char *lease_state_name(enum lease_state state);

#endif
