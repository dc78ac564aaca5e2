// SPDX-License-Identifier: GPL-2.0
/* pref64d: Router Advertisements with PREF64 (RFC 4861, RFC 8781). */
#include "iface.h"
#include "port.h"
#include "report.h"

#include "../common/args.h"
#include "../common/clock.h"
#include "../common/confval.h"
#include "../common/ctl.h"
#include "../common/log.h"
#include "../common/loop.h"
#include "../common/notify.h"
#include "../common/priv.h"
#include "../common/watch.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Messages taken in one go, so that timers get a turn in a flood. */
#define BATCH 64

/* How often it is looked whether the final advertisements are out. */
#define ENDING_MS 100

/**
 * struct daemon - all of it
 * @ifaces: networks that are advertised on
 * @count: entries of @ifaces
 * @ending: networks that say farewell
 * @nending: entries of @ending
 * @stopping: the daemon ends with the last of them
 */
struct daemon {
	struct daemon_args args;
	struct loop loop;
	struct iface_world world;
	struct store store;
	struct watch *watch;
	struct ctl *ctl;
	struct event *readable;
	struct event *reap;
	struct iface **ifaces;
	unsigned int count;
	struct iface **ending;
	unsigned int nending;
	bool stopping;
};

static void update_all(void *ctx)
{
	struct daemon *d = ctx;
	unsigned int i;

	for (i = 0; i < d->count; i++)
		iface_update(d->ifaces[i]);
}

static void xlat_changed(void *ctx)
{
	struct daemon *d = ctx;
	unsigned int i;

	if (renumber_forget(&d->store.moves, xlat_view(d->world.xlat),
			    clock_now_ms()))
		loop_at(d->world.save, clock_now_ms());
	for (i = 0; i < d->count; i++)
		iface_xlat_changed(d->ifaces[i]);
}

static void on_save(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	store_save(&d->store);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct port_packet p;
	unsigned int i;
	int n;

	(void)what;
	for (n = 0; n < BATCH; n++) {
		if (port_receive(fd, &p) <= 0)
			return;
		for (i = 0; i < d->count; i++)
			if (d->ifaces[i]->link.ifindex == p.ifindex)
				iface_receive(d->ifaces[i], &p);
	}
}

/* Lets go of the networks whose final advertisements are out. */
static void on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	unsigned int i = 0;

	(void)fd;
	(void)what;
	while (i < d->nending) {
		if (!iface_ended(d->ending[i])) {
			i++;
			continue;
		}
		iface_free(d->ending[i]);
		d->ending[i] = d->ending[--d->nending];
	}
	if (d->nending)
		loop_at(d->reap, clock_now_ms() + ENDING_MS);
	else if (d->stopping)
		loop_quit(&d->loop);
}

static void end_iface(struct daemon *d, struct iface *f)
{
	struct iface **more;

	more = realloc(d->ending, (d->nending + 1) * sizeof(*more));
	if (!more) {
		iface_free(f);
		return;
	}
	d->ending = more;
	d->ending[d->nending++] = f;
	iface_end(f);
	loop_at(d->reap, clock_now_ms());
}

/*
 * Takes the network on @interface out of the old ones. Its name does not
 * matter: hosts must not hear a farewell from a router that stays.
 */
static struct iface *take_old(struct daemon *d, const char *interface)
{
	struct iface *f;
	unsigned int i;

	for (i = 0; i < d->count; i++) {
		f = d->ifaces[i];
		if (!f || strcmp(f->conf.interface, interface))
			continue;
		d->ifaces[i] = NULL;
		return f;
	}
	return NULL;
}

/* A network that is back before its farewell is over does not say the rest. */
static struct iface *take_ending(struct daemon *d, const char *interface)
{
	struct iface *f;
	unsigned int i;

	for (i = 0; i < d->nending; i++) {
		f = d->ending[i];
		if (strcmp(f->conf.interface, interface))
			continue;
		d->ending[i] = d->ending[--d->nending];
		return f;
	}
	return NULL;
}

static void end_rest(struct daemon *d)
{
	unsigned int i;

	for (i = 0; i < d->count; i++)
		if (d->ifaces[i])
			end_iface(d, d->ifaces[i]);
	free(d->ifaces);
	d->ifaces = NULL;
	d->count = 0;
}

/* A network that is gone or has moved says farewell where it was. */
static int apply(struct daemon *d, const struct conf *conf)
{
	struct iface **fresh = calloc(conf->count + 1, sizeof(*fresh));
	unsigned int count = 0;
	unsigned int i;

	if (!fresh)
		return -1;
	for (i = 0; i < conf->count; i++) {
		const struct conf_network *c = &conf->nets[i];
		struct iface *f;

		if (!c->ra.on)
			continue;
		f = take_old(d, c->interface) ?:
		    take_ending(d, c->interface);
		if (f)
			iface_configure(f, c);
		else
			f = iface_new(c, d->loop.base, &d->world);
		if (f)
			fresh[count++] = f;
		else
			log_err("[%s] out of memory", c->name);
	}
	end_rest(d);
	d->ifaces = fresh;
	d->count = count;
	if (!count)
		log_warn("no network says 'ra = on': nothing to do");
	return 0;
}

static void reload(void *ctx)
{
	struct daemon *d = ctx;
	struct conf conf;

	if (d->stopping)
		return;
	notify_send("RELOADING=1");
	if (conf_load(d->args.conf_path, &conf))
		log_err("the new configuration is not taken, the old one stays");
	else if (!apply(d, &conf))
		log_info("configuration read again");
	conf_free(&conf);
	notify_send("READY=1");
}

/* Asked twice it does not wait for the final advertisements. */
static void stop(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping) {
		loop_quit(&d->loop);
		return;
	}
	notify_send("STOPPING=1");
	d->stopping = true;
	end_rest(d);
	loop_at(d->reap, clock_now_ms());
}

/* The reason not to move clients, NULL when there is none. */
static const char *why_not_move(const struct daemon *d,
				const struct xlat_prefix *from,
				const struct xlat_prefix *to)
{
	const struct xlat_view *view = xlat_view(d->world.xlat);
	unsigned int i;

	if (!ra_pref64_len(from->len) || !ra_pref64_len(to->len))
		return "a translation prefix has 32, 40, 48, 56, 64 or 96 bits";
	for (i = 0; i < d->count; i++) {
		const struct xlat_instance *x;

		x = xlat_find(view, d->ifaces[i]->conf.instance);
		if (x && xlat_has(x, from) && xlat_has(x, to))
			return NULL;
	}
	return "no network is served by an instance that has both prefixes";
}

/* renumber OLD/LENGTH NEW/LENGTH SECONDS */
static void move(struct daemon *d, const char *words, struct evbuffer *out)
{
	char a[64] = "", b[64] = "";
	struct xlat_prefix from, to;
	const char *problem;
	uint32_t overlap;

	if (sscanf(words, "%63s %63s %" SCNu32, a, b, &overlap) != 3 ||
	    !confval_prefix6(a, &from.addr, &from.len) ||
	    !confval_prefix6(b, &to.addr, &to.len)) {
		evbuffer_add_printf(out, "refused: expected PREFIX/LENGTH PREFIX/LENGTH SECONDS\n");
		return;
	}
	/* The new prefix may have been added a moment ago. */
	xlat_reread(d->world.xlat);
	problem = why_not_move(d, &from, &to);
	if (!problem && renumber_add(&d->store.moves, &from, &to,
				     clock_now_ms() + overlap * 1000ull))
		problem = "there are too many moves, or it leads nowhere";
	if (problem) {
		evbuffer_add_printf(out, "refused: %s\n", problem);
		return;
	}
	log_info("clients are moved from %s to %s, which are both advertised for %u seconds",
		 a, b, overlap);
	store_save(&d->store);
	update_all(d);
	evbuffer_add_printf(out, "ok\n");
}

static int answer(void *ctx, const char *request, struct evbuffer *out)
{
	struct daemon *d = ctx;

	if (!strncmp(request, "renumber ", 9)) {
		move(d, request + 9, out);
		return 0;
	}
	return report_answer(d->ifaces, d->count, request, out);
}

static int open_store(struct daemon *d)
{
	d->world.store = &d->store;
	d->world.save = evtimer_new(d->loop.base, on_save, d);
	if (!d->world.save)
		return -ENOMEM;
	return store_open(&d->store, d->args.state_dir);
}

static int open_socket(struct daemon *d)
{
	d->world.fd = port_open();
	if (d->world.fd < 0)
		return d->world.fd;
	d->reap = evtimer_new(d->loop.base, on_reap, d);
	d->readable = event_new(d->loop.base, d->world.fd,
				EV_READ | EV_PERSIST, on_readable, d);
	return event_add(d->readable, NULL);
}

static int open_sources(struct daemon *d)
{
	int err;

	err = open_socket(d);
	if (!err)
		err = open_store(d);
	if (!err)
		err = links_open(d->loop.base, update_all, d, &d->world.links);
	if (!err)
		err = xlat_open(d->loop.base, xlat_changed, d, &d->world.xlat);
	if (err)
		log_err("cannot start: %s", strerror(-err));
	return err;
}

static int open_all(struct daemon *d)
{
	int err;

	d->loop.stop = stop;
	d->loop.reload = reload;
	d->loop.ctx = d;
	err = loop_open(&d->loop);
	if (err) {
		log_err("cannot start: %s", strerror(-err));
		return err;
	}
	/* while it is root: the control socket is to be root's */
	err = ctl_open(d->loop.base, d->args.socket_path, answer, d, &d->ctl);
	if (err) {
		log_err("%s: %s", d->args.socket_path, strerror(-err));
		return err;
	}
	return priv_drop(&d->args, PRIV_RAW_ALONE) ?: open_sources(d);
}

static void close_all(struct daemon *d)
{
	unsigned int i;

	for (i = 0; i < d->count; i++)
		iface_free(d->ifaces[i]);
	for (i = 0; i < d->nending; i++)
		iface_free(d->ending[i]);
	free(d->ifaces);
	free(d->ending);
	watch_close(d->watch);
	ctl_close(d->ctl);
	xlat_close(d->world.xlat);
	links_close(d->world.links);
	/* What has changed in the last moment. */
	if (d->world.save && evtimer_pending(d->world.save, NULL))
		store_save(&d->store);
	if (d->world.save)
		event_free(d->world.save);
	store_close(&d->store);
	if (d->readable)
		event_free(d->readable);
	if (d->reap)
		event_free(d->reap);
	if (d->world.fd >= 0)
		close(d->world.fd);
	loop_close(&d->loop);
}

static int run(struct daemon *d, const struct conf *conf)
{
	int status = DAEMON_FAILED;

	if (!open_all(d) && !apply(d, conf)) {
		d->watch = watch_start(d->loop.base, d->args.conf_path,
				       reload, d);
		notify_send("READY=1");
		loop_run(&d->loop);
		log_info("stopped");
		status = DAEMON_OK;
	}
	close_all(d);
	return status;
}

int main(int argc, char **argv)
{
	struct daemon d = {
		.args.socket_path = "/run/nat64/pref64d.sock",
		.world.fd = -1,
	};
	struct conf conf;
	int status;

	status = args_parse(&d.args, argc, argv);
	if (status >= 0)
		return status;
	log_init("pref64d", d.args.debug);
	if (conf_load(d.args.conf_path, &conf))
		return DAEMON_BAD_CONFIG;
	if (d.args.check)
		log_info("%s: nothing wrong", d.args.conf_path);
	status = d.args.check ? DAEMON_OK : run(&d, &conf);
	conf_free(&conf);
	return status;
}
