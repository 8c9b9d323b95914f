"""Names that are near to one that nothing has: what may have been meant, asked in one way everywhere."""

from __future__ import annotations

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
    from rapidfuzz import fuzz, process

    names = list(dict.fromkeys(known))
    if len(name) > LONGEST or len(names) > MOST_NAMES:
        return []
    near = process.extract(name, names, scorer=fuzz.ratio, processor=plain_name, score_cutoff=NEAR, limit=most)
    return [match for match, _, _ in near]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the words that offer the nearest name, to stand after a refusal; nothing where none is near."""
    near = near_names(name, known, most=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
