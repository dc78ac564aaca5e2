#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
"""Stateless translation as settings have it: hairpins, stand-ins, MSS, limits."""

import ipaddress
import os
import struct
import subprocess
import threading

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
H4, R4, RR4 = "198.51.100.10", "203.0.113.5", "203.0.113.77"
H6, R6, RR6 = (embed(NSP, a) for a in (H4, R4, RR4))
# RFC 7757 figure 1
A4, A6 = "192.0.2.1", "2001:db8:aaaa::"
B4, B6 = "192.0.2.2", "2001:db8:bbbb::b"
PA6, PB6 = embed(NSP, A4), embed(NSP, B4)
NO4 = "2001:db8:6:1::99"	# a router that has no IPv4 form
DUMMY = "192.0.0.8"
UDPH = UDP(sport=4000, dport=53)

lab = Lab("siit")
lab.ctl(f"prefix add {NSP}")


def structure(*objects):
    """An extension structure of RFC 4884."""
    body = b"".join(struct.pack("!HBB", 4 + len(data), cls, kind) + data
                    for cls, kind, data in objects)
    value = 0xffff - sum_words(b"\x20\0\0\0" + body)
    return b"\x20\0" + value.to_bytes(2, "big") + body


def node(addr6=NO4, cls=5):
    """What tells of the IPv6 address of a router."""
    return cls, 4, struct.pack("!HH", 2, 0) + ipaddress.IPv6Address(addr6).packed


def padded(data, size=128):
    return bytes(data) + bytes(max(0, size - len(data)))


def quoted_back(layer=UDPH / b"abcdefgh"):
    """What the IPv4 host has sent, as IPv6 routers and as itself know it."""
    pkt4 = IP(src=R4, dst=H4, ttl=3, id=0) / layer
    pkt4.flags = df_for(len(pkt4))
    return IPv6(src=R6, dst=H6, hlim=3) / layer, pkt4


def to4(desc, sent, got, quote4, src4=DUMMY, src=NO4, quote6=None):
    """An ICMPv6 error of NO4 crosses."""
    q6 = quote6 or quoted_back()[0]
    want = error4(src4, R4, *got[:2], quote4, *got[2:], ttl=63, id=ANY_ID)
    want.flags = df_for(len(want))
    lab.case("64: " + desc, lab.v6, error6(src, R6, *sent[:2], q6, *sent[2:]), v4=[want])


def test_node_id():
    _, q4 = quoted_back()
    told = padded(q4) + structure(node())
    for name, sent, got in (("1/0", (1, 0), (3, 1, 32 << 16)),
                            ("1/4", (1, 4), (3, 3, 32 << 16)),
                            ("3/0", (3, 0), (11, 0, 32 << 16)),
                            ("PTB", (2, 0, 1400), (3, 4, 32 << 16 | 1380))):
        to4(f"{name} tells of a router without IPv4 address", sent, got, told)	# J-05 J-06
    to4("4/0 is no message for that", (4, 0, 6), (12, 0, 9 << 24), bytes(q4))	# J-05
    # what is there already is extended
    mpls = (1, 1, b"\0\1\x01\xff")
    to4("an extension is made longer", (3, 0, 16 << 24), (11, 0, 32 << 16),
        padded(q4) + structure(mpls, node()),
        quote6=padded(quoted_back()[0]) + structure(mpls))	# J-05 F-25
    big6, big4 = quoted_back(UDPH / fill(1400))
    big6, big4 = bytes(big6)[:1232], bytes(big4)
    want = 255 * 4	# what the length attribute can tell
    to4("the quote is cut for it", (3, 0), (11, 0, 255 << 16),
        big4[:want] + structure(node()), quote6=big6)	# J-13
    to4("who has an IPv4 form needs none", (3, 0), (11, 0), bytes(q4), src4=RR4, src=RR6)	# J-04
    lab.ctl("set icmp-node-id off")
    to4("nothing is told", (3, 0), (11, 0), bytes(q4))	# J-13
    lab.ctl("set icmp-node-id rfc5837 rfc6791-prefix4 198.51.100.240/32")
    to4("an interface is told of", (3, 0), (11, 0, 32 << 16),
        padded(q4) + structure(node(cls=2)), src4="198.51.100.240")	# J-03
    lab.ctl("set icmp-node-id on")
    to4("a pool address alone", (3, 0), (11, 0), bytes(q4), src4="198.51.100.240")	# J-02
    lab.ctl("set rfc6791-prefix4 none")


def test_stand_in6():
    """Sources without an IPv6 form: only with explicit mappings alone."""
    lab.ctl(f"prefix del {NSP}", "eam add 198.51.100.0/24 2001:db8:e::/120",
            "eam add 203.0.113.0/28 2001:db8:f::/124")
    h6, r6 = "2001:db8:e::a", "2001:db8:f::5"
    q4, q6 = IP(src=H4, dst=R4, ttl=3) / UDPH, IPv6(src=h6, dst=r6, hlim=3) / UDPH
    for name, sent, got in (("3/4", (3, 4), (2, 0)), ("11/0", (11, 0), (3, 0))):
        mtu, told = (1400, 1420) if name == "3/4" else (0, 0)
        lab.case(f"46: {name} from a source without mapping", lab.v4,
                 error4(RR4, H4, *sent, q4, mtu),
                 v6=[error6(GW6, h6, *got, q6, told, hlim=63)])	# D-13 J-10
    lab.ip(f"addr del {GW6}/64 dev v6", "addr del fd00:fe:44::1/64 dev v4")
    lab.case("46: a gateway without address has none to tell it from", lab.v4,
             error4(RR4, H4, 3, 4, q4, 1400), drop="unmapped_source")	# F-47
    lab.ip(f"addr add {GW6}/64 dev v6 nodad", "addr add fd00:fe:44::1/64 dev v4 nodad",
           "route replace ::/0 via fd00:6::2")
    lab.ctl("set rfc6791-prefix6 2001:db8:99::7/128")
    lab.case("46: an address configured for that", lab.v4, error4(RR4, H4, 11, 0, q4),
             v6=[error6("2001:db8:99::7", h6, 3, 0, q6, hlim=63)])	# J-02
    lab.ctl("set rfc6791-prefix6 2001:db8:99::/64")
    seen = set()
    for _ in range(4):
        got6, _ = lab.exchange(lab.v4, [error4(RR4, H4, 11, 0, q4)])
        seen |= {p[8:24] for p in got6}
    check("46: any of a prefix", len(seen) == 4 and all(
        a[:8] == bytes.fromhex("20010db800990000") for a in seen), seen)	# J-02
    pkt = IP(src=RR4, dst=H4) / UDPH
    lab.case("46: but only for errors", lab.v4, pkt,
             v4=[from_gw4(GW4, pkt, 3, 13)], drop="unmapped_source")	# J-07 F-40
    lab.ctl("set rfc6791-prefix6 none", "eam del 198.51.100.0/24 2001:db8:e::/120",
            "eam del 203.0.113.0/28 2001:db8:f::/124", f"prefix add {NSP}")


def test_dummy():
    lab.ctl("eam add 192.0.0.0/24 2001:db8:dd::/120")
    pkt = IP(src=R4, dst=DUMMY) / UDPH / b"x"
    lab.case("46: 192.0.0.8 is no destination", lab.v4, pkt,
             v4=[IP(src=R4, dst=DUMMY, ttl=63) / UDPH / b"x"])	# J-09
    pkt = IPv6(src=H6, dst=embed(NSP, DUMMY)) / UDPH
    lab.case("64: nor its IPv6 form", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 1)],
             drop="destination_address")	# J-09
    lab.case("46: its neighbours are", lab.v4, IP(src=R4, dst="192.0.0.9") / UDPH,
             v6=[ip6(R6, "2001:db8:dd::9", UDPH)])
    lab.ctl("eam del 192.0.0.0/24 2001:db8:dd::/120")


def test_eam_hairpin():
    lab.ctl(f"eam add {A4} {A6}", f"eam add {B4} {B6}",
            "eam add 192.0.2.16/28 2001:db8:cccc::/124")
    # RFC 7757 appendix B.1, figures 8 to 11
    for name, src, dst, src2, dst2 in (("there", A6, PB6, PA6, B6), ("back", B6, PA6, PB6, A6)):
        for layer in (UDPH / fill(33), TCP(sport=1, dport=2, flags="PA") / fill(1300)):
            lab.case(f"hairpin: {name}, {layer.name}", lab.v6,
                     IPv6(src=src, dst=dst, hlim=9, tc=0xb8) / layer,
                     v6=[ip6(src2, dst2, layer, hlim=8, tc=0xb8)])	# I-09 I-15 I-08 I-14
        lab.case(f"hairpin: {name}, echo", lab.v6,
                 IPv6(src=src, dst=dst, hlim=2) / ECHO6("request", 1, 2, b"abc"),
                 v6=[ip6(src2, dst2, ECHO6("request", 1, 2, b"abc"), hlim=1)])	# I-09 I-15
    got = IPv6(src=PA6, dst=B6, hlim=3) / UDPH / b"abcdefgh"
    was = IPv6(src=A6, dst=PB6, hlim=3) / UDPH / b"abcdefgh"
    lab.case("hairpin: error of the host", lab.v6, error6(B6, PA6, 1, 4, got, hlim=9),
             v6=[error6(PB6, A6, 1, 4, was, hlim=8)])	# I-10 I-08
    lab.case("hairpin: error of a router with a mapping", lab.v6,
             error6("2001:db8:cccc::3", PA6, 3, 0, got, hlim=9),
             v6=[error6("2001:db8:cccc::3", A6, 3, 0, was, hlim=8)])	# I-10 I-08
    lab.case("hairpin: too big, of a router without", lab.v6,
             error6(NO4, PA6, 2, 0, got, 1300, hlim=9),
             v6=[error6(embed(NSP, DUMMY), A6, 2, 0, was, 1300, hlim=8)])	# I-10 J-06
    pkt = IPv6(src=A6, dst=PB6, hlim=1) / UDPH
    lab.case("hairpin: hop limit", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 3, 0)],
             drop="hop_limit")	# I-15 C-09
    lab.ip("route add 2001:db8:bbbb::/48 via fd00:6::2 mtu 1400")
    for name, src in (("a mapped host", A6), ("a host by the prefix", H6)):
        pkt = IPv6(src=src, dst=PB6) / UDPH / fill(1400)
        quote = bytes(IPv6(src=src, dst=PB6, hlim=63) / UDPH / fill(1400))[:568]
        lab.case(f"hairpin: {name}: too big for the second link", lab.v6, pkt,
                 v6=[error6(embed(NSP, GW4), src, 2, 0, quote, 1400, hlim=64, tc=0xc0)],
                 drop="too_big")	# I-10 D-05 D-48
    lab.ip("route del 2001:db8:bbbb::/48 via fd00:6::2 mtu 1400")
    lab.case("a destination mapped explicitly goes to IPv4", lab.v6,
             IPv6(src=A6, dst=B6) / UDPH, v4=[ip4(A4, B4, UDPH)])	# I-09 K-09
    for mode, src2 in (("simple", PA6), ("off", A6)):
        lab.ctl(f"set eam-hairpin {mode}")
        lab.case(f"{mode}: the packet goes out", lab.v6, IPv6(src=A6, dst=PB6) / UDPH,
                 v4=[ip4(A4, B4, UDPH)])	# I-14
        lab.case(f"{mode}: and comes back in", lab.v4, IP(src=A4, dst=B4) / UDPH,
                 v6=[ip6(src2, B6, UDPH)])	# I-08 I-04
        q4 = IP(src=A4, dst=B4, ttl=3) / UDPH
        q6 = IPv6(src=A6, dst=PB6 if mode == "simple" else B6, hlim=3) / UDPH
        lab.case(f"{mode}: error of the host", lab.v4, error4(B4, A4, 3, 3, q4),
                 v6=[error6(q6.dst, A6, 1, 4, q6, hlim=63)])	# I-08
        lab.case(f"{mode}: error of a router", lab.v4, error4("192.0.2.19", A4, 11, 0, q4),
                 v6=[error6("2001:db8:cccc::3", A6, 3, 0, q6, hlim=63)])	# I-08
    lab.ctl("set eam-hairpin intrinsic", f"eam del {A4} {A6}", f"eam del {B4} {B6}",
            "eam del 192.0.2.16/28 2001:db8:cccc::/124")


def test_icmp_info():
    lab.ctl("set icmp-info drop")
    for kind in ("request", "reply"):
        lab.case(f"64: echo {kind} refused", lab.v6,
                 IPv6(src=H6, dst=R6) / ECHO6(kind, 1, 1), drop="icmp_info")	# E-12
        lab.case(f"46: echo {kind} refused", lab.v4,
                 IP(src=R4, dst=H4) / ECHO(kind, 1, 1), drop="icmp_info")	# E-12
    q6, q4 = quoted_back()
    to4("errors go on", (3, 0), (11, 0), bytes(q4), src4=RR4, src=RR6)	# E-12
    lab.ctl("set icmp-info accept")


def test_plateaus():
    lab.ctl("set mtu-plateaus 9000,1400,1300")
    lab.mtu(65535, 65535)
    q4, q6 = (bytes(x) for x in (IP(src=H4, dst=R4, ttl=3) / UDPH, IPv6(src=H6, dst=R6, hlim=3) / UDPH))
    for length, told in ((65535, 9020), (9000, 1420), (1400, 1320), (1300, 1280)):
        q4 = q4[:2] + length.to_bytes(2, "big") + q4[4:]
        q6 = q6[:4] + (length - 20).to_bytes(2, "big") + q6[6:]
        lab.case(f"46: MTU guessed for {length} bytes", lab.v4, error4(RR4, H4, 3, 4, q4),
                 v6=[error6(RR6, H6, 2, 0, q6, told, hlim=63)])	# F-04
    lab.mtu(1500, 1500)
    lab.ctl("set mtu-plateaus 65535,32000,17914,8166,4352,2002,1492")


def syn(mss, flags="S", first=()):
    return TCP(sport=4000, dport=80, seq=7, flags=flags,
               options=[*first, ("MSS", mss), ("SAckOK", b""), ("WScale", 7)])


def test_mss():
    odd = [("NOP", None)]
    for value, mtu, most in (("off", 1500, 65535), ("1220", 1500, 1220),
                             ("pmtu", 1500, 1440), ("pmtu", 1400, 1340)):
        lab.mtu(mtu, 1500)
        lab.ctl(f"set mss-clamp {value}")
        for mss in (536, 1220, 1460, 9000):
            for flags, first in (("S", ()), ("SA", odd), ("A", ())):
                got = mss if flags == "A" else min(mss, most)
                name = f"MSS {mss} of [{flags}] with {value} at {mtu}"
                lab.case("64: " + name, lab.v6, IPv6(src=H6, dst=R6) / syn(mss, flags, first),
                         v4=[ip4(H4, R4, syn(got, flags, first))])	# D-46 B-18
                lab.case("46: " + name, lab.v4, IP(src=R4, dst=H4) / syn(mss, flags, first),
                         v6=[ip6(R6, H6, syn(got, flags, first))])	# D-46 B-18
    lab.case("64: a SYN without options stays without", lab.v6,
             IPv6(src=H6, dst=R6) / TCP(flags="S"), v4=[ip4(H4, R4, TCP(flags="S"))])	# D-46
    lab.ctl("set mss-clamp off")
    lab.mtu(1500, 1500)


def test_udp_ports():
    def zero(desc, port, computed, **ports):
        p4 = UDP(**{"sport": 7, "dport": 9, **ports}, chksum=0) / b"odd"
        p6 = UDP(**{"sport": 7, "dport": 9, **ports}) / b"odd"
        if computed:
            lab.case("46: " + desc, lab.v4, IP(src=R4, dst=H4) / p4,
                     v6=[ip6(R6, H6, p6)])	# G-05
        else:
            sent = IP(src=R4, dst=H4) / p4
            lab.case("46: " + desc, lab.v4, sent, v4=[from_gw4(GW4, sent, 3, 13)],
                     drop="udp_zero_checksum4")	# G-05 G-06 F-40

    lab.ctl("set udp-zero-checksum drop", "set udp-zero-checksum compute port 4500 "
            "udp-zero-checksum forward port 500")
    zero("UDP without checksum, any port", 0, False)
    zero("to a port with its own setting", 4500, True, dport=4500)
    zero("from a port with its own setting", 4500, True, sport=4500)
    p4 = UDP(sport=1, dport=500, chksum=0) / b"odd"
    lab.case("46: to a port that goes on without", lab.v4, IP(src=R4, dst=H4) / p4,
             v6=[ip6(R6, H6, p4)])	# G-05
    lab.case("64: from a port that goes on without", lab.v6, IPv6(src=H6, dst=R6) / p4,
             v4=[ip4(H4, R4, p4)])	# G-08
    values = {c["name"]: c["value"] for c in lab.json("stats all")}
    equal("which is counted", (values["udp_zero_computed"], values["udp_zero_forwarded"]), (2, 2))
    got = lab.json("get udp-zero-ports")[0]["udp_zero_ports"]
    equal("ports with their own settings", sorted(got.split(",")), ["4500:compute", "500:forward"])
    lab.ctl("set udp-zero-checksum default port 4500")
    zero("the setting of all again", 4500, False, dport=4500)
    lab.ctl("set udp-zero-checksum compute udp-zero-checksum default port 500")
    first4 = piece4(R4, H4, 17, bytes(UDP(sport=1, dport=2, chksum=0, len=108) / fill(100)),
                    0, 64, 5, ttl=64)
    lab.case("46: the first fragment of UDP without checksum", lab.v4, first4,
             v4=[from_gw4(GW4, first4, 3, 13)], drop="udp_zero_checksum4")	# G-07 F-40
    rest = fill(44)
    lab.case("46: its other fragments are like any", lab.v4,
             piece4(R4, H4, 17, bytes(64) + rest, 64, 108, 5, ttl=64),
             v6=[piece6(R6, H6, 17, bytes(64) + rest, 64, 108, 5)])	# G-07


def test_limits():
    """F-45: the limits of the stack hold for what the gateway says itself."""
    lab.on("sysctl", "-qw", "net.ipv6.icmp.ratelimit=10000", "net.ipv4.icmp_ratelimit=10000")
    # who has had an error already may have to wait for the next
    old6 = IPv6(src=embed(NSP, "198.51.100.66"), dst=R6, hlim=1) / UDPH
    old4 = IP(src="203.0.113.66", dst=H4, ttl=1) / UDPH
    got6, _ = lab.exchange(lab.v6, [old6] * 40)
    check("64: a few errors, and then no more", 1 <= len(got6) < 40, len(got6))	# F-45 K-20
    _, got4 = lab.exchange(lab.v4, [old4] * 40)
    check("46: a few errors, and then no more", 1 <= len(got4) < 40, len(got4))	# F-45 K-20
    check("an error is no longer than its cause and headers",
          all(len(p) <= len(bytes(old6)) + 48 for p in got6) and
          all(len(p) <= len(bytes(old4)) + 28 for p in got4))	# K-20
    _, got4 = lab.exchange(lab.v6, [IPv6(src=H6, dst=R6) / ECHO6("request", 1, 1)] * 40)
    equal("64: echo is not limited", len(got4), 40)	# E-07
    q6, _ = quoted_back()
    _, got4 = lab.exchange(lab.v6, [error6(RR6, R6, 3, 0, q6)] * 40)
    equal("64: translated errors are not, either", len(got4), 40)	# F-45
    lab.on("sysctl", "-qw", "net.ipv6.icmp.ratelimit=0", "net.ipv4.icmp_ratelimit=0")


def pair(desc, h4=H4, r6=R6, tos=0, tclass=0, payload=fill(33)):
    """Two packets each way: the second finds the pair of its addresses known."""
    layer = UDPH / payload
    lab.case("64: pair " + desc, lab.v6, [IPv6(src=H6, dst=R6, tc=0x10) / layer] * 2,
             v4=[ip4(h4, R4, layer, tos=tos)] * 2)
    lab.case("46: pair " + desc, tunnel4, [IP(src=R4, dst=H4, tos=0x10, flags="DF") / layer] * 2,
             v6=[ip6(r6, H6, layer, tc=tclass)] * 2)


def counted():
    values = {c["name"]: c["value"] for c in lab.json("stats all")}
    return [values[f"{what}_{way}"] for way in ("64", "46") for what in ("packets", "bytes")]


def test_pair_config():
    """What is known of a pair of addresses is forgotten with the next change."""
    kept = {"tos": 0x10, "tclass": 0x10}
    before = counted()
    pair("by the prefix", **kept)
    equal("both packets of a pair are counted",
          [b - a for a, b in zip(before, counted())], [2, 2 * 81, 2, 2 * 61])
    lab.ctl("set eam-hairpin off", f"eam add 192.0.2.50 {H6}", f"eam add {R4} 2001:db8:e::5")
    pair("by new mappings", "192.0.2.50", "2001:db8:e::5", **kept)	# I-04 I-23
    text = lab.saved()
    lab.restore(text.replace("192.0.2.50", "192.0.2.51").replace("2001:db8:e::5", "2001:db8:e::6"))
    pair("by others in their place", "192.0.2.51", "2001:db8:e::6", **kept)	# I-04
    lab.ctl(f"eam del 192.0.2.51 {H6}", f"eam del {R4} 2001:db8:e::6",
            "set eam-hairpin intrinsic")
    pair("by the prefix again", **kept)
    lab.ctl("instance add other mode siit", f"-i other eam add 192.0.2.52 {H6}",
            f"-i other eam add {R4} {R6}")
    lab.case("64: another instance takes a pair over", lab.v6,
             [IPv6(src=H6, dst=R6) / UDPH / fill(33)] * 2,
             v4=[ip4("192.0.2.52", R4, UDPH / fill(33))] * 2)
    lab.ctl("instance del other")
    pair("without the instance that it belonged to", **kept)
    lab.ctl("set tos 8 traffic-class zero")
    pair("with other settings", tos=8)	# B-04 C-05
    lab.ctl("set tos copy traffic-class copy", f"deny4 add {R4}/32")
    lab.case("64: pair that is not to be any more", lab.v6,
             [IPv6(src=H6, dst=R6) / UDPH / fill(33)] * 2, v6=None, drop="denied", count=2)
    lab.ctl(f"deny4 del {R4}/32")


def test_pair_routes():
    """Nor does a route, an address or a MTU outlive its change."""
    pkt6, pkt4 = IPv6(src=H6, dst=R6, tc=0x10), IP(src=R4, dst=H4, tos=0x10, flags="DF")
    layer = UDPH / fill(1300)
    kept = {"tos": 0x10, "tclass": 0x10, "payload": fill(1300)}

    def nowhere64(desc, reason):
        lab.counters = None
        lab.case("64: pair " + desc, lab.v6, [pkt6 / layer] * 2, v6=None, drop=reason, count=2)

    def nowhere46(desc, reason):
        lab.counters = None
        lab.case("46: pair " + desc, tunnel4, [pkt4 / layer] * 2, v4=None, drop=reason, count=2)

    pair("with a route", **kept)
    for words in (f"unreachable {R4}/32", f"unreachable {H6}/128"):
        lab.ip("route add " + words)
    nowhere64("without a route", "no_route")
    nowhere46("without a route", "no_route")
    lab.ip(f"route del unreachable {R4}/32", f"route del unreachable {H6}/128")
    pair("with one again", **kept)
    for family in ("-4", "-6"):
        lab.on("ip", family, "rule", "add", "tos", "0x10", "lookup", "9", "pref", "9")
        lab.on("ip", family, "route", "add", "unreachable", "default", "table", "9")
    nowhere64("with a rule for its traffic class", "no_route")
    nowhere46("with a rule for its TOS", "no_route")
    for family in ("-4", "-6"):
        lab.on("ip", family, "rule", "del", "pref", "9")
    pair("without the rule", **kept)
    lab.mtu(1500, 1300)
    nowhere64("over a smaller link", "too_big")
    lab.mtu(1300, 1500)
    nowhere46("over a smaller link", "too_big")
    lab.mtu(1500, 1500)
    pair("over larger links", **kept)
    lab.ip(f"addr add {H4}/32 dev v4")
    lab.case("46: an address that became this host's own is not translated", tunnel4,
             [pkt4 / layer] * 2, v4=None)
    lab.ip(f"addr del {H4}/32 dev v4")
    pair("of other hosts again", **kept)
    lab.case("64: hop limit of a pair", lab.v6, IPv6(src=H6, dst=R6, hlim=1) / layer, v6=None,
             drop="hop_limit")	# C-09
    lab.ip(f"route add {H6}/128 nexthop via fd00:6::2 dev v6 nexthop via fd00:fe:44::2 dev v4")
    got6, _ = lab.exchange(lab.v4, [IP(src=R4, dst=H4, id=i + 1) / ECHO("request", i, 1)
                                    for i in range(16)])
    check("46: a pair takes one of equal routes", len(got6) in (0, 16), len(got6))
    lab.ip(f"route del {H6}/128")


def test_dns():
    """M-21: what goes to a name server is a packet like others."""
    query = bytes.fromhex("1f2b0100000100000000000107656e642e6e657403697076340000010001")
    for layer in (UDP(sport=5353, dport=53) / query, UDP(sport=53, dport=5353) / query,
                  TCP(sport=5353, dport=53, flags="PA") / (b"\0\x1e" + query),
                  TCP(sport=5353, dport=853, flags="PA") / query):
        name = f"{layer.name} {layer.sport} to {layer.dport}"
        lab.case("64: DNS by " + name, lab.v6, IPv6(src=H6, dst=R6) / layer,
                 v4=[ip4(H4, R4, layer)])	# M-21
        lab.case("46: DNS by " + name, lab.v4, IP(src=R4, dst=H4) / layer,
                 v6=[ip6(R6, H6, layer)])	# M-21


def test_wkp_eam():
    """I-21: what has a mapping of its own is not under the well-known prefix."""
    wkp, near = "64:ff9b::/96", "2001:db8:e::5"
    far = embed(wkp, "9.9.9.9")
    lab.ctl(f"prefix del {NSP}", f"prefix add {wkp} force", f"eam add 10.0.0.5 {near}")
    lab.case("64: a private address by a mapping", lab.v6, IPv6(src=near, dst=far) / UDPH,
             v4=[ip4("10.0.0.5", "9.9.9.9", UDPH)])	# I-21
    lab.case("46: to it", lab.v4, IP(src="9.9.9.9", dst="10.0.0.5") / UDPH,
             v6=[ip6(far, near, UDPH)])	# I-21
    lab.case("46: its neighbour has none", lab.v4, IP(src="9.9.9.9", dst="10.0.0.6") / UDPH,
             drop="wkp_nonglobal")	# I-21 A-09
    lab.ctl(f"eam del 10.0.0.5 {near}", f"prefix del {wkp}", f"prefix add {NSP}")


def anywhere():
    os.sched_setaffinity(0, range(os.cpu_count()))


def test_eam_swap():
    """I-19: a packet sees the mappings from before a change, or those after it."""
    lab.ctl("set eam-hairpin off")
    saved = lab.saved()
    sides = [saved + "".join(f"eam add 10.{n}.0.{i} 2001:db8:{n}::{i:x}\n" for i in range(200)) +
             f"eam add 192.0.2.{n} {H6}\neam add 203.0.113.{n} 2001:db8:e::5\n"
             for n in (50, 51)]
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            for text in sides:
                subprocess.run(["nat64ctl", "-n", lab.gw, "restore", "-"], input=text, text=True,
                               check=True, preexec_fn=anywhere)

    lab.restore(sides[0])
    swapper = threading.Thread(target=swap)
    swapper.start()
    pkt, counts, changes, last = IPv6(src=H6, dst="2001:db8:e::5") / UDPH, {}, 0, None
    raw, wrong = bytes(pkt), []
    for _ in range(400):
        got6, got4 = lab.exchange(lab.v6, [raw] * 16)
        if got6 or len(got4) != 16:
            wrong.append((len(got6), len(got4)))
        for p in got4:
            side = (p[15], p[19])
            counts[side] = counts.get(side, 0) + 1
            changes += side != last
            last = side
        if changes > 8:
            break
    stop.set()
    swapper.join()
    check("mappings replaced while packets pass: none is lost", not wrong, wrong)	# I-19
    equal("none sees half of a change", sorted(counts), [(50, 50), (51, 51)])	# I-19
    lab.restore(saved)
    lab.ctl("set eam-hairpin intrinsic")


def test_eam_many():
    """I-19: a hundred thousand mappings."""
    saved = lab.saved()
    lab.restore(saved + "".join(
        f"eam add 10.{i >> 16}.{i >> 8 & 255}.{i & 255} 2001:db8:{i >> 8:x}::{i & 255:x}\n"
        for i in range(100000)))
    for i in (0, 255, 256, 65535, 65536, 99999):
        h4 = f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"
        h6 = f"2001:db8:{i >> 8:x}::{i & 255:x}"
        lab.case(f"64: mapping {i} of 100000", lab.v6, IPv6(src=h6, dst=R6) / UDPH,
                 v4=[ip4(h4, R4, UDPH)])	# I-19
        lab.case(f"46: mapping {i} of 100000", lab.v4, IP(src=R4, dst=h4) / UDPH,
                 v6=[ip6(R6, h6, UDPH)])	# I-19
    lab.case("46: and none beside them", lab.v4, IP(src=R4, dst="10.1.134.160") / UDPH,
             v6=[ip6(R6, embed(NSP, "10.1.134.160"), UDPH)])	# I-19
    lab.restore(saved)


def identity(packet):
    """A packet without what tells one from another only: IPv4 identifications that
    the translator makes up, and the checksum over them. Those of fragments are not."""
    if packet[0] >> 4 == 4 and not int.from_bytes(packet[6:8], "big") & 0x3fff:
        return packet[:4] + packet[6:10] + packet[12:]
    return packet


def test_twin():
    """M-08: a gateway of the same configuration, with other secrets, does the same."""
    lab.ctl(f"eam add {A4} {A6}", f"eam add {B4} {B6}")
    saved = lab.saved()
    q6, q4 = quoted_back()
    sent6 = [IPv6(src=H6, dst=R6, tc=3, hlim=9) / UDPH / fill(n) for n in (1, 1200, 1400)]
    sent6 += [IPv6(src=A6, dst=R6) / TCP(sport=1, dport=2, flags="S"),
              IPv6(src=A6, dst=PB6) / UDPH, IPv6(src=H6, dst=R6, hlim=1) / UDPH,
              IPv6(src=H6, dst=R6) / ECHO6("request", 1, 2, b"abc"),
              error6(RR6, R6, 3, 0, q6), error6(NO4, R6, 2, 0, q6, 1400),
              *cut6(H6, R6, 17, bytes(UDPH / fill(3000)), 1232, 0x12345, hlim=64)]
    sent4 = [IP(src=R4, dst=H4, tos=3, id=7) / UDPH / fill(n) for n in (1, 1300, 1440)]
    sent4 += [IP(src=R4, dst=A4, flags="DF") / TCP(sport=2, dport=1, flags="SA"),
              IP(src=R4, dst=H4, ttl=1) / UDPH, IP(src=R4, dst=H4) / ECHO("reply", 1, 2, b"abc"),
              error4(RR4, H4, 11, 0, q4), error4(RR4, H4, 3, 4, q4, 1300),
              *cut4(R4, H4, 17, bytes(UDPH / fill(3000)), 1480, 0x1234, ttl=64)]

    def outcome():
        return [[identity(p) for p in side] for wire, sent in ((lab.v6, sent6), (lab.v4, sent4))
                for side in lab.exchange(wire, sent)]

    first = outcome()
    check("packets of all kinds are translated", sum(map(len, first)) > 20, first)
    lab.restore("")
    subprocess.run(["modprobe", "-r", "nat64"], check=True)
    subprocess.run(["modprobe", "nat64"], check=True)
    lab.restore(saved)
    equal("and by another gateway into the same bytes", outcome(), first)	# M-08 A-20


test_node_id()
test_stand_in6()
test_dummy()
test_eam_hairpin()
test_icmp_info()
test_plateaus()
test_mss()
test_udp_ports()
test_dns()
test_wkp_eam()
test_eam_swap()
test_eam_many()
test_limits()
tunnel4 = lab.tunnel("tunnel4")
test_pair_config()
test_pair_routes()
lab.check_counters()
test_twin()
done()
