#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tell what a run of the bench has counted.

report.py LOG JSON               table of a run's console log, figures to JSON
report.py --check JSON REF       fail if an arm of ours grew by more than 1 %
report.py --update JSON REF      take the figures of JSON over into REF
report.py --cycles LOG JSON      the same of a run in user mode: cycles and memory
report.py --two LOG JSON         the same of two processors
report.py --picture JSON SVG     draw the ratios
report.py --page JSON PAGE       put tables of JSON between the marks in a page
"""

import json
import os
import re
import statistics
import sys

import picture

LINE = re.compile(r"^BENCH arm=(\S+) part=(\S+) milli=(\d+) sent=(\d+) sent_bytes=(\d+) "
                  r"got=(\d+) got_bytes=(\d+) cycles=(\d+) misses=(\d+) pause=\d+ "
                  r"drop=(\d+) drop_cycles=(\d+)", re.M)
TWO = re.compile(r"^BENCH two arm=(\S+) part=\S+ milli=\d+ sent=(\d+) sent_bytes=(\d+) "
                 r"got=(\d+) got_bytes=(\d+) .*? cpu0=(\d+),(\d+),(\d+) "
                 r"cpu1=(\d+),(\d+),(\d+)", re.M)
EVENT = re.compile(r"^BENCH event arm=(\S+) objects=(\d+) insn=(\d+) pause=(\d+) quiet=(\d+)",
                   re.M)
MISSING = re.compile(r"^BENCH missing arm=(\S+): (.*)", re.M)
OURS = ("nat64-", "siit-", "ingress-", "passthrough")
# Plain forwarding of the same packets; everything else is compared to fwd6.
BASES = ("fwd6-list", "fwd6-gso-udp", "fwd6-gso", "fwd6-fraglist", "fwd6-handshake")
LIMIT = 1.01
# A page of slab more or less costs the 32 packets of a list 40 instructions each,
# and boots differ in that.
LIST_LIMIT = 1.025
# What remains when only another release of the kernel can be compared to.
WIDER_LIMIT = 1.03
# Of the batches of two processors, percent that both have worked during.
LEAST_SHARE = 4
# Plain forwarding does not know our module; if it differs, conditions do.
SAME_CONDITIONS = 0.005
# The header of the other family is so much longer; parts of an arm may differ.
GROWTH = {"64": -20, "46": 20}
PART_GROWTH = {"syn": -20, "synack": 20, "ack": -20}


def base(arm):
    kind = arm.split("-", 1)[-1]
    return next((b for b in BASES if kind.startswith(b.removeprefix("fwd6-"))), "fwd6")


def growth(arm, part):
    """Bytes by which every packet of a part grows on its way."""
    if arm.startswith("nat64-new"):
        return -20
    if arm == "nat64-handshake":
        return PART_GROWTH[part]
    return GROWTH.get(arm.removesuffix(many_flows(arm)).rsplit("-", 1)[-1], 0)


def many_flows(arm):
    """End of the name of an arm with so many flows that it is measured when asked for."""
    return next((end for end in ("-1m", "-4m") if arm.endswith(end)), "")


def missing(log):
    """Arms that there are no figures of, and why."""
    why = dict(MISSING.findall(log))
    for m in LINE.finditer(log):
        if int(m.group(6)) > int(m.group(4)):
            why[m.group(1)] = "super-packets do not stay whole"
    return why


def come_through(arm, part, sent, sent_bytes, got, got_bytes):
    if got != sent:
        sys.exit(f"bench: {arm} {part}: {sent} packets sent, {got} came through")
    if got_bytes - sent_bytes != sent * growth(arm, part):
        sys.exit(f"bench: {arm} {part}: {sent_bytes} bytes became {got_bytes}")


def parse(log):
    """Net instructions and cycles per packet of each arm, in the order of the log."""
    parts = {}
    left_out = missing(log)
    for m in LINE.finditer(log):
        arm, part = m.group(1, 2)
        cost, sent, sent_bytes, got, got_bytes, cycles, _, drop, drop_cycles = \
            map(int, m.group(*range(3, 12)))
        if arm in left_out:
            continue
        come_through(arm, part, sent, sent_bytes, got, got_bytes)
        parts.setdefault(arm, {})[part] = ((cost - drop) / 1000, cycles / 1000, drop_cycles / 1000)
    return {arm: combine(costs) for arm, costs in parts.items()}


def combine(costs):
    """Of repetitions the median, in cycles the quietest; parts of a handshake add up.

    The least difference would be that of the noisiest run of dropping."""
    insn, cycles, drops = zip(*costs.values())
    if "syn" in costs:
        return sum(insn), sum(cycles) - sum(drops)
    return statistics.median(insn), min(cycles) - min(drops)


def figures(log):
    m = re.search(r"^BENCH kernel (\S+)", log, re.M)
    net = parse(log)
    if "fwd6" not in net:
        sys.exit("bench: plain forwarding was not measured")
    arms = {arm: {"insn_net": round(insn, 1),
                  "ratio": round(insn / net[base(arm) if base(arm) in net else "fwd6"][0], 3)}
            for arm, (insn, _) in net.items()}
    data = {"kernels": {m.group(1): arms}}
    events = {arm: {"objects": objects, "insn_each": round(insn / objects, 1), "pause": pause,
                    "pause_otherwise": quiet}
              for arm, objects, insn, pause, quiet in
              ((e[0], *map(int, e[1:])) for e in EVENT.findall(log))}
    if events:
        data["events"] = {m.group(1): events}
    return data


COUNTS = {"1": "-1", "10000": "-10k", "1000000": "", "4000000": "-4m"}


def cycles(log):
    """Arms by number of flows; a name without one is that of a million."""
    m = re.search(r"^BENCH kernel (\S+)", log, re.M)
    arms = {}
    for count, part in re.findall(r"^BENCH flows=(\d+)\n(.*?)(?=^BENCH flows=|\Z)", log,
                                  re.M | re.S):
        net = parse(part)
        plain = net["fwd6"]
        for arm, (insn, cyc) in net.items():
            name = arm + COUNTS.get(count, "-" + count)
            arms[name] = {
                "flows": int(count), "cycles_net": round(cyc, 1),
                "ratio": round(cyc / plain[1], 3)}
            if insn:
                arms[name]["insn_net"] = round(insn, 1)
    data = {"cycles": {m.group(1): arms}}
    memory = memory_of(log)
    if memory:
        data["memory"] = memory
    return data


def memory_of(log):
    """Bytes per session of our tables, with what is left free in their pages."""
    slabs = re.findall(r"^BENCH slab arm=nat64-udp-64 name=(\S+) objects=(\d+) bytes=(\d+)", log,
                       re.M)
    sessions = max((int(n) for name, n, _ in slabs if "session" in name), default=0)
    if not sessions:
        return {}
    tables = re.search(r"^BENCH vmalloc arm=nat64-udp-64 bytes=(\d+)", log, re.M)
    size = {"session": 0, "bib": 0, "hash": int(tables.group(1))}
    for name, _, used in slabs:
        size["bib" if "bib" in name else "session"] += int(used)
    return {name: round(used / sessions, 1) for name, used in size.items()}


def cycles_table(data, log):
    for release, arms in data["cycles"].items():
        print(f"Linux {release} for user mode, net of making and freeing the packets\n")
        if not all("insn_net" in v for v in arms.values()):
            print("The processor's counters cannot be read here: cycles are ticks of the time\n"
                  "stamp counter, in the quieter batches.\n")
        print(f"{'arm':<20}{'flows':>9}{'cycles':>10}{'ratio':>8}{'instructions':>14}")
        for arm, v in arms.items():
            print(f"{arm:<20}{v['flows']:>9}{v['cycles_net']:>10.1f}{v['ratio']:>8.3f}"
                  f"{v.get('insn_net', '-'):>14}")
    for name, size in data.get("memory", {}).items():
        print(f"memory: {size} B for one session: {name}")
    for arm, name, objects, used in re.findall(
            r"^BENCH slab arm=(\S+) name=(\S+) objects=(\d+) bytes=(\d+)", log, re.M):
        print(f"{arm}: {int(used) / int(objects):.1f} B for one of {objects} {name}")
    for lines, before, after in re.findall(
            r"^BENCH dump lines=(\d+) before=(\S+) after=(\S+)", log, re.M):
        print(f"dump: {lines} lines in {float(after) - float(before):.1f} s")
    for arm, why in missing(log).items():
        print(f"{arm}: missing: {why}")


def two(log):
    """By how much two processors are faster than one, and than plain forwarding is."""
    release = re.search(r"^BENCH kernel (\S+)", log, re.M).group(1)
    runs = {}
    for m in TWO.finditer(log):
        arm = m.group(1)
        sent, sent_bytes, got, got_bytes, *cpus = map(int, m.groups()[1:])
        come_through(arm, "two", sent, sent_bytes, got, got_bytes)
        alone, beside, share = cpus[0::3], cpus[1::3], cpus[2::3]
        if min(alone + beside) == 0 or min(share) < LEAST_SHARE:
            print(f"bench: a run of {arm} is left out: {share} % of the time side by side",
                  file=sys.stderr)
            continue
        runs.setdefault(arm, []).append((
            statistics.mean(alone) / 1000, statistics.mean(beside) / 1000,
            sum(a / b for a, b in zip(alone, beside))))
    if "fwd6" not in runs:
        sys.exit("bench: the machine has too much else to do to have two processors at work")
    arms = {}
    for arm, values in runs.items():
        alone, beside, speedup = map(statistics.median, zip(*values))
        arms[arm] = {"alone": round(alone, 1), "beside": round(beside, 1), "runs": len(values),
                     "speedup": round(speedup, 3)}
    for v in arms.values():
        v["to_plain"] = round(v["speedup"] / arms["fwd6"]["speedup"], 3)
    return {"two": {release: arms}}


def two_table(data, _):
    for release, arms in data["two"].items():
        print(f"Linux {release} for user mode: ticks for a packet, net of making and freeing it\n")
        print(f"{'arm':<20}{'one CPU':>10}{'two, each':>11}{'speed-up':>10}{'to fwd6':>9}{'runs':>6}")
        for arm, v in arms.items():
            print(f"{arm:<20}{v['alone']:>10.1f}{v['beside']:>11.1f}{v['speedup']:>10.3f}"
                  f"{v['to_plain']:>9.3f}{v['runs']:>6}")


def table(data, log):
    for release, arms in data["kernels"].items():
        print(f"Linux {release}: instructions, net of making and freeing the packets\n")
        print(f"{'arm':<20}{'instructions':>14}{'ratio':>8}  to")
        for arm, v in arms.items():
            print(f"{arm:<20}{v['insn_net']:>14.1f}{v['ratio']:>8.3f}  {base(arm)}")
    for arm, why in missing(log).items():
        print(f"{arm:<20}{'-':>14}{'-':>8}  missing: {why}")
    for arms in data.get("events", {}).values():
        for arm, v in arms.items():
            print(f"{arm}: {v['objects']} objects, {v['insn_each']} instructions for each; a packet "
                  f"waited for up to {v['pause']} instructions, otherwise {v['pause_otherwise']}")


def load(name):
    with open(name, encoding="utf-8") as f:
        return json.load(f)


def save(name, data):
    with open(name, "w", encoding="utf-8") as f:
        json.dump(data, f, indent=1)
        f.write("\n")


def version(release):
    return [int(n) for n in re.findall(r"\d+", release)]


def same_series(release, reference):
    """The newest release of the reference with the same first two numbers."""
    fits = [r for r in reference if version(r)[:2] == version(release)[:2]]
    return max(fits, key=version, default=None)


def choose(release, arms, reference):
    """Reference for a release, what of it to compare, by how much it may grow."""
    known = reference.get(release)
    if known:
        change = arms["fwd6"]["insn_net"] / known["fwd6"]["insn_net"] - 1
        if abs(change) <= SAME_CONDITIONS:
            return known, "insn_net", LIMIT
        print(f"bench-check: plain forwarding differs by {100 * change:+.1f} % from the reference "
              f"of {release}: not the same conditions, ratios within 3 % will do")
        return known, "ratio", WIDER_LIMIT
    other = same_series(release, reference)
    if other is None:
        return None, None, None
    print(f"bench-check: no reference for {release}: compared with {other}, "
          "ratios within 3 % will do")
    return reference[other], "ratio", WIDER_LIMIT


def grown(arms, reference, what, limit):
    """Complaints about the arms of one kernel."""
    for arm, was in reference.items():
        if not arm.startswith(OURS):
            continue
        now = arms.get(arm)
        if now is None and many_flows(arm):
            continue
        if now is None:
            yield f"{arm}: in the reference, but was not measured"
        elif now[what] > was[what] * (max(limit, LIST_LIMIT) if "list" in arm else limit):
            change = 100 * (now[what] / was[what] - 1)
            yield f"{arm}: {what} {was[what]} became {now[what]}, {change:+.1f} %"


def check(data, reference):
    bad = []
    for release, arms in data["kernels"].items():
        known, what, limit = choose(release, arms, reference["kernels"])
        if known is None:
            bad.append(f"there is no reference for {release}: see docs/bench.md")
        else:
            bad += grown(arms, known, what, limit)
    for line in bad:
        print(f"bench-check: {line}", file=sys.stderr)
    if not bad:
        print("bench-check: no arm grew")
    return 1 if bad else 0


def update(name, data):
    """What was not measured this time stays as it is."""
    known = load(name) if os.path.exists(name) else {}
    for part, figs in data.items():
        for key, value in figs.items():
            if isinstance(value, dict):
                value = {**known.get(part, {}).get(key, {}), **value}
            known.setdefault(part, {})[key] = value
    save(name, known)


def extra_tables(data):
    """Markdown: flows by the million, and what happens to as many at once."""
    for release, arms in data.get("kernels", {}).items():
        many = [a for a in arms if many_flows(a) and a.removesuffix(many_flows(a)) in arms]
        if many:
            yield f"\n| many flows, {release} | instructions | than with one |\n|---|---:|---:|"
        for arm in many:
            now, one = (arms[a]["insn_net"] for a in (arm, arm.removesuffix(many_flows(arm))))
            yield f"| `{arm}` | {now:,.0f} | {100 * (now / one - 1):+.1f} % |"
    for release, arms in data.get("events", {}).items():
        yield (f"\n| at once, {release} | objects | instructions for each | a packet waits "
               "| otherwise |\n|---|---:|---:|---:|---:|")
        for arm, v in arms.items():
            yield (f"| `{arm}` | {v['objects']:,} | {v['insn_each']:,.0f} | {v['pause']:,} | "
                   f"{v['pause_otherwise']:,} |")


def page_tables(data):
    """Markdown: instructions by kernel side by side, cycles, memory."""
    kernels = data.get("kernels", {})
    if kernels:
        yield "| instructions | " + " | ".join(f"{r} | ratio" for r in kernels) + " |"
        yield "|---|" + "---:|---:|" * len(kernels)
        for arm in dict.fromkeys(a for arms in kernels.values() for a in arms
                                 if not many_flows(a)):
            cells = [f"{arms[arm]['insn_net']:,.0f} | {arms[arm]['ratio']:.2f}"
                     if arm in arms else "– | –" for arms in kernels.values()]
            yield f"| `{arm}` | " + " | ".join(cells) + " |"
    yield from extra_tables(data)
    for release, arms in data.get("cycles", {}).items():
        yield f"\n| cycles, {release} | flows | cycles | ratio |"
        yield "|---|---:|---:|---:|"
        for arm, v in arms.items():
            yield f"| `{arm}` | {v['flows']:,} | {v['cycles_net']:,.0f} | {v['ratio']:.2f} |"
    for release, arms in data.get("two", {}).items():
        yield (f"\n| two processors, {release} | ticks, one | ticks, each of two | speed-up "
               "| to that of `fwd6` |\n|---|---:|---:|---:|---:|")
        for arm, v in arms.items():
            yield (f"| `{arm}` | {v['alone']:,.0f} | {v['beside']:,.0f} | {v['speedup']:.2f} "
                   f"| {v['to_plain']:.2f} |")
    if data.get("memory"):
        yield "\n| memory for one session | bytes |\n|---|---:|"
        for name, size in data["memory"].items():
            yield f"| {name} | {size} |"


def fill_page(name, data):
    with open(name, encoding="utf-8") as f:
        text = f.read()
    tables = "\n".join(page_tables(data))
    text, n = re.subn(r"(<!-- figures -->\n).*?(<!-- end of figures -->)",
                      lambda m: f"{m.group(1)}\n{tables}\n\n{m.group(2)}", text, flags=re.S)
    if n != 1:
        sys.exit(f"bench: {name} has no place for the figures")
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def tell(name, to, read, show):
    with open(name, encoding="utf-8", errors="replace") as f:
        log = f.read().replace("\r", "")
    if "BENCH done" not in log:
        sys.exit(f"bench: {name} is not the log of a complete run")
    data = read(log)
    save(to, data)
    show(data, log)


def main(args):
    if len(args) == 3 and args[0] == "--check":
        return check(load(args[1]), load(args[2]))
    if len(args) == 3 and args[0] == "--update":
        update(args[2], load(args[1]))
    elif len(args) == 3 and args[0] == "--picture":
        with open(args[2], "w", encoding="utf-8") as f:
            f.write(picture.draw(load(args[1])))
    elif len(args) == 3 and args[0] == "--page":
        fill_page(args[2], load(args[1]))
    elif len(args) == 3 and args[0] == "--cycles":
        tell(args[1], args[2], cycles, cycles_table)
    elif len(args) == 3 and args[0] == "--two":
        tell(args[1], args[2], two, two_table)
    elif len(args) == 2:
        tell(args[0], args[1], figures, table)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
