#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The same DHCP clients before dhcp108d and before each of its peers.

Prints a line of JSON for each case and server: what the server did, and whether
that is what the case wants.
"""

import os
import select
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, f"{HERE}/../net"]
sys.argv[1:] = []
from dhcp_lab import (  # noqa: E402
    ACK, DISCOVER, GW, INFORM, NAK, OFFER, REQUEST, Client, Message, addr,
    ctl, option, setup)
import servers  # noqa: E402
from cases import Cases  # noqa: E402
from dhcp108_load import CLIENTS, SECONDS, Hall  # noqa: E402
from raw import FACTOR, run  # noqa: E402

KINDS = {OFFER: "OFFER", ACK: "ACK", NAK: "NAK"}
PARAMS, P108 = (1, 3, 6), (1, 3, 6, 108)
OUR = addr("192.0.2.1")
RELAY = "192.0.2.2"
POOL = ("192.0.2.100", "192.0.2.199", "192.0.2.0/24")
SMALL = ("192.0.2.100", "192.0.2.101", "192.0.2.0/24")
HALL = ("10.0.1.0", "10.0.250.255", "10.0.0.0/16")
PATIENCE = 5	# seconds after which no answer is one
case = Cases("dhcp")


def told(answer):
    """A server's answer in words."""
    if answer is None:
        return "silence"
    words = [KINDS.get(answer.kind(), str(answer.kind()))]
    if answer.kind() != NAK:
        words.append(answer.yiaddr)
    return " ".join(words) + "".join(
        f", {code}" for code in (108, 116) if answer.get(code) is not None)


def zero(answer):
    return bool(answer and answer.kind() == OFFER and
                answer.yiaddr == "0.0.0.0" and answer.get(108))


class Net:
    """The client's side of the link."""

    def __init__(self):
        self.client = Client()
        self.relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.relay.bind((RELAY, 67))

    def listen(self, xid, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([self.client.sock], [], [], left)
            for answer in self.client.pending():
                if answer.xid == xid:
                    return answer
        return None

    def ask(self, message, seconds=PATIENCE):
        self.client.pending()
        self.client.sock.send(message.frame())
        return self.listen(message.xid, seconds)

    def ask_relayed(self, message):
        self.client.pending()
        self.relay.sendto(message.bootp(), ("192.0.2.1", 67))
        return self.listen(message.xid)

    def lease(self, params=PARAMS):
        """Join as a client without option 108: its last answer."""
        found = self.ask(Message(DISCOVER, params))
        if not found or found.yiaddr == "0.0.0.0":
            return found
        return self.ask(request(found, params))


def request(found, params):
    options = option(50, addr(found.yiaddr)) + option(54, found.get(54) or OUR)
    return Message(REQUEST, params, options, mac=found.chaddr[:6])


def first(net, params, options=b"", **more):
    answer = net.ask(Message(DISCOVER, params, options, **more))
    return told(answer), answer


@case("v6only", "asks for option 108", "OFFER 0.0.0.0 with 108")
def asks(net):
    text, answer = first(net, P108)
    return text, zero(answer)


@case("v6only", "does not ask for it", "silence")
def legacy(net):
    text, answer = first(net, PARAMS)
    return text, not answer


@case("v6only", "asks in a second option 55", "the same as in one")
def split(net):
    text, answer = first(net, PARAMS, option(55, bytes([108])))
    return text, zero(answer)


@case("v6only", "asks for 108 and rapid commit", "an OFFER, no ACK")
def rapid(net):
    text, answer = first(net, P108, option(80, b""))
    return text, zero(answer)


@case("v6only", "asks for 108, understands 116",
      "OFFER 0.0.0.0 with 108 and 116 (dhcpcd 9 needs it)")
def autoconf(net):
    text, answer = first(net, P108, option(116, b"\1"))
    return text, zero(answer) and answer.get(116) == b"\0"


@case("v6only", "client identifier", "it is echoed (RFC 6842)")
def client_id(net):
    ident = b"\xff\0\0\0\1\0\3"
    text, answer = first(net, P108, option(61, ident))
    back = bool(answer) and answer.get(61) == ident
    return text + (", echoed" if back else ", not echoed"), back


@case("v6only", "behind a relay, with option 82",
      "to the relay, option 82 echoed as the last one")
def relayed(net):
    info = option(1, b"port")
    msg = Message(DISCOVER, P108, option(82, info), giaddr=RELAY)
    answer = net.ask_relayed(msg)
    good = zero(answer) and answer.dst == RELAY and answer.codes()[-1] == 82
    where = " to the relay" if answer and answer.dst == RELAY else ""
    back = answer and (", 82 echoed" if answer.get(82) == info else ", no 82")
    return told(answer) + where + (back or ""), good


@case("v6only", "comes back with the address of another network, asks for 108",
      "NAK, so that it starts anew at once")
def reboot(net):
    answer = net.ask(Message(REQUEST, P108, option(50, addr("10.9.9.9"))))
    return told(answer), bool(answer) and answer.kind() == NAK


@case("v6only", "REQUEST to another server", "silence")
def other(net):
    options = option(50, addr("192.0.2.77")) + option(54, addr("192.0.2.9"))
    answer = net.ask(Message(REQUEST, P108, options))
    return told(answer), not answer


@case("v6only", "REQUEST for 0.0.0.0 of the offer", "NAK")
def takes_zero(net):
    options = option(50, addr("0.0.0.0")) + option(54, OUR)
    answer = net.ask(Message(REQUEST, P108, options))
    return told(answer), bool(answer) and answer.kind() == NAK


@case("v6only", "the translator is dead; asks for 108", "silence")
def dead(net):
    with_dead_translator()
    text, answer = first(net, P108)
    ctl("set", "enabled", "on")
    return text, not answer


@case("v6only, no IPv4 address on the interface", "asks for 108",
      "OFFER 0.0.0.0 with 108")
def no_ipv4(net):
    text, answer = first(net, P108)
    return text, zero(answer)


@case("mostly", "needs IPv4", "a lease")
def needs(net):
    answer = net.lease()
    return told(answer), bool(answer) and answer.kind() == ACK


@case("mostly", "asks for 108", "OFFER 0.0.0.0 with 108: no address is used")
def capable(net):
    text, answer = first(net, P108)
    return text, zero(answer)


def asks_again(net, words):
    """Whether a lease stays when its client says words(its address)."""
    had = net.lease()
    if not had or had.kind() != ACK:
        return "no lease", False
    answer = net.ask(Message(REQUEST, P108, mac=had.chaddr[:6],
                             **words(had.yiaddr)))
    return told(answer), bool(answer) and answer.kind() == ACK and (
        answer.yiaddr == had.yiaddr) and bool(answer.get(108))


@case("mostly", "comes back with its lease, now asks for 108",
      "ACK of that address, with 108")
def own_reboot(net):
    return asks_again(net, lambda had: {"options": option(50, addr(had))})


@case("mostly", "rebinds its lease, now asks for 108",
      "ACK of that address, with 108")
def own_rebind(net):
    return asks_again(net, lambda had: {"ciaddr": had})


@case("mostly", "rebinds an address that it never had from here",
      "no lease: silence or NAK")
def stranger(net):
    answer = net.ask(Message(REQUEST, P108, ciaddr="192.0.2.180"))
    return told(answer), not answer or answer.kind() == NAK


@case("mostly", "INFORM, asks for 108", "ACK without an address, with 108")
def inform(net):
    answer = net.ask(Message(INFORM, P108, ciaddr="192.0.2.2"))
    return told(answer), bool(answer) and answer.kind() == ACK and (
        answer.yiaddr == "0.0.0.0") and bool(answer.get(108))


def broken():
    """Messages that no server may answer."""
    for field, value in (("magic", b"\1\2\3\4"), ("op", 2), ("hlen", 200),
                         ("options", option(55, bytes(P108)) + b"\x35"),
                         ("options", b"\x35\x01\x01\x37\xc8\x6c"),
                         ("options", b"\x35\0" + option(55, bytes(P108)))):
        msg = Message(DISCOVER, P108)
        setattr(msg, field, value)
        yield msg
    short = Message(DISCOVER, P108)
    short.bootp = lambda: Message.bootp(short)[:100]
    yield short


@case("mostly", "seven malformed messages", "no answer, and it serves on")
def malformed(net):
    answered = sum(1 for m in broken() if net.ask(m, 2))
    after = net.ask(Message(DISCOVER, PARAMS))
    return (f"{answered} answered, " + ("serves on" if after else "silent"),
            not answered and bool(after))


@case("mostly", "the translator is dead; asks for 108",
      "a lease, without 108")
def mostly_dead(net):
    with_dead_translator()
    answer = net.lease(P108)
    ctl("set", "enabled", "on")
    return told(answer), bool(answer) and answer.kind() == ACK and (
        answer.get(108) is None)


@case("mostly, pool of two in use", "asks for 108", "OFFER 0.0.0.0 with 108")
def exhausted(net):
    for _ in range(4):	# what was offered only comes back meanwhile
        net.lease()
    third = net.ask(Message(DISCOVER, PARAMS))
    text, answer = first(net, P108)
    return text + ("" if third is None else " (pool was not in use)"), (
        zero(answer) and third is None)


SETUPS = {"v6only": ("v6only", POOL, "192.0.2.1/24"),
          "v6only, no IPv4 address on the interface": ("v6only", POOL, None),
          "mostly": ("mostly", POOL, "192.0.2.1/24"),
          "mostly, pool of two in use": ("mostly", SMALL, "192.0.2.1/24")}


def with_dead_translator():
    """Long enough for whoever looks at the translator to see it."""
    ctl("set", "enabled", "off")
    time.sleep(2 * FACTOR)


def address(own):
    run("ip", "-n", GW, "-4", "addr", "flush", "dev", "lan")
    if own:
        run("ip", "-n", GW, "addr", "add", own, "dev", "lan")


def started(server, net, mode):
    """Wait until it answers somebody, or for as long as it may take."""
    params = P108 if mode == "v6only" else PARAMS
    for _ in range(10):
        if server.proc.poll() is not None or net.ask(Message(
                DISCOVER, params), 2 + FACTOR):
            return


def run_cases(server, net):
    for where, (mode, pool, own) in SETUPS.items():
        if mode not in server.modes:
            case.run(where, server, None)
            continue
        address(own)
        server.start(mode, pool)
        started(server, net, mode)
        case.run(where, server, net)
        if server.proc.poll() is not None:
            print(f"# {server.name}, {where}: {server.log()[-600:]}")
        server.stop()


def load(server, net):
    """Half of the clients ask for option 108, the other half need a lease."""
    address("10.0.0.1/16")
    server.start("mostly", HALL)
    started(server, net, "mostly")
    hall = Hall(Client().sock)
    hall.join()
    served = sorted(j.end - j.start for j in hall.all if j.end)
    parts = [sum(1 for j in hall.all if j.end and j.capable is kind)
             for kind in (True, False)]
    case.say(load=True, server=server.name, clients=CLIENTS,
             capable=parts[0], legacy=parts[1], seconds=SECONDS * FACTOR,
             sent=hall.sent, half=served[len(served) // 2] if served else None,
             last=served[-1] if served else None)
    server.stop()


def perfdhcp(server, net):
    """The view of Kea's own load generator: clients behind a relay."""
    if not os.path.exists(f"{servers.PEERS}/usr/sbin/perfdhcp"):
        return
    address("192.0.2.1/16")
    server.start("mostly", ("192.0.3.0", "192.0.250.255", "192.0.0.0/16"))
    started(server, net, "mostly")
    rate = CLIENTS // (SECONDS * FACTOR)
    net.relay.close()
    text = subprocess.run(
        ["chroot", servers.PEERS, "/usr/sbin/perfdhcp", "-4", "-l", "c0", "-r",
         str(int(rate)), "-R", str(CLIENTS), "-n", str(CLIENTS), "-W", "5",
         "192.0.2.1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False).stdout
    net.relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    net.relay.bind((RELAY, 67))
    numbers = [int(x.split(":")[1]) for x in text.splitlines()
               if x.startswith(("sent packets:", "received packets:"))]
    case.say(perfdhcp=True, server=server.name, rate=int(rate),
             numbers=numbers)
    server.stop()


def main():
    setup()
    run("ip", "addr", "add", f"{RELAY}/24", "dev", "c0")
    for words in (("instance", "add", "default", "mode", "nat64"),
                  ("prefix", "add", "64:ff9b::/96"),
                  ("pool4", "add", "198.51.100.1/32")):
        ctl(*words)
    net = Net()
    for server in case.servers(servers.DHCP, GW):
        run_cases(server, net)
        load(server, net)
        perfdhcp(server, net)


if __name__ == "__main__":
    main()
