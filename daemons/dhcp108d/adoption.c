// SPDX-License-Identifier: GPL-2.0
#include "adoption.h"

#include "../common/keytab.h"
#include "../common/log.h"

#include <stdlib.h>
#include <string.h>

struct adoption {
	struct keytab *devices;
	unsigned int capable;
};

static void forget(void *ctx, void *value)
{
	struct adoption_device *d = value;
	struct adoption *a = ctx;

	if (d->capable)
		a->capable--;
}

struct adoption *adoption_new(unsigned int max)
{
	struct adoption *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->devices = keytab_new(sizeof(struct adoption_device), max, forget, a);
	if (!a->devices) {
		free(a);
		return NULL;
	}
	return a;
}

void adoption_free(struct adoption *a)
{
	if (!a)
		return;
	keytab_free(a->devices);
	free(a);
}

static void describe(struct adoption_device *d, const struct dhcp4_msg *msg)
{
	d->mac_len = msg->hlen;
	memcpy(d->mac, msg->chaddr, sizeof(d->mac));
	d->by_client_id = msg->client_id.len;
	/* The bit for addresses of local meaning, IEEE 802. */
	d->random_mac = msg->htype == 1 && msg->hlen == 6 &&
			(msg->chaddr[0] & 2);
	if (msg->vendor_class.len)
		str_escape(d->vendor, sizeof(d->vendor),
			   msg->vendor_class.data, msg->vendor_class.len);
}

struct adoption_device *adoption_note(struct adoption *a,
				      const struct dhcp4_msg *msg,
				      uint64_t now, bool *news)
{
	uint8_t key[DHCP4_KEY_LEN];
	struct adoption_device *d;

	d = keytab_get(a->devices, key, dhcp4_key(msg, key), news);
	if (!d)
		return NULL;
	if (*news)
		d->first = now;
	d->last = now;
	if (*news || memcmp(d->xid, msg->xid, sizeof(d->xid)))
		d->transactions++;
	memcpy(d->xid, msg->xid, sizeof(d->xid));
	describe(d, msg);
	if (!d->capable && dhcp4_asks(msg, DHCP4_OPT_V6ONLY)) {
		d->capable = true;
		a->capable++;
		*news = true;
	}
	return d;
}

struct adoption_device *adoption_find(const struct adoption *a,
				      const struct dhcp4_msg *msg)
{
	uint8_t key[DHCP4_KEY_LEN];

	return keytab_find(a->devices, key, dhcp4_key(msg, key));
}

void adoption_told(struct adoption_device *d, uint64_t now, uint32_t wait)
{
	if (d->told && now - d->told < wait)
		d->early++;
	else
		d->early = 0;
	d->told = now;
	d->offers++;
}

const char *adoption_state(const struct adoption_device *d)
{
	switch (d->outcome) {
	case ADOPTION_TOLD:
	case ADOPTION_TOLD_ADDR:
		return d->early >= ADOPTION_LOOP ? "looping" : "settled";
	case ADOPTION_LEASED:
		return "leased";
	case ADOPTION_SILENCE:
		return d->transactions > 1 ? "starving" : "unanswered";
	default:
		return "seen";
	}
}

struct adoption_device *adoption_next(struct adoption *a,
				      struct adoption_device *d)
{
	return keytab_next(a->devices, d);
}

struct adoption_device *adoption_after(struct adoption *a,
				       struct adoption_device *d)
{
	return keytab_prev(a->devices, d);
}

struct adoption_device *adoption_put(struct adoption *a, const uint8_t *key,
				     size_t len,
				     const struct adoption_device *device)
{
	struct adoption_device *d;
	bool made;

	d = keytab_get(a->devices, key, len, &made);
	if (!d)
		return NULL;
	a->capable += device->capable;
	a->capable -= d->capable;
	*d = *device;
	return d;
}

unsigned int adoption_devices(const struct adoption *a)
{
	return keytab_count(a->devices);
}

unsigned int adoption_capable(const struct adoption *a)
{
	return a->capable;
}

uint64_t adoption_forgotten(const struct adoption *a)
{
	return keytab_evicted(a->devices);
}

unsigned int adoption_permille(unsigned int part, unsigned int all)
{
	if (!all)
		return 0;
	return (unsigned int)(((uint64_t)part * 2000 + all) / (2 * (uint64_t)all));
}
