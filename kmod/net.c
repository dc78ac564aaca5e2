// SPDX-License-Identifier: GPL-2.0
#include "net.h"

#include <linux/slab.h>
#include <net/netns/generic.h>

#include "gfp.h"
#include "hook.h"
#include "ingress.h"
#include "pair.h"
#include "session.h"

static unsigned int nat64_net_id;

/**
 * nat64_net() - what the module keeps of a namespace
 * @net: the namespace
 *
 * Context: any.
 */
struct nat64_net *nat64_net(struct net *net)
{
	return net_generic(net, nat64_net_id);
}

static struct nat64_table *table_locked(const struct nat64_net *nn)
{
	return rcu_dereference_protected(nn->table, lockdep_is_held(&nn->lock));
}

/**
 * nat64_xlat_find() - an instance by its name
 * @nn: the namespace
 * @name: its name
 *
 * Context: process, under nat64_net.lock.
 * Return: the instance or NULL.
 */
struct nat64_xlat *nat64_xlat_find(struct nat64_net *nn, const char *name)
{
	const struct nat64_table *t;
	unsigned int i;

	lockdep_assert_held(&nn->lock);
	t = table_locked(nn);
	for (i = 0; t && i < t->n; i++)
		if (!strcmp(t->xlat[i]->name, name))
			return t->xlat[i];
	return NULL;
}

/**
 * nat64_xlat_create() - make an instance that packets do not see yet
 * @nn: the namespace
 * @name: its name, at most NAT64_NAME_MAX bytes
 * @mode: enum nat64_mode
 * @cfg: its configuration, which it takes over on success
 *
 * Context: process.
 * Return: the instance, or ERR_PTR(-ENOMEM).
 */
struct nat64_xlat *nat64_xlat_create(struct nat64_net *nn, const char *name,
				     u32 mode, struct nat64_config *cfg)
{
	struct nat64_xlat *xlat;

	if (mode == NAT64_MODE_SIIT && !nn->pairs) {
		nn->pairs = nat64_pairs_create();
		if (!nn->pairs)
			return ERR_PTR(-ENOMEM);
	}
	xlat = kzalloc(sizeof(*xlat), NAT64_GFP);
	if (!xlat)
		return ERR_PTR(-ENOMEM);
	xlat->net = nn->net;
	xlat->mode = mode;
	strscpy(xlat->name, name, sizeof(xlat->name));
	xlat->stats = nat64_stats_alloc();
	if (!xlat->stats)
		goto free_xlat;
	if (mode == NAT64_MODE_NAT64) {
		xlat->state = nat64_state_create(xlat);
		if (!xlat->state)
			goto free_stats;
	}
	RCU_INIT_POINTER(xlat->cfg, cfg);
	return xlat;

free_stats:
	nat64_stats_free(xlat->stats);
free_xlat:
	kfree(xlat);
	return ERR_PTR(-ENOMEM);
}

/**
 * nat64_xlat_destroy() - free an instance with everything it has
 * @xlat: the instance; no packet can see it any more
 *
 * Context: process.
 */
void nat64_xlat_destroy(struct nat64_xlat *xlat)
{
	struct nat64_config *cfg = rcu_dereference_protected(xlat->cfg, true);

	/* bindings give their ports back to the pool of the configuration */
	if (xlat->state)
		nat64_state_destroy(xlat->state);
	nat64_config_destroy(cfg);
	nat64_stats_free(xlat->stats);
	kfree(xlat);
}

static int hook(struct nat64_net *nn)
{
	int err = nat64_native_watch(nn);

	if (err)
		return err;
	err = nat64_hook_register(nn);
	if (err)
		nat64_native_unwatch(nn);
	nn->hooked = !err;
	return err;
}

static void unhook(struct nat64_net *nn)
{
	nat64_hook_unregister(nn);
	nat64_native_unwatch(nn);
	nn->hooked = false;
}

static bool is_stateless(const struct nat64_table *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->xlat[i]->mode == NAT64_MODE_SIIT)
			return true;
	return false;
}

/**
 * nat64_net_publish() - let packets see another set of instances
 * @nn: the namespace
 * @table: the set; NULL for none
 *
 * The hooks are there while an instance is. The old table is freed after a
 * grace period; instances that only it has are the caller's to destroy.
 *
 * Context: process, under nat64_net.lock.
 * Return: 0, or -errno with nothing changed.
 */
int nat64_net_publish(struct nat64_net *nn, struct nat64_table *table)
{
	struct nat64_table *old;
	int ret;

	lockdep_assert_held(&nn->lock);
	old = table_locked(nn);
	if (table && !nn->hooked) {
		ret = hook(nn);
		if (ret)
			return ret;
	}
	if (table)
		table->pairs = is_stateless(table) ? nn->pairs : NULL;
	rcu_assign_pointer(nn->table, table);
	if (!table && nn->hooked)
		unhook(nn);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/**
 * nat64_net_settle() - give up what no instance asks for any more
 * @nn: the namespace
 *
 * Context: process, under nat64_net.lock, with all changes done.
 */
void nat64_net_settle(struct nat64_net *nn)
{
	const struct nat64_table *t = table_locked(nn);
	const struct nat64_config *cfg;
	unsigned int i;

	lockdep_assert_held(&nn->lock);
	for (i = 0; t && i < t->n; i++) {
		cfg = rcu_dereference_protected(t->xlat[i]->cfg, true);
		if (cfg->set.fast_path == NAT64_FAST_PATH_INGRESS)
			return;
	}
	nat64_ingress_set(nn, false);
}

static int __net_init net_init(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);

	nn->net = net;
	mutex_init(&nn->lock);
	INIT_LIST_HEAD(&nn->ports);
	atomic_set(&nn->event_seq, 0);
	atomic_set(&nn->gen, 0);
	return 0;
}

/* Packets stop seeing us here; a grace period passes before net_exit(). */
static void __net_exit net_pre_exit(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);

	mutex_lock(&nn->lock);
	if (nn->hooked)
		unhook(nn);
	nat64_ingress_set(nn, false);
	mutex_unlock(&nn->lock);
}

static void __net_exit net_exit(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_table *t;
	unsigned int i;

	mutex_lock(&nn->lock);
	t = table_locked(nn);
	RCU_INIT_POINTER(nn->table, NULL);
	mutex_unlock(&nn->lock);
	for (i = 0; t && i < t->n; i++)
		nat64_xlat_destroy(t->xlat[i]);
	kfree(t);
	nat64_pairs_destroy(nn->pairs);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &nat64_net_id,
	.size = sizeof(struct nat64_net),
};

int nat64_net_init(void)
{
	int ret = register_pernet_subsys(&net_ops);

	if (ret)
		return ret;
	ret = nat64_ingress_init();
	if (ret)
		unregister_pernet_subsys(&net_ops);
	return ret;
}

void nat64_net_exit(void)
{
	nat64_ingress_exit();
	unregister_pernet_subsys(&net_ops);
	/* configurations that wait for readers are freed by our code */
	rcu_barrier();
}
