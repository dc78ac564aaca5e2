// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit address mappings.
 *
 * A table has the same mappings twice, sorted by IPv4 and by IPv6 prefix.
 * Prefixes nest or are disjoint, and with the shorter first among those of one
 * address an enclosing prefix comes before what it encloses. So the last one
 * that starts at or before an address covers it, or lies in the one that does:
 * @up leads from each to the next that encloses it. That makes the longest
 * match a binary search and, rarely, a few steps up.
 */
#include "eam.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "gfp.h"
#include "uapi/linux/nat64.h"

/* One mapping as one side has it; @up: distance, 0 if nothing encloses it. */
struct entry {
	struct nat64_eam e;
	u32 up;
};

enum side { BY4, BY6, __SIDES };

struct nat64_eam_table {
	unsigned int n;
	struct entry *by[__SIDES];
	struct entry node[];	/* both */
};

static bool covers4(const struct nat64_eam *e, __be32 addr4)
{
	return !((e->addr4 ^ addr4) & inet_make_mask(e->len4));
}

static bool covers6(const struct nat64_eam *e, const struct in6_addr *addr6)
{
	return ipv6_prefix_equal(&e->addr6, addr6, e->len6);
}

static int cmp(const struct nat64_eam *a, const struct nat64_eam *b,
	       enum side side)
{
	if (side == BY6)
		return ipv6_addr_cmp(&a->addr6, &b->addr6) ?:
		       a->len6 - b->len6;
	if (a->addr4 != b->addr4)
		return ntohl(a->addr4) < ntohl(b->addr4) ? -1 : 1;
	return a->len4 - b->len4;
}

/**
 * nat64_eam_count() - how many mappings a table has
 * @t: the table, or NULL
 */
unsigned int nat64_eam_count(const struct nat64_eam_table *t)
{
	return t ? t->n : 0;
}

/**
 * nat64_eam_at() - a mapping of a table
 * @t: the table
 * @i: which, in the order of IPv4 prefixes
 */
const struct nat64_eam *nat64_eam_at(const struct nat64_eam_table *t,
				     unsigned int i)
{
	return &t->by[BY4][i].e;
}

static const struct entry *find4(const struct nat64_eam_table *t, __be32 addr4)
{
	unsigned int lo = 0, hi = t->n, mid;
	u32 host = ntohl(addr4);
	const struct entry *node;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ntohl(t->by[BY4][mid].e.addr4) <= host)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	for (node = &t->by[BY4][lo - 1]; !covers4(&node->e, addr4);
	     node -= node->up)
		if (!node->up)
			return NULL;
	return node;
}

static const struct entry *find6(const struct nat64_eam_table *t,
				 const struct in6_addr *addr6)
{
	unsigned int lo = 0, hi = t->n, mid;
	const struct entry *node;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ipv6_addr_cmp(&t->by[BY6][mid].e.addr6, addr6) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	for (node = &t->by[BY6][lo - 1]; !covers6(&node->e, addr6);
	     node -= node->up)
		if (!node->up)
			return NULL;
	return node;
}

/* The 32 bits of @addr6 from bit @pos on, those past its end zero. */
static u32 get_bits(const struct in6_addr *addr6, unsigned int pos)
{
	unsigned int word = pos / 32, shift = pos % 32;
	u64 bits;

	if (word > 3)
		return 0;
	bits = (u64)ntohl(addr6->s6_addr32[word]) << 32;
	if (word < 3)
		bits |= ntohl(addr6->s6_addr32[word + 1]);
	return bits << shift >> 32;
}

/* Or @bits into @addr6 from bit @pos on; those past its end must be zero. */
static void or_bits(struct in6_addr *addr6, unsigned int pos, u32 bits)
{
	unsigned int word = pos / 32, shift = pos % 32;
	u64 shifted = (u64)bits << 32 >> shift;

	if (word > 3)
		return;
	addr6->s6_addr32[word] |= htonl(shifted >> 32);
	if (word < 3)
		addr6->s6_addr32[word + 1] |= htonl((u32)shifted);
}

/**
 * nat64_eam_46() - map an IPv4 address
 * @t: mappings, or NULL
 * @addr4: network byte order
 * @addr6: where to write the IPv6 address
 *
 * The bits of @addr4 past the prefix follow the IPv6 prefix at once, zeros fill
 * the rest. RFC 7757 section 3.3.1 (I-05). Any context, under RCU.
 *
 * Return: true if a mapping covers @addr4; else @addr6 is left alone.
 */
bool nat64_eam_46(const struct nat64_eam_table *t, __be32 addr4,
		  struct in6_addr *addr6)
{
	const struct entry *node;
	u32 suffix;

	node = t ? find4(t, addr4) : NULL;
	if (!node)
		return false;
	suffix = ntohl(addr4 & ~inet_make_mask(node->e.len4));
	*addr6 = node->e.addr6;
	/* a /32 has no suffix, and a shift by 32 would not be defined */
	if (node->e.len4 < 32)
		or_bits(addr6, node->e.len6, suffix << node->e.len4);
	return true;
}

/**
 * nat64_eam_64() - map an IPv6 address
 * @t: mappings, or NULL
 * @addr6: network byte order
 * @addr4: where to write the IPv4 address, network byte order
 *
 * The bits past the IPv6 prefix follow the IPv4 prefix, what does not fit is
 * cut off. RFC 7757 section 3.3.2 (I-06). Any context, under RCU.
 *
 * Return: true if a mapping covers @addr6; else @addr4 is left alone.
 */
bool nat64_eam_64(const struct nat64_eam_table *t, const struct in6_addr *addr6,
		  __be32 *addr4)
{
	const struct entry *node;

	node = t ? find6(t, addr6) : NULL;
	if (!node)
		return false;
	*addr4 = node->e.addr4;
	if (node->e.len4 < 32)
		*addr4 |= htonl(get_bits(addr6, node->e.len6) >>
				node->e.len4);
	return true;
}

int nat64_eam_len4(const struct nat64_eam_table *t, __be32 addr4)
{
	const struct entry *node = t ? find4(t, addr4) : NULL;

	return node ? node->e.len4 : -1;
}

int nat64_eam_len6(const struct nat64_eam_table *t,
		   const struct in6_addr *addr6)
{
	const struct entry *node = t ? find6(t, addr6) : NULL;

	return node ? node->e.len6 : -1;
}

int nat64_eam_check(const struct nat64_eam *e, struct netlink_ext_ack *extack)
{
	struct in6_addr net;

	if (e->addr4 & ~inet_make_mask(e->len4)) {
		NL_SET_ERR_MSG(extack, "IPv4 prefix has bits set past its length");
		return NAT64_A_EAM_ADDR4;
	}
	ipv6_addr_prefix(&net, &e->addr6, e->len6);
	if (!ipv6_addr_equal(&net, &e->addr6)) {
		NL_SET_ERR_MSG(extack, "IPv6 prefix has bits set past its length");
		return NAT64_A_EAM_ADDR6;
	}
	if (32 - e->len4 > 128 - e->len6) {
		NL_SET_ERR_MSG(extack, "IPv4 prefix has more addresses than the IPv6 prefix: lengthen it or shorten the other");
		return NAT64_A_EAM_LEN4;
	}
	return 0;
}

/*
 * An edit: the mappings of the base that go, and those that come. The latter
 * are kept sorted by either prefix, as both have to be unique.
 */
struct added {
	struct rb_node rb[__SIDES];
	struct nat64_eam e;
};

struct nat64_eam_edit {
	const struct nat64_eam_table *base;
	unsigned int n;				/* mappings after the edit */
	unsigned long *gone[__SIDES];		/* a bit per node of @base */
	struct rb_root added[__SIDES];
};

static struct added *added_of(const struct rb_node *rb, enum side side)
{
	return rb_entry(rb - side, struct added, rb[0]);
}

static int rb_cmp4(struct rb_node *a, const struct rb_node *b)
{
	return cmp(&added_of(a, BY4)->e, &added_of(b, BY4)->e, BY4);
}

static int rb_cmp6(struct rb_node *a, const struct rb_node *b)
{
	return cmp(&added_of(a, BY6)->e, &added_of(b, BY6)->e, BY6);
}

static int rb_key4(const void *key, const struct rb_node *b)
{
	return cmp(key, &added_of(b, BY4)->e, BY4);
}

/**
 * nat64_eam_edit_create() - begin to change a table
 * @base: the table as it is, NULL if empty; must outlive the edit
 *
 * Return: the edit, or NULL without memory. Process context.
 */
struct nat64_eam_edit *nat64_eam_edit_create(const struct nat64_eam_table *base)
{
	size_t longs = BITS_TO_LONGS(nat64_eam_count(base)) + 1;
	struct nat64_eam_edit *edit;
	enum side side;

	edit = kzalloc(sizeof(*edit), GFP_KERNEL);
	if (!edit)
		return NULL;
	edit->base = base;
	edit->n = nat64_eam_count(base);
	for (side = 0; side < __SIDES; side++) {
		edit->gone[side] = kvcalloc(longs, sizeof(long), NAT64_GFP);
		if (!edit->gone[side])
			goto destroy;
	}
	return edit;

destroy:
	nat64_eam_edit_destroy(edit);
	return NULL;
}

/**
 * nat64_eam_edit_destroy() - end an edit
 * @edit: the edit, or NULL; tables that it built stay. Process context
 */
void nat64_eam_edit_destroy(struct nat64_eam_edit *edit)
{
	struct added *a, *next;

	if (!edit)
		return;
	rbtree_postorder_for_each_entry_safe(a, next, &edit->added[BY4],
					     rb[BY4])
		kfree(a);
	kvfree(edit->gone[BY6]);
	kvfree(edit->gone[BY4]);
	kfree(edit);
}

/* Where the base has the very prefix of @e on one side and keeps it. */
static int kept(const struct nat64_eam_edit *edit, const struct nat64_eam *e,
		enum side side)
{
	unsigned int lo = 0, hi = nat64_eam_count(edit->base), mid;
	int diff;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		diff = cmp(&edit->base->by[side][mid].e, e, side);
		if (!diff)
			return test_bit(mid, edit->gone[side]) ? -ENOENT : mid;
		if (diff < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -ENOENT;
}

/**
 * nat64_eam_edit_add() - add a mapping that passed nat64_eam_check()
 * @edit: the edit
 * @e: the mapping
 * @extack: says what is wrong
 *
 * Return: 0; -EEXIST if another mapping has the same IPv4 or IPv6 prefix
 * (I-13); -ENOSPC; -ENOMEM. Process context.
 */
int nat64_eam_edit_add(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack)
{
	struct added *a;

	if (edit->n == NAT64_EAM_MAX) {
		NL_SET_ERR_MSG(extack, "the instance has as many mappings as it can hold");
		return -ENOSPC;
	}
	a = kmalloc(sizeof(*a), NAT64_GFP);
	if (!a)
		return -ENOMEM;
	a->e = *e;
	if (kept(edit, e, BY4) >= 0 ||
	    rb_find_add(&a->rb[BY4], &edit->added[BY4], rb_cmp4)) {
		NL_SET_ERR_MSG(extack, "another mapping has this IPv4 prefix");
		goto free;
	}
	if (kept(edit, e, BY6) >= 0 ||
	    rb_find_add(&a->rb[BY6], &edit->added[BY6], rb_cmp6)) {
		NL_SET_ERR_MSG(extack, "another mapping has this IPv6 prefix");
		goto erase4;
	}
	edit->n++;
	return 0;

erase4:
	rb_erase(&a->rb[BY4], &edit->added[BY4]);
free:
	kfree(a);
	return -EEXIST;
}

static bool del_added(struct nat64_eam_edit *edit, const struct nat64_eam *e)
{
	struct rb_node *rb;
	struct added *a;

	rb = rb_find(e, &edit->added[BY4], rb_key4);
	if (!rb)
		return false;
	a = added_of(rb, BY4);
	if (cmp(&a->e, e, BY6))
		return false;
	rb_erase(&a->rb[BY4], &edit->added[BY4]);
	rb_erase(&a->rb[BY6], &edit->added[BY6]);
	kfree(a);
	return true;
}

/**
 * nat64_eam_edit_del() - remove a mapping
 * @edit: the edit
 * @e: the mapping, both prefixes as they were added
 * @extack: says what is wrong
 *
 * Return: 0 or -ENOENT. Process context.
 */
int nat64_eam_edit_del(struct nat64_eam_edit *edit, const struct nat64_eam *e,
		       struct netlink_ext_ack *extack)
{
	int i4 = kept(edit, e, BY4), i6 = kept(edit, e, BY6);

	if (i4 >= 0 && i6 >= 0 && !cmp(&edit->base->by[BY4][i4].e, e, BY6)) {
		__set_bit(i4, edit->gone[BY4]);
		__set_bit(i6, edit->gone[BY6]);
	} else if (!del_added(edit, e)) {
		NL_SET_ERR_MSG(extack, "the instance does not have this mapping");
		return -ENOENT;
	}
	edit->n--;
	return 0;
}

/* Merge what stays of the base with what was added. */
static void merge(struct entry *out, const struct nat64_eam_edit *edit,
		  enum side side)
{
	struct rb_node *rb = rb_first(&edit->added[side]);
	const struct entry *base = NULL;
	unsigned int left = 0, i = 0;

	if (edit->base) {
		base = edit->base->by[side];
		left = edit->base->n -
		       bitmap_weight(edit->gone[side], edit->base->n);
	}
	while (left || rb) {
		while (left && test_bit(i, edit->gone[side]))
			i++;
		if (!left ||
		    (rb && cmp(&added_of(rb, side)->e, &base[i].e, side) < 0)) {
			out++->e = added_of(rb, side)->e;
			rb = rb_next(rb);
		} else {
			out++->e = base[i++].e;
			left--;
		}
	}
}

static bool encloses(const struct nat64_eam *a, const struct nat64_eam *b,
		     enum side side)
{
	return side == BY6 ? covers6(a, &b->addr6) : covers4(a, b->addr4);
}

static void link_up(struct entry *nodes, unsigned int n, enum side side)
{
	struct entry *node, *outer;

	nodes->up = 0;
	for (node = nodes + 1; node < nodes + n; node++) {
		outer = node - 1;
		while (!encloses(&outer->e, &node->e, side) && outer->up)
			outer -= outer->up;
		node->up = encloses(&outer->e, &node->e, side) ?
			   node - outer : 0;
	}
}

/**
 * nat64_eam_edit_build() - make the table that the edit describes
 * @edit: the edit, unchanged by this
 *
 * Return: the table, NULL if it has no mapping, or ERR_PTR(-ENOMEM). Process
 * context.
 */
struct nat64_eam_table *nat64_eam_edit_build(const struct nat64_eam_edit *edit)
{
	struct nat64_eam_table *t;
	enum side side;

	if (!edit->n)
		return NULL;
	t = kvmalloc(struct_size(t, node, __SIDES * (size_t)edit->n), NAT64_GFP);
	if (!t)
		return ERR_PTR(-ENOMEM);
	t->n = edit->n;
	for (side = 0; side < __SIDES; side++) {
		t->by[side] = t->node + side * (size_t)t->n;
		merge(t->by[side], edit, side);
		link_up(t->by[side], t->n, side);
	}
	return t;
}

/**
 * nat64_eam_free() - free a table that no packet sees
 * @t: the table, or NULL. Any context
 */
void nat64_eam_free(struct nat64_eam_table *t)
{
	kvfree(t);
}
