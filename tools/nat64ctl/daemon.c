// SPDX-License-Identifier: GPL-2.0
/* Asks the daemons. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl.h"

#define RUN_DIR		"/run/nat64"

/* An answer is a few lines, of adoption one for each of 65536 devices. */
#define MAX_ANSWER	(1 << 26)

static int dial(const char *daemon)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	/* A daemon that hangs does not hang us. */
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(addr.sun_path, sizeof(addr.sun_path), RUN_DIR "/%s.sock",
		 daemon);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static char *read_all(int fd)
{
	char *text = NULL, *bigger;
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < MAX_ANSWER) {
		bigger = realloc(text, len + 4096 + 1);
		if (!bigger)
			break;
		text = bigger;
		n = read(fd, text + len, 4096);
		if (n > 0)
			len += n;
		text[len] = 0;
	}
	while (len && text[len - 1] == '\n')
		text[--len] = 0;
	if (n || !len) {
		free(text);
		return NULL;
	}
	return text;
}

/**
 * ctl_ask() - ask a daemon
 * @daemon: its name
 * @request: a line
 * @err: -errno where it does not answer
 * Return: its answer, to be freed, or NULL
 */
char *ctl_ask(const char *daemon, const char *request, int *err)
{
	int fd = dial(daemon);
	char *text = NULL;

	*err = fd;
	if (fd < 0)
		return NULL;
	*err = -EIO;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) ==
	    (ssize_t)strlen(request))
		text = read_all(fd);
	close(fd);
	if (!text || strncmp(text, "error: ", 7))
		return text;
	free(text);
	return NULL;
}

/**
 * ctl_silence() - say why a daemon does not answer
 * @err: of ctl_ask()
 * Return: text
 */
const char *ctl_silence(int err)
{
	switch (err) {
	case -ENOENT:
	case -ECONNREFUSED:
		return "not running";
	case -EACCES:
	case -EPERM:
		return "no permission to ask it";
	default:
		return "does not answer";
	}
}

/**
 * ctl_silent() - tell that a daemon does not answer
 * @ctl: the run
 * @daemon: its name
 * @err: of ctl_ask()
 * Return: exit status
 */
int ctl_silent(const struct ctl *ctl, const char *daemon, int err)
{
	ctl_fail(&ctl->cmd, "%s: %s", daemon, ctl_silence(err));
	return err == -EACCES || err == -EPERM ? CTL_NO_ACCESS : CTL_REFUSED;
}
