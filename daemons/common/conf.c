// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include "confdhcp.h"
#include "confkey.h"
#include "log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_WORD "network"

/**
 * struct reader - a file being read
 * @in: text
 * @report: gets the messages
 * @name: of the file
 * @line: current line
 * @errors: so far
 * @conf: networks read so far; the last one is being filled
 * @skip: in a section that is wrong itself: its keys are not judged
 * @value: of a line that is too long for inih, else NULL
 * @seen: lines of the current section's keys, 0 for absent ones
 * @pools: lines of its pools
 * @hosts: lines of its hosts
 * @text: buffer of getline()
 * @cap: its size
 */
struct reader {
	FILE *in;
	FILE *report;
	const char *name;
	unsigned int line;
	unsigned int errors;
	struct conf *conf;
	bool skip;
	const char *value;
	unsigned int seen[CONF_KEYS];
	unsigned int pools[CONF_MAX_POOLS];
	unsigned int hosts[CONF_MAX_HOSTS];
	char *text;
	size_t cap;
};

__attribute__((format(printf, 3, 4)))
static void error_at(struct reader *r, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	r->errors++;
	fprintf(r->report, "%s:%u: ", r->name, line);
	va_start(ap, fmt);
	vfprintf(r->report, fmt, ap);
	va_end(ap);
	fputc('\n', r->report);
}

static struct conf_network *current(struct reader *r)
{
	return r->conf->count ? &r->conf->nets[r->conf->count - 1] : NULL;
}

/* Line to blame for a key: its own, or the section's when it is absent. */
static unsigned int line_of(const struct reader *r, enum conf_key key,
			    const struct conf_network *net)
{
	return r->seen[key] ? r->seen[key] : net->line;
}

/* The same for a key that repeats, of which the @which-th is to blame. */
static unsigned int line_of_nth(const struct reader *r, enum conf_key key,
				unsigned int which,
				const struct conf_network *net)
{
	if (key == CONF_KEY_POOL && which < net->dhcp.npools)
		return r->pools[which];
	if (key == CONF_KEY_HOST && which < net->dhcp.nhosts)
		return r->hosts[which];
	return line_of(r, key, net);
}

/* A value was taken. */
static void note_nth(struct reader *r, enum conf_key key,
		     const struct conf_network *net)
{
	if (key == CONF_KEY_POOL)
		r->pools[net->dhcp.npools - 1] = r->line;
	if (key == CONF_KEY_HOST)
		r->hosts[net->dhcp.nhosts - 1] = r->line;
}

static void check_interface(struct reader *r, const struct conf_network *net)
{
	const struct conf_network *other = r->conf->nets;

	if (!net->interface[0]) {
		error_at(r, net->line,
			 "[network %s]: interface is missing: expected 'interface = NAME'",
			 net->name);
		return;
	}
	for (; other < net; other++)
		if (!strcmp(other->interface, net->interface) &&
		    (!net->dhcp.nrelays || net->ra.on))
			error_at(r, line_of(r, CONF_KEY_INTERFACE, net),
				 "interface = %s: already used by [network %s] at line %u: expected another one, or 'relay' and no 'ra' for a network behind relay agents",
				 net->interface, other->name, other->line);
}

/* Two sections of one interface would both answer to the same relay. */
static void check_relays(struct reader *r, const struct conf_network *net,
			 const struct conf_network *other)
{
	char text[INET_ADDRSTRLEN];
	unsigned int i, j;

	for (i = 0; i < net->dhcp.nrelays; i++)
		for (j = 0; j < other->dhcp.nrelays; j++)
			if (net->dhcp.relays[i].s_addr ==
			    other->dhcp.relays[j].s_addr)
				error_at(r, line_of(r, CONF_KEY_RELAY, net),
					 "relay = %s: already used by [network %s] at line %u: expected another one",
					 inet_ntop(AF_INET,
						   &net->dhcp.relays[i], text,
						   sizeof(text)),
					 other->name, other->line);
}

/* A network behind relays may share the interface of another one. */
static void check_dhcp(struct reader *r, struct conf_network *net)
{
	struct conf_network *other = r->conf->nets;
	const char *problem;
	unsigned int which;
	enum conf_key key;

	for (; other < net; other++) {
		if (strcmp(other->interface, net->interface))
			continue;
		net->dhcp.remote = true;
		net->dhcp.shared = true;
		other->dhcp.shared = true;
		check_relays(r, net, other);
	}
	if (net->ra.captive_portal[0] &&
	    !confdhcp_portal(&net->dhcp, net->ra.captive_portal))
		error_at(r, line_of(r, CONF_KEY_CAPTIVE_PORTAL, net),
			 "captive-portal: given as 'option = 114' too");
	problem = confdhcp_check(&net->dhcp, &key, &which);
	if (problem)
		error_at(r, line_of_nth(r, key, which, net), "%s", problem);
}

/*
 * RFC 4861, section 6.2.1 gives the bounds; RFC 8319 lifted the upper ones.
 * RFC 8781, section 4.1 takes three intervals for PREF64; with a longer
 * router lifetime the prefix would vanish from clients that still have the
 * router, so the longer one counts.
 */
static void resolve_lifetimes(struct conf_ra *ra)
{
	uint32_t three = ra->max_interval * 3;
	unsigned int i;

	if (ra->min_interval == CONF_AUTO)
		ra->min_interval = ra->max_interval >= 9 ?
				   ra->max_interval / 3 : ra->max_interval;
	if (ra->router_lifetime == CONF_AUTO)
		ra->router_lifetime = three < UINT16_MAX ? three : UINT16_MAX;
	if (ra->dns_lifetime == CONF_AUTO)
		ra->dns_lifetime = three;
	if (ra->pref64_lifetime == CONF_AUTO)
		ra->pref64_lifetime = three > ra->router_lifetime ?
				      three : ra->router_lifetime;
	if (ra->pref64_lifetime > CONF_PREF64_LIFETIME_MAX)
		ra->pref64_lifetime = CONF_PREF64_LIFETIME_MAX;
	for (i = 0; i < ra->nroutes; i++)
		if (ra->routes[i].lifetime == CONF_AUTO)
			ra->routes[i].lifetime = three;
}

static void check_ra(struct reader *r, struct conf_network *net)
{
	struct conf_ra *ra = &net->ra;

	if (ra->min_interval != CONF_AUTO &&
	    ra->min_interval > ra->max_interval * 3 / 4)
		error_at(r, line_of(r, CONF_KEY_RA_INTERVAL, net),
			 "ra-interval = %u %u: expected a minimum of 3 to %u seconds, three quarters of the maximum",
			 ra->max_interval, ra->min_interval,
			 ra->max_interval * 3 / 4);
	resolve_lifetimes(ra);
	if (ra->router_lifetime && ra->router_lifetime < ra->max_interval)
		error_at(r, line_of(r, CONF_KEY_ROUTER_LIFETIME, net),
			 "router-lifetime = %u: expected 0 or at least the ra-interval of %u seconds",
			 ra->router_lifetime, ra->max_interval);
	if (ra->sidecar && (ra->nprefixes || !ra->router_lifetime))
		error_at(r, line_of(r, CONF_KEY_SIDECAR, net),
			 "sidecar = on: expected no 'prefix' and a router-lifetime: hosts take no translation prefix from one that is no router");
	if (!ra->nprefixes && !ra->no_prefixes)
		ra->nprefixes = 1;	/* the default, "auto" */
}

__attribute__((format(printf, 3, 4)))
static void warn_at(struct reader *r, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(r->report, "%s:%u: warning: ", r->name, line);
	va_start(ap, fmt);
	vfprintf(r->report, fmt, ap);
	va_end(ap);
	fputc('\n', r->report);
}

static void warn_ra(struct reader *r, const struct conf_network *net)
{
	const struct conf_ra *ra = &net->ra;
	unsigned int i;

	if (ra->pref64_lifetime < ra->router_lifetime)
		warn_at(r, line_of(r, CONF_KEY_PREF64_LIFETIME, net),
			"pref64-lifetime %u is below the router lifetime of %u seconds: clients lose the prefix before the router",
			ra->pref64_lifetime, ra->router_lifetime);
	if (!ra->router_lifetime)
		warn_at(r, line_of(r, CONF_KEY_ROUTER_LIFETIME, net),
			"router-lifetime 0: hosts take no translation prefix from one that is no router");
	else if (ra->router_lifetime < 180)
		warn_at(r, line_of(r, CONF_KEY_ROUTER_LIFETIME, net),
			"router-lifetime %u: Android ignores router lifetimes below 180 seconds",
			ra->router_lifetime);
	if (ra->max_interval > 1800)
		warn_at(r, line_of(r, CONF_KEY_RA_INTERVAL, net),
			"ra-interval %u: above 1800 seconds it takes hosts that know RFC 8319",
			ra->max_interval);
	if (ra->captive_portal[0] &&
	    strncasecmp(ra->captive_portal, "https:", 6) &&
	    strncasecmp(ra->captive_portal, "urn:", 4))
		warn_at(r, line_of(r, CONF_KEY_CAPTIVE_PORTAL, net),
			"captive-portal %s: hosts take an address of https only",
			ra->captive_portal);
	if (ra->sidecar)
		warn_at(r, line_of(r, CONF_KEY_SIDECAR, net),
			"sidecar: Linux and Android hosts take a translation prefix from a router they do not use, Apple's do not");
	for (i = 0; i < ra->nprefixes; i++)
		if (ra->prefixes[i].len && ra->prefixes[i].len != 64)
			warn_at(r, line_of(r, CONF_KEY_PREFIX, net),
				"prefix: hosts make addresses from a prefix of length 64 only, not %u",
				ra->prefixes[i].len);
}

/* Judges the section that ends here. */
static void finish_section(struct reader *r)
{
	struct conf_network *net = current(r);

	if (!net || r->skip)
		return;
	check_interface(r, net);
	check_dhcp(r, net);
	check_ra(r, net);
	if (net->dhcp.v6only_wait > CONF_V6ONLY_WAIT_WISE)
		warn_at(r, line_of(r, CONF_KEY_V6ONLY_WAIT, net),
			"v6only-wait %u: clients take it at its word and stay without IPv4 that long",
			net->dhcp.v6only_wait);
	if (net->ra.on)
		warn_ra(r, net);
}

static bool section_name(const char *text, char *name, size_t cap)
{
	size_t n;

	if (strncmp(text, SECTION_WORD, strlen(SECTION_WORD)))
		return false;
	text += strlen(SECTION_WORD);
	n = strspn(text, " \t");
	if (!n)
		return false;
	text += n;
	n = strcspn(text, "]");
	if (!text[n] || !n || n >= cap)
		return false;
	memcpy(name, text, n);
	name[n] = '\0';
	text += n + 1;
	n = strspn(text, " \t");
	return confkey_name(name) && (!text[n] || (n && text[n] == ';'));
}

static void begin_section(struct reader *r, const char *text)
{
	struct conf_network *nets;
	char name[CONF_NAME_LEN];
	unsigned int i;

	finish_section(r);
	memset(r->seen, 0, sizeof(r->seen));
	r->skip = true;
	if (!section_name(text + 1, name, sizeof(name))) {
		error_at(r, r->line,
			 "%s: expected [network NAME] with a name of letters, digits, '-', '_' and '.', at most %d long",
			 text, CONF_NAME_LEN - 1);
		return;
	}
	for (i = 0; i < r->conf->count; i++) {
		if (strcmp(r->conf->nets[i].name, name))
			continue;
		error_at(r, r->line, "[network %s]: already given at line %u",
			 name, r->conf->nets[i].line);
		return;
	}
	nets = realloc(r->conf->nets, (r->conf->count + 1) * sizeof(*nets));
	if (!nets) {
		error_at(r, r->line, "out of memory");
		return;
	}
	r->conf->nets = nets;
	confkey_defaults(&nets[r->conf->count]);
	strcpy(nets[r->conf->count].name, name);
	nets[r->conf->count++].line = r->line;
	r->skip = false;
}

/* Next line with blanks at both ends and the byte order mark removed. */
static char *next_line(struct reader *r, size_t *len)
{
	ssize_t n = getline(&r->text, &r->cap, r->in);
	char *p = r->text;

	if (n < 0)
		return NULL;
	r->line++;
	if (r->line == 1 && n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) {
		p += 3;
		n -= 3;
	}
	while (n && p[n - 1] && strchr(" \t\r\n", p[n - 1]))
		p[--n] = '\0';
	while (n && *p && strchr(" \t", *p)) {
		p++;
		n--;
	}
	*len = (size_t)n;
	return p;
}

/* A comment may stand behind anything, and have a '=' in it. */
static void cut_comment(char *p)
{
	char *end = p;

	while (*p && (*p != ';' || end == p))
		if (!strchr(" \t", *p++))
			end = p;
	*end = '\0';
}

/* inih has a fixed room for a line: of a longer one it gets the key. */
static void pass_on(struct reader *r, const char *p, char *out, size_t room)
{
	size_t len = strlen(p);

	r->value = NULL;
	if (len + 2 > room) {
		len = strcspn(p, "=:") + 1;
		r->value = p + len + strspn(p + len, " \t");
	}
	if (len + 2 > room) {
		error_at(r, r->line, "%.40s: unknown key", p);
		return;
	}
	memcpy(out, p, len);
	out[len] = '\0';
}

/*
 * inih reads its lines through this function, which knows the line number
 * (inih does not tell it) and handles the sections (inih does not tell of
 * empty ones). What it has dealt with becomes an empty line for inih.
 */
static char *read_line(char *out, int room, void *stream)
{
	struct reader *r = stream;
	size_t len;
	char *p = next_line(r, &len);

	if (!p)
		return NULL;
	strcpy(out, "\n");
	if (strlen(p) != len) {
		error_at(r, r->line, "zero byte in the text");
		return out;
	}
	if (len > CONF_LINE_LEN) {
		error_at(r, r->line, "line of %zu bytes: expected at most %d",
			 len, CONF_LINE_LEN);
		return out;
	}
	if (!*p || strchr(";#", *p))
		return out;
	cut_comment(p);
	if (*p == '[')
		begin_section(r, p);
	else if (!strpbrk(p, "=:"))
		error_at(r, r->line,
			 "%.40s: expected KEY = VALUE, [network NAME] or a comment",
			 p);
	else
		pass_on(r, p, out, (size_t)room);
	return out;
}

static int on_value(void *user, const char *section, const char *key,
		    const char *value)
{
	struct reader *r = user;
	int k = confkey_find(key);

	(void)section;
	if (r->value)
		value = r->value;
	if (!r->conf->count && !r->skip) {
		error_at(r, r->line,
			 "%s: stands before the first section: expected [network NAME]",
			 key);
		return 1;
	}
	if (r->skip)
		return 1;
	if (k < 0) {
		error_at(r, r->line, "%s: unknown key: expected one of %s", key,
			 confkey_all());
		return 1;
	}
	if (r->seen[k] && !confkey_repeats((enum conf_key)k))
		error_at(r, r->line, "%s: already given at line %u", key,
			 r->seen[k]);
	else if (!confkey_set((enum conf_key)k, value, current(r)))
		error_at(r, r->line, "%s = %s: expected %s", key, value,
			 confkey_expect((enum conf_key)k));
	else
		note_nth(r, (enum conf_key)k, current(r));
	r->seen[k] = r->line;
	return 1;
}

unsigned int conf_read(FILE *in, const char *name, struct conf *c,
		       FILE *report)
{
	struct reader r = {
		.in = in,
		.report = report,
		.name = name,
		.conf = c,
	};

	memset(c, 0, sizeof(*c));
	/* read_line() passes on nothing that inih would object to. */
	ini_parse_stream(read_line, &r, on_value, &r);
	finish_section(&r);
	if (ferror(in))
		error_at(&r, r.line, "cannot read: %s", strerror(errno));
	else if (!c->count && !r.errors)
		error_at(&r, r.line, "no section: expected [network NAME]");
	free(r.text);
	if (r.errors)
		conf_free(c);
	return r.errors;
}

static void log_report(char *text, bool failed)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		if (*line && (failed && !strstr(line, ": warning: ")))
			log_err("%s", line);
		else if (*line)
			log_warn("%s", line);
}

int conf_load(const char *path, struct conf *c)
{
	char *text = NULL;
	FILE *in, *report;
	unsigned int n;
	size_t len;

	memset(c, 0, sizeof(*c));
	in = fopen(path, "re");
	if (!in) {
		n = (unsigned int)errno;
		log_err("%s: %s", path, strerror((int)n));
		return -(int)n;
	}
	report = open_memstream(&text, &len);
	if (!report) {
		fclose(in);
		return -ENOMEM;
	}
	n = conf_read(in, path, c, report);
	fclose(report);
	fclose(in);
	log_report(text, n > 0);
	free(text);
	return n ? -EINVAL : 0;
}

void conf_free(struct conf *c)
{
	free(c->nets);
	c->nets = NULL;
	c->count = 0;
}
