// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps. nat64_net.lock is held for one object, or one stretch of a table of
 * bindings or sessions, at a time; a dump that a change of the configuration
 * came between says so (NLM_F_DUMP_INTR). Packets do not notice.
 */
#include <linux/sched.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "bib.h"
#include "config.h"
#include "eam.h"
#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "pool4.h"
#include "prefix.h"
#include "recv.h"
#include "session.h"
#include "stats.h"

/* Objects to look at before others get the CPU. */
#define WALK_BUDGET	1024

/**
 * struct ctx - where a dump goes on, in netlink_callback.ctx
 * @xlat: index of the instance
 * @entry: what of it comes next
 * @cursor: the same for bindings and sessions
 * @found: there was an instance of the name asked for
 */
struct ctx {
	unsigned int xlat;
	unsigned int entry;
	struct nat64_cursor cursor;
	bool found;
};

/**
 * struct dump - one call of a dump
 * @skb: the buffer to fill
 * @cb: the dump
 * @cmd: command of the messages
 * @name: of the only instance to dump, or NULL
 * @xlat: the instance at hand
 * @cfg: its configuration
 * @filter: which bindings and sessions
 */
struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	u8 cmd;
	const char *name;
	struct nat64_xlat *xlat;
	const struct nat64_config *cfg;
	struct nat64_filter filter;
};

static struct ctx *dump_ctx(const struct dump *d)
{
	BUILD_BUG_ON(sizeof(struct ctx) > sizeof(d->cb->ctx));
	return (struct ctx *)d->cb->ctx;
}

/* Begin a message about the instance; NULL: the buffer is full. */
static void *begin(const struct dump *d)
{
	void *hdr;

	hdr = genlmsg_put(d->skb, NETLINK_CB(d->cb->skb).portid,
			  d->cb->nlh->nlmsg_seq, &nat64_nl_family, NLM_F_MULTI,
			  d->cmd);
	if (!hdr)
		return NULL;
	if (nla_put_string(d->skb, NAT64_A_INSTANCE, d->xlat->name)) {
		genlmsg_cancel(d->skb, hdr);
		return NULL;
	}
	genl_dump_check_consistent(d->cb, hdr);
	return hdr;
}

static int end(const struct dump *d, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(d->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(d->skb, hdr);
	return 0;
}

/*
 * Each writes entry @i of an instance: 0 or more to go on, -EMSGSIZE if the
 * buffer is full, -ENOENT if there is no such entry.
 */

static int dump_instance(const struct dump *d, unsigned int i)
{
	void *hdr;
	int err;

	if (i)
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	err = nla_put_u32(d->skb, NAT64_A_MODE, d->xlat->mode) ?:
	      nla_put_string(d->skb, NAT64_A_VERSION, NAT64_VERSION) ?:
	      nla_put_u32(d->skb, NAT64_A_SEQ,
			  nat64_net(d->xlat->net)->config_seq);
	if (!err && nat64_config_usable(d->cfg, d->xlat->mode))
		err = nla_put_flag(d->skb, NAT64_A_USABLE);
	return end(d, hdr, err);
}

static int dump_prefix(const struct dump *d, unsigned int i)
{
	const struct nat64_prefix_set *set = d->cfg->prefixes;
	void *hdr;

	if (!set || i >= set->n)
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_prefix(d->skb, nat64_prefix_at(set, i)));
}

static int dump_pool4(const struct dump *d, unsigned int i)
{
	struct nat64_pool4_spec spec;
	void *hdr;
	u32 used;

	if (i >= nat64_pool4_count(d->cfg->pool4))
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	nat64_pool4_at(d->cfg->pool4, i, &spec, &used);
	return end(d, hdr, nat64_put_pool4(d->skb, &spec, used));
}

static int dump_eam(const struct dump *d, unsigned int i)
{
	void *hdr;

	if (i >= nat64_eam_count(d->cfg->eam))
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr,
		   nat64_put_eam(d->skb, nat64_eam_at(d->cfg->eam, i)));
}

/* The address of the filter, and what it stands for (M-11). */
static bool map(const struct dump *d, struct nat64_eam *e)
{
	*e = (struct nat64_eam) {
		.addr6 = d->filter.addr6, .len6 = 128,
		.addr4 = d->filter.addr4, .len4 = 32,
	};
	if (d->filter.len6)
		return !nat64_map_64(d->cfg, &e->addr6, &e->addr4);
	return d->filter.len4 &&
	       !nat64_map_46(d->cfg, e->addr4, true, &e->addr6);
}

static int dump_map(const struct dump *d, unsigned int i)
{
	struct nat64_eam e;
	void *hdr;

	if (i || !map(d, &e))
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_eam(d->skb, &e));
}

static int dump_deny4(const struct dump *d, unsigned int i)
{
	const struct nat64_deny4 *deny4 = d->cfg->deny4;
	void *hdr;

	if (!deny4 || i >= deny4->n)
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_deny4(d->skb, &deny4->e[i]));
}

static int dump_settings(const struct dump *d, unsigned int i)
{
	void *hdr;

	if (i)
		return -ENOENT;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_settings(d->skb, &d->cfg->set));
}

static const char *const gauge_names[] = {
	"sessions", "bib", "sessions_peak", "bib_peak",
};

static u64 gauge(const struct nat64_state *st, unsigned int i)
{
	switch (i) {
	case 0:
		return atomic_read(&st->n_sessions);
	case 1:
		return atomic_read(&st->n_bib);
	case 2:
		return READ_ONCE(st->peak_sessions);
	default:
		return READ_ONCE(st->peak_bib);
	}
}

/* Counter @i: gauges of the state come first, then counts, then drops. */
static int dump_counter(const struct dump *d, unsigned int i)
{
	unsigned int gauges = d->xlat->state ? ARRAY_SIZE(gauge_names) : 0;
	struct nat64_stats __percpu *stats = d->xlat->stats;

	if (i < gauges)
		return nat64_put_counter(d->skb, gauge_names[i],
					 gauge(d->xlat->state, i),
					 NAT64_A_COUNTER_GAUGE, NULL);
	i -= gauges;
	if (i < __NAT64_CNT_MAX)
		return nat64_put_counter(d->skb, nat64_counter_name(i),
					 nat64_stats_counter(stats, i), 0, NULL);
	i += NAT64_DROP_PASS + 1 - __NAT64_CNT_MAX;
	if (i < __NAT64_DROP_MAX)
		return nat64_put_counter(d->skb, nat64_drop_name(i),
					 nat64_stats_drop(stats, i),
					 NAT64_A_COUNTER_DROP,
					 nat64_drop_text(i));
	return -ENOENT;
}

/* As many counters as fit make one message: the caller need not count. */
static int dump_stats(const struct dump *d, unsigned int i)
{
	struct ctx *ctx = dump_ctx(d);
	unsigned int first = i;
	void *hdr;
	int err;

	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	do {
		err = dump_counter(d, i);
	} while (!err && ++i);
	if (i == first) {
		genlmsg_cancel(d->skb, hdr);
		return err;
	}
	genlmsg_end(d->skb, hdr);
	ctx->entry = i - 1;
	return 0;
}

static int walk_bib(struct nat64_bib *bib, void *arg)
{
	const struct dump *d = arg;
	void *hdr;

	if (!nat64_filter_bib(&d->filter, bib))
		return 0;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_bib(d->skb, bib));
}

static int walk_session(struct nat64_session *s, void *arg)
{
	const struct dump *d = arg;
	struct nat64_session_view view;
	void *hdr;

	if (!nat64_filter_session(&d->filter, s))
		return 0;
	nat64_session_view(d->xlat->state, s,
			   &rcu_dereference(d->xlat->cfg)->set, &view);
	if (!view.left_ms)
		return 0;
	hdr = begin(d);
	if (!hdr)
		return -EMSGSIZE;
	return end(d, hdr, nat64_put_session(d->skb, s, &view));
}

static int dump_bibs(const struct dump *d, unsigned int i)
{
	int err = 0;

	if (d->xlat->state)
		err = nat64_bib_walk(d->xlat->state, &dump_ctx(d)->cursor,
				     WALK_BUDGET, walk_bib, (void *)d);
	return err ?: -ENOENT;
}

static int dump_sessions(const struct dump *d, unsigned int i)
{
	int err = 0;

	if (d->xlat->state)
		err = nat64_session_walk(d->xlat->state, &dump_ctx(d)->cursor,
					 WALK_BUDGET, walk_session, (void *)d);
	return err ?: -ENOENT;
}

static const struct dump_op {
	int (*one)(const struct dump *d, unsigned int i);
	bool filtered;
} dump_ops[] = {
	[NAT64_CMD_INSTANCE_GET] = { dump_instance },
	[NAT64_CMD_PREFIX_GET] = { dump_prefix },
	[NAT64_CMD_POOL4_GET] = { dump_pool4 },
	[NAT64_CMD_EAM_GET] = { dump_eam },
	[NAT64_CMD_DENY4_GET] = { dump_deny4 },
	[NAT64_CMD_BIB_GET] = { dump_bibs, true },
	[NAT64_CMD_SESSION_GET] = { dump_sessions, true },
	[NAT64_CMD_SETTINGS_GET] = { dump_settings },
	[NAT64_CMD_STATS_GET] = { dump_stats },
	[NAT64_CMD_MAP_GET] = { dump_map, true },
};

static void next_xlat(struct ctx *ctx)
{
	ctx->xlat++;
	ctx->entry = 0;
	ctx->cursor = (struct nat64_cursor) {};
}

/* One object: 0, -EMSGSIZE if the buffer is full, -ENOENT at the end of all. */
static int dump_step(struct dump *d, const struct nat64_net *nn)
{
	struct ctx *ctx = dump_ctx(d);
	const struct nat64_table *t;
	int err;

	lockdep_assert_held(&nn->lock);
	/* zero would switch the check for consistency off */
	d->cb->seq = nn->config_seq ?: 1;
	t = rcu_dereference_protected(nn->table, lockdep_is_held(&nn->lock));
	if (!t || ctx->xlat >= t->n)
		return -ENOENT;
	d->xlat = t->xlat[ctx->xlat];
	d->cfg = rcu_dereference_protected(d->xlat->cfg,
					   lockdep_is_held(&nn->lock));
	if (d->name && strcmp(d->name, d->xlat->name)) {
		next_xlat(ctx);
		return 0;
	}
	ctx->found = true;
	err = dump_ops[d->cmd].one(d, ctx->entry);
	if (err == -EMSGSIZE)
		return err;
	if (err == -ENOENT)
		next_xlat(ctx);
	else
		ctx->entry++;
	return 0;
}

/* NULL where the command takes no attributes. */
static const struct nlattr *request_attr(struct netlink_callback *cb, int attr)
{
	struct nlattr **attrs = nat64_dump_attrs(cb);

	return attrs ? attrs[attr] : NULL;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	struct nat64_net *nn = nat64_net(sock_net(skb->sk));
	struct dump d = { .skb = skb, .cb = cb, .cmd = cmd };
	const struct nlattr *attr;
	int err;

	attr = request_attr(cb, NAT64_A_INSTANCE);
	d.name = attr ? nla_data(attr) : NULL;
	if (dump_ops[cmd].filtered) {
		attr = request_attr(cb, NAT64_A_FILTER);
		err = nat64_get_filter(&d.filter, attr, cb->extack);
		if (err)
			return err;
	}
	do {
		mutex_lock(&nn->lock);
		err = dump_step(&d, nn);
		mutex_unlock(&nn->lock);
		cond_resched();
	} while (!err);

	if (err == -ENOENT && d.name && !dump_ctx(&d)->found) {
		NL_SET_ERR_MSG(cb->extack, "there is no instance of this name");
		return -ENOENT;
	}
	return skb->len;
}

int nat64_nl_instance_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_INSTANCE_GET);
}

int nat64_nl_prefix_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_PREFIX_GET);
}

int nat64_nl_pool4_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_POOL4_GET);
}

int nat64_nl_eam_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_EAM_GET);
}

int nat64_nl_deny4_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_DENY4_GET);
}

int nat64_nl_bib_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_BIB_GET);
}

int nat64_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_SESSION_GET);
}

int nat64_nl_settings_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_SETTINGS_GET);
}

int nat64_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_STATS_GET);
}

int nat64_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, NAT64_CMD_MAP_GET);
}
