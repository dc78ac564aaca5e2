/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Incremental Internet checksums, RFC 1624 equation 3.
 *
 * A delta is the one's complement sum of what a packet gains minus what it
 * loses. Deltas of addresses and ports are kept in the session, so that a
 * packet of an established flow costs one addition. Everything is inline: each
 * is a handful of instructions on the path of every packet.
 *
 * An update never verifies: a checksum that was wrong stays wrong by the same
 * amount (G-09).
 */
#ifndef NAT64_XLAT_CSUM_H
#define NAT64_XLAT_CSUM_H

#include "internal.h"

/**
 * nat64_csum_addr6() - sum of a pair of IPv6 addresses
 * @src: network byte order
 * @dst: network byte order
 *
 * Return: the one's complement sum of their 16-bit words, not complemented.
 */
static inline __wsum nat64_csum_addr6(const struct in6_addr *src,
				      const struct in6_addr *dst)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < 4; i++) {
		sum += (__force u32)src->s6_addr32[i];
		sum += (__force u32)dst->s6_addr32[i];
	}
	/* Eight words carry at most 7 into the upper half. */
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (__force __wsum)(u32)sum;
}

/**
 * nat64_csum_addr4() - sum of a pair of IPv4 addresses
 * @src: network byte order
 * @dst: network byte order
 *
 * Return: the one's complement sum of their 16-bit words, not complemented.
 */
static inline __wsum nat64_csum_addr4(__be32 src, __be32 dst)
{
	return csum_add((__force __wsum)src, (__force __wsum)dst);
}

/**
 * nat64_csum_delta_64() - what a pseudo header gains from IPv6 to IPv4
 * @src6: as received
 * @dst6: as received; the final destination where there was a Routing header
 * @src4: as sent
 * @dst4: as sent
 *
 * Length and protocol count the same in both pseudo headers of TCP and UDP.
 *
 * Return: delta for nat64_csum_update(). RFC 7915 section 5.5.
 */
static inline __wsum nat64_csum_delta_64(const struct in6_addr *src6,
					 const struct in6_addr *dst6,
					 __be32 src4, __be32 dst4)
{
	return csum_sub(nat64_csum_addr4(src4, dst4),
			nat64_csum_addr6(src6, dst6));
}

/**
 * nat64_csum_delta_46() - what a pseudo header gains from IPv4 to IPv6
 * @src4: as received
 * @dst4: as received
 * @src6: as sent
 * @dst6: as sent
 *
 * Return: delta for nat64_csum_update(). RFC 7915 section 4.5.
 */
static inline __wsum nat64_csum_delta_46(__be32 src4, __be32 dst4,
					 const struct in6_addr *src6,
					 const struct in6_addr *dst6)
{
	return csum_sub(nat64_csum_addr6(src6, dst6),
			nat64_csum_addr4(src4, dst4));
}

/**
 * nat64_csum_delta16() - delta of one word, such as a port
 * @from: old value, network byte order
 * @to: new value, network byte order
 *
 * Return: delta; add it to others with csum_add().
 */
static inline __wsum nat64_csum_delta16(__be16 from, __be16 to)
{
	return csum_sub((__force __wsum)(__force u32)to,
			(__force __wsum)(__force u32)from);
}

/**
 * nat64_csum_update() - apply a delta to a checksum field
 * @field: the field as received
 * @delta: what the sum gains
 *
 * Return: the field to send. 0 is never sent as 0xffff (G-04).
 */
static inline __sum16 nat64_csum_update(__sum16 field, __wsum delta)
{
	return csum_fold(csum_add(~csum_unfold(field), delta));
}

/**
 * nat64_csum_update_seed() - apply a delta to the seed of CHECKSUM_PARTIAL
 * @field: the folded sum of the pseudo header, not complemented
 * @delta: of what the pseudo header holds, the addresses: ports are summed
 *	with the payload when the checksum is completed
 *
 * Return: the seed to leave in the field.
 */
static inline __sum16 nat64_csum_update_seed(__sum16 field, __wsum delta)
{
	return ~csum_fold(csum_add(csum_unfold(field), delta));
}

/**
 * nat64_csum_update_udp() - apply a delta to the checksum field of UDP
 * @field: the field as received; 0 says that there is no checksum, and stays
 * @delta: what the sum gains
 *
 * Return: the field to send; a sum of 0 is sent as 0xffff (G-03).
 */
static inline __sum16 nat64_csum_update_udp(__sum16 field, __wsum delta)
{
	__sum16 sum;

	if (!field)
		return field;
	sum = nat64_csum_update(field, delta);
	return sum ? sum : CSUM_MANGLED_0;
}

#endif /* NAT64_XLAT_CSUM_H */
