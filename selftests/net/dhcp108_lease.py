#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# kernel: 6.1
"""Leases of dhcp108d on the wire and on the disk, on an IPv6-mostly network.

Nothing here needs the translator: another machine is said to translate.
"""

import glob
import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dhcp_lab import (  # noqa: E402
    ACK, CLIENT, DECLINE, DISCOVER, GW, INFORM, NAK, OFFER, RELEASE, REQUEST,
    SOCK, STATE, Client, Daemon, Message, addr, adoption, ask_daemon,
    configure, csum, gateway_mac, leases, log, option, setup, status)
from raw import check, done, equal, run, wait_for  # noqa: E402

OURS = "10.0.0.1"
MOSTLY = ("translator = elsewhere", "subnet = 10.0.0.0/24",
          "pool = 10.0.0.10-10.0.0.13", "lease-time = 1h",
          "dns4 = 10.0.0.53", "domain = hall.example", "ntp = 10.0.0.123",
          "option = 26 u16 1400", "captive-portal = https://hall.example/p")
LEASES = f"{STATE}/leases-hall"
MAC = [bytes([2, 0, 0, 0xaa, 0, n]) for n in range(100)]


def start(*extra):
    daemon = Daemon(*extra)
    wait_for(lambda: ask_daemon("status") and
             status()["interface_state"] == "up")
    return daemon


def exchange(client, message):
    """The answer, which may have to wait for a look by ARP."""
    got, _ = client.send(message)
    got = got or wait_for(client.pending)
    return got[0] if got else None


def discover(client, n, params=(1, 3, 6), options=b"", **more):
    return exchange(client, Message(DISCOVER, params, options, mac=MAC[n],
                                    **more))


def select(client, n, address, params=(1, 3, 6)):
    return exchange(client, Message(
        REQUEST, params, option(50, addr(address)) + option(54, addr(OURS)),
        mac=MAC[n]))


def bind(client, n):
    address = discover(client, n).yiaddr
    select(client, n, address)
    return address


def bound():
    return [lease["address"] for lease in leases()
            if lease["state"] == "bound"]


def new_lease(client):
    client.arps.clear()
    a = discover(client, 1, (3, 1, 6, 15, 42, 26, 114), option(61, b"\1me"))
    equal("a legacy client is offered an address",
          (a.kind(), a.yiaddr, a.get(54)), (OFFER, "10.0.0.10", addr(OURS)))
    # RFC 2132, sections 9.8 and 3.3
    equal("what it asked for comes in its order, but the mask first",
          a.codes(), [53, 54, 51, 61, 58, 59, 1, 3, 6, 15, 42, 26, 114])
    equal("lease time, mask, router, portal",
          (a.get(51), a.get(1), a.get(3), a.get(114)),
          (struct.pack("!I", 3600), addr("255.255.255.0"), addr(OURS),
           b"https://hall.example/p"))
    probes = [f for f in client.arps if f[38:42] == addr("10.0.0.10")]
    check("the address was looked for by ARP before",
          probes and probes[0][28:32] == bytes(4), client.arps)
    a = exchange(client, Message(
        REQUEST, (1, 3), option(61, b"\1me") + option(50, addr("10.0.0.10")) +
        option(54, addr(OURS)), mac=MAC[1]))
    # D55: RFC 2131, section 3.1(4)
    with open(LEASES, encoding="ascii") as f:
        text = f.read()
    equal("it is acknowledged", (a.kind(), a.yiaddr), (ACK, "10.0.0.10"))
    check("and was on the disk by then", "10.0.0.10 bound" in text, text)


def capable(client):
    # D5 D11 C31
    a = discover(client, 2, (1, 108), option(116, b"\1"))
    equal("a capable one is told to do without",
          (a.yiaddr, a.get(108), a.get(116), a.get(51)),
          ("0.0.0.0", struct.pack("!I", 1800), b"\0", None))
    # D30 C40: offer = auto
    a = discover(client, 2, (1, 108), option(116, b"\1"))
    equal("and when it comes back gets an address beside that",
          (a.yiaddr, a.get(108), a.get(116)),
          ("10.0.0.11", struct.pack("!I", 1800), None))
    equal("which is kept for nobody", status()["pool"]["offered"], 0)
    a = select(client, 2, "10.0.0.11", (1, 108))
    equal("if it takes it, it has it, and 108",
          (a.kind(), a.yiaddr, a.get(108)),
          (ACK, "10.0.0.11", struct.pack("!I", 1800)))


def keeping(client):
    # D24 D25 D26 D42 C46 C49 C50
    def ask(n, params=(1,), address=None, **more):
        opts = option(50, addr(address)) if address else b""
        return client.send(Message(REQUEST, params, opts, mac=MAC[n], **more))

    got, _ = ask(2, (1, 108), "10.0.0.11")
    equal("INIT-REBOOT of a capable client: its address, and 108",
          (got[0].kind(), got[0].yiaddr, 108 in got[0].codes()),
          (ACK, "10.0.0.11", True))
    got, _ = ask(2, (1,), ciaddr="10.0.0.11")
    equal("RENEW: an answer to the address alone",
          (got[0].kind(), got[0].dst, got[0].l2, got[0].yiaddr,
           108 in got[0].codes()),
          (ACK, "10.0.0.11", MAC[2], "10.0.0.11", False))
    got, _ = ask(2, (1, 108), ciaddr="10.0.0.11")
    check("RENEW that asks for 108 gets it", 108 in got[0].codes())
    got, _ = ask(3, (1,), ciaddr="10.0.0.11")
    equal("RENEW of another's address: refused, by broadcast",
          (got[0].kind(), got[0].dst), (NAK, "255.255.255.255"))
    got, _ = ask(3, (1,), "192.168.7.7")
    equal("INIT-REBOOT from another network: refused", got[0].kind(), NAK)
    equal("one that is not known here: silence", ask(3, (1,), "10.0.0.99"),
          ([], ["unknown_address"]))
    # D27 C52 C53
    got, _ = client.send(Message(INFORM, (1, 108), ciaddr="10.0.0.77"))
    equal("INFORM: settings, no lease", (
        got[0].kind(), got[0].yiaddr, got[0].dst, got[0].codes()),
          (ACK, "0.0.0.0", "10.0.0.77", [53, 54, 108, 1]))
    equal("INFORM from elsewhere: silence", client.send(
        Message(INFORM, (1,), ciaddr="192.168.7.7")), ([], ["inform_ignored"]))


def giving_back(client):
    # D28 D29 C55
    mine = option(54, addr(OURS))
    wrong = Message(RELEASE, (), mine, mac=MAC[3], ciaddr="10.0.0.11")
    equal("RELEASE by another", client.send(wrong), ([], ["release_ignored"]))
    right = Message(RELEASE, (), mine, mac=MAC[2], ciaddr="10.0.0.11")
    equal("RELEASE", client.send(right), ([], ["released"]))
    check("the address is free", "10.0.0.11" not in bound())
    address = bind(client, 4)
    got = client.send(Message(DECLINE, (), mine + option(50, addr(address)),
                              mac=MAC[4]))
    equal("DECLINE", got, ([], ["declined"]))
    equal("nobody gets the address", status()["pool"]["declined"], 1)
    check("and the log says so", f"{address}: its client" in log(), log())


def conflict(client, daemon):
    """An address that somebody uses is not offered."""
    configure(*MOSTLY[:2], "pool = 10.0.0.20-10.0.0.23", *MOSTLY[3:],
              mode="mostly")
    daemon.reload()
    wait_for(lambda: status()["pool"]["declined"] == 0)
    before = status()["counters"]["acknowledged"]
    check("a changed pool is taken, and what was counted stays",  # D54
          before > 0 and not bound(), leases())
    # the kernel answers for its address, and is faster than the daemon's patience
    run("ip", "-n", CLIENT, "addr", "add", "10.0.0.20/32", "dev", "c0")
    equal("the next one is offered instead", discover(client, 5).yiaddr,
          "10.0.0.21")
    run("ip", "-n", CLIENT, "addr", "del", "10.0.0.20/32", "dev", "c0")
    equal("and it is counted", status()["counters"]["conflicts"], 1)
    configure(*MOSTLY, mode="mostly")
    daemon.reload()
    check("the former pool again: a lease that has a place again goes on",
          wait_for(lambda: "10.0.0.10" in bound()), leases())


def crash(client, daemon):
    # D55 C64
    mine = {bind(client, n): MAC[n] for n in (11, 12, 13)}
    daemon.kill()
    os.unlink(SOCK)
    with open(LEASES, "a", encoding="ascii") as f:
        f.write("10.0.0.13 bound 9999")	# the power went
    daemon = start()
    equal("leases survive kill -9", set(mine) <= set(bound()), True)
    equal("half a line is no damage", glob.glob(LEASES + ".damaged*"), [])
    for address, mac in mine.items():
        got, _ = client.send(Message(REQUEST, (1,), mac=mac, ciaddr=address))
        equal(f"{address} goes on", [a.kind() for a in got], [ACK])
    seen, had = adoption()["devices"], len(bound())
    daemon.stop()
    with open(LEASES, "rb") as f:
        data = f.read()
    victim = next(iter(mine)).encode() + b" bo"
    with open(LEASES, "wb") as f:
        f.write(data.replace(victim, victim[:-1] + b"X"))
    daemon = start()
    equal("a damaged file is set aside",
          len(glob.glob(LEASES + ".damaged-1")), 1)
    check("said so", "damaged" in log(), log())
    equal("and what can be read is used", len(bound()), had - 1)
    equal("devices are kept over a restart", adoption()["devices"], seen)
    return daemon


def other_server(client):
    offer = Message(OFFER, (), option(54, addr("10.0.0.66")),
                    mac=b"\2\0\0\0\0\x66")
    offer.op = 2
    udp = offer.udp()
    udp = struct.pack("!HH", 67, 68) + udp[4:6] + b"\0\0" + udp[8:]
    client.sock.send(offer.frame(offer.ip(udp)))
    check("another server on the link is noticed", wait_for(
        lambda: status()["other_servers"]), status())
    r = status()["other_servers"][0]
    equal("by address and hardware", (r["server_id"], r["mac"], r["v6only"]),
          ("10.0.0.66", "02:00:00:00:00:66", False))
    check("and the log says so",
          "another DHCP server answers on lan: 10.0.0.66" in log(), log())
    # D21
    got = client.send(Message(REQUEST, (1,), option(50, addr("10.0.0.99")) +
                              option(54, addr("10.0.0.66"))))
    equal("a client that takes its offer: silence", got,
          ([], ["other_server"]))
    equal("and is counted", status()["other_servers"][0]["chosen"], 1)


def use_far(client):
    """The first address of the far network is in use, and routed to."""
    lan = ":".join(f"{b:02x}" for b in gateway_mac())
    c0 = ":".join(f"{b:02x}" for b in client.sock.getsockname()[4])
    run("ip", "-n", GW, "route", "add", "10.7.0.0/24", "dev", "lan")
    run("ip", "-n", GW, "neigh", "replace", "10.7.0.10", "lladdr", c0, "dev",
        "lan", "nud", "permanent")
    run("ip", "-n", GW, "neigh", "replace", "10.7.0.11", "lladdr",
        "02:00:00:00:07:07", "dev", "lan", "nud", "permanent")
    run("ip", "-n", CLIENT, "addr", "add", "10.7.0.10/32", "dev", "c0")
    run("ip", "-n", CLIENT, "route", "add", OURS, "dev", "c0")
    run("ip", "-n", CLIENT, "neigh", "replace", OURS, "lladdr", lan, "dev",
        "c0", "nud", "permanent")


def misleading(client):
    """What says nothing about 10.7.0.11, which is the next to be asked."""
    def echo(source, kind=0, id_flip=0, seq_flip=0):
        q = question[34:42]
        head = (bytes([kind, 0, 0, 0, q[4] ^ id_flip]) + q[5:7] +
                bytes([q[7] ^ seq_flip]))
        quoted = question[14:42] if kind else b""
        icmp = head[:2] + struct.pack("!H", csum(head + quoted)) + head[4:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(quoted), 1, 0, 64,
                         1, 0, addr(source), addr(OURS))
        ip = ip[:10] + struct.pack("!H", csum(ip)) + ip[12:]
        client.sock.send(gateway_mac() + b"\2\0\0\0\7\7\x08\0" + ip + icmp +
                         quoted)

    question = wait_for(lambda: client.pending_echo("10.7.0.11"))
    check("the next address is asked for by a ping", question)
    echo("10.7.0.12")
    echo("10.7.0.11", id_flip=1)
    echo("10.7.0.11", seq_flip=1)
    echo("10.7.0.11", kind=3)
    echo("10.7.0.11", kind=11)


def relayed(client, daemon):
    """D40 D45 D46 D47: a second network, behind a relay on the same wire."""
    daemon.stop()
    configure(*MOSTLY, "ipv4-route = off", "[network far]", "interface = lan",
              "dhcp = mostly", "translator = elsewhere",
              "subnet = 10.7.0.0/24", "pool = 10.7.0.10-10.7.0.19",
              "router = 10.7.0.1", "relay = 10.7.0.1", mode="mostly")
    daemon = start()
    info = option(82, b"\1\4port\2\2me")
    msg = Message(DISCOVER, (1, 3), info + option(61, b"far"),
                  giaddr="10.7.0.1", mac=MAC[30])
    msg.hops = 1
    use_far(client)
    relay = b"\2\0\0\0\7\7"
    client.sock.send(b"\xff" * 6 + relay + msg.frame()[12:])
    misleading(client)
    got = wait_for(client.pending)
    a = got[0]
    equal("a client of the far network gets an address of it, through its "
          "relay", (len(got), a.l2, a.dst, a.dport, a.giaddr, a.get(3)),
          (1, relay, "10.7.0.1", 67, "10.7.0.1", addr("10.7.0.1")))
    equal("one that answers to no ping", a.yiaddr, "10.7.0.11")
    check("and the log says why",
          "10.7.0.10 is not offered: somebody uses it" in log(), log())
    equal("its option 82 is the last", a.options[-1], (82, b"\1\4port\2\2me"))
    past_relay(client, relay)
    a = discover(client, 31)
    check("one of the wire itself gets one of here",
          a.yiaddr.startswith("10.0.0."), a.yiaddr)
    return daemon


def past_relay(client, router):
    """RFC 2131, section 4.4.5: to renew a client sends to the server alone."""
    def past(kind, **more):
        return Message(kind, (1, 3), option(61, b"far"), mac=MAC[30],
                       ciaddr="10.7.0.11", **more)

    def send(msg):
        client.sock.send(msg.l2 + router + msg.frame()[12:])
        got = wait_for(client.pending)
        return [(a.kind(), a.l2, a.dst, a.dport, a.yiaddr, a.get(3))
                for a in got]

    taken = Message(REQUEST, (1,), option(50, addr("10.7.0.11")) +
                    option(54, addr(OURS)) + option(61, b"far"),
                    mac=MAC[30], giaddr="10.7.0.1")
    equal("it takes the address", [a[0] for a in send(taken)], [ACK])
    equal("and renews it past the relay, answered by the network that it is "
          "of alone", send(past(REQUEST, dst=OURS, l2=gateway_mac())),
          [(ACK, router, "10.7.0.11", 68, "10.7.0.11", addr("10.7.0.1"))])
    equal("when it has moved to the wire itself, it is refused there",
          [a[:3] for a in send(past(REQUEST))],
          [(NAK, b"\xff" * 6, "255.255.255.255")])
    # D27
    equal("INFORM through the relay: answered at the client's address",
          send(past(INFORM, giaddr="10.7.0.1")),
          [(ACK, router, "10.7.0.11", 68, "0.0.0.0", addr("10.7.0.1"))])


def narrow(client, daemon):
    """D44: an answer fits the link, whatever the client would take."""
    daemon.stop()
    configure(*MOSTLY[:2], "pool = 10.0.0.30-10.0.0.33", *(
        f"option = {code} text {'x' * 170}" for code in range(200, 206)),
        mode="mostly")
    run("ip", "-n", GW, "link", "set", "lan", "mtu", "700")
    daemon = start()
    a = discover(client, 40, range(200, 206), option(57, b"\5\xdc"))
    equal("what finds no room on the link is left out",
          a and a.codes(), [53, 54, 51, 58, 59, 200, 201])
    return daemon


def main():
    setup(module=False)
    run("ip", "-n", GW, "addr", "add", OURS + "/24", "dev", "lan")
    run("ip", "-n", CLIENT, "addr", "flush", "dev", "c0")
    client = Client()
    configure(*MOSTLY, mode="mostly")
    daemon = start()
    new_lease(client)
    capable(client)
    keeping(client)
    giving_back(client)
    conflict(client, daemon)
    daemon = crash(client, daemon)
    other_server(client)
    daemon = relayed(client, daemon)
    daemon = narrow(client, daemon)
    equal("it ends when told", daemon.stop(), 0)
    done()


main()
