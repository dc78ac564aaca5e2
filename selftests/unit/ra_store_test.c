// SPDX-License-Identifier: GPL-2.0
/* What pref64d knows after it was killed: daemons/pref64d/store.c. */
#include "ktap.h"

#include "common/clock.h"
#include "pref64d/store.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[32];
static char path[64], aside[80];
static struct store store;
static struct past past;
static struct ra_msg m;

static void fresh(void)
{
	if (!dir[0]) {
		strcpy(dir, "/tmp/nat64-store-XXXXXX");
		EXPECT(mkdtemp(dir) != NULL);
		snprintf(path, sizeof(path), "%s/pref64d.state", dir);
		snprintf(aside, sizeof(aside), "%s.damaged", path);
	}
	unlink(path);
	unlink(aside);
	store_close(&store);
	memset(&past, 0, sizeof(past));
	memset(&m, 0, sizeof(m));
	EXPECT_EQ(store_open(&store, dir), 0);
}

static void reopen(void)
{
	store_close(&store);
	EXPECT_EQ(store_open(&store, dir), 0);
	memset(&past, 0, sizeof(past));
	memset(&m, 0, sizeof(m));
}

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	reopen();
}

/* What the log would say hundreds of times. */
static void be_quiet(bool quiet)
{
	static int err = -1;
	int null;

	if (quiet) {
		err = dup(2);
		null = open("/dev/null", O_WRONLY);
		dup2(null, 2);
		close(null);
	} else {
		dup2(err, 2);
		close(err);
	}
}

static bool damaged(void)
{
	return !access(aside, F_OK);
}

static void say_all(void)
{
	inet_pton(AF_INET6, "2001:db8:a::", &m.pref64[0].addr);
	m.pref64[0].len = 96;
	m.pref64[0].lifetime = 1800;
	m.npref64 = 1;
	inet_pton(AF_INET6, "2001:db8:1::", &m.prefixes[0].addr);
	m.prefixes[0].len = 64;
	m.prefixes[0].autonomous = true;
	m.prefixes[0].valid = RA_INFINITE;
	m.nprefixes = 1;
	inet_pton(AF_INET6, "2001:db8:5::", &m.routes[0].addr);
	m.routes[0].len = 48;
	m.routes[0].preference = 3;
	m.routes[0].lifetime = 600;
	m.nroutes = 1;
	inet_pton(AF_INET6, "fe80::53", &m.dns[0].addr);
	m.dns[0].lifetime = 600;
	m.ndns = 1;
	strcpy(m.search[0].name, "example.net");
	m.search[0].lifetime = 600;
	m.nsearch = 1;
}

/* R22 R27 R36: all of it is withdrawn by the next one that runs. */
TEST(keeps_all_that_hosts_hold)
{
	struct ra_msg want;

	fresh();
	say_all();
	past_take(&past, &m, clock_now_ms());
	want = m;
	store_take(&store, "lan", &past);
	EXPECT_EQ(store_save(&store), 0);
	reopen();
	EXPECT(!damaged());
	store_restore(&store, "lan2", &past);
	past_take(&past, &m, clock_now_ms());
	EXPECT_EQ(m.npref64 + m.nroutes + m.ndns + m.nsearch, 0);
	store_restore(&store, "lan", &past);
	past_take(&past, &m, clock_now_ms() + PAST_HOLD_MS + 1);
	want.pref64[0].lifetime = 0;
	want.prefixes[0].valid = 0;
	want.routes[0].lifetime = 0;
	want.dns[0].lifetime = 0;
	want.search[0].lifetime = 0;
	EXPECT_MEM(&m, &want, sizeof(m));
}

/* For no longer than hosts can hold it, however often it is killed. */
TEST(keeps_when_it_is_over)
{
	unsigned int i;
	uint64_t end;

	fresh();
	say_all();
	past_take(&past, &m, clock_now_ms());
	memset(&m, 0, sizeof(m));
	past_take(&past, &m, clock_now_ms() + 1);
	end = past.entries[PAST_DNS][0].until;
	EXPECT(end > clock_now_ms() + 590000);
	for (i = 0; i < 3; i++) {
		store_take(&store, "lan", &past);
		EXPECT_EQ(store_save(&store), 0);
		reopen();
		store_restore(&store, "lan", &past);
		EXPECT_EQ(past.count[PAST_DNS], 1);
		/* Seconds of the calendar are rounded up. */
		EXPECT(past.entries[PAST_DNS][0].until >= end - 1 &&
		       past.entries[PAST_DNS][0].until < end + 3 * 1010);
	}
	write_file("pref64d 1\ndns lan 2001:db8::1 - 600 1000\nend 1\n");
	store_restore(&store, "lan", &past);
	EXPECT_EQ(past.count[PAST_DNS], 0);
	EXPECT(!damaged());
}

/* The latest stays the first, which makes room last. */
TEST(keeps_the_order)
{
	unsigned int i, n;

	fresh();
	for (i = 0; i < 3; i++) {
		m.ndns = 1;
		m.dns[0].addr.s6_addr[15] = (uint8_t)(i + 1);
		m.dns[0].lifetime = 600;
		past_take(&past, &m, clock_now_ms());
	}
	for (n = 0; n < 2; n++) {
		store_take(&store, "lan", &past);
		store_save(&store);
		reopen();
		store_restore(&store, "lan", &past);
		for (i = 0; i < 3; i++)
			EXPECT_EQ(past.entries[PAST_DNS][i].item.dns.addr
				  .s6_addr[15], 3 - i);
	}
}

/* A file that was cut anywhere is set aside, and what was read counts. */
TEST(sets_a_damaged_file_aside)
{
	static char text[4096];
	size_t len, i;
	FILE *f;

	fresh();
	say_all();
	past_take(&past, &m, clock_now_ms());
	store_take(&store, "lan", &past);
	EXPECT_EQ(store_save(&store), 0);
	f = fopen(path, "r");
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	be_quiet(true);
	/* Without its last byte, a line feed, nothing is missing. */
	for (i = 0; i + 1 < len; i++) {
		char last = text[i];

		text[i] = '\0';
		unlink(aside);
		write_file(text);
		EXPECT(damaged());
		EXPECT(store.count <= 5);
		text[i] = last;
	}
	be_quiet(false);
	EXPECT_EQ(store.count, 5);
}

/* What no advertisement could say is damage. */
TEST(takes_nothing_wrong)
{
	static const char *const lines[] = {
		"pref64 lan 2001:db8:a::/95 - 1800 0",
		"pref64 lan 2001:db8:a::1/96 - 1800 0",
		"pref64 lan 2001:db8:a:: - 1800 0",
		"prefix lan 2001:db8::/129 LA- 1800 0",
		"route lan 2001:db8::/48 4 1800 0",
		"route lan 2001:db8::/48 - 1800 0",
		"dns lan 192.0.2.1 - 600 0",
		"dns lan 2001:db8::1 - 600 0 0",
		"dns lan 2001:db8::1 - x 0",
		"search lan a..b - 600 0",
		/* a label of 64 bytes */
		"search lan 0123456789012345678901234567890123456789012345678901234567890123 - 600 0",
		"host lan 2001:db8::1 - 600 0",
		"dns interface-with-a-long-name 2001:db8::1 - 600 0",
	};
	char text[512];
	unsigned int i;

	be_quiet(true);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		fresh();
		snprintf(text, sizeof(text), "pref64d 1\n%s\nend 1\n",
			 lines[i]);
		write_file(text);
		EXPECT(damaged());
		EXPECT_EQ(store.count, 0);
	}
	be_quiet(false);
}

TEST(keeps_a_bounded_number)
{
	char name[IFNAMSIZ];
	unsigned int i;

	fresh();
	for (i = 0; i < PAST_MAX; i++) {
		say_all();
		m.dns[0].addr.s6_addr[14] = (uint8_t)i;
		m.routes[0].addr.s6_addr[5] = (uint8_t)i;
		past_take(&past, &m, clock_now_ms());
	}
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "lan%u", i);
		store_take(&store, name, &past);
	}
	EXPECT_EQ(store.count, STORE_MAX_ROWS);
	EXPECT_EQ(store_save(&store), 0);
	reopen();
	EXPECT(!damaged());
	EXPECT_EQ(store.count, STORE_MAX_ROWS);
	store_close(&store);
	unlink(path);
	rmdir(dir);
}

KTAP_MAIN()
