// SPDX-License-Identifier: GPL-2.0
#include "hdr.h"

/**
 * nat64_proto_46() - next header for a protocol
 * @proto: protocol of an IPv4 header
 *
 * Return: the same number, but for ICMP. RFC 7915 section 4.1.
 */
u8 nat64_proto_46(u8 proto)
{
	return proto == IPPROTO_ICMP ? IPPROTO_ICMPV6 : proto;
}

/**
 * nat64_proto_64() - protocol for a next header
 * @nexthdr: next header in front of the transport header
 *
 * Return: the same number, but for ICMPv6. RFC 7915 section 5.1.
 */
u8 nat64_proto_64(u8 nexthdr)
{
	return nexthdr == IPPROTO_ICMPV6 ? IPPROTO_ICMP : nexthdr;
}

/**
 * nat64_proto_crosses_46() - whether a protocol may become a next header
 * @proto: protocol of an IPv4 header
 *
 * A number that means an extension header or ICMPv6 would let the sender of an
 * IPv4 packet forge what no check on the IPv6 side has seen. IGMP is about the
 * link alone.
 *
 * Return: true if it may.
 */
bool nat64_proto_crosses_46(u8 proto)
{
	switch (proto) {
	case NEXTHDR_HOP:
	case IPPROTO_IGMP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_FRAGMENT:
	case IPPROTO_ICMPV6:
	case NEXTHDR_DEST:
	case NEXTHDR_MOBILITY:
	case NAT64_NEXTHDR_HIP:
	case NAT64_NEXTHDR_SHIM6:
		return false;
	default:
		return true;
	}
}

/**
 * nat64_proto_crosses_64() - whether a next header may become a protocol
 * @nexthdr: next header in front of the transport header
 *
 * Return: false for ICMPv4 and IGMP, which would pass for real on IPv4.
 */
bool nat64_proto_crosses_64(u8 nexthdr)
{
	return nexthdr != IPPROTO_ICMP && nexthdr != IPPROTO_IGMP;
}

/**
 * nat64_hdr_len_46() - room that nat64_hdr_46() needs
 * @h: layout of the IPv4 packet
 *
 * Return: 40, or 48 if a Fragment Header follows.
 */
unsigned int nat64_hdr_len_46(const struct nat64_hdr *h)
{
	return sizeof(struct ipv6hdr) +
	       (h->is_frag ? sizeof(struct frag_hdr) : 0);
}

/**
 * nat64_df_64() - whether a packet leaves with "don't fragment"
 * @h: layout of the IPv6 packet
 * @len4: length of the IPv4 packet in bytes
 *
 * Return: true if it does. A packet with a Fragment Header never does, whatever
 * its length (D-14, D-16). RFC 7915 sections 5.1 and 5.1.1.
 */
bool nat64_df_64(const struct nat64_hdr *h, u32 len4)
{
	return !h->is_frag && len4 > NAT64_DF_LIMIT;
}

/**
 * nat64_hdr_64() - write an IPv4 header
 * @ip: where to, 20 bytes, aligned as struct iphdr is
 * @h: layout of the IPv6 packet; @h->l4_len is at most 65515
 * @a: addresses
 * @opts: what the operator chose
 * @id: identification, host byte order, unless the packet brings one
 *
 * The header checksum is complete. DF is that of a packet of this length: of a
 * super-packet the caller judges by segments (D-40), with nat64_df_64(). RFC 7915
 * sections 5.1 and 5.1.1.
 */
void nat64_hdr_64(struct iphdr *ip, const struct nat64_hdr *h,
		  const struct nat64_addrs *a,
		  const struct nat64_hdr_opts *opts, u16 id)
{
	u32 len4 = h->l4_len + sizeof(*ip);
	u16 off = 0;

	if (h->is_frag) {
		id = (u16)h->frag_id;
		off = h->frag_off / 8 | (h->more ? IP_MF : 0);
	} else if (nat64_df_64(h, len4)) {
		off = IP_DF;
	}

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = opts->tos == NAT64_TOS_COPY ? h->tos : (u8)opts->tos;
	ip->tot_len = htons((u16)len4);
	ip->id = htons(id);
	ip->frag_off = htons(off);
	ip->ttl = h->ttl;
	ip->protocol = nat64_proto_64(h->proto);
	ip->check = 0;
	ip->saddr = a->src4;
	ip->daddr = a->dst4;
	ip->check = ip_fast_csum(ip, ip->ihl);
}

/**
 * nat64_hdr_46() - write an IPv6 header, and a Fragment Header for a fragment
 * @ip6: where to, nat64_hdr_len_46() bytes, aligned as struct ipv6hdr is
 * @h: layout of the IPv4 packet
 * @a: addresses
 * @opts: what the operator chose
 *
 * RFC 7915 section 4.1.
 */
void nat64_hdr_46(struct ipv6hdr *ip6, const struct nat64_hdr *h,
		  const struct nat64_addrs *a,
		  const struct nat64_hdr_opts *opts)
{
	unsigned int tclass = opts->zero_tclass ? 0 : h->tos;
	u32 len = h->l4_len + nat64_hdr_len_46(h) - sizeof(*ip6);
	u8 nexthdr = nat64_proto_46(h->proto);
	struct frag_hdr *fh;

	ip6_flow_hdr(ip6, tclass, 0);
	ip6->payload_len = htons((u16)len);
	ip6->nexthdr = h->is_frag ? NEXTHDR_FRAGMENT : nexthdr;
	ip6->hop_limit = h->ttl;
	ip6->saddr = a->src6;
	ip6->daddr = a->dst6;
	if (!h->is_frag)
		return;

	fh = (struct frag_hdr *)(ip6 + 1);
	fh->nexthdr = nexthdr;
	fh->reserved = 0;
	fh->frag_off = htons((u16)(h->frag_off | h->more));
	fh->identification = htonl(h->frag_id);
}
