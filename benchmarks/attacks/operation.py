"""Kills ``observe`` and ``update`` at random moments: nothing may be lost, nothing be there twice.

After each kill the same command is run again and must end well.  In the end the ledger must hold every report once,
one forecast an evening, and frozen files equal to those of an operation that was never killed.

    python -m benchmarks.attacks.operation [TRIES] [postgresql://...]
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from benchmarks.attacks.figures import Figures

from caravana.cli.main import app
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger

COMMAND = [sys.executable, "-m", "caravana.cli"]
ROAD, DEPARTS, UNTIL = "tapachula-mexico-city", dt.date(2021, 11, 18), dt.date(2021, 12, 18)
STOPS = ("huehuetan", "huixtla", "escuintla", "mapastepec", "pijijiapan", "tonala")
SIDES = ("press", "agency", "authorities", "organisers", "observer")
PATIENCE = 120.0


@dataclass
class Attack:
    """An operation under attack, and what came of it.

    Attributes
    ----------
    folder
        Of the operation.
    usual
        Seconds that each command takes when it is let be, by its name.
    failures
        What went wrong.
    tracebacks
        How many commands ended with a traceback.
    """

    folder: Path
    usual: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    tracebacks: int = 0

    def run(self, *words: str) -> None:
        """Run a command to its end; note how long it takes, and what went wrong."""
        began = time.monotonic()
        done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.usual[words[0]] = time.monotonic() - began
        self.tracebacks += "Traceback" in done.stderr
        if done.returncode:
            self.failures.append(f"{' '.join(words)}: {done.stderr.strip()[-300:]}")

    def strike(self, rng: random.Random, *words: str) -> None:
        """Start a command, kill it at a random moment, and run it again to its end."""
        with subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(rng.uniform(0.2, 1.05) * self.usual.get(words[0], 2.0))
            child.kill()
        self.run(*words)


def report(folder: Path, number: int) -> list[str]:
    """The words of one report; each number another one."""
    day = DEPARTS + dt.timedelta(days=number % len(STOPS))
    persons, side = str(1000 + number), SIDES[number % len(SIDES)]
    words = ["observe", str(folder), STOPS[number % len(STOPS)], "--on", str(day), "--known-on", str(day)]
    return [*words, "--persons", persons, "--by", side, "--no-night"]


def call(*words: str) -> None:
    """Run a command here, where nothing kills it."""
    with contextlib.redirect_stderr(io.StringIO()):
        app(list(words), standalone_mode=False)


def make(folder: Path, database: str | None, name: str) -> None:
    """Make an operation with a night reported."""
    words = ["new", str(folder), "--road", ROAD, "--departs", str(DEPARTS), "--until", str(UNTIL), "--name", name]
    call(*words, *(["--database", database] if database else []))
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write("\n[forecast]\nhorizon = 3\nmembers = 200\n")
    call("observe", str(folder), "huehuetan", "--on", str(DEPARTS))


def attack(tries: int, *, database: str | None = None, seed: int = 1) -> Figures:
    """Kill half of the tries in ``observe`` and half in ``update``, and look at what is left."""
    rng = random.Random(seed)  # noqa: S311 (moments of kills, no secret)
    base = Path(tempfile.mkdtemp(prefix="attacked-operation-"))
    try:
        hit = Attack(base / "hit")
        # One name for both: it is part of what a forecast is made from.  No ledger of a server has it yet.
        name = f"attacked {random.SystemRandom().getrandbits(32)}"
        make(hit.folder, database, name)
        numbers = range(max(tries // 2, 1))
        for number in numbers:
            hit.strike(rng, *report(hit.folder, number))
        evenings = [DEPARTS + dt.timedelta(days=number % len(STOPS)) for number in range(tries - len(numbers))]
        for evening in evenings:
            hit.strike(rng, "update", str(hit.folder), "--on", str(evening))
        calm = base / "calm"
        make(calm, None, name)
        for number in numbers:
            call(*report(calm, number))
        for evening in dict.fromkeys(evenings):
            call("update", str(calm), "--on", str(evening))
        wrong = compare(hit.folder, calm)
        for line in [*hit.failures, *wrong]:
            print(line, file=sys.stderr)
        where = "PostgreSQL" if database else "SQLite"
        return Figures(f"operation killed, {where}", tries, len(hit.failures), len(wrong), 0, hit.tracebacks)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def campaign(*, tries: int = 200) -> Figures:
    """Kill commands of an operation whose ledger is a file."""
    return attack(tries)


def campaign_on_a_server(*, tries: int = 200) -> Figures:
    """Kill commands of an operation whose ledger is on a PostgreSQL server, which is started for it."""
    from tests.made.postgres import cluster

    # A socket's path may not be long.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with cluster(Path(name) / "c") as url:
            return attack(tries, database=url)


def has_server() -> bool:
    """Whether a PostgreSQL server can be started here."""
    from tests.made.postgres import BINARIES

    return BINARIES is not None and find_spec("psycopg") is not None


def compare(hit: Path, calm: Path) -> list[str]:
    """What an attacked operation has lost, or holds twice, beside one that was let be."""
    wrong = []
    contents = []
    for one in (hit, calm):
        with open_ledger(open_operation(one)) as ledger:
            issued, reports = ledger.issued(), ledger.reports()
            scores = ledger.scores().drop(columns="scored_on")
        contents.append((sorted(reports["id"]), dict(zip(issued["forecast_id"], issued["hash"], strict=True)), scores))
        for row in issued.itertuples():
            path = one / "forecasts" / f"{row.forecast_id}.json"
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != row.hash:
                wrong.append(f"{path} is not what was frozen")
    for at, what in enumerate(("reports", "forecasts")):
        if contents[0][at] != contents[1][at]:
            wrong.append(f"{what} differ: {contents[0][at]} and {contents[1][at]}")
    if not contents[0][2].equals(contents[1][2]):
        wrong.append("scores differ")
    return wrong


if __name__ == "__main__":
    print(attack(int(sys.argv[1]) if len(sys.argv) > 1 else 200, database=sys.argv[2] if len(sys.argv) > 2 else None))
