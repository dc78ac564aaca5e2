// SPDX-License-Identifier: GPL-2.0
/* Makes this host a CLAT (RFC 6877), and no CLAT again. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/random.h>

#include <netlink/socket.h>

#include "clat.h"
#include "ctl.h"
#include "table.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

/* The instance of the module that does it. */
#define INSTANCE	"clat"

/* RFC 7335: IPv4 addresses for hosts that translate for themselves. */
#define ADDR4		0xc0000001	/* 192.0.0.1 */

/*
 * What a packet grows by: an IPv6 header for an IPv4 header, and a fragment
 * header where it is a fragment.
 */
#define GROWTH		28

/**
 * struct clat - a CLAT that is being made, or was found
 * @sk: rtnetlink
 * @link: addresses and route
 * @prefix: of the NAT64
 */
struct clat {
	struct nl_sock *sk;
	struct clat_link link;
	struct nat64_prefix6 prefix;
};

static int fail(const struct ctl *ctl, const char *what, int err)
{
	ctl_fail(&ctl->cmd, "%s: %s", what, strerror(-err));
	return err == -EPERM ? CTL_NO_ACCESS : CTL_REFUSED;
}

static int refuse(const struct ctl *ctl, const char *word, const char *why)
{
	ctl_wrong(&ctl->cmd, word, why);
	return CTL_REFUSED;
}

static int start(struct ctl *ctl, struct clat *c)
{
	c->sk = clat_link_open();
	if (!c->sk)
		return fail(ctl, "netlink", -ENOMEM);
	c->link.addr4.s_addr = htonl(ADDR4);
	return ctl_open(ctl);
}

static int take_iface(struct ctl *ctl, const char **name,
		      unsigned int *ifindex)
{
	*name = ctl_take(&ctl->cmd, "IFACE");
	if (!*name)
		return CTL_USAGE;
	*ifindex = if_nametoindex(*name);
	return *ifindex ? CTL_OK : refuse(ctl, *name, "no such interface");
}

/* "[PREFIX6] [force]" */
static int take_options(struct ctl *ctl, struct clat *c, bool *force)
{
	struct ctl_cmd *cmd = &ctl->cmd;
	const char *word, *why;

	*force = ctl_accept(cmd, "force");
	word = *force ? NULL : ctl_next(cmd);
	if (!word)
		return ctl_end(cmd);
	if (nat64_parse_prefix6(word, &c->prefix, &why))
		return ctl_wrong(cmd, word, why);
	ctl_origin(cmd, NAT64_A_PREFIX, NAT64_A_PREFIX_ADDR, word);
	ctl_origin(cmd, NAT64_A_PREFIX, NAT64_A_PREFIX_LEN, word);
	*force = ctl_accept(cmd, "force");
	return ctl_end(cmd);
}

static int check_iface(struct ctl *ctl, struct clat *c, const char *iface)
{
	bool addr, route;
	int err = clat_link_has_ipv4(c->sk, c->link.ifindex, &addr, &route);

	if (err)
		return fail(ctl, "netlink", err);
	if (addr)
		return refuse(ctl, iface,
			      "has an IPv4 address already (force to go on)");
	if (route)
		return refuse(ctl, iface,
			      "has an IPv4 default route already (force to go on)");
	return CTL_OK;
}

static const char *missing(const struct clat_ra *ra)
{
	if (IN6_IS_ADDR_UNSPECIFIED(&ra->router))
		return "no router answers";
	if (!ra->lifetime)
		return "its router is no default router";
	if (!ra->has_prefix)
		return "its router announces no /64 for addresses";
	return "its router announces no PREF64; give PREFIX6";
}

static int learn(struct ctl *ctl, struct clat *c, const char *iface)
{
	bool want_pref64 = !c->prefix.len;
	struct clat_ra ra;
	int err = clat_ra_learn(c->link.ifindex, want_pref64, &ra);

	if (err == -ETIMEDOUT)
		return refuse(ctl, iface, missing(&ra));
	if (err)
		return fail(ctl, "router solicitation", err);
	if (want_pref64)
		c->prefix = ra.pref64;
	err = clat_link_mtu(c->sk, c->link.ifindex, &c->link.mtu);
	if (err)
		return fail(ctl, iface, err);
	if (ra.mtu && ra.mtu < c->link.mtu)
		c->link.mtu = ra.mtu;
	c->link.mtu -= GROWTH;
	c->link.router = ra.router;
	c->link.addr6 = ra.prefix.addr;
	/* Bits nobody can guess, and not the router's anycast address. */
	if (getrandom(&c->link.addr6.s6_addr[8], 8, 0) != 8)
		return fail(ctl, "random address", -errno);
	c->link.addr6.s6_addr[8] |= 1;
	return CTL_OK;
}

/*
 * The host fragments to the MTU of its route, which leaves the translator no
 * reason to do it again to the least MTU of IPv6.
 */
static int add_instance(struct ctl *ctl, const struct clat *c)
{
	struct nat64_change changes[] = {
		{ .cmd = NAT64_CMD_INSTANCE_ADD, .mode = NAT64_MODE_SIIT },
		{ .cmd = NAT64_CMD_SETTINGS_SET },
		{ .cmd = NAT64_CMD_PREFIX_ADD, .prefix.p6 = c->prefix },
		{ .cmd = NAT64_CMD_EAM_ADD, .force = true, .eam = {
			.p6 = { .addr = c->link.addr6, .len = 128 },
			.p4 = { .addr = c->link.addr4, .len = 32 } } },
	};
	size_t i;

	changes[1].settings.has = 1ULL << NAT64_A_SETTINGS_LOWEST_IPV6_MTU;
	for (i = 0; i < N(changes); i++)
		strcpy(changes[i].instance, INSTANCE);
	return ctl_done(ctl, nat64_apply_all(ctl->h, changes, N(changes)));
}

static int del_instance(struct ctl *ctl)
{
	struct nat64_change change = {
		.cmd = NAT64_CMD_INSTANCE_DEL, .instance = INSTANCE,
	};

	return ctl_done(ctl, nat64_apply(ctl->h, &change));
}

static int build(struct ctl *ctl, struct clat *c)
{
	int err, ret;

	err = clat_link_add_addr6(c->sk, &c->link);
	if (err)
		return fail(ctl, "IPv6 address", err);
	ret = add_instance(ctl, c);
	if (ret)
		goto del_addr6;
	err = clat_link_add_addr4(c->sk, &c->link);
	if (err) {
		ret = fail(ctl, "IPv4 address 192.0.0.1", err);
		goto del_instance;
	}
	err = clat_link_add_route(c->sk, &c->link);
	if (err) {
		ret = fail(ctl, "IPv4 default route", err);
		goto del_addr4;
	}
	return CTL_OK;

del_addr4:
	clat_link_del_addr4(c->sk, &c->link);
del_instance:
	del_instance(ctl);
del_addr6:
	clat_link_del_addr6(c->sk, &c->link);
	return ret;
}

enum {
	C_IFACE,
	C_PREFIX,
	C_ADDR6,
	C_ADDR4,
	C_MTU,
};

static const struct table_column columns[] = {
	[C_IFACE] = { .name = "IFACE" },
	[C_PREFIX] = { .name = "PREFIX6" },
	[C_ADDR6] = { .name = "ADDR6" },
	[C_ADDR4] = { .name = "ADDR4" },
	[C_MTU] = { .name = "MTU", .type = TABLE_NUMBER },
};

static int print(const struct ctl *ctl, const struct clat *c)
{
	struct table *t = table_new("clat", columns, N(columns), ctl->json);
	char buf[NAT64_ADDR_MAX], iface[IF_NAMESIZE] = "";
	int err;

	if (!t)
		return fail(ctl, "table", -ENOMEM);
	table_row(t);
	if (if_indextoname(c->link.ifindex, iface))
		table_text(t, C_IFACE, iface);
	table_text(t, C_PREFIX,
		   nat64_print_prefix6(buf, sizeof(buf), &c->prefix));
	table_text(t, C_ADDR6, nat64_print_addr6(buf, sizeof(buf),
						 &c->link.addr6, false));
	table_text(t, C_ADDR4,
		   nat64_print_addr4(buf, sizeof(buf), &c->link.addr4));
	if (c->link.mtu)
		table_number(t, C_MTU, c->link.mtu);
	err = table_print(t, stdout);
	table_free(t);
	return err ? fail(ctl, "table", err) : CTL_OK;
}

static int is_clat(const struct nat64_entry *e, void *arg)
{
	if (!strcmp(e->instance, INSTANCE))
		*(bool *)arg = true;
	return 0;
}

static int find_instance(struct ctl *ctl, bool *there)
{
	*there = false;
	return ctl_done(ctl, nat64_dump_instances(ctl->h, is_clat, there));
}

static int up(struct ctl *ctl, struct clat *c, const char *iface, bool force)
{
	bool there;
	int ret = start(ctl, c);

	if (!ret)
		ret = find_instance(ctl, &there);
	if (!ret && there)
		ret = refuse(ctl, iface,
			     "a CLAT is up already (\"clat show\" tells where)");
	if (!ret && !force)
		ret = check_iface(ctl, c, iface);
	if (!ret)
		ret = learn(ctl, c, iface);
	if (!ret)
		ret = build(ctl, c);
	return ret ? ret : print(ctl, c);
}

/**
 * ctl_clat_up() - clat up
 * @ctl: the run
 * Return: exit status
 */
int ctl_clat_up(struct ctl *ctl)
{
	struct clat c = { .sk = NULL };
	const char *iface;
	bool force;
	int ret = take_iface(ctl, &iface, &c.link.ifindex);

	if (!ret)
		ret = take_options(ctl, &c, &force);
	if (!ret)
		ret = up(ctl, &c, iface, force);
	nl_socket_free(c.sk);
	return ret;
}

static int on_prefix(const struct nat64_entry *e, void *arg)
{
	struct clat *c = arg;

	c->prefix = e->prefix.p6;
	return 0;
}

static int on_eam(const struct nat64_entry *e, void *arg)
{
	struct clat *c = arg;

	if (e->eam.p4.addr.s_addr == htonl(ADDR4))
		c->link.addr6 = e->eam.p6.addr;
	return 0;
}

static int load(struct ctl *ctl, struct clat *c)
{
	bool there;
	int err, ret = find_instance(ctl, &there);

	if (!ret && !there) {
		ctl_fail(&ctl->cmd, "no CLAT is up");
		ret = CTL_REFUSED;
	}
	if (!ret)
		ret = ctl_done(ctl, nat64_dump_prefixes(ctl->h, INSTANCE,
							on_prefix, c));
	if (!ret)
		ret = ctl_done(ctl, nat64_dump(ctl->h, NAT64_CMD_EAM_GET,
					       INSTANCE, NULL, on_eam, c));
	if (ret)
		return ret;
	err = clat_link_find(c->sk, &c->link);
	return err ? fail(ctl, "netlink", err) : CTL_OK;
}

/* What is gone already, with its interface or by hand, is no failure. */
static int gone(const struct ctl *ctl, const char *what, int err)
{
	return err && err != -ENOENT && err != -ENODEV ?
	       fail(ctl, what, err) : CTL_OK;
}

static int unbuild(struct ctl *ctl, struct clat *c)
{
	int ret;

	ret = gone(ctl, "IPv4 default route",
		   clat_link_del_route(c->sk, &c->link));
	if (!ret)
		ret = gone(ctl, "IPv4 address",
			   clat_link_del_addr4(c->sk, &c->link));
	if (!ret)
		ret = del_instance(ctl);
	if (!ret && c->link.ifindex)
		ret = gone(ctl, "IPv6 address",
			   clat_link_del_addr6(c->sk, &c->link));
	return ret;
}

/**
 * ctl_clat_down() - clat down
 * @ctl: the run
 * Return: exit status
 */
int ctl_clat_down(struct ctl *ctl)
{
	const char *iface = ctl_take(&ctl->cmd, "IFACE");
	struct clat c = { .sk = NULL };
	int ret;

	if (!iface)
		return CTL_USAGE;
	ret = ctl_end(&ctl->cmd);
	if (!ret)
		ret = start(ctl, &c);
	if (!ret)
		ret = load(ctl, &c);
	if (!ret && c.link.ifindex &&
	    c.link.ifindex != if_nametoindex(iface))
		ret = refuse(ctl, iface,
			     "the CLAT is on another interface");
	if (!ret)
		ret = unbuild(ctl, &c);
	nl_socket_free(c.sk);
	return ret;
}

/**
 * ctl_clat_show() - clat show
 * @ctl: the run
 * Return: exit status
 */
int ctl_clat_show(struct ctl *ctl)
{
	struct clat c = { .sk = NULL };
	int ret = ctl_end(&ctl->cmd);

	if (!ret)
		ret = start(ctl, &c);
	if (!ret)
		ret = load(ctl, &c);
	if (!ret)
		ret = print(ctl, &c);
	nl_socket_free(c.sk);
	return ret;
}
