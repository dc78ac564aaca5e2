// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Editors and packages touch a file more than once. */
#define SETTLE_US 200000

/*
 * The directory is watched and not the file: a file that is replaced by
 * another one of its name would no longer be seen.
 */
struct watch {
	int fd;
	char name[NAME_MAX + 1];
	struct event *readable;
	struct event *settled;
	void (*changed)(void *ctx);
	void *ctx;
};

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;

	(void)fd;
	(void)what;
	w->changed(w->ctx);
}

/* An overflow has no name; it may have been ours. */
static bool ours(const struct watch *w, const struct inotify_event *e)
{
	return (e->mask & IN_Q_OVERFLOW) || (e->len && !strcmp(e->name, w->name));
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval settle = { .tv_usec = SETTLE_US };
	_Alignas(struct inotify_event) char buf[4096];
	struct watch *w = arg;
	ssize_t n, at;

	(void)what;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			const struct inotify_event *e = (void *)(buf + at);

			if (ours(w, e))
				evtimer_add(w->settled, &settle);
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
}

static int follow(struct watch *w, const char *path)
{
	char copy[PATH_MAX];
	const char *name;

	if (strlen(path) >= sizeof(copy))
		return -ENAMETOOLONG;
	strcpy(copy, path);
	name = basename(copy);
	if (strlen(name) >= sizeof(w->name))
		return -ENAMETOOLONG;
	strcpy(w->name, name);
	strcpy(copy, path);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0 || inotify_add_watch(w->fd, dirname(copy),
					   IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
		return -errno;
	return 0;
}

int watch_open(struct event_base *base, const char *path,
	       void (*changed)(void *ctx), void *ctx, struct watch **result)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->fd = -1;
	w->changed = changed;
	w->ctx = ctx;
	err = follow(w, path);
	if (err)
		goto err;
	err = -ENOMEM;
	w->settled = evtimer_new(base, on_settled, w);
	w->readable = event_new(base, w->fd, EV_READ | EV_PERSIST, on_readable,
				w);
	if (!w->settled || !w->readable || event_add(w->readable, NULL))
		goto err;
	*result = w;
	return 0;

err:
	watch_close(w);
	return err;
}

struct watch *watch_start(struct event_base *base, const char *path,
			  void (*changed)(void *ctx), void *ctx)
{
	struct watch *w = NULL;
	int err = watch_open(base, path, changed, ctx, &w);

	if (err)
		log_warn("%s: changes are not noticed: %s", path,
			 strerror(-err));
	return err ? NULL : w;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	if (w->readable)
		event_free(w->readable);
	if (w->settled)
		event_free(w->settled);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}
