"""What every model is made of: its tables, the size of a block, the task of a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.models.caravan.order import ORDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from caravana.models.caravan.order import Process
    from caravana.scenario.model import Policy, Scenario

    Floats = NDArray[np.float64]
    Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Task:
    """One block to simulate: everything a worker needs, and nothing else.

    Attributes
    ----------
    scenario, policies
        What to simulate, and the policies in force.
    draws
        Parameters by name, each [member].
    seed, block
        Keys of the random streams.
    days
        Days to simulate, from the scenario's first.
    order
        The order of the day.
    follow
        Whether to follow those who set out (see :mod:`caravana.models.caravan.cohort`).
    """

    scenario: Scenario
    policies: tuple[Policy, ...]
    draws: Mapping[str, Floats]
    seed: int
    block: int
    days: int
    order: tuple[Process, ...] = ORDER
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of labels: ``codes`` index ``labels``."""

    codes: Array
    labels: tuple[str, ...]


Table = dict[str, "Array | Coded"]


BLOCK = 64
"""Members in a block: more gains nothing (measured), and it is a power of two, as Sobol likes."""
