"""The ground of a map as a drawn picture: how degrees become pixels, land, sea, names, labels that stay apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.lands.polygons import clip
from caravana.reporting import svg
from caravana.reporting.caravan.map import outlines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup
    from numpy.typing import NDArray

    from caravana.language.language import Language

    Floats = NDArray[np.float64]
    Box = tuple[float, float, float, float]

SEA, LAND, HOME, SHORE = "#dbe7ee", "#efede6", "#faf8f3", "#a9b8c2"
INK, SOFT, PAPER = "#16222b", "#4b5b67", "#ffffff"
SEA_NAME, LAND_NAME = "#2f6488", "#655f52"
FAMILY = "Camino Sans"
NARROW_LETTERS, WIDE_LETTERS = frozenset("fijlrtI.,:;'|()1 "), frozenset("mwMW")
KM_A_DEGREE = 111.2
EDGE = 6.0
SCALES = (5, 10, 20, 50, 100, 200, 500)
SHORTEST_SCALE = 60.0
AWAY = 9.0


@dataclass(frozen=True)
class Canvas:
    """Degrees and pixels of a map.

    Attributes
    ----------
    west, south, east, north
        The frame, degrees.
    wide, high
        Its size, pixels.
    """

    west: float
    south: float
    east: float
    north: float
    wide: float
    high: float

    def x(self, lon: float) -> float:
        """Pixels from the left."""
        return (lon - self.west) / (self.east - self.west) * self.wide

    def y(self, lat: float) -> float:
        """Pixels from the top."""
        return (self.north - lat) / (self.north - self.south) * self.high

    def line(self, points: Floats) -> str:
        """Corners of a polyline, of points [point, (lon, lat)]."""
        return svg.points((self.x(p[0]) for p in points), (self.y(p[1]) for p in points))

    def holds(self, x: float, y: float) -> bool:
        """Whether pixels lie inside, away from the edge."""
        return EDGE <= x <= self.wide - EDGE and EDGE <= y <= self.high - EDGE

    @property
    def pixels_a_km(self) -> float:
        """How long a km is."""
        return self.high / ((self.north - self.south) * KM_A_DEGREE)


def canvas_about(points: Floats, *, wide: float, high: float, margin: float = 0.12, least: float = 0.35) -> Canvas:
    """A canvas that shows points [point, (lon, lat)], with a share of margin, at least so many degrees."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    squeeze = float(np.cos(np.radians(middle_y)))
    across = max((east - west) * squeeze, least) * (1 + 2 * margin)
    upwards = max(north - south, least) * (1 + 2 * margin)
    upwards = max(upwards, across * high / wide)
    across = upwards * wide / high / squeeze
    return Canvas(
        middle_x - across / 2, middle_y - upwards / 2, middle_x + across / 2, middle_y + upwards / 2, wide, high
    )


def draw_ground(canvas: Canvas, language: Language, home: frozenset[str]) -> list[Markup]:
    """Sea and land: countries as far as the canvas shows them; those at home are lighter."""
    window = (canvas.west, canvas.south, canvas.east, canvas.north)
    parts = [svg.element("rect", x=0, y=0, width=canvas.wide, height=canvas.high, fill=SEA)]
    lands, _ = outlines(language)
    for land in lands:
        rings = [clip(np.array(ring, dtype=float).reshape(-1, 2), window) for ring in land["rings"]]
        path = "".join(
            f"M{'L'.join(f'{svg.number(canvas.x(x))} {svg.number(canvas.y(y))}' for x, y in ring)}Z"
            for ring in rings if len(ring) > 2
        )  # fmt: skip
        if path:
            fill = HOME if land["code"] in home else LAND
            parts.append(svg.element("path", d=path, fill=fill, stroke=SHORE, stroke_width=0.8))
    return parts


def land_names(canvas: Canvas, language: Language) -> list[tuple[str, float, float, bool]]:
    """Names of lands and seas with where they may stand, pixels, and whether each is a sea."""
    lands, seas = outlines(language)
    return [
        (about["name"], canvas.x(lon), canvas.y(lat), sea)
        for group, sea in ((lands, False), (seas, True))
        for about in group
        for lon, lat in about["labels"]
    ]


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in the page's own type."""
    return size * sum(
        0.32 if c in NARROW_LETTERS else 0.86 if c in WIDE_LETTERS else 0.64 if c.isupper() else 0.54 for c in text
    )


@dataclass
class Labels:
    """Labels on a canvas, none over another: the first come has the place.

    Attributes
    ----------
    canvas
        Where they stand.
    taken
        Boxes that nothing may cover: left, top, right, bottom.
    """

    canvas: Canvas
    taken: list[Box] = field(default_factory=list)

    def keep_free(self, boxes: Iterable[Box]) -> None:
        """Let no label stand on boxes."""
        self.taken.extend(boxes)

    def is_free(self, box: Box) -> bool:
        """Whether a box is inside the canvas and on nothing."""
        left, top, right, bottom = box
        inside = left >= EDGE and top >= EDGE and right <= self.canvas.wide - EDGE and bottom <= self.canvas.high - EDGE
        return inside and not any(left < r and right > x and top < b and bottom > y for x, y, r, b in self.taken)

    def place(
        self, lines: Sequence[str], x: float, y: float, *, size: float, away: float = AWAY, far: bool = False
    ) -> tuple[float, float, str] | None:
        """Find a place beside a point, and take it.

        Parameters
        ----------
        lines
            What is written, one under the other.
        x, y
            The point, pixels.
        size
            Of the type.
        away
            How far from it a label begins.
        far
            Whether it may stand a good way off, with a line to the point.

        Returns
        -------
        tuple or None
            Left or right end and baseline of the first line, and ``start``, ``end`` or ``middle``; None for no room.
        """
        wide, high = max(text_width(line, size) for line in lines) + 4, size * 1.22 * len(lines)
        for distance in (away, away + 8, away + 18, *((away + 34, away + 54, away + 80) if far else ())):
            for dx, dy in ((1, 0), (-1, 0), (0.8, 0.8), (0.8, -0.8), (-0.8, 0.8), (-0.8, -0.8), (0, 1), (0, -1)):
                left = x + dx * distance - (wide if dx < 0 else 0 if dx > 0 else wide / 2)
                top = y + dy * distance - (high / 2 if dy == 0 else high if dy < 0 else 0)
                box = (left, top, left + wide, top + high)
                if self.is_free(box):
                    self.taken.append(box)
                    anchor = "start" if dx > 0 else "end" if dx < 0 else "middle"
                    at = left + 2 if dx > 0 else left + wide - 2 if dx < 0 else left + wide / 2
                    return at, top + size, anchor
        return None


def halo(text: str, x: float, y: float, **values: object) -> Markup:
    """Words on a map: in ink over a light edge."""
    ink: dict[str, Any] = {"fill": INK, **values}
    light: dict[str, Any] = {
        **values,
        "fill": "none",
        "stroke": "#fbfaf6",
        "stroke_width": 3.2,
        "stroke_linejoin": "round",
    }
    return svg.words(text, x, y, aria_hidden="true", **light) + svg.words(text, x, y, **ink)


def draw_scale(canvas: Canvas, labels: Labels) -> list[Markup]:
    """A bar of so many km in the first free corner."""
    km = next((s for s in SCALES if s * canvas.pixels_a_km >= SHORTEST_SCALE), SCALES[-1])
    long = km * canvas.pixels_a_km
    corners = [
        (left, top)
        for top in (canvas.high - 16, 26.0)
        for left in (14.0, canvas.wide - 14 - long)
    ]  # fmt: skip
    for left, y in corners:
        box = (left - 4, y - 18, left + long + 4, y + 6)
        if labels.is_free(box):
            labels.taken.append(box)
            bar = svg.across(left, left + long, y, stroke=SOFT, stroke_width=2)
            return [bar, halo(f"{km} km", left, y - 5, font_size=11, fill=SOFT)]
    return []


def picture_of(canvas: Canvas, parts: Sequence[Markup], *, label: str, **values: object) -> Markup:
    """The finished picture."""
    return svg.picture(parts, wide=canvas.wide, high=canvas.high, label=label, font_family=FAMILY, **values)
