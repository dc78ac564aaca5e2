/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User-space stand-in for kmod/xlat/internal.h, with the same guard: forced in
 * by the compiler before everything else, it lets the pure core be built as it
 * is. Written from the definitions, slow and plain on purpose.
 */
#ifndef NAT64_XLAT_INTERNAL_H
#define NAT64_XLAT_INTERNAL_H

/* libc's view of the addresses has to come before the kernel's. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define __force
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)		((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)		((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min3(a, b, c)		min(min(a, b), c)
#define round_up(x, y)		(((x) + (y) - 1) / (y) * (y))

#ifndef IP_DF
#define IP_DF			0x4000
#define IP_MF			0x2000
#define IP_OFFSET		0x1fff
#endif
#define IP6_MF			0x0001
#define IP6_OFFSET		0xfff8

#define BITS_PER_LONG		__LONG_WIDTH__
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
/* a full barrier, as for the atomic operations without result below */
#define smp_mb__after_atomic()	__atomic_thread_fence(__ATOMIC_SEQ_CST)

#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_DEST		60
#define NEXTHDR_MOBILITY	135

#define CSUM_MANGLED_0		((__sum16)0xffff)

struct frag_hdr {
	__u8 nexthdr;
	__u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

static inline unsigned long *bit_word(unsigned int bit, unsigned long *map)
{
	return &map[bit / BITS_PER_LONG];
}

static inline unsigned long bit_in_word(unsigned int bit)
{
	return 1UL << bit % BITS_PER_LONG;
}

static inline bool test_bit(unsigned int bit, unsigned long *map)
{
	return READ_ONCE(*bit_word(bit, map)) & bit_in_word(bit);
}

static inline void set_bit(unsigned int bit, unsigned long *map)
{
	__atomic_fetch_or(bit_word(bit, map), bit_in_word(bit),
			  __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned int bit, unsigned long *map)
{
	__atomic_fetch_and(bit_word(bit, map), ~bit_in_word(bit),
			   __ATOMIC_RELAXED);
}

static inline bool test_and_set_bit(unsigned int bit, unsigned long *map)
{
	return __atomic_fetch_or(bit_word(bit, map), bit_in_word(bit),
				 __ATOMIC_SEQ_CST) & bit_in_word(bit);
}

static inline unsigned int __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline unsigned int hweight_long(unsigned long word)
{
	return __builtin_popcountl(word);
}

static inline u32 reciprocal_scale(u32 value, u32 end)
{
	return (u64)value * end >> 32;
}

static inline __wsum csum_add(__wsum a, __wsum b)
{
	u64 sum = (u64)a + b;

	return (u32)sum + (u32)(sum >> 32);
}

static inline __wsum csum_sub(__wsum a, __wsum b)
{
	return csum_add(a, ~b);
}

static inline __wsum csum_shift(__wsum sum, int offset)
{
	/* ones' complement: swapping the octets of all words is a rotation */
	return offset & 1 ? sum << 24 | sum >> 8 : sum;
}

static inline __wsum csum_unfold(__sum16 n)
{
	return n;
}

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__sum16)~sum;
}

static inline __wsum csum_partial(const void *buf, int len, __wsum sum)
{
	const u8 *p = buf;
	__u16 word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, sizeof(word));
		sum = csum_add(sum, word);
	}
	if (len) {
		word = 0;
		memcpy(&word, p, 1);
		sum = csum_add(sum, word);
	}
	return sum;
}

static inline __sum16 ip_fast_csum(const void *iph, unsigned int ihl)
{
	return csum_fold(csum_partial(iph, (int)ihl * 4, 0));
}

static inline __sum16 csum_ipv6_magic(const struct in6_addr *src,
				      const struct in6_addr *dst, __u32 len,
				      __u8 proto, __wsum sum)
{
	sum = csum_partial(src, sizeof(*src), sum);
	sum = csum_partial(dst, sizeof(*dst), sum);
	sum = csum_add(sum, htonl(len));
	return csum_fold(csum_add(sum, htonl(proto)));
}

static inline void ip6_flow_hdr(struct ipv6hdr *hdr, unsigned int tclass,
				__be32 label)
{
	__be32 word = htonl(6u << 28 | tclass << 20) | label;

	memcpy(hdr, &word, sizeof(word));
}

static inline bool ipv6_prefix_equal(const struct in6_addr *a,
				     const struct in6_addr *b,
				     unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if ((a->s6_addr[i / 8] ^ b->s6_addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

#endif /* NAT64_XLAT_INTERNAL_H */
