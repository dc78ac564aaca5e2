#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# kernel: 6.12
"""pref64d on the wire: what it advertises, when, and to whom.

The interval between advertisements is ten minutes, so that one which tells a
change was sent because of it.
"""

import ipaddress
import os
import signal
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from raw import check, done, equal, run, wait_for  # noqa: E402
from ra_lab import (ALL_NODES, CONF, GW, LENGTHS, LOG, SOCK, Client,  # noqa: E402, F401
                    Daemon, ask_daemon, configure, ctl, gw_sysctl, log, setup,
                    status)

A, B = "2001:db8:a::/96", "2001:db8:b::/96"
HALL = ("ra = on", "dns = 2001:db8:1::53", "search = example.net",
        "mtu = 1400", "other-config = on", "preference = high",
        "route = 2001:db8:ff::/48 30m low")


def begins(client):
    """R13: it waits for the interface, and begins at once when it is there."""
    daemon = Daemon()
    check("the daemon waits for an interface that is down", wait_for(
        lambda: ask_daemon("status") and
        status()["interface_state"] == "waiting: it is down"), log())
    run("ip", "-n", GW, "link", "set", "lan", "up")
    ra = client.hear()
    check("and advertises when it is up", ra, log())
    # R1 R16 R17 R18 R19 R20 R21 R24 R25 R28 R29
    equal("from its link-local address to all, with hop limit 255",
          (ra.src, ra.dst, ra.hop_limit_outside, ra.code),
          (status()["link_local"], ALL_NODES, 255, 0))
    equal("flags, lifetime, timers",
          (ra.flags, ra.lifetime, ra.hop_limit, ra.reachable, ra.retrans),
          (0x48, 1800, 64, 0, 0))
    equal("its hardware address", ra.of(1), [b"\1\1\2\0\0\0\0\xaa"])
    equal("MTU", ra.of(5), [b"\5\1\0\0" + struct.pack("!I", 1400)])
    equal("the prefix of its address", ra.prefixes(),
          [("2001:db8:1::/64", 0xc0, 2592000, 604800)])
    equal("route", ra.of(24), [b"\x18\2\x30\x18" + struct.pack("!I", 1800) +
                               ipaddress.ip_address("2001:db8:ff::").packed[:8]])
    equal("name server", ra.of(25), [
        b"\x19\3\0\0" + struct.pack("!I", 1800) +
        ipaddress.ip_address("2001:db8:1::53").packed])
    equal("search list", ra.of(31), [
        b"\x1f\3\0\0" + struct.pack("!I", 1800) +
        b"\7example\3net\0\0\0\0"])
    equal("no PREF64 without a translator", ra.pref64(), [])
    return daemon


def follows(client):
    """R35 R36 R37 C133 C134 C136: the prefixes are the module's."""
    ctl("instance", "add", "default", "mode", "nat64")
    ctl("prefix", "add", A)
    ctl("pool4", "add", "192.0.2.1/32")
    ra = client.hear(lambda ra: ra.pref64())
    equal("a prefix is advertised once the translator can serve",
          ra and ra.pref64(), [(A, 1800)])
    ctl("prefix", "add", B)
    ra = client.hear(lambda ra: len(ra.pref64()) > 1)
    equal("two prefixes, in the module's order", ra and ra.pref64(),
          [(A, 1800), (B, 1800)])
    ctl("prefix", "del", A)
    want = [(B, 1800), (A, 0)]
    ra = client.hear(lambda ra: ra.pref64() == want)
    check("one goes: the live one first, the dead one with lifetime 0", ra)
    ra = client.hear(lambda ra: ra.dst == ALL_NODES)
    equal("and it is told again", ra and ra.pref64(), want)
    for what, step, undo in (
            ("the pool goes", ("pool4", "del", "192.0.2.1/32"),
             ("pool4", "add", "192.0.2.1/32")),
            ("it is switched off", ("set", "enabled", "off"),
             ("set", "enabled", "on"))):
        ctl(*step)
        ra = client.hear(lambda ra: (B, 0) in ra.pref64())
        equal(f"{what}: withdrawn, and still a router",
              ra and (ra.lifetime, [life for _, life in ra.pref64()]),
              (1800, [0, 0]))
        ctl(*undo)
        ra = client.hear(lambda ra: (B, 1800) in ra.pref64())
        equal("and back again", ra and ra.pref64(), [(B, 1800), (A, 0)])
    run("ip", "netns", "exec", GW, "nat64ctl", "instance", "del", "default")
    ra = client.hear(lambda ra: (B, 0) in ra.pref64())
    check("the instance goes: withdrawn", ra)
    run("modprobe", "-r", "nat64")
    run("modprobe", "nat64")


def lengths(client):
    """R30 R31 R32 C125: each length that RFC 6052 has."""
    ctl("instance", "add", "default", "mode", "nat64")
    wanted = []
    for n, length in enumerate(LENGTHS):
        net = ipaddress.ip_network(f"2001:db{n:x}::/{length}")
        ctl("prefix", "add", str(net))
        wanted.append((str(net), 1800))
    ctl("pool4", "add", "192.0.2.1/32")
    ra = client.ask(lambda ra: len([p for p in ra.pref64() if p[1]]) == 6)
    equal("all six lengths, after the module was loaded anew",
          ra and [p for p in ra.pref64() if p[1]], wanted)
    for net, _ in wanted[1:]:
        ctl("prefix", "del", net)
    ra = client.hear(lambda ra: len([p for p in ra.pref64() if p[1]]) == 1)
    check("one remains", ra and ra.pref64()[0] == wanted[0])


def solicited(client):
    """R7 R8 R9 R15 C101 C103 C104 C154"""
    client.drain()
    answers = []
    while len(answers) < 3:
        ra = client.ask(lambda ra: ra.dst == client.address)
        if not ra:
            break
        answers.append(ra)
    equal("a solicitation is answered to the asker", len(answers), 3)
    equal("with the same bytes each time", len({a.data for a in answers}), 1)
    counters = ("bad_hop_limit", "bad_code", "bad_source",
                "option_length_zero", "option_overrun")
    for counter, broken in zip(counters, (
            {"hop_limit": 254}, {"code": 1}, {"src": "::"},
            {"options": b"\1\0\0\0\0\0\0\0"},
            {"options": b"\1\2\0\0\0\0\0\0"})):
        before = status()["counters"][counter]
        valid = status()["counters"]["solicitations"]
        client.solicit(**broken)
        check(f"{counter}: ignored and counted", wait_for(
            lambda: status()["counters"][counter] == before + 1))
        equal(f"{counter}: no valid one", status()["counters"]
              ["solicitations"], valid)
    client.drain()
    client.solicit("::", options=b"")
    ra = client.hear()
    equal("without an address: answered to all", ra and ra.dst, ALL_NODES)


def interface(client):
    """R10 R12 R13 R23 C115 C119 C121"""
    gw_sysctl("net.ipv6.conf.lan.forwarding=0")
    ra = client.hear(lambda ra: ra.lifetime == 0)
    equal("no forwarding, no router", ra and (ra.lifetime, ra.flags & 0x18),
          (0, 0))
    check("and a word of warning", "does not forward IPv6" in log(), log())
    gw_sysctl("net.ipv6.conf.lan.forwarding=1")
    check("forwarding, router", client.hear(lambda ra: ra.lifetime == 1800))
    run("ip", "-n", GW, "addr", "add", "2001:db8:2::1/64", "dev", "lan",
        "nodad")
    ra = client.hear(lambda ra: len(ra.prefixes()) == 2)
    equal("a new address brings its prefix",
          ra and [p[0] for p in ra.prefixes()],
          ["2001:db8:1::/64", "2001:db8:2::/64"])
    run("ip", "-n", GW, "addr", "add", "fe80::1/64", "dev", "lan", "nodad")
    old = status()["link_local"]
    if old != "fe80::1":
        run("ip", "-n", GW, "addr", "del", f"{old}/64", "dev", "lan")
    check("another link-local address: advertised from that",
          client.hear(lambda ra: ra.src == "fe80::1" and ra.lifetime))
    run("ip", "-n", GW, "link", "set", "lan", "down")
    check("down: it waits", wait_for(
        lambda: status()["interface_state"] == "waiting: it is down"), log())
    run("ip", "-n", GW, "link", "set", "lan", "name", "lan2")
    check("gone: it waits", wait_for(
        lambda: status()["interface_state"] == "waiting: it does not exist"),
        log())
    run("ip", "-n", GW, "link", "set", "lan2", "name", "lan")
    client.drain()
    run("ip", "-n", GW, "addr", "add", "2001:db8:1::1/64", "dev", "lan",
        "nodad")
    run("ip", "-n", GW, "link", "set", "lan", "up")
    check("back: it advertises again", client.hear(lambda ra: ra.lifetime))
    check("and hears solicitations",
          client.ask(lambda ra: ra.dst == client.address))


def other_router(client):
    """R40 R41 C137"""
    word = 1800 | 0
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    body += struct.pack("!BBH", 38, 2, word)
    body += ipaddress.ip_address("2001:db8:bad::").packed[:12]
    client.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS,
                           255)
    for _ in range(3):
        client.sock.sendto(body, (ALL_NODES, 0, 0, client.index))
    line = f"router {client.address} on lan disagrees: PREF64: " \
           "theirs 2001:db8:bad::/96"
    check("another router's prefix is reported",
          wait_for(lambda: line in log()), log())
    equal("once", log().count(line), 1)


def reloaded(client, daemon):
    configure(*HALL, "router-lifetime = 10")
    daemon.signal(signal.SIGHUP)
    check("a bad configuration is refused with file and line", wait_for(
        lambda: f"{CONF}:10: router-lifetime = 10: expected 0 or at least" in
        log()), log())
    equal("and the old one stays", status()["router_lifetime"], 1800)
    configure("ra = on", "router-lifetime = 9000", "managed = on",
              "prefix = 2001:db8:9::/64 2h 1h")
    daemon.signal(signal.SIGHUP)
    ra = client.hear(lambda ra: ra.lifetime == 9000)
    equal("a good one is advertised", ra and (ra.flags, ra.prefixes()[:1]),
          (0x80, [("2001:db8:9::/64", 0xc0, 7200, 3600)]))
    # R33 C130
    equal("PREF64 lives as long as the router", ra and ra.pref64()[0][1],
          9000)


def ends(client, daemon):
    """R11 R27 R36 C116"""
    configure(*HALL)
    daemon.signal(signal.SIGHUP)
    client.hear(lambda ra: ra.lifetime == 1800)
    client.drain()
    daemon.signal(signal.SIGTERM)
    for what in ("first", "second"):
        ra = client.hear(lambda ra: ra.lifetime == 0)
        equal(f"the {what} farewell: router, PREF64, name servers are over",
              ra and (ra.rdnss_lifetime(), {p[1] for p in ra.pref64()},
                      struct.unpack("!I", ra.of(24)[0][4:8])[0]), (0, {0}, 0))
        equal("but not the hosts' addresses",
              ra and [p[2:] for p in ra.prefixes() if p[2]], [(2592000, 604800)])
    equal("it ends when told", daemon.proc.wait(), 0)
    equal("and answers no more", ask_daemon("status"), b"")


def bad_start():
    configure("ra = on", "prefix = fe80::/64")
    for extra in ((), ("-t",)):
        p = subprocess.run(["pref64d", "-c", CONF, "-s", SOCK, *extra],
                           stderr=subprocess.PIPE, text=True)
        equal("a bad configuration: exit status 2", p.returncode, 2)
        check("and file, line, key and remedy are named",
              f"{CONF}:4: prefix = fe80::/64: expected none, or auto" in
              p.stderr, p.stderr)


def main():
    setup()
    client = Client()
    configure(*HALL)
    daemon = begins(client)
    follows(client)
    lengths(client)
    solicited(client)
    interface(client)
    other_router(client)
    reloaded(client, daemon)
    ends(client, daemon)
    bad_start()
    done()


main()
