#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
"""Why a packet is dropped, as a counter, in our tracepoint, and as the kernel's."""

import re

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
H4, R4 = "198.51.100.10", "203.0.113.5"
H6, R6 = embed(NSP, H4), embed(NSP, R4)
UDPH = UDP(sport=4000, dport=53)
TRACE = "/sys/kernel/tracing/"
EVENTS = ("nat64/nat64_drop", "skb/kfree_skb")

lab = Lab("siit")
lab.ctl(f"prefix add {NSP}", "deny4 add 203.0.113.200/32")


def write(name, text):
    with open(TRACE + name, "w", encoding="ascii") as f:
        f.write(text)


def traced():
    """What our tracepoint and that of the kernel say of the packets dropped."""
    with open(TRACE + "trace", encoding="ascii") as f:
        text = f.read()
    ours = re.findall(r"nat64_drop: instance=(\S+) skbaddr=(\S+) protocol=(\d+) .*reason=(\S+) ",
                      text)
    freed = re.findall(r"kfree_skb: skbaddr=(\S+) .*reason: (\S+)", text)
    return [(instance, int(proto), reason, [r for a, r in freed if a == addr])
            for instance, addr, proto, reason in ours]


def case(reason, kernel, wire, pkt, proto):
    before = lab.drops().get(reason, 0)
    write("trace", "")
    lab.exchange(wire, [pkt])
    got = traced()
    fine = len(got) == 1 and got[0][:3] == ("default", proto, reason) and kernel in got[0][3]
    check(f"{reason} is {kernel} to the kernel",
          fine and lab.drops()[reason] == before + 1, got)	# M-01


def ends(desc, wire, pkt, *wanted):
    """M-03: a dropped packet is told of with both its ends."""
    write("trace", "")
    lab.exchange(wire, [pkt])
    with open(TRACE + "trace", encoding="ascii") as f:
        got = re.findall(r"reason=(\S+) proto=(\d+) src=(\S+) sport=(\d+) dst=(\S+) dport=(\d+)",
                         f.read())
    equal(desc, got, [tuple(str(w) for w in wanted)])	# M-03


for event in EVENTS:
    write(f"events/{event}/enable", "1")
try:
    lab.ctl("set udp-zero-checksum drop")
    zero = IP(src=R4, dst=H4) / UDP(sport=53, dport=4000, chksum=0) / b"x"
    ends("46: UDP without checksum", lab.v4, zero, "udp_zero_checksum4", 17,
         f"::ffff:{R4}", 53, f"::ffff:{H4}", 4000)	# M-03 G-06
    lab.ctl("set udp-zero-checksum compute")
    data = bytes(UDP(sport=53, dport=4000, chksum=0) / fill(100))
    ends("46: the first fragment of one", lab.v4, piece4(R4, H4, 17, data, 0, 64, 5, ttl=64),
         "udp_zero_checksum4", 17, f"::ffff:{R4}", 53, f"::ffff:{H4}", 4000)	# M-03 G-07
    ends("64: an extension header behind that of a fragment", lab.v6, IPv6(src=H6, dst=R6) /
         IPv6ExtHdrFragment(m=1, id=7) / IPv6ExtHdrDestOpt() / UDPH / fill(56),
         "extension_after_fragment", 60, H6, 0, R6, 0)	# M-03 D-17
    case("hop_limit", "IP_INHDR", lab.v6, IPv6(src=H6, dst=R6, hlim=1) / UDPH, 0x86dd)
    case("hop_limit", "IP_INHDR", lab.v4, IP(src=R4, dst=H4, ttl=1) / UDPH, 0x800)
    case("truncated", "PKT_TOO_SMALL", lab.v6, IPv6(src=H6, dst=R6, nh=17) / Raw(b"abc"), 0x86dd)
    case("destination_address", "IP_INADDRERRORS", lab.v6,
         IPv6(src=H6, dst=embed(NSP, "127.0.0.1")) / UDPH, 0x86dd)
    case("bad_protocol", "IP_NOPROTO", lab.v6, IPv6(src=H6, dst=R6, nh=1) / Raw(fill(16)), 0x86dd)
    case("denied", "NETFILTER_DROP", lab.v6,
         IPv6(src=H6, dst=embed(NSP, "203.0.113.200")) / UDPH, 0x86dd)
    case("icmp_type", "NETFILTER_DROP", lab.v4, IP(src=R4, dst=H4) / ICMP(type=13), 0x800)
finally:
    for event in EVENTS:
        write(f"events/{event}/enable", "0")
lab.check_counters()
done()
