"""The command ``scenarios``: lists the bundled ones."""

from __future__ import annotations

from typing import Annotated

import typer

from caravana.cli.console import give


def scenarios(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the bundled scenarios."""
    from caravana.scenario.folders import bundled

    scenarios_bundled = bundled()
    if json:
        give({"scenarios": [{"name": s.name, "title": s.title, "path": str(s.path)} for s in scenarios_bundled]})
        return
    for scenario in scenarios_bundled:
        typer.echo(f"{scenario.name}  {scenario.title}")
