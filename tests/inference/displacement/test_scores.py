from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.made.displacement_run import START, make_run, make_scenario

from caravana.inference.displacement.scores import (
    coverage,
    daily_error,
    err,
    known_on,
    mase,
    resc,
    rescaled,
    score_arrays,
    score_displacement,
    within_factor,
)
from caravana.inference.displacement.tested import dated_counts
from caravana.inference.scoring.baselines import persistence, share_held, uniform_split
from caravana.language.language import load_language
from caravana.models.displacement.counts import daily_counts
from caravana.reporting.scores import displacement_lines
from caravana.results.places import people_at

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.scenario.model import Observation

EN = load_language("en")
COUNTS = np.array([[10.0, 30.0], [20.0, 60.0], [50.0, 50.0]])


def test_the_error_of_a_day_is_relative_to_all_people_counted():
    people = np.array([[[10.0, 30.0], [0.0, 60.0], [60.0, 60.0]]])
    assert daily_error(people, COUNTS).tolist() == [[0.0, 0.25, 0.2]]
    assert err(people, COUNTS) == pytest.approx([0.15])


def test_rescaling_gives_the_counted_total_and_leaves_empty_camps_empty():
    people = np.array([[[5.0, 15.0], [0.0, 0.0], [1.0, 3.0]]])
    assert rescaled(people, COUNTS)[0].tolist() == [[10.0, 30.0], [0.0, 0.0], [25.0, 75.0]]
    assert resc(people, COUNTS) == pytest.approx([(0.0 + 1.0 + 0.5) / 3])


def test_mase_is_one_for_the_flat_line_itself_and_leaves_out_camps_that_are_flat():
    counts = np.array([[10.0, 5.0], [10.0, 5.0], [30.0, 5.0]])
    # A simulation that is right in the second camp and flat in the first, already at the counted total.
    people = np.array([[[10.0, 5.0], [10.0, 5.0], [30.0, 5.0]], [[10.0, 5.0], [10.0, 5.0], [10.0, 25.0]]])
    assert mase(people, counts, start=1).tolist() == [0.0, 1.0]
    assert np.isnan(mase(people, counts, start=3)).all()


def test_baselines_keep_the_total_they_are_given():
    for one in (uniform_split(COUNTS), share_held(COUNTS, day=0)):
        assert one.sum(axis=1) == pytest.approx(COUNTS.sum(axis=1))
    assert share_held(COUNTS, day=0)[2].tolist() == [25.0, 75.0]
    assert persistence(COUNTS, day=1)[0].tolist() == [20.0, 60.0]


def test_shares_within_a_factor_and_within_the_band():
    people = np.stack([COUNTS * 1.9, COUNTS * 2.1])
    assert within_factor(people, COUNTS).tolist() == [1.0, 0.0]
    assert coverage(np.stack([COUNTS * 0.9, COUNTS * 1.1]), COUNTS) == 1.0
    assert coverage(people, COUNTS) == 0.0


def test_nought_against_nought_is_no_share_within_a_factor():
    nobody = np.zeros_like(COUNTS)
    assert np.isnan(within_factor(np.stack([nobody, COUNTS]), nobody)).all()
    assert score_arrays(np.stack([nobody, nobody]), nobody)["within_factor_2"]["mean"] is None
    # Camps with nobody counted are left out of the share of the others.
    partly = COUNTS * [1.0, 0.0]
    assert within_factor(partly[None], partly).tolist() == [1.0]


def test_shares_are_held_by_what_was_counted_by_their_day():
    scenario = make_scenario(days=60)
    daily = daily_counts(scenario)
    first = [o for o in scenario.observations if o.kind == "camp_count"]
    one = daily.place_ids[0]
    late = tuple(o for o in first if o.place_id != one or scenario.day_of(o.date) > 30)
    changed = scenario.model_copy(update={"observations": late})
    counts = daily_counts(changed).camps.astype(float)
    held = known_on(changed, daily.place_ids, counts, day=30)
    assert held[0] == 0
    assert counts[30, 0] > 0
    assert share_held(counts, day=30, known=held)[-1, 0] == 0
    assert persistence(counts, day=30, known=held)[-1].tolist() == held.tolist()


def test_nothing_is_held_that_came_out_later_or_was_only_planned():
    scenario = make_scenario(days=60)
    one = next(o for o in scenario.observations if o.kind == "camp_count")

    def count(day, persons, out_after=0, qualifier="exact"):
        date = scenario.start + dt.timedelta(days=day)
        told = {"id": f"c{day}-{persons}", "date": date, "known_on": date + dt.timedelta(days=out_after)}
        return one.model_copy(update={**told, "low": persons, "high": persons, "qualifier": qualifier})

    # Counted on day 18 and out on 25; on day 28, out on 35; for day 19 so many were planned on day 1.
    rows = (count(10, 100.0), count(18, 500.0, 7), count(28, 1000.0, 7), count(19, 9000.0, -18, "planned"))
    changed = scenario.model_copy(update={"observations": rows})
    for day, held in ((12, 100), (20, 100), (25, 500), (34, 500), (35, 1000)):
        daily = daily_counts(changed, on=scenario.start + dt.timedelta(days=day))
        assert known_on(changed, daily.place_ids, daily.camps.astype(float), day=day).tolist() == [held], day
    assert daily_counts(changed).camps[18, 0] == 500


def test_every_score_has_a_mean_and_an_interval():
    told = score_arrays(np.stack([COUNTS, COUNTS * 1.1]), COUNTS)
    assert told["err"]["mean"] == pytest.approx(0.05)
    assert told["err"]["low"] <= told["err"]["mean"] <= told["err"]["high"]
    assert told["mase30"] == {"mean": None, "low": None, "high": None}


def test_the_band_is_held_against_dated_counts_that_the_run_was_not_given(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", days=60)
    # Dated within the run: West 0, 20, 45; South 0, 30.  Day 0 is given.
    people = people_at(run, ("West_Camp", "South_Camp"), 60)
    seen = [(20, 0, 900.0), (45, 0, 2100.0), (30, 1, 700.0)]
    ends = [np.quantile(people[:, day, camp], [0.05, 0.95]) for day, camp, _ in seen]
    inside = [np.floor(low) <= n <= np.ceil(high) for (low, high), (_, _, n) in zip(ends, seen, strict=True)]
    told = score_displacement(run)
    assert (told["coverage_90"], told["counts_scored"]) == (pytest.approx(np.mean(inside)), 3)
    counts = daily_counts(run.scenario).camps[:60].astype(float)
    assert told["coverage_90_days"] == coverage(people, counts) != told["coverage_90"]
    lines = displacement_lines(told, EN)
    assert (
        f"counts within the 90% band: {np.mean(inside):.0%} ({sum(inside)} of 3, on the days they are dated)" in lines
    )


@pytest.mark.parametrize(
    ("changes", "first"),
    [({}, 1), ({"settings": {"insert_day0": False}}, 0), ({"settings": {"empty_camps_on_day0": True}}, 0),
     ({"rules": "camp-shares", "settings": {"insert_day0": False}}, 1),
     ({"rules": "camp-shares", "settings": {"origin_day": 30}}, 31)],
)  # fmt: skip
def test_counts_until_the_origin_or_on_day_0_are_given(changes: dict[str, object], first: int) -> None:
    found = dated_counts(make_scenario(**changes), ("West_Camp", "South_Camp"), days=80)
    assert sorted(zip(found.day.tolist(), found.camp.tolist(), strict=True)) == [
        (day, camp) for day, camp in [(0, 0), (0, 1), (20, 0), (30, 1), (45, 0), (70, 1)] if day >= first
    ]


def test_several_counts_of_a_day_are_one_range_and_more_than_is_open_above() -> None:
    scenario = make_scenario()
    (west,) = (o for o in scenario.observations if o.place_id == "West_Camp" and o.low == 900)

    def other(name: str, low: float | None, high: float | None, day: int = 20) -> Observation:
        date = START + dt.timedelta(day)
        return west.model_copy(update={"id": name, "low": low, "high": high, "date": date})

    more = (other("b", 1000.0, 1200.0), other("c", 2000.0, None, 50), other("d", None, None, 51))
    found = dated_counts(
        scenario.model_copy(update={"observations": (*scenario.observations, *more)}), ("West_Camp",), days=80
    )
    assert list(zip(found.day.tolist(), found.low.tolist(), found.high.tolist(), strict=True)) == [
        (20, 900.0, 1200.0), (45, 2100.0, 2100.0), (50, 2000.0, np.inf),
    ]  # fmt: skip
    assert found.inside(np.full((9, 80, 1), 2050.0)).tolist() == [False, False, True]


def test_nothing_but_the_first_counts_is_no_test(tmp_path: Path) -> None:
    told = score_displacement(make_run(tmp_path / "run", days=10))
    assert (told["coverage_90"], told["counts_scored"]) == (None, 0)
    assert "counts within the 90% band: none to score" in displacement_lines(told, EN)


def test_shares_held_have_their_error_over_all_days_beside_that_from_day_30_on(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", days=60)
    counts = daily_counts(run.scenario).camps[:60].astype(float)
    told = score_displacement(run)
    one = told["baselines"]["share_held"]
    known = known_on(run.scenario, daily_counts(run.scenario).place_ids, counts, day=30)
    shares = share_held(counts, known=known)
    assert one["whole"] == pytest.approx(float(err(shares, counts)))
    assert one["err"] == pytest.approx(float(err(shares[30:], counts[30:]))) != one["whole"]
    assert not any("whole" in told["baselines"][name] for name in ("persistence", "uniform_split", "gravity"))
    assert f"err of share held, over all days: {one['whole']:.3f}" in displacement_lines(told, EN)
