# SPDX-License-Identifier: GPL-2.0
"""The gateway, a wire of IPv6 and a wire of IPv4.

The far ends of the wires are raw sockets of the test, so nobody answers there:
what the test does not send is not sent. All neighbours are static, so that
nothing but the packets in question is on the wires.

That a packet does not come out is known without waiting. A third wire brings
one plain IPv6 packet for each of the two wires, the sentinels, and they are
sent behind the probe. The test keeps to one processor, whose queue of arriving
packets is in order, so whatever the probe leads to is there before them.
"""

import atexit
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import time

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6

from .build import ANY_ID, ip_checksum
from .counters import Counters
from .tap import check, equal

__all__ = ["GW4", "GW6", "Lab", "drain"]

GW6 = "fd00:6::1"
GW4 = "198.18.0.1"

FACTOR = int(os.environ.get("TIMEOUT_FACTOR", "1"))
CLONE_NEWNET = 0x40000000
SOL_PACKET = 263
PACKET_VNET_HDR = 15
PACKET_IGNORE_OUTGOING = 23
SIOCETHTOOL = 0x8946
SIOCSIFMTU = 0x8922
SO_RCVBUFFORCE = 33
TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 0x1, 0x1000
SENTINEL = 253		# protocol number for experiments


def _run(*words):
    subprocess.run(words, check=True)


def _enter(space):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(f"/run/netns/{space}", os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(fd)


class Wire:
    """One end of a cable: IP packets out, IP packets in."""

    def __init__(self, dev, peer_mac):
        self.dev = dev
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.sock.bind((dev, 3))
        self.sock.settimeout(30 * FACTOR)
        self.vnet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.vnet.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self.vnet.bind((dev, 0))
        self.mac = self.sock.getsockname()[4]
        self.peer_mac = peer_mac

    def frame(self, data, dst=None, family=None):
        """The Ethernet frame of an IP packet."""
        family = family or data[0] >> 4
        kind = b"\x86\xdd" if family == 6 else b"\x08\x00"
        return (dst or self.peer_mac) + self.mac + kind + data

    def send(self, data):
        self.sock.send(self.frame(data))

    def send_raw(self, frame):
        self.sock.send(frame)

    def send_offload(self, data, start, offset, gso_type=0, size=0):
        """A packet whose checksum or segmentation is for a device to do.

        @start and @offset say where its checksum field is; @gso_type is that
        of struct virtio_net_hdr, and @size the payload of each segment.
        """
        hlen = 14 + start + offset + 4
        self.vnet.send(struct.pack("<BBHHHH", 1, gso_type, hlen, size,
                                   14 + start, offset) + self.frame(data))

    def receive(self, number):
        """IP packets that come before sentinel @number."""
        packets = []
        while True:
            data = self.sock.recv(1 << 17)
            if data[0] & 1 or data[12:14] not in (b"\x86\xdd", b"\x08\x00"):
                continue
            data = data[14:]
            if data[0] >> 4 == 6 and data[6] == SENTINEL:
                if int.from_bytes(data[40:48], "big") == number:
                    return packets
                continue
            packets.append(data)


class Tunnel:
    """A device of the gateway that packets come in by.

    As those of network cards, and unlike those of packet sockets, they have room
    in front of them for a longer header.
    """

    def __init__(self, dev):
        self.fd = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self.fd, TUNSETIFF, struct.pack("16sH14x", dev.encode(), IFF_TUN | IFF_NO_PI))

    def send(self, data):
        os.write(self.fd, data)


def drain(lab):
    """Forget what is on the wires."""
    lab.exchange(lab.v6, [])


def _first_difference(a, b):
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return i
    return min(len(a), len(b))


def _describe(data):
    cls = IPv6 if data[:1] and data[0] >> 4 == 6 else IP
    try:
        text = repr(cls(data))
    except Exception as e:	# whatever the gateway sent, tell of it
        text = f"<undecodable: {e}>"
    return f"{text[:400]}\n  {data[:160].hex()} ({len(data)} bytes)"


def _same(got, wanted):
    """Whether a packet is the expected one; its identification may be any."""
    if wanted[0] >> 4 == 4 and wanted[4:6] == ANY_ID.to_bytes(2, "big"):
        head = wanted[:4] + got[4:6] + wanted[6:10] + b"\0\0" + wanted[12:20]
        wanted = head[:10] + ip_checksum(head) + head[12:] + wanted[20:]
    return got == wanted


def _compare(side, got, wanted):
    """What is wrong with the packets of a side, as text."""
    text = ""
    for i in range(max(len(got), len(wanted))):
        if i >= len(wanted):
            text += f"{side}: not expected: {_describe(got[i])}\n"
        elif i >= len(got):
            text += f"{side}: missing: {_describe(wanted[i])}\n"
        elif not _same(got[i], wanted[i]):
            at = _first_difference(got[i], wanted[i])
            text += (f"{side}: wrong from byte {at} on\n"
                     f" wanted {_describe(wanted[i])}\n"
                     f" got    {_describe(got[i])}\n")
    return text


class Lab:
    """The gateway with one instance, and the wires."""

    def __init__(self, mode):
        tag = os.getpid()
        self.gw = f"gw-{tag}"
        self.peer = f"peer-{tag}"
        self.number = 0
        self.counters = None
        os.sched_setaffinity(0, {0})
        _run("modprobe", "nat64")
        for space in (self.gw, self.peer):
            _run("ip", "netns", "add", space)
            atexit.register(subprocess.run, ["ip", "netns", "del", space])
        _enter(self.gw)
        self.reader = Counters()
        self._sysctl(
            ipv4="ip_forward=1 conf/default/rp_filter=0 conf/default/send_redirects=0"
                 " conf/all/send_redirects=0 icmp_ratelimit=0"
                 " icmp_msgs_per_sec=1000000 icmp_msgs_burst=1000000",
            ipv6="conf/all/forwarding=1 conf/default/accept_dad=0 icmp/ratelimit=0"
                 " auto_flowlabels=0")
        _enter(self.peer)
        self._sysctl(ipv6="conf/default/disable_ipv6=1")
        self._wires()
        self._routes()
        self.ctl(f"instance add default mode {mode}")

    @staticmethod
    def _sysctl(**families):
        """Settings of the namespace that the test is in."""
        for family, words in families.items():
            for word in words.split():
                name, value = word.split("=")
                path = f"/proc/sys/net/{family}/{name}"
                if os.path.exists(path):	# some came later than others
                    with open(path, "w", encoding="ascii") as f:
                        f.write(value)

    def _wires(self):
        """Cables whose gateway end has the address 02:00:00:00:00:0n."""
        names = ("v6", "v4", "aux")
        near = {dev: bytes([2, 0, 0, 0, 0, n]) for n, dev in enumerate(names, 1)}
        lines = [f"link add {dev} type veth peer name {dev} address {near[dev].hex(':')} "
                 f"netns {self.gw}\nlink set {dev} up\n" for dev in names]
        subprocess.run(["ip", "-batch", "-"], input="".join(lines), text=True, check=True)
        # what a device would do for the gateway is to be seen on the wire
        for dev in names:
            self._offloads_off(dev)
        self.ip(*(f"link set {dev} up" for dev in names))
        self.v6, self.v4, self.aux = (Wire(dev, near[dev]) for dev in names)

    def _offloads_off(self, dev):
        """Checksums and segmentation of the gateway's end, by ETHTOOL_S*."""
        _enter(self.gw)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            # ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM, ETHTOOL_SSG
            for command in (0x1f, 0x24, 0x17, 0x19):
                value = ctypes.create_string_buffer(
                    struct.pack("=II", command, 0))
                fcntl.ioctl(sock, SIOCETHTOOL, struct.pack(
                    "16sP16x", dev.encode(), ctypes.addressof(value)))
        _enter(self.peer)

    def _routes(self):
        lladdr = {w.dev: w.mac.hex(":") for w in (self.v6, self.v4)}
        lines = f"""
            addr add {GW6}/64 dev v6 nodad
            addr add {GW4}/24 dev v4
            addr add fd00:fe:44::1/64 dev v4 nodad
            neigh replace fd00:6::2 lladdr {lladdr['v6']} dev v6 nud permanent
            neigh replace 198.18.0.2 lladdr {lladdr['v4']} dev v4 nud permanent
            neigh replace fd00:fe:44::2 lladdr {lladdr['v4']} dev v4 nud permanent
            route add ::/0 via fd00:6::2
            route add 0.0.0.0/0 via 198.18.0.2
            route add fd00:fe:4::/64 via fd00:fe:44::2
        """
        subprocess.run(["ip", "-n", self.gw, "-batch", "-"], input=lines,
                       text=True, check=True)

    def on(self, *words):
        """Run a program on the gateway."""
        _run("ip", "netns", "exec", self.gw, *words)

    def ip(self, *commands, family=()):
        """Commands of ip on the gateway; @family where they do not show it."""
        subprocess.run(["ip", "-n", self.gw, *family, "-batch", "-"],
                       input="\n".join(commands), text=True, check=True)

    def tunnel(self, dev):
        """One more way into the gateway, see Tunnel."""
        _run("modprobe", "tun")
        _enter(self.gw)
        tunnel = Tunnel(dev)
        _enter(self.peer)
        self.ip(f"link set {dev} up")
        return tunnel

    def mtu(self, v6, v4):
        """MTU of both ends of the wires."""
        for space in (self.gw, self.peer):
            _enter(space)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                for dev, mtu in ((b"v6", v6), (b"v4", v4)):
                    fcntl.ioctl(sock, SIOCSIFMTU, struct.pack("16si20x", dev, mtu))

    def ctl(self, *commands):
        """Commands of nat64ctl that have to succeed."""
        for words in commands:
            _run("nat64ctl", "-n", self.gw, *words.split())

    def saved(self):
        """The configuration, as lines of commands."""
        return subprocess.check_output(["nat64ctl", "-n", self.gw, "save"], text=True)

    def restore(self, text):
        """Make @text the configuration."""
        subprocess.run(["nat64ctl", "-n", self.gw, "restore", "-"], input=text, text=True,
                       check=True)

    def refusal(self, words):
        """What nat64ctl says of a command that it has to refuse."""
        ret = subprocess.run(["nat64ctl", "-n", self.gw, *words.split()], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return ret.stdout if ret.returncode == 1 else f"exit status {ret.returncode}"

    def json(self, words):
        """What a command of nat64ctl prints as JSON: the rows."""
        text = subprocess.check_output(
            ["nat64ctl", "-n", self.gw, "-j", *words.split()])
        rows = json.loads(text)
        return rows[next(iter(rows))]

    def drops(self):
        """Drop counters."""
        return self.reader.drops()

    def check_counters(self):
        """nat64ctl tells the same numbers as netlink does."""
        rows = {r["name"]: r["value"] for r in self.json("stats all") if r["drop"]}
        equal("the counters that nat64ctl shows", rows, self.drops())

    def exchange(self, wire, packets, raw=False):
        """Send, and see what comes out: packets on the IPv6 and IPv4 wire."""
        for p in packets:
            if raw:
                wire.send_raw(p)
            else:
                wire.send(bytes(p))
        return self.collect()

    def collect(self):
        """What has come out until now."""
        self.number += 1
        for dst in ("fd00:fe:6::1", "fd00:fe:4::1"):
            self.aux.send(struct.pack("!IHBB", 6 << 28, 8, SENTINEL, 9) +
                          socket.inet_pton(socket.AF_INET6, "fd00:fe::1") +
                          socket.inet_pton(socket.AF_INET6, dst) +
                          self.number.to_bytes(8, "big"))
        return self.v6.receive(self.number), self.v4.receive(self.number)

    def case(self, desc, wire, sent, v6=(), v4=(), drop=None, raw=False,
             count=1):
        """One case: what is sent on a wire, and all that must come out.

        @sent: a packet or a list of packets
        @v6, @v4: the packets expected on the wires, in order; None for any
        @drop: the counter that rises for it, and no other drop counter does
        @raw: what is sent are whole frames
        @count: by how much
        """
        if not isinstance(sent, (list, tuple)):
            sent = [sent]
        if drop and self.counters is None:
            self.counters = self.drops()
        got6, got4 = self.exchange(wire, sent, raw)
        text = ""
        if v6 is not None:
            text += _compare("v6", got6, [bytes(p) for p in v6])
        if v4 is not None:
            text += _compare("v4", got4, [bytes(p) for p in v4])
        if drop:
            text += self._risen(drop, count)
        else:
            self.counters = None
        return check(desc, not text, text)

    def _risen(self, drop, count):
        """What is wrong with the drop counters, as text."""
        now = self.drops()
        rise = {k: v - self.counters.get(k, 0) for k, v in now.items()
                if v != self.counters.get(k, 0)}
        self.counters = now
        return "" if rise == {drop: count} else f"drops: {rise}, not {drop}\n"

    def wait(self, condition, seconds=10):
        """Poll until condition() is true; its value, or the last false one."""
        end = time.monotonic() + seconds * FACTOR
        while True:
            value = condition()
            if value or time.monotonic() > end:
                return value
            time.sleep(0.1)
