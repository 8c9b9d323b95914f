"""Writes ``paper/paper.md`` from ``paper/paper.in.md``: every figure in it is taken from the results of a command.

::

    make paper

The text without its figures is what is kept, so that none can be out of date.

A place for a figure is ``{{FILE:PATH FORMAT}}``: a JSON file in ``benchmarks``, the way to a value in it (keys joined
by ``/``; ``KEY=VALUE`` picks the row of a list), and how the number is written.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE, PAPER = ROOT / "paper" / "paper.in.md", ROOT / "paper" / "paper.md"
PLACE = re.compile(r"\{\{(?P<file>[\w./-]+):(?P<path>[^ }]+) (?P<format>[^}]+)\}\}")


def value_at(found: Any, path: str) -> Any:
    """The value that a path leads to.

    Raises
    ------
    SystemExit
        If there is none, or several.
    """
    for step in path.split("/"):
        if isinstance(found, list):
            wanted = dict(pair.split("=") for pair in step.split("&"))
            rows = [row for row in found if all(str(row[key]) == value for key, value in wanted.items())]
            if len(rows) != 1:
                sys.exit(f"{path}: {len(rows)} rows are {step}")
            found = rows[0]
        elif step in found:
            found = found[step]
        else:
            sys.exit(f"{path}: no {step}; there are {', '.join(map(str, found))}")
    return found


def fill(text: str) -> str:
    """A text with every figure put in its place."""

    def put(place: re.Match[str]) -> str:
        results = json.loads((ROOT / "benchmarks" / place["file"]).read_text("utf-8"))
        return format(value_at(results, place["path"]), place["format"]).replace("-", "\u2212")

    return PLACE.sub(put, text)


def main() -> None:
    """Write the paper."""
    PAPER.write_text(fill(SOURCE.read_text("utf-8")), encoding="utf-8")
    print(f"The paper: {PAPER}")


if __name__ == "__main__":
    main()
