#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# kernel: 6.1
"""Ten thousand clients that join within ten seconds are all served. D11 D51

dhcp108_load.py [CLIENTS [SECONDS]]: half of them ask for option 108, the other
half need a lease. Each behaves as RFC 2131, section 4.1 says: what is not
answered is sent again after four seconds, then eight. How long they had to
wait is told, and not judged.
"""

import os
import selectors
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from dhcp_lab import (  # noqa: E402
    ACK, DISCOVER, GW, OFFER, REQUEST, STATE, Client, Daemon, Message, addr,
    ask_daemon, configure, option, setup, status)
from raw import FACTOR, check, done, equal, run, wait_for  # noqa: E402

CLIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
PATIENCE = (4, 8, 16, 32)
OURS = "10.0.0.1"
PARAMS = {True: (1, 3, 6, 108), False: (1, 3, 6)}


class Joiner:
    """A device that joins."""

    def __init__(self, number, start):
        self.capable = number % 2 == 0
        self.mac = b"\2\0" + struct.pack("!I", number)
        self.start = self.due = start
        self.tries = 0
        self.address = None
        self.taken = None
        self.end = None

    def message(self):
        """No UDP checksum: RFC 768 allows it, and it takes time here."""
        if self.address:
            options = option(50, self.address) + option(54, addr(OURS))
            msg = Message(REQUEST, PARAMS[False], options, mac=self.mac)
        else:
            msg = Message(DISCOVER, PARAMS[self.capable], mac=self.mac)
        payload = msg.bootp()
        udp = struct.pack("!HHHH", 68, 67, 8 + len(payload), 0) + payload
        return msg.frame(msg.ip(udp))

    def answered(self, kind, yiaddr, codes, now):
        if self.end:
            return False
        if self.capable and kind == OFFER and 108 in codes:
            self.end = now
        elif not self.capable and kind == OFFER and not self.address:
            self.address = yiaddr
            self.tries = 0
            self.due = now
            return True
        elif not self.capable and kind == ACK:
            self.taken = yiaddr
            self.end = now
        return False


def read(frame):
    """Hardware address, type, yiaddr and option codes of an answer."""
    if frame[12:14] != b"\x08\0" or frame[34:36] != b"\0\x43":
        return None
    data = frame[42:]
    codes, kind, i = set(), None, 240
    while data[i] != 255:
        if data[i] == 0:
            i += 1
            continue
        if data[i] == 53:
            kind = data[i + 2]
        codes.add(data[i])
        i += 2 + data[i + 1]
    return data[28:34], kind, data[16:20], codes


class Hall:
    """All of them."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.setblocking(False)
        self.sock.setsockopt(1, 33, 1 << 25)    # SO_RCVBUFFORCE
        now = time.monotonic()
        self.all = [Joiner(n, now + n * SECONDS * FACTOR / CLIENTS)
                    for n in range(CLIENTS)]
        self.by_mac = {j.mac: j for j in self.all}
        self.wheel = {}
        for j in self.all:
            self.wait(j)
        self.left = CLIENTS
        self.sent = 0

    def wait(self, joiner):
        self.wheel.setdefault(int(joiner.due * 100), []).append(joiner)

    def send_due(self, now):
        for slot in sorted(s for s in self.wheel if s <= now * 100):
            for j in self.wheel.pop(slot):
                if j.end or j.tries == len(PATIENCE):
                    continue
                self.send(j, now)

    def send(self, joiner, now):
        try:
            self.sock.send(joiner.message())
            self.sent += 1
        except BlockingIOError:
            pass
        joiner.due = now + PATIENCE[joiner.tries] * FACTOR
        joiner.tries += 1
        self.wait(joiner)

    def hear(self, now):
        for _ in range(256):
            try:
                frame = self.sock.recv(2048)
            except BlockingIOError:
                return
            got = read(frame)
            joiner = self.by_mac.get(got[0]) if got else None
            if not joiner or joiner.end:
                continue
            if joiner.answered(*got[1:], now):
                self.send(joiner, now)
            self.left -= joiner.end is not None

    def join(self):
        sel = selectors.DefaultSelector()
        sel.register(self.sock, selectors.EVENT_READ)
        end = time.monotonic() + (SECONDS + 60) * FACTOR
        while self.left and time.monotonic() < end:
            sel.select(0.01)
            self.hear(time.monotonic())
            self.send_due(time.monotonic())


def tell(name, joiners):
    waits = sorted(j.end - j.start for j in joiners if j.end)
    if waits:
        print(f"# {name}: {len(waits)} of {len(joiners)} served; waited "
              f"{waits[len(waits) // 2] * 1000:.0f} ms (half), "
              f"{waits[len(waits) * 99 // 100] * 1000:.0f} ms (99 of 100), "
              f"{waits[-1] * 1000:.0f} ms (all)")


def main():
    setup(module=False)
    run("ip", "-n", GW, "addr", "add", OURS + "/16", "dev", "lan")
    configure("translator = elsewhere", "subnet = 10.0.0.0/16",
              "pool = 10.0.1.0-10.0.250.255", "offer = zero", mode="mostly")
    daemon = Daemon()
    wait_for(lambda: ask_daemon("status") and
             status()["interface_state"] == "up")
    hall = Hall(Client().sock)
    hall.join()
    capable = [j for j in hall.all if j.capable]
    legacy = [j for j in hall.all if not j.capable]
    equal("all clients that ask for option 108 are told",
          sum(1 for j in capable if j.end), len(capable))
    equal("all others have a lease", sum(1 for j in legacy if j.end),
          len(legacy))
    equal("no address was given twice",
          len({j.taken for j in legacy if j.taken}), len(legacy))
    equal("the daemon thinks the same", status()["pool"]["bound"], len(legacy))
    tell("option 108", capable)
    tell("leases", legacy)
    print(f"# {hall.sent} messages were sent, {len(hall.all)} clients")
    daemon.kill()
    with open(f"{STATE}/leases-hall", encoding="ascii") as f:
        kept = {line.split()[0] for line in f if " bound " in line}
    check("every lease is on the disk", len(kept) == len(legacy), len(kept))
    done()


if __name__ == "__main__":
    main()
