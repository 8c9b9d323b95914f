"""Load on the planner's pages: people reading and reporting at once while two jobs run, on a ledger of many reports.

::

    .venv/bin/python benchmarks/web_load.py --reports 50000 --seconds 30 --json benchmarks/web_load.json

An operation of its own is made, its ledger is filled, the pages are served by ``caravana serve``, and readers and
reporters ask as fast as they get answers and a pause of a person's (0.5 to 1.5 s).  What is written are seconds: of a
first view on a server that has just begun, and percentiles by what was asked for.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from caravana.operation.creating import new_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation

FIRST, EVENING = dt.date(2021, 11, 18), dt.date(2021, 11, 21)
READ = ("/", "/api/map/evening", "/api/map/world", "/api/map/reports", "/record", "/api/record/forecasts", "/api/jobs")
STATIC = ("/static/pages.css", "/static/common.js", "/static/drawnmap.js", "/static/tonight.js")
PLACES = ("huixtla", "mapastepec", "escuintla", "tapachula", "pijijiapan")


def make(folder: Path, reports: int, database: str | None) -> None:
    """Make an operation with so many reports and a forecast."""
    operation = new_operation(folder, name=f"Load {reports}", scenario="tapachula-2021-11-18", database=database)
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write("\n[forecast]\nhorizon = 4\nmembers = 200\n")
    from caravana.operation.folder import open_operation

    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        update_operation(operation, ledger, on=EVENING)
        rows = [
            {
                "id": f"load-{n}", "date": FIRST + dt.timedelta(n % 12), "known_on": FIRST + dt.timedelta(n % 12),
                "caravan": "caravan-2021-11-18", "kind": "injured", "place": PLACES[n % len(PLACES)], "km_past": None,
                "low": float(n % 40), "high": float(n % 40), "qualifier": "exact", "side": "observer", "source": None,
                "claims": None,
            }
            for n in range(reports)
        ]  # fmt: skip
        for first in range(0, reports, 5000):
            ledger.add_reports(rows[first : first + 5000], act="load")


def serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Serve an operation; return the process and the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "caravana.cli", "serve", str(folder), "--port", "0", "--json", "--jobs", "2"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return process, json.loads(process.stdout.readline() if process.stdout else "{}")["url"]


class Times:
    """Seconds by what was asked for, and answers that were not as they should be."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def ask(self, client: httpx.Client, method: str, path: str, name: str, **values: Any) -> None:
        """Ask, and keep how long it took."""
        began = time.perf_counter()
        answer = client.request(method, path, **values)
        took = time.perf_counter() - began
        with self._lock:
            self.seconds.setdefault(name, []).append(took)
            if answer.status_code >= 400:
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:120]}")

    def table(self) -> dict[str, dict[str, float]]:
        """Percentiles by what was asked for."""
        return {
            name: {"n": len(took), **{f"p{q}": round(float(np.percentile(took, q)), 4) for q in (50, 95, 99)}}
            for name, took in sorted(self.seconds.items())
        }


def person(url: str, token: str, times: Times, until: float, number: int, *, reports: bool) -> None:
    """One who reads, or reports, until it is over."""
    draw = random.Random(number)  # noqa: S311 (who asks what, no secret)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        while time.monotonic() < until:
            if reports:
                day = FIRST + dt.timedelta(days=draw.randrange(12))
                body = {
                    "date": day.isoformat(),
                    "place": draw.choice(PLACES),
                    "persons": str(draw.randrange(500, 3000)),
                }
                times.ask(client, "POST", "/api/reports", "report", json=body)
            else:
                path = draw.choice(READ)
                times.ask(client, "GET", path, "page" if not path.startswith("/api") else "data")
                times.ask(client, "GET", draw.choice(STATIC), "static")
            time.sleep(draw.uniform(0.5, 1.5))


def main() -> None:
    """Make, serve, load, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=50_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--reporters", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--database", help="postgresql://... in place of a file")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "op"
        make(folder, options.reports, options.database)
        process, url = serve(folder)
        try:
            token = httpx.post(f"{url}api/session", json={}).json()["token"]
            first = Times()
            with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
                first.ask(client, "GET", "/", "first")
                first.ask(client, "GET", "/", "second")
                first.ask(client, "GET", "/api/map/reports", "reports")
                jobs = [
                    client.post("/api/jobs", json={"kind": "run", "members": 100_000, "seed": n}).json()["job"]
                    for n in (1, 2)
                ]
                time.sleep(5)
                times, until = Times(), time.monotonic() + options.seconds
                people = [
                    threading.Thread(
                        target=person, args=(url, token, times, until, n), kwargs={"reports": n < options.reporters}
                    )
                    for n in range(options.readers + options.reporters)
                ]
                for one in people:
                    one.start()
                for one in people:
                    one.join()
                states = [client.get(f"/api/jobs/{job}").json()["state"] for job in jobs]
                for job in jobs:
                    client.delete(f"/api/jobs/{job}")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    result = {
        "reports": options.reports, "readers": options.readers, "reporters": options.reporters,
        "seconds": options.seconds, "cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 2),
        "jobs": states,
        "database": "postgresql" if options.database else "sqlite", "first_view_s": first.table(),
        "under_load_s": times.table(), "wrong": times.wrong[:10],
    }  # fmt: skip
    text = json.dumps(result, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
