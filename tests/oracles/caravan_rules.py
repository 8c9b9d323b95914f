"""The rules of ``docs/model.md`` for caravans and the people in them, one party at a time, compiled."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from tests.oracles.party_book import (
    BY_VEHICLE,
    DOCUMENTED,
    IN_CARE,
    ON_FOOT,
    SMUGGLED,
    WAITING,
    add,
    arrivals,
    exponential,
    lose_one,
    mean_party,
    normal,
    persons_with,
    place_of,
    put,
    uniform,
)
from tests.oracles.party_inputs import EVENTS
from tests.oracles.party_rules import ARRIVED, DISSOLVED, GATHERING, UNDER_WAY, hold, send

M_WAITING, M_REST, M_WALK, M_LIFT, M_HELD, M_ARRIVED, M_DISSOLVED = range(7)
CLASH, RAID, _, ROADBLOCK, CLOSURE, DESTINATION = range(len(EVENTS))
REACH_KM = 60.0
CHILDREN = 3


@nb.njit
def new_destinations(land, dates, p, run, day):
    """Let caravans under way take up a destination announced today, if tonight's stop is on its way."""
    for e in range(dates.events):
        if dates.event_kind[e] != DESTINATION or not dates.event_first[e] <= day <= dates.event_last[e]:
            continue
        to = dates.event_itinerary[e]
        if to < 0 or p.switch_north <= 0.5:
            continue
        for c in range(land.caravans):
            stop = land.switch[run.itinerary[c], to, run.stop[c]]
            if run.phase[c] == UNDER_WAY and stop >= 0:
                run.itinerary[c], run.stop[c] = to, stop


@nb.njit
def barrier(land, dates, p, run, c, day, rng):
    """Return the km that a caravan cannot pass today."""
    way = run.itinerary[c]
    here = land.stop_km[way, run.stop[c]]
    # One toss a day says whether road blocks hold this caravan; a closure always does.
    holds = uniform(rng) < p.roadblock_hold
    end = np.inf
    for e in range(dates.events):
        kind, place = dates.event_kind[e], dates.event_place[e]
        if place < 0 or not dates.event_first[e] <= day <= dates.event_last[e]:
            continue
        if kind == CLOSURE or (kind == ROADBLOCK and holds):
            at = land.place_km[way, place]
            # A place off the road has no km: it blocks nothing.
            if at >= here:
                end = min(end, at)
    return end


@nb.njit
def next_stop(land, p, run, c, lift, end, rng):
    """Return where a caravan spends tonight, or -1 with no stop within reach."""
    way, stop = run.itinerary[c], run.stop[c]
    reach = p.lift_km if lift else p.walk_km
    spread = p.lift_spread if lift else p.walk_spread
    here = land.stop_km[way, stop]
    best, chosen = -np.inf, -1
    for s in range(stop + 1, land.stops[way]):
        km = land.stop_km[way, s]
        if km <= here or km > end or (not lift and s > land.foot_limit[way, stop]):
            continue
        people = land.stop_log_population[way, s] * math.log(10.0)
        log_weight = -((km - here - reach) ** 2) / (2 * spread**2) + p.population_pull * people
        # The largest of log weights plus Gumbel noise is at each stop with a chance like its weight.
        log_weight -= math.log(exponential(rng))
        if log_weight > best:
            best, chosen = log_weight, s
    return chosen


@nb.njit
def advance(land, dates, p, run, day, rng):
    """Let each caravan under way rest, walk or get lifts, and find its stop for the night."""
    for c in range(land.caravans):
        if run.phase[c] == ARRIVED:
            run.mode[c] = M_ARRIVED
        if run.phase[c] != UNDER_WAY:
            continue
        rests = uniform(rng) < p.rest_chance
        lift = not rests and uniform(rng) < p.lift_chance * p.lifts[day]
        if rests and p.departs[c] != day:
            run.mode[c] = M_REST
        else:
            stop = next_stop(land, p, run, c, lift, barrier(land, dates, p, run, c, day, rng), rng)
            run.mode[c] = M_HELD if stop < 0 else M_LIFT if lift else M_WALK
            if stop >= 0:
                run.stop[c] = stop
        if run.stop[c] == land.stops[run.itinerary[c]] - 1:
            run.phase[c] = ARRIVED


@nb.njit
def everyone_to(land, parties, run, c, row, status):
    """Take all people of a caravan to a row; return how many persons."""
    persons = 0
    for i in range(run.n):
        if parties[i].row == land.places + c:
            put(parties, i, status, row)
            persons += land.size[parties[i].kind]
    return persons


@nb.njit
def merge(land, p, parties, run, tally, busy, rng):
    """Let later caravans merge into the first of those before them that sleeps at the same place."""
    for c in range(1, land.caravans):
        wants = uniform(rng) < p.merge_chance
        for first in range(c):
            both = run.phase[c] == UNDER_WAY and run.phase[first] == UNDER_WAY
            if wants and both and place_of(land, run, land.places + c) == place_of(land, run, land.places + first):
                tally.merged += everyone_to(land, parties, run, c, land.places + first, ON_FOOT)
                busy[c] = True
                busy[first] = True
                run.phase[c] = GATHERING if c >= land.caravans - land.slots else DISSOLVED


@nb.njit
def split(land, p, parties, run, tally, rng):
    """Let a part of the first caravan go on as one of its own, in the first free slot."""
    slot = -1
    for c in range(land.caravans - 1, land.caravans - land.slots - 1, -1):
        if run.phase[c] == GATHERING:
            slot = c
    if slot < 0 or uniform(rng) >= p.split_chance:
        return
    gone = 0
    for i in range(run.n):
        if parties[i].row == land.places and uniform(rng) < p.split_share:
            put(parties, i, ON_FOOT, land.places + slot)
            gone += land.size[parties[i].kind]
    tally.split += gone
    if gone:
        run.phase[slot], run.itinerary[slot], run.stop[slot] = UNDER_WAY, run.itinerary[0], run.stop[0]


@nb.njit
def reshape(land, p, parties, run, tally, rng):
    """Merge, dissolve, split: one of the three a night at most for each caravan."""
    persons = np.zeros(land.caravans, np.int64)
    persons_with(land, parties, run, persons)
    busy = np.zeros(land.caravans, np.bool_)
    merge(land, p, parties, run, tally, busy, rng)
    for c in range(land.caravans):
        if busy[c] or run.phase[c] != UNDER_WAY:
            continue
        place = place_of(land, run, land.places + c)
        hazard = p.dissolution_at_home if land.home[place] else p.dissolution_beyond
        if persons[c] == 0 or uniform(rng) < 1 - math.exp(-hazard):
            tally.dissolved += everyone_to(land, parties, run, c, place, WAITING)
            run.phase[c], run.mode[c] = DISSOLVED, M_DISSOLVED
    if not busy[0] and run.phase[0] == UNDER_WAY:
        split(land, p, parties, run, tally, rng)


@nb.njit
def meet_town(land, p, parties, run, tally, rng):
    """Let people stuck in tonight's town join a caravan that came in today."""
    mean_size = mean_party(land)
    for c in range(land.caravans):
        if run.phase[c] != UNDER_WAY or (run.mode[c] != M_WALK and run.mode[c] != M_LIFT):
            continue
        inhabitants = 10.0 ** land.stop_log_population[run.itinerary[c], run.stop[c]]
        persons = min(p.town_stuck_per_1000 * inhabitants / 1000, 300.0)
        for kind in range(land.kinds):
            for _ in range(arrivals(persons * land.share[kind] / mean_size, rng)):
                add(parties, run, kind, ON_FOOT, land.places + c)
                tally.joined += land.size[kind]


@nb.njit
def leave(land, dates, p, parties, run, tally, day, rng):
    """Draw each party's exit from its caravan, by competing hazards."""
    run.drift += p.hazard_drift * normal(rng)
    hazard = np.zeros(4)
    for i in range(run.n):
        c = parties[i].row - land.places
        if c < 0 or c >= land.caravans:
            continue
        size = land.size[parties[i].kind]
        hazard[0] = p.leave_hazard * math.exp(run.drift) * (1 - p.share_ahead)
        hazard[1] = p.leave_hazard * math.exp(run.drift) * p.share_ahead
        hazard[2] = p.seat_hazard
        ready = p.family_readiness if land.family[parties[i].kind] else 1.0
        hazard[3] = p.accept_hazard * ready if p.offer[day] else 0.0
        # The exit whose exponential clock rings first, if it rings within the day.
        first, exit_ = 1.0, -1
        for e in range(4):
            if hazard[e] > 0:
                time = exponential(rng) / hazard[e]
                if time < first:
                    first, exit_ = time, e
        if exit_ < 0:
            continue
        parties[i].row = place_of(land, run, parties[i].row)
        if exit_ == 0:
            put(parties, i, WAITING, parties[i].row)
            tally.left += size
        elif exit_ == 1:
            send(land, p, parties, i, BY_VEHICLE, 0, day)
            tally.ahead += size
        elif exit_ == 2:
            send(land, p, parties, i, SMUGGLED, land.ends - 1, day)
            tally.seat += size
        else:
            put(parties, i, DOCUMENTED, parties[i].row)
            tally.accepted += size


@nb.njit
def meets(land, dates, run, e, c):
    """Return whether an event meets a caravan: within 60 km, or with no place on its road."""
    if run.phase[c] != UNDER_WAY and run.phase[c] != ARRIVED:
        return False
    place = dates.event_place[e]
    if place < 0 or math.isnan(land.place_km[run.itinerary[c], place]):
        return True
    here = land.stop_km[run.itinerary[c], run.stop[c]]
    return abs(land.place_km[run.itinerary[c], place] - here) <= REACH_KM


@nb.njit
def dangers(land, dates, p, run, day, persons, safe, hurt):
    """Write each caravan's chance that a party is not detained today, and that a person is hurt."""
    for c in range(land.caravans):
        safe[c] = math.exp(-p.detention_caravan * dates.enforcement[day])
        hurt[c] = 0.0
        for e in range(dates.events):
            if not (dates.event_first[e] <= day <= dates.event_last[e] and meets(land, dates, run, e, c)):
                continue
            if dates.event_kind[e] == CLASH:
                safe[c] *= 1 - min(p.clash_detained / 1000, 1.0)
                hurt[c] = 1 - (1 - hurt[c]) * (1 - min(p.clash_injured / 1000, 1.0))
            elif dates.event_kind[e] == RAID:
                safe[c] *= 1 - min(p.raid_detained / max(persons[c], 1), 1.0)


@nb.njit
def detain_in_caravans(land, dates, p, parties, run, tally, day, rng):
    """Detain parties in caravans, and hurt persons in clashes."""
    persons = np.zeros(land.caravans, np.int64)
    persons_with(land, parties, run, persons)
    safe, hurt = np.zeros(land.caravans), np.zeros(land.caravans)
    dangers(land, dates, p, run, day, persons, safe, hurt)
    for i in range(run.n):
        c = parties[i].row - land.places
        if c < 0 or c >= land.caravans:
            continue
        size = land.size[parties[i].kind]
        if hurt[c] > 0:
            for _ in range(size):
                tally.injured += int(uniform(rng) < hurt[c])
        if uniform(rng) >= safe[c]:
            hold(land, parties, i, place_of(land, run, parties[i].row))
            tally.detained += size


@nb.njit
def fall_ill(land, dates, p, parties, run, tally, day, rng):
    """Draw each person's need of treatment; a party with a patient in hospital stays behind."""
    heat = math.exp(p.heat_response * (p.day_temperature - 30))
    for i in range(run.n):
        c = parties[i].row - land.places
        if c < 0 or c >= land.caravans:
            continue
        place = place_of(land, run, parties[i].row)
        kind = parties[i].kind
        size = land.size[kind]
        child = land.composition[kind, CHILDREN] / size
        ill = min(p.treated_rate * heat * (1 + (p.child_factor - 1) * child), 1.0)
        referral = p.referral_share * (0.5 if dates.post[day, place] else 1.0)
        treated, refused, referred = 0, 0, False
        for _ in range(size):
            if uniform(rng) < ill:
                if uniform(rng) < p.care_refused:
                    refused += 1
                elif uniform(rng) < referral:
                    referred = True
                else:
                    treated += 1
        if referred:
            # Of a party that stays behind, its patient alone is counted as treated.
            put(parties, i, IN_CARE, place)
            tally.in_care += size
            tally.treated += 1
        else:
            tally.treated += treated
            tally.refused += refused


@nb.njit
def meet_traffic(land, p, parties, run, tally, dead, rng):
    """Draw deaths on the road in caravans that walked or rode today: one a party at most."""
    for i in range(run.n - 1, -1, -1):
        c = parties[i].row - land.places
        if c < 0 or c >= land.caravans or run.phase[c] != UNDER_WAY:
            continue
        if run.mode[c] != M_WALK and run.mode[c] != M_LIFT:
            continue
        dies = False
        for _ in range(land.size[parties[i].kind]):
            dies |= uniform(rng) < p.road_death
        if dies:
            lose_one(land, parties, run, dead, i, rng)
            tally.died += 1
