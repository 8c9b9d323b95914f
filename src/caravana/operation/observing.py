"""Takes reports down: what one line or one form holds becomes drafts, and drafts become rows of the ledger.

The command line and the pages are two doors to this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from caravana.errors import UsageError
from caravana.importers.counts.reading import read_counts
from caravana.operation.doubts import doubts_of
from caravana.operation.drafts import DraftReport, UnfitReportError, fill_in, remarks_on
from caravana.operation.known import standing
from caravana.operation.rows import ReadRows, is_no_report_file, read_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from caravana.importers.counts.reading import PeopleCounts
    from caravana.language.language import Language
    from caravana.operation.drafts import Bounds
    from caravana.operation.figures import Figure
    from caravana.operation.ledger import OperationLedger


@dataclass(frozen=True)
class SightingWords:
    """What one line says besides day, place and speaker.

    Attributes
    ----------
    figures
        Lowest and highest by ``persons``, ``papers`` or ``value``.
    kind
        Any other kind of report; its figure is ``value``.
    rest
        They rested there that day.
    ended
        It broke up that day, and how.
    night
        Whether the place is where they spent the night.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    kind: str | None = None
    rest: bool = False
    ended: str | None = None
    night: bool = True


def drafts_of(given: DraftReport, words: SightingWords, *, bounds: Bounds) -> list[DraftReport]:
    """Return the reports that one line holds: the night's place, the figures, the rest, the end; none for nothing.

    Parameters
    ----------
    given
        Day, place, speaker and source, which all of them share.
    words
        What is said.
    bounds
        Of the operation.
    """
    drafts = []
    if given.place is not None and words.night and words.ended is None and words.kind is None:
        drafts += [replace(given, kind="position")] * (bounds.caravan is not None)
    figure_place = replace(given, km_past=None)
    planned = "planned" if given.qualifier == "planned" else None
    for name, counted in (("persons", _counted(bounds)), ("papers", "accepted_papers_cumulative")):
        if name in words.figures:
            low, high = words.figures[name]
            drafts.append(replace(figure_place, kind=counted, low=low, high=high, qualifier=planned))
    if words.rest:
        drafts.append(replace(figure_place, kind="rest_day"))
    if words.ended is not None:
        note = words.ended if not given.note else f"{words.ended}; {given.note}"
        drafts.append(replace(figure_place, kind="ended", note=note))
    if words.kind is not None:
        low, high = words.figures.get("value", (None, None))
        drafts.append(replace(given, kind=words.kind, low=low, high=high, qualifier=planned))
    return drafts


def rows_of_counts(
    counts: PeopleCounts, bounds: Bounds, language: Language, *, side: str, speaker: str = "",
    source: str | None = None, known_on: dt.date | None = None,
) -> ReadRows:  # fmt: skip
    """Turn counts of a table into rows of the ledger; those that cannot be used are kept apart, with line and why.

    Parameters
    ----------
    counts
        As they were read.
    side, speaker, source
        Who counted, and where it can be read.  Where it is not said as what they speak, whoever alone has counted a
        place so far has counted it again: then a number of a day that had another is a correction of it.
    known_on
        Day on which the table came out; today where left out.
    """
    read = ReadRows()
    counted = _who_counted(bounds)
    said = _said_last(bounds)
    there = 0
    for one in counts.rows:
        place = bounds.names.find(one.place)
        draft = DraftReport(
            one.date, _counted(bounds), place=one.place, low=one.persons, high=one.persons, qualifier="exact",
            side=side, speaker=speaker or counted.get(place or "", ""), source=source, known_on=known_on,
        )  # fmt: skip
        try:
            row = fill_in(draft, bounds, language)
        except UnfitReportError as error:
            read.not_used.append((one.row, str(error)))
            continue
        if said.get((row["place"], row["date"], row["speaker"])) == (row["low"], row["high"]):
            there += 1
        else:
            read.taken.append((one.row, row))
    if there:
        read.notes.append(f"{there:,} counts are recorded already, with the same number; they are passed over")
    return read


def _who_counted(bounds: Bounds) -> dict[str, str]:
    """As what those speak who counted a camp so far, by its id, where it was always the same."""
    roles: dict[str, set[str]] = {}
    for one in bounds.scenario.observations:
        if one.kind == "camp_count" and one.place_id and bounds.caravan is None:
            roles.setdefault(one.place_id, set()).add(one.speaker_role)
    return {place: next(iter(said)) for place, said in roles.items() if len(said) == 1}


def _said_last(bounds: Bounds) -> dict[tuple[str | None, dt.date, str], tuple[float | None, float | None]]:
    """The figures of each camp and day as each speaker gave them last."""
    of_camps = [one for one in bounds.scenario.observations if one.kind == "camp_count" and one.qualifier != "planned"]
    return {
        (one.place_id, one.date, one.speaker_role): (one.low, one.high)
        for one in sorted(of_camps, key=lambda one: one.known_on)
    }


def read_file(
    path: Path, bounds: Bounds, language: Language, *, caravan: str | None = None, side: str | None = None,
    speaker: str = "", source: str | None = None, known_on: dt.date | None = None,
) -> ReadRows:  # fmt: skip
    """Read a file of reports, or, of a displacement, any table of people counted by place and day.

    Parameters
    ----------
    caravan
        Whose reports are taken, where the file is of several.
    side, speaker, source, known_on
        Of a table of counts: who counted, where it can be read, and when it came out.

    Raises
    ------
    ScenarioError
        If a file of reports cannot be read.
    InputError
        If a table of counts cannot be.
    UsageError
        If something is said besides that a file of reports says itself, row by row.
    """
    if bounds.caravan is None and caravan is None and is_no_report_file(path):
        counts = read_counts(path)
        read = rows_of_counts(
            counts, bounds, language, side=side or "agency", speaker=speaker, source=source, known_on=known_on
        )
        read.notes = [*counts.notes, *read.notes]
        return read
    said = {"--by": side, "--speaker": speaker, "--source": source, "--known-on": known_on}
    if given := [name for name, value in said.items() if value]:
        raise UsageError(language.text("observe.file_says", options=", ".join(given)))
    return read_rows(path, bounds, language, caravan=caravan)


def _counted(bounds: Bounds) -> str:
    """What persons are counted as: of a caravan its headcount, of a displacement those in a camp."""
    return "camp_count" if bounds.caravan is None else "headcount"


def voice_of(
    place: str | None, bounds: Bounds, *, side: str | None, speaker: str | None, counts: bool
) -> tuple[str, str]:
    """Return whose word a report is and as what they speak, where that is not said.

    A count in a camp is an agency's, and of whoever alone has counted that camp so far: else a correction typed by hand
    would stand beside what it corrects as the press's word.
    """
    if side or bounds.caravan is not None or not counts:
        return side or "press", speaker or ""
    found_place = None if place is None else bounds.names.find(place)
    return "agency", speaker or _who_counted(bounds).get(found_place or "", "")


def record_reports(
    ledger: OperationLedger, bounds: Bounds, rows: Sequence[dict[str, Any]], language: Language
) -> list[dict[str, Any]]:
    """Record rows; return the id of each, whether it is new, and what is to be said of it."""
    recorded = ledger.add_reports(rows)
    days, kinds = (sorted({row[name] for row in rows}) for name in ("date", "kind"))
    held = standing(ledger.reports(of_days=days, kinds=kinds))
    doubts = doubts_of(ledger, rows, bounds, language)
    return [
        {"id": name, "new": new, "remarks": [*doubted, *remarks_on({**row, "id": name}, bounds, held, language)]}
        for row, (name, new), doubted in zip(rows, recorded, doubts, strict=True)
    ]


def correct_report(
    ledger: OperationLedger, report_id: str, drafts: Sequence[DraftReport], bounds: Bounds, language: Language, *,
    dated: bool, voiced: bool = True,
) -> int:  # fmt: skip
    """Correct a report by what was given of its kind; return its revision.

    Parameters
    ----------
    dated
        Whether a day was given; the report's own is kept where not.
    voiced
        Whether it was said whose word it is; the report's own is kept where not.

    Raises
    ------
    UnfitReportError
        If there is no such report, nothing is said of its kind, or it cannot be one.
    """
    rows = ledger.reports(ids=[report_id]).to_dict("records")
    if not rows:
        raise UnfitReportError(f"no report {report_id!r} is in the ledger")
    kind = rows[0]["kind"]
    draft = next((one for one in drafts if one.kind == kind), None)
    if draft is None:
        raise UnfitReportError(f"report {report_id} is of the kind {kind}, of which these options say nothing")
    draft = draft if dated else replace(draft, date=rows[0]["date"])
    draft = draft if draft.place is not None else replace(draft, place=rows[0]["place"])
    row = fill_in(draft, bounds, language)
    known: dt.date = row.pop("known_on") if draft.known_on is not None or bounds.past else bounds.today
    row.pop("known_on", None)
    kept = ("id", "claims", "caravan", *(() if draft.source else ("source",)), *(() if voiced else ("side", "speaker")))
    changes = {name: each for name, each in row.items() if name not in kept}
    return ledger.correct(report_id, changes, known_on=max(known, rows[0]["known_on"]))
