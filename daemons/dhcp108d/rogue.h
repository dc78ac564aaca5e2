/* SPDX-License-Identifier: GPL-2.0 */
/* DHCP servers on the link that the configuration does not know. Pure. */
#ifndef DHCP108D_ROGUE_H
#define DHCP108D_ROGUE_H

#include "dhcp4.h"

#include <stdbool.h>
#include <stdint.h>

#define ROGUE_MAX 16
#define ROGUE_MAC_LEN 6

/**
 * struct rogue - a server that was noticed
 * @id: its server identifier
 * @mac: who sent its answers, zero when clients only mentioned it
 * @v6only: it grants option 108 as well
 * @first: seconds since 1970 when it was noticed first
 * @last: and last
 * @answers: answers of it that were seen
 * @chosen: how often a client took its offer
 * @told: what the log said of it: nothing, its name, its place
 */
struct rogue {
	struct in_addr id;
	uint8_t mac[ROGUE_MAC_LEN];
	bool v6only;
	uint64_t first;
	uint64_t last;
	uint64_t answers;
	uint64_t chosen;
	unsigned int told;
};

struct keytab;

/* A table of them, the latest first; keytab_next() lists it. */
struct keytab *rogues_new(void);

/**
 * rogues_answer() - an answer of another server was seen
 * @r: servers
 * @msg: the answer
 * @mac: who sent it
 * @now: seconds since 1970
 *
 * Return: the server, NULL without memory or identifier.
 */
struct rogue *rogues_answer(struct keytab *r, const struct dhcp4_msg *msg,
			    const uint8_t *mac, uint64_t now);

/* The same for a client that takes the offer of server @id. */
struct rogue *rogues_chosen(struct keytab *r, struct in_addr id, uint64_t now);

/**
 * rogue_tell() - is it time for a line of the log?
 * @e: the server, just noticed
 * @last: when the last line of any server was due, 0 if none was
 *
 * Identifiers cost nothing to invent, lines do. One that had to wait is due
 * when its server is noticed next.
 *
 * Return: whether to tell of it now, which is taken as done.
 */
bool rogue_tell(struct rogue *e, uint64_t *last);

#endif
