"""Triggers as an operation declares them: the whole condition, the windows, and who decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from caravana.errors import ScenarioError
from caravana.operation.triggers.conditions import Above, Condition, Every, Fallen, ForecastAbove, Period, Rising

#: Fields of a trigger, and whether it must have them.
FIELDS: Mapping[str, bool] = {
    "name": True, "all": False, "any": False, "outcome": True, "readiness_days": True,
    "action_days": True, "decided_by": True, "source": False,
}  # fmt: skip


@dataclass(frozen=True)
class Trigger:
    """A trigger.

    Attributes
    ----------
    id, name
        Identifier and the words of a page.
    condition
        Its whole condition.
    outcome
        What it is to announce.
    readiness_days, action_days
        Length of the windows in which to make ready and to act, from the activation on.
    decided_by
        The role that signs an activation, never a person's name.
    source
        Where the condition comes from.
    """

    id: str
    name: str
    condition: Every
    outcome: Above
    readiness_days: int
    action_days: int
    decided_by: str
    source: str = ""

    @property
    def declaration(self) -> str:
        """SHA-256 of what is declared: a trigger that was changed has another."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True)
class Kind:
    """A kind of condition: how it is made, and the type of each field; fields without a default are needed."""

    make: Callable[..., Condition]
    fields: Mapping[str, type]
    needed: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "rising": Kind(Rising, {"series": str, "periods": int, "period": str}, ("series", "periods")),
    "fallen": Kind(Fallen, {"series": str, "share": float, "periods": int, "period": str}, ("series", "share")),
    "above": Kind(Above, {"series": str, "figure": float, "period": str}, ("series", "figure")),
    "forecast-above": Kind(
        ForecastAbove,
        {"target": str, "figure": float, "chance": float, "location": str, "ahead": str, "old": int},
        ("target", "figure"),
    ),
}
"""What a condition can be, by the word of its ``kind``."""

#: Words that a field may hold.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "period": get_args(Period),
    "ahead": ("next-day", "next-week", "next-month"),
}
#: Fields that are shares or chances.
BETWEEN_0_AND_1 = ("share", "chance")


def read_triggers(entries: Mapping[str, Any], *, file: str) -> tuple[Trigger, ...]:
    """Read the triggers of an operation's settings.

    Parameters
    ----------
    entries
        What stands under ``[triggers.ID]``, by id.
    file
        The settings' file name, for messages.

    Raises
    ------
    ScenarioError
        With every fault at once.
    """
    faults: list[str] = []
    triggers = []
    for name, entry in entries.items():
        if isinstance(entry, dict):
            triggers.append(_read_trigger(name, entry, f"triggers.{name}", faults))
        else:
            faults.append(f"triggers.{name}: expected a table")
    if faults:
        raise ScenarioError("\n".join(f"{file}: {fault}" for fault in faults))
    return tuple(trigger for trigger in triggers if trigger is not None)


def _read_trigger(name: str, entry: Mapping[str, Any], where: str, faults: list[str]) -> Trigger | None:
    before = len(faults)
    faults += [
        f"{where}: unknown field '{name}'; expected one of {', '.join(FIELDS)}" for name in entry.keys() - FIELDS
    ]
    faults += [f"{where}: no '{field}'" for field, needed in FIELDS.items() if needed and field not in entry]
    for field in ("name", "decided_by", "source"):
        _expect(entry, field, str, where, faults)
    for window in ("readiness_days", "action_days"):
        _expect(entry, window, int, where, faults)
        if isinstance(entry.get(window), int) and not 0 <= entry[window] <= MOST_DAYS:
            faults.append(f"{where}.{window}: {entry[window]}; expected 0 to {MOST_DAYS} days")
    condition = _read_condition(entry, where, faults)
    outcome = _read_outcome(entry.get("outcome", {}), f"{where}.outcome", faults)
    if len(faults) > before or condition is None or outcome is None:
        return None
    return Trigger(
        name, entry["name"], condition, outcome, entry["readiness_days"], entry["action_days"],
        entry["decided_by"], entry.get("source", ""),
    )  # fmt: skip


#: A window longer than this is a slip of the hand.
MOST_DAYS = 3660


def _read_condition(entry: Mapping[str, Any], where: str, faults: list[str]) -> Every | None:
    given = [join for join in ("all", "any") if join in entry]
    if len(given) != 1:
        faults.append(f"{where}: expected either 'all' or 'any', a list of conditions")
        return None
    join = given[0]
    listed = entry[join]
    if not isinstance(listed, list) or not listed:
        faults.append(f"{where}.{join}: expected a list of at least one condition")
        return None
    parts: dict[str, Condition] = {}
    for number, part in enumerate(listed, start=1):
        spot = f"{where}.{join}[{number}]"
        condition = _read_part(part, spot, faults)
        if condition is not None:
            parts[part.get("name") or describe(condition)] = condition
    return Every(parts, "all" if join == "all" else "any")


def _read_part(part: object, where: str, faults: list[str]) -> Condition | None:
    if not isinstance(part, dict) or part.get("kind") not in KINDS:
        faults.append(f"{where}: expected a table whose kind is one of {', '.join(KINDS)}")
        return None
    kind = KINDS[part["kind"]]
    before = len(faults)
    values = {name: value for name, value in part.items() if name not in ("kind", "name")}
    faults += [
        f"{where}: unknown field '{n}'; expected one of {', '.join(kind.fields)}" for n in values.keys() - kind.fields
    ]
    faults += [f"{where}: no '{name}'" for name in kind.needed if name not in values]
    for name, sort in kind.fields.items():
        _expect(values, name, sort, where, faults)
    faults += _out_of_range(values, where)
    return kind.make(**values) if len(faults) == before else None


def _read_outcome(entry: object, where: str, faults: list[str]) -> Above | None:
    if not isinstance(entry, dict):
        faults.append(f"{where}: expected a table with series and figure")
        return None
    outcome = _read_part({"kind": "above", **entry}, where, faults)
    return outcome if isinstance(outcome, Above) else None


def _unknown(entry: Mapping[str, Any], fields: Mapping[str, object], where: str) -> list[str]:
    known = ", ".join(fields)
    return [f"{where}: unknown field '{name}'; expected one of {known}" for name in entry if name not in fields]


def _expect(entry: Mapping[str, Any], name: str, sort: type, where: str, faults: list[str]) -> None:
    """Note a value of another sort than expected."""
    value = entry.get(name)
    fits = isinstance(value, int | float) if sort is float else isinstance(value, sort)
    if value is not None and (isinstance(value, bool) or not fits):
        faults.append(f"{where}.{name}: {value!r}; expected {WORDS[sort]}")


WORDS: Mapping[type, str] = {str: "text", int: "a whole number", float: "a number"}


def _out_of_range(values: Mapping[str, Any], where: str) -> list[str]:
    faults = [
        f"{where}.{name}: '{values[name]}'; expected one of {', '.join(words)}"
        for name, words in CHOICES.items()
        if isinstance(values.get(name), str) and values[name] not in words
    ]
    faults += [
        f"{where}.{name}: {values[name]}; expected between 0 and 1"
        for name in BETWEEN_0_AND_1
        if isinstance(values.get(name), int | float) and not 0 < values[name] <= 1
    ]
    periods = values.get("periods")
    if isinstance(periods, int) and not 1 <= periods <= MOST_PERIODS:
        faults.append(f"{where}.periods: {periods}; expected 1 to {MOST_PERIODS}")
    return faults


#: More periods in a row than any record has.
MOST_PERIODS = 120


def describe(condition: Condition) -> str:
    """Words for a condition that the settings give no name: its kind and its fields."""
    values = vars(condition)
    return (
        kind_of(condition) + "(" + ", ".join(f"{name}={value}" for name, value in values.items() if value != "") + ")"
    )


def kind_of(condition: Condition) -> str:
    """The word of a condition's ``kind``."""
    return next(name for name, kind in KINDS.items() if isinstance(condition, kind.make))  # type: ignore[arg-type]
