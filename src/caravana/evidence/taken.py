"""Claims taken as true or as false: what that makes of a scenario's inputs.

A claim that is left open leaves the priors as they are: they stand for both readings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.arguments import by_name
from caravana.errors import UsageError
from caravana.models.scenarios import as_scenario, in_force
from caravana.scenario.checks.claims import ORGANISER_FEE
from caravana.spelling import did_you_mean
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Mapping, Sequence

    from caravana.scenario.model import Prior, Reading, Scenario

TAKEN = ("true", "false", "open")


@dataclass(frozen=True, slots=True)
class HeadcountCondition:
    """A condition on runs: persons in the main caravan on a day, within bounds or (not ``inside``) outside them."""

    date: dt.date
    low: float
    high: float
    inside: bool


@dataclass(frozen=True, slots=True, repr=False)
class TakenInputs(Summarised):
    """A scenario as it is after some claims are taken.

    Attributes
    ----------
    scenario
        With other priors where a reading gives one.  Its parameters keep their order and their
        dimensions in the ensemble's design, so that members stay paired.
    settings
        Parameters set to a value.
    priors
        The priors that stand in place of others.
    policies
        Policies put in force.
    counts
        Conditions that a member has to meet.
    organiser_fee
        USD a person that organisers receive; None while no claim that says so is taken as true.
    """

    scenario: Scenario
    settings: Mapping[str, float] = field(default_factory=dict)
    priors: Mapping[str, Prior] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    counts: tuple[HeadcountCondition, ...] = ()
    organiser_fee: float | None = None

    @property
    def simulates(self) -> bool:
        """Whether they make other runs than the scenario as it is, rather than pick among its runs."""
        return bool(self.settings or self.priors or self.policies)


def parse_taken(pairs: Sequence[str]) -> dict[str, str]:
    """Return ``claim=true|false|open`` pairs by claim.

    Raises
    ------
    UsageError
        If a pair has another form, or one claim is taken twice.
    """
    taken: dict[str, str] = {}
    for pair in pairs:
        claim, _, value = pair.partition("=")
        if value not in TAKEN or not claim:
            raise UsageError(f"--take {pair}: expected CLAIM=true, CLAIM=false or CLAIM=open")
        if claim in taken and taken[claim] != value:
            raise UsageError(f"claim {claim} is taken as {taken[claim]} and as {value}")
        taken[claim] = value
    return taken


def rows_of(scenario: Scenario, claim: str, taken: str) -> tuple[Reading, ...]:
    """Return the scenario's readings of a claim."""
    return tuple(r for r in scenario.readings if r.claim == claim and r.taken == taken)


def take(scenario: Scenario | str | os.PathLike[str], taken: Mapping[str, str]) -> TakenInputs:
    """Return a scenario's inputs with claims taken as true, as false, or left open.

    Parameters
    ----------
    scenario
        A scenario, a bundled name, or a scenario folder.
    taken
        ``true``, ``false`` or ``open`` by claim id.

    Returns
    -------
    TakenInputs
        The scenario, and what the claims set.

    Raises
    ------
    UsageError
        If a claim is unknown, nothing computed depends on it, or two readings contradict each other.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.take(cv.load_scenario("tapachula-2021"), {}).simulates
    False
    """
    scenario = as_scenario(scenario)
    taken = by_name(taken, name="taken", example="{'a-claim': 'true'}")
    whole = in_force(scenario)
    known = {c.id for c in scenario.claims}
    unknown = [c for c in taken if c not in known]
    if unknown:
        offered = ", ".join(f"{claim}{did_you_mean(claim, known)}" for claim in unknown)
        raise UsageError(f"no claim {offered} in {scenario.name}; `caravana evidence` lists them")
    settings: dict[str, float] = {}
    priors: dict[str, Prior] = {}
    policies: list[str] = []
    counts: list[HeadcountCondition] = []
    for claim, value in taken.items():
        rows = rows_of(whole, claim, value) if value != "open" else ()
        if not rows and value != "open":
            raise UsageError(f"nothing that is computed depends on claim {claim}: {scenario.name} has no reading of it")
        for row in rows:
            if row.parameter is not None:
                _set(row, settings, priors)
            elif row.policy is not None:
                policies.append(row.policy)
            elif row.date is not None:
                low, high = row.low or 0.0, float("inf") if row.high is None else row.high
                counts.append(HeadcountCondition(row.date, low, high, value == "true"))
    fee = settings.pop(ORGANISER_FEE, None)
    if priors:
        # What the scenario itself lists is changed where it stands: the place is the dimension in the design.
        into = scenario if set(priors) <= {p.name for p in scenario.parameters} else whole
        changed = (p.model_copy(update={"prior": priors[p.name]}) if p.name in priors else p for p in into.parameters)
        scenario = into.model_copy(update={"parameters": tuple(changed)})
    return TakenInputs(scenario, settings, priors, tuple(dict.fromkeys(policies)), tuple(counts), fee)


def _set(row: Reading, settings: dict[str, float], priors: dict[str, Prior]) -> None:
    """Add what a row sets; refuse what another set otherwise."""
    name = row.parameter or ""
    before: object = settings.get(name, priors.get(name))
    wanted: object = row.value if row.prior is None else row.prior
    if before is not None and before != wanted:
        raise UsageError(f"the claims taken contradict each other: two of them set {name} to different things")
    if row.prior is not None:
        priors[name] = row.prior
    elif row.value is not None:
        settings[name] = row.value
