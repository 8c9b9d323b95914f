"""Faults: what is wrong in a scenario folder, where, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass

#: Longest value shown in a fault, in characters; longer ones are cut.
VALUE_SHOWN = 60
#: Most faults kept for one file; the rest are counted.
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file.

    Attributes
    ----------
    file
        Name of the file within the scenario folder (or the folder itself); of a table in memory its name.
    row
        Line number as a text editor counts it (the header of a table is 1), of a table in memory the position of the
        row, from 0; None for the whole file.
    column
        Column of a table, or key of ``scenario.toml``; empty for the whole row or file.
    value
        What stands there, shortened; None where there is nothing to show.
    expected
        What would have been right, in plain words.
    more
        Above zero, this is no fault of its own: so many further faults of the file are not listed.
    meant
        Words that offer a near name, to stand after the rest; empty where there is none.
    """

    file: str
    row: int | None
    column: str
    value: str | None
    expected: str
    more: int = 0
    meant: str = ""

    def __str__(self) -> str:
        """One line: file, line, column, value and what was expected."""
        if self.more:
            return f"{self.file}: and {self.more:,} more"
        where = self.file
        if self.row is not None:
            # What has no ending is no file, but a table in memory.
            where += f" {'line' if '.' in self.file else 'row'} {self.row}"
        if self.column:
            where += f", {'key' if self.file.endswith(('.toml', '.yml', '.yaml')) else 'column'} {self.column}"
        shown = "" if self.value is None else f"{self.value} — "
        return f"{where}: {shown}expected {self.expected}{self.meant}"


def shown(value: object) -> str:
    """Show a value in one short line: text in quotes, anything else as it is written."""
    if isinstance(value, str):
        # Cut first: the value may be a megabyte of text.
        cut = value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
        return repr(cut)
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:  # Python refuses to write out whole numbers of more than 4,300 digits.
        return "a number of thousands of digits"
    return text if len(text) <= VALUE_SHOWN else text[: VALUE_SHOWN - 1] + "…"


class FaultList:
    """Collects faults while files are read; at most :data:`MOST_FAULTS` of each file are kept."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Fault]] = {}
        self._beyond: dict[str, int] = {}

    def __len__(self) -> int:
        """Count all faults reported, kept or not."""
        return sum(map(len, self._kept.values())) + sum(self._beyond.values())

    def add(self, file: str, row: int | None, column: str, value: str | None, expected: str) -> None:
        """Report one fault; `value` is given as :func:`shown` shows it."""
        if len(column) > VALUE_SHOWN or not column.isprintable():
            column = shown(column)  # what stands in a header may be anything
        kept = self._kept.setdefault(file, [])
        if len(kept) < MOST_FAULTS:
            kept.append(Fault(file, row, column, value, expected))
        else:
            self._beyond[file] = self._beyond.get(file, 0) + 1

    def listed(self) -> list[Fault]:
        """All faults kept, file by file, in the order of lines, each file ending in the count left out."""
        faults: list[Fault] = []
        for file, kept in self._kept.items():
            faults.extend(sorted(kept, key=lambda fault: fault.row or 0))
            if beyond := self._beyond.get(file):
                faults.append(Fault(file, None, "", None, "", more=beyond))
        return faults
