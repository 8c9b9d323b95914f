"""How widths ease off: the least biased of what scores about as well as the best."""

import numpy as np
import pytest
from benchmarks.skill.pooling import EASINGS, least_biased

from caravana.inference.caravan.pooled.rosters import HORIZONS


def scores(**by_easing):
    """A case at every horizon for each easing of a loss and a mean error."""
    rows = dict(zip(EASINGS, by_easing.values(), strict=True))
    return {easing: {h: [np.array(row, float)] for h in HORIZONS} for easing, row in rows.items()}


@pytest.mark.parametrize(
    ("rows", "best"),
    [
        ({"all": (10.0, 9.0), "root": (10.01, 7.0), "line": (10.5, 1.0)}, 0.5),
        ({"all": (10.0, -9.0), "root": (10.01, -7.0), "line": (10.015, 8.0)}, 0.5),
        ({"all": (10.0, 9.0), "root": (10.1, 7.0), "line": (10.2, 1.0)}, 0.0),
        ({"all": (10.2, 3.0), "root": (10.1, 4.0), "line": (10.0, 5.0)}, 1.0),
    ],
)
def test_of_what_scores_about_as_well_the_least_biased_is_taken(rows, best):
    assert least_biased(scores(**rows)) == best


def test_bias_counts_up_to_seven_days():
    late = scores(all=(10.0, 5.0), root=(10.0, 6.0), line=(10.0, 7.0))
    for easing in EASINGS:
        late[easing][14] = [np.array([10.0, 100.0 * (1.0 - easing)])]
    assert least_biased(late) == 0.0
