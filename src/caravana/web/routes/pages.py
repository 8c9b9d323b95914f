"""The pages themselves: what is on them is fetched from the API, but for what is read first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from caravana.importers.articles.linking.whole import SURE
from caravana.operation.drafts import ENDINGS, KINDS, QUALIFIERS, SIDES
from caravana.reporting.tonight.reported import kind_words
from caravana.web.pages import render_page
from caravana.web.routes.asking import (
    LANG_COOKIE,
    Anyone,
    Planner,
    Reader,
    Visit,
    desk_of,
    language_of,
    visitor_of_request,
)
from caravana.web.routes.reading import evening_of, evenings, last_evening_of

if TYPE_CHECKING:
    from caravana.language.language import Language

router = APIRouter(include_in_schema=False)
EXPIRES = dt.timedelta(days=30)
"""How long a publication holds unless another day is given."""
YEAR = 365 * 24 * 3600
ASIDE = (
    "headcount_part", "returned", "waiting", "left", "joined", "detained", "minors", "pregnant", "ill",
    "medical_consultations", "injured", "dead",
)  # fmt: skip
"""What the form offers to report of a caravan besides where it is, how many walk and how many took papers."""
CAMPS_ASIDE = ("total_count", "displaced_count", "camp_count_elsewhere", "injured", "dead")
"""The same, of a displacement."""


def _page(visit: Visit, request: Request, name: str, **values: Any) -> HTMLResponse:
    """A page, and the language kept where it was chosen."""
    html = render_page(
        name, desk=visit.desk, visitor=visit.visitor if visit.visitor.token else None, language=visit.language,
        path=request.url.path, **values,
    )  # fmt: skip
    return _in_language(HTMLResponse(html), request, visit.language)


def _in_language(response: HTMLResponse, request: Request, language: Language) -> HTMLResponse:
    if "lang" in request.query_params:
        response.set_cookie(LANG_COOKIE, language.code, max_age=YEAR, samesite="strict", httponly=True)
    return response


def error_page(request: Request, status: int, message: str) -> HTMLResponse:
    """The page of an error: what is wrong, in one line."""
    desk, language = desk_of(request), language_of(request)
    visitor = visitor_of_request(request)
    html = render_page(
        "error", desk=desk, visitor=visitor, language=language, path=request.url.path, message=message, status=status
    )
    return HTMLResponse(html, status_code=status)


@router.get("/")
def front(visit: Reader, request: Request, on: dt.date | None = None) -> HTMLResponse:
    """Tonight: the sentence and the map."""
    chosen = last_evening_of(visit.desk, on)
    held = {"sentence": "", "days": []} if chosen is None else evening_of(visit.desk, chosen, visit.language)
    known = evenings(visit.desk)
    return _page(
        visit, request, "tonight", evening=chosen, sentence=held["sentence"], days=held["days"],
        known=known[-60:], late=on is not None and on != known[-1], tiles=visit.desk.tiles is not None,
        today=visit.desk.today(),
    )  # fmt: skip


@router.get("/report")
def report_page(visit: Planner, request: Request) -> HTMLResponse:
    """Reports in: the form, articles, workbooks."""
    say = visit.language.text
    named = {key: kind_words(key, visit.language) for key in KINDS}
    choices = {
        "kinds": named, "sides": {key: say(f"observe.by.{key}") for key in SIDES},
        "qualifiers": {key: say(f"web.qualifier.{key}") for key in QUALIFIERS},
        "sure": SURE,
        "states": {"withdrawn": say("web.withdrawn")},
        "today": min(visit.desk.today(), visit.desk.scenario().end).isoformat(),
    }  # fmt: skip
    caravans = visit.desk.scenario().caravans
    kinds = {kind: named[kind] for kind in (ASIDE if caravans else CAMPS_ASIDE)}
    return _page(
        visit, request, "report", sides=SIDES, choices=choices, kinds=kinds, ends=ENDINGS if caravans else (),
        caravans={one.id: visit.language.choose(one.name, one.name_es) for one in caravans},
    )  # fmt: skip


@router.get("/world")
def world_page(visit: Planner, request: Request) -> HTMLResponse:
    """The world changed on the map, and what if."""
    return _page(visit, request, "world", tiles=visit.desk.tiles is not None)


@router.get("/jobs")
def jobs_page(visit: Reader, request: Request) -> HTMLResponse:
    """Jobs and what came of them."""
    return _page(visit, request, "jobs")


@router.get("/record")
def record_page(visit: Reader, request: Request) -> HTMLResponse:
    """The record: forecasts and how right they were, triggers, who did what."""
    return _page(visit, request, "record")


@router.get("/release")
def release_page(visit: Reader, request: Request) -> HTMLResponse:
    """Briefs, and what is given out to the public."""
    return _page(visit, request, "release", expires=(visit.desk.today() + EXPIRES).isoformat())


@router.get("/sign-in", response_model=None)
def sign_in_page(visit: Anyone, request: Request) -> HTMLResponse | RedirectResponse:
    """Where people sign in."""
    if not visit.desk.shared or visitor_of_request(request) is not None:
        return RedirectResponse("/", status_code=303)
    return _page(visit, request, "sign_in")
