#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tell which memory two processors have shared on the way of established flows.

lines.py LOG SYMBOLS TOUCHED     of a run: console, addresses of functions, see lines.c

Fails if there is any, but for an arm in whose sessions packets are counted: that
has to be found.
"""

import bisect
import collections
import re
import sys

COUNTED = "nat64-counted-64"


class Symbols:
    def __init__(self, name):
        with open(name, encoding="utf-8", errors="replace") as f:
            self.rows = sorted((int(line.split()[0], 16), line.split()[1]) for line in f)

    def name(self, address):
        return self.rows[bisect.bisect_right(self.rows, (address, "~")) - 1][1]


def arms_of(log):
    """Names in the order of the log, as every one ran once."""
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read().replace("\r", "")
    if "BENCH done" not in text:
        sys.exit(f"bench: {log} is not the log of a complete run")
    arms = []
    for m in re.finditer(r"^BENCH two arm=(\S+) .* sent=(\d+) .* got=(\d+) ", text, re.M):
        if m.group(2) != m.group(3) or m.group(2) == "0":
            sys.exit(f"bench: {m.group(1)}: {m.group(2)} packets sent, {m.group(3)} came through")
        arms.append(m.group(1))
    return arms


def runs_of(touched, symbols):
    """For each run who does what to the lines that are shared, and how many were touched."""
    lines = collections.defaultdict(collections.Counter)
    with open(touched, encoding="ascii") as f:
        for words in map(str.split, f):
            if words[0] == "run":
                yield lines, int(words[2])
                lines = collections.defaultdict(collections.Counter)
            else:
                _, _, line, how, cpu, times, code = words
                lines[line][f"CPU {cpu} {how}s it in {symbols.name(int(code, 16))}"] += int(times)


def show(arm, lines, total):
    print(f"{arm:<20}{total:>6} lines touched, {len(lines)} shared")
    alike = collections.defaultdict(list)
    for accesses in lines.values():
        alike[tuple(sorted(accesses))].append(accesses.total())
    for who, times in alike.items():
        print(f"    {len(times)} of them {sum(times)} times: {', '.join(who)}")


def main(log, symbols, touched):
    """As plain forwarding shares no line, there is nothing to be forgiven."""
    runs = list(runs_of(touched, Symbols(symbols)))
    arms = arms_of(log)
    if len(runs) != len(arms):
        sys.exit(f"bench: {len(arms)} arms, but {len(runs)} were watched")
    bad = []
    for arm, (lines, total) in zip(arms, runs):
        show(arm, lines, total)
        if bool(lines) != (arm == COUNTED):
            bad.append(arm)
    for arm in bad:
        print(f"bench: {arm} is not as it should be", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
