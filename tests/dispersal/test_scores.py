import numpy as np
import pytest

from caravana.inference.dispersal_scores import (
    coverage,
    daily_error,
    err,
    mase,
    persistence,
    resc,
    rescaled,
    score_arrays,
    share_held,
    uniform_split,
    within_factor,
)

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


def test_every_score_has_a_mean_and_an_interval():
    told = score_arrays(np.stack([COUNTS, COUNTS * 1.1]), COUNTS)
    assert told["err"]["mean"] == pytest.approx(0.05)
    assert told["err"]["low"] <= told["err"]["mean"] <= told["err"]["high"]
    assert told["mase30"] == {"mean": None, "low": None, "high": None}
