"""The commands ``check`` and ``scenarios``: every fault of a scenario, and which ones are bundled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import say_new_names


def check(
    path: Annotated[Path, typer.Argument(help="A scenario folder, or a bundled scenario's name.")],
    json: Annotated[bool, typer.Option("--json", help="Print faults and notes as one JSON object.")] = False,
) -> None:
    """List every fault of a scenario at once: file, row, column, value, what was expected.

    What an import could not carry over is told as notes.  Exits with 3 if there is any fault.
    """
    from caravana.models.scenarios import declared_by, renamed_parameters
    from caravana.scenario.checks.sense import sense_notes
    from caravana.scenario.folders import find_scenario, read_scenario

    folder = find_scenario(path)
    scenario, faults = read_scenario(folder, declared_by=declared_by())
    if scenario is not None:
        say_new_names(renamed_parameters(scenario))
    look = () if scenario is None else sense_notes(scenario)
    if json:
        rows = [
            {"file": f.file, "row": f.row, "column": f.column, "value": f.value, "expected": f.expected} for f in faults
        ]
        give({"scenario": str(folder), "faults": rows, "notes": [] if scenario is None else [*scenario.notes, *look]})
    for fault in [] if json else faults:
        typer.echo(str(fault))
    if faults:
        number = sum(1 + fault.more if fault.more == 0 else fault.more for fault in faults)
        say(f"{number} {'fault' if number == 1 else 'faults'} in {folder}")
        raise typer.Exit(3)
    if scenario is not None:
        say(
            f"{folder} is sound: {len(scenario.places)} places, {len(scenario.links)} links, {scenario.days} days,"
            f" {len(scenario.observations)} observations, {len(scenario.claims)} claims"
        )
        for note in (*scenario.notes, *look) if not json else ():
            say(f"note: {note}")


def scenarios(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the bundled scenarios."""
    from caravana.scenario.folders import bundled

    scenarios_bundled = bundled()
    if json:
        give({"scenarios": [{"name": s.name, "title": s.title, "path": str(s.path)} for s in scenarios_bundled]})
        return
    for scenario in scenarios_bundled:
        typer.echo(f"{scenario.name}  {scenario.title}")
