/* SPDX-License-Identifier: GPL-2.0 */
/* Putting values of the configuration file into place; for confkey.c. */
#ifndef NAT64D_CONFSET_H
#define NAT64D_CONFSET_H

#include "conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORD_LEN 256

struct choice {
	const char *word;
	uint32_t value;
};

/**
 * struct key - one key
 * @name: in the file
 * @expect: what a value looks like
 * @set: puts a value into the field
 * @off: of the field in struct conf_network
 * @lo: smallest number
 * @hi: largest number
 * @choices: words and their numbers, ended by an empty one
 * @repeats: each line adds to a list
 */
struct key {
	const char *name;
	const char *expect;
	bool (*set)(const struct key *k, const char *value, void *field);
	size_t off;
	uint64_t lo;
	uint64_t hi;
	const struct choice *choices;
	bool repeats;
};

/* Which of the choices a word is. */
bool confset_word(const struct choice *c, const char *word, uint32_t *out);

bool confset_duration(const struct key *k, const char *value, void *field);

/* Such as RFC 2131 servers and relays have: no group, no broadcast. */
bool confset_host4(const char *word, struct in_addr *out);

/* One to CONF_MAX_ADDRS4 of them. */
bool confset_hosts4(const char *value, struct in_addr *out, unsigned int *n);

/* The field of these is a struct conf_dhcp; confdhcp.c. */
bool confset_subnet(const struct key *k, const char *value, void *field);
bool confset_pool(const struct key *k, const char *value, void *field);
bool confset_host(const struct key *k, const char *value, void *field);
bool confset_routers(const struct key *k, const char *value, void *field);
bool confset_domain(const struct key *k, const char *value, void *field);
bool confset_option(const struct key *k, const char *value, void *field);
bool confset_opt_out(const struct key *k, const char *value, void *field);
bool confset_servers(const struct key *k, const char *value, void *field);

/* An option whose code is @k->lo, made of addresses. */
bool confset_option_addrs(const struct key *k, const char *value, void *field);

#endif
