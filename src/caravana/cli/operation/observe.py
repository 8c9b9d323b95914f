"""The command ``observe``: takes reports down in an operation's ledger, corrects and withdraws them, shows them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.operation.drafts import Bounds, DraftReport
    from caravana.operation.figures import Figure
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.operation.observing import SightingWords
    from caravana.operation.rows import ReadRows
    from caravana.scenario.model import Scenario


def read_km(text: str) -> float:
    """Read km of an option; a comma may be one of decimals.

    Raises
    ------
    BadParameter
        If they are none.
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a valid float.") from None


def observe(  # noqa: PLR0913, PLR0917 (every option of a command is a parameter)
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    place: Annotated[str | None, typer.Argument(help="Where: a place's name or id.")] = None,
    on: Annotated[str | None, typer.Option(help="Day it tells of: 2022-06-07.")] = None,
    persons: Annotated[str | None, typer.Option(help="How many: 4500, 4500-5000, >4000 or <6000.")] = None,
    km_past: Annotated[
        float | None,
        typer.Option("--km-past", parser=read_km, metavar="<float>", help="Km along the road beyond the place."),
    ] = None,
    rest: Annotated[bool, typer.Option("--rest", help="They rested there that day.")] = False,
    papers: Annotated[str | None, typer.Option(help="How many have taken papers so far.")] = None,
    ended: Annotated[str | None, typer.Option(help="It broke up that day; how: papers, force, buses, ...")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Any other kind of report (a wrong one lists all); --value is its figure.")
    ] = None,
    value: Annotated[str | None, typer.Option(help="With --kind: its figure.")] = None,
    planned: Annotated[bool, typer.Option("--planned", help="It is announced, not so yet.")] = False,
    no_night: Annotated[bool, typer.Option("--no-night", help="The place is not where they spent the night.")] = False,
    by: Annotated[
        str | None,
        typer.Option(
            help="Whose word: press, agency, authorities, organisers or observer  [default: press; of counts, agency]"
        ),
    ] = None,
    speaker: Annotated[str | None, typer.Option(help="As what they speak; a role, never a name.")] = None,
    known_on: Annotated[str | None, typer.Option("--known-on", help="Day it was known  [default: today]")] = None,
    source: Annotated[str | None, typer.Option(help="Where it can be read.")] = None,
    note: Annotated[str, typer.Option(help="Anything else worth keeping.")] = "",
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="A CSV file or workbook of many reports, or of people counted in camps."),
    ] = None,
    caravan: Annotated[str | None, typer.Option(help="Which caravan  [default: the scenario's first]")] = None,
    correct: Annotated[str | None, typer.Option(help="Identifier of the report that this one corrects.")] = None,
    withdraw: Annotated[str | None, typer.Option(help="Identifier of a report to withdraw.")] = None,
    as_known_on: Annotated[
        str | None, typer.Option("--as-known-on", help="Show the record as it was known on a day.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Take down what is reported: one report a line, or many from a file.

    Nothing is erased: a correction or a withdrawal is another row of the ledger.
    """
    from caravana.operation.drafts import DraftReport, bounds_of
    from caravana.operation.folder import open_operation
    from caravana.operation.known import read_current
    from caravana.operation.ledger import open_ledger
    from caravana.operation.observing import drafts_of, read_file, voice_of

    language = spoken_language(lang)
    if sum(one is not None for one in (correct, withdraw, as_known_on, from_)) > 1:
        raise UsageError(language.text("observe.one_of"))
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        if as_known_on is not None:
            _show(operation, ledger, read_date(as_known_on, "--as-known-on"), language, json=json)
            return
        today = dt.datetime.now().astimezone().date()
        day_known = None if known_on is None else read_date(known_on, "--known-on")
        if withdraw is not None:
            revision = ledger.withdraw(withdraw, known_on=day_known or today, note=note)
            _tell_revision("withdrawn", withdraw, revision, language, json=json)
            return
        scenario = read_current(operation, ledger)
        # A file may call its caravans by names of its own; `read_rows` refuses one that neither has.
        named = from_ is None or caravan in {one.id for one in scenario.caravans}
        bounds = bounds_of(scenario, today=today, caravan=caravan if named else None)
        if from_ is not None:
            line = {
                "PLACE": place, "--on": on, "--persons": persons, "--km-past": km_past, "--rest": rest,
                "--papers": papers, "--ended": ended, "--kind": kind, "--value": value, "--planned": planned,
                "--no-night": no_night, "--note": note,
            }  # fmt: skip
            if beside := [name for name, said in line.items() if said not in (None, False, "")]:
                raise UsageError(language.text("observe.file_says", options=", ".join(beside)))
            read = read_file(
                from_, bounds, language, caravan=caravan, side=by, speaker=speaker or "", source=source,
                known_on=day_known,
            )  # fmt: skip
            _take_file(ledger, bounds, from_, read, language, json=json)
            return
        if on is None and correct is None:
            raise UsageError(language.text("observe.no_date"))
        side, role = voice_of(place, bounds, side=by, speaker=speaker, counts=persons is not None)
        given = DraftReport(
            date=today if on is None else read_date(on, "--on"), kind="", place=place, km_past=km_past,
            qualifier="planned" if planned else None, side=side, speaker=role, known_on=day_known,
            source=source, note=note,
        )  # fmt: skip
        figures = {"persons": persons, "papers": papers, "value": value}
        words = _words(figures, kind=kind, rest=rest, ended=ended, night=not no_night, language=language)
        drafts = drafts_of(given, words, bounds=bounds)
        if not drafts:
            raise UsageError(language.text("observe.nothing"))
        if correct is not None:
            _correct(
                ledger,
                correct,
                drafts,
                bounds,
                language,
                on=on,
                voiced=by is not None or speaker is not None,
                json=json,
            )
            return
        _take(ledger, bounds, drafts, language, json=json)


def _words(
    figures: dict[str, str | None], *, kind: str | None, rest: bool, ended: str | None, night: bool,
    language: Language,
) -> SightingWords:  # fmt: skip
    """Return what one line of options says; figures are read."""
    from caravana.operation.observing import SightingWords

    read = {name: _read_figure(name, text, language) for name, text in figures.items() if text is not None}
    return SightingWords(read, kind, rest, ended, night)


def _read_figure(option: str, text: str, language: Language) -> Figure:
    """Read a figure of an option."""
    from caravana.operation.figures import read_figure

    figure = read_figure(text)
    if figure is None:
        raise UsageError(language.text("observe.persons", option=option, text=text))
    return figure


def _take(
    ledger: OperationLedger, bounds: Bounds, drafts: list[DraftReport], language: Language, *, json: bool
) -> None:
    from caravana.operation.drafts import UnfitReportError, fill_in
    from caravana.operation.observing import record_reports

    try:
        rows = [fill_in(draft, bounds, language) for draft in drafts]
    except UnfitReportError as error:
        raise UsageError(str(error)) from None
    taken = record_reports(ledger, bounds, rows, language)
    if json:
        give({"taken": taken, "not_used": []})
        return
    for one in taken:
        say(language.text("observe.taken" if one["new"] else "observe.there_already", id=one["id"]))
        for remark in one["remarks"]:
            say(f"  {remark}")
    _say_when_known(drafts, bounds, language)


def _take_file(
    ledger: OperationLedger, bounds: Bounds, path: Path, read: ReadRows, language: Language, *, json: bool
) -> None:
    from caravana.language.faults import message_words
    from caravana.operation.observing import record_reports

    taken = record_reports(ledger, bounds, [row for _, row in read.taken], language)
    lines = [{"line": line, **one} for (line, _), one in zip(read.taken, taken, strict=True)]
    if json:
        give(
            {
                "taken": lines,
                "not_used": [{"line": line, "why": why} for line, why in read.not_used],
                "notes": read.notes,
            }
        )
        return
    for remark in read.notes:
        say(message_words(f"{path.name}: {remark}", language))
    for line, why in read.not_used:
        say(language.text("observe.line", line=line, text=why))
    for one in lines:
        for remark in one["remarks"]:
            say(language.text("observe.line", line=one["line"], text=f"{one['id']}: {remark}"))
    counts = {"taken": len(taken), "not_used": len(read.not_used)}
    say(language.text("observe.counts", **counts))


def _say_when_known(drafts: list[DraftReport], bounds: Bounds, language: Language) -> None:
    """Say so where reports do not count as known today."""
    if bounds.past and any(draft.known_on is None for draft in drafts):
        say(language.text("observe.known_then"))


def _correct(
    ledger: OperationLedger, report_id: str, drafts: list[DraftReport], bounds: Bounds, language: Language, *,
    on: str | None, voiced: bool, json: bool,
) -> None:  # fmt: skip
    """Correct one report by what the options say of its kind."""
    from caravana.operation.drafts import UnfitReportError
    from caravana.operation.observing import correct_report

    try:
        revision = correct_report(ledger, report_id, drafts, bounds, language, dated=on is not None, voiced=voiced)
    except UnfitReportError as error:
        raise UsageError(str(error)) from None
    _tell_revision("corrected", report_id, revision, language, json=json)


def _tell_revision(what: str, report_id: str, revision: int, language: Language, *, json: bool) -> None:
    if json:
        give({what: report_id, "revision": revision})
    else:
        say(language.text(f"observe.{what}", id=report_id, revision=revision))


def _show(operation: Operation, ledger: OperationLedger, day: dt.date, language: Language, *, json: bool) -> None:
    """Show the record as it was known on a day."""
    from caravana.models.scenarios import load_scenario
    from caravana.operation.known import plain_rows

    frame = ledger.reports(day)
    if json:
        give({"as_known_on": day.isoformat(), "reports": plain_rows(frame)})
        return
    scenario = load_scenario(operation.scenario)
    typer.echo(language.text("observe.columns"))
    for row in plain_rows(frame):
        typer.echo(f"{row['date']}  {row['known_on']}  {row['id']:<34} {_in_words(row, scenario, language)}")


def _in_words(row: dict[str, Any], scenario: Scenario, language: Language) -> str:
    """A report as it reads: what, how many, where, by whose word, and whether it stands as it first came."""
    from caravana.operation.drafts import figure_words
    from caravana.operation.known import ENDED

    what, figure = language.texts.get(f"tonight.kind.{row['kind']}", row["kind"]), figure_words(row, language)
    if row["kind"] == ENDED:
        how, more, rest = (row["note"] or "").partition(";")
        figure = language.texts.get(f"tonight.ended_how.{how}", how) + more + rest
    if row["qualifier"] == "planned":
        what = language.text("tonight.announced", what=what)
    names = {one.id: language.choose(one.name, one.name_es) for one in scenario.caravans}
    place = next((place.name for place in scenario.places if place.id == row["place"]), row["place"] or "")
    said = (
        f"{what}: {figure}" if figure else what,
        f"{place} + {row['km_past']:g} km" if row["km_past"] else place,
        language.text(f"observe.by.{row['side']}"),
        names.get(row["caravan"], row["caravan"]) if len(names) > 1 else "",
        language.texts.get(f"observe.state.{row['state']}", ""),
    )
    return " \N{MIDDLE DOT} ".join(filter(None, said))
