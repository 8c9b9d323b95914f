"""What a quantity counts: the noun after it, and what the sentence says happened to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.articles.gazetteer import Mention
    from caravana.importers.articles.quantities import QuantityInText
    from caravana.importers.articles.words import Words

_NOUNS = {
    "people": "headcount", "sexes": "headcount_part", "minors": "minors", "pregnant": "pregnant",
    "patients": "medical_consultations",
    "detentions": "detained", "deaths": "dead", "injuries": "injured", "cards": "accepted_papers_cumulative",
    "agents": "agents", "cases": "ill", "sick": "ill", "waiting": "waiting", "": "headcount", "one": "headcount",
}  # fmt: skip
_FEWEST = {"headcount": 20, "headcount_part": 20, "agents": 5, "minors": 3}
_MOST_IN_ONE = 15_000
"""No caravan had more; greater figures are of a country or a year."""
_NEAR = 75
_CLAUSE = 30
_AFTER = 30
_BARE = 100
_WARM = (10, 55)
_MILE_KM = 1.609344
_OPEN_NEXT = re.compile(
    r"\s*(?:$|[.,;:!?)\"\u2019\u201d\u00bb\u2014\u2013]|(?:and|or|y|o|were|was|are|is|be|had|have|has|set|left|leave|remain\w*|walk\w*|march\w*|arriv\w+|"
    r"join\w*|took|came|reach\w*|who|that|than|son|fueron|eran|iban|van|quedan|siguen|salier\w+|camina\w*|partier\w+|llegar\w+|viaj\w+|que|los|las|"
    r"in|on|at|en|el|la|when|\w+ing|according|segun|de acuerdo|a decir|para|each|cada|cuando|but|pero|by|"
    r"strong|now|today|ahora|hoy|al|an? (?:week|day|month)|"
    r"una? (?:semana|dia|mes)|\w{2,}(?:aron|ieron|aban|ed)|chose)\b)"
)
_BREAK = re.compile(r"[;:,]|\b(?:and|y|while|mientras)\b")
_IT_IS = re.compile(r"\b(?:it is|there are|is another|hay|la distancia|the road (?:runs|is))\b")
_STILL = re.compile(r"\b(?:faltan?|quedan?|there are still|still)\b[^.;,]*$")
_AMONG = re.compile(
    r"\b(?:of (?:whom|them)|de (?:ell[oa]s|l[oa]s cuales|l[oa]s que)|among (?:them|whom)|including|"
    r"entre (?:ellos|ellas|los que|las que)|incluid[oa]s)\b[^.;]*$"
)
_INCLUDING = re.compile(r"\b(?:including|among them|entre (?:ellos|ellas)|incluid[oa]s)\s+$")
_SOME_OF = re.compile(r"\s*(?:of (?:them|whom)|de (?:ellos|ellas))\b")
_BORN = re.compile(r"\b(?:born|births?|nac(?:io|ieron)|dio a luz)\b")
_SHARED = frozenset({"detained", "dead", "injured", "returned", "accepted_papers_cumulative"})
"""What happens to people of whom minors are told of as a part."""
_MOVED = ("dead", "injured", "detained", "joined", "returned", "left", "accepted_papers_cumulative")
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
class CountedNoun:
    """A quantity and what it counts, a kind of observation (or of claim only)."""

    quantity: QuantityInText
    kind: str
    factor: float = 1.0


def _gap(folded: str, quantity: QuantityInText, start: int, end: int) -> int:
    """Characters between a quantity and a word; more where another clause begins between them."""
    if end <= quantity.start:
        gap, between = quantity.start - end, folded[end : quantity.start]
    else:
        gap, between = max(0, start - quantity.end), folded[quantity.end : start]
    return gap + _CLAUSE * bool(re.search(r"\b(?:and|y|e|while|mientras)\b|,", between))


def _happened(folded: str, quantity: QuantityInText, words: Words, others: Sequence[QuantityInText]) -> str:
    """What happened to those counted: the nearest word that tells, not nearer to another quantity."""
    best = (_NEAR + 1, "")
    for kind, pattern in words.happened.items():
        for match in pattern.finditer(folded):
            gap = _gap(folded, quantity, match.start(), match.end())
            if any(_gap(folded, o, match.start(), match.end()) < gap for o in others):
                continue
            between = folded[min(quantity.end, match.end()) : max(quantity.start, match.start())]
            if re.search(r"[;:]|\b(?:when|cuando|after|despues|while|mientras|because|porque)\b", between):
                continue
            if gap < best[0]:
                best = (gap, kind)
    taken = words.happened["accepted_papers_cumulative"].search(folded, quantity.end)
    if best[1] == "accepted_papers_cumulative" and taken:
        # Who accepts a ride back has accepted no papers.
        back = words.happened["returned"].search(folded[taken.end() : taken.end() + _AFTER])
        if back and not re.search(r"\b(?:and|y)\b|[,;]", folded[taken.end() : taken.end() + back.start()]):
            return "returned"
    return best[1]


def open_next(folded: str, quantity: QuantityInText) -> bool:
    """Whether a figure has no noun of its own after it: the sentence ends or goes on with a verb or another clause."""
    return _OPEN_NEXT.match(folded[quantity.end :]) is not None


def _stands_alone(folded: str, quantity: QuantityInText, happened: str, figure: float | None, *, said: bool) -> bool:
    """Whether a number without a noun counts people: ``organisers speak of 4,000``, ``otros 14 quedaron heridos``."""
    if figure is None or not open_next(folded, quantity):
        near = folded[quantity.end : quantity.end + _AFTER]
        return happened in {"dead", "injured", "detained"} and bool(
            re.match(r"\s+(?:re\w+|qued\w+|were|was|had|fueron)\b", near)
        )
    if happened in _MOVED:
        return True
    return figure >= _BARE and (quantity.qualifier != "exact" or said)


def is_among(folded: str, quantity: QuantityInText) -> bool:
    """Whether a figure is only put in about those of another: ``1,574 migrants, including 294 children, have``."""
    return _INCLUDING.search(folded[: quantity.start]) is not None


def _part_of_another(
    folded: str, quantity: QuantityInText, words: Words, others: Sequence[QuantityInText], happened: str
) -> bool:
    """Whether a figure is a part of one counted already: ``58 detained, among them 14 minors``; ``38 of them``."""
    after = folded[quantity.noun_start : quantity.end + _CLAUSE]
    some = re.search(r"^\S+(?:\s\S+)?" + _SOME_OF.pattern, after)
    few = quantity.low is None or quantity.low < _BARE
    if some and few and not happened and quantity.noun in {"people", ""}:
        return True
    first = next((o for o in others if o.end <= quantity.start), None)
    if first is None or quantity.noun != "minors" or not _AMONG.search(folded[first.end : quantity.start]):
        return False
    return _happened(folded, first, words, ()) in {
        "detained",
        "dead",
        "injured",
        "returned",
        "accepted_papers_cumulative",
    }


def count_people(
    folded: str, quantity: QuantityInText, words: Words, others: Sequence[QuantityInText], *, said: bool
) -> CountedNoun | None:
    """What a quantity of people counts; None if nothing the scenario has a word for."""
    kind = _NOUNS[quantity.noun]
    happened = _happened(folded, quantity, words, others)
    figure = quantity.low if quantity.low is not None else quantity.high
    if (quantity.noun in {"people", "sexes", "minors", "waiting", "", "one"} and happened) or (
        quantity.noun in {"agents", "pregnant"} and happened in {"dead", "injured"}
    ):
        kind = happened
    if kind in {"headcount", "detained"} and figure is not None and figure > _MOST_IN_ONE:
        return None
    if quantity.noun == "cases" and happened != "ill":
        return None
    if quantity.noun == "" and not _stands_alone(folded, quantity, happened, figure, said=said):
        return None
    if kind == "minors" and _BORN.search(folded):
        return None
    if _part_of_another(folded, quantity, words, others, happened):
        return None
    if quantity.noun == "one" and kind not in {"dead", "injured"}:
        return None
    if figure is not None and figure < _FEWEST.get(kind, 1):
        return None
    return CountedNoun(quantity, kind)


def _clause(folded: str, quantity: QuantityInText) -> str:
    """The part of a sentence between the conjunctions and marks about a quantity."""
    breaks = [m for m in _BREAK.finditer(folded) if m.end() <= quantity.start or m.start() >= quantity.end]
    start = max((m.end() for m in breaks if m.end() <= quantity.start), default=0)
    end = min((m.start() for m in breaks if m.start() >= quantity.end), default=len(folded))
    return folded[start:end]


def count_road(
    folded: str, quantity: QuantityInText, words: Words, mentions: Sequence[Mention], origin: str
) -> CountedNoun | None:
    """What a distance is: walked since the start, walked that day, or from one place to another."""
    factor = _MILE_KM if quantity.noun == "miles" else 1.0
    tail = folded[quantity.end : quantity.end + 25]
    before = folded[max(0, quantity.start - _CLAUSE) : quantity.start]
    if mentions and _STILL.search(before):
        return CountedNoun(quantity, "distance", factor)
    if words.road["cumulative"].search(_clause(folded, quantity)) and origin in {m.place for m in mentions}:
        return CountedNoun(quantity, "km_cumulative", factor)
    apart = words.code == "es" and re.search(r"\ba$", folded[: quantity.start].rstrip())
    if apart or words.road["distance"].search(tail) or (len(mentions) > 1 and words.road["distance"].search(folded)):
        return CountedNoun(quantity, "distance", factor)
    if len({m.place for m in mentions}) > 1 and _IT_IS.search(folded):
        return CountedNoun(quantity, "distance", factor)
    since_start = any(
        m.place == origin and re.search(r"(?:from|since|desde|left)\s+$", folded[: m.start]) for m in mentions
    )
    # "covered 29 km on Thursday and has walked 700 in all": each by its own clause, if that tells.
    for part in (_clause(folded, quantity), folded):
        if (since_start and part == folded) or words.road["cumulative"].search(part):
            return CountedNoun(quantity, "km_cumulative", factor)
        if words.road["day"].search(part):
            return CountedNoun(quantity, "km_day", factor)
    return CountedNoun(quantity, "distance", factor) if len({m.place for m in mentions}) > 1 else None


def count(
    folded: str,
    quantity: QuantityInText,
    words: Words,
    *,
    others: Sequence[QuantityInText],
    mentions: Sequence[Mention],
    origin: str,
    said: bool,
) -> CountedNoun | None:
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
    said
        Whether somebody is quoted in the sentence.
    """
    figure = quantity.low if quantity.low is not None else quantity.high
    if quantity.noun in {"km", "miles"}:
        return count_road(folded, quantity, words, mentions, origin)
    if quantity.noun == "celsius":
        return CountedNoun(quantity, "temperature_c") if figure is not None and _WARM[0] <= figure <= _WARM[1] else None
    if quantity.noun == "dollars":
        return CountedNoun(quantity, "smuggler_fee") if words.smuggling.search(folded) else None
    return count_people(folded, quantity, words, others, said=said)
