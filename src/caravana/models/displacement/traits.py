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
        It knows camps that are counted, and takes how many there are from these counts or forecasts them; of others it
        knows what assessments and the first day say.
    """

    mended: bool = True
    camps_only: bool = False
