"""The benchmark that others can enter: one door, one arithmetic, no favour."""

import json

import numpy as np
import pandas as pd
import pytest
from benchmarks.skill.entries import __main__ as commands
from benchmarks.skill.entries import naive, own, scoring, tasks
from tests.made.instances import write_instance

from caravana.errors import ScenarioError


@pytest.fixture(scope="module")
def every():
    return tasks.all_tasks()


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Every submitted file scored, and ours once more under another's name."""
    copy = tmp_path_factory.mktemp("entry") / "others-model.csv"
    copy.write_bytes(own_file().read_bytes())
    return commands.scored([*sorted(commands.SUBMITTED.glob("*.csv")), copy], None, apart=True)


@pytest.fixture(scope="module")
def results(rows):
    return [row for row in rows if row["model"] != "others-model"]


def own_file():
    return commands.SUBMITTED / f"{commands.OURS['caravans']}.csv"


def write_instances(folder, *, later=600):
    """Two instances counted to day 60; after day 30, the only origin, the counts of one camp are as given."""
    for name, scale in (("one", 10), ("two", 5)):
        near = [(day, scale * day) for day in (0, 10, 20, 30)] + [(day, later + day) for day in (37, 44, 60)]
        far = [(day, 3 * day) for day in (0, 10, 20, 30, 37, 44, 60)]
        write_instance(folder / name, days=61, camps={"Near": near, "Far": far})
    return folder


def test_the_results_that_the_docs_show_are_what_the_files_score(results):
    kept = [row for row in json.loads(commands.RESULTS.read_text("utf-8")) if row["target"] != commands.CAMPS]
    assert len(kept) == len(results)
    for one, other in zip(kept, results, strict=True):
        assert {k: v for k, v in one.items() if isinstance(v, str | int)} == {
            k: v for k, v in other.items() if isinstance(v, str | int)
        }
        for key in ("score", "skill", "coverage90"):
            assert one[key] == pytest.approx(other[key], abs=0.02 if key != "score" else 0.02 * one["score"])


def test_ours_under_another_name_scores_the_same(rows):
    ours, others = (
        [{**row, "model": ""} for row in rows if row["model"] == name]
        for name in (commands.OURS["caravans"], "others-model")
    )
    assert ours == others
    assert len(ours) == 8


def test_no_truth_was_known_on_the_origin_of_its_task_nor_lies_before_it(every):
    assert (every["known_on"] >= every["target_end_date"]).all()
    assert (every["target_end_date"] > every["origin_date"]).all()
    assert set(every["record"]) == set(tasks.CARAVANS)


def test_a_forecast_of_the_truth_scores_nothing_and_holds(every):
    one = every.drop_duplicates(list(tasks.KEYS), keep=False).head(20)
    rows = pd.DataFrame(
        [row for task in one.to_dict("records") for row in naive.file_rows(task, [task["observation"]] * 7)]
    )
    entry = scoring.lay_out(rows.rename(columns={"output_type_id": "quantile"}), every, "sure")
    lost = scoring.losses(entry, every)
    assert np.allclose(lost["score"], 0.0, atol=1e-3)


def test_the_score_is_the_pinball_loss_written_out():
    task = {"origin_date": "2021-10-24", "horizon": 1, "location": "a", "target": "persons"}
    truth = pd.DataFrame(
        [{**task, "target_end_date": "2021-10-25", "observation": 10.0, "known_on": "2021-10-26", "record": "a"}]
    )
    said = [2.0, 4.0, 8.0, 9.0, 12.0, 14.0, 20.0]
    rows = pd.DataFrame(list(naive.file_rows(task, said))).rename(columns={"output_type_id": "quantile"})
    lost = scoring.losses(scoring.lay_out(rows, truth, "x"), truth)
    by_hand = [
        2 * (level * (10 - q) if q <= 10 else (1 - level) * (q - 10))
        for level, q in zip(tasks.LEVELS, said, strict=True)
    ]
    assert lost["score"][0] == pytest.approx(sum(by_hand) / len(by_hand))
    assert lost["inside"][0] == 1.0


def test_a_file_without_a_level_is_refused_with_the_forecast_and_the_level(every, tmp_path):
    path = tmp_path / "team-model.csv"
    table = pd.read_csv(own_file())
    table[~((table["output_type_id"] == 0.95) & (table.index < 7))].to_csv(path, index=False)
    with pytest.raises(ScenarioError, match=r"quantiles are missing of 1 forecasts \(.*: 0\.95\)"):
        scoring.read_entry(path, every)


def test_a_file_with_another_name_or_of_other_tasks_is_refused(every, tmp_path):
    path = tmp_path / "model.csv"
    path.write_bytes(own_file().read_bytes())
    with pytest.raises(ScenarioError, match="expected TEAM-MODEL"):
        scoring.read_entry(path, every)
    other = tmp_path / "team-model.csv"
    pd.read_csv(own_file()).assign(target="elsewhere").to_csv(other, index=False)
    with pytest.raises(ScenarioError, match="none of the tasks"):
        scoring.read_entry(other, every)


def test_every_record_has_its_licence_and_every_entry_its_note():
    rows = {row["record"]: row for row in tasks.licences()}
    assert set(tasks.CARAVANS) < set(rows)
    assert all(row["licence"] and row["where"] for row in rows.values())
    for path in commands.SUBMITTED.glob("*.csv"):
        note = path.with_suffix(".md").read_text("utf-8")
        assert all(word in note for word in ("Who", "Fitted to", "Seen before", "Licence")), path


def test_tasks_are_written_with_what_was_known_by_when(tmp_path, capsys):
    commands.give_tasks(tmp_path, None)
    known = pd.read_csv(tmp_path / "known.csv")
    assert {"known_on", "date", "kind", "record"} <= set(known)
    assert "observation" not in pd.read_csv(tmp_path / "tasks.csv")
    assert "tasks in" in capsys.readouterr().out


def test_camps_are_forecast_from_what_was_known_on_the_origin_alone(tmp_path):
    entries = [
        own.camps_entry(write_instances(tmp_path / str(later), later=later), say=lambda _: None)
        for later in (600, 6000)
    ]
    assert entries[0].equals(entries[1])
    rows = entries[0]
    wanted = tasks.all_tasks(tmp_path / "600")
    entry = scoring.lay_out(rows.rename(columns={"output_type_id": "quantile"}), wanted, "ours")
    assert len(entry) == len(wanted[wanted["target"] == commands.CAMPS])
    assert (entry.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_what_was_counted_in_camps_is_given_with_the_day_it_was_known(tmp_path, capsys):
    commands.give_tasks(tmp_path / "out", write_instances(tmp_path / "instances"))
    known = pd.read_csv(tmp_path / "out" / "known.csv")
    camps = known[known["kind"] == "camp_count"]
    assert set(camps["location"]) == {f"{name}:{camp}" for name in ("one", "two") for camp in ("Near", "Far")}
    assert (camps["known_on"] >= camps["date"]).all()
    asked = pd.read_csv(tmp_path / "out" / "tasks.csv")
    assert set(asked[asked["target"] == commands.CAMPS]["location"]) <= set(camps["location"])
    assert "tasks in" in capsys.readouterr().out


def test_results_of_camps_stay_where_no_instances_are_named_and_are_made_where_they_are(tmp_path, monkeypatch):
    folder, submitted = write_instances(tmp_path / "instances"), tmp_path / "submitted"
    submitted.mkdir()
    (submitted / "caravana-pool.csv").write_bytes(own_file().read_bytes())
    camps = own.camps_entry(folder, say=lambda _: None)
    camps.to_csv(submitted / "others-camps.csv", index=False)
    monkeypatch.setattr(tasks, "CARAVANS", tasks.CARAVANS[-1:])
    monkeypatch.setattr(commands, "SUBMITTED", submitted)
    monkeypatch.setattr(commands, "RESULTS", tmp_path / "results.json")
    made = commands.keep_results(folder)
    of_camps = [row for row in made if row["target"] == commands.CAMPS]
    assert {row["model"] for row in of_camps} > {"others-camps"}
    assert all(row["n"] == row["tasks"] > 0 for row in of_camps if row["model"] == "others-camps")
    assert commands.keep_results(None) == made


def said_off(some, every, *, by):
    """An entry of some tasks that says one figure for each, off by so much."""
    rows = [row for task in some.to_dict("records") for row in naive.file_rows(task, [task["observation"] + by] * 7)]
    return scoring.lay_out(pd.DataFrame(rows).rename(columns={"output_type_id": "quantile"}), every, "x")


def test_what_no_rule_forecasts_is_scored_and_left_out_of_the_skill(every):
    ours = every[(every["target"] == "persons") & (every["horizon"] == 1)].drop_duplicates(list(tasks.KEYS)).head(6)
    whole, part = said_off(ours, every, by=10.0), said_off(ours.head(4), every, by=20.0)
    (row,) = scoring.compare(whole, {"short": part}, every)
    assert (row["n"], row["compared"], row["best"]) == (6, 4, "short")
    assert row["skill"] == pytest.approx(0.5)
    (row,) = scoring.compare(whole, {"short": part, "long": whole}, every)
    assert (row["compared"], row["best"], row["skill"]) == (6, "long", 0.0)
