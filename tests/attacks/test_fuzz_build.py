"""Readers of ``caravana build`` take anything: an answer or a message, and no silent thousandth; figures are kept."""

import json

import pytest
from benchmarks.attacks.fuzz import campaign
from benchmarks.attacks.fuzz_build import READERS, RESULTS

BY_NAME = {reader.name: reader for reader in READERS}
TRIES = dict.fromkeys(BY_NAME, 25) | {"plan": 15}


@pytest.mark.parametrize("name", BY_NAME)
def test_damaged_inputs_are_read_or_refused(name):
    figures = campaign(TRIES[name], seed=30, readers=[BY_NAME[name]])
    assert figures.tries == TRIES[name]
    assert (figures.lost, figures.silent, figures.outside, figures.tracebacks) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_inputs_are_sound_before_they_are_damaged(tmp_path, name):
    BY_NAME[name].make(tmp_path / "input")
    assert not BY_NAME[name].read(tmp_path / "input")


def test_the_figures_that_are_kept_are_of_every_reader_and_all_held():
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert list(kept) == list(BY_NAME)
    for one in kept.values():
        assert one["tries"] >= 600
        assert (one["tracebacks"], one["large"], one["lost"], one["outside"]) == (0, 0, 0, 0)


def test_a_name_that_no_file_can_have_is_a_fault_of_the_plan(tmp_path):
    BY_NAME["plan"].make(tmp_path / "input")
    plan = tmp_path / "input" / "build.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("camps.csv", "c" * 500), encoding="utf-8")
    with pytest.raises(Exception, match="expected a file; there is none"):
        BY_NAME["plan"].read(tmp_path / "input")
