"""Numbers of people in a whole column, however they are written: all of it decides what dots and commas are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from caravana.importers.arabic import western_digits
from caravana.numerals import COMMAED, DOTTED, dots_of_counts, two_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.tables.cells import Cell

Thousands = Literal["", ".", ",", " "]
MOST_PEOPLE = 10.0**9
ABSENT = {
    "",
    "-",
    "--",
    "n/a",
    "na",
    "nd",
    "n.d.",
    "s/d",
    "s.d.",
    "nan",
    "null",
    "none",
    ".",
    "..",
    "...",
    "*",
    "x",
    "tbd",
}
"""What stands where a number is not known."""
_WITHHELD = re.compile(r"[<≤]\s*\d+|\d+\s*-\s*\d+")
_RANGE = re.compile(r"(\d+)\s*[-\u2013]\s*(\d+)")
LEAST_OF_RANGE = 10.0
"""A range that begins lower withholds a small number."""
_PLAIN = re.compile(r"\d+(?:\.\d+)?(?:[eE][+]?\d{1,2})?")
_COMMA_DECIMAL = re.compile(r"\d+,(?:\d{1,2}|\d{4,})")
_SPACED = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?")
_LEAST_ROUNDED = 1000.0
"""Fractions of a number from this on are those of an estimate, and rounded; smaller ones have lost their thousands."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a column.

    Attributes
    ----------
    numbers
        One a cell, in persons; None where none is known.
    thousands
        What stands between thousands; None where nothing does.
    unread
        Indices of cells that are no number.
    withheld
        Number of cells that say that a number is small or withheld (``<5``, ``*``).
    rounded
        Number of cells whose fractions were rounded away.
    ranges
        Number of cells that give a range, of which the middle is taken.
    fault
        Index of a cell that makes the column unreadable, and what was expected; None else.
    """

    numbers: tuple[float | None, ...]
    thousands: Thousands | None
    unread: tuple[int, ...]
    withheld: int
    rounded: int
    fault: tuple[int, str] | None = None
    ranges: int = 0


def read_numbers(cells: Sequence[Cell], *, thousands: Thousands | None = None) -> Numbers:
    """Read a column of counts.

    Parameters
    ----------
    cells
        The cells.
    thousands
        What stands between thousands, where that is known (``""``: nothing, so that a dot is one of decimals).
    """
    texts = [_text(cell) for cell in cells]
    marks, fault = _decide(texts, thousands)
    numbers: list[float | None] = []
    unread, withheld, ranges = [], 0, 0
    for index, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        if text.casefold() in ABSENT or (_WITHHELD.fullmatch(text) and _middle(text) is None):
            withheld += bool(text) and text not in {"-", "--", "."}
            numbers.append(None)
            continue
        number = cell if isinstance(cell, float) else _number(text, marks)
        if number is None and (middle := _middle(text)) is not None:
            number, ranges = middle, ranges + 1
        if number is None or not math.isfinite(number) or not 0 <= number <= MOST_PEOPLE:
            unread.append(index)
            number = None
        numbers.append(number)
    broken = [i for i, n in enumerate(numbers) if n is not None and abs(n - round(n)) > 1e-6]
    lost = [i for i in broken if (numbers[i] or 0) < _LEAST_ROUNDED]
    if fault is None and lost:
        fault = (lost[0], "whole numbers of people; fractions come of dots of thousands that were read as decimals")
    whole = tuple(None if n is None else float(round(n)) for n in numbers)
    return Numbers(whole, marks, tuple(unread), withheld, len(broken), fault, ranges)


def _middle(text: str) -> float | None:
    """The middle of a range in whole people, as reports have it; None for none, and for one that withholds a number."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    low, high = int(match[1]), int(match[2])
    return float((low + high) // 2) if LEAST_OF_RANGE <= low < high else None


def is_number(cell: Cell) -> bool:
    """Whether a cell looks like a number of people."""
    if isinstance(cell, float):
        return math.isfinite(cell)
    text = _text(cell)
    return bool(
        _PLAIN.fullmatch(text) or COMMAED.fullmatch(text) or two_meanings(text) or _SPACED.fullmatch(text)
        or _COMMA_DECIMAL.fullmatch(text)
    )  # fmt: skip


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, float):
        return "" if cell is None else repr(cell)
    return western_digits(str(cell)).strip().removesuffix(" persons").removesuffix(" personas").strip("~≈ ")


def _decide(texts: list[str], given: Thousands | None) -> tuple[Thousands | None, tuple[int, str] | None]:
    """What stands between thousands, and the cell at which nothing says so."""
    if given is not None:
        return given, None
    if any(_SPACED.fullmatch(text) for text in texts):
        return " ", None
    commas = any(COMMAED.fullmatch(text.split(".")[0]) for text in texts)
    decimal_commas = any(_COMMA_DECIMAL.fullmatch(text) for text in texts)
    dots = dots_of_counts(texts)
    first = next((i for i, text in enumerate(texts) if two_meanings(text)), 0)
    if commas and decimal_commas:
        at = next(i for i, text in enumerate(texts) if _COMMA_DECIMAL.fullmatch(text))
        return None, (at, "one meaning of the comma: other cells of the column have it between thousands")
    if commas:
        # With commas between thousands a dot is one of decimals; with both before three digits, nobody can tell.
        return (",", None) if dots != "unknown" else (None, (first, two_meanings(texts[first]) or ""))
    if dots == "thousands" or (dots == "unknown" and decimal_commas):
        return ".", None
    if dots == "unknown":
        return None, (first, two_meanings(texts[first]) or "")
    return ("." if decimal_commas else "" if dots == "decimal" else None), None


def _number(text: str, thousands: Thousands | None) -> float | None:
    """One cell as a number; None where it is none."""
    if thousands == " ":
        text = re.sub(r"[ '’]", "", text).replace(",", ".")
    elif thousands == ".":
        whole, comma, decimals = text.partition(",")
        # Before other than three digits no dot is one of thousands: *65.5* is no 655.
        text = (
            whole.replace(".", "") + comma.replace(",", ".") + decimals
            if "." not in whole or DOTTED.fullmatch(whole)
            else "?"
        )
    elif thousands == ",":
        text = text.replace(",", "") if COMMAED.fullmatch(text.split(".")[0]) or "," not in text else "?"
    return float(text) if _PLAIN.fullmatch(text) and len(text) < 40 else None
