/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that differs between the kernels we build for, forced in by
 * Kbuild. NAT64_HAS_... are read off the headers of the kernel at hand.
 */
#ifndef NAT64_COMPAT_H
#define NAT64_COMPAT_H

#include <linux/skbuff.h>
#include <net/flow.h>
#include <net/genetlink.h>
#include <net/inet_dscp.h>
#include <net/inet_hashtables.h>
#include <net/route.h>
#include <net/udp.h>

/* skb_gso_validate_network_len() and skb_gso_segment() moved in 6.5 */
#ifdef NAT64_HAS_GSO_H
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

/* 6.2 split the operations; those of 6.1 do as no command of ours has both a
 * do and a dump.
 */
#ifndef NAT64_HAS_SPLIT_OPS
#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops
#endif

/* 6.2 gave it a name of its own */
#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(len)	NLA_POLICY_MAX(NLA_BINARY, len)
#endif

/* 6.17 gave it another name, and 7 warns of the old one */
#ifndef NAT64_HAS_SYSTEM_DFL_WQ
#define system_dfl_wq	system_unbound_wq
#endif

static inline void nat64_flowi4_set_tos(struct flowi4 *fl4, u8 tos)
{
#ifdef NAT64_HAS_FLOWI4_DSCP
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#elif defined(INET_DSCP_MASK)
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#else
	fl4->flowi4_tos = tos & IPTOS_RT_MASK;
#endif
}

/* 6.10 takes the source from the declaration of the field */
#ifdef NAT64_HAS_ASSIGN_STR1
#define nat64_assign_str(dst, src)	__assign_str(dst)
#else
#define nat64_assign_str(dst, src)	__assign_str(dst, src)
#endif

/* Attributes of a dump request: 6.6 gives dumps a struct genl_info. */
static inline struct nlattr **nat64_dump_attrs(struct netlink_callback *cb)
{
#ifdef NAT64_HAS_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/*
 * Whether a program waits for connections, at any device or @dev; a later kernel
 * has one table.
 */
static inline bool nat64_tcp_listens(struct net *net, __be32 addr, u16 port,
				     int dev)
{
	struct sock *sk;

	rcu_read_lock();
#ifdef NAT64_HAS_LOOKUP_HASHINFO
	sk = __inet_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL,
				    0, 0, 0, addr, port, dev, 0);
#else
	sk = __inet_lookup_listener(net, NULL, 0, 0, 0, addr, port, dev, 0);
#endif
	rcu_read_unlock();
	return sk;
}

/* The same of UDP, where the kernel has been built with a way to ask. */
static inline bool nat64_udp_listens(struct net *net, __be32 addr, u16 port,
				     int dev)
{
	struct sock *sk = NULL;

#if IS_ENABLED(CONFIG_NF_TPROXY_IPV4) || IS_ENABLED(CONFIG_NF_SOCKET_IPV4)
	rcu_read_lock();
	sk = udp4_lib_lookup(net, 0, 0, addr, htons(port), dev);
	rcu_read_unlock();
	if (sk)
		sock_put(sk);
#endif
	return sk;
}

#endif /* NAT64_COMPAT_H */
