#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tell what the daemons and their peers did.

report.py LOG JSON           tables of a run's output, its results to JSON
report.py --page JSON PAGE   put the tables of JSON between the marks in a page
"""

import json
import re
import sys

TITLES = {"dhcp": "## DHCP and option 108", "ra": "## Router Advertisements"}
ABSENT = "not available"


def table(rows):
    """A table in Markdown; the first row is its head."""
    rows = [rows[0], ["---"] * len(rows[0])] + rows[1:]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def cell(results, server, case):
    """What a server did, in bold if the case does not want it."""
    for r in results:
        if r["server"] == server and (r["where"], r["what"]) == case:
            return r["did"] if r["good"] else f"**{r['did']}**"
    return "not run"


def cases(rows):
    """Servers beside each other, cases below each other."""
    results = [r for r in rows if "did" in r]
    absent = {r["server"] for r in rows if r.get("missing")}
    names = {r["server"]: r.get("version", "") for r in rows
             if "version" in r or "missing" in r}
    wanted = {(r["where"], r["what"]): r["wanted"] for r in results}
    out = [["Network", "Client or event", "Wanted"] +
           [f"{name} {version}".strip() for name, version in names.items()]]
    for case, want in wanted.items():
        out.append([*case, want] + [
            ABSENT if name in absent else cell(results, name, case)
            for name in names])
    return table(out)


def milliseconds(seconds):
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"


def load(rows):
    """How the servers coped with many clients at once."""
    loads = [r for r in rows if r.get("load")]
    if not loads:
        return ""
    first = loads[0]
    out = [["Server", "Told 108", "Leases", "Messages sent",
            "Half of them waited up to", "The last"]]
    for r in loads:
        half = r["clients"] // 2
        out.append([r["server"], f"{100 * r['capable'] / half:.1f} %",
                    f"{100 * r['legacy'] / half:.1f} %",
                    str(r["sent"]),
                    milliseconds(r["half"]), milliseconds(r["last"])])
    out += [[r["server"]] + [ABSENT] * 5 for r in rows if r.get("missing")]
    return (f"\n### {first['clients']} clients join within "
            f"{first['seconds']:.0f} s\n\n" + table(out) + perfdhcp(rows))


def perfdhcp(rows):
    """The view of Kea's load generator, where there is one."""
    found = [r for r in rows if r.get("perfdhcp")]
    if not found:
        return f"\nAs perfdhcp of Kea sees it: {ABSENT}.\n"
    out = [["Server", "Clients a second", "Sent", "Answered (both exchanges)"]]
    for r in found:
        n = r["numbers"]
        out.append([r["server"], str(r["rate"]), str(sum(n[::2])),
                    f"{100 * sum(n[1::2]) / max(1, sum(n[::2])):.1f} %"])
    return "\nThe same number as perfdhcp sees it, without a second try:\n\n" \
        + table(out)


def tables(data):
    yield f"Linux {data['kernel']}.\n"
    for part, title in TITLES.items():
        rows = [r for r in data["rows"] if r["part"] == part]
        if rows:
            yield title + "\n\n" + cases(rows) + load(rows)


def parse(name):
    with open(name, encoding="utf-8", errors="replace") as f:
        rows = [json.loads(line) for line in f if line.startswith("{")]
    if not rows or "kernel" not in rows[0]:
        sys.exit(f"peers: {name} is not the output of a run")
    return {"kernel": rows[0]["kernel"], "rows": rows[1:]}


def fill_page(name, data):
    with open(name, encoding="utf-8") as f:
        text = f.read()
    new = "\n".join(tables(data))
    text, n = re.subn(r"(<!-- tables -->\n).*?(<!-- end of tables -->)",
                      lambda m: f"{m.group(1)}\n{new}\n{m.group(2)}", text,
                      flags=re.S)
    if n != 1:
        sys.exit(f"peers: {name} has no place for the tables")
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def main(args):
    if len(args) == 3 and args[0] == "--page":
        with open(args[1], encoding="utf-8") as f:
            fill_page(args[2], json.load(f))
    elif len(args) == 2:
        data = parse(args[0])
        with open(args[1], "w", encoding="utf-8") as f:
            json.dump(data, f, indent=1)
            f.write("\n")
        print("\n".join(tables(data)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
