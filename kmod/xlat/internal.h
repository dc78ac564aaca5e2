/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything the core takes from the kernel. It touches no skb, lock,
 * allocator or clock, so that user space can build the same files against a
 * stand-in with the same guard, for unit tests and fuzzing.
 */
#ifndef NAT64_XLAT_INTERNAL_H
#define NAT64_XLAT_INTERNAL_H

#include <linux/bitops.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#endif /* NAT64_XLAT_INTERNAL_H */
