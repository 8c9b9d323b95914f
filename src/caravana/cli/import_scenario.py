"""The commands ``import NAME``: one for each importer, those of other packages too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import spoken_language
from caravana.cli.spoken import SpokenCommand, SpokenGroup

if TYPE_CHECKING:
    from caravana.importers.base import Importer, ImportResult

LANG = "en or es  [default: the locale's]"
SETTINGS = "Flee's simsetting.yml  [default: Flee's own defaults]"


class ImporterCommands(SpokenGroup):
    """The commands written here, and one for each importer that another package brings, looked up when asked for.

    The types of what is overridden are click's or typer's own copy of click, by the version of typer.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands: those of the table of importers."""
        from caravana.importers.registry import importer_names

        return list(dict.fromkeys([*super().list_commands(ctx), *importer_names()]))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None where no importer has it."""
        from caravana.importers.registry import find_importer, importer_names

        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in importer_names():
            return own
        return _command_of(find_importer(cmd_name))


app = typer.Typer(
    help="Bring the inputs of another model as a scenario folder.", no_args_is_help=True, cls=ImporterCommands
)


@app.callback()
def choose() -> None:
    """Bring the inputs of another model as a scenario folder."""


@app.command("flee", cls=SpokenCommand)
def flee(
    instance: Annotated[Path, typer.Argument(help="Folder of a Flee instance, with input_csv and source_data.")],
    out: Annotated[Path, typer.Argument(help="Scenario folder to write.")],
    settings: Annotated[Path | None, typer.Option(help=SETTINGS)] = None,
    lang: Annotated[str | None, typer.Option(help=LANG)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print notes and faults as one JSON object.")] = False,
) -> None:
    """Turn a Flee instance into a scenario; what cannot be carried over is listed.

    Exits with 3 if the instance has faults; all are listed at once.
    """
    _import("flee", instance, settings, out, lang=lang, json=json)


def _command_of(importer: Importer) -> Any:
    """The command of an importer of another package."""
    one = typer.Typer(add_completion=False, rich_markup_mode=None)

    summary = f"{importer.summary}\n\nExits with 3 if there are faults; all are listed at once."

    @one.command(importer.name, cls=SpokenCommand, help=summary)
    def bring(
        source: Annotated[Path, typer.Argument(help="Folder or file to read.")],
        out: Annotated[Path, typer.Argument(help="Scenario folder to write.")],
        settings: Annotated[Path | None, typer.Option(help="A file of settings, where the importer reads one.")] = None,
        lang: Annotated[str | None, typer.Option(help=LANG)] = None,
        json: Annotated[bool, typer.Option("--json", help="Print notes and faults as one JSON object.")] = False,
    ) -> None:
        _import(importer.name, source, settings, out, lang=lang, json=json)

    command = typer.main.get_command(one)
    # An annotation is read where the module is, which knows no importer: its words come in here.
    next(parameter for parameter in command.params if parameter.name == "source").help = importer.source  # type: ignore[attr-defined]
    return command


def _import(name: str, source: Path, settings: Path | None, out: Path, *, lang: str | None, json: bool) -> None:
    """Import, and print what came of it; end with 3 if there are faults."""
    from caravana.importers.registry import import_scenario
    from caravana.language.faults import message_words

    language = spoken_language(lang)
    result = import_scenario(name, source, settings, out)
    if json:
        give(_as_json(result, out))
    else:
        for note in result.notes:
            typer.echo(message_words(note, language))
        for fault in result.faults:
            say(message_words(str(fault), language))
    if result.scenario is None:
        number = result.number_of_faults
        say(language.text("faultline.count_one" if number == 1 else "faultline.count", n=number, folder=source))
        raise typer.Exit(3)
    s = result.scenario
    counts = {"places": len(s.places), "links": len(s.links), "counts": len(s.observations), "notes": len(result.notes)}
    say(language.text("import.written", out=out, days=s.days, **counts))


def _as_json(result: ImportResult, out: Path) -> dict[str, object]:
    """What ``--json`` prints."""
    rows = [
        {"file": f.file, "row": f.row, "column": f.column, "value": f.value, "expected": f.expected, "more": f.more}
        for f in result.faults
    ]
    scenario = None if result.scenario is None else str(out)
    return {"scenario": scenario, "faults": rows, "notes": list(result.notes)}
