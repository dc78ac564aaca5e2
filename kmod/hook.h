/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_HOOK_H
#define NAT64_HOOK_H

#include <linux/limits.h>
#include <linux/netfilter.h>

struct nat64_net;

/* Behind all rules of the netdev family. */
#define NAT64_INGRESS_PRIORITY	INT_MAX

/*
 * With the first instance of a namespace, and with its last one. Process
 * context. Register: 0 or -errno.
 */
int nat64_hook_register(struct nat64_net *nn);
void nat64_hook_unregister(struct nat64_net *nn);

/* At a device. */
unsigned int nat64_hook_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);

#endif /* NAT64_HOOK_H */
