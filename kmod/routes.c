// SPDX-License-Identifier: GPL-2.0
#include "routes.h"

#include <linux/hash.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <net/dst.h>

#define ORDER	7

/**
 * struct answer - a route that was looked up
 * @q: for whom
 * @dst: the route, holds a reference; NULL: none
 *
 * Belongs to one CPU, with BH off.
 */
struct answer {
	struct nat64_question q;
	struct dst_entry *dst;
};

static DEFINE_PER_CPU(struct answer[1 << ORDER], answers);

/*
 * An output lookup, as an input lookup would refuse packets from a pool4
 * address that is this host's own. FLOWI_FLAG_ANYSRC: the source need not be.
 */
static struct rtable *ask(const struct nat64_question *q)
{
	struct flowi4 fl4 = {
		.daddr = q->daddr,
		.saddr = q->saddr,
		.flowi4_oif = q->oif,
		.flowi4_mark = q->mark,
		.flowi4_proto = q->proto,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};

	nat64_flowi4_set_tos(&fl4, q->tos);
	return ip_route_output_key(q->net, &fl4);
}

static struct answer *answer_for(const struct nat64_question *q)
{
	u32 x = (__force u32)q->saddr * 31 + (__force u32)q->daddr + q->proto;

	return this_cpu_ptr(&answers[hash_32(x, ORDER)]);
}

static bool is_answer(const struct answer *a, const struct nat64_question *q)
{
	return a->q.daddr == q->daddr && a->q.saddr == q->saddr &&
	       a->q.net == q->net && a->q.mark == q->mark &&
	       a->q.oif == q->oif && a->q.proto == q->proto &&
	       a->q.tos == q->tos;
}

/*
 * What goes through IPsec or to this host holds on to a device in ways that
 * nobody undoes for us when it is to go.
 */
static bool worth_keeping(const struct rtable *rt)
{
	return !dst_xfrm(&rt->dst) &&
	       !(rt->rt_flags & (RTCF_LOCAL | RTCF_BROADCAST | RTCF_MULTICAST));
}

/* A route whose device has gone belongs to no namespace but the first. */
static bool is_true(const struct answer *a)
{
	return dst_check(a->dst, 0) && dev_net(dst_dev(a->dst)) == a->q.net;
}

/* Out of line: it puts much on the stack. */
static noinline struct rtable *renew(struct answer *a,
				     const struct nat64_question *q)
{
	struct rtable *rt = ask(q);

	if (IS_ERR(rt) || !worth_keeping(rt))
		return rt;
	dst_release(a->dst);
	dst_hold(&rt->dst);
	a->dst = &rt->dst;
	a->q = *q;
	return rt;
}

/**
 * nat64_routes_lookup() - route of an IPv4 packet
 * @q: what it depends on
 *
 * Context: under RCU. Where BH is on, as in a process, nothing is remembered.
 * Return: the route, with a reference, or ERR_PTR() of -errno.
 */
struct rtable *nat64_routes_lookup(const struct nat64_question *q)
{
	struct answer *a;

	if (!in_softirq())
		return ask(q);
	a = answer_for(q);
	if (!a->dst || !is_answer(a, q) || !is_true(a))
		return renew(a, q);
	dst_hold(a->dst);
	return container_of(a->dst, struct rtable, dst);
}

/**
 * nat64_routes_exit() - forget all routes
 *
 * Context: module exit, without any hook.
 */
void nat64_routes_exit(void)
{
	int cpu;
	u32 i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < 1U << ORDER; i++)
			dst_release(per_cpu(answers, cpu)[i].dst);
}
