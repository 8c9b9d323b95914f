"""Capacities are read for what they are, and sizes bounded by what has been counted."""

import numpy as np
import pytest

from caravana.models.displacement.camp_shares.bounds import bounded_sizes, says_no_limit, usual_sizes


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ([1_000_000, 21_000, 21_000, 702], [True, False, False, False]),
        ([1_000_000] * 3, [True] * 3),
        ([195_215, 581_814, 1_016_892, 2_167_360], [False] * 4),  # countries that do take so many
        ([750_991, 740_859, 1_000_000, 1_000_000], [False, False, True, True]),
        ([10_000, 10_000, 4_000], [False] * 3),  # plans may be alike
        ([0, 5_000], [True, False]),
        ([900_000, 8_000, 9_000], [True, False, False]),  # a town's inhabitants
        ([150_000, 150_000], [True, True]),
    ],
)
def test_which_capacities_are_no_limit(capacity, expected):
    assert says_no_limit(np.array(capacity, float)).tolist() == expected


def test_sizes_are_bounded_by_the_largest_count_so_far():
    size = np.array([1e6, 50_000.0, 3_000.0, 1e6])
    largest = np.array([4_000.0, 2_000.0, 3_500.0, 0.0])
    no_limit = np.array([True, False, False, True])
    bounded = bounded_sizes(size, largest, no_limit, without=2.0, limit=6.0)
    # Twice its own, six times its own, never less than it held, and room for one never counted.
    assert bounded.tolist() == [8_000, 12_000, 3_500, 8_000]


def test_before_any_count_a_camp_without_limit_takes_what_is_usual():
    size = np.array([1e6, 20_000.0, 10_000.0])
    assert usual_sizes(size, np.array([True, False, False])).tolist() == [30_000, 20_000, 10_000]
    assert usual_sizes(size, np.zeros(3, bool)).tolist() == size.tolist()
