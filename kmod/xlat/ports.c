// SPDX-License-Identifier: GPL-2.0
#include "ports.h"

#define PROBES	8	/* random words before the summary is asked */
#define TRIES	8	/* words of the summary, should others be faster */

#if BITS_PER_LONG == 64
#define EVEN_BITS	0x5555555555555555UL
#else
#define EVEN_BITS	0x55555555UL
#endif

/* Bits of a word by parity of the port: a word begins with an even one. */
static const unsigned long bits_of[2] = { EVEN_BITS, ~EVEN_BITS };

/* What a search goes through: words from @lo up to @hi, and bits of these. */
struct search {
	unsigned int lo;
	unsigned int hi;
	unsigned long mask;
	u8 parities;
};

static unsigned long free_in(const struct nat64_ports *p, unsigned int word,
			     unsigned long mask)
{
	return ~READ_ONCE(p->map[word]) & mask;
}

/**
 * nat64_ports_init() - a range of which no port is in use
 * @p: the ports
 * @map: nat64_ports_words() of zero
 * @min: first port
 * @max: last port
 */
void nat64_ports_init(struct nat64_ports *p, unsigned long *map, u16 min,
		      u16 max)
{
	p->map = map;
	p->first = min / BITS_PER_LONG;
	p->n = nat64_ports_words(min, max);
	map[0] |= ~(~0UL << min % BITS_PER_LONG);
	map[p->n - 1] |= ~(~0UL >> (BITS_PER_LONG - 1 - max % BITS_PER_LONG));
	/* a search is told how far it goes, and finds out about both ends */
	memset(p->may, 0xff, sizeof(p->may));
}

/* After a port of the word was taken, or none was found there. */
static void summarize(struct nat64_ports *p, unsigned int word,
		      unsigned int odd)
{
	if (free_in(p, word, bits_of[odd]))
		return;
	clear_bit(word, p->may[odd]);
	/* either this sees what nat64_ports_free() gave back, or that sees
	 * that the bit is clear
	 */
	smp_mb__after_atomic();
	if (free_in(p, word, bits_of[odd]))
		set_bit(word, p->may[odd]);
}

/* Take a free port of one word, from bit @turn on: its bit, or -1. */
static int take_from_word(struct nat64_ports *p, unsigned int word,
			  unsigned long mask, unsigned int turn)
{
	unsigned long left;
	unsigned int bit;

	while ((left = free_in(p, word, mask))) {
		left = left >> turn | left << (-turn % BITS_PER_LONG);
		bit = (__ffs(left) + turn) % BITS_PER_LONG;
		if (test_and_set_bit(word * BITS_PER_LONG + bit, p->map))
			continue;
		summarize(p, word, bit & 1);
		return word * BITS_PER_LONG + bit;
	}
	return -1;
}

/* Word @i of the summary of what is searched. */
static unsigned long sum_at(const struct nat64_ports *p,
			    const struct search *s, unsigned int i)
{
	unsigned int base = i * BITS_PER_LONG;
	unsigned long sum = 0;

	if (base >= s->hi || base + BITS_PER_LONG <= s->lo)
		return 0;
	if (s->parities & NAT64_PORTS_EVEN)
		sum |= READ_ONCE(p->may[0][i]);
	if (s->parities & NAT64_PORTS_ODD)
		sum |= READ_ONCE(p->may[1][i]);
	if (s->lo > base)
		sum &= ~0UL << (s->lo - base);
	if (s->hi < base + BITS_PER_LONG)
		sum &= ~(~0UL << (s->hi - base));
	return sum;
}

/* One of the words that may have a free port, any as likely as another; -1. */
static int pick_word(const struct nat64_ports *p, const struct search *s,
		     u32 random)
{
	unsigned long sum[NAT64_PORTS_SUMS];
	unsigned int i, n = 0, skip;

	for (i = 0; i < NAT64_PORTS_SUMS; i++) {
		sum[i] = sum_at(p, s, i);
		n += hweight_long(sum[i]);
	}
	if (!n)
		return -1;
	skip = reciprocal_scale(random, n);
	for (i = 0; skip >= hweight_long(sum[i]); i++)
		skip -= hweight_long(sum[i]);
	for (; skip; skip--)
		sum[i] &= sum[i] - 1;
	return i * BITS_PER_LONG + __ffs(sum[i]);
}

/* What comes after a number that nobody knows is not known either. */
static u32 next(u32 random)
{
	return random * 747796405 + 2891336453;
}

/* Of the upper half of a number the lower bits, which choose no word. */
static unsigned int turn_of(u32 random)
{
	return random >> 16 & (BITS_PER_LONG - 1);
}

static int take_by_summary(struct nat64_ports *p, const struct search *s,
			   u32 random)
{
	unsigned int i;
	int word, bit;

	for (i = 0; i < TRIES; i++) {
		word = pick_word(p, s, random);
		if (word < 0)
			break;
		bit = take_from_word(p, word, s->mask, turn_of(random));
		if (bit >= 0)
			return bit;
		summarize(p, word, 0);
		summarize(p, word, 1);
		random = next(random);
	}
	return -1;
}

/*
 * Random words, so that a port behind a crowded stretch is not chosen more
 * often than others (RFC 6056 section 5, H-88). When that fails few words have
 * a free port, and the summary knows which.
 */
static int take(struct nat64_ports *p, const struct search *s, u32 random)
{
	unsigned int i, word;
	int bit;

	for (i = 0; i < PROBES; i++) {
		word = s->lo + reciprocal_scale(random, s->hi - s->lo);
		bit = take_from_word(p, word, s->mask, turn_of(random));
		if (bit >= 0)
			return bit;
		random = next(random);
	}
	return take_by_summary(p, s, random);
}

/* A word of the bitmap by its number among those of all ports. */
static unsigned int word_of(const struct nat64_ports *p, unsigned int word)
{
	return word <= p->first ? 0 : min(word - p->first, p->n);
}

/**
 * nat64_ports_pick() - take any free port
 * @p: the ports
 * @c: what to choose from
 * @random: a number that nobody can guess
 *
 * RFC 6056: the choice can be guessed as little as the number (H-87).
 *
 * Return: the port, or -1 if none is free. Any context.
 */
int nat64_ports_pick(struct nat64_ports *p, const struct nat64_ports_choice *c,
		     u16 random)
{
	struct search s = {
		.lo = word_of(p, c->min / BITS_PER_LONG),
		.hi = word_of(p, c->max / BITS_PER_LONG + 1),
		.parities = c->parities,
	};
	int bit;

	if (s.lo >= s.hi)
		return -1;
	if (c->parities & NAT64_PORTS_EVEN)
		s.mask |= bits_of[0];
	if (c->parities & NAT64_PORTS_ODD)
		s.mask |= bits_of[1];
	bit = take(p, &s, (u32)random << 16);
	return bit < 0 ? -1 : (int)(p->first * BITS_PER_LONG) + bit;
}

static unsigned int bit_of(const struct nat64_ports *p, u16 port)
{
	return port - p->first * BITS_PER_LONG;
}

/**
 * nat64_ports_take() - take a given port
 * @p: the ports
 * @port: one of the range
 *
 * Return: false if it is in use. Any context.
 */
bool nat64_ports_take(struct nat64_ports *p, u16 port)
{
	unsigned int bit = bit_of(p, port);

	if (test_and_set_bit(bit, p->map))
		return false;
	summarize(p, bit / BITS_PER_LONG, port & 1);
	return true;
}

/**
 * nat64_ports_free() - give a port back
 * @p: the ports
 * @port: one that is in use
 *
 * Any context.
 */
void nat64_ports_free(struct nat64_ports *p, u16 port)
{
	unsigned int bit = bit_of(p, port), word = bit / BITS_PER_LONG;

	clear_bit(bit, p->map);
	/* pairs with the barrier in summarize() */
	smp_mb__after_atomic();
	if (!test_bit(word, p->may[port & 1]))
		set_bit(word, p->may[port & 1]);
}
