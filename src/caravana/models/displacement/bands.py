"""How wide the bands of a run are: its members', or wider, where leaving records out shows these too sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Members of a whole run by our own rules lie closer together than counts do to them: leaving each record out, bands
#: hold four counts of five and more once their ends are this many times further (docs/dispersal.md).
WHOLE_RUN_FACTOR = 1.8
#: Of camps without a limit, of whose size nothing is known: with the capacities of all other records struck out, bands
#: so much wider hold nineteen counts of twenty on the worst of them.
NO_LIMIT_FACTOR = 4.0
#: People added before a band is widened, so that the band of an empty camp is no point.
FEW = 30.0


def widened(low: Floats, high: Floats, *, factor: Floats | float) -> tuple[Floats, Floats]:
    """Ends of a band so many times further out, where `factor` is not 1; nobody is negative."""
    same = np.asarray(factor) == 1.0
    below, above = np.maximum((low + FEW) / factor - FEW, 0.0), (high + FEW) * factor - FEW
    return np.where(same, low, below), np.where(same, high, above)
