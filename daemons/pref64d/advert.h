/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an advertisement says, from configuration, interface and translator.
 * Pure: the caller brings the time.
 */
#ifndef PREF64D_ADVERT_H
#define PREF64D_ADVERT_H

#include "past.h"
#include "ra.h"

#include "../common/conf.h"
#include "../common/links.h"
#include "../common/xlat.h"

#include <stdbool.h>
#include <stdint.h>

#define ADVERT_MAX_ONLINK 16

/**
 * struct advert_pref64 - translation prefixes of a network
 * @live: those that translate, most wanted first
 * @nlive: entries of @live
 */
struct advert_pref64 {
	struct xlat_prefix live[XLAT_MAX_PREFIXES];
	unsigned int nlive;
};

/**
 * advert_pref64_set() - take the prefixes that translate now
 * @p: prefixes
 * @live: those that translate, most wanted first; RFC 8781 has no code for
 *	  other lengths than RFC 6052's, which are left out
 * @count: entries of @live
 */
void advert_pref64_set(struct advert_pref64 *p, const struct xlat_prefix *live,
		       unsigned int count);

/**
 * struct advert_input - what an advertisement is made of
 * @conf: configuration of the network
 * @link: its interface
 * @router: be a default router, as far as the configuration says so
 * @age: seconds since the configuration was taken
 * @onlink: prefixes of the interface's addresses
 * @nonlink: entries of @onlink
 * @pref64: translation prefixes
 * @past: what was advertised before, if it is known
 */
struct advert_input {
	const struct conf_ra *conf;
	const struct link_info *link;
	bool router;
	uint64_t age;
	struct links_prefix6 onlink[ADVERT_MAX_ONLINK];
	unsigned int nonlink;
	const struct advert_pref64 *pref64;
	const struct past *past;
};

/**
 * advert_make() - make an advertisement
 * @in: what of
 * @msg: result; equal inputs give equal bytes
 *
 * past_take() adds what is withdrawn.
 */
void advert_make(const struct advert_input *in, struct ra_msg *msg);

/*
 * How large its messages may be, in bytes of ICMPv6: the MTU of the link for
 * hosts is the one that they are told (RFC 4861, sections 6.3.4 and 9).
 */
size_t advert_room(const struct ra_msg *msg, unsigned int link_mtu);

/*
 * Do they say the same to hosts? It is no news that what was withdrawn is not
 * mentioned any more, and lifetimes that are counted down are none until they
 * end.
 */
bool advert_same(const struct ra_msg *a, const struct ra_msg *b);

/* Does it have lifetimes that are counted down? */
bool advert_counts(const struct conf_ra *conf);

/* Turns an advertisement into the last one: RFC 4861, section 6.2.5. */
void advert_finish(struct ra_msg *msg);

#endif
