# SPDX-License-Identifier: GPL-2.0
"""Sends a router advertisement every half second.

usage: ra_beacon.py IFACE HOP_LIMIT OPTIONS, which are hexadecimal digits
"""
import socket
import struct
import sys
import time

iface, hops, options = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, iface.encode())
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
# Type 134, lifetime of the router 1800 s; the kernel fills in the checksum.
ra = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + options
to = ("ff02::1", 0, 0, socket.if_nametoindex(iface))
while True:
    try:
        sock.sendto(ra, to)
    except OSError:
        pass
    time.sleep(0.5)
