"""Parameters as their models declare them: ``parameters.csv`` beside each model, read once.

One row a parameter: name, process, unit, bounds, the default prior (or a plain number), the prior
of a forecast where it must differ, what it means and what it rests on, in both languages, and the
name it had before.  A row without a default prior is of a forecast only, and no
scenario has it.  A scenario changes what it knows better (:mod:`caravana.scenario.declared`).
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.errors import ScenarioError
from caravana.scenario.declared import Declared, parameters_in_force
from caravana.scenario.model import Parameter, PartyKind, Prior
from caravana.scenario.priors import TAKES, prior_has_mass, prior_wants

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "DeclaredParameter", "Law", "declared", "parameters_in_force", "read_law", "read_parameters"]

COLUMNS = (
    "name", "process", "unit", "low", "high", "default_prior", "prior_for_forecast", "description", "description_es",
    "basis", "basis_es", "formerly",
)  # fmt: skip
HERE = Path(__file__).parent
CARAVAN = HERE / "caravan"
CAMP_SHARES = HERE / "displacement" / "camp_shares"
#: What an inherited parameter rests on, as far as a scenario's own evidence goes.
ASSUMPTION = ("assumption",)
_LAW = re.compile(r"([a-z]+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution as it is written, ``lognormal(median=17, sigma=0.3)``, or a plain number.

    ``centre`` of a ``logitnormal`` is its median on the parameter's own scale, for people to read.
    """

    dist: str
    figures: Mapping[str, float]

    @property
    def value(self) -> float:
        """The number itself, or the median of a law that is given by its median."""
        return self.figures[next(name for name in ("value", "median", "centre") if name in self.figures)]

    @property
    def sigma(self) -> float:
        """Spread on the law's own scale; 0 for a number."""
        return self.figures.get("sigma", 0.0)

    @property
    def prior(self) -> Prior | None:
        """The prior, None for a number."""
        if self.dist == "value":
            return None
        figures = dict(self.figures)
        if "centre" in figures:
            centre = figures.pop("centre")
            figures["mean"] = math.log(centre / (1.0 - centre))
        return Prior.model_validate({"dist": self.dist, **figures})


@dataclass(frozen=True, slots=True)
class DeclaredParameter:
    """One row of ``parameters.csv``.

    Attributes
    ----------
    parameter
        As scenarios inherit it.
    law
        Its default prior, or number.
    for_forecast
        What a forecast begins from where that must differ; None where it is the same.
    simulated
        Whether the model reads it; the others are of forecasts only.
    basis, basis_es
        What the default rests on, a sentence.
    formerly
        The name it had before; empty if none.
    """

    parameter: Parameter
    law: Law
    for_forecast: Law | None
    basis: str
    basis_es: str
    formerly: str
    simulated: bool

    @property
    def forecast_law(self) -> Law:
        """What a forecast begins from."""
        return self.for_forecast or self.law


def read_law(text: str) -> Law:
    """Read a distribution, or a plain number.

    Raises
    ------
    ScenarioError
        If it is neither.
    """
    wanted = f"{text!r} is neither a number nor a distribution such as lognormal(median=17, sigma=0.3)"
    match = _LAW.fullmatch(text.strip())
    try:
        if not match:
            return Law("value", {"value": float(text)})
        pairs = (part.partition("=") for part in match[2].split(","))
        figures = {name.strip(): float(number) for name, _, number in pairs}
    except ValueError:
        raise ScenarioError(wanted) from None
    law = Law(match[1], figures)
    takes = set(TAKES.get(law.dist, ()))
    if not takes or set(figures) not in (takes, takes - {"mean"} | {"centre"}):
        raise ScenarioError(wanted)
    return law


def read_parameters(path: Path) -> Mapping[str, DeclaredParameter]:
    """Read a table of declared parameters, by name, in file order.

    Parameters
    ----------
    path
        A ``parameters.csv`` with :data:`COLUMNS`.

    Raises
    ------
    ScenarioError
        If a column is missing or foreign, a name stands twice, or a row makes no sound parameter.
    """
    rows: dict[str, DeclaredParameter] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ScenarioError(f"{path.name}: expected the columns {', '.join(COLUMNS)}")
        for row in reader:
            where = f"{path.name} line {reader.line_num}"
            if row["name"] in rows:
                raise ScenarioError(f"{where}: {row['name']} stands twice")
            rows[row["name"]] = _declare(row, where)
    return rows


def _declare(row: Mapping[str, str], where: str) -> DeclaredParameter:
    try:
        law = read_law(row["default_prior"] or row["prior_for_forecast"])
        for_forecast = read_law(row["prior_for_forecast"]) if row["prior_for_forecast"] else None
        prior = law.prior
        parameter = Parameter(
            name=row["name"], unit=row["unit"], value=None if prior else law.value, prior=prior,
            low=float(row["low"]), high=float(row["high"]), basis=ASSUMPTION, description=row["description"],
            description_es=row["description_es"], process=row["process"],
        )  # fmt: skip
    except (ScenarioError, ValueError) as error:
        raise ScenarioError(f"{where}: {error}") from None
    inside = parameter.low <= law.value <= parameter.high if prior is None else not prior_wants(prior)
    if not inside or (prior and not prior_has_mass(prior, parameter.low, parameter.high)):
        raise ScenarioError(f"{where}: {row['default_prior']} is not within {row['low']} to {row['high']}")
    return DeclaredParameter(
        parameter, law, for_forecast, row["basis"], row["basis_es"], row["formerly"], bool(row["default_prior"])
    )


@cache
def declared(folder: Path) -> Mapping[str, DeclaredParameter]:
    """Parameters that the model in a folder declares, by name."""
    return read_parameters(folder / "parameters.csv")


@cache
def declared_for_scenarios(folder: Path) -> Declared:
    """What scenarios inherit from the model in a folder: parameters, former names, kinds of party."""
    rows = declared(folder)
    return Declared(
        {name: row.parameter for name, row in rows.items() if row.simulated},
        {row.formerly: name for name, row in rows.items() if row.formerly},
        _read_kinds(folder / "kinds.csv"),
    )


def _read_kinds(path: Path) -> tuple[PartyKind, ...]:
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(PartyKind.model_validate(row) for row in csv.DictReader(file))
