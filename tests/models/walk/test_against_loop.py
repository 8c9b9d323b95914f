import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, DENSE_LOCATIONS, DENSE_ROUTES, SHARED, write_instance
from tests.oracles.flee_loop import run_loop

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.kernels.urns import MANY

SETTINGS = """move_rules:
  max_move_speed: 200.0
  default_movechance: 0.5
  camp_weight: 2.0
  start_on_foot: true
  avoid_short_stints: true
"""


def compare(world, *, members, seeds, days):
    counts = simulate_block(world, seed=1, block=0, members=members, days=days).people[:, :, world.camps]
    counts = counts / world.settings.hasten
    loop = np.array([run_loop(world, seed=seed, days=days) for seed in range(seeds)])[:, :, world.camps]
    total = max(loop.mean(axis=0)[-1].sum(), 1.0)
    bias = (counts.mean(axis=0) - loop.mean(axis=0)) / total
    noise = np.sqrt(counts.var(axis=0) / members + loop.var(axis=0) / seeds) / total
    return bias, noise, counts, loop


@pytest.mark.statistical
def test_counts_have_the_distribution_of_a_loop_over_people(tmp_path):
    folder = write_instance(
        tmp_path / "x", days=40, settings=SETTINGS, closures=CLOSURES + "country,Here,There,10,14\n",
        camps={"Near": [(0, 0), (40, 4000)], "Far": [(0, 0), (40, 1000)]},
    )  # fmt: skip
    world = compile_world(import_flee(folder, folder / "simsetting.yml").require())
    bias, noise, counts, loop = compare(world, members=256, seeds=200, days=40)
    assert (np.abs(bias) < 0.002 + 4 * noise).all()
    ratio = counts[:, 5:].std(axis=0).mean() / loop[:, 5:].std(axis=0).mean()
    assert 0.9 < ratio < 1.1


@pytest.mark.statistical
@pytest.mark.parametrize("awareness", [2, 3])
def test_routes_of_several_links_are_followed_as_by_the_loop(tmp_path, awareness):
    folder = write_instance(
        tmp_path / "x", settings=SETTINGS + f"  awareness_level: {awareness}\n",
        camps={"Near": [(0, 0), (20, 2000)], "Far": [(0, 0), (20, 500)]},
    )  # fmt: skip
    world = compile_world(import_flee(folder, folder / "simsetting.yml").require())
    bias, noise, _, _ = compare(world, members=256, seeds=200, days=20)
    assert (np.abs(bias) < 0.002 + 4 * noise).all()


@pytest.mark.statistical
@pytest.mark.parametrize("closures", ["", "country,Here,There,6,9\n"])
def test_of_many_routes_people_take_what_they_take_in_the_loop(tmp_path, closures):
    folder = write_instance(
        tmp_path / "x", locations=DENSE_LOCATIONS, routes=DENSE_ROUTES, closures=CLOSURES + closures,
        settings=SETTINGS + "  awareness_level: 2\n  capacity_buffer: 0.7\n",
        camps={"Near": [(0, 0), (20, 300)], "Far": [(0, 0), (20, 600)]},
    )  # fmt: skip
    world = compile_world(import_flee(folder, folder / "simsetting.yml").require())
    assert np.diff(world.options.first)[: len(world.place_ids)].min() >= MANY
    bias, noise, counts, loop = compare(world, members=256, seeds=200, days=20)
    assert (np.abs(bias) < 0.002 + 4 * noise).all()
    ratio = counts[:, 5:].std(axis=0).mean() / loop[:, 5:].std(axis=0).mean()
    assert 0.9 < ratio < 1.1


@pytest.mark.peers
@pytest.mark.statistical
def test_an_instance_has_the_means_of_the_loop():
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is absent")
    scenario = import_flee(SHARED / "mali2012", SHARED / "simsetting.yml").require()
    world = compile_world(scenario, settings={"hasten": 20})
    bias, noise, _, _ = compare(world, members=128, seeds=60, days=120)
    assert (np.abs(bias.sum(axis=1)) < 0.002 + 3 * noise.sum(axis=1)).all()
