"""What was last heard: that a caravan has ended, or that for days nobody has said where it is or how many are there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from markupsafe import Markup

from caravana.inference.cut import cut
from caravana.inference.displacement.closed import empty_since
from caravana.inference.displacement.forecast import camp_reports
from caravana.models.displacement.inputs import CAMP_KINDS
from caravana.reporting.sections import Section

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight

SILENT_NIGHTS, SILENT_WEEKS_DAYS = 3, 45
"""Days without a report of where a caravan is, and without a count of any camp, from which the page says so."""

LONG_SILENCE_DAYS = 8
"""Days without a report from which no record tells whether a caravan was still together."""

FULL = 0.9
"""Share of its places from which a camp is said to be full, or nearly so."""


def end_of(facts: Tonight) -> tuple[dt.date, str] | None:
    """Day on which the caravan ended, and how, in one word where a report has one; None of one that has not ended.

    An end is a report that somebody gave; what a scenario tells of the past in its events is none.
    """
    rows = facts.standing
    rows = rows[(rows["kind"] == "ended") & (rows["date"] <= facts.origin)]
    if rows.empty:
        return None
    first = rows.iloc[0]
    return first["date"], str(first["note"] or "").partition(";")[0].strip()


def ended_section(facts: Tonight, language: Language) -> Section | None:
    """The first screen of a caravan that has ended, in place of all that was forecast; None of one that has not."""
    end = end_of(facts)
    if end is None:
        return None
    day, how = end
    said = Markup(language.texts["tonight.ended" if how else "tonight.ended_plain"]).format(  # noqa: S704 - the catalogue's own markup; what fills it is escaped
        day=language.day(day), how=language.texts.get(f"tonight.ended_how.{how}", how)
    )
    lines = Markup('<p class="headline">{}</p><p>{}</p>').format(said, language.text("tonight.ended_note"))
    return Section(key="ended", head=language.text("tonight.kind.ended"), figure=lines)


def nights_silence(nights: Collection[dt.date], origin: dt.date, language: Language) -> str:
    """That nobody has reported for days where a caravan is; "" where somebody has.

    Parameters
    ----------
    nights
        Nights on which it was seen.
    """
    days = (origin - max(nights)).days if nights else 0
    if days < SILENT_NIGHTS:
        return ""
    said = language.text("tonight.silent", day=language.day(max(nights)), n=days)
    # On record an end was always reported, so a silence of a week speaks for none; of longer ones nothing is known.
    return said if days < LONG_SILENCE_DAYS else f"{said} {language.text('tonight.silent_long')}"


def shut_words(facts: Tonight, names: Mapping[str, str], language: Language) -> str:
    """Which camps take nobody in tonight, are to be shut, or were found empty, and since when; "" where none is.

    Parameters
    ----------
    names
        Of camps, by id.
    """
    scenario = facts.scenario
    days: dict[str, dict[str, dt.date]] = {"shut": {}, "to_be_shut": {}, "empty": {}}
    for event in scenario.events:
        if event.kind == "closure" and event.unit in CAMP_KINDS and event.place_id is not None:
            if event.date > facts.origin and event.announced(facts.origin):
                days["to_be_shut"].setdefault(event.place_id, event.date)
            elif event.date <= facts.origin and (event.end_date is None or event.end_date > facts.origin):
                days["shut"][event.place_id] = event.date
    for place, reports in zip(names, camp_reports(cut(scenario, facts.origin), list(names)), strict=True):
        since = empty_since(reports)
        if since is not None and place not in days["shut"]:
            days["empty"][place] = scenario.start + dt.timedelta(days=since)
    said = []
    for what, by_camp in days.items():
        listed = [f"{names.get(place, place)} ({language.day(day)})" for place, day in by_camp.items()]
        said += [language.text(f"tonight.weeks.{what}", camps=language.listed(listed))] if listed else []
    return " ".join(said)


def full_words(
    facts: Tonight, names: Mapping[str, str], expected: Mapping[str, float], day: dt.date, language: Language
) -> str:
    """Which camps will be full, or beyond what they hold, by a day; "" where none will.

    Parameters
    ----------
    names
        Of camps, by id.
    expected
        People in each on that day, by id: the middle of the forecast.
    """
    room = {place.id: place.capacity for place in facts.scenario.places if place.capacity}
    full = [
        language.text(
            "tonight.weeks.full_camp", camp=names.get(camp, camp), about=language.rounded(people),
            room=language.number(room[camp]),
        )
        for camp, people in expected.items() if camp in room and people >= FULL * room[camp]
    ]  # fmt: skip
    return language.text("tonight.weeks.full", day=language.day(day), camps=language.listed(full)) if full else ""


def camps_silence(facts: Tonight, language: Language) -> str:
    """That no camp has been counted for weeks; "" where one has."""
    rows = facts.standing
    counted = rows.loc[rows["kind"] == "camp_count", "date"]
    days = (facts.origin - max(counted)).days if len(counted) else 0
    if days < SILENT_WEEKS_DAYS:
        return ""
    return language.text("tonight.weeks.silent", day=language.day(max(counted)), n=days)
