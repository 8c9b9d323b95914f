"""What may be published: no small cell, and nothing by which one could be worked out.

Four rules:

1. A cell is shown only where its upper number is 20 or more and none of its numbers is from 1 to 19.  Which other
   cells are empty and which are small is not told: both are withheld alike.
2. A number shown is a multiple of 20, and the true one lies anywhere less than 20 from it: whether it was rounded
   up or down was drawn by a key that is neither in the scenario nor worked out from the seed.  The key stays with
   the run (:mod:`caravana.exports.key`), so the same run says the same in every release, and releases have no
   noise that could be averaged away.
3. Totals are sums of shown cells: nothing published is computed from a withheld number.
4. Before anything is written the export is attacked (:mod:`caravana.exports.audit`) by somebody who knows the true
   total of every line (a state's municipalities, all municipalities, a municipality's groups) that comes to 20 or
   more.  While that brings a number of 10 or fewer within reach, further cells are withheld.

What is withheld of a day depends on that day only, so exports of more days, in another format, or up to a later
date never show a cell that an earlier one withheld.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.exports.audit import Lines, known_anyway, small_numbers, within_reach
from caravana.results.small_counts import BASE, small

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.exports.key import ReleaseKey

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
PUBLIC_FLOWS = ("displaced", "treated", "injured", "died", "detained", "returned", "applied", "documented")
"""Flows that may be published: none that tells how many left, went ahead or bought a seat.

Nor how many joined: what joined, less what a caravan grew by and less those detained, documented or
returned, is what fell behind.  Nor who came into care and recovered: with the number in care, any of the
three would be worked out from the two others.  In the balance of every group that is published there is a flow
that is not.
"""


def rounded(values: NDArray[np.float64], cells: Sequence[str], key: ReleaseKey) -> NDArray[np.float64]:
    """Round numbers to a multiple of 20 above or below, by chance, so that the expected value is the number itself.

    Parameters
    ----------
    values
        Persons, [cell, measure].
    cells
        A name for each cell: the same name and number are always rounded alike.
    key
        What the draws are made with.

    Returns
    -------
    numpy.ndarray
        [cell, measure]; lower, middle and upper number stay in order, since numbers between the same two multiples
        are rounded by the same draw.
    """
    below = np.floor(values / BASE)
    draws = np.array(
        [[key.draw(f"{name}|{int(n)}") for n in row] for name, row in zip(cells, below, strict=True)]
    ).reshape(values.shape)
    return np.asarray((below + (values / BASE - below > draws)) * BASE, dtype=np.float64)


def _withhold_day(
    values: NDArray[np.float64], shown: NDArray[np.float64], lines: Sequence[NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Which cells of a day are withheld: those that are small, and others until the audit reaches none.

    What whoever knows the totals can work out without an export is no reason to withhold anything.
    """
    hidden = small(values)
    for line in lines:
        # Nobody is alone among those withheld: whoever knows the total would have it but for the rounding.
        open_ = line[~hidden[line]]
        if len(open_) and (hidden[line] & (values[line, -1] > 0)).sum() == 1:
            hidden[open_[np.argmin(values[open_, 1])]] = True
    attack = Lines(values=values, shown=np.where(hidden[:, None], np.nan, shown), lines=tuple(lines), slack=BASE)
    left = within_reach(attack, small_numbers(attack))
    left = np.setdiff1d(left, known_anyway(attack, left))
    while len(left := within_reach(attack, left)) and not hidden.all():
        for cell in np.unique(left // values.shape[1]):
            own = np.unique(np.concatenate([line for line in lines if cell in line]))
            near = own[~hidden[own]] if not hidden[own].all() else np.flatnonzero(~hidden)
            if len(near):
                hidden[near[np.argmin(values[near, 1])]] = True
        attack = replace(attack, shown=np.where(hidden[:, None], np.nan, shown))
    return hidden


def withhold(
    frame: pd.DataFrame,
    *,
    lines: Sequence[Sequence[str]],
    cell: Sequence[str],
    key: ReleaseKey,
    measures: Sequence[str] = MEASURES,
) -> pd.DataFrame:
    """Withhold small cells, and as many others as it takes that none of them comes within reach.

    Parameters
    ----------
    frame
        One row a cell and ``day``, with `measures`, those that are empty too.
    lines
        Columns that make a line each: cells of a day with the same values in them are a line, whose true total
        whoever reads may know.
    cell
        Columns that name a cell on every day.
    key
        What the draws of rounding are made with.
    measures
        The numbers of a cell, persons, in ascending order.

    Returns
    -------
    pandas.DataFrame
        The rows, with a column ``withheld``; withheld rows have NaN for every number.
    """
    cells = frame.reset_index(drop=True)
    values = cells[list(measures)].to_numpy(dtype=np.float64)
    names = cells[list(cell)].astype(str).agg("|".join, axis=1).tolist()
    shown = rounded(values, names, key)
    hidden = small(values)
    if lines:
        for at in cells.groupby("day", sort=True).indices.values():
            today = cells.iloc[at].reset_index(drop=True)
            groups = [np.asarray(g, dtype=np.int64) for by in lines for g in today.groupby(list(by)).indices.values()]
            hidden[at] = _withhold_day(values[at], shown[at], groups)
    shown = np.where(hidden[:, None], np.nan, shown)
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
