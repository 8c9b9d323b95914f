"""Kills, full disks, input and output errors and interrupts at every call of every command that reaches the disk.

A try runs a command, strikes at one of its calls, and gives the same command again.  Of a try is counted as

*lost*
    if a file that was there is gone or cut, a partial file stays, or the same command again does not come to the
    bytes of one that nothing befell;
*silent*
    if the command ended well though what it wrote is not what it should be;
*outside*
    if a file beside the folder was touched;
*tracebacks*
    if it said anything but a line, ended with another status than was promised, or too late.

::

    python -m benchmarks.attacks.run --only kills
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attacks.children import SECONDS, import_everything, run_command
from benchmarks.attacks.commands import COMMANDS, Command, give, lay_out
from benchmarks.attacks.damage import SCENARIO
from benchmarks.attacks.figures import Figures
from benchmarks.attacks.layer import WRITING
from benchmarks.attacks.power import parts_in

from caravana.ensemble.crate import CRATE
from caravana.operation.folder import LEDGER_FILE
from caravana.operation.ledger.digests import without_digests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.attacks.children import Outcome

OF_THE_CLOCK = ("started", "finished", "wall_seconds", "digest")
"""What a manifest says that is another each time."""
TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)")
"""A time as the manifest has it, and the description of a run after it."""
IN_ROWS = {"seq", "at", "recorded_at", "issued_at", "scored_at"}
"""What a row of a ledger says that is another each time."""
MARK = ("about", "made_for")
"""Table and key of the mark by which a ledger and its folder know each other: drawn anew for each."""
OF_THE_LEDGER = tuple(f"{LEDGER_FILE}-{end}" for end in ("wal", "shm", "journal"))
"""Files that SQLite keeps beside a ledger while it is open, and takes up again."""
GOES_ON = ("the same command", "el mismo comando")
"""How a command that was interrupted says, in either language, what to do."""
MOST_LINES = 3
STARTING = 0.15
"""Seconds that Python itself needs to begin, in which Ctrl-C is Python's to answer."""
CARAVANA = Path(sys.executable).with_name("caravana")
IN_PARTS = re.compile(r"(^|/)\.[^/]+\.(part|aside)(/|$)")
VARIABLE = re.compile(r"(?<=\.)[0-9a-f]{8}\.\d+(?=\.)|\d+|(?<=caravana-)\w+")
"""What differs between calls of one kind: chance and process in a part's name, numbers of blocks, temporary folders."""


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by path, manifests and ledgers without what the clock wrote."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    # What was not removed of an older state is nobody's result, and is looked for by its name.
    found = {name: content for name, content in found.items() if not IN_PARTS.search(name)}
    found = {name: content for name, content in found.items() if not name.endswith(OF_THE_LEDGER)}
    for name in found:
        if name.endswith(LEDGER_FILE):
            found[name] = "\n".join(rows_of_ledger(folder / name)).encode()
        if name.endswith(CRATE):
            found[name] = TIME.sub(b"", found[name])
        if name.endswith("manifest.json"):
            try:
                manifest = json.loads(found[name])
            except ValueError:
                continue
            found[name] = json.dumps({k: v for k, v in manifest.items() if k not in OF_THE_CLOCK}).encode()
    return found


def _said(key: str, value: object) -> object:
    """What a row says; an act's digests have the moments in them."""
    return without_digests(value) if key == "content" and isinstance(value, str) else value


def rows_of_ledger(path: Path) -> list[str]:
    """Return what a ledger holds, a line a row, without numbers of rows and what the clock wrote.

    A step that was taken down twice is one line: a command that came to its end before it was killed, and was given
    again, has been given twice.  It is read from a copy, so that nothing is mended by reading it.
    """
    with tempfile.TemporaryDirectory(prefix="caravana-") as aside:
        for one in path.parent.glob(f"{path.name}*"):
            shutil.copy(one, aside)
        with contextlib.closing(sqlite3.connect(Path(aside) / path.name)) as connection:
            connection.row_factory = sqlite3.Row
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            rows = {
                f"{name}: {[(key, _said(key, row[key])) for key in row.keys() if key not in IN_ROWS]}"  # noqa: SIM118 - a sqlite row
                for (name,) in tables
                if not name.startswith("sqlite_")
                for row in connection.execute(f'SELECT * FROM "{name}"')
                if (name, row[0]) != MARK
            }
    return sorted(rows)


@dataclass(frozen=True, slots=True)
class Target:
    """A command, what it is given, what it comes to where nothing befalls it, and how long that takes."""

    command: Command
    source: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    calls: tuple[str, ...]
    seconds: float


def take_aim(command: Command, source: Path, home: Path) -> Target:
    """Run a command undisturbed.

    Raises
    ------
    RuntimeError
        If it fails, or comes to other bytes the second time.
    """
    whole = []
    for name in ("first", "second"):
        give(command, source, home / name)
        before = contents(home / name / "work")
        done = run_command(list(command.words), home / name)
        if done.status or parts_in(home / name / "work"):
            raise RuntimeError(f"{command.name}: status {done.status}, {done.err}")
        whole.append(contents(home / name / "work"))
        shutil.rmtree(home / name)
    if whole[0] != whole[1]:
        differing = [name for name in whole[0] if whole[0][name] != whole[1].get(name)]
        raise RuntimeError(f"{command.name} does not come to the same bytes: {', '.join(differing)}")
    return Target(command, source, before, whole[0], done.calls, done.seconds)


@dataclass
class Count:
    """What a campaign counts as it goes."""

    campaign: str
    tries: int = 0
    lost: int = 0
    silent: int = 0
    outside: int = 0
    tracebacks: int = 0

    def add(self, where: str, **wrong: str) -> None:
        """Count a try; say what was wrong with it, by what it counts as."""
        self.tries += 1
        for what, words in wrong.items():
            if words:
                setattr(self, what, getattr(self, what) + 1)
                print(f"{what.upper()} {self.campaign}: {where}: {words}", file=sys.stderr, flush=True)

    def figures(self) -> Figures:
        """Return what was counted."""
        return Figures(self.campaign, self.tries, self.lost, self.silent, self.outside, self.tracebacks)


def damage_done(target: Target, work: Path, *, killed: bool, may_leave: bool) -> str:
    """Return what became of files that were there or were written, in words: each must be the old one or the new."""
    now, aside = contents(work), {p.name.split(".")[1] for p in work.rglob(".*.aside")}
    for name, old in target.before.items():
        new = target.after.get(name)
        if name not in now:
            # Killed between two moves, an older folder stands aside until the next command.
            if new is not None and not (killed and aside.intersection(Path(name).parts)):
                return f"{name} is gone"
        elif name.endswith(LEDGER_FILE):
            # Rows are added, some at a time: none of the older ones is gone, and none is there that should not be.
            rows = set(now[name].splitlines())
            if set(old.splitlines()) - rows or rows - set((new or b"").splitlines()):
                return f"{name} has lost rows, or holds others"
        elif now[name] not in {old, new} and not name.endswith("manifest.json"):
            return f"{name} is neither the old one nor the new"
    if not may_leave and parts_in(work):
        return f"left over: {parts_in(work)[0]}"
    return ""


def try_again(target: Target, home: Path) -> str:
    """Give the same command again; return what is wrong with what it comes to."""
    if contents(home / "work") == target.after and not parts_in(home / "work"):
        # It had come to its end; a command that replaces nothing refuses the second time.
        return ""
    again = run_command(list(target.command.words), home)
    now = contents(home / "work")
    if again.status:
        return f"the same command again ends with {again.status}: {again.err.strip()[-300:]}"
    if now != target.after:
        names = sorted(n for n in {*now, *target.after} if now.get(n) != target.after.get(n))
        return f"the same command again comes to another {', '.join(names[:3])}"
    if parts_in(home / "work"):
        return f"the same command again leaves {parts_in(home / 'work')[0]}"
    return ""


def strike(target: Target, home: Path, *, at: int | None, how: str, after: float | None = None) -> dict[str, str]:
    """Run a command, strike at a call or after a time, and give the command again; return what was wrong, by kind."""
    give(target.command, target.source, home)
    beside = home / "beside"
    beside.write_bytes(b"precious")
    done = run_command(list(target.command.words), home, at=at, strike=how, interrupt_after=after)
    work = home / "work"
    wrong = {"tracebacks": _said_badly(done, how)}
    if done.status == 0 and contents(work) != target.after:
        wrong["silent"] = "it ended well, and what it wrote is not what it should be"
    # A removal that is struck leaves what it was to remove; the next command sweeps it.
    removal = at is None or target.calls[at].split(" ", 1)[0] in {"unlink", "rmdir", "remove"}
    harm = damage_done(target, work, killed=how == "kill", may_leave=how in {"kill", "interrupt"} or removal)
    wrong["lost"] = harm or try_again(target, home)
    left = {p.name for p in home.iterdir()} - {"work", "tmp", "said", "beside"}
    if left or beside.read_bytes() != b"precious":
        wrong["outside"] = f"touched: {', '.join(left) or 'beside'}"
    shutil.rmtree(home)
    return wrong


def _said_badly(done: Outcome, how: str) -> str:
    """Return what is wrong with how a command ended that was struck, in words."""
    last = done.err.strip()[-300:]
    if "Traceback" in done.err or not done.clean:
        return f"status {done.status} after {done.seconds:.1f} s: {last}"
    if how == "kill":
        return ""
    if how == "interrupt" and done.interrupted and done.seconds > SECONDS:
        return f"{done.seconds:.1f} s after the interrupt: {last}"
    promised = {0, 130} if how == "interrupt" else {0, 1, 2}
    if done.status not in promised:
        return f"status {done.status}: {last}"
    lines = len(done.err.strip().splitlines())
    if done.status and not 1 <= lines <= MOST_LINES:
        return f"{lines} lines: {last}"
    if done.status == 130 and not any(words in done.err for words in GOES_ON):
        return f"it does not say how to go on: {last}"
    return ""


def _targets(names: tuple[str, ...], home: Path) -> Iterator[Target]:
    import_everything()
    fitted = any(command.name in names and "posterior" in command.needs for command in COMMANDS)
    source = lay_out(home / "source", posterior=fitted)
    for command in COMMANDS:
        if command.name in names:
            yield take_aim(command, source, home / "aim")


def sites(calls: tuple[str, ...], how: str) -> list[int]:
    """Return where to strike: a call of each kind, in turn the first and the last that there is.

    Of a kind are calls of one name, on one path, whatever numbers and chance are in it.  A full disk refuses some kinds
    only; of what is written to temporary folders, which nobody misses, every eighth kind will do.
    """
    kinds: dict[str, list[int]] = {}
    for number, call in enumerate(calls):
        if how != "full" or call.split(" ", 1)[0] in WRITING:
            kinds.setdefault(VARIABLE.sub("#", call), []).append(number)
    kept = [numbers for kind, numbers in kinds.items() if " tmp" not in kind]
    kept += [numbers for kind, numbers in kinds.items() if " tmp" in kind][::8]
    return sorted(numbers[0] if turn % 2 == 0 else numbers[-1] for turn, numbers in enumerate(kept))


def _strike_at_calls(campaign: str, how: str, *, every: int, names: tuple[str, ...]) -> Count:
    count = Count(campaign)
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        for target in _targets(names, home):
            _strike_at(target, home, count, how=how, every=every)
    return count


def _strike_at(target: Target, home: Path, count: Count, *, how: str, every: int) -> None:
    for at in sites(target.calls, how)[::every]:
        where = f"{target.command.name}, call {at} ({target.calls[at]})"
        count.add(where, **strike(target, home / "try", at=at, how=how))


ALL = tuple(command.name for command in COMMANDS)


def kills(*, every: int = 1, names: tuple[str, ...] = ALL) -> Figures:
    """Kill every command before each of its calls, in the midst of each write."""
    return _strike_at_calls("kills", "kill", every=every, names=names).figures()


def full(*, every: int = 1, names: tuple[str, ...] = ALL) -> Figures:
    """Let the disk be full from each call on."""
    return _strike_at_calls("full disk", "full", every=every, names=names).figures()


def errors(*, every: int = 1, names: tuple[str, ...] = ALL) -> Figures:
    """Let each call fail once."""
    return _strike_at_calls("disk errors", "error", every=every, names=names).figures()


def press_from_outside(words: list[str], folder: Path, *, after: float) -> str:
    """Start a command as users do, press Ctrl-C after some seconds; return what was wrong with how it ended."""
    # What is started in the background ignores Ctrl-C, and so would its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [str(CARAVANA), *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    if "Traceback" in err + out or "Exception ignored" in err or seconds > SECONDS:
        return f"status {process.returncode} after {seconds:.1f} s: {err.strip()[-300:]}"
    return "" if process.returncode in {0, 130} else f"status {process.returncode}: {err.strip()[-300:]}"


def close_pipe(words: list[str], folder: Path) -> str:
    """Start a command as users do, and close its output at once; return what was wrong with how it ended."""
    process = subprocess.Popen(
        [str(CARAVANA), *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if process.stdout is not None:
        process.stdout.close()
    err = process.stderr.read() if process.stderr is not None else ""
    process.wait(60)
    held = process.returncode in {0, 1} and not re.search("Error|Exception|Traceback", err)
    return "" if held else err.strip()[-300:]


TALKING = (
    ["scenarios"], ["--help"], ["check", SCENARIO, "--json"], ["evidence", SCENARIO], ["evidence", SCENARIO, "--json"],
    ["score", "run", "--json"], ["verify", "run", "--json"], ["needs", "run", "--origin", "2021-11-18", "--as-run"],
    ["forecast", SCENARIO, "--origin", "2021-11-20", "--json"],
)  # fmt: skip
"""Commands whose output is closed, or who are interrupted while they speak."""


def interrupts(*, every: int = 3, moments: int = 5, names: tuple[str, ...] = ALL) -> Figures:
    """Press Ctrl-C at calls to the disk, at moments by chance, and while commands begin, speak and end; close pipes."""
    count = Count("interrupts")
    chance = random.Random(1)  # noqa: S311 - the same again
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        for target in _targets(names, home):
            _strike_at(target, home, count, how="interrupt", every=every)
            for _ in range(moments):
                moment = chance.uniform(0.0, target.seconds)
                wrong = strike(target, home / "try", at=None, how="interrupt", after=moment)
                count.add(f"{target.command.name}, after {moment:.2f} s", **wrong)
        for words in TALKING:
            count.add(f"closed pipe, {' '.join(words)}", tracebacks=close_pipe(words, home / "source" / "work"))
            for _ in range(moments):
                moment = chance.uniform(STARTING, 2.0)
                wrong = press_from_outside(words, home / "source" / "work", after=moment)
                count.add(f"{' '.join(words)}, started, after {moment:.2f} s", tracebacks=wrong)
    return count.figures()


def few(every: dict[str, int]) -> list[Figures]:
    """Strike a few commands in every way at every so many sites, laid out once: for a test that has no time."""
    counts = []
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        targets = list(_targets(tuple(every), home))
        for how in ("kill", "full", "error", "interrupt"):
            counts.append(Count(how))
            for target in targets:
                _strike_at(target, home, counts[-1], how=how, every=every[target.command.name])
    return [count.figures() for count in counts]
