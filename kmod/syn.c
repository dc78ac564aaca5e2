// SPDX-License-Identifier: GPL-2.0
#include "syn.h"

#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "config.h"
#include "gfp.h"
#include "icmp.h"
#include "net.h"
#include "stats.h"

/* RFC 1812 section 4.3.2.3: an error has 576 bytes, of which 28 are headers. */
#define QUOTE_MAX	548
#define BUCKETS		64

/**
 * struct syn - a SYN that waits
 * @fifo: in the order of arrival
 * @node: in its bucket
 * @t4: tuple of the IPv4 side
 * @expires: jiffies
 * @skb: what an error quotes
 */
struct syn {
	struct list_head fifo;
	struct hlist_node node;
	struct nat64_tuple4 t4;
	unsigned long expires;
	struct sk_buff *skb;
};

/**
 * struct nat64_syns - those of an instance
 * @xlat: the instance
 * @lock: BH off; a leaf
 * @n: how many; read without the lock
 * @seed: what nobody outside knows, for the buckets
 * @fifo: all of them
 * @bucket: by tuple
 * @work: ends those that nobody has answered
 */
struct nat64_syns {
	struct nat64_xlat *xlat;
	spinlock_t lock;	/* all below */
	unsigned int n;
	u32 seed;
	struct list_head fifo;
	struct hlist_head bucket[BUCKETS];
	struct delayed_work work;
};

static struct hlist_head *bucket_of(struct nat64_syns *syns,
				    const struct nat64_tuple4 *t4)
{
	u32 ports = (__force u32)t4->sport << 16 | (__force u32)t4->dport;

	return &syns->bucket[jhash_3words((__force u32)t4->src,
					  (__force u32)t4->dst, ports,
					  syns->seed) % BUCKETS];
}

static struct syn *find(struct nat64_syns *syns, const struct nat64_tuple4 *t4)
{
	struct syn *syn;

	lockdep_assert_held(&syns->lock);
	hlist_for_each_entry(syn, bucket_of(syns, t4), node)
		if (syn->t4.src == t4->src && syn->t4.dst == t4->dst &&
		    syn->t4.sport == t4->sport && syn->t4.dport == t4->dport)
			return syn;
	return NULL;
}

static void unlink(struct nat64_syns *syns, struct syn *syn)
{
	lockdep_assert_held(&syns->lock);
	list_del(&syn->fifo);
	hlist_del(&syn->node);
	WRITE_ONCE(syns->n, syns->n - 1);
}

static void syn_free(struct syn *syn)
{
	kfree_skb(syn->skb);
	kfree(syn);
}

/* The start of a packet, without what ties it to a device or a socket. */
static struct sk_buff *quote_of(const struct sk_buff *skb)
{
	unsigned int len = min_t(unsigned int, skb->len, QUOTE_MAX);
	struct sk_buff *quote = alloc_skb(len, GFP_ATOMIC | __GFP_NOWARN);

	if (!quote)
		return NULL;
	skb_reset_mac_header(quote);
	skb_reset_network_header(quote);
	if (skb_copy_bits(skb, 0, skb_put(quote, len), len)) {
		kfree_skb(quote);
		return NULL;
	}
	quote->protocol = skb->protocol;
	quote->pkt_type = PACKET_HOST;
	quote->mark = skb->mark;
	return quote;
}

static struct syn *syn_create(const struct nat64_tuple4 *t4,
			      const struct sk_buff *skb, unsigned long timeout)
{
	struct syn *syn = kmalloc(sizeof(*syn), GFP_ATOMIC | __GFP_NOWARN);

	if (!syn)
		return NULL;
	syn->t4 = *t4;
	syn->expires = jiffies + timeout;
	syn->skb = quote_of(skb);
	if (syn->skb)
		return syn;
	kfree(syn);
	return NULL;
}

static enum nat64_drop store(struct nat64_syns *syns,
			     const struct nat64_tuple4 *t4,
			     const struct sk_buff *skb,
			     const struct nat64_settings *set)
{
	struct syn *syn;

	/* another one neither is kept nor makes the first wait longer (H-110) */
	if (find(syns, t4))
		return NAT64_DROP_SYN_STORED;
	if (syns->n >= NAT64_SYN_MAX)
		return NAT64_DROP_SYN_LIMIT;
	syn = syn_create(t4, skb, set->tcp_syn_timeout);
	if (!syn)
		return NAT64_DROP_NO_MEMORY;
	list_add_tail(&syn->fifo, &syns->fifo);
	hlist_add_head(&syn->node, bucket_of(syns, t4));
	WRITE_ONCE(syns->n, syns->n + 1);
	if (syns->n == 1)
		schedule_delayed_work(&syns->work, set->tcp_syn_timeout);
	return NAT64_DROP_NONE;
}

enum nat64_drop nat64_syn_store(struct nat64_syns *syns,
				const struct nat64_tuple4 *t4,
				const struct sk_buff *skb,
				const struct nat64_settings *set)
{
	enum nat64_drop drop;

	spin_lock_bh(&syns->lock);
	drop = store(syns, t4, skb, set);
	spin_unlock_bh(&syns->lock);
	return drop;
}

bool nat64_syn_waits(struct nat64_syns *syns, const struct nat64_tuple4 *t4)
{
	bool waits;

	if (likely(!READ_ONCE(syns->n)))
		return false;
	spin_lock_bh(&syns->lock);
	waits = find(syns, t4);
	spin_unlock_bh(&syns->lock);
	return waits;
}

bool nat64_syn_take(struct nat64_syns *syns, const struct nat64_tuple4 *t4)
{
	struct syn *syn;

	if (likely(!READ_ONCE(syns->n)))
		return false;
	spin_lock_bh(&syns->lock);
	syn = find(syns, t4);
	if (syn)
		unlink(syns, syn);
	spin_unlock_bh(&syns->lock);
	if (!syn)
		return false;
	syn_free(syn);
	return true;
}

/* The oldest if its time is over; else when it will be, in @rest. */
static struct syn *pop_expired(struct nat64_syns *syns, long *rest)
{
	struct syn *syn;

	spin_lock_bh(&syns->lock);
	syn = list_first_entry_or_null(&syns->fifo, struct syn, fifo);
	*rest = syn ? (long)(syn->expires - jiffies) : 0;
	if (syn && *rest > 0)
		syn = NULL;
	if (syn)
		unlink(syns, syn);
	spin_unlock_bh(&syns->lock);
	return syn;
}

/* H-37: nobody has opened the connection from the other side. */
static void tell(const struct nat64_xlat *xlat, struct sk_buff *skb)
{
	static const struct nat64_hdr whole;
	bool told = false;

	rcu_read_lock();
	local_bh_disable();
	if (rcu_dereference(xlat->cfg)->set.icmp_errors)
		told = nat64_icmp4_error(xlat->net, skb, &whole,
					 NAT64_DROP_SYN_UNANSWERED, 0);
	local_bh_enable();
	rcu_read_unlock();
	if (told)
		nat64_count(xlat->stats, NAT64_CNT_ERRORS_SENT);
	nat64_count_drop(xlat->stats, NAT64_DROP_SYN_UNANSWERED);
}

static void expire(struct work_struct *work)
{
	struct nat64_syns *syns = container_of(to_delayed_work(work),
					       struct nat64_syns, work);
	struct syn *syn;
	long rest;

	while ((syn = pop_expired(syns, &rest))) {
		tell(syns->xlat, syn->skb);
		syn_free(syn);
	}
	if (rest > 0)
		schedule_delayed_work(&syns->work, rest);
}

struct nat64_syns *nat64_syns_create(struct nat64_xlat *xlat)
{
	struct nat64_syns *syns = kzalloc(sizeof(*syns), NAT64_GFP);

	if (!syns)
		return NULL;
	syns->xlat = xlat;
	spin_lock_init(&syns->lock);
	syns->seed = get_random_u32();
	INIT_LIST_HEAD(&syns->fifo);
	INIT_DELAYED_WORK(&syns->work, expire);
	return syns;
}

void nat64_syns_destroy(struct nat64_syns *syns)
{
	struct syn *syn, *next;

	cancel_delayed_work_sync(&syns->work);
	list_for_each_entry_safe(syn, next, &syns->fifo, fifo)
		syn_free(syn);
	kfree(syns);
}
