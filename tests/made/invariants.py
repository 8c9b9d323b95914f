"""What must hold in any scenario, checked from the outside: at each process, and in the tables that are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from tests.made.random_scenarios import cases

from caravana.models.caravan.model import order_of, simulate_block
from caravana.models.caravan.state import STATUSES, Status

EXAMPLES = 1000
"""Scenarios in one shard; there are four shards."""


@dataclass
class Watch:
    """Looks over each process's shoulder: who comes in, who dies, and what the process is shown."""

    start: np.ndarray | None = None
    came: dict[int, np.ndarray] = field(default_factory=dict)
    died: dict[int, np.ndarray] = field(default_factory=dict)

    def on(self, process):
        """Return the process, watched."""

        def act(state, world, draws, today, stream):
            if self.start is None:
                self.start = (state.parties.sum(axis=3) @ world.size).sum(axis=1)
            assert not state.cells[~state.seen].any(), f"before {process.name}: people in a cell that is not looked at"
            outcome = process.act(state, world, draws, today, stream)
            for move in outcome.moves:
                assert move.parties.size == 0 or move.parties.min() >= 0, f"{process.name}: {move.flow}"
                if move.source is None and move.parties.size:
                    persons = move.parties * world.size[world.kinds_of(move.target)]
                    self._add(self.came, today.day, world, world.members_of(move.target), persons)
            for loss in outcome.losses:
                if loss.parties.size:
                    self._add(self.died, today.day, world, world.members_of(loss.source), loss.parties)
            if process.name == "stations" and world.station_places.size:
                self._check_room(state, world, outcome)
            return outcome

        return replace(process, act=act)

    @staticmethod
    def _add(table, day, world, members, persons):
        total = np.bincount(members, weights=persons, minlength=world.members).astype(np.int64)
        table[day] = table.get(day, 0) + total

    @staticmethod
    def _check_room(state, world, outcome):
        after = state.cells.copy()
        for move in outcome.moves:
            np.subtract.at(after, move.source, move.parties)
        for station, room in zip(world.station_places, world.station_capacity, strict=True):
            kinds = np.arange(len(world.size))
            held = after[world.cells(np.arange(world.members)[:, None], station, kinds, Status.detained)] @ world.size
            assert held.max() <= room, "a station holds more persons than it has room for"


def check_tables(case, watch, tables):
    """Check the tables of a block against one another and against what the watch saw."""
    task, members = case.task, case.members
    shape = (members, task.days)
    people, flows = tables["people"], tables["flows"]
    size = np.array([sum(k.composition) for k in task.scenario.kinds])
    assert people["parties"].size == 0 or people["parties"].min() > 0
    assert np.array_equal(people["parties"] * size[people["kind"].codes], people["persons"])
    cell = (people["member"], people["day"])
    alive = np.zeros(shape, dtype=np.int64)
    np.add.at(alive, cell, people["persons"])
    dead = np.zeros(shape, dtype=np.int64)
    died = np.isin(flows["flow"].codes, [i for i, x in enumerate(flows["flow"].labels) if x == "died"])
    np.add.at(dead, (flows["member"][died], flows["day"][died]), flows["persons"][died])
    nothing = np.zeros(members, dtype=np.int64)
    came = np.stack([watch.came.get(d, nothing) for d in range(task.days)], axis=1)
    lost = np.stack([watch.died.get(d, nothing) for d in range(task.days)], axis=1)
    assert np.array_equal(dead, lost), "deaths in the table are not those that happened"
    assert np.array_equal(alive + dead.cumsum(axis=1), watch.start[:, None] + came.cumsum(axis=1))
    assert flows["persons"].size == 0 or flows["persons"].min() >= 0
    assert (tables["payments"]["usd"] >= 0).all()
    assert (tables["reports"]["persons"] >= 0).all()
    check_caravans(task, tables, alive.shape)


def check_caravans(task, tables, shape):
    """Check that a caravan's people in one table are those of the other, and where it may be."""
    people, caravans = tables["people"], tables["caravans"]
    names = caravans["caravan"].labels
    with_caravan = np.zeros((*shape, len(names)), dtype=np.int64)
    on_foot = people["status"].codes == STATUSES.index("on_foot")
    for c, name in enumerate(names):
        mine = people["place"].codes == people["place"].labels.index(name)
        assert on_foot[mine].all(), "people in a caravan are on foot"
        np.add.at(with_caravan[..., c], (people["member"][mine], people["day"][mine]), people["persons"][mine])
    told = np.zeros_like(with_caravan)
    told[caravans["member"], caravans["day"], caravans["caravan"].codes] = caravans["persons"]
    assert np.array_equal(told, with_caravan)
    assert np.isfinite(caravans["km"]).all()
    assert (caravans["km"] >= 0).all()
    ended = ~caravans["active"]
    assert not caravans["persons"][ended].any(), "people walk with a caravan that is not under way"
    assert Counter(people["status"].labels) == Counter(STATUSES)
    assert set(np.unique(people["day"])) <= set(range(task.days))


def conserve(shard: int) -> None:
    """Try one shard of the random scenarios."""

    @seed(shard)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def check(case):
        watch = Watch()
        order = tuple(watch.on(process) for process in order_of(case.task))
        check_tables(case, watch, simulate_block(replace(case.task, order=order)))

    check()
