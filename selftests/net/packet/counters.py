# SPDX-License-Identifier: GPL-2.0
"""Requests by netlink, and the drop counters: a process for each costs too much."""

import functools
import os
import re
import socket
import struct

__all__ = ["Netlink", "Counters", "NLM_F_ACK", "NLM_F_DUMP"]

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
HEADER = os.path.join(os.path.dirname(__file__), "../../../uapi/linux/nat64.h")


@functools.lru_cache(None)
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


class Netlink:
    """A socket to the module, in the namespace and with the rights of its making."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        answer, = self._ask(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY,
                            _attr(CTRL_ATTR_FAMILY_NAME, b"nat64\0"))
        found = dict(_attrs(answer))
        self.family = struct.unpack("=H", found[CTRL_ATTR_FAMILY_ID])[0]
        groups = [dict(_attrs(data)) for _, data in _attrs(found[CTRL_ATTR_MCAST_GROUPS])]
        self.groups = {g[CTRL_ATTR_MCAST_GRP_NAME][:-1].decode():
                       struct.unpack("=I", g[CTRL_ATTR_MCAST_GRP_ID])[0] for g in groups}

    def ask(self, flags, command, attrs=b""):
        """Attributes of each message of the answer; OSError tells of a refusal."""
        return self._ask(self.family, flags, _numbers(command)[command], attrs)

    def join(self, group):
        """Hear the notifications of a group."""
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def _ask(self, family, flags, command, attrs=b""):
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
                    error = -struct.unpack_from("=i", data, 16)[0]
                    if not error:
                        return bodies
                    raise OSError(error, "netlink")
                bodies.append(data[20:length])
                data = data[(length + 3) & ~3:]
            if not flags:
                return bodies


class Counters(Netlink):
    """Drop counters of the default instance."""

    def __init__(self):
        super().__init__()
        self.item = _numbers("NAT64_A_COUNTER_NAME")
        self.counter = _numbers("NAT64_A_COUNTER")["NAT64_A_COUNTER"]

    def drops(self):
        """Values by name."""
        values = {}
        for body in self.ask(NLM_F_DUMP, "NAT64_CMD_STATS_GET"):
            for kind, data in _attrs(body):
                if kind != self.counter:
                    continue
                item = dict(_attrs(data))
                if self.item["NAT64_A_COUNTER_DROP"] in item:
                    name = item[self.item["NAT64_A_COUNTER_NAME"]][:-1].decode()
                    values[name] = int.from_bytes(
                        item[self.item["NAT64_A_COUNTER_VALUE"]], "little")
        return values
