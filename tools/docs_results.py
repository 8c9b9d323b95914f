"""Tables of the docs that show measured results: each from the file that a command in ``benchmarks`` keeps."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def draw_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line ends in cells are made harmless."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def read_results(name: str) -> Any:
    """Results that a benchmark keeps, by the file's path in ``benchmarks``."""
    return json.loads((BENCHMARKS / name).read_text("utf-8"))


def draw_sizes(part: str) -> str:
    """What the ``core`` weighs by package, or what the ``extras`` add to it (``benchmarks/install_size.json``)."""
    found = read_results("install_size.json")
    if part == "extras":
        rows = [
            (f"`{extra}`", f"{row['mb']:g}", ", ".join(f"{name} {size:g}" for name, size in heaviest(row["packages"])))
            for extra, row in found["extras"].items()
        ]
        return draw_table(("extra", "MB", "the heaviest of it"), rows)
    shown = [(name, f"{size:g}") for name, size in found["core"].items() if size >= 1]
    rest = sum(size for size in found["core"].values() if size < 1)
    total = [("packages under 1 MB", f"{rest:.1f}"), ("caravana itself", f"{found['caravana_mb']:g}")]
    ends = [("**all**", f"**{found['core_mb']:g}**"), ("bytecode, once compiled", f"{found['core_bytecode_mb']:g}")]
    return draw_table(("package", "MB"), [*shown, *total, *ends])


def heaviest(packages: Mapping[str, float], *, most: int = 3) -> list[tuple[str, float]]:
    """The heaviest of some packages, in MB."""
    return sorted(packages.items(), key=lambda one: -one[1])[:most]


def draw_entries() -> str:
    """Every entry of the benchmark that others can enter, in order of its name; then the naive rules."""
    rows = sorted(
        read_results("skill/entries/results.json"),
        key=lambda row: (row["target"], row["horizon"], row["model"].startswith("naive-"), row["model"]),
    )
    cells = [
        (
            f"`{row['target']}`", str(row["horizon"]), row["model"], say_tasks(row),
            f"{row['score']:,.1f}", f"{row['coverage90']:.0%}", say_skill(row), row["best"] or "",
        )
        for row in rows
        if not row["model"].startswith("naive-") or row["model"] == f"naive-{row['best']}"
    ]  # fmt: skip
    header = (
        "target",
        "days",
        "entry",
        "tasks",
        "score",
        "90% bands hold",
        "skill, with its interval",
        "best naive rule",
    )
    return draw_table(header, cells)


def say_tasks(row: Mapping[str, Any]) -> str:
    """How many of the tasks an entry forecasts, and how many of those some naive rule does."""
    compared = "" if row["compared"] == row["n"] else f" ({row['compared']} compared)"
    return f"{row['n']} of {row['tasks']}{compared}"


def say_skill(row: Mapping[str, Any]) -> str:
    """A skill with its interval, as far as they are known."""
    if row["skill"] is None:
        return ""
    interval = "" if row["low"] is None else f" ({row['low']:.2f} to {row['high']:.2f})"
    return f"{row['skill']:.2f}{interval}".replace("-", "\u2212")


def draw_records() -> str:
    """Where each record of that benchmark is, and under which licence."""
    with (BENCHMARKS / "skill" / "entries" / "records.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    header = ("record", "what", "where", "licence", "what its rows rest on")
    return draw_table(header, [(f"`{row['record']}`", *list(row.values())[1:]) for row in rows])


RESULTS: dict[str, Callable[..., str]] = {"sizes": draw_sizes, "entries": draw_entries, "records": draw_records}
"""Tables of results, by the name that a page asks with."""
