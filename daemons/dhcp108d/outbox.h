/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers that wait until what they promise is on the disk: many share one
 * write, and none is sent before it.
 */
#ifndef DHCP108D_OUTBOX_H
#define DHCP108D_OUTBOX_H

#include "dhcp4.h"
#include "udp4.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_MAX 64

struct outbox_packet {
	bool broadcast;
	uint8_t mac[6];
	size_t len;
	uint8_t data[UDP4_HEADERS + DHCP4_MAX_LEN];
};

struct outbox {
	unsigned int count;
	struct outbox_packet packets[OUTBOX_MAX];
};

/* The next free packet; there is one as long as outbox_full() says no. */
static inline struct outbox_packet *outbox_add(struct outbox *o)
{
	return &o->packets[o->count++];
}

static inline bool outbox_full(const struct outbox *o)
{
	return o->count == OUTBOX_MAX;
}

#endif
