/* SPDX-License-Identifier: GPL-2.0 */
/* Is there an IPv4 route? */
#ifndef NAT64D_ROUTE4_H
#define NAT64D_ROUTE4_H

#include <netinet/in.h>

struct route4;

/* Return: 0 or -errno. */
int route4_open(struct route4 **result);
void route4_close(struct route4 *r);

/**
 * route4_problem() - what keeps packets from leaving for an address
 * @r: of route4_open()
 * @to: address
 *
 * The kernel is asked for its choice, so policy rules and any number of routes
 * count. A route through an interface that is down or has no carrier does not.
 *
 * Return: NULL when there is a way, otherwise the reason in words.
 */
const char *route4_problem(struct route4 *r, struct in_addr to);

#endif
