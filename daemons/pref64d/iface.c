// SPDX-License-Identifier: GPL-2.0
#include "iface.h"

#include "others.h"
#include "port.h"

#include "../common/clock.h"
#include "../common/log.h"
#include "../common/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define IPV6_HEADER 40
#define IPV6_MIN_MTU 1280

static const struct in6_addr all_nodes = {
	.s6_addr = { 0xff, 0x02, [15] = 1 },
};

/* Chance that no outsider can guess, as hosts of a link must not chime. */
static uint32_t draw(uint32_t max)
{
	uint32_t r;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		return max;
	return max == UINT32_MAX ? r : r % (max + 1);
}

static void arm(struct iface *f)
{
	uint64_t at = sched_next(&f->sched);

	loop_at(f->timer, at < f->look_again ? at : f->look_again);
}

static int send_parts(struct iface *f, const struct ra_msg *msg,
		      const struct port_route *route)
{
	uint8_t buf[65536];
	unsigned int next = 0;
	size_t cap, len;
	int err;

	cap = (f->link.mtu > IPV6_MIN_MTU ? f->link.mtu : IPV6_MIN_MTU) -
	      IPV6_HEADER;
	do {
		len = ra_build(buf, cap < sizeof(buf) ? cap : sizeof(buf), msg,
			       &next);
		if (!len)
			return -EMSGSIZE;
		err = port_send(f->world->fd, route, buf, len);
		if (err)
			return err;
	} while (!ra_complete(msg, next));
	return 0;
}

static void send_to(struct iface *f, const struct in6_addr *to)
{
	const struct port_route route = {
		.ifindex = f->link.ifindex,
		.src = f->source,
		.dst = *to,
	};
	int err = send_parts(f, &f->msg, &route);

	if (!err)
		return;
	f->send_errors++;
	log_debug("[%s] cannot advertise on %s: %s", f->conf.name,
		  f->conf.interface, strerror(-err));
}

static void compose(struct iface *f, struct ra_msg *msg)
{
	struct advert_input in = {
		.conf = &f->conf.ra,
		.link = &f->link,
		.forwarding = f->forwarding,
		.pref64 = &f->pref64,
	};

	in.nonlink = links_prefixes6(f->world->links, f->link.ifindex,
				     in.onlink, RA_MAX_PREFIXES);
	advert_make(&in, msg);
	if (f->ending)
		advert_finish(msg);
}

/* Withdrawn prefixes leave quietly: no client holds them any more. */
static void expire(struct iface *f, uint64_t now)
{
	unsigned int before = f->pref64.ngone;

	advert_pref64_expire(&f->pref64, now);
	if (f->pref64.ngone != before)
		compose(f, &f->msg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct iface *f = arg;
	uint64_t now = clock_now_ms();
	enum sched_send what_to_send;
	struct in6_addr to;

	(void)fd;
	(void)what;
	if (f->look_again <= now) {
		iface_update(f);
		return;
	}
	expire(f, now);
	while ((what_to_send = sched_pop(&f->sched, now, &to))) {
		if (what_to_send == SCHED_UNICAST)
			f->sent_unicast++;
		else
			f->sent_multicast++;
		send_to(f, what_to_send == SCHED_UNICAST ? &to : &all_nodes);
	}
	arm(f);
}

static void look_at_translator(struct iface *f, uint64_t now)
{
	const struct xlat_view *view = xlat_view(f->world->xlat);
	const char *reason = f->health.reason;
	const struct xlat_instance *x = NULL;
	bool up = f->health.up;

	f->look_again = health_update(&f->health,
				      health_judge(view, f->conf.instance),
				      now);
	if (up != f->health.up || reason != f->health.reason)
		log_info("[%s] PREF64 is %s: instance %s: %s", f->conf.name,
			 f->health.up ? "advertised" : "withheld",
			 f->conf.instance, f->health.reason);
	if (f->health.up)
		x = xlat_find(view, f->conf.instance);
	advert_pref64_set(&f->pref64, x ? x->prefixes : NULL,
			  x ? x->nprefixes : 0, now,
			  f->conf.ra.pref64_lifetime);
}

static void set_state(struct iface *f, const char *state)
{
	if (f->state == state)
		return;
	f->state = state;
	log_info("[%s] interface %s: %s", f->conf.name, f->conf.interface,
		 state);
}

static void look_at_forwarding(struct iface *f)
{
	f->forwarding = links_forwards6(f->world->links, f->link.ifindex);
	if (!f->forwarding && !f->told_no_forwarding)
		log_warn("[%s] interface %s does not forward IPv6: advertised with router lifetime 0, as RFC 4861 demands",
			 f->conf.name, f->conf.interface);
	f->told_no_forwarding = !f->forwarding;
}

/* Is the interface fit to advertise on? Takes note of what is missing. */
static bool look_at_interface(struct iface *f, struct in6_addr *source)
{
	struct link_info link = { 0 };

	if (!links_find(f->world->links, f->conf.interface, &link)) {
		f->link = link;
		set_state(f, "waiting: it does not exist");
		return false;
	}
	f->link = link;
	look_at_forwarding(f);
	if (!link.up) {
		set_state(f, "waiting: it is down");
		return false;
	}
	if (!links_linklocal(f->world->links, link.ifindex, source)) {
		set_state(f, "waiting: it has no usable link-local address");
		return false;
	}
	return true;
}

/*
 * The link-local address is the router's name to the hosts: the old one says
 * farewell (RFC 4861, section 6.2.8), if the kernel still lets it.
 */
static void change_source(struct iface *f, const struct in6_addr *source,
			  int ifindex, uint64_t now)
{
	struct ra_msg last = f->msg;
	const struct port_route route = {
		.ifindex = f->link.ifindex,
		.src = f->source,
		.dst = all_nodes,
	};

	if (!sched_stopped(&f->sched) && ifindex == f->link.ifindex) {
		advert_finish(&last);
		send_parts(f, &last, &route);
	}
	f->source = *source;
	sched_start(&f->sched, now);
}

static void go_on(struct iface *f, const struct in6_addr *source, int ifindex,
		  uint64_t now)
{
	struct ra_msg msg;

	compose(f, &msg);
	if (sched_stopped(&f->sched) || ifindex != f->link.ifindex ||
	    memcmp(source, &f->source, sizeof(*source))) {
		change_source(f, source, ifindex, now);
		f->msg = msg;
	} else if (memcmp(&msg, &f->msg, sizeof(msg))) {
		f->msg = msg;
		sched_changed(&f->sched, now);
	}
}

void iface_update(struct iface *f)
{
	uint64_t now = clock_now_ms();
	int ifindex = f->link.ifindex;
	struct in6_addr source;
	int err;

	if (f->ending)
		return;
	look_at_translator(f, now);
	if (!look_at_interface(f, &source)) {
		sched_halt(&f->sched);
		arm(f);
		return;
	}
	err = port_join(f->world->fd, f->link.ifindex);
	if (err)
		log_warn("[%s] cannot hear solicitations on %s: %s",
			 f->conf.name, f->conf.interface, strerror(-err));
	go_on(f, &source, ifindex, now);
	set_state(f, "advertising");
	arm(f);
}

struct iface *iface_new(const struct conf_network *conf,
			struct event_base *base,
			const struct iface_world *world)
{
	struct iface *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->conf = *conf;
	f->world = world;
	f->sched.random = draw;
	f->look_again = CLOCK_NEVER;
	health_init(&f->health);
	sched_configure(&f->sched, conf->ra.min_interval,
			conf->ra.max_interval);
	f->timer = evtimer_new(base, on_timer, f);
	f->others = others_new();
	if (!f->timer || !f->others) {
		iface_free(f);
		return NULL;
	}
	iface_update(f);
	return f;
}

void iface_free(struct iface *f)
{
	if (f->timer)
		event_free(f->timer);
	others_free(f->others);
	free(f);
}

void iface_configure(struct iface *f, const struct conf_network *conf)
{
	f->conf = *conf;
	sched_configure(&f->sched, conf->ra.min_interval,
			conf->ra.max_interval);
	iface_update(f);
}

void iface_end(struct iface *f)
{
	f->ending = true;
	f->look_again = CLOCK_NEVER;
	advert_finish(&f->msg);
	sched_stop(&f->sched, clock_now_ms());
	arm(f);
}

bool iface_ended(const struct iface *f)
{
	return f->ending && sched_stopped(&f->sched);
}

static void receive_ra(struct iface *f, const struct port_packet *p)
{
	char source[INET6_ADDRSTRLEN];
	char ours[OTHERS_TEXT_LEN];
	struct ra_msg theirs;
	struct others_news news = {
		.src = &p->src,
		.theirs = &theirs,
		.ours = &f->msg,
		.now = clock_now_ms(),
	};
	enum ra_error err;

	err = ra_parse(p->data, p->len, p->hop_limit, &p->src, &theirs);
	f->errors[err]++;
	if (err || !memcmp(&p->src, &f->source, sizeof(p->src)) ||
	    !others_heard(f->others, &news))
		return;
	others_describe(&f->msg, ours);
	log_warn("[%s] router %s on %s advertises other PREF64: theirs %s, ours %s",
		 f->conf.name, inet_ntop(AF_INET6, &p->src, source,
					 sizeof(source)),
		 f->conf.interface, news.text, ours);
}

static void receive_rs(struct iface *f, const struct port_packet *p)
{
	enum ra_error err = rs_parse(p->data, p->len, p->hop_limit, &p->src);

	f->errors[err]++;
	if (err)
		return;
	f->solicited++;
	sched_solicited(&f->sched, clock_now_ms(), &p->src);
	arm(f);
}

void iface_receive(struct iface *f, const struct port_packet *p)
{
	if (p->len && p->data[0] == ND_ROUTER_ADVERT)
		receive_ra(f, p);
	else
		receive_rs(f, p);
}
