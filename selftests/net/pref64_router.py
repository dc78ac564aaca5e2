#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 700
# kernel: 6.12
"""pref64d as a router that lives among others, and whose own life changes.

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
from raw import check, done, equal, has_lines, run, wait_for  # noqa: E402
from ra_lab import (ALL_NODES, CONF, DIR, FAR, GW, KILL, STATE,  # noqa: E402
                    Client, Daemon, ask_daemon, configure, ctl, gw_sysctl, log, route4,
                    setup, status)

A, B = "2001:db8:a::/96", "2001:db8:b::/96"
HALL = ("ra = on", "dns = 2001:db8:1::53 2001:db8:1::54",
        "search = example.net")
LIVE = ((A, 1800),)


def gw_addr(verb, addr, dev="lan"):
    nodad = ["nodad"] if verb == "add" else []
    run("ip", "-n", GW, "addr", verb, addr, "dev", dev, *nodad)


def far(*words):
    run("ip", "netns", "exec", FAR, *words)


def gone(client, what):
    """PREF64 is withdrawn, the router stays one."""
    ra = client.hear(lambda ra: ra.pref64() == [(A, 0)])
    equal(f"{what}: withdrawn, and still a router", ra and ra.lifetime, 1800)


def back(client, what):
    ra = client.hear(lambda ra: ra.pref64() == list(LIVE))
    check(f"{what}: advertised again", ra, log())


def measured(desc, *lines):
    has_lines(desc, ask_daemon("metrics").decode(),
              *(f"nat64_ra_{line}" for line in lines))


def gated_by_route(client):
    """R37: no IPv4, no PREF64."""
    route4("del")
    gone(client, "the IPv4 route goes")
    equal("and the status says why", status()["reason"], "no IPv4 route")
    measured("so do the metrics", 'translating{network="hall"} 0',
             'health_info{network="hall",reason="no IPv4 route"} 1',
             'pref64{network="hall",state="alive"} 0',
             'pref64{network="hall",state="withdrawn"} 1',
             'advertising{network="hall"} 1')
    route4("add")
    back(client, "the route comes")
    measured("and its metrics", 'translating{network="hall"} 1',
             'health_info{network="hall",reason="translator can serve"} 1',
             'pref64{network="hall",state="alive"} 1')
    far("ip", "link", "set", "eth0", "down")
    gone(client, "the carrier goes")
    equal("and the status says why", status()["reason"],
          "the IPv4 route leads through an interface that is down")
    far("ip", "link", "set", "eth0", "up")
    far("ip", "route", "add", "default", "via", "203.0.113.1")
    back(client, "the carrier comes")


def gated_by_probe(client):
    """R37: a host behind the translator has to answer, if told so."""
    run("ip", "-n", GW, "route", "add", A, "dev", "lan")
    configure(*HALL, "health-probe = 203.0.113.2 1s")
    check("a probe is begun without losing a client", wait_for(
        lambda: "configuration read again" in log()) and
        status()["translating"], log())
    far("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1")
    gone(client, "the probe is not answered")
    equal("and the status says why", status()["reason"],
          "probes through the translator are not answered")
    far("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=0")
    back(client, "the probe is answered")


def warns():
    """R38"""
    ctl("prefix", "add", "64:ff9b::/96", "force")
    check("the Well-Known Prefix is not for private destinations: a warning",
          wait_for(lambda: "64:ff9b::/96 is not for private" in log()), log())


def leaves(client):
    """R37: the policy for the router lifetime."""
    configure(*HALL, "when-down = leave")
    client.ask(lambda ra: ra.lifetime)
    ctl("set", "enabled", "off")
    check("when-down = leave: no router without a translator",
          client.hear(lambda ra: ra.lifetime == 0 and
                      ra.pref64() == [(A, 0)]), log())
    ctl("set", "enabled", "on")
    check("and again with one", client.hear(lambda ra: ra.lifetime == 1800))
    configure(*HALL)


def renumbers(client):
    """R22 R23 C143 C145, RFC 9096: prefixes that come and go."""
    gw_addr("add", "2001:db8:3::1/64")
    gw_addr("del", "2001:db8:1::1/64")
    ra = client.hear(lambda ra: ra.alive() == (["2001:db8:3::/64"],
                                               ["2001:db8:1::/64"]))
    check("the prefix of an address that went is withdrawn", ra, log())
    equal("with the flags it had", ra and
          [p[1] for p in ra.prefixes()], [0xc0, 0xc0])
    gw_addr("add", "2001:db8:1::1/64")
    ra = client.hear(lambda ra: ra.alive() == (
        ["2001:db8:1::/64", "2001:db8:3::/64"], []))
    check("it comes back, and is withdrawn no more", ra, log())


def remembers(client, daemon):
    """R22: what hosts hold is known after kill -9."""
    check("the prefixes are on the disk", wait_for(
        lambda: "2001:db8:3::/64" in open(STATE).read()))
    daemon.end()
    gw_addr("del", "2001:db8:3::1/64")
    client.drain()
    daemon = Daemon()
    ra = client.hear(lambda ra: ra.alive() == (["2001:db8:1::/64"],
                                               ["2001:db8:3::/64"]))
    check("killed and started: it withdraws what went meanwhile", ra, log())
    daemon.end(signal.SIGTERM)
    with open(STATE) as f:
        text = f.read()
    with open(STATE, "w") as f:
        f.write(text[:-4])
    daemon = Daemon()
    check("a damaged state file is reported", wait_for(
        lambda: "is damaged: set aside" in log()), log())
    equal("and set aside", open(f"{STATE}.damaged").read(), text[:-4])
    check("and the daemon runs", client.hear(lambda ra: ra.lifetime), log())
    check("and writes another one", wait_for(lambda: os.path.exists(STATE)),
          log())
    return daemon


def rest(ra):
    """What an advertisement says but for addresses."""
    return ra and (ra.pref64(),
                   [(struct.unpack("!I", o[4:8])[0], o[-1])
                    for o in ra.of(25)],
                   [struct.unpack("!I", o[4:8])[0] for o in ra.of(31)],
                   [struct.unpack("!I", o[4:8])[0] for o in ra.of(24)])


def netem(verb):
    """An answer that takes its time."""
    more = ["netem", "delay", "300ms"] if verb == "add" else []
    run("ip", "netns", "exec", FAR, "tc", "qdisc", verb, "dev", "eth0", "root",
        *more)


def remembers_the_rest(client, daemon):
    """R22 R27 R36: so it is with PREF64, name servers, domains, routes."""
    configure(*HALL, "route = 2001:db8:ff::/48 30m low")
    want = (list(LIVE), [(1800, 0x54)], [1800], [1800])
    check("all is advertised", client.hear(lambda ra: rest(ra) == want), log())
    words = (f"pref64 lan {A}", "dns lan 2001:db8:1::54",
             "search lan example.net", "route lan 2001:db8:ff::/48")
    check("and on the disk", wait_for(lambda: has_all(words)), log())
    want = ([(A, 0)], [(1800, 0x53), (0, 0x54)], [0], [0])
    for how, sig in (("killed", KILL), ("stopped", signal.SIGTERM)):
        daemon.end(sig)
        configure("ra = on", "dns = 2001:db8:1::53")
        if how == "killed":
            ctl("set", "enabled", "off")
        client.drain()
        daemon = Daemon()
        equal(f"{how} and started: withdrawn is what went meanwhile",
              rest(client.hear()), want)
    ctl("set", "enabled", "on")
    configure(*HALL, "health-probe = 203.0.113.2 1s")
    back(client, "all that was withdrawn")
    daemon.end()
    client.drain()
    netem("add")
    daemon = Daemon()
    ra = client.hear()
    netem("del")
    equal("with a probe: nobody loses IPv4 before it was asked",
          ra and ra.pref64(), list(LIVE))
    far("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1")
    daemon.end()
    client.drain()
    daemon = Daemon()
    ra = client.hear()
    equal("when it is not answered: withdrawn", ra and ra.pref64(), [(A, 0)])
    far("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=0")
    configure(*HALL)
    back(client, "the translator")
    return daemon


def chooses(client):
    """R23: of its own addresses, those that hosts may have as well."""
    run("ip", "addr", "add", "2001:db8:d::1/64", "dev", "c0", "nodad")
    gw_sysctl("net.ipv6.conf.lan.accept_dad=1")
    run("ip", "-n", GW, "addr", "add", "2001:db8:d::1/64", "dev", "lan")
    run("ip", "-n", GW, "addr", "add", "2001:db8:e::1/64", "dev", "lan",
        "nodad", "preferred_lft", "0")
    gw_addr("add", "2001:db8:f::1/128")
    check("there is an address that another host has", wait_for(
        lambda: b"dadfailed" in subprocess.check_output(
            ["ip", "-n", GW, "addr", "show", "dev", "lan"])))
    gw_addr("add", "2001:db8:7::1/64")
    ra = client.hear(lambda ra: "2001:db8:7::/64" in ra.alive()[0])
    equal("no prefix of a /128, deprecated or duplicate address",
          ra and ra.alive()[0], ["2001:db8:1::/64", "2001:db8:7::/64"])
    for addr in ("d::1/64", "e::1/64", "f::1/128", "7::1/64"):
        gw_addr("del", f"2001:db8:{addr}")
    gw_sysctl("net.ipv6.conf.lan.accept_dad=0")
    run("ip", "addr", "del", "2001:db8:d::1/64", "dev", "c0")
    check("and none when it is gone",
          client.hear(lambda ra: ra.alive()[0] == ["2001:db8:1::/64"]), log())


def has_all(words):
    if not os.path.exists(STATE):
        return False
    with open(STATE) as f:
        text = f.read()
    return all(word in text for word in words)


def withdraws_dns(client):
    """R27: name servers and domains that are no longer configured."""
    client.ask(lambda ra: ra.of(25))
    configure("ra = on", "dns = 2001:db8:1::54")
    ra = client.hear(lambda ra: len(ra.of(25)) == 2)
    equal("a name server that went has lifetime 0, the other stays",
          ra and [(o[4:8], o[-1]) for o in ra.of(25)],
          [(struct.pack("!I", 1800), 0x54), (bytes(4), 0x53)])
    equal("so has the domain", ra and [o[4:8] for o in ra.of(31)], [bytes(4)])


def options(client):
    """R21 R29 R42 R46 C151 C152"""
    configure(*HALL, "captive-portal = https://portal.example/api",
              "ra-option = 200 c0ffee", "mtu = 9000",
              "prefix = auto 2h 1h off-link", "managed = on")
    ra = client.hear(lambda ra: ra.of(37))
    equal("captive portal", ra and ra.of(37),
          [b"\x25\4https://portal.example/api\0\0\0\0"])
    equal("an option by its bytes", ra and ra.of(200),
          [b"\xc8\1\xc0\xff\xee\0\0\0"])
    equal("no more MTU than the link has", ra and ra.of(5),
          [b"\5\1\0\0" + struct.pack("!I", 1500)])
    check("and a word of warning", "mtu 9000 is more than" in log(), log())
    equal("a prefix that is not on-link", ra and ra.prefixes()[0],
          ("2001:db8:1::/64", 0x40, 7200, 3600))


def counts_down(client):
    """C155"""
    configure(*HALL, "prefix = 2001:db8:1::/64 2h 1h countdown")
    first = client.hear(lambda ra: ra.prefixes()[0][2] <= 7200)
    later = client.ask(lambda ra: first and
                       ra.prefixes()[0][2] < first.prefixes()[0][2])
    check("lifetimes count down", later, log())
    equal("those of PREF64 and name servers do not",
          later and (later.pref64(), later.rdnss_lifetime()),
          (list(LIVE), 1800))
    gw_addr("del", "2001:db8:1::1/64")
    run("ip", "-n", GW, "addr", "add", "2001:db8:1::1/64", "dev", "lan",
        "nodad", "valid_lft", "1000", "preferred_lft", "500")
    configure(*HALL, "prefix = auto countdown")
    ra = client.hear(lambda ra: ra.prefixes() and
                     ra.prefixes()[0][2] <= 1000)
    check("those of the interface end with its address",
          ra and 0 < ra.prefixes()[0][3] <= 500, log())


def answers(client):
    """R9: to whom."""
    for word, options_, want in (
            ("multicast", None, ALL_NODES), ("auto", b"", ALL_NODES),
            ("auto", None, client.address), ("unicast", b"", client.address)):
        configure(*HALL, f"solicited = {word}")
        mac = "no" if options_ == b"" else "its"
        ra = None
        for _ in range(10):
            client.drain()
            client.solicit(options=options_)
            ra = client.hear(lambda ra, want=want: ra.dst == want, 4)
            if ra:
                break
        check(f"solicited = {word}, asked with {mac} hardware address", ra)


def foreign(client, src, extra=b"", hop_limit=255, head=(64, 0, 1800, 0, 0)):
    """An advertisement of another router, from any address."""
    body = struct.pack("!BBHBBHII", 134, 0, 0, *head) + extra
    client.send_icmp(body, src, ALL_NODES, hop_limit)


def heeds_others(client):
    """R40 R41 C137 C139 C140"""
    configure(*HALL, "hop-limit = 64", "mtu = 1400", "retrans-timer = 1000",
              "prefix = 2001:db8:1::/64 2h 1h")
    client.hear(lambda ra: ra.retrans == 1000)
    own = status()["link_local"]
    pio = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 100, 50, 0)
    pio += ipaddress.ip_address("2001:db8:1::").packed
    foreign(client, own, pio, head=(1, 0x80, 1800, 0, 0))
    foreign(client, "2001:db8:1::9", pio)
    foreign(client, "fe80::9", pio, hop_limit=64)
    mtu = b"\5\1\0\0" + struct.pack("!I", 1280)
    bad = b"\x26\1\0\0\0\0\0\0" + b"\x26\2\7\x0f" + bytes(12)
    foreign(client, "fe80::bad", pio + mtu + bad, head=(32, 0xc0, 0, 0, 2000))
    line = ("router fe80::bad on lan disagrees: PREF64: theirs none, "
            f"ours {A}; hop limit: theirs 32, ours 64; "
            "retrans timer: theirs 2000, ours 1000; "
            "MTU: theirs 1280, ours 1400; managed: theirs 1, ours 0; "
            "other-config: theirs 1, ours 0; lifetimes of 2001:db8:1::/64: "
            "theirs 100 50, ours 7200 3600")
    check("who, what, ours, theirs: all in one line",
          wait_for(lambda: line in log()), log())
    equal("our own and invalid ones are no routers",
          [r["address"] for r in status()["routers"]], ["fe80::bad"])
    counters = status()["counters"]
    equal("and counted", (counters["bad_source"], counters["bad_hop_limit"]),
          (1, 1))
    equal("PREF64 of a wrong length or code is passed over and counted",
          counters["bad_pref64"], 2)
    measured("in the metrics as well",
             'malformed_total{network="hall",reason="bad_source"} 1',
             'malformed_total{network="hall",reason="bad_pref64"} 2',
             'other_routers{network="hall",agrees="no"} 1',
             'other_routers{network="hall",agrees="yes"} 0',
             f'solicitations_total{{network="hall"}} '
             f'{counters["solicitations"]}',
             f'sent_total{{network="hall",to="host"}} '
             f'{counters["sent_unicast"]}')


def hears_large_ones(client):
    """R14 R40: on a link of large packets."""
    for where, dev in ((GW, "lan"), (None, "c0")):
        space = ("-n", where) if where else ()
        run("ip", *space, "link", "set", dev, "mtu", "9000")
    pad = (b"\xc8\x64" + bytes(798)) * 8
    foreign(client, "fe80::b16", pad + b"\x26\2" + struct.pack("!H", 1800) +
            ipaddress.ip_address("2001:db8:b::").packed[:12])
    check("an advertisement of 6 kilobytes is read", wait_for(
        lambda: ("fe80::b16", B) in [(r["address"], r["pref64"])
                                     for r in status()["routers"]]), log())
    for where, dev in ((None, "c0"), (GW, "lan")):
        space = ("-n", where) if where else ()
        run("ip", *space, "link", "set", dev, "mtu", "1500")


def tells_of_a_filter(client):
    """What this host itself drops is told, and not counted as sent."""
    nft = ("ip", "netns", "exec", GW, "nft")
    run(*nft, "add table ip6 t; add chain ip6 t out { type filter hook "
        "output priority 0; }; add rule ip6 t out icmpv6 type "
        "nd-router-advert drop")
    before = status()["counters"]
    configure(*HALL, "managed = on")
    check("advertisements that cannot be sent: a warning", wait_for(
        lambda: "cannot advertise on lan: Operation not permitted" in log()),
        log())
    after = status()["counters"]
    check("and they count as failed", after["send_failed"] >
          before["send_failed"] and after["sent_multicast"] ==
          before["sent_multicast"], (before, after))
    has_lines("and ra list says so", says("ra", "list")[1],
              "  cannot send: Operation not permitted")
    run(*nft, "delete", "table", "ip6", "t")
    configure(*HALL)
    check("the filter goes: it advertises",
          client.hear(lambda ra: not ra.flags & 0x80), log())
    check("and says so", wait_for(
        lambda: "can advertise on lan again" in log()), log())


def follows_its_file(client):
    configure(*HALL, "router-lifetime = 9000")
    check("a changed file is noticed",
          client.hear(lambda ra: ra.lifetime == 9000), log())
    configure(*HALL, "router-lifetime = 1")
    check("a wrong one is reported with file and line", wait_for(
        lambda: f"{CONF}:6: router-lifetime = 1: expected 0 or" in log()),
        log())
    equal("and the old one stays", status()["router_lifetime"], 9000)
    configure(*HALL)
    check("a good one is taken again",
          client.hear(lambda ra: ra.lifetime == 1800))


def restore(text):
    path = f"{DIR}/module.conf"
    with open(path, "w") as f:
        f.write(text)
    ctl("restore", path)


def is_many(client):
    """R37: as many instances as the module takes, not only the first."""
    before = says("save")[1]
    many = "".join(f"instance add many-{i} mode siit\n" for i in range(70))
    restore(before + many + f"-i many-69 prefix add {B}\n")
    configure(*HALL, "instance = many-69")
    ra = client.hear(lambda ra: ra.pref64() == [(B, 1800), (A, 0)])
    check("the 71st instance is known", ra, (status()["reason"], log()))
    configure(*HALL)
    check("and so is the first",
          client.hear(lambda ra: ra.pref64() == [(A, 1800), (B, 0)]), log())
    restore(before)


def keeps_its_name(client):
    """R6 R12 C119 C122: an address that is told anew is not a new one."""
    name = client.ask().src
    gw_addr("add", "fe80::2:2/64")
    client.drain()
    for addr in (name, "fe80::2:2", name, "fe80::2:2"):
        gw_addr("replace", f"{addr}/64")
        status()
    ra = client.ask(lambda ra: ra.dst == client.address or not ra.lifetime)
    equal("two link-local addresses that are set again: one name, no farewell",
          ra and (ra.src, ra.lifetime), (name, 1800))
    gw_addr("del", "fe80::2:2/64")
    # R20
    run("ip", "-n", GW, "link", "set", "lan", "address", "02:00:00:00:00:bb")
    check("another hardware address is told",
          client.hear(lambda ra: ra.of(1) == [b"\1\1\2\0\0\0\0\xbb"]), log())
    run("ip", "-n", GW, "link", "set", "lan", "address", "02:00:00:00:00:aa")
    check("and so is the old one",
          client.hear(lambda ra: ra.of(1) == [b"\1\1\2\0\0\0\0\xaa"]), log())


def comes_back(client):
    """R11: a network that is taken out and put back."""
    with open(f"{CONF}.new", "w") as f:
        f.write("[network two]\ninterface = lan2\nra = on\n")
    os.rename(f"{CONF}.new", CONF)
    check("a network is gone from the file and from the status", wait_for(
        lambda: b'"hall"' not in ask_daemon("status")), log())
    configure(*HALL)
    check("it has said farewell", client.hear(lambda ra: ra.lifetime == 0),
          log())
    check("it is back", client.hear(lambda ra: ra.lifetime), log())
    equal("and says no second farewell",
          client.hear(lambda ra: ra.lifetime == 0, 8), None)


def forgets_interfaces(client):
    """R13 C121: those that come and go leave nothing behind."""
    gw_sysctl("net.core.optmem_max=1024")
    run("ip", "netns", "exec", GW, "bash", "-c",
        "for i in $(seq 40); do ip link add lan2 type veth peer name peer2;"
        " ip link set peer2 up; ip link set lan2 up; sleep .1;"
        " ip link del lan2; done")
    check("another interface came and went often",
          log().count("interface lan2: advertising") > 25, log())
    check("others can be sent on", client.ask(lambda ra: ra.lifetime), log())


def takes_it_easy(client):
    """C122: a storm of changes that concern nobody."""
    def churn(n):
        run("ip", "netns", "exec", GW, "bash", "-c",
            f"for i in $(seq {n}); do for v in add del; do "
            "ip addr $v 198.51.100.$i/32 dev lan; "
            "ip addr $v fd00::$i/128 dev lan nodad; done; done")

    before = status()["counters"]["sent_multicast"]
    churn(50)
    after = status()["counters"]["sent_multicast"]
    check("200 changes of addresses bring no advertisements",
          after - before <= 3, (before, after))


def stands_by(client, daemon):
    """R51 C158: the address of a virtual router."""
    daemon.end(signal.SIGTERM)
    configure(*HALL, "ra-source = fe80::1:1")
    client.drain()
    daemon = Daemon()
    check("without the address it stands by", wait_for(
        lambda: log() and status()["interface_state"] ==
        "standing by: another router has ra-source"), log())
    equal("and says nothing", status()["counters"]["sent_multicast"], 0)
    equal("nor does the status say that it does",
          (status()["pref64"], status()["router_lifetime"]), ([], 0))
    foreign(client, "fe80::7", b"\x26\2" + struct.pack("!H", 1800) +
            ipaddress.ip_address("2001:db8:a::").packed[:12])
    check("it hears another router", wait_for(lambda: status()["routers"]), log())
    equal("which says the same, and agrees (R40 R52)",
          [(r["address"], r["disagrees"]) for r in status()["routers"]],
          [("fe80::7", "")])
    gw_addr("add", "fe80::1:1/64")
    ra = client.hear()
    equal("with the address it advertises, from it", ra and ra.src,
          "fe80::1:1")
    gw_addr("del", "fe80::1:1/64")
    check("the address goes: it stands by", wait_for(
        lambda: status()["interface_state"].startswith("standing by")))
    client.drain()
    foreign(client, "fe80::1:1")
    check("and it hears the other one", wait_for(
        lambda: "fe80::1:1" in [r["address"] for r in status()["routers"]]),
        log())
    equal("no farewell in the other one's name",
          client.hear(lambda ra: ra.lifetime == 0, 0), None)
    run("ip", "-n", GW, "link", "add", "vr1", "link", "lan", "address",
        "00:00:5e:00:02:33", "type", "macvlan", "mode", "private")
    run("ip", "-n", GW, "link", "set", "vr1", "addrgenmode", "none", "up")
    gw_addr("add", "fe80::1:1/64", "vr1")
    with open(CONF) as f:
        text = f.read().replace("lan", "vr1")
    with open(CONF, "w") as f:
        f.write(text)
    ra = client.hear(lambda ra: ra.lifetime)
    equal("from a virtual router's own interface: its hardware address",
          ra and (ra.src, ra.of(1)),
          ("fe80::1:1", [b"\1\1\0\0\x5e\0\2\x33"]))
    daemon.end(signal.SIGTERM)
    run("ip", "-n", GW, "link", "del", "vr1")


def beside(client):
    """R50 C157"""
    configure("ra = on", "sidecar = on")
    client.drain()
    daemon = Daemon()
    ra = client.hear(lambda ra: ra.pref64())
    equal("sidecar: a router of low preference without a prefix for addresses",
          ra and (ra.lifetime, ra.flags & 0x18, [p for p in ra.prefixes()
                                                 if p[2]]), (1800, 0x18, []))
    equal("with a route of high preference to the translation prefix",
          ra and [o for o in ra.of(24) if any(o[4:8])],
          [b"\x18\3\x60\x08" + struct.pack("!I", 1800) +
           ipaddress.ip_address("2001:db8:a::").packed])
    check("and a word of warning", "Apple's do not" in log(), log())
    return daemon


def both(client):
    """C124: two networks, one of which is down."""
    run("ip", "-n", GW, "link", "add", "lan2", "type", "veth", "peer", "name",
        "peer2", "netns", FAR)
    far("ip", "link", "set", "peer2", "up")
    with open(f"{CONF}.new", "w") as f:
        f.write("[network two]\ninterface = lan2\nra = on\n"
                "[network hall]\ninterface = lan\nra = on\nmanaged = on\n")
    os.rename(f"{CONF}.new", CONF)
    check("the network that is up advertises",
          client.hear(lambda ra: ra.flags & 0x80), log())
    equal("the other one waits", status("two")["interface_state"],
          "waiting: it is down")
    run("ip", "-n", GW, "link", "set", "lan2", "up")
    check("until it is up", wait_for(lambda: status("two")["advertising"]))
    run("ip", "-n", GW, "link", "del", "lan2")
    check("or gone", wait_for(lambda: status("two")["interface_state"] ==
                              "waiting: it does not exist"))
    check("the first one goes on", client.ask(lambda ra: ra.lifetime))
    forgets_interfaces(client)
    configure(*HALL)


def says(*words):
    """Exit status and text of nat64ctl on the gateway."""
    ret = subprocess.run(["nat64ctl", "-n", GW, *words], check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True)
    return ret.returncode, ret.stdout


def moves(client, daemon):
    """R36 R39 C134: nat64ctl ra renumber."""
    client.ask(lambda ra: ra.pref64()[:1] == list(LIVE))
    equal("no prefix to leave: refused", says("ra", "renumber", B, A),
          (1, "nat64ctl: ra renumber: instance default has no such prefix to "
              "leave\n"))
    equal("no time: refused", says("ra", "renumber", A, B, "overlap", "x")[0],
          2)
    code, text = says("ra", "renumber", A, B, "overlap", "3s")
    check("ra renumber", code == 0 and f"prefix del {A}" in text, text)
    both_ = [(B, 1800), (A, 1800)]
    check("hosts hear of both, the new one first",
          client.hear(lambda ra: ra.pref64() == both_), log())
    swap = [(B, 1800), (A, 0)]
    for what in ("then", "twice"):
        check(f"{what} the old one has lifetime 0, behind the new one",
              client.hear(lambda ra: ra.pref64() == swap), log())
    code, text = says("prefix", "list")
    check("the module translates both", A[:-3] in text and B[:-3] in text,
          text)
    daemon.end()
    client.drain()
    daemon = Daemon()
    ra = client.hear()
    equal("after kill -9 the old one goes on being withdrawn",
          ra and ra.pref64(), swap)
    text = says("ra", "list")[1]
    has_lines("ra list shows it", text, f"  PREF64 {B}, lifetime 1800 s",
              f"  PREF64 {A}, lifetime 0 s (withdrawn)",
              "  prefix 2001:db8:1::/64", "  name server 2001:db8:1::53",
              "  search example.net")
    check("and as JSON", '"pref64":[{"prefix":"%s"' % B in
          says("-j", "ra", "list")[1])
    ctl("prefix", "del", A)
    code, text = says("ra", "renumber", B, "2001:db8:1::/95")
    check("a prefix that cannot be translated: refused", code, text)
    equal("and the module is as before", says("prefix", "list")[1].count("/96"),
          1)
    return daemon


def splits(client):
    """R14: no message is larger than the MTU that hosts are told."""
    names = [f"{'a' * 40}.{n}{'b' * 38}" for n in range(8)]
    nets = [f"2001:db8:{n}::/64" for n in range(100, 116)]
    configure("ra = on", "mtu = 1280", "dns = 2001:db8:1::53",
              f"search = {' '.join(names)}",
              *(f"prefix = {net} 2h 1h" for net in nets))
    heard = []

    def complete(ra):
        """All from the one with the MTU to the one with the last domain."""
        if heard or ra.of(5):
            heard.append(ra)
        return sum(len(r.of(31)) for r in heard) >= 2

    client.hear(complete)
    check("several messages, none larger than the MTU",
          len(heard) > 1 and max(len(ra.data) for ra in heard) <= 1240,
          [len(ra.data) for ra in heard])
    equal("PREF64 in the first", heard and heard[0].pref64()[:1], [(B, 1800)])
    found = {p[0] for ra in heard for p in ra.prefixes() if p[2]}
    equal("all prefixes in one of them", found & set(nets), set(nets))


def checks():
    bad = f"{DIR}/bad.conf"
    with open(bad, "w") as f:
        f.write("[network hall]\ninterface = lan\nra = maybe\n")
    equal("check-config names file and line", says("check-config", bad),
          (1, f"{bad}:3: ra = maybe: expected on or off\n"))
    with open(bad, "w") as f:
        f.write("# commands\nprefix add 64:ff9b::/129\n")
    code, text = says("check-config", CONF, bad)
    check("of commands, too", code == 1 and f"{bad}:2: prefix add:" in text and
          f"{CONF}: nothing wrong" in text, text)


def main():
    setup()
    client = Client()
    run("ip", "-n", GW, "link", "set", "lan", "up")
    ctl("instance", "add", "default", "mode", "nat64")
    ctl("prefix", "add", A)
    ctl("pool4", "add", "192.0.2.1/32")
    configure(*HALL)
    daemon = Daemon()
    back(client, "a translator that can serve")
    gated_by_route(client)
    gated_by_probe(client)
    leaves(client)
    renumbers(client)
    daemon = remembers(client, daemon)
    daemon = remembers_the_rest(client, daemon)
    chooses(client)
    withdraws_dns(client)
    options(client)
    answers(client)
    heeds_others(client)
    hears_large_ones(client)
    tells_of_a_filter(client)
    follows_its_file(client)
    counts_down(client)
    takes_it_easy(client)
    is_many(client)
    keeps_its_name(client)
    comes_back(client)
    stands_by(client, daemon)
    daemon = beside(client)
    both(client)
    daemon = moves(client, daemon)
    splits(client)
    warns()
    checks()
    equal("it ends when told", daemon.end(signal.SIGTERM), 0)
    done()


main()
