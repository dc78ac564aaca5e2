/* SPDX-License-Identifier: GPL-2.0 */
/* The TCP session state machine, RFC 6146 section 3.5.2. */
#ifndef NAT64_XLAT_TCP_H
#define NAT64_XLAT_TCP_H

#include "internal.h"

/* same order as enum nat64_tcp_state of the netlink interface */
enum nat64_tcp {
	NAT64_TCP_CLOSED,
	NAT64_TCP_V6_INIT,
	NAT64_TCP_V4_INIT,
	NAT64_TCP_ESTABLISHED,
	NAT64_TCP_V6_FIN,
	NAT64_TCP_V4_FIN,
	NAT64_TCP_BOTH_FIN,
	NAT64_TCP_TRANS,
	__NAT64_TCP_MAX,
};

enum nat64_side {
	NAT64_SIDE_V6,
	NAT64_SIDE_V4,
	__NAT64_SIDE_MAX,
};

/* which timer a session runs on after the packet */
enum nat64_timer {
	NAT64_TIMER_KEEP,	/* goes on as it was */
	NAT64_TIMER_TRANS,
	NAT64_TIMER_EST,
};

enum nat64_tcp_event {
	NAT64_TCP_EV_SYN,
	NAT64_TCP_EV_FIN,
	NAT64_TCP_EV_RST,
	NAT64_TCP_EV_OTHER,
	__NAT64_TCP_EV_MAX,
};

/**
 * struct nat64_tcp_step - what a packet does to a session
 * @state: enum nat64_tcp after the packet
 * @timer: enum nat64_timer
 */
struct nat64_tcp_step {
	u8 state;
	u8 timer;
};

enum nat64_tcp_event nat64_tcp_event(u8 flags);
struct nat64_tcp_step nat64_tcp_next(enum nat64_tcp state,
				     enum nat64_side side, u8 flags);

/* A segment that says how long others may be. */
#define NAT64_TCP_SYN	0x02

__wsum nat64_tcp_clamp_mss(u8 *tcp, unsigned int len, u16 mss);

#endif /* NAT64_XLAT_TCP_H */
