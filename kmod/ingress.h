/* SPDX-License-Identifier: GPL-2.0 */
/* Hooks at the devices of a namespace, for `set fast-path ingress`. */
#ifndef NAT64_INGRESS_H
#define NAT64_INGRESS_H

#include <linux/types.h>

struct nat64_net;

/*
 * At all devices of a namespace that there are and will be, or at none. 0 or
 * -errno, which only switching on gives. Process context; takes the RTNL, which
 * is taken after nat64_net.lock.
 */
int nat64_ingress_set(struct nat64_net *nn, bool on);

int nat64_ingress_init(void);
void nat64_ingress_exit(void);

#endif /* NAT64_INGRESS_H */
