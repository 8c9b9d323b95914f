"""The record: what was forecast and how right it was, any evening as it was known, triggers, who did what."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from caravana.operation.known import plain_rows
from caravana.operation.triggers import standing
from caravana.operation.triggers.declared import Trigger
from caravana.reporting.tonight.page import render_tonight
from caravana.web.routes.asking import Planner, Reader, RefusedError, Releaser
from caravana.web.routes.jobs import SANDBOXED
from caravana.web.routes.reading import facts_of, last_evening_of
from caravana.web.store.marks import forecast_marks

router = APIRouter(prefix="/api/record", tags=["record"])
MOST_ACTS = 1000


class Switch(BaseModel):
    """Whether a trigger is to be on."""

    model_config = ConfigDict(extra="forbid")
    to: bool


class AlertDecision(BaseModel):
    """What a person decides on an alert, in the role that the trigger names."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    decision: Literal["sign", "decline"]
    role: Annotated[str, Field(min_length=1, max_length=120)]


@router.get("/forecasts")
def forecasts(visit: Reader) -> dict[str, Any]:
    """Forecasts issued, the last first: when, by which version and data, and how right each was so far."""
    desk = visit.desk
    return desk.kept.get(("forecasts", forecast_marks(desk.store)), lambda: {"forecasts": _forecasts(visit)})


def _forecasts(visit: Reader) -> list[dict[str, Any]]:
    ledger = visit.desk.ledger
    issued, scores = ledger.issued(), ledger.scores()
    held = {
        str(name): {
            "scored": len(part), "inside_90": float(part["inside_90"].mean()),
            "score": _mean(part["crps"]), "naive": _mean(part["naive_crps"]),
        }
        for name, part in scores[scores["target"].isin(TARGETS)].groupby("forecast_id")
    }  # fmt: skip
    columns = ["forecast_id", "issued_on", "hash", "version", "horizon", "issued_at", "issued_by", "inputs"]
    return [{**row, "right": held.get(row["forecast_id"])} for row in plain_rows(issued[columns])][::-1]


TARGETS = ("position_km", "camp_persons")
"""What a forecast is first judged by: where, or how many in each camp."""


def _mean(values: Any) -> float | None:
    kept = values.dropna()
    return float(kept.mean()) if len(kept) else None


@router.get("/evenings/{on}", response_class=HTMLResponse)
def evening_page(visit: Reader, on: dt.date) -> HTMLResponse:
    """The page of an evening, as it was known then; it runs apart from these pages."""
    chosen = last_evening_of(visit.desk, on)
    if chosen is None:
        raise RefusedError(404, "web.error.not_there")
    marks, code = forecast_marks(visit.desk.store), visit.language.code
    html = visit.desk.kept.get(
        ("page", on, marks, code), lambda: render_tonight(facts_of(visit.desk, chosen), language=code)
    )
    return HTMLResponse(html, headers=SANDBOXED)


@router.get("/journal")
def journal(visit: Reader, most: Annotated[int, Query(ge=1, le=MOST_ACTS)] = 200) -> dict[str, Any]:
    """Who did what, the last first."""
    rows = plain_rows(visit.desk.ledger.journal(last=most))[::-1]
    texts = visit.language.texts
    return {"acts": [{**row, "words": texts.get(f"web.act.{row['act']}", row["act"])} for row in rows]}


@router.get("/triggers")
def triggers(visit: Reader, on: dt.date | None = None) -> dict[str, Any]:
    """How each trigger stands, its answers, its last backtest, and the alert that waits."""
    desk = visit.desk
    day = on or last_evening_of(desk, None) or desk.today()
    rows = standing.standing_triggers(desk.operation, desk.ledger, on=day)
    declared = standing.triggers_of(desk.operation)
    alerts = plain_rows(desk.ledger.alerts())
    for row in rows:
        row["backtest"] = standing.last_backtest(desk.ledger, declared[row["trigger"]], on=desk.today())
        row["steps"] = [
            {**{k: one[k] for k in ("alert_id", "step", "on", "recorded_by")}, "content": json.loads(one["content"])}
            for one in alerts if one["trigger"] == row["trigger"]
        ]  # fmt: skip
    return {"on": day, "triggers": rows}


def _declared(visit: Reader, name: str) -> Trigger:
    trigger = standing.triggers_of(visit.desk.operation).get(name)
    if trigger is None:
        raise RefusedError(404, "web.error.not_there")
    return trigger


@router.post("/triggers/{name}/backtest")
def backtest(visit: Planner, name: str) -> dict[str, Any]:
    """Hold a trigger against all days on record, and show what came of it: then it may be switched on."""
    desk, trigger = visit.desk, _declared(visit, name)
    standing.hold_against_past(desk.operation, visit.ledger, trigger, on=desk.today())
    return standing.look_at_backtest(visit.ledger, trigger, on=desk.today())


@router.post("/triggers/{name}/switch")
def switch(visit: Releaser, name: str, given: Switch) -> dict[str, Any]:
    """Switch a trigger on, after its backtest was looked at, or off."""
    standing.switch(visit.ledger, _declared(visit, name), on=visit.desk.today(), to=given.to)
    return {"trigger": name, "on": given.to}


@router.post("/triggers/{name}/alerts/{alert}")
def decide(visit: Releaser, name: str, alert: str, given: AlertDecision) -> dict[str, Any]:
    """Sign an alert, which activates the plan, or decline it."""
    sign = given.decision == "sign"
    standing.decide(visit.ledger, _declared(visit, name), alert, on=visit.desk.today(), sign=sign, role=given.role)
    return {"alert": alert, "step": "activated" if sign else "declined"}
