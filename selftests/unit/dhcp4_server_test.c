// SPDX-License-Identifier: GPL-2.0
/* The policy of RFC 8925 and the count of devices: daemons/dhcp108d. */
#include "ktap.h"

#include "dhcp108d/adoption.h"
#include "dhcp108d/server.h"

#include <arpa/inet.h>

#define OURS 0xc0000008		/* 192.0.0.8 */

static struct conf_dhcp conf;
static struct server server;
static struct server_env env;
static struct dhcp4_reply reply;

static void reset(void)
{
	server_fini(&server);
	memset(&conf, 0, sizeof(conf));
	conf.mode = CONF_DHCP_V6ONLY;
	conf.rollout = 100;
	conf.v6only_wait = 1800;
	conf.stop_autoconf = CONF_AUTOCONF_CAPABLE;
	memset(&env, 0, sizeof(env));
	env.serving = true;
	env.server_id.s_addr = htonl(OURS);
	env.wall = 1000;
	env.now = 5000;
	memset(&server, 0, sizeof(server));
	server.conf = &conf;
	EXPECT_EQ(server_init(&server, env.now), 0);
}

static struct dhcp4_msg message(uint8_t type, bool asks)
{
	struct dhcp4_msg m = {
		.type = type,
		.htype = 1,
		.hlen = 6,
		.chaddr = { 2, 0, 0, 0, 0, 1 },
		.xid = { 1, 2, 3, 4 },
	};

	m.params[0] = 2;
	if (asks)
		m.params[108 / 8] |= 1 << 108 % 8;
	return m;
}

static enum server_verdict answer(const struct dhcp4_msg *m)
{
	memset(&reply, 0xff, sizeof(reply));
	return server_answer(&server, &env, m, &reply);
}

static struct in_addr addr(uint32_t a)
{
	return (struct in_addr){ htonl(a) };
}

/* D5 D10 D11 C1 */
TEST(offers_to_those_who_ask)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);

	reset();
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT_EQ(reply.type, DHCP4_OFFER);
	EXPECT_EQ(reply.yiaddr.s_addr, 0);
	EXPECT_EQ(ntohl(reply.server_id.s_addr), OURS);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(reply.v6only_wait, 1800);
	EXPECT(!reply.no_autoconf && !reply.broadcast && !reply.message);
	EXPECT_EQ(server.counts[SERVER_OFFER], 1);
}

/* D3 D12 C2 */
TEST(keeps_silent_to_the_others)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, false);

	reset();
	EXPECT_EQ(answer(&m), SERVER_NOT_ASKED);
	EXPECT(!server_replies(SERVER_NOT_ASKED));
	m.has_autoconf = true;
	EXPECT_EQ(answer(&m), SERVER_NOT_ASKED);
	EXPECT_EQ(server.counts[SERVER_NOT_ASKED], 2);
}

/* D13 D14 C28 C29 */
TEST(stops_autoconfiguration_as_told)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	struct dhcp4_msg legacy = message(DHCP4_DISCOVER, false);

	reset();
	m.has_autoconf = true;
	legacy.has_autoconf = true;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT(reply.no_autoconf);
	conf.stop_autoconf = CONF_AUTOCONF_OFF;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT(!reply.no_autoconf);
	conf.stop_autoconf = CONF_AUTOCONF_ALL;
	EXPECT_EQ(answer(&legacy), SERVER_OFFER_AUTOCONF);
	EXPECT(reply.no_autoconf && !reply.has_v6only);
	legacy.has_autoconf = false;
	EXPECT_EQ(answer(&legacy), SERVER_NOT_ASKED);
}

/* The health gate: no promise while nobody translates. */
TEST(keeps_silent_while_the_translator_is_down)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);

	reset();
	env.serving = false;
	EXPECT_EQ(answer(&m), SERVER_GATE_DOWN);
	m.type = DHCP4_REQUEST;
	m.has_requested = true;
	m.requested = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_GATE_DOWN);
	EXPECT(!server_replies(SERVER_GATE_DOWN));
	EXPECT_EQ(adoption_devices(server.devices), 1);
	env.serving = true;
	EXPECT_EQ(answer(&m), SERVER_NAK);
}

/* D20 D21 C41 */
TEST(refuses_a_selection_of_itself)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, true);

	reset();
	m.has_server_id = true;
	m.server_id = addr(OURS);
	m.has_requested = true;
	EXPECT_EQ(answer(&m), SERVER_NAK);
	EXPECT_EQ(reply.type, DHCP4_NAK);
	EXPECT(!reply.has_v6only && reply.message);
	m.server_id = addr(0xc0000201);
	EXPECT_EQ(answer(&m), SERVER_OTHER_SERVER);
}

/* D22 C43 */
TEST(refuses_an_old_address_to_capable_clients)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, true);

	reset();
	m.has_requested = true;
	m.requested = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_NAK);
	/* D26: renewing and rebinding what was never leased here */
	m.has_requested = false;
	m.ciaddr = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_NAK);
	m.ciaddr = addr(0);
	m.requested = addr(0);
	EXPECT_EQ(answer(&m), SERVER_NONSENSE);
}

/* D23 C44 */
TEST(refuses_wrong_networks_when_told)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, false);

	reset();
	m.has_requested = true;
	m.requested = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_NOT_ASKED);
	conf.nak_wrong_net = true;
	EXPECT_EQ(answer(&m), SERVER_NAK);
	env.subnets[0].addr = addr(0xc0a80001);
	env.subnets[0].len = 16;
	env.nsubnets = 1;
	EXPECT_EQ(answer(&m), SERVER_NOT_ASKED);
	env.subnets[0].len = 24;
	EXPECT_EQ(answer(&m), SERVER_NAK);
	env.subnets[0].len = 0;
	EXPECT_EQ(answer(&m), SERVER_NOT_ASKED);
}

/* D27 D28 D29 C52 */
TEST(ignores_what_needs_no_answer)
{
	struct dhcp4_msg m = message(DHCP4_INFORM, true);

	reset();
	EXPECT_EQ(answer(&m), SERVER_INFORM);
	m.type = DHCP4_DECLINE;
	EXPECT_EQ(answer(&m), SERVER_DECLINE);
	m.type = DHCP4_RELEASE;
	EXPECT_EQ(answer(&m), SERVER_RELEASE);
	EXPECT(!server_replies(SERVER_INFORM) &&
	       !server_replies(SERVER_DECLINE) &&
	       !server_replies(SERVER_RELEASE));
}

/* D45 D47 C20: strangers are not even counted as devices. */
TEST(listens_to_known_relays_only)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);

	reset();
	m.giaddr = addr(0x0a000001);
	EXPECT_EQ(answer(&m), SERVER_RELAY_UNKNOWN);
	EXPECT_EQ(adoption_devices(server.devices), 0);
	conf.relays[0] = addr(0x0a000001);
	conf.nrelays = 1;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	m.type = DHCP4_REQUEST;
	m.ciaddr = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_NAK);
	EXPECT(reply.broadcast);	/* D40 C47 */
}

/* D51 */
TEST(limits_the_rate_of_one_device)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	struct dhcp4_msg other = message(DHCP4_DISCOVER, true);
	unsigned int i;

	reset();
	for (i = 0; i < SERVER_MAC_BURST; i++)
		EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT_EQ(answer(&m), SERVER_RATE_LIMITED);
	/* Another identifier on the same hardware is no way around. */
	m.client_id.len = 1;
	EXPECT_EQ(answer(&m), SERVER_RATE_LIMITED);
	other.chaddr[5] = 2;
	EXPECT_EQ(answer(&other), SERVER_OFFER);
	env.now += 1000;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT_EQ(answer(&m), SERVER_RATE_LIMITED);
}

TEST(limits_the_rate_of_all)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	unsigned int i, offers = 0;

	reset();
	for (i = 0; i < SERVER_ALL_BURST + 10; i++) {
		m.chaddr[4] = (uint8_t)(i >> 8);
		m.chaddr[5] = (uint8_t)i;
		offers += answer(&m) == SERVER_OFFER;
	}
	EXPECT_EQ(offers, SERVER_ALL_BURST);
	env.now += 1;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
}

/* D40 D41 D43 C17 C19 C13 */
TEST(routes_answers)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	struct dhcp4_reply offer = { .type = DHCP4_OFFER };
	struct dhcp4_reply nak = { .type = DHCP4_NAK };
	struct server_dest to;

	to = server_route(&m, &offer);
	EXPECT_EQ(to.addr.s_addr, INADDR_BROADCAST);
	EXPECT_EQ(to.port, 68);
	EXPECT_EQ(to.l2, SERVER_L2_CLIENT);
	to = server_route(&m, &nak);
	EXPECT_EQ(to.addr.s_addr, INADDR_BROADCAST);
	EXPECT_EQ(to.l2, SERVER_L2_BROADCAST);
	m.flags = DHCP4_FLAG_BROADCAST;
	to = server_route(&m, &offer);
	EXPECT_EQ(to.l2, SERVER_L2_BROADCAST);
	m.flags = 0;
	m.hlen = 0;
	to = server_route(&m, &offer);
	EXPECT_EQ(to.l2, SERVER_L2_BROADCAST);
	m.ciaddr = addr(0x0a000002);	/* D42, and D41 for a refusal */
	to = server_route(&m, &offer);
	EXPECT_EQ(to.addr.s_addr, m.ciaddr.s_addr);
	EXPECT_EQ(to.l2, SERVER_L2_SENDER);
	to = server_route(&m, &nak);
	EXPECT_EQ(to.addr.s_addr, INADDR_BROADCAST);
	EXPECT_EQ(to.l2, SERVER_L2_BROADCAST);
	m.giaddr = addr(0x0a000001);
	to = server_route(&m, &nak);
	EXPECT_EQ(ntohl(to.addr.s_addr), 0x0a000001);
	EXPECT_EQ(to.port, 67);
	EXPECT_EQ(to.l2, SERVER_L2_SENDER);
	to = server_route(&m, &offer);
	EXPECT_EQ(ntohl(to.addr.s_addr), 0x0a000001);
	m.type = DHCP4_INFORM;		/* D27: RFC 2131, section 4.3.5 */
	to = server_route(&m, &offer);
	EXPECT_EQ(to.addr.s_addr, m.ciaddr.s_addr);
	EXPECT_EQ(to.port, 68);
	EXPECT_EQ(to.l2, SERVER_L2_SENDER);
}

/* F1 D53: 142 devices, 115 of them capable: 81 %. */
TEST(counts_devices)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	struct adoption *a = adoption_new(1000);
	struct adoption_device *d = NULL;
	unsigned int i, random = 0;
	bool news;

	for (i = 0; i < 142; i++) {
		m = message(DHCP4_DISCOVER, i < 115);
		m.chaddr[0] = i % 2 ? 2 : 0;
		m.chaddr[5] = (uint8_t)i;
		adoption_note(a, &m, 100 + i, &news);
		EXPECT(news);
		adoption_note(a, &m, 500 + i, &news);
		EXPECT(!news);
	}
	EXPECT_EQ(adoption_devices(a), 142);
	EXPECT_EQ(adoption_capable(a), 115);
	EXPECT_EQ(adoption_permille(115, 142), 810);
	while ((d = adoption_next(a, d))) {
		EXPECT_EQ(d->transactions, 1);
		EXPECT_EQ(d->last - d->first, 400);
		random += d->random_mac;
	}
	EXPECT_EQ(random, 71);
	EXPECT_EQ(adoption_permille(0, 0), 0);
	EXPECT_EQ(adoption_permille(1, 3), 333);
	EXPECT_EQ(adoption_permille(2, 3), 667);
	adoption_free(a);
}

/* D53 C25 C61 D52 */
TEST(tells_devices_apart_by_identifier)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, false);
	struct adoption *a = adoption_new(1000);
	struct adoption_device *d;
	bool news;

	adoption_note(a, &m, 1, &news);
	m.client_id.len = 2;
	m.client_id.data[1] = 1;
	d = adoption_note(a, &m, 1, &news);
	EXPECT(news && d->by_client_id);
	m.client_id.data[1] = 2;
	adoption_note(a, &m, 1, &news);
	EXPECT(news);
	EXPECT_EQ(adoption_devices(a), 3);

	/* It moves to another interface: still the same device. */
	m.chaddr[5] = 9;
	m.xid[0] = 9;
	m.vendor_class.len = 7;
	memcpy(m.vendor_class.data, "a\nb\x1b\"\\\xff", 7);
	d = adoption_note(a, &m, 2, &news);
	EXPECT(!news);
	EXPECT_EQ(d->transactions, 2);
	EXPECT_STR(d->vendor, "a\\x0ab\\x1b\"\\x5c\\xff");

	/* It learns option 108. */
	m.params[108 / 8] |= 1 << 108 % 8;
	adoption_note(a, &m, 3, &news);
	EXPECT(news);
	EXPECT_EQ(adoption_capable(a), 1);
	adoption_free(a);
}

/* D51: a flood of made-up addresses does not grow the table. */
TEST(forgets_the_oldest_devices)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, true);
	struct adoption *a = adoption_new(10);
	unsigned int i;
	bool news;

	for (i = 0; i < 200; i++) {
		m.chaddr[5] = (uint8_t)i;
		adoption_note(a, &m, i, &news);
	}
	EXPECT_EQ(adoption_devices(a), 10);
	EXPECT_EQ(adoption_capable(a), 10);
	EXPECT_EQ(adoption_forgotten(a), 190);
	EXPECT_EQ(adoption_next(a, NULL)->mac[5], 199);
	adoption_free(a);
}

TEST(ends)
{
	server_fini(&server);
	EXPECT(!server.devices);
}

KTAP_MAIN()
