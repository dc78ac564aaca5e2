/* SPDX-License-Identifier: GPL-2.0 */
/* The host's interfaces and addresses, kept up to date by rtnetlink. */
#ifndef NAT64D_LINKS_H
#define NAT64D_LINKS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define LINKS_MAC_LEN 32	/* MAX_ADDR_LEN of the kernel */

struct event_base;
struct links;

/**
 * struct link_info - an interface as it is now
 * @ifindex: its number
 * @up: administratively up and with a carrier
 * @arptype: hardware type, ARPHRD_*
 * @mtu: in bytes
 * @mac: link-layer address
 * @mac_len: bytes of @mac
 */
struct link_info {
	int ifindex;
	bool up;
	unsigned int arptype;
	unsigned int mtu;
	uint8_t mac[LINKS_MAC_LEN];
	uint8_t mac_len;
};

struct links_addr4 {
	struct in_addr addr;
	uint8_t len;
};

struct links_prefix6 {
	struct in6_addr addr;	/* host bits zeroed */
	uint8_t len;
	uint32_t valid;		/* seconds, UINT32_MAX: for ever */
	uint32_t preferred;
};

/**
 * links_open() - begin to follow interfaces and addresses
 * @base: event loop
 * @changed: called from the loop after changes, once for a batch of them
 * @ctx: for @changed
 * @result: the follower
 *
 * Return: 0 or -errno.
 */
int links_open(struct event_base *base, void (*changed)(void *ctx), void *ctx,
	       struct links **result);
void links_close(struct links *l);

/* The interface called @name; false when there is none. */
bool links_find(struct links *l, const char *name, struct link_info *out);

/* IPv6 forwarding of the interface; unknown counts as off. */
bool links_forwards6(struct links *l, int ifindex);

/*
 * A usable (not tentative) link-local address of the interface: the one that
 * is in @addr already, if the interface has it, else any.
 */
bool links_linklocal(struct links *l, int ifindex, struct in6_addr *addr);

/* Does the interface have the address, usable? 0: any interface. */
bool links_has6(struct links *l, int ifindex, const struct in6_addr *addr);

/* Does the host have the address, on any interface? */
bool links_has4(struct links *l, struct in_addr addr);

/* IPv4 addresses of the interface; returns how many of at most @max. */
unsigned int links_addrs4(struct links *l, int ifindex,
			  struct links_addr4 *out, unsigned int max);

/*
 * Global on-link prefixes of the interface, each once, sorted; returns how
 * many of at most @max. Their lifetimes are those at some time in the past;
 * links_lifetimes6() asks for what is left of them now.
 */
unsigned int links_prefixes6(struct links *l, int ifindex,
			     struct links_prefix6 *out, unsigned int max);
void links_lifetimes6(int ifindex, struct links_prefix6 *prefixes,
		      unsigned int count);

#endif
