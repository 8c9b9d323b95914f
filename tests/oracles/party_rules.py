"""The rules of ``docs/model.md`` for people at places, in stations and offices, and off the route.

One party at a time, compiled.  ``p`` is a member's parameters, ``tally`` a run's flows in persons.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from tests.oracles.party_book import (
    APPLIED,
    DETAINED,
    DOCUMENTED,
    IN_CARE,
    ON_FOOT,
    RETURNED,
    SETTLED,
    SMUGGLED,
    WAITING,
    add,
    arrivals,
    lose_one,
    mean_party,
    persons_with,
    put,
    shuffle_first,
    uniform,
)
from tests.oracles.party_inputs import EVENTS

GATHERING, UNDER_WAY, ARRIVED, DISSOLVED = range(4)
SHOOTING = EVENTS.index("shooting")
CHOICES = 7


@nb.njit
def happens(dates, kind, day):
    """Return whether an event of a kind is on today."""
    for e in range(dates.events):
        if dates.event_kind[e] == kind and dates.event_first[e] <= day <= dates.event_last[e]:
            return True
    return False


@nb.njit
def send(land, p, parties, i, status, destination, day):
    """Put a party on the road to a destination: at least a day, at most seven."""
    place = parties[i].row
    days = math.ceil(land.km_left[place, destination] / p.vehicle_km)
    put(parties, i, status, land.places + land.caravans + destination)
    parties[i].until = day + min(max(days, 1), 7)


@nb.njit
def arrive(land, parties, run, tally, day):
    """Let those step off whose day has come."""
    for i in range(run.n):
        if parties[i].until == day:
            put(parties, i, parties[i].status, land.destinations[parties[i].row - land.places - land.caravans])
            tally.arrived += land.size[parties[i].kind]


@nb.njit
def wanted_today(land, dates, p, run, day, out):
    """Return persons wanted for each caravan from those who wait at the origin; caravans set out."""
    for c in range(land.caravans):
        since = day - p.departs[c]
        run.kept[c] = run.phase[c] == GATHERING and since == 0 and not dates.allowed[day]
        run.leaves[c] = run.phase[c] == GATHERING and since == 0 and dates.allowed[day]
        if run.leaves[c]:
            run.phase[c] = UNDER_WAY
        out[c] = 0.0
        if run.kept[c] or run.leaves[c]:
            out[c] = p.turnout[c]
        elif run.phase[c] == UNDER_WAY and since > 0:
            out[c] = p.joiners_start * math.exp(-since / p.joiners_decay)


@nb.njit
def assemble(land, dates, p, parties, run, tally, day, rng):
    """Gather those who set out today, latecomers, and newcomers from outside."""
    chance = np.zeros(land.caravans)
    wanted_today(land, dates, p, run, day, chance)
    waiting = 0
    for i in range(run.n):
        if parties[i].row == land.origin and parties[i].status == WAITING:
            waiting += land.size[parties[i].kind]
    total = 0.0
    for c in range(land.caravans):
        total += chance[c] / max(waiting, 1)
    for c in range(land.caravans):
        chance[c] /= max(waiting, 1) * max(total, 1.0)
    for i in range(run.n):
        if parties[i].row != land.origin or parties[i].status != WAITING:
            continue
        u = uniform(rng)
        for c in range(land.caravans):
            u -= chance[c]
            if u < 0:
                size = land.size[parties[i].kind]
                if run.kept[c]:
                    put(parties, i, ON_FOOT, land.origin)
                    tally.set_out_alone += size
                else:
                    put(parties, i, ON_FOOT, land.places + c)
                    if run.leaves[c]:
                        tally.assembled += size
                    else:
                        tally.joined += size
                break
    mean_size = mean_party(land)
    for kind in range(land.kinds):
        for _ in range(arrivals(p.inflow * land.share[kind] / mean_size, rng)):
            add(parties, run, kind, WAITING, land.origin)
            tally.entered += land.size[kind]


@nb.njit
def largest_caravans(land, parties, run, here, persons):
    """Find the largest caravan that sleeps at each place, and its persons."""
    each = np.zeros(land.caravans, np.int64)
    persons_with(land, parties, run, each)
    here[:] = -1
    persons[:] = 0
    for c in range(land.caravans):
        place = land.stop_place[run.itinerary[c], run.stop[c]]
        if run.phase[c] == UNDER_WAY and each[c] > persons[place]:
            here[place], persons[place] = c, each[c]


@nb.njit
def pushes(land, p, parties, run, out):
    """Return the push to leave each place: crowding, and the queue for papers."""
    waiting, queue = np.zeros(land.places), np.zeros(land.places)
    for i in range(run.n):
        if parties[i].row < land.places:
            if parties[i].status == WAITING:
                waiting[parties[i].row] += land.size[parties[i].kind]
            elif parties[i].status == APPLIED:
                queue[parties[i].row] += 1
    for place in range(land.places):
        usual = max(p.stuck_pool, 1.0) if place == land.origin else 1000.0
        out[place] = p.crowding_push * max(0.0, math.log(max(waiting[place], 1e-9) / usual))
    for o in range(land.offices):
        place = land.office_places[o]
        out[place] += p.wait_push * max(0.0, math.log((queue[place] + 1) / (90 * max(p.office_per_day, 1.0))))


@nb.njit
def utilities(land, p, place, family, holds, offered, company, push, has_office, out):
    """Write the utility of each alternative to staying, -inf where there is none."""
    ready = math.log(p.family_readiness) if family else 0.0
    hold = p.stuck_inertia if holds else 0.0
    whole = max(land.km_left[land.origin, land.ends - 1], 1.0)
    price = math.log(max(p.seat_price, 1.0) / 3500) + math.log(max(land.km_left[place, land.ends - 1] / whole, 0.01))
    risk = 1 - (1 - p.interception_chance) * (1 - p.accident_chance)
    risk = min(max(risk, 1e-6), 1 - 1e-6)
    harm = math.log(risk / (1 - risk)) - math.log(0.1 / 0.9)
    away = place != land.origin
    for k in range(CHOICES):
        out[k] = -np.inf
    if company > 0 and away:
        out[0] = p.join_logodds + p.company_value * math.log10(company) + push
    if land.walk_to[place] >= 0:
        out[1] = p.walk_logodds + (math.log(p.family_walk) if family else 0.0) + push - hold
    if land.km_left[place, land.ends - 1] > 0:
        out[2] = p.seat_logodds - p.price_response * price - p.perceived_risk * harm + push - hold
    if has_office:
        out[3] = p.apply_logodds + ready
    if offered and away:
        out[4] = p.accept_logodds + ready
    out[5] = p.go_back_logodds + push - hold
    out[6] = p.settle_logodds - hold


@nb.njit
def chances(land, dates, p, parties, run, company, day):
    """Return cumulative chances of the alternatives: [place, waiting or on foot, family, alternative]."""
    push = np.zeros(land.places)
    pushes(land, p, parties, run, push)
    office = np.zeros(land.places, np.bool_)
    for o in range(land.offices):
        office[land.office_places[o]] = True
    table = np.zeros((land.places, 2, 2, CHOICES))
    utility = np.zeros(CHOICES)
    offered = p.offer[day]
    for place in range(land.places):
        for walks in range(2):
            for family in range(2):
                holds = place == land.origin and walks == 0
                utilities(land, p, place, family, holds, offered, company[place], push[place], office[place], utility)
                total = 0.0
                for k in range(CHOICES):
                    total += math.exp(utility[k])
                    table[place, walks, family, k] = total
                for k in range(CHOICES):
                    table[place, walks, family, k] /= 1 + total
    return table


@nb.njit
def choose(land, dates, p, parties, run, tally, day, rng):
    """Let each party at a place, waiting or on foot, choose."""
    here, company = np.zeros(land.places, np.int64), np.zeros(land.places)
    largest_caravans(land, parties, run, here, company)
    table = chances(land, dates, p, parties, run, company, day)
    last = land.ends - 1
    for i in range(run.n):
        place = parties[i].row
        if place >= land.places or (parties[i].status != WAITING and parties[i].status != ON_FOOT):
            continue
        size = land.size[parties[i].kind]
        cumulative = table[place, int(parties[i].status == ON_FOOT), int(land.family[parties[i].kind])]
        u, choice = uniform(rng), 0
        while choice < CHOICES and u >= cumulative[choice]:
            choice += 1
        if choice == 0:
            put(parties, i, ON_FOOT, land.places + here[place])
            tally.joined += size
        elif choice == 1:
            put(parties, i, ON_FOOT, land.walk_to[place])
            tally.walked_alone += size
        elif choice == 2:
            send(land, p, parties, i, SMUGGLED, last, day)
            tally.seat += size
        elif choice == 3:
            put(parties, i, APPLIED, place)
            tally.applied += size
        elif choice == 4:
            put(parties, i, DOCUMENTED, place)
            tally.accepted += size
        elif choice == 5:
            put(parties, i, RETURNED, land.border)
            tally.returned += size
        elif choice == 6:
            put(parties, i, SETTLED, place)
            tally.settled += size


@nb.njit
def hold(land, parties, i, place):
    """Take a party to the station nearest to a place, or across the border where there is none."""
    if land.stations:
        put(parties, i, DETAINED, land.station_places[land.station_of[place]])
    else:
        put(parties, i, RETURNED, land.border)


@nb.njit
def detain_stragglers(land, dates, p, parties, run, tally, day, rng):
    """Detain those on foot outside caravans; company protects, where caravans are let go."""
    company = np.zeros(land.places)
    for i in range(run.n):
        if parties[i].status == ON_FOOT and parties[i].row < land.places:
            company[parties[i].row] += land.size[parties[i].kind]
    for i in range(run.n):
        place = parties[i].row
        if parties[i].status != ON_FOOT or place >= land.places or place == land.origin:
            continue
        size = land.size[parties[i].kind]
        around = company[place] if dates.allowed[day] else size
        hazard = p.detention_alone * dates.enforcement[day] * around**-p.company_exponent
        if uniform(rng) < 1 - math.exp(-hazard):
            hold(land, parties, i, place)
            tally.detained += size


@nb.njit
def run_stations(land, p, parties, run, tally, rng):
    """Return or release those held; then expel, one by one at random, until the rest have room."""
    total = p.return_rate + p.release_rate
    leaves = 1 - math.exp(-total)
    returned = leaves * p.return_rate / max(total, 1e-300)
    for i in range(run.n):
        if parties[i].status != DETAINED:
            continue
        u = uniform(rng)
        if u < returned:
            put(parties, i, RETURNED, land.border)
            tally.returned += land.size[parties[i].kind]
        elif u < leaves:
            put(parties, i, WAITING, land.origin)
            tally.released += land.size[parties[i].kind]
    who = np.empty(run.n, np.int64)
    for s in range(land.stations):
        n, persons = 0, 0
        for i in range(run.n):
            if parties[i].status == DETAINED and parties[i].row == land.station_places[s]:
                who[n] = i
                n += 1
                persons += land.size[parties[i].kind]
        while persons > land.station_room[s]:
            shuffle_first(who, n, 1, rng)
            size = land.size[parties[who[0]].kind]
            put(parties, who[0], RETURNED, land.border)
            tally.returned += size
            persons -= size
            n -= 1
            who[0] = who[n]


@nb.njit
def work_offices(land, dates, p, parties, run, tally, day, rng):
    """Decide on cases drawn at random from each queue, and give out cards beside them."""
    who = np.empty(run.n, np.int64)
    for o in range(land.offices):
        office = land.office_places[o]
        n = 0
        for i in range(run.n):
            if parties[i].status == APPLIED and parties[i].row == office:
                who[n] = i
                n += 1
        # A capacity of 5.3 cases a day is 5, and 6 on three days in ten.
        capacity = math.floor(p.office_per_day)
        capacity += int(uniform(rng) < p.office_per_day - capacity)
        served = min(capacity, n)
        shuffle_first(who, n, served, rng)
        cards = min(int(dates.cards[day]), n - served)
        shuffle_first(who[served:], n - served, cards, rng)
        for k in range(served + cards):
            size = land.size[parties[who[k]].kind]
            if k >= served or uniform(rng) < p.recognition_share:
                put(parties, who[k], DOCUMENTED, office)
                tally.documented += size
            else:
                put(parties, who[k], WAITING, office)
                tally.denied += size


@nb.njit
def revoke(land, p, parties, run, tally, rng):
    """Let papers lapse."""
    lapse = 1 - math.exp(-p.revoke_hazard)
    for i in range(run.n):
        if parties[i].status == DOCUMENTED and parties[i].row < land.places and uniform(rng) < lapse:
            put(parties, i, WAITING, parties[i].row)
            tally.revoked += land.size[parties[i].kind]


@nb.njit
def recover(land, dates, p, parties, run, tally, dead, day, rng):
    """Let parties in care recover or lose their patient."""
    for i in range(run.n - 1, -1, -1):
        if parties[i].status != IN_CARE:
            continue
        death = p.care_death * (0.5 if dates.post[day, parties[i].row] else 1.0)
        total = p.recovery_rate + death
        u = uniform(rng)
        ends = 1 - math.exp(-total)
        if u < ends * p.recovery_rate / max(total, 1e-300):
            put(parties, i, WAITING, parties[i].row)
            tally.recovered += land.size[parties[i].kind]
        elif u < ends:
            lose_one(land, parties, run, dead, i, rng)
            tally.died += 1


@nb.njit
def ride(land, dates, p, parties, run, tally, dead, day, rng):
    """Draw what befalls each party under way off the route: caught, or an accident."""
    days = min(max(math.ceil(land.km_left[land.origin, land.ends - 1] / p.vehicle_km), 1), 7)
    caught = 1 - (1 - p.interception_chance) ** (1 / days)
    crash = 1 - (1 - p.accident_chance) ** (1 / days)
    if happens(dates, SHOOTING, day):
        crash = 1 - (1 - crash) * (1 - p.shooting_risk)
    caught = min(caught * dates.enforcement[day], 1.0)
    crash = min(crash, 1 - caught)
    for i in range(run.n - 1, -1, -1):
        if parties[i].status != SMUGGLED or parties[i].row < land.places + land.caravans:
            continue
        u = uniform(rng)
        size = land.size[parties[i].kind]
        if u < caught:
            hold(land, parties, i, land.origin)
            tally.intercepted += size
        elif u < caught + crash:
            # Each person dies with a chance of their own; one death a party is counted, the others are hurt.
            died = False
            for _ in range(size):
                died |= uniform(rng) < p.accident_deaths
            tally.injured += size - int(died)
            if died:
                lose_one(land, parties, run, dead, i, rng)
                tally.died += 1
