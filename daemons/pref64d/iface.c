// SPDX-License-Identifier: GPL-2.0
#include "iface.h"

#include "others.h"
#include "port.h"

#include "../common/clock.h"
#include "../common/gate.h"
#include "../common/log.h"
#include "../common/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

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

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When the advertisement becomes another one with time alone. */
static uint64_t next_change(const struct iface *f, uint64_t now)
{
	return sooner(past_next(&f->past, now),
		      renumber_next(&f->world->store->moves, now));
}

static void arm(struct iface *f)
{
	uint64_t at = sched_next(&f->sched);

	if (at != SCHED_NEVER && !f->ending)
		at = sooner(at, next_change(f, clock_now_ms()));
	loop_at(f->timer, at);
}

static int send_parts(struct iface *f, const struct ra_msg *msg,
		      const struct port_route *route)
{
	uint8_t buf[65536];
	unsigned int next = 0;
	size_t cap = advert_room(msg, f->link.mtu);
	size_t len;
	int err;

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

static void compose(struct iface *f, struct ra_msg *msg, uint64_t now)
{
	struct advert_input in = {
		.conf = &f->conf.ra,
		.link = &f->link,
		.router = f->forwarding &&
			  (!f->conf.ra.leave || gate_up(f->gate)),
		.age = (now - f->since) / 1000,
		.pref64 = &f->pref64,
		.past = &f->past,
	};
	unsigned int changes = f->past.changes;

	in.nonlink = links_prefixes6(f->world->links, f->link.ifindex,
				     in.onlink, ADVERT_MAX_ONLINK);
	if (advert_counts(&f->conf.ra))
		links_lifetimes6(f->link.ifindex, in.onlink, in.nonlink);
	advert_make(&in, msg);
	past_take(&f->past, msg, now);
	if (f->past.changes == changes)
		return;
	store_take(f->world->store, f->conf.interface, &f->past);
	loop_at(f->world->save, now);
}

/* Once for each change: a filter on this host is noticed nowhere else. */
static void tell_sending(struct iface *f, int err)
{
	if (err && f->told_send != err)
		log_warn("[%s] cannot advertise on %s: %s", f->conf.name,
			 f->conf.interface, strerror(-err));
	else if (!err && f->told_send)
		log_info("[%s] can advertise on %s again", f->conf.name,
			 f->conf.interface);
	f->told_send = err;
}

static void send_to(struct iface *f, const struct in6_addr *to, uint64_t now)
{
	bool all = IN6_IS_ADDR_MULTICAST(to);
	const struct port_route route = {
		.ifindex = f->link.ifindex,
		.src = f->source,
		.dst = *to,
	};
	int err;

	past_sent(&f->past, now);
	err = send_parts(f, &f->msg, &route);
	if (err)
		f->send_errors++;
	else if (all)
		f->sent_multicast++;
	else
		f->sent_unicast++;
	if (all)
		tell_sending(f, err);
}

static void send_due(struct iface *f, uint64_t now)
{
	enum sched_send what_to_send;
	struct in6_addr to;

	while ((what_to_send = sched_pop(&f->sched, now, &to)))
		send_to(f, what_to_send == SCHED_UNICAST ? &to : &all_nodes,
			now);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct iface *f = arg;
	uint64_t now = clock_now_ms();

	(void)fd;
	(void)what;
	/* Times that came between are taken note of before they are told. */
	if (!f->ending)
		iface_update(f);
	send_due(f, now);
	arm(f);
}

/*
 * Private destinations are not reached through the Well-Known Prefix, though
 * their addresses look like all others (RFC 6052, section 3.1).
 */
static void warn_wkp(struct iface *f)
{
	static const struct xlat_prefix wkp = {
		.addr.s6_addr = { 0x00, 0x64, 0xff, 0x9b },
		.len = 96,
	};
	unsigned int i;

	for (i = 0; i < f->pref64.nlive && !f->told_wkp; i++) {
		if (!xlat_same(&f->pref64.live[i], &wkp))
			continue;
		f->told_wkp = true;
		log_warn("[%s] 64:ff9b::/96 is not for private IPv4 destinations (RFC 6052, section 3.1): hosts that need them need another prefix",
			 f->conf.name);
	}
}

static void look_at_translator(struct iface *f, uint64_t now)
{
	struct xlat_prefix live[XLAT_MAX_PREFIXES];
	const struct xlat_instance *x = NULL;
	bool up = gate_up(f->gate);

	if (f->told != gate_reason(f->gate) || f->was_up != up)
		log_info("[%s] PREF64 is %s: instance %s: %s", f->conf.name,
			 up ? "advertised" : "withheld", f->conf.instance,
			 gate_reason(f->gate));
	f->told = gate_reason(f->gate);
	f->was_up = up;
	if (up)
		x = xlat_find(xlat_view(f->world->xlat), f->conf.instance);
	advert_pref64_set(&f->pref64, live,
			  x ? renumber_apply(&f->world->store->moves, x, now,
					     live) : 0);
	warn_wkp(f);
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

static void look_at_mtu(struct iface *f)
{
	if (f->conf.ra.mtu > f->link.mtu && f->told_mtu != f->link.mtu)
		log_warn("[%s] mtu %u is more than interface %s has: %u is advertised",
			 f->conf.name, f->conf.ra.mtu, f->conf.interface,
			 f->link.mtu);
	f->told_mtu = f->link.mtu;
}

/* Is the interface fit to advertise on? Takes note of what is missing. */
static bool look_at_interface(struct iface *f, struct in6_addr *source)
{
	const struct in6_addr *wanted = &f->conf.ra.source;
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
	/* To begin with a withdrawal would cost all hosts their IPv4. */
	if (sched_stopped(&f->sched) && gate_unsure(f->gate)) {
		set_state(f, "waiting: the translator is being probed");
		return false;
	}
	look_at_mtu(f);
	if (!IN6_IS_ADDR_UNSPECIFIED(wanted)) {
		*source = *wanted;
		if (links_has6(f->world->links, link.ifindex, wanted))
			return true;
		set_state(f, "standing by: another router has ra-source");
		return false;
	}
	if (!links_linklocal(f->world->links, link.ifindex, &f->own)) {
		set_state(f, "waiting: it has no usable link-local address");
		return false;
	}
	*source = f->own;
	return true;
}

/*
 * An address that moves between routers (RFC 9568) says no farewell when it
 * leaves: it speaks for the other router already.
 */
static void farewell(struct iface *f)
{
	struct ra_msg last = f->msg;
	const struct port_route route = {
		.ifindex = f->link.ifindex,
		.src = f->source,
		.dst = all_nodes,
	};

	if (sched_stopped(&f->sched) ||
	    !IN6_IS_ADDR_UNSPECIFIED(&f->conf.ra.source))
		return;
	advert_finish(&last);
	if (send_parts(f, &last, &route))
		f->send_errors++;
	else
		f->sent_multicast++;
}

/*
 * The link-local address is the router's name to the hosts: the old one says
 * farewell (RFC 4861, section 6.2.8), if the kernel still lets it.
 */
static void change_source(struct iface *f, const struct in6_addr *source,
			  int ifindex, uint64_t now)
{
	if (ifindex == f->link.ifindex)
		farewell(f);
	f->source = *source;
	sched_start(&f->sched, now);
}

static void go_on(struct iface *f, const struct in6_addr *source, int ifindex,
		  uint64_t now)
{
	struct ra_msg msg;

	compose(f, &msg, now);
	if (sched_stopped(&f->sched) || ifindex != f->link.ifindex ||
	    memcmp(source, &f->source, sizeof(*source))) {
		change_source(f, source, ifindex, now);
	} else if (!advert_same(&msg, &f->msg)) {
		sched_changed(&f->sched, now);
	}
	f->msg = msg;
}

static void leave(struct iface *f)
{
	if (f->joined)
		port_leave(f->world->fd, f->joined);
	f->joined = 0;
}

static void join(struct iface *f)
{
	int err;

	if (f->joined == f->link.ifindex)
		return;
	leave(f);
	err = port_join(f->world->fd, f->link.ifindex);
	if (err)
		log_warn("[%s] cannot hear solicitations on %s: %s",
			 f->conf.name, f->conf.interface, strerror(-err));
	else
		f->joined = f->link.ifindex;
}

static void be_silent(struct iface *f, uint64_t now)
{
	sched_halt(&f->sched);
	/* The other router is to say what this one would. */
	f->msg_known = f->link.up &&
		       !IN6_IS_ADDR_UNSPECIFIED(&f->conf.ra.source);
	if (f->msg_known)
		compose(f, &f->msg, now);
}

void iface_update(struct iface *f)
{
	uint64_t now = clock_now_ms();
	int ifindex = f->link.ifindex;
	struct in6_addr source;

	if (f->ending)
		return;
	look_at_translator(f, now);
	if (!look_at_interface(f, &source)) {
		leave(f);
		/* RFC 4861, section 6.2.5; too late on most interfaces. */
		if (f->link.ifindex && ifindex == f->link.ifindex)
			farewell(f);
		be_silent(f, now);
		arm(f);
		return;
	}
	join(f);
	go_on(f, &source, ifindex, now);
	f->msg_known = true;
	set_state(f, "advertising");
	arm(f);
}

void iface_xlat_changed(struct iface *f)
{
	if (f->ending)
		return;
	gate_look(f->gate);
	iface_update(f);
}

static void on_gate(void *ctx)
{
	iface_update(ctx);
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
	f->since = clock_now_ms();
	sched_configure(&f->sched, conf->ra.min_interval,
			conf->ra.max_interval, f->since);
	f->timer = evtimer_new(base, on_timer, f);
	f->others = others_new();
	f->gate = gate_new(conf, base, world->xlat, on_gate, f);
	if (!f->timer || !f->others || !f->gate) {
		iface_free(f);
		return NULL;
	}
	store_restore(world->store, conf->interface, &f->past);
	iface_update(f);
	return f;
}

void iface_free(struct iface *f)
{
	leave(f);
	if (f->timer)
		event_free(f->timer);
	others_free(f->others);
	gate_free(f->gate);
	free(f);
}

/*
 * Lifetimes that are counted down go on, unless the section is another one:
 * the file may have been read again because of another network.
 */
void iface_configure(struct iface *f, const struct conf_network *conf)
{
	if (f->ending)
		sched_halt(&f->sched);
	f->ending = false;
	if (memcmp(f->conf.ra.prefixes, conf->ra.prefixes,
		   sizeof(conf->ra.prefixes)))
		f->since = clock_now_ms();
	f->conf = *conf;
	f->told_mtu = 0;
	gate_configure(f->gate, conf);
	sched_configure(&f->sched, conf->ra.min_interval,
			conf->ra.max_interval, clock_now_ms());
	iface_update(f);
}

void iface_end(struct iface *f)
{
	f->ending = true;
	advert_finish(&f->msg);
	sched_stop(&f->sched, clock_now_ms());
	arm(f);
}

bool iface_ended(const struct iface *f)
{
	return f->ending && sched_stopped(&f->sched);
}

const struct ra_msg *iface_says(const struct iface *f)
{
	static const struct ra_msg nothing;

	return sched_stopped(&f->sched) ? &nothing : &f->msg;
}

/* Ours that came back, through a bridge or from another interface. */
static bool own(struct iface *f, const struct in6_addr *src)
{
	return (!sched_stopped(&f->sched) &&
		!memcmp(src, &f->source, sizeof(*src))) ||
	       links_has6(f->world->links, 0, src);
}

static void receive_ra(struct iface *f, const struct port_packet *p)
{
	char source[INET6_ADDRSTRLEN];
	struct ra_msg theirs;
	struct others_news news = {
		.src = &p->src,
		.theirs = &theirs,
		.ours = &f->msg,
		.now = clock_now_ms(),
	};
	enum ra_error err;

	if (own(f, &p->src))
		return;
	err = ra_parse(p->data, p->len, p->hop_limit, &p->src, &theirs);
	f->errors[err]++;
	if (err)
		return;
	f->bad_pref64 += theirs.bad_pref64;
	if (!f->msg_known || !others_heard(f->others, &news))
		return;
	log_warn("[%s] router %s on %s disagrees: %s", f->conf.name,
		 inet_ntop(AF_INET6, &p->src, source, sizeof(source)),
		 f->conf.interface, news.text);
}

/* How to answer a host: to it alone, or to all. */
static bool to_all(const struct iface *f, bool has_lladdr)
{
	switch (f->conf.ra.solicited) {
	case CONF_SOLICITED_MULTICAST:
		return true;
	case CONF_SOLICITED_AUTO:
		return !has_lladdr;
	default:
		return false;
	}
}

static void receive_rs(struct iface *f, const struct port_packet *p)
{
	bool has_lladdr;
	enum ra_error err = rs_parse(p->data, p->len, p->hop_limit, &p->src,
				     &has_lladdr);

	f->errors[err]++;
	if (err)
		return;
	f->solicited++;
	sched_solicited(&f->sched, clock_now_ms(),
			to_all(f, has_lladdr) ? &in6addr_any : &p->src);
	arm(f);
}

void iface_receive(struct iface *f, const struct port_packet *p)
{
	if (p->len && p->data[0] == ND_ROUTER_ADVERT)
		receive_ra(f, p);
	else
		receive_rs(f, p);
}
