// SPDX-License-Identifier: GPL-2.0
#include "flow.h"

#include "config.h"
#include "session.h"
#include "session_table.h"
#include "xlat/csum.h"

static const u8 proto6[] = {
	[NAT64_L4_IDX_TCP] = IPPROTO_TCP,
	[NAT64_L4_IDX_UDP] = IPPROTO_UDP,
	[NAT64_L4_IDX_ICMP] = IPPROTO_ICMPV6,
};

static const u8 proto4[] = {
	[NAT64_L4_IDX_TCP] = IPPROTO_TCP,
	[NAT64_L4_IDX_UDP] = IPPROTO_UDP,
	[NAT64_L4_IDX_ICMP] = IPPROTO_ICMP,
};

/**
 * nat64_flow_key6() - make the key of the IPv6 side
 * @st: state of the instance
 * @f: in: t6, l4; out: t6 as in the table, hash6
 *
 * The keys of the tables hold the identifier of a query in both ports.
 */
void nat64_flow_key6(struct nat64_state *st, struct nat64_flow *f)
{
	f->t6.proto = proto6[f->l4];
	if (f->l4 == NAT64_L4_IDX_ICMP)
		f->t6.dport = f->t6.sport;
	f->hash6 = nat64_session_hash6(st, &f->t6);
}

/**
 * nat64_flow_key4() - make the key of the IPv4 side
 * @st: state of the instance
 * @f: in: t4, l4; out: t4 as in the table, hash4
 */
void nat64_flow_key4(struct nat64_state *st, struct nat64_flow *f)
{
	f->t4.proto = proto4[f->l4];
	if (f->l4 == NAT64_L4_IDX_ICMP)
		f->t4.sport = f->t4.dport;
	f->hash4 = nat64_session_hash4(st, &f->t4);
}

static __wsum delta64(const struct nat64_flow *f)
{
	if (f->l4 == NAT64_L4_IDX_ICMP)
		return 0;
	return csum_add(nat64_csum_delta_64(&f->t6.src, &f->t6.dst, f->t4.dst,
					    f->t4.src),
			nat64_csum_delta16(f->t6.sport, f->t4.dport));
}

/**
 * nat64_flow_answer() - what a session says about the packet
 * @f: the packet; out: both tuples and the delta
 * @s: its session
 */
void nat64_flow_answer(struct nat64_flow *f, struct nat64_session *s)
{
	f->t6 = s->t6;
	f->t4 = s->t4;
	f->delta64 = s->delta64;
	f->session = s;
}

/**
 * nat64_flow_answer64() - what the binding says about a packet from IPv6
 * @st: state of the instance
 * @f: the packet; out: both tuples and the delta
 * @bib: the binding of its source
 *
 * RFC 6146 section 3.6.
 */
void nat64_flow_answer64(struct nat64_state *st, struct nat64_flow *f,
			 const struct nat64_bib *bib)
{
	f->t4.dst = bib->port.addr;
	f->t4.dport = bib->port.port;
	f->t4.sport = f->t6.dport;
	nat64_flow_key4(st, f);
	f->delta64 = delta64(f);
}

/**
 * nat64_flow_answer46() - what the binding says about a packet from IPv4
 * @st: state of the instance
 * @f: the packet; out: both tuples and the delta
 * @bib: the binding of its destination
 *
 * RFC 6146 section 3.6.
 */
void nat64_flow_answer46(struct nat64_state *st, struct nat64_flow *f,
			 const struct nat64_bib *bib)
{
	f->t6.src = bib->key6.addr;
	f->t6.sport = bib->key6.port;
	f->t6.dport = f->t4.sport;
	nat64_flow_key6(st, f);
	f->delta64 = delta64(f);
}

/**
 * nat64_flow_want() - what a packet from IPv6 needs of pool4
 * @f: the packet
 *
 * Return: the need, which points into @f.
 */
struct nat64_pool4_want nat64_flow_want(const struct nat64_flow *f)
{
	return (struct nat64_pool4_want) {
		.host = &f->t6.src,
		.port = f->t6.sport,
		.l4 = f->l4,
		.mark = f->mark,
		.set = &f->cfg->set,
	};
}
