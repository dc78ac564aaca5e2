// SPDX-License-Identifier: GPL-2.0
#include "leasefile.h"

#include "../common/hex.h"
#include "../common/journal.h"
#include "../common/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "nat64 dhcp108d leases 1"

/* Lines that no longer count, before the file is written anew. */
#define SLACK 4096

/* No lease is longer: what a file says beyond that is wrong. */
#define MAX_LEFT (365ull * 86400)

struct leasefile {
	struct journal *journal;
	char *path;
	bool failed;
	/* For the callbacks of the journal. */
	struct leases *leases;
	struct lease_clock at;
	unsigned int strange;
};

static const char *const words[LEASE_STATES] = {
	[LEASE_FREE] = "free",
	[LEASE_OFFERED] = "free",	/* not worth more after a crash */
	[LEASE_BOUND] = "bound",
	[LEASE_DECLINED] = "declined",
};

static void format(char *out, const char *word, const struct lease_lost *l,
		   const struct lease_clock *at)
{
	uint64_t left = l->until > at->now ? l->until - at->now : 0;
	char addr[INET_ADDRSTRLEN], mac[2 * DHCP4_CHADDR_LEN + 1];
	char key[2 * DHCP4_KEY_LEN + 1];

	inet_ntop(AF_INET, &l->addr, addr, sizeof(addr));
	snprintf(out, LEASEFILE_LINE_LEN,
		 "%s %s %" PRIu64 " %" PRIu64 " %s %s", addr, word,
		 at->wall + (left + 999) / 1000, at->wall,
		 hex_put(key, l->who.key, l->who.key_len),
		 hex_put(mac, l->who.mac, l->who.mac_len));
}

void leasefile_format(char *out, const struct lease *lease,
		      const struct lease_clock *at)
{
	struct lease_lost l = { lease->addr, .until = lease->until };

	lease_holder(lease, &l.who);
	format(out, words[lease->state], &l, at);
}

static int state_of(const char *word)
{
	int state;

	for (state = 0; state < LEASE_STATES; state++)
		if (!strcmp(words[state], word))
			return state;
	return -1;
}

static bool put(struct leases *l, struct lease *e, int state, uint64_t until,
		const struct lease_owner *who)
{
	if (state == LEASE_DECLINED) {
		leases_decline(l, e, until);
		return true;
	}
	if (!who->key_len || !lease_open_to(e, who) ||
	    !leases_take(l, e, who, LEASE_BOUND, until))
		return false;
	if (state == LEASE_FREE)
		leases_release(l, e);
	return true;
}

static uint64_t seconds_left(uint64_t until, uint64_t written, uint64_t wall)
{
	uint64_t most = until > written ? until - written : 0;
	uint64_t left = until > wall ? until - wall : 0;

	if (left > most)
		left = most;
	return left < MAX_LEFT ? left : MAX_LEFT;
}

bool leasefile_parse(const char *line, struct leases *l,
		     const struct lease_clock *at)
{
	char addr[16], state[16], key[2 * DHCP4_KEY_LEN + 1];
	char mac[2 * DHCP4_CHADDR_LEN + 1];
	struct lease_lost lost = { .until = 0 };
	struct lease_owner *who = &lost.who;
	uint64_t until, written;
	struct lease *e;
	bool done;

	if (sscanf(line, "%15s %15s %" SCNu64 " %" SCNu64 " %514s %32s", addr,
		   state, &until, &written, key, mac) != 6 ||
	    inet_pton(AF_INET, addr, &lost.addr) != 1 || state_of(state) < 0)
		return false;
	e = leases_at(l, lost.addr);
	who->key_len = (uint16_t)hex_get(key, 0, who->key, sizeof(who->key));
	who->mac_len = (uint8_t)hex_get(mac, 0, who->mac, sizeof(who->mac));
	/* The last line about an address is the one that counts. */
	if (e && e->state != LEASE_FREE)
		leases_release(l, e);
	until = at->now + seconds_left(until, written, at->wall) * 1000;
	done = e && put(l, e, state_of(state), until, who);
	if (!done && state_of(state) == LEASE_BOUND)
		lost.until = until;
	if (who->key_len)
		leases_lose(l, &lost, at->now);
	leases_expire(l, at->now, 1);
	return done;
}

static void take_line(void *ctx, const char *line)
{
	struct leasefile *f = ctx;

	f->strange += !leasefile_parse(line, f->leases, &f->at);
}

static void tell(const struct leasefile *f, const struct journal_load *load)
{
	if (load->damaged)
		log_err("%s: %u damaged lines: the file is kept as %s, what could be read is used",
			f->path, load->damaged, load->aside);
	if (f->strange)
		log_warn("%s: %u leases are not of the pools: who renews one is refused",
			 f->path, f->strange);
	if (load->lines)
		log_info("%s: %u leases", f->path,
			 leases_count(f->leases, LEASE_BOUND));
}

struct leasefile *leasefile_open(const char *path, struct leases *l,
				 const struct lease_clock *at)
{
	struct leasefile *f = calloc(1, sizeof(*f));
	struct journal_load load;

	if (!f)
		return NULL;
	f->leases = l;
	f->at = *at;
	f->path = strdup(path);
	if (f->path)
		f->journal = journal_open(path, TITLE, take_line, f, &load);
	if (!f->journal) {
		leasefile_close(f);
		return NULL;
	}
	tell(f, &load);
	return f;
}

void leasefile_close(struct leasefile *f)
{
	if (!f)
		return;
	journal_close(f->journal);
	free(f->path);
	free(f);
}

void leasefile_note(struct leasefile *f, const struct lease *lease,
		    const struct lease_clock *at)
{
	char line[LEASEFILE_LINE_LEN];

	leasefile_format(line, lease, at);
	journal_append(f->journal, line);
}

static void emit_all(void *ctx)
{
	const struct lease_lost *lost = NULL;
	struct leasefile *f = ctx;
	char line[LEASEFILE_LINE_LEN];
	struct lease *e;
	unsigned int i;

	/* First: what their clients got since then counts. */
	while ((lost = leases_next_lost(f->leases, lost)))
		if (lost->until > f->at.now) {
			format(line, words[LEASE_BOUND], lost, &f->at);
			journal_append(f->journal, line);
		}
	for (i = 0; (e = leases_entry(f->leases, i)); i++)
		if (e->state == LEASE_BOUND || e->state == LEASE_DECLINED ||
		    (e->key && e->mac_len))
			leasefile_note(f, e, &f->at);
}

/* Also right after the start: what was damaged or ended is left out then. */
static bool worth_rewriting(const struct leasefile *f)
{
	unsigned int lines = journal_lines(f->journal);

	return !journal_ready(f->journal) ||
	       lines > SLACK + 2 * leases_total(f->leases);
}

int leasefile_sync(struct leasefile *f, struct leases *l,
		   const struct lease_clock *at)
{
	int err;

	f->leases = l;
	f->at = *at;
	if (worth_rewriting(f))
		err = journal_rewrite(f->journal, emit_all, f);
	else
		err = journal_sync(f->journal);
	if (err && !f->failed)
		log_err("%s: %s: leases given now are lost with the power",
			f->path, strerror(-err));
	if (!err && f->failed)
		log_info("%s: leases are safe again", f->path);
	f->failed = err;
	return err;
}
