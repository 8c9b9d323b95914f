"""The attack that a public export has to survive before it is written: linear programmes against a day's tables.

Whoever attacks has the tables, knows how they were made, knows that nobody is counted below nought and that the lower
number is no more than the middle one and that no more than the upper one; and knows, from elsewhere, the true total
of every line that comes to 20 or more.  A number of 10 or fewer is *within reach* if all that is compatible with this
is closer to it than 10 persons.

Totals below 20 are left out: who knows that there are three people in a town has no need of our tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

PROTECTED = 10
"""Numbers from 1 to this are to be out of reach."""
WIDTH = 10.0
"""What a protected number might be more by, at least, for all that can be worked out: persons."""
LINE_SUM = 20
"""Totals from this on may be known from elsewhere."""
_CLOSE = 1e-6


@dataclass(frozen=True)
class Lines:
    """A day's cells as the attack sees them, and as they are.

    Attributes
    ----------
    values
        True numbers, [cell, measure], measures ascending.
    shown
        As published, NaN where withheld.
    lines
        Cells of each line.
    slack
        True numbers are less than this from those shown.
    """

    values: NDArray[np.float64]
    shown: NDArray[np.float64]
    lines: tuple[NDArray[np.int64], ...]
    slack: float

    def bounds(self) -> NDArray[np.float64]:
        """Least and most that each number may be, [cell times measure, 2]: whole numbers, so one inside the slack."""
        shown = self.shown.ravel()
        hidden = np.isnan(shown)
        # A number that is shown is nought, or no smaller than the step of rounding.
        low = np.where(hidden | (shown == 0), 0.0, np.maximum(self.slack, shown - self.slack + 1))
        high = np.where(hidden, np.inf, np.where(shown == 0, 0.0, shown + self.slack - 1))
        return np.column_stack([low, high])

    @cached_property
    def known_totals(self) -> tuple[csr_array, NDArray[np.float64]]:
        """The equations: a row for each line and measure whose true total may be known."""
        from scipy.sparse import csr_array

        cells, measures = self.values.shape
        rows: list[int] = []
        columns: list[int] = []
        sums: list[float] = []
        for line in self.lines:
            for m in range(measures):
                total = self.values[line, m].sum()
                if total >= LINE_SUM:
                    rows += [len(sums)] * len(line)
                    columns += [int(c) * measures + m for c in line]
                    sums.append(total)
        matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sums), cells * measures))
        return matrix, np.asarray(sums, dtype=np.float64)

    def order(self) -> csr_array:
        """The inequalities, at most 0: each measure less the next one."""
        from scipy.sparse import csr_array

        cells, measures = self.values.shape
        first = (np.arange(cells)[:, None] * measures + np.arange(measures - 1)).ravel()
        n = np.arange(len(first))
        return csr_array(
            (np.r_[np.ones(len(n)), -np.ones(len(n))], (np.r_[n, n], np.r_[first, first + 1])),
            shape=(len(n), cells * measures),
        )


def _raised(attack: Lines, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some numbers a world that fits all that is known has larger by 10 or more.

    One programme for many: it maximises the sum of what each is larger by, of which no more than 10 counts; those
    further on weigh a little more, so that some are raised by all of it where not all can be.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    matrix, sums = attack.known_totals
    order, bounds, size = attack.order(), attack.bounds(), attack.values.size
    count = len(wanted)
    at = csr_array((-np.ones(count), (np.arange(count), wanted)), shape=(count, size))
    extra = csr_array((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    none = csr_array((order.shape[0], count))
    given = linprog(
        np.r_[np.zeros(size), -np.linspace(1.0, 2.0, count)],
        A_ub=vstack([hstack([order, none]), hstack([at, extra])]),
        b_ub=np.r_[np.zeros(order.shape[0]), -attack.values.ravel()[wanted]],
        A_eq=hstack([matrix, csr_array((len(sums), count))]) if len(sums) else None,
        b_eq=sums if len(sums) else None,
        bounds=np.vstack([bounds, np.tile([0.0, WIDTH], (count, 1))]),
        method="highs",
    )
    if not given.success:
        return np.zeros(count, dtype=np.bool_)
    return np.asarray(given.x[size:] >= WIDTH - _CLOSE, dtype=np.bool_)


def small_numbers(attack: Lines) -> NDArray[np.int64]:
    """Numbers from 1 to 10, as places in the flattened [cell, measure]."""
    flat = attack.values.ravel()
    return np.flatnonzero((flat > 0) & (flat <= PROTECTED))


def known_anyway(attack: Lines, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of some numbers that are within reach of who knows the totals and has no export: nothing hides them."""
    without = replace(attack, shown=np.full_like(attack.shown, np.nan))
    together = within_reach(without, numbers)
    # On their own, those that are in each other's way may be out of reach: then they are protected.
    return np.array([n for n in together if not _raised(without, np.array([n])).all()], dtype=np.int64)


def within_reach(attack: Lines, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of some numbers that the attack may bring within reach.

    Parameters
    ----------
    attack
        The day.
    numbers
        As :func:`small_numbers` has them.

    Returns
    -------
    numpy.ndarray
        Those for which no world was found in which they are larger by 10: on the safe side, since where several are
        in each other's way each alone is not tried.  A number that is out of reach stays so when more is withheld:
        every world that fitted still fits.
    """
    while len(numbers):
        raised = _raised(attack, numbers)
        if not raised.any():
            break
        numbers = numbers[~raised]
    return numbers
