"""Parameters and kinds of party that a model declares, and a scenario that lists only what it changes.

The models are above this package: whoever reads a scenario says what its rules declare
(:data:`DeclaredBy`).  Nothing declared means that a scenario must say everything itself, as that
of a run does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from caravana.errors import ScenarioError
from caravana.scenario.fields import specs_of
from caravana.scenario.model import Parameter, PartyKind, Scenario
from caravana.scenario.reading.draft import DOCUMENT, Draft, Entry, Spot
from caravana.scenario.row import Row
from caravana.spelling import did_you_mean, near_names

if TYPE_CHECKING:
    from collections.abc import Sequence

R = TypeVar("R", bound=Row)

PERSON = PartyKind(
    id="person", men=1, share=1.0, label="person (composition not given)", label_es="persona (composición no indicada)"
)
"""The only kind of party of a scenario that says nothing of whom people travel with."""
#: What a parameter must have, from its block or from its declaration.
NEEDED = ("unit", "low", "high", "basis", "description")
#: Fields of other rows that hold the name of a parameter.
NAMING = {
    "parameters": "name", "readings": "parameter", "policies": "parameter", "caravans": "turnout", "calls": "delay",
    "facilities": "per_day",
}  # fmt: skip
#: Tables whose rows may name a parameter that the scenario has for itself.
USING = ("policies", "caravans", "calls", "facilities")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a model declares.

    Attributes
    ----------
    parameters
        Its parameters by name, in the order of their dimensions in an ensemble's design.
    formerly
        Names of today by names of before.
    kinds
        Kinds of party of a scenario that has none.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    formerly: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[PartyKind, ...] = ()

    def near(self, name: str) -> str:
        """Say what a parameter may be called, the nearest names first."""
        close = near_names(name, self.parameters)
        such = f", such as {' or '.join(close)}" if close else ""
        return f"the name of a parameter of these rules{such}"


DeclaredBy = Mapping[str, Declared]
"""What is declared, by the name of the rules."""
NOTHING = Declared()


def complete(change: Parameter, declared: Parameter) -> Parameter:
    """Return a declared parameter with what a scenario says of it.

    A value takes the place of the declared prior, and a prior that of a declared value.
    """
    said = {name: value for name, value in change.__dict__.items() if value != Parameter.model_fields[name].default}
    if change.value is not None or change.prior is not None:
        said |= {"value": change.value, "prior": change.prior}
    return declared.model_copy(update=said)


def parameters_in_force(changes: Sequence[Parameter], declared: Declared) -> tuple[Parameter, ...]:
    """Return all parameters of a scenario: those declared, with its changes, and those of its own.

    Declared parameters keep the order of their declaration, which is that of their dimensions in
    an ensemble's design; those that a scenario lists stand, at the places of those listed, in the
    order listed.  So a scenario that lists every parameter keeps its own order and its numbers,
    and one parameter more in the package moves none of them about.  A parameter of the scenario's
    own follows the one it is listed after.

    Parameters
    ----------
    changes
        What the scenario lists; a block may leave out what the declaration says.
    declared
        What the model declares.

    Raises
    ------
    ScenarioError
        If a parameter that is not declared leaves something out.
    """
    listed: list[Parameter] = []
    own: dict[str | None, list[Parameter]] = {}
    for change in changes:
        name = declared.formerly.get(change.name, change.name)
        if name in declared.parameters:
            listed.append(complete(change.model_copy(update={"name": name}), declared.parameters[name]))
            continue
        if missing := _missing(change):
            raise ScenarioError(
                f"parameter {name}: expected {declared.near(name)}; one of your own needs {', '.join(missing)}"
            )
        own.setdefault(listed[-1].name if listed else None, []).append(change)
    names, turn = {p.name for p in listed}, iter(listed)
    out = own.pop(None, [])
    for name, parameter in declared.parameters.items():
        one = next(turn) if name in names else parameter
        out += [one, *own.pop(one.name, [])]
    return tuple(out)


def scenario_in_force(scenario: Scenario, declared: Declared) -> Scenario:
    """Return a scenario that says everything itself, under the names of today.

    Where nothing is declared it is the scenario as it is.

    Raises
    ------
    ScenarioError
        If a parameter that is not declared leaves something out.
    """
    if not declared.parameters:
        return scenario
    current = with_current_names(scenario, declared)
    return current.model_copy(
        update={
            "parameters": parameters_in_force(current.parameters, declared),
            "kinds": current.kinds or declared.kinds,
        }
    )


def with_current_names(scenario: Scenario, declared: Declared) -> Scenario:
    """Return a scenario with the parameters' names of today in place of those of before."""
    if not old_names(scenario, declared):
        return scenario
    return scenario.model_copy(
        update={
            table: tuple(_renamed(row, key, declared.formerly) for row in getattr(scenario, table))
            for table, key in NAMING.items()
        }
    )


def old_names(scenario: Scenario, declared: Declared) -> dict[str, str]:
    """Names of before that a scenario uses, with those of today."""
    used = {getattr(row, key) for table, key in NAMING.items() for row in getattr(scenario, table)}
    return {old: new for old, new in declared.formerly.items() if old in used}


def complete_draft(draft: Draft, declared_by: DeclaredBy) -> None:
    """Put in a draft what its scenario inherits, so that checks see all that is in force.

    Parameters that are not known, and blocks that leave out what nothing declares, are reported.
    Where the rules are not known, neither is what blocks may leave out: then nothing is said of any.
    """
    if "rules" not in draft.header and any(_missing(entry.row) for entry in draft.entries("parameters")):
        draft.tables["parameters"] = None
    model = draft.header.get("rules")
    if model is not None and declared_by and model not in declared_by:
        expected = f"one of {', '.join(declared_by)}{did_you_mean(model, declared_by)}"
        draft.spot.fault(draft.faults, "rules", model, expected)
        if draft.tables.get("kinds") == []:
            draft.tables["kinds"] = None  # they may be inherited
    declared = declared_by.get(draft.header.get("rules", ""), NOTHING)
    for table, key in NAMING.items():
        if draft.tables.get(table):
            draft.tables[table] = [
                replace(entry, row=_renamed(entry.row, key, declared.formerly)) for entry in draft.entries(table)
            ]
    if declared.kinds and draft.tables.get("kinds") == []:
        draft.tables["kinds"] = [Entry(kind, Spot(DOCUMENT, prefix="kinds.")) for kind in declared.kinds]
    if draft.tables.get("parameters") is None:
        return
    entries = [_completed(draft, entry, declared) for entry in draft.entries("parameters")]
    names = {entry.row.name for entry in entries}
    spot = Spot(DOCUMENT, prefix="parameters.")
    inherited = [Entry(row, spot) for name, row in declared.parameters.items() if name not in names]
    draft.tables["parameters"] = [*entries, *inherited]


def _completed(draft: Draft, entry: Entry[Parameter], declared: Declared) -> Entry[Parameter]:
    row = entry.row
    if "name" in entry.bad:
        return entry
    if row.name in declared.parameters:
        sound = {name: value for name, value in row.__dict__.items() if name not in entry.bad}
        whole = complete(Parameter.model_construct(None, **sound), declared.parameters[row.name])
        return replace(entry, row=whole.model_copy(update=dict.fromkeys(entry.bad)))
    if declared.parameters and not _is_own(draft, row, declared):
        expected = f"{declared.near(row.name)}; one that a process of your own reads says so (process = ...)"
        draft.fault(entry, "name", row.name, expected)
        return replace(entry, bad=entry.bad | set(_missing(row)))
    missing = [name for name in _missing(row) if name not in entry.bad]
    for name in missing:
        if name != "basis":
            draft.fault(entry, name, None, f"this key, {specs_of(Parameter)[name].expected}; it is missing")
    # A parameter that rests on nothing is reported with all else that does.
    gone = entry.bad | {name for name in missing if name != "basis"}
    return replace(entry, row=row.model_copy(update=dict.fromkeys(gone)), bad=gone)


def _is_own(draft: Draft, row: Parameter, declared: Declared) -> bool:
    """Whether the scenario itself names the parameter, or it is of a process that is not the model's."""
    if row.process and row.process not in {one.process for one in declared.parameters.values()}:
        return True
    return any(getattr(entry.row, NAMING[table]) == row.name for table in USING for entry in draft.entries(table))


def _missing(row: Parameter) -> tuple[str, ...]:
    return tuple(name for name in NEEDED if getattr(row, name) == Parameter.model_fields[name].default)


def _renamed(row: R, key: str, formerly: Mapping[str, str]) -> R:
    name: str | None = getattr(row, key, None)
    return row if name is None or name not in formerly else row.model_copy(update={key: formerly[name]})
