"""Takes reports down: what one line or one form holds becomes drafts, and drafts become rows of the ledger.

The command line and the pages are two doors to this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from caravana.operation.doubts import doubts_of
from caravana.operation.drafts import DraftReport, UnfitReportError, fill_in, remarks_on
from caravana.operation.known import standing
from caravana.operation.rows import ReadRows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

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
    counts: PeopleCounts, bounds: Bounds, language: Language, *, side: str, speaker: str = "", source: str | None = None
) -> ReadRows:
    """Turn counts of a table into rows of the ledger; those that cannot be used are kept apart, with line and why.

    Parameters
    ----------
    counts
        As they were read.
    side, speaker, source
        Who counted, and where it can be read.
    """
    read = ReadRows()
    for one in counts.rows:
        draft = DraftReport(
            one.date, _counted(bounds), place=one.place, low=one.persons, high=one.persons, qualifier="exact",
            side=side, speaker=speaker, source=source,
        )  # fmt: skip
        try:
            read.taken.append((one.row, fill_in(draft, bounds, language)))
        except UnfitReportError as error:
            read.not_used.append((one.row, str(error)))
    return read


def _counted(bounds: Bounds) -> str:
    """What persons are counted as: of a caravan its headcount, of a displacement those in a camp."""
    return "camp_count" if bounds.caravan is None else "headcount"


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
    dated: bool,
) -> int:  # fmt: skip
    """Correct a report by what was given of its kind; return its revision.

    Parameters
    ----------
    dated
        Whether a day was given; the report's own is kept where not.

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
    kept = ("id", "claims", "caravan", *(() if draft.source else ("source",)))
    changes = {name: each for name, each in row.items() if name not in kept}
    return ledger.correct(report_id, changes, known_on=max(known, rows[0]["known_on"]))
