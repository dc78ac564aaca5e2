/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions, RFC 6146 section 3.2, and the state of a stateful instance. */
#ifndef NAT64_SESSION_H
#define NAT64_SESSION_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/llist.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "bib.h"
#include "flow.h"
#include "hash.h"
#include "hold.h"
#include "portblock.h"
#include "stats.h"
#include "subscriber.h"
#include "uapi/linux/nat64.h"
#include "way.h"
#include "xlat/drop.h"
#include "xlat/tcp.h"
#include "xlat/tuple.h"

struct nat64_config;
struct nat64_settings;
struct nat64_syns;
struct nat64_xlat;

/**
 * struct nat64_session - one flow, both sides of it
 * @node6: in the table of the IPv6 side, by @t6
 * @node4: in the table of the IPv4 side, by @t4
 * @bib_node: in @bib->sessions
 * @bib: the binding; lives as long as the session is linked
 * @t6: as packets of the IPv6 host have it: source the host, destination the
 *	IPv4 host embedded in the prefix that it used (A-22, H-09)
 * @t4: as packets of the IPv4 host have it: source the IPv4 host, destination
 *	the pool4 transport address
 * @delta64: what an address and port change adds to a transport checksum on
 *	the way to IPv4; the other way it is taken away. ICMP: 0
 * @expires: jiffies; up to a second late, never early (H-113)
 * @state: enum nat64_tcp; TCP only. Written under the lock of @bib, read
 *	without
 * @dead: unlinked
 * @counted: a struct nat64_tally lies behind it
 * @way64: route to the IPv4 host
 * @way46: route to the IPv6 host
 * @free: once it is unlinked: waits for readers, who may hold it until a grace
 *	period has passed
 *
 * The first cache line is all that the lookup of a packet from IPv6 reads, the
 * second what it is rewritten with.
 *
 * @expires is the one member that packets write without the lock: with
 * cmpxchg, and only when it moves by a second. Under the lock @state is written
 * before it, so that a packet that has seen an old @state finds @expires
 * changed and takes the lock.
 */
struct nat64_session {
	struct nat64_node node6;
	struct nat64_tuple6 t6;
	unsigned long expires;
	__wsum delta64;
	u8 state;
	bool dead;
	bool counted;

	struct nat64_node node4;
	struct nat64_tuple4 t4;
	struct nat64_bib *bib;
	struct nat64_way way64;

	struct nat64_way way46;
	union {
		struct rb_node bib_node;
		struct llist_node free;
	};
} ____cacheline_aligned_in_smp;

/* what a lookup from IPv6 reads, and three lines in all; counters are another */
static_assert(offsetofend(struct nat64_session, counted) <= 64);
static_assert(sizeof(struct nat64_session) <= 192);

/**
 * nat64_session_tally() - the counters of a session
 * @s: the session, or NULL
 *
 * Context: any in which @s stays.
 * Return: they, or NULL if it has none.
 */
static inline struct nat64_tally *
nat64_session_tally(const struct nat64_session *s)
{
	return s && s->counted ? (struct nat64_tally *)(s + 1) : NULL;
}

#define NAT64_STATE_LOCKS	256

/* There are @n now. */
static inline void nat64_note_peak(int *peak, int n)
{
	if (unlikely(n > READ_ONCE(*peak)))
		WRITE_ONCE(*peak, n);
}

/**
 * struct nat64_state - tables of a stateful instance
 * @xlat: the instance
 * @bib6: bindings by IPv6 transport address
 * @bib4: bindings by IPv4 transport address
 * @sess6: sessions by @t6
 * @sess4: sessions by @t4
 * @syns: SYNs from IPv4 that wait
 * @subs: subscribers that have limits
 * @blocks: of ports, which subscribers have
 * @hold: ports that nobody gets for a while
 * @gc: removes what has expired; lookups already treat it as gone
 * @reap: frees what has been removed
 * @lock: what happens to a binding and its sessions, by the IPv6 transport
 *	address of the binding: see nat64_bib_lock(); BH off. Inside: locks of
 *	tables and of pool4
 * @n_bib: number of bindings
 * @n_sessions: number of sessions
 * @peak_bib: the most bindings that there were; may miss some that were made at
 *	the same time
 * @peak_sessions: the most sessions, likewise
 * @dead_bibs: unlinked, to be freed after a grace period
 * @dead_sessions: likewise
 * @quiet: jiffies until which a shortage is not told of again, for exhausted
 *	pools and for limits
 */
struct nat64_state {
	struct nat64_xlat *xlat;
	struct nat64_hash bib6;
	struct nat64_hash bib4;
	struct nat64_hash sess6;
	struct nat64_hash sess4;
	struct nat64_syns *syns;
	struct nat64_subs subs;
	struct nat64_portblocks blocks;
	struct nat64_hold hold;
	struct delayed_work gc;
	struct work_struct reap;
	spinlock_t lock[NAT64_STATE_LOCKS];	/* bindings and sessions */

	/* written for every new flow, by any CPU */
	atomic_t n_bib ____cacheline_aligned_in_smp;
	atomic_t n_sessions;
	int peak_bib;
	int peak_sessions;
	struct llist_head dead_bibs;
	struct llist_head dead_sessions;
	unsigned long quiet[2];
};

/**
 * nat64_bib_lock6() - the lock of a binding that there may or may not be
 * @st: state of the instance
 * @hash6: of the IPv6 transport address that is or is to be bound
 *
 * Context: any.
 * Return: the lock, to be taken with BH off.
 */
static inline spinlock_t *nat64_bib_lock6(struct nat64_state *st, u32 hash6)
{
	return &st->lock[hash6 % NAT64_STATE_LOCKS];
}

/**
 * nat64_bib_lock() - the lock of a binding and its sessions
 * @st: state of the instance
 * @bib: the binding
 *
 * Context: any.
 * Return: the lock, to be taken with BH off.
 */
static inline spinlock_t *nat64_bib_lock(struct nat64_state *st,
					 const struct nat64_bib *bib)
{
	return nat64_bib_lock6(st, bib->hash6);
}

/* Process context. NULL: no memory. */
struct nat64_state *nat64_state_create(struct nat64_xlat *xlat);
/* No packet can reach it any more (after synchronize_net). Process context. */
void nat64_state_destroy(struct nat64_state *st);

int nat64_session_init(void);
void nat64_session_exit(void);

/**
 * enum nat64_found - what a look without a lock has found
 * @NAT64_FOUND_NOTHING: there is no session
 * @NAT64_FOUND_CHANGE: the packet changes the session, or it has expired
 * @NAT64_FOUND_ALL: the question is answered
 */
enum nat64_found {
	NAT64_FOUND_NOTHING,
	NAT64_FOUND_CHANGE,
	NAT64_FOUND_ALL,
};

/*
 * The questions of a packet. Under RCU, softirq or process context.
 *
 * _look64/_look46: without a lock: is there a session, and does the packet
 *	leave it as it is but for the timer? If so, both tuples of @f are
 *	filled in. The others are for packets that got no answer here.
 * _64: packet from IPv6. Finds or creates binding and session, steps the TCP
 *	state, moves the timer (RFC 6146 sections 3.5.1 to 3.5.3; H-10, H-30,
 *	H-33, H-34, H-50).
 * _46: packet from IPv4 to an address of pool4. Needs a binding (H-12, H-34,
 *	H-52: NO_BIB) and passes the filter (H-14, H-15).
 * _find64/_find46: for a quoted packet: only looks, changes nothing (H-62,
 *	H-68). The tuple is that of a packet that went that way.
 *
 * They return NAT64_DROP_NONE with both tuples of @f filled in, or the reason
 * to drop.
 */
enum nat64_found nat64_session_look64(struct nat64_state *st,
				      struct nat64_flow *f);
enum nat64_found nat64_session_look46(struct nat64_state *st,
				      struct nat64_flow *f);
enum nat64_drop nat64_session_64(struct nat64_state *st, struct nat64_flow *f);
enum nat64_drop nat64_session_46(struct nat64_state *st, struct nat64_flow *f);
enum nat64_drop nat64_session_find64(struct nat64_state *st,
				     struct nat64_flow *f);
enum nat64_drop nat64_session_find46(struct nat64_state *st,
				     struct nat64_flow *f);

/*
 * The pool4 address that a packet from IPv6 without a session will have as its
 * source, in @f->t4.dst: what its route is looked up by before there is any
 * state. NAT64_DROP_NONE; NO_SESSION: it needs a session and makes none; or
 * NO_POOL.
 */
enum nat64_drop nat64_session_source(struct nat64_state *st,
				     struct nat64_flow *f);

/*
 * For the fast path: a session that the packet neither creates nor changes but
 * for its timer; NULL: take the long way. Under RCU, no lock.
 */
struct nat64_session *nat64_session_hit64(struct nat64_state *st,
					  const struct nat64_tuple6 *t6,
					  const struct nat64_settings *set,
					  u8 tcp_flags);
struct nat64_session *nat64_session_hit46(struct nat64_state *st,
					  const struct nat64_tuple4 *t4,
					  const struct nat64_settings *set,
					  u8 tcp_flags);
/* Remember the route of a direction; takes a reference of its own. */
void nat64_session_set_way(struct nat64_state *st, struct nat64_session *s,
			   enum nat64_side from, const struct nat64_way *way);

/**
 * struct nat64_filter - selects bindings and sessions; zero length: any
 */
struct nat64_filter {
	bool has_proto, has_port6, has_port4, has_remote_port;
	enum nat64_l4_idx l4;
	struct in6_addr addr6;
	u8 len6;
	__be32 addr4;
	u8 len4;
	__be32 remote4;
	u8 remote_len;
	__be16 port6, port4, remote_port;
};

bool nat64_filter_bib(const struct nat64_filter *f, const struct nat64_bib *b);
bool nat64_filter_session(const struct nat64_filter *f,
			  const struct nat64_session *s);
/* Delete matching sessions and bindings left without one; how many. */
u32 nat64_session_del(struct nat64_state *st, const struct nat64_filter *f);
/* Delete every session whose IPv6 destination no prefix of @cfg covers. */
void nat64_state_flush_prefix(struct nat64_state *st,
			      const struct nat64_config *cfg);
/* As nat64_hash_walk(), over the sessions. */
int nat64_session_walk(struct nat64_state *st, struct nat64_cursor *c,
		       unsigned int budget,
		       int (*fn)(struct nat64_session *s, void *arg),
		       void *arg);
/* Unlink, free after RCU; with it goes its binding if that is dynamic and this
 * was the last. Caller holds the lock of the binding.
 */
void nat64_session_destroy(struct nat64_state *st, struct nat64_session *s);
/* Let time take its effect: true if @s is still there. Caller holds the lock. */
bool nat64_session_settle(struct nat64_state *st, struct nat64_session *s,
			  const struct nat64_settings *set);
bool nat64_session_covered(const struct nat64_config *cfg,
			   const struct nat64_tuple6 *t6, __be32 addr4);
void nat64_session_free_all(struct nat64_state *st);
void nat64_session_free_dead(struct llist_node *dead);

int nat64_state_init(void);
void nat64_state_exit(void);
/* There is a session to watch. */
void nat64_state_wake(struct nat64_state *st);
/* There are dead objects to free. */
void nat64_state_reap(struct nat64_state *st);
/* Whoever holds a lock of @st now has let it go when this returns. */
void nat64_state_settle_writers(struct nat64_state *st);
/* Tell listeners of a shortage and look for what has expired. */
void nat64_state_shortage(struct nat64_state *st, enum nat64_drop reason);

/**
 * struct nat64_session_view - what a packet would find of a session
 * @state: of TCP, enum nat64_tcp_state
 * @left_ms: until its timer ends; 0: it is gone
 */
struct nat64_session_view {
	u8 state;
	u32 left_ms;
};

/* Under RCU; takes the lock of the binding. */
void nat64_session_view(struct nat64_state *st, const struct nat64_session *s,
			const struct nat64_settings *set,
			struct nat64_session_view *view);

#endif /* NAT64_SESSION_H */
