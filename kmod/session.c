// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "config.h"
#include "net.h"
#include "prefix.h"
#include "session_table.h"
#include "syn.h"

/* A timer is written when it moves by this much, and runs that much longer. */
#define SLACK		HZ
/* Sessions with one remote address that a filter looks at, should they all
 * have expired since the collector came by.
 */
#define FILTER_STEPS	64

/* Sessions of a binding in the order of their remote transport address. */
static int cmp_addr(const void *key, const struct rb_node *node)
{
	u32 a = ntohl(*(const __be32 *)key);
	u32 b = ntohl(rb_entry(node, struct nat64_session, bib_node)->t4.src);

	return a < b ? -1 : a > b;
}

static int cmp_remote(struct rb_node *new, const struct rb_node *node)
{
	const struct nat64_tuple4 *a, *b;
	int ret;

	a = &rb_entry(new, struct nat64_session, bib_node)->t4;
	b = &rb_entry(node, struct nat64_session, bib_node)->t4;
	ret = cmp_addr(&a->src, node);
	return ret ?: ntohs(a->sport) - ntohs(b->sport);
}

static void detach(struct nat64_session *s)
{
	rb_erase(&s->bib_node, &s->bib->sessions);
	s->bib->n_sessions--;
}

/**
 * nat64_session_destroy() - destroy a session
 * @st: state of the instance
 * @s: a session that is linked
 *
 * Its binding goes with it if that is dynamic and has no other (H-04).
 *
 * Context: under RCU, caller holds the lock of the binding.
 */
void nat64_session_destroy(struct nat64_state *st, struct nat64_session *s)
{
	lockdep_assert_held(nat64_bib_lock(st, s->bib));
	WRITE_ONCE(s->dead, true);
	nat64_session_table_remove(st, s);
	detach(s);
	atomic_dec(&st->n_sessions);
	nat64_sub_session_end(nat64_bib_sub(s->bib));
	nat64_bib_release(st, s->bib);
	if (llist_add(&s->free, &st->dead_sessions))
		nat64_state_reap(st);
}

/**
 * struct signal - what a packet means to its session
 * @set: settings
 * @l4: protocol
 * @side: where it comes from
 * @tcp_flags: TCP only
 */
struct signal {
	const struct nat64_settings *set;
	enum nat64_l4_idx l4;
	enum nat64_side side;
	u8 tcp_flags;
};

static struct signal signal_of(const struct nat64_flow *f, enum nat64_side side)
{
	return (struct signal) {
		.set = &f->cfg->set,
		.l4 = f->l4,
		.side = side,
		.tcp_flags = f->tcp_flags,
	};
}

/* jiffies; @timer is not NAT64_TIMER_KEEP, and matters for TCP only */
static __always_inline unsigned long lifetime(const struct signal *sig,
					      u8 timer)
{
	const struct nat64_settings *set = sig->set;

	switch (sig->l4) {
	case NAT64_L4_IDX_UDP:
		return set->udp_timeout;
	case NAT64_L4_IDX_ICMP:
		return set->icmp_timeout;
	default:
		return timer == NAT64_TIMER_EST ? set->tcp_est_timeout :
		       set->tcp_trans_timeout;
	}
}

/*
 * What the packet does to a session in @state. A SYN by which the host opens
 * the connection anew after both FINs finds it closed (H-112).
 */
static __always_inline struct nat64_tcp_step
next_step(const struct signal *sig, u8 state)
{
	bool keep = sig->side == NAT64_SIDE_V4 && !sig->set->refresh_inbound;

	if (sig->l4 != NAT64_L4_IDX_TCP)
		return (struct nat64_tcp_step) {
			.state = state,
			.timer = keep ? NAT64_TIMER_KEEP : NAT64_TIMER_EST,
		};
	if (state == NAT64_TCP_BOTH_FIN && sig->side == NAT64_SIDE_V6 &&
	    nat64_tcp_event(sig->tcp_flags) == NAT64_TCP_EV_SYN)
		state = NAT64_TCP_CLOSED;
	return nat64_tcp_next(state, sig->side, sig->tcp_flags);
}

/* Whether the packet may make a session: TCP needs a SYN (H-33, H-34). */
static bool opens(const struct nat64_flow *f, enum nat64_side side)
{
	struct signal sig = signal_of(f, side);

	return f->l4 != NAT64_L4_IDX_TCP ||
	       next_step(&sig, NAT64_TCP_CLOSED).state != NAT64_TCP_CLOSED;
}

/*
 * The way of an established flow: no lock, no write but of a timer that has
 * moved by a second. False: look again under the lock, because the packet
 * changes the state, or the session has expired, or somebody was faster.
 */
static __always_inline bool hit(struct nat64_session *s,
				const struct signal *sig)
{
	/* before the state, see struct nat64_session */
	unsigned long old = smp_load_acquire(&s->expires);
	unsigned long now = jiffies, expires;
	u8 state = READ_ONCE(s->state);
	struct nat64_tcp_step step;

	if (READ_ONCE(s->dead) || time_after_eq(now, old))
		return false;
	step = next_step(sig, state);
	if (step.state != state)
		return false;
	if (step.timer == NAT64_TIMER_KEEP)
		return true;
	expires = now + lifetime(sig, step.timer) + SLACK;
	if (abs((long)(expires - old)) < SLACK)
		return true;
	return cmpxchg(&s->expires, old, expires) == old;
}

static void hit_locked(struct nat64_session *s, const struct nat64_flow *f,
		       enum nat64_side side)
{
	struct signal sig = signal_of(f, side);
	struct nat64_tcp_step step = next_step(&sig, s->state);

	WRITE_ONCE(s->state, step.state);
	if (step.timer == NAT64_TIMER_KEEP)
		return;
	/* after the state, see struct nat64_session */
	smp_store_release(&s->expires,
			  jiffies + lifetime(&sig, step.timer) + SLACK);
}

/*
 * When the session is gone: an established one that has seen no packet has
 * the time of TRANS left when its own is over (H-46).
 */
static unsigned long end_of(const struct nat64_session *s,
			    const struct nat64_settings *set)
{
	/* before the state, see struct nat64_session */
	unsigned long end = smp_load_acquire(&s->expires);

	if (READ_ONCE(s->state) == NAT64_TCP_ESTABLISHED)
		end += set->tcp_trans_timeout;
	return end;
}

static bool gone(const struct nat64_session *s,
		 const struct nat64_settings *set)
{
	return READ_ONCE(s->dead) || time_after_eq(jiffies, end_of(s, set));
}

/**
 * nat64_session_settle() - let time take its effect on a session
 * @st: state of the instance
 * @s: a session that is linked
 * @set: settings
 *
 * Context: under RCU, caller holds the lock of the binding.
 * Return: true if it is still there, false if it has been destroyed.
 */
bool nat64_session_settle(struct nat64_state *st, struct nat64_session *s,
			  const struct nat64_settings *set)
{
	unsigned long old = READ_ONCE(s->expires);
	unsigned long end = end_of(s, set);

	lockdep_assert_held(nat64_bib_lock(st, s->bib));
	if (time_before(jiffies, old))
		return true;
	/* Still expired, but no packet that has seen it alive can win now. */
	if (cmpxchg(&s->expires, old, old - 1) != old)
		return true;
	if (time_before(jiffies, end)) {
		WRITE_ONCE(s->state, NAT64_TCP_TRANS);
		/* after the state, see struct nat64_session */
		smp_store_release(&s->expires, end);
		return true;
	}
	nat64_session_destroy(st, s);
	nat64_count(st->xlat->stats, NAT64_CNT_SESSIONS_EXPIRED);
	return false;
}

/*
 * Put @s on its binding. If the host now reaches the same IPv4 transport
 * address through another prefix, the older session goes: IPv4 can not tell
 * the two apart, and answers are wanted where the host asked last.
 */
static void attach(struct nat64_state *st, struct nat64_session *s)
{
	struct rb_root *root = &s->bib->sessions;
	struct rb_node *twin;

	s->bib->n_sessions++;
	twin = rb_find_add(&s->bib_node, root, cmp_remote);
	if (!twin)
		return;
	nat64_session_destroy(st, rb_entry(twin, struct nat64_session,
					   bib_node));
	rb_find_add(&s->bib_node, root, cmp_remote);
}

/**
 * nat64_session_covered() - whether a configuration has place for a session
 * @cfg: the configuration
 * @t6: tuple of the IPv6 side
 * @addr4: IPv4 address that its destination stands for, network byte order
 *
 * Context: any in which @cfg stays.
 * Return: true if a prefix of @cfg still makes @addr4 of the destination.
 */
bool nat64_session_covered(const struct nat64_config *cfg,
			   const struct nat64_tuple6 *t6, __be32 addr4)
{
	const struct nat64_prefix_entry *e;

	if (!cfg->prefixes)
		return false;
	e = nat64_prefix_find(cfg->prefixes, &t6->dst);
	return e && nat64_prefix_extract(&e->p, &t6->dst) == addr4;
}

/*
 * A packet may see a configuration whose prefix nat64_state_flush_prefix() has
 * dealt with already.
 */
static bool outdated(struct nat64_state *st, const struct nat64_flow *f)
{
	const struct nat64_config *cfg = rcu_dereference(st->xlat->cfg);

	return cfg != f->cfg && !nat64_session_covered(cfg, &f->t6, f->t4.src);
}

static struct nat64_session *session_alloc(const struct nat64_flow *f,
					   struct nat64_bib *bib,
					   enum nat64_side side)
{
	struct signal sig = signal_of(f, side);
	struct nat64_session *s;

	s = nat64_session_new(f->cfg->set.session_counters);
	if (!s)
		return NULL;
	s->bib = bib;
	s->t6 = f->t6;
	s->t4 = f->t4;
	s->delta64 = f->delta64;
	s->state = next_step(&sig, NAT64_TCP_CLOSED).state;
	s->expires = jiffies + lifetime(&sig, NAT64_TIMER_TRANS) + SLACK;
	return s;
}

/* False: there are as many as there may be. */
static bool count_session(struct nat64_state *st, u32 max)
{
	int n = atomic_inc_return(&st->n_sessions);

	if (unlikely(n > max)) {
		atomic_dec(&st->n_sessions);
		return false;
	}
	if (n == 1)
		nat64_state_wake(st);
	nat64_note_peak(&st->peak_sessions, n);
	return true;
}

/* Both tuples of @f are filled in. */
static enum nat64_drop create(struct nat64_state *st, struct nat64_flow *f,
			      struct nat64_bib *bib, enum nat64_side side)
{
	struct nat64_session *s;
	enum nat64_drop drop;

	lockdep_assert_held(nat64_bib_lock(st, bib));
	if (outdated(st, f))
		return NAT64_DROP_NO_POOL;
	if (!count_session(st, f->cfg->set.max_sessions)) {
		nat64_state_shortage(st, NAT64_DROP_MAX_SESSIONS);
		return NAT64_DROP_MAX_SESSIONS;
	}
	drop = nat64_sub_session(nat64_bib_sub(bib), &f->cfg->set);
	if (drop) {
		atomic_dec(&st->n_sessions);
		nat64_state_shortage(st, drop);
		return drop;
	}
	s = session_alloc(f, bib, side);
	if (!s) {
		nat64_sub_session_end(nat64_bib_sub(bib));
		atomic_dec(&st->n_sessions);
		return NAT64_DROP_NO_MEMORY;
	}
	/* both sides have opened the connection at the same time (H-36) */
	if (f->l4 == NAT64_L4_IDX_TCP && nat64_syn_take(st->syns, &f->t4) &&
	    side == NAT64_SIDE_V6) {
		s->state = NAT64_TCP_ESTABLISHED;
		s->expires = jiffies + f->cfg->set.tcp_est_timeout + SLACK;
	}
	attach(st, s);
	nat64_session_table_insert(st, s, f->hash6, f->hash4);
	f->session = s;
	nat64_count(st->xlat->stats, NAT64_CNT_SESSIONS_CREATED);
	return NAT64_DROP_NONE;
}

/* H-33, H-34: translate by the binding, if there is one. */
static enum nat64_drop by_bib64(struct nat64_state *st, struct nat64_flow *f)
{
	const struct nat64_bib *bib;

	bib = nat64_bib_find6(st, f->l4, &f->t6.src, f->t6.sport, f->bib_hash);
	if (!bib)
		return NAT64_DROP_NO_SESSION;
	nat64_flow_answer64(st, f, bib);
	return NAT64_DROP_NONE;
}

/* What has been found without the lock, if it has not gone since. */
static bool still_there(const struct nat64_flow *f)
{
	return f->session && !f->session->dead;
}

/*
 * The IPv4 host opens the same connection to the port that the IPv6 host opens
 * it from (H-36): RFC 6146 section 3.5.2.2 has one number for both.
 */
static bool is_awaited(struct nat64_state *st, const struct nat64_flow *f)
{
	const struct nat64_tuple4 t4 = {
		.src = f->t4.src,
		.dst = f->place.addr,
		.sport = f->t6.dport,
		.dport = f->t6.sport,
	};

	return f->l4 == NAT64_L4_IDX_TCP && f->place.known &&
	       nat64_syn_waits(st->syns, &t4);
}

static enum nat64_drop locked64(struct nat64_state *st, struct nat64_flow *f)
{
	struct nat64_pool4_want want = nat64_flow_want(f);
	struct nat64_session *s = f->session;
	struct nat64_bib *bib;
	enum nat64_drop drop;

	if (!still_there(f))
		s = nat64_session_table_find6(st, &f->t6, f->hash6);
	f->session = NULL;
	if (s && nat64_session_settle(st, s, &f->cfg->set)) {
		hit_locked(s, f, NAT64_SIDE_V6);
		nat64_flow_answer(f, s);
		return NAT64_DROP_NONE;
	}
	if (!opens(f, NAT64_SIDE_V6))
		return by_bib64(st, f);
	want.same = is_awaited(st, f);
	bib = nat64_bib_get_or_create(st, f->cfg, &want, &f->place,
				      f->bib_hash);
	if (IS_ERR(bib))
		return -PTR_ERR(bib);
	nat64_flow_answer64(st, f, bib);
	drop = create(st, f, bib, NAT64_SIDE_V6);
	if (drop)
		nat64_bib_release(st, bib);
	return drop;
}

static enum nat64_found look(struct nat64_flow *f, struct nat64_session *s,
			     enum nat64_side side)
{
	struct signal sig = signal_of(f, side);

	f->session = s;
	if (!s)
		return NAT64_FOUND_NOTHING;
	if (hit(s, &sig)) {
		nat64_flow_answer(f, s);
		return NAT64_FOUND_ALL;
	}
	return gone(s, &f->cfg->set) ? NAT64_FOUND_NOTHING : NAT64_FOUND_CHANGE;
}

/**
 * nat64_session_look64() - look for the session of a packet from IPv6
 * @st: state of the instance
 * @f: the packet; in: t6, t4.src; out, if it returns NAT64_FOUND_ALL: both
 *	tuples and the delta
 *
 * Context: under RCU, any; takes no lock.
 * Return: enum nat64_found.
 */
enum nat64_found nat64_session_look64(struct nat64_state *st,
				      struct nat64_flow *f)
{
	struct nat64_session *s;
	enum nat64_found found;

	nat64_flow_key6(st, f);
	s = nat64_session_table_find6(st, &f->t6, f->hash6);
	found = look(f, s, NAT64_SIDE_V6);
	if (found != NAT64_FOUND_ALL)
		f->bib_hash = nat64_bib_hash6(st, f->l4, &f->t6.src,
					      f->t6.sport);
	return found;
}

/**
 * nat64_session_source() - address that a host's new session will have
 * @st: state of the instance
 * @f: a packet from IPv6 for which nat64_session_look64() has found nothing;
 *	out: t4.dst
 *
 * Nothing is allocated: there is no state before the packet is known to have a
 * route (B-09), and the route may depend on the source.
 *
 * Context: under RCU, any; takes no lock.
 * Return: NAT64_DROP_NONE; NO_SESSION if the packet may not make a session and
 * has no binding; NO_POOL.
 */
enum nat64_drop nat64_session_source(struct nat64_state *st,
				     struct nat64_flow *f)
{
	const struct nat64_pool4_want want = nat64_flow_want(f);
	const struct nat64_bib *bib;

	bib = nat64_bib_find6(st, f->l4, &f->t6.src, f->t6.sport, f->bib_hash);
	if (bib) {
		f->t4.dst = bib->port.addr;
		return NAT64_DROP_NONE;
	}
	if (!opens(f, NAT64_SIDE_V6))
		return NAT64_DROP_NO_SESSION;
	if (nat64_pool4_place(f->cfg->pool4, &want, &f->place))
		return NAT64_DROP_NO_POOL;
	f->t4.dst = f->place.addr;
	return NAT64_DROP_NONE;
}

/**
 * nat64_session_64() - state of a packet from IPv6
 * @st: state of the instance
 * @f: the packet, after nat64_session_look64(); out: both tuples and the delta
 *
 * Finds binding and session or creates them, steps the TCP state, moves the
 * timer. RFC 6146 sections 3.5.1 to 3.5.3.
 *
 * Context: under RCU, softirq or process. Takes the lock of the binding.
 * Return: NAT64_DROP_NONE, or why there is no state for it: NO_SESSION,
 * POOL_EXHAUSTED, NO_POOL, MAX_SESSIONS, MAX_BIB, NO_MEMORY. Then nothing has
 * been left behind.
 */
enum nat64_drop nat64_session_64(struct nat64_state *st, struct nat64_flow *f)
{
	spinlock_t *lock = nat64_bib_lock6(st, f->bib_hash);
	enum nat64_drop drop;

	spin_lock_bh(lock);
	drop = locked64(st, f);
	spin_unlock_bh(lock);
	return drop;
}

/**
 * nat64_session_hit64() - the session of a packet from IPv6, for the fast path
 * @st: state of the instance
 * @t6: its tuple
 * @set: settings
 * @tcp_flags: of a TCP packet
 *
 * Context: under RCU; takes no lock.
 * Return: a session that the packet changes in no way but for its timer, or
 * NULL: nat64_session_64() knows more.
 */
struct nat64_session *nat64_session_hit64(struct nat64_state *st,
					  const struct nat64_tuple6 *t6,
					  const struct nat64_settings *set,
					  u8 tcp_flags)
{
	struct signal sig = {
		.set = set,
		.l4 = t6->proto == IPPROTO_TCP ? NAT64_L4_IDX_TCP :
						 NAT64_L4_IDX_UDP,
		.side = NAT64_SIDE_V6,
		.tcp_flags = tcp_flags,
	};
	struct nat64_session *s;

	s = nat64_session_table_find6(st, t6, nat64_session_hash6(st, t6));
	return s && hit(s, &sig) ? s : NULL;
}

/**
 * nat64_session_hit46() - the session of a packet from IPv4, for the fast path
 * @st: state of the instance
 * @t4: its tuple
 * @set: settings
 * @tcp_flags: of a TCP packet
 *
 * Context: under RCU; takes no lock.
 * Return: as nat64_session_hit64().
 */
struct nat64_session *nat64_session_hit46(struct nat64_state *st,
					  const struct nat64_tuple4 *t4,
					  const struct nat64_settings *set,
					  u8 tcp_flags)
{
	struct signal sig = {
		.set = set,
		.l4 = t4->proto == IPPROTO_TCP ? NAT64_L4_IDX_TCP :
						 NAT64_L4_IDX_UDP,
		.side = NAT64_SIDE_V4,
		.tcp_flags = tcp_flags,
	};
	struct nat64_session *s;

	s = nat64_session_table_find4(st, t4, nat64_session_hash4(st, t4));
	return s && hit(s, &sig) ? s : NULL;
}

/**
 * nat64_session_set_way() - remember the route of one direction
 * @st: state of the instance
 * @s: the session
 * @from: side that the packets of this direction come from
 * @way: the route and what it depends on; the session takes a reference
 *
 * Context: under RCU, softirq or process. Takes the lock of the binding unless
 * that is the route already.
 */
void nat64_session_set_way(struct nat64_state *st, struct nat64_session *s,
			   enum nat64_side from, const struct nat64_way *way)
{
	struct nat64_way *w = from == NAT64_SIDE_V6 ? &s->way64 : &s->way46;
	spinlock_t *lock;	/* of the binding */

	if (nat64_way_dst(w, way) == way->dst)
		return;
	lock = nat64_bib_lock(st, s->bib);
	spin_lock_bh(lock);
	if (!s->dead)
		nat64_way_set(w, way);
	spin_unlock_bh(lock);
}

/* Whether the host of @bib is in touch with @addr (H-14, H-55). */
static bool in_touch(const struct nat64_bib *bib, __be32 addr,
		     const struct nat64_settings *set)
{
	unsigned int steps = 0;
	struct rb_node *node;

	rb_for_each(node, &addr, &bib->sessions, cmp_addr) {
		if (!gone(rb_entry(node, struct nat64_session, bib_node), set))
			return true;
		if (++steps == FILTER_STEPS)
			break;
	}
	return false;
}

/* @bib: the binding, found without the lock that is held now */
static enum nat64_drop locked46(struct nat64_state *st, struct nat64_flow *f,
				struct nat64_bib *bib)
{
	const struct nat64_settings *set = &f->cfg->set;
	struct nat64_session *s = f->session;

	if (!still_there(f))
		s = nat64_session_table_find4(st, &f->t4, f->hash4);
	f->session = NULL;
	/* the port has been bound anew, which another lock is for */
	if (s && s->bib != bib)
		return NAT64_DROP_NO_BIB;
	if (s && nat64_session_settle(st, s, set)) {
		hit_locked(s, f, NAT64_SIDE_V4);
		nat64_flow_answer(f, s);
		return NAT64_DROP_NONE;
	}
	if (bib->dead)
		return NAT64_DROP_NO_BIB;
	if (nat64_settings_adf(set, f->l4) &&
	    !in_touch(bib, f->t4.src, set))
		return NAT64_DROP_FILTERED;
	nat64_flow_answer46(st, f, bib);
	if (!opens(f, NAT64_SIDE_V4))
		return NAT64_DROP_NONE;
	return create(st, f, bib, NAT64_SIDE_V4);
}

/**
 * nat64_session_look46() - look for the session of a packet from IPv4
 * @st: state of the instance
 * @f: the packet; in: t4; out, if it returns NAT64_FOUND_ALL: both tuples and
 *	the delta
 *
 * Context: under RCU, any; takes no lock.
 * Return: enum nat64_found.
 */
enum nat64_found nat64_session_look46(struct nat64_state *st,
				      struct nat64_flow *f)
{
	nat64_flow_key4(st, f);
	return look(f, nat64_session_table_find4(st, &f->t4, f->hash4),
		    NAT64_SIDE_V4);
}

/**
 * nat64_session_46() - state of a packet from IPv4 to an address of pool4
 * @st: state of the instance
 * @f: the packet, after nat64_session_look46(); in: t6.dst for a session that
 *	is new; out: both tuples and the delta
 *
 * Needs a binding and never makes one (K-03). Makes a session where the filter
 * lets it. RFC 6146 sections 3.5.1 to 3.5.3.
 *
 * Context: under RCU, softirq or process. Takes the lock of the binding where
 * that may change something: scanners are to find none to hold.
 * Return: NAT64_DROP_NONE, or why there is no state for it: NO_BIB, FILTERED,
 * MAX_SESSIONS, NO_POOL, NO_MEMORY.
 */
enum nat64_drop nat64_session_46(struct nat64_state *st, struct nat64_flow *f)
{
	struct nat64_bib *bib;
	enum nat64_drop drop;
	spinlock_t *lock;	/* of the binding */

	bib = f->session ? f->session->bib :
	      nat64_bib_find4(st, f->l4, f->t4.dst, f->t4.dport);
	if (!bib)
		return NAT64_DROP_NO_BIB;
	if (!f->session && !opens(f, NAT64_SIDE_V4) &&
	    !nat64_settings_adf(&f->cfg->set, f->l4)) {
		nat64_flow_answer46(st, f, bib);
		return NAT64_DROP_NONE;
	}
	lock = nat64_bib_lock(st, bib);
	spin_lock_bh(lock);
	drop = locked46(st, f, bib);
	spin_unlock_bh(lock);
	return drop;
}

static enum nat64_drop found(struct nat64_flow *f, struct nat64_session *s)
{
	if (!s || gone(s, &f->cfg->set))
		return NAT64_DROP_NO_SESSION;
	nat64_flow_answer(f, s);
	return NAT64_DROP_NONE;
}

/**
 * nat64_session_find64() - session of a quoted packet that went to IPv4
 * @st: state of the instance
 * @f: in: t6; out: both tuples and the delta
 *
 * Changes nothing (H-62), and takes no binding for a session (H-68).
 *
 * Context: under RCU, any.
 * Return: NAT64_DROP_NONE or NAT64_DROP_NO_SESSION.
 */
enum nat64_drop nat64_session_find64(struct nat64_state *st,
				     struct nat64_flow *f)
{
	nat64_flow_key6(st, f);
	return found(f, nat64_session_table_find6(st, &f->t6, f->hash6));
}

/**
 * nat64_session_find46() - session of a quoted packet that went to IPv6
 * @st: state of the instance
 * @f: in: t4; out: both tuples and the delta
 *
 * Changes nothing (H-62), and takes no binding for a session (H-68).
 *
 * Context: under RCU, any.
 * Return: NAT64_DROP_NONE or NAT64_DROP_NO_SESSION.
 */
enum nat64_drop nat64_session_find46(struct nat64_state *st,
				     struct nat64_flow *f)
{
	nat64_flow_key4(st, f);
	return found(f, nat64_session_table_find4(st, &f->t4, f->hash4));
}

/* What has expired and is moved on by nobody, who would need the lock. */
static unsigned long expired_end(struct nat64_state *st,
				 const struct nat64_session *s,
				 const struct nat64_settings *set, u8 *state)
{
	spinlock_t *lock = nat64_bib_lock(st, s->bib);
	unsigned long end;

	spin_lock_bh(lock);
	end = READ_ONCE(s->expires);
	*state = s->state;
	if (s->dead) {
		end = jiffies;
	} else if (*state == NAT64_TCP_ESTABLISHED &&
		   time_after_eq(jiffies, end)) {
		*state = NAT64_TCP_TRANS;
		end += set->tcp_trans_timeout;
	}
	spin_unlock_bh(lock);
	return end;
}

/**
 * nat64_session_view() - what a packet would find of a session
 * @st: state of the instance
 * @s: session
 * @set: settings
 * @view: where to write the answer
 *
 * The collector, which lets time take its effect, may be some seconds late.
 *
 * Context: under RCU. Takes the lock of the binding.
 */
void nat64_session_view(struct nat64_state *st, const struct nat64_session *s,
			const struct nat64_settings *set,
			struct nat64_session_view *view)
{
	/* before the state, see struct nat64_session */
	unsigned long end = smp_load_acquire(&s->expires), now = jiffies;

	view->state = READ_ONCE(s->state);
	if (time_after_eq(now, end))
		end = expired_end(st, s, set, &view->state);
	view->left_ms = time_before(now, end) ? jiffies_to_msecs(end - now) : 0;
}
