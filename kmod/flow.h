/* SPDX-License-Identifier: GPL-2.0 */
/* What the state tables are asked about a packet, and what they answer. */
#ifndef NAT64_FLOW_H
#define NAT64_FLOW_H

#include <linux/types.h>

#include "pool4.h"
#include "xlat/tuple.h"

struct nat64_bib;
struct nat64_config;
struct nat64_session;
struct nat64_state;

/**
 * struct nat64_flow - question and answer of a state lookup
 * @cfg: configuration the packet sees
 * @t6: tuple of the IPv6 side; in: 64 all of it; 46 its @dst is the prefix
 *	form of the IPv4 host to use for a session that is new
 * @t4: tuple of the IPv4 side as the IPv4 host sends it; in: 46 all of it, 64
 *	only its source (the IPv4 host)
 * @hash6: hash of @t6, once the tables have been asked for it
 * @hash4: hash of @t4, likewise
 * @bib_hash: hash of the source of @t6; 64 only, once there is no session
 * @mark: firewall mark of the packet, chooses a pool4 range
 * @tcp_flags: TCP only
 * @l4: protocol
 * @place: where in pool4 the host belongs, see nat64_session_source()
 * @delta64: out, checksum delta of the session
 * @session: the session that was found; NULL where there is none, or where
 *	the binding alone answered
 */
struct nat64_flow {
	const struct nat64_config *cfg;
	struct nat64_tuple6 t6;
	struct nat64_tuple4 t4;
	u32 hash6;
	u32 hash4;
	u32 bib_hash;
	u32 mark;
	u8 tcp_flags;
	enum nat64_l4_idx l4;
	struct nat64_pool4_place place;
	__wsum delta64;
	struct nat64_session *session;
};

/* Make the key of a table of its tuple, and the hash. */
void nat64_flow_key6(struct nat64_state *st, struct nat64_flow *f);
void nat64_flow_key4(struct nat64_state *st, struct nat64_flow *f);

/* What a session, or else a binding, says about the packet. Under RCU. */
void nat64_flow_answer(struct nat64_flow *f, struct nat64_session *s);
void nat64_flow_answer64(struct nat64_state *st, struct nat64_flow *f,
			 const struct nat64_bib *bib);
void nat64_flow_answer46(struct nat64_state *st, struct nat64_flow *f,
			 const struct nat64_bib *bib);

/* What it needs of pool4; points into @f. */
struct nat64_pool4_want nat64_flow_want(const struct nat64_flow *f);

#endif /* NAT64_FLOW_H */
