"""Names that are near to one that nothing has: what may have been meant, asked in one way everywhere."""

from __future__ import annotations

import heapq
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR = 70.0
"""How alike two names must be to be offered, in hundredths of their letters (those in common, in order)."""
MOST_NAMES = 20_000
"""Names compared at most: among more the search would be felt, and a near one says little."""
LONGEST = 200
"""Characters of a name that is compared at most: what is longer is no slip of the hand."""


def plain_name(name: str) -> str:
    """Return a name as it is compared: without accents, case, odd spaces, ``-`` and ``_``.

    The same letters composed and decomposed (``é``, ``e`` and an accent), and a no-break space and a space, are the
    same.
    """
    letters = unicodedata.normalize("NFKD", name)
    kept = "".join(" " if letter in "-_" else letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.casefold().split())


def likeness(one: str, other: str, *, least: float = 0.0) -> float:
    """Return how alike two strings are, 0 to 100: the share of their letters that stand in both in one order.

    It is the ratio of twice their longest common subsequence to their letters together, found for 64 letters and more
    at once by additions of whole numbers (Hyyrö, 2004), whose bits are the letters of one string.

    Parameters
    ----------
    one, other
        Two strings.
    least
        Where they are less alike than this, 0 is returned, mostly without comparing them.
    """
    if one == other:
        return 100.0
    together = len(one) + len(other)
    if 200.0 * min(len(one), len(other)) < least * together:
        return 0.0
    where: dict[str, int] = {}
    bit = 1
    for letter in one:
        where[letter] = where.get(letter, 0) | bit
        bit <<= 1
    row = full = bit - 1
    for letter in other:
        held = row & where.get(letter, 0)
        row = (row + held) | (row - held)
    share = 200.0 * (full & ~row).bit_count() / together
    return share if share >= least else 0.0


def likeness_of_parts(one: str, other: str, *, least: float = 0.0) -> float:
    """Return how alike two names are if one may have words that the other lacks, 0 to 100.

    The shorter is also held against each row of as many words of the longer, which counts nine tenths: ``san pedro`` is
    like ``san pedro tapanatepec``.

    Parameters
    ----------
    one, other
        Two names.
    least
        Where they are less alike than this, 0 is returned.
    """
    short, long = sorted((one.split(), other.split()), key=len)
    rows = (" ".join(long[at : at + len(short)]) for at in range(len(long) - len(short) + 1 if short else 0))
    part = max((likeness(" ".join(short), row, least=least / 0.9) for row in rows), default=0.0)
    return max(likeness(one, other, least=least), 0.9 * part)


def near_names(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that are near to one, the nearest first.

    Parameters
    ----------
    name
        What was written.
    known
        What there is.
    most
        How many are returned at most.
    """
    names = list(dict.fromkeys(known))
    if len(name) > LONGEST or len(names) > MOST_NAMES:
        return []
    plain = plain_name(name)
    scored = ((likeness(plain, plain_name(other), least=NEAR), other) for other in names)
    near = heapq.nlargest(most, (one for one in scored if one[0]), key=lambda one: one[0])
    return [other for _, other in near]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the words that offer the nearest name, to stand after a refusal; nothing where none is near."""
    near = near_names(name, known, most=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
