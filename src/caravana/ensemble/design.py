"""The ensemble's design: parameters of every member, by scrambled Sobol points through priors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from caravana.models.base import BLOCK
from caravana.scenario.priors import quantile, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.base import Process
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]


class Design(Protocol):
    """Where an ensemble's parameters come from if not from the priors, and how its members are led.

    Attributes
    ----------
    name : str
        Tells designs apart: two runs of different designs are different runs.
    family : str
        Family of the models that it leads.
    """

    @property
    def family(self) -> str:
        """Family of the models that it leads."""

    @property
    def name(self) -> str:
        """What the manifest calls it."""

    def draw(self, block: int, *, seed: int) -> Mapping[str, Floats]:
        """Return the parameters of one block's members, each float64 [64]."""

    def lead(self, order: tuple[Process, ...], block: int, *, seed: int) -> tuple[Process, ...]:
        """Return the order of the day of one block."""


def draw_parameters(
    scenario: Scenario, *, seed: int, block: int, settings: Mapping[str, float] | None = None, size: int = BLOCK
) -> dict[str, Floats]:
    """Return the parameters of one block's members.

    Member *m* gets point *m* of one scrambled Sobol sequence, so its parameters depend on the
    seed and *m* alone.  A parameter set by the user keeps its dimension: the others keep theirs.

    Parameters
    ----------
    scenario
        The scenario.
    seed
        Scrambles the sequence.
    block
        Block index; its members begin at ``size * block``.
    settings
        Values that replace priors.
    size
        Members in a block, a power of two.

    Returns
    -------
    dict
        Values by name, each float64 [size].
    """
    from scipy.stats import qmc

    uncertain = [p.name for p in scenario.parameters if p.prior is not None]
    parameters = settle(scenario, settings or {})
    points = np.empty((size, 0))
    if uncertain:
        sobol = qmc.Sobol(len(uncertain), scramble=True, rng=np.random.default_rng(seed))
        if block:
            sobol.fast_forward(size * block)
        points = sobol.random(size)
    # A point on the edge of the unit cube would be an infinite quantile.
    points = np.clip(points, 2.0**-31, 1 - 2.0**-31)
    out = {}
    for name, parameter in parameters.items():
        if parameter.prior is None:
            out[name] = np.full(size, float(parameter.value or 0.0))
        else:
            u = points[:, uncertain.index(name)]
            out[name] = quantile(parameter.prior, parameter.low, parameter.high, u)
    return out
