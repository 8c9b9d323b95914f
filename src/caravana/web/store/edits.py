"""Edits of the world under way, one account's each: the last can be undone, and done again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from caravana.operation.ledger.ledger import now
from caravana.web.store.schema import EDITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from caravana.web.store.tables import Store

MOST = 200
"""Edits that one account may have under way."""


def edits_of(store: Store, account: str) -> tuple[list[dict[str, Any]], int]:
    """The edits of an account that stand, in order, and how many were undone and can be done again."""
    rows = store.read(
        lambda c: c.execute(select(EDITS).where(EDITS.c.account == account).order_by(EDITS.c.seq)).mappings().all()
    )
    return [json.loads(row["content"]) for row in rows if not row["undone"]], sum(row["undone"] for row in rows)


def add_edit(store: Store, account: str, content: Mapping[str, Any]) -> bool:
    """Add an edit; what was undone before can no longer be done again.  False where there are too many."""

    def add(connection: Connection) -> bool:
        mine = EDITS.c.account == account
        connection.execute(delete(EDITS).where(mine, EDITS.c.undone))
        held = select(func.count()).select_from(EDITS).where(mine)
        if int(connection.execute(held).scalar() or 0) >= MOST:
            return False
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        connection.execute(insert(EDITS), {"account": account, "content": text, "undone": False, "at": now()})
        return True

    return store.write(add)


def undo_edit(store: Store, account: str, *, again: bool = False) -> bool:
    """Undo the last edit that stands, or do the first undone one again; False where there is none."""

    def undo(connection: Connection) -> bool:
        order = EDITS.c.seq if again else EDITS.c.seq.desc()
        held = select(EDITS.c.seq).where(EDITS.c.account == account, EDITS.c.undone == again).order_by(order).limit(1)
        seq = connection.execute(held).scalar()
        if seq is None:
            return False
        connection.execute(update(EDITS).where(EDITS.c.seq == seq).values(undone=not again))
        return True

    return store.write(undo)


def forget_edits(store: Store, account: str) -> None:
    """Forget an account's edits: the world is as it is again."""
    store.write(lambda c: c.execute(delete(EDITS).where(EDITS.c.account == account)))
