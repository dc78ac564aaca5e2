// SPDX-License-Identifier: GPL-2.0
/* Packets: what they are made of, and what is remembered of those that came through. */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip6_checksum.h>

#include "nbench.h"

#define MARK_MAGIC	0x6e626368
#define PAGES_ORDER	3
#define PAGES_SIZE	(PAGE_SIZE << PAGES_ORDER)

struct tuple {
	union nf_inet_addr src, dst;
	__be16 sport, dport;
	u8 family;
};

/* Resized between runs only, when nothing is on its way to a sink. */
static struct tuple *learnt;
static u32 learnt_size;
bool nbench_learning;

static int transport_at(const struct sk_buff *skb, struct tuple *t, u8 *proto)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = (void *)(skb->data + ETH_HLEN);

		t->family = AF_INET;
		t->src.ip = iph->saddr;
		t->dst.ip = iph->daddr;
		*proto = iph->protocol;
		return ETH_HLEN + iph->ihl * 4;
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		const struct ipv6hdr *ip6h = (void *)(skb->data + ETH_HLEN);

		t->family = AF_INET6;
		t->src.in6 = ip6h->saddr;
		t->dst.in6 = ip6h->daddr;
		*proto = ip6h->nexthdr;
		return ETH_HLEN + sizeof(*ip6h);
	}
	return -EPROTONOSUPPORT;
}

/* What the source made has all headers and the mark in the linear part. */
void nbench_learn(const struct sk_buff *skb)
{
	const struct mark *mark;
	const __be16 *ports;
	struct tuple t = {};
	u8 proto;
	int l4;
	u32 i;

	if (skb_headlen(skb) < ETH_HLEN + sizeof(struct ipv6hdr))
		return;
	l4 = transport_at(skb, &t, &proto);
	if (l4 < 0)
		return;
	ports = (void *)(skb->data + l4);
	l4 += proto == IPPROTO_TCP ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	mark = (void *)(skb->data + l4);
	if (skb_headlen(skb) < l4 + sizeof(*mark) || mark->magic != htonl(MARK_MAGIC))
		return;
	t.sport = ports[0];
	t.dport = ports[1];
	i = ntohl(mark->flow);
	if (i < learnt_size)
		learnt[i] = t;
}

static void flow_tuple(const struct request *rq, u32 flow, struct tuple *t)
{
	u32 host = flow / rq->per_host;

	if (rq->reply) {
		*t = learnt[flow];
		swap(t->src, t->dst);
		swap(t->sport, t->dport);
		return;
	}
	t->family = rq->family;
	t->src = rq->src;
	t->dst = rq->dst;
	if (t->family == AF_INET)
		t->src.ip = htonl(ntohl(t->src.ip) + host);
	else
		t->src.ip6[3] = htonl(ntohl(t->src.ip6[3]) + host);
	t->sport = htons(rq->sport + flow % rq->per_host);
	t->dport = htons(rq->dport);
}

static void put_ip(struct sk_buff *skb, const struct tuple *t, u8 proto, int len)
{
	if (t->family == AF_INET) {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 4;
		iph->ihl = sizeof(*iph) / 4;
		iph->tot_len = htons(sizeof(*iph) + len);
		iph->frag_off = htons(IP_DF);
		iph->ttl = 64;
		iph->protocol = proto;
		iph->saddr = t->src.ip;
		iph->daddr = t->dst.ip;
		ip_send_check(iph);
	} else {
		struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

		ip6h->version = 6;
		ip6h->payload_len = htons(len);
		ip6h->nexthdr = proto;
		ip6h->hop_limit = 64;
		ip6h->saddr = t->src.in6;
		ip6h->daddr = t->dst.in6;
	}
}

/* Returns the checksum field, still zero. */
static __sum16 *put_transport(struct sk_buff *skb, const struct request *rq, const struct tuple *t)
{
	struct udphdr *uh;

	if (rq->tcp) {
		struct tcphdr *th = skb_put_zero(skb, sizeof(*th));

		th->source = t->sport;
		th->dest = t->dport;
		th->doff = sizeof(*th) / 4;
		th->seq = htonl(1);
		((u8 *)th)[13] = rq->flags;
		if (th->ack)
			th->ack_seq = htonl(1);
		th->window = htons(65535);
		return &th->check;
	}
	uh = skb_put_zero(skb, sizeof(*uh));
	uh->source = t->sport;
	uh->dest = t->dport;
	uh->len = htons(sizeof(*uh) + rq->len);
	return &uh->check;
}

static __sum16 pseudo(const struct tuple *t, int len, u8 proto, __wsum sum)
{
	if (t->family == AF_INET)
		return csum_tcpudp_magic(t->src.ip, t->dst.ip, len, proto, sum);
	return csum_ipv6_magic(&t->src.in6, &t->dst.in6, len, proto, sum);
}

/* A super-packet has its payload behind the mark in pages, as from a driver. */
static int put_payload(struct sk_buff *skb, const struct request *rq, u32 flow)
{
	int linear = rq->gso ? sizeof(struct mark) : rq->len;
	int left = rq->len - linear;
	struct mark *mark = skb_put_zero(skb, linear);

	mark->magic = htonl(MARK_MAGIC);
	mark->flow = htonl(flow);
	while (left > 0) {
		struct page *page = alloc_pages(GFP_ATOMIC | __GFP_COMP, PAGES_ORDER);
		int size = min_t(int, left, PAGES_SIZE);

		if (!page)
			return -ENOMEM;
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, size, PAGES_SIZE);
		left -= size;
	}
	return 0;
}

static void set_gso(struct sk_buff *skb, const struct request *rq, u8 family)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	shinfo->gso_size = rq->gso;
	shinfo->gso_segs = DIV_ROUND_UP(rq->len, rq->gso);
	if (!rq->tcp)
		shinfo->gso_type = SKB_GSO_UDP_L4;
	else
		shinfo->gso_type = family == AF_INET ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
}

static void set_checksum(struct sk_buff *skb, const struct request *rq, const struct tuple *t,
			 __sum16 *check, int offset)
{
	u8 proto = rq->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	u8 *l4 = (u8 *)check - offset;
	int len = rq->len + (rq->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr));

	if (rq->gso && !rq->fraglist) {
		*check = ~pseudo(t, len, proto, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = l4 - skb->head;
		skb->csum_offset = offset;
		set_gso(skb, rq, t->family);
	} else {
		*check = pseudo(t, len, proto, csum_partial(l4, len, 0)) ?: CSUM_MANGLED_0;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
}

static struct sk_buff *make_one(const struct request *rq, struct net_device *dev,
				const struct tuple *t, u32 flow)
{
	int l4len = rq->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	int offset = rq->tcp ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);
	struct ethhdr *eth;
	struct sk_buff *skb;
	__sum16 *check;

	skb = netdev_alloc_skb_ip_align(dev, ETH_HLEN + sizeof(struct ipv6hdr) +
					sizeof(struct tcphdr) +
					(rq->gso ? sizeof(struct mark) : rq->len));
	if (!skb)
		return NULL;
	eth = skb_put_zero(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth->h_proto = t->family == AF_INET ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	put_ip(skb, t, rq->tcp ? IPPROTO_TCP : IPPROTO_UDP, rq->len + l4len);
	check = put_transport(skb, rq, t);
	if (put_payload(skb, rq, flow)) {
		kfree_skb(skb);
		return NULL;
	}
	set_checksum(skb, rq, t, check, offset);
	skb->protocol = eth_type_trans(skb, dev);
	skb->pkt_type = PACKET_HOST;
	return skb;
}

/* What lies before the payload of a packet of a list, as GRO leaves it. */
static void pull_headers(struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	skb_pull(skb, skb->protocol == htons(ETH_P_IP) ? sizeof(struct iphdr) :
		 sizeof(struct ipv6hdr));
	skb_reset_transport_header(skb);
	skb_pull(skb, sizeof(struct udphdr));
}

/* The headers of the first packet tell the length of all of them. */
static void set_total(struct sk_buff *skb)
{
	struct ipv6hdr *ip6h = (void *)skb->data;
	struct iphdr *iph = (void *)skb->data;
	struct udphdr *uh;

	if (skb->protocol == htons(ETH_P_IP)) {
		iph->tot_len = htons(skb->len);
		ip_send_check(iph);
		uh = (void *)(iph + 1);
		uh->len = htons(skb->len - sizeof(*iph));
	} else {
		ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
		uh = (void *)(ip6h + 1);
		uh->len = ip6h->payload_len;
	}
}

static struct sk_buff *make_fraglist(const struct request *rq, struct net_device *dev,
				     const struct tuple *t, u32 flow)
{
	struct request part = *rq;
	struct sk_buff *head, *skb, **tail;
	int left = rq->len - rq->gso;

	part.gso = 0;
	part.len = rq->gso;
	head = make_one(&part, dev, t, flow);
	if (!head)
		return NULL;
	tail = &skb_shinfo(head)->frag_list;
	for (; left > 0; left -= part.len) {
		part.len = min(left, rq->gso);
		skb = make_one(&part, dev, t, flow);
		if (!skb) {
			kfree_skb(head);
			return NULL;
		}
		pull_headers(skb);
		*tail = skb;
		tail = &skb->next;
		head->len += skb->len;
		head->data_len += skb->len;
		head->truesize += skb->truesize;
	}
	set_gso(head, rq, t->family);
	skb_shinfo(head)->gso_type |= SKB_GSO_FRAGLIST;
	set_total(head);
	return head;
}

static struct sk_buff *make_packet(struct source *s, u32 flow)
{
	const struct request *rq = s->rq;
	struct sk_buff *skb;
	struct tuple t;

	flow_tuple(rq, flow, &t);
	skb = rq->fraglist ? make_fraglist(rq, s->dev, &t, flow) : make_one(rq, s->dev, &t, flow);
	if (!skb)
		return NULL;	/* seen as a difference of n and sent */
	s->sent++;
	s->sent_bytes += skb->len + ETH_HLEN;
	return skb;
}

static u32 next_flow(struct source *s)
{
	const struct request *rq = s->rq;

	if (rq->shuffle) {
		s->seed = s->seed * 1664525 + 1013904223;
		return s->first + reciprocal_scale(s->seed, rq->flows);
	}
	return s->first + s->turn++ % rq->flows;
}

static void receive_one(struct source *s)
{
	struct sk_buff *skb = make_packet(s, next_flow(s));

	if (!skb)
		return;
	if (s->drop)
		kfree_skb(skb);
	else
		netif_receive_skb(skb);
}

static void receive_list(struct source *s)
{
	struct sk_buff *skb, *next;
	LIST_HEAD(list);
	int i;

	for (i = 0; i < s->rq->list; i++) {
		skb = make_packet(s, next_flow(s));
		if (skb)
			list_add_tail(&skb->list, &list);
	}
	if (!s->drop) {
		netif_receive_skb_list(&list);
		return;
	}
	list_for_each_entry_safe(skb, next, &list, list) {
		skb_list_del_init(skb);
		kfree_skb(skb);
	}
}

/* Make @n packets and receive or drop them.  With BH off. */
void nbench_receive(struct source *s, int n)
{
	for (; n > 0; n -= s->rq->list) {
		if (s->rq->list > 1)
			receive_list(s);
		else
			receive_one(s);
	}
}

int nbench_learn_begin(const struct request *rq)
{
	u32 end = rq->first + rq->flows * max(rq->cpus, 1);

	if (rq->reply && end > learnt_size)
		return -ENOENT;
	if (!rq->learn)
		return 0;
	vfree(learnt);
	learnt_size = end;
	learnt = vzalloc(array_size(learnt_size, sizeof(*learnt)));
	if (!learnt) {
		learnt_size = 0;
		return -ENOMEM;
	}
	WRITE_ONCE(nbench_learning, true);
	return 0;
}

void nbench_learn_end(void)
{
	WRITE_ONCE(nbench_learning, false);
}

void nbench_forget(void)
{
	vfree(learnt);
}
