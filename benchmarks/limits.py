"""Print each hot path's time over its floor, and what bounds it.

    python benchmarks/limits.py [--paths walk caravan ...] [--days 40] [--json]

A floor is what the same work costs at the least, measured in the same process right after it:

- *draws*: the random numbers alone that the path makes.  Of the walk two coins for each person who takes a road, 64 to
  a word; of the other models the same calls of NumPy's generator with the same numbers and chances.
- *memory*: the bytes alone that it reads and writes.  Of the walk each occupied cell once and the cells that it leads
  to, in the order of their visits; of tables their columns copied, and the bytes of their files written to the disk; of
  a report each column of the run's tables read once and its page written; of a calibration the chances of each draw
  from every stop to every other, written once and read once a night.

The greater floor bounds the path; where the path is more than three times as dear as both, it is bound by what is
between (``work``: arithmetic, Python).  Paths: ``walk`` (a block of eight of the big network of
``dispersal_scale.py``), ``instance`` (a block of 64 of mali2012, where it is present), ``caravan`` (a block of 64 of
tapachula-2021), ``camp-shares`` (a block of 64 of the made-up country), ``tables`` (those of the walk's block, made
and written), ``report`` (of 256 members of tapachula-2021), ``calibration`` (a quarter of the ways of the caravan of
tapachula-2021, drawn given its nights: what a calibration does first).  Seconds are of processor time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from dispersal_scale import scenario as big_network
from made_country import made_country
from numba import njit
from sampler_floor import Recorder, measure, replay

from caravana.models.displacement.walk.kernels.arrays import RECENTS
from caravana.models.displacement.walk.kernels.lanes import LANES, load, store
from caravana.models.displacement.walk.kernels.random import draw_bits, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]

SHARED = Path(__file__).parents[2] / "shared" / "data" / "flee"
COINS, WORD = 2, 64
#: A path that is so many times as dear as its floors is bound by neither.
FAR = 3.0


@dataclass(frozen=True)
class Limit:
    """A path's seconds and those of its floors, NaN where there is no such floor."""

    path: str
    seconds: float
    draws: float
    memory: float

    @property
    def over(self) -> float:
        """Its time over the greater floor."""
        return self.seconds / float(np.nanmax([self.draws, self.memory]))

    @property
    def bound(self) -> str:
        """What bounds it."""
        if self.over > FAR:
            return "work"
        return "draws" if np.nan_to_num(self.draws) >= np.nan_to_num(self.memory) else "memory"


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time that something takes, and what it gives."""
    began = time.process_time()
    given = act()
    return time.process_time() - began, given


@njit
def throw(bits: NDArray[np.uint64], words: int, out: NDArray[np.uint64]) -> None:
    """Draw words of eight members, and nothing else."""
    for _ in range(words):
        store(out, 0, step(bits))


@njit
def move(people: Codes, cells: Ints, first: Ints, leads: Codes, size: int) -> None:
    """Read each cell and add to those that it leads to, and nothing else."""
    for cell in cells:
        for entry in range(first[cell], first[cell + 1]):
            if leads[entry] >= 0:
                for at in range(0, size, LANES):
                    there = leads[entry] * size + at
                    store(people, there, load(people, there) + load(people, cell * size + at))


def walk(name: str, scenario: Scenario, members: int, days: int) -> Limit:
    """A block of the walk, its coins and its cells."""
    from caravana.models.displacement.walk.order import simulate_walk
    from caravana.models.displacement.walk.processes import see_network
    from caravana.models.displacement.walk.world import compile_walk

    world = compile_walk(scenario, mended=False, days=days)
    simulate_walk(world, seed=1, block=0, members=members, days=2)
    seconds, block = timed(lambda: simulate_walk(world, seed=1, block=0, members=members))
    bits, out = draw_bits(np.random.default_rng(1))[0], np.zeros(LANES, np.uint64)
    throw(bits, 1, out)
    persons = int(block.departures.sum()) / world.settings.hasten
    draws, _ = timed(lambda: throw(bits, int(persons * COINS / WORD / LANES), out))
    net, size = see_network(world), RECENTS * LANES
    first = np.append(net.entry, len(net.leads))
    # A day's people are not in all cells: those of places that anybody is at.
    occupied = (block.people[:members] > 0).any(axis=(0, 1))[world.place[net.post]]
    cells = np.flatnonzero(occupied)
    people = np.zeros(len(net.post) * size, np.int32)
    move(people, cells[:1], first, net.leads, size)
    once, _ = timed(lambda: [move(people, cells, first, net.leads, size) for _ in range(5)])
    share = ((block.people > 0).any(axis=0).mean(axis=1)).mean() / max(occupied.mean(), 1e-9)
    return Limit(name, seconds, draws, once / 5 * days * members / LANES * min(float(share), 1.0))


def caravan() -> Limit:
    """A block of caravans, and its draws."""
    parts = measure(3)
    return Limit("caravan", parts["engine_seconds"], parts["bare_seconds"], np.nan)


def camp_shares(days: int) -> Limit:
    """A block of camps that share arrivals, and its draws."""
    from caravana.models.base import Task
    from caravana.models.registry import model_of
    from caravana.streams import Stream

    scenario = made_country(days=days, rules="camp-shares")
    model = model_of(scenario)
    world = model.compile(scenario, days=days)
    task = Task(scenario, (), model.draw(scenario, seed=1, block=0), 1, 0, days)
    calls: list[tuple[str, tuple[Any, ...]]] = []
    original = Stream.at
    Stream.at = lambda self, substep: Recorder(original(self, substep), calls)  # type: ignore[assignment, return-value]
    try:
        model.simulate(world, task)
    finally:
        Stream.at = original  # type: ignore[method-assign]
    seconds, _ = timed(lambda: model.simulate(world, task))
    bare, _ = timed(lambda: replay(calls))
    return Limit("camp-shares", seconds, bare, np.nan)


def tables(scenario: Scenario, days: int) -> Limit:
    """The tables of a block of the walk made and written, and their bytes written as one file."""
    from caravana.ensemble.store import write_block
    from caravana.models.displacement.block import tabulate_block
    from caravana.models.displacement.walk.order import simulate_walk
    from caravana.models.displacement.walk.world import compile_walk

    world = compile_walk(scenario, mended=False, days=days)
    block = simulate_walk(world, seed=1, block=0, members=LANES)
    with tempfile.TemporaryDirectory(prefix="limits-") as place:
        folder = Path(place)

        def write() -> None:
            rows = tabulate_block(block, place_ids=world.place_ids, links=world.links, kind="person")
            write_block(folder, 0, rows, start=scenario.start, members=LANES)

        write()  # imports what it needs
        seconds, _ = timed(write)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        rows = tabulate_block(block, place_ids=world.place_ids, links=world.links, kind="person")
        columns = [getattr(column, "codes", column) for table in rows.values() for column in table.values()]
        bare, _ = timed(lambda: [*(column.copy() for column in columns), (folder / "bytes").write_bytes(bytes(size))])
    return Limit("tables", seconds, np.nan, bare)


def report() -> Limit:
    """The report of a run, and its tables read and its page written."""
    import caravana as cv
    from caravana.reporting.report import write_report

    run = cv.simulate("tapachula-2021", members=256, workers=1)
    with tempfile.TemporaryDirectory(prefix="limits-") as place:
        write_report(run, path=Path(place) / "first.html")  # imports what it needs
        seconds, page = timed(lambda: write_report(run, path=Path(place) / "report.html"))
        size = page.stat().st_size

        def floor() -> None:
            for table in ("people", "caravans", "flows", "payments", "reports"):
                run.query(f"SELECT min(COLUMNS(*)) FROM {table}")
            (Path(place) / "bytes").write_bytes(bytes(size))

        bare, _ = timed(floor)
    return Limit("report", seconds, np.nan, bare)


def calibration() -> Limit:
    """A part of the ways of a caravan given its nights, and their chances written once and read once a night."""
    from caravana.inference.caravan.paths import PARTS, WAYS, draw_part
    from caravana.inference.reports import read_record
    from caravana.models.scenarios import load_scenario

    scenario = load_scenario("tapachula-2021")
    record = read_record(scenario)
    draw_part(record, 3, 1, 0)  # imports what it needs
    seconds, _ = timed(lambda: draw_part(record, scenario.days, 1, 0))
    stops = len(record.stops.ids)
    chances = np.zeros((WAYS // PARTS, stops, stops), np.float32)
    bare, _ = timed(lambda: [chances.fill(1.0), *(chances.sum() for _ in range(scenario.days))])
    return Limit("calibration", seconds, np.nan, bare)


def instance() -> Limit | None:
    """A block of 64 of mali2012, where the shared folder is."""
    from caravana.importers.flee.instance import import_flee

    if not SHARED.is_dir():
        return None
    scenario = import_flee(SHARED / "mali2012", SHARED / "simsetting.yml").require()
    return walk("instance", scenario, 64, scenario.days)


def main() -> None:
    """Measure and print."""
    paths: dict[str, Callable[[int], Limit | None]] = {
        "walk": lambda days: walk("walk", big_network(), LANES, days), "instance": lambda _: instance(),
        "caravan": lambda _: caravan(), "camp-shares": camp_shares, "tables": lambda days: tables(big_network(), days),
        "report": lambda _: report(), "calibration": lambda _: calibration(),
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--paths", nargs="+", default=list(paths), choices=list(paths))
    parser.add_argument("--days", type=int, default=40, help="days of the made-up networks")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    limits = [limit for limit in (paths[name](arguments.days) for name in arguments.paths) if limit is not None]
    if arguments.json:
        print(json.dumps({one.path: {**asdict(one), "over": one.over, "bound": one.bound} for one in limits}))
        return
    print(f"{'path':12} {'seconds':>9} {'draws':>9} {'memory':>9} {'over':>6}  bound by")
    for one in limits:
        print(f"{one.path:12} {one.seconds:9.3f} {one.draws:9.3f} {one.memory:9.3f} {one.over:6.1f}  {one.bound}")


if __name__ == "__main__":
    main()
