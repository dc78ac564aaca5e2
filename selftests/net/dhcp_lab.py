# SPDX-License-Identifier: GPL-2.0
"""A gateway with dhcp108d, and a host on its link that speaks raw DHCP.

	setup()
	client = Client()
	configure("v6only-wait = 15m")
	daemon = Daemon()
	answers, counters = client.send(Message(DISCOVER, (1, 108)))
"""

import atexit
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from raw import Lab, ask_socket, run, wait_for  # noqa: E402

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
SERVER = "192.0.0.8"
TAG = os.getpid()
GW, CLIENT = f"gw-{TAG}", f"client-{TAG}"
DIR = tempfile.mkdtemp()
os.chmod(DIR, 0o755)	# the daemon, which is no longer root, reads there
atexit.register(shutil.rmtree, DIR)
SOCK = "/run/nat64/dhcp108d.sock"	# where nat64ctl asks
CONF = f"{DIR}/access.conf"
LOG = f"{DIR}/log"
STATE = f"{DIR}/state"
COUNTED_APART = ("send_failed", "relay_info_dropped", "store_failed",
                 "conflicts")


def ctl(*words):
    run("ip", "netns", "exec", GW, "nat64ctl", *words)


def ctl_says(*words):
    return subprocess.check_output(
        ["ip", "netns", "exec", GW, "nat64ctl", *words], text=True)


def ask_daemon(request):
    return ask_socket(SOCK, request)


def status():
    return json.loads(ask_daemon("status"))["networks"][0]


def adoption():
    return json.loads(ask_daemon("adoption"))["networks"][0]


def leases():
    return json.loads(ask_daemon("leases"))["networks"][0]["leases"]


def counted():
    counters = status()["counters"]
    return sum(v for k, v in counters.items() if k not in COUNTED_APART)


def csum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def option(code, value):
    return bytes([code, len(value)]) + value


def addr(text):
    return socket.inet_aton(text)


class Message:
    """A client's message; fields may be changed before it is sent."""

    serial = 0

    def __init__(self, kind, params=(1, 3, 6), options=b"", **more):
        Message.serial += 1
        n = Message.serial
        self.xid = struct.pack("!I", 0x10000000 + n)
        self.mac = more.get("mac", b"\2\0" + struct.pack("!I", n))
        self.flags = more.get("flags", 0)
        self.ciaddr = more.get("ciaddr", "0.0.0.0")
        self.giaddr = more.get("giaddr", "0.0.0.0")
        self.dst = more.get("dst", "255.255.255.255")
        self.l2 = more.get("l2", b"\xff" * 6)
        self.options = option(53, bytes([kind])) if kind else b""
        if params:
            self.options += option(55, bytes(params))
        self.options += options
        self.sname = self.file = b""
        self.op, self.htype, self.hlen, self.hops = 1, 1, 6, 0
        self.magic = b"\x63\x82\x53\x63"

    def bootp(self):
        head = bytes([self.op, self.htype, self.hlen, self.hops])
        data = head + self.xid + struct.pack("!HH", 3, self.flags)
        data += addr(self.ciaddr) + bytes(8) + addr(self.giaddr)
        data += self.mac.ljust(16, b"\0") + self.sname.ljust(64, b"\0")
        data += self.file.ljust(128, b"\0") + self.magic
        return (data + self.options + b"\xff").ljust(300, b"\0")

    def udp(self, payload=None):
        payload = self.bootp() if payload is None else payload
        src, dst = addr(self.ciaddr), addr(self.dst)
        head = struct.pack("!HHHH", 68, 67, 8 + len(payload), 0)
        pseudo = src + dst + struct.pack("!HH", 17, 8 + len(payload))
        check_sum = csum(pseudo + head + payload) or 0xffff
        return head[:6] + struct.pack("!H", check_sum) + payload

    def ip(self, udp=None, frag=0):
        udp = self.udp() if udp is None else udp
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, frag,
                           64, 17, 0, addr(self.ciaddr), addr(self.dst))
        return head[:10] + struct.pack("!H", csum(head)) + head[12:] + udp

    def frame(self, packet=None, tag=b""):
        packet = self.ip() if packet is None else packet
        return self.l2 + self.mac + tag + b"\x08\0" + packet


class Answer:
    """An answer, taken apart; its checksums have to be right."""

    def __init__(self, frame):
        self.l2 = frame[:6]
        packet = frame[14:]
        self.src = socket.inet_ntoa(packet[12:16])
        self.dst = socket.inet_ntoa(packet[16:20])
        self.ttl = packet[8]
        udp = packet[20:struct.unpack("!H", packet[2:4])[0]]
        self.sport, self.dport, length, _ = struct.unpack("!HHHH", udp[:8])
        pseudo = packet[12:20] + struct.pack("!HH", 17, length)
        self.sums = (csum(packet[:20]) == 0 and length == len(udp) and
                     csum(pseudo + udp) == 0)
        self.data = data = udp[8:]
        self.op, self.hops = data[0], data[3]
        self.xid = data[4:8]
        self.secs, self.flags = struct.unpack("!HH", data[8:12])
        self.ciaddr, self.yiaddr, self.siaddr, self.giaddr = (
            socket.inet_ntoa(data[i:i + 4]) for i in (12, 16, 20, 24))
        self.chaddr = data[28:44]
        self.options = []
        i = 240
        while data[i] != 255:
            if data[i]:
                self.options.append((data[i], data[i + 2:i + 2 + data[i + 1]]))
                i += 1 + data[i + 1]
            i += 1

    def codes(self):
        return [code for code, _ in self.options]

    def get(self, code):
        return dict(self.options).get(code)

    def kind(self):
        return self.get(53)[0]


class Client:
    def __init__(self, dev="c0"):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))
        self.sock.bind((dev, 0))
        self.arps = []
        self.early = []

    def pending(self):
        answers, self.early = self.early, []
        self.sock.setblocking(False)
        while True:
            try:
                frame, where = self.sock.recvfrom(65536)
            except BlockingIOError:
                return answers
            if where[2] == socket.PACKET_OUTGOING:
                continue
            if frame[12:14] == b"\x08\6":
                self.arps.append(frame)
            if frame[12:14] != b"\x08\0":
                continue
            if frame[23] == 17 and frame[34:36] == b"\0\x43":
                answers.append(Answer(frame))

    def pending_echo(self, address):
        """A ping for an address; answers that come before it are kept."""
        self.sock.setblocking(False)
        try:
            while True:
                frame = self.sock.recv(65536)
                if frame[12:14] == b"\x08\0" and frame[23] == 1 and \
                   frame[30:34] == addr(address):
                    return frame
                if frame[12:14] == b"\x08\0" and frame[23] == 17 and \
                   frame[34:36] == b"\0\x43":
                    self.early.append(Answer(frame))
        except BlockingIOError:
            return None

    def send(self, message, frame=None):
        """Send a message; the answers that it got, and its counter."""
        before = status()["counters"]
        total = counted()
        self.sock.send(message.frame() if frame is None else frame)
        wait_for(lambda: counted() > total)
        after = status()["counters"]
        moved = [k for k in after if after[k] != before[k]]
        return self.pending(), moved


class Daemon:
    def __init__(self, *extra):
        with open(LOG, "w") as log:
            self.proc = subprocess.Popen(
                ["ip", "netns", "exec", GW, "dhcp108d", "-c", CONF, "-s",
                 SOCK, "-S", STATE, *extra], stderr=log)
        atexit.register(self.proc.kill)

    def stop(self):
        self.proc.send_signal(signal.SIGTERM)
        return self.proc.wait()

    def kill(self):
        self.proc.kill()
        self.proc.wait()

    def reload(self):
        self.proc.send_signal(signal.SIGHUP)


def configure(*lines, mode="v6only", route="off"):
    with open(CONF, "w") as f:
        f.write(f"[network hall]\ninterface = lan\ndhcp = {mode}\n")
        f.write("".join(line + "\n" for line in lines))
        f.write(f"ipv4-route = {route}\n")


def gateway_mac():
    link = subprocess.check_output(["ip", "-n", GW, "-j", "link", "show",
                                    "lan"])
    return bytes.fromhex(json.loads(link)[0]["address"].replace(":", ""))


def route4(verb):
    run("ip", "-n", GW, "route", verb, "default", "via", "203.0.113.2")


def uplink():
    """A link to the IPv4 side, without a route yet."""
    run("ip", "-n", GW, "link", "add", "up4", "type", "veth", "peer", "name",
        "far")
    run("ip", "-n", GW, "link", "set", "far", "up")
    run("ip", "-n", GW, "link", "set", "up4", "up")
    run("ip", "-n", GW, "addr", "add", "203.0.113.1/24", "dev", "up4")


def log():
    with open(LOG) as f:
        return f.read()


def setup(module=True):
    print("KTAP version 1")
    sys.stdout.flush()
    if module:
        run("modprobe", "nat64")
    for space in (GW, CLIENT):
        run("ip", "netns", "add", space)
        atexit.register(subprocess.run, ["ip", "netns", "del", space])
    run("ip", "-n", GW, "link", "add", "lan", "type", "veth", "peer", "name",
        "c0", "netns", CLIENT)
    run("ip", "-n", GW, "link", "set", "lan", "up")
    run("ip", "-n", CLIENT, "link", "set", "c0", "up")
    Lab._enter(CLIENT)
