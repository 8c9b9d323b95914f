"""Codes in data held against the admin units there are: each taken, corrected or refused, with the reason written down.

The silent mistakes of the field: codes in the style of ISO3 where the units have ISO2, noughts lost to a spreadsheet, a
code that was given to another unit in a reform, a whole country under one placeholder, names where codes should be.
What all have in common is that sums are no longer the source's: here the people in and out are counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from caravana.spelling import near_names, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from caravana.importers.pcodes.units import AdminUnit

Verdict = Literal[
    "as given", "other style", "noughts lost", "by name", "code reused", "placeholder", "code and name disagree",
    "several of this name", "no admin unit",
]  # fmt: skip
"""What became of a code: the first five and a placeholder with a known name are taken, the others are not."""
_PARTS = re.compile(r"([A-Za-z]{2,3})[-_ ]?(\d+)")
_PLACEHOLDER = re.compile(r"(?i)(?:[a-z]{2,3}[-_ ]?)?(?:x+|0+|9{2,}|\?+|-+|n/?a|nd|unknown|other)|")


@dataclass(frozen=True, slots=True)
class Given:
    """A row of data that names an admin unit: its line, code, name and people (0 where it counts none)."""

    line: int
    code: str
    name: str
    persons: float = 0.0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What became of one row.

    Attributes
    ----------
    given
        The row.
    unit
        The unit that it is taken for; None where it is taken for none.
    verdict, why
        What was decided, in a word and in a sentence.
    """

    given: Given
    unit: AdminUnit | None
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit table of a reconciliation, in the order of the data."""

    rows: tuple[AuditRow, ...]

    @property
    def persons(self) -> float:
        """People in the data."""
        return sum(row.given.persons for row in self.rows)

    @property
    def persons_taken(self) -> float:
        """People in rows that are taken for a unit."""
        return sum(row.given.persons for row in self.rows if row.unit is not None)

    def by_unit(self) -> dict[str, float]:
        """People by code of the unit taken."""
        sums: dict[str, float] = defaultdict(float)
        for row in self.rows:
            if row.unit is not None:
                sums[row.unit.code] += row.given.persons
        return dict(sums)

    def notes(self) -> tuple[str, ...]:
        """One line a verdict but ``as given``, with its first row, and one of what is missing from the sum."""
        groups: dict[Verdict, list[AuditRow]] = defaultdict(list)
        for row in self.rows:
            if row.verdict != "as given":
                groups[row.verdict].append(row)
        lines = []
        for verdict, rows in groups.items():
            first, more = rows[0], f" (and {len(rows) - 1:,} more)" if len(rows) > 1 else ""
            lines.append(
                f"{verdict}: line {first.given.line}, {first.given.code or first.given.name!r}: {first.why}{more}"
            )
        if missing := self.persons - self.persons_taken:
            lines.append(f"{missing:,.0f} of {self.persons:,.0f} people are in rows that no admin unit was found for")
        return tuple(lines)

    def frame(self) -> pd.DataFrame:
        """The audit as a table: line, code, name, persons, taken, unit, verdict, why."""
        import pandas as pd

        columns = ["line", "code", "name", "persons", "taken", "unit", "verdict", "why"]
        rows = [
            [r.given.line, r.given.code, r.given.name, r.given.persons, r.unit.code if r.unit else "",
             r.unit.name if r.unit else "", r.verdict, r.why]
            for r in self.rows
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)


class _UnitIndex:
    """Units by code, by name, and by the numbers of their codes."""

    def __init__(self, units: Iterable[AdminUnit], level: int | None) -> None:
        self.units = [unit for unit in units if level is None or unit.level == level]
        self.codes = {unit.code.upper(): unit for unit in self.units}
        self.names: dict[str, list[AdminUnit]] = defaultdict(list)
        self.numbers: dict[str, list[tuple[str, AdminUnit]]] = defaultdict(list)
        self.styles: set[str] = set()
        for unit in self.units:
            self.names[plain_name(unit.name)].append(unit)
            self.styles |= {unit.iso2.upper(), unit.iso3.upper()} - {""}
            if match := _PARTS.fullmatch(unit.code):
                self.styles.add(match[1].upper())
                self.numbers[match[2].lstrip("0")].append((match[2], unit))

    def by_number(self, letters: str, digits: str) -> tuple[AdminUnit, bool] | None:
        """The unit of a number, and whether the number is written as the unit's; None where none or several are."""
        if letters and not self._same_country(letters):
            return None
        alike = self.numbers.get(digits.lstrip("0"), [])
        exact = [unit for written, unit in alike if written == digits]
        padded = [unit for written, unit in alike if len(written) == len(digits) + 1]
        if len(exact) == 1:
            return exact[0], True
        return (padded[0], False) if not exact and len(padded) == 1 else None

    def _same_country(self, letters: str) -> bool:
        """Whether the letters of a code are of the units' country, as ISO2 or as ISO3."""
        upper = letters.upper()
        if upper in self.styles:
            return True
        # Where the units do not say their other code: the two letters of ISO2 stand in ISO3 in their order.
        return any(_within(min(upper, s, key=len), max(upper, s, key=len)) for s in self.styles if len(s) != len(upper))


def _within(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)


def reconcile(rows: Sequence[Given], units: Iterable[AdminUnit], *, level: int | None = None) -> Audit:
    """Hold the codes of data against admin units.

    Parameters
    ----------
    rows
        The data.
    units
        The units, as :func:`~caravana.importers.pcodes.units.read_units` gives them.
    level
        Level that the data is of; None takes units of every level.

    Returns
    -------
    Audit
        One row a row of data.  Nobody is dropped: who is in no unit is counted as such.
    """
    index = _UnitIndex(units, level)
    return Audit(tuple(_judge(row, index) for row in rows))


def _judge(row: Given, index: _UnitIndex) -> AuditRow:
    code = row.code.strip()
    if _PLACEHOLDER.fullmatch(code) and code.upper() not in index.codes:
        unit, why = _by_name(row.name, index)
        if code and unit is not None:
            return AuditRow(row, unit, "placeholder", f"a placeholder is no code; {unit.code} has this name")
        if unit is not None:
            return AuditRow(row, unit, "by name", f"no code is given; {unit.code} has this name")
        return AuditRow(row, None, "placeholder" if code else _verdict_without(row.name, index), why)
    unit, verdict, why = _by_code(code, index)
    if unit is None:
        return _without_code(row, code, index)
    if row.name and plain_name(row.name) != plain_name(unit.name):
        other, _ = _by_name(row.name, index)
        if other is not None and other.level == unit.level:
            return AuditRow(
                row, other, "code reused",
                f"{unit.code} is {unit.name!r} in these units and {row.name!r} in the data, which is {other.code}:"
                " the code was given to another unit",
            )  # fmt: skip
        if not near_names(row.name, [unit.name]):
            return AuditRow(
                row, None, "code and name disagree", f"{unit.code} is {unit.name!r}, and no unit is called {row.name!r}"
            )
        why = f"{why}{'; ' if why else ''}{row.name!r} is taken for {unit.name!r}"
    return AuditRow(row, unit, verdict, why)


def _by_code(code: str, index: _UnitIndex) -> tuple[AdminUnit | None, Verdict, str]:
    """The unit of a code, by itself or in another style."""
    if unit := index.codes.get(code.upper()):
        return unit, "as given", ""
    match = _PARTS.fullmatch(code) or re.fullmatch(r"()(\d+)(?:\.0)?", code)
    if match and (matched := index.by_number(match[1], match[2])):
        unit, same = matched
        if same:
            what = "has no letters of a country" if not match[1] else "has the letters of the country in another style"
            return unit, "other style", f"{code} {what}; it is {unit.code} here"
        return unit, "noughts lost", f"{code} has lost a nought; it is {unit.code} here"
    return None, "no admin unit", ""


def _without_code(row: Given, code: str, index: _UnitIndex) -> AuditRow:
    """Judge a row whose code is none of the units': it may be a name."""
    for text, words in ((code, "a name stands where the code should be"), (row.name, "the code is unknown")):
        unit, why = _by_name(text, index)
        if unit is not None:
            return AuditRow(row, unit, "by name", f"{words}; {unit.code} is {unit.name!r}")
        if why.startswith("several"):
            return AuditRow(row, None, "several of this name", why)
    near = near_names(row.name or code, [unit.name for unit in index.units], most=1)
    hint = f"; perhaps {near[0]!r}" if near else ""
    return AuditRow(row, None, "no admin unit", f"no unit has this code or name{hint}")


def _by_name(name: str, index: _UnitIndex) -> tuple[AdminUnit | None, str]:
    """The one unit of a name, or why there is none."""
    units = index.names.get(plain_name(name), []) if name else []
    if len(units) == 1:
        return units[0], ""
    if units:
        return None, f"several units are called {name!r}: {', '.join(unit.code for unit in units[:5])}"
    return None, f"no unit is called {name!r}" if name else "neither a code nor a name is given"


def _verdict_without(name: str, index: _UnitIndex) -> Verdict:
    return "several of this name" if len(index.names.get(plain_name(name), [])) > 1 else "no admin unit"
