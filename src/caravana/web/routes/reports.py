"""Reports in: by the form, corrected and withdrawn, and as they stand or stood on a day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from caravana.operation.drafts import DraftReport, UnfitReportError, fill_in
from caravana.operation.figures import Figure, read_figure
from caravana.operation.known import plain_rows
from caravana.operation.observing import SightingWords, correct_report, drafts_of, record_reports
from caravana.reporting.tonight.facts import figure_words
from caravana.reporting.tonight.reported import what_words
from caravana.web.routes.asking import Planner, Reader

router = APIRouter(prefix="/api/reports", tags=["reports"])
MOST_SHOWN = 2000
Side = Literal["press", "agency", "authorities", "organisers", "observer"]
Short = Annotated[str, Field(max_length=120)]
Long = Annotated[str, Field(max_length=1000)]
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
Day = Annotated[dt.date, Field(ge=FIRST, le=LAST)]


class ReportForm(BaseModel):
    """What the form holds: where, when, how many, who says so, and where it can be read."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    date: Day | None = None
    place: Short | None = None
    km_past: Annotated[float, Field(ge=0, le=10_000)] | None = None
    persons: Short | None = Field(default=None, description="4500, 4500-5000, >4000 or <6000")
    papers: Short | None = None
    rest: bool = False
    ended: Short | None = None
    kind: Short | None = None
    value: Short | None = None
    planned: bool = False
    night: bool = True
    caravan: Short | None = Field(default=None, description="which one, where a scenario has several")
    side: Side = "press"
    speaker: Short = ""
    source: Long | None = None
    note: Long = ""
    known_on: Day | None = None


class Withdrawal(BaseModel):
    """Why a report is withdrawn, and since when that is known."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    note: Long = ""
    known_on: Day | None = None


def _drafts(visit: Planner, given: ReportForm) -> list[DraftReport]:
    """The reports that a form holds.

    Raises
    ------
    UnfitReportError
        If a figure is none, or nothing is said.
    """
    language = visit.language
    figures: dict[str, Figure] = {}
    for name in ("persons", "papers", "value"):
        text = getattr(given, name)
        if text:
            figure = read_figure(text)
            if figure is None:
                raise UnfitReportError(language.text("web.report.figure", text=text))
            figures[name] = figure
    bounds = visit.desk.bounds(given.caravan)
    draft = DraftReport(
        date=given.date or bounds.today, kind="", place=given.place or None, km_past=given.km_past,
        qualifier="planned" if given.planned else None, side=given.side, speaker=given.speaker,
        known_on=given.known_on, source=given.source or None, note=given.note,
    )  # fmt: skip
    words = SightingWords(figures, given.kind or None, given.rest, given.ended or None, given.night)
    drafts = drafts_of(draft, words, bounds=bounds)
    if not drafts:
        raise UnfitReportError(language.text("web.report.nothing"))
    return drafts


@router.post("", status_code=201)
def take(visit: Planner, given: ReportForm) -> dict[str, Any]:
    """Take down what is reported; nothing is recorded twice."""
    if given.date is None:
        raise UnfitReportError(visit.language.text("web.report.no_date"))
    bounds = visit.desk.bounds(given.caravan)
    rows = [fill_in(draft, bounds, visit.language) for draft in _drafts(visit, given)]
    return {"taken": record_reports(visit.ledger, bounds, rows, visit.language)}


@router.post("/{report_id}/correction", status_code=201)
def correct(visit: Planner, report_id: str, given: ReportForm) -> dict[str, Any]:
    """Correct a report; what it said before stays in the record."""
    drafts = _drafts(visit, given)
    revision = correct_report(
        visit.ledger, report_id, drafts, visit.desk.bounds(), visit.language, dated=given.date is not None
    )
    return {"corrected": report_id, "revision": revision}


@router.post("/{report_id}/withdrawal", status_code=201)
def withdraw(visit: Planner, report_id: str, given: Withdrawal) -> dict[str, Any]:
    """Withdraw a report; it stays in the record as withdrawn."""
    known = given.known_on or visit.desk.today()
    return {"withdrawn": report_id, "revision": visit.ledger.withdraw(report_id, known_on=known, note=given.note)}


@router.get("")
def listed(
    visit: Reader, as_known_on: dt.date | None = None, most: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = 200
) -> dict[str, Any]:
    """Reports, the newest first: as they stand, or as they were known on a day; each with ``words`` that say it."""
    rows = plain_rows(visit.desk.ledger.reports(as_known_on, last=most))
    scenario = visit.desk.scenario()
    caravans = scenario.caravans if len(scenario.caravans) > 1 else ()
    names = {one.id: visit.language.choose(one.name, one.name_es) for one in caravans}
    return {
        "reports": [
            {**row, "words": {
                "what": what_words(row, visit.language), "figure": figure_words(row, visit.language),
                "caravan": names.get(row["caravan"], ""),
            }}
            for row in rows[::-1]
        ]
    }  # fmt: skip


@router.get("/places")
def places(visit: Reader) -> dict[str, Any]:
    """Places that a report can name."""
    return {"places": [{"id": place.id, "name": place.name} for place in visit.desk.scenario().places]}
