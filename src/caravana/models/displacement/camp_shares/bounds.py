"""How many a camp may come to hold: the file's capacity read for what it is, bounded by the camp's own record.

A capacity is a limit or a plan where it is a number of its own; "1,000,000" written beside every camp says that there
is none.  Neither is a forecast: no camp is taken to grow past a few times the largest count that it has had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

Why = Literal["not_given", "power_of_ten", "same_beside_others", "out_of_line", "among_no_limits"]
"""Why a capacity is no limit."""

#: From this size on a capacity is looked at twice.
LARGE = 1e5
#: A large capacity this many times the middle of the others is no limit.
OUT_OF_LINE = 20.0
#: A camp without a limit is bounded by this many times its largest count so far, one with a limit by so many times.
TIMES_WITHOUT, TIMES_WITH = 2.0, 6.0
#: Fewest people that a camp never counted is bounded by a multiple of.
FEWEST = 100.0
#: Before any count, a camp without a limit takes this many times what the middle one with a limit takes; this many
#: people where none has a limit.
TIMES_MIDDLE, USUAL = 2.0, 1e5


def whys_no_limit(capacity: Floats) -> tuple[Why | None, ...]:
    """Why each capacity says that there is no limit, None where it is one, [camp].

    None is given (0); or it is large and a power of ten, or the same beside several camps, or far out of line with
    the others, or most of the others say so and none of them is small enough to be a limit for sure.
    """
    large = capacity >= LARGE
    power = large & np.isclose(np.log10(np.maximum(capacity, 1.0)) % 1.0, 0.0)
    same = large & (np.isclose(capacity[:, None], capacity[None, :]).sum(axis=1) > 1)
    others = capacity[(capacity > 0) & ~power & ~same]
    out_of_line = large & (capacity > OUT_OF_LINE * np.median(others)) if others.size else large
    few = (power | same).sum() > len(capacity) / 2 and bool((large | (capacity <= 0)).all())
    reasons: tuple[tuple[Why, Bools], ...] = (
        ("not_given", capacity <= 0), ("power_of_ten", power), ("same_beside_others", same),
        ("out_of_line", out_of_line), ("among_no_limits", large & few),
    )  # fmt: skip
    return tuple(next((why for why, holds in reasons if holds[camp]), None) for camp in range(len(capacity)))


def says_no_limit(capacity: Floats) -> Bools:
    """Which capacities say that there is no limit (:func:`whys_no_limit`), [camp]."""
    return np.array([why is not None for why in whys_no_limit(capacity)], dtype=bool)


def bounded_sizes(size: Floats, largest: Floats, no_limit: Bools, *, without: float, limit: float) -> Floats:
    """Bound sizes by what has been counted, [camp].

    Parameters
    ----------
    size
        From the file, or usual, [camp].
    largest
        Largest count so far, 0 where a camp was never counted with people: the largest of any camp stands for it, so
        that new camps have room, [camp].
    no_limit
        From :func:`says_no_limit`, [camp].
    without, limit
        Times the largest count, for camps without and with a limit.
    """
    some = np.where(largest > 0, largest, max(float(largest.max(initial=0.0)), FEWEST))
    most = np.where(no_limit, without, limit) * some
    return np.asarray(np.maximum(np.maximum(np.minimum(size, most), largest), 1.0))


def usual_sizes(size: Floats, no_limit: Bools) -> Floats:
    """Sizes before any count: camps without a limit take somewhat more than the middle one of those with, [camp]."""
    if not no_limit.any():
        return size
    usual = TIMES_MIDDLE * float(np.median(size[~no_limit])) if (~no_limit).any() else USUAL
    return np.asarray(np.where(no_limit, usual, size))
