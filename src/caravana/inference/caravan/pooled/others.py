"""What other caravans tell of one that is forecast: pace, changes of numbers, weights, how long they were together.

The tables beside this file are made from the records of 2018 to 2025 by
``python -m benchmarks.skill.run --caravans FOLDER --tables``: readings of each caravan alone (``advance.csv``,
``levels.csv``), where each slept (``hosts.csv``), how many of its plans it kept (``plans.csv``), where it left the road
(``branches.csv``), which were broken up within a week (``fates.csv``), how well each was forecast (``skills.csv``); and
weights, widths, hazards of ending and shares with each left out (``weights.csv``, ``widths.csv``, ``hazards.csv``,
``together.csv``).  A caravan that is forecast is left out of all of them; one is taken to be the same that set out
within :data:`SAME_DAYS`.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan import level, pacing
from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled.branching import WayTaken
from caravana.inference.caravan.pooled.eras import fit_eras
from caravana.inference.caravan.pooled.rosters import nearest_horizon
from caravana.inference.caravan.prior import left_out
from caravana.inference.caravan.together import Hazard
from caravana.inference.widths import Believed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.hierarchy import CaravanPrior
    from caravana.inference.reports import CaravanReports

    Floats = NDArray[np.float64]
    Reading = tuple[Floats, Floats]

NONE = "none"
SAME_DAYS = 3
WEEK = 7
BEFORE = 5
"""So many caravans before one, the last whose first week was over, tell how it may fare."""
NARROWEST = 0.6
"""Smallest spread between caravans, as a share of what is assumed beforehand."""
DAYS_A_YEAR = 365.25


def same_caravans(record: CaravanReports) -> tuple[str, ...]:
    """Caravans of the tables that this one is, or may be: none, one, or some that set out within days."""
    known = left_out(record)
    names = [name for name, day in _departures().items() if abs((day - record.departs).days) <= SAME_DAYS]
    return tuple(dict.fromkeys([*([known] if known != NONE else []), *names]))


def advance_prior(
    readings: Mapping[str, Reading], departures: Mapping[str, dt.date], *, without: Collection[str], like: dt.date
) -> CaravanPrior:
    """The prior of a caravan's advance from all others but some, those of its time before all.

    Parameters
    ----------
    readings : mapping of str to (ndarray, ndarray)
        What each caravan alone says of each parameter, with its error.
    departures : mapping of str to date
    without : collection of str
    like : date
        When the caravan in question set out.
    """
    kept = [name for name in readings if name not in without]
    years = [(departures[name] - like).days / DAYS_A_YEAR for name in kept]
    return fit_eras(pacing.COMMON, [readings[name] for name in kept], years, narrowest=NARROWEST)


def pacer_prior(record: CaravanReports) -> CaravanPrior:
    """The prior of a record's advance, from the caravans of the tables that it is not."""
    return advance_prior(_readings(), _departures(), without=same_caravans(record), like=record.departs)


def hosted(record: CaravanReports) -> dict[str, int]:
    """How many of the caravans of the tables, this one left out, spent a night at a place, by its id."""
    without = same_caravans(record)
    return dict(Counter(row["place"] for row in _hosts() if row["caravan"] not in without))


def level_evidence(record: CaravanReports) -> Floats:
    """Log likelihood of the other caravans' figures under each assumption of :data:`level.GRID`, shape (grid,)."""
    without = same_caravans(record)
    return sum((row for name, row in _levels().items() if name not in without), np.zeros(len(level.GRID)))


def learned_weights(record: CaravanReports, quantity: str, horizon: int) -> Floats:
    """Weights of a quantity's forecasters at a horizon, learned from other caravans."""
    table = _weights()
    name = next((n for n in same_caravans(record) if (n, quantity) in table), NONE)
    by_horizon = table[name, quantity]
    return by_horizon[nearest_horizon(horizon)]


def plan_trust(known: CaravanReports) -> float:
    """Chance that a night announced is spent where it was announced: as often as others kept to it, and this one has.

    The mean of a beta distribution that was even before any plan (``Beta(1, 1)``).

    Parameters
    ----------
    known : CaravanReports
        Cut to what had been published.
    """
    without = same_caravans(known)
    counted = [(kept, announced) for name, kept, announced in _plans() if name not in without]
    return trust_in_plans([*counted, plans_kept(known)])


def ways_of_others(record: CaravanReports) -> list[WayTaken]:
    """What the other caravans did where roads leave the one along which they went."""
    without = same_caravans(record)
    return [way for name, way in _ways_taken() if name not in without]


def trust_in_plans(counted: Sequence[tuple[int, int]]) -> float:
    """The same from the plans kept and announced of each caravan."""
    kept, announced = (sum(column) for column in zip(*counted, strict=True)) if counted else (0, 0)
    return (kept + 1.0) / (announced + 2.0)


def learned_widths(record: CaravanReports, quantity: str, horizon: int) -> Believed:
    """What other caravans tell of how wide forecasts of a quantity at a horizon should be."""
    table = _widths()
    name = next((n for n in same_caravans(record) if (n, quantity) in table), NONE)
    return table[name, quantity][nearest_horizon(horizon)]


def share_together(record: CaravanReports, horizon: int) -> float:
    """Share of evenings on which another caravan was still together so many days later."""
    table = _together()
    name = next((n for n in same_caravans(record) if n in table), NONE)
    by_horizon = table[name]
    return by_horizon[min(by_horizon, key=lambda h: max(h, horizon) / min(h, horizon))]


def scores_of_others(record: CaravanReports) -> dict[tuple[str, int], tuple[float, float]]:
    """Mean score of the other caravans' forecasts and of the best naive rule, by quantity and horizon."""
    without = same_caravans(record)
    total: dict[tuple[str, int], Floats] = {}
    for row in _rows("skills.csv"):
        if row["caravan"] not in without:
            key, cases = (row["quantity"], int(row["horizon"])), float(row["cases"])
            part = cases * np.array([float(row["score"]), float(row["naive"]), 1.0])
            total[key] = total.get(key, np.zeros(3)) + part
    return {key: (float(score / cases), float(naive / cases)) for key, (score, naive, cases) in total.items()}


def hazard_of(record: CaravanReports) -> Hazard:
    """Hazard of ending, fitted to the other caravans."""
    table = _hazards()
    return table[next((n for n in same_caravans(record) if n in table), NONE)]


def share_broken(record: CaravanReports) -> float:
    """Share of the caravans before this one that were broken up within a week; one in two where none is known."""
    week_before = record.departs - dt.timedelta(days=WEEK)
    before = [broken for departs, broken in _fates() if departs < week_before][-BEFORE:]
    return (sum(before) + 1.0) / (len(before) + 2.0)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("caravana.inference.caravan.pooled").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _departures() -> dict[str, dt.date]:
    return {
        row["caravan"]: dt.date.fromisoformat(row["departs"])
        for name in ("advance.csv", "levels.csv")
        for row in _rows(name)
    }


@cache
def _readings() -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    for row in _rows("advance.csv"):
        reading, error = readings.setdefault(
            row["caravan"], (np.zeros(len(pacing.NAMES)), np.full(len(pacing.NAMES), np.inf))
        )
        at = pacing.NAMES.index(row["parameter"])
        reading[at], error[at] = float(row["reading"]), float(row["error"])
    return readings


@cache
def _hosts() -> list[dict[str, str]]:
    return _rows("hosts.csv")


@cache
def _levels() -> dict[str, Floats]:
    return {row["caravan"]: np.array([float(row[name]) for name in level.GRID_NAMES]) for row in _rows("levels.csv")}


@cache
def _weights() -> dict[tuple[str, str], dict[int, Floats]]:
    by_key: dict[tuple[str, str], dict[int, list[float]]] = {}
    for row in _rows("weights.csv"):
        by_horizon = by_key.setdefault((row["left_out"], row["quantity"]), {})
        by_horizon.setdefault(int(row["horizon"]), []).append(float(row["weight"]))
    return {key: {h: np.array(w) for h, w in by_horizon.items()} for key, by_horizon in by_key.items()}


@cache
def _plans() -> list[tuple[str, int, int]]:
    return [(row["caravan"], int(row["kept"]), int(row["announced"])) for row in _rows("plans.csv")]


@cache
def _ways_taken() -> list[tuple[str, WayTaken]]:
    return [
        (row["caravan"],
         WayTaken(dt.date.fromisoformat(row["departs"]), (row["leaves"], row["towards"]), row["left"] == "true",
                  row["aside"] == "true" if row["aside"] else None))
        for row in _rows("branches.csv")
    ]  # fmt: skip


@cache
def _widths() -> dict[tuple[str, str], dict[int, Believed]]:
    table: dict[tuple[str, str], dict[int, Believed]] = {}
    for row in _rows("widths.csv"):
        errors = np.array([float(error) for error in row["errors"].split()])
        believed = Believed(errors, worth=float(row["worth"]), own=float(row["own"]), easing=float(row["easing"]))
        table.setdefault((row["left_out"], row["quantity"]), {})[int(row["horizon"])] = believed
    return table


@cache
def _hazards() -> dict[str, Hazard]:
    names = [field.name for field in fields(Hazard)]
    return {row["left_out"]: Hazard(*(float(row[name]) for name in names)) for row in _rows("hazards.csv")}


@cache
def _fates() -> list[tuple[dt.date, bool]]:
    return [(dt.date.fromisoformat(row["departs"]), row["broken"] == "true") for row in _rows("fates.csv")]


@cache
def _together() -> dict[str, dict[int, float]]:
    shares: dict[str, dict[int, float]] = {}
    for row in _rows("together.csv"):
        shares.setdefault(row["left_out"], {})[int(row["horizon"])] = float(row["share"])
    return shares
