#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 120
# kernel: 6.12
"""Blocks of ports for subscribers, and what a log gets to know of them."""

import ipaddress
import json
import os
import re
import subprocess

from packet import *	# noqa: F401,F403

NSP = "2001:db8:64::/96"
R4 = "203.0.113.5"
R6 = embed(NSP, R4)
POOL = "198.51.100.20"
A1, A2, B1 = "2001:db8:6:1::10", "2001:db8:6:1::11", "2001:db8:6:2::10"
SUB_A, SUB_B = "2001:db8:6:1::/64", "2001:db8:6:2::/64"

lab = Lab("nat64")
lab.ctl(f"prefix add {NSP}", f"pool4 add {POOL}/32 ports 1024-4095", "set port-hold 0s")


class Log:
    """What nat64ctl monitor tells."""

    def __init__(self):
        self.proc = subprocess.Popen(["nat64ctl", "-n", lab.gw, "-j", "monitor"],
                                     stdout=subprocess.PIPE)
        os.set_blocking(self.proc.stdout.fileno(), False)
        self.text = b""
        self.lines = []
        # it listens when it tells of something
        lab.wait(self._listens)
        lab.ctl("set tos copy")

    def read(self):
        self.text += self.proc.stdout.read() or b""
        *whole, self.text = self.text.split(b"\n")
        self.lines += [json.loads(line) for line in whole]

    def _listens(self):
        lab.ctl("set tos 1")
        self.read()
        return self.lines

    def take(self):
        """The events since the last time; all have come once a change is told of."""
        lab.ctl("set tos 2", "set tos copy")
        lab.wait(lambda: self.read() or (self.lines and "tos copy" in
                                          self.lines[-1].get("command", "")))
        events = [e for e in self.lines if e["type"] == "event"]
        self.lines = []
        return events


def blocks(events):
    """What is told of blocks, if all of it is."""
    if any("port_min" not in e for e in events):
        return events
    return [(e["event"], e["subscriber"], e["addr4"], e["port_min"], e["port_max"])
            for e in events]


def flow(host, sport, layer=UDP):
    if layer is UDP:
        return IPv6(src=host, dst=R6) / UDP(sport=sport, dport=53) / b"x"
    if layer is TCP:
        return IPv6(src=host, dst=R6) / TCP(sport=sport, dport=80, flags="S")
    return IPv6(src=host, dst=R6) / ECHO6("request", sport, 1)


def send(*packets):
    """Address and port of the sources that leave."""
    got6, got4 = lab.exchange(lab.v6, list(packets))
    return [] if got6 else [
        (str(ipaddress.IPv4Address(p[12:16])),
         int.from_bytes(p[24:26] if p[9] == 1 else p[20:22], "big")) for p in got4]


def forget(words=""):
    for proto in ("udp", "tcp", "icmp"):
        lab.ctl(f"session del proto {proto} {words}".rstrip())


log = Log()
for wrong in ("63", "32769"):
    equal(f"{wrong} is no size", lab.refusal(f"set port-blocks {wrong}"), "exit status 2")
text = lab.refusal("set port-blocks 96")
check("the kernel wants a power of two", "must be a power of two from 64 to 32768" in text, text)
send(flow(A1, 1))
told = log.take()
equal("without blocks each binding is told of", [e["event"] for e in told], ["bib-new"])	# L-01
equal("but not whom it is for", sorted(told[0]), [
    "addr4", "addr6", "event", "instance", "port4", "port6", "proto", "seq", "time",
    "type"])	# L-02
forget()
equal("at its end, too", [e["event"] for e in log.take()], ["bib-del"])	# L-01

lab.ctl("set port-blocks 64")
got = send(*(flow(h, 100 + n, layer) for n, h in enumerate((A1, A2, A1))
             for layer in (UDP, TCP, ICMP)))
told = blocks(log.take())
check("a subscriber gets one block for all its hosts and protocols",
      len(told) == 1 and told[0][:3] == ("block-new", SUB_A, POOL), told)	# L-03
lo, hi = told[0][3:]
check("a block is as long as is set", hi - lo == 63 and lo % 64 == 0 and lo >= 1024, told)
check("its ports are of that block", len(got) == 9 and
      all(a == POOL and lo <= p <= hi for a, p in got), (got, told))	# L-03
check("they are not in turn", len({p - q for (_, p), (_, q) in zip(got, got[1:])}) > 3, got)	# L-11
got = send(flow(B1, 1))
other = blocks(log.take())
check("another subscriber gets another", len(got) == len(other) == 1 and
      other[0][:3] == ("block-new", SUB_B, POOL) and other[0][3] != lo and
      other[0][3] <= got[0][1] <= other[0][4], (got, other))	# L-03
send(*(flow(A1, 1000 + n) for n in range(61)))
equal("the block is used to its end", log.take(), [])	# L-11
got = send(flow(A1, 2000))
more = blocks(log.take())
check("then there is another one", len(got) == len(more) == 1 and
      more[0][:3] == ("block-new", SUB_A, POOL) and
      more[0][3] <= got[0][1] <= more[0][4], (got, more))	# L-03
equal("a flow that is there tells of nothing", (len(send(flow(A1, 2000))), log.take()), (1, []))
forget(f"addr6 {A1}/128 port6 2000")
equal("a block that is not used goes",
      blocks(log.take()), [("block-del",) + more[0][1:]])	# L-03
forget()
gone = sorted(blocks(log.take()))
equal("and so do the others", gone,
      sorted([("block-del",) + told[0][1:], ("block-del",) + other[0][1:]]))	# L-03

# the pool has 48 blocks of 64
hosts = [f"2001:db8:6:{n + 16:x}::1" for n in range(48)]
got = send(*(flow(h, 1) for h in hosts))
told = blocks(log.take())
equal("the pool is given away without holes and twice",
      (len(got), sorted(t[3] for t in told)), (48, list(range(1024, 4096, 64))))	# L-11
pkt = flow(A1, 1)
lab.case("then there is no block left", lab.v6, pkt, v6=[from_gw6(GW6, pkt, 1, 3)],
         drop="pool_exhausted")	# H-23 L-10
equal("which is told of", [(e["event"], e["counter"], e["value"]) for e in log.take()],
      [("pool-exhausted", "pool_exhausted", 1)])	# L-10
check("who has one goes on", send(flow(hosts[0], 2)))	# K-19
forget()
check("all are free again", len(log.take()) == 48)
equal("no port is in use", [p["used"] for p in lab.json("pool4 list")], [0])

# sizes that differ share no port
lab.ctl("set port-blocks 1024")
send(flow(A1, 1))
big = blocks(log.take())
lab.ctl("set port-blocks 64")
send(*(flow(h, 1) for h in hosts[:32]))
small = blocks(log.take())
check("a block of another size is not cut up", len(small) == 32 and
      not [t for t in small if big[0][3] <= t[3] <= big[0][4]], (big, small))
forget()
equal("all of them go", len(log.take()), 33)

# what has begun in a block ends in one
send(flow(A1, 1))
lab.ctl("set port-blocks off")
send(flow(A2, 1))
equal("without blocks again", [e["event"] for e in log.take()], ["block-new", "bib-new"])	# L-01
forget()
equal("each ends as it began", sorted(e["event"] for e in log.take()),
      ["bib-del", "block-del"])	# L-01 L-03
lab.ctl("set port-blocks 64")


def own(host, length=64, size=64, ports=(1024, 4095), addrs=4):
    """RFC 7422 section 2, as the manual page has it: address and first port."""
    number = int(ipaddress.IPv6Address(host)) >> (128 - length) & 0xffffffff
    first = max(ports[0], 1024) + size - 1 & -size
    n = (ports[1] + 1 - first) // size
    return (str(ipaddress.IPv4Address("198.51.100.20") + number % addrs),
            first + number // addrs % n * size)


def block_of(addr, port, size=64):
    return addr, port & -size


lab.ctl(f"pool4 del {POOL}/32 ports 1024-4095", f"pool4 add {POOL}/30 ports 1024-4095",
        "set port-blocks deterministic 64")
equal("the setting is what was set", lab.json("get port-blocks")[0]["port_blocks"],
      "deterministic 64")
saved = lab.saved()
check("and is saved", " port-blocks deterministic 64 " in saved, saved)
lab.restore(saved)
equal("and restored", lab.saved(), saved)
log.take()
hosts = [f"2001:db8:6:{n:x}::1" for n in range(16, 64)]
got = [block_of(*send(flow(h, 1))[0]) for h in hosts]
equal("the block follows from the prefix", got, [own(h) for h in hosts])	# L-04 L-05
check("all of them have their own", len(set(got)) == 48, got)	# L-05
equal("which no log needs", log.take(), [])	# L-05
home = own(hosts[0])
got = send(*(flow(hosts[0], 100 + n, TCP) for n in range(64)))
check("it lasts to its end", {block_of(*g) for g in got} == {home} and
      len({p for _, p in got}) == 64, got)	# L-05 L-06
check("its ports are not in turn", sorted(p for _, p in got) != [p for _, p in got])	# L-06
equal("and needs no log then, either", log.take(), [])	# L-05
got = send(flow(hosts[0], 1000, TCP))
told = blocks(log.take())
equal("the next block is told of", told, [("block-new", f"{hosts[0][:-1]}/64", home[0],
                                           4032, 4095)])	# L-05
equal("and has the port", block_of(*got[0]), (home[0], 4032))	# L-05
# 48 blocks of 4 addresses: 192 subscribers further on they begin anew
twin = f"2001:db8:6:{16 + 192:x}::1"
got = block_of(*send(flow(twin, 1))[0])
told = blocks(log.take())
check("two of them have the same one", own(twin) == home)
check("who comes second gets another, which is told of", got[0] == home[0] and
      told == [("block-new", f"{twin[:-1]}/64", *got, got[1] + 63)], (got, told))	# L-05
forget()
ends = blocks(log.take())
equal("the end of these is told of", sorted(e[0] for e in ends), ["block-del"] * 2)	# L-05
for change in ("set port-blocks deterministic 128", "set subscriber-prefix-len 56",
               "pool4 add 198.51.100.24/32 ports 1024-4095"):
    log.lines = []
    lab.ctl(change)
    lab.wait(lambda: log.read() or log.lines)
    e = log.lines[-1]
    check(f"recorded, with its time: {change}", e["command"].startswith(change) and
          re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", e["time"]), e)	# L-07
host = "2001:db8:6:4000::1"
got = block_of(*send(flow(host, 1))[0], 128)
equal("the new parameters hold", got, own(host, 56, 128, addrs=5))	# L-07
for length, host in ((80, "2001:db8:6:6000:7654:3210::1"), (128, "2001:db8:6:6000::fedc:ba98")):
    lab.ctl(f"set subscriber-prefix-len {length}")
    equal(f"the block of a /{length}", block_of(*send(flow(host, 1))[0], 128),
          own(host, length, 128, addrs=5))	# L-04 L-15
lab.check_counters()
lab.ctl("set port-blocks 64")
send(flow("2001:db8:6:5000::1", 1))
told = blocks(log.take())
lab.ctl("instance del default", "instance add default mode nat64")
equal("an instance goes with blocks in use", blocks(log.take()),
      [("block-del",) + t[1:] for t in told])	# K-25 L-03

# L-08: ports in use that are to be told of, 36 of 40 by default
lab.ctl(f"prefix add {NSP}", f"pool4 add {POOL}/32 ports 2000-2039", "set port-hold 0s")


def alarms(*packets):
    """What bindings that packets make are told of as the last straw."""
    equal(f"{len(packets)} packets are translated", len(send(*packets)), len(packets))
    return [(e["event"], e["proto"], e["addr6"], e["port6"], e["addr4"]) for e in log.take()
            if e["event"].endswith("alarm")]


def flows(first, last, host=A1):
    return [flow(host, n) for n in range(first, last + 1)]


straw = ("port-alarm", "udp", A2, 5, POOL)
equal("few ports in use are no alarm", alarms(*flows(1, 31), *flows(1, 4, A2)), [])	# L-08
equal("nine in ten are", alarms(flow(A2, 5)), [straw])	# L-08
equal("once", alarms(flow(A2, 6)), [])	# L-08
lab.ctl(f"session del addr6 {A2}/128 port6 6")
equal("not again before many are free", alarms(flow(A2, 6)), [])	# L-08
lab.ctl(f"session del addr6 {A2}/128")
equal("then again", alarms(*flows(1, 5, A2)), [straw])	# L-08
equal("other protocols have their own ports",
      alarms(*(flow(A1, n, TCP) for n in range(1, 36))), [])	# L-08
equal("counted", [c["value"] for c in lab.json("stats") if c["name"] == "port_alarms"], [2])	# L-08
forget()
lab.ctl("set port-alarm off")
equal("no alarm if there is to be none", alarms(*flows(1, 40)), [])	# L-08
forget()
lab.ctl("set port-alarm 50 subscriber-max-ports 10")
equal("a subscriber that has few ports", alarms(*flows(1, 4)), [])	# L-08
equal("and half of those it may have", alarms(*flows(5, 6)),
      [("subscriber-alarm", "udp", A1, 5, POOL)])	# L-08
equal("another one is not meant", alarms(*flows(1, 4, B1)), [])	# L-08
forget()
equal("after they are free it is told again", alarms(*flows(1, 5)),
      [("subscriber-alarm", "udp", A1, 5, POOL)])	# L-08
send(*flows(6, 10))
log.take()
lab.exchange(lab.v6, flows(11, 13))
equal("who gets no more is told of once, with the reason",
      [(e["event"], e["counter"], e["value"]) for e in log.take()],
      [("limit", "subscriber_ports", 1)])	# K-05
equal("the setting is what was set", lab.json("get port-alarm")[0]["port_alarm"], 50)
log.proc.terminate()
done()
