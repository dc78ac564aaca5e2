# SPDX-License-Identifier: GPL-2.0
"""Packets and what they have to become, from the documents alone."""

import ipaddress
import struct

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6PacketTooBig,
    ICMPv6ParamProblem, ICMPv6TimeExceeded, IPv6, IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting)
from scapy.packet import Raw

__all__ = [
    "ANY_ID", "DF", "ECHO", "ECHO6", "ICMP", "ICMPv6DestUnreach",
    "ICMPv6EchoReply", "ICMPv6EchoRequest", "ICMPv6PacketTooBig",
    "ICMPv6ParamProblem", "ICMPv6TimeExceeded", "IP", "IPv6",
    "IPv6ExtHdrDestOpt", "IPv6ExtHdrFragment", "IPv6ExtHdrHopByHop",
    "IPv6ExtHdrRouting", "MF", "Raw", "TCP", "UDP", "add_words", "cut6",
    "cut4", "df_for", "embed", "error4", "error6", "fill", "from_gw4",
    "from_gw6", "ip4", "ip6", "ip_checksum", "join4", "join6", "piece4", "piece6",
    "sum_words",
    "upper4", "upper6",
]

DF, MF = 2, 1

# Identification of an expected packet that the gateway is free to choose.
ANY_ID = 0xa1d0


def sum_words(data):
    """The ones' complement sum of 16-bit words."""
    number = int.from_bytes(data + bytes(len(data) % 2), "big")
    # 65536 is 1 modulo 65535, so the words add up by themselves
    return number and (number - 1) % 0xffff + 1


def add_words(*words):
    """Ones' complement sum of numbers, never 0."""
    return (sum(words) - 1) % 0xffff + 1


def ip_checksum(header):
    """Checksum of an IPv4 header whose field is 0."""
    return (0xffff - sum_words(header)).to_bytes(2, "big")


def fill(n, start=1):
    """Payload of @n bytes."""
    once = bytes((start + i * 7) & 0xff for i in range(min(n, 256)))
    return (once * (n // 256 + 1))[:n]


def embed(prefix, addr4):
    """RFC 6052 section 2.2, byte by byte."""
    net = ipaddress.IPv6Network(prefix)
    out = bytearray(net.network_address.packed)
    at = net.prefixlen // 8
    for byte in ipaddress.IPv4Address(addr4).packed:
        if at == 8:
            at += 1		# bits 64 to 71
        out[at] = byte
        at += 1
    return str(ipaddress.IPv6Address(bytes(out)))


def df_for(length):
    """RFC 7915 section 5.1: DF of an IPv4 packet that was no fragment."""
    return DF if length > 1260 else 0


def ip4(src, dst, layer, **fields):
    """An expected IPv4 packet: what leaves for an IPv6 packet with @layer."""
    fields = {"id": ANY_ID, "ttl": 63, **fields}
    pkt = IP(src=src, dst=dst, **fields) / layer
    if "flags" not in fields:
        pkt.flags = df_for(len(pkt))
    return IP(bytes(pkt))


def ip6(src, dst, layer, **fields):
    """An expected IPv6 packet: what leaves for an IPv4 packet with @layer."""
    return IPv6(src=src, dst=dst, **{"hlim": 63, **fields}) / layer


def ECHO(kind, ident, seq, data=b"", code=0):
    """An ICMPv4 echo message; @kind is "request" or "reply"."""
    return ICMP(type=8 if kind == "request" else 0, code=code, id=ident,
                seq=seq) / Raw(data)


def ECHO6(kind, ident, seq, data=b"", code=0):
    """The same echo message of ICMPv6."""
    cls = ICMPv6EchoRequest if kind == "request" else ICMPv6EchoReply
    return cls(code=code, id=ident, seq=seq, data=data)


def upper4(pkt):
    """What follows the IPv4 header of a packet, as bytes."""
    data = bytes(pkt)
    return data[(data[0] & 15) * 4:]


def upper6(pkt):
    """What follows the IPv6 header of a packet, as bytes."""
    return bytes(pkt)[40:]


def piece4(src, dst, proto, whole, start, end, ident, more=None, **fields):
    """An IPv4 fragment with bytes @start to @end of the payload @whole."""
    more = end < len(whole) if more is None else more
    return IP(src=src, dst=dst, proto=proto, id=ident, frag=start // 8,
              **{"flags": MF if more else 0, "ttl": 63, **fields}) / \
        Raw(whole[start:end])


def piece6(src, dst, proto, whole, start, end, ident, more=None, **fields):
    """An IPv6 fragment with bytes @start to @end of the payload @whole."""
    more = end < len(whole) if more is None else more
    return IPv6(src=src, dst=dst, nh=44, **{"hlim": 63, **fields}) / \
        IPv6ExtHdrFragment(nh=proto, offset=start // 8, m=int(more), id=ident) / \
        Raw(whole[start:end])


def _cut(make, src, dst, proto, whole, room, ident, fields):
    room -= room % 8
    return [make(src, dst, proto, whole, at, min(at + room, len(whole)),
                 ident, **fields)
            for at in range(0, len(whole), room)]


def cut4(src, dst, proto, whole, room, ident, **fields):
    """All fragments of an IPv4 packet, of at most @room payload bytes."""
    return _cut(piece4, src, dst, proto, whole, room, ident, fields)


def cut6(src, dst, proto, whole, room, ident, **fields):
    """All fragments of an IPv6 packet, of at most @room payload bytes."""
    return _cut(piece6, src, dst, proto, whole, room, ident, fields)


def _error(kind, code, word, quote, pseudo):
    message = struct.pack("!BBHI", kind, code, 0, word) + quote
    value = 0xffff - sum_words(pseudo(len(message)) + message)
    return message[:2] + value.to_bytes(2, "big") + message[4:]


def error4(src, dst, kind, code, quote, word=0, **fields):
    """An ICMPv4 error; @word is the second half of its header."""
    message = _error(kind, code, word, bytes(quote), lambda length: b"")
    return IP(src=src, dst=dst, proto=1, **fields) / Raw(message)


def error6(src, dst, kind, code, quote, word=0, **fields):
    """An ICMPv6 error; @word is the second half of its header."""
    addrs = ipaddress.IPv6Address(src).packed + \
        ipaddress.IPv6Address(dst).packed
    message = _error(kind, code, word, bytes(quote),
                     lambda length: addrs + struct.pack("!II", length, 58))
    return IPv6(src=src, dst=dst, nh=58, **fields) / Raw(message)


def from_gw4(src, offender, kind, code, word=0):
    """The error that the gateway itself sends about an IPv4 packet."""
    data = bytes(offender)
    dst = str(ipaddress.IPv4Address(data[12:16]))
    # RFC 1812 section 4.3.2.5: precedence 6, and 576 bytes at most
    return error4(src, dst, kind, code, data[:548], word, ttl=64, id=ANY_ID,
                  tos=data[1] & 0x1e | 0xc0)


def from_gw6(src, offender, kind, code, word=0, **fields):
    """The error that the gateway itself sends about an IPv6 packet."""
    data = bytes(offender)
    dst = str(ipaddress.IPv6Address(data[8:24]))
    return error6(src, dst, kind, code, data[:1232], word,
                  **{"hlim": 64, **fields})


def _join(pieces, limit):
    """Put fragments together: (payload, identifications), or what is wrong.

    @pieces: (offset, more, identification, length of the packet, payload)
    """
    whole = b""
    for i, (offset, more, _, length, data) in enumerate(pieces):
        last = i == len(pieces) - 1
        if offset != len(whole) or more == last or length > limit:
            return f"piece {i}: offset {offset}, more {more}, {length} bytes"
        whole += data
    return whole, {p[2] for p in pieces}


def join4(packets, limit):
    """Payload of the IPv4 packet that @packets, in order, are pieces of."""
    pieces = []
    for p in packets:
        word = int.from_bytes(p[6:8], "big")
        if word & 0x4000 or ip_checksum(p[:10] + b"\0\0" + p[12:20]) != p[10:12]:
            return "DF or a wrong checksum"
        pieces.append(((word & 0x1fff) * 8, bool(word & 0x2000), p[4:6], len(p), p[20:]))
    return _join(pieces, limit)


def join6(packets, limit):
    """Payload of the IPv6 packet that @packets, in order, are pieces of."""
    pieces = []
    for p in packets:
        if p[6] != 44:
            return "no fragment"
        word = int.from_bytes(p[42:44], "big")
        pieces.append((word & 0xfff8, bool(word & 1), p[44:48], len(p), p[48:]))
    return _join(pieces, limit)
