// SPDX-License-Identifier: GPL-2.0
/* Notifications of the module, and of its coming and going. */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/genl/ctrl.h>

#include "internal.h"

/* The notifications of a large restored configuration come at once. */
#define RCVBUF	(1 << 20)

/* Index of the counters in struct nat64_sub. */
enum { CONFIG, EVENT };

struct reader {
	struct nat64 *h;
	nat64_note_fn fn;
	void *arg;
};

static int join_group(struct nat64 *h, const char *family, const char *group)
{
	int id = genl_ctrl_resolve_grp(h->sk, family, group);

	if (id < 0)
		return nat64_errno(id);
	return nat64_errno(nl_socket_add_membership(h->sub.sk, id));
}

static int join(struct nat64 *h)
{
	int err = 0;

	if (h->sub.groups & NAT64_GROUP_CONFIG)
		err = join_group(h, NAT64_FAMILY_NAME, NAT64_MCGRP_CONFIG);
	if (!err && h->sub.groups & NAT64_GROUP_EVENT)
		err = join_group(h, NAT64_FAMILY_NAME, NAT64_MCGRP_EVENT);
	h->sub.bindings = !err && h->sub.groups & NAT64_GROUP_BINDING &&
			  !join_group(h, NAT64_FAMILY_NAME,
				      NAT64_MCGRP_BINDING);
	h->sub.synced[CONFIG] = false;
	h->sub.synced[EVENT] = false;
	return err;
}

static int open_sub(struct nat64 *h)
{
	int err;

	h->sub.sk = nl_socket_alloc();
	if (!h->sub.sk)
		return -ENOMEM;
	nl_socket_disable_seq_check(h->sub.sk);
	err = genl_connect(h->sub.sk);
	if (!err)
		err = nl_socket_set_buffer_size(h->sub.sk, RCVBUF, 0);
	if (!err)
		err = nl_socket_set_nonblocking(h->sub.sk);
	if (err)
		return nat64_errno(err);
	return join_group(h, "nlctrl", "notify");
}

/**
 * nat64_subscribe() - ask for notifications
 * @h: the connection; has no subscription yet
 * @groups: NAT64_GROUP_… or'ed
 *
 * Of a module that is not loaded (NAT64_OPEN_WAIT) they come as soon as it is.
 * Who may not know of bindings is told, without an error, that some changed.
 *
 * Return: 0, -EPERM where a group tells of users and the caller may not know,
 * or another -errno; nat64_refusal() tells more
 */
int nat64_subscribe(struct nat64 *h, unsigned int groups)
{
	int err;

	h->sub.groups = groups;
	err = open_sub(h);
	if (!err && h->family)
		err = join(h);
	if (!err)
		return 0;
	nl_socket_free(h->sub.sk);
	h->sub.sk = NULL;
	return nat64_refuse(h, -err, NULL);
}

/**
 * nat64_fd() - the file descriptor of the subscription
 * @h: the connection
 * Return: readable when nat64_receive() has something; -1 without subscription
 */
int nat64_fd(const struct nat64 *h)
{
	return h->sub.sk ? nl_socket_get_fd(h->sub.sk) : -1;
}

static void tell(struct reader *r, enum nat64_note_type type, uint32_t lost)
{
	struct nat64_note note = { .type = type, .lost = lost };

	r->fn(&note, r->arg);
}

static void follow(struct reader *r, int group, uint32_t seq)
{
	struct nat64_sub *sub = &r->h->sub;

	if (sub->synced[group] && seq != sub->next[group])
		tell(r, NAT64_NOTE_LOST, seq - sub->next[group]);
	sub->next[group] = seq + 1;
	sub->synced[group] = true;
}

static bool lacks_binding(struct nlattr **tb)
{
	uint32_t cmd = nat64_get_u32(tb[NAT64_A_CMD]);

	return (cmd == NAT64_CMD_BIB_ADD || cmd == NAT64_CMD_BIB_DEL) &&
	       !tb[NAT64_A_BIB];
}

static void on_config(struct reader *r, struct nlattr **tb)
{
	struct nat64_note note = { .type = NAT64_NOTE_CONFIG };

	if (r->h->sub.bindings && lacks_binding(tb))
		return;
	note.seq = nat64_get_u32(tb[NAT64_A_SEQ]);
	nat64_get_change(tb, &note.change);
	follow(r, CONFIG, note.seq);
	r->fn(&note, r->arg);
}

static void on_event(struct reader *r, struct nlattr **tb)
{
	struct nat64_note note = { .type = NAT64_NOTE_EVENT };

	note.seq = nat64_get_u32(tb[NAT64_A_SEQ]);
	note.time = nat64_get_u64(tb[NAT64_A_TIME]);
	note.event = nat64_get_u32(tb[NAT64_A_EVENT]);
	nat64_get_change(tb, &note.change);
	note.has_bib = tb[NAT64_A_BIB];
	if (note.has_bib)
		nat64_get_bib(tb[NAT64_A_BIB], &note.change.bib);
	note.has_block = tb[NAT64_A_PREFIX] && tb[NAT64_A_POOL4];
	if (note.has_block)
		nat64_get_block(tb, &note.block);
	note.has_counter = tb[NAT64_A_COUNTER];
	if (note.has_counter)
		nat64_get_counter(tb[NAT64_A_COUNTER], &note.counter);
	follow(r, EVENT, note.seq);
	r->fn(&note, r->arg);
}

/* The number of the family may be another one after each loading. */
static void on_family(struct reader *r, struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct genlmsghdr *gh = nlmsg_data(nlh);

	if (genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    strcmp(nat64_get_string(tb[CTRL_ATTR_FAMILY_NAME]),
		   NAT64_FAMILY_NAME))
		return;
	if (gh->cmd == CTRL_CMD_DELFAMILY) {
		r->h->family = 0;
		tell(r, NAT64_NOTE_UNLOADED, 0);
	} else if (gh->cmd == CTRL_CMD_NEWFAMILY) {
		r->h->family = genl_ctrl_resolve(r->h->sk, NAT64_FAMILY_NAME);
		if (r->h->family < 0 || join(r->h))
			r->h->family = 0;
		else
			tell(r, NAT64_NOTE_LOADED, 0);
	}
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct genlmsghdr *gh = nlmsg_data(nlh);
	struct nlattr *tb[NAT64_A_MAX + 1];
	struct reader *r = arg;

	if (!genlmsg_valid_hdr(nlh, 0))
		return NL_SKIP;
	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		on_family(r, nlh);
		return NL_OK;
	}
	if (genlmsg_parse(nlh, 0, tb, NAT64_A_MAX, NULL))
		return NL_SKIP;
	if (gh->cmd == NAT64_CMD_CONFIG_NTF)
		on_config(r, tb);
	else if (gh->cmd == NAT64_CMD_EVENT_NTF)
		on_event(r, tb);
	return NL_OK;
}

/*
 * Notifications answer no request. Without a callback libnl would compare
 * their numbers with those of requests and refuse them.
 */
static int any_seq(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int drain(struct reader *r, struct nl_cb *cb)
{
	int err;

	do {
		err = nl_recvmsgs(r->h->sub.sk, cb);
	} while (err >= 0);
	/* What was lost has no number that would tell how much it was. */
	if (err == -NLE_NOMEM) {
		r->h->sub.synced[CONFIG] = false;
		r->h->sub.synced[EVENT] = false;
		tell(r, NAT64_NOTE_LOST, 0);
	}
	return err == -NLE_AGAIN || err == -NLE_NOMEM ? 0 : nat64_errno(err);
}

/**
 * nat64_receive() - read the notifications that are there
 * @h: the connection, with a subscription
 * @fn: called for each
 * @arg: argument of @fn
 *
 * Does not wait. @fn may make requests on @h.
 *
 * Return: 0 or -errno
 */
int nat64_receive(struct nat64 *h, nat64_note_fn fn, void *arg)
{
	struct reader r = { .h = h, .fn = fn, .arg = arg };
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_seq, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, &r);
	err = drain(&r, cb);
	nl_cb_put(cb);
	return err;
}
