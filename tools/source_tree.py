"""Reads a package as syntax trees: its modules, its folders, what imports what, and the contracts on that.

Nothing of the package is imported, so imports inside functions and under ``TYPE_CHECKING`` count like any other.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHES = frozenset({"__pycache__"})
#: What people write: code, pages, scripts, style sheets, words.  Data (tables, outlines) is none of it.
SOURCE = frozenset({".py", ".j2", ".js", ".css", ".toml"})
COMPILED = frozenset({".pyc", ".nbi", ".nbc"})
#: Bundled scenarios are data, their TOML too.
DATA = "scenario/library/"


@dataclass(frozen=True)
class Module:
    """A Python file: its dotted name, its path and place in the package, its syntax tree."""

    name: str
    path: Path
    inside: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether it is the ``__init__.py`` of a folder."""
        return self.path.name == "__init__.py"


@dataclass(frozen=True)
class Layers:
    """A contract of layers: in a container, from the top line to the bottom line, neighbours on one line."""

    container: str
    lines: tuple[tuple[str, ...], ...]
    exhaustive: bool

    def level(self, child: str) -> int | None:
        """Number of a child's line, counted from the top; None where the contract does not name it."""
        return next((i for i, line in enumerate(self.lines) if child in line), None)


def read_modules(package: Path) -> list[Module]:
    """Every Python file of a package, in order of path."""
    modules = []
    for path in sorted(package.rglob("*.py")):
        if CACHES.intersection(path.parts):
            continue
        text = path.read_text(encoding="utf-8")
        inside = path.relative_to(package)
        parts = [package.name, *inside.with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules.append(Module(name, path, inside.as_posix(), ast.parse(text, str(path))))
    return modules


def read_contracts(project: Path) -> tuple[list[Layers], list[tuple[str, ...]]]:
    """Contracts of layers and of independence, from ``pyproject.toml``."""
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    layers, apart = [], []
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            lines = tuple(tuple(name.strip(" ()") for name in re.split(r"[|:]", line)) for line in contract["layers"])
            layers += [Layers(c, lines, bool(contract.get("exhaustive"))) for c in contract.get("containers", [])]
        elif contract["type"] == "independence":
            apart.append(tuple(contract["modules"]))
    return layers, apart


def count_lines(text: str) -> int:
    """Lines of a text, the last one with or without its end."""
    return text.count("\n") + (bool(text) and not text.endswith("\n"))


def source_lines(package: Path) -> dict[str, int]:
    """Lines of every file that people write, by its place in the package; data is left out (see `SOURCE`)."""
    lines = {}
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package).as_posix()
        if path.is_file() and path.suffix in SOURCE and not inside.startswith(DATA):
            lines[inside] = count_lines(path.read_text(encoding="utf-8"))
    return lines


def count_folders(package: Path) -> dict[str, tuple[int, int]]:
    """Folder to its files of every kind and its lines of source; compiled caches are not files of ours."""
    files: Counter[str] = Counter()
    for path in package.rglob("*"):
        if path.is_file() and path.suffix not in COMPILED and not CACHES.intersection(path.parts):
            files[path.parent.relative_to(package).as_posix()] += 1
    lines: Counter[str] = Counter()
    for inside, number in source_lines(package).items():
        lines[Path(inside).parent.as_posix()] += number
    return {name: (files[name], lines[name]) for name in sorted(files)}


def count_rooms(package: Path) -> dict[str, int]:
    """Room (a top-level package or module) to its lines of source."""
    rooms: Counter[str] = Counter()
    for inside, number in source_lines(package).items():
        rooms[inside.split("/", 1)[0].removesuffix(".py")] += number
    return dict(rooms)


def imports_of(module: Module, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Modules of the package that a module imports, anywhere in it, with the line."""
    root = module.name.split(".", 1)[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.name.split(".")
                above = above[: len(above) - node.level + module.is_package]
                base = ".".join([*above, *([node.module] if node.module else [])])
            # `from package import module` brings the module; `from module import name` the module it is of.
            named = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        else:
            continue
        for name in dict.fromkeys(named):
            if name.split(".", 1)[0] == root and name != module.name:
                yield name, node.lineno


def child_of(name: str, container: str) -> str | None:
    """The child of a container in which a module is; None where it is not inside."""
    return name[len(container) + 1 :].split(".", 1)[0] if name.startswith(f"{container}.") else None
