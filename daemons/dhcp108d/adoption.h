/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which devices were seen on a network and which of them can live without
 * IPv4. Pure: the caller brings the time.
 */
#ifndef DHCP108D_ADOPTION_H
#define DHCP108D_ADOPTION_H

#include "dhcp4.h"

#include <stdbool.h>
#include <stdint.h>

#define ADOPTION_MAX_DEVICES 65536
#define ADOPTION_VENDOR_LEN 128	/* escaped, longer ones are cut */

struct adoption;

/* What a device got when it was heard last. */
enum adoption_outcome {
	ADOPTION_NOTHING,	/* nothing yet, or it gave it back */
	ADOPTION_SILENCE,
	ADOPTION_TOLD,		/* to do without IPv4 */
	ADOPTION_TOLD_ADDR,	/* the same, beside an address */
	ADOPTION_LEASED,
	ADOPTION_OUTCOMES
};

/* So many early returns in a row make a device one that does not settle. */
#define ADOPTION_LOOP 3

/**
 * struct adoption_device - a device
 * @mac: its hardware address
 * @mac_len: bytes of @mac
 * @by_client_id: told apart by its client identifier, not by @mac
 * @random_mac: @mac is one that a device makes up
 * @capable: it asked for option 108
 * @vendor: its vendor class, printable
 * @first: seconds since 1970 when it was seen first
 * @last: and last
 * @transactions: how many it began
 * @offers: how often it was offered to do without IPv4
 * @early: times in a row that it came back before V6ONLY_WAIT was over
 * @told: seconds since 1970 when it was told last
 * @told_at: the same in the clock's milliseconds, 0 if never
 * @outcome: enum adoption_outcome
 * @xid: its latest transaction
 */
struct adoption_device {
	uint8_t mac[DHCP4_CHADDR_LEN];
	uint8_t mac_len;
	bool by_client_id;
	bool random_mac;
	bool capable;
	char vendor[ADOPTION_VENDOR_LEN];
	uint64_t first;
	uint64_t last;
	uint32_t transactions;
	uint32_t offers;
	uint32_t early;
	uint64_t told;
	uint64_t told_at;
	uint8_t outcome;
	uint8_t xid[4];
};

struct adoption *adoption_new(unsigned int max);
void adoption_free(struct adoption *a);

/**
 * adoption_note() - a device sent a message
 * @a: table
 * @msg: its message
 * @now: seconds since 1970
 * @news: set to true when the device is new or newly known to be capable
 *
 * A device is its client identifier, or its hardware type and address when
 * it sends none (RFC 2131, section 2).
 *
 * Return: the device, NULL without memory. Valid until the next call.
 */
struct adoption_device *adoption_note(struct adoption *a,
				      const struct dhcp4_msg *msg,
				      uint64_t now, bool *news);

/* The device that sent a message before, NULL when it is forgotten. */
struct adoption_device *adoption_find(const struct adoption *a,
				      const struct dhcp4_msg *msg);

/* A device was told at @now to do without IPv4 for @wait seconds. */
void adoption_told(struct adoption_device *d, uint64_t now, uint32_t wait);

/* How a device fares, in a word. */
const char *adoption_state(const struct adoption_device *d);

/* The device seen before @d, the latest for NULL; NULL at the end. */
struct adoption_device *adoption_next(struct adoption *a,
				      struct adoption_device *d);

/* The other way round: the device seen after @d, the oldest for NULL. */
struct adoption_device *adoption_after(struct adoption *a,
					struct adoption_device *d);

/**
 * adoption_put() - take over a device from an earlier time
 * @a: table
 * @key: what tells it from others
 * @len: bytes of @key
 * @device: what is known of it
 *
 * Return: the device, NULL without memory.
 */
struct adoption_device *adoption_put(struct adoption *a, const uint8_t *key,
				     size_t len,
				     const struct adoption_device *device);

unsigned int adoption_devices(const struct adoption *a);
unsigned int adoption_capable(const struct adoption *a);

/* Devices forgotten because there were too many. */
uint64_t adoption_forgotten(const struct adoption *a);

/* Thousandths of @part in @all, rounded; 0 of nothing. */
unsigned int adoption_permille(unsigned int part, unsigned int all);

#endif
