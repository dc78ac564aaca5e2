/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4-embedded IPv6 addresses, RFC 6052. */
#ifndef NAT64_XLAT_RFC6052_H
#define NAT64_XLAT_RFC6052_H

#include "internal.h"

/**
 * struct nat64_prefix - a prefix that stands for the IPv4 Internet
 * @addr: network byte order, bits past @len are zero
 * @len: 32, 40, 48, 56, 64 or 96
 */
struct nat64_prefix {
	struct in6_addr addr;
	u8 len;
};

/* Source of ICMP errors of who has no IPv4 address, RFC 7600. */
#define NAT64_ADDR4_DUMMY	0xc0000008	/* 192.0.0.8 */

bool nat64_prefix_len_valid(unsigned int len);
bool nat64_prefix_valid(const struct nat64_prefix *p);
bool nat64_prefix_is_wkp(const struct nat64_prefix *p);
bool nat64_prefix_match(const struct nat64_prefix *p,
			const struct in6_addr *addr);
void nat64_prefix_embed(const struct nat64_prefix *p, __be32 addr4,
			struct in6_addr *addr6);
__be32 nat64_prefix_extract(const struct nat64_prefix *p,
			    const struct in6_addr *addr6);

bool nat64_addr4_nonglobal(__be32 addr);
bool nat64_addr4_illegal_src(__be32 addr);
bool nat64_addr4_illegal_dst(__be32 addr);
bool nat64_addr6_illegal_src(const struct in6_addr *addr);

#endif /* NAT64_XLAT_RFC6052_H */
