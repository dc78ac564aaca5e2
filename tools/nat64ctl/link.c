// SPDX-License-Identifier: GPL-2.0
/* Addresses and the route of a CLAT. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "clat.h"

/*
 * The IPv4 address lives on the loopback interface: on the interface itself
 * mDNS and the like would send from it onto the IPv6-only network.
 */
#define LOOPBACK	"lo"

/* Any other default route is better than the one of a CLAT. */
#define ROUTE_METRIC	2048

/* RFC 4862: one probe of a second; and the network may be loaded. */
#define DAD_WAIT	100
#define DAD_TRIES	50

static int nl_errno(int err)
{
	switch (-err) {
	case 0:
		return 0;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_EXIST:
		return -EEXIST;
	case NLE_NODEV:
		return -ENODEV;
	case NLE_NOADDR:
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_NOMEM:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

/**
 * clat_link_open() - connect to rtnetlink
 * Return: the socket, to be freed with nl_socket_free(), or NULL
 */
struct nl_sock *clat_link_open(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (sk && nl_connect(sk, NETLINK_ROUTE)) {
		nl_socket_free(sk);
		sk = NULL;
	}
	return sk;
}

/**
 * clat_link_mtu() - MTU of an interface
 * @sk: rtnetlink
 * @ifindex: the interface
 * @mtu: the result
 * Return: 0 or -errno
 */
int clat_link_mtu(struct nl_sock *sk, unsigned int ifindex, uint32_t *mtu)
{
	struct rtnl_link *link;
	int err = rtnl_link_get_kernel(sk, ifindex, NULL, &link);

	if (err)
		return nl_errno(err);
	*mtu = rtnl_link_get_mtu(link);
	rtnl_link_put(link);
	return 0;
}

static bool is_default_via(struct rtnl_route *route, unsigned int ifindex)
{
	struct rtnl_nexthop *nh;
	int i;

	if (nl_addr_get_prefixlen(rtnl_route_get_dst(route)))
		return false;
	for (i = 0; i < rtnl_route_get_nnexthops(route); i++) {
		nh = rtnl_route_nexthop_n(route, i);
		if ((unsigned int)rtnl_route_nh_get_ifindex(nh) == ifindex)
			return true;
	}
	return false;
}

/* The default route via the interface; take a reference of your own. */
static struct rtnl_route *find_route(struct nl_cache *routes,
				     unsigned int ifindex)
{
	struct nl_object *o;

	for (o = nl_cache_get_first(routes); o; o = nl_cache_get_next(o))
		if (is_default_via((struct rtnl_route *)o, ifindex))
			return (struct rtnl_route *)o;
	return NULL;
}

static int has_addr4(struct nl_sock *sk, unsigned int ifindex, bool *yes)
{
	struct nl_cache *addrs;
	struct nl_object *o;
	int err = rtnl_addr_alloc_cache(sk, &addrs);

	if (err)
		return nl_errno(err);
	*yes = false;
	for (o = nl_cache_get_first(addrs); o; o = nl_cache_get_next(o)) {
		struct rtnl_addr *a = (struct rtnl_addr *)o;

		if (rtnl_addr_get_family(a) == AF_INET &&
		    (unsigned int)rtnl_addr_get_ifindex(a) == ifindex)
			*yes = true;
	}
	nl_cache_free(addrs);
	return 0;
}

/**
 * clat_link_has_ipv4() - tell whether an interface has IPv4 already
 * @sk: rtnetlink
 * @ifindex: the interface
 * @addr: it has an address
 * @route: it has a default route
 * Return: 0 or -errno
 */
int clat_link_has_ipv4(struct nl_sock *sk, unsigned int ifindex, bool *addr,
		       bool *route)
{
	struct nl_cache *routes;
	int err = has_addr4(sk, ifindex, addr);

	if (err)
		return err;
	err = rtnl_route_alloc_cache(sk, AF_INET, 0, &routes);
	if (err)
		return nl_errno(err);
	*route = find_route(routes, ifindex);
	nl_cache_free(routes);
	return 0;
}

static struct rtnl_addr *new_addr(unsigned int ifindex, int family,
				  const void *bytes, size_t len)
{
	struct rtnl_addr *a = rtnl_addr_alloc();
	struct nl_addr *local = nl_addr_build(family, bytes, len);

	if (a && local && !rtnl_addr_set_local(a, local)) {
		rtnl_addr_set_ifindex(a, ifindex);
		rtnl_addr_set_prefixlen(a, len * 8);
	} else if (a) {
		rtnl_addr_put(a);
		a = NULL;
	}
	if (local)
		nl_addr_put(local);
	return a;
}

/* Flags of the address, 0 where it is not there. */
static unsigned int addr6_flags(struct nl_sock *sk, const struct clat_link *l)
{
	struct nl_addr *local = nl_addr_build(AF_INET6, &l->addr6, 16);
	struct rtnl_addr *found;
	struct nl_cache *addrs;
	unsigned int flags = 0;

	if (!local)
		return 0;
	if (!rtnl_addr_alloc_cache(sk, &addrs)) {
		found = rtnl_addr_get(addrs, l->ifindex, local);
		if (found) {
			flags = rtnl_addr_get_flags(found);
			rtnl_addr_put(found);
		}
		nl_cache_free(addrs);
	}
	nl_addr_put(local);
	return flags;
}

static int wait_for_dad(struct nl_sock *sk, const struct clat_link *l)
{
	unsigned int flags;
	int i;

	for (i = 0; i < DAD_TRIES; i++) {
		flags = addr6_flags(sk, l);
		if (flags & IFA_F_DADFAILED || !flags)
			return -EADDRINUSE;
		if (!(flags & IFA_F_TENTATIVE))
			return 0;
		poll(NULL, 0, DAD_WAIT);
	}
	return -ETIMEDOUT;
}

/**
 * clat_link_add_addr6() - add the address of translated packets
 * @sk: rtnetlink
 * @l: ifindex and addr6
 *
 * As an address of the interface neighbour discovery answers for it. Preferred
 * for 0 seconds: the host never chooses it for packets of its own.
 *
 * Return: 0 when it may be used, -EADDRINUSE where another host has it, or
 * another -errno
 */
int clat_link_add_addr6(struct nl_sock *sk, const struct clat_link *l)
{
	struct rtnl_addr *a = new_addr(l->ifindex, AF_INET6, &l->addr6, 16);
	int err;

	if (!a)
		return -ENOMEM;
	rtnl_addr_set_valid_lifetime(a, UINT32_MAX);
	rtnl_addr_set_preferred_lifetime(a, 0);
	err = nl_errno(rtnl_addr_add(sk, a, 0));
	rtnl_addr_put(a);
	if (err)
		return err;
	err = wait_for_dad(sk, l);
	if (err)
		clat_link_del_addr6(sk, l);
	return err;
}

/**
 * clat_link_del_addr6() - remove it
 * @sk: rtnetlink
 * @l: ifindex and addr6
 * Return: 0 or -errno
 */
int clat_link_del_addr6(struct nl_sock *sk, const struct clat_link *l)
{
	struct rtnl_addr *a = new_addr(l->ifindex, AF_INET6, &l->addr6, 16);
	int err;

	if (!a)
		return -ENOMEM;
	err = nl_errno(rtnl_addr_delete(sk, a, 0));
	rtnl_addr_put(a);
	return err;
}

static struct rtnl_addr *new_addr4(const struct clat_link *l)
{
	return new_addr(if_nametoindex(LOOPBACK), AF_INET, &l->addr4, 4);
}

/**
 * clat_link_add_addr4() - add the address the host's IPv4 comes from
 * @sk: rtnetlink
 * @l: addr4
 * Return: 0 or -errno
 */
int clat_link_add_addr4(struct nl_sock *sk, const struct clat_link *l)
{
	struct rtnl_addr *a = new_addr4(l);
	int err;

	if (!a)
		return -ENOMEM;
	err = nl_errno(rtnl_addr_add(sk, a, 0));
	rtnl_addr_put(a);
	return err;
}

/**
 * clat_link_del_addr4() - remove it
 * @sk: rtnetlink
 * @l: addr4
 * Return: 0 or -errno
 */
int clat_link_del_addr4(struct nl_sock *sk, const struct clat_link *l)
{
	struct rtnl_addr *a = new_addr4(l);
	int err;

	if (!a)
		return -ENOMEM;
	err = nl_errno(rtnl_addr_delete(sk, a, 0));
	rtnl_addr_put(a);
	return err;
}

static int set_nexthop(struct rtnl_route *route, const struct clat_link *l)
{
	struct nl_addr *via = nl_addr_build(AF_INET6, &l->router, 16);
	struct rtnl_nexthop *nh = rtnl_route_nh_alloc();

	if (!via || !nh) {
		if (via)
			nl_addr_put(via);
		if (nh)
			rtnl_route_nh_free(nh);
		return -ENOMEM;
	}
	rtnl_route_nh_set_ifindex(nh, l->ifindex);
	rtnl_route_nh_set_via(nh, via);
	rtnl_route_add_nexthop(route, nh);
	nl_addr_put(via);
	return 0;
}

static int set_addrs(struct rtnl_route *route, const struct clat_link *l)
{
	struct nl_addr *dst = nl_addr_build(AF_INET, "\0\0\0", 4);
	struct nl_addr *src = nl_addr_build(AF_INET, &l->addr4, 4);
	int err = -ENOMEM;

	if (dst && src) {
		nl_addr_set_prefixlen(dst, 0);
		err = nl_errno(rtnl_route_set_dst(route, dst));
		if (!err)
			err = nl_errno(rtnl_route_set_pref_src(route, src));
	}
	if (dst)
		nl_addr_put(dst);
	if (src)
		nl_addr_put(src);
	return err;
}

static struct rtnl_route *new_route(const struct clat_link *l)
{
	struct rtnl_route *route = rtnl_route_alloc();

	if (!route)
		return NULL;
	rtnl_route_set_family(route, AF_INET);
	rtnl_route_set_table(route, RT_TABLE_MAIN);
	rtnl_route_set_scope(route, RT_SCOPE_UNIVERSE);
	rtnl_route_set_protocol(route, RTPROT_STATIC);
	rtnl_route_set_priority(route, ROUTE_METRIC);
	rtnl_route_set_metric(route, RTAX_MTU, l->mtu);
	if (set_addrs(route, l) || set_nexthop(route, l)) {
		rtnl_route_put(route);
		return NULL;
	}
	return route;
}

/**
 * clat_link_add_route() - add the IPv4 default route
 * @sk: rtnetlink
 * @l: all of it
 * Return: 0 or -errno
 */
int clat_link_add_route(struct nl_sock *sk, const struct clat_link *l)
{
	struct rtnl_route *route = new_route(l);
	int err;

	if (!route)
		return -ENOMEM;
	err = nl_errno(rtnl_route_add(sk, route, NLM_F_EXCL));
	rtnl_route_put(route);
	return err;
}

static bool is_ours(struct rtnl_route *route, const struct clat_link *l)
{
	struct nl_addr *src = rtnl_route_get_pref_src(route);

	return !nl_addr_get_prefixlen(rtnl_route_get_dst(route)) && src &&
	       nl_addr_get_len(src) == 4 &&
	       !memcmp(nl_addr_get_binary_addr(src), &l->addr4, 4);
}

static struct rtnl_route *find_ours(struct nl_cache *routes,
				    const struct clat_link *l)
{
	struct nl_object *o;

	for (o = nl_cache_get_first(routes); o; o = nl_cache_get_next(o))
		if (is_ours((struct rtnl_route *)o, l))
			return (struct rtnl_route *)o;
	return NULL;
}

/**
 * clat_link_del_route() - remove the IPv4 default route
 * @sk: rtnetlink
 * @l: addr4; the route is known by it
 * Return: 0, -ENOENT or another -errno
 */
int clat_link_del_route(struct nl_sock *sk, const struct clat_link *l)
{
	struct nl_cache *routes;
	struct rtnl_route *route;
	int err = rtnl_route_alloc_cache(sk, AF_INET, 0, &routes);

	if (err)
		return nl_errno(err);
	route = find_ours(routes, l);
	err = route ? nl_errno(rtnl_route_delete(sk, route, 0)) : -ENOENT;
	nl_cache_free(routes);
	return err;
}

static int find_ifindex(struct nl_sock *sk, struct clat_link *l)
{
	struct nl_cache *addrs;
	struct nl_object *o;
	int err = rtnl_addr_alloc_cache(sk, &addrs);

	if (err)
		return nl_errno(err);
	l->ifindex = 0;
	for (o = nl_cache_get_first(addrs); o; o = nl_cache_get_next(o)) {
		struct rtnl_addr *a = (struct rtnl_addr *)o;
		struct nl_addr *local = rtnl_addr_get_local(a);

		if (local && nl_addr_get_len(local) == 16 &&
		    !memcmp(nl_addr_get_binary_addr(local), &l->addr6, 16))
			l->ifindex = rtnl_addr_get_ifindex(a);
	}
	nl_cache_free(addrs);
	return 0;
}

/**
 * clat_link_find() - find what belongs to a CLAT
 * @sk: rtnetlink
 * @l: addr6 and addr4 are given; ifindex and mtu are set, to 0 where there is
 *	no such address or route
 * Return: 0 or -errno
 */
int clat_link_find(struct nl_sock *sk, struct clat_link *l)
{
	struct rtnl_route *route;
	struct nl_cache *routes;
	int err = find_ifindex(sk, l);

	if (err)
		return err;
	err = rtnl_route_alloc_cache(sk, AF_INET, 0, &routes);
	if (err)
		return nl_errno(err);
	route = find_ours(routes, l);
	if (!route || rtnl_route_get_metric(route, RTAX_MTU, &l->mtu))
		l->mtu = 0;
	nl_cache_free(routes);
	return 0;
}
