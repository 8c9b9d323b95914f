"""Numbers as people write them: what a dot or a comma may mean, said in one way everywhere.

``2.500`` is two and a half to one half of the world and two thousand five hundred to the other.  Where people or
things are counted it is asked about, and never read as a thousandth.
"""

from __future__ import annotations

import re

#: Dots before three digits each, after one to three digits of which the first is no nought: ``2.500``, ``1.250.000``.
DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
#: The same with commas.
COMMAED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")


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
