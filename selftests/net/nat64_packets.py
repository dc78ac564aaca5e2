#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Stateful translation of whole packets, hairpinning, and what is refused."""

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
SECOND = "2001:db8:65::/64"
WKP = "64:ff9b::/96"
POOL, FREE = "198.51.100.20", "198.51.100.21"
R4, RR4 = "203.0.113.5", "203.0.113.77"
R6, RR6 = embed(NSP, R4), embed(NSP, RR4)
HOST, PEER = "2001:db8:6:1::10", "2001:db8:6:2::20"
NO4 = "2001:db8:6:1::99"
POOL6 = embed(NSP, POOL)

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", f"prefix add {SECOND}", f"pool4 add {POOL}/32 ports 1024-65535",
        *(f"bib add {p} {h}#{port} {POOL}#{ext}" for p in ("udp", "tcp", "icmp")
          for h, port, ext in ((HOST, 4000, 40000), (PEER, 5000, 50000))))


def l4(kind, sport, dport, data=b"", flags="S"):
    """A UDP datagram or TCP segment."""
    if kind == "udp":
        return UDP(sport=sport, dport=dport) / Raw(data)
    return TCP(sport=sport, dport=dport, seq=7, ack=9, flags=flags) / Raw(data)


def out(desc, host, remote6, remote4, inside, outside, sent=None, got=None, **more):
    """From an IPv6 host to IPv4."""
    lab.case("64: " + desc, lab.v6, IPv6(src=host, dst=remote6, **(sent or {})) / inside,
             v4=[ip4(POOL, remote4, outside, **(got or {}))], **more)


def back(desc, remote4, remote6, host, outside, inside, sent=None, got=None, **more):
    """From IPv4 to an IPv6 host."""
    lab.case("46: " + desc, lab.v4, IP(src=remote4, dst=POOL, **(sent or {})) / outside,
             v6=[ip6(remote6, host, inside, **(got or {}))], **more)


def test_basic():
    for n in (0, 1, 2, 99, 1200):
        data = fill(n)
        out(f"UDP with {n} bytes", HOST, R6, R4, l4("udp", 4000, 53, data),
            l4("udp", 40000, 53, data))	# H-10 G-02
        back(f"UDP with {n} bytes", R4, R6, HOST, l4("udp", 53, 40000, data),
             l4("udp", 53, 4000, data))	# H-13 G-02
        out(f"echo with {n} bytes", HOST, R6, R4, ECHO6("request", 4000, 3, data),
            ECHO("request", 40000, 3, data))	# H-50 G-18
        back(f"echo with {n} bytes", R4, R6, HOST, ECHO("reply", 40000, 3, data),
             ECHO6("reply", 4000, 3, data))	# H-51 G-18
    out("TCP SYN", HOST, R6, R4, l4("tcp", 4000, 80), l4("tcp", 40000, 80))	# H-30 G-01
    back("TCP SYN and ACK", R4, R6, HOST, l4("tcp", 80, 40000, flags="SA"),
         l4("tcp", 80, 4000, flags="SA"))	# H-38 G-01
    for n in (1, 2, 1200):
        out(f"TCP with {n} bytes", HOST, R6, R4, l4("tcp", 4000, 80, fill(n), "PA"),
            l4("tcp", 40000, 80, fill(n), "PA"))	# G-01
        back(f"TCP with {n} bytes", R4, R6, HOST, l4("tcp", 80, 40000, fill(n), "PA"),
             l4("tcp", 80, 4000, fill(n), "PA"))	# G-01
    out("another remote host sees the same port", HOST, RR6, RR4,
        l4("udp", 4000, 9), l4("udp", 40000, 9))	# H-11 B-10
    back("traffic class and hop limit", R4, R6, HOST, l4("udp", 53, 40000), l4("udp", 53, 4000),
         {"tos": 0xb9, "ttl": 9}, {"tc": 0xb9, "hlim": 8})	# B-03 B-07
    out("traffic class and hop limit", HOST, R6, R4, l4("udp", 4000, 53), l4("udp", 40000, 53),
        {"tc": 0xb9, "hlim": 9, "fl": 77}, {"tos": 0xb9, "ttl": 8})	# C-02 C-04 C-08
    back("a stranger may come in", "192.0.2.200", embed(NSP, "192.0.2.200"), HOST,
         l4("udp", 1, 40000), l4("udp", 1, 4000))	# H-13 H-15
    # what began with the other prefix goes on with it
    other = "203.0.113.9"
    out("second prefix", HOST, embed(SECOND, other), other, l4("udp", 4000, 53),
        l4("udp", 40000, 53))
    back("replies have the prefix of the session", other, embed(SECOND, other), HOST,
         l4("udp", 53, 40000, b"x"), l4("udp", 53, 4000, b"x"))
    # G-03 G-04 G-10
    back("UDP without checksum", R4, R6, HOST, UDP(sport=53, dport=40000, chksum=0) / b"odd",
         UDP(sport=53, dport=4000) / b"odd")	# G-10
    lab.case("64: UDP without checksum", lab.v6,
             IPv6(src=HOST, dst=R6) / UDP(sport=4000, dport=53, chksum=0) / b"odd",
             drop="udp_zero_checksum6")	# G-08
    lab.ctl("set udp-zero-checksum drop")
    back("which dropping is no choice for", R4, R6, HOST,
         UDP(sport=53, dport=40000, chksum=0) / b"odd", UDP(sport=53, dport=4000) / b"odd")	# G-10
    lab.ctl("set udp-zero-checksum compute")
    for name, pkt, want in (
            ("64", IPv6(src=HOST, dst=R6) / UDP(sport=4000, dport=53) / b"abcd",
             IP(src=POOL, dst=R4) / UDP(sport=40000, dport=53) / b"abcd"),
            ("46", IP(src=R4, dst=POOL) / UDP(sport=53, dport=40000) / b"abcd",
             IPv6(src=R6, dst=HOST) / UDP(sport=53, dport=4000) / b"abcd")):
        data = bytearray(bytes(pkt))
        data[-1] ^= 0x40
        got6, got4 = lab.exchange(lab.v6 if name == "64" else lab.v4, [bytes(data)])
        got = got4 if name == "64" else got6
        fine = len(got) == 1 and got[0][-1] == ord("d") ^ 0x40 and \
            got[0][-6:-4] == bytes(want)[-6:-4]
        check(f"{name}: a damaged payload stays damaged", fine, (got6, got4))	# G-09


def test_native():
    """A-23: a session goes by a more specific route as long as there is one."""
    data = fill(64)
    near = "203.0.113.40"
    near6 = embed(NSP, near)
    pkt = IPv6(src=HOST, dst=near6) / l4("udp", 4000, 53, data)
    whole = [ip4(POOL, near, l4("udp", 40000, 53, data))]
    for route in (f"{near6}/128", embed(NSP, "203.0.113.0") + "/120"):
        for _ in range(2):
            lab.case("64: an established flow", lab.v6, pkt, v4=whole)
        lab.ip(f"route add {route} via fd00:fe:44::2")
        for _ in range(2):
            lab.case(f"64: goes by the route of {route}", lab.v6, pkt,
                     v4=[IPv6(src=HOST, dst=near6, hlim=63) / l4("udp", 4000, 53, data)])
        lab.ip(f"route del {route} via fd00:fe:44::2")
    lab.ip(f"route add {NSP} via fd00:fe:44::2")
    lab.case("64: not by one of the prefix", lab.v6, pkt, v4=whole)
    lab.ip(f"route del {NSP} via fd00:fe:44::2")
    pkt = IPv6(src=HOST, dst=POOL6) / l4("udp", 4000, 50000, data)
    for route in (None, f"{POOL6}/128 via fd00:fe:44::2", None):
        if route:
            lab.ip(f"route add {route}")
        lab.case("64: to the pool " + ("by a route" if route else "and back"), lab.v6, pkt,
                 v4=[IPv6(src=HOST, dst=POOL6, hlim=63) / l4("udp", 4000, 50000, data)]
                 if route else [],
                 v6=[] if route else [ip6(POOL6, PEER, l4("udp", 40000, 5000, data))])
        if route:
            lab.ip(f"route del {route}")
    lab.ip(f"route add {POOL}/32 via 198.18.0.2")
    back("no route is more specific than an address of the pool", near, near6, HOST,
         l4("udp", 53, 40000), l4("udp", 53, 4000))
    lab.ip(f"route del {POOL}/32 via 198.18.0.2")


def test_refused():
    for name, layer in (("UDP", l4("udp", 53, 41000)), ("TCP data", l4("tcp", 1, 41000, b"x", "PA"))):
        lab.case(f"46: {name} to a port that nobody has", lab.v4,
                 IP(src=R4, dst=POOL) / layer, drop="no_bib")	# H-12 H-34 K-03 K-23
    for kind in ("request", "reply"):
        sent = IP(src=R4, dst=POOL) / ECHO(kind, 41000, 1, b"x")
        lab.case(f"46: echo {kind} to an identifier that nobody has", lab.v4, sent,
                 v4=[from_gw4(GW4, sent, 3, 1)], drop="no_bib")	# H-52 K-03 K-23
    before = len(lab.json("bib list"))
    lab.case("46: port outside of the pool", lab.v4, IP(src=R4, dst=POOL) / l4("udp", 1, 80),
             drop="no_bib")	# H-12
    equal("which makes no binding", len(lab.json("bib list")), before)	# K-03 H-06
    lab.case("46: an address beside the pool is forwarded as it is", lab.v4,
             IP(src=R4, dst=FREE) / l4("udp", 1, 40000),
             v4=[IP(src=R4, dst=FREE, ttl=63) / l4("udp", 1, 40000)])	# H-06 A-35
    lab.case("64: TCP without SYN and session", lab.v6,
             IPv6(src=NO4, dst=R6) / l4("tcp", 1, 2, b"x", "PA"), drop="no_session")	# H-34
    for flags in ("SF", "SR", "", "FPU"):
        lab.case(f"64: TCP flags '{flags}' make no session", lab.v6,
                 IPv6(src=NO4, dst=R6) / l4("tcp", 1, 2, b"", flags or 0),
                 drop="no_session")	# H-115 K-27
    # H-33: with a binding it goes through; but not in its name
    out("TCP that outlived its session", HOST, embed(NSP, "203.0.113.66"), "203.0.113.66",
        l4("tcp", 4000, 81, b"x", "PA"), l4("tcp", 40000, 81, b"x", "PA"))	# H-33
    equal("still has none",
          [s for s in lab.json("session list") if s["dst4"] == "203.0.113.66"], [])	# H-33
    # H-05 K-08
    for name, layer in (("UDP", l4("udp", 1, 2)), ("TCP", l4("tcp", 1, 2)),
                        ("echo", ECHO6("request", 1, 1))):
        lab.case(f"64: {name} from an address inside a prefix", lab.v6,
                 IPv6(src=RR6, dst=R6) / layer, drop="source_in_prefix")	# H-05 K-08
    pkt = error6(RR6, R6, 1, 4, IPv6(src=R6, dst=HOST) / l4("udp", 53, 4000))
    lab.case("64: ICMPv6 error from inside a prefix", lab.v6, pkt, drop="source_in_prefix")	# H-05
    lab.case("46: from a pool address, outside", lab.v4,
             IP(src=POOL, dst=POOL) / l4("udp", 40000, 40000), drop="source_in_pool")	# K-08 K-27
    # H-07 H-08
    pkt = IPv6(src=HOST, dst=R6, nh=132) / Raw(fill(32))
    lab.case("64: protocol without a table", lab.v6, pkt,
             v6=[from_gw6(GW6, pkt, 1, 4)], drop="unknown_protocol")	# H-07
    pkt = IP(src=R4, dst=POOL, proto=132) / Raw(fill(32))
    lab.case("46: protocol without a table", lab.v4, pkt,
             v4=[from_gw4(GW4, pkt, 3, 2)], drop="unknown_protocol")	# H-08
    for dst in ("224.0.0.1", "255.255.255.255", "127.0.0.1", "0.0.0.0", "240.0.0.1"):
        pkt = IPv6(src=HOST, dst=embed(NSP, dst)) / l4("udp", 4000, 1)
        lab.case(f"64: nothing leaves to {dst}", lab.v6, pkt,
                 v6=[from_gw6(GW6, pkt, 1, 1)], drop="destination_address")
    lab.ctl("deny4 add 203.0.113.128/25")
    pkt = IPv6(src=HOST, dst=embed(NSP, "203.0.113.200")) / l4("udp", 4000, 1)
    lab.case("64: excluded destination", lab.v6, pkt,
             v6=[from_gw6(GW6, pkt, 1, 1)], drop="denied")	# L-09
    lab.ctl("deny4 del 203.0.113.128/25")
    # B-09
    count = len(lab.json("session list"))
    pkt = IPv6(src=NO4, dst=R6, hlim=1) / l4("udp", 4000, 53)
    lab.case("64: hop limit", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 3, 0)], drop="hop_limit")	# C-09
    pkt = IP(src="192.0.2.201", dst=POOL, ttl=1) / l4("udp", 53, 40000)
    lab.case("46: TTL", lab.v4, pkt, v4=[from_gw4(GW4, pkt, 11, 0)], drop="hop_limit")	# B-08
    equal("neither makes a session", len(lab.json("session list")), count)	# B-09
    back("SYN from outside", "192.0.2.202", embed(NSP, "192.0.2.202"), HOST,
         l4("tcp", 1, 40000), l4("tcp", 1, 4000))	# H-32
    got6, got4 = lab.exchange(lab.v6, [IPv6(src=HOST, dst=R6) / l4("udp", 0, 0)])
    check("64: port 0 does no harm", not got6 and len(got4) < 2, (got6, got4))	# K-27 H-22


def test_dynamic():
    """Bindings made by packets: whatever the port is, all bytes are right."""
    seen = {}
    for kind in ("udp", "tcp"):
        for remote in (R4, RR4):
            inside = l4(kind, 7777, 443, b"" if kind == "tcp" else b"dyn")
            got6, got4 = lab.exchange(lab.v6, [IPv6(src=NO4, dst=embed(NSP, remote)) / inside])
            port = int.from_bytes(got4[0][20:22], "big") if got4 else 0
            outside = inside.copy()
            outside.sport = port
            want = bytes(ip4(POOL, remote, outside, id=int.from_bytes(got4[0][4:6], "big"))) \
                if got4 else b""
            check(f"64: new {kind} binding, {remote}", got4 == [want] and not got6 and
                  port >= 1024 and port % 2 == 1 if kind == "udp" else got4 == [want],
                  (port, got4, want))	# H-10 H-30
            seen.setdefault(kind, set()).add(port)
        equal(f"64: one {kind} port for all destinations", len(seen[kind]), 1)	# H-11
        reply = l4(kind, 443, seen[kind].pop(), b"" if kind == "tcp" else b"reply", "SA")
        inside = reply.copy()
        inside.dport = 7777
        back(f"new {kind} binding", R4, R6, NO4, reply, inside)	# H-13 H-38


def error46(desc, kinds, inside, outside, told, src=RR4, src6=RR6, **more):
    """An IPv4 router complains about what HOST has sent as @inside."""
    q4 = bytes(IP(src=POOL, dst=R4, ttl=3, id=9) / outside)
    q6 = bytes(IPv6(src=HOST, dst=R6, hlim=3) / inside)
    lab.case("46: " + desc, lab.v4, error4(src, POOL, *kinds[:2], q4, *kinds[2:]),
             v6=[error6(src6, HOST, *told[:2], q6, *told[2:], hlim=63)], **more)


def error64(desc, kinds, inside, outside, told, src=HOST, **more):
    """HOST or a router near to it complains about what R4 has sent."""
    q6 = bytes(IPv6(src=R6, dst=HOST, hlim=3) / inside)
    q4 = bytes(IP(src=R4, dst=POOL, ttl=3, id=0) / outside)
    lab.case("64: " + desc, lab.v6, error6(src, R6, *kinds[:2], q6, *kinds[2:]),
             v4=[error4(POOL, R4, *told[:2], q4, *told[2:], ttl=63, id=ANY_ID)], **more)


def long_sessions():
    """Sessions that do not expire while a test runs."""
    return sorted((s["proto"], s["src6"], s["dst6"]) for s in lab.json("session list")
                  if s["proto"] != "icmp")


def test_errors():
    pairs = (("UDP", l4("udp", 4000, 53, b"data"), l4("udp", 40000, 53, b"data"),
              l4("udp", 53, 4000, b"data"), l4("udp", 53, 40000, b"data")),
             ("TCP", l4("tcp", 4000, 80, b"data", "PA"), l4("tcp", 40000, 80, b"data", "PA"),
              l4("tcp", 80, 4000, b"data", "PA"), l4("tcp", 80, 40000, b"data", "PA")),
             ("echo", ECHO6("request", 4000, 1, b"x"), ECHO("request", 40000, 1, b"x"),
              ECHO6("reply", 4000, 1, b"x"), ECHO("reply", 40000, 1, b"x")))
    for name, inside, outside, home, away in pairs:
        error46(f"unreachable, {name}", (3, 1), inside, outside, (1, 0))	# H-60 H-61 H-64 H-67
        error46(f"time exceeded, {name}", (11, 0), inside, outside, (3, 0))	# H-60 H-61
        error46(f"too big, {name}", (3, 4, 1400), inside, outside, (2, 0, 1420))	# H-60 D-13
        error46(f"from the remote host itself, {name}", (3, 3), inside, outside, (1, 4),
                src=R4, src6=R6)	# H-60
        error64(f"unreachable, {name}", (1, 4), home, away, (3, 3))	# H-65 H-64 H-67
        error64(f"time exceeded by a router, {name}", (3, 0), home, away, (11, 0), src=NO4)	# H-66 F-36
        error64(f"too big by a router, {name}", (2, 0, 1400), home, away, (3, 4, 1380),
                src=NO4)	# H-66 D-13
        # H-62 H-68: what no session knows
        for what, q in (("another remote host", IP(src=POOL, dst="203.0.113.250") / outside),
                        ("another pool address", IP(src=FREE, dst=R4) / outside)):
            lab.case(f"46: error about {what}, {name}", lab.v4,
                     error4(RR4, POOL, 3, 1, q), drop="no_session")	# H-62 H-68
        lab.case(f"64: error about another remote host, {name}", lab.v6,
                 error6(HOST, R6, 1, 4, IPv6(src=embed(NSP, "203.0.113.250"), dst=HOST) / home),
                 drop="no_session")	# H-62 H-68
        q4 = bytes(IP(src=POOL, dst=R4, ttl=3) / outside)
        lab.case(f"46: quote without ports, {name}", lab.v4,
                 error4(RR4, POOL, 11, 0, q4[:23]), drop="icmp_quote")	# H-63
        q4 = bytearray(q4)
        q4[11] ^= 1
        lab.case(f"46: quoted header with a wrong checksum, {name}", lab.v4,
                 error4(RR4, POOL, 11, 0, q4), drop="bad_checksum")	# F-19
    count = long_sessions()
    q4 = piece4(POOL, R4, 17, fill(200), 64, 128, 5)
    lab.case("46: quote of a later fragment", lab.v4, error4(RR4, POOL, 11, 1, q4),
             drop="icmp_quote")	# H-63
    q6 = piece6(R6, HOST, 17, fill(200), 64, 128, 5)
    lab.case("64: quote of a later fragment", lab.v6, error6(HOST, R6, 3, 1, q6),
             drop="icmp_quote")	# H-63
    data = bytearray(bytes(error4(RR4, POOL, 3, 1, IP(src=POOL, dst=R4) / l4("udp", 40000, 53))))
    data[-1] ^= 1
    lab.case("46: error with a wrong checksum", lab.v4, bytes(data), drop="bad_checksum")	# F-20
    data = bytearray(bytes(error6(HOST, R6, 1, 4, IPv6(src=R6, dst=HOST) / l4("udp", 53, 4000))))
    data[-1] ^= 1
    lab.case("64: error with a wrong checksum", lab.v6, bytes(data), drop="bad_checksum")	# F-20
    for kind, code in ((4, 0), (5, 1), (13, 0), (3, 14)):
        lab.case(f"46: ICMP {kind}/{code} to the pool", lab.v4,
                 error4(RR4, POOL, kind, code, IP(src=POOL, dst=R4) / l4("udp", 40000, 53)),
                 drop="icmp_type")	# E-03 F-07 F-01
    lab.case("64: ICMPv6 type 130 makes no state", lab.v6,
             IPv6(src=HOST, dst=R6, nh=58) / Raw(bytes([130]) + bytes(23)), drop="icmp_type")	# E-04 H-57
    equal("errors make and end no session", long_sessions(), count)	# H-62 F-52
    big = l4("udp", 40000, 53, fill(1400))
    q4 = bytes(IP(src=POOL, dst=R4, ttl=3, id=9) / big)
    q6 = bytes(IPv6(src=HOST, dst=R6, hlim=3) / l4("udp", 4000, 53, fill(1400)))
    lab.case("46: long quote", lab.v4, error4(RR4, POOL, 11, 0, q4[:1400]),
             v6=[error6(RR6, HOST, 3, 0, q6[:1232], hlim=63)])	# F-23
    for src in ("10.1.1.1", "169.254.1.1", "127.0.0.1"):
        error46(f"from {src}", (11, 0), l4("udp", 4000, 53), l4("udp", 40000, 53), (3, 0),
                src=src, src6=embed(NSP, src))	# F-21 F-50


def test_hairpin():
    """From one host to another by its pool address; never on the IPv4 wire."""
    for kind in ("udp", "tcp"):
        lab.case(f"hairpin: {kind}", lab.v6,
                 IPv6(src=HOST, dst=POOL6, hlim=9, tc=0xb8) / l4(kind, 4000, 50000, b"u-turn"),
                 v6=[ip6(POOL6, PEER, l4(kind, 40000, 5000, b"u-turn"), hlim=8, tc=0xb8)])	# H-70 H-75
        lab.case(f"hairpin: {kind} back", lab.v6,
                 IPv6(src=PEER, dst=POOL6, hlim=9) / l4(kind, 5000, 40000, b"back", "SA"),
                 v6=[ip6(POOL6, HOST, l4(kind, 50000, 4000, b"back", "SA"), hlim=8)])	# H-70
    lab.case("hairpin: 1 byte and hop limit 2", lab.v6,
             IPv6(src=HOST, dst=POOL6, hlim=2) / l4("udp", 4000, 50000, b"x"),
             v6=[ip6(POOL6, PEER, l4("udp", 40000, 5000, b"x"), hlim=1)])	# H-75
    pkt = IPv6(src=HOST, dst=POOL6, hlim=1) / l4("udp", 4000, 50000, b"x")
    lab.case("hairpin: hop limit 1", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 3, 0)],
             drop="hop_limit")	# H-75
    lab.case("hairpin: nobody has the port", lab.v6,
             IPv6(src=HOST, dst=POOL6) / l4("udp", 4000, 41000), drop="no_bib")	# H-73
    lab.case("hairpin: to itself", lab.v6,
             IPv6(src=HOST, dst=POOL6) / l4("udp", 4000, 40000, b"me"),
             v6=[ip6(POOL6, HOST, l4("udp", 40000, 4000, b"me"))])	# H-70 K-27
    # H-71: the peer complains; what it quotes is what it got
    q = bytes(IPv6(src=POOL6, dst=PEER, hlim=3) / l4("udp", 40000, 5000, b"u-turn"))
    want = bytes(IPv6(src=HOST, dst=POOL6, hlim=3) / l4("udp", 4000, 50000, b"u-turn"))
    lab.case("hairpin: error", lab.v6, error6(PEER, POOL6, 1, 4, q, hlim=9),
             v6=[error6(POOL6, HOST, 1, 4, want, hlim=8)])	# H-71
    lab.case("hairpin: error of a router", lab.v6, error6(NO4, POOL6, 3, 0, q, hlim=9),
             v6=[error6(POOL6, HOST, 3, 0, want, hlim=8)])	# H-71 H-66
    lab.case("hairpin: too big", lab.v6, error6(NO4, POOL6, 2, 0, q, 1300, hlim=9),
             v6=[error6(POOL6, HOST, 2, 0, want, 1300, hlim=8)])	# H-71
    # H-74: an echo has one identifier for both ends, so it can only lead to
    # the host that sent it
    lab.ctl(f"bib add icmp {HOST}#50000 {POOL}#45000")
    lab.case("hairpin: echo", lab.v6,
             IPv6(src=HOST, dst=POOL6, hlim=9) / ECHO6("request", 50000, 1, b"x"),
             v6=[ip6(POOL6, HOST, ECHO6("request", 50000, 1, b"x"), hlim=8)])	# H-74
    # H-72: the second pass is one from outside
    lab.ctl("set filtering adf", f"bib add udp {NO4}#7000 {POOL}#47000")
    lab.case("hairpin: filtered", lab.v6, IPv6(src=HOST, dst=POOL6) / l4("udp", 4000, 47000),
             v6=None, drop="filtered")	# H-72
    lab.ctl("set filtering eif")


def test_private():
    """A-11: the well-known prefix, listed first, does not speak for others."""
    lab.ctl(f"prefix del {SECOND}", f"prefix del {NSP}", f"prefix add {WKP}",
            f"prefix add {NSP}", f"prefix add {SECOND}")
    near = "10.1.2.3"
    out("private host", HOST, embed(NSP, near), near, l4("udp", 4000, 53), l4("udp", 40000, 53))
    back("private host, of a session", near, embed(NSP, near), HOST,
         l4("udp", 53, 40000, b"x"), l4("udp", 53, 4000, b"x"))	# A-11 A-22
    back("private host, unasked", "10.1.2.4", embed(NSP, "10.1.2.4"), HOST,
         l4("udp", 53, 40000, b"x"), l4("udp", 53, 4000, b"x"))
    back("global host, unasked", "9.9.9.9", embed(WKP, "9.9.9.9"), HOST,
         l4("udp", 53, 40000, b"x"), l4("udp", 53, 4000, b"x"))


test_basic()
test_native()
test_refused()
test_dynamic()
test_errors()
test_hairpin()
test_private()
lab.check_counters()
done()
