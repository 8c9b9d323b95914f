"""How wide a forecast should be: learned from standardised errors, case by case, below and above apart.

The standardised error of a forecast that has come true or not is how far the truth lay from the median, in units of the
distance from there to the end of the 90% band on that side: within the band it is at most one.  Errors of other
records, and of this one so far, say by how much each half should have been wider or narrower to hold what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from caravana.inference.scoring.proper_scores import quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVELS = (0.05, 0.95)
"""Ends of the bands by which widths are set."""
LEAST, MOST = 0.5, 1.25
"""A half is never made narrower or wider than by this."""
KEPT = (np.arange(50) + 0.5) / 50
"""Levels of the errors that are kept of what other records tell."""
SMALLEST = 1e-9


class Halves(NamedTuple):
    """How wide the halves of a forecast should be, over as wide as they are.

    Attributes
    ----------
    below, above : float
        By how much the ends of the band are moved away from the median, or nearer.
    easing : float
        How a change eases off towards the median: at a part x of the way to the end it is x to this power of what it is
        at the end, and beyond the end what it is there.  At 0 all points of a half are moved alike; up to 1 none
        overtakes another.
    """

    below: float
    above: float
    easing: float = 0.0


@dataclass(frozen=True)
class Believed:
    """What other records tell of how wide forecasts should be.

    Attributes
    ----------
    errors : ndarray, shape (n,)
        Standardised errors, equally likely.
    worth : float
        How many cases they count as.
    own : float
        As how many a case of the record itself counts.
    easing : float
        How a change eases off towards the median.
    """

    errors: Floats
    worth: float
    own: float
    easing: float = 0.0

    def halves(self, own: Floats, weights: Floats) -> Halves:
        """How wide the halves below and above the median should be, over as wide as they are.

        Parameters
        ----------
        own : ndarray, shape (cases,)
            Standardised errors of this record so far.
        weights : ndarray, shape (cases,)
            How much each counts, one for a case of the horizon asked for.
        """
        every = np.concatenate([self.errors, own])
        counted = np.concatenate([np.full(self.errors.size, self.worth / self.errors.size), self.own * weights])
        return Halves(*ends(every, counted), self.easing)


def ends(errors: Floats, weights: Floats) -> tuple[float, float]:
    """Where weighted errors have their twentieth below and above, within :data:`LEAST` and :data:`MOST`."""
    order = np.argsort(errors, kind="stable")
    reached = np.cumsum(weights[order])
    at = np.minimum(np.searchsorted(reached, np.array(LEVELS) * reached[-1]), errors.size - 1)
    low, high = errors[order][at]
    return float(np.clip(-low, LEAST, MOST)), float(np.clip(high, LEAST, MOST))


def standardised(points: Floats, share: Floats, truths: Sequence[float]) -> Floats:
    """Standardised errors of a forecast given as weighted points: below the median under zero, one a truth."""
    low, middle, high = quantiles(points, share, [LEVELS[0], 0.5, LEVELS[1]])
    gap = np.asarray(truths, float) - middle
    half = np.where(gap < 0.0, middle - low, high - middle)
    return np.asarray(gap / np.maximum(half, SMALLEST), float)


def stretched(points: Floats, share: Floats, halves: Halves) -> Floats:
    """The points with the halves below and above their median that much wider; their weights stay."""
    if halves[:2] == (1.0, 1.0):
        return points
    low, middle, high = quantiles(points, share, [LEVELS[0], 0.5, LEVELS[1]])
    gap = points - middle
    more = np.where(gap < 0.0, halves.below, halves.above) - 1.0
    if halves.easing:
        end = np.maximum(np.where(gap < 0.0, middle - low, high - middle), SMALLEST)
        more *= np.minimum(np.abs(gap) / end, 1.0) ** halves.easing
    return np.asarray(points + gap * more, float)
