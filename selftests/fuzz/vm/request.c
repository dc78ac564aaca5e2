// SPDX-License-Identifier: GPL-2.0
#include "request.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "spec.h"

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))
#define PICK(r, list)	((list)[rng_below(r, COUNT(list))])

/* The first @n of a list are good, the others for those who err. */
#define GOOD(q, r, list, n)	\
	((list)[rng_below(r, (q)->wild ? COUNT(list) : (n))])
#define ROOM		256	/* for what an attribute may need */

/* Names and numbers that mean something, or nearly. */
static const char *const names[] = {
	"second", "third", "fourth", "default", "", "a b", "x/y",
	"0123456789012345678901234567890",
	"0123456789012345678901234567890123456789",
};

static const char *const addrs6[] = {
	"2001:db8:64::", "2001:db8:65::", "2001:db8:66::", "2001:db8:67::",
	"2001:db8:6::2", "64:ff9b::", "64:ff9b:1::", "2001:db8:6:4::",
	"2001:db8::", "::",
	"::1", "ff02::1", "fe80::", "::ffff:0:0", "fd00:6::1",
};

static const char *const addrs4[] = {
	"192.0.2.0", "192.0.2.4", "192.0.2.8", "198.51.100.64", "192.0.2.1",
	"198.18.64.0", "198.18.0.1", "203.0.113.0", "10.0.0.0", "0.0.0.0", "127.0.0.1",
	"224.0.0.0", "255.255.255.255",
};

static const uint8_t lens6[] = { 96, 96, 64, 128, 32, 40, 48, 56, 120, 0, 33 };
static const uint8_t lens4[] = { 32, 30, 31, 32, 24, 16, 8, 0, 33 };
static const uint8_t protos[] = { 6, 17, 1, 58, 0, 255 };
static const uint32_t numbers[] = {
	1280, 1500, 4000, 4001, 5000, 60000, 0, 1, 2, 3, 7, 100, 1023, 1024,
	65535, 65536, 120000, 7440000, 0x7fffffff, 0x80000000, 0xffffffff,
};

static bool is(const struct spec_attr *a, const char *name)
{
	return !strcmp(a->name, name);
}

static bool is_like(const struct spec_attr *a, const char *part)
{
	return strstr(a->name, part);
}

static struct nlattr *end_of(struct request *q)
{
	return (struct nlattr *)(q->data + NLMSG_ALIGN(q->nlh.nlmsg_len));
}

static void put(struct request *q, unsigned int type, const void *data,
		size_t len)
{
	struct nlattr *a = end_of(q);

	if (NLMSG_ALIGN(q->nlh.nlmsg_len) + len + ROOM > REQUEST_MAX)
		return;
	memset(a, 0, NLA_HDRLEN + NLA_ALIGN(len));
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((uint8_t *)a + NLA_HDRLEN, data, len);
	q->nlh.nlmsg_len = NLMSG_ALIGN(q->nlh.nlmsg_len) + NLA_HDRLEN +
			   NLA_ALIGN(len);
}

static uint32_t change_cmd(struct rng *r)
{
	const struct spec_op *op;

	do {
		op = any_op(r);
	} while (op->dump && !rng_one_in(r, 50));
	return op->cmd;
}

static uint32_t number(const struct request *q, const struct spec_attr *a,
		       struct rng *r)
{
	if (is(a, "cmd"))
		return change_cmd(r);
	if (is(a, "proto") && a->kind == SPEC_U8)
		return GOOD(q, r, protos, 3);
	if (is_like(a, "len") && a->max == 32)
		return GOOD(q, r, lens4, 2);
	if (is_like(a, "len"))
		return GOOD(q, r, lens6, 2);
	if (is(a, "port-min"))
		return 1024 + rng_below(r, 100);
	if (is(a, "port-max"))
		return 2000 + rng_below(r, q->wild ? 65536 : 1000);
	if (a->max && !(q->wild && rng_one_in(r, 10)))
		return rng_below(r, a->max + 1);
	return GOOD(q, r, numbers, 6);
}

static void put_number(struct request *q, const struct spec_attr *a,
		       struct rng *r)
{
	static const size_t lens[] = { 1, 2, 4, 8 };
	uint64_t v = number(q, a, r);
	struct in_addr in4;

	if (a->kind == SPEC_U32 && is_like(a, "addr")) {
		inet_pton(AF_INET, GOOD(q, r, addrs4, 4), &in4);
		v = in4.s_addr;
	} else if (a->kind == SPEC_U32 && is(a, "remote4")) {
		inet_pton(AF_INET, GOOD(q, r, addrs4, 4), &in4);
		v = in4.s_addr;
	}
	put(q, a->id, &v, lens[a->kind]);
}

static void put_binary(struct request *q, const struct spec_attr *a,
		       struct rng *r)
{
	uint8_t data[16];

	if (a->exact == 16) {
		inet_pton(AF_INET6, GOOD(q, r, addrs6, 4), data);
		put(q, a->id, data, 16);
	} else {
		rng_fill(r, data, 16);
		put(q, a->id, data, rng_below(r, 17));
	}
}

/* Not what the attribute ought to be: of another size or another kind. */
static void put_wrong(struct request *q, const struct spec_attr *a,
		      struct rng *r)
{
	uint8_t data[128];
	unsigned int type = a->id;

	rng_fill(r, data, sizeof(data));
	if (rng_one_in(r, 4))
		type = rng_next(r);
	if (rng_one_in(r, 4))
		type |= NLA_F_NESTED;
	put(q, type, data, rng_below(r, rng_one_in(r, 2) ? 9 : 129));
}

static void put_attr(struct request *q, const struct spec_attr *a,
		     struct rng *r);

static bool is_wild(struct request *q, struct rng *r)
{
	return rng_below(r, 100) < q->wild;
}

/* What is optional is left out now and then, and by those who err all else. */
static bool left_out(struct request *q, const struct spec_attr *a,
		     struct rng *r)
{
	if (a->kind == SPEC_FLAG)
		return rng_one_in(r, 2);
	if (!q->wild && (is(a, "used") || is(a, "static") || is(a, "sessions")))
		return true;	/* of dumps */
	if (is(a, "mark") || is(a, "addr4") || is(a, "len4"))
		return rng_one_in(r, 3);
	return rng_one_in(r, q->wild ? 6 : 30);
}

/* A batch item takes what its command takes, all else most attributes. */
static void put_nest(struct request *q, const struct spec_attr *a,
		     struct rng *r)
{
	struct nlattr *nest = end_of(q);
	unsigned int at = NLMSG_ALIGN(q->nlh.nlmsg_len);
	bool item = is(a, "item");
	uint64_t wanted = ~0ull;
	unsigned int i;

	put(q, a->id | (is_wild(q, r) ? 0 : NLA_F_NESTED), NULL, 0);
	if (q->nlh.nlmsg_len == at)
		return;
	if (item) {
		const struct spec_op *op;

		do {
			op = any_op(r);
		} while (op->dump || (op->attrs >> a->id & 1));
		wanted = op->attrs;
		for (i = 0; i < a->nest->count; i++)
			if (is(&a->nest->attrs[i], "cmd"))
				put(q, a->nest->attrs[i].id,
				    &(uint32_t){ op->cmd }, 4);
	}
	for (i = 0; i < a->nest->count; i++) {
		const struct spec_attr *in = &a->nest->attrs[i];

		/* one setting that is refused takes the others with it */
		if (is(a, "settings") && !rng_one_in(r, 8))
			continue;
		if ((wanted >> in->id & 1 || is_wild(q, r)) &&
		    !(item && is(in, "cmd")) && !left_out(q, in, r))
			put_attr(q, in, r);
	}
	nest->nla_len = q->nlh.nlmsg_len - at;
}

static void put_attr(struct request *q, const struct spec_attr *a,
		     struct rng *r)
{
	const char *text;

	if (is_wild(q, r)) {
		put_wrong(q, a, r);
		return;
	}
	switch (a->kind) {
	case SPEC_STRING:
		text = rng_one_in(r, 2) ? "default" : GOOD(q, r, names, 3);
		put(q, a->id, text, strlen(text) + 1);
		break;
	case SPEC_BINARY:
		put_binary(q, a, r);
		break;
	case SPEC_NEST:
		put_nest(q, a, r);
		break;
	case SPEC_FLAG:
	case SPEC_PAD:
		put(q, a->id, NULL, 0);
		break;
	default:
		put_number(q, a, r);
	}
}

static void put_attrs(struct request *q, const struct spec_op *op,
		      struct rng *r)
{
	unsigned int i, n;

	for (i = 0; i < set_nat64.count; i++) {
		const struct spec_attr *a = &set_nat64.attrs[i];

		if (!(op->attrs >> a->id & 1) && !is_wild(q, r))
			continue;
		if (left_out(q, a, r) ||
		    (is(a, "filter") && rng_one_in(r, 2)))
			continue;
		n = a->multi ? 1 + rng_below(r, 8) : 1;
		while (n--)
			put_attr(q, a, r);
	}
}

/* The message itself is damaged: lengths first of all. */
static void damage(struct request *q, struct rng *r)
{
	size_t from = NLMSG_HDRLEN + GENL_HDRLEN;
	unsigned int n = 1 + rng_below(r, 3);

	while (n-- && q->nlh.nlmsg_len > from)
		q->data[from + rng_below(r, q->nlh.nlmsg_len - from)] =
			rng_next(r);
	if (rng_one_in(r, 3))
		q->nlh.nlmsg_len -= rng_below(r, q->nlh.nlmsg_len - from + 1);
}

const struct spec_op *each_op(unsigned int i)
{
	return i < COUNT(spec_ops) ? &spec_ops[i] : NULL;
}

const struct spec_op *any_op(struct rng *r)
{
	return &PICK(r, spec_ops);
}

void make_request(struct request *q, const struct spec_op *op,
		  uint16_t family, struct rng *r)
{
	struct genlmsghdr *g = (void *)(q->data + NLMSG_HDRLEN);

	q->nlh = (struct nlmsghdr){
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST |
			       (op->dump ? NLM_F_DUMP : NLM_F_ACK),
	};
	*g = (struct genlmsghdr){ .cmd = op->cmd, .version = 1 };
	put_attrs(q, op, r);
	if (q->wild && rng_one_in(r, 10))
		damage(q, r);
	if (q->wild && rng_one_in(r, 20))
		q->nlh.nlmsg_flags ^= NLM_F_DUMP;
	if (q->wild && rng_one_in(r, 50))
		g->cmd = rng_next(r);
}
