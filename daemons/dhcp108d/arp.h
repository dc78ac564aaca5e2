/* SPDX-License-Identifier: GPL-2.0 */
/* ARP (RFC 826) as far as looking for the user of an address needs it. Pure. */
#ifndef DHCP108D_ARP_H
#define DHCP108D_ARP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARP_LEN 28
#define ARP_MAC_LEN 6

/* A probe as of RFC 5227, section 2.1.1: it changes nobody's cache. */
void arp_probe(uint8_t *out, const uint8_t *mac, struct in_addr addr);

/**
 * arp_parse() - read who uses which address
 * @data: packet from its ARP header on
 * @len: its length
 * @addr: result: the sender's address
 * @mac: result: the sender's hardware address, ARP_MAC_LEN bytes
 *
 * Return: false when it is no ARP for IPv4 on Ethernet, or says nothing.
 */
bool arp_parse(const uint8_t *data, size_t len, struct in_addr *addr,
	       uint8_t *mac);

#endif
