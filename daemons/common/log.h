/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log lines on standard error. Away from a terminal each line begins with the
 * <N> priority that a service manager understands.
 */
#ifndef NAT64D_LOG_H
#define NAT64D_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERR = 3,
	LOG_LEVEL_WARN = 4,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

void log_init(const char *ident, bool debug);
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/**
 * str_escape() - make bytes of unknown origin printable
 * @dst: result, always terminated if @cap is not 0
 * @cap: room at @dst in bytes
 * @src: bytes, zero bytes allowed
 * @len: number of bytes at @src
 *
 * Printable ASCII stays as it is; a backslash and every other byte become
 * \xNN. What does not fit is left out.
 *
 * Return: length of the string at @dst.
 */
size_t str_escape(char *dst, size_t cap, const void *src, size_t len);

#endif
