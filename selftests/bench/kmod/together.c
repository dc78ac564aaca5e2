// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs side by side: what a packet costs while others send, too.
 *
 * CPUs send alone in turn, then all at once, again and again, a millisecond
 * each: the machine below has other things to do and may become slower or
 * faster meanwhile. Batches count only if all others have worked during them,
 * as a CPU of a virtual machine may stand still at any time. Interrupts are off,
 * which for a kernel for user mode means fewer system calls as well.
 */
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/timex.h>
#include <linux/workqueue.h>

#include "nbench.h"

#define WARM	4	/* batches to begin with, which do not count */
#define ROUND	32	/* batches in a row that do */

/**
 * struct party - a CPU, while it is measured
 * @work: runs there
 * @source: makes its packets
 * @n: how many of these work now
 * @alone: nobody else is to work
 * @left: how many are not yet ready, then how many have batches left that count
 * @cost: of batches; alone or beside others, received or dropped
 * @done: number of these
 * @tried: how many beside others there were, with those that do not count
 */
struct party {
	struct work_struct work;
	struct source *source;
	int n;
	bool alone;
	atomic_t *left;
	u64 *cost[2][2];
	int done[2][2];
	int tried;
} ____cacheline_aligned_in_smp;

static struct party parties[NBENCH_CPUS];

static u64 ticks(void)
{
#ifdef CONFIG_UML
	return __builtin_ia32_rdtsc();
#else
	return get_cycles();
#endif
}

enum news { MARK_RESET, MARK_BEGIN, MARK_END, MARK_REPORT };

/*
 * Whoever watches the emulated processor knows by the address what is going on,
 * see lines.c. A byte of the first page, which the kernel maps and uses not.
 */
static void tell(enum news what)
{
#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)
	READ_ONCE(*((u8 *)__va(0xb00) + what));
#endif
}

/* How far everybody is; each has a cache line of its own to count in. */
static void progress(const struct party *p, u64 *sent)
{
	int i;

	for (i = 0; i < p->n; i++)
		sent[i] = READ_ONCE(parties[i].source->sent);
}

/* Neither has one of them stood still meanwhile, nor has this CPU. */
static bool all_worked(const struct party *p, const u64 *before, const u64 *after)
{
	int i, n = p->source->rq->batch;

	for (i = 0; i < p->n; i++)
		if (after[i] - before[i] < n / 2 || after[i] - before[i] > n * 2)
			return false;
	return true;
}

/* Ticks of a batch; 0: it does not count. */
static u64 batch(const struct party *p)
{
	u64 before[NBENCH_CPUS], after[NBENCH_CPUS], cost;
	unsigned long flags;

	local_bh_disable();
	local_irq_save(flags);
	if (!p->alone)
		progress(p, before);
	tell(MARK_BEGIN);
	cost = ticks();
	nbench_receive(p->source, p->source->rq->batch);
	cost = ticks() - cost;
	tell(MARK_END);
	if (!p->alone)
		progress(p, after);
	local_irq_restore(flags);
	local_bh_enable();
	return p->alone || all_worked(p, before, after) ? cost : 0;
}

/* Whoever has done his share works on, lest the last one be alone. */
static void party_work(struct work_struct *work)
{
	struct party *p = container_of(work, struct party, work);
	int i, *done = &p->done[p->alone][p->source->drop];
	u64 *cost = p->cost[p->alone][p->source->drop];

	atomic_dec(p->left);
	while (atomic_read(p->left) > p->n)
		cpu_relax();	/* all are to be there */
	for (i = 0; i < WARM; i++)
		batch(p);
	for (i = 0; i < ROUND; i++) {
		cost[*done] = batch(p);
		*done += cost[*done] > 0;
	}
	if (!p->alone)
		p->tried += ROUND;
	atomic_dec(p->left);
	while (atomic_read(p->left) > 0)
		batch(p);
}

/* Those of @p to @end work, until all of them have done their share. */
static void work_until(struct party *p, struct party *end, bool drop)
{
	atomic_t left = ATOMIC_INIT(2 * (end - p));
	struct party *i;

	preempt_disable();	/* none waits for one that is not called */
	for (i = p; i < end; i++) {
		i->alone = end - p == 1;
		i->n = end - p;
		i->left = &left;
		i->source->drop = drop;
		queue_work_on(i - parties, system_highpri_wq, &i->work);
	}
	preempt_enable();
	for (i = p; i < end; i++)
		flush_work(&i->work);
}

/* What is dropped is not to be missed. */
static void drop_until(struct party *p, struct party *end)
{
	struct source was[NBENCH_CPUS];
	struct party *i;

	for (i = p; i < end; i++)
		was[i - p] = *i->source;
	work_until(p, end, true);
	for (i = p; i < end; i++) {
		i->source->sent = was[i - p].sent;
		i->source->sent_bytes = was[i - p].sent_bytes;
	}
}

static void one_round(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		work_until(parties + i, parties + i + 1, false);
		drop_until(parties + i, parties + i + 1);
	}
	work_until(parties, parties + n, false);
	drop_until(parties, parties + n);
}

/* One of the quieter ones: other processes, of other guests too, make some slower. */
static u64 quiet(u64 *cost, int n)
{
	sort(cost, n, sizeof(*cost), nbench_compare, NULL);
	return n ? cost[n / 10] : 0;
}

/* Thousandths of a tick for a packet, without those for making and freeing it. */
static u64 net(struct party *p, bool alone)
{
	u64 all = quiet(p->cost[alone][false], p->done[alone][false]);
	u64 make = quiet(p->cost[alone][true], p->done[alone][true]);

	return all > make ? div_u64((all - make) * 1000, p->source->rq->batch) : 0;
}

static void party_exit(struct party *p)
{
	int i;

	for (i = 0; i < 4; i++)
		kvfree(p->cost[i / 2][i % 2]);
}

/* @rounds: and one more before, and one batch that does not count */
static int party_init(struct party *p, struct source *source, int rounds)
{
	int i;

	*p = (struct party){ .source = source };
	INIT_WORK(&p->work, party_work);
	for (i = 0; i < 4; i++) {
		p->cost[i / 2][i % 2] = kvmalloc_array((rounds + 1) * ROUND + 1, sizeof(u64),
						       GFP_KERNEL);
		if (!p->cost[i / 2][i % 2])
			return -ENOMEM;
	}
	return 0;
}

static void judge(struct party *p, struct together *out)
{
	out->alone = net(p, true);
	out->beside = net(p, false);
	out->share = 100 * (p->done[false][false] + p->done[false][true]) / p->tried;
}

/**
 * nbench_together() - CPUs alone and side by side
 * @sources: one for each CPU
 * @out: likewise
 *
 * Return: 0, -ENODEV: there are fewer CPUs, -ENOMEM.
 */
int nbench_together(struct source *sources, struct together *out)
{
	const struct request *rq = sources->rq;
	int i, err = 0, n = rq->cpus, rounds = DIV_ROUND_UP(rq->n, rq->batch * ROUND);

	for (i = 0; i < n; i++)
		if (i >= nr_cpu_ids || !cpu_online(i))
			return -ENODEV;
	for (i = 0; i < n; i++)
		err = party_init(parties + i, sources + i, rounds) ?: err;
	if (!err)
		one_round(n);	/* what a CPU remembers it has seen after that */
	tell(MARK_RESET);
	for (i = 0; i < rounds && !err; i++)
		one_round(n);
	tell(MARK_REPORT);
	for (i = 0; i < n && !err; i++)
		judge(parties + i, out + i);
	for (i = 0; i < n; i++)
		party_exit(parties + i);
	return err;
}
