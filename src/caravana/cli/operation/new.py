"""The command ``new``: makes an operation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.errors import UsageError


def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation; nothing may be there yet.")],
    name: Annotated[str | None, typer.Option(help="What it is called  [default: the folder's name]")] = None,
    road: Annotated[str | None, typer.Option(help="A road that comes with the package: tapachula-mexico-city.")] = None,
    departs: Annotated[str | None, typer.Option(help="With --road: the first day under way.")] = None,
    until: Annotated[str | None, typer.Option(help="With --road: the last day  [default: 60 days on]")] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="A bundled scenario's name or a folder, of a displacement too, instead of --road."),
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="Where its ledger is: postgresql://host/name  [default: a file in the folder]")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make an operation: a folder with a scenario and a ledger, ready for reports.

    The observations of a scenario that is given become the first reports.
    """
    import datetime as dt

    from caravana.models.scenarios import load_scenario
    from caravana.operation.creating import Departure, new_operation
    from caravana.operation.ledger import open_ledger

    language = spoken_language(lang)
    if (road is None) == (scenario is None) or (road is not None and departs is None) or (scenario and departs):
        raise UsageError(language.text("operation.one_source"))
    departure = None
    if road is not None:
        first = read_date(str(departs), "--departs")
        last = first + dt.timedelta(days=60) if until is None else read_date(until, "--until")
        departure = Departure(road, first, last)
    operation = new_operation(
        folder, name=name or folder.resolve().name, departure=departure, scenario=scenario, database=database
    )
    loaded = load_scenario(operation.scenario)
    with open_ledger(operation) as ledger:
        reports = len(ledger.reports())
    if json:
        give(
            {"operation": str(folder), "name": operation.name, "scenario": str(operation.scenario), "reports": reports}
        )
    span = {"start": loaded.start, "end": loaded.end}
    say(language.text("operation.new", folder=folder, name=operation.name, reports=reports, **span), quiet=json)
    following = "operation.next" if loaded.caravans else "operation.next_counts"
    say(language.text(following, folder=folder), quiet=json)
