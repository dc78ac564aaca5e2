/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every cause for which a packet is not translated, once.
 *
 * One list is the number of the counter, the reason in the tracepoint and the
 * name a person reads, so that the three cannot drift apart. The names are
 * stable: operators alert on them. New causes go to the end of their block.
 */
#ifndef NAT64_XLAT_DROP_H
#define NAT64_XLAT_DROP_H

/* X(SYMBOL, name, what it tells the operator) */
#define NAT64_DROPS(X)							\
	/* the packet itself */						\
	X(TRUNCATED, "truncated", "shorter than its headers say")	\
	X(BAD_HEADER, "bad_header", "malformed IP header")		\
	X(BAD_CSUM, "bad_checksum", "wrong header or ICMP checksum")	\
	X(EXT_HDR, "extension_header", "extension header chain too long or malformed") \
	X(EXT_AFTER_FRAG, "extension_after_fragment", "extension header behind a Fragment Header") \
	X(BAD_FRAG, "bad_fragment", "fragment too small, misaligned or past 65535") \
	X(BAD_OPTIONS, "bad_options", "malformed IPv4 options")		\
	X(SOURCE_ROUTE, "source_route", "unexpired IPv4 source route")	\
	X(SEGMENTS_LEFT, "segments_left", "Routing header with segments left") \
	X(BAD_L4, "bad_transport", "malformed TCP, UDP or ICMP header")	\
	X(BAD_PROTO, "bad_protocol", "protocol that must not cross")	\
	X(UNKNOWN_PROTO, "unknown_protocol", "protocol without a state table") \
	X(TOO_BIG, "too_big", "larger than the link or than the other family allows") \
	X(HOP_LIMIT, "hop_limit", "hop limit or TTL used up")		\
	/* ICMP */							\
	X(ICMP_TYPE, "icmp_type", "ICMP type or code without counterpart") \
	X(ICMP_FRAG, "icmp_fragment", "fragmented ICMP")		\
	X(ICMP_QUOTE, "icmp_quote", "ICMP error whose quoted packet is unusable") \
	X(ICMP_INFO, "icmp_info", "echo, which icmp-info says to drop")	\
	/* addresses */							\
	X(ADDR_SRC, "source_address", "illegal source address")		\
	X(ADDR_DST, "destination_address", "destination that must not cross") \
	X(WKP_NONGLOBAL, "wkp_nonglobal", "non-global IPv4 address under 64:ff9b::/96") \
	X(UNMAPPED_SRC, "unmapped_source", "source without mapping")	\
	X(UNMAPPED_DST, "unmapped_destination", "destination without mapping") \
	X(DENIED, "denied", "destination excluded by deny4")		\
	X(PREFIX_SRC, "source_in_prefix", "IPv6 source inside a prefix of ours") \
	X(POOL_SRC, "source_in_pool", "IPv4 source inside pool4 from outside") \
	/* transport checksums */					\
	X(UDP_ZERO4, "udp_zero_checksum4", "IPv4 UDP without checksum")	\
	X(UDP_ZERO6, "udp_zero_checksum6", "IPv6 UDP without checksum")	\
	/* state */							\
	X(NO_BIB, "no_bib", "no binding for the destination")		\
	X(EXTERNAL_TCP, "external_tcp", "connection from IPv4, refused by external-tcp") \
	X(SYN_STORED, "syn_stored", "SYN from IPv4 that is kept already") \
	X(SYN_LIMIT, "syn_limit", "too many SYNs from IPv4 are kept") \
	X(SYN_UNANSWERED, "syn_unanswered", "SYN from IPv4 that nobody has answered") \
	X(NO_SESSION, "no_session", "no session the packet may belong to") \
	X(FILTERED, "filtered", "refused by address-dependent filtering") \
	X(POOL_EXHAUSTED, "pool_exhausted", "no free address and port in pool4") \
	X(MAX_SESSIONS, "max_sessions", "session limit reached")	\
	X(MAX_BIB, "max_bib", "binding limit reached")			\
	X(SUBSCRIBER_SESSIONS, "subscriber_sessions", "session limit of the subscriber") \
	X(SUBSCRIBER_PORTS, "subscriber_ports", "binding limit of the subscriber") \
	X(SUBSCRIBER_RATE, "subscriber_rate", "rate limit of the subscriber") \
	X(NO_POOL, "no_pool", "no prefix or no pool4 for the packet")	\
	/* the machine */						\
	X(DISABLED, "disabled", "the instance is disabled")		\
	X(LINK_MULTICAST, "link_multicast", "unicast packet in a link-layer multicast frame") \
	X(LOOP, "loop", "packet would be translated again")		\
	X(NO_ROUTE, "no_route", "no route for the translated packet")	\
	X(NO_MEMORY, "no_memory", "out of memory")

/*
 * Why a packet is not translated; the reasons are explained in NAT64_DROPS().
 * NONE: it is translated. PASS: it is not ours, the stack goes on with it.
 */
enum nat64_drop {
	NAT64_DROP_NONE,
	NAT64_DROP_PASS,
#define X(sym, name, text) NAT64_DROP_##sym,
	NAT64_DROPS(X)
#undef X
	__NAT64_DROP_MAX,
};

#endif /* NAT64_XLAT_DROP_H */
