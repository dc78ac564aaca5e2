# SPDX-License-Identifier: GPL-2.0
"""Raw packets through a gateway, compared byte for byte with what must leave.

	from packet import *

	lab = Lab("nat64")
	lab.ctl("prefix add 2001:db8:64::/96", ...)
	lab.case("UDP is translated", lab.v6, sent, v4=[expected])
	lab.case("no checksum, no way", lab.v6, sent, drop="udp_zero_checksum6")
	done()

What is expected is put together by scapy from what the documents say, never
from what the module has done: checksums are scapy's, computed anew.
"""

from .build import *	# noqa: F401,F403
from .lab import *	# noqa: F401,F403
from .tap import *	# noqa: F401,F403
