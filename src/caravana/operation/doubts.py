"""What is doubtful about a report beside those of the days before: a nought too many, a leap along the road, an end.

Nothing is refused for it; it is said at once, while whoever reports it still has the source at hand.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from caravana.operation.drafts import km_along, km_past, night_words
from caravana.operation.known import ENDED, plain_rows, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from caravana.language.language import Language
    from caravana.operation.drafts import Bounds
    from caravana.operation.ledger import OperationLedger

LOOKED_BACK, LOOKED_BACK_AT_CAMPS = 14, 120
"""Days before a report that it is held against: of a caravan, and of a camp, which is counted by the month."""
LOOKED_AT_FIRST = 2
"""Days before it that are asked for first: mostly somebody has reported then, and a record may be long."""
FEW = 100.0
"""A camp of fewer people may grow or empty by any factor."""
TIMES = 8.0
"""So many times the last figure, or so small a part of it, is doubted: a nought more is ten times (assumption)."""
ON_RECORD = 10_000.0
"""The largest figure that anybody gave of a caravan of 2018 to 2025."""
MOST_WALKED = 3 * ON_RECORD
"""More walk in no caravan (assumption)."""
MOST_KM_A_DAY = 250.0
"""Further than a caravan comes in a day, lifts along; on buses it may (assumption)."""
BACK_KM = 30.0
"""So far back along its road a caravan seldom walks (assumption)."""
CAMP, CAMP_KINDS = "camp_count", ("camp", "idpcamp")
KINDS = ("position", "headcount", ENDED)


@dataclass(frozen=True, slots=True)
class _Report:
    """A report that stands, as far as others are held against it."""

    date: dt.date
    id: str
    side: str
    place: str | None
    past: float
    km: float | None
    persons: float | None


def doubts_of(
    ledger: OperationLedger, rows: Sequence[Mapping[str, Any]], bounds: Bounds, language: Language
) -> list[list[str]]:
    """What is doubtful about each of several reports that are in the ledger by now.

    Parameters
    ----------
    ledger
        It is asked for the days about them alone: a record may be long.
    rows
        Rows of the ledger.
    bounds
        Of the operation.
    language
        In which it is said.
    """
    if not rows:
        return []
    days = [row["date"] for row in rows]
    if bounds.caravan is None:
        about = _days(min(days), max(days), back=LOOKED_BACK_AT_CAMPS)
        counts = _camp_counts(standing(ledger.reports(of_days=about, kinds=[CAMP])))
        return [[*_of_no_camp(row, bounds, language), *_camp_doubts(row, counts, language)] for row in rows]
    kinds = sorted({row["kind"] for row in rows}.intersection(KINDS[:2]))
    frames = [ledger.reports(kinds=[ENDED])]
    if any(row["kind"] == ENDED for row in rows):
        # All of the days after it: of the latest few alone, each may be an announcement, or of another caravan.
        after = _days(min(days), bounds.scenario.end, back=0)
        frames.append(ledger.reports(of_days=after, kinds=KINDS[:2]))
    others = [row for frame in frames for row in plain_rows(standing(frame))]
    lately = Lately(others, bounds, language)
    for back in (LOOKED_AT_FIRST, LOOKED_BACK) if kinds else ():
        near = ledger.reports(of_days=_days(min(days), max(days), back=back), kinds=kinds)
        lately = Lately([*others, *plain_rows(standing(near))], bounds, language)
        if all(lately.before(kind, min(days)) for kind in kinds):
            break
    return [lately.doubts(row) for row in rows]


def _days(first: dt.date, last: dt.date, *, back: int) -> list[dt.date]:
    """The days from so many before the first to the last."""
    return [first + dt.timedelta(day) for day in range(-back, (last - first).days + 1)]


class Lately:
    """The reports of a caravan of the days before those that come in.

    Parameters
    ----------
    reports
        Reports that stand, as rows of the ledger.
    bounds
        Of the operation.
    language
        In which doubts are said.
    """

    def __init__(self, reports: Sequence[Mapping[str, Any]], bounds: Bounds, language: Language) -> None:
        self.bounds, self.language = bounds, language
        caravan = None if bounds.caravan is None else bounds.caravan.id
        self.of_kind: dict[str, list[_Report]] = {kind: [] for kind in KINDS}
        for row in reports:
            if row["kind"] in KINDS and row["qualifier"] != "planned" and row["caravan"] in (caravan, None):
                self.of_kind[row["kind"]].append(
                    _Report(
                        row["date"],
                        row["id"],
                        row["side"],
                        row["place"],
                        km_past(row),
                        km_along(row, bounds),
                        _persons(row),
                    )
                )

    def doubts(self, row: Mapping[str, Any]) -> list[str]:
        """What is doubtful about one report."""
        if self.bounds.caravan is None or row["caravan"] != self.bounds.caravan.id or row["qualifier"] == "planned":
            return []
        if row["kind"] == "headcount":
            return [*self._ended(row), *self._size(row)]
        if row["kind"] == "position":
            return [*self._ended(row), *self._leap(row)]
        return self._walked_on(row) if row["kind"] == ENDED else []

    def before(self, kind: str, date: dt.date) -> Sequence[_Report]:
        """The reports of a kind of the last day before a date that has any, not too long before.

        Only those that another can be held against: figures of somebody, nights on the road.
        """
        since = date - dt.timedelta(days=LOOKED_BACK)
        held = [one for one in self.of_kind[kind] if (one.km is not None if kind == "position" else one.persons)]
        days = sorted((one for one in held if since <= one.date < date), key=lambda one: one.date)
        return [*([list(group) for _, group in groupby(days, key=lambda one: one.date)] or [[]])[-1]]

    def _size(self, row: Mapping[str, Any]) -> list[str]:
        """A figure larger than any on record, or many times the last one."""
        say, number = self.language.text, self.language.number
        persons = _persons(row)
        if persons is None or persons <= 0:
            return []
        if persons > MOST_WALKED:
            return [say("doubt.most", persons=number(persons), most=number(ON_RECORD))]
        before = self.before("headcount", row["date"])
        if not before:
            return []
        nearest = min(before, key=lambda one: abs(math.log(persons / (one.persons or persons))))
        times = persons / (nearest.persons or persons)
        if 1 / TIMES < times < TIMES:
            return []
        given = {"id": nearest.id, "side": say(f"observe.by.{nearest.side}"), "date": nearest.date.isoformat()}
        key = "doubt.larger" if times > 1 else "doubt.smaller"
        return [say(key, times=number(round(max(times, 1 / times))), figure=number(nearest.persons or 0.0), **given)]

    def _leap(self, row: Mapping[str, Any]) -> list[str]:
        """A night too far from the last one before it."""
        here = km_along(row, self.bounds)
        before = self.before("position", row["date"])
        if here is None or not before:
            return []
        nearest = min(before, key=lambda one: abs(here - (one.km or 0.0)))
        gone, days = here - (nearest.km or 0.0), (row["date"] - nearest.date).days
        if -BACK_KM <= gone <= MOST_KM_A_DAY * days:
            return []
        key = "doubt.far" if gone > 0 else "doubt.back"
        km, date = self.language.number(round(abs(gone))), nearest.date.isoformat()
        where = night_words(nearest.place, nearest.past, self.bounds, self.language)
        return [self.language.text(key, km=km, id=nearest.id, date=date, place=where)]

    def _ended(self, row: Mapping[str, Any]) -> list[str]:
        """An end that was reported before it: the latest, and how many there are."""
        ends = [one for one in self.of_kind[ENDED] if one.date <= row["date"]]
        last = max(ends, key=lambda one: one.date, default=None)
        if last is None:
            return []
        key = "doubt.ended" if len(ends) == 1 else "doubt.ended_several"
        every = ", ".join(f"--withdraw {one.id}" for one in ends)
        count = self.language.number(len(ends))
        return [self.language.text(key, n=count, id=last.id, date=last.date.isoformat(), every=every)]

    def _walked_on(self, row: Mapping[str, Any]) -> list[str]:
        """Reports of an end that are followed by reports of those who walk."""
        later = [one for kind in KINDS[:2] for one in self.of_kind[kind] if one.date > row["date"]]
        last = max(later, key=lambda one: one.date, default=None)
        return [] if last is None else [self.language.text("doubt.walked_on", id=last.id, date=last.date.isoformat())]


def _camp_counts(reports: pd.DataFrame) -> dict[str, list[_Report]]:
    """Counts of each camp, in order of date."""
    out: dict[str, list[_Report]] = {}
    for row in plain_rows(reports):
        if row["qualifier"] != "planned" and row["place"] is not None:
            one = _Report(row["date"], row["id"], row["side"], row["place"], 0.0, None, _persons(row))
            out.setdefault(row["place"], []).append(one)
    return out


def _of_no_camp(row: Mapping[str, Any], bounds: Bounds, language: Language) -> list[str]:
    """A count of a place that was no camp so far: the forecast takes it for one from then on."""
    scenario = bounds.scenario
    place = next((one for one in scenario.places if one.id == row["place"]), None)
    if row["kind"] != CAMP or place is None or place.kind in CAMP_KINDS or row["qualifier"] == "planned":
        return []
    changes = [one for one in scenario.events if one.kind == "location_change" and one.place_id == place.id]
    becomes = any(one.unit in CAMP_KINDS and one.date <= row["date"] for one in changes)
    counted = any(one.kind == CAMP and one.place_id == place.id for one in scenario.observations)
    return [] if becomes or counted else [language.text("doubt.no_camp", place=place.name)]


def _camp_doubts(row: Mapping[str, Any], counts: Mapping[str, list[_Report]], language: Language) -> list[str]:
    """A count many times the last one of its camp, or a small part of it; nobody where many were."""
    persons = _persons(row)
    if row["kind"] != CAMP or persons is None or row["qualifier"] == "planned":
        return []
    before = [one for one in counts.get(row["place"], ()) if one.date < row["date"] and one.persons is not None]
    last = max(before, key=lambda one: one.date, default=None)
    if last is None or not last.persons or last.persons < FEW or persons / TIMES < last.persons < persons * TIMES:
        return []
    key = "doubt.larger" if persons > last.persons else "doubt.smaller" if persons else "doubt.nobody"
    times = max(persons, last.persons) / max(min(persons, last.persons), 1.0)
    given = {"id": last.id, "side": language.text(f"observe.by.{last.side}"), "date": last.date.isoformat()}
    return [language.text(key, times=language.number(round(times)), figure=language.number(last.persons), **given)]


def _persons(row: Mapping[str, Any]) -> float | None:
    """The middle of a figure, as a forecast takes it; its one end where it has but one."""
    ends = [float(row[end]) for end in ("low", "high") if row[end] is not None and not math.isnan(row[end])]
    return (ends[0] + ends[-1]) / 2 if ends else None
