// SPDX-License-Identifier: GPL-2.0
#include "tcp.h"
#include "bytes.h"
#include "csum.h"

#define FIN	0x01
#define SYN	NAT64_TCP_SYN
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

#define HDR_LEN		20
#define OPT_END		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_MSS_LEN	4

/* Where the value of the MSS option is, or NULL. */
static u8 *find_mss(u8 *tcp, unsigned int len)
{
	u8 *opt = tcp + HDR_LEN, *end = tcp + len;

	while (end - opt >= 2 && *opt != OPT_END) {
		if (*opt == OPT_NOP) {
			opt++;
			continue;
		}
		if (opt[1] < 2 || opt[1] > end - opt)
			return NULL;
		if (*opt == OPT_MSS)
			return opt[1] == OPT_MSS_LEN ? opt + 2 : NULL;
		opt += opt[1];
	}
	return NULL;
}

/**
 * nat64_tcp_clamp_mss() - lower the MSS that a SYN announces
 * @tcp: the TCP header with its options
 * @len: their length in bytes
 * @mss: the most it may be
 *
 * A smaller one stays, and a SYN without the option does (D-46).
 *
 * Return: delta of the TCP checksum, which is left as it was.
 */
__wsum nat64_tcp_clamp_mss(u8 *tcp, unsigned int len, u16 mss)
{
	u8 *value = find_mss(tcp, len);
	__be16 from, to = htons(mss);
	__wsum delta;

	if (!value || nat64_get16(value) <= mss)
		return 0;
	from = nat64_get_be16(value);
	nat64_put_be16(value, to);
	delta = nat64_csum_delta16(from, to);
	/* at an odd place its octets are halves of two words */
	return (value - tcp) % 2 ? csum_shift(delta, 1) : delta;
}
