/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routes that take packets past the translator (RFC 7915 sections 4.6 and 5.6).
 *
 * A gateway forwards as well. Where a route leads to a destination without
 * translation, and says so of fewer addresses than the prefix or mapping that
 * the instance has, the packet goes by the route: from one network behind a
 * CLAT to another, or to a host that has an address inside the prefix.
 *
 * Flows that are known do not ask. What they remember ends when such a route
 * comes or goes, by the generation that it carries.
 */
#ifndef NAT64_NATIVE_H
#define NAT64_NATIVE_H

#include <linux/notifier.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct nat64_net;
struct nat64_rx;

#define NAT64_NATIVE_BITS	10

/**
 * struct nat64_native - what is known of the IPv6 routes of a namespace
 * @nb: tells of changes
 * @work: for a second look once a change is complete
 * @seen32: by a hash of 32 bits: there was a route to more than that
 * @seen64: by a hash of 64 bits, likewise
 *
 * Bits are only ever set while it is watched: most packets learn from them
 * that there is nothing to look up, and a bit too many costs nothing but that.
 */
struct nat64_native {
	struct notifier_block nb;
	struct work_struct work;
	unsigned long seen32[BITS_TO_LONGS(1 << NAT64_NATIVE_BITS)];
	unsigned long seen64[BITS_TO_LONGS(1 << NAT64_NATIVE_BITS)];
};

/*
 * With the first instance of a namespace, and with its last one. Process
 * context, without the RTNL. Watch: 0 or -errno.
 */
int nat64_native_watch(struct nat64_net *nn);
void nat64_native_unwatch(struct nat64_net *nn);

/* Whether a packet as it has come goes by a route instead. Under RCU. */
bool nat64_native6(const struct nat64_rx *rx);
bool nat64_native4(const struct nat64_rx *rx);

#endif /* NAT64_NATIVE_H */
