#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What the bench's report makes of a run: nothing bad must pass for good."""

import json
import os
import subprocess
import sys
import tempfile

REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench/report.py")
RELEASE = "6.1.0-56-amd64"
ARM = "nat64-udp-64"
results = []


def line(arm, milli, got=640, got_bytes=None):
    grown = {"fwd6": 51200, ARM: 38400}[arm]
    return (f"BENCH arm={arm} part=1 milli={milli} sent=640 sent_bytes=51200 got={got} "
            f"got_bytes={got_bytes or grown} cycles=0 misses=0 pause=0 drop=1400000 "
            "drop_cycles=0\n")


def log_of(arms, release=RELEASE, end="BENCH done\n"):
    return f"BENCH kernel {release}\n" + "".join(arms) + end


def report(*args):
    return subprocess.run([sys.executable, "-B", REPORT, *args], capture_output=True, text=True,
                          check=False)


def run(name, log, good, words=""):
    """One log through the report and against the reference."""
    with tempfile.TemporaryDirectory() as tmp:
        files = {n: os.path.join(tmp, n) for n in ("log", "json", "ref")}
        with open(files["log"], "w", encoding="utf-8") as f:
            f.write(log)
        with open(files["ref"], "w", encoding="utf-8") as f:
            json.dump({"kernels": {
                RELEASE: {"fwd6": {"insn_net": 2600.0, "ratio": 1.0},
                          ARM: {"insn_net": 2000.0, "ratio": 0.769},
                          ARM + "-4m": {"insn_net": 2000.0, "ratio": 0.769}},
                "6.1.0-9-amd64": {"fwd6": {"insn_net": 1.0, "ratio": 1.0},
                                  ARM: {"insn_net": 1.0, "ratio": 9.0}}}}, f)
        r = report(files["log"], files["json"])
        said = r.stdout + r.stderr
        if r.returncode == 0:
            r = report("--check", files["json"], files["ref"])
            said += r.stdout + r.stderr
    ok = (r.returncode == 0) == good and words in said
    results.append(ok)
    print(("ok" if ok else "not ok"), len(results), name)
    if not ok:
        print("# " + said.replace("\n", "\n# "))


FWD6 = line("fwd6", 4000000)
run("the same figures", log_of([FWD6, line(ARM, 3400000)]), True, "no arm grew")
run("sessions that end at once",
    log_of([FWD6, line(ARM, 3400000),
            "BENCH event arm=expiry objects=1000 insn=500000 pause=7000 quiet=4000\n"]), True,
    "expiry: 1000 objects, 500.0 instructions for each")
run("0.9 % more", log_of([FWD6, line(ARM, 3418000)]), True)
run("2 % more", log_of([FWD6, line(ARM, 3440000)]), False, "+2.0 %")
run("an arm is missing", log_of([FWD6]), False, "was not measured")
run("an arm is missing, with a reason",
    log_of([FWD6, f"BENCH missing arm={ARM}: no such path\n"]), False, "missing: no such path")
run("a packet is lost", log_of([FWD6, line(ARM, 3400000, got=639)]), False, "639 came through")
run("a super-packet fell apart", log_of([FWD6, line(ARM, 3400000, got=6400)]), False,
    "do not stay whole")
run("packets were not translated", log_of([FWD6, line(ARM, 3400000, got_bytes=51200)]), False,
    "became")
run("a run that ended early", log_of([FWD6, line(ARM, 3400000)], end=""), False, "complete")
run("without plain forwarding", log_of([line(ARM, 3400000)]), False)
run("another release, 2 % more", log_of([FWD6, line(ARM, 3440000)], "6.1.0-57-amd64"), True,
    f"compared with {RELEASE}")
run("another release, 4 % more", log_of([FWD6, line(ARM, 3480000)], "6.1.0-57-amd64"), False)
run("another series", log_of([FWD6, line(ARM, 3400000)], "6.12.1-amd64"), False,
    "no reference for 6.12.1-amd64")
run("plain forwarding costs 2 % more, all alike",
    log_of([line("fwd6", 4052000), line(ARM, 3440000)]), True, "not the same conditions")
run("plain forwarding costs 2 % more, ours 6 %",
    log_of([line("fwd6", 4052000), line(ARM, 3520000)]), False)


def user_mode():
    """Disturbed runs, of receiving as of dropping, count for nothing."""
    parts = [(900000, 200000), (500000, 400000), (500000, 200000)]
    log = "BENCH kernel 6.12.1\nBENCH flows=1\n" + "".join(
        f"BENCH arm=fwd6 part={i} milli=0 sent=1 sent_bytes=80 got=1 got_bytes=80 cycles={c} "
        f"misses=0 pause=0 drop=0 drop_cycles={d}\n" for i, (c, d) in enumerate(parts))
    with tempfile.TemporaryDirectory() as tmp:
        names = [os.path.join(tmp, n) for n in ("log", "json")]
        with open(names[0], "w", encoding="utf-8") as f:
            f.write(log + "BENCH done\n")
        r = report("--cycles", *names)
        with open(names[1], encoding="utf-8") as f:
            arms = json.load(f)["cycles"]["6.12.1"]
    results.append(r.returncode == 0 and arms["fwd6-1"]["cycles_net"] == 300.0)
    print(("ok" if results[-1] else "not ok"), len(results), "cycles of the quietest runs")


user_mode()
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
