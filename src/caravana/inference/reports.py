"""What was reported of one caravan, as evidence with the day on which it was known.

A :class:`Record` holds night positions, plans and counts of one caravan on one
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
from caravana.inference.caravan.nights import UNKNOWN_POPULATION, Plan, Sighting, Stops, emission
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Caravan, Observation, Scenario

    Floats = NDArray[np.float64]

# How far off a report of a night may be (km), and the chance that it is of this caravan's night at all.  Assumptions:
# towns are some km across, "about" is said of the nearest town, an inferred row may have the wrong evening.
SPREAD = {"exact": 1.5, "about": 6.0, "range": 6.0, "planned": 1.5, "more_than": 10.0, "less_than": 10.0}
TRUST = {"exact": 0.97, "about": 0.9, "range": 0.9, "planned": 0.7, "more_than": 0.8, "less_than": 0.8}
INFERRED_SPREAD = 8.0
INFERRED_TRUST = 0.9
INFERRED_WEIGHT = 0.5
# Rows that tell where the caravan was that evening though they are not of its position: whoever counts it is with it.
PRESENT = frozenset({"headcount", "minors", "pregnant", "rest_day", "ill", "medical_consultations"})
PRESENT_SPREAD = 4.0
PRESENT_TRUST = 0.8
# A place this near the road is taken to be on it, at its nearest place, with so much more spread.
OFF_ROUTE_KM = 25.0
KM_A_DEGREE = 111.2
# What kinds of observation are of: the first two a forecast uses, the others a calibration as well.
COUNTED = {"headcount": "persons", "accepted_papers_cumulative": "cards"}
BESIDE = {"minors": "minors", "pregnant": "pregnant", "detained": "detained", "medical_consultations": "treated"}
# The scenario's shares of children and pregnant women were set from such reports: as evidence they count half.
SHARE_WEIGHT = 0.5


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
class Count:
    """A report of how many walk, or of something else that is counted, and the day on which it was known."""

    date: dt.date
    known_on: dt.date
    id: str
    report: Report


@dataclass(frozen=True)
class Record:
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
    others : tuple of Count
        What else is counted (minors, pregnant women, people detained or treated on a day), in order of date.
    """

    caravan: str
    departs: dt.date
    stops: Stops
    start: Floats
    nights: tuple[Night, ...]
    counts: tuple[Count, ...]
    offers: tuple[dt.date, ...]
    last: dt.date
    others: tuple[Count, ...] = ()

    def day(self, date: dt.date) -> int:
        """Days since the evening before the departure."""
        return (date - self.departs).days + 1

    def date(self, day: int) -> dt.date:
        """Date of a day."""
        return self.departs + dt.timedelta(days=day - 1)


def read_record(scenario: Scenario, *, caravan: str | None = None) -> Record:
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
    nights = nights_of(of_it, {**beside(scenario, place_ids, km), **{place: (at, 0.0) for place, at in where.items()}})
    counts, others = (counts_of(of_it, chosen, kinds) for kinds in (COUNTED, BESIDE))
    if not nights and not counts:
        raise UsageError(f"{scenario.name} has no observation of the positions or numbers of {chosen.id}")
    departs = chosen.departs or min([*(n.date for n in nights), *(c.date for c in counts)])
    start = np.zeros(stops.km.size)
    start[int(np.argmin(np.abs(stops.km - where.get(chosen.assembles_at, 0.0))))] = 1.0
    first = departs
    return Record(
        caravan=chosen.id,
        departs=departs,
        stops=stops,
        start=start,
        nights=tuple(n for n in nights if n.date >= first),
        counts=tuple(numbered(c, departs) for c in counts if c.date >= first),
        offers=tuple(sorted(e.date for e in scenario.events if e.kind == "offer")),
        last=scenario.end,
        others=tuple(numbered(c, departs) for c in others if c.date >= first),
    )


def known_by(record: Record, origin: dt.date) -> Record:
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
    return replace(record, nights=nights, counts=counts, offers=offers, others=others)


def sightings(record: Record, *, until: int) -> dict[int, Floats]:
    """Evidence of each night up to day ``until``: :func:`~caravana.inference.caravan.nights.emission` by day.

    A plan for a past night that nobody confirmed is no sighting and is left out.
    """
    by_day: dict[int, list[Sighting]] = {}
    for night in record.nights:
        day = record.day(night.date)
        if not night.planned and 1 <= day <= until:
            by_day.setdefault(day, []).append(Sighting(day, night.km, night.spread, night.trust))
    return {day: emission(record.stops, seen) for day, seen in by_day.items()}


def plans(record: Record, *, after: int) -> dict[int, Plan]:
    """Plans for nights after day ``after`` that no sighting has replaced, by day."""
    seen = {record.day(n.date) for n in record.nights if not n.planned}
    by_day: dict[int, list[Night]] = {}
    for night in record.nights:
        day = record.day(night.date)
        if night.planned and day > after and day not in seen:
            by_day.setdefault(day, []).append(night)
    return {
        day: Plan(
            likelihood=emission(record.stops, [Sighting(day, n.km, n.spread, 1.0) for n in told]),
            trust=max(n.trust for n in told),
        )
        for day, told in by_day.items()
    }


def nights_by_day(record: Record, *, direct: bool) -> dict[int, float]:
    """Where the nights were spent as far as anybody reported, km by day.

    Plans do not count.  Where several places are reported for one night, the most
    exact reports are taken, and the middle of those.

    Parameters
    ----------
    record : Record
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


def firm_nights(record: Record) -> frozenset[int]:
    """Days whose night position is reported in exact words and not inferred."""
    return frozenset(record.day(n.date) for n in record.nights if n.firm)


def report_dates(record: Record) -> list[dt.date]:
    """Dates that anything is reported of, in order, each once."""
    return sorted({night.date for night in record.nights} | {count.date for count in record.counts})


def first_offer(record: Record) -> int | None:
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
    raise UsageError(f"no caravan {caravan!r} in {scenario.name}; it has {', '.join(c.id for c in scenario.caravans)}")


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


def beside(scenario: Scenario, place_ids: tuple[str, ...], km: Floats) -> dict[str, tuple[float, float]]:
    """Places near a road but not on it: the km of the nearest place of the road, and how far off that is.

    Straight lines on a flat map are good enough for the few km that count.
    """
    at = {p.id: (p.lat, p.lon) for p in scenario.places if p.lat is not None and p.lon is not None}
    on = [(place, float(k)) for place, k in zip(place_ids, km, strict=True) if place in at]
    if not on:
        return {}
    road = np.array([at[place] for place, _ in on], float)
    out = {}
    for place, here in at.items():
        gap = (road - np.array(here, float)) * np.array([1.0, np.cos(np.radians(float(here[0] or 0.0)))])
        far = KM_A_DEGREE * np.hypot(gap[:, 0], gap[:, 1])
        nearest = int(np.argmin(far))
        if far[nearest] <= OFF_ROUTE_KM:
            out[place] = (on[nearest][1], float(far[nearest]))
    return out


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


def counts_of(observations: list[Observation], caravan: Caravan, kinds: Mapping[str, str]) -> list[Count]:
    """Figures of some kinds: what was planned is none, and several of one speaker on one day share one weight.

    Flows of one day are one event told by many: they share one weight whoever tells.
    """
    used = [
        o
        for o in observations
        if o.kind in kinds
        and o.qualifier != "planned"
        and (o.low is not None or o.high is not None)
        and (caravan.departs is None or o.date >= caravan.departs)
    ]
    told_by = [o.speaker_role if kinds[o.kind] not in FLOWS else "" for o in used]
    said = Counter((o.kind, o.date, who) for o, who in zip(used, told_by, strict=True))
    out = []
    for o, who in zip(used, told_by, strict=True):
        weight = (INFERRED_WEIGHT if o.inferred else 1.0) / said[o.kind, o.date, who]
        weight *= SHARE_WEIGHT if kinds[o.kind] in {"minors", "pregnant"} else 1.0
        side = o.speaker_side if o.speaker_side in SIDES else "press"
        out.append(Count(o.date, o.known_on, o.id, Report(0, side, o.low, o.high, weight, of=kinds[o.kind])))
    return sorted(out, key=lambda count: count.date)


def numbered(count: Count, departs: dt.date) -> Count:
    """Put in the day of a count, from the day on which its caravan set out."""
    return replace(count, report=replace(count.report, day=(count.date - departs).days + 1))


SIDES = ("authorities", "organisers", "press", "agency", "observer")


# Free scale (log, or logit for the share of copies), mean and spread.  A turnout is not known beforehand: its prior
# is wide and the same for every caravan, so that the counts at departure are not used twice.
PRIORS: dict[str, tuple[float, float]] = {
    "turnout": (np.log(2500.0), 0.8),
    "joiners_start": (np.log(130.0), 0.8),
    "joiners_decay": (np.log(6.0), 0.4),
    "joiners_later": (np.log(5.0), 1.0),
    # From 7,200 to 4,000 in nine days in October 2018 is .06 a day; the caravan of October 2021 was less than .02.
    "leave_hazard": (np.log(0.02), 0.7),
    # 2,500 of some 3,000 in five days in November 2021 is .3 a day and more; in October 2018 none is on record.
    "accept_hazard": (np.log(0.08), 1.0),
    "offer_delay": (np.log(6.0), 0.7),
    "offer_fade": (np.log(8.0), 0.6),
    "hazard_drift": (np.log(0.3), 0.4),
    "bias_authorities": (np.log(0.75), 0.35),
    "bias_organisers": (np.log(1.5), 0.3),
    "bias_press": (np.log(1.2), 0.3),
    "bias_agency": (np.log(1.1), 0.3),
    "bias_observer": (np.log(1.0), 0.25),
    "report_noise": (np.log(0.25), 0.3),
    "copy_share": (-0.5, 0.8),
}


FLOWS = ("detained", "treated")
"""What is reported of that happened on a day, and is not a number of people there."""


@dataclass(frozen=True)
class Report:
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
