/* SPDX-License-Identifier: GPL-2.0 */
/* The one place that reads the clock; the pure files get its value passed. */
#ifndef NAT64D_CLOCK_H
#define NAT64D_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NEVER UINT64_MAX

/* Milliseconds that only grow; no relation to the time of day. */
static inline uint64_t clock_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

#endif
