"""The map of tonight: the road, the area that holds nine in ten for each coming night, and the likeliest stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from caravana.reporting import svg
from caravana.reporting.tonight import ground
from caravana.reporting.tonight.road import sides_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language
    from caravana.reporting.tonight.ground import Canvas, Labels
    from caravana.reporting.tonight.road import ForecastNight, ReportedNight, Road

    Seen = Mapping[dt.date, Sequence[ReportedNight]]

COMING = ("#0b4a7f", "#3d8abf", "#9cc8e6")
"""Tomorrow, the night after, the third: dark to light, so that they are told apart without colour too."""
EDGES, EDGE = ("#06294a", "#1f5f92", "#3c82b3"), 1.2
"""A darker edge to each, so that the lightest is seen on the land too."""
WIDTHS = (9.0, 17.0, 25.0)
PAST, SEEN = "#5f6f7b", "#b3400e"
BEHIND_KM, AHEAD_KM = 30.0, 25.0
DAYS = 3
BIG_TOWN = 15_000
LARGE, SMALL = 15.0, 12.5
FREE_EVERY = 14.0
WIDE_A_TOWN = 52.0
ROOM = 10.0


def canvas_of(road: Road, nights: Sequence[ForecastNight], seen: Seen, *, wide: float, high: float) -> Canvas:
    """The canvas that shows what was seen last and the coming nights."""
    shown = nights[:DAYS]
    low = min([*(n.km[0] for n in shown), *(at.km for night in seen.values() for at in night)]) - BEHIND_KM
    top = max(n.km[-1] for n in shown) + AHEAD_KM
    low, top = max(low, float(road.km[0])), min(top, float(road.km[-1]))
    return ground.canvas_about(road.between(low, top), wide=wide, high=high, margin=0.09)


def draw_map(
    road: Road,
    coming: Sequence[ForecastNight],
    past: Sequence[ForecastNight],
    seen: Seen,
    language: Language,
    *,
    wide: float,
    high: float,
) -> Markup:
    """Draw the map.

    Parameters
    ----------
    road
        The caravan's.
    coming, past
        The nights ahead, of which three are drawn, and past ones as they were forecast the evening before.
    seen
        Where it was seen, by date; the last date is tonight or the last night known.
    language
        Of the words.
    wide, high
        Size, pixels.
    """
    canvas = canvas_of(road, coming, seen, wide=wide, high=high)
    home = frozenset(p.country for p in road.scenario.places if p.country)
    parts = ground.draw_ground(canvas, language, home)
    line = canvas.line(road.line[:, :2])
    parts.append(svg.element("polyline", points=line, fill="none", stroke=PAPER_EDGE, stroke_width=5))
    parts.append(svg.element("polyline", points=line, fill="none", stroke="#8d9aa3", stroke_width=2))
    for night in past:
        parts.append(_band(road, canvas, night, colour=PAST, wide=WIDTHS[1], faint=True))
    for n in reversed(range(min(DAYS, len(coming)))):
        parts.append(_band(road, canvas, coming[n], colour=EDGES[n], wide=WIDTHS[n] + 2 * EDGE))
        parts.append(_band(road, canvas, coming[n], colour=COMING[n], wide=WIDTHS[n]))
    parts.append(svg.element("polyline", points=line, fill="none", stroke=ground.PAPER, stroke_width=1.4, opacity=0.9))
    labels = ground.Labels(canvas)
    labels.keep_free(_along(road, canvas, coming[:DAYS]))
    parts += [_past_mark(road, canvas, night, seen) for night in past if night.date in seen]
    named, written = _named(road, canvas, coming[:DAYS], seen, labels, language)
    parts += named
    parts += _towns(road, canvas, labels, written)
    parts += _ground_names(canvas, labels, language)
    parts += ground.draw_scale(canvas, labels)
    label = language.text(
        "tonight.map_label", first=language.day(coming[0].date), last=language.day(coming[:DAYS][-1].date)
    )
    return ground.picture_of(canvas, parts, label=label, class_="map")


PAPER_EDGE = "#fbfaf6"


def _band(road: Road, canvas: Canvas, night: ForecastNight, *, colour: str, wide: float, faint: bool = False) -> Markup:
    """The stretch of road that holds nine in ten of a night."""
    points = road.between(night.km[0], max(night.km[-1], night.km[0] + 0.5))
    return svg.element(
        "polyline", points=canvas.line(points), fill="none", stroke=colour, stroke_width=wide, stroke_linecap="round",
        stroke_linejoin="round", class_="night past" if faint else "night", data_day=night.date.isoformat(),
        opacity=0.55 if faint else None,
    )  # fmt: skip


def _along(road: Road, canvas: Canvas, nights: Sequence[ForecastNight]) -> list[tuple[float, float, float, float]]:
    """Boxes along the bands, so that no label stands on them."""
    points = road.between(min(n.km[0] for n in nights), max(n.km[-1] for n in nights))
    x, y = [canvas.x(p[0]) for p in points], [canvas.y(p[1]) for p in points]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    half = WIDTHS[-1] / 2 + 1
    at = np.arange(0.0, float(along[-1]) + FREE_EVERY, FREE_EVERY)
    return [
        (float(cx) - half, float(cy) - half, float(cx) + half, float(cy) + half)
        for cx, cy in zip(np.interp(at, along, x), np.interp(at, along, y), strict=True)
    ]


def _diamond(x: float, y: float, *, r: float, **values: object) -> Markup:
    corners = svg.points((x, x + r, x, x - r), (y - r, y, y + r, y))
    return svg.element("polygon", points=corners, **values)


def _past_mark(road: Road, canvas: Canvas, night: ForecastNight, seen: Seen) -> Markup:
    places = (road.at(at.km) for at in seen[night.date])
    mark = Markup("").join(
        _diamond(canvas.x(lon), canvas.y(lat), r=8, fill=SEEN, stroke=ground.PAPER, stroke_width=1.5)
        for lon, lat in places
    )
    return Markup('<g class="night past" data-day="{}">{}</g>').format(night.date.isoformat(), mark)


def _named(
    road: Road, canvas: Canvas, coming: Sequence[ForecastNight], seen: Seen, labels: Labels, language: Language
) -> tuple[list[Markup], set[str]]:  # fmt: skip
    """The likeliest stop of each night and where it was last seen, with days under the names; and those names."""
    days: dict[str, list[int]] = {}
    for n, night in enumerate(coming):
        days.setdefault(night.stops[0][0], []).append(n)
    parts: list[Markup] = []
    marks: list[tuple[float, float, Sequence[str], list[int]]] = []
    last, reported = max(seen.items(), default=(road.scenario.start, ()))
    for report in reported:
        lon, lat = road.at(report.km)
        x, y = canvas.x(lon), canvas.y(lat)
        parts.append(_diamond(x, y, r=8, fill=SEEN, stroke=ground.PAPER, stroke_width=2))
        said = language.text(
            "tonight.seen_on" if len(reported) == 1 else "tonight.seen_on_disputed", day=language.day_short(last),
            sides=sides_of(report, language),
        )  # fmt: skip
        marks.append((x, y, (road.place(report.km), said), []))
    for place, of in days.items():
        km = road.km_of(place)
        if km is None:
            continue
        lon, lat = road.at(km)
        x, y = canvas.x(lon), canvas.y(lat)
        parts.append(svg.dot(x, y, r=6.5, fill=ground.PAPER, stroke=COMING[of[0]], stroke_width=3))
        said = " · ".join(language.day_short(coming[n].date) for n in of)
        marks.append((x, y, (road.names[place], said), of))
    labels.keep_free((x - 9, y - 9, x + 9, y + 9) for x, y, _, _ in marks)
    for x, y, lines, of in marks:
        room = labels.place(lines, x, y, size=LARGE, away=15, far=True)
        if room is None:
            continue
        at, base, anchor = room
        colour = COMING[0] if of else SEEN
        parts.append(_leader(x, y, at, base, anchor))
        parts.append(ground.halo(lines[0], at, base, font_size=LARGE, font_weight=600, text_anchor=anchor))
        parts.append(ground.halo(lines[1], at, base + LARGE * 1.15, font_size=SMALL, text_anchor=anchor, fill=colour))
    return parts, {lines[0] for _, _, lines, _ in marks}


def _leader(x: float, y: float, at: float, base: float, anchor: str) -> Markup:
    """A fine line from a mark to its label where that stands away from it."""
    end_x = at - 3 if anchor == "start" else at + 3 if anchor == "end" else at
    end_y = base + (8 if base < y else -14) if anchor == "middle" else base
    return svg.element("line", x1=x, y1=y, x2=float(end_x), y2=float(end_y), stroke=ground.SOFT, stroke_width=0.8)


def _towns(road: Road, canvas: Canvas, labels: Labels, written: set[str]) -> list[Markup]:
    """Other towns on the map, the largest first, as far as there is room, none twice."""
    parts: list[Markup] = []
    on_road, most = set(road.ids), round(canvas.wide / WIDE_A_TOWN)
    towns = [p for p in road.scenario.places if p.lon is not None and p.lat is not None]
    towns.sort(key=lambda p: (p.id not in on_road, -(p.population or 0)))
    for town in towns:
        x, y = canvas.x(town.lon or 0.0), canvas.y(town.lat or 0.0)
        worth = (town.population or 0) >= BIG_TOWN or (town.id in on_road and town.stop)
        if not worth or not canvas.holds(x, y) or road.names[town.id] in written or len(written) >= most:
            continue
        room = labels.place((road.names[town.id],), x, y, size=SMALL, away=8)
        if room is not None:
            at, base, anchor = room
            parts.append(svg.dot(x, y, r=2.6, fill=ground.PAPER, stroke=ground.SOFT, stroke_width=1.2))
            name = ground.halo(road.names[town.id], at, base, font_size=SMALL, text_anchor=anchor, fill=ground.SOFT)
            parts.append(name)
            labels.keep_free([(x - ROOM, y - ROOM, x + ROOM, y + ROOM)])
            written.add(road.names[town.id])
    return parts


def _ground_names(canvas: Canvas, labels: Labels, language: Language) -> list[Markup]:
    """Names of seas and countries where there is room, each once."""
    parts, done = [], set()
    for name, x, y, sea in ground.land_names(canvas, language):
        if name in done or not canvas.holds(x, y):
            continue
        room = labels.place((name,), x, y, size=SMALL, away=0)
        if room is not None:
            done.add(name)
            style = (
                {"font_style": "italic", "fill": ground.SEA_NAME}
                if sea
                else {"fill": ground.LAND_NAME, "letter_spacing": 1.2}
            )
            parts.append(svg.words(name, room[0], room[1], font_size=SMALL, text_anchor=room[2], **style))
    return parts
