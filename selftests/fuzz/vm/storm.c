// SPDX-License-Identifier: GPL-2.0
/*
 * Packets into a running translator, through devices of its namespace:
 *
 *   storm [-s SEED] [-n PACKETS | -t SECONDS] [-f]
 *
 * Two tun devices, "six" and "four", must be there, and a tap device "frags".
 * What the translator sends comes back by the first two, is looked at, and is
 * answered and quoted by later packets. The kernel takes a packet from the
 * writer's own context, so the same seed does the same again. With -f each
 * packet is sent over and over again, while one allocation after the other
 * fails on its way (fail-nth), until it gets through.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "failnth.h"
#include "packet.h"
#include "wire.h"

#define ETH_LEN		14
#define PIECES		10

/**
 * struct storm - all of it
 * @six: tun device, towards IPv6 hosts
 * @four: tun device, towards IPv4 hosts
 * @frags: tap device whose packets arrive in pages
 * @mac: of @frags
 * @sweep: let allocations fail
 * @spoilt: the kernel may have spoilt the header of a packet that is to come
 */
struct storm {
	struct gen gen;
	int six;
	int four;
	int frags;
	uint8_t mac[6];
	bool sweep;
	bool spoilt;
	unsigned long sent;
	unsigned long refused;
	unsigned long faults;
	unsigned long out4;
	unsigned long out6;
};

static struct packet in, out;

static void fail(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* What the far end can do decides who cuts and sums what leaves. */
static void set_offload(struct storm *s)
{
	static const unsigned int sets[] = {
		0, TUN_F_CSUM, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6,
	};
	struct rng *r = &s->gen.rng;

	ioctl(s->six, TUNSETOFFLOAD, sets[rng_below(r, 3)]);
	ioctl(s->four, TUNSETOFFLOAD, sets[rng_below(r, 3)]);
}

/* A listener makes every packet of its device a shared one. */
static int listen_on(const char *name)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(3),	/* ETH_P_ALL */
		.sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		fail("listener");
	return fd;
}

static void read_mac(struct storm *s)
{
	struct ifreq ifr = { .ifr_name = "frags" };

	if (ioctl(s->frags, SIOCGIFHWADDR, &ifr))
		fail("address of frags");
	memcpy(s->mac, ifr.ifr_hwaddr.sa_data, 6);
}

static bool write_frags(struct storm *s)
{
	uint8_t eth[ETH_LEN + 1] = { 0 };
	struct iovec v[PIECES + 2];
	struct rng *r = &s->gen.rng;
	size_t at = 0, n, count = 2;

	memcpy(eth, s->mac, 6);
	eth[6] = 2;
	memcpy(eth + 12, in.data[0] >> 4 == 4 ? "\x08\x00" : "\x86\xdd", 2);
	v[0] = (struct iovec){ &in.vnet, sizeof(in.vnet) };
	v[1] = (struct iovec){ eth, ETH_LEN };
	in.vnet.csum_start += ETH_LEN;
	for (; at < in.len && count < PIECES + 2; at += n) {
		n = 1 + rng_below(r, rng_one_in(r, 2) ? 40 : 2000);
		if (n > in.len - at || count == PIECES + 1)
			n = in.len - at;
		if (n > 4000)
			n = 4000;
		v[count++] = (struct iovec){ in.data + at, n };
	}
	return writev(s->frags, v, count) > 0;
}

static bool write_tun(struct storm *s)
{
	return wire_send(in.data[0] >> 4 == 4 ? s->four : s->six, &in);
}

static void complain(const char *flaw)
{
	size_t i;

	printf("a packet of %zu bytes came out: %s:", out.len, flaw);
	for (i = 0; i < out.len && i < 100; i++)
		printf(" %02x", out.data[i]);
	printf("\n");
	exit(1);
}

static void take(struct storm *s, int fd, int family, unsigned long *count)
{
	const char *flaw;

	while (wire_take(fd, &out)) {
		flaw = family == 4 && s->spoilt ? NULL :
						  packet_flaw(&out, family);
		if (flaw)
			complain(flaw);
		gen_seen(&s->gen, out.data, out.len);
		++*count;
	}
}

static void take_all(struct storm *s)
{
	char waste[4096];

	take(s, s->six, 6, &s->out6);
	take(s, s->four, 4, &s->out4);
	while (read(s->frags, waste, sizeof(waste)) > 0)
		;
	s->spoilt = false;
}

/*
 * The kernel writes a checksum where it is told to, into the IPv4 header, too,
 * of a packet that it forwards as it is.
 */
static bool spoils_header(const struct packet *p)
{
	return p->data[0] >> 4 == 4 &&
	       p->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	       p->vnet.csum_start + p->vnet.csum_offset <
	       (p->data[0] & 15) * 4;
}

static void send_one(struct storm *s)
{
	bool frags = rng_one_in(&s->gen.rng, 4);

	s->sent++;
	s->spoilt |= spoils_header(&in);
	s->refused += !(frags ? write_frags(s) : write_tun(s));
	if (!(s->sent & 15))
		take_all(s);
}

/* As often as there are allocations on the way of this packet. */
static void sweep_one(struct storm *s)
{
	unsigned int nth = 0;

	do {
		s->spoilt |= spoils_header(&in);
		failnth_arm(++nth);
		s->refused += !write_tun(s);
		s->sent++;
		take_all(s);
	} while (failnth_disarm() && nth < 200);
	s->faults += nth - 1;
}

static void run(struct storm *s, unsigned long count, unsigned int seconds)
{
	time_t end = time(NULL) + seconds;

	while (seconds ? time(NULL) < end : count--) {
		if (!(s->sent & 1023))
			set_offload(s);
		gen_packet(&s->gen, &in);
		if (s->sweep)
			sweep_one(s);
		else
			send_one(s);
	}
	take_all(s);
}

int main(int argc, char **argv)
{
	static struct storm s;
	unsigned long count = 10000;
	unsigned int seconds = 0;
	uint64_t seed = 1;
	int opt;

	while ((opt = getopt(argc, argv, "s:n:t:f")) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			count = strtoul(optarg, NULL, 0);
		else if (opt == 't')
			seconds = strtoul(optarg, NULL, 0);
		else if (opt == 'f')
			s.sweep = true;
		else
			return 2;
	}
	rng_seed(&s.gen.rng, seed);
	s.six = wire_open("six", IFF_TUN);
	s.four = wire_open("four", IFF_TUN);
	s.frags = wire_open("frags", IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS);
	read_mac(&s);
	listen_on("four");
	if (seed & 1)
		listen_on("six");
	run(&s, count, seconds);
	printf("seed %llu: %lu packets, %lu refused by the device, %lu faults, out: %lu IPv4, %lu IPv6\n",
	       (unsigned long long)seed, s.sent, s.refused, s.faults, s.out4,
	       s.out6);
	return s.out4 && s.out6 ? 0 : 3;
}
