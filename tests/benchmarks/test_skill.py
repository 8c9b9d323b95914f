"""The parts of the skill benchmark that decide: records read from tables, rules of scoring, pooling, tables drawn."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks.skill import branching, pooling, rules
from benchmarks.skill.positions import Case
from benchmarks.skill.records import bundled, others
from benchmarks.skill.run import RESULTS
from benchmarks.skill.tables import camp_misses, camp_tables, caravan_table, misses

from caravana.inference.caravan.pooled.rosters import BLEND, FIGURES, HORIZONS, MODEL, POSITIONS

HEADER = "caravan,date,place_id,kind,low,high,qualifier,speaker_role,speaker_side,inferred,note"
ROWS = """
2022-06-06,2022-06-06,huixtla,headcount,5000,6000,range,press,press,false,
2022-06-06,2022-06-07,alvaro-obregon,position,,,exact,press,press,false,
2022-06-06,2022-06-08,huixtla,position,,,exact,press,press,true,
2022-06-06,2022-06-09,huixtla,position,,,exact,press,press,false,
2022-06-06,2022-06-09,mapastepec,position,,,exact,press,press,false,
2022-06-06,2022-06-09,escuintla,position,,,planned,organisers,organisers,false,
2022-06-06,2022-06-10,nowhere,position,,,exact,press,press,false,
2022-06-06,2022-06-15,mapastepec,position,,,exact,press,press,false,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    (folder / "caravans-2018-2025.csv").write_text(HEADER + ROWS, encoding="utf-8")
    (folder / "endings.csv").write_text("caravan,ended_on,how\n2022-06-06,2022-06-12,papers\n", encoding="utf-8")
    for name in ("places.csv", "places-2018-2025.csv"):
        (folder / name).write_text("id,country,lat,lon\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def given(folder):
    (one,) = others(folder)
    return one


def test_rows_are_known_on_their_day_readings_the_day_after_plans_the_day_before(given):
    known = {(night.date.day, night.planned): night.known_on.day for night in given.record.nights}
    assert known[7, False] == 7
    assert known[8, False] == 9
    assert known[9, True] == 8


def test_a_body_in_two_places_is_in_parts_and_nothing_is_truth_after_the_end(given):
    day = given.record.day(dt.date(2022, 6, 9))
    assert len(given.truth[day]) == 2
    assert given.record.day(dt.date(2022, 6, 15)) not in given.truth
    assert given.ending.how == "papers"


def test_what_is_left_out_is_named(given):
    assert any("nowhere" in line for line in given.passed_over)
    assert any("after its end" in line for line in given.passed_over)


def test_the_bundled_records_are_among_those_given():
    names = [one.name for one in bundled()]
    assert names == ["tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18"]
    assert all(one.truth for one in bundled())


def test_the_score_of_a_body_in_parts_is_the_mean_over_them():
    points, share = np.array([10.0]), np.ones(1)
    scored = rules.score(points, share, (10.0, 30.0))
    assert scored["crps"] == pytest.approx(10.0)
    assert scored["inside"] == 0.5
    assert scored["error"] == pytest.approx(-10.0)


def test_skill_over_a_rule_without_error_is_none():
    row = rules.table(
        [{"crps": 1.0, "inside": 1.0, "below": 0.0, "above": 0.0, "error": 1.0}], [{"rule": 0.0}], ["a"], seed=1
    )
    assert row["skill"] is None
    assert row["n"] == 1


def test_the_best_rule_is_chosen_over_all_cases_and_the_interval_draws_whole_caravans():
    scores = [{"crps": 1.0, "inside": 1.0, "below": 0.0, "above": 0.0, "error": 0.0}] * 4
    naive = [{"a": 2.0, "b": 4.0}, {"a": 2.0, "b": 1.0}] * 2
    row = rules.table(scores, naive, ["x", "x", "y", "y"], seed=1)
    assert row["best"] == "a"
    assert row["skill"] == pytest.approx(0.5)
    assert row["low"] == row["high"] == pytest.approx(0.5)


def cases_where(best: str, caravan: str, days: int = 8) -> list[Case]:
    """Cases of a caravan on which one forecaster is right and the others are off by far."""
    made = []
    for day in range(1, days + 1):
        samples = {name: np.full(200, 100.0 if name == best else 160.0) for name in POSITIONS.names}
        made.append(Case(caravan, day, 1, day + 1, (100.0,), samples, {}))
    return made


def test_weights_go_to_who_was_right_on_other_caravans_and_then_here():
    elsewhere = [case for name in ("a", "b", "c") for case in cases_where("past_increments", name)]
    here = cases_where("persistence_spread", "here", days=30)
    mixed = [p for p in pooling.pooled([*elsewhere, *here], POSITIONS) if p.case.caravan == "here"]
    at = {name: i for i, name in enumerate(POSITIONS.names)}
    first, last = mixed[0].weights, mixed[-1].weights
    assert first[at["past_increments"]] > 0.5
    assert last[at["persistence_spread"]] > first[at["persistence_spread"]] + 0.2
    assert all(p.weights.sum() == pytest.approx(1.0) for p in mixed)


def test_a_caravan_is_left_out_of_its_own_weights():
    elsewhere = [case for name in ("a", "b") for case in cases_where("past_increments", name)]
    here = cases_where("persistence_spread", "here")
    without = pooling.weights_without([*elsewhere, *here], POSITIONS, "here")
    assert set(without) == set(HORIZONS)
    assert without[1] == pytest.approx(pooling.weights_without(elsewhere, POSITIONS, "none")[1])
    with_it = pooling.weights_without([*elsewhere, *here], POSITIONS, "none")
    assert (
        with_it[1][POSITIONS.names.index("persistence_spread")]
        > without[1][POSITIONS.names.index("persistence_spread")]
    )


def test_what_other_caravans_would_have_been_forecast_without_this_one_teaches_its_weights():
    (case, *_) = cases_where(MODEL, "a")
    unseen = {name: np.full(200, 400.0) for name in ("here",)}
    taught = Case("a", 1, 1, 2, (100.0,), case.samples, unseen, unseen)
    at = POSITIONS.names.index(MODEL)
    assert pooling.weights_without([taught] * 6, POSITIONS, "here")[1][at] < 0.2
    assert pooling.weights_without([taught] * 6, POSITIONS, "none")[1][at] > 0.5


def test_results_in_the_repository_have_what_the_docs_and_others_read():
    results = json.loads(Path(RESULTS).read_text(encoding="utf-8"))["caravans"]
    for quantity in ("position", "headcount"):
        assert set(results[quantity]) == {str(h) for h in HORIZONS}
        for row in results[quantity].values():
            assert {"skill", "low", "high", "n", "coverage90", "bias"} <= set(row)
    assert set(results["position"]["1"]["weights"]) == set(POSITIONS.names)
    assert set(results["headcount"]["1"]["weights"]) == set(FIGURES.names)
    assert BLEND in POSITIONS.names
    for row in results["together"].values():
        assert {"brier", "brier_base", "n"} <= set(row)
    assert {"brier", "brier_base", "n", "reliability"} <= set(results["branches"])
    assert caravan_table(results).count("\n") == 12
    assert all(line.startswith("- ") for line in misses(results).splitlines())
    results["position"]["3"]["skill"] = 0.1
    assert "- Skill of positions at 3 days: 0.100, 0.20 was asked for." in misses(results).splitlines()


def test_a_branch_is_told_from_the_others_alone_and_from_before_it_was_seen():
    given = bundled()
    made = branching.choices(given)
    # October 2021 at Arriaga, Juchitán and Puebla, October 2018 at the first two: nobody left.
    assert [choice.caravan for choice in made] == ["tapachula-2021"] * 3 + ["san-pedro-sula-2018"] * 2
    assert not any(choice.happened for choice in made)
    assert all(0.0 < choice.said < 1.0 for choice in made)
    # At Puebla no other was seen to pass: half a caravan each way.
    assert [round(choice.base, 3) for choice in made] == [0.25, 0.25, 0.5, 0.25, 0.25]


def test_what_camps_miss_is_listed_from_the_results():
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert "| Sum over camps |" in camp_tables(results)
    good = {"ratio": 0.3, "coverage90": 0.9, "n": 20}
    rows = {h: dict(good) for h in ("7", "14", "30", "60")}
    tables = {key: {**rows, "instances": {"here": dict(rows)}} for key in ("total_forecast", "total_given")}
    run = {"ratio": 0.5, "coverage90": 0.9}
    assert camp_misses({"displacement": tables, "whole_runs": {"here": run}}) == "Nothing."
    tables["total_given"]["instances"]["here"] = rows | {"30": good | {"ratio": 1.2, "coverage90": 0.5}}
    tables["total_forecast"]["60"] = good | {"ratio": 0.46, "coverage90": 0.954}
    said = camp_misses({"displacement": tables, "whole_runs": {"here": run | {"coverage90": 0.7}}})
    assert said.splitlines() == [
        "- Total forecast, 60 days: 0.460, 0.45 was asked for.",
        "- Total forecast, 60 days: 90% bands hold 0.954 of all counts.",
        "- Total given, here at 30 days: 1.200 of the best naive rule.",
        "- Total given, here at 30 days: 90% bands hold 50% of 20.",
        "- Whole run of here: 0.50 of Flee's error, 90% bands hold 70%.",
    ]
