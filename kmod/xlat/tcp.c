// SPDX-License-Identifier: GPL-2.0
#include "tcp.h"

#define FIN	0x01
#define SYN	0x02
#define RST	0x04

#define STEP(s, t)	{ NAT64_TCP_##s, NAT64_TIMER_##t }
/* One line per state and side: what SYN, FIN, RST and the rest lead to. */
#define LINE(syn, fin, rst, other)					\
	{								\
		[NAT64_TCP_EV_SYN] = syn, [NAT64_TCP_EV_FIN] = fin,	\
		[NAT64_TCP_EV_RST] = rst, [NAT64_TCP_EV_OTHER] = other,	\
	}

/*
 * RFC 6146 section 3.5.2.2. A SYN from IPv4 that is stored instead of being
 * translated runs on the timer of stored packets, which is the caller's.
 */
static const struct nat64_tcp_step
steps[__NAT64_TCP_MAX][__NAT64_SIDE_MAX][__NAT64_TCP_EV_MAX] = {
	[NAT64_TCP_CLOSED] = {
		LINE(STEP(V6_INIT, TRANS), STEP(CLOSED, KEEP),
		     STEP(CLOSED, KEEP), STEP(CLOSED, KEEP)),
		LINE(STEP(V4_INIT, TRANS), STEP(CLOSED, KEEP),
		     STEP(CLOSED, KEEP), STEP(CLOSED, KEEP)),
	},
	[NAT64_TCP_V6_INIT] = {
		LINE(STEP(V6_INIT, TRANS), STEP(V6_INIT, KEEP),
		     STEP(V6_INIT, KEEP), STEP(V6_INIT, KEEP)),
		LINE(STEP(ESTABLISHED, EST), STEP(V6_INIT, KEEP),
		     STEP(V6_INIT, KEEP), STEP(V6_INIT, KEEP)),
	},
	[NAT64_TCP_V4_INIT] = {
		LINE(STEP(ESTABLISHED, EST), STEP(V4_INIT, KEEP),
		     STEP(V4_INIT, KEEP), STEP(V4_INIT, KEEP)),
		LINE(STEP(V4_INIT, KEEP), STEP(V4_INIT, KEEP),
		     STEP(V4_INIT, KEEP), STEP(V4_INIT, KEEP)),
	},
	[NAT64_TCP_ESTABLISHED] = {
		LINE(STEP(ESTABLISHED, EST), STEP(V6_FIN, KEEP),
		     STEP(TRANS, TRANS), STEP(ESTABLISHED, EST)),
		LINE(STEP(ESTABLISHED, EST), STEP(V4_FIN, KEEP),
		     STEP(TRANS, TRANS), STEP(ESTABLISHED, EST)),
	},
	[NAT64_TCP_V6_FIN] = {
		LINE(STEP(V6_FIN, EST), STEP(V6_FIN, EST),
		     STEP(V6_FIN, EST), STEP(V6_FIN, EST)),
		LINE(STEP(V6_FIN, EST), STEP(BOTH_FIN, TRANS),
		     STEP(V6_FIN, EST), STEP(V6_FIN, EST)),
	},
	[NAT64_TCP_V4_FIN] = {
		LINE(STEP(V4_FIN, EST), STEP(BOTH_FIN, TRANS),
		     STEP(V4_FIN, EST), STEP(V4_FIN, EST)),
		LINE(STEP(V4_FIN, EST), STEP(V4_FIN, EST),
		     STEP(V4_FIN, EST), STEP(V4_FIN, EST)),
	},
	[NAT64_TCP_BOTH_FIN] = {
		LINE(STEP(BOTH_FIN, KEEP), STEP(BOTH_FIN, KEEP),
		     STEP(BOTH_FIN, KEEP), STEP(BOTH_FIN, KEEP)),
		LINE(STEP(BOTH_FIN, KEEP), STEP(BOTH_FIN, KEEP),
		     STEP(BOTH_FIN, KEEP), STEP(BOTH_FIN, KEEP)),
	},
	[NAT64_TCP_TRANS] = {
		LINE(STEP(ESTABLISHED, EST), STEP(ESTABLISHED, EST),
		     STEP(TRANS, KEEP), STEP(ESTABLISHED, EST)),
		LINE(STEP(ESTABLISHED, EST), STEP(ESTABLISHED, EST),
		     STEP(TRANS, KEEP), STEP(ESTABLISHED, EST)),
	},
};

/**
 * nat64_tcp_event() - what a segment means to the state machine
 * @flags: octet 13 of the TCP header
 *
 * A SYN together with FIN or RST is no attempt to connect: it counts as any
 * other segment, so that it never creates state (H-115).
 *
 * Return: the event.
 */
enum nat64_tcp_event nat64_tcp_event(u8 flags)
{
	switch (flags & (SYN | FIN | RST)) {
	case SYN:
		return NAT64_TCP_EV_SYN;
	case FIN:
		return NAT64_TCP_EV_FIN;
	case RST:
	case RST | FIN:
		return NAT64_TCP_EV_RST;
	default:
		return NAT64_TCP_EV_OTHER;
	}
}

/**
 * nat64_tcp_next() - what a segment does to a session
 * @state: state of the session; CLOSED where there is none
 * @side: where the segment comes from
 * @flags: octet 13 of the TCP header
 *
 * Return: new state and timer. CLOSED says that no session is to be created.
 * RFC 6146 section 3.5.2.2.
 */
struct nat64_tcp_step nat64_tcp_next(enum nat64_tcp state,
				     enum nat64_side side, u8 flags)
{
	return steps[state][side][nat64_tcp_event(flags)];
}
