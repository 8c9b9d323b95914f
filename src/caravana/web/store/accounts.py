"""Accounts, their sessions, and failures to sign in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from caravana.errors import UsageError
from caravana.operation.ledger.ledger import now
from caravana.web.store.schema import ACCOUNTS, FAILURES, SESSIONS

if TYPE_CHECKING:
    from caravana.web.store.tables import Store

Row = dict[str, Any]


def digest_of(token: str) -> str:
    """What is kept of a session's token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def accounts(store: Store) -> list[Row]:
    """Accounts in order of their names: ``name, role, hash, open, made_at``."""
    rows = store.read(lambda c: c.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).mappings().all())
    return [dict(row) for row in rows]


def account_of(store: Store, name: str) -> Row | None:
    """One account; None where there is none."""
    row = store.read(lambda c: c.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).mappings().first())
    return None if row is None else dict(row)


def add_account(store: Store, name: str, role: str, password_hash: str) -> None:
    """Make an account.

    Raises
    ------
    UsageError
        If one of this name is there.
    """
    if account_of(store, name) is not None:
        raise UsageError(f"account {name}: there is one already; change it, or choose another name")
    row = {"name": name, "role": role, "hash": password_hash, "open": True, "made_at": now()}
    store.write(lambda c: c.execute(insert(ACCOUNTS), row))
    store.ledger.note("add_account", name, {"role": role})


def change_account(store: Store, name: str, changes: Row) -> None:
    """Change ``role``, ``hash`` or ``open`` of an account; whoever is signed in with it is signed out.

    Raises
    ------
    UsageError
        If there is none.
    """
    if account_of(store, name) is None:
        raise UsageError(f"account {name}: there is none of this name")

    def change(connection: Any) -> None:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(**changes))
        connection.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
        connection.execute(delete(FAILURES).where(FAILURES.c.account == name))

    store.write(change)
    store.ledger.note("change_account", name, {key: value for key, value in changes.items() if key != "hash"})


# ---------------------------------------------------------------- sessions


def begin_session(store: Store, token: str, account: str, *, at: float) -> None:
    """Keep a session that begins."""
    row = {"digest": digest_of(token), "account": account, "begun": at, "seen": at}
    store.write(lambda c: c.execute(insert(SESSIONS), row))


def session_of(store: Store, token: str) -> Row | None:
    """The session of a token, with the account's ``role``; None where there is none, or its account is closed."""
    chosen = select(SESSIONS, ACCOUNTS.c.role).join_from(SESSIONS, ACCOUNTS, SESSIONS.c.account == ACCOUNTS.c.name)
    chosen = chosen.where(SESSIONS.c.digest == digest_of(token), ACCOUNTS.c.open)
    row = store.read(lambda c: c.execute(chosen).mappings().first())
    return None if row is None else dict(row)


def touch_session(store: Store, token: str, *, at: float) -> None:
    """Note that a session was used."""
    changed = update(SESSIONS).where(SESSIONS.c.digest == digest_of(token)).values(seen=at)
    store.write(lambda c: c.execute(changed))


def end_session(store: Store, token: str) -> None:
    """End a session."""
    store.write(lambda c: c.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest_of(token))))


def end_old_sessions(store: Store, *, begun_before: float, seen_before: float) -> None:
    """Forget sessions that are over."""
    over = delete(SESSIONS).where((SESSIONS.c.begun < begun_before) | (SESSIONS.c.seen < seen_before))
    store.write(lambda c: c.execute(over))


# ---------------------------------------------------------------- failures


def failures_of(store: Store, account: str, *, since: float) -> int:
    """How many times signing in with a name failed since a moment."""
    count = select(func.count()).select_from(FAILURES).where(FAILURES.c.account == account, FAILURES.c.at >= since)
    return int(store.read(lambda c: c.execute(count).scalar()) or 0)


def add_failure(store: Store, account: str, *, at: float, forget_before: float) -> None:
    """Note that signing in failed."""

    def note(connection: Any) -> None:
        connection.execute(delete(FAILURES).where(FAILURES.c.at < forget_before))
        connection.execute(insert(FAILURES), {"account": account, "at": at})

    store.write(note)


def forget_failures(store: Store, account: str) -> None:
    """Forget failures once somebody has signed in."""
    store.write(lambda c: c.execute(delete(FAILURES).where(FAILURES.c.account == account)))
