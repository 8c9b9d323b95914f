"""What if the world were another: it is held against the one that is, member by member, harm first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import RunError
from caravana.models.displacement.series import dated_capacity
from caravana.models.registry import model_of
from caravana.results.outcomes import COMPARED, Quantity, compared_outcomes
from caravana.results.places import people_on
from caravana.simulation import simulate
from caravana.studies.changes import CAMPS, apply_changes
from caravana.studies.compare import effect_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from caravana.run import Run
    from caravana.scenario.model import Scenario
    from caravana.studies.changes import Change
    from caravana.studies.compare import Difference

CLEAR = 0.9
"""A difference is told where so many pairs of runs agree on its direction, or its range leaves nought out."""
BASE, CHANGED = "base", "changed"


@dataclass(frozen=True, slots=True)
class ChangedWorld:
    """Two worlds: as it is, and changed.

    Attributes
    ----------
    scenario, changes
        What was compared.
    day
        The last day, on which people are counted.
    members, seed
        Of both ensembles: those that finished in both.
    differences
        By outcome, harm first; ``policy`` is the changed world.
    """

    scenario: Scenario
    changes: tuple[Change, ...]
    day: dt.date
    members: int
    seed: int
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object; ``tells`` says whether a difference can be told from chance."""
        return {
            "scenario": self.scenario.name,
            "changes": [one.model_dump(mode="json", exclude_none=True) for one in self.changes],
            "day": self.day.isoformat(), "members": self.members, "seed": self.seed,
            "outcomes": [{**one.as_json(), "tells": tells_apart(one)} for one in self.differences],
        }  # fmt: skip


def tells_apart(one: Difference) -> bool:
    """Whether a difference can be told from chance."""
    low, high = one.difference["low"], one.difference["high"]
    return max(one.share_lower, one.share_higher) >= CLEAR or not low <= 0 <= high


def compare_changes(
    scenario: Scenario, changes: Sequence[Change], *, members: int = 256, seed: int = 1,
    settings: Mapping[str, Any] | None = None, workers: int | None = None, keep: Path | None = None,
    progress: Callable[[str], Callable[[int, int], None]] | None = None,
) -> ChangedWorld:  # fmt: skip
    """Compare a changed world with the one that is, on the same streams.

    Parameters
    ----------
    scenario, changes
        The world, and what is changed in it, all together.
    members, seed, settings, workers
        Of both ensembles.
    keep
        Folder in which both runs are kept: a comparison that was killed goes on from the blocks that are done.
    progress
        Given a world's name, returns what is called with blocks done and blocks in all.

    Raises
    ------
    UsageError, ScenarioError
        If a change cannot be made, or the changed world has faults.
    RunError
        If no member finished in both worlds.
    """
    changed = apply_changes(scenario, changes)

    def run(world: str, of: Scenario) -> Run:
        return simulate(
            of, members=members, seed=seed, set=settings, workers=workers, follow=model_of(of).family in FOLLOWED,
            out=None if keep is None else keep / world, progress=None if progress is None else progress(world),
        )  # fmt: skip

    base, other = run(BASE, scenario), run(CHANGED, changed)
    both = np.intersect1d(base.member_ids, other.member_ids)
    if both.size == 0:
        raise RunError("no member finished in both worlds; try more members")
    measure = MEASURES.get(model_of(scenario).family, _camps)
    differences = measure(base, other, both)
    return ChangedWorld(scenario, tuple(changes), base.days[-1].date(), len(both), seed, differences)


FOLLOWED = ("caravan",)
"""Families whose outcomes are of those who set out, who have to be followed."""


Measure = Callable[["Run", "Run", "np.ndarray[Any, np.dtype[np.int64]]"], "tuple[Difference, ...]"]


def _of_caravan(base: Run, other: Run, both: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[Difference, ...]:
    """The outcomes that policies are compared by, of everyone; harm stands first in them."""
    worlds = [compared_outcomes(one, "everyone").loc[both] for one in (base, other)]
    return tuple(effect_of(one, worlds[0][one.key], worlds[1][one.key]) for one in COMPARED)


def _camps(base: Run, other: Run, both: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[Difference, ...]:
    """Who is on the road (the harm that this model knows), in camps, and in each camp, the most changed first."""
    day = base.days[-1].date()
    people = [people_on(one, day).reindex(both).fillna(0.0) for one in (base, other)]
    places = {place.id: place for run in (base, other) for place in run.scenario.places}
    camps = [name for name, place in places.items() if place.kind in CAMPS]
    tables = [frame.reindex(columns=camps, fill_value=0.0) for frame in people]
    road = [_road(frame) for frame in people]
    over = [_over_capacity(table, run) for table, run in zip(tables, (base, other), strict=True)]
    each = [effect_of(Quantity(f"at {camp}", "persons"), *(table[camp] for table in tables)) for camp in camps]
    each = [one for one in each if one.base["high"] or one.policy["high"]]
    each.sort(key=lambda one: (-abs(one.difference["median"]), one.outcome.key))
    return (
        effect_of(Quantity("over_capacity", "persons", harm=True), *over),
        effect_of(Quantity("on_the_road", "persons", harm=True), *road),
        effect_of(Quantity("in_camps", "persons"), *(table.sum(axis=1) for table in tables)),
        *each,
    )


def _road(people: pd.DataFrame) -> pd.Series[float]:
    return people[[c for c in people.columns if str(c).split(":")[0] == "road"]].sum(axis=1)


def _over_capacity(camps: pd.DataFrame, run: Run) -> pd.Series[float]:
    """People in camps beyond what those hold."""
    day = (run.days[-1].date() - run.scenario.start).days
    held = {place.id: float(place.capacity) for place in run.scenario.places if place.capacity}
    dated = dated_capacity(run.scenario, day + 1, hasten=1.0)
    if dated is not None:
        held |= {p.id: float(x) for p, x in zip(run.scenario.places, dated[day], strict=True) if not np.isnan(x)}
    limited = [name for name in camps.columns if name in held]
    limits = np.array([held[name] for name in limited])
    return (camps[limited] - limits).clip(lower=0.0).sum(axis=1)


MEASURES: Mapping[str, Measure] = {"caravan": _of_caravan}
"""What is compared by family; camps of any other."""
