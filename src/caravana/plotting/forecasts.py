"""The coming days of a forecast, beside what was reported by then and since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.inference.reports import nights_by_day, read_record
from caravana.plotting.style import (
    SOFT,
    add_legend,
    as_numbers,
    date_axis,
    draw_fan,
    draw_reports,
    in_words,
    new_axes,
    set_title,
    whole_numbers,
)
from caravana.results.reported import headcounts
from caravana.spelling import did_you_mean
from caravana.studies.forecasts import UNITS

if TYPE_CHECKING:
    import datetime as dt

    from matplotlib.axes import Axes

    from caravana.studies.forecasts import ForecastResult

BEFORE = 14
"""Days before the forecast of which reports are shown."""
TITLES = {
    "position_km": "Where {name} will sleep", "persons": "How many walk with {name}",
    "together": "Chance that {name} is together",
    "rest": "Chance that {name} rests", "camp_persons": "People in {name}", "total_persons": "People in all camps",
}  # fmt: skip
FIRST = ("position_km", "total_persons")
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def plot_forecast(
    forecast: ForecastResult, *, target: str | None = None, location: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the coming days; see :meth:`caravana.studies.forecasts.ForecastResult.plot`."""
    frame = forecast.to_dataframe()
    targets = list(dict.fromkeys(frame["target"]))
    if target is None:
        at_camp = location is not None and "camp_persons" in targets and location in set(frame["location"])
        target = "camp_persons" if at_camp else next((one for one in FIRST if one in targets), targets[0])
    if target not in targets:
        raise UsageError(f"no target {target!r}{did_you_mean(target, targets)}; there are {', '.join(targets)}")
    part = frame[frame["target"] == target]
    places = list(dict.fromkeys(part["location"]))
    location = places[0] if location is None else location
    if location not in places:
        raise UsageError(f"no location {location!r}{did_you_mean(location, places)}; there are {', '.join(places)}")
    wide = part[part["location"] == location].pivot_table(index="target_date", columns="quantile", values="value")
    ax = new_axes(ax)
    unit = UNITS.get(target, "persons")
    days = as_numbers(wide.index.to_numpy())
    if unit == "chance":
        ax.plot(days, wide[0.5], "o-", color="#0e3f66", linewidth=2)
        ax.set_ylim(0, 1.02)
        ax.set_ylabel("chance")
    else:
        draw_fan(ax, days, wide[list(LEVELS)].to_numpy().T, of="chances")
        reports = [
            row
            for row in _reported(forecast, target, location)
            if -BEFORE <= (row[0] - forecast.on).days <= forecast.horizon
        ]
        draw_reports(ax, reports)
        whole_numbers(ax, "km along the road" if unit == "km" else unit)
    ax.axvline(as_numbers([forecast.on])[0], color=SOFT, linewidth=1, linestyle="--", label="forecast made")
    date_axis(ax)
    names = {one.id: one.name for one in forecast.scenario.places}
    names |= {one.id: one.name for one in forecast.scenario.caravans}
    whose, _, side = location.partition(":")
    title = TITLES.get(target, target).format(name=names.get(whose, whose).replace("_", " "))
    set_title(ax, f"{title}{f', as {side} report it' if side else ''}: from {in_words(forecast.on)}")
    add_legend(ax)
    return ax


def _reported(forecast: ForecastResult, target: str, location: str) -> list[tuple[dt.date, float, float, str]]:
    """What the scenario has of a target: before the forecast and, unseen by it, after."""
    scenario = forecast.scenario
    whose, _, side = location.partition(":")
    if target == "position_km":
        record = read_record(scenario, caravan=whose)
        return [(record.date(day), km, km, "press") for day, km in nights_by_day(record, direct=False).items()]
    if target == "persons":
        every = [(f.date, f.low, f.high, str(f.side)) for f in headcounts(scenario, whose)]
        return [row for row in every if not side or row[3] == side]
    if target == "camp_persons":
        counts = [o for o in scenario.observations if o.kind == "camp_count" and o.place_id == location]
        return [
            (
                o.date,
                o.low if o.low is not None else o.high or 0.0,
                o.high if o.high is not None else o.low or 0.0,
                "agency",
            )
            for o in counts
        ]
    return []
