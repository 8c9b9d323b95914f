"""The bundled scenario `tapachula-2021`, and the record it was made from where that stands beside the project."""

import csv
from pathlib import Path

import pytest

from caravana.models.scenarios import load_scenario

RECORD = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def folder():
    import caravana.scenario

    return Path(caravana.scenario.__file__).parent / "library" / "tapachula-2021"


@pytest.fixture(scope="session")
def scenario():
    return load_scenario("tapachula-2021")


@pytest.fixture(scope="session")
def record():
    """Read a table of the record; skips where the record is not there."""
    if not RECORD.is_dir():
        pytest.skip("the record of the caravan (../shared/reference) is not beside the project")

    def read(name):
        with (RECORD / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
