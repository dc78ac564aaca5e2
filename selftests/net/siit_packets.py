#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
# smoke: yes
"""Stateless translation of whole packets: addresses, headers, checksums."""

import ipaddress
import struct

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
H4, R4 = "198.51.100.10", "203.0.113.5"
H6, R6 = embed(NSP, H4), embed(NSP, R4)
TCPH = TCP(sport=4000, dport=80, seq=7, ack=9, flags="PA", window=77)
UDPH = UDP(sport=4000, dport=53)

lab = Lab("siit")
lab.ctl(f"prefix add {NSP}")


def to4(desc, layer, sent=None, got=None, **more):
    """An IPv6 packet with @layer becomes an IPv4 packet with @layer."""
    lab.case(desc, lab.v6, IPv6(src=H6, dst=R6, **(sent or {})) / layer,
             v4=[ip4(H4, R4, layer, **(got or {}))], **more)


def to6(desc, layer, sent=None, got=None, **more):
    """An IPv4 packet with @layer becomes an IPv6 packet with @layer."""
    lab.case(desc, lab.v4, IP(src=R4, dst=H4, **(sent or {})) / layer,
             v6=[ip6(R6, H6, layer, **(got or {}))], **more)


def drop4(desc, reason, layer, v4=(), **sent):
    """An IPv4 packet is dropped."""
    lab.case(desc, lab.v4, IP(src=R4, dst=H4, **sent) / layer, v4=v4,
             drop=reason)


def drop6(desc, reason, layer, v6=(), **sent):
    """An IPv6 packet is dropped."""
    lab.case(desc, lab.v6, IPv6(src=H6, dst=R6, **sent) / layer, v6=v6,
             drop=reason)


def test_transport():
    both = (to4, "64"), (to6, "46")
    for run, way in both:
        # G-01 G-02 B-02 B-18: every length from none on, odd ones too
        for n in (0, 1, 2, 3, 7, 8, 511, 1200):
            run(f"{way}: UDP with {n} bytes", UDPH / fill(n))	# G-02
            run(f"{way}: TCP with {n} bytes", TCPH / fill(n))	# G-01
        opts = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 2)),
                ("NOP", None), ("WScale", 7)]
        run(f"{way}: TCP options pass", TCP(flags="S", options=opts))	# B-18 G-01
        run(f"{way}: all flags, urgent pointer",
            TCP(flags=0x1ff, urgptr=5, seq=2**32 - 1) / fill(9))	# G-01
        esp = UDP(sport=4500, dport=4500) / fill(72)
        run(f"{way}: ESP in UDP", esp)	# G-19
        run(f"{way}: port 0", UDP(sport=0, dport=0) / b"x")	# K-27
        run(f"{way}: SYN and FIN", TCP(flags="SF"))	# K-27
        run(f"{way}: no flags", TCP(flags=0))	# K-27
    test_special_checksums()


def pseudo(src, dst, proto, length):
    a, b = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
    return a + b + struct.pack("!II", length, proto)


def zero_word(src, dst, layer, proto):
    """Two bytes of payload so that the ones' complement sum is all ones."""
    del layer.chksum
    data = bytearray(bytes(layer / b"\0\0"))
    at = 6 if proto == 17 else 16
    data[at:at + 2] = b"\0\0"
    total = sum_words(pseudo(src, dst, proto, len(data)) + bytes(data))
    return (0xffff - total).to_bytes(2, "big")


def at_checksum(data, at, value):
    return data[:at] + value.to_bytes(2, "big") + data[at + 2:]


def test_special_checksums():
    # G-03: what computes to 0 leaves as 0xffff; 0xffff that arrives is a sum
    for way, run, src, dst in (("64", to4, H4, R4), ("46", to6, R6, H6)):
        word = zero_word(src, dst, UDPH.copy(), 17)
        run(f"{way}: UDP checksum that becomes 0 is 0xffff", UDPH / word)	# G-03
    for way, run, src, dst in (("64", to4, H6, R6), ("46", to6, R4, H4)):
        word = zero_word(src, dst, UDPH.copy(), 17)
        run(f"{way}: UDP checksum 0xffff is one", UDPH / word)	# G-03
    for way, run, src, dst in (("64", to4, H4, R4), ("46", to6, R6, H6)):
        word = zero_word(src, dst, TCPH.copy(), 6)
        run(f"{way}: TCP checksum that becomes 0 stays 0", TCPH / word)	# G-04
    # G-09: what was wrong stays wrong by as much
    for layer, at in ((UDPH / b"abc", 26), (TCPH / b"abc", 36)):
        name = layer.name
        for way, wire, sent, right, side in (
                ("64", lab.v6, IPv6(src=H6, dst=R6) / layer,
                 ip4(H4, R4, layer, id=ANY_ID), "v4"),
                ("46", lab.v4, IP(src=R4, dst=H4) / layer,
                 ip6(R6, H6, layer), "v6")):
            sent, right = bytes(sent), bytes(right)
            here = at + 20 if side == "v4" else at
            there = at if side == "v4" else at + 20
            old = int.from_bytes(sent[here:here + 2], "big")
            bad = (old + 0x1234) & 0xffff or 1
            # error of the field, carried over to the other family
            error = (bad - old) % 0xffff
            want = int.from_bytes(right[there:there + 2], "big") + error
            want = add_words(want) % 0xffff or 0xffff
            lab.case(f"{way}: a wrong {name} checksum stays as wrong", wire,
                     at_checksum(sent, here, bad),
                     **{side: [at_checksum(right, there, want)]})	# G-09


def test_header46():
    for tos in (0, 1, 2, 3, 0x28, 0xb8, 0xff):
        to6(f"46: TOS {tos:#x} becomes traffic class", UDPH / b"x",
            {"tos": tos}, {"tc": tos})	# B-03 B-01
    for ttl in (2, 3, 128, 255):
        to6(f"46: TTL {ttl}", UDPH / b"x", {"ttl": ttl}, {"hlim": ttl - 1})	# B-07
    # B-24 D-03: nothing of this shows; no atomic fragments either
    for name, sent in (("identification", {"id": 0xbeef}),
                       ("DF", {"flags": "DF"}), ("DF and ID 0", {"flags": "DF", "id": 0}),
                       ("the reserved bit", {"flags": 4})):	# B-23
        to6(f"46: {name} leaves no trace", UDPH / b"x", sent)	# B-24 D-03
    offender = IP(src=R4, dst=H4, ttl=1, tos=0x28) / UDPH / b"too old"
    for ttl in (0, 1):
        offender.ttl = ttl
        del offender.chksum
        lab.case(f"46: TTL {ttl} is a time exceeded", lab.v4, offender,
                 v4=[from_gw4(GW4, offender, 11, 0)], drop="hop_limit")	# B-08 F-49 F-46 F-47
    e = IP(src=R4, dst=H4, ttl=1) / ECHO("request", 1, 1, b"x")
    lab.case("46: and so for an echo", lab.v4, e,
             v4=[from_gw4(GW4, e, 11, 0)], drop="hop_limit")	# B-08
    # F-46: the sender recognises its own packet, up to 576 bytes in all
    big = IP(src=R4, dst=H4, ttl=1) / UDPH / fill(1000)
    lab.case("46: of a long packet the error quotes 548 bytes", lab.v4, big,
             v4=[from_gw4(GW4, big, 11, 0)], drop="hop_limit")	# F-46


def ip_options(*parts):
    data = b"".join(parts)
    return data + bytes(-len(data) % 4)


def with_options(options, src=R4):
    """An IPv4 packet whose option bytes are as given."""
    pkt = IP(src=src, dst=H4) / UDPH / b"abcd"
    data = bytes(pkt)
    ihl = 5 + len(options) // 4
    head = bytearray(data[:20])
    head[0] = 0x40 | ihl
    head[2:4] = (len(data) + len(options)).to_bytes(2, "big")
    head[10:12] = b"\0\0"
    head += options
    head[10:12] = ip_checksum(bytes(head))
    return bytes(head) + data[20:]


def test_options():
    nop, end = b"\1", b"\0"
    rr = b"\7\7\4" + bytes(4)
    stamp = b"\x44\x0c\x05\0" + bytes(8)
    alert = b"\x94\4\0\0"
    unknown = b"\x9e\4ab"
    lsrr_done, ssrr_done = b"\x83\7\x08\1\2\3\4", b"\x89\7\x08\1\2\3\4"
    lsrr, ssrr = b"\x83\7\4\1\2\3\4", b"\x89\7\4\1\2\3\4"
    whole = [ip6(R6, H6, UDPH / b"abcd")]
    for name, opts in (
            ("NOPs", nop * 4), ("record route", nop + rr),
            ("timestamp", stamp), ("router alert", alert),
            ("an unknown one", unknown), ("40 bytes", nop * 40),
            ("END and rubbish", end + b"\x83\4\4"),
            ("spent LSRR", nop + lsrr_done), ("spent SSRR", ssrr_done + nop)):	# B-14
        lab.case(f"46: options are left out: {name}", lab.v4,
                 with_options(ip_options(opts)), v6=whole)	# B-12
    for name, opts in (
            ("LSRR", lsrr), ("SSRR", ssrr), ("LSRR behind NOPs", nop * 3 + lsrr),
            ("SSRR behind others", stamp + alert + ssrr),
            ("pointer at the last address", b"\x83\x0b\x08" + bytes(8)),
            ("pointer equal to length", b"\x83\7\7\1\2\3\4")):
        p = with_options(ip_options(opts))
        # It must go nowhere; Linux itself refuses source routes or sends it on
        # only behind the hook, and quotes header and options.
        lab.case(f"46: {name} is refused", lab.v4, p,
                 v4=[from_gw4(GW4, p, 3, 5)], drop="source_route")	# B-13
    for name, opts in (
            ("length 0", b"\x07\0\0\0"), ("length 1", b"\x07\1\0\0"),
            ("past the header", b"\x07\x09\4\0"), ("one byte left", nop * 3 + b"\7"),
            ("LSRR of length 2", b"\x83\2\1\1")):
        lab.case(f"46: malformed option, {name}", lab.v4, with_options(opts),
                 drop="bad_options")	# B-15


def test_order():
    """B-19 C-22: what leaves does so in the order in which it came."""
    layers = [UDPH / fill(n) for n in range(8, 72)]
    lab.case("46: a flow keeps its order", lab.v4, [IP(src=R4, dst=H4) / x for x in layers],
             v6=[ip6(R6, H6, x) for x in layers])	# B-19
    lab.case("64: a flow keeps its order", lab.v6, [IPv6(src=H6, dst=R6) / x for x in layers],
             v4=[ip4(H4, R4, x) for x in layers])	# C-22


def test_protocols():
    # B-06 B-20 C-10 C-23 G-15: not looked into, not dropped; 255 is no number
    # that scapy or anybody else would take to be something special
    for proto in (4, 33, 41, 46, 47, 50, 51, 89, 94, 108, 112, 132, 136, 252, 254, 255):
        data = Raw(fill(24, proto))
        if proto in (33, 136):
            continue
        lab.case(f"46: protocol {proto} passes", lab.v4,
                 IP(src=R4, dst=H4, proto=proto) / data,
                 v6=[IPv6(src=R6, dst=H6, nh=proto, hlim=63) / data])	# B-06 B-20 G-19
        if proto == 41:
            continue
        lab.case(f"64: next header {proto} passes", lab.v6,
                 IPv6(src=H6, dst=R6, nh=proto) / data,
                 v4=[ip4(H4, R4, data, proto=proto)])	# C-10 C-23 G-19
    for proto in (135, 139, 140):	# C-21: copied or dropped, never parsed
        got6, got4 = lab.exchange(
            lab.v6, [IPv6(src=H6, dst=R6, nh=proto) / Raw(fill(24))])
        check(f"64: next header {proto} is copied or dropped", not got6 and
              len(got4) < 2 and all(p[9] == proto and p[20:] == fill(24)
                                    for p in got4), (got6, got4))	# C-21
    lab.case("64: no next header", lab.v6, IPv6(src=H6, dst=R6, nh=59),
             v4=[ip4(H4, R4, Raw(b""), proto=59)])	# C-21
    for proto in (0, 2, 43, 44, 58, 60, 135, 139, 140):	# B-22 E-09 K-16
        drop4(f"46: protocol {proto} must not cross", "bad_protocol",
              Raw(fill(24)), proto=proto)	# K-16 B-22 E-09
    for proto in (1, 2):
        drop6(f"64: next header {proto} must not cross", "bad_protocol",
              Raw(fill(24)), nh=proto)	# K-17
    # G-11 G-12: their checksum is where that of UDP is and covers the same
    for proto, data in ((136, struct.pack("!HHHH", 7, 9, 12, 0) + b"lite"),
                        (33, struct.pack("!HHBBHI", 7, 9, 4, 0, 0, 1) + b"dccp")):
        def full(src, dst, proto=proto, data=data):
            value = 0xffff - sum_words(pseudo(src, dst, proto, len(data)) + data)
            return Raw(at_checksum(data, 6, value))
        lab.case(f"64: protocol {proto} has its checksum adjusted", lab.v6,
                 IPv6(src=H6, dst=R6, nh=proto) / full(H6, R6),
                 v4=[ip4(H4, R4, full(H4, R4), proto=proto)])	# G-11 G-12
        lab.case(f"46: protocol {proto} has its checksum adjusted", lab.v4,
                 IP(src=R4, dst=H4, proto=proto) / full(R4, H4),
                 v6=[IPv6(src=R6, dst=H6, nh=proto, hlim=63) / full(R6, H6)])	# G-11 G-12


def test_header64():
    for tc in (0, 1, 2, 3, 0x28, 0xb8, 0xff):
        to4(f"64: traffic class {tc:#x} becomes TOS", UDPH / b"x",
            {"tc": tc}, {"tos": tc})	# C-04 C-01
    for hlim in (2, 3, 128, 255):
        to4(f"64: hop limit {hlim}", UDPH / b"x", {"hlim": hlim}, {"ttl": hlim - 1})	# C-08
    to4("64: the flow label leaves no trace", UDPH / b"x", {"fl": 0xfffff})	# C-02
    for hlim in (0, 1):
        p = IPv6(src=H6, dst=R6, hlim=hlim, fl=5) / UDPH / b"too old"
        lab.case(f"64: hop limit {hlim} is a time exceeded", lab.v6, p,
                 v6=[from_gw6(GW6, p, 3, 0)], drop="hop_limit")	# C-09 F-49 F-46
    p = IPv6(src=H6, dst=R6, hlim=1) / ECHO6("request", 1, 1, fill(1300))
    lab.case("64: and so for an echo, quoting what fits in 1280", lab.v6, p,
             v6=[from_gw6(GW6, p, 3, 0)], drop="hop_limit")	# C-09 F-44 F-46
    for n in (1231, 1232, 1233, 1400):
        to4(f"64: DF of {n + 28} bytes", UDPH / fill(n))	# C-07


def test_extension_headers():
    whole = [ip4(H4, R4, UDPH / b"abcd")]

    def with_ext(*parts):
        """Extension headers as bytes behind the IPv6 header."""
        upper = bytes(IPv6(src=H6, dst=R6) / UDPH / b"abcd")[40:]
        kinds = [k for k, _ in parts] + [17]
        body = b""
        for i, (_, data) in enumerate(parts):
            body += bytes([kinds[i + 1]]) + data
        return IPv6(src=H6, dst=R6, nh=kinds[0]) / Raw(body + upper)

    hbh = (0, b"\0\1\4\0\0\0\0")
    dst = (60, b"\0\1\4\0\0\0\0")
    dst24 = (60, b"\2\1\x14" + bytes(20))
    dst1032 = (60, b"\x80\x1e\xff" + bytes(1028))
    rout = (43, b"\0\0\0\0\0\0\0")
    rout4 = (43, b"\2\4\0\0\0\0\0" + bytes(16))
    for name, parts in (
            ("Hop-by-Hop", (hbh,)), ("Destination Options", (dst,)),
            ("long Destination Options", (dst24,)),
            ("very long Destination Options", (dst1032, dst24)),
            ("Routing type 0", (rout,)), ("Routing type 4", (rout4,)),
            ("Hop-by-Hop, Destination, Routing", (hbh, dst, rout)),
            ("two Destination Options around Routing", (dst, rout4, dst24)),
            ("seven Destination Options", (dst,) * 7)):
        lab.case(f"64: skipped and left out: {name}", lab.v6, with_ext(*parts),
                 v4=whole)	# C-03 C-10 C-11
    # C-19: whatever the action bits of an unknown option ask for
    for bits in (0x1e, 0x5e, 0x9e, 0xde):
        lab.case(f"64: unknown option {bits:#x} is not acted upon", lab.v6,
                 with_ext((60, bytes([0, bits, 4, 0, 0, 0, 0]))), v4=whole)	# C-19
    lab.case("64: unknown Hop-by-Hop option to skip", lab.v6,
             with_ext((0, b"\0\x1e\4\0\0\0\0")), v4=whole)	# C-19
    # C-12 C-13: where Segments Left is
    left = (43, b"\0\0\1\0\0\0\0")
    left24 = (43, b"\2\4\2\0\0\0\0" + bytes(16))
    for name, parts, at in (("first", (left,), 43), ("long", (left24,), 43),
                            ("behind Hop-by-Hop", (hbh, left), 51),
                            ("behind 24 bytes", (dst24, left24), 67),
                            ("behind two", (hbh, dst, left), 59)):
        p = with_ext(*parts)
        lab.case(f"64: segments left, {name}", lab.v6, p,
                 v6=[from_gw6(GW6, p, 4, 0, at)], drop="segments_left")	# C-12 C-13
    # C-20 K-14
    lab.case("64: chain of 64 headers", lab.v6, with_ext(*(dst,) * 64),
             drop="extension_header")	# C-20
    lab.case("64: header past the end", lab.v6,
             with_ext((60, b"\x20\1\4\0\0\0\0")), drop="extension_header")	# C-20
    lab.case("64: chain that ends in nothing", lab.v6,
             IPv6(src=H6, dst=R6, nh=60) / Raw(b"\x3c\0\1\4\0\0\0\0"),
             drop="extension_header")	# C-20
    # the last eight octets are a header of which nothing follows
    lab.case("64: header without upper layer", lab.v6,
             IPv6(src=H6, dst=R6, nh=60) / Raw(b"\x11\0\1\4\0\0\0\0"),
             drop="truncated")	# C-20
    # G-20: with no segments left the destination is the final one
    lab.case("64: Routing header leaves the pseudo header alone", lab.v6,
             with_ext(rout4), v4=whole)	# G-20
    for n in (1231, 1233):
        upper = bytes(IPv6(src=H6, dst=R6) / UDPH / fill(n))[40:]
        lab.case(f"64: DF is about {n + 28} bytes without extension headers",
                 lab.v6, IPv6(src=H6, dst=R6, nh=60) /
                 Raw(b"\x11\0\1\4\0\0\0\0" + upper),
                 v4=[ip4(H4, R4, UDPH / fill(n))])	# C-07 C-03


def test_lengths():
    p4 = bytes(IP(src=R4, dst=H4) / UDPH / b"abc")
    p6 = bytes(IPv6(src=H6, dst=R6) / UDPH / b"abc")
    lab.case("46: link padding is cut off", lab.v4, p4 + b"padding" * 3,
             v6=[ip6(R6, H6, UDPH / b"abc")])	# B-16
    lab.case("64: link padding is cut off", lab.v6, p6 + b"padding" * 3,
             v4=[ip4(H4, R4, UDPH / b"abc")])	# C-14
    lab.case("46: shorter than it says", lab.v4, p4[:-1])	# B-16
    lab.case("64: shorter than it says", lab.v6, p6[:-1])	# C-14
    lab.case("64: payload length 0 with a payload", lab.v6,
             p6[:4] + b"\0\0" + p6[6:])	# C-15
    for name, data in (("checksum", at_checksum(p4, 10, 1)),
                       ("version", b"\x65" + p4[1:]),
                       ("header length 4", b"\x44" + p4[1:]),
                       ("header length 15", b"\x4f" + p4[1:])):
        lab.case(f"46: wrong {name}", lab.v4,
                 lab.v4.frame(data, family=4), raw=True)	# B-17
    # G-13: the surplus behind the UDP length passes
    for n in (8, 10):
        def short(src, dst, n=n):
            head = struct.pack("!HHHH", 1, 2, n, 0) + b"in out"[:n - 8]
            value = 0xffff - sum_words(pseudo(src, dst, 17, n) + head)
            return Raw(at_checksum(head, 6, value) + b"surplus")
        lab.case(f"64: UDP length {n} below the payload", lab.v6,
                 IPv6(src=H6, dst=R6, nh=17) / short(H6, R6),
                 v4=[ip4(H4, R4, short(H4, R4), proto=17)])	# G-13
        lab.case(f"46: UDP length {n} below the payload", lab.v4,
                 IP(src=R4, dst=H4, proto=17) / short(R4, H4),
                 v6=[IPv6(src=R6, dst=H6, nh=17, hlim=63) / short(R6, H6)])	# G-13
    for n in (0, 7, 12, 0xffff):
        drop4(f"46: UDP length {n} with 11 bytes", "bad_transport",
              UDP(len=n) / b"abc")	# G-13
        drop6(f"64: UDP length {n} with 11 bytes", "bad_transport",
              UDP(len=n) / b"abc")	# G-13
    for offset in (0, 4, 6, 15):
        drop4(f"46: TCP header of {offset * 4} bytes in 20", "bad_transport",
              TCP(dataofs=offset))	# G-01
        drop6(f"64: TCP header of {offset * 4} bytes in 20", "bad_transport",
              TCP(dataofs=offset))	# G-01
    # less than a header is there
    for proto, lens in ((6, (0, 1, 19)), (17, (0, 7)), (1, (0, 7))):
        for n in lens:
            drop4(f"46: {n} bytes of protocol {proto}", "truncated",
                  Raw(fill(n)), proto=proto)	# K-14
            drop6(f"64: {n} bytes of protocol {proto}", "truncated",
                  Raw(fill(n)), nh=58 if proto == 1 else proto)	# K-14


def test_udp_zero():
    p4, p6 = UDP(sport=1, dport=2, chksum=0) / b"odd", UDP(sport=1, dport=2) / b"odd"
    lab.case("46: UDP without checksum gets one", lab.v4,
             IP(src=R4, dst=H4) / p4, v6=[ip6(R6, H6, p6)])	# G-05
    word = zero_word(R6, H6, UDP(sport=1, dport=2), 17)
    lab.case("46: and 0xffff if that is 0", lab.v4,
             IP(src=R4, dst=H4) / UDP(sport=1, dport=2, chksum=0) / word,
             v6=[ip6(R6, H6, UDP(sport=1, dport=2) / word)])	# G-05 G-03
    part = struct.pack("!HHHH", 1, 2, 10, 0) + b"ab"
    value = 0xffff - sum_words(pseudo(R6, H6, 17, 10) + part)
    lab.case("46: it covers the UDP length", lab.v4,
             IP(src=R4, dst=H4, proto=17) / Raw(part + b"surplus"),
             v6=[IPv6(src=R6, dst=H6, nh=17, hlim=63) /
                 Raw(at_checksum(part, 6, value) + b"surplus")])	# G-05 G-13
    drop6("64: UDP without checksum", "udp_zero_checksum6", p4)	# G-08
    lab.ctl("set udp-zero-checksum drop")
    sent = IP(src=R4, dst=H4) / p4
    lab.case("46: UDP without checksum is dropped", lab.v4, sent,
             v4=[from_gw4(GW4, sent, 3, 13)], drop="udp_zero_checksum4")	# G-05 G-06 F-40
    lab.ctl("set udp-zero-checksum forward")
    lab.case("46: UDP without checksum goes on without", lab.v4,
             IP(src=R4, dst=H4) / p4, v6=[ip6(R6, H6, p4)])	# G-08
    lab.case("64: UDP without checksum goes on without", lab.v6,
             IPv6(src=H6, dst=R6) / p4, v4=[ip4(H4, R4, p4)])	# G-08
    lab.ctl("set udp-zero-checksum compute")


def test_settings():
    lab.ctl("set traffic-class zero")
    to6("46: TOS ignored", UDPH / b"x", {"tos": 0xff}, {"tc": 0})	# B-04
    lab.ctl("set traffic-class copy", "set tos 32")
    to4("64: traffic class ignored", UDPH / b"x", {"tc": 0xff}, {"tos": 32})	# C-05
    lab.ctl("set tos 0")
    to4("64: TOS 0 configured", UDPH / b"x", {"tc": 0xff}, {"tos": 0})	# C-05
    lab.ctl("set tos copy")
    p = IPv6(src=H6, dst=R6, hlim=1) / UDPH
    lab.ctl("set icmp-errors off")
    lab.case("64: errors switched off", lab.v6, p, drop="hop_limit")	# F-42
    p = IP(src=R4, dst=H4, ttl=1) / UDPH
    lab.case("46: errors switched off", lab.v4, p, drop="hop_limit")	# F-42
    lab.ctl("set icmp-errors on")


def ids(packets):
    return [int.from_bytes(p[4:6], "big") for p in packets]


def test_identification():
    p = IPv6(src=H6, dst=R6) / UDPH / b"x"
    got = []
    for _ in range(20):
        got += lab.exchange(lab.v6, [p] * 40)[1]
    check("64: identifications of small packets differ",
          len(got) == 800 and len(set(ids(got))) == 800, ids(got))	# C-06
    drain(lab)


def link_frame(wire, dst, data):
    return wire.frame(bytes(data), bytes.fromhex(dst.replace(":", "")))


def test_nobody_is_told():
    """F-43 A-15 A-16: what never gets an error."""
    lab.ctl("set udp-zero-checksum drop")
    none = UDP(sport=1, dport=2, chksum=0) / b"x"
    for name, src in (("0/8", "0.0.0.1"), ("0.0.0.0", "0.0.0.0"),
                      ("127/8", "127.0.0.1"), ("multicast", "224.0.0.9"),
                      ("class E", "240.0.0.1"),
                      ("limited broadcast", "255.255.255.255")):
        # with and without another reason, of which others are told
        lab.case(f"46: source {name} is dropped in silence", lab.v4,
                 [IP(src=src, dst=H4) / UDPH, IP(src=src, dst=H4) / none,
                  with_options(b"\x83\7\4\1\2\3\4\1", src)])	# A-15 F-43
    lab.ctl("set udp-zero-checksum compute")
    lab.ip(f"neigh replace fe80::1 lladdr {lab.v6.mac.hex(':')} dev v6 nud permanent")
    for name, src in (("unspecified", "::"), ("loopback", "::1"),
                      ("multicast", "ff02::1"), ("link-local", "fe80::1"),
                      ("v4-mapped", "::ffff:192.0.2.9")):
        lab.case(f"64: source {name} is dropped in silence", lab.v6,
                 [IPv6(src=src, dst=R6) / UDPH,
                  IPv6(src=src, dst=R6) / IPv6ExtHdrFragment(m=1) / IPv6ExtHdrDestOpt() /
                  UDPH / fill(56)])	# A-16 F-43
    lab.ip("neigh del fe80::1 dev v6")
    # what is on the link of a host with a mapping may ping it
    lab.ctl("eam add 192.0.2.99 fd00:6::2")
    before = lab.drops()
    got6, got4 = lab.exchange(lab.v6, [IPv6(src="fe80::1", dst="fd00:6::2") /
                                       ECHO6("request", 1, 1)])
    equal("64: but to a mapped host it is not ours", (len(got6), got4, lab.drops()),
          (1, [], before))	# I-04
    lab.ctl("eam del 192.0.2.99 fd00:6::2")
    multi6 = link_frame(lab.v6, "33:33:00:00:00:01",
                        IPv6(src=H6, dst=R6, hlim=1) / UDPH)
    lab.case("64: unicast in a multicast frame", lab.v6, multi6, raw=True,
             drop="link_multicast")	# F-43
    multi4 = link_frame(lab.v4, "ff:ff:ff:ff:ff:ff",
                        IP(src=R4, dst=H4, ttl=1) / UDPH)
    lab.case("46: unicast in a broadcast frame", lab.v4, multi4, raw=True)	# F-43


def test_destinations():
    for dst in ("224.0.0.1", "239.1.2.3", "255.255.255.255", "240.0.0.1",
                "127.0.0.1", "0.0.0.0", "0.1.2.3"):
        p = IPv6(src=H6, dst=embed(NSP, dst)) / UDPH
        lab.case(f"64: nothing leaves to {dst}", lab.v6, p,
                 v6=[from_gw6(GW6, p, 1, 1)], drop="destination_address")	# A-17 F-41
    p = IPv6(src=H6, dst=embed(NSP, "127.0.0.1")) / ECHO6("request", 1, 1)
    lab.case("64: nor for an echo, about which nobody is told", lab.v6, p,
             drop="destination_address")	# A-17 X-08
    for dst in ("224.0.0.1", "239.1.2.3"):
        lab.case(f"46: IPv4 multicast {dst} is not ours", lab.v4,
                 link_frame(lab.v4, "01:00:5e:00:00:01", IP(src=R4, dst=dst) / UDPH),
                 raw=True)	# A-25
    # A-18: a source that has no IPv4 form
    p = IPv6(src="2001:db8:6:1::9", dst=R6) / UDPH
    lab.case("64: a source without mapping", lab.v6, p,
             v6=[from_gw6(GW6, p, 1, 1)], drop="unmapped_source")	# A-18 F-41
    p = IPv6(src="2001:db8:6:1::9", dst=R6) / ECHO6("request", 1, 1)
    lab.case("64: no error about ICMPv6 itself", lab.v6, p,
             drop="unmapped_source")	# A-18 J-07 X-08
    lab.ctl("deny4 add 203.0.113.128/25")
    p = IPv6(src=H6, dst=embed(NSP, "203.0.113.200")) / UDPH
    lab.case("64: excluded destination", lab.v6, p,
             v6=[from_gw6(GW6, p, 1, 1)], drop="denied")	# L-09
    to4("64: the destination beside it", UDPH / b"x")	# L-09
    p = IP(src=R4, dst="203.0.113.200") / UDPH / b"plain"
    lab.case("46: excluded destination is forwarded as it is", lab.v4, p,
             v4=[IP(src=R4, dst="203.0.113.200", ttl=63) / UDPH / b"plain"])	# L-09 A-23
    lab.ctl("deny4 del 203.0.113.128/25")


def test_not_ours():
    # the gateway's own addresses, H-06 A-35 E-11
    e = IPv6(src=H6, dst=GW6) / ECHO6("request", 5, 6, b"abc")
    lab.case("the gateway answers its own IPv6 address", lab.v6, e,
             v6=[IPv6(src=GW6, dst=H6, hlim=64) / ECHO6("reply", 5, 6, b"abc")])	# E-11
    e = IP(src="198.18.0.2", dst=GW4, id=3) / ECHO("request", 5, 6, b"abc")
    lab.case("the gateway answers its own IPv4 address", lab.v4, e,
             v4=[IP(src=GW4, dst="198.18.0.2", id=ANY_ID, ttl=64) /
                 ECHO("reply", 5, 6, b"abc")])	# E-11
    p = IPv6(src="fd00:fe::7", dst="fd00:fe:4::7") / UDPH / b"x"
    lab.case("other IPv6 traffic is forwarded", lab.v6, p,
             v4=[IPv6(src="fd00:fe::7", dst="fd00:fe:4::7", hlim=63) /
                 UDPH / b"x"])	# H-06 A-23
    for kind in range(133, 138):	# E-10 E-04
        p = IPv6(src="fd00:6::2", dst=R6, hlim=255, nh=58) / \
            Raw(bytes([kind, 0, 0, 0]) + bytes(20))
        lab.case(f"neighbour discovery, type {kind}, never becomes IPv4",
                 lab.v6, p, v6=None)	# E-04 E-10


def test_prefixes():
    """All lengths of RFC 6052, and what is special about the well-known one."""
    lab.ctl(f"prefix del {NSP}")
    cases = (
        ("2001:db8::/32", "2001:db8:c000:221::"),
        ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
        ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
        ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
        ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
        ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
    )
    # RFC 6052 section 2.4, table 1; 192.0.2.33 has no special role here
    for prefix, form in cases:
        length = prefix.split("/")[1]
        lab.ctl(f"prefix add {prefix}")
        peer = embed(prefix, R4)
        layer = UDP(sport=5, dport=6) / b"table 1"
        lab.case(f"46: RFC 6052 with /{length}", lab.v4,
                 IP(src=R4, dst="192.0.2.33") / layer,
                 v6=[ip6(peer, form, layer)])	# A-02 A-07
        lab.case(f"64: RFC 6052 with /{length}", lab.v6,
                 IPv6(src=form, dst=peer) / layer,
                 v4=[ip4("192.0.2.33", R4, layer)])	# A-03 A-07
        if length != "96":
            odd = bytearray(ipaddress.IPv6Address(peer).packed)
            odd[8] = 0xff
            odd[15] = 0x5a
            odd = str(ipaddress.IPv6Address(bytes(odd)))
            # the sum of the pseudo header has the real bytes in it
            lab.case(f"64: /{length} with bits where none belong", lab.v6,
                     IPv6(src=form, dst=odd) / layer,
                     v4=[ip4("192.0.2.33", R4, layer)])	# A-05 A-06
        lab.ctl(f"prefix del {prefix}")


WKP = "64:ff9b::/96"


def test_well_known():
    lab.ctl(f"prefix add {WKP}")
    a, b = "8.8.8.8", "1.1.1.1"
    layer = UDP(sport=5, dport=6) / b"x"
    lab.case("64: global addresses under 64:ff9b::/96", lab.v6,
             IPv6(src=embed(WKP, a), dst=embed(WKP, b)) / layer,
             v4=[ip4(a, b, layer)])	# A-10
    lab.case("46: global addresses under 64:ff9b::/96", lab.v4,
             IP(src=b, dst=a) / layer,
             v6=[ip6(embed(WKP, b), embed(WKP, a), layer)])	# A-10
    for bad in ("10.0.0.1", "100.64.0.1", "169.254.1.1", "172.16.0.1",
                "172.31.255.255", "192.0.0.9", "192.0.2.33", "192.168.1.1",
                "198.18.0.1", "198.51.100.1", "203.0.113.5"):
        p = IPv6(src=embed(WKP, a), dst=embed(WKP, bad)) / layer
        lab.case(f"64: not to {bad} under 64:ff9b::/96", lab.v6, p,
                 v6=[from_gw6(GW6, p, 1, 1)], drop="wkp_nonglobal")	# A-09
    lab.case("64: nor from 10.0.0.1", lab.v6,
             IPv6(src=embed(WKP, "10.0.0.1"), dst=embed(WKP, a)) / layer,
             v6=None, drop="wkp_nonglobal")	# A-09
    lab.case("46: not from 10.0.0.1", lab.v4, IP(src="10.0.0.1", dst=a) / layer,
             v4=None, drop="wkp_nonglobal")	# A-09
    lab.case("46: not to 10.0.0.1", lab.v4, IP(src=b, dst="10.0.0.1") / layer,
             v4=None, drop="wkp_nonglobal")	# A-09
    quote = IPv6(src=embed(WKP, b), dst=embed(WKP, a), hlim=3) / layer
    lab.case("64: no error of 10.0.0.1", lab.v6,
             error6(embed(WKP, "10.0.0.1"), embed(WKP, b), 3, 0, quote),
             drop="wkp_nonglobal")	# A-09 X-29
    lab.case("64: one of a router without IPv4 form is another thing", lab.v6,
             error6("2001:db8:6:1::9", embed(WKP, b), 4, 0, quote, 7),
             v4=[error4("192.0.0.8", b, 12, 0, ip4(b, a, layer, id=0, ttl=3), 8 << 24,
                        ttl=63, id=ANY_ID)])	# J-01
    for good in ("11.0.0.1", "100.63.255.255", "100.128.0.1", "172.32.0.1",
                 "192.0.1.1", "198.20.0.1", "223.255.255.254"):
        lab.case(f"64: {good} is global", lab.v6,
                 IPv6(src=embed(WKP, a), dst=embed(WKP, good)) / layer,
                 v4=[ip4(a, good, layer)])	# A-10
    lab.ctl(f"prefix add {NSP}")
    lab.case("46: from 10.0.0.1 under another prefix, listed behind", lab.v4,
             IP(src="10.0.0.1", dst=a) / layer,
             v6=[ip6(embed(NSP, "10.0.0.1"), embed(WKP, a), layer)])	# A-11
    lab.ctl(f"prefix del {NSP}")
    lab.ctl("set wkp-nonglobal allow")
    lab.case("64: 10.0.0.1 if the operator says so", lab.v6,
             IPv6(src=embed(WKP, a), dst=embed(WKP, "10.0.0.1")) / layer,
             v4=[ip4(a, "10.0.0.1", layer)])	# A-09 X-12
    lab.ctl("set wkp-nonglobal drop", f"prefix del {WKP}")
    for prefix in ("64:ff9b:1::/48", "64:ff9b:1:fffe::/64",
                   "64:ff9b:1:abcd::/96", "2001:db8:64::/96"):
        lab.ctl(f"prefix add {prefix}")
        lab.case(f"64: private addresses under {prefix}", lab.v6,
                 IPv6(src=embed(prefix, "10.0.0.1"),
                      dst=embed(prefix, "192.168.9.9")) / layer,
                 v4=[ip4("10.0.0.1", "192.168.9.9", layer)])	# A-11 A-12
        lab.case(f"46: private addresses under {prefix}", lab.v4,
                 IP(src="192.168.9.9", dst="10.0.0.1") / layer,
                 v6=[ip6(embed(prefix, "192.168.9.9"),
                         embed(prefix, "10.0.0.1"), layer)])	# A-11 A-12
        lab.ctl(f"prefix del {prefix}")


def test_offload():
    """G-16 G-17: a checksum that is for a device to fill in."""
    lab.ctl(f"prefix add {NSP}")
    lab.mtu(9000, 9000)
    for layer, at, proto in ((UDPH / fill(99), 6, 17), (TCPH / fill(99), 16, 6)):
        name = layer.name
        size = len(bytes(layer))
        for way, wire, sent, want, start in (
                ("64", lab.v6, IPv6(src=H6, dst=R6) / layer,
                 {"v4": [ip4(H4, R4, layer)]}, 40),
                ("46", lab.v4, IP(src=R4, dst=H4) / layer,
                 {"v6": [ip6(R6, H6, layer)]}, 20)):
            src, dst = (H6, R6) if start == 40 else (R4, H4)
            seed = sum_words(pseudo(src, dst, proto, size))
            data = at_checksum(bytes(sent), start + at, seed)
            wire.send_offload(data, start, at)
            lab.case(f"{way}: partial {name} checksum", wire, [], **want)	# G-16
    # the device is asked to make three of one; each has a header of its own
    payload = fill(3000)
    for way, wire, sent, start, kind in (
            ("64", lab.v6, IPv6(src=H6, dst=R6), 40, 4),
            ("46", lab.v4, IP(src=R4, dst=H4, id=100, flags="DF"), 20, 1)):
        src, dst = (H6, R6) if start == 40 else (R4, H4)
        head = TCP(sport=4000, dport=80, seq=1000, ack=9, flags="A")
        data = bytes(sent / head / payload)
        seed = sum_words(pseudo(src, dst, 6, len(data) - start))
        data = at_checksum(data, start + 16, seed)
        for size in (1000, 1210, 1300):
            segs = []
            for i in range(0, 3000, size):
                seg = head.copy()
                seg.seq += i
                segs.append(seg / payload[i:i + size])
            wire.send_offload(data, start, 16, kind, size)
            if way == "46":
                want = {"v6": [ip6(R6, H6, s) for s in segs]}
            else:
                # D-40: DF is judged by the segments; those of one super-packet
                # have one DF, so the last and shorter ones have theirs from
                # the first
                flags = df_for(40 + size)
                want = {"v4": [ip4(H4, R4, s, flags=flags) for s in segs]}
            lab.case(f"{way}: TCP super-packet of {size} byte segments", wire,
                     [], **want)	# D-40 D-41 G-16
    # UDP segmentation: 1300 bytes have DF, and the rest of 1200 has not
    payload = fill(2500)
    for size in (1000, 1300, 1300):
        for way, wire, sent, start in (
                ("64", lab.v6, IPv6(src=H6, dst=R6), 40),
                ("46", lab.v4, IP(src=R4, dst=H4, flags="DF"), 20)):
            src, dst = (H6, R6) if start == 40 else (R4, H4)
            data = bytes(sent / UDPH / payload)
            seed = sum_words(pseudo(src, dst, 17, len(data) - start))
            data = at_checksum(data, start + 6, seed)
            segs = [UDPH / payload[i:i + size] for i in range(0, 2500, size)]
            try:
                wire.send_offload(data, start, 6, 5, size)
            except OSError:
                continue	# kernels before 6.2 have no such type
            want = {"v6": [ip6(R6, H6, s) for s in segs]} if way == "46" else \
                {"v4": [ip4(H4, R4, s) for s in segs]}
            lab.case(f"{way}: UDP super-packet of {size} byte datagrams", wire, [], **want)	# D-43 G-16
    lab.mtu(1500, 1500)


def test_eam():
    layer = UDP(sport=5, dport=6) / b"eam"

    def pair(desc, a4, a6, both=True):
        """@a4 and @a6 are each other's form; the peer is mapped by prefix."""
        lab.case(f"46: {desc}", lab.v4, IP(src=R4, dst=a4) / layer,
                 v6=[ip6(R6, a6, layer)])
        if both:
            lab.case(f"64: {desc}", lab.v6, IPv6(src=a6, dst=R6) / layer,
                     v4=[ip4(a4, R4, layer)])

    lab.ctl("eam add 192.0.2.1 2001:db8:aaaa::", "eam add 192.0.2.2/32 2001:db8:bbbb::b/128",
            "eam add 192.0.2.16/28 2001:db8:cccc::/124", "eam add 192.0.2.128/26 2001:db8:dddd::/64",
            "eam add 192.0.2.192/29 2001:db8:eeee:8::/62", "eam add 192.0.2.224/31 64:ff9b::/127")
    # RFC 7757 figure 1 and appendix B
    pair("EAM /32 and /128", "192.0.2.1", "2001:db8:aaaa::")	# I-01 I-02 I-04
    pair("EAM with lengths", "192.0.2.2", "2001:db8:bbbb::b")	# I-02
    pair("EAM /28 first", "192.0.2.16", "2001:db8:cccc::")	# I-05 I-06
    pair("EAM /28 middle", "192.0.2.24", "2001:db8:cccc::8")	# I-05 I-06
    pair("EAM /28 last", "192.0.2.31", "2001:db8:cccc::f")	# I-05 I-06
    pair("EAM /26 and /64", "192.0.2.152", "2001:db8:dddd:0:6000::")	# I-05 I-06
    pair("EAM /29 and /62", "192.0.2.197", "2001:db8:eeee:a:8000::")	# I-07
    pair("EAM /31 and /127", "192.0.2.224", "64:ff9b::")	# I-18 I-07
    pair("EAM inside the well-known prefix", "192.0.2.225", "64:ff9b::1")	# I-18
    lab.case("64: surplus bits are discarded", lab.v6,
             IPv6(src="2001:db8:dddd:0:6012:3456:789a:bcde", dst=R6) / layer,
             v4=[ip4("192.0.2.152", R4, layer)])	# I-06
    lab.case("64: EAM for both", lab.v6,
             IPv6(src="2001:db8:bbbb::b", dst="2001:db8:cccc::8") / layer,
             v4=[ip4("192.0.2.2", "192.0.2.24", layer)])	# I-04
    # I-04 I-11: longest match, per direction
    lab.ctl("eam add 198.51.100.0/24 2001:db8:1000::/120",
            "eam add 198.51.100.64/26 2001:db8:2000::/64",
            "eam add 198.51.100.77/32 2001:db8:1000::99/128")
    pair("shorter EAM", "198.51.100.5", "2001:db8:1000::5")	# I-11
    pair("longer EAM", "198.51.100.65", "2001:db8:2000:0:400::")	# I-11
    pair("longest EAM", "198.51.100.77", "2001:db8:1000::99")	# I-11
    lab.case("64: overlap is judged per direction", lab.v6,
             IPv6(src="2001:db8:1000::41", dst=R6) / layer,
             v4=[ip4("198.51.100.65", R4, layer)])	# I-11
    # A-13 I-16: a mapping by EAM is no reason to leave the sum alone: covered
    # by every checksum above
    lab.ctl(f"prefix del {NSP}")
    for e in ("198.51.100.0/24 2001:db8:1000::/120", "198.51.100.64/26 2001:db8:2000::/64",
              "198.51.100.77/32 2001:db8:1000::99/128"):
        lab.ctl("eam del " + e)
    # I-17 (RFC 7757 appendix A.2): all of IPv4 by one entry
    lab.ctl("eam add 0.0.0.0/0 2001:db8:ff00::/40")
    lab.case("46: EAM of all IPv4", lab.v4,
             IP(src="203.0.113.1", dst="198.51.100.33") / layer,
             v6=[ip6("2001:db8:ffcb:71:100::", "2001:db8:ffc6:3364:2100::", layer)])	# I-17
    lab.case("64: EAM of all IPv4", lab.v6,
             IPv6(src="2001:db8:ffc6:3364:2100::", dst="2001:db8:ffcb:71:100::") / layer,
             v4=[ip4("198.51.100.33", "203.0.113.1", layer)])	# I-17
    lab.case("46: a longer EAM beside it", lab.v4,
             IP(src="203.0.113.1", dst="192.0.2.24") / layer,
             v6=[ip6("2001:db8:ffcb:71:100::", "2001:db8:cccc::8", layer)])	# I-11 I-17


def test_two_prefixes():
    """A-26: one prefix for the hosts of this side, one for the rest."""
    lab.ctl("prefix add 2001:db8:77::/64 v4 198.51.100.0/24",
            "prefix add 2001:db8:64::/96")
    layer = UDP(sport=5, dport=6) / b"clat"
    local = embed("2001:db8:77::/64", H4)
    lab.case("64: local and remote prefix", lab.v6,
             IPv6(src=local, dst=R6) / layer, v4=[ip4(H4, R4, layer)])	# A-26
    lab.case("46: local and remote prefix", lab.v4, IP(src=R4, dst=H4) / layer,
             v6=[ip6(R6, local, layer)])	# A-26
    p = IPv6(src=H6, dst=embed("2001:db8:77::/64", R4)) / layer
    got6, got4 = lab.exchange(lab.v6, [p])
    check("64: a prefix stands only for what it is said to", not got4,
          (got6, got4))	# A-26
    lab.ctl("prefix del 2001:db8:77::/64 v4 198.51.100.0/24",
            "prefix del 2001:db8:64::/96")


test_transport()
test_header46()
test_options()
test_order()
test_protocols()
test_header64()
test_extension_headers()
test_lengths()
test_udp_zero()
test_settings()
test_identification()
test_nobody_is_told()
test_destinations()
test_not_ours()
test_prefixes()
test_well_known()
test_two_prefixes()
test_offload()
test_eam()
lab.check_counters()
done()
