"""The map: an evening, the world, reports by side, the user's own tiles."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from markupsafe import Markup

from caravana.operation.known import plain_rows, standing
from caravana.reporting.caravan.map import short_name
from caravana.reporting.tonight.facts import figure_words
from caravana.reporting.tonight.reported import what_words
from caravana.web.maps.world import at, drawn_places
from caravana.web.routes.asking import Reader, RefusedError
from caravana.web.routes.reading import evening_of, evenings, last_evening_of, world_of
from caravana.web.store.marks import report_mark

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

router = APIRouter(prefix="/api/map", tags=["map"])
MOST_DAYS, MOST_REPORTS = 31, 500
DAY = dt.timedelta(days=1)


@router.get("/evening")
def evening(visit: Reader, on: dt.date | None = None) -> dict[str, Any]:
    """An evening as it was frozen: the sentence (as HTML and plain), each coming day's where, how many, what needed."""
    chosen = last_evening_of(visit.desk, on)
    held = {"sentence": "", "days": []} if chosen is None else evening_of(visit.desk, chosen, visit.language)
    plain = Markup(held["sentence"]).striptags()  # noqa: S704 - its marks are taken out
    return {"on": chosen, "evenings": evenings(visit.desk), "plain": plain, **held}


@router.get("/world")
def world(visit: Reader, on: dt.date | None = None) -> dict[str, Any]:
    """Land, roads, crossings and their status, camps and what they hold."""
    return world_of(visit.desk, on or last_evening_of(visit.desk, None) or visit.desk.today(), visit.language)


@router.get("/reports")
def reports(
    visit: Reader, until: dt.date | None = None, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7
) -> dict[str, Any]:
    """Reports that tell of the last days, each where it is, by whose word; the newest first."""
    desk = visit.desk
    scenario = desk.scenario()
    last = until or last_evening_of(desk, None) or min(desk.today(), scenario.end)
    if last < dt.date.min + days * DAY:
        return {"until": last, "reports": []}
    key = (last, days, visit.language.code, id(scenario), report_mark(desk.store))
    return desk.kept_reports.get(key, lambda: {"until": last, "reports": _reports(visit, scenario, last, days)})


def _reports(visit: Reader, scenario: Scenario, last: dt.date, days: int) -> list[dict[str, Any]]:
    frame = standing(visit.desk.ledger.reports(of_days=[last - n * DAY for n in range(days)], last=MOST_REPORTS))
    places = {place.id: place for place in drawn_places(scenario)}
    rows = []
    for row in reversed(plain_rows(frame)[-MOST_REPORTS:]):
        place = places.get(str(row["place"]))
        rows.append({
            "id": row["id"], "day": row["date"], "side": row["side"], "kind": row["kind"], "known_on": row["known_on"],
            "what": what_words(row, visit.language), "figure": figure_words(row, visit.language),
            "place": None if place is None else short_name(place), "at": None if place is None else at(place),
            "side_name": visit.language.text(f"observe.by.{row['side']}"),
        })  # fmt: skip
    return rows


@router.get("/tiles")
def tiles(visit: Reader) -> FileResponse:
    """The user's own base map (PMTiles), by parts as the map asks for them."""
    if visit.desk.tiles is None:
        raise RefusedError(404, "web.error.no_tiles")
    return FileResponse(visit.desk.tiles, media_type="application/vnd.pmtiles")
