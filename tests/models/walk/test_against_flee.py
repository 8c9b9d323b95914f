import csv

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import SHARED

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.scores import err

pytestmark = [pytest.mark.peers, pytest.mark.statistical]


def flee_runs(name, pattern):
    runs = []
    for path in sorted((SHARED / name / "flee_output").glob(pattern)):
        with path.open() as file:
            rows = list(csv.DictReader(file))
        camps = [key.removesuffix(" sim") for key in rows[0] if key.endswith(" sim")]
        runs.append([[float(row[f"{camp} sim"]) for camp in camps] for row in rows])
    return camps, np.array(runs)


def test_each_camp_follows_flees_runs_day_by_day():
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is absent")
    camps, flee = flee_runs("mali2012", "hasten10_*.csv")
    scenario = import_flee(SHARED / "mali2012", SHARED / "simsetting.yml").require()
    world = compile_world(scenario, settings={"hasten": 10})
    index = {place.name: i for i, place in enumerate(scenario.places)}
    block = simulate_block(world, seed=1, block=0, members=32)
    ours = block.people[:, :, [index[camp] for camp in camps]] / 10
    spread = np.sqrt(ours.var(axis=0) / len(ours) + ours.var(axis=0) / len(flee))
    gap = np.abs(ours.mean(axis=0) - flee.mean(axis=0))
    allowed = 3 * spread + 0.01 * flee.mean(axis=0).sum(axis=1, keepdims=True)
    assert (gap <= allowed).mean() >= 0.95
    columns = [world.counts.place_ids.index(scenario.places[index[camp]].id) for camp in camps]
    counts = world.counts.camps[:, columns].astype(float)
    assert abs(err(ours, counts).mean() - err(flee, counts).mean()) < 0.01
