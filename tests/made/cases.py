"""Small cases in which something can go wrong: each names the processes that act and what is out of the ordinary."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from tests.made.small import VALUES, small_scenario
from tests.oracles.one_by_one import ORDER as STEPS

from caravana.models.caravan.world import SPLIT_SLOTS
from caravana.scenario.model import Call, Caravan, Event, Facility, Itinerary, Link, PartyKind, Place, Policy, Scenario

START = dt.date(2021, 10, 23)
NORTHERN = {"northern_turnout": 12.0, "northern_delay": 1.0}
KINDS = (
    PartyKind(id="man", men=1, share=0.5), PartyKind(id="child", children=1, share=0.2),
    PartyKind(id="pair", men=1, children=1, share=0.2), PartyKind(id="four", men=2, children=2, share=0.1),
)  # fmt: skip
FIRST = Caravan(id="first", name="First", itinerary="way", assembles_at="p0", departs=START, turnout="turnout")
SECOND = Caravan(
    id="second", name="Second", itinerary="way", assembles_at="p0", turnout="northern_turnout", call="call"
)  # fmt: skip
ASIDE = Caravan(
    id="aside", name="Aside", itinerary="aside", assembles_at="p0", departs=START, turnout="northern_turnout"
)
CALL = Call(id="call", date=START, place_id="p0", delay="northern_delay")


def on(day: int) -> dt.date:
    return START + dt.timedelta(day)


def event(
    kind: str, day: int, place: str | None = None, *, last: int | None = None, target: str | None = None
) -> Event:
    return Event(
        id=f"{kind}-{day}", date=on(day), end_date=None if last is None else on(last), kind=kind, place_id=place,
        target_id=target,
    )  # fmt: skip


def policy(lever: str, first: int = 0, *, value: float | None = None, places: tuple[str, ...] = ()) -> Policy:
    return Policy(id=lever, title=lever, lever=lever, start=on(first), value=value, place_ids=places)


def facility(kind: str, place: str, capacity: int | None = None) -> Facility:
    return Facility(id=f"{kind}-{place}", kind=kind, place_id=place, capacity=capacity, basis=("assumption",))


@dataclass(frozen=True)
class Case:
    """A scenario, the processes that act in it, and its days; ``numbers`` are the parameters that are not as usual."""

    steps: tuple[str, ...]
    days: int
    numbers: dict[str, float]
    changes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def values(self) -> dict[str, float]:
        """Every parameter."""
        return {**VALUES, **NORTHERN, **self.numbers}

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario: four towns 15 km apart."""
        fields = {"kinds": KINDS, "calls": (CALL,), **self.changes}
        if "itineraries" in fields:
            plain = small_scenario(towns=4)
            fields["places"] = (
                *plain.places,
                Place(id="side", name="Side", lat=16, lon=-93, population=900, stop=True),
            )
            fields["links"] = (*plain.links, Link(from_id="p2", to_id="side", km=20))
        return small_scenario(towns=4, days=self.days, **fields)

    @cached_property
    def size(self) -> np.ndarray:
        """Persons in a party of each kind."""
        return np.array([sum(k.composition) for k in self.scenario.kinds])

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of rows and of kinds."""
        s = self.scenario
        ends = list(dict.fromkeys(x.to_id for x in s.itineraries))
        caravans = (*(c.id for c in s.caravans), *(f"split-{i + 1}" for i in range(SPLIT_SLOTS)))
        rows = (*(p.id for p in s.places), *caravans, *(f"road:{x}" for x in ends))
        return rows, tuple(k.id for k in s.kinds)


SET_OUT = ("calendar", "assembly")
BOTH_WAYS = (
    Itinerary(id="way", from_id="p0", to_id="p3"),
    Itinerary(id="aside", from_id="p0", to_id="side", via=("p2",)),
)
QUICK = {"stuck_pool": 60.0, "turnout": 30.0}

CASES = {
    "choice: all alternatives, with an offer and price and risk": Case(
        (*SET_OUT, "choice", "advance"), 3,
        {**QUICK, "stuck_inertia": 0.7, "walk_logodds": -0.5, "seat_logodds": -2, "apply_logodds": -1,
         "join_logodds": 0, "accept_logodds": -0.5, "go_back_logodds": -2, "settle_logodds": -2.5, "seat_price": 2000,
         "vehicle_km": 20, "interception_chance": 0.2, "company_value": 0.4, "rest_chance": 0.5,
         "offer_delay": 1.0, "walk_km": 15},
        {"policies": (policy("cards_offered"),)},
    ),
    "choice: crowding and a long queue push": Case(
        (*SET_OUT, "choice"), 2,
        {"stuck_pool": 150.0, "turnout": 0, "inflow": 90, "apply_logodds": 1, "office_per_day": 1, "crowding_push": 1.5,
         "wait_push": 1.2, "stuck_inertia": 0, "walk_logodds": -2},
    ),
    "assembly: two caravans, a call, latecomers and newcomers": Case(
        (*SET_OUT, "advance"), 3, {**QUICK, "inflow": 6, "joiners_start": 9, "joiners_decay": 1.5, "walk_km": 12},
        {"caravans": (FIRST, SECOND)},
    ),
    "assembly: no caravan is let go": Case(
        (*SET_OUT, "choice", "stragglers"), 3,
        {**QUICK, "detention_alone": 0.4, "walk_logodds": 0.5, "stuck_inertia": 3},
        {"caravans": (FIRST, SECOND), "policies": (policy("no_caravan"),)},
    ),
    "advance: walks, lifts, a road block and a stretch for vehicles only": Case(
        (*SET_OUT, "advance"), 4,
        {**QUICK, "rest_chance": 0.2, "lift_chance": 0.3, "roadblock_hold": 0.6, "lift_km": 30},
        {"events": (event("roadblock", 1, "p1", last=2), event("closure", 3, "p2")),
         "policies": (policy("lifts", 2, value=0.3),),
         "links": tuple(
             Link(from_id=f"p{i}", to_id=f"p{i + 1}", km=15, modes=("vehicle",) if i == 1 else ("foot", "vehicle"))
             for i in range(3))},
    ),
    "reshape: merging, ending and splitting": Case(
        (*SET_OUT, "advance", "reshape"), 4,
        {**QUICK, "northern_turnout": 20, "merge_chance": 0.5, "dissolution_at_home": 0.1, "dissolution_beyond": 0.3,
         "split_chance": 0.5, "split_share": 0.3, "rest_chance": 0.5, "switch_north": 1},
        {"caravans": (FIRST, ASIDE, SECOND), "itineraries": BOTH_WAYS,
         "events": (event("destination", 2, target="side"),)},
    ),
    "joiners: towns join in, up to a most": Case(
        (*SET_OUT, "advance", "joiners"), 3, {**QUICK, "town_stuck_per_1000": 3, "rest_chance": 0.3},
    ),
    "attrition: competing exits with drift and an offer": Case(
        (*SET_OUT, "advance", "attrition"), 3,
        {**QUICK, "leave_hazard": 0.3, "seat_hazard": 0.2, "accept_hazard": 0.15, "family_readiness": 3,
         "hazard_drift": 0.6, "share_ahead": 0.3, "vehicle_km": 20, "offer_delay": 1},
        {"policies": (policy("cards_offered"),), "itineraries": BOTH_WAYS},
    ),
    "enforcement: stragglers and caravans, clashes and raids": Case(
        (*SET_OUT, "advance", "attrition", "choice", "stragglers", "detention"), 3,
        {**QUICK, "leave_hazard": 0.4, "share_ahead": 0, "detention_alone": 0.9, "detention_caravan": 0.1,
         "clash_detained": 120, "clash_injured": 200, "raid_detained": 5, "walk_logodds": 0.5, "join_logodds": -3},
        {"events": (event("clash", 0, "p0"), event("clash", 1), event("raid", 1, "p1", last=2), event("raid", 2)),
         "policies": (policy("enforcement", 1, value=1.7),)},
    ),
    "stations: little room, parties of many sizes": Case(
        (*SET_OUT, "advance", "detention", "stations"), 3,
        {**QUICK, "detention_caravan": 0.7, "return_rate": 0.2, "release_rate": 0.3},
        {"facilities": (facility("station", "p0", 7), facility("station", "p2", 3))},
    ),
    "health: illness, care, death and who is left": Case(
        (*SET_OUT, "advance", "illness", "care", "traffic"), 4,
        {**QUICK, "treated_rate": 0.3, "child_factor": 2, "referral_share": 0.4, "recovery_rate": 0.3,
         "care_death": 0.5, "road_death": 0.1, "rest_chance": 0.3},
        {"policies": (policy("medical_post", 1, places=("p1", "p2")),)},
    ),
    "papers: a queue, a capacity, cards on top": Case(
        (*SET_OUT, "choice", "papers", "revocation"), 4,
        {**QUICK, "turnout": 5, "apply_logodds": 0.5, "office_per_day": 3.4, "recognition_share": 0.6,
         "revoke_hazard": 0.3},
        {"policies": (policy("cards_issued", 2, value=2),)},
    ),
    "smuggling: caught, in accidents, shot at": Case(
        (*SET_OUT, "choice", "smuggling"), 4,
        {**QUICK, "turnout": 5, "seat_logodds": 1, "stuck_inertia": 0, "vehicle_km": 15, "interception_chance": 0.5,
         "accident_chance": 0.4, "accident_deaths": 0.4, "shooting_risk": 0.3},
        {"events": (event("shooting", 2),), "policies": (policy("enforcement", 1, value=1.5),)},
    ),
}  # fmt: skip
CASES["everything: the whole day, four days long"] = Case(
    STEPS, 4,
    {**QUICK, "inflow": 4, "joiners_start": 4, "northern_turnout": 10, "town_stuck_per_1000": 1, "walk_logodds": -0.5,
     "apply_logodds": -1, "seat_logodds": -1.5, "join_logodds": 1, "stuck_inertia": 1, "leave_hazard": 0.2,
     "seat_hazard": 0.05, "accept_hazard": 0.1, "offer_delay": 1, "hazard_drift": 0.3, "detention_alone": 0.5,
     "detention_caravan": 0.05, "clash_detained": 100, "clash_injured": 90, "raid_detained": 4, "return_rate": 0.3,
     "release_rate": 0.2, "treated_rate": 0.2, "referral_share": 0.3, "care_death": 0.3, "road_death": 0.02,
     "office_per_day": 2.5, "revoke_hazard": 0.2, "interception_chance": 0.3, "accident_chance": 0.2,
     "accident_deaths": 0.3, "shooting_risk": 0.2, "vehicle_km": 20, "merge_chance": 0.4, "split_chance": 0.2,
     "dissolution_at_home": 0.05, "dissolution_beyond": 0.2, "switch_north": 1, "rest_chance": 0.3},
    {"caravans": (FIRST, ASIDE, SECOND), "itineraries": BOTH_WAYS,
     "facilities": (facility("office", "p0"), facility("station", "p1", 5), facility("office", "p2")),
     "events": (event("clash", 1), event("raid", 2, "p2"), event("shooting", 3), event("roadblock", 1, "p2"),
                event("destination", 2, target="side")),
     "policies": (policy("cards_offered", 1), policy("enforcement", 2, value=1.4), policy("lifts", 2, value=0.5),
                  policy("cards_issued", 1, value=1), policy("medical_post", 1, places=("p1", "p2")))},
)  # fmt: skip
