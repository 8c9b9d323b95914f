"""Parameters are declared once: the table, what a scenario changes, old names, hashes, faults."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

import caravana as cv
from caravana.ensemble.design import draw_parameters
from caravana.errors import ScenarioError
from caravana.inference.caravan.prior import COMMON, TABLE
from caravana.inference.priors import HEADCOUNT_NAMES, free_scale, headcount_priors
from caravana.models import scenarios
from caravana.models.caravan.order import ORDER
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.models.parameters import CAMP_SHARES, CARAVAN, COLUMNS, declared, read_law, read_parameters
from caravana.models.scenarios import (
    in_force,
    load_as_written,
    load_scenario,
    parameters_of,
    scenario_hash,
    write_scenario,
)
from caravana.scenario.declared import Declared, parameters_in_force
from caravana.scenario.folders import LIBRARY
from caravana.scenario.model import Parameter, Prior

BUNDLED = ("tapachula-2021", "tapachula-2021-11-18", "san-pedro-sula-2018")
TERSE = """\
format = 1
name = "short-road"
title = "A short road"
start = 2021-10-23
end = 2021-10-28
rules = "caravan"

[[itineraries]]
id = "road"
from_id = "a"
to_id = "c"

[[caravans]]
id = "main"
name = "The caravan"
itinerary = "road"
assembles_at = "a"
departs = 2021-10-23
turnout = "turnout"
"""
PLACES = "id,name,lat,lon,population,stop\na,A,15,-92,1000,true\nb,B,15.1,-92.1,2000,true\nc,C,15.2,-92.2,3000,true\n"
LINKS = "from_id,to_id,km\na,b,15\nb,c,15\n"


@pytest.fixture
def terse(tmp_path):
    """A folder of the least that runs; a function that adds to its ``scenario.toml``."""
    folder = tmp_path / "short-road"
    folder.mkdir()
    (folder / "places.csv").write_text(PLACES)
    (folder / "links.csv").write_text(LINKS)

    def write(more: str = "") -> Path:
        (folder / "scenario.toml").write_text(TERSE + more)
        return folder

    return write


def full_folder(scenario, path, **names):
    """Write a folder that lists every parameter whole, as those of before did."""
    old = tuple(p.model_copy(update={"name": names.get(p.name, p.name)}) for p in in_force(scenario).parameters)
    write_scenario(scenario.model_copy(update={"parameters": old}), path)
    return path


def test_every_parameter_of_every_process_is_declared():
    table = declared(CARAVAN)
    assert {name for process in ORDER for name in process.parameters} <= set(table)
    assert all(row.parameter.description_es and row.basis and row.basis_es for row in table.values())
    assert len([row for row in table.values() if row.simulated]) == 78


def test_a_table_that_is_not_sound_is_refused_by_line(tmp_path):
    path = tmp_path / "parameters.csv"
    row = dict.fromkeys(COLUMNS, "x") | {"name": "seat", "low": "0", "high": "1", "prior_for_forecast": ""}

    def write(*rows):
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return path

    sound = row | {"default_prior": "logitnormal(centre=0.2, sigma=0.5)"}
    assert read_parameters(write(sound))["seat"].parameter.prior.mean == pytest.approx(np.log(0.25))
    with pytest.raises(ScenarioError, match=r"line 3: seat stands twice"):
        read_parameters(write(sound, sound))
    with pytest.raises(ScenarioError, match=r"line 2: normal\(mean=9, sigma=0.1\) is not within 0 to 1"):
        read_parameters(write(row | {"default_prior": "normal(mean=9, sigma=0.1)"}))
    for text in ("lognormal(mean=2, sigma=1)", "lognormal(median=2)", "many", "normal(mean=a, sigma=1)"):
        with pytest.raises(ScenarioError, match="neither a number nor a distribution"):
            read_law(text)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_scenario_lists_only_what_differs(name):
    written = load_as_written(name)
    table = {p: row.parameter for p, row in declared(CARAVAN).items()}
    assert len(written.parameters) < 70
    for change in written.parameters:
        assert change.unit in ("", table[change.name].unit)
        assert change != table[change.name]
    assert [p.name for p in parameters_of(written)] == [n for n, row in declared(CARAVAN).items() if row.simulated]


def test_the_three_bundled_documents_are_short():
    lines = sum((LIBRARY / name / "scenario.toml").read_text("utf-8").count("\n") for name in BUNDLED)
    assert lines < 1700


def test_a_scenario_of_twenty_lines_runs(terse):
    folder = terse()
    assert TERSE.count("\n") <= 20
    scenario, faults = cv.read_scenario(folder)
    assert faults == []
    assert sum(kind.share for kind in scenario.kinds) == pytest.approx(1)
    assert {p.basis for p in scenario.parameters} == {("assumption",)}
    run = cv.simulate(folder, members=2, seed=1, workers=1)
    assert not run.failures
    assert len(run.parameters) == 78
    # The run says by itself what was in force, whatever a later version declares.
    assert len(run.scenario.parameters) == 78
    assert run.scenario.kinds == scenario.kinds


def test_a_block_changes_what_it_says_and_inherits_the_rest(terse):
    more = '\n[[parameters]]\nname = "walk_km"\nvalue = 20\n\n[[parameters]]\nname = "rest_chance"\nlow = 0.02\n'
    by_name = {p.name: p for p in load_scenario(terse(more)).parameters}
    usual = {name: row.parameter for name, row in declared(CARAVAN).items()}
    assert (by_name["walk_km"].value, by_name["walk_km"].prior) == (20, None)
    assert by_name["walk_km"].description == usual["walk_km"].description
    assert by_name["rest_chance"].low == 0.02
    assert by_name["rest_chance"].prior == usual["rest_chance"].prior


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (
            '\n[[parameters]]\nname = "walk_kms"\nvalue = 20\n',
            "scenario.toml line 22, key parameters.name: 'walk_kms' — expected the name of a parameter",
        ),
        (
            '\n[[parameters]]\nname = "walk_km"\nvalue = 900\n',
            "scenario.toml line 23, key parameters.value: 900 — expected a number within its bounds (4 to ",
        ),
        (
            '\n[[parameters]]\nname = "seat_of_mine"\nvalue = 20\nprocess = "buses"\n',
            "scenario.toml line 21, key parameters.unit: expected this key, text; it is missing",
        ),
    ],
)
def test_faults_of_parameters_are_told_by_line(terse, more, fault):
    folder = terse(more)
    scenario, faults = cv.read_scenario(folder)
    assert scenario is None
    assert str(faults[0]).replace("900.0", "900").startswith(fault)
    assert ("such as walk_km" in str(faults[0])) == ("walk_kms" in more)
    with pytest.raises(ScenarioError, match="parameters"):
        cv.simulate(folder, members=1)


def test_a_parameter_of_a_process_of_ones_own_is_no_fault(terse):
    own = (
        '\n[[parameters]]\nname = "relief_seat"\nunit = "1/day"\nvalue = 0.1\nlow = 0\nhigh = 1\n'
        'basis = ["assumption"]\ndescription = "Mine."\nprocess = "relief_buses"\n'
    )
    assert load_scenario(terse(own)).parameters[0].name == "relief_seat"


def test_a_full_folder_and_a_terse_one_are_the_same_scenario(tmp_path):
    terse = load_scenario("san-pedro-sula-2018")
    old = load_scenario(full_folder(terse, tmp_path / "old", dissolution_at_home="dissolution_chiapas"))
    assert scenario_hash(old) == scenario_hash(terse) == scenario_hash(load_as_written("san-pedro-sula-2018"))
    one, other = (draw_parameters(s, seed=4, block=1) for s in (old, terse))
    assert list(one) == list(other)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    words = tuple(p.model_copy(update={"description": "other words"}) for p in terse.parameters)
    assert scenario_hash(terse.model_copy(update={"parameters": words})) == scenario_hash(terse)
    wider = tuple(p.model_copy(update={"high": 2 * p.high}) for p in terse.parameters)
    assert scenario_hash(terse.model_copy(update={"parameters": wider})) != scenario_hash(terse)


def test_as_written_round_trips(tmp_path):
    written = load_as_written("tapachula-2021-11-18")
    write_scenario(written, tmp_path / "again")
    assert load_as_written(tmp_path / "again") == written


def test_a_new_parameter_of_the_package_breaks_no_folder(tmp_path, monkeypatch):
    old = full_folder(load_scenario("tapachula-2021-11-18"), tmp_path / "old")
    before = load_scenario(old)
    inherited = scenarios.declared_by()["caravan"]
    new = Parameter(
        name="brand_new", unit="1", prior=Prior(dist="uniform", low=0, high=1), low=0, high=1, basis=("assumption",),
        description="New in a later version.",
    )  # fmt: skip
    more = dataclasses.replace(inherited, parameters={**inherited.parameters, "brand_new": new})
    monkeypatch.setattr(scenarios, "declared_by", lambda: {"caravan": more})
    after, faults = cv.read_scenario(old)
    assert faults == []
    assert after.parameters == (*before.parameters, new)


def test_parameters_listed_keep_their_order_and_their_neighbours():
    names = "abcdef"
    row = {n: Parameter(name=n, unit="1", value=1, low=0, high=9, basis=("x",), description=n) for n in names}
    declared_here = Declared(row, formerly={"old_b": "b"})
    own = Parameter(name="mine", unit="1", value=1, low=0, high=9, basis=("x",), description="mine")

    def order(*changes):
        return "".join(p.name[0] for p in parameters_in_force(changes, declared_here))

    assert order() == "abcdef"
    assert order(*(row[n] for n in "fedcba")) == "fedcba"
    assert order(row["e"], row["b"]) == "aecdbf"
    assert order(row["c"], own, row["d"]) == "abcmdef"
    assert order(own) == "mabcdef"
    (changed,) = [p for p in parameters_in_force([Parameter(name="old_b", value=3)], declared_here) if p.name == "b"]
    assert changed.value == 3
    with pytest.raises(ScenarioError, match="parameter zz: expected"):
        order(Parameter(name="zz", value=1))


def test_an_old_name_is_read_in_settings_too(terse):
    run = cv.simulate(terse(), members=1, set={"dissolution_chiapas": 0.125}, workers=1)
    assert float(run.parameters["dissolution_at_home"][0]) == 0.125


def test_forecasts_begin_from_the_same_table():
    table = declared(CARAVAN)
    assert set(headcount_priors()) == set(HEADCOUNT_NAMES) <= set(table)
    for name in HEADCOUNT_NAMES:
        row = table[name]
        assert headcount_priors()[name] == free_scale(row.forecast_law)
        assert row.for_forecast != row.law or not row.simulated, f"{name}: the column is for what differs"
    assert [free_scale(table[name].forecast_law) for name in COMMON] == list(TABLE["none"])


def test_camp_shares_declares_its_parameters_in_the_same_columns():
    table = declared(CAMP_SHARES)
    assert list(table) == list(POOLED)
    assert POOLED["held"].value == table["held"].law.value == 0.45
    assert (POOLED["held"].scale, POOLED["size_power"].scale) == ("logit", "log")
    assert POOLED["softening"].spread == 0
