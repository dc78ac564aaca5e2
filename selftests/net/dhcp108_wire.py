#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# kernel: 6.1
"""dhcp108d on the wire: each kind of message and the answer to it.

Silence is not measured by waiting: the daemon's counters tell when it has
dealt with a message, and what it sends it has sent by then.
"""

import os
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dhcp_lab import (  # noqa: E402
    ACK, CLIENT, CONF, DECLINE, DISCOVER, GW, INFORM, NAK, OFFER, RELEASE,
    REQUEST, SERVER, SOCK, Client, Daemon, Message, addr, adoption, ask_daemon,
    configure, counted, ctl, ctl_says, gateway_mac, log, option, route4, setup,
    status, uplink)
from raw import check, done, equal, has_lines, run, wait_for  # noqa: E402


def gate(client):
    """Without a translator nobody is told to do without IPv4."""
    daemon = Daemon()
    check("the daemon answers on its socket",
          wait_for(lambda: ask_daemon("status")))
    check("the interface has no IPv4 address, and it listens all the same",
          wait_for(lambda: status()["interface_state"] == "up"))
    for want, step in (
            ("instance does not exist", ("instance", "add", "default", "mode",
                                         "nat64")),
            ("instance has no prefix", ("prefix", "add", "64:ff9b::/96")),
            ("instance has no IPv4 pool", ("pool4", "add", "192.0.2.1/32"))):
        check(f"withheld: {want}", wait_for(
            lambda: status()["reason"] == want), status())
        equal(f"silent: {want}", client.send(
            Message(DISCOVER, (1, 108))), ([], ["translator_down"]))
        ctl(*step)
    check("withheld: no IPv4 route", wait_for(
        lambda: status()["reason"] == "no IPv4 route"), status())
    equal("silent: no IPv4 route", client.send(
        Message(DISCOVER, (1, 108))), ([], ["translator_down"]))
    route4("add")
    check("granted once prefix, pool and route are there",
          wait_for(lambda: status()["granting"]), status())
    got, _ = client.send(Message(DISCOVER, (1, 108)))
    equal("and a client is told so", len(got), 1)
    return daemon


def gate_follows(client):
    for what, step, undo in (
            ("the pool goes", ("pool4", "del", "192.0.2.1/32"),
             ("pool4", "add", "192.0.2.1/32")),
            ("the prefix goes", ("prefix", "del", "64:ff9b::/96"),
             ("prefix", "add", "64:ff9b::/96")),
            ("it is switched off", ("set", "enabled", "off"),
             ("set", "enabled", "on"))):
        ctl(*step)
        check(f"withheld when {what}",
              wait_for(lambda: not status()["granting"]))
        equal(f"silent when {what}", client.send(
            Message(DISCOVER, (1, 108))), ([], ["translator_down"]))
        ctl(*undo)
        check("granted again by itself",
              wait_for(lambda: status()["granting"]))


def gate_follows_route(client):
    route4("del")
    check("withheld when the IPv4 route goes",
          wait_for(lambda: status()["reason"] == "no IPv4 route"), status())
    equal("silent when the IPv4 route goes", client.send(
        Message(DISCOVER, (1, 108))), ([], ["translator_down"]))
    route4("add")
    check("granted again when it comes",
          wait_for(lambda: status()["granting"]), status())


def unload(client):
    """The module goes and comes while the daemon runs."""
    ctl("instance", "del", "default")
    run("modprobe", "-r", "nat64")
    check("without the module: withheld", wait_for(
        lambda: status()["reason"] == "module not loaded"), status())
    equal("without the module: silent", client.send(
        Message(DISCOVER, (1, 108))), ([], ["translator_down"]))
    got = {words: subprocess.run(["ip", "netns", "exec", GW, "nat64ctl",
                                  *words], text=True, capture_output=True)
           for words in (("status",), ("-j", "status"), ("metrics",))}
    for words, want in (
            (("status",), "module nat64: not loaded\n\ndhcp108d: \n"),
            (("status",), "withheld: instance default: module not loaded"),
            (("-j", "status"), '"reason":"module not loaded"'),
            (("metrics",), 'nat64_dhcp_granting{network="hall"} 0')):
        p = got[words]
        check(f"nat64ctl {' '.join(words)} says it, and what the daemon does: "
              f"{want!r}", p.returncode == 3 and "not loaded" in p.stderr and
              want.replace(" ", "") in p.stdout.replace(" ", ""), p)
    run("modprobe", "nat64")
    ctl("instance", "add", "default", "mode", "nat64")
    ctl("prefix", "add", "64:ff9b::/96")
    ctl("pool4", "add", "192.0.2.1/32")
    check("with the module again: granted",
          wait_for(lambda: status()["granting"]), status())


def discover(client):
    # D1 D5 D10 D11 D16 D43 D44
    msg = Message(DISCOVER, (1, 3, 6, 108), option(61, b"\1abc"))
    got, moved = client.send(msg)
    equal("108 is asked for: one answer", (len(got), moved), (1, ["offered"]))
    a = got[0]
    equal("it is an OFFER without address",
          (a.kind(), a.op, a.yiaddr, a.ciaddr, a.siaddr),
          (OFFER, 2, "0.0.0.0", "0.0.0.0", "0.0.0.0"))
    equal("its transaction and hardware address are the client's",
          (a.xid, a.chaddr[:6], a.hops, a.secs), (msg.xid, msg.mac, 0, 0))
    equal("its options, in order", a.codes(), [53, 54, 108, 61])
    equal("V6ONLY_WAIT", a.get(108), struct.pack("!I", 900))
    equal("server identifier", a.get(54), addr(SERVER))
    equal("client identifier", a.get(61), b"\1abc")
    equal("from port 67 of the server to port 68",
          (a.src, a.dst, a.sport, a.dport),
          (SERVER, "255.255.255.255", 67, 68))
    equal("in a frame for the client alone", a.l2, msg.mac)
    check("checksums, TTL, length",
          a.sums and a.ttl == 64 and len(a.data) >= 300)
    # D43
    got, _ = client.send(Message(DISCOVER, (108,), flags=0x8000))
    equal("with the broadcast flag: a broadcast",
          (got[0].l2, got[0].flags), (b"\xff" * 6, 0x8000))
    # D3 D8 D12
    for what, msg in (
            ("not asked for", Message(DISCOVER)),
            ("no list of parameters", Message(DISCOVER, ())),
            ("108 sent, not asked for", Message(DISCOVER, (1, 3),
                                                option(108, bytes(4))))):
        equal(f"{what}: silence", client.send(msg), ([], ["not_asked"]))
    # D6 D7
    got, _ = client.send(Message(DISCOVER, (1,), option(55, b"\x6c")))
    equal("in the second part of a split list", len(got), 1)
    for field, overload in (("file", 1), ("sname", 2)):
        msg = Message(DISCOVER, (), option(52, bytes([overload])))
        setattr(msg, field, option(55, b"\1\x6c") + b"\xff")
        equal(f"in the field {field}", len(client.send(msg)[0]), 1)
    # D13 D15
    got, _ = client.send(Message(DISCOVER, (108,), option(116, b"\1")))
    equal("116 is answered with DoNotAutoConfigure", got[0].get(116), b"\0")
    got, _ = client.send(Message(DISCOVER, (108,), option(80, b"")))
    equal("rapid commit is not", (got[0].kind(), got[0].codes()),
          (OFFER, [53, 54, 108]))


def request(client):
    mine = option(54, addr(SERVER))
    other = option(54, addr("192.0.2.99"))
    old = option(50, addr("192.168.1.7"))
    # D20 D22 D26 D41
    for what, msg in (
            ("an offer is taken",
             Message(REQUEST, (108,), option(50, bytes(4)) + mine)),
            ("INIT-REBOOT", Message(REQUEST, (108,), old)),
            ("RENEW", Message(REQUEST, (108,), ciaddr="192.168.1.7"))):
        got, moved = client.send(msg)
        equal(f"{what}: one answer", (len(got), moved), (1, ["refused"]))
        a = got[0]
        equal(f"{what}: a refusal, broadcast",
              (a.kind(), a.dst, a.l2, a.yiaddr),
              (NAK, "255.255.255.255", b"\xff" * 6, "0.0.0.0"))
        equal(f"{what}: its options", a.codes(), [53, 54, 56])
    # D21 D23 D27 D28 D29
    for what, counter, msg in (
            ("another server's offer is taken", "other_server",
             Message(REQUEST, (108,), option(50, bytes(4)) + other)),
            ("INIT-REBOOT without 108", "not_asked",
             Message(REQUEST, (1,), old)),
            ("INFORM", "inform_ignored",
             Message(INFORM, (108,), ciaddr="192.168.1.7")),
            ("DECLINE", "decline_ignored", Message(DECLINE, (), old + mine)),
            ("RELEASE", "release_ignored",
             Message(RELEASE, (), mine, ciaddr="192.168.1.7"))):
        equal(f"{what}: silence", client.send(msg), ([], [counter]))


def relayed(client):
    # D40 D45 D46 D47
    info = option(82, b"\1\4port")
    got, moved = client.send(Message(DISCOVER, (108,), info + option(61, b"x"),
                                     giaddr="10.0.0.9"))
    equal("an unknown relay: silence", (got, moved), ([], ["relay_unknown"]))
    check("and the log says so, once", log().count(
        "relay agent 10.0.0.9 is not heard on lan") == 1, log())
    msg = Message(DISCOVER, (108,), info + option(61, b"x"),
                  giaddr="10.0.0.1")
    got, _ = client.send(msg)
    a = got[0]
    equal("a known relay: to its port 67",
          (a.dst, a.dport, a.giaddr, a.l2),
          ("10.0.0.1", 67, "10.0.0.1", msg.mac))
    equal("82 comes back as it was, and last", a.options[-1],
          (82, b"\1\4port"))
    got, _ = client.send(Message(REQUEST, (108,),
                                 option(50, addr("10.0.0.7")),
                                 giaddr="10.0.0.1"))
    equal("a refusal through a relay has the broadcast flag",
          (got[0].kind(), got[0].flags), (NAK, 0x8000))


def bad_input(client):
    # D50 D44
    def changed(**fields):
        msg = Message(DISCOVER, (108,))
        for name, value in fields.items():
            setattr(msg, name, value)
        return msg

    for counter, msg in (
            ("not_a_request", changed(op=2)),
            ("bad_hlen", changed(hlen=17)),
            ("bad_hops", changed(hops=17)),
            ("bad_magic", changed(magic=b"abcd")),
            ("no_message_type", changed(options=option(55, b"\x6c"))),
            ("bad_message_type", changed(options=option(53, b"\2"))),
            ("option_length", changed(options=option(53, b"\1") +
                                      option(50, b"\1")))):
        equal(f"{counter}: ignored and counted", client.send(msg),
              ([], [counter]))
    msg = Message(DISCOVER, (108,))
    short = msg.udp(msg.bootp()[:100])
    equal("too_short: ignored and counted",
          client.send(msg, msg.frame(msg.ip(short))), ([], ["too_short"]))
    overrun = msg.udp(msg.bootp()[:240] + b"\x35\1\1\x37\x80\x6c")
    equal("option_overrun: ignored and counted",
          client.send(msg, msg.frame(msg.ip(overrun))),
          ([], ["option_overrun"]))
    udp = msg.udp()
    bad = udp[:6] + bytes([udp[6] ^ 1]) + udp[7:]
    equal("bad_udp_checksum: ignored and counted",
          client.send(msg, msg.frame(msg.ip(bad))),
          ([], ["bad_udp_checksum"]))
    equal("fragment: ignored and counted",
          client.send(msg, msg.frame(msg.ip(frag=0x2000))),
          ([], ["fragment"]))
    none = udp[:6] + b"\0\0" + udp[8:]
    got, _ = client.send(msg, msg.frame(msg.ip(none)))
    equal("without UDP checksum: answered", len(got), 1)
    # C59: the marker behind it proves that the tagged one was passed over
    tagged = Message(DISCOVER, (108,))
    client.sock.send(tagged.frame(tag=b"\x81\0\0\7"))
    marker = Message(DISCOVER, (108,))
    got, _ = client.send(marker)
    equal("a frame of another VLAN: silence", [a.xid for a in got],
          [marker.xid])


def flood(client):
    # D51
    mac = b"\2\0\0\0\xff\1"
    verdicts = [client.send(Message(DISCOVER, (108,), mac=mac))[1]
                for _ in range(40)]
    check("one device that asks without end is slowed down",
          ["rate_limited"] in verdicts and ["offered"] in verdicts, verdicts)
    got, _ = client.send(Message(DISCOVER, (108,)))
    equal("others are served meanwhile", len(got), 1)


def others(client):
    """What goes to other hosts is nothing to us, even where it can be seen."""
    run("ip", "-n", GW, "link", "set", "lan", "promisc", "on")
    total = counted()
    foreign = b"\2\x99\0\0\0\1" + Message(DISCOVER, (108,)).frame()[6:]
    for _ in range(100):
        client.sock.send(foreign)
    got, _ = client.send(Message(DISCOVER, (108,)))
    equal("frames for others are neither answered nor counted",
          (len(got), counted() - total), (1, 1))
    run("ip", "-n", GW, "link", "set", "lan", "promisc", "off")
    # A renewal that the host passes on to another server
    total, near = counted(), gateway_mac()
    client.sock.send(Message(REQUEST, (108,), ciaddr="192.168.1.7", l2=near,
                             dst="198.51.100.9").frame())
    client.sock.send(Message(DISCOVER, (108,), l2=near).frame())
    answers = [client.send(Message(DISCOVER, (108,), l2=near, dst=dst))[0]
               for dst in (SERVER, "203.0.113.1")]
    equal("nor is what it forwards; what is sent to one of its addresses is",
          ([a.kind() for got in answers for a in got], counted() - total),
          ([OFFER] * 3, 3))


def adopted(client):
    # F1 D52 D53
    before = adoption()
    client.send(Message(DISCOVER, (108,), option(60, b"phone 1"),
                        mac=b"\2\0\0\xaa\0\1"))
    client.send(Message(DISCOVER, (1,), option(60, b'\n\x1b[1m"\\'),
                        mac=b"\2\0\0\xaa\0\2"))
    client.send(Message(DISCOVER, (1,), mac=b"\2\0\0\xaa\0\2"))
    after = adoption()
    equal("two devices more, one of them capable",
          (after["devices"] - before["devices"],
           after["capable"] - before["capable"]), (2, 1))
    devices = {c["mac"]: c for c in after["clients"]}
    legacy = devices["02:00:00:aa:00:02"]
    equal("what is known of the other",
          (legacy["capable"], legacy["transactions"], legacy["vendor_class"]),
          (False, 2, '\\x0a\\x1b[1m"\\x5c'))
    text = ask_daemon("adoption text").decode()
    check("the figures in words",
          f"{after['devices']} devices seen, {after['capable']} capable" in
          text and "phone 1" in text, text)
    equal("an unknown request is refused", ask_daemon("nonsense")[:7],
          b"error: ")
    equal("the socket is not for everybody", os.stat(SOCK).st_mode & 0o777,
          0o660)


def reloaded(client, daemon):
    devices = adoption()["devices"]
    configure("v6only-wait = 299")
    daemon.proc.send_signal(signal.SIGHUP)
    check("a bad configuration is refused with file and line", wait_for(
        lambda: f"{CONF}:4: v6only-wait = 299: expected" in log()), log())
    got, _ = client.send(Message(DISCOVER, (108,)))
    equal("and the old one stays", got[0].get(108), struct.pack("!I", 900))
    configure("v6only-wait = 2h", "nak-wrong-net = on", "stop-autoconf = all",
              "server-id = 192.0.2.5")
    daemon.proc.send_signal(signal.SIGHUP)
    check("a good one is taken",
          wait_for(lambda: status()["v6only_wait"] == 7200), log())
    got, _ = client.send(Message(DISCOVER, (108,)))
    equal("and used", (got[0].get(108), got[0].src),
          (struct.pack("!I", 7200), "192.0.2.5"))
    check("what was counted stays", adoption()["devices"] > devices)
    # D14 D23
    got, _ = client.send(Message(DISCOVER, (1,), option(116, b"\1")))
    equal("stop-autoconf all: 116 without 108", got[0].codes(), [53, 54, 116])
    got, _ = client.send(Message(REQUEST, (1,),
                                 option(50, addr("192.168.1.7"))))
    equal("nak-wrong-net: an address of another network is refused",
          got[0].kind(), NAK)


def interfaces(client):
    """D16: with an address of its own the daemon uses that."""
    configure()
    run("ip", "-n", GW, "addr", "add", "198.51.100.1/24", "dev", "lan")
    daemon = Daemon()
    check("an IPv4 address of the interface is the server identifier",
          wait_for(lambda: ask_daemon("status") and
                   status()["server_id"] == "198.51.100.1"))
    run("ip", "-n", GW, "addr", "del", "198.51.100.1/24", "dev", "lan")
    check("and no longer when it goes",
          wait_for(lambda: status()["server_id"] == SERVER))
    run("ip", "-n", GW, "link", "set", "lan", "down")
    run("ip", "-n", GW, "link", "set", "lan", "name", "lan2")
    check("an interface that goes is missed",
          wait_for(lambda: status()["interface_state"] == "missing"))
    check("and waited for", "waiting for interface lan" in log(), log())
    run("ip", "-n", GW, "link", "set", "lan2", "name", "lan")
    run("ip", "-n", GW, "link", "set", "lan", "up")
    check("until it is there again",
          wait_for(lambda: status()["interface_state"] == "up"))
    got, _ = client.send(Message(DISCOVER, (108,)))
    equal("and served again", len(got), 1)
    equal("it ends when told", daemon.stop(), 0)


def vlan(client):
    """Two networks, one of them in a VLAN of the other's wire."""
    for space, dev in ((GW, "lan"), (CLIENT, "c0")):
        run("ip", "-n", space, "link", "add", "link", dev, "name",
            f"{dev}.7", "type", "vlan", "id", "7")
        run("ip", "-n", space, "link", "set", f"{dev}.7", "up")
    configure("v6only-wait = 15m")
    with open(CONF, "a") as f:
        f.write("[network seven]\ninterface = lan.7\ndhcp = v6only\n"
                "v6only-wait = 45m\nipv4-route = off\n")
    daemon = Daemon()
    wait_for(lambda: log().count("option 108 is granted") == 2 and
             log().count("serving on") == 2)
    for where, who, seconds in (("the wire", client, 900),
                                ("its VLAN", Client("c0.7"), 2700)):
        who.pending()
        msg = Message(DISCOVER, (1, 108))
        who.sock.send(msg.frame())
        equal(f"a client of {where} is told what its network says",
              [(a.xid, a.get(108)) for a in wait_for(who.pending)],
              [(msg.xid, struct.pack("!I", seconds))])
    equal("it ends when told", daemon.stop(), 0)
    run("ip", "-n", GW, "link", "del", "lan.7")
    client.pending()	# the wire carries the VLAN's frames too


def renewed(client, found):
    """What a client learns that renews its lease and asks for option 108."""
    got, _ = client.send(Message(REQUEST, (1, 108), ciaddr=found.yiaddr,
                                 mac=found.chaddr[:6]))
    return [(a.kind(), a.yiaddr, a.get(108) is not None) for a in got]


def measured(desc, *lines):
    has_lines(desc, ask_daemon("metrics").decode(),
              *(f"nat64_dhcp_{line}" for line in lines))


def gate_of_leases(client):
    """IPv6-mostly: as an operator sees it, and a client with a lease. D25"""
    configure("subnet = 10.0.0.0/24", "pool = 10.0.0.10-10.0.0.19",
              "probe = off", mode="mostly")
    daemon = Daemon()
    wait_for(lambda: "option 108 granted: instance default: translator can "
             "serve" in ctl_says("status"))
    check("nat64ctl status: granted", "option 108 granted: instance default: "
          "translator can serve" in ctl_says("status"), ctl_says("status"))
    found = client.send(Message(DISCOVER, (1,)))[0][0]
    want = option(50, addr(found.yiaddr)) + option(54, found.get(54))
    client.send(Message(REQUEST, (1,), want, mac=found.chaddr[:6]))
    equal("a client with a lease that renews is told to do without IPv4",
          renewed(client, found), [(ACK, found.yiaddr, True)])
    for reason, step, undo in (
            ("instance has no IPv4 pool", ("pool4", "del", "192.0.2.1/32"),
             ("pool4", "add", "192.0.2.1/32")),
            ("instance is switched off", ("set", "enabled", "off"),
             ("set", "enabled", "on"))):
        ctl(*step)
        said = f"option 108 withheld: instance default: {reason}"
        check(f"nat64ctl status: {said}",
              wait_for(lambda: said in ctl_says("status")), ctl_says("status"))
        equal("then it renews without being told so", renewed(client, found),
              [(ACK, found.yiaddr, False)])
        measured("the metrics say so", 'granting{network="hall"} 0',
                 f'health_info{{network="hall",reason="{reason}"}} 1')
        got, _ = client.send(Message(DISCOVER, (1, 108)))
        equal("and a new client that asks is offered a lease",
              [(a.yiaddr != "0.0.0.0", a.get(108)) for a in got],
              [(True, None)])
        ctl(*undo)
        check("nat64ctl status: granted again by itself", wait_for(
            lambda: "option 108 granted" in ctl_says("status")))
        equal("and the client is told again", renewed(client, found),
              [(ACK, found.yiaddr, True)])
    measured("what else is measured", 'granting{network="hall"} 1',
             'addresses{network="hall",state="bound"} 1',
             f'messages_total{{network="hall",verdict="offered"}} '
             f'{status()["counters"]["offered"]}',
             'malformed_total{network="hall",reason="bad_magic"} 0',
             'conflicts_total{network="hall"} 0',
             'store_failed_total{network="hall"} 0')
    equal("it ends when told", daemon.stop(), 0)


def bad_start():
    configure("v6only-wait = soon")
    for extra in ((), ("-t",)):
        p = subprocess.run(["dhcp108d", "-c", CONF, "-s", SOCK, *extra],
                           stderr=subprocess.PIPE, text=True)
        equal("a bad configuration: exit status 2", p.returncode, 2)
        check("and file, line, key and remedy are named",
              f"{CONF}:4: v6only-wait = soon: expected a time of 300s" in
              p.stderr, p.stderr)
    p = subprocess.run(["dhcp108d", "-c", "/nonexistent"],
                       stderr=subprocess.PIPE)
    equal("no configuration: exit status 2", p.returncode, 2)


def main():
    setup()
    client = Client()
    uplink()
    configure("v6only-wait = 15m", "relay = 10.0.0.1", route="198.41.0.4")
    daemon = gate(client)
    discover(client)
    request(client)
    relayed(client)
    bad_input(client)
    flood(client)
    others(client)
    adopted(client)
    gate_follows(client)
    gate_follows_route(client)
    unload(client)
    reloaded(client, daemon)
    equal("it ends when told", daemon.stop(), 0)
    equal("and answers no more", ask_daemon("status"), b"")
    interfaces(client)
    vlan(client)
    gate_of_leases(client)
    bad_start()
    done()


main()
