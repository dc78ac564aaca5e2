// SPDX-License-Identifier: GPL-2.0
/* Asks the routers of a link what a CLAT has to know. */
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clat.h"

/* RFC 4861, section 10 */
#define MAX_RTR_SOLICITATIONS		3
#define RTR_SOLICITATION_INTERVAL	4000

/* RFC 8781, section 4 */
#define OPT_PREF64	38

static void parse_prefix_info(const uint8_t *opt, struct clat_ra *ra)
{
	const struct nd_opt_prefix_info *pi = (const void *)opt;

	if (opt[1] != 4 || ra->has_prefix)
		return;
	if (pi->nd_opt_pi_prefix_len != 64 || !pi->nd_opt_pi_preferred_time ||
	    ntohl(pi->nd_opt_pi_preferred_time) >
	    ntohl(pi->nd_opt_pi_valid_time) ||
	    !(pi->nd_opt_pi_flags_reserved & ND_OPT_PI_FLAG_AUTO) ||
	    IN6_IS_ADDR_LINKLOCAL(&pi->nd_opt_pi_prefix))
		return;
	memcpy(&ra->prefix.addr, &pi->nd_opt_pi_prefix, 8);
	ra->prefix.len = 64;
	ra->has_prefix = true;
}

static void parse_mtu(const uint8_t *opt, struct clat_ra *ra)
{
	uint32_t mtu;

	memcpy(&mtu, opt + 4, sizeof(mtu));
	if (opt[1] == 1 && ntohl(mtu) >= 1280)
		ra->mtu = ntohl(mtu);
}

/* The first that is alive; one of lifetime 0 is withdrawn. */
static void parse_pref64(const uint8_t *opt, struct clat_ra *ra)
{
	static const uint8_t lengths[] = { 96, 64, 56, 48, 40, 32 };
	unsigned int scaled = opt[2] << 8 | opt[3];
	unsigned int plc = scaled & 7;

	if (opt[1] != 2 || ra->has_pref64 || plc >= sizeof(lengths) ||
	    scaled < 8)
		return;
	ra->pref64.len = lengths[plc];
	memcpy(&ra->pref64.addr, opt + 4, lengths[plc] / 8);
	ra->has_pref64 = true;
}

/**
 * clat_ra_parse() - read a router advertisement
 * @buf: ICMPv6 message, checksum and hop limit checked
 * @len: its length, bytes
 * @ra: the result, all but router
 *
 * RFC 4861, section 6.1.2 and RFC 8781, section 4.
 *
 * Return: 0, or -EINVAL for what has to be ignored
 */
int clat_ra_parse(const uint8_t *buf, size_t len, struct clat_ra *ra)
{
	const struct nd_router_advert *hdr = (const void *)buf;
	const uint8_t *opt, *end = buf + len;

	memset(ra, 0, sizeof(*ra));
	if (len < sizeof(*hdr) || hdr->nd_ra_type != ND_ROUTER_ADVERT ||
	    hdr->nd_ra_code)
		return -EINVAL;
	ra->lifetime = ntohs(hdr->nd_ra_router_lifetime);
	for (opt = buf + sizeof(*hdr); opt < end; opt += opt[1] * 8) {
		if (end - opt < 8 || !opt[1] || opt[1] * 8 > end - opt)
			return -EINVAL;
		if (opt[0] == ND_OPT_PREFIX_INFORMATION)
			parse_prefix_info(opt, ra);
		else if (opt[0] == ND_OPT_MTU)
			parse_mtu(opt, ra);
		else if (opt[0] == OPT_PREF64)
			parse_pref64(opt, ra);
	}
	return 0;
}

/**
 * clat_ra_merge() - add what another advertisement says
 * @sum: what was heard so far
 * @got: the advertisement
 *
 * A router may need several messages for its options (RFC 4861, section
 * 6.2.3), and the router to the NAT64 need not be the one that announces the
 * prefix. Where both are routers, packets go to the one that has PREF64.
 */
void clat_ra_merge(struct clat_ra *sum, const struct clat_ra *got)
{
	bool pref64 = got->lifetime && got->has_pref64;

	if (got->has_prefix && !sum->has_prefix) {
		sum->prefix = got->prefix;
		sum->has_prefix = true;
	}
	if (got->mtu)
		sum->mtu = got->mtu;
	if (sum->has_pref64 || (sum->lifetime && !pref64))
		return;
	sum->router = got->router;
	sum->lifetime = got->lifetime;
	if (pref64)
		sum->pref64 = got->pref64;
	sum->has_pref64 = pref64;
}

static int open_socket(unsigned int ifindex)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	char name[IF_NAMESIZE] = "";
	struct icmp6_filter filter;
	int hops = 255, on = 1;

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if_indextoname(ifindex, name);
	if (!setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
			sizeof(filter)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, sizeof(name)) &&
	    !setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
			sizeof(hops)) &&
	    !setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)))
		return fd;
	hops = -errno;
	close(fd);
	return hops;
}

static int solicit(int fd, unsigned int ifindex)
{
	struct nd_router_solicit rs = { .nd_rs_type = ND_ROUTER_SOLICIT };
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_scope_id = ifindex,
		/* All routers: ff02::2 */
		.sin6_addr.s6_addr = { 0xff, 0x02, [15] = 0x02 },
	};

	if (sendto(fd, &rs, sizeof(rs), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

static bool from_this_link(struct msghdr *msg, const struct sockaddr_in6 *from)
{
	struct cmsghdr *c;
	int hops = 0;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	return hops == 255 && IN6_IS_ADDR_LINKLOCAL(&from->sin6_addr);
}

static int receive(int fd, struct clat_ra *ra)
{
	char control[CMSG_SPACE(sizeof(int)) * 2];
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
	/* A link of large packets has large advertisements. */
	static uint8_t buf[65536] __attribute__((aligned(8)));
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	if (!from_this_link(&msg, &from) || clat_ra_parse(buf, n, ra))
		return -EINVAL;
	ra->router = from.sin6_addr;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static bool enough(const struct clat_ra *ra, bool want_pref64)
{
	return ra->lifetime && ra->has_prefix &&
	       (ra->has_pref64 || !want_pref64);
}

/* Until the advertisements have all, or @ms have passed. */
static int wait_for(int fd, int ms, bool want_pref64, struct clat_ra *ra)
{
	int64_t end = now_ms() + ms;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct clat_ra got;

	while (ms > 0 && poll(&pfd, 1, ms) >= 0) {
		if (pfd.revents & POLLIN && !receive(fd, &got)) {
			clat_ra_merge(ra, &got);
			if (enough(ra, want_pref64))
				return 0;
		}
		ms = end - now_ms();
	}
	return -ETIMEDOUT;
}

/**
 * clat_ra_learn() - ask the routers of a link
 * @ifindex: the link
 * @want_pref64: answers without PREF64 are not enough
 * @ra: the answers; on -ETIMEDOUT those that came, if any, which are not
 *	enough
 * Return: 0, -ETIMEDOUT, -EPERM or another -errno
 */
int clat_ra_learn(unsigned int ifindex, bool want_pref64, struct clat_ra *ra)
{
	int fd = open_socket(ifindex);
	int i, err = -ETIMEDOUT;

	memset(ra, 0, sizeof(*ra));
	if (fd < 0)
		return fd;
	for (i = 0; err == -ETIMEDOUT && i < MAX_RTR_SOLICITATIONS; i++) {
		err = solicit(fd, ifindex);
		/* No address yet to send from: there will be one. */
		if (!err || err == -EADDRNOTAVAIL)
			err = wait_for(fd, RTR_SOLICITATION_INTERVAL,
				       want_pref64, ra);
	}
	close(fd);
	return err;
}
