/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fields of packets that need not be aligned. The kernel's own header for this
 * moved between the versions supported; these compile to the same loads.
 */
#ifndef NAT64_XLAT_BYTES_H
#define NAT64_XLAT_BYTES_H

#include "internal.h"

static inline __be16 nat64_get_be16(const u8 *p)
{
	__be16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline __be32 nat64_get_be32(const u8 *p)
{
	__be32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u16 nat64_get16(const u8 *p)
{
	return ntohs(nat64_get_be16(p));
}

static inline u32 nat64_get32(const u8 *p)
{
	return ntohl(nat64_get_be32(p));
}

static inline void nat64_put_be16(u8 *p, __be16 v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void nat64_put_be32(u8 *p, __be32 v)
{
	memcpy(p, &v, sizeof(v));
}

static inline __sum16 nat64_get_csum(const u8 *p)
{
	__sum16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void nat64_put_csum(u8 *p, __sum16 v)
{
	memcpy(p, &v, sizeof(v));
}

#endif /* NAT64_XLAT_BYTES_H */
