// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a client sends, from its IPv4 header on: it is read, judged and
 * answered without harm, and the answer is one that a client can take.
 */
#include "dhcp108d/dhcp4.h"
#include "dhcp108d/server.h"
#include "dhcp108d/udp4.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A network without leases, and one with a few. */
static struct conf_dhcp confs[2] = {
	{
		.mode = CONF_DHCP_V6ONLY,
		.v6only_wait = 1800,
		.rollout = 100,
		.stop_autoconf = CONF_AUTOCONF_ALL,
		.nak_wrong_net = true,
		.nrelays = 1,
	}, {
		.mode = CONF_DHCP_MOSTLY,
		.v6only_wait = 1800,
		.lease_time = 60,
		.rollout = 50,
		.probe = true,
		.rapid_commit = true,
		.nrelays = 1,
		.nsubnets = 1,
		.npools = 1,
		.noptions = 2,
		.options = { { 15, 1, "x" }, { 43, 255, { 1 } } },
	},
};

static struct server servers[2] = {
	{ .conf = &confs[0] }, { .conf = &confs[1] },
};

static uint64_t now;

static void must(int condition)
{
	if (!condition)
		abort();
}

/* Code of the last option, in a message that has to be well-formed. */
static uint8_t check_options(const uint8_t *out, size_t len)
{
	size_t i = DHCP4_FIXED_LEN;
	uint8_t last = 0;

	for (;;) {
		must(i < len);
		if (out[i] == 255)
			return last;
		must(out[i] && i + 2u + out[i + 1] <= len);
		last = out[i];
		i += 2u + out[i + 1];
	}
}

static void check_answer(const struct dhcp4_msg *req, struct dhcp4_reply *reply)
{
	uint8_t out[UDP4_HEADERS + DHCP4_MAX_LEN];
	struct server_dest to = server_route(req, reply);
	struct udp4_packet p;
	uint8_t last;
	size_t len;

	len = dhcp4_build(out + UDP4_HEADERS, req, reply);
	must(len >= DHCP4_MIN_LEN && len <= DHCP4_MAX_LEN);
	must(req->max_size >= 576 || len <= 548);
	last = check_options(out + UDP4_HEADERS, len);
	must((last == DHCP4_OPT_RELAY_INFO) ==
	     (req->relay_info.len && !reply->dropped_relay_info));
	must(!reply->has_v6only || dhcp4_asks(req, DHCP4_OPT_V6ONLY));
	must(!reply->yiaddr.s_addr || reply->lease_time);
	len = udp4_wrap(out, len, reply->server_id, to.addr, 67);
	must(udp4_parse(out, len, false, &p) == UDP4_OK);
}

static void set_up(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		confs[i].relays[0].s_addr = htonl(0x0a000001);
		confs[i].subnets[0].addr.s_addr = htonl(0x0a000000);
		confs[i].subnets[0].len = 24;
		confs[i].pools[0].first = 0x0a000002;
		confs[i].pools[0].last = 0x0a000009;
		must(!server_init(&servers[i], 0));
	}
}

static void serve(struct server *s, const struct dhcp4_msg *req)
{
	struct server_env env = { .serving = true };
	struct dhcp4_reply reply;
	struct dhcp4_msg waited;
	enum server_verdict v;

	now += 10000;		/* the rate limit has tests of its own */
	env.now = now;
	env.server_id.s_addr = htonl(SERVER_DUMMY_ID);
	v = server_answer(s, &env, req, &reply);
	if (server_replies(v))
		check_answer(req, &reply);
	if (v == SERVER_PROBING && (req->xid[0] & 1))
		server_seen(s, &env, reply.yiaddr, req->xid);
	env.now += SERVER_PROBE_MS;
	while (server_due(s, &env, &waited, &reply, &v))
		if (server_replies(v))
			check_answer(&waited, &reply);
	server_expire(s, &env);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct udp4_packet p;
	struct dhcp4_msg req;

	if (!servers[0].devices)
		set_up();
	/* Without a header too: checksums are hard to guess. */
	if (udp4_parse(data, size, true, &p)) {
		p.data = data;
		p.len = size;
	}
	dhcp4_parse_answer(p.data, p.len, &req);
	if (dhcp4_parse(p.data, p.len, &req))
		return 0;
	serve(&servers[0], &req);
	serve(&servers[1], &req);
	return 0;
}
