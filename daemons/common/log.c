// SPDX-License-Identifier: GPL-2.0
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *log_ident = "nat64";
static bool log_debugging;
static bool log_priorities = true;

void log_init(const char *ident, bool debug)
{
	log_ident = ident;
	log_debugging = debug;
	log_priorities = !isatty(STDERR_FILENO);
}

static bool printable(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* One byte at @dst as itself or as \xNN; 0 when it does not fit. */
static size_t escape_byte(char *dst, size_t room, unsigned char c, bool plain)
{
	if (plain) {
		if (room < 2)
			return 0;
		dst[0] = (char)c;
		return 1;
	}
	if (room < 5)
		return 0;
	return (size_t)snprintf(dst, room, "\\x%02x", c);
}

size_t str_escape(char *dst, size_t cap, const void *src, size_t len)
{
	const unsigned char *p = src;
	size_t used = 0;
	size_t i;

	if (!cap)
		return 0;
	for (i = 0; i < len; i++) {
		size_t n = escape_byte(dst + used, cap - used, p[i],
				       printable(p[i]) && p[i] != '\\');

		if (!n)
			break;
		used += n;
	}
	dst[used] = '\0';
	return used;
}

/*
 * The whole line is cleaned here once more, so that no caller can let a
 * control character of a client through to a terminal or a log parser.
 */
void log_line(enum log_level level, const char *fmt, ...)
{
	char text[1024];
	char line[2048];
	size_t used = 0;
	size_t i;
	va_list ap;

	if (level == LOG_LEVEL_DEBUG && !log_debugging)
		return;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	if (log_priorities)
		used = (size_t)snprintf(line, sizeof(line), "<%d>", level);
	used += (size_t)snprintf(line + used, sizeof(line) - used, "%s: ",
				 log_ident);
	for (i = 0; text[i]; i++)
		used += escape_byte(line + used, sizeof(line) - 1 - used,
				    (unsigned char)text[i],
				    printable((unsigned char)text[i]));
	line[used++] = '\n';
	/* One write a line: lines of several processes never mix. */
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}
