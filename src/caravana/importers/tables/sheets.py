"""Tables of other people as rows by column name, upon :mod:`~caravana.importers.tables.grids`."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.arabic import in_english
from caravana.importers.tables.cells import EXCEL_EPOCH, Limits, tidy
from caravana.importers.tables.grids import read_grids
from caravana.received import is_there

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from caravana.importers.rows import Reader
    from caravana.importers.tables.cells import Cell, Grid

LIMITS = Limits(500_000, 20_000_000)
"""Most rows and cells: exports of events are long, and of fifty columns."""
SURE_SHEET = 2.5
"""So many columns the sign that a sheet is the one wanted is worth."""
MOST_BEFORE = 30
"""Rows of a sheet among which its header is looked for."""
_SAID = re.compile(r"(?: line (?P<line>\d+))?:? expected (?P<expected>.+)", re.DOTALL)

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_PART = re.compile(
    r"\b(?:f|h|m|hh|hhs|fem\w*|mal\w*|men|women|hom\w*|hombres?|mujer\w*|mulher\w*|boys?|girls?|child\w*|enfants?|nin[oa]s?"
    r"|menages?|hogar\w*|famil\w*|households?|hosts?|hotes?|\d+ ?(?:a|to|et|y)? ?\d* ?(?:ans|anos|years?))\b"
)
"""Words that say that a column counts a part only, or something else."""


@lru_cache(maxsize=65_536)
def name_key(text: str) -> str:
    """What two spellings of a name have in common: no accents, no case, no punctuation."""
    plain = unicodedata.normalize("NFKD", tidy(text)).casefold()
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return tidy(re.sub(r"[^\w]+|_", " ", plain))


def heading_key(text: str, known: Collection[str]) -> str:
    """Key of a column's name; of one that is not looked for, that without what stands in brackets, if that is.

    ``Population (RGPH)`` and ``Capacité (pers.)`` are what they say; ``Population (hommes)`` is a part, and is not.
    """
    key = name_key(in_english(tidy(text)))
    within = " ".join(_BRACKETS.findall(text))
    bare = name_key(_BRACKETS.sub(" ", text))
    return bare if within and key not in known and bare in known and not _PART.search(name_key(within)) else key


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line, its cells, and where each column stands by its key (:func:`name_key`)."""

    line: int
    cells: tuple[Cell, ...]
    at: Mapping[str, int]

    def get(self, *names: str) -> str:
        """The first of the named cells that holds something, as text."""
        return cell_text(self.cell(*names))

    def cell(self, *names: str) -> Cell:
        """The first of the named cells that holds something, as it stands there."""
        for name in names:
            index = self.at.get(name, len(self.cells))
            if index < len(self.cells) and self.cells[index] is not None:
                return self.cells[index]
        return None


@dataclass(frozen=True, slots=True)
class NamedSheet:
    """A table: its header, the names of its columns as written by their keys, its rows, from when its days count."""

    path: Path
    header: Sequence[str]
    columns: Mapping[str, str]
    rows: Sequence[SheetRow]
    epoch: dt.date = EXCEL_EPOCH

    def column(self, keys: Sequence[str]) -> str:
        """The first of the keys that a column has, as it is written."""
        return next((self.columns[key] for key in keys if key in self.columns), keys[0])


def read_sheet(
    reader: Reader, path: Path, *, header: Sequence[str] | None = None, known: Collection[str] = (),
    telling: Collection[str] = (), called: str = "",
) -> NamedSheet | None:  # fmt: skip
    """Read a table; None (and a fault) where it cannot be.

    Parameters
    ----------
    reader
        Takes the faults.
    path
        Any file that :func:`~caravana.importers.tables.grids.read_grids` reads.
    header
        Names of the columns, for a file that has none.
    known
        Keys of columns that are looked for: titles above the header, and sheets before the one with the table, are
        told by them.
    telling
        Those of them that only the table which is wanted has, where a workbook has several with the others.
    called
        Pattern of what such a sheet is called, or its column of names.
    """
    if not is_there(path):
        reader.fault(path, None, "", None, "this file; it is not there")
        return None
    try:
        grids, notes = read_grids(path, LIMITS)
    except InputError as error:
        _note_fault(reader, path, str(error))
        return None
    reader.notes += [f"{path.name}: {note}" for note in notes]
    grid, at = _header_of(grids, known, telling, called) if header is None else (grids[0], -1)
    if grid is not grids[0]:
        reader.notes.append(f"{path.name}: the sheet {grid.name!r} is read, which has the columns")
    rows = list(zip(grid.lines, grid.rows, strict=True))[at + 1 :]
    names = [cell_text(cell) for cell in grid.rows[at]] if header is None else list(header)
    if (
        rows
        and any(cell_text(cell).startswith("#") for cell in rows[0][1])
        and not any(n.startswith("#") for n in names)
    ):
        rows = rows[1:]  # HXL tags in a second row
    keys = [heading_key(name, known) for name in names]
    _note_twice(reader, path, names, keys, known)
    columns: dict[str, str] = {}
    for key, name in zip(keys, names, strict=True):
        if key:
            columns.setdefault(key, tidy(name))
    # Programs repeat the header on every page.
    kept = [(line, cells) for line, cells in rows if header is not None or cells != grid.rows[at]]
    at_key = {key: index for index, key in reversed(list(enumerate(keys))) if key}
    return NamedSheet(path, names, columns, [SheetRow(line, cells, at_key) for line, cells in kept], grid.epoch)


def _note_fault(reader: Reader, path: Path, error: str) -> None:
    """Note what the reader of grids says as a fault of the file, on its line where it names one."""
    said = error.removeprefix(str(path)).removeprefix(path.name)
    match = _SAID.fullmatch(said)
    line = int(match["line"]) if match and match["line"] else None
    reader.fault(path, line, "", None, match["expected"] if match else said.lstrip(": "))


def _header_of(
    grids: Sequence[Grid], known: Collection[str], telling: Collection[str] = (), called: str = ""
) -> tuple[Grid, int]:
    """The grid and the index of the row that names most of the columns that are looked for: the first, where none.

    Among sheets of nearly as many, one that has what only the table wanted has, or is called so, goes first.
    """
    wanted = set(known)
    best = (0.0, grids[0], 0)
    for grid in grids:
        for at, row in enumerate(grid.rows[:MOST_BEFORE]):
            words = [cell for cell in row if isinstance(cell, str)]
            keys = {heading_key(cell, wanted) for cell in words} & wanted
            if len(keys) < 2:
                continue
            named = bool(called) and any(re.search(called, name_key(text)) for text in (grid.name, *words))
            score = len(keys) + (SURE_SHEET if named or keys & set(telling) else 0.0)
            if score > best[0]:
                best = (score, grid, at)
    return best[1], best[2]


def _note_twice(reader: Reader, path: Path, names: Sequence[str], keys: Sequence[str], known: Collection[str]) -> None:
    """Say which columns that are read stand there twice."""
    twice = [name for at, (name, key) in enumerate(zip(names, keys, strict=True)) if key in keys[:at] and key in known]
    if twice:
        listed = ", ".join(dict.fromkeys(twice))
        reader.notes.append(f"{path.name}: columns that stand there twice are read where they stand first: {listed}")


def cell_text(cell: Cell) -> str:
    """A cell as text: whole numbers without a dot, dates as they are written everywhere."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return "" if cell is None else cell.isoformat() if isinstance(cell, dt.date) else cell
