"""Our own entries, through the same door: forecasts of every task, from what was known on its origin, as files.

Caravans are one entry and camps another, as somebody else may enter one of the two.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from benchmarks.skill.displacement import LEFT_OUT
from benchmarks.skill.entries.naive import OUTPUT, file_rows
from benchmarks.skill.entries.tasks import CAMP_HORIZONS, KEYS, LEVELS, all_tasks, camp_tasks, entered, instances

from caravana.inference.caravan.backtest import HORIZONS
from caravana.inference.caravan.forecast import Roller
from caravana.inference.displacement.outlook import look_ahead
from caravana.inference.past import PastForecasts
from caravana.inference.scoring.proper_scores import quantiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from caravana.scenario.model import Scenario

SEED = 1


def caravans_entry(*, say: Callable[[str], None]) -> pd.DataFrame:
    """Forecast every caravan from every origin; each is left out of what the package has learned of others."""
    tasks = all_tasks().drop_duplicates(list(KEYS))
    rows = []
    for one in entered():
        roller = Roller(one.record, seed=SEED)
        of_record = tasks[tasks["record"] == one.name]
        for origin in sorted(set(of_record["origin_date"])):
            forecast = roller.forecast(pd.Timestamp(origin).date(), days=max(HORIZONS))
            for task in of_record[of_record["origin_date"] == origin].to_dict("records"):
                ahead = int(task["horizon"]) - 1
                if task["target"] == "position_km":
                    values = quantiles(forecast.km, forecast.position[ahead], LEVELS)
                else:
                    reported = forecast.reported[task["location"].partition(":")[2]][ahead]
                    values = quantiles(reported, np.ones(reported.size), LEVELS)
                rows += file_rows(task, values)
        say(f"{one.name}: {len(rows)} rows")
    return pd.DataFrame(rows, columns=list(OUTPUT))


def camps_entry(folder: Path, *, say: Callable[[str], None]) -> pd.DataFrame:
    """Forecast every camp of every instance in a folder; pooled values are those chosen without the instance."""
    rows = []
    for name, scenario in instances(folder).items():
        by_origin: dict[str, dict[tuple[str, int, str, str], dict[str, Any]]] = {}
        for task in camp_tasks(name, scenario):
            by_origin.setdefault(task["origin_date"], {})[tuple(task[key] for key in KEYS)] = task
        past = PastForecasts()
        for origin, tasks in sorted(by_origin.items()):
            on = pd.Timestamp(origin).date()
            rows += list(_camp_rows(scenario, on, list(tasks.values()), LEFT_OUT.get(name, {}), past))
        say(f"{name}: {len(rows)} rows")
    return pd.DataFrame(rows, columns=list(OUTPUT))


def _camp_rows(
    scenario: Scenario, on: dt.date, tasks: list[dict[str, Any]], values: Mapping[str, float], past: PastForecasts
) -> Iterator[dict[str, Any]]:
    """Rows of the tasks of one origin: what ``caravana forecast`` says that day, by other pooled values."""
    outlook = look_ahead(scenario, on, ahead=max(CAMP_HORIZONS), seed=SEED, values=values, past=past)
    place_ids = outlook.camps.place_ids
    for task in tasks:
        place = task["location"].partition(":")[2]
        if place in place_ids:
            points, weight = outlook.camp(place_ids.index(place), int(task["horizon"]))
            yield from file_rows(task, quantiles(points, weight, LEVELS))
