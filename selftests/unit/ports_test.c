// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>

#include "ktap.h"
#include "ports.h"

/* What somebody else does between a look at a word and what follows from it. */
static void (*meanwhile)(void);

static void interrupted_clear_bit(unsigned int bit, unsigned long *map)
{
	void (*fn)(void) = meanwhile;

	meanwhile = NULL;
	if (fn)
		fn();
	clear_bit(bit, map);
}

#define clear_bit interrupted_clear_bit
#include "ports.c"
#undef clear_bit

static unsigned long bitmap[NAT64_PORTS_WORDS];
static struct nat64_ports ports;

static const struct nat64_ports_choice any = {
	.max = 65535, .parities = NAT64_PORTS_ANY,
};

static u16 rnd(void)
{
	static u64 seed = 1;

	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return seed >> 48;
}

static void begin(u16 min, u16 max)
{
	memset(bitmap, 0, sizeof(bitmap));
	nat64_ports_init(&ports, bitmap, min, max);
}

/* What a range begins and ends with may be in the middle of a word. */
static const u16 ranges[][2] = {
	{ 0, 65535 }, { 1, 65535 }, { 1024, 65535 }, { 1000, 1100 },
	{ 4096, 4096 }, { 65535, 65535 }, { 0, 0 }, { 33, 95 }, { 64, 127 },
	{ 40000, 40063 }, { 7, 8191 },
};

/* Takes all that are left: how many; each is counted in @seen. */
static unsigned int drain(const struct nat64_ports_choice *c, u8 *seen)
{
	unsigned int n = 0;
	int port;

	for (; (port = nat64_ports_pick(&ports, c, rnd())) >= 0; n++)
		seen[port]++;
	return n;
}

/* H-85 H-95 */
TEST(every_port_once_to_the_last)
{
	static u8 seen[65536];
	unsigned int i, port;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		u16 min = ranges[i][0], max = ranges[i][1];

		begin(min, max);
		memset(seen, 0, sizeof(seen));
		EXPECT_EQ(drain(&any, seen), max - min + 1);
		for (port = 0; port < 65536; port++)
			if (seen[port] != (port >= min && port <= max))
				break;
		EXPECT_EQ(port, 65536);
		/* all of it again, as it was given back */
		for (port = min; port <= max; port++)
			nat64_ports_free(&ports, port);
		EXPECT_EQ(drain(&any, seen), max - min + 1);
	}
}

/* H-80 H-81 */
TEST(keeps_class_and_parity)
{
	static const struct nat64_ports_choice low_odd = {
		.max = 1023, .parities = NAT64_PORTS_ODD,
	}, high_even = {
		.min = 1024, .max = 65535, .parities = NAT64_PORTS_EVEN,
	}, low = {
		.max = 1023, .parities = NAT64_PORTS_ANY,
	};
	static u8 seen[65536];
	unsigned int port;

	begin(1, 65535);
	EXPECT_EQ(drain(&low_odd, seen), 512);
	EXPECT_EQ(drain(&high_even, seen), (65536 - 1024) / 2);
	for (port = 0; port < 65536; port++)
		if (seen[port] != (port < 1024 ? port & 1 : !(port & 1)))
			break;
	EXPECT_EQ(port, 65536);
	EXPECT_EQ(drain(&low, seen), 511);
	EXPECT_EQ(drain(&any, seen), (65536 - 1024) / 2);
	begin(1024, 2047);
	EXPECT_EQ(nat64_ports_pick(&ports, &low, rnd()), -1);
	begin(1, 1023);
	EXPECT_EQ(nat64_ports_pick(&ports, &high_even, rnd()), -1);
}

/* H-95: whatever the number is, and wherever the port is */
TEST(finds_the_only_free_port)
{
	static u8 seen[65536];
	unsigned int i;
	u16 port;

	begin(1, 65535);
	drain(&any, seen);
	for (i = 0; i < 20000; i++) {
		port = max(rnd(), 1);
		nat64_ports_free(&ports, port);
		if (nat64_ports_pick(&ports, &any, rnd()) != port)
			break;
	}
	EXPECT_EQ(i, 20000);
	EXPECT_EQ(nat64_ports_pick(&ports, &any, rnd()), -1);
}

TEST(takes_a_given_port_once)
{
	static u8 seen[65536];

	begin(1000, 1100);
	EXPECT(nat64_ports_take(&ports, 1000));
	EXPECT(!nat64_ports_take(&ports, 1000));
	EXPECT(nat64_ports_take(&ports, 1100));
	EXPECT_EQ(drain(&any, seen), 99);
	EXPECT_EQ(seen[1000], 0);
	nat64_ports_free(&ports, 1000);
	EXPECT(nat64_ports_take(&ports, 1000));
	EXPECT_EQ(nat64_ports_pick(&ports, &any, rnd()), -1);
}

static void free_7000(void)
{
	nat64_ports_free(&ports, 7000);
}

/* Given back just when its word has become full: not forgotten. */
TEST(freed_while_the_last_is_taken)
{
	static u8 seen[65536];

	begin(1, 65535);
	drain(&any, seen);
	nat64_ports_free(&ports, 7002);
	meanwhile = free_7000;
	EXPECT_EQ(nat64_ports_pick(&ports, &any, rnd()), 7002);
	EXPECT(!meanwhile);
	EXPECT_EQ(nat64_ports_pick(&ports, &any, rnd()), 7000);
	EXPECT_EQ(nat64_ports_pick(&ports, &any, rnd()), -1);
}

/* How often each of @n ports from @min on is chosen out of @rounds, at most
 * and at least, while all others of the range are in use.
 */
static void spread(u16 min, unsigned int n, unsigned int rounds,
		   unsigned int *least, unsigned int *most)
{
	static unsigned int count[65536];
	unsigned int i;
	int port;

	memset(count, 0, sizeof(count));
	for (i = 0; i < rounds; i++) {
		port = nat64_ports_pick(&ports, &any, rnd());
		if (port < 0)
			break;
		count[port]++;
		nat64_ports_free(&ports, port);
	}
	EXPECT_EQ(i, rounds);
	*least = rounds;
	*most = 0;
	for (i = min; i < min + n; i++) {
		*least = min(*least, count[i]);
		*most = max(*most, count[i]);
	}
}

/* H-87 */
TEST(every_port_is_as_likely)
{
	unsigned int least, most;

	begin(1024, 65535);
	spread(1024, 64512, 64512 * 50, &least, &most);
	EXPECT(least >= 15);
	/* there are more numbers than ports: some have two */
	EXPECT(most <= 160);
}

/* H-88: 64 words have one free port each, the first in front of a wide gap */
TEST(a_gap_makes_no_port_likelier)
{
	static u8 seen[65536];
	unsigned int i, hits = 0;

	begin(0, 65535);
	drain(&any, seen);
	for (i = 0; i < 63; i++)
		nat64_ports_free(&ports, i * 64 + 5);
	nat64_ports_free(&ports, 60000);
	for (i = 0; i < 64000; i++) {
		int port = nat64_ports_pick(&ports, &any, rnd());

		hits += port == 60000;
		nat64_ports_free(&ports, port);
	}
	EXPECT(hits > 700);
	EXPECT(hits < 1300);
}

#define THREADS	4
#define ROUNDS	200000
#define HELD	40

/* Everybody takes and gives back; a port that two have at once is a failure. */
static u8 owned[65536];
static unsigned int doubles;

static void let_go(int *port)
{
	__atomic_store_n(&owned[*port], 0, __ATOMIC_SEQ_CST);
	nat64_ports_free(&ports, *port);
	*port = -1;
}

static void *churn(void *arg)
{
	u64 seed = (uintptr_t)arg + 1;
	int held[HELD], port;
	unsigned int i, slot;

	memset(held, -1, sizeof(held));
	for (i = 0; i < ROUNDS; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		slot = (seed >> 40) % HELD;
		if (held[slot] >= 0) {
			let_go(&held[slot]);
			continue;
		}
		port = nat64_ports_pick(&ports, &any, seed >> 48);
		if (port >= 0 && __atomic_exchange_n(&owned[port], 1,
						     __ATOMIC_SEQ_CST))
			__atomic_add_fetch(&doubles, 1, __ATOMIC_SEQ_CST);
		held[slot] = port;
	}
	for (slot = 0; slot < HELD; slot++)
		if (held[slot] >= 0)
			let_go(&held[slot]);
	return NULL;
}

/* H-85: no port is lost or had twice when several take and give back at once */
TEST(threads)
{
	static u8 seen[65536];
	pthread_t thread[THREADS];
	unsigned int i;

	/* fewer ports than are asked for, so that words are full often */
	begin(1000, 1099);
	for (i = 0; i < THREADS; i++)
		EXPECT_EQ(pthread_create(&thread[i], NULL, churn,
					 (void *)(uintptr_t)i), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	EXPECT_EQ(doubles, 0);
	EXPECT_EQ(drain(&any, seen), 100);
}

KTAP_MAIN()
