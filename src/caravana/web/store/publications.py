"""What was given out to the public, step by step: asked for, signed or refused, superseded.  Rows are only added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from caravana.errors import UsageError
from caravana.operation.ledger.ledger import now
from caravana.web.store.schema import PUBLICATIONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from caravana.web.store.tables import Store

REQUESTED, SIGNED, REFUSED, SUPERSEDED = "requested", "signed", "refused", "superseded"


def add_publication(store: Store, content: Mapping[str, Any], *, on: dt.date, who: str) -> str:
    """Ask for a publication; return its id, ``DATE-N``."""

    def add(connection: Connection) -> str:
        held = select(PUBLICATIONS.c.publication).where(PUBLICATIONS.c.publication.like(f"{on}-%")).distinct()
        name = f"{on}-{1 + len(connection.execute(held).all())}"
        _insert(connection, name, REQUESTED, content, on=on, who=who)
        return name

    name = store.write(add)
    store.ledger.signed_by(who).note("ask_publication", name, content)
    return name


def add_step(
    store: Store, name: str, step: str, content: Mapping[str, Any], *, on: dt.date, who: str, again: bool = False
) -> None:
    """Add a step to a publication.

    Raises
    ------
    UsageError
        If it was signed or refused already.
    """

    def add(connection: Connection) -> None:
        chosen = select(PUBLICATIONS.c.step).where(PUBLICATIONS.c.publication == name)
        done = {row.step for row in connection.execute(chosen)}
        if step in done or (not again and done & {SIGNED, REFUSED}):
            raise UsageError(f"publication {name} is decided already")
        _insert(connection, name, step, content, on=on, who=who)

    store.write(add)
    store.ledger.signed_by(who).note(f"{step}_publication", name, content)


def publications(store: Store) -> list[dict[str, Any]]:
    """Publications with their steps, the last first: ``publication``, ``steps`` (``step, content, on, at, who``)."""
    rows = store.read(lambda c: c.execute(select(PUBLICATIONS).order_by(PUBLICATIONS.c.seq)).mappings().all())
    held: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        step = {name: row[name] for name in ("step", "on", "at", "who")}
        held.setdefault(row["publication"], []).append({**step, "content": json.loads(row["content"])})
    return [{"publication": name, "steps": steps} for name, steps in reversed(held.items())]


def _insert(
    connection: Connection, name: str, step: str, content: Mapping[str, Any], *, on: dt.date, who: str
) -> None:  # fmt: skip
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    row = {"publication": name, "step": step, "content": text, "on": on, "at": now(), "who": who}
    connection.execute(insert(PUBLICATIONS), row)
