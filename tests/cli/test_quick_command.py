"""The command that tests copy from a process with its imports made is the command: arguments, streams, limits, end."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made.commands import quick_command


def both(*words, **options):
    """Return what the copied command and the installed one did."""
    programs = quick_command(), Path(sys.executable).with_name("caravana")
    return [subprocess.run([p, *words], capture_output=True, text=True, check=False, **options) for p in programs]


@pytest.mark.parametrize(
    ("words", "status"), [(("--version",), 0), (("check", "broken"), 3), (("walk",), 2), (("check", "--help"), 0)]
)
def test_it_says_and_ends_as_the_command_does(tmp_path, words, status):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "scenario.toml").write_text("format = 0\n", encoding="utf-8")
    copied, installed = both(*words, cwd=tmp_path)
    assert copied.returncode == installed.returncode == status
    assert copied.stdout == installed.stdout
    assert copied.stderr == installed.stderr


def test_the_environment_is_that_of_the_one_who_asks(tmp_path):
    (tmp_path / "own.py").write_text(
        "from caravana.models.base import Model\nclass Own(Model):\n    name = family = 'own'\nOWN = Own()\n"
    )
    about = tmp_path / "own-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[caravana.models]\nown = own:OWN\n")
    land = tmp_path / "land"
    land.mkdir()
    (land / "scenario.toml").write_text('format = 1\nstart = 2026-01-01\nend = 2026-02-01\nrules = "nobody"\n')
    (land / "places.csv").write_text("id,name,kind,lat,lon\na,A,town,1,1\n")
    (land / "links.csv").write_text("from_id,to_id,km\n")
    copied, _ = both("check", "land", cwd=tmp_path)
    assert "'nobody'" in copied.stdout
    assert "camp-shares, own" not in copied.stdout
    copied, installed = both("check", "land", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert "camp-shares, own" in copied.stdout
    assert copied.stdout == installed.stdout


def test_files_grow_no_larger_than_for_the_one_who_asks(run, tmp_path):
    copied, _ = both(
        "export", run.path, "--format", "csv", "--out", tmp_path / "out",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000)),
    )  # fmt: skip
    assert copied.returncode == 1
    assert "cannot be written" in copied.stderr
