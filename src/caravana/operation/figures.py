"""Figures of people as they are said: ``4500``, ``4500-5000``, ``>4000``, ``unos 2 mil``, ``between 900 and 1,200``."""

from __future__ import annotations

import re
import unicodedata

Figure = tuple[float | None, float | None]
"""Lowest and highest; one end alone is "more than", or "less than"."""

_THOUSAND = r"(?:mil|thousand|k)"
_NUMBER = (
    rf"(?:\d{{1,3}}(?:[ ,.'’]\d{{3}})+(?: ?{_THOUSAND})?|\d+(?:[.,]\d{{1,2}})? ?{_THOUSAND}(?: \d{{1,3}})?|\d+"
    r"|(?:un )?mil(?: \d{1,3})?|(?:a|one) thousand)"
)
_SOME = (
    r"(?:~|≈|about|around|some|roughly|approx(?:imately|\.)?|circa|ca\.|unos|unas|cerca de|alrededor de"
    r"|aproximadamente|aprox\.?|como)"
)
_MORE = r"(?:>=?|≥|(?:more|greater) than|over|at least|mas de|al menos|por lo menos)"
_LESS = r"(?:<=?|≤|(?:fewer|less) than|under|at most|up to|menos de|hasta|a lo sumo|como maximo)"
_PEOPLE = r"(?: (?:personas|persons|people|gentes?|migrantes|migrants))?"
_ONE = re.compile(rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS})|{_SOME})? ?(?P<number>{_NUMBER}){_PEOPLE}")
_TWO = re.compile(
    rf"(?:{_SOME} )?(?:(?:between|entre|from|de) )?(?P<low>{_NUMBER}) ?(?:-|–|—|a|to|y|and|o|or) ?(?P<high>{_NUMBER})"
    rf"{_PEOPLE}"
)
_WORDED = re.compile(rf"(?P<base>[\d.,'’ ]+?|un|a|one|) ?{_THOUSAND}(?: (?P<rest>\d{{1,3}}))?")
RAISED = ("<super>", "<sub>", "<fraction>", "<circle>")
"""What Unicode says of marks of footnotes (``4500³``), fractions and the like, which are no digits of a figure."""


def read_figure(text: str) -> Figure | None:
    """Read a figure as it is written or said, in English or Spanish; None where it is none.

    A dot, comma or space before three digits parts thousands: people are whole.  ``2 to 3 mil`` are two to three
    thousand.

    Parameters
    ----------
    text
        What was typed.
    """
    if any(unicodedata.decomposition(mark).startswith(RAISED) for mark in text[:200]):
        return None
    letters = unicodedata.normalize("NFKD", text[:200]).casefold()
    plain = " ".join("".join(mark for mark in letters if not unicodedata.combining(mark)).split())
    if match := _ONE.fullmatch(plain):
        number = _value(match["number"])
        if number is None:
            return None
        return (None if match["less"] else number, None if match["more"] else number)
    if match := _TWO.fullmatch(plain):
        low, high = _value(match["low"]), _value(match["high"])
        if low is None or high is None:
            return None
        worded = _WORDED.fullmatch(match["high"])
        if worded and not _WORDED.fullmatch(match["low"]) and low <= high / 1000:
            low *= 1000
        return low, high
    return None


def _value(text: str) -> float | None:
    """One number; None where its thousands are said twice (``2.500 mil``) or it would be no whole number of people."""
    match = _WORDED.fullmatch(text)
    if match is None:
        return float(re.sub(r"[ ,.'’]", "", text))
    base = match["base"].strip()
    base = base if base[:1].isdigit() else "1"
    if re.fullmatch(r"\d{1,3}(?:[ ,.'’]\d{3})+", base):
        return None
    value = round(float(base.replace(",", ".")) * 1000)
    return float(value + int(match["rest"] or 0))
