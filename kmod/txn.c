// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions.
 *
 * Everything that can fail, allocations above all, happens before the first
 * change becomes visible. The set of instances is published first, as that may
 * fail for want of hooks, then the configurations. What was replaced is freed
 * after a grace period.
 *
 * Static bindings are the exception: they are made when asked for, as only that
 * reserves the port, and undone on abort.
 */
#include <linux/ctype.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "bib.h"
#include "config.h"
#include "eam.h"
#include "gfp.h"
#include "guard.h"
#include "net.h"
#include "pool4.h"
#include "prefix.h"
#include "session.h"

/**
 * struct change - what a transaction does to one instance
 * @list: in nat64_txn.changes
 * @xlat: the instance
 * @cfg: its configuration to come; NULL: stays as it is
 * @old: the configuration that @cfg replaced, in commit
 * @eam: changes of the mappings; NULL: none
 * @bibs: struct bib_change, in their order
 * @replaced: members of @cfg that it does not share
 * @created: by this transaction, packets do not see it yet
 * @deleted: goes with the commit
 * @flush: sessions may have lost their prefix or pool4 range
 */
struct change {
	struct list_head list;
	struct nat64_xlat *xlat;
	struct nat64_config *cfg;
	struct nat64_config *old;
	struct nat64_eam_edit *eam;
	struct list_head bibs;
	u8 replaced;
	bool created;
	bool deleted;
	bool flush;
};

/**
 * struct bib_change - a static binding added, or a binding to delete
 * @list: in change.bibs
 * @spec: the binding
 * @add: it was made; otherwise it is deleted with the commit
 * @promoted: it was there, dynamic
 */
struct bib_change {
	struct list_head list;
	struct nat64_bib_spec spec;
	bool add;
	bool promoted;
};

static struct nat64_table *live_table(const struct nat64_net *nn)
{
	return rcu_dereference_protected(nn->table, lockdep_is_held(&nn->lock));
}

static struct nat64_config *live_config(const struct nat64_txn *txn,
					const struct nat64_xlat *xlat)
{
	return rcu_dereference_protected(xlat->cfg,
					 lockdep_is_held(&txn->nn->lock));
}

/* The configuration as it will be; its mappings lag behind change.eam. */
static const struct nat64_config *pending(const struct nat64_txn *txn,
					  const struct change *c)
{
	return c->cfg ?: live_config(txn, c->xlat);
}

/**
 * nat64_txn_begin() - begin a transaction
 * @txn: the transaction
 * @nn: the namespace, which is locked until nat64_txn_end()
 * @extack: where refusals are explained
 */
void nat64_txn_begin(struct nat64_txn *txn, struct nat64_net *nn,
		     struct netlink_ext_ack *extack)
{
	mutex_lock(&nn->lock);
	txn->nn = nn;
	txn->extack = extack;
	txn->bad_name = false;
	INIT_LIST_HEAD(&txn->changes);
}

/**
 * nat64_txn_end() - end a transaction that was committed or aborted
 * @txn: the transaction
 *
 * Lets the lock go: what tells of the changes in their order comes before.
 */
void nat64_txn_end(struct nat64_txn *txn)
{
	mutex_unlock(&txn->nn->lock);
}

/* The last change of an instance of that name, deleted or not. */
static struct change *find_by_name(struct nat64_txn *txn, const char *name)
{
	struct change *c;

	list_for_each_entry_reverse(c, &txn->changes, list)
		if (!strcmp(c->xlat->name, name))
			return c;
	return NULL;
}

static struct change *find_by_xlat(const struct nat64_txn *txn,
				   const struct nat64_xlat *xlat)
{
	struct change *c;

	list_for_each_entry(c, &txn->changes, list)
		if (c->xlat == xlat)
			return c;
	return NULL;
}

static struct change *append_change(struct nat64_txn *txn,
				    struct nat64_xlat *xlat)
{
	struct change *c;

	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return NULL;
	c->xlat = xlat;
	INIT_LIST_HEAD(&c->bibs);
	list_add_tail(&c->list, &txn->changes);
	return c;
}

static struct change *get_change(struct nat64_txn *txn, const char *name)
{
	struct nat64_xlat *xlat;
	struct change *c;

	lockdep_assert_held(&txn->nn->lock);
	c = find_by_name(txn, name);
	if (c && !c->deleted)
		return c;
	xlat = c ? NULL : nat64_xlat_find(txn->nn, name);
	if (!xlat) {
		NL_SET_ERR_MSG(txn->extack, "there is no instance of this name");
		txn->bad_name = true;
		return ERR_PTR(-ENOENT);
	}
	c = append_change(txn, xlat);
	return c ?: ERR_PTR(-ENOMEM);
}

/* The change of an instance in @mode. */
static struct change *get_change_in(struct nat64_txn *txn, const char *name,
				    u32 mode)
{
	struct change *c = get_change(txn, name);

	if (IS_ERR(c) || c->xlat->mode == mode)
		return c;
	if (mode == NAT64_MODE_SIIT)
		NL_SET_ERR_MSG(txn->extack, "the instance is stateful (mode nat64), this is for mode siit");
	else
		NL_SET_ERR_MSG(txn->extack, "the instance is stateless (mode siit), this is for mode nat64");
	return ERR_PTR(-EOPNOTSUPP);
}

static int make_config(struct nat64_txn *txn, struct change *c)
{
	const struct nat64_config *live;

	if (c->cfg)
		return 0;
	live = live_config(txn, c->xlat);
	c->cfg = kmemdup(live, sizeof(*live), NAT64_GFP);
	if (!c->cfg)
		return -ENOMEM;
	c->cfg->gen = nat64_config_next_gen();
	return 0;
}

/* To be called before @c->cfg gets another such member. */
static void replace_member(struct change *c, u8 member)
{
	if (c->replaced & member)
		nat64_config_free_members(c->cfg, member);
	c->replaced |= member;
}

static bool name_valid(const char *name)
{
	if (!*name || *name == '-')
		return false;
	for (; *name; name++)
		if (!isascii(*name) ||
		    (!isalnum(*name) && !strchr("._-", *name)))
			return false;
	return true;
}

static unsigned int count_instances(const struct nat64_txn *txn)
{
	const struct nat64_table *t = live_table(txn->nn);
	unsigned int n = t ? t->n : 0;
	const struct change *c;

	list_for_each_entry(c, &txn->changes, list)
		n += c->created - c->deleted;
	return n;
}

static int check_new_name(struct nat64_txn *txn, const char *name)
{
	struct change *c = find_by_name(txn, name);

	txn->bad_name = true;
	if (!name_valid(name)) {
		NL_SET_ERR_MSG(txn->extack, "a name consists of letters, digits, '.', '_' and '-', and does not begin with '-'");
		return -EINVAL;
	}
	if (c ? !c->deleted : !!nat64_xlat_find(txn->nn, name)) {
		NL_SET_ERR_MSG(txn->extack, "there is an instance of this name already");
		return -EEXIST;
	}
	if (count_instances(txn) >= NAT64_INSTANCES_MAX) {
		NL_SET_ERR_MSG(txn->extack, "there are as many instances as there can be");
		return -ENOSPC;
	}
	txn->bad_name = false;
	return 0;
}

/**
 * nat64_txn_instance_add() - create an instance
 * @txn: the transaction
 * @name: its name
 * @mode: enum nat64_mode
 *
 * Return: 0, -EINVAL, -EEXIST, -ENOSPC or -ENOMEM. Process context.
 */
int nat64_txn_instance_add(struct nat64_txn *txn, const char *name, u32 mode)
{
	struct nat64_config *cfg;
	struct nat64_xlat *xlat;
	struct change *c;
	int err;

	lockdep_assert_held(&txn->nn->lock);
	err = check_new_name(txn, name);
	if (err)
		return err;
	cfg = nat64_config_create();
	if (!cfg)
		return -ENOMEM;
	xlat = nat64_xlat_create(txn->nn, name, mode, cfg);
	if (IS_ERR(xlat)) {
		nat64_config_destroy(cfg);
		return PTR_ERR(xlat);
	}
	c = append_change(txn, xlat);
	if (!c) {
		nat64_xlat_destroy(xlat);
		return -ENOMEM;
	}
	/* nobody else sees it: what is changed of it is changed in place */
	c->created = true;
	c->cfg = cfg;
	c->replaced = NAT64_MEMBERS;
	return 0;
}

/**
 * nat64_txn_instance_del() - delete an instance with all it has
 * @txn: the transaction
 * @name: its name
 *
 * Return: 0, -ENOENT or -ENOMEM. Process context.
 */
int nat64_txn_instance_del(struct nat64_txn *txn, const char *name)
{
	struct change *c = get_change(txn, name);

	if (IS_ERR(c))
		return PTR_ERR(c);
	c->deleted = true;
	return 0;
}

/*
 * Whether another instance, as it will be, has what @conflict looks for. An
 * instance that nothing was changed of has no struct change.
 */
static bool other_has(struct nat64_txn *txn, const struct change *self,
		      bool (*conflict)(const struct nat64_config *cfg,
				       const void *what), const void *what)
{
	const struct nat64_table *t = live_table(txn->nn);
	const struct change *c;
	unsigned int i;

	list_for_each_entry(c, &txn->changes, list)
		if (c != self && !c->deleted && conflict(pending(txn, c), what))
			return true;
	for (i = 0; t && i < t->n; i++)
		if (!find_by_xlat(txn, t->xlat[i]) &&
		    conflict(live_config(txn, t->xlat[i]), what))
			return true;
	return false;
}

static bool has_prefix(const struct nat64_config *cfg, const void *what)
{
	return nat64_prefix_has(cfg->prefixes, what);
}

static bool has_pool4(const struct nat64_config *cfg, const void *what)
{
	return nat64_pool4_overlaps(cfg->pool4, what);
}

static int check_prefix(struct nat64_txn *txn, const struct change *c,
			const struct nat64_prefix_entry *e, bool force)
{
	if (e->len4 && c->xlat->mode == NAT64_MODE_NAT64) {
		NL_SET_ERR_MSG(txn->extack, "a prefix stands for all of IPv4 in mode nat64: leave the IPv4 prefix out");
		return -EOPNOTSUPP;
	}
	if (!force && other_has(txn, c, has_prefix, &e->p)) {
		NL_SET_ERR_MSG(txn->extack, "another instance has this prefix; force adds it anyway, the instance that was made first wins");
		return -EEXIST;
	}
	return 0;
}

/**
 * nat64_txn_prefix() - add or delete a prefix
 * @txn: the transaction
 * @name: name of the instance
 * @add: add it
 * @e: the prefix, which passed nat64_prefix_check()
 * @force: even if another instance has it
 *
 * Return: 0, -ENOENT, -EEXIST, -EOPNOTSUPP, -ENOSPC or -ENOMEM. Process
 * context.
 */
int nat64_txn_prefix(struct nat64_txn *txn, const char *name, bool add,
		     const struct nat64_prefix_entry *e, bool force)
{
	struct change *c = get_change(txn, name);
	struct nat64_prefix_set *set;
	int err;

	if (IS_ERR(c))
		return PTR_ERR(c);
	err = make_config(txn, c);
	if (!err && add)
		err = check_prefix(txn, c, e, force);
	if (err)
		return err;
	if (add)
		set = nat64_prefix_set_add(c->cfg->prefixes, e, txn->extack);
	else
		set = nat64_prefix_set_del(c->cfg->prefixes, e, txn->extack);
	if (IS_ERR(set))
		return PTR_ERR(set);
	replace_member(c, NAT64_MEMBER_PREFIXES);
	c->cfg->prefixes = set;
	if (add)
		nat64_guard_prefix(txn->nn->net, c->xlat->mode, c->cfg, &e->p,
				   txn->extack);
	else
		c->flush = c->xlat->state;
	return 0;
}

static int check_pool4(struct nat64_txn *txn, const struct change *c,
		       const struct nat64_pool4_spec *spec, bool force)
{
	if (other_has(txn, c, has_pool4, spec)) {
		NL_SET_ERR_MSG(txn->extack, "another instance has some of these addresses and ports");
		return -EEXIST;
	}
	return force ? 0 : nat64_guard_pool4_use(txn->nn->net, spec,
						 txn->extack);
}

/*
 * A range that this very transaction added and now deletes never is in a pool
 * that packets see, but may have got static bindings already.
 */
static void retire_added(struct nat64_txn *txn, const struct change *c,
			 const struct nat64_pool4 *new)
{
	const struct nat64_pool4 *live = NULL;

	if (!c->created)
		live = live_config(txn, c->xlat)->pool4;
	nat64_pool4_retire(c->cfg->pool4, live, new);
}

/**
 * nat64_txn_pool4() - add or delete a range of pool4
 * @txn: the transaction
 * @name: name of the instance
 * @add: add it
 * @spec: the range, which passed nat64_pool4_check()
 * @force: even if it looks like a mistake
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -EOPNOTSUPP, -ENOSPC or -ENOMEM.
 * Process context.
 */
int nat64_txn_pool4(struct nat64_txn *txn, const char *name, bool add,
		    const struct nat64_pool4_spec *spec, bool force)
{
	struct change *c = get_change_in(txn, name, NAT64_MODE_NAT64);
	struct nat64_pool4 *pool;
	int err;

	if (IS_ERR(c))
		return PTR_ERR(c);
	err = make_config(txn, c);
	if (!err && add)
		err = check_pool4(txn, c, spec, force);
	if (err)
		return err;
	if (add)
		pool = nat64_pool4_add(c->cfg->pool4, spec, txn->extack);
	else
		pool = nat64_pool4_del(c->cfg->pool4, spec, txn->extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	retire_added(txn, c, pool);
	replace_member(c, NAT64_MEMBER_POOL4);
	c->cfg->pool4 = pool;
	if (add)
		nat64_guard_pool4(txn->nn->net, c->cfg, spec, force,
				  txn->extack);
	else
		c->flush = true;
	return 0;
}

/**
 * nat64_txn_eam() - add or delete an explicit address mapping
 * @txn: the transaction
 * @name: name of the instance
 * @add: add it
 * @e: the mapping, which passed nat64_eam_check()
 * @force: even if it looks like a mistake
 *
 * Only in mode siit (I-20).
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -EOPNOTSUPP, -ENOSPC or -ENOMEM.
 * Process context.
 */
int nat64_txn_eam(struct nat64_txn *txn, const char *name, bool add,
		  const struct nat64_eam *e, bool force)
{
	struct change *c = get_change_in(txn, name, NAT64_MODE_SIIT);
	int err;

	if (IS_ERR(c))
		return PTR_ERR(c);
	err = make_config(txn, c);
	if (!err && add && !force)
		err = nat64_guard_eam(e, txn->extack);
	if (err)
		return err;
	if (!c->eam)
		c->eam = nat64_eam_edit_create(c->cfg->eam);
	if (!c->eam)
		return -ENOMEM;
	return add ? nat64_eam_edit_add(c->eam, e, txn->extack) :
		     nat64_eam_edit_del(c->eam, e, txn->extack);
}

/**
 * nat64_txn_deny4() - add or delete an IPv4 prefix that is never translated
 * @txn: the transaction
 * @name: name of the instance
 * @add: add it
 * @e: the prefix, which passed nat64_deny4_check()
 *
 * Return: 0, -ENOENT, -EEXIST, -ENOSPC or -ENOMEM. Process context.
 */
int nat64_txn_deny4(struct nat64_txn *txn, const char *name, bool add,
		    const struct nat64_deny4_entry *e)
{
	struct change *c = get_change(txn, name);
	struct nat64_deny4 *deny4;
	int err;

	if (IS_ERR(c))
		return PTR_ERR(c);
	err = make_config(txn, c);
	if (err)
		return err;
	if (add)
		deny4 = nat64_deny4_add(c->cfg->deny4, e, txn->extack);
	else
		deny4 = nat64_deny4_del(c->cfg->deny4, e, txn->extack);
	if (IS_ERR(deny4))
		return PTR_ERR(deny4);
	replace_member(c, NAT64_MEMBER_DENY4);
	c->cfg->deny4 = deny4;
	return 0;
}

static int bib_add(struct nat64_txn *txn, struct change *c,
		   struct bib_change *b)
{
	int err;

	err = nat64_bib_add_static(c->xlat->state, pending(txn, c), &b->spec);
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(txn->extack, "one of the two transport addresses is bound already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(txn->extack, "the IPv4 address and port are not in pool4");
		break;
	}
	if (err < 0)
		return err;
	b->add = true;
	b->promoted = err == 1;
	return 0;
}

static int bib_check_del(struct nat64_txn *txn, struct change *c,
			 const struct bib_change *b)
{
	int err;

	err = nat64_bib_find_spec(c->xlat->state, &b->spec);
	if (err)
		NL_SET_ERR_MSG(txn->extack, "the instance does not have this binding");
	return err;
}

/**
 * nat64_txn_bib() - add a static binding, or delete any
 * @txn: the transaction
 * @name: name of the instance
 * @add: add it
 * @spec: the binding
 *
 * A binding that the transaction deletes is in the way of others until the
 * commit.
 *
 * Return: 0, -ENOENT, -EEXIST, -EOPNOTSUPP or -ENOMEM. Process context.
 */
int nat64_txn_bib(struct nat64_txn *txn, const char *name, bool add,
		  const struct nat64_bib_spec *spec)
{
	struct change *c = get_change_in(txn, name, NAT64_MODE_NAT64);
	struct bib_change *b;
	int err;

	if (IS_ERR(c))
		return PTR_ERR(c);
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	b->spec = *spec;
	err = add ? bib_add(txn, c, b) : bib_check_del(txn, c, b);
	if (err) {
		kfree(b);
		return err;
	}
	list_add_tail(&b->list, &c->bibs);
	return 0;
}

/**
 * nat64_txn_settings() - the settings of an instance as they will be
 * @txn: the transaction
 * @name: name of the instance
 * @mode: where to put its mode
 *
 * Return: the settings, to change; or ERR_PTR() of -ENOENT, -ENOMEM. Process
 * context.
 */
struct nat64_settings *nat64_txn_settings(struct nat64_txn *txn,
					  const char *name, u32 *mode)
{
	struct change *c = get_change(txn, name);
	int err;

	if (IS_ERR(c))
		return ERR_CAST(c);
	*mode = c->xlat->mode;
	err = make_config(txn, c);
	return err ? ERR_PTR(err) : &c->cfg->set;
}

static void free_change(struct change *c)
{
	struct bib_change *b, *next;

	list_for_each_entry_safe(b, next, &c->bibs, list)
		kfree(b);
	nat64_eam_edit_destroy(c->eam);
	list_del(&c->list);
	kfree(c);
}

/* Drop a configuration that is not to be published, and what only it has. */
static void discard_config(struct change *c)
{
	if (!c->cfg || c->created)
		return;
	nat64_config_free_members(c->cfg, c->replaced);
	kfree(c->cfg);
}

static void undo_bibs(struct change *c)
{
	struct bib_change *b;

	list_for_each_entry_reverse(b, &c->bibs, list)
		if (b->add)
			nat64_bib_undo_static(c->xlat->state, &b->spec,
					      b->promoted);
}

/**
 * nat64_txn_abort() - forget the changes
 * @txn: the transaction
 *
 * Process context.
 */
void nat64_txn_abort(struct nat64_txn *txn)
{
	struct change *c, *next;

	lockdep_assert_held(&txn->nn->lock);
	list_for_each_entry_safe(c, next, &txn->changes, list) {
		undo_bibs(c);
		discard_config(c);
		if (c->created)
			nat64_xlat_destroy(c->xlat);
		free_change(c);
	}
	nat64_net_settle(txn->nn);
}

static int build_eam(struct change *c)
{
	struct nat64_eam_table *eam;

	if (!c->eam || c->deleted)
		return 0;
	eam = nat64_eam_edit_build(c->eam);
	if (IS_ERR(eam))
		return PTR_ERR(eam);
	replace_member(c, NAT64_MEMBER_EAM);
	c->cfg->eam = eam;
	return 0;
}

/* The instances as they will be, NULL if none is left; or ERR_PTR(-ENOMEM). */
static struct nat64_table *build_table(struct nat64_txn *txn)
{
	const struct nat64_table *old = live_table(txn->nn);
	unsigned int n = count_instances(txn), i;
	struct nat64_table *t;
	struct change *c;

	if (!n)
		return NULL;
	t = kzalloc(struct_size(t, xlat, n), NAT64_GFP);
	if (!t)
		return ERR_PTR(-ENOMEM);
	for (i = 0; old && i < old->n; i++) {
		c = find_by_xlat(txn, old->xlat[i]);
		if (!c || !c->deleted)
			t->xlat[t->n++] = old->xlat[i];
	}
	list_for_each_entry(c, &txn->changes, list)
		if (c->created && !c->deleted)
			t->xlat[t->n++] = c->xlat;
	return t;
}

static int publish_instances(struct nat64_txn *txn)
{
	struct nat64_table *t;
	bool same = true;
	struct change *c;
	int err;

	list_for_each_entry(c, &txn->changes, list)
		same &= c->created == c->deleted;
	if (same)
		return 0;
	t = build_table(txn);
	if (IS_ERR(t))
		return PTR_ERR(t);
	err = nat64_net_publish(txn->nn, t);
	if (!err)
		return 0;
	if (err == -EBUSY)
		NL_SET_ERR_MSG(txn->extack, "routes of this network namespace change faster than they can be read: try again in a while");
	else
		NL_SET_ERR_MSG(txn->extack, "cannot register netfilter hooks");
	kfree(t);
	return err;
}

static void publish_config(struct nat64_txn *txn, struct change *c)
{
	if (!c->cfg || c->created || c->deleted)
		return;
	c->old = live_config(txn, c->xlat);
	c->old->drop = c->replaced;
	rcu_assign_pointer(c->xlat->cfg, c->cfg);
	if (c->flush)
		nat64_pool4_retire(c->old->pool4, c->cfg->pool4, NULL);
}

/* No packet sees what was replaced any more if this has been waited for. */
static void finish(struct change *c, bool waited)
{
	struct bib_change *b;

	if (c->deleted) {
		discard_config(c);
		nat64_xlat_destroy(c->xlat);
		return;
	}
	if (c->flush) {
		nat64_state_flush_dead(c->xlat->state);
		nat64_state_flush_prefix(c->xlat->state, c->cfg);
	}
	/* one that expired in the meantime is as good as deleted */
	list_for_each_entry(b, &c->bibs, list)
		if (!b->add)
			nat64_bib_del(c->xlat->state, &b->spec);
	if (c->old)
		nat64_config_retire(c->old, waited);
}

/**
 * nat64_txn_commit() - let packets see the changes
 * @txn: the transaction
 *
 * Return: 0, or -errno with nothing changed. Process context.
 */
int nat64_txn_commit(struct nat64_txn *txn)
{
	struct change *c, *next;
	bool wait = false;
	int err = 0;

	lockdep_assert_held(&txn->nn->lock);
	list_for_each_entry(c, &txn->changes, list) {
		err = err ?: build_eam(c);
		if (c->cfg)
			nat64_config_seal(c->cfg, c->xlat->mode);
	}
	err = err ?: publish_instances(txn);
	if (err)
		return err;

	/* from here on nothing fails */
	list_for_each_entry(c, &txn->changes, list) {
		publish_config(txn, c);
		wait |= c->flush || c->deleted;
	}
	/* who sees it sees the changes; pairs with smp_rmb() in hook.c */
	smp_mb__before_atomic();
	atomic_inc(&txn->nn->gen);
	if (wait)
		synchronize_net();
	list_for_each_entry_safe(c, next, &txn->changes, list) {
		finish(c, wait);
		free_change(c);
	}
	nat64_net_settle(txn->nn);
	return 0;
}
