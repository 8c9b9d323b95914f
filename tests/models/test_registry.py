"""Models by name: the package's own, another package's, former names, and what is refused."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import numpy as np
import pytest
from tests.made.commands import quick_command
from tests.made.displacement_run import make_scenario
from tests.made.small import small_scenario

import caravana as cv
from caravana.errors import RenamedWarning, ScenarioError, UsageError
from caravana.inference.place_backtest import backtest_places, known_on
from caravana.models import registry
from caravana.models.base import BLOCK, Coded, Model, Process, insert, read_numbers, tabulate_parameters


class Still(Model):
    """Everybody counted at first stays where they are, give or take one."""

    name = "still"
    family = "stillness"

    def compile(self, scenario, *, days):
        first = {}
        for one in sorted(scenario.observations, key=lambda one: one.date):
            if one.kind == "camp_count":
                first.setdefault(one.place_id, one.low)
        return tuple(p.id for p in scenario.places), first

    def simulate(self, world, task):
        ids, first = world
        persons = np.array([first.get(i, 0) for i in ids], dtype=np.int64)
        noise = np.random.default_rng([task.seed, task.block]).integers(0, 2, (task.days, BLOCK, len(ids)))
        day, member, place = np.indices(noise.shape).reshape(3, -1)
        count = (persons + noise).ravel()
        none = np.zeros(count.size, dtype=np.int32)
        people = {
            "day": day.astype(np.int32), "member": member.astype(np.int32),
            "place": Coded(place.astype(np.int32), ids), "kind": Coded(none, (task.scenario.kinds[0].id,)),
            "status": Coded(none, ("displaced",)), "parties": count, "persons": count,
        }  # fmt: skip
        return {"people": people, "parameters": tabulate_parameters(task.draws)}


def test_each_of_our_models_has_its_name_and_family():
    families = {name: registry.find_model(name).family for name in registry.MODELS}
    assert families == {
        "caravan": "caravan", "flee": "displacement", "walk": "displacement", "camp-shares": "displacement",
    }  # fmt: skip
    assert all(registry.find_model(name).name == name for name in registry.MODELS)


@pytest.mark.parametrize(("counted", "today"), [(True, "camp-shares"), (False, "walk")])
def test_a_former_name_is_read_and_says_the_new_one(counted, today):
    scenario = make_scenario(days=5, rules="caravana", counted=counted)
    with pytest.warns(RenamedWarning, match=f"'caravana' are called '{today}' now"):
        assert registry.model_of(scenario).name == today


def test_the_command_says_a_new_name_once(tmp_path):
    cv.write_scenario(make_scenario(days=5, rules="caravana"), tmp_path / "homeland")
    command = [quick_command(), "run", "homeland", "--members", "2", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the rules 'caravana' are called 'camp-shares' now") == 1


def test_what_is_no_model_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"no model 'camp-share' \(did you mean 'camp-shares'"):
        registry.find_model("camp-share")
    with pytest.raises(ScenarioError, match=r"scenario\.toml: rules: no model 'magic'"):
        registry.model_of(make_scenario(days=5).model_copy(update={"rules": "magic"}))


def test_a_scenario_is_simulated_by_its_own_family_only():
    assert registry.model_of(make_scenario(days=5), rules="walk").name == "walk"
    with pytest.raises(UsageError, match="can be simulated by the rules flee or walk or camp-shares"):
        registry.model_of(make_scenario(days=5), rules="caravan")
    with pytest.raises(UsageError, match="policies act under the rules 'caravan'"):
        registry.require_family(make_scenario(days=5), "caravan", "policies act")
    registry.require_family(small_scenario(), "caravan", "policies act")


def test_another_package_offers_a_model_by_an_entry_point(tmp_path, monkeypatch):
    (tmp_path / "elsewhere.py").write_text("from tests.models.test_registry import Still\n\nSTILL = Still()\n", "utf-8")
    info = tmp_path / "elsewhere-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[caravana.models]\nstill = elsewhere:STILL\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "still" in registry.names()
    scenario = make_scenario(days=5).model_copy(update={"rules": "still"})
    assert registry.model_of(scenario).family == "stillness"


def test_a_model_given_by_the_caller_goes_all_the_way(tmp_path):
    scenario = make_scenario(days=40)
    run = cv.simulate(scenario, model=Still(), members=10, seed=1, out=tmp_path / "run", workers=2)
    assert (run.model, run.family) == ("still", "stillness")
    assert run.manifest["plan"]["family"] == "stillness"
    assert cv.score_run(run)["counts_scored"] > 0
    assert cv.write_report(run, language="es").stat().st_size > 0
    assert cv.export_run(run, format="csv", path=tmp_path / "tables").exists()
    again = cv.simulate(scenario, model=Still(), members=10, seed=1, workers=1)
    assert run.people.persons.equals(again.people.persons)


def test_a_backtest_of_any_model_sees_what_was_known_and_scores_what_came():
    scenario = make_scenario(days=40)
    origin = scenario.start + (scenario.end - scenario.start) / 2
    seen = known_on(scenario, origin)
    assert seen.observations
    assert all(o.date <= origin and o.known_on <= origin for o in seen.observations)
    cases = backtest_places(scenario, origins=[origin], horizons=(7, 14), members=8, model=Still())
    assert cases
    assert {case.horizon for case in cases} <= {7, 14}
    assert all({"caravana", "persistence"} <= set(case.scores) for case in cases)
    with pytest.raises(UsageError, match="leave nothing to score"):
        backtest_places(scenario, origins=[scenario.end], model=Still())


def test_steps_of_the_day_are_put_in_order_and_numbers_are_read():
    order = (Process("first", len), Process("last", len))
    assert [p.name for p in insert(order, Process("middle", len), after="first")] == ["first", "middle", "last"]
    with pytest.raises(UsageError, match="no process named 'noon'"):
        insert(order, Process("middle", len), after="noon")
    with pytest.raises(UsageError, match="has a process named 'last' already"):
        insert(order, replace(order[1]), after="first")
    assert read_numbers({"a": "0.5", "b": 2}) == {"a": 0.5, "b": 2.0}
    with pytest.raises(UsageError, match="a=much: expected a number"):
        read_numbers({"a": "much"})


def test_a_table_of_no_parameters_has_no_rows():
    assert len(tabulate_parameters({})["member"]) == 0
    table = tabulate_parameters({"b": np.array([1.0, 2.0]), "a": np.array([3.0, 4.0])})
    assert table["name"].labels == ("a", "b")
    assert table["value"].tolist() == [3.0, 1.0, 4.0, 2.0]
