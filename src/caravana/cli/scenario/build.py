"""The command ``build``: a scenario from files that people have, and a page of what was built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.importers.build.build import Built
    from caravana.language.language import Language

LOOKED_AT = 5


def build(
    folder: Annotated[Path, typer.Argument(help="Scenario folder to write.")],
    plan: Annotated[
        Path | None, typer.Option(help="A build.toml that names the files; options come before it.")
    ] = None,
    osm: Annotated[
        Path | None, typer.Option(help="Roads: an OpenStreetMap extract (.osm.pbf, .osm), or lines as GeoJSON.")
    ] = None,
    places: Annotated[
        Path | None, typer.Option(help="Table with name, latitude, longitude, population; or a GeoNames dump.")
    ] = None,
    camps: Annotated[
        Path | None, typer.Option(help="Table of camps: name, latitude, longitude, capacity, opens, closes.")
    ] = None,
    conflict: Annotated[Path | None, typer.Option(help="Export of ACLED or UCDP GED, or months of HDX HAPI.")] = None,
    counts: Annotated[Path | None, typer.Option(help="Table of people counted: camp, date, persons.")] = None,
    boundaries: Annotated[Path | None, typer.Option(help="Admin units as COD-AB GeoJSON.")] = None,
    start: Annotated[str | None, typer.Option(help="First day  [default: that of the counts or the conflict]")] = None,
    end: Annotated[
        str | None, typer.Option(help="Last day  [default: 28 days after the last count, or that of the conflict]")
    ] = None,
    fled_from: Annotated[
        list[str] | None,
        typer.Option(help="Place that people flee from, where no file of conflict says it; may be repeated."),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Write a folder of empty files to fill in, and build nothing.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let a scenario that is there give way.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Build a scenario from files that you have; each is optional, and every fallback is shown as an assumption.

    Ends with a page, build.html, and build_report.json in the folder. Exits with 3 if the files have faults.
    """
    from caravana.importers.build.build import build as build_from
    from caravana.importers.build.template import write_template
    from caravana.reporting.pages.build import PAGE, write_build_page

    language = spoken_language(lang)
    files = {
        "--plan": plan, "--osm": osm, "--places": places, "--camps": camps, "--conflict": conflict, "--counts": counts,
        "--boundaries": boundaries,
    }  # fmt: skip
    if template:
        given = [flag for flag, value in files.items() if value is not None]
        if given:
            raise UsageError(f"--template reads no files: leave out {', '.join(given)}")
        written = write_template(folder)
        if json:
            give({"template": str(folder), "files": written})
        say(language.text("build.command.fill_in", folder=folder, files=", ".join(written)), quiet=quiet)
        return
    built = build_from(
        folder, plan=plan, osm=osm, places=places, camps=camps, conflict=conflict, counts=counts, boundaries=boundaries,
        start=None if start is None else read_date(start, "--start"),
        end=None if end is None else read_date(end, "--end"), fled_from=fled_from or (), overwrite=overwrite,
        complete=lambda part: write_build_page(part, language=language.code),
    )  # fmt: skip
    if json:
        give(built.report)
    else:
        _tell(built, language)
    say(language.text("build.command.page", path=(folder / PAGE).resolve()), quiet=quiet)


def _tell(built: Built, language: Language) -> None:
    """Print what was built in a line, then what to look at first."""
    from caravana.importers.remarks import Remark

    report = built.report
    typer.echo(language.text(
        "build.command.line", folder=built.folder, places=report["places"], camps=report["camps"],
        links=report["links"], crossings=len(report["crossings"]), counts=report["counts"],
        assumptions=len(report["assumptions"]), start=report["start"], end=report["end"],
    ))  # fmt: skip
    look = report["look_first"]
    for remark in look[:LOOKED_AT]:
        said = Remark("look_first", remark["key"], remark["values"]).text(language)
        typer.echo(language.text("build.command.look_first", text=said))
    if len(look) > LOOKED_AT:
        typer.echo(language.text("build.command.more", n=len(look) - LOOKED_AT))
