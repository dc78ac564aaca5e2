/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4 transport addresses that hosts of the IPv6 side share. */
#ifndef NAT64_POOL4_H
#define NAT64_POOL4_H

#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct nat64_settings;
struct netlink_ext_ack;

/* protocols that have ports of their own, also index of BIB tables */
enum nat64_l4_idx {
	NAT64_L4_IDX_TCP,
	NAT64_L4_IDX_UDP,
	NAT64_L4_IDX_ICMP,
	__NAT64_L4_IDX_MAX,
};

void nat64_pool4_init(void);
enum nat64_l4_idx nat64_l4_index(u8 proto);

/**
 * struct nat64_pool4_spec - a range as configured
 * @addr: first address, network byte order
 * @len: prefix length, at least NAT64_POOL4_MIN_LEN
 * @port_min: host byte order
 * @port_max: host byte order, not below @port_min
 * @proto: mask of 1 << enum nat64_l4_idx
 * @has_mark: only packets with firewall mark @mark
 * @mark: firewall mark
 */
struct nat64_pool4_spec {
	__be32 addr;
	u8 len;
	u16 port_min;
	u16 port_max;
	u8 proto;
	bool has_mark;
	u32 mark;
};

#define NAT64_POOL4_MIN_LEN	16
#define NAT64_POOL4_MAX		1024

struct nat64_pool4_range;	/* counts references; outlives its pool */
struct nat64_pool4;		/* ranges of a configuration, replaced whole */

/**
 * struct nat64_pool4_port - an allocated transport address
 * @range: where it came from; holds a reference
 * @addr: network byte order
 * @port: network byte order
 * @alarm: with it few ports of the address are left, which nobody was told of;
 *	those that nobody gets yet are in use, too (L-08)
 */
struct nat64_pool4_port {
	struct nat64_pool4_range *range;
	__be32 addr;
	__be16 port;
	bool alarm;
};

/**
 * struct nat64_pool4_stretch - ports beside each other
 * @first: host byte order; begins a word of a bitmap
 * @last: host byte order; ends one
 */
struct nat64_pool4_stretch {
	u16 first;
	u16 last;
};

/**
 * struct nat64_pool4_want - what an allocation is for
 * @host: IPv6 host; the same host gets the same address (H-83)
 * @port: its source port or identifier, network byte order
 * @l4: protocol
 * @mark: firewall mark of the packet
 * @set: whether the parity of @port is kept where possible (UDP; H-80, H-82),
 *	as its class, system ports or others, is anyway (H-81); and whether a
 *	subscriber's hosts all get the same address, and which
 * @within: the ports it may be; NULL: any
 * @same: take @port itself if it is free
 */
struct nat64_pool4_want {
	const struct in6_addr *host;
	__be16 port;
	enum nat64_l4_idx l4;
	u32 mark;
	const struct nat64_settings *set;
	const struct nat64_pool4_stretch *within;
	bool same;
};

/**
 * struct nat64_pool4_place - where in a pool a host belongs
 * @addr: its address, network byte order
 * @group: of ranges that share addresses
 * @turn: how many subscribers with lower prefixes have the same address, if
 *	they get them in turn
 * @marked: ranges for the mark of the packet serve it, or those without mark
 * @known: the others are filled in
 */
struct nat64_pool4_place {
	__be32 addr;
	u32 group;
	u32 turn;
	bool marked;
	bool known;
};

bool nat64_pool4_owns_addr(const struct nat64_pool4 *pool, __be32 addr);
bool nat64_pool4_owns(const struct nat64_pool4 *pool, enum nat64_l4_idx l4,
		      __be32 addr, __be16 port);

int nat64_pool4_place(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_place *place);
void nat64_pool4_ports(const struct nat64_pool4 *pool,
		       const struct nat64_pool4_place *place, u16 *min,
		       u16 *max);
int nat64_pool4_alloc(const struct nat64_pool4 *pool,
		      const struct nat64_pool4_place *place,
		      const struct nat64_pool4_want *want,
		      struct nat64_pool4_port *out);
int nat64_pool4_take(const struct nat64_pool4 *pool, enum nat64_l4_idx l4,
		     __be32 addr, __be16 port, struct nat64_pool4_port *out);
/* It counts as free from now on, though nobody gets it; and back. */
void nat64_pool4_park(const struct nat64_pool4_port *p);
void nat64_pool4_unpark(const struct nat64_pool4_port *p);
void nat64_pool4_free(struct nat64_pool4_port *p, enum nat64_l4_idx l4);
bool nat64_pool4_range_dead(const struct nat64_pool4_range *r);

unsigned int nat64_pool4_count(const struct nat64_pool4 *pool);
void nat64_pool4_at(const struct nat64_pool4 *pool, unsigned int i,
		    struct nat64_pool4_spec *spec, u32 *used);

/**
 * nat64_pool4_check() - tell whether a range makes sense by itself
 * @s: the range
 * @extack: says what would be right
 *
 * Return: 0, or the NAT64_A_POOL4_ attribute at fault.
 */
int nat64_pool4_check(const struct nat64_pool4_spec *s,
		      struct netlink_ext_ack *extack);
bool nat64_pool4_overlaps(const struct nat64_pool4 *pool,
			  const struct nat64_pool4_spec *spec);

struct nat64_pool4 *nat64_pool4_add(const struct nat64_pool4 *old,
				    const struct nat64_pool4_spec *spec,
				    struct netlink_ext_ack *extack);
struct nat64_pool4 *nat64_pool4_del(const struct nat64_pool4 *old,
				    const struct nat64_pool4_spec *spec,
				    struct netlink_ext_ack *extack);
void nat64_pool4_retire(const struct nat64_pool4 *old,
			const struct nat64_pool4 *a,
			const struct nat64_pool4 *b);
void nat64_pool4_put(struct nat64_pool4 *pool);

#endif /* NAT64_POOL4_H */
