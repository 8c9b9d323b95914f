"""A small scenario for tests: a road of towns, two kinds of party, every parameter a plain number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from caravana.scenario.model import (
    Caravan,
    Facility,
    Itinerary,
    Link,
    Parameter,
    PartyKind,
    Place,
    Scenario,
)

VALUES = {
    "stuck_pool": 500, "inflow": 0, "turnout": 120, "joiners_start": 0, "joiners_decay": 5, "town_stuck_per_1000": 0,
    "join_logodds": -1.5, "walk_logodds": -1.5, "seat_logodds": -4.5, "apply_logodds": -3.5, "accept_logodds": -2,
    "go_back_logodds": -4.5, "stuck_inertia": 2, "settle_logodds": -5, "company_value": 0.5, "crowding_push": 0,
    "wait_push": 0,
    "price_response": 1, "perceived_risk": 0.5, "family_walk": 0.5, "rest_chance": 0.18, "walk_km": 17,
    "walk_spread": 6, "lift_chance": 0.18, "lift_km": 60, "lift_spread": 35, "population_pull": 1.2,
    "roadblock_hold": 0.25, "split_chance": 0, "split_share": 0.17, "merge_chance": 0.5, "dissolution_at_home": 0,
    "dissolution_beyond": 0, "switch_north": 0, "leave_hazard": 0.01, "share_ahead": 0.5, "accept_hazard": 0.03,
    "family_readiness": 2, "offer_delay": 0, "seat_hazard": 0.002, "hazard_drift": 0, "detention_caravan": 0.003,
    "detention_alone": 0.05, "company_exponent": 0.5, "clash_detained": 10, "clash_injured": 2, "raid_detained": 15,
    "return_rate": 0.08, "release_rate": 0.05, "treated_rate": 0.04, "heat_response": 0.05, "child_factor": 1.5,
    "day_temperature": 34, "care_refused": 0.28, "referral_share": 0.058, "recovery_rate": 0.25, "care_death": 0.001,
    "road_death": 0.000005, "office_per_day": 5, "recognition_share": 0.7, "revoke_hazard": 0.001,
    "seat_price": 3500, "interception_chance": 0.08, "accident_chance": 0.002, "accident_deaths": 0.1,
    "shooting_risk": 0.002, "vehicle_km": 500, "bus_fare": 6, "food_spend": 3, "bias_authorities": 0.75,
    "bias_organisers": 1.5, "bias_press": 1.2, "bias_agency": 1.1, "bias_observer": 1, "report_noise": 0.25,
    "lifts_blocked": 0.15, "northern_turnout": 3000, "northern_delay": 10,
}  # fmt: skip


def parameters(**values: float) -> tuple[Parameter, ...]:
    """Return every parameter of the rule set as a plain number, some of them changed."""
    unknown = set(values) - set(VALUES)
    assert not unknown, f"no such parameters: {unknown}"
    return tuple(
        Parameter(
            name=name, unit="as documented", value=value, low=-1e9, high=1e9, basis=("assumption",), description="test"
        )
        for name, value in {**VALUES, **values}.items()
    )


def small_scenario(*, towns: int = 6, gap: float = 15.0, days: int = 8, **changes: Any) -> Scenario:
    """Return a road of ``towns`` places ``gap`` km apart; keyword numbers set parameters, the rest fields."""
    numbers = {k: changes.pop(k) for k in list(changes) if k in VALUES}
    places = tuple(
        Place(
            id=f"p{i}", name=f"Place {i}", state="Home" if i < towns // 2 else "Beyond", country="MX", lat=15 + i / 10,
            lon=-92 - i / 10, population=1000 * (1 + i % 3), kind="origin" if i == 0 else "town", stop=True,
        )
        for i in range(towns)
    )  # fmt: skip
    fields: dict[str, Any] = {
        "name": "small", "title": "A small road", "start": dt.date(2021, 10, 23),
        "end": dt.date(2021, 10, 23) + dt.timedelta(days=days - 1), "rules": "caravan",
        "kinds": (
            PartyKind(id="lone-man", men=1, share=0.5), PartyKind(id="lone-woman", women=1, share=0.1),
            PartyKind(id="lone-minor", children=1, share=0.1),
            PartyKind(id="family", men=1, women=1, children=2, share=0.3),
        ),
        "places": places,
        "links": tuple(Link(from_id=f"p{i}", to_id=f"p{i + 1}", km=gap) for i in range(towns - 1)),
        "itineraries": (Itinerary(id="way", from_id="p0", to_id=f"p{towns - 1}"),),
        "caravans": (
            Caravan(
                id="first", name="First", itinerary="way", assembles_at="p0", departs=dt.date(2021, 10, 23),
                turnout="turnout",
            ),
        ),
        "facilities": (
            Facility(id="office", kind="office", place_id="p0", per_day="office_per_day", basis=("assumption",)),
            Facility(id="station", kind="station", place_id="p1", capacity=30, basis=("assumption",)),
        ),
        "parameters": parameters(**numbers),
    }  # fmt: skip
    fields.update(changes)
    return Scenario(**fields)
