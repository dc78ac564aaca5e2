// SPDX-License-Identifier: GPL-2.0
#include "echo.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The longest IPv4 header and what is looked at behind it. */
#define ANSWER_LEN (60 + sizeof(struct icmphdr))

/* Each address is asked once at a time: this tells nobody's from ours. */
#define SEQUENCE 108

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

/* RFC 1071, for a message of nothing but type, identifier and number. */
static uint16_t checksum(const struct icmphdr *icmp)
{
	uint32_t sum = (uint32_t)icmp->type << 8;

	sum += ntohs(icmp->un.echo.id);
	sum += ntohs(icmp->un.echo.sequence);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

int echo_ask(int fd, struct in_addr addr, uint16_t id)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = addr };
	struct icmphdr icmp = {
		.type = ICMP_ECHO,
		.un.echo.id = htons(id),
		.un.echo.sequence = htons(SEQUENCE),
	};

	icmp.checksum = checksum(&icmp);
	return sendto(fd, &icmp, sizeof(icmp), 0, (struct sockaddr *)&to,
		      sizeof(to)) < 0 ? -errno : 0;
}

bool echo_parse(const uint8_t *packet, size_t len, struct in_addr *addr,
		uint16_t *id)
{
	struct icmphdr icmp;
	struct iphdr ip;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, packet, sizeof(ip));
	if (ip.version != 4 || ip.ihl < 5 || ip.protocol != IPPROTO_ICMP ||
	    len < ip.ihl * 4u + sizeof(icmp))
		return false;
	memcpy(&icmp, packet + ip.ihl * 4u, sizeof(icmp));
	if (icmp.type != ICMP_ECHOREPLY || icmp.code ||
	    icmp.un.echo.sequence != htons(SEQUENCE))
		return false;
	addr->s_addr = ip.saddr;
	*id = ntohs(icmp.un.echo.id);
	return true;
}

int echo_heard(int fd, struct in_addr *addr, uint16_t *id)
{
	uint8_t packet[ANSWER_LEN];
	ssize_t n;

	n = recv(fd, packet, sizeof(packet), 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (!echo_parse(packet, (size_t)n, addr, id))
		addr->s_addr = INADDR_ANY;
	return 1;
}
