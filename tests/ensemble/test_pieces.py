"""A run in pieces, put together, is the run; what is missing, damaged or another run's is named."""

import errno
import json
import shutil
import subprocess

import pytest
from tests.made.commands import quick_command
from tests.made.small import small_scenario
from typer.testing import CliRunner

import caravana as cv
from caravana.cli.main import app
from caravana.ensemble.pieces import merge_pieces, read_piece
from caravana.errors import RunError, UsageError
from caravana.run import open_run

MEMBERS = 300  # five blocks, the last of them not full
OF = 3


def simulate(out, piece=None, **options):
    asked = {"members": MEMBERS, "seed": 3, "workers": 1, **options}
    return cv.simulate(small_scenario(towns=5, days=6), out=out, piece=piece, **asked)


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.glob("blocks/**/*")) if p.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return contents(simulate(tmp_path_factory.mktemp("whole") / "run").path)


@pytest.fixture(scope="module")
def in_pieces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pieces") / "run"
    for number in range(1, OF + 1):
        simulate(folder, f"{number}/{OF}")
    return folder


@pytest.fixture
def run(in_pieces, tmp_path):
    return shutil.copytree(in_pieces, tmp_path / "run")


def test_pieces_put_together_are_the_run_to_the_bit(run, whole):
    merged = merge_pieces(run)
    assert merged.added == (0, 3, 1, 4, 2)
    assert not merged.missing
    assert contents(run) == whole
    opened = open_run(run)
    assert opened.manifest["complete"]
    assert len(opened.member_ids) == MEMBERS
    assert not (run / "pieces").exists()


def test_pieces_that_lie_elsewhere_are_copied(run, whole, tmp_path):
    elsewhere = [tmp_path / f"part{number}" for number in range(OF)]
    for home, there in zip(sorted((run / "pieces").iterdir()), elsewhere, strict=True):
        home.rename(there)
    merge_pieces(tmp_path / "new", elsewhere)
    assert contents(tmp_path / "new") == whole
    assert all(contents(there) for there in elsewhere)


def test_a_missing_piece_is_named_and_the_merge_goes_on_when_it_is_there(run, whole):
    later = run / "pieces" / "00002-of-00003"
    kept = run.parent / "later"
    later.rename(kept)
    done = subprocess.run([quick_command(), "merge", str(run), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "2 are missing (1, 4)" in done.stderr
    assert json.loads(done.stdout)["missing"] == [1, 4]
    (run / "pieces").mkdir(exist_ok=True)
    kept.rename(later)
    assert merge_pieces(run).added == (1, 4)
    assert contents(run) == whole


def test_a_piece_goes_on_where_it_was_killed_and_does_not_do_again_what_was_merged(run):
    home = run / "pieces" / "00001-of-00003"
    shutil.rmtree(home / "blocks" / "00003")
    assert merge_pieces(run).missing == (3,)
    told = []
    simulate(run, "1/3", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)], "only the block that is nowhere is simulated"
    assert merge_pieces(run).added == (3,)


def test_what_an_error_left_of_a_piece_goes_the_next_time(run, whole, monkeypatch):
    # The disk fails while the first piece is removed: the others are still pieces, and the merge begins with them.
    remove, failed = shutil.rmtree, []

    def fail_once(path, *args, **values):
        if not failed and path == run / "pieces" / "00001-of-00003":
            failed.append(path)
            next(path.rglob("*.csv")).unlink()
            raise OSError(errno.EIO, "the disk failed")
        remove(path, *args, **values)

    monkeypatch.setattr(shutil, "rmtree", fail_once)
    with pytest.raises(OSError, match="the disk failed"):
        merge_pieces(run)
    assert sorted(path.name for path in (run / "pieces").iterdir()) == [f"0000{n}-of-00003" for n in (1, 2, 3)]
    # A folder of somebody else's, and a piece that has just begun, are left alone.
    (run / "pieces" / "notes-of-mine").mkdir()
    assert merge_pieces(run).missing == ()
    assert contents(run) == whole
    assert [path.name for path in (run / "pieces").iterdir()] == ["notes-of-mine"]


def test_a_damaged_block_is_named_and_not_merged(run):
    file = next((run / "pieces" / "00003-of-00003" / "blocks" / "00002").glob("people.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    merged = merge_pieces(run)
    assert merged.missing == (2,)
    assert len(merged.damaged) == 1
    assert "people.parquet is not as it was written" in merged.damaged[0]


@pytest.mark.parametrize(("change", "word"), [({"seed": 4}, "plan"), ({"members": 299}, "members")])
def test_a_piece_of_another_run_is_refused(run, change, word):
    other = run.parent / "other"
    simulate(other, "2/3", **change)
    shutil.rmtree(run / "pieces" / "00002-of-00003")
    shutil.move(other / "pieces" / "00002-of-00003", run / "pieces")
    with pytest.raises(RunError, match=f"not pieces of one run .they differ in {word}"):
        merge_pieces(run)


def test_a_run_that_is_no_piece_is_refused(run, tmp_path):
    alone = simulate(tmp_path / "alone", members=1).path
    with pytest.raises(RunError, match="is no piece of a run"):
        merge_pieces(run, [alone])
    with pytest.raises(RunError, match="has no pieces"):
        merge_pieces(tmp_path / "nothing")


@pytest.mark.parametrize("text", ["3", "0/3", "4/3", "a/3", "1/", "/", "1/3/4", "-1/3", "٣/٤"])
def test_what_names_no_piece_is_refused(text):
    with pytest.raises(UsageError, match="--piece"):
        read_piece(text)


def test_more_pieces_than_blocks_are_refused_before_anything_is_made(tmp_path):
    with pytest.raises(UsageError, match="5 pieces at most"):
        simulate(tmp_path / "run", "1/6")
    assert not (tmp_path / "run").exists()


def test_a_plan_says_blocks_and_memory_and_simulates_nothing(tmp_path):
    done = CliRunner().invoke(
        app,
        [
            "run",
            "tapachula-2021",
            "--members",
            "10000",
            "--plan",
            "--piece",
            "40/40",
            "--json",
            "--out",
            str(tmp_path / "x"),
        ],
    )
    told = json.loads(done.stdout)
    assert (told["blocks"], told["blocks_of_the_piece"]) == (157, [39, 79, 119])
    assert 200 < told["memory_of_a_worker_mb"] < 2_000
    assert not (tmp_path / "x").exists()


def test_storage_without_a_scheduler_is_refused(tmp_path):
    with pytest.raises(UsageError, match="give a scheduler as well"):
        simulate(tmp_path / "run", storage=tmp_path / "run")


def test_every_block_is_in_one_piece():
    every = range(157)
    dealt = [block for number in range(1, 41) for block in read_piece(f"{number}/40").blocks(every)]
    assert sorted(dealt) == list(every)
