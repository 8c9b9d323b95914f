"""The command ``prepare``: does at installation what the first run would otherwise wait for."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import spoken_language
from caravana.errors import UsageError


def prepare(
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Compile ahead what the first run of a displacement would wait for.

    To be run once after an installation (`make` does it). What is compiled is kept for the user, and in the environment
    for all who use it where it can be written.
    """
    spoken_language(lang)
    if find_spec("numba") is None:
        raise UsageError("nothing here is compiled: numba is not installed (pip install 'caravana[displacement]')")
    from caravana.compiled import NAMED, folder_of, install, is_kept, is_whole, key_of
    from caravana.models.displacement.walk.ahead import LOOPS
    from caravana.models.registry import find_model, names

    started = time.perf_counter()
    if not is_whole(LOOPS):
        say("Compiling the loops of displacement (some 8 seconds, once)", quiet=quiet)
    for name in names():
        find_model(name).prepare()
    folder, kept = folder_of(LOOPS), is_kept(LOOPS)
    shared = install(LOOPS)
    if not kept and shared is None:
        say(
            "What was compiled is not kept: the place for caches cannot be written, or can be by others. Each run"
            f" compiles anew. {NAMED} names another folder"
        )
    if json:
        give(
            {
                "key": key_of(LOOPS),
                "kept_for_the_user": str(folder) if kept else None,
                "kept_in_the_environment": None if shared is None else str(shared),
                "wall_seconds": round(time.perf_counter() - started, 2),
            }
        )
    say(f"Prepared in {time.perf_counter() - started:.1f} s", quiet=quiet)
    if not kept and shared is None:
        raise typer.Exit(1)
