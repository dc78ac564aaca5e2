// SPDX-License-Identifier: GPL-2.0
#include "confkey.h"

#include "conf.h"
#include "confra.h"
#include "confset.h"
#include "confval.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

bool confkey_name(const char *name)
{
	const char *p = name;

	for (; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return false;
	return p > name && p - name < CONF_NAME_LEN;
}

static bool set_interface(const struct key *k, const char *value, void *field)
{
	(void)k;
	if (!*value || strlen(value) >= IFNAMSIZ || strpbrk(value, "/: \t") ||
	    !strcmp(value, ".") || !strcmp(value, ".."))
		return false;
	strcpy(field, value);
	return true;
}

static bool set_name(const struct key *k, const char *value, void *field)
{
	(void)k;
	if (!confkey_name(value))
		return false;
	strcpy(field, value);
	return true;
}

bool confset_word(const struct choice *c, const char *word, uint32_t *out)
{
	for (; c->word; c++) {
		if (strcmp(c->word, word))
			continue;
		*out = c->value;
		return true;
	}
	return false;
}

static bool set_choice(const struct key *k, const char *value, void *field)
{
	return confset_word(k->choices, value, field);
}

static bool set_onoff(const struct key *k, const char *value, void *field)
{
	(void)k;
	return confval_onoff(value, field);
}

static bool set_number(const struct key *k, const char *value, void *field)
{
	return confval_number(value, k->lo, k->hi, field);
}

bool confset_duration(const struct key *k, const char *value, void *field)
{
	return confval_duration(value, k->lo, k->hi, field);
}

/* Such as RFC 2131 servers and relays have: no group, no broadcast. */
bool confset_host4(const char *word, struct in_addr *out)
{
	struct in_addr a;
	uint32_t h;

	if (!confval_addr4(word, &a))
		return false;
	h = ntohl(a.s_addr);
	if (!(h >> 24) || h >> 24 == 127 || h >> 28 >= 14)
		return false;
	*out = a;
	return true;
}

bool confset_hosts4(const char *value, struct in_addr *out, unsigned int *n)
{
	char word[WORD_LEN];
	int more;

	while ((more = confval_word(&value, word, sizeof(word))) > 0)
		if (*n == CONF_MAX_ADDRS4 || !confset_host4(word, &out[(*n)++]))
			return false;
	return !more && *n;
}

static bool set_server_id(const struct key *k, const char *value, void *field)
{
	(void)k;
	return confset_host4(value, field);
}

static bool set_relays(const struct key *k, const char *value, void *field)
{
	struct conf_dhcp *d = field;

	(void)k;
	return confset_hosts4(value, d->relays, &d->nrelays);
}

static bool set_interval(const struct key *k, const char *value, void *field)
{
	struct conf_ra *ra = field;
	char word[WORD_LEN];

	if (confval_word(&value, word, sizeof(word)) != 1 ||
	    !confval_duration(word, k->lo, k->hi, &ra->max_interval))
		return false;
	switch (confval_word(&value, word, sizeof(word))) {
	case 0:
		return true;
	case 1:
		return confval_duration(word, 3, ra->max_interval,
					&ra->min_interval) &&
		       !confval_word(&value, word, sizeof(word));
	default:
		return false;
	}
}

static bool set_ipv4_route(const struct key *k, const char *value, void *field)
{
	struct conf_health *h = field;

	(void)k;
	if (strcmp(value, "off"))
		return confset_host4(value, &h->route);
	h->route.s_addr = 0;
	return true;
}

static bool set_health_probe(const struct key *k, const char *value,
			     void *field)
{
	struct conf_health *h = field;
	char word[WORD_LEN];

	(void)k;
	if (confval_word(&value, word, sizeof(word)) != 1)
		return false;
	if (!strcmp(word, "off"))
		return !confval_word(&value, word, sizeof(word));
	if (!confset_host4(word, &h->probe))
		return false;
	switch (confval_word(&value, word, sizeof(word))) {
	case 0:
		return true;
	case 1:
		return confval_duration(word, 1, 3600, &h->probe_interval) &&
		       !confval_word(&value, word, sizeof(word));
	default:
		return false;
	}
}

static const struct choice dhcp_modes[] = {
	{ "off", CONF_DHCP_OFF },
	{ "v6only", CONF_DHCP_V6ONLY },
	{ "mostly", CONF_DHCP_MOSTLY },
	{ NULL, 0 },
};

static const struct choice offers[] = {
	{ "auto", CONF_OFFER_AUTO },
	{ "zero", CONF_OFFER_ZERO },
	{ "addr", CONF_OFFER_ADDR },
	{ NULL, 0 },
};

static const struct choice autoconf_modes[] = {
	{ "off", CONF_AUTOCONF_OFF },
	{ "on", CONF_AUTOCONF_CAPABLE },
	{ "all", CONF_AUTOCONF_ALL },
	{ NULL, 0 },
};

static const struct choice solicited[] = {
	{ "unicast", CONF_SOLICITED_UNICAST },
	{ "multicast", CONF_SOLICITED_MULTICAST },
	{ "auto", CONF_SOLICITED_AUTO },
	{ NULL, 0 },
};

static const struct choice places[] = {
	{ "here", 0 },
	{ "elsewhere", 1 },
	{ NULL, 0 },
};

#define NET(field) offsetof(struct conf_network, field)

static const struct key keys[CONF_KEYS] = {
	[CONF_KEY_INTERFACE] = { "interface", "the name of a network interface",
		set_interface, NET(interface) },
	[CONF_KEY_INSTANCE] = { "instance", "the name of a translator instance",
		set_name, NET(instance) },
	[CONF_KEY_DHCP] = { "dhcp", "v6only, mostly or off",
		set_choice, NET(dhcp.mode), .choices = dhcp_modes },
	[CONF_KEY_V6ONLY_WAIT] = { "v6only-wait",
		"a time of 300s to 4294967295s (RFC 8925, section 3.4)",
		confset_duration, NET(dhcp.v6only_wait),
		.lo = CONF_V6ONLY_WAIT_MIN, .hi = UINT32_MAX },
	[CONF_KEY_SERVER_ID] = { "server-id", "a unicast IPv4 address",
		set_server_id, NET(dhcp.server_id) },
	[CONF_KEY_STOP_AUTOCONF] = { "stop-autoconf", "on, off or all",
		set_choice, NET(dhcp.stop_autoconf),
		.choices = autoconf_modes },
	[CONF_KEY_NAK_WRONG_NET] = { "nak-wrong-net", "on or off",
		set_onoff, NET(dhcp.nak_wrong_net) },
	[CONF_KEY_RELAY] = { "relay",
		"one to eight unicast IPv4 addresses of relay agents",
		set_relays, NET(dhcp) },
	[CONF_KEY_OFFER] = { "offer", "auto, zero or addr",
		set_choice, NET(dhcp.offer), .choices = offers },
	[CONF_KEY_SUBNET] = { "subnet",
		"PREFIX/LENGTH of IPv4 (8 to 30 bits, none set past them, each once, at most 8)",
		confset_subnet, NET(dhcp), .repeats = true },
	[CONF_KEY_POOL] = { "pool",
		"FIRST-LAST: two IPv4 addresses in order (at most 16 such ranges, each address once, 65536 in all)",
		confset_pool, NET(dhcp), .repeats = true },
	[CONF_KEY_HOST] = { "host",
		"HARDWARE-ADDRESS or id:HEX, then an IPv4 address (each once, at most 256)",
		confset_host, NET(dhcp), .repeats = true },
	[CONF_KEY_LEASE_TIME] = { "lease-time", "a time of 60s to 365d",
		confset_duration, NET(dhcp.lease_time),
		.lo = 60, .hi = 365 * 86400 },
	[CONF_KEY_ROUTER] = { "router",
		"one to eight unicast IPv4 addresses of routers",
		confset_routers, NET(dhcp) },
	[CONF_KEY_DNS4] = { "dns4",
		"one to eight unicast IPv4 addresses of name servers",
		confset_option_addrs, NET(dhcp), .lo = 6 },
	[CONF_KEY_NTP] = { "ntp",
		"one to eight unicast IPv4 addresses of time servers",
		confset_option_addrs, NET(dhcp), .lo = 42 },
	[CONF_KEY_DOMAIN] = { "domain", "a domain name",
		confset_domain, NET(dhcp) },
	[CONF_KEY_OPTION] = { "option",
		"CODE (1 to 254, none that the server sets itself, each once), then text TEXT, hex DIGITS, ip ADDRESS..., u8 N, u16 N or u32 N",
		confset_option, NET(dhcp), .repeats = true },
	[CONF_KEY_RAPID_COMMIT] = { "rapid-commit", "on or off",
		set_onoff, NET(dhcp.rapid_commit) },
	[CONF_KEY_PROBE] = { "probe", "on or off",
		set_onoff, NET(dhcp.probe) },
	[CONF_KEY_ROLLOUT] = { "rollout", "a percentage from 0 to 100",
		set_number, NET(dhcp.rollout), .hi = 100 },
	[CONF_KEY_OPT_OUT] = { "opt-out",
		"one to 64 of: HARDWARE-ADDRESS, its first bytes, class:VENDOR-CLASS, class:\"VENDOR CLASS\"",
		confset_opt_out, NET(dhcp), .repeats = true },
	[CONF_KEY_TRANSLATOR] = { "translator", "here or elsewhere",
		set_choice, NET(dhcp.elsewhere), .choices = places },
	[CONF_KEY_KNOWN_SERVER] = { "known-server",
		"one to eight unicast IPv4 addresses of DHCP servers",
		confset_servers, NET(dhcp) },
	[CONF_KEY_RA] = { "ra", "on or off", set_onoff, NET(ra.on) },
	[CONF_KEY_RA_INTERVAL] = { "ra-interval",
		"MAX [MIN]: a longest time of 4s to 65535s between advertisements, then a shortest of 3s or more",
		set_interval, NET(ra), .lo = 4, .hi = UINT16_MAX },
	[CONF_KEY_ROUTER_LIFETIME] = { "router-lifetime",
		"a time of 0s to 65535s", confset_duration,
		NET(ra.router_lifetime), .hi = UINT16_MAX },
	[CONF_KEY_PREFIX] = { "prefix",
		"none, or auto or PREFIX/LENGTH (global, no bits past the length, each once, at most 16) with [VALID [PREFERRED]] lifetimes and [off-link] [no-autonomous] [countdown]",
		confra_prefix, NET(ra), .repeats = true },
	[CONF_KEY_ROUTE] = { "route",
		"PREFIX/LENGTH (no bits past the length, each once, at most 16) with [LIFETIME [high|medium|low]]",
		confra_route, NET(ra), .repeats = true },
	[CONF_KEY_DNS] = { "dns",
		"one to eight unicast IPv6 addresses of name servers",
		confra_dns, NET(ra) },
	[CONF_KEY_SEARCH] = { "search", "one to eight domain names",
		confra_search, NET(ra) },
	[CONF_KEY_DNS_LIFETIME] = { "dns-lifetime", "a time or infinite",
		confset_duration, NET(ra.dns_lifetime), .hi = UINT32_MAX },
	[CONF_KEY_MANAGED] = { "managed", "on or off",
		set_onoff, NET(ra.managed) },
	[CONF_KEY_OTHER] = { "other-config", "on or off",
		set_onoff, NET(ra.other) },
	[CONF_KEY_HOP_LIMIT] = { "hop-limit", "a number from 0 to 255",
		set_number, NET(ra.hop_limit), .hi = 255 },
	[CONF_KEY_REACHABLE] = { "reachable-time",
		"milliseconds from 0 to 3600000", set_number,
		NET(ra.reachable), .hi = 3600000 },
	[CONF_KEY_RETRANS] = { "retrans-timer",
		"milliseconds from 0 to 4294967295", set_number,
		NET(ra.retrans), .hi = UINT32_MAX },
	[CONF_KEY_MTU] = { "mtu", "bytes from 1280 to 65535",
		set_number, NET(ra.mtu), .lo = 1280, .hi = 65535 },
	[CONF_KEY_PREFERENCE] = { "preference", "high, medium or low",
		set_choice, NET(ra.preference), .choices = confra_preferences },
	[CONF_KEY_PREF64_LIFETIME] = { "pref64-lifetime",
		"a time of 8s to 65528s (RFC 8781, section 4)", confset_duration,
		NET(ra.pref64_lifetime), .lo = 8,
		.hi = CONF_PREF64_LIFETIME_MAX },
	[CONF_KEY_SOLICITED] = { "solicited", "unicast, multicast or auto",
		set_choice, NET(ra.solicited), .choices = solicited },
	[CONF_KEY_CAPTIVE_PORTAL] = { "captive-portal",
		"a URI, or none to tell that there is no portal (RFC 8910)",
		confra_portal, NET(ra) },
	[CONF_KEY_RA_OPTION] = { "ra-option",
		"TYPE (1 to 255, none that pref64d knows itself, at most 8 of them) and its bytes as hexadecimal digits",
		confra_option, NET(ra), .repeats = true },
	[CONF_KEY_RA_SOURCE] = { "ra-source", "a link-local IPv6 address",
		confra_source, NET(ra) },
	[CONF_KEY_SIDECAR] = { "sidecar", "on or off",
		set_onoff, NET(ra.sidecar) },
	[CONF_KEY_WHEN_DOWN] = { "when-down",
		"stay or leave (as default router)",
		confra_when_down, NET(ra) },
	[CONF_KEY_IPV4_ROUTE] = { "ipv4-route",
		"off or a unicast IPv4 address", set_ipv4_route,
		NET(health) },
	[CONF_KEY_HEALTH_PROBE] = { "health-probe",
		"off, or a unicast IPv4 address and a time of 1s to 1h between two probes",
		set_health_probe, NET(health) },
};

void confkey_defaults(struct conf_network *net)
{
	memset(net, 0, sizeof(*net));
	strcpy(net->instance, "default");
	net->dhcp.v6only_wait = 1800;
	net->dhcp.stop_autoconf = CONF_AUTOCONF_CAPABLE;
	net->dhcp.lease_time = 3600;
	net->dhcp.probe = true;
	net->dhcp.rollout = 100;
	net->ra.max_interval = 600;
	net->ra.min_interval = CONF_AUTO;
	net->ra.router_lifetime = CONF_AUTO;
	net->ra.pref64_lifetime = CONF_AUTO;
	net->ra.dns_lifetime = CONF_AUTO;
	net->ra.hop_limit = 64;
	/* A root server: whoever has the IPv4 Internet has a route to it. */
	net->health.route.s_addr = htonl(0xc6290004);
	net->health.probe_interval = 5;
	/* Taken when the section names no prefix: follow the interface. */
	net->ra.prefixes[0].valid = 2592000;
	net->ra.prefixes[0].preferred = 604800;
}

int confkey_find(const char *name)
{
	int i;

	for (i = 0; i < CONF_KEYS; i++)
		if (!strcmp(keys[i].name, name))
			return i;
	return -1;
}

bool confkey_repeats(enum conf_key key)
{
	return keys[key].repeats;
}

const char *confkey_expect(enum conf_key key)
{
	return keys[key].expect;
}

const char *confkey_all(void)
{
	static char all[CONF_KEYS * 24];
	size_t used = 0;
	int i;

	if (all[0])
		return all;
	for (i = 0; i < CONF_KEYS && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used,
					 "%s%s", i ? " " : "", keys[i].name);
	return all;
}

bool confkey_set(enum conf_key key, const char *value,
		 struct conf_network *net)
{
	const struct key *k = &keys[key];

	return k->set(k, value, (char *)net + k->off);
}
