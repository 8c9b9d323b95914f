"""The prior over caravans, and following one caravan: recovery, no leak, the same numbers again."""

import numpy as np
import pytest

from caravana.inference.caravan.hierarchy import Common, fit_hierarchy, free_scale, natural, summarise, vague_prior
from caravana.inference.caravan.nights import Advance, Sighting, emission, sightings, transition
from caravana.inference.caravan.prior import COMMON, FITTED, TABLE, caravan_prior, left_out
from caravana.inference.caravan.tracking import follow, look_ahead, start_tracker
from caravana.inference.reports import Stops, known_by, read_record
from caravana.models.scenarios import load_scenario

ONE = {"walk_km": Common("log", np.log(20.0), 0.3, 0.4)}


def test_without_other_caravans_the_prior_is_vague():
    prior, vague = fit_hierarchy(ONE, []), vague_prior(ONE)
    assert prior.mean == pytest.approx(vague.mean, abs=0.01)
    assert prior.spread[0] >= vague.spread[0] - 1e-9


def test_other_caravans_move_the_prior_and_do_not_narrow_it():
    readings = [(np.array([np.log(45.0)]), np.array([0.1])), (np.array([np.log(44.0)]), np.array([0.1]))]
    prior, vague = fit_hierarchy(ONE, readings), vague_prior(ONE)
    assert np.log(24) < prior.mean[0] < np.log(45)
    assert prior.spread[0] >= vague.spread[0]


def test_a_record_that_says_nothing_is_passed_over():
    rng = np.random.default_rng(1)
    vague = vague_prior(ONE)
    free = vague.mean + vague.spread * rng.standard_normal((4000, 1))
    reading, error = summarise(ONE, free, np.ones(4000))
    assert not np.isfinite(error[0]) or error[0] > 3 * vague.spread[0]
    assert fit_hierarchy(ONE, [(reading, np.array([np.inf]))]).mean == pytest.approx(vague.mean, abs=0.01)


def test_a_sharp_record_is_read_where_it_is():
    rng = np.random.default_rng(1)
    vague = vague_prior(ONE)
    free = vague.mean + vague.spread * rng.standard_normal((20000, 1))
    weight = np.exp(-0.5 * ((free[:, 0] - np.log(30.0)) / 0.1) ** 2)
    reading, error = summarise(ONE, free, weight)
    assert reading[0] == pytest.approx(np.log(30.0), abs=0.02)
    assert error[0] == pytest.approx(0.1, rel=0.1)


def test_scales_go_there_and_back():
    vague = vague_prior(COMMON)
    values = vague.draw(np.random.default_rng(1), 50)
    free = free_scale(values, vague.names, vague.scales)
    again = natural(free, vague.names, vague.scales)
    assert all(np.allclose(values[name], again[name]) for name in vague.names)
    assert (values["rest_chance"] > 0).all()
    assert (values["rest_chance"] < 1).all()


@pytest.mark.parametrize("name", sorted(FITTED))
def test_a_fitted_caravan_is_forecast_with_the_set_that_has_not_seen_it(name):
    record = read_record(load_scenario(name))
    assert left_out(record) == name
    prior = caravan_prior(record)
    assert prior.mean == pytest.approx([m for m, _ in TABLE[name]])
    assert prior.mean != pytest.approx([m for m, _ in TABLE["none"]])


def road(n=40, gap=8.0):
    return Stops(tuple(f"p{i}" for i in range(n)), gap * np.arange(n), 1000.0 * (1 + np.arange(n) % 5))


def walk(seed, days=14, **values):
    """Nights of a made-up caravan with known parameters."""
    stops, rng = road(), np.random.default_rng(seed)
    truth = {
        "rest_chance": 0.15, "walk_km": 20.0, "walk_spread": 5.0, "lift_chance": 0.05, "lift_km": 60.0,
        "lift_spread": 30.0, "population_pull": 0.8, **values,
    }  # fmt: skip
    kernel = transition(stops, Advance.from_columns({k: np.array([v]) for k, v in truth.items()}))[0].astype(float)
    at, nights = 0, {}
    for day in range(1, days + 1):
        at = int(rng.choice(stops.km.size, p=kernel[at] / kernel[at].sum()))
        nights[day] = emission(stops, [Sighting(day, stops.km[at], 1.5, 0.97)])
    return stops, nights


def test_a_slow_and_a_fast_caravan_are_told_apart():
    paces = []
    for pace in (14.0, 32.0):
        stops, nights = walk(5, walk_km=pace, rest_chance=0.1)
        tracker = start_tracker(vague_prior(COMMON), stops, np.eye(40)[0], np.random.default_rng(1), draws=300)
        _, posterior = follow(tracker, nights, np.random.default_rng(2), until=10, memory=1.0)
        paces.append(posterior.weight @ posterior.parameters["walk_km"])
    assert paces[0] < 20 < paces[1]


def test_following_day_by_day_is_the_same_as_at_once():
    stops, nights = walk(3)
    prior = vague_prior(COMMON)
    rng = np.random.default_rng
    tracker = start_tracker(prior, stops, np.eye(40)[0], rng(1), draws=100)
    for day in range(1, 5):
        # FRESHEN draws anew where few carry the weight: four days leave enough of a hundred draws.
        tracker, step_by_step = follow(tracker, {d: e for d, e in nights.items() if d <= day}, rng(2), until=day)
    first = start_tracker(prior, stops, np.eye(40)[0], rng(1), draws=100)
    _, at_once = follow(first, {d: e for d, e in nights.items() if d <= 4}, rng(2), until=4)
    if np.array_equal(step_by_step.parameters["walk_km"], at_once.parameters["walk_km"]):
        assert step_by_step.weight == pytest.approx(at_once.weight, rel=1e-4)
    ahead = look_ahead(at_once, days=3)
    assert ahead.shape == (3, 40)
    assert ahead.sum(axis=1) == pytest.approx(np.ones(3))


def test_a_report_that_comes_late_is_worked_in():
    stops, nights = walk(3)
    rng = np.random.default_rng
    tracker = start_tracker(vague_prior(COMMON), stops, np.eye(40)[0], rng(1), draws=100)
    tracker, without = follow(tracker, {1: nights[1]}, rng(2), until=3)
    _, late = follow(tracker, {1: nights[1], 2: nights[2]}, rng(2), until=3)
    assert np.abs(late.nights[-1] - without.nights[-1]).max() > 0.05


@pytest.mark.statistical
def test_ranks_of_known_parameters_are_spread_out():
    """A short simulation-based calibration (Talts and others 2018); the long one is benchmarks/sbc.py."""
    prior = vague_prior(COMMON)
    ranks = []
    for seed in range(40):
        truth = prior.draw(np.random.default_rng(1000 + seed), 1)
        stops, nights = walk(seed, days=10, **{k: float(v[0]) for k, v in truth.items()})
        tracker = start_tracker(prior, stops, np.eye(40)[0], np.random.default_rng(2000 + seed), draws=120)
        rng = np.random.default_rng(3000 + seed)
        _, posterior = follow(tracker, nights, rng, until=10, memory=1.0)
        ranks.append(
            [float(posterior.weight @ (posterior.parameters[k] < truth[k])) for k in ("walk_km", "rest_chance")]
        )
    for column in np.array(ranks).T:
        # Mean of 40 uniforms: .5 with standard deviation .046.
        assert abs(column.mean() - 0.5) < 0.15
        assert 0.2 < column.std() < 0.38


def test_priors_do_not_know_the_future():
    record = read_record(load_scenario("tapachula-2021"))
    early = known_by(record, record.date(3))
    assert max(sightings(early, until=3)) <= 3
