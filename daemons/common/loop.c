// SPDX-License-Identifier: GPL-2.0
#include "loop.h"

#include "clock.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <sys/time.h>

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct loop *l = arg;

	(void)what;
	if (sig == SIGHUP)
		l->reload(l->ctx);
	else
		l->stop(l->ctx);
}

int loop_open(struct loop *l)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP };
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	l->base = event_base_new();
	if (!l->base)
		return -ENOMEM;
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		l->signals[i] = evsignal_new(l->base, caught[i], on_signal, l);
		if (!l->signals[i] || evsignal_add(l->signals[i], NULL)) {
			loop_close(l);
			return -ENOMEM;
		}
	}
	return 0;
}

void loop_close(struct loop *l)
{
	unsigned int i;

	for (i = 0; i < sizeof(l->signals) / sizeof(l->signals[0]); i++) {
		if (l->signals[i])
			event_free(l->signals[i]);
		l->signals[i] = NULL;
	}
	if (l->base)
		event_base_free(l->base);
	l->base = NULL;
}

void loop_run(struct loop *l)
{
	event_base_dispatch(l->base);
}

void loop_quit(struct loop *l)
{
	event_base_loopbreak(l->base);
}

void loop_at(struct event *timer, uint64_t when)
{
	uint64_t now = clock_now_ms();
	uint64_t delay = when > now ? when - now : 0;
	struct timeval tv;

	if (when == CLOCK_NEVER) {
		evtimer_del(timer);
		return;
	}
	tv.tv_sec = (time_t)(delay / 1000);
	tv.tv_usec = (suseconds_t)(delay % 1000 * 1000);
	evtimer_add(timer, &tv);
}
