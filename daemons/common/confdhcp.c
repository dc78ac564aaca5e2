// SPDX-License-Identifier: GPL-2.0
#include "confdhcp.h"

#include "confset.h"
#include "confval.h"
#include "hex.h"
#include "subnet4.h"

#include <ctype.h>
#include <string.h>

#define MAC_LEN 6
#define CLASS "class:"

/* Options that the server writes itself: they follow from other keys. */
static const uint8_t own_options[] = {
	1, 3, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 80, 82, 90, 108, 116,
	118,
};

/* Takes what stands before @sep out of @text; false when it does not fit. */
static bool split(const char **text, char sep, char *out, size_t cap)
{
	const char *p = strchr(*text, sep);
	size_t n = p ? (size_t)(p - *text) : cap;

	if (n >= cap)
		return false;
	memcpy(out, *text, n);
	out[n] = '\0';
	*text = p + 1;
	return true;
}

static bool subnet_overlaps(const struct conf_dhcp *d,
			    const struct conf_subnet *s)
{
	unsigned int i;

	for (i = 0; i < d->nsubnets; i++)
		if (subnet4_same(d->subnets[i].addr, s->addr, s->len))
			return true;
	return subnet4_of(d, s->addr);
}

bool confset_subnet(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;
	char word[INET_ADDRSTRLEN];
	struct conf_subnet s;
	uint32_t len;

	(void)k;
	if (d->nsubnets == CONF_MAX_SUBNETS ||
	    !split(&value, '/', word, sizeof(word)) ||
	    !confset_host4(word, &s.addr) ||
	    !confval_number(value, 8, 30, &len) ||
	    (ntohl(s.addr.s_addr) & ~subnet4_mask(len)))
		return false;
	s.len = (uint8_t)len;
	if (subnet_overlaps(d, &s))
		return false;
	d->subnets[d->nsubnets++] = s;
	return true;
}

static bool pool_overlaps(const struct conf_dhcp *d, const struct conf_pool *p)
{
	unsigned int i;

	for (i = 0; i < d->npools; i++)
		if (p->first <= d->pools[i].last &&
		    d->pools[i].first <= p->last)
			return true;
	return false;
}

static uint64_t pool_total(const struct conf_dhcp *d)
{
	uint64_t total = 0;
	unsigned int i;

	for (i = 0; i < d->npools; i++)
		total += (uint64_t)d->pools[i].last - d->pools[i].first + 1;
	return total;
}

bool confset_pool(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;
	char word[INET_ADDRSTRLEN];
	struct in_addr first, last;
	struct conf_pool p;

	(void)k;
	if (d->npools == CONF_MAX_POOLS ||
	    !split(&value, '-', word, sizeof(word)) ||
	    !confset_host4(word, &first) || !confset_host4(value, &last))
		return false;
	p.first = ntohl(first.s_addr);
	p.last = ntohl(last.s_addr);
	if (p.first > p.last || p.last - p.first >= CONF_MAX_LEASES ||
	    pool_overlaps(d, &p))
		return false;
	d->pools[d->npools++] = p;
	return pool_total(d) <= CONF_MAX_LEASES;
}

static bool same_host(const struct conf_host *a, const struct conf_host *b)
{
	return a->addr.s_addr == b->addr.s_addr ||
	       (a->by_id == b->by_id && a->len == b->len &&
		!memcmp(a->key, b->key, a->len));
}

bool confset_host(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;
	struct conf_host h = { 0 };
	char word[WORD_LEN];
	unsigned int i;

	(void)k;
	if (d->nhosts == CONF_MAX_HOSTS ||
	    confval_word(&value, word, sizeof(word)) != 1)
		return false;
	h.by_id = !strncmp(word, "id:", 3);
	if (h.by_id)
		h.len = (uint8_t)hex_get(word + 3, 0, h.key, sizeof(h.key));
	else
		h.len = (uint8_t)hex_get(word, ':', h.key, sizeof(h.key));
	if (!h.len || (!h.by_id && h.len != MAC_LEN) ||
	    confval_word(&value, word, sizeof(word)) != 1 ||
	    !confset_host4(word, &h.addr) ||
	    confval_word(&value, word, sizeof(word)))
		return false;
	for (i = 0; i < d->nhosts; i++)
		if (same_host(&d->hosts[i], &h))
			return false;
	d->hosts[d->nhosts++] = h;
	return true;
}

bool confset_routers(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;

	(void)k;
	return confset_hosts4(value, d->routers, &d->nrouters);
}

bool confset_servers(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;

	(void)k;
	return confset_hosts4(value, d->servers, &d->nservers);
}

static bool add_option(struct conf_dhcp *d, uint8_t code, const void *data,
		       size_t len)
{
	struct conf_option *o = &d->options[d->noptions];
	unsigned int i;

	if (d->noptions == CONF_MAX_OPTIONS || !len || len > CONF_OPTION_LEN ||
	    memchr(own_options, code, sizeof(own_options)))
		return false;
	for (i = 0; i < d->noptions; i++)
		if (d->options[i].code == code)
			return false;
	o->code = code;
	o->len = (uint8_t)len;
	memcpy(o->data, data, len);
	d->noptions++;
	return true;
}

bool confset_option_addrs(const struct key *k, const char *value, void *field)
{
	struct in_addr addrs[CONF_MAX_ADDRS4];
	unsigned int n = 0;

	return confset_hosts4(value, addrs, &n) &&
	       add_option(field, (uint8_t)k->lo, addrs, n * sizeof(*addrs));
}

bool confset_domain(const struct key *k, const char *value, void *field)
{
	char name[CONF_DOMAIN_LEN];

	(void)k;
	return confval_domain(value, name) &&
	       add_option(field, 15, name, strlen(name));
}

bool confdhcp_portal(struct conf_dhcp *d, const char *uri)
{
	return add_option(d, 114, uri, strlen(uri));
}

static bool option_number(struct conf_dhcp *d, uint8_t code, const char *rest,
			  unsigned int bytes)
{
	uint64_t most = bytes == 4 ? UINT32_MAX : (1ull << bytes * 8) - 1;
	uint8_t data[4];
	uint32_t n;

	if (!confval_number(rest, 0, most, &n))
		return false;
	n = htonl(n);
	memcpy(data, &n, sizeof(data));
	return add_option(d, code, data + 4 - bytes, bytes);
}

static bool option_value(struct conf_dhcp *d, uint8_t code, const char *type,
			 const char *rest)
{
	struct key addrs = { .lo = code };
	uint8_t data[CONF_OPTION_LEN];

	if (!strcmp(type, "text"))
		return add_option(d, code, rest, strlen(rest));
	if (!strcmp(type, "hex"))
		return add_option(d, code, data,
				  hex_get(rest, 0, data, sizeof(data)));
	if (!strcmp(type, "ip"))
		return confset_option_addrs(&addrs, rest, d);
	if (!strcmp(type, "u8"))
		return option_number(d, code, rest, 1);
	if (!strcmp(type, "u16"))
		return option_number(d, code, rest, 2);
	if (!strcmp(type, "u32"))
		return option_number(d, code, rest, 4);
	return false;
}

bool confset_option(const struct key *k, const char *value, void *field)
{
	char code[WORD_LEN], type[WORD_LEN];
	uint32_t n;

	(void)k;
	if (confval_word(&value, code, sizeof(code)) != 1 ||
	    !confval_number(code, 1, 254, &n) ||
	    confval_word(&value, type, sizeof(type)) != 1)
		return false;
	value += strspn(value, " \t");
	return option_value(field, (uint8_t)n, type, value);
}

/* What stands in quotation marks behind "class:", blanks and commas too. */
static bool quoted_class(const char **value, char *out, size_t cap)
{
	const char *text = *value + strlen(CLASS "\"");
	size_t n = strcspn(text, "\"");

	if (!n || n >= cap || !text[n] || !strchr(" \t,", text[n + 1]))
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	*value = text + n + 1;
	return true;
}

static bool take_opt_out(const char **value, struct conf_opt_out *o)
{
	const size_t n = strlen(CLASS);
	char word[WORD_LEN];

	if (!strncmp(*value, CLASS "\"", n + 1))
		return quoted_class(value, o->vendor, sizeof(o->vendor));
	if (confval_word(value, word, sizeof(word)) != 1)
		return false;
	if (strncmp(word, CLASS, n)) {
		o->len = (uint8_t)hex_get(word, ':', o->mac, MAC_LEN);
		return o->len;
	}
	if (!word[n] || strlen(word + n) >= sizeof(o->vendor))
		return false;
	strcpy(o->vendor, word + n);
	return true;
}

bool confset_opt_out(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;

	(void)k;
	while (*(value += strspn(value, " \t,")))
		if (d->nopt_outs == CONF_MAX_OPT_OUTS ||
		    !take_opt_out(&value, &d->opt_outs[d->nopt_outs++]))
			return false;
	return d->nopt_outs;
}

/*
 * The subnet in which an address can be a host's: neither the subnet's own
 * number nor its broadcast.
 */
static const struct conf_subnet *host_subnet(const struct conf_dhcp *d,
					     struct in_addr addr)
{
	const struct conf_subnet *s = subnet4_of(d, addr);

	if (!s || addr.s_addr == s->addr.s_addr ||
	    !~(ntohl(addr.s_addr) | subnet4_mask(s->len)))
		return NULL;
	return s;
}

static bool pool_inside(const struct conf_dhcp *d, const struct conf_pool *p)
{
	const struct in_addr first = { htonl(p->first) };
	const struct in_addr last = { htonl(p->last) };
	const struct conf_subnet *s = host_subnet(d, first);

	return s && s == host_subnet(d, last);
}

static bool pools_inside(const struct conf_dhcp *d, unsigned int *i)
{
	for (*i = 0; *i < d->npools; ++*i)
		if (!pool_inside(d, &d->pools[*i]))
			return false;
	return true;
}

static bool hosts_inside(const struct conf_dhcp *d, unsigned int *i)
{
	for (*i = 0; *i < d->nhosts; ++*i)
		if (!host_subnet(d, d->hosts[*i].addr))
			return false;
	return true;
}

static bool routers_inside(const struct conf_dhcp *d)
{
	unsigned int i;

	for (i = 0; i < d->nrouters; i++)
		if (!host_subnet(d, d->routers[i]))
			return false;
	return true;
}

const char *confdhcp_check(const struct conf_dhcp *d, enum conf_key *key,
			   unsigned int *which)
{
	*key = CONF_KEY_POOL;
	if (!pools_inside(d, which))
		return "pool: expected addresses of hosts in one 'subnet' of this section";
	if (d->mode == CONF_DHCP_MOSTLY && !d->npools && !d->nhosts)
		return "dhcp = mostly: expected a 'subnet' and a 'pool' for those who need IPv4";
	*key = CONF_KEY_HOST;
	if (!hosts_inside(d, which))
		return "host: expected an address of a host in a 'subnet' of this section";
	*key = CONF_KEY_ROUTER;
	if (!routers_inside(d))
		return "router: expected addresses of hosts in a 'subnet' of this section";
	*key = CONF_KEY_OFFER;
	if (d->offer == CONF_OFFER_ADDR && !d->npools)
		return "offer = addr: expected a 'pool' that the address can be of";
	return NULL;
}
