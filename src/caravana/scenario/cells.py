"""Lines of CSV files whose cells no spreadsheet runs, and the way back.  Every CSV file is written with these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIVE = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def inert(text: str) -> str:
    """A cell as no spreadsheet runs it: a text that one would take for a formula has an apostrophe before it.

    Texts that are numbers stay as they are, negative ones too.
    """
    return f"'{text}" if _LIVE.match(text) and not _NUMBER.fullmatch(text) else text


def meant(cell: str) -> str:
    """The text that :func:`inert` made a cell of; other cells are what they are."""
    return cell[1:] if cell.startswith("'") and _LIVE.match(cell) else cell


def csv_line(cells: Iterable[str]) -> str:
    """A line of a CSV file as RFC 4180 has it, its end a line feed, each cell :func:`inert`."""
    # The csv module of older Pythons leaves a lone carriage return without quotes, and what follows begins a row.
    return ",".join(_quoted(inert(cell)) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
