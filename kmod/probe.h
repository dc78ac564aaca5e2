/* SPDX-License-Identifier: GPL-2.0 */
/* Asking a host whether its connection still is one. */
#ifndef NAT64_PROBE_H
#define NAT64_PROBE_H

struct nat64_tuple6;
struct nat64_xlat;

/*
 * RFC 6146 section 3.5.2.2 (H-46): to the IPv6 host of an established
 * connection that has been silent for too long. What it answers brings the
 * session back. Under RCU, BH off.
 */
void nat64_probe_send(const struct nat64_xlat *xlat,
		      const struct nat64_tuple6 *t6);

#endif /* NAT64_PROBE_H */
