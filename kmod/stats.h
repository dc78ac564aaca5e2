/* SPDX-License-Identifier: GPL-2.0 */
/* Per-CPU counters of an instance. */
#ifndef NAT64_STATS_H
#define NAT64_STATS_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>

#include "xlat/drop.h"
#include "xlat/tcp.h"

/* X(SYMBOL, name) -- counters that are no drops, in the order of display */
#define NAT64_COUNTERS(X)						\
	X(PACKETS_64, "packets_64")					\
	X(BYTES_64, "bytes_64")						\
	X(PACKETS_46, "packets_46")					\
	X(BYTES_46, "bytes_46")						\
	X(ICMP_ERRORS_64, "icmp_errors_64")				\
	X(ICMP_ERRORS_46, "icmp_errors_46")				\
	X(HAIRPIN, "hairpin")						\
	X(FRAGMENTS_MADE, "fragments_made")				\
	X(UDP_ZERO_COMPUTED, "udp_zero_computed")			\
	X(UDP_ZERO_FORWARDED, "udp_zero_forwarded")			\
	X(ERRORS_SENT, "errors_sent")					\
	X(SESSIONS_CREATED, "sessions_created")				\
	X(SESSIONS_EXPIRED, "sessions_expired")				\
	X(BIB_CREATED, "bib_created")					\
	X(BIB_REMOVED, "bib_removed")					\
	X(PORT_ALARMS, "port_alarms")

enum nat64_counter {
#define X(sym, name) NAT64_CNT_##sym,
	NAT64_COUNTERS(X)
#undef X
	__NAT64_CNT_MAX,
};

struct nat64_stats {
	u64_stats_t counter[__NAT64_CNT_MAX];
	u64_stats_t drop[__NAT64_DROP_MAX];
	struct u64_stats_sync sync;
};

const char *nat64_counter_name(enum nat64_counter c);
const char *nat64_drop_name(enum nat64_drop d);
const char *nat64_drop_text(enum nat64_drop d);

struct nat64_stats __percpu *nat64_stats_alloc(void);
void nat64_stats_free(struct nat64_stats __percpu *s);

/* Any context. */
void nat64_count(struct nat64_stats __percpu *s, enum nat64_counter c);
void nat64_count_add(struct nat64_stats __percpu *s, enum nat64_counter c,
		     u64 n);
void nat64_count_drop(struct nat64_stats __percpu *s, enum nat64_drop d);

/**
 * struct nat64_tally - what has been translated for a session
 * @packets: by the side that they came from, enum nat64_side
 * @bytes: likewise
 *
 * Every CPU that has a packet of the session writes it, which is why sessions
 * have none unless they are asked to.
 */
struct nat64_tally {
	atomic64_t packets[2];
	atomic64_t bytes[2];
};

/**
 * nat64_count_packet() - count a packet that is translated
 * @s: counters of the instance
 * @t: counters of its session, or NULL
 * @from: side that it comes from
 * @skb: the packet as it came; segments of a super-packet are counted one by
 *	one, its length once
 *
 * Context: any.
 */
static inline void nat64_count_packet(struct nat64_stats __percpu *s,
				      struct nat64_tally *t,
				      enum nat64_side from,
				      const struct sk_buff *skb)
{
	enum nat64_counter c = from == NAT64_SIDE_V6 ? NAT64_CNT_PACKETS_64 :
						       NAT64_CNT_PACKETS_46;
	unsigned int packets = skb_shinfo(skb)->gso_segs ?: 1;
	struct nat64_stats *p = get_cpu_ptr(s);
	unsigned long flags = u64_stats_update_begin_irqsave(&p->sync);

	BUILD_BUG_ON(NAT64_CNT_BYTES_64 != NAT64_CNT_PACKETS_64 + 1);
	BUILD_BUG_ON(NAT64_CNT_BYTES_46 != NAT64_CNT_PACKETS_46 + 1);

	u64_stats_add(&p->counter[c], packets);
	u64_stats_add(&p->counter[c + 1], skb->len);
	u64_stats_update_end_irqrestore(&p->sync, flags);
	put_cpu_ptr(s);
	if (unlikely(t)) {
		atomic64_add(packets, &t->packets[from]);
		atomic64_add(skb->len, &t->bytes[from]);
	}
}

/* Sums over all CPUs. Process context. */
u64 nat64_stats_counter(struct nat64_stats __percpu *s, enum nat64_counter c);
u64 nat64_stats_drop(struct nat64_stats __percpu *s, enum nat64_drop d);

#endif /* NAT64_STATS_H */
