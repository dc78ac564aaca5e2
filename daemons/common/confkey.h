/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of the configuration file: names, values, what would be right. */
#ifndef NAT64D_CONFKEY_H
#define NAT64D_CONFKEY_H

#include <stdbool.h>

struct conf_network;

#define CONF_V6ONLY_WAIT_MIN 300	/* MIN_V6ONLY_WAIT, RFC 8925 3.4 */
#define CONF_V6ONLY_WAIT_WISE 86400
#define CONF_PREF64_LIFETIME_MAX 65528	/* 13 bits of 8 s, RFC 8781 4 */

enum conf_key {
	CONF_KEY_INTERFACE,
	CONF_KEY_INSTANCE,
	CONF_KEY_DHCP,
	CONF_KEY_V6ONLY_WAIT,
	CONF_KEY_SERVER_ID,
	CONF_KEY_STOP_AUTOCONF,
	CONF_KEY_NAK_WRONG_NET,
	CONF_KEY_RELAY,
	CONF_KEY_OFFER,
	CONF_KEY_SUBNET,
	CONF_KEY_POOL,
	CONF_KEY_HOST,
	CONF_KEY_LEASE_TIME,
	CONF_KEY_ROUTER,
	CONF_KEY_DNS4,
	CONF_KEY_NTP,
	CONF_KEY_DOMAIN,
	CONF_KEY_OPTION,
	CONF_KEY_RAPID_COMMIT,
	CONF_KEY_PROBE,
	CONF_KEY_ROLLOUT,
	CONF_KEY_OPT_OUT,
	CONF_KEY_TRANSLATOR,
	CONF_KEY_KNOWN_SERVER,
	CONF_KEY_RA,
	CONF_KEY_RA_INTERVAL,
	CONF_KEY_ROUTER_LIFETIME,
	CONF_KEY_PREFIX,
	CONF_KEY_ROUTE,
	CONF_KEY_DNS,
	CONF_KEY_SEARCH,
	CONF_KEY_DNS_LIFETIME,
	CONF_KEY_MANAGED,
	CONF_KEY_OTHER,
	CONF_KEY_HOP_LIMIT,
	CONF_KEY_REACHABLE,
	CONF_KEY_RETRANS,
	CONF_KEY_MTU,
	CONF_KEY_PREFERENCE,
	CONF_KEY_PREF64_LIFETIME,
	CONF_KEY_SOLICITED,
	CONF_KEY_CAPTIVE_PORTAL,
	CONF_KEY_RA_OPTION,
	CONF_KEY_RA_SOURCE,
	CONF_KEY_SIDECAR,
	CONF_KEY_WHEN_DOWN,
	CONF_KEY_IPV4_ROUTE,
	CONF_KEY_HEALTH_PROBE,
	CONF_KEYS
};

/* A network as it is before its section said anything. */
void confkey_defaults(struct conf_network *net);

/* Number of the key called @name (enum conf_key), -1 when there is none. */
int confkey_find(const char *name);

/* May the key stand more than once in a section? */
bool confkey_repeats(enum conf_key key);

/* What a value of the key looks like, for messages. */
const char *confkey_expect(enum conf_key key);

/* Names of all keys, for messages. */
const char *confkey_all(void);

/* Puts @value into @net; false when it is not a value of that key. */
bool confkey_set(enum conf_key key, const char *value,
		 struct conf_network *net);

/* May this be the name of a network or an instance? */
bool confkey_name(const char *name);

#endif
