// SPDX-License-Identifier: GPL-2.0
/* The connection to the module: open, request, dump, and why it was refused. */
#define _GNU_SOURCE /* setns */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <netlink/genl/genl.h>
#include <netlink/genl/ctrl.h>

#include "internal.h"

/* More than the attributes of one change need. */
#define CHANGE_ROOM	384

/*
 * Seconds. The kernel answers while the request is sent; a daemon shall not
 * wait for ever for an answer that was lost for want of memory.
 */
#define PATIENCE	10

/**
 * struct request - a request under way
 * @h: the connection
 * @msg: the request
 * @cmd: its command
 * @fn: takes the entries of a dump
 * @arg: argument of @fn
 * @stop: what @fn returned to stop the dump
 * @count: NAT64_A_COUNT of the reply
 * @done: the last message came
 * @intr: the kernel marked the dump as inconsistent
 * @error: positive errno of the kernel
 */
struct request {
	struct nat64 *h;
	struct nl_msg *msg;
	uint8_t cmd;
	nat64_entry_fn fn;
	void *arg;
	int stop;
	uint32_t count;
	bool done;
	bool intr;
	int error;
};

/**
 * nat64_netns_enter() - go to another network namespace
 * @netns: name of one that ip-netns(8) made, or a path
 *
 * Sockets opened afterwards by the calling thread belong to it.
 *
 * Return: 0 or -errno
 */
int nat64_netns_enter(const char *netns)
{
	char path[4096];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(netns, '/') ? "" : "/run/netns/", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET) < 0)
		err = -errno;
	close(fd);
	return err;
}

/**
 * nat64_errno() - errno of an error of libnl
 * @nlerr: 0 or -NLE_…
 * Return: 0 or -errno
 */
int nat64_errno(int nlerr)
{
	switch (-nlerr) {
	case 0:
		return 0;
	case NLE_OBJ_NOTFOUND:
		return -ENODEV;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_DUMP_INTR:
		return -EINTR;
	case NLE_MSGSIZE:
		return -EMSGSIZE;
	default:
		return -EIO;
	}
}

static const char *default_text(int error)
{
	switch (error) {
	case ENODEV:
		return "the module nat64 is not loaded";
	case EPERM:
		return "no permission: CAP_NET_ADMIN is needed in this network namespace";
	case EINTR:
		return "the list changed while it was read";
	case EAGAIN:
		return "the kernel does not answer";
	case EMSGSIZE:
		return "too many changes for one transaction";
	default:
		return strerror(error);
	}
}

/**
 * nat64_refuse() - remember why a request failed
 * @h: the connection
 * @error: positive errno
 * @text: for people; NULL or "" where the kernel gave none
 * Return: -@error
 */
int nat64_refuse(struct nat64 *h, int error, const char *text)
{
	h->refusal.error = error;
	if (!text || !*text)
		text = default_text(error);
	if (text != h->refusal.text)
		snprintf(h->refusal.text, sizeof(h->refusal.text), "%s", text);
	return -error;
}

/**
 * nat64_refusal() - why the last request failed
 * @h: the connection
 * Return: valid until the next request
 */
const struct nat64_refusal *nat64_refusal(const struct nat64 *h)
{
	return &h->refusal;
}

static int resolve(struct nat64 *h)
{
	int id;

	if (h->family)
		return 0;
	id = genl_ctrl_resolve(h->sk, NAT64_FAMILY_NAME);
	if (id < 0)
		return nat64_refuse(h, -nat64_errno(id), NULL);
	h->family = id;
	return 0;
}

static int open_socket(struct nat64 *h)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int one = 1;
	int err;

	h->sk = nl_socket_alloc();
	if (!h->sk)
		return -ENOMEM;
	err = genl_connect(h->sk);
	if (err)
		return nat64_errno(err);
	setsockopt(nl_socket_get_fd(h->sk), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	/* Kernels without one of these give less text, nothing else changes. */
	setsockopt(nl_socket_get_fd(h->sk), SOL_NETLINK, NETLINK_EXT_ACK, &one,
		   sizeof(one));
	setsockopt(nl_socket_get_fd(h->sk), SOL_NETLINK, NETLINK_CAP_ACK, &one,
		   sizeof(one));
	setsockopt(nl_socket_get_fd(h->sk), SOL_NETLINK,
		   NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	return 0;
}

/**
 * nat64_open() - connect to the module of the current network namespace
 * @handle: the result
 * @flags: 0 or NAT64_OPEN_WAIT
 * Return: 0, -ENODEV where the module is not loaded, -EPERM, -ENOMEM, -EIO
 */
int nat64_open(struct nat64 **handle, unsigned int flags)
{
	struct nat64 *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	err = open_socket(h);
	if (!err)
		err = resolve(h);
	if (err == -ENODEV && flags & NAT64_OPEN_WAIT)
		err = 0;
	if (err) {
		nat64_close(h);
		return err;
	}
	*handle = h;
	return 0;
}

/**
 * nat64_close() - end a connection and its subscription
 * @h: the connection, or NULL
 */
void nat64_close(struct nat64 *h)
{
	if (!h)
		return;
	nl_socket_free(h->sub.sk);
	nl_socket_free(h->sk);
	free(h);
}

static void read_extack(struct request *r, struct nlattr *head, int len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { 0 };
	struct nat64_refusal *refusal = &r->h->refusal;

	if (len <= 0 || nla_parse(tb, NLMSGERR_ATTR_MAX, head, len, NULL))
		return;
	if (tb[NLMSGERR_ATTR_MSG])
		snprintf(refusal->text, sizeof(refusal->text), "%s",
			 nat64_get_string(tb[NLMSGERR_ATTR_MSG]));
	if (tb[NLMSGERR_ATTR_OFFS])
		nat64_locate(nlmsg_hdr(r->msg),
			     nat64_get_u32(tb[NLMSGERR_ATTR_OFFS]), refusal);
}

static void read_ack(struct request *r, struct nlmsghdr *nlh,
		     const struct nlmsgerr *e)
{
	int skip = sizeof(*e);

	r->done = true;
	r->error = -e->error;
	/* Without NLM_F_CAPPED the request follows the header it came with. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(r, (struct nlattr *)((char *)e + skip),
			    nlmsg_datalen(nlh) - skip);
}

static int on_error(struct sockaddr_nl *nla, struct nlmsgerr *e, void *arg)
{
	(void)nla;
	read_ack(arg, (struct nlmsghdr *)e - 1, e);
	return NL_STOP;
}

/* A request that is done may bring a warning. */
static int on_ack(struct nl_msg *msg, void *arg)
{
	read_ack(arg, nlmsg_hdr(msg), nlmsg_data(nlmsg_hdr(msg)));
	return NL_STOP;
}

/* A dump that fails half-way tells so in its last message. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct request *r = arg;
	int error = 0;

	r->done = true;
	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error >= 0)
		return NL_STOP;
	r->error = -error;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(r, (struct nlattr *)((char *)nlmsg_data(nlh) +
						 NLMSG_ALIGN(sizeof(error))),
			    nlmsg_datalen(nlh) - NLMSG_ALIGN(sizeof(error)));
	return NL_STOP;
}

static void each_counter(struct request *r, struct nlmsghdr *nlh,
			 struct nat64_entry *e)
{
	struct genlmsghdr *gh = nlmsg_data(nlh);
	struct nlattr *a;
	int rem;

	nla_for_each_attr(a, genlmsg_attrdata(gh, 0), genlmsg_attrlen(gh, 0),
			  rem) {
		if (nla_type(a) != NAT64_A_COUNTER || r->stop)
			continue;
		nat64_get_counter(a, &e->counter);
		r->stop = r->fn(e, r->arg);
	}
}

/* After a stop the rest is read and forgotten, the socket stays usable. */
static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[NAT64_A_MAX + 1];
	struct request *r = arg;
	struct nat64_entry e;

	if (nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP_INTR)
		r->intr = true;
	if (r->stop || genlmsg_parse(nlmsg_hdr(msg), 0, tb, NAT64_A_MAX, NULL))
		return NL_SKIP;
	if (!r->fn) {
		r->count = nat64_get_u32(tb[NAT64_A_COUNT]);
		return NL_OK;
	}
	e.instance = nat64_get_string(tb[NAT64_A_INSTANCE]);
	if (r->cmd == NAT64_CMD_STATS_GET)
		each_counter(r, nlmsg_hdr(msg), &e);
	else if (!nat64_get_entry(r->cmd, tb, &e))
		r->stop = r->fn(&e, r->arg);
	return NL_OK;
}

static struct nl_cb *callbacks(struct request *r)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, r);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, r);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, r);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, r);
	return cb;
}

static int receive(struct request *r)
{
	struct nl_cb *cb = callbacks(r);
	int err = 0;

	if (!cb)
		return -ENOMEM;
	while (!r->done) {
		err = nl_recvmsgs(r->h->sk, cb);
		if (err == -NLE_DUMP_INTR) {
			r->intr = true;
			err = 0;
		}
		if (err < 0 && !r->done)
			break;
	}
	nl_cb_put(cb);
	return r->done ? 0 : nat64_errno(err);
}

/*
 * A message larger than the send buffer is refused. The limit on the buffer
 * itself does not hold for those who may change the configuration.
 */
static void make_room(struct nat64 *h, int len)
{
	if (len > 32768)
		setsockopt(nl_socket_get_fd(h->sk), SOL_SOCKET,
			   SO_SNDBUFFORCE, &len, sizeof(len));
}

/* Sends @r->msg, frees it and waits for the end of the answer. */
static int transact(struct request *r)
{
	struct nat64_refusal *refusal = &r->h->refusal;
	int err;

	make_room(r->h, nlmsg_hdr(r->msg)->nlmsg_len);
	err = nl_send_auto(r->h->sk, r->msg);
	err = err < 0 ? nat64_errno(err) : receive(r);
	nlmsg_free(r->msg);
	if (err)
		return nat64_refuse(r->h, -err, NULL);
	/* The family went away, and its number with it. */
	if (r->error == ENOENT && !*refusal->text) {
		r->h->family = 0;
		r->error = ENODEV;
	}
	if (r->error)
		return nat64_refuse(r->h, r->error, refusal->text);
	if (r->stop)
		return r->stop;
	return r->intr ? nat64_refuse(r->h, EINTR, NULL) : 0;
}

static int start(struct request *r, size_t room, int flags)
{
	int err;

	memset(&r->h->refusal, 0, sizeof(r->h->refusal));
	r->h->refusal.item = -1;
	err = resolve(r->h);
	if (err)
		return err;
	r->msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + room);
	if (!r->msg)
		return nat64_refuse(r->h, ENOMEM, NULL);
	if (genlmsg_put(r->msg, NL_AUTO_PORT, NL_AUTO_SEQ, r->h->family, 0,
			flags, r->cmd, NAT64_FAMILY_VERSION))
		return 0;
	nlmsg_free(r->msg);
	return nat64_refuse(r->h, ENOMEM, NULL);
}

/* Ends a request that could not be written. */
static int abandon(struct request *r)
{
	nlmsg_free(r->msg);
	return nat64_refuse(r->h, EMSGSIZE, NULL);
}

/**
 * nat64_apply() - make one change
 * @h: the connection
 * @change: the change
 *
 * A change that was made may have brought a warning: the text of
 * nat64_refusal(), whose error is 0 then.
 *
 * Return: 0, -EPERM, -ENODEV without the module, or another -errno of the
 * kernel; nat64_refusal() tells more
 */
int nat64_apply(struct nat64 *h, const struct nat64_change *change)
{
	struct request r = { .h = h, .cmd = change->cmd };
	int err = start(&r, CHANGE_ROOM, 0);

	if (err)
		return err;
	if (nat64_put_change(r.msg, change))
		return abandon(&r);
	return transact(&r);
}

static int put_item(struct nl_msg *msg, const struct nat64_change *c)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_ITEM | NLA_F_NESTED);
	int err;

	if (!nest)
		return -NLE_NOMEM;
	err = nla_put_u32(msg, NAT64_A_CMD, c->cmd);
	if (!err)
		err = nat64_put_change(msg, c);
	nla_nest_end(msg, nest);
	return err;
}

/**
 * nat64_apply_all() - make many changes as one transaction
 * @h: the connection
 * @changes: the changes, made in this order
 * @n: how many
 * Return: 0; on an error nothing has changed, and the item of
 * nat64_refusal() tells which change was wrong
 */
int nat64_apply_all(struct nat64 *h, const struct nat64_change *changes,
		    size_t n)
{
	struct request r = { .h = h, .cmd = NAT64_CMD_BATCH };
	int err = start(&r, n * CHANGE_ROOM, 0);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < n; i++)
		if (put_item(r.msg, &changes[i]))
			return abandon(&r);
	return transact(&r);
}

/**
 * nat64_session_del() - delete sessions
 * @h: the connection
 * @instance: their instance
 * @filter: which
 * @count: how many there were
 * Return: 0 or -errno
 */
int nat64_session_del(struct nat64 *h, const char *instance,
		      const struct nat64_filter *filter, uint32_t *count)
{
	struct request r = { .h = h, .cmd = NAT64_CMD_SESSION_DEL };
	int err = start(&r, CHANGE_ROOM, 0);

	if (err)
		return err;
	if (nla_put_string(r.msg, NAT64_A_INSTANCE, instance) ||
	    nat64_put_filter(r.msg, filter))
		return abandon(&r);
	err = transact(&r);
	*count = r.count;
	return err;
}

/**
 * nat64_dump() - list entries
 * @h: the connection
 * @cmd: NAT64_CMD_…_GET
 * @instance: only of this one; NULL for all
 * @filter: only those that match, for bindings and sessions; NULL for all
 * @fn: called for each; another return than 0 stops the list
 * @arg: argument of @fn
 * Return: 0, what @fn returned, -EINTR where the list changed meanwhile, or
 * another -errno
 */
int nat64_dump(struct nat64 *h, uint8_t cmd, const char *instance,
	       const struct nat64_filter *filter, nat64_entry_fn fn, void *arg)
{
	struct request r = { .h = h, .cmd = cmd, .fn = fn, .arg = arg };
	int err = start(&r, CHANGE_ROOM, NLM_F_DUMP);

	if (err)
		return err;
	if ((instance && nla_put_string(r.msg, NAT64_A_INSTANCE, instance)) ||
	    nat64_put_filter(r.msg, filter))
		return abandon(&r);
	err = transact(&r);
	/* A dump that has begun cannot point into the request any more. */
	if (err == -ENOENT && !h->refusal.attr)
		h->refusal.attr = NAT64_A_INSTANCE;
	return err;
}
