// SPDX-License-Identifier: GPL-2.0
#include "rfc6052.h"

/* Octet 8 is the "u" octet of RFC 6052 section 2.2: never part of an address. */
#define U_OCTET		8

struct range4 {
	u32 net;
	u32 mask;
};

#define RANGE4(a, b, c, d, len)						\
	{								\
		.net = (u32)(a) << 24 | (b) << 16 | (c) << 8 | (d),	\
		.mask = ~0u << (32 - (len)),				\
	}

/* RFC 5735 section 3, and the shared address space of RFC 6598. */
static const struct range4 nonglobal[] = {
	RANGE4(0, 0, 0, 0, 8),
	RANGE4(10, 0, 0, 0, 8),
	RANGE4(100, 64, 0, 0, 10),
	RANGE4(127, 0, 0, 0, 8),
	RANGE4(169, 254, 0, 0, 16),
	RANGE4(172, 16, 0, 0, 12),
	RANGE4(192, 0, 0, 0, 24),
	RANGE4(192, 0, 2, 0, 24),
	RANGE4(192, 88, 99, 0, 24),
	RANGE4(192, 168, 0, 0, 16),
	RANGE4(198, 18, 0, 0, 15),
	RANGE4(198, 51, 100, 0, 24),
	RANGE4(203, 0, 113, 0, 24),
	RANGE4(224, 0, 0, 0, 4),
	RANGE4(240, 0, 0, 0, 4),
};

/**
 * nat64_prefix_len_valid() - whether RFC 6052 knows prefixes of this length
 * @len: bits
 *
 * Return: true for the six lengths of RFC 6052 section 2.2.
 */
bool nat64_prefix_len_valid(unsigned int len)
{
	return len == 96 || (len >= 32 && len <= 64 && len % 8 == 0);
}

static bool host_bits_zero(const struct nat64_prefix *p)
{
	unsigned int i;

	for (i = p->len / 8; i < sizeof(p->addr); i++)
		if (p->addr.s6_addr[i])
			return false;
	return true;
}

static bool addr6_is_linklocal(const struct in6_addr *addr)
{
	return (addr->s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}

/**
 * nat64_prefix_valid() - whether a prefix can stand for the IPv4 Internet
 * @p: the prefix
 *
 * Multicast and link-local prefixes have a valid form, but no packet with such
 * an address ever crosses a router.
 *
 * Return: true if the length is one of RFC 6052, the bits past it are zero, and
 * the "u" octet is zero where it is part of the prefix (section 2.2).
 */
bool nat64_prefix_valid(const struct nat64_prefix *p)
{
	return nat64_prefix_len_valid(p->len) && host_bits_zero(p) &&
	       !p->addr.s6_addr[U_OCTET] && p->addr.s6_addr[0] != 0xff &&
	       !addr6_is_linklocal(&p->addr);
}

/**
 * nat64_prefix_is_wkp() - whether this is 64:ff9b::/96
 * @p: a valid prefix
 *
 * Return: true for exactly the well-known prefix, not for what covers it or
 * for 64:ff9b:1::/48 (RFC 8215 section 5).
 */
bool nat64_prefix_is_wkp(const struct nat64_prefix *p)
{
	return p->len == 96 && p->addr.s6_addr32[0] == htonl(0x0064ff9b) &&
	       !p->addr.s6_addr32[1] && !p->addr.s6_addr32[2];
}

/**
 * nat64_prefix_match() - whether an address lies in a prefix
 * @p: a valid prefix
 * @addr: network byte order
 *
 * Return: true if it does.
 */
bool nat64_prefix_match(const struct nat64_prefix *p,
			const struct in6_addr *addr)
{
	return ipv6_prefix_equal(&p->addr, addr, p->len);
}

/**
 * nat64_prefix_embed() - make the IPv6 address of an IPv4 host
 * @p: a valid prefix
 * @addr4: network byte order
 * @addr6: where to write it; all 16 octets are written
 *
 * RFC 6052 sections 2.2 and 2.3.
 */
void nat64_prefix_embed(const struct nat64_prefix *p, __be32 addr4,
			struct in6_addr *addr6)
{
	unsigned int pos = p->len / 8, i;
	u8 octet[4];

	*addr6 = p->addr;
	if (p->len == 96) {
		addr6->s6_addr32[3] = addr4;
		return;
	}

	memcpy(octet, &addr4, sizeof(octet));
	for (i = 0; i < sizeof(octet); i++, pos++) {
		if (pos == U_OCTET)
			pos++;
		addr6->s6_addr[pos] = octet[i];
	}
}

/**
 * nat64_prefix_extract() - find the IPv4 address in an IPv6 address
 * @p: a valid prefix that @addr6 lies in
 * @addr6: network byte order; "u" octet and suffix are not looked at
 *
 * Return: the IPv4 address, network byte order. RFC 6052 section 2.3.
 */
__be32 nat64_prefix_extract(const struct nat64_prefix *p,
			    const struct in6_addr *addr6)
{
	unsigned int pos = p->len / 8, i;
	__be32 addr4;
	u8 octet[4];

	if (p->len == 96)
		return addr6->s6_addr32[3];

	for (i = 0; i < sizeof(octet); i++, pos++) {
		if (pos == U_OCTET)
			pos++;
		octet[i] = addr6->s6_addr[pos];
	}
	memcpy(&addr4, octet, sizeof(addr4));
	return addr4;
}

/**
 * nat64_addr4_nonglobal() - whether an address may not appear under 64:ff9b::/96
 * @addr: network byte order
 *
 * Return: true if it may not. RFC 6052 section 3.1.
 */
bool nat64_addr4_nonglobal(__be32 addr)
{
	u32 host = ntohl(addr);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nonglobal); i++)
		if ((host & nonglobal[i].mask) == nonglobal[i].net)
			return true;
	return false;
}

/* 0/8, 127/8, multicast, class E and limited broadcast. */
static bool addr4_no_host(__be32 addr)
{
	u8 first = ntohl(addr) >> 24;

	return first == 0 || first == 127 || first >= 224;
}

/**
 * nat64_addr4_illegal_src() - whether no host can have sent a packet
 * @addr: source address, network byte order
 *
 * Return: true for sources to discard. RFC 7915 section 4.1.
 */
bool nat64_addr4_illegal_src(__be32 addr)
{
	return addr4_no_host(addr);
}

/**
 * nat64_addr4_illegal_dst() - whether a packet must not leave to an address
 * @addr: destination address, network byte order
 *
 * Return: true for destinations to discard. RFC 7915 section 1.2; 192.0.0.8 is
 * nothing but a source (RFC 7600, J-09).
 */
bool nat64_addr4_illegal_dst(__be32 addr)
{
	return addr4_no_host(addr) || addr == htonl(NAT64_ADDR4_DUMMY);
}

/**
 * nat64_addr6_illegal_src() - whether no packet to translate can come from here
 * @addr: source address, network byte order
 *
 * Return: true for ::, ::1, multicast, link-local and IPv4-mapped addresses.
 * RFC 7915 section 5.1.
 */
bool nat64_addr6_illegal_src(const struct in6_addr *addr)
{
	if (addr->s6_addr[0] == 0xff || addr6_is_linklocal(addr))
		return true;
	if (addr->s6_addr32[0] || addr->s6_addr32[1])
		return false;
	if (!addr->s6_addr32[2])
		return ntohl(addr->s6_addr32[3]) <= 1;
	return addr->s6_addr32[2] == htonl(0x0000ffff);
}
