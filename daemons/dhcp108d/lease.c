// SPDX-License-Identifier: GPL-2.0
#include "lease.h"

#include "../common/clock.h"
#include "../common/keytab.h"
#include "../common/subnet4.h"

#include <stdlib.h>
#include <string.h>

/* As many addresses as the pools may have. */
#define MAX_LOST 65536

TAILQ_HEAD(lease_list, lease);

/**
 * struct leases - table of addresses
 * @entries: sorted by address
 * @count: of @entries
 * @lists: entries by state; the free ones by when they became free
 * @sizes: of @lists
 * @owners: from a client's key to its entry, never full
 * @reservations: the same for reserved entries, which keep their key
 * @lost: leases of addresses that are no entries, or are kept for others
 */
struct leases {
	struct lease *entries;
	unsigned int count;
	struct lease_list lists[LEASE_STATES];
	unsigned int sizes[LEASE_STATES];
	struct keytab *owners;
	struct keytab *reservations;
	struct keytab *lost;
};

static int compare(const void *x, const void *y)
{
	const struct lease *a = x;
	const struct lease *b = y;
	uint32_t i = ntohl(a->addr.s_addr);
	uint32_t j = ntohl(b->addr.s_addr);

	return i < j ? -1 : i > j;
}

static unsigned int room(const struct conf_dhcp *conf)
{
	unsigned int n = conf->nhosts;
	unsigned int i;

	for (i = 0; i < conf->npools; i++)
		n += conf->pools[i].last - conf->pools[i].first + 1;
	return n;
}

static struct lease *append(struct leases *l, struct in_addr addr)
{
	struct lease *e = &l->entries[l->count++];

	e->addr = addr;
	return e;
}

static void fill_pools(struct leases *l, const struct conf_dhcp *conf)
{
	unsigned int i;
	uint32_t a;

	for (i = 0; i < conf->npools; i++)
		for (a = conf->pools[i].first; a <= conf->pools[i].last; a++)
			append(l, (struct in_addr){ htonl(a) })->pooled = true;
	qsort(l->entries, l->count, sizeof(*l->entries), compare);
}

/* The key that dhcp4_key() makes of what the configuration says. */
static void host_owner(struct lease_owner *who, const struct conf_host *h)
{
	struct dhcp4_msg msg = { .htype = 1 };

	if (h->by_id) {
		msg.client_id.len = h->len;
		memcpy(msg.client_id.data, h->key, h->len);
	} else {
		msg.hlen = h->len;
		memcpy(msg.chaddr, h->key, h->len);
	}
	lease_owner_of(who, &msg);
}

static void set_state(struct leases *l, struct lease *e,
		      enum lease_state state, uint64_t until)
{
	struct lease *other;

	TAILQ_REMOVE(&l->lists[e->state], e, list);
	l->sizes[e->state]--;
	e->state = (uint8_t)state;
	e->until = until;
	l->sizes[state]++;
	if (state == LEASE_FREE) {
		TAILQ_INSERT_TAIL(&l->lists[state], e, list);
		return;
	}
	/* All ends of a state are as far away, but for a new configuration. */
	TAILQ_FOREACH_REVERSE(other, &l->lists[state], lease_list, list)
		if (other->until <= until)
			break;
	if (other)
		TAILQ_INSERT_AFTER(&l->lists[state], other, e, list);
	else
		TAILQ_INSERT_HEAD(&l->lists[state], e, list);
}

static void forget_owner(struct leases *l, struct lease *e)
{
	if (!e->key || e->reserved)
		return;
	keytab_del(l->owners, e->key, e->key_len);
	free(e->key);
	e->key = NULL;
	e->key_len = 0;
}

/* One lease for each client: a new one replaces the former. */
static void leave(struct leases *l, struct lease *before)
{
	free(before->key);
	before->key = NULL;
	before->key_len = 0;
	set_state(l, before, LEASE_FREE, 0);
}

static bool set_key(struct keytab *t, struct lease *e,
		    const struct lease_owner *who, struct lease **before)
{
	uint8_t *key = malloc(who->key_len);
	struct lease **slot;
	bool made;

	slot = key ? keytab_get(t, who->key, who->key_len, &made) : NULL;
	if (!slot) {
		free(key);
		return false;
	}
	*before = made ? NULL : *slot;
	*slot = e;
	memcpy(key, who->key, who->key_len);
	e->key = key;
	e->key_len = who->key_len;
	return true;
}

static bool set_owner(struct leases *l, struct lease *e,
		      const struct lease_owner *who)
{
	struct lease *before;

	if (lease_is_of(e, who))
		return true;
	forget_owner(l, e);
	if (!set_key(l->owners, e, who, &before))
		return false;
	if (before)
		leave(l, before);
	return true;
}

static bool reserve_all(struct leases *l, const struct conf_dhcp *conf)
{
	unsigned int pooled = l->count;
	struct lease_owner who;
	struct lease probe, *e, *before;
	unsigned int i;

	for (i = 0; i < conf->nhosts; i++) {
		probe.addr = conf->hosts[i].addr;
		e = bsearch(&probe, l->entries, pooled, sizeof(probe), compare);
		if (!e)
			e = append(l, probe.addr);
		e->reserved = true;
	}
	qsort(l->entries, l->count, sizeof(*l->entries), compare);
	for (i = 0; i < l->count; i++)
		TAILQ_INSERT_TAIL(&l->lists[LEASE_FREE], &l->entries[i], list);
	l->sizes[LEASE_FREE] = l->count;
	for (i = 0; i < conf->nhosts; i++) {
		host_owner(&who, &conf->hosts[i]);
		if (!set_key(l->reservations,
			     leases_at(l, conf->hosts[i].addr), &who, &before))
			return false;
	}
	return true;
}

struct leases *leases_new(const struct conf_dhcp *conf)
{
	struct leases *l = calloc(1, sizeof(*l));
	unsigned int n = room(conf);
	unsigned int i;

	if (!l)
		return NULL;
	for (i = 0; i < LEASE_STATES; i++)
		TAILQ_INIT(&l->lists[i]);
	l->entries = calloc(n + 1, sizeof(*l->entries));
	l->owners = keytab_new(sizeof(struct lease *), n + 1, NULL, NULL);
	l->reservations = keytab_new(sizeof(struct lease *),
				     conf->nhosts + 1, NULL, NULL);
	l->lost = keytab_new(sizeof(struct lease_lost), MAX_LOST, NULL, NULL);
	if (!l->entries || !l->owners || !l->reservations || !l->lost)
		goto err;
	fill_pools(l, conf);
	if (reserve_all(l, conf))
		return l;
err:
	leases_free(l);
	return NULL;
}

void leases_free(struct leases *l)
{
	unsigned int i;

	if (!l)
		return;
	for (i = 0; i < l->count; i++) {
		free(l->entries[i].key);
		free(l->entries[i].holder);
	}
	free(l->entries);
	keytab_free(l->owners);
	keytab_free(l->reservations);
	keytab_free(l->lost);
	free(l);
}

void lease_owner_of(struct lease_owner *who, const struct dhcp4_msg *msg)
{
	who->key_len = (uint16_t)dhcp4_key(msg, who->key);
	who->mac_len = msg->hlen;
	memcpy(who->mac, msg->chaddr, sizeof(who->mac));
}

bool lease_is_of(const struct lease *lease, const struct lease_owner *who)
{
	return lease->key && lease->key_len == who->key_len &&
	       !memcmp(lease->key, who->key, who->key_len);
}

struct lease *leases_at(struct leases *l, struct in_addr addr)
{
	struct lease probe = { .addr = addr };

	return bsearch(&probe, l->entries, l->count, sizeof(probe), compare);
}

static struct lease *look_up(const struct keytab *t,
			     const struct lease_owner *who)
{
	struct lease **slot = keytab_find(t, who->key, who->key_len);

	return slot ? *slot : NULL;
}

static size_t lost_key(uint8_t *key, struct in_addr addr,
		       const struct lease_owner *who)
{
	memcpy(key, &addr, sizeof(addr));
	memcpy(key + sizeof(addr), who->key, who->key_len);
	return sizeof(addr) + who->key_len;
}

void leases_lose(struct leases *l, const struct lease_lost *lost, uint64_t now)
{
	uint8_t key[sizeof(lost->addr) + DHCP4_KEY_LEN];
	size_t len = lost_key(key, lost->addr, &lost->who);
	struct lease_lost *value;
	bool made;

	if (lost->until <= now) {
		keytab_del(l->lost, key, len);
		return;
	}
	value = keytab_get(l->lost, key, len, &made);
	if (value)
		*value = *lost;
}

bool leases_lost(const struct leases *l, struct in_addr addr,
		 const struct lease_owner *who, uint64_t now)
{
	uint8_t key[sizeof(addr) + DHCP4_KEY_LEN];
	const struct lease_lost *lost;

	lost = keytab_find(l->lost, key, lost_key(key, addr, who));
	return lost && lost->until > now;
}

const struct lease_lost *leases_next_lost(struct leases *l,
					  const struct lease_lost *lost)
{
	return keytab_prev(l->lost, (void *)lost);
}

void lease_holder(const struct lease *lease, struct lease_owner *who)
{
	const uint8_t *key = lease->holder ? lease->holder : lease->key;

	who->key_len = lease->holder ? lease->holder_len : lease->key_len;
	if (key)
		memcpy(who->key, key, who->key_len);
	memcpy(who->mac, lease->mac, sizeof(who->mac));
	who->mac_len = lease->mac_len;
}

static void take_over(struct leases *l, const struct lease *from)
{
	struct lease *e = leases_at(l, from->addr);
	struct lease_lost lost = { from->addr, .until = from->until };

	if (from->state == LEASE_DECLINED && e)
		leases_decline(l, e, from->until);
	if (from->state == LEASE_DECLINED || !from->key)
		return;
	lease_holder(from, &lost.who);
	if (!e || !lease_open_to(e, &lost.who)) {
		if (from->state == LEASE_BOUND)
			leases_lose(l, &lost, 0);
		return;
	}
	if (!leases_take(l, e, &lost.who, LEASE_OFFERED, from->until))
		return;
	e->unproved = from->unproved;
	set_state(l, e, from->state, from->until);
}

/* Not from a client that has another lease meanwhile. */
static void find_again(struct leases *l, const struct lease_lost *lost)
{
	const struct lease *now = look_up(l->owners, &lost->who);
	struct lease *e = leases_at(l, lost->addr);

	if (!e || (now && now->state == LEASE_BOUND) ||
	    !lease_open_to(e, &lost->who) ||
	    !leases_take(l, e, &lost->who, LEASE_BOUND, lost->until))
		leases_lose(l, lost, 0);
}

void leases_take_over(struct leases *l, struct leases *from)
{
	const struct lease_lost *lost = NULL;
	unsigned int i;

	for (i = 0; i < from->count; i++)
		take_over(l, &from->entries[i]);
	while ((lost = leases_next_lost(from, lost)))
		find_again(l, lost);
}

struct lease *leases_of(struct leases *l, const struct lease_owner *who)
{
	struct lease *e = look_up(l->owners, who);

	return e ? e : look_up(l->reservations, who);
}

/*
 * A reservation by hardware address holds for a client that sends an
 * identifier as well: most people know the former only.
 */
bool lease_belongs_to(const struct lease *lease, const struct lease_owner *who)
{
	if (lease_is_of(lease, who))
		return true;
	return lease->reserved && lease->key &&
	       lease->key_len == 2u + who->mac_len && lease->key[0] == 1 &&
	       !memcmp(lease->key + 2, who->mac, who->mac_len);
}

bool lease_open_to(const struct lease *lease, const struct lease_owner *who)
{
	if (lease->state == LEASE_DECLINED)
		return false;
	return lease_belongs_to(lease, who) ||
	       (lease->state == LEASE_FREE && !lease->reserved);
}

static bool inside(const struct lease *e, const struct conf_subnet *subnet)
{
	return !subnet || subnet4_same(e->addr, subnet->addr, subnet->len);
}

struct lease *leases_reserved(struct leases *l, const struct lease_owner *who)
{
	struct lease_owner hardware = { .key = { 1, 1 } };
	struct lease *e = look_up(l->reservations, who);

	memcpy(hardware.key + 2, who->mac, who->mac_len);
	hardware.key_len = (uint16_t)(2 + who->mac_len);
	return e ? e : look_up(l->reservations, &hardware);
}

static bool usable(const struct lease *e, const struct conf_subnet *subnet)
{
	return e && e->state != LEASE_DECLINED && inside(e, subnet);
}

static struct lease *own(struct leases *l, const struct lease_owner *who,
			 const struct conf_subnet *subnet)
{
	struct lease *e = leases_reserved(l, who);

	if (usable(e, subnet))
		return e;
	e = look_up(l->owners, who);
	return usable(e, subnet) ? e : NULL;
}

/* Those never used stand in front of those given back. */
static struct lease *any_free(struct leases *l,
			      const struct conf_subnet *subnet)
{
	struct lease *e;

	TAILQ_FOREACH(e, &l->lists[LEASE_FREE], list)
		if (!e->reserved && inside(e, subnet))
			return e;
	return NULL;
}

struct lease *leases_pick(struct leases *l, const struct lease_owner *who,
			  struct in_addr wish, const struct conf_subnet *subnet)
{
	struct lease *e = own(l, who, subnet);

	if (e)
		return e;
	e = wish.s_addr ? leases_at(l, wish) : NULL;
	if (e && e->pooled && inside(e, subnet) && lease_open_to(e, who))
		return e;
	return any_free(l, subnet);
}

/*
 * Reservations keep the key that the configuration gave them. What else the
 * client had ends as it would with an address of a pool.
 */
static bool hold(struct leases *l, struct lease *e,
		 const struct lease_owner *who, enum lease_state state)
{
	struct lease *before = look_up(l->owners, who);
	uint8_t *holder = NULL;

	if (!lease_is_of(e, who)) {
		holder = malloc(who->key_len);
		if (!holder)
			return false;
		memcpy(holder, who->key, who->key_len);
	}
	free(e->holder);
	e->holder = holder;
	e->holder_len = holder ? who->key_len : 0;
	if (before && before->state == LEASE_BOUND && state == LEASE_BOUND)
		leases_release(l, before);
	return true;
}

bool leases_take(struct leases *l, struct lease *lease,
		 const struct lease_owner *who, enum lease_state state,
		 uint64_t until)
{
	if (!(lease->reserved ? hold(l, lease, who, state) :
				set_owner(l, lease, who)))
		return false;
	lease->mac_len = who->mac_len;
	memcpy(lease->mac, who->mac, sizeof(lease->mac));
	set_state(l, lease, state, until);
	return true;
}

void leases_release(struct leases *l, struct lease *lease)
{
	set_state(l, lease, LEASE_FREE, 0);
}

void leases_decline(struct leases *l, struct lease *lease, uint64_t until)
{
	forget_owner(l, lease);
	set_state(l, lease, LEASE_DECLINED, until);
	if (l->sizes[LEASE_DECLINED] * 2 > l->count + 1)
		leases_release(l, TAILQ_FIRST(&l->lists[LEASE_DECLINED]));
}

unsigned int leases_expire(struct leases *l, uint64_t now, unsigned int most)
{
	unsigned int done = 0;
	unsigned int state;
	struct lease *e;

	for (state = LEASE_OFFERED; state < LEASE_STATES; state++)
		while (done < most && (e = TAILQ_FIRST(&l->lists[state])) &&
		       e->until <= now) {
			leases_release(l, e);
			done++;
		}
	return done;
}

unsigned int leases_hasten(struct leases *l, uint64_t before)
{
	struct lease_list *offers = &l->lists[LEASE_OFFERED];
	unsigned int done = 0;

	while (done < 64 && !TAILQ_EMPTY(offers) &&
	       TAILQ_FIRST(offers)->until < before) {
		leases_release(l, TAILQ_FIRST(offers));
		done++;
	}
	return done;
}

uint64_t leases_next(const struct leases *l)
{
	uint64_t next = CLOCK_NEVER;
	const struct lease *e;
	unsigned int state;

	for (state = LEASE_OFFERED; state < LEASE_STATES; state++) {
		e = TAILQ_FIRST(&l->lists[state]);
		if (e && e->until < next)
			next = e->until;
	}
	return next;
}

unsigned int leases_count(const struct leases *l, enum lease_state state)
{
	return l->sizes[state];
}

unsigned int leases_total(const struct leases *l)
{
	return l->count;
}

struct lease *leases_entry(struct leases *l, unsigned int i)
{
	return i < l->count ? &l->entries[i] : NULL;
}

const char *lease_state_name(enum lease_state state)
{
	static const char *const names[LEASE_STATES] = {
		[LEASE_FREE] = "free",
		[LEASE_OFFERED] = "offered",
		[LEASE_BOUND] = "bound",
		[LEASE_DECLINED] = "declined",
	};

	return names[state];
}
