#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 240
"""Bindings and sessions while several CPUs and the operator want them."""

import mmap
import os
import random
import signal
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from raw import (  # noqa: E402
    IP, TCP, UDP, Ether, ICMPv6EchoRequest, IPv6, Lab, check, done, equal,
    wait_for)

POOLS = ("192.0.2.100", "192.0.2.101")
PREFIXES = ("2001:db8:64::", "2001:db8:65::")
REMOTES = [f"198.51.100.{n}" for n in range(1, 6)]
SETUP = ("instance add default mode nat64", f"prefix add {PREFIXES[0]}/96",
         f"prefix add {PREFIXES[1]}/96",
         f"pool4 add {POOLS[0]}/32 ports 2000-2999",
         f"pool4 add {POOLS[1]}/32 ports 2000-2999")

random.seed(6146)
lab = Lab()
lab.ctl(*SETUP)


def frame(wire, pkt):
    return bytes(Ether(src=wire.mac, dst=wire.peer_mac) / pkt)


def layer6(n):
    port = 4000 + n // 3
    return (UDP(sport=port, dport=53) / b"x", TCP(sport=port, dport=80, flags="S"),
            ICMPv6EchoRequest(id=port, seq=1))[n % 3]


def flows6(count):
    """New flows, in the order of chance: (host, remote, prefix, what)."""
    return [(f"2001:db8:6:1::{random.randrange(1, 41):x}",
             random.choice(REMOTES), random.choice(PREFIXES), n % 60)
            for n in range(count)]


def frames6(flows):
    return [frame(lab.v6, IPv6(src=host, dst=prefix + remote) / layer6(n))
            for host, remote, prefix, n in flows]


def frames4(count):
    """What strangers send to the pool."""
    return [frame(lab.v4, IP(src=random.choice(REMOTES),
                             dst=random.choice(POOLS)) /
                  (UDP(sport=53, dport=random.randrange(2000, 3000)) / b"y"
                   if n % 2 else
                   TCP(sport=80, dport=random.randrange(2000, 3000),
                       flags=random.choice(("S", "SA", "R", "FA")))))
            for n in range(count)]


def sender(wire, frames):
    """A process that sends these frames, over and over again."""
    pid = os.fork()
    while not pid:
        for n, data in enumerate(frames):
            wire.sock.send(data)
            # leave the operator some of the CPU
            if n % 50 == 0:
                time.sleep(0.02)
    return pid


def twins(wire, frames):
    """Two processes on CPUs of their own that send each frame together."""
    at = mmap.mmap(-1, 16)
    pids = []
    for me in range(2):
        pids.append(os.fork())
        if pids[-1]:
            continue
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-me]})
        for n, data in enumerate(frames):
            struct.pack_into("=Q", at, 8 * me, n + 1)
            while struct.unpack_from("=Q", at, 8 - 8 * me)[0] <= n:
                pass
            wire.sock.send(data)
        os._exit(0)
    return pids


def wait_senders(pids):
    return [os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in pids]


def consistent(desc):
    """What the tables say of each other while nobody sends."""
    bibs, sessions = lab.json("bib list"), lab.json("session list")
    for side in "46":
        keys = {(b["proto"], b["addr" + side], b["port" + side]) for b in bibs}
        equal(f"{desc}: each IPv{side} transport address is bound once",
              len(keys), len(bibs))  # H-02 H-85
    equal(f"{desc}: every session is on a binding",
          sum(b["sessions"] for b in bibs), len(sessions))  # H-04
    check(f"{desc}: no binding is without session",
          all(b["sessions"] for b in bibs))  # H-04
    equal(f"{desc}: pool4 counts as many ports as are bound",
          sum(p["used"] for p in lab.json("pool4 list")), len(bibs))
    return bibs, sessions


def forget(desc):
    for proto in ("udp", "tcp", "icmp"):
        lab.ctl(f"session del proto {proto}")
    equal(f"{desc}: all of it can be deleted",
          (lab.json("bib list"), lab.json("session list")), ([], []))
    equal(f"{desc}: and every port is free",
          {p["used"] for p in lab.json("pool4 list")}, {0})


def test_same_packets():
    """The same first packets on two CPUs at once (H-96)."""
    flows = flows6(600)  # so many that the tables grow under them
    frames = frames6(flows)
    equal("both senders are through", wait_senders(twins(lab.v6, frames)),
          [0, 0])
    # IPv4 can not tell two prefixes apart: one session for both
    wanted = len({(host, remote, n) for host, remote, _, n in flows})
    check("every flow has one session", wait_for(
        lambda: len(lab.json("session list")) == wanted), wanted)
    bibs, _ = consistent("same packets")
    sources = {(host, n) for host, _, _, n in flows}
    equal("every source has one binding", len(bibs), len(sources))  # H-11 H-96
    forget("same packets")


def operate(rounds):
    """Everything an operator can take away from under a packet."""
    for n in range(rounds):
        lab.ctl("session del proto udp",
                f"pool4 del {POOLS[1]}/32 ports 2000-2999",
                f"prefix del {PREFIXES[1]}/96",
                f"pool4 add {POOLS[1]}/32 ports 2000-2999",
                f"prefix add {PREFIXES[1]}/96",
                f"set filtering {'adf' if n % 2 else 'eif'}",
                f"set max-sessions {300 + 500 * (n % 3)}")
        lab.json("bib list")
        lab.json("session list remote 198.51.100.1")
        lab.try_ctl(f"bib add udp 2001:db8:6:1::1#4000 {POOLS[0]}#2500")
        lab.try_ctl(f"bib del udp 2001:db8:6:1::1#4000 {POOLS[0]}#2500")
        if n % 4 == 3:
            lab.ctl("instance del default", *SETUP)


def test_operator():
    pids = [sender(lab.v6, frames6(flows6(500))),
            sender(lab.v6, frames6(flows6(500))),
            sender(lab.v4, frames4(400))]
    try:
        operate(5)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        wait_senders(pids)
    check("there was traffic to the end", lab.counter("sessions_created"))
    lab.ctl("set max-sessions 100000")
    for words in (f"pool4 del {POOLS[1]}/32 ports 2000-2999",
                  f"prefix del {PREFIXES[1]}/96"):
        lab.ctl(words)
    bibs, sessions = consistent("operator")
    check("nothing is left on a range that is gone",
          all(b["addr4"] == POOLS[0] for b in bibs), bibs)  # H-117
    check("nor under a prefix", all(
        s["dst6"].startswith("2001:db8:64:") for s in sessions))  # H-117
    forget("operator")


test_same_packets()
test_operator()
done()
