/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_HOOK_H
#define NAT64_HOOK_H

struct net;

/*
 * With the first instance of a namespace, and with its last one. Process
 * context. Register: 0 or -errno.
 */
int nat64_hook_register(struct net *net);
void nat64_hook_unregister(struct net *net);

#endif /* NAT64_HOOK_H */
