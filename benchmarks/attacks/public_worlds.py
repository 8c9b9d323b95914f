"""What is known of the numbers of a public export, and the worlds that fit it: linear programmes over all days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack, vstack

from caravana.exports.disclosure import MEASURES

Floats = NDArray[np.float64]
SLACK, WITHIN, KNOWN = 19, 10, 20


@dataclass(frozen=True)
class Law:
    """What holds from one day to the next in every simulation and municipality: a group moves up, or down, by at most.

    Attributes
    ----------
    status
        The group.
    sign
        1 if it bounds how the group rises, -1 if how it falls.
    flow
        The flow of the later day that bounds it; None if it does not move that way at all.
    """

    status: str
    sign: int
    flow: str | None


Row = tuple[list[int], list[float], float]
"""Columns, factors, and what their sum is at most (or is)."""


def bounds_of(shown: Iterable[Floats]) -> Floats:
    """Least and most by all that is shown, [number, 2]."""
    flats = [one.ravel() for one in shown]
    low, high = np.zeros(flats[0].size), np.full(flats[0].size, np.inf)
    for flat in flats:
        low = np.fmax(low, np.where(np.isnan(flat) | (flat == 0), 0.0, np.maximum(KNOWN, flat - SLACK)))
        high = np.fmin(high, np.where(np.isnan(flat), np.inf, np.where(flat == 0, 0.0, flat + SLACK)))
    return np.column_stack([low, high])


def _totals(true: pd.DataFrame) -> list[Row]:
    """The totals of 20 or more, of every line of every day."""
    values, m = true.to_numpy(dtype=np.float64), len(MEASURES)
    names = true.index.to_frame(index=False)
    names["state"] = names["area"].str.split("|").str[0]
    by = (["day", "status", "state"], ["day", "status"], ["day", "area"])
    lines = [line for one in by for line in names.groupby(one).indices.values()]
    return [
        ([int(c) * m + k for c in line], [1.0] * len(line), float(values[line, k].sum()))
        for line in lines
        for k in range(m)
        if values[line, k].sum() >= KNOWN
    ]


def _between_days(rows: pd.Index[Any], flows: pd.DataFrame, known: Iterable[Law]) -> list[Row]:
    """What the laws say of numbers over the simulations; flows have no number of their own but their upper bounds."""
    m = len(MEASURES)
    at = {key: n * m for n, key in enumerate(rows)}
    days = sorted(rows.get_level_values("day").unique())
    most = bounds_of([flows.to_numpy(dtype=np.float64)]).reshape(len(flows), m, 2)[..., 1] if len(flows) else None
    where = {key: n for n, key in enumerate(flows.index)}
    out: list[Row] = []
    for law in known:
        for day, area, status in rows:
            n = days.index(day)
            if status != law.status or n == 0 or (days[n - 1], area, status) not in at:
                continue
            after, before = at[day, area, status], at[days[n - 1], area, status]
            more, less = (after, before) if law.sign > 0 else (before, after)
            if law.flow is None:
                out += [([more + k, less + k], [1.0, -1.0], 0.0) for k in range(m)]
            elif most is not None and (day, law.flow) in where:
                flow = most[where[day, law.flow]]
                ties = [(0, 1, 2), (0, 2, 1), (1, 2, 2)]
                out += [([more + a, less + b], [1.0, -1.0], float(flow[c])) for a, b, c in ties if np.isfinite(flow[c])]
    return out


def _matrix(rows: list[Row], size: int) -> Any:
    triples = [(n, c, v) for n, (columns, factors, _) in enumerate(rows) for c, v in zip(columns, factors, strict=True)]
    at = np.array(triples, dtype=np.float64).reshape(-1, 3)
    return coo_array((at[:, 2], (at[:, 0].astype(int), at[:, 1].astype(int))), shape=(len(rows), size)).tocsr()


@dataclass(frozen=True)
class Knowledge:
    """All that whoever attacks knows of the true numbers of all days, [cell times measure].

    Attributes
    ----------
    values
        The true numbers.
    equal, sums
        Totals.
    most, limits
        What is at most something: the order of the measures, and the laws between days.
    bounds
        By what is shown.
    day
        Which day each number is of.
    """

    values: Floats
    equal: Any
    sums: Floats
    most: Any
    limits: Floats
    bounds: Floats
    day: NDArray[np.int64]

    def holds(self) -> bool:
        """Whether all of it is true: an attack on false premises would show nothing."""
        close = 1e-6
        return bool(
            (abs(self.equal @ self.values - self.sums) < close).all()
            and (self.most @ self.values <= self.limits + close).all()
            and (self.values >= self.bounds[:, 0]).all()
            and (self.values <= self.bounds[:, 1]).all()
        )

    def without_export(self) -> Knowledge:
        """What is known of the totals and the order of the measures, and not by the export."""
        free = np.column_stack([np.zeros_like(self.values), np.full_like(self.values, np.inf)])
        ordered = self.values.size // len(MEASURES) * (len(MEASURES) - 1)
        return replace(self, most=self.most[:ordered], limits=self.limits[:ordered], bounds=free)

    def raised(self, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some numbers are larger by 10 in a world that fits, one world for as many as can be."""
        size, count = self.values.size, len(wanted)
        at = coo_array((-np.ones(count), (np.arange(count), wanted)), shape=(count, size))
        none = coo_array((self.most.shape[0], count))
        given = linprog(
            np.r_[np.zeros(size), -np.linspace(1.0, 2.0, count)],
            A_ub=vstack([hstack([self.most, none]), hstack([at, eye_array(count)])]),
            b_ub=np.r_[self.limits, -self.values[wanted]],
            A_eq=hstack([self.equal, coo_array((len(self.sums), count))]),
            b_eq=self.sums,
            bounds=np.vstack([self.bounds, np.tile([0.0, WITHIN], (count, 1))]),
            method="highs",
        )
        return np.asarray(given.x[size:] >= WITHIN - 1e-6) if given.success else np.zeros(count, dtype=np.bool_)

    def unraised(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some numbers that no world was found for, tried together and then one of each day."""
        while len(numbers) and (up := self.raised(numbers)).any():
            numbers = numbers[~up]
        out: list[int] = []
        while len(numbers):
            # One of each day: they are in nobody's way.
            first = np.unique(self.day[numbers], return_index=True)[1]
            out += numbers[first][~self.raised(numbers[first])].tolist()
            numbers = np.delete(numbers, first)
        return np.array(sorted(out), dtype=np.int64)

    def width(self, number: int) -> float:
        """How far apart the least and the most are that a number may be."""
        goal = np.zeros(self.values.size)
        goal[number] = 1.0
        given = {"A_ub": self.most, "b_ub": self.limits, "A_eq": self.equal, "b_eq": self.sums, "bounds": self.bounds}
        low, high = (linprog(sign * goal, **given, method="highs") for sign in (1, -1))
        return float((-high.fun if high.success else np.inf) - low.fun)


def knowledge(true: pd.DataFrame, shown: list[Floats], flows: pd.DataFrame, known: Iterable[Law]) -> Knowledge:
    """Put together what is known.

    Parameters
    ----------
    true
        The true numbers, by day, area and status.
    shown
        As each format shows them, [cell, measure].
    flows
        What is shown of the flows, by day and flow; may be empty.
    known
        The laws between days.
    """
    m, size = len(MEASURES), true.size
    totals = _totals(true)
    order: list[Row] = [([c * m + k, c * m + k + 1], [1.0, -1.0], 0.0) for c in range(len(true)) for k in range(m - 1)]
    most = order + _between_days(true.index, flows, known)
    return Knowledge(
        values=true.to_numpy(dtype=np.float64).ravel(),
        equal=_matrix(totals, size),
        sums=np.array([total for _, _, total in totals]),
        most=_matrix(most, size),
        limits=np.array([limit for _, _, limit in most]),
        bounds=bounds_of(shown),
        day=np.repeat(pd.factorize(true.index.get_level_values("day"))[0], m).astype(np.int64),
    )
