"""What the report's charts draw: fans over time with what was reported, ready for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.reporting.caravan.map import short_name
from caravana.reporting.charts import fan, readouts
from caravana.results.caravan import hubs
from caravana.results.members import quantiles
from caravana.results.reported import SIDES, Figure, headcounts, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.results.caravan import Nights
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

TALLEST_OVER_REPORTED = 1.8


def figure_words(figure: Figure, language: Language) -> str:
    """A reported figure as it was put: ``more than 3,000``, ``2,000-3,000``, ``about 1,200``."""
    low, high = language.number(figure.low), language.number(figure.high)
    if figure.open:
        return language.text(f"qualifier.{figure.open}", n=high if figure.open == "down" else low)
    if figure.low != figure.high:
        return f"{low}\u2013{high}"
    return language.text("qualifier.about", n=low) if figure.qualifier == "about" else low


def marks(scenario: Scenario, figures: list[Figure], language: Language) -> list[dict[str, Any]]:
    """Reported figures as marks: those of one day side by side, each with its side and words."""
    seen: dict[int, int] = {}
    out = []
    for f in figures:
        day = scenario.day_of(f.date)
        taken = seen.get(day, 0)
        seen[day] = taken + 1
        side = language.text(f"side.{f.side}")
        words = f"{language.day(f.date)}: {figure_words(f, language)} ({side}: {f.speaker})"
        # 0, +1, -1, +2, -2: the first stands on its day, the rest beside it; never left of the first day.
        shift = (taken + 1) // 2 * (1 if taken % 2 else -1) if day else taken
        out.append({
            "day": day, "side": f.side, "low": f.low, "high": f.high, "open": f.open, "shift": shift * 2,
            "words": words,
        })  # fmt: skip
    return out


def scale(levels: Sequence[Floats], figures: list[Figure], language: Language) -> dict[str, Any]:
    """The scale of a chart of counts: linear, or by factors where the band dwarfs what was reported.

    Parameters
    ----------
    levels
        Quantiles [level, day] of every band drawn to this scale.
    figures
        Reported figures drawn to it.
    language
        For the note that says so.
    """
    bands = np.concatenate([x.ravel() for x in levels]) if levels else np.zeros(1)
    bands = bands[~np.isnan(bands)]
    reported = [x for f in figures for x in (f.low, f.high)]
    most = max([float(bands.max()) if bands.size else 0.0, *reported, 1.0])
    if not reported or most <= TALLEST_OVER_REPORTED * max(reported):
        return {"top": most * 1.04, "bottom": 0, "note": ""}
    some = bands[bands > 0]
    least = min([float(np.quantile(some, 0.02)) if some.size else 1.0, *(x for x in reported if x > 0)])
    return {"top": most * 1.1, "bottom": max(1.0, least * 0.8), "note": language.text("chart.factors")}


def headcount_chart(scenario: Scenario, where: Nights, language: Language) -> dict[str, Any]:
    """People in the main caravan, in the runs in which it is together, and what was reported."""
    levels = quantiles(where.persons.astype(float), given=where.together)
    figures = headcounts(scenario, where.caravan)
    return {
        "label": language.text("headcount.head"),
        "q": fan(levels),
        **scale([levels], figures, language),
        "together": [round(float(x), 3) for x in where.together.mean(axis=0)],
        "observed": marks(scenario, figures, language),
        "readout": readouts(levels, language, nothing=language.text("chart.nothing")),
    }


def track_chart(scenario: Scenario, where: Nights, language: Language) -> dict[str, Any]:
    """Road km by day, in the runs in which there is a caravan on its route, and recorded nights."""
    levels = quantiles(where.km, given=where.somewhere & ~np.isnan(where.km))
    by_id = {p.id: p for p in scenario.places}
    on_route = dict(zip(where.route.ids, where.route.km, strict=True))
    recorded = [(d, p) for d, p in positions(scenario, where.caravan) if p in on_route]
    # In order of claim to a place on the axis; the chart drops a name where another stands already.
    ends = [where.route.ids[0], where.route.ids[-1]]
    by_size = sorted(on_route, key=lambda x: -(by_id[x].population or 0))
    centres = [scenario.places[c].id for c in hubs(scenario, where.route)]
    wanted = list(dict.fromkeys([*ends, *(x for x in by_size if x in centres)]))
    towns = [(round(float(on_route[x]), 1), short_name(by_id[x])) for x in wanted]
    readout = []
    for d in range(levels.shape[1]):
        if math.isnan(levels[2, d]):
            readout.append(language.text("chart.nothing"))
        else:
            low, high = (nearest(on_route, float(levels[k, d])) for k in (0, -1))
            names = dict.fromkeys(short_name(by_id[x]) for x in (low, high))
            readout.append(" \u2013 ".join(names))
    return {
        "label": language.text("road.head"),
        "q": fan(levels, digits=1),
        "top": float(where.route.km[-1]) or 1.0,
        "towns": [list(t) for t in towns],
        "recorded": [[scenario.day_of(d), round(float(on_route[p]), 1), by_id[p].name] for d, p in recorded],
        "readout": readout,
    }


def nearest(on_route: Mapping[str, float], km: float) -> str:
    """The place whose road km is nearest."""
    return min(on_route, key=lambda x: abs(on_route[x] - km))


def side_charts(
    scenario: Scenario, where: Nights, reports: Mapping[str, Floats], language: Language
) -> dict[str, dict[str, Any]]:
    """By side: what a source of that side would have reported, and what those sources did report."""
    figures = headcounts(scenario, where.caravan)
    levels = {side: quantiles(reports[side], given=where.together) for side in SIDES if side in reports}
    # One scale for all, so that the sides can be compared by eye.
    common = scale(list(levels.values()), figures, language)
    return {
        side: {
            "label": language.text(f"side.{side}"),
            "q": fan(levels[side]),
            **common,
            "observed": marks(scenario, [f for f in figures if f.side == side], language),
            "readout": readouts(levels[side], language, nothing=language.text("chart.nothing")),
        }
        for side in levels
    }


def status_charts(statuses: Mapping[str, Floats], language: Language) -> dict[str, dict[str, Any]]:
    """By status: people to whom it has happened, over all runs."""
    charts = {}
    for name, values in statuses.items():
        levels = quantiles(values)
        charts[name] = {
            "label": language.text(f"status.{name}"),
            "q": fan(levels, digits=1),
            "top": max(1.0, float(np.nanmax(levels)) * 1.04),
            "readout": readouts(levels, language, nothing=language.text("chart.nothing")),
        }
    return charts
