/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes as hexadecimal digits and back. Pure. */
#ifndef NAT64D_HEX_H
#define NAT64D_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Room for 2 * @len + 1 bytes at @out; "-" for no bytes. Returns @out. */
char *hex_put(char *out, const uint8_t *data, size_t len);

/* With colons between; room for 3 * @len + 1 bytes at @out. Returns @out. */
char *hex_colons(char *out, const uint8_t *data, size_t len);

/**
 * hex_get() - bytes from digits
 * @text: pairs of digits
 * @sep: stands between the pairs, 0 if nothing does
 * @out: result
 * @cap: room at @out
 *
 * Return: how many bytes, 0 when @text is something else or too long.
 */
size_t hex_get(const char *text, char sep, uint8_t *out, size_t cap);

#endif
