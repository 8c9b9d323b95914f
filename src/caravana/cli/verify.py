"""The command ``verify``: says whether a run folder is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say


def verify(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare every file of a run with the digest kept when it was written; name what is damaged.

    Exits with 1 if a file is damaged, missing or exchanged.
    """
    from caravana.ensemble.integrity import inspect_run, read_manifest

    manifest = read_manifest(run)
    look = inspect_run(run, manifest)
    if json:
        damages = [{"path": damage.path, "what": damage.what} for damage in look.damages]
        give(
            {
                "run": str(run),
                "whole": not look.damages,
                "complete": bool(manifest.get("complete")),
                "verified": look.verified,
                "damaged": damages,
                "unverified": list(look.unverified),
            }
        )
    for damage in () if json else look.damages:
        typer.echo(str(damage))
    if look.damages:
        say(f"{run} is damaged; run the same `caravana run` again to mend it")
        raise typer.Exit(1)
    if look.unverified:
        say(f"{run}: {', '.join(look.unverified)} cannot be verified: an earlier version wrote no digests")
    unfinished = "" if manifest.get("complete") else "; the run is not complete"
    say(f"{run} is whole as far as it was written: {look.verified} files verified{unfinished}")
