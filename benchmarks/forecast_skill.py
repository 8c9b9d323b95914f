"""How well the three bundled caravans are forecast, each with the prior that has not seen it; and all of them pooled.

    python benchmarks/forecast_skill.py [--every-day] [--memory M]

Without --every-day the origins are the days on which that night was reported; with it, every day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json

from caravana.inference.caravan.backtest import backtest_caravan, default_origins
from caravana.inference.caravan.pacing import MEMORY
from caravana.inference.caravan.prior import FITTED
from caravana.inference.reports import read_record
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.scorecard import scorecard
from caravana.models.scenarios import load_scenario


def main() -> None:
    """Print the verdict, the skill and the model's rows, a caravan at a time and pooled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every-day", action="store_true")
    parser.add_argument("--memory", type=float, default=MEMORY)
    asked = parser.parse_args()
    pooled = []
    for name in sorted(FITTED, reverse=True):
        record = read_record(load_scenario(name))
        origins = default_origins(record)
        if asked.every_day:
            last = max(c.date for c in (*record.nights, *record.counts))
            span = (last - record.departs).days
            origins = [record.departs + dt.timedelta(days=i) for i in range(span)]
            first = min(x.known_on for x in (*record.nights, *record.counts))
            origins = [day for day in origins if day >= first]
        cases = backtest_caravan(record, origins=origins, memory=asked.memory)
        pooled += cases
        show(name, cases)
    show("all three", pooled)


def show(name: str, cases: list) -> None:
    """Print one scorecard in short."""
    card = scorecard(cases)
    print(f"== {name}: {card['verdict']}")
    for key in ("skill", "skill_interval", "skill_over_spread", "coverage90", "cases", "pit"):
        print(f"{key}: {json.dumps(card[key])}")
    for row in card["table"]:
        if row["model"] == MODEL:
            print(json.dumps(row))


if __name__ == "__main__":
    main()
