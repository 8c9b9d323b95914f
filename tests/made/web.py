"""The pages of an operation spoken to in one process: who speaks, and where they are."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import TYPE_CHECKING

from caravana.web.app import make_app

with warnings.catch_warnings():
    # Starlette's next client is not locked here yet.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

if TYPE_CHECKING:
    from caravana.web.desk import Desk

PORT = 8720
URL = f"http://127.0.0.1:{PORT}"
EVENING = dt.date(2021, 11, 21)
PASSWORD = "correct horse battery"
FAST = "\n[forecast]\nhorizon = 4\nmembers = 100\n"


def speak(desk: Desk, **values) -> TestClient:
    """Somebody who speaks to the pages."""
    return TestClient(make_app(desk), base_url=URL, follow_redirects=False, **values)
