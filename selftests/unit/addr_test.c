// SPDX-License-Identifier: GPL-2.0
/* Text of addresses, durations, names and settings. */
#include <arpa/inet.h>
#include <errno.h>

#include "ktap.h"
#include "nat64.h"

static const char *why;

static struct in6_addr addr6(const char *s)
{
	struct in6_addr a = IN6ADDR_ANY_INIT;

	inet_pton(AF_INET6, s, &a);
	return a;
}

TEST(prefix6)
{
	struct nat64_prefix6 p;
	struct in6_addr want = addr6("2001:db8:64::");
	char buf[NAT64_ADDR_MAX];

	EXPECT_EQ(nat64_parse_prefix6("2001:db8:64::/48", &p, &why), 0);
	EXPECT_EQ(p.len, 48);
	EXPECT_MEM(&p.addr, &want, 16);
	EXPECT_STR(nat64_print_prefix6(buf, sizeof(buf), &p),
		   "2001:db8:64::/48");
	EXPECT_EQ(nat64_parse_prefix6("::/0", &p, &why), 0);
	EXPECT_EQ(p.len, 0);
	EXPECT_EQ(nat64_parse_prefix6("2001:db8::1", &p, &why), 0);
	EXPECT_EQ(p.len, 128);
}

TEST(prefix6_refused)
{
	static const char *const bad[] = {
		"", "/", "2001:db8::/", "2001:db8::/129", "2001:db8::/-1",
		"2001:db8::/3 ", "2001:db8::/0x20", "192.0.2.0/24", "foo",
		"2001:db8::/32/32", "[2001:db8::]/32", "2001:db8::%1/64",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc/1",
	};
	struct nat64_prefix6 p;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_EQ(nat64_parse_prefix6(bad[i], &p, &why), -EINVAL);
}

/* A prefix with host bits may be a typing error of its length or address. */
TEST(prefix_host_bits)
{
	struct nat64_prefix6 p6;
	struct nat64_prefix4 p4;

	EXPECT_EQ(nat64_parse_prefix6("2001:db8::1/64", &p6, &why), -EINVAL);
	EXPECT_STR(why, "has bits set after its length");
	EXPECT_EQ(nat64_parse_prefix6("8000::/0", &p6, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_prefix4("192.0.2.1/31", &p4, &why), -EINVAL);
	EXPECT_STR(why, "has bits set after its length");
	EXPECT_EQ(nat64_parse_prefix4("192.0.2.2/31", &p4, &why), 0);
}

TEST(prefix4)
{
	struct nat64_prefix4 p;
	char buf[NAT64_ADDR_MAX];

	EXPECT_EQ(nat64_parse_prefix4("192.0.2.0/28", &p, &why), 0);
	EXPECT_EQ(p.len, 28);
	EXPECT_EQ(ntohl(p.addr.s_addr), 0xc0000200);
	EXPECT_STR(nat64_print_prefix4(buf, sizeof(buf), &p), "192.0.2.0/28");
	EXPECT_EQ(nat64_parse_prefix4("192.0.2.9", &p, &why), 0);
	EXPECT_EQ(p.len, 32);
	EXPECT_EQ(nat64_parse_prefix4("192.0.2.0/33", &p, &why), -EINVAL);
	EXPECT_STR(why, "the length must be a number from 0 to 32");
	EXPECT_EQ(nat64_parse_prefix4("192.0.2/24", &p, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_prefix4("2001:db8::/32", &p, &why), -EINVAL);
}

/* A-29 */
TEST(mixed_notation_in)
{
	struct in6_addr want = addr6("64:ff9b::c000:221");
	struct nat64_prefix6 p;
	struct nat64_taddr6 t;

	EXPECT_EQ(nat64_parse_prefix6("64:ff9b::192.0.2.33/128", &p, &why), 0);
	EXPECT_MEM(&p.addr, &want, 16);
	EXPECT_EQ(nat64_parse_taddr6("64:ff9b::192.0.2.33#80", &t, &why), 0);
	EXPECT_MEM(&t.addr, &want, 16);
	EXPECT_EQ(t.port, 80);
	EXPECT_EQ(nat64_parse_taddr6("[64:ff9b::192.0.2.33]:80", &t, &why), 0);
	EXPECT_MEM(&t.addr, &want, 16);
	EXPECT_EQ(t.port, 80);
}

/* A-29 */
TEST(mixed_notation_out)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "64:ff9b::c000:221", "64:ff9b::192.0.2.33" },
		{ "64:ff9b::", "64:ff9b::0.0.0.0" },
		{ "2001:db8:1:2:3:4:c000:221", "2001:db8:1:2:3:4:192.0.2.33" },
		{ "2001:db8:1:2:3:0:c000:221", "2001:db8:1:2:3:0:192.0.2.33" },
		{ "2001:db8:64::ffff:ffff", "2001:db8:64::255.255.255.255" },
		{ "2001:db8::1:0:0:1", "2001:db8::1:0:0.0.0.1" },
	};
	struct in6_addr a, back;
	char buf[NAT64_ADDR_MAX];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		a = addr6(cases[i].in);
		nat64_print_addr6(buf, sizeof(buf), &a, true);
		EXPECT_STR(buf, cases[i].out);
		back = addr6(buf);
		EXPECT_MEM(&back, &a, 16);
		nat64_print_addr6(buf, sizeof(buf), &a, false);
		EXPECT_STR(buf, cases[i].in);
	}
	/* Nothing but the last bits: has to be an address still. */
	a = addr6("::1");
	nat64_print_addr6(buf, sizeof(buf), &a, true);
	back = addr6(buf);
	EXPECT_MEM(&back, &a, 16);
}

TEST(taddr6)
{
	struct in6_addr want = addr6("2001:db8::5");
	struct nat64_taddr6 t;
	char buf[NAT64_ADDR_MAX];

	EXPECT_EQ(nat64_parse_taddr6("2001:db8::5#65535", &t, &why), 0);
	EXPECT_MEM(&t.addr, &want, 16);
	EXPECT_EQ(t.port, 65535);
	EXPECT_STR(nat64_print_taddr6(buf, sizeof(buf), &t, false),
		   "2001:db8::5#65535");
	EXPECT_EQ(nat64_parse_taddr6("[2001:db8::5]:0", &t, &why), 0);
	EXPECT_EQ(t.port, 0);
}

TEST(taddr_refused)
{
	/* Without # or brackets nobody knows where the port begins. */
	static const char *const bad6[] = {
		"2001:db8::5:80", "2001:db8::5", "2001:db8::5#", "#80",
		"2001:db8::5#65536", "2001:db8::5#-1", "[2001:db8::5]",
		"[2001:db8::5:80", "[2001:db8::5]80", "192.0.2.1#80", "",
		"2001:db8::5#8 0", "64:ff9b::192.0.2.33:80",
	};
	static const char *const bad4[] = {
		"192.0.2.1", "192.0.2.1#", "192.0.2.1:", "192.0.2.1#65536",
		"192.0.2#80", "2001:db8::1#80", ":80", "", "192.0.2.1:80:90",
	};
	struct nat64_taddr6 t6;
	struct nat64_taddr4 t4;
	size_t i;

	for (i = 0; i < sizeof(bad6) / sizeof(bad6[0]); i++)
		EXPECT_EQ(nat64_parse_taddr6(bad6[i], &t6, &why), -EINVAL);
	for (i = 0; i < sizeof(bad4) / sizeof(bad4[0]); i++)
		EXPECT_EQ(nat64_parse_taddr4(bad4[i], &t4, &why), -EINVAL);
}

TEST(taddr4)
{
	struct nat64_taddr4 t;
	char buf[NAT64_ADDR_MAX];

	EXPECT_EQ(nat64_parse_taddr4("192.0.2.1#80", &t, &why), 0);
	EXPECT_EQ(ntohl(t.addr.s_addr), 0xc0000201);
	EXPECT_EQ(t.port, 80);
	EXPECT_EQ(nat64_parse_taddr4("192.0.2.1:443", &t, &why), 0);
	EXPECT_EQ(t.port, 443);
	EXPECT_STR(nat64_print_taddr4(buf, sizeof(buf), &t), "192.0.2.1#443");
}

TEST(prefix6_has)
{
	struct nat64_prefix6 p = { addr6("2001:db8:40::"), 42 };
	struct in6_addr in = addr6("2001:db8:7f:ffff::1");
	struct in6_addr out = addr6("2001:db8:80::");

	EXPECT(nat64_prefix6_has(&p, &in));
	EXPECT(!nat64_prefix6_has(&p, &out));
	p.len = 0;
	EXPECT(nat64_prefix6_has(&p, &out));
}

TEST(uint)
{
	uint32_t val = 7;

	EXPECT_EQ(nat64_parse_uint("4294967295", UINT32_MAX, &val, &why), 0);
	EXPECT_EQ(val, UINT32_MAX);
	EXPECT_EQ(nat64_parse_uint("4294967296", UINT32_MAX, &val, &why),
		  -EINVAL);
	EXPECT_EQ(nat64_parse_uint("99999999999999999999999", UINT32_MAX, &val,
				   &why), -EINVAL);
	EXPECT_EQ(nat64_parse_uint("", 9, &val, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_uint("-1", 9, &val, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_uint("+1", 9, &val, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_uint(" 1", 9, &val, &why), -EINVAL);
	EXPECT_EQ(nat64_parse_uint("1x", 9, &val, &why), -EINVAL);
	EXPECT_EQ(val, UINT32_MAX);
}

TEST(duration)
{
	static const struct {
		const char *in;
		uint32_t ms;
		const char *out;
	} cases[] = {
		{ "300s", 300000, "5m" }, { "5m", 300000, "5m" },
		{ "2h4m", 7440000, "2h4m" }, { "500ms", 500, "500ms" },
		{ "1m500ms", 60500, "1m500ms" }, { "0s", 0, "0s" },
		{ "1d1h1m1s1ms", 90061001, "1d1h1m1s1ms" },
		{ "4294967295ms", UINT32_MAX, "49d17h2m47s295ms" },
	};
	static const char *const bad[] = {
		"", "5", "m", "5x", "5mm", "5m5", "5s5m", "1m1m", "-5m",
		"5 m", "1.5s", "50d", "4294967296ms", "99999999999s", "5ms5s",
	};
	char buf[32];
	uint32_t ms;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(nat64_parse_duration(cases[i].in, &ms, &why), 0);
		EXPECT_EQ(ms, cases[i].ms);
		EXPECT_STR(nat64_print_duration(buf, sizeof(buf), ms),
			   cases[i].out);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_EQ(nat64_parse_duration(bad[i], &ms, &why), -EINVAL);
}

TEST(names)
{
	uint8_t proto;

	EXPECT_EQ(nat64_parse_proto("icmp", &proto), 0);
	EXPECT_EQ(proto, IPPROTO_ICMP);
	EXPECT_EQ(nat64_parse_proto("sctp", &proto), -EINVAL);
	EXPECT_STR(nat64_proto_name(IPPROTO_UDP), "udp");
	EXPECT_STR(nat64_proto_name(200), "?");
	EXPECT_STR(nat64_mode_name(NAT64_MODE_SIIT), "siit");
	EXPECT_STR(nat64_mode_name(77), "?");
	EXPECT_STR(nat64_state_name(NAT64_TCP_STATE_BOTH_FIN), "both-fin");
	EXPECT_STR(nat64_event_name(NAT64_EVENT_LIMIT), "limit");
	EXPECT_STR(nat64_cmd_name(NAT64_CMD_EAM_DEL), "eam del");
	EXPECT_STR(nat64_cmd_name(NAT64_CMD_BATCH), "?");
}

static const struct nat64_setting *find(const char *word)
{
	const struct nat64_setting *s = nat64_settings_table;

	while (s->word && strcmp(s->word, word))
		s++;
	return s;
}

/* Every attribute of the protocol has exactly one word. */
TEST(settings_are_complete)
{
	const struct nat64_setting *s;
	uint64_t seen = 0;

	for (s = nat64_settings_table; s->word; s++) {
		EXPECT(!(seen & 1ULL << s->attr));
		seen |= 1ULL << s->attr;
		if (s->attr_len)
			seen |= 1ULL << s->attr_len;
	}
	EXPECT_EQ(seen, (1ULL << (NAT64_A_SETTINGS_MAX + 1)) - 2);
}

TEST(settings_values)
{
	static const struct {
		const char *word, *in, *out;
		uint32_t val;
	} cases[] = {
		{ "enabled", "on", "on", 1 },
		{ "enabled", "off", "off", 0 },
		{ "lowest-ipv6-mtu", "auto", "auto", 0 },
		{ "lowest-ipv6-mtu", "1500", "1500", 1500 },
		{ "traffic-class", "zero", "zero", 1 },
		{ "tos", "copy", "copy", 256 },
		{ "tos", "0", "0", 0 },
		{ "udp-zero-checksum", "drop", "drop", NAT64_UDP_ZERO_DROP },
		{ "wkp-nonglobal", "allow", "allow", 1 },
		{ "filtering", "adf", "adf", NAT64_FILTERING_ADF },
		{ "filtering", "adf-tcp", "adf-tcp", NAT64_FILTERING_ADF_TCP },
		{ "filtering", "adf-udp", "adf-udp", NAT64_FILTERING_ADF_UDP },
		{ "udp-timeout", "300s", "5m", 300000 },
		{ "max-sessions", "1000000", "1000000", 1000000 },
		{ "mss-clamp", "off", "off", 0 },
		{ "mss-clamp", "pmtu", "pmtu", 1 },
		{ "mss-clamp", "1220", "1220", 1220 },
		{ "eam-hairpin", "simple", "simple", NAT64_EAM_HAIRPIN_SIMPLE },
		{ "icmp-node-id", "rfc5837", "rfc5837", NAT64_NODE_ID_RFC5837 },
		{ "icmp-info", "drop", "drop", 1 },
	};
	char buf[NAT64_ADDR_MAX];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct nat64_setting *s = find(cases[i].word);
		struct nat64_settings set = { 0 };

		EXPECT_EQ(nat64_setting_parse(s, cases[i].in, &set, &why), 0);
		EXPECT(nat64_setting_given(s, &set));
		EXPECT_EQ(set.has, 1ULL << s->attr);
		EXPECT_EQ(set.val[s->attr], cases[i].val);
		EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)),
			   cases[i].out);
	}
}

TEST(settings_blocks)
{
	static const char *const fine[] = { "off", "64", "deterministic 512" };
	static const char *const wrong[] = {
		"63", "32769", "deterministic", "deterministic off",
		"deterministic 8", "random 64",
	};
	const struct nat64_setting *s = find("port-blocks");
	char buf[NAT64_ADDR_MAX];
	size_t i;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		struct nat64_settings set = { 0 };

		EXPECT_EQ(nat64_setting_parse(s, fine[i], &set, &why), 0);
		EXPECT_EQ(set.has, 1ULL << s->attr | 1ULL << s->attr_len);
		EXPECT_EQ(set.val[s->attr_len], i == 2);
		EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)),
			   fine[i]);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct nat64_settings set = { 0 };

		EXPECT_EQ(nat64_setting_parse(s, wrong[i], &set, &why),
			  -EINVAL);
	}
}

TEST(settings_refused)
{
	struct nat64_settings set = { 0 };

	EXPECT_EQ(nat64_setting_parse(find("lowest-ipv6-mtu"), "1279", &set,
				      &why), -EINVAL);
	EXPECT_STR(why, "must be a number from 1280 to 65535 or auto");
	EXPECT_EQ(nat64_setting_parse(find("tos"), "256", &set, &why),
		  -EINVAL);
	EXPECT_STR(why, "must be a number from 0 to 255 or copy");
	EXPECT_EQ(nat64_setting_parse(find("udp-zero-checksum"), "x", &set,
				      &why), -EINVAL);
	EXPECT_STR(why, "must be one of compute, forward, drop");
	EXPECT_EQ(nat64_setting_parse(find("rfc6791-prefix4"), "192.0.2.1/24",
				      &set, &why), -EINVAL);
	/* the first element is good */
	EXPECT_EQ(nat64_setting_parse(find("udp-zero-ports"), "4:drop,", &set,
				      &why), -EINVAL);
	EXPECT_EQ(set.has, 0);
}

TEST(settings_lists)
{
	const struct nat64_setting *mtus = find("mtu-plateaus");
	const struct nat64_setting *ports = find("udp-zero-ports");
	struct nat64_settings set = { 0 };
	char buf[NAT64_SETTING_MAX];

	EXPECT_EQ(nat64_setting_parse(mtus, "9000,1500,1280", &set, &why), 0);
	EXPECT_EQ(set.val[mtus->attr], 3);
	EXPECT_EQ(set.mtu_plateaus[1], 1500);
	EXPECT_STR(nat64_setting_print(mtus, &set, buf, sizeof(buf)),
		   "9000,1500,1280");
	EXPECT_EQ(nat64_setting_parse(mtus, "1500,1500", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(mtus, "1500,,1280", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(mtus, "67", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(mtus, "0000000000000000000000000001280x",
				      &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(mtus,
				      "17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1",
				      &set, &why), -EINVAL);

	EXPECT_EQ(nat64_setting_parse(ports, "4500:compute,53:default", &set,
				      &why), 0);
	EXPECT_EQ(set.udp_zero_ports[0], 4500u << 16 | NAT64_UDP_ZERO_COMPUTE);
	EXPECT_EQ(set.udp_zero_ports[1], 53u << 16 | NAT64_UDP_ZERO_INHERIT);
	EXPECT_STR(nat64_setting_print(ports, &set, buf, sizeof(buf)),
		   "4500:compute,53:default");
	EXPECT_EQ(nat64_setting_parse(ports, "none", &set, &why), 0);
	EXPECT_STR(nat64_setting_print(ports, &set, buf, sizeof(buf)), "none");
	EXPECT_EQ(nat64_setting_parse(ports, "0:drop", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(ports, "5", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_parse(ports, "5:xyz", &set, &why), -EINVAL);
	EXPECT_EQ(nat64_setting_port("drop", "65536", &set, &why), -ERANGE);
	EXPECT_EQ(nat64_setting_port("nothing", "5", &set, &why), -EINVAL);
}

TEST(settings_prefix6)
{
	const struct nat64_setting *s = find("rfc6791-prefix6");
	struct nat64_settings set = { 0 };
	char buf[NAT64_SETTING_MAX];

	EXPECT_EQ(nat64_setting_parse(s, "2001:db8::/64", &set, &why), 0);
	EXPECT(nat64_setting_given(s, &set));
	EXPECT_EQ(set.val[NAT64_A_SETTINGS_RFC6791_LEN6], 64);
	EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)),
		   "2001:db8::/64");
	EXPECT_EQ(nat64_setting_parse(s, "none", &set, &why), 0);
	EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)), "none");
}

TEST(settings_prefix4)
{
	const struct nat64_setting *s = find("rfc6791-prefix4");
	struct nat64_settings set = { 0 };
	char buf[NAT64_ADDR_MAX];

	EXPECT(!nat64_setting_given(s, &set));
	EXPECT_EQ(nat64_setting_parse(s, "198.51.100.0/25", &set, &why), 0);
	EXPECT(nat64_setting_given(s, &set));
	EXPECT_EQ(ntohl(set.val[NAT64_A_SETTINGS_RFC6791_ADDR4]), 0xc6336400);
	EXPECT_EQ(set.val[NAT64_A_SETTINGS_RFC6791_LEN4], 25);
	EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)),
		   "198.51.100.0/25");
	EXPECT_EQ(nat64_setting_parse(s, "none", &set, &why), 0);
	EXPECT_EQ(set.val[NAT64_A_SETTINGS_RFC6791_LEN4], 255);
	EXPECT_STR(nat64_setting_print(s, &set, buf, sizeof(buf)), "none");
}

KTAP_MAIN()
