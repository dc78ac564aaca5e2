// SPDX-License-Identifier: GPL-2.0
/*
 * Leases on an IPv6-mostly network, with a clock that the test winds:
 * daemons/dhcp108d/{server,judge,lease,probe}.c.
 */
#include "ktap.h"

#include "common/clock.h"
#include "dhcp108d/adoption.h"
#include "dhcp108d/lease.h"
#include "dhcp108d/probe.h"
#include "dhcp108d/server.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define OURS 0x0a000001		/* 10.0.0.1 */
#define FIRST 0x0a00000a	/* the pool: 10.0.0.10 to .13 */
#define LAST 0x0a00000d
#define SECOND_NET 0x0a000100

static struct conf_dhcp conf;
static struct server server;
static struct server_env env;
static struct dhcp4_reply reply;
static unsigned int changes;
static struct lease last_change;

static struct in_addr addr(uint32_t a)
{
	return (struct in_addr){ htonl(a) };
}

static void on_change(void *ctx, const struct lease *lease)
{
	(void)ctx;
	changes++;
	last_change = *lease;
}

static void reset(void)
{
	server_fini(&server);
	memset(&conf, 0, sizeof(conf));
	conf.mode = CONF_DHCP_MOSTLY;
	conf.offer = CONF_OFFER_ZERO;
	conf.v6only_wait = 1800;
	conf.stop_autoconf = CONF_AUTOCONF_CAPABLE;
	conf.lease_time = 3600;
	conf.rollout = 100;
	conf.nsubnets = 1;
	conf.subnets[0] = (struct conf_subnet){ addr(0x0a000000), 24 };
	conf.npools = 1;
	conf.pools[0] = (struct conf_pool){ FIRST, LAST };
	memset(&env, 0, sizeof(env));
	env.serving = true;
	env.server_id = addr(OURS);
	env.wall = 100000;
	env.now = 5000;
	memset(&server, 0, sizeof(server));
	server.conf = &conf;
	server.changed = on_change;
	changes = 0;
	EXPECT_EQ(server_init(&server, env.now), 0);
}

static void configure(void)
{
	EXPECT_EQ(server_configure(&server), 0);
}

static struct dhcp4_msg message(uint8_t type, uint16_t client, bool asks)
{
	struct dhcp4_msg m = {
		.type = type,
		.htype = 1,
		.hlen = 6,
		.chaddr = { 2, 0, 0, 0, (uint8_t)(client >> 8),
			    (uint8_t)client },
	};

	m.order[m.norder++] = 1;
	m.order[m.norder++] = 3;
	if (asks) {
		m.params[108 / 8] |= 1 << 108 % 8;
		m.order[m.norder++] = 108;
	}
	return m;
}

static enum server_verdict answer(const struct dhcp4_msg *m)
{
	memset(&reply, 0, sizeof(reply));
	return server_answer(&server, &env, m, &reply);
}

static uint32_t yours(void)
{
	return ntohl(reply.yiaddr.s_addr);
}

static enum server_verdict discover(uint16_t client)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, client, false);

	return answer(&m);
}

static enum server_verdict select_it(uint16_t client, uint32_t a, bool asks)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, client, asks);

	m.has_server_id = true;
	m.server_id = env.server_id;
	m.has_requested = true;
	m.requested = addr(a);
	return answer(&m);
}

static enum server_verdict reboot(uint16_t client, uint32_t a, bool asks)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, client, asks);

	m.has_requested = true;
	m.requested = addr(a);
	return answer(&m);
}

static enum server_verdict renew(uint16_t client, uint32_t a, bool asks)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, client, asks);

	m.ciaddr = addr(a);
	return answer(&m);
}

static uint32_t bind_client(uint16_t client)
{
	EXPECT_EQ(discover(client), SERVER_OFFER_LEASE);
	EXPECT_EQ(select_it(client, yours(), false), SERVER_ACK);
	return yours();
}

static unsigned int bound(void)
{
	return leases_count(server.leases, LEASE_BOUND);
}

static const struct dhcp4_option *extra(uint8_t code)
{
	unsigned int i;

	for (i = 0; i < reply.nextra; i++)
		if (reply.extra[i].code == code)
			return &reply.extra[i];
	return NULL;
}

/* Time passes, and what has ended ends. */
static void pass(uint64_t ms)
{
	env.now += ms;
	env.wall += ms / 1000;
	server_expire(&server, &env);
}

/* The whole exchange of a legacy client on an IPv6-mostly network. */
TEST(leases_to_those_who_need_it)
{
	reset();
	conf.nrouters = 2;
	conf.routers[0] = addr(OURS);
	conf.routers[1] = addr(SECOND_NET + 1);
	EXPECT_EQ(discover(1), SERVER_OFFER_LEASE);
	EXPECT_EQ(reply.type, DHCP4_OFFER);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(!reply.has_v6only && !reply.no_autoconf);
	EXPECT_EQ(reply.lease_time, 3600);
	EXPECT_EQ(changes, 0);		/* nothing to keep for an offer */
	EXPECT_EQ(select_it(1, FIRST, false), SERVER_ACK);
	EXPECT_EQ(reply.type, DHCP4_ACK);
	EXPECT_EQ(changes, 1);
	EXPECT_EQ(last_change.state, LEASE_BOUND);
	EXPECT_EQ(bound(), 1);
	EXPECT(extra(1) && !memcmp(extra(1)->data, "\xff\xff\xff\0", 4));
	EXPECT(extra(3) && extra(3)->len == 4);
	EXPECT_EQ(bind_client(2), FIRST + 1);
	/* Its own address again, whatever it would like. */
	EXPECT_EQ(bind_client(1), FIRST);
	EXPECT_EQ(bound(), 2);
}

/* RFC 2132, sections 3.3 and 9.8: the client's order, but the mask first. */
TEST(puts_the_mask_before_the_routers)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);

	reset();
	conf.nrouters = 1;
	conf.routers[0] = addr(OURS);
	conf.noptions = 1;
	conf.options[0] = (struct conf_option){ .code = 6, .len = 4 };
	m.order[0] = 6;
	m.order[1] = 3;
	m.order[2] = 1;
	m.norder = 3;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(reply.nextra, 3);
	EXPECT_EQ(reply.extra[0].code, 6);
	EXPECT_EQ(reply.extra[1].code, 1);
	EXPECT_EQ(reply.extra[2].code, 3);
}

/* D5 D10 D11 C32: a capable client takes nothing from the pool. */
TEST(tells_capable_clients_to_do_without)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 9, true);
	uint16_t i;

	reset();
	m.has_requested = true;
	m.requested = addr(FIRST);	/* C34 */
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT_EQ(yours(), 0);
	EXPECT(reply.has_v6only && !reply.lease_time && !reply.nextra);
	for (i = 0; i < 4; i++)
		bind_client(i);
	EXPECT_EQ(discover(5), SERVER_POOL_EMPTY);
	EXPECT(!server_replies(SERVER_POOL_EMPTY));
	m.xid[0]++;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	conf.offer = CONF_OFFER_ADDR;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	EXPECT_EQ(yours(), 0);
}

/* D30 C35 C37 C38: an address beside option 108 is kept for nobody. */
TEST(offers_addresses_that_are_not_kept)
{
	struct dhcp4_msg a = message(DHCP4_DISCOVER, 1, true);
	struct dhcp4_msg b = message(DHCP4_DISCOVER, 2, true);

	reset();
	conf.offer = CONF_OFFER_ADDR;
	EXPECT_EQ(answer(&a), SERVER_OFFER_ADDR);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(reply.has_v6only && reply.lease_time == 3600);
	EXPECT_EQ(answer(&b), SERVER_OFFER_ADDR);
	EXPECT_EQ(yours(), FIRST);
	EXPECT_EQ(leases_count(server.leases, LEASE_FREE), 4);
	/* Half an hour later, as networkd does. */
	pass(1800000);
	EXPECT_EQ(select_it(1, FIRST, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(yours(), FIRST);
	EXPECT_EQ(select_it(2, FIRST, true), SERVER_NAK);
}

/* C40: none first, an address for one that comes back within a minute. */
TEST(offers_an_address_to_those_who_come_back)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, true);

	reset();
	conf.offer = CONF_OFFER_AUTO;
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	pass(5000);
	EXPECT_EQ(answer(&m), SERVER_OFFER_ADDR);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(reply.has_v6only);
	pass(SERVER_AGAIN_MS - 5000 - 1);
	EXPECT_EQ(answer(&m), SERVER_OFFER_ADDR);
	pass(1);
	EXPECT_EQ(answer(&m), SERVER_OFFER);
	pass(1800000);
	EXPECT_EQ(answer(&m), SERVER_OFFER);
}

/* The health gate: capable clients get a lease while nobody translates. */
TEST(leases_to_all_while_the_translator_is_down)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, true);

	reset();
	env.serving = false;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT(!reply.has_v6only);
	EXPECT_EQ(select_it(1, FIRST, true), SERVER_ACK);
	EXPECT(!reply.has_v6only);
	/* It recovers: the client is told when it renews. */
	env.serving = true;
	EXPECT_EQ(renew(1, FIRST, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(yours(), FIRST);
	/* And when it dies again, that it has to keep its address. */
	env.serving = false;
	EXPECT_EQ(renew(1, FIRST, true), SERVER_ACK);
	EXPECT(!reply.has_v6only);
}

/* D20 */
TEST(acknowledges_what_is_free)
{
	reset();
	EXPECT_EQ(select_it(1, 0, true), SERVER_NAK);
	EXPECT_EQ(select_it(1, FIRST - 1, false), SERVER_NAK);
	EXPECT_EQ(select_it(1, LAST, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(select_it(2, LAST, false), SERVER_NAK);
}

/* D21 */
TEST(drops_the_offer_when_another_server_is_chosen)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, 1, false);

	reset();
	discover(1);
	EXPECT_EQ(leases_count(server.leases, LEASE_OFFERED), 1);
	m.has_server_id = true;
	m.server_id = addr(0x0a000002);
	m.has_requested = true;
	m.requested = addr(FIRST);
	EXPECT_EQ(answer(&m), SERVER_OTHER_SERVER);
	EXPECT_EQ(leases_count(server.leases, LEASE_OFFERED), 0);
	/* A lease stays: the other server may not have answered yet. */
	bind_client(1);
	EXPECT_EQ(answer(&m), SERVER_OTHER_SERVER);
	EXPECT_EQ(bound(), 1);
}

/* D24 C46: the real address and 108, never 0.0.0.0. */
TEST(confirms_a_lease_after_a_reboot)
{
	reset();
	bind_client(1);
	EXPECT_EQ(reboot(1, FIRST, true), SERVER_ACK);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(reboot(1, FIRST, false), SERVER_ACK);
	EXPECT(!reply.has_v6only);
	/* Another of its network than it has, one of another network */
	EXPECT_EQ(reboot(1, FIRST + 1, false), SERVER_NAK);
	EXPECT_EQ(reboot(2, 0xc0a80107, true), SERVER_NAK);
	/* RFC 2131, section 4.3.2: no record, no answer */
	EXPECT_EQ(reboot(2, FIRST + 2, false), SERVER_UNKNOWN);
	EXPECT(!server_replies(SERVER_UNKNOWN));
	/* Another client's */
	EXPECT_EQ(reboot(2, FIRST, false), SERVER_NAK);
}

/* D25 D26 C49 C50 */
TEST(renews_and_rebinds_its_own_leases)
{
	reset();
	bind_client(1);
	pass(1800000);
	EXPECT_EQ(renew(1, FIRST, false), SERVER_ACK);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(!reply.has_v6only);
	pass(1900000);
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(renew(1, FIRST, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(renew(2, FIRST, false), SERVER_NAK);
	EXPECT_EQ(renew(2, 0xc0a80107, false), SERVER_NAK);
	EXPECT_EQ(renew(2, FIRST + 1, false), SERVER_UNKNOWN);
	EXPECT_EQ(bound(), 1);	/* nothing was invented */
}

/* D27 C52 C53 */
TEST(informs)
{
	struct dhcp4_msg m = message(DHCP4_INFORM, 1, true);
	struct dhcp4_reply r;
	struct server_dest to;

	reset();
	m.ciaddr = addr(0x0a0000c8);
	EXPECT_EQ(answer(&m), SERVER_INFORMED);
	EXPECT_EQ(reply.type, DHCP4_ACK);
	EXPECT(reply.has_v6only && !reply.lease_time && !yours());
	EXPECT(extra(1));
	r = reply;
	to = server_route(&m, &r);	/* D42 */
	EXPECT_EQ(to.addr.s_addr, m.ciaddr.s_addr);
	EXPECT_EQ(to.port, 68);
	m = message(DHCP4_INFORM, 1, false);
	m.ciaddr = addr(0x0a0000c8);
	EXPECT_EQ(answer(&m), SERVER_INFORMED);
	EXPECT(!reply.has_v6only);
	m.ciaddr = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_INFORM);
	m.ciaddr = addr(0);
	EXPECT_EQ(answer(&m), SERVER_INFORM);
	/* Through a relay: nobody is made a target of answers by that. */
	conf.relays[0] = addr(0x0a000002);
	conf.nrelays = 1;
	m.giaddr = conf.relays[0];
	m.ciaddr = addr(0xc0a80107);
	EXPECT_EQ(answer(&m), SERVER_INFORM);
	m.ciaddr = addr(0x0a0000c8);
	EXPECT_EQ(answer(&m), SERVER_INFORMED);
}

static enum server_verdict decline(uint16_t client, uint32_t a)
{
	struct dhcp4_msg m = message(DHCP4_DECLINE, client, false);

	m.has_requested = true;
	m.requested = addr(a);
	return answer(&m);
}

/* D28 */
TEST(keeps_off_declined_addresses)
{
	reset();
	bind_client(1);
	EXPECT_EQ(decline(2, FIRST), SERVER_DECLINE);
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(decline(1, FIRST), SERVER_DECLINED);
	EXPECT_EQ(last_change.state, LEASE_DECLINED);
	EXPECT_EQ(bind_client(1), FIRST + 1);
	EXPECT_EQ(renew(1, FIRST, false), SERVER_NAK);
	pass(SERVER_QUARANTINE_MS);
	EXPECT_EQ(leases_count(server.leases, LEASE_DECLINED), 0);
	/* D51: complaints do not empty the pool. */
	bind_client(2);
	decline(2, FIRST + 2);
	bind_client(3);
	decline(3, FIRST + 3);
	bind_client(4);
	decline(4, FIRST);
	EXPECT_EQ(leases_count(server.leases, LEASE_DECLINED), 2);
}

static enum server_verdict release(uint16_t client, uint32_t a)
{
	struct dhcp4_msg m = message(DHCP4_RELEASE, client, false);

	m.ciaddr = addr(a);
	return answer(&m);
}

/* D29 C55 */
TEST(takes_back_released_addresses)
{
	reset();
	bind_client(1);
	bind_client(2);
	EXPECT_EQ(release(2, FIRST), SERVER_RELEASE);
	EXPECT_EQ(bound(), 2);
	EXPECT_EQ(release(1, FIRST), SERVER_RELEASED);
	EXPECT(!server_replies(SERVER_RELEASED));
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(last_change.state, LEASE_FREE);
	/* History: it gets the same again, others get others first. */
	EXPECT_EQ(bind_client(3), FIRST + 2);
	EXPECT_EQ(bind_client(1), FIRST);
}

/* Clients that come and go for a month; only the clock is not real. */
TEST(leases_end_after_days)
{
	unsigned int day, hour;
	uint16_t client;

	reset();
	conf.lease_time = 86400;
	bind_client(1);
	for (day = 0; day < 30; day++)
		for (hour = 0; hour < 2; hour++) {
			pass(12 * 3600 * 1000ull);
			EXPECT_EQ(renew(1, FIRST, false), SERVER_ACK);
		}
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(server_next(&server), env.now + 86400000ull);
	pass(86400000ull - 1);
	EXPECT_EQ(bound(), 1);
	pass(1);
	EXPECT_EQ(bound(), 0);
	EXPECT_EQ(server_next(&server), CLOCK_NEVER);
	/* It is not forgotten, and comes back when nobody took its place. */
	EXPECT_EQ(renew(1, FIRST, false), SERVER_ACK);
	/* A hundred others pass through a pool of four in ten days. */
	for (client = 10; client < 110; client++) {
		bind_client(client);
		pass(8 * 3600 * 1000ull + 1000);
	}
	EXPECT_EQ(bound(), 2);
	EXPECT_EQ(server.counts[SERVER_POOL_EMPTY], 0);
}

/* D53: a reservation holds by hardware address and by identifier. */
TEST(keeps_reserved_addresses)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);
	uint16_t i;

	reset();
	conf.nhosts = 2;
	conf.hosts[0] = (struct conf_host){
		.key = { 2, 0, 0, 0, 0, 1 }, .len = 6, .addr = addr(FIRST),
	};
	conf.hosts[1] = (struct conf_host){
		.key = { 1, 0xaa }, .len = 2, .by_id = true,
		.addr = addr(0x0a0000c8),
	};
	configure();
	for (i = 10; i < 13; i++)
		EXPECT(bind_client(i) != FIRST);
	EXPECT_EQ(discover(13), SERVER_POOL_EMPTY);
	EXPECT_EQ(select_it(13, FIRST, false), SERVER_NAK);
	/* Its owner, who sends an identifier as well */
	m.client_id.len = 3;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST);
	m.type = DHCP4_REQUEST;
	m.has_server_id = m.has_requested = true;
	m.server_id = env.server_id;
	m.requested = addr(FIRST);
	EXPECT_EQ(answer(&m), SERVER_ACK);
	m.has_server_id = m.has_requested = false;
	m.ciaddr = addr(FIRST);
	EXPECT_EQ(answer(&m), SERVER_ACK);
	m.type = DHCP4_RELEASE;
	EXPECT_EQ(answer(&m), SERVER_RELEASED);
	EXPECT_EQ(select_it(13, FIRST, false), SERVER_NAK);
	/* Outside of the pool, by identifier, on any hardware */
	m = message(DHCP4_DISCOVER, 99, false);
	m.client_id = (struct dhcp4_value){ .len = 2, .data = { 1, 0xaa } };
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), 0x0a0000c8);
}

/* D28 D53: a reservation outlives the time in which its address is kept off. */
TEST(returns_to_a_reserved_address)
{
	reset();
	conf.nhosts = 1;
	conf.hosts[0] = (struct conf_host){
		.key = { 2, 0, 0, 0, 0, 1 }, .len = 6, .addr = addr(FIRST),
	};
	configure();
	EXPECT_EQ(bind_client(1), FIRST);
	EXPECT_EQ(decline(1, FIRST), SERVER_DECLINED);
	EXPECT_EQ(select_it(1, FIRST, false), SERVER_NAK);
	EXPECT_EQ(bind_client(1), FIRST + 1);
	EXPECT_EQ(renew(1, FIRST + 1, false), SERVER_ACK);
	pass(SERVER_QUARANTINE_MS);
	EXPECT_EQ(select_it(2, FIRST, false), SERVER_NAK);
	EXPECT_EQ(bind_client(1), FIRST);
}

/* A client that sends an identifier, whatever it is kept by. */
static enum server_verdict renew_by_id(uint32_t a)
{
	struct dhcp4_msg m = message(DHCP4_REQUEST, 1, false);

	m.client_id.len = 3;
	m.ciaddr = addr(a);
	return answer(&m);
}

static uint32_t bind_by_id(void)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);

	m.client_id.len = 3;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	m.type = DHCP4_REQUEST;
	m.has_server_id = m.has_requested = true;
	m.server_id = env.server_id;
	m.requested = reply.yiaddr;
	EXPECT_EQ(answer(&m), SERVER_ACK);
	return yours();
}

static void reserve(uint32_t a)
{
	conf.nhosts = 1;
	conf.hosts[0] = (struct conf_host){
		.key = { 2, 0, 0, 0, 0, 1 }, .len = 6, .addr = addr(a),
	};
	configure();
}

/* D26 D53 D54: the client goes on, or is refused and begins anew. */
TEST(ends_a_reservation)
{
	reset();
	reserve(FIRST);
	EXPECT_EQ(bind_by_id(), FIRST);
	conf.nhosts = 0;
	configure();
	EXPECT_EQ(renew_by_id(FIRST), SERVER_ACK);
	EXPECT_EQ(bind_client(2), FIRST + 1);
	EXPECT_EQ(bound(), 2);
	/* An address that is of no pool */
	reserve(0x0a0000c8);
	EXPECT_EQ(renew_by_id(FIRST), SERVER_NAK);
	EXPECT_EQ(bind_by_id(), 0x0a0000c8);
	EXPECT_EQ(bound(), 2);
	conf.nhosts = 0;
	configure();
	pass(8000);
	EXPECT_EQ(renew_by_id(0x0a0000c8), SERVER_NAK);
	EXPECT_EQ(renew(3, 0x0a0000c8, false), SERVER_UNKNOWN);
	EXPECT_EQ(bind_by_id(), FIRST);
	/* What has ended is no longer known. */
	pass(3600 * 1000);
	EXPECT_EQ(renew_by_id(0x0a0000c8), SERVER_UNKNOWN);
}

/* D26: what is kept for a client now is what it gets. */
TEST(moves_to_a_changed_reservation)
{
	reset();
	reserve(0x0a0000c8);
	EXPECT_EQ(bind_by_id(), 0x0a0000c8);
	reserve(0x0a0000c9);
	EXPECT_EQ(renew_by_id(0x0a0000c8), SERVER_NAK);
	EXPECT_EQ(bind_by_id(), 0x0a0000c9);
	EXPECT_EQ(renew_by_id(0x0a0000c9), SERVER_ACK);
	EXPECT_EQ(bound(), 1);
	/* It is another's: the client keeps what it has. */
	pass(8000);
	EXPECT_EQ(decline(1, 0x0a0000c9), SERVER_DECLINED);
	EXPECT_EQ(bind_by_id(), FIRST);
	EXPECT_EQ(renew_by_id(FIRST), SERVER_ACK);
}

/* D53: the identifier counts, not the hardware. */
TEST(tells_leases_apart_by_identifier)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);

	reset();
	bind_client(1);
	m.client_id.len = 2;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST + 1);
	m.chaddr[5] = 7;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST + 1);
}

/* D45: two subnets on one link; a relay may say which. */
TEST(serves_shared_networks)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 8, false);
	uint16_t i;

	reset();
	conf.nsubnets = 2;
	conf.subnets[1] = (struct conf_subnet){ addr(SECOND_NET), 24 };
	conf.npools = 2;
	conf.pools[1] = (struct conf_pool){ SECOND_NET + 10, SECOND_NET + 11 };
	conf.nrouters = 2;
	conf.routers[0] = addr(OURS);
	conf.routers[1] = addr(SECOND_NET + 1);
	conf.relays[0] = addr(SECOND_NET + 1);
	conf.nrelays = 1;
	configure();
	for (i = 0; i < 4; i++)
		EXPECT_EQ(bind_client(i), FIRST + i);
	EXPECT_EQ(bind_client(5), SECOND_NET + 10);
	EXPECT(extra(3) && !memcmp(extra(3)->data, &conf.routers[1], 4));
	release(0, FIRST);
	m.giaddr = addr(SECOND_NET + 1);
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), SECOND_NET + 11);
	m.chaddr[5] = 9;
	m.has_link = true;
	m.link = addr(0x0a000000);
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST);
	m.link = addr(0xc0a80100);
	EXPECT_EQ(answer(&m), SERVER_RELAY_UNKNOWN);
}

/* D15: never with 108; RFC 4039 for the others, when switched on. */
TEST(commits_rapidly)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);
	struct dhcp4_msg v6 = message(DHCP4_DISCOVER, 2, true);

	reset();
	m.rapid_commit = v6.rapid_commit = true;
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT(!reply.rapid_commit);
	conf.rapid_commit = true;
	EXPECT_EQ(answer(&m), SERVER_ACK);
	EXPECT(reply.rapid_commit && reply.type == DHCP4_ACK);
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(changes, 1);
	EXPECT_EQ(answer(&v6), SERVER_OFFER);
	EXPECT(!reply.rapid_commit);
}

/* F6 D4 C62: held back from 108; they get a lease, or silence in v6only. */
TEST(holds_back_who_opted_out)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, true);
	struct dhcp4_msg printer = message(DHCP4_DISCOVER, 0x201, true);

	reset();
	conf.nopt_outs = 2;
	conf.opt_outs[0] = (struct conf_opt_out){
		.mac = { 2, 0, 0, 0, 0 }, .len = 5,
	};
	strcpy(conf.opt_outs[1].vendor, "printer");
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT(!reply.has_v6only);
	EXPECT_EQ(answer(&printer), SERVER_OFFER);
	printer.vendor_class.len = 7;
	memcpy(printer.vendor_class.data, "printer", 7);
	EXPECT_EQ(answer(&printer), SERVER_OFFER_LEASE);
	conf.mode = CONF_DHCP_V6ONLY;
	EXPECT_EQ(answer(&m), SERVER_HELD_BACK);
	EXPECT_EQ(reboot(1, 0xc0a80107, true), SERVER_HELD_BACK);
}

/* F6: a share of the clients, and who is in it stays in it. */
TEST(rolls_out_in_steps)
{
	unsigned int told = 0;
	uint16_t i;

	reset();
	for (i = 0; i < 1000; i++) {
		struct dhcp4_msg m = message(DHCP4_DISCOVER, i, true);
		bool before;

		conf.rollout = 25;
		before = answer(&m) == SERVER_OFFER;
		told += before;
		conf.rollout = 60;
		EXPECT(!before || answer(&m) == SERVER_OFFER);
		conf.rollout = 0;
		EXPECT(answer(&m) != SERVER_OFFER);
		conf.rollout = 100;
		EXPECT_EQ(answer(&m), SERVER_OFFER);
		env.now += 1000;
	}
	EXPECT(told > 200 && told < 300);
}

static bool due(enum server_verdict *v)
{
	struct dhcp4_msg req;

	memset(&reply, 0, sizeof(reply));
	return server_due(&server, &env, &req, &reply, v);
}

/* Duplicate address detection: nobody answers, so the offer goes out. */
TEST(looks_before_it_offers)
{
	static const uint8_t relay[6] = { 2, 7, 7, 7, 7, 7 };
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 3, false);
	struct dhcp4_msg waited;
	enum server_verdict v;

	reset();
	conf.probe = true;
	EXPECT_EQ(discover(1), SERVER_PROBING);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(!server_replies(SERVER_PROBING));
	EXPECT(!due(&v));
	/* A client that does not wait is not looked up twice. */
	EXPECT_EQ(discover(1), SERVER_PROBING);
	EXPECT_EQ(probes_count(server.probes), 1);
	EXPECT_EQ(discover(2), SERVER_PROBING);
	EXPECT_EQ(yours(), FIRST + 1);
	EXPECT_EQ(server_next(&server), env.now + SERVER_PROBE_MS);
	pass(SERVER_PROBE_MS);
	EXPECT(due(&v));
	EXPECT_EQ(v, SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST);
	EXPECT(due(&v));
	EXPECT(!due(&v));
	EXPECT_EQ(select_it(1, FIRST, false), SERVER_ACK);
	/* So it is behind a relay, and the answer finds back to it. */
	conf.relays[0] = addr(OURS);
	conf.nrelays = 1;
	m.giaddr = addr(OURS);
	memcpy(m.from, relay, sizeof(relay));
	EXPECT_EQ(answer(&m), SERVER_PROBING);
	pass(SERVER_PROBE_MS);
	EXPECT(server_due(&server, &env, &waited, &reply, &v));
	EXPECT_EQ(v, SERVER_OFFER_LEASE);
	EXPECT(!memcmp(waited.from, relay, sizeof(relay)));
	/* What it has needs no look. D11: nor does an offer without address. */
	EXPECT_EQ(discover(1), SERVER_OFFER_LEASE);
}

/* RFC 2131, section 4.1: a client that began anew wants its new xid back. */
TEST(answers_the_latest_question)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);
	struct dhcp4_msg waited;
	enum server_verdict v;

	reset();
	conf.probe = true;
	m.xid[3] = 1;
	EXPECT_EQ(answer(&m), SERVER_PROBING);
	pass(SERVER_PROBE_MS / 2);
	m.xid[3] = 2;
	m.flags = DHCP4_FLAG_BROADCAST;
	EXPECT_EQ(answer(&m), SERVER_PROBING);
	pass(SERVER_PROBE_MS / 2);
	EXPECT(server_due(&server, &env, &waited, &reply, &v));
	EXPECT_EQ(v, SERVER_OFFER_LEASE);
	EXPECT_EQ(waited.xid[3], 2);
	EXPECT_EQ(waited.flags, DHCP4_FLAG_BROADCAST);
	EXPECT(!server_due(&server, &env, &waited, &reply, &v));
}

TEST(offers_no_address_in_use)
{
	static const uint8_t other[6] = { 2, 9, 9, 9, 9, 9 };
	static const uint8_t own[6] = { 2, 0, 0, 0, 0, 1 };
	enum server_verdict v;

	reset();
	conf.probe = true;
	conf.pools[0].last = FIRST + 9;
	configure();
	EXPECT_EQ(discover(1), SERVER_PROBING);
	EXPECT(!server_seen(&server, &env, addr(FIRST + 1), other));
	/* The client itself, from before, is no conflict. */
	EXPECT(!server_seen(&server, &env, addr(FIRST), own));
	EXPECT(server_seen(&server, &env, addr(FIRST), other));
	EXPECT_EQ(server.conflicts, 1);
	EXPECT_EQ(last_change.state, LEASE_DECLINED);
	EXPECT(due(&v));
	EXPECT_EQ(v, SERVER_PROBING);
	EXPECT_EQ(yours(), FIRST + 1);
	pass(SERVER_PROBE_MS);
	EXPECT(due(&v));
	EXPECT_EQ(v, SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), FIRST + 1);
	/*
	 * Somebody who claims every address cannot keep it going for ever. He
	 * that a ping finds has no hardware address.
	 */
	EXPECT_EQ(discover(2), SERVER_PROBING);
	for (v = SERVER_PROBING; v == SERVER_PROBING;) {
		EXPECT(server_seen(&server, &env, reply.yiaddr, NULL));
		EXPECT(due(&v));
	}
	EXPECT_EQ(v, SERVER_POOL_EMPTY);
	EXPECT_EQ(server.conflicts, 1 + 1 + SERVER_MAX_TRIES);
}

/* What the host itself has or names as a router is no client's. */
TEST(offers_no_address_of_its_own)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 3, false);

	reset();
	conf.pools[0] = (struct conf_pool){ OURS, OURS + 4 };
	conf.nrouters = 1;
	conf.routers[0] = addr(OURS + 1);
	env.nsubnets = 1;
	env.subnets[0] = (struct links_addr4){ addr(OURS + 2), 24 };
	configure();
	m.has_requested = true;
	m.requested = addr(OURS);
	EXPECT_EQ(answer(&m), SERVER_OFFER_LEASE);
	EXPECT_EQ(yours(), OURS + 3);
	EXPECT_EQ(server.conflicts, 3);
	EXPECT_EQ(select_it(3, OURS, false), SERVER_NAK);
	/* It takes an address that a client has. */
	EXPECT_EQ(bind_client(3), OURS + 3);
	env.subnets[0].addr = addr(OURS + 3);
	EXPECT_EQ(renew(3, OURS + 3, false), SERVER_NAK);
	EXPECT_EQ(bound(), 0);
	/* A pool of nothing else */
	conf.pools[0] = (struct conf_pool){ OURS, OURS };
	configure();
	EXPECT_EQ(discover(4), SERVER_POOL_EMPTY);
	EXPECT_EQ(discover(4), SERVER_POOL_EMPTY);
	EXPECT_EQ(select_it(4, OURS, false), SERVER_NAK);
}

/* D51: strangers who only ask do not keep an address from one who takes it. */
TEST(is_not_starved_by_offers)
{
	uint16_t i;

	reset();
	for (i = 100; i < 104; i++)
		EXPECT_EQ(discover(i), SERVER_OFFER_LEASE);
	EXPECT_EQ(discover(1), SERVER_POOL_EMPTY);
	pass(SERVER_HASTY_HOLD_MS + 1);
	EXPECT_EQ(leases_count(server.leases, LEASE_OFFERED), 4);
	EXPECT_EQ(discover(1), SERVER_OFFER_LEASE);
	EXPECT_EQ(select_it(1, yours(), false), SERVER_ACK);
	pass(SERVER_HOLD_MS);
	EXPECT_EQ(leases_count(server.leases, LEASE_OFFERED), 0);
}

/* D54: a changed pool keeps what still has a place in it. */
TEST(keeps_leases_over_a_change)
{
	reset();
	bind_client(1);
	bind_client(2);
	bind_client(3);
	EXPECT_EQ(decline(3, FIRST + 2), SERVER_DECLINED);
	conf.pools[0] = (struct conf_pool){ FIRST + 1, FIRST + 20 };
	configure();
	EXPECT_EQ(bound(), 1);
	EXPECT_EQ(leases_count(server.leases, LEASE_DECLINED), 1);
	EXPECT_EQ(renew(2, FIRST + 1, false), SERVER_ACK);
	EXPECT_EQ(renew(1, FIRST, false), SERVER_NAK);
	EXPECT_EQ(renew(5, FIRST, false), SERVER_UNKNOWN);
	EXPECT_EQ(leases_total(server.leases), 20);
	EXPECT_EQ(bind_client(4), FIRST + 3);
	/* The former pool again: nothing was lost. */
	conf.pools[0] = (struct conf_pool){ FIRST, FIRST + 20 };
	configure();
	EXPECT_EQ(renew(1, FIRST, false), SERVER_ACK);
	EXPECT_EQ(bound(), 3);
	/* But one that has got another address keeps that. */
	pass(8000);
	conf.pools[0] = (struct conf_pool){ FIRST + 1, FIRST + 20 };
	configure();
	EXPECT_EQ(bind_client(1), FIRST + 4);
	conf.pools[0] = (struct conf_pool){ FIRST, FIRST + 20 };
	configure();
	EXPECT_EQ(renew(1, FIRST + 4, false), SERVER_ACK);
	EXPECT_EQ(bound(), 3);
}

/* A network without IPv4 that offers addresses to those who need one. */
TEST(leases_on_v6only_networks_to_capable_clients_alone)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, true);

	reset();
	conf.mode = CONF_DHCP_V6ONLY;
	conf.offer = CONF_OFFER_ADDR;
	EXPECT_EQ(answer(&m), SERVER_OFFER_ADDR);
	EXPECT_EQ(select_it(1, FIRST, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(discover(2), SERVER_NOT_ASKED);
	EXPECT_EQ(select_it(2, FIRST + 1, false), SERVER_NAK);
	env.serving = false;
	EXPECT_EQ(renew(1, FIRST, true), SERVER_ACK);
	EXPECT(!reply.has_v6only);
}

/*
 * D12 D22: after a change from mostly to v6only those who do not ask for
 * option 108 meet silence, so that their leases end.
 */
TEST(renews_no_former_lease_on_v6only_networks)
{
	reset();
	bind_client(1);
	bind_client(2);
	conf.mode = CONF_DHCP_V6ONLY;
	configure();
	EXPECT_EQ(renew(1, FIRST, false), SERVER_NOT_ASKED);
	EXPECT_EQ(reboot(1, FIRST, false), SERVER_NOT_ASKED);
	EXPECT_EQ(select_it(1, FIRST, false), SERVER_NAK);
	EXPECT_EQ(renew(2, FIRST + 1, true), SERVER_ACK);
	EXPECT(reply.has_v6only);
	EXPECT_EQ(release(1, FIRST), SERVER_RELEASED);
	EXPECT_EQ(bound(), 1);
}

/* F1: settled, looping, starving, leased */
TEST(knows_how_devices_fare)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, true);
	struct adoption_device *d;
	unsigned int i;

	reset();
	conf.mode = CONF_DHCP_V6ONLY;
	answer(&m);
	d = adoption_next(server.devices, NULL);
	EXPECT_STR(adoption_state(d), "settled");
	for (i = 0; i < ADOPTION_LOOP; i++) {
		pass(5000);
		m.xid[0]++;
		answer(&m);
	}
	EXPECT_STR(adoption_state(d), "looping");
	pass(1800 * 1000);
	answer(&m);
	EXPECT_STR(adoption_state(d), "settled");
	m = message(DHCP4_DISCOVER, 2, false);
	answer(&m);
	d = adoption_next(server.devices, NULL);
	EXPECT_STR(adoption_state(d), "unanswered");
	m.xid[0]++;
	answer(&m);
	EXPECT_STR(adoption_state(d), "starving");
	conf.mode = CONF_DHCP_MOSTLY;
	bind_client(2);
	EXPECT_STR(adoption_state(d), "leased");
}

/* F1: nor does it matter how many messages it takes, or what came between. */
TEST(knows_who_has_an_address)
{
	struct dhcp4_msg m = message(DHCP4_DISCOVER, 1, false);
	struct adoption_device *d;
	enum server_verdict v;

	reset();
	conf.probe = true;
	conf.rapid_commit = true;
	m.rapid_commit = true;
	EXPECT_EQ(answer(&m), SERVER_PROBING);
	pass(SERVER_PROBE_MS);
	EXPECT(due(&v));
	EXPECT_EQ(v, SERVER_ACK);
	d = adoption_next(server.devices, NULL);
	EXPECT_STR(adoption_state(d), "leased");
	EXPECT_EQ(release(1, FIRST), SERVER_RELEASED);
	EXPECT_STR(adoption_state(d), "seen");
	m.xid[0]++;
	answer(&m);
	pass(SERVER_PROBE_MS);
	due(&v);
	EXPECT_STR(adoption_state(d), "leased");
	EXPECT_EQ(decline(1, FIRST), SERVER_DECLINED);
	EXPECT_STR(adoption_state(d), "seen");
}

/* D51: ten thousand clients and the pool they fill, without a slow path. */
TEST(leases_to_many)
{
	unsigned int i;

	reset();
	conf.subnets[0] = (struct conf_subnet){ addr(0x0a000000), 16 };
	conf.pools[0] = (struct conf_pool){ 0x0a000100, 0x0a000100 + 9999 };
	configure();
	for (i = 0; i < 10000; i++) {
		env.now += 1;
		bind_client((uint16_t)i);
	}
	EXPECT_EQ(bound(), 10000);
	EXPECT_EQ(discover(10000), SERVER_POOL_EMPTY);
	pass(3600 * 1000);
	pass(0);
	pass(0);
	EXPECT_EQ(bound(), 0);
}

TEST(ends)
{
	server_fini(&server);
	EXPECT(!server.leases);
}

KTAP_MAIN()
