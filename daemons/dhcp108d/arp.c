// SPDX-License-Identifier: GPL-2.0
#include "arp.h"

#include <string.h>

/* Offsets of RFC 826. */
enum field {
	F_SENDER_MAC = 8,
	F_SENDER = 14,
	F_TARGET = 24,
};

/* Ethernet, IPv4, lengths 6 and 4, request; an answer has 2 at the end. */
static const uint8_t head[] = { 0, 1, 8, 0, 6, 4, 0, 1 };

void arp_probe(uint8_t *out, const uint8_t *mac, struct in_addr addr)
{
	memset(out, 0, ARP_LEN);
	memcpy(out, head, sizeof(head));
	memcpy(out + F_SENDER_MAC, mac, ARP_MAC_LEN);
	memcpy(out + F_TARGET, &addr, sizeof(addr));
}

bool arp_parse(const uint8_t *data, size_t len, struct in_addr *addr,
	       uint8_t *mac)
{
	if (len < ARP_LEN || memcmp(data, head, sizeof(head) - 1) ||
	    (data[7] != 1 && data[7] != 2))
		return false;
	memcpy(addr, data + F_SENDER, sizeof(*addr));
	memcpy(mac, data + F_SENDER_MAC, ARP_MAC_LEN);
	return addr->s_addr;
}
