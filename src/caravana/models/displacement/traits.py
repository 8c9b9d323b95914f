"""How the models of displacement differ, for whoever tells of their runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """What a model of displacement does with what a scenario gives it.

    Attributes
    ----------
    mended
        Without the defects of Flee.
    camps_only
        It knows people in camps only, and takes how many there are from the counts of camps or forecasts them.
    """

    mended: bool = True
    camps_only: bool = False
