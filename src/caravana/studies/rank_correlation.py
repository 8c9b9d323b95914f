"""Which parameters decide an answer: rank correlations over the members of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.results.members import drawn_parameters

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run
    from caravana.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Decider:
    """A parameter and how an answer hangs on it.

    Attributes
    ----------
    parameter, unit, description, basis
        As in the scenario.
    correlation
        Spearman's rank correlation over members; -1 to 1.
    low_third, high_third
        Median answer over the third of the members in which the parameter is lowest, and highest.
    low_value, high_value
        Median value of the parameter in those thirds.
    beyond_chance
        Whether so strong a correlation is more than chance gives among all parameters.
    """

    parameter: str
    unit: str
    description: str
    basis: tuple[str, ...]
    correlation: float
    low_third: float
    high_third: float
    low_value: float
    high_value: float
    beyond_chance: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "parameter": self.parameter, "unit": self.unit, "description": self.description, "basis": list(self.basis),
            "rank_correlation": round(self.correlation, 3), "beyond_chance": self.beyond_chance,
            "in_lowest_third": {"parameter": _known(self.low_value), "answer": _known(self.low_third)},
            "in_highest_third": {"parameter": _known(self.high_value), "answer": _known(self.high_third)},
        }  # fmt: skip


def _known(value: float) -> float | None:
    """Return a number, or None where too few members leave none."""
    return None if np.isnan(value) else value


def rank_correlations(parameters: pd.DataFrame, answer: pd.Series[float]) -> pd.Series[float]:
    """Return Spearman's correlation of an answer with each parameter, strongest first.

    Parameters
    ----------
    parameters
        [member, name].
    answer
        One number a member; where it is the same in all, every correlation is 0.
    """
    ranks = parameters.rank()
    target = answer.reindex(parameters.index).rank()
    centred = ranks - ranks.mean()
    deviation = target - target.mean()
    scale = np.sqrt((centred**2).sum() * float((deviation**2).sum()))
    rho: pd.Series[float] = centred.mul(deviation, axis=0).sum() / scale.where(scale > 0, np.inf)
    return rho.reindex(rho.abs().sort_values(ascending=False, kind="stable").index)


def noise_of(members: int, parameters: int) -> float:
    """Return the strongest correlation that chance alone gives among so many parameters, at most, 19 times in 20.

    A normal approximation of the rank correlation of independent rankings, variance
    ``1 / (members - 1)``, with Bonferroni's correction for looking through all parameters.
    """
    from scipy.special import ndtri

    return float(ndtri(1 - 0.025 / max(parameters, 1))) / float(np.sqrt(max(members - 1, 1)))


def describe(scenario: Scenario, parameters: pd.DataFrame, answer: pd.Series[float], name: str, rho: float) -> Decider:
    """Return how an answer hangs on one parameter."""
    parameter = next(p for p in scenario.parameters if p.name == name)
    values = parameters[name]
    order = values.rank(method="first", pct=True)
    low, high = order <= 1 / 3, order > 2 / 3
    mine = answer.reindex(values.index)
    return Decider(
        parameter=name, unit=parameter.unit, description=parameter.description, basis=parameter.basis, correlation=rho,
        low_third=float(mine[low].median()), high_third=float(mine[high].median()),
        low_value=float(values[low].median()), high_value=float(values[high].median()),
        beyond_chance=abs(rho) > noise_of(len(mine), len(parameters.columns)),
    )  # fmt: skip


def decided_by(run: Run, answer: pd.Series[float], *, most: int = 3) -> list[Decider]:
    """Return the parameters that an answer hangs on most, strongest first."""
    parameters = drawn_parameters(run).loc[answer.index]
    strongest = rank_correlations(parameters, answer).head(most)
    return [describe(run.scenario, parameters, answer, str(n), float(r)) for n, r in strongest.items()]
