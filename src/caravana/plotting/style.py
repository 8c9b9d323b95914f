"""The look of the pages, for matplotlib: their colours and shapes, axes, fans.

Colours are those of ``reporting/templates/report.css``: bands of one blue, light to dark, and for the sides five hues
that differ in lightness and have a shape each, so that nothing is told by hue alone.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INK, SOFT, RULE, FAINT, PAPER = "#14212b", "#4a5a67", "#d5dce2", "#eef2f5", "#ffffff"
ACCENT, BAND_90, BAND_50, MIDDLE, WARN = "#12568c", "#bcd5ea", "#6fa3cf", "#0e3f66", "#8a3b00"
SEEN = "#b3400e"
SIDES: Mapping[str, tuple[str, str]] = {
    "authorities": ("#b84a09", "s"), "agency": ("#7b4ab0", "D"), "press": ("#3d4a54", "o"),
    "observer": ("#856406", "P"), "organisers": ("#00785a", "^"),
}  # fmt: skip
"""Colour and marker of each side that reports."""
LINES: Sequence[tuple[str, str]] = (
    (MIDDLE, "-"), (SEEN, "--"), ("#00705a", "-."), ("#7b4ab0", ":"), ("#856406", (0, (6, 1, 1, 1))),
    (SOFT, (0, (1, 1))),
)  # type: ignore[assignment]  # fmt: skip
"""Colour and dash of lines that stand side by side: told apart without colour."""
SIZE = (8.0, 4.5)
"""Inches of a figure of one's own."""


def new_axes(ax: Axes | None, *, size: tuple[float, float] = SIZE) -> Axes:
    """Return axes to draw on: those given, or those of a figure of its own.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Those given.
    size : tuple of float
        Inches of a figure of its own.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    pyplot = require_library("matplotlib.pyplot", "plot")
    if ax is None:
        _, ax = pyplot.subplots(figsize=size, layout="constrained", facecolor=PAPER)
    assert ax is not None  # noqa: S101 - for the type
    return dress(ax)


def dress(ax: Axes) -> Axes:
    """Give axes the look of the pages: light rules, quiet text, no frame above and at the right.

    Raises
    ------
    UsageError
        If they are no axes, several, or not flat.
    """
    if not _is_flat(ax):
        kind = getattr(ax, "name", type(ax).__name__)
        raise UsageError(f"ax: {kind}; expected axes of matplotlib, one and flat, such as those of plt.subplots()[1]")
    ax.set_facecolor(PAPER)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(SOFT)
    ax.grid(visible=True, axis="y", color=RULE, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(colors=SOFT, labelsize=9)
    ax.title.set_color(INK)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_color(SOFT)
    return ax


def _is_flat(ax: object) -> bool:
    return isinstance(ax, require_library("matplotlib.axes", "plot").Axes) and getattr(ax, "name", "") != "3d"


def set_title(ax: Axes, title: str) -> None:
    """Set a title at the left, as headings stand on the pages."""
    ax.set_title(title, loc="center", fontsize=12, fontweight="bold", color=INK, pad=10)


def draw_fan(ax: Axes, days: Any, levels: Floats, *, of: str = "members") -> None:
    """Draw the middle and the bands that hold 5 and 9 in 10.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    days : sequence
        Days, or whatever the fan is over.
    levels : numpy.ndarray
        Quantiles 5, 25, 50, 75, 95%, [level, day]; NaN where there is nothing.
    of : str
        What the bands hold so many of.
    """
    ax.fill_between(days, levels[0], levels[4], color=BAND_90, linewidth=0, label=f"9 in 10 {of}")
    ax.fill_between(days, levels[1], levels[3], color=BAND_50, linewidth=0, label=f"5 in 10 {of}")
    ax.plot(days, levels[2], color=MIDDLE, linewidth=2, label="middle")
    given = np.pad(np.isfinite(levels[2]), 1)
    alone = given[1:-1] & ~given[:-2] & ~given[2:]  # a day without neighbours has no area and no line
    if alone.any():
        at = np.asarray(days)[alone]
        ax.vlines(at, levels[0][alone], levels[4][alone], color=BAND_90, linewidth=9)
        ax.vlines(at, levels[1][alone], levels[3][alone], color=BAND_50, linewidth=9)
        ax.plot(at, levels[2][alone], "_", color=MIDDLE, markersize=12, markeredgewidth=2)


def as_numbers(days: Sequence[dt.date] | Any) -> Any:
    """Return days as matplotlib counts them."""
    return require_library("matplotlib.dates", "plot").date2num(days)


def date_axis(ax: Axes) -> None:
    """Write days as days and months, few enough to be read; a single day with the days beside it, not with years."""
    dates = require_library("matplotlib.dates", "plot")
    first, last = ax.dataLim.intervalx
    if first == last:
        ax.set_xlim(first - 1, last + 1)
    locator = dates.AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def whole_numbers(ax: Axes, unit: str = "persons") -> None:
    """Write a vertical axis of people: from 0, thousands with a comma."""
    ticker = require_library("matplotlib.ticker", "plot")
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(ticker.MaxNLocator(nbins=6, integer=True))
    ax.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_ylabel(unit)


def add_legend(ax: Axes, *, below: float = 0.1) -> None:
    """Add a legend below the axes, each entry once; the lower where the axis has a name.

    In a figure of others that makes no room for it (``layout="constrained"`` does) it stands inside, or it would be
    cut off.
    """
    handles, labels = ax.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    if not once:
        return
    if ax.figure.get_layout_engine() is None:
        ax.legend(once.values(), once.keys(), loc="best", frameon=False, fontsize=8, labelcolor=INK)
    else:
        wide = ax.get_window_extent().width / ax.figure.dpi
        ax.legend(
            once.values(), once.keys(), loc="upper center", bbox_to_anchor=(0.5, -below), frameon=False, fontsize=9,
            ncols=max(1, min(4, len(once), int(wide / COLUMN))), labelcolor=INK,
        )  # fmt: skip


COLUMN = 1.35
"""Inches of axes that a column of a legend below them takes."""


def in_words(day: dt.date) -> str:
    """Return a date in words, such as ``24 October 2021``."""
    return f"{day.day} {day:%B %Y}"


def draw_reports(ax: Axes, reports: Sequence[tuple[dt.date, float, float, str]]) -> None:
    """Draw what was reported: a mark in the side's colour and shape, a line where it is a range.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    reports : sequence of tuple
        Day, low, high, side.
    """
    for side, (colour, marker) in SIDES.items():
        rows = [row for row in reports if row[3] == side]
        if not rows:
            continue
        days = as_numbers([row[0] for row in rows])
        low, high = (np.array([row[k] for row in rows], float) for k in (1, 2))
        ax.vlines(days, low, high, color=colour, linewidth=1.4)
        ax.plot(days, (low + high) / 2, marker, color=colour, markeredgecolor=PAPER, markersize=7, linestyle="none",
                label=f"report: {side}")  # fmt: skip
