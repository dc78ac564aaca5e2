#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tell which functions a packet's instructions are in.

profile.py WORKDIR FUNCTION QEMU...

Boots the guest of the bench.  While it receives its packets the emulator runs
one instruction at a time and writes each one's address down.  FUNCTION, if it
is not empty, is a function of $MODULE, a file, whose instructions are shown one
by one.
"""

import bisect
import collections
import json
import os
import re
import socket
import subprocess
import sys
import time

# Receiving ends where the sink frees the packet.
ENTRIES = ("netif_receive_skb", "netif_receive_skb_list")
SINK = "sink_xmit"
BATCH = "run_batch"
INTERRUPT = "asm_"


class Symbols:
    def __init__(self, lines):
        self.rows = sorted((int(f[0], 16), f[2].removesuffix(".cold")) for f in lines)
        self.starts = {name: address for address, name in reversed(self.rows)}
        self.cache = {}

    def name(self, address):
        """What an address is in."""
        name = self.cache.get(address)
        if name is None:
            name = self.rows[bisect.bisect_right(self.rows, (address, "~")) - 1][1]
            self.cache[address] = name
        return name

    def start(self, name):
        return self.starts[name]


def executed(trace):
    """Addresses of instructions, without those that the emulator took back."""
    last = None
    with open(trace, encoding="ascii", errors="replace") as f:
        for line in f:
            if line.startswith("Trace"):
                if last is not None:
                    yield last
                last = int(line.split("/", 2)[1], 16)
            elif line.startswith("Stopped"):
                last = None
    if last is not None:
        yield last


def disassembly(function):
    """Lines of a function of our module, with the offset of what is an instruction."""
    text = subprocess.run(["objdump", "-dlr", "--no-show-raw-insn", f"--disassemble={function}",
                           os.environ["MODULE"]], check=True, capture_output=True, text=True)
    start = None
    for line in text.stdout.splitlines():
        head = re.match(r"([0-9a-f]+) <", line)
        if head:
            start = int(head.group(1), 16)
        m = re.match(r" *([0-9a-f]+):\t(?!.*R_X86)", line)
        if start is not None and line and not line.startswith("Disassembly"):
            yield (re.sub(r"^/.*/", "", line),
                   int(m.group(1), 16) - start if m else None)


def listen(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen()
    s.settimeout(60)
    return s


def accept(listener):
    connection, _ = listener.accept()
    connection.settimeout(None)
    return connection.makefile("rw", encoding="utf-8", errors="replace", newline="\n")


class Monitor:
    def __init__(self, channel):
        self.channel = channel
        self.channel.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        json.dump({"execute": name, "arguments": arguments}, self.channel)
        self.channel.write("\n")
        self.channel.flush()
        while True:
            answer = json.loads(self.channel.readline())
            if "event" not in answer:
                return answer

    def human(self, line):
        return self.command("human-monitor-command", **{"command-line": line})["return"]

    def trace(self, file):
        """Every instruction from now on goes into a file."""
        self.human(f"logfile {file}")
        if self.human("one-insn-per-tb on"):    # its name since QEMU 8.1
            self.human("singlestep on")
        self.human("log exec,nochain")

    def stop_trace(self):
        self.human("log none")
        if self.human("one-insn-per-tb off"):
            self.human("singlestep off")


class Profile:
    """Instructions of batches by function: in it alone, and with what it calls."""

    def __init__(self, symbols, function):
        self.symbols = symbols
        self.function = function
        self.own = collections.Counter()
        self.whole = collections.Counter()
        self.calls = collections.Counter()
        self.offsets = collections.Counter()
        self.stack = []
        self.generator = 0

    def read(self, name):
        start = self.symbols.start(BATCH)
        caller = None
        self.stack = []
        for address in executed(name):
            if address == start:
                self.stack = [caller]
            elif not self.stack:
                caller = self.symbols.name(address)
            if self.stack:
                self.count(address)

    def move(self, address):
        """Follow calls and returns: a call enters a function at its first byte."""
        name = self.symbols.name(address)
        if self.stack[-1] == name:
            return name
        if address != self.symbols.start(name) and name in self.stack:
            while self.stack[-1] != name:
                self.stack.pop()
        else:
            self.stack.append(name)
            self.calls[name] += 1
        return name

    def count(self, address):
        name = self.move(address)
        if BATCH not in self.stack:
            self.stack = []
        elif any(n.startswith(INTERRUPT) for n in self.stack):
            pass
        elif SINK in self.stack or not any(e in self.stack for e in ENTRIES):
            self.generator += 1
        else:
            self.own[name] += 1
            for n in set(self.stack[2:]):
                self.whole[n] += 1
            if name == self.function:
                self.offsets[address - self.symbols.start(name)] += 1

    def show(self, part, packets):
        total = sum(self.own.values())
        print(f"\n{part}: {total / packets:.1f} instructions per packet between reception and "
              f"sink,\n{self.generator / packets:.1f} for making and freeing it\n")
        print(f"{'own':>8}{'%':>7}{'with called':>13}{'calls':>8}  function")
        for name, own in self.own.most_common():
            if own / packets >= 0.5:
                print(f"{own / packets:8.1f}{100 * own / total:7.1f}"
                      f"{self.whole[name] / packets:13.1f}{self.calls[name] / packets:8.2f}  {name}")
        if not self.offsets:
            print(f"\n{self.function} was not called." if self.function else "")
            return
        print()
        for line, offset in disassembly(self.function):
            n = self.offsets.get(offset)
            print(f"{n / packets:8.2f}  {line}" if n else f"{'':8}  {line}")


def follow(peer, monitor, work, function):
    """Serve the guest until it has nothing more to say."""
    trace = os.path.join(work, "trace")
    lines = []
    part = ""
    for line in peer:
        words = line.split()
        if words[:1] == ["begin"]:
            part = words[1]
            symbols = Symbols(lines)
            lines = []
            monitor.trace(trace)
        elif words[:1] == ["end"]:
            monitor.stop_trace()
            sent, got = map(int, re.search(r"sent=(\d+) .*got=(\d+)", line).groups())
            profile = Profile(symbols, function)
            profile.read(trace)
            os.unlink(trace)
            profile.show(part, sent)
            if got != sent:
                print(f"\nOf {sent} packets {got} came through.")
        else:
            lines.append(words)
            continue
        peer.write("go\n")
        peer.flush()


def main(work, function, *qemu):
    command = list(qemu)
    sockets = []
    for name in ("peer", "monitor"):
        path = os.path.join(work, name)
        if os.path.exists(path):
            os.unlink(path)
        sockets.append(listen(path))
        command += ["-chardev", f"socket,id={name},path={path}"]
    command += ["-mon", "chardev=monitor,mode=control", "-serial", "chardev:peer"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        peer, monitor = map(accept, sockets)
        follow(peer, Monitor(monitor), work, function)
        status = process.wait()
    with open(os.path.join(work, "console.log"), encoding="utf-8", errors="replace") as f:
        log = f.read()
    if status or "BENCH done" not in log:
        print(log[-3000:], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
