/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nat64

#if !defined(NAT64_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NAT64_TRACE_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "compat.h"
#include "xlat/parse.h"

/* An IPv4 address is told as an IPv6 one, ::ffff:192.0.2.1. */
TRACE_EVENT(nat64_drop,

	TP_PROTO(const char *instance, const struct sk_buff *skb,
		 const struct nat64_hdr *h, const char *reason),

	TP_ARGS(instance, skb, h, reason),

	TP_STRUCT__entry(
		__string(instance, instance)
		__string(reason, reason)
		__field(const void *, skbaddr)
		__field(u16, protocol)
		__field(u32, len)
		__field(u8, proto)
		__field(u16, sport)
		__field(u16, dport)
		__array(u8, src, sizeof(struct in6_addr))
		__array(u8, dst, sizeof(struct in6_addr))
	),

	TP_fast_assign(
		nat64_assign_str(instance, instance);
		nat64_assign_str(reason, reason);
		__entry->skbaddr = skb;
		__entry->protocol = ntohs(skb->protocol);
		__entry->len = skb->len;
		__entry->proto = h->proto;
		__entry->sport = h->has_ports ? ntohs(h->sport) : 0;
		__entry->dport = h->has_ports ? ntohs(h->dport) : 0;
		if (skb->protocol == htons(ETH_P_IPV6)) {
			memcpy(__entry->src, &ipv6_hdr(skb)->saddr,
			       sizeof(struct in6_addr));
			memcpy(__entry->dst, &ipv6_hdr(skb)->daddr,
			       sizeof(struct in6_addr));
		} else {
			ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr,
					       (void *)__entry->src);
			ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr,
					       (void *)__entry->dst);
		}
	),

	TP_printk("instance=%s skbaddr=%p protocol=%u len=%u reason=%s proto=%u src=%pI6c sport=%u dst=%pI6c dport=%u",
		  __get_str(instance), __entry->skbaddr, __entry->protocol,
		  __entry->len, __get_str(reason), __entry->proto,
		  __entry->src, __entry->sport, __entry->dst, __entry->dport)
);

#endif /* NAT64_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
