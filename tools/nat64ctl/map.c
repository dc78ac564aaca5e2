// SPDX-License-Identifier: GPL-2.0
/* What an address stands for, and whether a route speaks for it instead. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "list.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

/**
 * struct asked - an address that is asked for
 * @filter: holds it
 * @family: AF_INET6 or AF_INET
 * @found: the module has an answer
 * @answer: that
 * @len: bits of what makes it: of a mapping if @by_eam, or of a prefix
 * @by_eam: a mapping has a say
 * @stateful: the instance is, and IPv4 reaches it by addresses of its own
 */
struct asked {
	struct nat64_filter filter;
	int family;
	bool found;
	struct nat64_eam answer;
	int len;
	bool by_eam;
	bool stateful;
};

/**
 * struct route - where packets would go
 * @len: bits of what the route is to, -1: nowhere
 * @to: that, as text
 */
struct route {
	int len;
	char to[NAT64_ADDR_MAX];
};

static int parse_addr(struct ctl_cmd *cmd, struct asked *q)
{
	struct nat64_filter *f = &q->filter;
	const char *why, *word = ctl_take(cmd, "ADDR");
	bool v6, one;
	int err;

	if (!word)
		return CTL_USAGE;
	v6 = strchr(word, ':');
	q->family = v6 ? AF_INET6 : AF_INET;
	err = v6 ? nat64_parse_prefix6(word, &f->p6, &why) :
		   nat64_parse_prefix4(word, &f->p4, &why);
	if (err)
		return ctl_wrong(cmd, word, why);
	one = v6 ? f->p6.len == 128 : f->p4.len == 32;
	if (!one)
		return ctl_wrong(cmd, word, "must be one address");
	f->has = 1 << (v6 ? NAT64_A_FILTER_ADDR6 : NAT64_A_FILTER_ADDR4);
	return ctl_end(cmd);
}

static int on_answer(const struct nat64_entry *e, void *arg)
{
	struct asked *q = arg;

	q->found = true;
	q->answer = e->eam;
	return 0;
}

static int on_instance(const struct nat64_entry *e, void *arg)
{
	struct ctl *ctl = ((void **)arg)[0];
	struct asked *q = ((void **)arg)[1];

	if (!strcmp(e->instance, ctl->cmd.instance))
		q->stateful = e->inst.mode == NAT64_MODE_NAT64;
	return 0;
}

static bool has4(const struct nat64_prefix4 *p, const struct in_addr *a)
{
	uint32_t mask = p->len ? ~0U << (32 - p->len) : 0;

	return !((ntohl(p->addr.s_addr) ^ ntohl(a->s_addr)) & mask);
}

/* A mapping counts before any prefix, and the longest of each. */
static void consider(struct asked *q, bool eam, const struct nat64_prefix6 *p6,
		     const struct nat64_prefix4 *p4)
{
	bool v6 = q->family == AF_INET6;
	int len = v6 ? p6->len : p4->len;

	if (v6 ? !nat64_prefix6_has(p6, &q->filter.p6.addr) :
		 !has4(p4, &q->filter.p4.addr))
		return;
	if (eam == q->by_eam ? len <= q->len : !eam)
		return;
	q->by_eam = eam;
	q->len = len;
}

static int on_prefix(const struct nat64_entry *e, void *arg)
{
	static const struct nat64_prefix4 all;

	consider(arg, false, &e->prefix.p6,
		 e->prefix.has_p4 ? &e->prefix.p4 : &all);
	return 0;
}

static int on_eam(const struct nat64_entry *e, void *arg)
{
	consider(arg, true, &e->eam.p6, &e->eam.p4);
	return 0;
}

static int ask(struct ctl *ctl, struct asked *q)
{
	const char *instance = ctl->cmd.instance;
	void *both[] = { ctl, q };
	int err;

	q->len = -1;
	err = nat64_dump(ctl->h, NAT64_CMD_MAP_GET, instance, &q->filter,
			 on_answer, q);
	if (err || !q->found)
		return err;
	err = nat64_dump_instances(ctl->h, on_instance, both);
	if (!err)
		err = nat64_dump_prefixes(ctl->h, instance, on_prefix, q);
	if (!err)
		err = nat64_dump(ctl->h, NAT64_CMD_EAM_GET, instance, NULL,
				 on_eam, q);
	return err == -EINTR ? 0 : err;
}

/* An unreachable is no way. */
static int on_route(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct rtmsg *rtm = nlmsg_data(nlh);
	struct nlattr *dst;
	struct route *r = arg;
	char addr[INET6_ADDRSTRLEN];

	strcpy(addr, rtm->rtm_family == AF_INET6 ? "::" : "0.0.0.0");
	if (nlh->nlmsg_type != RTM_NEWROUTE ||
	    (rtm->rtm_type != RTN_UNICAST && rtm->rtm_type != RTN_LOCAL))
		return NL_OK;
	dst = nlmsg_find_attr(nlh, sizeof(*rtm), RTA_DST);
	if (dst && nla_len(dst) >= (rtm->rtm_family == AF_INET6 ? 16 : 4))
		inet_ntop(rtm->rtm_family, nla_data(dst), addr, sizeof(addr));
	r->len = rtm->rtm_dst_len;
	snprintf(r->to, sizeof(r->to), "%s/%d", addr, r->len);
	return NL_OK;
}

static int send_question(struct nl_sock *sk, const struct asked *q)
{
	bool v6 = q->family == AF_INET6;
	unsigned int bytes = v6 ? 16 : 4;
	struct {
		struct rtmsg rtm;
		struct rtattr dst;
		uint8_t addr[16];
	} body = {
		.rtm.rtm_family = q->family,
		.rtm.rtm_dst_len = bytes * 8,
		.rtm.rtm_flags = RTM_F_FIB_MATCH | RTM_F_LOOKUP_TABLE,
		.dst.rta_type = RTA_DST,
		.dst.rta_len = RTA_LENGTH(bytes),
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);
	int err = -NLE_NOMEM;

	if (!msg)
		return err;
	memcpy(body.addr, v6 ? (const void *)&q->filter.p6.addr :
			       (const void *)&q->filter.p4.addr, bytes);
	if (!nlmsg_append(msg, &body, sizeof(body.rtm) + RTA_LENGTH(bytes),
			  NLMSG_ALIGNTO))
		err = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	return err;
}

/* The route that a packet of this host would take; none is an answer as well. */
static void find_route(const struct asked *q, struct route *r)
{
	struct nl_sock *sk = nl_socket_alloc();

	r->len = -1;
	if (!sk)
		return;
	nl_socket_disable_auto_ack(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_route, r);
	if (!nl_connect(sk, NETLINK_ROUTE) && send_question(sk, q) >= 0)
		nl_recvmsgs_default(sk);
	nl_socket_free(sk);
}

static const struct table_column columns[] = {
	{ .name = "INSTANCE", .where = TABLE_ONLY_JSON },
	{ .name = "ADDR6" }, { .name = "ADDR4" },
	{ .name = "ROUTE", .where = TABLE_IF_FILLED },
};

static void row(struct ctl *ctl, struct table *t, const struct asked *q)
{
	const struct in6_addr *a = &q->answer.p6.addr;
	char buf[NAT64_ADDR_MAX];
	struct ctl_mixed mixed;
	struct route r;

	ctl_mixed_load(ctl, &mixed);
	table_row(t);
	table_text(t, 0, ctl->cmd.instance);
	table_text(t, 1, nat64_print_addr6(buf, sizeof(buf), a,
					   ctl_mixed_has(&mixed, a)));
	table_text(t, 2, nat64_print_addr4(buf, sizeof(buf),
					   &q->answer.p4.addr));
	free(mixed.p);
	if (q->family == AF_INET && q->stateful)
		return;
	find_route(q, &r);
	if (r.len > q->len)
		table_text(t, 3, r.to);
}

/**
 * ctl_map() - map
 * @ctl: the run
 * Return: exit status
 */
int ctl_map(struct ctl *ctl)
{
	struct asked q = { .found = false };
	struct table *t;
	int err, ret = parse_addr(&ctl->cmd, &q);

	if (!ret)
		ret = ctl_open(ctl);
	if (!ret)
		ret = ctl_done(ctl, ask(ctl, &q));
	if (ret)
		return ret;
	t = table_new("map", columns, N(columns), ctl->json);
	if (t && q.found)
		row(ctl, t, &q);
	err = t ? table_print(t, stdout) : -ENOMEM;
	table_free(t);
	if (!err)
		return CTL_OK;
	ctl_fail(&ctl->cmd, "cannot print");
	return CTL_REFUSED;
}
