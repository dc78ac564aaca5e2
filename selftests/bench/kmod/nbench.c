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
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip6_checksum.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "count.h"

#define MARK_MAGIC	0x6e626368
#define PAGES_ORDER	3
#define PAGES_SIZE	(PAGE_SIZE << PAGES_ORDER)

struct mark {
	__be32 magic;
	__be32 flow;
};

struct tuple {
	union nf_inet_addr src, dst;
	__be16 sport, dport;
	u8 family;
};

struct request {
	char dev[IFNAMSIZ];
	union nf_inet_addr src, dst;
	u8 family;
	int flows;	/* different flows, used in turn */
	int first;	/* number of the first of them */
	int shuffle;	/* used in random order instead */
	int list;	/* packets received together */
	int per_host;	/* flows that share a source address */
	int n;		/* packets */
	int batch;	/* packets between two readings of the counter */
	int len;	/* payload behind the transport header */
	int gso;	/* payload of one segment, 0: no super-packet */
	int fraglist;	/* segments are packets of their own */
	int tcp;
	int flags;	/* of TCP */
	int sport;	/* of a host's first flow */
	int dport;
	int reply;
	int learn;
	int drop;	/* free the packets instead of receiving them */
	int wait;	/* for a batch to come through, by way of a process */
	int pace;	/* nanoseconds from packet to packet, 0: as fast as it goes */
};

struct sink_stats {
	u64 packets;
	u64 bytes;
};

struct outcome {
	u64 sent, sent_bytes;
	u64 got, got_bytes;
	u64 milli;	/* thousandths of an instruction, for one packet */
	u64 cycles;	/* thousandths, in the first decile of the batches */
	u64 misses;	/* thousandths, of the cache */
	u64 pause;	/* nanoseconds that the latest packet came late */
};

/* Serializes runs; protects outcome, and learnt while no run is going on. */
static DEFINE_MUTEX(run_lock);
static struct outcome outcome;
static u32 turn;	/* packets of this run so far */

/* Resized between runs only, when nothing is on its way to a sink. */
static struct tuple *learnt;
static u32 learnt_size;
static bool learning;

static DEFINE_PER_CPU(struct sink_stats, sink_stats);

static int transport_at(const struct sk_buff *skb, struct tuple *t, u8 *proto)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = (void *)(skb->data + ETH_HLEN);

		t->family = AF_INET;
		t->src.ip = iph->saddr;
		t->dst.ip = iph->daddr;
		*proto = iph->protocol;
		return ETH_HLEN + iph->ihl * 4;
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		const struct ipv6hdr *ip6h = (void *)(skb->data + ETH_HLEN);

		t->family = AF_INET6;
		t->src.in6 = ip6h->saddr;
		t->dst.in6 = ip6h->daddr;
		*proto = ip6h->nexthdr;
		return ETH_HLEN + sizeof(*ip6h);
	}
	return -EPROTONOSUPPORT;
}

/* What the source made has all headers and the mark in the linear part. */
static void learn(const struct sk_buff *skb)
{
	const struct mark *mark;
	const __be16 *ports;
	struct tuple t = {};
	u8 proto;
	int l4;
	u32 i;

	if (skb_headlen(skb) < ETH_HLEN + sizeof(struct ipv6hdr))
		return;
	l4 = transport_at(skb, &t, &proto);
	if (l4 < 0)
		return;
	ports = (void *)(skb->data + l4);
	l4 += proto == IPPROTO_TCP ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	mark = (void *)(skb->data + l4);
	if (skb_headlen(skb) < l4 + sizeof(*mark) || mark->magic != htonl(MARK_MAGIC))
		return;
	t.sport = ports[0];
	t.dport = ports[1];
	i = ntohl(mark->flow);
	if (i < learnt_size)
		learnt[i] = t;
}

static netdev_tx_t sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sink_stats *s = this_cpu_ptr(&sink_stats);

	s->packets++;
	s->bytes += skb->len;
	if (unlikely(READ_ONCE(learning)))
		learn(skb);
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

static void flow_tuple(const struct request *rq, u32 flow, struct tuple *t)
{
	u32 host = flow / rq->per_host;

	if (rq->reply) {
		*t = learnt[flow];
		swap(t->src, t->dst);
		swap(t->sport, t->dport);
		return;
	}
	t->family = rq->family;
	t->src = rq->src;
	t->dst = rq->dst;
	if (t->family == AF_INET)
		t->src.ip = htonl(ntohl(t->src.ip) + host);
	else
		t->src.ip6[3] = htonl(ntohl(t->src.ip6[3]) + host);
	t->sport = htons(rq->sport + flow % rq->per_host);
	t->dport = htons(rq->dport);
}

static void put_ip(struct sk_buff *skb, const struct tuple *t, u8 proto, int len)
{
	if (t->family == AF_INET) {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 4;
		iph->ihl = sizeof(*iph) / 4;
		iph->tot_len = htons(sizeof(*iph) + len);
		iph->frag_off = htons(IP_DF);
		iph->ttl = 64;
		iph->protocol = proto;
		iph->saddr = t->src.ip;
		iph->daddr = t->dst.ip;
		ip_send_check(iph);
	} else {
		struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

		ip6h->version = 6;
		ip6h->payload_len = htons(len);
		ip6h->nexthdr = proto;
		ip6h->hop_limit = 64;
		ip6h->saddr = t->src.in6;
		ip6h->daddr = t->dst.in6;
	}
}

/* Returns the checksum field, still zero. */
static __sum16 *put_transport(struct sk_buff *skb, const struct request *rq, const struct tuple *t)
{
	struct udphdr *uh;

	if (rq->tcp) {
		struct tcphdr *th = skb_put_zero(skb, sizeof(*th));

		th->source = t->sport;
		th->dest = t->dport;
		th->doff = sizeof(*th) / 4;
		th->seq = htonl(1);
		((u8 *)th)[13] = rq->flags;
		if (th->ack)
			th->ack_seq = htonl(1);
		th->window = htons(65535);
		return &th->check;
	}
	uh = skb_put_zero(skb, sizeof(*uh));
	uh->source = t->sport;
	uh->dest = t->dport;
	uh->len = htons(sizeof(*uh) + rq->len);
	return &uh->check;
}

static __sum16 pseudo(const struct tuple *t, int len, u8 proto, __wsum sum)
{
	if (t->family == AF_INET)
		return csum_tcpudp_magic(t->src.ip, t->dst.ip, len, proto, sum);
	return csum_ipv6_magic(&t->src.in6, &t->dst.in6, len, proto, sum);
}

/* A super-packet has its payload behind the mark in pages, as from a driver. */
static int put_payload(struct sk_buff *skb, const struct request *rq, u32 flow)
{
	int linear = rq->gso ? sizeof(struct mark) : rq->len;
	int left = rq->len - linear;
	struct mark *mark = skb_put_zero(skb, linear);

	mark->magic = htonl(MARK_MAGIC);
	mark->flow = htonl(flow);
	while (left > 0) {
		struct page *page = alloc_pages(GFP_ATOMIC | __GFP_COMP, PAGES_ORDER);
		int size = min_t(int, left, PAGES_SIZE);

		if (!page)
			return -ENOMEM;
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, size, PAGES_SIZE);
		left -= size;
	}
	return 0;
}

static void set_gso(struct sk_buff *skb, const struct request *rq, u8 family)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	shinfo->gso_size = rq->gso;
	shinfo->gso_segs = DIV_ROUND_UP(rq->len, rq->gso);
	if (!rq->tcp)
		shinfo->gso_type = SKB_GSO_UDP_L4;
	else
		shinfo->gso_type = family == AF_INET ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
}

static void set_checksum(struct sk_buff *skb, const struct request *rq, const struct tuple *t,
			 __sum16 *check, int offset)
{
	u8 proto = rq->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	u8 *l4 = (u8 *)check - offset;
	int len = rq->len + (rq->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr));

	if (rq->gso && !rq->fraglist) {
		*check = ~pseudo(t, len, proto, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = l4 - skb->head;
		skb->csum_offset = offset;
		set_gso(skb, rq, t->family);
	} else {
		*check = pseudo(t, len, proto, csum_partial(l4, len, 0)) ?: CSUM_MANGLED_0;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
}

static struct sk_buff *make_one(const struct request *rq, struct net_device *dev,
				const struct tuple *t, u32 flow)
{
	int l4len = rq->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	int offset = rq->tcp ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);
	struct ethhdr *eth;
	struct sk_buff *skb;
	__sum16 *check;

	skb = netdev_alloc_skb_ip_align(dev, ETH_HLEN + sizeof(struct ipv6hdr) +
					sizeof(struct tcphdr) +
					(rq->gso ? sizeof(struct mark) : rq->len));
	if (!skb)
		return NULL;
	eth = skb_put_zero(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth->h_proto = t->family == AF_INET ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	put_ip(skb, t, rq->tcp ? IPPROTO_TCP : IPPROTO_UDP, rq->len + l4len);
	check = put_transport(skb, rq, t);
	if (put_payload(skb, rq, flow)) {
		kfree_skb(skb);
		return NULL;
	}
	set_checksum(skb, rq, t, check, offset);
	skb->protocol = eth_type_trans(skb, dev);
	skb->pkt_type = PACKET_HOST;
	return skb;
}

/* What lies before the payload of a packet of a list, as GRO leaves it. */
static void pull_headers(struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	skb_pull(skb, skb->protocol == htons(ETH_P_IP) ? sizeof(struct iphdr) :
		 sizeof(struct ipv6hdr));
	skb_reset_transport_header(skb);
	skb_pull(skb, sizeof(struct udphdr));
}

/* The headers of the first packet tell the length of all of them. */
static void set_total(struct sk_buff *skb)
{
	struct ipv6hdr *ip6h = (void *)skb->data;
	struct iphdr *iph = (void *)skb->data;
	struct udphdr *uh;

	if (skb->protocol == htons(ETH_P_IP)) {
		iph->tot_len = htons(skb->len);
		ip_send_check(iph);
		uh = (void *)(iph + 1);
		uh->len = htons(skb->len - sizeof(*iph));
	} else {
		ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
		uh = (void *)(ip6h + 1);
		uh->len = ip6h->payload_len;
	}
}

static struct sk_buff *make_fraglist(const struct request *rq, struct net_device *dev,
				     const struct tuple *t, u32 flow)
{
	struct request part = *rq;
	struct sk_buff *head, *skb, **tail;
	int left = rq->len - rq->gso;

	part.gso = 0;
	part.len = rq->gso;
	head = make_one(&part, dev, t, flow);
	if (!head)
		return NULL;
	tail = &skb_shinfo(head)->frag_list;
	for (; left > 0; left -= part.len) {
		part.len = min(left, rq->gso);
		skb = make_one(&part, dev, t, flow);
		if (!skb) {
			kfree_skb(head);
			return NULL;
		}
		pull_headers(skb);
		*tail = skb;
		tail = &skb->next;
		head->len += skb->len;
		head->data_len += skb->len;
		head->truesize += skb->truesize;
	}
	set_gso(head, rq, t->family);
	skb_shinfo(head)->gso_type |= SKB_GSO_FRAGLIST;
	set_total(head);
	return head;
}

static struct sk_buff *make_packet(const struct request *rq, struct net_device *dev, u32 flow)
{
	struct sk_buff *skb;
	struct tuple t;

	flow_tuple(rq, flow, &t);
	skb = rq->fraglist ? make_fraglist(rq, dev, &t, flow) : make_one(rq, dev, &t, flow);
	if (!skb)
		return NULL;	/* seen as a difference of n and sent */
	outcome.sent++;
	outcome.sent_bytes += skb->len + ETH_HLEN;
	return skb;
}

static u32 next_flow(const struct request *rq)
{
	static u32 seed;

	if (rq->shuffle) {
		seed = seed * 1664525 + 1013904223;
		return rq->first + reciprocal_scale(seed, rq->flows);
	}
	return rq->first + turn++ % rq->flows;
}

static void receive(const struct request *rq, struct net_device *dev)
{
	struct sk_buff *skb = make_packet(rq, dev, next_flow(rq));

	if (!skb)
		return;
	if (rq->drop)
		kfree_skb(skb);
	else
		netif_receive_skb(skb);
}

static void receive_list(const struct request *rq, struct net_device *dev)
{
	struct sk_buff *skb, *next;
	LIST_HEAD(list);
	int i;

	for (i = 0; i < rq->list; i++) {
		skb = make_packet(rq, dev, next_flow(rq));
		if (skb)
			list_add_tail(&skb->list, &list);
	}
	if (!rq->drop) {
		netif_receive_skb_list(&list);
		return;
	}
	list_for_each_entry_safe(skb, next, &list, list) {
		skb_list_del_init(skb);
		kfree_skb(skb);
	}
}

static int compare(const void *a, const void *b)
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
static noinline struct count run_batch(const struct request *rq, struct net_device *dev, int n)
{
	struct count before, after;
	u64 packets = sink_sum().packets + n;
	int i;

	local_bh_disable();
	count_read(&before);
	for (i = 0; i < n; i += rq->list) {
		if (rq->list > 1)
			receive_list(rq, dev);
		else
			receive(rq, dev);
	}
	if (!rq->wait)
		count_read(&after);
	local_bh_enable();
	if (rq->wait) {
		if (!rq->drop)
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
static int run(const struct request *rq, struct net_device *dev)
{
	int i, batches = rq->n / rq->batch;
	struct count cost;
	u64 *insn, *cycles;

	insn = kvmalloc_array(batches, 2 * sizeof(*insn), GFP_KERNEL);
	if (!insn)
		return -ENOMEM;
	cycles = insn + batches;
	for (i = 0; i < batches; i++) {
		cost = run_batch(rq, dev, rq->batch);
		insn[i] = cost.insn;
		cycles[i] = cost.cycles;
		outcome.misses += cost.misses;
		cond_resched();
	}
	sort(insn, batches, sizeof(*insn), compare, NULL);
	outcome.milli = div_u64(insn[batches / 2] * 1000, rq->batch);
	sort(cycles, batches, sizeof(*cycles), compare, NULL);
	outcome.cycles = div_u64(cycles[batches / 10] * 1000, rq->batch);
	outcome.misses = div_u64(outcome.misses * 1000, batches * rq->batch);
	kvfree(insn);
	return outcome.sent == (u64)batches * rq->batch ? 0 : -ENOMEM;
}

/* A packet at fixed intervals, from a soft interrupt as those of a driver. */
struct pacer {
	struct hrtimer timer;
	struct completion done;
	const struct request *rq;
	struct net_device *dev;
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
	receive(p->rq, p->dev);
	if (!--p->left) {
		complete(&p->done);
		return HRTIMER_NORESTART;
	}
	hrtimer_set_expires(timer, ktime_add_ns(ktime_get(), p->rq->pace));
	return HRTIMER_RESTART;
}

static int run_paced(const struct request *rq, struct net_device *dev)
{
	struct pacer p = { .rq = rq, .dev = dev, .left = rq->n };

	init_completion(&p.done);
#ifdef NBENCH_HAS_HRTIMER_SETUP
	hrtimer_setup_on_stack(&p.timer, pacer_fires, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
#else
	hrtimer_init_on_stack(&p.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	p.timer.function = pacer_fires;
#endif
	hrtimer_start(&p.timer, ns_to_ktime(rq->pace), HRTIMER_MODE_REL_SOFT);
	wait_for_completion(&p.done);
	hrtimer_cancel(&p.timer);
	destroy_hrtimer_on_stack(&p.timer);
	return outcome.sent == rq->n ? 0 : -ENOMEM;
}

static int prepare_learning(const struct request *rq)
{
	if (rq->reply && rq->first + rq->flows > learnt_size)
		return -ENOENT;
	if (!rq->learn)
		return 0;
	vfree(learnt);
	learnt_size = rq->first + rq->flows;
	learnt = vzalloc(array_size(learnt_size, sizeof(*learnt)));
	if (!learnt)
		learnt_size = 0;
	return learnt ? 0 : -ENOMEM;
}

static int execute_on(const struct request *rq, struct net_device *dev)
{
	struct sink_stats before = sink_sum(), after;
	int err;

	memset(&outcome, 0, sizeof(outcome));
	turn = 0;
	count_open();
	WRITE_ONCE(learning, rq->learn);
	err = rq->pace ? run_paced(rq, dev) : run(rq, dev);
	WRITE_ONCE(learning, false);
	count_close();
	after = sink_sum();
	outcome.got = after.packets - before.packets;
	outcome.got_bytes = after.bytes - before.bytes;
	return err;
}

static int execute(const struct request *rq)
{
	struct net_device *dev;
	int err;

	err = prepare_learning(rq);
	if (err)
		return err;
	dev = dev_get_by_name(current->nsproxy->net_ns, rq->dev);
	if (!dev)
		return -ENODEV;
	err = execute_on(rq, dev);
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
	mutex_lock(&run_lock);
	seq_printf(m, "milli=%llu sent=%llu sent_bytes=%llu got=%llu got_bytes=%llu",
		   outcome.milli, outcome.sent, outcome.sent_bytes, outcome.got,
		   outcome.got_bytes);
	seq_printf(m, " cycles=%llu misses=%llu pause=%llu\n",
		   outcome.cycles, outcome.misses, outcome.pause);
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
	vfree(learnt);
}

module_init(nbench_init);
module_exit(nbench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Packet source and sink to count what a path costs");
