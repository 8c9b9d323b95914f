"""Every command given in a folder that holds code under the names of modules, and on scenarios and runs that do.

Each is a process of its own, started as users start it, with two workers where a command takes workers; a Dask
scheduler and its worker are started there too, as the documentation has it.  A try is *outside* where any of the code
was executed, and counts as a traceback where the command did not end as it does elsewhere.

::

    python -m benchmarks.attacks.run --only hostile
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attacks.commands import COMMANDS, OFTEN, lay_out
from benchmarks.attacks.damage import SCENARIO, UNTIL
from benchmarks.attacks.strikes import Count

from caravana.importers.registry import GROUP
from caravana.models.registry import ENTRY_POINTS
from caravana.scenario.folders import find_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.attacks.figures import Figures

NAMES = (
    "numpy", "json", "caravana", "sitecustomize", "usercustomize", "pickle", "multiprocessing", "duckdb", "typer",
    "pandas", "concurrent", "tomllib", "pydantic", "xarray", "numba", "scipy", "csv", "distributed",
)  # fmt: skip
READING = {
    "scenarios": ("scenarios",),
    "check": ("check", "SCENARIO"),
    "score": ("score", "run"),
    "verify": ("verify", "run"),
    "forecast": ("forecast", SCENARIO, "--origin", "2021-11-20", "--horizon", "1"),
    "backtest": ("backtest", SCENARIO, "--origins", "2021-11-20,2021-11-21", "--horizon", "1", "--members", "50",
                 "--workers", "2", "--quiet"),
    "run, workers": ("run", "SCENARIO", "--members", "128", "--until", UNTIL, "--workers", "2", "--out", "spread"),
    "calibrate, workers": ("calibrate", "SCENARIO", "--budget", "128", "--draws", "50", "--workers", "2",
                           "--out", "shared"),
}  # fmt: skip
"""Commands that only read, or that need workers; a scenario that was received stands for ``SCENARIO``."""
CLUSTER = ("run", SCENARIO, "--members", "128", "--until", UNTIL, "--out", "away", "--scheduler", "scheduler.json")
CARAVANA = Path(sys.executable).with_name("caravana")


def plant(folder: Path, marker: Path) -> None:
    """Put code into a folder that notes in a file that it was executed."""
    for name in NAMES:
        note = f"open({str(marker)!r}, 'a').write({name + ' '!r})"
        (folder / f"{name}.py").write_text(f"{note}\nraise SystemExit(7)\n", encoding="utf-8")
    # Nor are models and importers looked for there.
    parts = folder / "evil-1.0.dist-info"
    parts.mkdir()
    (parts / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n", encoding="utf-8")
    groups = "".join(f"[{group}]\nevil = numpy:evil\n" for group in (GROUP, ENTRY_POINTS))
    (parts / "entry_points.txt").write_text(groups, encoding="utf-8")


def _start(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """Start a Dask scheduler and a worker in a folder, as the documentation has it."""
    environ = {**os.environ, "PYTHONSAFEPATH": "1", "TMPDIR": str(folder.parent)}
    started = []

    def begin(kind: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, "--no-dashboard"]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, env=environ, cwd=folder, stdout=quiet, stderr=quiet))

    file = folder / "scheduler.json"
    try:
        begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        begin("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def campaign(*, names: tuple[str, ...] | None = None, away: bool = True) -> Figures:
    """Give every command in a hostile folder, those of `names` only where there are any; `away`: on a cluster too."""
    count = Count("hostile folders")
    every = {command.name: command.words for command in COMMANDS} | READING
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        work, marker = lay_out(home / "laid"), home / "executed"
        received = Path(shutil.copytree(find_scenario(SCENARIO), work / "received"))
        for folder in (work, received, work / "run", work / "camps"):
            plant(folder, marker)
        for command, words in every.items():
            if names is None or command in names:
                for output in ("fitted", "new", "led", "there", "drafts", "begun", "built", "shown"):
                    shutil.rmtree(work / output, ignore_errors=True)
                if command == "import":
                    shutil.move(work / "camps", work / "imported before")
                _try(count, command, [str(CARAVANA), *(_name(word, work) for word in words)], work, marker)
        # In the folder of the scenario itself, which is then called ".".
        _try(count, "run, received", [str(CARAVANA), *(w.replace("SCENARIO", ".") for w in READING["run, workers"])],
             received, marker)  # fmt: skip
        if away:
            with cluster(work):
                _try(count, "run, cluster", [str(CARAVANA), *CLUSTER], work, marker)
    return count.figures()


def _name(word: str, work: Path) -> str:
    return str(work / "received") if word == "SCENARIO" else word


def _try(count: Count, command: str, words: list[str], folder: Path, marker: Path) -> None:
    done = _start(words, folder)
    executed = marker.read_text(encoding="utf-8") if marker.exists() else ""
    marker.unlink(missing_ok=True)
    failed = f"status {done.returncode}: {done.stderr.strip()[-300:]}"
    badly = done.returncode != 0 or "Traceback" in done.stderr
    count.add(command, outside=executed, tracebacks=failed if badly and not executed else "")


SHORT = (*OFTEN, "check", "run, workers")
