// SPDX-License-Identifier: GPL-2.0
/*
 * failnth N COMMAND...: the N-th allocation that the kernel makes for a command
 * fails. Exit status: 0 if the command succeeds all the same, 1 if it fails, 100
 * if it made fewer.
 */
#include "failnth.h"

#include <sys/wait.h>

#define NO_FAULT	100

static void run(char **argv)
{
	failnth_arm(atoi(argv[1]));
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	_exit(127);
}

/* What is left of the number stands there until the process is waited for. */
static bool was_hit(pid_t pid)
{
	char path[64], text[16] = "";
	siginfo_t info;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		abort();
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		abort();
	close(fd);
	return atoi(text) == 0;
}

int main(int argc, char **argv)
{
	int status;
	bool hit;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid < 0)
		return 2;
	if (!pid)
		run(argv);
	hit = was_hit(pid);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 127)
		return 2;
	if (hit)
		return WEXITSTATUS(status) ? 1 : 0;
	return WEXITSTATUS(status) ? 2 : NO_FAULT;
}
