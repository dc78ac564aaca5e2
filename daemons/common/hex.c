// SPDX-License-Identifier: GPL-2.0
#include "hex.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

char *hex_put(char *out, const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
	return len ? out : strcpy(out, "-");
}

char *hex_colons(char *out, const uint8_t *data, size_t len)
{
	char *p = out;
	size_t i;

	*p = '\0';
	for (i = 0; i < len; i++)
		p += sprintf(p, "%s%02x", i ? ":" : "", data[i]);
	return out;
}

static int digit(char c)
{
	const char *p = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

size_t hex_get(const char *text, char sep, uint8_t *out, size_t cap)
{
	size_t n = 0;

	while (n < cap && digit(text[0]) >= 0 && digit(text[1]) >= 0) {
		out[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
		if (!*text)
			return n;
		if (sep && *text++ != sep)
			return 0;
	}
	return 0;
}
