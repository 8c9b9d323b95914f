"""What was reported of one caravan, as evidence with the day on which it was known.

A :class:`CaravanReports` holds night positions, plans and counts of one caravan on one
itinerary.  :func:`known_by` cuts it at an origin: a forecast sees only what had
been published by then.  Counts stay with their side; nothing is averaged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.branches import beside, branches_of, on_branches, whereabouts_of
from caravana.scenario.roads import trace_itinerary
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.branches import Branch, Whereabouts
    from caravana.scenario.model import Caravan, Observation, Scenario

    Floats = NDArray[np.float64]

# How far off a report of a night may be (km), and the chance that it is of this caravan's night at all.  Assumptions:
# towns are some km across, "about" is said of the nearest town, an inferred row may have the wrong evening.
SPREAD = {"exact": 1.5, "about": 6.0, "range": 6.0, "planned": 1.5, "more_than": 10.0, "less_than": 10.0}
TRUST = {"exact": 0.97, "about": 0.9, "range": 0.9, "planned": 0.7, "more_than": 0.8, "less_than": 0.8}
# Nights reported further apart than this (km) contradict each other.
SAME_NIGHT_KM = 15.0
INFERRED_SPREAD = 8.0
INFERRED_TRUST = 0.9
INFERRED_WEIGHT = 0.5
# Rows that tell where the caravan was that evening though they are not of its position: whoever counts it is with it.
PRESENT = frozenset({"headcount", "minors", "pregnant", "rest_day", "ill", "medical_consultations"})
PRESENT_SPREAD = 4.0
PRESENT_TRUST = 0.8
# What kinds of observation are of: the first two a forecast uses, the others a calibration as well.
COUNTED = {"headcount": "persons", "accepted_papers_cumulative": "cards"}
BESIDE = {"minors": "minors", "pregnant": "pregnant", "detained": "detained", "medical_consultations": "treated"}
# The scenario's shares of children and pregnant women were set from such reports: as evidence they count half.
SHARE_WEIGHT = 0.5


# The census lists localities of 1,000 people or more; one without a figure is taken to be as small as the smallest.
UNKNOWN_POPULATION = 1000.0


@dataclass(frozen=True)
class Stops:
    """Localities along one itinerary, in order.

    Attributes
    ----------
    ids : tuple of str
        Place ids.
    km : ndarray, shape (stops,)
        Road distance from the start of the itinerary, km, never falling.
    population : ndarray, shape (stops,)
        Inhabitants; :data:`UNKNOWN_POPULATION` where no census figure is known.
    """

    ids: tuple[str, ...]
    km: Floats
    population: Floats

    def __post_init__(self) -> None:
        if len(self.ids) < 2 or len({len(self.ids), self.km.size, self.population.size}) != 1:
            raise ValueError("stops need at least two localities, with one km and one population each")
        if np.any(np.diff(self.km) < 0) or np.any(self.population <= 0):
            raise ValueError("km along the itinerary may not fall, and populations must be above zero")


@dataclass(frozen=True)
class Night:
    """A report of where a night was, or would be, spent; ``firm`` where its words are exact and not inferred.

    ``direct`` where it is a report of the position itself; otherwise ``until`` is the day on which one takes its
    place (None: none does).
    """

    date: dt.date
    known_on: dt.date
    km: float
    spread: float
    trust: float
    planned: bool
    firm: bool
    direct: bool = True
    until: dt.date | None = None


@dataclass(frozen=True)
class ReportedCount:
    """A report of how many walk, or of something else that is counted, and the day on which it was known."""

    date: dt.date
    known_on: dt.date
    id: str
    report: ReportedFigure


@dataclass(frozen=True)
class CaravanReports:
    """Everything reported of one caravan.

    Attributes
    ----------
    caravan : str
    departs : date
        Its first day under way; day 0 is the evening before.
    stops : Stops
        Localities of its itinerary that are possible stops.
    start : ndarray, shape (stops,)
        Where it was on the evening of day 0.
    nights, counts : tuple
        In order of date.
    offers : tuple of date
        Days on which cards were offered.
    last : date
        The scenario's last day.
    others : tuple of ReportedCount
        What else is counted (minors, pregnant women, people detained or treated on a day), in order of date.
    whereabouts : tuple of Whereabouts
        Where it was reported, off its road too, in order of date.
    branches : tuple of Branch
        Roads that leave its road.
    """

    caravan: str
    departs: dt.date
    stops: Stops
    start: Floats
    nights: tuple[Night, ...]
    counts: tuple[ReportedCount, ...]
    offers: tuple[dt.date, ...]
    last: dt.date
    others: tuple[ReportedCount, ...] = ()
    whereabouts: tuple[Whereabouts, ...] = ()
    branches: tuple[Branch, ...] = ()

    def day(self, date: dt.date) -> int:
        """Days since the evening before the departure."""
        return (date - self.departs).days + 1

    def date(self, day: int) -> dt.date:
        """Date of a day."""
        return self.departs + dt.timedelta(days=day - 1)


def read_record(scenario: Scenario, *, caravan: str | None = None) -> CaravanReports:
    """Collect what a scenario's observations say of one caravan.

    Parameters
    ----------
    scenario : Scenario
    caravan : str, optional
        Caravan id; the first of the scenario where left out.

    Raises
    ------
    UsageError
        If there is no such caravan, or nothing was observed of it.
    """
    chosen = _choose(scenario, caravan)
    main = chosen is scenario.caravans[0]
    of_it = [o for o in scenario.observations if o.caravan == chosen.id or (main and o.caravan is None)]
    itinerary = next(i for i in scenario.itineraries if i.id == chosen.itinerary)
    place_ids, km = trace_itinerary(scenario, itinerary)
    stops = _stops(scenario, place_ids, km)
    where = dict(zip(place_ids, (float(k) for k in km), strict=True))
    near = {**beside(scenario.places, place_ids, km), **{place: (at, 0.0) for place, at in where.items()}}
    branches = branches_of(scenario, place_ids, km)
    nights = nights_of(of_it, {**on_branches(branches), **near})
    counts, others = (counts_of(of_it, chosen, kinds) for kinds in (COUNTED, BESIDE))
    if not nights and not counts:
        raise UsageError(f"{scenario.name} has no observation of the positions or numbers of {chosen.id}")
    departs = chosen.departs or min([*(n.date for n in nights), *(c.date for c in counts)])
    start = np.zeros(stops.km.size)
    start[int(np.argmin(np.abs(stops.km - where.get(chosen.assembles_at, 0.0))))] = 1.0
    first = departs
    return CaravanReports(
        caravan=chosen.id,
        departs=departs,
        stops=stops,
        start=start,
        nights=tuple(n for n in nights if n.date >= first),
        counts=tuple(numbered(c, departs) for c in counts if c.date >= first),
        offers=tuple(sorted(e.date for e in scenario.events if e.kind == "offer")),
        last=scenario.end,
        others=tuple(numbered(c, departs) for c in others if c.date >= first),
        whereabouts=whereabouts_of((o for o in of_it if o.kind in PRESENT | {"position"}), near),
        branches=branches,
    )


def known_by(record: CaravanReports, origin: dt.date) -> CaravanReports:
    """Cut a record to what had been published on ``origin``.

    Raises
    ------
    UsageError
        If nothing had been.
    """
    nights = tuple(n for n in record.nights if n.known_on <= origin and (n.until is None or origin < n.until))
    counts = tuple(c for c in record.counts if c.known_on <= origin and c.date <= origin)
    if not nights and not counts:
        raise UsageError(f"nothing was known of {record.caravan} on {origin}; choose a later origin")
    others = tuple(c for c in record.others if c.known_on <= origin and c.date <= origin)
    offers = tuple(day for day in record.offers if day <= origin)
    whereabouts = tuple(w for w in record.whereabouts if w.known_on <= origin)
    return replace(record, nights=nights, counts=counts, offers=offers, others=others, whereabouts=whereabouts)


def nights_by_day(record: CaravanReports, *, direct: bool) -> dict[int, float]:
    """Where the nights were spent as far as anybody reported, km by day.

    Plans do not count.  Where several places are reported for one night, the most
    exact reports are taken, and the middle of those.

    Parameters
    ----------
    record : CaravanReports
    direct : bool
        Only reports of the position itself (the truth to score against), or all that tells it (what was known).
    """
    best: dict[int, list[tuple[float, float]]] = {}
    for night in record.nights:
        if not night.planned and (night.direct or not direct):
            best.setdefault(record.day(night.date), []).append((night.spread, night.km))
    out = {}
    for day, seen in best.items():
        finest = min(spread for spread, _ in seen)
        out[day] = float(np.mean([km for spread, km in seen if spread == finest]))
    return dict(sorted(out.items()))


def firm_nights(record: CaravanReports) -> frozenset[int]:
    """Days whose night position is reported in exact words and not inferred."""
    return frozenset(record.day(n.date) for n in record.nights if n.firm)


def report_dates(record: CaravanReports) -> list[dt.date]:
    """Dates that anything is reported of, in order, each once."""
    return sorted({night.date for night in record.nights} | {count.date for count in record.counts})


def first_offer(record: CaravanReports) -> int | None:
    """Day of the first offer of cards in the record, or None."""
    return record.day(record.offers[0]) if record.offers else None


def _choose(scenario: Scenario, caravan: str | None) -> Caravan:
    if not scenario.caravans:
        raise UsageError(f"{scenario.name} has no caravan to forecast")
    if caravan is None:
        return scenario.caravans[0]
    for each in scenario.caravans:
        if each.id == caravan:
            return each
    ids = [c.id for c in scenario.caravans]
    raise UsageError(
        f"no caravan {caravan!r} in {scenario.name}{did_you_mean(str(caravan), ids)}; it has {', '.join(ids)}"
    )


def _stops(scenario: Scenario, place_ids: tuple[str, ...], km: Floats) -> Stops:
    """Return the possible stops along a traced itinerary: its ends, and the places marked as stops."""
    places = {p.id: p for p in scenario.places}
    ends = (0, len(place_ids) - 1)
    keep = [i for i, place in enumerate(place_ids) if places[place].stop or i in ends]
    return Stops(
        ids=tuple(place_ids[i] for i in keep),
        km=np.asarray(km, float)[keep],
        population=np.array([float(places[place_ids[i]].population or UNKNOWN_POPULATION) for i in keep]),
    )


def nights_of(observations: list[Observation], where: Mapping[str, tuple[float, float]]) -> list[Night]:
    """Positions; and, for as long as none is known, the places where the caravan was counted or treated that day."""
    placed = [o for o in observations if o.place_id in where]
    reported: dict[dt.date, dt.date] = {}
    for o in placed:
        if o.kind == "position" and o.qualifier != "planned":
            reported[o.date] = min(o.known_on, reported.get(o.date, o.known_on))
    out = []
    for o in placed:
        at, off = where[o.place_id or ""]
        at += o.km_past or 0.0
        if o.kind == "position" or (o.kind == "rest_day" and o.qualifier == "planned"):
            out.append(_night(o, at, off))
        elif o.kind in PRESENT and (o.date not in reported or o.known_on < reported[o.date]):
            night = _night(o, at, off)
            out.append(
                replace(
                    night,
                    spread=max(night.spread, PRESENT_SPREAD),
                    trust=min(night.trust, PRESENT_TRUST),
                    planned=False,
                    firm=False,
                    direct=False,
                    until=reported.get(o.date),
                )
            )
    return sorted(out, key=lambda night: night.date)


def _night(o: Observation, km: float, off: float) -> Night:
    planned = o.qualifier == "planned"
    inferred = o.inferred and not planned
    return Night(
        date=o.date,
        known_on=o.known_on,
        km=km,
        spread=max(SPREAD[o.qualifier], INFERRED_SPREAD if inferred else 0.0) + off,
        trust=TRUST[o.qualifier] * (INFERRED_TRUST if inferred else 1.0),
        planned=planned,
        firm=o.qualifier == "exact" and not o.inferred,
    )


def counts_of(observations: list[Observation], caravan: Caravan, kinds: Mapping[str, str]) -> list[ReportedCount]:
    """Figures of some kinds: what was planned is none, and several of one speaker on one day share one weight.

    Flows of one day are one event told by many: they share one weight whoever tells.
    """
    used = [
        o
        for o in observations
        if o.kind in kinds
        and o.qualifier != "planned"
        and (o.low is not None or o.high is not None)
        and (kinds[o.kind] != "persons" or o.high is None or o.high > 0)  # a caravan of nobody is no caravan
        and (caravan.departs is None or o.date >= caravan.departs)
    ]
    speakers = [o.speaker_role if kinds[o.kind] not in FLOWS else "" for o in used]
    said = Counter((o.kind, o.date, who) for o, who in zip(used, speakers, strict=True))
    out = []
    for o, who in zip(used, speakers, strict=True):
        weight = (INFERRED_WEIGHT if o.inferred else 1.0) / said[o.kind, o.date, who]
        weight *= SHARE_WEIGHT if kinds[o.kind] in {"minors", "pregnant"} else 1.0
        side = o.speaker_side if o.speaker_side in SIDES else "press"
        out.append(
            ReportedCount(o.date, o.known_on, o.id, ReportedFigure(0, side, o.low, o.high, weight, of=kinds[o.kind]))
        )
    return sorted(out, key=lambda count: count.date)


def numbered(count: ReportedCount, departs: dt.date) -> ReportedCount:
    """Put in the day of a count, from the day on which its caravan set out."""
    return replace(count, report=replace(count.report, day=(count.date - departs).days + 1))


SIDES = ("authorities", "organisers", "press", "agency", "observer")


FLOWS = ("detained", "treated")
"""What is reported of that happened on a day, and is not a number of people there."""


@dataclass(frozen=True)
class ReportedFigure:
    """One speaker's headcount, or the running total of accepted cards.

    ``low`` alone is "more than", ``high`` alone is "less than".  ``weight`` under
    one for what was inferred, or said several times by one speaker.  ``of`` names
    what it is of: ``persons`` or ``cards`` (all that a forecast uses), ``minors``,
    ``pregnant``, ``detained``, ``treated``.
    """

    day: int
    side: str
    low: float | None
    high: float | None
    weight: float = 1.0
    of: str = "persons"

    @property
    def cards(self) -> bool:
        """Whether it is a running total of accepted cards."""
        return self.of == "cards"

    @property
    def is_flow(self) -> bool:
        """Whether it is of what happened on the day, not of how many there are."""
        return self.of in FLOWS

    @property
    def middle(self) -> float | None:
        """Geometric middle of the figure, None where it has one end only."""
        if self.low is None or self.high is None or min(self.low, self.high) <= 0:
            return None
        return float(np.sqrt(self.low * self.high))
