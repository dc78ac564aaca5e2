/* SPDX-License-Identifier: GPL-2.0 */
/* Echo requests to an IPv4 host, through a translation prefix. */
#ifndef NAT64D_PING_H
#define NAT64D_PING_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct ping;
struct xlat_prefix;

/* Return: 0 or -errno. */
int ping_open(struct ping **result);
void ping_close(struct ping *p);
int ping_fd(const struct ping *p);

/**
 * ping_send() - ask a host
 * @p: of ping_open(), or NULL
 * @prefix: that stands for IPv4
 * @to: the host
 * @seq: number of the question
 *
 * What cannot be sent is not answered: the caller need not know.
 */
void ping_send(struct ping *p, const struct xlat_prefix *prefix,
	       struct in_addr to, uint16_t seq);

/* Takes an answer to one of our questions; false when there is none. */
bool ping_receive(struct ping *p, uint16_t *seq);

/* The address in @prefix that stands for @to: RFC 6052, section 2.2. */
void ping_embed(const struct xlat_prefix *prefix, struct in_addr to,
		struct in6_addr *out);

#endif
