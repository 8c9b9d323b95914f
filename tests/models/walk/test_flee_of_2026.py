"""Rules of 2025 and 2026 against Flee's own package, where an interpreter has one that knows them.

``FLEE_PYTHON`` names the interpreter.  Flee 3.1, the newest that registries have, knows the plain rules only: these are
compared with it, and the others are skipped with the reason.
"""

import json
import os
import subprocess

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import LOCATIONS, write_instance

from caravana.importers.flee.instance import import_flee

SEEDS, MEMBERS = 24, 64
#: Runs Flee once a seed, each in a process of its own, as its settings and debts are global.
DRIVER = """
import glob, inspect, json, os, random, sys
out, sys.stdout, sys.stderr = sys.stdout, open(os.devnull, "w"), open(os.devnull, "w")
folder, word, seeds = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.chdir(folder)
import numpy
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data, read_period
sources = "".join(open(path).read() for path in glob.glob(os.path.join(os.path.dirname(flee.__file__), "*.py")))
if word not in sources:
    print(json.dumps({"lacks": word}), file=out)
    sys.exit(0)

def run(seed):
    random.seed(seed)
    numpy.random.seed(seed)
    start, end = read_period.read_conflict_period("input_csv/sim_period.csv")
    S = flee.SimulationSettings
    S.ReadFromYML("simsetting.yml")
    S.ConflictInputFile = "input_csv/conflicts.csv"
    e, ig = flee.Ecosystem(), InputGeography.InputGeography()
    ig.ReadConflictInputCSV(S.ConflictInputFile)
    ig.ReadLocationsFromCSV("input_csv/locations.csv")
    ig.ReadLinksFromCSV("input_csv/routes.csv")
    ig.ReadClosuresFromCSV("input_csv/closures.csv")
    e, lm = ig.StoreInputGeographyInEcosystem(e)
    d = handle_refugee_data.RefugeeTable(csvformat="generic", data_directory="source_data", start_date=start,
                                         data_layout="data_layout.csv", population_scaledown_factor=1)
    for name in e.get_camp_names():
        spawning.add_initial_refugees(e, d, lm[name])
    known = inspect.signature(spawning.spawn_daily_displaced).parameters
    given = {"SumFromCamps": True} if "SumFromCamps" in known else {}
    days = []
    for t in range(end):
        ig.AddNewConflictZones(e, t)
        spawning.spawn_daily_displaced(e, t, d, **given)
        spawning.refresh_spawn_weights(e)
        e.enact_border_closures(t)
        e.evolve()
        days.append({name: lm[name].numAgents for name in lm})
    return days

runs = []
for seed in range(seeds):
    read, write = os.pipe()
    if os.fork() == 0:
        with os.fdopen(write, "w") as pipe:
            json.dump(run(seed), pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        runs.append(json.load(pipe))
    os.wait()
print(json.dumps({"runs": runs}), file=out)
"""
PYTHON = os.environ.get("FLEE_PYTHON", "")
GROWS = LOCATIONS.replace("population\n", "population,capacity_per_day\n")
GROWS = (
    GROWS.replace("town,,\n", "town,,0,0\n").replace(",0,1000\n", ",0,1000,0\n").replace("camp,,10000", "camp,,200,9")
)
HELD = LOCATIONS.replace("population\n", "population,initial_idps\n")
HELD = (
    HELD.replace("town,,\n", "town,,0,0\n")
    .replace(",0,1000\n", ",0,1000,0\n")
    .replace("camp,,10000", "camp,,10000,150")
)
AGES = {"demographics_age.csv": "age,Default\n10,1\n30,1\n70,1\n",
        "demographics_gender.csv": "gender,Default\nmale,1\nfemale,1\n"}  # fmt: skip
MOVE = "move_rules:\n  max_move_speed: 200.0\n  camp_weight: 2.0\n"
RULES = {
    "plain": ("ConflictWeight", LOCATIONS, MOVE, {}),
    "capacity that grows": ("capacity_per_day", GROWS, MOVE, {}),
    "displaced at the start": ("initial_idps", HELD, MOVE, {}),
    "children": ("ChildrenAvoidHazards", LOCATIONS, MOVE + "  ChildrenAvoidHazards: true\n", AGES),
    "the elderly": ("ElderlyAvoidHazards", LOCATIONS, MOVE + "  ElderlyAvoidHazards: true\n", AGES),
    "women": ("WomenAvoidHazards", LOCATIONS, MOVE + "  WomenAvoidHazards: true\n", AGES),
    "hunger": ("region_IPC_level", LOCATIONS, MOVE + "  flee_when_starving: true\n",
               {"region_attributes_IPC.csv": "#Day,R1,R2\n0,20,40\n40,20,40\n"}),
}  # fmt: skip


@pytest.mark.peers
@pytest.mark.skipif(not PYTHON, reason="FLEE_PYTHON names no interpreter that has Flee")
@pytest.mark.parametrize("rule", RULES)
def test_people_are_where_flee_has_them(tmp_path, rule):
    word, locations, settings, files = RULES[rule]
    folder = write_instance(tmp_path / "x", locations=locations, settings=settings)
    for name, text in files.items():
        (folder / "input_csv" / name).write_text(text)
    done = subprocess.run(
        [PYTHON, "-c", DRIVER, folder, word, str(SEEDS)], capture_output=True, text=True, check=True, timeout=300
    )
    told = json.loads(done.stdout.splitlines()[-1])
    if "lacks" in told:
        pytest.skip(f"the Flee of FLEE_PYTHON does not know {told['lacks']}")
    scenario = import_flee(folder, folder / "simsetting.yml").require()
    people = simulate_block(compile_world(scenario, rules="flee"), seed=1, block=0, members=MEMBERS).people
    flee = np.array([[[day[place.name] for place in scenario.places] for day in run] for run in told["runs"]])
    noise = np.sqrt(flee.var(axis=0) / SEEDS + people.var(axis=0) / MEMBERS)
    off = np.abs(flee.mean(axis=0) - people.mean(axis=0))
    assert (off <= 4.5 * noise + 0.01 * flee.mean(axis=0).sum(axis=1)[:, None] + 0.5).all()
