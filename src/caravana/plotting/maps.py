"""Where people are on a day, on the land they are on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.arguments import as_date
from caravana.errors import UsageError
from caravana.lands.world import read_world
from caravana.plotting.style import INK, SOFT, in_words, new_axes, set_title
from caravana.results.caravan import nights, whereabouts
from caravana.results.places import sleepers_at, slept_at

if TYPE_CHECKING:
    import datetime as dt

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]

LAND, SEA, COAST, ROAD = "#fbfaf6", "#e9f0f4", "#9fadb8", "#6d7b86"
LARGEST, SMALLEST = 900.0, 14.0
"""Area of the largest disc and of the smallest, square points."""
NAMED = 7
"""Places that are named: those with most people."""
MARGIN = 0.08


@dataclass(frozen=True)
class MapOfDay:
    """What a map shows: a title, what each place has (drawn as a disc), and how that is written.

    Attributes
    ----------
    title : str
        Of what it is, the day left out.
    values : dict
        By id of the place; those at nought are left out.
    shown : tuple of str
        Ids of the places that the map is to hold.
    written : callable
        A value as it stands beside a disc.
    """

    title: str
    values: Mapping[str, float]
    shown: tuple[str, ...]
    written: Callable[[float], str]


def _sleeping(run: Run, day: int) -> MapOfDay:
    """Where the main caravan sleeps: the share of members in which it does so at each place."""
    where = nights(run)
    places = run.scenario.places
    shares = {places[at].id: share for at, share in whereabouts(where, day).items()}
    beyond = tuple(one for one in shares if one not in where.route.ids)
    title = next(one.name for one in run.scenario.caravans if one.id == where.caravan)
    return MapOfDay(f"Where {title} sleeps", shares, (*where.route.ids, *beyond), lambda share: f"{share:.0%}")


def _people(run: Run, day: int) -> MapOfDay:
    """How many people are at each place: the middle over members."""
    occupied = slept_at(run, run.days[day].date())
    ids = [place.id for place in run.scenario.places]
    values = {one: float(np.median(sleepers_at(run, [one])[:, day])) for one in ids if one in occupied}
    return MapOfDay("Where people are", values, tuple(ids), lambda number: f"{number:,.0f}")


MAPS: Mapping[str, Callable[[Run, int], MapOfDay]] = {"caravan": _sleeping}
"""What a map shows by the family of the run's model; of any other :func:`_people`."""


def plot_map(run: Run, day: dt.date | str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw where people are on a day; see :meth:`caravana.accessors.RunPlots.map`."""
    date = run.days[-1].date() if day is None else as_date(day, name="day")
    if not run.days[0].date() <= date <= run.days[-1].date():
        raise UsageError(f"day {date} is outside the run, {run.days[0].date()} to {run.days[-1].date()}")
    at = {p.id: (p.lon, p.lat) for p in run.scenario.places if p.lat is not None and p.lon is not None}
    content = MAPS.get(run.family, _people)(run, (date - run.days[0].date()).days)
    drawn = {one: at[one] for one in content.shown if one in at}
    if not drawn:
        raise UsageError(f"no place of {run.scenario.name} has coordinates: there is no map to draw")
    frame = _frame(list(drawn.values()))
    ax = new_axes(ax, size=_size(frame))
    _draw_land(ax, frame)
    for link in run.scenario.links:
        if link.from_id in at and link.to_id in at:
            (x0, y0), (x1, y1) = at[link.from_id], at[link.to_id]
            ax.plot([x0, x1], [y0, y1], color=ROAD, linewidth=0.9, alpha=0.6, zorder=2)
    _draw_discs(ax, run, drawn, content)
    ax.set_xlim(frame[0], frame[2])
    ax.set_ylim(frame[1], frame[3])
    ax.set_aspect(1 / max(0.2, float(np.cos(np.radians((frame[1] + frame[3]) / 2)))))
    ax.grid(visible=False)
    ax.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(COAST)
    set_title(ax, f"{content.title} on {in_words(date)}")
    return ax


def _draw_discs(ax: Axes, run: Run, at: dict[str, Any], content: MapOfDay) -> None:
    """A disc a place, its area the value; colour, from light to dark, says the same."""
    names = {p.id: p.name for p in run.scenario.places}
    people = {one: value for one, value in content.values.items() if value > 0 and one in at}
    if not people:
        ax.annotate("nobody is at a place in the middle of the members", (0.5, 0.02), xycoords="axes fraction",
                    ha="center", color=SOFT, fontsize=9)  # fmt: skip
        return
    order = sorted(people, key=lambda one: -people[one])
    most = people[order[0]]
    size = np.array([max(SMALLEST, LARGEST * people[one] / most) for one in order])
    colours = require_library("matplotlib", "plot").colormaps["cividis_r"]
    ax.scatter(
        [at[one][0] for one in order], [at[one][1] for one in order], s=size, zorder=4, edgecolor=INK, linewidth=0.8,
        c=[colours(0.15 + 0.85 * np.sqrt(people[one] / most)) for one in order], alpha=0.9,
    )  # fmt: skip
    width = max(x for x, _ in at.values()) - min(x for x, _ in at.values())
    taken: list[tuple[float, float]] = []
    outline = require_library("matplotlib.patheffects", "plot").withStroke(linewidth=3, foreground=LAND)
    for one, area in zip(order, size, strict=True):
        x, y = at[one]
        if len(taken) == NAMED:
            break
        if any(abs(x - x0) < 0.12 * width and abs(y - y0) < 0.035 * max(width, 1e-6) for x0, y0 in taken):
            continue
        taken.append((x, y))
        left = x > min(v for v, _ in at.values()) + 0.72 * width
        ax.annotate(
            f"{names[one].replace('_', ' ')}\n{content.written(people[one])}", (x, y),
            xytext=((-1 if left else 1) * (np.sqrt(area) / 2 + 3), 0), textcoords="offset points", va="center",
            ha="right" if left else "left", fontsize=8.5, color=INK, zorder=5, path_effects=[outline],
        )  # fmt: skip


def _frame(points: list[Any]) -> tuple[float, float, float, float]:
    """West, south, east, north, with a margin, neither side less than a third of the other."""
    xs, ys = zip(*points, strict=True)
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    wide, high = max(east - west, 0.2), max(north - south, 0.2)
    wide, high = max(wide, 0.8 * high), max(high, 0.45 * wide)
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = wide * (0.5 + MARGIN), high * (0.5 + MARGIN)
    return x - half_x, y - half_y, x + half_x, y + half_y


def _size(frame: tuple[float, float, float, float]) -> tuple[float, float]:
    wide, high = frame[2] - frame[0], frame[3] - frame[1]
    cosine = max(0.2, float(np.cos(np.radians((frame[1] + frame[3]) / 2))))
    return 8.0, float(np.clip(8.0 * high / (wide * cosine) + 0.5, 3.5, 8.0))


def _draw_land(ax: Axes, frame: tuple[float, float, float, float]) -> None:
    """Draw countries (Natural Earth, public domain), as the pages have them."""
    patches = require_library("matplotlib.patches", "plot")
    ax.set_facecolor(SEA)
    for country in read_world():
        for ring in country.rings:
            (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
            if west > frame[2] or east < frame[0] or south > frame[3] or north < frame[1]:
                continue
            ax.add_patch(patches.Polygon(ring, facecolor=LAND, edgecolor=COAST, linewidth=0.8, zorder=1))
