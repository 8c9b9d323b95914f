"""The map of what was built, and conflict by month, as static pictures."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.lands.polygons import clip, turned, unrolled
from caravana.lands.world import read_world
from caravana.reporting import svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from markupsafe import Markup

    from caravana.language.language import Language
    from caravana.scenario.model import Link, Place, Scenario

WIDE, TALLEST, SHORTEST, EDGE = 1000.0, 900.0, 320.0, 46.0
NAMED = 28
"""Places whose names are written at most, the largest first; every camp and crossing comes before them."""
LETTER, LINE = 6.4, 13.0
CROSSINGS = ("ferry", "gate", "checkpoint", "border")
CAMPS = ("camp", "idpcamp")
COLOURS = {
    "main": "#b3261e", "secondary": "#c77700", "minor": "#7c8792", "track": "#a18d6d", "path": "#9fb59a",
    "road": "#7c8792", "straight": "#7c8792", "ferry": "#1261a0", "gate": "#6b3fa0", "checkpoint": "#6b3fa0",
    "border": "#6b3fa0",
}  # fmt: skip
WIDTHS = {"main": 3.0, "secondary": 2.2, "ferry": 2.4}
SEA, LAND, SHORE = "#eef3f6", "#fbfaf6", "#b9c4cc"
LEAST_GROUND = 0.5
"""Degrees that a picture must be across for the coarse outlines of countries to be of use below it."""
ROWS, ROW, LEFT, TOP = 20, 20.0, 190.0, 34.0
CELL, WIDE_CELL, WIDE_UP_TO = 22.0, 60.0, 12
LABEL = 58.0
MOST_MONTHS = 120


class Ground:
    """Where on the picture a point lies: plate carrée, true to scale in the middle latitude."""

    def __init__(self, places: Sequence[Place]) -> None:
        lats = [place.lat for place in places if place.lat is not None]
        lons = [place.lon for place in places if place.lon is not None]
        self.south, self.north = min(lats), max(lats)
        self.west, self.east = min(lons), max(lons)
        self.squeeze = max(math.cos(math.radians((self.south + self.north) / 2)), 0.1)
        wide = max((self.east - self.west) * self.squeeze, 1e-4)
        tall = max(self.north - self.south, 1e-4)
        self.scale = min((WIDE - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)
        self.high = max(tall * self.scale + 2 * EDGE, SHORTEST)
        self.indent = (WIDE - wide * self.scale) / 2

    def at(self, place: Place) -> tuple[float, float]:
        """Pixels from the left and from above."""
        return self.x(place.lon or 0.0), self.y(place.lat or 0.0)

    def x(self, lon: float) -> float:
        """Pixels from the left."""
        return (lon - self.west) * self.squeeze * self.scale + self.indent

    def y(self, lat: float) -> float:
        """Pixels from above."""
        return (self.north - lat) * self.scale + EDGE

    @property
    def window(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the whole picture."""
        degree = self.squeeze * self.scale
        west, north = self.west - self.indent / degree, self.north + EDGE / self.scale
        return west, north - self.high / self.scale, west + WIDE / degree, north


def draw_map(scenario: Scenario, unconnected: AbstractSet[str], words: Language) -> Markup:
    """Draw places, links by kind, crossings, fallbacks dashed, places left unconnected, camps.

    Parameters
    ----------
    scenario
        What was built.
    unconnected
        Ids of places that no road joins with most others.
    words
        The language.
    """
    places = {place.id: place for place in scenario.places if place.lat is not None}
    ground = Ground(list(places.values()))
    largest = max((place.population or 0 for place in places.values()), default=1) or 1
    parts = _lands(ground)
    parts += [_road(link, places, ground) for link in _drawn(scenario) if link.kind not in CROSSINGS]
    crossings = [link for link in _drawn(scenario) if link.kind in CROSSINGS]
    parts += [_crossing(link, places, ground, words) for link in crossings]
    shown = [place for place in places.values() if place.kind != "marker"]
    fought = places_in_conflict(scenario)
    for place in sorted(shown, key=lambda p: p.kind in CAMPS):
        parts.append(_place(place, ground, largest, unconnected, fought, words))
    parts += _names(shown, crossings, places, ground, unconnected)
    return svg.picture(parts, wide=WIDE, high=ground.high, label=words.text("build.page.map_label"), class_="build-map")


def _lands(ground: Ground) -> list[Markup]:
    """Sea, and the countries upon it; nothing where the picture is of less than their outlines can show."""
    window = ground.window
    if max(window[2] - window[0], window[3] - window[1]) < LEAST_GROUND:
        return []
    parts = [svg.element("rect", x=0, y=0, width=WIDE, height=ground.high, fill=SEA)]
    for country in read_world():
        rings = [
            clip(ring, window)
            for whole in country.rings
            for ring in turned(unrolled(whole), window)
        ]  # fmt: skip
        path = "".join(
            f"M{'L'.join(f'{svg.number(ground.x(x))} {svg.number(ground.y(y))}' for x, y in ring)}Z"
            for ring in rings if len(ring) > 2
        )  # fmt: skip
        if path:
            parts.append(svg.element("path", d=path, fill=LAND, stroke=SHORE, stroke_width=0.8, class_="land"))
    return parts


def places_in_conflict(scenario: Scenario) -> set[str]:
    """Ids of the places that a series says are in conflict on some day; where there is none, nobody knows."""
    return {place for series in scenario.series if series.kind == "conflict" for place in series.place_ids}


def _drawn(scenario: Scenario) -> list[Link]:
    located = {place.id for place in scenario.places if place.lat is not None}
    return [link for link in scenario.links if link.from_id in located and link.to_id in located]


def _road(link: Link, places: dict[str, Place], ground: Ground) -> Markup:
    (x1, y1), (x2, y2) = ground.at(places[link.from_id]), ground.at(places[link.to_id])
    return svg.element(
        "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=COLOURS[link.kind], stroke_width=WIDTHS.get(link.kind, 1.4),
        stroke_dasharray="5 5" if link.kind == "straight" else None, stroke_opacity=0.75,
    )  # fmt: skip


def _crossing(link: Link, places: dict[str, Place], ground: Ground, words: Language) -> Markup:
    (x1, y1), (x2, y2) = ground.at(places[link.from_id]), ground.at(places[link.to_id])
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    shut = link.status == "closed"
    parts = [
        svg.element(
            "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=COLOURS[link.kind], stroke_width=2.4,
            stroke_dasharray="2 4" if link.kind == "ferry" else None,
        ),
        svg.element(
            "polygon", points=svg.points((x, x + 6, x, x - 6), (y - 6, y, y + 6, y)),
            fill=COLOURS[link.kind] if shut else "#fff", stroke=COLOURS[link.kind], stroke_width=2,
        ),
    ]  # fmt: skip
    return svg.group(parts, title=f"{link.name}: {words.text(f'build.kind.{link.kind}')}")


def _place(
    place: Place, ground: Ground, largest: int, unconnected: AbstractSet[str], fought: AbstractSet[str], words: Language
) -> Markup:  # fmt: skip
    x, y = ground.at(place)
    parts: list[Markup] = []
    if place.kind in CAMPS:
        parts.append(svg.element("rect", x=x - 6, y=y - 6, width=12, height=12, fill="#00785a", stroke="#fff"))
    else:
        r = 2.5 + 6 * math.sqrt((place.population or 0) / largest)
        parts.append(svg.dot(x, y, r=r, fill="#c8500a" if place.id in fought else "#14212b", stroke="#fff"))
    if place.id in unconnected:
        parts.append(svg.dot(x, y, r=12, fill="none", stroke="#d00000", stroke_width=2.5))
    people = place.capacity if place.kind in CAMPS else place.population
    return svg.group(parts, title=place.name if people is None else f"{place.name}: {words.number(people)}")


def _names(
    shown: Sequence[Place], crossings: Sequence[Link], places: dict[str, Place], ground: Ground,
    unconnected: AbstractSet[str],
) -> list[Markup]:  # fmt: skip
    """Names of camps, of places left out, of crossings, then of the largest places: each where none stands yet."""
    order = sorted(
        shown, key=lambda p: (p.kind not in CAMPS, p.id not in unconnected, -(p.population or 0), p.name)
    )  # fmt: skip
    first = [p for p in order if p.kind in CAMPS or p.id in unconnected]
    wanted = [(p.name, *ground.at(p), "name") for p in first]
    for link in crossings:
        (x1, y1), (x2, y2) = ground.at(places[link.from_id]), ground.at(places[link.to_id])
        wanted.append((link.name, (x1 + x2) / 2, (y1 + y2) / 2, "crossing"))
    wanted += [(p.name, *ground.at(p), "name") for p in order if p not in first][:NAMED]
    taken: list[tuple[float, float, float, float]] = []
    parts: list[Markup] = []
    for name, x, y, kind in wanted:
        for dx, dy in ((10.0, 4.0), (-10.0 - LETTER * len(name), 4.0), (-LETTER * len(name) / 2, -10.0),
                       (-LETTER * len(name) / 2, 20.0)):  # fmt: skip
            box = (x + dx, y + dy - LINE + 2, x + dx + LETTER * len(name), y + dy + 3)
            inside = box[0] >= 0 and box[2] <= WIDE and box[1] >= 0 and box[3] <= ground.high
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                parts.append(svg.words(name, x + dx, y + dy, class_=kind))
                break
    return parts


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def months_of(scenario: Scenario) -> tuple[list[dt.date], list[str], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Mean strength of conflict by place and month, the places with most of it first.

    Returns
    -------
    tuple
        First days of the months, ids of places, and the means, [place, month].
    """
    series = next((one for one in scenario.series if one.kind == "conflict"), None)
    if series is None:
        return [], [], np.zeros((0, 0))
    rows = np.searchsorted(np.asarray(series.days), np.arange(scenario.days), side="right") - 1
    daily = np.where(rows[:, None] >= 0, series.values[np.maximum(rows, 0)], 0.0)
    dates = [scenario.start + dt.timedelta(days=day) for day in range(scenario.days)]
    number = np.array([date.year * 12 + date.month for date in dates])
    each = np.unique(number)[:MOST_MONTHS]
    table = np.stack([daily[number == month].mean(axis=0) for month in each], axis=1)
    order = np.argsort(-table.sum(axis=1), kind="stable")[:ROWS]
    return (
        [dt.date((month - 1) // 12, (month - 1) % 12 + 1, 1) for month in each.tolist()],
        [series.place_ids[at] for at in order.tolist()], table[order],
    )  # fmt: skip


def draw_conflict(scenario: Scenario, words: Language) -> Markup | None:
    """Draw the strength of conflict by place and month as cells; None where there is none."""
    months, ids, table = months_of(scenario)
    if not months:
        return None
    names = {place.id: place.name for place in scenario.places}
    parts: list[Markup] = []
    cell = CELL if len(months) > WIDE_UP_TO else WIDE_CELL
    every = math.ceil(LABEL / cell)
    for column, month in enumerate(months):
        if column % every == 0:
            year = f" {month.year}" if column == 0 or month.month <= every else ""
            label = f"{words.month_short(month)}{year}"
            parts.append(svg.words(label, LEFT + column * cell, TOP - 8, class_="soft"))
    for row, place in enumerate(ids):
        y = TOP + row * ROW
        parts.append(svg.words(names[place][:28], 0, y + ROW - 6))
        for column, month in enumerate(months):
            value = float(table[row, column])
            square = svg.element(
                "rect", x=LEFT + column * cell, y=y, width=cell - 2, height=ROW - 2, fill="#8a1c00",
                fill_opacity=round(value, 3), stroke="#d5dce2",
            )  # fmt: skip
            parts.append(svg.group([square], title=f"{names[place]}, {month:%Y-%m}: {value:.2f}"))
    wide, high = max(LEFT + len(months) * cell + 60, 420.0), TOP + len(ids) * ROW + 6
    label = words.text("build.page.conflict_label")
    return svg.picture(parts, wide=wide, high=high, label=label, class_="build-months", width=f"{wide:.0f}")
