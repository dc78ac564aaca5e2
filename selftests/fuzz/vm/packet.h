/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of every kind that may come to a translator, and some that may not.
 * The addresses are those that storm.sh gives to the gateway.
 */
#ifndef PACKET_H
#define PACKET_H

#include <linux/virtio_net.h>

#include "rng.h"

#define PACKET_MAX	65536
#define SEEN		64
#define TRAIN		24

/**
 * struct packet - what goes into a device
 * @vnet: what is left to the device
 * @len: bytes of @data
 */
struct packet {
	struct virtio_net_hdr vnet;
	size_t len;
	uint8_t data[PACKET_MAX];
};

/**
 * struct gen - where packets come from
 * @seen: small ones that came out lately, to be answered and quoted
 * @train: fragments that have yet to be sent
 */
struct gen {
	struct rng rng;
	struct packet seen[SEEN];
	unsigned int seens;
	struct packet train[TRAIN];
	unsigned int trains;
};

/**
 * gen_packet() - make one
 * @g: generator
 * @p: returns it
 */
void gen_packet(struct gen *g, struct packet *p);

/**
 * gen_seen() - remember what the gateway has sent
 * @g: generator
 * @data: IP packet
 * @len: bytes of it
 */
void gen_seen(struct gen *g, const void *data, size_t len);

/**
 * packet_base() - begin a packet
 * @p: returns its IP header, with a hop limit of 64
 * @src: address of the sender, in text
 * @dst: where to, of the same family
 */
void packet_base(struct packet *p, const char *src, const char *dst);

/**
 * packet_seal() - end a packet without extension headers
 * @p: gets its lengths and checksums
 * @proto: of what follows the IP header
 */
void packet_seal(struct packet *p, int proto);

/**
 * packet_flaw() - look for what no translator may ever send
 * @p: what came out
 * @family: 4 or 6, of the device it came out of
 *
 * Return: what is wrong, or NULL.
 */
const char *packet_flaw(const struct packet *p, int family);

#endif /* PACKET_H */
