"""Bands of camps grow with the record's own misses: how far counts lay outside of past forecasts, as pooled then.

Errors at all horizons count alike, the latest most: counts sixty days ahead are heard of late, and who is surprised
within a week will mostly be within two months.  Until a record has missed more than it should, bands stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.displacement.listening import listen, plain_points
from caravana.inference.scoring.proper_scores import quantiles
from caravana.inference.widths import LEVELS, Halves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.displacement.forecast import CampForecast
    from caravana.inference.displacement.listening import CampCase
    from caravana.inference.pool import OpenPool

    Floats = NDArray[np.float64]

#: As how many cases it counts that bands hold what they say; days after which an own case counts half.
WORTH, HALF_LIFE = 60.0, 30.0
#: At most so many times as wide.
WIDEST = 2.5
#: How a change eases off towards the median (:class:`caravana.inference.widths.Halves`).
EASING = 1.0
#: Half a band is taken to be at least one person wide, and so much of its median: of camps at rest it may be nothing.
LEAST_HALF = 0.005
#: Standardised errors of a forecast that holds what it says: normal, a twentieth beyond one on either side.
HELD_DRAWS = 50


class OwnMisses:
    """How wide bands should be by a record's own past, day by day.

    Parameters
    ----------
    forecast
        The forecast made from a past day.
    weights
        What weights began with on a past day, by horizon.
    """

    def __init__(self, forecast: Callable[[int], CampForecast], weights: Callable[[int], Mapping[int, Floats]]) -> None:
        self._forecast, self._weights = forecast, weights
        self._pools: dict[int, dict[int, OpenPool]] = {}
        self._errors: dict[tuple[int, int, int, int, float], float] = {}

    def halves(self, cases: Sequence[CampCase], *, origin: int) -> Halves:
        """How wide the halves of bands should be, over as wide as they are, by what was known on a day."""
        heard = [case for case in cases if case.known <= origin and case.origin < origin]
        if not heard:
            return Halves(1.0, 1.0, EASING)
        own = np.array([self._error(case, cases) for case in heard])
        weight = 0.5 ** ((origin - np.array([case.known for case in heard])) / HALF_LIFE)
        held = _held()
        errors = np.concatenate([held, own])
        counted = np.concatenate([np.full(held.size, WORTH / held.size), weight])
        order = np.argsort(errors, kind="stable")
        reached = np.cumsum(counted[order])
        at = np.minimum(np.searchsorted(reached, np.array(LEVELS) * reached[-1]), errors.size - 1)
        low, high = errors[order][at]
        return Halves(float(np.clip(-low, 1.0, WIDEST)), float(np.clip(high, 1.0, WIDEST)), EASING)

    def _error(self, case: CampCase, cases: Sequence[CampCase]) -> float:
        """Standardised error of what was forecast then, weighed as then."""
        key = (case.origin, case.camp, case.horizon, case.day, case.truth)
        if key not in self._errors:
            if case.origin not in self._pools:
                weights = self._weights(case.origin)
                self._pools[case.origin] = listen(cases, origin=case.origin, weights=weights)
            pools, ahead = self._pools[case.origin], case.day - case.origin
            points, share = plain_points(self._forecast(case.origin), pools, ahead=ahead, camp=case.camp)
            low, middle, high = quantiles(points, share, [LEVELS[0], 0.5, LEVELS[1]])
            gap = case.truth - middle
            half = middle - low if gap < 0.0 else high - middle
            self._errors[key] = float(gap / max(half, 1.0, LEAST_HALF * middle))
        return self._errors[key]


def _held() -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(HELD_DRAWS) + 0.5) / HELD_DRAWS) / ndtri(LEVELS[1]))
