"""The plug pulled at every call of a run that reaches the disk: what was not synced is forgotten, and the run taken up.

While a run is made, what a disk must still have is noted before each of its calls: a file's content as it was when the
file was last synced, a folder's names as they were when the folder was.  From these notes the disk is laid out as a
power cut at that call may leave it, three ways, and the same run is asked for again:

* ``strict``: only what was synced;
* ``names``: every name, files without what was not synced;
* ``mixed``: of each name and each content, one or the other by chance.

A try is *lost* where the run is refused, gives other bytes than one that nothing befell, or leaves a partial file; and
where, at the end of an undisturbed run, something that has its name is not on the disk.

::

    python -m benchmarks.attacks.power
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.attacks.damage import SCENARIO, UNTIL, fingerprint
from benchmarks.attacks.figures import Figures
from benchmarks.attacks.layer import KILLED, Call, Layer

import caravana as cv

WAYS = ("strict", "names", "mixed")
Inode = int


def simulate(folder: Path) -> None:
    """Simulate the two blocks of a short run, or go on with them."""
    cv.simulate(SCENARIO, members=128, seed=1, until=UNTIL, out=folder, workers=1)


@dataclass
class Disk:
    """What a disk must have of a folder, by what was synced, beside what a process sees of it.

    Parameters
    ----------
    home
        The folder; what it holds at first is on the disk.
    states
        What was on the disk and what was seen, before each call to it.
    """

    home: Path
    states: list[State] = field(default_factory=list)
    _contents: dict[Inode, bytes] = field(default_factory=dict)
    _names: dict[Inode, dict[str, Inode]] = field(default_factory=dict)
    _folders: set[Inode] = field(default_factory=set)
    _held: dict[Inode, int] = field(default_factory=dict)

    def look(self, _: int, call: Call) -> None:
        """Note what is on the disk before a call; what the call will sync is on it from the next one on."""
        seen, contents = self.see()
        root = self.home.stat().st_ino
        self.states.append(
            State(dict(self._contents), dict(self._names), seen, contents, frozenset(self._folders), root)
        )
        if call.name == "fsync":
            one = (self.home / call.place).stat().st_ino
            if one in self._folders:
                self._names[one] = seen[one]
            else:
                self._contents[one] = contents[one]

    def see(self) -> tuple[dict[Inode, dict[str, Inode]], dict[Inode, bytes]]:
        """Return what a process sees: names by folder, and contents by file."""
        names: dict[Inode, dict[str, Inode]] = {}
        contents: dict[Inode, bytes] = {}
        todo = [self.home]
        while todo:
            folder = todo.pop()
            entries = sorted(folder.iterdir())
            self._hold(folder)
            names[folder.stat().st_ino] = {path.name: path.stat().st_ino for path in entries}
            self._folders.add(folder.stat().st_ino)
            for path in entries:
                self._hold(path)
                if path.is_dir():
                    todo.append(path)
                else:
                    contents[path.stat().st_ino] = path.read_bytes()
        return names, contents

    def _hold(self, path: Path) -> None:
        # Held open, so that its number is given to no other file while the run lasts.
        if path.stat().st_ino not in self._held:
            self._held[path.stat().st_ino] = os.open(path, os.O_RDONLY)

    def let_go(self) -> None:
        """Close what was held open."""
        for descriptor in self._held.values():
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class State:
    """What is on the disk at one moment, and what is seen: contents by file and names by folder."""

    kept: dict[Inode, bytes]
    kept_names: dict[Inode, dict[str, Inode]]
    seen: dict[Inode, dict[str, Inode]]
    contents: dict[Inode, bytes]
    folders: frozenset[Inode]
    root: Inode

    def lay_out(self, folder: Path, *, way: str, chance: random.Random) -> None:
        """Make a folder as a power cut may leave it."""
        folder.mkdir()
        self._lay_out(self.root, folder, way, chance)

    def _lay_out(self, one: Inode, folder: Path, way: str, chance: random.Random) -> None:
        kept, seen = self.kept_names.get(one, {}), self.seen.get(one, {})
        names = kept if way == "strict" else seen
        if way == "mixed":
            either = {name: chance.choice((kept.get(name), seen.get(name))) for name in {*kept, *seen}}
            names = {name: there for name, there in sorted(either.items()) if there is not None}
        for name, there in names.items():
            path = folder / name
            if there in self.folders:
                path.mkdir()
                self._lay_out(there, path, way, chance)
                continue
            old, new = self.kept.get(there, b""), self.contents.get(there, b"")
            torn = way == "mixed" and old != new
            path.write_bytes(chance.choice((old, new, new[: len(new) // 2])) if torn else old)


def record(folder: Path, *, disk: Disk | None = None, end_at: int | None = None) -> list[tuple[str, str, str]]:
    """Simulate, and write down every call that reaches the disk of the folder; end the process before one of them.

    Returns
    -------
    list
        Name of the call, what it was called on (where it is a rename: what is moved), and where that goes, as paths
        inside the folder that holds the run.
    """
    layer = Layer(folder.parent.resolve(), at=end_at, look=None if disk is None else disk.look)
    with layer:
        simulate(folder)
    return [(call.name, call.place, call.to) for call in layer.calls]


def watch(home: Path) -> tuple[Path, list[State], list[str]]:
    """Make a run in a folder of its own, noting what is on the disk before each of its calls.

    Returns
    -------
    tuple
        The run, the states, and what has its name in the end and is not on the disk.
    """
    home.mkdir()
    disk = Disk(home.resolve())
    record(home.resolve() / "run", disk=disk)
    names, contents = disk.see()
    disk.look(-1, Call("end", "."))
    last = disk.states[-1]
    lacking = [f"names of folder {one}" for one, there in names.items() if last.kept_names.get(one) != there]
    lacking += [f"content of file {one}" for one, there in contents.items() if last.kept.get(one) != there]
    disk.let_go()
    return home / "run", disk.states, lacking


def resume(folder: Path, wanted: str) -> str:
    """Take up a run that lost its power; return what is wrong with what came of it, in words."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cv.IntegrityWarning)
            simulate(folder)
            if fingerprint(folder) != wanted:
                return "other numbers"
    except cv.CaravanaError as error:
        return str(error)
    return f"left over: {', '.join(parts_in(folder))}" if parts_in(folder) else ""


def campaign(*, every: int = 1, ways: tuple[str, ...] = WAYS) -> Figures:
    """Pull the plug before every call of a run (or every so many), in every way."""
    lost = tries = 0
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        run, states, lacking = watch(home / "watched")
        wanted = fingerprint(run)
        for number, state in list(enumerate(states))[::every]:
            for way in ways:
                there = home / f"cut-{number}-{way}"
                state.lay_out(there, way=way, chance=random.Random(number))  # noqa: S311 - the same again
                wrong = resume(there / "run", wanted)
                tries += 1
                lost += bool(wrong)
                if wrong:
                    print(f"LOST at call {number}, {way}: {wrong}", file=sys.stderr)
        for what in lacking:
            print(f"LOST at the end: {what}", file=sys.stderr)
    return Figures("power", tries, lost=lost + len(lacking))


def kill(folder: Path, number: int) -> bool:
    """Make a run in a process that ends before a call; return whether it came to that."""
    command = [sys.executable, "-m", "benchmarks.attacks.power", "--child", str(folder), str(number)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    if done.returncode not in {0, KILLED}:
        raise RuntimeError(done.stderr)
    return done.returncode == KILLED


def parts_in(folder: Path) -> list[str]:
    """Return the partial files, and older folders that stand aside, that are in a folder."""
    return sorted(str(p.relative_to(folder)) for kind in ("part", "aside") for p in folder.rglob(f".*.{kind}"))


def main() -> None:
    """Pull the plug at every call of a run; print a line a failure, end with 1 if there is any."""
    options = argparse.ArgumentParser(description="Pull the plug at every call of a run that reaches the disk.")
    options.add_argument("--child", nargs=2)
    chosen = options.parse_args()
    if chosen.child:
        record(Path(chosen.child[0]), end_at=int(chosen.child[1]))
        return
    figures = campaign()
    print(figures)
    raise SystemExit(0 if figures.held else 1)


if __name__ == "__main__":
    main()
