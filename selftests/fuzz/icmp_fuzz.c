// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors with any quote and extensions. The input gives family, type, code
 * and second word of the message, how long the quoted packet says it is, and
 * the quote itself, so that the fuzzer need not find its way through checksums.
 */
#include "xlat_whole.h"

#define PREAMBLE	9

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const u8 types6[] = { 1, 2, 3, 4 }, types4[] = { 3, 11, 12 };
	static struct pkt in, out;
	struct nat64_pkt pkt;
	u32 l3, l4, quote;
	bool v6;
	u8 type;

	if (size < PREAMBLE || size > 4000)
		return 0;
	v6 = data[0] & 0x80;
	type = v6 ? types6[data[1] % 4] : types4[data[1] % 3];
	in.len = 0;
	l3 = v6 ? ip6(&in, IPPROTO_ICMPV6) : ip4(&in, IPPROTO_ICMP);
	l4 = icmp(&in, type, data[2] % 20, get32(data + 3));
	quote = put(&in, data + PREAMBLE, (u32)size - PREAMBLE);
	if (in.len >= quote + 40) {
		set8(&in, quote, (v6 ? 0x60 : 0x40) | (in.data[quote] & 15));
		if (data[0] & FIX_LENGTH)
			set16(&in, quote + (v6 ? 4 : 2), get16(data + 7));
	}
	if (v6)
		end_ip6(&in, l3);
	else
		end_ip4(&in, l3);
	end_l4(&in, l3, l4, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);

	if (!whole(&pkt, in.data, in.len, &out, v6)) {
		MUST(out.len <= (v6 ? NAT64_ICMP4_MAX : NAT64_ICMP6_MAX));
		check_whole(&pkt, &in, &out, v6);
	}
	return 0;
}
