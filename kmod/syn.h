/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYNs from IPv4 that wait for the host to open the connection, too.
 *
 * RFC 6146 section 3.5.2.2 wants a SYN that may not come in to be kept for six
 * seconds: a host behind another NAT sends one of its own at the same time, and
 * an error would end that attempt (H-31, H-32, H-36, H-37). What is kept is as
 * much of the SYN as an error quotes. There are few of them at most (K-02).
 */
#ifndef NAT64_SYN_H
#define NAT64_SYN_H

#include <linux/types.h>

#include "xlat/drop.h"
#include "xlat/tuple.h"

#define NAT64_SYN_MAX	256

struct nat64_settings;
struct nat64_syns;
struct nat64_xlat;
struct sk_buff;

/* Process context. NULL: no memory. */
struct nat64_syns *nat64_syns_create(struct nat64_xlat *xlat);
/* No packet can reach it any more. Process context. */
void nat64_syns_destroy(struct nat64_syns *syns);

/*
 * Keep what an error about @skb quotes; the packet stays the caller's. Softirq
 * or process context, under RCU. NAT64_DROP_NONE or why not.
 */
enum nat64_drop nat64_syn_store(struct nat64_syns *syns,
				const struct nat64_tuple4 *t4,
				const struct sk_buff *skb,
				const struct nat64_settings *set);
/* Whether a SYN with this tuple waits. BH off. */
bool nat64_syn_waits(struct nat64_syns *syns, const struct nat64_tuple4 *t4);
/* Forget the SYN with this tuple: true if there was one. BH off. */
bool nat64_syn_take(struct nat64_syns *syns, const struct nat64_tuple4 *t4);

#endif /* NAT64_SYN_H */
