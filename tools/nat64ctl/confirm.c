// SPDX-License-Identifier: GPL-2.0
/* How a configuration that is on probation is confirmed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

/* An abstract name: it belongs to the network namespace, as instances do. */
static const char name[] = "\0nat64ctl-confirm";

static int dial(int (*how)(int fd, const struct sockaddr *addr, socklen_t len))
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int err;

	if (fd < 0)
		return -errno;
	memcpy(addr.sun_path, name, sizeof(name) - 1);
	if (!how(fd, (struct sockaddr *)&addr,
		 offsetof(struct sockaddr_un, sun_path) + sizeof(name) - 1))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/**
 * ctl_confirm_listen() - be there for who confirms
 * @ctl: the run; confirm_fd is set
 * Return: exit status
 */
int ctl_confirm_listen(struct ctl *ctl)
{
	int fd = dial(bind);

	if (fd == -EADDRINUSE) {
		ctl_fail(&ctl->cmd, "another configuration waits to be confirmed");
		return CTL_REFUSED;
	}
	if (fd < 0 || listen(fd, 4)) {
		ctl_fail(&ctl->cmd, "%s", strerror(fd < 0 ? -fd : errno));
		return CTL_REFUSED;
	}
	ctl->confirm_fd = fd;
	return CTL_OK;
}

/* Of somebody who could have changed the configuration as well. */
static bool may_confirm(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) &&
	       (!who.uid || who.uid == geteuid());
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/**
 * ctl_confirm_wait() - wait for who confirms
 * @fd: of ctl_confirm_listen(), closed if somebody did
 * @ms: how long
 * Return: true if somebody did
 */
bool ctl_confirm_wait(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t end = now_ms() + ms;
	bool ok = false;
	int peer;

	for (; !ok && ms > 0; ms = end - now_ms()) {
		if (poll(&pfd, 1, ms) <= 0)
			continue;
		peer = accept(fd, NULL, NULL);
		if (peer < 0)
			continue;
		ok = may_confirm(peer);
		/* who is told so finds that nothing waits any more */
		if (ok)
			close(fd);
		if (ok && write(peer, "", 1) < 0)
			syslog(LOG_INFO, "confirm: %s", strerror(errno));
		close(peer);
	}
	return ok;
}

/**
 * ctl_confirm_detach() - leave whoever has started this
 */
void ctl_confirm_detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;

	setsid();
	for (fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	if (chdir("/"))
		return;
}

/**
 * ctl_confirm() - confirm
 * @ctl: the run
 * Return: exit status
 */
int ctl_confirm(struct ctl *ctl)
{
	int fd, ret = ctl_end(&ctl->cmd);
	char done;

	if (ret)
		return ret;
	fd = dial(connect);
	if (fd < 0) {
		ctl_fail(&ctl->cmd, "no configuration waits to be confirmed");
		return CTL_REFUSED;
	}
	ret = read(fd, &done, 1) == 1 ? CTL_OK : CTL_NO_ACCESS;
	close(fd);
	if (ret)
		ctl_fail(&ctl->cmd, "no permission, or too late");
	return ret;
}
