"""The command ``verify``: says whether a run folder, or an operation, is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import spoken_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caravana.ensemble.integrity import Damage
    from caravana.language.language import Language


def verify(
    run: Annotated[Path, typer.Argument(help="A run folder, or the folder of an operation.")],
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare all that a run or an operation holds with the digests kept when it was written; name what is damaged.

    Exits with 1 if anything is damaged, missing or exchanged.
    """
    from caravana.operation.folder import is_operation

    language = spoken_language(lang)
    (_verify_operation if is_operation(run) else _verify_run)(run, language, json=json)


def _verify_run(run: Path, language: Language, *, json: bool) -> None:
    from caravana.ensemble.integrity import inspect_run, read_manifest

    manifest = read_manifest(run)
    look = inspect_run(run, manifest)
    if json:
        give(
            {
                "run": str(run),
                "whole": not look.damages,
                "complete": bool(manifest.get("complete")),
                "verified": look.verified,
                "damaged": _as_json(look.damages),
                "unverified": list(look.unverified),
            }
        )
    else:
        _name(look.damages, language)
    if look.damages:
        say(f"{run} is damaged; run the same `caravana run` again to mend it")
        raise typer.Exit(1)
    if look.unverified:
        say(f"{run}: {', '.join(look.unverified)} cannot be verified: an earlier version wrote no digests")
    unfinished = "" if manifest.get("complete") else "; the run is not complete"
    say(f"{run} is whole as far as it was written: {look.verified} files verified{unfinished}")


def _verify_operation(folder: Path, language: Language, *, json: bool) -> None:
    from caravana.operation.folder import open_operation
    from caravana.operation.integrity import inspect_operation
    from caravana.operation.ledger import open_ledger

    operation = open_operation(folder)
    with open_ledger(operation, make=False) as ledger:
        look = inspect_operation(operation, ledger)
    damages = (*look.ledger.damages, *look.files.damages)
    counts = {
        "forecasts": look.forecasts, "releases": look.releases, "reports": look.reports, "unverified": look.unverified
    }  # fmt: skip
    if json:
        verified = look.ledger.verified + look.files.verified
        give(
            {"operation": str(folder), "whole": not damages, "verified": verified, "damaged": _as_json(damages)}
            | counts
        )
    else:
        _name(damages, language)
    if damages:
        key = "ledger_damaged" if look.ledger.damages else "files_damaged"
        say(language.text(f"operation.{key}", folder=folder))
        raise typer.Exit(1)
    say(language.text("operation.whole", folder=folder, **counts))


def _as_json(damages: Iterable[Damage]) -> list[dict[str, Any]]:
    return [{"path": damage.path, "what": damage.what} for damage in damages]


def _name(damages: Iterable[Damage], language: Language) -> None:
    """Print what is damaged, one a line."""
    from caravana.language.faults import message_words

    for damage in damages:
        typer.echo(message_words(str(damage), language))
