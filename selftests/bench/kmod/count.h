/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a stretch of code cost.
 *
 * Under QEMU with -icount shift=0 the time stamp counter advances by one for
 * each instruction of the guest.  A kernel for user mode (ARCH=um) asks the
 * host, which counts what this process executes; where the host cannot, ticks
 * of the same counter stand for cycles, and instructions are not known.
 */
#ifndef NBENCH_COUNT_H
#define NBENCH_COUNT_H

#include <linux/timex.h>
#include <linux/types.h>

struct count {
	u64 insn;
	u64 cycles;
	u64 misses;	/* of the last level of the cache */
};

#ifdef CONFIG_UML
#include <linux/string.h>
#include <uapi/linux/perf_event.h>

#define NR_HOST_READ		0
#define NR_HOST_CLOSE		3
#define NR_HOST_PERF_EVENT_OPEN	298
#define COUNTERS		3

static int counters[COUNTERS] = { -1, -1, -1 };

static inline long host_call(long nr, const long *arg)
{
	register long r10 asm("r10") = arg[3];
	register long r8 asm("r8") = arg[4];
	long ret;

	asm volatile("syscall" : "=a" (ret)
		     : "a" (nr), "D" (arg[0]), "S" (arg[1]), "d" (arg[2]), "r" (r10), "r" (r8)
		     : "rcx", "r11", "memory");
	return ret;
}

static void count_close(void)
{
	int i;

	for (i = COUNTERS - 1; i >= 0; i--) {
		long args[5] = { counters[i] };

		if (counters[i] >= 0)
			host_call(NR_HOST_CLOSE, args);
		counters[i] = -1;
	}
}

/* One group, hence all of them count at the same time; or none is open. */
static void count_open(void)
{
	static const u64 events[COUNTERS] = {
		PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_CACHE_MISSES,
	};
	int i;

	for (i = 0; i < COUNTERS; i++) {
		struct perf_event_attr attr = {
			.type = PERF_TYPE_HARDWARE, .size = sizeof(attr), .config = events[i],
			.exclude_kernel = 1, .exclude_hv = 1, .read_format = PERF_FORMAT_GROUP,
		};
		long args[5] = { (long)&attr, 0, -1, counters[0] };

		counters[i] = host_call(NR_HOST_PERF_EVENT_OPEN, args);
		if (counters[i] < 0) {
			count_close();
			return;
		}
	}
}

static inline void count_read(struct count *c)
{
	u64 values[1 + COUNTERS] = {};
	long args[5] = { counters[0], (long)values, sizeof(values) };

	if (counters[0] < 0) {
		*c = (struct count){ .cycles = __builtin_ia32_rdtsc() };
		return;
	}
	host_call(NR_HOST_READ, args);
	c->insn = values[1];
	c->cycles = values[2];
	c->misses = values[3];
}
#else
static inline void count_open(void)
{
}

static inline void count_close(void)
{
}

static inline void count_read(struct count *c)
{
	*c = (struct count){ .insn = get_cycles() };
}
#endif
#endif
