"""Nothing half-written: a full disk, a folder that may not be written to, a folder of somebody else's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made.commands import quick_command

from caravana.atomic import write_folder_whole, write_whole
from caravana.errors import CaravanaError, UsageError

COMMAND = Path(sys.executable).parent / "caravana"


def caravana(*arguments, limit=None, prefix=(), **more):
    """Run the command line, with a limit to the size of files where the disk is to be full."""

    def fill():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [*prefix, str(COMMAND if prefix else quick_command()), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=fill if limit else None,
        **more,
    )


def told_once(done, status):
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("chosen", ["xlsx", "csv", "geojson", "geoparquet", "netcdf"])
def test_a_disk_that_fills_leaves_nothing_behind(run, tmp_path, chosen):
    done = caravana("export", run.path, "--format", chosen, "--out", tmp_path / "out", limit=6_000)
    told_once(done, 1)
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_leaves_no_spreadsheet_of_needs_and_no_drafts(run, tmp_path):
    article = tmp_path / "a.txt"
    article.write_text(
        "TONALA, 9 November 2021 - " + "About 3,000 people left, organizers said. " * 100, encoding="utf-8"
    )
    told_once(caravana("read", article, "tapachula-2021", "--out", tmp_path / "d", "--json", limit=6_000), 1)
    needs = caravana("needs", run.path, "--origin", "2021-10-30", "--as-run", "--out", tmp_path / "n.xlsx", limit=6_000)
    assert needs.returncode == 1
    assert "cannot be written" in needs.stderr
    assert "Traceback" not in needs.stderr
    assert list(tmp_path.iterdir()) == [article]


def test_an_export_that_is_there_outlives_a_failure(run, tmp_path):
    out = tmp_path / "people.geojson"
    out.write_text("before", encoding="utf-8")
    told_once(caravana("export", run.path, "--format", "geojson", "--out", out, limit=6_000), 1)
    assert out.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("chosen", ["xlsx", "csv"])
def test_a_folder_that_may_not_be_written_to(run, tmp_path, chosen):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    prefix = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
        prefix = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")
    done = caravana("export", run.path, "--format", chosen, "--out", closed / "out", prefix=prefix)
    told_once(done, 1)
    assert "ermission denied" in done.stderr
    assert list(closed.iterdir()) == []


def test_a_folder_that_is_not_there(run, tmp_path):
    told_once(caravana("export", run.path, "--format", "csv", "--out", tmp_path / "no" / "out"), 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["xlsx", "geojson"])
def test_the_name_of_a_folder_is_no_file(run, tmp_path, ending):
    told_once(caravana("export", run.path, "--format", ending, "--out", tmp_path), 2)
    assert list(tmp_path.iterdir()) == []


def test_csv_files_do_not_go_over_other_files(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UsageError, match=r"letters\.txt"):
        write_folder_whole(tmp_path / "mine", {"a.csv": b"1"})
    assert (tmp_path / "mine" / "letters.txt").read_text(encoding="utf-8") == "dear"


def test_an_earlier_folder_is_replaced_whole(tmp_path):
    write_folder_whole(tmp_path / "out", {"a.csv": b"1", "b.csv": b"2"})
    write_folder_whole(tmp_path / "out", {"a.csv": b"3", "b.csv": b"4"})
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {"a.csv": b"3", "b.csv": b"4"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_writer_that_fails_half_way_leaves_no_trace(tmp_path):
    def half(part):
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(CaravanaError, match="No space left"):
        write_whole(tmp_path / "a.bin", half)
    assert list(tmp_path.iterdir()) == []
