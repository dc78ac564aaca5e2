// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "xlat_pkt.h"

static struct pkt p;
static struct nat64_pkt got;

static u32 start6(u8 nexthdr)
{
	p.len = 0;
	return ip6(&p, nexthdr);
}

static u32 start4(u8 proto)
{
	p.len = 0;
	return ip4(&p, proto);
}

static int done6(void)
{
	end_ip6(&p, 0);
	return parse6(&got, &p);
}

static int done4(void)
{
	end_ip4(&p, 0);
	return parse4(&got, &p);
}

#define DROPS6(reason)	EXPECT_EQ(done6(), -NAT64_DROP_##reason)
#define DROPS4(reason)	EXPECT_EQ(done4(), -NAT64_DROP_##reason)

TEST(plain6)
{
	struct nat64_hdr *h = &got.outer;
	u32 l4;

	start6(IPPROTO_TCP);
	l4 = tcp(&p, 1000, 80, 0x12);
	put_fill(&p, 100);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(h->l3, 0);
	EXPECT_EQ(h->l4, l4);
	EXPECT_EQ(h->frag, 0);
	EXPECT_EQ(h->tot_len, 160);
	EXPECT_EQ(h->l4_len, 120);
	EXPECT_EQ(h->frag_off, 0);
	EXPECT_EQ(ntohs(h->sport), 1000);
	EXPECT_EQ(ntohs(h->dport), 80);
	EXPECT_EQ(h->proto, IPPROTO_TCP);
	EXPECT_EQ(h->tos, 0xa5);
	EXPECT_EQ(h->ttl, 64);
	EXPECT_EQ(h->tcp_flags, 0x12);
	EXPECT(!h->is_frag && !h->more && !h->atomic && !h->df);
	EXPECT(h->has_ports && h->has_csum);
	EXPECT(!h->icmp_query && !h->icmp_error);

	start6(IPPROTO_UDP);
	udp(&p, 5353, 53, 5);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(ntohs(h->sport), 5353);
	EXPECT_EQ(ntohs(h->dport), 53);
	EXPECT_EQ(h->l4_len, 13);
	EXPECT(h->has_ports && h->has_csum);

	start6(IPPROTO_ICMPV6);
	icmp(&p, 128, 0, 0xabcd0001);
	EXPECT_EQ(done6(), 0);
	EXPECT(h->icmp_query && h->has_ports && !h->icmp_error);
	EXPECT_EQ(ntohs(h->sport), 0xabcd);
	EXPECT_EQ(ntohs(h->dport), 0xabcd);
	EXPECT_EQ(h->icmp_type, 128);
}

TEST(plain4)
{
	struct nat64_hdr *h = &got.outer;
	u32 l4;

	start4(IPPROTO_TCP);
	l4 = tcp(&p, 1000, 80, 0x12);
	put_fill(&p, 100);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(h->l3, 0);
	EXPECT_EQ(h->l4, l4);
	EXPECT_EQ(h->frag, 0);
	EXPECT_EQ(h->tot_len, 140);
	EXPECT_EQ(h->l4_len, 120);
	EXPECT_EQ(h->frag_off, 0);
	EXPECT_EQ(h->frag_id, 0x1234);
	EXPECT_EQ(ntohs(h->sport), 1000);
	EXPECT_EQ(ntohs(h->dport), 80);
	EXPECT_EQ(h->proto, IPPROTO_TCP);
	EXPECT_EQ(h->tos, 0xa5);
	EXPECT_EQ(h->ttl, 64);
	EXPECT_EQ(h->tcp_flags, 0x12);
	EXPECT(h->df && !h->is_frag && !h->more && !h->atomic);
	EXPECT(h->has_ports && h->has_csum);
	EXPECT(!h->icmp_query && !h->icmp_error);

	start4(IPPROTO_ICMP);
	icmp(&p, 0, 0, 0xabcd0001);
	EXPECT_EQ(done4(), 0);
	EXPECT(h->icmp_query && h->has_ports && !h->icmp_error);
	EXPECT_EQ(ntohs(h->sport), 0xabcd);
	EXPECT_EQ(h->icmp_type, 0);
}

TEST(asks_for_headers_only)
{
	start6(IPPROTO_TCP);
	tcp(&p, 1, 2, 0x10);
	put_fill(&p, 1000);
	end_ip6(&p, 0);
	EXPECT_EQ(nat64_parse6(&got, p.data, 0, p.len), 40);
	EXPECT_EQ(nat64_parse6(&got, p.data, 40, p.len), 60);
	EXPECT_EQ(nat64_parse6(&got, p.data, 60, p.len), 0);

	start4(IPPROTO_UDP);
	udp(&p, 1, 2, 1000);
	end_ip4(&p, 0);
	EXPECT_EQ(nat64_parse4(&got, p.data, 0, p.len), 20);
	EXPECT_EQ(nat64_parse4(&got, p.data, 20, p.len), 28);
	EXPECT_EQ(nat64_parse4(&got, p.data, 28, p.len), 0);
}

TEST(version_and_length6) /* C-14 C-15 */
{
	start6(IPPROTO_UDP);
	udp(&p, 1, 2, 20);
	end_ip6(&p, 0);
	set8(&p, 0, 0x45);
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_BAD_HEADER);

	/* shorter than it says, and longer */
	start6(IPPROTO_UDP);
	udp(&p, 1, 2, 20);
	end_ip6(&p, 0);
	p.len--;
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_TRUNCATED);
	p.len += 12;
	EXPECT_EQ(parse6(&got, &p), 0);
	EXPECT_EQ(got.outer.tot_len, 68);
	EXPECT_EQ(got.outer.l4_len, 28);

	p.len = 39;
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_TRUNCATED);
	p.len = 0;
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_TRUNCATED);
}

TEST(payload_length_zero) /* C-15 C-21 D-42 */
{
	/* a jumbogram, and a super-packet without its jumbo option */
	start6(0);
	ext6(&p, IPPROTO_TCP, 8);
	tcp(&p, 1, 2, 0x10);
	end_ip6(&p, 0);
	set16(&p, 4, 0);
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_BAD_HEADER);
	start6(IPPROTO_TCP);
	tcp(&p, 1, 2, 0x10);
	end_ip6(&p, 0);
	set16(&p, 4, 0);
	EXPECT_EQ(parse6(&got, &p), -NAT64_DROP_BAD_HEADER);

	/* nothing but a header is a packet */
	start6(59);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.l4_len, 0);
	EXPECT_EQ(got.outer.proto, 59);
	start6(0);
	DROPS6(EXT_HDR);
}

TEST(wraps_ipv4_length) /* C-16 B-21 */
{
	start6(253);
	put_zero(&p, 65515);
	EXPECT_EQ(done6(), 0);
	put_zero(&p, 1);
	DROPS6(TOO_BIG);

	/* headers that are skipped do not count */
	start6(60);
	ext6(&p, 253, 16);
	put_zero(&p, 65515);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.l4_len, 65515);

	start4(253);
	put_zero(&p, 65515);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.outer.tot_len, 65535);
}

TEST(extension_headers) /* C-03 C-10 C-11 C-19 */
{
	u32 l4;

	start6(0);
	ext6(&p, 60, 8);
	set8(&p, 44, 0xc7);	/* an option that says: discard if unknown */
	ext6(&p, 43, 24);
	ext6(&p, 60, 16);
	set8(&p, 43 + 32, 0);
	ext6(&p, IPPROTO_UDP, 8);
	l4 = udp(&p, 7, 8, 11);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.l4, l4);
	EXPECT_EQ(got.outer.l4_len, 19);
	EXPECT_EQ(got.outer.proto, IPPROTO_UDP);
	EXPECT_EQ(ntohs(got.outer.dport), 8);
	EXPECT(!got.outer.is_frag);
}

TEST(headers_that_are_not_skipped) /* C-10 C-21 */
{
	static const u8 numbers[] = { 50, 51, 59, 135, 139, 140, 253, 47, 132 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		start6(0);
		ext6(&p, numbers[i], 8);
		put_fill(&p, 24);
		EXPECT_EQ(done6(), 0);
		EXPECT_EQ(got.outer.proto, numbers[i]);
		EXPECT_EQ(got.outer.l4, 48);
		EXPECT_EQ(got.outer.l4_len, 24);
		EXPECT(!got.outer.has_ports && !got.outer.has_csum);
	}
}

TEST(other_protocols4) /* B-20 C-23 */
{
	unsigned int proto;

	for (proto = 0; proto < 256; proto++) {
		if (proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
		    proto == IPPROTO_ICMP)
			continue;
		start4((u8)proto);
		put_fill(&p, 1);
		EXPECT_EQ(done4(), 0);
		EXPECT_EQ(got.outer.proto, proto);
		EXPECT_EQ(got.outer.l4_len, 1);
		EXPECT(!got.outer.has_ports && !got.outer.has_csum);
	}
}

TEST(other_checksums) /* G-11 G-12 */
{
	static const u8 protos[] = { IPPROTO_DCCP, IPPROTO_UDPLITE };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		for (n = 0; n < 12; n++) {
			start6(protos[i]);
			put_fill(&p, n);
			EXPECT_EQ(done6(), 0);
			EXPECT_EQ(got.outer.has_csum, n >= 8);
			EXPECT(!got.outer.has_ports);
			start4(protos[i]);
			put_fill(&p, n);
			EXPECT_EQ(done4(), 0);
			EXPECT_EQ(got.outer.has_csum, n >= 8);
		}

	start4(IPPROTO_DCCP);
	set16(&p, 6, 8);
	put_fill(&p, 16);
	EXPECT_EQ(done4(), 0);
	EXPECT(!got.outer.has_csum);
}

TEST(segments_left) /* C-11 C-12 C-13 */
{
	u32 at;

	start6(43);
	at = ext6(&p, IPPROTO_UDP, 24);
	set8(&p, at + 3, 1);
	udp(&p, 1, 2, 4);
	DROPS6(SEGMENTS_LEFT);
	EXPECT_EQ(got.err_ptr, 43);

	start6(0);
	ext6(&p, 43, 8);
	at = ext6(&p, IPPROTO_UDP, 24);
	set8(&p, at + 3, 255);
	udp(&p, 1, 2, 4);
	DROPS6(SEGMENTS_LEFT);
	EXPECT_EQ(got.err_ptr, 51);

	/* in front of a Fragment Header, which says who is to be told (F-43) */
	start6(43);
	at = ext6(&p, 44, 8);
	set8(&p, at + 3, 1);
	frag6(&p, IPPROTO_UDP, 64, false, 7);
	put_fill(&p, 20);
	DROPS6(SEGMENTS_LEFT);
	EXPECT_EQ(got.err_ptr, 43);
	EXPECT_EQ(got.outer.frag_off, 64);

	/* the first of two, and any type of Routing header, when it is used up */
	start6(0);
	ext6(&p, 43, 8);
	at = ext6(&p, 43, 24);
	set8(&p, at + 3, 2);
	at = ext6(&p, IPPROTO_UDP, 8);
	set8(&p, at + 3, 1);
	udp(&p, 1, 2, 4);
	DROPS6(SEGMENTS_LEFT);
	EXPECT_EQ(got.err_ptr, 51);
	start6(0);
	ext6(&p, 43, 8);
	at = ext6(&p, IPPROTO_UDP, 24);
	udp(&p, 1, 2, 4);
	set8(&p, at + 2, 4);
	set8(&p, at + 3, 0);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.l4, 72);
}

TEST(extension_headers_may_be_long) /* C-03 C-11 */
{
	u32 at, l4;

	/* as long as they can be */
	start6(0);
	at = ext6(&p, 60, 2048);
	EXPECT_EQ(p.data[at + 1], 255);
	ext6(&p, IPPROTO_UDP, 2048);
	l4 = udp(&p, 1, 2, 4);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.l4, l4);
	EXPECT_EQ(got.outer.l4_len, 12);
}

TEST(extension_chain_is_bounded) /* C-20 K-14 */
{
	unsigned int i;
	u32 at;

	start6(60);
	for (i = 1; i <= NAT64_MAX_EXT_HDRS; i++)
		ext6(&p, i < NAT64_MAX_EXT_HDRS ? 60 : IPPROTO_UDP, 8);
	udp(&p, 1, 2, 4);
	EXPECT_EQ(done6(), 0);

	start6(60);
	for (i = 1; i <= NAT64_MAX_EXT_HDRS + 1; i++)
		ext6(&p, i <= NAT64_MAX_EXT_HDRS ? 60 : IPPROTO_UDP, 8);
	udp(&p, 1, 2, 4);
	DROPS6(EXT_HDR);

	/* past the end of the packet */
	start6(60);
	at = ext6(&p, IPPROTO_UDP, 8);
	set8(&p, at + 1, 1);
	DROPS6(EXT_HDR);
	start6(60);
	ext6(&p, 60, 8);
	put_zero(&p, 7);
	DROPS6(EXT_HDR);
}

TEST(fragment6) /* D-14 D-15 */
{
	u32 l4;

	start6(60);
	ext6(&p, 44, 8);
	frag6(&p, IPPROTO_UDP, 0, true, 0xdeadbeef);
	l4 = udp(&p, 9, 10, 24);
	set16(&p, l4 + 4, 4000);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.frag, 48);
	EXPECT_EQ(got.outer.l4, 56);
	EXPECT_EQ(got.outer.l4_len, 32);
	EXPECT_EQ(got.outer.frag_id, 0xdeadbeef);
	EXPECT_EQ(got.outer.frag_off, 0);
	EXPECT(got.outer.is_frag && got.outer.more && !got.outer.atomic);
	EXPECT(got.outer.has_ports);
	EXPECT_EQ(ntohs(got.outer.sport), 9);

	/* not the first: what looks like ports is payload */
	start6(44);
	frag6(&p, IPPROTO_UDP, 1448, false, 7);
	put_fill(&p, 3);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.frag_off, 1448);
	EXPECT_EQ(got.outer.l4_len, 3);
	EXPECT(got.outer.is_frag && !got.outer.more && !got.outer.atomic);
	EXPECT(!got.outer.has_ports && !got.outer.has_csum);
}

TEST(fragment4) /* D-08 */
{
	u32 l4;

	start4(IPPROTO_UDP);
	set16(&p, 6, 0x6000);	/* DF and MF together happen (D-07) */
	l4 = udp(&p, 9, 10, 24);
	set16(&p, l4 + 4, 4000);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.outer.l4_len, 32);
	EXPECT_EQ(got.outer.frag_id, 0x1234);
	EXPECT(got.outer.is_frag && got.outer.more && got.outer.df);
	EXPECT(got.outer.has_ports && !got.outer.atomic);

	start4(IPPROTO_UDP);
	set16(&p, 6, 181);
	put_fill(&p, 3);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.outer.frag_off, 1448);
	EXPECT(got.outer.is_frag && !got.outer.more && !got.outer.df);
	EXPECT(!got.outer.has_ports && !got.outer.has_csum);
}

TEST(atomic_fragment) /* D-16 */
{
	start6(44);
	frag6(&p, IPPROTO_TCP, 0, false, 5);
	tcp(&p, 1, 2, 0x02);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.outer.is_frag && got.outer.atomic && !got.outer.more);
	EXPECT(got.outer.has_ports && got.outer.has_csum);
	EXPECT_EQ(got.outer.frag_id, 5);

	/* a whole packet has a whole header */
	start6(44);
	frag6(&p, IPPROTO_TCP, 0, false, 5);
	tcp(&p, 1, 2, 0x02);
	p.len -= 2;
	DROPS6(TRUNCATED);

	/* and may be an ICMPv6 error */
	start6(44);
	frag6(&p, IPPROTO_ICMPV6, 0, false, 5);
	icmp(&p, 128, 0, 1);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.outer.icmp_query);
}

TEST(header_behind_fragment_header) /* D-17 */
{
	static const u8 refused[] = { 0, 43, 44, 51, 60, 135, 139, 140 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		start6(44);
		frag6(&p, refused[i], 0, true, 1);
		put_fill(&p, 32);
		DROPS6(EXT_AFTER_FRAG);
		start6(44);
		frag6(&p, refused[i], 64, false, 1);
		put_fill(&p, 32);
		DROPS6(EXT_AFTER_FRAG);
	}
	start6(44);
	frag6(&p, 50, 0, true, 1);
	put_fill(&p, 32);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.outer.proto, 50);
}

TEST(fragment_lengths) /* D-24 */
{
	start6(44);
	frag6(&p, IPPROTO_UDP, 64, true, 1);
	put_fill(&p, 31);
	DROPS6(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 0x2008);
	put_fill(&p, 31);
	DROPS4(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 0x0008);
	put_fill(&p, 31);
	EXPECT_EQ(done4(), 0);

	/* one without content moves nothing */
	start6(44);
	frag6(&p, IPPROTO_UDP, 64, true, 1);
	DROPS6(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 0x2008);
	DROPS4(BAD_FRAG);
}

TEST(tiny_fragments) /* D-26 K-18 */
{
	start6(44);
	frag6(&p, IPPROTO_TCP, 0, true, 1);
	put_fill(&p, 16);
	DROPS6(BAD_FRAG);
	start4(IPPROTO_TCP);
	set16(&p, 6, 0x2000);
	put_fill(&p, 16);
	DROPS4(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 0x2000);
	DROPS4(BAD_FRAG);

	/* at offset 1 of TCP: it would overwrite the flags */
	start6(44);
	frag6(&p, IPPROTO_TCP, 8, false, 1);
	put_fill(&p, 16);
	DROPS6(BAD_FRAG);
	start4(IPPROTO_TCP);
	set16(&p, 6, 0x0001);
	put_fill(&p, 16);
	DROPS4(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 0x0001);
	put_fill(&p, 16);
	EXPECT_EQ(done4(), 0);

	/* 24 octets hold a TCP header; its options may follow later */
	start4(IPPROTO_TCP);
	set16(&p, 6, 0x2000);
	set8(&p, tcp(&p, 1, 2, 2) + 12, 0xa0);
	put_fill(&p, 4);
	EXPECT_EQ(done4(), 0);
	EXPECT(got.outer.has_ports && got.outer.has_csum);
}

TEST(fragments_past_the_end) /* D-27 K-18 */
{
	start6(44);
	frag6(&p, IPPROTO_UDP, 65504, false, 1);
	put_fill(&p, 11);
	EXPECT_EQ(done6(), 0);
	put_fill(&p, 1);
	DROPS6(BAD_FRAG);
	start4(IPPROTO_UDP);
	set16(&p, 6, 8188);
	put_fill(&p, 11);
	EXPECT_EQ(done4(), 0);
	put_fill(&p, 1);
	DROPS4(BAD_FRAG);
}

TEST(fragmented_icmp) /* D-22 D-37 */
{
	start4(IPPROTO_ICMP);
	set16(&p, 6, 0x2000);
	icmp(&p, 8, 0, 0x00070001);
	put_fill(&p, 64);
	EXPECT_EQ(done4(), 0);
	EXPECT(got.outer.is_frag && got.outer.icmp_query);

	/* the quote of an error is incomplete */
	start4(IPPROTO_ICMP);
	set16(&p, 6, 0x2000);
	icmp(&p, 3, 3, 0);
	put_fill(&p, 64);
	EXPECT_EQ(done4(), 0);
	EXPECT(got.outer.is_frag && !got.outer.icmp_error);
	start6(44);
	frag6(&p, IPPROTO_ICMPV6, 0, true, 1);
	icmp(&p, 1, 3, 0);
	put_fill(&p, 64);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.outer.is_frag && !got.outer.icmp_error);
}

TEST(version_and_length4) /* B-16 B-17 */
{
	start4(IPPROTO_UDP);
	udp(&p, 1, 2, 20);
	end_ip4(&p, 0);
	p.len--;
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_TRUNCATED);
	p.len += 19;
	EXPECT_EQ(parse4(&got, &p), 0);
	EXPECT_EQ(got.outer.tot_len, 48);
	EXPECT_EQ(got.outer.l4_len, 28);

	set8(&p, 0, 0x65);
	sum_ip4(&p, 0);
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_HEADER);
	set8(&p, 0, 0x44);
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_HEADER);
	set8(&p, 0, 0x4f);	/* header longer than the packet */
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_HEADER);
	set8(&p, 0, 0x45);
	set16(&p, 2, 19);
	sum_ip4(&p, 0);
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_HEADER);
	set16(&p, 2, 0);	/* as a packet beyond 64 kB has it */
	sum_ip4(&p, 0);
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_HEADER);
	p.len = 19;
	EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_TRUNCATED);
}

TEST(header_checksum4) /* B-17 */
{
	unsigned int bit;

	start4(IPPROTO_UDP);
	udp(&p, 1, 2, 20);
	end_ip4(&p, 0);
	for (bit = 8 * 8; bit < 20 * 8; bit++) {
		p.data[bit / 8] ^= 1 << bit % 8;
		EXPECT_EQ(parse4(&got, &p), -NAT64_DROP_BAD_CSUM);
		p.data[bit / 8] ^= 1 << bit % 8;
	}
	set8(&p, 6, 0xc0);	/* the reserved flag is ignored: B-23 */
	sum_ip4(&p, 0);
	EXPECT_EQ(parse4(&got, &p), 0);
	EXPECT(!got.outer.is_frag && got.outer.df);
}

static int options(const u8 *opts, u32 len)
{
	p.len = 0;
	ip4_opts(&p, IPPROTO_UDP, opts, len);
	udp(&p, 9, 10, 4);
	return done4();
}

#define OPTIONS(...)							\
	({								\
		static const u8 opts_[] = { __VA_ARGS__ };		\
		options(opts_, sizeof(opts_));				\
	})

TEST(options_are_skipped) /* B-12 */
{
	EXPECT_EQ(OPTIONS(1, 1, 1, 0), 0);
	EXPECT_EQ(got.outer.l4, 24);
	EXPECT_EQ(got.outer.l4_len, 12);
	EXPECT_EQ(ntohs(got.outer.sport), 9);
	EXPECT_EQ(OPTIONS(148, 4, 0, 0), 0);		/* router alert */
	EXPECT_EQ(OPTIONS(7, 7, 4, 0, 0, 0, 0, 0), 0);	/* record route */
	EXPECT_EQ(OPTIONS(0, 131, 3, 1), 0);	/* behind the end: nothing */
}

TEST(source_routes) /* B-13 B-14 */
{
	EXPECT_EQ(OPTIONS(131, 7, 4, 1, 2, 3, 4, 0), -NAT64_DROP_SOURCE_ROUTE);
	EXPECT_EQ(OPTIONS(137, 7, 4, 1, 2, 3, 4, 0), -NAT64_DROP_SOURCE_ROUTE);
	EXPECT_EQ(OPTIONS(137, 7, 7, 1, 2, 3, 4, 0), -NAT64_DROP_SOURCE_ROUTE);
	EXPECT_EQ(OPTIONS(131, 7, 8, 1, 2, 3, 4, 0), 0);
	EXPECT_EQ(OPTIONS(137, 7, 8, 1, 2, 3, 4, 0), 0);
	/* wherever it stands */
	EXPECT_EQ(OPTIONS(1, 148, 4, 0, 0, 131, 7, 4, 1, 2, 3, 4),
		  -NAT64_DROP_SOURCE_ROUTE);
	EXPECT_EQ(OPTIONS(131, 3, 4, 137, 7, 4, 1, 2, 3, 4, 0, 0),
		  -NAT64_DROP_SOURCE_ROUTE);
	EXPECT_EQ(OPTIONS(131, 2, 4, 0), -NAT64_DROP_BAD_OPTIONS);
}

TEST(malformed_options) /* B-15 K-14 */
{
	EXPECT_EQ(OPTIONS(148, 0, 0, 0), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(148, 1, 0, 0), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(148, 5, 0, 0), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(1, 1, 1, 148), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(1, 1, 131, 2), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(1, 1, 1, 131), -NAT64_DROP_BAD_OPTIONS);
	EXPECT_EQ(OPTIONS(131, 255, 4, 0), -NAT64_DROP_BAD_OPTIONS);
}

TEST(tcp_headers)
{
	u32 at;

	start6(IPPROTO_TCP);
	put_fill(&p, 19);
	DROPS6(TRUNCATED);
	start6(IPPROTO_TCP);
	at = tcp(&p, 1, 2, 2);
	set8(&p, at + 12, 4 << 4);
	DROPS6(BAD_L4);
	set8(&p, at + 12, 6 << 4);
	DROPS6(BAD_L4);
	put_zero(&p, 4);
	EXPECT_EQ(done6(), 0);
	start4(IPPROTO_TCP);
	put_fill(&p, 19);
	DROPS4(TRUNCATED);
}

TEST(udp_lengths) /* G-13 */
{
	u32 at;

	start4(IPPROTO_UDP);
	put_fill(&p, 7);
	DROPS4(TRUNCATED);
	start4(IPPROTO_UDP);
	at = udp(&p, 1, 2, 10);
	EXPECT_EQ(done4(), 0);
	set16(&p, at + 4, 8);
	EXPECT_EQ(done4(), 0);
	set16(&p, at + 4, 7);
	DROPS4(BAD_L4);
	set16(&p, at + 4, 0);
	DROPS4(BAD_L4);
	set16(&p, at + 4, 19);
	DROPS4(BAD_L4);
	/* H-22: port 0 is a port */
	start4(IPPROTO_UDP);
	udp(&p, 0, 0, 0);
	EXPECT_EQ(done4(), 0);
	EXPECT(got.outer.has_ports);
}

TEST(icmp_types) /* E-03 E-04 F-07 F-35 */
{
	unsigned int type;

	for (type = 0; type < 256; type++) {
		start4(IPPROTO_ICMP);
		icmp(&p, (u8)type, 0, 0);
		if (type == 3 || type == 11 || type == 12) {
			DROPS4(ICMP_QUOTE);
		} else {
			EXPECT_EQ(done4(), 0);
			EXPECT_EQ(got.outer.icmp_query, type == 0 || type == 8);
			EXPECT_EQ(got.outer.icmp_error, 0);
			EXPECT_EQ(got.outer.icmp_type, type);
		}

		start6(IPPROTO_ICMPV6);
		icmp(&p, (u8)type, 0, 0);
		if (type >= 1 && type <= 4) {
			DROPS6(ICMP_QUOTE);
		} else {
			EXPECT_EQ(done6(), 0);
			EXPECT_EQ(got.outer.icmp_query,
				  type == 128 || type == 129);
			EXPECT_EQ(got.outer.icmp_error, 0);
		}
	}
	start4(IPPROTO_ICMP);
	put_fill(&p, 7);
	DROPS4(TRUNCATED);
	/* the other family's ICMP is a protocol like any other */
	start6(IPPROTO_ICMP);
	icmp(&p, 8, 0, 0);
	EXPECT_EQ(done6(), 0);
	EXPECT(!got.outer.icmp_query && !got.outer.has_csum);
}

/* An error around a quoted UDP packet, of which @quoted octets are there. */
static u32 error4(u8 type, u32 second, u32 quoted)
{
	u32 at;

	start4(IPPROTO_ICMP);
	icmp(&p, type, 0, second);
	at = ip4(&p, IPPROTO_UDP);
	udp(&p, 11, 12, 300);
	end_ip4(&p, at);
	p.len = at + quoted;
	return at;
}

static u32 error6(u8 type, u32 second, u32 quoted)
{
	u32 at;

	start6(IPPROTO_ICMPV6);
	icmp(&p, type, 0, second);
	at = ip6(&p, IPPROTO_UDP);
	udp(&p, 11, 12, 300);
	end_ip6(&p, at);
	p.len = at + quoted;
	return at;
}

TEST(quotes)
{
	u32 at = error4(3, 0, 28);

	EXPECT_EQ(done4(), 0);
	EXPECT(got.outer.icmp_error && !got.outer.icmp_query);
	EXPECT_EQ(got.inner.l3, at);
	EXPECT_EQ(got.inner.l4, at + 20);
	EXPECT_EQ(got.inner.tot_len, 328);
	EXPECT_EQ(got.inner.l4_len, 308);
	EXPECT_EQ(ntohs(got.inner.sport), 11);
	EXPECT_EQ(ntohs(got.inner.dport), 12);
	EXPECT(got.inner.has_ports && got.inner.has_csum && got.inner.df);
	EXPECT_EQ(got.quote_end, p.len);
	EXPECT_EQ(got.ext, 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT(nat64_quote4_csum_ok(&got, p.data));	/* F-19 */
	p.data[at + 8]--;
	EXPECT(!nat64_quote4_csum_ok(&got, p.data));

	at = error6(1, 0, 48);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.outer.icmp_error && !got.outer.icmp_query);
	EXPECT_EQ(got.inner.l3, at);
	EXPECT_EQ(got.inner.l4, at + 40);
	EXPECT_EQ(got.inner.tot_len, 348);
	EXPECT_EQ(got.inner.l4_len, 308);
	EXPECT(got.inner.has_ports && got.inner.has_csum);
	EXPECT_EQ(got.quote_end, p.len);
}

TEST(errors_ask_for_everything)
{
	error6(1, 0, 200);
	put_zero(&p, 0);
	end_ip6(&p, 0);
	EXPECT_EQ(nat64_parse6(&got, p.data, 48, p.len + 10), (int)p.len);
	error4(3, 0, 200);
	end_ip4(&p, 0);
	EXPECT_EQ(nat64_parse4(&got, p.data, 28, p.len + 10), (int)p.len);
}

TEST(truncated_quotes) /* F-11 F-18 H-63 */
{
	u32 n;

	for (n = 0; n < 28; n++) {
		error4(11, 0, n);
		if (n < 20) {
			DROPS4(ICMP_QUOTE);
			continue;
		}
		EXPECT_EQ(done4(), 0);
		EXPECT_EQ(got.inner.has_ports, n >= 24);
		EXPECT_EQ(got.inner.has_csum, n >= 28);
	}
	for (n = 0; n < 48; n++) {
		error6(3, 0, n);
		if (n < 40) {
			DROPS6(ICMP_QUOTE);
			continue;
		}
		EXPECT_EQ(done6(), 0);
		EXPECT_EQ(got.inner.has_ports, n >= 44);
		EXPECT_EQ(got.inner.has_csum, n >= 48);
	}
}

TEST(truncated_tcp_quotes) /* F-11 */
{
	u32 n, at;

	for (n = 0; n < 20; n++) {
		start6(IPPROTO_ICMPV6);
		icmp(&p, 1, 4, 0);
		at = ip6(&p, IPPROTO_TCP);
		tcp(&p, 1, 2, 0x12);
		end_ip6(&p, at);
		p.len = at + 40 + n;
		EXPECT_EQ(done6(), 0);
		EXPECT_EQ(got.inner.has_ports, n >= 4);
		EXPECT_EQ(got.inner.has_csum, n >= 18);
		EXPECT_EQ(got.inner.tcp_flags, n >= 14 ? 0x12 : 0);
	}
}

TEST(malformed_quotes) /* F-18 */
{
	u32 at = error4(3, 0, 60);

	set8(&p, at, 0x44);
	DROPS4(ICMP_QUOTE);
	set8(&p, at, 0x65);
	DROPS4(ICMP_QUOTE);
	set8(&p, at, 0x45);
	set16(&p, at + 2, 19);
	DROPS4(ICMP_QUOTE);
	at = error4(3, 0, 56);
	set8(&p, at, 0x4f);	/* 60 octets */
	DROPS4(ICMP_QUOTE);

	at = error6(1, 0, 60);
	set8(&p, at, 0x45);
	DROPS6(ICMP_QUOTE);
	/* a header of the wrong family */
	start6(IPPROTO_ICMPV6);
	icmp(&p, 1, 0, 0);
	at = ip4(&p, IPPROTO_UDP);
	udp(&p, 1, 2, 40);
	end_ip4(&p, at);
	DROPS6(ICMP_QUOTE);
}

TEST(quoted_headers_are_skipped) /* F-13 */
{
	static const u8 opts[8] = { 131, 7, 4, 1, 2, 3, 4, 0 };
	u32 at;

	/* a quoted source route harms nobody */
	start4(IPPROTO_ICMP);
	icmp(&p, 11, 0, 0);
	at = ip4_opts(&p, IPPROTO_UDP, opts, sizeof(opts));
	udp(&p, 3, 4, 0);
	end_ip4(&p, at);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.inner.l4, at + 28);
	EXPECT_EQ(ntohs(got.inner.dport), 4);

	start6(IPPROTO_ICMPV6);
	icmp(&p, 3, 0, 0);
	at = ip6(&p, 0);
	ext6(&p, 60, 8);
	ext6(&p, IPPROTO_UDP, 16);
	udp(&p, 3, 4, 0);
	end_ip6(&p, at);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.inner.l4, at + 64);
	EXPECT_EQ(got.inner.l4_len, 8);
	EXPECT_EQ(ntohs(got.inner.dport), 4);

	/* cut in the middle of them */
	p.len = at + 60;
	DROPS6(ICMP_QUOTE);
}

TEST(quoted_fragments) /* F-16 H-63 */
{
	u32 at;

	start6(IPPROTO_ICMPV6);
	icmp(&p, 2, 0, 1280);
	at = ip6(&p, 44);
	frag6(&p, IPPROTO_UDP, 0, true, 77);
	udp(&p, 3, 4, 24);
	end_ip6(&p, at);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.inner.is_frag && got.inner.more && got.inner.has_ports);
	EXPECT_EQ(got.inner.frag, at + 40);
	EXPECT_EQ(got.inner.l4_len, 32);

	start6(IPPROTO_ICMPV6);
	icmp(&p, 2, 0, 1280);
	at = ip6(&p, 44);
	frag6(&p, IPPROTO_UDP, 64, true, 77);
	put_fill(&p, 32);
	end_ip6(&p, at);
	EXPECT_EQ(done6(), 0);
	EXPECT(got.inner.is_frag && !got.inner.has_ports);

	start4(IPPROTO_ICMP);
	icmp(&p, 11, 1, 0);
	at = ip4(&p, IPPROTO_UDP);
	set16(&p, at + 6, 8);
	put_fill(&p, 32);
	end_ip4(&p, at);
	EXPECT_EQ(done4(), 0);
	EXPECT(got.inner.is_frag && !got.inner.has_ports);
	EXPECT_EQ(got.inner.frag_off, 64);
}

TEST(quoted_icmp) /* F-14 F-17 */
{
	static const struct {
		u8 type4, type6;
		bool ok;
	} cases[] = {
		{ 8, 128, true }, { 0, 129, true }, { 3, 1, false },
		{ 11, 3, false }, { 5, 137, false }, { 13, 135, false },
	};
	unsigned int i;
	u32 at, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start4(IPPROTO_ICMP);
		icmp(&p, 11, 0, 0);
		at = ip4(&p, IPPROTO_ICMP);
		icmp(&p, cases[i].type4, 0, 0x00420001);
		put_fill(&p, 40);
		end_ip4(&p, at);
		EXPECT_EQ(done4(), cases[i].ok ? 0 : -NAT64_DROP_ICMP_QUOTE);
		if (cases[i].ok)
			EXPECT_EQ(ntohs(got.inner.sport), 0x42);

		start6(IPPROTO_ICMPV6);
		icmp(&p, 3, 0, 0);
		at = ip6(&p, IPPROTO_ICMPV6);
		icmp(&p, cases[i].type6, 0, 0x00420001);
		put_fill(&p, 40);
		end_ip6(&p, at);
		EXPECT_EQ(done6(), cases[i].ok ? 0 : -NAT64_DROP_ICMP_QUOTE);
	}

	for (n = 0; n < 8; n++) {
		start4(IPPROTO_ICMP);
		icmp(&p, 11, 0, 0);
		at = ip4(&p, IPPROTO_ICMP);
		icmp(&p, 8, 0, 0x00420001);
		end_ip4(&p, at);
		p.len = at + 20 + n;
		if (n < 2) {
			DROPS4(ICMP_QUOTE);
			continue;
		}
		EXPECT_EQ(done4(), 0);
		EXPECT(got.inner.icmp_query);
		EXPECT_EQ(got.inner.has_csum, n >= 4);
		EXPECT_EQ(got.inner.has_ports, n >= 6);
	}
}

TEST(quoted_other_protocols) /* F-10 */
{
	u32 at;

	start4(IPPROTO_ICMP);
	icmp(&p, 3, 2, 0);
	at = ip4(&p, 132);
	put_fill(&p, 8);
	end_ip4(&p, at);
	EXPECT_EQ(done4(), 0);
	EXPECT(!got.inner.has_ports && !got.inner.has_csum);
	EXPECT_EQ(got.inner.proto, 132);
}

TEST(padding_is_no_quote) /* F-26 */
{
	u32 at;

	start4(IPPROTO_ICMP);
	icmp(&p, 3, 3, 0);
	at = ip4(&p, IPPROTO_UDP);
	udp(&p, 3, 4, 4);
	end_ip4(&p, at);
	put_zero(&p, 128 - 32);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.quote_end, at + 32);
}

TEST(extensions4) /* F-25 F-27 F-28 */
{
	static const u8 types[] = { 3, 11, 12 };
	unsigned int i;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		at = error4(types[i], 32 << 16, 128);
		put_fill(&p, 12);
		EXPECT_EQ(done4(), 0);
		EXPECT_EQ(got.quote_end, at + 128);
		EXPECT_EQ(got.ext, at + 128);
		EXPECT_EQ(got.ext_len, 12);
	}

	/* exactly the end, too little for a structure, past the end */
	at = error4(3, 32 << 16, 128);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 128);
	put_fill(&p, 3);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 128);
	at = error4(3, 33 << 16, 131);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 131);
	at = error4(3, 255 << 16, 128);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 128);

	/* shorter than allowed: noise */
	at = error4(3, 31 << 16, 128);
	put_fill(&p, 12);
	EXPECT_EQ(done4(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 140);
}

TEST(extensions6) /* F-25 F-27 F-28 */
{
	u32 at = error6(1, 16u << 24, 128);

	put_fill(&p, 12);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.quote_end, at + 128);
	EXPECT_EQ(got.ext, at + 128);
	EXPECT_EQ(got.ext_len, 12);
	error6(3, 16u << 24, 128);
	put_fill(&p, 12);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.ext_len, 12);

	/* types without a length attribute: it is an MTU, a pointer */
	at = error6(2, 16u << 24, 140);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 140);
	at = error6(4, 16u << 24, 140);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 140);

	at = error6(1, 255u << 24, 128);
	EXPECT_EQ(done6(), 0);
	EXPECT_EQ(got.ext_len, 0);
	EXPECT_EQ(got.quote_end, at + 128);
}

KTAP_MAIN()
