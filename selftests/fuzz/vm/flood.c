// SPDX-License-Identifier: GPL-2.0
/*
 * Floods of a translator between two tun devices, "six" and "four":
 *
 *   flood KIND [PACKETS]
 *
 * Established TCP flows send a packet each way after every few packets of the
 * flood. How many of them got through is printed, and if one did not the exit
 * status is 1. The kernel handles a packet before the write of it returns, so
 * nothing is waited for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "wire.h"

#define FLOWS		64
#define EVERY		32
#define SERVER		"203.0.113.9"
#define SERVER6		"2001:db8:64::203.0.113.9"
#define TCP_SYN		0x02
#define TCP_ACK		0x10

/**
 * struct flow - a TCP connection that was there before
 * @addr4: what the translator calls the host
 * @port4: and its port
 */
struct flow {
	char host[64];
	char addr4[INET_ADDRSTRLEN];
	uint16_t port4;
};

struct flood {
	struct rng rng;
	int six;
	int four;
	struct flow flows[FLOWS];
	unsigned long sent;
	unsigned long passed;
	unsigned long leaked;
};

static struct packet p, got;

static void fail(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void put16(uint8_t *at, unsigned int v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static uint8_t *end(void)
{
	return p.data + p.len;
}

static void add_tcp(uint16_t sport, uint16_t dport, int flags)
{
	memset(end(), 0, 24);
	put16(end(), sport);
	put16(end() + 2, dport);
	put16(end() + 6, 7);
	end()[12] = 0x50;
	end()[13] = flags;
	put16(end() + 14, 1000);
	p.len += flags & TCP_SYN ? 20 : 24;
	packet_seal(&p, IPPROTO_TCP);
}

static void add_udp(uint16_t sport, uint16_t dport)
{
	memset(end(), 0, 12);
	put16(end(), sport);
	put16(end() + 2, dport);
	put16(end() + 4, 12);
	p.len += 12;
	packet_seal(&p, IPPROTO_UDP);
}

static void send_packet(struct flood *f)
{
	if (!wire_send(p.data[0] >> 4 == 4 ? f->four : f->six, &p))
		fail("write");
}

static void drain(struct flood *f)
{
	while (wire_take(f->four, &got))
		f->leaked++;
	while (wire_take(f->six, &got))
		;
}

/* Whether a TCP packet to @port comes out of @fd. */
static bool arrives(int fd, size_t hlen, uint16_t port)
{
	while (wire_wait(fd, &got))
		if (got.len >= hlen + 20 &&
		    (got.data[hlen + 2] << 8 | got.data[hlen + 3]) == port)
			return true;
	return false;
}

static bool to4(struct flood *f, const struct flow *w, int flags)
{
	packet_base(&p, w->host, SERVER6);
	add_tcp(20000 + (w - f->flows), 80, flags);
	send_packet(f);
	if (!(flags & TCP_SYN))
		return arrives(f->four, 20, 80);
	return wire_wait(f->four, &got);
}

static bool to6(struct flood *f, const struct flow *w, int flags)
{
	packet_base(&p, SERVER, w->addr4);
	add_tcp(80, w->port4, flags);
	send_packet(f);
	return arrives(f->six, 40, 20000 + (w - f->flows));
}

static void establish(struct flood *f)
{
	struct flow *w;

	for (w = f->flows; w < f->flows + FLOWS; w++) {
		snprintf(w->host, sizeof(w->host), "2001:db8:6:f::%x",
			 (unsigned int)(w - f->flows) + 1);
		drain(f);
		if (!to4(f, w, TCP_SYN))
			fail("a first packet does not get through");
		inet_ntop(AF_INET, got.data + 12, w->addr4, sizeof(w->addr4));
		w->port4 = got.data[20] << 8 | got.data[21];
		if (!to6(f, w, TCP_SYN | TCP_ACK) || !to4(f, w, TCP_ACK))
			fail("a connection is not established");
	}
	f->leaked = 0;
}

/* One packet of one flow, each way. */
static void keep_on(struct flood *f, unsigned long n)
{
	const struct flow *w = &f->flows[n % FLOWS];

	drain(f);
	f->sent += 2;
	f->passed += to4(f, w, TCP_ACK);
	f->passed += to6(f, w, TCP_ACK);
}

static uint16_t port(struct flood *f)
{
	return 1 + rng_below(&f->rng, 65535);
}

/* Some IPv4 host, as the IPv6 side knows it. */
static const char *somewhere(struct flood *f)
{
	static char text[64];

	snprintf(text, sizeof(text), "2001:db8:64::198.51.%u.%u",
		 rng_below(&f->rng, 256), rng_below(&f->rng, 256));
	return text;
}

static void syn_one(struct flood *f)
{
	packet_base(&p, "2001:db8:6:a::1", somewhere(f));
	add_tcp(port(f), port(f), TCP_SYN);
}

static void syn_many(struct flood *f)
{
	char src[64];

	snprintf(src, sizeof(src), "2001:db8:6:a::%x", rng_below(&f->rng, 65536));
	packet_base(&p, src, somewhere(f));
	add_tcp(port(f), port(f), TCP_SYN);
}

static void udp_one(struct flood *f)
{
	packet_base(&p, "2001:db8:6:a::1", somewhere(f));
	add_udp(port(f), port(f));
}

/* First and other pieces of packets that are never whole. */
static void fragments(struct flood *f)
{
	packet_base(&p, "2001:db8:6:a::1", somewhere(f));
	memset(end(), 0, 40);
	end()[0] = IPPROTO_UDP;
	put16(end() + 2, rng_one_in(&f->rng, 2) ? 1 : 32 | 1);
	put16(end() + 4, port(f));
	put16(end() + 6, port(f));
	put16(end() + 8, port(f));
	put16(end() + 10, port(f));
	put16(end() + 12, 2000);
	p.len += 40;
	packet_seal(&p, 44);
}

/* Errors about what was never sent, from either side. */
static void errors(struct flood *f)
{
	static struct packet quote;

	if (rng_one_in(&f->rng, 2)) {
		syn_many(f);
		quote = p;
		packet_base(&p, "2001:db8:6:a::1", somewhere(f));
		memcpy(p.data + 24, quote.data + 24, 16);
	} else {
		packet_base(&p, "192.0.2.1", "198.51.100.9");
		add_udp(port(f), port(f));
		quote = p;
		packet_base(&p, "198.51.100.9", "192.0.2.1");
	}
	memset(end(), 0, 8);
	end()[0] = p.data[0] >> 4 == 6 ? 1 : 3;
	memcpy(end() + 8, quote.data, quote.len);
	p.len += 8 + quote.len;
	packet_seal(&p, p.data[0] >> 4 == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

static void outside(struct flood *f)
{
	char src[64];

	snprintf(src, sizeof(src), "198.51.%u.%u", rng_below(&f->rng, 256),
		 rng_below(&f->rng, 256));
	packet_base(&p, src, rng_one_in(&f->rng, 2) ? "192.0.2.1" : "192.0.2.2");
	if (rng_one_in(&f->rng, 2))
		add_udp(port(f), port(f));
	else
		add_tcp(port(f), port(f), TCP_SYN);
}

static const struct {
	const char *name;
	void (*make)(struct flood *f);
} kinds[] = {
	{ "syn-one-source", syn_one },
	{ "syn-65536-sources", syn_many },
	{ "udp-one-source", udp_one },
	{ "fragments", fragments },
	{ "icmp-errors", errors },
	{ "from-outside", outside },
};

int main(int argc, char **argv)
{
	static struct flood f;
	unsigned long i, n = argc > 2 ? strtoul(argv[2], NULL, 0) : 65536;
	unsigned int k;

	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (argc > 1 && !strcmp(argv[1], kinds[k].name))
			break;
	if (k == sizeof(kinds) / sizeof(kinds[0]))
		return 2;
	rng_seed(&f.rng, k);
	f.six = wire_open("six", IFF_TUN);
	f.four = wire_open("four", IFF_TUN);
	establish(&f);
	for (i = 0; i < n; i++) {
		kinds[k].make(&f);
		send_packet(&f);
		if (i % EVERY == EVERY - 1)
			keep_on(&f, i / EVERY);
	}
	printf("%s: %lu packets; of %lu of %u established flows %lu got through\n",
	       kinds[k].name, n, f.sent, FLOWS, f.passed);
	return f.sent == f.passed ? 0 : 1;
}
