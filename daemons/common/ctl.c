// SPDX-License-Identifier: GPL-2.0
#include "ctl.h"

#include "log.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CTL_MAX_CLIENTS 16
#define CTL_MAX_REQUEST 128
#define CTL_TIMEOUT_S 10
#define CTL_MODE 0660

struct ctl_client {
	TAILQ_ENTRY(ctl_client) list;
	struct ctl *ctl;
	struct bufferevent *bev;
};

struct ctl {
	struct evconnlistener *listener;
	ctl_answer_fn *answer;
	void *ctx;
	unsigned int nclients;
	TAILQ_HEAD(, ctl_client) clients;
	struct sockaddr_un addr;
};

static void client_free(struct ctl_client *c)
{
	TAILQ_REMOVE(&c->ctl->clients, c, list);
	c->ctl->nclients--;
	bufferevent_free(c->bev);
	free(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	client_free(arg);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	client_free(arg);
}

static void on_readable(struct bufferevent *bev, void *arg)
{
	struct ctl_client *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	struct evbuffer *out = bufferevent_get_output(bev);
	char *line;

	line = evbuffer_readln(in, NULL, EVBUFFER_EOL_CRLF);
	if (!line && evbuffer_get_length(in) < CTL_MAX_REQUEST)
		return;
	bufferevent_disable(bev, EV_READ);
	bufferevent_setcb(bev, NULL, on_written, on_event, c);
	if (!line)
		evbuffer_add_printf(out, "error: request too long\n");
	else if (c->ctl->answer(c->ctl->ctx, line, out))
		evbuffer_add_printf(out, "error: unknown request '%.40s'\n",
				    line);
	free(line);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd,
		      struct sockaddr *from, int len, void *arg)
{
	const struct timeval timeout = { .tv_sec = CTL_TIMEOUT_S };
	struct ctl *ctl = arg;
	struct ctl_client *c = NULL;

	(void)from;
	(void)len;
	if (ctl->nclients < CTL_MAX_CLIENTS)
		c = calloc(1, sizeof(*c));
	if (!c)
		goto err_fd;
	c->bev = bufferevent_socket_new(evconnlistener_get_base(l), fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev)
		goto err_client;
	c->ctl = ctl;
	TAILQ_INSERT_TAIL(&ctl->clients, c, list);
	ctl->nclients++;
	bufferevent_setcb(c->bev, on_readable, NULL, on_event, c);
	bufferevent_set_timeouts(c->bev, &timeout, &timeout);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	return;

err_client:
	free(c);
err_fd:
	close(fd);
}

static int make_parent(const char *path)
{
	char copy[sizeof(((struct sockaddr_un *)0)->sun_path)];

	strcpy(copy, path);
	if (mkdir(dirname(copy), 0755) && errno != EEXIST)
		return -errno;
	return 0;
}

/* A connection that is refused tells that the file outlived its daemon. */
static int remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd, err;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ?
	      errno : 0;
	close(fd);
	if (!err)
		return -EADDRINUSE;
	if (err == ECONNREFUSED && unlink(addr->sun_path))
		return -errno;
	return 0;
}

static int bind_socket(const struct sockaddr_un *addr)
{
	int fd, err;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The mode is set before listen(): nobody can connect earlier. */
	if (bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) ||
	    chmod(addr->sun_path, CTL_MODE)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int ctl_open(struct event_base *base, const char *path, ctl_answer_fn *answer,
	     void *ctx, struct ctl **result)
{
	struct ctl *ctl;
	int fd, err;

	ctl = calloc(1, sizeof(*ctl));
	if (!ctl)
		return -ENOMEM;
	TAILQ_INIT(&ctl->clients);
	ctl->answer = answer;
	ctl->ctx = ctx;
	ctl->addr.sun_family = AF_UNIX;
	err = -ENAMETOOLONG;
	if (strlen(path) >= sizeof(ctl->addr.sun_path))
		goto err_free;
	strcpy(ctl->addr.sun_path, path);

	err = make_parent(path);
	if (err)
		goto err_free;
	err = remove_stale(&ctl->addr);
	if (err)
		goto err_free;
	fd = bind_socket(&ctl->addr);
	err = fd;
	if (fd < 0)
		goto err_free;
	ctl->listener = evconnlistener_new(base, on_accept, ctl,
					   LEV_OPT_CLOSE_ON_FREE, -1, fd);
	err = -ENOMEM;
	if (!ctl->listener)
		goto err_fd;
	*result = ctl;
	return 0;

err_fd:
	close(fd);
	unlink(ctl->addr.sun_path);
err_free:
	free(ctl);
	return err;
}

void ctl_close(struct ctl *ctl)
{
	if (!ctl)
		return;
	while (!TAILQ_EMPTY(&ctl->clients))
		client_free(TAILQ_FIRST(&ctl->clients));
	evconnlistener_free(ctl->listener);
	unlink(ctl->addr.sun_path);
	free(ctl);
}
