#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 120
"""Limits of a subscriber, and ports that nobody gets for a while."""

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
POOL, R4 = "198.51.100.20", "203.0.113.5"
R6 = embed(NSP, R4)
A1, A2, B1 = "2001:db8:6:1::10", "2001:db8:6:1::11", "2001:db8:6:2::10"

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", f"pool4 add {POOL}/32 ports 2000-2999")


def flow(host, sport, dport=53):
    return IPv6(src=host, dst=R6) / UDP(sport=sport, dport=dport) / b"x"


def passes(desc, *packets):
    got6, got4 = lab.exchange(lab.v6, list(packets))
    check(desc, len(got4) == len(packets) and not got6, (got6, got4))
    return [int.from_bytes(p[20:22], "big") for p in got4]


def refused(desc, pkt, reason):
    lab.case(desc, lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 1)], drop=reason)


def forget(proto="udp"):
    lab.ctl(f"session del proto {proto}")


lab.ctl("set subscriber-max-ports 3")
passes("bindings of two hosts of a /64", flow(A1, 1), flow(A1, 2), flow(A2, 1))	# H-91 L-15
refused("the next is refused", flow(A2, 2), "subscriber_ports")	# H-91 X-11
refused("to any host of it", flow(A1, 3), "subscriber_ports")	# H-91 K-05
passes("what is bound goes on, with new sessions, too", flow(A1, 1), flow(A1, 1, 54))	# K-19
passes("another subscriber is not concerned", flow(B1, 1))	# H-91
forget()
passes("when they are gone there is room again", flow(A2, 7), flow(A2, 8), flow(A2, 9))	# H-91
forget()
gauges = {r["name"]: r["value"] for r in lab.json("stats all") if r["gauge"]}
equal("gauges, and the most there was", gauges,
      {"sessions": 0, "bib": 0, "sessions_peak": 5, "bib_peak": 4})	# M-02
lab.ctl("set subscriber-max-ports none subscriber-max-sessions 2 subscriber-prefix-len 128")
passes("sessions of one address", flow(A1, 1), flow(A1, 1, 54))	# H-92
refused("the next is refused, on a binding", flow(A1, 1, 55), "subscriber_sessions")	# H-92
refused("and on a new one", flow(A1, 2), "subscriber_sessions")	# H-92 K-05
passes("another address is another subscriber", flow(A2, 1))	# L-15
forget()
equal("nothing is left", (lab.json("bib list"), lab.json("session list")), ([], []))	# H-23
lab.ctl("set subscriber-max-sessions none subscriber-rate 1")
passes("a session within the rate", flow(A1, 1))	# H-92
got6, got4 = lab.exchange(lab.v6, [flow(A1, 1, 100 + n) for n in range(50)])
check("a burst finds the limit of the rate", len(got4) < 25 and
      lab.drops()["subscriber_rate"] == 50 - len(got4), len(got4))	# H-92
passes("what is there goes on", flow(A1, 1))	# K-19
forget()
lab.ctl("set subscriber-rate none")

# H-93: of a pool of four ports, each is used once
lab.ctl(f"pool4 del {POOL}/32 ports 2000-2999", f"pool4 add {POOL}/32 ports 2000-2003")
first = passes("all ports of a pool", *(flow(A1, 1 + n) for n in range(4)))	# H-93
forget()
equal("are free", [p["used"] for p in lab.json("pool4 list")], [0])	# H-93
pkt, lab.counters = flow(A1, 9), None
lab.case("but nobody gets them yet", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
         drop="pool_exhausted")	# H-93 H-23
for host in (A1, A2):
    lab.ctl(f"bib add udp {host}#7 {POOL}#2002")
    lab.case("unless the operator says who", lab.v4,
             IP(src=R4, dst=POOL) / UDP(sport=53, dport=2002) / b"x",
             v6=[ip6(R6, host, UDP(sport=53, dport=7) / b"x")])	# H-03 H-93
    equal("of that port alone", [p["used"] for p in lab.json("pool4 list")], [1])	# H-93
    lab.ctl(f"bib del udp {host}#7 {POOL}#2002")
equal("which is held again", [p["used"] for p in lab.json("pool4 list")], [0])	# H-93
lab.case("for all others", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
         drop="pool_exhausted")	# H-93
tcp = [IPv6(src=A1, dst=R6) / TCP(sport=1 + n, dport=80, flags="S") for n in range(4)]
passes("connections", *tcp)
forget("tcp")
passes("and again at once", *tcp)	# H-93
forget("tcp")
lab.ctl("set port-hold 1s")
# those from before are held for as long as it was then; a new pool has its own
lab.ctl(f"pool4 del {POOL}/32 ports 2000-2003", f"pool4 add {POOL}/32 ports 3000-3000 proto udp")
passes("one port", flow(A1, 1))
forget()
check("its time comes", lab.wait(lambda: lab.exchange(lab.v6, [flow(A2, 1)])[1], 60))	# H-93
forget()
lab.ctl("set port-hold 0s")
lab.ctl(f"pool4 del {POOL}/32 ports 3000-3000 proto udp", f"pool4 add {POOL}/32 ports 4000-4000")
passes("one port", flow(A1, 1))
forget()
passes("no port is held", flow(A2, 1))	# H-93
lab.check_counters()
done()
