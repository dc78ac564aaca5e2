#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tell what a run of the bench has counted.

report.py LOG JSON               table of a run's console log, figures to JSON
report.py --check JSON REF       fail if an arm of ours grew by more than 1 %
report.py --update JSON REF      take the figures of JSON over into REF
"""

import json
import re
import statistics
import sys

LINE = re.compile(r"^BENCH arm=(\S+) part=(\S+) milli=(\d+) sent=(\d+) sent_bytes=(\d+) "
                  r"got=(\d+) got_bytes=(\d+) drop=(\d+)", re.M)
OURS = ("nat64-", "siit-", "passthrough")
# Plain forwarding of the same packets; everything else is compared to fwd6.
BASE = {"gso": "fwd6-gso", "handshake": "fwd6-handshake"}
LIMIT = 1.01
# The header of the other family is so much longer; parts of an arm may differ.
GROWTH = {"64": -20, "46": 20}
PART_GROWTH = {"syn": -20, "synack": 20, "ack": -20}
PLAIN_NEW = "nat64-new-udp"


def growth(arm, part):
    """Bytes by which every packet of a part grows on its way."""
    if arm == PLAIN_NEW:
        return -20
    if arm == "nat64-handshake":
        return PART_GROWTH[part]
    return GROWTH.get(arm.rsplit("-", 1)[-1], 0)


def parse(log):
    """Net instructions per packet of each arm, in the order of the log."""
    parts = {}
    for m in LINE.finditer(log):
        arm, part = m.group(1, 2)
        cost, sent, sent_bytes, got, got_bytes, drop = map(int, m.group(3, 4, 5, 6, 7, 8))
        if got != sent:
            sys.exit(f"bench: {arm} {part}: {sent} packets sent, {got} came through")
        if got_bytes - sent_bytes != sent * growth(arm, part):
            sys.exit(f"bench: {arm} {part}: {sent_bytes} bytes became {got_bytes}")
        parts.setdefault(arm, {})[part] = (cost - drop) / 1000
    return {arm: combine(costs) for arm, costs in parts.items()}


def combine(costs):
    """Repetitions give their median, parts of a handshake their sum."""
    if "syn" in costs:
        return sum(costs.values())
    return statistics.median(costs.values())


def figures(log):
    release = re.search(r"^BENCH kernel (\S+)", log, re.M).group(1)
    net = parse(log)
    arms = {arm: {"insn_net": round(insn, 1),
                  "ratio": round(insn / net[BASE.get(arm.split("-")[1] if "-" in arm else "",
                                                     "fwd6")], 3)}
            for arm, insn in net.items()}
    return {"kernels": {release: arms}}


def table(data):
    for release, arms in data["kernels"].items():
        print(f"Linux {release}: instructions, net of making and freeing the packets\n")
        print(f"{'arm':<18}{'instructions':>14}{'ratio':>8}")
        for arm, v in arms.items():
            print(f"{arm:<18}{v['insn_net']:>14.1f}{v['ratio']:>8.3f}")


def load(name):
    with open(name, encoding="utf-8") as f:
        return json.load(f)


def save(name, data):
    with open(name, "w", encoding="utf-8") as f:
        json.dump(data, f, indent=1)
        f.write("\n")


def grown(release, arms, reference):
    """Complaints about the arms of one kernel."""
    for arm, was in reference.items():
        if not arm.startswith(OURS):
            continue
        now = arms.get(arm)
        if now is None:
            yield f"{arm}: in the reference of {release}, but was not measured"
        elif now["insn_net"] > was["insn_net"] * LIMIT:
            yield (f"{arm}: {now['insn_net']} instructions, {was['insn_net']} in the "
                   f"reference of {release}")


def check(data, reference):
    bad = []
    for release, arms in data["kernels"].items():
        if release not in reference["kernels"]:
            bad.append(f"there is no reference for {release}: see docs/bench.md")
            continue
        bad += grown(release, arms, reference["kernels"][release])
    for line in bad:
        print(f"bench-check: {line}", file=sys.stderr)
    if not bad:
        print("bench-check: no arm grew by more than 1 %")
    return 1 if bad else 0


def main(args):
    if len(args) == 3 and args[0] == "--check":
        return check(load(args[1]), load(args[2]))
    if len(args) == 3 and args[0] == "--update":
        reference = load(args[2])
        reference["kernels"].update(load(args[1])["kernels"])
        save(args[2], reference)
        return 0
    if len(args) == 2:
        with open(args[0], encoding="utf-8", errors="replace") as f:
            data = figures(f.read().replace("\r", ""))
        save(args[1], data)
        table(data)
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
