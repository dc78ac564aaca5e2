// SPDX-License-Identifier: GPL-2.0
#include "ra.h"

#include <arpa/inet.h>
#include <string.h>

#define TYPE_RS 133
#define TYPE_RA 134
#define RS_LEN 8
#define RA_LEN 16
#define UNIT 8			/* options count their length in these */

#define FLAG_MANAGED 0x80
#define FLAG_OTHER 0x40
#define PIO_ONLINK 0x80
#define PIO_AUTONOMOUS 0x40

enum option {
	OPT_SOURCE_LLADDR = 1,
	OPT_PREFIX = 3,
	OPT_MTU = 5,
	OPT_ROUTE = 24,
	OPT_RDNSS = 25,
	OPT_DNSSL = 31,
	OPT_CAPTIVE_PORTAL = 37,
	OPT_PREF64 = 38,
};

/* RFC 8781, section 4: the codes of the prefix lengths. */
static const uint8_t plc_lengths[] = { 96, 64, 56, 48, 40, 32 };

#define PLC_COUNT (sizeof(plc_lengths) / sizeof(plc_lengths[0]))

bool ra_pref64_len(unsigned int len)
{
	return memchr(plc_lengths, (int)len, PLC_COUNT);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* The first @len bits of @addr; what is behind them is zero at @out. */
static void put_bits(uint8_t *out, const struct in6_addr *addr,
		     unsigned int len, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++) {
		unsigned int keep = len > i * 8 ? len - (unsigned int)i * 8 : 0;

		out[i] = addr->s6_addr[i];
		if (keep < 8)
			out[i] &= (uint8_t)(0xff00 >> keep);
	}
}

/*
 * Each writer below writes option number @i of its kind to @out, which is
 * zeroed, and returns its length, at most OPTION_MAX.
 */
#define OPTION_MAX (255 * UNIT)

/* An option of bytes, padded with zeros. */
static size_t write_bytes(uint8_t *out, uint8_t type, const void *data,
			  size_t n)
{
	size_t len = (2 + n + UNIT - 1) / UNIT * UNIT;

	out[0] = type;
	out[1] = (uint8_t)(len / UNIT);
	memcpy(out + 2, data, n);
	return len;
}

static size_t write_lladdr(uint8_t *out, const struct ra_msg *msg,
			   unsigned int i)
{
	(void)i;
	return write_bytes(out, OPT_SOURCE_LLADDR, msg->lladdr,
			   msg->lladdr_len);
}

static size_t write_mtu(uint8_t *out, const struct ra_msg *msg, unsigned int i)
{
	(void)i;
	out[0] = OPT_MTU;
	out[1] = 1;
	put32(out + 4, msg->mtu);
	return 8;
}

/* RFC 8781, section 4: rounded up, as a shorter life would be a wrong one. */
static uint16_t scaled_lifetime(uint32_t seconds)
{
	if (seconds > RA_PREF64_LIFETIME_MAX)
		seconds = RA_PREF64_LIFETIME_MAX;
	return (uint16_t)((seconds + 7) / 8);
}

static size_t write_pref64(uint8_t *out, const struct ra_msg *msg,
			   unsigned int i)
{
	const struct ra_pref64 *p = &msg->pref64[i];
	const uint8_t *plc = memchr(plc_lengths, p->len, PLC_COUNT);

	if (!plc)
		return 0;
	out[0] = OPT_PREF64;
	out[1] = 2;
	put16(out + 2, (uint16_t)(scaled_lifetime(p->lifetime) << 3 |
				  (plc - plc_lengths)));
	put_bits(out + 4, &p->addr, p->len, 12);
	return 16;
}

static size_t write_prefix(uint8_t *out, const struct ra_msg *msg,
			   unsigned int i)
{
	const struct ra_prefix *p = &msg->prefixes[i];

	out[0] = OPT_PREFIX;
	out[1] = 4;
	out[2] = p->len;
	out[3] = (uint8_t)((p->onlink ? PIO_ONLINK : 0) |
			   (p->autonomous ? PIO_AUTONOMOUS : 0));
	put32(out + 4, p->valid);
	put32(out + 8, p->preferred);
	put_bits(out + 16, &p->addr, p->len, 16);
	return 32;
}

/* RFC 4191, section 2.3: as few units as the prefix needs. */
static size_t write_route(uint8_t *out, const struct ra_msg *msg,
			  unsigned int i)
{
	const struct ra_route *r = &msg->routes[i];
	size_t bytes = r->len > 64 ? 16 : r->len ? 8 : 0;

	out[0] = OPT_ROUTE;
	out[1] = (uint8_t)(1 + bytes / UNIT);
	out[2] = r->len;
	out[3] = (uint8_t)(r->preference << 3);
	put32(out + 4, r->lifetime);
	put_bits(out + 8, &r->addr, r->len, bytes);
	return 8 + bytes;
}

/*
 * Which entries of a list share option number @i: from *@first up to the end
 * that is returned. An option has one lifetime and a limited number of entries.
 */
struct list {
	const uint32_t *lifetime;	/* of the first entry */
	size_t stride;			/* from one to the next */
	unsigned int count;
	unsigned int most;		/* entries of an option */
};

static uint32_t lifetime_of(const struct list *l, unsigned int i)
{
	return *(const uint32_t *)((const char *)l->lifetime + i * l->stride);
}

static unsigned int run_end(const struct list *l, unsigned int first)
{
	unsigned int end = first;

	while (end < l->count && end - first < l->most &&
	       lifetime_of(l, end) == lifetime_of(l, first))
		end++;
	return end;
}

static unsigned int find_run(const struct list *l, unsigned int i,
			     unsigned int *first)
{
	unsigned int end = 0;

	do {
		*first = end;
		end = run_end(l, end);
	} while (i--);
	return end;
}

static unsigned int count_runs(const struct list *l)
{
	unsigned int n = 0, end = 0;

	for (; end < l->count; n++)
		end = run_end(l, end);
	return n;
}

static struct list dns_list(const struct ra_msg *msg)
{
	return (struct list){
		&msg->dns[0].lifetime, sizeof(msg->dns[0]), msg->ndns,
		RA_MAX_DNS
	};
}

/* With many of the longest names an option would be larger than a packet. */
#define NAMES_PER_OPTION 4

static struct list search_list(const struct ra_msg *msg)
{
	return (struct list){
		&msg->search[0].lifetime, sizeof(msg->search[0]),
		msg->nsearch, NAMES_PER_OPTION
	};
}

static size_t write_rdnss(uint8_t *out, const struct ra_msg *msg,
			  unsigned int i)
{
	const struct list l = dns_list(msg);
	unsigned int n, end = find_run(&l, i, &n);
	size_t len = 8;

	out[0] = OPT_RDNSS;
	out[1] = (uint8_t)(1 + 2 * (end - n));
	put32(out + 4, msg->dns[n].lifetime);
	for (; n < end; n++, len += 16)
		memcpy(out + len, &msg->dns[n].addr, 16);
	return len;
}

/* Labels of RFC 1035, section 3.1. */
static size_t write_domain(uint8_t *out, const char *name)
{
	size_t used = 0;

	for (;;) {
		size_t n = strcspn(name, ".");

		out[used++] = (uint8_t)n;
		memcpy(out + used, name, n);
		used += n;
		if (!name[n])
			break;
		name += n + 1;
	}
	out[used++] = 0;
	return used;
}

/* RFC 8106, section 5.2. */
static size_t write_dnssl(uint8_t *out, const struct ra_msg *msg,
			  unsigned int i)
{
	const struct list l = search_list(msg);
	unsigned int n, end = find_run(&l, i, &n);
	size_t len = 8;

	out[0] = OPT_DNSSL;
	put32(out + 4, msg->search[n].lifetime);
	for (; n < end; n++)
		len += write_domain(out + len, msg->search[n].name);
	len = (len + UNIT - 1) / UNIT * UNIT;
	out[1] = (uint8_t)(len / UNIT);
	return len;
}

/* RFC 8910, section 2.3. */
static size_t write_captive_portal(uint8_t *out, const struct ra_msg *msg,
				   unsigned int i)
{
	(void)i;
	return write_bytes(out, OPT_CAPTIVE_PORTAL, msg->captive_portal,
			   strlen(msg->captive_portal));
}

static size_t write_raw(uint8_t *out, const struct ra_msg *msg, unsigned int i)
{
	return write_bytes(out, msg->raw[i].type, msg->raw[i].data,
			   msg->raw[i].len);
}

struct kind {
	size_t (*write)(uint8_t *out, const struct ra_msg *msg,
			unsigned int i);
	unsigned int count;
};

#define KINDS 9

/*
 * The order of the options. PREF64 stands early, so that it is in the first
 * message whatever follows (access to IPv4 hangs on it).
 */
static void list_kinds(const struct ra_msg *msg, struct kind *k)
{
	const struct list dns = dns_list(msg);
	const struct list search = search_list(msg);

	k[0] = (struct kind){ write_lladdr, msg->lladdr_len ? 1 : 0 };
	k[1] = (struct kind){ write_mtu, msg->mtu ? 1 : 0 };
	k[2] = (struct kind){ write_pref64, msg->npref64 };
	k[3] = (struct kind){ write_prefix, msg->nprefixes };
	k[4] = (struct kind){ write_route, msg->nroutes };
	k[5] = (struct kind){ write_rdnss, count_runs(&dns) };
	k[6] = (struct kind){ write_dnssl, count_runs(&search) };
	k[7] = (struct kind){ write_captive_portal,
		msg->captive_portal[0] ? 1 : 0 };
	k[8] = (struct kind){ write_raw, msg->nraw };
}

/* Writes option @n of all; false behind the last one. */
static bool write_option(const struct ra_msg *msg, unsigned int n,
			 uint8_t *out, size_t *len)
{
	struct kind kinds[KINDS];
	unsigned int k;

	list_kinds(msg, kinds);
	for (k = 0; k < KINDS; k++) {
		if (n < kinds[k].count) {
			memset(out, 0, OPTION_MAX);
			*len = kinds[k].write(out, msg, n);
			return true;
		}
		n -= kinds[k].count;
	}
	return false;
}

bool ra_complete(const struct ra_msg *msg, unsigned int next)
{
	struct kind kinds[KINDS];
	unsigned int all = 0;
	unsigned int k;

	list_kinds(msg, kinds);
	for (k = 0; k < KINDS; k++)
		all += kinds[k].count;
	return next >= all;
}

static void write_header(uint8_t *out, const struct ra_msg *msg)
{
	/* RFC 4191, section 2.2: no preference without a lifetime. */
	uint8_t preference = msg->router_lifetime ? msg->preference : 0;

	memset(out, 0, RA_LEN);
	out[0] = TYPE_RA;
	out[4] = msg->hop_limit;
	out[5] = (uint8_t)((msg->managed ? FLAG_MANAGED : 0) |
			   (msg->other ? FLAG_OTHER : 0) | preference << 3);
	put16(out + 6, msg->router_lifetime);
	put32(out + 8, msg->reachable);
	put32(out + 12, msg->retrans);
}

size_t ra_build(uint8_t *out, size_t cap, const struct ra_msg *msg,
		unsigned int *next)
{
	uint8_t option[OPTION_MAX];
	unsigned int first = *next;
	size_t used = RA_LEN;
	size_t len;

	if (cap < RA_LEN)
		return 0;
	write_header(out, msg);
	while (write_option(msg, *next, option, &len)) {
		if (used + len > cap)
			break;
		memcpy(out + used, option, len);
		used += len;
		*next += 1;
	}
	/* An option that no message can hold must not stop the others. */
	if (*next == first && !ra_complete(msg, first))
		return 0;
	return used;
}

/*
 * Readers: @opt is an option of @units * UNIT bytes. A reader passes over
 * what it cannot use, as RFC 4861, section 4.2 has it for unknown options.
 */
static void read_lladdr(const uint8_t *opt, unsigned int units,
			struct ra_msg *msg)
{
	size_t len = units * UNIT - 2;

	msg->lladdr_len = (uint8_t)(len < RA_LLADDR_LEN ? len : RA_LLADDR_LEN);
	memcpy(msg->lladdr, opt + 2, msg->lladdr_len);
}

static void read_mtu(const uint8_t *opt, unsigned int units,
		     struct ra_msg *msg)
{
	if (units == 1)
		msg->mtu = get32(opt + 4);
}

static void read_pref64(const uint8_t *opt, unsigned int units,
			struct ra_msg *msg)
{
	unsigned int plc = opt[3] & 7;
	struct ra_pref64 *p;

	if (units != 2 || plc >= PLC_COUNT) {
		msg->bad_pref64++;
		return;
	}
	if (msg->npref64 == RA_MAX_PREF64)
		return;
	p = &msg->pref64[msg->npref64++];
	p->len = plc_lengths[plc];
	p->lifetime = get16(opt + 2) & 0xfff8u;
	memcpy(p->addr.s6_addr, opt + 4, 12);
	put_bits(p->addr.s6_addr, &p->addr, p->len, 16);
}

static void read_prefix(const uint8_t *opt, unsigned int units,
			struct ra_msg *msg)
{
	struct ra_prefix *p;

	if (units != 4 || opt[2] > 128 || msg->nprefixes == RA_MAX_PREFIXES)
		return;
	p = &msg->prefixes[msg->nprefixes++];
	p->len = opt[2];
	p->onlink = opt[3] & PIO_ONLINK;
	p->autonomous = opt[3] & PIO_AUTONOMOUS;
	p->valid = get32(opt + 4);
	p->preferred = get32(opt + 8);
	memcpy(&p->addr, opt + 16, 16);
	put_bits(p->addr.s6_addr, &p->addr, p->len, 16);
}

static void read_route(const uint8_t *opt, unsigned int units,
		       struct ra_msg *msg)
{
	struct ra_route *r;

	if (units > 3 || opt[2] > 128 || (opt[2] && units < 2) ||
	    (opt[2] > 64 && units < 3) || msg->nroutes == RA_MAX_ROUTES)
		return;
	r = &msg->routes[msg->nroutes++];
	r->len = opt[2];
	r->preference = opt[3] >> 3 & 3;
	r->lifetime = get32(opt + 4);
	memcpy(&r->addr, opt + 8, (units - 1) * UNIT);
	put_bits(r->addr.s6_addr, &r->addr, r->len, 16);
}

static void read_rdnss(const uint8_t *opt, unsigned int units,
		       struct ra_msg *msg)
{
	unsigned int n = (units - 1) / 2;
	unsigned int i;

	if (units < 3 || units % 2 == 0)
		return;
	for (i = 0; i < n && msg->ndns < RA_MAX_DNS; i++) {
		struct ra_dns *d = &msg->dns[msg->ndns++];

		memcpy(&d->addr, opt + 8 + i * sizeof(d->addr),
		       sizeof(d->addr));
		d->lifetime = get32(opt + 4);
	}
}

/* Can the label stand in dotted text and be read back from it? */
static bool plain_label(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] > '~' || p[i] == '.')
			return false;
	return true;
}

/* One name at @p as dotted text; 0 at padding or what is not a name. */
static size_t read_domain(const uint8_t *p, size_t len, char *out)
{
	size_t used = 0;
	size_t text = 0;

	while (used < len && p[used]) {
		size_t n = p[used];

		if (n > 63 || used + 1 + n >= len ||
		    text + n + 1 >= RA_DOMAIN_LEN ||
		    !plain_label(p + used + 1, n))
			return 0;
		if (text)
			out[text++] = '.';
		memcpy(out + text, p + used + 1, n);
		text += n;
		used += 1 + n;
	}
	out[text] = '\0';
	return text ? used + 1 : 0;
}

static void read_dnssl(const uint8_t *opt, unsigned int units,
		       struct ra_msg *msg)
{
	size_t len = units * UNIT;
	size_t used = 8;
	size_t n;

	if (units < 2)
		return;
	while (used < len && msg->nsearch < RA_MAX_SEARCH) {
		struct ra_search *s = &msg->search[msg->nsearch];

		n = read_domain(opt + used, len - used, s->name);
		if (!n)
			return;
		s->lifetime = get32(opt + 4);
		msg->nsearch++;
		used += n;
	}
}

/* A URI is printable ASCII (RFC 3986), what follows it is padding. */
static void read_captive_portal(const uint8_t *opt, unsigned int units,
				struct ra_msg *msg)
{
	size_t n = strnlen((const char *)opt + 2, units * UNIT - 2);
	size_t i;

	if (!n || n >= RA_URI_LEN)
		return;
	for (i = 0; i < n; i++)
		if (opt[2 + i] <= ' ' || opt[2 + i] > '~')
			return;
	memcpy(msg->captive_portal, opt + 2, n);
	msg->captive_portal[n] = '\0';
}

static void read_option(const uint8_t *opt, unsigned int units,
			struct ra_msg *msg)
{
	switch (opt[0]) {
	case OPT_SOURCE_LLADDR:
		read_lladdr(opt, units, msg);
		break;
	case OPT_MTU:
		read_mtu(opt, units, msg);
		break;
	case OPT_PREF64:
		read_pref64(opt, units, msg);
		break;
	case OPT_PREFIX:
		read_prefix(opt, units, msg);
		break;
	case OPT_ROUTE:
		read_route(opt, units, msg);
		break;
	case OPT_RDNSS:
		read_rdnss(opt, units, msg);
		break;
	case OPT_DNSSL:
		read_dnssl(opt, units, msg);
		break;
	case OPT_CAPTIVE_PORTAL:
		read_captive_portal(opt, units, msg);
		break;
	}
}

/* Goes through the options; with @msg NULL it only checks them. */
static enum ra_error walk(const uint8_t *p, size_t len, struct ra_msg *msg,
			  bool *has_lladdr)
{
	while (len) {
		size_t size;

		if (len < 2)
			return RA_OPTION_OVERRUN;
		size = p[1] * (size_t)UNIT;
		if (!size)
			return RA_OPTION_ZERO;
		if (size > len)
			return RA_OPTION_OVERRUN;
		*has_lladdr |= p[0] == OPT_SOURCE_LLADDR;
		if (msg)
			read_option(p, p[1], msg);
		p += size;
		len -= size;
	}
	return RA_OK;
}

static enum ra_error check(const uint8_t *data, size_t len, size_t header,
			   uint8_t type, int hop_limit)
{
	if (len < header)
		return RA_SHORT;
	if (data[0] != type)
		return RA_BAD_TYPE;
	if (hop_limit != 255)
		return RA_BAD_HOP_LIMIT;
	if (data[1])
		return RA_BAD_CODE;
	return RA_OK;
}

enum ra_error ra_parse(const uint8_t *data, size_t len, int hop_limit,
		       const struct in6_addr *src, struct ra_msg *msg)
{
	bool has_lladdr = false;
	enum ra_error err;

	memset(msg, 0, sizeof(*msg));
	err = check(data, len, RA_LEN, TYPE_RA, hop_limit);
	if (err)
		return err;
	if (!IN6_IS_ADDR_LINKLOCAL(src))
		return RA_BAD_SOURCE;
	msg->hop_limit = data[4];
	msg->managed = data[5] & FLAG_MANAGED;
	msg->other = data[5] & FLAG_OTHER;
	msg->preference = data[5] >> 3 & 3;
	msg->router_lifetime = get16(data + 6);
	msg->reachable = get32(data + 8);
	msg->retrans = get32(data + 12);
	return walk(data + RA_LEN, len - RA_LEN, msg, &has_lladdr);
}

enum ra_error rs_parse(const uint8_t *data, size_t len, int hop_limit,
		       const struct in6_addr *src, bool *has_lladdr)
{
	enum ra_error err;

	*has_lladdr = false;
	err = check(data, len, RS_LEN, TYPE_RS, hop_limit);
	if (err)
		return err;
	if (IN6_IS_ADDR_MULTICAST(src) || IN6_IS_ADDR_LOOPBACK(src))
		return RA_BAD_SOURCE;
	err = walk(data + RS_LEN, len - RS_LEN, NULL, has_lladdr);
	if (err)
		return err;
	return *has_lladdr && IN6_IS_ADDR_UNSPECIFIED(src) ? RA_BAD_SOURCE :
							    RA_OK;
}

const char *ra_error_name(enum ra_error error)
{
	static const char *const names[RA_ERRORS] = {
		[RA_OK] = "ok",
		[RA_SHORT] = "too_short",
		[RA_BAD_TYPE] = "other_type",
		[RA_BAD_CODE] = "bad_code",
		[RA_BAD_HOP_LIMIT] = "bad_hop_limit",
		[RA_BAD_SOURCE] = "bad_source",
		[RA_OPTION_ZERO] = "option_length_zero",
		[RA_OPTION_OVERRUN] = "option_overrun",
	};

	return names[error];
}
