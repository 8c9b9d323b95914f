"""What each contested claim does to the headline answers: both readings, on the same streams."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from caravana.arguments import as_date
from caravana.errors import UsageError
from caravana.evidence.ledger import contested
from caravana.evidence.taken import take
from caravana.models.registry import require_family
from caravana.models.scenarios import as_scenario
from caravana.progress import progress_shown, unseen
from caravana.results.members import PLANNING_LEVELS, interval
from caravana.results.outcomes import compared_outcomes, day_of_outcomes, headcount_on
from caravana.simulation import simulate
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from caravana.evidence.taken import HeadcountCondition, TakenInputs
    from caravana.run import Run
    from caravana.scenario.model import Claim, Scenario

How = Literal["runs", "picked", "too_few", "none"]
ANSWERS = {
    "arrivals": "persons",
    "headcount": "persons",
    "harm": "persons",
    "smugglers_per_1000": "USD per 1,000 people who set out",
    "accepted_cards": "persons",
}
"""The headline answers: who gets there, the main caravan's size on a day, deaths, injuries and detentions
taken together, what smugglers receive, and who takes cards.  Counts are of everyone in the scenario."""
FEWEST = 10
"""Runs that must agree with a reading of a count before anything is said of it."""
SLIGHT = 0.05
"""A shift below this share of what is open anyway is told as no shift."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What the two readings of a claim make of one answer.

    Attributes
    ----------
    true, false
        Median answer if the claim is taken as true, and as false.
    low, median, high
        Of the difference true less false, run by run (90% interval); NaN where the readings pick among runs.
    share_higher
        Share of runs in which the answer is higher if the claim is true; NaN likewise.
    shift
        Difference of the medians over the 90% range of the answer with every claim left open.
    """

    true: float
    false: float
    low: float
    median: float
    high: float
    share_higher: float
    shift: float


@dataclass(frozen=True, slots=True)
class Weight:
    """A contested claim, weighed.

    Attributes
    ----------
    claim
        Which.
    how
        ``runs`` (an ensemble for each reading), ``picked`` (runs that agree with it against the
        others), ``too_few`` (too few agree), ``none`` (nothing computed depends on it).
    shifts
        By answer; empty unless ``runs`` or ``picked``.  A claim about the very count that is an
        answer is not held against it.
    members
        Runs that stand behind the reading as true, and as false.
    """

    claim: Claim
    how: How
    shifts: Mapping[str, Shift]
    members: tuple[int, int] = (0, 0)

    @property
    def strongest(self) -> str | None:
        """The answer that it moves most."""
        return max(self.shifts, key=lambda k: abs(self.shifts[k].shift), default=None)

    @property
    def strength(self) -> float:
        """How far it moves that answer, over what is open anyway."""
        return abs(self.shifts[self.strongest].shift) if self.strongest else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class Weighing(Summarised):
    """Every contested claim, strongest first.

    Attributes
    ----------
    scenario, members, seed, on
        What was weighed, and the day of the headcount.
    open
        The answers with every claim left open, one row a member.
    weights
        The claims.
    """

    scenario: Scenario
    members: int
    seed: int
    on: dt.date
    open: pd.DataFrame
    weights: tuple[Weight, ...]


def read_answers(run: Run, on: dt.date) -> pd.DataFrame:
    """Return the headline answers of a run, one row a member; NaN where there is no caravan to count."""
    import pandas as pd

    everyone, cohort = compared_outcomes(run, "everyone"), compared_outcomes(run, "set_out")
    return pd.DataFrame({
        "arrivals": everyone["arrivals"],
        "headcount": headcount_on(run, on),
        "harm": everyone["deaths"] + everyone["injuries"] + everyone["detentions"],
        "smugglers_per_1000": cohort["smugglers_per_1000"],
        "accepted_cards": everyone["accepted_cards"],
    })  # fmt: skip


def _key(inputs: TakenInputs) -> str:
    """Return what makes two readings the same ensemble."""
    priors = {name: prior.model_dump(exclude_none=True) for name, prior in inputs.priors.items()}
    return json.dumps([sorted(inputs.settings.items()), sorted(priors.items()), sorted(inputs.policies)])


class _Ensembles:
    """Answers of ensembles simulated so far: claims that say the same share one."""

    def __init__(self, scenario: Scenario, *, members: int, seed: int, workers: int | None, on: dt.date | None) -> None:
        self._members, self._seed, self._workers = members, seed, workers
        run = self._simulate(take(scenario, {}))
        self.on = day_of_outcomes(run, on)
        self.open = read_answers(run, self.on)
        self.base = run
        self._known = {_key(take(scenario, {})): self.open}

    def _simulate(self, inputs: TakenInputs) -> Run:
        return simulate(
            inputs.scenario, members=self._members, seed=self._seed, set=inputs.settings,
            policies=inputs.policies, follow=True, workers=self._workers, progress=unseen,
        )  # fmt: skip

    def answers(self, inputs: TakenInputs) -> pd.DataFrame:
        """Return the answers of a reading's ensemble."""
        key = _key(inputs)
        if key not in self._known:
            self._known[key] = read_answers(self._simulate(inputs), self.on)
        return self._known[key]


def meets(run: Run, counts: Sequence[HeadcountCondition]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which members of a run meet every condition on a day's headcount."""
    keep = np.ones(len(run.member_ids), dtype=bool)
    for count in counts:
        persons = headcount_on(run, count.date).to_numpy()
        inside = (persons >= count.low) & (persons <= count.high)
        keep &= inside if count.inside else ~inside & ~np.isnan(persons)
    return keep


def _shift(true: pd.Series[float], false: pd.Series[float], spread: float, *, paired: bool) -> Shift:
    gap = float(true.median() - false.median())
    low = mid = high = share = float("nan")
    if paired:
        difference = (true - false).dropna().to_numpy(dtype=float)
        if difference.size:
            low, mid, high = (float(x) for x in np.quantile(difference, PLANNING_LEVELS))
            share = float((difference > 0).mean())
    moved = gap / spread if spread > 0 and not np.isnan(gap) else 0.0
    return Shift(float(true.median()), float(false.median()), low, mid, high, share, moved)


def _weigh(claim: Claim, scenario: Scenario, ensembles: _Ensembles) -> Weight:
    """Weigh one claim: a reading that the scenario does not have leaves it open."""
    read = {r.taken for r in scenario.readings if r.claim == claim.id}
    if not read:
        return Weight(claim, "none", {})
    both = [take(scenario, {claim.id: taken if taken in read else "open"}) for taken in ("true", "false")]
    frames = [ensembles.answers(inputs) for inputs in both]
    if any(inputs.counts for inputs in both):
        frames = [
            f.loc[ensembles.base.member_ids[meets(ensembles.base, x.counts)]] for f, x in zip(frames, both, strict=True)
        ]
    paired = not any(inputs.counts for inputs in both)
    members = (len(frames[0]), len(frames[1]))
    if min(members) < FEWEST:
        return Weight(claim, "too_few", {}, members)
    spread = ensembles.open.quantile(0.95) - ensembles.open.quantile(0.05)
    # Of a claim about the caravan's size on that very day, its size that day is no answer.
    itself = any(c.date == ensembles.on for inputs in both for c in inputs.counts)
    answers = [k for k in ANSWERS if not (itself and k == "headcount")]
    shifts = {k: _shift(frames[0][k], frames[1][k], float(spread[k]), paired=paired) for k in answers}
    return Weight(claim, "runs" if paired else "picked", shifts, members)


def weigh(
    scenario: Scenario | str | os.PathLike[str],
    *,
    members: int = 128,
    seed: int = 1,
    workers: int | None = None,
    on: dt.date | str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Weighing:
    """Weigh every contested claim of a scenario.

    Parameters
    ----------
    scenario
        A scenario with readings, a bundled name, or a scenario folder.
    members, seed, workers
        Of each ensemble; all share their streams.
    on
        Day of the main caravan's headcount (default: the eighteenth).
    progress
        Called with claims weighed and claims in all.

    Returns
    -------
    Weighing
        Claims ranked by how far they move the answer that they move most.

    Raises
    ------
    UsageError
        If the scenario has no contested claim, or its rules have no caravan.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.weigh(cv.load_scenario("tapachula-2021").replace(claims=[], readings=[]))
    Traceback (most recent call last):
    ...
    caravana.errors.ScenarioError: ...
    """
    scenario = as_scenario(scenario)
    claims = [c for c in scenario.claims if contested(c)]
    if not claims:
        raise UsageError(f"{scenario.name} has no contested claim to weigh")
    require_family(scenario, "caravan", "claims are weighed")
    day = None if on is None else as_date(on, name="on")
    tell = progress or progress_shown("Claims weighed")
    if progress is None:
        tell(0, len(claims))
    ensembles = _Ensembles(scenario, members=members, seed=seed, workers=workers, on=day)
    weights = []
    for i, claim in enumerate(claims):
        weights.append(_weigh(claim, scenario, ensembles))
        tell(i + 1, len(claims))
    weights.sort(key=lambda w: -w.strength)
    return Weighing(scenario, members, seed, ensembles.on, ensembles.open, tuple(weights))


def as_json(weighing: Weighing) -> dict[str, Any]:
    """Return a weighing as one JSON object."""

    def number(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    claims = [
        {
            "claim": w.claim.id, "how": w.how, "members": {"true": w.members[0], "false": w.members[1]},
            "strength": round(w.strength, 4), "moves_most": w.strongest,
            "answers": {
                key: {
                    "true": number(s.true), "false": number(s.false), "share_higher": number(s.share_higher),
                    "difference": {"low": number(s.low), "median": number(s.median), "high": number(s.high)},
                    "shift": round(s.shift, 4),
                }
                for key, s in w.shifts.items()
            },
        }
        for w in weighing.weights
    ]  # fmt: skip
    answers = {
        key: {"unit": unit, **{n: number(q) for n, q in interval(weighing.open[key]).items()}}
        for key, unit in ANSWERS.items()
    }
    return {
        "members": weighing.members, "seed": weighing.seed, "headcount_on": weighing.on.isoformat(),
        "open": answers, "claims": claims,
    }  # fmt: skip
