#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Packets at random, the same each time, against a translator in Python.

All kinds that are well-formed are mixed: transports, lengths, wrong transport
checksums, options, extension headers, fragments, ICMP errors with quotes of
these that are cut anywhere and carry extensions. What must leave for them is
for packet/oracle.py to say. A failure tells the packet as it was sent.
"""

import ipaddress
import random
import struct

from packet import *	# noqa: F401,F403
from packet.oracle import Gateway, Mapped, put, word

NSP = "2001:db8:64::/96"
HOST, POOL = "2001:db8:6:1::10", "198.51.100.20"
ADDRS = [ipaddress.IPv4Address(a).packed for a in (
    "198.51.100.10", "203.0.113.5", "198.51.100.77", "192.0.2.1", "8.8.8.8", "10.1.2.3",
    "223.255.255.254", "100.64.1.1")]
REMOTES, PORTS, BOUND = ADDRS[1:3], (53, 80), range(4000, 4003)
OPTIONS = (b"\1\1\1\1", b"\7\7\4\0\0\0\0\1", b"\x44\x08\x05\0\0\0\0\0",
           b"\x83\7\x08\1\2\3\4\1", b"\x94\4\0\0", b"\x82\x0b" + bytes(9) + b"\0")
# nested, of other lengths, and within the prefix itself
TABLE = (("198.51.100.0/24", "2001:db8:e1::/120"), ("198.51.100.64/26", "2001:db8:e2::/64"),
         ("198.51.100.10/32", "2001:db8:e1::99/128"), ("8.8.8.0/25", "2001:db8:64::cb00:7180/121"),
         ("192.0.2.0/28", "2001:db8:e3::/124"))
OTHERS = (4, 33, 47, 50, 89, 132, 136, 200, 255)


class Source:
    """Where packets come from."""

    def __init__(self, gateway, seed):
        self.gw = gateway
        self.rng = random.Random(seed)
        self.v6 = False

    def one_in(self, n):
        return not self.rng.randrange(n)

    def some(self, *choice):
        return self.rng.choice(choice)

    def payload(self):
        return self.rng.randbytes(self.some(0, 1, 2, 3, 8, 31, 100, self.rng.randrange(1300),
                                            self.rng.randrange(1180, 1300)))

    def ports(self, from_host):
        """As they are, or those of a session."""
        if not self.gw.host:
            return self.rng.randrange(65536), self.rng.randrange(65536)
        own = self.some(*BOUND) + (0 if self.v6 else Gateway.SHIFT)
        ports = own, self.some(*PORTS)
        return ports if from_host else ports[::-1]

    def tcp(self, addrs, from_host):
        options = self.rng.randbytes(4 * self.some(0, 0, 1, 5, 10))
        data = struct.pack("!HHIIBBHHH", *self.ports(from_host), self.rng.getrandbits(32),
                           self.rng.getrandbits(32), (5 + len(options) // 4) << 4,
                           self.rng.randrange(256), self.rng.randrange(65536), 0,
                           self.rng.randrange(65536)) + options + self.payload()
        return put(data, 16, 0xffff - sum_words(addrs + struct.pack("!II", len(data), 6) + data))

    def udp(self, addrs, from_host):
        data = self.payload()
        size = len(data) + 8
        data = struct.pack("!HHHH", *self.ports(from_host), size, 0) + data
        value = 0xffff - sum_words(addrs + struct.pack("!II", size, 17) + data)
        if self.v6 or not self.one_in(6):
            data = put(data, 6, value or 0xffff)
        return data + (b"surplus" if self.one_in(10) else b"")

    def echo(self, addrs):
        data = bytes([self.some(128, 129) if self.v6 else self.some(8, 0), self.some(0, 0, 5),
                      0, 0]) + struct.pack("!HH", self.ports(True)[0], 7) + self.payload()
        head = addrs + struct.pack("!II", len(data), 58) if self.v6 else b""
        return put(data, 2, 0xffff - sum_words(head + data))

    def upper(self, addrs, from_host):
        """A protocol and its message; some are damaged behind their header."""
        proto = self.some(6, 17, 1) if self.gw.host else self.some(6, 6, 17, 17, 1,
                                                                  self.some(*OTHERS))
        if proto == 6:
            data = self.tcp(addrs, from_host)
        elif proto == 17:
            data = self.udp(addrs, from_host)
        elif proto == 1:
            proto, data = 58 if self.v6 else 1, self.echo(addrs)
        else:
            data = self.rng.randbytes(8) + self.payload()
        if self.one_in(10) and len(data) > 20:
            data = data[:-1] + bytes([data[-1] ^ 1])
        return proto, data

    def part(self, data):
        """Some fragment: (bytes, offset and M as IPv6 has them)."""
        if self.gw.host or self.one_in(2):
            return data[:self.rng.randrange(24, len(data) + 1) & ~7], 1
        off = self.some(16, 64, 1480, 30000)
        return (data[:len(data) & ~7], off | 1) if self.one_in(2) else (data, off)

    def may_cut(self, data, is_icmp, quoted):
        """Whether to make a fragment: what state there is takes whole packets."""
        return len(data) >= 32 and self.one_in(5) and \
            (quoted or not is_icmp and not self.gw.host)

    def ip4(self, src, dst, proto, data, quoted=False):
        opts = b"".join(self.rng.sample(OPTIONS, 2)) if self.one_in(5) else b""
        off = self.some(0, 0x4000, 0x8000)
        # a first fragment of UDP without checksum does not cross
        if (proto != 17 or word(data, 6)) and self.may_cut(data, proto == 1, quoted):
            data, place = self.part(data)
            off |= place >> 3 | (place & 1) << 13
        head = struct.pack("!BBHHHBBH", 0x45 + len(opts) // 4, self.rng.randrange(256),
                           20 + len(opts) + len(data), self.rng.randrange(65536), off,
                           self.rng.randrange(0 if quoted else 2, 256), proto, 0) + \
            src + dst + opts
        return put(head, 10, int.from_bytes(ip_checksum(head), "big")) + data

    def ip6(self, src, dst, nexthdr, data, quoted=False):
        kinds = [self.some(60, 43) for _ in range(self.some(0, 0, 0, 1, 2))]
        if self.one_in(10):
            kinds.insert(0, 0)
        frag = None
        if self.may_cut(data, nexthdr == 58, quoted):
            data, place = self.part(data)
            frag = place | self.some(0, 6)
        elif self.one_in(7):
            frag = 0	# of nothing else
        ext, tail = b"", [nexthdr]
        if frag is not None:
            ext = struct.pack("!BBHI", nexthdr, self.rng.randrange(256), frag,
                              self.rng.getrandbits(32))
            tail.insert(0, 44)
        kinds += tail
        for i in reversed(range(len(kinds) - len(tail))):
            size = 0 if kinds[i] == 0 else self.some(0, 0, 1, 2)
            what = b"\0\0" if kinds[i] == 43 else bytes([1, 4 + size * 8])
            ext = bytes([kinds[i + 1], size]) + what + bytes(4 + size * 8) + ext
        return struct.pack("!IHBB", 6 << 28 | self.rng.getrandbits(28), len(ext) + len(data),
                           kinds[0], self.rng.randrange(0 if quoted else 2, 256)) + \
            src + dst + ext + data

    def quoted(self, quote, least, unit, most):
        """A quote that is cut, and the length of it if extensions follow."""
        if not self.one_in(3):
            quote = quote[:self.rng.randrange(least, len(quote) + 1)]
        if not unit or not self.one_in(3):
            return quote[:most], 0
        quote = quote[:255 * unit]
        size = max(128, -(-len(quote) // unit) * unit)
        ext = self.rng.randbytes(self.some(4, 8, 20, 40, 421, 640, 900, 1080))
        if size + len(ext) > most:
            return quote[:most], 0
        return quote + bytes(size - len(quote)) + ext, size // unit

    def error6(self, src, dst):
        self.v6 = True
        quote = self.ip6(dst, src, *self.upper(dst + src, False), quoted=True)
        least = len(quote) - len(self.behind6(quote)) + (6 if self.gw.host else 2)
        kind = self.some(1, 1, 2, 3, 3, 4)
        quote, length = self.quoted(quote, least, 8 if kind in (1, 3) else 0, 1232)
        code = {1: self.rng.randrange(6), 3: self.rng.randrange(2),
                4: self.rng.randrange(3)}.get(kind, 0)
        value = {2: self.some(1280, 1300, 1492, 9000, 65536, 0xffffffff),
                 4: self.rng.randrange(48)}.get(kind, length << 24)
        data = struct.pack("!BBHI", kind, code, 0, value) + quote
        data = put(data, 2, 0xffff - sum_words(
            src + dst + struct.pack("!II", len(data), 58) + data))
        return struct.pack("!IHBB", 6 << 28, len(data), 58, 64) + src + dst + data

    @staticmethod
    def behind6(packet):
        """What follows the headers of an IPv6 packet."""
        nexthdr, at = packet[6], 40
        while nexthdr in (0, 43, 44, 60):
            nexthdr, at = packet[at], at + (8 if nexthdr == 44 else (packet[at + 1] + 1) * 8)
        return packet[at:]

    def error4(self, src, dst):
        self.v6 = False
        quote = self.ip4(dst, src, *self.upper(dst + src, True), quoted=True)
        least = (quote[0] & 15) * 4 + (6 if self.gw.host else 2)
        kind = self.some(3, 3, 3, 11, 12)
        code = {3: self.rng.randrange(17), 11: self.rng.randrange(2)}.get(
            kind, self.some(0, 0, 1, 2))
        quote, length = self.quoted(quote, least, 4, 1300)
        value = length << 16
        if (kind, code) == (3, 4):
            value |= self.some(0, 68, 1280, 1400, 1480, 65535)
        elif kind == 12:
            value |= self.rng.randrange(22) << 24
        data = struct.pack("!BBHI", kind, code, 0, value) + quote
        data = put(data, 2, 0xffff - sum_words(data))
        head = struct.pack("!BBHHHBBH", 0x45, self.rng.randrange(256), 20 + len(data), 0,
                           self.some(0, 0x4000), 64, 1, 0) + src + dst
        return put(head, 10, int.from_bytes(ip_checksum(head), "big")) + data

    def packet6(self):
        src, dst = (self.some(*self.gw.forms6(a)) for a in self.rng.sample(ADDRS, 2))
        if self.gw.host:
            src, dst = self.gw.host, self.gw.addr6(self.some(*REMOTES))
        if self.one_in(3):
            return self.error6(src, dst)
        self.v6 = True
        return self.ip6(src, dst, *self.upper(src + dst, True))

    def packet4(self):
        src, dst = self.rng.sample(ADDRS, 2)
        if self.gw.host:
            src, dst = self.some(*REMOTES), self.gw.pool
        if self.one_in(3):
            return self.error4(src, dst)
        self.v6 = False
        return self.ip4(src, dst, *self.upper(src + dst, False))


lab = Lab("siit")


def sides(packets):
    """The wires that packets have to leave by."""
    return {f"v{n}": [p for p in packets if p[0] >> 4 == n] for n in (4, 6)}


def compare(name, gateway, seed, count=240, batch=40):
    """So many packets of either family, and all that must leave for them."""
    source = Source(gateway, seed)
    for way, wire, make, oracle in (("64", lab.v6, source.packet6, gateway.to4),
                                    ("46", lab.v4, source.packet4, gateway.to6)):
        for first in range(0, count, batch):
            sent = [make() for _ in range(batch)]
            wanted = [oracle(p) for p in sent]
            if lab.case(f"{way}: {name}, packets from {first} on", wire, sent,
                        **sides(sum(wanted, []))):	# B-01 C-01 F-10 G-09 G-18
                continue
            for packet, want in zip(sent, wanted):
                lab.case(f"{way}: {packet.hex()}", wire, packet, **sides(want))


def open_sessions(gateway):
    """What errors are about, for each of the ports."""
    for remote in REMOTES:
        dst = str(ipaddress.IPv6Address(gateway.addr6(remote)))
        for own in BOUND:
            layers = [ECHO6("request", own, 1)]
            layers += [UDP(sport=own, dport=port) for port in PORTS]
            layers += [TCP(sport=own, dport=port, flags="S") for port in PORTS]
            lab.exchange(lab.v6, [IPv6(src=HOST, dst=dst) / layer for layer in layers])


lab.ctl("set icmp-node-id off", f"prefix add {NSP}")
compare("plain", Gateway(NSP), 1)
lab.ctl(f"prefix del {NSP}", "prefix add 2001:db8:100::/40",
        "set tos 40 traffic-class zero lowest-ipv6-mtu 1322")
lab.mtu(1500, 1400)
compare("/40 with settings", Gateway("2001:db8:100::/40", mtu4=1400, lowest=1322, tos=40, tclass=0), 2)
lab.mtu(1500, 1500)
lab.ctl("prefix del 2001:db8:100::/40", f"prefix add {NSP}",
        "set tos copy traffic-class copy lowest-ipv6-mtu 1280",
        *(f"eam add {a} {b}" for a, b in TABLE))
for hairpin in ("intrinsic", "simple", "off"):
    lab.ctl(f"set eam-hairpin {hairpin}")
    compare(f"mapped, {hairpin}", Mapped(NSP, TABLE, hairpin), 4, 120)	# I-04 I-08 I-09 I-10 I-11
lab.ctl("instance del default", "instance add default mode nat64", f"prefix add {NSP}",
        f"pool4 add {POOL}/32", *(f"bib add {proto} {HOST}#{own} {POOL}#{own + Gateway.SHIFT}"
                                  for proto in ("udp", "tcp", "icmp") for own in BOUND))
stateful = Gateway(NSP, HOST, POOL)
open_sessions(stateful)
compare("stateful", stateful, 3)
done()
