"""Faults: what is wrong in a scenario folder, where, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longest value shown in a fault, in characters; longer ones are cut.
VALUE_SHOWN = 48


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file.

    Attributes
    ----------
    file
        Name of the file within the scenario folder (or the folder itself).
    row
        Line number as a text editor counts it (the header of a table is 1); None for the whole file.
    column
        Column of a table, or key of ``scenario.toml``; empty for the whole row or file.
    value
        What stands there, shortened; None where there is nothing to show.
    expected
        What would have been right, in plain words.
    """

    file: str
    row: int | None
    column: str
    value: str | None
    expected: str

    def __str__(self) -> str:
        """One line: file, line, column, value and what was expected."""
        where = self.file
        if self.row is not None:
            where += f" line {self.row}"
        if self.column:
            where += f", {'key' if self.file.endswith('.toml') else 'column'} {self.column}"
        found = "" if self.value is None else f"{self.value} — "
        return f"{where}: {found}{self.expected}"


def shown(value: object) -> str:
    """Show a value in one short line: quoted text, or the thing as it is written."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= VALUE_SHOWN else text[: VALUE_SHOWN - 2] + "…" + text[-1]


def list_faults(faults: Iterable[Fault], *, per_file: int = 20) -> list[str]:
    """One line a fault, at most `per_file` for each file, then ``and N more``.

    Parameters
    ----------
    faults
        Faults in any order; those of a file are kept in their order.
    per_file
        Most lines for one file.

    Returns
    -------
    list of str
        The lines, file by file.
    """
    by_file: dict[str, list[Fault]] = {}
    for fault in faults:
        by_file.setdefault(fault.file, []).append(fault)
    lines: list[str] = []
    for file, found in by_file.items():
        lines.extend(str(fault) for fault in found[:per_file])
        if len(found) > per_file:
            lines.append(f"{file}: and {len(found) - per_file} more")
    return lines
