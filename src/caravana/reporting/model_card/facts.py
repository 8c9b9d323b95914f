"""What a model card states of a run, as numbers: observations by side, coverage, bands, small cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.caravan.coverage import score_headcounts, score_positions
from caravana.inference.displacement.tested import dated_counts
from caravana.inference.posterior.design import read_learned
from caravana.received import read_json
from caravana.results.answers import read_answers
from caravana.results.caravan import main_caravan, position_bands
from caravana.results.caravan_answers import headcount_bands
from caravana.results.places import people_at
from caravana.results.reported import SIDES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from caravana.results.answers import Answers
    from caravana.run import Run
    from caravana.scenario.model import Observation, Scenario
    from caravana.scenario.vocabulary import Side

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


def _caravan(run: Run) -> list[Held]:
    """Hold positions by date and headcounts by side against a caravan run."""
    nights = score_positions(run)
    heads = score_headcounts(run)
    by_date = nights.groupby("day")["covered"].any()
    return [
        Held("position", int(by_date.sum()), len(by_date)),
        Held("headcount", int(heads["covered"].sum()), len(heads)),
        *(Held(str(side), int(rows["covered"].sum()), len(rows)) for side, rows in heads.groupby("side")),
    ]


def _camps(run: Run) -> list[Held]:
    """Hold counts in camps against the run, but for those that it was given; counts of all who fled are no test."""
    counted = {o.place_id for o in run.scenario.observations if o.kind == CAMP_COUNT}
    ids = tuple(p.id for p in run.scenario.places if p.id in counted)
    dated = dated_counts(run.scenario, ids, days=len(run.days))
    if not dated.day.size:
        return []
    inside = dated.inside(people_at(run, ids, len(run.days)))
    return [Held(CAMP_COUNT, int(inside.sum()), len(inside))]


HELD: Mapping[str, Callable[[Run], list[Held]]] = {"caravan": _caravan, "displacement": _camps}
"""How a run of each family of models is held against the record; of other families nothing is known to hold."""


def coverage(run: Run) -> list[Held]:
    """Return how the run's bands stand against the record: by date, by side, by camp."""
    hold = HELD.get(run.family)
    return [] if hold is None else [h for h in hold(run) if h.of]


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
    import pandas as pd

    caravan = main_caravan(run.scenario)
    km = position_bands(run, caravan=caravan)
    if km.empty:
        return None
    heads = headcount_bands(run, caravan)
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


BANDS: Mapping[str, Callable[[Run], Bands | None]] = {"caravan": bands}
"""How wide the ranges of a run of each family are, where its card says so."""


@dataclass(frozen=True)
class Facts:
    """What a model card states.

    Attributes
    ----------
    results
        What the run says of itself.
    family
        Of its model.
    held
        How its bands stand against the record.
    bands
        How wide they are; None where the card does not say.
    backtest
        The backtest in the run folder, as :func:`read_backtest` gives it.
    learned
        What a calibration learned; None for a run from the priors.
    """

    results: Answers
    family: str
    held: tuple[Held, ...]
    bands: Bands | None
    backtest: dict[str, Any] | str | None
    learned: Mapping[str, Any] | None


def read_facts(run: Run, results: Answers | None = None) -> Facts:
    """Ask a run once for everything that its model card states.

    Parameters
    ----------
    run
        An opened run.
    results
        What it says of itself, if it has been asked already.

    Raises
    ------
    caravana.errors.RunError
        If what a calibration kept beside it cannot be read.
    """
    family = run.family
    widths = BANDS.get(family)
    return Facts(
        results=read_answers(run) if results is None else results, family=family, held=tuple(coverage(run)),
        bands=None if widths is None else widths(run), backtest=read_backtest(run.path, run.scenario.name),
        learned=read_learned(run.path),
    )  # fmt: skip


def read_backtest(folder: Path, scenario: str) -> dict[str, Any] | str | None:
    """Return the backtest that lies in a run folder.

    Parameters
    ----------
    folder
        The run folder.
    scenario
        Name of the run's scenario.

    Returns
    -------
    dict, str or None
        What ``caravana backtest --json`` printed; the name of another scenario, or an empty
        string for a file that is no backtest; None where there is no file.
    """
    path = folder / BACKTEST
    if not path.exists():
        return None
    try:
        card = read_json(path, links=False)
        name = str(card["scenario"])
        skill = card["skill"].items()
        whole = all(h in card[part][q] for q, s in skill for h in s for part in ("skill_interval", "cases"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    if name != scenario:
        return name
    return card if whole else ""
