// SPDX-License-Identifier: GPL-2.0
/*
 * nbench - packet source and sink inside the kernel, to count what a path
 * between two devices costs.
 *
 *	ip link add NAME type nbsink	a device that counts and frees what it is
 *					given to transmit
 *	echo "dev=NAME src=... dst=... key=value ..." > /proc/nbench
 *					receive packets on NAME, in the network
 *					namespace of the writer
 *	cat /proc/nbench		what the last run cost
 *
 * The payload of every packet begins with the number of its flow.  A run with
 * learn=1 stores what the tuple of each flow looks like at the sink; a run
 * with reply=1 sends the answers to that.
 *
 * Packets are received one by one, in lists (list=32) as from a driver, or as
 * super-packets of TCP or UDP (gso=1400), the latter also as a list of packets
 * (fraglist=1).
 */
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "count.h"
#include "nbench.h"

struct sink_stats {
	u64 packets;
	u64 bytes;
};

struct outcome {
	u64 sent, sent_bytes;
	u64 got, got_bytes;
	int cpus;	/* see struct together; otherwise: */
	u64 milli;	/* thousandths of an instruction, for one packet */
	u64 cycles;	/* thousandths, in the first decile of the batches */
	u64 misses;	/* thousandths, of the cache */
	u64 pause;	/* nanoseconds that the latest packet came late */
};

/* Serializes runs; protects outcome, and learnt while no run is going on. */
static DEFINE_MUTEX(run_lock);
static struct outcome outcome;
static struct source sources[NBENCH_CPUS];
static struct together together[NBENCH_CPUS];

static DEFINE_PER_CPU(struct sink_stats, sink_stats);

static netdev_tx_t sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sink_stats *s = this_cpu_ptr(&sink_stats);

	s->packets++;
	s->bytes += skb->len;
	if (unlikely(READ_ONCE(nbench_learning)))
		nbench_learn(skb);
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops sink_ops = {
	.ndo_start_xmit		= sink_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= eth_mac_addr,
};

static void sink_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &sink_ops;
	dev->needs_free_netdev = true;
	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
	dev->features |= NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |
			 NETIF_F_GSO_SOFTWARE | NETIF_F_FRAGLIST | NETIF_F_GSO_FRAGLIST;
	dev->hw_features |= dev->features;
	eth_hw_addr_random(dev);
}

static struct rtnl_link_ops sink_link __read_mostly = {
	.kind	= "nbsink",
	.setup	= sink_setup,
};

int nbench_compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static struct sink_stats sink_sum(void)
{
	struct sink_stats sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		sum.packets += per_cpu(sink_stats, cpu).packets;
		sum.bytes += per_cpu(sink_stats, cpu).bytes;
	}
	return sum;
}

/* Until a process has handed back what it was given, or a second is over. */
static void wait_for_sink(u64 packets)
{
	unsigned long end = jiffies + HZ;

	while (sink_sum().packets < packets && time_before(jiffies, end))
		yield();
}

/* What making and receiving @n packets cost.  A profile looks for this function. */
static noinline struct count run_batch(struct source *s, int n)
{
	struct count before, after;
	u64 packets = sink_sum().packets + n;

	local_bh_disable();
	count_read(&before);
	nbench_receive(s, n);
	if (!s->rq->wait)
		count_read(&after);
	local_bh_enable();
	if (s->rq->wait) {
		if (!s->drop)
			wait_for_sink(packets);
		count_read(&after);
	}
	after.insn -= before.insn;
	after.cycles -= before.cycles;
	after.misses -= before.misses;
	return after;
}

/*
 * The middle one of all batches: a timer's interrupt falls into few of them.
 * For cycles, which other processes disturb too, one of the quieter ones.
 */
static int run(struct source *s)
{
	const struct request *rq = s->rq;
	int i, batches = rq->n / rq->batch;
	struct count cost;
	u64 *insn, *cycles;

	insn = kvmalloc_array(batches, 2 * sizeof(*insn), GFP_KERNEL);
	if (!insn)
		return -ENOMEM;
	cycles = insn + batches;
	for (i = 0; i < batches; i++) {
		cost = run_batch(s, rq->batch);
		insn[i] = cost.insn;
		cycles[i] = cost.cycles;
		outcome.misses += cost.misses;
		cond_resched();
	}
	sort(insn, batches, sizeof(*insn), nbench_compare, NULL);
	outcome.milli = div_u64(insn[batches / 2] * 1000, rq->batch);
	sort(cycles, batches, sizeof(*cycles), nbench_compare, NULL);
	outcome.cycles = div_u64(cycles[batches / 10] * 1000, rq->batch);
	outcome.misses = div_u64(outcome.misses * 1000, batches * rq->batch);
	kvfree(insn);
	return s->sent == (u64)batches * rq->batch ? 0 : -ENOMEM;
}

/* A packet at fixed intervals, from a soft interrupt as those of a driver. */
struct pacer {
	struct hrtimer timer;
	struct completion done;
	struct source *source;
	int left;
};

/* A thread has to wait for its turn, which nobody who holds packets up does. */
static bool in_thread(void)
{
	return current->flags & PF_KTHREAD && strstarts(current->comm, "ksoftirqd/");
}

static enum hrtimer_restart pacer_fires(struct hrtimer *timer)
{
	struct pacer *p = container_of(timer, struct pacer, timer);
	u64 late = ktime_to_ns(ktime_sub(ktime_get(), hrtimer_get_expires(timer)));

	if (!in_thread())
		outcome.pause = max(outcome.pause, late);
	nbench_receive(p->source, 1);
	if (!--p->left) {
		complete(&p->done);
		return HRTIMER_NORESTART;
	}
	hrtimer_set_expires(timer, ktime_add_ns(ktime_get(), p->source->rq->pace));
	return HRTIMER_RESTART;
}

static int run_paced(struct source *s)
{
	struct pacer p = { .source = s, .left = s->rq->n };

	init_completion(&p.done);
#ifdef NBENCH_HAS_HRTIMER_SETUP
	hrtimer_setup_on_stack(&p.timer, pacer_fires, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
#else
	hrtimer_init_on_stack(&p.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	p.timer.function = pacer_fires;
#endif
	hrtimer_start(&p.timer, ns_to_ktime(s->rq->pace), HRTIMER_MODE_REL_SOFT);
	wait_for_completion(&p.done);
	hrtimer_cancel(&p.timer);
	destroy_hrtimer_on_stack(&p.timer);
	return s->sent == s->rq->n ? 0 : -ENOMEM;
}

static int run_any(const struct request *rq)
{
	int err;

	if (rq->cpus)
		return nbench_together(sources, together);
	if (rq->pace)
		return run_paced(sources);
	count_open();
	err = run(sources);
	count_close();
	return err;
}

static int execute_on(const struct request *rq, struct net_device *dev)
{
	struct sink_stats before = sink_sum(), after;
	int i, err;

	memset(&outcome, 0, sizeof(outcome));
	for (i = 0; i < NBENCH_CPUS; i++)
		sources[i] = (struct source) {
			.rq = rq, .dev = dev, .drop = rq->drop, .seed = sources[i].seed,
			.first = rq->first + (rq->same ? 0 : i * rq->flows),
		};
	err = run_any(rq);
	after = sink_sum();
	outcome.cpus = rq->cpus;
	for (i = 0; i < NBENCH_CPUS; i++) {
		outcome.sent += sources[i].sent;
		outcome.sent_bytes += sources[i].sent_bytes;
	}
	outcome.got = after.packets - before.packets;
	outcome.got_bytes = after.bytes - before.bytes;
	return err;
}

static int execute(const struct request *rq)
{
	struct net_device *dev;
	int err;

	dev = dev_get_by_name(current->nsproxy->net_ns, rq->dev);
	if (!dev)
		return -ENODEV;
	err = nbench_learn_begin(rq);
	if (!err)
		err = execute_on(rq, dev);
	nbench_learn_end();
	dev_put(dev);
	return err;
}

static const struct number {
	const char *name;
	size_t offset;
	int min, max;
} numbers[] = {
	{ "flows", offsetof(struct request, flows), 1, 1 << 24 },
	{ "first", offsetof(struct request, first), 0, 1 << 24 },
	{ "shuffle", offsetof(struct request, shuffle), 0, 1 },
	{ "list", offsetof(struct request, list), 1, 64 },
	{ "per_host", offsetof(struct request, per_host), 1, 50000 },
	{ "n", offsetof(struct request, n), 1, 1 << 28 },
	{ "batch", offsetof(struct request, batch), 1, 1 << 16 },
	{ "len", offsetof(struct request, len), sizeof(struct mark), 65000 },
	{ "gso", offsetof(struct request, gso), 0, 9000 },
	{ "fraglist", offsetof(struct request, fraglist), 0, 1 },
	{ "tcp", offsetof(struct request, tcp), 0, 1 },
	{ "flags", offsetof(struct request, flags), 0, 255 },
	{ "sport", offsetof(struct request, sport), 1, 15000 },
	{ "dport", offsetof(struct request, dport), 1, 65535 },
	{ "reply", offsetof(struct request, reply), 0, 1 },
	{ "learn", offsetof(struct request, learn), 0, 1 },
	{ "drop", offsetof(struct request, drop), 0, 1 },
	{ "wait", offsetof(struct request, wait), 0, 1 },
	{ "same", offsetof(struct request, same), 0, 1 },
	{ "cpus", offsetof(struct request, cpus), 0, NBENCH_CPUS },
	{ "pace", offsetof(struct request, pace), 0, 1000000000 },
};

static int parse_address(const char *value, struct request *rq, union nf_inet_addr *addr)
{
	if (in4_pton(value, -1, (u8 *)&addr->ip, -1, NULL))
		rq->family = AF_INET;
	else if (in6_pton(value, -1, addr->in6.s6_addr, -1, NULL))
		rq->family = AF_INET6;
	else
		return -EINVAL;
	return 0;
}

static int parse_number(const char *key, const char *value, struct request *rq)
{
	const struct number *o;
	int number;

	if (kstrtoint(value, 0, &number))
		return -EINVAL;
	for (o = numbers; o < numbers + ARRAY_SIZE(numbers); o++) {
		if (strcmp(key, o->name))
			continue;
		if (number < o->min || number > o->max)
			return -ERANGE;
		*(int *)((char *)rq + o->offset) = number;
		return 0;
	}
	return -EINVAL;
}

static int parse_word(char *key, struct request *rq)
{
	char *value = strchr(key, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(key, "dev"))
		return strscpy(rq->dev, value, sizeof(rq->dev)) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "src"))
		return parse_address(value, rq, &rq->src);
	if (!strcmp(key, "dst"))
		return parse_address(value, rq, &rq->dst);
	return parse_number(key, value, rq);
}

static int parse(char *text, struct request *rq)
{
	char *word;
	int err;

	while ((word = strsep(&text, "\n "))) {
		err = *word ? parse_word(word, rq) : 0;
		if (err) {
			pr_err("nbench: bad request at '%s'\n", word);
			return err;
		}
	}
	if (rq->fraglist && (rq->tcp || !rq->gso))
		return -EINVAL;
	return rq->n < rq->batch || rq->batch % rq->list ? -EINVAL : 0;
}

static ssize_t nbench_write(struct file *file, const char __user *user, size_t len, loff_t *off)
{
	struct request rq = {
		.flows = 1, .list = 1, .per_host = 1000, .n = 640, .batch = 64, .len = 18,
		.sport = 10000, .dport = 80,
	};
	char *text;
	int err;

	if (len > PAGE_SIZE)
		return -E2BIG;
	text = memdup_user_nul(user, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = parse(text, &rq);
	kfree(text);
	if (err)
		return err;
	mutex_lock(&run_lock);
	err = execute(&rq);
	mutex_unlock(&run_lock);
	return err ? err : len;
}

static int nbench_show(struct seq_file *m, void *v)
{
	int i;

	mutex_lock(&run_lock);
	seq_printf(m, "milli=%llu sent=%llu sent_bytes=%llu got=%llu got_bytes=%llu",
		   outcome.milli, outcome.sent, outcome.sent_bytes, outcome.got,
		   outcome.got_bytes);
	seq_printf(m, " cycles=%llu misses=%llu pause=%llu",
		   outcome.cycles, outcome.misses, outcome.pause);
	for (i = 0; i < outcome.cpus; i++)
		seq_printf(m, " cpu%d=%llu,%llu,%u", i, together[i].alone, together[i].beside,
			   together[i].share);
	seq_putc(m, '\n');
	mutex_unlock(&run_lock);
	return 0;
}

static int nbench_open(struct inode *inode, struct file *file)
{
	return single_open(file, nbench_show, NULL);
}

static const struct proc_ops nbench_ops = {
	.proc_open	= nbench_open,
	.proc_read	= seq_read,
	.proc_write	= nbench_write,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
};

static int __init nbench_init(void)
{
	int err = rtnl_link_register(&sink_link);

	if (err)
		return err;
	if (!proc_create("nbench", 0600, NULL, &nbench_ops)) {
		rtnl_link_unregister(&sink_link);
		return -ENOMEM;
	}
	return 0;
}

static void __exit nbench_exit(void)
{
	remove_proc_entry("nbench", NULL);
	rtnl_link_unregister(&sink_link);
	nbench_forget();
}

module_init(nbench_init);
module_exit(nbench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Packet source and sink to count what a path costs");
