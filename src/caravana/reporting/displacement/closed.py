"""Which camps are taken to hold nobody, and why, in words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from caravana.results.displacement import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.inference.displacement.outlook import CampOutlook
    from caravana.language.language import Language


def tell_closed(forecast: CampOutlook) -> dict[str, dict[str, Any]]:
    """Why each closed camp is taken to hold nobody (``why``), from which day (``since``) and to which (``until``)."""
    start = forecast.scenario.start
    return {
        forecast.camps.place_ids[one.camp]: {
            "why": one.why,
            "since": (start + dt.timedelta(days=one.since)).isoformat(),
            "until": None if one.until is None else (start + dt.timedelta(days=one.until)).isoformat(),
        }
        for one in forecast.camps.closed
    }


def closed_words(forecast: CampOutlook, closed: Mapping[str, Mapping[str, Any]], language: Language) -> list[str]:
    """A sentence for each of the camps of :func:`tell_closed`."""
    names = {place.id: plain_name(place) for place in forecast.scenario.places}
    return [
        language.text(
            f"outlook.closed_{row['why']}" + ("_until" if row["until"] else ""),
            camp=names[place], since=row["since"], until=row["until"] or "",
        )
        for place, row in closed.items()
    ]  # fmt: skip
