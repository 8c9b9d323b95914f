"""The command ``update``: one evening of an operation, or all of them again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.operation.update import Update


def update(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    on: Annotated[
        str | None, typer.Option(help="The evening; only what was known then is used  [default: today]")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Replay every evening from this one up to --on.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Forecast from what is reported, score all earlier forecasts, ask the triggers, write the pages.

    Twice the same changes nothing; one that was killed is completed by the next.
    """
    from caravana.inference.past import PastForecasts
    from caravana.models.scenarios import load_scenario
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger
    from caravana.operation.update import first_evening, update_operation

    language = spoken_language(lang)
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        last = _evening(operation, ledger, language, quiet=quiet) if on is None else read_date(on, "--on")
        first = last if since is None else read_date(since, "--since")
        if first > last:
            raise UsageError(f"--since {first}: expected a day not after {last}")
        if (begun := first_evening(ledger, first, last)) > first:
            say(language.text("operation.begun", since=first, first=begun), quiet=quiet)
            first = begun
        scenario, past = load_scenario(operation.scenario), PastForecasts()
        for number in range((last - first).days + 1):
            on_this = first + dt.timedelta(days=number)
            done = update_operation(
                operation, ledger, on=on_this, language=language.code, page=on_this == last, scenario=scenario,
                past=past,
            )  # fmt: skip
            _tell(done, language, quiet=quiet or json)
    if json:
        give(done.as_json())
    elif done.headline and not quiet:
        typer.echo(done.headline)


def _evening(operation: Operation, ledger: OperationLedger, language: Language, *, quiet: bool) -> dt.date:
    """Today; of an operation whose days are over, the day on which its last report was known."""
    from caravana.models.scenarios import load_scenario

    today = dt.datetime.now().astimezone().date()
    end = load_scenario(operation.scenario).end
    if today <= end:
        return today
    reports = ledger.reports()
    if not len(reports):
        raise UsageError(language.text("operation.no_reports", folder=operation.folder))
    last: dt.date = min(max(reports["date"]), end)
    say(language.text("operation.clipped", on=last, file=operation.scenario / "scenario.toml"), quiet=quiet)
    return last


def _tell(done: Update, language: Language, *, quiet: bool) -> None:
    """Say what came of an evening."""
    from caravana.language.faults import message_words

    if done.issued is not None:
        key = "operation.issued" if done.issued.new else "operation.stands"
        say(language.text(key, on=done.on, id=done.issued.forecast_id, hash=done.issued.hash[:12]), quiet=quiet)
    else:
        say(
            language.text("operation.none_issued", on=done.on, reason=message_words(done.reason, language)), quiet=quiet
        )
    if done.scored:
        say(language.text("operation.scored", n=language.number(done.scored)), quiet=quiet)
    if done.page is not None:
        say(language.text("operation.page", path=done.page), quiet=quiet)
