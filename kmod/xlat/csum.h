/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Incremental Internet checksums, RFC 1624 equation 3.
 *
 * A delta is the one's complement sum of what a packet gains minus what it
 * loses. Deltas of addresses and ports are kept in the session, so that a
 * packet of an established flow costs one addition.
 */
#ifndef NAT64_XLAT_CSUM_H
#define NAT64_XLAT_CSUM_H

#include "internal.h"

__wsum nat64_csum_addr6(const struct in6_addr *src, const struct in6_addr *dst);
__wsum nat64_csum_addr4(__be32 src, __be32 dst);

/* Sum of what a transport checksum of the new family covers minus the old. */
__wsum nat64_csum_delta_64(const struct in6_addr *src6,
			   const struct in6_addr *dst6, __be32 src4,
			   __be32 dst4);
__wsum nat64_csum_delta_46(__be32 src4, __be32 dst4,
			   const struct in6_addr *src6,
			   const struct in6_addr *dst6);
__wsum nat64_csum_delta16(__be16 from, __be16 to);

/* Apply a delta to a checksum field (complemented sum). */
__sum16 nat64_csum_update(__sum16 field, __wsum delta);
/* Apply a delta to the seed that CHECKSUM_PARTIAL keeps in the field. */
__sum16 nat64_csum_update_seed(__sum16 field, __wsum delta);
/* As nat64_csum_update(), for UDP, where 0 means "none" (G-03). */
__sum16 nat64_csum_update_udp(__sum16 field, __wsum delta);

#endif /* NAT64_XLAT_CSUM_H */
