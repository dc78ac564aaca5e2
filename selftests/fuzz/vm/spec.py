#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print the netlink protocol of a YNL spec as tables in C: spec.py FILE"""

import sys

import yaml

KINDS = ("u8", "u16", "u32", "u64", "flag", "string", "binary", "nest", "pad")


def numbered(attr_set, sets):
    """Attributes of a set with their numbers; a subset takes its parent's."""
    parent = attr_set.get("subset-of")
    if not parent:
        return {a["name"]: (i, a) for i, a in enumerate(attr_set["attributes"], 1)}
    whole = numbered(sets[parent], sets)
    return {a["name"]: whole[a["name"]] for a in attr_set["attributes"]}


def ident(name):
    return "set_" + name.replace("-", "_")


def limit(attr):
    top = attr.get("checks", {}).get("max", 0)
    return top if isinstance(top, int) else 0


def print_set(name, attrs):
    print(f"static const struct spec_attr {ident(name)}_attrs[] = {{")
    for number, a in attrs.values():
        kind = a["type"]
        if kind not in KINDS:
            sys.exit(f"spec.py: {name}: {a['name']}: what is a {kind}?")
        nest = f"&{ident(a['nested-attributes'])}" if kind == "nest" else "NULL"
        exact = a.get("checks", {}).get("exact-len", 0)
        print(f'\t{{ "{a["name"]}", {number}, SPEC_{kind.upper()}, {nest}, '
              f"{limit(a)}, {exact}, {int(bool(a.get('multi-attr')))} }},")
    print("};\n")
    print(f"static const struct spec_set {ident(name)} = {{")
    print(f"\t{ident(name)}_attrs, {len(attrs)},\n}};\n")


def print_ops(ops, sets):
    tables = []
    for number, op in enumerate(ops, 1):
        for kind in ("do", "dump"):
            if kind not in op:
                continue
            names = op[kind].get("request", {}).get("attributes", [])
            known = numbered(sets[op["attribute-set"]], sets)
            mask = sum(1 << known[n][0] for n in names)
            admin = int("uns-admin-perm" in op.get("flags", ()))
            tables.append(f'\t{{ "{op["name"]}", {number}, {int(kind == "dump")}, '
                          f"{admin}, {mask:#x} }},")
    print("static const struct spec_op spec_ops[] = {")
    print("\n".join(tables))
    print("};")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    sets = {s["name"]: s for s in spec["attribute-sets"]}
    print('/* Made by spec.py */\n#include "spec_types.h"\n')
    for name in sets:
        print(f"static const struct spec_set {ident(name)};")
    print()
    for name, attr_set in sets.items():
        print_set(name, numbered(attr_set, sets))
    print_ops(spec["operations"]["list"], sets)


main()
