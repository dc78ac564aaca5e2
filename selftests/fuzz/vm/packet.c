// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

#include <arpa/inet.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <string.h>

#define IP4_HLEN	20
#define IP6_HLEN	40

static const char *const sources6[] = {
	"2001:db8:6::2", "2001:db8:6::3", "2001:db8:6::4", "2001:db8:6:1::5",
	"2001:db8:6:4::7", "2001:db8:6:4::8", "2001:db8:64::198.51.100.1",
	"2001:db8:46::198.51.100.2", "fd00:6::1", "fd00:6::2", "fe80::1", "::",
	"::1", "ff02::1", "64:ff9b::198.51.100.1",
};

static const char *const dests6[] = {
	"2001:db8:64::198.51.100.1", "2001:db8:64::198.51.100.2",
	"2001:db8:64::203.0.113.9", "2001:db8:64::192.0.2.1",
	"2001:db8:64::192.0.2.2", "2001:db8:46::198.51.100.1",
	"2001:db8:46::198.51.100.2", "2001:db8:46::203.0.113.9",
	"2001:db8:46::198.18.64.7", "2001:db8:6:4::7", "2001:db8:6::2",
	"2001:db8:64::127.0.0.1", "2001:db8:64::224.0.0.251", "2001:db8:64::",
	"2001:db8:64::255.255.255.255", "2001:db8:64::198.18.0.1", "fd00:6::1",
	"ff02::1", "ff02::1:ff00:1", "ff0e::1", "fe80::1", "::1",
};

static const char *const sources4[] = {
	"198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.9",
	"198.18.64.7", "192.0.2.1", "198.18.0.1", "198.18.0.2", "127.0.0.1",
	"0.0.0.0", "224.0.0.251", "255.255.255.255",
};

static const char *const dests4[] = {
	"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2", "192.0.2.3",
	"198.18.64.7", "198.18.64.8", "198.51.100.1", "198.18.0.1",
	"224.0.0.251", "255.255.255.255", "127.0.0.1",
};

static const uint16_t ports[] = {
	0, 53, 80, 1023, 1024, 1025, 1026, 4000, 4001, 5000, 2047, 65535,
};

#define PICK(r, list) ((list)[rng_below(r, sizeof(list) / sizeof((list)[0]))])

static void put16(uint8_t *at, unsigned int v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static unsigned int get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t sum(const uint8_t *p, size_t len, uint32_t s)
{
	for (; len > 1; p += 2, len -= 2)
		s += get16(p);
	if (len)
		s += *p << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void copy(struct packet *to, const struct packet *from)
{
	to->vnet = from->vnet;
	to->len = from->len;
	memcpy(to->data, from->data, from->len);
}

static int version(const struct packet *p)
{
	return p->data[0] >> 4;
}

/* Where the transport header begins if no extension header comes before it. */
static size_t l4_offset(const struct packet *p)
{
	return version(p) == 4 ? (p->data[0] & 15) * 4 : IP6_HLEN;
}

static uint8_t *proto_field(struct packet *p)
{
	return p->data + (version(p) == 4 ? 9 : 6);
}

/* Offset of the checksum inside of a transport header; 0: it has none. */
static size_t csum_offset(int proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 2;
	}
	return 0;
}

static uint32_t pseudo(const struct packet *p, int proto, size_t l4len)
{
	uint32_t s = proto + l4len;

	if (version(p) == 6)
		return sum(p->data + 8, 32, s);
	return proto == IPPROTO_ICMP ? 0 : sum(p->data + 12, 8, s);
}

static void fix_ip(struct packet *p)
{
	if (version(p) == 4) {
		put16(p->data + 2, p->len);
		put16(p->data + 10, 0);
		put16(p->data + 10, ~sum(p->data, l4_offset(p), 0));
	} else {
		put16(p->data + 4, p->len - IP6_HLEN);
	}
}

/* The transport checksum, whole or the part that a device expects. */
static void fix_l4(struct packet *p, size_t at, int proto, bool partial)
{
	size_t off = csum_offset(proto);
	uint32_t s;

	if (!off || at + off + 2 > p->len)
		return;
	put16(p->data + at + off, 0);
	s = pseudo(p, proto, p->len - at);
	if (!partial)
		s = ~sum(p->data + at, p->len - at, s);
	put16(p->data + at + off, s);
}

static size_t payload_len(struct rng *r)
{
	static const uint16_t sizes[] = {
		0, 1, 7, 8, 64, 500, 1200, 1232, 1233, 1260, 1400, 1432, 1452,
		1453, 1472, 1480, 3000, 9000, 20000, 60000,
	};

	return rng_one_in(r, 8) ? PICK(r, sizes) : rng_below(r, 120);
}

/* Appends a transport header and payload; returns the protocol. */
static int add_l4(struct rng *r, struct packet *p, size_t len)
{
	static const uint8_t flags[] = { 2, 0x12, 0x10, 0x18, 4, 1, 0x11, 0, 0xff };
	static const uint8_t protos[] = {
		IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDP,
		IPPROTO_ICMP, IPPROTO_ICMP, 47, 50, 132, 59, 253,
	};
	int proto = PICK(r, protos);
	uint8_t *at = p->data + p->len;

	memset(at, 0, 24);
	rng_fill(r, at + 20, len > 64 ? 64 : len);
	put16(at, PICK(r, ports));
	put16(at + 2, PICK(r, ports));
	if (proto == IPPROTO_TCP) {
		rng_fill(r, at + 4, 8);
		at[12] = rng_one_in(r, 10) ? rng_next(r) : 0x50;
		at[13] = PICK(r, flags);
		p->len += 20 + len;
	} else if (proto == IPPROTO_UDP) {
		put16(at + 4, rng_one_in(r, 20) ? rng_next(r) : 8 + len);
		p->len += 8 + len;
	} else if (proto == IPPROTO_ICMP) {
		bool reply = rng_one_in(r, 4);

		if (version(p) == 6)
			proto = IPPROTO_ICMPV6;
		at[0] = version(p) == 6 ? 128 + reply : reply ? 0 : 8;
		if (rng_one_in(r, 5))
			at[0] = rng_next(r);
		at[1] = rng_one_in(r, 10) ? rng_next(r) : 0;
		put16(at + 4, PICK(r, ports));
		p->len += 8 + len;
	} else {
		p->len += len;
	}
	return proto;
}

static void add_options(struct rng *r, struct packet *p)
{
	unsigned int words = rng_below(r, 11);

	rng_fill(r, p->data + p->len, words * 4);
	if (words && rng_one_in(r, 2))
		memset(p->data + p->len, 1, words * 4);
	if (words > 2 && rng_one_in(r, 3))
		memcpy(p->data + p->len, "\x83\x07\x04\xc6\x33\x64\x01", 7);
	p->len += words * 4;
	p->data[0] = 0x40 | (5 + words);
}

/* Extension headers; the field that names what follows them is returned. */
static uint8_t *add_chain(struct rng *r, struct packet *p)
{
	static const uint8_t kinds[] = { 0, 43, 44, 60, 60, 51, 135, 139, 140, 59 };
	uint8_t *next = p->data + 6;
	unsigned int n = rng_below(r, 6);

	while (n--) {
		uint8_t *at = p->data + p->len;
		unsigned int words = rng_one_in(r, 4) ? rng_below(r, 5) : 0;

		*next = PICK(r, kinds);
		memset(at, 0, 8 + words * 8);
		if (*next == 44) {
			put16(at + 2, rng_one_in(r, 2) ? 0 : rng_next(r) & 0xff);
			rng_fill(r, at + 4, 4);
			words = 0;
		} else {
			at[1] = rng_one_in(r, 30) ? rng_next(r) :
				*next == 51 ? words * 2 : words;
			at[2] = 1;
			at[3] = 4 + words * 8 > 0xff ? 0 : 4 + words * 8;
			if (*next == 43 && rng_one_in(r, 2))
				at[3] = rng_below(r, 3);
		}
		next = at;
		p->len += 8 + words * 8;
	}
	return next;
}

static void base(struct rng *r, struct packet *p, int family)
{
	memset(p->data, 0, IP6_HLEN);
	if (family == 6) {
		p->data[0] = 0x60;
		p->data[1] = rng_one_in(r, 8) ? rng_next(r) : 0;
		p->data[7] = rng_one_in(r, 12) ? rng_below(r, 3) : 64;
		inet_pton(AF_INET6, PICK(r, sources6), p->data + 8);
		inet_pton(AF_INET6, PICK(r, dests6), p->data + 24);
		if (rng_one_in(r, 3))
			inet_pton(AF_INET6, sources6[rng_below(r, 6)],
				  p->data + 8);
		p->len = IP6_HLEN;
		return;
	}
	p->data[0] = 0x45;
	p->data[1] = rng_one_in(r, 8) ? rng_next(r) : 0;
	put16(p->data + 4, rng_next(r));
	put16(p->data + 6, rng_one_in(r, 3) ? 0x4000 : 0);
	p->data[8] = rng_one_in(r, 12) ? rng_below(r, 3) : 64;
	inet_pton(AF_INET, PICK(r, sources4), p->data + 12);
	inet_pton(AF_INET, PICK(r, dests4), p->data + 16);
	p->len = IP4_HLEN;
}

static void fresh(struct rng *r, struct packet *p, int family)
{
	uint8_t *next;
	size_t at;
	int proto;

	base(r, p, family);
	next = proto_field(p);
	if (family == 4 && rng_one_in(r, 10))
		add_options(r, p);
	if (family == 6 && rng_one_in(r, 5))
		next = add_chain(r, p);
	at = p->len;
	proto = add_l4(r, p, payload_len(r));
	*next = proto;
	if (p->len > 65535)
		p->len = 65535;
	fix_ip(p);
	fix_l4(p, at, proto, false);
	if (proto == IPPROTO_UDP && rng_one_in(r, 10))
		put16(p->data + at + 6, 0);
}

void packet_base(struct packet *p, const char *src, const char *dst)
{
	memset(&p->vnet, 0, sizeof(p->vnet));
	memset(p->data, 0, IP6_HLEN);
	if (inet_pton(AF_INET6, src, p->data + 8) == 1) {
		inet_pton(AF_INET6, dst, p->data + 24);
		p->data[0] = 0x60;
		p->data[7] = 64;
		p->len = IP6_HLEN;
		return;
	}
	inet_pton(AF_INET, src, p->data + 12);
	inet_pton(AF_INET, dst, p->data + 16);
	p->data[0] = 0x45;
	p->data[8] = 64;
	p->len = IP4_HLEN;
}

void packet_seal(struct packet *p, int proto)
{
	*proto_field(p) = proto;
	fix_ip(p);
	fix_l4(p, l4_offset(p), proto, false);
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
	while (len--) {
		uint8_t t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

static const struct packet *any_seen(struct gen *g)
{
	return &g->seen[rng_below(&g->rng, g->seens < SEEN ? g->seens : SEEN)];
}

static bool answer(struct gen *g, struct packet *p)
{
	static const uint8_t flags[] = { 0x12, 0x10, 0x18, 4, 0x11, 0x10 };
	size_t at;
	int proto;

	if (!g->seens)
		return false;
	copy(p, any_seen(g));
	at = l4_offset(p);
	if (at + 20 > p->len)
		return false;
	proto = *proto_field(p);
	if (version(p) == 6)
		swap(p->data + 8, p->data + 24, 16);
	else
		swap(p->data + 12, p->data + 16, 4);
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		swap(p->data + at, p->data + at + 2, 2);
	if (proto == IPPROTO_TCP)
		p->data[at + 13] = PICK(&g->rng, flags);
	else if (proto == IPPROTO_ICMP)
		p->data[at] = 0;
	else if (proto == IPPROTO_ICMPV6)
		p->data[at] = 129;
	p->data[version(p) == 6 ? 7 : 8] = 64;
	fix_ip(p);
	fix_l4(p, at, proto, false);
	return true;
}

/* What an error quotes: something that came out, something new or an error. */
static void quoted(struct gen *g, struct packet *q, int family)
{
	if (g->seens && !rng_one_in(&g->rng, 4)) {
		copy(q, any_seen(g));
		if (version(q) == family)
			return;
	}
	fresh(&g->rng, q, family);
	if (rng_one_in(&g->rng, 4)) {
		size_t room = q->len > 1200 ? 1200 : q->len;

		memmove(q->data + l4_offset(q) + 8, q->data, room);
		q->len = room + l4_offset(q) + 8;
		*proto_field(q) = family == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		q->data[l4_offset(q)] = family == 6 ? 1 : 3;
	}
}

static void error(struct gen *g, struct packet *p, int family)
{
	static const uint8_t types6[] = { 1, 2, 3, 4, 1, 2, 0, 127 };
	static const uint8_t types4[] = { 3, 11, 12, 3, 3, 4, 5 };
	static struct packet q;
	struct rng *r = &g->rng;
	uint8_t *at;
	size_t n;

	quoted(g, &q, family);
	n = q.len > 1232 ? 1232 : q.len;
	if (rng_one_in(r, 3))
		n = rng_below(r, n + 1);
	base(r, p, family);
	if (version(&q) == family && rng_one_in(r, 2))
		memcpy(p->data + (family == 6 ? 24 : 16),
		       q.data + (family == 6 ? 8 : 12), family == 6 ? 16 : 4);
	at = p->data + p->len;
	memset(at, 0, 8);
	at[0] = family == 6 ? PICK(r, types6) : PICK(r, types4);
	at[1] = rng_below(r, 16);
	put16(at + 6, rng_one_in(r, 3) ? rng_next(r) : 1280 + rng_below(r, 300));
	if (family == 6 && at[0] == 4)
		put16(at + 6, rng_below(r, 64));
	if (rng_one_in(r, 8))
		at[family == 6 ? 4 : 5] = rng_next(r);	/* RFC 4884 */
	memcpy(at + 8, q.data, n);
	p->len += 8 + n;
	*proto_field(p) = family == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	fix_ip(p);
	fix_l4(p, at - p->data, *proto_field(p), false);
}

static void cut6(const struct packet *whole, struct packet *f, size_t from,
		 size_t n, uint32_t id)
{
	bool more = IP6_HLEN + from + n < whole->len;

	memcpy(f->data, whole->data, IP6_HLEN);
	f->data[6] = 44;
	memset(f->data + IP6_HLEN, 0, 8);
	f->data[IP6_HLEN] = whole->data[6];
	put16(f->data + IP6_HLEN + 2, from | more);
	put16(f->data + IP6_HLEN + 6, id);
	memcpy(f->data + IP6_HLEN + 8, whole->data + IP6_HLEN + from, n);
	f->len = IP6_HLEN + 8 + n;
}

static void cut4(const struct packet *whole, struct packet *f, size_t from,
		 size_t n, uint32_t id)
{
	size_t hlen = l4_offset(whole);
	bool more = hlen + from + n < whole->len;

	memcpy(f->data, whole->data, hlen);
	put16(f->data + 4, id);
	put16(f->data + 6, from >> 3 | (more ? 0x2000 : 0));
	memcpy(f->data + hlen, whole->data + hlen + from, n);
	f->len = hlen + n;
}

/* Fragments of one packet in any order, some twice, missing or overlapping. */
static void fragments(struct gen *g, int family)
{
	static struct packet whole;
	struct rng *r = &g->rng;
	uint32_t id = rng_below(r, 4);
	size_t room = 8 + 8 * rng_below(r, 160);
	size_t from = 0, hlen, n;

	fresh(r, &whole, family);
	hlen = l4_offset(&whole);
	while (hlen + from < whole.len && g->trains < TRAIN) {
		struct packet *f = &g->train[g->trains];

		memset(&f->vnet, 0, sizeof(f->vnet));
		n = whole.len - hlen - from;
		if (n > room)
			n = room;
		(family == 6 ? cut6 : cut4)(&whole, f, from, n, id);
		fix_ip(f);
		from += rng_one_in(r, 20) && room > 8 ? room - 8 : room;
		if (!rng_one_in(r, 15))
			g->trains++;
	}
	for (n = g->trains; n > 1; n--) {
		size_t other = rng_below(r, n);
		static struct packet t;

		copy(&t, &g->train[other]);
		copy(&g->train[other], &g->train[n - 1]);
		copy(&g->train[n - 1], &t);
	}
}

static void mutate(struct rng *r, struct packet *p)
{
	unsigned int n = 1 + rng_below(r, 4);
	size_t head = p->len < 120 ? p->len : 120;

	while (n-- && p->len > 1) {
		size_t at = rng_below(r, head);

		switch (rng_below(r, 5)) {
		case 0:
			p->data[at] ^= 1 << rng_below(r, 8);
			break;
		case 1:
			p->data[at] = rng_one_in(r, 2) ? 0xff : 0;
			break;
		case 2:
			p->data[at] = rng_next(r);
			break;
		case 3:
			p->len = 1 + rng_below(r, p->len);
			head = p->len < head ? p->len : head;
			break;
		case 4:
			put16(p->data + (at & ~1), rng_next(r));
			break;
		}
	}
	if (p->len >= IP6_HLEN && rng_one_in(r, 2) && l4_offset(p) <= p->len)
		fix_ip(p);
}

/* What a device may be asked for, right, nearly right and wrong. */
static void offload(struct rng *r, struct packet *p)
{
	static const uint8_t types[] = { 0, 0, 1, 3, 4, 5, 0x81, 0x84, 2 };
	static const uint16_t sizes[] = {
		0, 1, 8, 500, 536, 1220, 1232, 1280, 1400, 1440, 1460, 1472,
		9000, 65535,
	};
	int proto = *proto_field(p);
	size_t at = l4_offset(p);

	p->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	p->vnet.csum_start = at;
	p->vnet.csum_offset = csum_offset(proto);
	fix_l4(p, at, proto, true);
	p->vnet.gso_type = PICK(r, types);
	if (rng_one_in(r, 2)) {
		p->vnet.gso_type = proto == IPPROTO_UDP ? 5 :
			version(p) == 6 ? 4 : 1;
		p->vnet.hdr_len = at + (proto == IPPROTO_UDP ? 8 : 20);
	}
	if (p->vnet.gso_type)
		p->vnet.gso_size = PICK(r, sizes);
	if (rng_one_in(r, 4))
		p->vnet.csum_start += rng_below(r, 9) - 4;
	if (rng_one_in(r, 4))
		p->vnet.csum_offset = rng_below(r, 40);
	if (rng_one_in(r, 4))
		p->vnet.hdr_len = rng_below(r, 200);
	if (rng_one_in(r, 8))
		p->vnet.flags = rng_below(r, 4);
}

void gen_packet(struct gen *g, struct packet *p)
{
	struct rng *r = &g->rng;
	int family = rng_one_in(r, 2) ? 4 : 6;

	if (g->trains) {
		copy(p, &g->train[--g->trains]);
		return;
	}
	memset(&p->vnet, 0, sizeof(p->vnet));
	switch (rng_below(r, 8)) {
	case 0:
		error(g, p, family);
		break;
	case 1:
		fragments(g, family);
		fresh(r, p, family);
		break;
	case 2:
	case 3:
	case 4:
		if (answer(g, p))
			break;
		/* fallthrough */
	default:
		fresh(r, p, family);
	}
	if (rng_one_in(r, 4))
		mutate(r, p);
	if (p->len > 64 && rng_one_in(r, 3))
		offload(r, p);
}

void gen_seen(struct gen *g, const void *data, size_t len)
{
	struct packet *s = &g->seen[g->seens++ % SEEN];

	if (len > 1500)
		len = 1500;
	memset(&s->vnet, 0, sizeof(s->vnet));
	memcpy(s->data, data, len);
	s->len = len;
}

const char *packet_flaw(const struct packet *p, int family)
{
	if (p->len < (family == 4 ? IP4_HLEN : IP6_HLEN))
		return "shorter than a header";
	if (version(p) != family)
		return "not of the family of its device";
	if (family == 4 && get16(p->data + 2) != p->len)
		return "total length";
	if (family == 4 && sum(p->data, l4_offset(p), 0) != 0xffff)
		return "header checksum";
	if (family == 6 && get16(p->data + 4) != p->len - IP6_HLEN)
		return "payload length";
	if (p->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	    p->vnet.csum_start + p->vnet.csum_offset + 2u > p->len)
		return "checksum beyond the end";
	if (p->vnet.gso_type == VIRTIO_NET_HDR_GSO_TCPV4 && family != 4)
		return "segments of IPv4";
	if (p->vnet.gso_type == VIRTIO_NET_HDR_GSO_TCPV6 && family != 6)
		return "segments of IPv6";
	return NULL;
}
