/* SPDX-License-Identifier: GPL-2.0 */
/* The ICMPv6 socket through which all interfaces advertise. */
#ifndef PREF64D_PORT_H
#define PREF64D_PORT_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_BUF_LEN 65536	/* of the largest links */

/**
 * struct port_packet - a message that arrived
 * @data: ICMPv6 message
 * @len: its length
 * @src: its sender
 * @hop_limit: of its IPv6 header, -1 if unknown
 * @ifindex: where it arrived
 */
struct port_packet {
	uint8_t data[PORT_BUF_LEN];
	size_t len;
	struct in6_addr src;
	int hop_limit;
	int ifindex;
};

/* Return: file descriptor or -errno. */
int port_open(void);

/* Begins to hear solicitations of an interface; again is no error. */
int port_join(int fd, int ifindex);

/*
 * Ends that. An interface that is gone is left as well: what the socket has
 * joined takes of the memory that it needs to send.
 */
void port_leave(int fd, int ifindex);

/* Return: 1 with a packet, 0 when there is none, -errno. */
int port_receive(int fd, struct port_packet *p);

/**
 * struct port_route - from where to where
 * @ifindex: through this interface
 * @src: link-local address to send from
 * @dst: receiver
 */
struct port_route {
	int ifindex;
	struct in6_addr src;
	struct in6_addr dst;
};

/**
 * port_send() - send a message with hop limit 255
 * @fd: of port_open()
 * @route: from where to where
 * @data: ICMPv6 message; the kernel fills its checksum in
 * @len: its length
 *
 * Return: 0 or -errno.
 */
int port_send(int fd, const struct port_route *route, const uint8_t *data,
	      size_t len);

#endif
