"""Occupied cells, and the fewest parties: what is worked out quickly is what one looks up one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from caravana.ensemble.design import draw_parameters
from caravana.models.base import Task
from caravana.models.caravan.model import set_up
from caravana.models.caravan.processes.enforcement import fewest
from caravana.models.caravan.state import Status, find
from caravana.models.scenarios import load_scenario


@settings(deadline=None)
@given(some.arrays(np.bool_, st.integers(0, 200)))
def test_flags_are_found_in_order_whatever_their_number(flags: np.ndarray) -> None:
    assert find(flags).tolist() == [i for i, flag in enumerate(flags) if flag]
    assert find(flags[::3]).tolist() == [i for i, flag in enumerate(flags[::3]) if flag]


def test_occupied_cells_are_those_that_hold_anyone() -> None:
    scenario = load_scenario("tapachula-2021")
    draws = {name: x[:5] for name, x in draw_parameters(scenario, seed=4, block=0).items()}
    start = set_up(Task(scenario, (), draws, 4, 0, 3))
    state, world = start.state, start.world
    rng = np.random.default_rng(4)
    held = rng.choice(state.cells.size, 4000, replace=False)
    state.seen[held] = True
    # Some that are seen hold nobody: they were left today.
    state.cells[held[1000:]] = rng.integers(1, 9, 3000)
    members, rows, kinds, _ = state.shape
    looked_at = (
        (Status.waiting, slice(0, world.places)), (Status.smuggled, slice(world.places, rows)),
        (Status.on_foot, world.caravan_rows), (Status.returned, slice(7, 8)), (Status.detained, slice(0, rows)),
    )  # fmt: skip
    for status, part in looked_at:
        expected = [
            (int(world.cells(m, part.start + r, k, status)), m, r, k)
            for m in range(members)
            for r in range(part.stop - part.start)
            for k in range(kinds)
            if state.parties[m, part.start + r, k, status]
        ]
        assert list(zip(*(x.tolist() for x in state.occupied(status, part)), strict=True)) == expected


@settings(deadline=None)
@given(st.data())
def test_the_fewest_parties_are_taken_largest_first(data: st.DataObject) -> None:
    sizes = np.array(data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True)))
    parties = np.array(data.draw(st.lists(st.integers(0, 20), min_size=len(sizes), max_size=len(sizes))))
    persons = data.draw(st.integers(0, int(parties @ sizes)))
    left, taken = persons, 0
    for size, count in sorted(zip(sizes.tolist(), parties.tolist(), strict=True), reverse=True):
        for _ in range(count):
            if left > 0:
                left, taken = left - size, taken + 1
    assert fewest(parties[None], sizes, np.array([persons])).tolist() == [taken]
