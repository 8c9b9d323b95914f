"""Reading tables of other people: rows with their line numbers, and every fault met on the way."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from caravana.numerals import two_meanings, what_dots_are
from caravana.received import as_utf8, encoding_of, leads_out, read_ordinary
from caravana.scenario.reading.causes import INDEX_NAMES, NO_ROW_NUMBERS, is_numbering, why_no_date
from caravana.scenario.reading.faults import Fault, shown
from caravana.scenario.vocabulary import MOST_PEOPLE
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

#: Most faults listed of one column that all expect the same; the rest are counted.
MOST_ALIKE = 20
#: Most faults among which near names are looked for.
MOST_OFFERS = 100
#: Largest whole number taken, as in scenario files.
LARGEST = 10.0**12


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number as an editor counts it, and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Reader:
    """Reads the files of one source and gathers faults and notes.

    Attributes
    ----------
    root
        The folder of the files, which are named relative to it.
    faults
        What is wrong, in the order met.
    notes
        What was not carried over, and why, one line each.
    """

    root: Path
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _noted: set[Fault] = field(default_factory=set)
    _forms: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def name(self, path: Path) -> str:
        """Name of a file as faults show it."""
        inside = path.is_relative_to(self.root) and path != self.root
        # Not resolved: a link that leads to itself has a name too.
        return path.relative_to(self.root).as_posix() if inside else path.absolute().name

    def faulty(self, path: Path) -> bool:
        """Whether a fault of this file has been noted."""
        return any(fault.file == self.name(path) for fault in self.faults)

    def listed(self) -> tuple[Fault, ...]:
        """List the faults, in the order met; of very many alike (a column of wrong cells) the rest are counted."""
        if indexed := [one for one in self.faults if one.expected == NO_ROW_NUMBERS]:
            # All else that is wrong may come of it.
            others = ", ".join(one.file for one in indexed[1:])
            return (replace(indexed[0], expected=NO_ROW_NUMBERS + (f"; so have {others}" if others else "")),)
        alike: Counter[tuple[str, str, str]] = Counter()
        beyond: Counter[str] = Counter()
        kept: list[Fault] = []
        for one in self.faults:
            key = (one.file, one.column, one.expected)
            alike[key] += 1
            if alike[key] <= MOST_ALIKE:
                times = self._forms[one.file, one.column, one.expected.partition("; ")[2]]
                more = f" (and so on in {times - 1:,} more)" if times > 1 else ""
                kept.append(replace(one, expected=one.expected + more) if more else one)
            else:
                beyond[one.file] += 1
        return (*kept, *(Fault(file, None, "", None, "", more=number) for file, number in beyond.items()))

    def fault(
        self,
        path: Path,
        line: int | None,
        column: str,
        value: str | None,
        expected: str,
        *,
        known: Iterable[str] = (),
        sheet: str = "",
    ) -> None:
        """Note one fault, of a workbook with its `sheet`; what is noted already is not noted again.

        Of the names that are `known` the nearest is offered, while faults are few enough to be read.
        """
        meant = did_you_mean(value, known) if value and len(self.faults) < MOST_OFFERS else ""
        name = self.name(path) + (f", sheet {sheet}" if sheet else "")
        fault = Fault(name, line, column, None if value is None else shown(value), expected, meant=meant)
        if fault not in self._noted:
            self._noted.add(fault)
            self.faults.append(fault)

    def forgive(self, path: Path, before: int, why: str) -> None:
        """Turn the faults of a file since `before` into one note: nothing reads it, and nobody is held to it."""
        own = self.faults[before:]
        del self.faults[before:]
        if own:
            more = f" and {len(own) - 1:,} more" if len(own) > 1 else ""
            self.notes.append(f"{path.name}: not carried over, as {why}; it has faults: {own[0]}{more}")

    def lines(self, path: Path, *, required: bool = True) -> list[Line]:
        """Read every line that is not empty, comments (``#``) included.

        A missing file, text that is not UTF-8, cells separated by semicolons or tabs and quotes
        that do not close are faults; the lines of such a file are not returned, as whatever they
        held would be misread.
        """
        if path.is_dir():
            self.fault(path, None, "", None, "a file; this is a folder")
            return []
        if not path.is_file():
            if required:
                self.fault(path, None, "", None, "this file, which is missing")
            return []
        text = self._text(path)
        if text is None:
            return []
        rows = re.split(r"\r\n|\r|\n", text)
        for mark, word in ((";", "semicolons"), ("\t", "tabs")):
            if text.count(mark) > text.count(","):
                self.fault(path, 1, "", rows[0], f"commas between the cells, not {word}")
                return []
        reader = csv.reader(rows)
        lines: list[Line] = []
        try:
            for row in reader:
                line = Line(reader.line_num, tuple(_as_composed(cell) for cell in row))
                if reader.line_num > (lines[-1].number if lines else 0) + 1:
                    self.fault(
                        path, (lines[-1].number if lines else 0) + 1, "", row[-1], "quotes that close on their line"
                    )
                    return []
                lines.append(line)
        except csv.Error as error:
            self.fault(path, reader.line_num, "", None, f"cells between commas; found instead: {error}")
            return []
        lines = [line for line in lines if any(line.cells)]
        return [] if self._is_indexed(path, lines) else lines

    def _is_indexed(self, path: Path, lines: list[Line]) -> bool:
        """Whether the first column holds nothing but row numbers, which is a fault: all others have slipped by one."""
        if len(lines) < 2 or len(lines[0].cells) < 2 or lines[0].cells[0].lower() not in INDEX_NAMES:
            return False
        if not is_numbering([line.cells[0] for line in lines[1:]]):
            return False
        self.fault(path, lines[0].number, "", ",".join(lines[0].cells[:2]), NO_ROW_NUMBERS)
        return True

    def written_counts(self, path: Path, column: str, cells: Mapping[int, str]) -> dict[int, str]:
        """Return the cells of a column of counts as plain numbers; where dots may be of thousands, the column decides.

        Parameters
        ----------
        column
            Its name.
        cells
            What stands there, by line.

        Returns
        -------
        dict
            The cells, by line.  Where nothing decides, one fault is noted, and those cells are empty.
        """
        dots = what_dots_are(cells.values())
        dotted = [line for line, cell in cells.items() if two_meanings(cell)]
        if dots in ("none", "decimal"):
            return dict(cells)
        more = f" (and so on in {len(dotted) - 1:,} more)" if len(dotted) > 1 else ""
        first = cells[dotted[0]]
        if dots == "unknown":
            self.fault(path, dotted[0], column, first, f"{two_meanings(first)}{more}")
            return {line: "" if line in dotted else cell for line, cell in cells.items()}
        self.notes.append(
            f"{path.name} line {dotted[0]}: {column} {first!r} is read as {first.replace('.', '')}, as other cells of"
            f" the column have dots between thousands{more}"
        )
        return {line: cell.replace(".", "") if line in dotted else cell for line, cell in cells.items()}

    def _text(self, path: Path) -> str | None:
        """Read a file's text; None (and a fault) where it cannot be read or is not UTF-8."""
        try:
            raw = read_ordinary(path, links=not leads_out(path))
        except OSError as error:
            self.fault(path, None, "", None, f"a file that can be read; the system says: {error.strerror}")
            return None
        encoding = encoding_of(raw)
        if encoding not in {None, "Windows-1252"}:
            self.fault(path, 1, "", None, as_utf8(str(encoding)))
            return None
        if b"\0" in raw:
            line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
            wrong = raw.split(b"\n")[line - 1].decode("latin-1").strip()
            self.fault(path, line, "", wrong, "text without NUL bytes")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            wrong = raw.split(b"\n")[line - 1].decode("latin-1").strip()
            self.fault(path, line, "", wrong, as_utf8("Windows-1252"))
            return None

    def rows(
        self,
        path: Path,
        *,
        columns: int,
        required: bool = True,
        named: tuple[str, ...] = (),
        read: int | None = None,
        heads: Callable[[tuple[str, ...]], bool] | None = None,
    ) -> list[Line]:
        """Read the rows that hold data, each with at least `columns` cells.

        A header is a line that begins with ``#``, or a first line whose first cell is one of `named`.

        Parameters
        ----------
        read
            How many cells are read; that there are others is noted once.
        heads
            Whether the cells of a first line are those of a header: without its ``#`` it is a fault.
        """
        rows = self.data_lines(path, required=required, named=named)
        if heads is not None and rows and rows[0] in self.lines(path)[:1] and heads(rows[0].cells):
            self.fault(path, rows[0].number, "", ",".join(rows[0].cells), "a header that begins with #")
            rows = rows[1:]
        for row in rows:
            if len(row.cells) < columns:
                self.fault(
                    path, row.number, "", ",".join(row.cells),
                    f"at least {columns} cells, not {len(row.cells)}",
                )  # fmt: skip
        rows = [row for row in rows if len(row.cells) >= columns]
        if read is not None:
            self.note_beyond(path, rows, read)
        return rows

    def note_beyond(self, path: Path, rows: list[Line], read: int) -> None:
        """Note once that a file has cells past the last one that is read."""
        beyond = next((row for row in rows if any(row.cells[read:])), None)
        if beyond is not None:
            more = sum(any(row.cells[read:]) for row in rows) - 1
            cell = next(cell for cell in beyond.cells[read:] if cell)
            self.notes.append(
                f"{path.name} line {beyond.number}: {cell!r} not carried over: only {read} cells of a line are read"
                + (f" (and so on in {more:,} more)" if more else "")
            )

    def data_lines(self, path: Path, *, required: bool = True, named: tuple[str, ...] = ()) -> list[Line]:
        """Read the lines that hold data, however short."""
        lines = self.lines(path, required=required)
        if lines and lines[0].cells[0].lower() in named:
            lines = lines[1:]
        return [line for line in lines if not line.cells[0].startswith("#")]

    def header(self, path: Path, *, named: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read the names of the columns from the first line, where it is a header (see :meth:`rows`)."""
        if self.faulty(path):
            return ()
        first = next(iter(self.lines(path, required=False)), None)
        if first is None or not (first.cells[0].startswith("#") or first.cells[0].lower() in named):
            return ()
        return tuple(cell.lstrip("#").strip().strip('"') for cell in first.cells)

    def number(
        self, path: Path, line: int, column: str, cell: str, *, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Return a cell as a finite number within bounds; NaN (and a fault) where it is not one."""
        try:
            # Python takes 1_000 for a number; nothing else does.
            value = math.nan if "_" in cell else float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            commas = re.fullmatch(r"\d{1,3}(?:,\d{3})+", cell) is not None
            self.fault(path, line, column, cell, "a number without commas between thousands" if commas else "a number")
            return math.nan
        if not low <= value <= high:
            bound = f"from {low:g} to {high:g}"
            if high >= MOST_PEOPLE:
                bound = f"at least {low:g}" if value < low else f"at most {high:,.0f}"
            self.fault(path, line, column, cell, f"a number {bound}")
            return math.nan
        return value

    def whole(
        self, path: Path, line: int, column: str, cell: str, *, low: float = -math.inf, high: float = LARGEST
    ) -> int | None:
        """Return a cell as a whole number; None (and a fault) where it is not one."""
        value = self.number(path, line, column, cell, low=low, high=high)
        if math.isnan(value):
            return None
        if value != int(value):
            self.fault(path, line, column, cell, "a whole number")
            return None
        return int(value)

    def date(self, path: Path, line: int, column: str, cell: str) -> dt.date | None:
        """Return a cell as an ISO date; None (and a fault) where it is not one."""
        try:
            return dt.datetime.strptime(cell, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no hour
        except ValueError:
            self._no_date(path, line, column, cell)
            return None

    def _no_date(self, path: Path, line: int, column: str, cell: str) -> None:
        """Note a cell that is no date; where all of a column are in another form, the form once."""
        form = why_no_date(cell)
        if form is None:
            self.fault(path, line, column, cell, "a date such as 2012-02-29")
            return
        key = (self.name(path), column, form)
        self._forms[key] += 1
        if self._forms[key] == 1:
            self.fault(path, line, column, cell, f"a date such as 2012-02-29; {form}")


def _as_composed(cell: str) -> str:
    """A cell as names are compared: letters composed with their accents, no-break spaces as spaces, ends stripped."""
    return unicodedata.normalize("NFC", cell).replace("\u00a0", " ").replace("\u202f", " ").strip()


def identifiers(names: list[str]) -> dict[str, str]:
    """Turn names into ids of letters, digits, ``_``, ``.`` and ``-``, each its own.

    ``road`` is nobody's: runs keep those who are under way by that name.
    """
    ids: dict[str, str] = {}
    taken = {"road"}
    for name in names:
        letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", letters).strip("_.-")[:60] or "place"
        candidate, suffix = plain, 2
        while candidate in taken:
            candidate, suffix = f"{plain}-{suffix}", suffix + 1
        taken.add(candidate)
        ids[name] = candidate
    return ids


def day_date(start: dt.date, day: int) -> dt.date | None:
    """Date of a day; None where it is beyond what a calendar holds."""
    try:
        return start + dt.timedelta(days=day)
    except OverflowError:
        return None
