"""Scenario folders: read, written, listed."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from caravana.errors import ScenarioError
from caravana.scenario.model import Claim, Event, Link, Observation, Place, Scenario, Source

LIBRARY = Path(__file__).parent / "library"


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a bundled scenario by name, or a folder (first version, pydantic errors)."""
    folder = LIBRARY / name_or_path if (LIBRARY / name_or_path).is_dir() else Path(name_or_path)
    document: dict[str, Any] = tomllib.loads((folder / "scenario.toml").read_text("utf-8"))
    rows = {"places": Place, "links": Link, "events": Event, "observations": Observation,
            "claims": Claim, "sources": Source}
    lists = {"modes", "basis", "claim_ids", "disputed_by", "bears_on"}
    for table in rows:
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            document[table] = [
                {key: tuple(cell.split(";")) if key in lists else cell for key, cell in row.items() if cell}
                for row in csv.DictReader(file)
            ]
    try:
        return Scenario.model_validate(document)
    except ValueError as error:
        raise ScenarioError(str(error)) from error
