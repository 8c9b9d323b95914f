"""What a model card states of a run, as numbers: observations by side, coverage, bands, small cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caravana.inference.caravan.coverage import score_headcounts, score_positions
from caravana.inference.displacement.tested import dated_counts
from caravana.results.caravan import position_bands
from caravana.results.places import people_at
from caravana.results.reported import SIDES

if TYPE_CHECKING:
    import datetime as dt

    from caravana.run import Run
    from caravana.scenario.model import Observation, Scenario, Side

LEAST = 10
"""Persons under which a cell is withheld from anything for the public."""
CAMP_COUNT = "camp_count"
TOTAL_COUNT = "total_count"
CAMPS = ("camp", "idpcamp")
BACKTEST = "backtest.json"
NORMAL_95 = 1.6449
"""Standard normal quantile of an interval of 9 in 10."""


def counts_people(observation: Observation) -> bool:
    """Whether an observation says how many people there were."""
    return observation.kind.startswith(("headcount", CAMP_COUNT, TOTAL_COUNT))


@dataclass(frozen=True, slots=True)
class SideData:
    """What one side reported: how many figures of which sort, and from when to when."""

    side: Side
    number: int
    people: int
    positions: int
    first: dt.date
    last: dt.date


def observations_by_side(scenario: Scenario) -> list[SideData]:
    """Return what each side reported, in the report's order of sides."""
    out = []
    for side in SIDES:
        rows = [o for o in scenario.observations if o.speaker_side == side]
        if rows:
            dates = [o.date for o in rows]
            positions = sum(o.kind == "position" for o in rows)
            out.append(SideData(side, len(rows), sum(map(counts_people, rows)), positions, min(dates), max(dates)))
    return out


@dataclass(frozen=True, slots=True)
class Held:
    """How many of the recorded figures of one sort lie within the run's band."""

    what: str
    inside: int
    of: int

    @property
    def share(self) -> float:
        """Share within the band."""
        return self.inside / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 9 in 10 for the share, as if the figures were independent."""
        n, p, z2 = self.of, self.share, NORMAL_95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = NORMAL_95 / (1 + z2 / n) * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
        return max(0.0, middle - half), min(1.0, middle + half)


def coverage(run: Run) -> list[Held]:
    """Return how the run's bands stand against the record: by date, by side, by camp."""
    if not run.scenario.caravans:
        camps = _camps(run)
        return [camps] if camps.of else []
    nights = score_positions(run)
    heads = score_headcounts(run)
    by_date = nights.groupby("day")["covered"].any()
    held = [
        Held("position", int(by_date.sum()), len(by_date)),
        Held("headcount", int(heads["covered"].sum()), len(heads)),
    ]
    held += [Held(str(side), int(rows["covered"].sum()), len(rows)) for side, rows in heads.groupby("side")]
    return [h for h in held if h.of]


def _camps(run: Run) -> Held:
    """Hold counts in camps against the run, but for those that it was given; counts of all who fled are no test."""
    counted = {o.place_id for o in run.scenario.observations if o.kind == CAMP_COUNT}
    ids = tuple(p.id for p in run.scenario.places if p.id in counted)
    dated = dated_counts(run.scenario, ids, days=len(run.days))
    if not dated.day.size:
        return Held(CAMP_COUNT, 0, 0)
    inside = dated.inside(people_at(run, ids, len(run.days)))
    return Held(CAMP_COUNT, int(inside.sum()), len(inside))


@dataclass(frozen=True, slots=True)
class Bands:
    """How wide a caravan run's ranges are.

    Attributes
    ----------
    middle_km, widest_km, widest_on
        Width of the position's band on the median day, and on the widest one.
    factor
        High over low end of the headcount, median over days.
    sample_on, low, high
        A day a third of the way in, and its range of the headcount.
    first_share, last_share
        Share of members in which the caravan is together on the first and on the last day.
    """

    middle_km: float
    widest_km: float
    widest_on: dt.date
    factor: float
    sample_on: dt.date
    low: float
    high: float
    first_share: float
    last_share: float


def bands(run: Run) -> Bands | None:
    """Return the widths of the main caravan's bands; None where it is nowhere in any member."""
    if not run.scenario.caravans:
        return None
    caravan = run.scenario.caravans[0].id
    km = position_bands(run, caravan=caravan)
    if km.empty:
        return None
    heads = run.query(
        "SELECT day, quantile_cont(persons, 0.05) AS low, quantile_cont(persons, 0.95) AS high FROM caravans"
        f" WHERE caravan = '{caravan}' AND active GROUP BY day ORDER BY day"
    )
    width = (km["high"] - km["low"]).to_numpy()
    shares = km.set_index(pd.to_datetime(km["day"]))["members"].reindex(run.days).fillna(0) / len(run.member_ids)
    sample = heads.iloc[len(heads) // 3]
    days = pd.to_datetime(km["day"])
    return Bands(
        middle_km=float(np.median(width)), widest_km=float(width.max()),
        widest_on=days.iloc[int(width.argmax())].date(),
        factor=float(np.median(heads["high"] / np.maximum(heads["low"], 1.0))),
        sample_on=pd.Timestamp(sample["day"]).date(), low=float(sample["low"]), high=float(sample["high"]),
        first_share=float(shares.iloc[0]), last_share=float(shares.iloc[-1]),
    )  # fmt: skip


def small_cells(run: Run) -> tuple[int, float]:
    """Return how many cells of people the run has, and the share under :data:`LEAST` persons."""
    row = run.query(f"SELECT count(*) AS n, avg(CAST(persons < {LEAST} AS DOUBLE)) AS share FROM people").iloc[0]
    return int(row["n"]), float(row["share"]) if row["n"] else 0.0


def read_backtest(run: Run) -> dict[str, Any] | str | None:
    """Return the backtest that lies in the run folder.

    Returns
    -------
    dict, str or None
        What ``caravana backtest --json`` printed; the name of another scenario, or an empty
        string for a file that is no backtest; None where there is no file.
    """
    path = run.path / BACKTEST
    if not path.exists():
        return None
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        name = str(card["scenario"])
        skill = card["skill"].items()
        whole = all(h in card[part][q] for q, s in skill for h in s for part in ("skill_interval", "cases"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    if name != run.scenario.name:
        return name
    return card if whole else ""
