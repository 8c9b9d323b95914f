"""Small drawn charts: an axis of numbers or of days, in two sizes, wide for a screen and slim for a phone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from caravana.reporting import svg
from caravana.reporting.tonight.ground import FAMILY, INK, SOFT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from caravana.language.language import Language

RULE = "#d3dbe1"
SIZE = 12.0
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
WIDE, SLIM = 580.0, 352.0
FULL = 1180.0


def nice_ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Round numbers between two ends, so many at most."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next((s * power for s in STEPS if span / (s * power) <= most), 10.0 * power)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def scale(low: float, high: float, left: float, right: float) -> Callable[[float], float]:
    """Numbers to pixels."""
    span = max(high - low, 1e-9)
    return lambda value: left + (min(max(value, low), high) - low) / span * (right - left)


def number_axis(
    x: Callable[[float], float], ticks: Sequence[float], *, top: float, bottom: float, language: Language
) -> list[Markup]:  # fmt: skip
    """Standing lines at round numbers, and the numbers under them."""
    parts = []
    for tick in ticks:
        parts.append(svg.upright(x(tick), top, bottom, stroke=RULE, stroke_width=1))
        said = language.number(tick)
        parts.append(svg.words(said, x(tick), bottom + 16, font_size=SIZE, fill=SOFT, text_anchor="middle"))
    return parts


def day_ticks(days: Sequence[dt.date], *, room: float) -> list[int]:
    """Which days have their date written: as many as there is room for, the last one always."""
    most = max(2, int(room // 58))
    every = max(1, math.ceil(len(days) / most))
    return [n for n in range(len(days)) if (len(days) - 1 - n) % every == 0]


def chart(parts: Sequence[Markup], *, wide: float, high: float, label: str) -> Markup:
    """The finished chart."""
    return svg.picture(parts, wide=wide, high=high, label=label, font_family=FAMILY, class_="drawn")


def both(draw: Callable[[float], Markup], *, wide: float = WIDE) -> Markup:
    """A chart in two sizes, of which a screen shows one."""
    return Markup('<div class="for-wide">{}</div><div class="for-slim">{}</div>').format(draw(wide), draw(SLIM))


def row_name(text: str, y: float, **values: object) -> Markup:
    """The name of a row at the left."""
    given: dict[str, Any] = {"font_size": 13, "fill": INK, **values}
    return svg.words(text, 0, y, **given)


def interval(
    x: Callable[[float], float], levels: Sequence[float], y: float, *, colour: str, inner: str, middle: str
) -> list[Markup]:  # fmt: skip
    """A band of nine in ten, that of five in ten in it, and the middle, about a line `y`."""
    low, quarter, half, three, high = levels
    return [
        svg.bar(x(low), x(high), y - 5, thick=10, fill=colour, rx=5),
        svg.bar(x(quarter), x(three), y - 5, thick=10, fill=inner, rx=2),
        svg.upright(x(half), y - 8, y + 8, stroke=middle, stroke_width=2.5),
    ]
