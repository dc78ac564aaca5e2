# SPDX-License-Identifier: GPL-2.0
"""A gateway between two wires on which a test writes and reads raw packets.

	lab = Lab()			# namespaces, module, no instance yet
	lab.ctl("instance add default mode nat64")
	lab.v6.send(IPv6(...) / UDP(...))
	pkt = lab.v4.expect()		# the next IP packet, or None
	check("it is translated", pkt and pkt[UDP].dport == 53)
	done()

The IPv6 hosts 2001:db8:6:1::/64 are behind lab.v6, all of IPv4 is behind lab.v4;
the gateway itself is 2001:db8:6::1 and 192.0.2.1. Nobody answers there: what
the test does not send is not sent.
"""

import atexit
import ctypes
import json
import os
import select
import socket
import subprocess
import sys
import time

from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: F401
from scapy.layers.inet6 import (  # noqa: F401
    ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6PacketTooBig,
    ICMPv6TimeExceeded, IPv6, IPv6ExtHdrFragment)
from scapy.layers.l2 import Ether

FACTOR = int(os.environ.get("TIMEOUT_FACTOR", "1"))
CLONE_NEWNET = 0x40000000
PACKET_OUTGOING = 4

_count = 0
_failed = 0


def check(desc, passed, detail=None):
    """Print the result of one case."""
    global _count, _failed

    _count += 1
    if not passed:
        _failed += 1
    print(f"{'ok' if passed else 'not ok'} {_count} {desc}")
    if not passed and detail is not None:
        for line in str(detail).splitlines():
            print(f"#   {line}")
    return passed


def equal(desc, got, wanted):
    """Compare two values."""
    return check(desc, got == wanted, f"got:    {got}\nwanted: {wanted}")


def has_lines(desc, text, *lines):
    """Lines that have to be in a text."""
    missing = set(lines) - set(text.splitlines())
    return check(desc, not missing, f"{missing} are not in\n{text}")


def done():
    """Print the plan and leave."""
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)


def wait_for(condition, seconds=10):
    """Poll until condition() is true; its value, or the last false one."""
    end = time.monotonic() + seconds * FACTOR
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.1)


def run(*words):
    """Run a program that has to succeed."""
    subprocess.run(words, check=True)


def ask_socket(path, request):
    """What a daemon answers on its control socket, b"" without a daemon."""
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(path)
    except OSError:
        return b""
    sock.send(request.encode() + b"\n")
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data


class Wire:
    """One end of a cable: frames out, packets in."""

    def __init__(self, dev, peer_mac):
        self.peer_mac = peer_mac
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.sock.bind((dev, 0))
        self.mac = ":".join(f"{b:02x}" for b in self.sock.getsockname()[4])

    def send(self, *packets):
        """Send IP packets to the gateway."""
        for pkt in packets:
            self.sock.send(bytes(Ether(src=self.mac, dst=self.peer_mac) / pkt))

    def _read(self, seconds):
        while select.select([self.sock], [], [], seconds)[0]:
            data, addr = self.sock.recvfrom(1 << 17)
            if addr[2] == PACKET_OUTGOING:
                continue
            frame = Ether(data)
            # Multicast is what the gateway has to say for itself.
            if isinstance(frame.payload, (IP, IPv6)) and not data[0] & 1:
                return frame.payload
        return None

    def expect(self, seconds=10):
        """The next IP packet, or None if none comes."""
        return self._read(seconds * FACTOR)

    def pending(self):
        """IP packets that are there already."""
        packets = []
        while True:
            pkt = self._read(0)
            if pkt is None:
                return packets
            packets.append(pkt)


class Lab:
    """The gateway and its two wires."""

    def __init__(self):
        tag = os.getpid()
        self.gw = f"gw-{tag}"
        self.peer = f"peer-{tag}"
        print("KTAP version 1")
        sys.stdout.flush()
        run("modprobe", "nat64")
        for space in (self.gw, self.peer):
            run("ip", "netns", "add", space)
            atexit.register(subprocess.run, ["ip", "netns", "del", space])
        self.on("sysctl", "-qw", "net.ipv4.ip_forward=1",
                "net.ipv6.conf.all.forwarding=1",
                "net.ipv6.conf.default.accept_dad=0",
                "net.ipv4.conf.default.rp_filter=0")
        self._enter(self.peer)
        run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self.v6 = self._wire("v6", "2001:db8:6::1/64", "2001:db8:6::2",
                             "2001:db8:6:1::/64")
        self.v4 = self._wire("v4", "192.0.2.1/24", "192.0.2.2", "0.0.0.0/0")

    @staticmethod
    def _enter(space):
        libc = ctypes.CDLL(None, use_errno=True)
        fd = os.open(f"/run/netns/{space}", os.O_RDONLY)
        if libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(fd)

    def _wire(self, dev, addr, router, route):
        run("ip", "link", "add", dev, "type", "veth", "peer", "name", dev,
            "netns", self.gw)
        run("ip", "link", "set", dev, "up")
        run("ip", "-n", self.gw, "link", "set", dev, "up")
        nodad = ["nodad"] if ":" in addr else []
        run("ip", "-n", self.gw, "addr", "add", addr, "dev", dev, *nodad)
        text = subprocess.check_output(
            ["ip", "-n", self.gw, "-j", "link", "show", dev])
        wire = Wire(dev, json.loads(text)[0]["address"])
        run("ip", "-n", self.gw, "neigh", "replace", router, "lladdr",
            wire.mac, "dev", dev, "nud", "permanent")
        run("ip", "-n", self.gw, "route", "add", route, "via", router)
        return wire

    def on(self, *words):
        """Run a program on the gateway."""
        run("ip", "netns", "exec", self.gw, *words)

    def try_ctl(self, words):
        """Run nat64ctl on the gateway: exit status and what it says."""
        ret = subprocess.run(["nat64ctl", "-n", self.gw, *words.split()],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, check=False)
        return ret.returncode, ret.stdout

    def ctl(self, *commands):
        """Commands of nat64ctl that have to succeed."""
        for words in commands:
            status, text = self.try_ctl(words)
            if status:
                raise RuntimeError(f"nat64ctl {words}: {status}: {text}")

    def json(self, words):
        """What a command of nat64ctl prints as JSON: the rows."""
        text = subprocess.check_output(
            ["nat64ctl", "-n", self.gw, "-j", *words.split()])
        rows = json.loads(text)
        return rows[next(iter(rows))]

    def counter(self, name):
        """Value of a counter of the default instance."""
        rows = [r for r in self.json("stats all") if r["name"] == name]
        return rows[0]["value"]
