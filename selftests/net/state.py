#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 240
"""Bindings and sessions: mapping, filtering, TCP states, limits, expiry."""

import ipaddress
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from raw import (  # noqa: E402
    ICMP, IP, TCP, UDP, ICMPv6DestUnreach, ICMPv6EchoRequest, IPv6, Lab, check,
    done, equal, wait_for)

HOST = "2001:db8:6:1::10"
OTHER = "2001:db8:6:1::11"
POOL = "192.0.2.100"
R1, R2, R3, R4 = (f"198.51.100.{n}" for n in (1, 2, 3, 4))
SYN, FIN, RST, ACK, DATA = "S", "FA", "R", "A", "PA"

lab = Lab()
# The prefix is not the well-known one: documentation addresses are not global.
lab.ctl("instance add default mode nat64", "prefix add 2001:db8:64::/96",
        f"pool4 add {POOL}/32 ports 1024-65535")


def v6(addr4, prefix="2001:db8:64::"):
    """The IPv6 form of an IPv4 address, as scapy writes it."""
    return str(ipaddress.IPv6Address(prefix + addr4))


def out(remote, layer, host=HOST, prefix="2001:db8:64::"):
    """Send a packet of the IPv6 host; what comes out on the IPv4 side."""
    lab.v4.pending()
    lab.v6.send(IPv6(src=host, dst=v6(remote, prefix)) / layer)
    return lab.v4.expect()


def back(remote, layer, pool=POOL):
    """Send a packet to the pool; what comes out on the IPv6 side."""
    lab.v6.pending()
    lab.v4.send(IP(src=remote, dst=pool) / layer)
    return lab.v6.expect()


def is_error(pkt):
    return pkt.haslayer(ICMPv6DestUnreach) or (
        pkt.haslayer(ICMP) and pkt[ICMP].type == 3)


def drops(reason, send):
    """Whether send() makes a packet drop for that reason, and nothing else.

    It is counted after all that could follow from it, an error message for
    its sender included.
    """
    before = lab.counter(reason)
    lab.v4.pending()
    lab.v6.pending()
    send()
    counted = wait_for(lambda: lab.counter(reason) == before + 1)
    return counted and all(map(is_error, lab.v4.pending() + lab.v6.pending()))


def send6(remote, layer, host=HOST):
    return lambda: lab.v6.send(IPv6(src=host, dst=v6(remote)) / layer)


def send4(remote, layer, pool=POOL):
    return lambda: lab.v4.send(IP(src=remote, dst=pool) / layer)


def sessions(words=""):
    return lab.json("session list " + words)


def bindings(words=""):
    return lab.json("bib list " + words)


def state(words="proto tcp"):
    rows = sessions(words)
    return rows[0]["state"] if len(rows) == 1 else rows


def forget():
    """Delete all sessions; and with them all dynamic bindings."""
    for proto in ("udp", "tcp", "icmp"):
        lab.ctl(f"session del proto {proto}")
    lab.v4.pending()
    lab.v6.pending()


def test_mapping():
    a = out(R1, UDP(sport=4000, dport=53) / b"x")
    b = out(R2, UDP(sport=4000, dport=5353) / b"x")
    ok = a and b and a.src == b.src == POOL and a.sport == b.sport
    check("UDP: one address and port for all destinations", ok, (a, b))  # H-10 H-11
    port = a.sport if a else 0
    c = out(R1, UDP(sport=4001, dport=53) / b"x")
    check("UDP: another port for another source port",
          c and c.sport != port, c)  # H-02 H-85
    s = [x for x in sessions("proto udp port6 4000") if x["dst4"] == R1]
    want = {"src6": HOST, "src6_port": 4000, "dst6": v6(R1), "dst6_port": 53,
            "src4": POOL, "src4_port": port, "dst4": R1, "dst4_port": 53}
    for x in s:
        x["dst6"] = v6(x["dst6"], "")
    equal("the session has both five-tuples",
          [{k: x[k] for k in want} for x in s], [want])  # H-09
    equal("what a packet has bound is not static",
          {b["static"] for b in bindings()}, {False})
    t = out(R1, TCP(sport=4000, dport=53, flags=SYN))
    equal("TCP has bindings of its own",
          sorted(b["proto"] for b in bindings("port6 4000")), ["tcp", "udp"])  # H-01 H-28
    check("a host keeps its address in all protocols", t and t.src == POOL, t)  # H-83
    e = out(R1, ICMPv6EchoRequest(id=4000, seq=1))
    f = out(R2, ICMPv6EchoRequest(id=4000, seq=1))
    check("ICMP: one identifier for all destinations",
          e and f and e[ICMP].id == f[ICMP].id, (e, f))  # H-50 H-11
    r = back(R1, ICMP(type=0, id=e[ICMP].id, seq=1)) if e else None
    check("ICMP: the identifier comes back",
          r and r.dst == HOST and r.payload.id == 4000, r)  # H-51
    forget()
    equal("a binding ends with its last session", bindings(), [])  # H-04 H-56


def test_filtering():
    a = out(R1, UDP(sport=4100, dport=53) / b"x")
    port = a.sport
    r = back(R3, UDP(sport=777, dport=port) / b"y")
    check("EIF: anybody reaches a bound port",
          r and r.dst == HOST and r.dport == 4100 and r.src == v6(R3), r)  # H-13 H-15
    equal("EIF: the stranger has a session", len(sessions(f"remote {R3}")), 1)
    check("no binding: dropped",
          drops("no_bib", send4(R1, UDP(sport=53, dport=port ^ 1) / b"y")))  # H-12
    check("a UDP binding lets no TCP in",
          drops("no_bib", send4(R1, TCP(sport=53, dport=port, flags=ACK))))  # H-28
    check("no echo without binding",
          drops("no_bib", send4(R1, ICMP(type=8, id=port))))  # H-52
    equal("packets from IPv4 make no binding", len(bindings()), 1)  # K-03
    e = out(R1, ICMPv6EchoRequest(id=7, seq=1))
    lab.ctl("set filtering adf")
    check("ADF: a stranger is refused",
          drops("filtered", send4(R4, UDP(sport=53, dport=port) / b"y")))  # H-14
    equal("ADF: and gets no session", len(sessions(f"remote {R4}")), 0)
    r = back(R1, UDP(sport=54, dport=port) / b"y")
    check("ADF: another port of a known host is let in",
          r and r.sport == 54 and r.dport == 4100, r)  # H-14
    check("ADF: for echo, too",
          drops("filtered", send4(R4, ICMP(type=8, id=e[ICMP].id))))  # H-55
    t = out(R1, TCP(sport=4100, dport=80, flags=SYN))
    check("ADF: for segments of TCP, too",
          drops("filtered", send4(R4, TCP(sport=80, dport=t.sport, flags=ACK))))
    lab.ctl("set filtering eif")
    forget()


def test_static():
    # L-12: what a PCP server would do, by netlink
    lab.ctl(f"bib add udp {HOST}#5000 {POOL}#5000")
    equal("a static binding has no session", [
        (b["port4"], b["static"], b["sessions"]) for b in bindings()],
        [(5000, True, 0)])
    r = back(R1, UDP(sport=9, dport=5000) / b"x")
    check("it lets IPv4 begin", r and r.dst == HOST and r.dport == 5000, r)  # H-03
    a = out(R2, UDP(sport=5000, dport=9) / b"x")
    check("the host uses it", a and a.sport == 5000, a)  # H-03
    forget()
    equal("it stays without sessions", len(bindings()), 1)  # H-03
    for words, what in (
            (f"bib add udp {OTHER}#5000 {POOL}#5000", "IPv4"),
            (f"bib add udp {HOST}#5000 {POOL}#5001", "IPv6"),
            (f"bib add udp {OTHER}#5000 192.0.2.101#5000", "foreign")):
        check(f"a second one of that {what} address is refused",
              lab.try_ctl(words)[0] == 1, lab.try_ctl(words))  # H-02
    equal("and nothing has changed", len(bindings()), 1)
    back(R1, UDP(sport=9, dport=5000) / b"x")
    lab.ctl(f"bib del udp {HOST}#5000 {POOL}#5000")
    equal("deleted with its sessions", (bindings(), sessions()), ([], []))
    check("and gone", drops("no_bib", send4(R1, UDP(sport=9, dport=5000) / b"x")))
    a = out(R1, UDP(sport=5100, dport=9) / b"x")
    lab.ctl(f"bib add udp {HOST}#5100 {POOL}#{a.sport}")
    forget()
    equal("a dynamic binding can be made static", [
        (b["port4"], b["static"]) for b in bindings()], [(a.sport, True)])
    lab.ctl(f"bib del udp {HOST}#5100 {POOL}#{a.sport}")


def segment(side, flags, port, sport=4200):
    """One segment of the connection HOST#sport to R1#80."""
    if side == "v6":
        return out(R1, TCP(sport=sport, dport=80, flags=flags))
    return back(R1, TCP(sport=80, dport=port, flags=flags))


def walk(desc, steps, sport):
    """Segments, each with the state that has to follow it."""
    port = 0
    for side, flags, wanted in steps:
        pkt = segment(side, flags, port, sport)
        if side == "v6" and pkt:
            port = pkt.sport
        got = state("proto tcp") if pkt else "no packet"
        if got != wanted:
            check(desc, False, f"{side} {flags}: {got}, not {wanted}")
            return
    check(desc, True)


OPEN = [("v6", SYN, "v6-init"), ("v4", "SA", "established"),
        ("v6", ACK, "established")]
TCP_WALKS = [
    ("handshake, with the first SYN sent twice",
     [("v6", SYN, "v6-init")] + OPEN),  # H-30 H-38 H-39 H-45
    ("simultaneous open", [("v6", SYN, "v6-init"), ("v4", SYN, "established"),
                           ("v4", "SA", "established")]),  # H-108
    ("other segments do not open", [
        ("v6", SYN, "v6-init"), ("v6", DATA, "v6-init"), ("v4", RST, "v6-init"),
        ("v4", FIN, "v6-init")]),  # H-41
    ("SYN with FIN or RST is no SYN", [
        ("v6", SYN, "v6-init"), ("v4", "SF", "v6-init"),
        ("v4", "SR", "v6-init")]),  # H-115
    ("half close by the host", OPEN + [
        ("v6", FIN, "v6-fin"), ("v4", DATA, "v6-fin"), ("v6", FIN, "v6-fin"),
        ("v4", RST, "v6-fin"), ("v4", FIN, "both-fin")]),  # H-43 H-47 H-48
    ("half close by the server", OPEN + [
        ("v4", FIN, "v4-fin"), ("v6", DATA, "v4-fin"), ("v4", FIN, "v4-fin"),
        ("v6", FIN, "both-fin"), ("v4", ACK, "both-fin"),
        ("v6", RST, "both-fin")]),  # H-42 H-47 H-48 H-100
    ("reset and what follows", OPEN + [
        ("v4", RST, "trans"), ("v6", RST, "trans"), ("v6", DATA, "established"),
        ("v6", RST, "trans"), ("v4", FIN, "established")]),  # H-44 H-102 H-103
    ("reopened by a SYN after both FINs", OPEN + [
        ("v6", FIN, "v6-fin"), ("v4", FIN, "both-fin"), ("v6", SYN, "v6-init"),
        ("v4", "SA", "established")]),  # H-112
    ("reopened by a SYN after a reset", OPEN + [
        ("v4", RST, "trans"), ("v6", SYN, "established")]),  # H-112
]


def test_tcp():
    for n, (desc, steps) in enumerate(TCP_WALKS):
        walk("TCP: " + desc, steps, 4200 + n)
        forget()
    lab.ctl(f"bib add tcp {HOST}#4300 {POOL}#4300")
    pkt = back(R1, TCP(sport=80, dport=4300, flags=SYN))
    equal("TCP: a SYN from IPv4 to a bound port",
          (pkt and pkt.payload.fields.get("dport"), state()), (4300, "v4-init"))  # H-32
    back(R1, TCP(sport=80, dport=4300, flags=SYN))
    equal("TCP: and again", state(), "v4-init")  # H-110
    out(R1, TCP(sport=4300, dport=80, flags="SA"))
    equal("TCP: is answered", state(), "established")  # H-36
    forget()
    pkt = out(R1, TCP(sport=4300, dport=80, flags=DATA))
    check("TCP: a binding carries segments without session to IPv4",
          pkt and pkt.sport == 4300 and pkt.dport == 80, pkt)  # H-33
    pkt = back(R1, TCP(sport=80, dport=4300, flags=DATA))
    check("TCP: and from there",
          pkt and pkt.dst == HOST and pkt.dport == 4300, pkt)  # H-33
    equal("TCP: which makes no session", sessions(), [])  # H-33
    lab.ctl(f"bib del tcp {HOST}#4300 {POOL}#4300")
    for flags in (ACK, DATA, FIN, RST, "SF", "SR", ""):
        check(f"TCP: without binding [{flags}] is dropped",
              drops("no_session",
                    send6(R1, TCP(sport=4301, dport=80, flags=flags))))  # H-34 H-115
    equal("TCP: and leaves nothing behind", (bindings(), sessions()), ([], []))


def test_limits():
    lab.ctl("set max-sessions 3")
    for n in range(3):
        out(R1, UDP(sport=4400, dport=1000 + n) / b"x")
    check("the limit of sessions refuses the next",
          drops("max_sessions", send6(R1, UDP(sport=4400, dport=1003) / b"x")))  # K-01
    check("and leaves no binding behind",
          drops("max_sessions", send6(R1, UDP(sport=4401, dport=1003) / b"x")) and
          len(bindings()) == 1)  # H-23
    check("those that are there go on",
          out(R1, UDP(sport=4400, dport=1001) / b"x"))  # K-19
    check("also from IPv4 it refuses", drops("max_sessions", send4(
        R2, UDP(sport=1, dport=bindings()[0]["port4"]) / b"x")))  # K-01
    forget()
    lab.ctl("set max-sessions 1000", "set max-bib 2")
    for n in range(2):
        out(R1, UDP(sport=4410 + n, dport=9) / b"x")
    check("the limit of bindings refuses the next",
          drops("max_bib", send6(R1, UDP(sport=4412, dport=9) / b"x")))  # K-01
    check("a bound host may have further sessions",
          out(R2, UDP(sport=4410, dport=9) / b"x"))  # K-19
    forget()
    lab.ctl("set max-bib 1000")


def test_exhaustion():
    lab.ctl("set port-hold 0s")
    lab.ctl("pool4 add 192.0.2.101/32 ports 2000-2003 proto udp mark 7",
            f"pool4 del {POOL}/32 ports 1024-65535",
            "pool4 add 192.0.2.102/32 ports 2000-2003 proto udp")
    got = [out(R1, UDP(sport=4500 + n, dport=9) / b"x") for n in range(4)]
    equal("every port of the pool is used once",
          sorted(p.sport for p in got if p), [2000, 2001, 2002, 2003])  # H-85 H-87
    check("then it is exhausted", drops(
        "pool_exhausted", send6(R1, UDP(sport=4504, dport=9) / b"x")))  # H-23
    equal("nobody lost a binding for it", len(bindings()), 4)  # H-23
    check("a host that has a port goes on",
          out(R2, UDP(sport=4500, dport=9) / b"x"))  # K-19
    check("a protocol without pool is dropped", drops(
        "no_pool", send6(R1, TCP(sport=4504, dport=9, flags=SYN))))
    lab.ctl("session del port6 4501")
    pkt = out(R1, UDP(sport=4504, dport=9) / b"x")
    check("a port that is free again is used again",
          pkt and pkt.sport == got[1].sport, pkt)
    lab.ctl("pool4 del 192.0.2.102/32 ports 2000-2003 proto udp")
    equal("a range takes its bindings along", (bindings(), sessions()),
          ([], []))  # H-117
    lab.ctl("pool4 del 192.0.2.101/32 ports 2000-2003 proto udp mark 7",
            f"pool4 add {POOL}/32 ports 1024-65535")


def test_prefixes():
    lab.ctl("prefix add 2001:db8:65::/96")
    a = out(R1, UDP(sport=4600, dport=9) / b"x")
    b = out(R2, UDP(sport=4600, dport=9) / b"x", prefix="2001:db8:65::")
    check("one binding for all prefixes", a and b and a.sport == b.sport, (a, b))
    for remote, prefix in ((R1, "2001:db8:64::"), (R2, "2001:db8:65::")):
        r = back(remote, UDP(sport=9, dport=a.sport) / b"x")
        equal("the answer comes from the prefix that was asked",
              r and r.src, v6(remote, prefix))
    out(R1, UDP(sport=4600, dport=9) / b"x", prefix="2001:db8:65::")
    r = back(R1, UDP(sport=9, dport=a.sport) / b"x")
    equal("and from the one that was asked last",
          (r and r.src, len(sessions(f"remote {R1}"))),
          (v6(R1, "2001:db8:65::"), 1))
    lab.ctl("prefix del 2001:db8:65::/96")
    equal("a prefix takes its sessions along", sessions(), [])  # H-117
    equal("and bindings that have none left", bindings(), [])  # H-04 H-117


def expires(words):
    rows = sessions(words)
    return rows[0]["expires_ms"] if rows else 0


def test_refresh():
    a = out(R1, UDP(sport=4700, dport=9) / b"x")
    start = expires("port6 4700")
    wait_for(lambda: expires("port6 4700") < start - 2000)
    lab.ctl("set refresh-inbound off")
    before = expires("port6 4700")
    back(R1, UDP(sport=9, dport=a.sport) / b"x")
    check("packets from IPv4 need not refresh a session",
          expires("port6 4700") <= before)  # H-19 K-04
    check("those that a filter refuses do not", drops(
        "no_bib", send4(R1, UDP(sport=9, dport=a.sport ^ 1) / b"x")) and
        expires("port6 4700") <= before)  # H-20
    lab.ctl("set refresh-inbound on")
    back(R1, UDP(sport=9, dport=a.sport) / b"x")
    middle = expires("port6 4700")
    check("but do unless it is switched off", middle > before, middle)  # H-19
    wait_for(lambda: expires("port6 4700") < middle - 2000)
    before = expires("port6 4700")
    out(R1, UDP(sport=4700, dport=9) / b"x")
    check("packets from IPv6 do", expires("port6 4700") > before)  # H-18
    check("up to the timeout of the protocol",
          298000 < expires("port6 4700") <= 301000, expires("port6 4700"))  # H-16
    e = out(R1, ICMPv6EchoRequest(id=1, seq=1))
    check("ICMP has a timeout of its own",
          e and 58000 < expires("proto icmp") <= 61000, expires("proto icmp"))  # H-53
    forget()


def test_expiry():
    status, text = lab.try_ctl("set udp-timeout 1s")
    check("a timeout below the minimum of the RFC needs force",
          status == 1, text)  # H-17
    lab.ctl("set tcp-est-timeout 1s udp-timeout 1s icmp-timeout 1s force")
    expired = lab.counter("sessions_expired")
    out(R1, UDP(sport=4800, dport=9) / b"x")
    out(R1, ICMPv6EchoRequest(id=4800, seq=1))
    check("sessions of UDP and ICMP expire, their bindings, too",
          wait_for(lambda: not sessions() and not bindings(), 30))  # H-113 H-04
    equal("which is counted", lab.counter("sessions_expired"), expired + 2)
    port = out(R1, TCP(sport=4801, dport=80, flags=SYN)).sport
    segment("v4", "SA", port)
    check("an established connection does not, it is in transition",
          wait_for(lambda: state() == "trans", 30), sessions())  # H-46
    lab.ctl("set tcp-est-timeout 2h")
    segment("v6", DATA, port, 4801)
    equal("a segment brings it back", state(), "established")  # H-102
    lab.ctl("set tcp-est-timeout 1s tcp-trans-timeout 1s force")
    segment("v6", DATA, port, 4801)
    check("a shorter timeout holds from the next packet on",
          wait_for(lambda: not sessions() and not bindings(), 30),
          sessions())  # H-114 H-104
    out(R1, TCP(sport=4802, dport=80, flags=SYN))
    check("a connection that never opened expires",
          wait_for(lambda: not sessions(), 30), sessions())  # H-40
    port = out(R1, TCP(sport=4803, dport=80, flags=SYN)).sport
    segment("v4", "SA", port)
    segment("v4", FIN, port)
    segment("v6", FIN, port, 4803)
    check("so does one that was closed",
          wait_for(lambda: not sessions(), 30), sessions())  # H-101
    lab.ctl("set udp-timeout 5m icmp-timeout 1m tcp-est-timeout 2h "
            "tcp-trans-timeout 4m")


def test_storm():
    """Many first packets of one source at once: one binding (H-96)."""
    lab.v6.send(*(IPv6(src=HOST, dst=v6(R1)) / UDP(sport=4900, dport=n) / b"x"
                  for n in range(1000, 1500)))
    check("every destination has its session", wait_for(
        lambda: len(sessions("port6 4900")) == 500))
    equal("on one binding", [b["sessions"] for b in bindings("port6 4900")],
          [500])  # H-11 H-96
    equal("deleted by filter",
          lab.json(f"session list remote {R1} remote-port 1234")[0]["dst4_port"],
          1234)	# M-04
    lab.ctl(f"session del remote {R1} remote-port 1234")
    equal("only what matches is", len(sessions()), 499)	# M-04
    forget()
    equal("then all of it", (bindings(), sessions()), ([], []))
    equal("and every port is free again",
          [p["used"] for p in lab.json("pool4 list")], [0])  # H-04


COUNTERS = ("packets_64", "bytes_64", "packets_46", "bytes_46")


def counted(words):
    return [sessions(words)[0][c] for c in COUNTERS]


def test_counters():
    """The first packet takes the long way, the others the short one."""
    out(R1, UDP(sport=4950, dport=9) / b"x")
    lab.ctl("set session-counters on")
    equal("a session from before has no counters",
          counted("port6 4950"), [None] * 4)
    check("nor does the table have them to show",
          "PACKETS_64" not in lab.try_ctl("session list")[1])
    for n in range(3):
        a = out(R1, UDP(sport=4951, dport=9) / bytes(10 + n))
    for n in range(2):
        back(R1, UDP(sport=9, dport=a.sport) / bytes(100 + n))
    equal("packets and bytes of each direction", counted("port6 4951"),
          [3, 3 * 48 + 33, 2, 2 * 28 + 201])
    lab.ctl("set session-counters off")
    e = out(R1, ICMPv6EchoRequest(id=7, seq=1))
    out(R1, UDP(sport=4951, dport=9) / bytes(10))
    equal("who has counters keeps them", counted("port6 4951"),
          [4, 4 * 48 + 43, 2, 2 * 28 + 201])
    equal("who is new has none", counted("proto icmp") if e else None,
          [None] * 4)
    row = next(r for r in lab.try_ctl("session list")[1].splitlines() if "#4951" in r)
    equal("the table has both kinds", row.split()[-4:], ["4", "235", "2", "257"])
    forget()


test_mapping()
test_filtering()
test_static()
test_tcp()
test_limits()
test_exhaustion()
test_prefixes()
test_refresh()
test_expiry()
test_counters()
test_storm()
done()
