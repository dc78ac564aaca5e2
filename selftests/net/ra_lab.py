# SPDX-License-Identifier: GPL-2.0
"""A gateway with pref64d, and a host that hears and asks on its link.

	setup()
	client = Client()
	configure("ra = on")
	daemon = Daemon()
	check("it advertises", client.hear())
"""

import atexit
import ipaddress
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from raw import FACTOR, Lab, ask_socket, run, wait_for  # noqa: E402, F401

TAG = os.getpid()
GW, CLIENT, FAR = f"gw-{TAG}", f"client-{TAG}", f"far-{TAG}"
DIR = tempfile.mkdtemp()
os.chmod(DIR, 0o755)	# the daemon, which is no longer root, reads there
SOCK = "/run/nat64/pref64d.sock"
CONF = f"{DIR}/access.conf"
LOG = f"{DIR}/log"
STATE = f"{DIR}/pref64d.state"
ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"
LENGTHS = (96, 64, 56, 48, 40, 32)	# by prefix length code
HOST = "fe80::c"
KILL = signal.SIGKILL


def ctl(*words):
    run("ip", "netns", "exec", GW, "nat64ctl", *words)


def gw_sysctl(setting):
    run("ip", "netns", "exec", GW, "sysctl", "-qw", setting)


def ask_daemon(request):
    return ask_socket(SOCK, request)


def status(network="hall"):
    return [n for n in json.loads(ask_daemon("status"))["networks"]
            if n["network"] == network][0]


def ip6(data):
    return str(ipaddress.IPv6Address(data))


class Advert:
    """An advertisement, taken apart."""

    def __init__(self, data, src, dst, hop_limit):
        self.data, self.src, self.dst = data, src, dst
        self.hop_limit_outside = hop_limit
        (self.code, self.hop_limit, self.flags, self.lifetime, self.reachable,
         self.retrans) = struct.unpack("!xBxxBBHII", data[:16])
        self.options = []
        i = 16
        while i < len(data):
            size = data[i + 1] * 8
            self.options.append(data[i:i + size])
            i += size

    def of(self, kind):
        return [o for o in self.options if o[0] == kind]

    def pref64(self):
        """[(prefix, lifetime)] in the order of the packet."""
        found = []
        for o in self.of(38):
            word, = struct.unpack("!H", o[2:4])
            found.append((f"{ip6(o[4:16] + bytes(4))}/{LENGTHS[word & 7]}",
                          word & ~7))
        return found

    def prefixes(self):
        """[(prefix, flags, valid, preferred)]"""
        return [(f"{ip6(o[16:32])}/{o[2]}", o[3],
                 *struct.unpack("!II", o[4:12])) for o in self.of(3)]

    def alive(self):
        """Names of the prefixes that hosts may use, and of the others."""
        return ([p[0] for p in self.prefixes() if p[3]],
                [p[0] for p in self.prefixes() if not p[2] and not p[3]])

    def rdnss_lifetime(self):
        return struct.unpack("!I", self.of(25)[0][4:8])[0]


class Client:
    def __init__(self):
        self.sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                  socket.IPPROTO_ICMPV6)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                             b"c0")
        for opt in (socket.IPV6_RECVPKTINFO, socket.IPV6_RECVHOPLIMIT):
            self.sock.setsockopt(socket.IPPROTO_IPV6, opt, 1)
        self.index = socket.if_nametoindex("c0")
        self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        self.raw.bind(("c0", 0x86dd))
        self.address = HOST
        self.mac = self.raw.getsockname()[4]

    def receive(self, seconds):
        """The next advertisement, None if there is none in time."""
        end = time.monotonic() + seconds
        while select.select([self.sock], [], [],
                            max(0, end - time.monotonic()))[0]:
            data, control, _, src = self.sock.recvmsg(65536, 256)
            if data[0] != 134:
                continue
            info = {c[1]: c[2] for c in control}
            return Advert(data, src[0].split("%")[0],
                          ip6(info[socket.IPV6_PKTINFO][:16]),
                          struct.unpack("i", info[socket.IPV6_HOPLIMIT])[0])
        return None

    def drain(self):
        while self.receive(0):
            pass

    def hear(self, wanted=lambda ra: True, seconds=25):
        """An advertisement that was not asked for."""
        end = time.monotonic() + seconds * FACTOR
        while time.monotonic() < end:
            ra = self.receive(end - time.monotonic())
            if ra and wanted(ra):
                return ra
        return None

    def solicit(self, src=None, hop_limit=255, code=0, options=None):
        """Send a solicitation; a broken one if told so."""
        src = src or self.address
        body = struct.pack("!BBHI", 133, code, 0, 0)
        body += b"\1\1" + self.mac if options is None else options
        self.send_icmp(body, src, ALL_ROUTERS, hop_limit)

    def send_icmp(self, body, src, dst, hop_limit):
        a, b = (ipaddress.IPv6Address(x).packed for x in (src, dst))
        data = a + b + struct.pack("!II", len(body), 58) + body
        data += b"\0" * (len(data) % 2)
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        body = body[:2] + struct.pack("!H", ~total & 0xffff) + body[4:]
        packet = struct.pack("!IHBB", 6 << 28, len(body), 58, hop_limit)
        self.raw.sendto(packet + a + b + body,
                        ("c0", 0x86dd, 0, 0, b"\x33\x33" + b[12:]))

    def ask(self, wanted=lambda ra: True):
        """Solicit until such an advertisement comes."""
        for _ in range(10):
            self.solicit()
            ra = self.hear(wanted, 4)
            if ra:
                return ra
        return None


class Daemon:
    def __init__(self):
        with open(LOG, "w") as out:
            self.proc = subprocess.Popen(
                ["ip", "netns", "exec", GW, "pref64d", "-d", "-c", CONF, "-S",
                 DIR], stderr=out)
        atexit.register(self.proc.kill)

    def signal(self, sig):
        self.proc.send_signal(sig)

    def end(self, sig=KILL):
        self.signal(sig)
        return self.proc.wait()


def configure(*lines):
    """Put the configuration into place as an editor does, in one piece."""
    with open(f"{CONF}.new", "w") as f:
        f.write("[network hall]\ninterface = lan\n")
        f.write("".join(line + "\n" for line in lines))
    os.rename(f"{CONF}.new", CONF)


def log():
    with open(LOG) as f:
        return f.read()


def uplink():
    """A host on the IPv4 side; the gateway's default route leads to it."""
    run("ip", "-n", GW, "link", "add", "up4", "type", "veth", "peer", "name",
        "eth0", "netns", FAR)
    run("ip", "-n", GW, "addr", "add", "203.0.113.1/24", "dev", "up4")
    run("ip", "-n", GW, "link", "set", "up4", "up")
    run("ip", "-n", FAR, "addr", "add", "203.0.113.2/24", "dev", "eth0")
    run("ip", "-n", FAR, "link", "set", "eth0", "up")
    run("ip", "-n", FAR, "route", "add", "default", "via", "203.0.113.1")
    route4("add")


def route4(verb):
    run("ip", "-n", GW, "route", verb, "default", "via", "203.0.113.2")


def setup():
    print("KTAP version 1")
    sys.stdout.flush()
    run("modprobe", "nat64")
    atexit.register(shutil.rmtree, DIR)
    for space in (GW, CLIENT, FAR):
        run("ip", "netns", "add", space)
        atexit.register(subprocess.run, ["ip", "netns", "del", space])
        run("ip", "netns", "exec", space, "sysctl", "-qw",
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv6.conf.default.router_solicitations=0")
    gw_sysctl("net.ipv6.conf.all.forwarding=1")
    gw_sysctl("net.ipv4.ip_forward=1")
    uplink()
    run("ip", "-n", GW, "link", "add", "lan", "address", "02:00:00:00:00:aa",
        "type", "veth", "peer", "name", "c0", "netns", CLIENT)
    run("ip", "-n", GW, "addr", "add", "2001:db8:1::1/64", "dev", "lan",
        "nodad")
    run("ip", "-n", CLIENT, "link", "set", "c0", "addrgenmode", "none", "up")
    run("ip", "-n", CLIENT, "addr", "add", f"{HOST}/64", "dev", "c0", "nodad")
    Lab._enter(CLIENT)
