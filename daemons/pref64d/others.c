// SPDX-License-Identifier: GPL-2.0
#include "others.h"

#include "../common/keytab.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_INTERVAL_MS 10000

struct others {
	struct keytab *routers;
	uint64_t quiet_until;
};

struct others *others_new(void)
{
	struct others *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->routers = keytab_new(sizeof(struct other), OTHERS_MAX, NULL, NULL);
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

static void describe(const struct ra_msg *msg, char *text)
{
	char addr[INET6_ADDRSTRLEN];
	size_t used = 0;
	unsigned int i;

	strcpy(text, "none");
	for (i = 0; i < msg->npref64 && used < OTHERS_PREF64_LEN; i++) {
		const struct ra_pref64 *p = &msg->pref64[i];

		inet_ntop(AF_INET6, &p->addr, addr, sizeof(addr));
		used += (size_t)snprintf(text + used, OTHERS_PREF64_LEN - used,
					 "%s%s/%u%s", i ? ", " : "", addr,
					 p->len,
					 p->lifetime ? "" : " (withdrawn)");
	}
}

__attribute__((format(printf, 2, 3)))
static void add(char *text, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	if (used && used < OTHERS_TEXT_LEN - 3) {
		strcpy(text + used, "; ");
		used += 2;
	}
	va_start(ap, fmt);
	vsnprintf(text + used, OTHERS_TEXT_LEN - used, fmt, ap);
	va_end(ap);
}

/* Numbers that both name, in the order of RFC 4861, section 6.2.7. */
static void compare_numbers(const struct ra_msg *t, const struct ra_msg *o,
			    char *text)
{
	const struct {
		const char *name;
		uint32_t theirs;
		uint32_t ours;
	} numbers[] = {
		{ "hop limit", t->hop_limit, o->hop_limit },
		{ "reachable time", t->reachable, o->reachable },
		{ "retrans timer", t->retrans, o->retrans },
		{ "MTU", t->mtu, o->mtu },
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].theirs && numbers[i].ours &&
		    numbers[i].theirs != numbers[i].ours)
			add(text, "%s: theirs %u, ours %u", numbers[i].name,
			    numbers[i].theirs, numbers[i].ours);
	if (t->managed != o->managed)
		add(text, "managed: theirs %d, ours %d", t->managed,
		    o->managed);
	if (t->other != o->other)
		add(text, "other-config: theirs %d, ours %d", t->other,
		    o->other);
}

static void compare_prefix(const struct ra_prefix *t,
			   const struct ra_prefix *o, char *text)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &t->addr, addr, sizeof(addr));
	if (!o->countdown &&
	    (t->valid != o->valid || t->preferred != o->preferred))
		add(text, "lifetimes of %s/%u: theirs %u %u, ours %u %u", addr,
		    t->len, t->valid, t->preferred, o->valid, o->preferred);
	if (t->autonomous != o->autonomous || t->onlink != o->onlink)
		add(text, "flags of %s/%u: theirs %s%s, ours %s%s", addr,
		    t->len, t->onlink ? "L" : "", t->autonomous ? "A" : "",
		    o->onlink ? "L" : "", o->autonomous ? "A" : "");
}

static void compare_prefixes(const struct ra_msg *theirs,
			     const struct ra_msg *ours, char *text)
{
	unsigned int i, k;

	for (i = 0; i < theirs->nprefixes; i++)
		for (k = 0; k < ours->nprefixes; k++) {
			const struct ra_prefix *t = &theirs->prefixes[i];
			const struct ra_prefix *o = &ours->prefixes[k];

			if (t->len == o->len &&
			    !memcmp(&t->addr, &o->addr, sizeof(t->addr)))
				compare_prefix(t, o, text);
		}
}

static void compare(const struct others_news *news, const char *pref64,
		    char *text)
{
	char ours[OTHERS_PREF64_LEN];

	text[0] = '\0';
	describe(news->ours, ours);
	if (strcmp(ours, pref64))
		add(text, "PREF64: theirs %s, ours %s", pref64, ours);
	compare_numbers(news->theirs, news->ours, text);
	compare_prefixes(news->theirs, news->ours, text);
}

bool others_heard(struct others *o, struct others_news *news)
{
	struct other *r;
	bool made;

	news->text[0] = '\0';
	r = keytab_get(o->routers, news->src, sizeof(*news->src), &made);
	if (!r)
		return false;
	r->addr = *news->src;
	r->seen = news->now;
	r->lifetime = news->theirs->router_lifetime;
	describe(news->theirs, r->pref64);
	compare(news, r->pref64, news->text);
	if (!strcmp(r->told, news->text) ||
	    (news->text[0] && news->now < o->quiet_until))
		return false;
	strcpy(r->told, news->text);
	if (!news->text[0])
		return false;
	o->quiet_until = news->now + TELL_INTERVAL_MS;
	return true;
}

const struct other *others_next(struct others *o, const struct other *r)
{
	return keytab_next(o->routers, (void *)r);
}
