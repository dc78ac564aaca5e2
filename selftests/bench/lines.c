// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU: which cache lines one processor writes to and another one
 * reads or writes, while both have nothing but packets to do.
 *
 * The module of the bench reads bytes of the first page of memory, which nobody
 * else does, to say what is going on (MARK_... below). What is found goes to the
 * file "out=", a line for each place in the code that takes part:
 *	line ADDRESS PHYSICAL write|read CPU TIMES CODE
 * and when the run is over, with the number of lines that were touched at all,
 *	run NUMBER LINES
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

/* An oldest version that this interface has not changed since. */
EXPORT int qemu_plugin_version = PLUGIN_VERSION;

/* See together.c of the module. */
#define MARKS		0xffff888000000b00
#define MARK_RESET	0	/* a run begins */
#define MARK_BEGIN	1	/* this processor has only packets to do from now on */
#define MARK_END	2	/* no longer */
#define MARK_REPORT	3	/* the run is over */

#define CPUS		2
#define LINE		64
#define SIZE_BITS	17
#define SIZE		(1 << SIZE_BITS)
#define PLACES		8

/* An instruction that has touched a line. */
struct place {
	uint64_t code;
	uint64_t times[2];	/* reads, writes */
};

struct touched {
	uint64_t number;	/* of the line, plus one; 0: free */
	uint64_t vaddr;
	bool by[CPUS][2];	/* read, written */
	struct place place[CPUS][PLACES];
};

static struct touched *table;
static bool busy[CPUS];
static FILE *out;
static int run;

static struct touched *find(uint64_t phys)
{
	uint64_t number = phys / LINE + 1;
	uint64_t i = number * 0x9e3779b97f4a7c15 >> (64 - SIZE_BITS);

	for (;; i = (i + 1) % SIZE) {
		if (table[i].number == number)
			return &table[i];
		if (!table[i].number) {
			table[i].number = number;
			return &table[i];
		}
	}
}

static void note(struct touched *t, unsigned int cpu, bool store, uint64_t code)
{
	struct place *p = t->place[cpu];
	int i;

	t->by[cpu][store] = true;
	for (i = 0; i < PLACES - 1 && p[i].code && p[i].code != code; i++)
		;
	p[i].code = code;
	p[i].times[store]++;
}

static bool is_shared(const struct touched *t)
{
	return (t->by[0][1] && (t->by[1][0] || t->by[1][1])) || (t->by[1][1] && t->by[0][0]);
}

static void print(const struct touched *t)
{
	int cpu, i, store;

	for (cpu = 0; cpu < CPUS; cpu++)
		for (i = 0; i < PLACES; i++)
			for (store = 0; store < 2; store++)
				if (t->place[cpu][i].times[store])
					fprintf(out, "line %" PRIx64 " %" PRIx64 " %s %d %" PRIu64
						" %" PRIx64 "\n", t->vaddr, (t->number - 1) * LINE,
						store ? "write" : "read", cpu,
						t->place[cpu][i].times[store],
						t->place[cpu][i].code);
}

static void report(void)
{
	size_t i, used = 0;

	for (i = 0; i < SIZE; i++) {
		used += table[i].number != 0;
		if (table[i].number && is_shared(&table[i]))
			print(&table[i]);
	}
	fprintf(out, "run %d %zu\n", ++run, used);
	fflush(out);
}

static void mark(unsigned int cpu, int what)
{
	switch (what) {
	case MARK_RESET:
		memset(table, 0, SIZE * sizeof(*table));
		break;
	case MARK_BEGIN:
	case MARK_END:
		busy[cpu] = what == MARK_BEGIN;
		break;
	case MARK_REPORT:
		report();
		break;
	}
}

static void touch(unsigned int cpu, uint32_t info, uint64_t vaddr, void *code)
{
	struct qemu_plugin_hwaddr *hw;
	struct touched *t;

	if (vaddr >= MARKS && vaddr <= MARKS + MARK_REPORT) {
		mark(cpu, vaddr - MARKS);
		return;
	}
	if (cpu >= CPUS || !busy[cpu])
		return;
	hw = qemu_plugin_get_hwaddr(info, vaddr);
	if (!hw || qemu_plugin_hwaddr_is_io(hw))
		return;
	t = find(qemu_plugin_hwaddr_phys_addr(hw));
	t->vaddr = vaddr;
	note(t, cpu, qemu_plugin_mem_is_store(info), (uint64_t)code);
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_mem_cb(insn, touch, 0, LOADS_AND_STORES,
						 (void *)qemu_plugin_insn_vaddr(insn));
	}
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = fopen(argv[0] + 4, "w");
	table = calloc(SIZE, sizeof(*table));
	if (!out || !table)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
