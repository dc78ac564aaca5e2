// SPDX-License-Identifier: GPL-2.0
#include "ping.h"

#include "log.h"
#include "xlat.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers taken in one go, so that others get a turn in a flood. */
#define BATCH 64

struct ping {
	int fd;
	uint16_t id;
	struct in6_addr to;
};

int ping_open(struct ping **result)
{
	struct ping *p = calloc(1, sizeof(*p));
	struct icmp6_filter filter;
	int err;

	if (!p)
		return -ENOMEM;
	p->fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       IPPROTO_ICMPV6);
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	if (p->fd >= 0 && !setsockopt(p->fd, IPPROTO_ICMPV6, ICMP6_FILTER,
				      &filter, sizeof(filter)) &&
	    getrandom(&p->id, sizeof(p->id), 0) == sizeof(p->id)) {
		*result = p;
		return 0;
	}
	err = -errno;
	log_warn("health-probe: %s", strerror(-err));
	ping_close(p);
	return err;
}

void ping_close(struct ping *p)
{
	if (!p)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

int ping_fd(const struct ping *p)
{
	return p->fd;
}

void ping_embed(const struct xlat_prefix *prefix, struct in_addr to,
		struct in6_addr *out)
{
	const uint8_t *v4 = (const uint8_t *)&to;
	unsigned int i = prefix->len / 8;
	unsigned int n;

	*out = prefix->addr;
	for (n = 0; n < 4; n++, i++) {
		if (i == 8)
			out->s6_addr[i++] = 0;
		out->s6_addr[i] = v4[n];
	}
}

void ping_send(struct ping *p, const struct xlat_prefix *prefix,
	       struct in_addr to, uint16_t seq)
{
	struct sockaddr_in6 dst = { .sin6_family = AF_INET6 };
	struct icmp6_hdr hdr = { .icmp6_type = ICMP6_ECHO_REQUEST };

	if (!p)
		return;
	ping_embed(prefix, to, &p->to);
	dst.sin6_addr = p->to;
	hdr.icmp6_id = p->id;
	hdr.icmp6_seq = htons(seq);
	if (sendto(p->fd, &hdr, sizeof(hdr), 0, (struct sockaddr *)&dst,
		   sizeof(dst)) < 0)
		log_debug("health-probe: %s", strerror(errno));
}

bool ping_receive(struct ping *p, uint16_t *seq)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	struct icmp6_hdr hdr;
	int i;

	for (i = 0; i < BATCH; i++) {
		ssize_t n = recvfrom(p->fd, &hdr, sizeof(hdr), 0,
				     (struct sockaddr *)&from, &len);

		if (n < 0)
			return false;
		if (n < (ssize_t)sizeof(hdr) || hdr.icmp6_id != p->id ||
		    memcmp(&from.sin6_addr, &p->to, sizeof(p->to)))
			continue;
		*seq = ntohs(hdr.icmp6_seq);
		return true;
	}
	return false;
}
