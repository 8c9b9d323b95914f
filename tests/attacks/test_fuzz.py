"""Every reader takes anything: an answer, or a message for the user; never a traceback, in little time and memory."""

import json
import random

import pytest
from benchmarks.attacks.figures import Figures
from benchmarks.attacks.fuzz import RESULTS, Tally, attempt, campaign, keep
from benchmarks.attacks.fuzz_readers import READERS, Reader
from benchmarks.attacks.mutations import mutate, mutate_json

import caravana as cv

BY_NAME = {reader.name: reader for reader in READERS}
NEW = ("counts", "count-books", "pcodes")
TRIES = dict.fromkeys(BY_NAME, 500 // (len(READERS) - len(NEW))) | dict.fromkeys(NEW, 200)


@pytest.mark.parametrize("name", BY_NAME)
def test_damaged_inputs_are_read_or_refused(name):
    figures = campaign(TRIES[name], seed=20, readers=[BY_NAME[name]])
    assert figures.tries == TRIES[name]
    assert (figures.lost, figures.silent, figures.outside, figures.tracebacks) == (0, 0, 0, 0)


@pytest.mark.filterwarnings("ignore::caravana.errors.IntegrityWarning")
@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "words"])
def test_the_inputs_are_sound_before_they_are_damaged(tmp_path, name):
    BY_NAME[name].make(tmp_path / "input")
    assert not BY_NAME[name].read(tmp_path / "input")


def test_a_campaign_sees_what_it_looks_for(tmp_path):
    def read(home):
        match (home / "a.txt").stat().st_size % 4:
            case 0:
                raise KeyError("seed")
            case 1:
                (home.parent / "outside").touch()
            case 2:
                (home / "more").touch()
        raise cv.UsageError("refused")

    def make(home):
        home.mkdir()
        (home / "a.txt").write_text("some text, to be damaged\n" * 3)

    tally = Tally()
    make(tmp_path / "input")
    for number in range(60):
        attempt(Reader("odd", make, read), tmp_path / "input", number, seed=1, tally=tally)
        for left in (tmp_path / "outside", tmp_path / "input" / "more"):
            left.unlink(missing_ok=True)
    assert tally.tracebacks > 3
    assert tally.outside > 3
    assert tally.lost > 3
    assert tally.tracebacks + tally.outside + tally.lost <= tally.tries


def test_a_try_can_be_made_again():
    made = [[mutate(b"a,b\n1,2\n", random.Random(seed)) for seed in range(50)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 30
    document = {"plan": {"first": "2021-01-01", "seed": 1}, "files": {"a": "b"}}
    assert len({json.dumps(mutate_json(document, random.Random(seed)), default=str) for seed in range(50)}) > 10


def test_the_figures_that_are_kept_all_held():
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert list(kept) == [name for name in BY_NAME if name in kept]
    assert kept
    for one in kept.values():
        assert one["tries"] >= 20_000
        assert (one["tracebacks"], one["large"], one["lost"], one["outside"]) == (0, 0, 0, 0)


def test_figures_are_kept_in_order_beside_those_of_others(tmp_path):
    results, order = tmp_path / "readers.json", ["caravan", "flee", "words"]
    for name, tries in (("words", 5), ("caravan", 7), ("words", 9)):
        keep(Figures("fuzz", tries, tracebacks=1), BY_NAME[name], results=results, order=order, seed=3)
    kept = json.loads(results.read_text(encoding="utf-8"))
    assert [(name, one["tries"]) for name, one in kept.items()] == [("caravan", 7), ("words", 9)]
    assert (kept["words"]["tracebacks"], kept["words"]["large"], kept["words"]["seed"]) == (1, 0, 3)
