# SPDX-License-Identifier: GPL-2.0
"""Both ends of a conversation, for tests in shell.

peer.py PORT FIFO.in FIFO.out

Answers TCP and UDP, IPv6 and IPv4, on that port, and does what it reads, line by
line: "ADDRESS PORT WHAT...", telling what went wrong, then "done".

    tcp:BYTES           so many bytes there, then so many back
    udp:LENGTH,...      datagrams of these lengths, each to be echoed
    gso:LENGTH:COUNT    COUNT datagrams of LENGTH and one of a byte, in one go
    flow:LENGTH:COUNT   the same after a first one that was echoed
    df:LENGTH           a datagram not to be fragmented, tried until it passes
    try:LENGTH          any datagram, tried until it passes
    burst:LENGTH:COUNT  COUNT datagrams of LENGTH, one after the other
"""

import os
import selectors
import socket
import struct
import sys
import time

FACTOR = int(os.environ.get("TIMEOUT_FACTOR", "1"))
LIMIT = 15 * FACTOR
SO_RCVBUFFORCE = 33
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER = 10, 23
PMTUDISC_DONT, PMTUDISC_WANT, PMTUDISC_DO = 0, 1, 2
SOL_UDP, UDP_SEGMENT = 17, 103
CHUNK = 1 << 18


def make_pattern():
    """Bytes that differ wherever a mistaken offset could point to."""
    x, words = 1, []
    for _ in range(1 << 14):
        x = (x * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        words.append(x)
    return struct.pack(f"!{len(words)}Q", *words)[:-5]


PATTERN = make_pattern()
PERIOD = len(PATTERN)
REPEATED = PATTERN * (2 + CHUNK // PERIOD)


def pattern(offset, length):
    start = offset % PERIOD
    return REPEATED[start:start + length]


def send_pattern(sock, total):
    done = 0
    while done < total:
        length = min(CHUNK, total - done)
        sock.sendall(pattern(done, length))
        done += length


def receive_pattern(sock, total):
    """None, or what is wrong."""
    done = 0
    while done < total:
        data = sock.recv(min(CHUNK, total - done))
        if not data:
            return f"end after {done} of {total} bytes"
        if data != pattern(done, len(data)):
            return f"other bytes from {done} on"
        done += len(data)
    return None


def answer_tcp(conn):
    conn.settimeout(LIMIT)
    try:
        head = conn.recv(8, socket.MSG_WAITALL)
        if len(head) == 8:
            total = struct.unpack("!Q", head)[0]
            wrong = receive_pattern(conn, total)
            conn.sendall(b"n" if wrong else b"y")
            if not wrong:
                send_pattern(conn, total)
    except OSError:
        pass
    conn.close()


def discover(sock, mode):
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, mode)
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, mode)


def serve(port):
    tcp = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sel = selectors.DefaultSelector()
    for sock in (udp, tcp):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(("::", port))
        sel.register(sock, selectors.EVENT_READ)
    udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
    discover(udp, PMTUDISC_DONT)
    tcp.listen()
    while True:
        for key, _ in sel.select():
            if key.fileobj is tcp:
                answer_tcp(tcp.accept()[0])
                continue
            data, addr = udp.recvfrom(1 << 16)
            try:
                udp.sendto(data, addr)
            except OSError:
                pass


def talk_tcp(addr, arg):
    total = int(arg)
    with socket.create_connection(addr, LIMIT) as sock:
        sock.sendall(struct.pack("!Q", total))
        send_pattern(sock, total)
        verdict = sock.recv(1)
        if verdict != b"y":
            return f"the server got something else ({verdict})"
        return receive_pattern(sock, total)


def udp_socket(addr, mode):
    family = socket.AF_INET6 if ":" in addr[0] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
    discover(sock, mode)
    sock.settimeout(LIMIT)
    sock.connect(addr)
    return sock


def talk_udp(addr, arg):
    with udp_socket(addr, PMTUDISC_DONT) as sock:
        for length in map(int, arg.split(",")):
            sock.send(pattern(length, length))
            try:
                data = sock.recv(1 << 16)
            except socket.timeout:
                return f"no echo of {length} bytes"
            if data != pattern(length, length):
                return f"{length} bytes came back as {len(data)}"
    return None


def talk_gso(addr, arg, first=False):
    length, count = map(int, arg.split(":"))
    with udp_socket(addr, PMTUDISC_WANT) as sock:
        if first:
            sock.send(b"first")
            sock.recv(1 << 16)
        sock.setsockopt(SOL_UDP, UDP_SEGMENT, length)
        sock.send(pattern(0, length * count + 1))
        for i in range(count + 1):
            wanted = pattern(i * length, length if i < count else 1)
            try:
                data = sock.recv(1 << 16)
            except socket.timeout:
                return f"{i} of {count + 1} segments"
            if data != wanted:
                return f"segment {i} has {len(data)} bytes"
    return None


def talk_flow(addr, arg):
    return talk_gso(addr, arg, first=True)


def talk_burst(addr, arg):
    length, count = map(int, arg.split(":"))
    with udp_socket(addr, PMTUDISC_WANT) as sock:
        for i in range(count):
            sock.send(pattern(i, length))
        for i in range(count):
            try:
                data = sock.recv(1 << 16)
            except socket.timeout:
                return f"{i} of {count} datagrams"
            if data != pattern(i, length):
                return f"datagram {i} has {len(data)} bytes"
    return None


def insist(addr, length, mode):
    """PMTUD may have to tell the sender step by step what the path takes."""
    last = None
    end = time.monotonic() + LIMIT
    with udp_socket(addr, mode) as sock:
        sock.settimeout(0.3)
        while time.monotonic() < end:
            try:
                sock.send(pattern(0, length))
                if sock.recv(1 << 16) == pattern(0, length):
                    return None
                return "other bytes"
            except OSError as err:
                last = err
    return str(last)


def talk_df(addr, arg):
    return insist(addr, int(arg), PMTUDISC_DO)


def talk_try(addr, arg):
    return insist(addr, int(arg), PMTUDISC_WANT)


TALKS = {"tcp": talk_tcp, "udp": talk_udp, "gso": talk_gso, "flow": talk_flow,
         "burst": talk_burst, "df": talk_df, "try": talk_try}


def talk(addr, port, whats):
    for what in whats:
        kind, arg = what.split(":", 1)
        try:
            wrong = TALKS[kind]((addr, port), arg)
        except OSError as err:
            wrong = str(err)
        if wrong:
            yield f"{what}: {wrong}"


def main():
    port, orders, answers = sys.argv[1:]
    if os.fork() == 0:
        serve(int(port))
    while True:
        with open(orders) as file:
            words = file.read().split()
        lines = list(talk(words[0], int(words[1]), words[2:]))
        with open(answers, "w") as file:
            file.write("".join(line + "\n" for line in lines) + "done\n")


main()
