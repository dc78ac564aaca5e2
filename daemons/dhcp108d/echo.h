/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP echo (RFC 792): does somebody use an address that ARP does not reach? */
#ifndef DHCP108D_ECHO_H
#define DHCP108D_ECHO_H

#include <netinet/in.h>
#include <stdint.h>

/* A socket for questions and answers, or -errno. Needs CAP_NET_RAW. */
int echo_open(void);

/**
 * echo_ask() - send a question
 * @fd: of echo_open()
 * @addr: to whom
 * @id: by which the answer is told from those to other programs
 *
 * Return: 0 or -errno.
 */
int echo_ask(int fd, struct in_addr addr, uint16_t id);

/**
 * echo_heard() - take the next answer
 * @fd: of echo_open()
 * @addr: result: who answered
 * @id: result: to which question
 *
 * Return: 1 with an answer, 0 when there is none, -errno.
 */
int echo_heard(int fd, struct in_addr *addr, uint16_t *id);

#endif
