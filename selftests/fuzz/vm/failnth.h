/* SPDX-License-Identifier: GPL-2.0 */
/* One allocation of the kernel that fails, in what this process asks of it. */
#ifndef FAILNTH_H
#define FAILNTH_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline int failnth_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fd < 0) {
		perror("/proc/thread-self/fail-nth");
		exit(4);
	}
	return fd;
}

/**
 * failnth_arm() - from now on the allocation of this number fails, once
 * @nth: 1 is the first
 */
static inline void failnth_arm(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(failnth_fd(), text, n, 0) != n)
		abort();
}

/**
 * failnth_disarm() - no more faults
 *
 * Return: whether there was one.
 */
static inline bool failnth_disarm(void)
{
	char text[16] = "";

	if (pread(failnth_fd(), text, sizeof(text) - 1, 0) <= 0)
		abort();
	failnth_arm(0);
	return atoi(text) == 0;
}

#endif /* FAILNTH_H */
