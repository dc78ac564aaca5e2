// SPDX-License-Identifier: GPL-2.0
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* A device without a far end is down; the kernel takes a moment to see it. */
static void wait_running(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	while (!ioctl(fd, SIOCGIFFLAGS, &ifr) && !(ifr.ifr_flags & IFF_RUNNING))
		usleep(10000);
	close(fd);
}

int wire_open(const char *name, int flags)
{
	struct ifreq ifr = { .ifr_flags = flags | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd >= 0 && !ioctl(fd, TUNSETIFF, &ifr)) {
		wait_running(name);
		return fd;
	}
	fprintf(stderr, "%s: %s\n", name, strerror(errno));
	exit(2);
}

bool wire_send(int fd, struct packet *p)
{
	struct iovec v[2] = { { &p->vnet, sizeof(p->vnet) }, { p->data, p->len } };

	return writev(fd, v, 2) > 0;
}

bool wire_take(int fd, struct packet *p)
{
	struct iovec v[2] = {
		{ &p->vnet, sizeof(p->vnet) },
		{ p->data, sizeof(p->data) },
	};
	ssize_t n = readv(fd, v, 2);

	p->len = n > (ssize_t)sizeof(p->vnet) ? n - sizeof(p->vnet) : 0;
	return p->len;
}

bool wire_wait(int fd, struct packet *p)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return wire_take(fd, p) ||
	       (poll(&ready, 1, 10000) > 0 && wire_take(fd, p));
}
