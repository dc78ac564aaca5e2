#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 150
"""Packets and neighbours that have brought other translators down.

Segments of fraglist GRO and UDP super-packets are in offload.sh, neighbour
solicitations whose addresses would both be translated in neighbour.sh, and
packets for a namespace that goes in lifecycle.sh and nlstorm.sh.
"""

import socket
import subprocess

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
HOST, POOL = "2001:db8:6:1::10", "192.0.2.1"
R4 = "203.0.113.5"
R6 = embed(NSP, R4)
UDPH = UDP(sport=4000, dport=53)
SO_TIMESTAMP = 29

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", f"pool4 add {POOL}/32 ports 1024-65535",
        *(f"bib add {p} {HOST}#4000 {POOL}#4000" for p in ("udp", "tcp", "icmp")))


def outgoing(text, **more):
    """Whether a packet of the IPv6 host reaches IPv4, and its answer the host."""
    lab.case(f"{text}: to IPv4", lab.v6, IPv6(src=HOST, dst=R6) / UDPH / b"x",
             v4=[ip4(POOL, R4, UDPH / b"x")], **more)
    back = UDP(sport=53, dport=4000)
    lab.case(f"{text}: to IPv6", lab.v4, IP(src=R4, dst=POOL) / back / b"y",
             v6=[ip6(R6, HOST, back / b"y")], **more)


def behind(fragment, packet):
    """The packet with a Fragment Header in front of what it carries."""
    data = bytes(packet)
    return data[:4] + (len(data) - 32).to_bytes(2, "big") + b"\x2c" + data[7:40] + \
        data[6:7] + bytes(fragment)[1:8] + data[40:]


def test_short_errors():
    """Lengths that become negative where one header is longer than another."""
    atomic = bytes(IPv6ExtHdrFragment(nh=17, offset=0, m=0, id=7))
    inner = bytes(IPv6(src=R6, dst=HOST, hlim=3) / UDP(sport=53, dport=4000) / b"abcd")
    inners = {"a packet": inner, "an atomic fragment": behind(atomic, IPv6(inner))}
    for what, quote in inners.items():
        for kind, word in ((1, 0), (2, 1280), (3, 0), (4, 0), (4, 40)):
            errors = [bytes(error6(HOST, R6, kind, 0, quote[:n], word)) for n in range(len(quote))]
            # what quotes the ports may cross, what does not must not
            for form, packets in (("", errors), (", in an atomic fragment",
                                  [behind(atomic, IPv6(e)) for e in errors])):
                got6, got4 = lab.exchange(lab.v6, packets)
                few = len([p for p in got4 if len(p) < 20 + 8 + 28])
                check(f"ICMPv6 error {kind}, word {word}, about part of {what}{form}",
                      not got6 and not few and len(got4) <= len(quote) - 48,
                      (len(got6), len(got4), few))	# F-40 F-41 K-14
    for n in range(8):
        data = bytes(IPv6(src=HOST, dst=R6, nh=58, plen=n)) + bytes([1, 0, 0, 0, 0, 0, 0, 0])[:n]
        lab.case(f"ICMPv6 error of {n} bytes", lab.v6, data, drop="truncated" if n < 8 else None)
    quote = bytes(IP(src=POOL, dst=R4, ttl=3) / UDPH / b"abcd")
    for kind, code in ((3, 1), (3, 4), (11, 0), (12, 0)):
        got6, got4 = lab.exchange(lab.v4, [error4(R4, POOL, kind, code, quote[:n])
                                           for n in range(len(quote))])
        check(f"ICMPv4 error {kind}/{code} about part of a packet",
              not got4 and len(got6) <= len(quote) - 27, (len(got6), len(got4)))
    outgoing("after short errors")


def test_zero_checksum():
    """UDP without checksum inside of an error: there is nothing to adjust."""
    for sum4 in (0, 0xffff, 0x1234):
        udp = UDP(sport=4000, dport=53, chksum=sum4, len=12)
        q4 = IP(src=POOL, dst=R4, ttl=3, id=9) / udp / b"abcd"
        got6, got4 = lab.exchange(lab.v4, [error4(R4, POOL, 3, 1, q4)])
        quoted = got6[0][48 + 40:] if got6 else b""
        check(f"quoted UDP checksum {sum4:#x}", not got4 and quoted[:6] == bytes(UDPH)[:4] + b"\0\x0c"
              and (quoted[6:8] == b"\0\0") == (sum4 == 0), quoted.hex())	# F-12


def test_timestamps():
    """When a packet arrived must not become when it is to leave."""
    lab.on("tc", "qdisc", "add", "dev", "v4", "root", "fq")
    lab.on("tc", "qdisc", "add", "dev", "v6", "root", "fq")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        outgoing("arrival timestamps and fq")
    lab.on("tc", "qdisc", "del", "dev", "v4", "root")
    lab.on("tc", "qdisc", "del", "dev", "v6", "root")


def nft(text):
    subprocess.run(["ip", "netns", "exec", lab.gw, "nft", "-f", "-"], input=text,
                   text=True, check=True)


def test_conntrack():
    """What conntrack knows of a packet is not true of its translation."""
    nft("""table inet track {
        chain early { type filter hook prerouting priority raw; ct zone set 7; }
        chain first { type filter hook prerouting priority filter; ct state new counter; }
        chain last { type filter hook postrouting priority 300; ct state invalid counter; }
    }""")
    outgoing("with conntrack and a zone of raw")
    pieces = cut6(HOST, R6, 17, upper6(IPv6(src=HOST, dst=R6) / UDPH / fill(3000)), 1232, 77)
    got6, got4 = lab.exchange(lab.v6, pieces)
    check("fragments that conntrack has put together", not got6 and got4, (len(got6), len(got4)))
    nft("delete table inet track")
    outgoing("and without")


def test_xfrm():
    """A policy for the translated packet is obeyed."""
    lab.ip(f"xfrm policy add src {POOL}/32 dst {R4}/32 dir out action block",
           f"xfrm policy add src {POOL}/32 dst {R4}/32 dir fwd action block")
    got6, got4 = lab.exchange(lab.v6, [IPv6(src=HOST, dst=R6) / UDPH / b"x"])
    check("a packet that a policy blocks does not leave", not got4, (got6, got4))
    lab.ip("xfrm policy flush")
    lab.ip(f"xfrm policy add src {HOST}/128 dst {R6}/128 dir out action block")
    outgoing("a policy for addresses that are gone after translation")
    lab.ip("xfrm policy flush")


def test_multicast():
    """A CLAT's IPv4 multicast arrives as IPv6 to the prefix."""
    for dst in ("224.0.0.1", "224.0.0.251", "239.255.255.250"):
        sent = IPv6(src=HOST, dst=embed(NSP, dst)) / UDP(sport=5353, dport=5353) / b"q"
        lab.case(f"multicast {dst} by the prefix", lab.v6, sent,
                 v6=[from_gw6(GW6, sent, 1, 1)], drop="destination_address")
    for src in ("224.0.0.1", "255.255.255.255", "127.0.0.1", "0.0.0.0"):
        lab.case(f"and from {src}", lab.v6, IPv6(src=embed(NSP, src), dst=R6) / UDPH,
                 drop="source_in_prefix")


def test_shapes():
    """Checksums and segments for a device to do, where they make no sense."""
    data = bytes(IPv6(src=HOST, dst=R6) / UDPH / fill(400))
    for start in (0, 1, 39, 41, 47, 200, 440):
        for offset in (0, 1, 6, 7, 16):
            try:
                lab.v6.send_offload(data, start, offset)
            except OSError:
                pass	# the device has refused it
            lab.collect()
    for kind in (1, 3, 4, 5, 0x81, 0x84):
        for size in (1, 8, 536, 1460, 65535):
            try:
                lab.v6.send_offload(data, 40, 6, kind, size)
            except OSError:
                pass
            lab.collect()
    outgoing("after odd checksums and segments")


test_short_errors()
test_zero_checksum()
test_timestamps()
test_conntrack()
test_xfrm()
test_multicast()
test_shapes()
done()
