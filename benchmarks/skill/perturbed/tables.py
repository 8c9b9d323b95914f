"""The tables of the docs on made records, in Markdown, from ``results.json`` alone: the hook of the docs draws them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HORIZONS = {"camps": ("7", "14", "30", "60"), "caravans": ("1", "3", "7", "14")}
ENOUGH = 8
NAMED = 3
"""So many of each operation's failures are named."""
WORST, LEAST_HELD = 1.05, 0.75
LEFT, SHIPPED = "left_out", "shipped"


def made_table(results: Mapping[str, Any], part: str) -> str:
    """By operation and horizon: ratio to the best naive rule, the record left out, and what 90% bands hold."""
    head = "| " + ("camps" if part == "camps" else "positions; figures")
    head += " | " + " | ".join(f"{h} day{'s' if h != '1' else ''}" for h in HORIZONS[part]) + " | worst |"
    lines = [head, "|---" * (len(HORIZONS[part]) + 2) + "|"]
    for word, rows in results[part].items():
        if part == "camps":
            cells = [_over_records(rows, h) for h in HORIZONS[part]]
            worst = max(_counted(rows, LEFT), key=lambda one: one[2]["ratio"] or 0.0, default=None)
        else:
            cells = ["; ".join(_cell(rows[q][LEFT].get(h)) for q in ("position", "headcount")) for h in HORIZONS[part]]
            worst = max(_counted_caravans(rows, LEFT), key=lambda one: one[2]["ratio"] or 0.0, default=None)
        said = "" if worst is None else f"{worst[0]} at {worst[1]}: {worst[2]['ratio'] or 0.0:.2f}"
        lines.append(f"| {word} | " + " | ".join([*cells, said]) + " |")
    return "\n".join(lines)


def made_misses(results: Mapping[str, Any], part: str) -> str:
    """What is forecast worse than by a rule, or held by too few bands: a line an operation, the worst of each named."""
    lines = []
    for word, rows in results[part].items():
        counted = list((_counted if part == "camps" else _counted_caravans)(rows, LEFT))
        worse = sorted((one for one in counted if (one[2]["ratio"] or 0.0) > WORST), key=lambda one: -one[2]["ratio"])
        loose = sorted(
            (one for one in counted if one[2]["coverage90"] < LEAST_HELD), key=lambda one: one[2]["coverage90"]
        )
        said = []
        if worse:
            named = ", ".join(f"{name} at {h}: {row['ratio']:.2f}" for name, h, row in worse[:NAMED])
            said.append(f"{len(worse)} of {len(counted)} over {WORST:.2f} of the best rule ({named})")
        if loose:
            named = ", ".join(f"{name} at {h}: {row['coverage90']:.0%} of {row['n']}" for name, h, row in loose[:NAMED])
            said.append(f"{len(loose)} of {len(counted)} held by less than {LEAST_HELD:.0%} ({named})")
        refused = sum(row[LEFT]["refused"] for row in rows.values()) if part == "camps" else len(rows["refused"])
        if refused:
            said.append(f"{refused} forecasts refused, as nobody had been counted yet")
        if said:
            lines.append(f"- {word}: " + "; ".join(said) + ".")
    return "\n".join(lines) or "None."


def _counted(rows: Mapping[str, Any], weights: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, row in rows.items():
        for horizon, cell in row[weights]["horizons"].items():
            if cell["n"] >= ENOUGH:
                yield name, horizon, cell


def _counted_caravans(rows: Mapping[str, Any], weights: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for quantity in ("position", "headcount"):
        for horizon, row in rows[quantity][weights].items():
            for name, cell in row["caravans"].items():
                if cell["n"] >= ENOUGH:
                    yield f"{quantity} of {name}", horizon, cell


def _over_records(rows: Mapping[str, Any], horizon: str) -> str:
    """Geometric mean of the ratios over records that have enough cases; share of all counts held."""
    cells = [row[LEFT]["horizons"][horizon] for row in rows.values() if horizon in row[LEFT]["horizons"]]
    ratios = [cell["ratio"] for cell in cells if cell["ratio"] is not None and cell["n"] >= ENOUGH]
    if not ratios:
        return ""
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    held = sum(cell["coverage90"] * cell["n"] for cell in cells) / sum(cell["n"] for cell in cells)
    return f"{mean:.2f} {held:.0%}"


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None or row["ratio"] is None:
        return ""
    return f"{row['ratio']:.2f} {row['coverage90']:.0%}"
