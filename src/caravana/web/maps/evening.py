"""An evening on the map: where it will be, where people will sleep, what they need there, by what was frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.models.registry import model_of
from caravana.reporting.tonight.coming import headline, look_ahead
from caravana.reporting.tonight.needs import need_rows_for
from caravana.reporting.tonight.road import planned
from caravana.reporting.tonight.weeks import last_counts, weeks_headline, weeks_of
from caravana.web.maps.world import at, drawn_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.reporting.tonight.road import Road

INNER, OUTER = (1, 3), (0, 4)
"""Which of a night's quantiles bound half of the chance, and nine in ten."""


def evening_map(facts: Tonight, language: Language) -> dict[str, Any]:
    """What the map shows of an evening, ready for JSON.

    Returns
    -------
    dict
        ``sentence`` (HTML) and ``days`` (what the slider goes through), each ``day, title, areas`` (``share, line``),
        ``stops`` (``id, name, at, chance, words``), ``camps`` (``id, at, low, middle, high``), ``needs`` (``name, at,
        rows``) and ``words``, lines that say it.
    """
    family = model_of(facts.scenario).family
    return FAMILIES.get(family, _of_camps)(facts, language)


def _of_caravan(facts: Tonight, language: Language) -> dict[str, Any]:
    ahead = look_ahead(facts)
    if ahead is None:
        return {"sentence": "", "days": []}
    by_id = {place.id: place for place in drawn_places(facts.scenario)}
    days = []
    for night in ahead.coming:
        stops = [
            {"id": stop, "name": ahead.road.names[stop], "at": at(by_id[stop]), "chance": round(chance, 3),
             "words": language.chance(chance, short=True)}
            for stop, chance in night.stops if stop in by_id
        ]  # fmt: skip
        rows = need_rows_for(night.planned, facts, language, group="moving") if night.persons else ()
        low, high = ahead.road.place(night.km[0]), ahead.road.place(night.km[-1])
        key = "web.map.between" if low != high else "web.map.near"
        words = [language.text(key, low=low, high=high)]
        if night.persons:
            people = language.span(night.persons[0], night.persons[-1])
            words.append(language.text("web.map.people", about=language.rounded(night.persons[2]), range=people))
        days.append({
            "day": night.date.isoformat(), "title": language.day(night.date), "words": words,
            "areas": [_area(ahead.road, night.km, share, ends) for share, ends in ((0.9, OUTER), (0.5, INNER))],
            "stops": stops, "camps": [],
            "needs": [{"id": s["id"], "name": s["name"], "at": s["at"], "rows": rows} for s in stops[:1]],
        })  # fmt: skip
    return {"sentence": str(headline(ahead, language)), "days": days}


def _area(road: Road, km: tuple[float, ...], share: float, ends: tuple[int, int]) -> dict[str, Any]:
    """The stretch of road that holds a share of a night."""
    low, high = km[ends[0]], max(km[ends[1]], km[ends[0]] + 0.5)
    return {"share": share, "line": [[round(float(x), 5), round(float(y), 5)] for x, y in road.between(low, high)]}


def _of_camps(facts: Tonight, language: Language) -> dict[str, Any]:
    weeks = weeks_of(facts)
    if weeks is None:
        return {"sentence": "", "days": []}
    by_id = {place.id: place for place in drawn_places(facts.scenario)}
    counted = last_counts(facts)
    days = []
    for date in weeks.dates:
        camps, needs = [], []
        for camp in weeks.largest():
            row = weeks.row(camp, date)
            if row is None or camp not in by_id:
                continue
            low, middle, high = (float(row[level]) for level in (0.05, 0.5, 0.95))
            people = {"about": language.rounded(middle), "range": language.span(low, high)}
            held = {"id": camp, "name": weeks.names[camp], "at": at(by_id[camp])}
            last = counted.get(camp)
            camps.append({
                **held, "low": round(low), "middle": round(middle), "high": round(high),
                "words": language.text("web.map.people", **people),
                "last": "" if last is None else language.text(
                    "web.map.counted", day=language.day(last[0]), n=language.rounded(last[1])
                ),
            })  # fmt: skip
            needs.append({**held, "rows": need_rows_for(planned(row), facts, language, group="settlement")})
        words = [f"{one['name']}: {one['words']}" for one in camps[:4]]
        days.append({
            "day": date.isoformat(), "title": language.day(date), "words": words, "areas": [], "stops": [],
            "camps": camps, "needs": needs,
        })  # fmt: skip
    return {"sentence": str(weeks_headline(weeks, language)), "days": days}


FAMILIES: Mapping[str, Callable[[Tonight, Language], dict[str, Any]]] = {"caravan": _of_caravan}
"""What the map shows by family; camps of any other."""
