/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP echo (RFC 792): does somebody use an address that ARP does not reach? */
#ifndef DHCP108D_ECHO_H
#define DHCP108D_ECHO_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
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
 * echo_parse() - is a packet the answer to one of our questions?
 * @packet: from its IPv4 header on
 * @len: bytes there
 * @addr: result: who answered
 * @id: result: to which question
 *
 * Nothing but the answer itself counts: neither an error of a router on the
 * way, which quotes the question, nor somebody else's answer.
 */
bool echo_parse(const uint8_t *packet, size_t len, struct in_addr *addr,
		uint16_t *id);

/**
 * echo_heard() - take the next answer
 * @fd: of echo_open()
 * @addr: result: who answered
 * @id: result: to which question
 *
 * Return: 1 with an answer, or with an @addr of 0 where it is none; 0 when
 * there is nothing; -errno.
 */
int echo_heard(int fd, struct in_addr *addr, uint16_t *id);

#endif
