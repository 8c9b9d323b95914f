"""What cannot be as it is written: statements against the scenario's own geography and calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.articles.text import fold
from caravana.scenario.roads import road_network, shortest_road, trace_itinerary

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.importers.articles.gazetteer import Mention
    from caravana.importers.articles.linking.frames import Article, Statement
    from caravana.importers.articles.words import Words
    from caravana.scenario.model import Scenario
    from caravana.scenario.roads import RoadNetwork

_SLACK, _SLACK_KM = 1.35, 8.0
_MOST_PER_DAY = 130.0
_THROUGH = re.compile(
    r"\b(?:through|passed|passing|crossed|via|paso por|pasaron por|pasando por|cruzaron|atraveso|atravesaron)\b"
)
_LEFT = re.compile(r"(?:left|leaving|from|departed|de|desde|salieron de|salio de|partieron de|dejaron)\s+$")
_ARRIVED = re.compile(
    r"(?:to|for|towards?|reached|reaching|arrived (?:in|at)|into|a|hacia|rumbo a|hasta|llegaron a|llego a|llegar a)\s+$"
)
_BACK = re.compile(r"\b(?:back|return\w*|turned|regres\w+|volv\w+|devuel\w+|deport\w+|sent|buses)\b")


@dataclass(frozen=True)
class Geography:
    """What a statement is held against.

    Attributes
    ----------
    network
        The scenario's roads.
    km
        Road km along the main caravan's itinerary, by place id.
    names
        Names of places, by id.
    states
        States of places, by id; folded names of all states.
    """

    network: RoadNetwork
    km: dict[str, float]
    names: dict[str, str]
    states: dict[str, str]
    start: dt.date

    @property
    def origin(self) -> str:
        """The place the main caravan sets out from; "" without one."""
        return next(iter(self.km), "")

    def apart(self, first: str, second: str) -> float | None:
        """Road km between two places; None where no road joins them."""
        road = shortest_road(self.network, first, second)
        return None if road is None else road[1][-1]


def build_geography(scenario: Scenario) -> Geography:
    """What a scenario says of where things are."""
    km: dict[str, float] = {}
    if scenario.caravans and scenario.itineraries:
        name = scenario.caravans[0].itinerary
        ids, along = trace_itinerary(scenario, next(i for i in scenario.itineraries if i.id == name))
        km = dict(zip(ids, map(float, along), strict=True))
    return Geography(
        network=road_network(scenario.places, scenario.links),
        km=km,
        names={p.id: p.name for p in scenario.places},
        states={p.id: p.state for p in scenario.places},
        start=scenario.start,
    )


def _differs(said: float, road: float) -> bool:
    low, high = sorted((said, road))
    return high - low > _SLACK_KM and high > _SLACK * low


def _distance(statement: Statement, article: Article, geography: Geography) -> str:
    """A distance that does not fit the road."""
    if statement.count is None or statement.count.kind not in {"distance", "km_cumulative"}:
        return ""
    q = statement.count.quantity
    if q.low is None or q.high is None:
        return ""
    said = (q.low + q.high) / 2 * statement.count.factor
    if statement.count.kind == "km_cumulative":
        first, second = geography.origin, article.place
    else:
        ids = list(dict.fromkeys(m.place for m in statement.mentions))
        first, second = (ids[0], ids[1]) if len(ids) > 1 else (article.place, ids[0] if ids else "")
    if not first or not second or first == second:
        return ""
    road = geography.apart(first, second)
    if road is None or not _differs(said, road):
        return ""
    names = geography.names
    return f"distance: {said:.0f} km said, but the road from {names[first]} to {names[second]} has {road:.0f} km"


def _order(statement: Statement, folded: str, geography: Geography) -> str:
    """Towns in an order the road does not have them in."""
    on_way = [m for m in statement.mentions if m.place in geography.km]
    ids = list(dict.fromkeys(m.place for m in on_way))
    if len(ids) < 2 or _BACK.search(folded):
        return ""
    names, km = geography.names, geography.km
    if len(ids) > 2 and (through := _THROUGH.search(folded)):
        listed = list(dict.fromkeys(m.place for m in on_way if m.start > through.start()))
        along = [km[i] for i in listed]
        if len(listed) > 2 and along != sorted(along):
            right = ", ".join(names[i] for i in sorted(listed, key=km.__getitem__))
            return f"order: on the caravan's road these come as {right}"
    left = [m for m in on_way if _LEFT.search(folded[: m.start])]
    for mention in left:
        ahead: list[Mention] = [m for m in on_way if m is not mention and _ARRIVED.search(folded[: m.start])]
        for goal in ahead:
            if km[goal.place] < km[mention.place] - _SLACK_KM:
                return f"order: {names[goal.place]} lies before {names[mention.place]} on the caravan's road"
    return ""


def _state(statement: Statement, folded: str, geography: Geography) -> str:
    """A town in a state it is not in: ``Pijijiapan, Oaxaca``, ``Tonalá, in the state of Veracruz``."""
    known = {fold(s): s for s in geography.states.values() if s}
    for mention in statement.mentions:
        after = folded[mention.end : mention.end + 45]
        own = geography.states.get(mention.place, "")
        for name, state in known.items():
            said = rf",\s*(?:in |en )?(?:the |el )?(?:\w+ )?(?:state of |estado de )?{re.escape(name)}\b"
            if state != own and re.match(said, after):
                return f"place: {geography.names[mention.place]} is in {own or 'another state'}, not in {state}"
    return ""


def _swap(folded: str, words: Words) -> str:
    """Poverty and violence fled from *in* the country people are bound for."""
    flee, cause, where = (words.flee[k] for k in ("words", "from", "where"))
    fled = flee.search(folded)
    if fled is None:
        return ""
    cause_named = cause.search(folded, fled.end())
    place = where.search(folded, cause_named.end()) if cause_named else None
    if cause_named and place and place.start() - cause_named.end() < 60:
        bound = f"people bound for {words.bound_for} do not flee poverty or violence in it"
        return f"origin and destination swapped: {bound}"
    return ""


def _calendar(statement: Statement, article: Article, geography: Geography) -> str:
    """A weekday that is not its date's, or a day before the scenario or after the article."""
    for day in statement.named_days:
        if day.weekday is not None and day.weekday != day.date.weekday():
            return f"date: {day.date} is a {day.date:%A}"
    if (
        statement.count is not None
        and statement.count.quantity.qualifier != "planned"
        and statement.date > article.published
    ):
        return f"date: {statement.date} is after the article"
    if statement.count is not None and statement.date < geography.start:
        return f"date: {statement.date} is before the scenario begins"
    return ""


def _pace(article: Article, geography: Geography) -> str:
    """A caravan farther along its road than it can have come."""
    days = (article.published - geography.start).days
    km = geography.km.get(article.place)
    if km is None or days < 0 or km <= _MOST_PER_DAY * (days + 1):
        return ""
    return f"pace: {geography.names[article.place]} is {km:.0f} km along the road, {days} days after the start"


def doubts(statement: Statement, article: Article, geography: Geography, words: Words) -> tuple[str, ...]:
    """What in a statement cannot be as it is written, in words; empty if nothing is doubtful."""
    folded = fold(statement.text)
    reasons: Sequence[str] = (
        _distance(statement, article, geography),
        _order(statement, folded, geography),
        _state(statement, folded, geography),
        _swap(folded, words),
        _calendar(statement, article, geography),
        _pace(article, geography) if statement.count is not None and statement.count.kind == "headcount" else "",
    )
    return tuple(reason for reason in reasons if reason)
