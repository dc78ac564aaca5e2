# SPDX-License-Identifier: GPL-2.0
"""Try every command and multicast group of the spec as somebody without rights.

As "nobody", an ordinary user, and as "mapped", the same who is root of a user
namespace of its own. Prints for each what the module did not refuse for want of
rights, then what it refused.
"""

import ctypes
import os

import yaml

from packet.counters import NLM_F_ACK, NLM_F_DUMP, Netlink

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
SPEC = os.path.join(os.path.dirname(__file__), "../../uapi/nat64.yaml")


def become(who):
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    libc = ctypes.CDLL(None, use_errno=True)
    if who == "mapped" and libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")


def refused(attempt, *args):
    try:
        attempt(*args)
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def attempt_all(spec):
    link = Netlink()
    told = {False: [], True: []}
    for op in spec["operations"]["list"]:
        command = "NAT64_CMD_" + op["name"].upper().replace("-", "_")
        for kind, flags in (("do", NLM_F_ACK), ("dump", NLM_F_DUMP)):
            if kind in op:
                told[refused(link.ask, flags, command)].append(op["name"])
    for group in spec["mcast-groups"]["list"]:
        told[refused(link.join, group["name"])].append("group " + group["name"])
    return told


def main():
    with open(SPEC, encoding="utf-8") as f:
        spec = yaml.load(f, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for who in ("nobody", "mapped"):
        if os.fork():
            os.wait()
            continue
        become(who)
        for which, names in attempt_all(spec).items():
            print(who, "refused:" if which else "allowed:", ", ".join(names))
        return


main()
