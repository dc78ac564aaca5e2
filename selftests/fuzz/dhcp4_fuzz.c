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

static struct conf_dhcp conf = {
	.mode = CONF_DHCP_V6ONLY,
	.v6only_wait = 1800,
	.stop_autoconf = CONF_AUTOCONF_ALL,
	.nak_wrong_net = true,
	.nrelays = 1,
};

static struct server server = { .conf = &conf };
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
	must(!reply->yiaddr.s_addr);
	len = udp4_wrap(out, len, reply->server_id, to.addr, 67);
	must(udp4_parse(out, len, false, &p) == UDP4_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct server_env env = { .serving = true };
	struct dhcp4_reply reply;
	enum server_verdict v;
	struct udp4_packet p;
	struct dhcp4_msg req;

	if (!server.devices) {
		conf.relays[0].s_addr = htonl(0x0a000001);
		must(!server_init(&server, 0));
	}
	now += 10000;		/* the rate limit has tests of its own */
	env.now = now;
	env.server_id.s_addr = htonl(SERVER_DUMMY_ID);
	/* Without a header too: checksums are hard to guess. */
	if (udp4_parse(data, size, true, &p)) {
		p.data = data;
		p.len = size;
	}
	if (dhcp4_parse(p.data, p.len, &req))
		return 0;
	v = server_answer(&server, &env, &req, &reply);
	if (server_replies(v))
		check_answer(&req, &reply);
	return 0;
}
