/* SPDX-License-Identifier: GPL-2.0 */
/* Other routers on the link, and what they say that we do not. */
#ifndef PREF64D_OTHERS_H
#define PREF64D_OTHERS_H

#include "ra.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define OTHERS_TEXT_LEN 640
#define OTHERS_PREF64_LEN 256
#define OTHERS_MAX 16

/**
 * struct other - a router
 * @addr: its link-local address
 * @seen: when it was heard last, in milliseconds
 * @lifetime: its router lifetime
 * @known: its translation prefixes, as hosts hold them
 * @nknown: entries of @known
 * @until: when hosts have forgotten the last of them
 * @pref64: the same in words
 * @told: the disagreement that was told last, in words
 */
struct other {
	struct in6_addr addr;
	uint64_t seen;
	uint16_t lifetime;
	struct ra_pref64 known[RA_MAX_PREF64];
	unsigned int nknown;
	uint64_t until;
	char pref64[OTHERS_PREF64_LEN];
	char told[OTHERS_TEXT_LEN];
};

struct others;

struct others *others_new(void);
void others_free(struct others *o);

/**
 * struct others_news - an advertisement of another router
 * @src: its sender
 * @theirs: what it says
 * @ours: what we say
 * @now: clock in milliseconds
 * @text: result: where they disagree, in words
 */
struct others_news {
	const struct in6_addr *src;
	const struct ra_msg *theirs;
	const struct ra_msg *ours;
	uint64_t now;
	char text[OTHERS_TEXT_LEN];
};

/**
 * others_heard() - compare an advertisement with ours
 * @o: what was heard so far
 * @news: the advertisement
 *
 * Hosts are confused by routers that disagree: RFC 4861, section 6.2.7 for
 * what all advertisements have, RFC 8781, section 5.2 for PREF64. What a
 * router leaves open (a zero, a prefix that it does not name) is no
 * disagreement. Each change is told once, at most one in ten seconds.
 *
 * Return: true when @news->text is to be logged.
 */
bool others_heard(struct others *o, struct others_news *news);

/* The router heard after @r, the last heard one first; NULL at the end. */
const struct other *others_next(struct others *o, const struct other *r);

#endif
