/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4 and UDP headers around a DHCP message. Pure. */
#ifndef DHCP108D_UDP4_H
#define DHCP108D_UDP4_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UDP4_HEADERS 28
#define UDP4_SERVER_PORT 67
#define UDP4_CLIENT_PORT 68

/* Why a packet was not taken, also the index of a counter. */
enum udp4_error {
	UDP4_OK,
	UDP4_SHORT,		/* ends before its headers or length say */
	UDP4_BAD_HEADER,	/* not IPv4, or header checksum wrong */
	UDP4_NOT_OURS,		/* not UDP to port 67 or 68 */
	UDP4_FRAGMENT,
	UDP4_BAD_CHECKSUM,
	UDP4_ERRORS
};

/**
 * struct udp4_packet - a datagram that arrived
 * @src: sender, network byte order
 * @dst: receiver, network byte order
 * @dport: destination port, of servers or clients
 * @data: payload
 * @len: its length in bytes
 */
struct udp4_packet {
	struct in_addr src;
	struct in_addr dst;
	uint16_t dport;
	const uint8_t *data;
	size_t len;
};

/**
 * udp4_parse() - find the payload of a DHCP datagram
 * @data: packet from its IPv4 header on
 * @len: bytes there, link-layer padding may be among them
 * @sum_missing: the UDP checksum was left to the hardware: do not judge it
 * @out: result
 *
 * Return: UDP4_OK or why it is no such datagram.
 */
enum udp4_error udp4_parse(const uint8_t *data, size_t len, bool sum_missing,
			   struct udp4_packet *out);

/**
 * udp4_wrap() - write the headers in front of a payload from port 67
 * @out: packet; the payload stands at @out + UDP4_HEADERS already
 * @len: length of the payload in bytes
 * @src: sender, network byte order
 * @dst: receiver, network byte order
 * @dport: destination port, host byte order
 *
 * Return: length of the packet in bytes.
 */
size_t udp4_wrap(uint8_t *out, size_t len, struct in_addr src,
		 struct in_addr dst, uint16_t dport);

const char *udp4_error_name(enum udp4_error error);

#endif
