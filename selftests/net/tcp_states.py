#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 240
# kernel: 6.12
"""Every cell of the table of TCP states, and SYNs from IPv4 that wait."""

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
POOL, R4, S4 = "198.51.100.20", "203.0.113.5", "203.0.113.9"
R6, S6 = embed(NSP, R4), embed(NSP, S4)
HOST = "2001:db8:6:1::10"
SYN, FIN, RST, DATA = "S", "FA", "R", "PA"

# RFC 6146 section 3.5.2.2: who sends what, and what becomes of the session:
# state and timer, which is left alone where it is None.
EVENTS = (("v6", SYN), ("v4", SYN), ("v4", "SA"), ("v6", FIN), ("v4", FIN),
          ("v6", RST), ("v4", RST), ("v6", DATA), ("v4", DATA))
EST, TRANS = "est", "trans"
OPEN = (("v6", SYN), ("v4", "SA"))


def same(state, timer):
    return dict.fromkeys(EVENTS, (state, timer))


TABLE = {
    # no session comes of anything else (H-33)
    "closed": ((), {**same(None, None), ("v6", SYN): ("v6-init", TRANS),
                    ("v4", SYN): ("v4-init", TRANS), ("v4", "SA"): ("v4-init", TRANS)}),
    # H-30 H-32
    "v6-init": ((("v6", SYN),), {
        **same("v6-init", None), ("v6", SYN): ("v6-init", TRANS),
        ("v4", SYN): ("established", EST), ("v4", "SA"): ("established", EST)}),
    # H-38 H-39 H-41
    "v4-init": ((("v4", SYN),), {
        **same("v4-init", None), ("v6", SYN): ("established", EST)}),
    # H-36 H-41 H-110
    "established": (OPEN, {
        **same("established", EST), ("v6", FIN): ("v6-fin", None),
        ("v4", FIN): ("v4-fin", None), ("v6", RST): ("trans", TRANS),
        ("v4", RST): ("trans", TRANS)}),
    # H-42 H-43 H-44 H-45
    "v6-fin": (OPEN + (("v6", FIN),), {
        **same("v6-fin", EST), ("v4", FIN): ("both-fin", TRANS)}),
    # H-47 H-48
    "v4-fin": (OPEN + (("v4", FIN),), {
        **same("v4-fin", EST), ("v6", FIN): ("both-fin", TRANS)}),
    # H-47 H-48
    # a SYN of the host opens it anew (H-112)
    "both-fin": (OPEN + (("v6", FIN), ("v4", FIN)), {
        **same("both-fin", None), ("v6", SYN): ("v6-init", TRANS)}),
    # H-100 H-112; a reset that somebody made up ends nothing (K-13)
    "trans": (OPEN + (("v4", RST),), {
        **same("established", EST), ("v6", RST): ("trans", None),
        ("v4", RST): ("trans", None)}),
    # H-102 H-103 H-112
}

lab = Lab("nat64")


def configure():
    lines = ["instance add default mode nat64", f"prefix add {NSP}",
             f"pool4 add {POOL}/32 ports 1024-65535"]
    lines += [f"bib add tcp {HOST}#{4000 + i} {POOL}#{40000 + i}" for i in range(100)]
    lab.restore("\n".join(lines) + "\n")


def send(side, flags, n, remote4=R4):
    """One segment of connection @n, which has to get through as it is."""
    remote6 = embed(NSP, remote4)
    inside = TCP(sport=4000 + n, dport=80, seq=7, flags=flags)
    outside = TCP(sport=40000 + n, dport=80, seq=7, flags=flags)
    if side == "v4":
        for layer in (inside, outside):
            layer.sport, layer.dport = layer.dport, layer.sport
        got6, got4 = lab.exchange(lab.v4, [IP(src=remote4, dst=POOL) / outside])
        return got6 == [bytes(ip6(remote6, HOST, inside))] and not got4
    got6, got4 = lab.exchange(lab.v6, [IPv6(src=HOST, dst=remote6) / inside])
    want = bytes(ip4(POOL, remote4, outside))
    # the identification and the checksum with it are the gateway's
    return not got6 and len(got4) == 1 and got4[0][12:] == want[12:] and \
        got4[0][:4] == want[:4]


def sessions():
    """State and time left, in seconds, by connection."""
    return {s["src6_port"] - 4000: (s["state"], s["expires_ms"] / 1000)
            for s in lab.json("session list proto tcp")}


def near(value, wanted):
    return wanted - 100 < value < wanted + 10


def test_cells():
    """Timers are told apart by settings that change before the event."""
    old = {EST: 10800, TRANS: 600}
    new = {EST: 14400, TRANS: 1200}
    for name, (steps, cells) in TABLE.items():
        lab.ctl("set tcp-est-timeout 3h tcp-trans-timeout 10m")
        for n in range(len(EVENTS)):
            for step in steps:
                send(*step, n)
        before = sessions()
        if steps:
            equal(f"{name}: is reached", {s[0] for s in before.values()}, {name})
        lab.ctl("set tcp-est-timeout 4h tcp-trans-timeout 20m")
        through = [send(*event, n) for n, event in enumerate(EVENTS)]
        after = sessions()
        for n, event in enumerate(EVENTS):
            state, timer = cells[event]
            got = after.get(n, (None, 0))
            if timer is None:
                right = got[1] <= before.get(n, (None, 0))[1]
            else:
                right = near(got[1], new[timer]) and not near(got[1], old[timer])
            check(f"{name}: {event[0]} [{event[1]}] leads to {state}, timer {timer}",
                  through[n] and got[0] == state and right,
                  (through[n], got, before.get(n)))
        lab.ctl("session del proto tcp")
    equal("bindings were none but the configured",
          {b["static"] for b in lab.json("bib list")}, {True})


def come_out(done, seconds=60):
    """All that comes out until done() holds."""
    all6, all4 = [], []

    def look():
        got6, got4 = lab.collect()
        all6.extend(got6)
        all4.extend(got4)
        return done(all6, all4)

    check("it comes to an end", lab.wait(look, seconds), (all6, all4))
    return all6, all4


def test_expiry():
    """H-37 H-40 H-46 H-49 H-101 H-104: what time does to each state."""
    # the collector comes by each second, and sees it between the two
    lab.ctl("set tcp-est-timeout 1s tcp-trans-timeout 10s force")
    names = [n for n in TABLE if n != "closed"]
    for n, name in enumerate(names):
        for step in TABLE[name][0]:
            send(*step, n)
    got6, got4 = come_out(lambda a, b: not sessions())
    equal("sessions have expired in silence", got4, [])	# H-40 H-49 H-101 H-104
    n = names.index("established")
    probe = IPv6(src=R6, dst=HOST, hlim=64) / \
        TCP(sport=80, dport=4000 + n, seq=0, ack=0, flags="A", window=0)
    equal("but the host of the established one has been asked", got6, [bytes(probe)])	# H-46
    lab.ctl("set est-probe off")
    for step in OPEN:
        send(*step, 0)
    got6, got4 = come_out(lambda a, b: not sessions())
    equal("which a setting turns off", (got6, got4), ([], []))	# H-46 X-18
    lab.ctl("set est-probe on tcp-est-timeout 2h tcp-trans-timeout 4m")


def test_late_collector():
    """H-46: a list tells what a packet would find, whether the collector has come or not."""
    def open_udp(port):
        return IPv6(src=HOST, dst=R6) / UDP(sport=port, dport=53) / b"x"

    limit = lab.json("get max-sessions")[0]["max_sessions"]
    lab.exchange(lab.v6, [open_udp(1)])
    # it comes by when a limit is hit, and then not for 8 seconds
    lab.ctl("set max-sessions 1")
    pkt = open_udp(2)
    lab.case("a limit", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)], drop="max_sessions")
    lab.ctl(f"set max-sessions {limit}",
            "set tcp-est-timeout 1s tcp-trans-timeout 10s est-probe off force")
    for step in OPEN:
        send(*step, 0)
    seen = []

    def look():
        seen.append(sessions().get(0, ("gone", 0)))
        return seen[-1][0] != "established"

    check("an established session expires", lab.wait(look, 30), seen)
    check("which is one that ends in the time of TRANS",
          seen[-1][0] == "trans" and seen[-1][1] <= 11, seen[-1])	# H-46
    check("packets find it", send("v4", DATA, 0))	# H-46
    lab.ctl("session del proto tcp", "session del proto udp",
            "set tcp-est-timeout 2h tcp-trans-timeout 4m est-probe on")


def refused(desc, words, why):
    text = lab.refusal(words)
    check(desc, why in text, text)


def test_settings():
    refused("established connections keep 2 hours", "set tcp-est-timeout 7199s", "2h")	# H-105
    refused("opening ones keep 4 minutes", "set tcp-trans-timeout 239s", "4m")	# H-106
    lab.ctl("set tcp-trans-timeout 60s force", "set tcp-trans-timeout 4m")	# H-106
    refused("SYNs wait 6 seconds", "set tcp-syn-timeout 5s", "6s")	# H-107
    got = lab.json("get")[0]
    equal("defaults", [got[k] for k in ("tcp_est_timeout", "tcp_trans_timeout",
                                        "tcp_syn_timeout", "udp_timeout", "icmp_timeout")],
          ["2h", "4m", "6s", "5m", "1m"])	# H-105 H-106 H-107 H-16 H-53


def syn(sport, dport=30000, src=R4):
    return IP(src=src, dst=POOL) / TCP(sport=sport, dport=dport, seq=9, flags="S")


def test_stored():
    before = len(lab.json("bib list"))
    first = syn(1111)
    lab.case("a SYN to a port that nobody has waits", lab.v4, first)	# H-31
    equal("without session or binding",
          (lab.json("session list"), len(lab.json("bib list"))), ([], before))	# H-31 K-03
    lab.case("another one does not", lab.v4, syn(1111), drop="syn_stored")	# H-110
    lab.case("other segments go nowhere", lab.v4,
             IP(src=R4, dst=POOL) / TCP(sport=1111, dport=30000, flags="A"),
             drop="no_bib")	# H-111 H-34
    lab.ctl("set tcp-syn-timeout 1s force")
    second = syn(2222)
    lab.case("a second one", lab.v4, second)	# H-31
    got6, got4 = come_out(lambda a, b: len(b) >= 2)
    tell = [bytes(from_gw4(GW4, p, 3, 3)) for p in (first, second)]
    right = sorted(p[28:] for p in got4) == sorted(p[28:] for p in tell) and \
        all(p[:2] == t[:2] and p[8:10] == t[8:10] and p[12:20] == t[12:20] and p[20:22] == t[20:22]
            for p, t in zip(got4, tell))
    check("in the end their sender is told: port unreachable", right and not got6,
          (got6, got4, tell))	# H-37
    equal("which is counted", lab.drops()["syn_unanswered"], 2)
    lab.ctl("set icmp-errors off")
    lab.case("a third", lab.v4, syn(3333))	# H-37
    check("has waited in vain", lab.wait(lambda: lab.drops()["syn_unanswered"] == 3, 30))
    equal("and nobody is told if errors are off", lab.collect(), ([], []))	# H-37 F-42
    lab.ctl("set icmp-errors on", "set tcp-syn-timeout 6s")


def test_simultaneous():
    """H-32 H-36: both open, and the filter would have refused the first."""
    lab.ctl("set filtering adf")
    lab.case("ADF: a SYN of a stranger waits", lab.v4, syn(80, 40050, S4))	# H-32
    check("the host opens the same connection", send("v6", SYN, 50, S4))	# H-36 H-108
    equal("which is established", {n: s[0] for n, s in sessions().items()}, {50: "established"})	# H-36
    check("and goes on", send("v4", "SA", 50, S4) and send("v6", "SA", 50, S4))	# H-108
    lab.ctl("set filtering eif", "set tcp-syn-timeout 1s force")
    # without a binding, too: the IPv4 host knows the port of the IPv6 host
    lab.case("a SYN to a port that nobody has waits", lab.v4, syn(2601, 2600))	# H-31
    inside = TCP(sport=2600, dport=2601, seq=5, flags="S")
    lab.case("a host opens the same connection, and has that port", lab.v6,
             IPv6(src=HOST, dst=R6) / inside, v4=[ip4(POOL, R4, inside)])	# H-36 H-108
    equal("which is established", [s["state"] for s in lab.json("session list port6 2600")],
          ["established"])	# H-36
    marker = syn(4444)
    lab.case("a SYN that waits after it", lab.v4, marker)
    got6, got4 = come_out(lambda a, b: b)
    equal("is the only one that anybody is told about", [p[28:] for p in got4], [bytes(marker)])	# H-36
    lab.ctl("set tcp-syn-timeout 6s", "session del proto tcp")


def test_policy():
    lab.ctl("set external-tcp drop")
    lab.case("no connections from outside: nobody has the port", lab.v4, syn(5555),
             drop="external_tcp")	# H-35 K-02
    lab.case("nor where somebody has it", lab.v4, syn(5555, 40060), drop="external_tcp")	# H-35
    check("connections from inside", send("v6", SYN, 60) and send("v4", "SA", 60))	# H-35
    lab.case("UDP is not meant", lab.v4, IP(src=R4, dst=POOL) / UDP(sport=1, dport=30000),
             drop="no_bib")	# H-35
    lab.ctl("set external-tcp accept", "session del proto tcp")


def test_cap():
    """K-01 K-02 K-19: no more than 256 wait, whoever sends them."""
    counted = lab.drops()["syn_limit"]
    got6, got4 = lab.exchange(lab.v4, [syn(1 + n, 20000 + n) for n in range(300)])
    equal("a flood of SYNs has no answer", (got6, got4), ([], []))	# K-02
    equal("and finds a limit", lab.drops()["syn_limit"] - counted, 300 - 256)	# K-02
    check("connections go on", send("v6", SYN, 70) and send("v4", "SA", 70))	# K-19
    equal("it makes no state", len(sessions()), 1)	# K-03
    # instance and module go with SYNs that still wait (K-25)


configure()
test_cells()
test_expiry()
test_late_collector()
test_settings()
test_stored()
test_simultaneous()
test_policy()
test_cap()
lab.check_counters()
done()
