"""What the one-by-one reference is given: arrays only, packed from a compiled scenario and its day tables."""

from __future__ import annotations

import numpy as np

from caravana.models.caravan.calendar import compile_days
from caravana.models.caravan.world import compile_world

PARAMETERS = (
    "stuck_pool", "inflow", "joiners_start", "joiners_decay", "town_stuck_per_1000", "join_logodds", "walk_logodds",
    "seat_logodds", "apply_logodds", "accept_logodds", "go_back_logodds", "settle_logodds", "stuck_inertia",
    "company_value", "crowding_push", "wait_push", "price_response", "perceived_risk", "family_walk", "rest_chance",
    "walk_km", "walk_spread", "lift_chance", "lift_km", "lift_spread", "population_pull", "roadblock_hold",
    "split_chance", "split_share", "merge_chance", "dissolution_at_home", "dissolution_beyond", "switch_north",
    "leave_hazard", "share_ahead", "accept_hazard", "family_readiness", "seat_hazard", "hazard_drift",
    "detention_caravan", "detention_alone", "company_exponent", "clash_detained", "clash_injured", "raid_detained",
    "return_rate", "release_rate", "treated_rate", "heat_response", "child_factor", "day_temperature", "care_refused",
    "referral_share", "recovery_rate", "care_death", "road_death", "office_per_day", "recognition_share",
    "revoke_hazard", "seat_price", "interception_chance", "accident_chance", "accident_deaths", "shooting_risk",
    "vehicle_km",
)  # fmt: skip
FLOWS = (
    "arrived", "assembled", "set_out_alone", "joined", "entered", "walked_alone", "seat", "applied", "accepted",
    "returned", "settled", "merged", "dissolved", "split", "left", "ahead", "detained", "released", "treated",
    "refused", "in_care", "recovered", "died", "injured", "documented", "denied", "revoked", "intercepted",
)  # fmt: skip
KINDS, PERSONS, PLACES, ENDS, WAYS, CARAVANS, STATIONS, OFFICES, DAYS, MOST = 10, 5, 512, 3, 3, 6, 4, 4, 64, 64
"""Room in the records below: fixed, so that the loop is compiled once for all scenarios."""
VALUES = np.dtype([
    *((name, np.float64) for name in PARAMETERS), ("lifts", np.float64, DAYS), ("offer", np.int64, DAYS),
    ("departs", np.int64, CARAVANS), ("turnout", np.float64, CARAVANS),
])  # fmt: skip
TALLY = np.dtype([(name, np.int64) for name in FLOWS])
"""What is a member's own (parameters, lifts and offers by day, caravans' departures), and a run's persons by flow."""
LAND = np.dtype([
    ("kinds", np.int64), ("places", np.int64), ("caravans", np.int64), ("slots", np.int64), ("ends", np.int64),
    ("stations", np.int64), ("offices", np.int64), ("origin", np.int64), ("border", np.int64),
    ("size", np.int64, KINDS), ("composition", np.int64, (KINDS, PERSONS)), ("family", np.int64, KINDS),
    ("share", np.float64, KINDS), ("remainder", np.int64, (KINDS, PERSONS, KINDS)),
    ("destinations", np.int64, ENDS), ("km_left", np.float64, (PLACES, ENDS)), ("walk_to", np.int64, PLACES),
    ("home", np.int64, PLACES), ("station_of", np.int64, PLACES), ("station_places", np.int64, STATIONS),
    ("station_room", np.int64, STATIONS), ("office_places", np.int64, OFFICES),
    ("stop_place", np.int64, (WAYS, PLACES)), ("stop_km", np.float64, (WAYS, PLACES)),
    ("stop_log_population", np.float64, (WAYS, PLACES)), ("foot_limit", np.int64, (WAYS, PLACES)),
    ("stops", np.int64, WAYS), ("place_km", np.float64, (WAYS, PLACES)), ("switch", np.int64, (WAYS, WAYS, PLACES)),
    ("itinerary", np.int64, CARAVANS), ("first_stop", np.int64, CARAVANS),
])  # fmt: skip
"""What does not change: kinds of party, places, itineraries, facilities; the first fields say how much is in use."""
DATES = np.dtype([
    ("events", np.int64), ("enforcement", np.float64, DAYS), ("allowed", np.int64, DAYS), ("cards", np.float64, DAYS),
    ("post", np.int64, (DAYS, PLACES)), ("event_kind", np.int64, MOST), ("event_first", np.int64, MOST),
    ("event_last", np.int64, MOST), ("event_place", np.int64, MOST), ("event_itinerary", np.int64, MOST),
])  # fmt: skip
"""What is dated and the same for all members."""
EVENTS = ("clash", "raid", "shooting", "roadblock", "closure", "destination")


def fill(record, **columns):
    """Write arrays into the first entries of a record's fields."""
    for name, values in columns.items():
        array = np.asarray(values)
        record[name][tuple(slice(0, n) for n in array.shape)] = array


def pack(scenario, draws, policies):
    """Return the land, the dates, and what is each member's own, as records."""
    world = compile_world(scenario, members=len(next(iter(draws.values()))))
    tables = compile_days(world, draws, policies)
    values = np.zeros(world.members, VALUES)
    for name in PARAMETERS:
        values[name] = draws[name]
    fill(
        values, lifts=tables.lifts.T, offer=tables.offer.T, departs=tables.departs,
        turnout=tables.turnout,
    )  # fmt: skip
    return pack_land(world), pack_dates(scenario, world, tables), values


def pack_land(world):
    """Return what does not change."""
    way = world.itineraries
    stops = [
        int(np.flatnonzero(way.place[i] == world.place_ids.index(c.assembles_at))[0])
        for i, c in zip(world.caravan_itinerary, world.scenario.caravans, strict=True)
    ]
    land = np.zeros(1, LAND)
    for name, number in (
        ("kinds", len(world.kind_ids)), ("places", world.places), ("caravans", world.caravans),
        ("slots", world.caravans - len(stops)), ("ends", len(world.destinations)),
        ("stations", len(world.station_places)), ("offices", len(world.office_places)), ("origin", world.origin),
        ("border", world.border),
    ):  # fmt: skip
        land[name] = number
    fill(
        land[0], size=world.size, composition=world.composition, family=world.family, share=world.share,
        remainder=world.remainder, destinations=world.destinations, km_left=world.km_left, walk_to=world.walk_to,
        home=world.home_state, station_of=world.station_of, station_places=world.station_places,
        station_room=world.station_capacity, office_places=world.office_places, stop_place=way.place, stop_km=way.km,
        stop_log_population=way.log_population, foot_limit=way.foot_limit, stops=way.n_stops, place_km=way.place_km,
        switch=way.switch, itinerary=world.caravan_itinerary, first_stop=stops,
    )  # fmt: skip
    return land[0]


def pack_dates(scenario, world, tables):
    """Return what is dated."""
    ends = [x.to_id for x in scenario.itineraries]
    events = [e for e in scenario.events if e.kind in EVENTS]
    aims = [(e.target_id or e.place_id) if e.kind == "destination" else None for e in events]
    dates = np.zeros(1, DATES)
    dates["events"] = len(events)
    fill(
        dates[0], enforcement=tables.enforcement, allowed=tables.walking_allowed, cards=tables.cards_per_day,
        post=tables.post, event_kind=[EVENTS.index(e.kind) for e in events],
        event_first=[scenario.day_of(e.date) for e in events],
        event_last=[scenario.day_of(e.end_date or e.date) for e in events],
        event_place=[-1 if e.place_id is None else world.place_ids.index(e.place_id) for e in events],
        event_itinerary=[ends.index(a) if a in ends else -1 for a in aims],
    )  # fmt: skip
    return dates[0]
