"""The command ``scenarios``."""

from __future__ import annotations

from typing import Annotated

import typer

from caravana.cli.console import give


def scenarios(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the bundled scenarios."""
    from caravana.scenario.folders import bundled

    found = bundled()
    if json:
        give({"scenarios": [{"name": s.name, "title": s.title, "path": str(s.path)} for s in found]})
        return
    for scenario in found:
        typer.echo(f"{scenario.name}  {scenario.title}")
