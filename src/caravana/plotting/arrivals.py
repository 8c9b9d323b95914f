"""By when people will have arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.plotting.style import LINES, add_legend, as_numbers, date_axis, new_axes, set_title
from caravana.results.caravan import nights
from caravana.results.place_answers import read_places
from caravana.results.places import sleepers_at
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]

SHOWN = 5
"""Places drawn where none is named."""
APART_KM = 60.0
"""Km of road between places drawn, at least."""


def plot_arrivals(run: Run, place: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw by when people will have arrived; see :meth:`caravana.accessors.RunPlots.arrivals`."""
    names = {one.id: one.name.replace("_", " ") for one in run.scenario.places}
    if place is not None and place not in names:
        raise UsageError(f"no place {place!r}{did_you_mean(place, names)} in {run.scenario.name}")
    of_caravan = bool(run.scenario.caravans) and "caravans" in run.tables
    shares = _of_caravan(run, place) if of_caravan else _of_people(run, place)
    if not shares:
        raise UsageError(f"{'the caravan comes to no town' if of_caravan else 'nobody comes to any place'} in this run")
    ax = new_axes(ax)
    mark = "o" if len(run.days) == 1 else None  # a step of one day has no length
    for (one, share), (colour, dash) in zip(shares.items(), LINES, strict=False):
        ax.step(as_numbers(run.days.to_pydatetime()), share, where="post", color=colour, linestyle=dash, linewidth=2,
                marker=mark, label=names[one])  # fmt: skip
    ax.set_ylim(0, 1.02)
    ax.set_ylabel("share of members")
    date_axis(ax)
    who = "the caravan has come to a place, or past it" if of_caravan else "anybody has come to a place"
    set_title(ax, f"By when {who}")
    add_legend(ax)
    return ax


def _of_caravan(run: Run, place: str | None) -> dict[str, Floats]:
    """Share of members in which the main caravan has been at, or past, each place by each day."""
    where = nights(run)
    reached = np.fmax.accumulate(np.where(where.somewhere, where.km, np.nan), axis=1)
    km = dict(zip(where.route.ids, where.route.km.tolist(), strict=True))
    if place is not None and place not in km:
        index = [one.id for one in run.scenario.places].index(place)
        here = np.maximum.accumulate((where.place == index) & where.somewhere, axis=1)
        return {place: here.mean(axis=0)}
    chosen = [place] if place is not None else _stops(run, km, float(np.nanmax(reached, initial=0.0)))
    return {one: (np.nan_to_num(reached, nan=-1.0) >= km[one]).mean(axis=0) for one in chosen}


def _stops(run: Run, km: dict[str, float], furthest: float) -> list[str]:
    """The largest towns of the road that some member comes to, apart from each other, in order."""
    size = {one.id: one.population or 0 for one in run.scenario.places}
    within = [one for one in km if 0 < km[one] <= furthest]
    apart = min(APART_KM, furthest / (SHOWN + 1))
    chosen: list[str] = []
    for one in sorted(within, key=lambda name: -size[name]):
        if all(abs(km[one] - km[other]) >= apart for other in chosen):
            chosen.append(one)
        if len(chosen) == SHOWN:
            break
    return sorted(chosen, key=lambda name: km[name])


def _of_people(run: Run, place: str | None) -> dict[str, Floats]:
    """Share of members in which anybody has come to each place by each day."""
    kinds = {one.id: one.kind for one in run.scenario.places}
    fullest = [one for one in read_places(run).places if kinds[one] not in ("origin", "conflict_zone")]
    chosen = [place] if place is not None else fullest[:SHOWN]
    return {one: np.maximum.accumulate(sleepers_at(run, [one]) > 0, axis=1).mean(axis=0) for one in chosen}
