"""The command ``serve``: an operation in the browser."""

from __future__ import annotations

import json as text
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import say
from caravana.cli.options import spoken_language


def serve(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    port: Annotated[int, typer.Option(help="Port to listen at; 0 for one that is free.")] = 8720,
    shared: Annotated[
        bool, typer.Option("--shared", help="For several people, who sign in (`caravana accounts`).")
    ] = False,
    listen: Annotated[str, typer.Option(help="Address of this machine to listen at.")] = "127.0.0.1",
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="Address that browsers see, behind a proxy.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Jobs at a time  [default: half the cores]")] = None,
    memory: Annotated[int | None, typer.Option(help="Megabytes that a job may use  [default: no limit]")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler for simulations.")] = None,
    tiles: Annotated[Path | None, typer.Option(help="A PMTiles file of your own for the map.")] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="Where FOLDER is not there yet: make the operation from this scenario (`caravana new`)."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the first page in this machine's browser.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one line with the address when it listens.")] = False,
) -> None:
    """Open an operation in the browser: map, reports, what if, record, releases.

    It is on this machine alone unless --shared; it ends with Ctrl-C, and what was under way goes on the next time.
    """
    from caravana.operation.creating import new_operation
    from caravana.operation.folder import open_operation
    from caravana.web.serving import ServeSettings, need_the_extra, serve_operation

    language = spoken_language(lang)
    need_the_extra()
    if scenario is not None and not folder.exists():
        new_operation(folder, name=folder.resolve().name, scenario=scenario)
    operation = open_operation(folder)
    settings = ServeSettings(
        port=port, listen=listen, shared=shared, public_url=public_url, jobs=jobs, memory_mb=memory,
        scheduler=scheduler, tiles=tiles,
    )  # fmt: skip

    def ready(url: str) -> None:
        if json:
            sys.stdout.write(text.dumps({"url": url}) + "\n")
            sys.stdout.flush()
        say(language.text("web.listening", url=url), quiet=json)
        if open_:
            # Beside the server: a browser asks for the page before it gives the word back, or stays until it is shut.
            threading.Thread(target=webbrowser.open, args=[url], name="caravana-open", daemon=True).start()

    serve_operation(operation, settings, ready=ready)
