# SPDX-License-Identifier: GPL-2.0
"""What RFC 7915 makes of a packet, for packets that nobody has thought of.

A second translator, of bytes in Python, by the text of the documents: sections
4 and 5 of RFC 7915, RFC 6052, RFC 7757, RFC 4884, and one host with static
bindings where there is state (RFC 6146). It takes well-formed packets alone, so
it knows of no refusals but those of ICMP types, codes and pointers.
"""

import ipaddress
import struct

from .build import ANY_ID, embed, ip_checksum, sum_words

__all__ = ["Gateway", "Mapped", "put", "word"]

ICMP4, ICMP6 = 1, 58
# where the checksum of a protocol with a pseudo header is; 33 and 136 are
# DCCP and UDP-Lite, of which quotes are left alone
FIELDS = {6: 16, 17: 6, 33: 6, 136: 6}
ECHO64 = {128: 8, 129: 0}
ECHO46 = {a: b for b, a in ECHO64.items()}
UNREACH64 = {0: (3, 1), 1: (3, 10), 2: (3, 1), 3: (3, 1), 4: (3, 3)}
UNREACH46 = {**dict.fromkeys((0, 1, 5, 6, 7, 8, 11, 12), 0), 3: 4,
             **dict.fromkeys((9, 10, 13, 15), 1)}
POINTER64 = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8, **dict.fromkeys(range(8, 24), 12),
             **dict.fromkeys(range(24, 40), 16)}
POINTER46 = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, **dict.fromkeys(range(12, 16), 8),
             **dict.fromkeys(range(16, 20), 24)}
PLATEAUS = (65535, 32000, 17914, 8166, 4352, 2002, 1492)


def word(data, at):
    return int.from_bytes(data[at:at + 2], "big")


def put(data, at, value):
    return data[:at] + value.to_bytes(2, "big") + data[at + 2:]


def replace(data, at, old, new, is_udp=False):
    """The checksum at @at for the words of @new instead of those of @old."""
    field = word(data, at)
    if is_udp and not field:
        return data
    value = 0xffff - (0xffff - field - sum_words(old) + sum_words(new)) % 0xffff
    if value == 0xffff:
        value = 0
    return put(data, at, value or 0xffff if is_udp else value)


def pseudo6(src, dst, length):
    return src + dst + struct.pack("!II", length, ICMP6)


def layout6(data):
    """Where things are in an IPv6 packet or the start of one."""
    nexthdr, at, frag = data[6], 40, None
    while nexthdr in (0, 43, 60):
        nexthdr, at = data[at], at + (data[at + 1] + 1) * 8
    if nexthdr == 44:
        off = word(data, at + 2)
        frag = off & 0xfff8, off & 1, word(data, at + 6)
        nexthdr, at = data[at], at + 8
    return nexthdr, at, frag, 40 + word(data, 4) - at


def fit(quote, ext, unit, room):
    """A quote and its extensions in @room bytes, and the length attribute."""
    if not unit or not ext or len(ext) + 128 > room:
        return quote[:room], 0
    quote = quote[:min((room - len(ext)) // unit, 255) * unit]
    size = max(128, -(-len(quote) // unit) * unit)
    return quote + bytes(size - len(quote)) + ext, size // unit


def split(message, length):
    """The quote and the extensions of an ICMP error."""
    if length < 128 or length > len(message) - 8:
        return message[8:], b""
    ext = message[8 + length:]
    return message[8:8 + length], ext if len(ext) >= 4 else b""


class Gateway:
    """What the translator is configured to.

    With @host and @pool it is stateful: @host's ports from 4000 on are bound to
    those of @pool from 40000 on.
    """

    SHIFT = 36000

    def __init__(self, prefix, host=None, pool=None, mtu6=1500, mtu4=1500,
                 lowest=1280, tos=None, tclass=None):
        self.prefix, self.mtu6, self.mtu4, self.lowest = prefix, mtu6, mtu4, lowest
        self.tos, self.tclass = tos, tclass
        self.host = host and ipaddress.IPv6Address(host).packed
        self.pool = pool and ipaddress.IPv4Address(pool).packed

    def addr6(self, addr4):
        """The IPv6 form of an address."""
        if addr4 == self.pool:
            return self.host
        addr4 = str(ipaddress.IPv4Address(addr4))
        return ipaddress.IPv6Address(embed(self.prefix, addr4)).packed

    def forms6(self, addr4):
        """All IPv6 addresses that become @addr4."""
        return [self.addr6(addr4)]

    def pair6(self, packet):
        """The addresses that an IPv4 packet gets."""
        return self.addr6(packet[12:16]) + self.addr6(packet[16:20])

    def quoted6(self, quote):
        """The addresses that a quoted IPv4 packet gets."""
        return self.addr6(quote[12:16]) + self.addr6(quote[16:20])

    def addr4(self, addr6):
        """The IPv4 form of an address."""
        if addr6 == self.host:
            return self.pool
        at = int(self.prefix.split("/")[1]) // 8
        rest = addr6[at:] if at > 8 else addr6[at:8] + addr6[9:]
        return rest[:4]

    def head4(self, tos, length, ident, off, ttl, proto, addrs):
        head = struct.pack("!BBHHHBBH", 0x45, tos if self.tos is None else self.tos,
                           length, ident, off, ttl, proto, 0) + addrs
        return head[:10] + ip_checksum(head) + head[12:]

    def head6(self, tos, length, ident, off, ttl, nexthdr, addrs):
        tos = tos if self.tclass is None else self.tclass
        if off is None:
            return struct.pack("!IHBB", 6 << 28 | tos << 20, length, nexthdr, ttl) + addrs
        return struct.pack("!IHBB", 6 << 28 | tos << 20, length + 8, 44, ttl) + addrs + \
            struct.pack("!BBHI", nexthdr, 0, off, ident)

    def ports(self, data, ends, shift):
        """Source and destination port, the host's shifted."""
        ports = [word(data, 0), word(data, 2)]
        for i, end in enumerate(ends):
            if end in (self.host, self.pool) and self.host:
                ports[i] += shift
        return struct.pack("!HH", *ports)

    def upper(self, proto, data, old, new, shift, quoted):
        """A transport header, and what there is of it in a quote."""
        at = FIELDS.get(proto)
        if not at or quoted and proto in (33, 136):
            return data
        half = len(old) // 2
        if self.host and len(data) >= 4:
            ports = self.ports(data, (old[:half], old[half:]), shift)
            old, new, data = old + data[:4], new + ports, ports + data[4:]
        if len(data) < at + 2:
            return data
        return replace(data, at, old, new, proto in (17, 136))

    def echo(self, data, types, shift, old, new):
        """An echo message; @old and @new are of the pseudo header."""
        out = bytes([types[data[0]]]) + data[1:]
        if self.host and len(data) >= 6:
            out = put(out, 4, word(data, 4) + shift)
        if len(data) < 4:
            return out
        return replace(out, 2, old + data[:2] + data[4:6], new + out[:2] + out[4:6])

    def quote4(self, quote):
        """A quoted IPv6 packet as IPv4 packet."""
        nexthdr, at, frag, length = layout6(quote)
        old = quote[8:40]
        new = self.addr4(quote[8:24]) + self.addr4(quote[24:40])
        data = quote[at:at + length]
        proto = ICMP4 if nexthdr == ICMP6 else nexthdr
        if frag:
            ident, off = frag[2], frag[0] >> 3 | frag[1] << 13
        else:
            ident, off = 0, 0x4000 if length > 1240 else 0
        head = self.head4(word(quote, 0) >> 4 & 0xff, 20 + length, ident, off, quote[7],
                          proto, new)
        if not (frag and frag[0]):
            data = self.echo(data, ECHO64, self.SHIFT, pseudo6(old[:16], old[16:], length),
                             b"") if proto == ICMP4 else \
                self.upper(proto, data, old, new, self.SHIFT, True)
        return head + data

    def quote6(self, quote):
        """A quoted IPv4 packet as IPv6 packet."""
        at, off = (quote[0] & 15) * 4, word(quote, 6)
        length = word(quote, 2) - at
        old, new = quote[12:20], self.quoted6(quote)
        data = quote[at:at + length]
        nexthdr = ICMP6 if quote[9] == ICMP4 else quote[9]
        frag = (off & 0x1fff) << 3 | off >> 13 & 1 if off & 0x3fff else None
        head = self.head6(quote[1], length, word(quote, 4), frag, quote[8], nexthdr, new)
        if not off & 0x1fff:
            data = self.echo(data, ECHO46, -self.SHIFT, b"",
                             pseudo6(new[:16], new[16:], length)) if nexthdr == ICMP6 else \
                self.upper(nexthdr, data, old, new, -self.SHIFT, True)
        return head + data

    def error4(self, data):
        """An ICMPv6 error as ICMP error, or None."""
        kind, code, value = data[0], data[1], int.from_bytes(data[4:8], "big")
        quote, ext = split(data, data[4] * 8 if kind in (1, 3) else 0)
        second = 0
        if kind == 1:
            told = UNREACH64.get(code)
        elif kind == 2:
            told = 3, 4
            less = 28 if layout6(quote)[2] else 20
            second = max(0, min(value - less, self.mtu4, self.mtu6 - 20))
        elif kind == 3:
            told = 11, code
        elif code == 0:
            told = (12, 0) if value in POINTER64 else None
            second = POINTER64.get(value, 0) << 24
        else:
            told = (3, 2) if code == 1 else None
        if not told:
            return None
        quote, length = fit(self.quote4(quote), ext, 4, 1240 - 28)
        out = struct.pack("!BBHI", *told, 0, second | length << 16) + quote
        return put(out, 2, 0xffff - sum_words(out))

    def error6(self, data, src6, dst6):
        """An ICMP error as ICMPv6 error, or None."""
        kind, code, told = data[0], data[1], None
        quote, ext = split(data, data[5] * 4)
        second, unit = 0, 0
        if kind == 3 and code == 2:
            told, second = (4, 1), 6
        elif kind == 3 and code == 4:
            mtu = word(data, 6) or next((p for p in PLATEAUS if p < word(quote, 2)), 0)
            told = 2, 0
            second = max(1280, min(mtu + 20, self.mtu6, self.mtu4 + 20))
        elif kind == 3 and code in UNREACH46:
            told, unit = (1, UNREACH46[code]), 8
        elif kind == 11:
            told, unit = (3, code), 8
        elif kind == 12 and code in (0, 2) and data[4] in POINTER46:
            told, second = (4, 0), POINTER46[data[4]]
        if not told:
            return None
        quote, length = fit(self.quote6(quote), ext, unit, 1280 - 48)
        out = struct.pack("!BBHI", *told, 0, second | length << 24) + quote
        return put(out, 2, 0xffff - sum_words(pseudo6(src6, dst6, len(out)) + out))

    def to4(self, packet):
        """The IPv4 packets that leave for an IPv6 packet."""
        nexthdr, at, frag, length = layout6(packet)
        old = packet[8:40]
        new = self.addr4(packet[8:24]) + self.addr4(packet[24:40])
        data = packet[at:at + length]
        if nexthdr == ICMP6:
            data = self.echo(data, ECHO64, self.SHIFT, pseudo6(old[:16], old[16:], length),
                             b"") if data[0] in ECHO64 else self.error4(data)
            if data is None:
                return []
        elif not (frag and frag[0]):
            data = self.upper(nexthdr, data, old, new, self.SHIFT, False)
        ident, off = (frag[2], frag[0] >> 3 | frag[1] << 13) if frag else \
            (ANY_ID, 0x4000 if len(data) > 1240 else 0)
        return [self.head4(word(packet, 0) >> 4 & 0xff, 20 + len(data), ident, off,
                           packet[7] - 1, ICMP4 if nexthdr == ICMP6 else nexthdr, new) + data]

    def udp(self, data, new):
        """UDP without checksum: RFC 7915 section 4.5, its second choice."""
        if self.host:
            data = self.ports(data, (None, self.pool), -self.SHIFT) + data[4:]
        length = word(data, 4)
        value = 0xffff - sum_words(new + struct.pack("!II", length, 17) + data[:length])
        return put(data, 6, value or 0xffff)

    def pieces(self, packet, nexthdr, addrs, data, frag):
        """@data in one IPv6 packet, or as section 4.1 has it fragmented."""
        tos, ident, ttl = packet[1], word(packet, 4), packet[8] - 1
        limit = self.mtu6 if packet[6] & 0x40 else min(self.lowest, self.mtu6)
        size = 40 + (0 if frag is None else 8) + len(data)
        if size <= limit:
            return [self.head6(tos, len(data), ident, frag, ttl, nexthdr, addrs) + data]
        room = limit - 48 & ~7
        out, start = [], frag or 0
        for at in range(0, len(data), room):
            more = start & 1 or at + room < len(data)
            part = data[at:at + room]
            out.append(self.head6(tos, len(part), ident, (start & ~1) + at | more, ttl,
                                  nexthdr, addrs) + part)
        return out

    def to6(self, packet):
        """The IPv6 packets that leave for an IPv4 packet."""
        at, off = (packet[0] & 15) * 4, word(packet, 6)
        old, new = packet[12:20], self.pair6(packet)
        data = packet[at:word(packet, 2)]
        nexthdr = ICMP6 if packet[9] == ICMP4 else packet[9]
        frag = (off & 0x1fff) << 3 | off >> 13 & 1 if off & 0x3fff else None
        if nexthdr == ICMP6 and data[0] in ECHO46:
            data = self.echo(data, ECHO46, -self.SHIFT, b"",
                             pseudo6(new[:16], new[16:], len(data)))
        elif nexthdr == ICMP6:
            data = self.error6(data, new[:16], new[16:])
            return [self.head6(packet[1], len(data), 0, None, packet[8] - 1, ICMP6, new) +
                    data] if data else []
        elif nexthdr == 17 and frag is None and not word(data, 6):
            data = self.udp(data, new)
        elif not off & 0x1fff:
            data = self.upper(nexthdr, data, old, new, -self.SHIFT, False)
        return self.pieces(packet, nexthdr, new, data, frag)


class Mapped(Gateway):
    """The same with explicit mappings, (IPv4 prefix, IPv6 prefix) each."""

    def __init__(self, prefix, table, hairpin):
        super().__init__(prefix)
        self.table = [tuple(ipaddress.ip_network(n) for n in pair) for pair in table]
        self.hairpin = hairpin
        self.simple = hairpin == "simple"

    def find(self, addr, side):
        """The longest of the mappings that an address is in, or None."""
        found = [pair for pair in self.table if ipaddress.ip_address(addr) in pair[side]]
        return max(found, key=lambda pair: pair[side].prefixlen, default=None)

    def move(self, addr, side):
        """What becomes of an address of one side by its mapping, or None."""
        pair = self.find(addr, side)
        if not pair:
            return None
        bits = "".join(f"{b:08b}" for b in addr)[pair[side].prefixlen:]
        to = pair[1 - side]
        bits = "".join(f"{b:08b}" for b in to.network_address.packed)[:to.prefixlen] + bits
        size = to.max_prefixlen
        return int(bits[:size].ljust(size, "0"), 2).to_bytes(size // 8, "big")

    def addr6(self, addr4):
        return self.move(addr4, 0) or super().addr6(addr4)

    def addr4(self, addr6):
        return self.move(addr6, 1) or super().addr4(addr6)

    def forms6(self, addr4):
        forms = [self.addr6(addr4), super().addr6(addr4)]
        return [form for form in forms if self.addr4(form) == addr4]

    def is_error(self, packet):
        at = (packet[0] & 15) * 4
        return packet[9] == ICMP4 and not word(packet, 6) & 0x1fff and packet[at] not in (0, 8)

    def pair6(self, packet):
        """Rules 1 and 3 of RFC 7757 section 4.2.1."""
        src, dst = packet[12:16], self.addr6(packet[16:20])
        at = (packet[0] & 15) * 4 + 8
        if self.simple and not (self.is_error(packet) and packet[at + 16:at + 20] != src):
            return super().addr6(src) + dst
        return self.addr6(src) + dst

    def quoted6(self, quote):
        """Rule 2."""
        if self.simple:
            return self.addr6(quote[12:16]) + super().addr6(quote[16:20])
        return super().quoted6(quote)

    def turns(self, packet):
        """Whether an IPv6 packet makes a U-turn, RFC 7757 section 4.2.2."""
        nexthdr, at, _, _ = layout6(packet)
        to = packet[24:40]
        if nexthdr == ICMP6 and packet[at] not in ECHO64:
            to = packet[at + 16:at + 32]
        return self.hairpin == "intrinsic" and not self.find(to, 1) and \
            self.find(self.addr4(to), 0)

    def to4(self, packet):
        if not self.turns(packet):
            return super().to4(packet)
        mtu4, self.mtu4, self.simple = self.mtu4, 65535, True
        out = []
        for turned in super().to4(packet):
            out += self.to6(turned[:8] + bytes([turned[8] + 1]) + turned[9:])
        self.mtu4, self.simple = mtu4, False
        return out
