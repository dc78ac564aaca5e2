// SPDX-License-Identifier: GPL-2.0
/* Addresses, ports, durations and names, as people write them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nat64.h"

static const char not_prefix6[] =
	"is not an IPv6 prefix, as in 2001:db8:64::/96";
static const char not_prefix4[] =
	"is not an IPv4 prefix, as in 192.0.2.0/24";
static const char not_taddr6[] =
	"is not an IPv6 address and port, as in 2001:db8::1#80 or [2001:db8::1]:80";
static const char not_taddr4[] =
	"is not an IPv4 address and port, as in 192.0.2.1#80 or 192.0.2.1:80";

static int wrong(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

/**
 * nat64_parse_uint() - read a decimal number
 * @s: digits and nothing else
 * @max: largest
 * @val: the result
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_uint(const char *s, uint32_t max, uint32_t *val,
		     const char **why)
{
	uint64_t n = 0;
	const char *c;

	if (!*s)
		return wrong(why, "is not a number");
	for (c = s; *c; c++) {
		if (*c < '0' || *c > '9')
			return wrong(why, "is not a number");
		n = n * 10 + (*c - '0');
		if (n > max)
			return wrong(why, "is too large a number");
	}
	*val = n;
	return 0;
}

static bool zero_after(const uint8_t *addr, unsigned int bytes,
		       unsigned int len)
{
	unsigned int i;

	for (i = len; i < bytes * 8; i++)
		if (addr[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

/*
 * Splits "ADDRESS/LENGTH" into @addr, of @bytes bytes, and @len. An address
 * alone is a prefix of full length.
 */
static int parse_prefix(const char *s, int family, uint8_t *addr, uint8_t *len,
			const char **why)
{
	unsigned int bytes = family == AF_INET6 ? 16 : 4;
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	char text[INET6_ADDRSTRLEN];
	uint32_t val = bytes * 8;
	const char *unused;

	if (n >= sizeof(text))
		return -EINVAL;
	memcpy(text, s, n);
	text[n] = 0;
	if (inet_pton(family, text, addr) != 1)
		return -EINVAL;
	if (slash && nat64_parse_uint(slash + 1, bytes * 8, &val, &unused))
		return wrong(why, bytes == 16 ?
			     "the length must be a number from 0 to 128" :
			     "the length must be a number from 0 to 32");
	*len = val;
	if (!zero_after(addr, bytes, val))
		return wrong(why, "has bits set after its length");
	return 0;
}

/**
 * nat64_parse_prefix6() - read an IPv6 prefix
 * @s: "ADDR6/LENGTH" or "ADDR6"; the last 32 bits may be written as IPv4
 *	address (RFC 6052, section 2.4)
 * @p: the result
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_prefix6(const char *s, struct nat64_prefix6 *p,
			const char **why)
{
	*why = not_prefix6;
	return parse_prefix(s, AF_INET6, p->addr.s6_addr, &p->len, why);
}

/**
 * nat64_parse_prefix4() - read an IPv4 prefix
 * @s: "ADDR4/LENGTH" or "ADDR4"
 * @p: the result
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_prefix4(const char *s, struct nat64_prefix4 *p,
			const char **why)
{
	*why = not_prefix4;
	return parse_prefix(s, AF_INET, (uint8_t *)&p->addr, &p->len, why);
}

/* Copies the address of @s to @addr and returns where the port starts. */
static const char *split_taddr(const char *s, char *addr, size_t size)
{
	const char *end, *port;

	if (*s == '[') {
		s++;
		end = strstr(s, "]:");
		port = end ? end + 2 : NULL;
	} else {
		end = strrchr(s, '#');
		/* A colon alone would be part of an IPv6 address. */
		if (!end && strchr(s, '.') && strchr(s, ':') == strrchr(s, ':'))
			end = strchr(s, ':');
		port = end ? end + 1 : NULL;
	}
	if (!end || (size_t)(end - s) >= size)
		return NULL;
	memcpy(addr, s, end - s);
	addr[end - s] = 0;
	return port;
}

static int parse_taddr(const char *s, int family, void *addr, uint16_t *port,
		       const char **why)
{
	char text[INET6_ADDRSTRLEN];
	const char *number = split_taddr(s, text, sizeof(text));
	const char *unused;
	uint32_t val;

	if (!number || inet_pton(family, text, addr) != 1)
		return -EINVAL;
	if (nat64_parse_uint(number, 65535, &val, &unused))
		return wrong(why, "the port must be a number from 0 to 65535");
	*port = val;
	return 0;
}

/**
 * nat64_parse_taddr6() - read an IPv6 transport address
 * @s: "ADDR6#PORT" or "[ADDR6]:PORT"
 * @t: the result
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_taddr6(const char *s, struct nat64_taddr6 *t, const char **why)
{
	*why = not_taddr6;
	return parse_taddr(s, AF_INET6, &t->addr, &t->port, why);
}

/**
 * nat64_parse_taddr4() - read an IPv4 transport address
 * @s: "ADDR4#PORT" or "ADDR4:PORT"
 * @t: the result
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_taddr4(const char *s, struct nat64_taddr4 *t, const char **why)
{
	*why = not_taddr4;
	return parse_taddr(s, AF_INET, &t->addr, &t->port, why);
}

static const struct unit {
	const char *name;
	uint32_t ms;
} units[] = {
	/* Largest first. */
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

#define N_UNITS	(sizeof(units) / sizeof(units[0]))

/* The unit @s starts with, of those after @from; N_UNITS for none. */
static size_t find_unit(const char *s, size_t from)
{
	size_t n = strspn(s, "dhms");
	size_t i;

	for (i = from; i < N_UNITS; i++)
		if (strlen(units[i].name) == n &&
		    !strncmp(s, units[i].name, n))
			return i;
	return N_UNITS;
}

/**
 * nat64_parse_duration() - read a duration
 * @s: numbers with the units d, h, m, s, ms, largest first: "2h4m"
 * @ms: the result, milliseconds
 * @why: what is wrong
 * Return: 0 or -EINVAL
 */
int nat64_parse_duration(const char *s, uint32_t *ms, const char **why)
{
	size_t unit = 0;
	uint64_t sum = 0;

	*why = "is not a duration, as in 300s, 5m or 2h4m";
	if (!*s)
		return -EINVAL;
	while (*s) {
		uint64_t n = 0;
		size_t digits = strspn(s, "0123456789");

		if (!digits || digits > 10)
			return -EINVAL;
		n = strtoull(s, NULL, 10);
		s += digits;
		unit = find_unit(s, unit);
		if (unit == N_UNITS)
			return -EINVAL;
		s += strlen(units[unit].name);
		sum += n * units[unit++].ms;
		if (sum > UINT32_MAX)
			return wrong(why, "is too long a duration");
	}
	*ms = sum;
	return 0;
}

/**
 * nat64_print_duration() - write a duration
 * @buf: gets the text
 * @len: size of @buf
 * @ms: milliseconds
 * Return: @buf, in a form that nat64_parse_duration() reads
 */
const char *nat64_print_duration(char *buf, size_t len, uint32_t ms)
{
	size_t i, at = 0;

	if (!ms)
		snprintf(buf, len, "0s");
	for (i = 0; i < N_UNITS && at < len; i++) {
		if (ms < units[i].ms)
			continue;
		at += snprintf(buf + at, len - at, "%u%s", ms / units[i].ms,
			       units[i].name);
		ms %= units[i].ms;
	}
	return buf;
}

/**
 * nat64_print_addr6() - write an IPv6 address
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @a: the address
 * @mixed: write the last 32 bits as IPv4 address, as is the custom for
 *	addresses under a /96 prefix (RFC 6052, section 2.4)
 * Return: @buf
 */
const char *nat64_print_addr6(char *buf, size_t len, const struct in6_addr *a,
			      bool mixed)
{
	struct in6_addr high = *a;
	const uint8_t *low = &a->s6_addr[12];
	char text[INET6_ADDRSTRLEN];
	size_t n;

	/* inet_ntop() writes those that start with 80 zero bits as it likes. */
	if (!mixed || zero_after(a->s6_addr, 10, 0))
		return inet_ntop(AF_INET6, a, buf, len);

	/* Bits that cannot be compressed away and are cut off again. */
	memset(&high.s6_addr[12], 0xff, 4);
	inet_ntop(AF_INET6, &high, text, sizeof(text));
	n = strlen(text) - strlen("ffff:ffff");
	snprintf(buf, len, "%.*s%u.%u.%u.%u", (int)n, text, low[0], low[1],
		 low[2], low[3]);
	return buf;
}

/**
 * nat64_print_addr4() - write an IPv4 address
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @a: the address
 * Return: @buf
 */
const char *nat64_print_addr4(char *buf, size_t len, const struct in_addr *a)
{
	return inet_ntop(AF_INET, a, buf, len);
}

/**
 * nat64_print_prefix6() - write an IPv6 prefix
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @p: the prefix
 * Return: @buf
 */
const char *nat64_print_prefix6(char *buf, size_t len,
				const struct nat64_prefix6 *p)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &p->addr, addr, sizeof(addr));
	snprintf(buf, len, "%s/%u", addr, p->len);
	return buf;
}

/**
 * nat64_print_prefix4() - write an IPv4 prefix
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @p: the prefix
 * Return: @buf
 */
const char *nat64_print_prefix4(char *buf, size_t len,
				const struct nat64_prefix4 *p)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &p->addr, addr, sizeof(addr));
	snprintf(buf, len, "%s/%u", addr, p->len);
	return buf;
}

/**
 * nat64_print_taddr6() - write an IPv6 transport address as ADDR6#PORT
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @t: the address
 * @mixed: see nat64_print_addr6()
 * Return: @buf
 */
const char *nat64_print_taddr6(char *buf, size_t len,
			       const struct nat64_taddr6 *t, bool mixed)
{
	char addr[INET6_ADDRSTRLEN];

	snprintf(buf, len, "%s#%u",
		 nat64_print_addr6(addr, sizeof(addr), &t->addr, mixed),
		 t->port);
	return buf;
}

/**
 * nat64_print_taddr4() - write an IPv4 transport address as ADDR4#PORT
 * @buf: gets the text
 * @len: size of @buf, NAT64_ADDR_MAX is enough
 * @t: the address
 * Return: @buf
 */
const char *nat64_print_taddr4(char *buf, size_t len,
			       const struct nat64_taddr4 *t)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &t->addr, addr, sizeof(addr));
	snprintf(buf, len, "%s#%u", addr, t->port);
	return buf;
}

/**
 * nat64_prefix6_has() - tell whether an address is in a prefix
 * @p: the prefix
 * @a: the address
 * Return: true if so
 */
bool nat64_prefix6_has(const struct nat64_prefix6 *p, const struct in6_addr *a)
{
	unsigned int i;

	for (i = 0; i < p->len; i++)
		if ((p->addr.s6_addr[i / 8] ^ a->s6_addr[i / 8]) &
		    0x80 >> i % 8)
			return false;
	return true;
}
