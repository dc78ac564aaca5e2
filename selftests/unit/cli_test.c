// SPDX-License-Identifier: GPL-2.0
/* The grammar of nat64ctl, without a module. */
#include <stdlib.h>

#include "ctl.h"
#include "ktap.h"

#define WORDS	32

/* One command in work, with its words and what it said. */
static char line[512];
static char *words[WORDS];
static char *said;
static size_t said_size;
static struct ctl_cmd cmd;
static struct nat64_change change;

static void split(const char *text)
{
	char *save = NULL, *word;

	memset(&cmd, 0, sizeof(cmd));
	snprintf(line, sizeof(line), "%s", text);
	cmd.argv = words;
	cmd.instance = NAT64_DEFAULT;
	for (word = strtok_r(line, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		words[cmd.argc++] = word;
}

/* Exit status of reading a command; what it said is in @said. */
static int read_command(const char *text)
{
	FILE *real = stderr;
	int ret;

	free(said);
	said = NULL;
	split(text);
	stderr = open_memstream(&said, &said_size);
	ret = ctl_find(&cmd);
	if (!ret && cmd.verb->parse)
		ret = ctl_parse_change(&cmd, &change);
	fclose(stderr);
	stderr = real;
	return ret;
}

static void expect_same(const char *in, const char *out)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	EXPECT_EQ(read_command(in), CTL_OK);
	EXPECT_STR(said, "");
	f = open_memstream(&text, &size);
	ctl_print_change(f, &change);
	fclose(f);
	EXPECT_STR(text, out);
	free(text);
}

/* What is written by save is what was read. */
TEST(round_trip)
{
	static const char *const same[] = {
		"instance add a.b-c_1 mode siit",
		"instance del default",
		"prefix add 64:ff9b::/96",
		"prefix add 2001:db8::/32 v4 10.0.0.0/8 force",
		"prefix del 2001:db8::/40 v4 10.0.0.0/8",
		"pool4 add 192.0.2.0/28 proto all",
		"pool4 add 192.0.2.1/32 ports 0-1 proto tcp proto icmp mark 5 force",
		"pool4 del 192.0.2.1/32 ports 1024-65535 proto udp",
		"eam add 2001:db8::/120 192.0.2.0/24 force",
		"eam del 2001:db8::1/128 192.0.2.1/32",
		"deny4 add 10.0.0.0/8",
		"deny4 del 10.0.0.0/8",
		"bib add tcp 2001:db8::1#80 192.0.2.1#8080",
		"bib del icmp 2001:db8::1#1 192.0.2.1#65535",
		"set enabled off tos copy udp-timeout 2h4m",
		"set rfc6791-prefix4 198.51.100.0/24 force",
	};
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		expect_same(same[i], same[i]);
}

TEST(other_ways_to_say_it)
{
	expect_same("eam add 192.0.2.0/24 2001:db8::/120",
		    "eam add 2001:db8::/120 192.0.2.0/24");
	expect_same("bib add udp [2001:db8::1]:80 192.0.2.1:8080",
		    "bib add udp 2001:db8::1#80 192.0.2.1#8080");
	expect_same("pool4 add 192.0.2.1", "pool4 add 192.0.2.1/32 proto all");
	expect_same("pool4 add 192.0.2.1 force mark 0x10 ports 5-9",
		    "pool4 add 192.0.2.1/32 ports 5-9 proto all mark 16 force");
	expect_same("prefix add 64:ff9b::0.0.0.0/96",
		    "prefix add 64:ff9b::/96");
	expect_same("set udp-timeout 300s", "set udp-timeout 5m");
}

TEST(words_may_be_shortened)
{
	expect_same("pool a 192.0.2.1/32", "pool4 add 192.0.2.1/32 proto all");
	expect_same("i a x mode nat64", "instance add x mode nat64");
	expect_same("pr d 64:ff9b::/96", "prefix del 64:ff9b::/96");
	EXPECT_EQ(read_command("p add 64:ff9b::/96"), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"p\": could be prefix or pool4\n");
	EXPECT_EQ(read_command("se count"), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"se\": could be session or set\n");
	EXPECT_EQ(read_command("prefixes list"), CTL_USAGE);
	EXPECT_EQ(read_command("s"), CTL_USAGE);
}

/* Two verbs of one object never start with the same letter. */
TEST(verbs_are_unambiguous)
{
	const struct ctl_verb *a, *b;

	for (a = ctl_verbs; a->object; a++)
		for (b = a + 1; b->object; b++)
			if (!strcmp(a->object, b->object))
				EXPECT(a->verb[0] != b->verb[0]);
}

TEST(refusals_name_the_word)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "frob", "\"frob\": no such object (\"help\" lists them)" },
		{ "prefix", "prefix: the verb is missing, there are add, del, list" },
		{ "prefix frob",
		  "prefix: \"frob\": no such verb, there are add, del, list" },
		{ "prefix add", "prefix add: PREFIX6 is missing" },
		{ "prefix add 2001:db8::1/64",
		  "prefix add: \"2001:db8::1/64\": has bits set after its length" },
		{ "prefix add 64:ff9b::/96 v4", "prefix add: PREFIX4 is missing" },
		{ "prefix add 64:ff9b::/96 x",
		  "prefix add: \"x\": is not expected here" },
		{ "prefix del 64:ff9b::/96 force",
		  "prefix del: \"force\": is not expected here" },
		{ "instance add", "instance add: NAME is missing" },
		{ "instance add a", "instance add: mode nat64|siit is missing" },
		{ "instance add a nat64",
		  "instance add: \"nat64\": mode nat64|siit is expected here" },
		{ "instance add a mode foo",
		  "instance add: \"foo\": must be one of nat64, siit" },
		{ "instance add 12345678901234567890123456789012 mode siit",
		  "instance add: \"12345678901234567890123456789012\": must be 1 to 31 bytes long" },
		{ "pool4 add 192.0.2.0/33",
		  "pool4 add: \"192.0.2.0/33\": the length must be a number from 0 to 32" },
		{ "pool4 add 192.0.2.0/28 ports 80",
		  "pool4 add: \"80\": is not a range of ports, as in 1024-65535" },
		{ "pool4 add 192.0.2.0/28 ports 80-70",
		  "pool4 add: \"80-70\": the last port is less than the first or 0" },
		{ "pool4 add 192.0.2.0/28 ports 80-65536",
		  "pool4 add: \"80-65536\": the ports must be numbers from 0 to 65535" },
		{ "pool4 add 192.0.2.0/28 proto sctp",
		  "pool4 add: \"sctp\": must be one of tcp, udp, icmp, all" },
		{ "pool4 add 192.0.2.0/28 mark -1",
		  "pool4 add: \"-1\": is not a number of 32 bits, as in 7 or 0x100" },
		{ "pool4 add 192.0.2.0/28 mark 0x100000000",
		  "pool4 add: \"0x100000000\": is not a number of 32 bits, as in 7 or 0x100" },
		{ "pool4 add 192.0.2.0/28 port 1-2",
		  "pool4 add: \"port\": ports, proto, mark or force is expected here" },
		{ "eam add 2001:db8::/120", "eam add: PREFIX4 is missing" },
		{ "eam add 192.0.2.0/24", "eam add: PREFIX6 is missing" },
		{ "bib add sctp", "bib add: \"sctp\": must be one of tcp, udp, icmp" },
		{ "bib add tcp 2001:db8::1:80 192.0.2.1:80",
		  "bib add: \"2001:db8::1:80\": is not an IPv6 address and port, as in 2001:db8::1#80 or [2001:db8::1]:80" },
		{ "set", "set: KEY VALUE is missing" },
		{ "set enabled", "set: \"enabled\": the value is missing" },
		{ "set frob on", "set: \"frob\": is not a setting (\"get\" lists them)" },
		{ "set tos 1 tos 2", "set: \"tos\": is given twice" },
		{ "set udp-timeout 5",
		  "set: \"5\": is not a duration, as in 300s, 5m or 2h4m" },
	};
	char want[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(read_command(cases[i].in), CTL_USAGE);
		snprintf(want, sizeof(want), "nat64ctl: %s\n", cases[i].out);
		EXPECT_STR(said, want);
	}
}

static int refuse(const char *text, struct nat64_refusal *r)
{
	FILE *real = stderr;
	int ret;

	read_command(text);
	free(said);
	stderr = open_memstream(&said, &said_size);
	ret = ctl_refused(&cmd, r);
	fclose(stderr);
	stderr = real;
	return ret;
}

/* The kernel points to an attribute, the user gets the word it came from. */
TEST(refusals_of_the_kernel)
{
	struct nat64_refusal r = {
		.error = 22, .item = -1, .attr = NAT64_A_PREFIX,
		.sub = NAT64_A_PREFIX_LEN, .text = "bad length",
	};

	EXPECT_EQ(refuse("prefix add 2001:db8::/33", &r), CTL_REFUSED);
	EXPECT_STR(said,
		   "nat64ctl: prefix add: \"2001:db8::/33\": bad length\n");
	r.sub = NAT64_A_PREFIX_LEN4;
	refuse("prefix add 2001:db8::/32 v4 10.0.0.0/8", &r);
	EXPECT_STR(said, "nat64ctl: prefix add: \"10.0.0.0/8\": bad length\n");
	r.sub = 0;
	refuse("prefix add 2001:db8::/33", &r);
	EXPECT_STR(said,
		   "nat64ctl: prefix add: \"2001:db8::/33\": bad length\n");
	r.attr = NAT64_A_INSTANCE;
	refuse("prefix add 2001:db8::/33", &r);
	EXPECT_STR(said, "nat64ctl: prefix add: \"default\": bad length\n");
	r.attr = NAT64_A_SETTINGS;
	r.sub = NAT64_A_SETTINGS_UDP_TIMEOUT;
	refuse("set tos 1 udp-timeout 1s", &r);
	EXPECT_STR(said, "nat64ctl: set: \"1s\": bad length\n");
	r.attr = 0;
	r.sub = 0;
	refuse("set tos 1", &r);
	EXPECT_STR(said, "nat64ctl: set: bad length\n");
	r.error = 1;
	EXPECT_EQ(refuse("set tos 1", &r), CTL_NO_ACCESS);
}

static int read_filter(const char *text, struct nat64_filter *f)
{
	FILE *real = stderr;
	int ret;

	split(text);
	free(said);
	stderr = open_memstream(&said, &said_size);
	ret = ctl_find(&cmd);
	*cmd.what = 0;
	if (!ret)
		ret = ctl_parse_filter(&cmd, f);
	fclose(stderr);
	stderr = real;
	return ret;
}

TEST(filter)
{
	struct nat64_filter f;

	EXPECT_EQ(read_filter("session list remote-port 443 proto udp addr6 2001:db8::/64", &f),
		  CTL_OK);
	EXPECT_EQ(f.has, 1 << NAT64_A_FILTER_PROTO | 1 << NAT64_A_FILTER_ADDR6 |
			 1 << NAT64_A_FILTER_REMOTE_PORT);
	EXPECT_EQ(f.proto, 17);
	EXPECT_EQ(f.p6.len, 64);
	EXPECT_EQ(f.remote_port, 443);
	EXPECT_EQ(read_filter("session list addr4 192.0.2.1 port4 1 remote 198.51.100.0/24 port6 2", &f),
		  CTL_OK);
	EXPECT_EQ(f.p4.len, 32);
	EXPECT_EQ(f.port4, 1);
	EXPECT_EQ(f.remote.len, 24);
	EXPECT_EQ(f.port6, 2);
	EXPECT_EQ(read_filter("session list", &f), CTL_OK);
	EXPECT_EQ(f.has, 0);
	EXPECT_EQ(read_filter("session list port6 1 port6 2", &f), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"port6\": is given twice\n");
	EXPECT_EQ(read_filter("session list port6", &f), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"port6\": the value is missing\n");
	EXPECT_EQ(read_filter("session list port4 65536", &f), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"65536\": the port must be a number from 0 to 65535\n");
	EXPECT_EQ(read_filter("session list tcp", &f), CTL_USAGE);
	EXPECT_EQ(read_filter("bib list remote 192.0.2.1", &f), CTL_USAGE);
	EXPECT_STR(said, "nat64ctl: \"remote\": a binding has no remote host\n");
}

/* More settings in one command than there are would overrun nothing. */
TEST(many_words)
{
	char text[512] = "pool4 add 192.0.2.0/28";
	int i;

	for (i = 0; i < 25; i++)
		strcat(text, " force");
	EXPECT_EQ(read_command(text), CTL_OK);
	EXPECT(change.force);
}

KTAP_MAIN()
