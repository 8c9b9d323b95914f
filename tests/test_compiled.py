"""Compiled loops are kept where nobody else can write, and what is prepared leaves a run nothing to compile."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made.displacement_run import make_scenario

import caravana as cv
from caravana.compiled import is_owners_alone, key_of
from caravana.processors import cores

SOURCE = Path(cv.__file__).parents[1]
#: Departures, arrivals, counts of members, and which distances people come by.
LOOPS = 4
OPEN = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
WHERE = """
from caravana.compiled import folder_of, is_kept, is_whole
from caravana.models.displacement.walk.ahead import LOOPS
print(folder_of(LOOPS), is_kept(LOOPS), is_whole(LOOPS))
"""

RUN = """
import json, sys
import caravana as cv
from caravana.models.registry import model_of
land = cv.load_scenario(sys.argv[1])
rules = ("walk", "flee")
notices = [model_of(land, rules=name).notice for name in rules]
runs = [cv.simulate(land, rules=name, members=1, workers=1) for name in rules]
print(json.dumps({"notices": notices, "people": all(len(run.query("SELECT * FROM people")) > 0 for run in runs)}))
"""

COMPILE = """
import importlib, json, pkgutil
from numba.core.dispatcher import Dispatcher
from caravana.models.displacement.walk import ahead, kernels
from caravana.models.displacement.walk.kernels import hops
with ahead.helped():
    ahead.compile_arrivals()
modules = [importlib.import_module(f"{kernels.__name__}.{one.name}") for one in pkgutil.iter_modules(kernels.__path__)]
loops = {name: one for module in modules for name, one in vars(module).items() if isinstance(one, Dispatcher)}
print(json.dumps({name: len(one.overloads) for name, one in loops.items()}))
"""


def run(words, **variables):
    env = {name: value for name, value in os.environ.items() if name not in {"CARAVANA_COMPILED", "NUMBA_CACHE_DIR"}}
    return subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, timeout=300, check=False,
        env={**env, **variables},
    )  # fmt: skip


def state_of(folder):
    return {p.relative_to(folder): p.stat().st_mtime_ns for p in folder.rglob("*.nb?")}


def test_a_first_use_compiles_each_loop_once_and_departures_beside(tmp_path):
    # Sources that no environment has loops of: either process would take what was prepared, whichever comes first.
    source, cache = shutil.copytree(SOURCE, tmp_path / "src"), tmp_path / "cache"
    with (source / "caravana/models/displacement/walk/kernels/__init__.py").open("a") as file:
        file.write("# of this test alone\n")
    done = run(["-c", COMPILE], XDG_CACHE_HOME=str(cache), PYTHONPATH=str(source))
    assert done.returncode == 0, done.stderr
    times = json.loads(done.stdout)
    assert times["come_in"] == 1
    assert times["binomial"] == 1
    assert [name for name, number in times.items() if number > 1] == [], "what is compiled twice is waited for twice"
    assert times["set_out"] == 0, "another process compiles it"
    brought = [path.name for path in cache.rglob("*.nbc")]
    assert cores() == 1 or any("set_out" in name for name in brought)


def test_what_is_prepared_leaves_the_first_run_nothing_to_compile(tmp_path):
    cache = tmp_path / "cache"
    done = run(["-m", "caravana.cli", "prepare", "--json"], XDG_CACHE_HOME=str(cache))
    assert done.returncode == 0, done.stderr
    kept = Path(json.loads(done.stdout)["kept_for_the_user"])
    assert kept.is_relative_to(cache)
    before = state_of(kept)
    assert len(list(kept.rglob("*.nbc"))) == LOOPS, "each loop that Python calls, for arguments of one kind"
    cv.write_scenario(make_scenario(days=6), tmp_path / "land")
    done = run(["-c", RUN, tmp_path / "land"], XDG_CACHE_HOME=str(cache))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"notices": ["", ""], "people": True}
    assert state_of(kept) == before


def test_a_folder_that_others_can_write_is_not_used(tmp_path):
    cache = tmp_path / "cache"
    for folder in (cache, cache / "caravana", cache / "caravana" / "compiled"):
        folder.mkdir()
    cache.chmod(OPEN)
    where, kept, _ = run(["-c", WHERE], XDG_CACHE_HOME=str(cache)).stdout.split()
    assert kept == "False"
    assert not Path(where).is_relative_to(cache)
    assert not Path(where).exists(), "a folder of one process goes with it"
    assert not list((cache / "caravana" / "compiled").iterdir())


def test_a_folder_is_its_owners_alone(tmp_path):
    ours = tmp_path / "ours"
    ours.mkdir(mode=0o700)
    assert is_owners_alone(ours)
    ours.chmod(0o770)
    assert not is_owners_alone(ours)
    ours.chmod(0o700)
    tmp_path.chmod(OPEN)
    assert not is_owners_alone(ours), "who can write above it can exchange it"
    tmp_path.chmod(OPEN | stat.S_ISVTX)
    assert is_owners_alone(ours), "as in /tmp"
    assert not is_owners_alone(tmp_path)
    assert not is_owners_alone(tmp_path / "nowhere")


def test_a_link_is_judged_by_where_it_leads(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    theirs.chmod(OPEN)
    (tmp_path / "link").symlink_to(theirs)
    assert not is_owners_alone(tmp_path / "link")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_ours(tmp_path):
    os.chown(tmp_path, 65534, -1)
    assert not is_owners_alone(tmp_path)


def test_what_is_kept_is_known_by_all_that_it_was_made_from(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        (folder / "loops.py").write_text("A = 1\n")
    (after / "other.py").write_text("B = 1\n")
    assert key_of(before) != key_of(after)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "loops.py").write_text("A = 1\n")
    assert key_of(copy) == key_of(before)
