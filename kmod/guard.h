/* SPDX-License-Identifier: GPL-2.0 */
/* Guarding the host and its operator against likely mistakes. */
#ifndef NAT64_GUARD_H
#define NAT64_GUARD_H

#include <linux/types.h>

struct nat64_config;
struct nat64_eam;
struct nat64_pool4_spec;
struct nat64_prefix;
struct nat64_settings;
struct net;
struct netlink_ext_ack;

void nat64_guard_prefix(struct net *net, u32 mode,
			const struct nat64_config *cfg,
			const struct nat64_prefix *p,
			struct netlink_ext_ack *extack);
void nat64_guard_rfc6791(const struct nat64_settings *set,
			 struct netlink_ext_ack *extack);
void nat64_guard_pool4(struct net *net, const struct nat64_config *cfg,
		       const struct nat64_pool4_spec *spec, bool force,
		       struct netlink_ext_ack *extack);
int nat64_guard_pool4_use(struct net *net, const struct nat64_pool4_spec *spec,
			  struct netlink_ext_ack *extack);
int nat64_guard_eam(const struct nat64_eam *e, struct netlink_ext_ack *extack);

#endif /* NAT64_GUARD_H */
