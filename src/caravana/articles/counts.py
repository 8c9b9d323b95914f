"""What a quantity counts: the noun after it, and what the sentence says happened to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.articles.quantities import Quantity
from caravana.articles.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.articles.gazetteer import Mention

_NOUNS = {
    "people": "headcount", "minors": "minors", "pregnant": "pregnant", "patients": "medical_consultations",
    "detentions": "detained", "deaths": "dead", "injuries": "injured", "cards": "accepted_papers_cumulative",
    "agents": "agents", "": "headcount",
}  # fmt: skip
_FEWEST = {"headcount": 20, "agents": 5, "minors": 2}
_NEAR = 75
_AFTER = 30
_WARM = (10, 55)
_MILE_KM = 1.609344
_OPEN_NEXT = re.compile(
    r"\s*(?:$|[.,;:)\"”»—–]|(?:and|y|were|was|are|is|had|have|son|fueron|eran|iban|van|quedan|in|on|at|en|el|la|when|cuando|but|pero)\b)"
)
TOPICS = {"agents": "force", "distance": "destination", "smuggler_fee": "money_to_smugglers"}
"""Kinds that are claims only, and what they are about."""
UNITS = {
    "distance": "km",
    "km_day": "km",
    "km_cumulative": "km",
    "temperature_c": "degrees Celsius",
    "smuggler_fee": "USD",
}
"""Units of the kinds that are not persons."""


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity and what it counts, a kind of observation (or of claim only)."""

    quantity: Quantity
    kind: str
    factor: float = 1.0


def _gap(quantity: Quantity, start: int, end: int) -> int:
    """Characters between a quantity and a word."""
    if end <= quantity.start:
        return quantity.start - end
    return max(0, start - quantity.end)


def _happened(folded: str, quantity: Quantity, words: Words, others: Sequence[Quantity]) -> str:
    """What happened to those counted: the nearest word that tells, not nearer to another quantity."""
    best = (_NEAR + 1, "")
    for kind, pattern in words.happened.items():
        for match in pattern.finditer(folded):
            gap = _gap(quantity, match.start(), match.end())
            if any(_gap(o, match.start(), match.end()) < gap for o in others):
                continue
            between = folded[min(quantity.end, match.end()) : max(quantity.start, match.start())]
            if re.search(r"[;:]|\b(?:when|cuando|after|despues|while|mientras|because|porque)\b", between):
                continue
            if gap < best[0]:
                best = (gap, kind)
    return best[1]


def count_people(folded: str, quantity: Quantity, words: Words, others: Sequence[Quantity]) -> Count | None:
    """What a quantity of people counts; None if nothing the scenario has a word for."""
    kind = _NOUNS[quantity.noun]
    happened = _happened(folded, quantity, words, others)
    figure = quantity.low if quantity.low is not None else quantity.high
    if (quantity.noun in {"people", "minors", ""} and happened) or (
        quantity.noun in {"agents", "pregnant"} and happened in {"dead", "injured"}
    ):
        kind = happened
    if quantity.noun == "":
        hurt = any(
            words.happened[k].search(folded[quantity.end : quantity.end + _AFTER])
            for k in ("dead", "injured", "detained")
        )
        bare = (
            quantity.qualifier != "exact"
            and figure is not None
            and figure >= 100
            and _OPEN_NEXT.match(folded[quantity.end :])
        )
        if not hurt and not bare:
            return None
    if figure is not None and figure < _FEWEST.get(kind, 1):
        return None
    return Count(quantity, kind)


def count_road(folded: str, quantity: Quantity, words: Words, mentions: Sequence[Mention], origin: str) -> Count | None:
    """What a distance is: walked since the start, walked that day, or from one place to another."""
    factor = _MILE_KM if quantity.noun == "miles" else 1.0
    tail = folded[quantity.end : quantity.end + 25]
    apart = words.code == "es" and re.search(r"\ba$", folded[: quantity.start].rstrip())
    if apart or words.road["distance"].search(tail) or (len(mentions) > 1 and words.road["distance"].search(folded)):
        return Count(quantity, "distance", factor)
    since_start = any(
        m.place == origin and re.search(r"(?:from|since|desde|left)\s+$", folded[: m.start]) for m in mentions
    )
    if since_start or words.road["cumulative"].search(folded):
        return Count(quantity, "km_cumulative", factor)
    if words.road["day"].search(folded):
        return Count(quantity, "km_day", factor)
    return None


def count(
    folded: str,
    quantity: Quantity,
    words: Words,
    *,
    others: Sequence[Quantity],
    mentions: Sequence[Mention],
    origin: str,
) -> Count | None:
    """What a quantity counts; None if nothing the scenario has a word for.

    Parameters
    ----------
    folded
        The sentence without accents, in lower case.
    quantity, others
        The quantity, and the sentence's other ones.
    words
        The language.
    mentions
        The places named in the sentence.
    origin
        The place the caravan set out from.
    """
    figure = quantity.low if quantity.low is not None else quantity.high
    if quantity.noun in {"km", "miles"}:
        return count_road(folded, quantity, words, mentions, origin)
    if quantity.noun == "celsius":
        return Count(quantity, "temperature_c") if figure is not None and _WARM[0] <= figure <= _WARM[1] else None
    if quantity.noun == "dollars":
        return Count(quantity, "smuggler_fee") if words.smuggling.search(folded) else None
    return count_people(folded, quantity, words, others)
