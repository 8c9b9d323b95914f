"""Holds run folders against the profile Process Run Crate, with roc-validator, without the network.

::

    make checks                                                  makes its environment in .venv/checks
    .venv/checks/bin/python tools/validate_crate.py RUN ...      ends with 1 where a folder is none

roc-validator wants an older ``rich`` than the package does, so it has an environment of its own.  It reads the JSON-LD
context of RO-Crate from the network; here it is given the one that the package ``rocrate`` ships (of RO-Crate 1.3,
which defines the terms of 1.1 that are used as 1.1 does), and every other request is refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "process-run-crate"


class Packaged(BaseAdapter):
    """Answers for one address with a packaged file, and refuses all others."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """Answer a request."""
        response = requests.Response()
        response.request, response.url = request, str(request.url)
        response.status_code = 200 if request.url == CONTEXT else 504
        response.headers["Content-Type"] = "application/ld+json"
        response._content = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()  # noqa: SLF001 - has no setter
        return response

    def close(self) -> None:
        """Nothing is open."""


def faults_of(folder: Path, severity: str) -> list[str]:
    """What keeps a folder from being such a crate, or what is recommended and not there."""
    settings = ValidationSettings(
        rocrate_uri=str(folder), profile_identifier=PROFILE, requirement_severity=Severity.get(severity), no_cache=True
    )
    requester = HttpRequester()
    for scheme in ("https://", "http://"):
        requester.session.mount(scheme, Packaged())
    found = validate(settings)
    return sorted({f"{issue.severity.name.lower()}: {issue.message}" for issue in found.get_issues()})


def main() -> None:
    """Validate what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, help="run folders")
    parser.add_argument("--severity", default="REQUIRED", choices=["REQUIRED", "RECOMMENDED"])
    given = parser.parse_args()
    found = {str(folder): faults_of(folder, given.severity) for folder in given.runs}
    print(json.dumps(found, indent=1))
    sys.exit(any(found.values()))


if __name__ == "__main__":
    main()
