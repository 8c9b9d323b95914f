"""The commands ``check`` and ``scenarios``: every fault of a scenario, and which ones are bundled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import say_new_names, spoken_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.scenario.model import Scenario
    from caravana.scenario.reading.faults import Fault


def check(
    path: Annotated[Path, typer.Argument(help="A scenario's or an operation's folder, or a bundled scenario's name.")],
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print faults and notes as one JSON object.")] = False,
) -> None:
    """List every fault of a scenario or an operation at once: file, row, column, value, what was expected.

    What an import could not carry over is told as notes.  Exits with 3 if there is any fault.
    """
    from caravana.models.scenarios import declared_by, renamed_parameters
    from caravana.operation.folder import is_operation
    from caravana.scenario.checks.sense import sense_notes
    from caravana.scenario.folders import find_scenario, read_scenario

    language = spoken_language(lang)
    folder = find_scenario(path)
    if is_operation(folder):
        _check_operation(folder, language, json=json)
        return
    scenario, faults = read_scenario(folder, declared_by=declared_by())
    if scenario is not None:
        say_new_names(renamed_parameters(scenario))
    notes = () if scenario is None else (*scenario.notes, *sense_notes(scenario), *_why_nobody(scenario))
    _give(folder, faults, notes, language, json=json)
    if scenario is not None:
        counts = {name: len(getattr(scenario, name)) for name in ("places", "links", "observations", "claims")}
        say(language.text("faultline.sound", folder=path, days=scenario.days, **counts))
        _say_notes(notes, language, json=json)


def _why_nobody(scenario: Scenario) -> tuple[str, ...]:
    """Why nobody will move, as a line, where that is known."""
    from caravana.models.scenarios import in_force
    from caravana.results.acting import why_nobody_moves

    why = why_nobody_moves(in_force(scenario))
    return (why,) if why else ()


def _check_operation(folder: Path, language: Language, *, json: bool) -> None:
    from caravana.operation.checking import check_operation

    checked = check_operation(folder)
    _give(folder, checked.faults, checked.notes, language, json=json)
    counts = {"reports": checked.reports, "forecasts": checked.forecasts}
    say(language.text("operation.sound", folder=folder, name=checked.name, **counts))
    _say_notes(checked.notes, language, json=json)


def _give(folder: Path, faults: list[Fault], notes: Sequence[str], language: Language, *, json: bool) -> None:
    """Print faults; end with 3 if there are any."""
    from caravana.language.faults import fault_line

    if json:
        rows = [
            {"file": f.file, "row": f.row, "column": f.column, "value": f.value, "expected": f.expected} for f in faults
        ]
        give({"scenario": str(folder), "faults": rows, "notes": list(notes)})
    for fault in [] if json else faults:
        typer.echo(fault_line(str(fault), language))
    if faults:
        number = sum(1 + fault.more if fault.more == 0 else fault.more for fault in faults)
        say(language.text("faultline.count_one" if number == 1 else "faultline.count", n=number, folder=folder))
        raise typer.Exit(3)


def _say_notes(notes: Sequence[str], language: Language, *, json: bool) -> None:
    for note in notes if not json else ():
        say(language.text("faultline.note", text=note))


def scenarios(
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the bundled scenarios."""
    from caravana.scenario.folders import bundled

    language, scenarios_bundled = spoken_language(lang), bundled()
    if json:
        give({"scenarios": [{"name": s.name, "title": s.title, "path": str(s.path)} for s in scenarios_bundled]})
        return
    for scenario in scenarios_bundled:
        typer.echo(f"{scenario.name}  {language.choose(scenario.title, scenario.title_es)}")
