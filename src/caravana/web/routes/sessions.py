"""Signing in and out, and whether the server is well."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from caravana.version import __version__
from caravana.web.access.signing_in import IDLE, LockedError, Visitor, sign_in
from caravana.web.routes.asking import COOKIE, Anyone, Reader, RefusedError
from caravana.web.store import accounts

router = APIRouter(prefix="/api", tags=["session"])


class Credentials(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=64)
    password: str = Field(default="", max_length=1024)


def _as_json(visitor: Visitor) -> dict[str, Any]:
    return {"name": visitor.name, "role": visitor.role.name.lower(), "csrf": visitor.csrf}


@router.get("/health")
def health(visit: Anyone) -> dict[str, Any]:
    """Whether the server answers and its ledger can be read."""
    return {"well": visit.desk.ledger.database.is_there(), "version": __version__}


@router.get("/session")
def session(visit: Reader) -> dict[str, Any]:
    """Who one is signed in as, and the token to send as ``X-CSRF-Token`` with whatever changes something."""
    return _as_json(visit.visitor)


@router.post("/session")
def begin(visit: Anyone, given: Credentials, response: Response) -> dict[str, Any]:
    """Sign in; ``token`` may be sent as ``Authorization: Bearer`` by programs.  Where nobody signs in, it is given."""
    if not visit.desk.shared:
        return {**_as_json(visit.visitor), "token": visit.desk.here}
    try:
        visitor = sign_in(visit.desk.store, given.name, given.password)
    except LockedError:
        raise RefusedError(429, "web.refused.locked") from None
    if visitor is None:
        raise RefusedError(401, "web.refused.password")
    response.set_cookie(
        COOKIE, visitor.token, max_age=int(IDLE), httponly=True, samesite="strict", secure=visit.desk.address.secure
    )
    return {**_as_json(visitor), "token": visitor.token}


@router.delete("/session")
def end(visit: Reader, response: Response) -> dict[str, Any]:
    """Sign out."""
    if visit.desk.shared:
        accounts.end_session(visit.desk.store, visit.visitor.token)
        response.delete_cookie(COOKIE)
    return {"ended": True}
