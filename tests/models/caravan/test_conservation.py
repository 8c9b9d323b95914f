"""Persons are conserved to the unit and no count is negative: 4,000 random small scenarios.

What goes wrong in one of 1,300 is met with a chance of 95%.
"""

import pytest
from tests.made.invariants import conserve

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shard", range(4))
def test_persons_are_conserved_and_nothing_is_negative(shard):
    conserve(shard)
