#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Fragments and MTU, stateless and stateful."""

import subprocess
import time

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
H4, R4 = "198.51.100.10", "203.0.113.5"
H6, R6 = embed(NSP, H4), embed(NSP, R4)
HOST = "2001:db8:6:1::10"	# a host of the stateful instance
POOL = "198.51.100.20"
UDPH = UDP(sport=4000, dport=53)
TCPH = TCP(sport=4000, dport=80, seq=7, ack=9, flags="PA")

lab = Lab("siit")
lab.ctl(f"prefix add {NSP}")


def layers(n):
    """Name, protocols and the same message of @n bytes in both families."""
    return (("UDP", 17, 17, UDPH / fill(n - 8), UDPH / fill(n - 8)),
            ("TCP", 6, 6, TCPH / fill(n - 20), TCPH / fill(n - 20)),
            ("echo", 1, 58, ECHO("request", 9, 1, fill(n - 8)),
             ECHO6("request", 9, 1, fill(n - 8))))


def whole4(layer, src=R4, dst=H4):
    return upper4(IP(src=src, dst=dst) / layer)


def whole6(layer, src=R6, dst=H6):
    return upper6(IPv6(src=src, dst=dst) / layer)


def test_fragmenting46():
    """D-01 D-09 D-10: what its sender lets be fragmented."""
    lab.mtu(9000, 9000)
    for n in (1240, 1241, 1242, 1480, 2464, 2465, 4000):
        for name, _, nh, l4, l6 in layers(n):
            sent = IP(src=R4, dst=H4, id=0x1234) / l4
            if n <= 1240:
                want = [ip6(R6, H6, l6)]
            else:
                want = cut6(R6, H6, nh, whole6(l6), 1232, 0x1234)
            lab.case(f"46: {name} of {n} bytes in pieces", lab.v4, sent, v6=want)	# D-01 D-03 D-09 D-10 D-12 E-06
    for n in (1241, 1480, 4000):
        lab.case(f"46: {n} bytes with DF in one", lab.v4,
                 IP(src=R4, dst=H4, flags="DF") / UDPH / fill(n - 8),
                 v6=[ip6(R6, H6, UDPH / fill(n - 8))])	# D-03 D-05
    layer = UDPH / fill(1992)
    for mtu, room in (("1281", 1232), ("1400", 1352), ("1500", 1448), ("1288", 1240)):
        lab.ctl(f"set lowest-ipv6-mtu {mtu}")
        lab.case(f"46: pieces for lowest-ipv6-mtu {mtu}", lab.v4,
                 IP(src=R4, dst=H4, id=7) / layer,
                 v6=cut6(R6, H6, 17, whole6(layer), room, 7))	# D-02
    lab.mtu(1500, 9000)
    lab.ctl("set lowest-ipv6-mtu 5000")
    lab.case("46: the link is a limit, too", lab.v4, IP(src=R4, dst=H4, id=7) / layer,
             v6=cut6(R6, H6, 17, whole6(layer), 1448, 7))	# D-02
    lab.ctl("set lowest-ipv6-mtu auto")
    lab.case("46: lowest-ipv6-mtu auto is that of the link", lab.v4,
             IP(src=R4, dst=H4, id=7) / layer,
             v6=cut6(R6, H6, 17, whole6(layer), 1448, 7))	# D-02
    lab.ip("route change ::/0 via fd00:6::2 mtu 1400")
    lab.case("46: or that of the route", lab.v4, IP(src=R4, dst=H4, id=7) / layer,
             v6=cut6(R6, H6, 17, whole6(layer), 1352, 7))	# D-02 D-25
    lab.ip("route change ::/0 via fd00:6::2")
    lab.ctl("set lowest-ipv6-mtu 1280")
    # the sum is that of all, and the length, in case none was there
    none = UDP(sport=4000, dport=53, chksum=0) / fill(1992)
    lab.case("46: a checksum for UDP without, then pieces", lab.v4,
             IP(src=R4, dst=H4, id=7) / none,
             v6=cut6(R6, H6, 17, whole6(layer), 1232, 7))	# D-09 G-05


def test_too_big46():
    """D-05 D-06 D-07: DF and the MTU of the IPv6 link, nothing else."""
    lab.mtu(1500, 9000)
    for n in (1453, 1460):	# 20 + 8 + n with 1500 the most on IPv6
        sent = IP(src=R4, dst=H4, flags="DF") / UDPH / fill(n)
        lab.case(f"46: {n + 28} bytes with DF do not fit in 1500", lab.v4, sent,
                 v4=[from_gw4(GW4, sent, 3, 4, 1480)], drop="too_big")	# D-05 D-48
    lab.case("46: 1480 bytes do", lab.v4, IP(src=R4, dst=H4, flags="DF") / UDPH / fill(1452),
             v6=[ip6(R6, H6, UDPH / fill(1452))])	# D-05
    sent = IP(src=R4, dst=H4, flags="DF", ttl=1) / UDPH / fill(1453)
    lab.case("46: TTL 1 is told before the MTU is", lab.v4, sent,
             v4=[from_gw4(GW4, sent, 11, 0)], drop="hop_limit")	# B-08
    # options do not count
    head = IP(src=R4, dst=H4, flags="DF", options=[b"\1" * 40]) / UDPH / fill(1452)
    lab.case("46: options are no part of the size", lab.v4, head,
             v6=[ip6(R6, H6, UDPH / fill(1452))])	# D-06
    data = whole4(UDPH / fill(3000))
    piece = piece4(R4, H4, 17, data, 0, 1456, 5, flags="MF+DF", ttl=64)
    lab.case("46: a fragment with DF counts its Fragment Header", lab.v4, piece,
             v4=[from_gw4(GW4, piece, 3, 4, 1472)], drop="too_big")	# D-07 D-06
    piece = piece4(R4, H4, 17, data, 1456, 2912, 5, flags="MF+DF", ttl=64)
    lab.case("46: nobody is told about the second one", lab.v4, piece, drop="too_big")	# F-43
    lab.ip("route change ::/0 via fd00:6::2 mtu 1400")
    sent = IP(src=R4, dst=H4, flags="DF") / UDPH / fill(1400)
    lab.case("46: the MTU of the route", lab.v4, sent,
             v4=[from_gw4(GW4, sent, 3, 4, 1380)], drop="too_big")	# D-05 D-25
    lab.ip("route change ::/0 via fd00:6::2")
    lab.mtu(65535, 65535)
    # B-21: the largest packet there is
    layer = UDPH / fill(65535 - 28)
    lab.case("46: 65535 bytes in pieces", lab.v4, IP(src=R4, dst=H4, id=1) / layer,
             v6=cut6(R6, H6, 17, whole6(layer), 1232, 1))	# B-21 D-01
    echo = ECHO("request", 9, 1, fill(65507))
    lab.case("46: echo of 65507 bytes", lab.v4, IP(src=R4, dst=H4, id=1) / echo,
             v6=cut6(R6, H6, 58, whole6(ECHO6("request", 9, 1, fill(65507))), 1232, 1))	# E-06 B-21
    sent = IP(src=R4, dst=H4, flags="DF") / layer
    lab.case("46: 65535 bytes with DF", lab.v4, sent,
             v4=[from_gw4(GW4, sent, 3, 4, 65515)], drop="too_big")	# B-21 D-05
    lab.mtu(1500, 1500)


def test_fragments46():
    """D-04 D-08 D-11 D-23 D-29: fragments as they come."""
    data4, data6 = whole4(UDPH / fill(3000)), whole6(UDPH / fill(3000))
    cuts = ((0, 1000), (1000, 2000), (2000, 3008))
    for order in ((0, 1, 2), (2, 0, 1)):
        for i in order:
            lab.case(f"46: fragment {i} of order {order}", lab.v4,
                     piece4(R4, H4, 17, data4, *cuts[i], 0xbeef, ttl=64),
                     v6=[piece6(R6, H6, 17, data6, *cuts[i], 0xbeef)])	# D-08 D-11 D-23 D-29 G-14
    lab.case("46: fragments with DF and TOS", lab.v4,
             piece4(R4, H4, 17, data4, 0, 1000, 5, flags="MF+DF", ttl=9, tos=3),
             v6=[piece6(R6, H6, 17, data6, 0, 1000, 5, hlim=8, tc=3)])	# D-08
    t4, t6 = whole4(TCPH / fill(3000)), whole6(TCPH / fill(3000))
    lab.case("46: first fragment of TCP", lab.v4, piece4(R4, H4, 6, t4, 0, 104, 5, ttl=64),
             v6=[piece6(R6, H6, 6, t6, 0, 104, 5)])	# D-08 D-23
    lab.case("46: first fragment of TCP without all of its header", lab.v4,
             piece4(R4, H4, 6, t4, 0, 24, 5, ttl=64),
             v6=[piece6(R6, H6, 6, t6, 0, 24, 5)])	# D-26
    esp = fill(2000)
    lab.case("46: fragment of ESP", lab.v4, piece4(R4, H4, 50, esp, 8, 1008, 5, ttl=64),
             v6=[piece6(R6, H6, 50, esp, 8, 1008, 5)])	# D-08 B-06
    # D-04: too long with the Fragment Header, so again
    for start, end, name in ((0, 1440, "first"), (1440, 2880, "middle"), (1440, 3008, "last")):
        if end - start > 1480:
            start = 1568
        more = end < 3008
        sent = piece4(R4, H4, 17, data4, start, end, 77, ttl=64)
        want = [piece6(R6, H6, 17, data6, start, start + 1232, 77, more=True),
                piece6(R6, H6, 17, data6, start + 1232, end, 77, more=more)]
        lab.case(f"46: {name} fragment is split again", lab.v4, sent, v6=want)	# D-04 D-10
    lab.case("46: 1232 bytes of payload are not", lab.v4,
             piece4(R4, H4, 17, data4, 0, 1232, 77, ttl=64),
             v6=[piece6(R6, H6, 17, data6, 0, 1232, 77)])	# D-04
    first = piece4(R4, H4, 17, data4, 0, 1000, 5, ttl=1)
    lab.case("46: TTL of the first fragment", lab.v4, first,
             v4=[from_gw4(GW4, first, 11, 0)], drop="hop_limit")	# B-08
    lab.case("46: nobody is told about the second one", lab.v4,
             piece4(R4, H4, 17, data4, 1000, 2000, 5, ttl=1), drop="hop_limit")	# F-43


def bad4(desc, reason, pieces, count=1):
    lab.case("46: " + desc, lab.v4, pieces, drop=reason, count=count)


def bad6(desc, reason, pieces, count=1):
    lab.case("64: " + desc, lab.v6, pieces, drop=reason, count=count)


def test_bad_fragments():
    for run, make, src, dst, icmp in ((bad4, piece4, R4, H4, 1), (bad6, piece6, H6, R6, 58)):
        data = fill(200)
        run("fragmented ICMP, first", "icmp_fragment",
            make(src, dst, icmp, bytes([8 if icmp == 1 else 128]) + data[1:], 0, 64, 5))	# D-22
        run("fragmented ICMP, later", "icmp_fragment",
            make(src, dst, icmp, data, 64, 128, 5))	# D-22
        run("fragmented ICMP, last", "icmp_fragment",
            make(src, dst, icmp, data, 64, 200, 5))	# D-22
        run("fragment with more behind 65 bytes", "bad_fragment",
            make(src, dst, 17, data, 8, 73, 5, more=True))	# D-24
        for n in (8, 16):
            run(f"first fragment of TCP with {n} bytes", "bad_fragment",
                make(src, dst, 6, data, 0, n, 5))	# D-26
        run("fragment of TCP at offset 1", "bad_fragment",
            make(src, dst, 6, data, 8, 64, 5))	# D-26
        for start, n in ((65512, 8), (65512, 16), (65520, 8), (65000, 600)):
            sent = make(src, dst, 17, b"", 0, 0, 5, more=False)
            sent = make(src, dst, 17, bytes(start) + fill(n), start, start + n, 5)
            run(f"fragment of {n} bytes at {start}", "bad_fragment", sent)	# D-27
        run("empty fragment", "bad_fragment", make(src, dst, 17, data, 64, 64, 5, more=True))	# D-24


def test_fragments64():
    """D-14 to D-17: fragments as they come."""
    data4, data6 = whole4(UDPH / fill(3000), H4, R4), whole6(UDPH / fill(3000), H6, R6)
    cuts = ((0, 1000), (1000, 2000), (2000, 3008))
    for order in ((0, 1, 2), (2, 0, 1)):
        for i in order:
            lab.case(f"64: fragment {i} of order {order}", lab.v6,
                     piece6(H6, R6, 17, data6, *cuts[i], 0xabcdbeef, hlim=64),
                     v4=[piece4(H4, R4, 17, data4, *cuts[i], 0xbeef)])	# D-14 D-23 D-29 D-11
    lab.case("64: no DF on a long fragment", lab.v6,
             piece6(H6, R6, 17, data6, 0, 1400, 5, hlim=64),
             v4=[piece4(H4, R4, 17, data4, 0, 1400, 5)])	# D-14 C-07
    t4, t6 = whole4(TCPH / fill(3000), H4, R4), whole6(TCPH / fill(3000), H6, R6)
    lab.case("64: first fragment of TCP", lab.v6, piece6(H6, R6, 6, t6, 0, 104, 5, hlim=64),
             v4=[piece4(H4, R4, 6, t4, 0, 104, 5)])	# D-14 D-23
    sent = bytes(piece6(H6, R6, 17, data6, 1000, 2000, 5, hlim=64, tc=0xb8))
    for name, kind, ext in (("Hop-by-Hop", 0, b"\x2c\0\1\4\0\0\0\0"),
                            ("Destination Options", 60, b"\x2c\2\1\x14" + bytes(20))):
        longer = sent[:4] + (len(sent) - 40 + len(ext)).to_bytes(2, "big") + \
            bytes([kind]) + sent[7:40] + ext + sent[40:]
        lab.case(f"64: {name} before the Fragment Header", lab.v6, longer,
                 v4=[piece4(H4, R4, 17, data4, 1000, 2000, 5, tos=0xb8)])	# D-15 C-03
    # D-16: whole packets with a Fragment Header
    for name, p4, p6, l4, l6 in layers(600) + layers(1400):
        upper = whole6(l6, H6, R6)
        sent = piece6(H6, R6, p6, upper, 0, len(upper), 0x99887766, hlim=64)
        upper = whole4(l4, H4, R4)
        lab.case(f"64: atomic fragment, {len(upper)} bytes of {name}", lab.v6, sent,
                 v4=[piece4(H4, R4, p4, upper, 0, len(upper), 0x7766)])	# D-16 D-28
    for nh, name in ((0, "Hop-by-Hop"), (43, "Routing"), (44, "Fragment"), (51, "AH"),
                     (60, "Destination Options"), (135, "Mobility")):
        first, last = (piece6(H6, R6, nh, fill(200), *cut, 5) for cut in ((0, 64), (64, 200)))
        lab.case(f"64: {name} behind the Fragment Header", lab.v6, [first, last],
                 v6=[from_gw6(GW6, first, 1, 1)], drop="extension_after_fragment", count=2)	# D-17 F-41 F-43
    opts = piece6(H6, R6, 60, b"\x3a\0\1\4\0\0\0\0" + bytes(error6(
        H6, R6, 1, 0, IPv6(src=R6, dst=H6) / UDPH).payload), 0, 64, 5)
    bad6("an ICMPv6 error behind both, about which nobody is told",
         "extension_after_fragment", opts)	# F-43
    esp = fill(2000)
    for start, end in ((0, 1000), (1000, 2000)):
        lab.case(f"64: fragment of ESP at {start}", lab.v6,
                 piece6(H6, R6, 50, esp, start, end, 5, hlim=64),
                 v4=[piece4(H4, R4, 50, esp, start, end, 5)])	# D-17
    route = b"\x2c\0\0\1\0\0\0\0"
    for start, what in ((0, "first"), (1000, "second")):
        sent = bytes(piece6(H6, R6, 17, data6, start, start + 1000, 5, hlim=64))
        sent = sent[:4] + (len(sent) - 32).to_bytes(2, "big") + b"\x2b" + sent[7:40] + \
            route + sent[40:]
        lab.case(f"64: segments left in front of the {what} fragment", lab.v6, sent,
                 v6=[] if start else [from_gw6(GW6, sent, 4, 0, 43)],
                 drop="segments_left")	# C-12 F-43 K-11
    first = piece6(H6, R6, 17, data6, 0, 1000, 5, hlim=1)
    lab.case("64: hop limit of the first fragment", lab.v6, first,
             v6=[from_gw6(GW6, first, 3, 0)], drop="hop_limit")	# C-09
    lab.case("64: nobody is told about the second one", lab.v6,
             piece6(H6, R6, 17, data6, 1000, 2000, 5, hlim=1), drop="hop_limit")	# F-43


def pieces_of(desc, packets, limit, whole, ident=None):
    """@packets are, in order, all of @whole, each within @limit."""
    joined = join4(packets, limit) if packets and packets[0][0] >> 4 == 4 else \
        join6(packets, limit) if packets else "nothing came"
    good = not isinstance(joined, str) and joined[0] == whole and \
        len(joined[1]) == 1 and ident in (None, next(iter(joined[1])))
    check(desc, good, joined if isinstance(joined, str) else
          [p[:60].hex() for p in packets])


def test_too_big64():
    """D-18 D-19 D-20 D-21: the MTU of the IPv4 link."""
    lab.mtu(9000, 1400)
    for n in (1353, 1372, 1373, 3000):
        sent = IPv6(src=H6, dst=R6) / UDPH / fill(n)
        if n + 28 <= 1400:
            lab.case(f"64: {n + 28} bytes fit in 1400", lab.v6, sent,
                     v4=[ip4(H4, R4, UDPH / fill(n))])	# D-19
        else:
            lab.case(f"64: {n + 28} bytes do not fit in 1400", lab.v6, sent,
                     v6=[from_gw6(GW6, sent, 2, 0, 1420)], drop="too_big")	# D-19 F-46 D-48
    sent = IPv6(src=H6, dst=R6, hlim=1) / UDPH / fill(1373)
    lab.case("64: hop limit 1 is told before the MTU is", lab.v6, sent,
             v6=[from_gw6(GW6, sent, 3, 0)], drop="hop_limit")	# C-09
    sent = IPv6(src=H6, dst=R6) / ECHO6("request", 1, 1, fill(1500))
    lab.case("64: also about an echo", lab.v6, sent,
             v6=[from_gw6(GW6, sent, 2, 0, 1420)], drop="too_big")	# F-44
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2 mtu 1350")
    sent = IPv6(src=H6, dst=R6) / UDPH / fill(1340)
    lab.case("64: the MTU of the route", lab.v6, sent,
             v6=[from_gw6(GW6, sent, 2, 0, 1370)], drop="too_big")	# D-19 D-25
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2")
    # IPv6 would leave a device of so small an MTU
    lab.mtu(9000, 1500)
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2 mtu 1000")
    for n in (973, 1232):
        layer = UDPH / fill(n)
        got6, got4 = lab.exchange(lab.v6, [IPv6(src=H6, dst=R6) / layer])
        check(f"64: no PTB about {n + 48} bytes", not got6, got6)	# D-18
        pieces_of(f"64: {n + 28} bytes in IPv4 fragments of 1000", got4, 1000,
                  whole4(layer, H4, R4))	# D-18 C-06
    sent = IPv6(src=H6, dst=R6) / UDPH / fill(1300)
    lab.case("64: PTB is never below 1280", lab.v6, sent,
             v6=[from_gw6(GW6, sent, 2, 0, 1280)], drop="too_big")	# D-20 D-19
    # D-21: fragments are split again
    data4, data6 = whole4(UDPH / fill(3000), H4, R4), whole6(UDPH / fill(3000), H6, R6)
    for start, end in ((0, 1232), (1232, 2464), (1800, 3008)):
        sent = piece6(H6, R6, 17, data6, start, end, 0x4711, hlim=64)
        want = [piece4(H4, R4, 17, data4, start, start + 976, 0x4711),
                piece4(H4, R4, 17, data4, start + 976, end, 0x4711)]
        lab.case(f"64: fragment at {start} is split again", lab.v6, sent, v4=want)	# D-21
    layer = UDPH / fill(1200)
    upper = whole6(layer, H6, R6)
    upper4_ = whole4(layer, H4, R4)
    lab.case("64: atomic fragment is split", lab.v6,
             piece6(H6, R6, 17, upper, 0, len(upper), 0x4712, hlim=64),
             v4=[piece4(H4, R4, 17, upper4_, 0, 976, 0x4712),
                 piece4(H4, R4, 17, upper4_, 976, 1208, 0x4712)])	# D-21 D-16
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2")
    lab.mtu(65535, 65535)
    # C-16: 65515 bytes are the most that IPv4 can carry
    layer = UDPH / fill(65507)
    sent = IPv6(src=H6, dst=R6) / layer
    if len(bytes(sent)) <= 65535:
        lab.case("64: longest packet", lab.v6, sent, v4=[ip4(H4, R4, layer)])	# C-16
    lab.mtu(1500, 1500)


def tracked(desc, dst4, dst6, sent, got):
    """Fragments with DF that conntrack puts together before they are translated."""
    lab.on("nft", "add table inet track; add chain inet track early "
           "{ type filter hook prerouting priority filter; ct state new counter; }")
    for n, name in ((1400, "that fit"), (3000, "that do not fit")):
        data4, data6 = whole4(sent / fill(n), R4, dst4), whole6(got / fill(n), R6, dst6)
        pieces = cut4(R4, dst4, 17, data4, 800, 0x79, ttl=64)
        for piece in pieces:
            piece.flags |= DF
        lab.case(f"46: {desc}: fragments with DF and conntrack, {name}", lab.v4, pieces,
                 v6=[ip6(R6, dst6, got / fill(n))] if n == 1400 else
                 cut6(R6, dst6, 17, data6, 1232, 0x79))	# D-07 D-48 D-13
    lab.on("nft", "delete table inet track")


def test_stateful():
    lab.ctl("instance del default", "instance add default mode nat64",
            f"prefix add {NSP}", f"pool4 add {POOL}/32",
            f"bib add udp {HOST}#4000 {POOL}#40000", f"bib add icmp {HOST}#9 {POOL}#40009",
            f"bib add tcp {HOST}#4000 {POOL}#40000")
    lab.counters = None
    layer, out = UDPH / fill(3000), UDP(sport=40000, dport=53) / fill(3000)
    data6 = whole6(layer, HOST, R6)
    data4 = whole4(out, POOL, R4)
    cuts = ((0, 1200), (1200, 2400), (2400, 3008))

    def send(desc, order, cuts=cuts):
        got4 = []
        for i in order:
            got6, more = lab.exchange(
                lab.v6, [piece6(HOST, R6, 17, data6, *cuts[i], 0x77, hlim=64)])
            got4 += more
            if i != order[-1] and more or got6:
                check(desc, False, "something came too early")
                return
        pieces_of(desc, got4, 1500, data4)

    send("64: fragments in order", (0, 1, 2))	# D-30
    send("64: fragments in reverse order", (2, 1, 0))	# D-31 D-30
    send("64: the first fragment last", (1, 2, 0))	# D-31
    back = UDP(sport=53, dport=40000) / fill(3000)
    home = UDP(sport=53, dport=4000) / fill(3000)
    data6 = whole6(home, R6, HOST)
    for name, layer in (("", back), (" without checksum", UDP(
            sport=53, dport=40000, chksum=0) / fill(3000))):
        data4 = whole4(layer, R4, POOL)
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
            pieces = [piece4(R4, POOL, 17, data4, *cuts[i], 0x78, ttl=64) for i in order]
            got6, got4 = lab.exchange(lab.v4, pieces)
            pieces_of(f"46: UDP fragments{name}, order {order}", got6, 1280, data6,
                      b"\0\0\0\x78")	# D-30 D-31 D-33 D-01 G-10
    with_df = cut4(R4, POOL, 17, whole4(back, R4, POOL), 1400, 0x79, ttl=64)
    for piece in with_df:
        piece.flags |= DF
    lab.case("46: fragments with DF", lab.v4, with_df,
             v6=cut6(R6, HOST, 17, data6, 1232, 0x79))	# D-30 D-13
    tracked("stateful", POOL, HOST, UDP(sport=53, dport=40000), UDP(sport=53, dport=4000))
    small4 = whole4(UDP(sport=53, dport=40000, chksum=0) / fill(300), R4, POOL)
    lab.case("46: small fragments make one packet", lab.v4,
             [piece4(R4, POOL, 17, small4, 0, 160, 5, ttl=64),
              piece4(R4, POOL, 17, small4, 160, 308, 5, ttl=64)],
             v6=[ip6(R6, HOST, UDP(sport=53, dport=4000) / fill(300))])	# D-33 D-03
    # D-37
    echo6 = whole6(ECHO6("request", 9, 1, fill(1500)), HOST, R6)
    got6, got4 = lab.exchange(lab.v6, [
        piece6(HOST, R6, 58, echo6, a, b, 6, hlim=64) for a, b in ((800, 1508), (0, 800))])
    pieces_of("64: fragmented echo", got4, 1500,
              whole4(ECHO("request", 40009, 1, fill(1500)), POOL, R4))	# D-37
    echo4 = whole4(ECHO("reply", 40009, 1, fill(1500)), R4, POOL)
    got6, got4 = lab.exchange(lab.v4, [
        piece4(R4, POOL, 1, echo4, a, b, 6, ttl=64) for a, b in ((800, 1508), (0, 800))])
    pieces_of("46: fragmented echo", got6, 1280,
              whole6(ECHO6("reply", 9, 1, fill(1500)), R6, HOST))	# D-37
    # D-34: what overlaps never comes out mixed
    data4 = whole4(back, R4, POOL)
    lab.case("46: overlapping fragments", lab.v4,
             [piece4(R4, POOL, 17, data4, 0, 1200, 9, ttl=64),
              piece4(R4, POOL, 17, fill(3008, 9), 800, 2000, 9, ttl=64),
              piece4(R4, POOL, 17, data4, 2000, 3008, 9, ttl=64)])	# D-34
    data6 = whole6(UDPH / fill(3000), HOST, R6)
    got6, got4 = lab.exchange(lab.v6, [
        piece6(HOST, R6, 17, data6, 0, 1200, 9, hlim=64),
        piece6(HOST, R6, 17, fill(3008, 9), 800, 2000, 9, hlim=64),
        piece6(HOST, R6, 17, data6, 2000, 3008, 9, hlim=64)])
    check("64: overlapping fragments", not got4, got4)	# D-34
    # MTU of the stateful instance
    lab.mtu(1400, 9000)
    sent = IP(src=R4, dst=POOL, flags="DF") / UDP(sport=53, dport=40000) / fill(1380)
    lab.case("46: too big for the IPv6 link", lab.v4, sent,
             v4=[from_gw4(GW4, sent, 3, 4, 1380)], drop="too_big")	# D-05
    lab.mtu(9000, 1400)
    before = len(lab.json("session list"))
    sent = IPv6(src=HOST, dst=embed(NSP, "203.0.113.99")) / UDPH / fill(1380)
    lab.case("64: too big for the IPv4 link", lab.v6, sent,
             v6=[from_gw6(GW6, sent, 2, 0, 1420)], drop="too_big")	# D-19
    equal("which makes no session", len(lab.json("session list")), before)	# B-09


def sysctl(name, value=None):
    """A sysctl of the gateway, read or written."""
    words = ["ip", "netns", "exec", lab.gw, "sysctl", "-n", name]
    if value is not None:
        words[-2:] = ["-qw", f"{name}={value}"]
    return subprocess.check_output(words, text=True).strip()


def queues4():
    """How many packets IPv4 fragments are kept of, and their memory."""
    text = subprocess.check_output(
        ["ip", "netns", "exec", lab.gw, "cat", "/proc/net/sockstat"], text=True)
    words = text[text.index("FRAG:"):].split()
    return int(words[2]), int(words[4])


TIME4, TIME6 = "net.ipv4.ipfrag_time", "net.netfilter.nf_conntrack_frag6_timeout"
MEM4, MEM6 = "net.ipv4.ipfrag_high_thresh", "net.netfilter.nf_conntrack_frag6_high_thresh"
LOW4, LOW6 = (name.replace("high", "low") for name in (MEM4, MEM6))
HALF = 1008	# bytes of the first of two fragments


def halves(family, ident, src=None, dst=None, proto=17):
    """Two fragments of a packet that a binding translates."""
    if family == 6:
        src, dst = src or HOST, dst or R6
        data = whole6(UDPH / fill(2000), src, dst)
        return [piece6(src, dst, proto, data, a, b, ident, hlim=64)
                for a, b in ((0, HALF), (HALF, 2008))]
    src, dst = src or R4, dst or POOL
    data = whole4(UDP(sport=53, dport=40000) / fill(2000), src, dst)
    return [piece4(src, dst, proto, data, a, b, ident, ttl=64)
            for a, b in ((0, HALF), (HALF, 2008))]


def passes(family, *pieces):
    """How many packets leave for these fragments."""
    got6, got4 = lab.exchange(lab.v6 if family == 6 else lab.v4, list(pieces))
    # one of 2008 bytes leaves in two pieces
    return len(got4 if family == 6 else got6) / 2


def test_time():
    """D-32: how long fragments are kept."""
    for family, name in ((4, TIME4), (6, TIME6)):
        default = int(sysctl(name))
        first, second = halves(family, 0x101)
        got = passes(family, first)
        since = time.monotonic()
        lab.wait(lambda since=since: time.monotonic() > since + 2.1)
        check(f"IPv{family}: a fragment is kept for 2 seconds, if nothing else is set",
              default >= 2 and not got and passes(family, second) == 1, default)	# D-32
        sysctl(name, 1)
        ident = iter(range(0x200, 0x300))

        def gone(family=family, ident=ident):
            first, second = halves(family, next(ident))
            since = time.monotonic()
            lost = not passes(family, first)
            lab.wait(lambda: time.monotonic() > since + 1.5)
            return lost and not passes(family, second)

        check(f"IPv{family}: or as long as is set", lab.wait(gone, 30))	# D-32
        check(f"IPv{family}: what comes in time is still put together",
              lab.wait(lambda family=family, ident=ident:
                       passes(family, *halves(family, next(ident))) == 1))	# D-32
        sysctl(name, default)


def test_memory():
    """D-35: as much memory as is set, and the rest goes on."""
    for family, high, low in ((4, MEM4, LOW4), (6, MEM6, LOW6)):
        defaults = sysctl(low), sysctl(high)
        sysctl(low, 50000)
        sysctl(high, 60000)
        got = passes(family, *(halves(family, 0x1000 + n)[0] for n in range(300)))
        pair = halves(family, 0x2000)
        check(f"IPv{family}: no room for more fragments", not got and
              not passes(family, *pair) and queues4()[1] < 80000, (got, queues4()))	# D-35
        if family == 4:
            whole = IP(src=R4, dst=POOL) / UDP(sport=53, dport=40000) / b"x"
            lab.case("46: packets that are none go on", lab.v4, whole,
                     v6=[ip6(R6, HOST, UDP(sport=53, dport=4000) / b"x")])	# D-35
        else:
            lab.case("64: packets that are none go on", lab.v6,
                     IPv6(src=HOST, dst=R6) / UDPH / b"x",
                     v4=[ip4(POOL, R4, UDP(sport=40000, dport=53) / b"x")])	# D-35
        sysctl(high, defaults[1])
        sysctl(low, defaults[0])
        check(f"IPv{family}: room again", passes(family, *halves(family, 0x2001)) == 1)	# D-35


def test_keys():
    """D-38: fragments belong together by addresses, protocol and identification."""
    def mixed(desc, family, a, b):
        early = passes(family, a[0], b[1])
        check(desc, not early and passes(family, a[1]) == 1, early)	# D-38

    other6, other4 = embed(NSP, "203.0.113.99"), "203.0.113.99"
    mixed("64: not those of another source", 6, halves(6, 0x31),
          halves(6, 0x31, src="2001:db8:6:1::11"))
    mixed("64: not those to another destination", 6, halves(6, 0x32), halves(6, 0x32, dst=other6))
    mixed("64: not those of another packet", 6, halves(6, 0x33), halves(6, 0x34))
    mixed("46: not those of another source", 4, halves(4, 0x31), halves(4, 0x31, src=other4))
    mixed("46: not those of another protocol", 4, halves(4, 0x32), halves(4, 0x32, proto=6))
    mixed("46: not those of another packet", 4, halves(4, 0x33), halves(4, 0x34))
    lab.ctl("pool4 add 198.51.100.21/32 ports 1024-65535")
    mixed("46: not those to another destination", 4, halves(4, 0x35),
          halves(4, 0x35, dst="198.51.100.21"))


def test_left_behind():
    """D-39: what has no state leaves no fragments behind."""
    data4 = whole4(UDP(sport=53, dport=41000) / fill(2000), R4, POOL)
    pieces = [piece4(R4, POOL, 17, data4, a, b, 0x41, ttl=64)
              for a, b in ((0, HALF), (HALF, 2008))]
    before = queues4()[0]
    lab.case("46: fragments to a port that nobody has", lab.v4, pieces, drop="no_bib")	# D-39
    equal("46: leave nothing behind", queues4()[0], before)	# D-39
    data6 = whole6(TCPH / fill(1988), HOST, embed(NSP, "203.0.113.98"))
    pieces = [piece6(HOST, embed(NSP, "203.0.113.98"), 6, data6, a, b, 0x41, hlim=64)
              for a, b in ((0, HALF), (HALF, 2008))]
    lab.ctl(f"bib del tcp {HOST}#4000 {POOL}#40000")
    lab.case("64: fragments of a connection without session", lab.v6, pieces,
             drop="no_session")	# D-39
    # had the first one stayed, the second would make a packet of it
    lab.case("64: leave nothing behind", lab.v6, pieces[1])	# D-39
    lab.case("64: and the rest makes it whole again", lab.v6, pieces[0], drop="no_session")	# D-39


test_fragmenting46()
test_too_big46()
test_fragments46()
test_bad_fragments()
test_fragments64()
test_too_big64()
tracked("stateless", H4, H6, UDPH, UDPH)
test_stateful()
lab.mtu(1500, 1500)
test_keys()
test_left_behind()
test_time()
test_memory()
lab.check_counters()
done()
