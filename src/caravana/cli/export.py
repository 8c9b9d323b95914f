"""The command ``export``: hands a run's results on to machines and to other people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import say
from caravana.cli.options import read_date, spoken_language

GUESSABLE = 10**9
"""Seeds below this can be tried one after the other."""


def export(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    format: Annotated[str, typer.Option(help="xlsx, csv, geojson, geoparquet or netcdf.")],  # noqa: A002 - the option's name
    audience: Annotated[str, typer.Option(help="internal, or public: coarse, past, no small cells.")] = "internal",
    out: Annotated[
        Path | None, typer.Option(help="Where to write it  [default: RUN/export-AUDIENCE and the format's ending]")
    ] = None,
    hxl: Annotated[bool, typer.Option("--hxl", help="Put a row of HXL tags under the headers (xlsx, csv).")] = False,
    numbers: Annotated[
        str | None,
        typer.Option(help="Of CSV: en, es-MX or es-ES; with a byte-order mark, as a spreadsheet there opens it."),
    ] = None,
    origin: Annotated[str | None, typer.Option(help="Last day that is past, such as 2021-10-30.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
) -> None:
    """Hand a run's results on as a spreadsheet, CSV files, points for a map or labelled arrays."""
    import secrets
    from typing import cast

    from caravana.arguments import MAX_SEED
    from caravana.exports.export import export_run
    from caravana.exports.tables import Audience
    from caravana.run import open_run

    language = spoken_language(lang)
    last = None if origin is None else read_date(origin, "--origin")
    opened = open_run(run)
    written = export_run(
        opened,
        format=format,
        audience=cast("Audience", audience),
        path=out,
        hxl=hxl,
        origin=last,
        region=numbers,
        language=language.code,
    )
    say(f"The {audience} export is at {written.resolve()}")
    if audience == "public" and int(opened.manifest["plan"]["seed"]) < GUESSABLE:
        say(
            "Whoever has this scenario can try small seeds until the numbers fit, and read what is withheld. For a run"
            " to be published, use a seed that nobody guesses, such as"
            f" --seed {secrets.randbelow(MAX_SEED)}."
        )
