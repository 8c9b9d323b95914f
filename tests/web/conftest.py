"""An operation with one evening, and its pages: open to whoever sits here, or shared."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.made.web import EVENING, FAST, PASSWORD, PORT, speak

from caravana.operation.creating import new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation
from caravana.web.access.passwords import hash_password
from caravana.web.desk import Desk
from caravana.web.guard.door import local_address
from caravana.web.store.accounts import add_account
from caravana.web.store.tables import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

    from caravana.operation.folder import Operation


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    """An operation after one evening; not to be changed."""
    folder = tmp_path_factory.mktemp("web") / "op"
    new_operation(folder, name="November", scenario="tapachula-2021-11-18")
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write(FAST)
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        update_operation(operation, ledger, on=EVENING)
    return operation


@pytest.fixture
def operation(evening: Operation, tmp_path: Path) -> Operation:
    return open_operation(shutil.copytree(evening.folder, tmp_path / "op"))


@pytest.fixture
def desk_of(operation: Operation) -> Iterator[Callable[..., Desk]]:
    opened = []

    def make(*, shared: bool = False) -> Desk:
        ledger = open_ledger(operation)
        opened.append(ledger)
        return Desk(operation, ledger, Store(ledger), local_address(PORT), shared=shared, here="t" * 40)

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def client(desk_of) -> TestClient:
    """Whoever sits here, with the page's token."""
    made = speak(desk_of())
    made.headers["X-CSRF-Token"] = made.get("/api/session").json()["csrf"]
    return made


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def shared(desk_of, password_hash) -> Desk:
    """Pages for several, with an account of each role and a second releaser."""
    desk = desk_of(shared=True)
    for name, role in (("rita", "reader"), ("pablo", "planner"), ("rosa", "releaser"), ("raul", "releaser")):
        add_account(desk.store, name, role, password_hash)
    return desk


@pytest.fixture
def signed_in(shared) -> Callable[[str], TestClient]:
    def sign_in(name: str) -> TestClient:
        made = speak(shared)
        answer = made.post("/api/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        made.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return made

    return sign_in
