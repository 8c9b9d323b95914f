"""Operations on the bundled caravan of 18 November 2021, replayed, and a database server."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.made import postgres

from caravana.operation.creating import Departure, new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from caravana.operation.folder import Operation

FIRST, EVENINGS = dt.date(2021, 11, 18), 6
FAST = "\n[forecast]\nhorizon = 4\nmembers = 200\n"


def make_operation(folder: Path, database: str | None = None, name: str = "November") -> Operation:
    new_operation(folder, name=name, scenario="tapachula-2021-11-18", database=database)
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write(FAST)
    return open_operation(folder)


def replay(operation: Operation, evenings: int = EVENINGS) -> None:
    with open_ledger(operation) as ledger:
        for number in range(evenings):
            update_operation(operation, ledger, on=FIRST + dt.timedelta(days=number))


def frozen(operation: Operation) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(operation.forecasts.iterdir())}


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    """An operation after six evenings; not to be changed."""
    operation = make_operation(tmp_path_factory.mktemp("replayed") / "op")
    replay(operation)
    return operation


@pytest.fixture
def operation(tmp_path: Path) -> Operation:
    return make_operation(tmp_path / "op")


@pytest.fixture
def copy(replayed: Operation, tmp_path: Path) -> Callable[[], Operation]:
    def make() -> Operation:
        return open_operation(shutil.copytree(replayed.folder, tmp_path / "copy"))

    return make


@pytest.fixture(scope="session")
def departed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A caravan that set out on a packaged road, of which nothing is reported yet; not to be changed."""
    departure = Departure("tapachula-mexico-city", dt.date(2023, 12, 24), dt.date(2024, 3, 10))
    return new_operation(tmp_path_factory.mktemp("departed") / "op", name="op", departure=departure).folder


@pytest.fixture
def folder(departed: Path, tmp_path: Path) -> str:
    """Where a caravan on a packaged road is, as a word of a command."""
    return str(shutil.copytree(departed, tmp_path / "op"))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if postgres.BINARIES is None:
        pytest.skip("no PostgreSQL server (initdb, pg_ctl) on this machine")
    base = Path(tempfile.mkdtemp(prefix="pg-"))
    base.chmod(0o755)
    try:
        with postgres.cluster(base / "c") as url:
            yield url
    finally:
        shutil.rmtree(base, ignore_errors=True)
