"""Which policies a comparison puts in force: named ones, ones from a file, and what they may not be together."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.arguments import names_in
from caravana.errors import ScenarioError, UsageError
from caravana.models.scenarios import check_scenario
from caravana.scenario.model import Policy
from caravana.scenario.reading.document import read_list
from caravana.scenario.reading.faults import FaultList
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.scenario.model import Scenario
    from caravana.scenario.vocabulary import Lever

LARGEST_FILE = 2**20
"""Bytes of a policy file at most: it is written by hand."""
ONE_AT_A_TIME: tuple[Lever, ...] = ("lifts", "enforcement", "call")
"""Levers that stand at one value on one day; of cards, posts and offers there can be several."""
NEEDS_CARAVAN: tuple[Lever, ...] = ("lifts", "call", "medical_post")
"""Levers that act on a caravan alone, so that they say nothing where none sets out."""


def read_policies(path: Path) -> tuple[Policy, ...]:
    """Return the policies of a TOML file of ``[[policies]]`` tables.

    Raises
    ------
    UsageError
        If there is no such file.
    ScenarioError
        If it is not TOML, holds anything else, or a policy is not as it should be; every fault is listed.
    """
    try:
        path.stat()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    faults = FaultList()
    rows = read_list(path, "policies", Policy, faults, most_bytes=LARGEST_FILE)
    if faults:
        raise ScenarioError("\n".join(map(str, faults.listed())))
    # A policy of a file is one to compare with, unless it says that it was so in fact.
    return tuple(p if "base" in p.model_fields_set else p.model_copy(update={"base": False}) for p in rows)


def choose(scenario: Scenario, names: Sequence[str]) -> tuple[Scenario, tuple[Policy, ...]]:
    """Return the scenario with the policies of any file in it, and those asked for.

    Parameters
    ----------
    scenario
        The scenario.
    names
        Ids of its policies, and paths of TOML files (``.toml``) of which every policy is put in force.

    Raises
    ------
    UsageError
        If a name is unknown, or a policy was so in fact and would change nothing.
    ScenarioError
        If a file is faulty, or a policy in it does not fit the scenario.
    """
    known = {p.id: p for p in scenario.policies}
    chosen: dict[str, Policy] = {}
    for name in names_in(names, name="policies", example="['no-caravan']"):
        if name.endswith(".toml"):
            for policy in read_policies(Path(name)):
                if policy.id in known:
                    raise ScenarioError(f"{name}: {scenario.name} has a policy {policy.id} already; give it another id")
                known[policy.id] = chosen[policy.id] = policy
        elif name in known:
            chosen[name] = known[name]
        else:
            offered = ", ".join(p.id for p in scenario.policies if not p.base) or "none"
            meant = did_you_mean(name, (p.id for p in scenario.policies))
            raise UsageError(f"no policy {name!r} in {scenario.name}{meant}; there are: {offered} (or a .toml file)")
    if not chosen:
        raise UsageError("no policy to compare with")
    for policy in chosen.values():
        if policy.base:
            raise UsageError(f"{policy.id} was so in fact: the base run has it, and there is nothing to compare")
    grown = scenario.model_copy(update={"policies": tuple(known.values())})
    if len(grown.policies) > len(scenario.policies):
        faults = check_scenario(grown)
        if faults:
            raise ScenarioError("\n".join(map(str, faults)))
    return grown, tuple(chosen.values())


def refuse_contradictions(chosen: Sequence[Policy], given: Sequence[Policy] = ()) -> None:
    """Refuse policies that cannot be in force together.

    Parameters
    ----------
    chosen
        The policies compared.
    given
        Policies in force in both worlds, because a claim is taken as given.

    Raises
    ------
    UsageError
        Naming the two, and why; or the one that both worlds have.
    """
    for policy in chosen:
        if any(p.id == policy.id for p in given):
            raise UsageError(
                f"{policy.id} is in force in both worlds, as a claim is taken: there is nothing to compare"
            )
    for one, other in itertools.combinations([*chosen, *given], 2):
        if one.lever == other.lever and one.lever in ONE_AT_A_TIME and _overlap(one, other):
            raise UsageError(f"{one.id} and {other.id} contradict each other: both set {one.lever} on the same days")
        for none, needs in ((one, other), (other, one)):
            if none.lever == "no_caravan" and needs.lever in NEEDS_CARAVAN:
                raise UsageError(
                    f"{none.id} and {needs.id} contradict each other: the first lets no caravan set out,"
                    f" and the second ({needs.lever}) acts on one"
                )


def _overlap(one: Policy, other: Policy) -> bool:
    """Whether two policies are in force on one day at one place."""
    apart = (one.end is not None and one.end < other.start) or (other.end is not None and other.end < one.start)
    places = set(one.place_ids), set(other.place_ids)
    return not apart and (not all(places) or bool(places[0] & places[1]))
