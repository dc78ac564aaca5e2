# SPDX-License-Identifier: GPL-2.0
"""Results, as KTAP."""

import sys

__all__ = ["check", "done", "equal", "note"]

_count = 0
_failed = 0


def note(text):
    """Tell something about the case that comes next or has just failed."""
    for line in str(text).splitlines():
        print(f"# {line}")


def check(desc, passed, detail=None):
    """Print the result of one case."""
    global _count, _failed

    if not _count:
        print("KTAP version 1")
    _count += 1
    if not passed:
        _failed += 1
    print(f"{'ok' if passed else 'not ok'} {_count} {desc}")
    if not passed and detail is not None:
        note(detail)
    return passed


def equal(desc, got, wanted):
    """Compare two values."""
    return check(desc, got == wanted, f"got:    {got}\nwanted: {wanted}")


def done():
    """Print the plan and leave."""
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)
