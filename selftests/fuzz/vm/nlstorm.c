// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the translator, right, wrong and nearly right:
 *
 *   nlstorm [-s SEED] [-n REQUESTS | -t SECONDS] [-f | -u | -c]
 *
 * -f: valid ones only, over and over again while one allocation after the
 * other fails (fail-nth): what is refused must have changed nothing.
 * -c: valid changes of what no packet needs, one after the other; tells the rate.
 * -u: as a user without rights, who may read what tells nothing of others.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/nat64.h>

#include "failnth.h"
#include "request.h"

#define NOBODY		65534

enum mode { PLAIN, SWEEP, UNPRIVILEGED, CHANGES };

/**
 * struct nlstorm - all of it
 * @nl: for requests
 * @ear: member of all groups it may be in; seldom listens
 * @done: answered with 0, by whether it was a dump
 */
struct nlstorm {
	struct rng rng;
	struct nl_sock *nl;
	struct nl_sock *ear;
	int family;
	enum mode mode;
	unsigned long sent;
	unsigned long done[2];
	unsigned long refused;
	unsigned long mute;
	unsigned long faults;
};

static struct request request;
static uint8_t reply[1 << 17];

static void fail(const char *what, int err)
{
	printf("nlstorm: %s: %s\n", what, strerror(err));
	exit(1);
}

static void listen_to(struct nlstorm *s, const char *group, bool allowed)
{
	int id = genl_ctrl_resolve_grp(s->nl, NAT64_FAMILY_NAME, group);
	int fd = nl_socket_get_fd(s->ear);
	int err;

	if (id < 0)
		fail(group, ENOENT);
	err = setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &id, sizeof(id));
	if (allowed == (err != 0))
		fail("membership of a group", err ? errno : 0);
}

static void open_socket(struct nlstorm *s)
{
	struct timeval patience = { .tv_sec = 120 };
	int one = 1;

	s->nl = nl_socket_alloc();
	if (!s->nl || genl_connect(s->nl))
		fail("socket", errno);
	setsockopt(nl_socket_get_fd(s->nl), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	setsockopt(nl_socket_get_fd(s->nl), SOL_NETLINK, NETLINK_EXT_ACK, &one,
		   sizeof(one));
}

static void open_ear(struct nlstorm *s)
{
	s->ear = nl_socket_alloc();
	if (!s->ear || genl_connect(s->ear))
		fail("socket", errno);
	listen_to(s, "config", true);
	listen_to(s, "event", s->mode != UNPRIVILEGED);
}

static bool has_text(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_flags & NLM_F_ACK_TLVS;
}

/* Folds what a dump says into a number. */
static uint64_t digest(uint64_t d, const uint8_t *p, size_t len)
{
	while (len--)
		d = (d ^ *p++) * 0x100000001b3;
	return d;
}

/**
 * struct answer - to one request
 * @err: of the request, positive
 * @digest: of what was listed
 * @text: why
 * @lost: the kernel had no memory to say so, whatever it did
 */
struct answer {
	int err;
	uint64_t digest;
	bool text;
	bool lost;
};

static bool take_message(const struct nlmsghdr *nlh, struct answer *a)
{
	const uint8_t *body = NLMSG_DATA(nlh);

	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		a->err = -*(const int *)body;
		a->text = has_text(nlh);
		return true;
	}
	a->digest = digest(a->digest, body, NLMSG_PAYLOAD(nlh, 0));
	return false;
}

static struct answer receive(struct nlstorm *s)
{
	struct answer a = { .digest = 0xcbf29ce484222325 };
	struct nlmsghdr *nlh;
	bool end = false;
	ssize_t got;
	int left;

	while (!end) {
		got = recv(nl_socket_get_fd(s->nl), reply, sizeof(reply),
			   a.lost ? MSG_DONTWAIT : 0);
		if (got < 0 && errno == ENOBUFS) {
			a.lost = true;
			continue;
		}
		if (got < 0 && errno == EAGAIN && a.lost) {
			/* a dump that stands still goes with its socket */
			nl_socket_free(s->nl);
			open_socket(s);
			a.err = ENOBUFS;
			return a;
		}
		if (got < 0)
			fail("no answer", errno);
		left = got;
		for (nlh = (void *)reply; NLMSG_OK(nlh, left);
		     nlh = NLMSG_NEXT(nlh, left))
			end |= take_message(nlh, &a);
	}
	a.lost = false;
	return a;
}

static struct answer ask(struct nlstorm *s)
{
	struct answer a = { 0 };
	ssize_t n;

	request.nlh.nlmsg_seq = ++s->sent;
	/* without it a request that breaks the rules has no answer */
	request.nlh.nlmsg_flags |= NLM_F_ACK;
	n = send(nl_socket_get_fd(s->nl), request.data, request.nlh.nlmsg_len, 0);
	if (n < 0)
		a.err = errno;
	return n < 0 ? a : receive(s);
}

static uint64_t state(struct nlstorm *s)
{
	const struct spec_op *op;
	uint64_t d = 0;
	unsigned int i;

	for (i = 0; (op = each_op(i)); i++) {
		if (!op->dump || strstr(op->name, "stats") ||
		    strstr(op->name, "session"))
			continue;
		request.nlh.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
		request.nlh.nlmsg_type = s->family;
		request.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		memset(request.data + NLMSG_HDRLEN, 0, GENL_HDRLEN);
		request.data[NLMSG_HDRLEN] = op->cmd;
		request.data[NLMSG_HDRLEN + 1] = 1;
		d = d * 31 + ask(s).digest;
	}
	return d;
}

static void count(struct nlstorm *s, const struct spec_op *op, struct answer a)
{
	if (!a.err) {
		s->done[op->dump]++;
		return;
	}
	s->refused++;
	if (!a.text && a.err != EPERM && a.err != EOPNOTSUPP &&
	    a.err != ENOMEM && a.err != ENOBUFS)
		s->mute++;
}

/* A dump is left in the middle, with its socket. */
static void walk_away(struct nlstorm *s)
{
	send(nl_socket_get_fd(s->nl), request.data, request.nlh.nlmsg_len, 0);
	recv(nl_socket_get_fd(s->nl), reply, sizeof(reply), 0);
	nl_socket_free(s->nl);
	open_socket(s);
}

static void one(struct nlstorm *s)
{
	const struct spec_op *op = any_op(&s->rng);
	struct answer a;

	request.wild = rng_one_in(&s->rng, 2) ? 0 : rng_below(&s->rng, 30);
	make_request(&request, op, s->family, &s->rng);
	if (op->dump && rng_one_in(&s->rng, 20)) {
		walk_away(s);
		return;
	}
	a = ask(s);
	count(s, op, a);
	if (s->mode == UNPRIVILEGED && op->admin && !a.err && !request.wild)
		fail(op->name, 0);
	while (rng_one_in(&s->rng, 4) &&
	       recv(nl_socket_get_fd(s->ear), reply, sizeof(reply),
		    MSG_DONTWAIT) > 0)
		;
}

static void sweep(struct nlstorm *s)
{
	static struct request saved;
	const struct spec_op *op = any_op(&s->rng);
	uint64_t before = state(s);
	unsigned int nth = 0;
	struct answer a;
	bool hit;

	request.wild = 0;
	make_request(&request, op, s->family, &s->rng);
	memcpy(saved.data, request.data, request.nlh.nlmsg_len);
	do {
		memcpy(request.data, saved.data, saved.nlh.nlmsg_len);
		failnth_arm(++nth);
		a = ask(s);
		hit = failnth_disarm();
		s->faults += hit;
		if (!a.err || op->dump || state(s) == before)
			continue;
		if (!a.lost)
			fail("a refused request has changed something", a.err);
		break;
	} while (hit && nth < 500 && (a.err || op->dump));
	count(s, op, a);
}

/* A network is denied and not denied any more. */
static void change(struct nlstorm *s)
{
	bool add = !(s->sent & 1);
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;
	struct answer a;

	if (!msg || !genlmsg_put(msg, 0, 0, s->family, 0, NLM_F_REQUEST | NLM_F_ACK,
				 add ? NAT64_CMD_DENY4_ADD : NAT64_CMD_DENY4_DEL, 1))
		fail("message", ENOMEM);
	nest = nla_nest_start(msg, NAT64_A_DENY4);
	nla_put_u32(msg, NAT64_A_DENY4_ADDR, 10);	/* 10.0.0.0 */
	nla_put_u8(msg, NAT64_A_DENY4_LEN, 8);
	nla_nest_end(msg, nest);
	memcpy(request.data, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
	a = ask(s);
	if (a.err)
		fail("a change was refused", a.err);
	s->done[0]++;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void drop_rights(void)
{
	if (setgid(NOBODY) || setuid(NOBODY))
		fail("setuid", errno);
}

int main(int argc, char **argv)
{
	static struct nlstorm s;
	unsigned long n = 10000;
	unsigned int seconds = 0;
	uint64_t seed = 1;
	double begin;
	time_t end;
	int opt;

	while ((opt = getopt(argc, argv, "s:n:t:fuc")) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			n = strtoul(optarg, NULL, 0);
		else if (opt == 't')
			seconds = strtoul(optarg, NULL, 0);
		else if (opt == 'f')
			s.mode = SWEEP;
		else if (opt == 'u')
			s.mode = UNPRIVILEGED;
		else if (opt == 'c')
			s.mode = CHANGES;
		else
			return 2;
	}
	rng_seed(&s.rng, seed);
	if (s.mode == UNPRIVILEGED)
		drop_rights();
	open_socket(&s);
	s.family = genl_ctrl_resolve(s.nl, NAT64_FAMILY_NAME);
	if (s.family < 0)
		fail("no family nat64", ENOENT);
	open_ear(&s);
	end = time(NULL) + seconds;
	begin = now();
	while (seconds ? time(NULL) < end : n--)
		(s.mode == SWEEP ? sweep : s.mode == CHANGES ? change : one)(&s);
	if (s.mode == CHANGES)
		printf("%.0f changes a second\n", s.done[0] / (now() - begin));
	printf("seed %llu: %lu requests, %lu changes, %lu lists, %lu refused, %lu of them without text, %lu faults\n",
	       (unsigned long long)seed, s.sent, s.done[0], s.done[1],
	       s.refused, s.mute, s.faults);
	return 0;
}
