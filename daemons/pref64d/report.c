// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include "iface.h"
#include "metrics.h"
#include "others.h"

#include "../common/clock.h"
#include "../common/gate.h"
#include "../common/json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PREFIX_TEXT_LEN (INET6_ADDRSTRLEN + 4)

static const char *prefix_text(const struct in6_addr *addr, unsigned int len,
			       char *out)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof(text));
	snprintf(out, PREFIX_TEXT_LEN, "%s/%u", text, len);
	return out;
}

static const char *addr_text(const struct in6_addr *addr, char *out)
{
	return inet_ntop(AF_INET6, addr, out, INET6_ADDRSTRLEN);
}

/* Begins the object of something that has a prefix. */
static void json_prefix(struct json *j, const struct in6_addr *addr,
			unsigned int len)
{
	char text[PREFIX_TEXT_LEN];

	json_object(j, NULL);
	json_string(j, "prefix", prefix_text(addr, len, text));
}

static void json_prefixes(struct json *j, const struct ra_msg *msg)
{
	unsigned int i;

	json_array(j, "pref64");
	for (i = 0; i < msg->npref64; i++) {
		json_prefix(j, &msg->pref64[i].addr, msg->pref64[i].len);
		json_number(j, "lifetime", msg->pref64[i].lifetime);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "prefixes");
	for (i = 0; i < msg->nprefixes; i++) {
		json_prefix(j, &msg->prefixes[i].addr, msg->prefixes[i].len);
		json_number(j, "valid", msg->prefixes[i].valid);
		json_number(j, "preferred", msg->prefixes[i].preferred);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_rest(struct json *j, const struct ra_msg *msg)
{
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	json_array(j, "routes");
	for (i = 0; i < msg->nroutes; i++) {
		json_prefix(j, &msg->routes[i].addr, msg->routes[i].len);
		json_number(j, "lifetime", msg->routes[i].lifetime);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "dns");
	for (i = 0; i < msg->ndns; i++) {
		json_object(j, NULL);
		json_string(j, "address", addr_text(&msg->dns[i].addr, text));
		json_number(j, "lifetime", msg->dns[i].lifetime);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "search");
	for (i = 0; i < msg->nsearch; i++) {
		json_object(j, NULL);
		json_string(j, "domain", msg->search[i].name);
		json_number(j, "lifetime", msg->search[i].lifetime);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_counters(struct json *j, const struct iface *f)
{
	unsigned int i;

	json_object(j, "counters");
	json_number(j, "sent_multicast", f->sent_multicast);
	json_number(j, "sent_unicast", f->sent_unicast);
	json_number(j, "send_failed", f->send_errors);
	json_number(j, "solicitations", f->solicited);
	json_number(j, "bad_pref64", f->bad_pref64);
	for (i = RA_OK + 1; i < RA_ERRORS; i++)
		json_number(j, ra_error_name(i), f->errors[i]);
	json_object_end(j);
}

static void json_routers(struct json *j, const struct iface *f)
{
	const struct other *r = NULL;
	char addr[INET6_ADDRSTRLEN];
	uint64_t now = clock_now_ms();

	json_array(j, "routers");
	while ((r = others_next(f->others, r))) {
		json_object(j, NULL);
		json_string(j, "address", addr_text(&r->addr, addr));
		json_number(j, "seen_seconds_ago", (now - r->seen) / 1000);
		json_number(j, "router_lifetime", r->lifetime);
		json_string(j, "pref64", r->pref64);
		json_string(j, "disagrees", r->told);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_status(struct json *j, const struct iface *f)
{
	char source[INET6_ADDRSTRLEN];

	json_object(j, NULL);
	json_string(j, "network", f->conf.name);
	json_string(j, "interface", f->conf.interface);
	json_string(j, "interface_state", f->state);
	json_bool(j, "advertising", !sched_stopped(&f->sched));
	json_string(j, "link_local", addr_text(&f->source, source));
	json_string(j, "instance", f->conf.instance);
	json_bool(j, "translating", gate_up(f->gate));
	json_string(j, "reason", gate_reason(f->gate));
	json_bool(j, "forwarding", f->forwarding);
	json_number(j, "router_lifetime", iface_says(f)->router_lifetime);
	json_prefixes(j, iface_says(f));
	json_rest(j, iface_says(f));
	json_routers(j, f);
	json_counters(j, f);
	json_object_end(j);
}

static const char *if_withdrawn(uint32_t lifetime)
{
	return lifetime ? "" : " (withdrawn)";
}

static void text_msg(struct evbuffer *out, const struct ra_msg *msg)
{
	char text[PREFIX_TEXT_LEN];
	unsigned int i;

	for (i = 0; i < msg->npref64; i++)
		evbuffer_add_printf(out, "  PREF64 %s, lifetime %" PRIu32 " s%s\n",
				    prefix_text(&msg->pref64[i].addr,
						msg->pref64[i].len, text),
				    msg->pref64[i].lifetime,
				    if_withdrawn(msg->pref64[i].lifetime));
	for (i = 0; i < msg->nprefixes; i++)
		evbuffer_add_printf(out, "  prefix %s%s\n",
				    prefix_text(&msg->prefixes[i].addr,
						msg->prefixes[i].len, text),
				    if_withdrawn(msg->prefixes[i].valid));
	for (i = 0; i < msg->nroutes; i++)
		evbuffer_add_printf(out, "  route %s%s\n",
				    prefix_text(&msg->routes[i].addr,
						msg->routes[i].len, text),
				    if_withdrawn(msg->routes[i].lifetime));
	for (i = 0; i < msg->ndns; i++)
		evbuffer_add_printf(out, "  name server %s%s\n",
				    addr_text(&msg->dns[i].addr, text),
				    if_withdrawn(msg->dns[i].lifetime));
	for (i = 0; i < msg->nsearch; i++)
		evbuffer_add_printf(out, "  search %s%s\n",
				    msg->search[i].name,
				    if_withdrawn(msg->search[i].lifetime));
}

static void text_status(struct evbuffer *out, const struct iface *f)
{
	const struct other *r = NULL;
	char text[INET6_ADDRSTRLEN];

	evbuffer_add_printf(out, "network %s: interface %s: %s\n",
			    f->conf.name, f->conf.interface, f->state);
	evbuffer_add_printf(out, "  instance %s: %s\n", f->conf.instance,
			    gate_reason(f->gate));
	text_msg(out, iface_says(f));
	if (!sched_stopped(&f->sched))
		evbuffer_add_printf(out, "  router lifetime %u s%s\n",
				    f->msg.router_lifetime, f->forwarding ?
				    "" : " (forwarding is off)");
	evbuffer_add_printf(out, "  sent %" PRIu64 " to all, %" PRIu64
			    " to single hosts; %" PRIu64 " solicitations\n",
			    f->sent_multicast, f->sent_unicast, f->solicited);
	if (f->told_send)
		evbuffer_add_printf(out, "  cannot send: %s\n",
				    strerror(-f->told_send));
	while ((r = others_next(f->others, r)))
		evbuffer_add_printf(out, "  router %s: %s%s\n",
				    addr_text(&r->addr, text),
				    r->told[0] ? "disagrees: " : "agrees",
				    r->told);
}

static void status(struct iface *const *ifaces, unsigned int count,
		   struct evbuffer *out)
{
	struct json j = { .out = out };
	unsigned int i;

	json_object(&j, NULL);
	json_string(&j, "daemon", "pref64d");
	json_array(&j, "networks");
	for (i = 0; i < count; i++)
		json_status(&j, ifaces[i]);
	json_array_end(&j);
	json_object_end(&j);
	evbuffer_add_printf(out, "\n");
}

static void all_text(struct iface *const *ifaces, unsigned int count,
		     struct evbuffer *out)
{
	unsigned int i;

	if (!count)
		evbuffer_add_printf(out, "pref64d: no network is served\n");
	for (i = 0; i < count; i++)
		text_status(out, ifaces[i]);
}

int report_answer(struct iface *const *ifaces, unsigned int count,
		  const char *request, struct evbuffer *out)
{
	if (!strcmp(request, "status"))
		status(ifaces, count, out);
	else if (!strcmp(request, "status text"))
		all_text(ifaces, count, out);
	else if (!strcmp(request, "metrics"))
		metrics_all(ifaces, count, out);
	else
		return -ENOENT;
	return 0;
}
