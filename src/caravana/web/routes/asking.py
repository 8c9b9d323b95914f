"""Who asks, in which language, and whether they may: what every route begins with."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from caravana.language.language import LANGUAGES, load_language
from caravana.web.access.roles import Role
from caravana.web.access.signing_in import Visitor, visitor_of
from caravana.web.guard.door import SAFE

if TYPE_CHECKING:
    from collections.abc import Callable

    from caravana.language.language import Language
    from caravana.operation.ledger import OperationLedger
    from caravana.web.desk import Desk

COOKIE, LANG_COOKIE, CSRF_HEADER = "caravana_session", "caravana_lang", "x-csrf-token"


class RefusedError(Exception):
    """Whoever asks may not have it.

    Attributes
    ----------
    status
        401 where signing in may help, 403 where it does not.
    key
        Of the words that say why.
    """

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status, self.key = status, key


@dataclass(frozen=True)
class Visit:
    """A request by somebody who may make it.

    Attributes
    ----------
    desk
        What it works with.
    visitor
        Whoever asks.
    language
        That they read.
    """

    desk: Desk
    visitor: Visitor
    language: Language

    @property
    def ledger(self) -> OperationLedger:
        """The ledger, written in by whoever asks."""
        return self.desk.ledger.signed_by(self.visitor.name)


def desk_of(request: Request) -> Desk:
    """What the server works with."""
    desk: Desk = request.app.state.desk
    return desk


def language_of(request: Request) -> Language:
    """The language of a request: as chosen, else the first that the browser names and there are words in."""
    named = [request.query_params.get("lang", ""), request.cookies.get(LANG_COOKIE, "")]
    named += [part.split(";")[0] for part in request.headers.get("accept-language", "").split(",")[:10]]
    codes = [name.strip().lower()[:2] for name in named]
    return load_language(next((code for code in codes if code in LANGUAGES), "en"))


def visitor_of_request(request: Request) -> Visitor | None:
    """Whoever asks; None where they have not signed in and have to."""
    desk = desk_of(request)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer"
    token = given.strip() if bearer else request.cookies.get(COOKIE, "")
    if desk.shared:
        return visitor_of(desk.store, token, bearer=bearer)
    # Nobody signs in: whoever sits at this machine may do everything.
    return Visitor(desk.ledger.who, Role.RELEASER, desk.here, bearer and compare_digest(token, desk.here))


def needs(role: Role) -> Callable[[Request], Visit]:
    """Return what lets in whoever has a role, and has sent the page's token with what changes something."""

    def ask(request: Request) -> Visit:
        desk = desk_of(request)
        visitor = visitor_of_request(request)
        if visitor is None:
            if role > Role.ANYONE:
                raise RefusedError(401, "web.refused.sign_in")
            visitor = Visitor("", Role.ANYONE)
        if visitor.role < role:
            raise RefusedError(403, "web.refused.role")
        if request.method not in SAFE and role > Role.ANYONE and not visitor.bearer:
            sent = request.headers.get(CSRF_HEADER, "").encode()
            if not visitor.csrf or not compare_digest(sent, visitor.csrf.encode()):
                raise RefusedError(403, "web.refused.token")
        return Visit(desk, visitor, language_of(request))

    # The role is read by the tests that hold every role against every route.
    ask.role = role  # type: ignore[attr-defined]
    return ask


Anyone = Annotated[Visit, Depends(needs(Role.ANYONE))]
Reader = Annotated[Visit, Depends(needs(Role.READER))]
Planner = Annotated[Visit, Depends(needs(Role.PLANNER))]
Releaser = Annotated[Visit, Depends(needs(Role.RELEASER))]
