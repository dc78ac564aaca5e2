#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw the ratios of the bench as an SVG."""

from html import escape

# Name, colour, beginnings of arms.
GROUPS = (
    ("plain forwarding", "#8c959f", ("fwd",)),
    ("others", "#d4883a", ("nat44", "jool", "tayga", "sandwich")),
    ("nat64", "#2f6fb0", ("nat64", "siit", "ingress", "passthrough")),
)
LABELS, BAR, GAP, ROW, TOP, TITLE = 170, 340, 60, 19, 56, 22
SCALE = 7.0     # a ratio as wide as the bars may get
FONT = "font-family='DejaVu Sans, Verdana, sans-serif'"
# Figures stand on the line of 1 now and then.
HALO = "stroke='#ffffff' stroke-width='3' paint-order='stroke'"


def text(x, y, what, more=""):
    return f"<text x='{x:.1f}' y='{y:.1f}' {more}>{escape(what)}</text>"


def group_of(arm):
    return next(i for i, (_, _, names) in enumerate(GROUPS) if arm.startswith(names))


def legend(x):
    for name, colour, _ in GROUPS:
        yield f"<rect x='{x}' y='34' width='11' height='11' fill='{colour}'/>"
        yield text(x + 16, 44, name)
        x += 30 + 8 * len(name)


def bar(x, y, colour, ratio):
    width = BAR * min(ratio, SCALE) / SCALE
    yield f"<rect x='{x}' y='{y + 3}' width='{width:.1f}' height='{ROW - 6}' fill='{colour}'/>"
    if ratio > SCALE:
        # Cut off, which two slanted lines say.
        for dx in (-22, -16):
            yield (f"<path d='M{x + width + dx} {y + ROW - 1} l6 -{ROW - 2}' stroke='#ffffff' "
                   "stroke-width='2'/>")
    yield text(x + width + 4, y + ROW - 6, f"{ratio:.2f}", HALO)


def tall(rows):
    return sum(ROW if r else ROW / 2 for r in rows)


def panel(x, y, title, rows, figures):
    """One column: a bar for each row that has a figure."""
    one = x + BAR / SCALE
    yield text(x, y + 14, title, "font-weight='bold'")
    y += TITLE
    yield (f"<path d='M{one:.1f} {y} v{tall(rows):.1f}' stroke='#1f2328' stroke-dasharray='3 3' "
           "fill='none'/>")
    for arm in rows:
        if arm in figures:
            yield from bar(x, y, GROUPS[group_of(arm)][1], figures[arm]["ratio"])
        elif arm:
            yield text(x + 4, y + ROW - 6, "not measured", f"fill='#8c959f' {HALO}")
        y += ROW if arm else ROW / 2


def rows_of(columns):
    """All arms in the order of the groups, a gap between these."""
    arms = list(dict.fromkeys(arm for _, figures in columns for arm in figures))
    rows = []
    for i in range(len(GROUPS)):
        rows += [a for a in arms if group_of(a) == i] + [""]
    return rows[:-1]


def section(y, columns):
    """Columns side by side that have their rows in common."""
    rows = rows_of(columns)
    for i, (title, figures) in enumerate(columns):
        yield from panel(LABELS + i * (BAR + GAP), y, title, rows, figures)
    y += TITLE
    for arm in rows:
        if arm:
            yield text(LABELS - 8, y + ROW - 6, arm, "text-anchor='end'")
        y += ROW if arm else ROW / 2


def draw(data):
    sections = [[(f"Linux {release}: {title}", arms) for release, arms in data[part].items()]
                for part, title in (("kernels", "instructions"), ("cycles", "cycles, user mode"))
                if data.get(part)]
    out = [text(12, 22, "Cost of a packet, plain forwarding of the same packet = 1",
                "font-size='15' font-weight='bold'"),
           *legend(12)]
    y = TOP
    for columns in sections:
        out += section(y, columns)
        y += TITLE + tall(rows_of(columns)) + ROW
    width = max(LABELS + max(map(len, sections), default=0) * (BAR + GAP), 560)
    return ("<!-- SPDX-License-Identifier: GPL-2.0 -->\n"
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {y:.0f}' "
            f"width='{width}' height='{y:.0f}' {FONT} font-size='12' fill='#1f2328'>\n"
            f"<rect width='{width}' height='{y:.0f}' fill='#ffffff'/>\n"
            + "\n".join(out) + "\n</svg>\n")
