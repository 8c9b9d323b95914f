"""What if: one world against another, member by member, on the same streams.

A member has the same parameters and draws from the same streams in both worlds, so the difference
of a member is the effect of the policy on it, as far as the occupied cells agree (see
``docs/what-if.md`` on where that fails).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from caravana.arguments import several
from caravana.errors import RunError, UsageError
from caravana.evidence.taken import TakenInputs, take
from caravana.evidence.weighing import meets
from caravana.models.registry import require_family
from caravana.models.scenarios import load_scenario
from caravana.results.members import INTERVAL, interval
from caravana.results.outcomes import COMPARED, SCOPES, compared_outcomes, nights_by_place
from caravana.run import Run
from caravana.scenario.model import Scenario
from caravana.simulation import simulate
from caravana.studies.paired import RunComparison, compare_runs
from caravana.studies.policies import choose, refuse_contradictions
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from caravana.evidence.taken import HeadcountCondition
    from caravana.results.outcomes import Quantity, Scope
    from caravana.scenario.model import Policy

PLACES_TOLD = 12


@dataclass(frozen=True)
class Difference:
    """One outcome in two worlds.

    Attributes
    ----------
    outcome
        Which.
    base, policy, difference
        Quantiles by :data:`caravana.results.members.INTERVAL`; the difference is taken member by member,
        policy less base.
    share_lower, share_higher
        Share of members in which the policy makes it lower, and higher.
    """

    outcome: Quantity
    base: Mapping[str, float]
    policy: Mapping[str, float]
    difference: Mapping[str, float]
    share_lower: float
    share_higher: float

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "outcome": self.outcome.key, "unit": self.outcome.unit, "harm": self.outcome.harm, "base": dict(self.base),
            "policy": dict(self.policy), "difference": dict(self.difference), "share_lower": self.share_lower,
            "share_higher": self.share_higher,
        }  # fmt: skip


@dataclass(frozen=True, repr=False)
class Comparison(Summarised):
    """Two worlds, member by member.

    Attributes
    ----------
    scenario, policies, inputs
        What was compared: the policies put in force, and the inputs with any claims taken.
    base, policy
        The two runs.
    members
        Members compared: those that finished in both worlds (and meet any claim about a count).
    values
        Every outcome by member, ``values[scope][world]``, world being ``base`` or ``policy``.
    taken
        Claims taken as true or false.
    """

    scenario: Scenario
    policies: tuple[Policy, ...]
    inputs: TakenInputs
    base: Run
    policy: Run
    members: np.ndarray[Any, np.dtype[np.int64]]
    values: Mapping[Scope, Mapping[str, pd.DataFrame]]
    taken: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Mapping[str, Any]:
        """What both worlds have in common: scenario, seed, first and last day."""
        plan: Mapping[str, Any] = self.base.manifest["plan"]
        return plan

    @property
    def version(self) -> str:
        """Version of the program that simulated the world without the policies."""
        return str(self.base.manifest["caravana"])

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day simulated."""
        return self.base.days[0].date(), self.base.days[-1].date()

    def effects(self, scope: Scope) -> list[Difference]:
        """Return every outcome's effect, harm first."""
        worlds = self.values[scope]
        return [effect_of(o, worlds["base"][o.key], worlds["policy"][o.key]) for o in COMPARED]

    def places(self) -> pd.DataFrame:
        """Return people in need on the fullest night by place, where the two worlds differ most.

        Columns ``base``, ``policy``, ``low``, ``median``, ``high`` (of the difference) and
        ``share_higher``; persons.
        """
        import pandas as pd

        base, policy = (nights_by_place(r).loc[self.members] for r in (self.base, self.policy))
        places = base.columns.union(policy.columns)
        base, policy = (x.reindex(columns=places).fillna(0.0) for x in (base, policy))
        difference = policy - base
        table = pd.DataFrame({
            "base": base.median(), "policy": policy.median(),
            **{name: difference.quantile(q) for name, q in INTERVAL.items()},
            "share_higher": (difference > 0).mean(),
        })  # fmt: skip
        order = difference.mean().abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order].head(PLACES_TOLD)


def effect_of(outcome: Quantity, base: pd.Series[float], policy: pd.Series[float]) -> Difference:
    """Return one outcome in two worlds, paired by member."""
    difference = policy - base
    return Difference(
        outcome, interval(base), interval(policy), interval(difference),
        share_lower=float((difference < 0).mean()), share_higher=float((difference > 0).mean()),
    )  # fmt: skip


@overload
def compare(inputs: Run, policies: Run) -> RunComparison: ...


@overload
def compare(
    inputs: TakenInputs | Scenario | str,
    policies: Sequence[str],
    *,
    members: int = 200,
    seed: int = 1,
    taken: Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: Callable[[str], Callable[[int, int], None]] | None = None,
    base: Run | None = None,
) -> Comparison: ...


def compare(
    inputs: TakenInputs | Scenario | Run | str,
    policies: Sequence[str] | Run,
    *,
    members: int = 200,
    seed: int = 1,
    taken: Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: Callable[[str], Callable[[int, int], None]] | None = None,
    base: Run | None = None,
) -> Comparison | RunComparison:
    """Compare two runs, or a world in which policies are in force with one in which they are not.

    Parameters
    ----------
    inputs : TakenInputs, Scenario, str or Run
        The scenario or its name, or the inputs that claims taken make of it
        (:func:`caravana.evidence.taken.take`); or a run.
    policies : sequence of str or Run
        Ids of its policies, or paths of TOML files; all are put in force together.  Or the run to compare with.
    members, seed : int, optional
        Of both ensembles.
    taken : mapping, optional
        Claims taken, to be told with the answer.
    workers : int, optional
        Processes to use (default: this machine's cores).
    progress : callable, optional
        Given a world's name, returns what is called with blocks done and blocks in all.
    base : Run, optional
        The base run, if it is at hand (followed, and of the same inputs, members and seed).

    Returns
    -------
    Comparison or RunComparison
        Opened runs and outcomes by member; of two runs what differs in their plans and outcomes.

    Raises
    ------
    UsageError, ScenarioError
        If a policy is unknown, contradicts another, or is faulty; or the runs have nothing in common.
    RunError
        If no member finished in both worlds, or none meets what a claim says.

    Examples
    --------
    >>> import caravana as cv
    >>> options = {"members": 64, "until": "2021-10-24", "workers": 1}
    >>> slow, fast = (cv.simulate("tapachula-2021", set={"walk_km": km}, **options) for km in (12, 18))
    >>> cv.compare(slow, fast).paired
    True
    """
    if isinstance(inputs, Run) or isinstance(policies, Run):
        if not (isinstance(inputs, Run) and isinstance(policies, Run)):
            raise UsageError("expected two runs, or a scenario and the ids of its policies")
        return compare_runs(inputs, policies)
    named = several(policies, name="policies", example="['no-caravan']")
    if not isinstance(inputs, TakenInputs):
        inputs = take(inputs if isinstance(inputs, Scenario) else load_scenario(inputs), taken or {})
    scenario, chosen = choose(inputs.scenario, named)
    refuse_contradictions(chosen, [p for p in scenario.policies if p.id in inputs.policies])
    require_family(scenario, "caravan", "policies act")

    def run(world: str, names: Sequence[str]) -> Run:
        return simulate(
            scenario, members=members, seed=seed, set=inputs.settings, policies=[*inputs.policies, *names],
            follow=True, workers=workers, progress=None if progress is None else progress(world),
        )  # fmt: skip

    first = run("base", ()) if base is None else base
    second = run("policy", [p.id for p in chosen])
    both = _shared(first, second, inputs.counts)
    values: dict[Scope, dict[str, pd.DataFrame]] = {
        scope: {"base": compared_outcomes(first, scope).loc[both], "policy": compared_outcomes(second, scope).loc[both]}
        for scope in SCOPES
    }
    return Comparison(scenario, chosen, inputs, first, second, both, values, dict(taken or {}))


def _shared(base: Run, policy: Run, counts: Sequence[HeadcountCondition]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the members that finished in both worlds and meet what the claims taken say of a count."""
    both = np.intersect1d(base.member_ids[meets(base, counts)], policy.member_ids)
    if both.size == 0:
        why = "none of them meets the claims about a count that are taken" if counts else "none finished"
        raise RunError(f"no member can be compared: {why}; try more members")
    return both
