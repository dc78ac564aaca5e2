#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 90
"""Sessions taken as devices receive them: set fast-path ingress."""

import re
import subprocess

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
POOL, R4 = "198.51.100.10", "203.0.113.5"
C6, R6 = "2001:db8:6::5", embed(NSP, R4)
BURST = 32

RULES = """
table inet rules {
	counter v4 {}
	counter v6 {}
	chain verdict {}
	chain forward {
		type filter hook forward priority 0;
		meta nfproto ipv4 meta l4proto udp counter name v4
		meta nfproto ipv6 meta l4proto udp counter name v6
		jump verdict
	}
}
"""

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", f"pool4 add {POOL}/32")
subprocess.run(["ip", "netns", "exec", lab.gw, "nft", "-f", "-"], input=RULES, text=True, check=True)


def seen(name):
    """Packets that FORWARD has seen since it was asked last."""
    text = subprocess.check_output(["ip", "netns", "exec", lab.gw, "nft", "reset", "counter", "inet",
                                    "rules", name], text=True)
    return int(re.search(r"packets (\d+)", text).group(1))


def forth(data=fill(33), **fields):
    return IPv6(src=C6, dst=R6, **fields) / UDP(sport=4000, dport=53) / data


def back(port, data=fill(33), **fields):
    return IP(src=R4, dst=POOL, **fields) / UDP(sport=53, dport=port) / data


def bound():
    """The port that the session has got."""
    _, got4 = lab.exchange(lab.v6, [forth()])
    return int.from_bytes(got4[0][20:22], "big")


def bursts(desc, passed):
    """A burst each way arrives, and FORWARD sees it as @passed says."""
    for way, wire, one, v6, v4 in (
            ("64", lab.v6, forth(), (), [ip4(POOL, R4, UDP(sport=port, dport=53) / fill(33))]),
            ("46", tunnel, back(port), [ip6(R6, C6, UDP(sport=53, dport=4000) / fill(33))], ())):
        lab.exchange(wire, [one] * 2)
        seen("v" + way[1])
        lab.case(f"{way}: {desc}", wire, [one] * BURST, v6=list(v6) * BURST, v4=list(v4) * BURST)
        number = seen("v" + way[1])
        check(f"{way}: {desc}, in FORWARD", passed(number), number)


def test_drop():
    """What rules say takes effect within a second or two."""
    lab.on("nft", "add", "rule", "inet", "rules", "verdict", "meta", "l4proto", "udp", "drop")
    for way, wire, one in (("64", lab.v6, forth()), ("46", tunnel, back(port))):
        check(f"{way}: a rule of FORWARD stops the session",
              lab.wait(lambda w=wire, p=one: lab.exchange(w, [p]) == ([], [])))
        lab.case(f"{way}: for good", wire, [one] * 4)
    lab.on("nft", "flush", "chain", "inet", "rules", "verdict")
    bursts("sessions go on without the rule", lambda n: n < BURST)


def test_unusual():
    """What the short way does not know takes the long one."""
    lab.case("64: hop limit", lab.v6, forth(hlim=1), v6=None, drop="hop_limit")
    lab.case("46: hop limit", tunnel, back(port, ttl=1), v4=None, drop="hop_limit")
    lab.case("46: padding of a link goes", tunnel, bytes(back(port)) + bytes(17),
             v6=[ip6(R6, C6, UDP(sport=53, dport=4000) / fill(33))])
    lab.case("46: no checksum", tunnel, IP(src=R4, dst=POOL) / UDP(sport=53, dport=port, chksum=0),
             v6=[ip6(R6, C6, UDP(sport=53, dport=4000))])
    lab.mtu(1500, 1300)
    lab.case("64: too big", lab.v6, forth(fill(1300)), v6=None, drop="too_big")
    lab.mtu(1500, 1500)


def test_devices():
    """Devices come and go, with a hook each."""
    lab.ip("link add gone type dummy", "link set gone up", "link del gone",
           "link add moved type dummy", f"link set moved netns {lab.peer}")
    subprocess.run(["ip", "-n", lab.peer, "link", "del", "moved"], check=True)
    lab.ip("link del tunnel")
    lab.case("64: the others keep theirs", lab.v6, [forth()] * 4,
             v4=[ip4(POOL, R4, UDP(sport=port, dport=53) / fill(33))] * 4)


port = bound()
tunnel = lab.tunnel("tunnel")
bursts("by the hooks", lambda n: n == BURST)
lab.ctl("set fast-path ingress")
equal("the setting", lab.json("get fast-path")[0]["fast_path"], "ingress")
bursts("past the hooks", lambda n: n < BURST)
test_drop()
test_unusual()
lab.ctl("set fast-path hook")
bursts("by the hooks again", lambda n: n == BURST)
lab.ctl("instance add other mode siit")
text = lab.refusal("-i other set fast-path ingress")
check("not for stateless instances", "only mode nat64" in text, text)
lab.ctl("instance del other", "set fast-path ingress")
test_devices()
lab.check_counters()
done()
