// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic of many hosts through a translator between the tun devices "six" and
 * "four", against a model of what it has to remember:
 *
 *   soak SECONDS [SEED]
 *
 * Hosts begin flows, send, are answered and end. A source keeps the address
 * and the port it was given (RFC 6146 section 3.5.1), no two sources have the
 * same, and no packet of a flow is lost. What has not been used for SLEEP
 * seconds is forgotten by the model, for it may have ended.
 */
#include <arpa/inet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "packet.h"
#include "wire.h"

#define SOURCES		1500
#define SLEEP		30
#define TURNS		42

enum state { FREE, BOUND, OPEN };

/**
 * struct source - a port of a host
 * @state: FREE; BOUND: it has sent; OPEN: and was answered
 * @turn: how often it was begun; each time it is another port of the host
 * @used: when a packet of it passed, seconds
 * @remote: the last host it has sent to
 * @port4: what it was given, network byte order as in the packet
 */
struct source {
	enum state state;
	unsigned int turn;
	time_t used;
	int proto;
	unsigned int remote;
	uint8_t addr4[4];
	uint8_t port4[2];
};

struct soak {
	struct rng rng;
	int six;
	int four;
	struct source sources[SOURCES];
	unsigned long sent;
	unsigned long begun;
	unsigned long lost;
	unsigned long moved;
	unsigned long shared;
};

static struct packet p, got;

static void put16(uint8_t *at, unsigned int v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static size_t port_at(int proto, bool source)
{
	return proto == IPPROTO_ICMP ? 4 : source ? 0 : 2;
}

/* A packet with @len bytes behind its IP header, all of it but the ports. */
static void add_l4(int proto, int tcp_flags, bool reply)
{
	uint8_t *at = p.data + p.len;

	memset(at, 0, 32);
	if (proto == IPPROTO_TCP) {
		at[12] = 0x50;
		at[13] = tcp_flags;
		p.len += 24;
	} else if (proto == IPPROTO_UDP) {
		put16(at + 4, 20);
		p.len += 20;
	} else {
		at[0] = p.data[0] >> 4 == 6 ? 128 : reply ? 0 : 8;
		p.len += 20;
	}
}

static void seal(int proto)
{
	if (proto == IPPROTO_ICMP && p.data[0] >> 4 == 6)
		proto = IPPROTO_ICMPV6;
	packet_seal(&p, proto);
}

/* The gateway speaks to the groups of its link as any host does. */
static bool is_link_talk(const struct packet *q)
{
	return q->data[0] >> 4 == 6 && q->data[24] == 0xff;
}

/* Whether a packet came out, and no other. */
static bool came(int fd)
{
	static struct packet next;
	unsigned int n = 0;

	while (n ? wire_take(fd, &next) : wire_wait(fd, &next)) {
		if (is_link_talk(&next))
			continue;
		got.len = next.len;
		memcpy(got.data, next.data, next.len);
		n++;
	}
	return n == 1;
}

static unsigned int port_of(const struct soak *s, const struct source *w)
{
	return 1024 + (w - s->sources) + w->turn % TURNS * SOURCES;
}

static bool out(struct soak *s, struct source *w, int tcp_flags)
{
	unsigned int i = w - s->sources;
	char host[64], remote[64];
	uint8_t *l4;

	snprintf(host, sizeof(host), "2001:db8:6:%x::%x", i % 7, i % 50);
	snprintf(remote, sizeof(remote), "2001:db8:64::203.0.113.%u", w->remote);
	packet_base(&p, host, remote);
	l4 = p.data + p.len;
	add_l4(w->proto, tcp_flags, false);
	if (w->proto != IPPROTO_ICMP)
		put16(l4 + 2, 80);
	put16(l4 + port_at(w->proto, true), port_of(s, w));
	seal(w->proto);
	s->sent++;
	if (!wire_send(s->six, &p) || !came(s->four)) {
		s->lost++;
		w->state = FREE;
		return false;
	}
	l4 = got.data + 20;
	if (w->state != FREE &&
	    (memcmp(w->addr4, got.data + 12, 4) ||
	     memcmp(w->port4, l4 + port_at(w->proto, true), 2)))
		s->moved++;
	memcpy(w->addr4, got.data + 12, 4);
	memcpy(w->port4, l4 + port_at(w->proto, true), 2);
	w->used = time(NULL);
	return true;
}

static void back(struct soak *s, struct source *w, int tcp_flags)
{
	char addr4[INET_ADDRSTRLEN], remote[32];
	uint8_t *l4;

	inet_ntop(AF_INET, w->addr4, addr4, sizeof(addr4));
	snprintf(remote, sizeof(remote), "203.0.113.%u", w->remote);
	packet_base(&p, remote, addr4);
	l4 = p.data + p.len;
	add_l4(w->proto, tcp_flags, true);
	if (w->proto != IPPROTO_ICMP)
		put16(l4, 80);
	memcpy(l4 + port_at(w->proto, false), w->port4, 2);
	seal(w->proto);
	s->sent++;
	if (!wire_send(s->four, &p) || !came(s->six)) {
		s->lost++;
		return;
	}
	l4 = got.data + 40 + port_at(w->proto, false);
	if ((unsigned int)(l4[0] << 8 | l4[1]) != port_of(s, w))
		s->moved++;
	w->used = time(NULL);
}

static bool same(const struct source *a, const struct source *b)
{
	return a->proto == b->proto && !memcmp(a->addr4, b->addr4, 4) &&
	       !memcmp(a->port4, b->port4, 2);
}

static void begin(struct soak *s, struct source *w)
{
	static const int protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	struct source *o;

	w->turn++;
	w->proto = protos[rng_below(&s->rng, 3)];
	w->remote = 1 + rng_below(&s->rng, 200);
	s->begun++;
	if (!out(s, w, 0x02))
		return;
	w->state = BOUND;
	for (o = s->sources; o < s->sources + SOURCES; o++)
		s->shared += o != w && o->state != FREE && same(o, w);
}

/* TCP ends with a reset; for the rest it is silence. */
static void finish(struct soak *s, struct source *w)
{
	if (w->proto == IPPROTO_TCP)
		out(s, w, 0x04);
	w->state = FREE;
}

static void step(struct soak *s)
{
	struct source *w = &s->sources[rng_below(&s->rng, SOURCES)];

	if (w->state != FREE && time(NULL) - w->used > SLEEP)
		w->state = FREE;
	if (w->state == FREE) {
		begin(s, w);
		return;
	}
	if (w->state == BOUND) {
		back(s, w, 0x12);
		if (out(s, w, 0x10))
			w->state = OPEN;
		return;
	}
	if (rng_one_in(&s->rng, 200))
		finish(s, w);
	else if (rng_one_in(&s->rng, 2))
		out(s, w, 0x10);
	else
		back(s, w, 0x10);
}

int main(int argc, char **argv)
{
	static struct soak s;
	time_t end;

	if (argc < 2)
		return 2;
	rng_seed(&s.rng, argc > 2 ? strtoull(argv[2], NULL, 0) : 1);
	s.six = wire_open("six", IFF_TUN);
	s.four = wire_open("four", IFF_TUN);
	end = time(NULL) + atoi(argv[1]);
	while (time(NULL) < end)
		step(&s);
	printf("%lu packets of %lu flows: %lu lost, %lu to another port, %lu ports given twice\n",
	       s.sent, s.begun, s.lost, s.moved, s.shared);
	return s.begun && !(s.lost | s.moved | s.shared) ? 0 : 1;
}
