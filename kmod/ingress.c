// SPDX-License-Identifier: GPL-2.0
#include "ingress.h"

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "gfp.h"
#include "hook.h"
#include "net.h"

/**
 * struct port - the hook at one device
 * @list: in nat64_net.ports, under the RTNL
 * @rcu: who lists hooks may still read @ops
 * @ops: the hook
 */
struct port {
	struct list_head list;
	struct rcu_head rcu;
	struct nf_hook_ops ops;
};

static int add(struct nat64_net *nn, struct net_device *dev)
{
	struct port *port;
	int err;

	ASSERT_RTNL();
	if (dev->flags & IFF_LOOPBACK)
		return 0;
	port = kzalloc(sizeof(*port), NAT64_GFP);
	if (!port)
		return -ENOMEM;
	port->ops = (struct nf_hook_ops) {
		.hook = nat64_hook_ingress,
		.priv = nn,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = NAT64_INGRESS_PRIORITY,
	};
	err = nf_register_net_hook(nn->net, &port->ops);
	if (err)
		kfree(port);
	else
		list_add(&port->list, &nn->ports);
	return err;
}

/* @dev: NULL: all */
static void del(struct nat64_net *nn, const struct net_device *dev)
{
	struct port *port, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(port, next, &nn->ports, list) {
		if (dev && port->ops.dev != dev)
			continue;
		list_del(&port->list);
		nf_unregister_net_hook(nn->net, &port->ops);
		kfree_rcu(port, rcu);
	}
}

static int add_all(struct nat64_net *nn)
{
	struct net_device *dev;
	int err = 0;

	for_each_netdev(nn->net, dev)
		err = err ?: add(nn, dev);
	if (err)
		del(nn, NULL);
	return err;
}

/**
 * nat64_ingress_set() - have hooks at devices or not
 * @nn: the namespace
 * @on: have them at all devices, also at those to come
 *
 * Context: process, under nat64_net.lock, without the RTNL.
 * Return: 0; or -errno, and there are none.
 */
int nat64_ingress_set(struct nat64_net *nn, bool on)
{
	int err = 0;

	/* changes under both locks, so that one is enough to read it */
	lockdep_assert_held(&nn->lock);
	if (on == nn->ingress)
		return 0;
	rtnl_lock();
	if (on)
		err = add_all(nn);
	else
		del(nn, NULL);
	nn->ingress = on && !err;
	rtnl_unlock();
	return err;
}

/* A device that gets no hook for lack of memory has the way of all others. */
static int event(struct notifier_block *nb, unsigned long what, void *arg)
{
	struct net_device *dev = netdev_notifier_info_to_dev(arg);
	struct nat64_net *nn = nat64_net(dev_net(dev));

	if (what == NETDEV_REGISTER && nn->ingress)
		add(nn, dev);
	else if (what == NETDEV_UNREGISTER)
		del(nn, dev);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = event };

int nat64_ingress_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void nat64_ingress_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
