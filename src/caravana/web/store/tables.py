"""The pages' tables in the database of a ledger, made where they are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from caravana.operation.ledger.schema import REPORTS
from caravana.web.store.schema import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from caravana.operation.ledger import OperationLedger
    from caravana.operation.ledger.database import Database

T = TypeVar("T")


def _make(connection: Connection) -> None:
    """Make what is not there: the pages' tables, and what a ledger of before lacks for quick answers."""
    PAGES.create_all(connection)
    for index in REPORTS.indexes:
        index.create(connection, checkfirst=True)


class Store:
    """What the pages keep.

    Parameters
    ----------
    ledger
        Whose database it lies in.
    """

    def __init__(self, ledger: OperationLedger) -> None:
        self.ledger = ledger
        self._database: Database = ledger.database
        self._database.write(_make)

    def read(self, act: Callable[[Connection], T]) -> T:
        """Do something that only reads."""
        return self._database.read(act)

    def write(self, act: Callable[[Connection], T]) -> T:
        """Do something in one transaction."""
        return self._database.write(act)
