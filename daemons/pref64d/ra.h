/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Router Advertisements and Solicitations (RFC 4861, section 4) between
 * bytes and structures. Pure: no socket, no clock, no allocation.
 */
#ifndef PREF64D_RA_H
#define PREF64D_RA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RA_MAX_PREF64 32
#define RA_MAX_PREFIXES 32
#define RA_MAX_ROUTES 32
#define RA_MAX_DNS 16
#define RA_MAX_SEARCH 16
#define RA_MAX_RAW 8
#define RA_RAW_LEN 94
#define RA_DOMAIN_LEN 254
#define RA_URI_LEN 256
#define RA_LLADDR_LEN 30

#define RA_INFINITE UINT32_MAX
#define RA_PREF64_LIFETIME_MAX 65528	/* 13 bits of 8 s, RFC 8781 4 */

struct ra_prefix {
	struct in6_addr addr;
	uint8_t len;
	bool onlink;
	bool autonomous;
	bool countdown;		/* the lifetimes fall with every message */
	uint32_t valid;		/* seconds, RA_INFINITE */
	uint32_t preferred;
};

struct ra_route {
	struct in6_addr addr;
	uint8_t len;
	uint8_t preference;	/* 2 bits of RFC 4191, section 2.1 */
	uint32_t lifetime;
};

struct ra_pref64 {
	struct in6_addr addr;	/* bits past @len do not count */
	uint8_t len;		/* 96, 64, 56, 48, 40 or 32 */
	uint32_t lifetime;	/* seconds, rounded up to 8 on the wire */
};

struct ra_dns {
	struct in6_addr addr;
	uint32_t lifetime;
};

struct ra_search {
	char name[RA_DOMAIN_LEN];
	uint32_t lifetime;
};

/* An option that is known by its bytes alone; padded with zeros. */
struct ra_raw {
	uint8_t type;
	uint8_t len;		/* of @data, without type and length */
	uint8_t data[RA_RAW_LEN];
};

/**
 * struct ra_msg - an advertisement
 * @hop_limit: Cur Hop Limit
 * @managed: M flag
 * @other: O flag
 * @preference: 2 bits of RFC 4191, section 2.2
 * @router_lifetime: seconds, 0 for not a default router
 * @reachable: milliseconds
 * @retrans: milliseconds
 * @lladdr: link-layer address
 * @lladdr_len: bytes of @lladdr, 0 to leave the option out
 * @mtu: bytes, 0 to leave the option out
 * @pref64: translation prefixes, most wanted first
 * @prefixes: on-link prefixes
 * @routes: more specific routes
 * @dns: recursive name servers
 * @search: domains to search
 * @captive_portal: URI of RFC 8910, empty to leave the option out
 * @raw: further options
 * @bad_pref64: of a message that was read: PREF64 options that were passed over
 *
 * Neighbours in @dns and @search that live equally long share an option.
 * Numbers are in host byte order, addresses in network byte order.
 */
struct ra_msg {
	uint8_t hop_limit;
	bool managed;
	bool other;
	uint8_t preference;
	uint16_t router_lifetime;
	uint32_t reachable;
	uint32_t retrans;
	uint8_t lladdr[RA_LLADDR_LEN];
	uint8_t lladdr_len;
	uint32_t mtu;
	struct ra_pref64 pref64[RA_MAX_PREF64];
	unsigned int npref64;
	struct ra_prefix prefixes[RA_MAX_PREFIXES];
	unsigned int nprefixes;
	struct ra_route routes[RA_MAX_ROUTES];
	unsigned int nroutes;
	struct ra_dns dns[RA_MAX_DNS];
	unsigned int ndns;
	struct ra_search search[RA_MAX_SEARCH];
	unsigned int nsearch;
	char captive_portal[RA_URI_LEN];
	struct ra_raw raw[RA_MAX_RAW];
	unsigned int nraw;
	unsigned int bad_pref64;
};

/* Why a received message was not taken, also the index of a counter. */
enum ra_error {
	RA_OK,
	RA_SHORT,		/* ends before its header does */
	RA_BAD_TYPE,		/* another ICMPv6 message */
	RA_BAD_CODE,
	RA_BAD_HOP_LIMIT,	/* not 255: came through a router */
	RA_BAD_SOURCE,		/* address that must not send such a message */
	RA_OPTION_ZERO,		/* option of length 0 */
	RA_OPTION_OVERRUN,	/* option leaves the packet */
	RA_ERRORS
};

/**
 * ra_build() - write an advertisement
 * @out: room for the ICMPv6 message
 * @cap: bytes at @out; what does not fit is left to the next message
 * @msg: what to advertise
 * @next: first option to write, 0 at first; moved behind the last one written
 *
 * Several messages share the options that are too many for one (RFC 4861,
 * section 6.2.3): call again until ra_complete(). The same @msg gives the
 * same bytes. The checksum is left zero for the kernel, which knows the
 * addresses.
 *
 * Return: length in bytes, 0 when @cap holds not even one option.
 */
size_t ra_build(uint8_t *out, size_t cap, const struct ra_msg *msg,
		unsigned int *next);

/* Has ra_build() written all options of @msg? */
bool ra_complete(const struct ra_msg *msg, unsigned int next);

/**
 * ra_parse() - read an advertisement
 * @data: ICMPv6 message
 * @len: its length in bytes
 * @hop_limit: of its IPv6 header
 * @src: its sender
 * @msg: result
 *
 * The checks of RFC 4861, section 6.1.2 that are left to user space: the
 * kernel has judged the checksum. Options that are unknown, of a wrong length,
 * or too many are passed over.
 *
 * Return: RA_OK or why it is not valid.
 */
enum ra_error ra_parse(const uint8_t *data, size_t len, int hop_limit,
		       const struct in6_addr *src, struct ra_msg *msg);

/**
 * rs_parse() - check a solicitation
 * @data: ICMPv6 message
 * @len: its length in bytes
 * @hop_limit: of its IPv6 header
 * @src: its sender
 * @has_lladdr: result: it tells the sender's hardware address
 *
 * RFC 4861, section 6.1.1.
 *
 * Return: RA_OK or why it is not valid.
 */
enum ra_error rs_parse(const uint8_t *data, size_t len, int hop_limit,
		       const struct in6_addr *src, bool *has_lladdr);

/* Can a PREF64 option stand for a prefix of this length? */
bool ra_pref64_len(unsigned int len);

const char *ra_error_name(enum ra_error error);

#endif
