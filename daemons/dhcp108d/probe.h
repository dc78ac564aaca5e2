/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clients that wait for an address until somebody had time to say that it is
 * in use. Pure: the caller brings the time and sends the question.
 */
#ifndef DHCP108D_PROBE_H
#define DHCP108D_PROBE_H

#include "dhcp4.h"

#include <stdbool.h>
#include <stdint.h>

struct probes;

/**
 * struct probe_end - the end of a wait
 * @addr: address
 * @req: message of the client
 * @tries: as of probes_add(), and one more if the address is in use
 */
struct probe_end {
	struct in_addr addr;
	struct dhcp4_msg req;
	unsigned int tries;
};

/* @max is how many may wait at most. */
struct probes *probes_new(unsigned int max);
void probes_free(struct probes *p);

/**
 * probes_add() - let a client wait
 * @p: those who wait
 * @addr: address that it is to get
 * @until: when the wait is over; never before that of an earlier call
 * @req: its message, copied
 * @tries: how many addresses it waited for before in vain
 *
 * Return: false when too many wait, or without memory.
 */
bool probes_add(struct probes *p, struct in_addr addr, uint64_t until,
		const struct dhcp4_msg *req, unsigned int tries);

/* The client that waits for @addr asked again: its latest message counts. */
void probes_renew(struct probes *p, struct in_addr addr,
		  const struct dhcp4_msg *req);

/**
 * probes_hit() - somebody uses an address
 * @p: those who wait
 * @addr: address
 * @mac: hardware address of who uses it, NULL if it is not known
 *
 * A client that uses it itself, from before, may go on.
 *
 * Return: true when a client waits for it; its wait is over.
 */
bool probes_hit(struct probes *p, struct in_addr addr, const uint8_t *mac);

/**
 * probes_take() - take one whose wait is over
 * @p: those who wait
 * @now: clock
 * @out: result
 *
 * Return: false when there is none.
 */
bool probes_take(struct probes *p, uint64_t now, struct probe_end *out);

/* When probes_take() has something, CLOCK_NEVER if nobody waits. */
uint64_t probes_next(const struct probes *p);

unsigned int probes_count(const struct probes *p);

#endif
