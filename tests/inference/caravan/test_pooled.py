"""The pool of one caravan's forecasters: tables that ship, who is left out, weights, rules with a spread."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from caravana.inference import pool
from caravana.inference.caravan import level, pacing
from caravana.inference.caravan.halts import hosting, past_the_town, with_roadside
from caravana.inference.caravan.hierarchy import vague_prior
from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled import others
from caravana.inference.caravan.pooled.figures import FigurePool, even_sample
from caravana.inference.caravan.pooled.leads import leads
from caravana.inference.caravan.pooled.rivals import rival_positions
from caravana.inference.caravan.pooled.rosters import (
    FIGURES,
    HORIZONS,
    POSITIONS,
    OwnCase,
    halves_at,
    moved_weights,
    nearest_horizon,
    own_errors,
    stretched_on_stops,
    terms_of_parts,
    weights_then,
)
from caravana.inference.reports import known_by, read_record
from caravana.inference.widths import LEAST, MOST, Halves
from caravana.models.scenarios import load_scenario


@pytest.fixture(scope="module", params=["tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18"])
def bundled(request):
    return request.param, read_record(load_scenario(request.param))


@pytest.fixture(scope="module")
def record():
    return read_record(load_scenario("tapachula-2021"))


def elsewhen(record):
    return dataclasses.replace(record, departs=dt.date(2030, 1, 1))


def test_a_bundled_caravan_is_left_out_of_every_table(bundled):
    name, record = bundled
    assert name in others.same_caravans(record)
    assert others.same_caravans(elsewhen(record)) == ()
    same_day_prior = others.advance_prior(others._readings(), others._departures(), without=(), like=record.departs)
    assert not np.allclose(others.pacer_prior(record).mean, same_day_prior.mean)
    assert not np.allclose(others.level_evidence(record), others.level_evidence(elsewhen(record)))
    table = others._weights()
    assert (name, "position") in table
    assert (name, "headcount") in table or name == "tapachula-2021-11-18"


def test_weights_that_ship_are_weights(bundled):
    _, record = bundled
    for quantity, roster in (("position", POSITIONS), ("headcount", FIGURES)):
        for horizon in (1, 2, 5, 14, 60):
            weights = others.learned_weights(record, quantity, horizon)
            assert weights.shape == (len(roster.names),)
            assert weights.sum() == pytest.approx(1.0, abs=1e-3)


def test_the_share_together_falls_with_the_days(record):
    shares = [others.share_together(record, horizon) for horizon in HORIZONS]
    assert shares == sorted(shares, reverse=True)
    assert 0.0 < shares[-1] < shares[0] < 1.0


def test_the_longer_ago_a_caravan_was_the_less_it_tells():
    assumed = vague_prior(pacing.COMMON).mean
    error = np.full(assumed.size, 0.1)
    readings = {"slow": (assumed - 0.5, error), "fast": (assumed + 0.5, error)}
    departures = {"slow": dt.date(2010, 1, 1), "fast": dt.date(2030, 1, 1)}
    early, late = (
        others.advance_prior(readings, departures, without=(), like=day).mean
        for day in (dt.date(2010, 6, 1), dt.date(2029, 6, 1))
    )
    assert (early < assumed).all()
    assert (late > assumed).all()
    alone = others.advance_prior(readings, departures, without=("slow",), like=dt.date(2010, 6, 1)).mean
    assert (alone > assumed).all()


@pytest.mark.parametrize(("days", "horizon"), [(1, 1), (2, 3), (4, 3), (5, 7), (9, 7), (10, 14), (60, 14)])
def test_days_between_take_the_weights_of_the_nearest_horizon(days, horizon):
    assert nearest_horizon(days) == horizon


def test_without_cases_of_its_own_the_learned_weights_stand(record):
    learned = others.learned_weights(record, "position", 3)
    assert moved_weights(POSITIONS, learned, [], horizon=3) == pytest.approx(learned / learned.sum())


def test_rules_have_the_spread_of_their_own_past_errors():
    rng = np.random.default_rng(1)
    even = {day: 20.0 * day for day in range(1, 15)}
    steady = rival_positions(even, start=0.0, target=15, end=2000.0, rng=rng)
    uneven = {day: 20.0 * day + (30.0 if day % 2 else 0.0) for day in range(1, 15)}
    ragged = rival_positions(uneven, start=0.0, target=15, end=2000.0, rng=rng)
    assert np.ptp(ragged["constant_pace_spread"]) > 3.0 * np.ptp(steady["constant_pace_spread"])
    assert np.median(steady["constant_pace_spread"]) == pytest.approx(300.0, abs=1.0)
    shifted = rival_positions({1: 120.0}, start=100.0, target=2, end=2000.0, rng=rng)
    assert np.median(shifted["constant_pace"]) == pytest.approx(140.0)


def test_figures_follow_their_side_and_are_positive(record):
    ahead = FigurePool(record).ahead(record.day(dt.date(2021, 11, 9)), days=3, size=200)
    assert set(ahead.weights) == {1, 3}
    medians = {side: np.median(values[0]) for side, values in ahead.reported.items()}
    assert medians["organisers"] > 1.3 * medians["authorities"]
    assert all((values > 0).all() for values in ahead.reported.values())


def test_an_even_sample_keeps_the_shares():
    sample = even_sample(np.array([3.0, 1.0]), np.array([0.25, 0.75]), 100)
    assert (sample == 1.0).sum() == 75
    assert sample.tolist() == sorted(sample)


def test_a_roadside_stop_tells_the_town_behind(record):
    stops = with_roadside(record.stops)
    between = [stop for stop in stops.ids if stop not in record.stops.ids]
    assert between
    town, km = past_the_town(between[0])
    at, behind = stops.ids.index(between[0]), stops.ids.index(town)
    assert stops.km[at] - stops.km[behind] == pytest.approx(km)
    assert past_the_town(town) == (town, 0)
    assert len(level.GRID_NAMES) == len(set(level.GRID_NAMES)) == len(level.GRID)


def test_places_that_hosted_others_draw_and_the_caravan_itself_hosts_nobody(record):
    here, elsewhere = others.hosted(record), others.hosted(elsewhen(record))
    assert here["huixtla"] > 5
    assert sum(here.values()) < sum(elsewhere.values())
    stops = with_roadside(record.stops)
    drawn = hosting(stops, {"huixtla": 3})
    at = stops.ids.index("huixtla")
    assert drawn.population[at] == pytest.approx(4.0 * stops.population[at])
    assert np.array_equal(np.delete(drawn.population, at), np.delete(stops.population, at))


def test_own_scores_move_the_useful_lead(record):
    weights = dict.fromkeys(HORIZONS, POSITIONS.prior)
    size = len(POSITIONS.names)

    def own(model, rules, cases):
        terms = pool.Terms(np.array([[model, model, *[rules] * (size - 2)]]), np.zeros((1, size, size)))
        return {"position": (POSITIONS, weights, [OwnCase(3, 9, 6, terms, 1.0, (), ())] * cases)}

    assert leads(record, {})["position"] >= 3
    assert leads(record, own(30.0, 10.0, 40))["position"] == 1
    assert leads(record, own(30.0, 10.0, 1))["position"] >= 3
    assert set(leads(record, {})) == {"position", "headcount", "together"}


def test_plans_are_trusted_as_often_as_they_were_kept(record):
    assert others.trust_in_plans([]) == pytest.approx(0.5)
    assert others.trust_in_plans([(3, 3), (1, 2)]) == pytest.approx(5.0 / 7.0)
    assert plans_kept(record) == (0, 1)
    assert others.plan_trust(record) < others.plan_trust(known_by(record, dt.date(2021, 11, 1)))


def test_stretched_chances_of_stops_keep_their_median_and_sum():
    km, chance = np.arange(0.0, 100.0, 5.0), np.full(20, 0.05)
    narrow = stretched_on_stops(km, chance, Halves(0.5, 0.5))
    assert narrow.sum() == pytest.approx(1.0)
    middle, wide = narrow @ km, chance @ km
    assert middle == pytest.approx(wide, abs=3.0)
    assert narrow @ (km - middle) ** 2 == pytest.approx(0.25 * (chance @ (km - wide) ** 2), rel=0.1)
    assert stretched_on_stops(km, chance, Halves(1.0, 1.0)).tolist() == pytest.approx(chance.tolist())
    upward = stretched_on_stops(km, chance, Halves(0.5, 1.0))
    assert upward[km > 50.0].tolist() == pytest.approx(chance[km > 50.0].tolist())
    assert upward[:4].sum() == 0.0


def test_widths_that_ship_are_within_bounds_and_narrow_far_ahead(bundled):
    _, record = bundled
    for quantity in ("position", "headcount"):
        for horizon in HORIZONS:
            halves = halves_at(others.learned_widths(record, quantity, horizon), [], horizon=horizon)
            assert all(LEAST <= half <= MOST for half in halves[:2])
    assert halves_at(others.learned_widths(record, "position", 7), [], horizon=7)[0] < 1.0


def own_case(truth, *, horizon=3, origin=1):
    samples = tuple(np.linspace(0.0, 100.0, 101) for _ in POSITIONS.names)
    terms = terms_of_parts(samples, (truth,))
    return OwnCase(horizon, origin + horizon, origin, terms, POSITIONS.scale(samples, horizon), samples, (truth,))


def test_own_forecasts_that_missed_above_widen_the_half_above_and_no_other(record):
    believed = others.learned_widths(record, "position", 3)
    learned = dict.fromkeys(HORIZONS, POSITIONS.prior)
    before = halves_at(believed, [], horizon=3)
    missed = own_errors(POSITIONS, learned, [own_case(150.0, origin=day) for day in range(1, 13)])
    after = halves_at(believed, missed, horizon=3)
    assert after[1] == MOST > before[1]
    assert after[0] <= before[0]
    far = own_errors(POSITIONS, learned, [own_case(150.0, horizon=14, origin=day) for day in range(1, 13)])
    assert halves_at(believed, far, horizon=3) == before


def test_weights_then_know_only_what_was_known_then():
    cases = [own_case(50.0, origin=day) for day in (1, 2, 3)]
    at_once = weights_then(POSITIONS, POSITIONS.prior, cases, horizon=3, evenings=[3, 5, 6])
    assert at_once[3] == pytest.approx(POSITIONS.prior)
    assert at_once[6] == pytest.approx(moved_weights(POSITIONS, POSITIONS.prior, cases, horizon=3))
    assert at_once[5] == pytest.approx(moved_weights(POSITIONS, POSITIONS.prior, cases[:2], horizon=3))


def test_figures_are_widened_on_the_log_scale():
    points, share = np.array([500.0, 1000.0, 2000.0]), np.array([0.2, 0.6, 0.2])
    assert FIGURES.widened(points, share, Halves(1.25, 0.5)) == pytest.approx([1000 * 2**-1.25, 1000.0, 1000 * 2**0.5])
    assert FIGURES.errors(points, share, (250.0, 1000.0, 4000.0)) == pytest.approx([-2.0, 0.0, 2.0])
