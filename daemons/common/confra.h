/* SPDX-License-Identifier: GPL-2.0 */
/* Values of the keys of pref64d; for confkey.c. */
#ifndef NAT64D_CONFRA_H
#define NAT64D_CONFRA_H

#include "confset.h"

#include <stdbool.h>

/* Of a router, and of a route (RFC 4191). */
extern const struct choice confra_preferences[];

/*
 * Each puts @value into the struct conf_ra at @field; false when it is no
 * value of that key.
 */
bool confra_prefix(const struct key *k, const char *value, void *field);
bool confra_route(const struct key *k, const char *value, void *field);
bool confra_dns(const struct key *k, const char *value, void *field);
bool confra_search(const struct key *k, const char *value, void *field);
bool confra_portal(const struct key *k, const char *value, void *field);
bool confra_option(const struct key *k, const char *value, void *field);
bool confra_source(const struct key *k, const char *value, void *field);
bool confra_when_down(const struct key *k, const char *value, void *field);

#endif
