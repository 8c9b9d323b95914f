"""What is read from a camp's counts up to an origin, on records written out by hand."""

import numpy as np
import pytest

from caravana.models.displacement.camp_shares.history import (
    CALMEST,
    STEP,
    awake_chance,
    daily_rise,
    irregularity,
    read_record,
    robust_rate,
)
from caravana.models.displacement.camp_shares.pull import over_camps, pull_of, room_left, sizes

HALF = np.full((1, 1), 10.0)
YES, NO = np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)


def record_of(rows, *, days, origin, interpolated=False):
    """Camps as lists of (day, count), on lines between them and flat outside."""
    counts = np.stack([np.interp(np.arange(days), *zip(*one, strict=True)) for one in rows], axis=1).astype(np.int64)
    reported = np.zeros(counts.shape, dtype=bool)
    for camp, one in enumerate(rows):
        reported[[day for day, _ in one], camp] = True
    return read_record(counts, reported, origin, interpolated=interpolated)


def test_a_camp_is_known_up_to_its_last_report():
    rows = [[(0, 0), (10, 100), (40, 400)], [(0, 50), (25, 75)]]
    record = record_of(rows, days=50, origin=30)
    assert record.known.tolist() == [10, 25]
    assert record.last.tolist() == [100, 75]
    assert record.first.tolist() == [10, 0]
    assert record_of(rows, days=50, origin=30, interpolated=True).known.tolist() == [30, 30]


def test_before_its_first_report_a_camp_is_not_known_to_hold_anybody():
    record = record_of([[(0, 100)], [(40, 3000), (50, 3100)]], days=60, origin=30)
    assert record.last.tolist() == [100, 0]
    assert (record.counts[:, 1] == 0).all()


def test_rates_are_those_of_the_last_days_before_the_last_report():
    record = record_of([[(0, 0), (60, 0), (100, 400)], [(0, 500), (100, 300)]], days=150, origin=120)
    assert daily_rise(record, HALF)[0] == pytest.approx([10 * (1 - 2**-4), -2.0], rel=0.01)


def test_a_registration_of_many_in_one_day_is_no_rate():
    record = record_of([[(0, 0), (50, 100), (51, 20100)]], days=60, origin=51)
    step = 20000 / sum(0.5 ** (age / 30) for age in range(51))
    assert robust_rate(record, HALF, batch=NO)[0, 0] < STEP * (step + 2)
    assert daily_rise(record, HALF)[0, 0] > 1000


def test_first_counts_may_be_a_registration_of_those_who_are_there():
    record = record_of([[(0, 0), (30, 3000)], [(0, 0), (10, 1000), (30, 1200)]], days=40, origin=35)
    assert robust_rate(record, HALF, batch=NO)[0, 0] == pytest.approx(100)
    assert robust_rate(record, HALF, batch=YES)[0] == pytest.approx([0, 10])


def test_steady_camps_are_less_irregular_than_usual_and_jumping_ones_more():
    steady = [(day, 1000) for day in range(0, 120, 10)]
    jumping = [(day, 1000 if day % 20 else 3000) for day in range(0, 120, 10)]
    once = [(0, 0), (100, 4000)]
    found = irregularity(
        record_of([steady, jumping, once], days=130, origin=115, interpolated=False), usual=0.03, usual_days=30.0
    )
    assert CALMEST <= found[0] < 0.6
    assert found[1] > 2
    assert found[2] == pytest.approx(1.0)


def test_camps_where_nobody_arrived_are_mostly_idle_unless_unknown_or_just_opened():
    rows = [[(0, 0), (60, 6000)], [(0, 900), (60, 900)], [(0, 0)], [(0, 0), (60, 0)]]
    record = record_of(rows, days=80, origin=60)
    names = {"idle_share": 0.1, "least_awake": 0.2, "unknown_awake": 0.5, "opened_awake": 0.7}
    p = {name: np.full((1, 1), value) for name, value in names.items()}
    is_open = np.ones((80, 4), dtype=bool)
    is_open[:50, 3] = False
    assert awake_chance(record, np.full(4, 0.25), is_open, 60, p)[0] == pytest.approx([4 / 4.1, 0.2, 0.5, 0.7])


def test_a_camp_takes_what_it_has_held_and_without_a_capacity_what_camps_usually_do():
    seen = np.array([[0, 0, 0], [900, 10, 50]])
    assert sizes(np.array([500.0, 2000.0, 0.0]), seen).tolist() == [900, 2000, 1250]
    assert sizes(np.zeros(3), seen).tolist() == [1350, 480, 480]
    assert sizes(np.zeros(2), np.zeros((1, 2), dtype=np.int64)).tolist() == [1, 1]


def test_pull_grows_with_room_and_a_full_camp_keeps_a_little():
    p = {name: np.ones((1, 1)) for name in ("room_capacity", "size_power", "near_power", "room_power")}
    people = np.array([[0, 50, 100]])
    room = room_left(np.full(3, 100.0), np.zeros(3, dtype=bool), p, people)
    assert room[0] == pytest.approx([1.0, 0.5, 0.02])
    assert pull_of(np.full(3, 100.0), room, np.ones(3), p)[0] == pytest.approx([100, 50, 2])
    # A capacity that is a guess does not bind.
    assert room_left(np.full(3, 100.0), np.ones(3, dtype=bool), p, people)[0] == pytest.approx([1.0, 0.5, 0.5])


def test_weights_that_are_all_nought_are_shared_evenly_by_those_that_take_people():
    live = np.array([[True, False, True], [False, False, False], [True, True, False]])
    got = over_camps(np.array([[0.0, 0, 0], [0, 0, 0], [1, 3, 0]]), live)
    assert got.tolist() == [[0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3], [0.25, 0.75, 0]]
    assert over_camps(np.zeros((1, 2))).tolist() == [[0, 0]]
