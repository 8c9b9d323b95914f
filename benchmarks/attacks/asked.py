"""Asks the pages' API everything that its own description allows, and more often than the tests do.

::

    python -m benchmarks.attacks.run --only asked

Schemathesis makes requests from ``/api/openapi.json``; whatever is asked, the answer is none of the server's errors.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from benchmarks.attacks.figures import Figures
from hypothesis import HealthCheck, Phase, given, seed, settings

from caravana.operation.creating import new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation
from caravana.web.app import make_app
from caravana.web.desk import Desk
from caravana.web.guard.door import local_address
from caravana.web.store.tables import Store

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

EVENING, PORT, TOKEN = dt.date(2021, 11, 21), 8720, "t" * 40
SERVER_ERROR = 500


def ask_everything(client: TestClient, *, examples: int) -> tuple[int, list[str]]:
    """Ask every operation of the API so many things; return how many were asked, and what an error was answered to."""
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    asked, wrong = 0, []

    def ask(case: Any) -> None:
        nonlocal asked
        body = case.body if isinstance(case.body, dict | list) and case.media_type == "application/json" else None
        answer = client.request(case.method, case.formatted_path, params=case.query or None, json=body)
        asked += 1
        if answer.status_code >= SERVER_ERROR:
            wrong.append(f"{case.method} {case.formatted_path} {case.query} {case.body}: {answer.text[:200]}")

    checked = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for result in schema.get_all_operations():
        operation = result.ok()
        if not operation.path.endswith("/events"):  # which goes on until the job is over
            seed(1)(checked(given(case=operation.as_strategy())(ask)))()
    return asked, wrong


def campaign(examples: int = 200) -> Figures:
    """Ask the pages of an operation of one evening."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Starlette's next client is not locked here yet
        from fastapi.testclient import TestClient

    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "op"
        new_operation(folder, name="Asked", scenario="tapachula-2021-11-18")
        with (folder / "operation.toml").open("a", encoding="utf-8") as file:
            file.write("\n[forecast]\nhorizon = 4\nmembers = 100\n")
        operation = open_operation(folder)
        with open_ledger(operation) as ledger:
            update_operation(operation, ledger, on=EVENING)
            desk = Desk(operation, ledger, Store(ledger), local_address(PORT), here=TOKEN)
            client = TestClient(make_app(desk), base_url=f"http://127.0.0.1:{PORT}", raise_server_exceptions=False)
            client.headers["Authorization"] = f"Bearer {TOKEN}"
            asked, wrong = ask_everything(client, examples=examples)
    for line in wrong:
        print(line, file=sys.stderr)
    return Figures("asked", asked, tracebacks=len(wrong))
