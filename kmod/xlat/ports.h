/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ports of a range are in use, and the choice of one that is not.
 *
 * A bitmap has a bit for each port, set while it is in use. For each word of it
 * a summary has a bit per parity, set while the word may have a free port of
 * that parity, so that the last free port is found in as many steps as the
 * first (H-95). Everything is done by atomic bit operations, without a lock.
 */
#ifndef NAT64_XLAT_PORTS_H
#define NAT64_XLAT_PORTS_H

#include "internal.h"

#define NAT64_PORTS_WORDS	(65536 / BITS_PER_LONG)
#define NAT64_PORTS_SUMS	(NAT64_PORTS_WORDS / BITS_PER_LONG)

#define NAT64_PORTS_EVEN	0x1
#define NAT64_PORTS_ODD		0x2
#define NAT64_PORTS_ANY		(NAT64_PORTS_EVEN | NAT64_PORTS_ODD)

/**
 * struct nat64_ports - ports of a range
 * @map: bit 0 is the first port of the word that the range begins in; bits
 *	outside of the range are set
 * @first: number of that word among those of all ports
 * @n: words of @map
 * @may: even ports, odd ports: words that may have a free one. One that is not
 *	set is true once nobody is at work; one that is set may be late
 */
struct nat64_ports {
	unsigned long *map;
	unsigned int first;
	unsigned int n;
	unsigned long may[2][NAT64_PORTS_SUMS];
};

/**
 * struct nat64_ports_choice - what a port is chosen from
 * @min: lowest port; begins a word
 * @max: highest port; ends a word
 * @parities: mask of NAT64_PORTS_EVEN, _ODD
 *
 * Ports outside of the range are never chosen and may be included.
 */
struct nat64_ports_choice {
	u16 min;
	u16 max;
	u8 parities;
};

/* Words that a bitmap for @min to @max has. */
static inline unsigned int nat64_ports_words(u16 min, u16 max)
{
	return max / BITS_PER_LONG - min / BITS_PER_LONG + 1;
}

/* @map: nat64_ports_words() of zero. */
void nat64_ports_init(struct nat64_ports *p, unsigned long *map, u16 min,
		      u16 max);
int nat64_ports_pick(struct nat64_ports *p, const struct nat64_ports_choice *c,
		     u16 random);
bool nat64_ports_take(struct nat64_ports *p, u16 port);
void nat64_ports_free(struct nat64_ports *p, u16 port);

#endif /* NAT64_XLAT_PORTS_H */
