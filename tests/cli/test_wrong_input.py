"""Wrong input to every command of answers: one message, the documented status, nothing half-written."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest
from tests.made.camps import two_camps
from tests.made.commands import quick_command
from tests.made.disputed import disputed_scenario

import caravana as cv
from caravana.atomic import write_together, write_whole
from caravana.errors import UsageError


def caravana(*words, cwd, limit=None):
    """Run the command line; with a limit to the size of files where the disk is to be full."""
    return subprocess.run(
        [quick_command(), *map(str, words)], capture_output=True, text=True, timeout=240, check=False, cwd=cwd,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    path = tmp_path_factory.mktemp("wrong") / "road"
    cv.write_scenario(disputed_scenario(days=4), path)
    return path


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("run", "road", "--policy", "nonsense"), 2, "no policy nonsense"),
        (("run", "road", "--policy", "stricter", "--policy", "strictest"), 2, "contradict each other"),
        (("run", "road", "--members", "0"), 2, "members must be 1 or more"),
        (("run", "road", "--until", "2031-01-01"), 2, "outside the scenario"),
        (("run", "road", "--set", "nothing=1"), 2, "is no parameter"),
        (("compare", "road", "nonsense"), 2, "no policy"),
        (("compare", "road", "stricter", "strictest"), 2, "contradict each other"),
        (("evidence", "road", "--weigh", "--on", "2031-01-01"), 2, "outside the scenario"),
        (("evidence", "road", "--weigh", "--members", "0"), 2, "members must be 1 or more"),
        (("evidence", "nowhere"), 3, "no scenario"),
        (("export", "road", "--format", "csv"), 1, "not a run folder"),
        (("needs", "road", "--origin", "2021-10-24"), 1, "not a run folder"),
        (("report", "road"), 1, "not a run folder"),
        (("read", "road", "road"), 2, "expected files that end in .atom"),
    ],
)
def test_one_message_and_nothing_written(road, words, status, message):
    before = sorted(p.name for p in road.parent.iterdir())
    done = caravana(*words, cwd=road.parent)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert sorted(p.name for p in road.parent.iterdir()) == before


@pytest.mark.parametrize("members", [1, 2])
def test_a_comparison_of_very_few_runs_is_written_all_the_same(road, tmp_path, members):
    words = ("compare", road, "no-caravan", "--members", members, "--workers", 1, "--quiet", "--out", "few")
    done = caravana(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "few").iterdir()) == ["comparison.html", "comparison.json"]


def test_a_disk_that_fills_leaves_no_half_of_a_comparison(tmp_path):
    # The page is larger than the numbers: the second of two files does not fit.
    small, large = tmp_path / "a.json", tmp_path / "b.html"
    script = (
        "import sys; from pathlib import Path; from caravana.errors import CaravanaError\n"
        "from caravana.atomic import write_together\n"
        "try:\n    write_together({Path(sys.argv[1]): b'x' * 10, Path(sys.argv[2]): b'x' * 100_000})\n"
        "except CaravanaError as error:\n    sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(small), str(large)], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_disk_fills_keeps_whole_blocks_only(road, tmp_path):
    done = caravana("run", road, "--members", 3, "--workers", 1, "--quiet", "--out", "run", cwd=tmp_path, limit=30_000)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.part"))
    again = caravana("run", road, "--members", 3, "--workers", 1, "--quiet", "--out", "run", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "run" / "report.html").exists()


def test_a_pipe_or_a_device_is_never_replaced_by_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for write in (lambda: write_whole(pipe, b"x"), lambda: write_together({tmp_path / "a": b"x", pipe: b"x"})):
        with pytest.raises(UsageError, match="no ordinary file"):
            write()
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_text_about_camps_gives_rows_that_a_displacement_can_take(tmp_path):
    cv.write_scenario(two_camps(), tmp_path / "camps")
    (tmp_path / "note.txt").write_text(
        "2 January 2030. About 2,300 refugees slept in the camp of Isle, the agency said."
    )
    done = caravana("read", "note.txt", "camps", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert [(p["kind"], p["place"], p["high"]) for p in read["proposals"]] == [("camp_count", "isle", 2300)]
    assert [row["kind"] for row in read["observations"]] == ["camp_count"]
