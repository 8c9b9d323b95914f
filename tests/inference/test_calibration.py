"""Calibration of a small scenario: finds what made the data, goes on after a kill, refuses what cannot be."""

import datetime as dt
import json

import numpy as np
import pytest
from tests.small import parameters, small_scenario

from caravana.errors import RunError, UsageError
from caravana.inference.calibration import calibrate_scenario, check_priors
from caravana.inference.guided import Guide, Lead, simulate_led
from caravana.inference.population import PRIOR, Proposal, log_mixture, next_proposal, systematic, tempered
from caravana.inference.posterior import read_posterior
from caravana.scenario.model import Observation, Prior


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
    page = (folder / "calibration.html").read_text(encoding="utf-8")
    assert "http" not in page
    assert page.count("<svg") >= 1
    for side in ("authorities", "organisers", "press", "agency", "observer"):
        assert f">{side}<" in page
    assert "nan" not in page


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
    (folder / "blocks" / ".1-0000.npz.part").write_bytes(b"cut off by a kill")
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


def test_a_led_caravan_sleeps_where_its_way_says():
    made = small_scenario(towns=8, days=4)
    way = np.tile(np.array([1, 1, 3, 4]), (6, 1))
    draws = {p.name: np.full(6, float(p.value)) for p in made.parameters}
    led = simulate_led(Lead(made, (), draws, way, seed=1, block=0, days=4))
    assert led.persons.shape == (6, 4)
    assert (led.persons > 0).all()
    assert Guide(way).path.shape == (6, 4)


def test_proposals_weigh_back_to_the_prior():
    """An importance sample from a moved proposal has the prior's mean again."""
    moved = Proposal((0, 2), np.array([1.0, -0.5]), np.array([[0.7, 0.0], [0.2, 0.6]]))
    rng = np.random.default_rng(1)
    z = np.concatenate([PRIOR.draw(rng, 20000, 3), moved.draw(rng, 20000, 3)])
    log_weight = -0.5 * (z**2).sum(axis=1) - log_mixture([PRIOR, moved], [1, 1], z)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    assert weight @ z == pytest.approx(np.zeros(3), abs=0.03)
    assert weight @ z**2 == pytest.approx(np.ones(3), abs=0.05)


def test_the_next_proposal_moves_only_what_the_weights_tell_of():
    rng = np.random.default_rng(2)
    z = rng.standard_normal((3000, 5))
    log = -0.5 * ((z[:, 1] - 1.5) / 0.4) ** 2
    proposal = next_proposal([PRIOR], [1], [z], [log])
    assert 1 in proposal.columns
    assert len(proposal.columns) <= 2
    assert proposal.mean[proposal.columns.index(1)] == pytest.approx(1.3, abs=0.3)


def test_tempering_leaves_as_many_as_asked():
    log = np.random.default_rng(1).normal(0, 20, 1000)
    weight, power = tempered(log, least=50)
    assert 0 < power < 1
    assert 1 / np.sum(weight**2) == pytest.approx(50, rel=0.05)
    assert np.bincount(systematic(np.array([1.0, 3.0]), np.random.default_rng(1), 400)) == pytest.approx(
        [100, 300], abs=1
    )
