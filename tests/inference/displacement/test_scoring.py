"""From which day a displacement run is scored, and what it is held against there."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.made.displacement_run import START, make_run

from caravana.inference.displacement.scores import (
    err,
    known_on,
    resc,
    score_arrays,
    score_displacement,
)
from caravana.inference.scoring.baselines import persistence, share_held
from caravana.language.language import load_language
from caravana.models.displacement.counts import daily_counts
from caravana.reporting.scores import displacement_lines
from caravana.results.places import people_at

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

EN = load_language("en")
ORIGIN = 40
NOTHING = {"mean": None, "low": None, "high": None}


def made(folder: Path, *, days: int = 60, origin: int = ORIGIN, rules: str = "camp-shares") -> Run:
    return make_run(folder / "run", days=days, rules=rules, settings={"origin_day": origin})


def seen_in(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """People and counts of a run, from its first day on."""
    daily = daily_counts(run.scenario)
    days = len(run.days)
    return people_at(run, daily.place_ids, days), daily.camps[:days].astype(float)


def counts_known(run: Run, counts: np.ndarray, *, day: int) -> np.ndarray:
    """What could be known of the counts of a day on it: no line to a later one."""
    return known_on(run.scenario, daily_counts(run.scenario).place_ids, counts, day=day)


def test_a_forecast_is_scored_on_the_days_after_its_origin_only(tmp_path: Path) -> None:
    run = made(tmp_path)
    people, counts = seen_in(run)
    told = score_displacement(run)
    ahead = slice(ORIGIN + 1, None)
    expected = score_arrays(people[:, ahead], counts[ahead])
    assert {name: told[name] for name in ("err", "resc", "within_factor_2", "coverage_90_days")} == {
        name: expected[name] for name in ("err", "resc", "within_factor_2", "coverage_90_days")
    }
    assert told["mase7"] == told["mase30"] == NOTHING
    assert told["scored_from"] == (START + dt.timedelta(ORIGIN + 1)).isoformat()
    assert told["days"] == 60 - ORIGIN - 1
    for name, held in (("share_held", share_held), ("persistence", persistence)):
        one = held(counts, known=counts_known(run, counts, day=ORIGIN))[ahead]
        assert told["baselines"][name]["err"] == pytest.approx(float(err(one, counts[ahead])))
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(("rules", "origin"), [("camp-shares", 0), ("flee", ORIGIN)])
def test_a_run_without_an_origin_is_scored_whole(tmp_path: Path, rules: str, origin: int) -> None:
    run = made(tmp_path, rules=rules, origin=origin)
    people, counts = seen_in(run)
    told = score_displacement(run)
    expected = score_arrays(people, counts)
    assert {name: told[name] for name in expected} == expected
    assert (told["scored_from"], told["days"]) == (START.isoformat(), 60)


def test_the_middle_of_the_runs_has_scores_of_its_own(tmp_path: Path) -> None:
    run = made(tmp_path)
    people, counts = (x[..., ORIGIN + 1 :, :] for x in seen_in(run))
    middle = np.median(people, axis=0)
    told = score_displacement(run)
    assert told["middle"] == {"err": float(err(middle, counts)), "resc": float(resc(middle, counts))}
    assert any(line.startswith("err of the middle of the runs: ") for line in displacement_lines(told, EN))


@pytest.mark.parametrize("last", [ORIGIN, 10])
def test_no_day_after_the_origin_no_score(tmp_path: Path, last: int) -> None:
    told = score_displacement(made(tmp_path), until=START + dt.timedelta(last))
    assert (told["err"], told["middle"], told["baselines"]) == (None, None, {})
    assert (told["scored_from"], told["days"]) == (None, 0)
    assert displacement_lines(told, EN) == ["no day after the origin to score"]


def test_without_counts_there_is_no_first_day_scored(tmp_path: Path) -> None:
    told = score_displacement(make_run(tmp_path / "run", days=8, members=2, counted=False))
    assert (told["err"], told["scored_from"]) == (None, None)
    assert displacement_lines(told, EN) == ["no camp counts to score"]


def test_what_holds_day_30_is_scored_from_day_30_on_beside_the_run_there(tmp_path: Path) -> None:
    run = made(tmp_path, rules="flee")
    people, counts = seen_in(run)
    told = score_displacement(run)
    rules = told["baselines"]
    for name, held in (("share_held", share_held), ("persistence", persistence)):
        one = rules[name]
        holds = held(counts, known=counts_known(run, counts, day=30))
        assert one["err"] == pytest.approx(float(err(holds[30:], counts[30:])))
        assert (one["first_day"], one["days"]) == (30, 30)
        assert one["run"]["err"]["mean"] == pytest.approx(float(err(people[:, 30:], counts[30:]).mean()))
        assert one["run"]["resc"]["mean"] == pytest.approx(float(resc(people[:, 30:], counts[30:]).mean()))
        assert set(one["run"]["middle"]) == {"err", "resc"}
    assert (rules["uniform_split"]["first_day"], rules["uniform_split"]["days"]) == (0, 60)
    assert "run" not in rules["gravity"]
    assert any("persistence: " in line and "from day 30 on" in line for line in displacement_lines(told, EN))


def test_near_empty_first_days_are_no_error_of_persistence(tmp_path: Path) -> None:
    run = made(tmp_path, rules="flee")
    counts = seen_in(run)[1]
    whole = float(err(persistence(counts), counts))
    assert score_displacement(run)["baselines"]["persistence"]["err"] < whole


def test_a_run_that_ends_before_day_30_has_nothing_held(tmp_path: Path) -> None:
    told = score_displacement(made(tmp_path, days=20, rules="flee"))
    assert told["baselines"]["persistence"] == {"err": None, "first_day": 30, "days": 0}
    assert told["baselines"]["uniform_split"]["err"] > 0
    assert "err of persistence: not defined here" in displacement_lines(told, EN)
    json.dumps(told, allow_nan=False)
