// SPDX-License-Identifier: GPL-2.0
#include "echo.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/ip.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* The longest IPv4 header and what is looked at behind it. */
#define ANSWER_LEN (60 + sizeof(struct icmphdr))

int echo_open(void)
{
	const struct icmp_filter filter = { ~(1u << ICMP_ECHOREPLY) };
	int fd, err;

	fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    IPPROTO_ICMP);
	if (fd < 0)
		return -errno;
	if (!setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* RFC 1071, for a message of nothing but type and identifier. */
static uint16_t checksum(const struct icmphdr *icmp)
{
	uint32_t sum = (uint32_t)icmp->type << 8;

	sum += ntohs(icmp->un.echo.id);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

int echo_ask(int fd, struct in_addr addr, uint16_t id)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = addr };
	struct icmphdr icmp = {
		.type = ICMP_ECHO,
		.un.echo.id = htons(id),
	};

	icmp.checksum = checksum(&icmp);
	return sendto(fd, &icmp, sizeof(icmp), 0, (struct sockaddr *)&to,
		      sizeof(to)) < 0 ? -errno : 0;
}

int echo_heard(int fd, struct in_addr *addr, uint16_t *id)
{
	struct {
		struct iphdr ip;
		uint8_t rest[ANSWER_LEN - sizeof(struct iphdr)];
	} m;
	const struct icmphdr *icmp;
	ssize_t n;

	n = recv(fd, &m, sizeof(m), 0);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	*addr = (struct in_addr){ INADDR_ANY };
	*id = 0;
	if (n < (ssize_t)(m.ip.ihl * 4 + sizeof(*icmp)))
		return 1;
	icmp = (const void *)((const uint8_t *)&m + m.ip.ihl * 4);
	addr->s_addr = m.ip.saddr;
	*id = ntohs(icmp->un.echo.id);
	return 1;
}
