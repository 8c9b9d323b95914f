"""What was read of an evening: made once for as long as the ledger says the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from caravana.errors import UsageError
from caravana.operation.pages import tonight_of
from caravana.web.maps.evening import evening_map
from caravana.web.maps.world import world_map
from caravana.web.store.marks import forecast_marks

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.web.desk import Desk


def evenings(desk: Desk) -> list[dt.date]:
    """Evenings that a forecast was issued on, in order."""
    marks = forecast_marks(desk.store)
    return desk.kept.get(("evenings", marks), lambda: sorted(set(desk.ledger.issued()["issued_on"])))


def last_evening_of(desk: Desk, on: dt.date | None) -> dt.date | None:
    """The last evening by a day; None where no forecast was issued.

    Raises
    ------
    UsageError
        If one was named on which none was issued.
    """
    known = evenings(desk)
    if on is not None and on not in known:
        raise UsageError(f"no forecast has been issued by {on}; `caravana update` issues one")
    return on or (known[-1] if known else None)


def facts_of(desk: Desk, on: dt.date) -> Tonight:
    """What the page of an evening is made from."""
    marks = forecast_marks(desk.store)
    return desk.kept.get(("facts", on, marks), lambda: tonight_of(desk.operation, desk.ledger, on))


def evening_of(desk: Desk, on: dt.date, language: Language) -> dict[str, Any]:
    """What the map shows of an evening."""
    marks = forecast_marks(desk.store)
    return desk.kept.get(("evening", on, language.code, marks), lambda: evening_map(facts_of(desk, on), language))


def world_of(desk: Desk, on: dt.date, language: Language) -> dict[str, Any]:
    """The world that the map shows, on a day."""
    scenario = desk.scenario()
    return desk.kept.get(("world", id(scenario), on, language.code), lambda: world_map(scenario, language, on))
