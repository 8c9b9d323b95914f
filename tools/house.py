"""Measures the house: its rooms, its walls, and what must not stand in it.

Prints packages, files and lines by folder (Python, pages, scripts, style sheets and words; data is left out), and
checks what the tree promises: no room over a fifth of the lines, no folder over 20 files, no import upward, no cycle,
no branch on a rule set's name outside the registry of models, no SQL outside the run, its results and the ledger,
parameters declared once.  The walls are read from the import contracts in ``pyproject.toml``.  Exit status 0 if all
hold, 1 if one does not; offenders are named with file and line.

Only the standard library is used, and nothing of the package is imported: code is read as syntax trees, so imports
inside functions and under ``TYPE_CHECKING`` count like any other.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house_contents import find_names, find_rule_branches, find_sql, find_twins
from house_walls import find_cycles, find_unbound, find_upward
from source_tree import count_folders, count_rooms, imports_of, read_contracts, read_modules

MOST_SHARE, MOST_FILES, MOST_LIBRARY_LINES = 0.20, 20, 1700
REGISTRY = ("models/registry.py",)
SQL_ROOMS = ("run.py", "sql.py", "results/", "operation/ledger", "web/store")


@dataclass
class House:
    """What was measured, and what is wrong.

    Attributes
    ----------
    folders
        Folder to (files of every kind, lines of source).
    rooms
        Top-level package or module to lines of source.
    library_lines
        Lines of the bundled ``scenario.toml`` together.
    offenders
        Name of a check to its offenders, each ``file:line what``.
    """

    folders: dict[str, tuple[int, int]]
    rooms: dict[str, int]
    library_lines: int
    offenders: dict[str, list[str]] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of the lines in the biggest room."""
        return max(self.rooms.values(), default=0) / max(sum(self.rooms.values()), 1)

    @property
    def largest(self) -> int:
        """Number of files in the largest folder."""
        return max((files for files, _ in self.folders.values()), default=0)

    @property
    def sql_files(self) -> int:
        """Number of files that hold SQL where none belongs."""
        return len({place.split(":", 1)[0] for place in self.offenders["sql"]})

    def checks(self) -> list[tuple[str, float, str, bool]]:
        """Every check: its name, what was measured, what is wanted, whether it holds."""
        biggest = max(self.rooms, key=lambda room: self.rooms[room], default="")
        folder = max(self.folders, key=lambda name: self.folders[name][0], default="")
        rows = [
            (f"biggest room ({biggest})", round(self.share, 4), f"under {MOST_SHARE:.0%}", self.share < MOST_SHARE),
            (f"files in the largest folder ({folder})", self.largest, f"at most {MOST_FILES}",
             self.largest <= MOST_FILES),
            ("lines of the bundled scenario.toml", self.library_lines, f"under {MOST_LIBRARY_LINES}",
             self.library_lines < MOST_LIBRARY_LINES),
            ("files with SQL", self.sql_files, "0", self.sql_files == 0),
        ]  # fmt: skip
        titles = {
            "upward": "imports upward or between neighbours", "cycles": "cycles", "rules": "branches on a rule set",
            "unbound": "packages without a contract", "twins": "classes of one name", "vague": "vague names",
            "dialect": "told, found, made, asked as names",
        }  # fmt: skip
        rows += [(title, len(self.offenders[key]), "0", not self.offenders[key]) for key, title in titles.items()]
        return rows

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(ok for *_, ok in self.checks())

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "holds": self.holds,
            "biggest_room_share": round(self.share, 4),
            "largest_folder_files": self.largest,
            "upward_imports": len(self.offenders["upward"]),
            "cycles": len(self.offenders["cycles"]),
            "rule_branches": len(self.offenders["rules"]),
            "sql_files": self.sql_files,
            "library_lines": self.library_lines,
            "packages_without_contract": len(self.offenders["unbound"]),
            "classes_of_one_name": len(self.offenders["twins"]),
            "vague_names": len(self.offenders["vague"]),
            "dialect_names": len(self.offenders["dialect"]),
            "rooms": dict(sorted(self.rooms.items(), key=lambda room: -room[1])),
            "folders": {name: {"files": files, "lines": lines} for name, (files, lines) in self.folders.items()},
            "offenders": self.offenders,
        }


def measure(project: Path) -> House:
    """Measure the package of a project: the only folder under ``src`` that is one."""
    package = next(path.parent for path in sorted((project / "src").glob("*/__init__.py")))
    modules = read_modules(package)
    layers, apart = read_contracts(project)
    known = frozenset(module.name for module in modules)
    arrows = [(m, target, line) for m in modules for target, line in imports_of(m, known)]
    bundled = sorted((package / "scenario" / "library").glob("*/scenario.toml"))
    names = [find_names(module) for module in modules]
    offenders = {
        "upward": find_upward(arrows, layers, apart),
        "cycles": find_cycles(arrows),
        "rules": [w for m in modules if not m.inside.startswith(REGISTRY) for w in find_rule_branches(m)],
        "sql": [w for m in modules if not m.inside.startswith(SQL_ROOMS) for w in find_sql(m)],
        "unbound": find_unbound(modules, layers, package.name),
        "twins": find_twins(modules),
        "vague": [w for vague, _ in names for w in vague],
        "dialect": [w for _, dialect in names for w in dialect],
    }
    return House(
        folders=count_folders(package),
        rooms=count_rooms(package),
        library_lines=sum(len(path.read_text(encoding="utf-8").splitlines()) for path in bundled),
        offenders=offenders,
    )


def print_table(house: House, *, most: int) -> None:
    """Print the folders, the rooms, the checks and their offenders, `most` of a kind."""
    total = sum(house.rooms.values())
    print(f"{'folder':44}{'files':>6}{'lines':>8}")
    for name, (files, lines) in house.folders.items():
        print(f"{name:44}{files:6}{lines:8,}")
    print(f"{'together':44}{sum(files for files, _ in house.folders.values()):6}{total:8,}")
    print(f"\n{'room':44}{'lines':>8}{'share':>8}")
    for name, lines in sorted(house.rooms.items(), key=lambda room: -room[1]):
        print(f"{name:44}{lines:8,}{lines / max(total, 1):8.1%}")
    print(f"\n{'check':60}{'is':>8}  {'wanted':12}")
    for title, value, wanted, holds in house.checks():
        shown = f"{value:.1%}" if isinstance(value, float) else f"{value:,}"
        print(f"{title:60}{shown:>8}  {wanted:12}{'' if holds else 'BROKEN'}")
    for kind, places in house.offenders.items():
        if places:
            print(f"\n{kind}:")
            for place in places[:most]:
                print(f"  {place}")
            if len(places) > most:
                print(f"  and {len(places) - most} more (--all lists them)")


def main() -> int:
    """Measure, print, and say by the exit status whether all holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--all", action="store_true", help="list every offender, however many")
    parser.add_argument("--project", type=Path, default=Path(__file__).parents[1], help="folder of pyproject.toml")
    options = parser.parse_args()
    house = measure(options.project)
    if options.json:
        print(json.dumps(house.as_json(), indent=1))
    else:
        print_table(house, most=10_000 if options.all else 20)
    return 0 if house.holds else 1


if __name__ == "__main__":
    sys.exit(main())
