"""Arrays [member, day] and quantiles over members, for every kind of run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


LEVEL = 0.9
"""Probability that a band over members is meant to hold."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of every fan: the middle, 5 in 10 runs, 9 in 10 runs."""
PLANNING_LEVELS = (0.05, 0.5, 0.95)
"""Quantiles of what is planned for, and of every table: 9 in 10 runs lie between the first and the last."""
INTERVAL = dict(zip(("low", "median", "high"), PLANNING_LEVELS, strict=True))
"""The same by name."""


def members_of(run: Run) -> Ints:
    """Member numbers of the blocks that are done, ascending.

    Raises
    ------
    caravana.errors.UsageError
        If there are none.
    """
    members = np.sort(np.asarray(run.member_ids, dtype=np.int64))
    if not members.size:
        raise UsageError("the run has no finished members: nothing to report")
    return members


def as_simulated(run: Run) -> Scenario:
    """The scenario up to the last day simulated: what was reported later is not the run's to show."""
    return run.scenario.model_copy(update={"end": run.days[-1].date()})


def grid(run: Run, members: Ints, frame: pd.DataFrame, column: str, *, fill: float = 0.0) -> Floats:
    """Values of a frame with ``member`` and ``day`` as an array [member, day].

    Parameters
    ----------
    run
        The run whose days are the columns.
    members
        Member numbers, ascending: the rows.
    frame
        One row a member and day at most.
    column
        The value to lay out.
    fill
        What stands where the frame has no row.
    """
    import pandas as pd

    out = np.full((len(members), len(run.days)), fill)
    rows = np.searchsorted(members, frame["member"].to_numpy())
    days = (pd.to_datetime(frame["day"]) - run.days[0]).dt.days.to_numpy()
    out[rows, days] = frame[column].to_numpy()
    return out


def quantiles(values: Floats, *, given: Bools | None = None, levels: Sequence[float] = LEVELS) -> Floats:
    """Quantiles over members (linear between order statistics), [level, day]; NaN where there is nobody.

    Parameters
    ----------
    values
        [member, day].
    given
        The members that count each day, [member, day]; all by default.
    levels
        Probabilities.
    """
    masked = values if given is None else np.where(given, values, np.nan)
    # One sort for all levels and days (numpy's nanquantile sorts each column again): NaN goes last.
    ordered = np.sort(masked, axis=0)
    known = (~np.isnan(masked)).sum(axis=0)
    at = np.asarray(levels, dtype=np.float64)[:, None] * np.maximum(known - 1, 0)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    first, second = np.take_along_axis(ordered, low, axis=0), np.take_along_axis(ordered, high, axis=0)
    return np.asarray(first + (second - first) * (at - low))


def interval(values: pd.Series[float]) -> dict[str, float]:
    """Return the quantiles of :data:`INTERVAL` of one number a member, by name."""
    return {name: float(values.quantile(level)) for name, level in INTERVAL.items()}


def by_member(run: Run, sql: str, *, fill: float = 0.0) -> pd.Series[float]:
    """Return one number a member.

    Parameters
    ----------
    run
        An opened run.
    sql
        A query that gives ``member`` and one column more, a row a member at most.
    fill
        The number of members of which the query says nothing.
    """
    frame = run.query(sql)
    return frame.set_index("member").iloc[:, 0].astype(float).reindex(run.member_ids).fillna(fill)


def drawn_parameters(run: Run) -> pd.DataFrame:
    """Return the parameters that differ among the members, [member, name]; no column where none does.

    Raises
    ------
    caravana.errors.UsageError
        If the run's model drew none at all.
    """
    import pandas as pd

    frame = pd.DataFrame()
    if "parameters" in run.tables:
        frame = run.query("SELECT member, CAST(name AS VARCHAR) AS name, value FROM parameters")
    if frame.empty:
        raise UsageError("this run has no input that was drawn: the rules' settings are the same in every member")
    wide = frame.pivot_table(index="member", columns="name", values="value", aggfunc="first", observed=True)
    return wide.loc[:, wide.max() > wide.min()].sort_index(axis=1)
