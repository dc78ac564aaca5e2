// SPDX-License-Identifier: GPL-2.0
/* The configuration file of the daemons: daemons/common/conf.c. */
#include "ktap.h"

#include "common/conf.h"
#include "common/confval.h"

#include <arpa/inet.h>
#include <stdlib.h>

static struct conf conf;
static char *report;
static unsigned int errors;

static void read_bytes(const char *text, size_t len)
{
	FILE *in = fmemopen((void *)text, len, "r");
	size_t size;
	FILE *out;

	conf_free(&conf);
	free(report);
	out = open_memstream(&report, &size);
	errors = conf_read(in, "f", &conf, out);
	fclose(out);
	fclose(in);
}

static void read_text(const char *text)
{
	read_bytes(text, strlen(text));
}

/* A section with nothing but @line, which is line 3. */
static void read_line(const char *line)
{
	char text[CONF_LINE_LEN + 100];

	snprintf(text, sizeof(text), "[network a]\ninterface=c0\n%s\n", line);
	read_text(text);
}

static void expect_error(const char *line, const char *want)
{
	char full[512];

	read_line(line);
	snprintf(full, sizeof(full), "f:3: %s", want);
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, full, strlen(full)));
	if (strncmp(report, full, strlen(full)))
		printf("# got:    %s# wanted: %s\n", report, full);
	EXPECT_EQ(conf.count, 0);
}

static void expect_good(const char *line)
{
	read_line(line);
	EXPECT_EQ(errors, 0);
	if (errors)
		printf("# %s: %s", line, report);
}

/* D2 R2 R3 R10 R17 R26 R33: what holds when nothing is said. */
TEST(has_defaults)
{
	const struct conf_network *n;

	read_text("[network hall]\ninterface = c0\n");
	EXPECT_EQ(errors, 0);
	EXPECT_STR(report, "");
	EXPECT_EQ(conf.count, 1);
	n = conf.nets;
	EXPECT_STR(n->name, "hall");
	EXPECT_STR(n->interface, "c0");
	EXPECT_STR(n->instance, "default");
	EXPECT_EQ(n->dhcp.mode, CONF_DHCP_OFF);
	EXPECT_EQ(n->dhcp.v6only_wait, 1800);
	EXPECT_EQ(n->dhcp.stop_autoconf, CONF_AUTOCONF_CAPABLE);
	EXPECT(!n->ra.on);
	EXPECT_EQ(n->ra.max_interval, 600);
	EXPECT_EQ(n->ra.min_interval, 200);
	EXPECT_EQ(n->ra.router_lifetime, 1800);
	EXPECT_EQ(n->ra.pref64_lifetime, 1800);
	EXPECT_EQ(n->ra.dns_lifetime, 1800);
	EXPECT_EQ(n->ra.hop_limit, 64);
	EXPECT_EQ(n->ra.nprefixes, 1);
	EXPECT_EQ(n->ra.prefixes[0].len, 0);
	EXPECT_EQ(n->ra.prefixes[0].valid, 2592000);
}

TEST(reads_all_keys)
{
	const struct conf_network *n;

	read_text("\xef\xbb\xbf# comment\n; another\n[network a.b-c_1]\r\n"
		  "  interface = wlan0.5   ; behind a value\n"
		  "instance = two\n"
		  "dhcp = v6only\n"
		  "v6only-wait = 5m\n"
		  "server-id = 192.0.2.1\n"
		  "stop-autoconf = all\n"
		  "nak-wrong-net = on\n"
		  "relay = 10.0.0.1, 10.0.0.2\n"
		  "ra: on\n"
		  "ra-interval = 30m 10m\n"
		  "router-lifetime = 2h\n"
		  "prefix = auto 2h 1h\n"
		  "prefix = 2001:db8:1::/64 infinite\n"
		  "route = 2001:db8::/32 1800 high\n"
		  "route = ::/0\n"
		  "dns = 2001:db8::53 fe80::1\n"
		  "search = example.net conf.example.org\n"
		  "dns-lifetime = 1h\n"
		  "managed = on\n"
		  "other-config = on\n"
		  "hop-limit = 255\n"
		  "reachable-time = 30000\n"
		  "retrans-timer = 1000\n"
		  "mtu = 1280\n"
		  "preference = high\n"
		  "pref64-lifetime = 2h30m\n"
		  "[network two]\ninterface = c1\n");
	EXPECT_EQ(errors, 0);
	EXPECT_STR(report, "");
	EXPECT_EQ(conf.count, 2);
	if (!conf.count)
		return;
	n = conf.nets;
	EXPECT_STR(n->name, "a.b-c_1");
	EXPECT_STR(n->interface, "wlan0.5");
	EXPECT_STR(n->instance, "two");
	EXPECT_EQ(n->dhcp.mode, CONF_DHCP_V6ONLY);
	EXPECT_EQ(n->dhcp.v6only_wait, 300);
	EXPECT_EQ(ntohl(n->dhcp.server_id.s_addr), 0xc0000201);
	EXPECT_EQ(n->dhcp.stop_autoconf, CONF_AUTOCONF_ALL);
	EXPECT(n->dhcp.nak_wrong_net);
	EXPECT_EQ(n->dhcp.nrelays, 2);
	EXPECT_EQ(ntohl(n->dhcp.relays[1].s_addr), 0x0a000002);
	EXPECT(n->ra.on && n->ra.managed && n->ra.other);
	EXPECT_EQ(n->ra.max_interval, 1800);
	EXPECT_EQ(n->ra.min_interval, 600);
	EXPECT_EQ(n->ra.router_lifetime, 7200);
	EXPECT_EQ(n->ra.nprefixes, 2);
	EXPECT_EQ(n->ra.prefixes[0].preferred, 3600);
	EXPECT_EQ(n->ra.prefixes[1].len, 64);
	EXPECT_EQ(n->ra.prefixes[1].valid, CONF_INFINITE);
	EXPECT_EQ(n->ra.nroutes, 2);
	EXPECT_EQ(n->ra.routes[0].preference, CONF_PREF_HIGH);
	EXPECT_EQ(n->ra.routes[1].lifetime, 5400);
	EXPECT_EQ(n->ra.ndns, 2);
	EXPECT_EQ(n->ra.nsearch, 2);
	EXPECT_STR(n->ra.search[1], "conf.example.org");
	EXPECT_EQ(n->ra.dns_lifetime, 3600);
	EXPECT_EQ(n->ra.mtu, 1280);
	EXPECT_EQ(n->ra.pref64_lifetime, 9000);
}

/* Every error names file, line, key and what would be right. */
TEST(names_line_key_and_remedy)
{
	expect_error("dhcp = yes", "dhcp = yes: expected v6only, mostly or off");
	expect_error("speed = 9", "speed: unknown key: expected one of interface ");
	expect_error("what is this",
		     "what is this: expected KEY = VALUE, [network NAME] or a comment");
	expect_error("[net b]", "[net b]: expected [network NAME]");
	expect_error("[network b c]", "[network b c]: expected [network NAME]");
	expect_error("[network b", "[network b: expected [network NAME]");
	expect_error("[network a]", "[network a]: already given at line 1");
	expect_error("[network b]", "[network b]: interface is missing");
	read_line("instance = two\ninstance = two");
	EXPECT_STR(report, "f:4: instance: already given at line 3\n");
	read_line("[network b]\ninterface = c0");
	EXPECT_STR(report,
		   "f:4: interface = c0: already used by [network a] at line 1: expected another one, or 'relay' and no 'ra' for a network behind relay agents\n");
	read_text("interface = c0\n[network a]\ninterface = c0\n");
	EXPECT_STR(report,
		   "f:1: interface: stands before the first section: expected [network NAME]\n");
	read_text("# nothing\n");
	EXPECT_STR(report, "f:1: no section: expected [network NAME]\n");
}

TEST(reports_all_errors_at_once)
{
	read_text("[network a]\ndhcp = maybe\nmtu = 1\n\nbogus\n");
	EXPECT_EQ(errors, 4);
	EXPECT(strstr(report, "f:2: dhcp") && strstr(report, "f:3: mtu") &&
	       strstr(report, "f:5: bogus") &&
	       strstr(report, "f:1: [network a]: interface is missing"));
}

/* Lines that the parser behind would cut or misread. */
TEST(refuses_odd_lines)
{
	char text[CONF_LINE_LEN + 2];

	memset(text, 'a', CONF_LINE_LEN + 1);
	text[CONF_LINE_LEN + 1] = '\0';
	memcpy(text, "search = ", 9);
	expect_error(text, "line of 4001 bytes: expected at most 4000");
	text[300] = '\0';
	expect_error(text, "search = aaaa");
	memset(text, 'a', 9);
	expect_error(text, "aaaa");
	text[298] = '=';
	expect_error(text, "aaaa");
	read_bytes("[network a]\ninterface = c0\nmtu = 1\0\n", 36);
	EXPECT(strstr(report, "f:3: zero byte"));
	/* A line that begins with blanks is a line like any other. */
	expect_error("  mtu = 5", "mtu = 5: expected bytes from 1280");
	expect_error("= 5", ": unknown key");
	expect_error("mtu =", "mtu = : expected bytes");
	/* What looks like a key and a value is a comment. */
	expect_error("mtu ; = 5", "mtu: expected KEY = VALUE");
	expect_good("# mtu = 5");
	expect_good(" ; mtu = 5");
	expect_good("mtu = 1500\t; = 5");
	read_text("[network a] ; the hall\ninterface = c0 ; its VLAN\n");
	EXPECT_STR(report, "");
	EXPECT_STR(conf.nets->name, "a");
	EXPECT_STR(conf.nets->interface, "c0");
}

/* R28 R42 C149 C151: what fits into an option can be configured. */
TEST(takes_the_longest_values)
{
	char text[CONF_LINE_LEN] = "search = ", uri[CONF_URI_LEN + 1];
	unsigned int i;

	for (i = 0; i < CONF_MAX_SEARCH; i++) {
		char *name = text + 9 + 254 * i;

		memset(name, 'a', 253);
		name[63] = '.';
		name[127] = '.';
		name[191] = '.';
		name[0] = (char)('a' + i);
		name[253] = ' ';
	}
	strcpy(text + 9 + 254 * i, "; all of them");
	expect_good(text);
	EXPECT_EQ(conf.nets->ra.nsearch, CONF_MAX_SEARCH);
	EXPECT_EQ(strlen(conf.nets->ra.search[7]), 253);
	EXPECT(conf.nets->ra.search[7][0] == 'h');

	memset(uri, 'p', sizeof(uri));
	memcpy(uri, "https://", 8);
	uri[255] = '\0';
	snprintf(text, sizeof(text), "captive-portal=%s", uri);
	expect_good(text);
	EXPECT_STR(conf.nets->ra.captive_portal, uri);
	strcat(text, "p");
	expect_error(text, "captive-portal = https://pppp");
}

/* D2 C16 */
TEST(checks_dhcp_values)
{
	expect_error("v6only-wait = 299", "v6only-wait = 299: expected a time of 300s");
	expect_good("v6only-wait = 300");
	EXPECT_STR(report, "");
	expect_good("v6only-wait = 4294967295");
	EXPECT(strstr(report, "f:3: warning: v6only-wait 4294967295"));
	expect_error("v6only-wait = 4294967296", "v6only-wait = 4294967296: expected");
	expect_error("v6only-wait = -300", "v6only-wait");
	expect_error("v6only-wait = 5x", "v6only-wait");
	expect_error("v6only-wait = 1m1h", "v6only-wait");
	expect_error("server-id = 0.0.0.0", "server-id = 0.0.0.0: expected a unicast");
	expect_error("server-id = 224.0.0.1", "server-id");
	expect_error("server-id = 127.0.0.1", "server-id");
	expect_error("server-id = 1.2.3", "server-id");
	expect_error("stop-autoconf = yes", "stop-autoconf = yes: expected on, off or all");
	expect_error("nak-wrong-net = 1", "nak-wrong-net = 1: expected on or off");
	expect_error("relay = 1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4 5.5.5.5 6.6.6.6 7.7.7.7 8.8.8.8 9.9.9.9", "relay");
	expect_error("instance = a b", "instance = a b: expected");
	expect_error("instance = 0123456789012345678901234567890123", "instance");
	read_text("[network a]\ninterface = sixteen-is-large\n");
	EXPECT(strstr(report, "f:2: interface = sixteen-is-large: expected the name of"));
}

/* R3 R10 C112 C113 */
/* A section for leases, with @line as line 6. */
static void read_mostly(const char *line)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "[network a]\ninterface=c0\ndhcp=mostly\nsubnet=10.0.0.0/24\npool=10.0.0.10-10.0.0.20\n%s\n",
		 line);
	read_text(text);
}

static void expect_bad(const char *line)
{
	read_mostly(line);
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, "f:6: ", 5));
	if (errors != 1 || strncmp(report, "f:6: ", 5))
		printf("# %s: %s\n", line, report);
}

TEST(reads_dhcp_keys)
{
	const struct conf_dhcp *d;

	read_mostly("subnet = 10.0.1.0/24\npool = 10.0.1.1-10.0.1.1\n"
		    "router = 10.0.0.1 10.0.1.254\nlease-time = 2h\n"
		    "dns4 = 10.0.0.53, 10.0.1.53\nntp = 10.0.0.123\n"
		    "domain = conference.example\n"
		    "captive-portal = https://portal.example/api\n"
		    "option = 66 text boot server\noption = 43 hex 0aff\n"
		    "option = 26 u16 1400\noption = 69 ip 10.0.0.25\n"
		    "host = 02:00:00:00:00:01 10.0.0.2\n"
		    "host = id:01aabb 10.0.0.15\noffer = addr\n"
		    "opt-out = 00:11:22 class:printer\n"
		    "opt-out = 02:00:00:00:00:09\nrollout = 25\n"
		    "probe = off\nrapid-commit = on\n"
		    "translator = elsewhere\nknown-server = 10.0.0.3");
	EXPECT_STR(report, "");
	if (errors)
		return;
	d = &conf.nets->dhcp;
	EXPECT_EQ(d->mode, CONF_DHCP_MOSTLY);
	EXPECT_EQ(d->offer, CONF_OFFER_ADDR);
	EXPECT_EQ(d->nsubnets, 2);
	EXPECT_EQ(d->npools, 2);
	EXPECT_EQ(d->pools[0].last - d->pools[0].first, 10);
	EXPECT_EQ(d->nrouters, 2);
	EXPECT_EQ(d->lease_time, 7200);
	EXPECT_EQ(d->noptions, 8);
	EXPECT_EQ(d->options[0].code, 6);
	EXPECT_EQ(d->options[0].len, 8);
	EXPECT(!memcmp(d->options[3].data, "boot server", 11));
	EXPECT(!memcmp(d->options[4].data, "\x0a\xff", 2));
	EXPECT(!memcmp(d->options[5].data, "\x05\x78", 2));
	EXPECT_EQ(d->nhosts, 2);
	EXPECT(d->hosts[1].by_id && d->hosts[1].len == 3);
	EXPECT_EQ(d->nopt_outs, 3);
	EXPECT_EQ(d->opt_outs[0].len, 3);
	EXPECT_STR(d->opt_outs[1].vendor, "printer");
	EXPECT_EQ(d->rollout, 25);
	EXPECT(!d->probe && d->rapid_commit && d->elsewhere && !d->remote);
	EXPECT_EQ(d->nservers, 1);
}

TEST(judges_dhcp_keys)
{
	static const char *const bad[] = {
		"pool = 10.0.0.30", "pool = 10.0.0.40-10.0.0.30",
		"pool = 10.0.0.15-10.0.0.30", "pool = 10.0.2.1-10.0.2.9",
		"pool = 10.0.0.0-10.0.0.9", "pool = 10.0.0.21-10.0.0.255",
		"subnet = 10.0.0.0/25", "subnet = 10.0.3.1/24",
		"subnet = 10.0.4.0/31", "host = 02:00:00:00:00 10.0.0.3",
		"host = 02:00:00:00:00:01", "host = id: 10.0.0.3",
		"host = 02:00:00:00:00:01 10.9.0.3", "router = 10.9.0.1",
		"host = 02:00:00:00:00:01 10.0.0.0", "router = 10.0.0.255",
		"host = 02:00:00:00:00:01 10.0.0.255",
		"option = 53 u8 1", "option = 108 u32 300", "option = 0 u8 1",
		"option = 118 ip 10.0.0.0", "option = 255 u8 1", "option = 12",
		"option = 12 text",
		"option = 12 hex 0", "option = 12 hex zz", "option = 12 u8 256",
		"option = 12 number 1", "domain = a..b", "dns4 = 224.0.0.1",
		"captive-portal = portal", "captive-portal = a b:c",
		"opt-out = class:", "opt-out = 0:1", "rollout = 101",
		"lease-time = 59", "offer = maybe", "translator = there",
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_bad(bad[i]);
	read_mostly("dns4 = 10.0.0.1\noption = 6 ip 10.0.0.2");
	EXPECT_EQ(errors, 1);
	read_mostly("host = 02:00:00:00:00:01 10.0.0.3\nhost = id:01 10.0.0.3");
	EXPECT_EQ(errors, 1);
	read_line("dhcp = mostly");
	EXPECT_EQ(errors, 1);
	read_line("dhcp = v6only\noffer = addr");
	EXPECT_EQ(errors, 1);
}

/* The line to blame is that of the one that is wrong, not the last one. */
TEST(tells_which_pool_is_wrong)
{
	read_mostly("pool = 10.0.2.1-10.0.2.9\npool = 10.0.0.30-10.0.0.39");
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, "f:6: pool: ", 11));
	read_mostly("host = id:01 10.9.0.3\nhost = id:02 10.0.0.3");
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, "f:6: host: ", 11));
	/* A subnet around another one, whichever comes first */
	read_mostly("subnet = 10.1.1.0/24\nsubnet = 10.1.0.0/16");
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, "f:7: subnet = 10.1.0.0/16: ", 27));
}

/* access.conf(5): what follows a blank and ';' is a comment on any line. */
TEST(takes_a_comment_behind_a_section)
{
	read_text("[network a] ; the hall\ninterface = c0\n");
	EXPECT_EQ(errors, 0);
	EXPECT(conf.count == 1 && !strcmp(conf.nets[0].name, "a"));
	read_text("[network a];the hall\ninterface = c0\n");
	EXPECT_EQ(errors, 1);
	read_text("[network a] hall\ninterface = c0\n");
	EXPECT_EQ(errors, 1);
}

/* F6: the vendor class of Windows has a blank in it. */
TEST(takes_vendor_classes_with_blanks)
{
	const struct conf_dhcp *d;

	read_mostly("opt-out = class:\"MSFT 5.0\" 02:00, class:\"a;, b\"\n"
		    "opt-out = class:plain");
	EXPECT_EQ(errors, 0);
	if (!conf.count)
		return;
	d = &conf.nets[0].dhcp;
	EXPECT_EQ(d->nopt_outs, 4);
	EXPECT_STR(d->opt_outs[0].vendor, "MSFT 5.0");
	EXPECT_EQ(d->opt_outs[0].len, 0);
	EXPECT_EQ(d->opt_outs[1].len, 2);
	EXPECT_STR(d->opt_outs[2].vendor, "a;, b");
	EXPECT_STR(d->opt_outs[3].vendor, "plain");
	expect_bad("opt-out = class:\"MSFT 5.0");
	expect_bad("opt-out = class:\"\"");
	expect_bad("opt-out = class:\"a\"b");
	expect_bad("opt-out = class:\"0123456789012345678901234567890123456789012345678901234567890123\"");
}

/* D45: another link on the same interface, told apart by its relays. */
TEST(lets_relayed_networks_share_an_interface)
{
	read_mostly("[network b]\ninterface = c0\ndhcp = v6only\n"
		    "relay = 10.1.0.1");
	EXPECT_STR(report, "");
	EXPECT_EQ(conf.count, 2);
	if (conf.count == 2) {
		EXPECT(conf.nets[1].dhcp.remote && !conf.nets[0].dhcp.remote);
		EXPECT(conf.nets[1].dhcp.shared && conf.nets[0].dhcp.shared);
	}
	read_mostly("[network b]\ninterface = c0\nrelay = 10.1.0.1\nra = on");
	EXPECT_EQ(errors, 1);
	/* Two sections would answer the same message. */
	read_mostly("relay = 10.1.0.1 10.1.0.2\n[network b]\ninterface = c0\n"
		    "dhcp = v6only\nrelay = 10.1.0.3 10.1.0.2");
	EXPECT_EQ(errors, 1);
	EXPECT(!strncmp(report, "f:10: relay = 10.1.0.2: already used by [network a] at line 1", 61));
}

TEST(checks_intervals)
{
	expect_good("ra-interval = 4 3");
	expect_good("ra-interval = 65535");
	EXPECT_EQ(conf.nets->ra.router_lifetime, 65535);
	/* R26: three times, where the field has room for it. */
	expect_good("route = ::/0\nra-interval = 65535");
	EXPECT_EQ(conf.nets->ra.dns_lifetime, 196605);
	EXPECT_EQ(conf.nets->ra.routes[0].lifetime, 196605);
	expect_good("ra = on\nra-interval = 1801");
	EXPECT(strstr(report, "f:4: warning: ra-interval 1801"));
	expect_good("ra = on\nra-interval = 1800");
	EXPECT_STR(report, "");
	expect_error("ra-interval = 3", "ra-interval");
	expect_error("ra-interval = 65536", "ra-interval");
	expect_error("ra-interval = 100 76", "ra-interval = 100 76: expected a minimum of 3 to 75 seconds");
	expect_good("ra-interval = 100 75");
	expect_good("ra-interval = 10 7");
	expect_error("ra-interval = 10 8", "ra-interval = 10 8: expected a minimum of 3 to 7 seconds");
	expect_good("ra-interval = 11 8");
	expect_error("ra-interval = 8 7", "ra-interval = 8 7: expected a minimum of 3 to 6 seconds");
	expect_error("ra-interval = 100 2", "ra-interval");
	expect_error("ra-interval = 100 50 3", "ra-interval");
	expect_error("router-lifetime = 599", "router-lifetime = 599: expected 0 or at least the ra-interval of 600");
	expect_good("ra = on\nrouter-lifetime = 0");
	EXPECT(strstr(report, "f:4: warning: router-lifetime 0: hosts take no translation prefix"));
	expect_good("router-lifetime = 600");
	expect_error("router-lifetime = 65536", "router-lifetime");
}

/* R33 R34 C130 C131: never shorter than the router, whatever the order. */
TEST(resolves_pref64_lifetime)
{
	expect_good("ra-interval = 4\nrouter-lifetime = 9000");
	EXPECT_EQ(conf.nets->ra.pref64_lifetime, 9000);
	expect_good("router-lifetime = 9000\nra-interval = 4");
	EXPECT_EQ(conf.nets->ra.pref64_lifetime, 9000);
	expect_good("ra-interval = 65535");
	EXPECT_EQ(conf.nets->ra.pref64_lifetime, 65528);
	expect_good("ra = on\npref64-lifetime = 600");
	EXPECT(strstr(report, "f:4: warning: pref64-lifetime 600 is below"));
	expect_error("pref64-lifetime = 7", "pref64-lifetime");
	expect_error("pref64-lifetime = 65529", "pref64-lifetime");
}

/* R21 C128 C143 C152 C148 C149 C146 */
TEST(checks_ra_values)
{
	expect_error("prefix = fe80::/64", "prefix = fe80::/64: expected none, or auto");
	expect_error("prefix = ff02::/64", "prefix");
	expect_error("prefix = 2001:db8::1/64", "prefix");
	expect_error("prefix = 2001:db8::/129", "prefix");
	expect_error("prefix = 2001:db8::", "prefix");
	expect_error("prefix = 2001:db8::/64 100 200", "prefix");
	expect_good("prefix = 2001:db8::/64 100");
	EXPECT_EQ(conf.nets->ra.prefixes[0].preferred, 100);
	expect_good("prefix = none");
	EXPECT_EQ(conf.nets->ra.nprefixes, 0);
	read_line("prefix = 2001:db8::/64\nprefix = none");
	EXPECT(strstr(report, "f:4: prefix = none"));
	read_line("prefix = 2001:db8::/64\nprefix = 2001:db8:0::/64");
	EXPECT(strstr(report, "f:4: prefix"));
	expect_good("ra = on\nprefix = 2001:db8::/56");
	EXPECT(strstr(report, "f:4: warning: prefix: hosts make addresses"));
	expect_error("mtu = 1279", "mtu = 1279: expected bytes from 1280");
	expect_good("mtu = 1280");
	expect_good("dns = fe80::1");
	expect_error("dns = ff02::1", "dns = ff02::1: expected");
	expect_error("dns = ::ffff:1.2.3.4", "dns");
	expect_error("dns = 192.0.2.1", "dns");
	expect_error("dns = ::", "dns");
	expect_error("search = a..b", "search");
	expect_error("search = -a", "search");
	expect_error("search = a.b.", "search");
	expect_error("route = 2001:db8::1/32", "route");
	expect_error("route = 2001:db8::/32 1 best", "route");
	read_line("route = ::/0\nroute = ::/0 5");
	EXPECT(strstr(report, "f:4: route"));
	expect_error("hop-limit = 256", "hop-limit");
	expect_error("hop-limit = 0x10", "hop-limit");
	expect_error("preference = higher", "preference");
	expect_error("reachable-time = 3600001", "reachable-time");
}

/* R9 R37 R42 R46 R50 R51 C151 */
TEST(checks_what_routers_may_say)
{
	const struct conf_ra *ra;

	expect_good("prefix = auto off-link");
	EXPECT(conf.nets->ra.prefixes[0].offlink);
	EXPECT_EQ(conf.nets->ra.prefixes[0].valid, 2592000);
	expect_good("prefix = 2001:db8::/64 2h 1h no-autonomous countdown");
	ra = &conf.nets->ra;
	EXPECT(ra->prefixes[0].noauto && ra->prefixes[0].countdown);
	EXPECT_EQ(ra->prefixes[0].preferred, 3600);
	expect_error("prefix = auto off-link 2h", "prefix");
	expect_error("prefix = auto 2h 1h 1h", "prefix");
	expect_error("prefix = auto 1h 2h", "prefix");
	expect_good("solicited = auto");
	EXPECT_EQ(conf.nets->ra.solicited, CONF_SOLICITED_AUTO);
	expect_error("solicited = no", "solicited = no: expected unicast, multicast or auto");
	expect_good("ra = on\ncaptive-portal = https://portal.example/api");
	EXPECT_STR(conf.nets->ra.captive_portal, "https://portal.example/api");
	EXPECT_STR(report, "");
	expect_good("captive-portal =");
	EXPECT_STR(conf.nets->ra.captive_portal, "");
	expect_good("captive-portal = none");
	EXPECT_STR(conf.nets->ra.captive_portal,
		   "urn:ietf:params:capport:unrestricted");
	expect_good("ra = on\ncaptive-portal = http://portal.example");
	EXPECT(strstr(report, "f:4: warning: captive-portal http"));
	expect_error("captive-portal = portal", "captive-portal = portal: expected a URI");
	expect_error("captive-portal = https://a b", "captive-portal");
	expect_good("ra-option = 200 0aFf01");
	ra = &conf.nets->ra;
	EXPECT_EQ(ra->noptions, 1);
	EXPECT_MEM(&ra->options[0], "\xc8\3\x0a\xff\1", 5);
	expect_error("ra-option = 38 0000", "ra-option = 38 0000: expected TYPE");
	expect_error("ra-option = 200 0", "ra-option");
	expect_error("ra-option = 200 zz", "ra-option");
	expect_error("ra-option = 200", "ra-option");
	expect_good("ra-source = fe80::1");
	expect_error("ra-source = 2001:db8::1", "ra-source = 2001:db8::1: expected a link-local");
	expect_good("when-down = leave");
	EXPECT(conf.nets->ra.leave);
	expect_error("when-down = go", "when-down = go: expected stay or leave");
	expect_good("ra = on\nsidecar = on");
	EXPECT(strstr(report, "f:4: warning: sidecar: Linux and Android"));
	read_line("sidecar = on\nprefix = auto");
	EXPECT(strstr(report, "f:3: sidecar = on: expected no 'prefix'"));
	read_line("sidecar = on\nrouter-lifetime = 0");
	EXPECT(strstr(report, "f:3: sidecar = on: expected no 'prefix'"));
}

/* R37: when the translator counts as able to serve. */
TEST(checks_health_values)
{
	expect_good("dhcp = off");
	EXPECT_EQ(ntohl(conf.nets->health.route.s_addr), 0xc6290004);
	EXPECT_EQ(conf.nets->health.probe.s_addr, 0);
	expect_good("ipv4-route = off");
	EXPECT_EQ(conf.nets->health.route.s_addr, 0);
	expect_good("ipv4-route = 192.0.2.1");
	expect_error("ipv4-route = 224.0.0.1", "ipv4-route = 224.0.0.1: expected off or");
	expect_good("health-probe = 192.0.2.9 2s");
	EXPECT_EQ(ntohl(conf.nets->health.probe.s_addr), 0xc0000209);
	EXPECT_EQ(conf.nets->health.probe_interval, 2);
	expect_good("health-probe = off");
	EXPECT_EQ(conf.nets->health.probe.s_addr, 0);
	expect_error("health-probe = 192.0.2.9 0s", "health-probe");
	expect_error("health-probe = 192.0.2.9 1s 1s", "health-probe");
	expect_error("health-probe = host", "health-probe = host: expected off, or");
}

/* C149 */
TEST(checks_the_size_of_names)
{
	char name[300], out[254];

	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	EXPECT(confval_domain(name, out));
	name[63] = 'a';
	name[64] = '\0';
	EXPECT(!confval_domain(name, out));
	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[253] = '\0';
	EXPECT(confval_domain(name, out));
	name[253] = 'a';
	name[254] = '\0';
	EXPECT(!confval_domain(name, out));
}

TEST(ends)
{
	conf_free(&conf);
	free(report);
	report = NULL;
	EXPECT_EQ(conf.count, 0);
}

KTAP_MAIN()
