// SPDX-License-Identifier: GPL-2.0
/*
 * Where packets come in. The only place that speaks netfilter verdicts.
 *
 * The hooks run behind raw (-300), so that marks set there choose a range of
 * pool4 and a route, and before conntrack (-200), which then neither costs
 * anything nor is confused by packets that leave as another family.
 */
#include "hook.h"

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/net_namespace.h>

#include "config.h"
#include "fast.h"
#include "native.h"
#include "net.h"
#include "output.h"
#include "recv.h"

#define PRIORITY	(NF_IP_PRI_RAW + 50)

static unsigned int verdict(struct nat64_rx *rx, enum nat64_drop reason)
{
	if (reason == NAT64_DROP_PASS)
		return NF_ACCEPT;
	if (reason)
		nat64_drop(rx, reason);
	return NF_STOLEN;
}

/* Looked at before any address, so that it can not be eaten (E-10). */
static noinline bool is_nd_type(const struct sk_buff *skb)
{
	const struct icmp6hdr *icmp;
	struct icmp6hdr buf;

	icmp = skb_header_pointer(skb, sizeof(struct ipv6hdr), 1, &buf);
	return icmp && icmp->icmp6_type >= NDISC_ROUTER_SOLICITATION &&
	       icmp->icmp6_type <= NDISC_REDIRECT;
}

static bool is_neighbour_discovery(const struct sk_buff *skb)
{
	return ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6 && is_nd_type(skb);
}

static bool of_this_link(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) & (IPV6_ADDR_MULTICAST |
				       IPV6_ADDR_LINKLOCAL |
				       IPV6_ADDR_LOOPBACK);
}

/* What comes in from the loopback device has passed LOCAL_OUT before. */
static bool looped(const struct nf_hook_state *state)
{
	return state->in && state->in->flags & IFF_LOOPBACK;
}

/*
 * What a packet is judged under, in one number: configuration, and the routes
 * and addresses of IPv4. Read before any of them, so that it stands for nothing
 * newer than what the packet sees. Both only ever grow, and so does the sum.
 */
static u32 generation(struct net *net, const struct nat64_net *nn)
{
	u32 gen = atomic_read(&nn->gen) + rt_genid_ipv4(net);

	/* pairs with the barrier in nat64_txn_commit() */
	smp_rmb();
	return gen;
}

static void rx_begin(struct nat64_rx *rx, struct nat64_xlat *xlat,
		     struct sk_buff *skb, const struct nf_hook_state *state)
{
	rx->net = state->net;
	rx->local = state->hook == NF_INET_LOCAL_OUT;
	rx->hairpin = false;
	nat64_rx_init(rx, xlat, skb);
}

/* Out of line: the fast path is to have no use for so much stack. */
static noinline unsigned int
long_way6(struct nat64_xlat *xlat, const struct nat64_table *t, u32 gen,
	  struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct nat64_rx rx;

	if (of_this_link(&ipv6_hdr(skb)->daddr))
		return NF_ACCEPT;
	rx.table = t;
	rx.gen = gen;
	rx_begin(&rx, xlat, skb, state);
	if (nat64_native6(&rx))
		return NF_ACCEPT;
	return verdict(&rx, nat64_recv6(&rx));
}

static noinline unsigned int
long_way4(struct nat64_xlat *xlat, const struct nat64_table *t, u32 gen,
	  struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct iphdr *ip = ip_hdr(skb);
	struct nat64_rx rx;

	if (ipv4_is_multicast(ip->daddr) || ipv4_is_lbcast(ip->daddr) ||
	    ipv4_is_loopback(ip->daddr) || ipv4_is_linklocal_169(ip->daddr))
		return NF_ACCEPT;
	rx.table = t;
	rx.gen = gen;
	rx_begin(&rx, xlat, skb, state);
	if (nat64_native4(&rx))
		return NF_ACCEPT;
	return verdict(&rx, nat64_recv4(&rx));
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	bool local = state->hook == NF_INET_LOCAL_OUT;
	const struct nat64_net *nn = priv;
	u32 gen = generation(state->net, nn);
	const struct nat64_table *t = rcu_dereference(nn->table);
	struct nat64_xlat *xlat;

	if (!t || looped(state) || is_neighbour_discovery(skb))
		return NF_ACCEPT;
	if (local && IP6CB(skb)->flags & IP6SKB_FORWARDED)
		return NF_ACCEPT;
	if (!local && t->pairs &&
	    nat64_fast_pair_64(state->net, t->pairs, gen, skb))
		return NF_STOLEN;
	/* what rules say to a translated packet goes to whom it came from */
	xlat = nat64_find6(t, skb, local && !nat64_in_forward());
	if (!xlat)
		return NF_ACCEPT;
	if (!local && xlat->state && nat64_fast_64(state->net, xlat, skb, false))
		return NF_STOLEN;
	return long_way6(xlat, t, gen, skb, state);
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	bool local = state->hook == NF_INET_LOCAL_OUT;
	const struct nat64_net *nn = priv;
	u32 gen = generation(state->net, nn);
	const struct nat64_table *t = rcu_dereference(nn->table);
	struct nat64_xlat *xlat;

	if (!t || looped(state) || skb->pkt_type != PACKET_HOST)
		return NF_ACCEPT;
	if (local && IPCB(skb)->flags & IPSKB_FORWARDED)
		return NF_ACCEPT;
	if (!local && t->pairs &&
	    nat64_fast_pair_46(state->net, t->pairs, gen, skb))
		return NF_STOLEN;
	/* and here, too */
	xlat = nat64_find4(t, state->net, skb, local && !nat64_in_forward());
	if (!xlat)
		return NF_ACCEPT;
	if (!local && xlat->state && nat64_fast_46(state->net, xlat, skb, false))
		return NF_STOLEN;
	return long_way4(xlat, t, gen, skb, state);
}

static bool takes_at_ingress(const struct nat64_xlat *xlat)
{
	return xlat && xlat->state &&
	       rcu_dereference(xlat->cfg)->set.fast_path ==
	       NAT64_FAST_PATH_INGRESS;
}

/* The IP layer has looked at nothing yet, and the control block is not its. */
static unsigned int ingress6(const struct nat64_table *t, struct net *net,
			     struct sk_buff *skb)
{
	struct nat64_xlat *xlat;

	if (skb_headlen(skb) < sizeof(struct ipv6hdr) ||
	    ipv6_hdr(skb)->version != 6)
		return NF_ACCEPT;
	xlat = nat64_find6(t, skb, false);
	if (!takes_at_ingress(xlat))
		return NF_ACCEPT;
	IP6CB(skb)->frag_max_size = 0;
	return nat64_fast_64(net, xlat, skb, true) ? NF_STOLEN : NF_ACCEPT;
}

/* A short packet has been padded by its link. */
static bool trim4(struct sk_buff *skb)
{
	unsigned int len = ntohs(ip_hdr(skb)->tot_len);

	return skb->len <= len || len < sizeof(struct iphdr) ||
	       !pskb_trim_rcsum(skb, len);
}

static unsigned int ingress4(const struct nat64_table *t, struct net *net,
			     struct sk_buff *skb)
{
	struct nat64_xlat *xlat;

	if (skb_headlen(skb) < sizeof(struct iphdr))
		return NF_ACCEPT;
	xlat = nat64_find4(t, net, skb, false);
	if (!takes_at_ingress(xlat) || !trim4(skb))
		return NF_ACCEPT;
	return nat64_fast_46(net, xlat, skb, true) ? NF_STOLEN : NF_ACCEPT;
}

/**
 * nat64_hook_ingress() - a packet as a device receives it
 * @priv: struct nat64_net
 * @skb: the packet
 * @state: where it is
 *
 * Context: softirq, under RCU.
 * Return: verdict.
 */
unsigned int nat64_hook_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct nat64_net *nn = priv;
	const struct nat64_table *t = rcu_dereference(nn->table);

	if (!t || skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    skb_shared(skb))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IPV6))
		return ingress6(t, state->net, skb);
	if (skb->protocol == htons(ETH_P_IP))
		return ingress4(t, state->net, skb);
	return NF_ACCEPT;
}

static const struct nf_hook_ops ops[] = {
	{
		.hook = hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRIORITY,
	}, {
		.hook = hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = PRIORITY,
	}, {
		.hook = hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRIORITY,
	}, {
		.hook = hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = PRIORITY,
	},
};

/* A packet learns from its hook what namespace it is in. */
int nat64_hook_register(struct nat64_net *nn)
{
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(ops) != NAT64_HOOKS);
	for (i = 0; i < NAT64_HOOKS; i++) {
		nn->hooks[i] = ops[i];
		nn->hooks[i].priv = nn;
	}
	return nf_register_net_hooks(nn->net, nn->hooks, NAT64_HOOKS);
}

void nat64_hook_unregister(struct nat64_net *nn)
{
	nf_unregister_net_hooks(nn->net, nn->hooks, NAT64_HOOKS);
}
