"""Cells of CSV files as no spreadsheet runs them, and back."""

from __future__ import annotations

import re

LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet runs when it opens a CSV file."""
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
