"""The database of a ledger: opened, made where it is not there, written to so that nothing is lost.

A file of SQLite is kept in write-ahead mode and synced at every commit: what a command said it recorded is on the disk.
A server (PostgreSQL) is spoken to in serialisable transactions.  Whoever comes second at once with another writer
waits, and tries again.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import create_engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from caravana.errors import CaravanaError, UsageError
from caravana.interrupts import undisturbed
from caravana.operation.ledger.digests import PROMISE
from caravana.operation.ledger.schema import ABOUT, FORMAT, METADATA, statements_that_keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sqlalchemy.engine import Connection, Engine

T = TypeVar("T")

TRIES, CLASHES, LONGEST_WAIT = 40, 8, 1.0
BUSY_SECONDS = 30.0
PASSING = ("locked", "busy", "could not serialize", "deadlock")
"""What a database says of a writer that came at the same time as another."""
REFUSALS = {
    "disk is full": "no space is left on the disk",
    "no space left": "no space is left on the disk",
    "disk i/o error": "the disk does not take it",
    "readonly": "it may not be written",
    "read-only": "it may not be written",
    "unable to open": "it cannot be opened",
    "malformed": "the file is damaged",
    "not a database": "the file is no ledger",
}
"""What a database says when it cannot write, and what is said to people."""


class Database:
    """A database with the tables of one ledger.

    Parameters
    ----------
    url
        Where it is.
    key
        What the tables lie under in a database of several ledgers.
    make
        Whether a ledger that is not there is made.

    Raises
    ------
    UsageError
        If there is none and none is to be made, or it is of another format.
    CaravanaError
        If the database cannot be reached.
    """

    def __init__(self, url: str, *, key: str, make: bool = True) -> None:
        address = make_url(url)
        self.name = address.render_as_string(hide_password=True)
        self.embedded = address.get_backend_name() == "sqlite"
        self._key = None if self.embedded else key
        self._engine = _engine(address.render_as_string(hide_password=False), embedded=self.embedded)
        self._engine = self._engine.execution_options(schema_translate_map={None: self._key})
        if self.embedded:
            self.name = address.database or self.name
        if not self.is_there():
            if not make:
                raise UsageError(
                    f"{self.name} holds no ledger; put a copy of it from before in its place: no command makes it from "
                    "the rest, and `caravana new` begins another (forecasts/*.json beside it tells which reports each "
                    "forecast was made from)"
                )
            self.write(self._make)
        held = self.read(lambda c: c.execute(select(ABOUT.c.value).where(ABOUT.c.key == "format")).scalar())
        if held != FORMAT:
            raise UsageError(f"{self.name} is a ledger of format {held}; this caravana reads format {FORMAT}")

    def is_there(self) -> bool:
        """Whether its tables are there."""
        return self.read(lambda c: c.dialect.has_table(c, ABOUT.name, schema=self._key))

    def read(self, act: Callable[[Connection], T]) -> T:
        """Do something that only reads, in one state of the ledger."""
        with self._said(), _connected(self._engine) as connection:
            return act(connection)

    def write(self, act: Callable[[Connection], T]) -> T:
        """Do something in one transaction: all of it or nothing; again where another writer came between.

        Raises
        ------
        CaravanaError
            If the database does not take it (disk full, not permitted, gone): in one line, and nothing is recorded.
        """
        engine = self._engine.execution_options(caravana_writes=True)
        with self._said():
            for number in range(TRIES):
                try:
                    with _connected(engine) as connection, connection.begin():
                        return act(connection)
                except (OperationalError, IntegrityError, DBAPIError) as error:
                    if number == TRIES - 1 or not _passes(error, number):
                        raise
                time.sleep(random.uniform(0.0, min(LONGEST_WAIT, 0.01 * 2**number)))  # noqa: S311 (a pause, no secret)
        raise AssertionError  # the last try returns or raises

    def damages(self) -> list[str]:
        """What the database's own check finds damaged, in its words; nothing of a server, which sees to that itself."""
        if not self.embedded:
            return []
        said = self.read(lambda c: list(c.exec_driver_sql("PRAGMA integrity_check").scalars()))
        return [] if said == ["ok"] else [f"is damaged: {one}" for one in said]

    def close(self) -> None:
        """Let go of the database."""
        with undisturbed():
            self._engine.dispose()

    def _make(self, connection: Connection) -> None:
        if self._key is not None:
            # One maker at a time: makers of one schema wait for each other here.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": self._key})
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self._key}"'))
        if connection.dialect.has_table(connection, ABOUT.name, schema=self._key):
            return
        METADATA.create_all(connection)
        for statement in statements_that_keep(connection.dialect.name, self._key):
            connection.exec_driver_sql(statement)
        connection.execute(insert(ABOUT), [{"key": "format", "value": FORMAT}, PROMISE])

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what a database says into one line."""
        try:
            yield
        except DBAPIError as error:
            said = str(error.orig).strip() or type(error.orig).__name__
            reason = next((mine for theirs, mine in REFUSALS.items() if theirs in said.lower()), said.splitlines()[0])
            raise CaravanaError(f"the ledger {self.name} cannot be used: {reason}; it is as it was before") from error


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """Open a connection, and give it back whole: broken off in that, SQLAlchemy would tell of it as of a fault."""
    connection = engine.connect()
    try:
        yield connection
    finally:
        with undisturbed():
            connection.close()


def _engine(url: str, *, embedded: bool) -> Engine:
    """Return the engine of a database."""
    if not embedded:
        address = make_url(url).set(drivername="postgresql+psycopg")
        try:
            return create_engine(address, isolation_level="SERIALIZABLE", pool_pre_ping=True)
        except ModuleNotFoundError:
            raise UsageError(
                "a ledger in PostgreSQL needs psycopg: install caravana with its extra 'postgres'"
            ) from None
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _on_begin says so
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("caravana_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _passes(error: DBAPIError, number: int) -> bool:
    """Whether it is worth trying again: another writer was there at the same time, or took the same identifier."""
    said = str(error.orig).lower()
    clash = isinstance(error, IntegrityError) and "unique" in said and number < CLASHES
    return clash or any(word in said for word in PASSING)
