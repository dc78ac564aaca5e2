/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink protocol as tables, which spec.py makes of its definition. */
#ifndef SPEC_TYPES_H
#define SPEC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spec_kind {
	SPEC_U8,
	SPEC_U16,
	SPEC_U32,
	SPEC_U64,
	SPEC_FLAG,
	SPEC_STRING,
	SPEC_BINARY,
	SPEC_NEST,
	SPEC_PAD,
};

struct spec_set;

/**
 * struct spec_attr - an attribute
 * @id: its number
 * @nest: what it holds
 * @max: its greatest value, 0: no limit
 * @exact: its length, 0: any
 * @multi: may be there more than once
 */
struct spec_attr {
	const char *name;
	uint16_t id;
	enum spec_kind kind;
	const struct spec_set *nest;
	uint32_t max;
	uint16_t exact;
	bool multi;
};

struct spec_set {
	const struct spec_attr *attrs;
	unsigned int count;
};

/**
 * struct spec_op - a request
 * @cmd: its number
 * @dump: lists
 * @admin: needs CAP_NET_ADMIN
 * @attrs: bit N is set if it takes attribute N
 */
struct spec_op {
	const char *name;
	uint8_t cmd;
	bool dump;
	bool admin;
	uint64_t attrs;
};

#endif /* SPEC_TYPES_H */
