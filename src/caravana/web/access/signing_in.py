"""Signing in and out: sessions that end, and a lock after failures."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.web.access.passwords import fits
from caravana.web.access.roles import NAMES, Role
from caravana.web.store import accounts

if TYPE_CHECKING:
    from caravana.web.store.tables import Store

LONGEST_SESSION, IDLE = 12 * 3600.0, 2 * 3600.0
"""Seconds after which a session ends: since it began, and since it was last used."""
FAILURES, LOCK_SECONDS = 5, 15 * 60.0
"""After so many failures within so many seconds a name is locked for as long."""
TOUCH = 60.0
"""Seconds between two notes that a session is in use."""
LONGEST_NAME = 64


class LockedError(Exception):
    """Signing in with a name failed too often of late."""


@dataclass(frozen=True)
class Visitor:
    """Whoever asks.

    Attributes
    ----------
    name
        In the record.
    role
        What they may do.
    token
        Of their session; "" where there is none.
    bearer
        Whether the token came in a header: then no page of somebody else's can have sent it.
    """

    name: str
    role: Role
    token: str = ""
    bearer: bool = False

    @property
    def csrf(self) -> str:
        """What a page of ours sends with whatever it changes: made from the session, and of no use without it."""
        return hmac.new(self.token.encode(), b"caravana csrf", hashlib.sha256).hexdigest() if self.token else ""


def sign_in(store: Store, name: str, password: str) -> Visitor | None:
    """Begin a session; None where name and password do not fit.

    Raises
    ------
    LockedError
        If signing in with this name failed too often of late, whether there is such an account or not.
    """
    at = time.time()
    name = name[:LONGEST_NAME]
    if accounts.failures_of(store, name, since=at - LOCK_SECONDS) >= FAILURES:
        raise LockedError
    account = accounts.account_of(store, name)
    known = account is not None and account["open"]
    if not fits(password, account["hash"] if account is not None and known else None):
        accounts.add_failure(store, name, at=at, forget_before=at - LOCK_SECONDS)
        return None
    accounts.forget_failures(store, name)
    accounts.end_old_sessions(store, begun_before=at - LONGEST_SESSION, seen_before=at - IDLE)
    # Always a new token: one that was there before signing in is worth nothing after it.
    token = secrets.token_urlsafe(32)
    accounts.begin_session(store, token, name, at=at)
    store.ledger.signed_by(name).note("sign_in", name)
    return Visitor(name, NAMES[account["role"]] if account else Role.ANYONE, token)


def visitor_of(store: Store, token: str, *, bearer: bool = False) -> Visitor | None:
    """Whoever has a session's token; None where it is none, or over."""
    session = accounts.session_of(store, token) if 16 <= len(token) <= 128 else None
    if session is None:
        return None
    at = time.time()
    if at - session["begun"] > LONGEST_SESSION or at - session["seen"] > IDLE:
        accounts.end_session(store, token)
        return None
    if at - session["seen"] > TOUCH:
        accounts.touch_session(store, token, at=at)
    return Visitor(session["account"], NAMES[session["role"]], token, bearer)
