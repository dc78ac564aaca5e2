// SPDX-License-Identifier: GPL-2.0
#include "adoptfile.h"

#include "../common/hex.h"
#include "../common/journal.h"
#include "../common/keytab.h"
#include "../common/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "nat64 dhcp108d devices 1"

struct adoptfile {
	struct journal *journal;
	char *path;
	bool failed;
	struct adoption *devices;	/* for the callbacks of the journal */
	uint64_t wall;
};

enum flag {
	F_BY_CLIENT_ID = 1,
	F_RANDOM_MAC = 2,
	F_CAPABLE = 4,
};

void adoptfile_format(char *out, const struct adoption_device *d)
{
	unsigned int flags = (d->by_client_id ? F_BY_CLIENT_ID : 0) |
			     (d->random_mac ? F_RANDOM_MAC : 0) |
			     (d->capable ? F_CAPABLE : 0);
	char text[2 * DHCP4_KEY_LEN + 1], mac[2 * DHCP4_CHADDR_LEN + 1];
	const uint8_t *key;
	size_t len;

	key = keytab_key(d, &len);
	snprintf(out, ADOPTFILE_LINE_LEN,
		 "%s %s %u %u %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32
		 " %" PRIu32 " %" PRIu64 " %s",
		 hex_put(text, key, len), hex_put(mac, d->mac, d->mac_len),
		 flags, d->outcome, d->first, d->last, d->transactions,
		 d->offers, d->early, d->told, d->vendor);
}

bool adoptfile_parse(const char *line, struct adoption *a, uint64_t wall)
{
	char text[2 * DHCP4_KEY_LEN + 1], mac[2 * DHCP4_CHADDR_LEN + 1];
	struct adoption_device got = { .vendor = "" }, *d;
	uint8_t key[DHCP4_KEY_LEN];
	unsigned int flags;
	int vendor = 0;
	size_t len;

	if (sscanf(line, "%514s %32s %u %" SCNu8 " %" SCNu64 " %" SCNu64
		   " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu64 "%n",
		   text, mac, &flags, &got.outcome, &got.first, &got.last,
		   &got.transactions, &got.offers, &got.early, &got.told,
		   &vendor) != 10 ||
	    line[vendor] != ' ' || got.outcome >= ADOPTION_OUTCOMES ||
	    strlen(line + vendor + 1) >= sizeof(got.vendor))
		return false;
	len = hex_get(text, 0, key, sizeof(key));
	if (!len)
		return false;
	if (got.last + ADOPTFILE_MAX_AGE < wall)
		return true;
	got.mac_len = (uint8_t)hex_get(mac, 0, got.mac, sizeof(got.mac));
	got.by_client_id = flags & F_BY_CLIENT_ID;
	got.random_mac = flags & F_RANDOM_MAC;
	got.capable = flags & F_CAPABLE;
	strcpy(got.vendor, line + vendor + 1);
	d = adoption_put(a, key, len, &got);
	return d;
}

static void take_line(void *ctx, const char *line)
{
	struct adoptfile *f = ctx;

	if (!adoptfile_parse(line, f->devices, f->wall))
		log_warn("%s: a device cannot be read", f->path);
}

struct adoptfile *adoptfile_open(const char *path, struct adoption *a,
				 uint64_t wall)
{
	struct adoptfile *f = calloc(1, sizeof(*f));
	struct journal_load load;

	if (!f)
		return NULL;
	f->devices = a;
	f->wall = wall;
	f->path = strdup(path);
	if (f->path)
		f->journal = journal_open(path, TITLE, take_line, f, &load);
	if (!f->journal) {
		adoptfile_close(f);
		return NULL;
	}
	if (load.damaged)
		log_err("%s: %u damaged lines: the file is kept as %s, what could be read is used",
			path, load.damaged, load.aside);
	return f;
}

void adoptfile_close(struct adoptfile *f)
{
	if (!f)
		return;
	journal_close(f->journal);
	free(f->path);
	free(f);
}

/* The device seen last is written last, and so will be it again. */
static void emit_all(void *ctx)
{
	char line[ADOPTFILE_LINE_LEN];
	struct adoption_device *d = NULL;
	struct adoptfile *f = ctx;

	while ((d = adoption_after(f->devices, d))) {
		adoptfile_format(line, d);
		journal_append(f->journal, line);
	}
}

void adoptfile_save(struct adoptfile *f, struct adoption *a)
{
	int err;

	f->devices = a;
	err = journal_rewrite(f->journal, emit_all, f);
	if (err && !f->failed)
		log_err("%s: %s: the count of devices is not kept", f->path,
			strerror(-err));
	f->failed = err;
}
