/* SPDX-License-Identifier: GPL-2.0 */
/* Which subnet of IPv4 an address is in. Pure. */
#ifndef NAT64D_SUBNET4_H
#define NAT64D_SUBNET4_H

#include "conf.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In host byte order. */
static inline uint32_t subnet4_mask(unsigned int len)
{
	return len ? UINT32_MAX << (32 - len) : 0;
}

/* Do both addresses have the same first @len bits? */
static inline bool subnet4_same(struct in_addr a, struct in_addr b,
				unsigned int len)
{
	return !((a.s_addr ^ b.s_addr) & htonl(subnet4_mask(len)));
}

/* The subnet of a section that holds an address, NULL when none does. */
static inline const struct conf_subnet *
subnet4_of(const struct conf_dhcp *d, struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < d->nsubnets; i++)
		if (subnet4_same(addr, d->subnets[i].addr, d->subnets[i].len))
			return &d->subnets[i];
	return NULL;
}

#endif
