"""The naive rules as entries: the same file as anybody's, each with the spread of its own past errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from benchmarks.skill.entries.tasks import KEYS, LEVELS, all_tasks, entered, instances

from caravana.inference.reports import ReportedFigure, known_by, nights_by_day
from caravana.inference.scoring.baselines import headcount_baselines, position_baselines
from caravana.inference.scoring.proper_scores import quantiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchmarks.skill.entries.tasks import Entered
    from numpy.typing import NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.float64]]

SEED = 1
OUTPUT = (*KEYS, "output_type", "output_type_id", "value")
"""Columns of a file of forecasts."""


def file_rows(task: Mapping[str, Any], values: Any) -> Iterator[dict[str, Any]]:
    """One forecast as rows of a file: a row a quantile of :data:`~benchmarks.skill.entries.tasks.LEVELS`."""
    for level, value in zip(LEVELS, values, strict=True):
        yield {
            **{key: task[key] for key in KEYS}, "output_type": "quantile", "output_type_id": level,
            "value": round(float(value), 3),
        }  # fmt: skip


def naive_entries(displacement: Path | None = None) -> dict[str, pd.DataFrame]:
    """Every naive rule's forecasts of every task that it has something to say of, as rows of a file."""
    tasks = all_tasks(displacement).drop_duplicates(list(KEYS))
    caravans = {one.name: one for one in entered()}
    camps = {
        f"{name}:{place.id}": [o for o in scenario.observations if o.kind == "camp_count" and o.place_id == place.id]
        for name, scenario in instances(displacement).items()
        for place in scenario.places
    }
    rows: dict[str, list[dict[str, Any]]] = {}
    for task in tasks.to_dict("records"):
        origin = pd.Timestamp(task["origin_date"]).date()
        if task["target"] == "camp_persons":
            rules = _camp_rules(camps[task["location"]], origin, int(task["horizon"]))
        else:
            rules = _caravan_rules(caravans[task["record"]], task, origin)
        for rule, (points, weight) in rules.items():
            rows.setdefault(rule, []).extend(file_rows(task, quantiles(points, weight, LEVELS)))
    return {rule: pd.DataFrame(found, columns=list(OUTPUT)) for rule, found in sorted(rows.items())}


def _caravan_rules(one: Entered, task: Mapping[str, Any], origin: dt.date) -> dict[str, Points]:
    """The rules for a caravan's position, or for what a side will say of its headcount."""
    known, today = known_by(one.record, origin), one.record.day(origin)
    target = today + int(task["horizon"])
    if task["target"] == "position_km":
        nights = {day: km for day, km in nights_by_day(known, direct=False).items() if day <= today}
        rng = np.random.default_rng([SEED, today, int(task["horizon"])])
        return position_baselines(nights, target=target, end=float(one.record.stops.km[-1]), rng=rng)
    side = task["location"].partition(":")[2]
    found = headcount_baselines([count.report for count in known.counts], target=target, side=side)
    return {rule: points for rule, points in found.items() if rule.endswith("_spread")}


def _camp_rules(counts: list[Any], origin: dt.date, horizon: int) -> dict[str, Points]:
    """The rules for the count of a camp, from its own counts that were known."""
    known = [o for o in counts if (o.known_on or o.date) <= origin and (o.low if o.low is not None else o.high)]
    if not known:
        return {}
    begin = known[0].date
    series = [ReportedFigure((o.date - begin).days, "camp", o.low or o.high, o.high or o.low) for o in known]
    found = headcount_baselines(series, target=(origin - begin).days + horizon, side="camp")
    return {rule: found[rule] for rule in ("persistence_spread", "log_linear_trend_spread")}
