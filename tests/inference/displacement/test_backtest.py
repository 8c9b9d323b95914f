"""Displacement through the same backtest: cut at the origin, scored beside naive rules and Flee's."""

import datetime as dt

import numpy as np
import pytest

from caravana.errors import UsageError
from caravana.inference.displacement.backtest import backtest_displacement
from caravana.inference.displacement.calibration import calibrate_displacement, counts_used, parameters_of, weigh
from caravana.inference.displacement.forecast import cut
from caravana.inference.displacement.listening import scored_day
from caravana.inference.posterior.folder import read_posterior
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.scorecard import scorecard
from caravana.models.displacement.counts import daily_counts
from caravana.reporting.pages.calibration import write_calibration
from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series
from caravana.simulation import simulate

START = dt.date(2020, 1, 1)


def counted(place, day, number):
    date = START + dt.timedelta(days=day)
    return Observation(
        id=f"{place or 'total'}-{day}", date=date, known_on=date, place_id=place, low=number, high=number,
        kind="camp_count" if place else "total_count", qualifier="exact", speaker_role="UNHCR", speaker_side="observer",
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    days = 40
    rows = []
    for day in range(0, days, 4):
        rows += [counted("near", day, 60 * day), counted("far", day, 30 * day), counted(None, day, 90 * day)]
    places = (
        Place(id="war", name="War", kind="conflict_zone", population=20000, lat=1, lon=1),
        Place(id="near", name="Near", kind="camp", capacity=4000, lat=1, lon=2),
        Place(id="far", name="Far", kind="camp", capacity=4000, lat=1, lon=3),
    )
    conflict = Series(kind="conflict", days=(0,), place_ids=("war", "near", "far"), values=np.array([[1.0, 0, 0]]))
    return Scenario(
        name="two-camps", title="Two camps", start=START, end=START + dt.timedelta(days=days - 1), rules="flee",
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places,
        links=(Link(from_id="war", to_id="near", km=60), Link(from_id="war", to_id="far", km=180)),
        observations=tuple(rows), series=(conflict,),
    )  # fmt: skip


def test_nothing_counted_later_is_left_in(scenario):
    seen = cut(scenario, START + dt.timedelta(days=20))
    assert max(o.date for o in seen.observations) <= START + dt.timedelta(days=20)
    assert seen.settings["origin_day"] == 20
    assert seen.settings["forecast_total"] is True
    with pytest.raises(UsageError, match="nothing had been counted"):
        cut(scenario, START - dt.timedelta(days=1))


def test_a_camp_first_counted_later_is_forecast_too(scenario):
    origin = START + dt.timedelta(days=20)
    rows = tuple(o for o in scenario.observations if o.place_id != "far" or o.date > origin)
    late = scenario.model_copy(update={"observations": rows})
    assert daily_counts(cut(late, origin)).place_ids == ("near", "far")
    case = next(
        c
        for c in backtest_displacement(late, origins=[origin], horizons=(14,), flee=False)
        if c.caravan == "two-camps/far"
    )
    assert case.scores["persistence"].error == -case.truth
    assert case.scores[MODEL].width90 > 0


def test_naive_rules_by_hand():
    counts = np.exp(np.outer(np.arange(31), [0.02, 0.0])) * [1000.0, 500.0]
    rules = naive(counts, ahead=10)
    assert rules["persistence"] == pytest.approx(counts[-1])
    assert rules["log_linear_trend"] == pytest.approx([1000 * np.exp(0.8), 500], rel=0.01)
    assert rules["share_held"].sum() == pytest.approx(1000 * np.exp(0.8) + 500, rel=0.05)
    assert rules["share_held"][0] / rules["share_held"][1] == pytest.approx(counts[-1, 0] / counts[-1, 1])


def test_a_camp_is_scored_on_a_count_or_between_near_ones():
    dated = np.array([0, 28, 60, 80, 200])
    assert scored_day(dated, 20, 14, line=31) is None  # counts on days 28 and 60 are too far apart
    assert scored_day(dated, 20, 14, line=32) == (34, False)
    assert scored_day(dated, 50, 14, line=31) == (64, False)
    assert scored_day(dated, 20, 9, line=31) == (28, True)
    assert scored_day(dated, 60, 1, line=31) == (61, False)  # the count of the origin itself is no news
    assert scored_day(dated, 150, 50, line=31) == (200, True)
    assert scored_day(dated, 195, 30, line=400) is None


def test_what_is_forecast_goes_on_growing(scenario):
    origin = START + dt.timedelta(days=20)
    cases = backtest_displacement(scenario, origins=[origin], horizons=(14,), members=128, flee=False)
    for case in cases:
        held, model = case.scores["persistence"], case.scores[MODEL]
        assert abs(model.error) < abs(held.error)
        assert model.inside[2]
        assert case.firm


def test_every_camp_is_scored_beside_the_rules(scenario):
    cases = backtest_displacement(
        scenario, origins=[START + dt.timedelta(days=20)], horizons=(7, 14), members=64, flee=True, workers=1
    )
    assert {(c.caravan, c.horizon) for c in cases} == {(f"two-camps/{p}", h) for p in ("near", "far") for h in (7, 14)}
    assert all({MODEL, "flee", "persistence", "log_linear_trend", "share_held"} <= set(c.scores) for c in cases)
    card = scorecard(cases)
    assert set(card["skill"]["counts"]) == {"7", "14"}
    assert set(card["coverage90"]["counts"]) == {"7", "14"}


def test_origins_that_leave_nothing_are_named(scenario):
    with pytest.raises(UsageError, match="leave nothing to score"):
        backtest_displacement(scenario, origins=[START + dt.timedelta(days=39)], horizons=(7,))
    empty = scenario.model_copy(update={"observations": ()})
    with pytest.raises(UsageError, match="no counts of camps"):
        backtest_displacement(empty)


@pytest.fixture(scope="module")
def fitted(scenario, tmp_path_factory):
    folder = tmp_path_factory.mktemp("camps") / "posterior"
    until = START + dt.timedelta(days=32)
    return folder, until, calibrate_displacement(scenario, folder, until=until, budget=192, draws=100, seed=2)


def test_displacement_is_calibrated_to_the_counts_published_by_then(scenario, fitted):
    folder, until, report = fitted
    assert {r["date"] for r in report["reports"]} == {"2020-01-29", "2020-02-02"}
    assert all(o.date <= until for o in counts_used(scenario, until))
    assert 1 < report["effective_members"] <= 192
    kept = read_posterior(folder, scenario=scenario)
    assert kept.draws["size_power"].shape == (100,)
    assert "<svg" in write_calibration(folder).read_text() or not any(
        row["identified"] for row in report["parameters"].values()
    )


def test_the_same_calibration_again_is_the_same(scenario, fitted):
    folder, until, report = fitted
    assert calibrate_displacement(scenario, folder, until=until, budget=192, draws=100, seed=2) == report


def test_parameters_of_members_lie_with_the_run_and_do_not_depend_on_how_many_there_are(scenario):
    few, many = (
        parameters_of(simulate(scenario, members=members, seed=5, rules="camp-shares", workers=1))
        for members in (70, 130)
    )
    assert all(np.array_equal(few[name], many[name][:70]) for name in few)
    assert np.ptp(few["held"]) > 0


def test_the_member_that_fits_weighs_most():
    people = np.array([[100.0, 200.0], [400.0, 50.0]])
    weight, power = weigh(people, np.array([105.0, 190.0]))
    assert power == 1.0
    assert weight[0] > 0.99
    assert weight.sum() == pytest.approx(1.0)


def test_without_counts_there_is_nothing_to_calibrate_to(scenario, tmp_path):
    with pytest.raises(UsageError, match="no camp of two-camps had been counted"):
        calibrate_displacement(scenario, tmp_path / "x", until=START, budget=64)
