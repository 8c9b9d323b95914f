"""What the record of a camp tells by an origin: last report, rate, irregularity, whether it takes people.

A count is known on the day it is dated; between two dated counts a straight line is drawn, as in
Flee, and after the last one nothing is known.  Everything here is read from counts up to the
origin only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Days before the last report that a camp's rate and irregularity are read from.
BACK_DAYS = 120
#: Days before the last report in which arrivals show that a camp takes people, and in which a place counts as opened.
LATE_DAYS, OPENED_DAYS = 30, 60
#: A day's change counts at most so many times its average (half-life 30 days): the rest was a registration of many.
STEP, STEP_DAYS = 3.0, 30.0
#: Counts below this say nothing on how irregular a camp is.
SMALL = 20
#: How much less, or more, irregular than usual a camp may be.
CALMEST, WILDEST = 0.2, 2.5


@dataclass(frozen=True, slots=True)
class CampHistory:
    """The counts known at an origin.

    Attributes
    ----------
    counts
        Interpolated counts; only those up to `known` are looked at, [day, camp].
    reported
        Whether a count is dated that day, [day, camp].
    known
        Last day whose count is known, [camp].
    first
        First day on which a camp that was counted empty at the start has people, 0 elsewhere, [camp].
    """

    counts: Ints
    reported: Bools
    known: Ints
    first: Ints

    @property
    def last(self) -> Floats:
        """The last known count, [camp]."""
        return self.counts[self.known, np.arange(len(self.known))].astype(float)


def read_record(counts: Ints, reported: Bools, origin: int, *, interpolated: bool) -> CampHistory:
    """Read what is known at an origin.

    Parameters
    ----------
    interpolated
        Take the counts on the day of the origin as known, even where they lie on a line to a later report (as Flee
        and the baselines do); otherwise a camp is known up to its last report only.
    """
    camps = counts.shape[1]
    if not interpolated:
        # Before its first report a camp is not known to hold anybody.
        counts = np.where(reported[: origin + 1].any(axis=0), counts, 0)
    known = np.full(camps, origin)
    first = np.zeros(camps, dtype=np.int64)
    for camp in range(camps):
        dated = np.flatnonzero(reported[: origin + 1, camp])
        if not interpolated:
            known[camp] = dated[-1] if dated.size else 0
        with_people = dated[counts[dated, camp] > 0]
        if counts[0, camp] == 0 and with_people.size:
            first[camp] = with_people[0]
    return CampHistory(counts, reported, known, first)


def daily_rise(record: CampHistory, half_life: Floats, moved: Floats | None = None) -> Floats:
    """Mean daily change of each camp up to its last report, later days weighing more, [member, camp].

    Parameters
    ----------
    half_life
        Days, [member, 1].
    moved
        What each camp gained by transfers, which is no change of its own, [day, camp].
    """
    return _changes(record, half_life, moved, batch=None)


def robust_rate(record: CampHistory, half_life: Floats, moved: Floats | None = None, *, batch: Bools) -> Floats:
    """Rate of a camp for days to come: as :func:`daily_rise`, without registrations of many at once, [member, camp].

    Parameters
    ----------
    batch
        Members in which the first count of a camp is no rate but a registration of those there already, [member, 1].
    """
    return _changes(record, half_life, moved, batch=batch)


def _changes(record: CampHistory, half_life: Floats, moved: Floats | None, *, batch: Bools | None) -> Floats:
    out = np.zeros((len(half_life), len(record.known)))
    for camp, (known, first) in enumerate(zip(record.known, record.first, strict=True)):
        begin = max(int(known) - BACK_DAYS, 0)
        change = np.diff(record.counts[begin : known + 1, camp].astype(float))
        if not change.size:
            continue
        if moved is not None:
            change -= moved[begin + 1 : known + 1, camp]
        age = np.arange(change.size)[::-1]
        weight = 0.5 ** (age[None, :] / half_life)
        if batch is not None:
            usual = 0.5 ** (age / STEP_DAYS)
            most = STEP * (usual @ np.abs(change)) / usual.sum()
            change = np.clip(change, -most, most)
            weight[:, : max(int(first) - begin, 0)] *= ~batch
        out[:, camp] = weight @ change / np.maximum(weight.sum(axis=1), 1e-9)
    return out


def irregularity(record: CampHistory, *, usual: float, usual_days: float) -> Floats:
    """How irregular the counts of each camp were, over what is usual, [camp].

    The root of the mean squared step of the log count per day between reports, drawn to the usual one as if that had
    been seen for `usual_days`.
    """
    out = np.ones(len(record.known))
    for camp, known in enumerate(record.known):
        dated = np.flatnonzero(record.reported[: known + 1, camp])
        dated = dated[dated >= max(known - BACK_DAYS, record.first[camp])]
        dated = dated[record.counts[dated, camp] >= SMALL]
        steps, days = 0.0, 0.0
        if dated.size > 1:
            steps = float((np.diff(np.log(record.counts[dated, camp])) ** 2).sum())
            days = float(dated[-1] - dated[0])
        out[camp] = np.sqrt((usual_days * usual**2 + steps) / (usual_days + days)) / usual
    return np.clip(out, CALMEST, WILDEST)


def awake_chance(record: CampHistory, expected: Floats, is_open: Bools, origin: int, p: dict[str, Floats]) -> Floats:
    """Chance that each camp takes people at the origin, [member, camp].

    Parameters
    ----------
    expected
        Share of arrivals that its pull asks for, [camp].
    is_open
        [day, camp]
    p
        Pooled parameters, each [member, 1].
    """
    late = np.zeros(len(record.known))
    for camp, known in enumerate(record.known):
        change = np.diff(record.counts[max(int(known) - LATE_DAYS, 0) : known + 1, camp])
        late[camp] = np.maximum(change, 0).sum()
    ratio = late / max(late.sum(), 1.0) / np.maximum(expected, 1e-9)
    chance = np.maximum(ratio / (ratio + p["idle_share"]), p["least_awake"])
    empty = record.last == 0
    # A nought on the first day is a file's beginning more often than a count.
    chance = np.where(empty & (record.known <= 0), p["unknown_awake"], chance)
    lately = is_open[max(origin - OPENED_DAYS, 0) : origin + 1]
    opened = empty & is_open[origin] & ~lately.all(axis=0)
    return np.where(opened, np.maximum(chance, p["opened_awake"]), chance)
