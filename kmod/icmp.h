/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors that the translator originates. */
#ifndef NAT64_ICMP_H
#define NAT64_ICMP_H

#include <linux/skbuff.h>

#include "xlat/drop.h"
#include "xlat/parse.h"

/*
 * Tell the sender why its packet was dropped, if the reason is one that the
 * sender is told, and the sender one that can exist (F-43). @skb is as received.
 * @info is the MTU of a packet that is too big, or the offset of the octet that
 * is wrong. The stack applies the other suppression rules and rate limits (RFC
 * 4443 section 2.4, F-45). True if the reason is told. @skb may be changed, and
 * is to be freed by the caller.
 */
bool nat64_icmp6_error(struct net *net, struct sk_buff *skb,
		       const struct nat64_hdr *h, enum nat64_drop reason,
		       u32 info);
bool nat64_icmp4_error(struct net *net, struct sk_buff *skb,
		       const struct nat64_hdr *h, enum nat64_drop reason,
		       u32 info);

#endif /* NAT64_ICMP_H */
