"""The chain whose halts last: sums over all ways, roadside stops, and draws weighed by what was reported."""

import itertools

import numpy as np
import pytest

from caravana.inference.caravan import halts, pacing
from caravana.inference.caravan.hierarchy import vague_prior
from caravana.inference.caravan.nights import Advance, Announced, Sighting, emission
from caravana.inference.reports import Stops

ROAD = Stops(("a", "b", "c", "d"), np.array([0.0, 20.0, 45.0, 60.0]), np.array([5000.0, 2000.0, 9000.0, 1000.0]))


def one_draw():
    return Advance(*(np.array([x]) for x in (0.2, 22.0, 8.0, 0.1, 50.0, 20.0, 1.0)))


def test_a_long_empty_stretch_gets_a_stop_every_ten_km_and_a_short_one_none():
    stops = halts.with_roadside(Stops(("x", "y", "z"), np.array([0.0, 19.0, 60.0]), np.full(3, 3000.0)))
    assert stops.ids == ("x", "y", "y+10", "y+20", "y+30", "z")
    assert stops.km == pytest.approx([0.0, 19.0, 29.0, 39.0, 49.0, 60.0])
    assert stops.population[2] < stops.population[1]


def test_stay_chances_grow_with_the_nights_already_stayed():
    chances = halts.stay_chances(np.array([0.2]), np.array([0.5]), np.array([1.0]))[0]
    assert chances[0] == pytest.approx(0.2)
    assert np.all(np.diff(chances) > 0)


def test_the_odds_of_staying_go_on_rising_through_a_long_halt():
    """After a day's rest, three nights and a week: each later night is likelier to be followed by one more."""
    chances = halts.stay_chances(np.array([0.23]), np.array([0.4]), np.array([1.4]))[0]
    odds = chances / (1.0 - chances)
    assert odds[3] == pytest.approx(odds[2] * np.exp(0.7))
    assert odds[5] == pytest.approx(odds[3] * np.exp(0.7))
    assert chances[7] > 0.9


def test_a_caravan_that_went_by_lorry_is_where_it_is_reported():
    """480 km in a day, which no lift explains: half believed at once, wholly when it is seen there again."""
    stops = Stops(tuple(f"s{i}" for i in range(50)), np.arange(50) * 20.0, np.full(50, 3000.0))
    kernel, stay = halts.moves(stops, one_draw(), np.array([1.0])), np.full((1, halts.HALTS), 0.2)
    there = {day: emission(stops, [Sighting(day, km, 2.0, 0.97)]) for day, km in ((1, 20.0), (2, 500.0), (3, 520.0))}
    begun = halts.begin(np.eye(50)[0], 1)
    once, again = (halts.carry(begun, kernel, stay, there, until=day).state[0].sum(axis=0) for day in (2, 3))
    assert 0.25 < once[25] < 0.75
    assert again[25:28].sum() > 0.95


def test_the_forecast_is_the_sum_over_all_ways():
    """Three nights on four stops, every way written out with its halts counted."""
    kernel = halts.moves(ROAD, one_draw(), np.array([1.0]))
    stay = halts.stay_chances(np.array([0.3]), np.array([0.4]), np.array([1.0]))
    start = halts.begin(np.eye(4)[1], 1)
    out = halts.ahead(start, kernel, stay, days=3, plans={})
    expected = np.zeros(4)
    for way in itertools.product(range(4), repeat=3):
        for stays in itertools.product((False, True), repeat=3):
            chance, here, halted = 1.0, 1, 0
            for stop, staying in zip(way, stays, strict=True):
                again = stay[0, min(halted, halts.HALTS - 1)]
                chance *= again * (stop == here) if staying else (1 - again) * kernel[0, here, stop]
                halted = halted + 1 if staying else 0
                here = stop
            expected[here] += chance
    assert out[2, 0] == pytest.approx(expected, abs=1e-6)
    assert out.sum(axis=2) == pytest.approx(np.ones((3, 1)), abs=1e-5)


def test_a_plan_that_is_trusted_wholly_is_kept():
    kernel, stay = halts.moves(ROAD, one_draw(), np.array([1.0])), np.full((1, halts.HALTS), 0.2)
    made = halts.ahead(halts.begin(np.eye(4)[0], 1), kernel, stay, days=1, plans={1: (np.eye(4)[2], 1.0)})
    assert made[0, 0] == pytest.approx(np.eye(4)[2], abs=1e-6)


def test_filtering_in_two_steps_is_filtering_in_one():
    kernel, stay = halts.moves(ROAD, one_draw(), np.array([1.0])), np.full((1, halts.HALTS), 0.4)
    seen = {1: np.array([0.1, 0.9, 0.1, 0.1]), 3: np.array([0.1, 0.1, 0.9, 0.1])}
    begun = halts.begin(np.eye(4)[0], 1)
    whole = halts.carry(begun, kernel, stay, seen, until=4)
    parts = halts.carry(halts.carry(begun, kernel, stay, seen, until=2), kernel, stay, seen, until=4)
    assert parts.state == pytest.approx(whole.state, abs=1e-6)
    assert parts.log_likelihood == pytest.approx(whole.log_likelihood)
    assert whole.log_likelihood[1] == 0.0


def pacer(seed=1, draws=200):
    stops = Stops(tuple("abcdefghij"), np.arange(10) * 15.0, np.full(10, 3000.0))
    prior = vague_prior(pacing.COMMON)
    return pacing.Pacer(prior, stops, np.eye(10)[0], np.random.default_rng(seed), draws=draws)


def test_a_caravan_that_halts_is_expected_to_stay_and_one_that_walks_to_walk():
    halted = {day: np.eye(10)[2] + 1e-3 for day in range(1, 7)}
    walked = {day: np.eye(10)[min(day, 9)] + 1e-3 for day in range(1, 7)}
    chances = []
    for seen, at in ((halted, 2), (walked, 6)):
        one = pacer()
        outlook = one.tonight(seen, until=6)
        nights = np.tensordot(outlook.under(one.prior), outlook.nights(days=1, plans={}, trust=0.5)[0], axes=1)
        chances.append(float(nights[at]))
    assert chances[0] > 0.5
    assert chances[1] < 0.35


def test_a_late_report_is_taken_in_as_if_it_had_been_there():
    seen = {1: np.eye(10)[1] + 1e-2, 2: np.eye(10)[2] + 1e-2, 3: np.eye(10)[3] + 1e-2}
    one, other = pacer(), pacer()
    one.tonight({1: seen[1]}, until=2)
    late = one.tonight(seen, until=3)
    at_once = other.tonight(seen, until=3)
    assert late.faded == pytest.approx(at_once.faded)


def test_weights_under_another_prior_are_of_that_prior():
    one = pacer()
    outlook = one.tonight({1: np.eye(10)[1] + 1e-2}, until=1)
    low = vague_prior(pacing.COMMON)
    low.mean[0] -= 1.0
    rest = outlook.draws.free[:, 0]
    assert outlook.under(low) @ rest < outlook.under(vague_prior(pacing.COMMON)) @ rest


def test_an_announced_night_is_likelier_than_unannounced():
    one = pacer()
    outlook = one.tonight({1: np.eye(10)[1] + 1e-2}, until=1)
    weight = outlook.under(one.prior)
    plain = weight @ outlook.nights(days=1, plans={}, trust=0.6)[0]
    planned = weight @ outlook.nights(days=1, plans={1: Announced(np.eye(10)[3], 0.6)}, trust=0.6)[0]
    assert planned[3] > max(0.5, plain[3])


def test_of_caravans_still_together_fewer_halt_where_those_that_halt_end():
    kernel, stay = halts.moves(ROAD, one_draw(), np.array([1.0])), np.full((1, halts.HALTS), 0.4)
    lasting = np.full((4, halts.HALTS, 4), 0.9)
    start = halts.begin(np.eye(4)[0], 1)
    plain = halts.ahead(start, kernel, stay, days=4, plans={2: (np.eye(4)[1], 0.6)})
    alike = halts.ahead(start, kernel, stay, days=4, plans={2: (np.eye(4)[1], 0.6)}, lasting=lasting)
    assert alike == pytest.approx(plain * 0.9 ** np.arange(1, 5)[:, None, None], rel=1e-4)
    lasting[:, 1:] = 0.5
    halted = halts.ahead(start, kernel, stay, days=4, plans={}, lasting=lasting)
    free = halts.ahead(start, kernel, stay, days=4, plans={})
    assert halted[2, 0, 0] / halted[2, 0].sum() < 0.6 * free[2, 0, 0]


def test_where_nobody_ends_a_position_is_as_without():
    one = pacer()
    outlook = one.tonight({1: np.eye(10)[1] + 1e-2}, until=1)
    sure = np.ones((3, halts.HALTS, 10))
    plain = outlook.expected(one.prior, days=3, plans={}, trust=0.6)
    assert outlook.expected(one.prior, days=3, plans={}, trust=0.6, lasting=sure) == pytest.approx(plain, abs=1e-6)


def test_a_caravan_that_turned_round_is_forecast_to_go_back():
    """As likely to be going back as can be, it is where its walks would have it on a mirrored road."""
    stops = Stops(tuple(f"s{i}" for i in range(31)), np.arange(31) * 10.0, np.full(31, 3000.0))
    prior = vague_prior(pacing.COMMON)

    def night(km):
        return emission(stops, [Sighting(1, km, 2.0, 0.97)])

    seen = {day: night(km) for day, km in enumerate((20.0, 40.0, 60.0, 80.0, 60.0, 40.0), start=1)}
    onwards, back = (
        pacing.Pacer(prior, stops, np.eye(31)[0], np.random.default_rng(5), draws=60).tonight(
            seen, until=6, back=chances
        )
        for chances in ({}, {6: 0.3, 7: 0.95})
    )
    plain, turned = (one.expected(prior, days=2, plans={}, trust=0.5) @ stops.km for one in (onwards, back))
    assert plain[1] > plain[0] > 45.0
    assert turned[1] < turned[0] < 35.0
    assert back.sketch(prior, stops.km, days=2, plans={}, trust=0.5) @ stops.km == pytest.approx(turned, abs=2.0)


def test_the_way_back_has_its_open_road_where_it_is():
    stops = Stops(tuple(f"s{i}" for i in range(80)), np.arange(80) * 10.0, np.full(80, 3000.0))
    lifts = Advance(*(np.array([x]) for x in (0.2, 22.0, 8.0, 0.99, 50.0, 10.0, 1.0)))
    km = halts.turned(stops).km
    kernel = halts.moves(halts.turned(stops), lifts, np.array([2.0]), homewards=True)[0]
    assert kernel[5] @ km - km[5] == pytest.approx(100.0, abs=8.0)
    assert kernel[50] @ km - km[50] == pytest.approx(50.0, abs=8.0)
