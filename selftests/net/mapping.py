#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# kernel: 6.1
"""How hosts and ports are mapped, and that it does not change under pressure."""

import ipaddress
import subprocess

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
R4, RR4 = "203.0.113.5", "203.0.113.77"
R6 = embed(NSP, R4)
HOST, PEER = "2001:db8:6:1::10", "2001:db8:6:2::20"
POOL = "198.51.100.20"

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", "set port-hold 0s port-parity off")


def hosts(n):
    return [f"2001:db8:6:1::{i + 256:x}" for i in range(n)]


def udp(host, sport, dport=53, remote=R4):
    return IPv6(src=host, dst=embed(NSP, remote)) / UDP(sport=sport, dport=dport) / b"x"


def sources(packets):
    """Source address and port or identifier of IPv4 packets."""
    return [(p[12:16], int.from_bytes(p[24:26] if p[9] == 1 else p[20:22], "big"))
            for p in packets]


def send(*packets):
    """What leaves for packets of IPv6 hosts, as long as nobody is told of an error."""
    got6, got4 = lab.exchange(lab.v6, list(packets))
    return [] if got6 else sources(got4)


def forget():
    for proto in ("udp", "tcp", "icmp"):
        lab.ctl(f"session del proto {proto}")


def pool(words):
    """Another pool, and with it no binding."""
    for p in lab.json("pool4 list"):
        lab.ctl(f"pool4 del {p['prefix4']} ports {p['port_min']}-{p['port_max']}")
    lab.ctl(f"pool4 add {words}")


def test_paired():
    """A host has one address for all its protocols."""
    pool("198.51.100.16/28 ports 2000-2999")
    used = set()
    for host in hosts(24):
        got = send(udp(host, 1), IPv6(src=host, dst=R6) / ECHO6("request", 2, 1),
                   IPv6(src=host, dst=R6) / TCP(sport=3, dport=80, flags="S"),
                   IPv6(src=host, dst=R6) / ECHO6("request", 4, 1))
        addrs = {addr for addr, _ in got}
        if len(got) != 4 or len(addrs) != 1:
            check("echo has the address of the host's other bindings", False, (host, got))
            break
        used |= addrs
    else:
        check("echo has the address of the host's other bindings", len(used) > 4, used)	# H-54 H-83
    forget()


def test_one_address():
    """H-84: a host whose address has no port left gets none of another."""
    pool("198.51.100.16/30 ports 4000-4001")
    send(*(udp(HOST, n) for n in (1, 2)))
    pkt = udp(HOST, 3)
    lab.case("64: no port left of the host's address", lab.v6, pkt,
             v6=[from_gw6(GW6, pkt, 1, 3)], drop="pool_exhausted")	# H-84 H-23
    used = {b["addr4"] for b in lab.json("bib list")}
    equal("it has both of one address", (len(used), len(lab.json("bib list"))), (1, 2))	# H-84
    got = [send(udp(h, 1)) for h in hosts(16)]
    check("others had ports", any(g and str(ipaddress.IPv4Address(g[0][0])) not in used
                                  for g in got), (got, used))	# H-84
    forget()


def test_no_refresh():
    """H-24: by what a host answers, to be left alone, no mapping lives longer."""
    pool(f"{POOL}/32 ports 4000-4999")
    port = send(udp(HOST, 9))[0][1]
    asked = IP(src=R4, dst=POOL, ttl=63) / UDP(sport=53, dport=port) / b"q"
    inside = IPv6(src=R6, dst=HOST, hlim=62) / UDP(sport=53, dport=9) / b"q"
    lab.case("46: a question", lab.v4, asked, v6=[ip6(R6, HOST, inside.payload, hlim=62)])
    before = lab.json("session list")
    lab.ctl("set udp-timeout 10m")
    got6, got4 = lab.exchange(lab.v6, [error6(HOST, R6, 1, 4, inside)])
    check("64: which the host refuses", not got6 and
          [(p[12:20], p[20:22]) for p in got4] == [(bytes(asked)[16:20] + bytes(asked)[12:16],
                                                    b"\3\3")], (got6, got4))
    after = lab.json("session list")
    check("does not refresh it", len(after) == 1 and
          after[0]["expires_ms"] <= before[0]["expires_ms"], (before, after))	# H-24
    send(udp(HOST, 9))
    check("as another packet does",
          lab.json("session list")[0]["expires_ms"] > before[0]["expires_ms"])
    lab.ctl("set udp-timeout 5m")
    forget()


def test_pressure():
    """H-25: the last port of a pool is mapped and filtered like the first."""
    pool(f"{POOL}/32 ports 4000-4015")
    port = {h: send(udp(h, 9))[0][1] for h in hosts(16)}
    equal("16 ports for 16 hosts", sorted(port.values()), list(range(4000, 4016)))	# H-25 H-85
    again = {h: {p for _, p in send(*(udp(h, 9, 53 + n, RR4) for n in range(3)))} for h in port}
    equal("mapped for all destinations alike", again, {h: {p} for h, p in port.items()})	# H-25 H-11 H-116
    wrong = []
    for host, ext in port.items():
        sent = IP(src="192.0.2.77", dst=POOL) / UDP(sport=7, dport=ext) / b"y"
        want = ip6(embed(NSP, "192.0.2.77"), host, UDP(sport=7, dport=9) / b"y")
        if lab.exchange(lab.v4, [sent]) != ([bytes(want)], []):
            wrong.append((host, ext))
    equal("open to everybody alike", wrong, [])	# H-25 H-13
    lab.ctl("set filtering adf")
    for i, ext in enumerate((port[hosts(16)[0]], port[hosts(16)[15]])):
        pkt = IP(src="192.0.2.78", dst=POOL) / UDP(sport=7, dport=ext)
        lab.case(f"closed to strangers alike, {i}", lab.v4, pkt,
                 v4=[from_gw4(GW4, pkt, 3, 13)], drop="filtered")	# H-25 H-14
    lab.ctl("set filtering eif")
    forget()


def test_filtering():
    """H-27: TCP and the rest are filtered as each is set."""
    pool(f"{POOL}/32 ports 4000-4999")
    udp_port = send(udp(HOST, 9))[0][1]
    ident = send(IPv6(src=HOST, dst=R6) / ECHO6("request", 9, 1))[0][1]
    tcp_port = send(IPv6(src=HOST, dst=R6) / TCP(sport=9, dport=80, flags="S"))[0][1]
    strangers = iter(range(100, 200))
    for value, refused in (("eif", ()), ("adf", ("udp", "echo", "tcp")), ("adf-tcp", ("tcp",)),
                           ("adf-udp", ("udp", "echo"))):
        lab.ctl(f"set filtering {value}")
        for name, outside, inside in (
                ("udp", UDP(sport=7, dport=udp_port), UDP(sport=7, dport=9)),
                ("echo", ECHO("request", ident, 1), ECHO6("request", 9, 1)),
                ("tcp", TCP(sport=7, dport=tcp_port, flags="PA"),
                 TCP(sport=7, dport=9, flags="PA"))):
            src = f"192.0.2.{next(strangers)}"
            pkt = IP(src=src, dst=POOL) / outside
            if name in refused:
                lab.case(f"{value}: {name} of a stranger is refused", lab.v4, pkt,
                         v4=[from_gw4(GW4, pkt, 3, 13)], drop="filtered")	# H-27 H-14
            else:
                lab.case(f"{value}: {name} of a stranger comes in", lab.v4, pkt,
                         v6=[ip6(embed(NSP, src), HOST, inside)])	# H-27 H-13
    lab.ctl("set filtering eif")
    forget()


def test_no_fallback():
    """H-29: what has no state is not translated, even if its addresses would do."""
    pool(f"{POOL}/32 ports 4000-4000")
    send(udp(HOST, 9))
    pkt = udp(PEER, 9)
    lab.case("64: no port left", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
             drop="pool_exhausted")	# H-29 H-23
    lab.ctl("set max-sessions 1")
    pkt = udp(HOST, 9, 54)
    lab.case("64: no session left", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
             drop="max_sessions")	# H-29 K-01
    lab.case("46: no session left", lab.v4, IP(src=RR4, dst=POOL) / UDP(sport=1, dport=4000),
             drop="max_sessions")	# H-29 K-01
    lab.ctl("set max-sessions 1000")
    forget()
    lab.case("46: a session that has gone", lab.v4, IP(src=R4, dst=POOL) / UDP(sport=53, dport=4000),
             drop="no_bib")	# H-29 H-12
    tcp = IPv6(src=HOST, dst=R6) / TCP(sport=3, dport=80, flags="S")
    send(tcp)
    forget()
    tcp["TCP"].flags = "PA"
    lab.case("64: a connection whose session has gone", lab.v6, tcp, drop="no_session")	# H-29 H-34
    for name, host in (("in no prefix", HOST), ("in the prefix", embed(NSP, "198.51.100.99"))):
        pkt = IPv6(src=host, dst=R6) / TCP(sport=3, dport=80, flags="PA")
        lab.case(f"64: a source {name}", lab.v6, pkt, drop="no_session" if host == HOST
                 else "source_in_prefix")	# H-29 H-05


def test_lookup():
    """H-26: one side by the binding, the other by the prefix, in both passes."""
    pool(f"{POOL}/32 ports 4000-4999")
    lab.ctl(f"bib add udp {HOST}#1000 {POOL}#4100", f"bib add udp {PEER}#1000 {POOL}#4200")
    lab.case("64: source bound, destination by prefix", lab.v6, udp(HOST, 1000),
             v4=[ip4(POOL, R4, UDP(sport=4100, dport=53) / b"x")])	# H-26
    # the remote host has the port that the binding has: it means nothing there
    lab.case("64: a destination port that is bound, too", lab.v6, udp(HOST, 1000, 4200),
             v4=[ip4(POOL, R4, UDP(sport=4100, dport=4200) / b"x")])	# H-26
    lab.case("46: destination bound, source by prefix", lab.v4,
             IP(src=R4, dst=POOL) / UDP(sport=4200, dport=4100) / b"x",
             v6=[ip6(R6, HOST, UDP(sport=4200, dport=1000) / b"x")])	# H-26
    lab.case("hairpin: both passes", lab.v6, udp(HOST, 1000, 4200, POOL),
             v6=[ip6(embed(NSP, POOL), PEER, UDP(sport=4100, dport=1000) / b"x")])	# H-26 H-70
    lab.ctl(f"bib del udp {HOST}#1000 {POOL}#4100", f"bib del udp {PEER}#1000 {POOL}#4200")


def static(lo, hi):
    """Bindings that take all ports from @lo to @hi."""
    saved = lab.saved()
    lab.restore(saved + "".join(f"bib add udp 2001:db8:6:9::1#{p} {POOL}#{p}\n"
                                for p in range(lo, hi + 1)))
    return saved


def test_holes():
    """H-88: no port is likelier for being next to ports that are taken."""
    pool(f"{POOL}/32 ports 2048-3071")
    saved = static(2048, 2559)
    got = [p for _, p in send(*(udp(h, 9) for h in hosts(128)))]
    near = [p for p in got if p < 2560 + 64]
    # one in eight is to be expected; behind the hole a search in turn would
    # put more than half of them
    check("ports behind those that are taken are as likely as any",
          len(got) == len(set(got)) == 128 and len(near) < 40, sorted(got))	# H-88 H-85
    lab.restore(saved)


def test_full():
    """H-95: a search ends, with the last free port or without one."""
    pool(f"{POOL}/32 ports 1024-5119")
    saved = static(1024, 5119)
    pkt = udp(HOST, 9)
    lab.case("no port of 4096 is free", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
             drop="pool_exhausted")	# H-95 H-23
    equal("which leaves nothing behind", lab.json("session list"), [])	# H-23
    lab.ctl(f"bib del udp 2001:db8:6:9::1#3333 {POOL}#3333")
    equal("the only one is found", [p for _, p in send(pkt)], [3333])	# H-95
    pkt = udp(PEER, 9)
    lab.case("and then none again", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
             drop="pool_exhausted")	# H-95 H-23
    # ports are free, but none of the class of the packet's: any of them will do
    lab.restore(saved)
    pool(f"{POOL}/32 ports 1000-5119")
    saved = static(1024, 5119)
    got = [p for _, p in send(udp(HOST, 9000))]
    check("the other class of ports serves when its own is full",
          len(got) == 1 and got[0] < 1024, got)	# H-95 H-81 H-82
    lab.restore(saved)


def test_errors():
    """K-12: an error changes nothing of what it tells about."""
    pool(f"{POOL}/32 ports 4000-4999")
    tcp = IPv6(src=HOST, dst=R6) / TCP(sport=3, dport=80, flags="S")
    port = send(tcp)[0][1]
    lab.exchange(lab.v4, [IP(src=R4, dst=POOL) / TCP(sport=80, dport=port, flags="SA")])
    uport = send(udp(HOST, 9))[0][1]

    def state():
        return {s["proto"]: (s["state"], s["expires_ms"]) for s in lab.json("session list")}

    # what time passes counts down, and so a second refresh would be seen
    start = state()
    lab.wait(lambda: all(start[p][1] - state()[p][1] > 1500 for p in start), 30)
    before = state()
    for name, proto, quote, inner in (
            ("TCP", "tcp", TCP(sport=port, dport=80, flags="R"), TCP(sport=3, dport=80, flags="R")),
            ("UDP", "udp", UDP(sport=uport, dport=53), UDP(sport=9, dport=53))):
        q4, q6 = IP(src=POOL, dst=R4, ttl=3) / quote, IPv6(src=HOST, dst=R6, hlim=3) / inner
        for kind, got in (((3, 1), (1, 0)), ((11, 0), (3, 0)), ((3, 4, 1300), (2, 0, 1320))):
            lab.case(f"46: error {kind[:2]} about {name}", lab.v4,
                     error4(RR4, POOL, *kind[:2], q4, *kind[2:]),
                     v6=[error6(embed(NSP, RR4), HOST, *got[:2], q6, *got[2:], hlim=63)])	# K-12 H-60
        now = state()
        check(f"leaves the session of {name} alone", now.get(proto) and
              now[proto][0] == before[proto][0] and now[proto][1] <= before[proto][1],
              (before, now))	# K-12 H-62
        for what, q in (("another remote host", IP(src=POOL, dst="203.0.113.250") / quote),
                        ("another port", IP(src=POOL, dst=R4) / (
                            TCP(sport=port ^ 1, dport=80) if proto == "tcp" else
                            UDP(sport=uport ^ 1, dport=53)))):
            lab.case(f"46: error about {what}, {name}", lab.v4, error4(RR4, POOL, 3, 1, q),
                     drop="no_session")	# K-12 H-62
    equal("errors make no session", len(lab.json("session list")), 2)	# K-12
    forget()


PREPARED = (f"prefix add {NSP}", "pool4 add 198.51.100.16/28 ports 1024-65535",
            "set port-parity off")


def choices():
    """Address, port and identification that each of 200 hosts gets."""
    got6, got4 = lab.exchange(lab.v6, [udp(host, 4000) for host in hosts(200)])
    if got6 or len(got4) != 200:
        return None
    return [[int.from_bytes(p[a:b], "big") for p in got4] for a, b in ((12, 16), (20, 22), (4, 6))]


def same(a, b):
    return sum(x == y for x, y in zip(a, b))


def apart(numbers):
    """How many different steps lead from one to the next."""
    return len({(b - a) & 0xffff for a, b in zip(numbers, numbers[1:])})


def test_chance():
    """K-15, H-94: nobody can tell what is chosen, also not from before a restart."""
    lab.ctl("instance del default", "instance add default mode nat64", *PREPARED)
    first = choices()
    # of 199 steps between numbers of 16 bits chance makes two the same 0.3 times
    for what, numbers in (("ports", first[1]), ("identifications", first[2])):
        check(f"{what} do not follow from each other", apart(numbers) > 190, numbers)	# K-15
        check(f"{what} come from everywhere", all(
            20 < sum(n >> 14 == part for n in numbers) < 80 for part in range(4)), numbers)	# K-15
    lab.ctl("instance del default", "instance add default mode nat64", *PREPARED)
    again = choices()
    check("an instance that lost its state chooses other ports",
          same(first[1], again[1]) < 3, (first[1], again[1]))	# H-94
    lab.ctl("instance del default")
    subprocess.run(["modprobe", "-r", "nat64"], check=True)
    subprocess.run(["modprobe", "nat64"], check=True)
    lab.ctl("instance add default mode nat64", *PREPARED)
    other = choices()
    check("a module that was loaded anew, too", same(again[1], other[1]) < 3)	# H-94
    check("and other identifications", same(again[2], other[2]) < 3)	# K-15
    # one in sixteen is the same by chance: 12.5 of 200
    equal("without that a host keeps its address", same(first[0], again[0]), 200)	# H-83
    check("its hashes have another key", same(again[0], other[0]) < 40)	# K-15


test_paired()
test_one_address()
test_no_refresh()
test_pressure()
test_filtering()
test_no_fallback()
test_lookup()
test_holes()
test_full()
test_errors()
lab.check_counters()
test_chance()
done()
