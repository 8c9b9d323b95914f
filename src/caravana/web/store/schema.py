"""Tables of the pages, in the database of the ledger.  What people did is in the ledger's journal besides, for good.

Moments are text in UTC, as the ledger has them; leases are seconds since 1970, compared by the server's own clock.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

PAGES = MetaData()

ACCOUNTS = Table(
    "web_accounts",
    PAGES,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("made_at", Text, nullable=False),
)

SESSIONS = Table(
    "web_sessions",
    PAGES,
    Column("digest", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("begun", Double, nullable=False),
    Column("seen", Double, nullable=False),
)

FAILURES = Table(
    "web_failures",
    PAGES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("web_failures_of", "account", "at"),
)

JOBS = Table(
    "web_jobs",
    PAGES,
    Column("job", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease", Double, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("seconds_left", Double),
    Column("message", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("ended_at", Text, nullable=False),
    Index("web_jobs_state", "state"),
)

EDITS = Table(
    "web_edits",
    PAGES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("at", Text, nullable=False),
)

PUBLICATIONS = Table(
    "web_publications",
    PAGES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("publication", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Index("web_publications_of", "publication", "step", unique=True),
)
