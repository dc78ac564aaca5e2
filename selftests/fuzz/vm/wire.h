/* SPDX-License-Identifier: GPL-2.0 */
/* The far ends of the gateway's devices. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>

#include "packet.h"

/**
 * wire_open() - attach to a device that is there
 * @name: of the device
 * @flags: IFF_TUN or IFF_TAP and what goes with it
 *
 * Return: its descriptor; the program ends if there is none.
 */
int wire_open(const char *name, int flags);

/**
 * wire_send() - let the gateway have a packet; it has dealt with it then
 * @fd: of wire_open()
 * @p: IP packet
 *
 * Return: false if the device has refused it.
 */
bool wire_send(int fd, struct packet *p);

/**
 * wire_take() - the next packet that the gateway has sent
 * @fd: of wire_open()
 * @p: returns it
 *
 * Return: false if there is none.
 */
bool wire_take(int fd, struct packet *p);

/**
 * wire_wait() - the next packet, for which it is given time
 * @fd: of wire_open()
 * @p: returns it
 *
 * A queue that another processor is at work on lets it out a moment later.
 *
 * Return: false if there is none for ten seconds.
 */
bool wire_wait(int fd, struct packet *p);

#endif /* WIRE_H */
