/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nat64

#if !defined(NAT64_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NAT64_TRACE_H

#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include "compat.h"

TRACE_EVENT(nat64_drop,

	TP_PROTO(const char *instance, const struct sk_buff *skb,
		 const char *reason),

	TP_ARGS(instance, skb, reason),

	TP_STRUCT__entry(
		__string(instance, instance)
		__string(reason, reason)
		__field(const void *, skbaddr)
		__field(u16, protocol)
		__field(u32, len)
	),

	TP_fast_assign(
		nat64_assign_str(instance, instance);
		nat64_assign_str(reason, reason);
		__entry->skbaddr = skb;
		__entry->protocol = ntohs(skb->protocol);
		__entry->len = skb->len;
	),

	TP_printk("instance=%s skbaddr=%p protocol=%u len=%u reason=%s",
		  __get_str(instance), __entry->skbaddr, __entry->protocol,
		  __entry->len, __get_str(reason))
);

#endif /* NAT64_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
