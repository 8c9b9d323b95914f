"""What if a crossing is shut: who arrives where, against the world in which it is open, member by member."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.models.registry import require_family
from caravana.results.outcomes import Quantity
from caravana.results.places import people_on
from caravana.scenario.model import Event
from caravana.simulation import simulate
from caravana.studies.compare import effect_of
from caravana.studies.policies import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.run import Run
    from caravana.scenario.model import Policy, Scenario
    from caravana.studies.compare import Difference

CAMPS = ("camp", "idpcamp")


@dataclass(frozen=True, slots=True)
class ClosingComparison:
    """Two worlds of a displacement: crossings open, and shut.

    Attributes
    ----------
    scenario, policies
        What was compared.
    day
        The day that people are counted on: the last.
    members, seed
        Of both ensembles.
    differences
        People in all camps, on the road, and in each camp, those that change most first; ``policy`` is shut.
    """

    scenario: Scenario
    policies: tuple[Policy, ...]
    day: dt.date
    members: int
    seed: int
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "scenario": self.scenario.name, "policies": [one.id for one in self.policies], "day": self.day.isoformat(),
            "members": self.members, "seed": self.seed, "outcomes": [one.as_json() for one in self.differences],
        }  # fmt: skip


def with_crossings_shut(scenario: Scenario, policies: Sequence[Policy]) -> Scenario:
    """Return a scenario in which the crossings of some policies are shut from their first days on.

    Raises
    ------
    UsageError
        If a policy shuts nothing: of another lever, or not between the two ends of a crossing.
    """
    ends = {frozenset((link.from_id, link.to_id)) for link in scenario.links if link.name}
    events: list[Event] = []
    for policy in policies:
        if policy.lever != "close" or frozenset(policy.place_ids) not in ends:
            raise UsageError(
                f"{policy.id}: among displaced people a policy shuts a crossing (lever close, its two ends)"
            )
        first, second = policy.place_ids
        events.append(Event(
            id=f"shut-by-{policy.id}"[:80], date=policy.start, end_date=policy.end, kind="closure", place_id=first,
            target_id=second, unit="crossing", description=policy.title,
        ))  # fmt: skip
    return scenario.model_copy(update={"events": (*scenario.events, *events)})


def compare_closing(
    scenario: Scenario,
    policies: Sequence[str],
    *,
    members: int = 200,
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    progress: Callable[[str], Callable[[int, int], None]] | None = None,
) -> ClosingComparison:
    """Compare a world in which crossings are shut with the one in which they are open.

    Parameters
    ----------
    scenario
        A scenario of displacement.
    policies
        Ids of its policies, or paths of TOML files, each of which shuts a crossing; all together.
    members, seed, settings, workers
        Of both ensembles.
    progress
        Given a world's name, returns what is called with blocks done and blocks in all.

    Raises
    ------
    UsageError
        If a policy is unknown or shuts nothing, or the scenario is of another family.
    """
    require_family(scenario, "displacement", "crossings are shut")
    grown, chosen = choose(scenario, policies)
    shut = with_crossings_shut(grown, chosen)

    def run(world: str, of: Scenario) -> Run:
        return simulate(
            of, members=members, seed=seed, set=settings, workers=workers,
            progress=None if progress is None else progress(world),
        )  # fmt: skip

    base, closed = run("base", grown), run("policy", shut)
    day = base.days[-1].date()
    both = np.intersect1d(base.member_ids, closed.member_ids)
    people = [people_on(one, day).reindex(both).fillna(0.0) for one in (base, closed)]
    camps = [place.id for place in scenario.places if place.kind in CAMPS]
    camps = [camp for camp in camps if any(camp in frame.columns for frame in people)]
    tables = [frame.reindex(columns=camps, fill_value=0.0) for frame in people]
    road = [frame[[c for c in frame.columns if str(c).split(":")[0] == "road"]].sum(axis=1) for frame in people]
    each = [effect_of(Quantity(f"at {camp}", "persons"), *(table[camp] for table in tables)) for camp in camps]
    each.sort(key=lambda one: (-abs(one.difference["median"]), one.outcome.key))
    return ClosingComparison(
        grown, chosen, day, len(both), seed,
        (
            effect_of(Quantity("in_camps", "persons"), *(table.sum(axis=1) for table in tables)),
            effect_of(Quantity("on_the_road", "persons"), *road), *each,
        ),
    )  # fmt: skip
