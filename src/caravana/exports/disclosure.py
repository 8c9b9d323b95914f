"""What may be published: small cells withheld so that no subtraction brings them back.

Four rules, each on its own enough against one kind of attack:

1. A cell any of whose numbers lies between 1 and 9 is withheld.
2. Every number shown is rounded to tens: the difference of two of them, from two tables, two
   days or two files, is uncertain by more than a small cell can be.
3. Where a line (a state's municipalities, all municipalities, a municipality's groups) has some
   cells shown and some withheld, at least two are withheld, which together come to 20 or more:
   whoever knows a line's true total from elsewhere cannot split it.
4. Totals are sums of shown cells: nothing published is computed from a withheld number.

Which cells are withheld depends on the cells of the same day only, so exports of more days, in
another format, or from a later date never show a cell that an earlier one withheld.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

SMALLEST = 10
"""Cells with a number from 1 to below this are withheld."""
BASE = 10
"""What shown numbers are rounded to."""
LINE_SUM = 20
"""What the withheld cells of a line come to at least."""
MEASURES = ("persons_low", "persons_median", "persons_high")

PUBLIC_GROUPS = {
    "in_caravan": "in_caravan",
    "waiting": "waiting",
    "applied": "waiting",
    "documented": "waiting",
    "settled": "waiting",
    "detained": "held",
    "in_care": "in_care",
    "displaced": "displaced",
}
"""Statuses that may be published, as the groups they are published in.

Not among them: people on foot apart from a caravan, by vehicle, with smugglers, and returned:
whoever walks apart is easily preyed upon.
"""
PUBLIC_FLOWS = (
    "displaced", "treated", "in_care", "recovered", "injured", "died", "detained", "returned", "applied",
    "documented",
)  # fmt: skip
"""Flows that may be published: none that tells how many left, went ahead or bought a seat.

Nor how many joined: what joined, less what a caravan grew by and less those detained, documented or
returned, is what fell behind.
"""


def small(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether any number of a row lies between 1 and 9: [row, measure] to [row]."""
    return np.asarray(((values > 0) & (values < SMALLEST)).any(axis=1), dtype=np.bool_)


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers rounded to tens, halves up."""
    return np.floor(values / BASE + 0.5) * BASE


def _complete(hidden: NDArray[np.bool_], values: NDArray[np.float64], line: NDArray[np.int64]) -> bool:
    """Withhold one more cell of a line where its withheld ones could be worked out; whether it did.

    Parameters
    ----------
    hidden
        Whether a cell is withheld, [cell]; changed in place.
    values
        Numbers, [cell, measure].
    line
        The cells of the line.
    """
    for measure in values.T:
        out, shown = line[hidden[line]], line[~hidden[line] & (measure[line] > 0)]
        protected = (measure[out] > 0) & (measure[out] < SMALLEST)
        if protected.any() and len(shown) and (len(out) < 2 or measure[out].sum() < LINE_SUM):
            hidden[shown[np.argmin(measure[shown])]] = True
            return True
    return False


def withhold(
    frame: pd.DataFrame, *, lines: Sequence[Sequence[str]], measures: Sequence[str] = MEASURES
) -> pd.DataFrame:
    """Withhold small cells, and as many others as it takes that they cannot be worked out.

    Parameters
    ----------
    frame
        One row a cell, with `measures`; rows of zeros only are no cells.
    lines
        Columns that make a line each: cells with the same values in them are a line.
    measures
        The numbers of a cell, persons.

    Returns
    -------
    pandas.DataFrame
        The rows with any number above 0, rounded to tens, with a column ``withheld``; withheld
        rows have NaN for every number.
    """
    cells = frame[(frame[list(measures)] > 0).any(axis=1)].reset_index(drop=True)
    values = cells[list(measures)].to_numpy(dtype=np.float64)
    hidden = small(values)
    groups = [
        np.asarray(g, dtype=np.int64) for by in lines for g in cells.groupby(list(by), sort=True).indices.values()
    ]
    # Each change withholds one more cell, so it ends.
    changed = True
    while changed:
        changed = False
        for line in groups:
            while _complete(hidden, values, line):
                changed = True
    shown = np.where(hidden[:, None], np.nan, rounded(values))
    return cells.assign(**{m: shown[:, i] for i, m in enumerate(measures)}, withheld=hidden)


def totals(cells: pd.DataFrame, *, by: Sequence[str], measure: str = "persons_median") -> pd.DataFrame:
    """Sums of the shown cells, and how many cells are withheld from them.

    Parameters
    ----------
    cells
        As :func:`withhold` gives them.
    by
        Columns to sum within.
    measure
        The number to sum.
    """
    grouped = cells.groupby(list(by), sort=True)
    sums: pd.DataFrame = grouped.agg(**{f"{measure}_shown": (measure, "sum"), "cells_withheld": ("withheld", "sum")})
    return sums.reset_index()
