// SPDX-License-Identifier: GPL-2.0
#include "others.h"

#include "../common/keytab.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_INTERVAL_MS 10000

struct others {
	struct keytab *routers;		/* their prefixes in words */
	uint64_t quiet_until;
};

struct others *others_new(void)
{
	struct others *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->routers = keytab_new(OTHERS_TEXT_LEN, OTHERS_MAX, NULL, NULL);
	if (!o->routers) {
		free(o);
		return NULL;
	}
	return o;
}

void others_free(struct others *o)
{
	if (!o)
		return;
	keytab_free(o->routers);
	free(o);
}

void others_describe(const struct ra_msg *msg, char *text)
{
	char addr[INET6_ADDRSTRLEN];
	size_t used = 0;
	unsigned int i;

	strcpy(text, "none");
	for (i = 0; i < msg->npref64 && used < OTHERS_TEXT_LEN; i++) {
		const struct ra_pref64 *p = &msg->pref64[i];

		inet_ntop(AF_INET6, &p->addr, addr, sizeof(addr));
		used += (size_t)snprintf(text + used, OTHERS_TEXT_LEN - used,
					 "%s%s/%u%s", i ? ", " : "", addr,
					 p->len,
					 p->lifetime ? "" : " (withdrawn)");
	}
}

bool others_heard(struct others *o, struct others_news *news)
{
	char ours[OTHERS_TEXT_LEN];
	char *known;
	bool made;

	others_describe(news->theirs, news->text);
	others_describe(news->ours, ours);
	known = keytab_get(o->routers, news->src, sizeof(*news->src), &made);
	if (!known || !strcmp(known, news->text) ||
	    news->now < o->quiet_until)
		return false;
	strcpy(known, news->text);
	if (!strcmp(ours, news->text))
		return false;
	o->quiet_until = news->now + TELL_INTERVAL_MS;
	return true;
}
