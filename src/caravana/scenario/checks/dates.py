"""Checks of dates against each other and against the scenario's days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.scenario.reading.draft import Draft

#: Dates that must fall within the scenario: what acts, and what is compared with a day's outcome.
#: When a claim was made, or a figure became known, may lie outside.
WITHIN = (
    ("caravans", "departs"),
    ("calls", "date"),
    ("policies", "start"),
    ("policies", "end"),
    ("readings", "date"),
)
#: Levers that act on who is there on the first day, so that a policy may have begun before it.
EARLIER = ("cards_issued",)
#: Those that must do so for a caravan.  A register of displaced people runs on before and after the
#: days simulated (counts are interpolated across the edges), and so do closures.
WITHIN_CARAVAN = (
    ("events", "date"),
    ("events", "end_date"),
    ("observations", "date"),
)
#: What becomes known of a caravan later than this has a mistyped year.  Registers are corrected for years, so for
#: those it is reckoned from the scenario's end, where that is later.
LATEST = dt.timedelta(days=731)
#: What ends may not end before it starts.
SPANS = (("events", "date", "end_date"), ("policies", "start", "end"))


def check_dates(draft: Draft) -> None:
    """Report dates outside the scenario, and ends before beginnings."""
    start, end = draft.start, draft.end
    if start and end:
        if end < start:
            draft.spot.fault(draft.faults, "end", end, f"a date not before the start ({start})")
        else:
            _check_within(draft, start, end)
    for table, first, last in SPANS:
        for entry in draft.entries(table):
            begins, ends = getattr(entry.row, first), getattr(entry.row, last)
            if begins and ends and ends < begins:
                draft.fault(entry, last, ends, f"a date not before its {first} ({begins})")
    for entry in draft.entries("observations"):
        row = entry.row
        if row.date and row.known_on and row.qualifier not in {None, "planned"} and row.known_on < row.date:
            expected = f"a date not before the day it tells of ({row.date}), as it is not planned"
            draft.fault(entry, "known_on", row.known_on, expected)
        counted = row.date if draft.of_caravans or not (row.date and end) else max(row.date, end)
        if counted and row.known_on and row.known_on - counted > LATEST:
            whose = "the day it tells of" if counted == row.date else "the end of the scenario"
            draft.fault(entry, "known_on", row.known_on, f"a date no more than two years after {whose} ({counted})")


def _check_within(draft: Draft, start: dt.date, end: dt.date) -> None:
    for table, name in WITHIN + WITHIN_CARAVAN if draft.of_caravans else WITHIN:
        for entry in draft.entries(table):
            date = getattr(entry.row, name)
            if name == "start" and date and date < start and entry.row.lever in EARLIER:
                continue
            if date and not start <= date <= end:
                draft.fault(entry, name, date, f"a date within the scenario ({start} to {end})")
