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

/* The translation prefixes of a router. */
struct set {
	const struct ra_pref64 *p;
	unsigned int n;
};

static const struct ra_pref64 *find(const struct set *s,
				    const struct ra_pref64 *p)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (s->p[i].len == p->len &&
		    !memcmp(&s->p[i].addr, &p->addr, sizeof(p->addr)))
			return &s->p[i];
	return NULL;
}

/* Those that live, and those that are withdrawn but named in @by. */
static void describe(const struct set *s, const struct set *by, char *text)
{
	char addr[INET6_ADDRSTRLEN];
	size_t used = 0;
	unsigned int i;

	strcpy(text, "none");
	for (i = 0; i < s->n && used < OTHERS_PREF64_LEN; i++) {
		const struct ra_pref64 *p = &s->p[i];

		if (!p->lifetime && !find(by, p))
			continue;
		inet_ntop(AF_INET6, &p->addr, addr, sizeof(addr));
		used += (size_t)snprintf(text + used, OTHERS_PREF64_LEN - used,
					 "%s%s/%u%s", used ? ", " : "", addr,
					 p->len,
					 p->lifetime ? "" : " (withdrawn)");
	}
}

/*
 * RFC 8781, section 5.2: the sets of those that live and of those that are
 * withdrawn. What we withdraw is of our past, of which others need not know.
 */
static bool disagree(const struct set *theirs, const struct set *ours)
{
	const struct ra_pref64 *p;
	unsigned int i;

	for (i = 0; i < theirs->n; i++) {
		p = find(ours, &theirs->p[i]);
		if (!p || !p->lifetime != !theirs->p[i].lifetime)
			return true;
	}
	for (i = 0; i < ours->n; i++)
		if (ours->p[i].lifetime && !find(theirs, &ours->p[i]))
			return true;
	return false;
}

/*
 * A message without any does not tell that there are none: the options may be
 * too many for one (RFC 4861, section 6.2.3), and hosts hold what they have.
 */
static void take_pref64(struct other *r, const struct ra_msg *msg,
			uint64_t now)
{
	const struct set all = { r->known, msg->npref64 };
	unsigned int i;

	if (!msg->npref64 && now < r->until)
		return;
	r->until = now;
	r->nknown = msg->npref64;
	memcpy(r->known, msg->pref64, msg->npref64 * sizeof(r->known[0]));
	for (i = 0; i < r->nknown; i++)
		if (r->until < now + r->known[i].lifetime * 1000ull)
			r->until = now + r->known[i].lifetime * 1000ull;
	describe(&all, &all, r->pref64);
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

static void compare_pref64(const struct other *r, const struct ra_msg *msg,
			   char *text)
{
	const struct set theirs = { r->known, r->nknown };
	const struct set ours = { msg->pref64, msg->npref64 };
	char o[OTHERS_PREF64_LEN];

	if (!disagree(&theirs, &ours))
		return;
	describe(&ours, &theirs, o);
	add(text, "PREF64: theirs %s, ours %s", r->pref64, o);
}

static void compare(const struct other *r, struct others_news *news)
{
	news->text[0] = '\0';
	compare_pref64(r, news->ours, news->text);
	compare_numbers(news->theirs, news->ours, news->text);
	compare_prefixes(news->theirs, news->ours, news->text);
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
	take_pref64(r, news->theirs, news->now);
	compare(r, news);
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
