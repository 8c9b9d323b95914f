"""What an installation weighs: every package of the core and of each extra, in the files that its wheel unpacks to.

::

    .venv/bin/python -m benchmarks.install_size            print the table
    .venv/bin/python -m benchmarks.install_size --write    keep it in benchmarks/install_size.json, which the docs show
    .venv/bin/python -m benchmarks.install_size --check    end with 1 where the core weighs more than is promised

Sizes are sums over the files that each installed package lists in its RECORD, in MB of 10^6 bytes.  Bytecode is
counted apart: pip writes it at installation, uv and conda at the first import.  What needs what is read from the
packages' own metadata, so it is run where all extras are installed (``make .venv/.installed-dev``).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_suffix(".json")
PROMISED_MB = 350.0
"""What the core may weigh, bytecode apart: the package itself and all that it needs without an extra."""
SHOWN_EXTRAS = (
    "displacement",
    "pdf",
    "plot",
    "geo",
    "arviz",
    "web",
    "cluster",
    "inference",
    "osm",
    "reader",
    "postgres",
)
"""Extras for users; those for developers are left out."""


def needed_by(lines: list[str]) -> set[str]:
    """Every installed package that requirements lead to, by its canonical name.

    Raises
    ------
    SystemExit
        If one is not installed.
    """
    todo = [Requirement(line) for line in lines]
    met: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted = todo.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in met:
            continue
        met.add(key)
        try:
            requires = metadata.requires(wanted.name) or []
        except metadata.PackageNotFoundError:
            sys.exit(f"{wanted.name} is not installed: run this where all extras are (make .venv/.installed-dev)")
        for line in requires:
            below = Requirement(line)
            if below.marker is None or any(below.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                todo.append(below)
    return {name for name, _ in met}


def weigh(name: str) -> tuple[float, float]:
    """MB of a package's files, and of their bytecode."""
    files = bytecode = 0
    for entry in metadata.files(name) or ():
        path = Path(str(entry.locate()))
        if path.is_file():
            if path.suffix == ".pyc":
                bytecode += path.stat().st_size
            else:
                files += path.stat().st_size
    return files / 1e6, bytecode / 1e6


def weigh_itself() -> float:
    """MB of the package's own files, as the wheel holds them."""
    package = ROOT / "src" / "caravana"
    return sum(p.stat().st_size for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts) / 1e6


def measure() -> dict[str, Any]:
    """Sizes of the core and of what each extra adds to it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    core = needed_by(project["dependencies"])
    rows = {name: weigh(name) for name in core}
    extras = {}
    for extra in SHOWN_EXTRAS:
        added = {name: weigh(name) for name in needed_by(project["optional-dependencies"][extra]) - core}
        extras[extra] = {"mb": _total(added, 0), "packages": _table(added)}
    itself = round(weigh_itself(), 1)
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "core_mb": round(_total(rows, 0) + itself, 1),
        "core_bytecode_mb": _total(rows, 1),
        "caravana_mb": itself,
        "core": _table(rows),
        "extras": extras,
    }


def _total(rows: dict[str, tuple[float, float]], column: int) -> float:
    return round(sum(row[column] for row in rows.values()), 1)


def _table(rows: dict[str, tuple[float, float]]) -> dict[str, float]:
    """MB by package, the heaviest first."""
    return {name: round(rows[name][0], 1) for name in sorted(rows, key=lambda name: (-rows[name][0], name))}


def main() -> None:
    """Measure, and print, keep or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"keep it in {KEPT.relative_to(ROOT)}")
    parser.add_argument("--check", action="store_true", help=f"end with 1 where the core is over {PROMISED_MB:g} MB")
    given = parser.parse_args()
    found = measure()
    if given.write:
        KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"core {found['core_mb']:g} MB (and {found['core_bytecode_mb']:g} MB of bytecode once it is compiled)")
    for name, size in found["core"].items():
        print(f"  {size:8.1f}  {name}")
    for extra, row in found["extras"].items():
        print(f"[{extra}] {row['mb']:+.1f} MB")
    if given.check and found["core_mb"] > PROMISED_MB:
        sys.exit(f"the core weighs {found['core_mb']:g} MB; promised are {PROMISED_MB:g}")


if __name__ == "__main__":
    main()
