/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_EMIT_H
#define NAT64_EMIT_H

struct net;
struct sk_buff;
struct sock;

int nat64_emit4(struct net *net, struct sock *sk, struct sk_buff *skb);
int nat64_emit6(struct net *net, struct sock *sk, struct sk_buff *skb);

int nat64_give4(struct sk_buff *skb);
int nat64_give6(struct sk_buff *skb);

#endif /* NAT64_EMIT_H */
