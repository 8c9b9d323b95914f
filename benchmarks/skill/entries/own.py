"""Our own entry, through the same door: forecasts of every task, from what was known on its origin, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from benchmarks.skill.entries.naive import OUTPUT, file_rows
from benchmarks.skill.entries.tasks import KEYS, LEVELS, all_tasks, entered

from caravana.inference.caravan.backtest import HORIZONS
from caravana.inference.caravan.forecast import Roller
from caravana.inference.scoring.proper_scores import quantiles

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 1


def own_entry(*, say: Callable[[str], None]) -> pd.DataFrame:
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
