"""A run of few members of a large network costs few, and they are the members of a run of many."""

import pytest
from tests.made.instances import write_instance

import caravana as cv
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk import model as walk
from caravana.models.displacement.walk.model import FLEE


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A scenario that counts as a large network."""
    monkeypatch.setattr(walk, "LARGE", 3)
    folder = write_instance(tmp_path / "x", days=6, camps={"Near": [(0, 0), (6, 400)], "Far": [(0, 0), (6, 100)]})
    return import_flee(folder, folder / "simsetting.yml").require()


def people(run):
    return run.query("SELECT member, day, CAST(place AS VARCHAR) AS place, persons FROM people ORDER BY ALL")


def test_a_large_network_is_simulated_in_blocks_of_eight_and_a_small_one_as_ever(large, monkeypatch):
    assert FLEE.block_size(large) == 8
    monkeypatch.setattr(walk, "LARGE", 250)
    assert FLEE.block_size(large) == 64


def test_members_are_the_same_whatever_the_size_of_the_run(large):
    runs = {size: cv.simulate(large, members=size, workers=1) for size in (3, 12)}
    assert [run.manifest["block"] for run in runs.values()] == [8, 8]
    few, many = people(runs[3]), people(runs[12])
    assert len(few)
    assert few.equals(many[many["member"] < 3].reset_index(drop=True))
    # block after block other chances
    assert many["member"].nunique() == 12
    first, second = (many[many["member"].between(low, low + 3)]["persons"].tolist() for low in (0, 8))
    assert first != second


def test_a_run_of_few_is_completed_to_one_of_many(large, tmp_path):
    cv.simulate(large, members=3, workers=1, out=tmp_path / "run")
    grown = cv.simulate(large, members=12, workers=1, out=tmp_path / "run")
    whole = cv.simulate(large, members=12, workers=1)
    assert people(grown).equals(people(whole))


def test_the_network_is_compiled_once_for_all_blocks_of_a_run(large, monkeypatch):
    from caravana.models.displacement.walk import world

    compiled, compile_walk = [], world.compile_walk
    monkeypatch.setattr(world, "compile_walk", lambda *given, **how: compiled.append(1) or compile_walk(*given, **how))
    large = large.replace(title="Seen by no test before")
    run = cv.simulate(large, members=24, workers=1)
    assert len(compiled) == 1
    # another scenario is another network
    shut = large.replace(links=large.links[:-1])
    few = cv.simulate(shut, members=8, workers=1)
    assert len(compiled) == 2
    assert not people(few).equals(people(run)[people(run)["member"] < 8].reset_index(drop=True))
