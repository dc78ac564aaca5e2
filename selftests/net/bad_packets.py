#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 90
"""Damaged packets, by systematic mutation.

Whatever comes in: the gateway survives, all that leaves is well-formed, what
is damaged never leaves repaired, and nothing leaves for a packet whose header
does not fit its length. The kernel's log is for the runner to judge.
"""

import ipaddress
import random
import struct

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
H4, R4 = "198.51.100.10", "203.0.113.5"
H6, R6 = embed(NSP, H4), embed(NSP, R4)
HOST, POOL = "2001:db8:6:1::10", "198.51.100.20"
GATEWAY = {ipaddress.ip_address(a).packed for a in (GW4, GW6)}
UDPH = UDP(sport=4000, dport=4001)
TCPH = TCP(sport=4000, dport=4001, flags="S", options=[("MSS", 1400), ("NOP", None)] * 2)

lab = Lab("siit")


def transport(data):
    """(protocol, addresses, message) of a whole packet, or None."""
    if len(data) < 20 or data[0] >> 4 == 6 and len(data) < 40:
        return None
    if data[0] >> 4 == 4:
        if int.from_bytes(data[6:8], "big") & 0x3fff:
            return None
        hlen = (data[0] & 15) * 4
        end = int.from_bytes(data[2:4], "big")
        return data[9], data[12:20], data[hlen:end]
    end = 40 + int.from_bytes(data[4:6], "big")
    return data[6], data[8:40], data[40:end]


def intact(data):
    """Whether the transport checksum of a packet is right; None: no idea."""
    parts = transport(data)
    if not parts:
        return None
    proto, addrs, message = parts
    length = len(message)
    if proto == 17:
        if length < 8:
            return None
        length = int.from_bytes(message[4:6], "big")
        if length > len(message) or not int.from_bytes(message[6:8], "big"):
            return None
        message = message[:length]
    elif proto not in (6, 1, 58) or length < 8:
        return None
    if proto == 1:
        return sum_words(message) == 0xffff
    return sum_words(addrs + struct.pack("!II", length, proto) + message) == 0xffff


def ill_formed(data):
    """What is wrong with the headers of a packet that left, or None."""
    if data[0] >> 4 == 4:
        if data[0] != 0x45:
            return "header length"
        if int.from_bytes(data[2:4], "big") != len(data):
            return "total length"
        if ip_checksum(data[:10] + b"\0\0" + data[12:20]) != data[10:12]:
            return "header checksum"
        if data[9] in (0, 43, 44, 58, 60):
            return "protocol"
        return "TTL" if not data[8] else None
    if data[0] >> 4 != 6:
        return "version"
    if int.from_bytes(data[4:6], "big") != len(data) - 40:
        return "payload length"
    return "hop limit" if not data[7] else None


def judge(sent, got, same):
    """What is wrong with what came out for @sent, all intact or all not.

    @same: whether it is of the family that was sent: either not ours at all, or
    an error of the gateway, which has options of its own kind
    """
    whole = intact(sent[0])
    for data in got:
        if not same:
            wrong = ill_formed(data)
            if wrong:
                return f"{wrong}: {data[:80].hex()}"
        now = intact(data)
        if data[12:16] in GATEWAY or data[8:24] in GATEWAY:
            if now is False:
                return f"error with a wrong checksum: {data[:80].hex()}"
        elif now is not None and whole is not None and now != whole:
            return f"intact {whole} became {now}: {data[:80].hex()}"
    return None


def batches(packets):
    """Lists of packets that are all intact, or all not."""
    kinds = {}
    for p in packets:
        kinds.setdefault(intact(p), []).append(p)
    for some in kinds.values():
        for i in range(0, len(some), 200):
            yield some[i:i + 200]


def survive(desc, wire, packets, silent=False):
    """Send all; nothing bad may come out, with @silent nothing at all."""
    bad = None
    count = 0
    for some in batches(packets):
        family = 6 if wire is lab.v6 else 4
        got6, got4 = lab.exchange(wire, [wire.frame(p, family=family) for p in some], raw=True)
        same, other = (got6, got4) if wire is lab.v6 else (got4, got6)
        count += len(other)
        bad = bad or judge(some, other, False) or judge(some, same, True)
        if silent and (got6 or got4):
            bad = bad or f"{len(got6)} and {len(got4)} packets came out: " + \
                (got6 + got4)[0][:80].hex()
    check(f"{desc} ({len(packets)} packets)", not bad, bad)
    return count


def seal4(data):
    """The IPv4 header checksum made right."""
    hlen = max((data[0] & 15) * 4, 20)
    head = data[:10] + b"\0\0" + data[12:hlen]
    return data[:10] + ip_checksum(head) + data[12:] if len(data) >= hlen else data


def flips(data, upto):
    """Every bit of the first @upto bytes flipped, singly."""
    for i in range(min(upto, len(data))):
        for bit in range(8):
            yield i, data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1:]


def bases(src4, dst4, src6, dst6, home4, home6, far4, far6):
    """Packets of either family, name and bytes.

    An IPv4 host sends to @dst4, an IPv6 host to @dst6; the errors quote what
    @home4 or @home6 have sent to @far4 or @far6.
    """
    quote4 = IP(src=home4, dst=far4, ttl=3) / UDPH / b"quoted"
    quote6 = IPv6(src=home6, dst=far6, hlim=3) / UDPH / b"quoted"
    for name, l4, l6 in (("UDP", UDPH / b"some text", None), ("TCP", TCPH / b"some text", None),
                 ("echo", ECHO("request", 4000, 1, b"text"),
                  ECHO6("request", 4000, 1, b"text"))):
        yield 4, name, bytes(IP(src=src4, dst=dst4) / l4)
        yield 6, name, bytes(IPv6(src=src6, dst=dst6) / (l6 or l4))
    yield 4, "error", bytes(error4(src4, dst4, 11, 0, quote4))
    yield 6, "error", bytes(error6(src6, dst6, 3, 0, quote6))
    opts = bytes(IP(src=src4, dst=dst4) / UDPH / b"text")
    opts = b"\x48" + opts[1:2] + (len(opts) + 12).to_bytes(2, "big") + opts[4:20] + \
        b"\7\7\4\0\0\0\0\x83\4\5\0\1" + opts[20:]
    yield 4, "options", seal4(opts)
    ext = bytes(IPv6(src=src6, dst=dst6) / UDPH / b"text")
    ext = ext[:4] + (len(ext) - 40 + 32).to_bytes(2, "big") + b"\0" + ext[7:40] + \
        b"\x3c\0\1\4\0\0\0\0" + b"\x2b\1\1\x0c" + bytes(12) + b"\x11\0\0\0\0\0\0\0" + ext[40:]
    yield 6, "extension headers", ext
    data = upper4(IP(src=src4, dst=dst4) / UDPH / fill(64))
    yield 4, "fragment", bytes(piece4(src4, dst4, 17, data, 0, 32, 7))
    data = upper6(IPv6(src=src6, dst=dst6) / UDPH / fill(64))
    yield 6, "fragment", bytes(piece6(src6, dst6, 17, data, 0, 32, 7))


def mutate(mode, all_bases):
    for family, name, data in all_bases:
        wire = lab.v4 if family == 4 else lab.v6
        desc = f"{mode}: IPv{family} {name}"
        head = len(data) if name in ("error", "extension headers", "options") else \
            min(len(data), 68)
        # K-14 B-16 C-14: the frame ends anywhere, the header knows nothing of it
        survive(f"{desc}, cut at each length", wire,
            [data[:n] for n in range(1, len(data))], silent=True)
        # the header knows: nothing is missing but what the rest needs
        fixed = []
        for n in range(20 if family == 4 else 40, len(data)):
            if family == 4:
                fixed.append(seal4(data[:2] + n.to_bytes(2, "big") + data[4:n]))
            else:
                fixed.append(data[:4] + (n - 40).to_bytes(2, "big") + data[6:n])
        survive(f"{desc}, shortened to each length", wire, fixed)
        if family == 4:
            # B-17: any bit of the header, and the checksum tells
            hlen = (data[0] & 15) * 4
            survive(f"{desc}, each bit of the header flipped", wire,
                [p for _, p in flips(data, hlen)], silent=True)
            sealed = [seal4(p) for i, p in flips(data, hlen) if i not in (10, 11)]
            survive(f"{desc}, and the checksum made right", wire, sealed)
            rest = [p for i, p in flips(data, head) if i >= hlen]
        else:
            rest = [p for _, p in flips(data, head)]
        out = survive(f"{desc}, each bit flipped", wire, rest)
        if name == "UDP":
            check(f"{desc}, most of which go through", out > len(rest) // 4, out)


def test_lengths(src4, dst4, src6, dst6):
    """Lengths that contradict each other, all of them."""
    data = bytes(IP(src=src4, dst=dst4) / UDPH / b"some text")
    bad = []
    for ihl in range(16):
        for total in (*range(0, 64), 0xff, 0x1000, 0xffff):
            if ihl < 5 or total < ihl * 4 or total > len(data):
                p = bytes([0x40 | ihl]) + data[1:2] + total.to_bytes(2, "big") + data[4:]
                bad.append(seal4(p))
    survive("IPv4 header and total length that do not fit", lab.v4, bad, silent=True)	# B-16 B-17
    data = bytes(IPv6(src=src6, dst=dst6) / UDPH / b"some text")
    bad = [data[:4] + n.to_bytes(2, "big") + data[6:]
           for n in (0, *range(len(data) - 39, 300), 0x8000, 0xffff)]
    survive("IPv6 payload length that does not fit", lab.v6, bad, silent=True)	# C-14 C-15
    for version in range(16):
        if version not in (4, 6):
            p4 = bytes([version << 4 | 5]) + bytes(IP(src=src4, dst=dst4) / UDPH)[1:]
            p6 = bytes([version << 4]) + data[1:]
            got = lab.exchange(lab.v4, [lab.v4.frame(seal4(p4), family=4)], raw=True)
            more = lab.exchange(lab.v6, [lab.v6.frame(p6, family=6)], raw=True)
            check(f"IP version {version}", not any(got + more), (got, more))	# B-17


def test_chains(src6, dst6):
    """Extension headers in all orders, of all lengths (C-11 C-20 K-14)."""
    rng = random.Random(64)
    upper = upper6(IPv6(src=src6, dst=dst6) / UDPH / b"text")
    packets = []
    for _ in range(300):
        kinds = [rng.choice((0, 43, 44, 60, 51, 135, 59)) for _ in range(rng.randint(1, 12))]
        kinds.append(17)
        body = b""
        for nxt in kinds[1:]:
            n = rng.choice((0, 0, 1, 3, 255))
            body += bytes([nxt, n, rng.choice((0, 0, 4)), rng.choice((0, 0, 1))]) + \
                bytes(4 + min(n, 3) * 8)
        body += upper
        packets.append(struct.pack("!IHBB", 6 << 28, len(body), kinds[0], 64) +
                   ipaddress.IPv6Address(src6).packed +
                   ipaddress.IPv6Address(dst6).packed + body)
    got = []
    for i in range(0, len(packets), 100):
        got += lab.exchange(lab.v6, packets[i:i + 100])[1]
    bad = [p[:80].hex() for p in got if ill_formed(p)]
    check("extension headers in any order", not bad, bad)	# C-11 C-20
    packets = [struct.pack("!IHBB", 6 << 28, n, 60, 64) +
           ipaddress.IPv6Address(src6).packed + ipaddress.IPv6Address(dst6).packed +
           (b"\x3c\0\1\4\0\0\0\0" * 200)[:n] for n in range(0, 1400, 7)]
    got = lab.exchange(lab.v6, packets)
    check("headers that follow headers to the end", not got[1], got[1][:1])	# C-20 K-14


def test_noise(all_bases):
    """Several bytes at once, at random but the same each time."""
    rng = random.Random(46)
    for family in (4, 6):
        packets = []
        some = [d for f, _, d in all_bases if f == family]
        for _ in range(600):
            data = bytearray(rng.choice(some))
            for _ in range(rng.randint(1, 6)):
                data[rng.randrange(1, len(data))] = rng.choice((0, 1, 0xff, rng.randrange(256)))
            data = bytes(data)
            packets.append(seal4(data) if family == 4 else data)
        survive(f"IPv{family} noise", lab.v4 if family == 4 else lab.v6, packets)


def alive(mode, sent6, want4, sent4, want6):
    lab.case(f"{mode}: the gateway still translates to IPv4", lab.v6, sent6, v4=[want4])
    lab.case(f"{mode}: the gateway still translates to IPv6", lab.v4, sent4, v6=[want6])


lab.ctl(f"prefix add {NSP}")
plain = list(bases(R4, H4, H6, R6, H4, R6, R4, H6))
mutate("siit", plain)
test_lengths(R4, H4, H6, R6)
test_chains(H6, R6)
test_noise(plain)
alive("siit", IPv6(src=H6, dst=R6) / UDPH / b"x", ip4(H4, R4, UDPH / b"x"),
      IP(src=R4, dst=H4) / UDPH / b"x", ip6(R6, H6, UDPH / b"x"))

lab.ctl("instance del default", "instance add default mode nat64", f"prefix add {NSP}",
    f"pool4 add {POOL}/32 ports 1024-65535",
    *(f"bib add {p} {HOST}#{port} {POOL}#{port}" for p in ("udp", "tcp", "icmp")
      for port in (4000, 4001)))
plain = list(bases(R4, POOL, HOST, R6, POOL, R6, R4, HOST))
# a session for each, so that the errors have one to be about
lab.exchange(lab.v6, [IPv6(src=HOST, dst=R6) / UDPH, IPv6(src=HOST, dst=R6) / TCPH])
lab.exchange(lab.v4, [IP(src=R4, dst=POOL) / UDPH])
mutate("nat64", plain)
test_chains(HOST, R6)
test_noise(plain)
alive("nat64", IPv6(src=HOST, dst=R6) / UDPH / b"x", ip4(POOL, R4, UDPH / b"x"),
      IP(src=R4, dst=POOL) / UDPH / b"x", ip6(R6, HOST, UDPH / b"x"))
done()
