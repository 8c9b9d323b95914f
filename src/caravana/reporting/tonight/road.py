"""A caravan's road: its line on the map, its places by km, and each night along it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caravana.inference.caravan.halts import past_the_town
from caravana.inference.reports import SAME_NIGHT_KM, SPREAD
from caravana.reporting.caravan.map import road_points, short_names
from caravana.reporting.tonight.news import end_of
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PLANNED = 0.9
LIKELIEST = 3
WORTH_SAYING = 0.08


@dataclass(frozen=True)
class ForecastNight:
    """What is said of one night.

    Attributes
    ----------
    date
        The evening.
    km
        5, 25, 50, 75 and 95% of the road km.
    stops
        The likeliest places with their chances, likeliest first: ids.
    persons
        5, 25, 50, 75 and 95% of how many walk; empty where nothing is said.
    planned
        So many or fewer, in nine of ten.
    together
        Chance that it is still together; NaN where nothing is said.
    """

    date: dt.date
    km: tuple[float, ...]
    stops: tuple[tuple[str, float], ...] = ()
    persons: tuple[float, ...] = ()
    planned: float = 0.0
    together: float = np.nan


@dataclass(frozen=True)
class Road:
    """The road of a caravan.

    Attributes
    ----------
    scenario
        Where its places are.
    ids, km
        Places along it, and how far each is, in order.
    """

    scenario: Scenario
    ids: tuple[str, ...]
    km: Floats

    @cached_property
    def line(self) -> Floats:
        """Points of the road, [point, (lon, lat, km)]."""
        return np.array(road_points(self.scenario, self.ids, self.km), dtype=float).reshape(-1, 3)

    @cached_property
    def names(self) -> dict[str, str]:
        """What people call each place of the scenario."""
        return short_names(self.scenario.places)

    @cached_property
    def stops(self) -> tuple[tuple[str, float], ...]:
        """Places where a caravan may sleep, with their km: those marked as stops, and both ends."""
        marked = {p.id for p in self.scenario.places if p.stop} | {self.ids[0], self.ids[-1]}
        return tuple((i, float(k)) for i, k in zip(self.ids, self.km, strict=True) if i in marked)

    def at(self, km: float) -> tuple[float, float]:
        """Longitude and latitude of a km."""
        line = self.line
        return float(np.interp(km, line[:, 2], line[:, 0])), float(np.interp(km, line[:, 2], line[:, 1]))

    def between(self, low: float, high: float) -> Floats:
        """The road's line from one km to another, [point, (lon, lat)]."""
        inside = self.line[(self.line[:, 2] > low) & (self.line[:, 2] < high), :2]
        return np.vstack([self.at(low), inside, self.at(high)])

    def place(self, km: float) -> str:
        """Name of the stop nearest to a km."""
        nearest = min(self.stops, key=lambda stop: abs(stop[1] - km))
        return self.names[nearest[0]]

    def km_of(self, place: str) -> float | None:
        """How far a place is; None where it is not on the road."""
        return float(self.km[self.ids.index(place)]) if place in self.ids else None


def road_of(facts: Tonight) -> Road:
    """The road of the caravan that is forecast; of the scenario's first before there is a forecast."""
    scenario, named = facts.scenario, facts.caravan
    caravan = next((c for c in scenario.caravans if c.id == named), scenario.caravans[0])
    itinerary = next(i for i in scenario.itineraries if i.id == caravan.itinerary)
    ids, km = trace_itinerary(scenario, itinerary)
    return Road(scenario, tuple(ids), np.asarray(km, float))


@dataclass(frozen=True)
class ReportedNight:
    """A place at which a night was reported, and by whom.

    Attributes
    ----------
    km
        How far along the road.
    sides
        Whose reports say so.
    """

    km: float
    sides: tuple[str, ...]


def reported_nights(facts: Tonight, road: Road) -> dict[dt.date, tuple[ReportedNight, ...]]:
    """Where each night was reported, by the reports that stand: by date, every place that somebody named.

    Reports that do not contradict each other are one: the most exact of them, else their mean.
    """
    places: dict[dt.date, list[tuple[float, float, str]]] = {}
    rows = facts.standing
    rows = rows[(rows["kind"] == "position") & (rows["qualifier"] != "planned") & (rows["date"] <= facts.origin)]
    for row in rows.to_dict("records"):
        km = road.km_of(str(row["place"]))
        if km is not None:
            past = 0.0 if pd.isna(row["km_past"]) else float(row["km_past"])
            places.setdefault(row["date"], []).append((km + past, SPREAD[str(row["qualifier"])], str(row["side"])))
    return {date: tuple(_by_place(sorted(of_it))) for date, of_it in sorted(places.items())}


def contradiction(road: Road, reported: Sequence[ReportedNight], language: Language) -> str:
    """The places of one night, each with those who named it."""
    return "; ".join(f"{road.place(at.km)} ({sides_of(at, language)})" for at in reported)


def sides_of(night: ReportedNight, language: Language) -> str:
    """Whose reports name a place, in words."""
    return language.listed([language.text(f"tonight.side.{side}") for side in night.sides])


def _by_place(reports: list[tuple[float, float, str]]) -> Iterator[ReportedNight]:
    """Put together the reports of one night that are of one place, from the start of the road on."""
    while reports:
        here = [report for report in reports if report[0] - reports[0][0] <= SAME_NIGHT_KM]
        reports = reports[len(here) :]
        finest = min(spread for _, spread, _ in here)
        km = float(np.mean([km for km, spread, _ in here if spread == finest]))
        yield ReportedNight(km, tuple(dict.fromkeys(side for _, _, side in here)))


def nights_of(facts: Tonight) -> tuple[ForecastNight, ...]:
    """What tonight's forecast says of each night; nothing of a caravan that has ended."""
    if end_of(facts) is not None:
        return ()
    caravan = facts.caravan
    where = facts.levels("position_km", issued_on=facts.origin, location=caravan)
    how_many = _by_date(facts.levels("persons", issued_on=facts.origin, location=caravan))
    together = _by_date(facts.levels("together", issued_on=facts.origin))
    stops = likeliest_stops(facts)
    nights = []
    for row in where.sort_values("target_date").to_dict("records"):
        date = row["target_date"]
        counted, chance = how_many.get(date), together.get(date)
        nights.append(
            ForecastNight(
                date=date, km=tuple(float(row[q]) for q in LEVELS), stops=stops.get(date, ()),
                persons=tuple(float(counted[q]) for q in LEVELS) if counted else (),
                planned=planned(counted) if counted else 0.0, together=float(chance[0.5]) if chance else np.nan,
            )
        )  # fmt: skip
    return tuple(nights)


def _by_date(frame: pd.DataFrame) -> dict[dt.date, dict[Any, Any]]:
    return {row["target_date"]: row for row in frame.to_dict("records")}


def planned(levels: Mapping[Any, Any], *, sure: float = PLANNED) -> float:
    """So many people or fewer with a chance, between the quantiles that are given."""
    known = sorted(q for q in levels if isinstance(q, float))
    return float(np.interp(sure, known, [levels[q] for q in known]))


def likeliest_stops(facts: Tonight) -> dict[dt.date, tuple[tuple[str, float], ...]]:
    """The likeliest towns of each night with their chances; what lies between towns goes to the nearer one."""
    c = facts.chances
    tonight = c[c["issued_on"] == facts.origin]
    if tonight.empty:
        return {}
    tonight = tonight[tonight["forecast_id"] == tonight["forecast_id"].iloc[-1]]
    out = {}
    for date, night in tonight.groupby("target_date", sort=True):
        km, chance = night["km"].to_numpy(dtype=float), night["chance"].to_numpy(dtype=float)
        between = np.array([past_the_town(stop)[1] > 0 for stop in night["stop"]])
        towns, at = list(night["stop"][~between]), km[~between]
        shares = dict.fromkeys(towns, 0.0)
        for stop, k, share in zip(night["stop"], km, chance, strict=True):
            shares[stop if stop in shares else towns[int(np.argmin(np.abs(at - k)))]] += share
        ranked = sorted(shares.items(), key=lambda pair: -pair[1])[:LIKELIEST]
        out[date] = tuple((stop, share) for n, (stop, share) in enumerate(ranked) if n == 0 or share >= WORTH_SAYING)
    return out
