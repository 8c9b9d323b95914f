"""What the report's map draws: outlines, roads, towns, and each night's band of probability."""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from importlib import resources
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.results.caravan import whereabouts
from caravana.results.reported import positions
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.results.caravan import Ints, Nights
    from caravana.scenario.model import Place, Scenario

BANDS = {"band90": (0.05, 0.95), "band50": (0.25, 0.75)}
"""Central bands of road km, as quantiles of the night's position."""
WORLD = [-180.0, -60.0, 180.0, 75.0]
"""The frame of a map of places none of which has coordinates."""
HONOURS = ("Heroica ",)
"""Titles that towns bear before their names, and that nobody says."""
MARGIN = 0.25  # degrees around the route
NAMED_AREAS = 3
WORTH_NAMING = 0.075
LONG_NAME = 24
CAMP_KINDS = ("camp", "idpcamp")
OF_MANY = ("Campamento", "Asentamiento", "Camp", "Colonia")
"""First words that say what a place is, not which: a long name that begins so is cut off at its end."""
MAJOR_TOWN = 15_000  # inhabitants: places drawn and named on the map whatever happens there


def short_name(place: Place) -> str:
    """A place's name as people say it: without honours, explanation or second half."""
    plain = place.name.split(":")[0].split("(")[0].split(",")[0].strip()
    for title in HONOURS:
        plain = plain.removeprefix(title)
    if place.municipality and plain.startswith(f"{place.municipality} de "):
        return place.municipality
    if len(plain) > LONG_NAME:
        first, *others = plain.split(" de ")
        # Of camps the end says which: two School Grounds of two towns are not one.
        if first in OF_MANY or (place.kind in CAMP_KINDS and first != "Ciudad"):
            return shorten(plain, LONG_NAME + len(first), placeholder="…")
        plain = others[0] if first == "Ciudad" and others else first
    return plain


def short_names(places: Sequence[Place]) -> dict[str, str]:
    """Short names of places by their ids; those that several would have are left whole."""
    short = {place.id: short_name(place) for place in places}
    times = Counter(short.values())
    return {place.id: short[place.id] if times[short[place.id]] == 1 else place.name for place in places}


def is_drawable(place: Place) -> bool:
    """Whether the place has coordinates."""
    return place.lat is not None and place.lon is not None


@cache
def _outlines_as_packaged() -> dict[str, Any]:
    """The file of outlines, read once: a page draws several maps on them."""
    path = resources.files("caravana.reporting") / "geography" / "outlines.geojson"
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def outlines(language: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Country outlines (Natural Earth, public domain) and the names of seas.

    Returns
    -------
    tuple
        Countries: ``name``, ``code``, ``labels`` (points where the name may stand), ``rings``
        (flat lists of lon, lat); seas: ``name`` and ``labels``.
    """
    outline = _outlines_as_packaged()

    def named(about: dict[str, Any]) -> dict[str, Any]:
        return {"name": language.choose(about["name"], about["name_es"]), "labels": about["labels"]}

    countries = []
    for feature in outline["features"]:
        parts = feature["geometry"]["coordinates"]
        countries.append({
            **named(feature["properties"]),
            "code": feature["properties"]["code"],
            "rings": [[x for point in ring for x in point] for part in parts for ring in part],
        })  # fmt: skip
    return countries, [named(sea) for sea in outline["seas"]]


def road_points(scenario: Scenario, ids: tuple[str, ...], km: np.ndarray) -> list[list[float]]:
    """The road through its places that have coordinates: [lon, lat, km] in order."""
    by_id = {p.id: p for p in scenario.places}
    return [
        [by_id[x].lon or 0.0, by_id[x].lat or 0.0, round(float(d), 1)]
        for x, d in zip(ids, km, strict=True)
        if is_drawable(by_id[x])
    ]


def bands(where: Nights, day: int) -> dict[str, list[float] | None]:
    """The night's central 90% and 50% bands of km along the route, or None where it is not on it.

    The ends are km of places, since a caravan sleeps at places: lower and upper order
    statistics, so that at least the stated share of the runs lies inside.
    """
    km = where.km[where.somewhere[:, day], day]
    km = km[~np.isnan(km)]
    if not km.size:
        return dict.fromkeys(BANDS)
    return {
        name: [
            round(float(np.quantile(km, low, method="lower")), 1),
            round(float(np.quantile(km, high, method="higher")), 1),
        ]
        for name, (low, high) in BANDS.items()
    }


def _frame(scenario: Scenario, road: list[list[float]]) -> list[float]:
    points = [(x, y) for x, y, _ in road] or [(p.lon or 0.0, p.lat or 0.0) for p in scenario.places if is_drawable(p)]
    if not points:
        return WORLD
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A route of one place still needs a map around it.
    grow = MARGIN + max(0.0, 0.5 - max(east - west, north - south))
    return [west - grow, south - grow, east + grow, north + grow]


def worth_naming(areas: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The likeliest areas, at most three; beyond the first only those of 1 in 10 runs or so."""
    return [x for n, x in enumerate(areas[:NAMED_AREAS]) if n == 0 or x[1] >= WORTH_NAMING]


def _night(where: Nights, day: int, area: Ints, drawn: dict[int, int], language: Language) -> dict[str, Any]:
    areas = list(whereabouts(where, day, area=area).items())
    stops = [(drawn[i], round(share, 4)) for i, share in whereabouts(where, day).items() if i in drawn]
    return {
        **bands(where, day),
        "stops": [list(x) for x in stops],
        "areas": [[drawn[i], language.chance(share, short=True)] for i, share in worth_naming(areas) if i in drawn],
        "recorded": [],
    }


def map_data(scenario: Scenario, where: Nights, area: Ints, language: Language) -> dict[str, Any]:
    """Everything the map draws, ready for JSON.

    Returns
    -------
    dict
        ``outlines``, ``road`` ([lon, lat, km]), ``other_roads``, ``places``, ``frame`` (west,
        south, east, north), ``nights`` (by day: ``band90``, ``band50``, ``stops`` as
        [place, share], ``areas`` as [place, words], ``recorded``).
    """
    drawn: dict[int, int] = {}
    places: list[dict[str, Any]] = []
    for i, place in enumerate(scenario.places):
        if not is_drawable(place):
            continue
        drawn[i] = len(places)
        major = (place.population or 0) >= MAJOR_TOWN or place.kind in ("origin", "city", "destination")
        places.append({
            "name": place.name, "short": short_name(place), "lon": place.lon, "lat": place.lat, "major": major,
            "people": place.population or 0,
        })  # fmt: skip
    nights = [_night(where, d, area, drawn, language) for d in range(where.place.shape[1])]
    index = {p.id: i for i, p in enumerate(scenario.places)}
    for date, place_id in positions(scenario, where.caravan):
        if index.get(place_id) in drawn:
            nights[scenario.day_of(date)]["recorded"].append(drawn[index[place_id]])
    # The label of a town drawn last loses: the biggest first.
    order = sorted(range(len(places)), key=lambda k: -_weight(scenario, drawn, k))
    rank = {old: new for new, old in enumerate(order)}
    for night in nights:
        night["stops"] = [[rank[k], share] for k, share in night["stops"]]
        night["areas"] = [[rank[k], chance] for k, chance in night["areas"]]
        night["recorded"] = [rank[k] for k in night["recorded"]]
    road = road_points(scenario, where.route.ids, where.route.km)
    others = [
        [point[:2] for point in road_points(scenario, *trace_itinerary(scenario, itinerary))]
        for itinerary in scenario.itineraries
        if itinerary.id != next(c.itinerary for c in scenario.caravans if c.id == where.caravan)
    ]
    lands, seas = outlines(language)
    home = {p.country for p in scenario.places if p.country}
    for land in lands:
        land["home"] = land["code"] in home
    return {
        "outlines": lands, "seas": seas, "road": road, "other_roads": others, "places": [places[k] for k in order],
        "frame": _frame(scenario, road), "nights": nights,
    }  # fmt: skip


def _weight(scenario: Scenario, drawn: dict[int, int], k: int) -> float:
    place = scenario.places[next(i for i, n in drawn.items() if n == k)]
    ends = place.kind in ("origin", "destination")
    return math.inf if ends else float(place.population or 0)
