/* SPDX-License-Identifier: GPL-2.0 */
/* Other routers on the link that advertise other translation prefixes. */
#ifndef PREF64D_OTHERS_H
#define PREF64D_OTHERS_H

#include "ra.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define OTHERS_TEXT_LEN 256
#define OTHERS_MAX 16

struct others;

struct others *others_new(void);
void others_free(struct others *o);

/**
 * struct others_news - an advertisement of another router
 * @src: its sender
 * @theirs: what it says
 * @ours: what we say
 * @now: clock in milliseconds
 * @text: result: their prefixes in words
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
 * RFC 8781, section 5.2: hosts are confused by routers that disagree. Each
 * change of a router's prefixes is told once, at most one in ten seconds.
 *
 * Return: true when @news->text is to be logged.
 */
bool others_heard(struct others *o, struct others_news *news);

/* The PREF64 options of @msg in words, OTHERS_TEXT_LEN bytes. */
void others_describe(const struct ra_msg *msg, char *text);

#endif
