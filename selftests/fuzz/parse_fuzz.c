// SPDX-License-Identifier: GPL-2.0
/* The parser reads nothing it was not given, and its offsets make sense. */
#include "xlat_whole.h"

static void check_hdr(const struct nat64_hdr *h, u32 end, bool v6)
{
	u32 min_l4 = h->l3 + (v6 ? 40 : 20);
	u32 there = end - h->l4;

	MUST(h->l4 >= min_l4 && h->l4 <= end);
	MUST(h->l4_len == h->tot_len - (h->l4 - h->l3));
	MUST(h->tot_len >= h->l4 - h->l3);
	MUST(!h->frag || (v6 && h->is_frag && h->frag >= min_l4 &&
			  h->frag + 8 == h->l4));
	MUST(!h->atomic || (h->is_frag && !h->frag_off && !h->more));
	MUST(!(h->frag_off || h->more) || h->is_frag);
	MUST(!h->frag_off || !(h->has_ports || h->has_csum || h->icmp_query));
	MUST(!h->has_ports || there >= 4);
	MUST(!h->has_csum || there >= 4);
	if (h->has_csum && h->proto == IPPROTO_TCP)
		MUST(there >= 18);
	if (h->has_csum && h->proto == IPPROTO_UDP)
		MUST(there >= 8);
}

static void check(const struct nat64_pkt *pkt, u32 total, bool v6)
{
	const struct nat64_hdr *h = &pkt->outer;

	MUST(h->l3 == 0 && h->tot_len <= total && h->l4_len <= 65515);
	check_hdr(h, h->tot_len, v6);
	if (!h->icmp_error)
		return;

	MUST(pkt->inner.l3 == h->l4 + 8);
	MUST(pkt->quote_end <= h->tot_len);
	check_hdr(&pkt->inner, pkt->quote_end, v6);
	MUST(!pkt->inner.icmp_error);
	MUST(!pkt->ext == !pkt->ext_len);
	MUST(!pkt->ext || (pkt->ext >= pkt->quote_end && pkt->ext_len >= 4 &&
			   pkt->ext + pkt->ext_len == h->tot_len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct pkt p;
	struct nat64_pkt steps, once;
	bool v6;
	int ret;

	if (size < 1)
		return 0;
	v6 = data[0] & 0x80;
	if (!repair(&p, data, size, v6))
		return 0;
	ret = parse_steps(v6 ? nat64_parse6 : nat64_parse4, &steps, p.data,
			  p.len);
	MUST(ret <= 0 && ret > -__NAT64_DROP_MAX);
	/* as parse_steps() leaves what is not written */
	memset(&once, 0xa5, sizeof(once));
	MUST((v6 ? nat64_parse6 : nat64_parse4)(&once, p.data, p.len, p.len) ==
	     ret);
	if (ret)
		return 0;
	check(&steps, p.len, v6);
	MUST(!memcmp(&steps.outer, &once.outer, sizeof(once.outer)));
	if (steps.outer.icmp_error)
		MUST(!memcmp(&steps.inner, &once.inner, sizeof(once.inner)) &&
		     steps.quote_end == once.quote_end);
	return 0;
}
