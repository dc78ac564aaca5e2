// SPDX-License-Identifier: GPL-2.0
#include "udp4.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

#define TTL 64
#define UDP_HEADER 8

/* RFC 1071; @sum is what came before, an odd @len only at the end. */
static uint32_t sum_add(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		sum += (uint32_t)(p[0] << 8 | p[1]);
	if (len)
		sum += (uint32_t)(p[0] << 8);
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint16_t udp_sum(struct in_addr src, struct in_addr dst,
			const uint8_t *udp, size_t len)
{
	uint32_t sum = IPPROTO_UDP + (uint32_t)len;

	sum = sum_add(sum, (const uint8_t *)&src, sizeof(src));
	sum = sum_add(sum, (const uint8_t *)&dst, sizeof(dst));
	return sum_fold(sum_add(sum, udp, len));
}

static enum udp4_error check_ip(const uint8_t *data, size_t len,
				struct iphdr *ip)
{
	size_t hlen, total;

	if (len < sizeof(*ip))
		return UDP4_SHORT;
	memcpy(ip, data, sizeof(*ip));
	hlen = ip->ihl * 4u;
	total = ntohs(ip->tot_len);
	if (ip->version != 4 || hlen < sizeof(*ip))
		return UDP4_BAD_HEADER;
	if (hlen > len || total > len || total < hlen)
		return UDP4_SHORT;
	if (sum_fold(sum_add(0, data, hlen)))
		return UDP4_BAD_HEADER;
	if (ip->protocol != IPPROTO_UDP)
		return UDP4_NOT_OURS;
	if (ntohs(ip->frag_off) & (IP_MF | IP_OFFMASK))
		return UDP4_FRAGMENT;
	return UDP4_OK;
}

enum udp4_error udp4_parse(const uint8_t *data, size_t len, bool sum_missing,
			   struct udp4_packet *out)
{
	enum udp4_error err;
	const uint8_t *udp;
	struct iphdr ip;
	size_t ulen, room;

	err = check_ip(data, len, &ip);
	if (err)
		return err;
	udp = data + ip.ihl * 4u;
	room = ntohs(ip.tot_len) - ip.ihl * 4u;
	if (room < UDP_HEADER)
		return UDP4_SHORT;
	out->dport = (uint16_t)(udp[2] << 8 | udp[3]);
	if (out->dport != UDP4_SERVER_PORT && out->dport != UDP4_CLIENT_PORT)
		return UDP4_NOT_OURS;
	ulen = (size_t)(udp[4] << 8 | udp[5]);
	if (ulen < UDP_HEADER || ulen > room)
		return UDP4_SHORT;
	out->src.s_addr = ip.saddr;
	out->dst.s_addr = ip.daddr;
	/* RFC 768: zero says that the sender made no checksum. */
	if (!sum_missing && (udp[6] || udp[7]) &&
	    udp_sum(out->src, out->dst, udp, ulen))
		return UDP4_BAD_CHECKSUM;
	out->data = udp + UDP_HEADER;
	out->len = ulen - UDP_HEADER;
	return UDP4_OK;
}

size_t udp4_wrap(uint8_t *out, size_t len, struct in_addr src,
		 struct in_addr dst, uint16_t dport)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tos = IPTOS_LOWDELAY,
		.tot_len = htons((uint16_t)(UDP4_HEADERS + len)),
		.ttl = TTL,
		.protocol = IPPROTO_UDP,
		.saddr = src.s_addr,
		.daddr = dst.s_addr,
	};
	struct udphdr udp = {
		.source = htons(UDP4_SERVER_PORT),
		.dest = htons(dport),
		.len = htons((uint16_t)(UDP_HEADER + len)),
	};

	ip.check = htons(sum_fold(sum_add(0, (const uint8_t *)&ip,
					  sizeof(ip))));
	memcpy(out, &ip, sizeof(ip));
	memcpy(out + sizeof(ip), &udp, sizeof(udp));
	udp.check = htons(udp_sum(src, dst, out + sizeof(ip),
				  UDP_HEADER + len));
	if (!udp.check)
		udp.check = 0xffff;
	memcpy(out + sizeof(ip), &udp, sizeof(udp));
	return UDP4_HEADERS + len;
}

const char *udp4_error_name(enum udp4_error error)
{
	static const char *const names[UDP4_ERRORS] = {
		[UDP4_OK] = "ok",
		[UDP4_SHORT] = "packet_too_short",
		[UDP4_BAD_HEADER] = "bad_ip_header",
		[UDP4_NOT_OURS] = "not_dhcp",
		[UDP4_FRAGMENT] = "fragment",
		[UDP4_BAD_CHECKSUM] = "bad_udp_checksum",
	};

	return names[error];
}
