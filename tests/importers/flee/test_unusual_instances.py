"""Instances that are sound and unusual run by both rule sets; nobody is lost, and scores are numbers."""

import json

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, LOCATIONS, ROUTES, write_instance

import caravana as cv
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.world import WalkWorld
from caravana.models.registry import camps_are_counted

CALM = "#Day,A\n" + "".join(f"{day},0\n" for day in range(20))
UNUSUAL = {
    "a place without roads": {"locations": LOCATIONS + "Lone,R,Here,1,1,conflict_zone,0,500\n"},
    "a camp without roads": {
        "locations": LOCATIONS + "Lone,R,There,1,1,camp,,500\n",
        "camps": {"Near": [(0, 0), (20, 600)], "Lone": [(0, 5), (20, 50)]},
    },
    "no camps": {"locations": LOCATIONS.replace("camp,,10000", "town,,"), "camps": {}},
    "a road of no length": {"routes": ROUTES.replace("90", "0")},
    "one day": {"days": 1, "camps": {"Near": [(0, 3)]}},
    "nobody lives there": {"locations": LOCATIONS.replace("0,1000", "0,")},
    "camps with room for one": {"locations": LOCATIONS.replace("10000", "1")},
    "everybody sees everything": {"settings": "move_rules:\n  awareness_level: 5\n"},
    "a chain of markers": {
        "locations": LOCATIONS + "M1,R,Here,1,1,marker,,\nM2,R,Here,1,1,marker,,\n",
        "routes": ROUTES + "A,M1,5,\nM1,M2,5,\nM2,B,5,\n",
    },
    "peace": {"files": {"conflicts.csv": CALM}},
    "nothing counted": {"camps": {"Near": [(0, 0), (20, 0)], "Far": [(0, 0)]}},
    "counts before the start only": {"camps": {"Near": [(-30, 100)], "Far": [(-5, 10)]}},
    "camps that empty": {"camps": {"Near": [(0, 900), (20, 0)], "Far": [(0, 10)]}},
    "all borders shut": {"closures": CLOSURES + "country,Here,There,0,-1\n"},
    "fewer people than one stands for": {"settings": "optimisations:\n  hasten: 1000\n"},
    "a snail's pace": {"settings": "move_rules:\n  max_move_speed: 1\n  max_walk_speed: 1\n  start_on_foot: true\n"},
}  # fmt: skip


def imported(folder, files=None, **parts):
    write_instance(folder, **parts)
    for name, text in (files or {}).items():
        (folder / "input_csv" / name).write_text(text)
    return import_flee(folder, folder / "simsetting.yml").require()


@pytest.mark.parametrize("name", UNUSUAL)
def test_nobody_is_lost_by_either_rule_set(tmp_path, name):
    scenario = imported(tmp_path / "x", **UNUSUAL[name])
    for rules in ("flee", "walk", *(("camp-shares",) if camps_are_counted(scenario) else ())):
        world = compile_world(scenario, rules=rules)
        block = simulate_block(world, seed=1, block=0, members=4)
        everybody = block.people.sum(axis=2) + block.under_way
        assert (block.people >= 0).all()
        if isinstance(world, WalkWorld):
            start = world.day0.sum() * world.settings.hasten
            assert np.array_equal(everybody, start + block.displaced.sum(axis=2).cumsum(axis=1))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:nobody is:caravana.errors.UnusedInputWarning")
@pytest.mark.parametrize("name", ["a camp without roads", "no camps", "one day", "nothing counted", "camps that empty"])
def test_reports_and_scores_are_made_of_them(tmp_path, name):
    scenario = imported(tmp_path / "x", **UNUSUAL[name])
    for rules in ("flee", "camp-shares" if camps_are_counted(scenario) else "walk"):
        run = cv.simulate(scenario, members=2, seed=1, rules=rules, out=tmp_path / rules, workers=1)
        json.dumps(cv.score_run(run), allow_nan=False)
        for language in ("en", "es"):
            assert cv.write_report(run, language=language).stat().st_size > 0


def test_names_of_any_kind_become_ids_and_stay_names(tmp_path):
    odd = "N'Djaména (Nord) / 2"
    folder = write_instance(
        tmp_path / "x", locations=LOCATIONS.replace("Near", odd).replace("B,R1", "road,R1"),
        routes=ROUTES.replace("Near", odd).replace("A,B", "A,road").replace("B,", "road,"), camps={},
    )  # fmt: skip
    (folder / "source_data" / "n.csv").write_text("2020-01-01,0\n2020-01-21,600\n")
    (folder / "source_data" / "data_layout.csv").write_text(f"total,refugees.csv\n{odd},n.csv\n")
    found = import_flee(folder, None, tmp_path / "out").require()
    assert [place.name for place in found.places] == ["A", "road", odd, "Far"]
    assert [place.id for place in found.places] == ["A", "road-2", "N_Djamena_Nord_2", "Far"]
