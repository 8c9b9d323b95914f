"""How well every given record is forecast, each left out of everything.

    python -m benchmarks.skill.run --caravans FOLDER [--out benchmarks/skill/results.json]

FOLDER holds the tables of other caravans.  Writes ``results.json`` and prints the tables of ``docs/forecasting.md``.
Parts that were not options for keep what the file had.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.skill.caravans import caravans, measure
from benchmarks.skill.package_tables import write_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure what is options for, write it and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--caravans", type=Path, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--tables", action="store_true", help="also write the tables that ship with the package")
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    begun = time.perf_counter()
    if options.caravans is not None:
        measured = measure(options.caravans, say=lambda line: print(line, file=sys.stderr, flush=True))
        results["caravans"] = caravans(measured)
        if options.tables:
            write_tables(measured)
    options.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if "caravans" in results:
        print(caravans_table(results["caravans"]))


def caravans_table(found: Mapping[str, Any]) -> str:
    """The tables in Markdown."""
    lines = ["| pooled, each caravan left out | 1 day | 3 days | 7 days | 14 days |", "|---|---|---|---|---|"]
    for quantity in ("position", "headcount"):
        rows = found[quantity]
        for what, key in (("skill", "skill"), ("90% bands hold", "coverage90"), ("bias", "bias"), ("cases", "n")):
            cells = [_cell(row, key) for row in rows.values()]
            lines.append(f"| {quantity}: {what} | " + " | ".join(cells) + " |")
    cells = [f"{r['under_base']:.0%} under the base rate" for r in found["together"].values()]
    lines.append("| still together: Brier score | " + " | ".join([*cells, ""]) + " |")
    lines.append(f"| halts: Brier score | {found['halts']['under_base']:.0%} under the plain share | | | |")
    return "\n".join(lines)


def _cell(row: Mapping[str, Any], key: str) -> str:
    if not row or row[key] is None:
        return "none"
    if key == "skill" and row["low"] is not None:
        return f"{row[key]:.2f} ({row['low']:.2f} to {row['high']:.2f})"
    return f"{row[key]:.2f}" if key in {"skill", "coverage90"} else f"{row[key]:.0f}"


if __name__ == "__main__":
    main()
