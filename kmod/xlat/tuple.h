/* SPDX-License-Identifier: GPL-2.0 */
/* Transport addresses of both families. */
#ifndef NAT64_XLAT_TUPLE_H
#define NAT64_XLAT_TUPLE_H

#include "internal.h"

/**
 * struct nat64_tuple6 - five-tuple of the IPv6 side
 * @src: source address
 * @dst: destination address
 * @sport: source port or, for ICMP queries, the identifier
 * @dport: destination port or, for ICMP queries, the identifier
 * @proto: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMPV6
 * @pad: zero, so that keys are compared as words
 *
 * Addresses and ports are in network byte order.
 */
struct nat64_tuple6 {
	struct in6_addr src;
	struct in6_addr dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 pad[3];
};

/**
 * struct nat64_tuple4 - five-tuple of the IPv4 side
 * @src: source address
 * @dst: destination address
 * @sport: source port or, for ICMP queries, the identifier
 * @dport: destination port or, for ICMP queries, the identifier
 * @proto: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @pad: zero
 */
struct nat64_tuple4 {
	__be32 src;
	__be32 dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 pad[3];
};

#endif /* NAT64_XLAT_TUPLE_H */
