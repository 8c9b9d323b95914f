"""The command ``merge``: puts the pieces of a run together and writes its report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import spoken_language

SHOWN = 10
"""Blocks that a message names."""


def merge(
    run: Annotated[Path, typer.Argument(help="The run folder that the pieces were made for.")],
    pieces: Annotated[
        list[Path] | None, typer.Argument(help="Pieces that lie elsewhere  [default: those in the run folder]")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Put together the pieces of a run (`caravana run --piece`), and write its summary and report.

    Each file is held against the digest kept when it was written. Exits with 1 while blocks are missing; what is there
    is kept, and the same command goes on.
    """
    from caravana.cli.ensemble.outcome import tell_run
    from caravana.ensemble.pieces import merge_pieces
    from caravana.run import open_run

    started = time.perf_counter()
    language = spoken_language(lang)
    merged = merge_pieces(run, pieces or ())
    for damage in merged.damaged:
        say(f"{damage}; run that piece again")
    if merged.missing:
        more = f" and {len(merged.missing) - SHOWN} more" if len(merged.missing) > SHOWN else ""
        named = ", ".join(map(str, merged.missing[:SHOWN]))
        if json:
            give({"run": str(run), "added": list(merged.added), "missing": list(merged.missing)})
        say(
            f"{len(merged.added)} blocks were added; {len(merged.missing)} are missing ({named}{more})."
            " Run the pieces that have them, then this again"
        )
        raise typer.Exit(1)
    say(f"{len(merged.added)} blocks were added; the run is whole", quiet=quiet)
    tell_run(open_run(run), started=started, lang=language.code, json=json, quiet=quiet)
