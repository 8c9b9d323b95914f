"""The ledger of evidence: for each number of a scenario, what it rests on and what of that is disputed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caravana.language.language import load_language
from caravana.models.scenarios import as_scenario, in_force, scenario_hash
from caravana.scenario.checks.whole import ASSUMPTION
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from caravana.language.language import Language
    from caravana.scenario.model import Claim, Event, Facility, Observation, Parameter, Policy, Scenario

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
    row
        The row of the scenario, which :func:`value_words` puts into a language.
    """

    table: str
    id: str
    value: str
    claims: tuple[str, ...]
    disputed: tuple[str, ...]
    sources: tuple[str, ...]
    assumed: bool
    row: Any = field(default=None, repr=False, compare=False)

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


def value_words(row: Any, words: Language) -> str:
    """Say in a few words what an input is: a row of one of :data:`TABLES`, in a language."""
    return VALUES[type(row).__name__](row, words)


def _unit_words(unit: str, words: Language) -> str:
    """A unit; in English as the scenario writes it."""
    return unit if words.code == "en" else words.texts.get(f"answers.input_unit.{unit}", unit)


def _prior_words(name: str, words: Language) -> str:
    """A distribution, or what it takes; most are called alike everywhere."""
    return words.texts.get(f"ledger.prior.{name}", name)


def _kind_words(kind: str, words: Language) -> str:
    """What an observation, event, lever or facility is called; in English by its name in the files."""
    if words.code == "en":
        return kind
    named = words.texts.get(f"ledger.kind.{kind}") or words.texts.get(f"tonight.kind.{kind}")
    return kind if named is None else named[:1].lower() + named[1:]


def _parameter_words(row: Parameter, words: Language) -> str:
    unit = _unit_words(row.unit, words)
    if row.prior is None:
        return f"{words.figure(row.value or 0.0)} {unit}"
    figures = row.prior.model_dump(exclude_none=True, exclude={"dist"})
    named = [(_prior_words(name, words), words.figure(value)) for name, value in figures.items()]
    listed = ", ".join(map(" ".join, named))
    return f"{_prior_words(row.prior.dist, words)} ({listed}) {unit}"


def _observation_words(row: Observation, words: Language) -> str:
    side = row.speaker_side if words.code == "en" else words.texts.get(f"side.{row.speaker_side}", row.speaker_side)
    return f"{row.date} {_kind_words(row.kind, words)} {_span(row.low, row.high, words)} ({side})"


def _span(low: float | None, high: float | None, words: Language) -> str:
    if low is None and high is None:
        return words.text("ledger.no_figure")
    if low is None or high is None:
        one = high if low is None else low
        return words.text("ledger.up_to" if low is None else "ledger.more_than", n=words.figure(one or 0.0))
    ends = {"low": words.figure(low), "high": words.figure(high)}
    return ends["low"] if low == high else words.text("ledger.span", **ends)


def _event_words(row: Event, words: Language) -> str:
    size = ""
    if row.value is not None:
        size = f" {words.figure(row.value)} {_unit_words(row.unit, words)}".rstrip()
    where = words.text("ledger.at", place=row.place_id) if row.place_id else ""
    return f"{row.date} {_kind_words(row.kind, words)}{size}{where}"


def _policy_words(row: Policy, words: Language) -> str:
    sets = row.parameter or ("" if row.value is None else words.figure(row.value))
    what = f"{_kind_words(row.lever, words)} {sets}".rstrip()
    if row.end:
        return words.text("ledger.from_to", what=what, start=row.start, end=row.end)
    return words.text("ledger.from", what=what, start=row.start)


def _facility_words(row: Facility, words: Language) -> str:
    room = words.text("ledger.room", n=row.capacity) if row.capacity is not None else ""
    return _kind_words(row.kind, words) + words.text("ledger.at", place=row.place_id) + room


VALUES: Mapping[str, Callable[[Any, Language], str]] = {
    "Parameter": _parameter_words,
    "Observation": _observation_words,
    "Event": _event_words,
    "Policy": _policy_words,
    "Call": lambda row, words: words.text("ledger.made", day=row.date, place=row.place_id),
    "Facility": _facility_words,
}
"""How a row is told, by what it is."""


def _number(table: str, row: Parameter | Policy | Event | Observation, index: _Index) -> Number:
    basis = index.basis_of(row)
    claims = tuple(dict.fromkeys(index.claims_of(basis)))
    return Number(
        table=table,
        id=str(getattr(row, "id", "") or getattr(row, "name", "")),
        value=value_words(row, load_language("en")),
        row=row,
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
