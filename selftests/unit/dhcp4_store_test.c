// SPDX-License-Identifier: GPL-2.0
/*
 * What survives a crash: daemons/common/journal.c and the files of leases and
 * devices; and the small pure parts, arp.c and rogue.c.
 */
#include "ktap.h"

#include "common/hex.h"
#include "common/journal.h"
#include "common/keytab.h"
#include "dhcp108d/adoptfile.h"
#include "dhcp108d/arp.h"
#include "dhcp108d/echo.h"
#include "dhcp108d/leasefile.h"
#include "dhcp108d/rogue.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[32];
static char path[64];
static struct journal_load load;
static char seen[4096];

static void take(void *ctx, const char *line)
{
	(void)ctx;
	strcat(seen, line);
	strcat(seen, ";");
}

static struct journal *reopen(struct journal *j)
{
	journal_close(j);
	seen[0] = '\0';
	return journal_open(path, "title 1", take, NULL, &load);
}

static struct journal *emitting;

static void emit_two(void *ctx)
{
	(void)ctx;
	journal_append(emitting, "one");
	journal_append(emitting, "two");
}

static struct journal *fresh(void)
{
	struct journal *j;

	if (!path[0]) {
		strcpy(dir, "/tmp/nat64-store-XXXXXX");
		EXPECT(mkdtemp(dir) != NULL);
	}
	snprintf(path, sizeof(path), "%s/file", dir);
	unlink(path);
	j = reopen(NULL);
	emitting = j;
	EXPECT(j && !journal_ready(j));
	EXPECT_EQ(journal_rewrite(j, emit_two, NULL), 0);
	return j;
}

static off_t size(void)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

static void append_raw(const char *text, size_t len)
{
	FILE *f = fopen(path, "a");

	fwrite(text, 1, len, f);
	fclose(f);
}

/* D55 C64 */
TEST(keeps_what_was_synced)
{
	struct journal *j = fresh();
	off_t before = size();

	journal_append(j, "three");
	EXPECT_EQ(size(), before);	/* nothing before it is asked for */
	EXPECT_EQ(journal_sync(j), 0);
	EXPECT(size() > before);
	EXPECT_EQ(journal_lines(j), 3);
	journal_append(j, "lost");	/* kill -9 */
	j = reopen(j);
	EXPECT_STR(seen, "one;two;three;");
	EXPECT_EQ(load.lines, 3);
	EXPECT_EQ(load.damaged, 0);
	EXPECT_STR(load.aside, "");
	journal_close(j);
}

/* C64: a crash at any byte of the last line loses that line alone. */
TEST(takes_half_a_line_for_a_crash)
{
	struct journal *j = fresh();
	off_t whole = size();
	off_t len;

	journal_append(j, "three");
	EXPECT_EQ(journal_sync(j), 0);
	for (len = size() - 1; len >= whole; len--) {
		EXPECT_EQ(truncate(path, len), 0);
		j = reopen(j);
		EXPECT(j && !load.damaged);
		EXPECT_STR(seen, "one;two;");
	}
	/* The next start writes it anew, in one step. */
	emitting = j;
	EXPECT_EQ(journal_rewrite(j, emit_two, NULL), 0);
	EXPECT_EQ(size(), whole);
	journal_close(j);
}

TEST(sets_damaged_files_aside)
{
	static const char *const bad[] = {
		"three 00000000\n", "\n", "three\n", "\0three 12345678\n",
	};
	struct journal *j = NULL;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		off_t was;

		journal_close(j);
		j = fresh();
		append_raw(bad[i], i == 3 ? 16 : strlen(bad[i]));
		was = size();
		j = reopen(j);
		EXPECT_EQ(load.damaged, 1);
		EXPECT_STR(seen, "one;two;");
		emitting = j;
		EXPECT_EQ(journal_rewrite(j, emit_two, NULL), 0);
		EXPECT(size() < was);
		EXPECT(!strncmp(load.aside, path, strlen(path)));
		EXPECT_EQ(access(load.aside, F_OK), 0);
		EXPECT_EQ(load.aside[strlen(load.aside) - 1], '1' + (int)i);
	}
	for (i = 1; i < 5; i++) {
		snprintf(seen, sizeof(seen), "%s.damaged-%u", path, i);
		EXPECT_EQ(unlink(seen), 0);
	}
	/* Another format is not read, and not lost. */
	journal_close(j);
	j = journal_open(path, "title 2", take, NULL, &load);
	EXPECT(j && load.damaged && load.aside[0] && !load.lines);
	unlink(load.aside);
	journal_close(j);
}

TEST(reports_a_disk_that_refuses)
{
	struct journal *j;

	j = journal_open("/proc/nowhere/file", "t", take, NULL, &load);
	emitting = j;
	EXPECT(j && journal_rewrite(j, emit_two, NULL));
	journal_append(j, "x");
	EXPECT(journal_sync(j));
	EXPECT(!journal_ready(j));
	journal_close(j);
}

static struct conf_dhcp conf = {
	.nsubnets = 1,
	.npools = 1,
	.pools = { { 0x0a00000a, 0x0a00000d } },
};

static struct in_addr addr(uint32_t a)
{
	return (struct in_addr){ htonl(a) };
}

static void owner(struct lease_owner *who, uint8_t n)
{
	struct dhcp4_msg m = { .htype = 1, .hlen = 6, .chaddr = { n } };

	lease_owner_of(who, &m);
}

static void lease(struct leases *l, uint32_t a, uint8_t n, uint64_t until)
{
	struct lease_owner who;

	owner(&who, n);
	EXPECT(leases_take(l, leases_at(l, addr(a)), &who, LEASE_BOUND,
			   until));
}

static const struct lease *found(struct leases *l, uint8_t n)
{
	struct lease_owner who;

	owner(&who, n);
	return leases_of(l, &who);
}

/* D55: leases go on where they were, in another life of the machine. */
TEST(keeps_leases)
{
	struct lease_clock before = { .now = 500000, .wall = 1000000 };
	struct lease_clock after = { .now = 100, .wall = 1000600 };
	struct leases *l = leases_new(&conf);
	struct leasefile *f;
	const struct lease *e;

	journal_close(fresh());
	unlink(path);
	f = leasefile_open(path, l, &before);
	EXPECT_EQ(leasefile_sync(f, l, &before), 0);
	lease(l, 0x0a00000a, 1, before.now + 3600 * 1000);
	lease(l, 0x0a00000b, 2, before.now + 300 * 1000);
	lease(l, 0x0a00000c, 3, before.now + 3600 * 1000);
	leasefile_note(f, leases_at(l, addr(0x0a00000a)), &before);
	leasefile_note(f, leases_at(l, addr(0x0a00000b)), &before);
	leasefile_note(f, leases_at(l, addr(0x0a00000c)), &before);
	leases_release(l, leases_at(l, addr(0x0a00000c)));
	leasefile_note(f, leases_at(l, addr(0x0a00000c)), &before);
	leases_decline(l, leases_at(l, addr(0x0a00000d)), before.now + 900000);
	leasefile_note(f, leases_at(l, addr(0x0a00000d)), &before);
	EXPECT_EQ(leasefile_sync(f, l, &before), 0);
	leasefile_close(f);
	leases_free(l);

	l = leases_new(&conf);
	f = leasefile_open(path, l, &after);
	EXPECT(f != NULL);
	EXPECT_EQ(leases_count(l, LEASE_BOUND), 1);
	e = found(l, 1);
	EXPECT(e && e->state == LEASE_BOUND);
	if (e)
		EXPECT_EQ(e->until, 100 + 3000 * 1000);
	EXPECT_EQ(e ? e->mac[0] : 0, 1);
	/* Ended meanwhile, and given back: remembered. */
	e = found(l, 2);
	EXPECT(e && e->state == LEASE_FREE);
	e = found(l, 3);
	EXPECT(e && e->state == LEASE_FREE);
	EXPECT_EQ(leases_count(l, LEASE_DECLINED), 1);
	EXPECT_EQ(leasefile_sync(f, l, &after), 0);
	leasefile_close(f);

	/* A clock that was set back makes no lease longer. */
	after.wall = 10;
	leases_free(l);
	l = leases_new(&conf);
	f = leasefile_open(path, l, &after);
	e = found(l, 1);
	EXPECT(e && e->until <= 100 + 3000 * 1000);
	leasefile_close(f);
	leases_free(l);
}

/* D54: a change of the configuration while the daemon was down. */
TEST(keeps_leases_without_a_place)
{
	struct dhcp4_msg m = { .htype = 1, .hlen = 6, .chaddr = { 1 } };
	struct lease_clock at = { .now = 1000, .wall = 1000000 };
	struct conf_dhcp with = conf, wide = conf;
	const struct in_addr kept = addr(0x0a0000c8);
	struct leases *l;
	struct leasefile *f;
	struct lease_owner who;
	unsigned int i;

	with.nhosts = 1;
	with.hosts[0] = (struct conf_host){ { 1, 0 }, 6, false, kept };
	wide.pools[0].last = 0x0a0000c8;
	m.client_id.len = 3;
	lease_owner_of(&who, &m);
	unlink(path);
	l = leases_new(&with);
	f = leasefile_open(path, l, &at);
	EXPECT(leases_take(l, leases_at(l, kept), &who, LEASE_BOUND,
			   at.now + 3600 * 1000));
	leasefile_note(f, leases_at(l, kept), &at);
	/* Twice: the first one writes the file anew. */
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(leasefile_sync(f, l, &at), 0);
		leasefile_close(f);
		leases_free(l);
		l = leases_new(&conf);
		f = leasefile_open(path, l, &at);
		EXPECT(leases_lost(l, kept, &who, at.now));
		EXPECT(!leases_lost(l, kept, &who, at.now + 3600 * 1000));
	}
	/* The client itself has it when it has a place again. */
	EXPECT_EQ(leasefile_sync(f, l, &at), 0);
	leasefile_close(f);
	leases_free(l);
	l = leases_new(&wide);
	f = leasefile_open(path, l, &at);
	EXPECT(!leases_lost(l, kept, &who, at.now));
	EXPECT(leases_of(l, &who) == leases_at(l, kept));
	EXPECT_EQ(leases_count(l, LEASE_BOUND), 1);
	/* What was given back is forgotten. */
	leases_release(l, leases_at(l, kept));
	leasefile_note(f, leases_at(l, kept), &at);
	EXPECT_EQ(leasefile_sync(f, l, &at), 0);
	leasefile_close(f);
	leases_free(l);
	l = leases_new(&conf);
	f = leasefile_open(path, l, &at);
	EXPECT(!leases_lost(l, kept, &who, at.now));
	leasefile_close(f);
	leases_free(l);
}

TEST(refuses_lines_that_are_no_leases)
{
	static const char *const bad[] = {
		"", "10.0.0.10", "10.0.0.10 bound 1 1 00",
		"10.0.0.10 lost 2 1 0001 01", "10.9.0.10 bound 2 1 0001 01",
		"x bound 2 1 0001 01", "10.0.0.10 bound 2 1 zz 01",
		"10.0.0.10 bound x 1 0001 01",
	};
	struct lease_clock at = { .now = 1, .wall = 1 };
	struct leases *l = leases_new(&conf);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(!leasefile_parse(bad[i], l, &at));
	EXPECT(leasefile_parse("10.0.0.10 bound 2 1 0001 01", l, &at));
	EXPECT_EQ(leases_count(l, LEASE_BOUND), 1);
	EXPECT(leasefile_parse("10.0.0.11 free 9 1 0002 01", l, &at));
	EXPECT_EQ(leases_count(l, LEASE_BOUND), 1);
	/* No lease is longer than a year, whatever a file says. */
	EXPECT(leasefile_parse("10.0.0.12 bound 18446744073709551615 1 0003 01",
			       l, &at));
	EXPECT_EQ(leases_at(l, addr(0x0a00000c))->until,
		  1 + 365ull * 86400 * 1000);
	leases_free(l);
}

/* F1: the count goes on after a restart, within its bounds. */
TEST(keeps_devices)
{
	struct dhcp4_msg m = { .htype = 1, .hlen = 6, .chaddr = { 2 } };
	struct adoption *a = adoption_new(10);
	struct adoption_device *d;
	struct adoptfile *f;
	bool news;

	journal_close(fresh());
	unlink(path);
	f = adoptfile_open(path, a, 1000);
	m.params[108 / 8] |= 1 << 108 % 8;
	m.vendor_class = (struct dhcp4_value){ .len = 7, .data = "phone 1" };
	d = adoption_note(a, &m, 1000, &news);
	adoption_told(d, 1000, 1800);
	d->outcome = ADOPTION_TOLD;
	m.chaddr[5] = 1;
	m.vendor_class.len = 0;
	adoption_note(a, &m, 2000, &news);
	adoptfile_save(f, a);
	adoptfile_close(f);
	adoption_free(a);

	a = adoption_new(10);
	f = adoptfile_open(path, a, 3000);
	EXPECT_EQ(adoption_devices(a), 2);
	EXPECT_EQ(adoption_capable(a), 2);
	d = adoption_next(a, NULL);
	EXPECT(d && d->last == 2000 && d->mac[5] == 1);
	d = adoption_next(a, d);
	EXPECT(d && d->random_mac && d->offers == 1 && d->first == 1000);
	if (d)
		EXPECT_STR(d->vendor, "phone 1");
	EXPECT(d && !strcmp(adoption_state(d), "settled"));
	/* The same device again is not a new one. */
	m.chaddr[5] = 0;
	adoption_note(a, &m, 3000, &news);
	EXPECT(!news);
	adoptfile_save(f, a);
	adoptfile_close(f);
	adoption_free(a);

	/* One was not seen for ninety days. */
	a = adoption_new(10);
	f = adoptfile_open(path, a, 2500 + ADOPTFILE_MAX_AGE);
	EXPECT_EQ(adoption_devices(a), 1);
	EXPECT(!adoptfile_parse("zz 00 0 0 1 1 1 1 1 1 ", a, 1));
	EXPECT(!adoptfile_parse("00 00 0 9 1 1 1 1 1 1 ", a, 1));
	EXPECT(!adoptfile_parse("00 00 0 0", a, 1));
	adoptfile_close(f);
	adoption_free(a);
}

TEST(reads_and_writes_hexadecimal)
{
	uint8_t out[4];
	char text[9];

	EXPECT_EQ(hex_get("00fF7a", 0, out, 4), 3);
	EXPECT(!memcmp(out, "\0\xff\x7a", 3));
	EXPECT_STR(hex_put(text, out, 3), "00ff7a");
	EXPECT_STR(hex_put(text, out, 0), "-");
	EXPECT_EQ(hex_get("00:ff", ':', out, 4), 2);
	EXPECT_EQ(hex_get("00:", ':', out, 4), 0);
	EXPECT_EQ(hex_get("0011223344", 0, out, 4), 0);
	EXPECT_EQ(hex_get("0", 0, out, 4), 0);
	EXPECT_EQ(hex_get("-", 0, out, 4), 0);
}

TEST(speaks_arp)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 }, got[6];
	uint8_t packet[ARP_LEN];
	struct in_addr who;

	arp_probe(packet, mac, addr(0x0a000005));
	EXPECT(!memcmp(packet, "\0\1\x08\0\6\4\0\1\2\0\0\0\0\1\0\0\0\0", 18));
	EXPECT(!memcmp(packet + 24, "\x0a\0\0\5", 4));
	/* A probe has no sender: it says nothing of who uses what. */
	EXPECT(!arp_parse(packet, sizeof(packet), &who, got));
	memcpy(packet + 14, "\x0a\0\0\5", 4);
	packet[7] = 2;
	EXPECT(arp_parse(packet, sizeof(packet), &who, got));
	EXPECT_EQ(ntohl(who.s_addr), 0x0a000005);
	EXPECT(!memcmp(got, mac, 6));
	EXPECT(!arp_parse(packet, sizeof(packet) - 1, &who, got));
	packet[7] = 3;
	EXPECT(!arp_parse(packet, sizeof(packet), &who, got));
	packet[7] = 2;
	packet[4] = 8;
	EXPECT(!arp_parse(packet, sizeof(packet), &who, got));
}

/* Answers, and what else comes to a socket for ICMP. */
TEST(hears_echo_replies_alone)
{
	const uint8_t reply[] = {
		0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 7, 0, 10,
		10, 0, 0, 1, 0, 0, 0, 0, 0x12, 0x34, 0, 108,
	};
	static const struct {
		uint8_t at;
		uint8_t value;
	} other[] = {
		{ 20, 3 }, { 20, 8 }, { 20, 11 }, { 21, 1 }, { 9, 17 },
		{ 26, 1 }, { 27, 0 }, { 0, 0x44 }, { 0, 0x46 }, { 0, 0x65 },
	};
	uint8_t packet[sizeof(reply)];
	struct in_addr from;
	unsigned int i;
	uint16_t id;

	EXPECT(echo_parse(reply, sizeof(reply), &from, &id));
	EXPECT_EQ(ntohl(from.s_addr), 0x0a07000a);
	EXPECT_EQ(id, 0x1234);
	for (i = 0; i < sizeof(reply); i++)
		EXPECT(!echo_parse(reply, i, &from, &id));
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		memcpy(packet, reply, sizeof(packet));
		packet[other[i].at] = other[i].value;
		EXPECT(!echo_parse(packet, sizeof(packet), &from, &id));
	}
}

TEST(notices_other_servers)
{
	static const uint8_t mac[6] = { 2, 1 };
	struct dhcp4_msg m = { .has_v6only = true };
	struct keytab *r = rogues_new();
	struct rogue *e;
	uint32_t i;

	EXPECT(!rogues_answer(r, &m, mac, 5));
	e = rogues_chosen(r, addr(0x0a000063), 5);
	EXPECT(e && !e->answers && e->chosen == 1);
	m.server_id = addr(0x0a000063);
	e = rogues_answer(r, &m, mac, 6);
	EXPECT(e && e->v6only && e->first == 5 && e->last == 6);
	/* D51: a liar with many identifiers does not fill the memory. */
	for (i = 0; i < 1000; i++)
		rogues_chosen(r, addr(0x0b000000 + i), 8);
	EXPECT_EQ(keytab_count(r), ROGUE_MAX);
	keytab_free(r);
}

/* D51: nor does it fill the log. */
TEST(tells_of_other_servers_once)
{
	static const uint8_t mac[6] = { 2, 1 };
	struct dhcp4_msg m = { .server_id = addr(0x0a000063) };
	struct keytab *r = rogues_new();
	uint64_t last = 0;
	uint32_t i, told = 0;

	EXPECT(rogue_tell(rogues_chosen(r, m.server_id, 1000), &last));
	EXPECT(!rogue_tell(rogues_chosen(r, m.server_id, 1100), &last));
	/* Its place is news, in time and once. */
	EXPECT(!rogue_tell(rogues_answer(r, &m, mac, 1009), &last));
	EXPECT(rogue_tell(rogues_answer(r, &m, mac, 1010), &last));
	EXPECT(!rogue_tell(rogues_answer(r, &m, mac, 2000), &last));
	for (i = 0; i < 1000; i++)
		told += rogue_tell(rogues_chosen(r, addr(0x0b000000 + i),
						 2000 + i / 50), &last);
	EXPECT_EQ(told, 2);
	/* A clock that is set back does not silence it. */
	m.server_id = addr(0x0a000064);
	EXPECT(rogue_tell(rogues_answer(r, &m, mac, 500), &last));
	keytab_free(r);
}

TEST(ends)
{
	unlink(path);
	EXPECT_EQ(rmdir(dir), 0);
}

KTAP_MAIN()
