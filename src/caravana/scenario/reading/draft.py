"""Drafts: what was read of a scenario so far, faulty rows included.

Checks that need more than one row run on a draft, so that one bad cell hides no
other fault: a faulty row keeps its sound fields, and names those that are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from caravana.scenario.fields import expected_instead, specs_of
from caravana.scenario.model import (
    Call,
    Caravan,
    Claim,
    Event,
    Facility,
    Itinerary,
    Link,
    Observation,
    Parameter,
    PartyKind,
    Place,
    Policy,
    Reading,
    Scenario,
    Series,
    Source,
)
from caravana.scenario.reading.faults import FaultList, shown
from caravana.scenario.row import Row

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

DOCUMENT = "scenario.toml"
#: Tables kept as CSV files, and tables kept in ``scenario.toml``, in the order they are written.
CSV_TABLES: Mapping[str, type[Row]] = {
    "places": Place, "links": Link, "events": Event, "observations": Observation,
    "claims": Claim, "sources": Source,
}  # fmt: skip
TOML_TABLES: Mapping[str, type[Row]] = {
    "kinds": PartyKind, "itineraries": Itinerary, "caravans": Caravan, "calls": Call,
    "facilities": Facility, "policies": Policy, "parameters": Parameter,
    "readings": Reading,
}  # fmt: skip

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row stands.

    Attributes
    ----------
    file, line
        Its file and the line it begins on (None where it was not read from a file).
    prefix
        What its keys are called by before their name: ``kinds.`` in ``scenario.toml``.
    lines
        Line of each key, where keys have lines of their own.
    """

    file: str
    line: int | None = None
    prefix: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name the file and line, of a table in memory its name and row."""
        return self.file + ("" if self.line is None else f" {'line' if '.' in self.file else 'row'} {self.line}")

    def line_of(self, name: str) -> int | None:
        """Line on which a field stands; that of a nested key (``prior.sigma``) if it has one."""
        return self.lines.get(name) or self.lines.get(name.partition(".")[0]) or self.line

    def fault(self, faults: FaultList, name: str, value: object, expected: str) -> None:
        """Report a fault in a field; no value is shown for None, and a list as it stands in a table."""
        if isinstance(value, tuple):
            value = ";".join(map(str, value))
        text = None if value is None else shown(value)
        column = f"{self.prefix}{name}" if name else self.prefix.rstrip(".")
        faults.add(self.file, self.line_of(name), column, text, expected)


@dataclass(frozen=True, slots=True)
class Entry(Generic[R]):
    """One row as read: its sound fields, where it stands, and which fields are faulty.

    Attributes
    ----------
    row
        The row; None stands in a faulty field.
    spot
        Where it stands.
    bad
        Names of the fields that are faulty or missing, reported already.
    """

    row: R
    spot: Spot
    bad: frozenset[str] = frozenset()

    @property
    def key(self) -> str | None:
        """The row's id (or name), if it has a sound one."""
        key = getattr(self.row, "id" if "id" in type(self.row).model_fields else "name", None)
        return key if isinstance(key, str) else None


@dataclass(slots=True)
class Draft:
    """All that was read of a scenario.

    Attributes
    ----------
    faults
        Faults found so far.
    header
        Sound values of the scenario's own fields (name, start, settings, ...).
    spot
        Where they stand.
    tables
        Rows by table; None where a table could not be read to its end, so that ids may be missing.
    series
        Series, with the file each stands in.
    road, branches
        Packaged road that the scenario names, and the branches of it that it lists (None: all).
    """

    faults: FaultList
    header: dict[str, Any] = field(default_factory=dict)
    spot: Spot = field(default_factory=lambda: Spot(DOCUMENT))
    tables: dict[str, list[Entry[Any]] | None] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    road: str | None = None
    branches: tuple[str, ...] | None = None

    @property
    def start(self) -> dt.date | None:
        """First day, if soundly given."""
        return self.header.get("start")

    @property
    def end(self) -> dt.date | None:
        """Last day, if soundly given."""
        return self.header.get("end")

    def entries(self, table: str) -> list[Entry[Any]]:
        """Rows of a table, as far as they could be read."""
        return self.tables.get(table) or []

    @property
    def of_caravans(self) -> bool:
        """Whether anybody goes along a road as one body; elsewhere people choose among links."""
        return any(self.tables.get(table, []) != [] for table in ("caravans", "itineraries"))

    def known(self, *tables: str) -> set[str] | None:
        """Ids in tables; None if one of them could not be read to its end, or has rows and no sound id."""
        ids: set[str] = set()
        for table in tables:
            entries = self.tables.get(table)
            if entries is None or (entries and not any(entry.key for entry in entries)):
                return None
            ids.update(entry.key for entry in entries if entry.key)
        return ids

    def fault(self, entry: Entry[Any], name: str, value: object, expected: str) -> None:
        """Report a fault in a field of a row."""
        entry.spot.fault(self.faults, name, value, expected)


def make_entry(
    model: type[R], values: Mapping[str, Any], bad: Iterable[str], faults: FaultList, spot: Spot
) -> Entry[R]:
    """Make a row of converted values; what the model refuses is reported, and left out.

    Parameters
    ----------
    model
        The row's class.
    values
        Values by field name, of the sort each field holds.
    bad
        Fields that are missing or faulty, reported already.
    faults
        Takes the faults.
    spot
        Where the row stands.
    """
    faulty = set(bad)
    try:
        row = model.model_validate(values)
    except ValidationError as error:
        faulty |= report_refusal(error, model, faulty, faults, spot)
    else:
        if not faulty:
            return Entry(row, spot)
    return faulty_entry(model, values, faulty, spot)


def faulty_entry(model: type[R], values: Mapping[str, Any], bad: Iterable[str], spot: Spot) -> Entry[R]:
    """Make a row that keeps its sound values and has None in its faulty fields."""
    faulty = frozenset(bad)
    fields: dict[str, Any] = {name: value for name, value in values.items() if name not in faulty}
    row = model.model_construct(None, **fields, **dict.fromkeys(faulty))
    return Entry(cast("R", row), spot, faulty)


def report_refusal(
    error: ValidationError, model: type[BaseModel], known: set[str], faults: FaultList, spot: Spot
) -> set[str]:
    """Report what pydantic refused, in our words; return the fields at fault.

    Fields in `known` are at fault already and not reported again.
    """
    specs = specs_of(model)
    faulty: set[str] = set()
    for problem in error.errors(include_url=False, include_context=False):
        name = str(problem["loc"][0])
        if name in known or name in faulty:
            continue
        faulty.add(name)
        value = None if problem["type"] == "missing" else problem["input"]
        spot.fault(faults, name, value, expected_instead(specs[name], value))
    return faulty


def draft_of(scenario: Scenario) -> Draft:
    """Make a draft of a whole scenario, with the lines its rows would stand on as written."""
    draft = Draft(FaultList())
    for name in type(scenario).model_fields:
        value = getattr(scenario, name)
        if name in CSV_TABLES:
            draft.tables[name] = [Entry(row, Spot(f"{name}.csv", line)) for line, row in enumerate(value, start=2)]
        elif name in TOML_TABLES:
            draft.tables[name] = [Entry(row, Spot(DOCUMENT, prefix=f"{name}.")) for row in value]
        elif name == "series":
            draft.series = list(value)
        else:
            draft.header[name] = value
    return draft
