"""First-order indices: against an analytic function, on the ensemble's own design, and through the command."""

import datetime as dt
import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc
from tests.made.commands import quick_command
from tests.made.displacement_run import make_scenario as fled_scenario
from tests.made.small import parameters, small_scenario

import caravana as cv
from caravana.reporting.pages.sensitivity import write_sensitivity
from caravana.results.members import drawn_parameters
from caravana.results.outcomes import Quantity, day_of_outcomes, outcomes_of
from caravana.scenario.model import Prior

pytest.importorskip("SALib")

from caravana.studies import sensitivity

A, B = 7.0, 0.1


def ishigami(x):
    """Ishigami and Homma (1990), on [-pi, pi]."""
    return np.sin(x["x0"]) + A * np.sin(x["x1"]) ** 2 + B * x["x2"] ** 4 * np.sin(x["x0"])


VARIANCE = 0.5 + A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18
TRUE = {"x0": 0.5 * (1 + B * np.pi**4 / 5) ** 2 / VARIANCE, "x1": A**2 / 8 / VARIANCE, "x2": 0.0}


def draw(members, inputs, *, seed, sobol):
    rng = np.random.default_rng(seed)
    u = qmc.Sobol(inputs, rng=rng).random(members) if sobol else rng.random((members, inputs))
    return pd.DataFrame(np.pi * (2 * u - 1), columns=[f"x{i}" for i in range(inputs)])


@pytest.mark.statistical
@pytest.mark.parametrize("sobol", [True, False])
def test_ishigami_s_indices_are_found_and_lie_in_their_intervals(sobol):
    x = draw(1024, 3, seed=4, sobol=sobol)
    found = sensitivity.first_order(x, ishigami(x).to_numpy(), key="ishigami")
    by_name = {e.name: e for e in found.effects}
    for name, true in TRUE.items():
        assert by_name[name].index == pytest.approx(true, abs=0.04), name
        assert by_name[name].low - 0.02 <= true <= by_name[name].high + 0.02
    assert [e.name for e in found.effects if e.above_floor] == ["x1", "x0"]
    assert found.explained == pytest.approx(TRUE["x0"] + TRUE["x1"], abs=0.06)
    assert not found.by_rank
    # sin^2 turns, sin rises.
    assert abs(by_name["x1"].direction) < 0.1 < by_name["x0"].direction


@pytest.mark.statistical
def test_few_sobol_points_in_many_dimensions_show_no_ghosts_of_a_driver():
    x = draw(256, 70, seed=1, sobol=True)
    found = sensitivity.first_order(x, ishigami(x).to_numpy())
    told = [e for e in found.effects if e.above_floor]
    assert [e.name for e in told[:2]] == ["x1", "x0"]
    assert all(e.index < 0.1 for e in told[2:])
    # x1's ghost is named: with these points the effect might be its own.
    assert told[0].or_else


@pytest.mark.statistical
def test_inputs_that_do_nothing_are_not_told():
    false = 0
    for seed in range(5):
        x = draw(256, 20, seed=seed, sobol=False)
        y = np.random.default_rng([seed, 1]).normal(size=256)
        false += sum(e.above_floor for e in sensitivity.first_order(x, y, seed=seed).effects)
    assert false <= 2  # each of the five stays below its floor 19 times in 20


def test_an_input_of_0_or_1_is_measured_too():
    rng = np.random.default_rng(3)
    x = pd.DataFrame({"claim": (rng.random(512) < 0.5).astype(float), "other": rng.random(512)})
    y = 3 * x["claim"] + rng.normal(size=512)
    effect = sensitivity.first_order(x, y.to_numpy()).effects[0]
    # Share of the variance: 9/4 over 9/4 + 1.
    assert (effect.name, effect.above_floor) == ("claim", True)
    assert effect.index == pytest.approx(2.25 / 3.25, abs=0.07)


def test_a_skewed_outcome_is_taken_by_rank():
    x = draw(256, 2, seed=1, sobol=False)
    found = sensitivity.first_order(x, np.exp(2 * x["x0"].to_numpy()))
    assert found.by_rank
    assert found.effects[0].index > 0.9


def test_the_same_seed_gives_the_same_and_missing_members_are_left_out():
    x = draw(300, 3, seed=1, sobol=False)
    y = ishigami(x).to_numpy().copy()
    y[:100] = np.nan
    one, two = (sensitivity.first_order(x, y, seed=5) for _ in range(2))
    assert one == two
    assert one.members == 200


@pytest.mark.parametrize(
    ("y", "why"),
    [(np.full(200, 3.0), "is 3 in every member"), (np.r_[np.arange(100), np.full(100, np.nan)], "128 or more")],
)  # fmt: skip
def test_what_cannot_be_analysed_is_said(y, why):
    x = draw(200, 2, seed=1, sobol=False)
    with pytest.raises(cv.UsageError, match=why):
        sensitivity.first_order(x, np.asarray(y, dtype=float))


def test_an_outcome_that_too_few_members_have_is_left_out_and_named(run):
    few = {Quantity("rare", "persons"): pd.Series(np.arange(50.0))}
    found, refused = sensitivity.find_drivers(drawn_parameters(run), few | first_outcomes(run, 1))
    assert [d.key for d in found] == ["position"]
    assert refused == {"rare": "rare has a value in 50 members; 128 or more are needed"}
    with pytest.raises(cv.UsageError, match=r"no outcome can be analysed:\nrare has"):
        sensitivity.find_drivers(drawn_parameters(run), few)


def test_without_salib_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    x = draw(200, 2, seed=1, sobol=False)
    with pytest.raises(cv.UsageError, match=r"caravana\[inference\]"):
        sensitivity.first_order(x, x["x0"].to_numpy())


def first_outcomes(run, number):
    return dict(list(outcomes_of(run).items())[:number])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A road on which only the chance of rest and the turnout are uncertain."""
    priors = {
        "rest_chance": Prior(dist="uniform", low=0.05, high=0.7),
        "turnout": Prior(dist="uniform", low=60, high=400),
    }
    drawn = tuple(
        p.model_copy(update={"value": None, "prior": priors[p.name], "low": 0, "high": 1e6}) if p.name in priors else p
        for p in parameters()
    )  # fmt: skip
    scenario = small_scenario(towns=14, gap=12.0, days=7, parameters=drawn)
    return cv.simulate(scenario, members=256, workers=1, out=tmp_path_factory.mktemp("run") / "run")


def test_only_inputs_that_were_drawn_are_asked_about(run):
    assert list(drawn_parameters(run).columns) == ["rest_chance", "turnout"]


def test_a_run_without_drawn_inputs_is_refused(tmp_path):
    fled = cv.simulate(fled_scenario(days=4), members=64, workers=1, out=tmp_path / "run")
    with pytest.raises(cv.UsageError, match="no input that was drawn"):
        drawn_parameters(fled)
    camps = {o.key for o in outcomes_of(fled)}
    assert {"in_camps", "on_the_road"} < camps


def test_rest_drives_where_it_sleeps_and_turnout_how_many_it_is(run):
    found = {d.key: d for d in sensitivity.find_drivers(drawn_parameters(run), outcomes_of(run))[0]}
    position, headcount = found["position"].effects[0], found["headcount"].effects[0]
    assert (position.name, position.above_floor, position.direction < 0) == ("rest_chance", True, True)
    assert (headcount.name, headcount.above_floor, headcount.direction > 0) == ("turnout", True, True)
    assert headcount.index > 0.8


def test_outcomes_of_a_day_by_hand(run):
    day = run.days[3].date()
    outcomes = {o.key: values for o, values in outcomes_of(run, on=day).items()}
    nights = run.query(f"SELECT member, km, persons FROM caravans WHERE active AND day = DATE '{day}'").set_index(
        "member"
    )
    for member in (0, 100, 255):
        assert outcomes["position"].get(member) == nights["km"].get(member)
        assert outcomes["headcount"].get(member) == nights["persons"].get(member)
    assert day_of_outcomes(run, None) == run.days[-1].date()
    with pytest.raises(cv.UsageError, match="outside the run"):
        day_of_outcomes(run, dt.date(2030, 1, 1))


def test_the_command_prints_one_object_and_writes_one_page(run):
    command = [quick_command(), "sensitivity", str(run.path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["members"] == 256
    first = told["outcomes"]["headcount"]["inputs"][0]
    assert set(first) == {"name", "index", "low", "high", "direction", "told", "or_else"}
    assert first["name"] == "turnout"
    assert (run.path / "sensitivity.html").exists()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_offline_and_is_read_aloud(run, tmp_path, language):
    found, _ = sensitivity.find_drivers(drawn_parameters(run), first_outcomes(run, 2))
    path = write_sensitivity(run, found, on=run.days[-1].date(), path=tmp_path / "page.html", language=language)
    page = path.read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert "<script" not in page
    assert page.count('role="img"') == page.count("aria-label=") == len(found)
    # Drivers are told from idle inputs by the dot's filling, not by colour alone.
    assert ".told { stroke: var(--told); fill: var(--told); } .idle { stroke: var(--idle); fill: var(--page); }" in page
