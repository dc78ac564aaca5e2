# SPDX-License-Identifier: GPL-2.0
"""Sends a router advertisement every half second.

usage: ra_beacon.py IFACE HOP_LIMIT OPTIONS..., which are hexadecimal digits;
each argument makes a message of its own (RFC 4861, section 6.2.3)
"""
import socket
import struct
import sys
import time

iface, hops = sys.argv[1], int(sys.argv[2])
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, iface.encode())
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
# Type 134, lifetime of the router 1800 s; the kernel fills in the checksum.
head = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
to = ("ff02::1", 0, 0, socket.if_nametoindex(iface))
while True:
    for options in sys.argv[3:]:
        try:
            sock.sendto(head + bytes.fromhex(options), to)
        except OSError:
            pass
    time.sleep(0.5)
