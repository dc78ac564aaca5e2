/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests after the specification, and beside it. */
#ifndef REQUEST_H
#define REQUEST_H

#include <linux/netlink.h>

#include "rng.h"
#include "spec_types.h"

#define REQUEST_MAX	16384

/**
 * struct request - a message
 * @wild: how many in a hundred attributes may be wrong
 */
struct request {
	union {
		struct nlmsghdr nlh;
		uint8_t data[REQUEST_MAX];
	};
	unsigned int wild;
};

/**
 * any_op() - pick one of all requests there are
 * @r: chance
 */
const struct spec_op *any_op(struct rng *r);

/**
 * each_op() - all requests in turn
 * @i: from 0 on
 *
 * Return: NULL behind the last.
 */
const struct spec_op *each_op(unsigned int i);

/**
 * make_request() - put a message together
 * @q: returns it; @q->wild says how wrong it may be
 * @op: what it asks for
 * @family: number of the generic netlink family
 * @r: chance
 */
void make_request(struct request *q, const struct spec_op *op,
		  uint16_t family, struct rng *r);

#endif /* REQUEST_H */
