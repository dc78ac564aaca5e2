/* SPDX-License-Identifier: GPL-2.0 */
/* Values of the configuration file, from text. Pure. */
#ifndef NAT64D_CONFVAL_H
#define NAT64D_CONFVAL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Each returns false when @text is not such a value; *@out is changed only
 * with true. Numbers outside of [@lo, @hi] are no values.
 */
bool confval_onoff(const char *text, bool *out);
bool confval_number(const char *text, uint64_t lo, uint64_t hi, uint32_t *out);

/* "90", "90s", "15m", "2h4m", "30d", "infinite"; in seconds. */
bool confval_duration(const char *text, uint64_t lo, uint64_t hi,
		      uint32_t *out);
bool confval_addr4(const char *text, struct in_addr *out);
bool confval_addr6(const char *text, struct in6_addr *out);

/* "PREFIX/LEN" without any bit set past LEN. */
bool confval_prefix6(const char *text, struct in6_addr *addr, uint8_t *len);

/* A host name of RFC 1035 size without a trailing dot; room for 254 bytes. */
bool confval_domain(const char *text, char *out);

/**
 * confval_word() - take the next blank-separated word
 * @rest: text to take from, moved behind the word
 * @word: where the word goes
 * @cap: room at @word
 *
 * Return: 1 with a word, 0 at the end, -1 when the word does not fit.
 */
int confval_word(const char **rest, char *word, unsigned int cap);

#endif
