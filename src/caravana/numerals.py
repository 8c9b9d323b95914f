"""Numbers as people write them: what a dot or a comma may mean, said in one way everywhere.

``2.500`` is two and a half to one half of the world and two thousand five hundred to the other.  Where people or
things are counted it is asked about, and never read as a thousandth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Dots before three digits each, after one to three digits of which the first is no nought: ``2.500``, ``1.250.000``.
DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
#: The same with commas.
COMMAED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")


Dots = Literal["none", "decimal", "thousands", "unknown"]
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9]\d*)?\.(?:\d{1,2}|\d{4,})|[+-]?(?:0|[1-9]\d{3,})\.\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}|[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+")


def what_dots_are(cells: Iterable[str]) -> Dots:
    """Say what the dots of a whole column are.

    Parameters
    ----------
    cells
        Its cells.

    Returns
    -------
    str
        ``none`` where no dot stands before three digits in the way of thousands; ``decimal`` where another cell can
        only be a decimal (``12.5``, ``1234.000``); ``thousands`` where another can only have dots of thousands
        (``1.250.000``, ``1.250,5``); ``unknown`` where nothing says so, or both do.
    """
    texts = [cell.strip() for cell in cells]
    decimal = any(_DECIMAL.fullmatch(text) for text in texts)
    thousands = any(_THOUSANDS.fullmatch(text) for text in texts)
    if not thousands and not any(DOTTED.fullmatch(text) for text in texts):
        return "none"
    if decimal == thousands:
        return "unknown"
    return "decimal" if decimal else "thousands"


def dots_of_counts(cells: Iterable[str]) -> Dots:
    """Say what the dots of a column of counts are, as :func:`what_dots_are` does; a program writes all alike.

    Where ``2.000`` stands beside ``1234.5`` the second says nothing of the first: one hand has typed thousands, or
    another has.
    """
    texts = [cell.strip() for cell in cells]
    dots = what_dots_are(texts)
    if dots == "decimal" and any(DOTTED.fullmatch(text) for text in texts):
        ends = {len(text.partition(".")[2]) for text in texts if "." in text}
        return "decimal" if ends == {3} else "unknown"
    return dots


def two_meanings(cell: str) -> str | None:
    """Say how to write a count whose dots may be those of thousands; None where it has one meaning only.

    Parameters
    ----------
    cell
        What stands there.

    Returns
    -------
    str or None
        Words to stand after "expected": what to write for either meaning.
    """
    text = cell.strip()
    if not DOTTED.fullmatch(text):
        return None
    plain = text.replace(".", "")
    if text.count(".") > 1:
        return f"a number without dots between thousands: {plain}"
    whole, _, fraction = text.partition(".")
    decimal = f"{whole}.{fraction.rstrip('0') or '0'}"
    other = f"{decimal}0" if len(decimal.partition(".")[2]) == 3 else decimal
    return f"a number with one meaning: {plain} if the dot is one of thousands, {other} if it is one of decimals"
