"""Calibration of a small scenario: finds what made the data, goes on after a kill, refuses what cannot be."""

import dataclasses
import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.ensemble.test_parallel import cluster
from tests.made.small import parameters, small_scenario

from caravana.errors import RunError, UsageError
from caravana.inference.caravan.calibration import _target, calibrate_scenario
from caravana.inference.caravan.conditioned import Lead, simulate_led
from caravana.inference.caravan.expected import Course, compile_setting, expect
from caravana.inference.caravan.paths import draw_ways
from caravana.inference.caravan.proposal import roots, search
from caravana.inference.likelihood import least_gap, log_reports, observed_values
from caravana.inference.posterior.folder import PosteriorPlan, open_folder, read_array, read_posterior
from caravana.inference.reports import ReportedFigure, read_record
from caravana.inference.weights import systematic, tempered, truncated
from caravana.models.caravan.conditioned import Guide
from caravana.reporting.pages.calibration import write_calibration
from caravana.scenario.model import Observation, Policy, Prior
from caravana.scenario.priors import check_priors


def uncertain(**priors):
    return tuple(
        p.model_copy(update={"value": None, "prior": priors[p.name], "low": 0.0, "high": 1e6})
        if p.name in priors
        else p
        for p in parameters(stuck_pool=3000, merge_chance=0, split_chance=0)
    )


def told(number, day, **fields):
    date = dt.date(2021, 10, 22) + dt.timedelta(days=day)
    known = {
        "id": f"o{number}", "date": date, "known_on": date, "caravan": "first", "qualifier": "about",
        "speaker_role": f"agency {number}", "speaker_side": "agency", "kind": "headcount", "place_id": None,
    }  # fmt: skip
    return Observation(**{**known, **fields})


def counted(*figures):
    rows = [told(i, i + 1, low=f, high=f) for i, f in enumerate(figures)]
    rows += [
        told(90, 1, kind="position", place_id="p1", qualifier="exact"),
        told(91, 3, kind="position", place_id="p2", qualifier="exact"),
    ]
    return tuple(rows)


def scenario(*figures, **changes):
    fields = {
        "towns": 8, "days": 6, "observations": counted(*figures),
        "parameters": uncertain(
            turnout=Prior(dist="lognormal", median=400, sigma=0.6),
            leave_hazard=Prior(dist="lognormal", median=0.03, sigma=0.8),
        ),
    }  # fmt: skip
    return small_scenario(**{**fields, **changes})


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted")
    made = scenario(900, 890, 880, 870, 860)
    return made, folder, calibrate_scenario(made, folder, budget=640, draws=200, seed=3)


def test_the_turnout_is_found_given_what_the_agency_is_known_to_do(fitted):
    _, _, report = fitted
    # An agency counts 1.1 times the truth, give or take a third: 900 reported points to some 800.
    assert 550 < report["turnout"]["q50"] < 1100
    assert report["parameters"]["turnout"]["identified"]
    assert report["parameters"]["turnout"]["shift"] > 0.6
    assert report["reports_inside90"] == 1.0
    assert report["summary"]


def test_the_page_opens_by_itself_and_shows_every_side(fitted):
    _, folder, _ = fitted
    page = write_calibration(folder).read_text(encoding="utf-8")
    assert (folder / "calibration.html").exists()
    assert "http" not in page
    assert page.count("<svg") >= 1
    for side in ("authorities", "organisers", "press", "agency", "observer"):
        assert f">{side}<" in page
    assert "nan" not in page
    spanish = write_calibration(folder, language="es").read_text(encoding="utf-8")
    assert '<html lang="es">' in spanish
    for word in (
        "Cuántas personas eran",
        ">Autoridades<",
        "Caminan: ",
        "conservan su distribución a priori",
        "frente a",
    ):
        assert word in spanish
    for word in ("Reported", "Walking", " to ", "prior,", "Band:"):
        assert word not in spanish


def test_draws_are_read_back_for_the_same_scenario_only(fitted):
    made, folder, _ = fitted
    kept = read_posterior(folder, scenario=made)
    assert {len(v) for v in kept.draws.values()} == {200}
    assert (kept.draws["path"][:, 0] == 1).mean() > 0.9
    changed = made.model_copy(update={"title": "another state"})
    with pytest.raises(RunError, match="another state of small"):
        read_posterior(folder, scenario=changed)


def test_stopped_half_way_it_ends_in_the_same_draws_to_the_bit(fitted, tmp_path):
    made, whole, _ = fitted

    def stop(done, total):
        if done == 5:
            raise KeyboardInterrupt

    folder = tmp_path / "half"
    with pytest.raises(KeyboardInterrupt):
        calibrate_scenario(made, folder, budget=640, draws=200, seed=3, progress=stop)
    assert 0 < len(list((folder / "blocks").iterdir())) < 10
    assert len(list((folder / "searches").iterdir())) == 2
    (folder / "blocks" / ".001-000.npz.0123abcd.part").write_bytes(b"cut off by a kill")
    calibrate_scenario(made, folder, budget=640, draws=200, seed=3)
    one, two = read_posterior(whole).draws, read_posterior(folder).draws
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert json.loads((whole / "diagnostics.json").read_text()) == json.loads((folder / "diagnostics.json").read_text())


def test_foreign_and_broken_folders_are_refused(fitted, tmp_path):
    made, folder, _ = fitted
    with pytest.raises(RunError, match="differs in seed"):
        calibrate_scenario(made, folder, budget=640, draws=200, seed=4)
    with pytest.raises(RunError, match="no plan"):
        read_posterior(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("plan.json", "diagnostics.json"):
        (broken / name).write_text((folder / name).read_text())
    with pytest.raises(RunError, match="no draws yet"):
        read_posterior(broken)
    (broken / "posterior.npz").write_bytes((folder / "posterior.npz").read_bytes()[:1000])
    with pytest.raises(RunError, match="corrupt"):
        read_posterior(broken)
    (broken / "posterior.npz").write_bytes((folder / "ways.npz").read_bytes())
    with pytest.raises(RunError, match="it is another file, or one of another calibration"):
        read_posterior(broken)
    # Files of earlier versions do not say which they are.
    np.savez(broken / "posterior.npz", **read_array(folder / "ways.npz"))
    with pytest.raises(RunError, match="corrupt: it has not the 200 draws"):
        read_posterior(broken)
    with pytest.raises(RunError, match="was calibrated for small, not for other"):
        read_posterior(folder, scenario=made.model_copy(update={"name": "other"}))
    (broken / "plan.json").write_text('{"something": 1}')
    with pytest.raises(RunError, match="not the plan"):
        read_posterior(broken)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("not a calibration")
    with pytest.raises(RunError, match="is not a calibration's"):
        calibrate_scenario(made, other, budget=640)


def test_an_observation_out_of_reach_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"no parameters can reach these observations: o2 \(off by a factor"):
        calibrate_scenario(scenario(900, 890, 900_000, 870), tmp_path / "far", budget=128, draws=10)


def test_a_prior_without_mass_is_named():
    empty = scenario(900).model_copy(
        update={
            "parameters": tuple(
                p.model_copy(update={"prior": Prior(dist="uniform", low=5, high=6), "low": 0.0, "high": 1.0})
                if p.name == "leave_hazard"
                else p
                for p in scenario(900).parameters
            )
        }
    )
    with pytest.raises(UsageError, match="leave_hazard"):
        check_priors(empty)
    check_priors(scenario(900))


def test_a_date_before_anything_was_known_is_refused(tmp_path):
    with pytest.raises(UsageError, match="nothing was known"):
        calibrate_scenario(scenario(900), tmp_path / "x", until=dt.date(2021, 10, 20), budget=128)
    with pytest.raises(UsageError, match="budget"):
        calibrate_scenario(scenario(900), tmp_path / "y", budget=1)


def led(made, way, members=6, **changes):
    draws = {p.name: np.full(members, float(changes.pop(p.name, p.value))) for p in made.parameters}
    days = len(way)
    fields = {
        "path": np.tile(np.array(way), (members, 1)), "drift": np.zeros((members, days)),
        "splits": np.zeros((members, days), bool), "seed": 1, "block": 0, "days": days, **changes,
    }  # fmt: skip
    return Lead(made, (), draws, **fields)


def test_a_led_caravan_sleeps_where_its_way_says():
    made = small_scenario(towns=8, days=4)
    lead = led(made, [1, 1, 3, 4])
    course = simulate_led(lead)
    assert course.persons.shape == (6, 4)
    assert (course.persons > 0).all()
    assert Guide(lead.path).path.shape == (6, 4)


def test_a_given_drift_empties_a_caravan_and_a_given_split_halves_it():
    made = small_scenario(towns=8, days=4, turnout=3000, stuck_pool=6000, leave_hazard=0.1, merge_chance=0)
    calm = simulate_led(led(made, [1, 2, 3, 4]))
    rush = simulate_led(led(made, [1, 2, 3, 4], drift=np.full((6, 4), np.log(5.0))))
    # 0.9 of those who leave go for good or stay behind: exp(-4 * .1) against exp(-4 * .5), less those who catch up.
    assert rush.persons[:, -1].mean() < 0.5 * calm.persons[:, -1].mean()
    at = np.zeros((6, 4), bool)
    at[:, 1] = True
    split = simulate_led(led(made, [1, 2, 3, 4], splits=at, split_share=0.5))
    assert split.persons[:, 0] == pytest.approx(calm.persons[:, 0])
    assert split.persons[:, 1].mean() == pytest.approx(0.5 * calm.persons[:, 1].mean(), rel=0.05)


def test_the_expected_course_is_the_mean_of_the_simulated_ones():
    """The same rules without chance: within three per cent of the mean of 64 members, day by day."""
    made = small_scenario(
        towns=8, days=6, turnout=3000, stuck_pool=20000, leave_hazard=0.05, accept_hazard=0.05, detention_caravan=0.02,
        joiners_start=100, town_stuck_per_1000=20, split_share=0.2, merge_chance=0, stuck_inertia=9,
    )  # fmt: skip
    offer = Policy(
        id="offer", title="cards", lever="cards_offered", start=made.start + dt.timedelta(days=2), base=True,
        basis=("assumption",),
    )  # fmt: skip
    made = made.model_copy(update={"policies": (offer,)})
    splits = np.zeros((64, 6), bool)
    splits[:, 3] = True
    lead = dataclasses.replace(led(made, [1, 2, 2, 3, 5, 6], members=64, splits=splits), policies=(offer,))
    simulated = simulate_led(lead)
    expected = expect(compile_setting(made, (offer,)), lead.draws, lead.path, lead.drift, lead.splits)
    for name in ("persons", "minors", "treated"):
        # Of the part that has split off only those treated are told with the others.
        days = slice(0, 3) if name == "treated" else slice(None)
        assert simulated.of(name).mean(axis=0)[days] == pytest.approx(expected.of(name).mean(axis=0)[days], rel=0.03)
    assert simulated.cards[:, :2].sum() == 0
    assert simulated.cards[:, -1].mean() == pytest.approx(expected.cards[:, -1].mean(), rel=0.05)
    assert simulated.detained.mean() == pytest.approx(expected.detained.mean(), rel=0.1)


def test_a_search_ends_in_the_posterior_of_what_it_is_given():
    """Against self-normalised importance sampling from the prior, on the expected course alone."""
    target = calibration_target(scenario(900, 890, 880, 870, 860))
    found = search(target, np.random.default_rng(1), points=2048, power=0.9)
    rng = np.random.default_rng(2)
    scores, way = rng.standard_normal((40_000, target.columns)), rng.integers(0, len(target.path), 40_000)
    fit = 0.9 * target.log_fit(scores, way)
    weight = np.exp(fit - fit.max())
    weight /= weight.sum()
    effective = 1 / np.sum(weight**2)
    assert effective > 1000
    mean = weight @ scores
    spread = np.sqrt(weight @ (scores - mean) ** 2)
    assert found.scores.mean(axis=0) == pytest.approx(mean, abs=0.15)
    assert found.scores.std(axis=0) == pytest.approx(spread, rel=0.15)
    assert found.log_fit == pytest.approx(target.log_fit(found.scores, found.way))


def calibration_target(made):
    record = read_record(made)
    ways = draw_ways(record, days=5, seed=1)
    free = tuple(p for p in made.parameters if p.prior is not None)
    return _target(made, record, free, ways, tuple(c.report for c in record.counts))


def test_splits_wait_with_the_chance_of_every_night():
    target = calibration_target(scenario(900, 890, 880, 870, 860))
    scores = np.random.default_rng(1).standard_normal((20_000, target.columns))
    found = target.splits(scores, {"split_chance": np.full(20_000, 0.05)})
    # One a night at most, two in all.
    assert found.sum(axis=1).max() == 2
    assert found[:, 0].mean() == pytest.approx(0.05, abs=0.005)
    assert found[:, 2].mean() == pytest.approx(0.05, abs=0.005)
    assert not target.splits(scores, {"split_chance": np.zeros(20_000)}).any()


def test_what_is_told_beside_the_number_is_worked_in():
    course = Course(*(np.full((2, 3), x) for x in ([[1000.0], [2000.0]], 0.0, [[300.0], [600.0]], 20.0, 40.0, 90.0)))
    observed = observed_values(np.zeros((2, 7)))
    minors = [ReportedFigure(2, "agency", 330.0, 330.0, of="minors")]
    held = [ReportedFigure(2, "press", 42.0, 42.0, of="detained")]
    fit = log_reports(course.of, minors, observed)
    assert fit[0] > fit[1] + 1.0
    assert np.ptp(log_reports(course.of, held, observed)) == 0.0
    assert least_gap(course.of, ReportedFigure(2, "agency", 9000.0, 9000.0), observed) > 1.1
    assert log_reports(course.of, [], observed) == pytest.approx(np.zeros(2))


def test_one_lucky_member_does_not_stand_for_many():
    weight = np.full(10_000, 1.0)
    weight[7] = 2_000.0
    cut = truncated(weight)
    assert cut.sum() == pytest.approx(1.0)
    assert cut[7] == pytest.approx(100 * 1.2 / (9_999 + 120), rel=0.01)
    assert truncated(np.full(50, 2.0)) == pytest.approx(np.full(50, 0.02))


def test_roots_are_those_of_linear_algebra():
    x = np.random.default_rng(1).normal(size=(300, 12)) @ np.random.default_rng(2).normal(size=(12, 12))
    gap = x - x.mean(axis=0)
    root, inverse = roots(gap)
    assert root @ root.T == pytest.approx(np.cov(x, rowvar=False) + 1e-6 * np.eye(12))
    assert inverse @ root == pytest.approx(np.eye(12), abs=1e-9)
    assert np.triu(root, 1) == pytest.approx(np.zeros((12, 12)))


def test_a_dask_cluster_ends_in_the_same_draws_to_the_bit(fitted, tmp_path):
    """The worker is a process of its own, whose linear algebra may have other threads."""
    pytest.importorskip("distributed", reason="the extra caravana[cluster] is not installed")
    made, whole, _ = fitted
    with cluster(tmp_path) as scheduler:
        calibrate_scenario(made, tmp_path / "far", budget=640, draws=200, seed=3, scheduler=scheduler)
    one, two = read_posterior(whole).draws, read_posterior(tmp_path / "far").draws
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_tempering_leaves_as_many_as_asked():
    log = np.random.default_rng(1).normal(0, 20, 1000)
    weight, power = tempered(log, least=50)
    assert 0 < power < 1
    assert 1 / np.sum(weight**2) == pytest.approx(50, rel=0.05)
    assert np.bincount(systematic(np.array([1.0, 3.0]), np.random.default_rng(1), 400)) == pytest.approx(
        [100, 300], abs=1
    )


@pytest.mark.parametrize("name", ["blocks", "searches"])
def test_a_calibration_follows_no_link_out_of_its_folder(fitted, tmp_path, name):
    made, whole, _ = fitted
    folder, home = Path(shutil.copytree(whole, tmp_path / "received")), tmp_path / "home"
    home.mkdir()
    (home / ".x.npz.0123abcd.part").write_bytes(b"precious")
    shutil.rmtree(folder / name)
    (folder / name).symlink_to(home)
    with pytest.raises(RunError, match=f"{name} is a link"):
        calibrate_scenario(made, folder, budget=640, draws=200, seed=3)
    assert [path.name for path in home.iterdir()] == [".x.npz.0123abcd.part"]


def test_a_linked_array_or_plan_is_not_read(fitted, tmp_path):
    made, whole, _ = fitted
    folder = Path(shutil.copytree(whole, tmp_path / "received"))
    for name, message in (("posterior.npz", "corrupt"), ("diagnostics.json", "link"), ("plan.json", "link")):
        kept = folder / name
        kept.rename(tmp_path / name)
        kept.symlink_to(tmp_path / name)
        with pytest.raises(RunError, match=message):
            read_posterior(folder, scenario=made)
        kept.unlink()
        (tmp_path / name).rename(kept)


def test_what_a_kill_before_the_plan_leaves_is_taken_up_and_a_folder_of_others_is_not(fitted, tmp_path):
    _, whole, _ = fitted
    plan = PosteriorPlan(**json.loads((whole / "plan.json").read_text()))
    (tmp_path / "begun" / "blocks").mkdir(parents=True)
    (tmp_path / "begun" / ".plan.json.0123abcd.4294967.part").write_bytes(b"half")
    open_folder(tmp_path / "begun", plan)
    assert sorted(p.name for p in (tmp_path / "begun").iterdir()) == ["blocks", "plan.json", "searches"]
    (tmp_path / "other" / "blocks").mkdir(parents=True)
    (tmp_path / "other" / "blocks" / "mine").write_bytes(b"mine")
    with pytest.raises(RunError, match="is not a calibration's"):
        open_folder(tmp_path / "other", plan)
