"""Static pictures: bars, dots, bands and marks as SVG, for pages without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PICTURE = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}"{}>{}</svg>')
_SIDES = {
    "authorities": "#0072b2", "organisers": "#d55e00", "press": "#009e73", "agency": "#cc79a7", "observer": "#56b4e9",
}  # fmt: skip
SIDES = tuple(_SIDES)
"""Sides that have a mark of their own."""


def number(value: float) -> str:
    """A length or a place in a picture: a tenth of a pixel is fine enough."""
    return f"{value:.1f}".removesuffix(".0")


def attributes(**values: object) -> Markup:
    """Attributes of an element; ``class_`` is its class, ``_`` in a name stands for ``-``, None leaves one out."""
    return Markup("").join(
        Markup(' {}="{}"').format(
            name.rstrip("_").replace("_", "-"), number(value) if isinstance(value, float) else value
        )
        for name, value in values.items() if value is not None
    )  # fmt: skip


def picture(parts: Iterable[str], *, wide: float, high: float, label: str, **values: object) -> Markup:
    """A picture of parts.

    Parameters
    ----------
    parts
        Elements, made by the functions below.
    wide, high
        Its size, pixels.
    label
        What it shows, for those who do not see it.
    values
        More attributes.
    """
    inside = Markup("").join(map(_made_here, parts))
    return _PICTURE.format(number(wide), number(high), label, attributes(**values), inside)


def _made_here(part: str) -> Markup:
    if not isinstance(part, Markup):
        raise TypeError(f"a picture is made of elements, not of text: {part[:40]!r}")
    return part


def element(name: str, **values: object) -> Markup:
    """An element without content: ``rect``, ``line``, ``circle``, ``polygon``, ``polyline`` or ``path``."""
    return Markup("<{}{}/>").format(name, attributes(**values))


def words(text: str, x: float, y: float, *, title: str = "", **values: object) -> Markup:
    """Words at a point; `title` is shown to who stays on them."""
    hint = Markup("<title>{}</title>").format(title) if title else Markup("")
    return Markup("<text{}>{}{}</text>").format(attributes(x=x, y=y, **values), hint, text)


def group(parts: Sequence[Markup], *, title: str) -> Markup:
    """Parts that belong together, and what they mean."""
    return Markup("<g><title>{}</title>{}</g>").format(title, Markup("").join(parts))


def bar(low: float, high: float, y: float, *, thick: float, **values: object) -> Markup:
    """A lying bar from one end to the other, at least a pixel long, its upper edge at `y`."""
    return element("rect", x=low, y=y, width=max(high - low, 1.0), height=thick, **values)


def across(first: float, last: float, y: float, **values: object) -> Markup:
    """A lying line."""
    return element("line", x1=first, x2=last, y1=y, y2=y, **values)


def upright(x: float, top: float, bottom: float, **values: object) -> Markup:
    """A standing line."""
    return element("line", x1=x, x2=x, y1=top, y2=bottom, **values)


def dot(x: float, y: float, *, r: float = 5, **values: object) -> Markup:
    """A dot."""
    return element("circle", cx=x, cy=y, r=r, **values)


def points(xs: Iterable[float], ys: Iterable[float]) -> str:
    """Corners of a ``polygon`` or a ``polyline``."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in zip(xs, ys, strict=True))


def side_mark(side: str, x: float, y: float) -> Markup:
    """A report's mark: each side has a shape as well as a colour."""
    colour = _SIDES.get(side, "#222")
    if side == "authorities":
        return element("rect", x=x - 4, y=y - 4, width=8, height=8, fill=colour)
    if side == "organisers":
        return element("polygon", points=points((x, x + 5, x - 5), (y - 5, y + 4, y + 4)), fill=colour)
    if side == "agency":
        return element("polygon", points=points((x, x + 5, x, x - 5), (y - 5, y, y + 5, y)), fill=colour)
    if side == "observer":
        cross = f"M{number(x - 5)} {number(y)}h10M{number(x)} {number(y - 5)}v10"
        return element("path", d=cross, stroke=colour, stroke_width=2.5)
    return dot(x, y, r=4, fill=colour)
