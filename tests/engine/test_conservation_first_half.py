"""Persons are conserved to the unit and no count is negative: 5,000 of 10,000 random small scenarios."""

import pytest
from tests.engine.invariants import conserve

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shard", range(5))
def test_persons_are_conserved_and_nothing_is_negative(shard):
    conserve(shard)
