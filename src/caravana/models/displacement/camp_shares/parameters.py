"""The pooled parameters of the rules ``camp-shares``: one set for all instances.

No instance has values of its own.  Values and how they were chosen (leaving instances out in
turn): docs/dispersal.md and docs/decisions/0015-camps-by-their-reports.md.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.parameters import CAMP_SHARES, declared
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.parameters import DeclaredParameter
    from caravana.scenario.model import Parameter, Scenario

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled parameter: its value, spread over members on its own scale, unit and meaning."""

    value: float
    spread: float
    scale: str
    unit: str
    meaning: str


#: Units of what is drawn in the logit; all else is drawn in the log.
SHARES = ("share", "chance")


def read_pooled() -> dict[str, Pooled]:
    """Read the pooled parameters that ``parameters.csv`` beside this file declares, by name."""
    return {name: _pooled(row) for name, row in declared(CAMP_SHARES).items()}


def _pooled(row: DeclaredParameter) -> Pooled:
    scale = "logit" if row.parameter.unit in SHARES else "log"
    return Pooled(row.law.value, row.law.sigma, scale, row.parameter.unit, row.parameter.description)


#: The pooled parameters (``log`` and ``logit`` scales are normal in the log and the logit).
POOLED: dict[str, Pooled] = read_pooled()


def read_whole_run() -> dict[str, float]:
    """Read the values that ``whole_run.csv`` beside this file has for a run without counts after its first day."""
    with (CAMP_SHARES / "whole_run.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: float(row["value"]) for row in csv.DictReader(file)}


#: Values for a run that knows no count after its first day.  It goes by less: how near a camp is and how many it is to
#: hold say little of who fills first, and a member that strays early never comes back.
WHOLE_RUN: dict[str, float] = read_whole_run()

#: What a run without counts after its first day depends on; the others act once counts have been seen.
TOTAL_AHEAD = (
    "total_rate", "total_walk", "total_fades", "batch", "fill_days", "fill_slows", "fill_spread", "transferred",
)  # fmt: skip
"""Pooled parameters that act only where the total is forecast."""
OF_RECORDS = ("total_fades", "batch", "transferred")
"""Those of them that act on what a record shows by an origin."""
FROM_THE_START = (
    "size_power", "room_power", "near_power", "room_capacity", "unsized", "softening", "held", "moving_on",
    "surprise", "drift", "drift_days", "unknown_size",
)  # fmt: skip


def draw_pooled(
    members: int, rng: np.random.Generator, *, values: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Draw the pooled parameters for each member, as columns [member, 1]; `values` replace the package's."""
    from scipy.special import ndtri

    values = values or {}
    drawn: dict[str, Floats] = {}
    for name, one in POOLED.items():
        value = values.get(name, one.value)
        # Evenly over the spread (a Latin hypercube): of few members, too, none is all high or all low.
        level = (rng.permutation(members) + rng.random(members)) / members
        noise = one.spread * ndtri(level)[:, None]
        if one.scale == "log":
            drawn[name] = value * np.exp(noise)
        else:
            odds = value / (1 - value) * np.exp(noise)
            drawn[name] = odds / (1 + odds)
    return drawn


def values_from(origin: int) -> Mapping[str, float]:
    """Return the values that replace the package's in a run that has seen counts up to a day."""
    return {} if origin >= 1 else WHOLE_RUN


def pooled_from(origin: int) -> Mapping[str, Pooled]:
    """Return the pooled parameters with the values that act in a run that has seen counts up to a day."""
    values = values_from(origin)
    return {name: replace(one, value=values.get(name, one.value)) for name, one in POOLED.items()}


def declared_from(origin: int) -> Mapping[str, Parameter]:
    """Return the parameters as declared, their priors about the values that act in such a run."""
    table = declared(CAMP_SHARES)
    moved = {name: table[name].law.about(value) for name, value in values_from(origin).items()}
    return {
        name: row.parameter
        if name not in moved
        else row.parameter.model_copy(
            update={"prior": moved[name].prior, "value": None if moved[name].prior else moved[name].value}
        )
        for name, row in table.items()
    }


def names_at_work(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the pooled parameters that a run of a scenario depends on."""
    settings = DisplacementSettings.of(scenario.settings)
    seen = set(POOLED) - {"unknown_size"}
    at_work = seen if settings.origin_day else set(FROM_THE_START) | {*TOTAL_AHEAD} - {*OF_RECORDS}
    if not settings.forecast_total:
        at_work -= set(TOTAL_AHEAD)
    return tuple(name for name in POOLED if name in at_work)
