/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a stretch of code cost.
 *
 * Under QEMU with -icount shift=0 the time stamp counter advances by one for
 * each instruction of the guest; nothing there counts cycles.
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
