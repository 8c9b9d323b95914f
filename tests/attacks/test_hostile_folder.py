"""Code that lies in the folder one stands in is not executed, by whichever command and however many processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.attacks.damage import SCENARIO, UNTIL

import caravana as cv
from caravana.ensemble.executors import path_of_workers

CARAVANA = Path(sys.executable).with_name("caravana")
NAMES = (
    "numpy", "json", "caravana", "sitecustomize", "usercustomize", "pickle", "multiprocessing", "duckdb", "typer",
    "pandas", "concurrent", "tomllib",
)  # fmt: skip
MARKER = "executed"


@pytest.fixture
def hostile(tmp_path):
    folder = tmp_path / "received"
    folder.mkdir()
    for name in NAMES:
        note = f"Path({str(tmp_path / MARKER)!r}).open('a').write({name!r})"
        (folder / f"{name}.py").write_text(f"from pathlib import Path\n{note}\nraise SystemExit(7)\n")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "run"
    cv.simulate(SCENARIO, members=64, seed=1, until=UNTIL, out=folder, workers=1)
    return folder


def start(words, folder, **options):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False, **options)


@pytest.mark.parametrize(
    "words",
    [
        ["run", SCENARIO, "--members", "128", "--until", UNTIL, "--workers", "2", "--out", "OUT", "--quiet"],
        ["report", "RUN"],
        ["score", "RUN"],
        ["verify", "RUN"],
        ["export", "RUN", "--format", "xlsx", "--out", "OUT.xlsx"],
        ["check", "."],
        ["scenarios"],
    ],
    ids=lambda words: words[0],
)
def test_no_command_runs_what_lies_where_one_stands(hostile, run, words):
    places = {"RUN": str(run), "OUT": str(hostile.parent / "out"), "OUT.xlsx": str(hostile.parent / "out.xlsx")}
    done = start([CARAVANA, *(places.get(word, word) for word in words)], hostile)
    assert not (hostile.parent / MARKER).exists(), (hostile.parent / MARKER).read_text()
    assert done.returncode == (3 if words[0] == "check" else 0), done.stderr
    assert "Traceback" not in done.stderr


def test_nor_do_calls_spread_over_cores(hostile):
    script = hostile.parent / "script.py"
    script.write_text(
        "import math\n"
        "from caravana.ensemble.parallel import spread\n"
        "if __name__ == '__main__':\n"
        "    print(sorted(spread(math.sqrt, [(4.0,), (9.0,)], workers=2)))\n"
    )
    done = start([sys.executable, script], hostile)
    assert not (hostile.parent / MARKER).exists(), (hostile.parent / MARKER).read_text()
    assert done.stdout == "[(0, 2.0), (1, 3.0)]\n", done.stderr


def test_processes_of_ones_own_beside_a_script_still_reach_the_workers(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from caravana.models.base import Process, insert\n"
        "from caravana.models.caravan.order import ORDER\n"
        "from caravana.models.caravan.state import Outcome\n"
        "def look(state, world, draws, today, stream, /):\n"
        "    return Outcome()\n"
        "WATCHED = insert(ORDER, Process('look', look), after='advance')\n"
    )
    (tmp_path / "script.py").write_text(
        "import caravana as cv\nfrom mine import WATCHED\n"
        f"run = cv.simulate({SCENARIO!r}, members=128, until={UNTIL!r}, workers=2, order=WATCHED)\n"
        "print(len(run.member_ids), run.failures)\n"
    )
    done = start([sys.executable, "script.py"], tmp_path)
    assert done.stdout == "128 []\n", done.stderr


def test_the_folder_one_stands_in_is_on_a_workers_path_only_where_the_user_put_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = str(Path.cwd())
    monkeypatch.setattr(sys, "path", ["", here, *sys.path])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert not {"", here}.intersection(path_of_workers())
    monkeypatch.setenv("PYTHONPATH", f":{here}")
    assert here in path_of_workers()
    assert "" not in path_of_workers()
