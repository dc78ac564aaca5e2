/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration that both daemons read: an INI file with one section
 * [network NAME] for each access network.
 */
#ifndef NAT64D_CONF_H
#define NAT64D_CONF_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CONF_PATH "/etc/nat64/access.conf"

#define CONF_LINE_LEN 4000	/* bytes of a line */

#define CONF_INFINITE UINT32_MAX	/* a lifetime without end */
#define CONF_AUTO (UINT32_MAX - 1)	/* take what follows from the rest */

#define CONF_MAX_ADDRS4 8
#define CONF_MAX_RELAYS CONF_MAX_ADDRS4
#define CONF_MAX_SUBNETS 8
#define CONF_MAX_POOLS 16
#define CONF_MAX_LEASES 65536
#define CONF_MAX_HOSTS 256
#define CONF_MAX_OPTIONS 32
#define CONF_MAX_OPT_OUTS 64
#define CONF_HOST_KEY_LEN 64
#define CONF_OPTION_LEN 255
#define CONF_MAX_PREFIXES 16
#define CONF_MAX_ROUTES 16
#define CONF_MAX_DNS 8
#define CONF_MAX_SEARCH 8
#define CONF_NAME_LEN 32
#define CONF_DOMAIN_LEN 254
#define CONF_URI_LEN 256
#define CONF_MAX_RA_OPTIONS 8
#define CONF_RA_OPTION_LEN 94

enum conf_dhcp_mode {
	CONF_DHCP_OFF,
	CONF_DHCP_V6ONLY,
	CONF_DHCP_MOSTLY,	/* a lease for those who need IPv4 */
};

/* What the offer to a client that does without IPv4 looks like. */
enum conf_offer {
	CONF_OFFER_AUTO,	/* none first, one to a client that comes back */
	CONF_OFFER_ZERO,	/* no address */
	CONF_OFFER_ADDR,	/* an address that is not kept for it */
};

/* Who is told by option 116 not to make up a link-local IPv4 address. */
enum conf_stop_autoconf {
	CONF_AUTOCONF_OFF,
	CONF_AUTOCONF_CAPABLE,	/* clients that get option 108 */
	CONF_AUTOCONF_ALL,	/* those without option 108 as well */
};

struct conf_subnet {
	struct in_addr addr;	/* host bits are zero */
	uint8_t len;
};

/* Addresses to lease, both ends included; host byte order. */
struct conf_pool {
	uint32_t first;
	uint32_t last;
};

/**
 * struct conf_host - an address kept for one client
 * @key: its hardware address or client identifier
 * @len: bytes of @key
 * @by_id: @key is a client identifier
 * @addr: its address
 */
struct conf_host {
	uint8_t key[CONF_HOST_KEY_LEN];
	uint8_t len;
	bool by_id;
	struct in_addr addr;
};

struct conf_option {
	uint8_t code;
	uint8_t len;
	uint8_t data[CONF_OPTION_LEN];
};

/**
 * struct conf_opt_out - clients that are not to do without IPv4
 * @mac: how their hardware addresses begin
 * @len: bytes of @mac, 0 for a vendor class
 * @vendor: their vendor class
 */
struct conf_opt_out {
	uint8_t mac[6];
	uint8_t len;
	char vendor[64];
};

/**
 * struct conf_dhcp - what dhcp108d does on a network
 * @mode: kind of service
 * @offer: enum conf_offer
 * @v6only_wait: V6ONLY_WAIT in seconds
 * @server_id: server identifier; 0: chosen by the daemon
 * @stop_autoconf: who gets option 116
 * @nak_wrong_net: refuse addresses of other networks to legacy clients
 * @relays: relay agents that are listened to
 * @nrelays: entries of @relays
 * @remote: behind relays only: another section has the interface itself
 * @shared: another section has the same interface
 * @subnets: IPv4 subnets that share the link
 * @nsubnets: entries of @subnets
 * @pools: addresses to lease
 * @npools: entries of @pools
 * @hosts: addresses kept for clients
 * @nhosts: entries of @hosts
 * @lease_time: of a lease, in seconds
 * @routers: each for the clients of the subnet it is in
 * @nrouters: entries of @routers
 * @options: for clients that ask for them, each code once
 * @noptions: entries of @options
 * @rapid_commit: two messages are enough for those who want it (RFC 4039)
 * @probe: look by ARP whether an address is in use before it is offered
 * @rollout: percentage of clients that may be told to do without IPv4
 * @opt_outs: clients that may not
 * @nopt_outs: entries of @opt_outs
 * @elsewhere: another machine translates, which can not be watched
 * @servers: other DHCP servers that belong here
 * @nservers: entries of @servers
 */
struct conf_dhcp {
	uint32_t mode;
	uint32_t offer;
	uint32_t v6only_wait;
	struct in_addr server_id;
	uint32_t stop_autoconf;
	bool nak_wrong_net;
	struct in_addr relays[CONF_MAX_RELAYS];
	unsigned int nrelays;
	bool remote;
	bool shared;
	struct conf_subnet subnets[CONF_MAX_SUBNETS];
	unsigned int nsubnets;
	struct conf_pool pools[CONF_MAX_POOLS];
	unsigned int npools;
	struct conf_host hosts[CONF_MAX_HOSTS];
	unsigned int nhosts;
	uint32_t lease_time;
	struct in_addr routers[CONF_MAX_ADDRS4];
	unsigned int nrouters;
	struct conf_option options[CONF_MAX_OPTIONS];
	unsigned int noptions;
	bool rapid_commit;
	bool probe;
	uint32_t rollout;
	struct conf_opt_out opt_outs[CONF_MAX_OPT_OUTS];
	unsigned int nopt_outs;
	uint32_t elsewhere;
	struct in_addr servers[CONF_MAX_ADDRS4];
	unsigned int nservers;
};

/**
 * struct conf_prefix - an on-link prefix to advertise
 * @addr: prefix, host bits are zero; unspecified: those of the interface
 * @len: its length, 0 with an unspecified @addr
 * @valid: valid lifetime in seconds
 * @preferred: preferred lifetime in seconds
 * @offlink: L flag off: hosts send to the router what is for the prefix
 * @noauto: A flag off: hosts make no addresses of it
 * @countdown: the lifetimes end at a time instead of being renewed
 */
struct conf_prefix {
	struct in6_addr addr;
	uint8_t len;
	uint32_t valid;
	uint32_t preferred;
	bool offlink;
	bool noauto;
	bool countdown;
};

/* An option of advertisements that is given by its bytes. */
struct conf_ra_option {
	uint8_t type;
	uint8_t len;
	uint8_t data[CONF_RA_OPTION_LEN];
};

/* How hosts that ask are answered. */
enum conf_solicited {
	CONF_SOLICITED_UNICAST,
	CONF_SOLICITED_MULTICAST,
	CONF_SOLICITED_AUTO,	/* to the host if it tells its hardware address */
};

/**
 * struct conf_health - what the translator needs to serve clients
 * @route: an address to which there must be an IPv4 route; 0: need not
 * @probe: an address that must answer through the translator; 0: need not
 * @probe_interval: seconds between two questions
 */
struct conf_health {
	struct in_addr route;
	struct in_addr probe;
	uint32_t probe_interval;
};

/* Default router preference, in the encoding of RFC 4191, section 2.1. */
enum conf_preference {
	CONF_PREF_MEDIUM = 0,
	CONF_PREF_HIGH = 1,
	CONF_PREF_LOW = 3,
};

/**
 * struct conf_route - a more specific route to advertise
 * @addr: prefix, host bits are zero
 * @len: its length
 * @preference: enum conf_preference
 * @lifetime: seconds, or CONF_AUTO
 */
struct conf_route {
	struct in6_addr addr;
	uint8_t len;
	uint8_t preference;
	uint32_t lifetime;
};

/**
 * struct conf_ra - what pref64d does on a network
 * @on: advertise at all (RFC 4861: the default is not to)
 * @max_interval: MaxRtrAdvInterval in seconds
 * @min_interval: MinRtrAdvInterval in seconds
 * @router_lifetime: AdvDefaultLifetime in seconds
 * @pref64_lifetime: lifetime of PREF64 options in seconds
 * @dns_lifetime: lifetime of RDNSS and DNSSL options in seconds
 * @managed: M flag
 * @other: O flag
 * @hop_limit: AdvCurHopLimit
 * @reachable: AdvReachableTime in milliseconds
 * @retrans: AdvRetransTimer in milliseconds
 * @mtu: AdvLinkMTU in bytes, 0: option left out
 * @preference: enum conf_preference
 * @prefixes: on-link prefixes
 * @routes: more specific routes
 * @dns: recursive name servers
 * @search: domains to search
 * @captive_portal: URI of RFC 8910, empty: option left out
 * @options: further options
 * @solicited: enum conf_solicited
 * @sidecar: not the default router of the hosts, but their way to IPv4
 * @leave: no default router while the translator cannot serve
 * @source: link-local address to advertise from, as long as the interface
 *	    has it; unspecified: any
 *
 * Every lifetime is resolved: CONF_AUTO does not leave conf_read().
 */
struct conf_ra {
	bool on;
	uint32_t max_interval;
	uint32_t min_interval;
	uint32_t router_lifetime;
	uint32_t pref64_lifetime;
	uint32_t dns_lifetime;
	bool managed;
	bool other;
	uint32_t hop_limit;
	uint32_t reachable;
	uint32_t retrans;
	uint32_t mtu;
	uint32_t preference;
	struct conf_prefix prefixes[CONF_MAX_PREFIXES];
	unsigned int nprefixes;
	bool no_prefixes;
	struct conf_route routes[CONF_MAX_ROUTES];
	unsigned int nroutes;
	struct in6_addr dns[CONF_MAX_DNS];
	unsigned int ndns;
	char search[CONF_MAX_SEARCH][CONF_DOMAIN_LEN];
	unsigned int nsearch;
	char captive_portal[CONF_URI_LEN];
	struct conf_ra_option options[CONF_MAX_RA_OPTIONS];
	unsigned int noptions;
	uint32_t solicited;
	bool sidecar;
	bool leave;
	struct in6_addr source;
};

/**
 * struct conf_network - one section
 * @name: of the section
 * @interface: of the access network
 * @instance: translator that serves it
 * @line: where the section begins
 * @health: when the translator counts as able to serve
 */
struct conf_network {
	char name[CONF_NAME_LEN];
	char interface[IFNAMSIZ];
	char instance[CONF_NAME_LEN];
	unsigned int line;
	struct conf_health health;
	struct conf_dhcp dhcp;
	struct conf_ra ra;
};

/**
 * struct conf - a configuration
 * @nets: the networks, in the file's order
 * @count: entries of @nets
 */
struct conf {
	struct conf_network *nets;
	unsigned int count;
};

/**
 * conf_read() - read and check a configuration
 * @in: text
 * @name: name of the file, for messages
 * @c: result; empty after a failure
 * @report: gets one line "FILE:LINE: ..." for each error, and lines with
 *	    "warning:" for what is allowed but unwise
 *
 * Return: number of errors, 0 when @c can be used.
 */
unsigned int conf_read(FILE *in, const char *name, struct conf *c,
		       FILE *report);

/**
 * conf_load() - read a file, reporting to the log
 * @path: of the file
 * @c: result; empty after a failure
 *
 * Return: 0, -errno when the file cannot be read, -EINVAL when it is wrong.
 */
int conf_load(const char *path, struct conf *c);

void conf_free(struct conf *c);

#endif
