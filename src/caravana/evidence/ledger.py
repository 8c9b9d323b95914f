"""The ledger of evidence: for each number of a scenario, what it rests on and what of that is disputed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.models.scenarios import as_scenario, in_force, scenario_hash
from caravana.scenario.checks.whole import ASSUMPTION
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from caravana.scenario.model import Claim, Event, Observation, Parameter, Policy, Scenario

CONTESTED = ("disputed", "later_reversed", "garbled")
"""Standings of a claim about which there is something to weigh."""
MEMORY = "memory"
"""Kind of a source that was not kept: what rests on it alone is an assumption."""
TABLES = ("parameters", "policies", "events", "observations", "calls", "facilities")
"""Tables whose rows are numbers that the results hang on."""


@dataclass(frozen=True, slots=True)
class Number:
    """One input and what it rests on.

    Attributes
    ----------
    table, id
        Where it stands in the scenario.
    value
        What it is, in a few words.
    claims
        Ids of the claims it rests on, whether named outright or through an observation or event.
    disputed
        Those of them that are contested.
    sources
        Ids of sources, observations and events it rests on.
    assumed
        Whether it rests, in whole or in part, on an assumption.
    """

    table: str
    id: str
    value: str
    claims: tuple[str, ...]
    disputed: tuple[str, ...]
    sources: tuple[str, ...]
    assumed: bool

    @property
    def without_evidence(self) -> bool:
        """Whether it is an assumption and nothing else."""
        return self.assumed and not self.claims and not self.sources

    @property
    def without_basis(self) -> bool:
        """Whether nothing at all is said to hold it up."""
        return not self.assumed and not self.claims and not self.sources


@dataclass(frozen=True, slots=True, repr=False)
class Ledger(Summarised):
    """A scenario's numbers and claims, each with the other.

    Attributes
    ----------
    scenario
        What it is the ledger of.
    numbers
        Assumptions without evidence first, then what is disputed, then the rest; in file order within.
    rests
        Ids of the numbers that rest on each claim, by the claim's id.
    """

    scenario: Scenario
    numbers: tuple[Number, ...]
    rests: dict[str, tuple[str, ...]]

    @property
    def without_basis(self) -> tuple[Number, ...]:
        """Numbers that name nothing they rest on, not even an assumption."""
        return tuple(n for n in self.numbers if n.without_basis)


def contested(claim: Claim) -> bool:
    """Whether a claim is disputed, was reversed later, or came down to us garbled."""
    return claim.status in CONTESTED


def _prior_words(parameter: Parameter) -> str:
    if parameter.prior is None:
        return f"{parameter.value:g} {parameter.unit}"
    figures = parameter.prior.model_dump(exclude_none=True, exclude={"dist"})
    listed = ", ".join(f"{name} {value:g}" for name, value in figures.items())
    return f"{parameter.prior.dist} ({listed}) {parameter.unit}"


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "no figure"
    if low is None or high is None:
        return f"{'up to' if low is None else 'more than'} {high if low is None else low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _value(row: Any) -> str:
    """Say in a few words what an input is."""
    kind = type(row).__name__
    if kind == "Parameter":
        return _prior_words(row)
    if kind == "Observation":
        return f"{row.date} {row.kind} {_span(row.low, row.high)} ({row.speaker_side})"
    if kind == "Event":
        size = f" {row.value:g} {row.unit}".rstrip() if row.value is not None else ""
        return f"{row.date} {row.kind}{size}" + (f" at {row.place_id}" if row.place_id else "")
    if kind == "Policy":
        sets = row.parameter or ("" if row.value is None else f"{row.value:g}")
        return f"{row.lever} {sets} from {row.start}".replace("  ", " ") + (f" to {row.end}" if row.end else "")
    if kind == "Call":
        return f"made {row.date} at {row.place_id}"
    return f"{row.kind} at {row.place_id}" + (f", room for {row.capacity}" if row.capacity is not None else "")


def _number(table: str, row: Parameter | Policy | Event | Observation, index: _Index) -> Number:
    basis = index.basis_of(row)
    claims = tuple(dict.fromkeys(index.claims_of(basis)))
    return Number(
        table=table,
        id=str(getattr(row, "id", "") or getattr(row, "name", "")),
        value=_value(row),
        claims=claims,
        disputed=tuple(c for c in claims if contested(index.claims[c])),
        sources=tuple(b for b in basis if b != ASSUMPTION and b not in index.claims and b not in index.recalled),
        assumed=ASSUMPTION in basis or not index.recalled.isdisjoint(basis),
    )


class _Index:
    """A scenario's evidence by id."""

    def __init__(self, scenario: Scenario) -> None:
        self.claims = {c.id: c for c in scenario.claims}
        self.recalled = {s.id for s in scenario.sources if s.kind == MEMORY}
        self._through = {o.id: o.claim_ids for o in scenario.observations}
        self._through |= {e.id: tuple(b for b in e.basis if b in self.claims) for e in scenario.events}

    def basis_of(self, row: Any) -> tuple[str, ...]:
        """Return the ids that a row names as what it rests on."""
        if type(row).__name__ == "Observation":
            return (*row.claim_ids, *((row.source_id,) if row.source_id else ()))
        return tuple(row.basis)

    def claims_of(self, basis: Iterable[str]) -> Iterable[str]:
        """Return claims named outright, or through an observation or event that is named."""
        for name in basis:
            if name in self.claims:
                yield name
            yield from self._through.get(name, ())


def read_ledger(scenario: Scenario | str | os.PathLike[str]) -> Ledger:
    """Return the ledger of a scenario.

    Parameters
    ----------
    scenario
        A scenario without faults, a bundled name, or a scenario folder.

    Returns
    -------
    Ledger
        Numbers and claims.

    Examples
    --------
    >>> import caravana as cv
    >>> ledger = cv.read_ledger(cv.load_scenario("tapachula-2021"))
    >>> len(ledger.without_basis)
    0
    """
    scenario = in_force(as_scenario(scenario))
    index = _Index(scenario)
    numbers = [_number(table, row, index) for table in TABLES for row in getattr(scenario, table)]
    numbers.sort(key=lambda n: (not n.without_basis, not n.without_evidence, not n.disputed))
    rests: dict[str, list[str]] = {c: [] for c in index.claims}
    for number in numbers:
        for claim in number.claims:
            rests[claim].append(number.id)
    return Ledger(scenario, tuple(numbers), {c: tuple(ids) for c, ids in rests.items()})


def as_json(ledger: Ledger) -> dict[str, Any]:
    """Return the ledger as one JSON object; see ``docs/evidence.md`` for its keys."""
    scenario = ledger.scenario
    read = {(r.claim, r.taken) for r in scenario.readings}
    claims = [
        {
            **claim.model_dump(mode="json"),
            "contested": contested(claim),
            "rests_on_it": list(ledger.rests[claim.id]),
            "readings": [taken for taken in ("true", "false") if (claim.id, taken) in read],
        }
        for claim in scenario.claims
    ]
    numbers = [
        {
            "table": n.table, "id": n.id, "value": n.value, "claims": list(n.claims), "disputed": list(n.disputed),
            "sources": list(n.sources), "assumed": n.assumed, "without_evidence": n.without_evidence,
        }
        for n in ledger.numbers
    ]  # fmt: skip
    return {
        "scenario": scenario.name,
        "scenario_hash": scenario_hash(scenario),
        "numbers": numbers,
        "claims": claims,
        "assumptions": [n.id for n in ledger.numbers if n.without_evidence],
        "without_basis": [{"table": n.table, "id": n.id} for n in ledger.without_basis],
    }
