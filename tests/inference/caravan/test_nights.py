"""The night chain against what can be worked out by hand, by brute force, and by the simulator itself."""

import itertools

import numpy as np
import pytest
from tests.made.small import small_scenario

from caravana.inference.caravan.nights import (
    Advance,
    Announced,
    Sighting,
    emission,
    filter_nights,
    follow_plan,
    forecast_nights,
    move_weights,
    transition,
)
from caravana.inference.caravan.paths import sample_paths
from caravana.inference.reports import CaravanReports, Night, Stops
from caravana.scenario.roads import trace_itinerary
from caravana.simulation import simulate


def road(n=5, gap=12.0):
    return Stops(tuple(f"p{i}" for i in range(n)), gap * np.arange(n), 1000.0 * (1 + np.arange(n) % 3))


def draws(n=3, **changes):
    rng = np.random.default_rng(3)
    columns = {
        "rest_chance": rng.uniform(0.1, 0.4, n),
        "walk_km": rng.uniform(10, 25, n),
        "walk_spread": rng.uniform(4, 9, n),
        "lift_chance": rng.uniform(0.05, 0.3, n),
        "lift_km": rng.uniform(30, 70, n),
        "lift_spread": rng.uniform(10, 30, n),
        "population_pull": rng.uniform(0.2, 1.5, n),
    }
    return Advance(**{**columns, **changes})


def test_one_step_by_hand():
    stops = Stops(("a", "b", "c"), np.array([0.0, 10.0, 30.0]), np.array([1000.0, 2000.0, 8000.0]))
    weight = move_weights(stops, np.array([15.0]), np.array([5.0]), np.array([0.5]))[0]
    b, c = np.exp(-0.5) * 2000**0.5, np.exp(-0.5 * 9) * 8000**0.5
    assert weight[0] == pytest.approx([0.0, b / (b + c), c / (b + c)])
    assert weight[1] == pytest.approx([0.0, 0.0, 1.0])
    assert weight[2] == pytest.approx([0.0, 0.0, 1.0])  # the end keeps whoever is there


def test_a_gap_far_beyond_the_reach_is_crossed_and_not_divided_by_zero():
    stops = Stops(("a", "b", "c"), np.array([0.0, 500.0, 520.0]), np.full(3, 1000.0))
    weight = move_weights(stops, np.array([10.0]), np.array([2.0]), np.array([1.0]))
    assert np.isfinite(weight).all()
    assert weight[0, 0, 1] == pytest.approx(1.0)


def test_stops_that_are_not_looked_at_would_have_had_no_chance():
    rng = np.random.default_rng(8)
    km = np.sort(rng.choice([*rng.uniform(0, 1500, 90), 40.0, 40.0, 900.0], 93, replace=False))
    stops = Stops(tuple(map(str, range(93))), km, 10 ** rng.uniform(1, 7, 93))
    reach, spread, pull = np.array([17.0, 60.0, 5.0]), np.array([1.5, 20.0, 0.5]), np.array([0.5, -0.8, 1.2])
    found = move_weights(stops, reach, spread, pull)
    for d in range(3):
        for row in range(92):
            log_weight = -0.5 * ((km[row + 1 :] - km[row] - reach[d]) / spread[d]) ** 2
            log_weight += pull[d] * np.log(stops.population[row + 1 :])
            weight = np.exp(log_weight - log_weight.max())
            expected = np.r_[np.zeros(row + 1), weight / weight.sum()]
            assert np.allclose(found[d, row], expected, rtol=1e-12, atol=0.0) or np.array_equal(
                found[d, row].astype(np.float32), expected.astype(np.float32)
            )


def test_kernels_are_chances_and_do_not_depend_on_the_chunk():
    stops, advance = road(), draws(5)
    kernel = transition(stops, advance)
    assert kernel.sum(axis=2) == pytest.approx(np.ones((5, 5)), abs=1e-6)
    assert np.array_equal(kernel, transition(stops, advance, chunk=2))
    assert kernel[:, 0, 0] == pytest.approx(advance.rest_chance)


def test_likelihood_equals_the_sum_over_all_ways():
    stops, advance = road(), draws(3)
    kernel = transition(stops, advance)
    start = np.array([1.0, 0, 0, 0, 0])
    evidence = {
        2: emission(stops, [Sighting(2, 24.0, 6.0, 0.9)]),
        4: emission(stops, [Sighting(4, 36.0, 2.0, 0.97), Sighting(4, 48.0, 2.0, 0.97)]),
    }
    found = filter_nights(kernel, start, evidence, days=4)
    ends = np.zeros((3, 5))
    for way in itertools.product(range(5), repeat=4):
        chance = np.ones(3)
        for day, (here, there) in enumerate(itertools.pairwise((0, *way)), 1):
            chance = chance * kernel[:, here, there] * (evidence[day][there] if day in evidence else 1.0)
        ends[:, way[-1]] += chance
    assert found.log_likelihood.sum(axis=0) == pytest.approx(np.log(ends.sum(axis=1)), abs=1e-5)
    assert found.night[-1] == pytest.approx(ends / ends.sum(axis=1, keepdims=True), abs=1e-5)


def test_nobody_rests_on_the_day_of_departure():
    stops, advance = road(), draws(4)
    kernel = transition(stops, advance)
    start = np.array([1.0, 0, 0, 0, 0])
    first = filter_nights(kernel, start, {}, days=1, rest=advance.rest_chance).night[0]
    assert first[:, 0] == pytest.approx(np.zeros(4), abs=1e-6)
    assert first.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    assert first[:, 1:] == pytest.approx(kernel[:, 0, 1:] / (1 - advance.rest_chance[:, None]), abs=1e-6)


def test_nights_without_a_report_change_nothing():
    stops, advance = road(), draws(2)
    kernel = transition(stops, advance)
    start = np.array([1.0, 0, 0, 0, 0])
    seen = {3: emission(stops, [Sighting(3, 24.0, 2.0, 0.97)])}
    found = filter_nights(kernel, start, seen, days=3)
    assert found.log_likelihood[:2] == pytest.approx(np.zeros((2, 2)))
    squared = np.einsum("dij,djk->dik", kernel, kernel)
    assert found.night[1] == pytest.approx(squared[:, 0], abs=1e-6)


def test_forecast_is_the_chain_run_on_and_averaged_by_weight():
    stops, advance = road(), draws(2)
    kernel = transition(stops, advance)
    night = np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]], np.float32)
    weight = np.array([1.0, 3.0])
    ahead = forecast_nights(kernel, night, weight, days=2)
    one = 0.25 * kernel[0, 0] + 0.75 * kernel[1, 1]
    assert ahead[0] == pytest.approx(one, abs=1e-6)
    assert ahead.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_a_plan_is_kept_with_its_trust_and_tells_nothing_of_the_draws():
    night = np.array([[0.4, 0.1], [0.1, 0.4]], np.float32)
    kept = follow_plan(night, Announced(np.array([0.0, 1.0]), trust=0.7))
    assert kept.sum() == pytest.approx(1.0)
    assert kept[:, 1].sum() == pytest.approx(0.7 + 0.3 * 0.5)
    impossible = follow_plan(night, Announced(np.zeros(2), trust=0.7))
    assert np.array_equal(impossible, night)


def test_sightings_that_disagree_are_a_mixture():
    stops = road()
    both = emission(stops, [Sighting(1, 0.0, 2.0, 1.0), Sighting(1, 48.0, 2.0, 1.0)])
    assert both[0] == pytest.approx(0.5, abs=1e-6)
    assert both[4] == pytest.approx(0.5, abs=1e-6)
    between = emission(stops, [Sighting(1, 18.0, 0.1, 1.0)])
    assert between[1] == pytest.approx(between[2])  # half-way between two stops: either
    assert between[1] > 0.5


@pytest.mark.statistical
def test_ways_drawn_backwards_have_the_smoothed_nights():
    stops, advance = road(), draws(1)
    kernel = np.repeat(transition(stops, advance), 4000, axis=0)
    start = np.array([1.0, 0, 0, 0, 0])
    evidence = {3: emission(stops, [Sighting(3, 36.0, 1.0, 0.999)])}
    found = filter_nights(kernel, start, evidence, days=3)
    ways = sample_paths(kernel, found.night, np.random.default_rng(1))
    exact = np.zeros(5)
    for way in itertools.product(range(5), repeat=3):
        exact[way[0]] += (
            kernel[0, 0, way[0]] * kernel[0, way[0], way[1]] * kernel[0, way[1], way[2]] * evidence[3][way[2]]
        )
    exact /= exact.sum()
    assert np.bincount(ways[:, 0], minlength=5) / 4000 == pytest.approx(exact, abs=0.025)
    assert (np.diff(ways, axis=1) >= 0).all()


@pytest.mark.statistical
def test_the_simulator_and_the_exact_chain_have_the_same_nights():
    """The ensemble samples what the chain sums: 640 members, one scenario without road blocks or policies."""
    scenario = small_scenario(towns=15, gap=9.0, days=6, turnout=40, stuck_pool=60, leave_hazard=0, accept_hazard=0)
    run = simulate(scenario, members=640, seed=5, workers=1)
    ids, km = trace_itinerary(scenario, scenario.itineraries[0])
    stops = Stops(ids, np.asarray(km), np.array([float(p.population) for p in scenario.places]))
    values = {p.name: np.array([p.value]) for p in scenario.parameters}
    kernel = transition(stops, Advance.from_columns(values))
    start = np.eye(15)[0]
    exact = filter_nights(kernel, start, {}, days=6, rest=values["rest_chance"]).night[:, 0]
    for day in (0, 2, 5):
        date = scenario.start.isoformat() if day == 0 else str(run.days[day].date())
        rows = run.query(
            f"SELECT place, count(*) AS n FROM caravans WHERE day = DATE '{date}' AND caravan = 'first' GROUP BY place"
        )
        seen = np.array([rows.loc[rows.place == p, "n"].sum() for p in ids]) / 640
        assert np.abs(np.cumsum(seen) - np.cumsum(exact[day])).max() < 1.63 / np.sqrt(640)  # Kolmogorov, 1%


def test_stops_must_be_in_order():
    with pytest.raises(ValueError, match="may not fall"):
        Stops(("a", "b"), np.array([5.0, 1.0]), np.ones(2))
    with pytest.raises(ValueError, match="two localities"):
        Stops(("a",), np.array([5.0]), np.ones(1))


def test_records_count_days_from_the_evening_before_the_departure():
    import datetime as dt

    record = CaravanReports("x", dt.date(2021, 10, 23), road(), np.eye(5)[0], (), (), (), dt.date(2021, 11, 1))
    assert record.day(dt.date(2021, 10, 23)) == 1
    assert record.date(record.day(dt.date(2021, 10, 30))) == dt.date(2021, 10, 30)
    assert Night(dt.date(2021, 10, 23), dt.date(2021, 10, 23), 1.0, 1.0, 1.0, planned=False, firm=True).direct
