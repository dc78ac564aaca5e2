/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef NAT64_NETLINK_H
#define NAT64_NETLINK_H

#include <linux/types.h>

#include "xlat/drop.h"

struct nat64_bib;
struct nat64_pool4_spec;
struct nat64_prefix_entry;
struct nat64_xlat;

int nat64_netlink_init(void);
void nat64_netlink_exit(void);

/**
 * nat64_nl_event() - tell listeners of the group event
 * @xlat: the instance
 * @event: enum nat64_event
 * @bib: the binding it is about
 *
 * Costs next to nothing without listeners. What cannot be told for want of
 * memory shows as a gap in the sequence numbers. Any context but hard
 * interrupts.
 */
void nat64_nl_event(struct nat64_xlat *xlat, u32 event,
		    const struct nat64_bib *bib);
/* The same of a block of ports that is, or was, a subscriber's. */
void nat64_nl_event_block(struct nat64_xlat *xlat, u32 event,
			  const struct nat64_prefix_entry *subscriber,
			  const struct nat64_pool4_spec *block);

/* The same of a packet that is refused, and about to be counted, for @reason. */
void nat64_nl_event_drop(struct nat64_xlat *xlat, u32 event,
			 enum nat64_drop reason);

#endif /* NAT64_NETLINK_H */
