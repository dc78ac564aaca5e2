#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The same host before pref64d and before each of its peers.

Prints a line of JSON for each case and router: what the router did, and whether
that is what the case wants.
"""

import os
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, f"{HERE}/../net"]
from ra_lab import (  # noqa: E402
    ALL_NODES, FACTOR, GW, HOST, Client, ctl, run, setup)
import servers  # noqa: E402
from cases import Cases  # noqa: E402

A = "64:ff9b::/96"
LENGTHS = (A, "2001:db8:64::/64", "2001:db8:5600::/56", "2001:db8:4800::/48",
           "2001:db8:4000::/40", "fd64::/32")
OTHER = "2001:db8:bad::/96"
PLAIN = {"interval": 10, "router": 1800, "lifetime": 1800, "prefixes": (A,)}
SETUPS = {
    "one prefix": PLAIN,
    "two prefixes": {**PLAIN, "prefixes": LENGTHS[:2]},
    "prefixes of all six lengths": {**PLAIN, "prefixes": LENGTHS},
    "router lifetime of 9000 s, none said for PREF64":
        {**PLAIN, "router": 9000, "lifetime": None},
    "PREF64 lifetime of 1801 s": {**PLAIN, "lifetime": 1801}}
case = Cases("ra")


def yes(good, text):
    return text, good


class Net(Client):
    """The host, before one router after the other."""

    server = None
    withdrawn = False

    def ask(self, wanted=lambda ra: True):
        """Solicit a few times until such an advertisement comes."""
        for _ in range(4):
            self.solicit()
            ra = self.hear(wanted, 1)
            if ra:
                return ra
        return None


def prefix(net):
    """PREF64 of an advertisement that was asked for."""
    ra = net.ask(lambda ra: ra.pref64())
    return ra.pref64() if ra else []


def lifetime(net):
    """Seconds, 0 if there is no answer or none with PREF64."""
    found = prefix(net)
    return found[0][1] if found else 0


@case("one prefix", "host solicits", "an advertisement to it alone, with PREF64")
def solicited(net):
    net.drain()
    net.solicit()
    ra = net.hear(seconds=4)
    if not ra:
        return yes(False, "nothing")
    whom = "to it alone" if ra.dst == HOST else "to all"
    what = f", {ra.pref64()[0][0]}" if ra.pref64() else ", no PREF64"
    return yes(ra.dst == HOST and ra.pref64(), whom + what)


@case("one prefix", "name server, domain, captive portal", "all three are advertised")
def extras(net):
    ra = net.ask()
    found = [n for n, kind in (("server", 25), ("domain", 31), ("portal", 37))
             if ra and ra.of(kind)]
    return yes(len(found) == 3, ", ".join(found) or "none")


@case("one prefix", "ten advertisements", "byte for byte the same: phones sleep on")
def stable(net):
    seen = {ra.data[4:] for ra in (net.ask() for _ in range(10)) if ra}
    return yes(len(seen) == 1, "the same" if len(seen) == 1 else
               f"{len(seen)} different ones")


@case("one prefix", "another router advertises another PREF64", "it is reported")
def disagreement(net):
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    body += struct.pack("!BBH", 38, 2, 1800) + bytes.fromhex(
        "20010db80bad000000000000")
    net.send_icmp(body, "fe80::bad", ALL_NODES, 255)
    time.sleep(2 * FACTOR)
    text = net.server.log()
    return yes("2001:db8:bad::" in text, "reported in its log"
               if "2001:db8:bad::" in text else "nothing is said of it")


@case("one prefix", "the translator is turned off", "PREF64 is withdrawn at once")
def dead(net):
    prefix(net)
    net.drain()
    start = time.monotonic()
    ctl("set", "enabled", "off")
    gone = net.hear(lambda ra: ra.pref64() and not any(
        life for _, life in ra.pref64()), 5)
    took = time.monotonic() - start
    net.withdrawn = bool(gone)
    ctl("set", "enabled", "on")
    return yes(bool(gone), f"withdrawn after {took:.1f} s" if gone
               else "still advertised")


@case("one prefix", "the translator is back", "PREF64 is advertised again")
def back(net):
    found = net.hear(lambda ra: any(life for _, life in ra.pref64()), 10)
    text = "advertised" if net.withdrawn else "as before"
    return yes(bool(found), text if found else "not advertised")


@case("one prefix", "it ends (SIGTERM)",
      "router lifetime 0 and PREF64 lifetime 0 are said")
def farewell(net):
    net.drain()
    net.server.end()
    last = net.hear(lambda ra: ra.lifetime == 0, 2)
    if not last:
        return yes(False, "nothing")
    lives = [life for _, life in last.pref64()]
    text = "router 0, " + (f"PREF64 {lives[0]}" if lives else "no PREF64")
    return yes(bool(lives) and not any(lives), text)


@case("two prefixes", "one is taken away",
      "its withdrawal, after the one that stays")
def taken(net):
    prefix(net)
    net.drain()
    module_prefixes((A,))
    net.server.change(PLAIN)
    ra = net.hear(lambda ra: len(ra.pref64()) == 1 or not all(
        life for _, life in ra.pref64()), 10)
    if not ra:
        return yes(False, "still advertised")
    gone = [p for p, life in ra.pref64() if not life]
    if not gone:
        return yes(False, "no longer said, kept by hosts as long as it lives")
    text = "withdrawn, last" if ra.pref64()[-1][0] in gone else "withdrawn"
    return yes(gone == [LENGTHS[1]] and text != "withdrawn", text)


@case("prefixes of all six lengths", "host solicits", "all six, right")
def lengths(net):
    found = [p for p, _ in prefix(net)]
    return yes(sorted(found) == sorted(LENGTHS), f"{len(found)} of six"
               if set(found) <= set(LENGTHS) else f"wrong: {found}")


@case("router lifetime of 9000 s, none said for PREF64", "host solicits",
      "PREF64 lives as long as the router")
def default_life(net):
    life = lifetime(net)
    return yes(life >= 9000, f"PREF64 {life} s" if life else "nothing is said")


@case("PREF64 lifetime of 1801 s", "host solicits",
      "no shorter than what was said: 1808 s")
def scaled(net):
    life = lifetime(net)
    return yes(life == 1808, f"{life} s" if life else "nothing is said")


def module_prefixes(wanted):
    """pref64d takes the prefixes from the translator."""
    there = subprocess.check_output(
        ["ip", "netns", "exec", GW, "nat64ctl", "prefix", "list"], text=True)
    for p in LENGTHS[1:]:
        if (p in wanted) != (p in there):
            ctl("prefix", "add" if p in wanted else "del", p)


def run_cases(server, net):
    net.server = server
    for where, config in SETUPS.items():
        module_prefixes(config["prefixes"])
        net.drain()	# the farewell of the one before
        server.start(config)
        if not net.ask():
            print(f"# {server.name} is silent: {server.log()[-900:]}")
        case.run(where, server, net)
        if where != "one prefix" and server.proc.poll() is not None:
            print(f"# {server.name}, {where}: {server.log()[-600:]}")
        server.stop()


def main():
    setup()
    run("ip", "-n", GW, "link", "set", "lan", "up")
    ctl("instance", "add", "default", "mode", "nat64")
    ctl("prefix", "add", A)
    ctl("pool4", "add", "198.51.100.1/32")
    net = Net()
    for server in case.servers(servers.RA, GW):
        run_cases(server, net)


if __name__ == "__main__":
    main()
