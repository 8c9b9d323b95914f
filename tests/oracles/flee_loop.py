"""One person at a time: Flee's day written out as a compiled loop, as the reference for the counts.

It shares with the package the compiled inputs (links, routes, day tables) and nothing of the
dynamics: no lumped memory, no calendar, no batches.
"""

import numpy as np
from numba import njit

REST, ROAD = 0, 1


@njit
def _share(people, capacity, buffer):
    if capacity < 1.0 or people <= buffer * capacity:
        return 1.0
    if people >= capacity:
        return 0.0
    return 1.0 - (people - buffer * capacity) / (capacity * (1.0 - buffer))


@njit
def _choose(place, first, weight, destination, people, capacity, buffer, power, scratch):
    """Route chosen by a person at a place, or -1 where no route is open."""
    total = 0.0
    number = 0
    for route in range(first[place], first[place + 1]):
        value = 0.0
        if weight[route] >= 0.0:
            number += 1
            share = _share(people[destination[route]], capacity[destination[route]], buffer)
            value = weight[route] * share**power
        scratch[route - first[place]] = value
        total += value
    if number == 0:
        return -1
    target = np.random.random()
    for route in range(first[place], first[place + 1]):
        if weight[route] < 0.0:
            continue
        target -= scratch[route - first[place]] / total if total > 0.0 else 1.0 / number
        if target < 0.0:
            return route
    return -1


@njit
def _loop(
    seed,
    days,
    cap_people,
    start,
    end,
    km,
    speed,
    walk_chance,
    first,
    destination,
    route_link,
    route_rest,
    weights,
    open_link,
    shutting,
    move_chance,
    town,
    camp,
    capacity,
    buffer,
    power,
    origin_weight,
    displaced,
    pushed,
    day0,
    walk_speed,
    top_speed,
    on_foot,
    avoid_stints,
):
    np.random.seed(seed)
    places = len(capacity)
    out = np.zeros((days, places), np.int64)
    people = np.zeros(places, np.int64)
    where = np.zeros(cap_people, np.int64)  # place at rest, link under way
    state = np.zeros(cap_people, np.int8)
    route = np.full(cap_people, -1, np.int64)  # what is left of the route after this link, or at rest
    done = np.zeros(cap_people)  # km on this link
    moved = np.zeros(cap_people)  # km today
    recent = np.zeros(cap_people)
    fresh = np.ones(cap_people, np.bool_)
    turned = np.zeros(cap_people, np.bool_)
    scratch = np.zeros(max(1, int(np.max(first[1:] - first[:-1]))))
    n = 0
    for place in range(places):
        for _ in range(day0[place]):
            where[n] = place
            n += 1
        people[place] += day0[place]
    waiting = 0
    for day in range(days):
        total = 0.0
        for place in range(places):
            total += origin_weight[day, place]
        due = displaced[day] + waiting
        waiting = 0
        if total <= 0.0:
            waiting = due
            due = 0
        for place in range(places):
            for _ in range(pushed[day, place]):
                where[n] = place
                people[place] += 1
                n += 1
        for _ in range(due):
            target = np.random.random() * total
            origin = places - 1
            for place in range(places):
                target -= origin_weight[day, place]
                if target < 0.0:
                    origin = place
                    break
            where[n] = origin
            people[origin] += 1
            n += 1
        if np.any(shutting[day]):
            for i in range(n):
                if state[i] == ROAD and shutting[day, where[i]]:
                    turned[i] = True
        for phase in range(2):
            for i in range(n):
                if phase == 0 and state[i] == ROAD:
                    continue
                if phase == 1 and state[i] == REST:
                    continue
                force = False
                decide = phase == 0
                while True:
                    if decide:
                        place = where[i]
                        chance = 1.0 if route[i] >= 0 or (force and town[day, place]) else move_chance[day, place]
                        if np.random.random() < chance:
                            chosen = route[i]
                            if chosen < 0:
                                chosen = _choose(
                                    place, first, weights[day], destination, people, capacity, buffer, power, scratch
                                )  # fmt: skip
                            route[i] = -1
                            if chosen >= 0 and open_link[day, route_link[chosen]]:
                                goal = destination[chosen]
                                full = camp[day, goal] and _share(people[goal], capacity[goal], buffer) < 0.5
                                if not full:
                                    people[place] -= 1
                                    state[i] = ROAD
                                    where[i] = route_link[chosen]
                                    route[i] = route_rest[chosen]
                                    done[i] = 0.0
                        if phase == 0 or state[i] == REST:
                            break
                    link = where[i]
                    pace = speed[link]
                    if fresh[i] and on_foot:
                        pace = walk_speed
                    if walk_chance[link] > 0.0 and np.random.random() < walk_chance[link]:
                        pace = walk_speed
                    done[i] += pace
                    moved[i] += pace
                    if done[i] <= km[link]:
                        break
                    moved[i] += km[link] - done[i]
                    fresh[i] = False
                    state[i] = REST
                    if turned[i]:
                        turned[i] = False
                        where[i] = start[link]
                        route[i] = -1
                        people[start[link]] += 1
                        break
                    where[i] = end[link]
                    people[end[link]] += 1
                    if moved[i] >= pace:
                        break
                    force = avoid_stints and (recent[i] + moved[i] / top_speed) / 2.0 < 0.5
                    decide = True
        for i in range(n):
            recent[i] = (recent[i] + moved[i] / top_speed) / 2.0
            moved[i] = 0.0
        out[day] = people
    return out


def _pushed(world, days):
    """People whom each place sends out by itself, so many a day without chance, [day, place]."""
    out = np.zeros((days, len(world.place_ids)), np.int64)
    for push in world.pushes:
        assert push.mode != "poisson"
        for day in range(days):
            for place, inhabitants in enumerate(world.population):
                size = inhabitants if push.mode == "pop_ratio" else 1
                out[day, place] += int(push.rate[day, place] * size * push.strength[day, place])
    return out


def run_loop(world, *, seed, days=None):
    """People at each place at the end of each day, one run, [day, place]."""
    s = world.settings
    days = world.days if days is None else min(days, world.days)
    places = len(world.place_ids)
    # One class of people: the first posts are the places and their options the routes.
    routes = world.routes
    weight = np.full((days, len(routes.km)), -1.0)
    number = len(routes.km)
    free = world.place_ids and np.flatnonzero(world.option_post < places)
    for day in range(days):
        of_options = world.option_weights(day)
        weight[day, world.options.route[free]] = of_options[free]
    assert len(np.unique(world.options.route[free])) == number
    displaced, pushed = world.displaced, np.zeros((days, places), np.int64)
    if world.pushes:
        displaced = np.zeros_like(world.displaced)
        pushed += _pushed(world, days)
    return _loop(
        seed,
        days,
        int(displaced.sum() + pushed.sum() + world.day0.sum()) + 1,
        world.links.start,
        world.links.end,
        world.links.km,
        world.links.speed,
        world.links.walk_chance,
        routes.first,
        routes.destination,
        routes.link,
        routes.rest,
        weight,
        world.open_link,
        world.shutting,
        world.places.move_chance,
        world.places.town,
        world.places.camp,
        world.capacity,
        s.capacity_buffer,
        s.weight_power,
        world.places.origin_weight * world.population,
        displaced,
        pushed,
        world.day0,
        s.max_walk_speed,
        s.max_move_speed,
        s.start_on_foot,
        s.avoid_short_stints,
    )
