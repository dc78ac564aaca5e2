// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include "adoption.h"
#include "net.h"

#include "../common/json.h"

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
	char *p = out;
	unsigned int i;

	*p = '\0';
	for (i = 0; i < d->mac_len; i++)
		p += sprintf(p, "%s%02x", i ? ":" : "", d->mac[i]);
	return out;
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
	json_number(j, "relay_info_dropped", n->server.dropped_relay_info);
	json_object_end(j);
}

static void json_status(struct json *j, struct net *n)
{
	char id[INET_ADDRSTRLEN];

	json_object(j, NULL);
	json_string(j, "network", n->conf.name);
	json_string(j, "interface", n->conf.interface);
	json_string(j, "interface_state", interface_state(n));
	json_string(j, "instance", n->conf.instance);
	json_string(j, "mode", "v6only");
	json_bool(j, "granting", n->health.up);
	json_string(j, "reason", n->health.reason);
	json_number(j, "v6only_wait", n->conf.dhcp.v6only_wait);
	json_string(j, "server_id", server_id_text(n, id));
	json_number(j, "devices", adoption_devices(n->server.devices));
	json_number(j, "capable", adoption_capable(n->server.devices));
	json_counters(j, n);
	json_object_end(j);
}

static void text_status(struct evbuffer *out, struct net *n)
{
	char id[INET_ADDRSTRLEN];
	unsigned int i;

	evbuffer_add_printf(out,
			    "network %s: interface %s (%s), option 108 %s: instance %s: %s\n",
			    n->conf.name, n->conf.interface,
			    interface_state(n),
			    n->health.up ? "granted" : "withheld",
			    n->conf.instance, n->health.reason);
	evbuffer_add_printf(out,
			    "  v6only-wait %" PRIu32 " s, server identifier %s\n",
			    n->conf.dhcp.v6only_wait, server_id_text(n, id));
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

static void json_adoption(struct json *j, struct net *n)
{
	unsigned int devices = adoption_devices(n->server.devices);
	unsigned int capable = adoption_capable(n->server.devices);
	struct adoption_device *d = NULL;

	json_object(j, NULL);
	json_string(j, "network", n->conf.name);
	json_number(j, "devices", devices);
	json_number(j, "capable", capable);
	json_number(j, "share_permille", adoption_permille(capable, devices));
	json_number(j, "forgotten", adoption_forgotten(n->server.devices));
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

	evbuffer_add_printf(out, "  %-17s  %-7s  %-20s  %-20s  %5" PRIu32 "  %s\n",
			    mac_text(d, mac), d->capable ? "yes" : "no",
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
	evbuffer_add_printf(out, "  %-17s  %-7s  %-20s  %-20s  %5s  %s\n",
			    "device", "capable", "first seen", "last seen",
			    "times", "vendor class");
	while ((d = adoption_next(n->server.devices, d)))
		text_device(out, d);
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
	else if (!strcmp(request, "status text"))
		all_text(nets, count, text_status, out);
	else if (!strcmp(request, "adoption text"))
		all_text(nets, count, text_adoption, out);
	else
		return -ENOENT;
	return 0;
}
