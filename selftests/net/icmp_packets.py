#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Stateless translation of ICMP: echo, errors, what they quote and carry."""

import ipaddress
import struct

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
# a host behind the IPv6 wire, one of IPv4, and a router on either side
H4, R4, HR4, RR4 = "198.51.100.10", "203.0.113.5", "198.51.100.77", "203.0.113.77"
H6, R6, HR6, RR6 = (embed(NSP, a) for a in (H4, R4, HR4, RR4))
NO4 = "2001:db8:6:1::99"	# a router that has no IPv4 form
UDPH = UDP(sport=4000, dport=53)
TCPH = TCP(sport=4000, dport=80, seq=7, ack=9, flags="PA")
UNREACH, EXCEEDED, PROBLEM = 3, 11, 12
UNREACH6, TOOBIG6, EXCEEDED6, PROBLEM6 = 1, 2, 3, 4

lab = Lab("siit")
lab.ctl(f"prefix add {NSP}")


def quoted(layer4, layer6=None, ttl=3, **fields4):
    """What the IPv6 host has sent, as IPv4 routers and as itself know it."""
    layer6 = layer6 or layer4
    return (IP(src=H4, dst=R4, ttl=ttl, id=0x1234, **fields4) / layer4,
            IPv6(src=H6, dst=R6, hlim=ttl) / layer6)


def quoted_back(layer6, layer4=None, ttl=3):
    """What the IPv4 host has sent, as IPv6 routers and as itself know it."""
    pkt4 = IP(src=R4, dst=H4, ttl=ttl, id=0) / (layer4 or layer6)
    pkt4.flags = df_for(len(pkt4))
    return IPv6(src=R6, dst=H6, hlim=ttl) / layer6, pkt4


def to6(desc, quotes, sent, got, src=None, **more):
    """An ICMPv4 error crosses: (type, code, word) each."""
    q4, q6 = (bytes(q) for q in quotes)
    lab.case("46: " + desc, lab.v4, error4(src or RR4, H4, *sent[:2], q4, *sent[2:]),
             v6=[error6(embed(NSP, src) if src else RR6, H6, *got[:2], q6,
                        *got[2:], hlim=63)], **more)


def to4(desc, quotes, sent, got, src=HR6, src4=HR4, flags=None, **more):
    """An ICMPv6 error crosses: (type, code, word) each."""
    q6, q4 = (bytes(q) for q in quotes)
    want = error4(src4, R4, *got[:2], q4, *got[2:], ttl=63, id=ANY_ID)
    want.flags = df_for(len(want)) if flags is None else flags
    lab.case("64: " + desc, lab.v6, error6(src, R6, *sent[:2], q6, *sent[2:], hlim=64),
             v4=[want], **more)


def drop4(desc, reason, packets, **more):
    lab.case("46: " + desc, lab.v4, packets, drop=reason, **more)


def drop6(desc, reason, packets, **more):
    lab.case("64: " + desc, lab.v6, packets, drop=reason, **more)


def test_echo():
    for kind in ("request", "reply"):
        # E-06 E-01 E-02 E-05
        for n in (0, 1, 2, 7, 56, 999, 1450):
            e4, e6 = ECHO(kind, 0x1234, 5, fill(n)), ECHO6(kind, 0x1234, 5, fill(n))
            lab.case(f"46: echo {kind} with {n} bytes", lab.v4,
                     IP(src=R4, dst=H4, flags="DF") / e4, v6=[ip6(R6, H6, e6)])	# E-01 E-05 E-06 G-18
            lab.case(f"64: echo {kind} with {n} bytes", lab.v6,
                     IPv6(src=H6, dst=R6) / e6, v4=[ip4(H4, R4, e4)])	# E-02 E-06 G-18
        for ident, seq in ((0, 0), (0xffff, 0xffff), (1, 0x8000)):
            e4, e6 = ECHO(kind, ident, seq, b"x"), ECHO6(kind, ident, seq, b"x")
            lab.case(f"46: echo {kind}, identifier {ident}", lab.v4,
                     IP(src=R4, dst=H4) / e4, v6=[ip6(R6, H6, e6)])	# E-01
            lab.case(f"64: echo {kind}, identifier {ident}", lab.v6,
                     IPv6(src=H6, dst=R6) / e6, v4=[ip4(H4, R4, e4)])	# E-02
        e4, e6 = ECHO(kind, 1, 2, b"x", code=9), ECHO6(kind, 1, 2, b"x", code=9)
        lab.case(f"64: echo {kind} keeps its code", lab.v6,
                 IPv6(src=H6, dst=R6) / e6, v4=[ip4(H4, R4, e4)])	# E-02
    # E-08: wrong is dropped or stays wrong
    for name, wire, pkt in (
            ("46", lab.v4, IP(src=R4, dst=H4) / ICMP(type=8, id=1, chksum=0xbad)),
            ("64", lab.v6, IPv6(src=H6, dst=R6) /
             ICMPv6EchoRequest(id=1, cksum=0xbad))):
        out6, out4 = lab.exchange(wire, [pkt])
        right = bool(out4) and sum_words(out4[0][20:]) == 0xffff or \
            bool(out6) and sum_words(out6[0][8:40] + struct.pack(
                "!II", len(out6[0]) - 40, 58) + out6[0][40:]) == 0xffff
        check(f"{name}: a wrong echo checksum does not become right",
              not right, (out6, out4))	# E-08
    # checksums that are all ones and all zeros on either side
    for word in (0, 0xffff, 0x8000 - 1):
        data = struct.pack("!H", word) + b"ab"
        e4, e6 = ECHO("request", word, 5, data), ECHO6("request", word, 5, data)
        lab.case(f"46: echo of {word:#x}", lab.v4, IP(src=R4, dst=H4) / e4,
                 v6=[ip6(R6, H6, e6)])	# G-18


def message4(kind, code=0, rest=bytes(12)):
    """An ICMPv4 message of any type."""
    data = bytes([kind, code, 0, 0]) + rest
    value = 0xffff - sum_words(data)
    return IP(src=R4, dst=H4, proto=1) / Raw(data[:2] + value.to_bytes(2, "big") + data[4:])


def message6(kind, code=0, rest=bytes(12)):
    """An ICMPv6 message of any type."""
    return error6(H6, R6, kind, code, rest[4:], int.from_bytes(rest[:4], "big"))


def test_other_types():
    # E-03 F-07
    types = [t for t in range(256) if t not in (0, 3, 8, 11, 12)]
    for name, some in (("4, 5 and 6", (4, 5, 6)), ("9, 10 and 13 to 18", (9, 10, *range(13, 19)))):
        drop4(f"ICMP types {name} are dropped in silence", "icmp_type",
              [message4(t) for t in some], count=len(some))	# E-03 F-07
    rest = [t for t in types if t not in (4, 5, 6, 9, 10, *range(13, 19))]
    drop4("all other ICMP types, too", "icmp_type", [message4(t) for t in rest],
          count=len(rest))	# E-03 F-07
    drop4("also with TTL 1", "icmp_type",
          [IP(src=R4, dst=H4, ttl=1, proto=1) / message4(13).payload])	# E-03
    # E-04 F-35: 133 to 137 are neighbour discovery and never ours
    for name, some in (("5 to 127", range(5, 128)), ("0", (0,)), ("130 to 132", range(130, 133)),
                       ("138 to 255", range(138, 256))):
        drop6(f"ICMPv6 types {name} are dropped in silence", "icmp_type",
              [message6(t) for t in some], count=len(some))	# E-04 F-35


def test_codes46():
    q = quoted(UDPH / b"abcdefgh")
    unreach = {0: 0, 1: 0, 3: 4, 5: 0, 6: 0, 7: 0, 8: 0, 9: 1, 10: 1, 11: 0,
               12: 0, 13: 1, 15: 1}
    for code, code6 in unreach.items():
        to6(f"3/{code} becomes 1/{code6}", q, (3, code), (1, code6))	# F-01
        to6(f"3/{code} with rubbish in unused octets", q,
            (3, code, 0x5a00beef), (1, code6))	# F-08
    to6("3/2 becomes 4/1 about the Next Header", q, (3, 2), (4, 1, 6))	# F-02
    for code in (0, 1):
        to6(f"11/{code} becomes 3/{code}", q, (11, code), (3, code))	# F-05
        to6(f"11/{code} with rubbish in unused octets", q, (11, code, 0x5a000099),
            (3, code))	# F-08
    bad = [(3, 14)] + [(3, c) for c in (16, 17, 99, 255)]
    drop4("3/14 and unknown codes of 3", "icmp_type",
          [error4(RR4, H4, t, c, q[0]) for t, c in bad], count=len(bad))	# F-01
    codes = (2, 3, 255)
    got6, _ = lab.exchange(lab.v4, [error4(RR4, H4, 11, c, q[0]) for c in codes])
    check("46: no time exceeded that does not exist in ICMPv6",
          all(p[40] == 3 and p[41] not in (0, 1) for p in got6), got6)	# F-05
    pointers = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, 12: 8, 13: 8, 14: 8, 15: 8,
                16: 24, 17: 24, 18: 24, 19: 24}
    for ptr, ptr6 in pointers.items():
        for code in (0, 2):
            to6(f"12/{code} pointer {ptr} becomes {ptr6}", q,
                (12, code, ptr << 24 | 0x1234), (4, 0, ptr6))	# F-06 F-08
    wrong = [p for p in range(256) if p not in pointers]
    drop4("12/0 pointers without counterpart", "icmp_type",
          [error4(RR4, H4, 12, 0, q[0], p << 24) for p in wrong], count=len(wrong))	# F-06
    drop4("12/1 and other codes", "icmp_type",
          [error4(RR4, H4, 12, c, q[0]) for c in (1, 3, 255)], count=3)	# F-06


def test_codes64():
    q = quoted_back(UDPH / b"abcdefgh")
    for code, code4 in {0: 1, 1: 10, 2: 1, 3: 1, 4: 3}.items():
        to4(f"1/{code} becomes 3/{code4}", q, (1, code), (3, code4))	# F-30
        to4(f"1/{code} with rubbish in unused octets", q, (1, code, 0xbeef),
            (3, code4))	# F-08
    drop6("1/5 and other codes", "icmp_type",
          [error6(HR6, R6, 1, c, q[0]) for c in (5, 6, 7, 255)], count=4)	# F-30
    for code in (0, 1):
        to4(f"3/{code} becomes 11/{code}", q, (3, code), (11, code))	# F-32
    pointers = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8,
                **dict.fromkeys(range(8, 24), 12), **dict.fromkeys(range(24, 40), 16)}
    for ptr, ptr4 in pointers.items():
        to4(f"4/0 pointer {ptr} becomes {ptr4}", q, (4, 0, ptr), (12, 0, ptr4 << 24))	# F-33 F-08
    wrong = [2, 3, *range(40, 300), 0x10000, 0x100, 0x1000006, 0xffffffff]
    drop6("4/0 pointers without counterpart", "icmp_type",
          [error6(HR6, R6, 4, 0, q[0], p) for p in wrong], count=len(wrong))	# F-33
    for ptr in (0, 6, 40, 0xffffffff):
        to4(f"4/1 becomes 3/2, pointer {ptr:#x}", q, (4, 1, ptr), (3, 2))	# F-34
    drop6("4/2 and other codes", "icmp_type",
          [error6(HR6, R6, 4, c, q[0]) for c in (2, 3, 255)], count=3)	# F-34


def at(data, where, value):
    return data[:where] + value.to_bytes(2, "big") + data[where + 2:]


def test_mtu46():
    """F-03 F-04: never below 1280, never above what the links carry."""
    q = quoted(UDPH / b"abcdefgh")
    for mtu, told in ((68, 1280), (576, 1280), (1259, 1280), (1260, 1280), (1261, 1281),
                      (1400, 1420), (1480, 1500), (1492, 1500), (9000, 1500), (65535, 1500)):
        to6(f"3/4 with MTU {mtu} tells {told}", q, (3, 4, mtu), (2, 0, told))	# F-03
    to6("3/4 with rubbish in unused octets", q, (3, 4, 0xbeef0000 | 1400), (2, 0, 1420))	# F-08
    lab.ip("route change ::/0 via fd00:6::2 mtu 1300")
    to6("the MTU of the route counts", q, (3, 4, 1400), (2, 0, 1300))	# F-03 D-25
    lab.ip("route change ::/0 via fd00:6::2")
    lab.mtu(65535, 65535)
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2 mtu 1350")
    to6("the MTU towards the sender of the error counts", q, (3, 4, 1400), (2, 0, 1370))	# F-03
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2")
    # F-04: the plateau is an IPv4 MTU, of the inner total length
    for length, told in ((65535, 32020), (32001, 32020), (32000, 17934), (17914, 8186),
                         (8167, 8186), (8166, 4372), (4352, 2022), (2003, 2022),
                         (2002, 1512), (1493, 1512), (1492, 1280), (600, 1280), (36, 1280)):
        q4, q6 = (bytes(x) for x in quoted(UDPH / b"abcdefgh"))
        q4 = at(q4, 2, length)
        q6 = at(q6, 4, length - 20)
        to6(f"3/4 with MTU 0 about {length} bytes tells {told}",
            (q4, q6), (3, 4, 0), (2, 0, told))	# F-04 F-11
    lab.mtu(1500, 1500)


def test_mtu64():
    q = quoted_back(UDPH / b"abcdefgh")
    for mtu, told in ((1280, 1260), (1300, 1280), (1500, 1480), (1501, 1480), (9000, 1480),
                      (0x10000, 1480), (0x10000 + 1400, 1480), (0xffffffff, 1480),
                      (20, 0), (19, 0), (0, 0), (1000, 980)):
        to4(f"PTB of {mtu:#x} tells {told}", q, (2, 0, mtu), (3, 4, told))	# F-31
    to4("PTB with a code", q, (2, 7, 1400), (3, 4, 1380))	# F-31
    lab.mtu(9000, 9000)
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2 mtu 1350")
    to4("the MTU of the route counts", q, (2, 0, 1400), (3, 4, 1350))	# F-31 D-25
    lab.ip("route change 0.0.0.0/0 via 198.18.0.2")
    lab.ip("route change ::/0 via fd00:6::2 mtu 1350")
    to4("the MTU towards the sender of the error counts", q, (2, 0, 1400), (3, 4, 1330))	# F-31
    lab.ip("route change ::/0 via fd00:6::2")
    lab.mtu(1500, 1500)
    part6 = piece6(R6, H6, 17, fill(64), 0, 64, 0x1234, more=True, hlim=3)
    part4 = piece4(R4, H4, 17, fill(64), 0, 64, 0x1234, more=True, ttl=3)
    part6, part4 = bytes(part6), bytes(part4)
    # The upper layer of the pieces is the same but for the checksum, which is
    # adjusted for the addresses.
    part4 = adjusted(part6[48:], part4[:20], (R6, H6), (R4, H4), 6)
    to4("PTB about a fragment tells 28 less", (part6, part4), (2, 0, 1400), (3, 4, 1372))	# F-31 F-16


def address_sum(pair):
    return sum_words(b"".join(ipaddress.ip_address(a).packed for a in pair))


def adjusted(upper, header, old, new, at):
    """@upper behind @header, its checksum at @at for @new instead of @old."""
    value = int.from_bytes(upper[at:at + 2], "big")
    delta = address_sum(old) - address_sum(new)
    value = (value + delta) % 0xffff or 0xffff
    return header + upper[:at] + value.to_bytes(2, "big") + upper[at + 2:]


def test_quotes():
    # F-10 F-11: as much as is there, of any transport
    for layer, end in ((UDPH / fill(20), 8), (TCPH / fill(20), 18), (ECHO6, 4)):
        if layer is ECHO6:
            l4, l6 = ECHO("request", 77, 5, fill(20)), ECHO6("request", 77, 5, fill(20))
        else:
            l4 = l6 = layer
        name = "echo" if layer is ECHO6 else layer.name
        full4, full6 = (bytes(x) for x in quoted(l4, l6))
        back6, back4 = (bytes(x) for x in quoted_back(l6, l4))
        least = 2 if layer is ECHO6 else 0
        for n in (*range(least, 9), 12, 17, 18, 20, len(full4) - 20):
            up6, up4 = full6[40:], back4[20:]
            if n < end:		# what is left of the checksum stays as it was
                up6 = full4[20:] if layer is not ECHO6 else up6[:2] + full4[22:24] + up6[4:]
                up4 = back6[40:] if layer is not ECHO6 else up4[:2] + back6[42:44] + up4[4:]
            to6(f"quote with {n} bytes of {name}", (full4[:20 + n], full6[:40] + up6[:n]),
                (11, 0), (3, 0))	# F-10 F-11 F-14 F-09
            to4(f"quote with {n} bytes of {name}", (back6[:40 + n], back4[:20] + up4[:n]),
                (3, 0), (11, 0))	# F-10 F-11 F-14 F-09
    for n in (0, 1):
        q4, q6 = quoted(ECHO("request", 1, 1), ECHO6("request", 1, 1))
        drop4(f"quote with {n} bytes of echo", "icmp_quote",
              error4(RR4, H4, 11, 0, bytes(q4)[:20 + n]))	# F-17 F-18
    for kind in ("request", "reply"):
        to6(f"quoted echo {kind}", quoted(ECHO(kind, 7, 8, b"abc"), ECHO6(kind, 7, 8, b"abc")),
            (3, 1), (1, 0))	# F-14
        to4(f"quoted echo {kind}", quoted_back(ECHO6(kind, 7, 8, b"abc"), ECHO(kind, 7, 8, b"abc")),
            (1, 3), (3, 1))	# F-14
    for proto in (47, 50, 132):
        data = Raw(fill(24))
        to6(f"quoted protocol {proto}",
            (IP(src=H4, dst=R4, ttl=3, proto=proto) / data,
             IPv6(src=H6, dst=R6, hlim=3, nh=proto) / data), (11, 0), (3, 0))	# F-10
        to4(f"quoted protocol {proto}",
            (IPv6(src=R6, dst=H6, hlim=3, nh=proto) / data,
             IP(src=R4, dst=H4, ttl=3, id=0, proto=proto) / data), (3, 0), (11, 0))	# F-10
    # F-12: UDP without checksum; and one that becomes 0
    none = UDP(sport=1, dport=2, chksum=0) / b"abc"
    to6("quoted UDP without checksum", quoted(none), (11, 0), (3, 0))	# F-12
    to4("quoted UDP without checksum", quoted_back(none), (3, 0), (11, 0))	# F-12
    for (a4, b4), (a6, b6), run, make, codes in (
            ((H4, R4), (H6, R6), to6, quoted, ((11, 0), (3, 0))),
            ((R4, H4), (R6, H6), to4, quoted_back, ((3, 0), (11, 0)))):
        goal = (a6, b6) if run is to6 else (a4, b4)
        layer = bytes(UDP(sport=1, dport=2, chksum=0, len=10))
        word = 0xffff - sum_words(bytes([*layer]) + b"\0\0" + struct.pack("!HH", 10, 17)) \
            - address_sum(goal)
        run("quoted UDP checksum that becomes 0",
            make(UDP(sport=1, dport=2) / (word % 0xffff).to_bytes(2, "big")), *codes)	# F-12
    # F-15: hop limits are as quoted; DF by the length that is told
    for ttl in (0, 1, 255):
        to6(f"quoted TTL {ttl}", quoted(UDPH / b"x", ttl=ttl), (11, 0), (3, 0))	# F-15
        to4(f"quoted hop limit {ttl}", quoted_back(UDPH / b"x", ttl=ttl), (3, 0), (11, 0))	# F-15
    for n in (1231, 1232, 1233, 1400):
        q6, q4 = quoted_back(UDPH / fill(n))
        to4(f"quoted packet of {n + 28} bytes, cut", (bytes(q6)[:100], bytes(q4)[:80]),
            (3, 0), (11, 0))	# F-15 F-11
    q4, q6 = quoted(UDPH / b"x", tos=0xb8, flags="DF")
    q6.tc = 0xb8
    to6("quoted TOS", (q4, q6), (11, 0), (3, 0))	# F-10
    q6, q4 = quoted_back(UDPH / b"x")
    q6.tc, q6.fl, q4.tos = 0xb8, 0x12345, 0xb8
    to4("quoted traffic class and flow label", (q6, q4), (3, 0), (11, 0))	# F-10
    q4 = bytearray(bytes(quoted(UDPH / b"abcd")[0]))
    q4[10] ^= 1
    to6("quoted header with a wrong checksum", (q4, quoted(UDPH / b"abcd")[1]),
        (11, 0), (3, 0))	# F-19
    for src in ("10.9.8.7", "100.64.0.1", "127.0.0.1", "169.254.1.1", "0.0.0.0", "240.0.0.1",
                "224.0.0.1", "255.255.255.255"):
        to6(f"an error from {src}", quoted(UDPH / b"abcd"), (11, 0), (3, 0), src=src)	# F-21
    to6("too big, from a link-local address", quoted(UDPH / b"abcd"), (3, 4, 1400), (2, 0, 1420),
        src="169.254.1.1")	# F-21 D-13


def test_quoted_headers():
    whole4, whole6 = (bytes(x) for x in quoted(UDPH / b"abcdefgh"))
    # F-13: options go
    head = bytearray(whole4[:20] + b"\1\1\1\1\7\7\4" + bytes(4) + b"\0")
    head[0] = 0x48
    head[2:4] = (len(whole4) + 12).to_bytes(2, "big")
    head[10:12] = b"\0\0"
    head[10:12] = ip_checksum(bytes(head))
    to6("quoted options", (bytes(head) + whole4[20:], whole6), (11, 0), (3, 0))	# F-13
    back6, back4 = (bytes(x) for x in quoted_back(UDPH / b"abcdefgh"))
    ext = b"\x3c\0\1\4\0\0\0\0" + b"\x11\1\1\x0c" + bytes(12)
    long6 = back6[:4] + (len(back6) - 40 + 24).to_bytes(2, "big") + b"\0" + back6[7:40] + \
        ext + back6[40:]
    to4("quoted extension headers", (long6, back4), (3, 0), (11, 0))	# F-13
    to4("a quote that ends behind them", (long6[:64], back4[:20]), (3, 0), (11, 0))	# F-13 F-11
    drop6("a quote that ends within them", "icmp_quote", error6(HR6, R6, 3, 0, long6[:63]))	# F-13
    # F-16: fragments of either kind
    for start, more in ((0, True), (16, True), (16, False)):
        data = bytes(UDP(sport=4000, dport=53, len=100, chksum=0x1234) / fill(40))
        p4 = bytes(piece4(H4, R4, 17, data, start, 48, 0x77, more=more, ttl=3))
        p6 = bytes(piece6(H6, R6, 17, data, start, 48, 0x77, more=more, hlim=3))
        if not start:
            p6 = adjusted(p4[20:], p6[:48], (H4, R4), (H6, R6), 6)
        to6(f"quoted fragment, offset {start}", (p4, p6), (11, 1), (3, 1))	# F-16
        p6 = bytes(piece6(R6, H6, 17, data, start, 48, 0xabcd0077, more=more, hlim=3))
        p4 = bytes(piece4(R4, H4, 17, data, start, 48, 0x77, more=more, ttl=3))
        if not start:
            p4 = adjusted(p6[48:], p4[:20], (R6, H6), (R4, H4), 6)
        to4(f"quoted fragment, offset {start}", (p6, p4), (3, 1), (11, 1))	# F-16
    # F-17 F-18
    for name, q in (("an ICMP error", IP(src=H4, dst=R4) / ICMP(type=3, code=1) / whole4),
                    ("a timestamp", IP(src=H4, dst=R4) / ICMP(type=13)),
                    ("IGMP", IP(src=H4, dst=R4, proto=2) / fill(8)),
                    ("protocol 58", IP(src=H4, dst=R4, proto=58) / fill(8)),
                    ("IPv6", whole6), ("header length 4", b"\x44" + whole4[1:]),
                    ("header length 60 in 36", b"\x4f" + whole4[1:]),
                    ("total length 19", whole4[:2] + b"\0\x13" + whole4[4:])):
        drop4(f"quote of {name}", "icmp_quote", error4(RR4, H4, 3, 1, bytes(q)))	# F-17 F-18
    for name, q in (("an ICMPv6 error", IPv6(src=R6, dst=H6) / ICMPv6DestUnreach() / back6),
                    ("MLD", IPv6(src=R6, dst=H6, nh=58) / Raw(bytes([130]) + bytes(23))),
                    ("ICMPv4", IPv6(src=R6, dst=H6, nh=1) / Raw(fill(8))),
                    ("IPv4", back4)):
        drop6(f"quote of {name}", "icmp_quote", error6(HR6, R6, 1, 3, bytes(q)))	# F-17 F-18
    short = [error4(RR4, H4, 3, 1, whole4[:n]) for n in range(20)]
    drop4("quotes shorter than a header", "icmp_quote", short, count=20)	# F-18
    short = [error6(HR6, R6, 1, 3, back6[:n]) for n in range(40)]
    drop6("quotes shorter than a header", "icmp_quote", short, count=40)	# F-18
    # addresses that do not belong
    got6, got4 = lab.exchange(lab.v6, [error6(
        HR6, R6, 1, 3, IPv6(src=R6, dst="2001:db8:bad::1") / UDPH)])
    check("64: quote of an address without mapping goes nowhere",
          not got6 and not got4, (got6, got4))	# A-33 F-10


def test_sizes():
    # F-23: 1280 for IPv6, and the inner length tells of the original
    for n in (1150, 1164, 1165, 1192, 1193, 1400):
        q4, q6 = (bytes(x) for x in quoted(UDPH / fill(n)))
        to6(f"quote of {len(q4)} bytes", (q4[:1472], q6[:1232]), (3, 3), (1, 4))	# F-23 F-11
    # F-24: not cut
    for n in (500, 1184):
        q6, q4 = (bytes(x) for x in quoted_back(UDPH / fill(n)))
        to4(f"quote of {len(q6)} bytes", (q6[:1232], q4[:1212]), (1, 4), (3, 3))	# F-24
    q6, q4 = (bytes(x) for x in quoted_back(UDPH / fill(1400)))
    to4("quote cut to 1280 by its sender", (q6[:1232], q4[:1212]), (1, 4), (3, 3))	# F-24 F-11
    # F-20
    for name, wire, pkt in (("46", lab.v4, error4(RR4, H4, 3, 3, quoted(UDPH)[0])),
                            ("64", lab.v6, error6(HR6, R6, 1, 4, quoted_back(UDPH)[0]))):
        data = bytearray(bytes(pkt))
        data[-1] ^= 0x10
        lab.case(f"{name}: an error with a wrong checksum", wire, bytes(data),
                 drop="bad_checksum")	# F-20
    # F-22
    pkt = error4(RR4, H4, 3, 3, quoted(UDPH)[0], ttl=1)
    drop4("no error about an error", "hop_limit", pkt)	# F-22 F-43
    pkt = error6(HR6, R6, 1, 4, quoted_back(UDPH)[0], hlim=1)
    drop6("no error about an error", "hop_limit", pkt)	# F-22 F-43


def structure(*objects):
    """An extension structure of RFC 4884."""
    body = b"".join(struct.pack("!HBB", 4 + len(data), cls, kind) + data
                    for cls, kind, data in objects)
    value = 0xffff - sum_words(b"\x20\0\0\0" + body)
    return b"\x20\0" + value.to_bytes(2, "big") + body


MPLS = structure((1, 1, b"\0\1\x01\xff"))
# RFC 5837, with an IPv4 address of the router in it
IFACE = structure((2, 0x0c, b"\0\0\0\7" + b"\0\1\0\0" + bytes([203, 0, 113, 77])))


def padded(data, size):
    return data + bytes(size - len(data))


def test_extensions():
    long4, long6 = (bytes(x) for x in quoted(UDPH / fill(300)))
    back6, back4 = (bytes(x) for x in quoted_back(UDPH / fill(300)))
    for name, ext in (("MPLS", MPLS), ("an interface", IFACE)):
        # 128 bytes become 148, and those 152 by padding
        to6(f"extension with {name}", (long4[:128] + ext, padded(long6[:148], 152) + ext),
            (11, 0, 32 << 16), (3, 0, 19 << 24))	# F-25 F-26 F-29
        # 144 bytes become 124, and those 128
        to4(f"extension with {name}", (back6[:144] + ext, padded(back4[:124], 128) + ext),
            (3, 0, 18 << 24), (11, 0, 32 << 16))	# F-25 F-26 F-29
    for n in (132, 136, 200, 328):
        to6(f"extension behind {n} bytes",
            (long4[:n] + MPLS, padded(long6[:n + 20], (n + 27) // 8 * 8) + MPLS),
            (3, 3, n // 4 << 16), (1, 4, (n + 27) // 8 << 24))	# F-25
    for n in (128, 136, 200, 344):
        size = max(128, n - 20)
        to4(f"extension behind {n} bytes", (back6[:n] + MPLS, padded(back4[:n - 20], size) + MPLS),
            (1, 4, n // 8 << 24), (3, 3, size // 4 << 16))	# F-25 F-26
    # a short packet is padded to 128 already
    short4, short6 = (bytes(x) for x in quoted(UDPH / b"abcd"))
    to6("extension behind padding", (padded(short4, 128) + MPLS, padded(short6, 128) + MPLS),
        (11, 0, 32 << 16), (3, 0, 16 << 24))	# F-26
    short6, short4 = (bytes(x) for x in quoted_back(UDPH / b"abcd"))
    to4("extension behind padding", (padded(short6, 128) + MPLS, padded(short4, 128) + MPLS),
        (3, 0, 16 << 24), (11, 0, 32 << 16))	# F-26
    # F-27: no room for a length in PTB and Parameter Problem
    to6("3/4 loses its extension", (long4[:128] + MPLS, long6[:148]),
        (3, 4, 32 << 16 | 1400), (2, 0, 1420))	# F-27 F-08
    to6("3/2 loses its extension", (long4[:128] + MPLS, long6[:148]),
        (3, 2, 32 << 16), (4, 1, 6))	# F-27
    to6("12/0 loses its extension", (long4[:128] + MPLS, long6[:148]),
        (12, 0, 8 << 24 | 32 << 16), (4, 0, 7))	# F-27
    # F-28: a length that reaches past the message tells nothing
    for length in (40, 255):
        to6(f"length {length} past the end", (long4[:128], long6[:148]),
            (11, 0, length << 16), (3, 0))	# F-28
        to4(f"length {length} past the end", (back6[:144], back4[:124]),
            (3, 0, length << 24), (11, 0))	# F-28
    # F-37: the quote does not go below 128 bytes for it
    big = structure((1, 1, fill(1100)))
    to6("extension that leaves no room", (long4[:128] + big, long6[:148]),
        (11, 0, 32 << 16), (3, 0))	# F-37
    big = structure((1, 1, fill(900)))
    want = (1232 - len(big)) // 8 * 8
    to6("quote cut for an extension", (long4[:328] + big, long6[:want] + big),
        (11, 0, 82 << 16), (3, 0, want // 8 << 24))	# F-37 F-23


def test_sources():
    q = quoted_back(UDPH / b"abcdefgh")
    lab.ctl("set icmp-node-id off")	# siit_settings has what it is for
    for name, sent, got in (("PTB", (2, 0, 1400), (3, 4, 1380)), ("1/0", (1, 0), (3, 1)),
                            ("3/0", (3, 0), (11, 0)), ("4/1", (4, 1, 6), (3, 2))):
        to4(f"{name} from a router without IPv4 address", q, sent, got, src=NO4,
            src4="192.0.0.8")	# J-01 J-05 J-06 F-36 F-47
    for addr in ("0.0.0.1", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"):
        to4(f"nor does {addr} leave as a source", q, (3, 0), (11, 0), src=embed(NSP, addr),
            src4="192.0.0.8")	# J-01 F-47
    lab.ctl("set rfc6791-prefix4 198.51.100.240/32")
    to4("an address configured for that", q, (3, 0), (11, 0), src=NO4,
        src4="198.51.100.240")	# J-02 C-17
    to4("a source with an IPv4 form keeps it", q, (3, 0), (11, 0))	# J-04
    lab.ctl("set rfc6791-prefix4 none")
    p = IPv6(src=NO4, dst=R6) / ECHO6("reply", 1, 1)
    drop6("an echo reply gets no such source", "unmapped_source", p)	# J-07 A-18


def test_offload():
    """G-16: ICMP gains and loses its pseudo header."""
    e4, e6 = ECHO("request", 5, 6, fill(33)), ECHO6("request", 5, 6, fill(33))
    data = bytearray(bytes(IP(src=R4, dst=H4) / e4))
    data[22:24] = b"\0\0"
    lab.v4.send_offload(bytes(data), 20, 2)
    lab.case("46: echo with a partial checksum", lab.v4, [], v6=[ip6(R6, H6, e6)])	# G-16
    data = bytearray(bytes(IPv6(src=H6, dst=R6) / e6))
    seed = sum_words(ipaddress.IPv6Address(H6).packed + ipaddress.IPv6Address(R6).packed +
                     struct.pack("!II", len(data) - 40, 58))
    data[42:44] = seed.to_bytes(2, "big")
    lab.v6.send_offload(bytes(data), 40, 2)
    lab.case("64: echo with a partial checksum", lab.v6, [], v4=[ip4(H4, R4, e4)])	# G-16


test_echo()
test_other_types()
test_codes46()
test_codes64()
test_mtu46()
test_mtu64()
test_quotes()
test_quoted_headers()
test_sizes()
test_extensions()
test_sources()
test_offload()
lab.check_counters()
done()
