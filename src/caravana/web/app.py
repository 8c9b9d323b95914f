"""The application: its routes, what stands before them, and what becomes of errors."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from caravana.errors import CaravanaError, InputError, ScenarioError, UsageError
from caravana.language.faults import message_words
from caravana.operation.drafts import UnfitReportError
from caravana.version import __version__
from caravana.web.guard.door import Door
from caravana.web.packed import PackedFiles
from caravana.web.routes import changes, jobs, maps, pages, record, releases, reports, sessions, texts
from caravana.web.routes.asking import RefusedError, language_of

if TYPE_CHECKING:
    from caravana.web.desk import Desk

ABOUT = """The planner's pages of a caravana operation.

Ask `POST /api/session` for a token, and send it as `Authorization: Bearer`.  What a role may do is said with each
address.  All is done by the functions of the commands, and recorded in the operation's ledger.
"""
SMALL = 500
"""Bytes from which an answer is worth squeezing."""


def make_app(desk: Desk) -> FastAPI:
    """Make the application of an operation's pages."""
    app = FastAPI(
        title="caravana", version=__version__, description=ABOUT, openapi_url="/api/openapi.json", docs_url=None,
        redoc_url=None,
    )  # fmt: skip
    app.state.desk = desk
    for part in (sessions, maps, reports, texts, changes, jobs, record, releases, pages):
        app.include_router(part.router)
    app.mount("/static", PackedFiles(packages=[("caravana.web", "static")]), name="static")
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _misasked)
    app.add_exception_handler(HTTPException, _not_there)
    for error in (UnfitReportError, CaravanaError):
        app.add_exception_handler(error, _said)
    app.add_middleware(GZipMiddleware, minimum_size=SMALL)
    app.add_middleware(Door, address=desk.address)
    return app


def _asks_for_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/static/")) and request.method == "GET"


def _refused(request: Request, error: Exception) -> Response:
    """What is said to whoever may not."""
    status, key = (error.status, error.key) if isinstance(error, RefusedError) else (403, "web.refused.role")
    if status == 401 and _asks_for_page(request):
        return RedirectResponse("/sign-in", status_code=303)
    return _answer(request, status, language_of(request).text(key))


def _misasked(request: Request, error: Exception) -> Response:
    """What is said of a request that is not as the API describes it: which part, and what was expected."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    lines = [f"{'.'.join(map(str, one['loc'][1:])) or one['loc'][0]}: {one['msg']}" for one in faults[:20]]
    return _answer(request, 422, "; ".join(lines))


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    language = language_of(request)
    known = {404: "web.error.not_there", 405: "web.error.method"}
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    return _answer(request, status, language.text(known[status]) if status in known else detail)


def _said(request: Request, error: Exception) -> Response:
    """What is said of an error that is meant for the user: its line, in the user's language."""
    refused = isinstance(error, UsageError | ScenarioError | InputError | UnfitReportError)
    return _answer(request, 422 if refused else 503, message_words(str(error), language_of(request)))


def _answer(request: Request, status: int, message: str) -> Response:
    if _asks_for_page(request):
        return pages.error_page(request, status, message)
    return JSONResponse({"error": message}, status_code=status)


def static_file(name: str) -> bytes:
    """The content of a file of the pages' own."""
    return (resources.files("caravana.web") / "static" / name).read_bytes()
