"""Whole or not at all, and on the disk before it has its name."""

import errno
import json
import os
from pathlib import Path

import pytest

from caravana import atomic
from caravana.atomic import (
    folder_beside,
    keep_private,
    move_folder,
    new_folder_beside,
    refuse_unwritable,
    replace_folder,
    write_folder_whole,
    write_json,
    write_text,
    write_together,
    write_whole,
)
from caravana.errors import CaravanaError, WriteError
from caravana.parts import remove_parts


@pytest.fixture
def synced(monkeypatch):
    """Inodes in the order in which they were synced, and whether the target had its name by then."""
    seen = []
    real = os.fsync

    def fsync(descriptor):
        seen.append(os.fstat(descriptor).st_ino)
        return real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


@pytest.mark.parametrize("content", [b"whole", lambda part: part.write_bytes(b"whole")])
def test_a_file_is_synced_and_then_its_folder(tmp_path, synced, content):
    path = write_whole(tmp_path / "a.bin", content)
    assert path.read_bytes() == b"whole"
    assert synced == [path.stat().st_ino, tmp_path.stat().st_ino]


def test_a_folder_is_synced_file_by_file_and_then_the_folder_above(tmp_path, synced):
    folder = write_folder_whole(tmp_path / "out", {"a": b"1", "b": b"2"})
    files = {(folder / name).stat().st_ino for name in "ab"}
    assert set(synced[:-2]) == files
    assert synced[-2:] == [folder.stat().st_ino, tmp_path.stat().st_ino]


def test_texts_and_json_are_utf8_and_replace_what_is_there(tmp_path):
    assert write_text(tmp_path / "a.txt", "Tapachula – niñez").read_bytes() == "Tapachula – niñez".encode()
    write_json(tmp_path / "a.json", {"a": 1})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n "a": 1\n}\n'
    write_json(tmp_path / "a.json", ["niñez"])
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == ["niñez"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "a.txt"]


def test_an_error_of_the_system_in_another_programs_words_is_one_line(tmp_path):
    def write(part):
        part.write_bytes(b"half")
        raise ValueError(f'IO Error: Could not write file "{part}": No space left on device')

    with pytest.raises(CaravanaError, match=r"a\.bin cannot be written: No space left on device\. Nothing was left"):
        write_whole(tmp_path / "a.bin", write)
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_writer_itself_stays_what_it_is(tmp_path):
    def write(part):
        part.write_bytes(b"half")
        raise ValueError("no such column")

    with pytest.raises(ValueError, match="no such column"):
        write_whole(tmp_path / "a.bin", write)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_not_moved_over(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "kept").write_text("1", encoding="utf-8")
    part = new_folder_beside(tmp_path / "there")
    (part / "new").write_text("2", encoding="utf-8")
    with pytest.raises(OSError, match="not empty"):
        move_folder(part, tmp_path / "there")
    assert [p.name for p in (tmp_path / "there").iterdir()] == ["kept"]


def test_a_folder_is_replaced_and_what_is_to_be_kept_goes_along(tmp_path):
    target = tmp_path / "scenario"
    target.mkdir()
    for name in ("notes.txt", "old.csv"):
        (target / name).write_text(name, encoding="utf-8")
    part = new_folder_beside(target)
    (part / "new.csv").write_text("new", encoding="utf-8")
    replace_folder(part, target, keeps=lambda name: name.endswith(".txt"))
    assert sorted(p.name for p in target.iterdir()) == ["new.csv", "notes.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["scenario"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("struck", ["move", "sync"])
def test_a_replacement_that_is_broken_off_puts_the_older_folder_back(tmp_path, monkeypatch, struck, error):
    target = tmp_path / "scenario"
    target.mkdir()
    (target / "old.csv").write_text("old", encoding="utf-8")
    part = new_folder_beside(target)
    (part / "new.csv").write_text("new", encoding="utf-8")
    move, sync = Path.replace, atomic._sync

    def strike_move(path, to):
        if path == part:
            raise error
        return move(path, to)

    def strike_sync(path):
        # Once the new folder is in its place, the folder above it is not synced.
        if path == tmp_path:
            raise error
        sync(path)

    if struck == "move":
        monkeypatch.setattr(Path, "replace", strike_move)
    else:
        monkeypatch.setattr(atomic, "_sync", strike_sync)
    with pytest.raises(type(error)):
        replace_folder(part, target)
    assert [p.name for p in target.iterdir()] == ["old.csv"]
    assert [p.name for p in tmp_path.glob(".*.aside")] == []
    assert [p.name for p in part.iterdir()] == ["new.csv"]


def test_parts_of_killed_writers_are_removed_and_nothing_else(tmp_path):
    left = new_folder_beside(tmp_path / "blocks" / "00001")
    (left / "people.parquet").write_bytes(b"half")
    (tmp_path / ".manifest.json.0123abcd.part").write_bytes(b"half")
    kept = [".ssh", ".mine.part", ".0123abcd.part", "blocks/00000"]
    for name in kept:
        (tmp_path / name).mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "key").write_bytes(b"precious")
    (tmp_path / ".blocks.0123abcd.part").symlink_to(outside)
    for folder in (tmp_path, tmp_path / "blocks"):
        remove_parts(folder)
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*"))
    assert names == sorted([*kept, "blocks", "outside", "outside/key"])


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_what_is_written_into_a_private_folder_is_its_owners_whatever_the_umask(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    before = os.umask(0)
    try:
        keep_private(folder)
        write_text(folder / "one.txt", "x")
        part = new_folder_beside(folder / "block")
        (part / "two.txt").write_text("x")
        move_folder(part, folder / "block")
        write_whole(tmp_path / "key", b"x", private=True)
    finally:
        os.umask(before)
    modes = {p.name: p.stat().st_mode & 0o777 for p in (folder, *folder.rglob("*"), tmp_path / "key")}
    assert modes == {"run": 0o700, "one.txt": 0o600, "block": 0o700, "two.txt": 0o600, "key": 0o600}


DEAD = 2**22 + 1
"""No process has this number."""


def test_what_a_killed_writer_left_beside_its_target_goes_with_the_next_and_a_running_ones_stays(tmp_path):
    left = [f".a.txt.0123abcd.{DEAD}.part", ".a.txt.0123abcd.part"]
    kept = [f".a.txt.0123abcd.{os.getppid()}.part", f".b.txt.0123abcd.{DEAD}.part", ".a.txt.part"]
    for name in (*left, *kept):
        (tmp_path / name).write_bytes(b"half")
    write_text(tmp_path / "a.txt", "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*kept, "a.txt"])


def test_an_older_folder_whose_replacement_was_killed_is_put_back_by_the_next_writer(tmp_path):
    aside = tmp_path / f".scenario.0123abcd.{DEAD}.aside"
    aside.mkdir()
    (aside / "notes.txt").write_text("mine", encoding="utf-8")
    part = new_folder_beside(tmp_path / "scenario")
    assert (tmp_path / "scenario" / "notes.txt").read_text(encoding="utf-8") == "mine"
    (part / "new.csv").write_text("new", encoding="utf-8")
    replace_folder(part, tmp_path / "scenario", keeps=lambda name: name == "notes.txt")
    assert sorted(p.name for p in (tmp_path / "scenario").iterdir()) == ["new.csv", "notes.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["scenario"]


def test_an_older_folder_that_was_replaced_is_not_put_back(tmp_path):
    (tmp_path / "scenario").mkdir()
    aside = tmp_path / f".scenario.0123abcd.{DEAD}.aside"
    aside.mkdir()
    (aside / "old.csv").write_text("old", encoding="utf-8")
    remove_parts(tmp_path)
    assert [p.name for p in tmp_path.rglob("*")] == ["scenario"]


def test_of_several_files_all_are_written_or_on_a_failure_none(tmp_path, monkeypatch):
    one, two, three = (tmp_path / name for name in ("a.json", "b.html", "c.html"))
    one.write_bytes(b"old")
    real = os.replace

    def fail(source, target):
        if str(target).endswith("c.html"):
            raise OSError(5, "Input/output error")
        return real(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(WriteError, match=r"c\.html cannot be written: Input/output error"):
        write_together({one: b"new", two: b"new", three: b"new"})
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert one.read_bytes() == b"old"


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_folder_that_cannot_be_synced_is_said_unless_the_system_syncs_none(tmp_path, monkeypatch, code):
    real, folder = os.fsync, tmp_path.stat().st_ino

    def fail(descriptor, code=code):
        if os.fstat(descriptor).st_ino == folder:
            raise OSError(code, os.strerror(code))
        return real(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match="cannot be written"):
        write_text(tmp_path / "a.txt", "whole")
    monkeypatch.setattr(os, "fsync", lambda descriptor: fail(descriptor, errno.EINVAL))
    write_text(tmp_path / "a.txt", "whole")


def test_a_folder_that_is_written_beside_its_place_goes_if_it_fails(tmp_path):
    with pytest.raises(WriteError, match="00001 cannot be written: No space left"), folder_beside(tmp_path / "00001"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(ZeroDivisionError), folder_beside(tmp_path / "00001"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_whether_a_folder_can_be_written_is_found_out_without_a_trace(tmp_path):
    (tmp_path / ".caravana-probe").symlink_to(tmp_path / "victim")
    refuse_unwritable(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [".caravana-probe"]
    with pytest.raises(OSError, match="No such file"):
        refuse_unwritable(tmp_path / "missing")
