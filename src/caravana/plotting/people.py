"""How many people, by day: the headcount of a run, and people at its places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.models.displacement.bands import widened
from caravana.plotting.style import (
    add_legend,
    as_numbers,
    date_axis,
    draw_fan,
    draw_reports,
    new_axes,
    set_title,
    whole_numbers,
)
from caravana.results.acting import band_factors
from caravana.results.caravan import main_caravan, nights, route_of
from caravana.results.displacement import place_counts, read_displaced
from caravana.results.members import quantiles
from caravana.results.place_answers import read_places
from caravana.results.places import sleepers_at
from caravana.results.reported import headcounts
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    import datetime as dt

    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]
    Reports = list[tuple[dt.date, float, float, str]]


def _caravan(run: Run) -> tuple[str, Floats, Reports]:
    """The main caravan while it is together, and every headcount reported of it."""
    where, name = nights(run), main_caravan(run.scenario)
    levels = quantiles(where.persons.astype(float), given=where.together)
    reports = [(f.date, f.low, f.high, str(f.side)) for f in headcounts(run.scenario, name)]
    title = next(one.name for one in run.scenario.caravans if one.id == name)
    return f"People walking with {title}", levels, reports


def _displacement(run: Run) -> tuple[str, Floats, Reports]:
    """All camps together, and the sum of their counts on days when one was counted."""
    held = read_displaced(run)
    levels = quantiles(held.in_counted_camps if held.counted else held.in_all_camps)
    counts = [held.counts[held.camps[k]] for k in held.counted]
    last = len(run.days)
    days = sorted({int(day) for one in counts for day in one.days if 0 <= day < last})
    both = [one.by_day(last) for one in counts]
    reports = [
        (run.days[day].date(), sum(low[day] for low, _ in both), sum(high[day] for _, high in both), "agency")
        for day in days
    ]
    what = "the camps that were counted" if held.counted else "all camps"
    return f"People in {what}", levels, reports


def _anybody(run: Run) -> tuple[str, Floats, Reports]:
    """Everybody of the run, wherever they are."""
    return "All people", quantiles(read_places(run).total), []


HEADCOUNTS: Mapping[str, Callable[[Run], tuple[str, Floats, Reports]]] = {
    "caravan": _caravan,
    "displacement": _displacement,
}
"""Of whom a headcount is, by the family of the run's model; of any other family :func:`_anybody`."""


def plot_headcount(run: Run, *, ax: Axes | None = None) -> Axes:
    """Draw how many people there are by day; see :meth:`caravana.accessors.RunPlots.headcount`."""
    title, levels, reports = HEADCOUNTS.get(run.family, _anybody)(run)
    return _draw(run, title, levels, reports, ax)


def plot_fan(
    run: Run, place: str | Sequence[str] | None = None, *, status: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how many people are at places by day; see :meth:`caravana.accessors.RunPlots.fan`."""
    names = {one.id: one.name for one in run.scenario.places}
    ids = [place] if isinstance(place, str) else list(place or [fullest(run)])
    for one in ids:
        if one not in names:
            raise UsageError(f"no place {one!r}{did_you_mean(one, names)} in {run.scenario.name}")
    levels = quantiles(sleepers_at(run, ids, status=status))
    factor = band_factors(run.scenario).get(ids[0], 1.0) if len(ids) == 1 else 1.0
    levels[0], levels[-1] = widened(levels[0], levels[-1], factor=factor)
    counts = place_counts(run.scenario)
    reports: Reports = []
    if len(ids) == 1 and ids[0] in counts and status is None:
        held = counts[ids[0]]
        reports = [
            (run.days[int(day)].date(), float(low), float(high), "agency")
            for day, low, high in zip(held.days, held.low, held.high, strict=True)
            if 0 <= day < len(run.days)
        ]
    where = names[ids[0]] if len(ids) == 1 else f"{len(ids)} places"
    return _draw(run, f"People in {where}" + (f", {status}" if status else ""), levels, reports, ax)


def fullest(run: Run) -> str:
    """Return the id of the place that most people are at on its fullest day: of a caravan one of its road.

    Origins and conflict zones are left out.

    Raises
    ------
    UsageError
        If nobody is anywhere.
    """
    kinds = {one.id: one.kind for one in run.scenario.places}
    places = read_places(run).places
    away = [one for one in places if kinds.get(one) not in ("origin", "conflict_zone")]
    if run.scenario.caravans:
        road = route_of(run.scenario, main_caravan(run.scenario)).ids[1:]
        away = [one for one in away if one in road]
    if not places:
        raise UsageError("nobody is at any place in this run")
    return (away or list(places))[0]


def _draw(run: Run, title: str, levels: Floats, reports: Reports, ax: Axes | None) -> Axes:
    ax = new_axes(ax)
    draw_fan(ax, as_numbers(run.days.to_pydatetime()), levels)
    last = run.days[-1].date()
    draw_reports(ax, [row for row in reports if row[0] <= last])
    whole_numbers(ax)
    date_axis(ax)
    set_title(ax, title)
    add_legend(ax)
    return ax
