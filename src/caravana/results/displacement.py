"""A displacement run's answers as arrays: people by camp, elsewhere and on the road, and the UN's counts.

Everything is asked of the run's tables through DuckDB, summed before it leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.bands import widened
from caravana.models.displacement.counts import as_known
from caravana.results.acting import band_factors, origin_of, traits_of
from caravana.results.answers import Answers, about
from caravana.results.members import grid, quantiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Observation, Place, Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CAMPS = ("camp", "idpcamp")
ROAD = "road"
"""The place of people under way in a displacement run."""


@dataclass(frozen=True)
class Counts:
    """What was counted at one place: ranges by date, low and high equal for a single figure.

    Attributes
    ----------
    days
        Day indices of the counts, ascending; may lie outside the run.
    low, high
        Persons, [count].
    corrected
        Which counts were scaled afterwards to meet a new registration, [count].
    """

    days: Ints
    low: Floats
    high: Floats
    corrected: NDArray[np.bool_]

    def by_day(self, length: int) -> tuple[Floats, Floats]:
        """Low and high of every day: straight between counts, flat outside them (as Flee reads its tables)."""
        every = np.arange(length)
        return np.interp(every, self.days, self.low), np.interp(every, self.days, self.high)


@dataclass(frozen=True)
class Displaced(Answers):
    """A displacement run, read once for every part of its report.

    Attributes
    ----------
    camps
        Indices into ``scenario.places`` of camps and of other places with counts, most counted first.
    in_camps
        People in each camp, [camp, member, day].
    road, everybody
        People under way, and all displaced people, [member, day].
    counts
        UN counts by place index, for the camps that have some.
    total
        The total as registered at the time, if the scenario has it.
    flows
        People who set out on each link and day, as :func:`flows_by_link` gives them.
    middles
        The middle number of people at each place that is no camp, as :func:`middle_by_place` gives it.
    """

    camps: tuple[int, ...]
    in_camps: Ints
    road: Floats
    everybody: Floats
    counts: Mapping[int, Counts]
    total: Counts | None
    flows: pd.DataFrame
    middles: Mapping[int, Floats]

    @cached_property
    def origin(self) -> int:
        """The last day whose counts the run has seen: what lies after it is forecast."""
        return origin_of(self.scenario) if traits_of(self.scenario).camps_only else 0

    @cached_property
    def all_in_camps(self) -> bool:
        """Whether the rules know people in camps only: nobody on the road or elsewhere, in any run."""
        return bool(self.camps) and bool((self.everybody == self.in_all_camps).all())

    @property
    def counted(self) -> list[int]:
        """Positions in `camps` of those with counts."""
        return [k for k, i in enumerate(self.camps) if i in self.counts]

    @cached_property
    def in_all_camps(self) -> Floats:
        """People in all camps together, [member, day]."""
        return np.asarray(self.in_camps.sum(axis=0), dtype=np.float64)

    @cached_property
    def in_counted_camps(self) -> Floats:
        """People in the camps that have counts, [member, day]."""
        return np.asarray(self.in_camps[self.counted].sum(axis=0), dtype=np.float64)

    @cached_property
    def elsewhere(self) -> Floats:
        """People in towns and conflict zones, [member, day]."""
        return self.everybody - self.road - self.in_all_camps

    @cached_property
    def band_factors(self) -> dict[str, float]:
        """How much wider than its members' the band of each counted camp is, where it is."""
        return band_factors(self.scenario)

    def camp_levels(self, camp: int) -> Floats:
        """Quantiles of the people in a camp, [level, day]; `camp` is a position in `camps`.

        The outer ones of a counted camp are as far out as leaving records out shows they must be.
        """
        levels = people_levels(self.in_camps[camp].astype(np.float64))
        if self.camps[camp] in self.counts:
            factor = self.band_factors.get(self.place(camp).id, 1.0)
            levels[0], levels[-1] = map(np.round, widened(levels[0], levels[-1], factor=factor))
        return levels

    def place(self, camp: int) -> Place:
        """The place at a position in `camps`."""
        return self.scenario.places[self.camps[camp]]


def people_levels(values: Floats) -> Floats:
    """Quantiles over members of counts [member, day], as whole people: [level, day]."""
    return np.round(quantiles(values))


def plain_name(place: Place) -> str:
    """A place's name as people write it: instances have underscores for blanks."""
    return place.name.replace("_", " ")


def read_displaced(run: Run) -> Displaced:
    """Read a displacement run for its report.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no finished member.
    """
    base = about(run)
    members, scenario = base["members"], base["scenario"]
    index = {p.id: i for i, p in enumerate(scenario.places)}
    counts = {index[i]: c for i, c in place_counts(scenario).items() if i in index}
    camps = [i for i, p in enumerate(scenario.places) if p.kind in CAMPS or i in counts]
    camps.sort(key=lambda i: -_most(counts.get(i), len(run.days)))
    return Displaced(
        **base, camps=tuple(camps), in_camps=_in_camps(run, members, [scenario.places[i].id for i in camps]),
        road=_people(run, members, "status = 'under_way'"), everybody=_people(run, members, "TRUE"),
        counts=counts, total=_total(scenario), flows=flows_by_link(run),
        middles=middle_by_place(run, without=tuple(camps)),
    )  # fmt: skip


def _most(counts: Counts | None, days: int) -> float:
    """The most ever counted at a place before the run's last day; below nought where nothing is counted."""
    return -1.0 if counts is None else float(counts.high[counts.days < days].max(initial=0.0))


def _people(run: Run, members: Ints, where: str) -> Floats:
    """People of whom a condition holds, [member, day]."""
    frame = run.query(f"SELECT member, day, SUM(persons) AS n FROM people WHERE {where} GROUP BY ALL")
    return grid(run, members, frame, "n")


def _in_camps(run: Run, members: Ints, ids: list[str]) -> Ints:
    """People by camp, [camp, member, day]; 0 where nobody is there."""
    import pandas as pd

    out = np.zeros((len(ids), len(members), len(run.days)), dtype=np.int64)
    frame = run.query(
        "SELECT member, day, CAST(place AS VARCHAR) AS place, SUM(persons) AS n FROM people "
        f"WHERE status = 'displaced' AND place IN ({', '.join(_quoted(i) for i in ids) or 'NULL'}) GROUP BY ALL"
    )
    at = frame["place"].map({x: k for k, x in enumerate(ids)}).to_numpy(dtype=np.int64)
    rows = np.searchsorted(members, frame["member"].to_numpy())
    days = (pd.to_datetime(frame["day"]) - run.days[0]).dt.days.to_numpy()
    out[at, rows, days] = frame["n"].to_numpy()
    return out


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def middle_by_place(run: Run, *, without: tuple[int, ...] = ()) -> dict[int, Floats]:
    """The middle number of people at each place, by place index: [day]; empty places left out.

    Members in which nobody is there count as none.

    Parameters
    ----------
    run
        An opened run.
    without
        Indices of places to leave out: the camps.
    """
    import pandas as pd

    index = {p.id: i for i, p in enumerate(run.scenario.places)}
    frame = run.query(
        "SELECT CAST(place AS VARCHAR) AS place, day, LIST(n ORDER BY n DESC) AS n FROM "
        "(SELECT place, day, member, SUM(persons) AS n FROM people WHERE status = 'displaced' GROUP BY ALL) "
        "GROUP BY ALL"
    )
    out: dict[int, Floats] = {}
    middle = (len(run.member_ids) - 1) // 2
    for place_id, part in frame.groupby("place"):
        at = index.get(str(place_id))
        if at is None or at in without:
            continue
        values = np.zeros(len(run.days))
        days = (pd.to_datetime(part["day"]) - run.days[0]).dt.days.to_numpy()
        # Sorted from the most; what is missing at the end are members with nobody there.
        values[days] = [n[middle] if middle < len(n) else 0 for n in part["n"]]
        if values.any():
            out[at] = values
    return out


def flows_by_link(run: Run) -> pd.DataFrame:
    """People who set out on each link and day, the mean over the members simulated.

    Returns
    -------
    pandas.DataFrame
        ``day`` (index), ``from_id``, ``to_id``, ``persons`` (a day, mean over members).  The links
        table holds whole blocks, summed, so the mean is over the members of whole blocks.
    """
    import pandas as pd

    columns = ["day", "from_id", "to_id", "persons"]
    if "links" not in run.tables:
        return pd.DataFrame(columns=columns)
    simulated = int(run.manifest["block"]) * len(run.manifest["blocks_done"])
    frame = run.query(
        f"SELECT day, CAST(from_id AS VARCHAR) AS from_id, CAST(to_id AS VARCHAR) AS to_id, "
        f"SUM(persons) / {max(1, simulated)} AS persons FROM links GROUP BY ALL ORDER BY ALL"
    )
    frame["day"] = (pd.to_datetime(frame["day"]) - run.days[0]).dt.days
    return frame[columns]


def place_counts(scenario: Scenario) -> dict[str, Counts]:
    """Counts by place id; what several sources said of one day is one range, never an average."""
    rows: dict[str, list[Observation]] = {}
    for row in as_known(scenario.observations):
        if row.kind == "camp_count" and row.place_id and (row.low is not None or row.high is not None):
            rows.setdefault(row.place_id, []).append(row)
    return {place: _counts(scenario, counts) for place, counts in rows.items()}


def _total(scenario: Scenario) -> Counts | None:
    rows = [
        r
        for r in as_known(scenario.observations)
        if r.kind == "total_count" and (r.low is not None or r.high is not None)
    ]
    return _counts(scenario, rows) if rows else None


def _counts(scenario: Scenario, rows: list[Observation]) -> Counts:
    by_date: dict[dt.date, list[Observation]] = {}
    for row in sorted(rows, key=lambda r: r.date):
        by_date.setdefault(row.date, []).append(row)
    ends = [[[x for x in (r.low, r.high) if x is not None] for r in same_day] for same_day in by_date.values()]
    return Counts(
        days=np.array([scenario.day_of(d) for d in by_date], dtype=np.int64),
        low=np.array([min(x[0] for x in e) for e in ends], dtype=np.float64),
        high=np.array([max(x[-1] for x in e) for e in ends], dtype=np.float64),
        corrected=np.array(["correction" in same_day[0].note for same_day in by_date.values()]),
    )


def conflict_spells(scenario: Scenario, days: int) -> dict[int, list[list[int]]]:
    """When each place is in conflict, by place index: first and last day of each spell."""
    index = {p.id: i for i, p in enumerate(scenario.places)}
    out: dict[int, list[list[int]]] = {}
    for series in scenario.series:
        if series.kind != "conflict":
            continue
        starts = np.asarray(series.days)
        row = np.searchsorted(starts, np.arange(days), side="right") - 1
        active = np.where(row[:, None] >= 0, series.values[np.maximum(row, 0)], 0.0) > 0
        for k, place_id in enumerate(series.place_ids):
            edges = np.diff(np.concatenate([[0], active[:, k].astype(int), [0]]))
            spells = [[int(a), int(b) - 1] for a, b in zip(*(np.flatnonzero(edges == s) for s in (1, -1)), strict=True)]
            if spells and place_id in index:
                out[index[place_id]] = spells
    return out
