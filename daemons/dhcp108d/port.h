/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet socket on one interface. It needs no IPv4 address there, neither
 * to hear clients nor to answer them.
 */
#ifndef DHCP108D_PORT_H
#define DHCP108D_PORT_H

#include "udp4.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_MAC_LEN 8		/* room of struct sockaddr_ll */
#define PORT_BUF_LEN 2048

/**
 * struct port_frame - a frame that arrived
 * @data: packet without its link-layer header
 * @len: its length
 * @sum_missing: its UDP checksum was not computed yet
 * @to_all: sent to more than this host
 * @from: link-layer address of the sender
 * @from_len: bytes of @from
 */
struct port_frame {
	uint8_t data[PORT_BUF_LEN];
	size_t len;
	bool sum_missing;
	bool to_all;
	uint8_t from[PORT_MAC_LEN];
	uint8_t from_len;
};

/**
 * port_open() - listen for DHCP messages on an interface
 * @ifindex: its number
 * @arp: listen for ARP instead
 *
 * Return: file descriptor or -errno.
 */
int port_open(int ifindex, bool arp);

/**
 * port_receive() - take the next frame
 * @fd: of port_open()
 * @f: result
 *
 * Return: 1 with a frame, 0 when there is none, -errno.
 */
int port_receive(int fd, struct port_frame *f);

/**
 * port_send() - send a packet, as of the socket's kind
 * @fd: of port_open()
 * @ifindex: of the interface
 * @mac: link-layer address of the receiver, NULL to broadcast
 * @data: packet without its link-layer header
 * @len: its length
 *
 * Return: 0 or -errno.
 */
int port_send(int fd, int ifindex, const uint8_t *mac, const uint8_t *data,
	      size_t len);
int port_send_arp(int fd, int ifindex, const uint8_t *data, size_t len);

#endif
