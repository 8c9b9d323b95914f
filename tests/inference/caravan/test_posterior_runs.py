"""Runs from posterior draws: led as far as was known, refused where they do not fit, the same again."""

import datetime as dt
import json

import numpy as np
import pytest
from tests.inference.caravan.test_calibration import scenario

from caravana.cli.run import take_posterior
from caravana.errors import RunError, UsageError
from caravana.inference.caravan.calibration import calibrate_scenario
from caravana.inference.posterior.design import keep_learned, open_design, read_learned
from caravana.simulation import simulate


@pytest.fixture(scope="module")
def made():
    return scenario(900, 890, 880, days=9)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("posterior")
    calibrate_scenario(made, out, budget=640, draws=100, seed=3)
    return out


def test_members_are_led_as_far_as_was_known_and_go_on_by_themselves(made, folder, tmp_path):
    design = open_design(folder, made)
    run = simulate(made, members=100, seed=1, design=design, out=tmp_path / "led", workers=1)
    way = design.kept.draws["path"]
    known = way.shape[1]
    nights = run.query("SELECT member, day, km, persons, active FROM caravans WHERE caravan = 'first' ORDER BY member")
    nights["day"] = (nights["day"] - nights["day"].min()).dt.days
    km = nights.pivot_table(index="member", columns="day", values="km").to_numpy()
    at = np.concatenate([design.members(block, seed=1) for block in (0, 1)])[:100]
    assert km[:, :known] == pytest.approx(15.0 * way[at], abs=1e-6)
    # Beyond what was known they part.
    assert km[:, -1].std() > 5.0
    assert nights[nights.day < known].active.all()
    persons = nights.pivot_table(index="member", columns="day", values="persons").to_numpy()
    kept = design.kept.draws["persons"]
    assert np.median(persons[:, known - 1]) == pytest.approx(np.median(kept[:, -1]), rel=0.08)
    assert json.loads((run.path / "manifest.json").read_text())["plan"]["posterior"] == design.name


def test_a_run_from_draws_goes_on_to_the_same_numbers_and_is_another_than_one_from_priors(made, folder, tmp_path):
    design = open_design(folder, made)
    whole = simulate(made, members=128, seed=1, design=design, out=tmp_path / "whole", workers=1)
    simulate(made, members=64, seed=1, design=design, out=tmp_path / "parts", workers=1)
    parts = simulate(made, members=128, seed=1, design=design, out=tmp_path / "parts", workers=1)
    question = "SELECT sum(persons) AS s, count(*) AS n, sum(persons * member) AS m FROM people"
    assert whole.query(question).equals(parts.query(question))
    with pytest.raises(RunError, match="differs in posterior"):
        simulate(made, members=128, seed=1, out=tmp_path / "parts", workers=1)


def test_what_is_set_by_hand_wins_over_the_draws(made, folder, tmp_path):
    run = simulate(
        made, members=64, seed=1, design=open_design(folder, made), set={"leave_hazard": 0.2}, workers=1,
        out=tmp_path / "set",
    )  # fmt: skip
    found = run.query("SELECT DISTINCT value FROM parameters WHERE name = 'leave_hazard'")
    assert found["value"].tolist() == [0.2]


def test_draws_of_another_state_of_the_scenario_are_refused(made, folder):
    changed = made.model_copy(update={"end": made.end - dt.timedelta(days=1)})
    with pytest.raises(RunError, match="another state of small"):
        open_design(folder, changed)
    with pytest.raises(UsageError, match="caravans only"):
        open_design(folder, made.model_copy(update={"rules": "flee"}))


def test_without_leading_the_parameters_alone_are_used(made, folder, tmp_path):
    design = open_design(folder, made, led=False)
    assert "parameters only" in design.name
    run = simulate(made, members=64, seed=1, design=design, out=tmp_path / "free", workers=1)
    first = run.query("SELECT count(DISTINCT km) AS n FROM caravans WHERE caravan = 'first' AND active")
    assert first["n"][0] > 3


def test_the_command_takes_draws_and_leads_nobody_under_another_policy(made, folder, tmp_path):
    assert take_posterior(made, None, taken={}, policies=()) is None
    assert take_posterior(made, folder, taken={}, policies=()).led
    assert not take_posterior(made, folder, taken={}, policies=("offer",)).led
    with pytest.raises(UsageError, match="--take with --posterior"):
        take_posterior(made, folder, taken={"c1": "true"}, policies=())
    with pytest.raises(RunError, match="not a calibration's folder"):
        take_posterior(made, tmp_path, taken={}, policies=())


def test_what_was_learned_is_kept_beside_the_run(made, folder, tmp_path):
    design = open_design(folder, made)
    assert read_learned(tmp_path) is None
    keep_learned(tmp_path, design)
    found = read_learned(tmp_path)
    assert found["posterior"] == design.name
    assert found["turnout"] == design.kept.diagnostics["turnout"]
    (tmp_path / "posterior.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        read_learned(tmp_path)
