// SPDX-License-Identifier: GPL-2.0
/*
 * Checks that guard the host and its operator against configuration that is
 * well-formed and still most likely not what was meant.
 */
#include "guard.h"

#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <net/addrconf.h>
#include <net/ip.h>

#include "config.h"
#include "eam.h"
#include "pool4.h"
#include "prefix.h"

/*
 * Addresses of a pool4 range that no device has are looked for in so many at
 * most: routes may make any address local.
 */
#define LOCAL_PROBES	256U

/* Any address of this host in @p: its packets would be taken from the host. */
static bool has_local6(struct net *net, const struct nat64_prefix *p)
{
	struct inet6_ifaddr *ifa;
	struct net_device *dev;
	struct inet6_dev *idev;
	bool found = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		idev = __in6_dev_get(dev);
		if (!idev)
			continue;
		list_for_each_entry_rcu(ifa, &idev->addr_list, if_list)
			found |= nat64_prefix_match(p, &ifa->addr);
	}
	rcu_read_unlock();
	return found;
}

static bool wkp_with_private(const struct nat64_config *cfg)
{
	struct nat64_pool4_spec spec;
	bool wkp = false;
	unsigned int i;
	u32 used;

	for (i = 0; cfg->prefixes && i < cfg->prefixes->n; i++)
		wkp |= nat64_prefix_is_wkp(&cfg->prefixes->e[i].p);
	for (i = 0; wkp && i < nat64_pool4_count(cfg->pool4); i++) {
		nat64_pool4_at(cfg->pool4, i, &spec, &used);
		if (nat64_addr4_nonglobal(spec.addr))
			return !cfg->set.wkp_nonglobal;
	}
	return false;
}

/**
 * nat64_guard_prefix() - warn of a prefix that looks like a mistake
 * @net: the namespace
 * @mode: enum nat64_mode of the instance
 * @cfg: configuration with the prefix
 * @p: the prefix
 * @extack: where to warn
 *
 * RFC 6052 sections 3.1 and 3.3. Process context.
 */
void nat64_guard_prefix(struct net *net, u32 mode,
			const struct nat64_config *cfg,
			const struct nat64_prefix *p,
			struct netlink_ext_ack *extack)
{
	if (has_local6(net, p))
		NL_SET_ERR_MSG(extack, "warning: an address of this host lies in the prefix");
	else if (nat64_prefix_is_wkp(p) && mode == NAT64_MODE_SIIT)
		NL_SET_ERR_MSG(extack, "warning: 64:ff9b::/96 is not for the addresses of IPv6 hosts (RFC 6052 section 3.3)");
	else if (wkp_with_private(cfg))
		NL_SET_ERR_MSG(extack, "warning: 64:ff9b::/96 is for global IPv4 addresses, and pool4 has others (RFC 6052 section 3.1)");
}

/* RFC 1918, RFC 6598 */
static bool is_private(__be32 addr)
{
	return ipv4_is_private_10(addr) || ipv4_is_private_172(addr) ||
	       ipv4_is_private_192(addr) ||
	       (addr & htonl(0xffc00000)) == htonl(0x64400000);
}

/**
 * nat64_guard_rfc6791() - warn of a pool of sources that looks like a mistake
 * @set: settings with the pool
 * @extack: where to warn
 *
 * RFC 6791 section 3.1 (J-08). Process context.
 */
void nat64_guard_rfc6791(const struct nat64_settings *set,
			 struct netlink_ext_ack *extack)
{
	if (set->rfc6791_len4 != NAT64_RFC6791_NONE &&
	    is_private(set->rfc6791_addr4))
		NL_SET_ERR_MSG(extack, "warning: many networks drop what comes from private addresses, and so these ICMP errors (RFC 6791 section 3.1)");
}

/* What a range of pool4 shares with programs of this host. */
enum share {
	SHARE_NOTHING,
	SHARE_CONNECTIONS,	/* ports that are given to connections */
	SHARE_LISTENER,		/* a port that a program waits on */
};

static bool has_tcp_or_udp(const struct nat64_pool4_spec *s)
{
	return s->proto & (BIT(NAT64_L4_IDX_TCP) | BIT(NAT64_L4_IDX_UDP));
}

/* Whether a port of the range may be given to a connection of this host. */
static bool shares_connections(struct net *net,
			       const struct nat64_pool4_spec *s)
{
	int low, high, port;

	inet_get_local_port_range(net, &low, &high);
	low = max_t(int, low, s->port_min);
	high = min_t(int, high, s->port_max);
	for (port = low; port <= high; port++)
		if (!inet_is_local_reserved_port(net, port))
			return true;
	return false;
}

/**
 * struct own - an address of this host
 * @addr: host byte order
 * @dev: index of the device that has it, 0 if none has
 */
struct own {
	u32 addr;
	int dev;
};

static u32 n_addrs(const struct nat64_pool4_spec *s)
{
	return 1U << (32 - s->len);
}

static bool shares_listener(struct net *net, const struct nat64_pool4_spec *s,
			    const struct own *own)
{
	__be32 addr = htonl(own->addr);
	u32 port;

	for (port = s->port_min; port <= s->port_max; port++) {
		if ((s->proto & BIT(NAT64_L4_IDX_TCP) &&
		     nat64_tcp_listens(net, addr, port, own->dev)) ||
		    (s->proto & BIT(NAT64_L4_IDX_UDP) &&
		     nat64_udp_listens(net, addr, port, own->dev)))
			return true;
		cond_resched();
	}
	return false;
}

static enum share shares_own(struct net *net, const struct nat64_pool4_spec *s,
			     const struct own *own)
{
	if (shares_connections(net, s))
		return SHARE_CONNECTIONS;
	return shares_listener(net, s, own) ? SHARE_LISTENER : SHARE_NOTHING;
}

static bool comes_before(const struct own *a, const struct own *b)
{
	return a->addr < b->addr || (a->addr == b->addr && a->dev < b->dev);
}

/*
 * The address of a device that comes behind @last and before @end. One at a
 * time, as nothing can be held on to while ports are asked for.
 */
static bool next_own(struct net *net, const struct own *last, struct own *end)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	struct net_device *dev;
	bool found = false;
	struct own own;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		in_dev = __in_dev_get_rcu(dev);
		if (!in_dev)
			continue;
		in_dev_for_each_ifa_rcu(ifa, in_dev) {
			own.addr = ntohl(ifa->ifa_local);
			own.dev = dev->ifindex;
			if (!comes_before(last, &own) ||
			    !comes_before(&own, end))
				continue;
			*end = own;
			found = true;
		}
	}
	rcu_read_unlock();
	return found;
}

static enum share shares_with_devices(struct net *net,
				      const struct nat64_pool4_spec *s)
{
	u32 first = ntohl(s->addr);
	struct own last = { .addr = first };
	struct own end = { .addr = first + n_addrs(s) - 1,
			   .dev = INT_MAX };
	enum share share = SHARE_NOTHING;
	struct own own = end;

	while (!share && next_own(net, &last, &own)) {
		share = shares_own(net, s, &own);
		last = own;
		own = end;
	}
	return share;
}

/*
 * Packets to a pool address that no binding is for go to the host, so one of
 * its own may be in the pool; but it must not use the same ports itself (K-24).
 */
static enum share shares_ports(struct net *net,
			       const struct nat64_pool4_spec *s)
{
	u32 i, n = min(n_addrs(s), LOCAL_PROBES);
	struct own own = { .addr = ntohl(s->addr) };
	enum share share = SHARE_NOTHING;

	if (!has_tcp_or_udp(s))
		return SHARE_NOTHING;
	for (i = 0; i < n && !share; i++, own.addr++)
		if (inet_addr_type(net, htonl(own.addr)) == RTN_LOCAL)
			share = shares_own(net, s, &own);
	return share ?: shares_with_devices(net, s);
}

/**
 * nat64_guard_pool4() - warn of a range that looks like a mistake
 * @net: the namespace
 * @cfg: configuration with the range
 * @spec: the range
 * @force: nat64_guard_pool4_use() has not been asked about it
 * @extack: where to warn
 *
 * RFC 6052 section 3.1, K-24. Process context.
 */
void nat64_guard_pool4(struct net *net, const struct nat64_config *cfg,
		       const struct nat64_pool4_spec *spec, bool force,
		       struct netlink_ext_ack *extack)
{
	if (wkp_with_private(cfg))
		NL_SET_ERR_MSG(extack, "warning: 64:ff9b::/96 is for global IPv4 addresses, and pool4 has others (RFC 6052 section 3.1)");
	else if (force && shares_ports(net, spec))
		NL_SET_ERR_MSG(extack, "warning: programs of this host itself use the same ports of this address");
}

/**
 * nat64_guard_pool4_use() - refuse a range that makes no sense or is in use
 * @net: the namespace
 * @spec: the range, which passed nat64_pool4_check()
 * @extack: says why, and what helps
 *
 * Process context.
 *
 * Return: 0, -EINVAL or -EADDRINUSE.
 */
int nat64_guard_pool4_use(struct net *net, const struct nat64_pool4_spec *spec,
			  struct netlink_ext_ack *extack)
{
	if (ipv4_is_linklocal_169(spec->addr)) {
		NL_SET_ERR_MSG(extack, "link-local addresses do not cross a router; force adds them anyway");
		return -EINVAL;
	}
	switch (shares_ports(net, spec)) {
	case SHARE_CONNECTIONS:
		NL_SET_ERR_MSG(extack, "connections of this host itself use these ports of its address: sysctl -w net.ipv4.ip_local_port_range=\"1024 32767\" and ports 32768-65535 set them apart; force adds it anyway");
		return -EADDRINUSE;
	case SHARE_LISTENER:
		NL_SET_ERR_MSG(extack, "a program of this host listens on one of these ports of its address: ss -ltun shows which, ports LO-HI leaves it out; force adds it anyway");
		return -EADDRINUSE;
	default:
		return 0;
	}
}

/**
 * nat64_guard_eam() - refuse mappings of addresses that no packet comes from
 * @e: the mapping, which passed nat64_eam_check()
 * @extack: says why
 *
 * A mapping of all of IPv4 or IPv6 is legal (I-17).
 *
 * Return: 0 or -EINVAL.
 */
int nat64_guard_eam(const struct nat64_eam *e, struct netlink_ext_ack *extack)
{
	if ((e->addr4 || e->len4 >= 8) && nat64_addr4_illegal_src(e->addr4)) {
		NL_SET_ERR_MSG(extack, "no packet can come from these IPv4 addresses: they are loopback, multicast or reserved; force adds them anyway");
		return -EINVAL;
	}
	if (e->len6 >= 8 && nat64_addr6_illegal_src(&e->addr6)) {
		NL_SET_ERR_MSG(extack, "no packet can come from these IPv6 addresses: they are loopback, multicast or link-local; force adds them anyway");
		return -EINVAL;
	}
	return 0;
}
