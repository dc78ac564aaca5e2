/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_FAST_H
#define NAT64_FAST_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct nat64_pairs;
struct nat64_xlat;
struct net;

/*
 * Translate a packet of an established flow. Under RCU. True: it is consumed.
 * False: it is untouched and takes the long way (recv.h), which finds the same
 * answer to every question, and remembers for the next packet. @direct: the hooks
 * of neither family see it, which they must have agreed to of late.
 */
bool nat64_fast_64(struct net *net, struct nat64_xlat *xlat,
		   struct sk_buff *skb, bool direct);
bool nat64_fast_46(struct net *net, struct nat64_xlat *xlat,
		   struct sk_buff *skb, bool direct);

/*
 * Likewise a packet of a pair of addresses of any stateless instance. @gen: of
 * configuration and routes, as the packet sees them.
 */
bool nat64_fast_pair_64(struct net *net, struct nat64_pairs __percpu *pairs,
			u32 gen, struct sk_buff *skb);
bool nat64_fast_pair_46(struct net *net, struct nat64_pairs __percpu *pairs,
			u32 gen, struct sk_buff *skb);

#endif /* NAT64_FAST_H */
