/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_EMIT_H
#define NAT64_EMIT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>

/**
 * nat64_emit_is_plain() - whether nothing of the IP layer has a say past a route
 * @dst: the route
 * @out: ip_output() or ip6_output(), which all others ask something else for
 * @skb: the packet, translated or about to become so
 *
 * Return: true if it is, and @skb has room for the header of the link.
 */
static __always_inline bool
nat64_emit_is_plain(const struct dst_entry *dst,
		    int (*out)(struct net *, struct sock *, struct sk_buff *),
		    const struct sk_buff *skb)
{
	return dst->output == out && !dst->lwtstate &&
	       skb_headroom(skb) >= LL_RESERVED_SPACE(dst_dev(dst));
}

int nat64_emit4(struct net *net, struct sock *sk, struct sk_buff *skb);
int nat64_emit6(struct net *net, struct sock *sk, struct sk_buff *skb);

int nat64_give4(struct sk_buff *skb);
int nat64_give6(struct sk_buff *skb);

#endif /* NAT64_EMIT_H */
