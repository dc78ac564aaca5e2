// SPDX-License-Identifier: GPL-2.0
#include "confval.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN_MAX 253
#define LABEL_MAX 63

bool confval_onoff(const char *text, bool *out)
{
	if (!strcmp(text, "on"))
		*out = true;
	else if (!strcmp(text, "off"))
		*out = false;
	else
		return false;
	return true;
}

/* Decimal digits only: no sign, no space, no octal surprise. */
static bool digits(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t v = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > UINT32_MAX)
			return false;
	}
	*text = p;
	*out = v;
	return true;
}

bool confval_number(const char *text, uint64_t lo, uint64_t hi, uint32_t *out)
{
	uint64_t v;

	if (!digits(&text, &v) || *text || v < lo || v > hi)
		return false;
	*out = (uint32_t)v;
	return true;
}

static uint64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

bool confval_duration(const char *text, uint64_t lo, uint64_t hi,
		      uint32_t *out)
{
	uint64_t unit_before = UINT64_MAX;
	uint64_t total = 0;
	uint64_t v, unit;

	if (!strcmp(text, "infinite")) {
		if (hi < UINT32_MAX)
			return false;
		*out = UINT32_MAX;
		return true;
	}
	if (confval_number(text, lo, hi, out))
		return true;
	do {
		if (!digits(&text, &v))
			return false;
		unit = unit_seconds(*text++);
		if (!unit || unit >= unit_before)
			return false;
		unit_before = unit;
		total += v * unit;
	} while (*text);
	if (total < lo || total > hi)
		return false;
	*out = (uint32_t)total;
	return true;
}

bool confval_addr4(const char *text, struct in_addr *out)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1)
		return false;
	*out = a;
	return true;
}

bool confval_addr6(const char *text, struct in6_addr *out)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1)
		return false;
	*out = a;
	return true;
}

static bool host_bits(const struct in6_addr *a, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 128; i++)
		if (a->s6_addr[i / 8] & (0x80 >> i % 8))
			return true;
	return false;
}

bool confval_prefix6(const char *text, struct in6_addr *addr, uint8_t *len)
{
	char copy[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	struct in6_addr a;
	uint32_t n;

	if (!slash || (size_t)(slash - text) >= sizeof(copy))
		return false;
	memcpy(copy, text, (size_t)(slash - text));
	copy[slash - text] = '\0';
	if (!confval_addr6(copy, &a) ||
	    !confval_number(slash + 1, 0, 128, &n) || host_bits(&a, n))
		return false;
	*addr = a;
	*len = (uint8_t)n;
	return true;
}

static bool label(const char *p, size_t n)
{
	size_t i;

	if (!n || n > LABEL_MAX || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && p[i] != '-' && p[i] != '_')
			return false;
	return true;
}

bool confval_domain(const char *text, char *out)
{
	size_t len = strlen(text);
	const char *p = text;

	if (len > DOMAIN_MAX)
		return false;
	for (;;) {
		size_t n = strcspn(p, ".");

		if (!label(p, n))
			return false;
		if (!p[n])
			break;
		p += n + 1;
	}
	memcpy(out, text, len + 1);
	return true;
}

int confval_word(const char **rest, char *word, unsigned int cap)
{
	const char *p = *rest + strspn(*rest, " \t,");
	size_t n = strcspn(p, " \t,");

	if (!n)
		return 0;
	if (n >= cap)
		return -1;
	memcpy(word, p, n);
	word[n] = '\0';
	*rest = p + n;
	return 1;
}
