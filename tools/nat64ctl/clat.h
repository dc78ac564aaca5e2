/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of "nat64ctl clat" share. */
#ifndef NAT64CTL_CLAT_H
#define NAT64CTL_CLAT_H

#include <netinet/in.h>

#include "nat64.h"

/**
 * struct clat_ra - what a router announced, or the routers of a link
 * @router: its link-local address
 * @lifetime: of the default router, seconds; 0 where it is none
 * @mtu: of the link, 0 where it says none
 * @has_prefix: it announced @prefix
 * @prefix: /64 in which hosts make addresses of their own
 * @has_pref64: it announced @pref64
 * @pref64: prefix of its NAT64 (RFC 8781)
 */
struct clat_ra {
	struct in6_addr router;
	uint16_t lifetime;
	uint32_t mtu;
	bool has_prefix;
	struct nat64_prefix6 prefix;
	bool has_pref64;
	struct nat64_prefix6 pref64;
};

/* Router advertisements: ra.c */
int clat_ra_parse(const uint8_t *buf, size_t len, struct clat_ra *ra);
void clat_ra_merge(struct clat_ra *sum, const struct clat_ra *got);
int clat_ra_learn(unsigned int ifindex, bool want_pref64, struct clat_ra *ra);

/**
 * struct clat_link - what belongs to a CLAT outside of the module
 * @ifindex: interface towards the IPv6-only network
 * @addr6: address of translated packets
 * @addr4: address the host's own IPv4 comes from
 * @router: link-local address of the next hop
 * @mtu: of IPv4 packets
 */
struct clat_link {
	unsigned int ifindex;
	struct in6_addr addr6;
	struct in_addr addr4;
	struct in6_addr router;
	uint32_t mtu;
};

struct nl_sock;

/* Addresses and routes: link.c */
struct nl_sock *clat_link_open(void);
int clat_link_mtu(struct nl_sock *sk, unsigned int ifindex, uint32_t *mtu);
int clat_link_has_ipv4(struct nl_sock *sk, unsigned int ifindex, bool *addr,
		       bool *route);
int clat_link_add_addr6(struct nl_sock *sk, const struct clat_link *l);
int clat_link_del_addr6(struct nl_sock *sk, const struct clat_link *l);
int clat_link_add_addr4(struct nl_sock *sk, const struct clat_link *l);
int clat_link_del_addr4(struct nl_sock *sk, const struct clat_link *l);
int clat_link_add_route(struct nl_sock *sk, const struct clat_link *l);
int clat_link_del_route(struct nl_sock *sk, const struct clat_link *l);
int clat_link_find(struct nl_sock *sk, struct clat_link *l);

#endif
