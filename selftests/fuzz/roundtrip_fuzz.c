// SPDX-License-Identifier: GPL-2.0
/* There and back again leaves the flow a packet belongs to as it was. */
#include "xlat_whole.h"

static void check_back(const struct nat64_hdr *h, const struct pkt *in,
		       const struct nat64_hdr *g, const struct pkt *back)
{
	bool v6 = in->data[0] >> 4 == 6;

	MUST(!memcmp(in->data + (v6 ? 8 : 12), back->data + (v6 ? 8 : 12),
		     v6 ? 32 : 8));
	MUST(g->proto == h->proto && g->ttl == h->ttl && g->tos == h->tos);
	MUST(g->sport == h->sport && g->dport == h->dport);
	MUST(g->icmp_query == h->icmp_query && g->icmp_type == h->icmp_type);
	MUST(g->frag_off == h->frag_off && g->more == h->more);
	MUST(g->l4_len == h->l4_len);
	if (h->has_csum && !(h->is_frag && !h->atomic))
		MUST(csum_error(in->data, h, in->data + h->l4) ==
		     csum_error(back->data, g, back->data + g->l4));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct pkt in, there, back;
	struct nat64_pkt first, second, third;
	bool to4;

	if (size < 1)
		return 0;
	to4 = data[0] & 0x80;
	if (!repair(&in, data, size, to4))
		return 0;
	if (to4 && in.len >= 40) {
		memcpy(in.data + 8, &prefix.addr, 12);
		memcpy(in.data + 24, &prefix.addr, 12);
	}
	if (whole(&first, in.data, in.len, &there, to4))
		return 0;
	if (first.outer.icmp_error || one_way(&first.outer))
		return 0;
	/* Numbers that are harmless in one family may not enter the other. */
	if (whole(&second, there.data, there.len, &back, !to4)) {
		MUST(!nat64_proto_crosses_46(second.outer.proto) ||
		     !nat64_proto_crosses_64(second.outer.proto));
		return 0;
	}
	MUST(!parse_steps(to4 ? nat64_parse6 : nat64_parse4, &third, back.data,
			  back.len));
	check_back(&first.outer, &in, &third.outer, &back);
	return 0;
}
