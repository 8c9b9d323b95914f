"""What is to be forecast: a task is a record, a day of origin, a target and a day; and the truth, by when it was known.

Targets and units are those of our exports (:data:`caravana.exports.hubverse.TARGETS`): ``position_km``, km along the
road from the start of a caravan's itinerary; ``persons``, what a side says that walk (the location is
``RECORD:SIDE``: figures of one side are one series, and are never averaged with another's); ``camp_persons``.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from caravana.importers.flee.instance import import_flee
from caravana.inference.caravan.backtest import HORIZONS, default_origins
from caravana.inference.caravan.nights import parts_by_day
from caravana.inference.reports import known_by, nights_by_day, read_record
from caravana.models.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caravana.inference.reports import CaravanReports
    from caravana.scenario.model import Scenario

CARAVANS = ("tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18")
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles that every forecast gives."""
CAMP_HORIZONS, CAMP_STEP, CAMP_FIRST = (7, 14, 30, 60), 30, 30
"""Days ahead, days between origins, and the first origin, of counts in camps."""
KEYS = ("origin_date", "horizon", "location", "target")
COLUMNS = (*KEYS, "target_end_date", "observation", "known_on", "record")
RECORDS = Path(__file__).with_name("records.csv")


@dataclass(frozen=True)
class Entered:
    """One caravan's record as it is forecast."""

    name: str
    record: CaravanReports

    @property
    def origins(self) -> list[dt.date]:
        """Days from which it is forecast: those whose own night was reported, before the end of the record."""
        return default_origins(self.record)


def entered() -> list[Entered]:
    """The caravans that everybody has: those that ship with the package."""
    return [Entered(name, read_record(load_scenario(name))) for name in CARAVANS]


def caravan_tasks(one: Entered) -> Iterator[dict[str, Any]]:
    """Tasks of one caravan; a body in parts has a truth for each part, all of equal share."""
    record = one.record
    nights, firm = parts_by_day(record), nights_by_day(record, direct=True)
    known_on = {record.day(night.date): night.known_on for night in record.nights if not night.planned}
    for origin in one.origins:
        today, known = record.day(origin), known_by(record, origin)
        past = {day: km for day, km in nights_by_day(known, direct=False).items() if day <= today}
        for horizon in HORIZONS:
            day = today + horizon
            if past and day in firm and max(past.values()) < float(record.stops.km[-1]) - 0.5:
                for km in nights[day]:
                    yield _row(one.name, origin, horizon, one.name, "position_km", record.date(day), km, known_on[day])
            for count in record.counts:
                report = count.report
                if report.day == day and not report.cards and report.middle is not None and known.counts:
                    location = f"{one.name}:{report.side}"
                    figure = report.middle
                    yield _row(one.name, origin, horizon, location, "persons", record.date(day), figure, count.known_on)


def camp_tasks(name: str, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Tasks of one instance of displacement: the counts of its camps that were reported on the day itself."""
    counts = [o for o in scenario.observations if o.kind == "camp_count" and o.place_id is not None]
    for observation in counts:
        ahead = (observation.date - scenario.start).days
        figure = observation.low if observation.low is not None else observation.high
        for horizon in CAMP_HORIZONS:
            origin = ahead - horizon
            if figure is None or origin < CAMP_FIRST or (origin - CAMP_FIRST) % CAMP_STEP:
                continue
            made_on = scenario.start + dt.timedelta(days=origin)
            location = f"{name}:{observation.place_id}"
            known_on = observation.known_on or observation.date
            yield _row(name, made_on, horizon, location, "camp_persons", observation.date, float(figure), known_on)


def _row(
    record: str, origin: dt.date, horizon: int, location: str, target: str, on: dt.date, value: float, known_on: dt.date
) -> dict[str, Any]:
    return {
        "origin_date": origin.isoformat(), "horizon": horizon, "location": location, "target": target,
        "target_end_date": on.isoformat(), "observation": round(float(value), 3), "known_on": known_on.isoformat(),
        "record": record,
    }  # fmt: skip


def instances(folder: Path | None) -> dict[str, Scenario]:
    """The instances of displacement in a folder, by name; none where no folder is named."""
    found = {}
    for home in sorted(folder.iterdir()) if folder is not None else ():
        if (home / "input_csv").is_dir():
            settings = folder / "simsetting.yml" if folder is not None else None
            imported = import_flee(home, settings if settings is not None and settings.is_file() else None)
            if imported.scenario is not None:
                found[home.name] = imported.scenario
    return found


def all_tasks(displacement: Path | None = None) -> pd.DataFrame:
    """Every task with its truths, a row a truth, in order: columns :data:`COLUMNS`."""
    rows = [row for one in entered() for row in caravan_tasks(one)]
    rows += [row for name, scenario in instances(displacement).items() for row in camp_tasks(name, scenario)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(list(KEYS), kind="stable").reset_index(drop=True)


def known_reports(displacement: Path | None = None) -> pd.DataFrame:
    """What was reported of every record, a row a report, with the day on which it was known."""
    caravans = [known_rows(one) for one in entered()]
    return pd.concat([*caravans, *(known_counts(name, one) for name, one in instances(displacement).items())])


def known_counts(name: str, scenario: Scenario) -> pd.DataFrame:
    """What was counted in the camps of an instance, as :func:`known_rows`."""
    rows = [
        {"date": o.date, "kind": "camp_count", "km": None, "side": "", "low": o.low, "high": o.high,
         "known_on": o.known_on or o.date, "location": f"{name}:{o.place_id}", "record": name}
        for o in scenario.observations
        if o.kind == "camp_count" and o.place_id is not None
    ]  # fmt: skip
    return pd.DataFrame(rows).sort_values(["known_on", "date", "location"], kind="stable").reset_index(drop=True)


def known_rows(one: Entered) -> pd.DataFrame:
    """What was reported of a caravan, a row a report, with the day on which it was known: what a forecast may use."""
    record = one.record
    nights = [
        {"date": n.date, "kind": "planned" if n.planned else "position", "km": n.km, "side": "", "low": None,
         "high": None, "known_on": n.known_on, "location": one.name}
        for n in record.nights
    ]  # fmt: skip
    counts = [
        {"date": record.date(c.report.day), "kind": "cards" if c.report.cards else "headcount", "km": None,
         "side": c.report.side, "low": c.report.low, "high": c.report.high, "known_on": c.known_on,
         "location": f"{one.name}:{c.report.side}"}
        for c in record.counts
    ]  # fmt: skip
    frame = pd.DataFrame([*nights, *counts])
    return frame.assign(record=one.name).sort_values(["known_on", "date"], kind="stable").reset_index(drop=True)


def licences() -> list[dict[str, str]]:
    """Where each record is and under which licence, as ``records.csv`` says."""
    with RECORDS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
