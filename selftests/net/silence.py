#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Nothing that is ours passes untranslated, and nobody hears of what nobody may.

F-43 lists what never gets an ICMP error; here it takes every way on which a
packet ends with one.
"""

from packet import *	# noqa: F401,F403

NSP, WKP = "2001:db8:64::/96", "64:ff9b::/96"
H4, R4 = "198.51.100.10", "203.0.113.5"
H6, R6 = embed(NSP, H4), embed(NSP, R4)
NO4 = "2001:db8:6:1::99"	# a host that has no IPv4 form
DENIED = "203.0.113.200"
EAM4, EAM6 = "192.0.2.17", "2001:db8:e::1"
UDPH = UDP(sport=4000, dport=53)
BROADCAST, ALL_NODES = bytes.fromhex("ffffffffffff"), bytes.fromhex("333300000001")

lab = Lab("siit")


def configure():
    lab.ctl(f"prefix add {NSP}", f"prefix add {WKP}", f"deny4 add {DENIED}/32",
            f"eam add {EAM4}/32 {EAM6}/128")
    # what tells where packets end has to get there without a default route, too
    lab.ip("route add fd00:fe:6::/64 via fd00:6::2")


def test_no_bypass():
    """A-24: no other route takes packets past the translator."""
    for name, dst6, dst4, route in (
            ("prefix", R6, R4, NSP + " via fd00:fe:44::2"),
            ("prefix, to an unreachable", R6, R4, f"unreachable {R6}/128"),
            ("mapping", EAM6, EAM4, f"{EAM6}/128 via fd00:fe:44::2")):
        lab.ip(f"route add {route}")
        lab.case(f"64: destination in a {name}", lab.v6, IPv6(src=H6, dst=dst6) / UDPH / b"x",
                 v4=[ip4(H4, dst4, UDPH / b"x")])
        lab.case(f"64: behind a header, in a {name}", lab.v6,
                 IPv6(src=H6, dst=dst6) / IPv6ExtHdrDestOpt() / UDPH / b"x",
                 v4=[ip4(H4, dst4, UDPH / b"x")])	# A-24 C-12
        lab.ip(f"route del {route}")
    for name, dst4, dst6 in (("prefix", H4, H6), ("mapping", EAM4, EAM6)):
        lab.case(f"46: destination in a {name}", lab.v4, IP(src=R4, dst=dst4) / UDPH / b"x",
                 v6=[ip6(R6, dst6, UDPH / b"x")])
    lab.ip(f"route add {NSP} via fd00:fe:44::2")
    for name, reason, pkt in (
            ("without mapping for its source", "unmapped_source",
             IPv6(src=NO4, dst=R6) / ECHO6("request", 1, 1)),
            ("of a protocol that must not cross", "bad_protocol",
             IPv6(src=H6, dst=R6, nh=1) / Raw(fill(16))),
            ("that nobody may reach", "destination_address",
             IPv6(src=H6, dst=embed(NSP, "127.0.0.1")) / ECHO6("request", 1, 1)),
            ("that is malformed", "truncated", IPv6(src=H6, dst=R6, nh=17) / Raw(b"abc")),
            ("of no counterpart", "icmp_type",
             IPv6(src=H6, dst=R6, nh=58) / Raw(bytes([130]) + bytes(23)))):
        lab.case(f"64: a packet {name} goes nowhere", lab.v6, pkt, drop=reason)
    lab.ip(f"route del {NSP} via fd00:fe:44::2")
    lab.case("46: a packet of no counterpart goes nowhere", lab.v4,
             IP(src=R4, dst=H4) / ICMP(type=13), drop="icmp_type")


def native(desc, wire, pkt, route, translated, as_it_is):
    """Before, with and after a more specific route, for a pair that is known."""
    for _ in range(2):
        lab.case(f"{desc}: no such route", wire, pkt, **translated)
    lab.ip(f"route add {route}")
    for _ in range(2):
        lab.case(f"{desc}: goes by the route", wire, pkt, v4=[as_it_is])
    lab.ip(f"route del {route}")
    for _ in range(2):
        lab.case(f"{desc}: when it is gone", wire, pkt, **translated)


def test_native():
    """A-23: what a more specific route leads to without translation goes by it."""
    data = UDPH / fill(64)
    for plen in (97, 128):
        pkt = IPv6(src=H6, dst=R6) / data
        native(f"64: /{plen} inside the prefix", lab.v6, pkt,
               f"{R6 if plen == 128 else NSP.replace('/96', '8000:0')}/{plen} via fd00:fe:44::2",
               {"v4": [ip4(H4, R4, data)]}, IPv6(src=H6, dst=R6, hlim=63) / data)
    wide = "2001:db8:e1::/64"
    lab.ctl(f"eam add 192.0.2.128/25 {wide}")
    inside, inside4 = "2001:db8:e1:0:8000::", "192.0.2.192"
    pkt = IPv6(src=H6, dst=inside) / data
    native("64: inside a mapping", lab.v6, pkt, f"{inside}/80 via fd00:fe:44::2",
           {"v4": [ip4(H4, inside4, data)]}, IPv6(src=H6, dst=inside, hlim=63) / data)
    pkt = IP(src=R4, dst=inside4) / data
    native("46: inside a mapping", lab.v4, pkt, f"{inside4}/26 via 198.18.0.2",
           {"v6": [ip6(R6, inside, data)]}, IP(src=R4, dst=inside4, ttl=63) / data)
    lab.ctl(f"eam del 192.0.2.128/25 {wide}")
    for route in (f"{H4}/32", "198.0.0.0/8"):
        pkt = IP(src=R4, dst=H4) / data
        native(f"46: {route} stands for more than the prefix", lab.v4, pkt,
               f"{route} via 198.18.0.2", {"v6": [ip6(R6, H6, data)]},
               IP(src=R4, dst=H4, ttl=63) / data)
    lab.ip(f"route add unreachable {H4}/32")
    lab.case("46: an unreachable does not count", lab.v4, pkt, v6=[ip6(R6, H6, data)])
    lab.ip(f"route del unreachable {H4}/32")
    # fragments and errors go the same way
    lab.ip(f"route add {R6}/128 via fd00:fe:44::2")
    late = piece6(H6, R6, 17, bytes(UDPH / fill(4000)), 1400, 2696, 7, hlim=64)
    lab.case("64: a fragment goes by the route", lab.v6, late,
             v4=[piece6(H6, R6, 17, bytes(UDPH / fill(4000)), 1400, 2696, 7, hlim=63)])
    error = {h: error6(H6, R6, 1, 4, bytes(IPv6(src=R6, dst=H6) / data), hlim=h)
             for h in (64, 63)}
    lab.case("64: an error goes by the route", lab.v6, error[64], v4=[error[63]])
    lab.ip(f"route del {R6}/128 via fd00:fe:44::2")


def test_native_lans():
    """A-23: two networks behind a CLAT talk to each other by IPv4."""
    data = UDPH / fill(64)
    lab.ctl("eam add 10.64.0.0/16 2001:db8:c1::/112")
    lab.ip(*(f"route add 10.64.{n}.0/24 via 198.18.0.2" for n in (1, 2)))
    pkt = IP(src="10.64.1.5", dst="10.64.2.9") / data
    for _ in range(2):
        lab.case("46: from one to the other as it is", lab.v4, pkt,
                 v4=[IP(src="10.64.1.5", dst="10.64.2.9", ttl=63) / data])
    lab.case("46: to all others by the prefix", lab.v4, IP(src="10.64.1.5", dst=R4) / data,
             v6=[ip6("2001:db8:c1::105", R6, data)])
    lab.case("64: and to both from there", lab.v6, IPv6(src=R6, dst="2001:db8:c1::209") / data,
             v4=[ip4(R4, "10.64.2.9", data)])
    lab.ip("route del 10.64.2.0/24 via 198.18.0.2")
    lab.case("46: where no route leads", lab.v4, pkt,
             v6=[ip6("2001:db8:c1::105", "2001:db8:c1::209", data)])
    lab.ip("route del 10.64.1.0/24 via 198.18.0.2")
    lab.ctl("eam del 10.64.0.0/16 2001:db8:c1::/112")


def test_native_rule():
    """A-23: rules of routing and addresses of the gateway have their say as routes do."""
    data = UDPH / fill(64)
    pkt = IPv6(src=H6, dst=R6) / data
    lab.ip(f"route add {R6}/128 via fd00:fe:44::2 table 100")
    for _ in range(2):
        lab.case("64: a table that no rule leads to", lab.v6, pkt, v4=[ip4(H4, R4, data)])
    lab.ip("rule add to 2001:db8:64::/64 lookup 100", family=["-6"])
    for _ in range(2):
        lab.case("64: once a rule does", lab.v6, pkt,
                 v4=[IPv6(src=H6, dst=R6, hlim=63) / data])
    lab.ip("rule del to 2001:db8:64::/64 lookup 100", family=["-6"])
    for _ in range(2):
        lab.case("64: when it is gone", lab.v6, pkt, v4=[ip4(H4, R4, data)])
    lab.ip(f"route del {R6}/128 via fd00:fe:44::2 table 100")
    lab.ip(f"addr add {R6}/128 dev lo nodad")
    lab.case("64: an address of the gateway inside the prefix is its own", lab.v6,
             IPv6(src=H6, dst=R6) / ECHO6("request", 1, 1),
             v6=[IPv6(src=R6, dst=H6, hlim=64) / ECHO6("reply", 1, 1)])
    lab.ip(f"addr del {R6}/128 dev lo")
    lab.case("64: until it is no more", lab.v6, pkt, v4=[ip4(H4, R4, data)])


def told6(name, reason, src, dst, layer, error, **fields):
    """One way for IPv6 packets: the sender hears of it, unless it may not."""
    def pkt(of):
        return IPv6(src=of, dst=dst, **fields) / layer

    lab.counters = None
    lab.case(f"64: {name}: the sender is told", lab.v6, pkt(src),
             v6=[from_gw6(GW6, pkt(src), *error)], drop=reason)
    quote = IPv6(src=dst, dst=src) / UDPH / fill(1300)
    lab.case(f"64: {name}: not of an error", lab.v6,
             error6(src, dst, 1, 4, bytes(quote)[:1232], **fields),
             drop="icmp_quote" if src == NO4 else reason)	# K-11 F-43
    whole = bytes(UDPH / fill(4000))
    late = piece6(src, dst, 17, whole, 1400, 2696, 7, **{"hlim": 64, **fields})
    lab.case(f"64: {name}: not of a later fragment", lab.v6, late, drop=reason)	# K-11 F-43
    lab.case(f"64: {name}: not of a multicast frame", lab.v6,
             lab.v6.frame(bytes(pkt(src)), ALL_NODES), raw=True, drop="link_multicast")	# K-11 F-43
    got = [lab.exchange(lab.v6, [pkt(bad)]) for bad in ("::", "::1", "ff02::1", "ff0e::7")]
    check(f"64: {name}: not of a source that is none",
          not [p for g6, g4 in got for p in g4 + [q for q in g6 if q[6] == 58]], got)	# K-11 F-43


def told4(name, reason, src, dst, layer, error, **fields):
    """The same for IPv4 packets."""
    def pkt(of):
        return IP(src=of, dst=dst, **fields) / layer

    lab.counters = None
    lab.case(f"46: {name}: the sender is told", lab.v4, pkt(src),
             v4=[from_gw4(GW4, pkt(src), *error)], drop=reason)
    quote = IP(src=dst, dst=src) / UDPH / fill(1300)
    if reason != "too_big":	# which an error never becomes
        lab.case(f"46: {name}: not of an error", lab.v4,
                 error4(src, dst, 3, 3, bytes(quote)[:1380], **fields), drop=reason)	# K-10 F-43
    whole = bytes(UDPH / fill(4000))
    late = piece4(src, dst, 17, whole, 1400, 2800, 7, **{"ttl": 64, **fields})
    if fields.get("flags"):
        late.flags = DF | MF
    lab.case(f"46: {name}: not of a later fragment", lab.v4, late, drop=reason)	# K-10 F-43
    lab.counters = None
    for what, frame in (("broadcast", BROADCAST), ("multicast", bytes.fromhex("01005e000001"))):
        lab.case(f"46: {name}: not of a {what} frame", lab.v4,
                 lab.v4.frame(bytes(pkt(src)), frame), raw=True)	# K-10 F-43
    got = [lab.exchange(lab.v4, [pkt(bad)]) for bad in
           ("0.0.0.0", "127.0.0.1", "224.0.0.9", "255.255.255.255", "240.0.0.1")]
    equal(f"46: {name}: not of a source that is none", got, [([], [])] * 5)	# K-10 F-43


def test_told6():
    told6("hop limit", "hop_limit", H6, R6, UDPH / b"x", (3, 0), hlim=1)
    told6("no mapping", "unmapped_source", NO4, R6, UDPH / b"x", (1, 1))
    told6("denied", "denied", H6, embed(NSP, DENIED), UDPH / b"x", (1, 1))
    told6("nobody's address", "destination_address", H6, embed(NSP, "127.0.0.1"), UDPH / b"x", (1, 1))
    told6("well-known prefix", "wkp_nonglobal", H6, embed(WKP, "10.1.1.1"), UDPH / b"x", (1, 1))
    lab.ip("route del 0.0.0.0/0 via 198.18.0.2")
    told6("no route", "no_route", H6, R6, UDPH / b"x", (1, 0))
    lab.ip("route add 0.0.0.0/0 via 198.18.0.2")


def test_told4():
    told4("TTL", "hop_limit", R4, H4, UDPH / b"x", (11, 0), ttl=1)
    lab.mtu(1300, 1500)
    told4("too big", "too_big", R4, H4, UDPH / fill(1372), (3, 4, 1280), flags="DF")
    lab.mtu(1500, 1500)
    lab.ip("route del ::/0 via fd00:6::2")
    told4("no route", "no_route", R4, H4, UDPH / b"x", (3, 0))
    lab.ip("route add ::/0 via fd00:6::2")


def test_reject():
    """What rules say to a packet goes back through the translator."""
    lab.on("nft", "add table inet rules; add chain inet rules forward "
           "{ type filter hook forward priority 0; }; "
           "add rule inet rules forward meta l4proto udp reject with icmpx port-unreachable; "
           "add rule inet rules forward meta l4proto tcp reject with tcp reset")
    syn, rst = TCP(sport=4000, dport=80, seq=7), TCP(sport=80, dport=4000, ack=8, flags="RA", window=0)
    for name, src6, dst4 in (("the prefix", H6, H4), ("a mapping", EAM6, EAM4)):
        lab.case(f"64: a host by {name} hears of reject in IPv4 FORWARD", lab.v6,
                 IPv6(src=src6, dst=R6) / UDPH / b"x",
                 v6=[error6(embed(NSP, GW4), src6, 1, 4, IPv6(src=src6, dst=R6, hlim=63) / UDPH / b"x",
                            hlim=64, tc=0xc0)])	# K-07 F-01
        lab.case(f"64: a host by {name} hears of a reset", lab.v6, IPv6(src=src6, dst=R6) / syn,
                 v6=[IPv6(src=R6, dst=src6, hlim=64) / rst])	# K-07
        lab.case(f"46: and who sends to a host by {name} does", lab.v4, IP(src=R4, dst=dst4) / syn,
                 v4=[IP(src=dst4, dst=R4, id=ANY_ID, ttl=64) / rst])	# K-07
    lab.on("nft", "delete table inet rules")


configure()
test_no_bypass()
test_native()
test_native_lans()
test_native_rule()
test_told6()
test_told4()
test_reject()
lab.check_counters()
done()
