"""The commands that bring other models' inputs: ``import flee``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say

app = typer.Typer(help="Bring the inputs of another model as a scenario folder.", no_args_is_help=True)


@app.callback()
def choose() -> None:
    """Bring the inputs of another model as a scenario folder."""


@app.command("flee")
def flee(
    instance: Annotated[Path, typer.Argument(help="Folder of a Flee instance, with input_csv and source_data.")],
    out: Annotated[Path, typer.Argument(help="Scenario folder to write.")],
    settings: Annotated[Path | None, typer.Option(help="Flee's simsetting.yml  [default: Flee's own defaults]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print notes and faults as one JSON object.")] = False,
) -> None:
    """Turn a Flee instance into a scenario; what cannot be carried over is listed.

    Exits with 3 if the instance has faults; all are listed at once.
    """
    from caravana.importers.flee.instance import import_flee

    found = import_flee(instance, settings, out)
    if json:
        rows = [
            {
                "file": f.file, "row": f.row, "column": f.column, "value": f.value, "expected": f.expected,
                "more": f.more,
            }
            for f in found.faults
        ]  # fmt: skip
        give({"scenario": None if found.scenario is None else str(out), "faults": rows, "notes": list(found.notes)})
    else:
        for note in found.notes:
            typer.echo(note)
    for fault in found.faults if not json else ():
        say(str(fault))
    if found.scenario is None:
        number = found.number_of_faults
        say(f"{number} {'fault' if number == 1 else 'faults'} in {instance}")
        raise typer.Exit(3)
    s = found.scenario
    say(
        f"{out}: {len(s.places)} places, {len(s.links)} links, {s.days} days, {len(s.observations)} counts;"
        f" {len(found.notes)} notes"
    )
