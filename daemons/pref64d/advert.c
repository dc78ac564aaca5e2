// SPDX-License-Identifier: GPL-2.0
#include "advert.h"

#include <net/if_arp.h>
#include <string.h>

#define IPV6_HEADER 40
#define IPV6_MIN_MTU 1280

void advert_pref64_set(struct advert_pref64 *p, const struct xlat_prefix *live,
		       unsigned int count)
{
	unsigned int i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < count && i < XLAT_MAX_PREFIXES; i++)
		if (ra_pref64_len(live[i].len))
			p->live[p->nlive++] = live[i];
}

static void add_pref64(const struct advert_input *in, struct ra_msg *msg)
{
	unsigned int i;

	for (i = 0; i < in->pref64->nlive; i++) {
		msg->pref64[i].addr = in->pref64->live[i].addr;
		msg->pref64[i].len = in->pref64->live[i].len;
		msg->pref64[i].lifetime = in->conf->pref64_lifetime;
	}
	msg->npref64 = in->pref64->nlive;
}

static bool inside(const struct links_prefix6 *p, const struct in6_addr *addr,
		   unsigned int len)
{
	return p->len >= len && !memcmp(&p->addr, addr, len / 8);
}

/* Addresses of the translator itself are no prefix for hosts. */
static bool translated(const struct advert_input *in,
		       const struct links_prefix6 *p)
{
	unsigned int i;

	for (i = 0; i < in->pref64->nlive; i++)
		if (inside(p, &in->pref64->live[i].addr,
			   in->pref64->live[i].len))
			return true;
	for (i = 0; in->past && i < in->past->count[PAST_PREF64]; i++) {
		const struct ra_pref64 *old;

		old = &in->past->entries[PAST_PREF64][i].item.pref64;
		if (inside(p, &old->addr, old->len))
			return true;
	}
	return false;
}

static uint32_t count_down(uint32_t lifetime, uint64_t age)
{
	if (lifetime == RA_INFINITE)
		return lifetime;
	return lifetime > age ? lifetime - (uint32_t)age : 0;
}

static uint32_t shorter(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* RFC 4861, section 6.2.1: a lifetime that ends instead of being renewed. */
static void set_lifetimes(const struct advert_input *in,
			  const struct links_prefix6 *p,
			  const struct conf_prefix *conf, struct ra_prefix *out)
{
	out->valid = conf->valid;
	out->preferred = conf->preferred;
	out->countdown = conf->countdown;
	if (conf->countdown && (conf->len || p->valid == RA_INFINITE)) {
		out->valid = count_down(conf->valid, in->age);
		out->preferred = count_down(conf->preferred, in->age);
	} else if (conf->countdown) {
		out->valid = shorter(conf->valid, p->valid);
		out->preferred = shorter(conf->preferred, p->preferred);
	}
}

static void add_prefix(const struct advert_input *in, struct ra_msg *msg,
		       const struct links_prefix6 *p,
		       const struct conf_prefix *conf)
{
	struct ra_prefix *out;
	unsigned int i;

	for (i = 0; i < msg->nprefixes; i++)
		if (msg->prefixes[i].len == p->len &&
		    !memcmp(&msg->prefixes[i].addr, &p->addr, sizeof(p->addr)))
			return;
	if (msg->nprefixes == RA_MAX_PREFIXES)
		return;
	out = &msg->prefixes[msg->nprefixes++];
	out->addr = p->addr;
	out->len = p->len;
	out->onlink = !conf->offlink;
	/* RFC 4862, section 5.5.3: of no other length with 64-bit identifiers. */
	out->autonomous = p->len == 64 && !conf->noauto;
	set_lifetimes(in, p, conf, out);
}

static void add_prefixes(const struct advert_input *in, struct ra_msg *msg)
{
	unsigned int i, n;

	for (i = 0; i < in->conf->nprefixes; i++) {
		const struct conf_prefix *conf = &in->conf->prefixes[i];
		struct links_prefix6 p = {
			.addr = conf->addr,
			.len = conf->len,
		};

		if (p.len) {
			add_prefix(in, msg, &p, conf);
			continue;
		}
		for (n = 0; n < in->nonlink; n++)
			if (!translated(in, &in->onlink[n]))
				add_prefix(in, msg, &in->onlink[n], conf);
	}
}

static bool has_route(const struct ra_msg *msg, const struct xlat_prefix *p)
{
	unsigned int i;

	for (i = 0; i < msg->nroutes; i++)
		if (msg->routes[i].len == p->len &&
		    !memcmp(&msg->routes[i].addr, &p->addr, sizeof(p->addr)))
			return true;
	return false;
}

/*
 * Hosts send to the sidecar what is for a translation prefix, and all else to
 * their default router. A route that is configured counts (RFC 4191, section
 * 2.3 forbids to have it twice).
 */
static void add_sidecar_routes(const struct advert_input *in,
			       struct ra_msg *msg)
{
	unsigned int i;

	for (i = 0; i < in->pref64->nlive; i++) {
		struct ra_route *r = &msg->routes[msg->nroutes];
		const struct xlat_prefix *p = &in->pref64->live[i];

		if (msg->nroutes == RA_MAX_ROUTES)
			return;
		if (has_route(msg, p))
			continue;
		r->addr = p->addr;
		r->len = p->len;
		r->preference = CONF_PREF_HIGH;
		r->lifetime = in->conf->pref64_lifetime;
		msg->nroutes++;
	}
}

static void add_routes(const struct conf_ra *conf, struct ra_msg *msg)
{
	unsigned int i;

	for (i = 0; i < conf->nroutes; i++) {
		struct ra_route *r = &msg->routes[msg->nroutes++];

		r->addr = conf->routes[i].addr;
		r->len = conf->routes[i].len;
		r->preference = conf->routes[i].preference;
		r->lifetime = conf->routes[i].lifetime;
	}
}

static void add_dns(const struct conf_ra *conf, struct ra_msg *msg)
{
	unsigned int i;

	for (i = 0; i < conf->ndns; i++) {
		msg->dns[i].addr = conf->dns[i];
		msg->dns[i].lifetime = conf->dns_lifetime;
	}
	msg->ndns = conf->ndns;
	for (i = 0; i < conf->nsearch; i++) {
		strcpy(msg->search[i].name, conf->search[i]);
		msg->search[i].lifetime = conf->dns_lifetime;
	}
	msg->nsearch = conf->nsearch;
}

static void add_options(const struct conf_ra *conf, struct ra_msg *msg)
{
	unsigned int i;

	strcpy(msg->captive_portal, conf->captive_portal);
	for (i = 0; i < conf->noptions; i++) {
		msg->raw[i].type = conf->options[i].type;
		msg->raw[i].len = conf->options[i].len;
		memcpy(msg->raw[i].data, conf->options[i].data,
		       conf->options[i].len);
	}
	msg->nraw = conf->noptions;
}

static void add_lladdr(const struct link_info *link, struct ra_msg *msg)
{
	if (link->arptype != ARPHRD_ETHER || link->mac_len > RA_LLADDR_LEN)
		return;
	msg->lladdr_len = link->mac_len;
	memcpy(msg->lladdr, link->mac, link->mac_len);
}

void advert_make(const struct advert_input *in, struct ra_msg *msg)
{
	const struct conf_ra *conf = in->conf;

	memset(msg, 0, sizeof(*msg));
	msg->hop_limit = (uint8_t)conf->hop_limit;
	msg->managed = conf->managed;
	msg->other = conf->other;
	msg->preference = conf->sidecar ? CONF_PREF_LOW :
					  (uint8_t)conf->preference;
	msg->router_lifetime = in->router ?
			       (uint16_t)conf->router_lifetime : 0;
	msg->reachable = conf->reachable;
	msg->retrans = conf->retrans;
	/* Hosts pass over one that is larger than their link's. */
	msg->mtu = conf->mtu > in->link->mtu ? in->link->mtu : conf->mtu;
	add_lladdr(in->link, msg);
	add_pref64(in, msg);
	if (!conf->sidecar)
		add_prefixes(in, msg);
	add_routes(conf, msg);
	if (conf->sidecar)
		add_sidecar_routes(in, msg);
	add_dns(conf, msg);
	add_options(conf, msg);
}

size_t advert_room(const struct ra_msg *msg, unsigned int link_mtu)
{
	uint32_t mtu = link_mtu;

	if (msg->mtu && msg->mtu < mtu)
		mtu = msg->mtu;
	return (mtu > IPV6_MIN_MTU ? mtu : IPV6_MIN_MTU) - IPV6_HEADER;
}

/*
 * What hosts are told for the first time: not what is withdrawn already, and
 * not that a lifetime that is counted down has become shorter.
 */
static void news_of(const struct ra_msg *from, struct ra_msg *to)
{
	unsigned int i;

	*to = *from;
	memset(to->prefixes, 0, sizeof(to->prefixes));
	to->nprefixes = 0;
	for (i = 0; i < from->nprefixes; i++) {
		struct ra_prefix *p = &to->prefixes[to->nprefixes];

		*p = from->prefixes[i];
		if (p->countdown) {
			p->valid = p->valid > 0;
			p->preferred = p->preferred > 0;
		}
		to->nprefixes += p->valid > 0;
	}
	if (to->nprefixes < RA_MAX_PREFIXES)
		memset(&to->prefixes[to->nprefixes], 0,
		       sizeof(to->prefixes[0]));
	while (to->npref64 && !to->pref64[to->npref64 - 1].lifetime)
		memset(&to->pref64[--to->npref64], 0, sizeof(to->pref64[0]));
	while (to->nroutes && !to->routes[to->nroutes - 1].lifetime)
		memset(&to->routes[--to->nroutes], 0, sizeof(to->routes[0]));
	while (to->ndns && !to->dns[to->ndns - 1].lifetime)
		memset(&to->dns[--to->ndns], 0, sizeof(to->dns[0]));
	while (to->nsearch && !to->search[to->nsearch - 1].lifetime)
		memset(&to->search[--to->nsearch], 0, sizeof(to->search[0]));
}

bool advert_same(const struct ra_msg *a, const struct ra_msg *b)
{
	struct ra_msg x, y;

	news_of(a, &x);
	news_of(b, &y);
	return !memcmp(&x, &y, sizeof(x));
}

bool advert_counts(const struct conf_ra *conf)
{
	unsigned int i;

	for (i = 0; i < conf->nprefixes; i++)
		if (conf->prefixes[i].countdown)
			return true;
	return false;
}

void advert_finish(struct ra_msg *msg)
{
	unsigned int i;

	msg->router_lifetime = 0;
	for (i = 0; i < msg->npref64; i++)
		msg->pref64[i].lifetime = 0;
	for (i = 0; i < msg->nroutes; i++)
		msg->routes[i].lifetime = 0;
	for (i = 0; i < msg->ndns; i++)
		msg->dns[i].lifetime = 0;
	for (i = 0; i < msg->nsearch; i++)
		msg->search[i].lifetime = 0;
}
