"""The plug pulled at every call of a run that reaches the disk, and the run taken up again by the same command.

A run is made in a process of its own that ends at the n-th call of ``fsync``, ``rename``, ``replace`` or ``mkdir``,
without a word, as a kill does; then the same run is asked for again.  A try is *lost* where that refuses, or gives
other numbers than a run that nothing befell; *left over* where a partial file stays.

::

    python -m benchmarks.attacks.power
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.attacks.damage import SCENARIO, UNTIL, fingerprint

import caravana as cv

CALLS = ("fsync", "replace", "rename", "mkdir")
KILLED = 77
"""Status with which the process of a run ends at the call that is asked for."""


def simulate(folder: Path) -> None:
    """Simulate the two blocks of a short run, or go on with them."""
    cv.simulate(SCENARIO, members=128, seed=1, until=UNTIL, out=folder, workers=1)


def _place(given: object) -> str:
    if isinstance(given, int):
        return str(Path(f"/proc/self/fd/{given}").readlink())
    return os.fspath(given)  # type: ignore[call-overload]


def record(folder: Path, *, end_at: int | None = None) -> list[tuple[str, str, str]]:
    """Simulate, and write down every call that reaches the disk of the folder; end the process before one of them.

    Returns
    -------
    list
        Name of the call, what it was called on (where it is a rename: what is moved), and where that goes, as paths
        inside the folder that holds the run.
    """
    calls: list[tuple[str, str, str]] = []
    real = {name: getattr(os, name) for name in CALLS}
    home = str(folder.parent.resolve())

    def watch(name: str) -> None:
        def call(*given: object, **options: object) -> object:
            place = _place(given[0])
            if place.startswith(home):
                if len(calls) == end_at:
                    os._exit(KILLED)
                to = _place(given[1]) if name in {"replace", "rename"} else ""
                calls.append((name, os.path.relpath(place, home), os.path.relpath(to, home) if to else ""))
            return real[name](*given, **options)

        setattr(os, name, call)

    for name in CALLS:
        watch(name)
    try:
        simulate(folder)
    finally:
        for name, function in real.items():
            setattr(os, name, function)
    return calls


def kill(folder: Path, number: int) -> bool:
    """Make a run in a process that ends before a call; return whether it came to that."""
    command = [sys.executable, "-m", "benchmarks.attacks.power", "--child", str(folder), str(number)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    if done.returncode not in {0, KILLED}:
        raise RuntimeError(done.stderr)
    return done.returncode == KILLED


def parts_in(folder: Path) -> list[str]:
    """Return the partial files that are in a run folder."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob(".*.part"))


def main() -> None:
    """Kill a run at every call and resume it; print a line a failure, end with 1 if there is any."""
    options = argparse.ArgumentParser(description="Pull the plug at every call of a run that reaches the disk.")
    options.add_argument("--child", nargs=2)
    chosen = options.parse_args()
    if chosen.child:
        record(Path(chosen.child[0]), end_at=int(chosen.child[1]))
        return
    lost = left = 0
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        number = len(record(home / "whole"))
        wanted = fingerprint(home / "whole")
        for n in range(number):
            folder = home / f"killed-{n}"
            kill(folder, n)
            try:
                simulate(folder)
                lost += fingerprint(folder) != wanted
                left += bool(parts_in(folder))
            except cv.CaravanaError as error:
                print(f"LOST at call {n}: {error}")
                lost += 1
    print(json.dumps({"campaign": "power", "tries": number, "lost": lost, "left over": left}))
    raise SystemExit(1 if lost or left else 0)


if __name__ == "__main__":
    main()
