// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for a burst: a hall full of people that opens its laptops. */
#define RCVBUF (4 * 1024 * 1024)

/*
 * Frames for others are seen too, of other VLANs or in promiscuous mode. They
 * are left out here, so that no number of them keeps us from anything.
 */
#define FOR_US								\
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS,				\
		 (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),		\
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, PACKET_MULTICAST, 0, 1),	\
	BPF_STMT(BPF_RET | BPF_K, 0)

static struct sock_filter arp_only[] = {
	FOR_US,
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
};

/*
 * UDP to port 67 or 68; later fragments do not say and are left out. The socket
 * begins at the IPv4 header, so the offsets do not depend on the link.
 */
static struct sock_filter dhcp_only[] = {
	FOR_US,
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct iphdr, protocol)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 7),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct iphdr, frag_off)),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, IP_OFFMASK, 5, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UDP4_SERVER_PORT, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UDP4_CLIENT_PORT, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static int attach_filter(int fd, bool arp)
{
	const struct sock_fprog filter = {
		.len = arp ? sizeof(arp_only) / sizeof(arp_only[0]) :
			     sizeof(dhcp_only) / sizeof(dhcp_only[0]),
		.filter = arp ? arp_only : dhcp_only,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
			  sizeof(filter)) ? -errno : 0;
}

static int configure(int fd, int ifindex, bool arp)
{
	const struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(arp ? ETH_P_ARP : ETH_P_IP),
		.sll_ifindex = ifindex,
	};
	const int rcvbuf = RCVBUF;
	const int on = 1;

	if (attach_filter(fd, arp))
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)))
		return -errno;
	/* More than the system's limit needs CAP_NET_ADMIN: not vital. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf,
		       sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		return -errno;
	return 0;
}

int port_open(int ifindex, bool arp)
{
	int fd, err;

	/* Protocol 0 hears nothing until bind(), when the filter is there. */
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = configure(fd, ifindex, arp);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static bool sum_missing(struct msghdr *msg)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET ||
		    c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		return aux.tp_status & TP_STATUS_CSUMNOTREADY;
	}
	return false;
}

int port_receive(int fd, struct port_frame *f)
{
	_Alignas(struct cmsghdr) uint8_t
		control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct sockaddr_ll from;
	struct iovec iov = { .iov_base = f->data, .iov_len = sizeof(f->data) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	n = recvmsg(fd, &msg, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	f->len = (size_t)n;
	f->sum_missing = sum_missing(&msg);
	f->to_all = from.sll_pkttype != PACKET_HOST;
	f->from_len = from.sll_halen < PORT_MAC_LEN ? from.sll_halen :
						      PORT_MAC_LEN;
	memcpy(f->from, from.sll_addr, f->from_len);
	return 1;
}

static int send_to(int fd, const struct sockaddr_ll *to, const uint8_t *data,
		   size_t len)
{
	if (sendto(fd, data, len, 0, (const struct sockaddr *)to,
		   sizeof(*to)) < 0)
		return -errno;
	return 0;
}

int port_send(int fd, int ifindex, const uint8_t *mac, const uint8_t *data,
	      size_t len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = ifindex,
		.sll_halen = ETH_ALEN,
	};

	if (mac)
		memcpy(to.sll_addr, mac, ETH_ALEN);
	else
		memset(to.sll_addr, 0xff, ETH_ALEN);
	return send_to(fd, &to, data, len);
}

int port_send_arp(int fd, int ifindex, const uint8_t *data, size_t len)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = ifindex,
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};

	return send_to(fd, &to, data, len);
}
