// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <linux/cpumask.h>

#include "gfp.h"

static const char * const counter_names[] = {
#define X(sym, name) [NAT64_CNT_##sym] = name,
	NAT64_COUNTERS(X)
#undef X
};

static const char * const drop_names[] = {
	[NAT64_DROP_NONE] = "none",
	[NAT64_DROP_PASS] = "pass",
#define X(sym, name, text) [NAT64_DROP_##sym] = name,
	NAT64_DROPS(X)
#undef X
};

static const char * const drop_texts[] = {
	[NAT64_DROP_NONE] = "translated",
	[NAT64_DROP_PASS] = "left to the stack",
#define X(sym, name, text) [NAT64_DROP_##sym] = text,
	NAT64_DROPS(X)
#undef X
};

/**
 * nat64_counter_name() - what a person calls a counter
 * @c: the counter
 *
 * Return: a word of lower case letters, digits and underscores.
 */
const char *nat64_counter_name(enum nat64_counter c)
{
	return counter_names[c];
}

/**
 * nat64_drop_name() - what a person calls a drop reason
 * @d: the reason
 *
 * Return: a word of lower case letters, digits and underscores.
 */
const char *nat64_drop_name(enum nat64_drop d)
{
	return drop_names[d];
}

/**
 * nat64_drop_text() - what a drop reason tells the operator
 * @d: the reason
 *
 * Return: half a sentence.
 */
const char *nat64_drop_text(enum nat64_drop d)
{
	return drop_texts[d];
}

/**
 * nat64_stats_alloc() - counters of a new instance, all zero
 *
 * Context: process, may sleep.
 * Return: the counters, or NULL if there is no memory.
 */
struct nat64_stats __percpu *nat64_stats_alloc(void)
{
	struct nat64_stats __percpu *s;
	int cpu;

	s = alloc_percpu_gfp(struct nat64_stats, NAT64_GFP);
	if (!s)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(s, cpu)->sync);
	return s;
}

/**
 * nat64_stats_free() - free counters
 * @s: counters that nobody counts in any more, or NULL
 */
void nat64_stats_free(struct nat64_stats __percpu *s)
{
	free_percpu(s);
}

/**
 * nat64_count() - add one to a counter
 * @s: counters of the instance
 * @c: the counter
 *
 * Context: any.
 */
void nat64_count(struct nat64_stats __percpu *s, enum nat64_counter c)
{
	nat64_count_add(s, c, 1);
}

/**
 * nat64_count_add() - add to a counter
 * @s: counters of the instance
 * @c: the counter
 * @n: how much
 *
 * Context: any. Where counters need a sequence, interrupts are off while it is
 * odd: a softirq that counts on top of a process would break it.
 */
void nat64_count_add(struct nat64_stats __percpu *s, enum nat64_counter c,
		     u64 n)
{
	struct nat64_stats *p = get_cpu_ptr(s);
	unsigned long flags = u64_stats_update_begin_irqsave(&p->sync);

	u64_stats_add(&p->counter[c], n);
	u64_stats_update_end_irqrestore(&p->sync, flags);
	put_cpu_ptr(s);
}

/**
 * nat64_count_drop() - count a packet that is not translated
 * @s: counters of the instance
 * @d: why
 *
 * Context: any.
 */
void nat64_count_drop(struct nat64_stats __percpu *s, enum nat64_drop d)
{
	struct nat64_stats *p = get_cpu_ptr(s);
	unsigned long flags = u64_stats_update_begin_irqsave(&p->sync);

	u64_stats_inc(&p->drop[d]);
	u64_stats_update_end_irqrestore(&p->sync, flags);
	put_cpu_ptr(s);
}

static u64 read_one(const struct nat64_stats *p, const u64_stats_t *v)
{
	unsigned int start;
	u64 n;

	do {
		start = u64_stats_fetch_begin(&p->sync);
		n = u64_stats_read(v);
	} while (u64_stats_fetch_retry(&p->sync, start));
	return n;
}

/**
 * nat64_stats_counter() - read a counter
 * @s: counters of the instance
 * @c: the counter
 *
 * Context: any; meant for process context as it visits every CPU.
 * Return: the sum over all CPUs.
 */
u64 nat64_stats_counter(struct nat64_stats __percpu *s, enum nat64_counter c)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nat64_stats *p = per_cpu_ptr(s, cpu);

		sum += read_one(p, &p->counter[c]);
	}
	return sum;
}

/**
 * nat64_stats_drop() - read how often packets were dropped for a reason
 * @s: counters of the instance
 * @d: the reason
 *
 * Context: any; meant for process context as it visits every CPU.
 * Return: the sum over all CPUs.
 */
u64 nat64_stats_drop(struct nat64_stats __percpu *s, enum nat64_drop d)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nat64_stats *p = per_cpu_ptr(s, cpu);

		sum += read_one(p, &p->drop[d]);
	}
	return sum;
}
