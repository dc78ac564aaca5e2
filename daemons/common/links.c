// SPDX-License-Identifier: GPL-2.0
#include "links.h"

#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/netconf.h>
#include <stdlib.h>
#include <string.h>

#define UNUSABLE (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_OPTIMISTIC)

struct links {
	struct event_base *base;
	struct nl_cache_mngr *mngr;
	struct nl_cache *links;
	struct nl_cache *addrs;
	struct nl_cache *netconf;
	struct event *readable;
	struct event *settled;	/* fires when a batch of changes is over */
	void (*changed)(void *ctx);
	void *ctx;
};

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
	struct links *l = arg;

	(void)fd;
	(void)what;
	l->changed(l->ctx);
}

/* A burst of address events makes one call: the caller need not rate limit. */
static void on_change(struct nl_cache *cache, struct nl_object *obj, int action,
		      void *arg)
{
	const struct timeval at_once = { 0 };
	struct links *l = arg;

	(void)cache;
	(void)obj;
	(void)action;
	if (!evtimer_pending(l->settled, NULL))
		evtimer_add(l->settled, &at_once);
}

static void caches_free(struct links *l)
{
	if (l->readable)
		event_free(l->readable);
	l->readable = NULL;
	if (l->mngr)
		nl_cache_mngr_free(l->mngr);
	l->mngr = NULL;
}

static int caches_open(struct links *l);

/*
 * When the socket lost messages the caches are wrong for good: they are
 * thrown away and filled anew.
 */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct links *l = arg;
	int err;

	(void)fd;
	(void)what;
	err = nl_cache_mngr_data_ready(l->mngr);
	if (err >= 0)
		return;
	log_warn("rtnetlink: %s: reading the interfaces again",
		 nl_geterror(err));
	caches_free(l);
	if (caches_open(l))
		log_err("rtnetlink: cannot follow the interfaces any more");
	on_change(NULL, NULL, 0, l);
}

static int caches_open(struct links *l)
{
	if (nl_cache_mngr_alloc(NULL, NETLINK_ROUTE, NL_AUTO_PROVIDE,
				&l->mngr))
		return -EIO;
	if (nl_cache_mngr_add(l->mngr, "route/link", on_change, l,
			      &l->links) ||
	    nl_cache_mngr_add(l->mngr, "route/addr", on_change, l,
			      &l->addrs) ||
	    nl_cache_mngr_add(l->mngr, "route/netconf", on_change, l,
			      &l->netconf))
		goto err;
	l->readable = event_new(l->base, nl_cache_mngr_get_fd(l->mngr),
				EV_READ | EV_PERSIST, on_readable, l);
	if (!l->readable || event_add(l->readable, NULL))
		goto err;
	return 0;

err:
	caches_free(l);
	return -EIO;
}

int links_open(struct event_base *base, void (*changed)(void *ctx), void *ctx,
	       struct links **result)
{
	struct links *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->base = base;
	l->changed = changed;
	l->ctx = ctx;
	l->settled = evtimer_new(base, on_settled, l);
	if (!l->settled || caches_open(l)) {
		links_close(l);
		return -EIO;
	}
	*result = l;
	return 0;
}

void links_close(struct links *l)
{
	if (!l)
		return;
	caches_free(l);
	if (l->settled)
		event_free(l->settled);
	free(l);
}

/*
 * The cache also holds entries that are IPv6's view of an interface. They are
 * not renewed with it, so rtnl_link_get_by_name() may find an old state.
 */
static struct rtnl_link *find_link(struct links *l, const char *name)
{
	struct nl_object *obj;

	if (!l->mngr)
		return NULL;
	for (obj = nl_cache_get_first(l->links); obj;
	     obj = nl_cache_get_next(obj)) {
		struct rtnl_link *link = (struct rtnl_link *)obj;

		if (rtnl_link_get_family(link) == AF_UNSPEC &&
		    rtnl_link_get_name(link) &&
		    !strcmp(rtnl_link_get_name(link), name))
			return link;
	}
	return NULL;
}

bool links_find(struct links *l, const char *name, struct link_info *out)
{
	struct rtnl_link *link = find_link(l, name);
	struct nl_addr *mac;
	unsigned int flags;

	if (!link)
		return false;
	memset(out, 0, sizeof(*out));
	flags = rtnl_link_get_flags(link);
	out->ifindex = rtnl_link_get_ifindex(link);
	out->up = (flags & IFF_UP) && (flags & IFF_RUNNING);
	out->arptype = rtnl_link_get_arptype(link);
	out->mtu = rtnl_link_get_mtu(link);
	mac = rtnl_link_get_addr(link);
	if (mac && nl_addr_get_len(mac) <= LINKS_MAC_LEN) {
		out->mac_len = (uint8_t)nl_addr_get_len(mac);
		memcpy(out->mac, nl_addr_get_binary_addr(mac), out->mac_len);
	}
	return true;
}

bool links_forwards6(struct links *l, int ifindex)
{
	struct rtnl_netconf *nc;
	int on = 0;

	if (!l->mngr)
		return false;
	nc = rtnl_netconf_get_by_idx(l->netconf, AF_INET6, ifindex);
	if (!nc)
		return false;
	if (rtnl_netconf_get_forwarding(nc, &on))
		on = 0;
	rtnl_netconf_put(nc);
	return on > 0;
}

static struct rtnl_addr *first_addr(struct links *l)
{
	return l->mngr ? (struct rtnl_addr *)nl_cache_get_first(l->addrs) :
	       NULL;
}

static struct rtnl_addr *next_addr(struct rtnl_addr *a)
{
	return (struct rtnl_addr *)nl_cache_get_next((struct nl_object *)a);
}

/* Its bytes when @a is a usable address of @family on @ifindex. */
static const void *usable(struct rtnl_addr *a, int ifindex, int family)
{
	struct nl_addr *local = rtnl_addr_get_local(a);

	if (rtnl_addr_get_ifindex(a) != ifindex ||
	    rtnl_addr_get_family(a) != family || !local ||
	    (rtnl_addr_get_flags(a) & UNUSABLE))
		return NULL;
	return nl_addr_get_binary_addr(local);
}

bool links_has6(struct links *l, int ifindex, const struct in6_addr *addr)
{
	const struct in6_addr *found;
	struct rtnl_addr *a;

	for (a = first_addr(l); a; a = next_addr(a)) {
		found = usable(a, ifindex ? ifindex : rtnl_addr_get_ifindex(a),
			       AF_INET6);
		if (found && !memcmp(found, addr, sizeof(*addr)))
			return true;
	}
	return false;
}

bool links_linklocal(struct links *l, int ifindex, struct in6_addr *addr)
{
	const struct in6_addr *found;
	struct rtnl_addr *a;

	if (IN6_IS_ADDR_LINKLOCAL(addr) && links_has6(l, ifindex, addr))
		return true;
	for (a = first_addr(l); a; a = next_addr(a)) {
		found = usable(a, ifindex, AF_INET6);
		if (!found || !IN6_IS_ADDR_LINKLOCAL(found))
			continue;
		*addr = *found;
		return true;
	}
	return false;
}

bool links_has4(struct links *l, struct in_addr addr)
{
	const struct in_addr *found;
	struct rtnl_addr *a;

	for (a = first_addr(l); a; a = next_addr(a)) {
		found = usable(a, rtnl_addr_get_ifindex(a), AF_INET);
		if (found && found->s_addr == addr.s_addr)
			return true;
	}
	return false;
}

unsigned int links_addrs4(struct links *l, int ifindex,
			  struct links_addr4 *out, unsigned int max)
{
	const struct in_addr *addr;
	struct rtnl_addr *a;
	unsigned int n = 0;

	for (a = first_addr(l); a && n < max; a = next_addr(a)) {
		addr = usable(a, ifindex, AF_INET);
		if (!addr)
			continue;
		out[n].addr = *addr;
		out[n++].len = (uint8_t)rtnl_addr_get_prefixlen(a);
	}
	return n;
}

static void cut(struct in6_addr *a, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		unsigned int keep = len > i * 8 ? len - i * 8 : 0;

		if (keep < 8)
			a->s6_addr[i] &= (uint8_t)(0xff00 >> keep);
	}
}

static int compare_prefixes(const void *x, const void *y)
{
	const struct links_prefix6 *a = x;
	const struct links_prefix6 *b = y;
	int diff = memcmp(&a->addr, &b->addr, sizeof(a->addr));

	return diff ? diff : a->len - b->len;
}

/* Deprecated addresses and /128 tell of no prefix for the clients. */
static bool prefix_of(struct rtnl_addr *a, int ifindex,
		      struct links_prefix6 *out)
{
	const struct in6_addr *addr = usable(a, ifindex, AF_INET6);
	int len = rtnl_addr_get_prefixlen(a);

	if (!addr || len <= 0 || len >= 128 || IN6_IS_ADDR_LINKLOCAL(addr) ||
	    (rtnl_addr_get_flags(a) & IFA_F_DEPRECATED))
		return false;
	memset(out, 0, sizeof(*out));
	out->addr = *addr;
	out->len = (uint8_t)len;
	out->valid = rtnl_addr_get_valid_lifetime(a);
	out->preferred = rtnl_addr_get_preferred_lifetime(a);
	cut(&out->addr, out->len);
	return true;
}

unsigned int links_prefixes6(struct links *l, int ifindex,
			     struct links_prefix6 *out, unsigned int max)
{
	struct links_prefix6 p;
	struct rtnl_addr *a;
	unsigned int n = 0;
	unsigned int i;

	for (a = first_addr(l); a && n < max; a = next_addr(a)) {
		if (!prefix_of(a, ifindex, &p))
			continue;
		for (i = 0; i < n; i++)
			if (!compare_prefixes(&p, &out[i]))
				break;
		if (i == n)
			out[n++] = p;
	}
	qsort(out, n, sizeof(*out), compare_prefixes);
	return n;
}

static uint32_t longer(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* The address that lives longest speaks for the prefix. */
void links_lifetimes6(int ifindex, struct links_prefix6 *prefixes,
		      unsigned int count)
{
	struct nl_sock *sk = nl_socket_alloc();
	struct nl_cache *cache = NULL;
	struct links_prefix6 p;
	struct nl_object *obj;
	unsigned int i;

	if (!sk || nl_connect(sk, NETLINK_ROUTE) ||
	    rtnl_addr_alloc_cache(sk, &cache))
		goto out;
	for (i = 0; i < count; i++)
		prefixes[i].valid = prefixes[i].preferred = 0;
	for (obj = nl_cache_get_first(cache); obj;
	     obj = nl_cache_get_next(obj)) {
		if (!prefix_of((struct rtnl_addr *)obj, ifindex, &p))
			continue;
		for (i = 0; i < count; i++) {
			if (compare_prefixes(&p, &prefixes[i]))
				continue;
			prefixes[i].valid = longer(prefixes[i].valid, p.valid);
			prefixes[i].preferred = longer(prefixes[i].preferred,
						       p.preferred);
		}
	}
	nl_cache_free(cache);
out:
	nl_socket_free(sk);
}
