/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When to send advertisements on an interface: RFC 4861, sections 6.2.4 to
 * 6.2.6. Pure: the caller brings clock and chance, in milliseconds.
 */
#ifndef PREF64D_SCHED_H
#define PREF64D_SCHED_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define SCHED_NEVER UINT64_MAX

/* RFC 4861, section 10. */
#define SCHED_INITIAL_COUNT 3		/* MAX_INITIAL_RTR_ADVERTISEMENTS */
#define SCHED_INITIAL_INTERVAL 16000	/* MAX_INITIAL_RTR_ADVERT_INTERVAL */
#define SCHED_MIN_DELAY 3000		/* MIN_DELAY_BETWEEN_RAS */
#define SCHED_MAX_RS_DELAY 500		/* MAX_RA_DELAY_TIME */

#define SCHED_MAX_UNICAST 32
#define SCHED_FINAL_COUNT 2

enum sched_send {
	SCHED_NOTHING,
	SCHED_MULTICAST,
	SCHED_UNICAST,
};

struct sched_unicast {
	struct in6_addr to;
	uint64_t at;		/* SCHED_NEVER once it was sent */
	uint64_t sent;
};

/**
 * struct sched - timers of one interface
 * @min: MinRtrAdvInterval
 * @max: MaxRtrAdvInterval
 * @random: gives a number from 0 to its argument
 * @running: advertising
 * @stopping: sending the final advertisements
 * @burst: advertisements left that follow each other quickly
 * @burst_interval: longest time between those
 * @next: next multicast advertisement
 * @not_before: earliest time of one that is not urgent
 * @urgent: @next tells of a change
 * @unicast: answers to single hosts, sent or to be sent
 * @nunicast: entries of @unicast
 */
struct sched {
	uint64_t min;
	uint64_t max;
	uint32_t (*random)(uint32_t max);
	bool running;
	bool stopping;
	unsigned int burst;
	uint64_t burst_interval;
	uint64_t next;
	uint64_t not_before;
	bool urgent;
	struct sched_unicast unicast[SCHED_MAX_UNICAST];
	unsigned int nunicast;
};

/* Takes new intervals; an advertisement that is due later comes sooner. */
void sched_configure(struct sched *s, uint32_t min_s, uint32_t max_s,
		     uint64_t now);

/* The interface becomes an advertising one: the first is due at once. */
void sched_start(struct sched *s, uint64_t now);

/* It ceases to be one without a word: it is gone or down. */
void sched_halt(struct sched *s);

/**
 * sched_stop() - it ceases to be one: send the final advertisements
 * @s: timers
 * @now: clock
 *
 * SCHED_FINAL_COUNT of them, SCHED_MIN_DELAY apart, as RFC 4861, section
 * 6.2.5 has one to three, and one may be lost on a radio link.
 */
void sched_stop(struct sched *s, uint64_t now);

/* The final advertisements were sent, or there were none to send. */
bool sched_stopped(const struct sched *s);

/**
 * sched_changed() - what is advertised has changed: tell it
 * @s: timers
 * @now: clock
 *
 * RFC 4861, section 6.2.4 lets changed information go out like the first
 * advertisements: three of them, here SCHED_MIN_DELAY apart.
 *
 * Section 6.2.6 limits the rate of multicast advertisements to one in
 * MIN_DELAY_BETWEEN_RAS. A client that uses a prefix which translates no more
 * loses IPv4 until it hears so, therefore a change does not wait for that
 * time to pass: it is sent at once on credit, and the time is added to the
 * wait for the next one. So the rate is kept over any longer time, two
 * advertisements are the most that stand close together, and a translator
 * that flaps cannot make a storm.
 */
void sched_changed(struct sched *s, uint64_t now);

/**
 * sched_solicited() - a host asks
 * @s: timers
 * @now: clock
 * @src: who, unspecified for a host without an address
 *
 * Answered to the host alone where it has an address (RFC 7772), within
 * SCHED_MAX_RS_DELAY, but not again within SCHED_MIN_DELAY, and not at all
 * when an advertisement for all is due by then. Too many askers at a time,
 * and those without an address, are answered by one advertisement for all.
 */
void sched_solicited(struct sched *s, uint64_t now,
		     const struct in6_addr *src);

/* When sched_pop() has something next. */
uint64_t sched_next(const struct sched *s);

/**
 * sched_pop() - what to send now
 * @s: timers
 * @now: clock
 * @to: receiver, for SCHED_UNICAST
 *
 * Return: one advertisement to send, or SCHED_NOTHING; ask until then.
 */
enum sched_send sched_pop(struct sched *s, uint64_t now, struct in6_addr *to);

#endif
