/* SPDX-License-Identifier: GPL-2.0 */
/* What the DHCP keys of a section must be together. */
#ifndef NAT64D_CONFDHCP_H
#define NAT64D_CONFDHCP_H

#include "conf.h"
#include "confkey.h"

/* The captive portal for DHCP clients too: option 114 of RFC 8910. */
bool confdhcp_portal(struct conf_dhcp *d, const char *uri);

/**
 * confdhcp_check() - judge the DHCP keys of a section as a whole
 * @d: what they said
 * @key: set to the key to blame
 * @which: set to the number of its line, from 0, if it is CONF_KEY_POOL or
 *	   CONF_KEY_HOST
 *
 * Return: NULL, or what is wrong and what would be right.
 */
const char *confdhcp_check(const struct conf_dhcp *d, enum conf_key *key,
			   unsigned int *which);

#endif
