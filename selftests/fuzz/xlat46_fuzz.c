// SPDX-License-Identifier: GPL-2.0
/* Whatever is translated to IPv6 is a packet, with the checksum it deserves. */
#include "xlat_whole.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct pkt in, out;
	struct nat64_pkt pkt;

	if (!repair(&in, data, size, false))
		return 0;
	if (!whole(&pkt, in.data, in.len, &out, false))
		check_whole(&pkt, &in, &out, false);
	return 0;
}
