# SPDX-License-Identifier: GPL-2.0
"""The drop counters by netlink: a process for each look would cost too much."""

import os
import re
import socket
import struct

__all__ = ["Counters"]

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
HEADER = os.path.join(os.path.dirname(__file__), "../../../uapi/linux/nat64.h")


def _numbers(name):
    """The enum of the uapi header that has @name: names and their numbers."""
    with open(HEADER, encoding="ascii") as f:
        for block in re.findall(r"^enum \{\n(.*?)\n\n", f.read(), re.S | re.M):
            names = re.findall(r"^\t(\w+)", block, re.M)
            if name in names:
                return {n: i for i, n in enumerate(names, 1)}
    raise KeyError(name)


def _attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def _attrs(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


class Counters:
    """Drop counters of the default instance, in the namespace of its making."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.item = _numbers("NAT64_A_COUNTER_NAME")
        self.command = _numbers("NAT64_CMD_STATS_GET")["NAT64_CMD_STATS_GET"]
        self.counter = _numbers("NAT64_A_COUNTER")["NAT64_A_COUNTER"]
        self.family = None
        for body in self._ask(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY,
                              _attr(CTRL_ATTR_FAMILY_NAME, b"nat64\0")):
            found = dict(_attrs(body))[CTRL_ATTR_FAMILY_ID]
            self.family = struct.unpack("=H", found)[0]

    def _ask(self, family, flags, command, attrs=b""):
        """Attributes of each message of the answer."""
        body = struct.pack("=BBH", command, 1, 0) + attrs
        self.sock.send(struct.pack("=IHHII", 16 + len(body), family,
                                   NLM_F_REQUEST | flags, 0, 0) + body)
        bodies = []
        while True:
            data = self.sock.recv(1 << 17)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_DONE:
                    return bodies
                if kind == NLMSG_ERROR:
                    raise OSError(-struct.unpack_from("=i", data, 16)[0], "netlink")
                bodies.append(data[20:length])
                data = data[(length + 3) & ~3:]
            if not flags:
                return bodies

    def drops(self):
        """Values by name."""
        values = {}
        for body in self._ask(self.family, NLM_F_DUMP, self.command):
            for kind, data in _attrs(body):
                if kind != self.counter:
                    continue
                item = dict(_attrs(data))
                if self.item["NAT64_A_COUNTER_DROP"] in item:
                    name = item[self.item["NAT64_A_COUNTER_NAME"]][:-1].decode()
                    values[name] = int.from_bytes(
                        item[self.item["NAT64_A_COUNTER_VALUE"]], "little")
        return values
