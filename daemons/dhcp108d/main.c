// SPDX-License-Identifier: GPL-2.0
/* dhcp108d: DHCPv4 for networks without IPv4 (RFC 8925). */
#include "net.h"
#include "report.h"

#include "../common/args.h"
#include "../common/clock.h"
#include "../common/ctl.h"
#include "../common/log.h"
#include "../common/loop.h"
#include "../common/notify.h"
#include "../common/priv.h"
#include "../common/watch.h"
#include "../common/xlat.h"

#include <event2/event.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

struct daemon {
	struct daemon_args args;
	struct loop loop;
	struct world world;
	struct watch *watch;
	struct ctl *ctl;
};

static void xlat_changed(void *ctx)
{
	struct daemon *d = ctx;
	unsigned int i;

	for (i = 0; i < d->world.count; i++)
		net_xlat_changed(d->world.nets[i]);
}

static void links_changed(void *ctx)
{
	struct daemon *d = ctx;
	unsigned int i;

	for (i = 0; i < d->world.count; i++)
		net_links_changed(d->world.nets[i]);
}

/* Takes the network called @name out of the old ones. */
static struct net *take_old(struct net **old, unsigned int count,
			    const char *name)
{
	struct net *n;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!old[i] || strcmp(old[i]->conf.name, name))
			continue;
		n = old[i];
		old[i] = NULL;
		return n;
	}
	return NULL;
}

static void free_nets(struct net **nets, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (nets[i])
			net_free(nets[i]);
	free(nets);
}

/* Networks that stay keep their statistics. */
static int apply(struct daemon *d, const struct conf *conf)
{
	struct net **fresh = calloc(conf->count + 1, sizeof(*fresh));
	unsigned int count = 0;
	unsigned int i;

	if (!fresh)
		return -1;
	for (i = 0; i < conf->count; i++) {
		const struct conf_network *c = &conf->nets[i];
		struct net *n;

		if (c->dhcp.mode == CONF_DHCP_OFF)
			continue;
		n = take_old(d->world.nets, d->world.count, c->name);
		if (n)
			net_configure(n, c);
		else
			n = net_new(c, &d->world);
		if (n)
			fresh[count++] = n;
		else
			log_err("[%s] out of memory", c->name);
	}
	free_nets(d->world.nets, d->world.count);
	d->world.nets = fresh;
	d->world.count = count;
	if (!count)
		log_warn("no network says 'dhcp = v6only' or 'mostly': nothing to do");
	return 0;
}

static void reload(void *ctx)
{
	struct daemon *d = ctx;
	struct conf conf;

	notify_send("RELOADING=1");
	if (conf_load(d->args.conf_path, &conf))
		log_err("the new configuration is not taken, the old one stays");
	else if (!apply(d, &conf))
		log_info("configuration read again");
	conf_free(&conf);
	notify_send("READY=1");
}

static void stop(void *ctx)
{
	struct daemon *d = ctx;

	notify_send("STOPPING=1");
	loop_quit(&d->loop);
}

static int answer(void *ctx, const char *request, struct evbuffer *out)
{
	struct daemon *d = ctx;

	return report_answer(d->world.nets, d->world.count, request, out);
}

static int open_sources(struct daemon *d)
{
	int err;

	d->world.base = d->loop.base;
	d->world.state_dir = d->args.state_dir;
	err = links_open(d->loop.base, links_changed, d, &d->world.links);
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
	/* CAP_NET_ADMIN is for large buffers of the sockets of apply() */
	return priv_drop(&d->args, CAP_NET_ADMIN) ?: open_sources(d);
}

static void close_all(struct daemon *d)
{
	free_nets(d->world.nets, d->world.count);
	watch_close(d->watch);
	ctl_close(d->ctl);
	xlat_close(d->world.xlat);
	links_close(d->world.links);
	loop_close(&d->loop);
}

static int run(struct daemon *d, const struct conf *conf)
{
	int status = DAEMON_FAILED;

	if (!open_all(d) && !apply(d, conf) && !priv_settle()) {
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
		.args.socket_path = "/run/nat64/dhcp108d.sock",
	};
	struct conf conf;
	int status;

	status = args_parse(&d.args, argc, argv);
	if (status >= 0)
		return status;
	log_init("dhcp108d", d.args.debug);
	if (conf_load(d.args.conf_path, &conf))
		return DAEMON_BAD_CONFIG;
	if (d.args.check)
		log_info("%s: nothing wrong", d.args.conf_path);
	status = d.args.check ? DAEMON_OK : run(&d, &conf);
	conf_free(&conf);
	return status;
}
