"""Every reader given damaged inputs: an answer, or an error that is meant for the user, in little time and memory.

Each try damages one file of a sound input (:mod:`benchmarks.attacks.mutations`), or puts a folder in its place, and
reads it in this process.  A try is a *traceback* where anything but an answer or a :class:`caravana.CaravanaError`
comes of it, *silent* where it takes more than :data:`MOST_SECONDS`, or the process grows by more than
:data:`MOST_GROWTH`, *lost* where a reader changed its input, *outside* where it wrote beside it.

::

    python -m benchmarks.attacks.fuzz --tries 20000 --write
    python -m benchmarks.attacks.fuzz --reader flee --seed 7 --only 123
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attacks.figures import Figures
from benchmarks.attacks.fuzz_readers import READERS, Reader
from benchmarks.attacks.mutations import mutate, mutate_json

import caravana as cv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RESULTS = Path(__file__).with_name("readers.json")
MOST_SECONDS = 5.0
"""Seconds of the processor that a reader may take over a small input, however damaged."""
MOST_GROWTH = 512 * 2**20
"""Bytes that the process may grow by over one try."""
MOST_LINES = 130
"""Lines that a message may have: all faults of a file are listed, and of very many the rest are counted."""


@dataclass(slots=True)
class Tally:
    """What the tries of one reader came to; `found` holds a line for each that was not as it should be."""

    tries: int = 0
    lost: int = 0
    silent: int = 0
    outside: int = 0
    tracebacks: int = 0
    refused: int = 0
    slowest: float = 0.0
    found: dict[str, str] = field(default_factory=dict)


def _peak() -> int:
    """Most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@contextlib.contextmanager
def damaged(home: Path, rng: random.Random) -> Iterator[str]:
    """Damage one file of an input for a while; gives its name."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    path = rng.choice(files)
    sound = path.read_bytes()
    chance = rng.random()
    path.unlink()
    if chance < 0.01:
        path.mkdir()
    elif chance > 0.02:
        if path.suffix == ".json" and rng.random() < 0.6:
            path.write_text(json.dumps(mutate_json(json.loads(sound), rng)))
        else:
            path.write_bytes(mutate(sound, rng))
    try:
        yield path.relative_to(home).as_posix()
    finally:
        if path.is_dir():
            path.rmdir()
        path.write_bytes(sound)


def attempt(reader: Reader, home: Path, number: int, *, seed: int, tally: Tally) -> None:
    """Make one try, and note what it came to."""
    rng = random.Random(f"{seed}:{reader.name}:{number}")  # noqa: S311 - chosen to be made again, not to be secret
    tally.tries += 1
    with damaged(home, rng) as name:
        before, peak, start = _names(home.parent), _peak(), time.process_time()
        said = ""
        try:
            with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
                warnings.simplefilter("ignore")
                said = reader.read(home) or ""
        except cv.CaravanaError as error:
            said = str(error)
        except Exception as error:  # noqa: BLE001 - whatever comes is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} {Path(where.filename).name}:{where.lineno}"
            tally.tracebacks += 1
            tally.found.setdefault(kind, f"try {number}, {name}: {kind}: {error!s:.150}")
        took = time.process_time() - start
        tally.refused += bool(said)
        tally.slowest = max(tally.slowest, took)
        if took > MOST_SECONDS or _peak() - peak > MOST_GROWTH or said.count("\n") > MOST_LINES:
            tally.silent += 1
            lines = said.count("\n")
            tally.found.setdefault(
                f"large {name}", f"try {number}, {name}: {took:.1f} s, {(_peak() - peak) / 2**20:.0f} MB, {lines} lines"
            )
        after = _names(home.parent)
        inside = {one for one in after if one.split("/")[0] == home.name}
        tally.lost += bool(set(before) - set(after)) or bool(inside - set(before))
        tally.outside += bool(set(after) - set(before) - inside)


def campaign(
    tries: int, *, seed: int = 1, readers: Sequence[Reader] = READERS, only: int | None = None, show: bool = False
) -> Figures:
    """Attack every reader.

    Parameters
    ----------
    tries
        How often each.
    seed
        Of what is damaged, and how.
    readers
        Which.
    only
        The number of one try to make, of all.
    show
        Whether to print a line a reader, and one a kind of failure.
    """
    tallies = []
    for reader in readers:
        tally = Tally()
        root = Path(tempfile.mkdtemp(prefix="caravana-fuzz-"))
        try:
            home = root / "input"
            reader.make(home)
            for number in range(tries) if only is None else (only,):
                attempt(reader, home, number, seed=seed, tally=tally)
        finally:
            shutil.rmtree(root, ignore_errors=True)
        tallies.append(tally)
        if show:
            print(
                f"{reader.name:<16}{tally.tries:>7} tries {tally.refused:>7} refused {tally.tracebacks:>5} tracebacks"
                f" {tally.silent:>4} large, {tally.slowest:.2f} s at most",
                *(f"    {line}" for line in tally.found.values()),
                sep="\n",
                flush=True,
            )
    return Figures(
        "fuzz",
        sum(one.tries for one in tallies),
        sum(one.lost for one in tallies),
        sum(one.silent for one in tallies),
        sum(one.outside for one in tallies),
        sum(one.tracebacks for one in tallies),
    )


def attack(readers: Sequence[Reader], *, results: Path, description: str | None, tries: int) -> None:
    """Attack readers as the words of the command say, and keep what came of each where that is asked for."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=tries)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", action="append", choices=[reader.name for reader in readers])
    parser.add_argument("--only", type=int)
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {results.name}")
    options = parser.parse_args()
    for reader in readers:
        if options.reader and reader.name not in options.reader:
            continue
        figures = campaign(options.tries, seed=options.seed, readers=[reader], only=options.only, show=True)
        if options.write:
            keep(figures, reader, results=results, order=[one.name for one in readers], seed=options.seed)


def keep(figures: Figures, reader: Reader, *, results: Path, order: Sequence[str], seed: int) -> None:
    """Put the figures of a reader among those kept, which are read again: another may have been attacked meanwhile."""
    kept = json.loads(results.read_text(encoding="utf-8")) if results.is_file() else {}
    kept[reader.name] = {
        "tries": figures.tries, "tracebacks": figures.tracebacks, "large": figures.silent, "lost": figures.lost,
        "outside": figures.outside, "seed": seed, "version": cv.__version__,
    }  # fmt: skip
    in_order = {name: kept[name] for name in order if name in kept}
    results.write_text(json.dumps(in_order, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    attack(READERS, results=RESULTS, description=__doc__, tries=20_000)
