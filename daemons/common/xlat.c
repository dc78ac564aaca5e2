// SPDX-License-Identifier: GPL-2.0
#include "xlat.h"

#include "log.h"

#include <nat64.h>

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

/* How long to wait before a list that could not be read is read again. */
#define RETRY_S 2

/*
 * Notifications and requests have sockets of their own: a notification never
 * stands in the way of an answer.
 */
struct xlat {
	struct nat64 *notes;
	struct nat64 *requests;
	struct event *readable;
	struct event *refresh;
	void (*changed)(void *ctx);
	void *ctx;
	struct xlat_view view;
};

static struct xlat_instance *instance(struct xlat_view *v, const char *name)
{
	return (struct xlat_instance *)xlat_find(v, name);
}

static int add_instance(const struct nat64_entry *e, void *arg)
{
	struct xlat_view *v = arg;
	struct xlat_instance *x;

	if (v->count == XLAT_MAX_INSTANCES)
		return -E2BIG;
	if (strlen(e->instance) >= XLAT_NAME_LEN)
		return 0;
	x = &v->instances[v->count++];
	memset(x, 0, sizeof(*x));
	strcpy(x->name, e->instance);
	x->siit = e->inst.mode == NAT64_MODE_SIIT;
	return 0;
}

static int add_prefix(const struct nat64_entry *e, void *arg)
{
	struct xlat_instance *x = instance(arg, e->instance);

	if (!x || x->nprefixes == XLAT_MAX_PREFIXES)
		return 0;
	x->prefixes[x->nprefixes].addr = e->prefix.p6.addr;
	x->prefixes[x->nprefixes++].len = e->prefix.p6.len;
	return 0;
}

static int add_pool4(const struct nat64_entry *e, void *arg)
{
	struct xlat_instance *x = instance(arg, e->instance);

	if (x)
		x->npool4++;
	return 0;
}

static int add_eam(const struct nat64_entry *e, void *arg)
{
	struct xlat_instance *x = instance(arg, e->instance);

	if (x)
		x->neam++;
	return 0;
}

static int add_settings(const struct nat64_entry *e, void *arg)
{
	struct xlat_instance *x = instance(arg, e->instance);

	if (x && (e->settings.has & 1ull << NAT64_A_SETTINGS_ENABLED))
		x->enabled = e->settings.val[NAT64_A_SETTINGS_ENABLED];
	return 0;
}

static int read_view(struct nat64 *h, struct xlat_view *v)
{
	int err;

	memset(v, 0, sizeof(*v));
	err = nat64_dump_instances(h, add_instance, v);
	if (!err)
		err = nat64_dump_prefixes(h, NULL, add_prefix, v);
	if (!err)
		err = nat64_dump_pool4(h, NULL, add_pool4, v);
	if (!err)
		err = nat64_dump(h, NAT64_CMD_EAM_GET, NULL, NULL, add_eam, v);
	if (!err)
		err = nat64_dump_settings(h, NULL, add_settings, v);
	v->loaded = !err;
	return err;
}

static void retry_later(struct xlat *x)
{
	const struct timeval delay = { .tv_sec = RETRY_S };

	evtimer_add(x->refresh, &delay);
}

static void retry_now(struct xlat *x)
{
	const struct timeval at_once = { 0 };

	evtimer_add(x->refresh, &at_once);
}

/*
 * The lists are read one after another; a change between two of them sends a
 * notification, which has them read again, so a mixed view does not last.
 * What could not be read counts as not there: clients are not sent to a
 * translator that nobody can ask.
 */
static void refresh(struct xlat *x)
{
	struct xlat_view *fresh = malloc(sizeof(*fresh));
	int err = -ENOMEM;

	if (fresh)
		err = read_view(x->requests, fresh);
	if (err == -EINTR) {
		free(fresh);
		retry_now(x);
		return;
	}
	if (err) {
		log_debug("translator: %s", strerror(-err));
		retry_later(x);
	}
	if (fresh)
		x->view = *fresh;
	free(fresh);
}

static void on_refresh(evutil_socket_t fd, short what, void *arg)
{
	struct xlat *x = arg;

	(void)fd;
	(void)what;
	refresh(x);
	x->changed(x->ctx);
}

/* Whatever it was, the lists are read anew: they are short. */
static void on_note(const struct nat64_note *note, void *arg)
{
	(void)note;
	retry_now(arg);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct xlat *x = arg;
	int err;

	(void)fd;
	(void)what;
	err = nat64_receive(x->notes, on_note, x);
	if (err < 0 && err != -EAGAIN) {
		log_warn("translator: notifications: %s", strerror(-err));
		retry_later(x);
	}
}

static int open_handles(struct xlat *x, struct event_base *base)
{
	int err;

	err = nat64_open(&x->notes, NAT64_OPEN_WAIT);
	if (!err)
		err = nat64_subscribe(x->notes, NAT64_GROUP_CONFIG);
	if (!err)
		err = nat64_open(&x->requests, NAT64_OPEN_WAIT);
	if (err)
		return err;
	x->refresh = evtimer_new(base, on_refresh, x);
	x->readable = event_new(base, nat64_fd(x->notes),
				EV_READ | EV_PERSIST, on_readable, x);
	if (!x->refresh || !x->readable || event_add(x->readable, NULL))
		return -ENOMEM;
	return 0;
}

int xlat_open(struct event_base *base, void (*changed)(void *ctx), void *ctx,
	      struct xlat **result)
{
	struct xlat *x = calloc(1, sizeof(*x));
	int err;

	if (!x)
		return -ENOMEM;
	x->changed = changed;
	x->ctx = ctx;
	err = open_handles(x, base);
	if (err) {
		xlat_close(x);
		return err;
	}
	refresh(x);
	*result = x;
	return 0;
}

void xlat_reread(struct xlat *x)
{
	refresh(x);
}

void xlat_close(struct xlat *x)
{
	if (!x)
		return;
	if (x->readable)
		event_free(x->readable);
	if (x->refresh)
		event_free(x->refresh);
	if (x->notes)
		nat64_close(x->notes);
	if (x->requests)
		nat64_close(x->requests);
	free(x);
}

const struct xlat_view *xlat_view(const struct xlat *x)
{
	return &x->view;
}
