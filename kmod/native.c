// SPDX-License-Identifier: GPL-2.0
#include "native.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/hash.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>

#include "config.h"
#include "eam.h"
#include "net.h"
#include "prefix.h"
#include "recv.h"

/* For how long to wait for routes to hold still: tries, milliseconds between. */
#define WATCH_TRIES	50
#define WATCH_REST	10

/* As many bits of an address as a route may have without being seen. */
#define SHORT	32
#define LONG	64

static unsigned int row32(const struct in6_addr *addr)
{
	return hash_32((__force u32)addr->s6_addr32[0], NAT64_NATIVE_BITS);
}

static unsigned int row64(const struct in6_addr *addr)
{
	u64 bits = (u64)(__force u32)addr->s6_addr32[0] << 32 |
		   (__force u32)addr->s6_addr32[1];

	return hash_64(bits, NAT64_NATIVE_BITS);
}

static void see(struct nat64_native *v, const struct rt6key *dst)
{
	if (dst->plen > SHORT)
		set_bit(row32(&dst->addr), v->seen32);
	if (dst->plen > LONG)
		set_bit(row64(&dst->addr), v->seen64);
}

/* @len: of what the instance has; there may be a route of more bits */
static bool may_be_longer(const struct nat64_native *v,
			  const struct in6_addr *addr, unsigned int len)
{
	if (len >= LONG)
		return len < 128 && test_bit(row64(addr), v->seen64);
	return len < SHORT || test_bit(row32(addr), v->seen32);
}

/*
 * Have flows ask again. @addr: those of instances that have a say about it;
 * NULL: all. Return: whether there are any.
 */
static bool judge_anew(struct nat64_net *nn, const struct in6_addr *addr)
{
	const struct nat64_table *t;
	struct nat64_config *cfg;
	bool any = false;
	unsigned int i;

	rcu_read_lock();
	t = rcu_dereference(nn->table);
	for (i = 0; t && i < t->n; i++) {
		cfg = rcu_dereference(t->xlat[i]->cfg);
		if (addr && !nat64_reach_has(&cfg->reach, addr))
			continue;
		WRITE_ONCE(cfg->gen, nat64_config_next_gen());
		any = true;
	}
	if (any)
		atomic_inc(&nn->gen);
	rcu_read_unlock();
	return any;
}

static void look_again(struct work_struct *work)
{
	synchronize_net();
	judge_anew(container_of(work, struct nat64_net, native.work), NULL);
}

/*
 * The notifier speaks before a route is there. Who has asked in between, and
 * been told of the old one, is made to ask once more.
 */
static void changed(struct nat64_net *nn, const struct in6_addr *addr)
{
	if (judge_anew(nn, addr))
		schedule_work(&nn->native.work);
}

/*
 * Path MTUs that packets tell are no such changes: whoever sends them would
 * otherwise decide how long a way all others take.
 */
static int event(struct notifier_block *nb, unsigned long what, void *arg)
{
	struct nat64_net *nn = container_of(nb, struct nat64_net, native.nb);
	const struct fib6_entry_notifier_info *entry = arg;
	const struct fib_notifier_info *info = arg;

	if (info->family != AF_INET6)
		return NOTIFY_DONE;
	switch (what) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
		see(&nn->native, &entry->rt->fib6_dst);
		fallthrough;
	case FIB_EVENT_ENTRY_DEL:
		changed(nn, &entry->rt->fib6_dst.addr);
		break;
	case FIB_EVENT_RULE_ADD:
	case FIB_EVENT_RULE_DEL:
		changed(nn, NULL);
		break;
	}
	return NOTIFY_DONE;
}

int nat64_native_watch(struct nat64_net *nn)
{
	struct nat64_native *v = &nn->native;
	int i, err = -EBUSY;

	bitmap_zero(v->seen32, 1 << NAT64_NATIVE_BITS);
	bitmap_zero(v->seen64, 1 << NAT64_NATIVE_BITS);
	INIT_WORK(&v->work, look_again);
	v->nb.notifier_call = event;
	/*
	 * Tells of all routes that there are first. Gives up after a few tries
	 * where they change meanwhile, which they do in bursts.
	 */
	for (i = 0; err == -EBUSY && i < WATCH_TRIES; i++) {
		if (i)
			msleep(WATCH_REST);
		err = register_fib_notifier(nn->net, &v->nb, NULL, NULL);
	}
	return err;
}

void nat64_native_unwatch(struct nat64_net *nn)
{
	unregister_fib_notifier(nn->net, &nn->native.nb);
	cancel_work_sync(&nn->native.work);
}

/* Bits of what the route is to; -1: it leads nowhere. */
static int len_of(const struct dst_entry *dst)
{
	const struct fib6_info *from;

	from = dst ? rcu_dereference(dst_rt6_info(dst)->from) : NULL;
	return from && !dst->error ? from->fib6_dst.plen : -1;
}

/* Of the route that the packet has, or would get. */
static int route_len6(const struct nat64_rx *rx, const struct ipv6hdr *ip6)
{
	struct flowi6 fl6 = {
		.daddr = ip6->daddr,
		.saddr = ip6->saddr,
		.flowi6_proto = ip6->nexthdr,
		.flowlabel = ip6_flowinfo(ip6),
		.flowi6_mark = rx->skb->mark,
	};
	struct dst_entry *dst;
	int len;

	if (rx->local)
		return len_of(skb_dst(rx->skb));
	fl6.flowi6_iif = rx->skb->dev->ifindex;
	dst = ip6_route_input_lookup(rx->net, rx->skb->dev, &fl6, rx->skb,
				     RT6_LOOKUP_F_HAS_SADDR);
	len = len_of(dst);
	dst_release(dst);
	return len;
}

/**
 * nat64_native6() - whether a route has a more specific say about a packet
 * @rx: the packet as it has come, just initialized
 *
 * Context: under RCU.
 * Return: true if the packet is to be forwarded, or received, as it is.
 */
bool nat64_native6(const struct nat64_rx *rx)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(rx->skb);
	const struct nat64_prefix_entry *e;
	int len;

	len = nat64_eam_len6(rx->cfg->eam, &ip6->daddr);
	if (len < 0) {
		e = nat64_prefix_find(rx->cfg->prefixes, &ip6->daddr);
		len = e ? e->p.len : 128;
	}
	return may_be_longer(&nat64_net(rx->net)->native, &ip6->daddr, len) &&
	       route_len6(rx, ip6) > len;
}

static int route_len4(const struct nat64_rx *rx, const struct iphdr *ip)
{
	struct flowi4 fl4 = {
		.daddr = ip->daddr,
		.saddr = ip->saddr,
		.flowi4_iif = rx->local ? LOOPBACK_IFINDEX :
					  rx->skb->dev->ifindex,
		.flowi4_mark = rx->skb->mark,
		.flowi4_proto = ip->protocol,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;

	nat64_flowi4_set_tos(&fl4, ip->tos);
	if (fib_lookup(rx->net, &fl4, &res, 0))
		return -1;
	return res.prefixlen;
}

/**
 * nat64_native4() - whether a route has a more specific say about a packet
 * @rx: the packet as it has come, just initialized
 *
 * A prefix without a limit stands for all of IPv4, so that all routes but the
 * default are more specific. An address of pool4 is as specific as can be.
 *
 * Context: under RCU.
 * Return: true if the packet is to be forwarded, or received, as it is.
 */
bool nat64_native4(const struct nat64_rx *rx)
{
	const struct iphdr *ip = ip_hdr(rx->skb);
	const struct nat64_prefix_entry *e;
	int len;

	if (rx->xlat->state)
		return false;
	len = nat64_eam_len4(rx->cfg->eam, ip->daddr);
	if (len < 0) {
		e = nat64_prefix_of4(rx->cfg, ip->daddr);
		len = e ? e->len4 : 32;
	}
	return len < 32 && route_len4(rx, ip) > len;
}
