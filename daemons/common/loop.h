/* SPDX-License-Identifier: GPL-2.0 */
/* The one event loop of a daemon and the signals it lives by. */
#ifndef NAT64D_LOOP_H
#define NAT64D_LOOP_H

#include <stdint.h>

struct event;
struct event_base;

/**
 * struct loop - event loop of a daemon
 * @base: libevent's
 * @stop: called for SIGTERM and SIGINT
 * @reload: called for SIGHUP
 * @ctx: their argument
 *
 * All callbacks of a daemon run from loop_run(), one at a time: nothing in
 * the daemons needs a lock.
 */
struct loop {
	struct event_base *base;
	void (*stop)(void *ctx);
	void (*reload)(void *ctx);
	void *ctx;
	struct event *signals[3];
};

/**
 * loop_open() - make the loop; @l->stop, ->reload and ->ctx are set already
 * @l: the loop
 *
 * Return: 0, or -ENOMEM.
 */
int loop_open(struct loop *l);
void loop_close(struct loop *l);

/* Runs until loop_quit(). */
void loop_run(struct loop *l);
void loop_quit(struct loop *l);

/**
 * loop_at() - arm a one-shot timer
 * @timer: made with evtimer_new()
 * @when: time of clock_now_ms(), CLOCK_NEVER to disarm
 */
void loop_at(struct event *timer, uint64_t when);

#endif
