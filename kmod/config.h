/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration of an instance, and transactions that change it.
 *
 * A packet sees one struct nat64_config from beginning to end: it never
 * changes, a change publishes a new one. A transaction collects changes to any
 * number of instances of a network namespace and publishes all or none.
 */
#ifndef NAT64_CONFIG_H
#define NAT64_CONFIG_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/types.h>

#include "pool4.h"
#include "prefix.h"
#include "uapi/linux/nat64.h"
#include "xlat/hdr.h"

struct nat64_eam_table;
struct nat64_net;
struct nat64_pool4;
struct nat64_table;
struct nat64_xlat;
struct netlink_ext_ack;

#define NAT64_PLATEAUS_MAX		16
#define NAT64_UDP_ZERO_PORTS_MAX	16
#define NAT64_UDP_ZERO_INHERIT		255	/* what all ports have */
#define NAT64_MSS_ROUTE			1
#define NAT64_MSS_MIN			536

/**
 * struct nat64_udp_zero_port - a port with its own setting udp-zero-checksum
 * @port: source or destination, host byte order
 * @action: enum nat64_udp_zero
 */
struct nat64_udp_zero_port {
	u16 port;
	u8 action;
};

/**
 * struct nat64_settings - what `nat64ctl set` sets
 * @hdr: traffic class and TOS
 * @lowest_ipv6_mtu: bytes, at least 1280; 0: MTU of the route (D-02)
 * @udp_zero: enum nat64_udp_zero
 * @filtering: enum nat64_filtering
 * @enabled: translate; otherwise packets pass as if there were no instance
 * @wkp_nonglobal: allow non-global addresses under 64:ff9b::/96
 * @icmp_errors: originate ICMP errors
 * @refresh_inbound: packets from IPv4 refresh a session (H-19)
 * @port_parity: keep parity of source ports (H-80)
 * @forward_hook: translated packets pass the FORWARD hook
 * @fast_path: enum nat64_fast_path
 * @rfc6791_len4: 255: none
 * @rfc6791_addr4: sources for ICMP errors of untranslatable routers
 * @udp_timeout: jiffies, as the other timeouts
 * @tcp_est_timeout: established TCP
 * @tcp_trans_timeout: opening and closing TCP
 * @icmp_timeout: ICMP queries
 * @port_blocks: ports that a subscriber gets at a time; 0: one
 * @port_blocks_fixed: which ones comes first follows from the subscriber's prefix
 * @port_alarm: percent of ports in use that events tell of; 0: none (L-08)
 * @session_counters: count packets and bytes of sessions that are new
 * @port_hold: how long nobody gets a port of UDP or ICMP that is free again
 * @tcp_syn_timeout: how long a SYN from IPv4 waits for one from IPv6
 * @max_sessions: most sessions
 * @max_bib: most bindings
 * @subscriber_max_sessions: of one subscriber; 0: any number
 * @subscriber_max_ports: bindings of one subscriber; 0: any number
 * @subscriber_rate: new sessions of one subscriber per second; 0: any number
 * @subscriber_prefix_len: bits of an IPv6 address that are a subscriber
 * @mss_clamp: largest MSS of TCP; 0: any, NAT64_MSS_ROUTE: what the routes take
 * @eam_hairpin: enum nat64_eam_hairpin
 * @node_id: enum nat64_node_id
 * @icmp_info_drop: translate no echo
 * @external_tcp_drop: IPv4 hosts open no TCP connection (H-35)
 * @est_probe: ask whether an established connection that is silent still is
 *	one (H-46)
 * @rfc6791_len6: 255: none
 * @n_plateaus: number of @plateaus
 * @n_udp_zero: number of @udp_zero_ports
 * @rfc6791_addr6: sources for ICMPv6 errors of untranslatable routers
 * @plateaus: MTUs to guess from, falling (F-04)
 * @udp_zero_ports: ports that have their own @udp_zero
 */
struct nat64_settings {
	struct nat64_hdr_opts hdr;
	u32 lowest_ipv6_mtu;
	u8 udp_zero;
	u8 filtering;
	bool enabled;
	bool wkp_nonglobal;
	bool icmp_errors;
	bool refresh_inbound;
	bool port_parity;
	bool forward_hook;
	u8 fast_path;
	u8 rfc6791_len4;
	__be32 rfc6791_addr4;
	unsigned long udp_timeout;
	unsigned long tcp_est_timeout;
	unsigned long tcp_trans_timeout;
	unsigned long icmp_timeout;
	unsigned long tcp_syn_timeout;
	unsigned long port_hold;
	u32 max_sessions;
	u32 max_bib;
	u32 subscriber_max_sessions;
	u32 subscriber_max_ports;
	u32 subscriber_rate;
	u32 port_blocks;
	bool port_blocks_fixed;
	u8 subscriber_prefix_len;
	u8 port_alarm;
	bool session_counters;
	u32 mss_clamp;
	u8 eam_hairpin;
	u8 node_id;
	bool icmp_info_drop;
	bool external_tcp_drop;
	bool est_probe;
	u8 rfc6791_len6;
	u8 n_plateaus;
	u8 n_udp_zero;
	struct in6_addr rfc6791_addr6;
	u16 plateaus[NAT64_PLATEAUS_MAX];
	struct nat64_udp_zero_port udp_zero_ports[NAT64_UDP_ZERO_PORTS_MAX];
};

/**
 * struct nat64_config - everything configured about an instance
 * @rcu: freed after a grace period
 * @reach: IPv6 destinations that it has a say about
 * @set: settings
 * @prefixes: pool6, NULL if empty
 * @eam: explicit address mappings, NULL if empty; mode siit only
 * @deny4: NULL if empty
 * @pool4: NULL if empty; mode nat64 only
 *
 * @gen: differs from that of every other configuration of late
 * @drop: which members go with it once it is replaced; the others belong to
 *	its successor. Under nat64_net.lock, packets do not look at it
 *
 * Members belong to the configuration that packets see.
 */
struct nat64_config {
	struct rcu_head rcu;
	struct nat64_reach reach;
	struct nat64_settings set;
	struct nat64_prefix_set *prefixes;
	struct nat64_eam_table *eam;
	struct nat64_deny4 *deny4;
	struct nat64_pool4 *pool4;
	u32 gen;
	u8 drop;
};

#define NAT64_INSTANCES_MAX	1024
#define NAT64_RFC6791_NONE	255

void nat64_settings_default(struct nat64_settings *set);
u8 nat64_settings_udp_zero(const struct nat64_settings *set, u16 sport,
			   u16 dport);
bool nat64_settings_adf(const struct nat64_settings *set,
			enum nat64_l4_idx l4);
u32 nat64_config_next_gen(void);

/**
 * nat64_settings_check() - tell whether settings may replace others
 * @old: the settings as they are; what stays as it is passes
 * @new: as they are to be
 * @force: let timeouts go below what the RFCs allow (H-17, H-105)
 * @extack: says what would be right
 *
 * Return: 0, or the NAT64_A_SETTINGS_ attribute at fault.
 */
int nat64_settings_check(const struct nat64_settings *old,
			 const struct nat64_settings *new, bool force,
			 struct netlink_ext_ack *extack);

/* Enabled, and there is all that translating needs. */
bool nat64_config_usable(const struct nat64_config *cfg, u32 mode);
/* With the mode's defaults, or NULL. Process context. */
struct nat64_config *nat64_config_create(void);
void nat64_config_seal(struct nat64_config *cfg, u32 mode);
/* Frees at once: only for one that no packet can see. */
void nat64_config_destroy(struct nat64_config *cfg);

/* For txn.c, which replaces configurations. */
#define NAT64_MEMBER_PREFIXES	BIT(0)
#define NAT64_MEMBER_EAM	BIT(1)
#define NAT64_MEMBER_DENY4	BIT(2)
#define NAT64_MEMBER_POOL4	BIT(3)
#define NAT64_MEMBERS		(NAT64_MEMBER_PREFIXES | NAT64_MEMBER_EAM | \
				 NAT64_MEMBER_DENY4 | NAT64_MEMBER_POOL4)

void nat64_config_free_members(struct nat64_config *cfg, u8 members);
void nat64_config_retire(struct nat64_config *cfg, bool now);

/**
 * struct nat64_txn - changes that become visible together
 * @nn: the namespace; its lock is held from begin to end
 * @extack: where refusals are explained
 * @changes: one struct change per instance touched (txn.c)
 * @bad_name: the last refusal is about the name of the instance
 *
 * nat64_txn_begin(), any number of changes, nat64_txn_commit() or
 * nat64_txn_abort(), nat64_txn_end(). Changes return 0 or -errno with extack
 * text; after an error, of commit too, only abort is allowed. Text without an
 * error is a warning. Process context.
 */
struct nat64_txn {
	struct nat64_net *nn;
	struct netlink_ext_ack *extack;
	struct list_head changes;
	bool bad_name;
};

void nat64_txn_begin(struct nat64_txn *txn, struct nat64_net *nn,
		     struct netlink_ext_ack *extack);
int nat64_txn_commit(struct nat64_txn *txn);
void nat64_txn_abort(struct nat64_txn *txn);
/* Lets the lock go: what tells of the changes in their order comes before. */
void nat64_txn_end(struct nat64_txn *txn);

int nat64_txn_instance_add(struct nat64_txn *txn, const char *name, u32 mode);
int nat64_txn_instance_del(struct nat64_txn *txn, const char *name);

struct nat64_bib_spec;
struct nat64_deny4_entry;
struct nat64_eam;
struct nat64_pool4_spec;
struct nat64_prefix_entry;

int nat64_txn_prefix(struct nat64_txn *txn, const char *name, bool add,
		     const struct nat64_prefix_entry *e, bool force);
int nat64_txn_pool4(struct nat64_txn *txn, const char *name, bool add,
		    const struct nat64_pool4_spec *spec, bool force);
int nat64_txn_eam(struct nat64_txn *txn, const char *name, bool add,
		  const struct nat64_eam *e, bool force);
int nat64_txn_deny4(struct nat64_txn *txn, const char *name, bool add,
		    const struct nat64_deny4_entry *e);
int nat64_txn_bib(struct nat64_txn *txn, const char *name, bool add,
		  const struct nat64_bib_spec *spec);
/* The settings of the instance as they will be, to change; or ERR_PTR. */
struct nat64_settings *nat64_txn_settings(struct nat64_txn *txn,
					  const char *name, u32 *mode);

#endif /* NAT64_CONFIG_H */
