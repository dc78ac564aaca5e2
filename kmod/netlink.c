// SPDX-License-Identifier: GPL-2.0
/* Requests that change something, and notifications. */
#include "netlink.h"

#include <linux/timekeeping.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "bib.h"
#include "config.h"
#include "eam.h"
#include "ingress.h"
#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "pool4.h"
#include "prefix.h"
#include "session.h"
#include "stats.h"

#define DEFAULT_INSTANCE	"default"

/**
 * struct item - one change that a request asks for
 * @cmd: NAT64_CMD_
 * @name: of the instance
 * @nest: the object that is added, removed or set; NULL: the instance itself
 * @at: what a refusal points at if there is nothing better
 * @tb: all attributes
 */
struct item {
	u32 cmd;
	const char *name;
	const struct nlattr *nest;
	const struct nlattr *at;
	struct nlattr **tb;
};

static bool forced(const struct item *item)
{
	return item->tb[NAT64_A_FORCE];
}

static int instance_add(struct nat64_txn *txn, const struct item *item)
{
	const struct nlattr *mode = item->tb[NAT64_A_MODE];

	if (!mode) {
		NL_SET_ERR_ATTR_MISS(txn->extack, (struct nlattr *)item->at,
				     NAT64_A_MODE);
		NL_SET_ERR_MSG(txn->extack, "the mode is missing");
		return -EINVAL;
	}
	return nat64_txn_instance_add(txn, item->name, nla_get_u32(mode));
}

static int instance_del(struct nat64_txn *txn, const struct item *item)
{
	return nat64_txn_instance_del(txn, item->name);
}

static int prefix_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_prefix_entry e;

	return nat64_get_prefix(&e, item->nest, txn->extack) ?:
	       nat64_txn_prefix(txn, item->name,
				item->cmd == NAT64_CMD_PREFIX_ADD, &e,
				forced(item));
}

static int pool4_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_pool4_spec s;

	return nat64_get_pool4(&s, item->nest, txn->extack) ?:
	       nat64_txn_pool4(txn, item->name,
			       item->cmd == NAT64_CMD_POOL4_ADD, &s,
			       forced(item));
}

static int eam_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_eam e;

	return nat64_get_eam(&e, item->nest, txn->extack) ?:
	       nat64_txn_eam(txn, item->name, item->cmd == NAT64_CMD_EAM_ADD,
			     &e, forced(item));
}

static int deny4_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_deny4_entry e;

	return nat64_get_deny4(&e, item->nest, txn->extack) ?:
	       nat64_txn_deny4(txn, item->name,
			       item->cmd == NAT64_CMD_DENY4_ADD, &e);
}

static int bib_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_bib_spec s;

	return nat64_get_bib(&s, item->nest, txn->extack) ?:
	       nat64_txn_bib(txn, item->name, item->cmd == NAT64_CMD_BIB_ADD,
			     &s);
}

/* Done before anything else is changed, as it may fail. */
static int want_ingress(struct nat64_txn *txn, u32 mode)
{
	int err;

	if (mode != NAT64_MODE_NAT64) {
		NL_SET_ERR_MSG(txn->extack, "only mode nat64 has a fast path at ingress");
		return -EOPNOTSUPP;
	}
	err = nat64_ingress_set(txn->nn, true);
	if (err)
		NL_SET_ERR_MSG(txn->extack, "cannot register netfilter hooks at devices");
	return err;
}

static int settings_change(struct nat64_txn *txn, const struct item *item)
{
	struct nat64_settings *set;
	u32 mode;
	int err;

	set = nat64_txn_settings(txn, item->name, &mode);
	if (IS_ERR(set))
		return PTR_ERR(set);
	err = nat64_get_settings(set, item->nest, forced(item), txn->extack);
	if (err || set->fast_path != NAT64_FAST_PATH_INGRESS)
		return err;
	return want_ingress(txn, mode);
}

/**
 * struct change_op - a command
 * @change: what it does
 * @attr: what it takes beside instance and force
 * @blame: attribute inside of @attr that it is about most of all
 */
struct change_op {
	int (*change)(struct nat64_txn *txn, const struct item *item);
	int attr;
	int blame;
};

static const struct change_op change_ops[] = {
	[NAT64_CMD_INSTANCE_ADD] = { instance_add, NAT64_A_MODE },
	[NAT64_CMD_INSTANCE_DEL] = { instance_del },
	[NAT64_CMD_PREFIX_ADD] = { prefix_change, NAT64_A_PREFIX },
	[NAT64_CMD_PREFIX_DEL] = { prefix_change, NAT64_A_PREFIX },
	[NAT64_CMD_POOL4_ADD] = { pool4_change, NAT64_A_POOL4 },
	[NAT64_CMD_POOL4_DEL] = { pool4_change, NAT64_A_POOL4 },
	[NAT64_CMD_EAM_ADD] = { eam_change, NAT64_A_EAM },
	[NAT64_CMD_EAM_DEL] = { eam_change, NAT64_A_EAM },
	[NAT64_CMD_DENY4_ADD] = { deny4_change, NAT64_A_DENY4 },
	[NAT64_CMD_DENY4_DEL] = { deny4_change, NAT64_A_DENY4 },
	[NAT64_CMD_BIB_ADD] = { bib_change, NAT64_A_BIB,
				NAT64_A_BIB_ADDR4 },
	[NAT64_CMD_BIB_DEL] = { bib_change, NAT64_A_BIB,
				NAT64_A_BIB_ADDR4 },
	[NAT64_CMD_SETTINGS_SET] = { settings_change, NAT64_A_SETTINGS },
};

static const struct change_op *find_op(u32 cmd)
{
	if (cmd >= ARRAY_SIZE(change_ops) || !change_ops[cmd].change)
		return NULL;
	return &change_ops[cmd];
}

static bool is_common(int attr)
{
	return attr == NAT64_A_INSTANCE || attr == NAT64_A_FORCE ||
	       attr == NAT64_A_CMD;
}

/* An item may have any attribute of any change; only its own make sense. */
static int check_attrs(const struct change_op *op, const struct item *item,
		       struct netlink_ext_ack *extack)
{
	int attr;

	for (attr = 1; attr <= NAT64_A_CMD; attr++) {
		if (!item->tb[attr] || is_common(attr) || attr == op->attr)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, item->tb[attr],
				    "the command does not take this attribute");
		return -EINVAL;
	}
	if (!op->attr || item->tb[op->attr])
		return 0;
	NL_SET_ERR_ATTR_MISS(extack, (struct nlattr *)item->at, op->attr);
	NL_SET_ERR_MSG_ATTR(extack, item->at,
			    "the attribute to add, remove or set is missing");
	return -EINVAL;
}

/* Whatever was refused gets text and an attribute to point at. */
static int refuse(struct nat64_txn *txn, const struct change_op *op,
		  const struct item *item, int err)
{
	struct netlink_ext_ack *extack = txn->extack;
	const struct nlattr *at = item->nest;

	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "out of memory");
	if (!extack || extack->bad_attr)
		return err;
	if (txn->bad_name)
		at = item->tb[NAT64_A_INSTANCE];
	else if (at && op->blame)
		at = nla_find_nested(at, op->blame) ?: at;
	NL_SET_BAD_ATTR(extack, at ?: item->at);
	return err;
}

static int make_change(struct nat64_txn *txn, struct item *item)
{
	const struct change_op *op = find_op(item->cmd);
	const struct nlattr *name = item->tb[NAT64_A_INSTANCE];
	int err;

	if (!op) {
		NL_SET_ERR_MSG_ATTR(txn->extack, item->tb[NAT64_A_CMD],
				    "the command changes no configuration");
		return -EOPNOTSUPP;
	}
	item->name = name ? nla_data(name) : DEFAULT_INSTANCE;
	item->nest = op->attr ? item->tb[op->attr] : NULL;
	err = check_attrs(op, item, txn->extack);
	err = err ?: op->change(txn, item);
	return err ? refuse(txn, op, item, err) : 0;
}

static int put_item(struct sk_buff *skb, const struct item *item, bool whole)
{
	int err;

	err = nla_put_u32(skb, NAT64_A_CMD, item->cmd) ?:
	      nla_put_string(skb, NAT64_A_INSTANCE, item->name);
	if (!err && whole && item->nest)
		err = nla_put(skb, item->nest->nla_type, nla_len(item->nest),
			      nla_data(item->nest));
	return err;
}

static bool tells_of_users(const struct item *item)
{
	return item->cmd == NAT64_CMD_BIB_ADD || item->cmd == NAT64_CMD_BIB_DEL;
}

static void send_note(struct nat64_net *nn, unsigned int group,
		      const struct item *item)
{
	bool whole = group == NAT64_NLGRP_BINDING || !tells_of_users(item);
	struct sk_buff *skb;
	void *hdr;

	if (!genl_has_listeners(&nat64_nl_family, nn->net, group))
		return;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &nat64_nl_family, 0, NAT64_CMD_CONFIG_NTF);
	if (!hdr || nla_put_u32(skb, NAT64_A_SEQ, nn->config_seq) ||
	    put_item(skb, item, whole)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&nat64_nl_family, nn->net, skb, 0, group,
				GFP_KERNEL);
}

/*
 * Tell of a change that has been made. Under the lock: the order is right.
 * Anybody may listen to the group config: bindings, which are of users, have a
 * group of their own.
 */
static void notify(struct nat64_net *nn, const struct item *item)
{
	lockdep_assert_held(&nn->lock);
	nn->config_seq++;
	send_note(nn, NAT64_NLGRP_CONFIG, item);
	if (tells_of_users(item))
		send_note(nn, NAT64_NLGRP_BINDING, item);
}

/* All requests for one change have the attributes of an item at the top. */
static int parse_top(struct item *item, struct nlattr **tb,
		     struct genl_info *info)
{
	*item = (struct item) { .cmd = info->genlhdr->cmd, .tb = tb };
	return genlmsg_parse(info->nlhdr, &nat64_nl_family, tb, NAT64_A_CMD,
			     nat64_item_nl_policy, info->extack);
}

static int do_change(struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nlattr *tb[NAT64_A_CMD + 1];
	struct nat64_txn txn;
	struct item item;
	int err;

	err = parse_top(&item, tb, info);
	if (err)
		return err;
	nat64_txn_begin(&txn, nn, info->extack);
	err = make_change(&txn, &item);
	err = err ?: nat64_txn_commit(&txn);
	if (err)
		nat64_txn_abort(&txn);
	else
		notify(nn, &item);
	nat64_txn_end(&txn);
	return err;
}

static int parse_item(struct item *item, struct nlattr **tb,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	int err;

	*item = (struct item) { .at = attr, .tb = tb };
	err = nla_parse_nested(tb, NAT64_A_CMD, attr, nat64_item_nl_policy,
			       extack);
	if (err)
		return err;
	if (!tb[NAT64_A_CMD]) {
		NL_SET_ERR_ATTR_MISS(extack, (struct nlattr *)attr,
				     NAT64_A_CMD);
		NL_SET_ERR_MSG_ATTR(extack, attr, "the command is missing");
		return -EINVAL;
	}
	item->cmd = nla_get_u32(tb[NAT64_A_CMD]);
	return 0;
}

static int change_all(struct nat64_txn *txn, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[NAT64_A_CMD + 1], *attr;
	struct item item;
	int rem, err;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAT64_A_ITEM)
			continue;
		err = parse_item(&item, tb, attr, txn->extack);
		err = err ?: make_change(txn, &item);
		if (err)
			return err;
		/* a configuration of a hundred thousand entries takes a while */
		cond_resched();
	}
	return nat64_txn_commit(txn);
}

static void notify_all(struct nat64_net *nn, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[NAT64_A_CMD + 1], *attr, *name;
	struct item item;
	int rem;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAT64_A_ITEM ||
		    parse_item(&item, tb, attr, NULL))
			continue;
		name = tb[NAT64_A_INSTANCE];
		item.name = name ? nla_data(name) : DEFAULT_INSTANCE;
		item.nest = tb[find_op(item.cmd)->attr];
		notify(nn, &item);
		cond_resched();
	}
}

int nat64_nl_batch_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nat64_txn txn;
	int err;

	if (!info->attrs[NAT64_A_ITEM]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, NAT64_A_ITEM);
		NL_SET_ERR_MSG(info->extack, "the batch has no item");
		return -EINVAL;
	}
	nat64_txn_begin(&txn, nn, info->extack);
	err = change_all(&txn, info->nlhdr);
	if (err)
		nat64_txn_abort(&txn);
	else
		notify_all(nn, info->nlhdr);
	nat64_txn_end(&txn);
	return err;
}

int nat64_nl_instance_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_instance_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_prefix_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_prefix_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_pool4_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_pool4_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_eam_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_eam_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_deny4_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_deny4_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_bib_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_bib_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

int nat64_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_change(info);
}

static int reply_count(struct genl_info *info, u32 count)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &nat64_nl_family, 0,
				NAT64_CMD_SESSION_DEL);
	if (!hdr || nla_put_u32(skb, NAT64_A_COUNT, count)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static struct nat64_state *find_state(struct nat64_net *nn,
				      struct genl_info *info)
{
	struct nlattr *name = info->attrs[NAT64_A_INSTANCE];
	struct nat64_xlat *xlat;

	lockdep_assert_held(&nn->lock);
	xlat = nat64_xlat_find(nn, name ? nla_data(name) : DEFAULT_INSTANCE);
	if (!xlat) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "there is no instance of this name");
		return ERR_PTR(-ENOENT);
	}
	if (!xlat->state) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "the instance is stateless (mode siit), it has no sessions");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return xlat->state;
}

int nat64_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nat64_filter filter;
	struct nat64_state *st;
	u32 count = 0;
	int err;

	err = nat64_get_filter(&filter, info->attrs[NAT64_A_FILTER],
			       info->extack);
	if (err)
		return err;
	mutex_lock(&nn->lock);
	st = find_state(nn, info);
	if (!IS_ERR(st))
		count = nat64_session_del(st, &filter);
	mutex_unlock(&nn->lock);
	return IS_ERR(st) ? PTR_ERR(st) : reply_count(info, count);
}

/* What all events begin with, or NULL without memory. */
static struct sk_buff *event_begin(struct nat64_xlat *xlat, u32 event,
				   void **hdr)
{
	struct sk_buff *skb;
	u32 seq;

	seq = atomic_inc_return(&nat64_net(xlat->net)->event_seq);
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &nat64_nl_family, 0,
			   NAT64_CMD_EVENT_NTF);
	if (*hdr && !nla_put_u32(skb, NAT64_A_SEQ, seq) &&
	    !nla_put_u32(skb, NAT64_A_EVENT, event) &&
	    !nla_put_u64_64bit(skb, NAT64_A_TIME, ktime_get_real_ns(),
			       NAT64_A_PAD) &&
	    !nla_put_string(skb, NAT64_A_INSTANCE, xlat->name))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static void event_end(struct nat64_xlat *xlat, struct sk_buff *skb, void *hdr,
		      int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&nat64_nl_family, xlat->net, skb, 0,
				NAT64_NLGRP_EVENT, GFP_ATOMIC);
}

static noinline void send_event(struct nat64_xlat *xlat, u32 event,
				const struct nat64_bib *bib)
{
	void *hdr;
	struct sk_buff *skb = event_begin(xlat, event, &hdr);

	if (skb)
		event_end(xlat, skb, hdr, nat64_put_bib(skb, bib));
}

static bool event_heard(const struct nat64_xlat *xlat)
{
	return genl_has_listeners(&nat64_nl_family, xlat->net,
				  NAT64_NLGRP_EVENT);
}

void nat64_nl_event(struct nat64_xlat *xlat, u32 event,
		    const struct nat64_bib *bib)
{
	if (event_heard(xlat))
		send_event(xlat, event, bib);
}

void nat64_nl_event_block(struct nat64_xlat *xlat, u32 event,
			  const struct nat64_prefix_entry *subscriber,
			  const struct nat64_pool4_spec *block)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_heard(xlat) ? event_begin(xlat, event, &hdr) : NULL;
	if (skb)
		event_end(xlat, skb, hdr,
			  nat64_put_prefix(skb, subscriber) ?:
			  nat64_put_pool4(skb, block, 0));
}

void nat64_nl_event_drop(struct nat64_xlat *xlat, u32 event,
			 enum nat64_drop reason)
{
	struct sk_buff *skb;
	void *hdr;
	u64 n;

	skb = event_heard(xlat) ? event_begin(xlat, event, &hdr) : NULL;
	if (!skb)
		return;
	n = nat64_stats_drop(xlat->stats, reason) + 1;
	event_end(xlat, skb, hdr,
		  nat64_put_counter(skb, nat64_drop_name(reason), n,
				    NAT64_A_COUNTER_DROP, NULL));
}

int __init nat64_netlink_init(void)
{
	return genl_register_family(&nat64_nl_family);
}

void nat64_netlink_exit(void)
{
	genl_unregister_family(&nat64_nl_family);
}
