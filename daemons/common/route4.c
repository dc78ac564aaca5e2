// SPDX-License-Identifier: GPL-2.0
#include "route4.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * struct route4 - asks for routes
 * @users: how many have opened it
 * @sk: rtnetlink
 * @fd: to ask for the state of interfaces
 * @type: RTN_* of the last answer, RTN_UNSPEC without one
 * @ifindex: where the last answer leads to
 */
struct route4 {
	unsigned int users;
	struct nl_sock *sk;
	int fd;
	unsigned char type;
	unsigned int ifindex;
};

static int on_route(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	const struct rtmsg *rt = nlmsg_data(hdr);
	struct route4 *r = arg;
	struct nlattr *oif;

	if (hdr->nlmsg_type != RTM_NEWROUTE)
		return NL_SKIP;
	r->type = rt->rtm_type;
	oif = nlmsg_find_attr(hdr, sizeof(*rt), RTA_OIF);
	r->ifindex = oif ? nla_get_u32(oif) : 0;
	return NL_OK;
}

/* One is enough for all networks: there may be hundreds. */
static struct route4 *shared;

static void destroy(struct route4 *r)
{
	if (r->sk)
		nl_socket_free(r->sk);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

int route4_open(struct route4 **result)
{
	struct route4 *r = shared;

	if (r) {
		r->users++;
		*result = r;
		return 0;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r->sk = nl_socket_alloc();
	if (r->fd < 0 || !r->sk || nl_connect(r->sk, NETLINK_ROUTE) ||
	    nl_socket_modify_cb(r->sk, NL_CB_VALID, NL_CB_CUSTOM, on_route,
				r)) {
		destroy(r);
		return -EIO;
	}
	r->users = 1;
	shared = r;
	*result = r;
	return 0;
}

void route4_close(struct route4 *r)
{
	if (!r || --r->users)
		return;
	shared = NULL;
	destroy(r);
}

static int ask(struct route4 *r, struct in_addr to)
{
	const struct rtmsg rt = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, 0);
	struct nlattr *dst = NULL;
	int err = -NLE_NOMEM;

	r->type = RTN_UNSPEC;
	if (msg && !nlmsg_append(msg, (void *)&rt, sizeof(rt), NLMSG_ALIGNTO))
		dst = nla_reserve(msg, RTA_DST, sizeof(to));
	if (dst) {
		memcpy(nla_data(dst), &to, sizeof(to));
		err = nl_send_auto(r->sk, msg);
	}
	nlmsg_free(msg);
	/* An answer, then the acknowledgment; or an error alone. */
	if (err >= 0)
		err = nl_recvmsgs_default(r->sk);
	if (err >= 0)
		err = nl_wait_for_ack(r->sk);
	return err;
}

static bool runs(const struct route4 *r)
{
	struct ifreq ifr = { 0 };

	return if_indextoname(r->ifindex, ifr.ifr_name) &&
	       !ioctl(r->fd, SIOCGIFFLAGS, &ifr) &&
	       (ifr.ifr_flags & IFF_UP) && (ifr.ifr_flags & IFF_RUNNING);
}

const char *route4_problem(struct route4 *r, struct in_addr to)
{
	if (ask(r, to) < 0 ||
	    (r->type != RTN_UNICAST && r->type != RTN_LOCAL))
		return "no IPv4 route";
	if (!runs(r))
		return "the IPv4 route leads through an interface that is down";
	return NULL;
}
