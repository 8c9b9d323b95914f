"""The place that a figure is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.articles.counts import CountedNoun
from caravana.importers.articles.linking.frames import HARM, ArticleSetting
from caravana.importers.articles.quantities import QuantityInText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.importers.articles.gazetteer import Mention

_FAST = 45.0
"""Km a day that no caravan keeps up."""
_THE = re.compile(r"\s(?:the|la|el|los)\s+$")
_ORIGIN = re.compile(
    r"(?:\b(?:that|which|who|que|tras|after|since|luego de|despues de|desde que|of having|haber|"
    r"tras haber)\b[^.;,]{0,40}\b(?:left|leaving|departed|set (?:out|off)|setting (?:out|off)|started|"
    r"began|"
    r"sali\w+|salid\w+|parti\w+|partid\w+|comenz\w+|inici\w+|arranc\w+)\b[^.;,]{0,25})\s*(?:the |la |el )?$"
)
_FROM_PLACE = re.compile(
    r"\b(?:desde|from|since|procedentes? de|provenientes? de|originari[oa]s de)\s+(?:the |la |el )?$"
)
_WITH = re.compile(r"\b(?:con|with)\b")
_WENT_ON = re.compile(
    r"\b(?:reanud\w+|retom\w+|continu\w+|sigui\w+|descans\w+|lleg\w+|avanz\w+|amanec\w+|durm\w+|camin\w+|cruz\w+|resum\w+|rest\w+|reach\w+|arriv\w+|slept|walk\w*|cross\w+|has|have|ha|han)\b"
)


def _is_origin(
    folded: str, mention: Mention, quantity: QuantityInText, mentions: Sequence[Mention], setting: ArticleSetting
) -> bool:
    """Whether a place is only where those who walk came from: ``la caravana que salio de Tapachula``."""
    before = folded[max(0, mention.start - 60) : mention.start]
    between = folded[mention.end : quantity.start]
    if mention.end <= quantity.start and _WITH.search(between) and not _WENT_ON.search(between):
        return False  # "left Tapachula with 3,800 people"
    if _FROM_PLACE.search(before):
        return mention.place == setting.origin or len(mentions) > 1
    return _ORIGIN.search(before) is not None


def place_of(
    item: CountedNoun, mentions: Sequence[Mention], folded: str, setting: ArticleSetting, current: str = ""
) -> str:
    """The place a count is about: the nearest named one that is not gone to, else where the article is from."""
    if item.kind == "smuggler_fee":
        return ""
    written = setting.place or (current if setting.carries and item.kind not in {*HARM, "detained"} else "")
    if item.kind == "km_cumulative":
        return written
    if item.kind == "distance":
        away = [m for m in mentions if m.start >= item.quantity.end or m.place != setting.place]
        return away[-1].place if away else setting.place
    towards = setting.words.patterns["towards"]
    fit, goals = [], []
    for mention in mentions:
        before = _THE.sub("", folded[: mention.start]).rstrip()
        word = next((m for m in towards.finditer(before) if m.end() == len(before)), None)
        # "cerca de", "regreso a": of a return, the place gone to is the place.
        if item.kind not in {"returned", "detained", *HARM} and _is_origin(
            folded, mention, item.quantity, mentions, setting
        ):
            continue
        if word is None or item.kind == "returned":
            fit.append(mention)
        else:
            goals.append(mention)
    if item.kind == "km_day" and goals:
        return goals[-1].place  # a day's walk ends where it was walked to
    if not fit:
        return written
    q = item.quantity
    best = min(fit, key=lambda m: min(abs(m.start - q.end), abs(q.start - m.end)))
    if len(fit) > 1 and setting.words.patterns["apart"].search(folded[max(0, fit[-2].start - 9) : fit[-2].start]):
        return ""
    return best.place


def written_at(
    places: Sequence[Mention], date: dt.date, road: Mapping[str, float] | None, start: dt.date | None
) -> str:
    """The place of a dateline; "" where the caravan cannot have been so far on its road: ``MEXICO CITY``."""
    if not places:
        return ""
    km = (road or {}).get(places[0].place, 0.0)
    days_on = 0 if start is None else max((date - start).days, 0)
    return "" if start is not None and km > _FAST * (days_on + 2) else places[0].place
