"""Kills the planner's pages at random moments, server or worker, during jobs and edits; then counts what is lost.

::

    python -m benchmarks.attacks.run --only pages "pages on a server"

Each try serves one operation, asks for the update of an evening, reports and edits the world from two threads, and
kills (SIGKILL) the server, or a job's process, after 0 to 6 seconds.  Whatever was answered with 201 or 202 must be
there once the pages are served again, once and not twice; every job must end; and each frozen forecast must be, byte
for byte, what ``caravana update`` gives on a copy of the operation with the same reports.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psutil
from benchmarks.attacks.figures import Figures

from caravana.operation.creating import new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger

COMMAND = [sys.executable, "-m", "caravana.cli"]
FIRST = dt.date(2021, 11, 20)
EVENINGS = 9
LONGEST, PATIENCE = 6.0, 240.0


@dataclass
class Kills:
    """What a campaign came to; all but the tries are to be nought.

    Attributes
    ----------
    tries, servers, workers
        Kills, of servers and of jobs' processes.
    lost, doubled
        Reports and edits that were answered and are not there, or are there twice.
    unfinished
        Jobs that did not end as done.
    differing
        Frozen forecasts that are not those of the command line.
    left
        Processes of jobs that outlived their server by 20 seconds.
    tracebacks
        Servers that ended with one.
    """

    tries: int = 0
    servers: int = 0
    workers: int = 0
    lost: int = 0
    doubled: int = 0
    unfinished: int = 0
    differing: int = 0
    left: int = 0
    tracebacks: int = 0


class Served:
    """The pages of an operation, and whoever speaks to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [*COMMAND, "serve", str(folder), "--port", "0", "--json", "--jobs", "1"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        url = json.loads(self.process.stdout.readline() if self.process.stdout else "{}")["url"]
        self.client = httpx.Client(base_url=url, timeout=60)
        token = self.client.post("/api/session", json={}).json()["token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def end(self, how: int) -> str:
        """End the server; return what it said."""
        self.client.close()
        self.process.send_signal(how)
        return self.process.communicate(timeout=60)[1]

    def children(self) -> list[psutil.Process]:
        """Processes of jobs."""
        held = []
        for one in psutil.process_iter(["cmdline"]):
            with contextlib.suppress(psutil.Error):
                words = one.info["cmdline"] or []
                if "caravana.web.jobs.child" in words and str(self.folder) in words:
                    held.append(one)
        return held


def speak(served: Served, number: int, kept: dict[str, int], until: threading.Event) -> None:
    """Report and edit until the server is gone; keep what was answered."""
    n = 0
    while not until.is_set():
        n += 1
        figure = number * 1000 + n
        with contextlib.suppress(httpx.HTTPError):
            day = (FIRST + dt.timedelta(days=number % EVENINGS)).isoformat()
            body = {"date": day, "kind": "injured", "value": str(figure), "known_on": "2021-11-30"}
            if served.client.post("/api/reports", json=body).status_code == 201:
                kept[f"report {figure}"] = figure
            body = {"change": "office", "place_id": "huixtla", "name": f"edit {figure}"}
            served.client.delete("/api/changes")
            if served.client.post("/api/changes", json=body).status_code == 201:
                kept["edit"] = figure
        time.sleep(0.05)


def attack(tries: int, *, seed: int, database: str | None = None) -> Kills:
    """Kill so many times; return the figures."""
    draw = random.Random(seed)  # noqa: S311 (when to kill, no secret)
    figures = Kills()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "op"
        new_operation(folder, name=f"Pages {seed}", scenario="tapachula-2021-11-18", database=database)
        with (folder / "operation.toml").open("a", encoding="utf-8") as file:
            file.write("\n[forecast]\nhorizon = 3\nmembers = 100\n")
        for number in range(tries):
            _once(folder, number, draw, figures)
        _compare(folder, Path(work) / "other", figures)
    return figures


def _once(folder: Path, number: int, draw: random.Random, figures: Kills) -> None:
    served, kept, over = Served(folder), {}, threading.Event()
    evening = (FIRST + dt.timedelta(days=number % EVENINGS)).isoformat()
    job = served.client.post("/api/jobs", json={"kind": "update", "on": evening}).json()["job"]
    speaker = threading.Thread(target=speak, args=(served, number, kept, over))
    speaker.start()
    time.sleep(draw.uniform(0, LONGEST))
    figures.tries += 1
    children = served.children()
    if children and draw.random() < 0.4:
        figures.workers += 1
        for one in children:
            with contextlib.suppress(psutil.Error):
                os.killpg(one.pid, signal.SIGKILL)
        over.set()
        speaker.join()
        figures.tracebacks += "Traceback" in served.end(signal.SIGINT)
    else:
        figures.servers += 1
        served.process.kill()
        over.set()
        speaker.join()
        served.end(signal.SIGKILL)
        until = time.monotonic() + 20
        while served.children() and time.monotonic() < until:
            time.sleep(0.2)
        figures.left += len(served.children())
    _look(folder, job, kept, figures)


def _look(folder: Path, job: int, kept: dict[str, int], figures: Kills) -> None:
    """Serve again, wait for the job, and count what was kept."""
    served = Served(folder)
    until = time.monotonic() + PATIENCE
    state: dict[str, Any] = {}
    while time.monotonic() < until and not state.get("over"):
        time.sleep(0.3)
        state = served.client.get(f"/api/jobs/{job}").json()
    figures.unfinished += state.get("state") != "done"
    with open_ledger(open_operation(folder)) as ledger:
        held = ledger.reports()
        values = held.loc[held["kind"] == "injured", "low"].astype(int).tolist()
    for name, figure in kept.items():
        if name.startswith("report"):
            figures.lost += values.count(figure) == 0
            figures.doubled += values.count(figure) > 1
    if "edit" in kept:
        names = [one["name"] for one in served.client.get("/api/changes").json()["changes"]]
        # A later edit may have been recorded and not answered.
        figures.lost += bool(names) and int(names[-1].removeprefix("edit ")) < kept["edit"]
        figures.doubled += len(names) > 1
    figures.tracebacks += "Traceback" in served.end(signal.SIGINT)


def _compare(folder: Path, other: Path, figures: Kills) -> None:
    """Replay the evenings on a copy by the command line, and compare what is frozen."""
    shutil.copytree(folder, other)
    settings = other / "operation.toml"
    lines = settings.read_text("utf-8").splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("database")) + "\n", "utf-8")
    for path in [*other.glob("ledger.sqlite*"), *(other / "forecasts").glob("*.json")]:
        path.unlink()
    with open_ledger(open_operation(folder)) as ledger, open_ledger(open_operation(other)) as copy:
        rows = ledger.history().drop(columns=["recorded_at", "recorded_by", "state"]).astype(object)
        rows = rows.where(rows.notna(), None).assign(withdrawn=False).to_dict("records")
        copy.add_reports([{str(key): value for key, value in row.items()} for row in rows])
    for path in sorted((folder / "forecasts").glob("*-1.json")):
        subprocess.run([*COMMAND, "update", str(other), "--on", path.stem[:10], "--quiet"], check=True)
        twin = other / "forecasts" / path.name
        figures.differing += not twin.is_file() or twin.read_bytes() != path.read_bytes()


def campaign(tries: int = 50) -> Figures:
    """Kill the pages of an operation whose ledger is a file."""
    return _figures("pages", attack(tries, seed=1))


def campaign_on_a_server(tries: int = 50) -> Figures:
    """Kill the pages of an operation whose ledger is in a PostgreSQL of its own."""
    from tests.made.postgres import cluster

    # A socket's path may not be long, and whom the server runs as has to get there.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with cluster(Path(name) / "c") as url:
            return _figures("pages on a server", attack(tries, seed=2, database=url))


def has_server() -> bool:
    """Whether PostgreSQL is on this machine."""
    from tests.made.postgres import BINARIES

    return BINARIES is not None and find_spec("psycopg") is not None


def _figures(name: str, found: Kills) -> Figures:
    """The figures as every campaign reports them; a process that is left is outside of what was asked for."""
    print(json.dumps(asdict(found)), file=sys.stderr)
    return Figures(
        name, found.tries, lost=found.lost + found.doubled + found.unfinished, silent=found.differing,
        outside=found.left, tracebacks=found.tracebacks,
    )  # fmt: skip
