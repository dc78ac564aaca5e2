// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include "adoption.h"
#include "lease.h"
#include "metrics.h"
#include "net.h"
#include "rogue.h"

#include "../common/clock.h"
#include "../common/hex.h"
#include "../common/json.h"
#include "../common/keytab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Vendor classes told apart; the rest is put together. */
#define MAX_CLASSES 32

struct vendor_class {
	const char *name;
	unsigned int devices;
	unsigned int capable;
};

static void count_class(struct vendor_class *classes, unsigned int *n,
			const struct adoption_device *d)
{
	unsigned int i;

	for (i = 0; i < *n; i++)
		if (!strcmp(classes[i].name, d->vendor))
			break;
	if (i == MAX_CLASSES)
		i = MAX_CLASSES - 1;
	if (i == *n) {
		*n += 1;
		classes[i].name = i == MAX_CLASSES - 1 ? "(others)" : d->vendor;
	}
	classes[i].devices++;
	classes[i].capable += d->capable;
}

static unsigned int list_classes(struct net *n, struct vendor_class *classes)
{
	struct adoption_device *d = NULL;
	unsigned int count = 0;

	memset(classes, 0, MAX_CLASSES * sizeof(*classes));
	while ((d = adoption_next(n->server.devices, d)))
		count_class(classes, &count, d);
	return count;
}

static const char *interface_state(const struct net *n)
{
	if (!n->link.ifindex)
		return "missing";
	if (n->fd < 0)
		return "unusable";
	return n->link.up ? "up" : "down";
}

static const char *mac_text(const struct adoption_device *d, char *out)
{
	return hex_colons(out, d->mac, d->mac_len);
}

static const char *mode_name(const struct net *n)
{
	return n->conf.dhcp.mode == CONF_DHCP_MOSTLY ? "mostly" : "v6only";
}

static const char *offer_name(const struct net *n)
{
	static const char *const names[] = {
		[CONF_OFFER_AUTO] = "auto",
		[CONF_OFFER_ZERO] = "zero",
		[CONF_OFFER_ADDR] = "addr",
	};

	return names[n->conf.dhcp.offer];
}

static const char *time_text(uint64_t when, char *out, size_t cap)
{
	time_t t = (time_t)when;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, cap, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static const char *server_id_text(const struct net *n, char *out)
{
	return inet_ntop(AF_INET, &n->server_id, out, INET_ADDRSTRLEN);
}

static void json_counters(struct json *j, const struct net *n)
{
	unsigned int i;

	json_object(j, "counters");
	for (i = 0; i < SERVER_VERDICTS; i++)
		json_number(j, server_verdict_name(i), n->server.counts[i]);
	for (i = UDP4_OK + 1; i < UDP4_ERRORS; i++)
		json_number(j, udp4_error_name(i), n->packet_errors[i]);
	for (i = DHCP4_OK + 1; i < DHCP4_ERRORS; i++)
		json_number(j, dhcp4_error_name(i), n->message_errors[i]);
	json_number(j, "send_failed", n->send_errors);
	json_number(j, "store_failed", n->store_errors);
	json_number(j, "conflicts", n->server.conflicts);
	json_number(j, "relay_info_dropped", n->server.dropped_relay_info);
	json_object_end(j);
}

static void json_pool(struct json *j, const struct net *n)
{
	unsigned int i;

	json_object(j, "pool");
	json_number(j, "total", leases_total(n->server.leases));
	for (i = 0; i < LEASE_STATES; i++)
		json_number(j, lease_state_name(i),
			    leases_count(n->server.leases, i));
	json_object_end(j);
}

static void json_rogues(struct json *j, const struct net *n)
{
	char mac[3 * ROGUE_MAC_LEN + 1], id[INET_ADDRSTRLEN], when[32];
	struct rogue *r = NULL;

	json_array(j, "other_servers");
	while ((r = keytab_next(n->rogues, r))) {
		json_object(j, NULL);
		json_string(j, "server_id",
			    inet_ntop(AF_INET, &r->id, id, sizeof(id)));
		json_string(j, "mac", r->answers ?
			    hex_colons(mac, r->mac, ROGUE_MAC_LEN) : "");
		json_bool(j, "v6only", r->v6only);
		json_number(j, "answers", r->answers);
		json_number(j, "chosen", r->chosen);
		json_string(j, "first_seen",
			    time_text(r->first, when, sizeof(when)));
		json_string(j, "last_seen",
			    time_text(r->last, when, sizeof(when)));
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_status(struct json *j, struct net *n)
{
	char id[INET_ADDRSTRLEN];

	json_object(j, NULL);
	json_string(j, "network", n->conf.name);
	json_string(j, "interface", n->conf.interface);
	json_string(j, "interface_state", interface_state(n));
	json_string(j, "instance", n->conf.instance);
	json_string(j, "mode", mode_name(n));
	json_string(j, "offer", offer_name(n));
	json_number(j, "rollout", n->conf.dhcp.rollout);
	json_bool(j, "granting", net_granting(n));
	json_string(j, "reason", net_reason(n));
	json_number(j, "v6only_wait", n->conf.dhcp.v6only_wait);
	json_string(j, "server_id", server_id_text(n, id));
	json_number(j, "devices", adoption_devices(n->server.devices));
	json_number(j, "capable", adoption_capable(n->server.devices));
	json_pool(j, n);
	json_rogues(j, n);
	json_counters(j, n);
	json_object_end(j);
}

static void text_pool(struct evbuffer *out, const struct net *n)
{
	const struct leases *l = n->server.leases;

	if (leases_total(l))
		evbuffer_add_printf(out,
				    "  addresses %u: %u bound, %u offered, %u declined, %u free\n",
				    leases_total(l), leases_count(l, LEASE_BOUND),
				    leases_count(l, LEASE_OFFERED),
				    leases_count(l, LEASE_DECLINED),
				    leases_count(l, LEASE_FREE));
	if (n->store_errors)
		evbuffer_add_printf(out,
				    "  leases could not be written %" PRIu64 " times\n",
				    n->store_errors);
}

static void text_rogues(struct evbuffer *out, const struct net *n)
{
	char mac[3 * ROGUE_MAC_LEN + 1], id[INET_ADDRSTRLEN];
	struct rogue *r = NULL;

	while ((r = keytab_next(n->rogues, r)))
		evbuffer_add_printf(out,
				    "  other DHCP server %s at %s: %" PRIu64 " answers seen, chosen %" PRIu64 " times\n",
				    inet_ntop(AF_INET, &r->id, id, sizeof(id)),
				    r->answers ? hex_colons(mac, r->mac,
							    ROGUE_MAC_LEN) :
						 "unknown",
				    r->answers, r->chosen);
}

static void text_status(struct evbuffer *out, struct net *n)
{
	char id[INET_ADDRSTRLEN];
	unsigned int i;

	evbuffer_add_printf(out,
			    "network %s: interface %s (%s), option 108 %s: instance %s: %s\n",
			    n->conf.name, n->conf.interface,
			    interface_state(n),
			    net_granting(n) ? "granted" : "withheld",
			    n->conf.instance, net_reason(n));
	evbuffer_add_printf(out,
			    "  mode %s, offer %s, v6only-wait %" PRIu32 " s, server identifier %s\n",
			    mode_name(n), offer_name(n),
			    n->conf.dhcp.v6only_wait, server_id_text(n, id));
	text_pool(out, n);
	text_rogues(out, n);
	for (i = 0; i < SERVER_VERDICTS; i++)
		if (n->server.counts[i])
			evbuffer_add_printf(out, "  %-20s %" PRIu64 "\n",
					    server_verdict_name(i),
					    n->server.counts[i]);
}

static void json_device(struct json *j, const struct adoption_device *d)
{
	char mac[3 * DHCP4_CHADDR_LEN + 1];
	char when[32];

	json_object(j, NULL);
	json_string(j, "mac", mac_text(d, mac));
	json_bool(j, "by_client_id", d->by_client_id);
	json_bool(j, "random_mac", d->random_mac);
	json_bool(j, "capable", d->capable);
	json_string(j, "state", adoption_state(d));
	json_string(j, "vendor_class", d->vendor);
	json_string(j, "first_seen", time_text(d->first, when, sizeof(when)));
	json_string(j, "last_seen", time_text(d->last, when, sizeof(when)));
	json_number(j, "transactions", d->transactions);
	json_number(j, "offers", d->offers);
	json_object_end(j);
}

static void json_classes(struct json *j, struct net *n)
{
	struct vendor_class classes[MAX_CLASSES];
	unsigned int count = list_classes(n, classes);
	unsigned int i;

	json_array(j, "vendor_classes");
	for (i = 0; i < count; i++) {
		json_object(j, NULL);
		json_string(j, "vendor_class", classes[i].name);
		json_number(j, "devices", classes[i].devices);
		json_number(j, "capable", classes[i].capable);
		json_object_end(j);
	}
	json_array_end(j);
}

static const char *const states[] = {
	"settled", "looping", "leased", "starving", "unanswered", "seen",
};

#define N_STATES (sizeof(states) / sizeof(states[0]))

/* Devices by state, and with a made-up hardware address. */
struct tally {
	unsigned int states[N_STATES];
	unsigned int random;
};

static void count_devices(struct net *n, struct tally *t)
{
	struct adoption_device *d = NULL;
	const char *state;
	unsigned int i;

	memset(t, 0, sizeof(*t));
	while ((d = adoption_next(n->server.devices, d))) {
		state = adoption_state(d);
		for (i = 0; i < N_STATES; i++)
			t->states[i] += !strcmp(states[i], state);
		t->random += d->random_mac;
	}
}

static void json_states(struct json *j, const struct tally *t)
{
	unsigned int i;

	json_object(j, "states");
	for (i = 0; i < N_STATES; i++)
		json_number(j, states[i], t->states[i]);
	json_object_end(j);
}

static void text_states(struct evbuffer *out, struct net *n)
{
	struct tally t;
	unsigned int i;

	count_devices(n, &t);
	evbuffer_add_printf(out, "  made-up hardware addresses: %u\n ",
			    t.random);
	for (i = 0; i < N_STATES; i++)
		if (t.states[i])
			evbuffer_add_printf(out, " %s: %u", states[i],
					    t.states[i]);
	evbuffer_add_printf(out, "\n");
}

static void json_adoption(struct json *j, struct net *n)
{
	unsigned int devices = adoption_devices(n->server.devices);
	unsigned int capable = adoption_capable(n->server.devices);
	struct adoption_device *d = NULL;
	struct tally t;

	count_devices(n, &t);
	json_object(j, NULL);
	json_string(j, "network", n->conf.name);
	json_number(j, "devices", devices);
	json_number(j, "capable", capable);
	json_number(j, "share_permille", adoption_permille(capable, devices));
	json_number(j, "random_macs", t.random);
	json_number(j, "forgotten", adoption_forgotten(n->server.devices));
	json_states(j, &t);
	json_classes(j, n);
	json_array(j, "clients");
	while ((d = adoption_next(n->server.devices, d)))
		json_device(j, d);
	json_array_end(j);
	json_object_end(j);
}

static void text_device(struct evbuffer *out, const struct adoption_device *d)
{
	char mac[3 * DHCP4_CHADDR_LEN + 1];
	char first[32], last[32];

	evbuffer_add_printf(out, "  %-17s  %-7s  %-10s  %-20s  %-20s  %5" PRIu32 "  %s\n",
			    mac_text(d, mac), d->capable ? "yes" : "no",
			    adoption_state(d),
			    time_text(d->first, first, sizeof(first)),
			    time_text(d->last, last, sizeof(last)),
			    d->transactions, d->vendor[0] ? d->vendor : "-");
}

static void text_adoption(struct evbuffer *out, struct net *n)
{
	unsigned int devices = adoption_devices(n->server.devices);
	unsigned int capable = adoption_capable(n->server.devices);
	unsigned int share = adoption_permille(capable, devices);
	struct vendor_class classes[MAX_CLASSES];
	struct adoption_device *d = NULL;
	unsigned int i, count;

	evbuffer_add_printf(out,
			    "network %s: %u devices seen, %u capable of option 108 (%u.%u %%)\n",
			    n->conf.name, devices, capable, share / 10,
			    share % 10);
	if (!devices)
		return;
	count = list_classes(n, classes);
	for (i = 0; i < count; i++)
		evbuffer_add_printf(out, "  vendor class %s: %u devices, %u capable\n",
				    classes[i].name[0] ? classes[i].name :
				    "not said",
				    classes[i].devices, classes[i].capable);
	text_states(out, n);
	evbuffer_add_printf(out, "  %-17s  %-7s  %-10s  %-20s  %-20s  %5s  %s\n",
			    "device", "capable", "state", "first seen",
			    "last seen", "times", "vendor class");
	while ((d = adoption_next(n->server.devices, d)))
		text_device(out, d);
}

/* Seconds that are left of what the lease is. */
static uint64_t left(const struct lease *e)
{
	uint64_t now = clock_now_ms();

	return e->state != LEASE_FREE && e->until > now ?
	       (e->until - now) / 1000 : 0;
}

static bool worth_telling(const struct lease *e)
{
	return e->state != LEASE_FREE || e->reserved;
}

static void json_leases(struct json *j, struct net *n)
{
	char mac[3 * DHCP4_CHADDR_LEN + 1], addr[INET_ADDRSTRLEN];
	struct lease *e;
	unsigned int i;

	json_object(j, NULL);
	json_string(j, "network", n->conf.name);
	json_array(j, "leases");
	for (i = 0; (e = leases_entry(n->server.leases, i)); i++) {
		if (!worth_telling(e))
			continue;
		json_object(j, NULL);
		json_string(j, "address",
			    inet_ntop(AF_INET, &e->addr, addr, sizeof(addr)));
		json_string(j, "state", lease_state_name(e->state));
		json_bool(j, "reserved", e->reserved);
		json_string(j, "mac", hex_colons(mac, e->mac, e->mac_len));
		json_number(j, "seconds_left", left(e));
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void text_leases(struct evbuffer *out, struct net *n)
{
	char mac[3 * DHCP4_CHADDR_LEN + 1], addr[INET_ADDRSTRLEN];
	struct lease *e;
	unsigned int i;

	evbuffer_add_printf(out, "network %s\n  %-15s  %-8s  %-17s  %8s\n",
			    n->conf.name, "address", "state", "device", "left");
	for (i = 0; (e = leases_entry(n->server.leases, i)); i++)
		if (worth_telling(e))
			evbuffer_add_printf(out,
					    "  %-15s  %-8s  %-17s  %6" PRIu64 " s%s\n",
					    inet_ntop(AF_INET, &e->addr, addr,
						      sizeof(addr)),
					    lease_state_name(e->state),
					    hex_colons(mac, e->mac, e->mac_len),
					    left(e),
					    e->reserved ? "  reserved" : "");
}

static void all_json(struct net *const *nets, unsigned int count,
		     void (*one)(struct json *j, struct net *n),
		     struct evbuffer *out)
{
	struct json j = { .out = out };
	unsigned int i;

	json_object(&j, NULL);
	json_string(&j, "daemon", "dhcp108d");
	json_array(&j, "networks");
	for (i = 0; i < count; i++)
		one(&j, nets[i]);
	json_array_end(&j);
	json_object_end(&j);
	evbuffer_add_printf(out, "\n");
}

static void all_text(struct net *const *nets, unsigned int count,
		     void (*one)(struct evbuffer *out, struct net *n),
		     struct evbuffer *out)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		one(out, nets[i]);
	if (!count)
		evbuffer_add_printf(out, "dhcp108d: no network is served\n");
}

int report_answer(struct net *const *nets, unsigned int count,
		  const char *request, struct evbuffer *out)
{
	if (!strcmp(request, "status"))
		all_json(nets, count, json_status, out);
	else if (!strcmp(request, "adoption"))
		all_json(nets, count, json_adoption, out);
	else if (!strcmp(request, "leases"))
		all_json(nets, count, json_leases, out);
	else if (!strcmp(request, "leases text"))
		all_text(nets, count, text_leases, out);
	else if (!strcmp(request, "metrics"))
		metrics_all(nets, count, out);
	else if (!strcmp(request, "status text"))
		all_text(nets, count, text_status, out);
	else if (!strcmp(request, "adoption text"))
		all_text(nets, count, text_adoption, out);
	else
		return -ENOENT;
	return 0;
}
