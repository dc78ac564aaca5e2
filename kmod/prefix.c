// SPDX-License-Identifier: GPL-2.0
#include "prefix.h"

#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "gfp.h"
#include "uapi/linux/nat64.h"

#define U_OCTET		8	/* RFC 6052 section 2.2 */

static bool covers4(__be32 net, u8 len, __be32 addr)
{
	return !((net ^ addr) & inet_make_mask(len));
}

/**
 * nat64_reach_set() - find out what addresses in prefixes have in common
 * @r: written
 * @set: prefixes, or NULL: then nothing but the unspecified address is left,
 *	which no packet goes to
 *
 * Any context.
 */
void nat64_reach_set(struct nat64_reach *r, const struct nat64_prefix_set *set)
{
	unsigned int i, len = 128;
	struct in6_addr ones;

	memset(&ones, 0xff, sizeof(ones));
	memset(r, 0, sizeof(*r));
	r->mask = ones;
	if (!set)
		return;
	for (i = 0; i < set->n; i++)
		len = min3(len, (unsigned int)set->e[i].p.len,
			   (unsigned int)ipv6_addr_diff(&set->e[i].p.addr,
							&set->e[0].p.addr));
	ipv6_addr_prefix(&r->addr, &set->e[0].p.addr, len);
	ipv6_addr_prefix(&r->mask, &ones, len);
	r->whole = set->n == 1;
}

/**
 * nat64_prefix_for4() - find the prefix to embed an IPv4 address in
 * @set: prefixes, or NULL
 * @addr4: network byte order
 * @wkp: it may be 64:ff9b::/96
 *
 * Return: of the prefixes that stand for @addr4 the one that says so most
 * closely, among equals the one configured first; or NULL. Any context, under
 * RCU. RFC 7915 section 6.
 */
const struct nat64_prefix_entry *
nat64_prefix_for4(const struct nat64_prefix_set *set, __be32 addr4, bool wkp)
{
	const struct nat64_prefix_entry *e, *best = NULL;
	unsigned int i;

	if (!set)
		return NULL;
	for (i = 0; i < set->n; i++) {
		e = nat64_prefix_at(set, i);
		if (covers4(e->addr4, e->len4, addr4) &&
		    (wkp || !nat64_prefix_is_wkp(&e->p)) &&
		    (!best || e->len4 > best->len4))
			best = e;
	}
	return best;
}

static int find_exact(const struct nat64_prefix_set *set,
		      const struct nat64_prefix *p)
{
	unsigned int i;

	for (i = 0; set && i < set->n; i++)
		if (set->e[i].p.len == p->len &&
		    ipv6_addr_equal(&set->e[i].p.addr, &p->addr))
			return i;
	return -ENOENT;
}

/**
 * nat64_prefix_has() - tell whether a set has a prefix
 * @set: prefixes, or NULL
 * @p: the prefix
 *
 * Return: true if it has this very prefix.
 */
bool nat64_prefix_has(const struct nat64_prefix_set *set,
		      const struct nat64_prefix *p)
{
	return find_exact(set, p) >= 0;
}

/**
 * nat64_prefix_at() - a prefix of a set
 * @set: prefixes
 * @i: which, in the order of configuration
 */
const struct nat64_prefix_entry *
nat64_prefix_at(const struct nat64_prefix_set *set, unsigned int i)
{
	return &set->e[set->order[i]];
}

static bool host_bits6(const struct nat64_prefix *p)
{
	struct in6_addr net;

	ipv6_addr_prefix(&net, &p->addr, p->len);
	return !ipv6_addr_equal(&net, &p->addr);
}

int nat64_prefix_check(const struct nat64_prefix_entry *e,
		       struct netlink_ext_ack *extack)
{
	if (e->p.len > 96) {
		NL_SET_ERR_MSG(extack, "prefix is too long: an IPv4 address has to fit behind it, so 96 bits are the most");
		return NAT64_A_PREFIX_LEN;
	}
	if (!nat64_prefix_len_valid(e->p.len)) {
		NL_SET_ERR_MSG(extack, "prefix length must be 32, 40, 48, 56, 64 or 96");
		return NAT64_A_PREFIX_LEN;
	}
	if (host_bits6(&e->p)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set past its length");
		return NAT64_A_PREFIX_ADDR;
	}
	if (e->p.addr.s6_addr[U_OCTET]) {
		NL_SET_ERR_MSG(extack, "bits 64 to 71 of a /96 prefix must be zero");
		return NAT64_A_PREFIX_ADDR;
	}
	if (!nat64_prefix_valid(&e->p) || ipv6_addr_any(&e->p.addr) ||
	    ipv6_addr_v4mapped(&e->p.addr)) {
		NL_SET_ERR_MSG(extack, "prefix must be of global or unique local unicast addresses");
		return NAT64_A_PREFIX_ADDR;
	}
	if (e->addr4 & ~inet_make_mask(e->len4)) {
		NL_SET_ERR_MSG(extack, "IPv4 prefix has bits set past its length");
		return NAT64_A_PREFIX_ADDR4;
	}
	return 0;
}

static struct nat64_prefix_set *set_alloc(unsigned int n)
{
	struct nat64_prefix_set *set;
	size_t size;

	BUILD_BUG_ON(NAT64_PREFIX_SET_MAX > U16_MAX);

	size = struct_size(set, e, n);
	set = kzalloc(size + n * sizeof(*set->order), NAT64_GFP);
	if (!set)
		return NULL;
	set->n = n;
	set->order = (void *)set + size;
	return set;
}

/**
 * nat64_prefix_set_add() - copy a set and add a prefix
 * @old: the set, NULL if empty
 * @e: the prefix, which passed nat64_prefix_check()
 * @extack: says what is wrong
 *
 * Return: the copy; ERR_PTR() of -EEXIST, -ENOSPC, -ENOMEM. Process context.
 */
struct nat64_prefix_set *
nat64_prefix_set_add(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack)
{
	unsigned int n = old ? old->n : 0, pos = 0, i;
	struct nat64_prefix_set *set;

	if (nat64_prefix_has(old, &e->p)) {
		NL_SET_ERR_MSG(extack, "the instance has this prefix already");
		return ERR_PTR(-EEXIST);
	}
	if (n == NAT64_PREFIX_SET_MAX) {
		NL_SET_ERR_MSG(extack, "the instance has as many prefixes as it can hold");
		return ERR_PTR(-ENOSPC);
	}
	set = set_alloc(n + 1);
	if (!set)
		return ERR_PTR(-ENOMEM);

	while (pos < n && old->e[pos].p.len >= e->p.len)
		pos++;
	for (i = 0; i < n; i++) {
		set->e[i + (i >= pos)] = old->e[i];
		set->order[i] = old->order[i] + (old->order[i] >= pos);
	}
	set->e[pos] = *e;
	set->order[n] = pos;
	return set;
}

/**
 * nat64_prefix_set_del() - copy a set without a prefix
 * @old: the set, NULL if empty
 * @e: the prefix; what it stands for does not matter
 * @extack: says what is wrong
 *
 * Return: the copy, NULL if it is empty; ERR_PTR() of -ENOENT, -ENOMEM. Process
 * context.
 */
struct nat64_prefix_set *
nat64_prefix_set_del(const struct nat64_prefix_set *old,
		     const struct nat64_prefix_entry *e,
		     struct netlink_ext_ack *extack)
{
	struct nat64_prefix_set *set;
	unsigned int i, n = 0;
	int pos;

	pos = find_exact(old, &e->p);
	if (pos < 0) {
		NL_SET_ERR_MSG(extack, "the instance does not have this prefix");
		return ERR_PTR(-ENOENT);
	}
	if (old->n == 1)
		return NULL;
	set = set_alloc(old->n - 1);
	if (!set)
		return ERR_PTR(-ENOMEM);

	for (i = 0; i < old->n; i++) {
		if (i != pos)
			set->e[i - (i > pos)] = old->e[i];
		if (old->order[i] != pos)
			set->order[n++] = old->order[i] - (old->order[i] > pos);
	}
	return set;
}

/*
 * Prefixes nest or are disjoint, and sorted by address with the shorter first
 * an enclosing one comes before what it encloses. So the last that starts at
 * or before an address is the one that covers it, or lies in that one, or
 * nothing covers it: @up leads from each to the next that encloses it.
 */
static const struct nat64_deny4_entry *
last_before(const struct nat64_deny4 *d, __be32 addr)
{
	unsigned int lo = 0, hi = d->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ntohl(d->e[mid].addr) <= ntohl(addr))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &d->e[lo - 1] : NULL;
}

/**
 * nat64_deny4_match() - tell whether an IPv4 address is never translated
 * @d: denied prefixes, or NULL
 * @addr: network byte order
 *
 * Return: true if so. Any context, under RCU.
 */
bool nat64_deny4_match(const struct nat64_deny4 *d, __be32 addr)
{
	const struct nat64_deny4_entry *e;

	if (!d)
		return false;
	for (e = last_before(d, addr); e; e = e->up ? e - e->up : NULL)
		if (covers4(e->addr, e->len, addr))
			return true;
	return false;
}

/**
 * nat64_deny4_check() - tell whether an IPv4 prefix makes sense by itself
 * @e: the prefix
 * @extack: says what would be right
 *
 * Return: 0, or the NAT64_A_DENY4_ attribute at fault.
 */
int nat64_deny4_check(const struct nat64_deny4_entry *e,
		      struct netlink_ext_ack *extack)
{
	if (e->addr & ~inet_make_mask(e->len)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set past its length");
		return NAT64_A_DENY4_ADDR;
	}
	return 0;
}

static bool deny4_less(const struct nat64_deny4_entry *a,
		       const struct nat64_deny4_entry *b)
{
	if (a->addr != b->addr)
		return ntohl(a->addr) < ntohl(b->addr);
	return a->len < b->len;
}

static void deny4_link(struct nat64_deny4 *d)
{
	struct nat64_deny4_entry *e, *up;

	for (e = d->e; e < d->e + d->n; e++) {
		e->up = 0;
		up = e == d->e ? NULL : e - 1;
		while (up && !covers4(up->addr, up->len, e->addr))
			up = up->up ? up - up->up : NULL;
		if (up)
			e->up = e - up;
	}
}

static unsigned int deny4_position(const struct nat64_deny4 *d,
				   const struct nat64_deny4_entry *e)
{
	unsigned int lo = 0, hi = d ? d->n : 0, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (deny4_less(&d->e[mid], e))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool deny4_is(const struct nat64_deny4 *d, unsigned int i,
		     const struct nat64_deny4_entry *e)
{
	return d && i < d->n && d->e[i].addr == e->addr &&
	       d->e[i].len == e->len;
}

/**
 * nat64_deny4_add() - copy the denied prefixes and add one
 * @old: denied prefixes, NULL if there are none
 * @e: the prefix, which passed nat64_deny4_check()
 * @extack: says what is wrong
 *
 * Return: the copy; ERR_PTR() of -EEXIST, -ENOSPC, -ENOMEM. Process context.
 */
struct nat64_deny4 *nat64_deny4_add(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack)
{
	unsigned int n = old ? old->n : 0, pos;
	struct nat64_deny4 *d;

	pos = deny4_position(old, e);
	if (deny4_is(old, pos, e)) {
		NL_SET_ERR_MSG(extack, "the instance denies this prefix already");
		return ERR_PTR(-EEXIST);
	}
	if (n == NAT64_DENY4_MAX) {
		NL_SET_ERR_MSG(extack, "the instance denies as many prefixes as it can hold");
		return ERR_PTR(-ENOSPC);
	}
	d = kvmalloc(struct_size(d, e, n + 1), NAT64_GFP);
	if (!d)
		return ERR_PTR(-ENOMEM);

	d->n = n + 1;
	if (old) {
		memcpy(d->e, old->e, pos * sizeof(*e));
		memcpy(d->e + pos + 1, old->e + pos, (n - pos) * sizeof(*e));
	}
	d->e[pos] = *e;
	deny4_link(d);
	return d;
}

/**
 * nat64_deny4_del() - copy the denied prefixes without one
 * @old: denied prefixes, NULL if there are none
 * @e: the prefix
 * @extack: says what is wrong
 *
 * Return: the copy, NULL if it is empty; ERR_PTR() of -ENOENT, -ENOMEM. Process
 * context.
 */
struct nat64_deny4 *nat64_deny4_del(const struct nat64_deny4 *old,
				    const struct nat64_deny4_entry *e,
				    struct netlink_ext_ack *extack)
{
	struct nat64_deny4 *d;
	unsigned int pos;

	pos = deny4_position(old, e);
	if (!deny4_is(old, pos, e)) {
		NL_SET_ERR_MSG(extack, "the instance does not deny this prefix");
		return ERR_PTR(-ENOENT);
	}
	if (old->n == 1)
		return NULL;
	d = kvmalloc(struct_size(d, e, old->n - 1), NAT64_GFP);
	if (!d)
		return ERR_PTR(-ENOMEM);

	d->n = old->n - 1;
	memcpy(d->e, old->e, pos * sizeof(*e));
	memcpy(d->e + pos, old->e + pos + 1, (d->n - pos) * sizeof(*e));
	deny4_link(d);
	return d;
}
