"""The camp counts of a Flee instance (``source_data/``), corrected as Flee corrects them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.importers.rows import Line
from caravana.scenario.vocabulary import MOST_PEOPLE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from caravana.importers.rows import Reader

Row = tuple["dt.date", float]
#: What the columns of counts are called that hold no people.
_HOUSEHOLDS = re.compile(r"household|hogar|famil|m[ée]nage|\bhhs?\b")
#: The first and the other parts of a number with commas between thousands.
_LEADING, _THREE = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}")
#: Most bytes of a part of a path: no file system takes more.
LONGEST_NAME = 255
#: Most files listed by name in one note.
MOST_NAMED = 20


@dataclass(slots=True)
class CountSeries:
    """Counts of one camp (or of the total), by date, in persons.

    Attributes
    ----------
    name
        As ``data_layout.csv`` spells it.
    rows
        (date, persons) as first reported, dates rising.
    corrections
        Dates of the registration corrections that acted, and their factors, in the order of the file.
    """

    name: str
    rows: list[Row]
    corrections: list[tuple[dt.date, float]] = field(default_factory=list)

    def versions(self) -> Iterator[tuple[dt.date, dt.date, float]]:
        """Every count as it stood from some day on: (date, day from which it was known, persons).

        A count is known on its date as it was reported; each correction is known on its own day and not before.
        """
        steps = sorted(self.corrections)
        for date, persons in self.rows:
            yield date, date, persons
            for on, factor in steps:
                if on > date:
                    persons *= factor  # noqa: PLW2901 (a correction acts on what the ones before left)
                    yield date, on, persons


def read_counts(reader: Reader, folder: Path, *, required: bool = True) -> list[CountSeries]:
    """Read ``data_layout.csv`` and the files it names; the first series is the total.

    Where a row names several files they are summed the way Flee does, without interpolation.

    Parameters
    ----------
    required
        Whether counts are needed, as they are where nothing else says how many are displaced.
    """
    layout = folder / "data_layout.csv"
    series: list[CountSeries] = []
    rows = reader.rows(layout, columns=2, required=required)
    if not layout.is_file():
        if not required:
            reader.notes.append(
                f"{layout.name}: there is none; the settings alone drive the run, and nothing is scored"
            )
        return series
    if not rows and not reader.faulty(layout):
        reader.fault(layout, None, "", None, "a row total, and one a camp")
    if rows and rows[0].cells[0].lower() != "total":
        reader.fault(layout, rows[0].number, "name", rows[0].cells[0], "'total' in the first row")
    seen: set[str] = set()
    for row in rows:
        name, *files = row.cells
        if name in seen:
            reader.fault(layout, row.number, "name", name, "a name that no other row has")
            continue
        seen.add(name)
        if not any(files):
            reader.fault(layout, row.number, "file", None, "the name of a file")
        names = [_inside(reader, layout, row, file) for file in files if file]
        tables = [_read_table(reader, folder / file) if file else [] for file in names]
        if not tables or any(not table for table in tables):
            series.append(CountSeries(name, []))  # a fault was noted for each
            continue
        total = tables[0]
        for table in tables[1:]:
            total = _add_tables(total, table)
        series.append(CountSeries(name, total))
    _note_unnamed(reader, folder, {_plain(file) for row in rows for file in row.cells[1:]} | {layout.name})
    return series


def _plain(file: str) -> str:
    """Path of a file as this system writes it: with ``/``, without ``./`` and detours."""
    return posixpath.normpath(file.replace("\\", "/"))


def _inside(reader: Reader, layout: Path, row: Line, file: str) -> str:
    """Path of a file that the layout names, which must be in its own folder; empty (and a fault) where it is not."""
    plain = _plain(file)
    if any(len(part.encode()) > LONGEST_NAME for part in plain.split("/")):
        reader.fault(layout, row.number, "file", file, f"the name of a file, of at most {LONGEST_NAME} bytes")
        return ""
    if plain.startswith(("/", "..")) or plain[1:2] == ":" or plain == ".":
        reader.fault(layout, row.number, "file", file, "the name of a file in source_data, not one outside of it")
        return ""
    if "\\" in file:
        reader.notes.append(f"{layout.name} line {row.number}: {file} is read as {plain}")
    return plain


def _note_unnamed(reader: Reader, folder: Path, named: set[str]) -> None:
    """Note the files beside the counts that nothing names."""
    within = sorted(path for path in folder.rglob("*") if not path.is_dir() or not any(path.iterdir()))
    others = [name for path in within if (name := path.relative_to(folder).as_posix()) not in named]
    if others:
        more = f" and {len(others) - MOST_NAMED:,} more" if len(others) > MOST_NAMED else ""
        listed = ", ".join(others[:MOST_NAMED])
        reader.notes.append(f"{folder.name}: not carried over, as data_layout.csv does not name them: {listed}{more}")


def _read_table(reader: Reader, path: Path) -> list[Row]:
    """Read one file of ``date,count`` rows; empty where it is missing or holds none."""
    before = len(reader.faults)
    lines = [line for line in reader.lines(path) if not line.cells[0].startswith("#")]
    headed = bool(lines) and _is_header(lines[0].cells)
    if headed:
        name = lines[0].cells[1] if len(lines[0].cells) > 1 else ""
        if _HOUSEHOLDS.search(name.lower()):
            reader.fault(path, lines[0].number, name, None, f"people in the second column, which is called {name}")
            return []
    if (split := _split_thousands(lines[headed:])) is not None and (not headed or len(lines[0].cells) < 3):
        comma, plain = (mark.join(split.cells[1:]) for mark in (",", ""))
        reader.fault(
            path, split.number, "count", comma,
            f"a count in one cell: {comma} stands in several, as if a comma stood between thousands; write {plain}",
        )  # fmt: skip
        return []
    lines = lines[headed:]
    reader.note_beyond(path, lines, 2)
    written = reader.written_counts(path, "count", {ln.number: ln.cells[1] for ln in lines if len(ln.cells) > 1})
    rows: list[Row] = []
    for line in lines:
        if len(line.cells) < 2:
            reader.fault(path, line.number, "", line.cells[0], "a date and a count")
            continue
        if not written[line.number]:
            continue  # Flee passes over a date without a count
        date = reader.date(path, line.number, "date", line.cells[0])
        count = reader.whole(path, line.number, "count", written[line.number], low=0, high=MOST_PEOPLE)
        if date is None or count is None:
            continue
        if any(date == known for known, _ in rows):
            reader.notes.append(f"{path.name} line {line.number}: {date} stands there twice; the later count is taken")
            rows = [row for row in rows if row[0] != date]
        rows.append((date, float(count)))
    if not rows and len(reader.faults) == before:
        reader.fault(path, None, "", None, "at least one count")
    return _in_order(reader, path, rows)


def _in_order(reader: Reader, path: Path, rows: list[Row]) -> list[Row]:
    """Counts with their dates rising; that they were in another order is noted."""
    ordered = sorted(rows)
    if ordered != rows:
        newest_first = ordered == rows[::-1]
        what = "the newest count stands first" if newest_first else "its dates are not in order"
        reader.notes.append(f"{path.name}: {what}; sorted by date")
    return ordered


def _split_thousands(lines: list[Line]) -> Line | None:
    """The first line whose count a comma between thousands seems to have cut in two; None where there are columns.

    Cells beyond the second are columns of their own where the second is no smaller, as a total and its parts are.
    """
    cut = [line for line in lines if any(line.cells[2:])]
    if not cut or not all(_LEADING.fullmatch(line.cells[1]) for line in cut):
        return None
    if not all(_THREE.fullmatch(cell) for line in cut for cell in line.cells[2:]):
        return None
    as_parts = all(int(line.cells[1]) >= int(cell) for line in cut for cell in line.cells[2:])
    return None if as_parts and len(cut) == len(lines) else cut[0]


def _is_header(cells: tuple[str, ...]) -> bool:
    """Whether a first line names its columns: ``Date,count``, or no digit in it."""
    return cells[0].lower() in ("date", "datetime") or not any(letter.isdigit() for cell in cells for letter in cell)


def _add_tables(first: list[Row], second: list[Row]) -> list[Row]:
    """Sum two series on their dates as Flee does: a date of one takes the other's neighbouring row."""
    total: list[Row] = []
    offset, last = 0, 0.0
    for date, count in second:
        while date > first[offset][0]:
            total.append((first[offset][0], last + first[offset][1]))
            if offset == len(first) - 1:
                break
            offset += 1
        total.append((date, count + first[offset][1]))
        if date == first[offset][0] and offset < len(first) - 1:
            offset += 1
        last = count
    # Flee may list a date twice here; its interpolation then reads the later row.
    return list(dict(total).items())


def correct_registrations(reader: Reader, path: Path, series: list[CountSeries], start: dt.date | None) -> None:
    """Read ``registration_corrections.csv``: from its date on, rows before the date are scaled to meet it.

    All rows before the one dated exactly D are multiplied by v[D] / v[row before D]; the ratio is the same whatever
    the order of several corrections.  The total (``refugees.csv``) is not corrected.  A correction dated before the
    start is passed over, as in Flee.  Where no row is dated D, Flee stops with an error: here it is a fault.
    """
    by_name = {one.name: one for one in series}
    rows = reader.rows(path, columns=2, required=False, named=("name", "location"))
    # Flee does not look at the third cell, in which "normalize" stands.
    usual = [Line(r.number, tuple("" if c.lower() == "normalize" else c for c in r.cells)) for r in rows]
    reader.note_beyond(path, usual, 2)
    for row in rows:
        name = row.cells[0]
        date = reader.date(path, row.number, "date", row.cells[1])
        if not series:
            continue  # there is no list of camps to look the name up in, which is a fault or a note by itself
        if name not in by_name:
            reader.fault(path, row.number, "name", name, "a name in source_data/data_layout.csv", known=by_name)
            continue
        if date is None:
            continue
        if start is not None and date < start:
            reader.notes.append(f"{path.name}: {name} on {date}: before the start, so it changes no day of the run")
            continue
        one = by_name[name]
        if not one.rows:
            continue  # its file has faults
        dates = [day for day, _ in one.rows]
        if date not in dates:
            reader.fault(path, row.number, "date", row.cells[1], f"a date that the counts of {name} have a row of")
            continue
        at = dates.index(date)
        if at == 0:
            continue
        before = one.rows[at - 1][1]
        if before < 1:
            reader.fault(path, row.number, "name", name, f"a count of 1 or more before {date}, not {before:g}")
            continue
        one.corrections.append((date, one.rows[at][1] / before))
