// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HOP_LIMIT 255

static int set_int(int fd, int option, int value)
{
	return setsockopt(fd, IPPROTO_IPV6, option, &value, sizeof(value)) ?
	       -errno : 0;
}

static int configure(int fd)
{
	static const struct {
		int option;
		int value;
	} options[] = {
		{ IPV6_RECVPKTINFO, 1 },
		{ IPV6_RECVHOPLIMIT, 1 },
		{ IPV6_UNICAST_HOPS, HOP_LIMIT },
		{ IPV6_MULTICAST_HOPS, HOP_LIMIT },
		{ IPV6_MULTICAST_LOOP, 0 },
	};
	struct icmp6_filter filter;
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		err = set_int(fd, options[i].option, options[i].value);
		if (err)
			return err;
	}
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
		       sizeof(filter)))
		return -errno;
	return 0;
}

int port_open(void)
{
	int fd, err;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    IPPROTO_ICMPV6);
	if (fd < 0)
		return -errno;
	err = configure(fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* All routers of a link. */
static int set_group(int fd, int option, int ifindex)
{
	struct ipv6_mreq group = {
		.ipv6mr_multiaddr = { .s6_addr = { 0xff, 0x02, [15] = 2 } },
		.ipv6mr_interface = (unsigned int)ifindex,
	};

	return setsockopt(fd, IPPROTO_IPV6, option, &group, sizeof(group)) ?
	       -errno : 0;
}

int port_join(int fd, int ifindex)
{
	int err = set_group(fd, IPV6_JOIN_GROUP, ifindex);

	return err == -EADDRINUSE ? 0 : err;
}

void port_leave(int fd, int ifindex)
{
	set_group(fd, IPV6_LEAVE_GROUP, ifindex);
}

static void read_control(struct msghdr *msg, struct port_packet *p)
{
	struct in6_pktinfo info;
	struct cmsghdr *c;

	p->hop_limit = -1;
	p->ifindex = 0;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&p->hop_limit, CMSG_DATA(c),
			       sizeof(p->hop_limit));
		if (c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			p->ifindex = (int)info.ipi6_ifindex;
		}
	}
}

int port_receive(int fd, struct port_packet *p)
{
	_Alignas(struct cmsghdr) uint8_t
		control[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
			CMSG_SPACE(sizeof(int))];
	struct sockaddr_in6 from;
	struct iovec iov = { .iov_base = p->data, .iov_len = sizeof(p->data) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	p->len = (size_t)n;
	p->src = from.sin6_addr;
	read_control(&msg, p);
	return 1;
}

int port_send(int fd, const struct port_route *route, const uint8_t *data,
	      size_t len)
{
	_Alignas(struct cmsghdr) uint8_t
		control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = { 0 };
	const struct in6_pktinfo info = {
		.ipi6_addr = route->src,
		.ipi6_ifindex = (unsigned int)route->ifindex,
	};
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_addr = route->dst,
		.sin6_scope_id = (uint32_t)route->ifindex,
	};
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	return sendmsg(fd, &msg, 0) < 0 ? -errno : 0;
}
