/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The translators of a network namespace.
 *
 * Lock order: nat64_net.lock (mutex, configuration) -> nat64_state.lock
 * (spinlock, BH off: bindings and sessions) -> nat64_portblocks.lock (spinlock,
 * BH off: blocks of ports) -> locks inside pool4. Packets take none of them on
 * the way of an established flow: they read under RCU.
 *
 * Lifetimes: a struct nat64_xlat is unlinked from the table under
 * nat64_net.lock, and destroyed in process context once no packet can see it
 * (synchronize_net). Packets hold no reference beyond their RCU section.
 */
#ifndef NAT64_NET_H
#define NAT64_NET_H

#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/types.h>
#include <net/net_namespace.h>

#include "config.h"
#include "native.h"
#include "stats.h"

struct nat64_pairs;
struct nat64_state;

#define NAT64_VERSION	"0.1.0"

#define NAT64_HOOKS	4

/**
 * struct nat64_xlat - one translator ("instance")
 * @cfg: configuration packets see; written under nat64_net.lock
 * @state: bindings and sessions; NULL in mode siit
 * @stats: counters
 * @mode: enum nat64_mode
 * @net: its namespace
 * @name: unique in the namespace
 *
 * Every packet reads it: aligned, it shares no cache line with what some other
 * part of the kernel writes to.
 */
struct nat64_xlat {
	struct nat64_config __rcu *cfg;
	struct nat64_state *state;
	struct nat64_stats __percpu *stats;
	u32 mode;
	struct net *net;
	char name[NAT64_NAME_MAX + 1];
} ____cacheline_aligned_in_smp;

/**
 * struct nat64_table - the instances of a namespace; replaced whole
 * @rcu: freed after a grace period
 * @n: number of instances
 * @pairs: what stateless translation remembers; NULL: no instance is stateless
 * @xlat: in the order of creation
 */
struct nat64_table {
	struct rcu_head rcu;
	unsigned int n;
	struct nat64_pairs __percpu *pairs;
	struct nat64_xlat *xlat[];
};

/**
 * struct nat64_net - what the module keeps per namespace
 * @table: NULL: no instance, and no hooks either; written under @lock
 * @gen: generation of the configuration of all instances, and of IPv6 routes
 *	inside of their prefixes; changes after what it stands for
 * @net: the namespace
 * @lock: serializes configuration; the RTNL is taken after it. Not in the cache
 *	line of what packets read
 * @pairs: lives until the namespace goes, from the first stateless instance on
 * @hooked: the netfilter hooks are registered; under @lock
 * @hooks: these, each with a pointer back here
 * @native: routes past the instances; while @hooked
 * @ingress: there are hooks at devices, too; changes under @lock and the RTNL
 * @ports: these, in ingress.c; under the RTNL
 * @config_seq: number of the last notification of group config; changes with
 *	every change of the configuration; under @lock
 * @event_seq: number of the last notification of group event
 */
struct nat64_net {
	struct nat64_table __rcu *table;
	atomic_t gen;
	struct net *net;
	struct mutex lock ____cacheline_aligned_in_smp;	/* configuration */
	struct nat64_pairs __percpu *pairs;
	bool hooked;
	struct nf_hook_ops hooks[NAT64_HOOKS];
	struct nat64_native native;
	bool ingress;
	struct list_head ports;
	u32 config_seq;
	atomic_t event_seq;
};

struct nat64_net *nat64_net(struct net *net);
int nat64_net_init(void);
void nat64_net_exit(void);

/* Process context, under nat64_net.lock where they take a struct nat64_net. */
struct nat64_xlat *nat64_xlat_find(struct nat64_net *nn, const char *name);
/* Not yet visible to packets. ERR_PTR(-ENOMEM). Takes over @cfg. */
struct nat64_xlat *nat64_xlat_create(struct nat64_net *nn, const char *name,
				     u32 mode, struct nat64_config *cfg);
/* No packet can see it any more. */
void nat64_xlat_destroy(struct nat64_xlat *xlat);
/*
 * Publish @table (NULL: none), (un)register the hooks as needed; the old one is
 * freed after RCU. On error nothing changed and @table is still the caller's.
 */
int nat64_net_publish(struct nat64_net *nn, struct nat64_table *table);
/* After a transaction: give up what no instance asks for any more. */
void nat64_net_settle(struct nat64_net *nn);

#endif /* NAT64_NET_H */
