// SPDX-License-Identifier: GPL-2.0
#include "confra.h"

#include "confval.h"
#include "hex.h"

#include <string.h>

static bool prefix_flag(const char *word, struct conf_prefix *p)
{
	if (!strcmp(word, "off-link"))
		p->offlink = true;
	else if (!strcmp(word, "no-autonomous"))
		p->noauto = true;
	else if (!strcmp(word, "countdown"))
		p->countdown = true;
	else
		return false;
	return true;
}

static bool prefix_lifetime(const char *word, unsigned int n,
			    struct conf_prefix *p)
{
	if (n)
		return n == 1 && confval_duration(word, 0, p->valid,
						  &p->preferred);
	if (!confval_duration(word, 0, UINT32_MAX, &p->valid))
		return false;
	if (p->preferred > p->valid)
		p->preferred = p->valid;
	return true;
}

/* Up to two lifetimes, then flags. */
static bool prefix_rest(const char *rest, struct conf_prefix *p)
{
	bool flags = false;
	unsigned int n = 0;
	char word[WORD_LEN];
	int more;

	while ((more = confval_word(&rest, word, sizeof(word))) > 0) {
		if (prefix_flag(word, p))
			flags = true;
		else if (flags || !prefix_lifetime(word, n++, p))
			return false;
	}
	return !more;
}

static bool known_prefix(const struct conf_ra *ra, const struct conf_prefix *p)
{
	unsigned int i;

	for (i = 0; i < ra->nprefixes; i++)
		if (ra->prefixes[i].len == p->len &&
		    !memcmp(&ra->prefixes[i].addr, &p->addr, sizeof(p->addr)))
			return true;
	return false;
}

bool confra_prefix(const struct key *k, const char *value, void *field)
{
	/* Lifetimes of RFC 4861, section 6.2.1. */
	struct conf_prefix p = { .valid = 2592000, .preferred = 604800 };
	struct conf_ra *ra = field;
	char word[WORD_LEN];

	(void)k;
	if (confval_word(&value, word, sizeof(word)) != 1 || ra->no_prefixes)
		return false;
	if (!strcmp(word, "none")) {
		ra->no_prefixes = true;
		return !ra->nprefixes &&
		       !confval_word(&value, word, sizeof(word));
	}
	if (strcmp(word, "auto") &&
	    (!confval_prefix6(word, &p.addr, &p.len) || !p.len ||
	     IN6_IS_ADDR_LINKLOCAL(&p.addr) || IN6_IS_ADDR_MULTICAST(&p.addr)))
		return false;
	if (!prefix_rest(value, &p) || known_prefix(ra, &p) ||
	    ra->nprefixes == CONF_MAX_PREFIXES)
		return false;
	ra->prefixes[ra->nprefixes++] = p;
	return true;
}

const struct choice confra_preferences[] = {
	{ "high", CONF_PREF_HIGH },
	{ "medium", CONF_PREF_MEDIUM },
	{ "low", CONF_PREF_LOW },
	{ NULL, 0 },
};

static bool preference(const char *word, uint8_t *out)
{
	uint32_t value;

	if (!confset_word(confra_preferences, word, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

static bool route_rest(const char *rest, struct conf_route *route)
{
	char word[WORD_LEN];
	int more;

	more = confval_word(&rest, word, sizeof(word));
	if (!more)
		return true;
	if (more < 0 ||
	    !confval_duration(word, 0, UINT32_MAX, &route->lifetime))
		return false;
	more = confval_word(&rest, word, sizeof(word));
	if (more < 0 || (more && !preference(word, &route->preference)))
		return false;
	return !confval_word(&rest, word, sizeof(word));
}

bool confra_route(const struct key *k, const char *value, void *field)
{
	struct conf_route route = { .lifetime = CONF_AUTO };
	struct conf_ra *ra = field;
	char word[WORD_LEN];
	unsigned int i;

	(void)k;
	if (confval_word(&value, word, sizeof(word)) != 1 ||
	    !confval_prefix6(word, &route.addr, &route.len) ||
	    !route_rest(value, &route) || ra->nroutes == CONF_MAX_ROUTES)
		return false;
	for (i = 0; i < ra->nroutes; i++)
		if (ra->routes[i].len == route.len &&
		    !memcmp(&ra->routes[i].addr, &route.addr,
			    sizeof(route.addr)))
			return false;
	ra->routes[ra->nroutes++] = route;
	return true;
}

static bool name_server(const char *word, struct in6_addr *out)
{
	return confval_addr6(word, out) && !IN6_IS_ADDR_UNSPECIFIED(out) &&
	       !IN6_IS_ADDR_LOOPBACK(out) && !IN6_IS_ADDR_MULTICAST(out) &&
	       !IN6_IS_ADDR_V4MAPPED(out);
}

bool confra_dns(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;
	char word[WORD_LEN];
	int more;

	(void)k;
	while ((more = confval_word(&value, word, sizeof(word))) > 0)
		if (ra->ndns == CONF_MAX_DNS ||
		    !name_server(word, &ra->dns[ra->ndns++]))
			return false;
	return !more && ra->ndns;
}

bool confra_search(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;
	char word[WORD_LEN];
	int more;

	(void)k;
	while ((more = confval_word(&value, word, sizeof(word))) > 0)
		if (ra->nsearch == CONF_MAX_SEARCH ||
		    !confval_domain(word, ra->search[ra->nsearch++]))
			return false;
	return !more && ra->nsearch;
}

/* What RFC 8910, section 2 has for "there is no portal". */
#define NO_PORTAL "urn:ietf:params:capport:unrestricted"

bool confra_portal(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;
	const char *p;

	(void)k;
	if (!*value)
		return true;	/* nothing to advertise */
	if (!strcmp(value, "none"))
		value = NO_PORTAL;
	for (p = value; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	if (!strchr(value, ':') || strlen(value) >= CONF_URI_LEN)
		return false;
	strcpy(ra->captive_portal, value);
	return true;
}

static bool hex_bytes(const char *text, struct conf_ra_option *o)
{
	o->len = (uint8_t)hex_get(text, 0, o->data, sizeof(o->data));
	return o->len;
}

/* Written twice an option would contradict itself. */
static bool known_option(uint32_t type)
{
	static const uint8_t known[] = { 1, 3, 5, 24, 25, 31, 37, 38 };

	return memchr(known, (int)type, sizeof(known));
}

bool confra_option(const struct key *k, const char *value, void *field)
{
	struct conf_ra_option o = { 0 };
	struct conf_ra *ra = field;
	char word[WORD_LEN];
	uint32_t type;

	(void)k;
	if (confval_word(&value, word, sizeof(word)) != 1 ||
	    !confval_number(word, 1, 255, &type) || known_option(type) ||
	    confval_word(&value, word, sizeof(word)) != 1 ||
	    !hex_bytes(word, &o) || confval_word(&value, word, sizeof(word)) ||
	    ra->noptions == CONF_MAX_RA_OPTIONS)
		return false;
	o.type = (uint8_t)type;
	ra->options[ra->noptions++] = o;
	return true;
}

bool confra_source(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;

	(void)k;
	return confval_addr6(value, &ra->source) &&
	       IN6_IS_ADDR_LINKLOCAL(&ra->source);
}

bool confra_when_down(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;

	(void)k;
	ra->leave = !strcmp(value, "leave");
	return ra->leave || !strcmp(value, "stay");
}
